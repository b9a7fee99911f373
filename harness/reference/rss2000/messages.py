"""What the device sends: confirms and indications as the model has them, under the readings that the device follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from harness.errors import InternalError
from harness.reference.rss2000.call import Values
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.state import Silent
from harness.reference.system import Setup
from harness.spec.messagemodel import Message, MessageField, MessageSyntax
from harness.spec.model import Operation, System
from harness.wire.xmlmessage import Element, Field, Spelling, encode_document

SPELLING = Spelling(encoding="UTF-8")
# For what would not fit into a packet otherwise.
DENSE = Spelling(encoding="UTF-8", line_end="", indent="", blank="")


# Ambiguities about values that say nothing for now; only then does their reading matter.
_SILENT = ("RSS-AMB-016", "RSS-AMB-056", "RSS-AMB-095")


@dataclass(frozen=True, slots=True)
class _Row:
    """One field, ready to be written: its key in values, its spelling, its attribute for a name ("" where it has none)."""

    key: str
    name: str
    beside: str
    silent: str  # what becomes of a value that says nothing: "absent", "empty" or nothing


def message_syntax(system: System) -> MessageSyntax:
    """The rules of the system's messages.

    Raises:
        InternalError: the spec has none.
    """
    if system.messages is None:
        raise InternalError(f"{system.system}: expected a protocol of messages in the spec, got none")
    return system.messages


class Messages:
    """Writes messages.

    Args:
        setup: model and readings.
        choices: the readings that matter here.
    """

    def __init__(self, setup: Setup, choices: Choices) -> None:
        self._readings, self.syntax = setup.readings, message_syntax(setup.model)
        syntax, ambiguity = self.syntax, self.syntax.root_ambiguity
        reading = self._readings.of(ambiguity) if ambiguity else ""
        self.root = syntax.roots.get(reading, next(iter(syntax.roots.values())))
        self._names: dict[tuple[str, str], str] = {}
        self._rows: dict[tuple[str, str], tuple[_Row, ...]] = {}
        for name, operation in setup.model.operations.items():
            for kind, message in ((syntax.confirm, operation.confirm), (syntax.indication, operation.indication)):
                if message is not None:
                    self._names[name, kind] = self._name(message, name)
                    self._rows[name, kind] = tuple(self._compiled(message))
        self._between = choices.interleaved
        self._spellings = [replace(one, encoding=choices.encoding) for one in (SPELLING, DENSE)]

    def _name(self, message: Message, operation: str) -> str:
        if message.ambiguity is None or not message.names:
            return message.name or operation.lower()
        return message.names.get(self._readings.of(message.ambiguity), next(iter(message.names.values())))

    def _compiled(self, message: Message) -> Iterator[_Row]:
        for key, field in message.fields.items():
            absent = field.absent is not None and self._readings.of(field.absent) == "absent"
            if absent and field.absent not in _SILENT:
                continue
            silent = "absent" if absent else ""
            if field.empty in _SILENT and self._readings.of(field.empty) == "empty":
                silent = "empty"
            yield _Row(key, self._spelled(key, field), next(iter(field.attributes), ""), silent)

    def _spelled(self, key: str, field: MessageField) -> str:
        if field.ambiguity is None or not field.names:
            return key
        return field.names.get(self._readings.of(field.ambiguity), next(iter(field.names.values())))

    def named(self, operation: str, kind: str) -> str:
        """How a message of a kind names its operation."""
        return self._names.get((operation, kind)) or operation.lower()

    def has(self, operation: Operation, name: str) -> bool:
        """Whether the confirm of an operation has a field of its own of this name."""
        return operation.confirm is not None and name in operation.confirm.fields

    def fields(self, operation: str, kind: str, values: Values) -> list[Field]:
        """The fields of a message, in the order of the model; what has no value is left out."""
        found: list[Field] = []
        value_name = self.syntax.value
        for row in self._rows.get((operation, kind), ()):
            value = values.get(row.key)
            if value is None:
                continue
            if isinstance(value, str):
                if row.silent and isinstance(value, Silent):
                    if row.silent == "absent":
                        continue
                    value = ""
                found.append(Field(name=row.name, attributes={value_name: value}))
                continue
            for text, beside in value:
                attributes = {value_name: text}
                if row.beside:
                    attributes[row.beside] = beside
                found.append(Field(name=row.name, attributes=attributes))
        return _interleaved(found, value_name) if self._between else found

    def head(self, result: str, reason: str | None) -> list[Field]:
        """RESULT, and DESCRIPTION where there is something to say."""
        value = self.syntax.value
        fields = [Field(name=self.syntax.result, attributes={value: result})]
        if reason is not None:
            fields.append(Field(name=self.syntax.reason, attributes={value: reason}))
        return fields

    def element(self, kind: str, name: str, fields: Iterable[Field]) -> Element:
        """An element of the second level."""
        return Element(name=kind, attributes={self.syntax.name: name}, fields=tuple(fields))

    def document(self, elements: Sequence[Element]) -> bytes:
        """A whole message; densely written where it is long."""
        longest = self.syntax.longest - 4
        data = encode_document(self.root, self.syntax.root_attributes, elements, self._spellings[0])
        if len(data) > longest:
            data = encode_document(self.root, self.syntax.root_attributes, elements, self._spellings[1])
        return data


def _interleaved(fields: list[Field], value: str) -> list[Field]:
    """Each MEMBER followed by what tells its name, as in the examples."""
    members = {field.attributes.get(value, ""): field for field in fields if field.name in ("MEMBER_USER", "MEMBER_EP")}
    if not any(field.name == "MEMBER" for field in fields):
        return fields
    placed: list[Field] = []
    for field in fields:
        if field.name == "MEMBER":
            placed.append(field)
            if (named := members.get(field.attributes.get(value, ""))) is not None:
                placed.append(named)
        elif field.name not in ("MEMBER_USER", "MEMBER_EP"):
            placed.append(field)
    return placed
