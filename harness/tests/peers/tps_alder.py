"""A pretend Cisco TelePresence Server ("alder"): the whole remotely managed API over HTTP, with real state.

Written from the vendor's document alone. `PERSONALITIES` are ways to behave that the document permits, `DOUBTFUL` ways on which a
reader may quarrel, `FAULTS` single deviations that it rules out, `SHOULD` deviations that only strain belief. Line numbers are those
of the document's text file. One asyncio loop does everything: calls are answered at once and in order, life cycles are timers on a
scaled clock, and feedback goes out in a task per receiver.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import binascii
import bisect
import contextlib
import hashlib
import ipaddress
import itertools
import json
import random
import re
import ssl
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.parsers import expat

MAC = "000D7C10A1DE"
VERSION, BUILD = "4.3(1.21)", "13.3(1.21)"
ADMIN, PASSWORD, DEFAULT_PASSWORD = "admin", "Alder-7-gate", ""
MAX_BODY = 32768
ANSWERING = ["alice@far.example.com", "bob@far.example.com", "carol@far.example.com", "dave@far.example.com", "erin@far.example.com", "5001"]
UNANSWERED = ["nobody@far.example.com", "silent@far.example.com"]
MULTI = ["boardroom@far.example.com", "t3@far.example.com"]
AUDIO = ["phone@far.example.com", "5551234"]
PRESENTING = ["slides@far.example.com", "talk@far.example.com"]
LEVELS = [48, 315, 630, 840, 1260, 2520, 3780, 5040, 7560, 10080]
ADDABLE = ["AL7D-0001-ADD1", "AL7D-0002-ADD2", "AL7D-0003-ADD3"]
ENCRYPTION_KEY, ACTIVATION_KEY, LICENSE_KEY = "AL7D-ENCR-0009", "AL7D-ACTV-0001", "AL7D-SCRN-0012"
EVENTS = ("cdrAdded configureAck deviceStatusChanged flexAlive flexConferenceDeletionsEnum flexConferenceEnum flexResourceConfiguration"
          " flexParticipantAdvancedEnum flexParticipantDeletionsEnum flexParticipantEnum flexParticipantMediaEnum flexResourceStatus"
          " receiverDeleted receiverModified restart").split()
RECORDS = ("conferenceStarted conferenceFinished conferenceActive conferenceInactive participantConnected participantJoined"
           " participantMediaSummary participantLeft participantDisconnected").split()
ENUMS = {name: tuple(words.split()) for name, words in {
    "access": "chair guest unknown",
    "motion": "favorMotion favorSharpness balanced",
    "aspect": "onlyFourToThree onlySixteenToNine allowAllResolutions",
    "single": "layoutSingle layoutActivePresence layoutProminent layoutEqual",
    "multi": "layoutSingle layoutActivePresence",
    "protocol": "h323 sip",
    "format": "NTSC PAL",
    "encryption": "forbidden required optional",
    "txsize": "none dynamicResolution dynamicCodecAndResolution",
    "cascade": "cascadeNone cascadeMaster cascadeSlave",
    "profile": "maximizeEfficiency favorEfficiency favorExperience maximizeExperience capabilitySetOnly",
    "switching": "switchingRoomSwitched switchingSegmentSwitched",
    "multistream": "multistreamOff multistreamOn",
    "fullscreen": "never always dynamic",
    "gain": "gainModeDisabled gainModeAutomatic gainModeFixed",
    "control": "controlNone controlLocal controlConference",
    "optimization": "byParticipant byConference",
    "callhome": "disabled anonymous",
    "ipv6": "automatic manual",
    "dns": "portAIPv4 portAIPv6 manual",
    "license": "trust key",
    "stream": "rxMainVideo txMainVideo extendedVideo",
    "ethernet": "A B",
    "version": "IPv4 IPv6",
    "connection": "tcp udp",
    "sipcall": "useTrunk callDirect",
    "transport": "udp tcp tls",
    "dual": "disabled useANAT",
    "rights": "administrator apiOnly none",
}.items()}
ENUMS["srtp"] = ("TLS only", "always")
ENUMS["events"] = tuple(EVENTS)
ENUMS["records"] = tuple(RECORDS)


# ------------------------------------------------------------------------------------------------- ways


@dataclass(frozen=True)
class Ways:
    """Points on which the document offers several readings or none."""

    # HTTP
    chunked: bool = False
    close: bool = False  # every connection serves one request
    requests: int = 0  # requests a connection serves, 0: any number
    headers: str = "title"  # title, lower, upper
    more_headers: bool = False
    content_type: str = "text/xml"
    keepalive: bool = False  # says Connection: keep-alive
    idle: float = 55.0  # device seconds
    other_path: int = 404  # 0: the path is not looked at
    get: int = 405
    segments: int = 0  # bytes a write
    delay: float = 0.0  # wall seconds before an answer
    bad_xml: int = 34  # fault code, or an HTTP status from 400 on
    platform: str = "8710"  # 8710, 320, vm
    # XML
    layout: str = "flat"  # flat, lines, indent
    newline: str = "\n"
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>'
    int_tag: str = "int"
    string_tag: bool = True
    booleans: str = "10"  # 10, words
    order: str = "table"  # table, sorted, reverse, shuffled
    extras: bool = False  # members that no table has
    short_empty: bool = False  # <string/>, <data/>
    base64_lines: bool = False
    charrefs: bool = False
    cdata: bool = False
    comments: bool = False
    spaced: bool = False  # white space in names and dates, as the example has
    # faults
    fault_case: str = "lower"  # lower, title, upper-first
    naming: str = "path"  # path, leaf
    fault_extra: bool = False  # fault strings that say more
    long_code: int = 35
    long_id: int = 0  # 0: no such object
    long_enum: int = 102
    long_cookie: int = 55
    range_code: int = 102
    binary_code: int = 50
    big_int: int = 103
    auth_missing: int = 101
    none_code: int = 14
    method_first: bool = False  # unknown method before authentication
    cookie_code: int = 55  # unreadable ones
    stale_code: int = 102
    pair_code: int = 102
    pair_false: str = "fault"  # integer together with a false boolean: fault, accept
    false_alone: str = "ignore"  # ignore, fault
    credits_code: int = 53
    per_channel_code: int = 102
    equal_per_channel: bool = True
    limit_code: int = 25
    duplicate_code: int = 18
    twice_code: int = 18  # one URI twice in a request
    position_code: int = 102
    user_unknown: int = 64
    immortal_code: int = 63
    key_gone: int = 61
    key_twice: int = 66  # 0: adding a key that is there succeeds
    no_encryption: int = 202
    empty_array: int = 102
    dtmf_code: int = 102
    cookie_filter: int = 102  # 0: conferenceID with a cookie is ignored
    call_code: int = 102
    slot_code: int = 102
    full_code: int = 201
    disconnect_code: int = 102
    ntp_code: int = 102
    users_full: int = 201
    empty_id: int = 0  # 0: no such object
    past_code: int = 102
    unknown_members: int = 0  # 0: ignored
    user_rights: int = 15
    # behaviour
    api_only: str = "refused"  # refused, limited
    start_time: str = "given"  # given, remaining, zero
    attributes: str = "merge"  # merge, replace
    attributes_shown: str = "all"  # all, set
    empties: bool = True  # unconditional strings that are empty are there
    optional_absent: bool = False  # members marked optional are absent until set
    unlimited_shown: bool = True
    failed: str = "stay"  # stay, destroyed
    counts: str = "all"  # all, connected: participants of a conference
    pending_counts: bool = True  # conferences not started count in flex.resource.status
    single_use: bool = False  # cookies
    page: int = 0  # records a page at most
    page_reversed: bool = False
    unseen_deletions: bool = True
    messages: str = "together"  # together, single
    ack_always: bool = False
    ack_remove: bool = True
    overwrite: str = "deleted"  # deleted, modified, both, none
    keep_receivers: bool = True
    post_keepalive: bool = False
    post_chunked: bool = False
    states: int = 9  # values of connectionState
    layout_word: str = "layoutActivePresence"
    cdr_first: int = 0
    cdr_kept: bool = False  # over a restart
    network: str = "absent"  # absent, dash, empty
    license: str = "flexible"  # flexible, trust
    license_code: int = 201  # licence commands in screen licensed mode; 0: they work
    https: bool = True  # licence commands need HTTPS in trust mode
    levels: str = "example"  # example, other
    pin: str = "first"  # first, absent, empty: deprecated PIN in a query
    modified_flag: str = "exact"  # exact, never, always
    user_order: str = "created"  # created, name, reverse
    preview: str = "exact"  # exact, smaller
    credits_experimental: bool = True
    access_unknown: bool = True
    gain_ignored: bool = True  # audioReceiveGain is not stored without fixed mode
    source_shown: str = "given"  # given, mac, absent
    screens: int = 3
    default_password: str = "lock"  # lock, refuse
    streams: int = 4
    diagnostics_empty: bool = True
    pin_digits: bool = False
    old_packets: bool = False
    audio_modify: bool = False
    mode_shown: bool = False
    exit_seconds: float = 5.0
    level_seconds: float = 2.0
    usage_case: str = "yes"
    sip_ignored: bool = True
    automatic_kept: bool = True
    activation: bool = True
    warning_default: str = "remaining"  # remaining, missing
    max_receivers_events: bool = True
    dns_word: str = "manual"
    utc_alone: bool = True
    ring: float = 1.0
    welcome: float = 5.0


# ------------------------------------------------------------------------------------------------- values


class Date(str):
    """A dateTime.iso8601."""

    __slots__ = ()


class Bad:
    """A value of another type, or one that cannot be read."""

    __slots__ = ("big",)

    def __init__(self, big: bool = False) -> None:
        self.big = big


class Fault(Exception):
    """A fault response."""

    def __init__(self, code: int, text: str | None = None) -> None:
        super().__init__(code, text)
        self.code, self.text = code, text


class Unreadable(Exception):
    """A request that is no XML-RPC."""


TEXTS = {
    1: "method not supported", 4: "no such conference", 5: "no such participant", 6: "too many conferences", 7: "too many participants",
    14: "authorization failed", 15: "insufficient privileges", 17: "call reservation failure", 18: "duplicate URI",
    20: "unsupported participant type", 25: "participant limit lower than active", 33: "out of range", 34: "internal error",
    35: "string is too long", 42: "port conflict", 49: "operation would disable active interface", 50: "binary data array is too long",
    52: "no available SIP registration", 53: "insufficient media credits or tokens", 55: "malformed cookie", 56: "no active participant call",
    57: "some participants failed", 58: "incorrect media credits or tokens", 60: "IP setting is invalid", 61: "the key cannot be removed",
    63: "attempt to modify immortal user", 64: "attempt to delete unknown user", 65: "invalid trust secret", 66: "invalid key",
    67: "active conferences", 101: "missing parameter", 102: "invalid parameter", 103: "malformed parameter", 105: "request too large",
    201: "operation failed", 202: "product needs its activation feature key", 203: "too many asynchronous requests",
    204: "too many invalid keys entered. Wait 5 seconds to retry", 205: "duplicate user id", 206: "HTTPS required",
    207: "system has been shut down",
}
DATE = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d):(\d\d):(\d\d)\Z")
SCALARS = frozenset(("string", "int", "i4", "boolean", "dateTime.iso8601", "base64", "double", "nil", "i8", "ex:nil"))


class Reader:
    """Reads one methodCall with expat: no DTD, no entities."""

    def __init__(self, ways: Ways, fault: str | None) -> None:
        self.fault = fault
        self.method: str | None = None
        self.params: list[Any] = []
        self.path: list[str] = []
        self.stack: list[list[Any]] = []  # [kind, value so far, pending name]
        self.text: list[str] = []
        self.value: Any = None
        self.typed = False
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = self.doctype
        parser.SkippedEntityHandler = self.doctype
        if fault == "xml-cdata-lost":
            parser.StartCdataSectionHandler = lambda: setattr(self, "mute", True)
            parser.EndCdataSectionHandler = lambda: setattr(self, "mute", False)
        self.mute = False
        self.depth = 0
        self.parser = parser

    def read(self, data: bytes) -> tuple[str, list[Any]]:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            raise Unreadable(str(error)) from None
        except RecursionError:
            raise Unreadable("too deep") from None
        if self.method is None:
            raise Unreadable("no methodName")
        return self.method, self.params

    def doctype(self, *_: Any) -> None:
        raise Unreadable("a document type")

    def characters(self, data: str) -> None:
        if not self.mute:
            self.text.append(data)

    PARENTS = {
        "methodName": ("methodCall",), "params": ("methodCall",), "param": ("params",), "value": ("param", "member", "data"),
        "struct": ("value",), "array": ("value",), "member": ("struct",), "name": ("member",), "data": ("array",),
    }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        path = self.path
        if len(path) > 200:
            raise Unreadable("too deep")
        parent = path[-1] if path else ""
        if tag in SCALARS:
            if parent != "value":
                raise Unreadable(f"{tag} in {parent}")
        elif not path:
            if tag != "methodCall":
                raise Unreadable("no methodCall")
        elif parent not in self.PARENTS.get(tag, ()):
            raise Unreadable(f"{tag} in {parent}")
        path.append(tag)
        self.text = []
        if tag == "value":
            self.typed = False
            self.value = None
        elif tag == "struct":
            self.stack.append([{}, ""])
        elif tag == "array":
            self.stack.append([[], ""])

    def end(self, tag: str) -> None:
        self.path.pop()
        text = "".join(self.text) if tag in SCALARS or tag in ("value", "name", "methodName") else ""
        self.text = []
        if tag == "value":
            value = self.value if self.typed else text
            parent = self.path[-1]
            if parent == "param":
                self.params.append(value)
            elif parent == "member":
                self.stack[-1].append(value)
            else:
                self.stack[-1][0].append(value)
            self.typed = False
        elif tag == "name":
            self.stack[-1][1] = text.strip()
        elif tag == "member":
            top = self.stack[-1]
            if len(top) != 3:
                raise Unreadable("a member without one value")
            top[0][top[1]] = top.pop()
        elif tag in ("struct", "array"):
            self.value = self.stack.pop()[0]
            self.typed = True
        elif tag == "methodName":
            self.method = text.strip()
        elif tag in SCALARS:
            self.value = self.scalar(tag, text)
            self.typed = True

    def scalar(self, tag: str, text: str) -> Any:
        if tag == "string":
            return text
        if tag in ("int", "i4"):
            text = text.strip()
            if not re.fullmatch(r"[+-]?[0-9]+", text) or len(text) > 40:
                return Bad()
            number = int(text)
            return number if -2147483648 <= number <= 2147483647 else Bad(big=True)
        if tag == "boolean":
            text = text.strip()
            if self.fault == "xml-boolean-words-refused" and text in ("true", "false"):
                return Bad()
            return {"1": True, "0": False, "true": True, "false": False}.get(text, Bad())
        if tag == "base64":
            try:
                return base64.b64decode("".join(text.split()), validate=True)
            except (binascii.Error, ValueError):
                return Bad()
        if tag == "dateTime.iso8601":
            text = text.strip()
            return Date(text) if DATE.match(text) else Bad()
        return Bad()


class Writer:
    """Writes XML-RPC the way a personality does."""

    def __init__(self, ways: Ways, fault: str | None, seed: int) -> None:
        self.ways, self.fault = ways, fault
        self.random = random.Random(seed)
        self.turn = 0

    def escape(self, text: str) -> str:
        if self.fault == "xml-ampersand-bare":
            return text.replace("<", "&lt;")
        if self.fault == "xml-ampersand-twice":
            return text.replace("&", "&amp;amp;").replace("<", "&lt;").replace(">", "&gt;")
        if self.ways.cdata and ("&" in text or "<" in text) and "]]>" not in text:
            return f"<![CDATA[{text}]]>"
        if "&" in text:
            text = text.replace("&", "&amp;")
        if "<" in text:
            text = text.replace("<", "&lt;")
        if ">" in text:
            text = text.replace(">", "&gt;")
        if "\r" in text:
            text = text.replace("\r", "&#13;")
        if self.ways.charrefs and not text.isascii():
            text = "".join(sign if sign.isascii() else f"&#{ord(sign)};" for sign in text)
        if self.fault == "xml-nonascii-lost" and not text.isascii():
            text = "".join(sign for sign in text if sign.isascii())
        return text

    def scalar(self, value: Any) -> str:
        ways = self.ways
        kind = type(value)
        if kind is str:
            text = self.escape(value)
            if not ways.string_tag:
                return text
            return "<string/>" if ways.short_empty and not text else f"<string>{text}</string>"
        if kind is bool:
            if self.fault == "xml-boolean-python":
                return f"<boolean>{value}</boolean>"
            if self.fault == "xml-boolean-int":
                return f"<int>{value:d}</int>"
            return f"<boolean>{value:d}</boolean>" if ways.booleans == "10" else f"<boolean>{str(value).lower()}</boolean>"
        if kind is int:
            return f"<{ways.int_tag}>{value}</{ways.int_tag}>"
        if kind is Date:
            if ways.spaced:
                return f"<dateTime.iso8601>\n  {value}\n</dateTime.iso8601>"
            if self.fault == "xml-date-as-string":
                return f"<string>{value}</string>"
            return f"<dateTime.iso8601>{value}</dateTime.iso8601>"
        if kind is bytes:
            text = base64.encodebytes(value).decode() if ways.base64_lines else base64.b64encode(value).decode()
            if self.fault == "xml-base64-as-string":
                return f"<string>{text}</string>"
            return "<base64/>" if ways.short_empty and not text else f"<base64>{text}</base64>"
        raise TypeError(kind)

    def members(self, value: dict[str, Any]) -> list[tuple[str, Any]]:
        items = list(value.items())
        order = self.ways.order
        if order == "sorted":
            items.sort()
        elif order == "reverse":
            items.reverse()
        elif order == "shuffled":
            self.random.shuffle(items)
        return items

    def flat(self, value: Any) -> str:
        kind = type(value)
        if kind is dict:
            if not value and self.ways.short_empty:
                return "<value><struct/></value>"
            return "<value><struct>" + "".join(
                [f"<member><name>{name}</name>{self.flat(item)}</member>" for name, item in self.members(value)]) + "</struct></value>"
        if kind is list or kind is tuple:
            if not value and self.ways.short_empty:
                return "<value><array><data/></array></value>"
            return "<value><array><data>" + "".join([self.flat(item) for item in value]) + "</data></array></value>"
        return f"<value>{self.scalar(value)}</value>"

    def lines(self, value: Any, level: int, out: list[str]) -> None:
        pad = "" if self.ways.layout == "lines" else "  " * level
        kind = type(value)
        if kind is dict:
            out += [f"{pad}<value>", f"{pad}  <struct>" if pad else "<struct>"]
            for name, item in self.members(value):
                if self.ways.spaced:
                    name = f"\n{name}\n"
                out += [f"{pad}<member>", f"{pad}<name>{name}</name>"]
                self.lines(item, level + 2, out)
                out.append(f"{pad}</member>")
            out += [f"{pad}</struct>", f"{pad}</value>"]
        elif kind in (list, tuple):
            out += [f"{pad}<value>", f"{pad}<array>", f"{pad}<data>"]
            for item in value:
                self.lines(item, level + 2, out)
            out += [f"{pad}</data>", f"{pad}</array>", f"{pad}</value>"]
        else:
            out.append(f"{pad}<value>{self.scalar(value)}</value>")

    def value(self, value: Any) -> str:
        if self.ways.layout == "flat":
            return self.flat(value)
        out: list[str] = []
        self.lines(value, 2, out)
        return self.ways.newline + self.ways.newline.join(out) + self.ways.newline

    def head(self) -> str:
        line = self.ways.newline if self.ways.layout != "flat" or self.ways.declaration else ""
        text = self.ways.declaration + line if self.ways.declaration else ""
        return text + "<!-- answer -->" if self.ways.comments else text

    def finish(self, text: str) -> bytes:
        if self.fault == "xml-latin":
            return text.encode("latin-1", "replace")
        return text.encode()

    def response(self, value: dict[str, Any]) -> bytes:
        if self.fault == "xml-root":
            return self.finish(f"{self.head()}<methodResult><params><param>{self.value(value)}</param></params></methodResult>")
        if self.fault == "xml-two-params":
            return self.finish(f"{self.head()}<methodResponse><params><param>{self.value(value)}</param><param>{self.flat(0)}</param></params></methodResponse>")
        if self.fault == "xml-member-unnamed-tag":
            text = self.value(value).replace("<name>", "<key>", 1).replace("</name>", "</key>", 1)
            return self.finish(f"{self.head()}<methodResponse><params><param>{text}</param></params></methodResponse>")
        return self.finish(f"{self.head()}<methodResponse><params><param>{self.value(value)}</param></params></methodResponse>")

    def fault_response(self, code: int, text: str) -> bytes:
        value: dict[str, Any] = {"faultCode": code, "faultString": text}
        if self.fault == "fault-code-string":
            value["faultCode"] = str(code)
        elif self.fault == "fault-string-name":
            value = {"faultCode": code, "faultMessage": text}
        elif self.fault == "fault-in-params":
            return self.response(value)
        body = self.value(value)
        if self.fault == "fault-and-params":
            return self.finish(f"{self.head()}<methodResponse><params/><fault>{body}</fault></methodResponse>")
        return self.finish(f"{self.head()}<methodResponse><fault>{body}</fault></methodResponse>")

    def call(self, method: str, value: dict[str, Any]) -> bytes:
        return self.finish(f"{self.head()}<methodCall><methodName>{method}</methodName><params><param>{self.value(value)}</param></params></methodCall>")


# ------------------------------------------------------------------------------------------------- what calls take


@dataclass(slots=True)
class Field:
    """A member of a call."""

    kind: str  # s i b x t e { [
    required: bool = False
    size: int = 31
    low: int | None = None
    high: int | None = None
    ref: str = ""  # name of an enumeration or a struct
    item: Field | None = None
    default: Any = None  # what a fault fills in for a required member


TOKEN = re.compile(r"(\w+)(!?):(\S+)")


def kind_of(text: str) -> Field:
    if text.startswith("["):
        inner, _, count = text[1:].partition("]")
        low, _, high = count.partition("..")
        return Field("[", item=kind_of(inner), low=int(low) if low else None, high=int(high) if high else None)
    if text.startswith("{"):
        return Field("{", ref=text[1:].rstrip("}"))
    kind, rest = text[0], text[1:]
    if kind == "e":
        return Field("e", ref=rest, size=max(map(len, ENUMS[rest])))
    if kind in "sx":
        return Field(kind, size=int(rest or 31))
    if kind == "i" and rest:
        low, _, high = rest.partition("..")
        return Field("i", low=int(low) if low else None, high=int(high) if high else None)
    return Field(kind)


def fields(text: str) -> dict[str, Field]:
    out = {}
    for token in text.split():
        name, need, kind = TOKEN.fullmatch(token).groups()  # type: ignore[union-attr]
        out[name] = kind_of(kind)
        out[name].required = bool(need)
    return out


MIN_BANDWIDTH, MAX_BANDWIDTH = 64000, 8128000
BW = f"i{MIN_BANDWIDTH}..{MAX_BANDWIDTH}"
ATTRIBUTES = """accessLevel:eaccess encryption:eencryption autoDisconnect:b maxTransmitPacketSize:i428..1448 packetLossThreshold:i0..100
 videoRxFlowControlOnErrors:b videoRxFlowControlOnViewedSize:b videoTxSizeOptimization:etxsize presentationContributionAllowed:b
 presentationTakeoverAllowed:b videoTxPresentationAllowed:b videoTxPresentationMainVideoAllowed:b audioStereoEnabled:b
 audioDirectionalEnabled:b indicateUnencryptedParticipants:b indicateAudioOnlyParticipants:b mainVideoTxPictureAspectRatio:easpect
 extendedVideoTxPictureAspectRatio:easpect videoTxFormat:eformat videoTxMotionSharpness:emotion videoRxClearVisionEnabled:b
 video60fpsEnabled:b fullScreenMode:efullscreen displaySelfView:b displayShowBorders:b displayDefaultLayoutSingleScreen:esingle
 displayDefaultLayoutMultiScreen:emulti displayForceDefaultLayout:b displayShowEndpointNames:b audioReceiveGainMode:egain
 audioReceiveGain:i-12000..12000 audioTransmitGain:i-12000..12000 forceTIP:b audioRxStartMuted:b videoRxStartMuted:b audioTxStartMuted:b
 videoTxStartMuted:b autoReconnect:b recordingDevice:b recordingDeviceIndicateOnly:b deferConnect:b alwaysReconnect:b iXEnabled:b
 displayLayoutSwitchingMode:eswitching indicateMuting:b allowStarSixMuting:b multistreamMode:emultistream displayOnScreenMessages:b"""
ATTRIBUTE_DEFAULTS: dict[str, Any] = {
    name: {"b": True}.get(one.kind) for name, one in fields(ATTRIBUTES).items()
} | dict.fromkeys(
    "autoDisconnect displaySelfView displayForceDefaultLayout forceTIP audioRxStartMuted videoRxStartMuted audioTxStartMuted videoTxStartMuted"
    " autoReconnect recordingDevice recordingDeviceIndicateOnly deferConnect alwaysReconnect".split(), False) | {
    "accessLevel": "chair", "encryption": "optional", "maxTransmitPacketSize": 1400, "packetLossThreshold": 5,
    "videoTxSizeOptimization": "dynamicCodecAndResolution", "mainVideoTxPictureAspectRatio": "onlySixteenToNine",
    "extendedVideoTxPictureAspectRatio": "allowAllResolutions", "videoTxFormat": "NTSC", "videoTxMotionSharpness": "balanced",
    "fullScreenMode": "always", "displayDefaultLayoutSingleScreen": "layoutActivePresence",
    "displayDefaultLayoutMultiScreen": "layoutActivePresence", "audioReceiveGainMode": "gainModeAutomatic", "audioReceiveGain": 0,
    "audioTransmitGain": 0, "displayLayoutSwitchingMode": "switchingSegmentSwitched", "multistreamMode": "multistreamOn",
}
MESSAGES = """welcomeScreen:b welcomeScreenMessage:s500 useCustomPINEntryMessage:b customPINEntryMessage:s200
 useCustomOptionalPINEntryMessage:b customOptionalPINEntryMessage:s200 useCustomPINIncorrectMessage:b customPINIncorrectMessage:s100
 useCustomWaitingForChairMessage:b customWaitingForChairMessage:s500 customPINEntryFailedMessage:s200 useCustomPINEntryFailedMessage:b
 customDisconnectPlatitudeMessage:s200 useCustomDisconnectPlatitudeMessage:b useCustomOnlyVideoParticipantMessage:b
 customOnlyVideoParticipantMessage:s500 useCustomConferenceEndingMessage:b customConferenceEndingMessage:s100 unlockWithLastCall:b
 guestControlLevel:econtrol chairControlLevel:econtrol optimizationProfile:eprofile useCustomMutedCanUnmuteMessage:b
 customMutedCanUnmuteMessage:s500 useCustomMutedCannotUnmuteMessage:b customMutedCannotUnmuteMessage:s500 exitScreen:b
 useCustomConferenceEndedExitMessage:b customConferenceEndedExitMessage:s200 useCustomParticipantDisconnectedExitMessage:b
 customParticipantDisconnectedExitMessage:s200"""
AUDIOS = " ".join(f"{name}:s80 use{name[0].upper()}{name[1:]}:b" for name in (
    "customWelcomeScreenAudio customPINEntryAudio customOptionalPINEntryAudio customPINIncorrectAudio customConferenceEndedExitAudio"
    " customParticipantDisconnectedExitAudio customPINFailedExitAudio customWaitingForChairAudio customOnlyParticipantAudio").split())
CONFERENCE = f"""conferenceReference:s50 conferenceName:s80 conferenceDescription:s500 URIs:[{{uri}}]..2 conferenceMediaTokens:i0..
 conferenceMediaTokensUnlimited:b conferenceMediaCredits:i0.. conferenceMediaCreditsUnlimited:b waitForChair:b disconnectOnChairExit:b
 terminateWithLastCall:b locked:b duration:i0.. durationUnlimited:b billingCode:s80 callAttributes:{{attributes}} maxParticipants:i0..
 maxParticipantsUnlimited:b voiceSwitchingSensitivity:i0..100 metadata:x512 {MESSAGES}"""
STRUCTS = {
    "tokens": "total!:i0.. maxPerChannel:i0.. maxPerChannelUnlimited:b",
    "resources": "mediaTokensMainVideo!:{tokens} mediaTokensExtendedVideo!:{tokens} mediaTokensAudio!:{tokens} numMediaCredits!:i0..",
    "attributes": ATTRIBUTES,
    "uri": f"URI!:s80 callBandwidth!:{BW} PIN:s40 callAttributes:{{attributes}} participantMediaResources:{{resources}}",
    "call": f"URI:s80 remoteAddress:s80 protocol:eprotocol callBandwidth!:{BW} disconnectOnIncoming:b toOverride:s80",
    "pin": "PIN!:s40 callAttributes:{attributes}",
    "port": "ipv4Enabled:b dhcpv4:b ipv4Address:s60 ipv4SubnetMask:s60 defaultIpv4Gateway:s60 ipv6Enabled:b ipv6Address:s60 ipv6Conf:eipv6"
            " ipv6PrefixLength:i0..128 defaultIpv6Gateway:s60",
    "dns": "dnsConfiguration:edns hostName:s64 nameServer:s60 nameServerSecondary:s60 domainName:s255",
    "stream": "streamIdentifier!:estream position:i0..3 maxWidth:i88.. maxHeight:i72..",
    "syslog": "address:s255",
    "ethernet": "ethernetPort!:eethernet protocolVersion!:eversion services!:[{service}]",
    "service": "serviceName!:s20 connectionType!:econnection setting:b portNumber:i1..65535",
}
PID, CID, PAGE = "participantID!:s50", "conferenceID!:s50", "cookie:s150 max:i1.."
METHODS = {
    "callHome.configure": "mode:ecallhome automatic:b",
    "callHome.query": "",
    "cdrlog.enumerate": "index:i numEvents:i filter:[erecords]",
    "cdrlog.query": "",
    "device.feature.add": "key!:s200",
    "device.feature.remove": "key!:s200",
    "device.health.query": "",
    "device.network.modify": "portA:{port} dns:[{dns}]",
    "device.network.query": "",
    "device.query": "",
    "device.restart": "shutdownOnly:b",
    "device.restartlog.query": "",
    "device.time.modify": "currentTime:t ntpEnabled:b utcOffsetHours:i-12..14 utcOffsetMinutes:i0..59 ntpHost:s255",
    "device.time.query": "",
    "feedbackReceiver.configure": "receiverURI!:s255 receiverIndex:i..20 sourceIdentifier:s255 subscribedEvents:[eevents]",
    "feedbackReceiver.query": "",
    "feedbackReceiver.reconfigure": "receiverIndex!:i1..20 receiverURI:s255 sourceIdentifier:s255 subscribedEvents:[eevents]",
    "feedbackReceiver.remove": "receiverIndex!:i1..20",
    "feedbackReceiver.status": "receiverIndex!:i1..20",
    "flex.call.status": "callID!:s50",
    "flex.conference.create": f"participantMediaResources!:{{resources}} startTime:i0.. {CONFERENCE} {AUDIOS} resourceOptimizationMode:eoptimization"
                              " customBackgroundImageURL:s80",
    "flex.conference.deletions.enumerate": PAGE,
    "flex.conference.destroy": f"{CID} allowExitScreen:b",
    "flex.conference.enumerate": PAGE,
    "flex.conference.getMetadata": CID,
    "flex.conference.modify": f"{CID} participantMediaResources:{{resources}} {CONFERENCE}",
    "flex.conference.query": CID,
    "flex.conference.sendUserMessage": f"{CID} message!:s100 duration:i0..",
    "flex.conference.sendWarning": f"{CID} secondsRemaining:i0..",
    "flex.conference.status": CID,
    "flex.licenseMode.modify": "newLicenseMode:elicense version:i",
    "flex.licenseMode.verify": "",
    "flex.participant.advanced.enumerate": f"{PAGE} conferenceID:s50",
    "flex.participant.call.disconnect": f"{PID} position!:i0..",
    "flex.participant.clearImportant": PID,
    "flex.participant.create": f"{CID} calls!:[{{call}}]1..4 participantReference:s50 PIN:s40 PINs:[{{pin}}]..2 callAttributes:{{attributes}}"
                               " participantMediaResources:{resources} camerasCrossed:b audioIndex:i0.. contentIndex:i0.. displayName:s80"
                               " dtmf:s127 callerName:s80 callerAddress:s80 cascadeRole:ecascade",
    "flex.participant.deletions.enumerate": f"{PAGE} conferenceID:s50 extended:b",
    "flex.participant.destroy": f"{PID} allowExitScreen:b",
    "flex.participant.enumerate": f"{PAGE} conferenceID:s50",
    "flex.participant.media.enumerate": f"{PAGE} conferenceID:s50",
    "flex.participant.modify": f"{PID} displayName:s80 callAttributes:{{attributes}} participantMediaResources:{{resources}}",
    "flex.participant.query": PID,
    "flex.participant.requestDiagnostics": f"{PID} receiverURI!:s255 sourceIdentifier:s255",
    "flex.participant.requestPreview": f"{PID} receiverURI!:s255 streams!:[{{stream}}]1..4 sourceIdentifier:s255",
    "flex.participant.sendDTMF": f"{PID} dtmf!:s127",
    "flex.participant.sendUserMessage": f"{PID} message!:s100 duration:i0..",
    "flex.participant.setImportant": PID,
    "flex.participant.setMute": f"{PID} audioRxMute:b videoRxMute:b audioTxMute:b videoTxMute:b",
    "flex.participant.status": PID,
    "flex.resource.query": "",
    "flex.resource.status": "",
    "logs.syslog.modify": "servers:[{syslog}]..4 facilityValue:i0..23",
    "logs.syslog.query": "",
    "services.modify": "ephemeralPortRangeMin:i10000..65535 ephemeralPortRangeMax:i14999..65535 ports:[{ethernet}]",
    "services.query": "",
    "sip.modify": "callConfiguration:esipcall outboundAddress:s80 outboundDomain:s80 username:s80 password:s63 outboundTransport:etransport"
                  " advertiseDualIPVersions:edual negotiateSRTPUsingSDES:esrtp useLocalCertificate:b",
    "sip.query": "",
    "system.info": "",
    "user.create": "newUserId!:s64 password!:s31 accessRights!:erights name:s31",
    "user.destroy": "currentUserId!:s64",
    "user.modify": "currentUserId!:s64 newUserId:s64 name:s31 password:s31 accessRights:erights",
    "user.enumerate": "enumerateID:s150 max:i",
}
PAIRS = ("duration", "maxParticipants", "conferenceMediaTokens", "conferenceMediaCredits")
STRING_MEMBERS = {"conferenceID": 4, "participantID": 5}
URI = re.compile(r"[0-9A-Za-z._@-]+\Z")
HTTP_URI = re.compile(r"(?i:https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?(/[^\s]*)?\Z")


class Catalogue:
    """All members of all calls, with the faults that concern the tables."""

    def __init__(self, ways: Ways, fault: str | None) -> None:
        self.ways, self.fault = ways, fault
        self.structs = {name: fields(text) for name, text in STRUCTS.items()}
        self.methods = {name: fields(text) for name, text in METHODS.items()}
        if ways.old_packets:
            self.structs["attributes"]["maxTransmitPacketSize"] = kind_of("i400..1500")
        if ways.audio_modify:
            self.methods["flex.conference.modify"].update(fields(AUDIOS + " customBackgroundImageURL:s80"))
        if ways.streams > 4:
            self.methods["flex.participant.requestPreview"]["streams"].high = ways.streams
        if fault in TABLE_FAULTS:
            TABLE_FAULTS[fault][3](self)

    def find(self, path: str) -> Field:
        owner, _, name = path.rpartition("/")
        return (self.methods.get(owner) or self.structs[owner])[name]

    def fail(self, code: int, path: tuple[str, ...]) -> Fault:
        name = path[-1] if self.ways.naming == "leaf" else ".".join(path)
        if self.fault == "missing-code" and code == 101:
            code = 102
        if self.fault == "malformed-code" and code == 103:
            code = 102
        if self.fault == "invalid-code" and code == 102:
            code = 201
        if self.fault == "missing-nested-code" and code == 101 and len(path) > 1:
            code = 102
        if self.fault == "malformed-nested-code" and code == 103 and len(path) > 1:
            code = 34
        if self.fault == "missing-unnamed" and code == 101:
            return Fault(101, "missing parameter")
        if self.fault == "malformed-unnamed" and code == 103:
            return Fault(103, "malformed parameter")
        if self.fault == "missing-wrong-name" and code == 101:
            return Fault(101, "missing parameter: authenticationUser")
        return Fault(code, f"{TEXTS[code]}: {name}")

    def struct(self, members: dict[str, Field], given: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
        out = {}
        for name, one in members.items():
            if name in given:
                out[name] = self.value(one, given[name], (*path, name))
            elif one.required:
                raise self.fail(101, (*path, name))
            elif one.default is not None:
                out[name] = one.default
        if self.ways.unknown_members:
            for name in given:
                if name not in members and name not in ("authenticationUser", "authenticationPassword"):
                    raise self.fail(self.ways.unknown_members, (*path, name))
        return out

    def value(self, one: Field, value: Any, path: tuple[str, ...]) -> Any:
        kind, ways = one.kind, self.ways
        given = type(value)
        if kind == "?":
            return value
        if kind == "s" or kind == "e":
            if given is not str:
                raise self.fail(103, path)
            if kind == "e":
                if value not in ENUMS[one.ref]:
                    raise self.fail(ways.long_enum if len(value) > one.size else 102, path)
                return value
            if len(value) > one.size:
                name = path[-1]
                if name in STRING_MEMBERS:
                    if not ways.long_id:
                        raise Fault(STRING_MEMBERS[name], f"{name}: {TEXTS[STRING_MEMBERS[name]]}")
                    raise self.fail(ways.long_id, path)
                if name in ("cookie", "enumerateID"):
                    raise self.fail(ways.long_cookie, path)
                raise self.fail(ways.long_code, path)
            return value
        if kind == "i":
            if given is not int:
                raise self.fail(ways.big_int if given is Bad and value.big else 103, path)
            if (one.low is not None and value < one.low) or (one.high is not None and value > one.high):
                raise self.fail(ways.range_code, path)
            return value
        if kind == "b":
            if given is not bool:
                raise self.fail(103, path)
            return value
        if kind == "{":
            if given is not dict:
                raise self.fail(103, path)
            return self.struct(self.structs[one.ref], value, path)
        if kind == "[":
            if given is not list:
                raise self.fail(103, path)
            if one.high is not None and len(value) > one.high:
                raise self.fail(102, path)
            if one.low is not None and len(value) < one.low:
                raise self.fail(ways.empty_array, path)
            assert one.item is not None
            return [self.value(one.item, item, path) for item in value]
        if kind == "x":
            if given is not bytes:
                raise self.fail(103, path)
            if len(value) > one.size:
                raise self.fail(ways.binary_code, path)
            return value
        if given is not Date:
            raise self.fail(103, path)
        return value


# ------------------------------------------------------------------------------------------------- what there is


def jpeg(width: int, height: int, shade: int) -> bytes:
    """A grey baseline JPEG: every block has a DC coefficient only."""
    dc_bits = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    out = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00\x43\x00" + bytes([8] * 64)
    out += b"\xff\xc0\x00\x0b\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00"
    out += b"\xff\xc4\x00\x1f\x00" + bytes(dc_bits) + bytes(range(12))
    out += b"\xff\xc4\x00\x14\x10" + bytes([1] + [0] * 15) + b"\x00"  # one AC code: end of block is 0
    out += b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    sizes = {0: "00", 1: "010", 2: "011", 3: "100", 4: "101", 5: "110", 6: "1110", 7: "11110"}
    bits, before = [], 0
    columns = (width + 7) // 8
    for block in range(columns * ((height + 7) // 8)):
        level = ((block % columns + block // columns + shade) % 13 - 6) * 8
        step, before = level - before, level
        size = abs(step).bit_length()
        bits.append(sizes[size])
        if size:
            bits.append(format(step if step > 0 else step + (1 << size) - 1, f"0{size}b"))
        bits.append("0")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    data = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")
    return out + data + b"\xff\xd9"


@dataclass(slots=True, eq=False)
class Call:
    """A call to a simulated endpoint."""

    id: str
    part: Participant
    place: int
    address: str
    protocol: str
    bandwidth: int
    state: str = "callStateAlerting"
    stage: str = "idle"
    since: float = 0.0
    tries: int = 0
    timers: list[asyncio.TimerHandle] = field(default_factory=list)
    gone: bool = False

    @property
    def up(self) -> bool:
        return self.state == "callStateConnected"


@dataclass(slots=True, eq=False)
class Participant:
    """One or more calls of a conference."""

    id: str
    conf: Conference
    definitions: list[dict[str, Any]]
    reference: str = ""
    name: str = ""
    pin: str | None = None
    pins: list[dict[str, Any]] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    resources: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    calls: list[Call | None] = field(default_factory=list)
    mutes: dict[str, bool] = field(default_factory=dict)
    failed: bool = False
    leaving: bool = False
    had_call: bool = False
    gone: bool = False
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def outgoing(self) -> bool:
        return all("remoteAddress" in one for one in self.definitions)

    @property
    def live(self) -> list[Call]:
        return [call for call in self.calls if call is not None and call.up]


@dataclass(slots=True, eq=False)
class Conference:
    """A conference and what was set for it."""

    id: str
    settings: dict[str, Any]
    start: float  # device seconds
    active: bool = False
    terminating: bool = False
    parts: dict[str, Participant] = field(default_factory=dict)
    presenter: Participant | None = None
    important: Participant | None = None
    had_call: bool = False
    timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)
    gone: bool = False
    seen: Any = None
    born: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class User:
    """Somebody who may log in."""

    id: str
    password: str
    rights: str
    name: str = ""
    immortal: bool = False


@dataclass(slots=True, eq=False)
class Receiver:
    """A feedback receiver."""

    index: int
    uri: str
    source: str
    events: list[str]
    pending: dict[str, None] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    gone: bool = False
    sent: int = 0


KINDS = ("conference", "basic", "advanced", "media")
PLATFORMS = {"8710": ("TANDBERG", "Telepresence Server 8710", "8710"), "320": ("Cisco", "TelePresence Server on Media 320", "Media 320"),
             "vm": ("Cisco", "TelePresence Server on Virtual Machine with 16 vCPUs", "Virtual Machine with 16 vCPUs")}
SERVICES = [("HTTP", "tcp", True, 80), ("HTTPS", "tcp", True, 443), ("Incoming H.323", "tcp", True, 1720), ("SIP (TCP)", "tcp", True, 5060),
            ("Encrypted SIP (TLS)", "tcp", True, 5061), ("FTP", "tcp", False, 21), ("SIP (UDP)", "udp", True, 5060), ("SNMP", "udp", False, 161)]


class World:
    """The device without its calls."""

    def __init__(self, personality: str, fault: str | None, seed: int, scale: float) -> None:
        self.personality, self.fault, self.seed, self.scale = personality, fault, seed, scale
        self.ways = ways = Ways(**{**PERSONALITIES, **DOUBTFUL}[personality][1])
        self.random = random.Random(seed)
        self.catalogue = Catalogue(ways, fault)
        self.writer = Writer(ways, fault, seed)
        self.levels = LEVELS if ways.levels == "example" else [48, 400, 800, 1600, 3200, 6400, 12800]
        self.began = time.monotonic()
        self.epoch = time.time() - 86400 * 3
        self.shift = 0.0
        self.boot = 0.0
        self.generation = 1
        self.numbers = itertools.count(1)
        self.loop = asyncio.get_running_loop()
        self.host, self.port = "127.0.0.1", 0
        self.tasks: set[asyncio.Task[Any]] = set()
        self.confs: dict[str, Conference] = {}
        self.parts: dict[str, Participant] = {}
        self.calls: dict[str, Call] = {}
        self.uris: dict[str, list[Any]] = {}
        self.revision = 0
        self.live: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
        self.deleted: dict[str, list[tuple[int, str, str, bool]]] = {"conference": [], "participant": []}
        self.deletion_start = {"conference": 0, "participant": 0}
        self.used_cookies: set[str] = set()
        self.receivers: dict[int, Receiver] = {}
        self.cdr: list[dict[str, Any]] = []
        self.cdr_next = ways.cdr_first
        self.users = [User(ADMIN, PASSWORD, "administrator", "Administrator", immortal=True),
                      User("caller", "Caller-7", "apiOnly", "API only"), User("idle", "Idle-7", "none")]
        self.users_changed = 0
        self.user_walks: dict[str, tuple[list[User], int, int]] = {}
        self.features = [{"feature": "Cisco TelePresence Server activation", "key": ACTIVATION_KEY}, {"feature": "Encryption", "key": ENCRYPTION_KEY}]
        self.licenses = [{"license": "Screen licenses", "ports": 12, "key": LICENSE_KEY}]
        self.bad_keys: list[float] = []
        self.call_home = {"mode": "disabled", "automatic": False}
        self.shutdown = "notShutdown"
        self.license_mode = ways.license
        self.restarts = [("Cold boot", -86400.0 * 40), ("User requested upgrade", -86400.0 * 3)]
        self.ntp = {"ntpEnabled": False, "utcOffsetHours": 0, "utcOffsetMinutes": 0, "ntpHost": ""}
        self.syslog: dict[str, Any] = {"servers": [], "facilityValue": 16}
        self.ranges = [49152, 65535]
        self.services = {(version): [{"serviceName": name, "connectionType": kind, "setting": on, "portNumber": port} for name, kind, on, port in SERVICES]
                         for version in ("IPv4", "IPv6")}
        self.sip: dict[str, Any] = {"callConfiguration": "callDirect", "outboundAddress": "", "outboundDomain": "", "username": "", "password": "",
                                    "outboundTransport": "tcp", "advertiseDualIPVersions": "disabled", "negotiateSRTPUsingSDES": "TLS only",
                                    "useLocalCertificate": False}
        self.network: dict[str, Any] = {"ipv4Enabled": True, "dhcpv4": False, "ipv4Address": "198.51.100.14", "ipv4SubnetMask": "255.255.255.0",
                                        "defaultIpv4Gateway": "198.51.100.1", "ipv6Enabled": False}
        self.dns: dict[str, Any] = {"dnsConfiguration": ways.dns_word, "hostName": "alder", "nameServer": "198.51.100.53", "nameServerSecondary": "",
                                    "domainName": "example.com"}
        self.pending = {"diagnostics": 0, "preview": 0, "other": 0}
        self.packets = 1000
        self.resource_seen: Any = None
        self.resource_due = False
        self.counter = 0
        self.previews_made = 0
        self.reported: set[str] = set()
        self.after(10, self.alive)

    # --- time

    def now(self) -> float:
        return (time.monotonic() - self.began) * self.scale

    def date(self, seconds: float | None = None) -> Date:
        moment = self.epoch + (self.now() + self.shift if seconds is None else seconds)
        return Date(time.strftime("%Y%m%dT%H:%M:%S", time.gmtime(max(0, moment))))

    def after(self, seconds: float, action: Callable[..., None], *arguments: Any) -> asyncio.TimerHandle:
        return self.loop.call_later(max(0.0, seconds) / self.scale, action, *arguments)

    def spawn(self, job: Any) -> asyncio.Task[Any]:
        task = self.loop.create_task(job)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def identifier(self) -> str:
        number = next(self.numbers)
        salt = hashlib.blake2b(f"{self.seed}/{self.generation}/{number}".encode(), digest_size=6).hexdigest()
        if self.fault == "id-too-long":
            return f"{number:08x}-{salt}-08c4-11e2-a57e-000d071000000000000000000"
        return f"{number:08x}-{salt[:4]}-11e6-{salt[4:8]}-{MAC.lower()}"

    # --- feedback

    def alive(self) -> None:
        if self.fault != "alive-none":
            self.emit("flexAlive")
        self.after(30 if self.fault == "alive-slow" else 10, self.alive)

    def emit(self, event: str, only: Receiver | None = None) -> None:
        fault = self.fault
        if fault in EVENT_LOST and event == EVENT_LOST[fault]:
            return
        if fault == "event-renamed" and event == "flexParticipantEnum":
            event = "flexParticipantsEnum"
        for receiver in [only] if only else list(self.receivers.values()):
            if event not in receiver.events and fault != "event-unsubscribed" and not (only and self.ways.ack_always and event in ("configureAck", "receiverModified", "receiverDeleted")):
                if not (fault == "event-alive-always" and event == "flexAlive"):
                    continue
            if fault == "event-wrong-receiver" and event.startswith("flexConference") and len(self.receivers) > 1:
                others = [one for one in self.receivers.values() if one is not receiver]
                receiver = others[0]
            if fault == "event-first-receiver" and receiver.index != min(self.receivers, default=1) and not only:
                continue
            if fault == "event-high-slots" and receiver.index > 10 and not only:
                continue
            receiver.pending[event] = None
            if fault == "event-doubled-name":
                receiver.pending[event + "\0"] = None
            if receiver.task is None or receiver.task.done():
                receiver.task = self.spawn(self.deliver_all(receiver))

    async def deliver_all(self, receiver: Receiver) -> None:
        await asyncio.sleep(0.02)
        while receiver.pending and not receiver.gone:
            events = [event.rstrip("\0") for event in receiver.pending]
            receiver.pending.clear()
            if self.ways.messages == "single":
                for event in events:
                    await self.notify(receiver, [event])
            else:
                await self.notify(receiver, events)
            await asyncio.sleep(0.02)

    async def notify(self, receiver: Receiver, events: list[str]) -> None:
        receiver.sent += 1
        if self.fault == "event-after-four" and receiver.sent > 4:
            return
        if self.fault == "event-late" and "flexAlive" not in events:
            await asyncio.sleep(25 / self.scale)
        await self.post(receiver.uri, self.notification(receiver, events))

    def notification(self, receiver: Receiver, events: list[str]) -> bytes:
        fault = self.fault
        source = receiver.source or MAC
        if fault == "event-source-mac":
            source = MAC
        elif fault == "event-source-empty":
            source = receiver.source
        elif fault == "event-source-host":
            source = receiver.source or "alder"
        value: dict[str, Any] = {"sourceIdentifier": source, "events": events}
        if fault == "event-member-name":
            value = {"sourceIdentifier": source, "event": events}
        elif fault == "event-string":
            value = {"sourceIdentifier": source, "events": events[0]}
        elif fault == "event-structs":
            value = {"sourceIdentifier": source, "events": [{"event": event} for event in events]}
        if fault == "event-method":
            return self.writer.call("feedbackNotification", value)
        if fault == "event-response":
            return self.writer.response(value)
        return self.writer.call("eventNotification", value)

    async def post(self, uri: str, body: bytes) -> None:
        parts = urlsplit(uri)
        secure = parts.scheme.lower() == "https"
        port = parts.port or (443 if secure else 80)
        path = parts.path or "/"
        if parts.query:
            path += "?" + parts.query
        if self.fault == "post-path":
            path = "/RPC2"
        if self.fault == "post-get":
            head = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n"
        else:
            head = f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: alder/4.3\r\nContent-Type: {self.ways.content_type}\r\n"
        head += "Connection: keep-alive\r\n" if self.ways.post_keepalive else "Connection: close\r\n"
        if self.ways.post_chunked:
            head += "Transfer-Encoding: chunked\r\n"
            body = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
        else:
            head += f"Content-Length: {len(body)}\r\n"
        context = None
        if secure:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        with contextlib.suppress(OSError, asyncio.TimeoutError, ssl.SSLError, ValueError):
            async with asyncio.timeout(8):
                reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
                try:
                    writer.write(head.encode() + b"\r\n" + body)
                    await writer.drain()
                    await reader.readuntil(b"\r\n\r\n")
                except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                    pass
                finally:
                    writer.close()

    # --- enumeration

    def bump(self, kind: str, identifier: str) -> None:
        self.revision += 1
        table = self.live[kind]
        table.pop(identifier, None)
        table[identifier] = self.revision

    def cookie(self, kind: str, place: int, extra: str = "") -> str:
        text = f"{kind}/{self.generation}/{place}/{extra}/{self.counter if self.ways.single_use else 0}"
        self.counter += 1
        check = hashlib.blake2b(f"{self.seed}{text}".encode(), digest_size=4).hexdigest()
        if self.fault == "cookie-too-long":
            check += "0" * 160
        return base64.urlsafe_b64encode(f"{text}/{check}".encode()).decode().rstrip("=")

    def read_cookie(self, kind: str, cookie: str) -> tuple[int, str]:
        ways = self.ways
        if self.fault == "cookie-any":
            with contextlib.suppress(ValueError, IndexError):
                text = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)).decode().split("/")
                return int(text[2]), text[3]
            return 0, ""
        try:
            text = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)).decode()
            body, _, check = text.rpartition("/")
            owner, generation, place, extra, _count = body.split("/")
        except (ValueError, binascii.Error):
            raise Fault(ways.cookie_code, f"cookie: {TEXTS[ways.cookie_code]}" if ways.cookie_code != 102 else "cookie is invalid or expired") from None
        if hashlib.blake2b(f"{self.seed}{body}".encode(), digest_size=4).hexdigest() != check[:8]:
            raise Fault(ways.cookie_code, f"cookie: {TEXTS[ways.cookie_code]}" if ways.cookie_code != 102 else "cookie is invalid or expired")
        if (owner != kind and self.fault != "cookie-foreign") or (int(generation) != self.generation and self.fault != "cookie-survives") or cookie in self.used_cookies:
            raise Fault(ways.stale_code, "cookie is invalid or expired" if ways.stale_code == 102 else TEXTS[ways.stale_code])
        if ways.single_use:
            self.used_cookies.add(cookie)
        return int(place), extra

    def remember_deletion(self, kind: str, identifier: str, conference: str, reason: bool) -> None:
        fault = self.fault
        if fault == "deletion-every-fifth-lost" and self.deletion_start[kind] + len(self.deleted[kind]) and (len(self.deleted[kind]) + 1) % 5 == 0:
            self.deleted[kind].append((self.revision, "", "", reason))
            return
        self.revision += 1
        self.deleted[kind].append((self.revision, identifier, conference, reason))
        if len(self.deleted[kind]) > 20000:
            del self.deleted[kind][:5000]
            self.deletion_start[kind] += 5000

    # --- media

    def credits(self, number: int) -> int:
        place = bisect.bisect_right(self.levels, number)
        fault = self.fault
        if fault == "credits-not-rounded":
            return number
        if fault == "credits-rounded-up":
            return self.levels[min(place if number not in self.levels else place - 1, len(self.levels) - 1)]
        if fault == "credits-nearest":
            return min(self.levels, key=lambda level: abs(level - number)) if number >= 48 else 0
        if fault == "credits-below-48":
            return self.levels[place - 1] if place else (48 if number else 0)
        if fault == "credits-edge":
            place = bisect.bisect_left(self.levels, number)
        return self.levels[place - 1] if place else 0

    def resources(self, given: dict[str, Any], path: str = "participantMediaResources") -> dict[str, Any]:
        ways, fault, out = self.ways, self.fault, {}
        total = 0
        for name in ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio"):
            tokens = given[name]
            one: dict[str, Any] = {"total": tokens["total"]}
            if "maxPerChannel" in tokens and "maxPerChannelUnlimited" in tokens and (tokens["maxPerChannelUnlimited"] or ways.pair_false == "fault") and fault != "pair-tokens-both":
                raise Fault(ways.pair_code, f"{TEXTS[ways.pair_code]}: maxPerChannelUnlimited")
            if "maxPerChannel" in tokens:
                limit = tokens["maxPerChannel"]
                if (limit > tokens["total"] or (limit == tokens["total"] and not ways.equal_per_channel)) and fault != "per-channel-over-total":
                    raise Fault(ways.per_channel_code, f"{TEXTS[ways.per_channel_code]}: maxPerChannel")
                one["maxPerChannel"] = limit
                if fault == "per-channel-both-shown":
                    one["maxPerChannelUnlimited"] = False
            else:
                if tokens.get("maxPerChannelUnlimited") is False and ways.false_alone == "fault":
                    raise Fault(102, "invalid parameter: maxPerChannelUnlimited")
                if fault == "per-channel-default-limited":
                    one["maxPerChannel"] = tokens["total"]
                else:
                    one["maxPerChannelUnlimited"] = True
            total += tokens["total"] if not (fault == "credits-audio-ignored" and name == "mediaTokensAudio") else 0
            out[name] = one
        credit = self.credits(given["numMediaCredits"])
        compared = given["numMediaCredits"] if fault == "credits-compared-unrounded" else credit
        if total > compared and fault != "credits-insufficient-accepted":
            raise Fault(ways.credits_code if fault != "credits-code" else 67, None)
        out["numMediaCredits"] = credit
        return out

    @staticmethod
    def far(address: str) -> tuple[int, int, int]:
        if address in AUDIO:
            return 0, 0, 48
        return (3780, 315, 96) if address in MULTI else (1260, 315, 96)

    def token_info(self, part: Participant) -> dict[str, Any]:
        known = bool(part.live) and len(part.live) == len(part.definitions)
        far = [sum(self.far(call.address)[place] for call in part.live) for place in range(3)]
        out: dict[str, Any] = {}
        for place, (name, member) in enumerate((("mainVideoTokenInfo", "mediaTokensMainVideo"), ("extendedVideoTokenInfo", "mediaTokensExtendedVideo"),
                                                ("audioTokenInfo", "mediaTokensAudio"))):
            tokens = part.resources[member]
            info: dict[str, Any] = {"maxTokensConfigured": tokens["total"]}
            if "maxPerChannel" in tokens:
                info["maxTokensPerChannelConfigured"] = tokens["maxPerChannel"]
                if self.fault == "media-per-channel-both":
                    info["maxTokensPerChannelConfiguredUnlimited"] = False
            else:
                info["maxTokensPerChannelConfiguredUnlimited"] = True
            if known or self.fault == "media-far-end-early":
                info |= {"maxTokensPerChannelFarEnd": far[place], "maxTokensFarEnd": far[place], "maxTokensPerChannelNearEnd": 10080, "maxTokensNearEnd": 10080}
            out[name] = info
        out["creditsConfigured"] = part.resources["numMediaCredits"]
        if known or self.fault == "media-far-end-early":
            out |= {"creditsFarEnd": self.need(sum(far)), "creditsNearEnd": self.levels[-1]}
        return out

    def need(self, tokens: int) -> int:
        return self.levels[min(bisect.bisect_left(self.levels, tokens), len(self.levels) - 1)] if tokens else 0

    def usage(self, part: Participant) -> tuple[list[int], list[int], int, int, list[bool]]:
        configured = [part.resources[name]["total"] for name in ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")]
        credit = part.resources["numMediaCredits"]
        if not part.live:
            return configured, configured, credit, credit, [False] * 3
        far = [sum(self.far(call.address)[place] for call in part.live) for place in range(3)]
        allocated = [min(one, two) for one, two in zip(configured, far, strict=True)]
        return configured, allocated, credit, min(credit, self.need(sum(allocated))), [two > one for one, two in zip(configured, far, strict=True)]

    # --- structs

    def counted(self, conf: Conference) -> list[Participant]:
        parts = list(conf.parts.values())
        if self.ways.counts == "connected":
            return [part for part in parts if part.live or not part.outgoing]
        return parts

    def conference_info(self, conf: Conference) -> dict[str, Any]:
        fault = self.fault
        out: dict[str, Any] = {"conferenceID": conf.id}
        reference, name = conf.settings["conferenceReference"], conf.settings["conferenceName"]
        if reference or fault == "reference-empty":
            out["conferenceReference"] = reference
        if name:
            out["conferenceName"] = name
        parts = self.counted(conf)
        sums = [[0, 0, 0], [0, 0, 0]]
        credit = [0, 0]
        better = [False] * 3
        for part in parts:
            configured, allocated, one, two, can = self.usage(part)
            for place in range(3):
                sums[0][place] += configured[place]
                sums[1][place] += allocated[place]
                better[place] |= can[place]
            credit[0] += one
            credit[1] += two
        out |= {"locked": conf.settings["locked"], "active": conf.active, "terminating": conf.terminating, "numParticipants": len(parts)}
        for place, name in enumerate(("MainVideo", "ExtendedVideo", "Audio")):
            out[f"callTokensConfigured{name}"] = sums[0][place]
            out[f"callTokensAllocated{name}"] = sums[1][place]
        for place, name in enumerate(("MainVideo", "ExtendedVideo", "Audio")):
            out[f"callQualityCanImprove{name}"] = better[place]
        out["creditsConfigured"], out["creditsAllocated"] = credit
        if conf.presenter is not None:
            out["presenterID"] = conf.presenter.id
        if conf.important is not None and fault != "important-not-enumerated":
            out["importantID"] = conf.important.id
        if fault == "enumerate-name-stale":
            conf.born.setdefault("name", conf.settings["conferenceName"])
            if conf.born["name"]:
                out["conferenceName"] = conf.born["name"]
        if fault == "enumerate-count-stale":
            out["numParticipants"] = 0
        return out

    def connection_state(self, part: Participant) -> str:
        calls = [call for call in part.calls if call is not None]
        if part.leaving:
            state = "disconnecting"
        elif part.failed:
            state = "audioReceiverFailed"
        elif not part.outgoing and not part.had_call:
            state = "neverConnected"
        elif not calls and part.attributes["deferConnect"]:
            state = "deferred"
        elif not calls:
            state = "disconnected"
        elif all(call.up and call.stage == "complete" for call in calls) and len(calls) == len(part.definitions):
            state = "connected"
        elif any(call.state == "callStateFailed" for call in calls):
            state = "partiallyFailed"
        else:
            state = "connecting"
        if self.fault == "state-connected-early" and state == "connecting":
            state = "connected"
        if self.ways.states == 4:
            state = {"neverConnected": "disconnected", "deferred": "disconnected", "audioReceiverFailed": "disconnected", "partiallyFailed": "connecting",
                     "disconnecting": "connected"}.get(state, state)
        return state

    def access(self, part: Participant) -> str:
        level = part.attributes["accessLevel"]
        if self.ways.access_unknown and any("URI" in one for one in part.definitions) and not part.had_call:
            return "unknown"
        return str(level)

    def layout(self, part: Participant) -> str | None:
        video = [call for call in part.live if call.address not in AUDIO]
        if not video or part.mutes["videoTxMute"]:
            return None
        many = len(part.definitions) > 1 or video[0].address in MULTI
        word = part.attributes["displayDefaultLayoutMultiScreen" if many else "displayDefaultLayoutSingleScreen"]
        return self.ways.layout_word if word == "layoutActivePresence" else str(word)

    def participant_info(self, part: Participant, advanced: bool) -> dict[str, Any]:
        fault = self.fault
        out: dict[str, Any] = {"participantID": part.id}
        if part.reference or fault == "reference-empty":
            out["participantReference"] = part.reference
        name = part.name or self.remote_name(part)
        if fault == "enumerate-display-stale":
            name = part.seen.setdefault("first", name)
        if name:
            out["displayName"] = name
        out |= {"conferenceID": part.conf.id, "accessLevel": self.access(part), "connectionState": self.connection_state(part)}
        calls: list[dict[str, Any]] = []
        for call in part.calls:
            if call is None:
                calls.append({})
                continue
            one: dict[str, Any] = {"callID": call.id, "incoming": False, "address": call.address}
            if advanced:
                one["protocol"] = call.protocol
                if call.up:
                    one |= {"rxBandwidth": call.bandwidth, "txBandwidth": call.bandwidth}
                else:
                    one |= {"rxBandwidth": 0, "txBandwidth": 0}
            calls.append(one)
        if fault == "calls-absent-dropped":
            calls = [one for one in calls if one]
        out["calls"] = calls
        addresses = []
        for one in part.definitions:
            addresses.append({"URI": one["URI"]} if "URI" in one else {"remoteAddress": one["remoteAddress"]})
        if fault == "addresses-reversed":
            addresses.reverse()
        if fault == "addresses-key":
            addresses = [{"URI": next(iter(one.values()))} for one in addresses]
        out["addresses"] = addresses
        if advanced:
            up = bool(part.live)
            video = any(call.address not in AUDIO for call in part.live)
            secure = "encrypted" if part.attributes["encryption"] == "required" else "unencrypted"
            status = secure if up else "unknown"
            out["encryptionStatus"] = {"callProtocol": status, "audio": status, "mainVideo": status if video else "unknown",
                                       "extendedVideo": status if video else "unknown", "cccp": "unknown", "activeControl": "unknown"}
            layout = self.layout(part)
            if layout and up:
                out["layout"] = layout
            elif fault == "layout-always":
                out["layout"] = "layoutSingle"

            def media(mute: str, there: bool) -> str:
                return "notNegotiated" if not there else "muted" if part.mutes[mute] else "inUse"

            shown = part.conf.presenter
            out["mediaStatus"] = {"audioRx": media("audioRxMute", up), "audioTx": media("audioTxMute", up), "videoRx": media("videoRxMute", video),
                                  "videoTx": media("videoTxMute", video),
                                  "extendedRx": "notNegotiated" if not video else "inUse" if shown is part else "notInUse",
                                  "extendedTx": "notNegotiated" if not video else "inUse" if shown not in (None, part) else "notInUse"}
            if fault == "media-status-mute-lost" and up:
                out["mediaStatus"]["audioRx"] = "inUse"
            if fault == "media-status-word":
                out["mediaStatus"]["audioTx"] = "active"
        return out

    def media_info(self, part: Participant) -> dict[str, Any]:
        out: dict[str, Any] = {"participantID": part.id, "conferenceID": part.conf.id}
        if part.reference:
            out["participantReference"] = part.reference
        return out | self.token_info(part)

    @staticmethod
    def remote_name(part: Participant) -> str:
        return f"Endpoint {part.live[0].address.split('@')[0]}" if part.live else ""

    # --- changes

    def changed(self, conf: Conference, part: Participant | None = None) -> None:
        """Looks whether what enumerations tell of them is other than before."""
        fault = self.fault
        if part is not None and not part.gone:
            for kind, event, info in (("basic", "flexParticipantEnum", self.participant_info(part, False)),
                                      ("advanced", "flexParticipantAdvancedEnum", self.participant_info(part, True)), ("media", "flexParticipantMediaEnum", self.media_info(part))):
                if part.seen.get(kind) != info:
                    fresh = kind not in part.seen
                    part.seen[kind] = info
                    if fault == "enumerate-changes-lost" and not fresh and kind == "basic":
                        continue
                    if fault == "media-changes-lost" and not fresh and kind == "media":
                        continue
                    self.bump(kind, part.id)
                    if not (fault == "event-new-only" and not fresh):
                        self.emit(event)
        if not conf.gone:
            info = self.conference_info(conf)
            if conf.seen != info:
                fresh = conf.seen is None
                conf.seen = info
                if not (fault == "conference-changes-lost" and not fresh):
                    self.bump("conference", conf.id)
                if not (fault == "event-conference-new-only" and not fresh):
                    self.emit("flexConferenceEnum")
        if not self.resource_due:
            self.resource_due = True
            self.loop.call_later(0.01, self.look_at_resources)

    def look_at_resources(self) -> None:
        self.resource_due = False
        status = self.resource_status()
        if status != self.resource_seen:
            self.resource_seen = status
            self.emit("flexResourceStatus")

    def resource_status(self) -> dict[str, Any]:
        configured = allocated = credit = used = 0
        for part in self.parts.values():
            one, two, three, four, _ = self.usage(part)
            configured, allocated, credit, used = configured + sum(one), allocated + sum(two), credit + three, used + four
        confs = sum(conf.active or self.ways.pending_counts for conf in self.confs.values())
        out = {"numCalls": len(self.calls), "numParticipants": len(self.parts), "numConferences": confs, "configuredMediaTokens": configured,
               "allocatedMediaTokens": allocated, "configuredMediaCredits": credit, "allocatedMediaCredits": used}
        if self.ways.credits_experimental:
            out |= {"conferenceCreditsAllocated": used, "conferenceCreditsRequired": used, "conferenceCreditsUsed": used}
        return out

    def log(self, kind: str, **more: Any) -> None:
        if self.fault == "cdr-finished-lost" and kind == "conferenceFinished":
            return
        self.cdr.append({"time": self.date(), "type": kind, "index": self.cdr_next, **more})
        self.cdr_next += 1
        if len(self.cdr) > 2000:
            del self.cdr[0]
        self.emit("cdrAdded")

    # --- conferences

    def open_conference(self, settings: dict[str, Any], start: int) -> Conference:
        conf = Conference(self.identifier(), settings, self.now() + start)
        conf.born = {"start": start}
        self.confs[conf.id] = conf
        for one in settings["URIs"]:
            self.uris.setdefault(one["URI"], []).append(conf)
        self.log("conferenceStarted", conferenceID=conf.id, name=settings["conferenceName"])
        if start:
            conf.timers["start"] = self.after(start, self.begin, conf)
        else:
            conf.active = True
        self.plan_end(conf)
        self.changed(conf)
        return conf

    def begin(self, conf: Conference) -> None:
        if conf.gone or self.fault == "start-never":
            return
        conf.active = True
        self.changed(conf)
        for part in list(conf.parts.values()):
            self.dial(part)

    def plan_end(self, conf: Conference) -> None:
        timer = conf.timers.pop("end", None)
        if timer and self.fault == "duration-modify-ignored":
            conf.timers["end"] = timer
            return
        if timer:
            timer.cancel()
        duration = conf.settings.get("duration")
        if duration is not None and self.fault != "duration-never-ends":
            start = conf.start - conf.born["start"] if self.fault == "duration-from-creation" else conf.start
            conf.timers["end"] = self.after(start + duration - self.now(), self.end, conf, conf.settings["exitScreen"])

    def end(self, conf: Conference, lobby: bool) -> None:
        """The conference is over; who is in it may see the exit screen first."""
        if conf.gone:
            return
        if lobby and not conf.terminating and any(part.live for part in conf.parts.values()):
            conf.terminating = True
            for part in list(conf.parts.values()):
                part.leaving = True
                for call in part.live:
                    call.stage = "disconnecting"
                self.changed(conf, part)
            self.changed(conf)
            conf.timers["exit"] = self.after(self.ways.exit_seconds, self.close, conf)
            return
        if not conf.terminating or not lobby:
            self.close(conf)

    def close(self, conf: Conference) -> None:
        if conf.gone:
            return
        fault = self.fault
        if fault == "destroy-keeps-participants":
            for part in conf.parts.values():
                for call in part.calls:
                    if call:
                        self.drop(call)
        else:
            for part in list(conf.parts.values()):
                self.remove(part, closing=True)
        conf.gone = True
        for timer in conf.timers.values():
            timer.cancel()
        del self.confs[conf.id]
        if fault != "destroy-keeps-uris":
            self.free(conf.settings["URIs"], conf)
        table = self.live["conference"]
        if fault != "enumerate-resurrects":
            table.pop(conf.id, None)
        self.log("conferenceFinished", conferenceID=conf.id)
        if fault == "deletion-conference-lost-late" and self.now() - conf.start > 3:
            pass
        else:
            self.remember_deletion("conference", conf.id, conf.id, False)
            if fault == "deletion-doubled" and len(self.deleted["conference"]) % 3 == 0:
                self.remember_deletion("conference", conf.id, conf.id, False)
        self.emit("flexConferenceDeletionsEnum")
        if not self.resource_due:
            self.resource_due = True
            self.loop.call_later(0.01, self.look_at_resources)

    def free(self, uris: list[dict[str, Any]], owner: Any) -> None:
        for one in uris:
            owners = self.uris.get(one.get("URI", ""), [])
            if owner in owners:
                owners.remove(owner)
                if not owners:
                    del self.uris[one["URI"]]

    # --- participants and calls

    def dial(self, part: Participant) -> None:
        """Calls out where it is time to."""
        if part.gone or not part.conf.active or part.conf.terminating or not part.outgoing or part.failed or any(part.calls):
            return
        if part.attributes["deferConnect"] and self.fault != "defer-ignored":
            others = any(call for other in part.conf.parts.values() if other is not part for call in other.live)
            if not others:
                self.changed(part.conf, part)
                return
        for place, one in enumerate(part.definitions):
            call = Call(self.identifier(), part, place, one["remoteAddress"], one["protocol"], one["callBandwidth"])
            part.calls[place] = call
            self.calls[call.id] = call
            if call.address in UNANSWERED or call.address not in (*ANSWERING, *MULTI, *AUDIO, *PRESENTING):
                self.wait(call, 12, self.ring_off)
            else:
                self.wait(call, self.ways.ring, self.answer)
        self.changed(part.conf, part)

    def wait(self, call: Call, seconds: float, action: Callable[..., None], *arguments: Any) -> None:
        call.timers.append(self.after(seconds, action, call, *arguments))

    def ring_off(self, call: Call) -> None:
        if call.gone:
            return
        part = call.part
        if call.state == "callStateRetrying":
            call.state = "callStateAlerting"
            self.wait(call, 12, self.ring_off)
        elif call.tries < 2:
            call.tries += 1
            call.state = "callStateRetrying"
            self.wait(call, 5, self.ring_off)
        else:
            call.state = "callStateFailed"
            if call.place == part.more["audioIndex"] or len(part.definitions) == 1:
                for one in part.calls:
                    if one:
                        self.drop(one)
                part.calls = [None] * len(part.definitions)
                part.failed = True
                if self.ways.failed == "destroyed":
                    self.remove(part)
                    return
        self.changed(part.conf, part)

    def answer(self, call: Call) -> None:
        if call.gone:
            return
        part = call.part
        conf = part.conf
        call.state = "callStateConnected"
        call.since = self.now()
        conf.had_call = part.had_call = True
        first = sum(len(other.live) for other in conf.parts.values()) == 1
        self.log("participantConnected", participantID=part.id, conferenceID=conf.id, callID=call.id)
        if first:
            self.log("conferenceActive", conferenceID=conf.id)
        if conf.settings["welcomeScreen"] and call.address not in AUDIO:
            call.stage = "welcome"
            self.wait(call, self.ways.welcome, self.admit)
        else:
            call.stage = "welcome"
            self.admit(call)
        self.changed(conf, part)
        if first:
            for other in list(conf.parts.values()):
                if other.attributes["deferConnect"]:
                    self.dial(other)

    def chair(self, conf: Conference) -> bool:
        return any(part.attributes["accessLevel"] == "chair" and any(call.stage == "complete" for call in part.live) for part in conf.parts.values())

    def admit(self, call: Call) -> None:
        if call.gone or call.part.conf.terminating:
            return
        part, conf = call.part, call.part.conf
        if part.attributes["accessLevel"] != "chair" and conf.settings["waitForChair"] and not self.chair(conf) and self.fault != "chair-not-awaited":
            call.stage = "awaitingChair"
            self.changed(conf, part)
            return
        call.stage = "complete"
        self.log("participantJoined", participantID=part.id, conferenceID=conf.id)
        if call.address in PRESENTING and part.attributes["presentationContributionAllowed"] and (conf.presenter is None or part.attributes["presentationTakeoverAllowed"]):
            before, conf.presenter = conf.presenter, part
            for other in list(conf.parts.values()):
                if other is not part and other.live:
                    self.changed(conf, other)
            if before:
                self.changed(conf, before)
        self.changed(conf, part)
        if part.attributes["accessLevel"] == "chair":
            for other in list(conf.parts.values()):
                for one in other.live:
                    if one.stage == "awaitingChair":
                        self.admit(one)

    def drop(self, call: Call) -> None:
        call.gone = True
        for timer in call.timers:
            timer.cancel()
        if self.calls.pop(call.id, None) and call.up:
            self.log("participantDisconnected", participantID=call.part.id, conferenceID=call.part.conf.id, callID=call.id)

    def remove(self, part: Participant, closing: bool = False) -> None:
        """The participant is destroyed."""
        if part.gone:
            return
        conf = part.conf
        part.gone = True
        was_chair = part.attributes["accessLevel"] == "chair" and bool(part.live)
        had = bool(part.live)
        if had:
            self.log("participantMediaSummary", participantID=part.id, conferenceID=conf.id)
            self.log("participantLeft", participantID=part.id, conferenceID=conf.id)
        for call in part.calls:
            if call:
                self.drop(call)
        conf.parts.pop(part.id, None)
        self.parts.pop(part.id, None)
        self.free(part.definitions, part)
        if conf.presenter is part and self.fault != "presenter-stays":
            conf.presenter = None
        if conf.important is part and self.fault != "important-stays":
            conf.important = None
        for kind in KINDS[1:]:
            self.live[kind].pop(part.id, None)
        if not (self.fault == "deletion-with-conference-lost" and closing):
            self.remember_deletion("participant", part.id, conf.id, had and bool(part.definitions) and part.definitions[0].get("protocol") == "sip")
            self.emit("flexParticipantDeletionsEnum")
        if closing:
            return
        if had:
            self.after_call(conf, was_chair)
        if not conf.gone:
            self.changed(conf)

    def after_call(self, conf: Conference, was_chair: bool) -> None:
        fault = self.fault
        left = [part for part in conf.parts.values() if part.live]
        if not left:
            self.log("conferenceInactive", conferenceID=conf.id)
            if conf.settings["unlockWithLastCall"] and conf.settings["locked"] and fault != "unlock-never":
                conf.settings["locked"] = False
            if conf.settings["terminateWithLastCall"] and fault != "terminate-never":
                self.close(conf)
                return
        if was_chair and conf.settings["disconnectOnChairExit"] and not self.chair(conf) and fault != "chair-exit-ignored":
            for part in left:
                self.remove(part)
            return
        if left and all(part.attributes["autoDisconnect"] for part in left) and fault != "auto-disconnect-ignored":
            for part in left:
                if not part.attributes["deferConnect"]:
                    self.remove(part)
                    continue
                for call in part.live:  # line 564: such a participant outlives its calls
                    self.drop(call)
                part.calls = [None] * len(part.definitions)
                self.changed(conf, part)


# ------------------------------------------------------------------------------------------------- calls

BASE: dict[str, Any] = {"conferenceReference": "", "conferenceName": "", "conferenceDescription": "", "URIs": [], "conferenceMediaTokensUnlimited": True,
                        "conferenceMediaCreditsUnlimited": True, "durationUnlimited": True, "maxParticipantsUnlimited": True, "waitForChair": True,
                        "disconnectOnChairExit": False, "terminateWithLastCall": False, "locked": False, "startTime": 0, "billingCode": "",
                        "callAttributes": {}, "voiceSwitchingSensitivity": 60, "metadata": b"", "resourceOptimizationMode": "byParticipant",
                        "customBackgroundImageURL": ""}
for _name, _one in fields(MESSAGES + " " + AUDIOS).items():
    BASE[_name] = False if _one.kind == "b" else ""
BASE |= {"welcomeScreen": True, "unlockWithLastCall": True, "guestControlLevel": "controlLocal", "chairControlLevel": "controlConference",
         "optimizationProfile": "favorExperience", "useCustomMutedCanUnmuteMessage": True, "useCustomMutedCannotUnmuteMessage": True, "exitScreen": True}
OPTIONAL = frozenset(fields(AUDIOS)) | frozenset(
    "customBackgroundImageURL customPINEntryFailedMessage useCustomPINEntryFailedMessage customDisconnectPlatitudeMessage useCustomDisconnectPlatitudeMessage".split())
QUERY = ("welcomeScreen welcomeScreenMessage useCustomPINEntryMessage customPINEntryMessage useCustomOptionalPINEntryMessage customOptionalPINEntryMessage"
         " useCustomPINIncorrectMessage customPINIncorrectMessage useCustomWaitingForChairMessage customWaitingForChairMessage"
         " useCustomOnlyVideoParticipantMessage customOnlyVideoParticipantMessage useCustomConferenceEndingMessage customConferenceEndingMessage hasMetadata"
         " unlockWithLastCall guestControlLevel chairControlLevel optimizationProfile useCustomMutedCanUnmuteMessage customMutedCanUnmuteMessage"
         " useCustomMutedCannotUnmuteMessage customMutedCannotUnmuteMessage exitScreen useCustomConferenceEndedExitMessage customConferenceEndedExitMessage"
         " useCustomParticipantDisconnectedExitMessage customParticipantDisconnectedExitMessage customPINEntryFailedMessage useCustomPINEntryFailedMessage"
         " customDisconnectPlatitudeMessage useCustomDisconnectPlatitudeMessage").split() + list(fields(AUDIOS)) + ["customBackgroundImageURL"]
MUTES = ("audioRxMute", "videoRxMute", "audioTxMute", "videoTxMute")
MAX_CONFERENCES, MAX_PARTICIPANTS = 300, 400


class Device(World):
    """The device with its calls."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.handlers = {name: getattr(self, name.replace(".", "_")) for name in METHODS}
        self.logins: set[int] = set()
        self.served = 0
        self.closers: list[Callable[[], None]] = []
        self.seeds()

    def seeds(self) -> None:
        resources = {"mediaTokensMainVideo": {"total": 2520}, "mediaTokensExtendedVideo": {"total": 630}, "mediaTokensAudio": {"total": 96}, "numMediaCredits": self.levels[-1]}
        self.seeded: list[Conference] = []
        for name, uri in (("Board & council", "board"), ("Überblick <weekly>", "weekly@alder.example.com")):
            settings = BASE | {"conferenceName": name, "conferenceReference": f"ref-{uri}", "participantMediaResources": self.plain(resources), "waitForChair": False}
            settings["URIs"] = [{"URI": uri, "callBandwidth": 2048000, "PIN": ""}]
            self.seeded.append(self.open_conference(settings, 0))
        for conf, address in ((self.seeded[0], ANSWERING[0]), (self.seeded[0], MULTI[0]), (self.seeded[1], ANSWERING[1])):
            part = self.new_participant(conf, {"calls": [{"remoteAddress": address, "protocol": "sip", "callBandwidth": 4000000}]}, self.plain(resources))
            for call in part.calls:
                if call:
                    for timer in call.timers:
                        timer.cancel()
                    self.answer(call)
                    for timer in call.timers:
                        timer.cancel()
                    call.stage = "complete"
            self.changed(conf, part)

    @staticmethod
    def plain(given: dict[str, Any]) -> dict[str, Any]:
        return {name: value | {"maxPerChannelUnlimited": True} if isinstance(value, dict) else value for name, value in given.items()}

    # --- one call

    def serve(self, data: bytes, connection: Any = None) -> bytes:
        self.packets += 3
        self.served += 1
        fault = self.fault
        limit = {"size-64k": 65536, "size-16k": 16384, "size-none": 1 << 30}.get(fault or "", MAX_BODY)
        try:
            if len(data) > limit:
                raise Fault(201 if fault == "size-code" else 105)
            try:
                method, params = Reader(self.ways, fault).read(data)
            except Unreadable as error:
                raise Fault(self.ways.bad_xml, f"{TEXTS.get(self.ways.bad_xml, 'request')}: {error}") from None
            result = self.call(method, params, connection)
        except Fault as error:
            return self.fault_bytes(error)
        except Exception as error:  # noqa: BLE001
            print(f"alder: {error!r}", file=sys.stderr, flush=True)
            if "--debug" in sys.argv:
                raise
            return self.fault_bytes(Fault(34))
        if self.ways.extras and "status" not in result:
            result = {**result, "firmwareHint": "", "alderExtra": {"a": [1, True]}}
        body = self.writer.response(result)
        if len(body) > MAX_BODY and self.fault != "page-over-32k":
            body = self.writer.finish(f"{self.writer.head()}<methodResponse><params><param>{self.writer.flat(result)}</param></params></methodResponse>")
            if len(body) > MAX_BODY:
                return self.fault_bytes(Fault(34, "internal error: response too large"))
        return body

    def fault_bytes(self, fault: Fault) -> bytes:
        text = fault.text or TEXTS.get(fault.code, "fault")
        case = self.ways.fault_case
        words, colon, rest = text.partition(":")
        if fault.code not in (101, 103) and case == "title":
            text = words.title() + colon + rest
        elif fault.code not in (101, 103) and case == "upper-first":
            text = words[:1].upper() + words[1:] + colon + rest
        if self.ways.fault_extra and fault.code not in (101, 103):
            text += " (alder)"
        return self.writer.fault_response(fault.code, text)

    def call(self, method: str, params: list[Any], connection: Any) -> dict[str, Any]:
        ways, fault = self.ways, self.fault
        given = params[0] if params else {}
        if type(given) is not dict:
            raise Fault(103, "malformed parameter: params")
        known = method in self.handlers
        if fault == "method-any-case" and not known:
            method = {name.lower(): name for name in self.handlers}.get(method.lower(), method)
            known = method in self.handlers
        if ways.method_first and not known:
            raise Fault(1)
        if fault == "method-query-open" and method in ("system.info", "device.query"):
            user = self.users[0]
        else:
            user = self.login(given, connection)
        if not known:
            raise Fault({"method-code": 201, "method-code-102": 102}.get(fault or "", 1))
        if self.users[0].password == DEFAULT_PASSWORD and method not in ("user.modify", "user.enumerate") and fault != "lock-ignored":
            raise Fault(15 if ways.none_code == 15 else 14, "authorization failed: the default password must be changed")
        if ways.activation and not any(one["key"] == ACTIVATION_KEY for one in self.features) and method.startswith("flex."):
            raise Fault(202)
        arguments = self.catalogue.struct(self.catalogue.methods[method], given, ())
        arguments["\0user"] = user
        result = self.handlers[method](arguments)
        if result is None:
            text = {"status-title": "Operation Successful", "status-ok": "ok"}.get(fault or "", "operation successful")
            result = {} if fault == "status-none" else {"status": text}
            if fault == "status-result":
                result = {"result": text}
        if fault in REPLY_FAULTS:
            methods, action = REPLY_FAULTS[fault]
            if method in methods:
                result = action(self, arguments, dict(result)) or result
        return result

    def login(self, given: dict[str, Any], connection: Any) -> User:
        ways, fault = self.ways, self.fault
        if fault == "auth-remembered" and connection is not None and id(connection) in self.logins:
            return self.users[0]
        for name in ("authenticationUser", "authenticationPassword"):
            if name not in given:
                if fault == "auth-password-optional" and name == "authenticationPassword":
                    continue
                if fault == "auth-missing-code":
                    raise Fault(103, f"malformed parameter: {name}")
                raise Fault(ways.auth_missing, f"missing parameter: {name}" if ways.auth_missing == 101 else None)
            if type(given[name]) is not str:
                raise Fault(103, f"malformed parameter: {name}")
        name, password = given["authenticationUser"], given.get("authenticationPassword", "")
        user = next((one for one in self.users if one.id == name), None)
        if fault == "auth-user-anything" and user is None:
            user = next((one for one in self.users if one.password == password), None)
        if user is not None and password != user.password:
            same = fault == "auth-password-case" and password.lower() == user.password.lower()
            same |= fault == "auth-password-prefix" and len(password) >= 5 and user.password.startswith(password)
            same |= fault == "auth-password-longer" and password.startswith(user.password)
            same |= fault in ("auth-password-optional", "auth-password-empty") and not password
            same |= fault == "auth-third-attempt" and self.served % 3 == 0
            if not same:
                user = None
        if user is None:
            raise Fault({"auth-code": 201, "auth-code-102": 102}.get(fault or "", 14))
        if user.rights == "none" and fault != "auth-none-works":
            raise Fault(ways.none_code)
        if connection is not None:
            self.logins.add(id(connection))
        return user

    def conference(self, a: dict[str, Any]) -> Conference:
        identifier = a["conferenceID"]
        if not identifier and self.ways.empty_id:
            raise Fault(self.ways.empty_id, f"{TEXTS[self.ways.empty_id]}: conferenceID")
        conf = self.confs.get(identifier)
        if conf is None and self.fault == "id-any-case":
            conf = self.confs.get(identifier.lower())
        if conf is None:
            raise Fault({"conference-code": 102, "conference-code-5": 5}.get(self.fault or "", 4), "conferenceID: no such conference")
        return conf

    def participant(self, a: dict[str, Any]) -> Participant:
        identifier = a["participantID"]
        if not identifier and self.ways.empty_id:
            raise Fault(self.ways.empty_id, f"{TEXTS[self.ways.empty_id]}: participantID")
        part = self.parts.get(identifier)
        if part is None:
            raise Fault({"participant-code": 102, "participant-code-4": 4}.get(self.fault or "", 5), "participantID: no such participant")
        return part

    # --- Call Home, CDR

    def encrypted(self) -> bool:
        return any(one["feature"] == "Encryption" for one in self.features)

    def callHome_configure(self, a: dict[str, Any]) -> None:  # noqa: N802
        if a.get("mode") == "anonymous" and not self.encrypted() and self.fault != "callhome-without-key":
            raise Fault(self.ways.no_encryption)
        if self.fault == "callhome-omitted-reset":
            self.call_home = {"mode": "disabled", "automatic": False}
        for name in ("mode", "automatic"):
            if name in a and not (self.fault == "callhome-automatic-lost" and name == "automatic"):
                self.call_home[name] = a[name]

    def callHome_query(self, _a: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        out = dict(self.call_home)
        if not self.ways.automatic_kept and out["mode"] == "disabled":
            out["automatic"] = False
        return out

    def cdrlog_enumerate(self, a: dict[str, Any]) -> dict[str, Any]:
        fault = self.fault
        first = self.cdr[0]["index"] if self.cdr else self.cdr_next
        index, count = a.get("index", -1), a.get("numEvents", 20)
        if not 1 <= count <= 20:
            count = 20
        if fault == "cdr-num-ignored":
            count = 20
        if fault == "cdr-num-zero" and a.get("numEvents") == 0:
            count = 0
        if index < 0 or (index > self.cdr_next if fault != "cdr-beyond-empty" else False):
            index = first
        start = max(index, first) if fault != "cdr-start-as-asked" else index
        kinds = a.get("filter")
        if kinds == []:
            kinds = None
        events: list[dict[str, Any]] = []
        place, remaining = max(start, first), False
        size = 0
        while place < self.cdr_next:
            event = self.cdr[place - first]
            if kinds is None or event["type"] in kinds or fault == "cdr-filter-ignored":
                if len(events) >= count or size > 26000:
                    remaining = True
                    break
                events.append(event)
                size += len(self.writer.value(event))
            place += 1
        if fault == "cdr-next-same":
            place = start
        elif fault == "cdr-next-skips" and remaining:
            place += 1
        elif fault == "cdr-next-count":
            place = start + len(events)
            if kinds is None:
                place = max(place, start)
        elif fault == "cdr-next-last" and events:
            place = events[-1]["index"]
        if fault == "cdr-remaining-false":
            remaining = False
        elif fault == "cdr-remaining-true" and events:
            remaining = True
        if fault == "cdr-newest-first":
            events.reverse()
        return {"startIndex": start, "nextIndex": place, "eventsRemaining": remaining, "currentTime": self.date(), "events": events}

    def cdrlog_query(self, _a: dict[str, Any]) -> dict[str, Any]:
        first = self.cdr[0]["index"] if self.cdr else self.cdr_next
        count = len(self.cdr)
        if self.fault == "cdr-query-count":
            count = self.cdr_next + 1
        return {"firstIndex": first, "numEvents": count}

    # --- device

    def device_feature_add(self, a: dict[str, Any]) -> None:
        now, key, fault = self.now(), a["key"], self.fault
        self.bad_keys = [moment for moment in self.bad_keys if now - moment < 5]
        if len(self.bad_keys) >= 3 and fault != "keys-never-locked":
            raise Fault(204)
        if any(one["key"] == key for one in [*self.features, *self.licenses]):
            if self.ways.key_twice:
                raise Fault(self.ways.key_twice)
            return
        if key == ENCRYPTION_KEY:
            self.features.append({"feature": "Encryption", "key": key})
        elif key == ACTIVATION_KEY:
            self.features.append({"feature": "Cisco TelePresence Server activation", "key": key})
        elif key == LICENSE_KEY:
            self.licenses.append({"license": "Screen licenses", "ports": 12, "key": key})
        elif key == ADDABLE[0]:
            self.features.append({"feature": "Third party interop", "key": key})
        elif key == ADDABLE[1]:
            self.licenses.append({"license": "Screen licenses", "ports": 4, "key": key, "expiry": self.date(self.now() + 86400 * 30)})
        elif key == ADDABLE[2]:
            self.features.append({"feature": "Cluster support", "key": key, "expiry": self.date(self.now() + 86400 * 30)})
        elif fault == "key-any-added":
            self.features.append({"feature": "Unknown", "key": key})
        else:
            self.bad_keys.append(now)
            raise Fault(61 if fault == "key-code" else 66)
        if fault != "event-no-device-add":
            self.emit("deviceStatusChanged")

    def device_feature_remove(self, a: dict[str, Any]) -> None:
        key = a["key"]
        for table in (self.features, self.licenses):
            for one in table:
                if one["key"] == key:
                    if key == ACTIVATION_KEY and (self.confs or not self.ways.activation):
                        raise Fault(61, "the key is in use")
                    if self.fault != "key-remove-ignored":
                        table.remove(one)
                    self.emit("deviceStatusChanged")
                    return
        if self.fault == "key-remove-unknown-ok":
            return
        raise Fault(201 if self.fault == "key-remove-code" else self.ways.key_gone)

    def device_health_query(self, _a: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {"cpuLoad": 7 + len(self.calls) % 50}
        if self.ways.platform == "320":
            out |= {"fanStatus": "ok", "fanStatusWorst": "ok"}
        for name in ("temperature", "rtcBattery", "voltages"):
            out |= {f"{name}Status": "ok", f"{name}StatusWorst": "outOfSpec" if name == "temperature" and self.seed % 2 == 0 else "ok"}
        return out | {"operationalStatus": {"notShutdown": "active", "shutdown": "shutDown"}.get(self.shutdown, "shuttingDown")}

    def ip(self, text: str, version: int, name: str, empty: bool = True) -> None:
        if not text and empty:
            return
        try:
            (ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Interface)(text)
        except ValueError:
            raise Fault(60, f"IP setting is invalid: {name}") from None

    def device_network_modify(self, a: dict[str, Any]) -> None:
        port, fault = a.get("portA", {}), self.fault
        new = dict(self.network)

        def missing(name: str) -> Fault:
            return self.catalogue.fail(101, ("portA", name))

        if "ipv4Enabled" in port:
            if not port["ipv4Enabled"] and fault != "network-disable-ipv4":
                raise Fault(49)
            if port["ipv4Enabled"] and fault != "network-dhcp-optional":
                if "dhcpv4" not in port:
                    raise missing("dhcpv4")
                if not port["dhcpv4"]:
                    for name in ("ipv4Address", "ipv4SubnetMask"):
                        if name not in port and not (fault == "network-mask-optional" and name == "ipv4SubnetMask"):
                            raise missing(name)
            new["ipv4Enabled"] = port["ipv4Enabled"]
            if "dhcpv4" in port:
                new["dhcpv4"] = port["dhcpv4"]
        elif "dhcpv4" in port and fault == "network-dhcp-alone":
            new["dhcpv4"] = port["dhcpv4"]
        if "ipv6Enabled" in port:
            if port["ipv6Enabled"] and fault != "network-ipv6-conf-optional":
                if "ipv6Conf" not in port:
                    raise missing("ipv6Conf")
                if port["ipv6Conf"] == "manual":
                    for name in ("ipv6Address", "ipv6PrefixLength"):
                        if name not in port:
                            raise missing(name)
            new["ipv6Enabled"] = port["ipv6Enabled"]
            if "ipv6Conf" in port:
                new["ipv6Conf"] = port["ipv6Conf"]
        for name, version in (("ipv4Address", 4), ("ipv4SubnetMask", 4), ("defaultIpv4Gateway", 4), ("ipv6Address", 6), ("defaultIpv6Gateway", 6)):
            if name in port:
                self.ip(port[name], version, name)
                new[name] = port[name]
        if "ipv6PrefixLength" in port:
            new["ipv6PrefixLength"] = port["ipv6PrefixLength"]
        dns = dict(self.dns)
        for one in a.get("dns", [])[:1]:
            dns |= one
            if one.get("dnsConfiguration") == "manual" and not (dns["nameServer"] or dns["nameServerSecondary"]):
                raise Fault(102, "invalid parameter: nameServer")
            for name in ("nameServer", "nameServerSecondary"):
                if dns[name]:
                    try:
                        ipaddress.ip_interface(dns[name])
                    except ValueError:
                        raise Fault(60, f"IP setting is invalid: {name}") from None
        self.network, self.dns = new, dns
        if fault == "network-dns-lost":
            self.dns["domainName"] = "example.com"

    def device_network_query(self, _a: dict[str, Any]) -> dict[str, Any]:
        n, ways = self.network, self.ways
        sent = self.packets * 731
        out: dict[str, Any] = {"enabled": True, "ipv4Enabled": n["ipv4Enabled"], "ipv6Enabled": n["ipv6Enabled"], "linkStatus": True, "speed": 1000,
                               "fullDuplex": True, "macAddress": MAC, "packetsSent": self.packets, "packetsReceived": self.packets + 55,
                               "multicastPacketsSent": 3, "multicastPacketsReceived": 41, "bytesSent": sent, "bytesReceived": sent + 77, "queueDrops": 0,
                               "collisions": 0, "transmitErrors": 0, "receiveErrors": 0, "bytesSent64": str(sent), "bytesReceived64": str(sent + 77)}
        if n["ipv4Enabled"]:
            out["dhcpv4"] = n["dhcpv4"]
        for name in ("ipv4Address", "ipv4SubnetMask", "defaultIpv4Gateway", "ipv6Address", "ipv6Conf", "defaultIpv6Gateway", "linkLocalIpv6Address"):
            if n.get(name):
                out[name] = n[name]
            elif ways.network != "absent" and name != "ipv6Conf":
                out[name] = "" if ways.network == "empty" else "-"
        if "ipv6PrefixLength" in n:
            out["ipv6PrefixLength"] = n["ipv6PrefixLength"]
        dns = {name: value for name, value in self.dns.items() if value or ways.network == "empty"}
        return {"portA": out, "dns": [dns]}

    def device_query(self, _a: dict[str, Any]) -> dict[str, Any]:
        return {"currentTime": self.date(), "restartTime": self.date(self.boot + self.shift), "uptime": int(self.now() - self.boot) if self.fault != "uptime-stands" else 5, "serial": "SM0A1DE7",
                "apiVersion": "4.3", "activatedFeatures": list(self.features), "activatedLicenses": list(self.licenses), "shutdownStatus": self.shutdown,
                "mediaResourceRestarts": 0}

    def device_restart(self, a: dict[str, Any]) -> None:
        if a.get("shutdownOnly"):
            self.shutdown = "shutdown" if self.fault != "shutdown-unseen" else "notShutdown"
            self.after(0.5, self.go_down)
        else:
            self.after(0.5, self.reboot)

    def go_down(self) -> None:
        for conf in list(self.confs.values()):
            self.close(conf)
        self.shutdown = "shutdown" if self.fault != "shutdown-unseen" else "notShutdown"
        self.emit("deviceStatusChanged")

    def reboot(self) -> None:
        reason = "User requested reboot from API" if self.shutdown == "notShutdown" else "User requested shutdown"
        if self.fault == "restart-reason":
            reason = "API reboot"
        if self.fault == "restart-reason-web":
            reason = "User requested reboot from web interface"
        for conf in list(self.confs.values()):
            self.close(conf)
        self.shutdown = "notShutdown"
        self.boot = self.now()
        if self.fault != "restart-not-logged":
            self.restarts.append((reason, self.boot + self.shift))
        self.generation += 1
        for kind in KINDS:
            self.live[kind].clear()
        for name in self.deleted:
            self.deletion_start[name] += len(self.deleted[name])
            self.deleted[name].clear()
        if not self.ways.cdr_kept:
            self.cdr.clear()
            self.cdr_next = self.ways.cdr_first
        for close in list(self.closers):
            close()
        if self.fault == "users-lost-on-restart":
            self.users = self.users[:3]
        if not self.ways.keep_receivers:
            self.receivers.clear()
        self.emit("restart")

    def device_restartlog_query(self, _a: dict[str, Any]) -> dict[str, Any]:
        return {"log": [{"time": self.date(moment), "reason": reason} for reason, moment in self.restarts[-50:]]}

    def device_time_modify(self, a: dict[str, Any]) -> None:
        ways, fault = self.ways, self.fault
        enabled = a.get("ntpEnabled", self.ntp["ntpEnabled"])
        if a.get("ntpEnabled") and "ntpHost" not in a and fault != "ntp-host-optional":
            raise Fault(101, "missing parameter: ntpHost")
        if "currentTime" in a:
            if enabled and fault != "time-under-ntp":
                raise Fault(ways.ntp_code, f"{TEXTS[ways.ntp_code]}: currentTime")
            match = DATE.match(a["currentTime"])
            assert match
            year, month, day, hour, minute, second = map(int, match.groups())
            try:
                import calendar

                time.strptime(a["currentTime"], "%Y%m%dT%H:%M:%S")
                moment = calendar.timegm((year, month, day, hour, minute, second))
            except ValueError:
                raise Fault(103, "malformed parameter: currentTime") from None
            if fault != "time-not-set":
                self.shift = moment - self.epoch - self.now()
        if not ways.utc_alone and ("utcOffsetHours" in a) != ("utcOffsetMinutes" in a):
            raise Fault(101, "missing parameter: " + ("utcOffsetMinutes" if "utcOffsetHours" in a else "utcOffsetHours"))
        for name in self.ntp:
            if name in a and not (fault == "time-minutes-lost" and name == "utcOffsetMinutes"):
                self.ntp[name] = a[name]
        if fault == "time-omitted-reset":
            for name in ("utcOffsetHours", "utcOffsetMinutes"):
                if name not in a:
                    self.ntp[name] = 0

    def device_time_query(self, _a: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {"currentTime": self.date(), **self.ntp, "ntpStatus": "synchronized" if self.ntp["ntpEnabled"] else "disabled"}
        if not out["ntpHost"] and not self.ways.empties:
            del out["ntpHost"]
        if self.fault == "time-local":
            out["currentTime"] = self.date(self.now() + self.shift + self.ntp["utcOffsetHours"] * 3600 + self.ntp["utcOffsetMinutes"] * 60)
        return out

    # --- feedback receivers

    def check_uri(self, uri: str, name: str) -> None:
        match = HTTP_URI.match(uri)
        if (match is None or (match[2] and not 0 < int(match[2][1:]) < 65536)) and self.fault != "receiver-uri-any":
            raise Fault(102, f"invalid parameter: {name}")

    def check_ascii(self, a: dict[str, Any]) -> None:
        if not a.get("sourceIdentifier", "").isascii() and self.fault != "source-not-ascii":
            raise Fault(102, "invalid parameter: sourceIdentifier")

    def feedbackReceiver_configure(self, a: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        ways, fault = self.ways, self.fault
        self.check_uri(a["receiverURI"], "receiverURI")
        self.check_ascii(a)
        index = a.get("receiverIndex", 2 if fault == "receiver-default-two" else 1)
        if fault == "receiver-default-free" and "receiverIndex" not in a:
            index = -1
        if index == 0:
            raise Fault(ways.range_code, f"{TEXTS[ways.range_code]}: receiverIndex")
        if index < 0:
            free = [place for place in range(1, 21) if place not in self.receivers]
            if not free:
                raise Fault(ways.full_code)
            index = free[0] if fault != "receiver-negative-first" else 1
            if fault == "receiver-twenty" and index == 20:
                raise Fault(ways.full_code)
        old = self.receivers.pop(index, None)
        if fault == "receiver-occupied-refused" and old is not None:
            self.receivers[index] = old
            raise Fault(201)
        receiver = Receiver(index, a["receiverURI"], a.get("sourceIdentifier", ""), list(dict.fromkeys(a.get("subscribedEvents", EVENTS))))
        if fault == "receiver-default-none" and "subscribedEvents" not in a:
            receiver.events = []
        if fault == "receiver-default-few" and "subscribedEvents" not in a:
            receiver.events = [event for event in EVENTS if event != "flexParticipantMediaEnum"]
        if old:
            words = {"deleted": ["receiverDeleted"], "modified": ["receiverModified"], "both": ["receiverModified", "receiverDeleted"], "none": []}[ways.overwrite]
            self.farewell(old, words)
        if fault == "receiver-overwrite-merges" and old:
            receiver.events = list(dict.fromkeys([*old.events, *receiver.events]))
        self.receivers[index] = receiver
        self.emit("configureAck", receiver)
        return {"receiverIndex": index if fault != "receiver-index-reply" else index + 1}

    def farewell(self, old: Receiver, words: list[str]) -> None:
        """Last messages to a receiver that is no more, or to the URI that it had."""
        old.gone = True
        if self.fault == "farewell-none":
            return
        events = [event for event in words if event in old.events or self.ways.ack_always]
        if events:
            ghost = Receiver(old.index, old.uri, old.source, old.events, gone=True)
            self.spawn(self.notify(ghost, events))

    def slot(self, a: dict[str, Any]) -> Receiver:
        receiver = self.receivers.get(a["receiverIndex"])
        if receiver is None:
            raise Fault(self.ways.slot_code, f"{TEXTS[self.ways.slot_code]}: receiverIndex")
        return receiver

    def feedbackReceiver_query(self, _a: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"receivers": [{"index": one.index, **self.source_of(one), "receiverURI": one.uri} for _, one in sorted(self.receivers.items())]}

    def source_of(self, one: Receiver) -> dict[str, str]:
        if self.fault == "receiver-source-lost":
            return {"sourceIdentifier": ""}
        if one.source or self.ways.source_shown == "given":
            return {"sourceIdentifier": one.source}
        return {"sourceIdentifier": MAC} if self.ways.source_shown == "mac" else {}

    def feedbackReceiver_reconfigure(self, a: dict[str, Any]) -> None:  # noqa: N802
        fault = self.fault
        if fault == "reconfigure-creates" and a["receiverIndex"] not in self.receivers and "receiverURI" in a:
            self.feedbackReceiver_configure(a)
            return
        receiver = self.slot(a)
        if "receiverURI" in a:
            self.check_uri(a["receiverURI"], "receiverURI")
        self.check_ascii(a)
        if "receiverURI" in a and a["receiverURI"] != receiver.uri and fault != "reconfigure-uri-kept":
            self.farewell(receiver, ["receiverModified", "receiverDeleted"] if fault != "reconfigure-no-deleted" else ["receiverModified"])
            receiver = self.receivers[receiver.index] = Receiver(receiver.index, a["receiverURI"], receiver.source, receiver.events)
        elif fault != "reconfigure-no-modified":
            self.emit("receiverModified", receiver)
        if "sourceIdentifier" in a:
            receiver.source = a["sourceIdentifier"]
        elif fault == "reconfigure-source-reset":
            receiver.source = ""
        if "subscribedEvents" in a:
            receiver.events = list(dict.fromkeys(a["subscribedEvents"])) if fault != "reconfigure-events-added" else list(dict.fromkeys([*receiver.events, *a["subscribedEvents"]]))
        elif fault == "reconfigure-events-reset":
            receiver.events = list(EVENTS)
        self.emit("configureAck", receiver)

    def feedbackReceiver_remove(self, a: dict[str, Any]) -> None:  # noqa: N802
        if self.fault == "remove-empty-ok" and a["receiverIndex"] not in self.receivers:
            return
        receiver = self.slot(a)
        words = ["receiverDeleted", *(["configureAck"] if self.ways.ack_remove else [])]
        if self.fault == "remove-still-sends":
            self.hidden = receiver
            self.receivers[receiver.index + 100] = self.receivers.pop(receiver.index)
            return
        del self.receivers[receiver.index]
        self.farewell(receiver, words)

    def feedbackReceiver_status(self, a: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        one = self.slot(a)
        return {"receiverIndex": one.index, **self.source_of(one), "receiverURI": one.uri, "subscribedEvents": list(one.events) if self.fault != "receiver-status-all" else list(EVENTS)}

    # --- calls

    def call_struct(self, call: Call, short: bool) -> dict[str, Any]:
        out: dict[str, Any] = {"callID": call.id, "conferenceID": call.part.conf.id, "conferenceState": call.stage, "callState": call.state, "incoming": False,
                               "protocol": call.protocol, "address": call.address}
        if not short:
            out["participantID"] = call.part.id
        if call.up or self.fault == "call-duration-early":
            out |= {"duration": int(self.now() - call.since), "rxBandwidth": call.bandwidth, "txBandwidth": call.bandwidth}
            if call.up:
                out["remoteName"] = f"Endpoint {call.address.split('@')[0]}"
        return out

    def flex_call_status(self, a: dict[str, Any]) -> dict[str, Any]:
        call = self.calls.get(a["callID"])
        if call is None:
            raise Fault(self.ways.call_code, f"{TEXTS[self.ways.call_code]}: callID")
        return self.call_struct(call, False)

    # --- conferences

    def pair(self, a: dict[str, Any]) -> None:
        ways = self.ways
        for name in PAIRS:
            flag = name + "Unlimited"
            if self.fault in ("pair-both", f"pair-{name}-both"):
                if name in a:
                    a.pop(flag, None)
                continue
            if name in a and flag in a and (a[flag] or ways.pair_false == "fault"):
                raise Fault(ways.pair_code, f"{TEXTS[ways.pair_code]}: {flag}")
            if name not in a and a.get(flag) is False and ways.false_alone == "fault":
                raise Fault(102, f"invalid parameter: {flag}")

    def attributes(self, given: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
        out = dict(given)
        if "audioReceiveGain" in out and (before | out).get("audioReceiveGainMode") != "gainModeFixed" and self.ways.gain_ignored:
            del out["audioReceiveGain"]
        return out

    def uri_list(self, given: list[dict[str, Any]], owner: Any, before: dict[str, Any]) -> list[dict[str, Any]]:
        ways, fault, out, seen = self.ways, self.fault, [], set()
        for one in given:
            uri, pin = one["URI"], one.get("PIN", "")
            self.check_conference_uri(uri)
            if ways.pin_digits and pin and not pin.isdigit():
                raise Fault(102, "invalid parameter: PIN")
            if any(uri == other for other, _ in seen):
                if (uri, pin) in seen and fault != "uri-twice-accepted":
                    raise Fault(ways.twice_code, f"{TEXTS[ways.twice_code]}: {uri}")
                if fault == "uri-twice-refused":
                    raise Fault(18)
            seen.add((uri, pin))
            self.free_uri(uri, owner)
            new = {"URI": uri, "callBandwidth": one["callBandwidth"], "PIN": pin}
            if "callAttributes" in one:
                new["callAttributes"] = self.attributes(one["callAttributes"], before)
            if "participantMediaResources" in one:
                new["participantMediaResources"] = self.resources(one["participantMediaResources"])
            out.append(new)
        return out

    def check_conference_uri(self, uri: str) -> None:
        fault = self.fault
        good = URI.match(uri) is not None and uri.count("@") <= 1
        if fault == "uri-characters" and "!" in uri or fault == "uri-spaces" and " " in uri:
            good = True
        if fault == "uri-two-ats" and uri.count("@") > 1 and URI.match(uri):
            good = True
        if fault == "uri-no-underscore" and "_" in uri or fault == "uri-no-at" and "@" in uri:
            good = False
        if not good:
            raise Fault(102, "invalid parameter: URI")

    def free_uri(self, uri: str, owner: Any) -> None:
        fault = self.fault
        if fault == "uri-unique-never":
            return
        owners = self.uris.get(uri, [])
        if fault == "uri-domain-ignored" and not owners:
            owners = next((held for other, held in self.uris.items() if other.split("@")[0] == uri.split("@")[0]), [])
        for other in owners:
            if fault == "uri-unique-conferences-only" and isinstance(other, Participant):
                continue
            if other is not owner:
                raise Fault(self.ways.duplicate_code, f"{TEXTS[self.ways.duplicate_code]}: {uri}")
            if fault == "uri-own-refused":
                raise Fault(18)

    def flex_conference_create(self, a: dict[str, Any]) -> dict[str, Any]:
        fault = self.fault
        if self.shutdown != "notShutdown" and fault != "shutdown-creates":
            raise Fault(207)
        self.pair(a)
        if len(self.confs) >= MAX_CONFERENCES:
            raise Fault(6)
        settings = BASE | {name: value for name, value in a.items() if name not in ("participantMediaResources", "URIs", "callAttributes", "\0user")}
        for name in PAIRS:
            if name in a:
                settings.pop(name + "Unlimited", None)
            elif settings.get(name + "Unlimited") is False:
                settings[name + "Unlimited"] = True
        settings["participantMediaResources"] = self.resources(a["participantMediaResources"])
        settings["callAttributes"] = self.attributes(a.get("callAttributes", {}), {})
        settings["URIs"] = self.uri_list(a.get("URIs", []), None, settings["callAttributes"])
        settings["\0set"] = set(a)
        self.store_faults(settings, a, created=True)
        conf = self.open_conference(settings, a.get("startTime", 0))
        out = {"conferenceID": conf.id}
        if settings["conferenceReference"] or fault == "reference-empty":
            out["conferenceReference"] = settings["conferenceReference"]
        return out

    def store_faults(self, settings: dict[str, Any], a: dict[str, Any], created: bool) -> None:
        fault = self.fault
        if fault in STORE_FAULTS:
            when, action = STORE_FAULTS[fault]
            if when in ("both", "create" if created else "modify"):
                action(settings, a)

    def flex_conference_destroy(self, a: dict[str, Any]) -> None:
        conf = self.conference(a)
        if self.fault == "destroy-no-lobby" and any(part.live for part in conf.parts.values()):
            return
        self.end(conf, a.get("allowExitScreen", self.fault == "destroy-lobby-default") and conf.settings["exitScreen"])

    def page(self, found: list[Any], a: dict[str, Any], build: Callable[[Any], Any]) -> tuple[list[Any], int]:
        """The records of one page and how many of those found they are."""
        fault = self.fault
        limit = a.get("max", 1 << 30)
        if fault == "max-plus-one":
            limit += 1
        elif fault == "max-ignored":
            limit = 1 << 30
        elif fault == "max-one-less" and limit > 1 and limit < 1 << 30:
            limit -= 1
        if self.ways.page:
            limit = min(limit, self.ways.page)
        out, size = [], 0
        for one in found:
            if len(out) >= limit:
                break
            item = build(one)
            size += len(self.writer.value(item)) if len(found) > 8 else 0
            if out and size > 30000 and fault != "page-over-32k":
                break
            out.append(item)
        return out, len(out)

    def enumerate(self, kind: str, a: dict[str, Any], build: Callable[[str], Any]) -> tuple[list[Any], bool, str]:
        fault = self.fault
        place, extra = 0, ""
        wanted = a.get("conferenceID")
        if "cookie" in a:
            if wanted is not None and self.ways.cookie_filter:
                raise Fault(self.ways.cookie_filter, f"{TEXTS[self.ways.cookie_filter]}: conferenceID")
            place, extra = self.read_cookie(kind, a["cookie"])
        elif wanted is not None:
            if fault != "filter-unknown-empty" or wanted in self.confs:
                self.conference(a)
            extra = wanted if fault not in ("filter-ignored",) else ""
        if fault == "filter-first-only" and "cookie" in a:
            extra = ""
        if fault == "cookie-restarts" and "cookie" in a and place:
            place = 0
        found: list[tuple[str, int]] = []
        for identifier, revision in reversed(self.live[kind].items()):
            if revision <= place:
                break
            if extra and (identifier not in self.parts or self.parts[identifier].conf.id != extra):
                continue
            found.append((identifier, revision))
        found.reverse()
        out, count = self.page(found, a, lambda one: build(one[0]))
        more = count < len(found)
        place = found[count - 1][1] if more else self.revision
        if more and fault == "cookie-skips":
            place = found[count][1]
        elif more and fault == "cookie-skips-rest":
            place = self.revision
        elif more and fault == "cookie-repeats":
            place -= 1
        elif not more and fault == "cookie-last-repeats" and found:
            place = found[-1][1] - 1
        if fault == "more-never":
            more = False
        elif fault == "more-always" and out:
            more = True
        elif fault == "more-at-max" and out and len(out) == a.get("max"):
            more = True
        if self.ways.page_reversed:
            out.reverse()
        return out, more, self.cookie(kind, place, extra)

    def flex_conference_enumerate(self, a: dict[str, Any]) -> dict[str, Any]:
        def build(identifier: str) -> Any:
            conf = self.confs.get(identifier)
            return self.conference_info(conf) if conf else {"conferenceID": identifier, **dict.fromkeys(("locked", "active", "terminating"), False)}

        out, more, cookie = self.enumerate("conference", a, build)
        result: dict[str, Any] = {"moreAvailable": more, "cookie": cookie, "conferences": out}
        if self.ways.credits_experimental:
            status = self.resource_status()
            result |= {name: status[name] for name in ("conferenceCreditsAllocated", "conferenceCreditsRequired", "conferenceCreditsUsed")}
        return result

    def deletions(self, kind: str, a: dict[str, Any]) -> tuple[list[tuple[int, str, str, bool]], bool, str, bool]:
        fault = self.fault
        start, entries = self.deletion_start[kind], self.deleted[kind]
        end = start + len(entries)
        owner = kind + "-deletions"
        if "cookie" in a:
            if a.get("conferenceID") is not None and self.ways.cookie_filter:
                raise Fault(self.ways.cookie_filter, f"{TEXTS[self.ways.cookie_filter]}: conferenceID")
            place, text = self.read_cookie(owner, a["cookie"])
            extra, _, flag = text.partition("~")
            extended = flag == "1"
            if fault == "extended-changes" and "extended" in a:
                extended = a["extended"]
        else:
            if a.get("conferenceID") is not None:
                self.conference(a)
            place, extra, extended = end, a.get("conferenceID", ""), a.get("extended", False)
            if fault == "deletion-first-lists":
                place = start
        if place < start:
            raise Fault(self.ways.stale_code, "cookie is invalid or expired" if self.ways.stale_code == 102 else TEXTS[self.ways.stale_code])
        if fault == "deletion-filter-ignored":
            extra = ""
        found = [(number, one) for number, one in enumerate(entries[place - start:], place) if one[1] and (not extra or one[2] == extra)]
        out, count = self.page(found, a, lambda one: {"participantID": one[1][1], "conferenceID": one[1][2]})
        out = [one[1] for one in found[:count]]
        more = count < len(found)
        place = found[count - 1][0] + 1 if more else end
        if more and fault == "deletion-page-lost":
            place += 1
        elif more and fault == "deletion-page-rest":
            place = end
        elif out and not more and fault == "deletion-again":
            place = found[count - 1][0]
        if fault == "deletion-more-never":
            more = False
        return out, more, self.cookie(owner, place, f"{extra}~{extended:d}"), extended

    def flex_conference_deletions_enumerate(self, a: dict[str, Any]) -> dict[str, Any]:
        out, more, cookie, _ = self.deletions("conference", a)
        return {"moreAvailable": more, "cookie": cookie, "conferenceIDs": [one[1] for one in out]}

    def flex_conference_getMetadata(self, a: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"metadata": self.conference(a).settings["metadata"]}

    def flex_conference_modify(self, a: dict[str, Any]) -> None:
        ways, fault = self.ways, self.fault
        conf = self.conference(a)
        self.pair(a)
        new = dict(conf.settings)
        if "duration" in a and conf.active and conf.start + a["duration"] < self.now() and fault != "duration-past-accepted":
            raise Fault(ways.past_code, f"{TEXTS[ways.past_code]}: duration")
        if "maxParticipants" in a and a["maxParticipants"] < len(self.counted(conf)) and fault != "limit-below-active":
            raise Fault(ways.limit_code)
        totals = [self.usage(part) for part in conf.parts.values()]
        if "conferenceMediaTokens" in a and a["conferenceMediaTokens"] < sum(sum(one[1]) for one in totals):
            raise Fault(58)
        if "conferenceMediaCredits" in a and a["conferenceMediaCredits"] < sum(one[3] for one in totals):
            raise Fault(58)
        for name, value in a.items():
            if name in ("conferenceID", "URIs", "callAttributes", "participantMediaResources", "\0user"):
                continue
            new[name] = value
        for name in PAIRS:
            flag = name + "Unlimited"
            if name in a:
                new.pop(flag, None)
            elif a.get(flag):
                new.pop(name, None)
            elif flag in a:
                new.pop(flag)
                if name not in new:
                    new[flag] = True
        if fault == "modify-unlimited-stays":
            for name in PAIRS:
                if name in a:
                    new[name + "Unlimited"] = True
        if "participantMediaResources" in a:
            new["participantMediaResources"] = self.resources(a["participantMediaResources"])
        if "callAttributes" in a:
            before = conf.settings["callAttributes"] if ways.attributes == "merge" else {}
            new["callAttributes"] = before | self.attributes(a["callAttributes"], before)
        if fault == "modify-before-check":
            conf.settings.update({name: value for name, value in new.items() if name != "URIs"})
        if "URIs" in a:
            if fault == "modify-uris-added":
                kept = [one for one in conf.settings["URIs"] if one["URI"] not in {other["URI"] for other in a["URIs"]}]
                new["URIs"] = (kept + self.uri_list(a["URIs"], conf, new["callAttributes"]))[-2:]
            elif fault == "modify-uris-empty-kept" and not a["URIs"]:
                pass
            else:
                new["URIs"] = self.uri_list(a["URIs"], conf, new["callAttributes"])
            if fault != "modify-uris-held":
                self.free(conf.settings["URIs"], conf)
            for one in new["URIs"]:
                self.uris.setdefault(one["URI"], []).append(conf)
        new["\0set"] = conf.settings.get("\0set", set()) | set(a)
        self.store_faults(new, a, created=False)
        conf.settings = new
        if "duration" in a or "durationUnlimited" in a:
            self.plan_end(conf)
        self.changed(conf)

    def flex_conference_query(self, a: dict[str, Any]) -> dict[str, Any]:
        conf, ways, fault = self.conference(a), self.ways, self.fault
        s = conf.settings
        out: dict[str, Any] = {"conferenceID": conf.id}
        uris = []
        for one in s["URIs"]:
            new = dict(one)
            if not new["PIN"] and not ways.empties:
                del new["PIN"]
            if "callAttributes" in new and ways.attributes_shown == "all":
                new["callAttributes"] = ATTRIBUTE_DEFAULTS | s["callAttributes"] | new["callAttributes"]
            uris.append(new)
        out["URIs"] = uris
        for name in ("conferenceReference", "conferenceName", "conferenceDescription"):
            if s[name]:
                out[name] = s[name]
        if fault == "reference-empty":
            out["conferenceReference"] = s["conferenceReference"]
        for name in ("conferenceMediaTokens", "conferenceMediaCredits", "duration", "maxParticipants"):
            if name in s:
                out[name] = s[name]
                if fault == "query-pair-both":
                    out[name + "Unlimited"] = False
                if fault == "modify-unlimited-stays" and s.get(name + "Unlimited"):
                    out[name + "Unlimited"] = True
            elif ways.unlimited_shown or name + "Unlimited" in s.get("\0set", ()):
                out[name + "Unlimited"] = True
            if name == "duration" and s["billingCode"]:
                out["billingCode"] = s["billingCode"]
        for name in ("waitForChair", "disconnectOnChairExit", "terminateWithLastCall", "locked"):
            out[name] = s[name]
        start = conf.start - self.now()
        out["startTime"] = {"given": s["startTime"], "remaining": max(0, int(start)), "zero": 0 if conf.active else s["startTime"]}[ways.start_time]
        out["callAttributes"] = (ATTRIBUTE_DEFAULTS if ways.attributes_shown == "all" else {}) | s["callAttributes"]
        out["voiceSwitchingSensitivity"] = s["voiceSwitchingSensitivity"]
        out["participantMediaResources"] = s["participantMediaResources"]
        given = s.get("\0set", set())
        for name in QUERY:
            if name == "hasMetadata":
                out[name] = bool(s["metadata"])
            elif name in OPTIONAL and ways.optional_absent and name not in given:
                continue
            elif s[name] == "" and not ways.empties:
                continue
            else:
                out[name] = s[name]
        if ways.mode_shown:
            out["resourceOptimizationMode"] = s["resourceOptimizationMode"]
        return out

    def flex_conference_sendUserMessage(self, a: dict[str, Any]) -> None:  # noqa: N802
        self.conference(a)

    def flex_conference_sendWarning(self, a: dict[str, Any]) -> None:  # noqa: N802
        conf = self.conference(a)
        if "secondsRemaining" not in a and "duration" in conf.settings and self.ways.warning_default == "missing":
            raise Fault(101, "missing parameter: secondsRemaining")
        if self.fault == "warning-ends":
            conf.timers["end"] = self.after(a.get("secondsRemaining", 120), self.end, conf, False)

    def flex_conference_status(self, a: dict[str, Any]) -> dict[str, Any]:
        conf, fault = self.conference(a), self.fault
        parts = self.counted(conf)
        start = conf.start - self.now()
        out: dict[str, Any] = {"conferenceID": conf.id, "locked": conf.settings["locked"], "numParticipants": len(parts),
                               "numScreens": sum((self.ways.screens if call.address in MULTI else 1) for part in parts for call in part.live if call.address not in AUDIO),
                               "configuredMediaTokens": sum(sum(self.usage(part)[0]) for part in parts),
                               "configuredMediaCredits": sum(self.usage(part)[2] for part in parts),
                               "startTime": (-max(1, int(-start)) if conf.active else max(0, int(start) + 1)), "active": conf.active}
        if fault == "status-start-positive":
            out["startTime"] = abs(out["startTime"])
        elif fault == "status-start-given":
            out["startTime"] = conf.settings["startTime"]
        if conf.presenter is not None:
            out["presenterID"] = conf.presenter.id
        if conf.settings["conferenceReference"] or fault == "reference-empty":
            out["conferenceReference"] = conf.settings["conferenceReference"]
        if "duration" in conf.settings:
            out["endTime"] = int(start + conf.settings["duration"]) if fault != "status-end-from-now" else conf.settings["duration"]
        elif fault == "status-end-always":
            out["endTime"] = 0
        if self.ways.credits_experimental:
            out |= dict.fromkeys(("conferenceCreditsAllocated", "conferenceCreditsRequired", "conferenceCreditsUsed"), sum(self.usage(part)[3] for part in parts))
        if fault == "status-locked-stale":
            out["locked"] = conf.born.setdefault("locked", conf.settings["locked"])
        return out

    # --- licence mode

    def license_allowed(self) -> None:
        if self.license_mode == "flexible":
            if self.ways.license_code:
                raise Fault(self.ways.license_code)
        elif self.ways.https:
            raise Fault(206)

    def flex_licenseMode_modify(self, a: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.license_allowed()
        if "newLicenseMode" not in a:
            raise Fault(101, "missing parameter: newLicenseMode")
        if any(conf.active for conf in self.confs.values()):
            raise Fault(67)
        self.license_mode = "trust" if a["newLicenseMode"] == "trust" else "flexible"
        return {"trustSecret": hashlib.sha256(str(self.seed).encode()).digest()}

    def flex_licenseMode_verify(self, _a: dict[str, Any]) -> None:  # noqa: N802
        self.license_allowed()

    # --- participants

    def new_participant(self, conf: Conference, a: dict[str, Any], resources: dict[str, Any] | None) -> Participant:
        fault = self.fault
        own = a.get("callAttributes", {})
        inherited = conf.settings["callAttributes"]
        attributes = ATTRIBUTE_DEFAULTS | inherited | self.attributes(own, ATTRIBUTE_DEFAULTS | inherited)
        if fault == "attributes-conference-first":
            attributes = ATTRIBUTE_DEFAULTS | own | inherited
        elif fault == "attributes-not-inherited":
            attributes = ATTRIBUTE_DEFAULTS | own
        elif fault == "attributes-all-or-nothing":
            attributes = ATTRIBUTE_DEFAULTS | (own or inherited)
        calls = a["calls"]
        if len(calls) > 1 and fault != "multi-main-presentation":
            attributes["videoTxPresentationMainVideoAllowed"] = False
        more = {name: a.get(name, default) for name, default in (("camerasCrossed", False), ("audioIndex", 0), ("contentIndex", 0), ("dtmf", ""), ("callerName", ""),
                                                                 ("callerAddress", ""), ("cascadeRole", "cascadeNone"))}
        if len(calls) == 1:
            more |= {"camerasCrossed": False, "audioIndex": 0, "contentIndex": 0}
        part = Participant(self.identifier(), conf, [dict(one) for one in calls], a.get("participantReference", ""), a.get("displayName", ""), a.get("PIN"), a.get("PINs", []),
                           attributes, dict(resources or conf.settings["participantMediaResources"]), more, [None] * len(calls))
        part.mutes = {name: attributes[name[:-4] + "StartMuted"] if fault != "start-muted-ignored" else False for name in MUTES}
        if attributes["recordingDevice"]:
            part.mutes["videoRxMute"] = True
        conf.parts[part.id] = part
        self.parts[part.id] = part
        for one in part.definitions:
            if "URI" in one:
                self.uris.setdefault(one["URI"], []).append(part)
        self.changed(conf, part)
        self.dial(part)
        return part

    def flex_participant_create(self, a: dict[str, Any]) -> dict[str, Any]:
        ways, fault = self.ways, self.fault
        conf = self.conference(a)
        if self.shutdown != "notShutdown" and fault != "shutdown-creates":
            raise Fault(207)
        calls = a["calls"]
        for one in calls:
            if "URI" in one and "remoteAddress" in one and fault != "call-both-ways":
                raise Fault(102, "invalid parameter: calls")
            if "remoteAddress" in one:
                if "protocol" not in one and fault != "call-protocol-optional":
                    raise self.catalogue.fail(101, ("calls", "protocol"))
                one.setdefault("protocol", "sip")
                if not one["remoteAddress"]:
                    raise Fault(102, "invalid parameter: remoteAddress")
            elif "URI" not in one:
                raise self.catalogue.fail(101, ("calls", "remoteAddress"))
            else:
                self.check_conference_uri(one["URI"])
                self.free_uri(one["URI"], None)
        uris = [one["URI"] for one in calls if "URI" in one]
        if len(set(uris)) != len(uris):
            raise Fault(ways.twice_code)
        outgoing = all("remoteAddress" in one for one in calls)
        if outgoing and (a.get("PIN") or a.get("PINs")) and fault != "pin-outgoing-accepted":
            raise Fault(102, "invalid parameter: PIN")
        if ways.pin_digits and a.get("PIN") and not a["PIN"].isdigit():
            raise Fault(102, "invalid parameter: PIN")
        if len(calls) > 1:
            for name in ("audioIndex", "contentIndex"):
                if a.get(name, 0) >= len(calls) and fault != f"{name}-unchecked":
                    raise Fault(ways.range_code, f"{TEXTS[ways.range_code]}: {name}")
            if a.get("cascadeRole", "cascadeNone") != "cascadeNone" and fault != "cascade-many-calls":
                raise Fault(102, "invalid parameter: cascadeRole")
        self.check_dtmf(a.get("dtmf", ""))
        limit = conf.settings.get("maxParticipants", 1 << 30)
        if len(conf.parts) >= limit and fault != "limit-ignored":
            raise Fault(7)
        if fault == "limit-off-by-one" and len(conf.parts) + 1 >= limit:
            raise Fault(7)
        if len(self.parts) >= MAX_PARTICIPANTS:
            raise Fault(7)
        resources = None
        if "participantMediaResources" in a:
            resources = self.resources(a["participantMediaResources"])
        wanted = resources or conf.settings["participantMediaResources"]
        if "conferenceMediaCredits" in conf.settings and fault != "conference-credits-ignored":
            used = sum(part.resources["numMediaCredits"] for part in conf.parts.values())
            if used + wanted["numMediaCredits"] > conf.settings["conferenceMediaCredits"]:
                raise Fault(53)
        if "conferenceMediaTokens" in conf.settings and fault != "conference-tokens-ignored":
            total = sum(sum(self.usage(part)[0]) for part in conf.parts.values())
            if total + sum(wanted[name]["total"] for name in wanted if name != "numMediaCredits") > conf.settings["conferenceMediaTokens"]:
                raise Fault(53)
        part = self.new_participant(conf, a, resources)
        if fault == "participant-reference-lost":
            part.reference = ""
        out = {"participantID": part.id}
        if a.get("participantReference") or fault == "reference-empty":
            out["participantReference"] = a.get("participantReference", "")
        return out

    def check_dtmf(self, text: str) -> None:
        fault = self.fault
        if not text.isascii() and fault != "dtmf-non-ascii":
            raise Fault(self.ways.dtmf_code, f"{TEXTS[self.ways.dtmf_code]}: dtmf")
        if fault == "dtmf-letters-refused" and re.search(r"[^*#0-9ABCD,]", text):
            raise Fault(102, "invalid parameter: dtmf")
        if fault == "dtmf-comma-refused" and "," in text:
            raise Fault(102, "invalid parameter: dtmf")

    def flex_participant_query(self, a: dict[str, Any]) -> dict[str, Any]:
        part, ways, fault = self.participant(a), self.ways, self.fault
        out: dict[str, Any] = {"participantID": part.id, "conferenceID": part.conf.id}
        if not part.outgoing:
            pin = part.pin if part.pin is not None else (part.pins[0]["PIN"] if part.pins else "")
            if ways.pin == "first" or (ways.pin == "empty" and part.pin):
                out["PIN"] = pin
            elif ways.pin == "empty":
                out["PIN"] = ""
            pins = part.pins or ([{"PIN": part.pin}] if part.pin else [])
            if pins or ways.empties:
                out["PINs"] = pins
            if fault == "pins-second-lost" and len(part.pins) > 1:
                out["PINs"] = part.pins[:1]
        out["callAttributes"] = part.attributes | {"accessLevel": self.access(part)}
        out["participantMediaResources"] = part.resources
        out["calls"] = [({"disconnectOnIncoming": False} | one if "URI" in one else one) for one in part.definitions]
        if fault == "query-calls-bandwidth":
            out["calls"] = [one | {"callBandwidth": 2048000} for one in out["calls"]]
        if fault == "query-calls-reversed":
            out["calls"] = out["calls"][::-1]
        if fault == "query-to-override-lost":
            out["calls"] = [{key: value for key, value in one.items() if key != "toOverride"} for one in out["calls"]]
        for name in ("camerasCrossed", "audioIndex", "contentIndex", "cascadeRole"):
            out[name] = part.more[name]
        if part.reference or fault == "reference-empty":
            out["participantReference"] = part.reference
        if part.name:
            out["displayName"] = part.name
        if part.more["dtmf"] or ways.empties:
            out["dtmf"] = part.more["dtmf"]
        for name in ("callerName", "callerAddress"):
            if part.more[name]:
                out[name] = part.more[name]
        return out

    def flex_participant_modify(self, a: dict[str, Any]) -> None:
        part, fault = self.participant(a), self.fault
        resources = self.resources(a["participantMediaResources"]) if "participantMediaResources" in a else None
        if "callAttributes" in a:
            before = part.attributes if self.ways.attributes == "merge" else ATTRIBUTE_DEFAULTS | part.conf.settings["callAttributes"]
            part.attributes = before | self.attributes(a["callAttributes"], before)
            if len(part.definitions) > 1 and fault != "multi-main-presentation":
                part.attributes["videoTxPresentationMainVideoAllowed"] = False
        if fault == "participant-modify-all" and "displayName" in a:
            for other in part.conf.parts.values():
                other.name = a["displayName"]
        if "displayName" in a and fault != "display-name-kept":
            part.name = a["displayName"]
        elif fault == "participant-modify-clears" and "displayName" not in a:
            part.name = ""
        if resources and fault != "participant-resources-kept":
            part.resources = resources
        self.changed(part.conf, part)

    def flex_participant_status(self, a: dict[str, Any]) -> dict[str, Any]:
        part, fault = self.participant(a), self.fault
        out: dict[str, Any] = {"participantID": part.id}
        if part.reference or fault == "reference-empty":
            out["participantReference"] = part.reference
        name = part.name or self.remote_name(part)
        if name:
            out["displayName"] = name
        count = len(part.definitions)
        kind = "Standard" if count == 1 else f"Group of {count} endpoints"
        if part.more["cascadeRole"] != "cascadeNone":
            kind = "Cascade"
        elif any(call.address in MULTI for call in part.live):
            kind = "Telepresence"
        if fault == "type-word":
            kind = "standard"
        important = part.conf.important is part
        out |= {"conferenceID": part.conf.id, "accessLevel": self.access(part), "participantType": kind, "participantMediaInfo": self.token_info(part), "important": important,
                "calls": [self.call_struct(call, True) if call else {} for call in part.calls], **part.mutes}
        if fault == "calls-absent-dropped":
            out["calls"] = [one for one in out["calls"] if one]
        if fault == "status-mute-swapped":
            out["audioRxMute"], out["audioTxMute"] = out["audioTxMute"], out["audioRxMute"]
        if fault == "status-credits-stale":
            part.seen.setdefault("credits", part.resources["numMediaCredits"])
            out["participantMediaInfo"]["creditsConfigured"] = part.seen["credits"]
        layout = self.layout(part)
        if layout:
            out["layout"] = layout
        elif fault == "layout-always":
            out["layout"] = "layoutSingle"
        return out

    def flex_participant_enumerate(self, a: dict[str, Any]) -> dict[str, Any]:
        out, more, cookie = self.enumerate("basic", a, lambda one: self.participant_info(self.parts[one], False))
        return {"moreAvailable": more, "cookie": cookie, "participants": out}

    def flex_participant_advanced_enumerate(self, a: dict[str, Any]) -> dict[str, Any]:
        out, more, cookie = self.enumerate("advanced", a, lambda one: self.participant_info(self.parts[one], True))
        return {"moreAvailable": more, "cookie": cookie, "participants": out}

    def flex_participant_media_enumerate(self, a: dict[str, Any]) -> dict[str, Any]:
        out, more, cookie = self.enumerate("media", a, lambda one: self.media_info(self.parts[one]))
        return {"moreAvailable": more, "cookie": cookie, "participantMediaInfo": out}

    def flex_participant_deletions_enumerate(self, a: dict[str, Any]) -> dict[str, Any]:
        out, more, cookie, extended = self.deletions("participant", a)
        result: dict[str, Any] = {"moreAvailable": more, "cookie": cookie}
        if extended or self.fault == "extended-both":
            result["IDs"] = [{"participantID": one[1], "conferenceID": one[2], **({"sipReasonHeader": "Q.850;cause=16"} if one[3] else {})} for one in out]
            if self.fault == "extended-conference-wrong":
                for one in result["IDs"]:
                    one["conferenceID"] = one["participantID"]
        if not extended or self.fault == "extended-both":
            result["participantIDs"] = [one[1] for one in out]
        return result

    def flex_participant_destroy(self, a: dict[str, Any]) -> None:
        part, fault = self.participant(a), self.fault
        if a.get("allowExitScreen") and part.conf.settings["exitScreen"] and part.live:
            if not part.leaving:
                part.leaving = True
                for call in part.live:
                    call.stage = "disconnecting"
                self.changed(part.conf, part)
                self.after(self.ways.exit_seconds, self.remove, part)
            return
        if fault == "participant-destroy-calls-only":
            for call in part.calls:
                if call:
                    self.drop(call)
            part.calls = [None] * len(part.definitions)
            self.changed(part.conf, part)
            return
        if fault == "participant-destroy-next" and len(part.conf.parts) > 2:
            others = list(part.conf.parts.values())
            self.remove(others[(others.index(part) + 1) % len(others)])
            return
        self.remove(part)

    def flex_participant_call_disconnect(self, a: dict[str, Any]) -> None:
        part = self.participant(a)
        if self.fault == "disconnect-ok":
            return
        if a["position"] >= len(part.definitions):
            raise Fault(self.ways.position_code, f"{TEXTS[self.ways.position_code]}: position")
        if self.fault == "disconnect-outgoing":
            call = part.calls[a["position"]]
            if call:
                self.drop(call)
                part.calls[a["position"]] = None
                self.changed(part.conf, part)
            return
        code = self.ways.disconnect_code if "remoteAddress" in part.definitions[a["position"]] else 56
        raise Fault(code, f"{TEXTS[code]}: position")

    def flex_participant_setImportant(self, a: dict[str, Any]) -> None:  # noqa: N802
        part, fault = self.participant(a), self.fault
        conf = part.conf
        if fault == "important-kept" and conf.important is not None:
            return
        if fault == "important-needs-call" and not part.live:
            raise Fault(56)
        if fault == "important-global":
            for other in self.confs.values():
                other.important = None
        conf.important = part
        self.changed(conf, part)

    def flex_participant_clearImportant(self, a: dict[str, Any]) -> None:  # noqa: N802
        part = self.participant(a)
        if (part.conf.important is part or self.fault == "important-clears-any") and self.fault != "important-not-cleared":
            part.conf.important = None
            self.changed(part.conf, part)

    def flex_participant_setMute(self, a: dict[str, Any]) -> None:  # noqa: N802
        part, fault = self.participant(a), self.fault
        for name in MUTES:
            if name in a:
                target = name
                if fault == "mute-video-tx-rx" and name == "videoTxMute":
                    target = "videoRxMute"
                part.mutes[target] = a[name] if not (fault == "mute-never-off" and not a[name]) else part.mutes[target]
            elif fault == "mute-omitted-off":
                part.mutes[name] = False
        if fault == "mute-all-participants" and a.get("audioRxMute"):
            for other in part.conf.parts.values():
                other.mutes["audioRxMute"] = True
        self.changed(part.conf, part)

    def flex_participant_sendDTMF(self, a: dict[str, Any]) -> None:  # noqa: N802
        part = self.participant(a)
        self.check_dtmf(a["dtmf"])
        call = part.calls[part.more["audioIndex"]] if part.more["audioIndex"] < len(part.calls) else None
        if (call is None or not call.up) and self.fault != "dtmf-without-call":
            raise Fault(201 if self.fault == "dtmf-no-call-code" else 56)

    def flex_participant_sendUserMessage(self, a: dict[str, Any]) -> None:  # noqa: N802
        self.participant(a)

    # --- diagnostics and previews

    def begin_async(self, kind: str) -> None:
        if self.pending[kind] >= (10 if self.fault != "async-limit-four" else 4):
            raise Fault(201 if self.fault == "async-limit-code" else 203)
        self.pending[kind] += 1

    async def reply(self, kind: str, uri: str, method: str, value: dict[str, Any]) -> None:
        try:
            await asyncio.sleep(1 / self.scale)
            await self.post(uri, self.writer.call(method, value))
        finally:
            if self.fault != "async-never-freed":
                self.pending[kind] -= 1

    def flex_participant_requestDiagnostics(self, a: dict[str, Any]) -> None:  # noqa: N802
        part, fault = self.participant(a), self.fault
        self.check_uri(a["receiverURI"], "receiverURI")
        self.check_ascii(a)
        if not part.live and fault != "diagnostics-without-call":
            raise Fault(5 if fault == "diagnostics-code" else 56)
        self.begin_async("diagnostics")
        value: dict[str, Any] = {"participantID": part.id if fault != "diagnostics-participant" else part.conf.id, "sourceIdentifier": a.get("sourceIdentifier") or MAC}
        if fault == "diagnostics-source":
            value["sourceIdentifier"] = MAC
        elif fault == "diagnostics-source-empty":
            value["sourceIdentifier"] = a.get("sourceIdentifier", "")
        value |= self.streams(part)
        if fault in DIAGNOSTIC_FAULTS:
            value = DIAGNOSTIC_FAULTS[fault](value)
        if fault == "diagnostics-never":
            return
        method = "participantDiagnosticsResponse" if fault != "diagnostics-method" else "participantDiagnosticResponse"
        self.spawn(self.reply("diagnostics", a["receiverURI"], method, value))
        if fault == "diagnostics-twice":
            self.spawn(self.reply("other", a["receiverURI"], method, value))

    def streams(self, part: Participant) -> dict[str, Any]:
        out: dict[str, list[dict[str, Any]]] = {name: [] for name in ("audioRx", "audioTx", "auxiliaryAudioRx", "auxiliaryAudioTx", "videoRx", "videoTx", "contentVideoRx", "contentVideoTx")}
        mutes = part.mutes
        for call in part.live:
            seconds = int(self.now() - call.since)
            packets = seconds * 50 + 10
            if call.place == part.more["audioIndex"] or len(part.definitions) == 1:
                out["audioRx"].append({"codec": "AAC-LD", "encrypted": False, "channelBitRate": 64000, "jitter": 2, "energy": -31, "packetsReceived": packets, "packetErrors": 0,
                                       "packetsMissing": 0, "framesReceived": packets, "frameErrors": 0, "muted": mutes["audioRxMute"]})
                out["audioTx"].append({"codec": "AAC-LD", "encrypted": False, "channelBitRate": 64000, "packetsSent": packets, "muted": mutes["audioTxMute"], "packetsLost": 0})
            if call.address in AUDIO:
                continue
            for _ in range(self.ways.screens if call.address in MULTI else 1):
                clear = {"clearPathOverhead": 0, "clearPathRecovered": 0} if call.address in MULTI else {}
                out["videoRx"].append({"streamType": "transcoded", "codec": "H.264", "height": 720, "width": 1280, "encrypted": False, "channelBitRate": call.bandwidth - 64000,
                                       "expectedBitRate": call.bandwidth - 64000, "expectedBitRateReason": "notLimited", "actualBitRate": call.bandwidth // 2, "jitter": 3,
                                       "packetsReceived": packets * 3, "packetErrors": 0, "framesReceived": seconds * 30, "frameErrors": 0, "frameRate": 30,
                                       "fastUpdateRequestsSent": 1, "muted": mutes["videoRxMute"], **clear, **({"clearPathLTRFRepaired": 0} if clear else {})})
                out["videoTx"].append({"streamType": "transcoded", "codec": "H.264", "height": 720, "width": 1280, "encrypted": False, "channelBitRate": call.bandwidth - 64000,
                                       "configuredBitRate": call.bandwidth - 64000, "configuredBitRateReason": "notLimited", "actualBitRate": call.bandwidth // 2,
                                       "packetsSent": packets * 3, "frameRate": 30, "fastUpdateRequestsReceived": 1, "muted": mutes["videoTxMute"], "packetsLost": 0, **clear,
                                       **({"clearPathLTRF": True} if clear else {})})
            presenter = part.conf.presenter
            if presenter is part and call.place == part.more["contentIndex"]:
                out["contentVideoRx"].append({"streamType": "transcoded", "codec": "H.264", "height": 1080, "width": 1920, "encrypted": False, "channelBitRate": 1000000,
                                              "expectedBitRate": 1000000, "expectedBitRateReason": "notLimited", "actualBitRate": 400000, "jitter": 1, "packetsReceived": packets,
                                              "packetErrors": 0, "framesReceived": seconds * 5, "frameErrors": 0, "frameRate": 5, "fastUpdateRequestsSent": 0})
            elif presenter is not None and call.place == part.more["contentIndex"]:
                out["contentVideoTx"].append({"streamType": "transcoded", "codec": "H.264", "height": 1080, "width": 1920, "encrypted": False, "channelBitRate": 1000000,
                                              "configuredBitRate": 1000000, "configuredBitRateReason": "notLimited", "actualBitRate": 400000, "packetsSent": packets, "frameRate": 5,
                                              "fastUpdateRequestsReceived": 0, "packetsLost": 0})
        if not self.ways.diagnostics_empty:
            return {name: streams for name, streams in out.items() if streams}
        return out

    def flex_participant_requestPreview(self, a: dict[str, Any]) -> None:  # noqa: N802
        part, fault, ways = self.participant(a), self.fault, self.ways
        self.check_uri(a["receiverURI"], "receiverURI")
        self.check_ascii(a)
        screens = len(part.definitions)
        if screens == 1 and any(call.address in MULTI for call in part.live):
            screens = ways.screens
        for one in a["streams"]:
            if one["streamIdentifier"] == "extendedVideo":
                if not part.live:
                    raise Fault(56)
                continue
            if "position" not in one:
                if fault == "preview-position-optional":
                    one["position"] = 0
                    continue
                raise self.catalogue.fail(101, ("streams", "position"))
            if one["position"] >= screens and fault != "preview-position-any":
                raise Fault(ways.position_code if part.live else 56)
            call = part.calls[min(one["position"], len(part.definitions) - 1)]
            if (call is None or not call.up) and fault != "preview-without-call":
                raise Fault(56)
        self.begin_async("preview")
        previews = [self.preview(part, one) for one in a["streams"]]
        self.previews_made += 1
        if fault == "preview-first-only":
            previews = previews[:1]
        elif fault == "preview-order":
            previews.reverse()
        elif fault == "preview-stale" and self.previews_made > 1:
            previews = [one | {"position": 0, "direction": "rx"} for one in previews]
        value = {"participantID": part.id, "sourceIdentifier": a.get("sourceIdentifier") or MAC, "streams": previews}
        if fault == "preview-source":
            value["sourceIdentifier"] = part.id
        elif fault == "preview-member-name":
            value["previews"] = value.pop("streams")
        self.spawn(self.reply("preview", a["receiverURI"], "participantPreviewResponse" if fault != "preview-method" else "participantDiagnosticsResponse", value))

    def preview(self, part: Participant, one: dict[str, Any]) -> dict[str, Any]:
        fault = self.fault
        name = one["streamIdentifier"]
        place = one.get("position", 0)
        call = part.calls[min(place, len(part.calls) - 1)]
        presenter = part.conf.presenter
        extended = name == "extendedVideo"
        direction = "rx" if name == "rxMainVideo" or (extended and presenter is part) else "tx"
        status = "ok"
        if extended and part.live:
            call = part.live[0]
        if call is None or call.address in AUDIO:
            status = "audioOnly"
        elif extended and presenter is None:
            status = "noCurrentPresentation"
        if fault == "preview-always-ok" and status != "ok":
            status = "ok"
            out = {"status": status, "direction": direction, "context": "extended" if extended else "main", "position": place, "preview": b""}
            return out
        width, height = min(one.get("maxWidth", 88), 176), min(one.get("maxHeight", 72), 144)
        if fault == "preview-too-wide":
            width = 176
        elif fault == "preview-too-large":
            width, height = one.get("maxWidth", 88) + 16, one.get("maxHeight", 72)
        elif fault == "preview-over-176":
            width, height = one.get("maxWidth", 88), one.get("maxHeight", 72)
        elif fault == "preview-default-large":
            width, height = min(one.get("maxWidth", 176), 176), min(one.get("maxHeight", 144), 144)
        elif self.ways.preview == "smaller":
            width, height = min(width, height * 4 // 3), min(height, width * 3 // 4)
        if fault == "preview-direction":
            direction = "tx" if direction == "rx" else "rx"
        out = {"status": status, "direction": direction, "context": "main" if not extended or fault == "preview-context" else "extended", "position": place}
        if status == "ok":
            data = jpeg(min(width, 1000), min(height, 1000), place * 3 + len(name))
            if fault == "preview-not-jpeg":
                data = b"\x89PNG\r\n\x1a\n" + data[8:]
            elif fault == "preview-cut":
                data = data[: len(data) // 3]
            elif fault == "preview-base64-twice":
                data = base64.b64encode(data)
            out["preview"] = data
        return out

    # --- resources

    def flex_resource_query(self, _a: dict[str, Any]) -> dict[str, Any]:
        video = [{"numMediaTokens": tokens, "maxVideoArea": area, "maxMBps": rate} for tokens, area, rate in
                 ((0, 1, 0), (315, 448 * 256, 15000), (630, 768 * 448, 40500), (1260, 1280 * 720, 108000), (2520, 1920 * 1080, 245000))]
        return {"maxCalls": 800, "maxCallsPerParticipant": 4, "maxParticipants": MAX_PARTICIPANTS, "maxParticipantsPerConference": 200, "maxConferences": MAX_CONFERENCES,
                "maxMediaTokensPerChannel": 10080, "mediaTokensLimit": 2000000, "mediaTokensAvailable": 2000000, "maxMediaCredits": sum(one["ports"] for one in self.licenses) * 100000,  # type: ignore[misc]
                "mediaTokenLevelsMainVideo": video, "mediaTokenLevelsExtendedVideo": video[:4],
                "mediaTokenLevelsAudio": [{"numMediaTokens": 48, "stereo": False}, {"numMediaTokens": 96, "stereo": True}], "mediaCreditTokenRanges": list(self.levels),
                "minCallBandwidth": MIN_BANDWIDTH, "maxCallBandwidth": MAX_BANDWIDTH}

    def flex_resource_status(self, _a: dict[str, Any]) -> dict[str, Any]:
        return self.resource_status()

    # --- administration

    def logs_syslog_modify(self, a: dict[str, Any]) -> None:
        fault = self.fault
        if "servers" in a:
            for one in a["servers"]:
                if "address" not in one:
                    raise self.catalogue.fail(101, ("servers", "address"))
            new = [{"address": one["address"], "packetsSent": 0} for one in a["servers"]]
            if fault == "syslog-added":
                new = (self.syslog["servers"] + new)[:4]
            self.syslog["servers"] = new
        elif fault == "syslog-omitted-cleared":
            self.syslog["servers"] = []
        if "facilityValue" in a and fault != "syslog-facility-lost":
            self.syslog["facilityValue"] = a["facilityValue"]

    def logs_syslog_query(self, _a: dict[str, Any]) -> dict[str, Any]:
        return dict(self.syslog)

    def services_modify(self, a: dict[str, Any]) -> None:
        fault, ways = self.fault, self.ways
        low, high = a.get("ephemeralPortRangeMin", self.ranges[0]), a.get("ephemeralPortRangeMax", self.ranges[1])
        if high - low + 1 < 5000 and fault != "range-narrow":
            raise Fault(ways.range_code, f"{TEXTS[ways.range_code]}: ephemeralPortRangeMax")
        new = {version: [dict(one) for one in table] for version, table in self.services.items()}
        for entry in a.get("ports", []):
            if entry["ethernetPort"] != "A":
                raise Fault(102, "invalid parameter: ethernetPort")
            table = new[entry["protocolVersion"]]
            for one in entry["services"]:
                service = next((other for other in table if other["serviceName"] == one["serviceName"] and other["connectionType"] == one["connectionType"]), None)
                if service is None:
                    raise Fault(102, "invalid parameter: serviceName")
                service |= {name: one[name] for name in ("setting", "portNumber") if name in one}
            if fault == "services-omitted-off":
                names = {one["serviceName"] for one in entry["services"]}
                for one in table:
                    if one["serviceName"] not in names and one["serviceName"] not in ("HTTP", "HTTPS"):
                        one["setting"] = False
        if fault != "port-conflict-ignored":
            for table in new.values():
                held = [(one["connectionType"], one["portNumber"]) for one in table if one["setting"]]
                if len(set(held)) != len(held):
                    raise Fault(201 if fault == "port-conflict-code" else 42)
        if not any(one["setting"] for one in new["IPv4"] if one["serviceName"] == "HTTP") and fault != "http-disabled":
            raise Fault(49)
        if fault != "services-ipv6-too":
            self.services = new
        else:
            self.services = {"IPv4": new["IPv4"], "IPv6": [dict(one) for one in new["IPv4"]]}
        self.ranges = [low, high]

    def services_query(self, _a: dict[str, Any]) -> dict[str, Any]:
        ports = [{"ethernetPort": "A", "protocolVersion": version, "services": [one | {"enabled": one["setting"] and (one["serviceName"] != "Encrypted SIP (TLS)" or self.encrypted())}
                                                                                for one in table]} for version, table in self.services.items()]
        if self.fault == "services-enabled-without-key":
            for port in ports:
                for one in port["services"]:
                    one["enabled"] = True  # type: ignore[index]
        return {"ports": ports, "ephemeralPortRangeMin": self.ranges[0], "ephemeralPortRangeMax": self.ranges[1]}

    def sip_modify(self, a: dict[str, Any]) -> None:
        fault = self.fault
        mode = a.get("callConfiguration", self.sip["callConfiguration"])
        if a.get("outboundTransport") == "tls" and not self.encrypted() and fault != "sip-tls-without-key":
            raise Fault(self.ways.no_encryption)
        given = {name: value for name, value in a.items() if name in self.sip}
        if mode == "callDirect" and self.ways.sip_ignored:
            given.pop("outboundAddress", None)
            given.pop("outboundDomain", None)
        if mode == "useTrunk" and not given.get("outboundAddress", self.sip["outboundAddress"]) and fault != "sip-trunk-blank":
            raise Fault(102, "invalid parameter: outboundAddress")
        if self.ways.platform != "8710":
            given.pop("useLocalCertificate", None)
        if fault == "sip-username-lost":
            given.pop("username", None)
        if fault == "sip-password-on-user" and "username" in given and "password" not in given:
            given["password"] = ""
        self.sip.update(given)

    def sip_query(self, _a: dict[str, Any]) -> dict[str, Any]:
        out = dict(self.sip)
        if not self.encrypted() and self.fault != "sip-srtp-always":
            del out["negotiateSRTPUsingSDES"]
        if self.ways.platform != "8710":
            del out["useLocalCertificate"]
        if not self.ways.empties:
            out = {name: value for name, value in out.items() if value != ""}
        return out

    def system_info(self, _a: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {"platform": PLATFORMS[self.ways.platform][2]}
        if self.ways.platform == "vm":
            out |= {"cpuModel": "Intel (R) Xeon (R) CPU E5-4650 0 @ 2.70GHz", "cpuCount": 30}
        out |= {"operationMode": "flexible", "licenseMode": self.license_mode, "numControlledServers": 1, "clusterType": "unclustered", "depHash": "7b1f60aa",
                "gateKeeperOK": False, "tpsNumberOK": 1, "tpdVersion": VERSION, "tpdName": self.dns["hostName"], "tpdUptime": int(self.now() - self.boot), "tpdSerial": "SM0A1DE7",
                "makeCallsOK": False}
        for name in ("portsVideoTotal portsVideoFree portsAudioTotal portsAudioFree portsContentTotal portsContentFree maxConferenceSizeVideo maxConferenceSizeAudio"
                     " maxConferenceSizeContent").split():
            out[name] = 0
        return out | {"softwareVersion": VERSION}

    # --- users

    def rights(self, a: dict[str, Any]) -> User:
        user: User = a["\0user"]
        if user.rights != "administrator" and self.ways.api_only == "refused" and self.fault != "users-api-only-all":
            raise Fault(self.ways.user_rights)
        return user

    def may(self, actor: User, user: User) -> bool:
        return actor.rights == "administrator" or user.rights != "administrator" or self.fault == "users-api-only-all"

    def user_create(self, a: dict[str, Any]) -> None:
        actor, fault = self.rights(a), self.fault
        if a["accessRights"] == "administrator" and actor.rights != "administrator" and fault != "users-api-only-all":
            raise Fault(15)
        if not a["newUserId"]:
            raise Fault(102, "invalid parameter: newUserId")
        if any(user.id == a["newUserId"] for user in self.users) and fault != "user-duplicate-ok":
            raise Fault(102 if fault == "user-duplicate-code" else 205)
        if len(self.users) >= (200 if fault != "user-limit-none" else 100000):
            raise Fault(self.ways.users_full)
        if fault == "user-limit-100" and len(self.users) >= 100:
            raise Fault(201)
        self.users.append(User(a["newUserId"] if fault != "user-id-lower" else a["newUserId"].lower(), a["password"],
                               a["accessRights"] if fault != "user-rights-administrator" else "administrator", a.get("name", "") if fault != "user-name-default-id" else a.get("name", a["newUserId"])))
        self.users_changed += 1

    def find_user(self, actor: User, identifier: str) -> User:
        for user in self.users:
            if user.id == identifier:
                if not self.may(actor, user):
                    raise Fault(15)
                return user
        raise Fault(self.ways.user_unknown)

    def user_destroy(self, a: dict[str, Any]) -> None:
        actor, fault = self.rights(a), self.fault
        identifier = a["currentUserId"]
        if not any(user.id == identifier for user in self.users):
            if fault == "user-destroy-unknown-ok":
                return
            raise Fault(201 if fault == "user-destroy-code" else 64)
        user = self.find_user(actor, identifier)
        if user.immortal and fault != "immortal-dies":
            raise Fault(201 if fault == "immortal-code" else self.ways.immortal_code)
        if fault == "user-destroy-disables":
            user.rights = "none"
            return
        self.users.remove(user)
        self.users_changed += 1

    def user_modify(self, a: dict[str, Any]) -> None:
        actor, fault = self.rights(a), self.fault
        user = self.find_user(actor, a["currentUserId"])
        if "newUserId" in a and a["newUserId"] != user.id and any(other.id == a["newUserId"] for other in self.users) and fault != "user-rename-duplicate":
            raise Fault(205)
        if a.get("newUserId") == "":
            raise Fault(102, "invalid parameter: newUserId")
        if "accessRights" in a:
            if user.immortal and a["accessRights"] != user.rights and fault != "immortal-rights":
                raise Fault(self.ways.immortal_code)
            if a["accessRights"] == "administrator" and actor.rights != "administrator" and fault != "users-api-only-all":
                raise Fault(15)
        if user.immortal and a.get("password") == DEFAULT_PASSWORD and self.ways.default_password == "refuse":
            raise Fault(102, "invalid parameter: password")
        if "newUserId" in a:
            if fault == "user-rename-copies":
                self.users.append(User(user.id, user.password, user.rights, user.name))
            if fault != "user-rename-lost":
                user.id = a["newUserId"]
        if "name" in a:
            user.name = a["name"]
        elif fault == "user-name-reset":
            user.name = ""
        if "password" in a and fault != "user-password-kept":
            user.password = a["password"]
        elif "newUserId" in a and fault == "user-password-reset":
            user.password = ""
        if "accessRights" in a and fault != "user-rights-kept":
            user.rights = a["accessRights"]
        self.users_changed += 1

    def user_enumerate(self, a: dict[str, Any]) -> dict[str, Any]:
        actor, ways, fault = self.rights(a), self.ways, self.fault
        token = a.get("enumerateID")
        if token is None:
            users = [user for user in self.users if self.may(actor, user)]
            if ways.user_order == "name":
                users.sort(key=lambda user: user.id)
            elif ways.user_order == "reverse":
                users.reverse()
            started, place = self.users_changed, 0
        else:
            walk = self.user_walks.get(token)
            if walk is None:
                if fault == "user-token-any":
                    walk = (list(self.users), 0, self.users_changed)
                else:
                    raise Fault(ways.cookie_code if not token.startswith("users-") else ways.stale_code, "enumerateID is invalid or expired")
            users, place, started = walk
        known = set(map(id, self.users))
        rest = [user for user in users[place:] if id(user) in known]
        limit = a.get("max", 1 << 30)
        if limit <= 0:
            limit = 1 << 30
        if fault == "user-max-ignored":
            limit = 1 << 30
        limit = min(limit, ways.page or 30)
        page = rest[:limit]
        more = len(rest) > len(page)
        place = users.index(page[-1]) + 1 if page else len(users)
        if more and fault == "user-page-skips":
            place += 1
        out: dict[str, Any] = {"moreAvailable": more if fault != "user-more-never" else False}
        if more or fault == "user-token-always":
            key = f"users-{self.generation}-{next(self.numbers):x}-{self.random.getrandbits(48):x}"
            self.user_walks[key] = (users, place, started)
            if len(self.user_walks) > 2000:
                self.user_walks.pop(next(iter(self.user_walks)))
            out["enumerateID"] = key
        changed = started != self.users_changed
        out["modifiedSinceStart"] = {"exact": changed, "never": False, "always": True}[ways.modified_flag]
        records = []
        for user in page:
            record: dict[str, Any] = {"currentUserid": user.id, "name": user.name, "immortal": user.immortal, "accessRights": user.rights}
            if user.immortal and user.password == DEFAULT_PASSWORD:
                record["passwordChangeRequired"] = True
            elif fault == "user-change-required":
                record["passwordChangeRequired"] = True
            if fault == "user-immortal-all":
                record["immortal"] = True
            elif fault == "user-password-shown":
                record["password"] = user.password
            records.append(record)
        if fault == "user-immortal-hidden":
            records = [record for record in records if not record["immortal"]]
        return {**out, "users": records}

    # --- system.xml

    def system_xml(self) -> bytes:
        fault, ways = self.fault, self.ways
        maker, model, platform = PLATFORMS[ways.platform]
        if fault == "system-xml-platform":
            platform = "8510"
        rows = [("manufacturer", maker if fault != "system-xml-maker" else "Acme"), ("model", model)]
        if ways.platform == "vm":
            rows += [("cpuModel", "Intel (R) Xeon (R) CPU E5-4650 0 @ 2.70GHz"), ("cpuCount", "30"), ("cpuAvx", "1")]
        rows += [("product", "TS" if fault != "system-xml-product" else "TPS"), ("platform", platform), ("productDisplayName", "Cisco TelePresence Server"), ("platformDisplayName", platform), ("serial", "SM0A1DE7"),
                 ("softwareVersion", VERSION), ("buildVersion", BUILD), ("hostName", self.dns["hostName"]), ("ipAddress", self.network["ipv4Address"]),
                 ("ipAddressV6", self.network.get("ipv6Address", "")), ("macAddress", ":".join(re.findall("..", MAC)) if fault != "system-xml-mac" else "")]
        if ways.platform == "8710":
            yes, no = ("yes", "no") if ways.usage_case == "yes" else ("Yes", "No")
            trunk = self.sip["callConfiguration"] == "useTrunk"
            rows += [("gatekeeperUsage", no), ("gatekeeperAddress", ""), ("gatekeeperIds", ""), ("sipRegistrarUsage", no if fault != "system-xml-registrar" else yes), ("sipRegistrarAddress", ""),
                     ("sipRegistrarDomain", ""), ("sipTrunkUsage", "Yes" if trunk and fault != "system-xml-trunk-stale" else "No"), ("sipTrunkAddress", self.sip["outboundAddress"] if trunk else ""),
                     ("sipTrunkDomain", self.sip["outboundDomain"] if trunk else ""), ("isMaster", "Yes")]
        rows.append(("clusterType", "unclustered" if fault != "system-xml-cluster" else "none"))
        if ways.platform == "8710":
            count = "0" if fault != "system-xml-ports" else "12"
            rows += [("totalVideoPorts", count), ("totalContentPorts", count), ("totalAudioOnlyPorts", count),
                     ("uptimeSeconds", str(int(self.now() - self.boot)) if fault != "system-xml-uptime" else "17")]
        if fault == "system-xml-version":
            rows = [row for row in rows if row[0] != "softwareVersion"]
        body = "".join(f"  <{name}>{self.escape(value)}</{name}>\n" if value or not ways.short_empty else f"  <{name}/>\n" for name, value in rows)
        end = "</system>" if fault != "system-xml-open" else ""
        return f'<?xml version="1.0"?>\n<system>\n{body}{end}\n'.encode()

    @staticmethod
    def escape(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# ------------------------------------------------------------------------------------------------- HTTP


class Http(asyncio.Protocol):
    """One connection: requests are answered in order."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.buffer = bytearray()
        self.transport: asyncio.Transport
        self.count = 0
        self.last = time.monotonic()
        self.timer: asyncio.TimerHandle | None = None
        self.closing = False
        self.queue: asyncio.Task[None] | None = None
        self.outgoing: list[bytes | None] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.device.closers.append(self.shut)
        self.watch()

    def shut(self) -> None:
        self.transport.close()

    def watch(self) -> None:
        if self.device.fault == "http-idle-forever":
            return
        left = self.device.ways.idle / self.device.scale - (time.monotonic() - self.last)
        if left <= 0.0005:
            self.transport.close()
            return
        self.timer = self.device.loop.call_later(left, self.watch)

    def connection_lost(self, _error: Exception | None) -> None:
        self.closing = True
        if self.timer:
            self.timer.cancel()
        with contextlib.suppress(ValueError):
            self.device.closers.remove(self.shut)
        self.device.logins.discard(id(self))

    def data_received(self, data: bytes) -> None:
        self.last = time.monotonic()
        if self.closing:
            return
        self.buffer += data
        while not self.closing and self.step():
            pass

    def step(self) -> bool:
        """Takes one request from the buffer, if it is whole."""
        buffer = self.buffer
        while buffer[:2] == b"\r\n":
            del buffer[:2]
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(buffer) > 65536:
                self.answer(431, b"", True)
            return False
        lines = bytes(buffer[:end]).decode("latin-1").split("\r\n")
        parts = lines[0].split(" ")
        if len(parts) != 3 or not parts[2].startswith("HTTP/"):
            self.answer(400, b"", True)
            return False
        headers: dict[str, str] = {}
        last = ""
        for line in lines[1:]:
            if line[:1] in (" ", "\t") and last:
                headers[last] += " " + line.strip()
                continue
            name, colon, value = line.partition(":")
            if not colon or name != name.strip():
                self.answer(400, b"", True)
                return False
            last = name.lower()
            headers[last] = f"{headers[last]}, {value.strip()}" if last in headers else value.strip()
        start = end + 4
        if headers.get("transfer-encoding", "identity").lower().strip() != "identity":
            body, start = self.chunks(start)
            if body is None:
                if start < 0:
                    self.answer(400, b"", True)
                elif len(buffer) > 1 << 20:
                    self.answer(200, self.device.fault_bytes(Fault(105)), True)
                elif headers.get("expect", "").lower() == "100-continue" and len(buffer) == end + 4:
                    self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
                return False
        else:
            length = headers.get("content-length", "0")
            if not re.fullmatch(r"[0-9]{1,12}", length):
                self.answer(400, b"", True)
                return False
            size = int(length)
            if size > 1 << 20:
                self.answer(200, self.device.fault_bytes(Fault(105)), True)
                return False
            if len(buffer) < start + size:
                if headers.get("expect", "").lower() == "100-continue" and len(buffer) == start:
                    self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
                return False
            body = bytes(buffer[start:start + size])
            start += size
        del buffer[:start]
        self.serve(parts[0], parts[1], parts[2], headers, body)
        return bool(buffer)

    def chunks(self, place: int) -> tuple[bytes | None, int]:
        buffer, out = self.buffer, []
        while True:
            end = buffer.find(b"\r\n", place)
            if end < 0:
                return None, 0
            text = bytes(buffer[place:end]).split(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", text):
                return None, -1
            size = int(text, 16)
            if size == 0:
                if buffer[end:end + 4] == b"\r\n\r\n":
                    return b"".join(out), end + 4
                trailer = buffer.find(b"\r\n\r\n", end)
                return (None, 0) if trailer < 0 else (b"".join(out), trailer + 4)
            if len(buffer) < end + 2 + size + 2:
                return None, 0
            out.append(bytes(buffer[end + 2:end + 2 + size]))
            if buffer[end + 2 + size:end + 4 + size] != b"\r\n":
                return None, -1
            place = end + 4 + size

    def serve(self, verb: str, target: str, version: str, headers: dict[str, str], body: bytes) -> None:
        device, ways = self.device, self.device.ways
        self.count += 1
        fault = device.fault
        if "://" in target:
            target = "/" + target.split("://", 1)[1].partition("/")[2]
        path = target.split("?")[0]
        tokens = {token.strip().lower() for token in headers.get("connection", "").split(",")}
        close = "close" in tokens or (version == "HTTP/1.0" and "keep-alive" not in tokens) or ways.close or bool(ways.requests and self.count >= ways.requests)
        if path == "/system.xml" and fault != "system-xml-missing":
            if verb in ("GET", "HEAD"):
                self.answer(200, device.system_xml(), close, head=verb == "HEAD", version=version)
            else:
                self.answer(405, b"", close)
            return
        if path != "/RPC2" and not (ways.other_path == 0 and verb == "POST"):
            self.answer(ways.other_path or 404, b"", close, head=verb == "HEAD")
            return
        if verb != "POST":
            self.answer(ways.get, b"", close, head=verb == "HEAD")
            return
        if fault == "http-second-silent" and self.count == 2:
            return
        if fault == "http-close-ignored" and "close" in tokens:
            close = False
        if ways.bad_xml >= 400:
            try:
                Reader(ways, fault).read(body[:MAX_BODY + 1])
            except Unreadable:
                if len(body) <= MAX_BODY:
                    self.answer(ways.bad_xml, b"", close)
                    return
        result = device.serve(body, self)
        if fault == "http-answer-of-before":
            held, device.held = getattr(device, "held", result), result  # type: ignore[attr-defined]
            if device.served % 25 == 0:
                result = held
        self.answer(500 if fault == "http-500" else 200, result, close, version=version)

    def answer(self, status: int, body: bytes, close: bool, *, head: bool = False, version: str = "HTTP/1.1") -> None:
        ways, fault = self.device.ways, self.device.fault
        words = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 411: "Length Required",
                 431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented"}
        lines = []
        chunked = ways.chunked and status == 200 and version == "HTTP/1.1"
        if ways.more_headers:
            lines += [f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime())}", "Server: alder", "X-Alder:  a b "]
        if status == 405:
            lines.append("Allow: POST")
        if status == 200:
            lines.append(f"Content-Type: {ways.content_type}")
        if chunked:
            lines.append("Transfer-Encoding: chunked")
            half = len(body) // 2
            data = b"".join(b"%x\r\n" % len(part) + part + b"\r\n" for part in (body[:half], body[half:]) if part) + b"0\r\n\r\n"
            if fault == "http-chunk-unfinished":
                data = data[:-5]
        else:
            size = len(body)
            if fault == "http-length-short" and size > 10:
                size -= 4
            elif fault == "http-length-long":
                size += 7
            elif fault == "http-length-characters" and status == 200:
                size = len(body.decode("utf-8", "replace"))
            lines.append(f"Content-Length: {size}")
            data = body
        if close:
            lines.append("Connection: close")
        elif ways.keepalive:
            lines += ["Connection: keep-alive", "Keep-Alive: timeout=55"]
        if ways.headers == "lower":
            lines = [name.lower() + colon + rest for name, colon, rest in (line.partition(":") for line in lines)]
        elif ways.headers == "upper":
            lines = [name.upper() + colon + rest for name, colon, rest in (line.partition(":") for line in lines)]
        text = f"HTTP/1.1 {status} {words.get(status, 'Other')}\r\n" + "\r\n".join(lines) + "\r\n\r\n"
        if fault == "http-bare-lf":
            text = text.replace("\r\n", "\n")
        self.send(text.encode() + (b"" if head else data))
        if close:
            self.closing = True
            self.send(None)

    def send(self, data: bytes | None) -> None:
        ways = self.device.ways
        if not (ways.segments or ways.delay) and self.queue is None:
            if data is None:
                self.transport.close()
            else:
                self.transport.write(data)
            return
        self.outgoing.append(data)
        if self.queue is None or self.queue.done():
            self.queue = self.device.spawn(self.trickle())

    async def trickle(self) -> None:
        ways = self.device.ways
        while self.outgoing:
            data = self.outgoing.pop(0)
            if data is None:
                self.transport.close()
                return
            if ways.delay:
                await asyncio.sleep(ways.delay)
            size = ways.segments or len(data)
            for place in range(0, len(data), size):
                self.transport.write(data[place:place + size])
                if ways.segments:
                    await asyncio.sleep(0)


# ------------------------------------------------------------------------------------------------- ways to behave

Ways_ = dict[str, Any]
PERSONALITIES: dict[str, tuple[str, Ways_]] = {
    "default": ("the plain one", {}),
    "chunked": ("answers are chunked", {"chunked": True}),
    "close": ("a connection serves one request", {"close": True}),
    "five-requests": ("a connection serves five requests, the fifth answer says so", {"requests": 5}),
    "lower-headers": ("header names in small letters, charset in Content-Type", {"headers": "lower", "content_type": "text/xml; charset=utf-8"}),
    "upper-headers": ("header names in capitals, more of them, application/xml", {"headers": "upper", "more_headers": True, "content_type": "application/xml"}),
    "keepalive-said": ("Connection: keep-alive is said, idle connections close after 20 s", {"keepalive": True, "idle": 20.0}),
    "any-path": ("calls are served on other paths; GET gives 404", {"other_path": 0, "get": 404}),
    "forbidden-path": ("other paths give 403, other verbs 501", {"other_path": 403, "get": 501}),
    "segments": ("answers come in pieces of 700 bytes", {"segments": 700}),
    "slow": ("each answer takes 8 ms", {"delay": 0.008}),
    "bad-xml-400": ("what is no XML-RPC gives HTTP 400", {"bad_xml": 400}),
    "bad-xml-201": ("what is no XML-RPC gives fault 201", {"bad_xml": 201}),
    "indent": ("answers are indented with declaration", {"layout": "indent"}),
    "lines": ("a line for each element, CR LF", {"layout": "lines", "newline": "\r\n"}),
    "no-declaration": ("no XML declaration", {"declaration": ""}),
    "single-quotes": ("declaration in single quotes, small letters", {"declaration": "<?xml version='1.0' encoding='utf-8'?>"}),
    "declaration-plain": ("declaration without encoding", {"declaration": '<?xml version="1.0"?>'}),
    "i4": ("integers are i4", {"int_tag": "i4"}),
    "untyped-strings": ("strings have no type element", {"string_tag": False}),
    "boolean-words": ("booleans are true and false", {"booleans": "words"}),
    "sorted": ("members in alphabetical order", {"order": "sorted"}),
    "reverse": ("members from last to first", {"order": "reverse"}),
    "shuffled": ("members in any order", {"order": "shuffled"}),
    "extras": ("answers have members that no table has", {"extras": True}),
    "short-empty": ("empty elements are closed in their tag", {"short_empty": True}),
    "base64-lines": ("base64 in lines of 76 signs", {"base64_lines": True}),
    "charrefs": ("what is not ASCII comes as character references", {"charrefs": True}),
    "cdata": ("strings with markup signs come as CDATA", {"cdata": True}),
    "comments": ("a comment stands before the root", {"comments": True}),
    "fault-title": ("fault strings in capitals", {"fault_case": "title", "naming": "leaf"}),
    "fault-upper": ("fault strings begin with a capital and say more", {"fault_case": "upper-first", "fault_extra": True}),
    "codes-102": ("102 wherever the document leaves it open", {
        "long_code": 102, "long_id": 102, "long_cookie": 102, "binary_code": 102, "big_int": 102, "cookie_code": 102, "credits_code": 102, "limit_code": 102,
        "user_unknown": 102, "no_encryption": 102, "bad_xml": 102, "twice_code": 102, "users_full": 102, "full_code": 102}),
    "codes-33": ("33 for what is out of range, 35 for every long string", {
        "range_code": 33, "long_enum": 35, "long_id": 35, "long_cookie": 35, "big_int": 33, "empty_array": 33, "position_code": 33, "slot_code": 33, "per_channel_code": 33,
        "past_code": 33}),
    "codes-201": ("201 for what has no code of its own", {
        "user_unknown": 201, "no_encryption": 201, "slot_code": 201, "disconnect_code": 201, "call_code": 201, "ntp_code": 201, "key_gone": 66, "pair_code": 201, "cookie_filter": 201,
        "past_code": 201}),
    "codes-other": ("rarer codes", {
        "auth_missing": 14, "none_code": 15, "credits_code": 58, "immortal_code": 15, "pair_code": 103, "dtmf_code": 103, "position_code": 56, "disconnect_code": 56,
        "call_code": 5, "empty_array": 101, "bad_xml": 103, "empty_id": 101}),
    "auth-missing-14": ("missing authentication parameters give 14", {"auth_missing": 14}),
    "method-first": ("unknown methods are told before authentication", {"method_first": True}),
    "pair-false": ("an integer with a false boolean is taken; a false boolean alone is a fault", {"pair_false": "accept", "false_alone": "fault"}),
    "per-channel-less": ("maxPerChannel equal to total is refused", {"equal_per_channel": False}),
    "api-only": ("apiOnly users may manage users that are no administrators", {"api_only": "limited"}),
    "start-remaining": ("query tells what is left of startTime", {"start_time": "remaining"}),
    "start-zero": ("query tells startTime 0 once begun", {"start_time": "zero"}),
    "attributes-replace": ("a callAttributes struct replaces the one before", {"attributes": "replace"}),
    "no-empties": ("empty strings are left out where a table has no condition", {"empties": False, "optional_absent": True, "pin": "absent", "diagnostics_empty": False}),
    "unlimited-unset": ("unlimited members are told only where set", {"unlimited_shown": False, "optional_absent": True}),
    "failed-destroyed": ("a participant whose calls all failed is destroyed", {"failed": "destroyed"}),
    "connected-counts": ("only connected participants and started conferences count", {"counts": "connected", "pending_counts": False}),
    "single-use-cookies": ("a cookie can be used once", {"single_use": True}),
    "small-pages": ("pages have three records at most", {"page": 3}),
    "pages-reversed": ("pages list the newest first", {"page_reversed": True, "page": 7, "user_order": "reverse"}),
    "stale-55": ("cookies of other methods and times give 55", {"stale_code": 55}),
    "events-single": ("one event a message", {"messages": "single", "ack_always": True}),
    "receivers": ("overwriting tells both, removing has no configureAck, chunked messages", {"overwrite": "both", "ack_remove": False, "post_chunked": True, "post_keepalive": True}),
    "receivers-quiet": ("overwriting tells nothing, receivers end with a restart, the source shown is the MAC address", {
        "overwrite": "none", "keep_receivers": False, "source_shown": "mac"}),
    "four-states": ("connectionState has four values", {"states": 4}),
    "layout-small-p": ("layoutActivepresence as the text has it", {"layout_word": "layoutActivepresence"}),
    "cdr-one": ("the CDR log begins with 1 and outlives a restart", {"cdr_first": 1, "cdr_kept": True}),
    "network-dashes": ("addresses that are not configured are dashes", {"network": "dash"}),
    "network-empty": ("addresses that are not configured are empty", {"network": "empty"}),
    "trust": ("Multiparty licensed mode; licence commands need HTTPS", {"license": "trust"}),
    "trust-http": ("Multiparty licensed mode; licence commands work over HTTP", {"license": "trust", "https": False}),
    "license-unknown": ("licence commands are not supported in screen licensed mode", {"license_code": 1}),
    "license-free": ("licence commands work in screen licensed mode", {"license_code": 0, "https": False}),
    "levels": ("another table of credits", {"levels": "other"}),
    "pin-empty": ("the deprecated PIN is empty where PINs are used; PINs are digits", {"pin": "empty", "pin_digits": True}),
    "modified-always": ("modifiedSinceStart is true always", {"modified_flag": "always", "user_order": "name"}),
    "modified-never": ("modifiedSinceStart is false always", {"modified_flag": "never"}),
    "media-320": ("Media 320: fans, a short system.xml", {"platform": "320"}),
    "virtual": ("a virtual machine; previews keep 4:3", {"platform": "vm", "preview": "smaller"}),
    "no-experimental": ("no experimental members", {"credits_experimental": False}),
    "access-told": ("incoming participants tell their level at once; gains are kept in every mode", {"access_unknown": False, "gain_ignored": False}),
    "password-refused": ("the default password cannot be set again", {"default_password": "refuse"}),
    "streams-nine": ("previews of nine streams at once, packets in the old range", {"streams": 9, "old_packets": True}),
    "audio-modify": ("modify takes custom audio too, query tells the optimization mode", {"audio_modify": True, "mode_shown": True}),
    "long-lobby": ("exit lobby and welcome take longer, endpoints answer late", {"exit_seconds": 15.0, "ring": 4.0, "welcome": 8.0}),
    "quick": ("no exit lobby, endpoints answer at once", {"exit_seconds": 0.0, "ring": 0.05, "welcome": 0.0}),
    "yes-big": ("usage in system.xml is Yes and No; sip keeps what is ignored", {"usage_case": "Yes", "sip_ignored": False, "automatic_kept": False}),
    "key-again": ("adding a key that is there succeeds; flex works without the activation key", {"key_twice": 0, "activation": False}),
    "warning-needed": ("sendWarning needs secondsRemaining in a conference that ends", {"warning_default": "missing"}),
    "offsets-together": ("hours and minutes of the UTC offset go together", {"utc_alone": False, "dns_word": "manual"}),
    "screens-two": ("multiscreen endpoints have two screens", {"screens": 2, "source_shown": "absent"}),
    "filter-with-cookie": ("conferenceID with a cookie is ignored", {"cookie_filter": 0}),
}
DOUBTFUL: dict[str, tuple[str, Ways_]] = {
    "spaced": ("white space in names and dates as in the example 230-239", {"spaced": True, "layout": "lines"}),
    "unknown-members": ("unknown members give 102", {"unknown_members": 102}),
    "attributes-set": ("query tells only the call attributes that were set", {"attributes_shown": "set"}),
    "users-rights-14": ("apiOnly users get 14 for user commands", {"user_rights": 14}),
    "doubled-code": ("a duplicate URI gives 102", {"duplicate_code": 102}),
}

Fault_ = tuple[int, str, list[int]]


def need(path: str, default: Any) -> Callable[[Catalogue], None]:
    return put(path, required=False, default=default)


def must(path: str) -> Callable[[Catalogue], None]:
    return lambda catalogue: setattr(catalogue.find(path), "required", True)


def put(path: str, **changes: Any) -> Callable[[Catalogue], None]:
    def act(catalogue: Catalogue) -> None:
        for name, value in changes.items():
            setattr(catalogue.find(path), name, value)

    return act


def drop(path: str) -> Callable[[Catalogue], None]:
    owner, _, name = path.rpartition("/")
    return lambda catalogue: (catalogue.methods.get(owner) or catalogue.structs[owner]).pop(name)  # type: ignore[return-value]


CREATE, MODIFY, PCREATE = "flex.conference.create", "flex.conference.modify", "flex.participant.create"
TABLE_FAULTS: dict[str, tuple[int, str, list[int], Callable[[Catalogue], None]]] = {
    "create-resources-optional-credits": (7, "participantMediaResources.numMediaCredits out of range is taken", [1097], put("resources/numMediaCredits", low=None)),
    "total-negative": (7, "negative media tokens are taken", [1067, 1075], put("tokens/total", low=None)),
    "voice-101": (7, "voiceSwitchingSensitivity 101 is taken", [1863], put(f"{CREATE}/voiceSwitchingSensitivity", high=1000)),
    "voice-100-refused": (7, "voiceSwitchingSensitivity 100 is refused", [1863], put(f"{CREATE}/voiceSwitchingSensitivity", high=99)),
    "modify-voice-any": (7, "modify takes any voiceSwitchingSensitivity", [2082], put(f"{MODIFY}/voiceSwitchingSensitivity", low=None, high=None)),
    "packet-loss-any": (7, "packetLossThreshold above 100 is taken", [1174], put("attributes/packetLossThreshold", high=1000)),
    "gain-low": (7, "audioTransmitGain below -12000 is taken", [1213], put("attributes/audioTransmitGain", low=-13000)),
    "gain-high-refused": (7, "audioTransmitGain 12000 is refused", [1213], put("attributes/audioTransmitGain", high=11999)),
    "start-negative": (7, "negative startTime is taken", [1852], put(f"{CREATE}/startTime", low=None)),
    "max-zero": (7, "max 0 is taken by flex.conference.enumerate", [1979], put("flex.conference.enumerate/max", low=0)),
    "bandwidth-any": (7, "callBandwidth above the maximum is taken in URIs", [1247], put("uri/callBandwidth", high=None)),
    "call-bandwidth-low": (7, "callBandwidth below the minimum is taken in calls", [1262, 1276], put("call/callBandwidth", low=1)),
    "facility-24": (7, "facilityValue 24 is taken", [3239], put("logs.syslog.modify/facilityValue", high=24)),
    "offset-14-refused": (7, "utcOffsetHours 14 is refused", [1687], put("device.time.modify/utcOffsetHours", high=13)),
    "offset-60": (7, "utcOffsetMinutes 60 is taken", [1688], put("device.time.modify/utcOffsetMinutes", high=60)),
    "syslog-five": (7, "five syslog servers are taken", [3237], put("logs.syslog.modify/servers", high=5)),
    "syslog-three": (7, "a fourth syslog server is refused", [3237], put("logs.syslog.modify/servers", high=3)),
    "ephemeral-low": (7, "ephemeralPortRangeMin 1024 is taken", [3260], put("services.modify/ephemeralPortRangeMin", low=1)),
    "receiver-21": (7, "receiverIndex 21 is taken", [1717], put("feedbackReceiver.configure/receiverIndex", high=21)),
    "preview-width-small": (9, "maxWidth below 88 is taken", [2895], put("stream/maxWidth", low=1)),
    "preview-no-streams": (9, "an empty streams array is taken", [2883, 2906], put("flex.participant.requestPreview/streams", low=0)),
    "calls-five": (7, "five calls are taken", [2462], put(f"{PCREATE}/calls", high=5)),
    "calls-none": (7, "a participant with no calls is taken", [2462], put(f"{PCREATE}/calls", low=0)),
    "calls-three": (7, "four calls are refused", [2462], put(f"{PCREATE}/calls", high=3)),
    "uris-three": (7, "three conference URIs are taken", [1839], put(f"{CREATE}/URIs", high=3)),
    "pins-three": (7, "three PINs are taken", [2469], put(f"{PCREATE}/PINs", high=3)),
    "name-81": (7, "conferenceName of 81 characters is taken", [1833], put(f"{CREATE}/conferenceName", size=200)),
    "name-79": (7, "conferenceName of 80 characters is refused", [1833], put(f"{CREATE}/conferenceName", size=79)),
    "description-255": (7, "conferenceDescription is limited to 255", [1834], put(f"{CREATE}/conferenceDescription", size=255)),
    "reference-31": (7, "participantReference is limited to 31", [420, 2463], put(f"{PCREATE}/participantReference", size=31)),
    "pin-entry-100": (7, "customPINEntryMessage is limited to 100", [1867], put(f"{CREATE}/customPINEntryMessage", size=100)),
    "pin-incorrect-200": (7, "customPINIncorrectMessage of 200 characters is taken", [1871], put(f"{CREATE}/customPINIncorrectMessage", size=200)),
    "modify-ending-any": (7, "modify takes customConferenceEndingMessage of any length", [2104], put(f"{MODIFY}/customConferenceEndingMessage", size=100000)),
    "pin-41": (7, "a PIN of 41 characters is taken", [1248], put("uri/PIN", size=80)),
    "uri-any-length": (7, "a conference URI of any length is taken", [1242], put("uri/URI", size=5000)),
    "message-500": (7, "sendUserMessage takes 500 characters", [2248], put("flex.conference.sendUserMessage/message", size=500)),
    "participant-message-99": (7, "participant sendUserMessage takes 99 characters at most", [2961], put("flex.participant.sendUserMessage/message", size=99)),
    "dtmf-any": (7, "dtmf of any length is taken", [2947], put("flex.participant.sendDTMF/dtmf", size=5000)),
    "metadata-513": (7, "metadata over 512 bytes is taken", [1886], put(f"{CREATE}/metadata", size=5000)),
    "metadata-256": (7, "metadata over 256 bytes is refused", [1886], put(f"{CREATE}/metadata", size=256)),
    "receiver-uri-long": (7, "receiverURI of any length is taken", [1712], put("feedbackReceiver.configure/receiverURI", size=5000)),
    "source-100": (7, "sourceIdentifier is limited to 100", [1718], put("feedbackReceiver.configure/sourceIdentifier", size=100)),
    "user-id-31": (7, "newUserId is limited to 31", [3398], put("user.create/newUserId", size=31)),
    "user-password-any": (7, "a password of any length is taken", [3399], put("user.create/password", size=500)),
    "message-optional": (7, "sendUserMessage needs no message", [2248], need("flex.conference.sendUserMessage/message", "")),
    "uri-bandwidth-optional": (7, "callBandwidth of a conference URI may be missing", [1247], need("uri/callBandwidth", 2048000)),
    "user-rights-optional": (7, "user.create needs no accessRights", [3400], need("user.create/accessRights", "apiOnly")),
    "tokens-optional": (7, "total may be missing in audio and other tokens", [1067, 1103], need("tokens/total", 0)),
    "reconfigure-index-optional": (7, "reconfigure without receiverIndex is for receiver 1", [1749], need("feedbackReceiver.reconfigure/receiverIndex", 1)),
    "name-required": (7, "create needs conferenceName", [1833], must(f"{CREATE}/conferenceName")),
    "uris-required": (7, "create needs URIs", [1839], must(f"{CREATE}/URIs")),
    "display-required": (7, "flex.participant.create needs displayName", [2475], must(f"{PCREATE}/displayName")),
    "filter-required": (7, "cdrlog.enumerate needs filter", [1423], must("cdrlog.enumerate/filter")),
    "full-name-required": (7, "user.create needs name", [3401], must("user.create/name")),
    "encryption-any": (7, "any string is taken for encryption", [826, 1171], put("attributes/encryption", kind="s", size=500)),
    "control-any": (7, "any string is taken for guestControlLevel", [826, 1888], put(f"{CREATE}/guestControlLevel", kind="s", size=500)),
    "profile-set-less": (7, "capabilitySetOnly is not taken", [961], put(f"{CREATE}/optimizationProfile", ref="control", size=17)),
    "layout-equal-refused": (7, "displayDefaultLayoutSingleScreen knows the multiscreen layouts only", [885, 1203], put("attributes/displayDefaultLayoutSingleScreen", ref="multi")),
    "name-any-type": (7, "conferenceName may be an integer", [3690], put(f"{CREATE}/conferenceName", kind="?")),
    "locked-any-type": (7, "locked may be an integer", [3690], put(f"{MODIFY}/locked", kind="?")),
    "subscribed-any": (7, "subscribedEvents may be a string", [3690], put("feedbackReceiver.reconfigure/subscribedEvents", kind="?")),
    "warning-negative": (7, "negative secondsRemaining are taken", [2274], put("flex.conference.sendWarning/secondsRemaining", low=None)),
    "start-muted-unknown": (8, "videoTxStartMuted is ignored", [1218], drop("attributes/videoTxStartMuted")),
    "modify-webname-unknown": (8, "modify ignores conferenceDescription", [2061], drop(f"{MODIFY}/conferenceDescription")),
    "modify-metadata-unknown": (8, "modify ignores metadata", [2105], drop(f"{MODIFY}/metadata")),
    "uri-attributes-unknown": (8, "callAttributes of a conference URI are not kept", [1249], drop("uri/callAttributes")),
    "caller-name-unknown": (8, "callerName is not kept", [2477, 2677], drop(f"{PCREATE}/callerName")),
    "exit-screen-unknown": (8, "allowExitScreen of flex.conference.destroy is ignored", [1960], drop("flex.conference.destroy/allowExitScreen")),
}


def set_to(name: str, value: Any) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    return lambda settings, _given: settings.__setitem__(name, value)


def default_to(name: str, value: Any) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    return lambda settings, given: settings.__setitem__(name, settings[name] if name in given else value)


def swap(settings: dict[str, Any], _given: dict[str, Any]) -> None:
    settings["guestControlLevel"], settings["chairControlLevel"] = settings["chairControlLevel"], settings["guestControlLevel"]


STORE: dict[str, tuple[int, str, list[int], str, Callable[[dict[str, Any], dict[str, Any]], None]]] = {
    "default-wait": (7, "waitForChair is false by default", [1844], "create", default_to("waitForChair", False)),
    "default-voice": (7, "voiceSwitchingSensitivity is 50 by default", [1863, 3974], "create", default_to("voiceSwitchingSensitivity", 50)),
    "default-guest": (7, "guestControlLevel is controlNone by default", [1888], "create", default_to("guestControlLevel", "controlNone")),
    "default-profile": (7, "optimizationProfile is maximizeEfficiency by default", [959, 1890], "create", default_to("optimizationProfile", "maximizeEfficiency")),
    "default-unlock": (7, "unlockWithLastCall is false by default", [1887], "create", default_to("unlockWithLastCall", False)),
    "default-muted-message": (7, "useCustomMutedCanUnmuteMessage is false by default", [1895], "create", default_to("useCustomMutedCanUnmuteMessage", False)),
    "default-exit": (7, "exitScreen is false by default", [1899], "create", default_to("exitScreen", False)),
    "billing-lost": (7, "billingCode is not kept", [1855, 2161], "both", set_to("billingCode", "")),
    "billing-modify-lost": (8, "billingCode of modify is not kept", [2077], "modify", lambda s, a: s.__setitem__("billingCode", "") if "billingCode" in a else None),
    "levels-swapped": (7, "control levels of guests and chairs are swapped", [1888, 1889], "create", swap),
    "modify-swaps": (8, "each modify swaps the control levels", [2042], "modify", swap),
    "modify-wait-reset": (8, "modify without waitForChair sets it to true", [2042], "modify", lambda s, a: s.__setitem__("waitForChair", a.get("waitForChair", True))),
    "modify-welcome-cleared": (8, "modify of the name clears the welcome message", [2042], "modify", lambda s, a: s.__setitem__("welcomeScreenMessage", a.get("welcomeScreenMessage", "")) if "conferenceName" in a else None),
    "modify-voice-default": (8, "modify without voiceSwitchingSensitivity sets it to 60", [2042, 2082], "modify", lambda s, a: s.__setitem__("voiceSwitchingSensitivity", a.get("voiceSwitchingSensitivity", 60))),
    "modify-duration-clears-limit": (8, "modify of the duration makes maxParticipants unlimited", [2042], "modify",
                                     lambda s, a: (s.pop("maxParticipants", None), s.__setitem__("maxParticipantsUnlimited", True)) if "duration" in a and "maxParticipants" not in a else None),
    "modify-reference-kept": (8, "conferenceReference cannot be changed", [2059], "modify", lambda s, a: s.__setitem__("conferenceReference", s.get("\0ref", "first")) if "conferenceReference" in a else None),
    "metadata-padded": (8, "metadata is cut after a zero byte", [1886, 2036], "both", lambda s, a: s.__setitem__("metadata", s["metadata"].split(b"\0")[0])),
    "metadata-stale": (8, "modify cannot empty metadata", [2105], "modify", lambda s, a: s.__setitem__("metadata", a["metadata"] or b"\1") if "metadata" in a else None),
    "name-cut": (7, "conferenceName is cut after 60 characters", [1833, 2153], "both", lambda s, a: s.__setitem__("conferenceName", s["conferenceName"][:60])),
    "name-ascii": (7, "letters of conferenceName outside ASCII become ?", [254, 2153], "both", lambda s, a: s.__setitem__("conferenceName", s["conferenceName"].encode("ascii", "replace").decode())),
    "pin-not-kept": (8, "the PIN of a second URI is not kept", [1248], "both", lambda s, a: [one.__setitem__("PIN", "") for one in s["URIs"][1:]]),
    "uri-second-lost": (8, "the second conference URI is lost", [1839, 2145], "both", lambda s, a: s.__setitem__("URIs", s["URIs"][:1])),
    "uri-lower": (8, "conference URIs are kept in small letters", [453, 2145], "both", lambda s, a: s.__setitem__("URIs", [one | {"URI": one["URI"].lower()} for one in s["URIs"]])),
    "uri-bandwidth-max": (8, "callBandwidth of conference URIs comes back as the maximum", [1247, 2145], "both", lambda s, a: s.__setitem__("URIs", [one | {"callBandwidth": MAX_BANDWIDTH} for one in s["URIs"]])),
    "lock-lost": (8, "locked of modify does nothing", [2070], "modify", lambda s, a: s.__setitem__("locked", False)),
    "platitude-swapped": (7, "customDisconnectPlatitudeMessage is kept as customPINEntryFailedMessage", [1873, 1879], "both",
                          lambda s, a: s.update(customPINEntryFailedMessage=a["customDisconnectPlatitudeMessage"], customDisconnectPlatitudeMessage="") if "customDisconnectPlatitudeMessage" in a else None),
    "attributes-modify-lost": (8, "callAttributes of modify are not kept", [2078], "modify", lambda s, a: s.__setitem__("callAttributes", {}) if "callAttributes" in a else None),
}
STORE_FAULTS = {name: (when, action) for name, (_, _, _, when, action) in STORE.items()}


def without(*names: str) -> Callable[[Device, dict[str, Any], dict[str, Any]], Any]:
    return lambda _device, _a, result: {name: value for name, value in result.items() if name not in names}


def where(name: str, value: Any) -> Callable[[Device, dict[str, Any], dict[str, Any]], Any]:
    return lambda _device, _a, result: result | {name: value(result.get(name)) if callable(value) else value}


def inner(name: str, key: str, value: Any) -> Callable[[Device, dict[str, Any], dict[str, Any]], Any]:
    """Changes a member in each struct of an array, or takes it away (None)."""

    def act(_device: Device, _a: dict[str, Any], result: dict[str, Any]) -> Any:
        out = []
        for one in result[name]:
            new = dict(one)
            if value is None:
                new.pop(key, None)
            elif key in new:
                new[key] = value(new[key]) if callable(value) else value
            out.append(new)
        return result | {name: out}

    return act


def deep(name: str, key: str, value: Any) -> Callable[[Device, dict[str, Any], dict[str, Any]], Any]:
    def act(_device: Device, _a: dict[str, Any], result: dict[str, Any]) -> Any:
        new = dict(result[name])
        if value is None:
            new.pop(key, None)
        elif key in new:
            new[key] = value(new[key]) if callable(value) else value
        return result | {name: new}

    return act


Q, ST, PQ, PS = "flex.conference.query", "flex.conference.status", "flex.participant.query", "flex.participant.status"
REPLIES: dict[str, tuple[int, str, list[int], tuple[str, ...], Callable[[Device, dict[str, Any], dict[str, Any]], Any]]] = {
    "query-locked-missing": (7, "flex.conference.query tells no locked", [2171], (Q,), without("locked")),
    "query-id-missing": (7, "flex.conference.query tells no conferenceID", [2144], (Q,), without("conferenceID")),
    "query-attributes-missing": (7, "flex.conference.query tells no callAttributes", [2173], (Q,), without("callAttributes")),
    "query-sensitivity-string": (7, "voiceSwitchingSensitivity comes as a string", [2174], (Q,), where("voiceSwitchingSensitivity", str)),
    "query-profile-word": (7, "optimizationProfile comes as favourExperience", [829, 2198], (Q,), where("optimizationProfile", lambda v: v.replace("favor", "favour"))),
    "query-metadata-flag": (8, "hasMetadata is always false", [2194], (Q,), where("hasMetadata", False)),
    "query-aspect-word": (7, "mainVideoTxPictureAspectRatio comes as 16:9", [829, 1190], (Q,), deep("callAttributes", "mainVideoTxPictureAspectRatio", "16:9")),
    "query-multistream-missing": (7, "callAttributes lack multistreamMode", [1134, 1232], (PQ,), deep("callAttributes", "multistreamMode", None)),
    "query-default-threshold": (7, "packetLossThreshold is 0 where it was not set", [1174, 3906], (Q,), deep("callAttributes", "packetLossThreshold", lambda v: 0 if v == 5 else v)),
    "query-default-selfview": (7, "displaySelfView is true where it was not set", [1201], (Q,), deep("callAttributes", "displaySelfView", True)),
    "query-resources-missing": (7, "flex.conference.query tells no participantMediaResources", [2175], (Q,), without("participantMediaResources")),
    "status-active-missing": (7, "flex.conference.status tells no active", [2295], (ST,), without("active")),
    "status-count-string": (7, "numParticipants of status is a string", [2290], (ST,), where("numParticipants", str)),
    "status-count-one": (8, "numParticipants of status is 1 at least", [2290], (ST,), where("numParticipants", lambda v: max(1, v))),
    "status-tokens-zero": (8, "configuredMediaTokens of status is always 0", [2292], (ST,), where("configuredMediaTokens", 0)),
    "status-presenter-always": (8, "presenterID is there without a presenter, empty", [2296], (ST,), lambda d, a, r: {"presenterID": "", **r}),
    "create-name-returned": (7, "create answers status instead of an id", [297, 1932], (CREATE,), lambda d, a, r: {"status": "operation successful"}),
    "participant-query-calls-missing": (7, "flex.participant.query tells no calls", [2665], (PQ,), without("calls")),
    "participant-query-cascade": (7, "cascadeRole comes as none", [829, 2669], (PQ,), where("cascadeRole", "none")),
    "participant-query-audio-index": (8, "audioIndex is always 0", [2667], (PQ,), where("audioIndex", 0)),
    "participant-query-name-empty": (7, "displayName is there though empty", [2671], (PQ,), lambda d, a, r: {"displayName": "", **r}),
    "participant-status-type-missing": (7, "flex.participant.status tells no participantType", [3003], (PS,), without("participantType")),
    "participant-status-important": (8, "important is never true", [3005], (PS,), where("important", False)),
    "participant-status-conference": (8, "conferenceID of status is the participant's own", [3001], (PS,), lambda d, a, r: r | {"conferenceID": r["participantID"]}),
    "participant-status-mute-missing": (7, "flex.participant.status tells no videoTxMute", [3014], (PS,), without("videoTxMute")),
    "enumerate-active-string": (7, "active of flex.conference.enumerate is a string", [2003], ("flex.conference.enumerate",), inner("conferences", "active", str)),
    "enumerate-locked-missing": (7, "locked is missing in flex.conference.enumerate", [2002], ("flex.conference.enumerate",), inner("conferences", "locked", None)),
    "enumerate-credits-negative": (7, "creditsConfigured of flex.conference.enumerate is -1", [2015], ("flex.conference.enumerate",), inner("conferences", "creditsConfigured", -1)),
    "enumerate-tokens-zero": (8, "callTokensConfiguredMainVideo of flex.conference.enumerate is 0", [2006], ("flex.conference.enumerate",), inner("conferences", "callTokensConfiguredMainVideo", 0)),
    "enumerate-state-word": (7, "connectionState is up", [829, 2558], ("flex.participant.enumerate",), inner("participants", "connectionState", "up")),
    "enumerate-access-missing": (7, "accessLevel is missing in flex.participant.enumerate", [2557], ("flex.participant.enumerate",), inner("participants", "accessLevel", None)),
    "advanced-encryption-missing": (7, "encryptionStatus is missing", [2369], ("flex.participant.advanced.enumerate",), inner("participants", "encryptionStatus", None)),
    "advanced-conference-wrong": (8, "conferenceID of advanced.enumerate is the participant's", [2364], ("flex.participant.advanced.enumerate",), lambda d, a, r: r | {
        "participants": [one | {"conferenceID": one["participantID"]} for one in r["participants"]]}),
    "media-credits-missing": (7, "creditsConfigured is missing in flex.participant.media.enumerate", [2612], ("flex.participant.media.enumerate",), inner("participantMediaInfo", "creditsConfigured", None)),
    "media-audio-missing": (7, "audioTokenInfo is missing in flex.participant.media.enumerate", [2611], ("flex.participant.media.enumerate",), inner("participantMediaInfo", "audioTokenInfo", None)),
    "enumerate-more-missing": (7, "moreAvailable is missing", [1984], ("flex.conference.enumerate",), without("moreAvailable")),
    "deletions-ids-name": (7, "conferenceIDs is called IDs", [1950], ("flex.conference.deletions.enumerate",), lambda d, a, r: {"moreAvailable": r["moreAvailable"], "cookie": r["cookie"], "IDs": r["conferenceIDs"]}),
    "callhome-mode-word": (7, "mode of Call Home is off", [1405], ("callHome.query",), where("mode", "off")),
    "callhome-automatic-default": (7, "automatic of Call Home is missing", [1406], ("callHome.query",), without("automatic")),
    "cdr-time-missing": (7, "events of the CDR log have no time", [1443], ("cdrlog.enumerate",), inner("events", "time", None)),
    "cdr-type-underscore": (8, "event types of the CDR log have underscores", [1447], ("cdrlog.enumerate",), inner("events", "type", lambda v: re.sub("([A-Z])", lambda m: "_" + m[1].lower(), v))),
    "cdr-index-zero": (8, "index of events is always 0", [1445], ("cdrlog.enumerate",), inner("events", "index", 0)),
    "cdr-first-future": (8, "firstIndex of cdrlog.query is one too high", [1456], ("cdrlog.query",), where("firstIndex", lambda v: v + 1)),
    "health-word": (7, "temperatureStatus is good", [1491], ("device.health.query",), where("temperatureStatus", "good")),
    "health-cpu-string": (7, "cpuLoad is a string", [1484], ("device.health.query",), where("cpuLoad", lambda v: f"{v}%")),
    "health-battery-missing": (7, "rtcBatteryStatus is missing", [1493], ("device.health.query",), without("rtcBatteryStatus")),
    "network-mac": (7, "macAddress has colons", [1566], ("device.network.query",), deep("portA", "macAddress", "00:0D:7C:10:A1:DE")),
    "network-speed": (7, "speed is 1", [1564], ("device.network.query",), deep("portA", "speed", 1)),
    "network-bytes64": (7, "bytesSent64 is an integer", [1577], ("device.network.query",), deep("portA", "bytesSent64", int)),
    "network-address-stale": (8, "defaultIpv4Gateway is the address that it had first", [1527, 1586], ("device.network.query",), deep("portA", "defaultIpv4Gateway", "198.51.100.1")),
    "device-features-missing": (8, "activatedFeatures is missing", [1619], ("device.query",), without("activatedFeatures")),
    "device-status-word": (7, "shutdownStatus is none", [1621], ("device.query",), where("shutdownStatus", "none")),
    "device-time-string": (7, "currentTime of device.query is a string", [1610], ("device.query",), where("currentTime", lambda v: str(v) + "")),
    "device-restart-now": (8, "restartTime is the current time", [1611, 1616], ("device.query",), lambda d, a, r: r | {"restartTime": r["currentTime"]}),
    "device-expiry-permanent": (7, "permanent keys have an expiry", [1629], ("device.query",), lambda d, a, r: r | {"activatedFeatures": [{"expiry": d.date(), **one} for one in r["activatedFeatures"]]}),
    "device-feature-key-missing": (7, "features have no key", [1628], ("device.query",), inner("activatedFeatures", "key", None)),
    "license-ports-string": (7, "ports of a licence is a string", [1635], ("device.query",), inner("activatedLicenses", "ports", str)),
    "restart-reason-word": (7, "reason of a restart is a text of its own", [1661], ("device.restartlog.query",), inner("log", "reason", "power on")),
    "time-status-word": (7, "ntpStatus is off", [1703], ("device.time.query",), where("ntpStatus", "off")),
    "time-offset-missing": (7, "utcOffsetMinutes is missing", [1701], ("device.time.query",), without("utcOffsetMinutes")),
    "receivers-index-missing": (7, "receivers have no index", [1738], ("feedbackReceiver.query",), inner("receivers", "index", None)),
    "receivers-first-hidden": (8, "feedbackReceiver.query leaves out the first slot", [1728], ("feedbackReceiver.query",), lambda d, a, r: r | {"receivers": [one for one in r["receivers"] if one["index"] != 1]}),
    "receiver-status-events-missing": (7, "subscribedEvents is missing in feedbackReceiver.status", [1782], ("feedbackReceiver.status",), without("subscribedEvents")),
    "resource-ranges-falling": (7, "mediaCreditTokenRanges fall", [3191], ("flex.resource.query",), where("mediaCreditTokenRanges", lambda v: v[::-1])),
    "resource-bandwidth-missing": (7, "maxCallBandwidth is missing", [3193], ("flex.resource.query",), without("maxCallBandwidth")),
    "resource-levels-missing": (7, "mediaTokenLevelsAudio is missing", [3190], ("flex.resource.query",), without("mediaTokenLevelsAudio")),
    "resource-stereo-missing": (7, "audio levels have no stereo", [3206], ("flex.resource.query",), inner("mediaTokenLevelsAudio", "stereo", None)),
    "resource-area-zero": (7, "maxVideoArea is 0", [3199], ("flex.resource.query",), inner("mediaTokenLevelsMainVideo", "maxVideoArea", 0)),
    "resource-conferences-stuck": (8, "numConferences is always 2", [3217], ("flex.resource.status",), where("numConferences", 2)),
    "resource-tokens-negative": (7, "configuredMediaTokens is -1", [3218], ("flex.resource.status",), where("configuredMediaTokens", -1)),
    "resource-credits-tokens": (8, "configuredMediaCredits is the number of tokens", [3220], ("flex.resource.status",), lambda d, a, r: r | {"configuredMediaCredits": r["configuredMediaTokens"]}),
    "syslog-packets-missing": (7, "syslog servers have no packetsSent", [3250], ("logs.syslog.query",), inner("servers", "packetsSent", None)),
    "syslog-last-lost": (8, "logs.syslog.query leaves out the fourth server", [3248], ("logs.syslog.query",), where("servers", lambda v: v[:3])),
    "services-port-letter": (7, "ethernetPort is port A", [3286], ("services.query",), inner("ports", "ethernetPort", "portA")),
    "services-version-word": (7, "protocolVersion is ipv4", [3287], ("services.query",), inner("ports", "protocolVersion", str.lower)),
    "services-min-missing": (7, "ephemeralPortRangeMin is missing", [3294], ("services.query",), without("ephemeralPortRangeMin")),
    "sip-mode-word": (7, "callConfiguration is direct", [3326], ("sip.query",), where("callConfiguration", "direct")),
    "sip-domain-address": (8, "outboundDomain is the outbound address", [3328], ("sip.query",), lambda d, a, r: r | {"outboundDomain": r["outboundAddress"]} if "outboundAddress" in r else r),
    "info-mode": (7, "operationMode is remote", [3350], ("system.info",), where("operationMode", "remote")),
    "info-license": (8, "licenseMode is fullHD", [3351], ("system.info",), where("licenseMode", "fullHD")),
    "info-ports": (7, "portsVideoTotal is 12", [3362], ("system.info",), where("portsVideoTotal", 12)),
    "info-make-calls": (7, "makeCallsOK is true", [3361], ("system.info",), where("makeCallsOK", True)),
    "info-serial-missing": (7, "tpdSerial is missing", [3360], ("system.info",), without("tpdSerial")),
    "info-uptime-string": (7, "tpdUptime is a string", [3359], ("system.info",), where("tpdUptime", str)),
    "info-cpu-everywhere": (7, "cpuCount is told by what is no virtual machine", [3345], ("system.info",), where("cpuCount", 8)),
    "users-rights-word": (7, "accessRights admin is told", [3461], ("user.enumerate",), inner("users", "accessRights", lambda v: v[:5])),
    "users-immortal-missing": (7, "immortal is missing", [3460], ("user.enumerate",), inner("users", "immortal", None)),
    "users-more-string": (7, "moreAvailable of user.enumerate is a string", [3454], ("user.enumerate",), where("moreAvailable", str)),
    "users-none-hidden": (8, "users without rights are not listed", [3437], ("user.enumerate",), lambda d, a, r: r | {"users": [one for one in r["users"] if one["accessRights"] != "none"]}),
}
REPLY_FAULTS = {name: (methods, action) for name, (_, _, _, methods, action) in REPLIES.items()}


def each(name: str, key: str, value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda reply: inner(name, key, value)(None, {}, reply)  # type: ignore[arg-type,no-any-return]


DIAGNOSTIC: dict[str, tuple[str, list[int], Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "diagnostics-codec-missing": ("audioRx streams have no codec", [2718], each("audioRx", "codec", None)),
    "diagnostics-encrypted-string": ("encrypted of videoRx is a string", [2779], each("videoRx", "encrypted", str)),
    "diagnostics-reason-word": ("configuredBitRateReason is none", [2808], each("videoTx", "configuredBitRateReason", "none")),
    "diagnostics-stream-type": ("streamType of videoRx is switched", [2775], each("videoRx", "streamType", "switched")),
    "diagnostics-lost-missing": ("packetsLost is missing in audioTx", [2744], each("audioTx", "packetsLost", None)),
    "diagnostics-muted-never": ("muted of audioRx is always false", [2728], each("audioRx", "muted", False)),
    "diagnostics-rx-tx": ("audioRx and audioTx are swapped", [2702, 2703], lambda r: r | {"audioRx": r["audioTx"], "audioTx": r["audioRx"]}),
    "diagnostics-audio-struct": ("audioRx is a struct and no array", [2702], lambda r: r | {"audioRx": (r.get("audioRx") or [{}])[0]}),
}
DIAGNOSTIC_FAULTS = {name: action for name, (_, _, action) in DIAGNOSTIC.items()}
EVENT_LOST = {"event-no-ack": "configureAck", "event-no-conference": "flexConferenceEnum", "event-no-conference-deletions": "flexConferenceDeletionsEnum",
              "event-no-participant": "flexParticipantEnum", "event-no-advanced": "flexParticipantAdvancedEnum", "event-no-media": "flexParticipantMediaEnum",
              "event-no-participant-deletions": "flexParticipantDeletionsEnum", "event-no-resource": "flexResourceStatus", "event-no-cdr": "cdrAdded",
              "event-no-device": "deviceStatusChanged", "event-no-restart": "restart"}
EVENT_LINES = {"configureAck": [799], "flexConferenceEnum": [712, 803], "flexConferenceDeletionsEnum": [713, 802], "flexParticipantEnum": [717, 807],
               "flexParticipantAdvancedEnum": [805], "flexParticipantMediaEnum": [718, 808], "flexParticipantDeletionsEnum": [719, 806], "flexResourceStatus": [809],
               "cdrAdded": [798], "deviceStatusChanged": [800], "restart": [812]}
FAULTS: dict[str, Fault_] = {
    # HTTP
    "http-length-short": (7, "Content-Length is four bytes short", [246]),
    "http-length-long": (7, "Content-Length is seven bytes long", [246]),
    "http-length-characters": (7, "Content-Length counts characters", [246]),
    "http-bare-lf": (7, "header lines end with LF", [246]),
    "http-second-silent": (7, "the second request of a connection has no answer", [390, 294]),
    "http-close-ignored": (7, "Connection: close of the client is ignored", [246]),
    "http-idle-forever": (7, "idle connections are never closed", [400]),
    "http-answer-of-before": (8, "every 25th call gets the answer of the one before", [294, 297]),
    "system-xml-missing": (7, "there is no /system.xml", [3468]),
    "system-xml-open": (7, "system.xml has no end tag", [3468, 3493]),
    "system-xml-product": (7, "product is TPS", [3517]),
    "system-xml-maker": (7, "manufacturer is Acme", [3515]),
    "system-xml-platform": (7, "platform is not that of system.info", [3343, 3518]),
    "system-xml-mac": (7, "macAddress is empty", [3527]),
    "system-xml-registrar": (7, "sipRegistrarUsage is yes", [3531]),
    "system-xml-cluster": (7, "clusterType is none", [3542]),
    "system-xml-ports": (7, "port totals are 12", [3543, 3544, 3545]),
    "system-xml-version": (7, "softwareVersion is missing", [3522]),
    "system-xml-uptime": (8, "uptimeSeconds stands still", [3546]),
    "system-xml-trunk-stale": (8, "sipTrunkUsage is No with a trunk", [3538]),
    # XML-RPC
    "xml-ampersand-bare": (7, "& is not escaped", [225]),
    "xml-ampersand-twice": (7, "& is escaped twice", [225]),
    "xml-latin": (7, "answers declare UTF-8 and are Latin-1", [225, 305]),
    "xml-nonascii-lost": (7, "letters outside ASCII are left out", [254]),
    "xml-cdata-lost": (7, "CDATA sections of a request are lost", [225]),
    "xml-boolean-python": (7, "booleans are True and False", [370]),
    "xml-boolean-int": (7, "booleans are integers", [370]),
    "xml-boolean-words-refused": (7, "boolean true is malformed", [370]),
    "xml-date-as-string": (7, "dates are strings", [227, 372]),
    "xml-base64-as-string": (7, "base64 comes as a string", [371, 2036]),
    "xml-root": (7, "the root of answers is methodResult", [297]),
    "xml-two-params": (7, "answers have two params", [225, 297]),
    "xml-member-unnamed-tag": (7, "the first member's name is in key", [225]),
    "fault-code-string": (7, "faultCode is a string", [299, 342]),
    "fault-string-name": (7, "faultString is called faultMessage", [347]),
    "fault-in-params": (7, "faults come in params", [299]),
    "fault-and-params": (7, "faults have params too", [299]),
    "status-title": (7, "status is Operation Successful", [298]),
    "status-ok": (7, "status is ok", [298]),
    "status-none": (7, "methods without results answer an empty struct", [298]),
    "status-result": (7, "status is called result", [298]),
    "size-64k": (7, "requests up to 64 KB are served", [361, 3691]),
    "size-16k": (7, "requests over 16 KB are too large", [361, 3691]),
    "size-code": (7, "a request too large gives 201", [3691]),
    "page-over-32k": (9, "pages exceed 32 KB", [361]),
    "id-too-long": (7, "identifiers have over 50 characters", [420]),
    "method-code": (7, "an unknown method gives 201", [3652]),
    "method-code-102": (7, "an unknown method gives 102", [3652]),
    # authentication
    "auth-code": (7, "a wrong password gives 201", [3660]),
    "auth-code-102": (7, "a wrong password gives 102", [3660]),
    "auth-missing-code": (7, "a missing authentication parameter gives 103", [413, 3688]),
    "auth-password-case": (7, "letter case of passwords is not looked at", [414, 416]),
    "auth-password-prefix": (7, "the first five letters of a password suffice", [414, 416]),
    "auth-password-longer": (7, "a password may go on after its end", [414, 416]),
    "auth-password-empty": (7, "an empty password is right", [416]),
    "auth-password-optional": (7, "authenticationPassword may be missing", [414]),
    "auth-user-anything": (7, "a right password suffices for an unknown user", [413, 416]),
    "auth-none-works": (7, "users without rights may call", [3391]),
    "auth-remembered": (8, "a connection once authenticated stays so", [408]),
    "auth-third-attempt": (8, "every third wrong password is right", [416]),
    "method-query-open": (7, "system.info and device.query need no authentication", [408]),
    "lock-ignored": (8, "the default password locks nothing", [3422]),
    # codes
    "missing-code": (7, "a missing parameter gives 102", [3688]),
    "missing-nested-code": (7, "a missing nested parameter gives 102", [3688]),
    "missing-unnamed": (7, "a missing parameter is not named", [3688]),
    "missing-wrong-name": (7, "another parameter is named as missing", [3688]),
    "malformed-code": (7, "a malformed parameter gives 102", [3690]),
    "malformed-nested-code": (7, "a malformed nested parameter gives 34", [3690]),
    "malformed-unnamed": (7, "a malformed parameter is not named", [3690]),
    "invalid-code": (7, "an invalid parameter gives 201", [3689]),
    "conference-code": (7, "an unknown conference gives 102", [3653]),
    "conference-code-5": (7, "an unknown conference gives 5", [3653]),
    "participant-code": (7, "an unknown participant gives 102", [554, 3654]),
    "participant-code-4": (7, "an unknown participant gives 4", [554, 3654]),
    # pairs, tokens, credits
    "pair-both": (7, "both halves of unlimited pairs are taken", [583, 598]),
    "pair-duration-both": (7, "duration and durationUnlimited are taken together", [1853, 1854]),
    "pair-maxParticipants-both": (7, "maxParticipants and maxParticipantsUnlimited are taken together", [1857, 1862]),
    "pair-conferenceMediaCredits-both": (7, "conferenceMediaCredits and its unlimited are taken together", [1842, 1843]),
    "pair-tokens-both": (7, "maxPerChannel and maxPerChannelUnlimited are taken together", [583, 1069]),
    "query-pair-both": (7, "both halves of unlimited pairs are told", [581]),
    "modify-unlimited-stays": (8, "the unlimited half stays when modify sets the integer", [581, 2042]),
    "per-channel-over-total": (7, "maxPerChannel above total is taken", [1068]),
    "per-channel-both-shown": (7, "maxPerChannelUnlimited false is told with maxPerChannel", [1082]),
    "per-channel-default-limited": (7, "maxPerChannel is total by default", [1076]),
    "media-per-channel-both": (7, "both halves are told by media enumeration", [2587]),
    "media-far-end-early": (8, "far end tokens are told before calls are up", [2622, 2613]),
    "credits-not-rounded": (8, "credits are not rounded", [628]),
    "credits-rounded-up": (8, "credits are rounded up", [628]),
    "credits-nearest": (8, "credits are rounded to the nearest level", [628]),
    "credits-below-48": (8, "credits below the first level give the first", [628]),
    "credits-edge": (8, "a number equal to a level is rounded to the one below", [628]),
    "credits-compared-unrounded": (8, "tokens are compared with credits before rounding", [630]),
    "credits-insufficient-accepted": (7, "too few credits are taken", [630, 1112]),
    "credits-audio-ignored": (8, "audio tokens do not count against credits", [573, 606, 1112]),
    "credits-code": (7, "too few credits give 67", [3673]),
    "conference-credits-ignored": (8, "conferenceMediaCredits do not limit", [1842]),
    "conference-tokens-ignored": (8, "conferenceMediaTokens do not limit", [1840]),
    # URIs and PINs
    "uri-characters": (8, "! is taken in URIs", [458, 463]),
    "uri-spaces": (8, "blanks are taken in URIs", [458, 463]),
    "uri-two-ats": (8, "two @ are taken in URIs", [463]),
    "uri-no-underscore": (8, "_ is refused in URIs", [463]),
    "uri-no-at": (8, "@ is refused in URIs", [455, 463]),
    "uri-unique-never": (8, "URIs in use are taken", [507, 3664]),
    "uri-unique-conferences-only": (8, "URIs of participants are taken for conferences", [509, 3664]),
    "uri-domain-ignored": (8, "URIs that differ in the domain are one", [494, 498]),
    "uri-own-refused": (8, "modify refuses a conference's own URIs", [2062, 507]),
    "uri-twice-accepted": (8, "one URI twice with one PIN is taken", [508]),
    "uri-twice-refused": (8, "one URI twice with two PINs is refused", [505, 508]),
    "destroy-keeps-uris": (8, "URIs of destroyed conferences stay in use", [507, 528]),
    "modify-uris-added": (8, "URIs of modify are added to those before", [2062]),
    "modify-uris-empty-kept": (8, "an empty URIs array deletes nothing", [2062]),
    "modify-uris-held": (8, "URIs replaced by modify stay in use", [2062, 507]),
    "pin-outgoing-accepted": (7, "a PIN is taken with outgoing calls only", [538, 2468]),
    "pins-second-lost": (8, "the second of two PINs is not told", [2662]),
    # conferences
    "modify-before-check": (8, "a modify that fails has changed something", [299, 2062]),
    "start-never": (8, "conferences with a startTime never begin", [1852]),
    "duration-never-ends": (8, "conferences do not end after their duration", [1853]),
    "duration-from-creation": (8, "duration counts from creation", [1853]),
    "duration-modify-ignored": (8, "the end that was planned before modify stays", [2075]),
    "duration-past-accepted": (8, "a duration that is over already is taken", [2075]),
    "limit-below-active": (8, "maxParticipants below the number there is taken", [3665]),
    "limit-ignored": (8, "maxParticipants does not limit", [1857]),
    "limit-off-by-one": (8, "one participant fewer than maxParticipants fits", [1857]),
    "unlock-never": (8, "unlockWithLastCall does nothing", [1887]),
    "terminate-never": (8, "terminateWithLastCall does nothing", [1850]),
    "chair-exit-ignored": (8, "disconnectOnChairExit does nothing", [1849]),
    "chair-not-awaited": (8, "waitForChair does nothing", [1844]),
    "auto-disconnect-ignored": (8, "autoDisconnect does nothing", [1172]),
    "destroy-keeps-participants": (8, "participants outlive their conference", [560]),
    "destroy-no-lobby": (8, "a conference with calls is not destroyed", [1954]),
    "destroy-lobby-default": (8, "destroy shows the exit lobby by default", [1960]),
    "warning-ends": (8, "sendWarning ends the conference", [2274]),
    "status-start-positive": (8, "startTime of an active conference is positive", [2294]),
    "status-start-given": (8, "startTime of status is as it was given", [2294]),
    "status-end-from-now": (8, "endTime is the duration", [2298]),
    "status-end-always": (8, "endTime is there without a duration", [2298]),
    "status-locked-stale": (8, "locked of status stays as it was at first", [2289]),
    "reference-empty": (7, "references are told though empty", [449]),
    "participant-reference-lost": (8, "participantReference is not kept", [440, 2463, 2670]),
    "shutdown-creates": (8, "conferences are created after a shutdown", [3698]),
    "shutdown-unseen": (8, "shutdownStatus stays notShutdown", [1621]),
    # participants
    "call-both-ways": (7, "a call with URI and remoteAddress is taken", [1256, 2455]),
    "call-protocol-optional": (7, "an outgoing call needs no protocol", [1275]),
    "audioIndex-unchecked": (7, "audioIndex may lie outside the calls", [2454, 2473]),
    "contentIndex-unchecked": (7, "contentIndex may lie outside the calls", [2454, 2474]),
    "cascade-many-calls": (7, "cascadeRole is taken with several calls", [2456]),
    "attributes-conference-first": (8, "attributes of the conference go before the participant's", [1138]),
    "attributes-not-inherited": (8, "attributes of the conference are not inherited", [1134]),
    "attributes-all-or-nothing": (8, "a participant with attributes inherits none", [1136, 1140]),
    "multi-main-presentation": (8, "videoTxPresentationMainVideoAllowed is true with several calls", [1185]),
    "start-muted-ignored": (8, "StartMuted attributes do nothing", [1215, 1216]),
    "defer-ignored": (8, "deferConnect does nothing", [1222]),
    "display-name-kept": (8, "displayName cannot be changed", [2643]),
    "participant-modify-clears": (8, "modify without displayName clears it", [2633]),
    "participant-modify-all": (8, "displayName changes for all of the conference", [2633]),
    "participant-resources-kept": (8, "participantMediaResources of a participant cannot be changed", [2645]),
    "participant-destroy-calls-only": (8, "destroy ends the calls and keeps the participant", [2518]),
    "participant-destroy-next": (8, "destroy takes the next participant where there are more", [2518]),
    "query-calls-reversed": (8, "calls are told from last to first", [2462, 2665]),
    "query-calls-bandwidth": (8, "callBandwidth is told as 2048000", [1276, 2665]),
    "query-to-override-lost": (8, "toOverride is not told", [1277, 2665]),
    "calls-absent-dropped": (8, "absent calls have no place in calls", [2367, 3010]),
    "addresses-reversed": (8, "addresses stand in another order than calls", [2368, 2560]),
    "addresses-key": (8, "remoteAddress is told as URI", [2390, 2578]),
    "state-connected-early": (8, "connecting is told as connected", [983, 992]),
    "layout-always": (8, "layout is told without a call", [2374, 3016]),
    "type-word": (7, "participantType is standard", [3003, 3021]),
    "call-duration-early": (8, "duration of a call that is not established", [1804, 3071]),
    "important-kept": (8, "the first important participant keeps it", [2966]),
    "important-stays": (8, "importantID of a destroyed participant stays", [2022]),
    "presenter-stays": (8, "presenterID of a destroyed participant stays", [2021, 2296]),
    "important-not-cleared": (8, "clearImportant does nothing", [2437]),
    "important-clears-any": (8, "clearImportant of another clears too", [2437]),
    "important-needs-call": (8, "setImportant needs an active call", [2966]),
    "important-global": (8, "one important participant for all conferences", [2022, 2966]),
    "important-not-enumerated": (8, "importantID is never told", [2022]),
    "mute-never-off": (8, "mutes cannot be taken back", [2975]),
    "mute-omitted-off": (8, "setMute takes back what it does not name", [2975]),
    "mute-video-tx-rx": (8, "videoTxMute mutes the other way", [2984]),
    "mute-all-participants": (8, "audioRxMute is for all of the conference", [2975]),
    "status-mute-swapped": (8, "audioRxMute and audioTxMute are swapped in status", [3011, 3013]),
    "media-status-mute-lost": (8, "audioRx of mediaStatus is never muted", [1008, 2410]),
    "media-status-word": (7, "audioTx of mediaStatus is active", [829, 2411]),
    "status-credits-stale": (8, "creditsConfigured of status stays as it was at first", [3053]),
    "disconnect-ok": (8, "flex.participant.call.disconnect of an outgoing call succeeds", [2421, 2432]),
    "disconnect-outgoing": (8, "flex.participant.call.disconnect disconnects an outgoing call", [2421, 2432]),
    "dtmf-non-ascii": (7, "dtmf with letters outside ASCII is taken", [731]),
    "dtmf-letters-refused": (7, "dtmf with other letters is refused", [729]),
    "dtmf-comma-refused": (7, "dtmf with commas is refused", [725, 727]),
    "dtmf-without-call": (8, "sendDTMF without a call succeeds", [2949]),
    "dtmf-no-call-code": (8, "sendDTMF without a call gives 201", [2949]),
    # administration
    "callhome-without-key": (8, "Call Home may be anonymous without the encryption key", [1389]),
    "callhome-omitted-reset": (8, "Call Home settings that are left out are reset", [1389, 1394]),
    "callhome-automatic-lost": (8, "automatic of Call Home is not kept", [1394]),
    "cdr-num-ignored": (8, "numEvents is ignored", [1418]),
    "cdr-num-zero": (8, "numEvents 0 gives no events", [1418]),
    "cdr-beyond-empty": (8, "an index far beyond the end gives no events", [1417]),
    "cdr-filter-ignored": (8, "filter is ignored", [1423]),
    "cdr-next-same": (8, "nextIndex is the startIndex", [1417, 1429]),
    "cdr-next-skips": (8, "nextIndex skips an event where more remain", [1417, 1429]),
    "cdr-next-last": (8, "nextIndex is the last event's index", [1417, 1429]),
    "cdr-next-count": (8, "nextIndex with a filter is startIndex and the number of events", [1417, 1429]),
    "cdr-remaining-false": (8, "eventsRemaining is always false", [1430]),
    "cdr-remaining-true": (8, "eventsRemaining is always true", [1430]),
    "cdr-query-count": (8, "numEvents of cdrlog.query is one too many", [1457]),
    "cdr-finished-lost": (8, "conferenceFinished is not logged", [1412, 1423]),
    "keys-never-locked": (8, "invalid keys never lead to 204", [3695]),
    "key-any-added": (8, "any key is added", [3683]),
    "key-code": (7, "an invalid key gives 61", [3683]),
    "key-remove-ignored": (8, "a key that is removed stays", [1470]),
    "key-remove-unknown-ok": (8, "removing an unknown key succeeds", [3679]),
    "key-remove-code": (8, "removing an unknown key gives 201", [3679]),
    "network-disable-ipv4": (8, "IPv4 can be disabled while it is in use", [3671]),
    "network-dhcp-optional": (7, "ipv4Enabled needs no dhcpv4", [1515]),
    "network-mask-optional": (7, "ipv4SubnetMask may be missing", [1516]),
    "network-dhcp-alone": (8, "dhcpv4 works without ipv4Enabled", [1513]),
    "network-ipv6-conf-optional": (7, "ipv6Enabled needs no ipv6Conf", [1517]),
    "network-dns-lost": (8, "domainName is not kept", [1541, 1601]),
    "uptime-stands": (8, "uptime stands still", [1616]),
    "restart-not-logged": (8, "a restart is not in the restart log", [1650]),
    "restart-reason": (8, "the reason of a restart is API reboot", [1661]),
    "restart-reason-web": (8, "the reason of a restart by the API is the web interface", [1670]),
    "users-lost-on-restart": (8, "users are lost with a restart", [3407]),
    "ntp-host-optional": (8, "ntpEnabled needs no ntpHost", [1686]),
    "time-under-ntp": (8, "the time can be set under NTP", [1685]),
    "time-not-set": (8, "currentTime is not set", [1685]),
    "time-local": (8, "currentTime is local time", [1698]),
    "time-minutes-lost": (8, "utcOffsetMinutes is not kept", [1688, 1701]),
    "time-omitted-reset": (8, "an offset that is left out becomes 0", [1680]),
    "syslog-added": (8, "syslog servers are added to those before", [3237]),
    "syslog-omitted-cleared": (8, "servers that are left out are cleared", [3232]),
    "syslog-facility-lost": (8, "facilityValue is not kept", [3239]),
    "range-narrow": (8, "a port range of fewer than 5000 is taken", [3260, 3261]),
    "services-omitted-off": (8, "services that are left out are disabled", [3255, 3265]),
    "services-ipv6-too": (8, "settings of IPv4 are those of IPv6 too", [3255, 3264]),
    "services-enabled-without-key": (8, "services that are off or lack a key are enabled", [3293]),
    "port-conflict-ignored": (8, "two services on one port are taken", [3670]),
    "port-conflict-code": (8, "two services on one port give 201", [3670]),
    "sip-tls-without-key": (8, "tls is taken without the encryption key", [3314]),
    "sip-trunk-blank": (8, "useTrunk needs no outboundAddress", [3306]),
    "sip-srtp-always": (8, "negotiateSRTPUsingSDES is told without the encryption key", [3333]),
    "sip-username-lost": (8, "username is not kept", [3308, 3329]),
    "sip-password-on-user": (8, "username without password clears the password", [3309, 3330]),
    # users
    "users-api-only-all": (8, "apiOnly users may do with administrators what they want", [3390]),
    "user-duplicate-ok": (8, "two users may have one id", [3696]),
    "user-duplicate-code": (8, "a duplicate user gives 102", [3696]),
    "user-limit-none": (8, "there may be more than 200 users", [3381]),
    "user-limit-100": (8, "there may be 100 users", [3381]),
    "user-id-lower": (8, "user ids are kept in small letters", [3398]),
    "user-rights-administrator": (8, "every new user is an administrator", [3400]),
    "user-name-default-id": (8, "name is the id where it is left out", [3401]),
    "user-destroy-unknown-ok": (8, "destroying an unknown user succeeds", [3681]),
    "user-destroy-code": (8, "destroying an unknown user gives 201", [3681]),
    "user-destroy-disables": (8, "destroying a user only disables it", [3407]),
    "immortal-dies": (8, "the immortal user can be destroyed", [3383, 3412]),
    "immortal-rights": (8, "access rights of the immortal user can be changed", [3383, 3680]),
    "user-rename-duplicate": (8, "renaming to an id in use succeeds", [3696]),
    "user-rename-copies": (8, "renaming keeps the user with the old id", [3428]),
    "user-rename-lost": (8, "newUserId is ignored", [3428]),
    "user-name-reset": (8, "modify without name clears it", [3418]),
    "user-password-kept": (8, "the password cannot be changed", [3430]),
    "user-password-reset": (8, "renaming clears the password", [3418]),
    "user-rights-kept": (8, "access rights cannot be changed", [3431]),
    "user-immortal-all": (8, "every user is immortal", [3460]),
    "user-immortal-hidden": (8, "the immortal user is not listed", [3383]),
    "user-change-required": (8, "passwordChangeRequired is told for all", [3462]),
    "user-max-ignored": (9, "max of user.enumerate is ignored", [3449]),
    "user-page-skips": (9, "a page of users skips one", [3437, 3455]),
    "user-more-never": (9, "moreAvailable of user.enumerate is always false", [3454]),
    "user-token-always": (9, "enumerateID is told at the end", [3455]),
    "user-token-any": (9, "any enumerateID is taken", [3448]),
    # enumeration
    "max-plus-one": (9, "pages have one record more than max", [1943, 1979]),
    "max-ignored": (9, "max is ignored", [1943, 1979]),
    "cookie-any": (9, "any cookie is taken", [662, 673, 3675]),
    "cookie-too-long": (9, "cookies have over 150 characters", [1949, 1985]),
    "cookie-skips": (9, "a cookie skips one record where more remain", [660, 1985]),
    "cookie-skips-rest": (9, "what a page leaves is lost", [649, 660]),
    "cookie-restarts": (9, "each call lists all", [660]),
    "cookie-foreign": (9, "cookies of another enumeration are taken", [662, 1978]),
    "more-never": (9, "moreAvailable is always false", [649, 1984]),
    "more-always": (9, "moreAvailable is true with each record", [649, 1984]),
    "filter-ignored": (9, "conferenceID of participant enumerations is ignored", [2347, 2537]),
    "filter-first-only": (9, "conferenceID holds for the first page only", [2347, 2537]),
    "filter-unknown-empty": (9, "an unknown conferenceID lists nothing", [2347, 2537]),
    "enumerate-changes-lost": (9, "flex.participant.enumerate lists no changes", [655, 660]),
    "media-changes-lost": (9, "flex.participant.media.enumerate lists no changes", [2585]),
    "conference-changes-lost": (9, "flex.conference.enumerate lists no changes", [660, 1964]),
    "enumerate-name-stale": (9, "conferenceName of enumerate stays as it was at first", [2001]),
    "enumerate-display-stale": (9, "displayName of enumerate stays as it was at first", [2555]),
    "enumerate-count-stale": (9, "numParticipants of enumerate is 0", [2005]),
    "enumerate-resurrects": (9, "destroyed conferences are listed as live", [655, 659]),
    "deletion-first-lists": (9, "the first call lists deletions", [668]),
    "deletion-every-fifth-lost": (9, "every fifth deletion is lost", [671]),
    "deletion-doubled": (9, "every third deletion of a conference comes twice", [671]),
    "deletion-conference-lost-late": (9, "deletions of conferences older than three seconds are lost", [671, 1950]),
    "deletion-with-conference-lost": (9, "participants that end with their conference are not among the deletions", [671, 719]),
    "deletion-page-lost": (9, "a page of deletions loses the one after it", [671, 1949]),
    "deletion-page-rest": (9, "deletions that a page leaves are lost", [649, 671]),
    "deletion-again": (9, "the last deletion comes again", [671]),
    "deletion-more-never": (9, "moreAvailable of deletions is always false", [649, 1948]),
    "deletion-filter-ignored": (9, "conferenceID of deletions is ignored", [2498]),
    "extended-both": (9, "participantIDs and IDs come together", [2506, 2507]),
    "extended-changes": (9, "extended of later calls counts", [2499]),
    "extended-conference-wrong": (9, "conferenceID of IDs is the participant's", [2513]),
    # feedback
    "receiver-default-two": (9, "the default slot is 2", [1717]),
    "receiver-default-free": (9, "the default slot is any free one", [1717]),
    "receiver-negative-first": (9, "a negative index takes slot 1", [1717]),
    "receiver-twenty": (9, "slot 20 is not used", [1717]),
    "receiver-occupied-refused": (9, "a slot in use is not overwritten", [1717]),
    "receiver-default-none": (9, "no events are subscribed by default", [1719]),
    "receiver-default-few": (9, "all but one event are subscribed by default", [1719]),
    "receiver-overwrite-merges": (9, "overwriting a receiver keeps its events", [1717, 1719]),
    "receiver-index-reply": (9, "receiverIndex of the answer is one too high", [1724]),
    "receiver-source-lost": (9, "sourceIdentifier is not told", [1739, 1776]),
    "receiver-status-all": (9, "feedbackReceiver.status tells all events", [1782]),
    "receiver-uri-any": (9, "any string is taken as receiverURI", [1712, 2905]),
    "source-not-ascii": (9, "sourceIdentifier may have other than ASCII characters", [1718]),
    "reconfigure-creates": (9, "reconfigure of an empty slot makes a receiver", [1749]),
    "reconfigure-uri-kept": (9, "reconfigure keeps the URI", [1750]),
    "reconfigure-source-reset": (9, "reconfigure without sourceIdentifier clears it", [1744, 1751]),
    "reconfigure-events-reset": (9, "reconfigure without subscribedEvents subscribes to all", [1744, 1752]),
    "reconfigure-events-added": (9, "subscribedEvents of reconfigure are added", [1744, 1752]),
    "reconfigure-no-modified": (9, "reconfigure has no receiverModified", [811]),
    "reconfigure-no-deleted": (9, "a change of URI has no receiverDeleted", [810, 814]),
    "remove-empty-ok": (9, "removing an empty slot succeeds", [1756]),
    "remove-still-sends": (9, "a receiver that was removed goes on", [1756, 810]),
    "farewell-none": (9, "no last message to a URI that is no more", [810, 814]),
    **{name: (9, f"there is no {event}", EVENT_LINES[event]) for name, event in EVENT_LOST.items()},
    "event-no-device-add": (9, "adding a key has no deviceStatusChanged", [800]),
    "event-unsubscribed": (9, "receivers get events that they did not subscribe to", [1719]),
    "event-alive-always": (9, "flexAlive goes to all", [1719]),
    "event-wrong-receiver": (9, "conference events go to another receiver", [1707]),
    "event-first-receiver": (9, "only the first receiver gets events", [737]),
    "event-high-slots": (9, "slots above 10 get no events", [737, 1717]),
    "event-after-four": (9, "a receiver gets four messages and no more", [737]),
    "event-late": (9, "events come 25 s late", [737]),
    "event-new-only": (9, "flexParticipantEnum comes for new participants only", [717, 807]),
    "event-conference-new-only": (9, "flexConferenceEnum comes for new conferences only", [712, 803]),
    "event-renamed": (9, "flexParticipantEnum is called flexParticipantsEnum", [807]),
    "event-source-mac": (9, "sourceIdentifier is always the MAC address", [755]),
    "event-source-empty": (9, "sourceIdentifier is empty where it was not set", [755]),
    "event-source-host": (9, "sourceIdentifier is the host name where it was not set", [755]),
    "event-member-name": (9, "events is called event", [756]),
    "event-string": (9, "events is a string", [756]),
    "event-structs": (9, "events are structs", [756]),
    "event-method": (9, "the method is feedbackNotification", [763]),
    "event-response": (9, "messages are responses", [762]),
    "post-path": (9, "messages go to /RPC2 whatever the URI says", [1712]),
    "post-get": (9, "messages are GET requests", [737]),
    "alive-none": (9, "there is no flexAlive", [801]),
    "alive-slow": (9, "flexAlive comes every 30 s", [801]),
    # diagnostics and previews
    "diagnostics-never": (9, "diagnostics are not sent", [2693]),
    "diagnostics-without-call": (9, "diagnostics without a call succeed", [2682]),
    "diagnostics-code": (9, "diagnostics without a call give 5", [2682]),
    "diagnostics-participant": (9, "participantID of diagnostics is the conference's", [2700]),
    "diagnostics-source": (9, "sourceIdentifier of diagnostics is always the MAC address", [2701]),
    "diagnostics-source-empty": (9, "sourceIdentifier of diagnostics is empty where it was not given", [2701]),
    "diagnostics-method": (9, "the method is participantDiagnosticResponse", [2693]),
    "diagnostics-twice": (9, "diagnostics come twice", [2693]),
    **{name: (9, text, lines) for name, (text, lines, _) in DIAGNOSTIC.items()},
    "async-limit-four": (9, "four requests at once are too many", [2695, 2876]),
    "async-limit-code": (9, "too many requests at once give 201", [2695, 3694]),
    "async-never-freed": (9, "only ten requests are served in all", [2695, 2876]),
    "preview-position-optional": (9, "position may be missing", [2894]),
    "preview-position-any": (9, "position may lie outside the participant", [2894, 2903]),
    "preview-without-call": (9, "previews without a call succeed", [2907]),
    "preview-first-only": (9, "only the first stream is previewed", [2921]),
    "preview-stale": (9, "position and direction are those of the first preview", [2934, 2936]),
    "preview-source": (9, "sourceIdentifier of previews is the participant's id", [2927]),
    "preview-member-name": (9, "streams is called previews", [2928]),
    "preview-method": (9, "the method is participantDiagnosticsResponse", [2921]),
    "preview-always-ok": (9, "status is ok without a picture", [2933]),
    "preview-too-wide": (9, "pictures are 176 wide always", [2895, 2937]),
    "preview-too-large": (9, "pictures are 16 wider than asked", [2895, 2937]),
    "preview-over-176": (9, "pictures may exceed 176x144", [2895, 2896, 2937]),
    "preview-default-large": (9, "the default size is 176x144", [2895, 2896]),
    "preview-direction": (9, "rx and tx are swapped", [2934]),
    "preview-context": (9, "context is main always", [2935]),
    "preview-not-jpeg": (9, "pictures are no JPEG", [2872, 2937]),
    "preview-cut": (9, "pictures are cut", [2937]),
    "preview-base64-twice": (9, "pictures are encoded twice", [2937]),
}
FAULTS |= {name: (issue, text, lines) for name, (issue, text, lines, _) in TABLE_FAULTS.items()}
FAULTS |= {name: (issue, text, lines) for name, (issue, text, lines, _, _) in STORE.items()}
FAULTS |= {name: (issue, text, lines) for name, (issue, text, lines, _, _) in REPLIES.items()}
SHOULD: dict[str, Fault_] = {
    "http-500": (7, "faults and results come with HTTP 500", [246, 294]),
    "cookie-repeats": (9, "the last record of a page comes again on the next", [660]),
    "cookie-last-repeats": (9, "the last record comes again though it did not change", [660]),
    "more-at-max": (9, "moreAvailable is true when a page is full though nothing remains", [649]),
    "cookie-survives": (9, "cookies outlive a restart", [662]),
    "max-one-less": (9, "pages have one record fewer than max", [1979]),
    "event-doubled-name": (9, "an event is named twice in a message", [756]),
    "cdr-start-as-asked": (8, "startIndex is the index asked for though records were dropped", [1428]),
    "cdr-newest-first": (8, "events of a page are newest first", [1410]),
    "preview-order": (9, "previews stand in another order than asked", [2921]),
    "method-any-case": (7, "letter case of method names is not looked at", [3652]),
    "id-any-case": (7, "letter case of identifiers is not looked at", [3653]),
    "immortal-code": (8, "destroying the immortal user gives 201", [3680]),
    "user-password-shown": (8, "passwords are told", [3457]),
    "http-disabled": (8, "HTTP can be disabled over HTTP", [3671]),
}
# What one reader calls a fault and another a liberty: no sentence says it outright, or an example does it.
for _name in ("http-close-ignored system-xml-registrar system-xml-ports lock-ignored conference-credits-ignored conference-tokens-ignored modify-before-check important-needs-call"
              " dtmf-without-call cdr-finished-lost keys-never-locked network-disable-ipv4 users-lost-on-restart time-omitted-reset sip-password-on-user user-token-any"
              " cookie-foreign event-no-restart event-late event-response diagnostics-twice exit-screen-unknown").split():
    SHOULD[_name] = FAULTS.pop(_name)


# ------------------------------------------------------------------------------------------------- how to run


def target_file(device: Device, host: str, port: int) -> str:
    fixtures = {
        "listener_host": host, "api_only_user": "caller", "api_only_password": "Caller-7", "disabled_user": "idle", "disabled_password": "Idle-7",
        "answering_addresses": ANSWERING, "unanswered_addresses": UNANSWERED, "multiscreen_addresses": MULTI, "audio_only_addresses": AUDIO,
        "presenting_addresses": PRESENTING, "conference_ids": list(device.confs), "participant_ids": list(device.parts),
        "conference_uris": [one["URI"] for conf in device.confs.values() for one in conf.settings["URIs"]],
        "addable_feature_keys": ADDABLE, "encryption_key": ENCRYPTION_KEY}
    lines = ["[target]", 'system = "tps"', f'name = "tps-alder-{device.personality}"', f"host = {json.dumps(host)}", f"clock_scale = {float(device.scale)!r}",
             "timeout = 5.0", "", "[target.ports]", f"http = {port}", "", "[target.credentials]", f"user = {json.dumps(ADMIN)}", f"password = {json.dumps(PASSWORD)}", "",
             "[target.fixtures]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fixtures.items())]
    lines += ["", "[target.allow]", *(f"{key} = true" for key in ("write", "disruptive", "destructive", "slow", "load"))]
    return "\n".join(lines) + "\n"


async def serve(options: argparse.Namespace) -> None:
    device = Device(options.personality, options.fault, options.seed, options.clock_scale)
    server = await asyncio.get_running_loop().create_server(lambda: Http(device), options.host, options.port, backlog=200)
    port = server.sockets[0].getsockname()[1]
    device.host, device.port = options.host, port
    if options.write_target:
        options.write_target.write_text(target_file(device, options.host, port), "utf-8")
    print("READY " + json.dumps({"host": options.host, "ports": {"http": port}}), flush=True)
    async with server:
        await server.serve_forever()


def main() -> int:
    parser = argparse.ArgumentParser(description="A pretend Cisco TelePresence Server with personalities and faults.")
    questions = ("personalities", "doubtful", "faults", "should")
    parser.add_argument("question", nargs="?", choices=questions, help="print as JSON what there is")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--personality", choices=[*PERSONALITIES, *DOUBTFUL], default="default", metavar="NAME")
    parser.add_argument("--fault", choices=[*FAULTS, *SHOULD], metavar="NAME")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clock-scale", type=float, default=1.0)
    parser.add_argument("--write-target", type=Path, metavar="FILE")
    parser.add_argument("--debug", action="store_true")
    options = parser.parse_args()
    ways, faults = {"personalities": PERSONALITIES, "doubtful": DOUBTFUL}, {"faults": FAULTS, "should": SHOULD}
    if options.question in ways:
        print(json.dumps([{"name": name, "about": text, "choices": asdict(Ways(**choices))} for name, (text, choices) in ways[options.question].items()], indent=1))
        return 0
    if options.question:
        print(json.dumps([{"name": name, "description": text, "lines": lines, "issue": issue} for name, (issue, text, lines) in faults[options.question].items()], indent=1))
        return 0
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
