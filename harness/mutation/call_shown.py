"""Mutants of what queries show: another value than was set, than the default, than the level below; and changes that change more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from harness.mutation.call_seen import CallMaker, Place, Seen
from harness.mutation.call_values import other
from harness.mutation.http_seen import Said
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece, pieces
from harness.spec.callmodel import Kind, Member, Method, Shown
from harness.spec.model import System
from harness.wire.xmlrpc import Value
from harness.wire.xmlrpc_edit import Pair
from harness.wire.xmlrpc_writing import Members, Writable


def shown_mutants(system: System) -> Iterator[Mutant]:
    """Every such mutant of every method that a query shows the effect of."""
    maker = _ShownMaker(system)
    for name, operation in system.operations.items():
        call = operation.call
        if call is not None and call.shown and not call.experimental:
            yield from maker.mutants(name, call)


class _ShownMaker(CallMaker):
    def mutants(self, method: str, call: Method) -> Iterator[Mutant]:
        """The mutants of one method."""
        base = f"{self.system.prefix}-{method}"
        told_by: Shown | None = call.shown[0]
        for name, member in call.takes.items():
            if (
                member.hidden
                or member.object
                or member.experimental
                or member.until is not None
                or member.hidden_ambiguity
            ):
                continue
            clause, near = f"{base}.{name}", self.near(f"{method}.*{name}*")
            yield self.acts(
                f"{clause}:shown", "other", Operator.SWAP, f"What {method} sets with {name} is shown otherwise.",
                partial(_Shows, self.system, method, call, name, "set"), near=near,
            )  # fmt: skip
            told = (
                member.default is not None or member.defaults or member.inherits is not None
            ) and not member.default_ambiguity
            if told and not call.shown[0].kept:
                yield self.acts(
                    f"{clause}:default", "other", Operator.SWAP, f"Without {name}, {method} sets something else than the default.",
                    partial(_Shows, self.system, method, call, name, "left out"), near=near,
                )  # fmt: skip
            keys = told_by.key.values() if told_by is not None else ()
            if (
                told_by is not None
                and told_by.clause is not None
                and member.struct is None
                and f"taken.{name}" not in keys
            ):
                yield self.acts(
                    told_by.clause, f"{method}.{name}", Operator.SWAP, f"What {method} sets with {name} is shown otherwise.",
                    partial(_Shows, self.system, method, call, name, "set"), near=near,
                )  # fmt: skip
                told_by = None  # one member will do
            if member.rounded is not None and member.rounded.ambiguity is None:
                yield self.acts(
                    f"{clause}:rounded", "as-sent", Operator.STALE, f"{name} of {method} is not taken down to a level.",
                    partial(_Shows, self.system, method, call, name, "as sent"), near=near,
                )  # fmt: skip
        rule = self.syntax.rules.get("unspecified-kept")
        if rule is not None and call.shown[0].kept and any(self._beside(call, one) for one in call.shown):
            yield self.acts(
                rule, f"{method}.more", Operator.OVERFLOW, f"{method} changes something that it does not name.",
                partial(_Shows, self.system, method, call, "", "beside"), near=self.near(f"{method}.*"),
            )  # fmt: skip

    def _beside(self, call: Method, shown: Shown) -> bool:
        """Whether a query shows booleans that a change may leave out, which alone are spoilt."""
        query = self.system.operations[shown.method].call
        told: Mapping[str, Member] = query.returns if query is not None else {}
        if shown.within:
            told = self.system.structs[told[shown.within].struct or ""].members
        return any(name in told and told[name].type == "boolean" for name in call.takes)


class _Shows(Behaviour):
    """Shows one member otherwise, of the objects that a method has set.

    Args:
        name: the member.
        when: it was `set`, or `left out`, or is shown `as sent`; `beside`: members that were not sent.
    """

    def __init__(self, system: System, method: str, call: Method, name: str, when: str) -> None:
        self._system, self._method, self._call, self._name, self._when = system, method, call, name, when
        self._set: dict[tuple[str, ...], Mapping[str, object]] = {}  # by key: what was sent last

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        if not exchange.line:
            return None
        seen = Seen(self._system, exchange)
        if seen.does(self._method):
            for shown in self._call.shown:
                self._set[self._key_of(shown, seen)] = seen.sent
            return None
        for shown in self._call.shown:
            if seen.does(shown.method):
                return pieces(self._spoil(shown, seen))
        return None

    def _key_of(self, shown: Shown, seen: Seen) -> tuple[str, ...]:
        """What tells the object in the query: of a setter by what it took or gave."""
        found = [shown.method]
        for path in shown.by.values():
            where, _, name = path.partition(".")
            value = seen.sent.get(name) if where == "taken" else _plain(seen.message.struct, name)
            found.append(str(value))
        return tuple(found)

    def _spoil(self, shown: Shown, seen: Seen) -> Said:
        asked = (shown.method, *(str(seen.sent.get(name)) for name in shown.by))
        sent = self._set.get(asked)
        if sent is None:
            return None
        places = [place for place in seen.returned if self._belongs(shown, place, sent, seen)]
        if not places and self._when == "left out" and self._name not in sent and not shown.within:
            return self._added(shown, seen)
        return (
            seen.spoilt(places[:1], lambda name, value: self._changed(name, value, places[0], sent)) if places else None
        )

    def _added(self, shown: Shown, seen: Seen) -> Said:
        """A text that is not told as long as it is empty, with something in it."""
        query = self._system.operations[shown.method].call
        name = self._call.takes[self._name].shown or self._name
        member = query.returns.get(name) if query is not None else None
        kind = self._system.scalars.get((member.type if member is not None else None) or "")
        if kind is None or kind.base is not Kind.STRING or kind.choices:
            return None
        pairs = [(one.name, one.value) for one in seen.message.struct.members]
        return seen.tree(Members((*pairs, (name, "1234"))))

    def _belongs(self, shown: Shown, place: Place, sent: Mapping[str, object], seen: Seen) -> bool:
        """Whether a place of the query's reply is that of the member."""
        _, path, member, value = place
        if isinstance(value.scalar, str) and member.object is not None:
            return False
        own = path
        if shown.within is not None:
            if len(path) != 3 or path[0] != shown.within or not self._element(shown, path[:2], sent, seen):
                return False
            own = path[2:]
        if len(own) != 1:
            return False
        name = str(own[0])
        if self._when == "beside":
            return (
                isinstance(value.scalar, bool)
                and name not in sent
                and name in self._call.takes
                and not self._implied(name)
            )
        wanted = self._call.takes[self._name].shown or self._name
        there = self._name in sent
        return name == wanted and (not there if self._when == "left out" else there)

    def _implied(self, name: str) -> bool:
        """Whether another member of the call may imply this one."""
        return any(one.unlimited == name for one in self._call.takes.values())

    @staticmethod
    def _element(shown: Shown, path: tuple[str | int, ...], sent: Mapping[str, object], seen: Seen) -> bool:
        """Whether an element of the array is that of the object."""
        element = seen.message.struct.find(path)
        if element is None:
            return False
        for name, source in shown.key.items():
            value = element.get(name)
            if value is None or value.scalar != sent.get(source.partition(".")[2]):
                return False
        return True

    def _changed(self, name: str, value: Writable, place: Place, sent: Mapping[str, object]) -> tuple[Pair, ...]:
        if self._when == "as sent":
            given = sent[self._name]
            return ((name, given),) if isinstance(given, int | str) else ((name, value),)
        member: Member = place[2]
        return ((name, other(self._system, member, value) if isinstance(value, Value) else value),)


def _plain(struct: Value, name: str) -> object:
    found = struct.get(name)
    return None if found is None else found.plain()
