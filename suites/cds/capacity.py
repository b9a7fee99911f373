"""CapacityPlanning: intervals and their peaks, of everything and of single service groups and servers.

Words that the document spells in several ways are tried once a run, until the device takes one. What is compared with a period is only
what lies wholly in it: a device may answer with the whole hours, days or weeks that a period touches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from harness.messages.httpreply import HttpReply
from suites.cds import SUITE
from suites.cds.history import first_few
from suites.cds.seen import hold, integer, kept
from suites.cds.world import HOUR, period

OPERATION = "CapacityPlanning"
_AFTER = ("CapacityPlanning.success",)
_KEEP = ("starttime", "endtime", "hdstremas", "sdstreams", "bandwdith", "counter")
# Seconds of the units in which figures come.
_UNITS = {HOUR: "hour", 24 * HOUR: "day", 7 * 24 * HOUR: "week"}
_WORDS = {"OVERALL": ("OVERALL",), "SERVICEGROUP": ("SERVICEGROUP",), "SERVER": ("SERVER", "SERVERID")}
_TIMES = {"HOUR": ("HOURL", "HOUR", "HOURLY"), "DAY": ("DAY",), "WEEK": ("WEEK",)}
_KEYS = {"SERVICEGROUP": ("serviceGroup", "service_groups"), "SERVER": ("serverID", "server_ids")}
_LOOKED_AT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One interval with its peaks; None: no number."""

    start: int | None
    end: int | None
    high: int | None
    low: int | None
    bandwidth: int | None
    counter: int | None

    def inside(self, first: int, last: int) -> bool:
        """Whether it lies wholly in a period."""
        return self.start is not None and self.end is not None and first <= self.start and self.end <= last

    @property
    def figures(self) -> list[int]:
        """All peaks that are numbers."""
        return [one for one in (self.high, self.low, self.bandwidth, self.counter) if one is not None]


def intervals(reply: HttpReply) -> list[Interval]:
    """The intervals of a reply."""
    numbers = [[integer(value) for value in row] for row in kept(reply)]
    return [Interval(start=s, end=e, high=h, low=sd, bandwidth=b, counter=c) for s, e, h, sd, b, c in numbers]


def _query(first: int, last: int, **more: str) -> dict[str, str]:
    return {"fromDate": str(first), "toDate": str(last), **more}


@SUITE.provides("capacity")
async def spelling(dut: HttpDut, state: str) -> str:
    """How the device takes an action, with the unit of time if it wants one: `SERVERID`, or `SERVERID DAY`.

    The state is the action, or `time HOUR` for the word of a unit together with OVERALL.
    """
    first, last = await period(dut, "busy")
    kind, _, unit = state.partition(" ")
    if unit:
        action, more = await dut.shared("capacity", "OVERALL"), {}
        choices = [(action.partition(" ")[0], word) for word in _TIMES[unit]]
    else:
        more = {_KEYS[kind][0]: dut.target.fixture_texts(_KEYS[kind][1])[0]} if kind in _KEYS else {}
        times = ["", *(word for words in _TIMES.values() for word in words)]
        choices = [(word, time) for time in times for word in _WORDS[kind]]
    for action, time in choices:
        query = _query(first, last, action=action, **({"timeType": time} if time else {}), **more)
        if (await dut.get(OPERATION, query, judged=False)).status == 200:
            return f"{action} {time}".strip()
    raise CaseInconclusive(f"the device takes none of {first_few(' '.join(choice).strip() for choice in choices)}")


async def capacity(dut: HttpDut, kind: str, first: int, last: int, key: str = "", *, time: str = "") -> HttpReply:
    """Ask for the capacity of everything (OVERALL), of a service group or of a server, in words that the device takes."""
    action, _, unit = (await dut.shared("capacity", kind)).partition(" ")
    more = {_KEYS[kind][0]: key} if key else {}
    if time or unit:
        more["timeType"] = time or unit
    return await dut.get(OPERATION, _query(first, last, action=action, **more), keep=_KEEP, window=(first, last))


