"""What a run may do to a device, and the journal of what it did and how to take it back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from harness.datatypes import is_value
from harness.errors import PermitError
from harness.flow import Note, Undo
from harness.messages.binding import Binding
from harness.messages.reply import Reply
from harness.spec.callmodel import Method, Slip
from harness.spec.clauses import resolve_error
from harness.spec.clauses_calls import wrong_of
from harness.spec.model import Effect, Operation, System
from harness.target import Allow, Target

# Cases that wait longer than this on the wall clock are slow and need leave (DESIGN.md, Contracts).
SLOW_WALL_S = 15.0
# Names that people give are shorter; ids are longer, however they are spelled.
SHORTEST_ID = 28


@dataclass(frozen=True, slots=True)
class Permit:
    """What a run may send. Asked for every byte that leaves, whoever wants to send it."""

    allow: Allow
    clock_scale: float
    everything: bool = field(init=False, repr=False)  # no byte needs to be looked at

    def __post_init__(self) -> None:
        object.__setattr__(self, "everything", all(map(self.allow.covers, Effect)))

    @classmethod
    def of(cls, target: Target, *, read_only: bool = False) -> Permit:
        """The permit of a target file; `read_only` (profile acceptance) takes everything else away."""
        return cls(Allow(slow=target.allow.slow) if read_only else target.allow, target.clock_scale)

    def check(self, binding: Binding, data: bytes) -> None:
        """Refuse what is not covered.

        Args:
            data: what the device will have received on this connection since the last end of a message.

        Raises:
            PermitError: these bytes may have an effect that is not permitted.
        """
        if self.everything:
            return
        effect, operation = binding.effect(data)
        if effect is not Effect.READ and not self.allow.covers(effect):
            raise PermitError(effect.value, operation)

    def covers_wait(self, device_s: float) -> bool:
        """Whether a wait of so many device seconds is covered."""
        return self.allow.slow or device_s / self.clock_scale <= SLOW_WALL_S


class Journal:
    """What was created or changed, newest last, and how to undo it."""

    def __init__(self) -> None:
        self.entries: list[Undo] = []

    def note(self, note: Note, case: str) -> None:
        """Add an entry, or drop those that a later success made needless."""
        if note.what == "add":
            self.entries.append(Undo(operation=note.operation, arguments=note.arguments, case=case))
        elif note.what == "drop":
            self.entries[:] = [
                e
                for e in self.entries
                if e.operation != note.operation or not _same_values(e.arguments, note.arguments)
            ]
        elif note.what == "gone":
            self.entries[:] = [
                e
                for e in self.entries
                if not any(_same(gone, value) for gone in note.arguments for value in e.arguments)
            ]

    def undo(self, perform: Callable[[Undo], bool], ended_by: Callable[[Undo], str]) -> list[Undo]:
        """Undo everything, newest first.

        Args:
            perform: does one entry, gives whether the device accepted it.
            ended_by: the object that an accepted entry removes, "" for none.

        Returns:
            What could not be undone. What belonged to an object that was then removed counts as undone.
        """
        left: list[Undo] = []
        while self.entries:
            entry = self.entries.pop()
            if not perform(entry):
                left.append(entry)
            elif gone := ended_by(entry):
                left[:] = [other for other in left if gone not in other.arguments]
        return left


def may_be_id(system: System, operation: Operation, value: str | None) -> bool:
    """Whether what a success carries may be the id of a new object, if the operation makes one.

    A bad device may answer with any text, or mix up its replies: to undo with that could remove what somebody else has called so.
    """
    if operation.result is None or operation.result.object is None:
        return True
    if value is None or " " in value:
        return False
    return is_value(system.types[operation.result.type], value) or len(value) >= SHORTEST_ID


def notes(system: System, reply: Reply) -> Iterator[Note]:
    """What the journal learns from a success: what it makes needless, what would undo it, what it has ended."""
    operation = system.operations.get(reply.call.operation)
    if operation is None or not reply.ok or not may_be_id(system, operation, reply.value):
        return
    named = dict(zip(operation.parameters, reply.call.values, strict=False))
    yield Note("drop", reply.call.operation, reply.call.values)
    if operation.undo is not None:
        slots = {"{result}": reply.value or "", **{f"{{{name}}}": value for name, value in named.items()}}
        yield Note("add", operation.undo.operation, tuple(slots.get(text, text) for text in operation.undo.arguments))
    if operation.ends is not None and operation.ends in named:
        yield Note("gone", arguments=(named[operation.ends],))


def ended_by(system: System, entry: Undo) -> str:
    """The object that an entry of the journal removes, "" for none."""
    operation = system.operations[entry.operation]
    if operation.call is not None:  # its arguments are name=text
        return next((one for one in entry.arguments if one.partition("=")[0] == operation.call.ends), "")
    if operation.ends is None:
        return ""
    if operation.command is not None:  # its arguments are name=value
        return dict(one.partition("=")[::2] for one in entry.arguments).get(operation.ends, "")
    return entry.arguments[list(operation.parameters).index(operation.ends)]


def undone(system: System, reply: Reply) -> bool:
    """Whether the reply to an entry of the journal says that it is undone, or that there is nothing left to undo."""
    known = system.operations[reply.call.operation]
    if known.call is not None:
        return reply.ok is True or reply.code in _unknown_codes(system, known.call)
    gone = {name for parameter in known.parameters.values() for name in parameter.unknown}
    return reply.ok is True or reply.code in {resolve_error(system, known.errors[name]).code for name in gone}


def _unknown_codes(system: System, method: Method) -> set[str]:
    """Codes of faults that say that an object which a call names is not there."""
    rules = [wrong_of(system, member, Slip.UNKNOWN) for member in method.takes.values() if member.object is not None]
    names = {name for rule in rules if rule is not None for name in (*rule.faults.values(), rule.fault) if name}
    return {system.errors[name].code for name in names}


def _same_values(one: Sequence[str], other: Sequence[str]) -> bool:
    return len(one) == len(other) and all(map(_same, one, other))


def _same(one: str, other: str) -> bool:
    """Whether two spellings mean one id: case and punctuation do not count, nor does a prefix such as `urn:uuid:`."""
    plain, plain_other = (re.sub(r"[\W_]", "", text).casefold() for text in (one, other))
    long = min(len(plain), len(plain_other)) >= 16  # an id; the end of a short value proves nothing
    return plain == plain_other or (long and (plain.endswith(plain_other) or plain_other.endswith(plain)))
