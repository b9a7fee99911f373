"""Heads of HTTP requests that carry calls: the usual one, others that mean the same, and odd ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from harness.fuzzing.call_parts import LENGTH, Parts, packed
from harness.fuzzing.document_values import pick
from harness.fuzzing.script import Slot

LINE = b"POST %s HTTP/1.1\r\n"
_REST = b"Host: localhost\r\nUser-Agent: clausewise\r\nContent-Type: text/xml\r\nContent-Length: "
_END = b"\r\n\r\n"
Bend = Callable[[bytes, Parts, Random], Parts]  # path and content -> the request
# Methods that no device can take for one that changes something; PUT and DELETE could be.
_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE", "post", "Post", "POSTS", "POS", "")
_PATHS = (
    "/",
    "/rpc2",
    "/RPC2/",
    "/RPC2?x=1",
    "//RPC2",
    "/RPC2/../RPC2",
    "/%52PC2",
    "/RPC",
    "/RPC22",
    "/RPC2;a",
    "*",
    "",
    "/RPC2#a",
    "/x" * 2000,
)
_MEDIA = (
    "text/plain", "application/xml", "application/json", "text/xml; charset=iso-8859-1", "text/xml; charset=utf-16", "TEXT/XML", "text/xml;",
    "x", "text/xml, text/xml", "application/x-www-form-urlencoded", "multipart/form-data", "",
)  # fmt: skip
_LENGTHS = (
    "-1",
    "+100",
    "0x10",
    "1e3",
    "",
    "99999999999999999999",
    "4294967296",
    "10, 10",
    "abc",
    "00000010",
    "0",
    "1",
    "12.0",
)
_VERSIONS = ("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTP/1.10", "http/1.1", "HTTP/1.1 x", "HTTP", "")
_LINES = (
    "X-A", ": x", "X A: b", " folded", "X-A:\x00", "X-A: \x7f\xff", "X-Long: " + "x" * 9000, "Expect: 100-continue", "Content-Encoding: gzip",
    "Transfer-Encoding: identity", "Transfer-Encoding: chunked", "Content-Length: 5", "Host: a", "Upgrade: websocket", "Range: bytes=0-1",
    "Authorization: Basic eDp5", "Connection: upgrade", "Cookie: a=b", "Content-Type: text/plain",
)  # fmt: skip


def usual(path: bytes, body: Parts) -> Parts:
    """The request in its usual form."""
    return packed((LINE % path + _REST, LENGTH, _END, *body))


def _headed(line: bytes, fields: str, body: Parts, length: str | None = None, end: bytes = _END) -> Parts:
    """A request with these header fields before its length."""
    counted = (b"Content-Length: ", LENGTH) if length is None else (f"Content-Length: {length}".encode("latin-1"),)
    return packed((line + fields.encode("latin-1"), *counted, end, *body))


def _fields() -> list[str]:
    return ["Host: localhost", "User-Agent: clausewise", "Content-Type: text/xml"]


def _shuffled(path: bytes, body: Parts, rng: Random) -> Parts:
    fields = _fields()
    fields.insert(
        int(rng.random() * 4),
        pick(rng, ("X-Clausewise: a", "Accept: */*", "Accept-Language: en", "Cache-Control: no-cache")),
    )
    rng.shuffle(fields)
    return _headed(LINE % path, "".join(f"{one}\r\n" for one in fields), body)


def _letters(path: bytes, body: Parts, rng: Random) -> Parts:
    change = (str.lower, str.upper, str.swapcase)[int(rng.random() * 3)]
    fields = [f"{change(name)}:{value}\r\n" for name, _, value in (one.partition(":") for one in _fields())]
    name = change("Content-Length: ").encode()
    return packed((LINE % path + "".join(fields).encode() + name, LENGTH, _END, *body))


def _blanks(path: bytes, body: Parts, rng: Random) -> Parts:
    gap, behind = pick(rng, ("", "  ", "\t", " \t ")), pick(rng, ("", " ", "\t"))
    fields = [
        f"{name}:{gap}{value.strip()}{behind}\r\n" for name, _, value in (one.partition(":") for one in _fields())
    ]
    return _headed(LINE % path, "".join(fields), body)


def _closing(path: bytes, body: Parts, rng: Random) -> Parts:
    how = pick(rng, ("close", "keep-alive", "Close", "Keep-Alive"))
    return _headed(LINE % path, "".join(f"{one}\r\n" for one in (*_fields(), f"Connection: {how}")), body)


def _charset(path: bytes, body: Parts, rng: Random) -> Parts:
    media = pick(rng, ("text/xml; charset=utf-8", 'text/xml; charset="UTF-8"', "text/xml;charset=utf-8"))
    return _headed(LINE % path, f"Host: localhost\r\nContent-Type: {media}\r\n", body)


def _line(path: bytes, method: str, version: str) -> bytes:
    return " ".join((method, path.decode("latin-1"), version)).encode("latin-1") + b"\r\n"


def _plain() -> str:
    return "".join(f"{one}\r\n" for one in _fields())


def _method(path: bytes, body: Parts, rng: Random) -> Parts:
    return _headed(_line(path, pick(rng, _METHODS), "HTTP/1.1"), _plain(), body)


def _path(_path: bytes, body: Parts, rng: Random) -> Parts:
    return _headed(_line(pick(rng, _PATHS).encode(), "POST", "HTTP/1.1"), _plain(), body)


def _version(path: bytes, body: Parts, rng: Random) -> Parts:
    return _headed(_line(path, "POST", pick(rng, _VERSIONS)), _plain(), body)


def _media(path: bytes, body: Parts, rng: Random) -> Parts:
    fields = (
        f"Host: localhost\r\nContent-Type: {pick(rng, _MEDIA)}\r\n" if rng.random() < 0.85 else "Host: localhost\r\n"
    )
    return _headed(LINE % path, fields, body)


def _length(path: bytes, body: Parts, rng: Random) -> Parts:
    if rng.random() < 0.5:
        off = pick(rng, ("1", "-1", "2", "-20", "+7", "1000", "-100"))
        return packed((LINE % path + _REST, Slot(f"body:{off}"), _END, *body))
    if rng.random() < 0.3:
        return packed((LINE % path + _plain().encode() + b"\r\n", *body))
    return _headed(LINE % path, _plain(), body, pick(rng, _LENGTHS))


def _host(path: bytes, body: Parts, rng: Random) -> Parts:
    host = pick(
        rng,
        (
            "",
            "Host:\r\n",
            "Host: a b\r\n",
            "Host: [::1\r\n",
            "Host: " + "a" * 300 + "\r\n",
            "Host: localhost\r\nHost: localhost\r\n",
        ),
    )
    return _headed(LINE % path, f"{host}Content-Type: text/xml\r\n", body)


def _extra(path: bytes, body: Parts, rng: Random) -> Parts:
    return _headed(LINE % path, f"{_plain()}{pick(rng, _LINES)}\r\n", body)


def _many(path: bytes, body: Parts, rng: Random) -> Parts:
    number = int(10 ** (1 + rng.random() * 2.3))
    return _headed(LINE % path, _plain() + "".join(f"X-{index}: y\r\n" for index in range(number)), body)


def _ends(path: bytes, body: Parts, rng: Random) -> Parts:
    end = pick(rng, ("\n", "\r", "\n\r", "\r\r\n"))
    text = (LINE % path).decode("latin-1") + _plain()
    return packed((text.replace("\r\n", end).encode() + b"Content-Length: ", LENGTH, end.encode() * 2, *body))


def _chunked(path: bytes, body: Parts, rng: Random) -> Parts:
    """The content in one chunk, rightly or wrongly framed."""
    head = LINE % path + _plain().encode() + b"Transfer-Encoding: chunked\r\n\r\n"
    size: tuple[bytes | Slot, ...] = (Slot("body:chunk"),)
    end = pick(rng, ("\r\n0\r\n\r\n", "\r\n0\r\n\r\n", "\r\n0\r\nX-A: b\r\n\r\n", "\r\n", "0\r\n\r\n"))
    if rng.random() < 0.3:
        size = (pick(rng, ("zz", "-5", "FFFFFFFFFFFFFFFFF", "", "5;a=b")).encode(),)
    return packed((head, *size, b"\r\n", *body, end.encode()))


LEGAL: Mapping[str, Bend] = {
    "shuffled": _shuffled, "letters": _letters, "blanks": _blanks, "connection": _closing, "charset": _charset,
}  # fmt: skip
ODD: Mapping[str, Bend] = {
    "method": _method, "path": _path, "version": _version, "media": _media, "length": _length, "host": _host, "extra": _extra, "many": _many,
    "line-ends": _ends, "chunked": _chunked,
}  # fmt: skip
