"""Archives and live streams in lists: their number, pages of every size, every order, and what is searched for."""

from __future__ import annotations

import unicodedata

from harness.flow import CaseInconclusive, CaseSkipped
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.listing import (
    ARCHIVES,
    GET,
    KEYS,
    MOST,
    STREAMS,
    Row,
    count,
    directions,
    ids,
    page,
    paging,
    rows_of,
    told_ids,
    walk,
    whole,
)  # fmt: skip

CHAPTER = "Archives / Live Streaming"
_CONTROL = ("GETMEDIAINFO.success", "GETLISTINFO.success")
_START, _END = "RSS-GETMEDIAINFO.START", "RSS-GETMEDIAINFO.END"


def _twice(rows: list[Row]) -> list[str]:
    known = ids(rows)
    return sorted({one for one in known if known.count(one) > 1})


@SUITE.scenario("archive.count", "RSS-ARC-001", "RSS-ARC-015", "RSS-ARC-016", chapter=CHAPTER, after=_CONTROL)
async def counted(dut: PacketDut) -> None:
    """LIBLIST is the number of archives that are listed, each once and none of them a stream."""
    streams = set(told_ids(await whole(dut, catalog=STREAMS)))
    rows = await whole(dut)
    packet, archives, _ = await count(dut)
    enough = len(rows) >= MOST and archives >= len(rows)
    dut.check(
        "number",
        len(rows) == archives or enough,
        "RSS-ARC-001",
        "RSS-GETLISTINFO.confirm.LIBLIST",
        expected=f"LIBLIST {len(rows)}, as many as are listed",
        got=str(archives),
        step=packet.step,
    )
    twice = _twice(rows)
    dut.check("once", not twice, "RSS-ARC-015", expected="each CONF_ID once", got=", ".join(twice[:3]))
    mixed = [one for one in ids(rows) if one in streams]
    dut.check("archives", not mixed, "RSS-ARC-016", "RSS-GETMEDIAINFO.CATALOG", expected="archives only", got=", ".join(mixed[:3]))  # fmt: skip

    kinds = {row.get("CATALOG", ARCHIVES) for row in rows} - {ARCHIVES}
    dut.check("kind", not kinds, "RSS-ARC-016", "RSS-GETMEDIAINFO.confirm.CATALOG", expected="CATALOG 0", got=", ".join(kinds))  # fmt: skip


@SUITE.scenario("archive.streams", "RSS-ARC-002", "RSS-ARC-015", "RSS-ARC-016", chapter=CHAPTER, after=_CONTROL)
async def streams(dut: PacketDut) -> None:
    """BROADLIST is the number of streams that are listed, each once."""
    rows = await whole(dut, catalog=STREAMS)
    packet, _, number = await count(dut)
    right = len(rows) == number or (len(rows) >= MOST and number >= len(rows))
    dut.check(
        "number",
        right,
        "RSS-ARC-002",
        "RSS-GETLISTINFO.confirm.BROADLIST",
        expected=f"BROADLIST {len(rows)}",
        got=str(number),
        step=packet.step,
    )
    twice = _twice(rows)
    dut.check("once", not twice, "RSS-ARC-015", expected="each CONF_ID once", got=", ".join(twice))
    kinds = {row.get("CATALOG", STREAMS) for row in rows} - {STREAMS}
    dut.check("kind", not kinds, "RSS-ARC-016", "RSS-GETMEDIAINFO.confirm.CATALOG", expected="CATALOG 1", got=", ".join(kinds))  # fmt: skip
    ports = [row.get("URL", "") for row in rows if not row.get("URL", "").isdecimal()]
    dut.check("port", not ports, "RSS-ARC-030", expected="the number of a port", got=", ".join(ports[:3]))
    known = dut.target.fixture_texts("live_ids")
    if known and not rows:
        raise CaseInconclusive("none of the fixture live_ids is there")


