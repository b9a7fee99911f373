"""What HTTP makes of bytes that were sent: whole requests, as far as RFC 9112 makes them certain, with path and query.

Written for the fuzzer alone: only what every server must read in one way counts as a request here. Everything else is not HTTP, and
nothing on its connection is certain any more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

# RFC 9112, 3: a server should take request lines of 8,000 bytes; many take fewer. Of so long ones none may be refused.
LONG_TARGET: Final = 1900
LONG_HEAD: Final = 4000
MANY_HEADERS: Final = 50

_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!-~]+) (HTTP/1\.[01])")
_HEADER = re.compile(
    rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[!-~\x80-\xff](?:[ \t!-~\x80-\xff]*[!-~\x80-\xff])?)?)[ \t]*"
)
_TARGET = re.compile(
    rb"(/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*)(?:\?((?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*))?"
)
_HOST = re.compile(rb"[A-Za-z0-9\-._~]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")
# Fields that change nothing about a request for a document that is made when it is asked for, or nothing but the connection or the coding.
_HARMLESS: Final = re.compile(
    rb"user-agent|accept|accept-language|accept-encoding|connection|keep-alive|cookie|referer|from|dnt|pragma|cache-control|x-[!-~]+|via",
    re.IGNORECASE,
)
_METHODS: Final = frozenset((b"GET", b"HEAD"))
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9\-._~!$'()*,:@/%]*")


@dataclass(frozen=True, kw_only=True)  # no slots: some are worked out once
class Pair:
    """One part of a query between ampersands.

    Attributes:
        name, value: decoded; a plus sign stays one.
        odd: what it means is open.
    """

    name: str
    value: str
    raw_name: str
    raw_value: str
    odd: bool

    @staticmethod
    def decoded(text: str) -> str:
        """Percent escapes undone; what is no UTF-8 becomes U+FFFD."""
        return _ESCAPE.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "replace"), text)

    @cached_property
    def folded(self) -> str:
        """Everything that some reader may find a name in, in lower case."""
        return f"{self.name} {self.raw_name} {self.decoded(self.name)} {self.value if self.odd else ''} {self.raw_value if self.odd else ''}".lower()


_ESCAPE = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A request that is well-formed HTTP.

    Attributes:
        plain: nothing about its query is open beyond its parts.
        strange: its target is no URI; a server may read it all the same.
        any_error: a server may refuse it for reasons of HTTP.
        anything: HTTP has other answers to it.
        may_close: and end the connection.
    """

    raw: bytes
    method: str
    path: str
    query: str
    plain: bool = True
    strange: bool = False
    any_error: bool = False
    anything: bool = False
    may_close: bool = False


def pairs_of(query: str) -> list[Pair]:
    """The parts of a query."""
    found = []
    if not query:
        return []
    for part in query.split("&"):
        raw_name, equals, raw_value = part.partition("=")
        name, value = Pair.decoded(raw_name), Pair.decoded(raw_value)
        odd = (
            not equals
            or not name
            or name != raw_name
            or not name.isidentifier()
            or not name.isascii()
            or not _PLAIN_VALUE.fullmatch(raw_value)
            or "\ufffd" in value
            or not (value.isprintable() or not value)
            or "%" in value  # escaped twice
            or _UNRESERVED_ESCAPED.search(raw_value) is not None
        )
        # What is odd about a value only is for those who know what it may be.
        hard = (
            not equals
            or not name
            or name != raw_name
            or not name.isidentifier()
            or not name.isascii()
            or ";" in raw_value
        )
        found.append(
            Pair(
                name=name,
                value=value if not odd or hard else _soft(value, raw_value),
                raw_name=raw_name,
                raw_value=raw_value,
                odd=hard,
            )
        )
    return found


def _soft(value: str, raw: str) -> str:
    """A value of which is open what it says: as a text that no list of words and no grammar of numbers is sure about."""
    return value if _is_sure(value, raw) else f"\x01{value}"