def _shape(dut: HttpDut, found: Sequence[Interval], first: int, last: int, step: int) -> None:
    """What holds for the intervals of any reply."""
    backwards = [one for one in found if one.start is not None and one.end is not None and one.end < one.start]
    hold(dut, "end", not backwards, "CDS-CAP-003", expected="an end behind the start", got=_told(backwards), step=step)
    overlapping = [
        after
        for before, after in pairwise(found)
        if before.end is not None and after.start is not None and after.start < before.end
    ]
    expected = "intervals that follow one another"
    hold(dut, "apart", not overlapping, "CDS-CAP-005", expected=expected, got=_told(overlapping), step=step)
    # One that sticks out of the period is a whole unit; its end may be told as its last second or as the first behind it.
    loose = [
        one
        for one in found
        if not one.inside(first, last)
        and one.start is not None
        and one.end is not None
        and not {one.end - one.start, one.end - one.start + 1} & _UNITS.keys()
    ]
    expected = f"intervals in {first} to {last}, or whole hours, days or weeks"
    hold(dut, "in-period", not loose, "CDS-TIM-005", expected=expected, got=_told(loose), step=step, least=True)
    less = [one for one in found if one.counter is not None and one.counter < max(one.high or 0, one.low or 0)]
    more = [one for one in found if None not in (one.counter, one.high, one.low) and _above_the_sum(one)]
    expected = "a counter from the larger of both numbers of streams to their sum"
    hold(dut, "counter", not less and not more, "CDS-CAP-004", expected=expected, got=_told([*less, *more]), step=step)
    idle = [one for one in found if one.bandwidth and one.counter == 0]
    hold(dut, "bandwidth", not idle, "CDS-CAP-009", expected="none without streams", got=_told(idle), step=step)
    low = [one for one in found if any(figure < 0 for figure in one.figures)]
    hold(dut, "not-negative", not low, "CDS-RSP-007", expected="0 or more", got=_told(low), step=step)
    for one in found:
        if one.counter and one.high is not None and one.low is not None:
            dut.observe("sum", "CDS-AMB-020", *(("sum", "peak") if one.counter == one.high + one.low else ("peak",)))


def _above_the_sum(one: Interval) -> bool:
    return (one.counter or 0) > (one.high or 0) + (one.low or 0)


def _told(found: Sequence[Interval]) -> str:
    return first_few(
        f"{one.start} to {one.end}: {one.high} hd, {one.low} sd, {one.bandwidth} Mb, {one.counter} in all"
        for one in found
    )


_SHAPE = ("CDS-CAP-003", "CDS-CAP-004", "CDS-CAP-005", "CDS-CAP-009", "CDS-TIM-005", "CDS-RSP-007")


@SUITE.scenario("CapacityPlanning.overall", *_SHAPE, chapter=OPERATION, after=_AFTER)
async def overall(dut: HttpDut) -> None:
    """The intervals of everything lie in the period, one behind the other, and their peaks fit together."""
    first, last = await period(dut, "busy")
    for start, end in ((first, last), (first + 600, first + 1799), (last - 59, last)):
        reply = dut.ok(await capacity(dut, "OVERALL", start, end), check="served")
        _shape(dut, intervals(reply), start, end, reply.step)
    bare = await dut.get(OPERATION, _query(first, last), keep=_KEEP, window=(first, last))
    dut.ok(bare, "CDS-REQ-006", check="without-action")
    _shape(dut, intervals(bare), first, last, bare.step)


@SUITE.scenario("CapacityPlanning.units", "CDS-CAP-006", *_SHAPE, chapter=OPERATION, after=_AFTER)
async def units(dut: HttpDut) -> None:
    """Figures by the hour, day or week come in intervals that are no longer than that."""
    first, last = await period(dut, "busy")
    taken = 0
    for unit, length in zip(_TIMES, _UNITS, strict=True):
        try:
            _, _, word = (await dut.shared("capacity", f"time {unit}")).partition(" ")
        except CaseInconclusive:
            continue
        reply = dut.ok(await capacity(dut, "OVERALL", first, last, time=word), check="served")
        found, taken = intervals(reply), taken + 1
        _shape(dut, found, first, last, reply.step)
        longer = [
            one for one in found if one.start is not None and one.end is not None and one.end - one.start > length
        ]
        expected = f"intervals of a {_UNITS[length]} or less for {word}"
        hold(dut, "length", not longer, "CDS-CAP-006", expected=expected, got=_told(longer), step=reply.step)
        if unit == "HOUR":
            dut.observe("word", "CDS-AMB-029", word, "any")
    if not taken:
        raise CaseInconclusive("the device takes no word for a unit of time")


def _peak(found: Sequence[Interval], name: str, part: Interval) -> int | None:
    """The greatest peak of the intervals that hold another one; None where none does."""
    holding = [one for one in found if part.inside(one.start or 0, one.end or 0)]
    return max((getattr(one, name) or 0 for one in holding), default=None)


async def _parts(kind: str, dut: HttpDut) -> None:
    keys = dut.fixtures(_KEYS[kind][1])[:_LOOKED_AT]
    first, last = await period(dut, "busy")
    parts = {}
    before = intervals(dut.ok(await capacity(dut, "OVERALL", first, last), check="overall"))
    for key in keys:
        reply = dut.ok(await capacity(dut, kind, first, last, key), check="served")
        parts[key] = intervals(reply)
        _shape(dut, parts[key], first, last, reply.step)
    after = intervals(dut.ok(await capacity(dut, "OVERALL", first, last), check="overall"))
    for key, found in parts.items():
        more = []
        for one, name in product(found, ("high", "low", "counter")):
            most, own = _peak([*before, *after], name, one), getattr(one, name) or 0
            if one.inside(first, last) and most is not None and own > most:
                more.append(f"{own} instead of {most} from {one.start} to {one.end}")
        expected = "no more streams than of all together"
        hold(dut, "less", not more, "CDS-CAP-007", expected=expected, got=f"{first_few(more)} for {key}")


