"""What one message says another does not deny: streams, playlists, trick modes, play servers, contents, devices, groups."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from harness.flow import CaseInconclusive, CaseSkipped
from harness.httpdut import HttpDut
from harness.messages.httpreply import HttpReply
from harness.verdict import Severity
from suites.cds import SUITE
from suites.cds.world import HOUR, MANY, history, period, some_rows

_CHAPTER = "consistency across messages"
# What both stream messages say of a stream; sessionID alone may come back in a second stream of the session.
_SAME = ("endTime", "dbTime", "macAddress", "serverIpAddress", "serviceGroup", "streamType")
# Hours before an event in which its session may have begun.
_HOURS_BACK = 4
# Seconds of streams that are fetched at a time.
_STEP = 600


def values(reply: HttpReply) -> Sequence[tuple[str | None, ...]]:
    """What was kept of a reply's rows."""
    if reply.scan is None:
        raise CaseInconclusive(f"no rows: {reply.describe()}")
    return [tuple(None if value is None else str(value) for value in row) for row in reply.scan.kept]


def first_few(found: Iterable[object], count: int = 3) -> str:
    """The first of many, for a message."""
    listed = [str(one) for one in found]
    return ", ".join(listed[:count]) + (f" and {len(listed) - count} more" if len(listed) > count else "")


async def sessions_around(dut: HttpDut, first: int, last: int, wanted: set[str], operation: str) -> set[str]:
    """Which of these sessions a stream message has, looked for in a period, then further and further from it until all are found."""
    left = set(wanted)
    begin, end = (dut.target.fixtures.get(key) for key in ("data_from", "data_end"))
    for start in _outwards(first, last):
        if not left:
            break
        if (isinstance(end, int) and start > end) or (isinstance(begin, int) and start + _STEP < begin):
            continue
        reply = await history(dut, operation, start, start + _STEP - 1, keep=("sessionID",))
        left -= {row[0] for row in values(reply) if row[0] is not None}
    return wanted - left


