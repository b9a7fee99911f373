from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.http import content
from harness.http.content import STEP_BYTES, Decoded, Decoder, codings, decoded_body
from harness.wire.http1 import Head

TEXT = b"<a>some content</a>" * 40


def head(*values: str) -> Head:
    return Head("HTTP/1.1", 200, "OK", tuple(("Content-Encoding", value) for value in values))


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("values", "body"),
    [
        ((), TEXT),
        (("identity",), TEXT),
        (("gzip",), gzip.compress(TEXT, mtime=0)),
        (("X-GZIP",), gzip.compress(TEXT, mtime=0)),
        (("gzip",), gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:], mtime=0)),
        (("deflate",), zlib.compress(TEXT)),
        (("deflate",), bare_deflate(TEXT)),
        (("deflate, gzip",), gzip.compress(zlib.compress(TEXT), mtime=0)),
        (("deflate", " gzip ", "identity"), gzip.compress(zlib.compress(TEXT), mtime=0)),
    ],
)
def test_content_codings_are_taken_off_in_turn(values: tuple[str, ...], body: bytes) -> None:
    assert Decoded(data=TEXT, complete=True) == decoded_body(head(*values), body)


def test_a_reply_without_content_needs_no_coding() -> None:
    assert Decoded(data=b"", complete=True) == decoded_body(head("gzip"), b"")


@pytest.mark.parametrize(
    ("values", "body", "kept"),
    [
        (("br",), TEXT, TEXT),
        (("gzip",), TEXT, b""),
        (("gzip",), gzip.compress(TEXT, mtime=0)[:-1], TEXT),
        (("gzip",), gzip.compress(TEXT, mtime=0)[:-4] + b"xxxx", None),
        (("gzip",), gzip.compress(TEXT, mtime=0) + b"behind", TEXT),
        (("deflate",), zlib.compress(TEXT) + b"behind", TEXT),
        (("deflate",), zlib.compress(TEXT)[:-1], TEXT),
        (("gzip",) * 5, TEXT, TEXT),
    ],
)
def test_a_wrong_coding_is_told(values: tuple[str, ...], body: bytes, kept: bytes | None) -> None:
    got = decoded_body(head(*values), body)
    assert (False, False, ["content-encoding"]) == (got.complete, got.flooded, [one.rule for one in got.oddities])
    assert kept is None or kept == got.data


def test_a_bomb_is_bounded_in_bytes_and_memory() -> None:
    bomb = gzip.compress(bytes(20_000_000), 9)
    bomb = gzip.compress(bomb, 9, mtime=0)
    tracemalloc.start()
    try:
        got = decoded_body(head("gzip, gzip"), bomb, max_bytes=2_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (2_000_000, False, True) == (len(got.data), got.complete, got.flooded)
    assert peak < 12_000_000


def test_many_empty_members_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_MEMBERS", 50)
    assert decoded_body(head("gzip"), gzip.compress(b"", mtime=0) * 50).complete
    got = decoded_body(head("gzip"), gzip.compress(b"", mtime=0) * 51)
    assert (False, ["content-encoding"]) == (got.complete, [one.rule for one in got.oddities])


def test_a_piece_that_unpacks_to_much_comes_in_steps() -> None:
    decoder = Decoder("gzip")
    pieces = list(decoder.feed(memoryview(gzip.compress(bytes(5 * STEP_BYTES)))))
    assert max(map(len, pieces)) <= STEP_BYTES
    assert (5 * STEP_BYTES, None) == (sum(map(len, pieces)), decoder.end())


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "identity"]), st.integers(1, 50))
@settings(max_examples=100, deadline=None)
def test_any_split_decodes_alike(data: bytes, coding: str, window: int) -> None:
    coded = {"gzip": gzip.compress(data, mtime=0), "deflate": zlib.compress(data), "identity": data}[coding]
    decoder = Decoder(coding)
    found = b"".join(b"".join(decoder.feed(coded[at : at + window])) for at in range(0, len(coded), window))
    assert (data, None) == (found, decoder.end())


@given(st.binary(max_size=100), st.sampled_from(["gzip", "deflate", "deflate, gzip"]))
@settings(max_examples=100, deadline=None)
def test_no_bytes_make_a_decoder_raise(data: bytes, coding: str) -> None:
    assert decoded_body(head(coding), b"\x1f\x8b\x08" + data).complete in (True, False)
    got = decoded_body(head(coding), data)
    assert got.complete == (not got.oddities)


def test_codings_are_listed_in_the_order_of_the_head() -> None:
    assert ("deflate", "gzip") == codings(head("Deflate, identity", "gzip,"))
