"""What the device tells of itself: its disk, memory and processors, channels, stations, and words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.messages.documentreply import Result
from harness.wire.xmltree import Element
from suites.uptivity import SUITE
from suites.uptivity.seen import pause

CHAPTER = "Status Functions"
_ZONE_S = 15 * 60  # zones differ by quarters of an hour
_NEAR_S = 5
_STATE = "UPT-CHANNELS.answer.CHANNELS.CHANNEL.STATE"
_LAST_STATE = 9
_FAR_S = 15 * 3600
_SIZE = re.compile(r"([0-9]+(?:[.,][0-9]+)*)\s*([KMGTP]?)i?B", re.IGNORECASE)
_UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}
_UPTIME = re.compile(r"(-?[0-9]+)\s*(day|hour|minute|second)", re.IGNORECASE)
_SECONDS = {"day": 86_400, "hour": 3600, "minute": 60, "second": 1}


async def _told(dut: DocumentDut, function: str, road: str) -> Result:
    return dut.ok(await dut.call(function, road=road), f"UPT-{function}", check=f"{road}.{function}")


def _number(result: Result, name: str) -> float | None:
    """A value that is a number; None where it is none, of which its type tells."""
    try:
        return float(result.get(name) or "")
    except ValueError:
        return None


# the system


@SUITE.scenario("listings.disk", "UPT-SYS-002", "UPT-SYS-003", "UPT-SYS-009", "UPT-SYS-013",
                chapter=CHAPTER, after=("SYSTEMSTATUS.success",))  # fmt: skip
async def disk(dut: DocumentDut) -> None:
    """There is no more free room on the disk than room, and the percentage and the description tell the same."""
    for road in dut.roads:
        result = await _told(dut, "SYSTEMSTATUS", road)
        room, free, percent = (_number(result, f"RECORDINGTOTALDISK{name}") for name in ("CAPACITY", "FREE", "FREEPCT"))
        if room is not None and free is not None:
            dut.check(
                f"{road}.free",
                0 <= free <= room,
                "UPT-SYS-002",
                expected=f"from 0 to {room}",
                got=str(free),
                step=result.step,
            )
            if percent is not None and room > 0:
                real = 100 * free / room
                dut.check(
                    f"{road}.percent", abs(percent - real) <= 1, "UPT-SYS-003", expected=f"{real:.2f}", got=str(percent),
                    step=result.step,
                )  # fmt: skip
        told = result.get("RECORDINGSPACEINFO", "RECORDINGSPEACEINFO") or ""
        sizes = [_bytes(*found) for found in _SIZE.findall(told)]
        dut.check(
            f"{road}.told", len(sizes) == 2 and sizes[0] <= sizes[1], "UPT-SYS-009",
            expected="two amounts with units, the free one first", got=told, step=result.step,
        )  # fmt: skip
        path = result.get("RECORDINGPATH") or ""
        dut.check(f"{road}.path", bool(path), "UPT-SYS-013", expected="a path", got=repr(path), step=result.step)


def _bytes(number: str, unit: str) -> float:
    plain = number.replace(",", ".") if number.count(",") == 1 else number.replace(",", "")
    return float(plain) * float(1024 ** _UNITS[unit.upper()])


@SUITE.scenario(
    "listings.memory", "UPT-SYS-004", "UPT-SYS-005", "UPT-SYS-006", chapter=CHAPTER, after=("SYSTEMSTATUS.success",)
)
async def memory(dut: DocumentDut) -> None:
    """Free and used memory are no more than there is, add up to it, and fit the percentage."""
    for road in dut.roads:
        result = await _told(dut, "SYSTEMSTATUS", road)
        total, free, used, percent = (
            _number(result, f"SYSTEMRAM{name}") for name in ("TOTAL", "FREE", "USED", "USEDPCT")
        )
        if total is None or free is None or used is None:
            continue  # a check of the types has told
        shown = f"{free:g} free and {used:g} used"
        fits = 0 <= free <= total and 0 <= used <= total
        dut.check(f"{road}.most", fits, "UPT-SYS-004", expected=f"from 0 to {total:g}", got=shown, step=result.step)
        sums_up = abs(free + used - total) <= max(2.0, total * 0.03)
        dut.check(f"{road}.sum", sums_up, "UPT-SYS-005", expected=f"{total:g} together", got=shown, step=result.step)
        if percent is not None and total > 0:
            real = 100 * used / total
            dut.check(
                f"{road}.percent", abs(percent - real) <= 2, "UPT-SYS-006", expected=f"{real:.1f}", got=f"{percent:g}",
                step=result.step,
            )  # fmt: skip


@SUITE.scenario(
    "listings.processors", "UPT-SYS-010", "UPT-SYS-011", "UPT-SYS-012", chapter=CHAPTER, after=("SYSTEMSTATUS.success",)
)
async def processors(dut: DocumentDut) -> None:
    """There is a section for each processor, numbered from 0, with its speed in MHz."""
    for road in dut.roads:
        result = await _told(dut, "SYSTEMSTATUS", road)
        found = [one for one in result.root.children if re.fullmatch(r"PROCESSOR[0-9]+", one.name)]
        numbers = [int(one.name.removeprefix("PROCESSOR")) for one in found]
        single = bool(numbers) and len(set(numbers)) == len(numbers)
        dut.check(
            f"{road}.each", single, "UPT-SYS-010", expected="one or more processors, no number twice", got=str(numbers),
            step=result.step,
        )  # fmt: skip
        dut.check(
            f"{road}.from-0", sorted(numbers) == list(range(len(numbers))), "UPT-SYS-011", expected="0, 1, ...",
            got=str(numbers), step=result.step,
        )  # fmt: skip
        speeds = [one.get("SYSTEMPROCESSORSPEED") or "" for one in found]
        odd = [one for one in speeds if not re.search(r"[0-9]\s*MHz", one, re.IGNORECASE)]
        dut.check(f"{road}.speed", not odd, "UPT-SYS-012", expected="as 2394MHz", got=str(odd[:1]), step=result.step)


@SUITE.scenario("listings.uptime", "UPT-SYS-007", "UPT-SYS-008", chapter=CHAPTER, after=("SYSTEMSTATUS.success",))
async def uptime(dut: DocumentDut) -> None:
    """The time since the start has days, hours, minutes and seconds, and grows."""
    first = await _told(dut, "SYSTEMSTATUS", dut.roads[0])
    told = first.get("SYSTEMUPTIME") or ""
    began = _uptime(told)
    dut.check(
        "parts", began is not None, "UPT-SYS-007", expected="as 0 days, 18 hours, 24 minutes, 37 seconds.", got=told
    )
    if began is None:
        return
    now: float | None = began
    for wait_s in (0.02, 0.1, 0.3, 0.8):
        await pause(dut, wait_s)
        now = _uptime((await _told(dut, "SYSTEMSTATUS", dut.roads[-1])).get("SYSTEMUPTIME") or "")
        if now is None or now != began:
            break
    dut.check(
        "grows", now is not None and now > began, "UPT-SYS-008", expected=f"more than {told}", got=f"{now} seconds"
    )


def _uptime(text: str) -> float | None:
    """Seconds of an uptime; None where a part of it is missing."""
    found = {unit.lower(): int(number) for number, unit in _UPTIME.findall(text)}
    return sum(found[unit] * seconds for unit, seconds in _SECONDS.items()) if found.keys() == _SECONDS.keys() else None


# lists


def _counted(
    dut: DocumentDut, result: Result, found: list[Element], clause: str, check: str, lists: Iterable[str]
) -> None:
    """COUNT must be the number of the sections, wherever it stands."""
    told = result.get("COUNT")
    for name in lists:
        for one in result.root.all(name):
            told = told if told is not None else one.get("COUNT")
    dut.check(
        check, told is not None and told.isdecimal() and int(told) == len(found), clause, expected=f"COUNT {len(found)}",
        got=repr(told), step=result.step,
    )  # fmt: skip


def _single(dut: DocumentDut, names: list[tuple[str, ...]], clause: str, check: str, step: int) -> None:
    twice = [one for one, count in Counter(names).items() if count > 1]
    dut.check(check, not twice, clause, expected="each once", got=str(twice[:3]), step=step)


@SUITE.scenario("listings.channels", "UPT-CHN-001", "UPT-CHN-002", "UPT-CHN-003", _STATE,
                chapter=CHAPTER, after=("CHANNELS.success",))  # fmt: skip
async def channels(dut: DocumentDut) -> None:
    """COUNT is that of the channels, each has a number of its own, and its two times tell one moment."""
    for road in dut.roads:
        result = await _told(dut, "CHANNELS", road)
        found = result.everywhere("CHANNEL")
        _counted(dut, result, found, "UPT-CHN-001", f"{road}.count", ("CHANNELS",))
        _single(dut, [(one.get("ID") or "",) for one in found], "UPT-CHN-002", f"{road}.own", result.step)
        digits = [state for one in found if (state := one.get("STATE") or "").isdecimal() and int(state) > _LAST_STATE]
        dut.check(
            f"{road}.states",
            not digits,
            _STATE,
            expected="a word, or a number from 0 to 9",
            got=str(digits[:3]),
            step=result.step,
        )
        apart = [told for one in found if (told := _apart(one))]
        dut.check(
            f"{road}.times", not apart, "UPT-CHN-003", expected="one moment", got="; ".join(apart[:2]), step=result.step
        )


def _apart(channel: Element) -> str:
    """How the times of a channel differ by more than a zone and some seconds; "" if they do not, or cannot be read."""
    told, seconds = channel.get("LASTSTATECHANGE") or "", channel.get("LASTSTATECHANGEUNIXTIME") or ""
    try:
        moment = datetime.strptime(told, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC)
    except ValueError:
        return ""  # written in some other way
    if not seconds.isdecimal():
        return ""
    off = moment.timestamp() - int(seconds)
    rest = (off + _NEAR_S) % _ZONE_S
    return "" if abs(off) <= _FAR_S and rest <= 2 * _NEAR_S else f"{told} and {seconds}"


def _stations(result: Result) -> list[Element]:
    """The sections of stations, in a list or each by itself."""
    return [one for one in result.everywhere("STATION", "STATIONS") if one.first("STATIONNAME") is not None]


@SUITE.scenario(
    "listings.stations", "UPT-STN-001", "UPT-STN-002", "UPT-STN-003", chapter=CHAPTER, after=("STATIONS.success",)
)
async def stations(dut: DocumentDut) -> None:
    """COUNT is that of the stations; every station that there is stands there with its device, and none twice."""
    for road in dut.roads:
        result = await _told(dut, "STATIONS", road)
        found = _stations(result)
        _counted(dut, result, found, "UPT-STN-001", f"{road}.count", ("STATIONS",))
        pairs = [(one.get("STATIONNAME") or "", one.get("DEVICEID") or "") for one in found]
        _single(dut, [*pairs], "UPT-STN-003", f"{road}.once", result.step)
        names, devices = dut.target.fixture_texts("station_names"), dut.target.fixture_texts("station_device_ids")
        for pair in zip(names, devices, strict=False):
            dut.check(
                f"{road}.{pair[0]}", pair in pairs, "UPT-STN-002", expected=f"{pair[0]} with {pair[1]}", got=str(pairs[:6]),
                step=result.step,
            )  # fmt: skip


@SUITE.scenario(
    "listings.terms", "UPT-TRM-001", "UPT-TRM-002", "UPT-TRM-003", chapter=CHAPTER, after=("FETCHTERMINOLOGY.success",)
)
async def terms(dut: DocumentDut) -> None:
    """COUNT is that of the terms; each has a name of its own and a value; asked again, and on any road, they are the same."""
    first: list[tuple[str, str]] | None = None
    for road in (*dut.roads, *dut.roads):
        result = await _told(dut, "FETCHTERMINOLOGY", road)
        found = result.everywhere("TERMINOLOGY")
        _counted(dut, result, found, "UPT-TRM-001", f"{road}.count", ("SETTINGS",))
        pairs = [(one.get("NAME") or "", one.get("VALUE") or "") for one in found]
        _single(dut, [(name,) for name, _ in pairs], "UPT-TRM-002", f"{road}.own", result.step)
        bare = [name for name, value in pairs if not name or not value]
        dut.check(
            f"{road}.values", not bare, "UPT-TRM-002", expected="a name and a value", got=str(bare), step=result.step
        )
        first = sorted(pairs) if first is None else first
        dut.check(
            f"{road}.same", sorted(pairs) == first, "UPT-TRM-003", expected=str(first), got=str(pairs), step=result.step
        )


@SUITE.scenario("listings.steady", "UPT-WEB-005", chapter=CHAPTER,
                after=("CHANNELS.success", "STATIONS.success"))  # fmt: skip
async def steady(dut: DocumentDut) -> None:
    """Asked again and again, on any road, the same channels and stations come."""
    if len(dut.roads) < 2:
        raise CaseSkipped("the target offers one road only")
    first: dict[str, list[str]] = {}
    for _ in range(3):
        for road in dut.roads:
            for function, name in (("CHANNELS", "ID"), ("STATIONS", "STATIONNAME")):
                found = sorted(one.value for one in (await _told(dut, function, road)).everywhere(name))
                known = first.setdefault(function, found)
                dut.check(f"{road}.{function}.same", found == known, "UPT-WEB-005", expected=str(known), got=str(found))
