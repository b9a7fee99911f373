"""Requests, results and events made from the model of a system: conforming under some reading, or with one defect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from harness.spec.documentmodel import DocumentSyntax, Section, Value
from harness.spec.model import Base, DataType, System
from harness.wire.xmltree import Element, Writing, write_document

KINDS = ("request", "result", "event")
# What a document can get wrong; `unknown` is what schemas refuse and the checks let pass.
DEFECTS = ("missing", "type", "twice", "inner", "root", "section", "unknown")

_Drawer = Callable[[st.SearchStrategy[Any]], Any]
Fields = list[Element]


class Maker:
    """Writes one document under some reading; `defect` is put in once, `done` says whether it was."""

    def __init__(self, draw: _Drawer, system: System, name: str, kind: str, defect: str = "") -> None:
        assert system.documents is not None
        self.draw = draw
        self.system = system
        self.syntax: DocumentSyntax = system.documents
        self.name = name
        self.kind = kind
        self.defect = defect
        self.done = not defect

    def pick(self, *choices: str) -> str:
        return str(self.draw(st.sampled_from(choices)))

    def sometimes(self) -> bool:
        return bool(self.draw(st.booleans()))

    def take(self, defect: str) -> bool:
        """Whether to put the defect in here."""
        if self.done or self.defect != defect or not self.sometimes():
            return False
        self.done = True
        return True

    def data(self) -> bytes:
        root = getattr(self.syntax, self.kind)
        fields: Fields = getattr(self, f"_{self.kind}")()
        if self.take("unknown"):
            fields.append(Element("UNHEARD-OF", "1"))
        if self.take("root"):
            root = self.pick(root.lower(), f"{root}X")
        writing = Writing(
            line_end=self.pick("", "\n", "\r\n"),
            indent=self.pick("", "  "),
            declaration=self.sometimes(),
            comment=self.pick("", " a "),
            padding=self.pick("", " ", "\n\t"),
            short=self.sometimes(),
        )
        order = self.draw(st.permutations(fields))
        return write_document(root, [(one.name, one) for one in order], writing)

    # the three kinds

    def _request(self) -> Fields:
        operation = self.system.operations[self.name]
        function = self.pick(self.syntax.function, *self.syntax.function_names.values())
        found = [Element(function, self.pick(self.name, self.name.lower(), f" {self.name}"))]
        found += self._some(self.syntax.number, str(self.draw(st.integers(0, 2**31 - 1))), wrong=["x", "2147483648"])
        for key, one in operation.parameters.items():
            kind = self.system.types[one.type]
            spelled = self.pick(*(one.names.values() or [key]))
            words = [""] if one.blank or one.empty else []
            value, wrong = self._value(kind, words), self._wrong(kind, words)
            if kind.base is Base.ENUM and kind.open_forms:
                value = self.pick(value, value.lower())
            found += self._some(spelled, value, needed=not one.optional, wrong=wrong)
        return found

    def _result(self) -> Fields:
        syntax, answer = self.syntax, self.system.operations[self.name].answer
        good = [syntax.success] if answer is not None else [syntax.success, *syntax.successes]
        row = self.system.errors[self.pick(*good)]
        own = {syntax.code: row.code, syntax.label: row.text, syntax.answered: self.pick(self.name, self.name.lower())}
        own[syntax.number] = str(self.draw(st.integers(1, 2**31 - 1)))
        bare = self.name in syntax.headless and self.sometimes()
        found: Fields = []
        for key, value in syntax.head.items():
            if not bare or key not in (syntax.code, syntax.label, syntax.text):
                # The function may stand there by another name; code and label are those of a success.
                found += self._one(key, value, own.get(key), loose=self.name in syntax.headless)
        return found + (self._section(answer) if answer is not None else [])

    def _event(self) -> Fields:
        syntax, event = self.syntax, self.system.events[self.name]
        own = {
            syntax.event_class: event.event_class,
            syntax.event_type: self.pick(*(event.type_names.values() or [self.name])),
        }
        found: Fields = []
        for key, value in syntax.event_head.items():
            found += self._one(key, value, own.get(key))
        data = [one for key, value in event.values.items() for one in self._one(key, value)]
        return [*found, Element(syntax.event_data, children=tuple(self.draw(st.permutations(data))))]

    # sections and values

    def _section(self, section: Section) -> Fields:
        found: Fields = []
        counts: dict[str, str] = {}
        for key, below in section.sections.items():
            made, above = self._below(section, key, below)
            found += made
            counts |= above
            if section.count is not None and below.repeated:
                counts[section.count] = str(len(made))
        for key, value in section.values.items():
            if key in counts:
                found.append(Element(key, counts.pop(key)))
            else:
                found += self._one(key, value)
        return found + [Element(key, value) for key, value in counts.items()]

    def _below(self, section: Section, key: str, below: Section) -> tuple[Fields, dict[str, str]]:
        """One section as often as it stands, and a count that stands beside it."""
        least = 0 if below.repeated or below.optional or below.absent else 1
        often = self.draw(st.integers(least, 3 if below.repeated else 1))
        if least and not section.count and self.take("section"):
            return [Element("OTHER", children=(Element("A", "1"),))], {}
        names = [self.pick(*(below.names.values() or [key])) for _ in range(often)]
        if below.numbered:
            names = [f"{name}{number}" for number, name in enumerate(names)]
        made = [Element(name, children=tuple(self.draw(st.permutations(self._section(below))))) for name in names]
        made = [one for one in made if one.children]
        above: dict[str, str] = {}
        if below.outside and made and self.sometimes():
            return list(made[0].children), above  # its count goes with it
        if below.count_outside and below.count and len(made) == 1 and self.sometimes():
            above = {below.count: made[0].get(below.count) or "0"}
            made = [Element(made[0].name, children=tuple(one for one in made[0].children if one.name != below.count))]
            made = [one for one in made if one.children]
        return made, above

    def _one(self, key: str, value: Value, own: str | None = None, *, loose: bool = False) -> Fields:
        kind = self.system.types[value.type]
        words = [*([""] if value.empty else []), *value.open_values]
        if own is not None:
            text, wrong = own, [] if value.names else ["unheard of"]
        elif value.any_value:
            text, wrong = self.pick("anything", ""), []
        else:
            text, wrong = self._value(kind, words), self._wrong(kind, words)
        spellings = list(value.names.values()) or [key]
        needed = not (value.optional or value.absent)
        return self._some(
            self.pick(*spellings), text, needed=needed, wrong=wrong, sure=len(spellings) == 1 and not loose,
            plain=own is not None and not needed,
        )  # fmt: skip

    def _some(
        self, name: str, text: str, *, needed: bool = True, wrong: list[str], sure: bool = True, plain: bool = False
    ) -> Fields:
        """An element, or none; `sure`: schemas see that it is missing; `plain`: a section of this name is another thing."""
        if needed and sure and self.take("missing"):
            return []
        if wrong and self.take("type"):
            return [Element(name, self.pick(*wrong))]
        if not plain and self.take("inner"):
            return [Element(name, children=(Element("INNER", "1"),))]
        if self.take("twice"):
            return [Element(name, text), Element(name, text)]
        if not needed and self.sometimes():
            return []
        return [Element(name, text)]

    def _value(self, kind: DataType, words: list[str]) -> str:
        odd = [*words, *kind.open_choices]
        if odd and self.draw(st.integers(0, 3)) == 0:
            return self.pick(*odd)
        match kind.base:
            case Base.ENUM:
                return self.pick(*kind.choices)
            case Base.INT:
                return str(self.draw(st.integers(kind.minimum, kind.maximum)))
            case Base.NUMBER:
                return self.pick("0", "12.50", "-3", "1000000")
            case Base.US_TIME:
                return self.pick("1/31/2011 2:39:49 PM", "12/01/2011 02:39:49 AM")
            case Base.WORD:
                return self.pick("x", "a b", "日本", "a<b>&\"c'", "]]>")
        return self.pick("", "ü", "a<b&c", "Gold Level")

    def _wrong(self, kind: DataType, words: list[str]) -> list[str]:
        found: Mapping[Base, list[str]] = {
            Base.ENUM: ["unheard of", "-1"],
            Base.INT: ["x", "1.5", "--1", "01", "+1", str((kind.maximum or 0) + 1), str((kind.minimum or 0) - 1)],
            Base.NUMBER: ["x", "1.", ".5", "1,5"],
            Base.US_TIME: ["x", "2011-01-31 14:39:49", "13/1/2011 2:39:49 PM"],
            Base.WORD: ["", " ", "\t"],
        }
        known = {*words, *kind.open_choices}
        return [one for one in found.get(kind.base, []) if one.strip() not in known]


def documents_of(system: System) -> list[tuple[str, str]]:
    """Every function and event with each kind of which there is a document."""
    found = [(name, kind) for name in system.operations for kind in ("request", "result")]
    return found + [(name, "event") for name in system.events]


@st.composite
def made(draw: _Drawer, system: System, *, defective: bool) -> tuple[str, str, str, bytes]:
    """Function or event, kind, the defect that was put in, and the document."""
    name, kind = draw(st.sampled_from(documents_of(system)))
    maker = Maker(draw, system, name, kind, draw(st.sampled_from(DEFECTS)) if defective else "")
    data = maker.data()
    return name, kind, maker.defect if maker.done else "", data
