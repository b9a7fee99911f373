"""Mutants of the XML that answers: what an element or an attribute must be, broken in one place or in all.

Each is wrong under every reading: a name that has two spellings loses both, and what may be left out or empty is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from harness.mutation.http_document import Edit, Element
from harness.mutation.http_seen import Maker, Said, Seen
from harness.mutation.mutant import Mutant, Operator
from harness.rows.shape import ANY_TEXT, INTEGERS
from harness.spec.model import Base, System
from harness.spec.xmlmodel import XmlAttribute, XmlChild, XmlDocument

Spoil = Callable[[Seen, Element], Sequence[Edit]]
_PLACES = ("first", "middle", "last")


def document_mutants(system: System) -> Iterator[Mutant]:
    """Every such mutant of every operation whose success carries a document."""
    for name, operation in system.operations.items():
        if operation.reply in system.replies:
            yield from _Documents(system, name, system.replies[operation.reply or ""]).mutants()


class _Documents(Maker):
    """The mutants of the reply of one operation."""

    def __init__(self, system: System, name: str, shape: XmlDocument) -> None:
        super().__init__(system)
        self._name, self._shape = name, shape
        self._clause = f"{system.prefix}-{name}.reply"

    def mutants(self) -> Iterator[Mutant]:
        yield from self._whole()
        for name, element in self._shape.elements.items():
            for parent in self._shape.elements.values():
                if name in parent.children:
                    yield from self._placed(name, parent.children[name])
            for at, (attribute, known) in enumerate(element.attributes.items()):
                yield from self._attribute(name, attribute, known, at)

    def _one(self, part: str, name: str, operator: Operator, about: str, say: Callable[[Seen], Said]) -> Mutant:
        def said(seen: Seen) -> Said:
            return say(seen) if seen.is_ok(self._name) else None

        return self.says(self._clause + part, name, operator, f"{self._name}: {about}", said)

    def _spoils(
        self, part: str, name: str, operator: Operator, about: str, element: str, spoil: Spoil, place: str
    ) -> Mutant:
        """One that changes an element: that in a place, or each of them."""

        def say(seen: Seen) -> Said:
            found = seen.elements(element)
            if not found:
                return None
            picked = {"first": found[:1], "middle": [found[len(found) // 2]], "last": found[-1:], "each": found}[place]
            return seen.edited(edit for one in picked for edit in spoil(seen, one))

        where = "" if place == "each" else f" in the {place} one"
        return self._one(part, f"{name}-{place}", operator, about + where, say)

    # the document

    def _whole(self) -> Iterator[Mutant]:
        yield self._one(
            "", "text", Operator.OVERFLOW, "text in the root",
            lambda seen: seen.edited(seen.document.put_in(seen.document.elements[0], b"text")),
        )  # fmt: skip

    # elements

    def _placed(self, name: str, child: XmlChild) -> Iterator[Mutant]:
        part = f".{name}"
        one_only = child.maximum == 1
        places = ("first",) if one_only else _PLACES
        for place in places:
            yield self._spoils(
                part, "other-namespace", Operator.RENAME, f"{name} in another namespace", name,
                lambda seen, one: seen.document.set(one, {"xmlns": "urn:clausewise:other"}) if b":" not in one.qualified else (), place,
            )  # fmt: skip
            yield self._spoils(
                part, "nested", Operator.REORDER, f"a second {name} in {name}", name,
                lambda seen, one: seen.document.put_in(one, seen.document.text(one)), place,
            )  # fmt: skip
            yield self._spoils(
                part, "text", Operator.OVERFLOW, f"text in {name}", name,
                lambda seen, one: seen.document.put_in(one, b"text"), place,
            )  # fmt: skip
        if child.minimum:  # else it is an element that the document has not, and none of those that it may have
            yield self._spoils(
                part, "renamed", Operator.RENAME, f"{name} under a name that the document has not", name,
                lambda seen, one: seen.document.rename(one, f"{name}Item"), "each",
            )  # fmt: skip
        if one_only:
            yield self._spoils(
                part,
                "twice",
                Operator.DOUBLE,
                f"{name} twice",
                name,
                lambda seen, one: seen.document.double(one),
                "first",
            )
        if child.minimum:
            yield self._spoils(
                part, "missing", Operator.DROP, f"no {name}", name, lambda seen, one: seen.document.drop(one), "first"
            )

    # attributes

    def _attribute(self, element: str, name: str, known: XmlAttribute, at: int) -> Iterator[Mutant]:
        """Each change in another row, so that all places come up for each element."""
        if known.any_value is not None:  # no more than a permission
            return
        part = f".{element}.{name}"
        places = [*_PLACES[at % 3 :], *_PLACES[: at % 3]]
        if not known.optional and known.absent is None:
            for place in (*places, "each") if at == 0 else (places[0], "each"):
                yield self._spoils(
                    part, "missing", Operator.DROP, f"{element} without {name}", element,
                    lambda seen, one: seen.document.set(one, {seen.spelling(one, name): None}), place,
                )  # fmt: skip
            spelled = {name, *known.names.values()}
            new = next(word for word in (name.swapcase(), f"{name}_", f"x{name}") if word not in spelled)
            yield self._spoils(
                part, "renamed", Operator.RENAME, f"{element} has {new} for {name}", element,
                lambda seen, one: seen.document.rename_attribute(one, seen.spelling(one, name), new), places[1],
            )  # fmt: skip
        for word, operator, value in wrong_values(self.system, known):
            place = places[len(word) % 3]
            yield self._spoils(
                part, word, operator, f"{name} of {element} is {value!r}", element,
                partial(_valued, name, value), place,
            )  # fmt: skip


def _valued(name: str, value: str, seen: Seen, one: Element) -> Sequence[Edit]:
    return seen.set(one, {name: value})


def wrong_values(system: System, known: XmlAttribute) -> Iterator[tuple[str, Operator, str]]:
    """Values that an attribute has under no reading: a word for what is wrong, and the value."""
    kind = system.types[known.type]
    if known.fixed is not None:
        yield "other-value", Operator.SWAP, "7"
    if kind.base in INTEGERS:
        yield from (
            ("letters", Operator.RETYPE, "many"),
            ("fraction", Operator.RETYPE, "12.5"),
            ("hexadecimal", Operator.RETYPE, "0x1F"),
            ("grouped", Operator.RETYPE, "1,234"),
            ("date", Operator.RETYPE, "2026-01-31T10:00:00Z"),
        )
        if kind.base is Base.XS_NON_NEGATIVE:
            yield "negative", Operator.RETYPE, "-1"
    elif kind.base is Base.ENUM:
        yield "another-word", Operator.RENAME, "Unlisted"
        yield "cut-short", Operator.DROP, kind.choices[0][:-1]
        yield "run-on", Operator.OVERFLOW, f"{kind.choices[0]}s"
    if kind.base not in ANY_TEXT and known.empty is None:
        yield "empty", Operator.DROP, ""
