"""What the engine needs to know of a protocol: how calls become bytes, where messages end, what bytes may do, what replies mean.

A binding belongs to one interface of one system. Engine, exchange and permit know this interface and no protocol;
`harness.messages.registry` names the bindings that there are.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any, Protocol, runtime_checkable

from harness.ending import Ending
from harness.flow import Action
from harness.messages.reply import Call, Reply
from harness.spec.model import Effect, System


class Framer(Protocol):
    """Cuts what comes on one connection into messages; sans-I/O and bounded."""

    @property
    def leftover(self) -> bytes:
        """What has come since the last whole message."""

    def feed(self, data: bytes) -> None:
        """Take more bytes."""

    def next_message(self) -> bytes | None:
        """The next whole message as it stood on the wire, terminator included; None asks for more bytes.

        Raises:
            FramingError: the end cannot be found, or the message is longer than may be.
        """


@runtime_checkable
class Settling(Framer, Protocol):
    """A framer of messages that may be whole although their terminator has not come."""

    @property
    def pending(self) -> bool:
        """Whether such a message is at the front."""

    def take_pending(self) -> bytes | None:
        """That message; None if there is none."""


class Binding(Protocol):
    """One interface of one system."""

    @property
    def system(self) -> System:
        """The system's spec."""

    def framer(self) -> Framer:
        """A new framer for one connection."""

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:
        """A request and its bytes; `quoted` chooses the longest of the protocol's spellings of each value."""

    def reply(self, call: Call, raw: bytes, ending: Ending, step: int) -> Reply:
        """Read what came under every reading of the format."""

    def effect(self, data: bytes) -> tuple[Effect, str]:
        """The strongest effect that any device could see in these bytes, and the operation that has it."""

    def unfinished(self, data: bytes) -> bytes:
        """What of the bytes sent on a connection a device still waits for the rest of."""

    def requests(self, data: bytes) -> int:
        """How many requests end in these bytes; for the target's rate."""

    def reveal(self, data: bytes) -> bytes:
        """What leaves for the device where a flow has sent `data`: the secrets that flows only know by stand-ins are put in."""

    def hide(self, data: bytes) -> bytes:
        """What flows and transcripts see of what a device has sent; the reverse of `reveal`."""

    def prepare(self, link: str) -> Coroutine[Action[Any], Any, None]:
        """A flow that makes a fresh connection ready for calls, where a protocol asks for that before anything else."""

    def farewell(self, link: str) -> Coroutine[Action[Any], Any, bool]:
        """A flow that ends what `prepare` began; gives whether the connection is of no more use."""


class Plain:
    """What bindings without secrets and without sessions have in common."""

    def reveal(self, data: bytes) -> bytes:
        """See `Binding`."""
        return data

    def hide(self, data: bytes) -> bytes:
        """See `Binding`."""
        return data

    async def prepare(self, link: str) -> None:
        """See `Binding`."""

    async def farewell(self, link: str) -> bool:  # noqa: ARG002
        """See `Binding`."""
        return False
