"""Mutants of settings that are not kept, or are told otherwise than they were set."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec import structs

from harness.mutation.mutant import Mutant, Operator
from harness.mutation.packet_pretend import Maker
from harness.mutation.packet_seen import Said, Seen
from harness.spec.messagemodel import Setting
from harness.spec.model import Base, Level, System
from harness.wire.xmlmessage import Field


def setting_mutants(system: System) -> Iterator[Mutant]:
    """Every mutant of every setting."""
    for name, setting in system.settings.items():
        yield from _Kept(system, name, setting).mutants()


class _Kept(Maker):
    """The mutants of one setting."""

    def __init__(self, system: System, name: str, setting: Setting) -> None:
        super().__init__(system)
        self._name, self._setting = name, setting

    def mutants(self) -> Iterator[Mutant]:
        """See the module."""
        setting, near = self._setting, f"{self.system.system}.{self._setting.set}"
        for name, field in setting.fields.items():
            if field in self.syntax.secrets or self.system.operations[setting.set].parameters[name].repeated:
                continue
            yield self._stale(setting.clause, f"{self._name}.stale-{field}", name, field)
            if (
                self.system.clauses[setting.clause].level is Level.MUST
            ):  # else the command need not be seen in what is read
                yield self._stale(f"{self.system.prefix}-{setting.set}.{name}", "not-kept", name, field)
            if self.system.types[self.system.operations[setting.set].parameters[name].type].base in (
                Base.TEXT,
                Base.WORD,
            ):
                yield self.says(
                    setting.clause,
                    f"{self._name}.cut-{field}",
                    Operator.DROP,
                    f"{setting.get} tells {field} without its last character.",
                    partial(self._cut, field),
                    near=(f"{near}.{name}.*",),
                )

    def _stale(self, clause: str, word: str, name: str, field: str) -> Mutant:
        setting = self._setting
        return self.says(
            clause,
            word,
            Operator.STALE,
            f"{setting.get} tells {field} as it was before {setting.set}.",
            partial(self._kept, field),
            near=(f"{self.system.system}.{setting.set}.{name}.*",),
        )

    def _kept(self, field: str, seen: Seen) -> Said:
        """What was read first, as long as the same one is asked for."""
        if not seen.is_ok(self._setting.get):
            return None
        select = self._setting.select
        key = seen.given(select) if select else ""
        if select and key is None:
            return None
        first = seen.notes.setdefault(key, [seen.values(one, field) for one in seen.elements])
        made = [
            seen.set(one, **{field: before}) if before and seen.values(one, field) != before else one
            for one, before in zip(seen.elements, first, strict=False)
        ]
        return seen.with_(made) if len(made) == len(seen.elements) else None

    def _cut(self, field: str, seen: Seen) -> Said:
        if not seen.is_ok(self._setting.get):
            return None

        def changed(one: Field) -> list[Field]:
            value = one.attributes.get(self.syntax.value, "")
            return [structs.replace(one, attributes={**one.attributes, self.syntax.value: value[:-1]})]

        return seen.fields(field, changed)
