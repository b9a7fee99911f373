from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import FramingError
from harness.wire.buffer import DROP_BYTES, ReceiveBuffer


def filled(data: bytes, limit: int = 100) -> ReceiveBuffer:
    buffer = ReceiveBuffer(limit)
    buffer.append(data)
    return buffer


def test_take_moves_the_offset_and_skip_drops_the_delimiter() -> None:
    buffer = filled(b"ab\r\ncd")
    assert (buffer.take(2, skip=2), buffer.offset, len(buffer)) == (b"ab", 4, 2)
    assert (buffer.take(2), buffer.offset, len(buffer)) == (b"cd", 6, 0)


def test_peek_leaves_the_bytes_and_gives_no_more_than_there_are() -> None:
    buffer = filled(b"abcd")
    assert (buffer.peek(2), buffer.peek(9, 2), buffer.peek(1, 9)) == (b"ab", b"cd", b"")
    assert (buffer.offset, len(buffer)) == (0, 4)


def test_find_counts_from_the_first_held_byte() -> None:
    buffer = filled(b"a\nbc\n")
    assert buffer.find(b"\n") == 1
    buffer.take(1, skip=1)
    assert 2 == buffer.find(b"\n") == buffer.find(b"\n")
    buffer.take(3)
    assert buffer.find(b"\n") == -1


def test_a_delimiter_is_found_across_appends_and_beside_another_delimiter() -> None:
    buffer = filled(b"ab\r")
    assert (buffer.find(b"\r\n\r\n"), buffer.find(b"\r")) == (-1, 2)
    buffer.append(b"\n\r")
    assert buffer.find(b"\r\n\r\n") == -1
    buffer.append(b"\n")
    assert (buffer.find(b"\r\n\r\n"), buffer.find(b"\n"), buffer.find(b"\r")) == (2, 3, 2)


def test_a_delimiter_in_bytes_already_taken_is_not_found() -> None:
    buffer = filled(b"a\nb")
    assert buffer.find(b"\n") == 1
    buffer.take(3)
    assert buffer.find(b"\n") == -1
    buffer.append(b"xyz\n")
    assert buffer.find(b"\n") == 3


def test_the_limit_is_exact_and_its_error_tells_the_first_byte_over_it() -> None:
    buffer = filled(b"__abcd", limit=4)
    buffer.take(2)
    buffer.check_size("line length")
    buffer.append(b"e")
    with pytest.raises(FramingError) as caught:
        buffer.check_size("line length")
    assert (
        str(caught.value)
        == "byte 6: line length: expected the end of the message within 4 bytes, got more, beginning with b'abcd'"
    )
    buffer.check_size("line length", size=4)
    with pytest.raises(FramingError):
        buffer.check_size("line length", size=5)


@pytest.mark.parametrize(("count", "skip"), [(-1, 0), (0, -1), (4, 0), (3, 1), (4, -1)])
def test_more_than_is_held_cannot_be_taken(count: int, skip: int) -> None:
    buffer = filled(b"abc")
    with pytest.raises(ValueError, match="expected 0 to 3 bytes"):
        buffer.take(count, skip=skip)
    assert buffer.take(3) == b"abc"


def test_a_limit_and_a_delimiter_have_a_byte_or_more() -> None:
    with pytest.raises(ValueError, match="limit"):
        ReceiveBuffer(0)
    with pytest.raises(ValueError, match="delimiter"):
        filled(b"a").find(b"")


@given(st.lists(st.one_of(st.binary(max_size=3 * DROP_BYTES), st.integers(0, 3 * DROP_BYTES))))
def test_it_holds_what_a_plain_copy_of_the_stream_holds(steps: list[bytes | int]) -> None:
    buffer, stream, taken = ReceiveBuffer(1), b"", 0
    for step in steps:
        if isinstance(step, bytes):
            buffer.append(step)
            stream += step
        else:
            count = min(step, len(buffer))
            assert stream[taken : taken + count] == buffer.take(count)
            taken += count
        assert (taken, len(stream) - taken) == (buffer.offset, len(buffer))
        assert stream[taken:].find(b"\x00\x00") == buffer.find(b"\x00\x00")


def seconds_for(message_count: int) -> float:
    """Process time to take that many two-byte messages that came in one append, and to search for one byte by byte."""
    buffer = filled(b"a\n" * message_count)
    begin_s = time.process_time()
    for _ in range(message_count):
        buffer.take(buffer.find(b"\n"), skip=1)
    for _ in range(message_count):
        buffer.append(b"a")
        buffer.find(b"\n")
    return time.process_time() - begin_s


def test_time_grows_with_the_bytes_and_not_with_their_square() -> None:
    """Ten times the bytes: ten times the time if linear, a hundred times if quadratic."""
    small_s = min(seconds_for(3_000) for _ in range(3))
    assert seconds_for(30_000) < 40 * small_s
