"""What a device has sent by itself: one HTTP request with a call of its own, as values. Nothing here is judged yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from harness.ending import Ending
from harness.hearing import Caught
from harness.messages.reply import readable
from harness.wire.http1 import Request
from harness.wire.http1_framing import read_requests
from harness.wire.http1_head import Oddity
from harness.wire.xmlrpc import Message, MessageKind, Value, read
from harness.wire.xmlrpc_values import Plain


@dataclass(frozen=True, kw_only=True)  # no slots: the message is read once
class Heard:
    """One message, or the beginning of one.

    Attributes:
        request: that carried it; None if it did not come as a whole.
        at_s: when it had come, in seconds since the case began.
        step: its place in the transcript.
    """

    raw: bytes
    ending: Ending
    at_s: float
    step: int
    request: Request | None = None
    oddities: tuple[Oddity, ...] = ()

    @property
    def greeting(self) -> bool:
        """Whether it is how a client begins to speak TLS, after which no request came."""
        return self.request is None and self.raw[:1] == b"\x16"

    @cached_property
    def message(self) -> Message:
        """The body as XML-RPC."""
        return read(self.request.body) if self.request is not None else Message()

    @property
    def method(self) -> str:
        """The method that is called, "" if none is."""
        return self.message.method if self.message.kind is MessageKind.CALL else ""

    @property
    def struct(self) -> Value:
        """The struct that it carries; of kind `NONE` if there is none."""
        return self.message.struct

    def value(self, path: str, default: Plain = None) -> Plain:
        """The value at a path from the struct, in Python's types."""
        found = self.message.find(path)
        return default if found is None else found.plain()

    def texts(self, path: str) -> list[str]:
        """The texts of an array; none if there is no such array."""
        found = self.value(path)
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

    def describe(self) -> str:
        """What came, for people, in one line."""
        if self.request is None:
            return f"{readable(self.raw)}, and then {self.ending}"
        return f"{self.request.method} {self.request.target}: {readable(self.request.body)}"


def heard_of(caught: Caught) -> Heard:
    """What a wait has given."""
    found = read_requests(caught.data)[0] if caught.ending is Ending.ANSWERED else []
    return Heard(
        raw=caught.data, ending=caught.ending, at_s=caught.at_s, step=caught.step,
        request=found[0].request if found else None, oddities=found[0].oddities if found else (),
    )  # fmt: skip
