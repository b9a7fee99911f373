"""What is wrong with the members of a call, and which faults may answer it, by the model of the spec and all readings."""

from __future__ import annotations

from collections.abc import Mapping

from fuzz.tps.known import Known
from fuzz.tps.slips import Found
from fuzz.tps.values import ValueMistakes
from fuzz.tps.xml import Mark, Value
from harness.spec.callmodel import Member, Slip
from harness.spec.callvalues import exists, members_at
from harness.spec.model import System


class Mistakes(ValueMistakes):
    """Looks for mistakes."""

    def __init__(self, system: System, known: Known, version: str | None) -> None:
        super().__init__(system, known, version)
        self._now: dict[int, tuple[dict[str, Member], dict[str, str]]] = {}  # by the identity of members of the model

    def of(self, method: str, members: Mapping[str, Value]) -> Found:
        """What is wrong with the members of a call of a method that is known, apart from user and password."""
        found = Found()
        call = self._system.operations[method].call
        assert call is not None
        self._members(call.takes, members, f"{method}.", (), found)
        for need in call.needs:
            self._need(need.when, members, found)
        return found

    def head(self, name: str, value: Value | None, found: Found) -> None:
        """The same of a member that every call has."""
        member = self._syntax.head[name]
        if value is None:
            self._wrong(member, Slip.MISSING, "", (name,), found)
        else:
            self._one(member, value, "", (name,), {}, found)

    # members

    def _spellings(self, known: Mapping[str, Member]) -> tuple[dict[str, Member], dict[str, str]]:
        """The members that the version has, and how they are spelled."""
        found = self._now.get(id(known))
        if found is None:
            now = members_at(self._syntax, known, self._version)
            spelled = {
                spelling: name
                for name, one in now.items()
                for spelling in (one.names.values() if one.names else (name,))
            }
            found = self._now[id(known)] = (now, spelled)
        return found

    def _members(
        self, known: Mapping[str, Member], given: Mapping[str, Value], base: str, path: tuple[str, ...], found: Found
    ) -> None:
        now, spelled = self._spellings(known)
        for name, value in given.items():
            if name not in spelled:  # TPS-AMB-020
                found.open, found.anything = True, True
                continue
            member = now[spelled[name]]
            if member.names or member.experimental:
                found.open, found.anything = True, True
            self._one(member, value, base, (*path, name), given, found)
        for name, member in now.items():
            if (member.required or member.required_ambiguity) and not any(
                one in given for one in (member.names.values() if member.names else (name,))
            ):
                self._wrong(member, Slip.MISSING, base, (*path, name), found)

    def _need(self, when: Mapping[str, list[str]], given: Mapping[str, Value], found: Found) -> None:
        """What belongs together is for cases to tell; here anything may become of it where it may matter."""
        if not when or all(name in given for name in when):
            found.open, found.anything = True, True

    def _one(
        self, member: Member, value: Value, base: str, path: tuple[str, ...], beside: Mapping[str, Value], found: Found
    ) -> None:
        if value is Mark.OPEN:
            found.open, found.anything = True, True
        elif value is Mark.BAD:
            self._wrong(member, Slip.MALFORMED, base, path, found)
        elif member.array:
            self._array(member, value, base, path, found)
        elif member.struct:
            self._struct(member, value, base, path, found)
        else:
            self._scalar(member, value, base, path, beside, found)

    def _array(self, member: Member, value: Value, base: str, path: tuple[str, ...], found: Found) -> None:
        if not isinstance(value, list):
            self._wrong(member, Slip.MALFORMED, base, path, found)
            return
        if member.most is not None and len(value) > member.most:
            self._wrong(member, Slip.MANY, base, path, found)
        if len(value) < (member.least or 0):
            self._wrong(member, Slip.FEW, base, path, found)
        if not value:
            found.open = True  # whether it takes something away or nothing
        for one in value:
            if isinstance(one, list):
                self._wrong(member, Slip.MALFORMED, base, path, found)
            elif one is Mark.OPEN:
                found.open, found.anything = True, True
            elif one is Mark.BAD:
                self._wrong(member, Slip.MALFORMED, base, path, found)
            elif member.struct:
                self._struct(member, one, base, path, found)
            else:
                self._scalar(member, one, base, path, {}, found)

    def _struct(self, member: Member, value: Value, base: str, path: tuple[str, ...], found: Found) -> None:
        if not isinstance(value, dict):
            self._wrong(member, Slip.MALFORMED, base, path, found)
            return
        name = self._which(member, value)
        struct = self._system.structs[name] if name else None
        if struct is None or not exists(self._syntax.versions, self._version, struct):
            found.open, found.anything = True, True
            return
        self._members(struct.members, value, f"struct.{name}.", path, found)
        for need in struct.needs:
            self._need(need.when, value, found)

    def _which(self, member: Member, value: Mapping[str, Value]) -> str:
        """The one of several structs whose own members are there; "" where that is open."""
        if not member.other_structs:
            return member.struct or ""
        names = [member.struct or "", *member.other_structs]
        own = {
            one: [
                inner
                for inner in self._system.structs[one].members
                if not any(inner in self._system.structs[other].members for other in names if other != one)
            ]
            for one in names
        }
        there = [one for one in names if any(inner in value for inner in own[one])]
        return there[0] if len(there) == 1 else ""
