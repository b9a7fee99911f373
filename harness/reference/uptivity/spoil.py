"""What the faults make of requests and results."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from harness.reference.faults import FaultSet
from harness.reference.uptivity.reading import URL, Asked
from harness.reference.uptivity.spoil_events import EventSpoiler
from harness.spec.documentmodel import Requirement

_LONG, _LOST, _SILENT, _BROKEN = 4096, 24, 60, 10
_STALE = 12
_CUT = 100
_RAW = re.compile(r"(<USER4>[^<]*?)&lt;")
_TWICE = re.compile(rb"(<GROUPNAME>[^<]*?)&amp;")
_QUOTE = re.compile(r'(<GROUPNAME>[^<]*?)"')
_CODE = re.compile(r"(<RESULTCODE>[^<]*</RESULTCODE>)")
# Fault -> function whose requirement is passed over, and its parameters.
_NOT_NEEDED = {
    "update-of-nothing": ("CALLUPDATE", "DEVICEID"),
    "role-without-name": ("MODIFYROLE", "ROLENAME"),
    "chat-without-session": ("CHATUPDATE", "SESSIONID"),
}


class Spoiler(EventSpoiler):
    """Without faults it is never asked.

    Args:
        faults: those that are on.
    """

    def __init__(self, faults: FaultSet) -> None:
        super().__init__(faults)
        self._number = ""  # of the last success
        self._refused = ""  # the function that failed last
        self._answered: dict[object, int] = {}
        self._numbers: dict[object, str] = {}
        self._before: dict[object, bytes] = {}
        self._served: dict[object, int] = {}
        self._terms = 0
        self._page = ""
        self._client: object = None
        self._format = ""

    # requests

    def received(self, client: object, data: bytes, *, fresh: bool) -> bytes:
        """Bytes as they come; `fresh`: nothing of a document is waiting."""
        self.clients[client] = True
        if fresh and len(data) < len(b"<REQUEST>") and data.startswith(b"<") and self._on("short-segment-lost"):
            return b""
        return data

    def given(self, function: str, asked: Asked) -> Sequence[tuple[str, str]]:
        """The parameters of a request."""
        given = asked.given
        if asked.road == URL:
            if self._on("user15-lost-on-web"):
                given = [one for one in given if one[0] != "USER15"]
            if self._on("web-value-cut"):
                given = [(name, text[:_CUT]) for name, text in given]
        if function == "CALLUPDATE" and self._on("crm-user-not-looked-up"):
            given = [one for one in given if one[0] != "CRM_USER"]
        if function == "EXPORT" and self._on("format-remembered"):
            wanted = next((text for name, text in given if name == "MEDIA_FORMAT"), "")
            self._format, before = wanted or self._format, self._format
            if before:
                given = [(name, before if name == "MEDIA_FORMAT" else text) for name, text in given]
        return given

    def no_function(self, name: str, asked: Asked) -> bool:
        """Whether a function that there is is not found."""
        return (
            asked.road == URL
            and name == "CHANNELS"
            and self._page.lower().endswith("aspx")
            and self._on("aspx-lacks-channels")
        )

    def number_refused(self, number: str, client: object) -> bool:
        """Whether a number that is right is refused."""
        before, self._numbers[client] = self._numbers.get(client), number
        return client is not None and before == number and self._on("number-once-only")

    def not_needed(self, function: str, need: Requirement, values: Mapping[str, str]) -> bool:
        """Whether a requirement is passed over."""
        if function == "BLACKOUTSTART" and need.only_one and self._on("blackout-of-nobody"):
            return True
        for fault, (name, parameter) in _NOT_NEEDED.items():
            if name == function and any(parameter in group for group in need.groups) and self._on(fault):
                return parameter not in values or not values[parameter]
        return False

    # results

    def values(self, function: str, values: Mapping[str, Any], asked: Asked) -> Mapping[str, Any]:
        """What a success tells."""
        if function == "DEVICELIST":
            devices = list(values["DEVICES"]["DEVICE"])
            busy = [one for one in devices if one.get("STARTTIME") and not one.get("STOPTIME")]
            if busy and self._on("device-count-off"):
                return {"DEVICES": {"DEVICE": devices, "COUNT": str(len(devices) + 1)}}
            if busy and self._on("busy-device-twice"):
                return {"DEVICES": {"DEVICE": [*devices, busy[-1]]}}
            if self._on("busy-device-missing") and len(busy) > 1:
                return {"DEVICES": {"DEVICE": [one for one in devices if one is not busy[-1]]}}
        if function == "CHANNELS" and self._on("channel-count-short"):
            channels = values["CHANNELS"]["CHANNEL"]
            return {"CHANNELS": {"CHANNEL": channels, "COUNT": str(len(channels) - 1)}}
        if function == "FETCHTERMINOLOGY" and self._on("term-lost"):
            self._terms += 1
            return {"SETTINGS": {"TERMINOLOGY": values["SETTINGS"]["TERMINOLOGY"][: -1 if self._terms > 1 else None]}}
        permission = function in ("MODIFYGROUPPERMISSION", "MODIFYUSERGROUPPERMISSION")
        if permission and asked.road == URL and self._on("web-echo-upper-case"):
            return {name: text.upper() if name == "GROUPNAME" else text for name, text in values.items()}
        return values

    def function(self, name: str, shown: str) -> str:
        """The function that a result repeats."""
        if name == "CHATUPDATE" and self._on("update-told-as-start"):
            return "CHATSTART"
        return shown

    def number(self, name: str, number: str | None, *, failed: bool) -> str | None:
        """The number that a result repeats."""
        if number is None or not number.isascii() or not number.isdecimal() or len(number) > 10:
            return number
        value = int(number)
        if self._on("number-as-float"):
            number = str(int(struct.unpack("f", struct.pack("f", value))[0]))
        if name == "CALLLIST" and self._on("number-16-bits"):
            number = str(value & 0xFFFF)
        if failed and self._number and self._on("number-of-before-on-error"):
            return self._number
        if not failed:
            self._number = number
        return number

    def result(self, name: str, text: str, asked: Asked) -> str:
        """A success as it is written."""
        self._refused = ""
        if name == "DEVICESTATUS" and self._on("angle-bracket-unescaped"):
            text = _RAW.sub(r"\1<", text)
        if name == "ADDGROUP" and self._on("quote-lost"):
            text = _QUOTE.sub(r"\1", text)
        if name == "IMPORTUSER" and "LIST" in (one[1].upper() for one in asked.given) and self._on("half-reference"):
            text = text.replace("'", "&apos")
        if name == "SYSTEMSTATUS" and self._on("message-missing"):
            text = re.sub("<RESULTMSG>[^<]*</RESULTMSG>", "", text, count=1)
        if name == "DEVICERECORDINGSTATUS" and text.count("<RECORDING>") > 1 and self._on("code-twice"):
            text = _CODE.sub(r"\1\1", text, count=1)
        if name == "CALLUPDATE" and "RECORDID" in dict(asked.given) and self._on("code-of-updates"):
            text = text.replace("<RESULTCODE>20<", "<RESULTCODE>37<", 1)
        if name == "CALLLIST" and len(text) > _LONG and self._on("long-result-loses-piece"):
            text = text[: _LONG - _LOST] + text[_LONG:]
        return text

    def refused(self, name: str) -> None:
        """A function failed."""
        self._refused = name

    def refusal(self, name: str, text: str, error: str, asked: Asked) -> str:
        """An error as it is written."""
        if name == "CALLSTART" and error == "device-invalid" and self._on("alias-error-code"):
            text = text.replace("<RESULTCODE>8<", "<RESULTCODE>7<", 1)
        if error == "agent-not-found" and self._on("error-labelled-ok"):
            text = re.sub("<RESULTTYPE>[^<]*<", "<RESULTTYPE>API_OK<", text, count=1)
        if error == "role-not-found" and self._on("code-beyond-table"):
            text = text.replace("<RESULTCODE>52<", "<RESULTCODE>56<", 1)
        if name == "CHATSTART" and error == "agent-not-found" and asked.road == URL and self._on("web-other-error"):
            text = text.replace("<RESULTCODE>24<", "<RESULTCODE>28<", 1).replace("AGENT_NOT", "USER_NOT")
        if name == "EXPORT" and self._on("error-root"):
            text = text.replace("<RESULT>", "<ERROR>", 1).replace("</RESULT>", "</ERROR>", 1)
        return text

    def framed(self, client: object, function: str, data: bytes, told: list[bytes]) -> bytes:
        """A result with its end."""
        count = self._answered[client] = self._answered.get(client, 0) + 1
        if count == _SILENT and self._on("sixtieth-not-answered"):
            return b""
        if count % _BROKEN == 0 and self._on("line-end-in-tag"):
            data = data.replace(b"<RESULTCODE>", b"<RESULT\r\nCODE>", 1)
        if told and function == "CALLSTOP" and self._on("event-within-result"):
            data = data.replace(b"</RESULT>", told.pop(0).strip() + b"</RESULT>", 1)
        return data

    def sent(self, sent: list[bytes]) -> list[bytes]:
        """What answers the bytes that came at once."""
        if len(sent) > 2 and self._on("burst-nested"):
            inner = sent.pop(1).strip()
            sent[0] = sent[0].replace(b"</RESULT>", inner + b"</RESULT>", 1)
        if len(sent) > 3 and self._on("burst-out-of-order"):
            sent[-1], sent[-2] = sent[-2], sent[-1]
        return sent

    # the WebAPI

    def page(self, path: str, asked: Asked, client: object) -> None:  # noqa: ARG002  what is asked is told by others
        """A request over HTTP."""
        self._page, self._client = path, client

    def body(self, reply: Any) -> bytes:
        """A file as it is sent."""
        data: bytes = reply.file.data
        if reply.function == "EXPORT" and data.startswith(b"RIFF") and self._on("wave-header-long"):
            data = data[:40] + struct.pack("<I", len(data) + 1000) + data[44:]
        if reply.function == "COMBINEDEXPORT" and data.startswith(b"RIFF") and self._on("combined-not-joined"):
            data = data[:40] + struct.pack("<I", 8) + data[44:]
        if reply.function == "MULTIEXPORT" and self._on("archive-cut"):
            data = data[:-8]
        return data

    def web(self, reply: Any, body: bytes) -> bytes:
        """A result over HTTP."""
        if reply.function == "ADDGROUP" and self._on("web-escaped-twice"):
            body = _TWICE.sub(rb"\1&amp;amp;", body)
        count = self._served[self._client] = self._served.get(self._client, 0) + 1
        before, self._before[self._client] = self._before.get(self._client), body
        if count % _STALE == 0 and before is not None and self._on("web-result-of-before"):
            return before
        return body
