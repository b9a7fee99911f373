"""XML-RPC: calls, responses and faults, read from bytes.

    bytes --read--> Message(kind, method, params of Value, deviations)

`read` takes whatever bytes and never raises. It gives what can be read, and tells each place that is not what XML-RPC allows with
the name of the rule, line, column and byte, and the path of members. `decode` raises for the first of them instead. `xmlrpc_write` is
the way back.

How exact: XML-RPC's own text, and what this family of protocols makes of it. A call and a response have one parameter, a struct; every
value in it has a name. Booleans are 1, 0, true and false; a dateTime.iso8601 is 20140107T13:31:26 without time zone; nil and other
extensions do not exist. A value without type is a string. `i4` and `int` are the same. Bare strings and blanks are kept as they are.

Entities, document types and the network are out of reach; size, depth and number of values are bounded; time and memory are linear in
the bytes.
"""

from __future__ import annotations

from harness.errors import DecodeError
from harness.wire.xmlrpc_full import read_fully
from harness.wire.xmlrpc_message import LIMITS, Limits, Message, MessageKind
from harness.wire.xmlrpc_quick import read_quickly
from harness.wire.xmlrpc_rules import RULES, Deviation, Weight
from harness.wire.xmlrpc_text import source_of
from harness.wire.xmlrpc_values import NOTHING, Kind, Member, Unknown, Value, format_path, parse_path

__all__ = (
    "LIMITS",
    "NOTHING",
    "RULES",
    "Deviation",
    "Kind",
    "Limits",
    "Member",
    "Message",
    "MessageKind",
    "Unknown",
    "Value",
    "Weight",
    "XmlRpcError",
    "decode",
    "format_path",
    "parse_path",
    "read",
)


class XmlRpcError(DecodeError):
    """A message breaks a rule of XML-RPC; `deviation` says which and where, `message` is what could be read."""

    def __init__(self, deviation: Deviation, message: Message) -> None:
        expected = f"XML-RPC at line {deviation.line}, column {deviation.column}"
        got = f"{deviation.path}: {deviation.message}" if deviation.path else deviation.message
        super().__init__(deviation.rule, offset=deviation.byte, expected=expected, got=got)
        self.deviation, self.message = deviation, message


def read(data: bytes, limits: Limits = LIMITS) -> Message:
    """Read whatever bytes as a message; it never raises.

    Args:
        data: the document, as the body of a request or reply holds it.
        limits: what is read at most.
    """
    if len(data) > limits.length:
        message = f"{len(data)} bytes, where at most {limits.length} are read"
        return Message(data=data, deviations=(Deviation(rule="length", byte=limits.length, message=message),))
    return read_quickly(data, limits) or read_fully(source_of(data), limits)


def decode(data: bytes, limits: Limits = LIMITS, *, loose: bool = True) -> Message:
    """Read a message that breaks no rule.

    Args:
        data: as `read`.
        limits: as `read`.
        loose: let deviations of weight `LOOSE` pass.

    Raises:
        XmlRpcError: it breaks one; the first in the document.
    """
    message = read(data, limits)
    for one in message.deviations:
        if not loose or one.weight is not Weight.LOOSE:
            raise XmlRpcError(one, message)
    return message
