"""The list of recordings: what is in it, and between which dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.messages.documentreply import Result
from harness.verdict import Severity
from harness.wire.xmltree import Element
from suites.uptivity import SUITE
from suites.uptivity.seen import records
from suites.uptivity.world import fresh

CHAPTER = "Status Functions"
_AFTER = ("CALLLIST.success",)
_FEW = 5  # recordings that any device lists which lists at all; of more a device may spare its database


@dataclass(frozen=True)
class Known:
    """A recording that the target file tells of."""

    number: str
    user2: str
    device: str
    time: int


def known(dut: DocumentDut, count: int = 1) -> list[Known]:
    """The recordings that the target file tells of, the oldest first.

    Raises:
        CaseSkipped: it tells of fewer.
    """
    keys = ("recording_ids", "recording_user2", "recording_device_ids", "recording_times")
    columns = [dut.target.fixture_texts(key) for key in keys]
    dut.fixtures("recording_ids", count=count)
    found = [Known(number, user2, on, int(time)) for number, user2, on, time in zip(*columns, strict=False)]
    if len(found) < count:
        raise CaseSkipped(
            "needs the fixtures recording_user2, recording_device_ids and recording_times beside recording_ids"
        )
    return sorted(found, key=lambda one: one.time)


async def ask(dut: DocumentDut, road: str | None = None, **filters: str) -> tuple[Result, list[Element]]:
    """What CALLLIST says: recordings, or none, be it by an error."""
    result = await dut.call("CALLLIST", filters, road=road)
    if not dut.succeeded(result):
        reading = "refused" if dut.has_failed(result) else ""
        dut.observe("none", "UPT-AMB-109", reading, clauses=("UPT-LST-010",), got=result.describe(), step=result.step)
    elif not result.everywhere("SEARCHRESULT"):
        dut.observe("none", "UPT-AMB-109", "empty", clauses=("UPT-LST-010",), got=result.describe(), step=result.step)
    return result, result.everywhere("SEARCHRESULT")


def ids(found: Sequence[Element]) -> list[str]:
    """The numbers of recordings, in their order."""
    return [one.get("RECORDID") or "" for one in found]


def time_of(one: Element) -> int:
    """When a recording began; 0 where that cannot be read, of which its type tells."""
    text = one.get("RECORDINGTIME") or ""
    return int(text) if text.isdecimal() else 0


def has(dut: DocumentDut, found: Sequence[Element], one: Known, *clauses: str, check: str) -> None:
    """A recording must be listed; where very many fit, a device may spare its database."""
    there = one.number in ids(found)
    severity = Severity.MUST if len(found) < _FEW else Severity.SHOULD
    if not there and severity is Severity.SHOULD:
        dut.observe(f"{check}.limited", "UPT-AMB-110", "limited", clauses=("UPT-LST-002",), got=f"{len(found)} listed")
    dut.check(check, there, *clauses, expected=f"recording {one.number}", got=str(ids(found)[:12]), severity=severity)


async def new_mark(dut: DocumentDut) -> str:
    """A value of USER2 that no recording has, not even one of an earlier run with the same seed."""
    for _ in range(20):
        text = f"M{fresh(dut)}"
        if not any(one.get("USER2") == text for one in await records(dut, USER2=text)):
            break
    return text


# single recordings


@SUITE.scenario("calllist.each", "UPT-LST-001", "UPT-LST-002", "UPT-LST-007", "UPT-LST-009", "UPT-LST-012", "UPT-CALLLIST.USER2",
                chapter=CHAPTER, after=_AFTER)  # fmt: skip
async def each(dut: DocumentDut) -> None:
    """Each recording is found by a value that it alone has, with its number, its device and its time."""
    for one in known(dut):
        for road in dut.roads:
            _, found = await ask(dut, road, USER2=one.user2)
            dut.check(
                f"{road}.{one.number}", ids(found) == [one.number],
                "UPT-LST-001", "UPT-LST-002", "UPT-LST-009", "UPT-CALLLIST.USER2",
                expected=f"recording {one.number} alone", got=str(ids(found)),
            )  # fmt: skip
            for record in found[:1]:
                told = (record.get("USER2"), record.get("DEVICEID"))
                dut.check(
                    f"{road}.values", told == (one.user2, one.device), "UPT-LST-007", expected=str(one), got=str(told)
                )
                dut.check(
                    f"{road}.time", time_of(record) == one.time, "UPT-LST-012", expected=str(one.time),
                    got=record.get("RECORDINGTIME") or "",
                )  # fmt: skip


@SUITE.scenario("calllist.none", "UPT-LST-010", "UPT-LST-001", chapter=CHAPTER, after=_AFTER)
async def none(dut: DocumentDut) -> None:
    """Where no recording fits, none is listed: an unknown value, or values of two recordings."""
    first, *others = known(dut)
    other = next((one for one in others if one.device != first.device), None)
    wrong = [
        {"DEVICEID": f"9{fresh(dut)}"},
        {"USER2": f"no{fresh(dut)}"},
        {"DEVICEID": first.device, "USER2": f"no{fresh(dut)}"},
    ]
    if other is not None:
        wrong += [{"DEVICEID": first.device, "USER2": other.user2}, {"USER2": first.user2, "DEVICEID": other.device}]
        wrong += [{"USER2": first.user2, "CALLDATESTART": str(first.time + 60), "CALLDATEEND": str(first.time + 120)}]
    for road in dut.roads:
        for index, filters in enumerate(wrong):
            for more in ({}, {"CALLCOUNT": "3"}):
                _, found = await ask(dut, road, **filters, **more)
                dut.check(
                    f"{road}.{index}", not found, "UPT-LST-010", "UPT-LST-001", expected="none", got=str(ids(found))
                )


@SUITE.scenario(
    "calllist.device",
    "UPT-LST-001",
    "UPT-LST-002",
    "UPT-LST-009",
    "UPT-CALLLIST.DEVICEID",
    chapter=CHAPTER,
    after=_AFTER,
)
async def by_device(dut: DocumentDut) -> None:
    """Asked for a device, CALLLIST has its recordings and no others."""
    all_known = known(dut)
    for on in sorted({one.device for one in all_known})[:3]:
        for road in dut.roads:
            _, found = await ask(dut, road, DEVICEID=on)
            odd = [one.get("DEVICEID") for one in found if one.get("DEVICEID") != on]
            dut.check(f"{road}.{on}", not odd, "UPT-LST-001", "UPT-CALLLIST.DEVICEID", expected=on, got=str(odd[:5]))
            dut.check(
                f"{road}.{on}.once",
                len(set(ids(found))) == len(found),
                "UPT-LST-009",
                expected="each once",
                got=str(ids(found)),
            )
            for one in all_known:
                if one.device == on:
                    has(dut, found, one, "UPT-LST-002", check=f"{road}.{on}.has")


# dates


def _within(dut: DocumentDut, found: Sequence[Element], start: int | None, end: int | None, check: str) -> None:
    times = [time_of(one) for one in found if time_of(one)]
    early, late = (
        [one for one in times if start is not None and one < start],
        [one for one in times if end is not None and one > end],
    )
    dut.check(f"{check}.start", not early, "UPT-LST-004", expected=f"none before {start}", got=str(early[:5]))
    dut.check(f"{check}.end", not late, "UPT-LST-005", expected=f"none after {end}", got=str(late[:5]))


@SUITE.scenario("calllist.dates", "UPT-LST-004", "UPT-LST-005", "UPT-LST-002", "UPT-CALLLIST.CALLDATESTART", "UPT-CALLLIST.CALLDATEEND",
                chapter=CHAPTER, after=_AFTER)  # fmt: skip
async def dates(dut: DocumentDut) -> None:
    """Between two dates, from one on and up to one, what began then is listed, and nothing else."""
    listed = known(dut, 3)
    for road in dut.roads:
        for index in range(0, len(listed) - 2, max(1, len(listed) // 3)):
            some = listed[index : index + 3]
            start, end = some[0].time - 1, some[2].time + 1
            _, found = await ask(dut, road, CALLDATESTART=str(start), CALLDATEEND=str(end))
            _within(dut, found, start, end, f"{road}.both")
            for one in some:
                has(dut, found, one, "UPT-LST-002", "UPT-LST-004", "UPT-LST-005", check=f"{road}.both.has")
        for one in (listed[0], listed[-1]):
            for at in ({"USER2": one.user2}, {"DEVICEID": one.device}):
                for name, sign in (("CALLDATESTART", -1), ("CALLDATEEND", 1)):
                    clause = "UPT-LST-004" if sign < 0 else "UPT-LST-005"
                    _, found = await ask(dut, road, **at, **{name: str(one.time + sign)})
                    has(dut, found, one, "UPT-LST-002", clause, f"UPT-CALLLIST.{name}", check=f"{road}.{name}.in")
                    _, found = await ask(dut, road, **at, **{name: str(one.time - sign)})
                    out = one.number not in ids(found)
                    dut.check(f"{road}.{name}.out", out, clause, expected=f"not {one.number}", got=str(ids(found)))
        start, end = listed[-2].time - 1, listed[1].time + 1
        _within(dut, (await ask(dut, road, CALLDATESTART=str(start), CALLCOUNT="20"))[1], start, None, f"{road}.from")
        _within(dut, (await ask(dut, road, CALLDATEEND=str(end)))[1], None, end, f"{road}.to")


@SUITE.scenario("calllist.dates.bounds", chapter=CHAPTER, after=_AFTER)
async def bounds(dut: DocumentDut) -> None:
    """A recording of the very second of a date is listed or not, the same for each recording."""
    for one in known(dut)[:3]:
        for road in dut.roads:
            start = (await ask(dut, road, USER2=one.user2, CALLDATESTART=str(one.time)))[1]
            end = (await ask(dut, road, USER2=one.user2, CALLDATEEND=str(one.time)))[1]
            reading = {
                (True, True): "inclusive",
                (False, False): "exclusive",
                (True, False): "start",
                (False, True): "end",
            }
            got = reading[bool(start), bool(end)]
            dut.observe(f"{road}.bounds", "UPT-AMB-108", got, clauses=("UPT-LST-004", "UPT-LST-005"))
