"""Calls of a script: which methods may be called, the objects that they need, made first, and the steps that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from harness.fuzzing import call_http
from harness.fuzzing.call_kit import CallKit
from harness.fuzzing.call_members import Ids, Members, Place
from harness.fuzzing.call_parts import DECLARATION, PASSWORD, USER, Parts, flat, packed, slotted, value
from harness.fuzzing.script import Part, Script, Slot, Step
from harness.spec.callvalues import exists
from harness.spec.model import Effect, System
from harness.target import Target

END = b"</struct></value></param></params></methodCall>"
Sorted = list[list[list[Place]]]  # by path and kind of mistake


class Calls:
    """Writes the calls for one system on one target."""

    def __init__(
        self,
        system: System,
        target: Target,
        kit: CallKit,
        *,
        version: str | None = None,
        members: Members | None = None,
    ) -> None:
        assert system.calls is not None
        self._system, self._kit, self._syntax, self._rules = system, kit, system.calls, system.calls.rules
        self._path = system.calls.path.encode()
        self._members = members or Members(system, target, kit, version)
        self._head = self._login(USER, PASSWORD)
        self._sort(target, version)

    def _sort(self, target: Target, version: str | None) -> None:
        """Which methods may be called, and what for."""
        operations = {
            name: one for name, one in self._system.operations.items()
            if one.call is not None and exists(self._syntax.versions, version, one.call) and target.allow.covers(one.effect)
            and not one.call.optional and not one.call.experimental
        }  # fmt: skip
        self._makes: dict[str, tuple[str, ...]] = {}  # kind -> the methods that make one
        for name, one in operations.items():
            if one.undo is not None and one.undo.operation in operations:
                ender = self._system.operations[one.undo.operation].call
                if ender is not None and ender.ends is not None and target.allow.write:
                    kind = ender.takes[ender.ends].object or ""
                    self._makes[kind] = (*self._makes.get(kind, ()), name)
        known = {
            kind
            for kind in self._makes
            if all(set(self._members.kinds(name)) <= set(self._makes) for name in self._makes[kind])
        }
        self._all = [
            name for name, one in operations.items() if one.effect is Effect.READ or set(self._members.kinds(name)) <= known
        ]  # fmt: skip
        able = [name for name in self._all if set(self._members.kinds(name)) <= known]
        usable = [name for name in able if name not in self._kit.never and name not in self._kit.few]
        self._reads = [
            name for name in usable if operations[name].effect is Effect.READ and not self._members.kinds(name)
        ]
        self._of = {
            kind: {
                "r": [name for name in usable if operations[name].effect is Effect.READ and self._members.kinds(name) == [kind]],
                "m": [
                    name for name in usable
                    if operations[name].effect is Effect.WRITE and self._members.kinds(name) == [kind] and self._changes(name)
                ],
                "e": [name for name in usable if (call := operations[name].call) is not None and call.ends and call.takes[call.ends].object == kind],
            } for kind in known
        }  # fmt: skip
        self._lists = [name for name in usable if (call := operations[name].call) is not None and call.listing]
        self._kinds = sorted(kind for kind in known if self._of[kind]["e"])
        self._placed = [name for name in self._all if self._members.places[name]]
        self._placing = {name: _sorted(self._members.places[name]) for name in self._placed}
        self._placed = [name for name in self._placed for _ in range(1 + len(self._placing[name][0]) // 3)]
        self._begin = {
            name: DECLARATION + f"<methodCall><methodName>{name}</methodName><params><param><value><struct>".encode()
            for name in self._system.operations
        }

    def _changes(self, name: str) -> bool:
        """Whether it changes an object that stays."""
        call = self._system.operations[name].call
        return (
            call is not None
            and call.ends is None
            and name not in {one for many in self._makes.values() for one in many}
        )

    # calls

    def _login(self, user: Part, password: Part) -> Parts:
        def one(name: str, part: Part) -> Parts:
            begin = b"<member><name>" + name.encode() + b"</name>"
            return (begin, *(slotted(part) if isinstance(part, Slot) else (part,)), b"</member>") if part else ()

        return packed((*one(self._syntax.user, user), *one(self._syntax.password, password)))

    def _body(self, method: str, members: Sequence[Part], head: Parts | None = None) -> Parts:
        begin = self._begin.get(method) or DECLARATION + (
            f"<methodCall><methodName>{method}</methodName><params><param><value><struct>".encode()
        )
        return packed((begin, *(self._head if head is None else head), *members, END))

    def _step(self, body: Parts, link: str = "") -> Step:
        return Step(parts=call_http.usual(self._path, body), link=link)

    def _call(self, method: str, rng: Random, ids: Ids, rate: float | None = None) -> Step:
        return self._step(self._body(method, self._members.write(method, rng, ids, rate=rate)))

    def _read(self, rng: Random) -> Parts:
        """A call that only reads and needs no object."""
        method = self._reads[int(rng.random() * len(self._reads))]
        return self._body(method, self._members.write(method, rng, {}, rate=0.3))

    def _some(self, rng: Random) -> tuple[list[Step], Parts]:
        """Any call whose answer tells something, and the steps before it."""
        if self._kinds and rng.random() < 0.6:
            kind = self._kinds[int(rng.random() * len(self._kinds))]
            steps: list[Step] = []
            maker = self._makes[kind][0]
            ids = self._needed(self._members.kinds(maker), steps, rng)
            return steps, self._body(maker, self._members.write(maker, rng, ids))
        return [], self._read(rng)

    def _needed(self, kinds: Sequence[str], steps: list[Step], rng: Random) -> dict[str, Parts]:
        """Objects of these kinds, each made first."""
        found: dict[str, Parts] = {}
        for kind in kinds:
            if kind not in found and kind in self._makes:  # of others there is none that may be used
                found[kind] = self._made(kind, steps, rng, found)
        return found

    def _made(
        self, kind: str, steps: list[Step], rng: Random, known: dict[str, Parts], rate: float | None = 0.0
    ) -> Parts:
        makers = self._makes[kind]
        maker = makers[int(rng.random() * len(makers))]
        for other in self._members.kinds(maker):
            if other not in known:
                known[other] = self._made(other, steps, rng, known)
        steps.append(self._call(maker, rng, known, rate))
        operation = self._system.operations[maker]
        number = len(steps) - 1
        if operation.call is not None and operation.call.makes is None:
            return self._taken(kind, steps[-1])
        slot = Slot(f"value:{number}:")
        made = operation.call.returns[operation.call.makes or ""] if operation.call is not None else None
        if made is not None and made.type and str(self._system.scalars[made.type].base) == "int":
            return b"<value><int>", slot, b"</int></value>"
        return slotted(slot)

    def _taken(self, kind: str, step: Step) -> Parts:
        """The name that a call has given to what it made."""
        del kind
        data, _ = flat(step.parts)
        for name in self._kit.unique:
            begin = data.find(b"<name>" + name.encode() + b"</name>")
            if begin >= 0:
                begin += len(name) + 13
                return (data[begin : data.index(b"</value>", begin) + 8],)
        return (value("nobody"),)

    def _script(self, name: str, rules: str, *steps: Step) -> Script:
        return Script(name=name, clauses=tuple(self._rules.get(rule, rule) for rule in rules.split()), steps=steps)


def _sorted(places: Sequence[Place]) -> tuple[Sorted, Sorted]:
    """Places that are not nested, and those that are."""
    found: dict[tuple[str, ...], dict[str, list[Place]]] = {}
    for place in places:
        found.setdefault(place.path, {}).setdefault(place.slip, []).append(place)
    return (
        [list(slips.values()) for path, slips in found.items() if len(path) == 1],
        [list(slips.values()) for path, slips in found.items() if len(path) > 1],
    )
