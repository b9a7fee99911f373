"""Messages made from the model of a system: conforming under some reading, or with one defect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from harness.messages.packets import names_of
from harness.spec.messagemodel import Message, MessageSyntax
from harness.spec.model import Base, DataType, System
from harness.wire.xmlmessage import Element, Field, Spelling, encode_document

KINDS = ("command", "confirm", "indication")
# What a message can get wrong that the checks fail, too; `unknown` is what they only warn of.
DEFECTS = ("missing", "type", "twice", "text", "name", "root", "version", "result", "kind", "beside", "value")
GUID = "4e9b070b-60a5-4430-820bab0afe6384d8"


_Drawer = Callable[[st.SearchStrategy[Any]], Any]


class Maker:
    """Writes one message of an operation under some reading; `defect` is put in once, `done` says whether it was."""

    def __init__(self, draw: _Drawer, system: System, name: str, kind: str, defect: str = "") -> None:
        assert system.messages is not None
        self.draw = draw
        self.system = system
        self.syntax: MessageSyntax = system.messages
        self.name = name
        self.operation = system.operations[name]
        self.kind = kind
        message = getattr(self.operation, kind)
        assert isinstance(message, Message)
        self.message: Message = message
        self.defect = defect
        self.done = not defect
        self.alone = True
        known = self.operation.parameters if kind == "command" else message.fields
        spellings = [spelled for key, one in known.items() for spelled in {*(one.names.values() or (key,))}]
        self.shared = {
            key
            for key, one in known.items()
            if any(spellings.count(spelled) > 1 for spelled in (*one.names.values(), key))
        }

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
        syntax = self.syntax
        root = self.pick(*syntax.roots.values())
        if self.take("root"):
            root = self.pick(root.lower(), root + "X")
        attributes = dict(syntax.root_attributes)
        if self.take("version"):
            attributes = self.draw(st.sampled_from([{}, {"version": "1"}]))
        most = 1 if self.kind == "command" else 2
        count = self.draw(st.integers(0 if self.kind == "confirm" and self.message.several else 1, most))
        self.alone = count == 1
        elements = [self.element() for _ in range(count)]
        if self.take("kind"):
            elements.append(Element(name=self.pick("OTHER", "confirm"), attributes={}))
        spelling = Spelling(pair=self.sometimes(), comment=self.pick("", "a"))
        return encode_document(root, attributes, elements, spelling)

    def element(self) -> Element:
        message, syntax = self.message, self.syntax
        name = self.pick(*names_of(message, self.name).values())
        attribute = syntax.name
        if self.kind != "command":
            name = self.pick(name, f" {name}", name.upper())
            attribute = self.pick(attribute, *syntax.other_names)
        if self.take("name"):
            name = self.pick(name + "x", "")
        fields = self.parameters() if self.kind == "command" else self.fields()
        own = [one for one in fields if one.name not in (self.syntax.result, self.syntax.reason, self.syntax.session)]
        if own and self.take("text"):
            place = fields.index(own[0])
            fields[place] = Field(name=own[0].name, attributes=own[0].attributes, text="text")
        if self.take("unknown"):
            fields.append(Field(name="UNHEARD-OF", attributes={syntax.value: "1"}))
        order = self.draw(st.permutations(fields))
        return Element(name=getattr(syntax, self.kind), attributes={attribute: name}, fields=tuple(order))

    # fields

    def parameters(self) -> list[Field]:
        found = []
        if self.name != self.syntax.login and not (self.operation.sessionless and self.sometimes()):
            found += self.some(self.syntax.session, GUID, needed=self.operation.sessionless is None, several=False)
        for name, one in self.operation.parameters.items():
            kind = self.system.types[one.type]
            needed = not (one.optional or one.repeated or one.unless or one.missing_ambiguity)
            words = [""] if one.blank or one.empty else []
            if one.any_text:
                value, wrong = self.pick("anything", ""), list[str]()
            else:
                value, wrong = self.value(kind, words), self.wrong(kind, words)
            found += self.some(name, value, needed=needed, several=one.repeated, names=one.names, wrong=wrong)
        return found

    def fields(self) -> list[Field]:
        syntax, found = self.syntax, list[Field]()
        if self.kind == "confirm":
            wrong = self.take("result")
            found.append(self.field(syntax.result, self.pick("2", "", "00") if wrong else syntax.success))
            if self.message.several and self.alone and self.sometimes():
                return found  # an empty list
        for name, one in self.message.fields.items():
            kind = self.system.types[one.type]
            words = [*([""] if one.empty else []), *one.open_values]
            value = self.pick("anything", "") if one.any_value else self.value(kind, words)
            wrong_values = [] if one.any_value else self.wrong(kind, words)
            lenient = bool(one.optional or one.absent or one.needs or one.repeated)
            beside = {key: self.value(self.system.types[kind], []) for key, kind in one.attributes.items()}
            if beside and self.take("beside"):
                beside = {}
                lenient = False
            found += self.some(
                name,
                value,
                needed=not lenient,
                several=one.repeated,
                names=one.names,
                wrong=wrong_values,
                beside=beside,
            )
        if self.sometimes() and syntax.reason not in self.message.fields:
            found.append(self.field(syntax.reason, "Succeeded"))
        return found

    def some(
        self,
        name: str,
        value: str,
        *,
        needed: bool,
        several: bool,
        names: dict[str, str] | None = None,
        wrong: list[str] | None = None,
        beside: dict[str, str] | None = None,
    ) -> list[Field]:
        """None, one or more fields of this name."""
        # A confirm without any field is an empty list, and fields that may have the same name cannot be told apart.
        sure = not self.message.several and name not in self.shared
        if needed and sure and name != self.syntax.reason and self.take("missing"):
            return []
        if wrong and self.take("type"):
            return [self.field(self.pick(name, *(names or {}).values()), self.pick(*wrong), beside)]
        if not needed and not self.done and self.defect == "twice" and self.sometimes():
            needed = True
        if not needed and self.sometimes():
            return []
        made = self.field(self.pick(*(names or {"": name}).values()), value, beside)
        if self.take("value"):
            made = Field(name=made.name, attributes=dict(beside or {}))
        if several and self.sometimes():
            return [made, made]
        if not several and name != self.syntax.reason and name not in self.shared and self.take("twice"):
            return [made, self.field(self.pick(*(names or {"": name}).values()), value, beside)]
        return [made]

    def field(self, name: str, value: str, beside: dict[str, str] | None = None) -> Field:
        return Field(name=name, attributes={self.syntax.value: value, **(beside or {})})

    # values

    def value(self, kind: DataType, words: list[str]) -> str:
        odd = [*words, *kind.open_choices]
        if odd and self.sometimes():
            return self.pick(*odd)
        match kind.base:
            case Base.ENUM:
                return self.pick(*kind.choices)
            case Base.INT:
                least = 0 if kind.minimum is None else kind.minimum
                return str(self.draw(st.integers(least, kind.maximum if kind.maximum is not None else least + 10**6)))
            case Base.GUID:
                return self.pick(GUID, GUID.upper(), "{" + GUID + "}", GUID.replace("-", ""))
            case Base.IPV4:
                return self.pick("0.0.0.0", "255.255.255.255", "10.9.99.100")
            case Base.WORD:
                return self.pick("x", " a b ", "日本", "a<b>&\"c'", "a\nb")
        return self.pick("", " ", "ü", "a<b&c", "x" * 300)

    def wrong(self, kind: DataType, words: list[str]) -> list[str]:
        found: list[str]
        match kind.base:
            case Base.ENUM:
                found = ["unheard of", kind.choices[0] + " ", "-1"]
            case Base.INT:
                found = ["x", "1.0", "1e3", "--1"]
                found += [str(kind.maximum + 1)] if kind.maximum is not None and not kind.open_forms else []
                found += [str(kind.minimum - 1)] if kind.minimum is not None and not kind.open_forms else []
                found += [] if kind.open_forms else ["00", "+1", " 1", "1_0"]
            case Base.GUID:
                found = ["", "x", GUID[:20], "-" + GUID, GUID.replace("-", "--")]
            case Base.IPV4:
                found = ["1.2.3", "1.2.3.256", " 1.2.3.4", "01.2.3.4"]
            case Base.WORD:
                found = ["", " ", "\t", "\u00a0"]
            case _:
                found = []
        known = {*words, *kind.open_choices}
        return [one for one in found if one not in known]


def messages_of(system: System) -> list[tuple[str, str]]:
    """Every operation and kind of which there is a message."""
    return [(name, kind) for name, one in system.operations.items() for kind in KINDS if getattr(one, kind) is not None]


@st.composite
def made(
    draw: Callable[[st.SearchStrategy[Any]], Any], system: System, *, defective: bool
) -> tuple[str, str, str, bytes]:
    """Operation, kind, the defect that was put in, and the message."""
    name, kind = draw(st.sampled_from(messages_of(system)))
    maker = Maker(draw, system, name, kind, draw(st.sampled_from((*DEFECTS, "unknown"))) if defective else "")
    data = maker.data()
    return name, kind, maker.defect if maker.done else "", data
