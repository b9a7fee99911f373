"""Commands of a spec as documents and steps: what the builder of packets makes scripts of."""

from __future__ import annotations

from random import Random

from harness.fuzzing.packet_kit import Kind, PacketKit
from harness.fuzzing.packet_values import hard_text, plain_text
from harness.fuzzing.packet_xml import OWN_SESSION, Doc, Fields, Value, command
from harness.fuzzing.script import Script, Slot, Step, joined
from harness.spec.model import System
from harness.target import Target

HEADER = Slot("packet:+0")
USER, PASSWORD = Slot("login:user"), Slot("login:password")


class Commands:
    """Commands of one system on one target."""

    def __init__(self, system: System, target: Target, kit: PacketKit) -> None:
        assert system.messages is not None
        self._system = system
        self._syntax = system.messages
        self._rules = system.messages.rules
        self._prefix = system.prefix
        self._kit = kit
        self._kinds = list(kit.kinds.values()) if target.allow.write else []
        self._reads = [(name, fields) for name, choices in kit.reads.items() for fields in choices]
        self._small = [one for one in self._reads if not one[1]]

    def _name(self, operation: str) -> Value:
        known = self._system.operations[operation].command
        if known is None:
            return operation.lower()
        return Slot(f"spelled:{operation}") if len(set(known.names.values())) > 1 else known.name or operation.lower()

    def _command(self, operation: str, fields: Fields = (), session: Value | None = OWN_SESSION) -> Doc:
        return command(self._name(operation), fields, session)

    def _read(self, rng: Random, session: Value | None = OWN_SESSION) -> Doc:
        """A command that only reads."""
        known = self._small if rng.random() < 0.5 else self._reads
        name, fields = known[int(rng.random() * len(known))]
        return self._command(name, fields, session)

    def _login(self, *, indications: bool = False, user: Value = USER, password: Value | None = None) -> Doc:
        fields: list[tuple[str, Value]] = []
        for name, one in self._system.operations[self._syntax.login].parameters.items():
            kind = self._system.types[one.type]
            if name == self._syntax.user:
                fields.append((name, user))
            elif name == self._syntax.password:
                fields.append((name, password if password is not None else PASSWORD))
            elif name == self._syntax.subscribe:
                fields.append((name, self._syntax.subscribed if indications else "0"))
            elif not one.optional and kind.choices:
                fields.append((name, kind.choices[0]))
        return command(self._name(self._syntax.login), tuple(fields), None)

    def _logout(self, session: Value) -> Doc:
        fields = tuple(
            (name, self._system.types[one.type].choices[0])
            for name, one in self._system.operations[self._syntax.logout].parameters.items()
            if self._system.types[one.type].choices and not one.optional
        )
        return self._command(self._syntax.logout, fields, session)

    def _script(self, name: str, clause: str, *steps: Step) -> Script:
        return Script(name=name, clauses=(clause,), steps=steps)

    def _kind(self, rng: Random) -> Kind:
        return self._kinds[int(rng.random() * len(self._kinds))]

    def _add(self, kind: Kind, name: str, rng: Random, *, hard: bool = False, operation: str = "") -> Doc:
        """A command that adds (or changes) an object."""
        texts = {one: hard_text(rng) if hard and rng.random() < 0.7 else plain_text(rng) for one in kind.texts}
        fields: list[tuple[str, Value]] = [(kind.name, name)]
        fields += [(field, texts.get(field, plain_value(value, name))) for field, value in kind.plain]
        return self._command(operation or kind.add, tuple(fields))


def packet(doc: Doc, *, link: str = "") -> Step:
    """A message in a packet of its own."""
    return Step(parts=joined((HEADER, *doc.parts())), link=link)


def plain_value(value: str, name: str) -> str:
    """The value itself; for the slot of digits, those that no other object of another name has."""
    return value if value != "{digits}" else str(100_000 + int(name[3:11], 16) % 900_000)


def new_token(rng: Random) -> str:
    """The name of an object of a script; no other begins so."""
    return f"cw-{rng.getrandbits(32):08x}"
