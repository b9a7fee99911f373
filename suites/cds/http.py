"""HTTP as every server has it: connections that stay open, heads, character sets, compression, ranges, other paths.

The document only says that requests are HTTP GETs, so what only HTTP's own documents ask for is a `should` at most.
"""

import codecs
from contextlib import suppress

from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut, sample
from harness.messages.http import request_to
from harness.messages.httpreply import HttpReply
from harness.rows.encoding import EncodingProblem, ToUtf8
from harness.wire.http1 import Request
from harness.wire.http1_head import keeps_open
from suites.cds import SUITE
from suites.cds.seen import hold, judge, own_document, request_for, still_answers
from suites.cds.world import period

CHAPTER = "HTTP"
_AFTER = ("Version.success",)
PATH = "/everstream/api.php"
# A server may close a connection that was idle for so many seconds without a word.
_IDLE_S = 1.0
_MANY_TURNS = 64
_ASCII = "ascii"


def goes_on(reply: HttpReply) -> bool:
    """Whether the device has let expect that the connection takes another request."""
    head = reply.exchanged.head
    framed = reply.header("content-length") is not None or reply.header("transfer-encoding") is not None
    return head is not None and framed and keeps_open(head.version, head.headers)


@SUITE.scenario("http.keep-alive", "CDS-REQ-001", "CDS-HTT-004", "CDS-STA-005", chapter=CHAPTER, after=_AFTER)
async def keep_alive(dut: HttpDut) -> None:
    """Requests of several kinds on one connection get each its own reply; what was refused does not reach the next."""
    turns = ("Version", "", "MaxStreamModifiedTime", "StreamHistory", "Version", "", "Version", "MaxErrorModifiedTime")
    closed_unsaid = 0
    before: tuple[HttpReply, float] | None = None
    for operation in turns:
        if operation == "":
            pairs = [("messageType", "NoSuchMessage")]
            reply = await dut.ask(request_to(dut.host, PATH, pairs), "Version", pairs)
            dut.refused(reply, "unknown-message", "CDS-STA-002", check="unknown")
        elif operation == "StreamHistory":
            reply = await dut.get(operation)
            dut.refused(reply, "bad-request", "CDS-STA-004", check="incomplete")
        else:
            reply = dut.ok(await dut.get(operation), "CDS-REQ-001", "CDS-STA-005", check="served")
            own_document(dut, reply, "CDS-REQ-001")
        now = await dut.clock() / dut.target.clock_scale
        if before is not None and now - before[1] < _IDLE_S:
            closed_unsaid += goes_on(before[0]) and not reply.exchanged.reused
        before = reply, now
    hold(
        dut,
        "kept",
        not closed_unsaid,
        "CDS-HTT-004",
        expected="an open connection, or a reply that says it closes",
        got=f"{closed_unsaid} connections closed without a word",
    )


_PERIODS = ("StreamHistory", "StreamListHistory", "TrickModeHistory", "PlayServerHistory", "Errors", "CapacityPlanning")


@SUITE.scenario(
    "http.refused-then-served",
    "CDS-STA-005",
    "CDS-STA-004",
    chapter=CHAPTER,
    after=tuple(f"{operation}.success" for operation in _PERIODS),
)
async def refused_then_served(dut: HttpDut) -> None:
    """A message that was refused for a period that is not whole is served when it is asked for in full, on any connection."""
    for operation in _PERIODS:
        query = await sample(dut, operation)
        for link in ("main", "other"):
            reply = await dut.get(operation, [pair for pair in query if pair[0] != "toDate"])
            dut.refused(reply, "bad-request", "CDS-STA-004", check="incomplete")
            reply = await dut.get(operation, query, link=link)
            fine = reply.status == 200
            hold(dut, "served", fine, "CDS-STA-005", expected="200", got=reply.describe(), step=reply.step)


@SUITE.scenario("http.long-connection", "CDS-REQ-001", "CDS-HTT-004", chapter=CHAPTER, after=_AFTER)
async def long_connection(dut: HttpDut) -> None:
    """However many requests a connection has taken, the next one gets its own reply, or the reply before said that it closes."""
    turns = ("Version", "MaxStreamModifiedTime", "Version", "MaxErrorModifiedTime")
    unanswered = []
    open_since, before = 0.0, False
    for number in range(_MANY_TURNS):
        reply = await dut.get(turns[number % len(turns)])
        dut.ok(reply, "CDS-REQ-001", check="served")
        own_document(dut, reply, "CDS-REQ-001")
        now = await dut.clock() / dut.target.clock_scale
        if before and now - open_since < _IDLE_S and (reply.exchanged.retried or not reply.exchanged.reused):
            unanswered.append(number + 1)
        open_since, before = now, goes_on(reply)
    hold(
        dut,
        "answered",
        not unanswered,
        "CDS-REQ-001",
        "CDS-HTT-004",
        expected="a reply to every request of a connection that was not said to be closed",
        got=f"the connection was closed instead of a reply to request {unanswered}",
        least=True,
    )


