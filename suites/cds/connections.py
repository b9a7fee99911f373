"""Connections byte by byte: requests in pieces, several in one go, several at a time, left half-way, and what is no request."""

from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseSkipped, Receive
from harness.httpdut import HttpDut
from harness.verdict import Severity
from harness.wire.http1 import Request, encode
from suites.cds import SUITE
from suites.cds.http import CHAPTER, goes_on
from suites.cds.seen import hold, judge, next_reply, own_document, plainly, request_for, still_answers

_AFTER = ("Version.success",)
_LONG = 8192
_MANY_FIELDS = 60
_MANY, _SOME = 30, 8


async def _version(dut: HttpDut, *fields: tuple[str, str]) -> Request:
    return await request_for(dut, "Version", (), *fields)


@SUITE.scenario("http.pieces", "CDS-REQ-001", chapter=CHAPTER, after=_AFTER)
async def pieces(dut: HttpDut) -> None:
    """A request that comes in pieces with pauses is one request."""
    data = encode(await _version(dut))
    first = data.index(b"\r\n") + 1  # between the two characters that end the first line
    for number, lengths in enumerate(
        ([1, 2, 1], [5, 30], [first], [first + 1, 1, 3], [len(data) - 2], [len(data) - 1])
    ):
        link = f"pieces-{number}"
        reply = judge(dut, await plainly(dut, data, link=link, pieces=lengths, pause_s=0.01))
        dut.ok(reply, "CDS-REQ-001", check="served")


@SUITE.scenario("http.pipelined", "CDS-REQ-001", "CDS-HTT-004", chapter=CHAPTER, after=_AFTER)
async def pipelined(dut: HttpDut) -> None:
    """Requests sent in one go are answered in their order, or the device says that it closes the connection."""
    names = ("Version", "MaxStreamModifiedTime", "MaxErrorModifiedTime", "Version")
    requests = [encode(await request_for(dut, name, ())) for name in names]
    await dut.send(b"".join(requests))
    for name, data in zip(names, requests, strict=True):
        reply = await next_reply(dut, data, operation=name)
        if reply.ending is not Ending.ANSWERED:
            expected = "a reply to each request, or one that says it is the last"
            got = f"{reply.describe()} instead of {name}"
            hold(dut, "answered", False, "CDS-HTT-004", expected=expected, got=got, step=reply.step)
            break
        dut.ok(judge(dut, reply), "CDS-REQ-001", check="served")
        own_document(dut, reply, "CDS-REQ-001")
        if not goes_on(reply):
            break
    await dut.close()
    await still_answers(dut, "CDS-REQ-001")


@SUITE.scenario("http.two-at-once", "CDS-REQ-001", "CDS-HTT-007", chapter=CHAPTER, after=_AFTER)
async def two_at_once(dut: HttpDut) -> None:
    """Half a request on one connection keeps nobody else waiting and is completed later."""
    data = encode(await _version(dut))
    await dut.send(data[:25], link="slow")
    for turn in range(3):
        dut.ok(await dut.get("MaxStreamModifiedTime", link=f"quick-{turn}"), "CDS-HTT-007", check="quick")
    await dut.send(data[25:], link="slow")
    reply = await next_reply(dut, data, link="slow")
    dut.ok(judge(dut, reply), "CDS-HTT-007", "CDS-REQ-001", check="slow")


@SUITE.scenario("http.interleaved", "CDS-REQ-001", "CDS-HTT-007", chapter=CHAPTER, after=_AFTER)
async def interleaved(dut: HttpDut) -> None:
    """Requests on several connections at a time get each its own reply, whichever is read first."""
    names = ("Version", "MaxStreamModifiedTime", "MaxErrorModifiedTime", "Version")
    requests = {f"{number}": encode(await request_for(dut, name, ())) for number, name in enumerate(names)}
    for link, data in requests.items():
        await dut.send(data[:30], link=link)
    for link, data in reversed(requests.items()):
        await dut.send(data[30:], link=link)
    for (link, data), name in zip(requests.items(), names, strict=True):
        reply = await next_reply(dut, data, operation=name, link=link)
        dut.ok(judge(dut, reply), "CDS-REQ-001", check="served")
        own_document(dut, reply, "CDS-HTT-007", "CDS-REQ-001")


