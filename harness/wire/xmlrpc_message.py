"""A message of XML-RPC as it was read: a call, a response or a fault, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from harness.wire.xmlrpc_rules import Deviation, Weight
from harness.wire.xmlrpc_text import source_of
from harness.wire.xmlrpc_values import NOTHING, Kind, Member, Unknown, Value

MOST_DEVIATIONS = 500  # that are listed; more are counted


class MessageKind(StrEnum):
    """What a message is; `NONE` if its root is none of XML-RPC."""

    CALL = "call"
    RESPONSE = "response"
    FAULT = "fault"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is read at most of one message.

    Attributes:
        length: bytes.
        depth: structs and arrays in each other.
        values: values of any type.
    """

    length: int = 1024 * 1024
    depth: int = 64
    values: int = 20_000


LIMITS = Limits()


class Message(Struct, frozen=True, kw_only=True, gc=False):
    """A message that came.

    Args:
        kind: what it is.
        method: the name of a call's method, without blanks at its ends.
        params: the values of its parameters.
        fault: what a fault carries.
        deviations: what XML-RPC does not allow, in the order of their places; at most `MOST_DEVIATIONS`.
        more: how many further deviations there are.
        unknown: elements that have no business beside the parts of the message.
        method_at: where `<methodName` stands, as `Value.at`; -1 if it does not.
        data: the bytes as they came.
        encoding: what they are in: utf-8, utf-16, iso-8859-1, us-ascii.
        declared: the encoding as declared, in its own letters; None if it is not.
        declaration: it begins with an XML declaration.
    """

    kind: MessageKind = MessageKind.NONE
    method: str = ""
    params: tuple[Value, ...] = ()
    fault: Value | None = None
    deviations: tuple[Deviation, ...] = ()
    more: int = 0
    unknown: tuple[Unknown, ...] = ()
    method_at: int = -1
    data: bytes = b""
    encoding: str = "utf-8"
    declared: str | None = None
    declaration: bool = False

    @property
    def struct(self) -> Value:
        """The struct that the message carries: of its first parameter, or of its fault; of kind `NONE` if there is none."""
        value = self.fault if self.kind is MessageKind.FAULT else self.params[0] if self.params else None
        return value if value is not None and value.kind is Kind.STRUCT else NOTHING

    @property
    def fault_code(self) -> int | None:
        """The code of a fault; None if it is no fault or has none that can be read."""
        code = self.fault.get("faultCode") if self.fault is not None else None
        return code.scalar if code is not None and code.kind is Kind.INT and isinstance(code.scalar, int) else None

    @property
    def fault_string(self) -> str | None:
        """The text of a fault; None if it is no fault or has none."""
        text = self.fault.get("faultString") if self.fault is not None else None
        return text.text if text is not None and text.kind is Kind.STRING else None

    @property
    def lost(self) -> bool:
        """Whether not all of it could be read."""
        return any(one.weight is Weight.LOST for one in self.deviations)

    @property
    def rules(self) -> list[str]:
        """The rules that are broken, in the order of the deviations, each once."""
        return list(dict.fromkeys(one.rule for one in self.deviations))

    def find(self, path: str) -> Value | None:
        """The value at a path from the struct; None if nothing stands there."""
        return self.struct.find(path)

    def place(self, one: Value | Member | Unknown | int) -> tuple[int, int, int]:
        """Line and column, from 1, in characters, and byte, from 0, of what was read."""
        return source_of(self.data).place(one if isinstance(one, int) else one.at)

    def deviates(self, path: str, rules: Sequence[str] = ()) -> list[Deviation]:
        """The deviations of the value at a path, of all rules or of some."""
        return [one for one in self.deviations if one.path == path and (not rules or one.rule in rules)]
