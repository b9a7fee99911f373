"""The receive buffer of every decoder: held bytes, their place in the stream, and a limit.

It knows no format. Bytes taken from the front are only marked as taken; they are dropped in large pieces, so that each
byte is moved a bounded number of times however small the messages are.
"""

from __future__ import annotations

from harness.errors import FramingError

# Taken bytes are dropped once they are this many and at least half of the store. Large enough that dropping is rare
# for small messages, small enough that an idle connection holds no more than a page's worth of dead bytes.
DROP_BYTES = 4096


class ReceiveBuffer:
    """Bytes received and not yet taken.

    Args:
        limit: bytes that one message may have, 1 or more. The buffer only stores what it is given; the decoder, which
            knows where a message ends, applies the limit with `check_size`.

    Raises:
        ValueError: `limit` is less than 1.
    """

    __slots__ = ("_dropped", "_limit", "_searched", "_start", "_store")

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"limit: expected 1 byte or more, got {limit}")
        self._limit = limit
        self._store = bytearray()
        self._start = 0  # index in _store of the first held byte
        self._dropped = 0  # bytes of the stream that stood before _store
        self._searched: dict[bytes, int] = {}  # delimiter -> stream offset before which it does not begin

    def __len__(self) -> int:
        """Bytes held."""
        return len(self._store) - self._start

    @property
    def limit(self) -> int:
        """Bytes that one message may have."""
        return self._limit

    @property
    def offset(self) -> int:
        """Bytes from the start of the stream to the first held byte."""
        return self._dropped + self._start

    def append(self, data: bytes) -> None:
        """Add bytes at the end."""
        self._store += data

    def find(self, delimiter: bytes) -> int:
        """Look for a delimiter among the held bytes. What was searched before is not searched again.

        Args:
            delimiter: 1 byte or more.

        Returns:
            Bytes held before the first delimiter, or -1 if it is not there yet.

        Raises:
            ValueError: `delimiter` is empty.
        """
        if not delimiter:
            raise ValueError("delimiter: expected 1 byte or more, got none")
        begin = max(self._searched.get(delimiter, 0) - self._dropped, self._start)
        found = self._store.find(delimiter, begin)
        if found >= 0:
            self._searched[delimiter] = self._dropped + found
            return found - self._start
        # The delimiter's first bytes may stand at the end already.
        self._searched[delimiter] = self._dropped + max(len(self._store) - len(delimiter) + 1, begin)
        return -1

    def peek(self, count: int, start: int = 0) -> bytes:
        """Read held bytes and leave them where they are.

        Args:
            count: bytes to read, 0 or more; fewer are returned if fewer are held.
            start: held bytes to pass over first, 0 or more.
        """
        begin = self._start + start
        return bytes(memoryview(self._store)[begin : begin + count])

    def take(self, count: int, *, skip: int = 0) -> bytes:
        """Take bytes from the front.

        Args:
            count: bytes to return, 0 or more.
            skip: bytes to drop behind them, 0 or more: a delimiter.

        Raises:
            ValueError: one is negative, or both together are more than is held.
        """
        begin = self._start
        end = begin + count + skip
        if count < 0 or skip < 0 or end > len(self._store):
            raise ValueError(f"count and skip: expected 0 to {len(self)} bytes together, got {count} and {skip}")
        taken = bytes(memoryview(self._store)[begin : begin + count])
        if end >= DROP_BYTES and end * 2 >= len(self._store):
            del self._store[:end]
            self._dropped += end
            end = 0
        self._start = end
        return taken

    def check_size(self, rule: str, *, size: int | None = None) -> None:
        """Refuse a message at the front that is longer than the limit.

        Args:
            rule: the limit's name in the format's terms, e.g. `line length`.
            size: bytes of that message where its decoder knows them; else all held bytes count, for the decoder calls
                this when they hold no end of message.

        Raises:
            FramingError: the message has more than `limit` bytes. The error says the same however the bytes arrived:
                its offset is that of the first byte over the limit.
        """
        if (len(self) if size is None else size) > self._limit:
            raise FramingError(
                rule,
                offset=self.offset + self._limit,
                expected=f"the end of the message within {self._limit} bytes",
                got=f"more, beginning with {self.peek(min(32, self._limit))!r}",
            )
