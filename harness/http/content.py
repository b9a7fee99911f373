"""Content codings: gzip and deflate, with a bound against replies that unpack to more than memory holds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from harness.wire.http1 import Head, Oddity, Piece

MAX_DECODED_BYTES = 67_108_864  # of a small reply; larger ones are decoded piece by piece
STEP_BYTES = 1_048_576  # decoded at a time
MAX_CODINGS = 4  # one on the other
# zlib copies what stands behind the place where it stopped; small windows and a bound keep many empty members cheap.
WINDOW_BYTES = 16_384
MAX_MEMBERS = 100_000  # of a gzip content; block-wise packers write one for 64 KiB

_GZIP_BITS = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Content without its coding.

    Args:
        data: as far as it could be decoded.
        complete: all of it was, and nothing stands behind it.
        flooded: it is more than was allowed; `data` has what was.
        oddities: rule `content-encoding`: an unknown coding, bytes that are not of it, an end that is missing.
    """

    data: bytes
    complete: bool
    flooded: bool = False
    oddities: tuple[Oddity, ...] = ()


class Decoder:
    """One content coding, taken off as the bytes come; never raises for them.

    Args:
        coding: `gzip`, `x-gzip`, `deflate` or `identity`, in any case.

    Attributes:
        failed: what is wrong; what comes behind it is passed over.
    """

    def __init__(self, coding: str) -> None:
        self.failed: Oddity | None = None
        self._coding = coding.strip().lower()
        self._members = 0  # whole gzip members
        self._stream: zlib._Decompress | None = None
        if self._coding not in ("gzip", "x-gzip", "deflate", "identity"):
            self._fail("gzip, deflate or identity", coding)

    def feed(self, data: Piece) -> Iterator[bytes]:
        """What these bytes decode to, in pieces of at most `STEP_BYTES`; stop asking to bound it."""
        if self._coding == "identity":
            yield bytes(data)
            return
        view = memoryview(data)
        for at in range(0, len(view), WINDOW_BYTES):
            yield from self._window(bytes(view[at : at + WINDOW_BYTES]))

    def _window(self, rest: bytes) -> Iterator[bytes]:
        while rest and self.failed is None:
            if self._stream is None:
                if self._members and (self._members == MAX_MEMBERS or not self._coding.endswith("gzip")):
                    self._fail("the end of the content", "bytes behind it")
                    return
                self._stream = self._new(rest[0])
            try:
                piece = self._stream.decompress(rest, STEP_BYTES)
            except zlib.error as error:
                self._fail(f"{self._coding} content", str(error))
                return
            rest = self._stream.unconsumed_tail
            if self._stream.eof:
                rest = self._stream.unused_data
                self._stream = None
                self._members += 1
            if piece:
                yield piece

    def end(self) -> Oddity | None:
        """No more comes; what is wrong, a missing end of the coding too."""
        if self.failed is None and self._stream is not None:
            self._fail(f"the end of the {self._coding} content", "the end of the bytes")
        return self.failed

    def _new(self, first: int) -> zlib._Decompress:
        if self._coding != "deflate":
            return zlib.decompressobj(_GZIP_BITS)
        # RFC 9110 8.4.1.2 means zlib's format, whose first byte ends in 8; some send the bare deflate stream.
        return zlib.decompressobj(zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS)

    def _fail(self, expected: str, got: str) -> None:
        self.failed = Oddity("content-encoding", expected, got[:80])
        self._stream = None


def codings(head: Head) -> tuple[str, ...]:
    """The content codings of a response in the order in which they were put on, without `identity`; lower case."""
    found = [one.strip().lower() for value in head.values("content-encoding") for one in value.split(",")]
    return tuple(one for one in found if one and one != "identity")


def decoded_body(head: Head, body: bytes, *, max_bytes: int = MAX_DECODED_BYTES) -> Decoded:
    """Take the content codings off a body that is all there.

    Args:
        head: whose Content-Encoding counts.
        body: the content, transfer coding removed.
        max_bytes: bytes to decode to, at every step where there are several codings.
    """
    applied = codings(head)
    if len(applied) > MAX_CODINGS:
        wrong = Oddity("content-encoding", f"at most {MAX_CODINGS} codings", str(len(applied)))
        return Decoded(data=body, complete=False, oddities=(wrong,))
    if not body:  # a reply to HEAD, or nothing to code
        return Decoded(data=body, complete=True)
    for coding in reversed(applied):
        decoder = Decoder(coding)
        if decoder.failed is not None:
            return Decoded(data=body, complete=False, oddities=(decoder.failed,))
        room = max_bytes
        pieces = []
        for piece in decoder.feed(body):
            pieces.append(piece[:room])
            room -= len(piece)
            if room < 0:
                return Decoded(data=b"".join(pieces), complete=False, flooded=True)
        body = b"".join(pieces)
        wrong_end = decoder.end()
        if wrong_end is not None:
            return Decoded(data=body, complete=False, oddities=(wrong_end,))
    return Decoded(data=body, complete=True)
