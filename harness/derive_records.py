"""What commands that list, add, modify and remove objects do together: round trips, uniqueness, what stays as it was.

One set of cases for each kind of object of the spec's `records`, by the names that it gives to commands and fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from harness.case import Case
from harness.derive_base import TEXTS, CaseMaker
from harness.flow import CaseInconclusive, CaseStopped, Note
from harness.messages.packetreply import Packet, Part, spelled
from harness.packetdut import PacketDut
from harness.packetsample import Values, add_record, fields_of, fresh, other_value
from harness.spec.messagemodel import MessageField, Records
from harness.spec.model import Base, System

_SHOWN = 200


def derive_records(system: System, module: str) -> Iterator[Case]:
    """The cases of every kind of object.

    Args:
        module: the suite file that the cases stand in.
    """
    for kind in system.records:
        yield from _Deriver(system, kind, module).cases()


class _Deriver(CaseMaker):
    """The cases of one kind of object; ids begin with the command that adds it."""

    def __init__(self, system: System, kind: str, module: str) -> None:
        record = system.records[kind]
        super().__init__(system, record.add, module)
        self._kind = kind
        self._record: Records = record
        self._chosen = record.key in self.operation.parameters and not self.operation.parameters[record.key].optional

    def cases(self) -> Iterator[Case]:
        record = self._record
        result = [f"{self.clause}.result"] if self.operation.result is not None else []
        yield self.case("listed", "what was added is listed", [record.added, *result], self._listed)
        if self._chosen:  # keys that the device chooses may move when one is removed
            yield self.case(
                "several", "several are added, one is removed", [record.added, record.removed], self._several
            )
        if not self._chosen:
            yield self.case("shown", "what was added is in the list under its names", [record.added], self._shown)
        yield self.case("removed", "what was removed is listed no more", [record.removed], self._removed)
        if record.unknown is not None:
            yield self.case("removed-twice", "what was removed is there no more", [record.unknown], self._twice)
            yield self.case("unknown", "no such object", [record.unknown], self._unknown)
        if record.unique is not None:
            yield self.case("unique", "the same name twice", [record.unique], self._unique)
        if self._chosen:
            yield self.case("again", "a removed name is free again", [record.added, record.removed], self._again)
            for part, text in TEXTS.items():
                clauses = [f"{self.clause}.{record.key}", *self._rules("characters")]
                yield self.case(f"{record.key}.{part}", f"a name with {part}", clauses, partial(self._named, text))
        for name, parameter in self.operation.parameters.items():
            kind = self.system.types[parameter.type]
            for part, text in TEXTS.items() if kind.base is Base.WORD and not self._chosen else ():
                clauses = [f"{self.clause}.{name}", record.added, *self._rules("characters")]
                yield self.case(f"{name}.{part}", f"{name} with {part}", clauses, partial(self._called, name, text))
            for choice in kind.choices if len(kind.choices) > 1 else ():
                flow = partial(self._added_with, name, choice)
                yield self.case(
                    f"{name}.choice-{choice}", f"{name} {choice}", [f"{self.clause}.{name}", record.added], flow
                )
            if parameter.blank and not parameter.repeated and not parameter.optional:
                flow = partial(self._added_with, name, next(iter(parameter.examples), "").strip() or "4711")
                yield self.case(
                    f"{name}.filled", f"{name} that is not blank", [f"{self.clause}.{name}", record.added], flow
                )
        if record.modify is not None and record.modified is not None:
            yield from self._modifications(record.modify, record.modified)

    def _modifications(self, modify: str, clause: str) -> Iterator[Case]:
        known = self.system.operations[modify].parameters
        for name, parameter in known.items():
            kind = self.system.types[parameter.type]
            if name == self._record.key or parameter.repeated or parameter.object or name in self._record.open:
                continue
            own = [f"{self.system.prefix}-{modify}.{name}", clause]
            yield self.case(f"modified.{name}", f"{name} modified", own, partial(self._modified, modify, name, clause))
            if kind.base is Base.TEXT or (kind.base is Base.WORD and parameter.object is None):
                flow = partial(self._texts, modify, name)
                yield self.case(
                    f"modified.{name}.texts", f"odd texts in {name}", [*own, *self._rules("characters")], flow
                )
        yield self.case(
            "modified.only-one", "others stay as they were", [clause], partial(self._only_one, modify, clause)
        )
        if self._record.unknown is not None:
            flow = partial(self._unknown_modified, modify)
            yield self.case("modified.unknown", "no such object to modify", [self._record.unknown], flow)

    def _rules(self, *names: str) -> list[str]:
        return [self.system.messages.rules[name] for name in names] if self.system.messages is not None else []

    # looking

    async def _all(self, dut: PacketDut) -> list[Part]:
        """The confirms of the list, one for each object."""
        return dut.ok(await dut.command(self._record.list), check="list").listed()

    def _field(self, name: str) -> MessageField | None:
        message = self.system.operations[self._record.list].confirm
        return message.fields.get(name) if message is not None else None

    def _values(self, part: Part, name: str) -> list[str] | None:
        """The values of a field in an entry of the list; None where the list has no such field."""
        known = self._field(name)
        return None if known is None else part.all(*spelled(known.names, name))

    def _of(self, parts: Sequence[Part], key: str) -> list[Part]:
        return [part for part in parts if key in (self._values(part, self._record.key) or ())]

    def _told(self, dut: PacketDut, part: Part, wanted: Values, *clauses: str) -> None:
        """An entry of the list says what was set."""
        for name, value in wanted.items():
            known = self._field(name)
            seen = self._values(part, name)
            if known is None or not seen or name in dut.syntax.secrets or known.any_value:
                continue
            dut.check(
                f"list.{name}",
                value in seen,
                *clauses,
                f"{self.system.prefix}-{self._record.list}.confirm.{name}",
                expected=f"{name} {value[:_SHOWN]!r}",
                got="" if value in seen else ", ".join(seen)[:_SHOWN],
            )

    async def _one(self, dut: PacketDut, made: Values, *clauses: str) -> Part:
        """The entry of an object, of which there is exactly one.

        Raises:
            CaseStopped: there is none.
        """
        parts = await self._all(dut)
        found = self._of(parts, made[self._record.key])
        dut.check(
            "listed",
            len(found) == 1,
            *clauses,
            expected=f"one entry with {self._record.key} {made[self._record.key]!r}",
            got=f"{len(found)} of {len(parts)}",
        )
        if not found:
            raise CaseStopped("it is not listed")
        return found[0]

    def _sent(self, made: Values) -> Values:
        """What of an object was chosen by who added it."""
        return {name: value for name, value in made.items() if name in self.operation.parameters}

    # flows

    async def _listed(self, dut: PacketDut) -> None:
        before = await self._all(dut)
        made = await self._add(dut)
        part = await self._one(dut, made, self._record.added)
        self._told(dut, part, self._sent(made), self._record.added)
        if self.operation.result is not None and self._chosen:
            told = self._values(part, self.operation.result.name) or []
            wanted = made.get(self.operation.result.name, "")
            dut.check(
                "result", wanted in told, f"{self.clause}.result", expected=wanted or "an id", got=", ".join(told)
            )
        await self._others_stay(dut, before, [made], self._record.added)

    async def _shown(self, dut: PacketDut) -> None:
        """The device chooses keys, so what was added is known again by the names that it was given."""
        fields = await fresh(dut, self._record.add)
        dut.ok(await dut.command(self._record.add, fields), check="add")
        kinds = {name: self.system.types[self.operation.parameters[name].type] for name, _ in fields}
        own = [(name, text) for name, text in fields if kinds[name].base is Base.WORD and text and self._field(name)]
        listed = await self._all(dut)
        parts = [part for part in listed if all(text in (self._values(part, name) or ()) for name, text in own)]
        expected = "one entry with " + ", ".join(f"{name} {text!r}" for name, text in own)
        dut.check("shown", not own or len(parts) == 1, self._record.added, expected=expected, got=f"{len(parts)}")

    async def _add(self, dut: PacketDut) -> Values:
        return await add_record(dut, self._kind)

    async def _others_stay(self, dut: PacketDut, before: Sequence[Part], made: Sequence[Values], clause: str) -> None:
        """What was there before is there, as it was."""
        naming = self._record.id or self._record.key
        own = {one[self._record.key] for one in made}
        known = {tuple(self._values(one, naming) or ()): one for one in before}
        after = {tuple(self._values(one, naming) or ()): one for one in await self._all(dut)}
        lost = [name for name in known if name not in after]
        changed = [
            name for name, one in known.items() if name in after and self._plain(one) != self._plain(after[name])
        ]
        new = [
            name
            for name in after
            if name not in known and not own & set(self._values(after[name], self._record.key) or ())
        ]
        dut.check(
            "others",
            not lost and not changed,
            clause,
            expected="the other entries as they were",
            got="; ".join(filter(None, (_list("lost", lost), _list("changed", changed), _list("new", new)))),
        )

    def _plain(self, part: Part) -> list[tuple[str, str]]:
        """What of an entry does not change by itself."""
        message = self.system.operations[self._record.list].confirm
        steady = {name for name in self.operation.parameters if message is not None and name in message.fields}
        return sorted((name, value) for name in steady for value in self._values(part, name) or ())

    async def _several(self, dut: PacketDut) -> None:
        made = [await self._add(dut) for _ in range(3)]
        keys = [one[self._record.key] for one in made]
        parts = await self._all(dut)
        for one in made:
            found = self._of(parts, one[self._record.key])
            dut.check("listed", len(found) == 1, self._record.added, expected="each once", got=f"{len(found)} times")
            for part in found[:1]:
                self._told(dut, part, self._sent(one), self._record.added)
        await self._remove(dut, keys[1])
        parts = await self._all(dut)
        left = [key for key in keys if self._of(parts, key)]
        expected = [keys[0], keys[2]]
        dut.check("left", left == expected, self._record.removed, expected=", ".join(expected), got=", ".join(left))

    async def _remove(self, dut: PacketDut, key: str) -> Packet:
        return dut.ok(await dut.command(self._record.remove, {self._record.key: key}), check="remove")

    async def _removed(self, dut: PacketDut) -> None:
        other, made = await self._add(dut), await self._add(dut)
        before = await self._all(dut)
        await self._remove(dut, made[self._record.key])
        await self._gone(dut, made, self._record.removed)
        part = await self._one(dut, other, self._record.removed)
        self._told(dut, part, self._sent(other), self._record.removed)
        mine = self._of(before, made[self._record.key])
        lost = Counter(map(self._called_so, before)) - Counter(map(self._called_so, [*await self._all(dut), *mine]))
        dut.check("others-left", not lost, self._record.removed, expected="all others", got=_list("lost", list(lost)))

    def _called_so(self, part: Part) -> tuple[str, ...]:
        """What an entry is known by: its id, or what names it where the key is a place in the list, to which others may move up."""
        naming = [self._record.id or self._record.key] if self._chosen else list(self._record.open)
        return tuple(value for name in naming for value in self._values(part, name) or ())

    async def _gone(self, dut: PacketDut, made: Values, clause: str) -> None:
        left = self._of(await self._all(dut), made[self._record.key])
        dut.check("gone", not left, clause, expected="no entry for what was removed", got=f"{len(left)}")

    async def _twice(self, dut: PacketDut) -> None:
        made = await self._add(dut)
        key = made[self._record.key]
        await self._remove(dut, key)
        clause = self._record.unknown or ""
        for _ in range(2):
            dut.refused(await dut.command(self._record.remove, {self._record.key: key}), clause)

    async def _unknown(self, dut: PacketDut) -> None:
        before = await self._all(dut)
        packet = await dut.command(self._record.remove, {self._record.key: self._nobody(dut)})
        dut.refused(packet, self._record.unknown or "")
        await self._others_stay(dut, before, [], self._record.unknown or "")

    def _nobody(self, dut: PacketDut) -> str:
        kind = self.system.types[self.system.operations[self._record.remove].parameters[self._record.key].type]
        return str(100_000 + dut.rng.randrange(900_000)) if kind.base is Base.INT else dut.unique("nobody")

    async def _unknown_modified(self, modify: str, dut: PacketDut) -> None:
        before = await self._all(dut)
        known = self.system.operations[modify].parameters
        fields = [(name, value) for name, value in await fresh(dut, modify) if name != self._record.key]
        names = list(known)
        fields.insert(names.index(self._record.key), (self._record.key, self._nobody(dut)))
        dut.refused(await dut.command(modify, fields), self._record.unknown or "")
        await self._others_stay(dut, before, [], self._record.unknown or "")

    async def _unique(self, dut: PacketDut) -> None:
        clause = self._record.unique or ""
        made = await self._add(dut)
        if not self._chosen:  # the device chooses: it does not choose one twice
            other = await self._add(dut)
            one, two = made[self._record.key], other[self._record.key]
            dut.check("different", one != two, clause, expected=f"another {self._record.key}", got=two)
            return
        fields = [
            (name, made[name] if name == self._record.key else value)
            for name, value in await fresh(dut, self._record.add)
        ]
        for _ in range(2):
            packet = await dut.command(self._record.add, fields, judged=self._record.used is None)
            if self._record.used is None:
                dut.refused(packet, clause)
            elif dut.either(packet, self._record.used):
                made = {**made, **dict(fields)}
            if packet.ok is False:  # the next one is none the worse for it
                another = await dut.command(self._record.add, await fresh(dut, self._record.add))
                dut.ok(another, self.clause, check="another")
        part = await self._one(dut, made, clause)
        if packet.ok is not True:
            self._told(dut, part, self._sent(made), clause)

    async def _again(self, dut: PacketDut) -> None:
        made = await self._add(dut)
        await self._remove(dut, made[self._record.key])
        again = await add_record(dut, self._kind, {self._record.key: made[self._record.key]})
        part = await self._one(dut, again, self._record.added)
        self._told(dut, part, self._sent(again), self._record.added)

    async def _named(self, text: str, dut: PacketDut) -> None:
        made = await self._made_with(dut, self._record.key, f"{text} {dut.rng.getrandbits(32):08x}")
        clauses = (f"{self.clause}.{self._record.key}", *self._rules("characters"))
        part = await self._one(dut, made, *clauses)
        self._told(dut, part, self._sent(made), *clauses)
        await self._remove(dut, made[self._record.key])
        await self._gone(dut, made, self._record.removed)

    async def _called(self, name: str, text: str, dut: PacketDut) -> None:
        """An object whose key the device chooses is listed with the odd text that it was added with."""
        clauses = (f"{self.clause}.{name}", self._record.added, *self._rules("characters"))
        value = f"{text} {dut.rng.getrandbits(32):08x}"
        before = {key for part in await self._all(dut) for key in self._values(part, self._record.key) or ()}
        fields = [(one, value if one == name else other) for one, other in await fresh(dut, self._record.add)]
        packet = dut.ok(await dut.command(self._record.add, fields), *clauses[:2], check="accepted")
        after = await self._all(dut)
        seen = [one for part in after for one in self._values(part, name) or ()]
        dut.check("listed", value in seen, *clauses, expected=f"{name} {value!r}", got=", ".join(seen)[-_SHOWN:])
        new = {key for part in after for key in self._values(part, self._record.key) or ()} - before
        if packet.step not in dut.adopted and len(new) == 1:  # it is ours, though it is not called so
            await Note("add", self._record.remove, (f"{self._record.key}={new.pop()}",))

    async def _made_with(self, dut: PacketDut, name: str, value: str) -> Values:
        fields = [(one, value if one == name else text) for one, text in await fresh(dut, self._record.add)]
        packet = dut.ok(await dut.command(self._record.add, fields), f"{self.clause}.{name}", check="accepted")
        made = {**fields_of(dut, self._record.add, packet.first), **dict(fields)}
        if packet.step in dut.adopted:
            made[self._record.key] = dut.adopted[packet.step]
        elif self._record.key not in dict(fields):
            raise CaseInconclusive(f"the list does not tell the {self._record.key} of what was added")
        return made

    async def _added_with(self, name: str, value: str, dut: PacketDut) -> None:
        made = await self._made_with(dut, name, value)
        part = await self._one(dut, made, self._record.added)
        self._told(dut, part, {name: value}, f"{self.clause}.{name}", self._record.added)

    async def _changed(self, dut: PacketDut, modify: str, made: Values, name: str, value: str) -> Values:
        """Modify one field and send the others as they are; gives how the object should be now."""
        known = self.system.operations[modify].parameters
        new = {**made, name: value}
        fields = [(one, new[one]) for one, parameter in known.items() if one in new and not parameter.repeated]
        clause = f"{self.system.prefix}-{modify}.{name}"
        dut.ok(await dut.command(modify, fields), clause, check="modify")
        return new

    async def _modified(self, modify: str, name: str, clause: str, dut: PacketDut) -> None:
        kind = self.system.types[self.system.operations[modify].parameters[name].type]
        made = await self._add(dut)
        blank = [""] if self.system.operations[modify].parameters[name].blank else []
        now = made.get(name, "")
        values = [*kind.choices, *kind.choices[:1]] if kind.choices else [other_value(kind, now), *blank, now]
        for value in values:
            made = await self._changed(dut, modify, made, name, value)
            part = await self._one(dut, made, clause)
            self._told(dut, part, self._sent(made), clause, f"{self.system.prefix}-{modify}.{name}")
            if self._record.id is not None and self._record.id in made:
                self._told(dut, part, {self._record.id: made[self._record.id]}, clause)

    async def _texts(self, modify: str, name: str, dut: PacketDut) -> None:
        made = await self._add(dut)
        for text in TEXTS.values():
            made = await self._changed(dut, modify, made, name, text)
            part = await self._one(dut, made, *self._rules("characters"))
            self._told(dut, part, {name: text}, *self._rules("characters"), f"{self.system.prefix}-{modify}.{name}")

    async def _only_one(self, modify: str, clause: str, dut: PacketDut) -> None:
        first, made, last = await self._add(dut), await self._add(dut), await self._add(dut)
        known = self.system.operations[modify].parameters
        for name, parameter in known.items():
            kind = self.system.types[parameter.type]
            if name == self._record.key or parameter.repeated or parameter.object or kind.base is Base.WORD:
                continue
            made = await self._changed(dut, modify, made, name, other_value(kind, made.get(name, "")))
        for one in (first, made, last):
            part = await self._one(dut, one, clause)
            self._told(dut, part, self._sent(one), clause)


def _list(word: str, names: Sequence[tuple[str, ...]]) -> str:
    return f"{word} {', '.join(' '.join(name) for name in names[:3])}" if names else ""
