from __future__ import annotations

from http.client import HTTPResponse
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.wire.http1 import MAX_INTERIM, RULES, Oddity, Request, ResponseReader, encode
from harness.wire.http1_body import MAX_CHUNK_LINE_BYTES
from harness.wire.http1_head import KEPT_OF_A_RULE

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
# Bytes that meet the grammar often: parts of messages, in any order.
PARTS = (
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200\n", b"http/1.1 204 No\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.0 404 \r\n", b"HTTP/",
    b"\r\n", b"\n", b"\r", b"Content-Length: 5\r\n", b"Content-Length: 7\r\n", b"content-length: +1\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b" folded\r\n", b": no name\r\n", b"no colon\r\n", b"x y: z\r\n",
    b"5\r\nhello\r\n", b"0\r\n", b"0\r\n\r\n", b"3;a=b\r\nabc\r\n", b"a\r\n", b"\x00", b"hello", b"zz\r\n", b" 2 \r\nab\n", b"T: 1\r\n", b"A" * 90,
)  # fmt: skip
STREAMS = st.lists(st.sampled_from(PARTS) | st.binary(max_size=6), max_size=14).map(b"".join)


def read(*pieces: bytes, method: str = "GET", eof: bool = False, max_head: int = 65_536) -> ResponseReader:
    reader = ResponseReader(method, max_head=max_head)
    for piece in pieces:
        reader.feed(piece)
    if eof:
        reader.eof()
    return reader


def content(reader: ResponseReader) -> bytes:
    return b"".join(reader.take())


def rules(reader: ResponseReader) -> list[str]:
    return [one.rule for one in reader.oddities]


def state(reader: ResponseReader) -> object:
    return (
        reader.head, reader.interim, reader.done, reader.broken, reader.flooded, reader.leftover, reader.oddities, content(reader), reader.trailers,
        reader.reusable, reader.consumed if reader.done else None,
    )  # fmt: skip


# Requests


def test_a_request_is_written_as_it_is() -> None:
    request = Request("GET", "/a b?x=é", (("Host", "h"), ("X", "1\r\nInjected: 2"), ("", "ж")), b"\x00body", "HTTP/9")
    assert b"GET /a b?x=\xe9 HTTP/9\r\nHost: h\r\nX: 1\r\nInjected: 2\r\n: \xd0\xb6\r\n\r\n\x00body" == encode(request)


def test_a_request_may_lack_what_http_needs() -> None:
    assert b"GET /\r\n\r\n" == encode(Request("GET", "/", version=""))
    assert b"  HTTP/1.1\r\n\r\n" == encode(Request("", ""))


# Responses that are right


def test_content_of_a_counted_length_is_read_and_not_copied() -> None:
    whole = b"hello world" * 100
    reader = read(OK + b"Content-Type:text/xml\r\nContent-Length: 1100\r\n\r\n")
    assert (False, 1100) == (reader.done, reader.announced)
    reader.feed(whole)
    (piece,) = reader.take()
    assert piece is whole
    assert reader.done
    assert reader.reusable
    assert () == reader.oddities
    assert reader.head is not None
    assert ("HTTP/1.1", 200, "OK") == (reader.head.version, reader.head.status, reader.head.reason)
    assert (("Content-Type", "text/xml"), ("Content-Length", "1100")) == reader.head.headers
    assert reader.head.get("content-TYPE") == "text/xml"


def test_chunks_with_extensions_and_trailers_are_joined() -> None:
    reader = read(CHUNKED + b'4;name="v"\r\nWiki\r\n00A ; x\r\n0123456789\r\n0\r\nDigest: a\r\nB: c\r\n\r\n')
    assert content(reader) == b"Wiki0123456789"
    assert (("Digest", "a"), ("B", "c")) == reader.trailers
    assert ((), True, True) == (reader.oddities, reader.done, reader.reusable)


@pytest.mark.parametrize(
    ("wire", "method"),
    [
        (OK + b"Content-Length: 500\r\n\r\n", "HEAD"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", "HEAD"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "GET"),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", "GET"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "CONNECT"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "GET"),
        (OK + b"Content-Length: 0\r\n\r\n", "GET"),
    ],
)
def test_some_responses_have_no_body(wire: bytes, method: str) -> None:
    reader = read(wire, method=method)
    assert (True, b"", ()) == (reader.done, content(reader), reader.oddities)


