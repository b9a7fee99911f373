"""Makes small JPEG pictures: baseline, grey, each block of 8 by 8 of one shade (ITU-T T.81).

A picture is a few hundred bytes, whatever its size, since blocks have no detail: that keeps several previews below the size of a message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from struct import pack

_BLOCK = 8
_STEP = 16  # of shades: the quantization of the mean of a block
_START, _END = b"\xff\xd8", b"\xff\xd9"
# Huffman codes by length for the size of the difference of two means, as in annex K.3; for details, the one code that ends a block.
_LENGTHS, _SIZES = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0), tuple(range(12))
_NO_DETAIL = "0"


def _codes() -> dict[int, str]:
    """The code of each size (annex C.2)."""
    codes: dict[int, str] = {}
    code, sizes = 0, iter(_SIZES)
    for length, count in enumerate(_LENGTHS, start=1):
        for _ in range(count):
            codes[next(sizes)] = f"{code:0{length}b}"
            code += 1
        code <<= 1
    return codes


_CODES = _codes()


def _segment(marker: int, data: bytes) -> bytes:
    return pack(">BBH", 0xFF, marker, len(data) + 2) + data


def _head(width: int, height: int) -> bytes:
    quantization = _segment(0xDB, bytes([0, _STEP, *[1] * 63]))
    frame = _segment(0xC0, pack(">BHHB", 8, height, width, 1) + bytes([1, 0x11, 0]))
    means = _segment(0xC4, bytes([0x00, *_LENGTHS, *_SIZES]))
    details = _segment(0xC4, bytes([0x10, 1, *[0] * 15, 0x00]))
    application = _segment(0xE0, b"JFIF\0" + bytes([1, 1, 0, 0, 1, 0, 1, 0, 0]))
    return _START + application + quantization + frame + means + details + _segment(0xDA, bytes([1, 1, 0x00, 0, 63, 0]))


def _bits(shades: Iterator[int]) -> Iterator[str]:
    before = 0
    for shade in shades:
        mean = (shade - 128) * _BLOCK // _STEP
        difference, before = mean - before, mean
        size = abs(difference).bit_length()
        yield _CODES[size]
        if size:
            yield f"{difference if difference > 0 else difference + (1 << size) - 1:0{size}b}"
        yield _NO_DETAIL


@lru_cache(maxsize=64)
def picture(width: int, height: int, shade: Callable[[int, int], int]) -> bytes:
    """A JPEG file.

    Args:
        width, height: in pixels, 1 or more.
        shade: of a block by its column and row, from 0, black, to 255, white.
    """
    columns, rows = -(-width // _BLOCK), -(-height // _BLOCK)
    bits = "".join(_bits(shade(column, row) for row in range(rows) for column in range(columns)))
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")
    return _head(width, height) + data + _END