@SUITE.scenario("http.connection-close", "CDS-REQ-001", "CDS-HTT-004", chapter=CHAPTER, after=_AFTER)
async def connection_close(dut: HttpDut) -> None:
    """A request that is to be the last of its connection is answered, and the connection ends."""
    reply = await dut.get("Version", headers=[("Connection", "close")])
    dut.ok(reply, "CDS-REQ-001", check="served")
    hold(
        dut,
        "closed",
        reply.exchanged.closed,
        "CDS-HTT-004",
        expected="the end of the connection after a reply to Connection: close",
        got="it is still open",
        step=reply.step,
    )
    await still_answers(dut, "CDS-REQ-001")


@SUITE.scenario("http.version-1.0", "CDS-HTT-001", chapter=CHAPTER, after=_AFTER)
async def version_1_0(dut: HttpDut) -> None:
    """HTTP/1.0 is served too, without what it does not know."""
    request = await request_for(dut, "Version", (), version="HTTP/1.0")
    reply = await dut.ask(request, "Version", judged=False, plain=True)
    told = reply.status == 200
    hold(dut, "served", told, "CDS-HTT-001", expected="200", got=reply.describe(), step=reply.step, least=True)
    if told:
        judge(dut, reply)
        coding = reply.header("transfer-encoding")
        expected = "no transfer coding for HTTP/1.0"
        hold(dut, "plain", coding is None, "CDS-HTT-001", expected=expected, got=f"{coding}", step=reply.step)
    await still_answers(dut)


@SUITE.scenario("http.head", "CDS-HTT-001", "CDS-HTT-005", chapter=CHAPTER, after=_AFTER)
async def head(dut: HttpDut) -> None:
    """HEAD has the head of GET and no body, if it is served."""
    for operation in ("Version", "Devices"):
        whole = dut.ok(await dut.get(operation), check="get")
        good = await request_for(dut, operation, (), ("Connection", "close"))
        request = Request("HEAD", good.target, good.headers)
        reply = await dut.ask(request, operation, judged=False, plain=True, link="head")
        dut.observe("head", "CDS-AMB-048", "served" if reply.status == 200 else "refused", step=reply.step)
        if reply.status != 200:
            expected = "200, or a refusal"
            hold(dut, "refused", 400 <= reply.status < 600, "CDS-HTT-001", expected=expected, got=reply.describe())
            continue
        for name in ("content-type", "content-length"):
            one, other = whole.header(name), reply.header(name)
            hold(
                dut,
                f"same-{name}",
                one == other or (name == "content-length" and None in (one, other)),
                "CDS-HTT-005",
                expected=f"{name}: {one}",
                got=f"{other}",
                step=reply.step,
            )
    await still_answers(dut)


@SUITE.scenario("http.get-after-head", "CDS-RSP-001", chapter=CHAPTER, after=_AFTER)
async def get_after_head(dut: HttpDut) -> None:
    """What HEAD was asked for on a connection, GET then gets there with its body."""
    for operation in ("Version", "Devices"):
        good = await request_for(dut, operation, ())
        await dut.ask(Request("HEAD", good.target, good.headers), operation, judged=False, plain=True, link="kept")
        dut.ok(await dut.get(operation, link="kept"), check="get-after-head")


@SUITE.scenario("http.charset", "CDS-HTT-003", "CDS-HTT-002", chapter=CHAPTER, after=_AFTER)
async def charset(dut: HttpDut) -> None:
    """A charset in the Content-Type is the encoding in which the document is."""
    for operation in ("Version", "Devices", "ContentState"):
        reply = dut.ok(await dut.get(operation), check="served")
        told = _charset_of(reply)
        if told is None:
            continue
        own = _own_encoding(reply.body)
        plain = reply.body.isascii() and _ASCII in (_codec(told), _codec(own))
        same = _codec(told) == _codec(own) or plain
        expected = f"charset={own}, or none"
        hold(dut, "charset", same, "CDS-HTT-003", expected=expected, got=f"charset={told}", step=reply.step)


