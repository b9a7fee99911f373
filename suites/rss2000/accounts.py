"""Accounts of users: who can log in with them, what changes take, and what refusals leave as it was."""

from __future__ import annotations

from harness.packetdut import PacketDut
from harness.packetsample import Values, add_record, fresh
from suites.rss2000 import SUITE
from suites.rss2000.entering import enters, stays_out
from suites.rss2000.people import absent, entry, modify, same, user

CHAPTER = "Accounts"
_ADD, _MODIFY, _DELETE = "ADDDEVUSER", "MODDEVUSER", "DELDEVUSER"
_ROWS = ("RSS-ADDDEVUSER", "RSS-MODDEVUSER", "RSS-GETDEVUSER.confirm")

# What is odd about a password -> the password, and some that are not it.
PASSWORDS = {
    "plain": ("Abcdefgh1234", ("Abcdefgh1235", "Abcdefgh123", "Abcdefgh12345", "abcdefgh1234", "")),
    "blank": ("", ("x", "clausewise", " x")),
    "one-letter": ("q", ("", "qq", "r")),
    "markup": ("a<b>&c;\"d'e", ("a<b>&c;\"d'f", "a", "a&lt;b&gt;&amp;c;")),
    "non-ascii": ("Übung日本ñ", ("Ubung", "?bung???", "Übung日本n")),
    "inner-blanks": ("two  blanks", ("two blanks", "two")),
    "digits": ("0042", ("42", "00042")),
}


def _register_password(name: str, password: str, wrong: tuple[str, ...]) -> None:
    @SUITE.scenario(
        f"user.login.{name}",
        "RSS-ACC-015",
        "RSS-SES-009",
        "RSS-SES-011",
        "RSS-ADDDEVUSER.PASSWORD",
        "RSS-LOGIN.PASSWORD",
        chapter=CHAPTER,
        after=("ADDDEVUSER.success",),
    )
    async def logs_in(dut: PacketDut) -> None:
        """A user that was added logs in with its own password, and with no other."""
        for privilege in ("1", "0"):
            made = await user(dut, password, PRIVILEGE=privilege)
            clauses = ("RSS-ACC-015",)
            await enters(dut, f"first-{privilege}", made["USERNAME"], password, *clauses, privilege=privilege)
            for number, other in enumerate(wrong):
                await stays_out(
                    dut, f"wrong-{privilege}-{number}", made["USERNAME"], other, "RSS-SES-009", "RSS-ACC-015"
                )
            await enters(dut, f"second-{privilege}", made["USERNAME"], password, *clauses, privilege=privilege)


for _name, (_password, _wrong) in PASSWORDS.items():
    _register_password(_name, _password, _wrong)


@SUITE.scenario(
    "user.password-changed",
    "RSS-ACC-016",
    "RSS-ACC-018",
    "RSS-ACC-014",
    "RSS-SES-009",
    "RSS-MODDEVUSER.PASSWORD",
    chapter=CHAPTER,
    after=("MODDEVUSER.success",),
)
async def password_changed(dut: PacketDut) -> None:
    """After each change of its password a user logs in with the new one and not with the old one; others keep theirs."""
    other, made = await user(dut), await user(dut, "First-1")
    old = made["PASSWORD"]
    for number, new in enumerate(("Second-2", "First-1", "", "Third-3", "dritte Übung", "Third-3")):
        dut.ok(await modify(dut, "user", made, PASSWORD=new), "RSS-MODDEVUSER.PASSWORD", check="modify")
        await enters(dut, f"new-{number}", made["USERNAME"], new, "RSS-ACC-016", *(("RSS-ACC-018",) if not new else ()))
        await stays_out(dut, f"old-{number}", made["USERNAME"], old, "RSS-ACC-016", "RSS-SES-009")
        old = new
    await stays_out(dut, "blank", made["USERNAME"], "", "RSS-ACC-016", "RSS-SES-009")
    await enters(dut, "other", other["USERNAME"], other["PASSWORD"], "RSS-ACC-014")
    await stays_out(dut, "other-blank", other["USERNAME"], old, "RSS-SES-009")


@SUITE.scenario(
    "user.password-kept", "RSS-ACC-016", "RSS-ACC-015", "RSS-ACC-006", chapter=CHAPTER, after=("MODDEVUSER.success",)
)
async def password_kept(dut: PacketDut) -> None:
    """A change that sends the same password leaves the login as it was."""
    made = await user(dut)
    for number, values in enumerate(
        ({"FULLNAME": "a"}, {"EMAIL": "b@example.com"}, {"PRIVILEGE": "0"}, {"PRIVILEGE": "1"})
    ):
        dut.ok(await modify(dut, "user", made, **values), "RSS-MODDEVUSER", check="modify")
        privilege = made["PRIVILEGE"]
        await enters(
            dut, f"{number}", made["USERNAME"], made["PASSWORD"], "RSS-ACC-016", "RSS-ACC-006", privilege=privilege
        )
        await stays_out(dut, f"{number}-wrong", made["USERNAME"], made["PASSWORD"] + "x", "RSS-SES-009")


