"""Mutants of the fields of confirms and indications: left out, renamed, of another type, twice, without a value, another value than was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from zlib import crc32

from msgspec import structs

from harness.datatypes import is_value
from harness.mutation.mutant import Mutant, Operator
from harness.mutation.packet_pretend import Maker
from harness.mutation.packet_seen import PLACES, Said, Seen
from harness.spec.messagemodel import Message, MessageField
from harness.spec.model import Base, DataType, Operation, System
from harness.wire.xmlmessage import Element, Field

# What to say in place of a value: near to it, and none of its type.
_WRONG: dict[Base, tuple[tuple[str, Callable[[str], str]], ...]] = {
    Base.ENUM: (("word", lambda _: "yes"), ("number", lambda _: "9"), ("empty", lambda _: "")),
    Base.INT: (("word", lambda _: "many"), ("letter", lambda value: f"{value}x"), ("empty", lambda _: "")),
    Base.GUID: (
        ("word", lambda _: "none"),
        ("cut", lambda value: value[: len(value) // 2]),
        ("empty", lambda _: ""),
    ),
    Base.IPV4: (("octet", lambda _: "300.1.2.3"), ("name", lambda _: "gateway"), ("empty", lambda _: "")),
    Base.WORD: (("empty", lambda _: ""), ("blanks", lambda _: "  ")),
}
_OTHER_GUID = "5eed5eed-5eed-45ee-85ee-5eed5eed5eed"


def field_mutants(system: System) -> Iterator[Mutant]:
    """Every mutant of every field."""
    for name, operation in system.operations.items():
        for part, message in (("confirm", operation.confirm), ("indication", operation.indication)):
            if message is not None and message.undocumented is None:
                for field, known in message.fields.items():
                    if not known.any_value:
                        yield from _Fields(system, name, operation, part, message, field, known).mutants()


class _Fields(Maker):
    """The mutants of one field of one message."""

    def __init__(
        self,
        system: System,
        name: str,
        operation: Operation,
        part: str,
        message: Message,
        field: str,
        known: MessageField,
    ) -> None:
        super().__init__(system)
        self._name, self._operation, self._part, self._message = name, operation, part, message
        self._field, self._known = field, known
        self._kind: DataType = system.types[known.type]
        self._clause = f"{system.prefix}-{name}.{part}.{field}"
        own = f"{system.system}.{name}"
        self._near = (f"{own}.success", f"{own}.indication") if part == "confirm" else (f"{own}.indication",)
        self._needed = not (known.optional or known.absent or known.repeated)

    def mutants(self) -> Iterator[Mutant]:
        """See the module."""
        if self._needed:
            yield self._makes("missing", Operator.DROP, "is missing", lambda _: ())
            if self._turn(3, 0):
                yield self._makes(
                    "renamed",
                    Operator.RENAME,
                    "has another name",
                    lambda one: [structs.replace(one, name=f"{one.name}_")],
                )
        if self._turn(3, 1) or self._kind.base is Base.TEXT:
            if self._turn(2, 0):
                yield self._makes(
                    "no-value", Operator.DROP, "has no value", lambda one: [structs.replace(one, attributes={})]
                )
            else:
                yield self._makes("in-text", Operator.RETYPE, "has its value as text", self._as_text)
        if self._turn(2, 1) and not self._known.repeated and self._field != self.syntax.reason:
            yield self._makes("twice", Operator.DOUBLE, "stands there twice", lambda one: [one, one])
        wrong = self._wrong()
        for number, (word, change) in enumerate(wrong):
            if self._turn(len(wrong), number) or (word == "empty" and self._turn(3, 2)):
                yield self._makes(
                    word, Operator.RETYPE, f"is none of its type ({word})", partial(self._changed, change)
                )
        for beside in self._known.attributes:
            yield self._makes(
                f"without-{beside}", Operator.DROP, f"has no {beside} beside it", partial(self._without, beside)
            )
        if self._message.several and self._needed and any(one.object for one in self._message.fields.values()):
            if wrong and self._turn(2, 0):
                yield self._makes(
                    "wrong-later",
                    Operator.RETYPE,
                    "is none of its type in the last entry",
                    partial(self._changed, wrong[0][1]),
                    "last",
                )
            else:
                yield self._makes("missing-later", Operator.DROP, "is missing in the last entry", lambda _: (), "last")
        named = self._part == "indication" and self._names()
        if self._known.echo is not None and self._field not in self.syntax.secrets and not named:
            yield self._says("other", Operator.SWAP, "is not what the command said", self._not_echoed)
        elif self._part == "indication" and self._compared() and not named:
            yield self._says("other", Operator.SWAP, "is not what the confirm said", self._not_echoed)

    def _turn(self, of: int, number: int) -> bool:
        """Whether it is this field's turn: all fields are checked in the same way, so each gets some of the mutants."""
        return crc32(self._clause.encode()) % of == number

    def _compared(self) -> bool:
        confirm = self._operation.confirm
        return confirm is not None and self._field in confirm.fields and self._field not in self.syntax.secrets

    def _names(self) -> bool:
        """Whether it says which object the indication is of; with another value it is of another object."""
        return self._known.object is not None and not self._known.repeated

    def _surely_wrong(self, value: str) -> bool:
        known, kind = self._known, self._kind
        return not (
            is_value(kind, value)
            or value in kind.open_choices
            or value in known.open_values
            or (value == "" and known.empty is not None)
            or (kind.open_forms and value.strip().isdecimal())
        )

    def _wrong(self) -> list[tuple[str, Callable[[str], str]]]:
        """What is surely none of its type."""
        usual = _OTHER_GUID if self._kind.base is Base.GUID else "0"
        return [row for row in _WRONG.get(self._kind.base, ()) if self._surely_wrong(row[1](usual))]

    def _as_text(self, one: Field) -> Sequence[Field]:
        return [structs.replace(one, attributes={}, text=one.attributes.get(self.syntax.value, "") or "-")]

    def _changed(self, change: Callable[[str], str], one: Field) -> Sequence[Field]:
        value = one.attributes.get(self.syntax.value, "")
        return [structs.replace(one, attributes={**one.attributes, self.syntax.value: change(value)})]

    @staticmethod
    def _without(beside: str, one: Field) -> Sequence[Field]:
        return [
            structs.replace(one, attributes={name: value for name, value in one.attributes.items() if name != beside})
        ]

    def _not_echoed(self, seen: Seen) -> Said:
        """Another value of the type."""

        def changed(one: Element) -> list[Element]:
            values = seen.values(one, self._field)
            if not values and self._known.repeated:
                return [one]
            first = self._another(values[0] if values else "")
            return [seen.set(one, **{self._field: [first, *values[1:]] if values else None})] if values else [one]

        return seen.each(changed)

    def _another(self, value: str) -> str:
        kind = self._kind
        match kind.base:
            case Base.ENUM:
                return next(choice for choice in kind.choices if choice != value)
            case Base.INT:
                number = int(value) if value.isdecimal() else 0
                return str(number + 1 if kind.maximum is None or number < kind.maximum else number - 1)
            case Base.GUID:
                return _OTHER_GUID if not value else value[:-1] + ("0" if value[-1] != "0" else "1")
            case Base.IPV4:
                return "10.99.99.99" if value != "10.99.99.99" else "10.99.99.98"
        return f"{value} other"

    def _makes(
        self, word: str, operator: Operator, about: str, change: Callable[[Field], Sequence[Field]], place: str = "each"
    ) -> Mutant:
        def say(seen: Seen) -> Said:
            if place != "each" and len(seen.elements[PLACES["later"]]) == 0:
                return None
            lacking = () if self._needed else (Field(name=seen.names(self._field)[0], attributes=self._made()),)
            return seen.fields(self._field, change, place, lacking=lacking)

        return self._says(word, operator, about, say)

    def _made(self) -> dict[str, str]:
        """Attributes of a field that may be missing and is."""
        value = {Base.GUID: _OTHER_GUID, Base.IPV4: "10.0.0.1", Base.ENUM: "0", Base.INT: "1"}.get(
            self._kind.base, "text"
        )
        return {self.syntax.value: value, **dict.fromkeys(self._known.attributes, "text")}

    def _says(self, word: str, operator: Operator, about: str, say: Callable[[Seen], Said]) -> Mutant:
        def wanted(seen: Seen) -> bool:
            return seen.is_ok(self._name) if self._part == "confirm" else seen.is_told(self._name)

        return self.says(
            self._clause,
            word,
            operator,
            f"{self._field} in the {self._part} of {self._name} {about}.",
            lambda seen: say(seen) if wanted(seen) else None,
            near=self._near,
        )
