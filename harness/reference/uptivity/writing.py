"""Results and events as XML documents, by the model's sections and the readings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from harness.reference.system import Setup
from harness.reference.uptivity.asking import Values
from harness.reference.uptivity.choices import Choices
from harness.spec.documentmodel import Section, Value
from harness.spec.model import Base, DataType, ErrorCode

_ENDS = {"crlf": "\r\n", "cr": "\r", "lf": "\n", "none": ""}
_MARKED = re.compile("[&<>\\r]")
_WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_NOT_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
_UNUSUAL = re.compile(f"{_MARKED.pattern[:-1]}{_NOT_XML.pattern[1:]}")
_OF_NONE = "UPT-AMB-008"
_BOOLEANS = {"Y": "True", "N": "False"}
# Key of sections that stand behind the one that they belong to.
BEHIND = "\0behind"
_FIXED = re.compile(r"char\(")

# name, tags, longest text (0: any), what stands for none of it (None: nothing does), whether it may be left out
_Leaf = tuple[str, str, str, int, str | None, bool]


class Writer:
    """Writes what the server sends.

    Args:
        setup: model and faults.
        choices: readings.
    """

    def __init__(self, setup: Setup, choices: Choices) -> None:
        assert setup.model.documents is not None
        self._model, self.syntax, self._choices = setup.model, setup.model.documents, choices
        self.end = _ENDS.get(choices("terminator"), "\r\n")
        self._bare = choices("ampersand") == "bare"
        self._plans: dict[int, list[_Leaf]] = {}
        self._error_word = choices("error-label") != "label"
        self._answered = self._spelled(self.syntax.answered, self.syntax.head[self.syntax.answered])
        self._extra = "<SERVERVERSION>5.4</SERVERVERSION>" if choices("extra") == "more" else ""

    # texts

    def escaped(self, text: str) -> str:
        """A value as the text of an element."""
        if _UNUSUAL.search(text) is None:
            return text
        text = _NOT_XML.sub("?", text)
        return _MARKED.sub(lambda found: "&" if found[0] == "&" and self._bare else _WRITTEN[found[0]], text)

    def _spelled(self, name: str, value: Value | Section) -> str:
        if not value.names:
            return name
        return value.names.get(self._choices.of(value.ambiguity), next(iter(value.names.values())))

    # results

    def code(self, row: ErrorCode) -> str:
        """The code of an error."""
        return row.codes.get(self._choices.of(row.code_ambiguity), row.code) if row.codes else row.code

    def result(
        self, function: str, number: str | None, error: str = "", text: str = "", body: str = "", *, bare: bool = False
    ) -> str:
        """A result; `bare` leaves out type, code and text, `body` is what stands behind the head."""
        syntax = self.syntax
        row = self._model.errors[error or syntax.success]
        label = row.text
        values = {
            syntax.answered: function,
            syntax.number: number,
            syntax.label: syntax.error_label if error and self._error_word else label,
            syntax.code: self.code(row),
            syntax.text: text or label,
        }
        parts = [f"<{syntax.result}>"]
        for name in syntax.head:
            told = values[name]
            if told is None or (bare and name in (syntax.label, syntax.code, syntax.text)):
                continue
            if name == syntax.answered:
                if self._choices("answered") == "absent":
                    continue
                name = self._answered
            parts.append(f"<{name}>{self.escaped(told)}</{name}>")
        parts.append(f"{self._extra}{body}</{syntax.result}>")
        return "".join(parts)

    def event(self, kind: str, values: Values, reference: str = "0") -> str:
        """An event."""
        syntax, message = self.syntax, self._model.events[kind]
        spelled = message.type_names.get(self._choices.of(message.ambiguity), kind)
        head = {
            syntax.event_class: message.event_class,
            syntax.event_type: spelled,
            "MODULE": "Api",
            "EVENTXREF": reference,
        }
        shown = "".join([f"<{name}>{self.escaped(head.get(name, ''))}</{name}>" for name in syntax.event_head])
        leaves: list[str] = []
        self._leaves(leaves, id(message), message.values, values)
        data = "".join(leaves)
        return f"<{syntax.event}>{shown}<{syntax.event_data}>{data}</{syntax.event_data}></{syntax.event}>"

    # sections

    def section(self, section: Section, values: Values) -> str:
        """What stands in a section."""
        out: list[str] = []
        self._within(out, section, values)
        return "".join(out)

    def _within(self, out: list[str], section: Section, values: Values, without: str | None = None) -> None:
        self._leaves(out, id(section), section.values, values, without)
        for name, below in section.sections.items():
            self._below(out, name, below, values.get(name))

    def _below(self, out: list[str], name: str, section: Section, value: Any) -> None:
        """A section of another, as often as there are values of it."""
        if section.optional and value is None:
            return
        many: Sequence[Values] = value if isinstance(value, Sequence) else ({},) if value is None else (value,)
        if (value is None and section.repeated) or section.numbered:
            many = many if value is not None else ()
        spelled, choices, count = self._spelled(name, section), self._choices, section.count
        inner = next((one for one, below in section.sections.items() if below.repeated), None)
        for place, one in enumerate(many):
            if count is not None and count not in one:
                one = {count: str(len(one.get(inner or "", ()))), **one}
            around = not section.repeated and choices.of(section.outside) == "outside"
            # Where each of what is counted stands in a section of its own there is no list to count in.
            alone = section.repeated and inner is not None and inner not in one
            counted = (alone or choices.of(section.count_outside) == "outside") and not around
            if choices.of(section.absent) == "absent" and inner is not None and not one.get(inner):
                out.append(f"<{count}>{one[count]}</{count}>" if counted and count is not None else "")
                continue
            if counted and count is not None and place == 0:
                out.append(f"<{count}>{one[count]}</{count}>")
            tag = f"{spelled}{place}" if section.numbered else spelled
            out.append("" if around else f"<{tag}>")
            self._within(out, section, one, count if counted else None)
            out.append("" if around else f"</{tag}>")
            for behind in one.get(BEHIND, ()):
                self._below(out, inner or "", section.sections[inner or ""], [behind])

    # values

    def _leaves(
        self, out: list[str], key: int, known: Mapping[str, Value], values: Values, without: str | None = None
    ) -> None:
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = [
                leaf for name, value in known.items() if (leaf := self._planned(name, value)) is not None
            ]
        unusual = _UNUSUAL.search
        for name, start, end, longest, of_none, optional in plan:
            if name == without:
                continue
            text = values.get(name)
            if not text:
                if of_none is not None and not (text is None and optional):
                    out.append(f"{start}{of_none}{end}")
                continue
            if longest and len(text) > longest:
                text = text[:longest]
            out.append(f"{start}{text if unusual(text) is None else self.escaped(text)}{end}")

    def _planned(self, name: str, value: Value) -> _Leaf | None:
        """How a value is written; None if it never is."""
        kind, choices = self._model.types[value.type], self._choices
        if choices.of(value.absent) == "absent" and value.absent != _OF_NONE:
            return None
        longest = kind.maximum or 0 if kind.base in (Base.TEXT, Base.WORD) else 0
        if choices.of(value.any_value) == "any":
            longest = 0
        spelled = self._spelled(name, value)
        return name, f"<{spelled}>", f"</{spelled}>", longest, self.of_none(value, kind), value.optional

    def of_none(self, value: Value, kind: DataType) -> str | None:
        """What stands for a value that there is none of; None if nothing does."""
        choices = self._choices
        if value.absent == _OF_NONE and choices("missing") == "absent":
            return None
        if kind.base in (Base.TEXT, Base.WORD, Base.US_TIME) or (
            value.empty == _OF_NONE and choices("missing") == "empty"
        ):
            return ""
        if kind.base is Base.INT:
            return "-1" if kind.minimum is None or kind.minimum < 0 else "0"
        if kind.base is Base.ENUM and value.empty is not None:
            known = {"?": "0" if choices("direction") == "any" else "?", "N": self.boolean("N")}
            return next((known[one] for one in kind.choices if one in known), "")
        return ""

    def boolean(self, letter: str) -> str:
        """Y or N, as the device writes them."""
        return _BOOLEANS[letter] if self._choices("boolean") == "any" and letter in _BOOLEANS else letter

    def padded(self, known: Mapping[str, Value], values: dict[str, str]) -> dict[str, str]:
        """Values of fixed length filled up with blanks."""
        for name, value in known.items():
            kind = self._model.types[value.type]
            if name in values and values[name] and kind.maximum and kind.base in (Base.TEXT, Base.WORD):
                word = kind.source.word or ""
                if _FIXED.match(word):
                    values[name] = values[name].ljust(kind.maximum)
        return values
