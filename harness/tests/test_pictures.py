"""Pictures of a device are decoded whatever their kind, and what is none is told, whatever is in it and however large it says it is."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from PIL import Image

from harness.pictures import Picture, opened

WIDTH, HEIGHT = 176, 144


def made(kind: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (88, 72), **options: Any) -> bytes:
    """A picture with noise in it."""
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(file, kind, **options)
    return file.getvalue()


GOOD = made()


def sized(data: bytes, width: int, height: int) -> bytes:
    """The same picture, that says it has another size."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + data[at + 4 :]


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        made(mode="L"),
        made(mode="CMYK"),
        made(progressive=True),
        made(mode="L", progressive=True),
        made(quality=100, subsampling=0),
        made(restart_marker_blocks=2),
        GOOD + bytes(100),
    ],
    ids=["baseline", "grey", "four-colours", "progressive", "progressive-grey", "fine", "restarts", "padded"],
)
def test_every_kind_of_jpeg_is_decoded(data: bytes) -> None:
    assert Picture(88, 72) == opened(data, WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        made("PNG"),
        made("GIF", "L"),
        made("BMP"),
        made("PNG")[:8] + GOOD[8:],
        GOOD[: len(GOOD) // 2],
        GOOD[:-1],
        GOOD[:150],
        GOOD[:400] + b"\xff\xc0" + GOOD[402:],
        GOOD.replace(b"\xff\xda", b"\xff\xdb"),
        sized(GOOD, 88, 0),
    ],
)
def test_what_is_no_whole_jpeg_is_told(data: bytes) -> None:
    assert opened(data, WIDTH, HEIGHT).problem


@pytest.mark.parametrize("size", [(177, 144), (176, 145), (3000, 3000)])
def test_a_picture_that_is_too_large_is_measured(size: tuple[int, int]) -> None:
    found = opened(made(mode="L", size=size), WIDTH, HEIGHT)
    assert Picture(*size) == found
    assert not found.fits(WIDTH, HEIGHT)


def test_a_picture_that_would_fill_the_memory_is_not_decoded() -> None:
    assert Picture(65_535, 65_535) == opened(sized(GOOD, 65_535, 65_535), WIDTH, HEIGHT)


def test_a_picture_of_many_passes_ends() -> None:
    plain = io.BytesIO()
    Image.new("L", (WIDTH, HEIGHT), 90).save(plain, "JPEG", progressive=True)
    data = plain.getvalue()
    last = data[data.rindex(b"\xff\xda") : -2]
    assert opened(data[:-2] + 1000 * last + data[-2:], WIDTH, HEIGHT) == Picture(WIDTH, HEIGHT)


def test_nothing_that_is_in_a_picture_raises() -> None:
    rng = random.Random(7)
    sources = [
        GOOD,
        made(mode="CMYK"),
        made(progressive=True),
        made(mode="L", dpi=(3, 3), exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff"),
    ]
    for _ in range(1500):
        data = bytearray(rng.choice(sources))
        for _ in range(rng.choice((1, 3, 30))):
            at = rng.randrange(min(len(data), rng.choice((60, 700, 5000))))
            match rng.randrange(3):
                case 0:
                    data[at] = rng.randrange(256)
                case 1:
                    del data[at : at + rng.randrange(1, 9)]
                case _:
                    data[at:at] = bytes((255, rng.randrange(192, 256))) + rng.randbytes(rng.randrange(6))
        found = opened(bytes(data), WIDTH, HEIGHT)
        assert found.problem or found.width
