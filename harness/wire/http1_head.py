"""Heads of HTTP/1 messages: status line, request line, headers, and what they say of the body (RFC 9112, RFC 9110).

Whatever can be read is read. What breaks the RFC on the way becomes an `Oddity`, never an exception.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

Headers = tuple[tuple[str, str], ...]

# Oddities kept of one rule; a message may have a million chunks with the same fault. All are counted.
KEPT_OF_A_RULE = 8
SHOWN_CHARS = 80  # of what stands there, in an oddity

# What a message can get wrong and still be read, or not be read on ("stop").
RULES = {
    "line-end": "a line ends in LF alone",
    "bare-cr": "a CR that does not end a line",
    "empty-line": "empty lines stand before the status line or request line",
    "status-line": "the first line is no status line (stop)",
    "request-line": "the first line is not method, target and version",
    "version": "the version is not HTTP/1.x",
    "status": "the status code is not three digits, or not from 100 to 599",
    "reason": "no space stands behind the status code (the phrase itself may be empty)",
    "header-line": "a header line has no colon, or the first one begins with a space",
    "header-name": "a header's name is no token",
    "header-value": "a header's value has a control character",
    "header-fold": "a header goes on on the next line",
    "content-length": "Content-Length is no number",
    "content-length-twice": "the same Content-Length stands there more than once",
    "content-length-conflict": "two Content-Length differ; the first is taken",
    "length-and-chunked": "both Content-Length and Transfer-Encoding; the length is passed over",
    "transfer-encoding": "a transfer coding other than one `chunked` at the end, or in HTTP/1.0",
    "length-without-body": "Content-Length or Transfer-Encoding in a 1xx or 204, which has no body",
    "chunk-size": "a chunk does not begin with its size in hexadecimal (stop, but for spaces around it)",
    "chunk-line": "the line of a chunk's size is too long (stop)",
    "chunk-end": "no line end stands behind a chunk's bytes (stop)",
    "head-truncated": "the connection ended within the head",
    "truncated": "the connection ended within the body",
    "leftover": "bytes come behind the end of the message",
    "content-encoding": "content is not of the coding that the head names, or the coding is unknown",
    "stray": "bytes came on the connection before the request was sent",
}

_BLANK = " \t"
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # CR and LF have rules of their own
_STATUS_LINE = re.compile(r"(HTTP/1\.\d) ([1-5]\d\d) (.*)", re.DOTALL)
_STATUS_PARTS = re.compile(r"(\S*)[ \t]*(\S*)([ \t]?)(.*)", re.DOTALL)
_REQUEST_LINE = re.compile(r"(\S+) (\S+) (HTTP/1\.\d)")
_VERSION = re.compile(r"HTTP/1\.\d")
_LENGTH = re.compile(r"[0-9]{1,18}")  # more digits than any body has bytes; int() of thousands of digits refuses


@dataclass(frozen=True, slots=True)
class Oddity:
    """What a message got wrong: the rule (`RULES`), what it asks for, and what stands there."""

    rule: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers as they came, Latin-1.

    Args:
        version: `HTTP/1.1` as it stands.
        status: the code; 0 where it is no number.
        reason: the phrase, may be empty.
        headers: names as written and values without the spaces around them, in order; folded lines joined by a space.
    """

    version: str
    status: int
    reason: str
    headers: Headers

    def values(self, name: str) -> tuple[str, ...]:
        """The values of every header of this name, in any case, in order."""
        return values(self.headers, name)

    def get(self, name: str) -> str | None:
        """The value of the first header of this name; None if there is none."""
        return next(iter(self.values(name)), None)


class Length(StrEnum):
    """How the end of a body is found."""

    NONE = "none"
    COUNTED = "counted"  # Content-Length
    CHUNKED = "chunked"
    CLOSE = "close"  # until the connection ends


@dataclass(frozen=True, slots=True)
class Extent:
    """How long a body is.

    Args:
        length: how its end is found.
        size: its bytes, where they are counted.
        sure: whether both sides must agree on it, so that what follows on the connection can be read.
    """

    length: Length
    size: int = 0
    sure: bool = True


class Oddities:
    """The oddities of one message, bounded."""

    __slots__ = ("counts", "kept")

    def __init__(self) -> None:
        self.kept: list[Oddity] = []
        self.counts: Counter[str] = Counter()

    def add(self, rule: str, expected: str, got: str | bytes) -> None:
        """Note one; beyond `KEPT_OF_A_RULE` of a rule they are only counted."""
        self.counts[rule] += 1
        if self.counts[rule] <= KEPT_OF_A_RULE:
            self.kept.append(Oddity(rule, expected, shown(got)))


def shown(got: str | bytes) -> str:
    """Readable, and not too long: bytes in Python's notation, a text as it is."""
    if isinstance(got, bytes):
        return repr(got[:SHOWN_CHARS])[1:] + (f" and {len(got) - SHOWN_CHARS} bytes more" * (len(got) > SHOWN_CHARS))
    return got


def values(headers: Headers, name: str) -> tuple[str, ...]:
    """The values of every header of a name, in any case, in order."""
    low = name.lower()
    return tuple(value for key, value in headers if key.lower() == low)


def lines(block: bytes, odd: Oddities) -> list[str]:
    """The lines of a block that ends in LF, without their ends, Latin-1."""
    found = block.decode("latin-1").split("\n")
    found.pop()
    for index, line in enumerate(found):
        if line.endswith("\r"):
            found[index] = line = line[:-1]
        else:
            odd.add("line-end", "CR LF", line.encode("latin-1") + b"\n")
        if "\r" in line:
            odd.add("bare-cr", "CR only before LF", line.encode("latin-1"))
    return found


