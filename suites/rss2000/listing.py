"""Lists of archives and streams page by page, whatever a device takes END for, and by which keys they may be sorted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from harness.flow import CaseInconclusive
from harness.messages.packetreply import Packet, Part
from harness.packetdut import PacketDut
from suites.rss2000.cited import asked
from suites.rss2000.rights import number, one_told

GET, COUNT = "GETMEDIAINFO", "GETLISTINFO"
ARCHIVES, STREAMS = "0", "1"
PAGE = "RSS-AMB-086"
MOST = 240  # entries that a case looks at; a device may have thousands
_STEP = 20
_TRIES = 3
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which START and END a device wants for the entries from one place to another, counted from 0."""

    reading: str

    def fields(self, first: int, count: int, sort: str, catalog: str) -> dict[str, str]:
        """Fields that ask for `count` entries from `first` on."""
        start, end = {
            "exclusive": (first, first + count),
            "from-one": (first + 1, first + count),
        }.get(self.reading, (first, first + count - 1))
        return {"CATALOG": catalog, "START": str(start), "END": str(end), "SORT": sort}


def row_of(dut: PacketDut, part: Part) -> Row:
    """The fields of an entry, the first value of each."""
    message = dut.model.operations[GET].confirm
    names = message.fields if message is not None else {}
    found = {name: one_told(dut, GET, part, name) for name in names}
    return {name: value for name, value in found.items() if value is not None}


async def count(dut: PacketDut, search: str = "") -> tuple[Packet, int, int]:
    """What GETLISTINFO says: numbers of archives and of streams, -1 for what is no number."""
    packet = await dut.command(COUNT, {"LANG": "en", "SEARCH": search, "LIBMEDIA": "1"})
    dut.ok(packet, *asked(packet), check="count")
    numbers = [number(one_told(dut, COUNT, packet.first, name)) for name in ("LIBLIST", "BROADLIST")]
    archives, streams = (-1 if one is None else one for one in numbers)
    return packet, archives, streams


async def page(dut: PacketDut, fields: dict[str, str], *, beyond: bool = False) -> tuple[Packet, list[Row]]:
    """One page; where it may lie behind the end, a failure is an empty one (RSS-AMB-088)."""
    packet = await dut.command(GET, fields)
    if not beyond or packet.ok is None:
        dut.ok(packet, *asked(packet), "RSS-ARC-031", check="page")
    return packet, [row_of(dut, part) for part in packet.listed()] if packet.ok else []


async def paging(dut: PacketDut, catalog: str = ARCHIVES) -> Paging:
    """Find out what the device takes START and END for."""
    sort = "0"
    packet = await dut.command(GET, {"CATALOG": catalog, "START": "0", "END": "1", "SORT": sort})
    seen = len(packet.listed())
    if seen != 1:
        reading = "inclusive"
        if seen == 2:
            dut.observe("page", PAGE, "inclusive", step=packet.step)
    else:
        _, archives, streams = await count(dut)
        if (archives if catalog == ARCHIVES else streams) < 2:
            return Paging("inclusive")
        again = await dut.command(GET, {"CATALOG": catalog, "START": "1", "END": "1", "SORT": sort})
        reading = "from-one" if again.ok and again.listed() else "exclusive"
        dut.observe("page", PAGE, reading, clauses=("RSS-ARC-003", "RSS-ARC-005"), step=packet.step)
    return Paging(reading)


async def walk(
    dut: PacketDut, how: Paging, size: int, sort: str = "0", catalog: str = ARCHIVES, most: int = MOST
) -> list[list[Row]]:
    """Pages of a size that follow one another, to the end of the list or to `most` entries; the last one may be short or empty."""
    pages: list[list[Row]] = []
    for first in range(0, most, size):
        _, rows = await page(dut, how.fields(first, size, sort, catalog), beyond=first > 0)
        pages.append(rows)
        if not rows:
            break
        if len(rows) < size and len(pages) > 1 and len(pages[-2]) < size:
            break  # two short ones in a row: whoever lists so few at a time is found out by then
    return pages


def rows_of(pages: Sequence[Sequence[Row]]) -> list[Row]:
    """The entries of pages."""
    return [row for rows in pages for row in rows]


def ids(rows: Sequence[Row]) -> list[str]:
    """The GUIDs of entries."""
    return [row.get("CONF_ID", "") for row in rows]


