"""Mutants of commands: refused although they are right, taken although they are wrong, answered by another message or in no session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from zlib import crc32

from msgspec import structs

from harness.datatypes import is_value
from harness.messages.packets import names_of, operation_of
from harness.mutation.mutant import End, Mutant, Operator, Piece
from harness.mutation.packet_pretend import Maker
from harness.mutation.packet_seen import Said, Seen
from harness.packetsample import setting_of
from harness.spec.model import Operation, Parameter, Rule, System


def operation_mutants(system: System) -> Iterator[Mutant]:
    """Every mutant of every command."""
    for name in system.operations:
        yield from _Operation(system, name).mutants()


class _Operation(Maker):
    """The mutants of one command."""

    def __init__(self, system: System, name: str) -> None:
        super().__init__(system)
        self._name = name
        self._operation: Operation = system.operations[name]
        self._clause = f"{system.prefix}-{name}"
        self._own = f"{system.system}.{name}"
        setting = setting_of(system, name)
        self._shares = len(set(names_of(self._operation.command, name).values())) > 1
        self._dependent = setting is not None and setting.dependent is not None

    def mutants(self) -> Iterator[Mutant]:
        """See the module."""
        yield self._refuses("", "refused", "is refused", lambda _: True)
        yield self.says(
            self._clause, "silent", Operator.LOSE, f"{self._name} ends the connection.",
            lambda seen: (Piece(end=End.CLOSE),) if self._succeeds(seen) else None, near=self._near("success"),
        )  # fmt: skip
        for name, parameter in self._operation.parameters.items():
            yield from self._parameter(name, parameter)
        if self._operation.confirm is not None and self._operation.confirm.undocumented is None:
            yield from self._confirm()
        if self._operation.result is not None:
            field = self._operation.result.name
            for word, operator, change in (
                ("missing", Operator.DROP, lambda _: ()),
                ("empty", Operator.DROP, lambda one: [structs.replace(one, attributes={self.syntax.value: ""})]),
            ):
                yield self.says(
                    f"{self._clause}.result", word, operator, f"{self._name} tells no {field} ({word}).",
                    partial(self._if_ok, lambda seen, change=change: seen.fields(field, change)), near=self._near("success"),  # type: ignore[misc]
                )  # fmt: skip
        if self._operation.indication is not None and self._operation.indication.undocumented is None:
            yield from self._indication()
        if self._name != self.syntax.login:
            yield from self._sessions()

    def _near(self, *parts: str) -> tuple[str, ...]:
        return tuple(f"{self._own}.{part}" for part in parts)

    def _refuses(self, part: str, word: str, about: str, test: Callable[[Seen], bool]) -> Mutant:
        return self.says(
            f"{self._clause}{part}",
            word,
            Operator.REFUSE,
            f"{self._name} {about}.",
            lambda seen: seen.refused() if self._succeeds(seen) and test(seen) else None,
            near=self._near("success", f"{part.strip('.')}"),
        )

    # parameters

    def _parameter(self, name: str, parameter: Parameter) -> Iterator[Mutant]:
        kind = self.system.types[parameter.type]
        part = f".{name}"
        if self._dependent:  # a single value may be refused for it makes no sense with the others, but not every one
            yield self._refuses(
                part, "refused", f"is refused with any {name}", lambda seen: seen.given(name) is not None
            )
        elif kind.choices:
            for choice in kind.choices:
                yield self._choice(name, choice)
        else:
            yield self._refuses(part, "refused", f"is refused with a {name}", lambda seen: bool(seen.given(name)))
        if parameter.blank:
            yield self._refuses(
                f"{part}.blank", "refused", f"is refused with a blank {name}", lambda seen: seen.given(name) == ""
            )
        for word, errors, wrong in (
            ("unknown", parameter.unknown if parameter.unknown_ambiguity is None else [], lambda value: is_value(kind, value)),
            ("type", parameter.invalid if parameter.invalid_ambiguity is None else [], lambda value: not is_value(kind, value)),
        ):  # fmt: skip
            if errors:
                yield self.says(
                    f"{self._clause}{part}.{word}", "taken", Operator.ACCEPT, f"{self._name} takes a wrong {name} ({word}).",
                    partial(self._wrong_taken, name, wrong), near=(*self._near(f"{name}.*", "unknown*"), f"{self.system.system}.*unknown*"),
                )  # fmt: skip
        for constraint in parameter.constraints:
            if constraint.rule is Rule.NOT_EMPTY:
                for clause in (f"{self._clause}{part}.{constraint.rule}", *constraint.clauses):
                    yield self.says(
                        clause, f"taken.{self._name}.{name}", Operator.ACCEPT, f"{self._name} takes a blank {name}.",
                        lambda seen: seen.accepted() if seen.is_refused(self._name) and seen.given(name) == "" else None,
                        near=self._near(f"{name}.*"),
                    )  # fmt: skip

    def _wrong_taken(self, name: str, wrong: Callable[[str], bool], seen: Seen) -> Said:
        return seen.accepted() if seen.is_refused(self._name) and wrong(seen.given(name) or "") else None

    def _choice(self, name: str, choice: str) -> Mutant:
        return self.says(
            f"{self._clause}.{name}", f"refused-{choice}", Operator.REFUSE,
            f"{self._name} is refused where {name} is {choice}.",
            lambda seen: seen.refused() if self._succeeds(seen) and seen.given(name) == choice else None,
            near=self._near("success", f"*{name}*"),
        )  # fmt: skip

    # confirms

    def _confirm(self) -> Iterator[Mutant]:
        part = f"{self._clause}.confirm"
        rows: list[tuple[str, Operator, str, Callable[[Seen], Said]]] = [
            ("other-name", Operator.SWAP, "names another command", lambda seen: self._named(seen, self._other())),
            ("no-name", Operator.DROP, "names no command", lambda seen: self._named(seen, None)),
            (
                "run-on",
                Operator.OVERFLOW,
                "has a name that goes on",
                lambda seen: self._named(seen, f"{self._plain()}s"),
            ),
        ]
        if self._operation.confirm is not None and not self._operation.confirm.several:
            rows.append(("missing", Operator.DROP, "is missing", lambda seen: seen.with_(())))
        for word, operator, about, say in rows:
            yield self.says(
                part, word, operator, f"The confirm of {self._name} {about}.", partial(self._if_ok, say), near=self._near("success")
            )  # fmt: skip

    def _if_ok(self, say: Callable[[Seen], Said], seen: Seen) -> Said:
        return say(seen) if self._succeeds(seen) else None

    def _succeeds(self, seen: Seen) -> bool:
        """A success of the command, under a name that it shares with others too: one that goes by that name alone conforms."""
        if seen.is_ok(self._name) or seen.indicates or not self._shares:
            return seen.is_ok(self._name)
        parts = seen.packet.parts
        return seen.packet.ok is True and list(operation_of(self.system, parts[0], "confirm"))[:1] == [self._name]

    def _plain(self) -> str:
        return next(iter(names_of(self._operation.confirm, self._name).values())).strip()

    def _other(self) -> str:
        """The name of another command, which is no name of this one."""
        own = {one.strip().lower() for one in names_of(self._operation.confirm, self._name).values()}
        own |= {one.strip().lower() for one in names_of(self._operation.indication, self._name).values()}
        return next(
            name
            for other, one in self.system.operations.items()
            if other != self._name and (name := next(iter(names_of(one.confirm, other).values())).strip().lower()) not in own
        )  # fmt: skip

    def _named(self, seen: Seen, name: str | None) -> Said:
        return seen.each(
            lambda one: [structs.replace(one, attributes={} if name is None else {self.syntax.name: name})]
        )

    # indications

    def _indication(self) -> Iterator[Mutant]:
        part = f"{self._clause}.indication"
        rows: tuple[tuple[str, Operator, str, Callable[[Seen], Said]], ...] = (
            ("lost", Operator.LOSE, "is not sent", lambda _: ()),
            ("twice", Operator.DOUBLE, "is sent twice", lambda seen: seen.exchange.raw * 2),
            ("two-in-one", Operator.DOUBLE, "stands twice in its packet", lambda seen: seen.each(lambda one: [one, one])),
            ("other-name", Operator.SWAP, "names another command", lambda seen: self._named(seen, self._other())),
            ("no-name", Operator.DROP, "names no command", lambda seen: self._named(seen, None)),
        )  # fmt: skip
        for word, operator, about, say in rows:
            yield self.says(
                part, word, operator, f"The indication of {self._name} {about}.",
                partial(self._if_told, say), near=self._near("indication"),
            )  # fmt: skip

    def _if_told(self, say: Callable[[Seen], Said], seen: Seen) -> Said:
        return say(seen) if seen.is_told(self._name) else None

    # sessions

    def _sessions(self) -> Iterator[Mutant]:
        if self._operation.sessionless is not None:
            return  # one that needs no session may look at none
        rows: list[tuple[str, str, str, Callable[[Seen], bool]]] = [
            ("session-required", "no-session", "without a session", lambda seen: seen.session is None),
            ("session-required", "blank-session", "with a blank session", lambda seen: seen.session == ""),
            ("session-wrong", "unknown-session", "with the id of no session", lambda seen: bool(seen.session) and seen.session not in seen.met),
        ]  # fmt: skip
        if self._name != self.syntax.logout:
            rows.append(
                (
                    "logout",
                    "after-logout",
                    "with the id of a session that was ended",
                    lambda seen: seen.session in seen.ended,
                )
            )
        for number, (rule, word, about, test) in enumerate(rows):
            if (number + crc32(self._name.encode())) % 2:
                continue
            yield self.says(
                self.clause(rule), f"{self._name}.{word}", Operator.ACCEPT, f"{self._name} is taken {about}.",
                partial(self._let_in, test), near=self._near(word),
            )  # fmt: skip

    def _let_in(self, test: Callable[[Seen], bool], seen: Seen) -> Said:
        return seen.accepted() if seen.is_refused(self._name) and test(seen) else None
