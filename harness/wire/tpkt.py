"""Packets with the header of RFC 1006: version 3, a reserved 0, a length of two bytes that counts the header's four too.

    payload --encode--> bytes --TpktDecoder--> payload

A header that breaks a rule leaves no way to find the next packet, so it ends the stream: `FramingError` names the rule
(`version`, `reserved` or `length`) and the place of the byte that breaks it, as soon as that byte has come, and says the same
however the bytes arrived. A packet without payload is a packet. What the payload holds is not looked at.
"""

from __future__ import annotations

import struct

from harness.errors import FramingError
from harness.wire.buffer import ReceiveBuffer

VERSION = 3  # RFC 1006, section 6: vrsn
HEADER_BYTES = 4
LONGEST = 0xFFFF  # bytes of a packet with its header: what two bytes can say
LONGEST_PAYLOAD = LONGEST - HEADER_BYTES

_HEADER = struct.Struct(">BBH")
_START = bytes((VERSION, 0))


def encode(payload: bytes) -> bytes:
    """A payload to a packet.

    Raises:
        ValueError: the payload has more than `LONGEST_PAYLOAD` bytes.
    """
    size = len(payload)
    if size > LONGEST_PAYLOAD:
        raise ValueError(f"payload: expected at most {LONGEST_PAYLOAD} bytes, got {size}")
    return _HEADER.pack(VERSION, 0, size + HEADER_BYTES) + payload


def header(length: int, *, version: int = VERSION, reserved: int = 0) -> bytes:
    """Any header, for those who send a wrong one on purpose; `length` stands in it as given, so it should count these four bytes.

    Raises:
        ValueError: a number does not fit into its bytes.
    """
    try:
        return _HEADER.pack(version, reserved, length)
    except struct.error as error:
        got = f"got {version}, {reserved} and {length}"
        raise ValueError(f"header: expected version and reserved of one byte and length of two, {got}") from error


class _Packets:
    """Packets as they come, each with its header."""

    __slots__ = ("_buffer", "_failed", "_longest")

    def __init__(self, longest: int = LONGEST) -> None:
        if not HEADER_BYTES <= longest <= LONGEST:
            raise ValueError(f"longest: expected {HEADER_BYTES} to {LONGEST} bytes, got {longest}")
        self._longest = longest
        self._buffer = ReceiveBuffer(longest)
        self._failed = False

    @property
    def leftover(self) -> bytes:
        """Bytes held of packets not yet taken; after an error they begin with the header that breaks a rule."""
        return self._buffer.peek(len(self._buffer))

    @property
    def offset(self) -> int:
        """Bytes from the start of the stream to the first one of `leftover`."""
        return self._buffer.offset

    def feed(self, data: bytes) -> None:
        """Add received bytes.

        Raises:
            FramingError: it was raised before; the bytes are dropped.
        """
        if self._failed:
            self._take()
        self._buffer.append(data)

    def _take(self) -> bytes | None:
        """Take the first packet; None if it is not whole.

        Raises:
            FramingError: its header breaks a rule.
        """
        buffer = self._buffer
        first = buffer.peek(HEADER_BYTES)
        if len(first) == HEADER_BYTES and first.startswith(_START):
            size = (first[2] << 8) + first[3]
            if HEADER_BYTES <= size <= self._longest:
                return buffer.take(size) if len(buffer) >= size else None
        error = _broken(first, buffer.offset, self._longest)
        if error is not None:
            self._failed = True
            raise error
        return None


class TpktDecoder(_Packets):
    """Bytes to payloads; any split of the bytes gives the same ones.

    A caller that takes all packets after each `feed` makes it hold less than one packet and what it fed last.

    Args:
        longest: bytes that a packet may have with its header, `HEADER_BYTES` to `LONGEST`; a longer one breaks `length`.

    Raises:
        ValueError: `longest` is not within these.
    """

    __slots__ = ()

    def next_packet(self) -> bytes | None:
        """Take the payload of the first whole packet, b"" where it has none; None asks for more bytes.

        Raises:
            FramingError: the next header breaks a rule. Packets before it are given first; after it the decoder stays
                failed and raises the same again.
        """
        packet = self._take()
        return None if packet is None else packet[HEADER_BYTES:]


class PacketFramer(_Packets):
    """Packets as messages, header included; see `harness.messages.binding.Framer`. Otherwise as `TpktDecoder`."""

    __slots__ = ()

    def next_message(self) -> bytes | None:
        """The next packet as it stood on the wire; None asks for more bytes.

        Raises:
            FramingError: as `TpktDecoder.next_packet`.
        """
        return self._take()


def split(data: bytes) -> tuple[list[bytes], bytes]:
    """The payloads of the whole packets that bytes begin with, and the rest: part of a packet, or from a broken header on."""
    payloads, start, end = [], 0, len(data)
    while start + HEADER_BYTES <= end:
        version, reserved, size = _HEADER.unpack_from(data, start)
        if version != VERSION or reserved or size < HEADER_BYTES or start + size > end:
            break
        payloads.append(data[start + HEADER_BYTES : start + size])
        start += size
    return payloads, data[start:]


def begins_packet(data: bytes) -> bool:
    """Whether bytes are the beginning of a packet that is longer, so that no rule is broken yet."""
    longer = len(data) < HEADER_BYTES or int.from_bytes(data[2:HEADER_BYTES], "big") > len(data)
    return longer and data[:2] == bytes((VERSION, 0))[: len(data)]


def _broken(first: bytes, offset: int, longest: int) -> FramingError | None:
    """The first rule that the begin of a header breaks, if it does.

    Args:
        first: at most its four bytes.
        offset: bytes from the start of the stream to them.
    """
    if first and first[0] != VERSION:
        return FramingError("version", offset=offset, expected=f"{VERSION:02x}", got=_shown(first[0]))
    if len(first) > 1 and first[1]:
        return FramingError("reserved", offset=offset + 1, expected="00", got=_shown(first[1]))
    if len(first) < HEADER_BYTES:
        return None
    size = int.from_bytes(first[2:], "big")
    if HEADER_BYTES <= size <= longest:
        return None
    expected = f"{HEADER_BYTES} to {longest}, these {HEADER_BYTES} bytes of the header included"
    return FramingError("length", offset=offset + 2, expected=expected, got=f"{size} ({first[2:].hex(' ')})")


def _shown(byte: int) -> str:
    """A byte for people."""
    return f"{byte:02x} ({chr(byte)!r})" if 0x20 < byte < 0x7F else f"{byte:02x}"
