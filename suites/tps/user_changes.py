"""Users that are changed: what was named changes, everything else stays; new ids hold, old ones do not; what is destroyed is gone."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.flow import CaseSkipped
from suites.tps import SUITE
from suites.tps.access import person, stranger
from suites.tps.admin import destructive, immortal, is_me, kept, people, user_id
from suites.tps.talk import PROBE
from suites.tps.user_levels import CHAPTER
from suites.tps.world import PASSWORD, Members

_AFTER = ("user.enumerate.success", "user.create.success", "user.modify.success")
_LONG, _NEW = "n" * 31, "Another-Pass2"


async def _listed(dut: CallDut, name: str, wanted: Members, *clauses: str, check: str) -> None:
    """A user is listed under its id with these members."""
    found = (await people(dut)).get(name)
    got = {member: found.get(member) for member in wanted} if found is not None else None
    dut.check(check, got == wanted, *clauses, expected=str(wanted), got=str(got))


@SUITE.scenario(
    "users.created", "TPS-USR-001", "TPS-USR-043", "TPS-user.create.newUserId:shown", chapter=CHAPTER, after=_AFTER
)
async def created(dut: CallDut) -> None:
    """Users are listed with the id in its own letters, with name and rights as they were set; none has to change its password."""
    before = await people(dut)
    word = f"{dut.rng.getrandbits(32):08x}"
    wanted: dict[str, Members] = {
        f"Clause Wise.{word}@Example": {"accessRights": "apiOnly", "name": "First & <Last>"},
        f"CW-{word.upper()}_X": {"accessRights": "none", "name": "N"},
        f"cw{word}": {"accessRights": "administrator", "name": _LONG},
    }
    for name, members in wanted.items():
        dut.ok(await dut.call("user.create", {"newUserId": name, "password": PASSWORD, **members}), check="create")
    after = await people(dut)
    for name, members in wanted.items():
        found = after.get(name)
        got = {member: found.get(member) for member in members} if found is not None else None
        dut.check(
            "listed",
            got == members,
            "TPS-USR-001",
            "TPS-user.create.newUserId:shown",
            expected=f"{name}: {members}",
            got=str(got),
        )
    kept(dut, before, after, "TPS-USR-001", but=tuple(wanted))
    name = next(iter(wanted))
    await dut.setup("user.modify", {"currentUserId": name, "password": _NEW}, undo=False)
    due = (await people(dut)).get(name, {}).get("passwordChangeRequired")
    dut.check(
        "changed",
        due is not True,
        "TPS-USR-043",
        expected="no passwordChangeRequired of a user whose password was changed",
        got=repr(due),
    )
    dut.ok(await dut.call(PROBE, user=(name, _NEW), link="own"), "TPS-USR-001", check="known")


@SUITE.scenario("users.kept", "TPS-USR-002", chapter=CHAPTER, after=_AFTER)
async def parts(dut: CallDut) -> None:
    """Each member that is changed alone changes, and neither the others of that user nor anything of other users does."""
    one, other = await person(dut, "apiOnly"), await person(dut, "apiOnly")
    await dut.setup("user.modify", {"currentUserId": other[0], "name": "Somebody else"}, undo=False)
    before = await people(dut)
    password = one[1]
    for members in (
        {"name": "Changed"},
        {"accessRights": "administrator"},
        {"password": _NEW},
        {"accessRights": "apiOnly"},
        {"name": ""},
    ):
        dut.ok(
            await dut.call("user.modify", {"currentUserId": one[0], **members}, undo=False),
            "TPS-USR-002",
            check="modify",
        )
        password = members.get("password", password)
        wanted = {**before[one[0]], **{name: value for name, value in members.items() if name != "password"}}
        after = await people(dut)
        got = after.get(one[0], {})
        named = {name: wanted.get(name) or None for name in ("name", "accessRights", "immortal")}
        seen = {name: got.get(name) or None for name in named}
        check = f"own.{next(iter(members))}"
        dut.check(check, seen == named, "TPS-USR-002", expected=str(named), got=str(seen))
        kept(dut, before, after, "TPS-USR-002", but=(one[0],), check="others")
        dut.ok(await dut.call(PROBE, user=(one[0], password), link="own"), "TPS-USR-002", check="password")
        before = after
    dut.ok(await dut.call(PROBE, user=other, link="other"), "TPS-USR-002", check="other.password")


@SUITE.scenario("users.renamed", "TPS-USR-004", "TPS-USR-002", chapter=CHAPTER, after=_AFTER)
async def renamed(dut: CallDut) -> None:
    """A user that gets another id is listed and known by it and not by the old one, is otherwise as before, and can have that again."""
    old, password = await person(dut, "apiOnly")
    new = f"{old}-new"
    before = await people(dut)
    for name, other in ((old, new), (new, old)):
        dut.ok(
            await dut.call("user.modify", {"currentUserId": name, "newUserId": other}), "TPS-USR-004", check="modify"
        )
        after = await people(dut)
        dut.check("old", name not in after, "TPS-USR-004", expected=f"no {name}", got="it is listed")
        wanted = {member: before[old].get(member) for member in ("name", "accessRights", "immortal")}
        found = after.get(other)
        dut.check("new", found is not None, "TPS-USR-004", expected=f"{other} in the list", got="it is not listed")
        got = {member: (found or {}).get(member) for member in wanted}
        dut.check("same", got == wanted, "TPS-USR-002", expected=str(wanted), got=str(got))
        kept(dut, before, after, "TPS-USR-002", but=(old, new))
        dut.ok(await dut.call(PROBE, user=(other, password), link="own"), "TPS-USR-004", "TPS-USR-002", check="known")
        await stranger(dut, (name, password), "TPS-USR-004", check="unknown")
    again = await dut.call("user.create", {"newUserId": new, "password": PASSWORD, "accessRights": "apiOnly"})
    dut.ok(again, "TPS-USR-004", check="free")


@SUITE.scenario("users.unknown", "TPS-USR-008", "TPS-USR-005", chapter=CHAPTER, after=_AFTER)
async def unknown(dut: CallDut) -> None:
    """Changing or destroying a user that there is none of fails, and leaves the list as it was, without the one that was named."""
    gone, password = await person(dut, "apiOnly")
    await dut.setup("user.destroy", {"currentUserId": gone})
    before = await people(dut)
    for members in ({"name": "Nobody"}, {"password": _NEW, "accessRights": "apiOnly"}, {"newUserId": f"{gone}-new"}):
        reply = await dut.call("user.modify", {"currentUserId": gone, **members}, undo=False)
        dut.refused(reply, "TPS-USR-008", check="modify")
        kept(dut, before, await people(dut), "TPS-USR-008", check="none")
    for word in (gone, f"{gone[:-1]}", f"{gone}x"):
        reply = await dut.call("user.destroy", {"currentUserId": word}, undo=False)
        dut.refused(reply, "TPS-USR-005", check="destroy")
    kept(dut, before, await people(dut), "TPS-USR-005", check="all")
    await stranger(dut, (gone, _NEW), "TPS-USR-008", check="made")
    await stranger(dut, (gone, password), "TPS-USR-009", check="gone")


@SUITE.scenario("users.destroyed", "TPS-USR-009", chapter=CHAPTER, after=_AFTER)
async def destroyed(dut: CallDut) -> None:
    """A user that is destroyed is gone from the list and known no more, on a connection that is open too; nobody else is."""
    ones = [await person(dut, rights) for rights in ("apiOnly", "administrator", "apiOnly")]
    before = await people(dut)
    for user in ones:
        dut.ok(await dut.call(PROBE, user=user, link=f"own {user[0]}"), check="known")
    dut.ok(await dut.call("user.destroy", {"currentUserId": ones[1][0]}), "TPS-USR-009", check="destroy")
    after = await people(dut)
    dut.check("gone", ones[1][0] not in after, "TPS-USR-009", expected="one user less", got="it is listed")
    kept(dut, before, after, "TPS-USR-009", but=(ones[1][0],))
    reply = await dut.call(PROBE, user=ones[1], link=f"own {ones[1][0]}")
    dut.refused(reply, "TPS-USR-009", faults=("authorization-failed", "insufficient-privileges"), check="open")
    await stranger(dut, ones[1], "TPS-USR-009", check="unknown")
    for user in (ones[0], ones[2]):
        dut.ok(await dut.call(PROBE, user=user, link=f"own {user[0]}"), "TPS-USR-009", check="others")
    again = await dut.call("user.destroy", {"currentUserId": ones[1][0]}, undo=False)
    dut.fault(again, "unknown-user", "TPS-USR-005", check="again")


@SUITE.scenario("users.longest", "TPS-USR-016", chapter=CHAPTER, after=_AFTER)
async def longest(dut: CallDut) -> None:
    """User id, password and name of the greatest lengths are kept whole: the user is known by all of them and by no part."""
    word = f"{dut.rng.getrandbits(40):010x}"
    name, password = f"{word}{'u' * 54}", f"{'P' * 30}1"
    members = {"newUserId": name, "password": password, "accessRights": "apiOnly", "name": _LONG}
    dut.ok(await dut.call("user.create", members), "TPS-USR-016", check="create")
    await _listed(dut, name, {"name": _LONG, "accessRights": "apiOnly"}, "TPS-USR-016", check="listed")
    dut.ok(await dut.call(PROBE, user=(name, password), link="own"), "TPS-USR-016", check="known")
    await stranger(dut, (name, password[:-1]), "TPS-USR-016", check="part")
    await stranger(dut, (name, f"{password[:-1]}2"), "TPS-USR-016", check="other")
    dut.ok(
        await dut.call("user.modify", {"currentUserId": name, "password": "Q" * 31}, undo=False),
        "TPS-USR-016",
        check="modify",
    )
    dut.ok(await dut.call(PROBE, user=(name, "Q" * 31), link="own"), "TPS-USR-016", check="new")
    await stranger(dut, (name, "Q" * 30), "TPS-USR-016", check="new.part")


@SUITE.scenario("users.immortal.name", "TPS-USR-014", "TPS-USR-002", chapter=CHAPTER, after=_AFTER)
async def immortal_name(dut: CallDut) -> None:
    """The full name of the immortal user can be changed; its id, its rights and the other users stay."""
    before = await people(dut)
    one = await immortal(dut)
    name = user_id(one)
    dut.ok(await dut.call("user.modify", {"currentUserId": name, "name": "Clause Wise"}), "TPS-USR-014", check="modify")
    after = await people(dut)
    got = after.get(name, {})
    dut.check("name", got.get("name") == "Clause Wise", "TPS-USR-014", expected="Clause Wise", got=str(got))
    rest = {member: value for member, value in got.items() if member != "name"}
    wanted = {member: value for member, value in one.items() if member != "name"}
    dut.check("rest", rest == wanted, "TPS-USR-002", expected=str(wanted), got=str(rest))
    kept(dut, before, after, "TPS-USR-002", but=(name,))


@SUITE.scenario(
    "users.immortal.password", "TPS-USR-014", "TPS-USR-015", chapter=CHAPTER, after=("users.immortal.name",)
)
async def immortal_password(dut: CallDut) -> None:
    """The password of the immortal user can be changed, and back."""
    destructive(dut, "it changes the password of the immortal user for a moment")
    one = await immortal(dut)
    if not is_me(dut, one):
        raise CaseSkipped("the password of the immortal user is not known, so it could not be set back")
    name, old = user_id(one), dut.password
    spare = await person(dut)  # should the new password not be taken as it was sent
    try:
        dut.ok(
            await dut.call("user.modify", {"currentUserId": name, "password": _NEW}, undo=False),
            "TPS-USR-014",
            check="modify",
        )
        dut.ok(await dut.call(PROBE, user=(name, _NEW), link="new"), "TPS-USR-014", "TPS-USR-015", check="new")
        await stranger(dut, (name, old), "TPS-USR-014", "TPS-USR-015", check="old")
    finally:
        for user in ((name, _NEW), spare, (name, old)):
            back = await dut.call(
                "user.modify",
                {"currentUserId": name, "password": old},
                user=user,
                link="back",
                undo=False,
                judged=False,
            )
            if back.ok:
                break
    dut.ok(await dut.call(PROBE), "TPS-USR-014", check="back")
