"""Gives replies their shape: what the version has, spelled and left out as the readings say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.tps.asking import Ask, Values
from harness.reference.tps.choices import Choices
from harness.spec.callmodel import Member
from harness.spec.callvalues import exists
from harness.spec.model import System
from harness.wire.xmlrpc_values import Kind, Value

_EMPTY_LEFT_OUT = "TPS-AMB-054"
_EMPTY: tuple[Any, ...] = ("", b"", [], {})

# A value with nothing in it, which an element of an array may be.
BLANK = Value(Kind.STRING)

# name in the document -> spelling, whether it is left out when empty, its own struct if it is one
_Shape = dict[str, tuple[str, bool, "str | tuple[str, ...]"]]


class Teller:
    """Shapes what methods tell.

    A method hands over all that it knows, by the document's names. Left out here are: members that the version does not have; empty ones
    that the document, or the reading, has only when filled; experimental ones where the reading says so. Everything else that is
    there only under a condition, the method itself leaves out.

    Args:
        model: what the document says.
        choices: readings.
        version: of the API; None is the newest.
    """

    def __init__(self, model: System, choices: Choices, version: str | None) -> None:
        self._model, self._choices, self._version = model, choices, version
        assert model.calls is not None
        self._versions = model.calls.versions
        self._shapes: dict[str, _Shape] = {}

    def shape(self, ask: Ask, told: Mapping[str, Any]) -> Values:
        """What a success tells, as it is to be written."""
        operation = self._model.operations[ask.method].call
        assert operation is not None
        return self._struct(ask.method, operation.returns, told)

    def struct(self, name: str, told: Mapping[str, Any]) -> Values:
        """One struct as it is to be written; for measuring pages."""
        return self._struct(f"struct {name}", self._model.structs[name].members, told)

    def _struct(self, key: str, members: Mapping[str, Member], told: Mapping[str, Any]) -> Values:
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = self._shape_of(members)
        out: Values = {}
        for name, value in told.items():
            known = shape.get(name)
            if known is None:
                if name not in members:
                    out[name] = value  # of an open struct
                continue
            spelled, filled, struct = known
            if value is None or (filled and value in _EMPTY):
                continue
            if struct:
                value = (
                    [self._nested(struct, one) for one in value]
                    if isinstance(value, list)
                    else self._nested(struct, value)
                )
            out[spelled] = value
        return out

    def _nested(self, struct: str | tuple[str, ...], told: Mapping[str, Any] | None) -> Any:
        if told is None:
            return BLANK
        if isinstance(struct, tuple):
            struct = max(struct, key=lambda name: len(self._model.structs[name].members.keys() & told.keys()))
        return self._struct(f"struct {struct}", self._model.structs[struct].members, told)

    def _shape_of(self, members: Mapping[str, Member]) -> _Shape:
        no_experiments = self._choices("experimental") == "absent"
        shape: _Shape = {}
        for name, member in members.items():
            if not exists(self._versions, self._version, member) or (member.experimental and no_experiments):
                continue
            if member.struct is not None and not exists(
                self._versions, self._version, self._model.structs[member.struct]
            ):
                continue
            spelled = member.names.get(self._choices.of(member.ambiguity), name) if member.names else name
            struct: str | tuple[str, ...] = member.struct or ""
            if member.other_structs:
                struct = (*((member.struct,) if member.struct else ()), *member.other_structs)
            shape[name] = (spelled, self._only_filled(member), struct)
        return shape

    def _only_filled(self, member: Member) -> bool:
        """Whether it is left out when it is empty."""
        present = member.present
        if present is not None and present.filled:
            if present.ambiguity is None:
                return True
            known = self._model.ambiguities[present.ambiguity].readings
            reading = self._choices.of(present.ambiguity)
            return reading == "absent" if "absent" in known else reading != "there"
        return member.absent == _EMPTY_LEFT_OUT and self._choices("empty") == "absent"
