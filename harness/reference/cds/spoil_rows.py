"""Seeded faults of single rows: a row as it should be, its number in the whole list, and the row that is sent instead."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.reference.cds.streams import Streams
from harness.reference.cds.tricks import Action

_DAY = 86_400
_TIMES = re.compile(r'(startTime|endTime|dbTime)="([0-9]+)"')
_DB_TIME = re.compile(r'dbTime="([0-9]+)"')
_SEGMENTS = re.compile(r'segmentIndex="([0-9]+)"')

Edit = Callable[[str, int, object], str]


def _at(number: int, pattern: str, new: str) -> Edit:
    """In one row alone, the first place of a pattern is replaced."""
    found = re.compile(pattern)

    def edit(row: str, place: int, _key: object) -> str:
        return found.sub(new, row, count=1) if place == number else row

    return edit


def _every(step: int, pattern: str, new: str) -> Edit:
    found = re.compile(pattern)

    def edit(row: str, place: int, _key: object) -> str:
        return found.sub(new, row, count=1) if place % step == 0 else row

    return edit


def _where(holds: Callable[[Action], bool], pattern: str, new: str) -> Edit:
    """In the rows of the actions of which something holds."""
    found = re.compile(pattern)

    def edit(row: str, _place: int, key: object) -> str:
        return found.sub(new, row, count=1) if isinstance(key, Action) and holds(key) else row

    return edit


def _yesterday(row: str, place: int, _key: object) -> str:
    if place != 10_951:
        return row
    return _TIMES.sub(lambda found: f'{found[1]}="{int(found[2]) - _DAY}"', row)


def _later(row: str, place: int, _key: object) -> str:
    return _DB_TIME.sub(lambda found: f'dbTime="{int(found[1]) + 1}"', row) if place % 100 == 0 else row


def _from_one(row: str, _place: int, _key: object) -> str:
    if row.count("<Content") < 2:
        return row
    return _SEGMENTS.sub(lambda found: f'segmentIndex="{int(found[1]) + 1}"', row)


def _repeated(row: str, _place: int, _key: object) -> str:
    last = row.count("<Content") - 1
    return row.replace(f'segmentIndex="{last}"', f'segmentIndex="{last - 1}"') if last else row


def _childless(row: str, place: int, _key: object) -> str:
    return "".join(line for line in row.splitlines(keepends=True) if "<Content" not in line) if place == 10_405 else row


def _backwards(row: str, place: int, _key: object) -> str:
    return re.sub(r'endTime="([0-9]+)"', 'endTime="1"', row) if place == 10_601 else row


# Message -> fault -> what it does to its rows.
EDITS: dict[str, dict[str, Edit]] = {
    "StreamHistory": {
        "attribute-twice": _at(10_701, r'( sessionID="[^"]*")', r"\1\1"),
        "element-renamed": _at(10_801, r"<Stream ", "<Streams "),
        "fraction-late": _at(10_502, r'bitrate="([0-9]*)"', r'bitrate="\1.0"'),
        "stream-type-case": _at(10_021, r'streamType="[a-z]*"', 'streamType="USER"'),
        "octet-256": _at(10_223, r'serverIpAddress="[^"]*"', 'serverIpAddress="203.0.113.256"'),
        "session-empty": _at(10_940, r'sessionID="[^"]*"', 'sessionID=""'),
        "row-of-yesterday": _yesterday,
        "group-unknown": _at(10_061, r'serviceGroup="[^"]*"', 'serviceGroup="999"'),
    },
    "StreamListHistory": {
        "bad-utf-8": _at(10_334, r'macAddress="C', 'macAddress="\udcff'),
        "exponent-late": _at(11_111, r'contentLength="([0-9])[0-9]*"', r'contentLength="\1.0E6"'),
        "database-time-differs": _later,
        "segment-from-1": _from_one,
        "segment-repeated": _repeated,
        "playlist-without-content": _childless,
        "ends-before-start": _backwards,
    },
    "TrickModeListHistory": {
        "attribute-case": _where(lambda one: one.segment > 0, "segmentIndex=", "segmentindex="),
        "response-code": _where(lambda one: one.scale == 0 and not one.setup, 'response="0"', 'response="1"'),
    },
    "PlayServerHistory": {
        "npt-fraction": _where(lambda one: one.scale < 0, r'NPT="([0-9]+)"', r'NPT="\1.5"'),
        "scale-word": _where(lambda one: one.scale == 0, 'scale="0"', 'scale="pause"'),
    },
    "Errors": {
        "control-character": _at(301, r'errorText="[^"]*"', 'errorText="reset \x01"'),
        "attribute-missing": _at(301, r' errorCode="[0-9]*"', ""),
        "streamer-unknown": _every(50, r'serverIpAddress="[^"]*"', 'serverIpAddress="203.0.113.199"'),
        "session-of-error": _every(50, r'session(I[dD])="[^"]*"', r'session\1="1767600000:99999999999"'),
    },
}


def missing(streams: Streams, numbers: list[int]) -> int | None:
    """The stream of the busy hour with trick modes that a fault leaves out."""
    busy = range(streams.busy.first, streams.busy.first + streams.busy.count)
    found = [number for number in numbers if number in busy and not streams.playlist(number)]
    return found[len(found) // 4] if found else None
