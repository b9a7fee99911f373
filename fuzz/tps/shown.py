"""What was set must be what is shown: texts, numbers, booleans and binary data of objects that a script has made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.fuzzing.call_kit import Asked, CallTurn
from harness.spec.callmodel import Member, Shown
from harness.spec.clauses import catalogue
from harness.spec.model import Effect, System
from harness.verdict import Check

_SLOT = re.compile(r"(taken|returned)\.(.+)")
# Shown otherwise than set for reasons that are not told by the structure: for participants with several calls, before they are let in.
_NOT = frozenset(("videoTxPresentationMainVideoAllowed", "accessLevel"))
Path = tuple[str | int, ...]
Plain = str | int | bool | bytes


@dataclass(slots=True)
class _Thing:
    """An object of ours, and what was set of it by which method."""

    values: dict[Path, tuple[Plain, str]] = field(default_factory=dict)


class ShownModel:
    """See `harness.fuzzing.call_kit.Model`."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._catalogue = catalogue(system)
        self._things: dict[tuple[str, str], _Thing] = {}  # by the query's member and the id
        self._setters = {
            name: [one for one in operation.call.shown if one.ambiguity is None]
            for name, operation in system.operations.items()
            if operation.call is not None and operation.call.shown
        }
        self._shown: dict[str, list[Shown]] = {}
        for found in self._setters.values():
            for one in found:
                self._shown.setdefault(one.method, []).append(one)

    def begin(self) -> None:
        """See `harness.fuzzing.call_kit.Model`."""
        self._things.clear()

    def see(self, turn: CallTurn) -> list[Check]:
        """See `harness.fuzzing.call_kit.Model`."""
        asked, reply = turn.asked, turn.reply
        operation = self._system.operations.get(asked.method)
        if operation is None or not asked.plain or reply.ok is None:
            if reply.ok is not False and (operation is None or operation.effect is not Effect.READ):
                self._things.clear()
            return []
        if reply.ok is not True:
            return []
        if asked.method in self._setters:
            self._set(turn)
        if operation.call is not None and operation.call.ends is not None:
            self._things.clear()
        return [*self._compared(turn), *self._echoed(turn)]

    def _echoed(self, turn: CallTurn) -> Iterator[Check]:
        """What a reply repeats of the call where it is not empty."""
        call, sent = self._system.operations[turn.asked.method].call, turn.asked.members or {}
        for name, member in call.returns.items() if call is not None else ():
            given = sent.get(member.echo or "")
            if (
                given
                and isinstance(given, str)
                and name not in turn.reply.members
                and not (member.optional or member.absent)
            ):
                yield Check(
                    id=f"echo.{name}", clauses=(f"{self._system.prefix}-{turn.asked.method}.returned.{name}",), passed=False,
                    expected=f"{name} {_told(given)}, as the call has it", got="none of it", step=turn.reply.step,
                )  # fmt: skip

    def _set(self, turn: CallTurn) -> None:
        asked = turn.asked
        call = self._system.operations[asked.method].call
        assert call is not None
        assert asked.members is not None
        for shown in self._setters[asked.method]:
            where = _key(shown)
            if where is None:
                continue
            name, side, member = where
            id_ = asked.members.get(member) if side == "taken" else turn.reply.members.get(member)
            thing = self._things.setdefault((f"{shown.method}:{name}", str(id_)), _Thing())
            if not shown.kept:
                thing.values.clear()
            for top, value in asked.members.items():
                one = call.takes.get(top)
                for path in [path for path in thing.values if path[0] in (top, _partner(one, top))]:
                    del thing.values[path]
                if one is not None:
                    for path, plain in self._flat(one, value, (top,)):
                        thing.values[path] = plain, asked.method

    def _flat(self, member: Member, value: object, path: Path) -> Iterator[tuple[Path, Plain]]:
        """The values that must come back, by path."""
        if (
            member.hidden or member.hidden_ambiguity or member.rounded or member.ignored or member.names or member.types or member.experimental
            or member.object or member.secret or member.type_ambiguity or path[-1] in _NOT or str(path[-1]).endswith("Unlimited")
        ):  # fmt: skip
            return
        if any(one is not None and one.ambiguity for one in (member.at_least, member.at_most)):
            return
        if member.array:
            if isinstance(value, list) and len(value) == 1 and member.struct and not member.other_structs:
                yield from self._inner(member, value[0], (*path, 0))
        elif member.struct:
            yield from self._inner(member, value, path)
        elif (
            isinstance(value, (str, int, bool, bytes))
            and str(value) not in member.open_taken
            and value not in ("", b"")
        ):
            yield path, value

    def _inner(self, member: Member, value: object, path: Path) -> Iterator[tuple[Path, Plain]]:
        known = self._system.structs[member.struct or ""].members
        for name, one in value.items() if isinstance(value, Mapping) else ():
            if name in known:
                yield from self._flat(known[name], one, (*path, name))

    def _compared(self, turn: CallTurn) -> Iterator[Check]:
        asked, reply = turn.asked, turn.reply
        for shown in self._shown.get(asked.method, ()):
            where = _key(shown)
            if where is None:
                continue
            id_ = str((asked.members or {}).get(where[0])) if shown.within is None else ""
            for (name, known), thing in self._things.items():
                if name != f"{asked.method}:{where[0]}" or (shown.within is None and known != id_):
                    continue
                struct = (
                    reply.members if shown.within is None else _element(reply.members, shown.within, where[0], known)
                )
                if struct is not None:
                    yield from self._unlike(asked, thing, struct, reply.step)
            return

    def _unlike(self, asked: Asked, thing: _Thing, struct: Mapping[str, object], step: int) -> Iterator[Check]:
        for path, (value, setter) in thing.values.items():
            got = _found(struct, path)
            if got is None or (type(got) is type(value) and got == value):
                continue
            name = ".".join(str(one) for one in path if isinstance(one, str))
            clause = f"{self._system.prefix}-{setter}.{path[0]}:shown"
            yield Check(
                id=f"shown.{path[0]}", clauses=(clause,) if clause in self._catalogue else ("TPS-ENC-001",), passed=False,
                expected=f"{name} {_told(value)} in {asked.method}, as {setter} has set it", got=_told(got), step=step,
            )  # fmt: skip
            return


def _key(shown: Shown) -> tuple[str, str, str] | None:
    """The member by which a query names the object, and where the setter has it: `taken` or `returned`, and the member."""
    if len(shown.by) == 1 and shown.within is None:
        name, path = next(iter(shown.by.items()))
    elif len(shown.key) == 1:
        name, path = next(iter(shown.key.items()))
    else:
        return None
    found = _SLOT.fullmatch(path)
    return (name, found[1], found[2]) if found else None


def _partner(member: Member | None, name: str) -> str:
    """The other half of a pair."""
    if member is not None and member.unlimited is not None:
        return member.unlimited
    return name.removesuffix("Unlimited")


def _found(struct: Mapping[str, object], path: Path) -> object:
    found: object = struct
    for step in path:
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and len(found) == 1 else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _element(struct: Mapping[str, object], within: str, name: str, id_: str) -> Mapping[str, object] | None:
    found = struct.get(within)
    for one in found if isinstance(found, list) else ():
        if isinstance(one, Mapping) and str(one.get(name)) == id_:
            return one
    return None


def _told(value: object) -> str:
    text = repr(value)
    return text if len(text) < 120 else f"{text[:117]}..."