@SUITE.scenario(
    "user.deleted",
    "RSS-ACC-017",
    "RSS-ACC-020",
    "RSS-ACC-014",
    "RSS-ACC-008",
    "RSS-SES-009",
    chapter=CHAPTER,
    after=("DELDEVUSER.success",),
)
async def deleted(dut: PacketDut) -> None:
    """A user that was removed cannot log in, others can; one that is added under its name has a password of its own."""
    other, made = await user(dut), await user(dut, "Before-1")
    name = made["USERNAME"]
    await enters(dut, "before", name, "Before-1", "RSS-ACC-015")
    dut.ok(await dut.command(_DELETE, {"USERNAME": name}), "RSS-DELDEVUSER")
    await stays_out(dut, "after", name, "Before-1", "RSS-ACC-017", "RSS-ACC-008", "RSS-SES-009")
    await stays_out(dut, "after-blank", name, "", "RSS-ACC-017", "RSS-SES-009")
    await enters(dut, "other", other["USERNAME"], other["PASSWORD"], "RSS-ACC-014")
    fields = {**dict(await fresh(dut, _ADD)), "USERNAME": name, "PASSWORD": "After-2", "PRIVILEGE": "1"}
    dut.ok(await dut.command(_ADD, fields), "RSS-ACC-020", check="again")
    await enters(dut, "again", name, "After-2", "RSS-ACC-015", "RSS-ACC-020", privilege="1")
    await stays_out(dut, "again-old", name, "Before-1", "RSS-SES-009")
    dut.ok(await dut.command(_DELETE, {"USERNAME": name}), "RSS-DELDEVUSER")
    await stays_out(dut, "again-after", name, "After-2", "RSS-ACC-017", "RSS-SES-009")


@SUITE.scenario(
    "user.privilege-changed",
    "RSS-SES-011",
    "RSS-ACC-006",
    "RSS-MODDEVUSER.PRIVILEGE",
    chapter=CHAPTER,
    after=("MODDEVUSER.success",),
)
async def privilege_changed(dut: PacketDut) -> None:
    """A login tells the privilege that the account has now, however often it was changed, and that of nobody else."""
    made, other = await user(dut, PRIVILEGE="1"), await user(dut, PRIVILEGE="1")
    for number, privilege in enumerate(("0", "1", "0", "0", "1")):
        packet = dut.ok(
            await modify(dut, "user", made, PRIVILEGE=privilege), "RSS-MODDEVUSER.PRIVILEGE", check="modify"
        )
        same(dut, packet.first, {"PRIVILEGE": privilege}, "RSS-MODDEVUSER.confirm.PRIVILEGE")
        part = await entry(dut, "user", made["USERNAME"], "RSS-ACC-006")
        same(dut, part, {"PRIVILEGE": privilege}, "RSS-ACC-006", rows=_ROWS)
        await enters(dut, f"{number}", made["USERNAME"], made["PASSWORD"], "RSS-ACC-015", privilege=privilege)
        await enters(dut, f"{number}-other", other["USERNAME"], other["PASSWORD"], "RSS-ACC-015", privilege="1")


@SUITE.scenario(
    "user.refused-again", "RSS-ACC-002", "RSS-ACC-021", "RSS-XML-013", chapter=CHAPTER, after=("ADDDEVUSER.success",)
)
async def refused_again(dut: PacketDut) -> None:
    """A name is there once however often it is added, before and after a change; what is refused changes nothing, the password neither."""
    made = await user(dut, FULLNAME="One", EMAIL="one@example.com")
    for number in range(4):
        if number == 2:
            dut.ok(await modify(dut, "user", made, FULLNAME="Two"), "RSS-MODDEVUSER", check="modify")
        new = {**made, "FULLNAME": f"New {number}", "EMAIL": "", "PASSWORD": f"New-{number}", "PRIVILEGE": "0"}
        fields = {name: new[name] for name in dut.model.operations[_ADD].parameters}
        taken = dut.either(await dut.command(_ADD, fields), "RSS-AMB-042", "RSS-ACC-021")
        if taken:
            made = new
        part = await entry(dut, "user", made["USERNAME"], "RSS-ACC-002")
        clauses = ("RSS-ACC-002", "RSS-ACC-021") if taken else ("RSS-XML-013", "RSS-ACC-014", "RSS-ACC-021")
        same(dut, part, _shown(made), *clauses, rows=_ROWS)
        await enters(
            dut, f"in-{number}", made["USERNAME"], made["PASSWORD"], "RSS-XML-013", privilege=made["PRIVILEGE"]
        )
        if not taken:
            await stays_out(dut, f"out-{number}", made["USERNAME"], f"New-{number}", "RSS-SES-009", "RSS-XML-013")
    other = await user(dut)
    await entry(dut, "user", other["USERNAME"], "RSS-ACC-004")