def _register_pages(size: int) -> None:
    @SUITE.scenario(
        f"archive.pages.{size}",
        "RSS-ARC-003",
        "RSS-ARC-004",
        "RSS-ARC-005",
        "RSS-ARC-028",
        "RSS-ARC-031",
        _START,
        _END,
        chapter=CHAPTER,
        after=_CONTROL,
    )
    async def pages(dut: PacketDut) -> None:
        """Pages that follow one another have each archive once, and none has more than was asked for."""
        how = await paging(dut)
        most = min(MOST, 60 * size)
        for _ in range(3):
            listed = await whole(dut, how=how)
            _, *before = await count(dut)
            walked = await walk(dut, how, size, most=most)
            _, *after = await count(dut)
            if before == after:
                break
        else:
            raise CaseInconclusive("archives come or go all the time")
        if len(listed) < 2:
            raise CaseSkipped("needs more archives than one")
        longest = max(map(len, walked))
        dut.check("length", longest <= size, "RSS-ARC-003", _START, _END, expected=f"{size} entries at most", got=str(longest))  # fmt: skip
        found, all_ids = ids(rows_of(walked)), ids(listed)
        twice = _twice(rows_of(walked))
        dut.check("once", not twice, "RSS-ARC-004", _START, _END, expected="no archive twice", got=", ".join(twice[:3]))
        to_end = len(all_ids) < min(most, MOST)
        lost = [one for one in all_ids if one not in found] if to_end else []
        dut.check(
            "each",
            not lost,
            "RSS-ARC-004",
            _START,
            _END,
            expected=f"all {len(all_ids)} archives",
            got=f"{len(lost)} are on no page: {', '.join(lost[:3])}" if lost else "",
        )
        enough = len(found) >= min(len(all_ids), most // size * size)
        dut.check(
            "as-many",
            enough,
            "RSS-ARC-004",
            _START,
            _END,
            expected=f"as many as the {len(all_ids)} archives",
            got=str(len(found)),
        )
        _in_place(dut, walked, all_ids, size, most)


def _in_place(dut: PacketDut, walked: list[list[Row]], all_ids: list[str], size: int, most: int) -> None:
    """Pages are full and in the order of the whole list."""
    found = ids(rows_of(walked))
    full = all(len(rows) == size for rows in walked[: len(all_ids[:most]) // size])
    dut.check(
        "full",
        full,
        "RSS-ARC-005",
        expected=f"{size} entries on each page but the last",
        got=str([len(rows) for rows in walked]),
    )
    same = found == all_ids[: len(found)]
    dut.check("order", same, "RSS-ARC-005", "RSS-ARC-028", expected="the order of the whole list", got="" if same else "another one")  # fmt: skip


for _size in (1, 3, 10):
    _register_pages(_size)


@SUITE.scenario("archive.page-borders", "RSS-ARC-003", "RSS-ARC-005", "RSS-ARC-031", _START, _END, chapter=CHAPTER, after=_CONTROL)  # fmt: skip
async def borders(dut: PacketDut) -> None:
    """One entry at a time from the beginning, around the middle and at the end; pages that reach beyond it; a long one."""
    how = await paging(dut)
    listed = await whole(dut, how=how)
    _, total, _ = await count(dut)
    if len(listed) < 3:
        raise CaseSkipped("needs three archives")
    last = len(listed) - 1
    for first, size in ((0, 1), (last // 2, 1), (last, 1), (0, 2), (last // 2, 3), (last - 1, 2), (0, 12), (0, 24), (last // 3, 24)):  # fmt: skip
        packet, rows = await page(dut, how.fields(first, size, "0", ARCHIVES))
        wanted = min(size, max(total, len(listed)) - first)
        dut.check(
            "length",
            len(rows) <= size,
            "RSS-ARC-003",
            _START,
            _END,
            expected=f"{size} entries at most",
            got=str(len(rows)),
            step=packet.step,
        )
        dut.check(
            "some",
            bool(rows),
            "RSS-ARC-031",
            _START,
            _END,
            expected=f"{wanted} entries from {first} on",
            got="none",
            step=packet.step,
        )
        dut.check("full", len(rows) == wanted, "RSS-ARC-005", expected=f"{wanted} entries", got=str(len(rows)), step=packet.step)  # fmt: skip
        same = ids(rows) == ids(listed[first : first + len(rows)])
        dut.check("place", same, "RSS-ARC-005", expected=f"the entries from {first} on", got="" if same else "others", step=packet.step)  # fmt: skip
    if total <= MOST and total < 40:
        packet, rows = await page(dut, how.fields(0, total + 5, "0", ARCHIVES))
        dut.check("to-end", len(rows) == total, "RSS-ARC-031", _END, expected=f"all {total}", got=str(len(rows)), step=packet.step)  # fmt: skip


@SUITE.scenario("archive.odd-pages", chapter=CHAPTER, after=_CONTROL)
async def odd_pages(dut: PacketDut) -> None:
    """Pages behind the end, with END before START, or without START, END or SORT: refused, or they have what lies there."""
    _, total, _ = await count(dut)
    fields = {"CATALOG": ARCHIVES, "START": "0", "END": "3", "SORT": "0"}
    behind = {**fields, "START": str(total + 50), "END": str(total + 59)}
    for odd in (
        behind,
        {**fields, "START": "3", "END": "0"},
        *({k: v for k, v in fields.items() if k != name} for name in ("START", "END", "SORT")),
    ):
        packet = await dut.command(GET, odd, judged=False)
        dut.either(packet, "RSS-AMB-088", "RSS-ARC-003")


def _register_sort(sort: str) -> None:
    field, clause, keys = KEYS[sort]

    @SUITE.scenario(f"archive.sort.{field.lower()}", clause, "RSS-GETMEDIAINFO.SORT", chapter=CHAPTER, after=_CONTROL)
    async def sorted_by(dut: PacketDut) -> None:
        """A list is in the order that SORT asks for, in one direction, over all of its pages."""
        how = await paging(dut)
        rows = await whole(dut, sort, how=how)
        values = [row[field] for row in rows if row.get(field)]
        known = {repr(found) for value in values if (found := keys[0](value)) is not None}
        if len(known) < 2:
            raise CaseSkipped(f"needs archives that differ in {field}, of a form that can be compared")
        fits, place = directions(values, keys)
        dut.check("order", bool(fits), clause, "RSS-GETMEDIAINFO.SORT", expected=f"{field} in one direction", got=place)
        if len(fits) == 1:
            dut.observe("direction", "RSS-AMB-087", *fits)
        plain = await whole(dut, "0", how=how)
        lost = set(ids(plain)) ^ set(ids(rows)) if len(plain) < MOST else set()
        dut.check(
            "all",
            not lost,
            "RSS-ARC-004",
            "RSS-GETMEDIAINFO.SORT",
            expected="the same archives in each order",
            got=", ".join(sorted(lost)[:3]),
        )
        for size in (5, 20):
            short = [row[field] for row in rows_of(await walk(dut, how, size, sort, most=2 * size)) if row.get(field)]
            again, where = directions(short, keys)
            dut.check(
                "pages",
                bool(again & fits) or not fits,
                clause,
                "RSS-GETMEDIAINFO.SORT",
                expected="the same direction on the first pages",
                got=where or str(again),
            )


for _sort in KEYS:
    _register_sort(_sort)


def _forms(text: str) -> set[str]:
    """A text in the ways in which it may be compared."""
    bare = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    return {text, text.casefold(), bare.casefold()}


def _found(names: list[str], word: str) -> dict[str, set[int]]:
    """How many names are found under each reading, letter case counting or not."""
    pairs = [(_forms(name), _forms(word)) for name in names]
    tests = {"part": str.__contains__, "start": str.startswith, "whole": str.__eq__}
    found: dict[str, set[int]] = {}
    for reading, test in tests.items():
        exact = sum(test(name, word) for name in names)
        loose = sum(any(test(one, other) for one in ones for other in others) for ones, others in pairs)
        found[reading] = {exact, loose}
    found["ignored"] = {len(names)}
    return found


@SUITE.scenario("archive.search", "RSS-ARC-029", "RSS-GETLISTINFO.SEARCH", chapter=CHAPTER, after=_CONTROL)
async def search(dut: PacketDut) -> None:
    """A search counts the archives whose names fit, at least the one whose whole name is sought, and a blank one all."""
    for _ in range(2):  # one may come in between
        listed = await whole(dut)
        packet, total, _ = await count(dut)
        right = total == len(listed) or total > len(listed) >= MOST
        if right:
            break
    rows = [row for row in listed if row.get("NAME")]
    blank = ("RSS-ARC-029", "RSS-GETLISTINFO.SEARCH")
    dut.check("blank", right, *blank, expected=f"LIBLIST {len(listed)}", got=str(total), step=packet.step)
    if not rows or len(rows) < total:
        raise CaseSkipped("needs archives with names, and not too many to be looked at one by one")
    names = [row["NAME"] for row in rows]
    plain = [one for one in names if not any(mark in one for mark in "%_*?\"'\\")]
    words = list(dict.fromkeys([*plain[:3], *(one for one in plain if not one.isascii())][:5]))
    for word in words:
        packet, seen, _ = await count(dut, word)
        dut.check(
            "whole-name",
            seen >= 1,
            "RSS-GETLISTINFO.SEARCH",
            "RSS-ARC-029",
            expected=f"at least the archive {word!r}",
            got=str(seen),
            step=packet.step,
        )
    pieces = [one for word in words for one in (word[: max(2, len(word) // 2)].rstrip(), *word.split()[-1:])]
    for word in dict.fromkeys([*words, *pieces, dut.unique("nothing")]):
        packet, seen, _ = await count(dut, word)
        known = _found(names, word)
        fits = [reading for reading, numbers in known.items() if seen in numbers]
        dut.check("number", bool(fits), "RSS-ARC-029", expected=f"as many as fit {word!r}: {known}", got=str(seen), step=packet.step)  # fmt: skip
        telling = [reading for reading in fits if known[reading] != known["ignored"] or reading == "ignored"]
        if 0 < len(telling) < len(known):
            dut.observe("search", "RSS-AMB-071", *telling, clauses=("RSS-ARC-029",), step=packet.step)
