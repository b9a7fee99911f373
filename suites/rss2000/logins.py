"""LOGIN: who gets in, and what the answer says."""

from __future__ import annotations

from harness.messages.packetreply import Packet
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.access import ask, left_open, own_user, serves, session_in, works

CHAPTER = "Login"
_OWN = ("RSS-LOGIN", "RSS-LOGIN.USERNAME", "RSS-LOGIN.PASSWORD", "RSS-LOGIN.LANG")
_CONFIRM = ("RSS-LOGIN.confirm", "RSS-LOGIN.confirm.PRIVILEGE", "RSS-LOGIN.confirm.SESSIONID")
_WORD, _WRONG, _NONE = "clausewise", "clausewise wrong", ""  # passwords
_LET_IN = ("RSS-LOGIN.PASSWORD", "RSS-XML-011", "RSS-ADDDEVUSER.PASSWORD")
_REFUSED = ("RSS-SES-009", "RSS-SES-010", "RSS-SES-012")


def _privilege(dut: PacketDut, packet: Packet, wanted: str) -> None:
    got = packet.first.get("PRIVILEGE") or ""
    clauses = ("RSS-SES-011", "RSS-LOGIN.confirm.PRIVILEGE")
    expected = f"PRIVILEGE {wanted}, that of the account"
    dut.check("privilege", got == wanted, *clauses, expected=expected, got=got, step=packet.step)


@SUITE.scenario(
    "LOGIN.success", *_OWN, *_CONFIRM, "RSS-SES-001", "RSS-SES-002", "RSS-SES-011", "RSS-SES-014", chapter=CHAPTER
)
async def success(dut: PacketDut) -> None:
    """An administrator logs in again and again: each time with the privilege, and a session that is taken."""
    seen: list[str] = []
    for number in range(3):
        link = f"login-{number}"
        packet = dut.ok(await dut.try_login(link=link), *_OWN, "RSS-SES-014", check="login")
        session = session_in(dut, packet)
        _privilege(dut, packet, "0")
        dut.check("new", session not in seen, "RSS-SES-001", expected="an id of its own", got=session, step=packet.step)
        seen.append(session)
        await works(dut, link, check="taken")


@SUITE.scenario("LOGIN.INDICATION", *_OWN, "RSS-LOGIN.INDICATION", chapter=CHAPTER, after=("LOGIN.success",))
async def indication(dut: PacketDut) -> None:
    """A client says whether it wants indications, or says nothing of it; it is let in."""
    for number, wanted in enumerate((True, False, True)):
        more = {} if wanted else {"INDICATION": "0"}
        packet = await dut.try_login(link=f"said-{number}", indications=wanted, more=more)
        dut.ok(packet, "RSS-LOGIN.INDICATION", check=f"said-{int(wanted)}")
        await works(dut, f"said-{number}", check="taken")
    left_open(dut, await dut.try_login(link="nothing"), "RSS-AMB-004", check="nothing")
    await serves(dut)


@SUITE.scenario("LOGIN.LANG", "RSS-LOGIN.LANG", chapter=CHAPTER, after=("LOGIN.success",))
async def language(dut: PacketDut) -> None:
    """Either language will do at a login; its words, or none, may."""
    for value in ("0", "1"):
        packet = await dut.try_login(link=f"lang-{value}", more={"LANG": value})
        dut.ok(packet, "RSS-LOGIN.LANG", check=f"let-in-{value}")
        _privilege(dut, packet, "0")
        await works(dut, f"lang-{value}", check=f"works-{value}")
    for value in ("en", "cn", "2", ""):
        packet = await dut.try_login(link=f"word-{value}", more={"LANG": value})
        if left_open(dut, packet, "RSS-AMB-059", check=f"word.{value or 'blank'}"):
            await works(dut, f"word-{value}", check="works-word")


def _register_open(name: str, ambiguity: str, fields: dict[str, str], without: str = "") -> None:
    own = [f"RSS-LOGIN.{field}" for field in fields if field != "SESSIONID"]

    @SUITE.scenario(f"LOGIN.open.{name}", *own, chapter=CHAPTER, after=("LOGIN.success",))
    async def open_login(dut: PacketDut) -> None:
        """A login with something that the document leaves open succeeds or fails; its session is one if it succeeds."""
        given = {**dict(dut.binding.login_fields()), "LANG": "0", **fields}
        given.pop(without, None)
        for number in (1, 2):
            link = f"open-{number}"
            packet = await dut.command("LOGIN", given, link=link, session=None, judged=False)
            if dut.either(packet, ambiguity, *own):
                await works(dut, link, check="taken", session=session_in(dut, packet))
        await serves(dut)


