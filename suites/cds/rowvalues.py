"""Values of rows that say more than their XML types: speeds, segments, encodings, and what belongs to what."""

from functools import partial

from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from harness.verdict import Severity
from suites.cds import SUITE
from suites.cds.history import first_few, sessions_around, values, values_with_children
from suites.cds.paging import HISTORIES
from suites.cds.tricks import number
from suites.cds.world import history, period, some_rows

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
    "values.segments", "CDS-TRK-007", "CDS-TRK-009", chapter="trick modes",
    after=("TrickModeListHistory.rows", "StreamListHistory.rows"),
)  # fmt: skip
async def segments(dut: HttpDut) -> None:
    """An action happens while its session's stream lives, in a content of its playlist."""
    first, last = await period(dut, "TrickModeListHistory")
    reply = await some_rows(dut, "TrickModeListHistory", ("sessionID", "eventTime", "segmentIndex"))
    keep = ("sessionID", "startTime", "endTime", "Content.segmentIndex")
    streams: dict[str, list[tuple[float, float, set[str]]]] = {}
    for start in (first - 900, first, last + 1):
        for session, begin, end, *more in values_with_children(
            await history(dut, "StreamListHistory", start, start + 899, keep=keep)
        ):
            streams.setdefault(session, []).append((number(begin) or 0, number(end) or 0, set(more[0])))
    rows = [row for row in values(reply) if row[0] in streams]
    if not rows:
        raise CaseInconclusive("no action of the period has a stream near it")
    # Two seconds of room: both times are whole seconds, and an action may be recorded when the stream is being set up.
    outside = [
        row
        for row in rows
        if not any(a - 2 <= (number(row[1]) or 0) <= (b or 1e15) + 2 for a, b, _ in streams[row[0] or ""])
    ]
    unknown = [row for row in rows if not any(row[2] in known for *_, known in streams[row[0] or ""])]
    for name, clause, found, expected in (
        ("while-it-lives", "CDS-TRK-009", outside, "actions between start and end of the session's stream"),
        ("in-its-playlist", "CDS-TRK-007", unknown, "a segmentIndex of the session's playlist"),
    ):
        dut.check(name, not found, clause, severity=_SHOULD, expected=expected, got=first_few(found), step=reply.step)


@SUITE.scenario("consistency.errors", "CDS-CON-016", chapter="consistency across messages", after=("Errors.rows",))
async def sessions_of_errors(dut: HttpDut) -> None:
    """The session of an error, where it has one, is in the stream histories."""
    first, _ = await period(dut, "Errors")
    keep = "sessionId" if "sessionId" in dut.model.replies["errors"].elements["Error"].attributes else "sessionID"
    rows = values(await some_rows(dut, "Errors", (keep,)))
    wanted = {row[0] for row in rows if row[0]}
    if not wanted:
        raise CaseInconclusive("no error of the period has a session")
    found = await sessions_around(dut, first, wanted, "StreamListHistory")
    if wanted - found:
        found |= await sessions_around(dut, first, wanted - found, "StreamHistory")
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
    same = not named or named.replace("-", "") == used.replace("-", "") or {named, used} == {"us-ascii", "utf-8"}
    dut.check(
        "named",
        same,
        "CDS-RSP-005",
        severity=_SHOULD,
        expected=f"the encoding {used} in the XML declaration",
        got=named,
        step=reply.step,
    )
