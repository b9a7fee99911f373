"""Documents cut from a stream: any chunking gives the same, whatever line ends, comments and garbage stand there, within a bound."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FramingError
from harness.wire.documents import DocumentDecoder

A = b"<REQUEST><TYPE>TEST</TYPE></REQUEST>"
PRETTY = b"<REQUEST>\r\n  <TYPE>TEST</TYPE>\r\n  <REQUESTID>1</REQUESTID>\r\n</REQUEST>"


def cut(data: bytes, *sizes: int, longest: int = 1 << 20) -> tuple[list[bytes], DocumentDecoder]:
    """The documents in a stream that comes in pieces of these sizes, the last one again and again."""
    decoder, found, at = DocumentDecoder(longest), list[bytes](), 0
    left = list(sizes) or [len(data)]
    while at < len(data) or at == 0:
        size = left.pop(0) if len(left) > 1 else left[0]
        decoder.feed(data[at : at + size])
        at += size
        while (document := decoder.next_message()) is not None:
            found.append(document)
        if not data:
            break
    return found, decoder


# A stream, and the documents in it; what is left over is a document without its terminator, or the beginning of one.
STREAMS: list[tuple[bytes, list[bytes], bytes]] = [
    (b"", [], b""),
    (A + b"\r\n", [A + b"\r\n"], b""),
    (A + b"\n", [A + b"\n"], b""),
    (PRETTY + b"\r\n", [PRETTY + b"\r\n"], b""),
    (PRETTY.replace(b"\r\n", b"\n") + b"\n", [PRETTY.replace(b"\r\n", b"\n") + b"\n"], b""),
    (PRETTY.replace(b"\r\n", b"\r") + b"\r\n", [PRETTY.replace(b"\r\n", b"\r") + b"\r\n"], b""),
    (b"\r\n \t" + A + b" \t\r\n\r\n", [A + b" \t\r\n"], b""),
    (A + b"\r\n" + PRETTY + b"\r\n", [A + b"\r\n", PRETTY + b"\r\n"], b""),
    (A + A + b"\r\n", [A, A + b"\r\n"], b""),
    (A, [], A),
    (A[:-1], [], A[:-1]),
    (b"<?xml version='1.0'?>\r\n" + A + b"\r\n", [b"<?xml version='1.0'?>\r\n" + A + b"\r\n"], b""),
    (b"\xef\xbb\xbf" + A + b"\r\n", [A + b"\r\n"], b""),
    (b"<!-- <REQUEST> -->" + A + b"\n", [b"<!-- <REQUEST> -->" + A + b"\n"], b""),
    (b"<REQUEST/>\r\n" + A + b"\r\n", [b"<REQUEST/>\r\n", A + b"\r\n"], b""),
    (b"<REQUEST a='1' />\n", [b"<REQUEST a='1' />\n"], b""),
    (b"<R><![CDATA[</R>]]></R>\r\n", [b"<R><![CDATA[</R>]]></R>\r\n"], b""),
    (b"<R><!-- </R> --></R>\r\n", [b"<R><!-- </R> --></R>\r\n"], b""),
    (b"<R><?a </R> ?></R>\r\n", [b"<R><?a </R> ?></R>\r\n"], b""),
    (b"<R><R>1</R>\r\n<R/></R>\r\n", [b"<R><R>1</R>\r\n<R/></R>\r\n"], b""),
    (b"<R><RS></RS><R >1</R ></R\n>\r\n", [b"<R><RS></RS><R >1</R ></R\n>\r\n"], b""),
    (b"<R>1</R >\r\n", [b"<R>1</R >\r\n"], b""),
    (b"garbage\r\n" + A + b"\r\n", [b"garbage\r\n", A + b"\r\n"], b""),
    (b"& > <\r\n" + A + b"\r\n", [b"& > <\r\n", A + b"\r\n"], b""),
]  # fmt: skip


@pytest.mark.parametrize(("data", "documents", "rest"), STREAMS)
def test_documents_are_cut_in_one_piece_and_byte_by_byte(data: bytes, documents: list[bytes], rest: bytes) -> None:
    for sizes in ((len(data) or 1,), (1,), (2,), (3, 1), (7,)):
        found, decoder = cut(data, *sizes)
        assert _ended(found) == _ended(documents), sizes
        assert decoder.leftover.strip() == rest.strip()


def _ended(documents: list[bytes]) -> list[bytes]:
    """Between CR and LF a cut makes a CR of the terminator, and the LF is white space before the next document."""
    return [one.replace(b"\r\n", b"\n").rstrip(b"\r\n") for one in documents]


def test_a_carriage_return_alone_ends_a_document() -> None:
    data = A + b"\r"
    found, _ = cut(data + A + b"\r", 1)
    assert [data, data] == found


def test_one_that_waits_for_its_terminator_is_told() -> None:
    found, decoder = cut(A)
    assert ([], True, A) == (found, decoder.pending, decoder.leftover)
    assert A == decoder.take_pending()
    assert (None, False, b"") == (decoder.take_pending(), decoder.pending, decoder.leftover)
    decoder.feed(A + b"\r\n")
    assert A + b"\r\n" == decoder.next_message()


DOCUMENT = st.sampled_from(
    [A, PRETTY, b"<R><![CDATA[</R>]]>\r\n</R>", b"<R><R/>\n<R>1</R></R>", b"<R/>", b"<?xml version='1.0'?><R>\r1</R >"]
)
END = st.sampled_from([b"\r\n", b"\n", b"\r\n\r\n", b" \r\n", b"\n \t"])


def test_a_wide_end_tag_is_found_though_another_one_has_begun_behind_it() -> None:
    for at in range(1, 60):
        found, _ = cut(b"<R>1</R >\r\n" + A + b"\r\n", at, 200)
        assert [b"<R>1</R >", A] == [one.strip() for one in found], at


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(DOCUMENT, END), max_size=6), st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_any_chunking_gives_the_same(parts: list[tuple[bytes, bytes]], sizes: list[int]) -> None:
    data = b"".join(document + end for document, end in parts)
    found, decoder = cut(data, *sizes)
    assert [one.strip() for one in found] == [document for document, _ in parts]
    assert not decoder.leftover.strip()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text("<>/!?[]-&R \r\nCDATA=\"'", max_size=200).map(str.encode), st.integers(1, 50))
def test_anything_is_cut_or_refused(data: bytes, size: int) -> None:
    try:
        found, decoder = cut(data, size, longest=100)
    except FramingError:
        return
    assert b"".join([*found, decoder.leftover]).translate(None, b" \t\r\n\xef\xbb\xbf") == data.translate(
        None, b" \t\r\n\xef\xbb\xbf"
    )


@pytest.mark.parametrize("data", [A, b"<R>" + b"x" * 100, b"x" * 100, b"<!--" + b"x" * 100, b"<R" + b" " * 100])
def test_a_document_has_a_bound(data: bytes) -> None:
    with pytest.raises(FramingError, match="document"):
        cut(b"<R/>\r\n" + data + b"\r\n", 1, longest=len(A) - 1)
    with pytest.raises(FramingError, match="document"):
        cut(b"<R/>\r\n" + data + b"\r\n", longest=len(A) - 1)


def test_what_fits_the_bound_is_taken() -> None:
    assert [A] * 5 == _ended(cut((A + b"\r\n") * 5, 7, longest=len(A))[0])


def test_time_is_linear() -> None:
    """Ten thousand documents in small pieces, and one with as many tags of its root's name: no look starts over."""
    rng = random.Random(1)
    found, _ = cut((A + b"\r\n") * 10_000, *(rng.randrange(1, 900) for _ in range(600)))
    assert len(found) == 10_000
    long = b"<R>" + b"<R>x</R>\r\n" * 20_000 + b"</R>\r\n"
    assert [long] == cut(long, 1000)[0]
    cdata = b"<R>" + b"<![CDATA[</R>]]>" * 20_000 + b"</R>\r\n"
    assert [cdata] == cut(cdata, 1000)[0]
