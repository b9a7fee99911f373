"""Who reads what of a document: rows in order in bulk, everything else the parser."""

from __future__ import annotations

from harness.rows.bulk import Bulk
from harness.rows.exact import MOST_TOKEN, Exact
from harness.rows.quick import Quick

BATCH = 131_072  # bytes that are looked at together, so that small pieces cost no more than large ones
# Bytes that the parser reads alone: at first, at most, and from when on rows may be spelled in any way.
_LEAST, _MOST, _LOOSELY = 64, 1_048_576, 512
_RUN = 8  # rows that make it worth while to look again soon


class Stream:
    """Gets the text of a document in pieces of any size.

    After rows that could not be passed over, the parser reads on alone for a while, each time for longer, so that a document
    of rows that are all wrong, or all spelled differently, does not pay for two looks at each. `bulk` takes what someone wants to
    know of the rows that are passed over.
    """

    def __init__(self, exact: Exact, quick: Quick | None, bulk: Bulk | None = None) -> None:
        self._exact, self._quick, self._bulk = exact, quick, bulk
        self._pieces: list[bytes] = []
        self._size = 0
        self._alone = 0  # bytes that the parser read alone after the last row that could not be passed over
        self._left = 0  # of them

    def feed(self, text: bytes) -> None:
        """The next piece."""
        self._pieces.append(text)
        self._size += len(text)
        if self._size >= BATCH or (text and not self._exact.content.depth):
            self._work()

    def finish(self) -> None:
        """There are no more."""
        self._work()
        self._exact.feed(b"".join(self._pieces))
        self._pieces, self._size = [], 0

    def _work(self) -> None:
        data = b"".join(self._pieces)
        end = data.rfind(b">") + 1
        at = 0
        while at < end:
            at = self._step(data, at, end)
        rest = data[end:]
        if len(rest) > MOST_TOKEN:  # which the parser will refuse, or read on if it is text
            self._exact.feed(rest)
            rest = b""
        self._pieces, self._size = ([rest] if rest else []), 0

    def _step(self, data: bytes, at: int, end: int) -> int:
        """Get on in the data; gives how far."""
        if self._quick is not None and self._left <= 0 and self._exact.between_rows:
            stop, rows = self._quick.alike(data, at, end)
            if rows >= _RUN:
                self._alone = 0
            if not rows and self._alone >= _LOOSELY and self._bulk is None:
                stop = self._quick.last_start(data, at, min(at + BATCH, end)) if end - at > _LOOSELY else end
                rows = self._quick.anyhow(data[at:stop])
                self._alone = _LOOSELY if rows else self._alone
            if rows:
                if self._bulk is not None:
                    self._bulk.take(data[at:stop], rows)
                self._exact.skip(data[at:stop], rows)
                return stop
            self._alone = self._left = min(max(2 * self._alone, _LEAST), _MOST)
        stop = end if self._left >= end - at else data.find(b">", at + max(self._left, 0), end) + 1 or end
        self._exact.feed(data[at:stop])
        self._left -= stop - at
        return stop
