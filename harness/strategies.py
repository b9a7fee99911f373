"""Hypothesis strategies from a spec: values, requests, mutated requests, dialogues. For `fuzz/`, and for tests of one's own.

The fast seeded layer (`harness.fuzzing.build`) makes the same kinds of scripts, many times quicker; these find the small example when one fails.
Everything drawn is a `Script`, so a failing example can be written to a file and replayed like any other finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.errors import Flaky

from harness.datatypes import probes
from harness.errors import UsageError
from harness.fuzzing.build import PAUSE_S
from harness.fuzzing.document_build import DOCUMENT_CATEGORIES, DocumentBuilder
from harness.fuzzing.document_kit import DocumentKit
from harness.fuzzing.http_build import HTTP_CATEGORIES, HttpBuilder
from harness.fuzzing.http_kit import HttpKit
from harness.fuzzing.mutate import Mutation, mutations
from harness.fuzzing.packet_build import PACKET_CATEGORIES, PacketBuilder
from harness.fuzzing.packet_kit import PacketKit
from harness.fuzzing.script import Part, Script, Slot, Step, joined
from harness.fuzzing.testing import FindingError, Told, listening
from harness.fuzzing.values import ALPHABET, quoting_of
from harness.spec.model import Base, DataType, LineSyntax, Parameter, System
from harness.target import Target
from harness.wire.lines import argument, quote


def texts(*, min_size: int = 1, max_size: int = 40) -> st.SearchStrategy[str]:
    """Texts that a device must keep as they are: any Unicode but surrogates and controls, with no space at either end."""
    plain = st.text(st.sampled_from(ALPHABET.replace("\n", "")), min_size=min_size, max_size=max_size)
    wide = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=min_size, max_size=max_size)
    return st.one_of(plain, wide).map(str.strip).filter(lambda text: len(text) >= min_size)


def values(kind: DataType) -> st.SearchStrategy[str]:
    """Values of a type, in the spelling of the document."""
    match kind.base:
        case Base.TEXT | Base.XS_STRING | Base.WORD:
            return texts()
        case Base.XS_INTEGER | Base.XS_NON_NEGATIVE:
            return st.integers(min_value=0).map(str)
        case Base.UUID | Base.GUID:
            # Not st.uuids: it draws a seed, often a small one, and a device that seeds its own ids so may have given out the same.
            return st.integers(0, 2**128 - 1).map(lambda number: str(UUID(int=number, version=4)))
        case Base.ENUM:
            return st.sampled_from(kind.choices)
        case Base.INT:
            return st.integers(kind.minimum, kind.maximum).map(str)
        case Base.NUMBER:
            return st.decimals(0, 10**9, places=2).map(str)
        case Base.US_TIME:
            return st.datetimes().map(us_time)
        case Base.IPV4:
            return st.integers(0, 254).map(lambda octet: f"192.0.2.{octet}")  # documentation addresses, RFC 5737


def us_time(when: datetime) -> str:
    """A time as month/day/year, hour of twelve, AM or PM."""
    hour = when.hour % 12 or 12
    half = "AM" if when.hour < 12 else "PM"
    return f"{when.month}/{when.day}/{when.year:04} {hour}:{when.minute:02}:{when.second:02} {half}"


def wrong_values(kind: DataType) -> st.SearchStrategy[str]:
    """Texts just outside of a type, at its edge, or of a spelling that the document leaves open."""
    known = list(probes(kind))
    return st.builds(lambda probe, value: probe.make(value), st.sampled_from(known), values(kind))


def spellings(value: str, syntax: LineSyntax) -> st.SearchStrategy[bytes]:
    """The legal ways to write a value as one word of a line."""
    quoting = quoting_of(syntax)
    return st.sampled_from(sorted({argument(value, quoting), quote(value, quoting)})).map(
        lambda text: text.encode("utf-8", "replace")
    )


class Strategies:
    """Strategies for one system on one target.

    Raises:
        ValueError: the system has no line syntax.
    """

    def __init__(self, system: System, target: Target) -> None:
        if system.lines is None:
            raise ValueError(f"{system.system}: expected a system with a line syntax")
        self.system = system
        self.syntax = system.lines
        self._target = target
        self._separator = self.syntax.separator.encode()

    def requests(
        self, names: Sequence[str] = (), *, objects: Mapping[str, Slot] | None = None, wrong: bool = False
    ) -> st.SearchStrategy[tuple[Part, ...]]:
        """A request without its terminator.

        Args:
            names: operations to choose from; those that leave shared objects as they are where it is empty.
            objects: slots to use, by kind.
            wrong: one parameter may have a wrong value.
        """
        chosen = list(names) or self.steady()
        return st.sampled_from(chosen).flatmap(lambda name: self._request(name, objects or {}, wrong=wrong))

    def steady(self) -> list[str]:
        """Operations whose success leaves shared objects in their state."""
        return [
            name
            for name, operation in self.system.operations.items()
            if operation.ends is None
            and (operation.result is None or operation.result.object is None)
            and not any(parameter.states for parameter in operation.parameters.values())
        ]

    def mutated(self, group: str) -> st.SearchStrategy[Script]:
        """A request with one mutation of a group (`escaping`, `bytes`)."""
        return st.builds(
            self._mutate,
            self.requests(list(self.system.operations)),
            st.sampled_from(mutations(self.syntax)[group]),
            st.lists(st.floats(0, 1, exclude_max=True), min_size=4, max_size=4),
            st.booleans(),
        )

    def spelled(self) -> st.SearchStrategy[Script]:
        """Requests that are right or wrong in value, in any legal spelling."""
        return self.requests(list(self.system.operations), wrong=True).map(
            lambda parts: self._script("values.drawn", [Step(parts=joined((*parts, b"\n")))], "quoting")
        )

    def twins(self) -> st.SearchStrategy[Script]:
        """Two values of a parameter whose values must differ: equal ones spelled differently, different ones spelled alike."""
        names = [
            name
            for name, operation in self.system.operations.items()
            if any(parameter.repeated for parameter in operation.parameters.values())
        ]
        return st.sampled_from(names).flatmap(self._twin)

    def segmented(self) -> st.SearchStrategy[Script]:
        """A few requests, cut anywhere."""
        several = st.lists(self.requests(wrong=True), min_size=1, max_size=4)
        cuts = st.lists(st.integers(1, 60), max_size=8)

        def build(requests: list[tuple[Part, ...]], lengths: list[int]) -> Script:
            parts = joined(part for request in requests for part in (*request, b"\n"))
            return self._script("framing.segmented", [Step(parts=parts, cuts=tuple(lengths))], "command-end")

        return st.builds(build, several, cuts)

    def unfinished(self) -> st.SearchStrategy[Script]:
        """A request whose terminator comes later."""
        return self.requests(wrong=True).map(
            lambda parts: self._script(
                "framing.unfinished",
                [Step(parts=joined(parts), pause_s=PAUSE_S), Step(parts=(b"\n",))],
                "command-end",
            )
        )

    def broken_off(self) -> st.SearchStrategy[Script]:
        """A connection that ends within a request."""

        def build(parts: tuple[Part, ...], how: str) -> Script:
            return self._script("framing.broken-off", [Step(parts=joined(parts)), Step(how=how)], "command-end")

        return st.builds(build, self.requests(), st.sampled_from(("close", "reset")))

    # how they are made

    def _script(self, name: str, steps: Sequence[Step], rule: str) -> Script:
        return Script(name=name, clauses=(self.syntax.rules[rule],), steps=tuple(steps))

    def _request(self, name: str, objects: Mapping[str, Slot], *, wrong: bool) -> st.SearchStrategy[tuple[Part, ...]]:
        operation = self.system.operations[name]
        words: list[st.SearchStrategy[tuple[Part, ...]]] = []
        for parameter in operation.parameters.values():
            word = self._word(parameter, objects)
            if wrong:
                bad = wrong_values(self.system.types[parameter.type]).flatmap(self._spell)
                word = st.one_of(word, word, word, bad)
            if parameter.repeated:
                words.append(st.lists(word, min_size=1, max_size=3).map(self._row))
            else:
                words.append(word)
        start: tuple[Part, ...] = (name.encode(),)
        return st.tuples(*words).map(
            lambda found: (*start, *(part for word in found for part in (self._separator, *word)))
        )

    def _row(self, words: list[tuple[Part, ...]]) -> tuple[Part, ...]:
        found: list[Part] = list(words[0])
        for word in words[1:]:
            found += (self._separator, *word)
        return tuple(found)

    def _word(self, parameter: Parameter, objects: Mapping[str, Slot]) -> st.SearchStrategy[tuple[Part, ...]]:
        if parameter.object is None:
            return values(self.system.types[parameter.type]).flatmap(self._spell)
        if parameter.object in objects:
            return st.just((objects[parameter.object],))
        kind = self.system.objects[parameter.object]
        key = kind.fixtures.get("any")
        if kind.created_by is None and key:
            count = max(len(self._target.fixture_texts(key)), 1)
            return st.integers(0, count - 1).map(lambda index: (Slot(f"fixture:{key}:{index}"),))
        return st.just((Slot(f"object:{parameter.object}:{parameter.state or 'any'}"),))

    def _spell(self, value: str) -> st.SearchStrategy[tuple[Part, ...]]:
        return spellings(value, self.syntax).map(lambda spelled: (spelled,))

    def _mutate(self, parts: tuple[Part, ...], mutation: Mutation, picks: list[float], last: bool) -> Script:
        pieces = list(joined(parts))
        places = [index for index, part in enumerate(pieces) if isinstance(part, bytes)]
        numbers = iter(picks)
        place = places[-1] if last else places[0]
        part = pieces[place]
        assert isinstance(part, bytes)
        pieces[place] = mutation.change(part, lambda: next(numbers, 0.5))
        name = f"mutated.{mutation.name}"
        return self._script(name, [Step(parts=joined((*pieces, b"\n")))], mutation.rule)

    def _twin(self, name: str) -> st.SearchStrategy[Script]:
        def build(start: tuple[Part, ...], words: list[tuple[Part, ...]]) -> Script:
            parts = [*start, *(part for word in words for part in (self._separator, *word)), b"\n"]
            return self._script("escaping.twins", [Step(parts=joined(parts))], "quoting")

        text = texts(max_size=8)
        pair = st.one_of(text.map(lambda one: (one, one)), st.tuples(text, text))
        spelled = pair.flatmap(lambda two: st.tuples(self._spell(two[0]), self._spell(two[1])).map(list))
        operation = self.system.operations[name]
        fixed = [self._word(parameter, {}) for parameter in operation.parameters.values() if not parameter.repeated]
        start = st.tuples(*fixed).map(
            lambda found: (name.encode(), *(part for word in found for part in (self._separator, *word)))
        )
        return st.builds(build, start, spelled)


class HttpStrategies:
    """Strategies for one HTTP system on one target."""

    def __init__(self, system: System, target: Target, kit: HttpKit) -> None:
        self._builders = {name: HttpBuilder(system, target, kit, (name,)) for name in HTTP_CATEGORIES}

    def scripts(self, category: str) -> st.SearchStrategy[Script]:
        """Scripts of a category (`harness.fuzzing.http_build`), every choice of which Hypothesis makes, and makes smaller."""
        return st.randoms(use_true_random=False).map(self._builders[category].script)


class PacketStrategies:
    """Strategies for one system of XML messages in packets on one target."""

    def __init__(self, system: System, target: Target, kit: PacketKit) -> None:
        self._builders = {name: PacketBuilder(system, target, kit, (name,)) for name in PACKET_CATEGORIES}

    def scripts(self, category: str) -> st.SearchStrategy[Script]:
        """Scripts of a category (`harness.fuzzing.packet_build`), every choice of which Hypothesis makes, and makes smaller."""
        return st.randoms(use_true_random=False).map(self._builders[category].script)


class DocumentStrategies:
    """Strategies for one system of functions that are called with documents and URLs, on one target."""

    def __init__(self, system: System, target: Target, kit: DocumentKit) -> None:
        self._builders: dict[str, DocumentBuilder] = {}
        for name in DOCUMENT_CATEGORIES:
            with suppress(UsageError):  # the target offers no road, device or permit for it
                self._builders[name] = DocumentBuilder(system, target, kit, (name,))

    @property
    def categories(self) -> tuple[str, ...]:
        """Those that this target can be asked."""
        return tuple(self._builders)

    def scripts(self, category: str) -> st.SearchStrategy[Script]:
        """Scripts of a category (`harness.fuzzing.document_build`), every choice of which Hypothesis makes, and makes smaller."""
        return st.randoms(use_true_random=False).map(self._builders[category].script)


@contextmanager
def unmasked() -> Iterator[None]:
    """Around a whole Hypothesis test, as `@unmasked()` above `@given` or as a block: what `must_conform` finds in it is told in any case.

    A device that fails now and then makes Hypothesis doubt the test instead: it reports `Flaky`, whose text may not name the finding at all, and
    whatever else ends a test behind a finding hides it as well. `fuzz/conftest.py` puts this around every test there.

    Raises:
        FindingError: there were findings, and the test ended with something else; the text is that of the first ones.
    """
    with listening() as told:
        try:
            yield
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # a skip is no Exception for pytest
            if not told.findings or _tells(error):
                raise
            raise FindingError(_hidden(told, error)) from (None if isinstance(error, Flaky) else error)


def _tells(error: BaseException) -> bool:
    """Whether an exception tells what was found."""
    if isinstance(error, BaseExceptionGroup):
        return error.subgroup(FindingError) is not None and error.subgroup(Flaky) is None
    return isinstance(error, FindingError)


def _hidden(told: Told, error: BaseException) -> str:
    """The findings behind an exception that does not tell them, for people."""
    count = "once" if told.findings == 1 else f"{told.findings} times"
    flaky = isinstance(error, Flaky) or (isinstance(error, BaseExceptionGroup) and error.subgroup(Flaky) is not None)
    why = "not each time" if flaky else f"then {type(error).__name__}"
    return "\n\n".join((f"seen {count}, {why}:", *told.first.values()))
