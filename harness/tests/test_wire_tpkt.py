from __future__ import annotations

import contextlib
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import FramingError
from harness.messages.binding import Framer
from harness.tests.decoding import assert_decodes, drain, feed_and_drain
from harness.wire.tpkt import (
    HEADER_BYTES,
    LONGEST,
    LONGEST_PAYLOAD,
    PacketFramer,
    TpktDecoder,
    encode,
    header,
    split,
)

PAYLOADS = st.lists(st.binary(max_size=40), max_size=8)


def cut(wire: bytes, places: list[int]) -> list[bytes]:
    """The bytes in pieces, empty ones too."""
    ends = [0, *sorted(place % (len(wire) + 1) for place in places), len(wire)]
    return [wire[start:end] for start, end in pairwise(ends)]


def failure(pieces: list[bytes], longest: int = LONGEST) -> tuple[list[object], FramingError]:
    """What comes before the error, and the error, which must come."""
    decoder = TpktDecoder(longest)
    found: list[object] = []
    with pytest.raises(FramingError) as caught:  # noqa: PT012 - the piece that raises depends on the split
        for piece in pieces:
            decoder.feed(piece)
            found.extend(drain(decoder))  # keeps what came before the error
    with pytest.raises(FramingError) as fed:
        decoder.feed(encode(b""))
    with pytest.raises(FramingError) as again:
        decoder.next_packet()
    assert str(caught.value) == str(fed.value) == str(again.value)
    return found, caught.value


def test_the_length_counts_the_four_bytes_of_the_header() -> None:
    """General Information, item 4: 03 00 + length, length = byte3 * 256 + byte4, header included."""
    assert b"\x03\x00\x00\x08<a/>" == encode(b"<a/>")
    assert b"\x03\x00\x02\x01" == encode(b"a" * 509)[:4]
    assert_decodes(TpktDecoder, b"\x03\x00\x00\x08<a/>\x03\x00\x00\x04\x03\x00\x00\x05b", [b"<a/>", b"", b"b"])


def test_a_framer_gives_packets_as_they_stood_on_the_wire() -> None:
    wire = b"\x03\x00\x00\x08<a/>\x03\x00\x00\x04\x03\x00\x00\x05b"
    assert_decodes(PacketFramer, wire, [wire[:8], wire[8:12], wire[12:]], tail=b"\x03\x00\x00\x05")
    framer: Framer = PacketFramer()
    framer.feed(b"\x03\x00\x00\x08<a")
    assert (framer.next_message(), framer.leftover) == (None, b"\x03\x00\x00\x08<a")


def test_the_longest_packet_is_read_and_a_longer_one_is_not_written() -> None:
    payload = bytes(range(256)) * 255 + bytes(251)
    assert len(payload) == LONGEST_PAYLOAD == 65_531
    wire = encode(payload)
    assert (b"\x03\x00\xff\xff", LONGEST) == (wire[:4], len(wire))
    decoder = TpktDecoder()
    assert [] == feed_and_drain(decoder, wire[:-1])
    assert [payload] == feed_and_drain(decoder, wire[-1:])
    with pytest.raises(ValueError, match="at most 65531 bytes, got 65532"):
        encode(payload + b"x")


@given(PAYLOADS, st.lists(st.integers(0, 400), max_size=12))
def test_any_split_gives_the_same_packets(payloads: list[bytes], places: list[int]) -> None:
    wire = b"".join(map(encode, payloads))
    decoder, framer = TpktDecoder(), PacketFramer()
    pieces = cut(wire, places)
    assert payloads == [packet for piece in pieces for packet in feed_and_drain(decoder, piece)]
    assert [*map(encode, payloads)] == [packet for piece in pieces for packet in feed_and_drain(framer, piece)]
    assert (b"", len(wire)) == (decoder.leftover, decoder.offset)


@given(PAYLOADS, st.binary(max_size=30), st.integers(0, 40))
def test_what_is_not_whole_is_left_over(payloads: list[bytes], last: bytes, kept: int) -> None:
    wire, part = b"".join(map(encode, payloads)), encode(last)
    part = part[: min(kept, len(part) - 1)]
    decoder = TpktDecoder()
    assert payloads == feed_and_drain(decoder, wire + part)
    assert (part, len(wire)) == (decoder.leftover, decoder.offset)
    assert (payloads, part) == split(wire + part)


def first_wrong(head: bytes) -> tuple[str, int] | None:
    """The rule that a whole header breaks and the byte's place, by another way than the codec's."""
    if head[0] != 3:
        return "version", 0
    if head[1] != 0:
        return "reserved", 1
    return ("length", 2) if int.from_bytes(head[2:]) < 4 else None


