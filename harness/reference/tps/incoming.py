"""Reads what is posted as a call: encodings, document types, nesting, and what is no call at all, by the readings."""

from __future__ import annotations

import re

from harness.reference.tps.asking import RefusedError, UnansweredError
from harness.reference.tps.choices import Choices
from harness.spec.callmodel import Wrong
from harness.wire.xmlrpc import LIMITS, Limits, Message, MessageKind, Value, read
from harness.wire.xmlrpc_values import Kind

OTHER = "other"  # in place of the name of a fault: a code of the device's own

_UTF8 = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_DECLARATION = re.compile(rb"\s*<\?xml[^>]*?\?>")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(\[.*?\]\s*)?>", re.DOTALL)
_ENTITY = re.compile(rb"""<!ENTITY\s+([A-Za-z0-9_.-]+)\s+(["'])(.*?)\2\s*>""", re.DOTALL)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SMALL = 256  # bytes of an entity that is small
_DEEP, _SHALLOW = Limits(depth=300), Limits(depth=12)
# Rules whose breaking is a matter of the member, or of nobody.
_OF_MEMBERS = {
    "type", "int-form", "int-range", "boolean-form", "boolean-case", "double-form", "double-exponent", "double-range",
    "dateTime-form", "dateTime-value", "dateTime-zone", "base64-form", "missing-value", "attribute", "order",
    "methodName-form",
}  # fmt: skip


class Incoming:
    """Reads calls.

    Args:
        choices: readings.
        malformed: what answers something that is no call.
    """

    def __init__(self, choices: Choices, malformed: Wrong) -> None:
        self._choices = choices
        reading = choices("malformed")
        self._answer = malformed.faults.get(reading, reading)
        self._limits = _SHALLOW if choices("nesting") == "refused" else LIMITS

    def read(self, body: bytes) -> tuple[str, Value]:
        """The method and the struct of a call.

        Raises:
            RefusedError: it is none.
            UnansweredError: it is none, and gets no reply of XML-RPC.
        """
        data = self._encoded(body)
        message = read(data, self._limits)
        if message.deviations:
            message = self._settled(message, data)
        if message.kind is not MessageKind.CALL or not message.method:
            self.refuse()
        return message.method, self._struct(message)

    def refuse(self) -> None:
        """Answer what is no call."""
        if self._answer == "http":
            raise UnansweredError(400)
        if self._answer == "closed":
            raise UnansweredError(0)
        raise RefusedError(self._answer)

    def _encoded(self, body: bytes) -> bytes:
        head = body[:200]
        declared = _UTF8.match(head)
        usual = declared is None or declared[1].lower() in (b"utf-8", b"utf8")
        if usual and not head.startswith(_MARKS) and b"\x00" not in head[:4]:
            return body
        match self._choices("encoding"):
            case "refused":
                self.refuse()
            case "wrong":
                data = body[3:] if body.startswith(_MARKS[0]) else body
                return _DECLARATION.sub(b"", data, count=1)
        return body

    def _settled(self, message: Message, data: bytes) -> Message:
        """What broke rules, as the readings have it."""
        rules = set(message.rules)
        if rules & {"doctype", "entity"}:
            again = self._without_doctype(data)
            message, rules = again, set(again.rules)
        if "depth" in rules and self._choices("nesting") == "ignored":
            message = read(data, _DEEP)
            rules = set(message.rules)
        if "encoding" in rules:
            self._broken(message)
        if "duplicate-member" in rules and self._choices("double") == "refused":
            self.refuse()
        if "padding" in rules and self._choices("space") == "refused":
            self.refuse()
        known = _OF_MEMBERS | {"encoding", "duplicate-member", "padding"}
        if self._choices("parameters") == "first" and any(one.kind is Kind.STRUCT for one in message.params):
            known |= {"param-count", "param-type", "repeated-params"}
        if rules - known:
            self.refuse()
        return message

    def _broken(self, message: Message) -> None:
        """Bytes that are none in the encoding, or an encoding that nobody knows."""
        if message.declared is not None and message.declared.lower() not in ("utf-8", "utf8"):
            self.refuse()
        match self._choices("broken"):
            case "refused":
                self.refuse()
            case "closed":
                raise UnansweredError(0)

    def _without_doctype(self, data: bytes) -> Message:
        reading = self._choices("doctype")
        found = _DOCTYPE.search(data)
        if reading == "refused" or found is None:
            self.refuse()
        assert found is not None
        rest = data[: found.start()] + data[found.end() :]
        if reading == "small":
            for name, _, text in _ENTITY.findall(found[1] or b""):
                if len(text) <= _SMALL and b"&" not in text and rest.count(b"&" + name + b";") <= 16:
                    rest = rest.replace(b"&" + name + b";", text)
        return read(rest, self._limits)

    def _struct(self, message: Message) -> Value:
        for param in message.params:
            if param.kind is Kind.STRUCT:
                return param
        self.refuse()
        raise AssertionError
