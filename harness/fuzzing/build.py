"""Builds scripts from a spec, quickly and from a seed: the same seed and number give the same script on any machine.

Categories, for `--only`:

    values     one request with right, wrong and bent values
    escaping   values that are hard to write, in all legal spellings and in spellings that are not
    framing    requests cut, joined, unfinished, very long, or many at once
    bytes      requests with mutated bytes
    dialogue   an object's life: made, used, changed, in any order
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from random import Random

from harness.errors import UsageError
from harness.fuzzing.mutate import Mutation, mutations
from harness.fuzzing.script import Part, Script, Slot, Step, joined
from harness.fuzzing.values import Values, bent, confusable
from harness.spec.model import Base, Operation, Rule, System
from harness.target import Target

CATEGORIES = ("values", "escaping", "framing", "bytes", "dialogue")
_WEIGHTS = (34, 29, 8, 26, 3)
# Longest values: more than a terminal's line, than a page, than 64 KiB; a limit is a device's right, a crash is not.
_LONG = (300, 1_100, 2_100, 3_900, 4_097, 10_000, 65_537, 200_000)
_LONGEST = b"".join(b"%d-" % number for number in range(_LONG[-1] // 2))[: _LONG[-1]]
PAUSE_S = 0.001
SLOT = 36  # bytes that a slot usually has: an id
MANY_SHARE = 0.02  # of the framing cases that send very many requests: each costs as much as fifty others


def rng_of(seed: int, number: int) -> Random:
    """The generator of one case."""
    digest = hashlib.blake2b(f"{seed}:{number}".encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest, "big"))  # noqa: S311 - test values, not secrets


class Builder:
    """Scripts for one system on one target.

    Args:
        only: the categories to build; all where it is empty.

    Raises:
        UsageError: there is no such category.
    """

    def __init__(self, system: System, target: Target, only: Sequence[str] = ()) -> None:
        if strange := [name for name in only if name not in CATEGORIES]:
            raise UsageError(f"--only {strange[0]}: {system.system} has the categories {', '.join(CATEGORIES)}")
        syntax = system.lines
        assert syntax is not None
        self._system = system
        self._prefix = system.prefix
        self._rules = syntax.rules
        self._separator = syntax.separator.encode()
        self._values = Values(system, target)
        self._mutations = mutations(syntax)
        self._names = list(system.operations)
        self._steady = [name for name in self._names if not self._moves(system.operations[name])]
        self._wordy = [
            name
            for name in self._names
            if any(
                system.types[parameter.type].base is Base.TEXT and parameter.object is None
                for parameter in system.operations[name].parameters.values()
            )
        ]
        self._listing = [
            name
            for name, operation in system.operations.items()
            if any(
                constraint.rule is Rule.UNIQUE
                for parameter in operation.parameters.values()
                for constraint in parameter.constraints
            )
        ]
        # Kinds of object that each operation needs and that can be made.
        self._needs = {
            name: {
                parameter.object
                for parameter in operation.parameters.values()
                if parameter.object is not None and system.objects[parameter.object].created_by is not None
            }
            for name, operation in system.operations.items()
        }
        makers: dict[str, Callable[[Random], Script]] = {
            "values": self._values_script,
            "escaping": self._escaping_script,
            "framing": self._framing_script,
            "bytes": self._bytes_script,
            "dialogue": self._dialogue_script,
        }
        chosen = [
            (makers[name], weight)
            for name, weight in zip(CATEGORIES, _WEIGHTS, strict=True)
            if not only or name in only
        ]
        self._makers = [maker for maker, weight in chosen for _ in range(weight)]

    def _moves(self, operation: Operation) -> bool:
        """Whether a success takes a shared object out of its state, or makes one."""
        return (
            operation.ends is not None
            or (operation.result is not None and operation.result.object is not None)
            or any(parameter.states for parameter in operation.parameters.values())
        )

    def script(self, rng: Random) -> Script:
        """One script."""
        return self._makers[int(rng.random() * len(self._makers))](rng)

    # requests

    def _request(
        self, name: str, rng: Random, *, wrong: int = 0, slots: dict[str, Slot] | None = None
    ) -> tuple[list[Part], str, str]:
        """A request without its terminator, what is special about it, and the clause that this strains.

        Args:
            wrong: how many parameters get a value that may be wrong.
            slots: objects to use, by kind.
        """
        operation = self._system.operations[name]
        parts: list[Part] = [name.encode()]
        special, clause = "valid", f"{self._prefix}-{name}"
        owners = list(operation.parameters)
        bad = {owners[int(rng.random() * len(owners))] for _ in range(wrong)} if owners else set()
        for own, parameter in operation.parameters.items():
            times = 1 + int(rng.random() * 3) if parameter.repeated else 1
            for _ in range(times):
                parts.append(self._separator)
                if own in bad:
                    what, text = self._values.wrong(parameter, rng)
                    special, clause = (
                        f"{self._system.types[parameter.type].base.value}.{what}",
                        f"{self._prefix}-{name}.{own}",
                    )
                    parts.append(self._values.spelled(text, rng))
                    continue
                value: Part | str
                if slots and parameter.object in slots:
                    value = slots[parameter.object]
                else:
                    value = self._values.valid(parameter, rng)
                if isinstance(value, str):
                    value = self._values.spelled(value, rng)
                elif isinstance(value, Slot) and value.name.startswith("fixture:"):
                    parts += (b'"', value, b'"') if rng.random() < 0.2 else (value,)
                    continue
                parts.append(value)
        return parts, special, clause

    def _one(self, names: Sequence[str], rng: Random) -> str:
        return names[int(rng.random() * len(names))]

    def _values_script(self, rng: Random) -> Script:
        wrong = int(rng.random() * 3)
        name = self._one(self._names if wrong else self._steady, rng)
        parts, special, clause = self._request(name, rng, wrong=wrong)
        parts.append(b"\n")
        return Script(name=f"values.{special}", clauses=(clause,), steps=(Step(parts=joined(parts)),))

    def _escaping_script(self, rng: Random) -> Script:
        if self._listing and rng.random() < 0.3:
            parts = self._twins(rng)
            return self._script("escaping.twins", [Step(parts=joined((*parts, b"\n")))], "quoting")
        parts, _, _ = self._request(self._one(self._wordy, rng), rng)
        if rng.random() < 0.4:
            return self._script("escaping.spelled", [Step(parts=joined((*parts, b"\n")))], "quoting")
        return self._mutated(parts, "escaping", rng)

    def _twins(self, rng: Random) -> list[Part]:
        """A request with two values that must differ: equal ones spelled differently, or different ones that look alike."""
        name = self._one(self._listing, rng)
        parts: list[Part] = [name.encode()]
        for parameter in self._system.operations[name].parameters.values():
            if not parameter.repeated:
                value = self._values.valid(parameter, rng)
                parts += (self._separator, self._values.spelled(value, rng) if isinstance(value, str) else value)
                continue
            text, other = confusable(rng)
            choice = rng.random()
            if choice < 0.4:
                other = text
            elif choice < 0.5:
                other = f"x{bent(text, rng).strip()}z"
            for one in (text, other):
                parts += (self._separator, self._values.spelled(one, rng))
        return parts

    def _bytes_script(self, rng: Random) -> Script:
        parts, _, _ = self._request(self._one(self._names, rng), rng)
        return self._mutated(parts, "bytes", rng)

    def _mutated(self, parts: Sequence[Part], group: str, rng: Random) -> Script:
        """The request with one mutation, sometimes more."""
        pieces = list(joined(parts))
        first: Mutation | None = None
        known = self._mutations[group]
        while first is None or rng.random() < 0.2:
            mutation = known[int(rng.random() * len(known))]
            first = first or mutation
            places = [index for index, part in enumerate(pieces) if isinstance(part, bytes)]
            place = places[-1] if rng.random() < 0.6 else places[int(rng.random() * len(places))]
            part = pieces[place]
            assert isinstance(part, bytes)
            pieces[place] = mutation.change(part, rng.random)
        pieces.append(b"\n")
        return Script(
            name=f"{group}.{first.name}", clauses=(self._rules[first.rule],), steps=(Step(parts=joined(pieces)),)
        )

    # framing

    def _framing_script(self, rng: Random) -> Script:
        if rng.random() < MANY_SHARE:
            return self._many(rng)
        ways = (
            self._segmented,
            self._segmented,
            self._joined,
            self._unfinished,
            self._long,
            self._broken_off,
            self._alone,
        )
        return ways[int(rng.random() * len(ways))](rng)

    def _plain(self, rng: Random) -> list[Part]:
        parts, _, _ = self._request(self._one(self._steady, rng), rng, wrong=int(rng.random() * 2))
        parts.append(b"\n")
        return parts

    def _script(self, name: str, steps: Sequence[Step], rule: str) -> Script:
        return Script(name=name, clauses=(self._rules[rule],), steps=tuple(steps))

    def _segmented(self, rng: Random) -> Script:
        """In segments that end anywhere, also within a character or an escape sequence; some with a pause, so that they arrive as segments."""
        plain = not self._listing or rng.random() < 0.5
        parts = joined(self._plain(rng) if plain else (*self._twins(rng), b"\n"))
        ends = [
            at
            for at, byte in enumerate(b"".join(part if isinstance(part, bytes) else b"." * SLOT for part in parts))
            if byte >= 0x80
        ]
        if ends and rng.random() < 0.5:
            cuts: tuple[int, ...] = (1 + ends[int(rng.random() * len(ends))],)
        else:
            cuts = tuple(1 + int(rng.random() * 20) for _ in range(1 + int(rng.random() * 6)))
        pause_s = PAUSE_S / 4 if rng.random() < 0.5 else 0.0
        return self._script("framing.segmented", [Step(parts=parts, cuts=cuts, pause_s=pause_s)], "command-end")

    def _joined(self, rng: Random) -> Script:
        """Several requests in one segment, the last one's end in the next."""
        parts = [part for _ in range(2 + int(rng.random() * 6)) for part in self._plain(rng)]
        return self._script("framing.joined", [Step(parts=joined(parts))], "order")

    def _unfinished(self, rng: Random) -> Script:
        """The terminator comes later; before it there must be no reply."""
        parts = joined(self._plain(rng)[:-1])
        return self._script(
            "framing.unfinished", [Step(parts=parts, pause_s=PAUSE_S), Step(parts=(b"\n",))], "command-end"
        )

    def _long(self, rng: Random) -> Script:
        """One word of very many characters, in the place of some parameter or behind them all."""
        parts, _, _ = self._request(self._one(self._names, rng), rng)
        size = _LONG[int(rng.random() ** 4 * len(_LONG))]
        word = _LONGEST[:size]
        places = [index for index, part in enumerate(parts) if part == self._separator]
        place = places[int(rng.random() * len(places))] if places else len(parts)
        parts[place : place + int(rng.random() * 3)] = [self._separator, word]  # instead of a word, or before it
        return self._script("framing.long-line", [Step(parts=joined((*parts, b"\n")))], "command-end")

    def _alone(self, rng: Random) -> Script:
        """A request that may be broken and a plain one, the second sent only when the first is answered."""
        first = self._escaping_script(rng) if rng.random() < 0.5 else self._bytes_script(rng)
        return self._script("framing.one-by-one", [*first.steps, Step(parts=joined(self._plain(rng)))], "one-reply")

    def _many(self, rng: Random) -> Script:
        """Many requests before the first reply is read."""
        one = self._plain(rng)
        parts = one * (20 + int(rng.random() * 100))
        return self._script("framing.pipelined", [Step(parts=joined(parts))], "order")

    def _broken_off(self, rng: Random) -> Script:
        """The connection ends within a request; the next connection must not see anything of it."""
        parts = joined(self._plain(rng)[:-1])
        how = "reset" if rng.random() < 0.5 else "close"
        return self._script("framing.broken-off", [Step(parts=parts), Step(how=how)], "command-end")

    # dialogues

    def _dialogue_script(self, rng: Random) -> Script:
        """Objects of its own, made first where the system has a way, then anything in any order."""
        steps: list[list[Part]] = [[]]
        slots: dict[str, Slot] = {}
        fresh: set[Slot] = set()  # known only when the step that is being built has been answered
        for number in range(4 + int(rng.random() * 12)):
            ready = [name for name, needed in self._needs.items() if needed <= slots.keys()]
            name = self._one(ready, rng)
            own = {kind: slot for kind, slot in slots.items() if rng.random() < 0.95}
            parts, _, _ = self._request(name, rng, wrong=int(rng.random() < 0.1), slots=own)
            if fresh.intersection(part for part in parts if isinstance(part, Slot)) or rng.random() < 0.1:
                steps.append([])
                fresh.clear()
            steps[-1] += (*parts, b"\n")
            result = self._system.operations[name].result
            if result is not None and result.object is not None:
                slots[result.object] = Slot(f"value:{number}:")
                fresh.add(slots[result.object])
        done = [Step(parts=joined(parts)) for parts in steps if parts]
        return self._script("dialogue.any-order", done, "order")
