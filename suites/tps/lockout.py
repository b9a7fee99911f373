"""Default credentials: while the immortal administrator has them nothing is served but what changes them."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.callfaults import syntax_of
from harness.flow import CaseSkipped
from harness.messages.callreply import CallReply
from suites.tps import SUITE
from suites.tps.access import person
from suites.tps.admin import destructive, immortal, is_me, pages, people, rows_of, user_id
from suites.tps.talk import READERS
from suites.tps.user_levels import CHAPTER

_AMBIGUITY, _DUE = "TPS-AMB-280", "passwordChangeRequired"
_DEFAULT = ""  # as the examples of the document have it
_FAULTS = {"14": "authorization", "15": "privileges", "201": "failed", "202": "activation", "102": "invalid"}
_SERVED = ("system.info", "flex.conference.enumerate", "cdrlog.query", "sip.query", *READERS)


def _locked(dut: CallDut, reply: CallReply, check: str, *, own: bool) -> None:
    """A call fails, with any of the faults where it is one of the immortal user's own."""
    dut.check(check, reply.ok is False, "TPS-USR-040", expected="a fault", got=reply.describe(), step=reply.step)
    reading = _FAULTS.get(reply.code, "own" if own else "")
    dut.observe(
        f"{check}.fault", _AMBIGUITY, *({reading, "own"} if own else {reading}), got=reply.describe(), step=reply.step
    )


@SUITE.scenario(
    "users.default-password.told",
    "TPS-USR-042",
    "TPS-USR-043",
    "TPS-USR-040",
    chapter=CHAPTER,
    after=("user.enumerate.success",),
)
async def none_due(dut: CallDut) -> None:
    """On a device that serves other methods the immortal user is not told to have to change default credentials."""
    served = [(await dut.call(method)).ok is True for method in READERS]
    due = [user_id(one) for one in (await people(dut)).values() if one.get(_DUE) is True]
    one = user_id(await immortal(dut))
    dut.check(
        "due", not (all(served) and one in due), "TPS-USR-040", "TPS-USR-042",
        expected=f"either {one} without default credentials or no other method served", got=f"{_DUE} of {due}, and all methods served",
    )  # fmt: skip


@SUITE.scenario(
    "users.default-password", "TPS-USR-040", "TPS-USR-041", "TPS-USR-042", "TPS-USR-043",
    chapter=CHAPTER, after=("user.enumerate.success", "user.modify.success", "users.immortal.password"),
)  # fmt: skip
async def lockout(dut: CallDut) -> None:
    """While the immortal administrator has the default password only users are listed and changed; when it is another one everything is served."""
    if dut.version is not None and dut.syntax.versions.index(dut.version) < dut.syntax.versions.index("4.2"):
        raise CaseSkipped(f"API {dut.version} locks nothing")
    destructive(dut, "it gives the immortal user the default password for a moment")
    one = await immortal(dut)
    if not is_me(dut, one) or dut.password == _DEFAULT:
        raise CaseSkipped("the immortal user's own password is not known, so it could not be set back")
    name, old = user_id(one), dut.password
    spare = await person(dut)
    change = {"currentUserId": name}
    try:
        reply = await dut.call("user.modify", {**change, "password": _DEFAULT}, undo=False)
        if not reply.ok:
            raise CaseSkipped("the device takes no empty password")
        await _while_default(dut, name, spare)
    finally:
        for user in ((name, _DEFAULT), spare, (name, old)):
            back = await dut.call(
                "user.modify", {**change, "password": old}, user=user, link="back", undo=False, judged=False
            )
            if back.ok:
                break
    for method in _SERVED:
        dut.ok(await dut.call(method), "TPS-USR-041", check=f"after.{method}")
    dut.ok(await dut.call("system.info", user=spare, link="spare"), "TPS-USR-041", check="after.other")
    due = [user_id(one) for one in (await people(dut)).values() if one.get(_DUE) is True]
    dut.check("after.due", name not in due, "TPS-USR-043", expected=f"no {_DUE}", got=str(due))


async def _while_default(dut: CallDut, name: str, spare: tuple[str, str]) -> None:
    """What the immortal user, and another administrator, are served meanwhile."""
    mine = (name, _DEFAULT)
    found = await pages(dut, user=mine)
    dut.ok(found[0], "TPS-USR-040", check="enumerate")
    due = {user_id(one): one.get(_DUE) for one in rows_of(found)}.get(name)
    replies = {method: await dut.call(method, user=mine, link="locked", judged=False) for method in _SERVED}
    if due is not True and all(one.ok for one in replies.values()):
        raise CaseSkipped("the default password of the device is another one than the empty password")
    dut.check("due", due is True, "TPS-USR-042", expected=f"{_DUE} true", got=repr(due), step=found[0].step)
    for method, reply in replies.items():
        _locked(dut, reply, method, own=True)
    made = {"newUserId": f"{spare[0]}z", "password": spare[1], "accessRights": "none"}
    _locked(dut, await dut.call("user.create", made, user=mine, link="locked", judged=False), "user.create", own=True)
    other = await dut.call("system.info", user=spare, link="spare", judged=False)
    if other.ok:
        dut.observe("others", _AMBIGUITY, "own", step=other.step)
    elif other.code not in _FAULTS:
        dut.fault(other, syntax_of(dut.model).unauthorized, "TPS-USR-040", check="others")
    dut.ok(
        await dut.call("user.modify", {"currentUserId": name, "name": ""}, user=mine, undo=False),
        "TPS-USR-040",
        check="modify",
    )
