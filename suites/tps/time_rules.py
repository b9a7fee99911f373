"""The clock: set by hand or by NTP, told in UTC, and told alike by all methods."""

from __future__ import annotations

from datetime import datetime, timedelta

from harness.calldut import CallDut
from harness.flow import CaseInconclusive, CaseSkipped
from harness.wire.xmlrpc_writing import Writable
from suites.tps import SUITE
from suites.tps.admin import date_of, told

CHAPTER = "time"
_METHOD, _QUERY = "device.time.modify", "device.time.query"
_AFTER = (f"{_QUERY}.success",)
_SLACK_S = 2.0  # seconds have no parts, and a device may set its clock with the next one
_HOST = "192.0.2.123"
Span = tuple[float, float]


async def _ask(dut: CallDut, method: str = _QUERY) -> tuple[datetime, Span]:
    """The time that a method tells, and between which seconds of the case it was asked for."""
    before = await dut.clock()
    reply = dut.ok(await dut.call(method), check=method)
    return date_of(reply), (before, await dut.clock())


async def _set(dut: CallDut, when: datetime) -> Span:
    before = await dut.clock()
    dut.ok(await dut.call(_METHOD, {"currentTime": when}, undo=False), "TPS-TIM-002", check="set")
    return before, await dut.clock()


def _goes_on(first: datetime, at: Span, second: datetime, later: Span, slack_s: float = _SLACK_S) -> bool:
    """Whether a clock that told the first time then may tell the second one later."""
    passed = (second - first).total_seconds()
    return later[0] - at[1] - slack_s <= passed <= later[1] - at[0] + slack_s


async def _by_hand(dut: CallDut) -> None:
    """NTP is off."""
    if (await told(dut, _QUERY)).get("ntpEnabled") is not False:
        await dut.setup(_METHOD, {"ntpEnabled": False})


async def _offset(dut: CallDut, hours: int, minutes: int) -> None:
    await dut.setup(_METHOD, {"utcOffsetHours": hours, "utcOffsetMinutes": minutes})


@SUITE.scenario(
    "time.set",
    "TPS-TIM-002",
    "TPS-TIM-006",
    chapter=CHAPTER,
    after=(*_AFTER, "device.time.modify.success"),
    device_s=4.0,
)
async def by_hand(dut: CallDut) -> None:
    """A time that is set holds at once and goes on, in UTC whatever the offset is; then the clock is set back."""
    await _by_hand(dut)
    first, at = await _ask(dut)
    try:
        for days, hours, minutes in ((1, 0, 0), (-2, 5, 30), (0, -8, 0)):
            await _offset(dut, hours, minutes)
            wanted = first + timedelta(days=days, seconds=17)
            since = await _set(dut, wanted)
            for turn in range(2):
                if turn:
                    await dut.wait(4.0)
                got, asked = await _ask(dut)
                check = f"{days}.{'later' if turn else 'at-once'}"
                passed = _goes_on(wanted, since, got, asked)
                dut.check(check, passed, "TPS-TIM-002", expected=f"{wanted} and the seconds since", got=str(got))
    finally:
        now = await dut.clock()
        await dut.call(
            _METHOD, {"currentTime": first + timedelta(seconds=round(now - at[1]))}, undo=False, judged=False
        )


@SUITE.scenario("time.offset", "TPS-TIM-005", "TPS-TIM-006", chapter=CHAPTER, after=_AFTER)
async def offset(dut: CallDut) -> None:
    """Offsets to UTC are told as they were set, to the west and to the east, and leave the time as it is."""
    for hours, minutes in ((5, 30), (-3, 30), (14, 0), (-12, 0), (0, 45), (-1, 59), (0, 0)):
        first, at = await _ask(dut)
        dut.ok(
            await dut.call(_METHOD, {"utcOffsetHours": hours, "utcOffsetMinutes": minutes}), "TPS-TIM-005", check="set"
        )
        reply = dut.ok(await dut.call(_QUERY), check="query")
        got = (reply.value("utcOffsetHours"), reply.value("utcOffsetMinutes"))
        dut.check(
            "told",
            got == (hours, minutes),
            "TPS-TIM-005",
            expected=f"{hours}, {minutes}",
            got=str(got),
            step=reply.step,
        )
        second, later = await _ask(dut)
        dut.check(
            "same", _goes_on(first, at, second, later), "TPS-TIM-006", expected=f"{first} and a little", got=str(second)
        )


@SUITE.scenario("time.ntp", "TPS-TIM-003", "TPS-TIM-007", "TPS-TIM-001", chapter=CHAPTER, after=_AFTER)
async def ntp(dut: CallDut) -> None:
    """Under NTP the status is not disabled and the clock cannot be set, whatever answers; without it the status is disabled."""
    await _by_hand(dut)
    await _status(dut, on=False)
    dut.ok(await dut.call(_METHOD, {"ntpEnabled": True, "ntpHost": _HOST}), "TPS-TIM-001", check="on")
    await _status(dut, on=True)
    first, at = await _ask(dut)
    for change in (timedelta(days=3), timedelta(hours=-5)):
        reply = await dut.call(_METHOD, {"currentTime": first + change}, undo=False)
        dut.fault(reply, "under-ntp", "TPS-TIM-003", check="set")
        second, later = await _ask(dut)
        dut.check(
            "stays",
            _goes_on(first, at, second, later, 5.0),
            "TPS-TIM-003",
            expected=f"{first} and a little",
            got=str(second),
        )
    await _status(dut, on=True)
    dut.ok(await dut.call(_METHOD, {"ntpEnabled": False}), "TPS-TIM-001", check="off")
    await _status(dut, on=False)