def told_ids(rows: Sequence[Row]) -> list[str]:
    """The GUIDs of entries that have one: one that has none is at fault, and cannot be asked for."""
    return [one for one in ids(rows) if one]


async def whole(dut: PacketDut, sort: str = "0", catalog: str = ARCHIVES, how: Paging | None = None) -> list[Row]:
    """The list, or as much of it as cases look at.

    Raises:
        CaseInconclusive: archives come or go all the time.
    """
    how = how or await paging(dut, catalog)
    for _ in range(_TRIES):
        _, *before = await count(dut)
        rows = rows_of(await walk(dut, how, _STEP, sort, catalog))
        _, *after = await count(dut)
        if before == after:
            return rows
    raise CaseInconclusive("archives or streams come or go all the time")


# Keys of orders. Each kind of SORT may be by any of its keys, in either direction.

Key = Callable[[str], Any]
_MOMENTS = (
    "%b %d,%Y %H:%M:%S", "%B %d,%Y %H:%M:%S", "%b %d, %Y %H:%M:%S", "%B %d, %Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S", "%b %d,%Y %H:%M", "%d %b %Y %H:%M:%S",
)  # fmt: skip


def moment(text: str) -> datetime | None:
    """A date and time in the form of the examples or a similar one; None where it is in another."""
    plain = " ".join(text.split())
    for form in _MOMENTS:
        try:
            return datetime.strptime(plain, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def seconds(text: str) -> int | None:
    """A duration with colons, or a number; None where it is something else."""
    parts = text.strip().split(":")
    if not all(one.isdecimal() for one in parts) or len(parts) > 3:
        return None
    total = 0
    for one in parts:
        total = total * 60 + (number(one) or 0)
    return total


def whole_number(text: str) -> int | None:
    """A number; None where it is something else."""
    return number(text.strip())


def _address(text: str) -> tuple[int, ...] | None:
    parts = text.split(".")
    numbers = [number(one) for one in parts]
    return tuple(one or 0 for one in numbers) if len(parts) == 4 and None not in numbers else None


def _plain(text: str) -> str | None:
    """A text whose place does not depend on the language of a collation."""
    return text if text.isascii() else None


def _letters(text: str) -> str | None:
    return re.sub(r"[^0-9a-z]", "", text.casefold()) if text.isascii() else None


def _natural(text: str) -> Any:
    if not text.isascii():
        return None
    return [
        (0, known, "") if (known := number(one)) is not None else (1, 0, one)
        for one in re.split(r"(\d+)", text.casefold())
        if one
    ]


def _either(key: Key, other: Key) -> Key:
    def both(text: str) -> Any:
        found = key(text)
        return None if found is None else other(found)

    return both


_TEXTS: tuple[Key, ...] = (_plain, _either(_plain, str.casefold), _either(_plain, str.upper), _letters, _natural)
KEYS: dict[str, tuple[str, str, tuple[Key, ...]]] = {
    "0": ("REC_TIME", "RSS-ARC-006", (moment,)),
    "1": ("DURATION", "RSS-ARC-007", (seconds,)),
    "2": ("NAME", "RSS-ARC-008", _TEXTS),
    "3": ("SERVER", "RSS-ARC-009", (_address, _plain)),
    "4": ("VIDEO_FORMAT", "RSS-ARC-010", _TEXTS),
    "5": ("SIZE", "RSS-ARC-011", (whole_number,)),
    "6": ("RATE", "RSS-ARC-012", (whole_number,)),
    "7": ("H239", "RSS-ARC-013", (whole_number,)),
}
"""SORT -> the field, the clause, and the keys by which a device may compare it."""


def directions(values: Sequence[str], keys: Sequence[Key]) -> tuple[set[str], str]:
    """The directions in which values are sorted by some key, and where they are not by the first one.

    Values that a key can say nothing of are passed over; where fewer than two different ones are left, both directions fit.
    """
    fits: set[str] = set()
    place = ""
    for key in keys:
        known = [(found, value) for value in values if (found := key(value)) is not None]
        pairs = list(pairwise(known))
        up = next((pair for pair in pairs if pair[0][0] > pair[1][0]), None)
        down = next((pair for pair in pairs if pair[0][0] < pair[1][0]), None)
        fits |= {"ascending"} if up is None else set()
        fits |= {"descending"} if down is None else set()
        if up is not None and down is not None and not place:
            place = "; ".join(f"{one[0][1]} before {one[1][1]}" for one in (up, down))
    return fits, place
