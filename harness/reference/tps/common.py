"""What every method has at hand: the model, the world, the readings, the rules of faults and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from harness.reference.system import Setup
from harness.reference.tps.asking import Path, RefusedError, Values
from harness.reference.tps.choices import Choices
from harness.reference.tps.spoil import Spoiler
from harness.reference.tps.told import Teller
from harness.reference.tps.world import World
from harness.spec.callmodel import CallSyntax, Member, Method, Wrong
from harness.spec.callvalues import default_at, exists, members_at, type_at, typed
from harness.spec.model import System
from harness.wire.xmlrpc_write import encode_response
from harness.wire.xmlrpc_writing import Writing

# What a reading says answers a call, where the model names faults only by their words.
FAULTS = {
    "missing": "missing-parameter", "invalid": "invalid-parameter", "malformed": "malformed-parameter",
    "range": "out-of-range", "failed": "operation-failed", "address": "ip-invalid", "ip": "ip-invalid",
    "long": "string-too-long", "refused": "invalid-parameter", "privileges": "insufficient-privileges",
    "authorization": "authorization-failed", "internal": "internal-error",
}  # fmt: skip

_AROUND = 100  # bytes around the value of a reply, about

# Bytes that the items of a page may take, so that the reply keeps to its limit whatever stands around them.
PAGE_BYTES = 30_000


class Common:
    """Shared by all methods.

    Args:
        setup: model, faults, readings.
        world: the state.
        choices: the readings.
        spoiler: the faults, None where none is on.
        version: of the API that the device has; None is the newest.
    """

    def __init__(
        self, setup: Setup, world: World, choices: Choices, spoiler: Spoiler | None, version: str | None
    ) -> None:
        self.model: System = setup.model
        self.world, self.choices, self.spoiler, self.version = world, choices, spoiler, version
        assert setup.model.calls is not None
        self.syntax: CallSyntax = setup.model.calls
        self.teller = Teller(setup.model, choices, version)
        self._defaults: dict[str, Values] = {}
        padding = "\n" if choices("space-written") == "around" else ""
        self.writing = Writing(words=choices("boolean-written") == "word", padding=padding)

    @cached_property
    def methods(self) -> Mapping[str, Method]:
        """The methods that the device's version has."""
        found = {name: one.call for name, one in self.model.operations.items() if one.call is not None}
        return {name: one for name, one in found.items() if exists(self.syntax.versions, self.version, one)}

    def at_least(self, version: str) -> bool:
        """Whether the device has this version of the API or a later one."""
        versions = self.syntax.versions
        return self.version is None or versions.index(self.version) >= versions.index(version)

    def fail(self, method: str, reason: str, path: Path = ()) -> None:
        """Refuse a call for a reason that stands among the faults of its method.

        It comes back where the reading that is followed takes the call; what `path` names is told in faults that name a member.

        Raises:
            RefusedError: with the fault of the reading.
        """
        use = self.model.operations[method].call.faults[reason]  # type: ignore[union-attr]
        if not use.faults:
            raise RefusedError(reason, path)
        self.refuse(use.faults, use.ambiguity, path)

    def refuse(self, faults: Mapping[str, str], ambiguity: str | None, path: Path = ()) -> None:
        """Refuse with the fault that the reading of an ambiguity has; the first where it has none. Comes back where it accepts."""
        if self.choices.accepts(ambiguity):
            return
        reading = self.choices.of(ambiguity)
        raise RefusedError(faults.get(reading) or next(iter(faults.values())), path)

    def wrong(self, wrong: Wrong, path: Path = ()) -> None:
        """Refuse as the model says of a wrong member. Comes back where the reading accepts."""
        if wrong.fault:
            raise RefusedError(wrong.fault, path)
        self.refuse(wrong.faults, wrong.ambiguity, path)

    def defaults(self, method: str) -> Values:
        """The defaults of a method's members, typed; only of members that have one. A fresh dict, values shared."""
        return dict(self._defaults_of(method, self.methods[method].takes))

    def struct_defaults(self, struct: str) -> Values:
        """The defaults of a struct's members, as `defaults`."""
        return dict(self._defaults_of(f"struct {struct}", self.model.structs[struct].members))

    def _defaults_of(self, key: str, members: Mapping[str, Member]) -> Values:
        found = self._defaults.get(key)
        if found is None:
            here = members_at(self.syntax, members, self.version)
            pairs = ((name, self.default(member)) for name, member in here.items())
            found = self._defaults[key] = {name: value for name, value in pairs if value is not None}
        return found

    def default(self, member: Member) -> Any:
        """The default of a member, typed; None if it has none."""
        text = default_at(self.syntax, member, self.version)
        if member.defaults:
            text = member.defaults.get(self.choices.of(member.default_ambiguity), next(iter(member.defaults.values())))
        for change in member.changed:  # a device of before may have had either
            if change.ambiguity is not None and text == change.default and change.default is not None:
                reading = self.choices.of(change.ambiguity)
                text = reading if reading in ("true", "false") else text
        kind = self.model.scalars.get(self.type_of(member))
        return typed(kind, text) if text is not None and kind is not None else None

    def size(self, value: Any) -> int:
        """Bytes that a value takes in a reply, for pages that have to fit."""
        return len(encode_response(value, writing=self.writing)) - _AROUND

    def on(self, fault: str) -> bool:
        """Whether a seeded fault is on."""
        return self.spoiler is not None and self.spoiler.lets(fault)

    def type_of(self, member: Member) -> str:
        """The name of a member's scalar type, by the reading where there are several; "" for a struct."""
        if member.types:
            return member.types.get(self.choices.of(member.type_ambiguity), next(iter(member.types.values())))
        return type_at(self.syntax, member, self.version) or ""
