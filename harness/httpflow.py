"""The action of HTTP flows: one request and its response, as values. See `harness.flow` for who performs actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.flow import Action
from harness.http.exchanged import Exchanged
from harness.http.turn import Sink
from harness.wire.http1 import Request, encode


@dataclass(frozen=True, slots=True)
class Answered:
    """What an exchange gave. `sink` has seen the body if one was asked for; `step` is the response's place in the transcript."""

    exchanged: Exchanged
    sink: Sink | None
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange(Action[Answered]):
    """Send a request on the connection called `link`, which is opened where it is not open, and take the whole response.

    Attributes:
        deadline_s: seconds for all of it; the target's timeout if None.
        sink: makes what takes the body as it comes, for bodies of any size; without it the body is collected.
        plain: write the bytes as they are, also where no HTTP library would send them.
    """

    link: str
    interface: str
    request: Request
    deadline_s: float | None = None
    sink: Callable[[], Sink] | None = None
    plain: bool = False


def same_request(sent: bytes, request: Request) -> bool:
    """Whether these bytes are the request; header fields that an HTTP library adds of itself do not count."""
    if sent == encode(request):
        return True
    head, _, body = sent.partition(b"\r\n\r\n")
    own, _, own_body = encode(request).partition(b"\r\n\r\n")
    (first, *fields), (own_first, *own_fields) = head.split(b"\r\n"), own.split(b"\r\n")
    return first == own_first and body == own_body and {*own_fields} <= {*fields}