@SUITE.scenario("http.eight-connections", "CDS-REQ-001", "CDS-HTT-007", chapter=CHAPTER, after=_AFTER)
async def eight(dut: HttpDut) -> None:
    """Eight connections are served in any order."""
    links = [f"link-{number}" for number in range(_SOME)]
    for link in (*links, *reversed(links)):
        dut.ok(await dut.get("Version", link=link), "CDS-REQ-001", "CDS-HTT-007", check="served")


@SUITE.scenario("http.thirty-connections", "CDS-HTT-007", chapter=CHAPTER, after=_AFTER)
async def thirty(dut: HttpDut) -> None:
    """Thirty connections at a time: who is served gets its own reply; that some are not is unusual but no fault."""
    data = encode(await _version(dut))
    served = 0
    for number in range(_MANY):
        link = f"link-{number}"
        if await dut.connect(link) is not Ending.ANSWERED:
            break
        reply = await plainly(dut, data, link=link)
        if reply.ending is not Ending.ANSWERED or reply.status != 200:
            break
        judge(dut, reply)
        served += 1
    dut.check(
        "all",
        served == _MANY,
        "CDS-HTT-007",
        expected=f"{_MANY} connections served",
        got=str(served),
        severity=Severity.READING,
    )
    for number in range(_MANY):
        await dut.close(f"link-{number}")
    await still_answers(dut, "CDS-HTT-007")


