"""The test that every decoder passes: whole, one byte at a time, with the next message behind it (STYLE.md, R4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar


class Decoder(Protocol):
    """Bytes in; messages come out of one method named `next_...`, None where more bytes are needed."""

    @property
    def leftover(self) -> bytes: ...

    def feed(self, data: bytes, /) -> None: ...


D = TypeVar("D", bound=Decoder)


def drain(decoder: Decoder) -> Iterator[object]:
    """Take all messages that are whole, by the decoder's one `next_...` method."""
    (name,) = (name for name in dir(decoder) if name.startswith("next_"))
    take: Callable[[], object | None] = getattr(decoder, name)
    while (message := take()) is not None:
        yield message


def feed_and_drain(decoder: Decoder, data: bytes) -> list[object]:
    """Feed once and take all messages that are whole."""
    decoder.feed(data)
    return list(drain(decoder))


def assert_decodes(
    make: Callable[[], D], wire: bytes, expected: Sequence[object], *, tail: bytes | None = None
) -> None:
    """The same answer whole, byte by byte, and with the start of another message behind it.

    Args:
        make: gives a new decoder.
        wire: whole messages.
        expected: what they decode to.
        tail: the start of another message, not a whole one; the first byte of `wire` where it is None.
    """
    tail = wire[:1] if tail is None else tail
    whole, drip, trailing = make(), make(), make()
    assert list(expected) == feed_and_drain(whole, wire), "whole"
    assert list(expected) == [got for byte in wire for got in feed_and_drain(drip, bytes([byte]))], "byte by byte"
    assert list(expected) == feed_and_drain(trailing, wire + tail), "with the start of another message behind"
    assert (b"", b"", tail) == (whole.leftover, drip.leftover, trailing.leftover)