def test_without_a_length_the_end_of_the_connection_ends_the_body() -> None:
    reader = read(OK + b"\r\n", b"abc", b"def")
    assert (False, True) == (reader.done, reader.until_close)
    reader.eof()
    assert (True, b"abcdef", (), False) == (reader.done, content(reader), reader.oddities, reader.reusable)


def test_interim_responses_are_passed_over_and_kept() -> None:
    reader = read(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\nx"
    )
    assert [100, 103] == [head.status for head in reader.interim]
    assert (200, True, ()) == (reader.head.status if reader.head else 0, reader.done, reader.oddities)


@pytest.mark.parametrize(
    ("head", "reusable"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: x, close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", True),
    ],
)
def test_the_head_says_whether_the_connection_stays(head: bytes, reusable: bool) -> None:
    reader = read(head + b"Content-Length: 0\r\n\r\n")
    assert (reusable, not reusable, ()) == (reader.reusable, reader.closes, reader.oddities)


# Responses that are wrong, one oddity at a time; the text is what must still be read


@pytest.mark.parametrize(
    ("wire", "rule", "text"),
    [
        (b"HTTP/1.1 200 OK\nContent-Length: 1\r\n\r\nx", "line-end", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\nx", "line-end", b"x"),
        (b"HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 1\r\n\r\nx", "bare-cr", b"x"),
        (b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", "empty-line", b"x"),
        (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx", "reason", b"x"),
        (b"HTTP/1.1 20 OK\r\nContent-Length: 1\r\n\r\nx", "status", b"x"),
        (b"HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\nx", "status", b"x"),
        (b"HTTP/1.1 600 OK\r\nContent-Length: 1\r\n\r\nx", "status", b"x"),
        (b"HTTP/1.1 abc OK\r\nContent-Length: 1\r\n\r\nx", "status", b"x"),
        (b"HTTP/1.1  200 OK\r\nContent-Length: 1\r\n\r\nx", "status", b"x"),
        (b"HTTP/2.0 200 OK\r\nContent-Length: 1\r\n\r\nx", "version", b"x"),
        (b"http/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", "version", b"x"),
        (OK + b"no colon\r\nContent-Length: 1\r\n\r\nx", "header-line", b"x"),
        (OK + b" first: folded\r\nContent-Length: 1\r\n\r\nx", "header-line", b"x"),
        (OK + b"Content-Length : 1\r\n\r\nx", "header-name", b"x"),
        (OK + b"a(b: 1\r\nContent-Length: 1\r\n\r\nx", "header-name", b"x"),
        (OK + b": 1\r\nContent-Length: 1\r\n\r\nx", "header-name", b"x"),
        (OK + b"A: b\x00c\r\nContent-Length: 1\r\n\r\nx", "header-value", b"x"),
        (OK + b"A: b\r\n\tc\r\nContent-Length: 1\r\n\r\nx", "header-fold", b"x"),
        (OK + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", "content-length-twice", b"x"),
        (OK + b"Content-Length: 1, 1\r\n\r\nx", "content-length-twice", b"x"),
        (OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", "content-length-conflict", b"x"),
        (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", "transfer-encoding", b"x"),
        (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", "transfer-encoding", b"x"),
        (OK + b"Transfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx", "transfer-encoding", b"x"),
        (
            OK + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            "length-and-chunked",
            b"x",
        ),
        (b"HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", "length-without-body", b""),
        (b"HTTP/1.1 100 C\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No\r\n\r\n", "length-without-body", b""),
        (CHUNKED + b"1 \r\nx\r\n0\r\n\r\n", "chunk-size", b"x"),
        (CHUNKED + b" 1\r\nx\r\n0\r\n\r\n", "chunk-size", b"x"),
        (CHUNKED + b"1\nx\r\n0\r\n\r\n", "line-end", b"x"),
        (CHUNKED + b"1\r\nx\n0\r\n\r\n", "line-end", b"x"),
        (CHUNKED + b"1\r\nx\r\n0\r\n\n", "line-end", b"x"),
        (CHUNKED + b"1\r\nx\r\n0\r\nT\r\n\r\n", "header-line", b"x"),
        (OK + b"Content-Length: 1\r\n\r\nxy", "leftover", b"x"),
        (CHUNKED + b"1\r\nx\r\n0\r\n\r\n\r\n", "leftover", b"x"),
        (b"HTTP/1.1 204 No Content\r\n\r\nbody", "leftover", b""),
    ],
)
def test_what_is_wrong_is_told_and_the_rest_is_read(wire: bytes, rule: str, text: bytes) -> None:
    reader = read(wire)
    assert ([rule], True, text) == (rules(reader), reader.done, content(reader))


@pytest.mark.parametrize(
    ("wire", "rule", "text"),
    [
        (OK + b"Content-Length: 10\r\n\r\nabc", "truncated", b"abc"),
        (CHUNKED + b"5\r\nabc", "truncated", b"abc"),
        (CHUNKED + b"3\r\nabc\r\n", "truncated", b"abc"),
        (CHUNKED + b"3\r\nabc\r\n0\r\n", "truncated", b"abc"),
        (OK + b"Content-Le", "head-truncated", b""),
        (b"HT", "head-truncated", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "head-truncated", b""),
    ],
)
def test_a_response_cut_off_is_not_done(wire: bytes, rule: str, text: bytes) -> None:
    reader = read(wire, eof=True)
    assert ([rule], False, text) == (rules(reader), reader.done, content(reader))


def test_nothing_at_all_is_no_oddity() -> None:
    reader = read(eof=True)
    assert ((), False, None) == (reader.oddities, reader.done, reader.head)


@pytest.mark.parametrize(
    ("wire", "rule", "got"),
    [
        (b"ERROR|1|no\r\n", "status-line", "'ERROR|1|no'"),
        (b"<a/>" + b"x" * 100, "status-line", f"'<a/>{'x' * 76}'"),
        (CHUNKED + b"<a/>\r\n", "chunk-size", "'<a/>'"),
        (CHUNKED + b"\r\n", "chunk-size", "''"),
        (CHUNKED + b"0x5\r\nhello", "chunk-size", "'0x5'"),
        (CHUNKED + b"-1\r\n", "chunk-size", "'-1'"),
        (CHUNKED + b"11111111111111111\r\n", "chunk-size", "'11111111111111111'"),
        (CHUNKED + b"3\r\nabcd\r\n", "chunk-end", "'d'"),
        (CHUNKED + b"3\r\nabc\rd\n", "chunk-end", "'d'"),
        (CHUNKED + b"1;" + b"x" * MAX_CHUNK_LINE_BYTES, "chunk-line", f"'1;{'x' * 38}'"),
    ],
)
def test_what_cannot_be_read_on_breaks_off_at_once(wire: bytes, rule: str, got: str) -> None:
    for pieces in ([wire], [bytes([one]) for one in wire]):
        reader = read(*pieces)
        assert (True, False, (rule, got)) == (
            reader.broken,
            reader.done,
            (reader.oddities[-1].rule, reader.oddities[-1].got),
        )
        reader.feed(b"more")
        reader.eof()
        assert 1 == len(reader.oddities)


@pytest.mark.parametrize("length", ["-1", "+1", "0x1", "1.0", "", "1,", "9" * 5000, "٣"])
def test_a_length_that_is_no_number_leaves_the_end_of_the_connection(length: str) -> None:
    reader = read(OK + b"Content-Length: " + length.encode() + b"\r\n\r\nabc", eof=True)
    assert (["content-length"], True, b"abc", False) == (rules(reader), reader.done, content(reader), reader.reusable)


def test_a_connection_is_not_used_again_where_the_length_is_unsure() -> None:
    assert not read(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx").reusable
    assert not read(OK + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").reusable
    assert not read(OK + b"Content-Length: 1\r\n\r\nxy").reusable


# Bounds


def test_a_head_of_the_limit_is_read_and_one_byte_more_is_a_flood() -> None:
    head = OK + b"A: " + b"b" * 50 + b"\r\nContent-Length: 0\r\n\r\n"
    for pieces in ([head], [bytes([one]) for one in head]):
        assert (True, False) == (read(*pieces, max_head=len(head)).done, read(*pieces, max_head=len(head)).flooded)
        assert (False, True) == (
            read(*pieces, max_head=len(head) - 1).done,
            read(*pieces, max_head=len(head) - 1).flooded,
        )


@pytest.mark.parametrize(
    "wire",
    [
        OK + b"A: " + b"b" * 70_000,
        OK + b"A: b\r\n" * 11_000,
        OK + b"a:\r\n" * 1001 + b"\r\n",
        b"\r\n" * 40_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * (MAX_INTERIM + 1),
        CHUNKED + b"0\r\n" + b"T: x\r\n" * 11_000,
        CHUNKED + b"0\r\n" + b"T" * 70_000,
    ],
)
def test_a_flood_is_told_and_holds_no_memory(wire: bytes) -> None:
    for window in (len(wire), 1000):
        reader = read(*(wire[at : at + window] for at in range(0, len(wire), window)))
        assert (True, False, True) == (reader.flooded, reader.done, reader.over)
        assert len(reader.oddities) <= KEPT_OF_A_RULE


def test_oddities_of_a_rule_are_bounded() -> None:
    assert ["line-end"] * KEPT_OF_A_RULE == rules(read(CHUNKED + b"1\r\nx\n" * 500))


def test_bytes_behind_the_response_are_bounded() -> None:
    reader = read(OK + b"Content-Length: 0\r\n\r\n", b"x" * 1_000_000, b"x" * 1_000_000)
    assert (65_536, ["leftover"]) == (len(reader.leftover), rules(reader))


# Any bytes, any split


@given(STREAMS, st.lists(st.integers(0, 60), max_size=8), st.sampled_from(["GET", "HEAD"]), st.booleans())
@example(CHUNKED + b"3\r\nabc\r\n0\r\n\r\nHTTP", [len(CHUNKED), 1, 1, 1], "GET", True)
@settings(max_examples=100, deadline=None)
def test_the_split_of_the_bytes_does_not_matter(wire: bytes, cuts: list[int], method: str, eof: bool) -> None:
    pieces, rest = [], wire
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    whole = read(wire, method=method, eof=eof, max_head=200)
    split = read(*pieces, rest, method=method, eof=eof, max_head=200)
    drip = read(*(bytes([one]) for one in wire), method=method, eof=eof, max_head=200)
    expected = state(whole)
    assert expected == state(split)
    assert expected == state(drip)
    assert {one.rule for one in whole.oddities} <= RULES.keys()
    assert all(isinstance(one, Oddity) for one in whole.oddities)


@given(
    st.integers(200, 599).filter(lambda status: status not in (204, 304)),
    st.lists(
        st.tuples(st.sampled_from(["A", "x-b", "C"]), st.sampled_from(["", "v", "two words", "\xe9"])), max_size=4
    ),
    st.lists(st.binary(min_size=1, max_size=300), max_size=5),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_the_standard_library_reads_the_same(
    status: int, fields: list[tuple[str, str]], chunks: list[bytes], chunked: bool
) -> None:
    """An independent reader: a codec that agrees with itself proves nothing (STYLE.md, R5)."""
    head = f"HTTP/1.1 {status} Phrase\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields)
    body = b"".join(chunks)
    if chunked:
        coded = b"".join(b"%X;e\r\n%b\r\n" % (len(one), one) for one in chunks) + b"0\r\nT: 1\r\n\r\n"
        wire = head.encode("latin-1") + b"Transfer-Encoding: chunked\r\n\r\n" + coded
    else:
        wire = head.encode("latin-1") + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    reader = read(wire)

    class Socket:
        def makefile(self, *_: object) -> BytesIO:
            return BytesIO(wire)

    other = HTTPResponse(Socket())  # type: ignore[arg-type]
    other.begin()
    assert reader.head is not None
    assert (other.status, other.reason, other.getheaders()) == (
        reader.head.status,
        reader.head.reason,
        list(reader.head.headers),
    )
    assert (other.read(), True, ()) == (content(reader), reader.done, reader.oddities)