@SUITE.scenario("http.half-a-request", "CDS-REQ-001", chapter=CHAPTER, after=_AFTER)
async def half_a_request(dut: HttpDut) -> None:
    """What one connection left half-way does not reach another."""
    data = encode(await _version(dut))
    for turn, (size, how) in enumerate(((9, "close"), (len(data) - 2, "close"), (len(data) // 2, "reset"))):
        await dut.send(data[:size], link=f"left-{turn}")
        await dut.close(f"left-{turn}", how)
        await still_answers(dut, "CDS-REQ-001", link=f"after-{turn}")


@SUITE.scenario("http.half-closed", "CDS-REQ-001", chapter=CHAPTER, after=_AFTER)
async def half_closed(dut: HttpDut) -> None:
    """An asker that closes its sending side after the request: the reply comes, or the connection ends."""
    data = encode(await _version(dut))
    await dut.send(data)
    await dut.close(how="half-close")
    reply = await next_reply(dut, data)
    if reply.ending is Ending.ANSWERED:
        judge(dut, reply)
    ended = reply.ending in (Ending.CLOSED, Ending.RESET)
    fine = ended or reply.status == 200
    expected = "the reply, or the end of the connection"
    hold(dut, "either", fine, "CDS-REQ-001", expected=expected, got=reply.describe(), step=reply.step, least=True)
    await still_answers(dut, "CDS-REQ-001")


@SUITE.scenario("http.unread-reply", "CDS-REQ-001", chapter=CHAPTER, after=_AFTER)
async def unread_reply(dut: HttpDut) -> None:
    """Askers that do not wait for their replies do not keep others from theirs."""
    data = encode(await request_for(dut, "ContentState", ()))
    for turn in range(4):
        await dut.send(data, link=f"gone-{turn}")
        await dut.close(f"gone-{turn}", "reset" if turn % 2 else "close")
    await still_answers(dut, "CDS-REQ-001")


_GARBAGE = {
    "line": b"hello device\r\n\r\n",
    "no-target": b"GET\r\n\r\n",
    "empty-lines": b"\r\n\r\n\r\n",
    "zeros": bytes(64) + b"\r\n\r\n",
    "other-protocol": bytes.fromhex("160301002d0100002903035b8f") + bytes(range(200, 240)),
    "other-version": b"GET /everstream/api.php?messageType=Version HTTP/9.9\r\nHost: a\r\n\r\n",
    "header-without-colon": b"GET /everstream/api.php?messageType=Version HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
    "two-hosts": b"GET /everstream/api.php?messageType=Version HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "long-line": b"GET /" + b"a" * 70_000 + b"\r\n\r\n",
}


def _register_garbage(name: str, data: bytes) -> None:
    @SUITE.scenario(f"http.garbage.{name}", "CDS-REQ-001", chapter=CHAPTER, after=_AFTER)
    async def garbage(dut: HttpDut) -> None:
        """What is no request does not keep the device from answering one."""
        for turn in range(2):
            if await dut.connect(f"bad-{turn}") is not Ending.ANSWERED:
                raise CaseInconclusive("the device takes no connection")
            await dut.send(data, link=f"bad-{turn}")
            await still_answers(dut, "CDS-REQ-001", link=f"beside-{turn}")
            await dut.close(f"bad-{turn}")
        await still_answers(dut, "CDS-REQ-001")


for _name, _data in _GARBAGE.items():
    _register_garbage(_name, _data)


async def _bearable(dut: HttpDut, request: Request, *, most: int = 499) -> None:
    """Whatever the answer to an unusual request, it is HTTP, a served one is the document, and the device goes on."""
    reply = await plainly(dut, request)
    if reply.status == 200:
        judge(dut, reply)
    ended = reply.ending in (Ending.CLOSED, Ending.RESET) and not reply.exchanged.raw
    fine = ended or (reply.ending is Ending.ANSWERED and (reply.status == 200 or 400 <= reply.status <= most))
    hold(
        dut,
        "answered",
        fine,
        "CDS-HTT-001",
        expected="200, a refusal or the end of the connection",
        got=reply.describe(),
        step=reply.step,
        least=True,
    )
    await dut.close()
    await still_answers(dut, "CDS-REQ-001")


@SUITE.scenario("http.long-value", "CDS-REQ-001", chapter=CHAPTER, after=_AFTER)
async def long_value(dut: HttpDut) -> None:
    """A parameter that no message has with a value of 8 KiB."""
    good = await _version(dut)
    target = f"{good.target}&clausewise={'a' * _LONG}"
    await _bearable(dut, Request("GET", target, good.headers))


@SUITE.scenario("http.many-fields", "CDS-REQ-001", chapter=CHAPTER, after=_AFTER)
async def many_fields(dut: HttpDut) -> None:
    """Sixty header fields that say nothing."""
    fields = [(f"X-Clausewise-{number}", f"value {number}") for number in range(_MANY_FIELDS)]
    await _bearable(dut, await _version(dut, *fields))


@SUITE.scenario("http.no-host", "CDS-REQ-001", chapter=CHAPTER, after=_AFTER)
async def no_host(dut: HttpDut) -> None:
    """HTTP/1.1 without a Host is to be refused, and many servers serve it."""
    good = await _version(dut)
    fields = tuple(field for field in good.headers if field[0] != "Host")
    await _bearable(dut, Request("GET", good.target, fields))


@SUITE.scenario("http.no-identity", "CDS-HTT-006", chapter=CHAPTER, after=_AFTER)
async def no_identity(dut: HttpDut) -> None:
    """An asker that refuses replies without compression: refused, or served all the same."""
    await _bearable(dut, await _version(dut, ("Accept-Encoding", "identity;q=0")))


@SUITE.scenario("http.idle", "CDS-HTT-004", chapter=CHAPTER, after=_AFTER, device_s=0.5)
async def idle(dut: HttpDut) -> None:
    """A connection that was idle for a while is served, or has been closed in order."""
    data = encode(await _version(dut))
    kept = goes_on(judge(dut, await plainly(dut, data)))
    dut.observe("connections", "CDS-AMB-089", "kept" if kept else "closed")
    if not kept:
        raise CaseSkipped("the device closes a connection after each reply")
    await dut.wait(0.5)
    await dut.send(data)
    got = await Receive("main", None)
    fine = got.ending is Ending.ANSWERED or (got.ending in (Ending.CLOSED, Ending.RESET) and not got.raw)
    hold(dut, "either", fine, "CDS-HTT-004", expected="a reply, or the end", got=repr(got.raw[:80]), step=got.step)
    await still_answers(dut, "CDS-REQ-001")
