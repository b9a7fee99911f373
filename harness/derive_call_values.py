"""The values that are tried of a member of a call: those that it takes, those at its limits, and wrong ones by what is wrong with them.

Wrong values are plainly so: none that a reader could take for another spelling of a right one, such as a text with digits for a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from harness.spec.callmodel import Bound, Kind, Member, Scalar, Slip
from harness.spec.callvalues import INT_HIGHEST, INT_LOWEST, typed
from harness.spec.clauses_calls import slips
from harness.spec.model import System
from harness.wire.xmlrpc_write import typed as written


class Dice(Protocol):
    """What values are made with: the generator of a case."""

    def choices(self, population: Sequence[str], *, k: int) -> list[str]:
        """So many of these, any of them any number of times."""

    def randint(self, a: int, b: int) -> int:
        """A number from one to the other."""

    def randbytes(self, n: int) -> bytes:
        """So many bytes."""


Make = Callable[[Any], Any]  # of a `Dice`
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_HOST = "http://192.0.2.1/"
# Two values of a type that nobody reads as one of another.
FAR: dict[str, tuple[tuple[str, Any], ...]] = {
    Kind.STRING: (("struct", {"text": "a"}), ("array", ["a"])),
    Kind.INT: (("text", "twelve"), ("struct", {"number": 1})),
    Kind.DOUBLE: (("text", "twelve"), ("struct", {"number": 1})),
    Kind.BOOLEAN: (("text", "perhaps"), ("array", [True])),
    Kind.BASE64: (("struct", {"data": b"a"}), ("array", [b"a"])),
    Kind.DATE_TIME: (("text", "yesterday"), ("struct", {"year": 2014})),
    "struct": (("text", "none"), ("number", 7)),
    "array": (("text", "none"), ("number", 7)),
}
_NO_FORM = {
    "http-uri": ("no uri", "://"),
    "conference-uri": ("a@b@c",),
    "ipv4": ("300.1.2.3", "192.0.2"),
    "ipv6": ("2001:db8::12345", "none"),
    "ip": ("300.1.2.3", "no address"),
    "mac": ("00:0D",),
    "host": ("-",),
    "decimal": ("1a",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One value to try: what `make` gives, or with `bound` the limit that it names and `shift`."""

    name: str
    make: Make = lambda _rng: None
    bound: Bound | None = None
    shift: int = 0


def scalar_of(system: System, member: Member) -> Scalar | None:
    """The type of a member, or of its elements; None for structs. Of several types the first."""
    return system.scalars.get(member.type or next(iter(member.types.values()), ""))


def _tightest(system: System, member: Member) -> Scalar | None:
    """Of several types that one which allows the least."""
    kinds = [system.scalars[one] for one in member.types.values()]
    limited = [one for one in kinds if one.maximum is not None]
    return min(limited, key=lambda one: one.maximum or 0) if limited else scalar_of(system, member)


def plain(system: System, member: Member) -> list[Probe]:
    """Values that it takes, apart from limits: both booleans, each word, something ordinary."""
    kind = scalar_of(system, member)
    if kind is None:
        return []
    if kind.base is Kind.BOOLEAN:
        return [Probe(name="true", make=lambda _: True), Probe(name="false", make=lambda _: False)]
    if kind.choices:
        doubtful = {*kind.experimental, *member.open_taken}
        return [_fixed(word, typed(kind, word)) for word in kind.choices if word not in doubtful]
    if kind.base is Kind.INT:
        return [Probe(name="ordinary", make=lambda rng: _number(kind, rng))]
    if kind.base is Kind.DATE_TIME:
        return [_fixed("ordinary", typed(kind, kind.examples[0]))] if kind.examples else []
    if kind.base is Kind.BASE64:
        most = min(kind.maximum or 32, 32)
        return [Probe(name="ordinary", make=lambda rng: rng.randbytes(rng.randint(1, most)))]
    return [Probe(name="ordinary", make=lambda rng: text_of(kind, min(12, kind.maximum or 12), rng))]


def limits(system: System, member: Member) -> Iterator[Probe]:
    """Values at its limits, which it takes too."""
    kind = _tightest(system, member)
    if kind is None or kind.choices:
        return
    if kind.base is Kind.INT:
        if member.at_least is None and kind.minimum is not None:
            yield _fixed("minimum", kind.minimum)
        elif member.at_least is not None:
            yield Probe(name="minimum", bound=member.at_least)
        if member.at_most is None and kind.maximum is not None:
            yield _fixed("maximum", kind.maximum)
        elif member.at_most is not None:
            yield Probe(name="maximum", bound=member.at_most)
    elif kind.base is Kind.BASE64 and kind.maximum is not None:
        yield Probe(name="longest", make=lambda rng: rng.randbytes(kind.maximum or 0))
    elif kind.base is Kind.STRING and kind.maximum is not None and (kind.minimum or 0) < kind.maximum:
        yield Probe(name="longest", make=lambda rng: text_of(kind, kind.maximum or 0, rng))
    if kind.base in (Kind.STRING, Kind.BASE64) and member.default == "" and not kind.minimum and kind.form is None:
        yield _fixed("empty", "" if kind.base is Kind.STRING else b"")


