"""A pretend Cisco TelePresence Server, API 4.3 ("birch"): all its XML-RPC methods, feedback and asynchronous replies over one seeded world.

Written from the vendor's document alone. `PERSONALITIES` are ways to behave that the document permits, `DOUBTFUL` ways on which a
reader may quarrel, `FAULTS` single deviations that it rules out, `SHOULD` deviations that only strain belief. Line numbers are those
of the document's text file. One asyncio loop does everything; simulated endpoints answer by address. Device time runs `clock_scale`
times as fast as the wall's.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import binascii
import contextlib
import heapq
import itertools
import json
import math
import random
import re
import ssl
import struct
import sys
import time
import traceback
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.parsers import expat

Dict = dict[str, Any]

ENUMS: dict[str, tuple[str, ...]] = {
    "AccessLevel": ("chair", "guest", "unknown"),
    "Sharpness": ("favorMotion", "favorSharpness", "balanced"),
    "Aspect": ("onlyFourToThree", "onlySixteenToNine", "allowAllResolutions"),
    "Single": ("layoutSingle", "layoutActivePresence", "layoutProminent", "layoutEqual"),
    "Multi": ("layoutSingle", "layoutActivePresence"),
    "Protocol": ("h323", "sip"),
    "Format": ("NTSC", "PAL"),
    "Encryption": ("forbidden", "required", "optional"),
    "TxSize": ("none", "dynamicResolution", "dynamicCodecAndResolution"),
    "Cascade": ("cascadeNone", "cascadeMaster", "cascadeSlave"),
    "Profile": ("maximizeEfficiency", "favorEfficiency", "favorExperience", "maximizeExperience", "capabilitySetOnly"),
    "Switching": ("switchingRoomSwitched", "switchingSegmentSwitched"),
    "Multistream": ("multistreamOff", "multistreamOn"),
    "FullScreen": ("never", "always", "dynamic"),
    "Gain": ("gainModeDisabled", "gainModeAutomatic", "gainModeFixed"),
    "Control": ("controlNone", "controlLocal", "controlConference"),
    "Optimize": ("byParticipant", "byConference"),
    "Role": ("any", "accessLevelChair", "accessLevelGuest", "cascade"),
    "CallHome": ("disabled", "anonymous"),
    "Ipv6Conf": ("automatic", "manual"),
    "Dns": ("portAIPv4", "portAIPv6", "manual"),
    "Licence": ("trust", "key"),
    "Stream": ("rxMainVideo", "txMainVideo", "extendedVideo"),
    "Ethernet": ("A", "B"),
    "IpVersion": ("IPv4", "IPv6"),
    "Connection": ("tcp", "udp"),
    "Trunk": ("useTrunk", "callDirect"),
    "Transport": ("udp", "tcp", "tls"),
    "Dual": ("disabled", "useANAT"),
    "Srtp": ("TLS only", "always"),
    "Rights": ("administrator", "apiOnly", "none"),
}
EVENTS = ("cdrAdded configureAck deviceStatusChanged flexAlive flexConferenceDeletionsEnum flexConferenceEnum flexResourceConfiguration"
          " flexParticipantAdvancedEnum flexParticipantDeletionsEnum flexParticipantEnum flexParticipantMediaEnum flexResourceStatus"
          " receiverDeleted receiverModified restart").split()
CDR_TYPES = ("conferenceStarted conferenceFinished conferenceActive conferenceInactive participantConnected participantJoined"
             " participantMediaSummary participantLeft participantDisconnected").split()
TEXTS = {
    1: "method not supported", 4: "no such conference", 5: "no such participant", 6: "too many conferences", 7: "too many participants",
    14: "authorization failed", 15: "insufficient privileges", 17: "call reservation failure", 18: "duplicate URI",
    20: "unsupported participant type", 25: "participant limit lower than active", 33: "out of range", 34: "internal error",
    35: "string is too long", 42: "port conflict", 49: "operation would disable active interface", 50: "binary data array is too long",
    53: "insufficient media credits or tokens", 55: "malformed cookie", 56: "no active participant call", 57: "some participants failed",
    58: "incorrect media credits or tokens", 60: "IP setting is invalid", 61: "feature key cannot be removed",
    63: "attempt to modify immortal user", 64: "attempt to delete unknown user", 65: "invalid trust secret", 66: "invalid key",
    67: "active conferences", 101: "missing parameter", 102: "invalid parameter", 103: "malformed parameter", 105: "request too large",
    201: "operation failed", 202: "Product needs its activation feature key", 203: "too many asynchronous requests",
    204: "too many invalid keys entered. Wait 5 seconds to retry", 205: "duplicate user id", 206: "HTTPS required", 207: "system has been shut down"}

ATTRIBUTES: dict[str, tuple[str, Any]] = {
    "accessLevel": ("eAccessLevel", "chair"), "encryption": ("eEncryption", "optional"), "autoDisconnect": ("b", False),
    "maxTransmitPacketSize": ("i428..1448", 1400), "packetLossThreshold": ("i0..100", 5), "videoRxFlowControlOnErrors": ("b", True),
    "videoRxFlowControlOnViewedSize": ("b", True), "videoTxSizeOptimization": ("eTxSize", "dynamicCodecAndResolution"),
    "presentationContributionAllowed": ("b", True), "presentationTakeoverAllowed": ("b", True), "videoTxPresentationAllowed": ("b", True),
    "videoTxPresentationMainVideoAllowed": ("b", True), "audioStereoEnabled": ("b", True), "audioDirectionalEnabled": ("b", True),
    "indicateUnencryptedParticipants": ("b", True), "indicateAudioOnlyParticipants": ("b", True),
    "mainVideoTxPictureAspectRatio": ("eAspect", "onlySixteenToNine"), "extendedVideoTxPictureAspectRatio": ("eAspect", "allowAllResolutions"),
    "videoTxFormat": ("eFormat", "NTSC"), "videoTxMotionSharpness": ("eSharpness", "balanced"), "videoRxClearVisionEnabled": ("b", True),
    "video60fpsEnabled": ("b", True), "fullScreenMode": ("eFullScreen", "always"), "displaySelfView": ("b", False),
    "displayShowBorders": ("b", True), "displayDefaultLayoutSingleScreen": ("eSingle", "layoutActivePresence"),
    "displayDefaultLayoutMultiScreen": ("eMulti", "layoutActivePresence"), "displayForceDefaultLayout": ("b", False),
    "displayShowEndpointNames": ("b", True), "audioReceiveGainMode": ("eGain", "gainModeAutomatic"), "audioReceiveGain": ("i-12000..12000", 0),
    "audioTransmitGain": ("i-12000..12000", 0), "forceTIP": ("b", False), "audioRxStartMuted": ("b", False), "videoRxStartMuted": ("b", False),
    "audioTxStartMuted": ("b", False), "videoTxStartMuted": ("b", False), "autoReconnect": ("b", False), "recordingDevice": ("b", False),
    "recordingDeviceIndicateOnly": ("b", False), "deferConnect": ("b", False), "alwaysReconnect": ("b", False), "iXEnabled": ("b", True),
    "displayLayoutSwitchingMode": ("eSwitching", "switchingSegmentSwitched"), "indicateMuting": ("b", True), "allowStarSixMuting": ("b", True),
    "multistreamMode": ("eMultistream", "multistreamOn"), "displayOnScreenMessages": ("b", True)}
# type, default, where an empty or unset one is left out of flex.conference.query ("e": when empty, "u": when never set)
SETTINGS: dict[str, tuple[str, Any, str]] = {
    "conferenceReference": ("s50", "", "e"), "conferenceName": ("s80", "", "e"), "conferenceDescription": ("s500", "", "e"),
    "billingCode": ("s80", "", "e"), "waitForChair": ("b", True, ""), "disconnectOnChairExit": ("b", False, ""),
    "terminateWithLastCall": ("b", False, ""), "locked": ("b", False, ""), "voiceSwitchingSensitivity": ("i0..100", 60, ""),
    "welcomeScreen": ("b", True, ""), "welcomeScreenMessage": ("s500", "", ""), "useCustomPINEntryMessage": ("b", False, ""),
    "customPINEntryMessage": ("s200", "", ""), "useCustomOptionalPINEntryMessage": ("b", False, ""),
    "customOptionalPINEntryMessage": ("s200", "", ""), "useCustomPINIncorrectMessage": ("b", False, ""),
    "customPINIncorrectMessage": ("s100", "", ""), "useCustomWaitingForChairMessage": ("b", False, ""),
    "customWaitingForChairMessage": ("s500", "", ""), "useCustomOnlyVideoParticipantMessage": ("b", False, ""),
    "customOnlyVideoParticipantMessage": ("s500", "", ""), "useCustomConferenceEndingMessage": ("b", False, ""),
    "customConferenceEndingMessage": ("s100", "", ""), "unlockWithLastCall": ("b", True, ""), "guestControlLevel": ("eControl", "controlLocal", ""),
    "chairControlLevel": ("eControl", "controlConference", ""), "optimizationProfile": ("eProfile", "favorExperience", ""),
    "useCustomMutedCanUnmuteMessage": ("b", True, ""), "customMutedCanUnmuteMessage": ("s500", "", ""),
    "useCustomMutedCannotUnmuteMessage": ("b", True, ""), "customMutedCannotUnmuteMessage": ("s500", "", ""), "exitScreen": ("b", True, ""),
    "useCustomConferenceEndedExitMessage": ("b", False, ""), "customConferenceEndedExitMessage": ("s200", "", ""),
    "useCustomParticipantDisconnectedExitMessage": ("b", False, ""), "customParticipantDisconnectedExitMessage": ("s200", "", ""),
    "customPINEntryFailedMessage": ("s200", "", "u"), "useCustomPINEntryFailedMessage": ("b", False, "u"),
    "customDisconnectPlatitudeMessage": ("s200", "", "u"), "useCustomDisconnectPlatitudeMessage": ("b", False, "u")}
AUDIO = [name for one in ("WelcomeScreen PINEntry OptionalPINEntry PINIncorrect ConferenceEndedExit ParticipantDisconnectedExit PINFailedExit"
                          " WaitingForChair OnlyParticipant").split() for name in (f"custom{one}Audio", f"useCustom{one}Audio")]
ONCE: dict[str, tuple[str, Any, str]] = {name: ("b", False, "u") if name.startswith("use") else ("s80", "", "u") for name in AUDIO} | {
    "customBackgroundImageURL": ("s80", "", "u"), "resourceOptimizationMode": ("eOptimize", "byParticipant", "")}
PAIRS = ("conferenceMediaTokens", "conferenceMediaCredits", "duration", "maxParticipants")

STRUCTS = {
    "tokens": "total!:i0.. maxPerChannel:i0.. maxPerChannelUnlimited:b",
    "media": "mediaTokensMainVideo!:@tokens mediaTokensExtendedVideo!:@tokens mediaTokensAudio!:@tokens numMediaCredits!:i0..",
    "attributes": " ".join(f"{name}:{kind}" for name, (kind, _) in ATTRIBUTES.items()),
    "uri": "URI!:s80 callBandwidth!:i64000..6000000 PIN:s40 callAttributes:@attributes participantMediaResources:@media",
    "call": "URI:s80 callBandwidth!:i64000..6000000 disconnectOnIncoming:b remoteAddress:s80 protocol:eProtocol toOverride:s80",
    "pin": "PIN!:s40 callAttributes:@attributes",
    "stream": "streamIdentifier!:eStream position:i0.. maxWidth:i88.. maxHeight:i72..",
    "port": "ipv4Enabled:b dhcpv4:b ipv4Address:s ipv4SubnetMask:s defaultIpv4Gateway:s ipv6Enabled:b ipv6Address:s64 ipv6Conf:eIpv6Conf"
            " ipv6PrefixLength:i0..128 defaultIpv6Gateway:s64",
    "dns": "dnsConfiguration:eDns hostName:s63 nameServer:s64 nameServerSecondary:s64 domainName:s255",
    "server": "address:s255",
    "ports": "ethernetPort!:eEthernet protocolVersion!:eIpVersion services!:[@service]40",
    "service": "serviceName!:s20 connectionType!:eConnection setting:b portNumber:i1..65535"}
MANY = "cookie:s150 max:i1.."


@dataclass(frozen=True)
class Ways:
    """Points on which the document offers several readings or none; the defaults follow its examples, else this device's own taste."""

    # HTTP
    content_type: str = "text/xml"
    reason: str = "OK"
    header_case: str = "title"  # title, lower, upper
    chunked: bool = False
    keep: str = "always"  # always, asked (only with Connection: Keep-Alive), never
    per_connection: int = 0  # requests a connection serves at most
    idle: float = 60.0  # device seconds
    keep_header: bool = False  # says Connection: keep-alive
    other_path: int = 404  # 0: serves it
    other_verb: int = 405
    no_host: bool = True  # refuses HTTP/1.1 without Host
    bad_type: int = 0  # status for a wrong Content-Type
    segments: int = 0
    delay: float = 0.0  # wall seconds
    large_close: bool = False
    limit: int = 32768
    malformed: str = "400"  # 400, 500, close, or a fault code
    # XML
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>'
    space: str = "none"  # none, lines, indent, tabs
    crlf: bool = False
    int_tag: str = "int"
    string_tag: bool = True
    boolean: str = "digit"  # digit, word
    empty: str = "pair"  # pair, self
    charrefs: bool = False
    cdata: bool = False
    comments: bool = False
    order: str = "own"  # own, sorted, reversed, shuffled
    extra: bool = False  # unknown members in replies
    padded: bool = False  # white space around names and values that are no strings
    base64_lines: bool = False
    # faults
    long_string: int = 35
    out_of_range: int = 102
    long_binary: int = 50
    too_many: int = 102
    big_integer: int = 103
    fault_name: str = "name"  # name, path
    fault_case: str = "own"  # own, upper, title
    fault_prefix: bool = False
    missing_auth: int = 101
    unknown_first: bool = True  # unknown method before authentication
    none_code: int = 14
    id_long: int = 0  # 0: as any string, else code
    id_empty: int = 0  # 0: as unknown
    unknown_member: int = 0
    default_size: int = 31
    pair_false: str = "fault"  # int with Unlimited=false: fault, accept
    pair_code: int = 102
    pair_alone: str = "ignore"  # Unlimited=false alone: ignore, fault
    repeated: str = "last"  # member twice: last, first, fault
    booleans_lax: bool = False  # white space and letter case in booleans
    array_empty: int = 102
    call_kind: int = 102
    no_call_kind: int = 101
    cascade_code: int = 102
    index_code: int = 102
    nonascii: int = 102
    # absent or empty
    empties: str = "keep"  # keep, drop (empty strings and arrays are left out where the document permits)
    unlimited_default: str = "true"  # true, absent (pairs that were never set)
    use_defaults: bool = False  # 4.3's members are in the query though never set
    experimental: bool = False  # experimental members
    mode_in_query: bool = True  # resourceOptimizationMode
    # conferences
    insufficient: int = 53
    tokens_equal: bool = True  # maxPerChannel = total is fine
    gain: str = "stored"  # stored, zero, absent
    packet_low: int = 428
    access_unknown: int = 0
    partial: str = "merge"  # merge, defaults
    uri_members: str = "given"  # given, full
    pin_empty: bool = False
    credits_shown: str = "rounded"  # rounded, sent
    participant_check: bool = True
    uri_fold: bool = False
    uri_twice: int = 18
    uri_periods: bool = False  # the same URI in conferences that do not overlap
    numeric_pin: bool = False
    end_code: int = 102
    start_shown: str = "configured"  # configured, left
    status_start: str = "floor"  # floor, trunc
    counts: str = "all"  # all, live
    active_only: bool = False  # numConferences counts those that started
    exit_lobby: float = 5.0
    destroy_again: bool = True  # destroying a terminating conference is fine
    max_code: int = 7
    max_when: str = "create"  # create, call
    limit_active: int = 25
    wait_start: bool = True  # calls are made when the conference starts
    warning_finite: int = 101
    limit_lower: int = 0  # conference limits lower than what is configured
    welcome: bool = True
    # participants
    states: str = "nine"
    failed: str = "stay"  # stay, destroy
    incoming_access: str = "unknown"
    pin_kinds: str = "both"  # both, same
    pin_both: int = 102
    pins_outgoing: int = 102
    calls_default: bool = True  # disconnectOnIncoming returned
    dtmf_stored: str = "sent"  # sent, filtered
    mute_idle: int = 0
    message_idle: int = 0
    important_clear: int = 0
    call_code: int = 102
    disconnect_code: int = 102
    disconnect_position: int = 102
    lower_presence: bool = False  # layoutActivepresence
    statuses: str = "all"  # all, known (encryptionStatus, mediaStatus)
    single_index: str = "sent"  # sent, zero
    name_from_endpoint: bool = True
    ring: float = 1.0
    # enumeration
    cookie: str = "base64"  # base64, hex, plain
    bad_cookie: int = 55
    expired: int = 102
    deletions_kept: int = 5000
    cookie_conference: int = 102
    gone_filter: str = "empty"  # empty, fault
    page: int = 24000  # bytes
    ids: str = "uuid"  # uuid, number, words
    backwards: bool = False  # lists are newest first
    foreign: bool = False  # participants' cookies of one form serve the other
    small_pages: int = 0
    # feedback
    ack_always: bool = True  # configureAck, receiverModified and receiverDeleted come unsubscribed
    ack_removed: bool = True
    overwritten: bool = True  # a receiver that is overwritten is told
    told_new: bool = True
    index_zero: int = 102
    full_code: int = 201
    empty_slot: int = 102
    unknown_event: int = 102
    no_events: str = "none"  # an empty list: none, all
    source_shown: str = "empty"  # empty, mac, absent
    coalesce: bool = True
    mac: str = "upper"  # upper, lower
    source_empty: str = "mac"
    retries: int = 0
    uri_checked: bool = True
    notify_space: str = "indent"
    # asynchronous
    pending_together: bool = False
    async_delay: float = 1.0
    preview_absent: bool = True
    preview_fit: str = "exact"  # exact, aspect
    streams_max: int = 4
    clear_path: bool = False
    no_call_text: str = "no active participant call"
    # device
    platform: str = "vm"  # vm, media, 8710
    cdr_first: int = 0
    cdr_filter_empty: str = "all"  # all, none
    cdr_filter_unknown: int = 102
    cdr_fill: int = 45
    key_again: int = 0
    key_lower: bool = False
    key_gone: int = 66
    key_removal: int = 61
    wrong_keys: int = 3
    no_encryption: int = 202
    ntp_host_kept: bool = False
    time_ntp: int = 102
    local_time: bool = False
    log_newest: bool = True
    ip_code: int = 60
    together_code: int = 101
    dashes: bool = False
    port_inclusive: bool = True
    ethernet_b: int = 102
    trunk_code: int = 102
    direct_stores: bool = True
    password_shown: bool = True
    licence: str = "works"  # works, refuse, unknown, https
    trust: bool = False
    reservations: bool = False
    api_only: str = "part"  # part, none
    user_fold: bool = False
    user_unknown: int = 64
    immortal_again: int = 0
    user_self: int = 0
    locked_out: bool = False
    xml_yes: str = "Yes"


class Fault(Exception):
    """A fault reply; `name` is the parameter at fault, with its path."""

    def __init__(self, code: int, name: str = "", text: str = "") -> None:
        super().__init__(code)
        self.code, self.name, self.text = code, name, text


class Malformed(Exception):
    """Not XML-RPC at all."""


class Broken:
    """A value whose text does not fit its type."""


class When(str):
    """A dateTime.iso8601."""

    __slots__ = ()