def _shown(made: Values) -> Values:
    return {name: made[name] for name in ("USERNAME", "FULLNAME", "EMAIL", "PRIVILEGE")}


@SUITE.scenario(
    "user.refused-unknown",
    "RSS-ACC-010",
    "RSS-XML-013",
    chapter=CHAPTER,
    after=("MODDEVUSER.success", "DELDEVUSER.success"),
)
async def refused_unknown(dut: PacketDut) -> None:
    """Changing or removing a user that is not there adds none and changes none, each time."""
    made, removed = await user(dut), await user(dut)
    dut.ok(await dut.command(_DELETE, {"USERNAME": removed["USERNAME"]}), "RSS-DELDEVUSER")
    for name in (removed["USERNAME"], dut.unique("nobody"), made["USERNAME"] + "x", made["USERNAME"][:-1]):
        fields = {
            one: {**removed, "USERNAME": name, "FULLNAME": "nobody"}[one]
            for one in dut.model.operations[_MODIFY].parameters
        }
        for operation, sent in ((_MODIFY, fields), (_DELETE, {"USERNAME": name}), (_MODIFY, fields)):
            dut.refused(await dut.command(operation, sent), "RSS-ACC-010")
        await absent(dut, "user", name, "RSS-XML-013", "RSS-ACC-008")
        await stays_out(dut, name[-6:], name, removed["PASSWORD"], "RSS-SES-009")
    part = await entry(dut, "user", made["USERNAME"], "RSS-XML-013")
    same(dut, part, _shown(made), "RSS-XML-013", "RSS-ACC-014")


@SUITE.scenario(
    "user.blank-fields",
    "RSS-ACC-018",
    "RSS-ACC-004",
    "RSS-ACC-006",
    chapter=CHAPTER,
)
async def blank_fields(dut: PacketDut) -> None:
    """Full name and mail address may be blank from the beginning, take values, and may be blank again, each for itself."""
    made = await user(dut, "", FULLNAME="", EMAIL="")
    full = {"FULLNAME": "Full Name", "EMAIL": "first.and.last.name@mail.example.com", "PASSWORD": "Pass-1"}
    steps = [
        {},
        full,
        {"FULLNAME": ""},
        {"EMAIL": "", "FULLNAME": "x"},
        {"FULLNAME": "", "EMAIL": "y@example.com"},
        {"EMAIL": ""},
        full,
    ]
    for number, values in enumerate(steps):
        if number:
            packet = dut.ok(await modify(dut, "user", made, **values), "RSS-ACC-018", check="modify")
            same(dut, packet.first, _shown(made), "RSS-ACC-018", rows=("RSS-MODDEVUSER.confirm",), check="confirm")
        part = await entry(dut, "user", made["USERNAME"], "RSS-ACC-006")
        same(dut, part, _shown(made), "RSS-ACC-018", "RSS-ACC-006" if number else "RSS-ACC-004", rows=_ROWS)
    same(dut, part, full | {"PASSWORD": part.get("PASSWORD") or ""}, "RSS-ACC-006")


@SUITE.scenario("user.shown-password", "RSS-ACC-006", chapter=CHAPTER, after=("MODDEVUSER.success",))
async def shown_password(dut: PacketDut) -> None:
    """A list that shows passwords shows those that count."""
    made = await user(dut, "Shown-1")
    part = await entry(dut, "user", made["USERNAME"], "RSS-ACC-004")
    clear = part.get("PASSWORD") == "Shown-1"
    value = part.get("PASSWORD") or ""
    dut.observe("password", "RSS-AMB-039", "clear" if clear else "masked" if value else "empty")
    for new in ("Shown-2", "Shown-3", "Shown-1") if clear else ():
        dut.ok(await modify(dut, "user", made, PASSWORD=new), "RSS-MODDEVUSER", check="modify")
        part = await entry(dut, "user", made["USERNAME"], "RSS-ACC-006")
        shown = part.get("PASSWORD") or ""
        old = shown.startswith("Shown-") and shown != new
        dut.check(
            "shown", not old, "RSS-ACC-006", expected="the new password, if any", got="the old one" if old else ""
        )


