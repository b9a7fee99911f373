"""The named types of the schemas of documents: texts with patterns, which blanks around a value fit, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import quoteattr

from harness.datatypes import MOST_DIGITS, is_value
from harness.spec.lookup import cited
from harness.spec.model import Base, DataType, System
from harness.spec.xsd_parts import identifier, in_any_case, integers, literally, restriction

_STRING = "xs:string"
_BLANKS = r"[ \t\n\r]*"
_WORD = r"(.|[\n\r])*[^\s\p{Z}&#x85;](.|[\n\r])*"
_PATTERNS = {
    Base.NUMBER: r"-?[0-9]+(\.[0-9]+)?",
    Base.US_TIME: "(0?[1-9]|1[0-2])/(0?[1-9]|[12][0-9]|3[01])/[0-9]{4} (0?[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9] [AP]M",
}
_REFERENCES = {"&amp;#": "&#"}  # what patterns have as a reference stays one


class Types:
    """The types of one schema, by their names."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._known: dict[str, list[str]] = {}

    def used(self, body: Iterable[str]) -> Iterator[str]:
        """The lines of those types that the rest of the schema names."""
        text = "\n".join(body)
        for name in sorted(self._known):
            if f'type="{name}"' in text:
                yield from self._known[name]

    def function(self, *names: str) -> str:
        """The name of a function, in any letters."""
        return self._add(f"name-{'-or-'.join(names)}", [_within(*map(in_any_case, names))], [])

    def words(self, words: Iterable[str]) -> str:
        """One of some words."""
        listed = list(dict.fromkeys(words))
        named = "-or-".join(map(identifier, listed[:3])) + (f"-or-{len(listed) - 3}-more" if len(listed) > 3 else "")
        return self._add(f"word-{named}", [_within(*map(literally, listed))], [])

    def named(self, key: str, words: Sequence[str] = (), *, any_case: bool = False) -> str:
        """A type of the spec, with some words that it has not; `any_case`: where readings take the words of a list in other letters."""
        kind = self._system.types[key]
        more = [word for word in words if not is_value(kind, word) and word not in kind.open_choices]
        loose = any_case and kind.base is Base.ENUM and bool(kind.open_forms)
        patterns = _patterns(kind, loose=loose)
        if kind.base is not Base.WORD and not patterns:
            return _STRING
        patterns += [in_any_case(word) if loose else literally(word) for word in kind.open_choices]
        patterns += [literally(word.strip()) for word in more]
        name = "-or-".join((key + ("-in-any-case" if loose else ""), *map(identifier, more)))
        facets = [_WORD] if kind.base is Base.WORD else []
        return self._add(name, [*facets, *([_within(*patterns)] if patterns else [])], [cited(kind.source)])

    def _add(self, name: str, patterns: Iterable[str], notes: Sequence[str]) -> str:
        facets = [f"<xs:pattern value={quoteattr(one, _REFERENCES)}/>" for one in patterns]
        self._known[name] = restriction(name, _STRING, facets, notes)
        return name


def _within(*patterns: str) -> str:
    return f"{_BLANKS}({'|'.join(dict.fromkeys(patterns))}){_BLANKS}"


def _patterns(kind: DataType, *, loose: bool) -> list[str]:
    if kind.base is Base.ENUM:
        return [in_any_case(word) if loose else literally(word) for word in kind.choices]
    if kind.base is Base.INT:
        return integers(kind.minimum, kind.maximum, MOST_DIGITS)
    return [_PATTERNS[kind.base]] if kind.base in _PATTERNS else []
