"""Bodies of HTTP/1 messages: the transfer coding is taken off as the bytes come, without copying them."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.wire.http1_head import Extent, Headers, Length, Oddities, headers, lines

Piece = bytes | memoryview

# The line before a chunk: its size and extensions. Servers write some ten characters; RFC 9112 7.1.1 asks for a limit.
MAX_CHUNK_LINE_BYTES = 4096
# Below this a copy costs less than a view, and does not keep the bytes around it in memory.
VIEW_BYTES = 512

_SIZE = re.compile(rb"([ \t]*)([0-9A-Fa-f]{1,16})([ \t]*)(;.*)?", re.DOTALL)
_CHUNK_LINE = "a chunk's size in hexadecimal"


class Body:
    """The bytes behind a head, to pieces of content; any split of the bytes gives the same content and oddities.

    Attributes:
        pieces: content not yet taken by the owner, who empties this list.
        size: bytes of content so far.
        done: the end has come.
        broken: the rest cannot be read.
        flooded: the trailers are longer than may be.
        trailers: the headers behind the last chunk.
    """

    __slots__ = (
        "_extent", "_left", "_line", "_max_trailers", "_odd", "_step", "_trailer_block", "broken", "done", "flooded", "pieces", "size",
        "trailers",
    )  # fmt: skip

    def __init__(self, extent: Extent, odd: Oddities, max_trailers: int) -> None:
        self.pieces: list[Piece] = []
        self.size = 0
        self.done = extent.length is Length.NONE or (extent.length is Length.COUNTED and not extent.size)
        self.broken = self.flooded = False
        self.trailers: Headers = ()
        self._extent = extent
        self._odd = odd
        self._left = extent.size  # content of this body or chunk still to come
        self._line = bytearray()  # the start of a line of the chunked coding
        self._max_trailers = max_trailers
        self._trailer_block = bytearray()
        self._step: Callable[[bytes], None] = self._size_line

    @property
    def over(self) -> bool:
        """Whether more bytes change nothing."""
        return self.done or self.broken or self.flooded

    def feed(self, data: bytes) -> int:
        """Take bytes; returns how many belong to this body, fewer than given once it is over."""
        match self._extent.length:
            case Length.COUNTED:
                taken = self._content(data, 0)
                self.done = not self._left
                return taken
            case Length.CHUNKED:
                return self._chunked(data)
            case Length.CLOSE:
                self.pieces.append(data)
                self.size += len(data)
                return len(data)
        return 0

    def eof(self) -> None:
        """The connection has ended."""
        if self.over:
            return
        if self._extent.length is Length.CLOSE:
            self.done = True
        elif self._extent.length is Length.COUNTED:
            self._odd.add("truncated", f"{self._extent.size} bytes", f"{self.size} bytes")
        else:
            self._odd.add("truncated", "a last chunk and an empty line", f"the end behind {self.size} bytes of content")

    def _content(self, data: bytes, at: int) -> int:
        """Take content that stands at an index, as much as is still to come; returns how much."""
        taken = min(self._left, len(data) - at)
        if taken == len(data):
            self.pieces.append(data)
        elif taken < VIEW_BYTES:
            self.pieces.append(data[at : at + taken])
        else:
            self.pieces.append(memoryview(data)[at : at + taken])
        self._left -= taken
        self.size += taken
        return taken

    def _chunked(self, data: bytes) -> int:
        at = 0
        while at < len(data) and not self.over:
            if self._left:
                at += self._content(data, at)
                continue
            end = data.find(b"\n", at)
            stop = end + 1 if end >= 0 else len(data)
            line = data[at:stop]
            if self._line:
                self._line += line
                line = bytes(self._line)
            if end >= 0:
                self._line.clear()
                self._step(line)
            else:
                self._line[:] = line
                self._check_start(line)
            at = stop
        return at

    def _check_start(self, line: bytes) -> None:
        """Whether a line whose end has not come yet can still become a right one."""
        if self._step == self._data_end:
            if line != b"\r":
                self._no_chunk_end(line)
        elif self._step == self._size_line:
            self._too_long(line)
        else:
            self._bound_trailers(len(line))

    def _size_line(self, line: bytes) -> None:
        if self._too_long(line):
            return
        text = self._without_end(line)
        found = _SIZE.fullmatch(text)
        if found is None:
            self.broken = True
            self._odd.add("chunk-size", _CHUNK_LINE, text)
            return
        before, digits, behind, extension = found.groups()
        if before or (behind and not extension):
            self._odd.add("chunk-size", f"{_CHUNK_LINE} and no space", text)
        self._left = int(digits, 16)
        self._step = self._data_end if self._left else self._trailer

    def _data_end(self, line: bytes) -> None:
        if line == b"\r\n" or line == b"\n":
            self._without_end(line)
            self._step = self._size_line
        else:
            self._no_chunk_end(line)

    def _trailer(self, line: bytes) -> None:
        if self._bound_trailers(len(line)):
            return
        if line in (b"\r\n", b"\n"):
            block = bytes(self._trailer_block)
            self.trailers = headers(lines(block, self._odd), self._odd)
            self._without_end(line)
            self.done = True
            return
        self._trailer_block += line

    def _without_end(self, line: bytes) -> bytes:
        if line.endswith(b"\r\n"):
            return line[:-2]
        self._odd.add("line-end", "CR LF", line)
        return line[:-1]

    def _no_chunk_end(self, line: bytes) -> None:
        """The first wrong byte is told, so that it does not matter how the bytes were split."""
        self.broken = True
        wrong = line[1:2] if line.startswith(b"\r") else line[:1]
        self._odd.add("chunk-end", "CR LF behind a chunk's bytes", wrong)

    def _too_long(self, line: bytes) -> bool:
        if len(line) <= MAX_CHUNK_LINE_BYTES:
            return False
        self.broken = True
        self._odd.add("chunk-line", f"a line of at most {MAX_CHUNK_LINE_BYTES} bytes", line[:40])
        return True

    def _bound_trailers(self, more: int) -> bool:
        self.flooded = len(self._trailer_block) + more > self._max_trailers
        return self.flooded
