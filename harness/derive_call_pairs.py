"""Combinations of optional members: covering arrays in which any two values of any two members come together, and what is left of one that fails.

A combination that fails is tried again without each of its members, as long as it goes on failing, so that the finding names only those
that matter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from harness.calldut import CallDut
from harness.case import Case
from harness.derive_call_given import GivenCases, levels
from harness.derive_call_places import Place, Tree, partners, put
from harness.derive_call_values import Probe, limits, plain
from harness.messages.callreply import CallReply
from harness.spec.callvalues import exists

LEAST = 3  # optional members that make combinations worth while
MOST_LEVELS = 3  # values of one member that are combined
MOST_TRIES = 60  # calls to reduce a combination


def pairs(counts: Sequence[int]) -> list[tuple[int, ...]]:
    """Rows of numbers, the n-th below the n-th count, in which any two numbers of any two columns come together; always the same ones."""
    bits: list[list[int]] = []
    used = 0
    for count in counts:
        bits.append([1 << (used + level) for level in range(count)])
        used += count
    everything = (1 << used) - 1
    masks = [sum(levels_) for levels_ in bits]
    left = [[everything & ~masks[column] for _ in range(count)] for column, count in enumerate(counts)]
    rows: list[tuple[int, ...]] = []
    while (start := _most(left)) is not None:
        row: dict[int, int] = {start[0]: start[1]}
        chosen = bits[start[0]][start[1]]
        for column in sorted(range(len(counts)), key=lambda one: (one - start[0]) % len(counts)):
            if column in row:
                continue
            best = max(
                range(counts[column]),
                key=lambda level: (
                    (left[column][level] & chosen).bit_count(),
                    left[column][level].bit_count(),
                    -level,
                ),
            )
            row[column] = best
            chosen |= bits[column][best]
        for column, level in row.items():
            left[column][level] &= ~chosen
        rows.append(tuple(row[column] for column in range(len(counts))))
    return rows


def _most(left: Sequence[Sequence[int]]) -> tuple[int, int] | None:
    """The column and number with the most to come together with; None if there is nothing left."""
    count, column, level = max(
        ((one.bit_count(), -column, -level) for column, row in enumerate(left) for level, one in enumerate(row)),
        default=(0, 0, 0),
    )
    return (-column, -level) if count else None


async def reduced(
    names: Sequence[str], fails: Callable[[Sequence[str]], Awaitable[bool]], most: int = MOST_TRIES
) -> list[str]:
    """The names without which it would no longer fail, as far as `most` tries tell; halves are left out before single ones."""
    kept, size = list(names), max(len(names) // 2, 1)
    while kept and most > 0:
        for start in range(0, len(kept), size):
            rest = kept[:start] + kept[start + size :]
            most -= 1
            if await fails(rest):
                kept = rest
                break
            if most <= 0:
                return kept
        else:
            if size == 1:
                return kept
            size = max(size // 2, 1)
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A member with the values that are combined; of an 'unlimited' pair both halves are in one column."""

    values: tuple[tuple[Place, Probe], ...]

    @property
    def name(self) -> str:
        """Of its first member."""
        return self.values[0][0].name


