"""The quick way through the fields of a message: those that are as nearly all are, there once, valid, and as they were sent.

What is not so plain is for `harness.checks.fields`, which gives the same checks for these, only slower; a test holds that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.datatypes import is_value
from harness.messages.packetreply import spelled
from harness.spec.messagemodel import Message, MessageField, MessageSyntax
from harness.spec.model import DataType, System
from harness.verdict import Check
from harness.wire.xmlmessage import Field

_KEPT_VALUES = 20_000  # that were found valid, so that lists of hundreds of entries are not read over and over


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """One field of a message: its spellings, and the checks that it passes if it is plain."""

    name: str
    known: MessageField
    names: tuple[str, ...]
    kind: DataType
    once: Check
    valid: Check
    echoed: Check | None


class Plan:
    """How the fields of one kind of message are looked at. Made once for each."""

    _made: dict[tuple[int, str, str], Plan] = {}  # noqa: RUF012 - shared on purpose
    _valid: dict[tuple[str, str, str], bool] = {}  # noqa: RUF012

    def __init__(self, system: System, base: str, message: Message, syntax: MessageSyntax, check: str) -> None:
        self.message = message  # held, so that its id stays its own
        self.system = system.system
        self.value = syntax.value
        self.fields = [
            Plain(
                name=name,
                known=known,
                names=spelled(known.names, name),
                kind=system.types[known.type],
                once=Check(id=f"{check}.{name}.once", clauses=(f"{base}.{name}", syntax.rules["once"]), passed=True),
                valid=Check(id=f"{check}.{name}", clauses=(f"{base}.{name}",), passed=True),
                echoed=self._echoed(name, known, syntax, base, check),
            )
            for name, known in message.fields.items()
        ]
        self.documented = {syntax.result, syntax.reason, syntax.session}
        self.documented |= {one for plain in self.fields for one in (plain.name, *plain.names)}

    @staticmethod
    def _echoed(name: str, known: MessageField, syntax: MessageSyntax, base: str, check: str) -> Check | None:
        if known.echo is None or known.repeated or name in syntax.secrets:
            return None
        return Check(id=f"{check}.{name}.echo", clauses=(f"{base}.{name}",), passed=True)

    @classmethod
    def of(cls, system: System, base: str, message: Message, syntax: MessageSyntax, check: str) -> Plan:
        """The plan of a message."""
        key = (id(message), base, check)
        if key not in cls._made:
            cls._made[key] = cls(system, base, message, syntax, check)
        return cls._made[key]

    def passed(self, plain: Plain, found: Sequence[Field], sent: Mapping[str, str]) -> tuple[Check, ...] | None:
        """The checks that a plain field passes; None if it is not plain."""
        known = plain.known
        if len(found) != 1 or known.repeated or known.ambiguity is not None or known.attributes:
            return None
        one = found[0]
        value = one.attributes.get(self.value)
        if value is None or one.text or one.nested or not self._is_valid(plain, value):
            return None
        if known.echo is None or known.echo not in sent:
            return plain.once, plain.valid
        if plain.echoed is None or sent[known.echo] != value:
            return None
        return plain.once, plain.valid, plain.echoed

    def _is_valid(self, plain: Plain, value: str) -> bool:
        key = (self.system, plain.known.type, value)
        found = self._valid.get(key)
        if found is None:
            if len(self._valid) >= _KEPT_VALUES:
                self._valid.clear()
            found = self._valid[key] = is_value(plain.kind, value)
        return found
