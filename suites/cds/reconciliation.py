"""The trick-mode events of streams that have been destroyed."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.derive_base import documented
from harness.flow import CaseInconclusive, CaseSkipped
from harness.httpdut import HttpDut
from harness.messages.httpreply import HttpReply
from harness.spec.load import load_system
from suites.cds import SUITE
from suites.cds.history import first_few, values
from suites.cds.seen import hold, integer, kept, single
from suites.cds.tricks import Action, breaches, number
from suites.cds.world import HOUR, history

OPERATION = "TrickmodeEvents"
CHAPTER = "Trick-mode Event Reconciliation"
AFTER = ("TrickmodeEvents.success",)
_KEEP = ("EventMode", "ModeScaleNum", "ModeScaleDenom", "CurrentNPT", "EventTime", "SegmentId")
# So many streams are looked at, picked evenly from those that the target file names.
_STREAMS = 24
# Above so much a time is milliseconds: as seconds it would be in the year 5138.
_MILLISECONDS = 100_000_000_000
# Seconds by which the time of recording may differ from that of the event, and by which both may be rounded.
_SLACK_S = 3
_DAY_S = 86_400
_MOVES = {"CDS-TRK-001": "paused", "CDS-TRK-002": "forward", "CDS-TRK-003": "backward"}
_PLAY = ("TV_Play", "TM_PLAY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row as it stands in the reply."""

    mode: str | None
    scale: str | None
    npt: str | None
    at: str | None
    segment: str | None

    @property
    def at_s(self) -> float | None:
        """UNIX seconds under the reading of the unit that makes sense of the number."""
        at = integer(self.at)
        return None if at is None else at / 1000 if at >= _MILLISECONDS else float(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A completed stream of the target file with what the device tells of it; what the file does not tell is "" or None."""

    id: str
    session: str
    start: int | None
    end: int | None
    reply: HttpReply
    events: Sequence[Event]


async def streams(dut: HttpDut, *, most: int = _STREAMS) -> AsyncIterator[Stream]:
    """Completed streams and their events.

    Raises:
        CaseSkipped: the target file names none.
    """
    known = dut.target.fixtures
    ids = dut.fixtures("completed_stream_ids")
    if len(ids) < len(dut.target.fixture_texts("completed_stream_ids")):
        raise CaseSkipped("completed_stream_ids names a stream twice")
    step = max(1, len(ids) // most)
    for place in list(range(0, len(ids), step))[:most]:
        reply = dut.ok(await dut.get(OPERATION, {"StreamID": ids[place]}, keep=_KEEP), check="served")
        events = [Event(mode=m, scale=s, npt=n, at=a, segment=g) for m, s, _, n, a, g in kept(reply)]
        session, start, end = (
            _at(known.get(f"completed_stream_{key}"), place) for key in ("sessions", "starts", "ends")
        )
        yield Stream(
            id=ids[place],
            session=session if isinstance(session, str) else "",
            start=start if isinstance(start, int) else None,
            end=end if isinstance(end, int) else None,
            reply=reply,
            events=events,
        )


def _at(found: object, place: int) -> object:
    return found[place] if isinstance(found, (list, tuple)) and place < len(found) else None


@SUITE.scenario(
    "TrickmodeEvents.lists", "CDS-REC-002", "CDS-REC-003", "CDS-REC-004", "CDS-RSP-002",
    *documented(load_system("cds"), OPERATION)[1], chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def lists(dut: HttpDut) -> None:
    """The list is that of the stream that was asked for, its Size goes with it, and segments count from 1."""
    sizes = []
    async for stream in streams(dut):
        shown = single(stream.reply, "TrickmodeEventList")
        if not shown:
            hold(dut, "list", not stream.events, "CDS-REC-002", expected="a list", got=stream.reply.describe())
            continue
        echoed, step = shown.get("StreamID"), stream.reply.step
        same = echoed == stream.id
        hold(dut, "stream", same, "CDS-REC-002", expected=f"StreamID {stream.id!r}", got=f"{echoed!r}", step=step)
        if (size := integer(shown.get("Size"))) is not None:
            sizes.append((size, len(stream.events)))
        low = [event.segment for event in stream.events if (integer(event.segment) or 0) < 1]
        hold(dut, "from-1", not low, "CDS-REC-004", expected="SegmentId of 1 or more", got=first_few(low), step=step)
        first = not stream.events or any(integer(event.segment) == 1 for event in stream.events)
        expected = "an event in segment 1, with which a stream begins"
        hold(dut, "has-1", first, "CDS-REC-004", expected=expected, got="none", step=step, least=True)
    telling = [(size, count) for size, count in sizes if size or count]
    if not telling:
        return
    off = [(size, count) for size, count in telling if size != count]
    got = first_few(f"Size {size} with {count} events" for size, count in off)
    dut.observe("counts", "CDS-AMB-033", "stream" if off else "events", clauses=("CDS-REC-003",), got=got)
    hold(
        dut,
        "size",
        not off or (len(off) == len(telling) and not all(abs(size - count) <= 2 for size, count in off)),
        "CDS-REC-003",
        expected="the number of events, or in all replies another size of the stream",
        got=got,
        least=True,
    )


@SUITE.scenario("TrickmodeEvents.times", "CDS-REC-005", "CDS-REC-008", "CDS-REC-010", chapter=CHAPTER, after=AFTER)
async def times(dut: HttpDut) -> None:
    """Events stand in the order of their times, which lie between the start and the end of their stream, in one unit."""
    units = set()
    async for stream in streams(dut):
        step = stream.reply.step
        told = [event.at for event in stream.events if event.at_s is None]
        hold(
            dut, "number", not told, "CDS-REC-005", expected="a number of seconds or milliseconds", got=first_few(told)
        )
        at = [event.at_s for event in stream.events if event.at_s is not None]
        if not at:
            continue
        units |= {(integer(event.at) or 0) >= _MILLISECONDS for event in stream.events}
        back = [f"{later} after {sooner}" for sooner, later in pairwise(at) if later < sooner]
        hold(dut, "order", not back, "CDS-REC-008", expected="events by time", got=first_few(back), step=step)
        if stream.start is None or stream.end is None:
            continue
        for name, room, least in (("life", _SLACK_S, True), ("epoch", _DAY_S, False)):
            far = [time for time in at if not stream.start - room <= time <= stream.end + room]
            expected = f"times from {stream.start} to {stream.end}, with {room} s of room"
            clause = "CDS-REC-010" if least else "CDS-REC-005"
            hold(dut, name, not far, clause, expected=expected, got=first_few(far), step=step)
    if len(units) == 1:
        dut.observe("unit", "CDS-AMB-032", "milliseconds" if True in units else "seconds")
    hold(dut, "unit", len(units) < 2, "CDS-REC-005", expected="one unit of time", got="seconds and milliseconds")


@SUITE.scenario(
    "TrickmodeEvents.play-time",
    *("CDS-REC-006", "CDS-REC-007", "CDS-REC-009", "CDS-TRK-001", "CDS-TRK-002", "CDS-TRK-003", "CDS-TRK-004"),
    chapter=CHAPTER,
    after=AFTER,
)
async def play_time(dut: HttpDut) -> None:
    """Normal play time is a number that goes on in play, back in reverse, and stays in a pause."""
    wrong: dict[tuple[str, bool], list[str]] = {(clause, must): [] for clause in _MOVES for must in (True, False)}
    moves = 0
    async for stream in streams(dut):
        step, actions = stream.reply.step, []
        for event in stream.events:
            npt, scale = number(event.npt), number(event.scale)
            hold(
                dut,
                "number",
                npt is not None,
                "CDS-REC-006",
                expected="a number",
                got=f"CurrentNPT {event.npt}",
                step=step,
            )
            got = f"ModeScaleNum {event.scale}"
            hold(dut, "speed-number", scale is not None, "CDS-REC-009", expected="a number", got=got, step=step)
            if event.mode == "TM_PAUSE" and scale is not None:
                hold(dut, "pause", scale == 0, "CDS-REC-007", expected="a pause at the speed 0", got=got, step=step)
            if npt is None or scale is None or event.at_s is None:
                continue
            negative = f"CurrentNPT {event.npt}"
            hold(dut, "from-0", npt >= 0, "CDS-TRK-004", expected="0 or more", got=negative, step=step)
            if event.mode == "TM_STOP" and npt == 0:
                continue  # the end of a stream may be told as 0
            actions.append(Action(event.at_s, int(npt), scale, event.segment or ""))
        moves += max(0, len(actions) - 1)
        for clause, about, binding in _breaches(actions):
            wrong[clause, binding].append(f"{stream.id}: {about}")
    if not moves:
        raise CaseInconclusive("no stream of completed_stream_ids has two events")
    for (clause, binding), found in wrong.items():
        name = _MOVES[clause] if binding else f"{_MOVES[clause]}.jump"
        expected = "a play time that moves as the speed before it says"
        hold(dut, name, not found, clause, expected=expected, got=first_few(found), least=not binding)


def _breaches(actions: Sequence[Action]) -> Iterator[tuple[str, str, bool]]:
    """Neighbours that contradict the rules of play time: the clause, what is wrong, whether no jump of the player explains it."""
    at_once = Counter(action.at_s for action in actions)
    farthest = max((action.npt for action in actions), default=0)
    for before, after in pairwise(actions):
        if at_once[before.at_s] > 1 or at_once[after.at_s] > 1:
            continue  # which of several came last is not told
        if 0 < farthest == after.npt and (before.scale > 0 or after is actions[-1]):
            continue  # the end of the contents, where play stands still, or that is told as farther than it was
        clause = "CDS-TRK-001" if before.scale == 0 else "CDS-TRK-002" if before.scale > 0 else "CDS-TRK-003"
        for broken in breaches((before, after)):
            yield clause, broken.about, broken.rule in ("paused", "forward", "backward")


@SUITE.scenario("TrickmodeEvents.ends", "CDS-TRK-004", "CDS-REC-010", chapter=CHAPTER, after=AFTER)
async def ends(dut: HttpDut) -> None:
    """A stream begins with play at 0 and ends with a stop."""
    seen = 0
    async for stream in streams(dut):
        if not stream.events:
            continue
        seen += 1
        first, last, step = stream.events[0], stream.events[-1], stream.reply.step
        begins = first.mode in _PLAY and number(first.npt) == 0
        got = f"{first.mode} at {first.npt}"
        hold(dut, "begins", begins, "CDS-TRK-004", expected="play at 0", got=got, step=step, least=True)
        stops = last.mode == "TM_STOP"
        hold(
            dut, "stops", stops, "CDS-REC-010", expected="TM_STOP at the end", got=f"{last.mode}", step=step, least=True
        )
    if not seen:
        raise CaseInconclusive("no stream of completed_stream_ids has an event")


@SUITE.scenario(
    "TrickmodeEvents.and-histories", "CDS-CON-008", chapter=CHAPTER, after=(*AFTER, "TrickModeListHistory.success")
)
async def and_histories(dut: HttpDut) -> None:
    """The events of a stream are among the trick modes of its session, and a session with trick modes has events."""
    dut.fixtures("completed_stream_sessions")
    compared = 0
    async for stream in streams(dut, most=4):
        if not stream.session or stream.start is None or stream.end is None or stream.end - stream.start > HOUR - 120:
            continue
        first, last = stream.start - 60, stream.end + 60
        rows = values(await history(dut, "TrickModeListHistory", first, last, keep=("sessionID", "eventTime", "scale")))
        own = [integer(row[1]) or 0 for row in rows if row[0] == stream.session]
        compared += 1
        at = [event.at_s for event in stream.events if event.at_s is not None]
        lost = [time for time in at if not any(abs(time - other) <= _SLACK_S for other in own)]
        expected, step = f"a trick mode of {stream.session} at the time of each event", stream.reply.step
        hold(dut, "listed", not lost, "CDS-CON-008", expected=expected, got=f"none at {first_few(lost)}", step=step)
        expected = f"events of a stream whose session has {len(own)} trick modes"
        hold(dut, "events", bool(at) or not own, "CDS-CON-008", expected=expected, got="none", step=step)
    if not compared:
        raise CaseInconclusive("no stream of completed_stream_ids is known with session, start and end within an hour")
