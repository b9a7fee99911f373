"""Scripts about periods of time and about lists in pages: single requests at edges, and several whose replies must go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

from harness.fuzzing.http_query import MOST_ROWS, Field, Plan, Requests, time_slot
from harness.fuzzing.script import Part, Script, Slot, Step
from harness.spec.model import Base, System

T = TypeVar("T")
ALL_ROWS = 1_000_000
# Seconds of the epoch at which something happens: its begin, leap days and seconds, changes to and from summer time, ends of integers.
_EDGES = (
    0, 1, 59, 60, 3599, 3600, 3601, 86_399, 86_400, 68_169_600, 78_796_800, 94_694_400, 951_782_399, 951_782_400, 951_868_800, 946_684_799,
    946_684_800, 1_107_129_600, 1_206_752_400, 1_225_000_800, 1_230_767_999, 1_230_768_000, 1_236_495_600, 1_238_288_400, 1_256_432_400,
    1_257_055_200, 1_268_550_000, 1_289_109_600, 1_332_637_200, 1_341_100_799, 1_341_100_800, 1_351_386_000, 1_435_708_799, 1_456_704_000,
    1_483_228_799, 1_483_228_800, 1_709_164_800, 2_147_483_646, 2_147_483_647, 2_147_483_648, 4_102_444_800, 4_294_967_295, 4_294_967_296,
    9_999_999_999, 253_402_300_799, 253_402_300_800, 1_233_856_800_000,
)  # fmt: skip
_LENGTHS = (
    3599,
    3600,
    3601,
    0,
    1,
    -1,
    -3600,
    60,
    3602,
    7200,
    86_399,
    86_400,
    86_401,
    604_800,
    31_536_000,
    2_147_483_648,
)
_SPELLED = (
    "{}", "{}", "{}", "{}.0", "{}.5", "{}e0", "{}E+0", "0{}", "00000{}", "%2B{}", "+{}", "%20{}", "{}%20", "-{}", "{},0", "{}s", "{}000", "'{}'",
    "{}%00", "{}.", "--{}", "{}-", "0x{:x}", "{:o}", "{:e}", "{:,}", "{:_}",
)  # fmt: skip
_DATES = (
    b"2009-02-05", b"2009-02-05T18:00:00Z", b"now", b"today", b"02/05/2009", b"18:00", b"1970-01-01T00:00:00Z", b"Thu,%2005%20Feb%202009", b"-", b"",
)  # fmt: skip
_BORDER_SHARE = 0.75  # of periods of a certain length that are as long as may be, or a second more or less
_ROWS = (1, 1, 2, 3, 5, 7, 10, 50, 100)
LONG_ROWS = 200  # of some lists that are paged through


class Periods:
    """Builds them for one system on one target."""

    def __init__(self, system: System, requests: Requests) -> None:
        self._system = system
        self._requests = requests
        # Rows of these have to do with time and do not depend on the period that is asked for.
        self._histories = [
            name
            for name in requests.windowed
            if (paging := system.operations[name].paging) is not None and paging.by_name is None
        ]
        self._by_name = [
            name
            for name in requests.paged
            if (paging := system.operations[name].paging) is not None and paging.by_name is not None
        ]

    # dates

    def dates(self, rng: Random) -> Script:
        """One script of the category."""
        ways = (
            self._edge, self._length, self._spelling, self._length, self._length, self._length, self._split, self._again, self._latest, self._quiet,
        )  # fmt: skip
        return ways[int(rng.random() * len(ways))](rng)

    def _script(self, kind: str, name: str, *plans: Plan) -> Script:
        operation = self._system.operations[name]
        clause = operation.window.clause if operation.window is not None and operation.window.clause else ""
        return Script(
            name=kind,
            clauses=(clause or f"{self._system.prefix}-{name}",),
            steps=tuple(Step(parts=plan.parts()) for plan in plans),
        )

    def _with(self, name: str, rng: Random, start: Sequence[Part], end: Sequence[Part]) -> Plan:
        window = self._system.operations[name].window
        assert window is not None
        new = {window.start.encode(): tuple(start), window.end.encode(): tuple(end)}
        plan = self._requests.plan(name, rng)
        fields = tuple(Field(one.name, new.get(one.name, one.value)) for one in plan.fields)
        return replace(plan, fields=fields)

    def _edge(self, rng: Random) -> Script:
        """A period about an edge of calendars or integers."""
        name = _one(self._requests.windowed, rng)
        at = _one(_EDGES, rng) + _one((-3600, -1, 0, 0, 1), rng)
        end = at + _one(_LENGTHS, rng)
        return self._script("dates.edge", name, self._with(name, rng, (b"%d" % at,), (b"%d" % end,)))

    def _length(self, rng: Random) -> Script:
        """A period with data of a certain length, or that ends before it begins."""
        name = _one(self._requests.windowed, rng)
        start = int(rng.random() * 3600) - (1800 if rng.random() < 0.3 else 0)
        longest = self._longest(name)
        if rng.random() < _BORDER_SHARE:
            end = start + longest + _one((-1, 0, 1, 1), rng)
        else:
            end = start + (_one(_LENGTHS, rng) if rng.random() < 0.7 else int(rng.random() * 7200) - 1800)
        plan = self._with(name, rng, (time_slot(start),), (time_slot(end),))
        if name in self._histories and rng.random() < 0.8:  # long periods have many rows
            kept = [one for one in plan.fields if one.name.decode() not in self._optional(name)]
            plan = replace(plan, fields=(*kept, Field(self._rows(name), (b"5",))))
        return self._script("dates.length", name, plan)

    def _longest(self, name: str) -> int:
        window = self._system.operations[name].window
        assert window is not None
        return window.longest_s

    def _quiet(self, rng: Random) -> Script:
        """A period with data, one without, and the first again."""
        name = _one(self._histories, rng)
        busy = self._whole(name, rng, int(rng.random() * 3000), _one(self._requests.lengths(name), rng))
        start = int(rng.random() * 3000)
        quiet = self._with(name, rng, (time_slot(start, "quiet"),), (time_slot(start + 9, "quiet"),))
        return self._script("dates.quiet", name, busy, quiet, busy)

    def _optional(self, name: str) -> set[str]:
        parameters = self._system.operations[name].parameters
        return {own for own, one in parameters.items() if one.optional}

    def _rows(self, name: str) -> bytes:
        paging = self._system.operations[name].paging
        assert paging is not None
        return paging.rows.encode()

    def _spelling(self, rng: Random) -> Script:
        """A second in an odd spelling, or what is none."""
        name = _one(self._requests.windowed, rng)
        if rng.random() < 0.2:
            value = _one(_DATES, rng)
        else:
            value = _one(_SPELLED, rng).format(1_233_856_800 if rng.random() < 0.5 else _one(_EDGES, rng)).encode()
        other = (time_slot(int(rng.random() * 3000)),)
        pair = ((value,), other) if rng.random() < 0.5 else (other, (value,))
        return self._script("dates.spelling", name, self._with(name, rng, *pair))

    def _whole(self, name: str, rng: Random, start: int, length: int) -> Plan:
        return self._requests.pages(name, rng, start, length, ALL_ROWS, b"0")

    def _split(self, rng: Random) -> Script:
        """A period, parts of it, and the period again."""
        name = _one(self._histories, rng)
        start, length = int(rng.random() * 3000), _one(self._requests.lengths(name), rng)
        middle = int(rng.random() * length)
        whole = self._whole(name, rng, start, length)
        parts = [self._whole(name, rng, start, middle), self._whole(name, rng, start + middle, length - middle)]
        if rng.random() < 0.3:
            inner = int(rng.random() * (length - middle + 1))
            parts = [self._whole(name, rng, start + middle, inner)]
        return self._script("dates.split", name, whole, *parts, whole)

    def _again(self, rng: Random) -> Script:
        """The same period again and again, with others between."""
        name = _one(self._histories, rng)
        whole = self._whole(name, rng, int(rng.random() * 3000), _one(self._requests.lengths(name), rng))
        other = self._requests.plan(_one(self._requests.windowed, rng), rng)
        between = [] if rng.random() < 0.5 else [other]
        return self._script("dates.again", name, whole, *between, whole, whole)

    def _latest(self, rng: Random) -> Script:
        """Rows of a history, and what the device says of the latest of them."""
        name = _one(self._histories, rng)
        plain = [own for own in self._requests.names if self._is_one_fact(own)]
        start = int(rng.random() * 3000)
        plans = [self._whole(name, rng, start, _one(self._requests.lengths(name), rng))]
        plans += [self._requests.plan(own, rng) for own in plain]
        return self._script("dates.latest", name, *plans)

    def _is_one_fact(self, name: str) -> bool:
        """Whether a message has neither parameters nor rows."""
        operation = self._system.operations[name]
        return (
            not operation.parameters
            and operation.reply is not None
            and self._system.replies[operation.reply].row is None
        )

    # pages

    def paging(self, rng: Random) -> Script:
        """One script of the category."""
        choice = rng.random()
        if self._by_name and choice < 0.4:
            return self._names(rng)
        if choice < 0.85 or not self._by_name:
            return self._numbers(rng)
        return self._odd_name(rng)

    def _numbers(self, rng: Random) -> Script:
        """A whole list, its pages, and the list again."""
        name = _one(self._histories, rng)
        most = MOST_ROWS if rng.random() < 0.7 else LONG_ROWS
        start, length = int(rng.random() * 3000), _one(self._requests.lengths(name, most), rng)
        if most == LONG_ROWS:
            length = self._requests.lengths(name, most)[-1]
        whole = self._whole(name, rng, start, length)
        sizes = [_one(_ROWS, rng) for _ in range(1 + int(rng.random() * 3))]
        if rng.random() < 0.5:  # pages of one size
            sizes = sizes[:1] * (1 + len(sizes))
        pages, offset = [], 0
        for size in sizes:
            pages.append(self._requests.pages(name, rng, start, length, size, b"%d" % offset))
            offset += size
        pages.append(self._requests.pages(name, rng, start, length, ALL_ROWS, b"%d" % offset))
        return self._script("paging.numbers", name, whole, *pages, *self._twice(whole, rng))

    def _names(self, rng: Random) -> Script:
        """A whole list, its pages by the name of the last row of the one before, and the list again."""
        name = _one(self._by_name, rng)
        whole = self._requests.pages(name, rng, 0, 0, ALL_ROWS, None)
        pages = [self._requests.pages(name, rng, 0, 0, _one(_ROWS, rng), None)]
        for number in range(1 + int(rng.random() * 4)):
            pages.append(self._requests.pages(name, rng, 0, 0, _one(_ROWS, rng), Slot(f"value:{number + 1}:")))
        return self._script("paging.names", name, whole, *pages, *self._twice(whole, rng))

    def _twice(self, whole: Plan, rng: Random) -> tuple[Plan, ...]:
        """The whole list once more, or twice: the first may be wrong because of a page before it."""
        return (whole,) * (1 + (rng.random() < 0.5))

    def _odd_name(self, rng: Random) -> Script:
        """A page behind a known content, or behind a name that is none."""
        name = _one(self._by_name, rng)
        operation = self._system.operations[name]
        assert operation.paging is not None
        parameter = operation.parameters[operation.paging.offset]
        kind = self._system.types[parameter.type]
        offset: Part = self._requests.object_value(parameter.object or "", rng)
        if rng.random() < 0.4 or kind.base is not Base.XS_STRING:
            offset = _one(
                (
                    b"a",
                    b"zzzz",
                    b"%00",
                    b"%FF",
                    b"%C3%A9",
                    b"A%26B",
                    b"0",
                    b"%20",
                    b"%2B",
                    b"a" * 3000,
                    b"~",
                    b"%EF%BF%BF",
                ),
                rng,
            )
        whole = self._requests.pages(name, rng, 0, 0, ALL_ROWS, None)
        page = self._requests.pages(name, rng, 0, 0, _one(_ROWS, rng), offset)
        return self._script("paging.odd-name", name, whole, page, whole)


def _one(items: Sequence[T], rng: Random) -> T:
    return items[int(rng.random() * len(items))]
