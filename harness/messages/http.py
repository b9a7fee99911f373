"""The binding of HTTP interfaces: calls as query strings, and what the bytes of a request may do to a device."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from harness.ending import Ending
from harness.messages.binding import Plain
from harness.messages.reply import Call, Reply
from harness.spec.model import Effect, Operation, System
from harness.wire.http1 import Request, encode
from harness.wire.http1_framing import ResponseFramer, read_requests

# RFC 9110, 9.2.1: what is safe by definition. Others are not documented here, and a device may take them for what their names say.
_EFFECTS = {
    "GET": Effect.READ,
    "HEAD": Effect.READ,
    "OPTIONS": Effect.READ,
    "TRACE": Effect.READ,
    "PUT": Effect.DESTRUCTIVE,
    "DELETE": Effect.DESTRUCTIVE,
}
_STRENGTH = list(Effect)
# A method that is not documented to be harmless, and a target behind it, also behind other bytes.
_HIDDEN = re.compile(rb"(?i)(PUT|DELETE)\s+(?:[/*]|\S*://|\S*\s+HTTP/)")
AGENT = "clausewise"


def query_of(pairs: Sequence[tuple[str, str]]) -> str:
    """Names and values as a query string; everything but unreserved characters is escaped (RFC 3986, 2.3)."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def request_to(
    host: str,
    path: str,
    pairs: Sequence[tuple[str, str]],
    *,
    method: str = "GET",
    headers: Sequence[tuple[str, str]] = (),
    body: bytes = b"",
) -> Request:
    """A request with the header fields that every request has and these."""
    target = f"{path}?{query_of(pairs)}" if pairs else path
    given = {name.lower() for name, _ in headers}
    base = [(name, value) for name, value in (("Host", host), ("User-Agent", AGENT)) if name.lower() not in given]
    length = [("Content-Length", str(len(body)))] if body and "content-length" not in given else []
    return Request(method=method, target=target, headers=(*base, *headers, *length), body=body)


def selector_value(operation: Operation, name: str, reading: str | None = None) -> str:
    """How a request names the operation, under a reading where there are several."""
    request = operation.request
    if request is None:
        return name
    if request.values:
        return request.values[reading or next(iter(request.values))]
    return request.value or name


class HttpBinding(Plain):
    """See `harness.messages.binding.Binding`. Values of a call are `name=value`, in any order."""

    def __init__(self, system: System, host: str = "localhost") -> None:
        self.system = system
        self._host = host

    def framer(self) -> ResponseFramer:
        """A new framer for one connection."""
        return ResponseFramer()

    def unfinished(self, data: bytes) -> bytes:
        """See `harness.messages.binding.Binding`."""
        return read_requests(data)[1]

    def requests(self, data: bytes) -> int:
        """See `harness.messages.binding.Binding`."""
        return len(read_requests(data)[0])

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:  # noqa: ARG002
        """A request; every character of a value that could be escaped is."""
        known = self.system.operations[operation]
        if known.request is None:
            raise ValueError(f"{operation} is not asked for over HTTP")
        pairs = [(known.request.selector, selector_value(known, operation))]
        pairs += [(name, value) for name, _, value in (text.partition("=") for text in values)]
        data = encode(request_to(self._host, known.request.path, pairs))
        return Call(operation=operation, values=tuple(values), typed=tuple(values)), data

    def reply(self, call: Call, raw: bytes, ending: Ending, step: int) -> Reply:
        """What came, as far as all protocols have it: whether it is a success, and its status as the code."""
        if ending is not Ending.ANSWERED:
            return Reply(call=call, ending=ending, raw=raw, step=step)
        parts = raw.split(b" ", 2)
        code = parts[1].decode("latin-1") if len(parts) > 2 and parts[0].startswith(b"HTTP/") else ""
        text = raw.decode("utf-8", "replace")
        ok = {"200": True}.get(code, False) if code else None
        return Reply(call=call, ending=ending, raw=raw, text=text, ok=ok, code=code, step=step)

    def effect(self, data: bytes) -> tuple[Effect, str]:
        """The strongest effect of any request that a device could possibly see in `data`, and the method that has it.

        Deliberately generous: a method counts wherever a line begins with it, in whatever letter case, also behind a bare CR or LF.
        """
        lines = data.replace(b"\r", b"\n").split(b"\n")
        # Who counts the bytes of bodies finds requests also where no line begins.
        whole, rest = read_requests(data)
        lines += [one.lstrip(b"\r\n").partition(b"\n")[0] for one in (*(one.raw for one in whole), rest)]
        return max((_effect(line) for line in lines), key=lambda found: _STRENGTH.index(found[0]))


def _effect(line: bytes) -> tuple[Effect, str]:
    """What a request line may do; a line that is none does nothing."""
    words = line.split(None, 1)
    if len(words) < 2 or b":" in words[0]:  # no method has a colon, a header field begins with one behind its name
        return Effect.READ, ""
    hidden = _HIDDEN.search(line)  # where a body ends, as the device counts its bytes, another request may begin
    if hidden is not None:
        return Effect.DESTRUCTIVE, hidden[1].decode("ascii").upper()
    if not (words[1][:1] in (b"/", b"*") or b"HTTP/" in words[1].upper() or b"://" in words[1]):
        return Effect.READ, ""
    method = words[0].decode("latin-1").upper()
    return _EFFECTS.get(method, Effect.WRITE), method
