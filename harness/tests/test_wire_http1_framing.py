from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FramingError
from harness.tests.decoding import assert_decodes
from harness.wire.http1 import Request, encode
from harness.wire.http1_framing import ReadRequest, RequestReader, ResponseFramer, read_requests

ONE = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
TWO = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
HEAD_ONLY = b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n"


# Responses


def test_responses_are_cut_as_they_stand_on_the_wire() -> None:
    assert_decodes(ResponseFramer, ONE + TWO + ONE, [ONE, TWO, ONE])


def test_a_framer_is_told_what_was_asked() -> None:
    framer = ResponseFramer()
    framer.expect("HEAD")
    framer.expect("GET")
    framer.feed(HEAD_ONLY + ONE + ONE)
    assert [HEAD_ONLY, ONE, ONE, None] == [framer.next_message() for _ in range(4)]


def test_a_response_without_length_is_whole_at_the_end_of_the_connection() -> None:
    framer = ResponseFramer()
    framer.feed(b"HTTP/1.0 200 OK\r\n\r\nabc")
    assert framer.next_message() is None
    assert b"HTTP/1.0 200 OK\r\n\r\nabc" == framer.leftover
    framer.eof()
    assert b"HTTP/1.0 200 OK\r\n\r\nabc" == framer.next_message()
    assert b"" == framer.leftover


def test_a_response_cut_off_is_left_over() -> None:
    framer = ResponseFramer()
    framer.feed(ONE + ONE[:-1])
    framer.eof()
    assert [ONE, None] == [framer.next_message(), framer.next_message()]
    assert ONE[:-1] == framer.leftover


@pytest.mark.parametrize(
    ("wire", "rule"),
    [
        (b"ERROR\r\n", "status-line"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk-size"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 20_000, "response length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + b"x" * 3000, "response length"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3000, "response length"),
    ],
)
def test_what_has_no_end_is_refused(wire: bytes, rule: str) -> None:
    framer = ResponseFramer(limit_bytes=2000)
    framer.feed(ONE + wire)
    assert ONE == framer.next_message()
    with pytest.raises(FramingError) as caught:
        framer.next_message()
    assert (rule, len(ONE)) == (caught.value.rule, caught.value.offset)


def test_many_small_responses_in_one_piece_take_little_time() -> None:
    framer = ResponseFramer()
    framer.feed(ONE * 2000)
    assert 2000 == sum(1 for _ in iter(framer.next_message, None))


# Requests

GET = b"GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n"
POST = b"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
PUT = b"PUT /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n1\r\nc\r\n0\r\nT: 1\r\n\r\n"


def test_requests_are_cut_and_read() -> None:
    host = ("Host", "h")
    expected = [
        ReadRequest(request=Request("GET", "/a?b", (host,)), raw=GET, oddities=()),
        ReadRequest(request=Request("POST", "/p", (host, ("Content-Length", "3")), b"abc"), raw=POST, oddities=()),
        ReadRequest(
            request=Request("PUT", "/p", (host, ("Transfer-Encoding", "chunked")), b"abc"),
            raw=PUT,
            oddities=(),
            trailers=(("T", "1"),),
        ),
    ]
    assert_decodes(RequestReader, GET + POST + PUT, expected)
    assert (expected, b"GET ") == read_requests(GET + POST + PUT + b"GET ")


@pytest.mark.parametrize(
    ("wire", "request_", "rule"),
    [
        (b"GET /a b HTTP/1.1\r\n\r\n", Request("GET", "/a b"), "request-line"),
        (b"GET /a\r\n\r\n", Request("GET", "/a", version=""), "request-line"),
        (b"GET / HTTP/2.0\r\n\r\n", Request("GET", "/", version="HTTP/2.0"), "request-line"),
        (b"NOOP\r\n\r\n", Request("NOOP", "", version=""), "request-line"),
        (b"\r\nGET / HTTP/1.1\r\n\r\n", Request("GET", "/"), "empty-line"),
        (b"GET / HTTP/1.1\n\r\n", Request("GET", "/"), "line-end"),
        (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", Request("GET", "/", (("A", "b c"),)), "header-fold"),
    ],
)
def test_what_is_wrong_with_a_request_is_told(wire: bytes, request_: Request, rule: str) -> None:
    (found,), rest = read_requests(wire)
    assert (request_, wire, [rule], b"") == (found.request, found.raw, [one.rule for one in found.oddities], rest)


@pytest.mark.parametrize(
    ("wire", "rule"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "content-length"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "transfer-encoding"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "chunk-size"),
        (b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000, "request length"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n" + bytes(17_000_000), "request length"),
    ],
)
def test_a_request_without_an_end_stays(wire: bytes, rule: str) -> None:
    reader = RequestReader()
    reader.feed(GET + wire)
    assert GET == getattr(reader.next_request(), "raw", None)
    assert None is reader.next_request()
    assert reader.broken is not None
    assert (rule, wire) == (reader.broken.rule, reader.leftover)
    reader.feed(GET)
    assert wire == reader.leftover


NAMES = st.sampled_from(["Accept", "x-a", "Cookie"])
VALUES = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=8)
SOUND = st.builds(
    lambda method, target, fields, body: Request(
        method, "/" + target, (*fields, *((("Content-Length", str(len(body))),) if body else ())), body
    ),
    st.sampled_from(["GET", "POST", "x!"]),
    st.text(alphabet="abc/?=&%20+é", max_size=9),
    st.lists(st.tuples(NAMES, VALUES.map(lambda text: text.strip("\x85\xa0"))), max_size=3),
    st.binary(max_size=40),
)


@given(st.lists(SOUND, max_size=4), st.integers(1, 50))
@settings(max_examples=60, deadline=None)
def test_a_written_request_is_read_again(requests: list[Request], window: int) -> None:
    wire = b"".join(map(encode, requests))
    reader = RequestReader()
    found = []
    for at in range(0, len(wire), window):
        reader.feed(wire[at : at + window])
        while (one := reader.next_request()) is not None:
            found.append(one)
    assert requests == [one.request for one in found]
    assert (wire, b"") == (b"".join(one.raw for one in found), reader.leftover)


@given(st.binary(max_size=60), st.binary(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_bytes_make_a_reader_raise(one: bytes, two: bytes) -> None:
    found, rest = read_requests(one + b"\r\n\r\n" + two)
    assert one + b"\r\n\r\n" + two == b"".join(each.raw for each in found) + rest
