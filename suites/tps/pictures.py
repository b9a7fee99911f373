"""JPEG pictures, looked at segment by segment and decoded as far as their structure goes: no library for pictures is installed here."""

from __future__ import annotations

from dataclasses import dataclass

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_TABLES = {0xDB: "a quantization table", 0xC4: "a Huffman table"}
_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_RESTARTS = range(0xD0, 0xD8)
_ALONE = {0x01, *_RESTARTS}  # markers without a length


@dataclass(frozen=True, slots=True)
class Picture:
    """The size of a JPEG picture, or what is wrong with it."""

    width: int = 0
    height: int = 0
    problem: str = ""


def picture(data: bytes) -> Picture:
    """Read a JPEG from its first to its last marker; never raises."""
    if data[:2] != bytes((0xFF, _START)):
        return Picture(problem=f"no JPEG, but {data[:12]!r}" if data else "no bytes")
    at, size, scans = 2, (0, 0), 0
    missing = dict(_TABLES)
    while True:
        if data[at : at + 1] != b"\xff":
            return Picture(problem=f"no marker at byte {at} of {len(data)}")
        while data[at + 1 : at + 2] == b"\xff":
            at += 1
        if at + 2 > len(data):
            return Picture(problem="cut off")
        marker = data[at + 1]
        at += 2
        if marker == _END:
            break
        if marker in _ALONE:
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 2 or at + length > len(data):
            return Picture(problem="cut off")
        body = data[at + 2 : at + length]
        missing.pop(marker, None)
        if marker in _FRAMES:
            if len(body) < 6 + 3 * (body[5] if len(body) > 5 else 1):
                return Picture(problem="a frame without its components")
            size = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
        elif marker in _OTHER_FRAMES:
            return Picture(problem="a frame of a kind that few can read")
        at += length
        if marker == _SCAN:
            if not all(size):
                return Picture(problem="a scan before any frame")
            end = _scanned(data, at)
            if end == at:
                return Picture(problem="a scan without data")
            at, scans = end, scans + 1
    if not scans or missing:
        return Picture(problem=f"no {'scan' if not scans else ' and '.join(missing.values())}")
    return Picture(*size)


def _scanned(data: bytes, at: int) -> int:
    """Where the data of a scan end: before the next marker that is neither a stuffed byte nor a restart."""
    while (found := data.find(b"\xff", at)) >= 0 and found + 1 < len(data):
        if data[found + 1] and data[found + 1] not in _RESTARTS:
            return found
        at = found + 2
    return len(data)
