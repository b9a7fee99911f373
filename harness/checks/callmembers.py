"""Checks of the members of a struct that a device has sent: they are there, or not, as the document has it, and of their types.

Pure functions of model and value. What is as it must be under every reading gives no check of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.checks.callfound import FoundMembers
from harness.checks.callvalues import Problem, empty, text_of, value_problem
from harness.messages.callreply import taken_at
from harness.spec.callmodel import CallStruct, Member, Presence
from harness.spec.callvalues import default_at, exists, type_at
from harness.wire.xmlrpc import Kind, Value
from harness.wire.xmlrpc_values import Path

_MOST_SHOWN = 120  # characters of a value that a check shows


class Members(FoundMembers):
    """Judges structs, and gathers what it finds."""

    # structs

    def struct(
        self,
        base: str,
        known: Mapping[str, Member],
        value: Value,
        path: Path = (),
        *,
        partial: str | None = None,
        listed: bool = True,
    ) -> None:
        """Judge one struct.

        Args:
            base: the clause that those of its members begin with.
            partial: an ambiguity, one reading of which lets members be left out.
            listed: the document lists all that it may have.
        """
        given = {member.name: member.value for member in value.members}
        seen: set[str] = set()
        for name, member in known.items():
            bound = member.since is not None or member.until is not None  # most are not, and there are many
            if bound and not exists(self._syntax.versions, self._set.version, member):
                seen.add(name)
                continue
            spelled = self._spelled(name, member, given)
            seen.add(spelled)
            found = given.get(spelled)
            clause, place = f"{base}.{name}", (*path, spelled)
            if found is None:
                self._absent(clause, place, member, given, partial)
                continue
            self._held.there(clause)
            if member.names and member.ambiguity is not None:
                self._see_any(member.ambiguity, clause, {one for one, text in member.names.items() if text == spelled})
            self._there(clause, place, member, given, found)
            self._value(clause, place, member, found)
        if listed and not seen >= given.keys():
            self._see("extra-returned", "more", base)

    def _spelled(self, name: str, member: Member, given: Mapping[str, Value]) -> str:
        if name in given or not member.names:
            return name
        return next((one for one in member.names.values() if one in given), name)

    def _absent(
        self, clause: str, place: Path, member: Member, given: Mapping[str, Value], partial: str | None
    ) -> None:
        due, _ = self._due(member.present, given, None)
        if due is False:
            self._held.there(f"{clause}:absent")
        if due is not True or member.optional or (member.present is not None and member.present.only):
            return
        if member.experimental:
            self._see("experimental-returned", "absent", clause)
            return
        open_points = (member.absent, member.present.ambiguity if member.present is not None else None, partial)
        for ambiguity in open_points:
            if ambiguity is not None and "absent" in self._system.ambiguities[ambiguity].readings:
                self._see(ambiguity, "absent", clause)
                return
        name = str(place[-1])
        near = [one for one in given if one.casefold() == name.casefold()]
        rules = (self._syntax.rules["unlimited-returned"],) if member.present and member.present.lacks else ()
        self._broke(
            clause, place, "", "it to be there" + self._why(member.present), f"only {near[0]}" if near else "none of it", *rules
        )  # fmt: skip

    def _there(self, clause: str, place: Path, member: Member, given: Mapping[str, Value], found: Value) -> None:
        """What is there should be, under its condition."""
        if member.experimental:
            self._see("experimental-returned", "there", clause)
        present = member.present
        if present is None:
            return
        due, why = self._due(present, given, found)
        if due:
            self._held.there(f"{clause}:absent")
        if due is not False:
            return
        readings = self._system.ambiguities[present.ambiguity].readings if present.ambiguity is not None else {}
        if present.ambiguity is not None and "there" in readings and why != "lacks":
            self._see(present.ambiguity, "there", clause)
            return
        rules = (self._syntax.rules["unlimited-returned"],) if why == "lacks" else ()
        self._broke(clause, place, "absent", f"it only{self._why(present)}", _shown(found), *rules)

    def _due(
        self, present: Presence | None, given: Mapping[str, Value], found: Value | None
    ) -> tuple[bool | None, str]:
        """Whether a member must be there (True) or must not (False), None where that cannot be known; and what decides."""
        if present is None:
            return True, ""
        facts: list[tuple[bool | None, str]] = []
        if present.lacks is not None:
            facts.append((present.lacks not in given, "lacks"))
        for name, values in present.beside.items():
            facts.append((text_of(given[name]) in values if name in given else None, "beside"))
        for name, values in present.asked.items():
            facts.append((self._asked(name, values), "asked"))
        if present.state is not None:
            facts.append((None, "state"))
        if present.filled:
            facts.append((None if found is None else not empty(found), "filled"))
        for fact in facts:
            if fact[0] is False:
                return fact
        return (True if all(one[0] for one in facts) else None), ""

    def _asked(self, name: str, values: Sequence[str]) -> bool | None:
        if name in self._set.settled:
            return None
        sent = taken_at(self._set.sent, name.split("."))
        if not values:
            return sent is not None
        if sent is None:
            member = self._set.taken.get(name)
            told = default_at(self._syntax, member, self._set.version) if member is not None else None
            return None if told is None else told in values
        if isinstance(sent, bool):
            return ("true" if sent else "false") in values
        return str(sent) in values if isinstance(sent, str | int) else None

    # values

    def _value(self, clause: str, place: Path, member: Member, found: Value) -> None:
        if not member.array:
            self._one(clause, place, member, found)
            return
        if found.kind is not Kind.ARRAY:
            self._broke(clause, place, "type", "an array", _shown(found), self._syntax.rules["reply-types"])
            return
        count = len(found.items)
        least = 0 if member.absent is not None and not count else member.least or 0  # what may be left out may be empty
        if count < least or (member.most is not None and count > member.most):
            most = f" to {member.most}" if member.most is not None else " or more"
            self._broke(clause, place, "count", f"{least}{most} elements", f"{count}")
        else:
            self._held.there(f"{clause}:count")
        for number, item in enumerate(found.items):
            if member.blank and empty(item):
                if item.kind is not Kind.STRUCT:
                    self._see("blank-returned", "nothing", clause)
                continue
            self._one(clause, (*place, number), member, item)

    def _one(self, clause: str, place: Path, member: Member, found: Value) -> None:
        if member.struct is not None or member.other_structs:
            name, struct = self._struct(member, found)
            if found.kind is not Kind.STRUCT:
                self._broke(
                    clause, place, "type", f"a struct ({name})", _shown(found), self._syntax.rules["reply-types"]
                )
                return
            self._held.sound(clause)
            self._either(clause, place, member, struct, found)
            self.struct(
                f"{self._system.prefix}-struct.{name}.returned", struct.members, found, place, partial=member.partial,
                listed=not struct.open,
            )  # fmt: skip
            return
        if member.types and member.type_ambiguity is not None:
            self._several(clause, place, member, found)
            return
        kind = (type_at(self._syntax, member, self._set.version) if member.changed else member.type) or ""
        problem = self._judged(clause, member, kind, found)
        if problem is not None:
            self._broke(clause, place, problem.aspect, problem.expected, _shown(found), *self._rules(problem))
            return
        self._meaning(clause, place, member, found)

    def _either(self, clause: str, place: Path, member: Member, struct: CallStruct, found: Value) -> None:
        """What is one of several structs has nothing that only another of them has."""
        for other in member.other_structs and filter(None, (member.struct, *member.other_structs)):
            odd = (self._system.structs[other].members.keys() - struct.members.keys()) & set(found.names)
            if odd:
                self._broke(clause, place, "type", "the members of one kind", f"{', '.join(sorted(odd))} as well")

    def _judged(self, clause: str, member: Member, kind: str, found: Value) -> Problem | None:
        """What is wrong with a single value; what a reading allows is seen."""
        problem = value_problem(self._system.scalars[kind], found, open_values=member.open_values)
        if problem is None:
            self._held.sound(clause)
            return None
        ambiguity = problem.ambiguity or (member.any_value if problem.aspect != "type" else None)
        if ambiguity is None:
            return problem
        known = self._system.ambiguities[ambiguity]
        wanted = next(
            (one for one in (known.accepted, "any", "empty", list(known.readings)[-1]) if one in known.readings), None
        )
        if wanted is not None:
            self._see(ambiguity, wanted, clause)
        return None

    def _several(self, clause: str, place: Path, member: Member, found: Value) -> None:
        """A value of one of several types, by reading."""
        assert member.type_ambiguity is not None
        problems = {
            reading: value_problem(self._system.scalars[kind], found, open_values=member.open_values)
            for reading, kind in member.types.items()
        }
        fits = {reading for reading, problem in problems.items() if problem is None or problem.ambiguity is not None}
        if fits:
            self._held.sound(clause)
            self._see_any(member.type_ambiguity, clause, fits)
            return
        problem = next(one for one in problems.values() if one is not None)
        self._broke(clause, place, problem.aspect, problem.expected, _shown(found))

    def _meaning(self, clause: str, place: Path, member: Member, found: Value) -> None:
        """What a value must be besides of its type: what was sent, or always the same."""
        sent = taken_at(self._set.sent, member.echo.split(".")) if member.echo is not None else None
        if isinstance(sent, str | int | bytes):
            if sent != found.scalar:
                self._broke(clause, place, "echo", f"{sent!r}"[:_MOST_SHOWN], _shown(found))
            else:
                self._held.there(f"{clause}:echo")
        if member.always is None:
            return
        if text_of(found) == member.always:
            self._held.there(f"{clause}:always")
        elif member.any_value is not None:
            self._see(member.any_value, "any", clause)
        elif not member.ignore:
            self._broke(clause, place, "always", member.always, _shown(found))

    def _struct(self, member: Member, found: Value) -> tuple[str, CallStruct]:
        """The struct that an element is; of several the one whose members it has most of."""
        names = [*([member.struct] if member.struct else []), *member.other_structs]
        given = set(found.names)
        best = max(names, key=lambda name: len(given & self._system.structs[name].members.keys()))
        return best, self._system.structs[best]

    def _why(self, present: Presence | None) -> str:
        if present is None:
            return ""
        told = ["it is not empty"] if present.filled else []
        told += [f"{name} is {' or '.join(values)}" for name, values in present.beside.items()]
        told += [f"{name} of the call is {' or '.join(values) or 'given'}" for name, values in present.asked.items()]
        told += [f"{present.lacks} is absent"] if present.lacks else []
        told += [present.state] if present.state else []
        return f", when {' and '.join(told)}" if told else ""


def _shown(value: Value) -> str:
    """A value for people."""
    if value.kind in (Kind.STRUCT, Kind.ARRAY):
        return f"{value.kind} of {len(value.members) or len(value.items)}"
    text = repr(value.text)
    return f"{value.tag or 'text'} {text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + '...'}"