def wrongs(system: System, member: Member) -> Iterator[tuple[Slip, str, list[Probe]]]:
    """What may be wrong with a value: the slip, the last part of the case's id, and values that are wrong so."""
    kind = scalar_of(system, member)
    for slip in slips(system, member):
        match slip:
            case Slip.MALFORMED:
                yield slip, "type", [_fixed(name, value) for name, value in _far(member, kind)]
            case Slip.CHOICE:
                yield slip, "choice", [_element(member, _fixed(name, value)) for name, value in _no_words(kind)]
            case Slip.RANGE:
                for side, probes in _outside(member, kind):
                    yield slip, f"range.{side}", probes
            case Slip.UNKNOWN | Slip.BOTH | Slip.MANY:
                pass  # needs more than a value
            case Slip.FEW:
                yield slip, "few", [_fixed("empty", [])]
            case _:
                assert kind is not None
                probes = [_element(member, probe) for probe in _texts(slip, kind)]
                if probes:
                    yield slip, slip.value, probes
    if kind is not None and kind.base is Kind.INT and not kind.choices and not member.array:
        over = [
            _fixed(name, written("int", str(value)))
            for name, value in (("above", INT_HIGHEST + 1), ("below", INT_LOWEST - 1))
        ]
        yield Slip.OVERFLOW, "overflow", over


def text_of(kind: Scalar, length: int, rng: Dice) -> str:
    """A text of a type with so many characters, which nobody has used before if it has twelve or more."""
    letters = "".join(one for one in kind.alphabet if one.isalnum()) or _LETTERS
    if kind.form == "http-uri":
        return _HOST + "".join(rng.choices(_LETTERS, k=max(length - len(_HOST), 1)))
    if kind.form is not None and kind.form != "conference-uri":
        return kind.examples[0] if kind.examples else "".join(rng.choices(_LETTERS, k=length))
    return "".join(rng.choices(letters, k=length))


def _once(kind: Scalar, word: str, rng: Dice) -> str:
    """A text of the wrong form that nobody has used before, where it could be one that another has already."""
    return "".join(rng.choices(_LETTERS, k=12)) + word if kind.form == "conference-uri" else word


def _fixed(name: str, value: Any) -> Probe:
    return Probe(name=name, make=lambda _: value)


def _element(member: Member, probe: Probe) -> Probe:
    """The same as the only element of an array, where the member is one."""
    return Probe(name=probe.name, make=lambda rng: [probe.make(rng)]) if member.array else probe


def _number(kind: Scalar, rng: Dice) -> int:
    low, high = max(kind.minimum or 0, INT_LOWEST), min(kind.maximum or INT_HIGHEST, INT_HIGHEST)
    low = max(low, 1) if high > 0 else low
    return rng.randint(low, min(high, low + 999))


def _far(member: Member, kind: Scalar | None) -> Iterator[tuple[str, Any]]:
    if member.array:
        yield from FAR["array"][:1]
        for name, value in FAR["struct" if kind is None else kind.base][:1]:
            yield f"element-{name}", [value]
    else:
        yield from FAR["struct" if kind is None else kind.base]


def _no_words(kind: Scalar | None) -> Iterator[tuple[str, Any]]:
    assert kind is not None
    if kind.base is Kind.INT:
        yield "other", max(int(word) for word in kind.choices) + 1
        return
    first, most = kind.choices[0], kind.maximum
    for name, word in (("other", "clausewise"), ("longer", f"{first}x"), ("cut", first[:-1])):
        if word not in kind.choices and word not in kind.open_choices and (most is None or len(word) <= most):
            yield name, word


def _outside(member: Member, kind: Scalar | None) -> Iterator[tuple[str, list[Probe]]]:
    below: list[Probe] = []
    above: list[Probe] = []
    if kind is not None and kind.minimum is not None and kind.minimum > INT_LOWEST:
        below.append(_fixed("below", kind.minimum - 1))
    if kind is not None and kind.maximum is not None and kind.maximum < INT_HIGHEST:
        above.append(_fixed("above", kind.maximum + 1))
    if member.at_least is not None:
        below.append(Probe(name="below-limit", bound=member.at_least, shift=-1))
    if member.at_most is not None:
        above.append(Probe(name="above-limit", bound=member.at_most, shift=1))
    if kind is not None and kind.gaps:
        yield "gap", [_fixed(str(one), one) for one in kind.gaps]
    if below:
        yield "low", below
    if above:
        yield "high", above


def _texts(slip: Slip, kind: Scalar) -> Iterator[Probe]:
    """Texts and data that are too long, have other characters or another form."""
    most = kind.maximum or 0
    match slip:
        case Slip.LENGTH:
            for name, more in (("one-more", 1), ("many-more", 100)):
                yield Probe(name=name, make=lambda rng, more=more: text_of(kind, most + more, rng))  # type: ignore[misc]
        case Slip.BYTES:
            yield Probe(name="one-more", make=lambda rng: rng.randbytes(most + 1))
        case Slip.CHARACTERS:
            wrong = ("a!b c",) if len(kind.alphabet) > 10 else ("12a4",) if kind.alphabet else ("caf\u00e9",)
            for word in wrong:
                yield _fixed("other", word)
        case Slip.FORM:
            for number, word in enumerate(_NO_FORM[kind.form or ""]):
                yield Probe(name=f"none-{number}", make=lambda rng, word=word: _once(kind, word, rng))  # type: ignore[misc]
        case _:
            return