@SUITE.scenario("CapacityPlanning.service-groups", "CDS-CAP-007", *_SHAPE, chapter=OPERATION, after=_AFTER)
async def of_groups(dut: HttpDut) -> None:
    """A service group has its own intervals, and no more streams than all together."""
    await _parts("SERVICEGROUP", dut)


@SUITE.scenario("CapacityPlanning.servers", "CDS-CAP-007", *_SHAPE, chapter=OPERATION, after=_AFTER)
async def of_servers(dut: HttpDut) -> None:
    """A server has its own intervals, and no more streams than all together."""
    await _parts("SERVER", dut)


@SUITE.scenario("CapacityPlanning.quiet-hour", "CDS-CAP-008", *_SHAPE, chapter=OPERATION, after=_AFTER)
async def quiet_hour(dut: HttpDut) -> None:
    """In an hour without streams all peaks are 0, or there are no intervals."""
    first, last = await period(dut, "quiet")
    reply = await dut.get(OPERATION, _query(first, last), keep=_KEEP, window=(first, last))
    dut.ok(reply, check="served")
    found = intervals(reply)
    _shape(dut, found, first, last, reply.step)
    busy = [one for one in found if one.inside(first, last) and any(one.figures)]
    hold(dut, "zeros", not busy, "CDS-CAP-008", expected="peaks of 0", got=_told(busy), step=reply.step)


async def _unknown(kind: str, fixture: str, ambiguity: str, dut: HttpDut) -> None:
    key = dut.fixture(fixture)
    dut.fixture(_KEYS[kind][1])  # the word of the action is looked for with one that there is
    first, last = await period(dut, "busy")
    reply = await capacity(dut, kind, first, last, key)
    if reply.status == 200:
        found = intervals(reply)
        dut.observe("answer", ambiguity, "zeros" if found else "empty", step=reply.step)
        busy = [one for one in found if any(one.figures)]
        hold(dut, "nothing", not busy, "CDS-CAP-008", expected="peaks of 0", got=_told(busy), step=reply.step)
    elif reply.status == 400:
        dut.observe("answer", ambiguity, "refused", step=reply.step)
    fine = reply.status in (200, 400)
    hold(dut, "either", fine, "CDS-STA-001", expected="200 or 400", got=reply.describe(), step=reply.step, least=True)


@SUITE.scenario("CapacityPlanning.unknown-service-group", "CDS-CAP-008", chapter=OPERATION, after=_AFTER)
async def unknown_group(dut: HttpDut) -> None:
    """A service group that there is not has no streams, or is refused."""
    await _unknown("SERVICEGROUP", "unknown_service_group", "CDS-AMB-063", dut)


@SUITE.scenario("CapacityPlanning.unknown-server", "CDS-CAP-008", chapter=OPERATION, after=_AFTER)
async def unknown_server(dut: HttpDut) -> None:
    """A server that there is not has no streams, or is refused."""
    await _unknown("SERVER", "unknown_server_id", "CDS-AMB-064", dut)


@SUITE.scenario(
    "CapacityPlanning.keys", "CDS-CapacityPlanning.serviceGroup", "CDS-CapacityPlanning.serverID", chapter=OPERATION, after=_AFTER
)  # fmt: skip
async def keys(dut: HttpDut) -> None:
    """The numbers of service groups and servers that there are are taken together with their action, under one of its words."""
    for kind, (parameter, fixture) in _KEYS.items():
        dut.fixtures(fixture)
        got = ""
        try:
            await dut.shared("capacity", kind)
        except CaseInconclusive as end:
            got = str(end)
        clause = f"CDS-CapacityPlanning.{parameter}"
        hold(dut, f"taken.{parameter}", not got, clause, expected=f"200 with a {parameter}", got=got)


@SUITE.scenario("CapacityPlanning.incomplete-again", "CDS-CAP-001", "CDS-CAP-002", chapter=OPERATION, after=_AFTER)
async def incomplete_again(dut: HttpDut) -> None:
    """An action that lacks its service group or server is refused whenever it is asked for."""
    first, last = await period(dut, "busy")
    for kind, clause in (("SERVICEGROUP", "CDS-CAP-001"), ("SERVER", "CDS-CAP-002")):
        for word in _WORDS[kind]:
            for _ in range(2):
                dut.refused(await dut.get(OPERATION, _query(first, last, action=word)), "bad-request", clause)