class PairCases(GivenCases):
    """Combinations for one method."""

    def pairs(self) -> Iterator[Case]:
        """The rows for the call itself, and for each struct with as many optional members."""
        if self.refused_only:
            return
        groups: dict[tuple[str, ...], list[Place]] = {}
        for place in self.places:
            if not place.member.required and self._combines(place):
                groups.setdefault(place.path[:-1], []).append(place)
        seen: set[str] = set()
        for path, found in groups.items():
            columns = list(self._columns(found))
            struct = found[0].structs[-1] if found[0].structs else ""
            if len(columns) < LEAST or struct in seen:
                continue  # a struct that stands at several places is combined at the first of them
            seen.add(struct)
            shown = self.shower.of(found[0])
            clauses = [shown.clause] if shown is not None and shown.clause else []
            for number, row in enumerate(pairs([len(one.values) + 1 for one in columns]), 1):
                part = ".".join((*path, "pairs", f"{number:02}"))
                chosen = [one.values[level - 1] for one, level in zip(columns, row, strict=True) if level]
                flow = partial(self._row, chosen)
                title = f"a combination of members of {'.'.join(path) or 'the call'}"
                yield self.made(part, title, clauses, flow, after=self.controls(found[0]))

    def _combines(self, place: Place) -> bool:
        """Whether its values do not depend on others in the call, and go with all of them."""
        member = place.member
        alone = member.object is None and not member.array and not member.deprecated and not member.experimental
        listing = self.call.listing
        alone = alone and (listing is None or place.name not in (listing.cookie, *listing.first_only))
        alone = alone and place.key not in self.world.beside and place.key not in self.world.single
        return alone and (member.struct is None or not member.other_structs)

    def _columns(self, found: Sequence[Place]) -> Iterator[Column]:
        halves = {one.member.unlimited for one in found}
        for place in found:
            if place.name in halves:
                continue
            probes = self._probes(place)
            if not probes:
                continue
            flag = next((one for one in found if one.name == place.member.unlimited), None)
            values = [(place, one) for one in probes[: MOST_LEVELS - (flag is not None)]]
            if flag is not None:
                values.append((flag, Probe(name="unlimited", make=lambda _: True)))
            yield Column(values=tuple(values))

    def _probes(self, place: Place) -> list[Probe]:
        if place.member.struct is not None or place.key in self.world.values:
            return [Probe(name="made")]
        ends = [one for one in limits(self.system, place.member) if one.bound is None]
        ordinary = plain(self.system, place.member)
        return [*ordinary, *ends] if len(ordinary) == 1 else ordinary

    async def _row(self, chosen: Sequence[tuple[Place, Probe]], dut: CallDut) -> None:
        there = (one for one in chosen if exists(self.syntax.versions, dut.version, one[0].member))
        known = [one for one in there if self.has(dut, *one)]
        tree = await self.tree(dut, chosen[0][0] if chosen and chosen[0][0].above else None)
        values: dict[str, tuple[Place, Any]] = {}
        for place, probe in known:
            values[place.label] = (place, await self._value(dut, place, probe, tree))
        problem = await self._tried(dut, tree, list(values), values, judge=True)
        if problem is None:
            return
        again = partial(self._fails, dut, tree, values, problem[0])
        left = await reduced(list(values), again)
        clauses = [clause for one in left for clause in self._blamed(values[one][0], problem[0])]
        told = ", ".join(f"{one}={values[one][1]!r}"[:120] for one in left) or "the call without any of them"
        dut.check("combination", False, *clauses, expected=f"{told} to be taken together and shown", got=problem[1])

    def _blamed(self, place: Place, kind: str) -> list[str]:
        """What says that a member is taken, or shown, in any combination."""
        if not kind.startswith("shown"):
            return [place.clause]
        shown = self.shower.of(place)
        own = [place.clause] if place.structs else []
        rest = [shown.clause] if shown is not None and shown.clause else []
        return [*self._shown_clauses(place)[:1], *own, *rest]

    async def _value(self, dut: CallDut, place: Place, probe: Probe, tree: Tree) -> Any:
        if place.member.struct is not None:
            return await self.container(dut, place, place.member.struct)
        if (special := self.world.values.get(place.key)) is not None:
            return (await special(dut, place, tree))[-1][1]
        return await self.probe(dut, probe, place, tree)

    async def _fails(
        self, dut: CallDut, tree: Tree, values: dict[str, tuple[Place, Any]], kind: str, names: Sequence[str]
    ) -> bool:
        problem = await self._tried(dut, tree, names, values, judge=False)
        return problem is not None and problem[0] == kind

    async def _tried(
        self, dut: CallDut, tree: Tree, names: Sequence[str], values: dict[str, tuple[Place, Any]], *, judge: bool
    ) -> tuple[str, str] | None:
        """Call with these members; what is wrong with it, as a kind and in words, or nothing."""
        members = tree
        for name in names:
            place, value = values[name]
            members = put(members, place, value, drop=partners(place))
        reply = await self.ask(dut, members)
        if reply.ok is not True:
            return (f"fault {reply.code}", reply.describe())
        if judge:
            dut.ok(reply, check="taken")
        return await self._odd(dut, members, [values[one][0] for one in names], reply)

    async def _odd(
        self, dut: CallDut, members: Tree, found: Sequence[Place], reply: CallReply
    ) -> tuple[str, str] | None:
        for method in dict.fromkeys(one.method for place in found if (one := self.shower.of(place)) is not None):
            mine = [one for one in found if (shown := self.shower.of(one)) is not None and shown.method == method]
            shown = self.shower.of(mine[0])
            assert shown is not None
            look = await self.shower.look(dut, shown, members, reply)
            names = list(dict.fromkeys(one.path[0] for one in mine))
            known = await levels(dut, self.call.takes, members, self.system)
            if odd := self.shower.odd(look, shown, members, names, known):
                first = odd[0]
                return (f"shown {first.path}", f"{first.path}: {first.expected} set, {first.got} shown")
        return None
