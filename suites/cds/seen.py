"""What the hand-written cases share: how binding a clause is, values of replies, requests written byte by byte."""

import re
from collections.abc import Sequence

from harness.checks.http import reply_checks
from harness.checks.message import merge
from harness.ending import Ending
from harness.flow import CaseInconclusive, Receive
from harness.http.exchanged import read_again
from harness.httpdut import Body, HttpDut
from harness.messages.http import request_to
from harness.messages.httpreply import HttpReply, Pairs
from harness.rows import Scan
from harness.spec.model import Level
from harness.verdict import Severity
from harness.view import MAIN
from harness.wire.http1 import Request, ResponseReader, encode

_INTEGER = re.compile(r"[ \t\r\n]*([+-]?[0-9]{1,30})[ \t\r\n]*")


def hold(
    dut: HttpDut, name: str, passed: bool, *clauses: str, expected: str, got: str, step: int = -1, least: bool = False
) -> bool:
    """Record an observation that is as binding as the most binding of its clauses; with `least` it is a `should` at most."""
    levels = [dut.model.clauses[one].level if one in dut.model.clauses else Level.MUST for one in clauses]
    severity = Severity.MUST if Level.MUST in levels and not least else Severity.SHOULD
    return dut.check(name, passed, *clauses, expected=expected, got=got, severity=severity, step=step)


def integer(value: object) -> int | None:
    """An integer in any spelling of XML; None for what is none, of which other checks tell."""
    found = _INTEGER.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) if found is not None else None


def single(reply: HttpReply, element: str) -> dict[str, str]:
    """The attributes of an element that stands once in a reply; empty if it is not there."""
    found = reply.scan.singles.get(element, ()) if reply.scan is not None else ()
    return dict(found[0]) if found else {}


def kept(reply: HttpReply) -> Sequence[tuple[str | None, ...]]:
    """What was kept of the rows of a reply, all of them.

    Raises:
        CaseInconclusive: the reply has no rows that could be read, or too many to be kept.
    """
    if reply.scan is None:
        raise CaseInconclusive(f"no rows: {reply.describe()}")
    rows = [tuple(None if value is None else str(value) for value in row) for row in reply.scan.kept]
    if len(rows) < reply.scan.rows:
        raise CaseInconclusive(f"{reply.operation} has {reply.scan.rows} rows, too many to compare one by one")
    return rows


async def request_for(
    dut: HttpDut, operation: str, query: Pairs, *fields: tuple[str, str], version: str = "HTTP/1.1"
) -> Request:
    """A good request for an operation with more header fields, as it is to be written."""
    known = dut.model.operations[operation]
    if known.request is None:
        raise CaseInconclusive(f"{operation} is not asked for over HTTP")
    pairs = [(known.request.selector, await dut.selector(operation)), *await dut.spelled(operation, query)]
    made = request_to(dut.host, known.request.path, pairs, headers=fields)
    return Request(made.method, made.target, made.headers, made.body, version)


async def plainly(
    dut: HttpDut,
    request: Request | bytes,
    *,
    operation: str = "Version",
    link: str = MAIN,
    pieces: Sequence[int] = (),
    pause_s: float = 0.0,
) -> HttpReply:
    """Send bytes on a connection and give what comes, whatever it is; nothing is judged."""
    data = request if isinstance(request, bytes) else encode(request)
    await dut.send(data, link=link, pieces=pieces, pause_s=pause_s)
    return await next_reply(dut, data, operation=operation, link=link)


async def next_reply(dut: HttpDut, sent: bytes, *, operation: str = "Version", link: str = MAIN) -> HttpReply:
    """The next reply on a connection on which bytes were sent; nothing is judged."""
    got = await Receive(link, None)
    ending = got.ending
    if ending is Ending.CLOSED and _ends_with_connection(got.raw):
        ending = Ending.ANSWERED
        await dut.close(link)
    exchanged = read_again(sent, got.raw, "GET", ending)

    def make_scan(charset: str | None) -> Scan:
        return Scan(dut.shape(operation), charset=charset)

    body = Body(make_scan if operation in dut.model.operations else None)
    if exchanged.head is not None:
        body.start(exchanged.head)
        body.feed(exchanged.body)
        body.end(ending, exchanged.body_complete)
    return HttpReply(
        operation=operation,
        query=(),
        method="GET",
        exchanged=exchanged,
        scan=body.scan.finish(complete=body.complete) if body.scan is not None else None,
        body=bytes(body.kept),
        step=got.step,
    )


def _ends_with_connection(raw: bytes) -> bool:
    reader = ResponseReader("GET")
    reader.feed(raw)
    return reader.head is not None and reader.until_close and not reader.broken


def judge(dut: HttpDut, reply: HttpReply) -> HttpReply:
    """Check what any reply to a documented request must be."""
    merge(dut.checks, reply_checks(dut.model, reply))
    return reply


def own_document(dut: HttpDut, reply: HttpReply, *clauses: str) -> None:
    """The document of a success is that of the message that was asked for, not of another asker's or of the request before."""
    document = dut.model.replies[dut.model.operations[reply.operation].reply or ""]
    got = reply.scan.root_name if reply.scan is not None else reply.describe()
    hold(dut, "own-reply", got == document.root, *clauses, expected=document.root, got=got, step=reply.step)


async def still_answers(dut: HttpDut, *clauses: str, link: str = "after") -> None:
    """On a new connection the device answers a request as it did before."""
    dut.ok(await dut.get("Version", link=link), *clauses, check="still-answers")
