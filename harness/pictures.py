"""JPEG pictures that a device has sent, opened and decoded, bounded by what they may be. Nothing that is in them raises."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass

# What a library says of bytes that it cannot decode: its own words, and what slips through from its readers of headers and metadata.
_BROKEN = (
    SyntaxError, OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError, struct.error,
)  # fmt: skip
_SHOWN_BYTES = 12


@dataclass(frozen=True, slots=True)
class Picture:
    """The size of a JPEG picture, and what is wrong with it."""

    width: int = 0
    height: int = 0
    problem: str = ""

    def fits(self, width: int, height: int) -> bool:
        """Whether it is no wider and no higher than this."""
        return self.width <= width and self.height <= height


def opened(data: bytes, width: int, height: int) -> Picture:
    """Decode a JPEG picture of whatever kind; never raises.

    Args:
        data: of the file.
        width, height: beyond this it is measured and not decoded, so that no few bytes cost much memory or time.
    """
    from PIL.JpegImagePlugin import JpegImageFile  # late: what it needs takes 0.1 s to load, and few runs have pictures

    if not data:
        return Picture(problem="no bytes")
    size = (0, 0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata, which are no part of the picture
            with JpegImageFile(io.BytesIO(data)) as image:
                size = image.size
                if Picture(*size).fits(width, height):
                    image.load()
    except _BROKEN as error:
        begins = "" if any(size) else f", beginning with {data[:_SHOWN_BYTES]!r}"
        return Picture(*size, problem=f"no whole JPEG: {error}{begins}")
    return Picture(*size)