@SUITE.scenario("user.open.own-account", chapter=CHAPTER, after=("DELDEVUSER.success",))
async def own_account(dut: PacketDut) -> None:
    """An administrator removes the own account, which the document leaves open; the list then agrees with the answer."""
    made = await user(dut, PRIVILEGE="0")
    name, password = made["USERNAME"], made["PASSWORD"]
    await dut.login(link="own", user=name, password=password)
    if dut.either(await dut.command(_DELETE, {"USERNAME": name}, link="own"), "RSS-AMB-053"):
        await absent(dut, "user", name, "RSS-ACC-008")
        await stays_out(dut, "gone", name, password, "RSS-ACC-017")
        return
    await entry(dut, "user", name, "RSS-XML-013")
    await enters(dut, "there", name, password, "RSS-XML-013")


@SUITE.scenario("user.open.sessions", chapter=CHAPTER, after=("DELDEVUSER.success", "MODDEVUSER.success"))
async def open_sessions(dut: PacketDut) -> None:
    """Sessions of a user that is changed or removed go on or end; those of others go on."""
    made, other = await user(dut, PRIVILEGE="0"), await user(dut, PRIVILEGE="0")
    for link, one in (("own", made), ("own-2", made), ("other", other)):
        await dut.login(link=link, user=one["USERNAME"], password=one["PASSWORD"])
    dut.ok(await modify(dut, "user", made, PASSWORD="New-1"), "RSS-MODDEVUSER", check="modify")  # noqa: S106
    dut.either(await dut.command("GETDEVINFO", link="own", closable=True), "RSS-AMB-054")
    dut.ok(await dut.command("GETDEVINFO", link="other"), "RSS-SES-002", "RSS-SES-012", check="other")
    dut.ok(await dut.command(_DELETE, {"USERNAME": made["USERNAME"]}), "RSS-DELDEVUSER")
    dut.either(await dut.command("GETDEVINFO", link="own-2", closable=True), "RSS-AMB-054")
    dut.ok(await dut.command("GETDEVINFO", link="other"), "RSS-SES-002", "RSS-SES-012", check="other")


@SUITE.scenario("user.open.ordinary", chapter=CHAPTER, after=("MODDEVUSER.success",))
async def ordinary(dut: PacketDut) -> None:
    """What an ordinary user may do is open; what its answers say has happened, and nothing else."""
    made, subject = await user(dut), await user(dut, FULLNAME="before")
    await dut.login(link="ordinary", user=made["USERNAME"], password=made["PASSWORD"])
    fields = {name: {**subject, "FULLNAME": "after"}[name] for name in dut.model.operations[_MODIFY].parameters}
    done = dut.either(await dut.command(_MODIFY, fields, link="ordinary"), "RSS-AMB-030")
    part = await entry(dut, "user", subject["USERNAME"], "RSS-XML-013")
    same(dut, part, {"FULLNAME": "after" if done else "before"}, "RSS-ACC-006" if done else "RSS-XML-013")
    await dut.login(link="ordinary-2", user=made["USERNAME"], password=made["PASSWORD"])
    new = {name: {**made, "PRIVILEGE": "0"}[name] for name in dut.model.operations[_MODIFY].parameters}
    done = dut.either(await dut.command(_MODIFY, new, link="ordinary-2"), "RSS-AMB-030")
    await enters(dut, "then", made["USERNAME"], made["PASSWORD"], "RSS-ACC-015", privilege="0" if done else "1")


@SUITE.scenario("user.open.same-name-as-endpoint", chapter=CHAPTER, after=("ADDDEVUSER.success",))
async def same_name_as_endpoint(dut: PacketDut) -> None:
    """Whether a user may be called as an endpoint is open; the lists agree with the answer, and the endpoint stays."""
    made = await add_record(dut, "endpoint")
    name = made["SOURCENAME"]
    fields = {**dict(await fresh(dut, _ADD)), "USERNAME": name, "PASSWORD": "Twin-1", "PRIVILEGE": "1"}
    if dut.either(await dut.command(_ADD, fields), "RSS-AMB-120"):
        await entry(dut, "user", name, "RSS-ACC-004")
        dut.ok(await dut.command(_DELETE, {"USERNAME": name}), "RSS-DELDEVUSER")
    await absent(dut, "user", name, "RSS-ACC-008", "RSS-XML-013")
    part = await entry(dut, "endpoint", name, "RSS-ACC-014")
    same(dut, part, {one: made[one] for one in ("SOURCEIP", "FLAG", "E164", "H323")}, "RSS-ACC-014")