async def _status(dut: CallDut, *, on: bool) -> None:
    reply = dut.ok(await dut.call(_QUERY), check="query")
    enabled, status = reply.value("ntpEnabled"), reply.value("ntpStatus")
    dut.check("enabled", enabled is on, "TPS-TIM-001", expected=f"ntpEnabled {on}", got=repr(enabled), step=reply.step)
    expected = "another status than disabled" if on else "disabled"
    dut.check(
        "status", (status != "disabled") is on, "TPS-TIM-007", expected=expected, got=repr(status), step=reply.step
    )


@SUITE.scenario("time.ntp.host", "TPS-TIM-004", "TPS-TIM-007", chapter=CHAPTER, after=_AFTER)
async def host(dut: CallDut) -> None:
    """NTP cannot be enabled while no server is named nor known, and stays off."""
    await _by_hand(dut)
    if (await told(dut, _QUERY)).get("ntpHost"):
        await dut.call(_METHOD, {"ntpHost": ""})
        if (await told(dut, _QUERY)).get("ntpHost"):
            raise CaseSkipped("the device knows an NTP server, and keeps it")
    changes: tuple[dict[str, Writable], ...] = (
        {"ntpEnabled": True},
        {"ntpEnabled": True, "utcOffsetHours": 0, "utcOffsetMinutes": 0},
    )
    for change in changes:
        reply = await dut.call(_METHOD, change)
        dut.refused(reply, "TPS-TIM-004", ambiguity="TPS-AMB-225", check="refused")
        enabled = (await told(dut, _QUERY)).get("ntpEnabled")
        dut.check("off", enabled is False, "TPS-TIM-004", expected="ntpEnabled false", got=repr(enabled))
    await _status(dut, on=False)


@SUITE.scenario(
    "time.alike", "TPS-TIM-008", chapter=CHAPTER, after=(*_AFTER, "device.query.success", "cdrlog.enumerate.success")
)
async def everywhere(dut: CallDut) -> None:
    """The times of device.time.query, device.query and cdrlog.enumerate are one time; that of device.query may be the local one."""
    for hours, minutes in ((5, 30), (-9, 30), (0, 0)):
        await _offset(dut, hours, minutes)
        first, at = await _ask(dut)
        shift = timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes)
        records, later = await _ask(dut, "cdrlog.enumerate")
        dut.check("records", _goes_on(first, at, records, later), "TPS-TIM-008", expected=str(first), got=str(records))
        device, later = await _ask(dut, "device.query")
        fits = [
            reading
            for reading, wanted in (("utc", first), ("local", first + shift))
            if _goes_on(wanted, at, device, later)
        ]
        dut.check("device", bool(fits), "TPS-TIM-008", expected=f"{first}, or {first + shift}", got=str(device))
        dut.observe("which", "TPS-AMB-219", *fits, got=str(device))


@SUITE.scenario(
    "time.goes-on",
    "TPS-TIM-002",
    "TPS-DEV-020",
    "TPS-DEV-021",
    chapter=CHAPTER,
    after=(*_AFTER, "device.query.success"),
    device_s=8.0,
)
async def goes_on(dut: CallDut) -> None:
    """Time and uptime go on, the time of the start stays, and uptime is the difference."""
    first, at = await _ask(dut)
    before = await dut.setup("device.query")
    await dut.wait(8.0)
    second, later = await _ask(dut)
    dut.check(
        "clock", _goes_on(first, at, second, later), "TPS-TIM-002", expected=f"{first} and 8 seconds", got=str(second)
    )
    after = await dut.setup("device.query")
    up = [one.value("uptime") for one in (before, after)]
    if not all(isinstance(one, int) for one in up):
        raise CaseInconclusive("device.query tells no uptime")
    grown = int(str(up[1])) - int(str(up[0]))
    dut.check(
        "uptime",
        grown >= 8.0 - _SLACK_S,
        "TPS-DEV-021",
        expected="8 seconds more",
        got=f"{grown} more",
        step=after.step,
    )
    starts = [date_of(one, "restartTime") for one in (before, after)]
    moved = abs((starts[1] - starts[0]).total_seconds())
    dut.check("start", moved <= _SLACK_S, "TPS-DEV-021", expected=str(starts[0]), got=str(starts[1]), step=after.step)
    for number, one in enumerate((before, after)):
        difference = (date_of(one) - starts[number]).total_seconds()
        dut.check(
            "difference",
            abs(difference - int(str(up[number]))) <= _SLACK_S,
            "TPS-DEV-020",
            expected=f"{difference:g}",
            got=str(up[number]),
            step=one.step,
        )
