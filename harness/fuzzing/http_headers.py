"""Header fields, versions and request lines that HTTP allows, forbids or leaves to the server, around a valid request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from harness.fuzzing.http_query import Plan

_MANY = (30, 90, 110, 1100)
_LONG = (200, 1_000, 4_000, 9_000, 70_000)
# One more header line; {host} is the device's own.
_LINES: Sequence[tuple[str, bytes]] = (
    ("host-twice", b"Host: {host}\r\n"), ("host-twice", b"Host: 192.0.2.1\r\n"), ("length", b"Content-Length: 0\r\n"),
    ("length-twice", b"Content-Length: 0\r\nContent-Length: 0\r\n"),
    ("length-conflict", b"Content-Length: 0\r\nContent-Length: 7\r\n"),
    ("length-bad", b"Content-Length: -1\r\n"), ("length-bad", b"Content-Length: abc\r\n"), ("length-bad", b"Content-Length: 0x0\r\n"),
    ("folded", b"X-Folded: one\r\n two\r\n"), ("folded", b"X-Folded:\r\n\tone\r\n"), ("no-colon", b"NoColonHere\r\n"), ("no-name", b": value\r\n"),
    ("space-before-colon", b"X-Space : one\r\n"), ("odd-name", b"X-B\xc3\xa4d: one\r\n"), ("odd-name", b"X(Bad): one\r\n"),
    ("nul", b"X-Nul: a\0b\r\n"),
    ("bare-cr", b"X-Cr: a\rb\r\n"), ("bare-lf", b"X-Lf: a\nb\r\n"), ("bare-lf", b"X-Lf: a\n"), ("control", b"X-Control: \x01\x7f\r\n"),
    ("latin-1", b"X-Latin: \xe9\xff\r\n"), ("empty", b"X-Empty:\r\n"), ("expect", b"Expect: 100-continue\r\n"), ("expect", b"Expect: 200-ok\r\n"),
    ("range", b"Range: bytes=0-9\r\n"), ("range", b"Range: bytes=9-0\r\n"), ("range", b"Range: rows=1-2\r\n"),
    ("conditional", b"If-None-Match: *\r\n"), ("conditional", b'If-None-Match: "x"\r\n'), ("conditional", b'If-Match: "x"\r\n'),
    ("conditional", b"If-Modified-Since: Thu, 01 Jan 2037 00:00:00 GMT\r\n"),
    ("conditional", b"If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n"),
    ("conditional", b"If-Modified-Since: nonsense\r\n"), ("coding", b"Accept-Encoding: gzip\r\n"),
    ("coding", b"Accept-Encoding: gzip, deflate, br\r\n"),
    ("coding", b"Accept-Encoding: gzip;q=0\r\n"), ("coding", b"Accept-Encoding: identity\r\n"),
    ("coding", b"Accept-Encoding: *;q=0\r\n"),
    ("coding", b"Accept-Encoding: deflate\r\n"), ("coding", b"Accept-Encoding:\r\n"), ("accept", b"Accept: text/xml\r\n"),
    ("accept", b"Accept: */*\r\n"), ("accept", b"Accept: application/json\r\n"), ("accept", b"Accept: ;;;\r\n"),
    ("accept", b"Accept-Language: xx\r\n"),
    ("accept", b"Accept-Charset: utf-16\r\n"), ("connection", b"Connection: close\r\n"), ("connection", b"Connection: keep-alive\r\n"),
    ("connection", b"Connection: Close\r\n"), ("connection", b"Connection: x, close\r\n"),
    ("connection", b"Keep-Alive: timeout=1\r\n"),
    ("cookie", b"Cookie: a=b; c=%00\r\n"), ("cookie", b"Authorization: Basic !!!\r\n"), ("cookie", b"Referer: %zz\r\n"),
    ("proxy", b"X-Forwarded-For: 192.0.2.1, ::1\r\n"), ("proxy", b"Via: 1.1 x\r\n"), ("proxy", b"X-Original-URL: /\r\n"),
    ("transfer", b"TE: trailers\r\n"), ("transfer", b"Transfer-Encoding: identity\r\n"),
)  # fmt: skip
_VERSIONS = (
    b" HTTP/1.0\r\n", b" HTTP/1.0\r\n", b" HTTP/1.2\r\n", b" HTTP/2.0\r\n", b" HTTP/0.9\r\n", b"\r\n", b" http/1.1\r\n", b" HTTP/1.1 \r\n",
    b"  HTTP/1.1\r\n", b"\tHTTP/1.1\r\n", b" HTTP/1.1\n", b" HTTP/11\r\n", b" HTTP/1.1\r\r\n", b" HTTP/+1.1\r\n", b" XTTP/1.1\r\n", b" \r\n",
)  # fmt: skip
_METHODS = (b"HEAD", b"HEAD", b"OPTIONS", b"get", b"Get", b"GETT", b" GET", b"\r\nGET", b"\r\n\r\nGET")
_INJECTED = (
    b"\r\nX-Injected: yes",
    b"\nX: y",
    b"\r\n\r\nGET / HTTP/1.1\r\n",
    b" HTTP/1.1\r\nX: y\r\n",
    b"\t",
    b" ",
    b"\0",
    b"\x7f",
    b"\x0b",
)


def with_odd_headers(plan: Plan, rng: Random, host: bytes) -> tuple[str, Plan]:
    """The request with one thing about its request line or headers changed, and what that was."""
    choice = rng.random()
    if choice < 0.6:
        name, line = _LINES[int(rng.random() * len(_LINES))]
        line = line.replace(b"{host}", host)
        headers = plan.headers + line if rng.random() < 0.7 else line + plan.headers
        return name, replace(plan, headers=headers)
    if choice < 0.7:
        return "version", replace(plan, version=_VERSIONS[int(rng.random() * len(_VERSIONS))])
    if choice < 0.78:
        return "method", replace(plan, method=_METHODS[int(rng.random() * len(_METHODS))])
    if choice < 0.84:
        return "injected", replace(plan, tail=_INJECTED[int(rng.random() * len(_INJECTED))])
    if choice < 0.88:
        count = _MANY[int(rng.random() ** 3 * len(_MANY))]
        return "many", replace(plan, headers=plan.headers + b"".join(b"X-%d: %d\r\n" % (n, n) for n in range(count)))
    if choice < 0.92:
        size = _LONG[int(rng.random() ** 2 * len(_LONG))]
        line = b"X-Long: " + b"l" * size if rng.random() < 0.7 else b"X-" + b"n" * size + b": v"
        return "long", replace(plan, headers=plan.headers + line + b"\r\n")
    if choice < 0.95:
        return "absolute", replace(plan, path=b"http://" + host + plan.path)
    return _about_host(plan, rng, host)


def _about_host(plan: Plan, rng: Random, host: bytes) -> tuple[str, Plan]:
    rest = plan.headers.partition(b"\r\n")[2]
    if rng.random() < 0.3:
        body = b"x" * int(rng.random() * 9)
        return "body", replace(plan, headers=plan.headers + b"Content-Length: %d\r\n" % len(body), body=body)
    if rng.random() < 0.3:
        chunks = (b"0\r\n\r\n", b"3\r\nabc\r\n0\r\n\r\n", b"zz\r\n")[int(rng.random() * 3)]
        return "chunked", replace(plan, headers=plan.headers + b"Transfer-Encoding: chunked\r\n", body=chunks)
    line = (
        b"",
        b"Host:\r\n",
        b"Host: nobody.invalid\r\n",
        b"Host: a b\r\n",
        b"host:" + host + b"\r\n",
        b"HOST:   " + host + b"  \r\n",
    )
    return "host", replace(plan, headers=line[int(rng.random() * len(line))] + rest)
