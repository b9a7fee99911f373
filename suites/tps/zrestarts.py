"""A restart and a shutdown of the device. The name of this module is the last of the suite, so that its cases are the last ones too."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.errors import TransportError
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callreply import CallReply
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.admin import date_of, destructive, told
from suites.tps.listening import FORM, ended, now, ready
from suites.tps.world import FAR_S, Members, digits, figure, resources

CHAPTER = "restarts"
_METHOD, _LOG = "device.restart", "device.restartlog.query"
_AFTER = ("device.query.success", f"{_LOG}.success")
_PATIENCE_S, _LOOK_S = 900.0, 5.0
_SHUT_S, _NEAR_S = 20.0, 2.0
_TOLD_S = 30.0  # in which a start is told of, which may be long after the first call is answered
_REASON = "TPS-struct.restart.returned.reason:choice"
_API = "User requested reboot from API"
_ANSWERS = "TPS-AMB-221"
_STATUS, _RESTART = "deviceStatusChanged", "restart"
Restart = tuple[str, str]


async def _log(dut: CallDut) -> list[Restart]:
    found = (await dut.setup(_LOG)).value("log")
    return (
        [(str(one.get("time")), str(one.get("reason"))) for one in found if isinstance(one, dict)]
        if isinstance(found, list)
        else []
    )


def _answer(dut: CallDut, reply: CallReply) -> None:
    """The call was answered with a success, or not at all."""
    passed = reply.ok is True or not reply.came
    dut.check(
        "answer", passed, "TPS-DEV-036", "TPS-device.restart", "TPS-device.restart:status", expected="a success, or the end of the connection",
        got=reply.describe(), step=reply.step,
    )  # fmt: skip
    if reply.ok is True:
        wanted = {dut.syntax.status: dut.syntax.success}
        dut.check(
            "status",
            reply.members == wanted,
            "TPS-device.restart:status",
            expected=str(wanted),
            got=str(reply.members),
            step=reply.step,
        )


async def _look(dut: CallDut, turn: int) -> CallReply | None:
    """What device.query tells now; None if nobody answers."""
    try:
        reply = await dut.call("device.query", link=f"look {turn}", judged=False)
    except (CaseInconclusive, TransportError):
        return None
    return reply if reply.ok else None


async def _back(dut: CallDut, uptime: int) -> CallReply | None:
    """The first answer of the device that has started again; None if none comes in time."""
    began = await dut.clock()
    for turn in range(int(_PATIENCE_S / _LOOK_S)):
        await dut.wait(_LOOK_S)
        reply = await _look(dut, turn)
        if reply is not None:
            got, passed = reply.value("uptime"), await dut.clock() - began
            if isinstance(got, int) and got < uptime + passed / 2:
                return reply
        if await dut.clock() - began > _PATIENCE_S:
            break
    return None


async def _restarted(dut: CallDut, before: CallReply) -> CallReply:
    """The device is back, younger than it was.

    Raises:
        CaseInconclusive: it is not, so nothing more can be seen.
    """
    uptime = before.value("uptime")
    reply = await _back(dut, uptime if isinstance(uptime, int) else 0)
    dut.check(
        "back",
        reply is not None,
        "TPS-DEV-030",
        "TPS-device.restart",
        expected="a device that has started again",
        got=f"none within {_PATIENCE_S:g} s",
    )
    if reply is None:
        raise CaseInconclusive("the device did not start again")
    return reply


@SUITE.scenario(
    "restart", "TPS-DEV-030", "TPS-DEV-031", "TPS-DEV-035", "TPS-DEV-036", "TPS-device.restart", "TPS-device.restart:status",
    _REASON, chapter=CHAPTER, after=_AFTER, device_s=60.0,
)  # fmt: skip
async def restart(dut: CallDut) -> None:
    """After a restart the device answers again, with a later start and a small uptime, and its log has one entry more, which names the API."""
    destructive(dut, "it restarts the device")
    before = await dut.setup("device.query")
    log = await _log(dut)
    _answer(dut, await dut.call(_METHOD, {}, must=True, judged=False))
    reply = await _restarted(dut, before)
    starts = [date_of(one, "restartTime") for one in (before, reply)]
    dut.check(
        "start",
        starts[1] > starts[0],
        "TPS-DEV-030",
        expected=f"later than {starts[0]}",
        got=str(starts[1]),
        step=reply.step,
    )
    after = await _log(dut)
    new = [one for one in after if after.count(one) > log.count(one)]
    same = len(log) == len(after) and sorted(new) != []  # a log that was full
    dut.check(
        "logged",
        len(new) == 1 and (same or len(after) == len(log) + 1),
        "TPS-DEV-031",
        expected="one entry more",
        got=f"{len(new)} new ones: {new}",
    )
    for _, reason in new[:1]:
        dut.check("reason", reason == _API, "TPS-DEV-031", _REASON, expected=_API, got=reason)
    if len(after) > 1 and new and new[0] in (after[0], after[-1]):
        dut.observe("order", "TPS-AMB-222", "newest-first" if new[0] == after[0] else "oldest-first")
    for time, _ in new[:1]:
        near = abs((_date(time, starts[1]) - starts[1]).total_seconds()) <= 60.0
        dut.check("when", near, "TPS-DEV-035", expected=str(starts[1]), got=time, severity=Severity.SHOULD)
    health = await told(dut, "device.health.query")
    dut.check(
        "active",
        health.get("operationalStatus") == "active",
        "TPS-DEV-013",
        expected="active",
        got=str(health),
        severity=Severity.SHOULD,
    )


def _date(text: str, near: Any) -> Any:
    """A date as the log tells it."""
    return type(near).fromisoformat(text)


def _revivable(dut: CallDut) -> None:
    """Shut down only a device that may be had back: one of a simulation, or one that is known to answer.

    Raises:
        CaseSkipped: it is another one.
    """
    destructive(dut, "it shuts the device down")
    if dut.binding.down:
        raise CaseSkipped(dut.binding.down)
    if dut.target.clock_scale <= 1 and dut.target.dialect.get(_ANSWERS) != "answers":
        raise CaseSkipped(
            f"needs {_ANSWERS} = 'answers' in [target.dialect]: else somebody would have to switch the device on again"
        )


@SUITE.scenario(
    "shutdown", "TPS-DEV-032", "TPS-DEV-033", "TPS-DEV-034", "TPS-device.restart.shutdownOnly", "TPS-flex.conference.create:fault.shut-down",
    "TPS-flex.participant.create:fault.shut-down", chapter=CHAPTER, after=("restart",), device_s=80.0,
)  # fmt: skip
async def shutdown(dut: CallDut) -> None:
    """A device that is shut down stays so and makes no conference and no participant, as far as it answers; a restart has it back."""
    _revivable(dut)
    where = str(
        (
            await dut.setup(
                "flex.conference.create", {**await dut.sample("flex.conference.create"), "startTime": FAR_S}
            )
        ).value("conferenceID")
    )
    bandwidth = await figure(dut, "minCallBandwidth")
    created: Members = {"participantMediaResources": await resources(dut), "startTime": 0}
    member: Members = {"conferenceID": where, "calls": [{"URI": digits(dut), "callBandwidth": bandwidth}]}
    await dut.wait(3 * _NEAR_S)  # so that another restart shows in the time of the start
    before = await dut.setup("device.query")
    reply = await dut.call(_METHOD, {"shutdownOnly": True}, must=True, judged=False)
    _answer(dut, reply)
    await dut.wait(_SHUT_S)
    seen = await _look(dut, 0)
    if seen is None:
        dut.observe("answers", _ANSWERS, "gone", got="nobody answers")
        dut.binding.down = "it was shut down, and has to be switched on again"
        return
    dut.observe("answers", _ANSWERS, "answers")
    starts = [date_of(one, "restartTime") for one in (before, seen)]
    apart = abs((starts[1] - starts[0]).total_seconds())
    clauses = ("TPS-DEV-032", "TPS-device.restart.shutdownOnly")
    dut.check("stays", apart <= _NEAR_S, *clauses, expected="no restart", got=f"started {starts[0]}, then {starts[1]}")
    for method, sent in (("flex.conference.create", created), ("flex.participant.create", member)):
        made = await dut.call(method, sent)
        also = ("no-such-conference",) if method.startswith("flex.participant") else ()
        dut.fault(made, ("shut-down", *also), "TPS-DEV-033", f"TPS-{method}:fault.shut-down", check=method)
    status = (
        (await told(dut, "device.health.query")).get("operationalStatus"),
        (await told(dut, "device.query")).get("shutdownStatus"),
    )
    passed = status[0] in ("shuttingDown", "shutDown") and status[1] in ("shutdownInProgress", "shutdown")
    dut.check(
        "says-so", passed, "TPS-DEV-034", expected="shutDown, shutdown", got=str(status), severity=Severity.SHOULD
    )
    _answer(dut, await dut.call(_METHOD, {}, judged=False))
    await _restarted(dut, seen)
    dut.ok(await dut.call("flex.conference.create", created), "TPS-DEV-033", check="again")


@SUITE.scenario(
    "shutdown.heard", "TPS-EVT-021", "TPS-EVT-027", *FORM, chapter=CHAPTER, after=("shutdown",), device_s=80.0 + _TOLD_S
)
async def heard(dut: CallDut) -> None:
    """A device that is shut down tells receivers that its status has changed, and not that it has restarted; a restart has it back."""
    _revivable(dut)
    one = await ready(dut, _STATUS, _RESTART, source="shut down", device_s=_TOLD_S)
    await dut.wait(3 * _NEAR_S)  # so that another restart shows in the time of the start
    before = await dut.setup("device.query")
    began = await now(dut)
    reply = await dut.call(_METHOD, {"shutdownOnly": True}, must=True, judged=False)
    if reply.ok is False:
        raise CaseInconclusive(f"the device was not shut down: {reply.describe()}")
    message = await dut.wait_event(one.ear, _STATUS, _SHUT_S, after_s=began)
    await dut.rested(one.ear)
    seen = await _look(dut, 0)
    if seen is None:
        dut.binding.down = "it was shut down, and has to be switched on again"
    # One that nobody can ask for more details need not have told of it in time.
    dut.check(
        "told", message is not None, "TPS-EVT-021", expected=f"{_STATUS} at a shutdown", got="" if message is not None else "nothing",
        severity=Severity.MUST if seen is not None else Severity.SHOULD, step=message.step if message is not None else -1,
    )  # fmt: skip
    if seen is None:
        return
    starts = [date_of(told_by, "restartTime") for told_by in (before, seen)]
    odd = [message for message in one.ear.news if _RESTART in message.texts("events")]
    same = abs((starts[1] - starts[0]).total_seconds()) <= _NEAR_S
    dut.check(
        "no-restart", not odd or not same, "TPS-EVT-027", expected=f"no {_RESTART}, as the device has not restarted",
        got=odd[0].describe() if odd else "", step=odd[0].step if odd else -1,
    )  # fmt: skip
    await dut.call(_METHOD, {}, judged=False)
    await _restarted(dut, seen)
    await ended(dut, one)