def headers(found: list[str], odd: Oddities) -> Headers:
    """Read header lines; a line that is none is left out."""
    pairs: list[tuple[str, str]] = []
    for line in found:
        if line[:1] in (" ", "\t"):
            if not pairs:
                odd.add("header-line", "a header's name", line.encode("latin-1"))
                continue
            odd.add("header-fold", "one line for a header", line.encode("latin-1"))
            name, value = pairs[-1]
            pairs[-1] = (name, f"{value} {line.strip(_BLANK)}".strip(" "))  # RFC 9112 5.2: a space for the line end
            continue
        name, colon, value = line.partition(":")
        if not colon:
            odd.add("header-line", "name, colon, value", line.encode("latin-1"))
            continue
        if _TOKEN.fullmatch(name) is None:
            odd.add("header-name", "a token", name.encode("latin-1"))
            name = name.strip(_BLANK)
        value = value.strip(_BLANK)
        if _CONTROL.search(value) is not None:
            odd.add("header-value", "no control character", line.encode("latin-1"))
        pairs.append((name, value))
    return tuple(pairs)


def status_line(line: str, odd: Oddities) -> tuple[str, int, str]:
    """Read version, status (0: no number) and reason of a line that begins with HTTP/ in some case."""
    strict = _STATUS_LINE.fullmatch(line)
    if strict is not None:
        version, code, reason = strict.groups()
        return version, int(code), reason
    loose = _STATUS_PARTS.fullmatch(line)
    version, code, space, reason = loose.groups() if loose is not None else (line, "", "", "")
    raw = line.encode("latin-1")
    if _VERSION.fullmatch(version) is None:
        odd.add("version", "HTTP/1.0 or HTTP/1.1", version.encode("latin-1"))
    if not (len(code) == 3 and code.isascii() and code.isdigit() and "100" <= code <= "599"):
        odd.add("status", "three digits from 100 to 599", code.encode("latin-1") or raw)
    elif not line.startswith(f"{version} {code}"):
        odd.add("status", "one space before the status code", raw)
    if not space:
        odd.add("reason", "a space behind the status code", raw)
    return version, int(code) if _LENGTH.fullmatch(code) and code.isascii() else 0, reason


def request_line(line: str, odd: Oddities) -> tuple[str, str, str]:
    """Read method, target and version; a target may hold spaces, and a version may be absent."""
    strict = _REQUEST_LINE.fullmatch(line)
    if strict is not None:
        method, target, version = strict.groups()
        return method, target, version
    odd.add("request-line", "method, target and version", line.encode("latin-1"))
    method, _, rest = line.partition(" ")
    target, space, version = rest.rpartition(" ")
    if space and version[:5].upper() == "HTTP/":
        return method, target, version
    return method, rest, ""


def keeps_open(version: str, found: Headers) -> bool:
    """Whether the connection may be used again behind this message (RFC 9112 9.3)."""
    options = {one.strip().lower() for value in values(found, "connection") for one in value.split(",")}
    if "close" in options:
        return False
    return version not in ("HTTP/1.0", "HTTP/0.9", "") or "keep-alive" in options


def response_extent(head: Head, method: str, odd: Oddities) -> Extent:
    """How long a response's body is (RFC 9112 6.3)."""
    framed = head.values("content-length") or head.values("transfer-encoding")
    if 100 <= head.status < 200 or head.status == 204:
        if framed:
            odd.add("length-without-body", f"neither length nor transfer coding in a {head.status}", framed[0])
        return Extent(Length.NONE)
    if method.upper() == "HEAD" or head.status == 304 or (method.upper() == "CONNECT" and 200 <= head.status < 300):
        return Extent(Length.NONE)
    return _extent(head.headers, head.version, odd) or Extent(Length.CLOSE)


def request_extent(found: Headers, version: str, odd: Oddities) -> Extent:
    """How long a request's body is; `CLOSE` where nobody can tell."""
    return _extent(found, version, odd) or Extent(Length.NONE)


def _extent(found: Headers, version: str, odd: Oddities) -> Extent | None:
    """What length and transfer coding say; None where neither stands there."""
    codings = [one.strip().lower() for value in values(found, "transfer-encoding") for one in value.split(",")]
    lengths = values(found, "content-length")
    if codings:
        if codings != ["chunked"] or version == "HTTP/1.0":
            odd.add("transfer-encoding", "chunked, in HTTP/1.1", f"{', '.join(codings)} in {version}")
        if lengths and codings != ["identity"]:
            odd.add("length-and-chunked", "one of Content-Length and Transfer-Encoding", f"both, {lengths[0]!r}")
        if codings[-1] == "chunked":
            return Extent(Length.CHUNKED, sure=codings == ["chunked"] and not lengths)
        if codings != ["identity"]:  # which RFC 2616 had: no coding at all
            return Extent(Length.CLOSE, sure=False)
    if not lengths:
        return None
    told = [one.strip() for value in lengths for one in value.split(",")]
    if any(_LENGTH.fullmatch(one) is None for one in told):
        odd.add("content-length", "digits", ", ".join(lengths)[:SHOWN_CHARS])
        return Extent(Length.CLOSE, sure=False)
    same = len({int(one) for one in told}) == 1
    if len(told) > 1:
        odd.add(
            f"content-length-{'twice' if same else 'conflict'}", "one Content-Length", ", ".join(told)[:SHOWN_CHARS]
        )
    return Extent(Length.COUNTED, int(told[0]), sure=same)
