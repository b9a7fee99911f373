"""Values of rows that say more than their XML types: speeds, segments, encodings, and what belongs to what."""

from functools import partial

from harness.flow import CaseInconclusive, CaseSkipped
from harness.httpdut import HttpDut
from harness.verdict import Severity
from suites.cds import SUITE
from suites.cds.history import first_few, sessions_around, values, values_with_children
from suites.cds.paging import HISTORIES
from suites.cds.tricks import number
from suites.cds.world import HOUR, MANY, history, period, some_rows

_SHOULD = Severity.SHOULD


@SUITE.scenario("values.scales", "CDS-TRK-005", chapter="trick modes", after=("TrickModeHistory.rows",))
async def scales(dut: HttpDut) -> None:
    """A scale is a number, with a sign for reverse."""
    for operation in ("TrickModeHistory", "TrickModeListHistory", "PlayServerHistory"):
        reply = await some_rows(dut, operation, ("scale",))
        wrong = [row[0] for row in values(reply) if row[0] is not None and number(row[0]) is None]
        dut.check(
            operation,
            not wrong,
            "CDS-TRK-005",
            severity=_SHOULD,
            expected="numbers",
            got=first_few(wrong),
            step=reply.step,
        )


@SUITE.scenario(
    "values.segments", "CDS-TRK-006", "CDS-TRK-007", "CDS-TRK-009", chapter="trick modes",
    after=("TrickModeListHistory.rows", "StreamListHistory.rows"),
)  # fmt: skip
async def segments(dut: HttpDut) -> None:
    """An action happens while its session's stream lives, in a content of its playlist; a session of one content has it in content 0."""
    keep = ("sessionID", "eventTime", "segmentIndex", "NPT", "scale")
    first, last = await period(dut, "busy")
    reply = await history(dut, "TrickModeListHistory", first, last, keep=keep)
    if reply.scan is not None and reply.scan.rows > MANY:
        first, last = await period(dut, "TrickModeListHistory")
        reply = await some_rows(dut, "TrickModeListHistory", keep)
    streams = await _streams_near(dut, first, last)
    later = await history(dut, "TrickModeListHistory", last + 1, last + HOUR, keep=keep)
    actions = [*values(reply), *values(later)]
    rows = [row for row in actions if row[0] in streams]
    if not rows:
        raise CaseInconclusive("no action of the period has a stream near it")
    single = {session for session, found in streams.items() if all(len(known) == 1 for *_, known in found)}
    single |= set(dut.target.fixture_texts("single_session_ids"))
    moved = [row for row in actions if row[0] in single and number(row[2]) != 0]
    # Two seconds of room: both times are whole seconds, and an action may be recorded when the stream is being set up.
    outside = [
        row
        for row in rows
        if not any(a - 2 <= (number(row[1]) or 0) <= (b or 1e15) + 2 for a, b, _ in streams[row[0] or ""])
    ]
    unknown = [row for row in rows if not any(row[2] in known for *_, known in streams[row[0] or ""])]
    for name, clause, found, severity, expected in (
        ("one-content", "CDS-TRK-006", moved, Severity.MUST, "segmentIndex 0 in sessions of one content"),
        ("while-it-lives", "CDS-TRK-009", outside, _SHOULD, "actions between start and end of the session's stream"),
        ("in-its-playlist", "CDS-TRK-007", unknown, _SHOULD, "a segmentIndex of the session's playlist"),
    ):
        dut.check(name, not found, clause, severity=severity, expected=expected, got=first_few(found), step=reply.step)


async def _streams_near(dut: HttpDut, first: int, last: int) -> dict[str, list[tuple[float, float, set[str]]]]:
    """Start, end and indexes of contents of the streams of a period and of the hours beside it, by session."""
    keep = ("sessionID", "startTime", "endTime", "Content.segmentIndex")
    found: dict[str, list[tuple[float, float, set[str]]]] = {}
    for start, end in ((first - HOUR, first - 1), (first, last), (last + 1, last + HOUR)):
        reply = await history(dut, "StreamListHistory", start, end, keep=keep)
        for session, begin, over, indexes in values_with_children(reply):
            found.setdefault(session, []).append((number(begin) or 0, number(over) or 0, set(indexes)))
    return found


@SUITE.scenario("consistency.errors", "CDS-CON-016", chapter="consistency across messages", after=("Errors.rows",))
async def sessions_of_errors(dut: HttpDut) -> None:
    """The session of an error, where it has one, is in the stream histories."""
    first, last = await period(dut, "busy")
    keep = "sessionId" if "sessionId" in dut.model.replies["errors"].elements["Error"].attributes else "sessionID"
    rows = values(await history(dut, "Errors", first, last, keep=(keep,)))
    wanted = {row[0] for row in rows if row[0]}
    if not wanted:
        raise CaseSkipped("no error of the busy hour has a session")
    found = await sessions_around(dut, first, last, wanted, "StreamListHistory")
    if wanted - found:
        found |= await sessions_around(dut, first, last, wanted - found, "StreamHistory")
    missing = wanted - found - set(dut.target.fixture_texts("active_stream_sessions"))
    dut.check(
        "known",
        not missing,
        "CDS-CON-016",
        severity=_SHOULD,
        expected="a stream for the session of every error",
        got=first_few(sorted(missing)),
    )


async def nothing(operation: str, dut: HttpDut) -> None:
    """A period in which nothing happened is a document without rows."""
    first, last = await period(dut, "quiet")
    reply = await dut.get(operation, {"fromDate": str(first), "toDate": str(last)}, window=(first, last))
    dut.check(
        "no-rows",
        reply.status == 200 and reply.scan is not None and reply.scan.rows == 0,
        "CDS-TIM-007",
        severity=_SHOULD,
        expected="200 and a document without rows",
        got=reply.describe(),
        step=reply.step,
    )


for _operation in HISTORIES:
    _bound = partial(nothing, _operation)
    _bound.__doc__ = f"{_operation}: {nothing.__doc__}"
    _bound.__module__ = __name__
    SUITE.scenario(f"{_operation}.quiet", "CDS-TIM-007", chapter=_operation, after=(f"{_operation}.success",))(_bound)


@SUITE.scenario("values.encoding", "CDS-RSP-005", chapter="replies", after=("ContentState.rows",))
async def encoding(dut: HttpDut) -> None:
    """The XML declaration, where there is one, names the encoding in which the document is."""
    reply = await dut.setup("ContentState")
    first = reply.body[:200].partition(b"?>")[0]
    named = first.partition(b"encoding=")[2][1:].partition(b'"')[0].partition(b"'")[0].decode("latin-1").lower()
    used = reply.scan.encoding.lower() if reply.scan is not None else ""
    ascii_only = reply.body.isascii() and {named, used} == {"us-ascii", "utf-8"}
    same = not named or named.replace("-", "") == used.replace("-", "") or ascii_only
    dut.check(
        "named",
        same,
        "CDS-RSP-005",
        severity=_SHOULD,
        expected=f"the encoding {used} in the XML declaration",
        got=named,
        step=reply.step,
    )
