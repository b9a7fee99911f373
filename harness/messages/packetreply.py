"""What a device sent as a packet with an XML message, as values. Nothing here is judged yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.ending import Ending
from harness.errors import FramingError
from harness.messages.reply import readable
from harness.spec.messagemodel import MessageSyntax
from harness.wire.tpkt import HEADER_BYTES, TpktDecoder
from harness.wire.xmlmessage import Document, Element, Field, read_message

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One element of a message, a confirm or an indication.

    Attributes:
        name: the operation that it names, without blanks at the ends; None if it names none.
        fields: what stands in it, in order.
    """

    element: Element
    syntax: MessageSyntax

    @property
    def kind(self) -> str:
        """The element's name."""
        return self.element.name

    @property
    def name(self) -> str | None:
        """The operation that it names, as written."""
        given = self.element.attributes
        return next((given[one] for one in (self.syntax.name, *self.syntax.other_names) if one in given), None)

    @property
    def fields(self) -> tuple[Field, ...]:
        """What stands in it, in order."""
        return self.element.fields

    def all(self, *names: str) -> list[str]:
        """The values of every field of these names, "" where a field has none."""
        return [one.attributes.get(self.syntax.value, "") for one in self.fields if one.name in names]

    def get(self, *names: str) -> str | None:
        """The value of the first field of these names; None if there is no such field."""
        return next(iter(self.all(*names)), None)

    def pairs(self, name: str, beside: str) -> list[tuple[str, str]]:
        """Value and what stands beside it of every field of a name."""
        value = self.syntax.value
        return [
            (one.attributes.get(value, ""), one.attributes.get(beside, "")) for one in self.fields if one.name == name
        ]


@dataclass(frozen=True, kw_only=True)  # no slots: the document is read once
class Packet:
    """One packet that came, or the way in which none came.

    Attributes:
        operation: name of the operation that it answers, "" where it answers none.
        sent: the fields of the command, by their names in the spec.
        several: a success lists objects, so it may be without confirms.
        raw: header and payload; what came before the end if `ending` is not ANSWERED.
        step: index of the transcript step that holds it.
    """

    syntax: MessageSyntax
    operation: str
    ending: Ending
    raw: bytes = b""
    sent: Fields = ()
    several: bool = False
    step: int = -1

    @property
    def came(self) -> bool:
        """Whether a whole packet came."""
        return self.ending is Ending.ANSWERED

    @cached_property
    def document(self) -> Document:
        """The message in it."""
        return read_message(self.raw[HEADER_BYTES:])

    @cached_property
    def framing(self) -> FramingError | None:
        """The rule that the header breaks, if that is why no packet came."""
        decoder = TpktDecoder(self.syntax.longest)
        try:
            decoder.feed(self.raw)
            while decoder.next_packet() is not None:
                pass
        except FramingError as error:
            return error
        return None

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The elements of the message."""
        return tuple(Part(element=one, syntax=self.syntax) for one in self.document.elements) if self.came else ()

    @cached_property
    def confirms(self) -> tuple[Part, ...]:
        """The confirms among them."""
        return tuple(one for one in self.parts if one.kind == self.syntax.confirm)

    @property
    def indicates(self) -> bool:
        """Whether it holds indications and no confirm."""
        return bool(self.parts) and all(one.kind == self.syntax.indication for one in self.parts)

    @property
    def ok(self) -> bool | None:
        """True for a success, False for a failure; None if it is neither, or nothing came."""
        if self.several and self.came and not self.parts and not self.document.problems:
            return True
        results = {one.get(self.syntax.result) for one in self.confirms}
        if results == {self.syntax.success}:
            return True
        if self.syntax.failure in results:
            return False
        return None

    @property
    def first(self) -> Part:
        """The first confirm; an empty one if there is none."""
        return next(iter(self.confirms), Part(element=Element(name="", attributes={}), syntax=self.syntax))

    @property
    def reason(self) -> str:
        """Why a command failed, "" if the device does not say."""
        return self.first.get(self.syntax.reason) or ""

    def listed(self) -> list[Part]:
        """The confirms that stand for an object: an empty list is one confirm with nothing but its result, or none."""
        bare = {self.syntax.result, self.syntax.reason}
        return [one for one in self.confirms if any(known.name not in bare for known in one.fields)]

    def describe(self) -> str:
        """What came, for people, in one line."""
        if self.came:
            return readable(self.raw[HEADER_BYTES:])
        if self.ending is Ending.FLOODED and self.framing is not None:
            return f"{self.framing} in {self.raw[:32].hex(' ')}"
        rest = f" after {self.raw[:32].hex(' ')}" if self.raw else ""
        return {
            Ending.SILENT: "no reply before the deadline",
            Ending.CLOSED: "the connection closed",
            Ending.RESET: "the connection was reset",
            Ending.FLOODED: "more bytes than a packet may have",
        }.get(self.ending, "nothing") + rest


def spelled(names: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Every way in which the document spells a field."""
    return tuple(dict.fromkeys(names.values())) or (name,)
