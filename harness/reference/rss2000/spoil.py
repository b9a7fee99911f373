"""Faults of answers as they are written: text, XML, packets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.reference.faults import FaultSet
from harness.reference.rss2000.call import Values
from harness.reference.rss2000.reading import Asked
from harness.wire.tpkt import HEADER_BYTES, encode, header
from harness.wire.xmlmessage import Element

_LONG_REPLY = 8192
_SPLIT_REPLY = 30_000
_AMPERSAND = re.compile(rb'(<DESCRIPTION value="[^"]*?)&amp;')
_FULL_NAME = re.compile(rb'(<FULLNAME value="[^"]*?)&quot;')


class Spoiler:
    """What the faults make of answers; without any, nothing.

    Args:
        faults: those that are on.
    """

    def __init__(self, faults: FaultSet) -> None:
        self._on, self._any = faults.on, bool(faults)
        self._refused = ""  # the operation refused last

    def before(self, asked: Asked) -> bool:
        """Whether a command is refused before it is looked at."""
        sticks = self._any and self._on("refusal-sticks") and self._refused == asked.operation == "ADDGROUP"
        self._refused = ""
        return sticks

    def refused(self, asked: Asked) -> None:
        """A command was refused."""
        self._refused = asked.operation

    def values(self, name: str, values: Values) -> Values:
        """The values of a confirm."""
        if not self._any:
            return values
        changed = dict(values)
        if name == "GETDEVUSER" and self._on("letters-lost"):
            changed["FULLNAME"] = str(values["FULLNAME"]).encode("ascii", "replace").decode()
        if name in ("GETGROUP", "MODGROUP") and self._on("astral-lost"):
            description = str(values["DESCRIPTION"])
            changed["DESCRIPTION"] = "".join(char if ord(char) < 0x10000 else "?" for char in description)
        if name == "MODGROUP" and self._on("escaped-twice"):
            changed["DESCRIPTION"] = str(values["DESCRIPTION"]).replace("&", "&amp;")
        if name == "GETROOM" and self._on("angle-brackets-lost"):
            changed["ROOM_ID"] = re.sub("[<>]", "", str(values["ROOM_ID"]))
        if name == "MODGROUP" and self._on("names-left-out"):
            changed["MEMBER_EP"] = [(item[0], "") for item in values["MEMBER_EP"]]
        return changed

    def confirms(self, name: str, elements: Sequence[Element]) -> Sequence[Element]:
        """The confirms of a success."""
        if not self._any:
            return elements
        if name == "MODDEVUSER" and self._on("changed-as-added"):
            elements = [
                Element(name=one.name, attributes={"xmlid": "adddevuser"}, fields=one.fields) for one in elements
            ]
        if name == "DELROOM" and self._on("confirm-as-indication"):
            elements = [Element(name="INDICATION", attributes=one.attributes, fields=one.fields) for one in elements]
        if name == "GETSTACKING" and self._on("result-missing"):
            elements = [Element(name=one.name, attributes=one.attributes, fields=one.fields[1:]) for one in elements]
        return elements

    def payload(self, name: str, payload: bytes) -> bytes:
        """The document of a success."""
        if not self._any:
            return payload
        if name == "GETGROUP" and self._on("ampersand-unescaped"):
            payload = _AMPERSAND.sub(rb"\1&", payload)
        if name == "GETDEVUSER" and self._on("quote-unescaped"):
            payload = _FULL_NAME.sub(rb'\1"', payload)
        if name in ("SETMEDIAINFO", "ADDROOM") and self._on("latin-1"):
            payload = payload.decode().encode("latin-1", "xmlcharrefreplace")
        if name == "GETEPLINK" and self._on("control-character"):
            payload = payload.replace(b'value="0%"', b'value="0\x05%"', 1)
        if name == "GETMEMBER" and self._on("second-document"):
            payload += payload
        if len(payload) > _LONG_REPLY and self._on("root-not-closed"):
            payload = payload.rstrip()
            payload = payload[: payload.rindex(b"</")]
        return payload

    def failure(self, name: str, payload: bytes) -> bytes:
        """The document of a failure."""
        if self._any and self._on("failure-without-version"):
            payload = payload.replace(b' version="1.0.0.0"', b"", 1)
        if self._any and name == "DELENDPOINT" and self._on("failure-code-2"):
            payload = payload.replace(b'<RESULT value="1"', b'<RESULT value="2"', 1)
        return payload

    def packet(self, name: str, payload: bytes) -> bytes:
        """The packet of an answer."""
        packet = encode(payload)
        if not self._any:
            return packet
        size = len(packet)
        if size > _LONG_REPLY and self._on("long-length-short"):
            packet = header(size - 1) + payload
        if name == "REFRESHSTATUS" and self._on("length-without-header"):
            packet = header(size - HEADER_BYTES) + payload
        if name == "LOGOUT" and self._on("reserved-set"):
            packet = header(size, reserved=1) + payload
        if size > _SPLIT_REPLY and self._on("answer-in-two"):
            packet = encode(payload[:_SPLIT_REPLY]) + encode(payload[_SPLIT_REPLY:])
        return packet