def _own_encoding(body: bytes) -> str:
    """The encoding by the document's own mark or declaration."""
    found = ToUtf8()
    with suppress(EncodingProblem):
        found.feed(body)
        found.finish()
    return found.encoding or "utf-8"


def _charset_of(reply: HttpReply) -> str | None:
    for part in (reply.header("content-type") or "").split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'")
    return None


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name.lower()


@SUITE.scenario("http.compression", "CDS-HTT-006", chapter=CHAPTER, after=("StreamHistory.success",))
async def compression(dut: HttpDut) -> None:
    """Compressed where the asker allows it or not at all; the document is the same either way."""
    first, last = await period(dut, "StreamHistory")
    query = {"fromDate": str(first), "toDate": str(last)}
    before = dut.ok(await dut.get("StreamHistory", query, digests=True), check="plain")
    zipped = dut.ok(await dut.get("StreamHistory", query, headers=[("Accept-Encoding", "gzip")], digests=True))
    after = dut.ok(await dut.get("StreamHistory", query, digests=True), check="plain")
    if before.scan is None or zipped.scan is None or after.scan is None:
        raise CaseInconclusive("the device did not answer with documents")
    coding = (zipped.header("content-encoding") or "identity").lower()
    plain = coding == "identity"
    dut.observe("gzip", "CDS-AMB-088", "plain" if plain else "compressed", step=zipped.step)
    expected = "Content-Encoding gzip, or none"
    known = plain or coding in ("gzip", "x-gzip")
    hold(dut, "coding", known, "CDS-HTT-006", expected=expected, got=coding, step=zipped.step)
    if before.scan.digests != after.scan.digests:
        raise CaseInconclusive("the list has changed meanwhile")
    hold(
        dut,
        "same-rows",
        zipped.scan.digests == before.scan.digests,
        "CDS-HTT-006",
        expected=f"the {before.scan.rows} rows of the reply without compression",
        got=f"{zipped.scan.rows} rows, or others",
        step=zipped.step,
    )


@SUITE.scenario("http.no-compression", "CDS-HTT-006", chapter=CHAPTER, after=_AFTER)
async def no_compression(dut: HttpDut) -> None:
    """An asker that takes no compressed replies gets none."""
    for word in ("", "identity", "gzip;q=0", "identity;q=1, *;q=0"):
        for operation in ("Version", "Devices", "ContentState") if word == "identity" else ("Version", "Devices"):
            reply = await dut.get(operation, headers=[("Accept-Encoding", word)] if word else [])
            dut.ok(reply, check="served")
            coding = (reply.header("content-encoding") or "identity").lower()
            allowed = coding == "identity"
            expected = f"no Content-Encoding for Accept-Encoding: {word or 'absent'}"
            hold(dut, "uncompressed", allowed, "CDS-HTT-006", expected=expected, got=coding, step=reply.step)


@SUITE.scenario("http.conditional", "CDS-REQ-001", "CDS-STA-001", chapter=CHAPTER, after=_AFTER)
async def conditional(dut: HttpDut) -> None:
    """Conditions on what the device has never told do not keep a document back."""
    fields = [("If-Modified-Since", "Thu, 01 Jan 2037 00:00:00 GMT"), ("If-None-Match", '"clausewise"')]
    for operation in ("Version", "MaxStreamModifiedTime"):
        plain = dut.ok(await dut.get(operation), check="plain")
        told = {"If-Modified-Since": plain.header("last-modified"), "If-None-Match": plain.header("etag")}
        for field in fields:
            reply = await dut.get(operation, headers=[field], judged=False)
            fine = reply.status == 200 or (reply.status == 304 and told[field[0]] is not None)
            expected = f"200 in spite of {field[0]}"
            hold(
                dut, "served", fine, "CDS-STA-001", expected=expected, got=reply.describe(), step=reply.step, least=True
            )
            if reply.status == 200:
                judge(dut, reply)


@SUITE.scenario("http.range", "CDS-HTT-001", chapter=CHAPTER, after=_AFTER)
async def byte_range(dut: HttpDut) -> None:
    """A Range field is followed or ignored: the reply says which."""
    reply = await dut.get("Devices", headers=[("Range", "bytes=0-9")], judged=False)
    if reply.status == 200:
        judge(dut, reply)
    told = reply.status != 206 or reply.header("content-range") is not None
    expected = "200, 206 with Content-Range, or a refusal"
    fine = told and (reply.status in (200, 206) or 400 <= reply.status < 500)
    hold(dut, "either", fine, "CDS-HTT-001", expected=expected, got=reply.describe(), step=reply.step, least=True)
    await still_answers(dut)
