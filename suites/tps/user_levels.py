"""What users of each level may do: administrators, users of the API alone, users who may do nothing, and the immortal one."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.callfaults import syntax_of
from harness.flow import CaseSkipped
from harness.spec.model import Effect
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.access import person
from suites.tps.admin import immortal, pages, people, rows_of, user_id
from suites.tps.mistakes import register as mistake
from suites.tps.talk import PROBE, has
from suites.tps.world import PASSWORD, Members, user

CHAPTER = "users"
_AFTER = ("user.enumerate.success", "user.create.success")


@SUITE.scenario(
    "users.immortal",
    "TPS-USR-011",
    "TPS-USR-012",
    "TPS-USR-013",
    "TPS-USR-001",
    "TPS-struct.user.returned.immortal",
    chapter=CHAPTER,
    after=_AFTER,
)
async def one_is_immortal(dut: CallDut) -> None:
    """The list of an administrator has a user who is immortal and an administrator; users that were created are not immortal."""
    made = await person(dut, "apiOnly")
    found = await people(dut)
    ones = [one for one in found.values() if one.get("immortal") is True]
    dut.check(
        "there",
        bool(ones),
        "TPS-USR-011",
        "TPS-USR-013",
        "TPS-struct.user.returned.immortal",
        expected="an immortal user",
        got="none is listed",
    )
    odd = [user_id(one) for one in ones if one.get("accessRights") != "administrator"]
    dut.check("rights", len(odd) < max(len(ones), 1), "TPS-USR-011", expected="an administrator", got=str(odd))
    dut.check(
        "one",
        len(ones) <= 1,
        "TPS-USR-012",
        expected="one of them",
        got=f"{len(ones)} of them",
        severity=Severity.SHOULD,
    )
    mortal = found.get(made[0], {}).get("immortal")
    dut.check("mortal", mortal is False, "TPS-USR-001", expected="immortal false of a new user", got=repr(mortal))


@SUITE.scenario("users.api-only.view", "TPS-USR-023", chapter=CHAPTER, after=_AFTER)
async def no_administrators(dut: CallDut) -> None:
    """A user of level apiOnly to whom users are told is told of no administrator, on no page."""
    caller = await person(dut, "apiOnly")
    await person(dut)
    for most in (0, 1):
        found = await pages(dut, user=caller, most=most)
        if not found[0].ok:
            dut.fault(found[0], syntax_of(dut.model).unprivileged, "TPS-USR-023", check="refused")
            return
        seen = [user_id(one) for one in rows_of(found) if one.get("accessRights") == "administrator"]
        dut.check("administrators", not seen, "TPS-USR-023", expected="no administrators", got=str(seen[:4]))
        ones = [user_id(one) for one in rows_of(found) if one.get("immortal") is True]
        dut.check("immortal", not ones, "TPS-USR-023", expected="no immortal user", got=str(ones[:4]))


@SUITE.scenario("users.none", "TPS-USR-021", chapter=CHAPTER, after=_AFTER)
async def no_method(dut: CallDut) -> None:
    """A user of level none is served in no method that tells something, about users or not, whatever the password was before."""
    caller = await person(dut, "none")
    for method, operation in dut.model.operations.items():
        call = operation.call
        if call is None or call.optional or call.experimental or any(one.required for one in call.takes.values()):
            continue
        if operation.effect is not Effect.READ or not has(dut, method):
            continue
        reply = await dut.call(method, user=caller, link="none", judged=False)
        if reply.code == "1":
            continue
        dut.fault(reply, syntax_of(dut.model).unprivileged, "TPS-USR-021", check=method)
    more = {"newUserId": f"{caller[0]}2", "password": PASSWORD, "accessRights": "none"}
    made = await dut.call("user.create", more, user=caller, link="none")
    dut.fault(made, syntax_of(dut.model).unprivileged, "TPS-USR-021", check="create")
    raised = await dut.call(
        "user.modify",
        {"currentUserId": caller[0], "accessRights": "administrator"},
        user=caller,
        link="none",
        undo=False,
    )
    dut.fault(raised, syntax_of(dut.model).unprivileged, "TPS-USR-021", check="raise")
    rights = (await people(dut)).get(caller[0], {}).get("accessRights")
    dut.check("still", rights == "none", "TPS-USR-021", expected="none", got=repr(rights))


@SUITE.scenario("users.administrator", "TPS-USR-024", chapter=CHAPTER, after=_AFTER)
async def administrators(dut: CallDut) -> None:
    """An administrator who was created makes, changes, lists and removes users."""
    caller = await person(dut)
    dut.ok(await dut.call(PROBE, user=caller, link="admin"), "TPS-USR-024", check="known")
    listed = await dut.call("user.enumerate", user=caller, link="admin")
    if not listed.ok:
        dut.fault(listed, syntax_of(dut.model).unprivileged, "TPS-USR-024", check="refused")
        dut.observe("who", "TPS-AMB-274", "only-api-only", clauses=("TPS-USR-024",), got=listed.describe())
        return
    name = f"{caller[0]}x"
    for method, members in (
        ("user.create", {"newUserId": name, "password": PASSWORD, "accessRights": "administrator"}),
        ("user.modify", {"currentUserId": name, "name": "Clausewise", "accessRights": "apiOnly"}),
        ("user.destroy", {"currentUserId": name}),
    ):
        reply = await dut.call(method, members, user=caller, link="admin", undo=method == "user.create")
        dut.ok(reply, "TPS-USR-024", check=method)


@SUITE.scenario("users.api-only.manage", "TPS-USR-022", "TPS-USR-002", chapter=CHAPTER, after=_AFTER)
async def beyond_rights(dut: CallDut) -> None:
    """A user of level apiOnly changes nothing of an administrator, nor of the immortal user: not name, rights, password or id."""
    caller, admin = await person(dut, "apiOnly"), await person(dut)
    before = await people(dut)
    changes: tuple[Members, ...] = (
        {"name": "Changed"}, {"accessRights": "none"}, {"password": "Changed-Pass1"}, {"newUserId": f"{admin[0]}y"},
    )  # fmt: skip
    for members in changes:
        reply = await dut.call(
            "user.modify", {"currentUserId": admin[0], **members}, user=caller, link="api-only", undo=False
        )
        dut.refused(reply, "TPS-USR-022", check=f"modify.{next(iter(members))}")
    one = user_id(await immortal(dut))
    named = await dut.call("user.modify", {"currentUserId": one, "name": "Changed"}, user=caller, link="api-only")
    dut.refused(named, "TPS-USR-022", check="modify.immortal")
    after = await people(dut)
    for name in (admin[0], one):
        dut.check(
            "kept",
            before.get(name) == after.get(name),
            "TPS-USR-022",
            expected=str(before.get(name)),
            got=str(after.get(name)),
        )
    dut.ok(await dut.call(PROBE, user=admin, link="admin"), "TPS-USR-022", check="password")


# what is made by who may not, and changed so


def _api_only(dut: CallDut) -> tuple[str, str]:
    return dut.user("api_only")


_UNSERVED = ("authorization-failed",)  # of a user who may not call these methods at all: TPS-AMB-023


async def _too_high(dut: CallDut) -> Members:
    return {"newUserId": f"cw{dut.rng.getrandbits(48):012x}", "password": PASSWORD, "accessRights": "administrator"}


async def _raised(dut: CallDut) -> Members:
    return {"currentUserId": await user(dut), "accessRights": "administrator"}


mistake(
    "user.create",
    "too-high",
    "an administrator, made by a user with fewer rights",
    _too_high,
    caller=_api_only,
    also=_UNSERVED,
)
mistake(
    "user.modify", "too-high", "other rights, given by a user with fewer", _raised, caller=_api_only, also=_UNSERVED
)


@SUITE.scenario("users.disabled.fixture", "TPS-USR-021", chapter=CHAPTER, after=_AFTER)
async def disabled(dut: CallDut) -> None:
    """The user of the target file who may call nothing is listed as such and served in nothing about users."""
    name, password = dut.user("disabled")
    found = (await people(dut)).get(name)
    if found is None:
        raise CaseSkipped("the list of users does not have the one of the fixture disabled_user")
    dut.check("rights", found.get("accessRights") == "none", "TPS-USR-021", expected="none", got=str(found))
    for method, members in (("user.enumerate", {}), ("user.destroy", {"currentUserId": name})):
        reply = await dut.call(method, members, user=(name, password), link="none", undo=False)
        dut.fault(reply, syntax_of(dut.model).unprivileged, "TPS-USR-021", check=method)