def _outwards(first: int, last: int) -> Iterator[int]:
    """Beginnings of steps that cover a period and the hours around it, the nearest first."""
    yield from range(first, last + 1, _STEP)
    behind = first + -(-(last + 1 - first) // _STEP) * _STEP
    for step in range(_HOURS_BACK * HOUR // _STEP):
        yield first - (step + 1) * _STEP
        yield behind + step * _STEP


@SUITE.scenario(
    "consistency.streams-and-playlists",
    "CDS-CON-005",
    "CDS-CON-006",
    "CDS-STR-005",
    chapter=_CHAPTER,
    after=("StreamListHistory.rows",),
)
async def streams_and_playlists(dut: HttpDut) -> None:
    """A stream in both messages is the same stream in both; a session of one content has that content."""
    first, last = await period(dut, "StreamHistory")
    key = ("sessionID", "startTime")
    plain = values(await history(dut, "StreamHistory", first, last, keep=(*key, *_SAME, "contentName")))
    listed = await history(dut, "StreamListHistory", first, last, keep=(*key, *_SAME, "Content.contentName"))
    playlists = {row[:2]: row[2:] for row in values_with_children(listed)}
    both = [row for row in plain if row[:2] in playlists]
    if not both:
        raise CaseInconclusive("no stream is in both messages")
    for place, name in enumerate(_SAME, 2):
        other = [row for row in both if row[place] != playlists[row[:2]][place - 2]]
        dut.check(
            f"same.{name}",
            not other,
            "CDS-CON-006",
            severity=Severity.SHOULD,
            expected=f"the same {name} in StreamHistory and StreamListHistory",
            got=first_few(f"{row[0]}: {row[place]} and {playlists[row[:2]][place - 2]}" for row in other),
        )
    singles = [row for row in both if len(playlists[row[:2]][-1]) == 1]
    wrong = [row for row in singles if playlists[row[:2]][-1][0] != row[-1]]
    dut.check(
        "same-content",
        not wrong,
        "CDS-CON-006",
        "CDS-STR-005",
        severity=Severity.SHOULD,
        expected="the content of a session of one content in both messages",
        got=first_few(f"{row[0]}: {row[-1]} and {playlists[row[:2]][-1][0]}" for row in wrong),
    )


@SUITE.scenario(
    "consistency.single-contents",
    "CDS-CON-005",
    chapter=_CHAPTER,
    after=("StreamHistory.rows", "StreamListHistory.rows"),
)
async def single_contents(dut: HttpDut) -> None:
    """A session of one content whose times all lie in a period is in both stream histories of it."""
    first, last = await period(dut, "busy")
    first, last = first + (last - first) // 3, last - (last - first) // 6  # where most that ends was also begun
    keep = ("sessionID", "startTime", "endTime", "dbTime")
    plain = values(await history(dut, "StreamHistory", first, last, keep=keep))
    listed = values_with_children(
        await history(dut, "StreamListHistory", first, last, keep=(*keep, "Content.segmentIndex"))
    )
    singles = {row[:4] for row in listed if len(row[-1]) == 1 and _within(row[1:4], first, last)}
    several = {row[0] for row in listed if len(row[-1]) != 1}
    wholly = {row for row in plain if _within(row[1:], first, last)}
    for name, missing in (
        ("in-streams", singles - set(plain)),
        ("in-playlists", {row for row in wholly if row[0] not in several} - {row[:4] for row in listed}),
    ):
        dut.check(
            name,
            not missing,
            "CDS-CON-005",
            expected="the session in both histories",
            got=f"only in one: {first_few(sorted(map(str, missing)))}",
        )
    if not singles:
        raise CaseInconclusive("no session of one content lies wholly in the busy hour")


def _within(times: Sequence[str | None], first: int, last: int) -> bool:
    """Whether times of a row all lie in a period, well inside so that no reading of its borders matters."""
    try:
        return all(first < int(time or "") < last for time in times)
    except ValueError:
        return False


def values_with_children(reply: HttpReply) -> Sequence[tuple[Any, ...]]:
    """What was kept of rows, the last value a tuple with one entry for each child."""
    if reply.scan is None:
        raise CaseInconclusive(f"no rows: {reply.describe()}")
    return list(reply.scan.kept)


async def sessions_exist(operation: str, dut: HttpDut) -> None:
    """The sessions of its rows are in the stream history."""
    first, last = await period(dut, "busy")
    rows = values(await history(dut, operation, first, last, keep=("sessionID",)))
    if len(rows) > MANY:
        first, last = await period(dut, operation)
        rows = values(await some_rows(dut, operation, ("sessionID",)))
    wanted = {row[0] for row in rows if row[0]}
    if not wanted:
        raise CaseInconclusive(f"no row of {operation} names a session")
    found = await sessions_around(dut, first, last, wanted, "StreamListHistory")
    if wanted - found:
        found |= await sessions_around(dut, first, last, wanted - found, "StreamHistory")
    missing = wanted - found
    # A session that still goes on need not be in a history of streams.
    going_on = set(dut.target.fixture_texts("active_stream_sessions"))
    missing -= going_on
    dut.check(
        "known",
        not missing,
        "CDS-CON-001",
        severity=Severity.SHOULD,
        expected="a stream for every session",
        got=f"no stream for {first_few(sorted(missing))}",
    )


for _operation in ("TrickModeHistory", "TrickModeListHistory", "PlayServerHistory"):
    _bound = partial(sessions_exist, _operation)
    _bound.__doc__ = f"{_operation}: {sessions_exist.__doc__}"
    _bound.__module__ = __name__
    SUITE.scenario(
        f"consistency.sessions.{_operation}",
        "CDS-CON-001",
        chapter=_CHAPTER,
        after=(f"{_operation}.rows", "StreamHistory.rows"),
    )(_bound)


@SUITE.scenario(
    "consistency.play-servers",
    "CDS-CON-007",
    "CDS-CON-008",
    chapter=_CHAPTER,
    after=("PlayServerHistory.rows", "TrickModeHistory.rows"),
)
async def play_servers(dut: HttpDut) -> None:
    """What PlayServerHistory tells of a session's actions, TrickModeHistory tells too."""
    first, last = await period(dut, "PlayServerHistory")
    keep = ("sessionID", "eventTime", "NPT", "scale")
    played = set(values(await history(dut, "PlayServerHistory", first, last, keep=keep)))
    both = {row[0] for row in played}
    tricks = set(values(await history(dut, "TrickModeHistory", first, last, keep=keep)))
    lists = set(values(await history(dut, "TrickModeListHistory", first, last, keep=keep)))
    sessions = {row[0] for row in tricks | lists}
    missing = {row for row in played if row[0] in sessions} - tricks - lists
    if not {row[0] for row in played} & sessions:
        raise CaseInconclusive("no session is in both messages")
    dut.check(
        "in-playlists",
        not tricks - lists,
        "CDS-CON-008",
        severity=Severity.SHOULD,
        expected="every row of TrickModeHistory in TrickModeListHistory",
        got=first_few(sorted(map(str, tricks - lists))),
    )
    unplayed = {row for row in tricks if row[0] in both} - played
    dut.check(
        "all-actions",
        not unplayed,
        "CDS-CON-007",
        severity=Severity.SHOULD,
        expected="a play server for every row of TrickModeHistory of a session that has any",
        got=first_few(sorted(map(str, unplayed))),
    )
    dut.check(
        "same-actions",
        not missing,
        "CDS-CON-007",
        severity=Severity.SHOULD,
        expected="a trick mode for every row of a play server",
        got=first_few(sorted(map(str, missing))),
    )


@SUITE.scenario(
    "StreamListHistory.playlists",
    "CDS-STR-003",
    "CDS-STR-005",
    chapter="StreamListHistory",
    after=("StreamListHistory.rows",),
)
async def playlists(dut: HttpDut) -> None:
    """The contents of a playlist are numbered from 0 without a gap, one content or many."""
    first, last = await period(dut, "StreamListHistory")
    reply = await history(dut, "StreamListHistory", first, last, keep=("sessionID", "Content.segmentIndex"))
    rows = values_with_children(reply)
    wrong = [row for row in rows if [str(n) for n in range(len(row[-1]))] != list(row[-1])]
    dut.check(
        "numbered",
        not wrong,
        "CDS-STR-003",
        expected="segmentIndex 0, 1, 2 ...",
        got=first_few(f"{row[0]}: {' '.join(map(str, row[-1])) or 'no content'}" for row in wrong),
        step=reply.step,
    )
    listed = set(dut.target.fixture_texts("playlist_session_ids"))
    found = [row for row in rows if row[0] in listed]
    if listed and found:
        few = [row[0] for row in found if len(row[-1]) < 2]
        dut.check(
            "several",
            not few,
            "CDS-STR-005",
            severity=Severity.SHOULD,
            expected="several contents in a session that the target file calls a playlist",
            got=first_few(few),
            step=reply.step,
        )
    if not rows:
        raise CaseSkipped("there is no session in the period")
