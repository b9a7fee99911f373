"""Settings that one command reads and another changes: every field is set and read back, and nothing else changes with it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from harness.case import Case
from harness.datatypes import is_value
from harness.derive_base import TEXTS, CaseMaker
from harness.flow import CaseInconclusive
from harness.packetdut import PacketDut
from harness.packetsample import FieldList, as_it_is, other_value, read_setting
from harness.spec.messagemodel import Setting
from harness.spec.model import Base, Level, System

_SHOWN = 200


def derive_settings(system: System, module: str) -> Iterator[Case]:
    """The cases of every setting.

    Args:
        module: the suite file that the cases stand in.
    """
    for name in system.settings:
        yield from _Deriver(system, name, module).cases()


class _Deriver(CaseMaker):
    """The cases of one setting; ids begin with the command that changes it."""

    def __init__(self, system: System, name: str, module: str) -> None:
        self._setting: Setting = system.settings[name]
        super().__init__(system, self._setting.set, module)

    def cases(self) -> Iterator[Case]:
        setting = self._setting
        yield self.case("unchanged", "what is set as it is stays", [setting.clause], self._unchanged)
        for name in setting.fields:
            parameter = self.operation.parameters[name]
            if parameter.repeated:
                continue
            own = [f"{self.clause}.{name}", setting.clause]
            yield self.case(f"{name}.set", f"{name} is set and read back", own, partial(self._set, name))
            if self.system.types[parameter.type].base is Base.TEXT and self.system.messages is not None:
                rule = self.system.messages.rules["characters"]
                yield self.case(f"{name}.texts", f"odd texts in {name}", [*own, rule], partial(self._texts, name, rule))
        yield self.case(
            "apart", "other settings stay as they were", [setting.clause, *self._rule()], self._apart, after=()
        )

    def _rule(self) -> list[str]:
        """The rule that settings leave each other alone, where a document has one."""
        rule = self.system.messages.rules.get("settings-apart") if self.system.messages is not None else None
        return [] if rule is None else [rule]

    async def _unchanged(self, dut: PacketDut) -> None:
        fields = await as_it_is(dut, self._setting)
        before = await read_setting(dut, self._setting, judged=True)
        dut.ok(await dut.command(self.name, fields), check="set")
        await self._same(dut, before)

    async def _same(self, dut: PacketDut, wanted: FieldList) -> None:
        after = await read_setting(dut, self._setting, judged=True)
        values = dict(wanted)
        for name in values:
            if any(values.get(other) != value for other, value in self._setting.when.get(name, {}).items()):
                continue  # it means nothing now
            if name in dut.syntax.secrets or name not in self._setting.fields:
                continue
            should = sorted(value for one, value in wanted if one == name)
            got = sorted(value for one, value in after if one == name)
            dut.check(
                f"read.{name}",
                should == got or not got,
                *self._read_clauses(name),
                expected=f"{name} {', '.join(should)[:_SHOWN]!r}",
                got="" if should == got else ", ".join(got)[:_SHOWN],
            )

    def _read_clauses(self, name: str) -> tuple[str, ...]:
        """What says that a field is read as it was set; the field's own clause only where that binds."""
        stated = self.system.clauses[self._setting.clause]
        own = (f"{self.clause}.{name}",) if stated.level is Level.MUST else ()
        return (self._setting.clause, *own)

    async def _change(self, dut: PacketDut, fields: FieldList, name: str, value: str) -> FieldList:
        """Set one field and leave the others; gives what is read back."""
        changed = [(one, value if one == name else text) for one, text in fields]
        kind = self.system.types[self.operation.parameters[name].type]
        packet = await dut.command(self.name, changed)
        # A value that the document does not explain may be none to the device; others may make no sense alone.
        unsure = next(iter(kind.open_forms.values()), None) if kind.base is Base.TEXT else self._setting.dependent
        if packet.ok is False and unsure is not None:
            dut.either(packet, unsure)
            return fields
        dut.ok(packet, f"{self.clause}.{name}", self.clause, check="set")
        await self._same(dut, changed)
        return changed

    async def _set(self, name: str, dut: PacketDut) -> None:
        kind = self.system.types[self.operation.parameters[name].type]
        needed = self._setting.when.get(name, {})
        fields = [(one, needed.get(one, value)) for one, value in await as_it_is(dut, self._setting)]
        now = dict(fields).get(name, "")
        if not is_value(kind, now) and kind.base is not Base.TEXT:
            now = kind.choices[0] if kind.choices else other_value(kind, now)
        other = other_value(kind, now)
        taken = []
        for value in (*kind.choices, now) if kind.choices else (other, other_value(kind, other), now):
            changed = await self._change(dut, fields, name, value)
            taken += [value] if changed is not fields else []
            fields = changed
        if kind.choices:  # one may make no sense with the other settings, but not all of them
            dut.check(
                "some-choice",
                bool(taken),
                f"{self.clause}.{name}",
                self._setting.clause,
                expected=f"a {name} that is taken",
                got="" if taken else f"{', '.join(kind.choices)} are refused",
            )

    async def _texts(self, name: str, rule: str, dut: PacketDut) -> None:
        fields = await as_it_is(dut, self._setting)
        for text in TEXTS.values():
            packet = await dut.command(self.name, [(one, text if one == name else value) for one, value in fields])
            if not packet.ok:
                continue  # what a setting may be is for the device to say; what it takes it must keep
            got = [value for one, value in await read_setting(dut, self._setting) if one == name]
            dut.check(
                f"read.{name}.text",
                text in got or not got or name in dut.syntax.secrets,
                rule,
                self._setting.clause,
                expected=f"{name} {text!r}",
                got=", ".join(got)[:_SHOWN],
            )

    async def _apart(self, dut: PacketDut) -> None:
        before = {}
        for name, other in self.system.settings.items():
            if other is not self._setting:
                try:
                    before[name] = await read_setting(dut, other)
                except CaseInconclusive:
                    continue
        fields = await as_it_is(dut, self._setting)
        taken = (await dut.command(self.name, fields)).ok is True
        for name in self._setting.fields:
            parameter = self.operation.parameters[name]
            kind = self.system.types[parameter.type]
            if parameter.repeated or name not in dict(fields):
                continue
            value = other_value(kind, dict(fields)[name])
            packet = await dut.command(self.name, [(one, value if one == name else text) for one, text in fields])
            taken = taken or packet.ok is True
        if not taken:
            raise CaseInconclusive(f"{self.name} does not succeed")
        for name, values in before.items():
            other = self.system.settings[name]
            after = await read_setting(dut, other)
            dut.check(
                f"apart.{name}",
                after == values,
                other.clause,
                self._setting.clause,
                *self._rule(),
                expected=f"{other.get} as before {self.name}",
                got="" if after == values else str([pair for pair in after if pair not in values])[:_SHOWN],
            )
