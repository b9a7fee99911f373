"""Remembers in a fixed amount of memory which of very many names were ever seen."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator

# 4 MiB: of a million names that it holds, fewer than one in a thousand others are mistaken for one.
_BITS = 2**25
_PROBES = 4


class Sieve:
    """A set of texts that never grows: it may say yes to what it does not hold, never no to what it does (a Bloom filter)."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, text: str) -> None:
        """Hold a text from now on."""
        if not self._bits:
            self._bits = bytearray(_BITS // 8)
        for place in self._places(text):
            self._bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, text: str) -> bool:
        return bool(self._bits) and all(self._bits[place >> 3] >> (place & 7) & 1 for place in self._places(text))

    def _places(self, text: str) -> Iterator[int]:
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4 * _PROBES).digest()
        for number in range(_PROBES):
            yield int.from_bytes(digest[4 * number : 4 * number + 4], "big") % _BITS


class Recent:
    """The newest texts that were added, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._texts: OrderedDict[str, None] = OrderedDict()

    def add(self, text: str) -> None:
        """Hold a text; the oldest one goes if there are too many."""
        self._texts[text] = None
        if len(self._texts) > self._size:
            self._texts.popitem(last=False)

    def __contains__(self, text: str) -> bool:
        return text in self._texts