_UNRESERVED_ESCAPED = re.compile(r"%(?:2[DE]|3[0-9]|[46][1-9A-F]|5[0-9AF]|7[0-9AE])", re.IGNORECASE)


def _is_sure(value: str, raw: str) -> bool:
    """Of a letter or digit as an escape a device should know what it means (CDS-REQ-004), no more."""
    return (
        not _UNRESERVED_ESCAPED.search(raw)
        and bool(value)
        and value.isascii()
        and value.isprintable()
        and "+" not in raw
        and "%" not in value
        and value == value.strip()
    )


def requests_of(data: bytes) -> tuple[list[Line | bytes], bytes]:
    """The requests in what was sent, and the beginning of one that is not whole; bytes stand for what is not certainly a request.

    What follows such bytes belongs to them: where they end is not certain.
    """
    found: list[Line | bytes] = []
    while data:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            if _may_begin(data):
                return found, data
            found.append(data)
            return found, b""
        line = _line(data[: end + 4])
        if line is None:
            found.append(data)
            return found, b""
        found.append(line)
        data = data[end + 4 :]
    return found, b""


_BEGIN = re.compile(rb"[A-Z]{0,7}(?: (?:/[!-~]*(?: (?:H(?:T(?:T(?:P(?:/(?:1(?:\.(?:[01])?)?)?)?)?)?)?)?)?)?)?\r?")


def _may_begin(data: bytes) -> bool:
    """Whether these bytes may be the beginning of a well-formed request; if not, an answer may come before its end."""
    lines = data.split(b"\r\n")
    if not _BEGIN.fullmatch(lines[0]) or (len(lines) > 1 and not _LINE.fullmatch(lines[0])):
        return False
    return all(_HEADER.fullmatch(line) for line in lines[1:-1]) and b"\n" not in lines[-1] and len(data) < LONG_HEAD


def _line(block: bytes) -> Line | None:
    """One request without a body; None if it is none that every server reads alike."""
    first, *rest = block[:-4].split(b"\r\n")
    match = _LINE.fullmatch(first)
    if match is None:
        return None
    method, target, version = match.groups()
    hosts, open_, closing = [], False, False
    for row in rest:
        header = _HEADER.fullmatch(row)
        if header is None:
            return None
        name, value = header[1].lower(), header[2]
        if name == b"host":
            hosts.append(value)
        elif name == b"content-length" and value == b"0":
            open_ = True
        elif name in (b"content-length", b"transfer-encoding", b"upgrade", b"http2-settings"):
            return None
        elif (
            not _HARMLESS.fullmatch(name)
            or not value.isascii()
            or (name in (b"accept", b"accept-language") and value not in (b"*/*", b"text/xml", b""))
            or (name == b"accept-encoding" and b"q=0" in value.replace(b" ", b""))
        ):
            open_ = True
        closing = closing or name == b"connection"
    names = [row.partition(b":")[0].lower() for row in rest]
    if len(set(names)) < len(names):
        open_ = True
    if len(hosts) > 1 or (version == b"HTTP/1.1" and not hosts) or any(not _HOST.fullmatch(host) for host in hosts):
        return None
    parts = _TARGET.fullmatch(target)
    strange = parts is None
    path = (parts[1] if parts else target.partition(b"?")[0]).decode("latin-1")
    query = (parts[2] or b"" if parts else b"").decode("latin-1")
    long = len(target) > LONG_TARGET or len(block) > LONG_HEAD or len(rest) > MANY_HEADERS
    other = method not in _METHODS
    return Line(
        raw=block,
        method=method.decode("latin-1"),
        path=path,
        query=query,
        plain=";" not in query and "?" not in query,
        strange=strange,
        any_error=strange or long or b"%00" in target,
        anything=open_ or other or method == b"HEAD",
        may_close=strange or long or other or open_ or b"%00" in target,
    )
