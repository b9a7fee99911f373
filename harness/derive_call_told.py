"""What replies tell: each returned member of a method, nested ones too, with the clauses that any reply with it tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from harness.spec.callmodel import Member, Presence
from harness.spec.clauses import catalogue
from harness.spec.model import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One returned member; `line` are the members that it stands in, and itself."""

    path: tuple[str, ...]
    clause: str
    line: tuple[Member, ...]

    @property
    def member(self) -> Member:
        """What the document says of it."""
        return self.line[-1]

    @property
    def label(self) -> str:
        """The path as text."""
        return ".".join(self.path)


class TellsOf:
    """The returned members of methods, and their clauses."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._aspects: dict[str, list[str]] = {}
        for clause in catalogue(system):
            place, colon, aspect = clause.rpartition(":")
            if colon and ".returned." in place:
                self._aspects.setdefault(place, []).append(aspect)

    def members(self, method: str) -> Iterator[Told]:
        """Every returned member of a method, each behind the one that it stands in."""
        call = self._system.operations[method].call
        if call is not None:
            yield from self._walk(f"{self._system.prefix}-{method}.returned", call.returns, (), ())

    def _walk(
        self, base: str, members: Mapping[str, Member], path: tuple[str, ...], line: tuple[Member, ...]
    ) -> Iterator[Told]:
        for name, member in members.items():
            yield Told(path=(*path, name), clause=f"{base}.{name}", line=(*line, member))
            for struct in filter(None, (member.struct, *member.other_structs)):
                below = self._system.structs[struct].members
                place = f"{self._system.prefix}-struct.{struct}.returned"
                yield from self._walk(place, below, (*path, name), (*line, member))

    def clauses(self, method: str, which: Callable[[Told], bool]) -> list[str]:
        """The clauses of members of replies: that they are there, as far as they must be, and what else holds of them."""
        found: list[str] = []
        for told in self.members(method):
            if which(told):
                if not (told.member.optional or told.member.absent or told.member.experimental):
                    found.append(told.clause)
                found += [f"{told.clause}:{one}" for one in self._aspects.get(told.clause, ()) if one != "absent"]
        return list(dict.fromkeys(found))

    def absent(self, method: str, which: Callable[[Told], bool] = lambda _: True) -> list[str]:
        """The clauses that members are absent where their conditions do not hold."""
        mine = [one.clause for one in self.members(method) if which(one)]
        return list(dict.fromkeys(f"{one}:absent" for one in mine if "absent" in self._aspects.get(one, ())))

    def always(self, passive: Collection[str] = ()) -> Callable[[Told], bool]:
        """Which members any success may have, on devices of their kind, and in circumstances that no case brings about."""

        def which(told: Told) -> bool:
            return all(one.present is None or self._passive(one.present, passive) for one in told.line)

        return which

    def _passive(self, present: Presence, passive: Collection[str]) -> bool:
        if present.state is None:
            return False
        return bool(self._system.circumstances[present.state].platforms) or present.state in passive

    def with_state(self, *states: str) -> Callable[[Told], bool]:
        """Which members need no other circumstance than these, and at least one of them."""

        def which(told: Told) -> bool:
            needed = {one.present.state for one in told.line if one.present is not None and one.present.state}
            return bool(needed) and needed <= set(states)

        return which

    def by_value(self, told: Told) -> bool:
        """Whether it depends on values alone that it is there: it is not empty, or is the half of a pair that holds."""
        conditions = [one.present for one in told.line if one.present is not None]
        return bool(conditions) and all(one.state is None and not one.asked and not one.beside for one in conditions)
