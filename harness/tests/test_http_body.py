"""Bodies of HTTP replies as they come: content codings whole, broken and bombs, charsets, documents that end early."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from harness.ending import Ending
from harness.httpdut import KEPT_BODY, MOST_BYTES, Body
from harness.rows import Scan, compile_shape
from harness.tests.http_made import SYSTEM
from harness.wire.http1 import Head

LEVELS = b'<Levels><Level time="86400" depth="2"/></Levels>'
SHARED = {"window": "86400 86999", "selector": "Levels", "gauge": "pier"}


def scan(charset: str | None) -> Scan:
    return Scan(compile_shape(SYSTEM, "levels", operation="Levels"), charset=charset)


def head(*fields: tuple[str, str], status: int = 200) -> Head:
    return Head("HTTP/1.1", status, "OK", fields)


def fed(data: bytes, *fields: tuple[str, str], piece: int = 0, scanned: bool = True, status: int = 200) -> Body:
    """A body that took this data, as long as it wanted more."""
    body = Body(scan if scanned else None)
    body.start(head(*fields, status=status))
    size = piece or max(len(data), 1)
    for at in range(0, len(data), size):
        if not body.feed(data[at : at + size]):
            body.end(Ending.FLOODED, False)
            return body
    body.end(Ending.ANSWERED, True)
    return body


def raw_deflate(data: bytes) -> bytes:
    made = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return made.compress(data) + made.flush()


CODED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "none": ("", lambda data: data),
    "identity": ("identity", lambda data: data),
    "gzip": ("gzip", gzip.compress),
    "capitals": ("GZip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "members": (
        "gzip",
        lambda data: gzip.compress(data[:9], mtime=0) + gzip.compress(data[9:], mtime=0) + gzip.compress(b"", mtime=0),
    ),
    "deflate": ("deflate", zlib.compress),
    "bare-deflate": ("deflate", raw_deflate),
    "twice": ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data), mtime=0)),
}


@pytest.mark.parametrize("piece", [0, 1, 7])
@pytest.mark.parametrize("how", CODED)
def test_a_body_is_the_same_in_every_coding_and_in_pieces_of_any_size(how: str, piece: int) -> None:
    coding, encode = CODED[how]
    body = fed(encode(LEVELS), *([("Content-Encoding", coding)] if coding else []), piece=piece)
    assert body.scan is not None
    found = body.scan.finish(complete=body.complete)
    assert (bytes(body.kept), body.count) == (LEVELS, len(LEVELS))
    assert (body.complete, body.enough, body.problem) == (True, False, None)
    assert (found.rows, found.broken) == (1, False)


@pytest.mark.parametrize("piece", [0, 1])
@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(LEVELS, mtime=0)[:-9]),
        ("gzip", gzip.compress(LEVELS, mtime=0)[:-1]),
        ("gzip", LEVELS),
        ("gzip", gzip.compress(LEVELS, mtime=0) + b"more"),
        ("gzip", gzip.compress(LEVELS, mtime=0)[:-8] + b"\0" * 8),
        ("deflate", zlib.compress(LEVELS)[:-5]),
        ("deflate", b"\xff" * 30),
        ("br", LEVELS),
        (", ".join(["gzip"] * 9), LEVELS),
    ],
    ids=["cut", "cut-by-one", "plain", "more", "checksum", "deflate-cut", "no-deflate", "unknown", "many"],
)
def test_a_broken_coding_is_a_problem_of_the_message(coding: str, data: bytes, piece: int) -> None:
    body = fed(data, ("Content-Encoding", coding), piece=piece)
    assert body.problem is not None
    assert body.problem.rule == "content-encoding"
    assert not body.complete


def test_a_head_alone_has_no_broken_coding() -> None:
    """A reply to HEAD names the coding of what it leaves out."""
    body = fed(b"", ("Content-Encoding", "gzip"), scanned=False)
    assert (body.problem, body.complete, bytes(body.kept)) == (None, True, b"")


def test_a_reply_that_was_cut_is_not_complete() -> None:
    body = Body(scan)
    body.start(head())
    body.feed(LEVELS[:20])
    body.end(Ending.CLOSED, False)
    assert not body.complete
    nothing = Body(scan)
    nothing.end(Ending.SILENT, False)
    assert (nothing.scan, nothing.complete) == (None, False)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["gzip", "deflate", "none"])
def test_a_bomb_fills_no_memory(how: str) -> None:
    """The end of it is never asked for."""
    coding, encode = CODED[how]
    data = encode(bytes(MOST_BYTES + (1 << 21)))
    tracemalloc.start()
    try:
        body = fed(data, ("Content-Encoding", coding), scanned=False, piece=65_536)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body.kept) == KEPT_BODY
    assert MOST_BYTES < body.count <= MOST_BYTES + (1 << 20)
    assert not body.complete
    assert peak < 8 * (1 << 20)


def test_a_bomb_of_members_and_of_junk_stays_bounded() -> None:
    """What stands behind the end of a coding is not collected."""
    data = gzip.compress(LEVELS, mtime=0) + b"j" * (1 << 22)
    tracemalloc.start()
    try:
        body = fed(data, ("Content-Encoding", "gzip"), piece=1 << 16)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert body.problem is not None
    assert peak < 1 << 20


def test_reading_stops_where_the_document_is_wrong() -> None:
    body = fed(b"<html><body></html>" + b"x" * 100_000, piece=1000)
    assert body.enough
    assert body.count < 10_000
    assert body.scan is not None
    assert body.scan.finish(complete=False).broken


@pytest.mark.parametrize(
    ("media", "encoding"),
    [
        ("text/xml", None),
        ("text/xml; charset=ISO-8859-1", "iso-8859-1"),
        ('Text/XML; boundary=x; Charset="iso-8859-1"', "iso-8859-1"),
        ("text/xml ;charset = iso-8859-1 ; x=y", "iso-8859-1"),
        ("text/xml; charset=", None),
    ],
)
def test_the_charset_is_that_of_the_media_type(media: str, encoding: str | None) -> None:
    body = fed(b"<Levels><Level time='1' depth='2' name='\xe4'/></Levels>", ("Content-Type", media))
    assert body.scan is not None
    found = body.scan.finish(complete=True)
    assert any(one.rule == "encoding" for one in found.violations) is (encoding is None)


@pytest.mark.parametrize("status", [201, 400, 500])
def test_only_a_success_is_scanned(status: int) -> None:
    body = fed(b"<html>" * 50, status=status)
    assert (body.scan, bytes(body.kept)) == (None, b"<html>" * 50)