for _missing in ("USERNAME", "PASSWORD", "LANG"):
    _register_open(f"missing.{_missing}", "RSS-AMB-040", {}, _missing)
_register_open("domain", "RSS-AMB-059", {"DOMAIN": "clausewise.example"})
_register_open("domain.blank", "RSS-AMB-059", {"DOMAIN": ""})
_register_open("indication.2", "RSS-AMB-059", {"INDICATION": "2"})
_register_open("indication.blank", "RSS-AMB-059", {"INDICATION": ""})
_register_open("session", "RSS-AMB-046", {"SESSIONID": "7e76c583-2215-4c89-9a1af7a6c4ed8f11"})


@SUITE.scenario("LOGIN.open.name-case", chapter=CHAPTER, after=("LOGIN.success",))
async def name_case(dut: PacketDut) -> None:
    """The administrator's name in other letters is the same name, or that of nobody."""
    name = dict(dut.binding.login_fields())["USERNAME"]
    for other in dict.fromkeys((name.swapcase(), name.lower())):
        if other != name:
            dut.either(await dut.try_login(link=f"as-{other}", user=other), "RSS-AMB-043")
    await serves(dut)


# Names of nobody.
_NOBODY: dict[str, tuple[str, ...]] = {
    "unknown": ("clausewise nobody", "Administrators"),
    "blank": ("",),
    "beyond-ascii": ("Größe", "管理员", "a😀b", "e\u0301"),
    "markup": ("<USERNAME>", "a&b", 'a"b', "a'b", "]]>", "<!--", "&lt;"),
    "expression": ("' OR '1'='1", "*", "%s%n%x", "a\\0b", "../../a", "a\nb", "a\tb"),
    "long": ("x" * 300, "x" * 1500),
}


def _register_nobody(name: str, users: tuple[str, ...]) -> None:
    @SUITE.scenario(f"LOGIN.refused.user.{name}", *_REFUSED, chapter=CHAPTER, after=("LOGIN.success",))
    async def nobody(dut: PacketDut) -> None:
        """Nobody of this name gets in, with whatever password, however often it is tried, and others stay in."""
        await dut.login()
        for number, user in enumerate(users):
            for attempt, password in enumerate((None, "", "clausewise", None)):
                link = f"nobody-{number}-{attempt}"
                packet = await dut.try_login(link=link, user=user, password=password)
                dut.refused(packet, "RSS-SES-009")
                await dut.close(link)
            await works(dut, "main", "RSS-SES-012", check="others-stay")
        await serves(dut)


for _name, _users in _NOBODY.items():
    _register_nobody(_name, _users)


@SUITE.scenario("LOGIN.refused.password", *_REFUSED, chapter=CHAPTER, after=("LOGIN.success",))
async def wrong_password(dut: PacketDut) -> None:
    """A wrong password does not let an administrator in, twice in a row, and the sessions of this user stay."""
    right = dict(dut.binding.login_fields())["PASSWORD"]
    for link in ("one", "two"):
        await dut.login(link=link)
    for number, wrong in enumerate((f"{right}x", "clausewise")):
        link = f"wrong-{number}"
        packet = await dut.try_login(link=link, password=wrong)
        dut.refused(packet, "RSS-SES-009", check="refused")
        for other in ("one", "two"):
            await works(dut, other, "RSS-SES-012", check="others-stay")
    await serves(dut)


@SUITE.scenario("LOGIN.refused.session", "RSS-SES-010", "RSS-SES-009", chapter=CHAPTER, after=("LOGIN.success",))
async def refused_session(dut: PacketDut) -> None:
    """An id in the answer to a login that failed is no session, on its own connection and on others."""
    for number, user in enumerate((None, "clausewise nobody")):
        link = f"refused-{number}"
        packet = await dut.try_login(link=link, user=user, password=_WRONG)
        dut.refused(packet, "RSS-SES-009")
        session = packet.first.get(dut.syntax.session)
        for place in (link, f"{link}-other"):
            answer = await ask(dut, "GETDEVINFO", link=place, session=session or "")
            dut.refused(answer, "RSS-SES-010", check="no-session")
    await serves(dut)


