"""HTTP messages as mutants take them apart and put them together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from harness.http.content import decoded_body
from harness.mutation.framing import method_and_target
from harness.wire.http1 import Headers, ResponseReader

REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 500: "Internal Server Error"}
_FRAMING = ("content-length", "transfer-encoding", "content-encoding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response. `body` is without transfer and content coding; what is written has a Content-Length."""

    status: int
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""
    version: str = "HTTP/1.1"

    def with_(self, **changes: object) -> Self:
        """The same with other parts."""
        return replace(self, **changes)  # type: ignore[arg-type]  # the fields are checked where it is called

    def field(self, name: str) -> str | None:
        """The value of a header field, the first of several."""
        return next((value for field, value in self.headers if field.lower() == name.lower()), None)

    def with_field(self, name: str, value: str | None) -> Self:
        """The same with another value of a header field; None: without it."""
        kept = tuple(one for one in self.headers if one[0].lower() != name.lower())
        return self.with_(headers=(*kept, *([(name, value)] if value is not None else [])))

    def head(self, *, length: bool = True) -> bytes:
        """Status line and header fields, and the empty line behind them."""
        reason = self.reason or REASONS.get(self.status, "Something")
        fields = [*self.headers, *([("Content-Length", str(len(self.body)))] if length else [])]
        lines = [f"{self.version} {self.status} {reason}", *(f"{name}: {value}" for name, value in fields), "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def raw(self) -> bytes:
        """As it stands on the wire."""
        return self.head() + self.body


@lru_cache(maxsize=4)
def read_answer(raw: bytes, method: str = "GET") -> Answer | None:
    """A whole response, taken apart; None if it is none."""
    reader = ResponseReader(method)
    reader.feed(raw)
    reader.eof()
    if reader.head is None or not reader.done:
        return None
    head = reader.head
    body = decoded_body(head, b"".join(bytes(piece) for piece in reader.take())).data
    fields = tuple(one for one in head.headers if one[0].lower() not in _FRAMING)
    return Answer(status=head.status, reason=head.reason, headers=fields, body=body)


def chunked(answer: Answer, pieces: Sequence[bytes]) -> bytes:
    """A response whose body comes in chunks."""
    head = answer.with_field("Transfer-Encoding", "chunked").head(length=False)
    return head + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"


def with_target(request: bytes, target: str) -> bytes:
    """A request with another target."""
    _, old = method_and_target(request)
    return request.replace(old.encode("latin-1"), target.encode("latin-1"), 1) if old else request
