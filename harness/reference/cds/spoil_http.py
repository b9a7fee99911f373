"""Seeded faults of HTTP itself: what the server writes to a connection, changed on its way out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

_LENGTH = re.compile(rb"(?i)content-length: ([0-9]+)")
_CHUNK = re.compile(rb"([0-9a-f]+)\r\n")
_LONG = 10_000
_LATE_CHUNK = 11


class Spoiled:
    """A transport that changes what is written; a write is a head, a chunk, or a body, as the server cuts them.

    Args:
        transport: the connection.
        on: whether a fault is on.
    """

    def __init__(self, transport: asyncio.Transport, on: Callable[[str], bool]) -> None:
        self._transport, self._on = transport, on
        self._chunked = False
        self._chunks = self._size = 0
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        """All else is the connection's own."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send it, or something like it."""
        if data.startswith(b"HTTP/1.1 "):
            self._head = data
            self._chunked = b"chunked" in data
            self._chunks = self._size = 0
            data = self._changed_head(data)
            if b"\r\nspoiled: body\r\n" in data:
                data = data.replace(b"\r\nspoiled: body\r\n", b"\r\n") + b"<head/>"
        elif self._chunked:
            data = self._changed_chunk(data)
        elif self._on("error-twice") and self._head.startswith(b"HTTP/1.1 404"):
            data += self._head + data
        if data:
            self._transport.write(data)

    def _changed_head(self, data: bytes) -> bytes:
        length = _LENGTH.search(data)
        if length is None:
            return data
        size = int(length[1])
        change = (self._on("length-long") - self._on("length-short")) if size > _LONG else 0
        if change:
            data = data[: length.start(1)] + b"%d" % (size + change) + data[length.end(1) :]
        return data

    def _changed_chunk(self, data: bytes) -> bytes:
        self._chunks += 1
        self._size += len(data)
        if self._on("chunk-cut") and data == b"0\r\n\r\n" and self._size > 1_000_000:
            self._transport.close()
            return b""
        size = _CHUNK.match(data)
        if self._on("chunk-size") and self._chunks == _LATE_CHUNK and size:
            data = b"%x" % (int(size[1], 16) - 1) + data[size.end(1) :]
        return data