# A password and what is not the same one.
_PASSWORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "letters": (
        "Clausewise77",
        ("Clausewise7", "Clausewise777", "Clause", "clausewise77", "CLAUSEWISE77", "", "Clausewisf77", "77esiwesualC"),
    ),
    "digits": ("0012", ("12", "00120", "0012x", "012", "", "0012.0")),
    "beyond-ascii": ("Gr\u00fc\u00df\u6f22", ("Gr??\u6f22", "Gr\u00fc\u00df", "Gru\u00df\u6f22", "Gr", "", "Gr\u00fc\u00df?")),
    "markup": ("a&b<c>\"d'", ("a&amp;b<c>\"d'", "abcd", "a&b", "a", "")),
}  # fmt: skip


def _register_password(name: str, password: str, wrong: tuple[str, ...]) -> None:
    @SUITE.scenario(
        f"LOGIN.password.{name}",
        "RSS-SES-009",
        "RSS-SES-011",
        "RSS-XML-011",
        "RSS-LOGIN.PASSWORD",
        chapter=CHAPTER,
        after=("LOGIN.success", "ADDDEVUSER.success"),
    )
    async def passwords(dut: PacketDut) -> None:
        """A new user gets in with the password that it was added with, and with no other."""
        user = await own_user(dut, password)
        for attempt in ("first", "last"):
            packet = await dut.try_login(link=attempt, user=user, password=password)
            dut.ok(packet, *_LET_IN, check=f"{attempt}.let-in")
            _privilege(dut, packet, "1")
            for number, other in enumerate(wrong if attempt == "first" else ()):
                refused = await dut.try_login(link=f"wrong-{number}", user=user, password=other)
                dut.refused(refused, "RSS-SES-009", check=f"refused.{number}")


for _name, (_password, _wrong) in _PASSWORDS.items():
    _register_password(_name, _password, _wrong)


@SUITE.scenario(
    "LOGIN.PASSWORD.blank", "RSS-LOGIN.PASSWORD.blank", "RSS-SES-009", chapter=CHAPTER, after=("ADDDEVUSER.success",)
)
async def blank_password(dut: PacketDut) -> None:
    """A user whose password is blank gets in with a blank one, and with no other."""
    user = await own_user(dut, "")
    for number in (1, 2):
        packet = await dut.try_login(link=f"blank-{number}", user=user, password=_NONE)
        dut.ok(packet, "RSS-LOGIN.PASSWORD.blank", check="let-in")
        for wrong in ("x", user, "0"):
            refused = await dut.try_login(link=f"other-{number}-{wrong}", user=user, password=wrong)
            dut.refused(refused, "RSS-SES-009")


@SUITE.scenario("LOGIN.privilege", "RSS-SES-011", "RSS-SES-013", chapter=CHAPTER, after=("ADDDEVUSER.success",))
async def privilege(dut: PacketDut) -> None:
    """The answer says the privilege of who has logged in, administrator or not, in any order, while others are in."""
    users = {wanted: await own_user(dut, _WORD, privilege=wanted) for wanted in ("0", "1")}
    for number, wanted in enumerate(("1", "0", "1", "1", "0")):
        packet = await dut.try_login(link=f"in-{number}", user=users[wanted], password=_WORD)
        dut.ok(packet, "RSS-LOGIN", check="let-in")
        _privilege(dut, packet, wanted)
    packet = dut.ok(await dut.try_login(link="administrator"), check="administrator")
    _privilege(dut, packet, "0")


@SUITE.scenario(
    "LOGIN.ordinary", "RSS-SES-011", "RSS-SES-001", "RSS-SES-009", chapter=CHAPTER, after=("LOGIN.success",)
)
async def ordinary(dut: PacketDut) -> None:
    """An ordinary user of the device is told so, gets a session of its own each time, and needs its password."""
    user, password = dut.fixture("ordinary_user"), dut.binding.stand_in(dut.fixture("ordinary_password"))
    seen = [await dut.login(link="administrator")]
    for number in range(2):
        packet = await dut.try_login(link=f"ordinary-{number}", user=user, password=password)
        dut.ok(packet, "RSS-LOGIN", check="let-in")
        _privilege(dut, packet, "1")
        session = session_in(dut, packet)
        dut.check("new", session not in seen, "RSS-SES-001", expected="an id of its own", got=session, step=packet.step)
        seen.append(session)
        refused = await dut.try_login(link=f"wrong-{number}", user=user, password=_WRONG)
        dut.refused(refused, "RSS-SES-009")
    await works(dut, "administrator", "RSS-SES-013", check="administrator-stays")
