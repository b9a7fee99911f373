"""How a person writes mutants of functions: what a device is asked instead, and what is said of what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from msgspec import structs

from harness.messages.reply import Call
from harness.mutation.document_asked import Asker
from harness.mutation.document_seen import Maker, Pairs, Said, Seen
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece, pieces
from harness.spec.model import System
from harness.wire.xmltree import Element

Test = Callable[[dict[str, str]], bool]
STATUS = ("DEVICELIST", "DEVICESTATUS", "DEVICERECORDINGSTATUS")
NAMES = ("DEVICEALIAS", "SYS_USER", "CRM_USER")


def always(_sent: dict[str, str]) -> bool:
    """Whatever was sent."""
    return True


def has(*names: str) -> Test:
    """One of these parameters has a value."""
    return lambda sent: any(sent.get(name) for name in names)


def lacks(*names: str) -> Test:
    """None of these parameters has a value."""
    return lambda sent: not any(sent.get(name) for name in names)


def both(one: Test, other: Test) -> Test:
    """Both hold."""
    return lambda sent: one(sent) and other(sent)


def action(name: str) -> Test:
    """The action is this one."""
    return lambda sent: sent.get("ACTION", "").upper() == name


def sent_by(call: Call) -> dict[str, str]:
    """The parameters of a call."""
    return {name: value for name, _, value in (one.partition("=") for one in call.values)}


class Kit(Maker):
    """Makes mutants, each in one line or two."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._made: list[Mutant] = []
        self._counts: dict[str, int] = {}
        self._first = 0

    @property
    def made(self) -> Sequence[Mutant]:
        """All that were made."""
        return self._made

    def add(self, clause: str, operator: Operator, about: str, make: Callable[[], Behaviour], *near: str) -> None:
        """Any behaviour."""
        count = self._counts[clause] = self._counts.get(clause, 0) + 1
        whole = f"{self.system.prefix}-{clause}"
        near = tuple(f"{self.system.system}.{one}" for one in near)
        self._made.append(
            Mutant(id=f"{whole}:{'abcdefghijklmnopqrstuvwxyz'[count - 1]}", clause=whole, operator=operator, about=about, make=make, near=near)
        )  # fmt: skip

    def say(self, clause: str, operator: Operator, about: str, say: Callable[[Seen], Said], *near: str) -> None:
        """Something else is said."""
        first = self._first
        self.add(clause, operator, about, lambda: Late(self.system, say, first), *near)

    @contextmanager
    def late(self, first: int) -> Iterator[None]:
        """What is said within leaves so many alone first: the controls of the cases that look closely."""
        self._first = first
        try:
            yield
        finally:
            self._first = 0

    # requests

    def ask(
        self,
        clause: str,
        about: str,
        functions: Iterable[str],
        change: Callable[[dict[str, str]], dict[str, str | None]],
        *near: str,
    ) -> None:
        """The device sees these functions with other parameters: name -> value, None for none."""
        wanted = set(functions)

        def asked(call: Call, old: Pairs) -> Pairs | None:
            if call.operation not in wanted:
                return None
            new = change(sent_by(call))
            kept = [(name, value) for name, value in old if name not in new]
            return [*kept, *((name, value) for name, value in new.items() if value is not None)] if new else None

        self.add(clause, Operator.MISREAD, about, lambda: Asker(self.system, asked), *near)

    def without(self, clause: str, functions: Iterable[str], *names: str) -> None:
        """The device overlooks parameters."""
        shown = " ".join(functions)
        gone: dict[str, str | None] = dict.fromkeys(names)
        self.ask(
            clause,
            f"{shown} overlooks {' '.join(names[:4])}.",
            functions,
            lambda sent: {one: None for one in gone if one in sent},
        )

    def lost(self, clause: str, functions: Iterable[str], test: Test = always, about: str = "") -> None:
        """Functions succeed and do nothing."""
        self.instead(clause, functions, "TEST", test, about or f"{' '.join(functions)} succeeds and does nothing.")

    def instead(self, clause: str, functions: Iterable[str], other: str, test: Test, about: str) -> None:
        """The device does another function, and says that it did this one."""
        wanted, syntax = set(functions), self.syntax

        def asked(call: Call, old: Pairs) -> Pairs | None:
            if call.operation not in wanted or not test(sent_by(call)):
                return None
            names = (syntax.function, *syntax.function_names.values())
            kept = [(name, value) for name, value in old if name not in names]
            if other == "TEST":
                kept = [(name, value) for name, value in kept if name == syntax.number]
            return [(syntax.function, other), *kept]

        def said(seen: Seen) -> Said:
            return seen.accepted() if seen.function in wanted and test(seen.sent) and not seen.event else None

        self.add(clause, Operator.LOSE, about, lambda: Asker(self.system, asked, said))

    # answers

    def refuse(self, clause: str, functions: Iterable[str], test: Test = always, error: str = "") -> None:
        """Functions are refused although they are right."""
        wanted = set(functions)
        self.say(
            clause, Operator.REFUSE, f"{' '.join(functions)} is refused.",
            lambda seen: seen.refused(error) if seen.does(*wanted) and test(seen.sent) else None,
        )  # fmt: skip

    def accept(self, clause: str, functions: Iterable[str], test: Test = always) -> None:
        """Functions succeed although they are wrong."""
        wanted = set(functions)
        self.say(
            clause, Operator.ACCEPT, f"{' '.join(functions)} is taken.",
            lambda seen: seen.accepted() if seen.fails(*wanted) and test(seen.sent) else None,
        )  # fmt: skip

    def swap(self, clause: str, functions: Iterable[str], test: Test = always) -> None:
        """Functions fail with another error."""
        wanted = set(functions)
        self.say(
            clause, Operator.SWAP, f"{' '.join(functions)} fails with another error.",
            lambda seen: seen.refused() if seen.fails(*wanted) and test(seen.sent) else None,
        )  # fmt: skip

    def show(
        self, clause: str, functions: Iterable[str], names: Iterable[str], change: Callable[[str], str | None], about: str = "", test: Test = always
    ) -> None:  # fmt: skip
        """Values of results are others; a change to None leaves the element out."""
        wanted, inner = set(functions), list(names)

        def one(element: Element) -> Sequence[Element]:
            new = change(element.value)
            return [] if new is None else [structs.replace(element, text=new, children=())]

        self.say(
            clause, Operator.RETYPE, about or f"{' '.join(wanted)} shows another {inner[0]}.",
            lambda seen: seen.each(inner, one) if seen.does(*wanted) and seen.is_result and test(seen.sent) else None,
        )  # fmt: skip

    def list_as(
        self,
        clause: str,
        function: str,
        entry: str,
        change: Callable[[list[Element]], list[Element]],
        about: str,
        test: Test = always,
    ) -> None:
        """The entries of a list are others."""
        self.say(
            clause, Operator.REORDER, about,
            lambda seen: entries(seen, entry, change) if seen.does(function) and test(seen.sent) else None,
        )  # fmt: skip

    def event(self, clause: str, types: Iterable[str], change: Callable[[Seen], Said], about: str) -> None:
        """Events are others."""
        wanted = set(types)
        self.say(clause, Operator.LOSE, about, lambda seen: change(seen) if seen.event in wanted else None)