@pytest.mark.slow
@given(
    PAYLOADS,
    st.binary(min_size=4, max_size=4) | st.builds(header, st.integers(0, 3)) | st.builds(header, st.just(9), reserved=st.integers(0, 255)),
    st.lists(st.integers(0, 400), max_size=12),
)  # fmt: skip
def test_every_wrong_header_names_its_rule_and_its_byte(payloads: list[bytes], head: bytes, places: list[int]) -> None:
    """The first byte that breaks a rule is told, however the bytes were cut, and packets before it are not lost."""
    wire = b"".join(map(encode, payloads))
    wrong = first_wrong(head)
    if wrong is None:
        assert payloads == feed_and_drain(TpktDecoder(), wire + head)[: len(payloads)]
        return
    found, error = failure(cut(wire + head + b"more", places))
    assert (payloads, wrong[0], len(wire) + wrong[1]) == (found, error.rule, error.offset)
    _, alone = failure([wire, *(head[place : place + 1] for place in range(4))])
    assert str(alone) == str(error)
    assert (payloads, head + b"more") == split(wire + head + b"more")


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        (b"H", "byte 0: version: expected 03, got 48 ('H')"),
        (b"\x03\x00\x00\x04\x04", "byte 4: version: expected 03, got 04"),
        (b"\x03\x01", "byte 1: reserved: expected 00, got 01"),
        (b"\x03\x00\x00\x03", "byte 2: length: expected 4 to 65535, these 4 bytes of the header included, got 3 (00 03)"),
    ],
)  # fmt: skip
def test_an_error_comes_with_the_byte_and_says_what_was_there(wire: bytes, message: str) -> None:
    decoder = TpktDecoder()
    assert all(packet == b"" for packet in feed_and_drain(decoder, wire[:-1]))
    decoder.feed(wire[-1:])
    with pytest.raises(FramingError) as caught:
        decoder.next_packet()
    assert message == str(caught.value)


def test_what_was_held_stays_after_an_error() -> None:
    decoder = TpktDecoder()
    decoder.feed(encode(b"a") + b"\x03\x00\x00\x02xyz")
    assert b"a" == decoder.next_packet()
    with pytest.raises(FramingError):
        decoder.next_packet()
    assert (b"\x03\x00\x00\x02xyz", 5) == (decoder.leftover, decoder.offset)


def test_a_smaller_limit_is_held_to_as_soon_as_the_length_is_known() -> None:
    assert [b"abcd"] == feed_and_drain(TpktDecoder(8), encode(b"abcd"))
    _, error = failure([header(9)], longest=8)
    assert ("length", 2, "9 (00 09)") == (error.rule, error.offset, error.got)
    for longest in (HEADER_BYTES - 1, LONGEST + 1):
        with pytest.raises(ValueError, match="longest"):
            TpktDecoder(longest)


def test_a_wrong_header_can_be_made_and_one_that_does_not_fit_cannot() -> None:
    assert b"\x04\x07\x00\x02" == header(2, version=4, reserved=7)
    for length, version in ((65_536, 3), (-1, 3), (4, 256)):
        with pytest.raises(ValueError, match="header"):
            header(length, version=version)


@given(st.binary(max_size=60))
def test_split_and_decoder_agree_on_any_bytes(data: bytes) -> None:
    decoder = TpktDecoder()
    decoder.feed(data)
    found: list[object] = []
    with contextlib.suppress(FramingError):
        found.extend(iter(decoder.next_packet, None))  # keeps what came before the error
    assert (found, decoder.leftover) == split(data)


@pytest.mark.slow
def test_time_is_linear_in_coalesced_packets_and_in_single_bytes() -> None:
    def seconds(count: int) -> float:
        wire = encode(b"a" * 8) * count
        began = time.process_time()
        assert count == len(feed_and_drain(TpktDecoder(), wire))
        return time.process_time() - began

    def drip(size: int) -> float:
        wire = encode(bytes(size))
        decoder = TpktDecoder()
        began = time.process_time()
        for place in range(len(wire)):
            decoder.feed(wire[place : place + 1])
            packet = decoder.next_packet()
        assert packet == bytes(size)
        return time.process_time() - began

    # Ten times the input; a quadratic decoder would take a hundred times as long.
    assert min(seconds(50_000) for _ in range(3)) < 30 * min(seconds(5_000) for _ in range(5))
    assert min(drip(60_000) for _ in range(3)) < 30 * min(drip(6_000) for _ in range(5))
