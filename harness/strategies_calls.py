"""Hypothesis strategies for methods that are called with a struct: values of every type, members of every method, calls, whole scripts.

See `harness.strategies`. What is drawn as a call is a `Script`; values and members are Python's, for tests of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

from hypothesis import strategies as st

from harness.fuzzing import call_http
from harness.fuzzing.call_build import CALL_CATEGORIES, CallBuilder
from harness.fuzzing.call_kit import CallKit, version_of
from harness.fuzzing.call_members import Members
from harness.fuzzing.call_parts import DECLARATION, PASSWORD, USER, member, slotted, value
from harness.fuzzing.call_values import valid
from harness.fuzzing.script import Script, Step, joined
from harness.spec.callmodel import Kind, Member, Scalar, Slip
from harness.spec.callvalues import INT_HIGHEST, INT_LOWEST, is_value, members_at, type_at
from harness.spec.model import System
from harness.target import Target

_MOST_ELEMENTS = 3
_FIRST, _LAST = datetime(1970, 1, 1), datetime(2099, 12, 31)  # noqa: DTZ001  # dates of calls have no zone


def call_values(kind: Scalar) -> st.SearchStrategy[Any]:
    """Values of a scalar type, in Python's types."""
    if kind.choices:
        words = [one for one in kind.choices if one not in kind.experimental] or kind.choices
        return st.sampled_from([int(one) for one in words] if kind.base is Kind.INT else words)
    match kind.base:
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.INT:
            low = INT_LOWEST if kind.minimum is None else kind.minimum
            high = INT_HIGHEST if kind.maximum is None else kind.maximum
            return st.integers(low, high).filter(lambda number: number not in kind.gaps)
        case Kind.BASE64:
            return st.binary(min_size=kind.minimum or 0, max_size=kind.maximum or 512)
        case Kind.DATE_TIME:
            return st.datetimes(_FIRST, _LAST).map(lambda when: when.replace(microsecond=0))
        case Kind.DOUBLE:
            return st.decimals(-1000, 1000, places=2).map(float)
        case Kind.STRING:
            return _texts(kind)


def _texts(kind: Scalar) -> st.SearchStrategy[str]:
    if kind.form is not None or kind.examples:
        return st.sampled_from([str(one) for one in valid(kind)])
    most = kind.maximum if kind.maximum is not None else 31
    if kind.alphabet:
        return st.text(kind.alphabet, min_size=max(kind.minimum or 0, 1), max_size=most)
    plain = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
    wide = (
        plain
        if kind.ascii
        else st.one_of(plain, st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp", "Cf")))
    )
    texts = st.text(wide, max_size=most).map(lambda text: " ".join(text.split()))
    return texts.filter(lambda text: len(text.encode()) <= most and is_value(kind, text))


class CallStrategies:
    """Strategies for one system of methods on one target."""

    def __init__(self, system: System, target: Target, kit: CallKit) -> None:
        assert system.calls is not None
        self._system, self._kit, self._syntax = system, kit, system.calls
        self._version = version_of(system, target)
        self._target = target
        self._members = Members(system, target, kit, self._version)
        self._builders: dict[str, CallBuilder] = {}

    @property
    def categories(self) -> tuple[str, ...]:
        """Those that `scripts` takes."""
        return CALL_CATEGORIES

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods of the API version."""
        return tuple(self._members.shapes)

    def scripts(self, category: str) -> st.SearchStrategy[Script]:
        """Scripts of a category (`harness.fuzzing.call_build`), every choice of which Hypothesis makes, and makes smaller."""
        if category not in self._builders:
            self._builders[category] = CallBuilder(
                self._system, self._target, self._kit, (category,), version=self._version, members=self._members
            )
        return st.randoms(use_true_random=False).map(self._builders[category].script)

    def values(self, one: Member) -> st.SearchStrategy[Any]:
        """Values of a member: of its type, of its struct, or arrays of either."""
        if one.struct is not None:
            inner = st.one_of(*(self._struct(name) for name in (one.struct, *one.other_structs)))
        else:
            named = type_at(self._syntax, one, self._version) or next(iter(one.types.values()))
            inner = call_values(self._system.scalars[named])
        if not one.array:
            return inner
        return st.lists(
            inner,
            min_size=one.least or 0,
            max_size=max(min(one.most or _MOST_ELEMENTS, _MOST_ELEMENTS), one.least or 0),
        )

    def members(
        self, method: str, given: Mapping[str, st.SearchStrategy[Any]] | None = None
    ) -> st.SearchStrategy[dict[str, Any]]:
        """Members of a call: the required ones and any of the others, inside of their types.

        Args:
            given: strategies for some of them, such as ids of objects that are there.
        """
        call = self._system.operations[method].call
        if call is None:
            raise ValueError(f"{method}: it is not called with a struct")
        return self._fixed(call.takes, given or {})

    def calls(self, methods: Sequence[str] = ()) -> st.SearchStrategy[Script]:
        """One call of any of the methods, with the target's user."""
        return st.sampled_from(list(methods) or list(self.methods)).flatmap(
            lambda method: self.members(method).map(lambda members: self._script("drawn.call", method, members))
        )

    def wrong(self, method: str) -> st.SearchStrategy[tuple[Slip, Script]]:
        """One call of a method with one member wrong, nested ones too, and what is wrong with it."""
        places = self._members.places[method]

        def build(place: int, rng: Random) -> tuple[Slip, Script]:
            chosen = places[place]
            parts = self._members.write(method, rng, {}, chosen, 0.0)
            return chosen.slip, self._of_parts("drawn.wrong", method, tuple(parts))

        return st.builds(build, st.integers(0, len(places) - 1), st.randoms(use_true_random=False))

    def _struct(self, name: str) -> st.SearchStrategy[dict[str, Any]]:
        return st.deferred(lambda: self._fixed(self._system.structs[name].members, {}))

    def _fixed(
        self, known: Mapping[str, Member], given: Mapping[str, st.SearchStrategy[Any]]
    ) -> st.SearchStrategy[dict[str, Any]]:
        now = members_at(self._syntax, known, self._version)
        strategies = {name: given[name] if name in given else self.values(one) for name, one in now.items()}
        required = {name: strategies[name] for name, one in now.items() if one.required}
        optional = {name: strategies[name] for name, one in now.items() if not one.required and not one.experimental}
        pairs = [(name, one.unlimited) for name, one in now.items() if one.unlimited]

        def single(found: dict[str, Any]) -> dict[str, Any]:
            """Of a pair only one half may be there."""
            halves = {half for number, half in pairs if number in found}
            return {name: one for name, one in found.items() if name not in halves}

        return st.fixed_dictionaries(required, optional=optional).map(single)

    def _script(self, name: str, method: str, members: Mapping[str, Any]) -> Script:
        return self._of_parts(name, method, tuple(member(one, value(plain)) for one, plain in members.items()))

    def _of_parts(self, name: str, method: str, members: Sequence[Any]) -> Script:
        begin = f"<methodCall><methodName>{method}</methodName><params><param><value><struct>"
        head = (
            b"<member><name>" + self._syntax.user.encode() + b"</name>", *slotted(USER), b"</member><member><name>",
            self._syntax.password.encode() + b"</name>", *slotted(PASSWORD), b"</member>",
        )  # fmt: skip
        body = joined(
            (DECLARATION + begin.encode(), *head, *members, b"</struct></value></param></params></methodCall>")
        )
        step = Step(parts=call_http.usual(self._syntax.path.encode(), body))
        return Script(name=name, clauses=(self._syntax.rules["reply"],), steps=(step,))
