"""Judges answers in packets: against what may answer a command, and against what everything that comes must be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from harness.checks.packets import comes, indication_checks, message_checks, reply_checks
from harness.ending import Ending
from harness.fuzzing.packet_kit import CLOSED, FAILURE, NOTHING, SUCCESS, Asked, PacketTurn
from harness.messages.packetreply import Packet, Part, spelled
from harness.messages.packets import operation_of
from harness.spec.model import System
from harness.verdict import Check, Severity


def outcome_of(packet: Packet) -> str:
    """Which of the outcomes of `packet_kit` it is; "" for an answer that is neither success nor failure."""
    if packet.came:
        return "" if packet.ok is None else SUCCESS if packet.ok else FAILURE
    return NOTHING if packet.ending is Ending.SILENT else CLOSED


class PacketJudge:
    """The checks of one system."""

    def __init__(self, system: System) -> None:
        assert system.messages is not None
        self._system = system
        self._syntax = system.messages
        self._rules = system.messages.rules

    def answer(self, asked: Asked, packet: Packet, odd: Collection[str] = ()) -> list[Check]:
        """What the answer to a command that is known breaks.

        Args:
            odd: values that are none of their type and that a device may show all the same, since somebody has sent them.
        """
        outcome = outcome_of(packet)
        if not packet.came and outcome in asked.outcomes and not packet.raw:
            return []
        broken = _but_odd(_broken(reply_checks(self._system, packet)), odd)
        if any(not value.replace(" ", "").isalnum() or not value.isascii() for _, value in asked.echoed if value):
            extra = self._rules["characters"]  # what is hard to carry may be why it does not come back
            broken = [
                replace(one, clauses=(*one.clauses, extra)) if one.id.endswith(".echo") else one for one in broken
            ]
        if outcome not in asked.outcomes and not broken:
            broken.append(
                self.check(
                    "answer",
                    asked.clauses,
                    expected=f"{asked.operation or 'the command'}: {' or '.join(sorted(asked.outcomes))}",
                    got=packet.describe(),
                    step=packet.step,
                )
            )
        return broken

    def anything(self, packet: Packet) -> list[Check]:
        """What a packet breaks of which only is known that it came: it is a well-formed message of the documented kinds."""
        if not packet.came:
            cut = bool(packet.raw) and packet.ending is Ending.SILENT
            return _broken(comes(packet)) if cut or packet.ending is Ending.FLOODED else []
        kind = self._syntax.indication if packet.indicates else self._syntax.confirm
        return _broken(message_checks(packet, kind))

    def not_done(self, asked: Asked, packet: Packet) -> list[Check]:
        """A success where none may be."""
        if not packet.came or not packet.ok or SUCCESS in asked.outcomes:
            return []
        return [
            self.check(
                "refused", asked.clauses, expected=f"{asked.operation or 'the command'} to fail", got=packet.describe(),
                step=packet.step,
            )
        ]  # fmt: skip

    def are_alike(self, one: PacketTurn, other: PacketTurn) -> bool:
        """Whether two changes cannot be told apart by what names their objects."""
        operation = self._system.operations[one.asked.operation]
        if one.asked.operation != other.asked.operation or operation.confirm is None:
            return False
        fields = [
            (name, known) for name, known in operation.confirm.fields.items() if known.object and not known.repeated
        ]
        return all(
            set(one.packet.first.all(*spelled(known.names, name)))
            == set(other.packet.first.all(*spelled(known.names, name)))
            for name, known in fields
        )

    def told(
        self, turn: PacketTurn, mine: Sequence[Packet], count: range, place: int, odd: Collection[str] = ()
    ) -> list[Check]:
        """A change that another client made and the indications of it: as many as there may be, and they say what the confirm says.

        Args:
            place: which of them is of this change.
        """
        operation = turn.asked.operation
        own = (f"{self._system.prefix}-{operation}.indication",)
        shared = any(one.set == turn.asked.operation for one in self._system.settings.values())
        if shared and len(mine) >= count.stop:
            return []  # what is not ours alone may have been set back by who played before, and that is told, too
        if len(mine) not in count:
            rule = "indication" if len(mine) < count.start else "one-indication"
            return [
                self.check(
                    f"indication.{rule}",
                    (*own, self._rules[rule]),
                    expected=f"{count.stop - 1} of {operation}",
                    got=f"{len(mine)}" + (f", the last {mine[-1].describe()}" if mine else ""),
                    step=turn.packet.step,
                )
            ]
        if len(mine) < count.stop - 1 or len(count) > 1:  # which of them is of this one is not known
            return []
        return [
            *_but_odd(_broken(indication_checks(self._system, operation, mine[place], turn.asked.echoed)), odd),
            *self._differs(turn, mine[place]),
        ]

    def named(self, packet: Packet, operation: str) -> bool:
        """Whether it is an indication of this operation."""
        return any(operation in operation_of(self._system, part, "indication") for part in packet.parts)

    def names(self, packet: Packet, operation: str) -> bool:
        """Whether it is an answer to this operation."""
        return any(operation in operation_of(self._system, part, "confirm") for part in packet.parts)

    def tells_of(self, packet: Packet, turn: PacketTurn) -> bool:
        """Whether an indication is of the object that the confirm of a change names."""
        return bool(packet.parts) and all(
            not told or not said or set(told) & set(said)
            for name, told, said in self._both(turn, packet.parts[0])
            if self._system.operations[turn.asked.operation].indication.fields[name].object  # type: ignore[union-attr]
        )

    def _differs(self, turn: PacketTurn, packet: Packet) -> list[Check]:
        known = {name for name, _ in turn.asked.echoed}
        return [
            self.check(
                f"indication.{name}.same",
                (f"{self._system.prefix}-{turn.asked.operation}.indication.{name}", self._rules["indication-content"]),
                expected=f"{name} {', '.join(said)[:200]!r}, as the confirm has it",
                got=", ".join(told)[:200],
                step=packet.step,
            )
            for name, told, said in self._both(turn, packet.parts[0])
            if name in known and told and said and sorted(told) != sorted(one for one in said if one in told or name != self._syntax.reason)
        ]  # fmt: skip

    def _both(self, turn: PacketTurn, part: Part) -> Iterable[tuple[str, list[str], list[str]]]:
        """Each field of the indication that the confirm has as well, with its values in both; no secrets and no lists."""
        known = self._system.operations[turn.asked.operation]
        if known.indication is None or known.confirm is None:
            return
        for name, one in known.indication.fields.items():
            other = known.confirm.fields.get(name)
            if other is not None and not one.repeated and name not in self._syntax.secrets:
                yield (
                    name,
                    part.all(*spelled(one.names, name)),
                    turn.packet.first.all(*spelled(other.names, name)),
                )

    def check(self, name: str, clauses: tuple[str, ...], *, expected: str, got: str, step: int) -> Check:
        """A broken check."""
        return Check(id=name, clauses=clauses, passed=False, expected=expected, got=got, step=step)

    def rule(self, name: str, rule: str, *, expected: str, got: str, step: int) -> Check:
        """A broken check of one of the rules of the syntax."""
        return self.check(name, (self._rules[rule],), expected=expected, got=got, step=step)


def _broken(checks: Iterable[Check]) -> list[Check]:
    return [one for one in checks if not one.passed and one.severity is Severity.MUST]


def _but_odd(broken: Iterable[Check], odd: Collection[str]) -> list[Check]:
    shown = [repr(value[:100])[:-1] if value else "''" for value in odd]
    return [one for one in broken if not any(value in one.got for value in shown)]