BROKEN = Broken()
DATE = re.compile(r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\Z")
INTEGER = re.compile(r"[+-]?\d{1,40}\Z")


# ------------------------------------------------------------------------------------------------- XML-RPC


class Node:
    __slots__ = ("tag", "kids", "text")

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.kids: list[Node] = []
        self.text: list[str] = []


def tree(body: bytes) -> Node:
    """The elements of a document, without entities."""
    top = Node("")
    stack = [top]

    def start(tag: str, _attributes: Any) -> None:
        node = Node(tag)
        if len(stack) > 60:
            raise Malformed("too deep")
        stack[-1].kids.append(node)
        stack.append(node)

    def end(_tag: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].text.append(data)

    def doctype(*_rest: Any) -> None:
        raise Malformed("DOCTYPE")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Malformed(str(error)) from error
    return top.kids[0]


def only(node: Node, tag: str) -> Node:
    kids = [kid for kid in node.kids if kid.tag == tag]
    if len(kids) != 1 or len(node.kids) != len(kids):
        raise Malformed(tag)
    return kids[0]


class Decoder:
    """Reads calls; what a value's text lacks is `BROKEN`."""

    def __init__(self, ways: Ways, fault: str) -> None:
        self.ways, self.fault = ways, fault

    def call(self, body: bytes) -> tuple[str, Any]:
        root = tree(body)
        if root.tag != "methodCall":
            raise Malformed("methodCall")
        names = [kid for kid in root.kids if kid.tag == "methodName"]
        if len(names) != 1:
            raise Malformed("methodName")
        params = [kid for kid in root.kids if kid.tag == "params"]
        values = [self.value(only(only_param, "value")) for part in params for only_param in part.kids]
        return "".join(names[0].text).strip(), values[0] if len(values) == 1 else ({} if not values else BROKEN)

    def value(self, node: Node) -> Any:
        kids = node.kids
        if not kids:
            return "".join(node.text)
        if len(kids) > 1:
            raise Malformed("value")
        kid = kids[0]
        tag = kid.tag
        if tag == "struct":
            return self.struct(kid)
        if tag == "array":
            return [self.value(one) if one.tag == "value" else BROKEN for one in only(kid, "data").kids]
        if kid.kids:
            return BROKEN
        text = "".join(kid.text)
        if tag == "string":
            return text
        text = text.strip()
        if tag in ("int", "i4"):
            return int(text) if INTEGER.match(text) else BROKEN
        if tag == "boolean":
            if self.ways.booleans_lax:
                text = text.lower()
            return {"1": True, "true": True, "0": False, "false": False}.get(text, BROKEN)
        if tag == "dateTime.iso8601":
            return When(text) if DATE.match(text) else BROKEN
        if tag == "base64":
            try:
                return base64.b64decode("".join(text.split()), validate=True)
            except (binascii.Error, ValueError):
                return BROKEN
        if tag == "double":
            with contextlib.suppress(ValueError):
                return float(text)
        return BROKEN

    def struct(self, node: Node) -> Any:
        found: Dict = {}
        for member in node.kids:
            if member.tag != "member":
                raise Malformed("member")
            name = "".join(only_of(member, "name").text).strip()
            value = self.value(only_of(member, "value"))
            if name in found and self.ways.repeated != "last":
                if self.ways.repeated == "fault":
                    raise Fault(103, name)
                continue
            found[name] = value
        return found


def only_of(node: Node, tag: str) -> Node:
    kids = [kid for kid in node.kids if kid.tag == tag]
    if len(kids) != 1 or len(node.kids) != 2:
        raise Malformed(tag)
    return kids[0]


class Encoder:
    """Writes replies and notifications in one of the spellings."""

    def __init__(self, ways: Ways, fault: str, seed: int) -> None:
        self.ways, self.fault = ways, fault
        self.random = random.Random(seed)
        self.plain = (ways.space == "none" and not ways.padded and ways.order == "own" and not ways.comments and not ways.extra and not fault.startswith("xml-"))

    def text(self, value: str) -> str:
        value = value if value.isprintable() else "".join(c for c in value if c in "\t\n\r" or c >= " ")
        if self.fault == "xml-escaped-twice":
            value = value.replace("&", "&amp;").replace("<", "&lt;")
        if self.fault == "xml-ampersand-bare":
            return value.replace("<", "&lt;").replace(">", "&gt;")
        if self.ways.cdata and value and "]]>" not in value:
            return f"<![CDATA[{value}]]>"
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
        if self.ways.charrefs:
            value = "".join(c if c < "\x7f" else f"&#x{ord(c):X};" for c in value)
        return value

    def gap(self, depth: int) -> str:
        space = self.ways.space
        if space == "none":
            return ""
        end = "\r\n" if self.ways.crlf else "\n"
        return end if space == "lines" else end + ("\t" if space == "tabs" else " ") * depth

    def scalar(self, value: Any) -> str:
        kind = type(value)
        ways, fault = self.ways, self.fault
        if kind is bool:
            if fault == "xml-boolean-as-int":
                return f"<int>{int(value)}</int>"
            word = ("true" if value else "false") if ways.boolean == "word" else ("1" if value else "0")
            if fault == "xml-boolean-yes":
                word = "yes" if value else "no"
            return f"<boolean>{self.pad(word)}</boolean>"
        if kind is int:
            value = min(max(value, -2147483648), 2147483647)
            if fault == "xml-integers-as-strings":
                return f"<string>{value}</string>"
            return f"<{ways.int_tag}>{self.pad(str(value))}</{ways.int_tag}>"
        if kind is str:
            if not ways.string_tag:
                return self.text(value)
            if not value and ways.empty == "self":
                return "<string/>"
            return f"<string>{self.text(value)}</string>"
        if kind is When:
            if fault == "xml-date-dashes":
                value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
            if fault == "xml-date-as-string":
                return f"<string>{value}</string>"
            return f"<dateTime.iso8601>{self.pad(value)}</dateTime.iso8601>"
        if kind is bytes:
            coded = base64.encodebytes(value).decode() if ways.base64_lines else base64.b64encode(value).decode()
            return f"<base64>{coded}</base64>"
        if kind is float:
            return f"<double>{value}</double>"
        raise TypeError(kind)

    def pad(self, text: str) -> str:
        return f"\n      {text}\n    " if self.ways.padded else text

    def value(self, value: Any, depth: int = 0) -> str:
        if self.plain:
            return self.quick(value)
        kind = type(value)
        if kind is dict:
            members = list(value.items())
            if self.ways.order == "sorted":
                members.sort()
            elif self.ways.order == "reversed":
                members.reverse()
            elif self.ways.order == "shuffled":
                self.random.shuffle(members)
            if self.ways.extra and "status" not in value and "faultCode" not in value and value:
                members.insert(len(members) // 2, ("xInternalRevision", 7))
            g1, g2, g3 = self.gap(depth + 1), self.gap(depth + 2), self.gap(depth + 3)
            note = "<!-- struct -->" if self.ways.comments else ""
            if not members:
                return f"{g1}<struct/>{self.gap(depth)}" if self.ways.empty == "self" else f"{g1}<struct>{g1}</struct>{self.gap(depth)}"
            inner = "".join(f"{g2}<member>{g3}<name>{self.pad(name)}</name>{g3}<value>{self.value(one, depth + 4)}</value>{g2}</member>" for name, one in members)
            return f"{g1}{note}<struct>{inner}{g1}</struct>{self.gap(depth)}"
        if kind is list:
            if self.fault == "xml-single-array" and len(value) == 1 and type(value[0]) is dict:
                return self.value(value[0], depth)
            if self.fault == "xml-empty-array-string" and not value:
                return "<string></string>"
            g1, g2, g3 = self.gap(depth + 1), self.gap(depth + 2), self.gap(depth + 3)
            if not value:
                data = "<data/>" if self.ways.empty == "self" else f"<data>{g2}</data>"
                return f"{g1}<array>{g2}{data}{g1}</array>{self.gap(depth)}"
            inner = "".join(f"{g3}<value>{self.value(one, depth + 4)}</value>" for one in value)
            return f"{g1}<array>{g2}<data>{inner}{g2}</data>{g1}</array>{self.gap(depth)}"
        text = self.scalar(value)
        if self.ways.space == "indent" and kind is not str:
            return f"{self.gap(depth + 1)}{text}{self.gap(depth)}"
        return text

    def quick(self, value: Any) -> str:
        kind = type(value)
        if kind is dict:
            if not value:
                return "<struct/>" if self.ways.empty == "self" else "<struct></struct>"
            return "<struct>" + "".join([f"<member><name>{name}</name><value>{self.quick(one)}</value></member>" for name, one in value.items()]) + "</struct>"
        if kind is list:
            if not value and self.ways.empty == "self":
                return "<array><data/></array>"
            return "<array><data>" + "".join([f"<value>{self.quick(one)}</value>" for one in value]) + "</data></array>"
        return self.scalar(value)

    def finish(self, text: str) -> bytes:
        text = self.ways.declaration + ("\n" if self.ways.declaration else "") + text + ("\n" if self.ways.space != "none" else "")
        return text.encode("latin-1", "replace") if self.fault == "xml-latin" else text.encode("utf-8", "surrogatepass")

    def response(self, value: Dict) -> bytes:
        g = [self.gap(n) for n in range(4)]
        inside = f"<value>{self.value(value, 3)}</value>"
        param = inside if self.fault == "xml-no-param" else f"{g[2]}<param>{g[3]}{inside}{g[2]}</param>"
        return self.finish(f"<methodResponse>{g[1]}<params>{param}{g[1]}</params>{g[0]}</methodResponse>")

    def fault_response(self, code: int, text: str) -> bytes:
        g = [self.gap(n) for n in range(4)]
        struct_: Dict = {"faultCode": code, "faultString": text}
        if self.fault == "xml-fault-code-text":
            struct_["faultCode"] = str(code)
        if self.fault == "xml-fault-without-string":
            del struct_["faultString"]
        if self.fault == "xml-fault-names":
            struct_ = {"code": code, "string": text}
        body = f"{g[1]}<fault>{g[2]}<value>{self.value(struct_, 2)}</value>{g[1]}</fault>"
        if self.fault == "xml-fault-as-params":
            body = f"<params><param><value>{self.value(struct_, 2)}</value></param></params>"
        if self.fault == "xml-fault-and-params":
            body += "<params></params>"
        return self.finish(f"<methodResponse>{body}{g[0]}</methodResponse>")

    def call(self, method: str, value: Dict) -> bytes:
        g = [self.gap(n) for n in range(4)]
        return self.finish(f"<methodCall>{g[1]}<methodName>{method}</methodName>{g[1]}<params>{g[2]}<param>{g[3]}<value>{self.value(value, 3)}</value>"
                           f"{g[2]}</param>{g[1]}</params>{g[0]}</methodCall>")


# ------------------------------------------------------------------------------------------------- JPEG


def huffman(lengths: str, values: bytes) -> dict[int, tuple[int, int]]:
    codes: dict[int, tuple[int, int]] = {}
    code = at = 0
    for length, count in enumerate(bytes.fromhex(lengths), 1):
        for _ in range(count):
            codes[values[at]] = (code, length)
            code += 1
            at += 1
        code <<= 1
    return codes


DC_LENGTHS, DC_VALUES = "00010501010101010100000000000000", bytes(range(12))
AC_LENGTHS, AC_VALUES = "00010000000000000000000000000000", b"\x00"  # end of block only
JPEGS: dict[tuple[int, int, int], bytes] = {}


def jpeg(width: int, height: int, tint: int = 0) -> bytes:
    """A baseline greyscale JPEG of flat blocks, a gradient."""
    key = (width, height, tint)
    if key in JPEGS:
        return JPEGS[key]
    table, ac = huffman(DC_LENGTHS, DC_VALUES), huffman(AC_LENGTHS, AC_VALUES)
    bits, count, before, out = 0, 0, 0, bytearray()
    columns, rows = -(-width // 8), -(-height // 8)
    for row in range(rows):
        for column in range(columns):
            level = (column * 255 // max(1, columns - 1) + row * 97 // rows + tint) % 256
            dc = (level - 128) // 2
            difference, before = dc - before, dc
            size = abs(difference).bit_length()
            for code, length in (table[size], ((difference if difference > 0 else difference + (1 << size) - 1), size), ac[0]):
                bits, count = (bits << length) | code, count + length
            while count >= 8:
                byte = (bits >> (count - 8)) & 255
                out.append(byte)
                if byte == 255:
                    out.append(0)
                count -= 8
            bits &= (1 << count) - 1
    if count:
        byte = ((bits << (8 - count)) | ((1 << (8 - count)) - 1)) & 255
        out.append(byte)
        if byte == 255:
            out.append(0)

    def part(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 255, marker, len(data) + 2) + data

    whole = (b"\xff\xd8" + part(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + part(0xDB, b"\0" + b"\x10" * 64)
             + part(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
             + part(0xC4, b"\0" + bytes.fromhex(DC_LENGTHS) + DC_VALUES) + part(0xC4, b"\x10" + bytes.fromhex(AC_LENGTHS) + AC_VALUES)
             + part(0xDA, b"\1\1\0\0\x3f\0") + bytes(out) + b"\xff\xd9")
    JPEGS[key] = whole
    return whole


# ------------------------------------------------------------------------------------------------- what methods take


@dataclass(slots=True)
class Field:
    name: str
    kind: str  # s, i, b, x, d, @, [
    required: bool = False
    low: int | None = None
    high: int | None = None
    size: int | None = None
    choices: tuple[str, ...] = ()
    fields: list[Field] = field(default_factory=list)
    item: Field | None = None


def one_field(name: str, required: bool, kind: str) -> Field:
    made = Field(name, kind[0], required)
    rest = kind[1:]
    if kind[0] == "s":
        made.size = int(rest) if rest else None
    elif kind[0] == "e":
        made.kind, made.choices = "s", ENUMS[rest]
        made.size = 0
    elif kind[0] == "i" and rest:
        low, _, high = rest.partition("..")
        made.low, made.high = int(low), int(high) if high else None
    elif kind[0] == "x":
        made.size = int(rest) if rest else None
    elif kind[0] == "@":
        made.fields = fields_of(STRUCTS[rest])
    elif kind[0] == "[":
        inner, _, most = rest.partition("]")
        made.item = one_field("", False, inner)
        made.high = int(most) if most else None
    return made


FIELDS: dict[str, list[Field]] = {}


def fields_of(text: str) -> list[Field]:
    if text not in FIELDS:
        FIELDS[text] = [one_field(name.rstrip("!"), name.endswith("!"), kind) for name, _, kind in (one.partition(":") for one in text.split())]
    return FIELDS[text]


METHODS: dict[str, tuple[Callable[..., Any], list[Field]]] = {}


def method(name: str, takes: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        METHODS[name] = (function, fields_of(takes))
        return function
    return keep


# ------------------------------------------------------------------------------------------------- the world

LEVELS = [48, 315, 630, 840, 1260, 2520, 3780, 5040, 7560, 10080]
TOKEN_KINDS = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
INFO_KINDS = ("mainVideoTokenInfo", "extendedVideoTokenInfo", "audioTokenInfo")
KINDS = {"conference": "flexConferenceEnum", "participant": "flexParticipantEnum", "advanced": "flexParticipantAdvancedEnum", "media": "flexParticipantMediaEnum"}
MAX_CONFERENCES, MAX_PARTICIPANTS, MAX_PER_CONFERENCE, MAX_CALLS, MAX_USERS, MAX_RECORDS = 200, 400, 104, 400, 200, 2000
MAC = "000D7C10B17C"
DEFAULT_PASSWORD = "TANDBERG"


@dataclass
class User:
    id: str
    password: str
    rights: str
    name: str = ""
    immortal: bool = False
    must_change: bool = False
    old: list[str] = field(default_factory=list)


@dataclass
class Call:
    id: str
    slot: int
    incoming: bool
    address: str
    protocol: str
    bandwidth: int
    state: str = "callStateAlerting"
    joining: str = "idle"  # conferenceState
    connected: float = -1.0
    level: str = "unknown"
    behaviour: str = "answering"
    tries: int = 0


@dataclass
class Participant:
    id: str
    conference: Conference
    reference: str
    slots: list[Dict]
    attributes: Dict
    media: Dict
    rest: Dict
    calls: list[Call | None] = field(default_factory=list)
    mute: Dict = field(default_factory=dict)
    important: bool = False
    ever: bool = False
    failed: bool = False
    partly: bool = False
    leaving: bool = False
    seen: Dict = field(default_factory=dict)
    rev: dict[str, int] = field(default_factory=dict)
    number: int = 0
    implicit: bool = False
    order: int = 0

    @property
    def outgoing(self) -> bool:
        return all("remoteAddress" in slot for slot in self.slots)

    @property
    def live(self) -> list[Call]:
        return [call for call in self.calls if call and call.state != "callStateFailed"]

    @property
    def joined(self) -> list[Call]:
        return [call for call in self.calls if call and call.state == "callStateConnected"]


@dataclass
class Conference:
    id: str
    values: Dict
    given: set[str]
    limits: dict[str, int | None]
    limits_given: set[str]
    uris: list[Dict]
    attributes: Dict
    media: Dict
    metadata: bytes
    start: float
    start_given: int
    participants: dict[str, Participant] = field(default_factory=dict)
    active: bool = False
    terminating: bool = False
    busy: bool = False  # has joined participants (for the log)
    presenter: str = ""
    calls_seen: bool = False
    seen: Dict = field(default_factory=dict)
    rev: dict[str, int] = field(default_factory=dict)
    figures: tuple[int, ...] = (0,) * 8
    order: int = 0
    ended: bool = False


@dataclass
class Receiver:
    index: int
    uri: str
    source: str
    events: list[str] | None
    alive: float = 0.0
    sent: int = 0
    queue: deque[str] = field(default_factory=deque)
    busy: bool = False
    dead: bool = False


class World:
    """State, time, lists and feedback; the methods follow in `Device`."""

    def __init__(self, personality: str, fault: str | None, seed: int, scale: float) -> None:
        self.personality, self.scale, self.seed = personality, scale, seed
        self.fault = fault or ""
        self.ways = Ways(**{**PERSONALITIES, **DOUBTFUL}[personality][1])
        self.lax: dict[tuple[str, str], tuple[str, str]] = {}
        if self.fault in FIELD_FAULTS:
            where, name, kind = FIELD_FAULTS[self.fault]
            self.lax[name, kind] = (where, kind)
        self.reply_fault = REPLY_FAULTS.get(self.fault)
        self.random = random.Random(seed)
        self.encoder = Encoder(self.ways, self.fault, seed)
        self.decoder = Decoder(self.ways, self.fault)
        self.notices = Encoder(Ways(**{**asdict(self.ways), "space": self.ways.notify_space, "extra": False}), self.fault, seed)
        self.epoch, self.begun = time.time(), time.monotonic()
        self.shift = 0.0  # what device.time.modify moved the clock by
        self.boot = self.now() - 86400 * 3
        self.heap: list[tuple[float, int, Callable[[], None]]] = []
        self.counter = itertools.count(1)
        self.numbers = itertools.count(4000 + seed)
        self.wake: asyncio.TimerHandle | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.rev = 100
        self.nonce = f"{self.random.getrandbits(24):06x}"
        self.conferences: dict[str, Conference] = {}
        self.participants: dict[str, Participant] = {}
        self.calls: dict[str, tuple[Participant, Call]] = {}
        self.gone: dict[str, deque[tuple[int, str, str]]] = {"conference": deque(), "participant": deque()}
        self.gone_floor = {"conference": 0, "participant": 0}
        self.dirty: dict[str, Conference] = {}
        self.dirty_people: dict[str, Participant] = {}
        self.resources: tuple[int, ...] = ()
        self.events: list[str] = []
        self.receivers: dict[int, Receiver] = {}
        self.posting: dict[str, int] = {"diagnostics": 0, "preview": 0}
        self.tasks: set[asyncio.Task[None]] = set()
        self.records: deque[Dict] = deque()
        self.next_record = self.ways.cdr_first
        self.ticks: dict[str, int] = {}
        self.links: set[Any] = set()
        self.down_until = 0.0
        self.shut = "notShutdown"
        self.users: list[User] = []
        self.users_version = 0
        self.links_known: set[Any] = set()
        self.tls_listen = False

    # time

    def now(self) -> float:
        return self.epoch + (time.monotonic() - self.begun) * self.scale

    def stamp(self, when: float | None = None, local: bool = False) -> When:
        at = (self.now() if when is None else when) + self.shift
        if local and self.ways.local_time:
            at += self.clock["utcOffsetHours"] * 3600 + self.clock["utcOffsetMinutes"] * 60
        if self.fault == "time-stands" and when is None:
            at = self.boot + 86400 * 3
        return When((datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=int(at))).strftime("%Y%m%dT%H:%M:%S"))

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        heapq.heappush(self.heap, (self.now() + seconds, next(self.counter), what))
        self.arm()

    def arm(self) -> None:
        if self.loop is None:
            return
        if self.wake:
            self.wake.cancel()
            self.wake = None
        if self.heap:
            self.wake = self.loop.call_later(max(0.0005, (self.heap[0][0] - self.now()) / self.scale), self.tick)

    def tick(self) -> None:
        self.wake = None
        while self.heap and self.heap[0][0] <= self.now():
            heapq.heappop(self.heap)[2]()
        self.settle()
        self.arm()

    def every(self, name: str, nth: int) -> bool:
        self.ticks[name] = self.ticks.get(name, 0) + 1
        return self.ticks[name] % nth == 0

    def new_id(self) -> str:
        number = next(self.numbers)
        if self.ways.ids == "number":
            return str(number)
        if self.ways.ids == "words":
            return f"object/{number:x}_{self.nonce}".ljust(50, "z")
        bits = self.random.getrandbits(96)
        return f"{bits & 0xffffffff:08x}-{number & 0xffff:04x}-11e2-{bits >> 80:04x}-000d07{number & 0xffffff:06x}"

    # parameters

    def refuse(self, code: int, name: str = "", text: str = "") -> None:
        raise Fault(code, name, text)

    def lenient(self, call: str, path: str, name: str, kind: str) -> bool:
        where = self.lax.get((name, kind))
        return where is not None and (not where[0] or where[0] == call or (where[0].endswith(".") and path.startswith(where[0])))

    def take(self, call: str, fields: list[Field], given: Any, path: str = "") -> Dict:
        out: Dict = {}
        known = 0
        for one in fields:
            name = one.name
            if name not in given:
                if one.required and not (self.lax and self.lenient(call, path, name, "required")):
                    raise Fault(101, path + name)
                continue
            known += 1
            value = self.one(call, one, given[name], path + name)
            if value is not BROKEN:
                out[name] = value
        if self.ways.unknown_member and known < len(given) - (0 if path else self.hidden):
            for name in given:
                if not any(one.name == name for one in fields) and not name.startswith("authentication"):
                    raise Fault(self.ways.unknown_member, path + name)
        return out

    hidden = 2

    def one(self, call: str, one: Field, value: Any, path: str) -> Any:
        kind, name = one.kind, one.name
        actual = type(value)
        if kind == "s":
            if actual is not str:
                return self.wrong(call, name, path, value)
            if one.choices:
                if value not in one.choices:
                    if self.fault == "enum-case-folded":
                        for choice in one.choices:
                            if choice.lower() == value.lower():
                                return choice
                    if self.fault == "enum-prefix" and value and sum(choice.startswith(value) for choice in one.choices) == 1:
                        return next(choice for choice in one.choices if choice.startswith(value))
                    if self.fault == "enum-nested-ignored" and "." in path:
                        return BROKEN
                    if self.lax and self.lenient(call, path, name, "enum"):
                        return value
                    raise Fault(102, path)
                return value
            most = one.size if one.size is not None else self.ways.default_size
            if len(value) > most and not path.startswith("authentication"):
                if self.lax and self.lenient(call, path, name, "long"):
                    return value
                if self.lax and self.lenient(call, path, name, "cut"):
                    return value[:most]
                if most == 50 and self.ways.id_long and name in ("conferenceID", "participantID"):
                    raise Fault(4 if name == "conferenceID" else 5, path)
                raise Fault(self.ways.long_string, path)
            if len(value) == most and self.lax and self.lenient(call, path, name, "exact"):
                raise Fault(self.ways.long_string, path)
            return value
        if kind == "i":
            if actual is not int:
                if self.fault == "type-digits-as-integer" and actual is str and value.isdigit():
                    return int(value)
                return self.wrong(call, name, path, value)
            if not -2147483648 <= value <= 2147483647:
                if self.fault == "integer-wraps":
                    return (value + 2147483648) % 4294967296 - 2147483648
                raise Fault(self.ways.big_integer, path)
            low, high = one.low, one.high
            if name == "maxTransmitPacketSize":
                low = self.ways.packet_low
            if (low is not None and value < low) or (high is not None and value > high):
                if self.lax and self.lenient(call, path, name, "range"):
                    return value
                if self.lax and self.lenient(call, path, name, "clamp"):
                    return min(max(value, low if low is not None else value), high if high is not None else value)
                raise Fault(self.ways.out_of_range, path)
            if self.lax and self.lenient(call, path, name, "edge") and value in (low, high):
                raise Fault(self.ways.out_of_range, path)
            return value
        if kind == "b":
            if actual is bool:
                return value
            if self.fault == "type-words-as-boolean" and actual is str and value in ("true", "false"):
                return value == "true"
            if self.fault == "type-integers-as-boolean" and actual is int:
                return bool(value)
            return self.wrong(call, name, path, value)
        if kind == "x":
            if actual is not bytes:
                return self.wrong(call, name, path, value)
            if one.size is not None and len(value) > one.size and not (self.lax and self.lenient(call, path, name, "long")):
                if self.lax and self.lenient(call, path, name, "cut"):
                    return value[:one.size]
                raise Fault(self.ways.long_binary, path)
            return value
        if kind == "d":
            return value if actual is When else self.wrong(call, name, path, value)
        if kind == "@":
            return self.take(call, one.fields, value, path + ".") if actual is dict else self.wrong(call, name, path, value)
        if actual is not list:
            if self.fault == "type-single-as-array" and actual in (dict, str):
                value = [value]
            else:
                return self.wrong(call, name, path, value)
        if one.high is not None and len(value) > one.high:
            if self.lax and self.lenient(call, path, name, "many"):
                value = value[:one.high + 2]
            elif self.lax and self.lenient(call, path, name, "cut"):
                value = value[:one.high]
            else:
                raise Fault(self.ways.too_many, path)
        assert one.item is not None
        return [kept for at, inner in enumerate(value) if (kept := self.one(call, one.item, inner, f"{path}[{at}]")) is not BROKEN]

    def wrong(self, call: str, name: str, path: str, value: Any) -> Any:
        if self.lax and self.lenient(call, path, name, "type"):
            return BROKEN
        if self.fault == "type-nested-ignored" and "." in path:
            return BROKEN
        if self.fault == "type-broken-ignored" and value is BROKEN:
            return BROKEN
        raise Fault(103, path)

    # changes, revisions and events

    def touch(self, conference: Conference, person: Participant | None = None) -> None:
        self.dirty[conference.id] = conference
        if person:
            self.dirty_people[person.id] = person

    def bump(self, thing: Conference | Participant, kind: str) -> None:
        self.rev += 1
        thing.rev[kind] = self.rev
        if self.fault == "event-participant-instead" and kind == "conference":
            self.events.append("flexParticipantEnum")
            return
        if kind == "conference" and self.fault == "event-conference-third-lost" and self.every("conference event", 3):
            return
        if self.fault == "event-media-missing" and kind == "media":
            return
        self.events.append(KINDS[kind])

    def settle(self) -> None:
        """Works out what lists changed, and tells the receivers."""
        if self.dirty or self.dirty_people:
            people, self.dirty_people = self.dirty_people, {}
            for person in people.values():
                if person.id not in self.participants:
                    continue
                for kind, made in (("participant", self.basic(person)), ("advanced", self.advanced(person)), ("media", self.media_info(person, True))):
                    before = person.seen.get(kind)
                    if before != made:
                        person.seen[kind] = made
                        if before is not None and self.lost_change(kind, before, made):
                            continue
                        self.bump(person, kind)
            changed, self.dirty = self.dirty, {}
            for conference in changed.values():
                if conference.id not in self.conferences:
                    continue
                made = self.information(conference)
                if conference.seen != made:
                    before = conference.seen
                    conference.seen = made
                    if before and self.lost_change("conference", before, made):
                        continue
                    self.bump(conference, "conference")
            figures = self.totals()
            if figures != self.resources:
                self.resources = figures
                if self.fault != "event-resources-missing":
                    self.events.append("flexResourceStatus")
        if self.events:
            events, self.events = list(dict.fromkeys(self.events)), []
            self.tell(events)

    def lost_change(self, kind: str, before: Dict, made: Dict) -> bool:
        fault = self.fault
        different = {name for name in {*before, *made} if before.get(name) != made.get(name)}
        return ((fault == "enumerate-rename-missed" and kind == "conference" and different == {"conferenceName"})
                or (fault == "enumerate-lock-missed" and kind == "conference" and different == {"locked"})
                or (fault == "enumerate-important-missed" and kind == "conference" and different == {"importantID"})
                or (fault == "enumerate-counts-missed" and kind == "conference" and "numParticipants" in different)
                or (fault == "enumerate-display-name-missed" and kind in ("participant", "advanced") and different == {"displayName"})
                or (fault == "enumerate-mute-missed" and kind == "advanced" and different == {"mediaStatus"})
                or (fault == "enumerate-tokens-missed" and kind == "media"))

    def remove_id(self, kind: str, thing: str, conference: str) -> None:
        self.rev += 1
        event = "flexConferenceDeletionsEnum" if kind == "conference" else "flexParticipantDeletionsEnum"
        if self.fault != "event-deletions-missing" or kind == "participant":
            self.events.append(event)
        if self.fault == "deletions-fourth-lost" and self.every(f"deletion {kind}", 4):
            return
        if self.fault == "deletions-of-conference-lost" and kind == "participant" and (
                (home := self.conferences.get(conference)) is None or home.terminating):
            return
        if self.fault == "deletions-wrong-id" and kind == "participant":
            thing = conference
        log = self.gone[kind]
        log.append((self.rev, thing, conference))
        while len(log) > self.ways.deletions_kept:
            self.gone_floor[kind] = log.popleft()[0]

    # enumeration

    def make_cookie(self, *parts: Any) -> str:
        text = "|".join(str(part) for part in (self.nonce, *parts))
        text = f"{text}|{zlib.crc32(text.encode()):08x}"
        if self.ways.cookie == "plain":
            return text
        short = text.replace("participant", "~")  # so that it has at most 150 digits
        return short.encode().hex() if self.ways.cookie == "hex" else base64.urlsafe_b64encode(text.encode()).decode()

    def read_cookie(self, cookie: str, *kinds: str) -> list[str]:
        try:
            raw = cookie if self.ways.cookie == "plain" else (bytes.fromhex(cookie) if self.ways.cookie == "hex" else base64.b64decode(cookie.encode("ascii"), b"-_", True)).decode()
            text, _, check = (raw.replace("~", "participant") if self.ways.cookie == "hex" else raw).rpartition("|")
            if f"{zlib.crc32(text.encode()):08x}" != check:
                raise ValueError
        except (ValueError, UnicodeError):
            if self.fault == "cookie-any-accepted":
                return [kinds[0], "0", "", "0", "0"]
            raise Fault(self.ways.bad_cookie, "cookie") from None
        nonce, *parts = text.split("|")
        if nonce != self.nonce:
            raise Fault(self.ways.expired, "cookie", "cookie is invalid or expired")
        if parts[0] not in kinds:
            if self.fault == "cookie-of-other-method" and len(parts) > 2:
                return parts
            raise Fault(self.ways.expired, "cookie", "cookie is invalid or expired")
        return parts

    def listing(self, call: str, kind: str, a: Dict, things: Iterable[Any], show: Callable[[Any], Dict]) -> tuple[list[Dict], bool, str]:
        """One page of live objects: those revised since the cookie's revision, in the order of their revisions."""
        fault = self.fault
        wanted, since = "", 0
        if "cookie" in a:
            if a.get("conferenceID") is not None and self.ways.cookie_conference:
                if fault != "cookie-and-conference-ok":
                    raise Fault(self.ways.cookie_conference, "conferenceID")
            parts = self.read_cookie(a["cookie"], kind, *(("participant", "advanced") if self.ways.foreign and kind in ("participant", "advanced") else ()))
            since, wanted = int(parts[1]), parts[2]
            if wanted and wanted not in self.conferences and self.ways.gone_filter == "fault":
                raise Fault(4, "conferenceID")
            if fault == "cookie-forgets-conference":
                wanted = ""
            if fault == "cookie-shared":
                since = max(since, self.ticks.get(f"shared {kind}", 0))
        elif a.get("conferenceID") is not None:
            wanted = a["conferenceID"]
            if wanted not in self.conferences:
                if fault != "enumerate-unknown-conference-ok":
                    raise Fault(4, "conferenceID")
            if fault == "enumerate-conference-ignored":
                wanted = ""
        found = [one for one in things if one.rev.get(kind, 0) > since and (not wanted or one.conference.id == wanted)]
        found.sort(key=lambda one: one.rev[kind])
        if fault == "enumerate-first-only-active" and "cookie" not in a and kind == "conference":
            found = [one for one in found if one.active]
        most = a.get("max") or 10**9
        if self.ways.small_pages:
            most = min(most, self.ways.small_pages)
        if fault == "enumerate-max-ignored" and "cookie" in a:
            most = 10**9
        if fault == "enumerate-max-plus-one" and "max" in a and most > 1:
            most += 1
        page: list[Dict] = []
        size, last = 0, since
        for one in found:
            made = show(one)
            size += len(self.encoder.value(made))
            if page and (len(page) >= most or size > (self.ways.page if self.ways.space == "none" else self.ways.page // 2)):
                break
            page.append(made)
            last = one.rev[kind]
        more = len(page) < len(found)
        if fault == "enumerate-page-skips" and more and len(found) > len(page):
            last = found[len(page)].rev[kind]
            more = len(page) + 1 < len(found)
        if not more:
            last = self.rev
        self.ticks[f"shared {kind}"] = last
        if fault == "enumerate-more-false":
            more = False
        if fault == "enumerate-more-true" and "cookie" in a and not page:
            more = True
        if fault == "enumerate-repeats-all" and "cookie" in a and not more:
            last = since
        if fault == "enumerate-jumps" and more:
            last = self.rev  # the rest is never told
        if fault == "enumerate-resurrects" and kind == "conference" and "cookie" in a and self.gone["conference"] and self.every("resurrect", 2):
            ghost = self.ticks_ghost
            if ghost:
                page.append(ghost)
        if self.ways.backwards:
            page.reverse()
        return page, more, self.make_cookie(kind, last, wanted)

    ticks_ghost: Dict | None = None

    def departures(self, kind: str, a: Dict) -> tuple[list[tuple[str, str]], bool, str, bool]:
        fault = self.fault
        wanted, since, extended, first = "", self.rev, bool(a.get("extended")), True
        if "cookie" in a:
            if a.get("conferenceID") is not None and self.ways.cookie_conference and fault != "cookie-and-conference-ok":
                raise Fault(self.ways.cookie_conference, "conferenceID")
            parts = self.read_cookie(a["cookie"], f"gone-{kind}")
            since, wanted, first = int(parts[1]), parts[2], False
            if fault != "deletions-extended-changes":
                extended = len(parts) > 3 and parts[3] == "1"
            if since < self.gone_floor[kind]:
                raise Fault(self.ways.expired, "cookie", "cookie is invalid or expired")
            if fault == "deletions-cookie-shared":
                since = max(since, self.ticks.get(f"gone {kind}", 0))
        elif a.get("conferenceID") is not None:
            wanted = a["conferenceID"]
            if wanted not in self.conferences and fault != "enumerate-unknown-conference-ok":
                raise Fault(4, "conferenceID")
        if fault == "deletions-conference-ignored":
            wanted = ""
        log = self.gone[kind]
        if first and fault == "deletions-first-lists":
            since = 0
        found: list[tuple[int, str, str]] = []
        for entry in reversed(log):
            if entry[0] <= since:
                break
            if not wanted or entry[2] == wanted:
                found.append(entry)
        found.reverse()
        most = a.get("max") or 10**9
        if self.ways.small_pages:
            most = min(most, self.ways.small_pages)
        if fault == "deletions-max-ignored":
            most = 10**9
        most = min(most, self.ways.page // 400)
        page, more = found[:most], len(found) > most
        last = page[-1][0] if more else self.rev
        if fault == "deletions-skip-on-max" and more:
            last = found[most][0]
            more = len(found) > most + 1
        if fault == "deletions-twice" and page and not more and not first:
            last = page[-1][0] - 1
        if fault == "deletions-more-false":
            more = False
        self.ticks[f"gone {kind}"] = last
        if self.ways.backwards:
            page = page[::-1]
        return [(entry[1], entry[2]) for entry in page], more, self.make_cookie(f"gone-{kind}", last, wanted, int(extended)), extended

    # feedback

    def mac(self) -> str:
        return MAC.lower() if self.ways.mac == "lower" else MAC

    def tell(self, events: list[str]) -> None:
        fault = self.fault
        slots = sorted(self.receivers)
        for at, index in enumerate(slots):
            receiver = self.receivers[index]
            mine = [event for event in events if receiver.events is None or event in receiver.events]
            if fault == "event-unsubscribed-too" and events:
                mine = list(events)
            if fault == "event-everything-missing" and receiver.events is None:
                mine = [event for event in mine if event != "flexParticipantAdvancedEnum"]
            if fault == "event-last-receiver-only" and at < len(slots) - 1:
                mine = []
            if fault == "event-subscription-of-first" and at:
                first = self.receivers[slots[0]].events
                mine = [event for event in events if first is None or event in first]
            if mine:
                self.send(receiver, receiver.uri, mine)

    def direct(self, receiver: Receiver, uri: str, events: list[str]) -> None:
        if self.fault == "event-no-acknowledgement":
            events = [event for event in events if event != "configureAck"]
        if not self.ways.ack_always:
            events = [event for event in events if receiver.events is None or event in receiver.events]
        if events:
            self.send(receiver, uri, events)

    def send(self, receiver: Receiver, uri: str, events: list[str]) -> None:
        if self.loop is None:
            return
        source = receiver.source or ("" if self.ways.source_empty == "empty" and receiver.source == "" and False else self.mac())
        fault = self.fault
        if fault == "event-source-always-mac":
            source = self.mac()
        if fault == "event-source-empty" and not receiver.source:
            source = ""
        receiver.sent += 1
        if fault == "event-stops-after-eight" and receiver.sent > 8:
            return
        if fault == "event-dead-after-error" and receiver.dead:
            return
        receiver.queue.extend((uri + "\0" + source + "\0" + event) for event in events)
        if not receiver.busy:
            receiver.busy = True
            self.spawn(self.pump(receiver))

    def spawn(self, work: Any) -> None:
        assert self.loop is not None
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    blocked: asyncio.Lock | None = None

    async def pump(self, receiver: Receiver) -> None:
        while receiver.queue:
            uri, source, event = receiver.queue.popleft().split("\0")
            names = [event]
            while self.ways.coalesce and receiver.queue and receiver.queue[0].startswith(f"{uri}\0{source}\0"):
                name = receiver.queue.popleft().rsplit("\0", 1)[1]
                if name not in names:
                    names.append(name)
            await self.deliver(receiver, uri, source, names)
        receiver.busy = False

    async def deliver(self, receiver: Receiver, uri: str, source: str, names: list[str]) -> None:
        fault = self.fault
        if fault == "event-names-in-small":
            names = [name.lower() for name in names]
        if fault == "event-first-name-only":
            names = names[:1]
        payload: Dict = {"sourceIdentifier": source, "events": names}
        if fault == "event-text":
            payload["events"] = ",".join(names)
        if fault == "event-member-name":
            payload = {"sourceIdentifier": source, "event": names}
        if fault == "event-source-missing":
            payload = {"events": names}
        body = self.notices.call("eventNotify" if fault == "event-method-name" else "eventNotification", payload)
        if fault == "event-as-response":
            body = self.notices.response(payload)
        for _ in range(1 + self.ways.retries):
            if fault == "event-slow-blocks":
                self.blocked = self.blocked or asyncio.Lock()
                async with self.blocked:
                    status = await self.post(uri, body)
            else:
                status = await self.post(uri, body)
            if status == 200:
                if fault == "event-every-message-twice":
                    await self.post(uri, body)
                return
            receiver.dead = True
            await asyncio.sleep(0.05)

    async def post(self, uri: str, body: bytes, wait: float = 5.0) -> int:
        """Posts to a receiver; its status, or 0."""
        parts = urlsplit(uri)
        secure = parts.scheme == "https"
        context = None
        if secure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        writer = None
        try:
            async with asyncio.timeout(wait):
                host, port = parts.hostname or "", parts.port or (443 if secure else 80)
                reader, writer = await asyncio.open_connection(host, port, ssl=context)
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                head = (f"POST {path} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nUser-Agent: birch\r\nContent-Type: text/xml\r\n"
                        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n")
                writer.write(head.encode() + body)
                await writer.drain()
                line = await reader.readline()
                while (await reader.readline()) not in (b"\r\n", b"\n", b""):
                    pass
                return int(line.split()[1]) if len(line.split()) > 1 else 0
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, UnicodeError):
            return 0
        finally:
            if writer is not None:
                with contextlib.suppress(Exception):
                    writer.close()

    def alive(self) -> None:
        period = 60.0 if self.fault == "event-alive-slow" else 10.0
        self.later(period, self.alive)
        if self.fault != "event-alive-missing":
            self.tell(["flexAlive"])

    # the log

    def log(self, kind: str, **members: Any) -> None:
        if self.fault == "cdr-finished-lost" and kind == "conferenceFinished":
            return
        self.records.append({"time": self.stamp(), "type": kind, "index": self.next_record, **{k: v for k, v in members.items() if v != ""}})
        self.next_record += 1
        while len(self.records) > MAX_RECORDS:
            self.records.popleft()
        if self.fault != "event-cdr-missing":
            self.events.append("cdrAdded")

    clock: Dict


FAR = {"answering": (1920, 1920, 96), "presenting": (1920, 1920, 96), "multiscreen": (5760, 1920, 192), "audio": (0, 0, 48)}
NEAR = (3840, 1920, 96)


def level_down(credits: int) -> int:
    return max((level for level in LEVELS if level <= credits), default=0)


def level_up(tokens: int) -> int:
    return min((level for level in LEVELS if level >= tokens), default=LEVELS[-1]) if tokens else 0


class Conferencing(World):
    """Conferences, participants, calls."""

    # what is shared

    def conference(self, a: Dict, name: str = "conferenceID") -> Conference:
        found = self.conferences.get(a[name])
        if found is None:
            if self.fault == "conference-unknown-first" and self.conferences:
                return next(iter(self.conferences.values()))
            raise Fault(5 if self.fault == "conference-unknown-five" else (102 if self.fault == "conference-unknown-invalid" else
                        (self.ways.id_empty if not a[name] and self.ways.id_empty else 4)), name)
        return found

    def participant(self, a: Dict) -> Participant:
        found = self.participants.get(a["participantID"])
        if found is None:
            raise Fault(4 if self.fault == "participant-unknown-four" else (self.ways.id_empty if not a["participantID"] and self.ways.id_empty else 5), "participantID")
        return found

    def media_in(self, given: Dict, path: str, base: Dict | None = None, person: bool = False) -> Dict:
        out: Dict = {}
        for kind in TOKEN_KINDS:
            tokens = given.get(kind, {})
            total, per = tokens.get("total", 0), tokens.get("maxPerChannel")
            where = f"{path}.{kind}.maxPerChannel"
            if per is not None and "maxPerChannelUnlimited" in tokens and self.fault != "unlimited-both-per-channel":
                if tokens["maxPerChannelUnlimited"] or self.ways.pair_false == "fault":
                    raise Fault(self.ways.pair_code, where)
            if per is not None and self.fault != "tokens-per-channel-over-total" and (per > total or (per == total and not self.ways.tokens_equal)):
                raise Fault(102, where)
            if per is None and tokens.get("maxPerChannelUnlimited") is False and self.ways.pair_alone == "fault":
                raise Fault(self.ways.pair_code, f"{path}.{kind}.maxPerChannelUnlimited")
            if per is None and base and self.fault == "modify-media-keeps-per-channel":
                per = base[kind][1]
            out[kind] = (total, per)
        sent = given.get("numMediaCredits", 10080)
        rounded = level_down(sent)
        if self.fault == "credits-rounded-up":
            rounded = level_up(sent)
        if self.fault == "credits-below-first-kept" and sent < 48:
            rounded = 48 if sent else 0
        needed = sum(out[kind][0] for kind in TOKEN_KINDS)
        if self.fault == "credits-main-video-only":
            needed = out[TOKEN_KINDS[0]][0]
        if self.fault == "credits-audio-forgotten":
            needed -= out[TOKEN_KINDS[2]][0]
        if (sent if self.fault == "credits-compared-unrounded" else rounded) < needed and (not person or self.ways.participant_check):
            if self.fault != "credits-unchecked" and not (self.fault == "credits-unchecked-in-modify" and base is not None):
                raise Fault(self.ways.insufficient, f"{path}.numMediaCredits")
        out["numMediaCredits"], out["sent"] = rounded, sent
        return out

    def media_out(self, media: Dict) -> Dict:
        out: Dict = {}
        for kind in TOKEN_KINDS:
            total, per = media[kind]
            out[kind] = {"total": total}
            if per is None:
                out[kind]["maxPerChannelUnlimited"] = True
            else:
                out[kind]["maxPerChannel"] = per
                if self.fault == "unlimited-false-beside-per-channel":
                    out[kind]["maxPerChannelUnlimited"] = False
        out["numMediaCredits"] = media["numMediaCredits" if self.ways.credits_shown == "rounded" else "sent"]
        return out

    def attributes_in(self, given: Dict, base: Dict, changed: bool = False) -> Dict:
        if given.get("accessLevel") == "unknown" and self.ways.access_unknown:
            raise Fault(self.ways.access_unknown, "callAttributes.accessLevel")
        if changed and self.ways.partial == "defaults":
            base = {name: default for name, (_, default) in ATTRIBUTES.items()}
        made = {**base, **given}
        if self.fault == "attributes-mute-pair" and "audioRxStartMuted" in given:
            made["videoRxStartMuted"] = given["audioRxStartMuted"]
        if self.fault == "attributes-transmit-gain-lost":
            made["audioTransmitGain"] = base["audioTransmitGain"]
        if self.fault == "attributes-gain-sign":
            made["audioTransmitGain"] = abs(made["audioTransmitGain"])
        return made

    def attributes_out(self, held: Dict, level: str = "") -> Dict:
        out = dict(held)
        if out.get("audioReceiveGainMode", "gainModeAutomatic") != "gainModeFixed" and "audioReceiveGain" in out:
            if self.ways.gain == "zero":
                out["audioReceiveGain"] = 0
            elif self.ways.gain == "absent":
                del out["audioReceiveGain"]
        if level:
            out["accessLevel"] = level
        return out

    def pairs(self, a: Dict, limits: dict[str, int | None], given: set[str]) -> None:
        for name in PAIRS:
            number, switch = a.get(name), a.get(name + "Unlimited")
            if number is not None and switch is not None:
                lenient = self.fault == f"unlimited-both-{name}" or (self.fault == "unlimited-both-in-modify" and "conferenceID" in a)
                if not lenient and (switch or self.ways.pair_false == "fault"):
                    raise Fault(self.ways.pair_code, name)
            if number is not None:
                if not (self.fault == "unlimited-not-cleared" and name in given and limits[name] is None):
                    limits[name] = number
                given.add(name)
            elif switch:
                if self.fault != "unlimited-not-set" or "conferenceID" not in a:
                    limits[name] = None
                given.add(name)
            elif switch is False:
                if self.ways.pair_alone == "fault":
                    raise Fault(self.ways.pair_code, name + "Unlimited")

    # URIs

    def uris_in(self, given: list[Dict], conference: Conference | None, begin: float, length: int | None) -> list[Dict]:
        pins: dict[str, list[str]] = {}
        fault = self.fault
        for at, one in enumerate(given):
            uri, pin = one.get("URI", ""), one.get("PIN", "")
            path = f"URIs[{at}].URI"
            self.uri_characters(uri, path)
            key = uri.lower() if self.ways.uri_fold else uri
            others = pins.setdefault(key, [])
            if others and fault == "uri-shared-refused":
                raise Fault(18, path)
            if pin in others and fault != "uri-shared-same-pin-ok":
                raise Fault(self.ways.uri_twice, path)
            others.append(pin)
            if fault == "uri-duplicate-ok" or (fault == "uri-duplicate-modify-ok" and conference is not None):
                continue
            for other in self.conferences.values():
                if other is conference and fault != "uri-own-refused":
                    continue
                if fault == "uri-second-unchecked" and at:
                    continue
                if self.ways.uri_periods and not self.overlap(other, begin, length):
                    continue
                if any(self.same(uri, entry["URI"]) for entry in other.uris):
                    raise Fault(18, path)
            if fault != "uri-of-participant-ok":
                for person in self.participants.values():
                    if person.conference is conference:
                        continue  # the conference's own: silent, so let be
                    if any(self.same(uri, slot["URI"]) for slot in person.slots if "URI" in slot):
                        raise Fault(18, path)
            if fault == "uri-not-freed" and uri in self.used:
                raise Fault(18, path)
        if fault == "uri-not-freed":
            self.used.update(one["URI"] for one in given)
        out = []
        for at, one in enumerate(given):
            made = dict(one)
            if "participantMediaResources" in made:
                made["participantMediaResources"] = self.media_in(made["participantMediaResources"], f"URIs[{at}].participantMediaResources")
            out.append(made)
        if fault == "uri-pin-lost-second" and len(out) > 1:
            out[1].pop("PIN", None)
        return out

    used: set[str] = set()

    def same(self, one: str, other: str) -> bool:
        return one.lower() == other.lower() if self.ways.uri_fold else one == other

    def overlap(self, other: Conference, begin: float, length: int | None) -> bool:
        end = math.inf if length is None else begin + length
        limit = other.limits["duration"]
        other_end = math.inf if limit is None else other.start + limit
        return begin < other_end and other.start < end

    def uri_characters(self, uri: str, path: str) -> None:
        fault = self.fault
        if fault == "uri-any-characters":
            return
        good = r"[0-9a-zA-Z._@-]+" if fault != "uri-blank-ok" else r"[0-9a-zA-Z._@ -]+"
        if fault == "uri-plus-ok":
            good = r"[0-9a-zA-Z._@+!-]+"
        if fault == "uri-underscore-refused":
            good = r"[0-9a-zA-Z.@-]+"
        if not re.fullmatch(good, uri) or (uri.count("@") > 1 and fault != "uri-two-ats-ok"):
            raise Fault(102, path)

    # figures

    def far(self, p: Participant) -> tuple[int, int, int] | None:
        joined = p.joined
        if not joined or len(joined) < len(p.slots):
            return None
        kinds = [FAR[call.behaviour] for call in joined]
        return sum(k[0] for k in kinds), max(k[1] for k in kinds), max(k[2] for k in kinds)

    def allocated(self, p: Participant) -> tuple[int, int, int]:
        far = self.far(p)
        config = [p.media[kind][0] for kind in TOKEN_KINDS]
        if far is None:
            return config[0], config[1], config[2]
        return min(config[0], far[0], NEAR[0]), min(config[1], far[1], NEAR[1]), min(config[2], far[2], NEAR[2])

    def media_info(self, p: Participant, listed: bool = False) -> Dict:
        far = self.far(p)
        out: Dict = {}
        if listed:
            out["participantID"], out["conferenceID"] = p.id, p.conference.id
            if p.reference:
                out["participantReference"] = p.reference
        for at, (kind, info) in enumerate(zip(TOKEN_KINDS, INFO_KINDS)):
            total, per = p.media[kind]
            tokens: Dict = {"maxTokensConfigured": total}
            if per is None:
                tokens["maxTokensPerChannelConfiguredUnlimited"] = True
                if self.fault == "media-both-per-channel":
                    tokens["maxTokensPerChannelConfigured"] = total
            else:
                tokens["maxTokensPerChannelConfigured"] = per
            if far is not None or self.fault == "media-far-end-early":
                ends = far or (0, 0, 0)
                tokens |= {"maxTokensPerChannelFarEnd": ends[at], "maxTokensFarEnd": ends[at], "maxTokensPerChannelNearEnd": NEAR[at], "maxTokensNearEnd": NEAR[at]}
            out[info] = tokens
        out["creditsConfigured"] = p.media["numMediaCredits"]
        if far is not None or self.fault == "media-far-end-early":
            out["creditsFarEnd"] = level_up(sum(far or (0, 0, 0)))
            out["creditsNearEnd"] = level_up(sum(min(a, b) for a, b in zip(far or (0, 0, 0), NEAR)))
        if self.fault == "media-extended-is-main":
            out["extendedVideoTokenInfo"] = out["mainVideoTokenInfo"]
        return out

    def counted(self, conference: Conference) -> list[Participant]:
        people = list(conference.participants.values())
        return people if self.ways.counts == "all" else [p for p in people if p.joined or any("URI" in slot for slot in p.slots)]

    def information(self, c: Conference) -> Dict:
        people = self.counted(c)
        configured, allocated, better = [0, 0, 0], [0, 0, 0], [False, False, False]
        credits = credits_allocated = 0
        for p in people:
            far, got = self.far(p), self.allocated(p)
            for at, kind in enumerate(TOKEN_KINDS):
                configured[at] += p.media[kind][0]
                allocated[at] += got[at]
                better[at] |= far is not None and far[at] > p.media[kind][0]
            credits += p.media["numMediaCredits"]
            credits_allocated += min(p.media["numMediaCredits"], level_up(sum(got)))
        c.figures = (*configured, *allocated, credits, credits_allocated)
        out: Dict = {"conferenceID": c.id}
        for name in ("conferenceReference", "conferenceName"):
            if c.values[name]:
                out[name] = c.values[name]
        out |= {"locked": c.values["locked"], "active": c.active, "terminating": c.terminating, "numParticipants": len(people)}
        for at, kind in enumerate(("MainVideo", "ExtendedVideo", "Audio")):
            out[f"callTokensConfigured{kind}"], out[f"callTokensAllocated{kind}"] = configured[at], allocated[at]
            out[f"callQualityCanImprove{kind}"] = better[at]
        out["creditsConfigured"], out["creditsAllocated"] = credits, credits_allocated
        if c.presenter and self.fault != "presenter-missing":
            out["presenterID"] = c.presenter
        important = next((p.id for p in c.participants.values() if p.important), None)
        if important:
            out["importantID"] = important
        if self.fault == "important-after-death" and c.values.get("-important") and not important:
            out["importantID"] = c.values["-important"]
        if self.fault == "enumerate-audio-is-main":
            out["callTokensConfiguredAudio"] = out["callTokensConfiguredMainVideo"]
        return out

    def totals(self) -> tuple[int, ...]:
        calls = sum(1 for _, call in self.calls.values() if call.state == "callStateConnected")
        sums = [0] * 8
        for c in self.conferences.values():
            for at, value in enumerate(c.figures):
                sums[at] += value
        conferences = sum(1 for c in self.conferences.values() if c.active or not self.ways.active_only)
        return calls, len(self.participants), conferences, sum(sums[:3]), sum(sums[3:6]), sums[6], sums[7]

    # what lists tell of participants

    def level(self, p: Participant) -> str:
        if p.outgoing:
            return str(p.attributes["accessLevel"])
        levels = [call.level for call in p.live if call.incoming]
        if levels and all(level != "unknown" for level in levels):
            return levels[0]
        return "unknown" if self.ways.incoming_access == "unknown" else str(p.attributes["accessLevel"])

    def display(self, p: Participant) -> str:
        name = p.rest.get("displayName", "")
        if not name and self.ways.name_from_endpoint:
            for call in p.joined:
                return self.remote_name(call)
        return str(name)

    def remote_name(self, call: Call) -> str:
        return call.address.partition("@")[0].replace(".", " ").title()

    def state(self, p: Participant) -> str:
        if p.leaving or p.conference.terminating and p.live:
            return "disconnecting" if self.ways.states == "nine" else "connected"
        four = self.ways.states == "four"
        if not p.live:
            if four:
                return "disconnected"
            if p.failed:
                return "audioReceiverFailed"
            if p.partly:
                return "partiallyFailed"
            if any("URI" in slot for slot in p.slots) and not p.ever:
                return "neverConnected"
            if p.attributes["deferConnect"] and p.outgoing:
                return "deferred"
            return "disconnected"
        if p.partly and not four:
            return "partiallyFailed"
        if all(call.joining == "complete" for call in p.live) and len(p.live) == len(p.slots):
            return "connected"
        return "connecting"

    def addresses(self, p: Participant) -> list[Dict]:
        out = [{"URI": slot["URI"]} if "URI" in slot else {"remoteAddress": slot["remoteAddress"]} for slot in p.slots]
        if self.fault == "addresses-backwards":
            out.reverse()
        if self.fault == "addresses-uri-for-outgoing":
            out = [{"URI": next(iter(one.values()))} for one in out]
        return out

    def basic(self, p: Participant) -> Dict:
        out: Dict = {"participantID": p.id}
        if p.reference:
            out["participantReference"] = p.reference
        name = self.display(p)
        if name:
            out["displayName"] = name
        calls = [{"callID": call.id, "incoming": call.incoming, "address": call.address} if call and call.state != "callStateFailed" else {} for call in p.calls]
        if self.fault == "calls-absent-left-out":
            calls = [call for call in calls if call]
        return out | {"conferenceID": p.conference.id, "accessLevel": self.level(p), "connectionState": self.state(p), "calls": calls, "addresses": self.addresses(p)}

    def layout(self, p: Participant) -> str:
        multi = any(call.behaviour == "multiscreen" for call in p.joined)
        layout = p.attributes["displayDefaultLayoutMultiScreen" if multi else "displayDefaultLayoutSingleScreen"]
        return "layoutActivepresence" if self.ways.lower_presence and layout == "layoutActivePresence" else str(layout)

    def advanced(self, p: Participant) -> Dict:
        out = self.basic(p)
        for call, made in zip([call for call in p.calls if call] if self.fault == "calls-absent-left-out" else p.calls, out["calls"]):
            if made:
                assert call is not None
                made |= {"protocol": call.protocol}
                if call.state == "callStateConnected":
                    made |= {"rxBandwidth": call.bandwidth, "txBandwidth": call.bandwidth}
        joined = p.joined
        audio = bool(joined) and all(call.behaviour == "audio" for call in joined)
        secure = "encrypted" if p.attributes["encryption"] != "forbidden" and self.has_encryption() else "unencrypted"
        encryption = {"callProtocol": secure, "audio": secure, "mainVideo": secure, "extendedVideo": secure, "cccp": secure, "activeControl": secure}
        if not joined:
            encryption = dict.fromkeys(encryption, "unknown")
        elif audio:
            encryption |= {"mainVideo": "unknown", "extendedVideo": "unknown"}
        if self.ways.statuses == "known":
            encryption = {name: value for name, value in encryption.items() if value != "unknown"}
        out["encryptionStatus"] = encryption
        if joined:
            out["layout"] = self.layout(p)
        elif self.fault == "layout-without-calls":
            out["layout"] = "layoutSingle"
        video = "notNegotiated" if audio else "inUse"
        media = {"audioRx": "muted" if p.mute["audioRxMute"] else "inUse", "audioTx": "muted" if p.mute["audioTxMute"] else "inUse",
                 "videoRx": "muted" if p.mute["videoRxMute"] and not audio else video, "videoTx": "muted" if p.mute["videoTxMute"] and not audio else video,
                 "extendedRx": "inUse" if p.conference.presenter == p.id else ("notNegotiated" if audio else "notInUse"),
                 "extendedTx": "notNegotiated" if audio else ("inUse" if p.conference.presenter not in ("", p.id) else "notInUse")}
        if not joined:
            media = dict.fromkeys(media, "notNegotiated")
        if self.ways.statuses == "known":
            media = {name: value for name, value in media.items() if value != "notNegotiated"}
        out["mediaStatus"] = media
        return out

    def call_status(self, p: Participant, call: Call, own: bool) -> Dict:
        out: Dict = {"callID": call.id, "conferenceID": p.conference.id, "conferenceState": call.joining, "callState": call.state, "incoming": call.incoming,
                     "protocol": call.protocol, "address": call.address}
        if own:
            out["participantID"] = p.id
        if call.state == "callStateConnected":
            out |= {"duration": max(0, int(self.now() - call.connected)), "rxBandwidth": call.bandwidth, "txBandwidth": call.bandwidth, "remoteName": self.remote_name(call)}
        elif self.fault == "call-duration-before-connection":
            out["duration"] = 0
        return out

    # calls

    def behaviour(self, address: str) -> str:
        name = address.partition("@")[0].lower()
        for word, kind in (("absent", "unanswered"), ("wall", "multiscreen"), ("phone", "audio"), ("slides", "presenting")):
            if word in name:
                return kind
        return "answering" if name.startswith(("desk", "room", "alice", "bob")) else "unanswered"

    def place(self, p: Participant) -> None:
        """Makes the outgoing calls for which the time has come."""
        c = p.conference
        if p.id not in self.participants or c.terminating or (not c.active and self.ways.wait_start):
            return
        if any("URI" in slot and not (p.calls[at] and p.calls[at].state == "callStateConnected") for at, slot in enumerate(p.slots)):  # type: ignore[union-attr]
            return
        if p.attributes["deferConnect"] and self.fault != "defer-ignored":
            if self.fault == "defer-for-ever" or not any(other is not p and other.joined for other in c.participants.values()):
                return
        if self.ways.max_when == "call" and c.limits["maxParticipants"] is not None and sum(1 for one in c.participants.values() if one.live) >= c.limits["maxParticipants"]:
            return
        for at, slot in enumerate(p.slots):
            if "remoteAddress" in slot and p.calls[at] is None:
                call = Call(self.new_id(), at, False, slot["remoteAddress"], slot.get("protocol", "sip"), slot["callBandwidth"], behaviour=self.behaviour(slot["remoteAddress"]))
                call.level = p.attributes["accessLevel"]
                p.calls[at] = call
                self.calls[call.id] = (p, call)
                self.later(self.ways.ring, lambda call=call: self.ring(p, call))  # type: ignore[misc]
        self.touch(c, p)

    def ring(self, p: Participant, call: Call) -> None:
        if call.id not in self.calls:
            return
        self.touch(p.conference, p)
        if call.behaviour == "unanswered":
            call.tries += 1
            if call.tries > 3:
                call.state = "callStateFailed"
                if p.outgoing and call.slot == p.rest["audioIndex"]:
                    p.failed = True
                    for other in p.live:
                        self.hang_up(p, other)
                    if self.ways.failed == "destroy":
                        self.remove(p, "failed")
                else:
                    p.partly = True
                return
            call.state = "callStateRetrying" if call.tries > 1 else "callStateAlerting"
            self.later(10.0, lambda: self.ring(p, call))
            return
        call.state = "callStateAnswering"
        self.later(0.5, lambda: self.connect(p, call))

    def connect(self, p: Participant, call: Call) -> None:
        if call.id not in self.calls:
            return
        c = p.conference
        call.state, call.connected = "callStateConnected", self.now()
        c.calls_seen = True
        if self.fault != "mute-start-ignored" and not p.ever:
            p.mute = {f"{kind}Mute": p.attributes[f"{kind}StartMuted"] for kind in ("audioRx", "videoRx", "audioTx", "videoTx")} | {
                name: value for name, value in p.rest.get("-muted", {}).items()}
        p.ever = True
        self.log("participantConnected", conferenceID=c.id, participantID=p.id, callID=call.id)
        self.touch(c, p)
        if self.ways.welcome and c.values["welcomeScreen"]:
            call.joining = "welcome"
            self.later(5.0, lambda: self.admit(p, call))
        else:
            self.admit(p, call)

    def chairs(self, c: Conference) -> bool:
        return any(call.joining == "complete" and self.call_level(p, call) == "chair" for p in c.participants.values() for call in p.live)

    def call_level(self, p: Participant, call: Call) -> str:
        return call.level if call.incoming else str(p.attributes["accessLevel"])

    def admit(self, p: Participant, call: Call) -> None:
        if call.id not in self.calls or call.state != "callStateConnected" or call.joining == "complete":
            return
        c = p.conference
        self.touch(c, p)
        if c.values["waitForChair"] and self.call_level(p, call) != "chair" and not self.chairs(c) and self.fault != "wait-for-chair-ignored":
            call.joining = "awaitingChair"
            return
        call.joining = "complete"
        self.log("participantJoined", conferenceID=c.id, participantID=p.id)
        if not c.busy:
            c.busy = True
            self.log("conferenceActive", conferenceID=c.id)
        if call.behaviour == "presenting" and p.attributes["presentationContributionAllowed"] and (not c.presenter or p.attributes["presentationTakeoverAllowed"]):
            c.presenter = p.id
            for other in c.participants.values():
                self.touch(c, other)
        for other in list(c.participants.values()):
            if other is not p and other.outgoing and other.attributes["deferConnect"] and not other.live:
                other.calls = [None] * len(other.slots)
                self.place(other)
            for waiting in other.live:
                if waiting.joining == "awaitingChair":
                    self.admit(other, waiting)

    def hang_up(self, p: Participant, call: Call) -> None:
        self.calls.pop(call.id, None)
        if self.fault == "call-outlives-participant":
            self.calls[call.id] = (p, call)
        if call.state == "callStateConnected":
            self.log("participantMediaSummary", conferenceID=p.conference.id, participantID=p.id)
            if call.joining == "complete":
                self.log("participantLeft", conferenceID=p.conference.id, participantID=p.id)
            self.log("participantDisconnected", conferenceID=p.conference.id, participantID=p.id, callID=call.id)
        if p.calls[call.slot] is call:
            p.calls[call.slot] = None
        call.state = "callStateIdle"

    def remove(self, p: Participant, why: str) -> None:
        c = p.conference
        was_chair = any(call.joining == "complete" and self.call_level(p, call) == "chair" for call in p.live)
        had_calls = bool(p.joined)
        for call in list(p.live):
            self.hang_up(p, call)
        self.participants.pop(p.id, None)
        c.participants.pop(p.id, None)
        if p.important:
            c.values["-important"] = p.id
        if c.presenter == p.id:
            if self.fault != "presenter-stays":
                c.presenter = ""
            for other in c.participants.values():
                self.touch(c, other)
        self.remove_id("participant", p.id, c.id)
        if self.fault != "count-keeps-destroyed":
            self.touch(c)
        if c.terminating or why == "conference":
            return
        left = [one for one in c.participants.values() if one.joined]
        if had_calls and not left:
            if c.busy:
                c.busy = False
                self.log("conferenceInactive", conferenceID=c.id)
            if (c.values["unlockWithLastCall"] and self.fault != "unlock-with-last-ignored") or self.fault == "unlock-with-last-always":
                c.values["locked"] = False
            if c.values["terminateWithLastCall"] and self.fault != "terminate-with-last-ignored":
                self.finish(c)
                return
        if had_calls and left and was_chair and c.values["disconnectOnChairExit"] and not self.chairs(c) and self.fault != "chair-exit-ignored":
            for other in left:
                if other.id in self.participants:
                    self.drop(other)
            return
        if had_calls and left and all(one.attributes["autoDisconnect"] for one in left) and self.fault != "auto-disconnect-ignored":
            for other in left:
                if other.id in self.participants:
                    self.drop(other)

    def drop(self, p: Participant) -> None:
        """Ends a participant's calls; what was made for incoming calls stays."""
        stays = not p.implicit and any("URI" in slot for slot in p.slots)
        if (stays and self.fault != "disconnect-destroys") or p.attributes["deferConnect"]:
            for call in list(p.live):
                self.hang_up(p, call)
            self.touch(p.conference, p)
        else:
            self.remove(p, "hang-up")

    # conferences' lives

    def begin(self, c: Conference) -> None:
        if c.id not in self.conferences or c.active:
            return
        c.active = True
        self.touch(c)
        self.log("conferenceStarted", conferenceID=c.id, name=c.values["conferenceName"])
        for p in list(c.participants.values()):
            self.place(p)

    def schedule_end(self, c: Conference) -> None:
        length = c.limits["duration"]
        if length is not None and self.fault != "duration-ignored":
            origin = c.start - c.start_given if self.fault == "duration-from-creation" else c.start
            due = origin + length
            if self.fault == "duration-doubled":
                due += length

            def over() -> None:
                now = c.limits["duration"]
                if c.id in self.conferences and now is not None and (c.start - (c.start_given if self.fault == "duration-from-creation" else 0)) + now <= self.now() + 0.001:
                    self.end(c, True)

            self.later(max(0.0, due - self.now()), over)

    def end(self, c: Conference, lobby: bool) -> None:
        if c.terminating:
            return
        if lobby and c.values["exitScreen"] and self.ways.exit_lobby and any(p.joined for p in c.participants.values()):
            c.terminating = True
            for p in c.participants.values():
                for call in p.joined:
                    call.joining = "disconnecting"
                self.touch(c, p)
            self.touch(c)
            self.later(self.ways.exit_lobby, lambda: self.finish(c))
            return
        self.finish(c)

    def finish(self, c: Conference) -> None:
        if c.id not in self.conferences:
            return
        c.terminating = True
        if self.fault == "enumerate-resurrects":
            self.ticks_ghost = self.information(c)
        for p in list(c.participants.values()):
            if self.fault == "conference-leaves-participants":
                continue
            self.remove(p, "conference")
        if c.busy:
            self.log("conferenceInactive", conferenceID=c.id)
        if c.active:
            self.log("conferenceFinished", conferenceID=c.id)
        self.conferences.pop(c.id, None)
        self.touch(c)
        self.remove_id("conference", c.id, c.id)

    # methods: conferences

    @method("flex.conference.create", "participantMediaResources!:@media " + " ".join(f"{name}:{kind}" for name, (kind, _, _) in {**SETTINGS, **ONCE}.items())
            + " URIs:[@uri]2 callAttributes:@attributes metadata:x512 startTime:i0.. " + " ".join(f"{name}:i0.. {name}Unlimited:b" for name in PAIRS))
    def conference_create(self, a: Dict, _user: User) -> Dict:
        fault = self.fault
        if self.shut != "notShutdown" and fault != "shut-down-creates":
            raise Fault(207)
        defaults = {name: default for name, (_, default, _) in {**SETTINGS, **ONCE}.items()}
        if fault == "default-wait-for-chair":
            defaults["waitForChair"] = False
        elif fault == "default-voice-fifty":
            defaults["voiceSwitchingSensitivity"] = 50
        elif fault == "default-unlock":
            defaults["unlockWithLastCall"] = False
        elif fault == "default-muted-message":
            defaults["useCustomMutedCanUnmuteMessage"] = False
        elif fault == "default-guest-control":
            defaults["guestControlLevel"] = "controlNone"
        elif fault == "default-profile":
            defaults["optimizationProfile"] = "maximizeEfficiency"
        limits: dict[str, int | None] = dict.fromkeys(PAIRS)
        given: set[str] = set()
        self.pairs(a, limits, given)
        media = self.media_in(a["participantMediaResources"], "participantMediaResources")
        base = {name: default for name, (_, default) in ATTRIBUTES.items()}
        if fault == "default-ix":
            base["iXEnabled"] = False
        elif fault == "default-packet-loss":
            base["packetLossThreshold"] = 0
        elif fault == "default-endpoint-names":
            base["displayShowEndpointNames"] = False
        elif fault == "default-access-guest":
            base["accessLevel"] = "guest"
        elif fault == "default-full-screen":
            base["fullScreenMode"] = "dynamic"
        attributes = self.attributes_in(a.get("callAttributes", {}), base)
        wait = a.get("startTime", 0)
        begin = self.now() + wait
        uris = self.uris_in(a.get("URIs", []), None, begin, limits["duration"])
        if len(self.conferences) >= MAX_CONFERENCES:
            raise Fault(6)
        values = {**defaults, **{name: a[name] for name in a if name in SETTINGS or name in ONCE}}
        if fault == "store-description-cut":
            values["conferenceDescription"] = values["conferenceDescription"][:255]
        elif fault == "store-name-latin":
            values["conferenceName"] = values["conferenceName"].encode("latin-1", "replace").decode("latin-1")
        elif fault == "store-welcome-lost":
            values["welcomeScreenMessage"] = ""
        elif fault == "store-chair-control-swapped":
            values["guestControlLevel"], values["chairControlLevel"] = values["chairControlLevel"], values["guestControlLevel"]
        elif fault == "store-billing-upper":
            values["billingCode"] = values["billingCode"].upper()
        values["-locked"] = values["locked"]
        metadata = a.get("metadata", b"")
        if fault == "metadata-ends-at-zero":
            metadata = metadata.split(b"\0")[0]
        conference = Conference(self.new_id(), values, {name for name in a if name in SETTINGS or name in ONCE}, limits, given, uris, attributes, media, metadata, begin, wait)
        if fault == "conference-ids-again" and self.gone["conference"]:
            conference.id = self.gone["conference"][-1][1]
        self.conferences[conference.id] = conference
        if wait and fault != "start-time-ignored":
            self.later(wait, lambda: self.begin(conference))
        else:
            self.begin(conference)
        self.schedule_end(conference)
        self.touch(conference)
        if fault == "enumerate-third-created-lost" and self.every("created", 3):
            conference.seen = self.information(conference)
        out = {"conferenceID": conference.id}
        if values["conferenceReference"]:
            out["conferenceReference"] = values["conferenceReference"]
        return out

    @method("flex.conference.destroy", "conferenceID!:s50 allowExitScreen:b")
    def conference_destroy(self, a: Dict, _user: User) -> None:
        c = self.conference(a)
        if c.terminating:
            if self.ways.destroy_again:
                return
            raise Fault(4, "conferenceID")
        if self.fault == "destroy-fourth-not-done" and self.every("destroy", 4):
            return
        self.end(c, a.get("allowExitScreen", False))

    @method("flex.conference.modify", "conferenceID!:s50 participantMediaResources:@media " + " ".join(f"{name}:{kind}" for name, (kind, _, _) in SETTINGS.items())
            + " URIs:[@uri]2 callAttributes:@attributes metadata:x512 " + " ".join(f"{name}:i0.. {name}Unlimited:b" for name in PAIRS))
    def conference_modify(self, a: Dict, _user: User) -> None:
        fault = self.fault
        c = self.conference(a)
        limits, given = dict(c.limits), set(c.limits_given)
        self.pairs(a, limits, given)
        length, most = limits["duration"], limits["maxParticipants"]
        if "duration" in a and length is not None and c.active and c.start + length < self.now() and fault != "duration-past-ok":
            raise Fault(self.ways.end_code, "duration")
        if "maxParticipants" in a and most is not None and most < len(c.participants) and fault != "limit-below-active-ok":
            raise Fault(self.ways.limit_active, "maxParticipants")
        if self.ways.limit_lower and "conferenceMediaCredits" in a and a["conferenceMediaCredits"] < c.figures[6]:
            raise Fault(self.ways.limit_lower, "conferenceMediaCredits")
        media = self.media_in(a["participantMediaResources"], "participantMediaResources", c.media) if "participantMediaResources" in a else None
        attributes = self.attributes_in(a["callAttributes"], c.attributes, True) if "callAttributes" in a else None
        uris = self.uris_in(a["URIs"], c, c.start, length) if "URIs" in a else None
        if "duration" in a and fault == "duration-from-modification" and c.active and length is not None:
            limits["duration"] = length + int(self.now() - c.start)
        c.limits, c.limits_given = limits, given
        if media is not None:
            c.media = media
        if attributes is not None:
            if fault == "attributes-change-existing":
                for p in c.participants.values():
                    p.attributes = {**p.attributes, **a["callAttributes"]}
                    self.touch(c, p)
            c.attributes = attributes
        if uris is not None and not (fault == "modify-empty-uris-kept" and not uris):
            c.uris = (c.uris + uris)[-2:] if fault == "modify-uris-appended" else uris
            if fault == "modify-uri-pin-kept":
                for old, new in zip(self.last_uris.get(c.id, []), c.uris):
                    new.setdefault("PIN", old.get("PIN", ""))
        if fault == "modify-uri-pin-kept":
            self.last_uris[c.id] = c.uris
        if "metadata" in a:
            c.metadata = a["metadata"]
            if fault == "metadata-shared":
                for other in self.conferences.values():
                    if other.metadata:
                        other.metadata = a["metadata"]
        for name in SETTINGS:
            if name in a:
                if fault == "modify-guest-control-lost" and name == "guestControlLevel":
                    continue
                if fault == "modify-false-ignored" and a[name] is False:
                    continue
                if fault == "modify-empty-ignored" and a[name] == "":
                    continue
                if fault == "modify-exit-message-cut" and name == "customConferenceEndedExitMessage":
                    a[name] = a[name][:100]
                c.values[name] = a[name]
                c.given.add(name)
        if fault == "modify-resets-voice" and "voiceSwitchingSensitivity" not in a:
            c.values["voiceSwitchingSensitivity"] = 60
        if fault == "modify-name-clears-reference" and "conferenceName" in a and "conferenceReference" not in a:
            c.values["conferenceReference"] = ""
        if fault == "modify-media-resets-attributes" and media is not None:
            c.attributes = {name: default for name, (_, default) in ATTRIBUTES.items()}
        if fault == "modify-unlocks" and "locked" not in a:
            c.values["locked"] = False
        if "duration" in a or "durationUnlimited" in a:
            self.schedule_end(c)
        self.touch(c)

    last_uris: dict[str, list[Dict]] = {}

    @method("flex.conference.query", "conferenceID!:s50")
    def conference_query(self, a: Dict, _user: User) -> Dict:
        c = self.conference(a)
        fault = self.fault
        out: Dict = {"conferenceID": c.id}
        uris = []
        for entry in c.uris:
            made = {"URI": entry["URI"], "callBandwidth": entry.get("callBandwidth", 0)}
            if entry.get("PIN") or self.ways.pin_empty:
                made["PIN"] = entry.get("PIN", "")
            full = self.ways.uri_members == "full"
            if "callAttributes" in entry or full:
                made["callAttributes"] = self.attributes_out({**c.attributes, **entry.get("callAttributes", {})} if full else entry["callAttributes"])
            if "participantMediaResources" in entry or full:
                made["participantMediaResources"] = self.media_out(entry.get("participantMediaResources", c.media))
            uris.append(made)
        if uris or self.ways.empties == "keep":
            out["URIs"] = uris
        for name in ("conferenceReference", "conferenceName", "conferenceDescription"):
            if c.values[name]:
                out[name] = c.values[name]
        for name in PAIRS:
            value = c.limits[name]
            if value is None:
                if self.ways.unlimited_default == "true" or name in c.limits_given:
                    out[name + "Unlimited"] = True
                if fault == "unlimited-both-returned":
                    out[name] = 0
            else:
                out[name] = value
                if fault == "unlimited-false-returned":
                    out[name + "Unlimited"] = False
        if c.values["billingCode"]:
            out["billingCode"] = c.values["billingCode"]
        for name, (_, _, when) in SETTINGS.items():
            if when == "e":
                continue
            if when == "u" and name not in c.given and not self.ways.use_defaults:
                continue
            if c.values[name] == "" and self.ways.empties == "drop":
                continue
            out[name] = c.values[name]
        for name in ONCE:
            if name == "resourceOptimizationMode":
                if self.ways.mode_in_query:
                    out[name] = c.values[name]
            elif name in c.given or self.ways.use_defaults:
                out[name] = c.values[name]
        left = max(0, math.ceil(c.start - self.now()))
        out["startTime"] = c.start_given if self.ways.start_shown == "configured" else left
        out["callAttributes"] = self.attributes_out(c.attributes)
        out["participantMediaResources"] = self.media_out(c.media)
        out["hasMetadata"] = bool(c.metadata) or fault == "metadata-always-told"
        return out

    @method("flex.conference.getMetadata", "conferenceID!:s50")
    def conference_metadata(self, a: Dict, _user: User) -> Dict:
        c = self.conference(a)
        return {"metadata": c.metadata[::-1] if self.fault == "metadata-reversed" else c.metadata}

    @method("flex.conference.status", "conferenceID!:s50")
    def conference_status(self, a: Dict, _user: User) -> Dict:
        c = self.conference(a)
        if self.fault == "count-keeps-destroyed":
            info = c.seen
        else:
            info = self.information(c)
        passed = c.start - self.now()
        start = math.floor(passed) if self.ways.status_start == "floor" else int(passed)
        if self.fault == "status-start-unsigned":
            start = abs(start)
        joined = [call for p in c.participants.values() for call in p.joined]
        out: Dict = {"conferenceID": c.id, "locked": c.values["locked"], "numParticipants": info["numParticipants"],
                     "numScreens": sum(3 if call.behaviour == "multiscreen" else (0 if call.behaviour == "audio" else 1) for call in joined),
                     "configuredMediaTokens": sum(c.figures[:3]), "configuredMediaCredits": c.figures[6], "startTime": start, "active": c.active}
        if c.presenter and self.fault != "presenter-missing":
            out["presenterID"] = c.presenter
        if c.values["conferenceReference"]:
            out["conferenceReference"] = c.values["conferenceReference"]
        length = c.limits["duration"]
        if length is not None:
            out["endTime"] = max(0, math.ceil(passed + length))
            if self.fault == "status-end-total":
                out["endTime"] = length
        elif self.fault == "status-end-unlimited":
            out["endTime"] = 0
        if self.ways.experimental:
            out |= {"conferenceCreditsAllocated": c.figures[7], "conferenceCreditsRequired": c.figures[7], "conferenceCreditsUsed": c.figures[7]}
        if self.fault == "status-lock-stale":
            out["locked"] = c.values["-locked"]
        return out

    @method("flex.conference.enumerate", MANY)
    def conference_enumerate(self, a: Dict, _user: User) -> Dict:
        stale = self.fault == "enumerate-stale"

        def show(c: Conference) -> Dict:
            if stale:
                c.values.setdefault("-first", dict(c.seen))
                return {**c.seen, "locked": c.values["-first"]["locked"], "numParticipants": c.values["-first"]["numParticipants"]}
            return c.seen

        page, more, cookie = self.listing("flex.conference.enumerate", "conference", a, self.conferences.values(), show)
        out = {"moreAvailable": more, "cookie": cookie, "conferences": page}
        if self.ways.experimental:
            out |= {"conferenceCreditsAllocated": 0, "conferenceCreditsRequired": 0, "conferenceCreditsUsed": 0}
        return out

    @method("flex.conference.deletions.enumerate", MANY)
    def conference_deletions(self, a: Dict, _user: User) -> Dict:
        page, more, cookie, _ = self.departures("conference", a)
        out: Dict = {"moreAvailable": more, "cookie": cookie}
        if page or self.ways.empties == "keep":
            out["conferenceIDs"] = [one for one, _ in page]
        return out

    @method("flex.conference.sendUserMessage", "conferenceID!:s50 message!:s100 duration:i0..")
    def conference_message(self, a: Dict, _user: User) -> None:
        self.conference(a)

    @method("flex.conference.sendWarning", "conferenceID!:s50 secondsRemaining:i0..")
    def conference_warning(self, a: Dict, _user: User) -> None:
        c = self.conference(a)
        if "secondsRemaining" not in a and c.limits["duration"] is not None and self.ways.warning_finite:
            raise Fault(self.ways.warning_finite, "secondsRemaining")
        if "secondsRemaining" not in a and self.fault == "warning-no-default":
            raise Fault(101, "secondsRemaining")
        if self.fault == "warning-ends-conference" and "secondsRemaining" in a:
            self.later(a["secondsRemaining"], lambda: self.end(c, False))

    # methods: participants

    def call_slots(self, given: list[Dict], c: Conference) -> list[Dict]:
        fault = self.fault
        if not given and fault != "calls-none-ok":
            raise Fault(self.ways.array_empty, "calls")
        taken: set[str] = set()
        for at, slot in enumerate(given):
            path = f"calls[{at}]."
            if "URI" in slot and "remoteAddress" in slot:
                if fault != "call-both-kinds-ok":
                    raise Fault(self.ways.call_kind, path + "URI")
                slot.pop("URI")
            if "URI" not in slot and "remoteAddress" not in slot:
                raise Fault(self.ways.no_call_kind, path + "remoteAddress")
            if "remoteAddress" in slot and "protocol" not in slot:
                if fault != "missing-protocol-ok":
                    raise Fault(101, path + "protocol")
                slot["protocol"] = "sip"
            if "URI" in slot:
                self.uri_characters(slot["URI"], path + "URI")
                if fault == "uri-participant-duplicate-ok":
                    continue
                used = slot["URI"] in taken or any(self.same(slot["URI"], one["URI"]) for other in self.participants.values() for one in other.slots if "URI" in one) or any(
                    self.same(slot["URI"], one["URI"]) for other in self.conferences.values() for one in other.uris)
                if used:
                    raise Fault(18, path + "URI")
                taken.add(slot["URI"])
        return given

    @method("flex.participant.create", "conferenceID!:s50 calls!:[@call]4 participantReference:s50 PIN:s40 PINs:[@pin]2 callAttributes:@attributes participantMediaResources:@media"
            " camerasCrossed:b audioIndex:i0.. contentIndex:i0.. displayName:s80 dtmf:s127 callerName:s80 callerAddress:s80 cascadeRole:eCascade")
    def participant_create(self, a: Dict, _user: User) -> Dict:
        fault = self.fault
        if self.shut != "notShutdown" and fault != "shut-down-creates":
            raise Fault(207)
        c = self.conference(a)
        slots = self.call_slots(a["calls"], c)
        outgoing = all("remoteAddress" in slot for slot in slots)
        if len(slots) > 1:
            for name in ("audioIndex", "contentIndex"):
                if a.get(name, 0) >= len(slots) and fault != f"{name.lower()[:-5]}-index-outside-ok":
                    raise Fault(self.ways.index_code, name)
        if len(slots) > 1 and a.get("cascadeRole", "cascadeNone") != "cascadeNone" and fault != "cascade-two-calls-ok":
            raise Fault(self.ways.cascade_code, "cascadeRole")
        if outgoing and a.get("PIN") and fault != "pin-all-outgoing-ok":
            raise Fault(102, "PIN")
        if outgoing and a.get("PINs") and self.ways.pins_outgoing and fault != "pin-all-outgoing-ok":
            raise Fault(self.ways.pins_outgoing, "PINs")
        if "PIN" in a and "PINs" in a and self.ways.pin_both:
            raise Fault(self.ways.pin_both, "PIN")
        if self.ways.numeric_pin:
            for name, pin in [("PIN", a.get("PIN", "")), *(("PINs", one.get("PIN", "")) for one in a.get("PINs", []))]:
                if not re.fullmatch("[0-9]*", pin):
                    raise Fault(102, name)
        self.dtmf_in(a.get("dtmf", ""))
        media = self.media_in(a["participantMediaResources"], "participantMediaResources", None, True) if "participantMediaResources" in a else dict(c.media)
        if fault == "media-of-participant-ignored":
            media = dict(c.media)
        if fault == "media-credits-inherited-wrong" and "participantMediaResources" not in a:
            media["numMediaCredits"] = media["sent"] = LEVELS[-1]
        base = c.attributes
        if fault == "attributes-defaults-not-conference":
            base = {name: default for name, (_, default) in ATTRIBUTES.items()}
        attributes = self.attributes_in(a.get("callAttributes", {}), base)
        if fault == "attributes-conference-wins":
            attributes = {**attributes, **{name: c.attributes[name] for name in ("audioTransmitGain", "packetLossThreshold", "displaySelfView")}}
        if len(slots) > 1 and fault != "attributes-several-calls-main":
            attributes["videoTxPresentationMainVideoAllowed"] = False
        most = c.limits["maxParticipants"]
        if len(self.participants) >= MAX_PARTICIPANTS or len(c.participants) >= MAX_PER_CONFERENCE:
            raise Fault(7)
        if most is not None and len(c.participants) >= most and self.ways.max_when == "create" and fault != "limit-of-participants-ignored":
            raise Fault(self.ways.max_code)
        rest = {name: a[name] for name in ("PIN", "PINs", "displayName", "callerName", "callerAddress") if name in a}
        rest["cascadeRole"] = a.get("cascadeRole", "cascadeNone")
        zero = len(slots) == 1 and self.ways.single_index == "zero"
        rest["camerasCrossed"] = False if zero else a.get("camerasCrossed", False)
        for name in ("audioIndex", "contentIndex"):
            rest[name] = 0 if zero or (fault == "content-index-lost" and name == "contentIndex") else a.get(name, 0)
        rest["dtmf"] = a.get("dtmf", "") if self.ways.dtmf_stored == "sent" else "".join(char for char in a.get("dtmf", "") if char in "*#0123456789ABCD,")
        if fault == "store-caller-name-lost":
            rest.pop("callerName", None)
        if fault == "store-dtmf-commas-lost":
            rest["dtmf"] = rest["dtmf"].replace(",", "")
        p = Participant(self.new_id(), c, a.get("participantReference", ""), slots, attributes, media, rest, [None] * len(slots))
        p.mute = dict.fromkeys(("audioRxMute", "videoRxMute", "audioTxMute", "videoTxMute"), False)
        self.participants[p.id] = p
        c.participants[p.id] = p
        self.touch(c, p)
        self.place(p)
        if fault == "enumerate-third-participant-lost" and self.every("person", 3):
            p.seen = {"participant": self.basic(p), "advanced": self.advanced(p), "media": self.media_info(p, True)}
        out = {"participantID": p.id}
        if p.reference:
            out["participantReference"] = p.reference
        return out

    def dtmf_in(self, text: str) -> None:
        if not text.isascii() and self.fault != "dtmf-not-ascii-ok":
            raise Fault(self.ways.nonascii, "dtmf")
        if self.fault == "dtmf-others-refused" and not re.fullmatch(r"[*#0-9A-D,]*", text):
            raise Fault(102, "dtmf")
        if self.fault == "dtmf-letters-refused" and re.search("[A-D]", text):
            raise Fault(102, "dtmf")

    @method("flex.participant.destroy", "participantID!:s50 allowExitScreen:b")
    def participant_destroy(self, a: Dict, _user: User) -> None:
        p = self.participant(a)
        if self.fault == "destroy-takes-all" and len(p.conference.participants) > 2:
            self.remove(next(one for one in p.conference.participants.values() if one is not p), "destroyed")
        if a.get("allowExitScreen") and p.conference.values["exitScreen"] and self.ways.exit_lobby and p.joined and not p.leaving:
            p.leaving = True
            for call in p.joined:
                call.joining = "disconnecting"
            self.touch(p.conference, p)
            self.later(self.ways.exit_lobby, lambda: self.remove(p, "destroyed") if p.id in self.participants else None)
            return
        self.remove(p, "destroyed")

    @method("flex.participant.modify", "participantID!:s50 displayName:s80 callAttributes:@attributes participantMediaResources:@media")
    def participant_modify(self, a: Dict, _user: User) -> None:
        p = self.participant(a)
        fault = self.fault
        media = self.media_in(a["participantMediaResources"], "participantMediaResources", p.media, True) if "participantMediaResources" in a else None
        attributes = self.attributes_in(a["callAttributes"], p.attributes, True) if "callAttributes" in a else None
        if media is not None:
            p.media = media
        if attributes is not None:
            if len(p.slots) > 1 and fault != "attributes-several-calls-main":
                attributes["videoTxPresentationMainVideoAllowed"] = False
            p.attributes = attributes
            if fault == "attributes-leak-to-conference":
                p.conference.attributes = {**p.conference.attributes, **a["callAttributes"]}
        if "displayName" in a:
            p.rest["displayName"] = a["displayName"]
        elif fault == "modify-clears-display-name":
            p.rest["displayName"] = ""
        self.touch(p.conference, p)

    @method("flex.participant.query", "participantID!:s50")
    def participant_query(self, a: Dict, _user: User) -> Dict:
        p = self.participant(a)
        rest, ways = p.rest, self.ways
        out: Dict = {"participantID": p.id, "conferenceID": p.conference.id}
        pin, pins = rest.get("PIN", ""), rest.get("PINs", [])
        pins = [{"PIN": one.get("PIN", ""), **({"callAttributes": self.attributes_out(one["callAttributes"])} if "callAttributes" in one else {})} for one in pins]
        if ways.pin_kinds == "both":
            pin = pin or (pins[0]["PIN"] if pins else "")
            pins = pins or ([{"PIN": pin}] if pin else [])
        if self.fault == "pins-second-lost":
            pins = pins[:1]
        if pin or (ways.pin_empty and any("URI" in slot for slot in p.slots)):
            out["PIN"] = pin
        if pins or (ways.empties == "keep" and any("URI" in slot for slot in p.slots)):
            out["PINs"] = pins
        out["callAttributes"] = self.attributes_out(p.attributes, self.level(p))
        out["participantMediaResources"] = self.media_out(p.media)
        calls = []
        for slot in p.slots:
            made = dict(slot)
            if "URI" in made and ways.calls_default:
                made.setdefault("disconnectOnIncoming", False)
            calls.append(made)
        if self.fault == "query-calls-backwards":
            calls.reverse()
        out |= {"calls": calls, "camerasCrossed": rest["camerasCrossed"], "audioIndex": rest["audioIndex"], "contentIndex": rest["contentIndex"], "cascadeRole": rest["cascadeRole"]}
        if p.reference:
            out["participantReference"] = p.reference
        if rest.get("displayName"):
            out["displayName"] = rest["displayName"]
        if rest["dtmf"] or ways.empties == "keep":
            out["dtmf"] = rest["dtmf"]
        for name in ("callerName", "callerAddress"):
            if rest.get(name):
                out[name] = rest[name]
        return out

    def kind(self, p: Participant) -> str:
        if p.rest["cascadeRole"] != "cascadeNone":
            return "Cascade"
        if len(p.slots) > 1:
            return f"Group of {len(p.slots)} endpoints"
        if any(call.behaviour == "multiscreen" for call in p.joined):
            return "SIP three screen telepresence"
        return "Standard" if p.joined or not p.outgoing else "Unknown"

    @method("flex.participant.status", "participantID!:s50")
    def participant_status(self, a: Dict, _user: User) -> Dict:
        p = self.participant(a)
        out: Dict = {"participantID": p.id}
        if p.reference:
            out["participantReference"] = p.reference
        out |= {"conferenceID": p.conference.id, "accessLevel": self.level(p), "participantType": self.kind(p), "participantMediaInfo": self.media_info(p), "important": p.important}
        calls = [self.call_status(p, call, False) if call and (call.state != "callStateFailed" or not p.outgoing) else {} for call in p.calls]
        if self.fault == "calls-absent-left-out":
            calls = [call for call in calls if call]
        out["calls"] = calls
        mute = dict(p.mute)
        if self.fault == "mute-status-swapped":
            mute["audioTxMute"], mute["videoRxMute"] = mute["videoRxMute"], mute["audioTxMute"]
        out |= mute
        name = self.display(p)
        if name:
            out["displayName"] = name
        if p.joined and (not p.mute["videoTxMute"] or self.fault == "layout-though-muted"):
            out["layout"] = self.layout(p)
        return out

    @method("flex.participant.setMute", "participantID!:s50 audioRxMute:b videoRxMute:b audioTxMute:b videoTxMute:b")
    def participant_mute(self, a: Dict, _user: User) -> None:
        p = self.participant(a)
        if not p.joined and self.ways.mute_idle:
            raise Fault(self.ways.mute_idle)
        given = {name: value for name, value in a.items() if name.endswith("Mute")}
        fault = self.fault
        if fault == "mute-resets-others":
            p.mute = dict.fromkeys(p.mute, False)
        if fault == "mute-audio-both-ways" and "audioRxMute" in given:
            given["audioTxMute"] = given["audioRxMute"]
        if fault == "mute-video-never":
            given.pop("videoTxMute", None)
        if fault == "mute-never-off":
            given = {name: value for name, value in given.items() if value}
        p.mute |= given
        if not p.ever:
            p.rest.setdefault("-muted", {}).update(given)
        if fault == "mute-neighbour":
            for other in p.conference.participants.values():
                other.mute |= given
                self.touch(p.conference, other)
        self.touch(p.conference, p)

    @method("flex.participant.setImportant", "participantID!:s50")
    def participant_important(self, a: Dict, _user: User) -> None:
        p = self.participant(a)
        for other in p.conference.participants.values():
            if self.fault != "important-two":
                other.important = False
        if self.fault == "important-across-conferences":
            for other in self.participants.values():
                other.important = False
                self.touch(other.conference, other)
        p.important = self.fault != "important-only-with-calls" or bool(p.joined)
        self.touch(p.conference, p)

    @method("flex.participant.clearImportant", "participantID!:s50")
    def participant_unimportant(self, a: Dict, _user: User) -> None:
        p = self.participant(a)
        if not p.important and self.ways.important_clear:
            raise Fault(self.ways.important_clear)
        if self.fault == "important-cleared-by-any":
            for other in p.conference.participants.values():
                other.important = False
        if self.fault != "important-not-cleared":
            p.important = False
        self.touch(p.conference, p)

    @method("flex.participant.sendDTMF", "participantID!:s50 dtmf!:s127")
    def participant_dtmf(self, a: Dict, _user: User) -> None:
        p = self.participant(a)
        self.dtmf_in(a.get("dtmf", ""))
        at = p.rest["audioIndex"] if p.rest["audioIndex"] < len(p.slots) else 0
        call = p.calls[at]
        if (not call or call.state != "callStateConnected") and self.fault != "dtmf-without-call-ok":
            raise Fault(56, "", self.ways.no_call_text)

    @method("flex.participant.sendUserMessage", "participantID!:s50 message!:s100 duration:i0..")
    def participant_message(self, a: Dict, _user: User) -> None:
        p = self.participant(a)
        if not p.joined and self.ways.message_idle:
            raise Fault(self.ways.message_idle)

    @method("flex.participant.call.disconnect", "participantID!:s50 position!:i0..")
    def participant_disconnect(self, a: Dict, _user: User) -> None:
        p = self.participant(a)
        position = a["position"]
        if position >= len(p.slots):
            raise Fault(self.ways.disconnect_position, "position")
        if "remoteAddress" in p.slots[position]:
            if self.fault == "disconnect-outgoing-ok":
                for call in list(p.live):
                    self.hang_up(p, call)
                self.touch(p.conference, p)
                return
            raise Fault(self.ways.disconnect_code, "position")
        if p.calls[position] is None:
            if self.fault == "disconnect-absent-ok":
                return
            raise Fault(56, "", self.ways.no_call_text)
        self.drop(p)

    @method("flex.participant.enumerate", MANY + " conferenceID:s50")
    def participant_enumerate(self, a: Dict, _user: User) -> Dict:
        page, more, cookie = self.listing("flex.participant.enumerate", "participant", a, self.participants.values(), lambda p: p.seen["participant"])
        return {"moreAvailable": more, "cookie": cookie, "participants": page}

    @method("flex.participant.advanced.enumerate", MANY + " conferenceID:s50")
    def participant_advanced(self, a: Dict, _user: User) -> Dict:
        page, more, cookie = self.listing("flex.participant.advanced.enumerate", "advanced", a, self.participants.values(), lambda p: p.seen["advanced"])
        return {"moreAvailable": more, "cookie": cookie, "participants": page}

    @method("flex.participant.media.enumerate", MANY + " conferenceID:s50")
    def participant_media(self, a: Dict, _user: User) -> Dict:
        page, more, cookie = self.listing("flex.participant.media.enumerate", "media", a, self.participants.values(), lambda p: p.seen["media"])
        return {"moreAvailable": more, "cookie": cookie, "participantMediaInfo": page}

    @method("flex.participant.deletions.enumerate", MANY + " conferenceID:s50 extended:b")
    def participant_deletions(self, a: Dict, _user: User) -> Dict:
        page, more, cookie, extended = self.departures("participant", a)
        out: Dict = {"moreAvailable": more, "cookie": cookie}
        if self.fault == "deletions-both-arrays":
            out["participantIDs"] = [one for one, _ in page]
        if page or self.ways.empties == "keep":
            if extended:
                out["IDs"] = [{"participantID": one, "conferenceID": one if self.fault == "deletions-extended-conference" else where} for one, where in page]
            else:
                out["participantIDs"] = [one for one, _ in page]
        return out

    @method("flex.call.status", "callID!:s50")
    def call_query(self, a: Dict, _user: User) -> Dict:
        found = self.calls.get(a["callID"])
        if found is None:
            raise Fault(self.ways.call_code, "callID", "no such call")
        return self.call_status(*found, True)

    # previews and diagnostics

    def pending(self, kind: str) -> None:
        together = "preview" if self.ways.pending_together else kind
        if self.posting[together] >= 10 and self.fault != f"{kind}-eleventh-ok":
            raise Fault(203)
        self.posting[together] += 1

    def asynchronous(self, kind: str, uri: str, name: str, payload: Callable[[], Dict]) -> None:
        early = payload()

        async def work() -> None:
            try:
                await asyncio.sleep(max(0.005, self.ways.async_delay / self.scale))
                body = self.notices.call(name, payload() if early["participantID"] in self.participants else early)
                if self.fault == "asynchronous-fourth-lost" and self.every("asynchronous", 4):
                    return
                await self.post(uri, body, 15.0)
                if self.fault == "asynchronous-twice":
                    await self.post(uri, body, 15.0)
            finally:
                self.posting["preview" if self.ways.pending_together else kind] -= 1
        self.spawn(work())

    def receiver_uri(self, uri: str, name: str, always: bool = False) -> str:
        try:
            parts = urlsplit(uri)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0) and " " not in uri
        except ValueError:
            good = False
        if not good and (always or self.ways.uri_checked) and self.fault != "preview-any-uri-ok":
            raise Fault(102, name)
        return uri

    def source_in(self, a: Dict) -> str:
        text = a.get("sourceIdentifier", "")
        if not text.isascii() and self.fault != "source-not-ascii-ok":
            raise Fault(self.ways.nonascii, "sourceIdentifier")
        return text

    @method("flex.participant.requestDiagnostics", "participantID!:s50 receiverURI!:s255 sourceIdentifier:s255")
    def participant_diagnostics(self, a: Dict, _user: User) -> None:
        p = self.participant(a)
        uri = self.receiver_uri(a["receiverURI"], "receiverURI")
        source = self.source_in(a)
        if not p.joined and self.fault != "diagnostics-without-call-ok":
            raise Fault(56, "", self.ways.no_call_text)
        self.pending("diagnostics")
        self.asynchronous("diagnostics", uri, "participantDiagnosticsResponse", lambda: self.diagnostics(p, source))

    def diagnostics(self, p: Participant, source: str) -> Dict:
        fault = self.fault
        joined = p.joined
        audio = bool(joined) and all(call.behaviour == "audio" for call in joined)
        screens = 0 if audio else sum(3 if call.behaviour == "multiscreen" else 1 for call in joined)
        ago = max([0.0, *(self.now() - call.connected for call in joined)])
        packets, secure = int(ago * 50), p.attributes["encryption"] != "forbidden" and self.has_encryption()
        clear = {"clearPathOverhead": 25, "clearPathRecovered": 3} if self.ways.clear_path else {}
        ltrf: Dict = {"clearPathLTRF": True} if clear else {}
        repaired: Dict = {"clearPathLTRFRepaired": 1} if clear else {}
        rx_muted, tx_muted = p.mute["audioRxMute"], p.mute["audioTxMute"]
        if fault == "diagnostics-mute-wrong":
            rx_muted = False
        sound = {"codec": "AAC-LD", "encrypted": secure, "channelBitRate": 64000}
        received = {"packetsReceived": packets, "packetErrors": 0, "packetsMissing": 2, "framesReceived": packets, "frameErrors": 0}
        picture: Dict = {"streamType": "transcoded", "codec": "H.264", "height": 720, "width": 1280, "encrypted": secure, "channelBitRate": 2000000}
        expected = {"expectedBitRate": 2000000, "expectedBitRateReason": "notLimited", "actualBitRate": 1900000, "jitter": 3, "packetsReceived": packets * 4,
                    "packetErrors": 0, "framesReceived": packets // 2, "frameErrors": 0, "frameRate": 30, "fastUpdateRequestsSent": 1}
        configured = {"configuredBitRate": 2000000, "configuredBitRateReason": "notLimited", "actualBitRate": 1900000, "packetsSent": packets * 4, "frameRate": 30,
                      "fastUpdateRequestsReceived": 1}
        presenting, watching = p.conference.presenter == p.id, p.conference.presenter not in ("", p.id) and not audio
        out: Dict = {"participantID": p.id, "sourceIdentifier": source or self.mac(),
                     "audioRx": [{**sound, "jitter": 4, "energy": -40, **received, "muted": rx_muted, **clear} for _ in joined[:1]],
                     "audioTx": [{**sound, "packetsSent": packets, "muted": tx_muted, "packetsLost": 0, **clear} for _ in joined[:1]],
                     "auxiliaryAudioRx": [{**sound, "jitter": 4, "energy": -60, **received, "muted": False} for _ in joined[:1] if presenting],
                     "auxiliaryAudioTx": [{**sound, "packetsSent": packets, "muted": False} for _ in joined[:1] if watching],
                     "videoRx": [{**picture, **expected, "muted": p.mute["videoRxMute"], **clear, **repaired} for _ in range(screens)],
                     "videoTx": [{**picture, **configured, "muted": p.mute["videoTxMute"], "packetsLost": 1, **clear, **ltrf} for _ in range(screens)],
                     "contentVideoRx": [{**picture, **expected, **clear, **repaired} for _ in joined[:1] if presenting],
                     "contentVideoTx": [{**picture, **configured, "packetsLost": 0, **clear, **ltrf} for _ in joined[:1] if watching]}
        if fault == "diagnostics-no-video-array":
            del out["videoTx"]
        elif fault == "diagnostics-source-lost":
            out["sourceIdentifier"] = self.mac()
        elif fault == "diagnostics-other-participant":
            out["participantID"] = next((one for one in self.participants if one != p.id), p.id)
        elif fault == "diagnostics-flat-stream":
            out["audioRx"] = out["audioRx"][0] if out["audioRx"] else {}
        elif fault == "diagnostics-reason-unknown":
            for one in out["videoRx"]:
                one["expectedBitRateReason"] = "unlimited"
        elif fault == "diagnostics-no-codec":
            for one in out["audioTx"]:
                del one["codec"]
        elif fault == "diagnostics-content-multistream":
            for one in [*out["contentVideoRx"], *out["contentVideoTx"]]:
                one["streamType"] = "multistream"
        if self.ways.empties == "drop":
            out = {name: value for name, value in out.items() if value != []}
        return out

    def screens(self, p: Participant) -> int:
        if len(p.slots) > 1:
            return len(p.slots)
        return 3 if any(call.behaviour == "multiscreen" for call in p.joined) else 1

    @method("flex.participant.requestPreview", "participantID!:s50 receiverURI!:s255 streams!:[@stream]99 sourceIdentifier:s255")
    def participant_preview(self, a: Dict, _user: User) -> None:
        p = self.participant(a)
        fault = self.fault
        uri = self.receiver_uri(a["receiverURI"], "receiverURI", True)
        source = self.source_in(a)
        if not a["streams"] and fault != "preview-no-streams-ok":
            raise Fault(102, "streams")
        if len(a["streams"]) > self.ways.streams_max:
            raise Fault(self.ways.too_many, "streams")
        for at, one in enumerate(a["streams"]):
            if one.get("streamIdentifier") == "extendedVideo":
                continue
            if "position" not in one:
                if fault == "preview-position-optional":
                    one["position"] = 0
                    continue
                raise Fault(101, f"streams[{at}].position")
            if one["position"] >= self.screens(p) and fault != "preview-position-any":
                raise Fault(102, f"streams[{at}].position")
        if not p.joined and fault != "preview-without-call-ok":
            raise Fault(56, "", self.ways.no_call_text)
        for one in a["streams"]:
            position = one.get("position", 0)
            if len(p.slots) > 1 and position < len(p.slots) and one.get("streamIdentifier") != "extendedVideo":
                call = p.calls[position]
                if not call or call.state != "callStateConnected":
                    raise Fault(56, "", self.ways.no_call_text)
        self.pending("preview")
        self.asynchronous("preview", uri, "participantPreviewResponse", lambda: self.preview(p, a["streams"], source))

    def preview(self, p: Participant, streams: list[Dict], source: str) -> Dict:
        fault = self.fault
        shown = []
        for at, one in enumerate(streams):
            extended = one.get("streamIdentifier") == "extendedVideo"
            presenter = p.conference.presenter
            audio = bool(p.joined) and all(call.behaviour == "audio" for call in p.joined)
            status, direction = "ok", "rx" if one.get("streamIdentifier") == "rxMainVideo" else "tx"
            if extended:
                direction = "rx" if presenter == p.id else "tx"
                if not presenter:
                    status = "noCurrentPresentation"
                elif presenter != p.id and not p.attributes["videoTxPresentationAllowed"] and not audio:
                    status = "contentInMain"
            if audio and not (extended and status == "noCurrentPresentation"):
                status = "audioOnly"
            if fault == "preview-always-ok":
                status = "ok"
            if fault == "preview-content-status-in-main" and not extended and audio:
                status = "noCurrentPresentation"
            if fault == "preview-direction-swapped":
                direction = "tx" if direction == "rx" else "rx"
            width, height = min(one.get("maxWidth", 88), 176), min(one.get("maxHeight", 72), 144)
            if fault == "preview-wide":
                width = one.get("maxWidth", 88) + 24
            elif fault == "preview-size-ignored":
                width, height = 176, 144
            elif fault == "preview-height-of-width":
                height = width
            elif self.ways.preview_fit == "aspect":
                width, height = (width, max(8, width * 9 // 16)) if width * 9 <= height * 16 else (max(8, height * 16 // 9), height)
            made: Dict = {"status": status, "direction": direction, "context": "extended" if extended and fault != "preview-context-main" else "main",
                          "position": 0 if fault == "preview-position-zero" else one.get("position", 0)}
            if status == "ok":
                made["preview"] = jpeg(width, height, at * 40)
                if fault == "preview-not-jpeg":
                    made["preview"] = b"GIF89a" + made["preview"]
                elif fault == "preview-cut":
                    made["preview"] = made["preview"][:len(made["preview"]) // 2]
                elif fault == "preview-as-text":
                    made["preview"] = base64.b64encode(made["preview"]).decode()
            elif not self.ways.preview_absent:
                made["preview"] = b""
            shown.append(made)
        if fault == "preview-last-lost" and len(shown) > 1:
            shown.pop()
        if fault == "preview-first-only":
            shown = shown[:1] * len(shown)
        return {"participantID": p.id, "sourceIdentifier": self.mac() if fault == "preview-source-lost" else source or self.mac(), "streams": shown}

    # resources

    @method("flex.resource.query")
    def resource_query(self, _a: Dict, _user: User) -> Dict:
        used = self.totals()[4]
        levels = [(120, 102400), (240, 230400), (480, 409920), (960, 921600), (1920, 2073600), (3840, 2073600)]
        video = [{"numMediaTokens": tokens, "maxVideoArea": area, "maxMBps": area * 30 // 256} for tokens, area in levels]
        ranges = list(reversed(LEVELS)) if self.fault == "ranges-backwards" else LEVELS
        return {"maxCalls": MAX_CALLS, "maxCallsPerParticipant": 4, "maxParticipants": MAX_PARTICIPANTS, "maxParticipantsPerConference": MAX_PER_CONFERENCE,
                "maxConferences": MAX_CONFERENCES, "maxMediaTokensPerChannel": 10080, "mediaTokensLimit": 4000000, "mediaTokensAvailable": max(0, 4000000 - used),
                "maxMediaCredits": 2000000, "mediaTokenLevelsMainVideo": video, "mediaTokenLevelsExtendedVideo": video[:5],
                "mediaTokenLevelsAudio": [{"numMediaTokens": 48, "stereo": False}, {"numMediaTokens": 96, "stereo": True}],
                "mediaCreditTokenRanges": [str(one) for one in ranges] if self.fault == "ranges-as-text" else list(ranges), "minCallBandwidth": 64000, "maxCallBandwidth": 6000000}

    @method("flex.resource.status")
    def resource_status(self, _a: Dict, _user: User) -> Dict:
        names = ("numCalls", "numParticipants", "numConferences", "configuredMediaTokens", "allocatedMediaTokens", "configuredMediaCredits", "allocatedMediaCredits")
        out: Dict = dict(zip(names, self.totals()))
        fault = self.fault
        if fault == "resources-never-less":
            for name in ("configuredMediaTokens", "configuredMediaCredits", "numParticipants"):
                self.ticks[name] = out[name] = max(out[name], self.ticks.get(name, 0))
        elif fault == "resources-tokens-of-credits":
            out["configuredMediaTokens"] = out["configuredMediaCredits"]
        elif fault == "resources-conferences-off":
            out["numConferences"] += 1
        elif fault == "resources-calls-of-participants":
            out["numCalls"] = out["numParticipants"]
        elif fault == "resources-defaults-only":
            out["configuredMediaTokens"] = sum(sum(c.media[kind][0] for kind in TOKEN_KINDS) * len(c.participants) for c in self.conferences.values())
        if self.ways.experimental:
            out |= {"conferenceCreditsAllocated": 0, "conferenceCreditsRequired": 0, "conferenceCreditsUsed": 0}
        return out

    def has_encryption(self) -> bool:
        return False


class Device(Conferencing):
    """Everything: administration, feedback configuration, the road from a request to its reply."""

    def __init__(self, personality: str, fault: str | None, seed: int, scale: float) -> None:
        super().__init__(personality, fault, seed, scale)
        ways = self.ways
        self.clock: Dict = {"ntpEnabled": False, "utcOffsetHours": 0, "utcOffsetMinutes": 0, "ntpHost": ""}
        password = DEFAULT_PASSWORD if ways.locked_out else "Tr0ub4dor&3"
        self.users = [User("admin", password, "administrator", "Administrator", True, ways.locked_out), User("scheduler", "api<only>1", "apiOnly", "Scheduling"),
                      User("retired", "nothing", "none", "Former Colleague"), User("operator", "0per@tor", "administrator", "")]
        now = self.now()
        self.features: list[Dict] = [{"feature": "TelePresence Server activation", "key": "1A2B3-C4D5E-ACTIV", "activation": True},
                                     {"feature": "Encryption", "key": "7F3E9-0D1C2-ENCRY"}, {"feature": "Third party interop", "key": "90AB1-55EE7-INTER"}]
        self.licences: list[Dict] = [{"license": "Screen licenses", "ports": 8, "key": "22CD4-77AA1-SCR08"}]
        self.addable: dict[str, Dict] = {"5BEEF-00DAD-CLUST": {"feature": "Cluster", "key": "5BEEF-00DAD-CLUST", "expiry": now + 90 * 86400},
                                         "6CAFE-11BAD-SCR04": {"license": "Screen licenses", "ports": 4, "key": "6CAFE-11BAD-SCR04"}}
        self.wrong_keys: list[float] = []
        self.refused_until = 0.0
        self.call_home: Dict = {"mode": "disabled", "automatic": False}
        self.syslog: list[str] = ["syslog.example.com"]
        self.facility = 1
        self.sip: Dict = {"callConfiguration": "callDirect", "outboundAddress": "", "outboundDomain": "", "username": "tps", "password": "sip-secret", "outboundTransport": "tcp",
                          "advertiseDualIPVersions": "disabled", "negotiateSRTPUsingSDES": "TLS only", "useLocalCertificate": False}
        table = [("HTTP", "tcp", True, 80), ("HTTPS", "tcp", True, 443), ("SIP", "tcp", True, 5060), ("SIP", "udp", False, 5060), ("SIPS", "tcp", True, 5061),
                 ("H.323", "tcp", True, 1720), ("FTP", "tcp", False, 21)]
        self.services: dict[tuple[str, str], list[Dict]] = {("A", version): [{"serviceName": name, "connectionType": kind, "setting": on, "portNumber": port} for name, kind, on, port in table]
                                                            for version in ("IPv4", "IPv6")}
        self.ports = [49152, 65535]
        self.port: Dict = {"ipv4Enabled": True, "dhcpv4": False, "ipv4Address": "198.51.100.15", "ipv4SubnetMask": "255.255.255.0", "defaultIpv4Gateway": "198.51.100.1",
                           "ipv6Enabled": False}
        self.dns: Dict = {"dnsConfiguration": "manual", "hostName": "birch", "nameServer": "198.51.100.2", "nameServerSecondary": "", "domainName": "example.com"}
        self.licence_mode = "trust" if ways.trust else "key"
        self.restarts: list[tuple[float, str]] = [(self.boot - 9e6, "Cold boot"), (self.boot - 3e6, "User requested upgrade"), (self.boot, "User requested reboot from web interface")]
        self.reservations: dict[str, Dict] = {}
        self.methods = {name: entry for name, entry in METHODS.items() if ways.reservations or not name.startswith("flex.reservation")}
        self.populate()

    # what is there at the start

    def populate(self) -> None:
        admin = self.users[0]

        def media(main: int, extended: int, audio: int, credits: int) -> Dict:
            return {"mediaTokensMainVideo": {"total": main}, "mediaTokensExtendedVideo": {"total": extended}, "mediaTokensAudio": {"total": audio}, "numMediaCredits": credits}

        for at in range(self.ways.cdr_fill // 9):
            for kind in ("conferenceStarted", "participantConnected", "participantJoined", "conferenceActive", "participantMediaSummary", "participantLeft",
                         "participantDisconnected", "conferenceInactive", "conferenceFinished"):
                self.log(kind, conferenceID=f"old-{at}")
        hold, self.fault = self.fault, ""
        first = self.conference_create({"participantMediaResources": media(1920, 960, 96, 3780), "conferenceName": "Board <room> & Küche", "conferenceReference": "board",
                                        "URIs": [{"URI": "boardroom", "callBandwidth": 2000000, "PIN": "2718"}, {"URI": "boardroom", "callBandwidth": 1000000,
                                                  "callAttributes": {"accessLevel": "guest"}}], "metadata": b"\0\1\2birch\xff"}, admin)["conferenceID"]
        second = self.conference_create({"participantMediaResources": media(960, 480, 48, 2600), "conferenceName": "Weekly", "billingCode": "B-17",
                                         "URIs": [{"URI": "weekly@example.com", "callBandwidth": 1500000}], "maxParticipants": 20}, admin)["conferenceID"]
        people = [
            {"conferenceID": first, "calls": [{"remoteAddress": "desk-eva@example.com", "protocol": "sip", "callBandwidth": 2000000}], "displayName": "Eva", "participantReference": "eva"},
            {"conferenceID": first, "calls": [{"remoteAddress": "wall-oslo@example.com", "protocol": "sip", "callBandwidth": 4000000}]},
            {"conferenceID": first, "calls": [{"URI": "seat.7", "callBandwidth": 1000000}], "PINs": [{"PIN": "31415"}, {"PIN": "92653", "callAttributes": {"accessLevel": "guest"}}],
             "participantReference": "seat"},
            {"conferenceID": first, "calls": [{"URI": "seat.8", "callBandwidth": 1000000}]}]
        made = [self.participant_create(one, admin)["participantID"] for one in people]
        for one in (0, 1, 2):
            p = self.participants[made[one]]
            if p.outgoing:
                for call in p.live:
                    call.state, call.connected, call.joining = "callStateConnected", self.now() - 200, "complete"
            else:
                call = Call(self.new_id(), 0, True, "guest@partner.example", "sip", 1000000, "callStateConnected", "complete", self.now() - 120, "chair")
                p.calls[0] = call
                self.calls[call.id] = (p, call)
            p.ever = True
        self.conferences[first].calls_seen = self.conferences[first].busy = True
        self.fault = hold
        self.settle()
        self.heap = []  # what was to ring is through
        self.first = (first, second, made)

    def fixtures(self) -> Dict:
        first, second, made = self.first
        return {"listener_host": "127.0.0.1", "listener_port": 0, "api_only_user": "scheduler", "api_only_password": "api<only>1", "disabled_user": "retired",
                "disabled_password": "nothing", "answering_addresses": ["desk-1@example.com", "room2.example.com", "alice@example.com", "bob@example.com"],
                "unanswered_addresses": ["absent-1@example.com", "absent-2@example.com"], "multiscreen_addresses": ["wall-1@example.com", "wall-2@example.com"],
                "audio_only_addresses": ["phone-1@example.com", "phone-2@example.com"], "presenting_addresses": ["slides-1@example.com", "slides-2@example.com"],
                "conference_ids": [first, second], "participant_ids": made, "conference_uris": ["boardroom", "weekly@example.com"],
                "addable_feature_keys": list(self.addable), "encryption_key": "7F3E9-0D1C2-ENCRY"}

    def has_encryption(self) -> bool:
        return any(one["feature"] == "Encryption" for one in self.features)

    # from a request to its reply

    def respond(self, body: bytes, link: Any) -> bytes | int:
        """The reply, or an HTTP status (0: close)."""
        fault, ways = self.fault, self.ways
        try:
            try:
                name, params = self.decoder.call(body)
            except Malformed:
                if ways.malformed.isdigit() and len(ways.malformed) < 3:
                    raise Fault(int(ways.malformed)) from None
                if ways.malformed == "close":
                    return 0
                return int(ways.malformed)
            found = self.methods.get(name)
            if found is None and fault == "method-case-folded":
                found = next((entry for key, entry in self.methods.items() if key.lower() == name.lower()), None)
            if found is None and ways.unknown_first:
                if fault == "method-unknown-ok":
                    return self.encoder.response({"status": "operation successful"})
                raise Fault(201 if fault == "method-unknown-failed" else 1)
            if not isinstance(params, dict):
                raise Fault(103)
            user = self.login(name, params, link)
            if found is None:
                raise Fault(1)
            function, fields = found
            if user.must_change and name not in ("user.modify", "user.enumerate"):
                raise Fault(15)
            self.hidden = ("authenticationUser" in params) + ("authenticationPassword" in params)
            taken = self.take(name, fields, params)
            reply = function(self, taken, user)
            if self.dirty or self.dirty_people or self.events:
                self.settle()
            if fault == "event-superfluous" and name == "flex.conference.query":
                self.tell(["flexConferenceEnum"])
            if reply is None:
                reply = {"status": "operation successful"}
                if fault == "status-words":
                    reply = {"status": "operation succeeded"}
                elif fault == "status-absent":
                    reply = {}
                elif fault == "status-beside":
                    reply["result"] = 0
                elif fault == "status-of-modify" and name.endswith(".modify"):
                    reply = {"status": "ok"}
            elif self.reply_fault and self.reply_fault[0] == name:
                self.reply_fault[1](reply)
            return self.encoder.response(reply)
        except (KeyError, TypeError, AttributeError, IndexError):
            if not fault:
                traceback.print_exc()
            return self.complain(Fault(34))
        except Fault as problem:
            if self.dirty or self.events:
                self.settle()
            return self.complain(problem)

    def complain(self, problem: Fault) -> bytes:
        fault, ways = self.fault, self.ways
        code, name = problem.code, problem.name
        if fault == "missing-as-invalid" and code == 101:
            code = 102
        elif fault == "missing-as-malformed" and code == 101:
            code = 103
        elif fault == "missing-nested-as-invalid" and code == 101 and "." in name:
            code = 102
        elif fault == "malformed-as-invalid" and code == 103:
            code = 102
        elif fault == "malformed-nested-as-missing" and code == 103 and "." in name:
            code = 101
        elif fault == "invalid-as-malformed" and code == 102 and not problem.text:
            code = 103
        elif fault == "invalid-as-failed" and code == 102 and not problem.text:
            code = 201
        text = problem.text or TEXTS.get(code, "fault")
        if name and ways.fault_name == "name":
            name = re.sub(r"\[\d+\]", "", name).rpartition(".")[2]
        if code in (101, 103):
            if fault == "missing-nameless" and code == 101 or fault == "malformed-nameless" and code == 103:
                name = ""
            if fault == "missing-names-parent" and code == 101 and "." in problem.name:
                name = problem.name.split(".")[0].split("[")[0]
            if fault == "missing-names-first" and code == 101:
                name = "conferenceID" if name != "conferenceID" else "participantID"
            if fault == "malformed-names-other" and code == 103:
                name = "authenticationUser"
            text += f": {name}" if name else ""
        elif ways.fault_prefix and name:
            text = f"{name}: {text}"
        if ways.fault_case == "upper":
            text = text.upper() if code not in (101, 103) else text.partition(":")[0].capitalize() + (":" + text.partition(":")[2] if ":" in text else "")
        elif ways.fault_case == "title":
            text = text[:1].upper() + text[1:]
        return self.encoder.fault_response(code, text)

    def login(self, name: str, params: Dict, link: Any) -> User:
        fault, ways = self.fault, self.ways
        if fault == "authentication-remembered" and link in self.links_known and "authenticationUser" not in params:
            return self.users[0]
        for one in ("authenticationUser", "authenticationPassword"):
            if one not in params:
                if fault == "authentication-password-optional" and one == "authenticationPassword":
                    continue
                raise Fault(ways.missing_auth, one)
            if type(params[one]) is not str:
                raise Fault(103, one)
        user_id, password = params["authenticationUser"], params.get("authenticationPassword", None)
        user = self.find(user_id)
        if user is None and fault == "user-destroyed-stays":
            user = next((one for one in self.dead_users if one.id == user_id), None)
        if user is None and fault == "user-renamed-old-id":
            user = next((one for one in self.users if user_id in one.old), None)
        if user is None:
            raise Fault(15 if fault == "authentication-as-privileges" else 14)
        good = password == user.password or password is None
        if fault == "authentication-any-password":
            good = True
        elif fault == "authentication-password-case":
            good = good or (password or "").lower() == user.password.lower()
        elif fault == "authentication-password-prefix":
            good = good or (password or "")[:6] == user.password[:6]
        elif fault == "authentication-password-empty-ok":
            good = good or password == ""
        elif fault == "user-old-password":
            good = good or password in user.old
        if not good:
            raise Fault(15 if fault == "authentication-as-privileges" else (201 if fault == "authentication-failed-code" else 14))
        if user.rights == "none" and fault != "user-none-may-call":
            raise Fault(ways.none_code)
        if user.rights == "apiOnly" and name.startswith("user.") and ways.api_only == "none":
            raise Fault(15)
        if fault == "user-apionly-refused" and user.rights == "apiOnly":
            raise Fault(15)
        self.links_known.add(link)
        return user

    dead_users: list[User] = []

    def find(self, user_id: str) -> User | None:
        for one in self.users:
            if one.id == user_id or (self.ways.user_fold and one.id.lower() == user_id.lower()):
                return one
        return None

    # users

    def rights(self, caller: User, about: str, fault: str) -> None:
        if caller.rights != "administrator" and about == "administrator" and self.fault != fault:
            raise Fault(15)

    @method("user.create", "newUserId!:s64 password!:s31 accessRights!:eRights name:s31")
    def user_create(self, a: Dict, user: User) -> None:
        self.rights(user, a["accessRights"], "user-apionly-creates-administrators")
        if self.find(a["newUserId"]) and self.fault != "user-duplicate-ok":
            raise Fault(205)
        if len(self.users) >= MAX_USERS and self.fault != "user-above-200-ok":
            raise Fault(201)
        made = User(a["newUserId"], a.get("password", ""), a["accessRights"], a.get("name", ""))
        if self.fault == "user-name-lost":
            made.name = ""
        elif self.fault == "user-id-small":
            made.id = made.id.lower()
        elif self.fault == "user-created-administrator":
            made.rights = "administrator" if made.rights == "apiOnly" else made.rights
        self.users.append(made)
        self.users_version += 1

    @method("user.destroy", "currentUserId!:s64")
    def user_destroy(self, a: Dict, user: User) -> None:
        found = self.find(a["currentUserId"])
        if found is None:
            if self.fault == "user-destroy-unknown-ok":
                return
            raise Fault(201 if self.fault == "user-destroy-unknown-failed" else 64)
        if found.immortal:
            if self.fault == "user-immortal-destroyed":
                return
            raise Fault(15 if self.fault == "user-immortal-privileges" else 63)
        self.rights(user, found.rights, "user-apionly-destroys-administrators")
        if found is user and self.ways.user_self:
            raise Fault(self.ways.user_self)
        if self.fault == "user-destroy-next":
            at = self.users.index(found)
            found = self.users[at + 1] if at + 1 < len(self.users) else found
        self.users.remove(found)
        self.dead_users = [*self.dead_users, found]
        self.users_version += 1

    @method("user.modify", "currentUserId!:s64 newUserId:s64 name:s31 password:s31 accessRights:eRights")
    def user_modify(self, a: Dict, user: User) -> None:
        fault = self.fault
        found = self.find(a["currentUserId"])
        if found is None:
            if fault == "user-modify-creates":
                self.users.append(User(a["currentUserId"], a.get("password", ""), a.get("accessRights", "none"), a.get("name", "")))
                return
            raise Fault(self.ways.user_unknown)
        self.rights(user, found.rights, "user-apionly-modifies-administrators")
        if "accessRights" in a:
            self.rights(user, a["accessRights"], "user-apionly-raises")
            if found.immortal and (a["accessRights"] != "administrator" or self.ways.immortal_again):
                if fault != "user-immortal-rights-ok":
                    raise Fault(63)
        other = self.find(a["newUserId"]) if "newUserId" in a else None
        if other is not None and other is not found and fault != "user-rename-duplicate-ok":
            raise Fault(205)
        if "newUserId" in a:
            found.old.append(found.id)
            found.id = a["newUserId"]
        if "password" in a:
            found.old.append(found.password)
            if a["password"] != DEFAULT_PASSWORD:
                found.must_change = False
            found.password = a["password"]
        elif fault == "user-modify-clears-password":
            found.password = ""
        if "name" in a:
            found.name = a["name"]
        elif fault == "user-modify-clears-name":
            found.name = ""
        if "accessRights" in a and fault != "user-modify-rights-lost":
            found.rights = a["accessRights"]
        if fault == "user-rename-resets-rights" and "newUserId" in a and "accessRights" not in a and not found.immortal:
            found.rights = "none"
        self.users_version += 1

    @method("user.enumerate", "enumerateID:s150 max:i")
    def user_enumerate(self, a: Dict, user: User) -> Dict:
        fault = self.fault
        at, version = 0, self.users_version
        if "enumerateID" in a:
            parts = self.read_cookie(a["enumerateID"], "user")
            at, version = int(parts[1]), int(parts[2])
        seen = [one for one in self.users if user.rights == "administrator" or one.rights != "administrator" or fault == "user-apionly-sees-administrators"]
        if fault == "user-immortal-not-listed":
            seen = [one for one in seen if not one.immortal]
        elif fault == "user-disabled-not-listed":
            seen = [one for one in seen if one.rights != "none"]
        most = a.get("max", 10**9)
        if most <= 0 or fault == "user-max-ignored":
            most = 10**9
        most = min(most, 60 if self.ways.space == "none" else 25)
        page = seen[at:at + most]
        more = at + most < len(seen)
        if fault == "user-page-skips" and more:
            most += 1
            more = at + most < len(seen)
        out: Dict = {"moreAvailable": more}
        if more or fault == "user-token-when-complete":
            out["enumerateID"] = self.make_cookie("user", at + most, version)
        if fault == "user-token-missing":
            out.pop("enumerateID", None)
        out["modifiedSinceStart"] = version != self.users_version
        out["users"] = []
        for one in page:
            made: Dict = {"currentUserid": one.id, "name": one.name, "immortal": one.immortal, "accessRights": one.rights}
            if one.must_change:
                made["passwordChangeRequired"] = True
            if fault == "user-immortal-false":
                made["immortal"] = False
            elif fault == "user-password-told":
                made["passwordChangeRequired"] = True
            out["users"].append(made)
        return out

    # call home, log

    @method("callHome.configure", "mode:eCallHome automatic:b")
    def home_configure(self, a: Dict, _user: User) -> None:
        if a.get("mode") == "anonymous" and not self.has_encryption() and self.fault != "home-anonymous-without-key":
            raise Fault(self.ways.no_encryption)
        if self.fault == "home-mode-resets-automatic" and "mode" in a and "automatic" not in a:
            self.call_home["automatic"] = False
        if self.fault == "home-automatic-resets-mode" and "automatic" in a and "mode" not in a:
            self.call_home["mode"] = "disabled"
        self.call_home |= a

    @method("callHome.query")
    def home_query(self, _a: Dict, _user: User) -> Dict:
        return dict(self.call_home)

    @method("cdrlog.query")
    def cdr_query(self, _a: Dict, _user: User) -> Dict:
        first = self.records[0]["index"] if self.records else self.next_record
        return {"firstIndex": first + (self.fault == "cdr-first-off"), "numEvents": len(self.records) + (self.fault == "cdr-count-off")}

    @method("cdrlog.enumerate", "index:i numEvents:i filter:[s]")
    def cdr_enumerate(self, a: Dict, _user: User) -> Dict:
        fault, records = self.fault, self.records
        wanted = a.get("filter")
        if wanted is not None:
            for one in wanted:
                if one not in CDR_TYPES and self.ways.cdr_filter_unknown:
                    raise Fault(self.ways.cdr_filter_unknown, "filter")
            if not wanted and self.ways.cdr_filter_empty == "all":
                wanted = None
        most = a.get("numEvents", 20)
        if not 1 <= most <= 20:
            if fault == "cdr-number-refused" and "numEvents" in a:
                raise Fault(102, "numEvents")
            most = 20 if fault != "cdr-number-any" or most < 1 else most
        first = records[0]["index"] if records else self.next_record
        last = self.next_record - 1
        index = a.get("index", -1)
        if fault == "cdr-next-restarts" and index == last + 1:
            index = -1
        if index < 0 or index >= last + 2:
            if fault == "cdr-beyond-empty" and index >= last + 2:
                return {"startIndex": index, "nextIndex": index, "eventsRemaining": False, "currentTime": self.stamp(), "events": []}
            index = first
        start = max(index, first)
        events, at = [], start
        while at <= last and len(events) < most:
            record = records[at - first]
            if wanted is None or record["type"] in wanted or fault == "cdr-filter-ignored" or (fault == "cdr-filter-first-only" and False):
                if not (fault == "cdr-filter-first-only" and wanted and record["type"] != wanted[0]):
                    events.append(record)
            at += 1
        rest = any(wanted is None or records[n - first]["type"] in wanted for n in range(at, last + 1))
        if fault == "cdr-remaining-false":
            rest = False
        elif fault == "cdr-remaining-true":
            rest = True
        if fault == "cdr-next-skips" and rest:
            at += 1
        elif fault == "cdr-next-repeats" and events and at - start > 1:
            at -= 1
        elif fault == "cdr-next-is-last" and events:
            at = events[-1]["index"]
        if fault == "cdr-backwards":
            events.reverse()
        elif fault == "cdr-no-index":
            events = [{name: value for name, value in one.items() if name != "index"} for one in events]
        elif fault == "cdr-types-with-underscores":
            events = [{**one, "type": re.sub("([A-Z])", lambda m: "_" + m[1].lower(), one["type"])} for one in events]
        elif fault == "cdr-page-short" and len(events) > 5 and "numEvents" in a:
            events = events[:5]
        return {"startIndex": a.get("index", first) if fault == "cdr-start-echoed" else start, "nextIndex": at, "eventsRemaining": rest, "currentTime": self.stamp(), "events": events}

    # keys and health

    @method("device.feature.add", "key!:s")
    def feature_add(self, a: Dict, _user: User) -> None:
        fault, now = self.fault, self.now()
        if now < self.refused_until and fault != "key-flood-ok":
            raise Fault(204)
        key = a["key"].upper() if self.ways.key_lower else a["key"]
        if any(one["key"] == key for one in [*self.features, *self.licences]):
            if self.ways.key_again:
                raise Fault(self.ways.key_again)
            return
        entry = self.addable.get(key)
        if entry is None:
            if fault == "key-any-ok":
                return
            self.wrong_keys = [at for at in self.wrong_keys if now - at < 5.0] + [now]
            if len(self.wrong_keys) >= self.ways.wrong_keys:
                self.refused_until = now + (60.0 if fault == "key-flood-minute" else 5.0)
                self.wrong_keys = []
            raise Fault(102 if fault == "key-invalid-code" else 66)
        if fault == "key-added-not-listed":
            return
        made = {name: value for name, value in entry.items() if name != "expiry"}
        if "expiry" in entry and fault != "key-expiry-lost":
            made["expiry"] = self.stamp(entry["expiry"])
        (self.features if "feature" in entry else self.licences).append(made)
        if fault != "event-key-missing":
            self.events.append("deviceStatusChanged")

    @method("device.feature.remove", "key!:s")
    def feature_remove(self, a: Dict, _user: User) -> None:
        key = a["key"].upper() if self.ways.key_lower else a["key"]
        for some in (self.features, self.licences):
            for one in some:
                if one["key"] == key:
                    if one.get("activation"):
                        raise Fault(self.ways.key_removal)
                    if self.fault == "key-removed-stays":
                        return
                    some.remove(one)
                    if self.fault == "key-removal-takes-two" and len(some) > 1:
                        some.pop()
                    if one.get("feature") == "Encryption":
                        self.addable[key] = {"feature": "Encryption", "key": key}
                    elif key not in self.addable:
                        self.addable[key] = dict(one)
                    if self.fault != "event-key-missing":
                        self.events.append("deviceStatusChanged")
                    return
        if self.fault == "key-removal-unknown-ok":
            return
        raise Fault(self.ways.key_gone)

    @method("device.health.query")
    def health(self, _a: Dict, _user: User) -> Dict:
        out: Dict = {"cpuLoad": 7 + next(self.counter) % 9}
        if self.ways.platform == "media" or self.fault == "health-fans":
            out |= {"fanStatus": "ok", "fanStatusWorst": "ok"}
        for name in ("temperature", "rtcBattery", "voltages"):
            out |= {f"{name}Status": "ok", f"{name}StatusWorst": "ok"}
        out["operationalStatus"] = {"notShutdown": "active", "shutdownInProgress": "shuttingDown"}.get(self.shut, "shutDown")
        return out

    @method("device.query")
    def device_query(self, _a: Dict, _user: User) -> Dict:
        now = self.now()
        uptime = int(now) - int(self.boot)
        features = [{name: value for name, value in one.items() if name != "activation"} for one in self.features]
        if self.fault == "key-permanent-expires":
            features = [{**one, "expiry": one.get("expiry", self.stamp(now + 1e6))} for one in features]
        return {"currentTime": self.stamp(now, True), "restartTime": self.stamp(self.boot, True), "uptime": uptime // 60 if self.fault == "uptime-in-minutes" else uptime,
                "serial": "SM0B1RC4", "apiVersion": "4.3", "activatedFeatures": features, "activatedLicenses": [dict(one) for one in self.licences],
                "shutdownStatus": self.shut, "mediaResourceRestarts": 0}

    # network and time

    @method("device.network.modify", "portA:@port dns:[@dns]4")
    def network_modify(self, a: Dict, _user: User) -> None:
        ways, fault = self.ways, self.fault
        port = dict(a.get("portA", {}))
        for name, need in (("ipv4Enabled", "dhcpv4"), ("ipv6Enabled", "ipv6Conf")):
            if name not in port and fault != "network-ignored-taken":
                port.pop(need, None)
            elif port.get(name) and need not in port and fault != "network-dependants-optional":
                raise Fault(ways.together_code, "portA." + need)
        if fault != "network-dependants-optional":
            if port.get("ipv4Enabled") and port.get("dhcpv4") is False:
                for name in ("ipv4Address", "ipv4SubnetMask"):
                    if name not in port:
                        raise Fault(ways.together_code, "portA." + name)
            if port.get("ipv6Enabled") and port.get("ipv6Conf") == "manual":
                for name in ("ipv6Address", "ipv6PrefixLength"):
                    if name not in port:
                        raise Fault(ways.together_code, "portA." + name)
        for name in ("ipv4Address", "ipv4SubnetMask", "defaultIpv4Gateway"):
            parts = port.get(name, "0.0.0.0").split(".")
            if (len(parts) != 4 or not all(part.isdigit() and int(part) < 256 for part in parts)) and fault != "network-any-address":
                raise Fault(ways.ip_code, "portA." + name)
        for name in ("ipv6Address", "defaultIpv6Gateway"):
            if not re.fullmatch(r"[0-9a-fA-F:.]{2,}(/\d+)?", port.get(name, "::")) and fault != "network-any-address":
                raise Fault(ways.ip_code, "portA." + name)
        if port.get("ipv4Enabled") is False and not (port.get("ipv6Enabled") and False):
            raise Fault(49)
        dns: Dict = {}
        for one in a.get("dns", []):
            dns |= one
        if dns.get("dnsConfiguration") == "manual" and not (dns.get("nameServer") or (self.dns["nameServer"] and "nameServer" not in dns)):
            if fault != "network-manual-without-server":
                raise Fault(ways.together_code, "dns.nameServer")
        self.port |= port
        if fault == "network-host-name-lost":
            dns.pop("hostName", None)
        self.dns |= dns

    @method("device.network.query")
    def network_query(self, _a: Dict, _user: User) -> Dict:
        sent = int(self.now() - self.boot) % 2**31
        port: Dict = {"enabled": True, "linkStatus": True, "speed": 1000, "fullDuplex": True, "macAddress": self.mac(), "packetsSent": sent, "packetsReceived": sent,
                      "multicastPacketsSent": 0, "multicastPacketsReceived": 12, "bytesSent": sent * 3 % 2**31, "bytesReceived": sent * 3 % 2**31, "queueDrops": 0,
                      "collisions": 0, "transmitErrors": 0, "receiveErrors": 0, "bytesSent64": str(sent * 3), "bytesReceived64": str(sent * 3)}
        names = ("ipv4Enabled", "ipv6Enabled", "dhcpv4", "ipv4Address", "ipv4SubnetMask", "defaultIpv4Gateway", "ipv6Address", "ipv6Conf", "ipv6PrefixLength", "defaultIpv6Gateway")
        for name in names:
            if self.port.get(name) not in (None, ""):
                port[name] = self.port[name]
            elif self.ways.dashes and name not in ("ipv6PrefixLength", "ipv6Conf", "dhcpv4"):
                port[name] = "-"
        dns = {name: value for name, value in self.dns.items() if value or self.ways.empties == "keep"}
        fault = self.fault
        if fault == "network-speed-text":
            port["speed"] = "1000"
        elif fault == "network-mac-colons":
            port["macAddress"] = ":".join(MAC[at:at + 2] for at in range(0, 12, 2))
        elif fault == "network-bytes64-integer":
            port["bytesSent64"] = sent * 3 % 2**31
        return {"portA": port, "dns": dns if fault == "network-dns-struct" else [dns]}

    @method("device.time.query")
    def time_query(self, _a: Dict, _user: User) -> Dict:
        out = {"currentTime": self.stamp(), **self.clock}
        if not out["ntpHost"] and self.ways.empties == "drop":
            del out["ntpHost"]
        return out | {"ntpStatus": "synchronizing" if self.clock["ntpEnabled"] else "disabled"}

    @method("device.time.modify", "currentTime:d ntpEnabled:b utcOffsetHours:i-12..14 utcOffsetMinutes:i0..59 ntpHost:s")
    def time_modify(self, a: Dict, _user: User) -> None:
        fault = self.fault
        if a.get("ntpEnabled") and not a.get("ntpHost") and not (self.ways.ntp_host_kept and self.clock["ntpHost"] and "ntpHost" not in a):
            if fault != "time-ntp-without-host-ok":
                raise Fault(101, "ntpHost")
        if "currentTime" in a and a.get("ntpEnabled", self.clock["ntpEnabled"]):
            if fault != "time-set-under-ntp":
                raise Fault(self.ways.time_ntp, "currentTime")
        if "currentTime" in a and fault != "time-not-set":
            try:
                wanted = datetime.strptime(a["currentTime"], "%Y%m%dT%H:%M:%S").replace(tzinfo=timezone.utc).timestamp()
            except ValueError:
                raise Fault(103, "currentTime") from None
            self.shift = wanted - self.now()
            if fault == "time-set-with-offset":
                self.shift += 3600
        for name in ("ntpEnabled", "utcOffsetHours", "utcOffsetMinutes", "ntpHost"):
            if name in a:
                self.clock[name] = abs(a[name]) if fault == "time-offset-sign" and name == "utcOffsetHours" else a[name]
        if fault == "time-hours-reset-minutes" and "utcOffsetHours" in a and "utcOffsetMinutes" not in a:
            self.clock["utcOffsetMinutes"] = 0

    # restarting

    @method("device.restart", "shutdownOnly:b")
    def restart(self, a: Dict, _user: User) -> None:
        if a.get("shutdownOnly"):
            if self.shut == "notShutdown":
                self.shut = "shutdownInProgress"
                for c in list(self.conferences.values()):
                    self.end(c, False)
                self.later(1.0, self.shut_down)
                self.events.append("deviceStatusChanged")
            return
        reason = "User requested shutdown" if self.shut != "notShutdown" else "User requested reboot from API"
        if self.fault == "restart-reason-web":
            reason = "User requested reboot from web interface"
        self.later(0.5, lambda: self.boot_again(reason))

    def shut_down(self) -> None:
        if self.shut == "shutdownInProgress":
            self.shut = "shutdown"
            self.events.append("deviceStatusChanged")

    def boot_again(self, reason: str) -> None:
        for c in list(self.conferences.values()):
            self.end(c, False)
        self.dirty, self.dirty_people, self.events = {}, {}, []
        for link in list(self.links):
            link.abort()
        self.heap = [entry for entry in self.heap if entry[2] == self.alive]
        self.nonce = f"{self.random.getrandbits(24):06x}"
        for log in self.gone.values():
            log.clear()
        self.rev += 1000
        self.shut = "notShutdown"
        self.boot = self.now()
        if self.fault != "restart-not-logged":
            self.restarts.append((self.boot, reason))
        self.down_until = time.monotonic() + min(0.3, 2.0 / self.scale)
        self.later(max(2.5, 0.35 * self.scale), self.booted)

    def booted(self) -> None:
        self.resources = self.totals()
        if self.fault != "event-restart-missing":
            self.events.append("restart")

    @method("device.restartlog.query")
    def restart_log(self, _a: Dict, _user: User) -> Dict:
        log = [{"time": self.stamp(when), "reason": reason} for when, reason in self.restarts]
        if self.fault == "restart-reason-unlisted":
            log[0]["reason"] = "cold boot"
        return {"log": log[::-1] if self.ways.log_newest else log}

    # feedback receivers

    def events_in(self, given: list[str] | None) -> list[str] | None:
        if given is None:
            return None
        kept = []
        for one in given:
            if one not in EVENTS:
                if self.ways.unknown_event:
                    raise Fault(self.ways.unknown_event, "subscribedEvents")
                continue
            if one not in kept:
                kept.append(one)
        return None if not given and self.ways.no_events == "all" else kept

    def slot(self, index: int) -> Receiver:
        found = self.receivers.get(index)
        if found is None:
            raise Fault(self.ways.empty_slot, "receiverIndex")
        return found

    @method("feedbackReceiver.configure", "receiverURI!:s255 receiverIndex:i-2147483648..20 sourceIdentifier:s255 subscribedEvents:[s]")
    def receiver_configure(self, a: Dict, _user: User) -> Dict:
        fault = self.fault
        uri = self.receiver_uri(a.get("receiverURI", ""), "receiverURI") if "receiverURI" in a else ""
        source, events = self.source_in(a), self.events_in(a.get("subscribedEvents"))
        index = a.get("receiverIndex", 1)
        if fault == "receiver-default-free" and "receiverIndex" not in a:
            index = -1
        if fault == "receiver-negative-is-one" and index < 0:
            index = 1
        if index == 0 and self.ways.index_zero:
            raise Fault(self.ways.index_zero, "receiverIndex")
        if index <= 0:
            free = [n for n in range(1, 21 if fault != "receiver-ten-slots" else 11) if n not in self.receivers]
            if not free:
                raise Fault(self.ways.full_code)
            index = free[-1] if self.ways.backwards else free[0]
        old = self.receivers.get(index)
        if old is not None and fault == "receiver-occupied-refused":
            raise Fault(201)
        made = Receiver(index, uri, source, events)
        if fault == "receiver-events-of-overwritten" and old is not None and events is None:
            made.events = old.events
        self.receivers[index] = made
        if old is not None and self.ways.overwritten and old.uri != uri:
            self.direct(old, old.uri, ["receiverDeleted"])
        self.direct(made, uri, ["configureAck"])
        return {"receiverIndex": index + (fault == "receiver-index-off")}

    @method("feedbackReceiver.query")
    def receiver_query(self, _a: Dict, _user: User) -> Dict:
        shown = []
        for index in sorted(self.receivers):
            one = self.receivers[index]
            shown.append({"index": index, **self.source_out(one), "receiverURI": one.uri})
        if self.fault == "receiver-query-at-most-ten":
            shown = shown[:10]
        elif self.fault == "receiver-query-numbers-itself":
            shown = [{**one, "index": at} for at, one in enumerate(shown, 1)]
        return {"receivers": shown}

    def source_out(self, one: Receiver) -> Dict:
        if one.source or self.ways.source_shown == "empty":
            return {"sourceIdentifier": one.source}
        return {"sourceIdentifier": self.mac()} if self.ways.source_shown == "mac" else {}

    @method("feedbackReceiver.reconfigure", "receiverIndex!:i1..20 receiverURI:s255 sourceIdentifier:s255 subscribedEvents:[s]")
    def receiver_reconfigure(self, a: Dict, _user: User) -> None:
        fault = self.fault
        if fault == "receiver-reconfigure-empty-ok" and a["receiverIndex"] not in self.receivers:
            return
        one = self.slot(a["receiverIndex"])
        uri = self.receiver_uri(a["receiverURI"], "receiverURI") if "receiverURI" in a else one.uri
        source = self.source_in(a) if "sourceIdentifier" in a else one.source
        events = self.events_in(a["subscribedEvents"]) if "subscribedEvents" in a else one.events
        old = one.uri
        if fault == "receiver-source-reset" and "sourceIdentifier" not in a:
            source = ""
        if fault == "receiver-events-reset" and "subscribedEvents" not in a:
            events = None
        if fault == "receiver-events-added" and "subscribedEvents" in a and events is not None and one.events is not None:
            events = list(dict.fromkeys([*one.events, *events]))
        if fault != "event-to-old-uri":
            one.uri = uri
        one.source, one.events = source, events
        if uri != old:
            names = ["receiverModified", "receiverDeleted"]
            if fault == "event-modified-not-to-old":
                names = ["receiverDeleted"]
            if fault == "event-deleted-to-new":
                old = uri
            if fault == "event-no-deleted":
                names = ["receiverModified"]
            self.direct(one, old, names)
            if self.ways.told_new:
                self.direct(one, uri, ["configureAck"])
        elif fault != "event-modified-missing":
            self.direct(one, uri, ["receiverModified", "configureAck"])

    @method("feedbackReceiver.remove", "receiverIndex!:i1..20")
    def receiver_remove(self, a: Dict, _user: User) -> None:
        one = self.slot(a["receiverIndex"])
        fault = self.fault
        if fault == "receiver-removed-stays":
            return
        if fault == "event-after-removal":
            self.ghosts.append(one)
        del self.receivers[one.index]
        if fault == "receiver-removal-moves-up":
            moved = {}
            for index, other in self.receivers.items():
                other.index = index - 1 if index > one.index else index
                moved[other.index] = other
            self.receivers = moved
        self.direct(one, one.uri, (["receiverDeleted"] if fault != "event-no-deleted" else []) + (["configureAck"] if self.ways.ack_removed else []))

    ghosts: list[Receiver] = []

    def tell(self, events: list[str]) -> None:
        super().tell(events)
        for one in self.ghosts:
            mine = [event for event in events if one.events is None or event in one.events]
            if mine:
                self.send(one, one.uri, mine)

    @method("feedbackReceiver.status", "receiverIndex!:i1..20")
    def receiver_status(self, a: Dict, _user: User) -> Dict:
        one = self.slot(a["receiverIndex"])
        events = list(EVENTS) if one.events is None or self.fault == "receiver-status-all-events" else list(one.events)
        return {"receiverIndex": one.index, **self.source_out(one), "receiverURI": one.uri, "subscribedEvents": events}

    # licence mode, syslog, services, SIP

    @method("flex.licenseMode.modify", "newLicenseMode:eLicence version:i")
    def licence_modify(self, a: Dict, _user: User) -> Dict:
        way = self.ways.licence
        if way == "unknown":
            raise Fault(1)
        if way == "https":
            raise Fault(206)
        if way == "refuse" and self.licence_mode == "key":
            raise Fault(201)
        if self.conferences:
            raise Fault(67)
        self.licence_mode = a.get("newLicenseMode", self.licence_mode)
        return {"trustSecret": bytes(self.random.getrandbits(8) for _ in range(32))}

    @method("flex.licenseMode.verify")
    def licence_verify(self, _a: Dict, _user: User) -> None:
        way = self.ways.licence
        if way == "unknown":
            raise Fault(1)
        if way == "https":
            raise Fault(206)
        if self.licence_mode == "key":
            raise Fault(201)

    @method("logs.syslog.modify", "servers:[@server]4 facilityValue:i0..23")
    def syslog_modify(self, a: Dict, _user: User) -> None:
        if "servers" in a:
            some = [one["address"] for one in a["servers"] if one.get("address")]
            self.syslog = (self.syslog + some)[-4:] if self.fault == "syslog-appended" else (some[:3] if self.fault == "syslog-fourth-lost" else some)
        elif self.fault == "syslog-facility-clears" and "facilityValue" in a:
            self.syslog = []
        if "facilityValue" in a:
            self.facility = a["facilityValue"]
        elif self.fault == "syslog-servers-reset-facility" and "servers" in a:
            self.facility = 1

    @method("logs.syslog.query")
    def syslog_query(self, _a: Dict, _user: User) -> Dict:
        return {"servers": [{"address": one, "packetsSent": 0} for one in self.syslog], "facilityValue": self.facility}

    @method("services.modify", "ephemeralPortRangeMin:i10000..65535 ephemeralPortRangeMax:i15000..65535 ports:[@ports]8")
    def services_modify(self, a: Dict, _user: User) -> None:
        fault, ways = self.fault, self.ways
        low, high = a.get("ephemeralPortRangeMin", self.ports[0]), a.get("ephemeralPortRangeMax", self.ports[1])
        if ("ephemeralPortRangeMin" in a or "ephemeralPortRangeMax" in a) and high - low + (1 if ways.port_inclusive else 0) < 5000 and fault != "services-narrow-range-ok":
            raise Fault(ways.out_of_range, "ephemeralPortRangeMin")
        work = {key: [dict(one) for one in services] for key, services in self.services.items()}
        for at, entry in enumerate(a.get("ports", [])):
            key = entry["ethernetPort"], entry["protocolVersion"]
            if key not in work:
                if ways.ethernet_b:
                    raise Fault(ways.ethernet_b, f"ports[{at}].ethernetPort")
                continue
            if fault == "services-others-off":
                for one in work[key]:
                    one["setting"] = False
            for one in entry.get("services", []):
                known = [s for s in work[key] if s["serviceName"] == one.get("serviceName") and s["connectionType"] == one.get("connectionType", s["connectionType"])]
                if not known:
                    if fault == "services-unknown-ok":
                        continue
                    raise Fault(102, f"ports[{at}].services.serviceName")
                known[0] |= {name: one[name] for name in ("setting", "portNumber") if name in one}
                if fault == "services-both-versions":
                    for services in work.values():
                        for other in services:
                            if other["serviceName"] == one.get("serviceName") and other["connectionType"] == one.get("connectionType"):
                                other |= {name: one[name] for name in ("setting", "portNumber") if name in one}
                if fault == "services-port-lost-when-disabled" and one.get("setting") is False:
                    known[0]["portNumber"] = next(s["portNumber"] for s in self.services[key] if s["serviceName"] == known[0]["serviceName"])
        for key, services in work.items():
            used = [(one["connectionType"], one["portNumber"]) for one in services]
            if len(set(used)) < len(used) and fault != "services-conflict-ok":
                raise Fault(42)
        if any(key[1] == "IPv4" and not any(one["setting"] for one in services if one["serviceName"] == "HTTP") for key, services in work.items()) and fault != "services-others-off":
            raise Fault(49)
        self.services = work
        self.ports = [low, high]

    @method("services.query")
    def services_query(self, _a: Dict, _user: User) -> Dict:
        shown = []
        for (ethernet, version), services in self.services.items():
            entries = [{**one, "enabled": one["setting"] and (one["serviceName"] not in ("HTTPS", "SIPS") or self.has_encryption())} for one in services]
            if self.fault == "services-no-setting":
                entries = [{name: value for name, value in one.items() if name != "setting"} for one in entries]
            shown.append({"ethernetPort": ethernet, "protocolVersion": version.lower() if self.fault == "services-version-small" else version, "services": entries})
        return {"ports": shown, "ephemeralPortRangeMin": self.ports[0], "ephemeralPortRangeMax": self.ports[1]}

    @method("sip.modify", "callConfiguration:eTrunk outboundAddress:s80 outboundDomain:s80 username:s80 password:s63 outboundTransport:eTransport advertiseDualIPVersions:eDual"
            " negotiateSRTPUsingSDES:eSrtp useLocalCertificate:b")
    def sip_modify(self, a: Dict, _user: User) -> None:
        fault = self.fault
        how = a.get("callConfiguration", self.sip["callConfiguration"])
        if how == "useTrunk" and not a.get("outboundAddress", self.sip["outboundAddress"]) and fault != "sip-trunk-without-address":
            raise Fault(self.ways.trunk_code, "outboundAddress")
        if a.get("outboundTransport") == "tls" and not self.has_encryption() and fault != "sip-tls-without-key":
            raise Fault(self.ways.no_encryption, "outboundTransport")
        if how == "callDirect" and not self.ways.direct_stores:
            for name in ("outboundAddress", "outboundDomain"):
                a.pop(name, None)
        if self.ways.platform != "8710":
            a.pop("useLocalCertificate", None)
        if fault == "sip-domain-lost":
            a.pop("outboundDomain", None)
        elif fault == "sip-user-resets-password" and "username" in a and "password" not in a:
            a["password"] = ""
        self.sip |= a

    @method("sip.query")
    def sip_query(self, _a: Dict, _user: User) -> Dict:
        out = dict(self.sip)
        if not self.has_encryption() and self.fault != "sip-srtp-without-key":
            del out["negotiateSRTPUsingSDES"]
        if self.ways.platform != "8710" and self.fault != "sip-certificate-elsewhere":
            del out["useLocalCertificate"]
        if not self.ways.password_shown:
            out["password"] = ""
        return out if self.ways.empties == "keep" else {name: value for name, value in out.items() if value != ""}

    @method("system.info")
    def system_info(self, _a: Dict, _user: User) -> Dict:
        out: Dict = {"platform": self.platform_name()}
        if self.ways.platform == "vm":
            out |= {"cpuModel": "Intel (R) Xeon (R) CPU E5-4650 0 @ 2.70GHz", "cpuCount": 30}
        out |= {"operationMode": "flexible", "licenseMode": "trust" if self.licence_mode == "trust" else "flexible", "numControlledServers": 1, "clusterType": "unclustered",
                "depHash": "3f0c9a17", "gateKeeperOK": False, "tpsNumberOK": 1, "tpdVersion": "4.3(1.1)", "tpdName": self.dns["hostName"], "tpdUptime": int(self.now() - self.boot),
                "tpdSerial": "SM0B1RC4", "makeCallsOK": False}
        for name in ("portsVideoTotal portsVideoFree portsAudioTotal portsAudioFree portsContentTotal portsContentFree maxConferenceSizeVideo maxConferenceSizeAudio"
                     " maxConferenceSizeContent").split():
            out[name] = 0
        return out | {"softwareVersion": "4.3(1.1)"}

    def platform_name(self) -> str:
        return {"vm": "Virtual Machine with 16 vCPUs", "media": "Media 320", "8710": "8710"}[self.ways.platform]

    def system_xml(self) -> bytes:
        platform, kind, fault = self.platform_name(), self.ways.platform, self.fault
        yes = self.ways.xml_yes
        nodes: list[tuple[str, str]] = [("manufacturer", "TANDBERG" if kind == "8710" else "Cisco"),
                                        ("model", "Telepresence Server 8710" if kind == "8710" else f"TelePresence Server on {platform}")]
        if kind == "vm":
            nodes += [("cpuModel", "Intel (R) Xeon (R) CPU E5-4650 0 @ 2.70GHz"), ("cpuCount", "30"), ("cpuAvx", "1")]
        nodes += [("product", "TPS" if fault == "system-product" else "TS"), ("platform", platform), ("productDisplayName", "Cisco TelePresence Server"), ("platformDisplayName", platform),
                  ("serial", "SM0B1RC4"), ("softwareVersion", "4.3(1.1)"), ("buildVersion", "13.5(1.1)"), ("hostName", self.dns["hostName"]), ("ipAddress", self.port["ipv4Address"]),
                  ("ipAddressV6", "2001:DB8::81b8"), ("macAddress", ":".join(MAC[at:at + 2] for at in range(0, 12, 2)))]
        if kind == "8710":
            no = "no" if yes == "yes" else "No"
            nodes += [("gatekeeperUsage", no), ("gatekeeperAddress", ""), ("gatekeeperIds", ""), ("sipRegistrarUsage", no), ("sipRegistrarAddress", ""), ("sipRegistrarDomain", ""),
                      ("sipTrunkUsage", no), ("sipTrunkAddress", ""), ("sipTrunkDomain", ""), ("isMaster", yes), ("clusterType", "unclustered"), ("totalVideoPorts", "0"),
                      ("totalContentPorts", "0"), ("totalAudioOnlyPorts", "0"), ("uptimeSeconds", str(int(self.now() - self.boot)))]
        else:
            nodes.append(("clusterType", "none" if fault == "system-cluster" else "unclustered"))
        if fault == "system-no-version":
            nodes = [one for one in nodes if one[0] != "softwareVersion"]
        text = '<?xml version="1.0"?>\n' + ("<info>" if fault == "system-root" else "<system>") + "\n"
        text += "".join(f"  <{name}>{self.encoder.text(value)}</{name}>\n" if value else f"  <{name}/>\n" for name, value in nodes)
        return (text + ("</info>\n" if fault == "system-root" else "</system>\n")).encode()

    # reservations, experimental

    @method("flex.reservation.create", "reservationReference:s50 conferenceID!:s50 participantRole!:eRole numParticipants!:i1.. maxQuality!:i0..")
    def reservation_create(self, a: Dict, _user: User) -> Dict:
        self.conference(a)
        made = self.new_id()
        self.reservations[made] = dict(a)
        return {"reservationId": made} | ({"reservationReference": a["reservationReference"]} if a.get("reservationReference") else {})

    def reserved(self, name: str) -> Dict:
        found = self.reservations.get(name)
        if found is None:
            raise Fault(102, "reservationId")
        return found

    @method("flex.reservation.query", "reservationId!:s50")
    def reservation_query(self, a: Dict, _user: User) -> Dict:
        held = self.reserved(a["reservationId"])
        return {"reservationId": a["reservationId"], "reservationReference": held.get("reservationReference", ""),
                **{name: held[name] for name in ("conferenceID", "participantRole", "numParticipants", "maxQuality")},
                "totalReservedCredits": held["numParticipants"] * held["maxQuality"]}

    @method("flex.reservation.modify", "reservationId!:s50 reservationReference:s50 numParticipants:i1.. maxQuality:i0..")
    def reservation_modify(self, a: Dict, _user: User) -> None:
        self.reserved(a["reservationId"]).update({name: value for name, value in a.items() if name != "reservationId"})

    @method("flex.reservation.status", "reservationID!:s50")
    def reservation_status(self, a: Dict, _user: User) -> Dict:
        held = self.reserved(a["reservationID"])
        return {"reservationID": a["reservationID"], "reservationReference": held.get("reservationReference", ""), "numParticipantsRemaining": held["numParticipants"],
                "numCreditsRemaining": held["numParticipants"] * held["maxQuality"]}

    @method("flex.reservation.destroy", "reservationId!:s50")
    def reservation_destroy(self, a: Dict, _user: User) -> None:
        self.reserved(a["reservationId"])
        del self.reservations[a["reservationId"]]

    @method("flex.reservation.enumerate", "cookie:s150 max:i conferenceID:s50")
    def reservation_enumerate(self, a: Dict, _user: User) -> Dict:
        if "cookie" in a:
            self.read_cookie(a["cookie"], "reservation")
        shown = [] if "cookie" in a else [self.reservation_query({"reservationId": one}, _user) | {"reservationID": one, "numParticipantsRemaining": held["numParticipants"],
                                          "numCreditsRemaining": 0} for one, held in self.reservations.items()]
        return {"moreAvailable": False, "cookie": self.make_cookie("reservation", self.rev), "reservations": shown}

    @method("flex.reservation.deletions.enumerate", "cookie:s150 max:i conferenceID:s50")
    def reservation_deletions(self, a: Dict, _user: User) -> Dict:
        if "cookie" in a:
            self.read_cookie(a["cookie"], "gone-reservation")
        return {"moreAvailable": False, "cookie": self.make_cookie("gone-reservation", self.rev), "IDs": []}


# ------------------------------------------------------------------------------------------------- HTTP

REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 411: "Length Required", 413: "Request Entity Too Large",
           415: "Unsupported Media Type", 431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented", 505: "HTTP Version Not Supported"}


class Link(asyncio.Protocol):
    """One connection: requests in their order, kept alive."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.buffer = bytearray()
        self.transport: Any = None
        self.head: tuple[str, str, str, dict[str, str]] | None = None
        self.body = bytearray()
        self.want = 0
        self.chunks = False
        self.oversize = False
        self.served = 0
        self.last = time.monotonic()
        self.waiting = False
        self.closing = False
        self.before = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        device = self.device
        device.links.add(self)
        if time.monotonic() < device.down_until:
            transport.abort()
            return
        assert device.loop is not None
        self.watch()

    def watch(self) -> None:
        device = self.device
        if self.transport.is_closing() or device.fault == "http-idle-kept":
            return
        left = self.last + device.ways.idle / device.scale - time.monotonic()
        if left <= 0 and not self.waiting:
            self.transport.close()
            return
        assert device.loop is not None
        device.loop.call_later(max(left, 0.01), self.watch)

    def connection_lost(self, _error: Exception | None) -> None:
        self.device.links.discard(self)
        self.device.links_known.discard(self)

    def abort(self) -> None:
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        self.last = time.monotonic()
        if self.closing:
            return
        self.buffer += data
        self.advance()

    def advance(self) -> None:
        while not self.waiting and not self.closing:
            if self.head is None:
                while self.buffer[:2] == b"\r\n":
                    del self.buffer[:2]
                end = self.buffer.find(b"\r\n\r\n")
                if end < 0:
                    if len(self.buffer) > 32768:
                        self.answer(431, b"", close=True)
                    return
                raw = bytes(self.buffer[:end])
                del self.buffer[:end + 4]
                if not self.start(raw):
                    return
            if self.chunks:
                if not self.unchunk():
                    return
            else:
                take = min(self.want, len(self.buffer))
                if take:
                    self.keep(self.buffer[:take])
                    del self.buffer[:take]
                    self.want -= take
                if self.want:
                    return
            self.serve()

    def keep(self, data: bytes | bytearray) -> None:
        if len(self.body) + len(data) > 70000:
            self.oversize = True
        else:
            self.body += data

    def start(self, raw: bytes) -> bool:
        lines = raw.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name.strip():
                self.answer(400, b"", close=True)
                return False
            headers[name.strip().lower()] = value.strip()
        if len(words) != 3 or not words[2].startswith("HTTP/"):
            self.answer(400, b"", close=True)
            return False
        if words[2] not in ("HTTP/1.1", "HTTP/1.0"):
            self.answer(505, b"", close=True)
            return False
        self.head = (words[0], words[1], words[2], headers)
        self.body.clear()
        self.oversize = False
        self.chunks = "chunked" in headers.get("transfer-encoding", "").lower()
        length = headers.get("content-length", "0")
        if not length.isdigit():
            self.answer(400, b"", close=True)
            return False
        self.want = 0 if self.chunks else int(length)
        if self.want > 10_000_000:
            self.answer(413, b"", close=True)
            return False
        if headers.get("expect", "").lower() == "100-continue" and (self.want or self.chunks):
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def unchunk(self) -> bool:
        while True:
            end = self.buffer.find(b"\r\n")
            if end < 0:
                return False
            try:
                size = int(bytes(self.buffer[:end]).split(b";")[0], 16)
            except ValueError:
                self.answer(400, b"", close=True)
                return False
            if size == 0:
                finish = self.buffer.find(b"\r\n\r\n", end)
                if self.buffer[end + 2:end + 4] == b"\r\n":
                    del self.buffer[:end + 4]
                    return True
                if finish < 0:
                    return False
                del self.buffer[:finish + 4]
                return True
            if len(self.buffer) < end + 2 + size + 2:
                return False
            self.keep(self.buffer[end + 2:end + 2 + size])
            del self.buffer[:end + 2 + size + 2]

    def serve(self) -> None:
        assert self.head is not None
        verb, target, version, headers = self.head
        device, ways = self.device, self.device.ways
        self.head = None
        self.served += 1
        wish = headers.get("connection", "").lower()
        close = "close" in wish or (version == "HTTP/1.0" and "keep-alive" not in wish)
        if ways.keep == "never" or (ways.keep == "asked" and "keep-alive" not in wish) or (ways.per_connection and self.served >= ways.per_connection):
            close = True
        path = urlsplit(target).path if target.startswith("http") else target.partition("?")[0]
        if version == "HTTP/1.1" and "host" not in headers and ways.no_host:
            self.answer(400, b"", close=True)
            return
        if path == "/system.xml" and verb in ("GET", "HEAD"):
            if device.fault == "system-absent":
                self.answer(404, b"", close=close)
                return
            self.answer(200, device.system_xml(), close=close, bodiless=verb == "HEAD")
            return
        if path != "/RPC2" and (ways.other_path or path == "/system.xml"):
            self.answer(404, b"not here", close=close, kind="text/plain", bodiless=verb == "HEAD")
            return
        if verb != "POST":
            self.answer(ways.other_verb, b"", close=close, bodiless=verb == "HEAD")
            return
        if ways.bad_type and "xml" not in headers.get("content-type", "").lower():
            self.answer(ways.bad_type, b"", close=close)
            return
        size = len(self.body)
        if self.oversize or (size > ways.limit and device.fault != "request-large-ok"):
            code = 102 if device.fault == "request-large-invalid" else 105
            if self.oversize and device.fault == "request-large-ok":
                code = 105
            self.answer(200, device.complain(Fault(code)), close=close or ways.large_close)
            return
        reply = device.respond(bytes(self.body), self)
        if isinstance(reply, int):
            if not reply:
                self.closing = True
                self.transport.close()
                return
            self.answer(reply, b"", close=close)
            return
        if device.fault == "http-reply-of-before" and self.served % 7 == 0 and self.before:
            reply = self.before
        self.before = reply
        if ways.delay:
            self.waiting = True

            def later() -> None:
                self.waiting = False
                self.answer(200, reply, close=close)
                self.advance()

            assert device.loop is not None
            device.loop.call_later(ways.delay, later)
            return
        self.answer(200, reply, close=close)

    def answer(self, status: int, body: bytes, *, close: bool = False, kind: str = "", bodiless: bool = False) -> None:
        if self.transport.is_closing():
            return
        device, ways = self.device, self.device.ways
        fault = device.fault
        headers = [("Server", "birch"), ("Content-Type", kind or ways.content_type)]
        chunked = ways.chunked and status == 200 and not bodiless
        if chunked:
            headers.append(("Transfer-Encoding", "chunked"))
        else:
            headers.append(("Content-Length", str(len(body) + (7 if fault == "http-length-long" and len(body) > 2000 else 0) - (2 if fault == "http-length-short" else 0))))
        if fault == "http-close-unannounced" and self.served % 3 == 0:
            close = True
        elif close and fault != "http-close-never-announced":
            headers.append(("Connection", "close"))
        elif ways.keep_header:
            headers.append(("Connection", "Keep-Alive"))
        if status == 405:
            headers.append(("Allow", "POST"))
        if ways.header_case != "title":
            headers = [(name.lower() if ways.header_case == "lower" else name.upper(), value) for name, value in headers]
        version = "HTTP/1.0" if fault == "http-version" else "HTTP/1.1"
        reason = ways.reason if status == 200 else REASONS.get(status, "")
        head = f"{version} {status} {reason}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
        if bodiless:
            body = b""
        if chunked:
            step = max(1, len(body) // 3)
            body = b"".join(b"%x\r\n%s\r\n" % (len(body[at:at + step]), body[at:at + step]) for at in range(0, len(body), step)) + b"0\r\n\r\n"
        data = head.encode("latin-1") + body
        if ways.segments:
            self.waiting = True
            device.spawn(self.trickle(data, close))
            return
        self.transport.write(data)
        if close:
            self.closing = True
            self.transport.close()

    async def trickle(self, data: bytes, close: bool) -> None:
        step = self.device.ways.segments
        for at in range(0, len(data), step):
            self.transport.write(data[at:at + step])
            if at < 6 * step:
                await asyncio.sleep(0.0005)
        self.waiting = False
        if close:
            self.closing = True
            self.transport.close()
        else:
            self.advance()


# ------------------------------------------------------------------------------------------------- what there is to play

Way = tuple[str, Dict]
PERSONALITIES: dict[str, Way] = {
    "default": ("as the examples, else this device's taste", {}),
    # HTTP
    "http-lower": ("header names in small letters, charset in Content-Type", {"header_case": "lower", "content_type": "text/xml; charset=utf-8"}),
    "http-upper": ("header names in capitals, application/xml", {"header_case": "upper", "content_type": "application/xml"}),
    "http-chunked": ("replies are chunked", {"chunked": True}),
    "http-closes": ("every reply closes its connection, and says so", {"keep": "never"}),
    "http-keeps-if-asked": ("connections are kept where Connection: Keep-Alive asks for it", {"keep": "asked", "keep_header": True}),
    "http-three-each": ("a connection serves three requests", {"per_connection": 3}),
    "http-idle-short": ("idle connections close after twenty seconds", {"idle": 20.0}),
    "http-any-path": ("any path serves XML-RPC; GET gives 501; no Host is needed", {"other_path": 0, "other_verb": 501, "no_host": False}),
    "http-type-checked": ("a request that is not XML by its Content-Type gets 415", {"bad_type": 415}),
    "http-trickle": ("replies come in small pieces", {"segments": 64}),
    "http-slow": ("every reply takes 30 ms", {"delay": 0.03}),
    "http-decimal-limit": ("32,000 bytes are the limit, and 105 closes the connection", {"limit": 32000, "large_close": True}),
    "malformed-500": ("what is no XML-RPC gets HTTP 500", {"malformed": "500"}),
    "malformed-close": ("what is no XML-RPC closes the connection", {"malformed": "close"}),
    "malformed-fault": ("what is no XML-RPC gets fault 34", {"malformed": "34"}),
    # XML
    "xml-indented": ("indented, CR LF", {"space": "indent", "crlf": True, "notify_space": "none"}),
    "xml-lines": ("a line for each tag", {"space": "lines"}),
    "xml-tabs-sorted": ("tabs; members sorted", {"space": "tabs", "order": "sorted"}),
    "xml-no-declaration": ("no XML declaration; i4", {"declaration": "", "int_tag": "i4"}),
    "xml-single-quotes": ("declaration in single quotes, lists of elements by lines", {"declaration": "<?xml version='1.0' encoding='utf-8'?>", "space": "lines", "empty": "self"}),
    "xml-words": ("booleans as words", {"boolean": "word"}),
    "xml-bare-strings": ("strings without <string>", {"string_tag": False}),
    "xml-self-closed": ("empty elements closed at once", {"empty": "self"}),
    "xml-references": ("what is not ASCII as character references", {"charrefs": True, "declaration": '<?xml version="1.0"?>'}),
    "xml-cdata": ("strings in CDATA", {"cdata": True}),
    "xml-comments-reversed": ("comments; members in reverse", {"comments": True, "order": "reversed"}),
    "xml-shuffled-extra": ("members in changing order, with an unknown one in each struct", {"order": "shuffled", "extra": True}),
    "xml-base64-lines": ("base64 in lines", {"base64_lines": True}),
    # faults
    "long-102": ("too long and too large: 102", {"long_string": 102, "long_binary": 102}),
    "range-33": ("out of range: 33, also for too many elements", {"out_of_range": 33, "too_many": 33, "disconnect_position": 33, "index_code": 33}),
    "big-integers-102": ("integers over four bytes: 102", {"big_integer": 102}),
    "big-integers-33": ("integers over four bytes: 33", {"big_integer": 33}),
    "fault-paths": ("fault strings name members by their path", {"fault_name": "path"}),
    "fault-titles": ("fault strings begin with a capital, with the parameter before", {"fault_case": "title", "fault_prefix": True}),
    "fault-capitals": ("fault strings in capitals but for 101 and 103", {"fault_case": "upper"}),
    "authentication-14": ("missing credentials: 14", {"missing_auth": 14}),
    "authentication-first": ("an unknown method with bad credentials gives 14; disabled users 15", {"unknown_first": False, "none_code": 15}),
    "ids-checked": ("overlong ids are unknown, empty ones 102", {"id_long": 4, "id_empty": 102}),
    "unknown-members-refused": ("unknown members: 102", {"unknown_member": 102}),
    "sizes-generous": ("strings without a limit of their own may have 255 characters", {"default_size": 255}),
    "pair-false-fine": ("a number beside Unlimited=false is fine", {"pair_false": "accept", "pair_code": 101}),
    "pair-alone-fault": ("Unlimited=false alone is a fault, both halves give 201", {"pair_alone": "fault", "pair_code": 201}),
    "repeated-first": ("of a member given twice the first counts", {"repeated": "first", "booleans_lax": True}),
    "repeated-fault": ("a member given twice: 103", {"repeated": "fault"}),
    "codes-other": ("other codes where none is told", {"array_empty": 33, "call_kind": 201, "no_call_kind": 102, "cascade_code": 20, "nonascii": 103, "empty_slot": 201, "call_code": 201,
                                                      "disconnect_code": 56, "disconnect_position": 56, "full_code": 17, "end_code": 33, "time_ntp": 201, "cookie_conference": 103,
                                                      "no_call_text": "absent participant active call", "ip_code": 102, "together_code": 102, "trunk_code": 101, "user_unknown": 102,
                                                      "warning_finite": 102, "insufficient": 58, "limit_active": 102, "max_code": 17, "uri_twice": 102}),
    "codes-third": ("still others", {"array_empty": 101, "call_kind": 103, "cascade_code": 201, "call_code": 5, "insufficient": 102, "user_unknown": 201, "no_encryption": 102,
                                     "key_gone": 61, "key_removal": 66, "disconnect_code": 201, "empty_slot": 33, "index_zero": 33}),
    # empty and unset
    "empties-dropped": ("empty strings and arrays are left out where the document allows", {"empties": "drop", "source_shown": "absent"}),
    "pairs-unset": ("pairs that were never set are not returned", {"unlimited_default": "absent"}),
    "new-members-shown": ("4.3's members are returned with defaults, no resourceOptimizationMode", {"use_defaults": True, "mode_in_query": False}),
    "experimental": ("the experimental members are returned", {"experimental": True}),
    "uri-full": ("URIs come back with what they inherit and empty PINs", {"uri_members": "full", "pin_empty": True}),
    # conferences
    "attributes-replaced": ("a callAttributes struct sets all members in modify", {"partial": "defaults"}),
    "gain-zero": ("audioReceiveGain is 0 outside the fixed mode", {"gain": "zero"}),
    "gain-absent": ("audioReceiveGain is left out outside the fixed mode", {"gain": "absent"}),
    "packets-old-range": ("maxTransmitPacketSize from 400; accessLevel unknown is no input", {"packet_low": 400, "access_unknown": 102}),
    "tokens-less": ("maxPerChannel must be less than total", {"tokens_equal": False}),
    "credits-as-sent": ("numMediaCredits comes back as sent", {"credits_shown": "sent"}),
    "participants-unchecked": ("participants' credits are not checked", {"participant_check": False}),
    "uris-folded": ("URIs are compared without letter case; PINs are digits", {"uri_fold": True, "numeric_pin": True}),
    "uris-by-period": ("conferences that do not overlap may share a URI", {"uri_periods": True}),
    "start-left": ("startTime of query counts down; status truncates", {"start_shown": "left", "status_start": "trunc"}),
    "live-counts": ("only live or awaited participants are counted, only started conferences", {"counts": "live", "active_only": True}),
    "warning-always": ("sendWarning needs no secondsRemaining", {"warning_finite": 0}),
    "limit-at-call": ("maxParticipants refuses calls, not participants", {"max_when": "call"}),
    "limits-compared": ("conferenceMediaCredits below what is configured: 58", {"limit_lower": 58}),
    "no-lobbies": ("no welcome and no exit lobby", {"welcome": False, "exit_lobby": 0.0}),
    "terminating-is-gone": ("a second destroy of a terminating conference: 4", {"destroy_again": False}),
    # participants
    "four-states": ("connectionState has the four values", {"states": "four"}),
    "failed-destroyed": ("participants whose calls all failed are destroyed", {"failed": "destroy"}),
    "incoming-configured": ("accessLevel of an incoming participant without calls is the configured one", {"incoming_access": "configured"}),
    "pins-as-given": ("PIN and PINs come back as given; both may be given", {"pin_kinds": "same", "pin_both": 0}),
    "dtmf-filtered": ("dtmf comes back without other characters", {"dtmf_stored": "filtered", "calls_default": False}),
    "calls-needed": ("mute and messages need a call: 56", {"mute_idle": 56, "message_idle": 56, "important_clear": 201}),
    "layout-small-p": ("layoutActivepresence", {"lower_presence": True}),
    "statuses-known": ("encryptionStatus and mediaStatus tell what is known", {"statuses": "known"}),
    "single-zero": ("what is ignored for one call comes back as its default", {"single_index": "zero", "name_from_endpoint": False}),
    "slow-ring": ("endpoints ring for eight seconds", {"ring": 8.0}),
    # enumeration
    "cookie-hex": ("cookies are hexadecimal, bad ones 102", {"cookie": "hex", "bad_cookie": 102}),
    "cookie-plain": ("cookies are readable, expired ones 55", {"cookie": "plain", "expired": 55}),
    "small-pages": ("lists come three by three", {"small_pages": 3}),
    "lists-backwards": ("lists are newest first, free slots from the last", {"backwards": True}),
    "ids-numbers": ("ids are numbers; a filter on a conference that is gone: 4", {"ids": "number", "gone_filter": "fault"}),
    "ids-long": ("ids have 50 characters of all kinds", {"ids": "words"}),
    "cookies-foreign": ("the two participant enumerations take each other's cookies", {"foreign": True}),
    "deletions-forgotten": ("only the last 60 deletions are known", {"deletions_kept": 60}),
    # feedback
    "acks-subscribed": ("configureAck, receiverModified and receiverDeleted only for subscribers", {"ack_always": False, "mac": "lower"}),
    "acks-few": ("the removed get no configureAck, the overwritten nothing", {"ack_removed": False, "overwritten": False}),
    "events-lenient": ("unknown event names are ignored, no names are all", {"unknown_event": 0, "no_events": "all"}),
    "source-mac": ("an unset sourceIdentifier is told as the MAC address", {"source_shown": "mac"}),
    "events-single": ("one event a message", {"coalesce": False, "notify_space": "none"}),
    "events-retried": ("a message that fails is sent again twice", {"retries": 2}),
    "receivers-unchecked": ("receiver URIs are not checked outside previews", {"uri_checked": False}),
    # asynchronous
    "pending-together": ("ten requests of both kinds together, three seconds each", {"pending_together": True, "async_delay": 3.0}),
    "previews-empty": ("previews that fail have an empty preview; nine streams are fine; images keep an aspect", {"preview_absent": False, "streams_max": 9, "preview_fit": "aspect"}),
    "clear-path": ("ClearPath is negotiated", {"clear_path": True}),
    # device
    "media-320": ("a Media 320", {"platform": "media"}),
    "blade-8710": ("an 8710", {"platform": "8710"}),
    "blade-8710-small": ("an 8710 with yes and no in small letters", {"platform": "8710", "xml_yes": "yes"}),
    "cdr-from-one": ("the log's first index is 1, an empty filter is none", {"cdr_first": 1, "cdr_filter_empty": "none", "cdr_filter_unknown": 0}),
    "cdr-empty": ("the log is empty but for the run", {"cdr_fill": 0}),
    "cdr-wrapped": ("the log is full", {"cdr_fill": 2200}),
    "keys-other": ("a key that is there already: 66; keys in any case; five wrong ones are too many", {"key_again": 66, "key_lower": True, "wrong_keys": 5}),
    "time-local": ("device.query tells local time, the log is oldest first, the stored NTP host serves", {"local_time": True, "log_newest": False, "ntp_host_kept": True}),
    "network-dashes": ("dashes for addresses that are not there", {"dashes": True}),
    "ports-exclusive": ("5000 ports are more than 5000 apart; ethernet port B is ignored", {"port_inclusive": False, "ethernet_b": 0}),
    "sip-secretive": ("SIP's password is not told, callDirect ignores addresses", {"password_shown": False, "direct_stores": False}),
    "licence-refused": ("licence mode methods fail in screen licensed mode", {"licence": "refuse"}),
    "licence-unknown": ("licence mode methods are not supported", {"licence": "unknown"}),
    "licence-https": ("Multiparty licensed; licence mode methods need HTTPS", {"licence": "https", "trust": True}),
    "reservations": ("flex.reservation is there", {"reservations": True}),
    "api-only-none": ("apiOnly users may not use user methods", {"api_only": "none"}),
    "users-other": ("user ids in any case; immortal's rights cannot be set even to what they are", {"user_fold": True, "immortal_again": 63, "user_self": 15}),
}

DOUBTFUL: dict[str, Way] = {
    "calls-at-once": ("calls are made before the conference starts", {"wait_start": False}),
    "receiver-zero": ("receiverIndex 0 takes any free slot", {"index_zero": 0}),
    "ack-not-to-new": ("a new URI gets no configureAck", {"told_new": False}),
    "pins-outgoing-ignored": ("PINs are taken though all calls are outgoing", {"pins_outgoing": 0}),
    "default-password": ("the immortal's password is the default one: all but user.modify and user.enumerate fail until it is changed", {"locked_out": True}),
    "white-space-values": ("white space around names and values that are no strings, as in the example of 226-240", {"padded": True}),
    "empty-source": ("a sourceIdentifier of zero length stays empty in queries only", {"source_empty": "empty"}),
    "conference-beside-cookie": ("conferenceID beside a cookie is ignored", {"cookie_conference": 0}),
    "ten-deletions": ("only ten deletions are known", {"deletions_kept": 10}),
    "one-request": ("a connection serves one request and closes though Keep-Alive was asked for", {"per_connection": 1}),
}

# fault: method ("" any, or a path that ends with a dot), member, what is let pass
FIELD_FAULTS: dict[str, tuple[str, str, str]] = {
    "missing-credits-ok": ("", "numMediaCredits", "required"), "missing-total-ok": ("", "total", "required"), "missing-uri-ok": ("", "callBandwidth", "required"),
    "missing-message-ok": ("flex.conference.sendUserMessage", "message", "required"), "missing-dtmf-ok": ("", "dtmf", "required"),
    "missing-receiver-uri-ok": ("feedbackReceiver.configure", "receiverURI", "required"), "missing-password-ok": ("user.create", "password", "required"),
    "missing-pin-ok": ("", "PIN", "required"), "missing-service-type-ok": ("", "connectionType", "required"), "missing-services-ok": ("", "services", "required"),
    "type-gain-ignored": ("", "audioTransmitGain", "type"), "type-locked-ignored": ("", "locked", "type"), "type-max-ignored": ("", "max", "type"),
    "type-metadata-ignored": ("", "metadata", "type"), "type-mute-ignored": ("", "videoTxMute", "type"), "type-events-ignored": ("", "subscribedEvents", "type"),
    "enum-layout-any": ("", "displayDefaultLayoutSingleScreen", "enum"), "enum-multi-layout-prominent": ("", "displayDefaultLayoutMultiScreen", "enum"),
    "enum-control-any": ("", "guestControlLevel", "enum"), "enum-rights-any": ("user.create", "accessRights", "enum"), "enum-cascade-any": ("", "cascadeRole", "enum"),
    "enum-protocol-any": ("", "protocol", "enum"), "enum-transport-any": ("", "outboundTransport", "enum"), "enum-stream-any": ("", "streamIdentifier", "enum"),
    "enum-licence-any": ("", "newLicenseMode", "enum"), "enum-home-any": ("", "mode", "enum"),
    "range-voice-any": ("", "voiceSwitchingSensitivity", "range"), "range-voice-clamped": ("", "voiceSwitchingSensitivity", "clamp"),
    "range-packet-loss-any": ("", "packetLossThreshold", "range"), "range-gain-any": ("", "audioReceiveGain", "range"), "range-gain-edge-refused": ("", "audioTransmitGain", "edge"),
    "range-credits-negative-ok": ("", "numMediaCredits", "range"), "range-total-negative-ok": ("", "total", "range"), "range-max-zero-ok": ("", "max", "range"),
    "range-bandwidth-any": ("", "callBandwidth", "range"), "range-start-negative-ok": ("", "startTime", "range"), "range-duration-negative-ok": ("flex.conference.create", "duration", "range"),
    "range-facility-any": ("", "facilityValue", "range"), "range-offset-any": ("", "utcOffsetHours", "range"), "range-minutes-any": ("", "utcOffsetMinutes", "range"),
    "range-receiver-21-ok": ("feedbackReceiver.configure", "receiverIndex", "range"), "range-preview-small-ok": ("", "maxWidth", "range"), "range-preview-low-ok": ("", "maxHeight", "range"),
    "range-ports-low-ok": ("", "ephemeralPortRangeMin", "range"), "range-packet-size-any": ("", "maxTransmitPacketSize", "range"),
    "long-name-ok": ("", "conferenceName", "long"), "long-name-cut": ("", "conferenceName", "cut"), "long-name-limit-refused": ("", "conferenceName", "exact"),
    "long-description-cut": ("", "conferenceDescription", "cut"), "long-message-ok": ("flex.participant.sendUserMessage", "message", "long"),
    "long-dtmf-ok": ("", "dtmf", "long"), "long-uri-ok": ("", "URI", "long"), "long-pin-ok": ("", "PIN", "long"), "long-metadata-ok": ("", "metadata", "long"),
    "long-metadata-cut": ("", "metadata", "cut"), "long-exit-limit-refused": ("", "customConferenceEndedExitMessage", "exact"), "long-reference-cut": ("", "participantReference", "cut"),
    "long-user-ok": ("user.create", "newUserId", "long"), "long-user-limit-refused": ("user.create", "newUserId", "exact"), "long-audio-ok": ("", "customPINEntryAudio", "long"),
    "long-source-ok": ("", "sourceIdentifier", "long"),
    "uri-third-ok": ("", "URIs", "many"), "uri-third-dropped": ("", "URIs", "cut"), "calls-fifth-ok": ("", "calls", "many"), "pins-third-ok": ("", "PINs", "cut"),
    "syslog-fifth-ok": ("", "servers", "many"),
}


def without(name: str) -> Callable[[Dict], None]:
    return lambda reply: reply.pop(name, None)


def put(name: str, made: Callable[[Any], Any]) -> Callable[[Dict], None]:
    def change(reply: Dict) -> None:
        if name in reply:
            reply[name] = made(reply[name])
    return change


def each(array: str, change: Callable[[Dict], Any]) -> Callable[[Dict], None]:
    def through(reply: Dict) -> None:
        reply[array] = [dict(one) for one in reply.get(array, [])]
        for one in reply[array]:
            change(one)
    return through


def add(**members: Any) -> Callable[[Dict], None]:
    return lambda reply: reply.update(members)


REPLY_FAULTS: dict[str, tuple[str, Callable[[Dict], Any]]] = {
    "reply-query-no-attributes": ("flex.conference.query", without("callAttributes")),
    "reply-query-attribute-lost": ("flex.conference.query", lambda r: r.get("callAttributes", {}).pop("indicateMuting", None)),
    "reply-query-no-resources": ("flex.conference.query", without("participantMediaResources")),
    "reply-query-start-text": ("flex.conference.query", put("startTime", str)),
    "reply-query-no-metadata-flag": ("flex.conference.query", without("hasMetadata")),
    "reply-query-control-word": ("flex.conference.query", put("chairControlLevel", lambda v: v.replace("control", "level"))),
    "reply-query-reference-empty": ("flex.conference.query", lambda r: r.setdefault("conferenceReference", "")),
    "reply-query-locked-integer": ("flex.conference.query", put("locked", int)),
    "reply-status-no-active": ("flex.conference.status", without("active")),
    "reply-status-screens-negative": ("flex.conference.status", put("numScreens", lambda v: -1 - v)),
    "reply-status-reference-always": ("flex.conference.status", lambda r: r.setdefault("conferenceReference", "")),
    "reply-create-no-reference": ("flex.conference.create", without("conferenceReference")),
    "reply-enumerate-no-cookie": ("flex.conference.enumerate", without("cookie")),
    "reply-enumerate-no-terminating": ("flex.conference.enumerate", each("conferences", without("terminating"))),
    "reply-enumerate-name-empty": ("flex.conference.enumerate", each("conferences", lambda r: r.setdefault("conferenceName", ""))),
    "reply-enumerate-presenter-empty": ("flex.conference.enumerate", each("conferences", lambda r: r.setdefault("presenterID", ""))),
    "reply-more-integer": ("flex.participant.enumerate", put("moreAvailable", int)),
    "reply-participants-state": ("flex.participant.enumerate", each("participants", put("connectionState", lambda v: "active" if v == "connected" else v))),
    "reply-participants-no-addresses": ("flex.participant.enumerate", each("participants", without("addresses"))),
    "reply-participants-name-empty": ("flex.participant.enumerate", each("participants", lambda r: r.setdefault("participantReference", ""))),
    "reply-advanced-encryption-word": ("flex.participant.advanced.enumerate", each("participants", put("encryptionStatus", lambda v: {k: "clear" if x == "unencrypted" else ("secure" if x == "encrypted" else x) for k, x in v.items()}))),
    "reply-advanced-no-media": ("flex.participant.advanced.enumerate", each("participants", without("mediaStatus"))),
    "reply-advanced-protocol-capitals": ("flex.participant.advanced.enumerate", each("participants", put("calls", lambda v: [{**c, "protocol": c["protocol"].upper()} if "protocol" in c else c for c in v]))),
    "reply-media-no-audio": ("flex.participant.media.enumerate", each("participantMediaInfo", without("audioTokenInfo"))),
    "reply-media-credits-text": ("flex.participant.media.enumerate", each("participantMediaInfo", put("creditsConfigured", str))),
    "reply-person-no-cascade": ("flex.participant.query", without("cascadeRole")),
    "reply-person-calls-both": ("flex.participant.query", put("calls", lambda v: [{**c, "URI": c.get("URI", "x"), "remoteAddress": c.get("remoteAddress", "y")} for c in v])),
    "reply-person-status-no-type": ("flex.participant.status", without("participantType")),
    "reply-person-status-type": ("flex.participant.status", put("participantType", str.upper)),
    "reply-person-status-important-text": ("flex.participant.status", put("important", lambda v: "true" if v else "false")),
    "reply-call-no-state": ("flex.call.status", without("conferenceState")),
    "reply-call-state-word": ("flex.call.status", put("callState", lambda v: v.replace("callState", ""))),
    "reply-call-participant-lost": ("flex.call.status", without("participantID")),
    "reply-resources-no-minimum": ("flex.resource.query", without("minCallBandwidth")),
    "reply-resources-level-text": ("flex.resource.query", put("mediaTokenLevelsAudio", lambda v: [{**one, "stereo": str(one["stereo"])} for one in v])),
    "reply-resources-status-lost": ("flex.resource.status", without("allocatedMediaCredits")),
    "reply-info-mode": ("system.info", put("operationMode", lambda _: "remote")),
    "reply-info-licence-key": ("system.info", put("licenseMode", lambda v: "key" if v == "flexible" else v)),
    "reply-info-ports": ("system.info", put("portsVideoTotal", lambda _: 12)),
    "reply-info-make-calls": ("system.info", put("makeCallsOK", lambda _: True)),
    "reply-device-no-version": ("device.query", without("apiVersion")),
    "reply-device-time-text": ("device.query", put("currentTime", str)),
    "reply-device-shutdown-word": ("device.query", put("shutdownStatus", lambda v: "running" if v == "notShutdown" else v)),
    "reply-health-word": ("device.health.query", put("temperatureStatus", lambda _: "good")),
    "reply-health-load-text": ("device.health.query", put("cpuLoad", lambda v: f"{v}%")),
    "reply-time-status-word": ("device.time.query", put("ntpStatus", lambda v: "off" if v == "disabled" else v)),
    "reply-time-offset-lost": ("device.time.query", without("utcOffsetMinutes")),
    "reply-network-no-mac": ("device.network.query", lambda r: r["portA"].pop("macAddress", None)),
    "reply-cdr-remaining-integer": ("cdrlog.enumerate", put("eventsRemaining", int)),
    "reply-cdr-no-time": ("cdrlog.enumerate", each("events", without("time"))),
    "reply-syslog-no-facility": ("logs.syslog.query", without("facilityValue")),
    "reply-sip-word": ("sip.query", put("callConfiguration", lambda v: "direct" if v == "callDirect" else v)),
    "reply-services-no-enabled": ("services.query", put("ports", lambda v: [{**p, "services": [{k: x for k, x in s.items() if k != "enabled"} for s in p["services"]]} for p in v])),
    "reply-user-no-rights": ("user.enumerate", each("users", without("accessRights"))),
    "reply-receiver-events-text": ("feedbackReceiver.status", put("subscribedEvents", ",".join)),
    "reply-receiver-uri-lost": ("feedbackReceiver.query", each("receivers", without("receiverURI"))),
    "reply-home-no-automatic": ("callHome.query", without("automatic")),
    "reply-metadata-text": ("flex.conference.getMetadata", put("metadata", lambda v: base64.b64encode(v).decode())),
    "reply-licence-secret-text": ("flex.licenseMode.modify", put("trustSecret", lambda v: v.hex())),
    "reply-restart-log-no-reason": ("device.restartlog.query", each("log", without("reason"))),
}
FaultEntry = tuple[int, str, list[int]]

# name, issue (7 call by call, 8 across calls, 9 cookies, receivers and asynchronous replies), lines, what is wrong
FAULT_TEXT = """
http-length-short 7 248 Content-Length is two bytes short
http-length-long 7 248 Content-Length of larger replies is seven bytes too much
http-close-unannounced 7 384,390 every third reply's connection is closed without Connection: close
http-close-never-announced 7 384,390 connections that are closed are never announced so
http-idle-kept 7 400 an idle connection is never closed
http-reply-of-before 7 390,297 every seventh reply of a connection is that of the request before
xml-escaped-twice 7 256,305,368 & and < in strings are escaped twice
xml-ampersand-bare 7 256,305,225 & in strings is not escaped
xml-boolean-as-int 7 370,2002,2003 booleans are written as int
xml-boolean-yes 7 370 booleans are yes and no
xml-integers-as-strings 7 369,2005 integers are written as strings
xml-date-dashes 7 372,1443 dates have dashes
xml-date-as-string 7 372,1443,1610 dates are written as strings
xml-single-array 7 373,1986,2356,1733 an array of one struct is written as that struct
xml-empty-array-string 7 373,1986,1438,1728 an empty array is written as an empty string
xml-latin 7 256,305 what is not ASCII is Latin-1 under a declaration of UTF-8
xml-no-param 7 297,307 params has a value without param
xml-fault-code-text 7 299,342 faultCode is a string
xml-fault-without-string 7 299,347,3649 a fault has no faultString
xml-fault-names 7 299,335,347 faults have code and string
xml-fault-as-params 7 299 a fault is sent as params
xml-fault-and-params 7 299 a fault has params beside
status-words 7 298 success without data is told as operation succeeded
status-absent 7 298 success without data is an empty struct
status-beside 7 298 success without data has a second member
status-of-modify 7 298 methods called modify tell the status ok
request-large-ok 7 361,3691 requests above 32 KB are served
request-large-invalid 7 3691 requests above 32 KB give 102
method-unknown-ok 7 3652 unknown methods succeed
method-unknown-failed 7 3652 unknown methods give 201
authentication-any-password 7 416,3660,414 any password will do
authentication-password-case 7 416,3660 passwords are compared without letter case
authentication-password-prefix 7 416,3660 only the first six characters of a password count
authentication-password-empty-ok 7 416,3660 an empty password will do
authentication-password-optional 7 414,408 a missing password will do
authentication-remembered 7 408 a connection that has authenticated needs no credentials any more
authentication-failed-code 7 416,3660 a wrong password gives 201
user-none-may-call 7 3391 users without rights may call
user-apionly-refused 7 3390,3661 apiOnly users may call nothing
missing-as-invalid 7 3688 a missing parameter gives 102
missing-as-malformed 7 3688 a missing parameter gives 103
missing-nested-as-invalid 7 3688 a missing member of a struct gives 102
missing-nameless 7 3688 101 names nothing
missing-names-first 7 3688 101 names another parameter
malformed-as-invalid 7 3690 a wrong type gives 102
malformed-nested-as-missing 7 3690 a wrong type in a struct gives 101
malformed-nameless 7 3690 103 names nothing
malformed-names-other 7 3690 103 names authenticationUser
invalid-as-malformed 7 3689,828 an invalid value gives 103
invalid-as-failed 7 3689,828 an invalid value gives 201
missing-credits-ok 7 1104,1820,3688 numMediaCredits may be missing
missing-total-ok 7 1067,1101,1817,3688 total may be missing
missing-uri-ok 7 1247,1262,1276,3688 callBandwidth may be missing
missing-message-ok 7 2248,3688 flex.conference.sendUserMessage needs no message
missing-dtmf-ok 7 2947,3688 flex.participant.sendDTMF needs no dtmf
missing-receiver-uri-ok 7 1712,3688 feedbackReceiver.configure needs no receiverURI
missing-password-ok 7 3399,3688 user.create needs no password
missing-pin-ok 7 1286,3688 a member of PINs needs no PIN
missing-service-type-ok 7 3267,3688 a service needs no connectionType
missing-services-ok 7 3265,3688 ports need no services
missing-protocol-ok 7 1275,3688 outgoing calls need no protocol
type-digits-as-integer 7 3690 digits in a string serve as an integer
type-words-as-boolean 7 3690 true in a string serves as a boolean
type-nested-ignored 7 3690 wrong types in structs are ignored
type-broken-ignored 7 3690 values that cannot be read are ignored
type-single-as-array 7 3690,373 a struct serves as an array of one
type-gain-ignored 7 3690,1213 audioTransmitGain of a wrong type is ignored
type-locked-ignored 7 3690,1851,2070 locked of a wrong type is ignored
type-max-ignored 7 3690,1979,2346,2536 max of a wrong type is ignored
type-metadata-ignored 7 3690,1886,2105 metadata of a wrong type is ignored
type-mute-ignored 7 3690,2984 videoTxMute of a wrong type is ignored
type-events-ignored 7 3690,1719,1752 subscribedEvents of a wrong type is ignored
integer-wraps 7 369,3690,3689 integers above four bytes wrap round
enum-case-folded 7 828,3689 enumerated values in another letter case are taken
enum-prefix 7 828,3689 beginnings of enumerated values are taken
enum-nested-ignored 7 828,3689 unknown enumerated values in structs are ignored
enum-layout-any 7 828,1203,3689 displayDefaultLayoutSingleScreen takes anything
enum-multi-layout-prominent 7 828,1204,3689 displayDefaultLayoutMultiScreen takes anything
enum-control-any 7 828,1888,2107,3689 guestControlLevel takes anything
enum-rights-any 7 3400,3689 accessRights of user.create takes anything
enum-cascade-any 7 828,2479,3689 cascadeRole takes anything
enum-protocol-any 7 828,1275,3689 protocol takes anything
enum-transport-any 7 3314,3689 outboundTransport takes anything
enum-stream-any 7 2893,2900,3689 streamIdentifier takes anything
enum-licence-any 8 2312,3689 newLicenseMode takes anything
enum-home-any 8 1389,3689 mode of callHome.configure takes anything
range-voice-any 7 1863,2082,3689,3666 voiceSwitchingSensitivity takes any number
range-voice-clamped 7 1863,2082,3689,3666 voiceSwitchingSensitivity is clamped to its range
range-packet-loss-any 7 1174,3689,3666 packetLossThreshold takes any number
range-gain-any 7 1212,3689,3666 audioReceiveGain takes any number
range-gain-edge-refused 7 1213 audioTransmitGain of 12000 is refused
range-credits-negative-ok 7 1097,3689,3666 numMediaCredits may be negative
range-total-negative-ok 7 1067,1075,3689,3666 total may be negative
range-max-zero-ok 7 1979,1943,2346,2536,3689,3666 max may be 0 or less
range-bandwidth-any 7 1247,1262,1276,3192,3193,3689,3666 callBandwidth takes any number
range-start-negative-ok 7 1852,3689,3666 startTime may be negative
range-duration-negative-ok 7 1853,3689,3666 duration may be negative
range-facility-any 7 3239,3689,3666 facilityValue takes any number
range-offset-any 8 1687,3689,3666 utcOffsetHours takes any number
range-minutes-any 8 1688,3689,3666 utcOffsetMinutes takes any number
range-receiver-21-ok 9 1717,3689,3666 receiverIndex of configure may be above 20
range-preview-small-ok 9 2895,2902,3689,3666 maxWidth may be below 88
range-preview-low-ok 9 2896,2902,3689,3666 maxHeight may be below 72
range-ports-low-ok 8 3260,3689,3666 ephemeralPortRangeMin may be below 10000
long-name-ok 7 1833,2060,3668 conferenceName may be longer than 80
long-name-cut 7 1833,2060,3668 conferenceName is cut to 80
long-name-limit-refused 7 1833,2060 conferenceName of 80 characters is refused
long-description-cut 7 1834,2061,3668 conferenceDescription is cut to 500
long-message-ok 7 2961,3668 message of flex.participant.sendUserMessage may be longer than 100
long-dtmf-ok 7 2476,2947,3668 dtmf may be longer than 127
long-uri-ok 7 1242,1261,3668 URIs may be longer than 80
long-pin-ok 7 1248,1286,2468,3668 PINs may be longer than 40
long-metadata-ok 7 1886,2105,3671 metadata may be longer than 512 bytes
long-metadata-cut 7 1886,2105,3671 metadata are cut to 512 bytes
long-exit-limit-refused 7 1901,2120 customConferenceEndedExitMessage of 200 characters is refused
long-reference-cut 7 2463,3668 participantReference is cut to 50
long-user-ok 7 3398,3668 newUserId of user.create may be longer than 64
long-user-limit-refused 7 3398 newUserId of 64 characters is refused
long-audio-ok 7 1910,3668 customPINEntryAudio may be longer than 80
long-source-ok 9 1718,1751,2689,2888,3668 sourceIdentifier may be longer than 255
uri-third-ok 7 1839,2062 three URIs are taken
uri-third-dropped 7 1839,2062 a third URI is dropped
calls-fifth-ok 7 2462 five calls are taken
calls-none-ok 7 2462 no calls are taken
pins-third-ok 7 2469,1281 a third PIN is dropped
syslog-fifth-ok 8 3237 five syslog servers are taken
call-both-kinds-ok 7 1256 a call may have URI and remoteAddress
cascade-two-calls-ok 7 2456 a cascade link may have several calls
audio-index-outside-ok 7 2473,2454 audioIndex may lie outside of calls
content-index-outside-ok 7 2474,2454 contentIndex may lie outside of calls
pin-all-outgoing-ok 7 538,2468 a PIN is taken though all calls are outgoing
dtmf-not-ascii-ok 7 731 dtmf may have other than ASCII characters
dtmf-others-refused 7 729 dtmf may have DTMF characters only
dtmf-letters-refused 7 725 A to D are refused in dtmf
source-not-ascii-ok 9 1718,2689,2888 sourceIdentifier may have other than ASCII characters
uri-any-characters 7 458,463 URIs may have any characters
uri-blank-ok 8 458,463 URIs may have blanks
uri-plus-ok 8 458,463 URIs may have + and !
uri-two-ats-ok 8 463 URIs may have two @
uri-underscore-refused 8 463 _ is refused in URIs
tokens-per-channel-over-total 7 1068 maxPerChannel may exceed total
unlimited-both-conferenceMediaTokens 7 581,1840,1841 both halves of conferenceMediaTokens are taken
unlimited-both-conferenceMediaCredits 7 581,1842,1843 both halves of conferenceMediaCredits are taken
unlimited-both-duration 7 581,598,1853,1854 both halves of duration are taken
unlimited-both-maxParticipants 7 581,1857,1862 both halves of maxParticipants are taken
unlimited-both-per-channel 7 581,598,1068 both halves of maxPerChannel are taken
unlimited-both-in-modify 7 581,598,2044 flex.conference.modify takes both halves of pairs
unlimited-both-returned 7 581 flex.conference.query returns both halves of what is unlimited
unlimited-false-returned 7 581 flex.conference.query returns Unlimited=false beside a number
unlimited-false-beside-per-channel 7 1082,581 maxPerChannelUnlimited=false is returned beside maxPerChannel
media-both-per-channel 7 2587,2620,2621 both halves of maxTokensPerChannelConfigured are returned
conference-unknown-first 7 3653,349 an unknown conferenceID serves as the first conference's
conference-unknown-five 7 3653,349 an unknown conferenceID gives 5
conference-unknown-invalid 7 3653,349 an unknown conferenceID gives 102
participant-unknown-four 7 3654,554 an unknown participantID gives 4
credits-unchecked 7 1112,630,3673 conferences may have too few credits for their tokens
credits-unchecked-in-modify 7 1112,630,3673 flex.conference.modify does not compare credits and tokens
credits-main-video-only 8 1112,606,630 credits are compared with the main video's tokens
credits-audio-forgotten 8 1112,606,630 credits are compared without the audio tokens
credits-compared-unrounded 8 628,630 credits are compared before they are rounded
credits-rounded-up 7 628 credits are rounded up
credits-below-first-kept 8 628 credits below 48 count as 48
default-wait-for-chair 7 1844 waitForChair defaults to false
default-voice-fifty 7 1863 voiceSwitchingSensitivity defaults to 50
default-unlock 7 1887 unlockWithLastCall defaults to false
default-muted-message 7 1895 useCustomMutedCanUnmuteMessage defaults to false
default-guest-control 7 1888 guestControlLevel defaults to controlNone
default-profile 7 1890 optimizationProfile defaults to maximizeEfficiency
default-ix 7 1228 iXEnabled defaults to false
default-packet-loss 7 1174 packetLossThreshold defaults to 0
default-endpoint-names 7 1206 displayShowEndpointNames defaults to false
default-access-guest 7 1170 accessLevel defaults to guest
default-full-screen 7 1200 fullScreenMode defaults to dynamic
store-description-cut 7 1834,2154 conferenceDescription is cut to 255 characters
store-name-latin 7 1833,2153,256 conferenceName keeps Latin-1 characters only
store-welcome-lost 7 1865,2177 welcomeScreenMessage of flex.conference.create is lost
store-chair-control-swapped 7 1888,1889,2196,2197 the control levels of chairs and guests are swapped
store-billing-upper 7 1855,2161 billingCode is stored in capitals
store-caller-name-lost 7 2477,2677 callerName is lost
store-dtmf-commas-lost 7 2476,2672,727 commas are lost from dtmf
content-index-lost 7 2474,2668 contentIndex comes back as 0
query-calls-backwards 7 2462,2665 calls of flex.participant.query are in reverse
pins-second-lost 7 2469,2662 the second PIN does not come back
uri-pin-lost-second 7 1248,2145 the second URI's PIN does not come back
metadata-ends-at-zero 7 1886,2036 metadata end at the first zero byte
metadata-reversed 7 1886,2036 metadata come back in reverse
metadata-always-told 8 2194 hasMetadata is true always
attributes-transmit-gain-lost 7 1213,2173 audioTransmitGain stays at its default
attributes-gain-sign 7 1213,2173 audioTransmitGain loses its sign
attributes-mute-pair 7 1215,1216 audioRxStartMuted sets videoRxStartMuted too
modify-resets-voice 7 2042 flex.conference.modify sets voiceSwitchingSensitivity to 60 where it is not given
modify-name-clears-reference 7 2042 a new conferenceName clears conferenceReference
modify-media-resets-attributes 7 2042 new media resources reset the call attributes
modify-unlocks 7 2042 any flex.conference.modify unlocks
modify-false-ignored 7 2040,2042 flex.conference.modify does not take false
modify-empty-ignored 7 2040 flex.conference.modify does not clear strings
modify-guest-control-lost 7 2040,2107 flex.conference.modify does not change guestControlLevel
modify-exit-message-cut 7 2120 flex.conference.modify cuts customConferenceEndedExitMessage to 100
modify-media-keeps-per-channel 7 1106,2079 flex.conference.modify keeps maxPerChannel where it is not given
modify-uris-appended 7 2062 flex.conference.modify adds its URIs
modify-empty-uris-kept 7 2062 an empty array of URIs changes nothing
modify-uri-pin-kept 8 2062 a URI keeps the PIN of the one that it replaces
modify-clears-display-name 7 2633 flex.participant.modify clears displayName where it is not given
unlimited-not-cleared 8 2042,597 a number does not end what was set to unlimited
unlimited-not-set 8 2042,592,598 flex.conference.modify does not set a pair to unlimited
reply-query-no-attributes 7 2173 flex.conference.query has no callAttributes
reply-query-attribute-lost 7 1230,2173 callAttributes have no indicateMuting
reply-query-no-resources 7 2175 flex.conference.query has no participantMediaResources
reply-query-start-text 7 2172 startTime of flex.conference.query is a string
reply-query-no-metadata-flag 7 2194 flex.conference.query has no hasMetadata
reply-query-control-word 7 829,2197 chairControlLevel is levelConference
reply-query-reference-empty 7 449,2146 an empty conferenceReference is returned
reply-query-locked-integer 7 2171 locked of flex.conference.query is an integer
reply-status-no-active 7 2295 flex.conference.status has no active
reply-status-screens-negative 7 2291 numScreens is negative
reply-status-reference-always 7 449,2297 flex.conference.status returns an empty conferenceReference
reply-create-no-reference 7 1933 flex.conference.create does not return conferenceReference
reply-enumerate-no-cookie 7 1985 flex.conference.enumerate has no cookie
reply-enumerate-no-terminating 7 2004 enumerated conferences have no terminating
reply-enumerate-name-empty 7 2001 enumerated conferences have empty names
reply-enumerate-presenter-empty 7 2021 enumerated conferences have an empty presenterID
reply-more-integer 7 2542 moreAvailable of flex.participant.enumerate is an integer
reply-participants-state 7 2558,829,984 connectionState is active
reply-participants-no-addresses 7 2560 enumerated participants have no addresses
reply-participants-name-empty 7 2554,449 enumerated participants have empty references
reply-advanced-encryption-word 7 2369,2396,829 encryptionStatus has clear and secure
reply-advanced-no-media 7 2375 flex.participant.advanced.enumerate has no mediaStatus
reply-advanced-protocol-capitals 7 2383,829 protocol is in capitals
reply-media-no-audio 7 2611 participantMediaInfo has no audioTokenInfo
reply-media-credits-text 7 2612 creditsConfigured is a string
reply-person-no-cascade 7 2669 flex.participant.query has no cascadeRole
reply-person-calls-both 7 2665,1256 calls of flex.participant.query have URI and remoteAddress
reply-person-status-no-type 7 3003 flex.participant.status has no participantType
reply-person-status-type 7 3003,3021 participantType is in capitals
reply-person-status-important-text 7 3005 important is a string
reply-call-no-state 7 1798 flex.call.status has no conferenceState
reply-call-state-word 7 1799,829 callState is without its prefix
reply-call-participant-lost 7 1803 flex.call.status has no participantID
reply-resources-no-minimum 7 3192 flex.resource.query has no minCallBandwidth
reply-resources-level-text 7 3206 stereo is a string
reply-resources-status-lost 7 3221 flex.resource.status has no allocatedMediaCredits
reply-info-mode 7 3350 operationMode is remote
reply-info-licence-key 8 3351 licenseMode of system.info is key
reply-info-ports 7 3362 portsVideoTotal is 12
reply-info-make-calls 7 3361 makeCallsOK is true
reply-device-no-version 7 1618 device.query has no apiVersion
reply-device-time-text 7 1610 currentTime of device.query is a string
reply-device-shutdown-word 7 1621 shutdownStatus is running
reply-health-word 7 1491 temperatureStatus is good
reply-health-load-text 7 1484 cpuLoad is a string
reply-time-status-word 7 1703 ntpStatus is off
reply-time-offset-lost 7 1701 device.time.query has no utcOffsetMinutes
reply-network-no-mac 7 1566 device.network.query has no macAddress
reply-cdr-remaining-integer 7 1430 eventsRemaining is an integer
reply-cdr-no-time 7 1443 log records have no time
reply-syslog-no-facility 7 3251 logs.syslog.query has no facilityValue
reply-sip-word 7 3326 callConfiguration is direct
reply-services-no-enabled 7 3293 services have no enabled
reply-user-no-rights 7 3461 enumerated users have no accessRights
reply-receiver-events-text 9 1782 subscribedEvents of feedbackReceiver.status is a string
reply-receiver-uri-lost 9 1740 feedbackReceiver.query has no receiverURI
reply-home-no-automatic 7 1406 callHome.query has no automatic
reply-metadata-text 7 2036 metadata is a string
reply-licence-secret-text 8 2318 trustSecret is a string
reply-restart-log-no-reason 7 1661 the restart log has no reasons
network-speed-text 7 1564 speed is a string
network-mac-colons 7 1566 macAddress has colons
network-bytes64-integer 7 1577 bytesSent64 is an integer
network-dns-struct 7 1555 dns is a struct
services-no-setting 7 3291 services have no setting
services-version-small 7 3287 protocolVersion is in small letters
ranges-backwards 8 3191,608 mediaCreditTokenRanges descend
ranges-as-text 7 3191 mediaCreditTokenRanges are strings
uptime-in-minutes 8 1616 uptime is in minutes
health-fans 7 1485,1486 a virtual machine has fans
sip-certificate-elsewhere 7 3334 useLocalCertificate is returned by a virtual machine
restart-reason-unlisted 7 1661,1675 a restart's reason is cold boot
system-absent 7 3468,3596 /system.xml is not there
system-root 7 3602,3598 the root of system.xml is info
system-product 7 3631,3608 product is TPS
system-cluster 7 3641,3619 clusterType is none
system-no-version 7 3635 system.xml has no softwareVersion
call-duration-before-connection 8 1804,3071 duration of a call is told before it is established
layout-without-calls 8 2374 layout is told though there are no calls
layout-though-muted 8 3016 flex.participant.status tells layout though transmitted video is muted
addresses-backwards 8 2368,2560 addresses are in reverse
addresses-uri-for-outgoing 7 2390,2578 addresses of outgoing calls are told as URI
calls-absent-left-out 8 2367,2559,3010 absent calls are left out of calls
enumerate-audio-is-main 8 2010 callTokensConfiguredAudio is that of main video
media-extended-is-main 8 2610,3051 extendedVideoTokenInfo is that of main video
media-far-end-early 8 2613,2622,2627 far end figures are told before there is a call
media-of-participant-ignored 8 1116,2471 a participant's own media resources are ignored
media-credits-inherited-wrong 8 1118,2471 a participant that inherits resources has 10080 credits
attributes-defaults-not-conference 8 1134,1142,2470 participants inherit the table's defaults
attributes-conference-wins 8 1138,2470 some attributes of the conference win over the participant's
attributes-several-calls-main 8 1185 videoTxPresentationMainVideoAllowed is true for several calls
attributes-change-existing 8 1142 a conference's new attributes change its participants
attributes-leak-to-conference 8 1138,2633 a participant's new attributes change the conference
metadata-shared 8 2105,1886 new metadata go to other conferences too
start-time-ignored 8 1852 conferences start at once
duration-ignored 8 1853,2298 conferences do not end
duration-from-creation 8 1853 duration counts from creation
duration-doubled 8 1853,2298 conferences end after twice their duration
duration-from-modification 8 2075 a new duration counts from its modification
duration-past-ok 8 2075 a duration that is over already is taken
status-end-total 8 2298 endTime does not go down
status-end-unlimited 7 2298 endTime is told for unlimited conferences
status-start-unsigned 8 2294 startTime of flex.conference.status is positive for active conferences
status-lock-stale 8 2289 flex.conference.status tells locked as at creation
conference-leaves-participants 8 560 participants outlive their conference
destroy-fourth-not-done 8 1954 every fourth conference is not destroyed
destroy-takes-all 8 2518 a second participant is destroyed too
count-keeps-destroyed 8 2290,2005 numParticipants does not go down
call-outlives-participant 8 2518,562 a destroyed participant's call still has a status
uri-duplicate-ok 8 505,507,3663 a URI may be in two conferences
uri-duplicate-modify-ok 8 505,507,3663 flex.conference.modify takes another conference's URI
uri-second-unchecked 8 505,507,3663 the second URI may be another conference's
uri-of-participant-ok 8 509 a URI may be that of a participant in another conference
uri-own-refused 8 507,3663,2062 a conference's own URI is refused in flex.conference.modify
uri-not-freed 8 3663,505 URIs of conferences that are gone cannot be had
uri-shared-refused 8 505,508 a URI cannot be had twice with different PINs
uri-shared-same-pin-ok 8 508,3663 a URI can be had twice with the same PIN
limit-of-participants-ignored 8 1857,2080 more participants connect than maxParticipants
limit-below-active-ok 8 3665,2080 maxParticipants may be less than there are
warning-no-default 7 2274 flex.conference.sendWarning needs secondsRemaining though no end is defined
warning-ends-conference 8 2274 flex.conference.sendWarning ends the conference
terminate-with-last-ignored 8 1850,2069 terminateWithLastCall does nothing
unlock-with-last-ignored 8 1887,2195 unlockWithLastCall does nothing
unlock-with-last-always 8 1887,2195 the last participant unlocks in spite of unlockWithLastCall=false
chair-exit-ignored 8 1849,2068 disconnectOnChairExit does nothing
auto-disconnect-ignored 8 1172 autoDisconnect does nothing
wait-for-chair-ignored 8 1844,926 waitForChair does nothing
defer-ignored 8 1222 deferConnect does nothing
defer-for-ever 8 1222 a deferred call is never made
presenter-missing 8 2021,2296 presenterID is never told
presenter-stays 8 2021,2296 presenterID is told of a participant that is gone
mute-start-ignored 8 1215,1216,1217,1218 the StartMuted attributes do nothing
mute-resets-others 8 2975 flex.participant.setMute unmutes what is not given
mute-audio-both-ways 8 2975,2983 audioRxMute mutes both ways
mute-video-never 8 2984,3014 videoTxMute does nothing
mute-never-off 8 2975 nothing is unmuted
mute-neighbour 8 2975 all participants of the conference are muted
mute-status-swapped 8 3012,3013 videoRxMute and audioTxMute are swapped in flex.participant.status
important-two 8 2966,2022 two participants of a conference are important
important-across-conferences 8 2966 the important participant of another conference loses it
important-after-death 8 2022 importantID is told of a participant that is gone
important-only-with-calls 8 2966 a participant without calls cannot be important
important-cleared-by-any 8 2437 any flex.participant.clearImportant clears
important-not-cleared 8 2437 flex.participant.clearImportant does nothing
disconnect-destroys 8 562 flex.participant.call.disconnect destroys the participant
disconnect-outgoing-ok 8 2421,2432 outgoing calls can be disconnected
disconnect-absent-ok 8 2431 calls that have not connected can be disconnected
resources-never-less 8 3216,3218,3220 figures of flex.resource.status never go down
resources-tokens-of-credits 8 3218 configuredMediaTokens is the number of credits
resources-conferences-off 8 3217 numConferences is one more
resources-calls-of-participants 8 3215 numCalls is the number of participants
resources-defaults-only 8 3218 configuredMediaTokens counts the conferences' defaults
shut-down-creates 8 3698 a system that was shut down creates
user-apionly-creates-administrators 8 3390 apiOnly users create administrators
user-apionly-modifies-administrators 8 3390,3418 apiOnly users modify administrators
user-apionly-destroys-administrators 8 3390 apiOnly users destroy administrators
user-apionly-raises 8 3390,3418 apiOnly users make administrators of others
user-apionly-sees-administrators 8 3390 apiOnly users see administrators
user-duplicate-ok 8 3696 a user id can be had twice
user-rename-duplicate-ok 8 3696 user.modify takes another user's id
user-above-200-ok 8 3381 there is no limit to users
user-name-lost 8 3401,3459 name of user.create is lost
user-id-small 8 3398,3458 user ids are stored in small letters
user-created-administrator 8 3400,3461 an apiOnly user is created as administrator
user-destroyed-stays 8 3407,416 destroyed users may still call
user-destroy-unknown-ok 8 3681 destroying an unknown user succeeds
user-destroy-unknown-failed 8 3681 destroying an unknown user gives 201
user-destroy-next 8 3407,3412 the user after it is destroyed
user-immortal-destroyed 8 3680,3412,3383 destroying the immortal user succeeds
user-immortal-rights-ok 8 3680 the immortal user's rights can be changed
user-immortal-not-listed 8 3383 the immortal user is not enumerated
user-immortal-false 8 3460 immortal is false
user-disabled-not-listed 8 3437 users without rights are not enumerated
user-old-password 8 3430,416 an old password will still do
user-renamed-old-id 8 3428,416 an old user id will still do
user-modify-creates 8 3418,3427 user.modify of an unknown user creates it
user-modify-clears-name 8 3418 user.modify clears name where it is not given
user-modify-clears-password 8 3418 user.modify clears password where it is not given
user-modify-rights-lost 8 3431 user.modify does not change accessRights
user-rename-resets-rights 8 3418 a new user id takes the rights away
user-password-told 8 3462 passwordChangeRequired is true for all users
user-max-ignored 9 3449 max of user.enumerate is ignored
user-page-skips 9 3454,3455 user.enumerate skips a user between pages
user-token-when-complete 9 3455 enumerateID is returned when complete
user-token-missing 9 3455 enumerateID is never returned
home-anonymous-without-key 8 1389 anonymous can be set without the encryption key
home-mode-resets-automatic 8 1394 setting mode resets automatic
home-automatic-resets-mode 8 1389 setting automatic resets mode
key-any-ok 8 3682 any key can be added
key-invalid-code 8 3682 an invalid key gives 102
key-added-not-listed 8 1461,1619,1620 an added key is not listed
key-removed-stays 8 1470,1619 a removed key is listed still
key-removal-takes-two 8 1470,1475 removing a key takes another one too
key-removal-unknown-ok 8 3679,3682 removing an unknown key succeeds
key-flood-minute 8 3695 after too many wrong keys a minute must pass
sip-trunk-without-address 8 3306 useTrunk can be had without outboundAddress
sip-tls-without-key 8 3314 tls can be set without the encryption key
sip-srtp-without-key 8 3333 negotiateSRTPUsingSDES is returned without the encryption key
sip-domain-lost 8 3307,3328 outboundDomain is not stored
sip-user-resets-password 8 3308,3309 a new username clears the password
syslog-appended 8 3237 servers are added
syslog-fourth-lost 8 3237 a fourth server is lost
syslog-facility-clears 8 3232 setting facilityValue clears servers
syslog-servers-reset-facility 8 3232 setting servers resets facilityValue
services-conflict-ok 8 3669 two services may have one port
services-narrow-range-ok 8 3260,3261 a range of ports may be narrow
services-others-off 8 3255,3265 services that are not named are disabled
services-both-versions 8 3264,3255 a change for IPv4 is one for IPv6 too
services-unknown-ok 8 3266,3689 unknown services are ignored
services-port-lost-when-disabled 8 3269 portNumber is lost where the service is disabled
network-any-address 8 1525,3678 addresses may be anything
network-dependants-optional 8 1515,1516,1517,1518 fields that belong together may be missing
network-ignored-taken 8 1513,1514 dhcpv4 and ipv6Conf are taken without their enabling fields
network-manual-without-server 8 1537 manual DNS needs no name server
network-host-name-lost 8 1538,1598 hostName is not stored
time-ntp-without-host-ok 8 1686 NTP can be enabled without a host
time-set-under-ntp 8 1685 currentTime can be set under NTP
time-not-set 8 1685 currentTime is not set
time-set-with-offset 8 1685,1698 currentTime is set an hour off
time-offset-sign 8 1687,1700 utcOffsetHours loses its sign
time-stands 8 1698,1610 currentTime does not go on
restart-not-logged 8 1650,1660 a restart is not logged
restart-reason-web 8 1670 a restart by the API is logged as one by the web interface
cdr-first-off 8 1456 firstIndex is one too high
cdr-count-off 8 1457 numEvents of cdrlog.query is one too high
cdr-number-any 8 1418 numEvents above 20 returns more than 20
cdr-number-refused 8 1418 numEvents outside 1 to 20 is refused
cdr-next-restarts 8 1417 an index that is one above the highest starts from the beginning
cdr-beyond-empty 8 1417 an index far above the highest returns nothing
cdr-next-skips 8 1417,1429 nextIndex skips a record
cdr-next-repeats 8 1417,1429 nextIndex is that of the last record returned
cdr-next-is-last 8 1417,1429 nextIndex is that of the last record always
cdr-remaining-false 8 1430 eventsRemaining is false always
cdr-remaining-true 8 1430 eventsRemaining is true always
cdr-filter-ignored 8 1423 filter is ignored
cdr-filter-first-only 8 1423 only the first member of filter counts
cdr-no-index 8 1445 log records have no index
cdr-types-with-underscores 8 1447,1444 types of log records have underscores
enumerate-max-ignored 9 1979,2536 max is ignored with a cookie
enumerate-max-plus-one 9 1979,2536 one more than max is returned
enumerate-page-skips 9 647,659,660 an object is skipped between pages
enumerate-jumps 9 660,649 what a page has no room for is never told
enumerate-more-false 9 649,1984,2542 moreAvailable is false always
enumerate-more-true 9 649,1984,2542,677 moreAvailable is true though nothing is left
enumerate-repeats-all 9 660,677 later invocations repeat what has not changed
enumerate-resurrects 9 655,659,660 a conference that is gone is listed
enumerate-first-only-active 9 659 the first invocation lists active conferences only
enumerate-third-created-lost 9 660 every third new conference is not listed
enumerate-third-participant-lost 9 660 every third new participant is not listed
enumerate-stale 9 660,2002,2005 a revised conference is listed as it was
enumerate-rename-missed 9 660,2001 a new conferenceName is no revision
enumerate-lock-missed 9 660,2002 locking is no revision
enumerate-important-missed 9 660,2022 importantID is no revision
enumerate-counts-missed 9 660,2005 numParticipants is no revision
enumerate-display-name-missed 9 660,2555,2363 displayName is no revision
enumerate-mute-missed 9 660,2375 mediaStatus is no revision
enumerate-tokens-missed 9 2585 new tokens are no revision
enumerate-conference-ignored 9 2537,2347,2594 conferenceID is ignored
enumerate-unknown-conference-ok 9 2537,2347,2594,2498 an unknown conferenceID lists nothing
cookie-forgets-conference 9 2537,2347,2594 later invocations list other conferences' participants
cookie-shared 9 647,660 one client's invocation uses up the other's changes
cookie-any-accepted 9 3674,662,673 any cookie is taken
deletions-first-lists 9 670 the first invocation lists deletions
deletions-fourth-lost 9 671,666 every fourth deletion is lost
deletions-of-conference-lost 9 671,666 participants that go with their conference are not told
deletions-wrong-id 9 2506,2512 the conference's id is told as the participant's
deletions-twice 9 671,666 deletions are told again
deletions-max-ignored 9 1943,2497 max is ignored
deletions-skip-on-max 9 671,1943 a deletion is skipped where max divides
deletions-more-false 9 649,1948,2504 moreAvailable is false always
deletions-cookie-shared 9 647,671 one client's invocation uses up the other's deletions
deletions-extended-changes 9 2499,2491 extended of later invocations counts
deletions-extended-conference 9 2513 conferenceID of IDs is the participant's
deletions-both-arrays 9 2506,2507,2491 participantIDs come beside IDs
deletions-conference-ignored 9 2498 conferenceID is ignored
receiver-default-free 9 1717 the default receiverIndex is a free slot
receiver-negative-is-one 9 1717 a negative receiverIndex is slot 1
receiver-occupied-refused 9 1717 a slot in use is refused
receiver-ten-slots 9 1717 there are ten slots only
receiver-index-off 9 1724 receiverIndex returned is one too high
receiver-events-of-overwritten 9 1719 subscribedEvents default to those of the receiver before
receiver-query-at-most-ten 9 1728,1733 feedbackReceiver.query lists ten at most
receiver-query-numbers-itself 9 1738 index of feedbackReceiver.query counts from 1
receiver-reconfigure-empty-ok 9 1749 reconfiguring an empty slot succeeds
receiver-source-reset 9 1744,1751 reconfiguring resets sourceIdentifier
receiver-events-reset 9 1744,1752 reconfiguring resets subscribedEvents
receiver-events-added 9 1744,1752 reconfiguring adds to subscribedEvents
receiver-removed-stays 9 1756 feedbackReceiver.remove does nothing
receiver-removal-moves-up 9 1738,1756 removing moves later receivers up
receiver-status-all-events 9 1782,1765 feedbackReceiver.status tells all events
event-method-name 9 763,751 the method is called eventNotify
event-as-response 9 762,763 events are sent as methodResponse
event-text 9 756 events is a string
event-member-name 9 756,773 events is called event
event-source-missing 9 755 there is no sourceIdentifier
event-source-always-mac 9 755,1718 sourceIdentifier is the MAC address always
event-source-empty 9 755,1718 sourceIdentifier is empty where it was not set
event-names-in-small 9 756,797 names of events are in small letters
event-first-name-only 9 756,1719 only the first event of a message is told
event-unsubscribed-too 9 1719,1752,741 events come unsubscribed
event-everything-missing 9 1719 subscribers of all do not get flexParticipantAdvancedEnum
event-last-receiver-only 9 737,741 only the last receiver gets events
event-subscription-of-first 9 1719,1782 all receivers have the first one's subscription
event-stops-after-eight 9 737,747 a receiver gets eight messages and no more
event-participant-instead 9 712,803 flexParticipantEnum comes for conferences
event-conference-third-lost 9 712,803 every third flexConferenceEnum is lost
event-deletions-missing 9 713,802 there is no flexConferenceDeletionsEnum
event-media-missing 9 718,808 there is no flexParticipantMediaEnum
event-resources-missing 9 809 there is no flexResourceStatus
event-superfluous 9 712 flexConferenceEnum comes for queries
event-cdr-missing 9 798 there is no cdrAdded
event-key-missing 9 800 there is no deviceStatusChanged for feature keys
event-alive-missing 9 801 there is no flexAlive
event-alive-slow 9 801 flexAlive comes once a minute
event-restart-missing 9 812 there is no restart
event-no-acknowledgement 9 799 there is no configureAck
event-modified-missing 9 811 there is no receiverModified
event-modified-not-to-old 9 814 receiverModified does not come to the previous URI
event-deleted-to-new 9 810,814 receiverDeleted comes to the new URI
event-no-deleted 9 810 there is no receiverDeleted
event-to-old-uri 9 1750,1744 events come to the previous URI
event-after-removal 9 1756,810 events come to receivers that were removed
diagnostics-without-call-ok 9 2682 diagnostics of a participant without calls succeed
diagnostics-no-video-array 9 2693,2711 there is no videoTx
diagnostics-source-lost 9 2689,2701 sourceIdentifier is not returned
diagnostics-other-participant 9 2700 participantID is another one's
diagnostics-flat-stream 9 2702 audioRx is a struct
diagnostics-reason-unknown 9 2782 expectedBitRateReason is unlimited
diagnostics-no-codec 9 2735 audioTx has no codec
diagnostics-content-multistream 9 2822,2849 content streams are multistream
diagnostics-mute-wrong 9 2728 muted of audioRx is false always
asynchronous-fourth-lost 9 2921,2693 every fourth reply is lost
preview-no-streams-ok 9 2906,2883 no streams are taken
preview-position-optional 9 2894 position may be missing
preview-position-any 9 2894,2901 position may be anything
preview-without-call-ok 9 2907,3675 previews without calls succeed
preview-any-uri-ok 9 2905 receiverURI may be anything
preview-always-ok 9 2933 status is ok always
preview-content-status-in-main 9 2933 main streams have content's statuses
preview-direction-swapped 9 2934 direction is swapped
preview-context-main 9 2935 context is main always
preview-position-zero 9 2936 position is 0 always
preview-wide 9 2895,2937 images are wider than maxWidth
preview-size-ignored 9 2895,2896,2937 images have 176x144 always
preview-height-of-width 9 2896,2937 maxHeight is ignored
preview-not-jpeg 9 2937,2872 images are no JPEG
preview-cut 9 2937,2872 images are cut in half
preview-as-text 9 2937 images are strings
preview-last-lost 9 2921,2928 the last stream is not returned
preview-first-only 9 2921,2928 all streams are the first one's
preview-source-lost 9 2888,2927 sourceIdentifier is not returned
"""
SHOULD_TEXT = """
http-version 7 248 replies call themselves HTTP/1.0
method-case-folded 7 3652 names of methods are taken in any letter case
authentication-as-privileges 7 3660 wrong credentials give 15
missing-names-parent 7 3688 101 names the outer struct
type-integers-as-boolean 7 3690 integers serve as booleans
range-packet-size-any 7 1173 maxTransmitPacketSize takes any number
conference-ids-again 8 424 a conference has the id of one that is gone
uri-participant-duplicate-ok 8 509,526 two participants may have one URI
dtmf-without-call-ok 8 2949 DTMF can be sent without a call
user-immortal-privileges 8 3680 destroying the immortal user gives 15
key-flood-ok 8 3695 any number of wrong keys may follow each other
key-expiry-lost 8 1629 a temporary key has no expiry
key-permanent-expires 8 1629 permanent keys have an expiry
time-hours-reset-minutes 8 1687 setting hours resets minutes
cdr-page-short 8 1418 five records at most are returned
cdr-start-echoed 8 1428 startIndex is the index provided always
cdr-finished-lost 8 1423 there is no conferenceFinished
cdr-backwards 8 1432 records of a page are in reverse
cookie-and-conference-ok 9 2537,2347 conferenceID beside a cookie is ignored
cookie-of-other-method 9 647 cookies of other methods are taken
event-every-message-twice 9 737 every message comes twice
event-dead-after-error 9 739 a receiver that failed once gets nothing more
event-slow-blocks 9 737 a slow receiver blocks the others
diagnostics-eleventh-ok 9 2695 more than ten diagnostics are under way
preview-eleventh-ok 9 2876,2903 more than ten previews are under way
asynchronous-twice 9 2921,2693 asynchronous replies come twice
"""


def told(text: str) -> dict[str, FaultEntry]:
    rows = [line.split(" ", 3) for line in text.strip().splitlines()]
    return {name: (int(issue), sentence, [int(line) for line in lines.split(",")]) for name, issue, lines, sentence in rows}


FAULTS, SHOULD = told(FAULT_TEXT), told(SHOULD_TEXT)


# ------------------------------------------------------------------------------------------------- how to run


def toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def target_file(device: Device, host: str, port: int) -> str:
    admin = device.users[0]
    lines = ["[target]", 'system = "tps"', f'name = "tps-birch-{device.personality}"', f"host = {toml(host)}", f"clock_scale = {float(device.scale)!r}", "timeout = 5.0", "",
             "[target.ports]", f"http = {port}", "", "[target.credentials]", f"user = {toml(admin.id)}", f"password = {toml(admin.password)}", "", "[target.fixtures]"]
    lines += [f"{key} = {toml(value)}" for key, value in device.fixtures().items()]
    lines += ["", "[target.allow]", *(f"{key} = true" for key in ("write", "disruptive", "destructive", "slow", "load"))]
    return "\n".join(lines) + "\n"


async def serve(device: Device, host: str, port: int, target: Path | None) -> None:
    device.loop = asyncio.get_running_loop()
    server = await device.loop.create_server(lambda: Link(device), host, port, backlog=512)
    number = int(server.sockets[0].getsockname()[1])
    device.later(10.0, device.alive)
    device.arm()
    if target:
        target.write_text(target_file(device, host, number), "utf-8")
    print("READY " + json.dumps({"host": host, "ports": {"http": number}}), flush=True)
    async with server:
        await server.serve_forever()


def main() -> int:
    parser = argparse.ArgumentParser(description="A pretend TelePresence Server with personalities and faults.")
    questions = ("personalities", "doubtful", "faults", "should")
    parser.add_argument("question", nargs="?", choices=questions, help="print as JSON what there is")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--personality", choices=[*PERSONALITIES, *DOUBTFUL], default="default", metavar="NAME")
    parser.add_argument("--fault", choices=[*FAULTS, *SHOULD], metavar="NAME")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clock-scale", type=float, default=1.0)
    parser.add_argument("--write-target", type=Path, metavar="FILE")
    for question in questions:
        parser.add_argument(f"--list-{question}", action="store_const", const=question, dest="question")
    options = parser.parse_args()
    ways, faults = {"personalities": PERSONALITIES, "doubtful": DOUBTFUL}, {"faults": FAULTS, "should": SHOULD}
    if options.question in ways:
        print(json.dumps([{"name": name, "about": text, "choices": asdict(Ways(**choices))} for name, (text, choices) in ways[options.question].items()], indent=1))
        return 0
    if options.question:
        print(json.dumps([{"name": name, "description": text, "lines": lines, "issue": issue} for name, (issue, text, lines) in faults[options.question].items()], indent=1))
        return 0
    device = Device(options.personality, options.fault, options.seed, options.clock_scale)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(device, options.host, options.port, options.write_target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
