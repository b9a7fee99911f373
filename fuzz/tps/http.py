"""The HTTP requests in what was sent, as far as they are certain. Shares nothing with `harness.wire`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = b"POST /RPC2 HTTP/1.1\r\n"
_FIELD = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*+[!-~](?:[ -~]*[!-~])?+[ \t]*+\r\n"
_HEAD = re.compile(re.escape(_LINE) + rb"((?:" + _FIELD + rb")*+)\r\n")
_BEGUN = re.compile(re.escape(_LINE) + rb"(?:" + _FIELD + rb")*+(?:[!#$%&'*+.^_`|~0-9A-Za-z-]*+(?::[ -~\t]*+\r?)?|\r)")
_LENGTH = re.compile(r"0|[1-9][0-9]{0,7}")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,100}(?::[0-9]{1,5})?")
_MEDIA = re.compile(r'text/xml(?:; ?charset="?utf-8"?)?', re.IGNORECASE)
_MOST_HEAD = 4000
_FREE = frozenset(("user-agent", "accept", "accept-language", "cache-control", "pragma", "referer"))


@dataclass(frozen=True, slots=True)
class Posted:
    """A request whose content will certainly be looked at.

    Attributes:
        size: bytes of all of it.
        closes: it asks for the end of the connection.
    """

    raw: bytes
    body: bytes
    size: int
    closes: bool


def read(data: bytes) -> tuple[list[Posted], bytes, bytes]:
    """The requests, what is not whole yet, and what is open: from there on nothing is certain."""
    found: list[Posted] = []
    while data:
        head = _HEAD.match(data)
        if head is None:
            begun = (_LINE.startswith(data) or _BEGUN.fullmatch(data)) and len(data) < _MOST_HEAD
            return (found, data, b"") if begun else (found, b"", data)
        length, closes = _fields(head[1].decode("ascii"))
        if length < 0 or head.end() > _MOST_HEAD:
            return found, b"", data
        end = head.end() + length
        if len(data) < end:
            return found, data, b""
        found.append(Posted(data[:end], data[head.end() : end], end, closes))
        data = data[end:]
        if closes:
            return found, b"", data
    return found, b"", b""


def _fields(text: str) -> tuple[int, bool]:
    """The length of the content, -1 if something is open, and whether the connection is to be closed."""
    given: dict[str, str] = {}
    for line in text.split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        folded = name.lower()
        if folded in given:
            return -1, False
        given[folded] = value.strip()
    length, host, media = (given.pop(name, "") for name in ("content-length", "host", "content-type"))
    connection = given.pop("connection", "keep-alive").lower()
    strange = [name for name in given if name not in _FREE and not name.startswith("x-clausewise")]
    certain = (
        not strange
        and _LENGTH.fullmatch(length)
        and _HOST.fullmatch(host)
        and _MEDIA.fullmatch(media)
        and connection in ("keep-alive", "close")
    )
    return (int(length) if certain else -1), connection == "close"