def entries(seen: Seen, name: str, change: Callable[[list[Element]], list[Element]]) -> Said:
    """A result with other entries in its lists."""

    def walk(element: Element) -> Element:
        own = [one for one in element.children if one.name == name]
        if not own:
            return structs.replace(element, children=tuple(walk(one) for one in element.children))
        at = next(index for index, one in enumerate(element.children) if one.name == name)
        rest = [one for one in element.children if one.name != name]
        new = change(own)
        rest = [structs.replace(one, text=str(len(new))) if one.name == "COUNT" else one for one in rest]
        at = min(at, len(rest))
        return structs.replace(element, children=(*rest[:at], *new, *rest[at:]))

    return seen.with_root(walk(seen.root))


class Late(Behaviour):
    """Says something else in the place of replies and events, but for the first ones that it could have changed."""

    def __init__(self, system: System, say: Callable[[Seen], Said], first: int = 0) -> None:
        self._system, self._say, self._left = system, say, first

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        said = pieces(self._say(Seen(self._system, exchange)))
        if said is not None and self._left:
            self._left -= 1
            return None
        return said


class Times:
    """Whether something has happened so many times."""

    def __init__(self, test: Callable[[Seen], object], most: int) -> None:
        self._test, self._left = test, most

    def __call__(self, seen: Seen) -> bool:
        """Whether it is so by now."""
        self._left -= bool(self._test(seen))
        return self._left <= 0


class After(Behaviour):
    """From the first time on that something came, something else is said.

    Args:
        begins: tells when; what is said is said behind it.
        say: what.
    """

    def __init__(self, system: System, begins: Callable[[Seen], bool], say: Callable[[Seen], Said]) -> None:
        self._system, self._begins, self._say, self._begun = system, begins, say, False

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if not self._begun:
            self._begun = self._begins(seen)
            return None
        return pieces(self._say(seen))


class Again(Behaviour):
    """Refuses what has the same key as what succeeded before."""

    def __init__(self, system: System, functions: Iterable[str], key: Callable[[dict[str, str]], str | None]) -> None:
        self._system, self._functions, self._key = system, set(functions), key
        self._met: set[str] = set()

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if not seen.does(*self._functions):
            return None
        key = self._key(seen.sent)
        if key is None:
            return None
        if key in self._met:
            return pieces(seen.refused())
        self._met.add(key)
        return None


class Tired(Behaviour):
    """Refuses functions once they have succeeded so many times: more often than what only has them succeed at all."""

    def __init__(self, system: System, functions: Iterable[str], most: int = 4) -> None:
        self._system, self._functions, self._left = system, set(functions), most

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if not seen.does(*self._functions):
            return None
        self._left -= 1
        return pieces(seen.refused()) if self._left < 0 else None


class LostAgain(Behaviour):
    """Does what has the same key as what came before no more, and says that it did."""

    rewrites = True

    def __init__(self, system: System, function: str, key: Callable[[dict[str, str]], str | None]) -> None:
        self._system, self._function, self._key = system, function, key
        self._met: set[str] = set()
        self._inner = Asker(system, self._ask)
        self._pretend: set[str] = set()

    def _ask(self, call: Call, old: Pairs) -> Pairs | None:  # noqa: ARG002
        key = self._key(sent_by(call)) if call.operation == self._function else None
        if key is None:
            return None
        number = next(iter(call.typed), "")
        if key not in self._met:
            self._met.add(key)
            return None
        self._pretend.add(number)
        return [("REQUESTTYPE", "TEST"), ("REQUESTID", number)]

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:
        """See `Behaviour`."""
        return self._inner.request(connection, call, line)

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        return pieces(seen.accepted()) if seen.function == self._function and seen.number in self._pretend else None
