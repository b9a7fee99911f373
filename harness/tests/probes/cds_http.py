"""Probes of HTTP: methods, connections, versions, compression, encodings of a query."""

from __future__ import annotations

from harness.tests.probes.cds_wire import (
    API,
    HISTORY,
    ROOTS,
    Fixtures,
    Talk,
    ask,
    busy,
    document,
    history,
    need,
    probe,
    replies,
    request,
    rows,
    said,
    url,
)


@probe("parameter-order", "parameters are named, not placed", 37, 152)
def parameter_order(world: Fixtures) -> Talk:
    start, end = busy(world)
    usual = yield from rows(history(world, "Errors", maxRows=7, fromOffset=0, dateFormat="sec"), *ROOTS["Errors"])
    other = yield from rows(
        url(dateFormat="sec", fromOffset=0, toDate=end, maxRows=7, fromDate=start, messageType="Errors"),
        *ROOTS["Errors"],
    )
    need(sorted(map(said, usual)) == sorted(map(said, other)), "another order of parameters gives another list")


@probe("encoded-letters", "a percent-encoded letter is that letter", 37)
def encoded_letters(world: Fixtures) -> Talk:
    document((yield from ask(f"{API}?messageType=%56ersio%6e")), "APIVersionResponse")


@probe("same-again", "the same request has the same answer", 789, 847)
def same_again(world: Fixtures) -> Talk:
    for message in ("Devices", "ServiceGroups", "ContentState"):
        first = yield from rows(url(messageType=message), *ROOTS[message])
        second = yield from rows(url(messageType=message), *ROOTS[message])
        need(sorted(map(said, first)) == sorted(map(said, second)), f"{message} differs when asked again")
    versions = set()
    for _time in range(8):
        versions.add(said(document((yield from ask(url(messageType="Version"))), "APIVersionResponse")))
    need(len(versions) == 1, f"several versions: {versions}")


@probe("keep-alive", "two requests on a connection: each gets its own reply, or the device closes", 37)
def keep_alive(world: Fixtures) -> Talk:
    raw = yield request(url(messageType="Version"), close=False) + request(url(messageType="Devices"))
    first, *rest = replies(raw, "GET", "GET")
    document(first, "APIVersionResponse")
    for reply in rest:
        document(reply, "DevicesResponse")


@probe("after-an-error", "an error does not spoil what follows on the connection", 57, 59)
def after_error(world: Fixtures) -> Talk:
    raw = yield request(url(messageType="Nonsense"), close=False) + request(url(messageType="Version"))
    first, *rest = replies(raw, "GET", "GET")
    need(first.status == 404, f"status {first.status}")
    for reply in rest:
        document(reply, "APIVersionResponse")


@probe("head", "HEAD has no body, or is refused", 37)
def head(world: Fixtures) -> Talk:
    raw = yield request(url(messageType="Devices"), method="HEAD")
    (reply,) = replies(raw, "HEAD") if b"\r\n\r\n" in raw[-4:] else replies(raw, "GET")
    need(reply.status != 200 or raw.endswith(b"\r\n\r\n"), "a body after HEAD")
    need(reply.status == 200 or 400 <= reply.status < 600, f"status {reply.status}")


@probe("http-1.0", "a client of HTTP/1.0 gets an XML document, not in chunks", 37)
def http_10(world: Fixtures) -> Talk:
    raw = yield f"GET {url(messageType='Devices')} HTTP/1.0\r\n\r\n".encode()
    (reply,) = replies(raw, "GET")
    need("transfer-encoding" not in reply.fields, "chunks for HTTP/1.0")
    document(reply, "DevicesResponse")


@probe("gzip-offered", "what comes when compression is offered is the same document", 37)
def gzip_offered(world: Fixtures) -> Talk:
    plain = yield from rows(url(messageType="ContentState"), *ROOTS["ContentState"])
    (reply,) = replies((yield request(url(messageType="ContentState"), fields="Accept-Encoding: gzip\r\n")), "GET")
    packed = document(reply, "ContentStateResponse")
    need(sorted(map(said, plain)) == sorted(map(said, packed)), "another document when compression is offered")


@probe("short-period", "a minute is shorter than an hour", 147, 159)
def short_period(world: Fixtures) -> Talk:
    start, _end = busy(world)
    for message in HISTORY:
        yield from rows(url(messageType=message, fromDate=start, toDate=start + 60), *ROOTS[message])


@probe("example-period", "3599 s, the length in every example", 152, 257, 367, 579, 674)
def example_period(world: Fixtures) -> Talk:
    for message in HISTORY:
        target = url(
            messageType=message, fromDate=1233856800, toDate=1233860399, maxRows=1000000, fromOffset=0, dateFormat="sec"
        )
        yield from rows(target, *ROOTS[message])
