"""One exchange of methods with structs as mutants look at it, and the replies that they make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from harness.checks.callfaults import syntax_of
from harness.checks.calltaken import best_struct, head_slips, spelled_in, taken_slips
from harness.mutation.call_framing import message_of, plain_of
from harness.mutation.call_speech import fault, success
from harness.mutation.http_message import Answer
from harness.mutation.http_seen import Said
from harness.mutation.http_seen import Seen as HttpSeen
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece, pieces
from harness.spec.callmodel import Member, Method
from harness.spec.model import System
from harness.wire.xmlrpc import Message, MessageKind, Value, read
from harness.wire.xmlrpc_edit import Change, changed
from harness.wire.xmlrpc_values import Path
from harness.wire.xmlrpc_write import encode_fault_value, encode_response
from harness.wire.xmlrpc_writing import Writable

Place = tuple[str, Path, Member, Value]  # clause, path, what is known of it, what stands there
Say = Callable[["Seen"], Said]


class Seen(HttpSeen):
    """One call with its reply."""

    def __init__(self, system: System, exchange: Exchange) -> None:
        super().__init__(system, exchange)
        self.syntax = syntax_of(system)
        self.name = exchange.call.operation

    @property
    def call(self) -> Method | None:
        """What the document says of the method."""
        operation = self.system.operations.get(self.name)
        return operation.call if operation is not None else None

    @cached_property
    def asked(self) -> Message:
        """The call, as it was sent; of kind `NONE` if it is none."""
        return message_of(self.raw, self.syntax.path) or Message()

    @cached_property
    def sent(self) -> dict[str, object]:
        """The members of the call in Python's types."""
        return plain_of(self.asked)

    @cached_property
    def message(self) -> Message:
        """The reply."""
        return read(self.answer.body)

    @property
    def good(self) -> bool:
        """Whether it is a success of a documented method."""
        return self.message.kind is MessageKind.RESPONSE and self.call is not None

    @property
    def faulty(self) -> bool:
        """Whether it is a fault."""
        return self.message.kind is MessageKind.FAULT

    @property
    def code(self) -> str:
        """The code of a fault."""
        return str(self.message.fault_code)

    def does(self, *methods: str) -> bool:
        """Whether it is a success of one of these methods."""
        return self.name in methods and self.good

    def fails(self, method: str, *faults: str) -> bool:
        """Whether it is one of these faults of the catalogue, of a method; "" for any method, without names any fault."""
        codes = {self.system.errors[name].code for name in faults}
        return self.faulty and method in ("", self.name) and (not codes or self.code in codes)

    @cached_property
    def slips(self) -> dict[str, Path]:
        """What is wrong with the call: clause -> the first place."""
        found: dict[str, Path] = {}
        if self.call is not None:
            for one in (
                *head_slips(self.system, self.asked.struct),
                *taken_slips(self.system, self.name, self.asked.struct),
            ):
                found.setdefault(one.clause, one.path)
        return found

    @cached_property
    def taken(self) -> list[Place]:
        """Every member that the call carries, nested ones too."""
        call = self.call
        return list(_places(self.system, f"-{self.name}", "", call.takes, self.asked.struct, ())) if call else []

    @cached_property
    def returned(self) -> list[Place]:
        """Every member that a success carries, nested ones too."""
        call = self.call
        if call is None or not self.good:
            return []
        return list(_places(self.system, f"-{self.name}", ".returned", call.returns, self.message.struct, ()))

    def at(self, clause: str) -> list[Place]:
        """The places of the reply that a clause of a returned member is about."""
        return [one for one in self.returned if one[0] == clause]

    def gave(self, clause: str) -> list[Place]:
        """The places of the call that a clause of a taken member is about."""
        return [one for one in self.taken if one[0] == clause]

    # what is said instead

    def says(self, body: bytes) -> bytes:
        """The response with another document."""
        answer = self.answer if self.answer.status else Answer(status=200, headers=(("Content-Type", "text/xml"),))
        return answer.with_(status=200, reason="", body=body).raw()

    def accepted(self) -> bytes:
        """A success of the method."""
        return self.says(success(self.system, self.name, self.sent))

    def faulted(self, name: str = "operation-failed", member: str = "") -> bytes:
        """A fault of the catalogue."""
        return self.says(fault(self.system, name, member))

    def tree(self, tree: Writable) -> bytes:
        """The reply with another struct."""
        return self.says(encode_fault_value(tree) if self.faulty else encode_response(tree))

    def spoilt(self, places: Sequence[Place], change: Change) -> bytes | None:
        """The reply with what `change` makes of the members at these places; None if there are none."""
        tree: Writable = self.message.struct
        # Later places first: what stands before them keeps its place.
        for _, path, _, _ in reversed(places):
            try:
                tree = changed(tree, path, change)
            except ValueError:  # it stood in something that is gone
                continue
        return self.tree(tree) if places else None


def _places(
    system: System, owner: str, side: str, known: Mapping[str, Member], struct: Value, path: Path
) -> Iterator[Place]:
    for name, member in known.items():
        spelled = spelled_in(name, member, struct)
        value = struct.get(spelled)
        if value is None:
            continue
        place = (*path, spelled)
        yield f"{system.prefix}{owner}{side}.{name}", place, member, value
        each: Sequence[tuple[Path, Value]] = (
            [((*place, number), item) for number, item in enumerate(value.items)] if member.array else [(place, value)]
        )
        for where, item in each:
            inner = best_struct(system, member, item)
            if inner is not None and item.members:
                yield from _places(system, f"-struct.{inner[0]}", side, inner[1].members, item, where)


class Teller(Behaviour):
    """Says something else in the place of replies; what returns None lets them be."""

    def __init__(self, system: System, say: Say) -> None:
        self._system, self._say = system, say

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        if not exchange.line:
            return None
        return pieces(self._say(Seen(self._system, exchange)))


class CallMaker:
    """Makes mutants of one system."""

    def __init__(self, system: System) -> None:
        self.system, self.syntax = system, syntax_of(system)

    def near(self, *parts: str) -> tuple[str, ...]:
        """Patterns of cases."""
        return tuple(f"{self.system.system}.{part}" for part in parts)

    def says(
        self,
        clause: str,
        name: str,
        operator: Operator,
        about: str,
        say: Say,
        *,
        near: tuple[str, ...] = (),
        harmless: bool = False,
    ) -> Mutant:
        """A mutant that answers otherwise and remembers nothing."""
        return self.acts(clause, name, operator, about, lambda: Teller(self.system, say), near=near, harmless=harmless)

    def acts(
        self,
        clause: str,
        name: str,
        operator: Operator,
        about: str,
        make: Callable[[], Behaviour],
        *,
        near: tuple[str, ...] = (),
        harmless: bool = False,
    ) -> Mutant:
        """A mutant with a behaviour of its own."""
        return Mutant(
            id=f"{clause}:{name}",
            clause=clause,
            operator=operator,
            about=about,
            make=make,
            near=near,
            harmless=harmless,
        )
