"""A pretend RSS 2000 recorder ("birch") that speaks the XML API in TPKT packets, from a seeded world.

Written from the vendor's document alone. `PERSONALITIES` are ways to behave that the document permits, `DOUBTFUL` ways on which a
reader may quarrel, `FAULTS` single deviations that it rules out, `SHOULD` deviations that only strain belief. Line numbers are
those of the document's text file. One event loop, no threads: what one command does is done before the next is looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

ROOTS = ("DVCRMAGER", "DVCRMANAGER", "DVCRMANGER")
Field = tuple[str, ...]  # tag, value and perhaps a name
Block = list[Field]
LIFE = 1800.0  # seconds a session lives without activity

HEADINGS = (
    "login logout getdevinfo refreshstatus getip setip getgk setgk getlang setlang getivr setivr getstorage setstorage shutdown"
    " getendpoint addendpoint modendpoint delendpoint getdevuser adddevuser moddevuser deldevuser"
    " getgroup getmember addgroup modgroup delgroup getsp setsp getroom modroom addroom delroom getallgroup startquickrecord"
    " getlistinfo getmediainfo delmediainfo setmediainfo"
    " geteplink startroomrecord pauseroomrecord continueroomrecord stoproomrecord hangup"
    " getcfsinfo setcfskey getldap setldap getmulticast setmulticast getlogging setlogging getos setos getstacking setstacking"
    " getbanner setbanner getuilogo setuilogo getvideologo setvideologo callandplay startfilemulticast stopfilemulticast"
).split()
assert len(set(HEADINGS)) == 67
CAMEL = {"callandplay": "CallAndPlay", "startfilemulticast": "StartFileMulticast", "stopfilemulticast": "StopFileMulticast"}
# xmlids of the examples, where they are not the heading
COPIED_IN = dict.fromkeys(("setcfskey", "getldap", "setldap", "setmulticast", "setlogging", "setos"), "get_cfs") | {
    "getbanner": "getivr", "getuilogo": "getivr", "getvideologo": "getivr",
    "setbanner": "setivr", "setuilogo": "setivr", "setvideologo": "setivr",
}
LITERAL_IN = COPIED_IN | {name: f" {text} " for name, text in CAMEL.items()} | {"addroom": "addrroom", "continueroomrecord": " continueroomrecord"}
COPIED_OUT = (
    dict.fromkeys(("getldap", "setldap", "setmulticast", "setlogging", "setos"), "GetSysOption")
    | {name: "getivr" if name.startswith("get") else "setivr" for name in COPIED_IN if "logo" in name or "banner" in name}
    | {"getcfsinfo": "hangup ", "setcfskey": "hangup "}
)
LITERAL_OUT = COPIED_OUT | {name: f" {text} " for name, text in CAMEL.items()} | {
    "addroom": "addrroom", "pauseroomrecord": " pauseroomrecord", "hangup": "hangup "}
LITERAL_INDICATION = {"addroom": "addrroom", "pauseroomrecord": " pauseroomrecord"}
EXAMPLE_ROOTS = dict.fromkeys(("setivr", "getgroup", "getstorage"), "DVCRMANAGER")
# the other spelling of a field, as it may come in
SPELLINGS = {"DEVP": "DEVIP", "H.239": "H239", "ACESSTYPE": "ACCESSTYPE", "LDAP_PWD": "LDAP_PASSWORD", "CFS_KEY": "CFSKEY",
             "DHCP": "DCHP", "DHCPDNS": "DCHPDNS", "FIREWALL": "FILEWALL"}
TABLE_ONLY = {"ACESSTYPE", "LDAP_PWD", "CFS_KEY"}  # what a reader of the tables does not know
EXAMPLE_ONLY = {"ACCESSTYPE": "ACESSTYPE", "CFSKEY": "CFS_KEY", "LDAP_PASSWORD": "LDAP_PWD"}

ENUMS = {"USEGK": "01", "LANG": "01", "AUTO_SAVE": "012", "AUTO_DEL": "01", "FLAG": "01", "PRIVILEGE": "01", "DUALVIDEO": "01",
         "BROADCAST": "01", "RECORDRIGHT": "01", "VIEWRIGHT": "012", "VIDEO_FORMAT": "0123", "ACCESSTYPE": "012",
         "DENY_AUTO_DELETE": "01", "ENABLE_MULTICAST": "01", "FILEWALL": "01", "NTP": "01", "AUTO_UPDATE": "0123", "STACKING": "01",
         "AUTODISCOVER": "01", "USE_LDAP": "01", "LANGUAGE": "012"}
NUMBERS = {"GKPORT": (1, 65535), "START_TIME": (0, 23), "END_TIME": (0, 23), "SAVE_INTERVAL": (0, 9999), "DEL_INTERVAL": (0, 9999),
           "IFRAMEINTERVAL": (0, 9999), "RATE": (1, 99999), "SAP_PORT": (0, 65535), "MEDIA_PORT": (0, 65535), "UPDATE_HOUR": (0, 23),
           "TIMES": (0, 99999)}
ADDRESSES = {"SOURCEIP", "GKIP", "FTP", "DEVIP", "DEVMASK", "GATEWAY"}
GK = ("USEGK", "GKIP", "GKPORT", "E164", "H323")
IP = ("DEVIP", "DEVMASK", "GATEWAY", "DCHP", "DNS1", "DNS2", "DCHPDNS")
STORAGE = ("FTP", "PATH", "USER", "PASSWORD", "AUTO_DEL", "DEL_INTERVAL", "START_TIME", "END_TIME", "AUTO_SAVE", "SAVE_INTERVAL")
LDAP = ("USE_LDAP", "LDAP_SERVER", "LDAP_USER", "LDAP_PASSWORD")
MULTICAST = ("ENABLE_MULTICAST", "SAP_ADDRESS", "SAP_PORT", "MEDIA_ADDRESS", "MEDIA_PORT")
LOGGING = ("SYSTEM_LEVEL", "RAS_LEVEL", "Q931_LEVEL", "H245_LEVEL", "NEWFILE_PERIOD", "MAX_FILESIZE")
OS = ("FILEWALL", "NTP", "NTP_SERVER", "TIMEZONE", "AUTO_UPDATE", "UPDATE_PERIOD", "UPDATE_HOUR")
STACKING = ("STACKING", "GROUPNAME", "AUTODISCOVER", "MASTER")
ROOM = ("RATE", "VIDEO_FORMAT", "DUALVIDEO", "IFRAMEINTERVAL", "BROADCAST", "VIEWRIGHT", "RECORDRIGHT")
# confirms whose examples have DESCRIPTION "Succeeded"; whose DESCRIPTION is the object's; whose table has none
SUCCEEDED = frozenset(
    "login logout setivr addendpoint modendpoint delendpoint adddevuser moddevuser deldevuser startroomrecord pauseroomrecord"
    " continueroomrecord stoproomrecord setbanner setuilogo setvideologo callandplay startfilemulticast stopfilemulticast".split()
)
OWN_DESCRIPTION = frozenset("getgroup addgroup modgroup delgroup getmediainfo setmediainfo".split())
NO_DESCRIPTION = frozenset(
    "getdevinfo getip setip getmember geteplink hangup getcfsinfo setcfskey getldap setldap getmulticast setmulticast getlogging"
    " setlogging getos setos getstacking setstacking shutdown".split()
)
LISTS = frozenset("getendpoint getdevuser getgroup getroom getmediainfo geteplink".split())  # these may have no element
REQUIRED = {
    "login": "USERNAME PASSWORD LANG", "logout": "LANG", "setip": "INDEX DEVIP DEVMASK GATEWAY", "setgk": " ".join(GK), "setlang": "LANG",
    "getivr": "INDEX", "setivr": "TYPE FILENAME", "setstorage": " ".join(STORAGE), "addendpoint": "SOURCENAME SOURCEIP E164 H323 FLAG",
    "modendpoint": "SOURCENAME SOURCEIP E164 H323 FLAG", "adddevuser": "USERNAME FULLNAME EMAIL PASSWORD PRIVILEGE",
    "moddevuser": "USERNAME FULLNAME EMAIL PASSWORD PRIVILEGE", "addgroup": "GROUPNAME DESCRIPTION", "modgroup": "GROUPNAME DESCRIPTION",
    "setsp": "DUALVIDEO IFRAMEINTERVAL BROADCAST RECORDRIGHT VIEWRIGHT", "modroom": "ROOM_ID INDEX ROOM_NUM " + " ".join(ROOM),
    "addroom": "ROOM_ID ROOM_NUM " + " ".join(ROOM), "startquickrecord": "IP_NUM RATE DUALVIDEO IFRAMEINTERVAL BROADCAST VIEWRIGHT",
    "getlistinfo": "LANG SEARCH LIBMEDIA", "delmediainfo": "CONF_ID TYPE",
    "setmediainfo": "CONF_ID NAME DESCRIPTION ACCESSTYPE DENY_AUTO_DELETE PIN CATALOG", "geteplink": "LANG", "startroomrecord": "LANG INDEX",
    "pauseroomrecord": "LANG INDEX", "continueroomrecord": "LANG INDEX", "stoproomrecord": "LANG INDEX", "hangup": "LANG INDEX",
}
IVR_NAMES = ("welcome", "started", "paused", "resumed", "ended", "nodisk", "failed", "playend", "code", "badcode")
CHINESE = {"Succeeded": "成功", "Failed": "失败"}


@dataclass(frozen=True)
class Ways:
    """Points on which the document offers several readings or none; the defaults are this device's own taste."""

    # packets and connections
    version: str = "close"  # a version byte that is not 3: close, ignore (the packet), accept
    reserved: str = "accept"  # a second byte that is not 0: accept, close
    empty_packet: str = "ignore"  # length 4: ignore, close, fail
    delay: float = 0.0  # wall seconds before a command is looked at
    segments: int = 0  # bytes a write at most, 0 for all
    pause: float = 0.0  # wall seconds between writes
    coalesce: float = 0.0  # wall seconds for which output is held back to go out together
    malformed: str = "close"  # close, ignore, fail
    # XML as written
    root: str = "DVCRMAGER"  # a spelling, echo, examples
    root_takes: str = "any"  # any, own
    root_wrong: str = "fail"  # fail, ignore, close
    tell_root: bool = True  # the target file has root_name
    quotes: str = '"'
    declaration: str = "utf"  # utf (UTF-8), low (utf-8), single, none, bom
    layout: str = "lines"  # lines, flat, loose, comments
    charrefs: bool = False
    closed: bool = True  # <A/> rather than <A></A>
    order: str = "document"  # document, sorted, reversed
    names_first: bool = False  # name="" before value=""
    # names
    takes: str = "any"  # xmlids: any, heading, literal, camel
    says: str = "heading"  # xmlids: heading, literal, echo, trimmed
    fields_take: str = "any"  # any, table, example
    access: str = "ACCESSTYPE"
    access_ext: str = "ACCESSIDEXT1"
    h239: str = "H239"
    ip: str = "DEVIP"
    ip_indication: str = "DEVP"
    ip_extra: bool = False
    broad: str = "BROADLIST"
    ldap: str = "LDAP_PASSWORD"
    dhcp: str = "DCHP"
    firewall: str = "FILEWALL"
    xmjid: bool = False  # as in ADDENDPOINT's indication
    banner: str = "BANNER_MSG"  # BANNER_MSG, PLAY_URL
    logo: str = "fail"  # fail, IMAGE_URL, PLAY_URL
    copied_fields: bool = False  # SETMULTICAST, SETLOGGING, SETOS answer with LDAP's fields
    # confirms
    success_text: str = "examples"  # examples, always, never
    failure: str = "full"  # full, bare, empty, table, padded, echo
    failure_text: str = "plain"  # plain, one (always the same), chinese (after LANG), long
    empty: str = "result"  # a list without elements: result, none
    password: str = "clear"  # clear, blank, lists (blank in lists only), stars
    guid: str = "35"  # 35, 36, upper, braces
    partimax: str = "2"  # of confirms and indications
    room_words: str = "menu"  # menu, words
    mod_title: bool = False
    mode_confirm: str = "bare"  # SETLOGGING, SETOS, SETSTACKING: bare, values
    download: str = "0"  # or absent
    refs: str = "always"  # REFERENCEID: always, used
    server: str = "both"  # general, specific, both
    quickcode: str = "specific"  # specific, both
    live_fields: str = "all"  # all, few
    list_words: str = "interleaved"  # MEMBER: interleaved, grouped, endpoints
    lists: str = "always"  # RECORDID and the like: always, right, drop
    admin_member: bool = True  # GETMEMBER has the built-in account
    # sessions
    scope: str = "device"  # device, connection (ends with its connection), bound (to its connection)
    bad_session: str = "fail"  # fail, close (after the confirm)
    expiry_closes: bool = False
    logout_closes: bool = False
    relogin: str = "both"  # both, replaces
    touch: str = "any"  # any, good
    login_failure: str = "plain"  # plain, padded
    ordinary: str = "read"  # all, read, viewer
    own_indication: str = "no"  # no, before, after
    indications_first: bool = False
    follow: str = "login"  # indications go to the connection of the login, or the last used
    more_indications: bool = False
    clock_offset: float = 0.0
    lang: str = "any"  # any, strict
    required: bool = False
    # accounts, rooms
    unknown: str = "fail"  # unknown xmlid: fail, close, ignore
    fold: bool = False  # names are compared without regard to letter case
    trim: bool = False
    checks: str = "refuse"  # values out of range: refuse, keep (the old ones)
    addresses: bool = False  # addresses must be dotted
    omitted: str = "keep"  # keep, blank
    no_members: str = "empty"  # MODGROUP without MEMBER: empty, keep
    strange_member: str = "refuse"  # refuse, ignore
    group_partial: str = "specific"  # GETGROUP with one of two: specific, general, refuse
    group_mismatch: str = "refuse"  # refuse, empty, id, name
    room_index: str = "lowest"  # lowest, next, position
    modroom: str = "index"  # index, name, both
    room_unique: bool = False
    room_unknown: str = "refuse"  # GETROOM of an unknown index: refuse, empty
    protect_admin: bool = True
    delete_ends: bool = True  # deleting a user ends its sessions
    # archives
    direction: str = "descending"  # descending, ascending, mixed
    ties: str = "old"  # old, new first
    collate: str = "code"  # code, fold
    beyond: str = "refuse"  # START > END: refuse, empty
    search: str = "fold"  # fold, part, prefix
    search_live: bool = True
    libmedia: str = "refuse"  # other than 1: refuse, accept
    wrong_type: str = "refuse"  # the media has another type: refuse, ignore
    live_change: bool = True
    media_unknown: str = "refuse"  # refuse, empty
    archive_delay: float = 0.0  # device seconds
    short: bool = True  # a recording of less than a second leaves an archive
    # H.323
    illegal: str = "refuse"  # refuse, same (a step to the state that is: OK)
    quick_index: str = "link"  # link, zero
    quick_state: str = "menu"  # in the confirm: menu, running
    ring: float = 1.0  # device seconds to Running
    reference: str = "refuse"  # more than 30 characters: refuse, cut
    recorders: int = 20
    usegk: str = "wish"  # wish, state
    files: str = "known"  # known, any
    cfs: str = "active"  # a new key becomes: active, pending
    multicast_stop: str = "refuse"  # not running: refuse, accept
    shutdown: str = "confirm"  # confirm, silent
    conditional: bool = False  # SAVE_INTERVAL, DEL_INTERVAL only where they mean something
    quirk: str = ""  # a deviation of the doubtful kind


class Refused(Exception):
    """The command fails with this text."""


class Malformed(Exception):
    """No document."""


# ------------------------------------------------------------------------------------------------- what comes in


@dataclass(slots=True)
class Document:
    root: str
    kind: str
    xmlid: str
    fields: list[tuple[str, str]]


def read_document(payload: bytes) -> Document:
    """The command in a packet; nothing else is looked at."""
    parser = expat.ParserCreate("utf-8")
    depth, root, kind, xmlid = 0, "", "", ""
    done = False
    fields: list[tuple[str, str]] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, root, kind, xmlid
        depth += 1
        if depth == 1:
            root = name
        elif depth == 2 and not done:
            kind, xmlid = name, attributes.get("xmlid", "")
        elif depth == 3 and not done:
            fields.append((name, attributes.get("value", "")))

    def end(_name: str) -> None:
        nonlocal depth, done
        depth -= 1
        done = done or depth == 1

    def doctype(*_: object) -> None:
        raise Malformed

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = begin, end, doctype
    try:
        parser.Parse(payload, True)
    except expat.ExpatError:
        raise Malformed from None
    return Document(root, kind, xmlid, fields)


@dataclass(slots=True)
class Query:
    """One command that is being carried out."""

    name: str
    sent: str
    root: str
    fields: dict[str, list[str]]
    link: Link
    session: Session | None = None
    indications: list[tuple[str, Block]] = field(default_factory=list)
    close: bool = False
    after: Callable[[], None] | None = None

    def get(self, tag: str) -> str | None:
        found = self.fields.get(tag)
        return found[0] if found else None

    def need(self, tag: str) -> str:
        value = self.get(tag)
        if value is None:
            raise Refused(f"{tag} is missing")
        return value

    def all(self, tag: str) -> list[str]:
        return [value for value in self.fields.get(tag, ()) if value]

    def indicate(self, block: Block, name: str = "") -> None:
        self.indications.append((name or self.name, block))


# ------------------------------------------------------------------------------------------------- what there is


@dataclass(slots=True)
class Session:
    id: str
    user: str
    privilege: str
    wants: bool
    link: Link | None
    seen: float
    begun: float
    told: int = 0


@dataclass(slots=True)
class Endpoint:
    id: str
    name: str
    ip: str
    flag: str = "0"
    e164: str = ""
    h323: str = ""
    changed: bool = False


@dataclass(slots=True)
class User:
    id: str
    name: str
    fullname: str = ""
    email: str = ""
    password: str = ""
    privilege: str = "1"
    changed: bool = False
    old_password: str | None = None


@dataclass(slots=True)
class Group:
    id: str
    name: str
    text: str = ""
    members: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Room:
    index: int
    name: str
    number: str
    values: dict[str, str]
    record: list[str] = field(default_factory=list)
    view: list[str] = field(default_factory=list)
    h239: str = ""
    changed: bool = False


@dataclass(slots=True)
class Media:
    id: str
    name: str
    text: str
    when: float
    duration: int
    size: int
    rate: int
    h239: str
    video: str
    server: str
    catalog: str = "0"
    upload: str = "0"
    reference: str = ""
    access: str = "1"
    deny: str = "0"
    pin: str = ""
    groups: list[str] = field(default_factory=list)
    code: str = ""
    url: str = ""
    visible: float = 0.0
    changes: int = 0
    of: int = -1


@dataclass(slots=True)
class Call:
    """An H.323 connection."""

    index: int
    ip: str
    e164: str
    h323: str
    since: float
    room: str = ""
    video: str = "H.264"
    h239: str = "1"
    state: int = 0
    begun: float = 0.0
    held: float = 0.0
    ran: float = 0.0
    starts_at: float = 0.0
    reference: str = ""
    options: dict[str, str] = field(default_factory=dict)
    view: list[str] = field(default_factory=list)
    live: Media | None = None


ESCAPES = {38: "&amp;", 60: "&lt;", 62: "&gt;", 34: "&quot;", 39: "&apos;", 9: "&#9;", 10: "&#10;", 13: "&#13;"}
ODD_ESCAPES = {38: "&#38;", 60: "&#x3C;", 62: "&#62;", 34: "&#34;", 39: "&#x27;", 9: "&#x9;", 10: "&#xA;", 13: "&#xD;", 101: "&#101;", 49: "&#x31;"}
ALTERED = re.compile("[^\x00-\x7f]")
DOTTED = re.compile(r"\d{1,3}(\.\d{1,3}){3}")


class Device:
    """All state and what is done with it."""

    def __init__(self, personality: str, fault: str | None, seed: int, scale: float) -> None:
        choices = {**PERSONALITIES, **DOUBTFUL}[personality][1]
        self.w = Ways(**choices)
        self.personality, self.scale = personality, scale
        self.fault = fault or self.w.quirk
        self.random = random.Random(seed)
        self.started, self.epoch = time.monotonic(), time.time()
        self.links: list[Link] = []
        self.sessions: dict[str, Session] = {}
        self.expired: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        self.memory: dict[str, Any] = {}
        self.escapes = {**ESCAPES}
        if self.w.charrefs:
            self.escapes = ODD_ESCAPES
        self.handlers = {name: getattr(self, f"do_{name}") for name in HEADINGS if name not in ("login", "logout")}
        self.seed()

    def on(self, fault: str) -> bool:
        return self.fault == fault

    def count(self, what: str) -> int:
        """1, 2, 3 ... for each time it is asked."""
        self.counts[what] = self.counts.get(what, 0) + 1
        return self.counts[what]

    def now(self) -> float:
        """The device's clock, in seconds since 1970."""
        return self.epoch + (time.monotonic() - self.started) * self.scale

    def guid(self) -> str:
        text = f"{self.random.getrandbits(128):032x}"
        style = self.w.guid
        if style == "35":
            return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:]}"
        whole = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
        return {"36": whole, "upper": whole.upper(), "braces": "{" + whole + "}"}[style]

    # --- XML out

    def render(self, kind: str, xmlid: str, blocks: list[Block], root: str, attribute: str = "xmlid", kinds: Iterable[str] = ()) -> str:
        w = self.w
        mark, escapes = w.quotes, self.escapes
        is_ = " = " if w.layout == "loose" else "="
        gap = "" if w.layout == "flat" else "\n"
        inner = "" if w.layout == "flat" else "\n    "
        out = []
        if w.declaration == "bom":
            out.append('\ufeff<?xml version="1.0" encoding="UTF-8" ?>' + gap)
        elif w.declaration == "single":
            out.append("<?xml version='1.0' encoding='UTF-8' standalone='yes'?>" + gap)
        elif w.declaration != "none":
            out.append(f'<?xml version="1.0" encoding="{"utf-8" if w.declaration == "low" else "UTF-8"}" ?>{gap}')
        if w.layout == "comments":
            out.append("<!-- answered by birch -->\n")
        opening = f"<{root} version{is_}{mark}1.0.0.0{mark}>"
        closing = f"</{root}>"
        out.append(opening)
        head = f"xmlid{is_}" if attribute == "xmlid" else f"{attribute}{is_}"
        escape = str.translate
        for block in blocks:
            if w.order == "sorted":
                block = sorted(block, key=lambda one: one[0])
            elif w.order == "reversed":
                block = block[::-1]
            out.append(f"{gap}<{kind} {head}{mark}{escape(xmlid, escapes)}{mark}>")
            for number, one in enumerate(block):
                if w.layout == "comments" and number == 1:
                    out.append("\n    <!-- <RESULT value=\"1\"/> -->")
                tag, value = one[0], escape(one[1], escapes)
                if self.fault:
                    value = self.spoil(kind, xmlid, tag, one[1], value)
                if w.charrefs:
                    value = ALTERED.sub(lambda found: f"&#x{ord(found[0]):X};", value)
                text = f"value{is_}{mark}{value}{mark}"
                if len(one) > 2:
                    name = f"name{is_}{mark}{escape(one[2], escapes)}{mark}"
                    text = f"{name} {text}" if w.names_first else f"{text} {name}"
                if self.on("values-as-text") and xmlid == "getlang" and tag == "LANG":
                    out.append(f"{inner}<{tag}>{value}</{tag}>")
                elif w.closed:
                    out.append(f"{inner}<{tag} {text} />")
                elif w.layout == "loose":
                    out.append(f"{inner}<{tag}  {text}  >\n    </{tag} >")
                else:
                    out.append(f"{inner}<{tag} {text}></{tag}>")
            out.append(f"{gap}</{kind}>")
            if self.on("xml-two-roots") and xmlid == "getroom" and len(blocks) > 1 and block is not blocks[-1]:
                out.append(gap + closing + gap + opening)
        if self.on("xml-root-mismatch") and xmlid == "getgroup":
            closing = "</DVCRMANAGER>" if root != "DVCRMANAGER" else "</DVCRMAGER>"
        out.append(gap + closing + gap)
        return "".join(out)

    def spoil(self, kind: str, xmlid: str, tag: str, raw: str, value: str) -> str:
        """Faults of the text itself."""
        if self.on("xml-ampersand-raw") and tag == "H323" and xmlid == "getendpoint":
            return raw
        if self.on("xml-quote-raw") and tag == "DESCRIPTION" and xmlid.endswith("group"):
            return value.replace("&quot;", '"').replace("&apos;", "'")
        if self.on("xml-escaped-twice") and kind == "INDICATION":
            return value.replace("&", "&amp;")
        if self.on("xml-less-than-raw") and tag == "NAME" and xmlid.strip() == "setmediainfo":
            return value.replace("&lt;", "<")
        if self.on("text-far-planes") and tag == "DESCRIPTION":
            return "".join("?" if ord(char) > 0xFFFF else char for char in value)
        if self.on("text-blanks-collapsed") and tag == "FULLNAME" and xmlid == "getdevuser":
            return re.sub("  +", " ", value)
        return value

    def encode(self, text: str, kind: str, name: str) -> bytes:
        if self.on("xml-latin-one") and name == "getdevuser":
            return text.encode("latin-1", "xmlcharrefreplace")
        if self.on("xml-cut-at-2048") and kind == "CONFIRM" and len(text) > 2048:
            return text.encode()[:2048]
        return text.encode()

    def frame(self, payload: bytes, text: str, kind: str, name: str) -> bytes:
        length, version, reserved = len(payload) + 4, 3, 0
        if self.on("tpkt-length-bare"):
            length -= 4
        if self.on("tpkt-length-characters"):
            length = len(text) + 4
        if self.on("tpkt-version-indication") and kind == "INDICATION":
            version = 2
        if self.on("tpkt-version-long") and length > 2000:
            version = 4
        if self.on("tpkt-reserved") and self.count("packets") % 20 == 0:
            reserved = 1
        if self.on("tpkt-length-mod-4096"):
            length = length % 4096 if length > 4096 else length
        tail = b""
        if self.on("tpkt-tail") and name in ("getendpoint", "getroom", "getgroup"):
            tail = b"\n"
        if self.on("tpkt-length-one-more") and kind == "INDICATION" and self.count("lies") % 3 == 0:
            length += 1
        head = bytes((version, reserved, length >> 8 & 255, length & 255))
        if self.on("tpkt-swapped") and name == "getlang":
            head = bytes((3, 0, length & 255, length >> 8))
        return head + payload + tail

    def root_for(self, name: str, sent: str, kind: str) -> str:
        if self.w.root == "echo":
            return sent if sent in ROOTS else "DVCRMAGER"
        if self.w.root == "examples":
            if kind == "INDICATION":
                return "DVCRMANGER" if name == "modroom" else "DVCRMAGER"
            return EXAMPLE_ROOTS.get(name, "DVCRMAGER")
        return self.w.root

    def xmlid_for(self, name: str, sent: str, kind: str) -> str:
        says = self.w.says
        if says == "echo" and kind == "CONFIRM":
            return sent
        if says == "literal":
            return (LITERAL_OUT if kind == "CONFIRM" else LITERAL_INDICATION).get(name, name)
        if says == "trimmed":
            return CAMEL.get(name, "addrroom" if name == "addroom" else name)
        return name

    def confirm(self, q: Query, blocks: list[Block]) -> None:
        xmlid = self.xmlid_for(q.name, q.sent, "CONFIRM")
        kind, root = "CONFIRM", self.root_for(q.name, q.root, "CONFIRM")
        if self.on("confirm-is-indication") and q.name == "setlang":
            kind = "INDICATION"
        if self.on("each-own-packet") and len(blocks) > 1:
            for block in blocks:
                self.put(q.link, self.render(kind, xmlid, [block], root), kind, q.name)
            return
        text = self.render(kind, xmlid, blocks, root)
        while len(text) > 60_000 and len(blocks) > 1 and len(text.encode()) > 65_000:
            half = len(blocks) // 2
            self.confirm(q, blocks[:half])
            blocks = blocks[half:]
            text = self.render(kind, xmlid, blocks, root)
        self.put(q.link, text, kind, q.name)

    def put(self, link: Link, text: str, kind: str, name: str) -> None:
        payload = self.encode(text, kind, name)
        if self.on("indication-unframed") and kind == "INDICATION":
            link.glued += payload
            return
        if self.on("indication-unframed") and link.glued and kind == "CONFIRM":
            payload, link.glued = payload + link.glued, b""
        if len(payload) + 4 > 65535:
            payload = payload[: 65535 - 4]
        link.send(self.frame(payload, text, kind, name))

    # --- a packet

    def hear(self, link: Link, payload: bytes) -> None:
        """One packet of a client."""
        if not payload and self.w.empty_packet != "fail":
            if self.w.empty_packet == "close":
                link.close()
            return
        try:
            document = read_document(payload)
            if document.kind != "COMMAND":
                raise Malformed
        except Malformed:
            self.refuse_oddly(link, self.w.malformed, "", "")
            return
        if document.root not in ROOTS or (self.w.root_takes == "own" and document.root != self.w.root):
            self.refuse_oddly(link, self.w.root_wrong, document.xmlid, document.root)
            return
        fields: dict[str, list[str]] = {}
        for tag, value in document.fields:
            fields.setdefault(self.tag(tag), []).append(value)
        name = self.recognise(document.xmlid, fields)
        if not name:
            self.refuse_oddly(link, self.w.unknown, document.xmlid, document.root)
            return
        self.carry_out(Query(name, document.xmlid, document.root, fields, link))

    def tag(self, tag: str) -> str:
        takes = self.w.fields_take
        if takes == "table" and tag in TABLE_ONLY:
            return "?" + tag
        if takes == "example" and tag in EXAMPLE_ONLY:
            return "?" + tag
        return SPELLINGS.get(tag, tag)

    def refuse_oddly(self, link: Link, how: str, xmlid: str, root: str) -> None:
        if how == "fail":
            self.confirm(Query(xmlid, xmlid, root, {}, link), [[("RESULT", "1"), ("DESCRIPTION", "Not understood")]])
        elif how == "close":
            link.close()

    def recognise(self, xmlid: str, fields: dict[str, list[str]]) -> str:
        takes = self.w.takes
        if takes == "any":
            key = xmlid.strip().casefold()
            if key in self.handlers or key in ("login", "logout"):
                return key
            if key == "addrroom":
                return "addroom"
            return self.copied(fields) if key == "get_cfs" else ""
        if takes in ("heading", "camel"):
            if takes == "camel" and xmlid.casefold() in CAMEL:
                return xmlid.casefold() if xmlid == CAMEL[xmlid.casefold()] else ""
            return xmlid if xmlid in HEADINGS else ""
        if xmlid == "get_cfs":
            return self.copied(fields)
        if xmlid == "getivr" and "INDEX" not in fields:
            return "getbanner" if "LANGUAGE" in fields else "getuilogo"
        if xmlid == "setivr" and "TYPE" not in fields:
            return "setbanner" if "BANNER_MSG" in fields else "setuilogo"
        if xmlid in HEADINGS and xmlid not in LITERAL_IN:
            return xmlid
        return next((name for name, text in LITERAL_IN.items() if text == xmlid and name not in COPIED_IN), "")

    @staticmethod
    def copied(fields: dict[str, list[str]]) -> str:
        """What a copied xmlid means: only its fields can tell."""
        for tag, name in (("CFSKEY", "setcfskey"), ("USE_LDAP", "setldap"), ("LDAP_SERVER", "setldap"), ("LDAP_USER", "setldap"), ("ENABLE_MULTICAST", "setmulticast"),
                          ("SAP_ADDRESS", "setmulticast"), ("FILEWALL", "setos"), ("NTP", "setos"), ("AUTO_UPDATE", "setos")):
            if tag in fields:
                return name
        return "setlogging" if any(tag in fields for tag in LOGGING) else "getldap"

    # --- a command

    def carry_out(self, q: Query) -> None:
        try:
            blocks = self.answer(q)
            good = True
        except Refused as refusal:
            blocks, good = [self.failed(q, str(refusal))], False
        if self.on("indication-on-failure") and not good and q.name == "addendpoint" and q.session:
            q.indicate([("SOURCEID", self.guid()), ("SOURCENAME", q.get("SOURCENAME") or ""), ("SOURCEIP", q.get("SOURCEIP") or ""), ("FLAG", "0"), ("E164", ""), ("H323", ""), ("TITLE", "")])
        elif not good:
            q.indications.clear()
        if q.session and (good or self.w.touch == "any") and not self.on("expiry-from-login"):
            if not (self.on("expiry-reading-is-idle") and q.name.startswith("get")):
                q.session.seen = self.now()
            if self.w.follow == "last":
                q.session.link = q.link
        early = self.w.indications_first
        if early:
            self.tell(q)
        if not (self.on("confirm-lost-third") and q.name == "getlistinfo" and self.count("lists") % 7 == 0):
            self.confirm(q, blocks)
        if self.on("confirm-twice") and q.name == "setgk" and good:
            self.confirm(q, blocks)
        if not early:
            self.tell(q)
        if q.after:
            q.after()
        if q.close:
            q.link.close()

    def answer(self, q: Query) -> list[Block]:
        if q.name == "login":
            return [self.succeeded(q, self.do_login(q))]
        self.admit(q)
        if self.w.required:
            for tag in REQUIRED.get(q.name, "").split():
                q.need(tag)
        if self.w.lang == "strict" and q.name not in ("setlang", "logout", "getlistinfo") and q.get("LANG") not in (None, "en", "cn"):
            raise Refused("LANG is en or cn")
        if q.name == "logout":
            return [self.succeeded(q, self.do_logout(q))]
        assert q.session is not None
        if q.session.privilege == "1" and not self.may(q.name):
            raise Refused("Not permitted")
        found = self.handlers[q.name](q)
        if not found and q.name not in LISTS:
            found = [[]]
        elif found and isinstance(found[0], tuple):
            found = [found]
        if not found:
            return [[("RESULT", "0")]] if self.w.empty == "result" else []
        return [self.succeeded(q, block) for block in found]

    def may(self, name: str) -> bool:
        """Whether an ordinary user may do it."""
        if self.on("ordinary-adds-users") and name == "adddevuser":
            return True
        if self.w.ordinary == "all":
            return True
        if self.w.ordinary == "viewer":
            return name in ("getdevinfo", "refreshstatus", "getlang", "getlistinfo", "getmediainfo")
        return name.startswith("get") or name == "refreshstatus"

    def succeeded(self, q: Query, block: Block) -> Block:
        name, how = q.name, self.w.success_text
        result: Field = ("RESULT", "0")
        if self.on("result-word") and name == "setivr":
            result = ("RESULT", "Succeeded")
        if self.on("result-absent") and name == "hangup":
            return block
        texts = how == "always" and name not in OWN_DESCRIPTION | NO_DESCRIPTION
        if texts or (how == "examples" and name in SUCCEEDED):
            text: Field = ("DESCRIPTION", self.words(q, "Succeeded"))
            if name == "login":
                return [result, block[0], text, *block[1:]]
            return [result, text, *block]
        if self.on("two-descriptions") and name in OWN_DESCRIPTION:
            return [result, ("DESCRIPTION", "Succeeded"), *block]
        return [result, *block]

    def words(self, q: Query, text: str) -> str:
        language = q.get("LANG")
        if self.w.failure_text == "chinese" and language in ("1", "cn"):
            return CHINESE.get(text, "错误: " + text)
        return text

    def failed(self, q: Query, text: str) -> Block:
        how, wording = self.w.failure, self.w.failure_text
        result = "1"
        if self.on("failure-result-two") and q.name == "delgroup":
            result = "2"
        if self.on("failure-result-minus") and q.name in ("getroom", "modroom", "delroom"):
            result = "-1"
        if self.on("failure-as-success") and q.name == "moddevuser":
            result = "0"
        block: Block = [("RESULT", result)]
        if wording == "one":
            text = "Failed"
        elif wording == "long":
            text = f"The command {q.name} could not be carried out: <{text}> & nothing was changed. " * 3
        text = self.words(q, text)
        if how == "empty":
            block.append(("DESCRIPTION", ""))
        elif how in ("full", "padded", "echo") or (how == "table" and q.name not in NO_DESCRIPTION):
            block.append(("DESCRIPTION", text))
        if q.name == "login" and self.w.login_failure == "padded":
            block[1:1] = [("PRIVILEGE", "1")]
            block.append(("SESSIONID", ""))
        shown = {"INDEX", "SOURCENAME", "USERNAME", "GROUPNAME", "CONF_ID", "ROOM_ID"}
        if how == "padded":
            block += [(tag, "") for tag in q.fields if tag in shown]
        elif how == "echo":
            block += [(tag, values[0]) for tag, values in q.fields.items() if tag in shown]
        return block

    # --- sessions

    def alive(self, session: Session, now: float) -> bool:
        if self.on("expiry-never"):
            return True
        life = 600.0 if self.on("expiry-early") else 3600.0 if self.on("expiry-late") else LIFE
        return now - session.seen < life

    def drop(self, session: Session) -> None:
        self.sessions.pop(session.id, None)

    def admit(self, q: Query) -> None:
        """Find the session of a command, or refuse it."""
        given, now = q.get("SESSIONID"), self.now()
        session = self.sessions.get(given) if given else None
        if session is None and given and self.on("session-prefix"):
            session = next((one for one in self.sessions.values() if one.id[:8] == given[:8]), None)
        if session is None and self.on("session-of-connection"):
            session = next((one for one in self.sessions.values() if one.link is q.link), None)
        if session is None and given is None and q.name == "geteplink" and self.on("session-missing-accepted"):
            session = next(iter(self.sessions.values()), None)
        if session is None and given and q.name.startswith("get") and self.on("session-any-for-reading"):
            session = next(iter(self.sessions.values()), None)
        if session is None and q.name == "getcfsinfo" and self.on("session-unchecked-cfs"):
            session = Session("", "", "0", False, None, now, now)
        if session is None and given and given in self.memory and self.on("session-after-logout"):
            session = self.memory[given]
        if session is not None and not self.alive(session, now):
            if self.on("session-revived"):
                session.seen = now
            else:
                self.drop(session)
            if self.w.expiry_closes and session.link:
                session.link.close()
            session = None
        elif session is not None and self.w.scope == "bound" and session.link is not q.link:
            session = None
        if session is None:
            if self.on("session-refused-but-done") and q.name == "setlang" and q.get("LANG") in ("0", "1"):
                self.language = q.need("LANG")
            q.close = self.w.bad_session == "close"
            raise Refused("Session is not valid")
        q.session = session

    def do_login(self, q: Query) -> Block:
        name, password = q.need("USERNAME"), q.get("PASSWORD")
        if self.w.lang == "strict" and q.get("LANG") not in ("0", "1", None):
            raise Refused("LANG is 0 or 1")
        if self.w.required:
            q.need("LANG"), q.need("PASSWORD")
        user = next((one for one in self.users if self.same(one.name, name)), None)
        password = password or ""
        if user is None and self.on("deleted-user-logs-in"):
            user = self.memory.get(("user", name))
        good = user is not None and user.password == password
        if user is not None and not good:
            if self.on("login-password-prefix"):
                good = bool(password) and user.password.startswith(password)
            elif self.on("login-password-blank"):
                good = not password
            elif self.on("login-password-case"):
                good = user.password.lower() == password.lower()
        if user is not None and self.on("login-password-old") and user.old_password is not None:
            good = password == user.old_password
        if user is not None and good and self.on("login-foreign-password") and not password.isascii():
            good = False
        if user is None or not good:
            if self.on("login-failure-as-success"):
                return [("PRIVILEGE", "1"), ("SESSIONID", "")]
            raise Refused("Wrong user name or password")
        now = self.now()
        if self.count("logins") % 500 == 0:
            for one in [one for one in self.sessions.values() if not self.alive(one, now) and one.link is None]:
                self.drop(one)
        if self.w.relogin == "replaces":
            for one in [one for one in self.sessions.values() if one.link is q.link]:
                self.drop(one)
        if self.on("login-ends-other"):
            for one in [one for one in self.sessions.values() if one.user == user.id]:
                self.drop(one)
        if self.on("lang-reset-by-login"):
            self.language = "0"
        wants = q.get("INDICATION") == "1"
        if self.on("indication-wanted-by-default"):
            wants = wants or q.get("INDICATION") is None
        privilege = user.privilege
        session = Session(self.guid(), user.id, privilege, wants, q.link, now, now)
        shared = next((one for one in self.sessions.values() if one.user == user.id and self.alive(one, now)), None)
        if shared and self.on("login-shares-session"):
            session = shared
        self.sessions[session.id] = session
        if self.on("login-privilege-swapped"):
            privilege = "10"[int(privilege)]
        if self.on("login-privilege-word"):
            privilege = ("Administrator", "Ordinary")[int(privilege)]
        shown = session.id[:-1] if self.on("login-session-cut") and user.privilege == "1" else session.id
        return [("PRIVILEGE", privilege), ("SESSIONID", shown)]

    def do_logout(self, q: Query) -> Block:
        assert q.session is not None
        session = q.session
        if self.on("logout-ends-newest"):
            session = list(self.sessions.values())[-1]
        if self.on("logout-ends-all-of-user"):
            for one in [one for one in self.sessions.values() if one.user == session.user]:
                self.drop(one)
        if self.on("settings-lost-at-logout") and ("storage", session.id) in self.memory:
            self.storage = self.memory.pop(("storage", session.id))
        if self.on("session-after-logout"):
            self.memory[session.id] = session
        self.drop(session)
        q.session = None
        q.close = self.w.logout_closes
        return []

    def hung_up(self, link: Link) -> None:
        if link in self.links:
            self.links.remove(link)
        for session in [one for one in self.sessions.values() if one.link is link]:
            if self.w.scope != "device":
                self.drop(session)
            else:
                session.link = None

    def tell(self, q: Query) -> None:
        """Send the indications of a command."""
        if not q.indications:
            return
        now = self.now()
        for name, block in q.indications:
            if self.on("indication-none-delroom") and name == "delroom":
                continue
            if self.on("indication-none-second-mod") and name.startswith("mod") and self.count(name) % 2 == 0:
                continue
            if self.on("indication-none-for-stop-paused") and name == "stoproomrecord" and self.memory.get("stopped") == "paused":
                continue
            first, users = True, set()
            for session in list(self.sessions.values()):
                own = session is q.session
                if session.link is None or not self.alive(session, now):
                    continue
                if own and (self.w.own_indication == "no" or not session.wants) and not (self.on("indication-to-own-too") and name == "hangup"):
                    continue
                if not session.wants and not (self.on("indication-to-unsubscribed") and name.startswith("del")) and not (
                    self.on("indication-to-ordinary") and session.privilege == "1"):
                    continue
                if self.on("indication-first-only") and not first:
                    continue
                if self.on("indication-one-a-user") and session.user in users:
                    continue
                if self.on("indication-not-to-ordinary") and session.privilege == "1":
                    continue
                first = False
                users.add(session.user)
                session.told += 1
                if self.on("indication-five-only") and session.told > 5:
                    continue
                if self.on("indication-silent-after-own") and self.memory.get(("acted", session.id)):
                    continue
                link = session.link
                if self.on("indication-to-the-actor") and name in ("setmediainfo", "delmediainfo"):
                    link = q.link
                self.indicate(link, name, block, q.root)
                if self.on("indication-doubled") and name == "modgroup":
                    self.indicate(link, name, block, q.root)
            if q.session and self.on("indication-silent-after-own"):
                self.memory["acted", q.session.id] = True

    def indicate(self, link: Link, name: str, block: Block, sent_root: str) -> None:
        kind, xmlid = "INDICATION", self.xmlid_for(name, "", "INDICATION")
        if self.on("indication-as-confirm") and name == "startroomrecord":
            kind = "CONFIRM"
        if self.on("indication-xmlid") and name == "continueroomrecord":
            xmlid = "startroomrecord"
        if self.on("indication-xmlid-deluser") and name == "deldevuser":
            xmlid = "adddevuser"
        block = self.spoiled_indication(name, block)
        attribute = "xmjid" if self.w.xmjid and name == "addendpoint" else "xmlid"
        text = self.render(kind, xmlid, [block], self.root_for(name, sent_root, "INDICATION"), attribute)
        if self.on("indication-late"):
            link.late.append((text, kind, name))
        else:
            self.put(link, text, kind, name)

    def spoiled_indication(self, name: str, block: Block) -> Block:
        def swap(tag: str, value: str) -> Block:
            return [(tag, value, *one[2:]) if one[0] == tag else one for one in block]

        if self.on("indication-pause-index") and name == "pauseroomrecord":
            return swap("INDEX", str(int(block[0][1]) + 1))
        if self.on("indication-delgroup-id") and name == "delgroup":
            return swap("GROUPID", self.guid())
        if self.on("indication-member-missing") and name == "addgroup":
            return [one for one in block if not one[0].startswith("MEMBER_") or one[0] == "MEMBER_COUNT"]
        if self.on("indication-reference") and name == "startquickrecord":
            last, self.memory["ref"] = self.memory.get("ref", ""), dict((one[0], one[1]) for one in block).get("REFERENCEID", "")
            return swap("REFERENCEID", last)
        if self.on("indication-user-stale") and name == "moddevuser":
            values = self.memory.get("before", {})
            return [(one[0], values.get(one[0], one[1])) for one in block]
        if self.on("indication-email-is-fullname") and name == "adddevuser":
            return swap("EMAIL", dict((one[0], one[1]) for one in block)["FULLNAME"])
        if self.on("indication-del-endpoint-blank") and name == "delendpoint":
            return swap("SOURCENAME", "")
        if self.on("indication-media-catalog") and name == "delmediainfo":
            return swap("CATALOG", "1" if dict((one[0], one[1]) for one in block)["CATALOG"] == "0" else "0")
        if self.on("indication-room-index") and name == "addroom":
            return swap("INDEX", "0")
        if self.on("indication-quick-index") and name == "startquickrecord":
            return swap("INDEX", "1023")
        return block

    # --- small helps

    def same(self, one: str, other: str) -> bool:
        if self.w.trim:
            one, other = one.strip(), other.strip()
        return one.casefold() == other.casefold() if self.w.fold else one == other

    def name_of(self, q: Query, tag: str) -> str:
        name = q.need(tag)
        if self.w.trim:
            name = name.strip()
        if not name:
            raise Refused(f"{tag} is blank")
        return name

    def value(self, q: Query, tag: str, old: str) -> str:
        """What to store: the value given, if it is one; else the old one."""
        given = q.get(tag)
        if given is None:
            return old if self.w.omitted == "keep" else "0" if tag in ENUMS else old if tag in NUMBERS else ""
        bad = False
        if tag in ENUMS:
            bad = len(given) != 1 or given not in ENUMS[tag]
        elif tag in NUMBERS and not given:
            return old
        elif tag in NUMBERS:
            low, high = NUMBERS[tag]
            bad = not re.fullmatch(r"[0-9]{1,6}", given) or not low <= int(given) <= high
        elif tag in ADDRESSES and self.w.addresses and given:
            bad = not DOTTED.fullmatch(given) or any(int(part) > 255 for part in given.split("."))
        if bad and self.w.checks == "refuse":
            raise Refused(f"{tag} is out of range")
        return old if bad else given

    def values(self, q: Query, tags: Iterable[str], old: dict[str, str]) -> dict[str, str]:
        return {tag: self.value(q, tag, old[tag]) for tag in tags}

    def date(self, when: float) -> str:
        return time.strftime("%b %d,%Y %H:%M:%S", time.gmtime(when + self.w.clock_offset))

    def group_name(self, one: str) -> str:
        return next(group.name for group in self.groups if group.id == one)

    def group_ids(self, q: Query, tag: str, old: list[str]) -> list[str]:
        if tag not in q.fields and self.w.omitted == "keep" and self.w.lists == "always":
            return old
        known, found = {group.id for group in self.groups}, []
        for one in q.all(tag):
            if one in known:
                if one not in found:
                    found.append(one)
            elif self.w.strange_member == "refuse":
                raise Refused(f"{tag} names no group")
        return found

    def listed(self, ids: list[str], tag: str, ext: str, notin: str, *, wanted: bool) -> Block:
        """The groups in a list and, as some Web pages want it, those not in it."""
        if self.w.lists == "right" and not wanted:
            return []
        out: Block = []
        for one in ids:
            out.append((tag, one))
            if ext:
                out.append((ext, one, self.group_name(one)))
        if notin:
            out += [(notin, group.id, group.name) for group in self.groups if group.id not in ids]
        return out

    # --- system

    def do_getdevinfo(self, _q: Query) -> Block:
        return [("PRODUCTNAME", "Polycom Recording Streaming Server"), ("VERSION", "3.0.0.017, Build: Oct 24 2007 11:20:14"), ("TYPE", "RSS 2000"),
                ("H323COUNT", "many" if self.on("devinfo-count-word") else "200"), ("VODCOUNT", "100"), ("RECABILITY", str(self.w.recorders)),
                ("ACTIVATED", "2" if self.on("devinfo-activated-two") else "1")]

    def do_refreshstatus(self, _q: Query) -> Block:
        now = self.now() + self.w.clock_offset
        shown = self.date(self.now())
        if self.on("status-time-iso"):
            shown = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        value = str(int(now))
        if self.on("status-time-frozen"):
            value = self.memory.setdefault("frozen", value)
        if self.on("status-milliseconds"):
            value += "000"
        disk = "193" if self.on("status-disk-193") else "61"
        block = [("DISK", disk), ("CPU", str(3 + self.count("cpu") % 9)), ("TIME", shown), ("TIMEVALUE", value), ("TIMEZONE", "480" if self.on("status-zone-minutes") else "-5")]
        return [one for one in block if one[0] != "TIMEVALUE"] if self.on("status-value-missing") else block

    def ip_block(self, spelling: str, values: dict[str, str], *, extra: bool) -> Block:
        block = [("INDEX", "0"), (spelling, values["DEVIP"]), ("DEVMASK", values["DEVMASK"]), ("GATEWAY", values["GATEWAY"])]
        if extra and self.w.ip_extra:
            dhcp = self.w.dhcp
            block += [(dhcp, values["DCHP"]), ("DNS1", values["DNS1"]), ("DNS2", values["DNS2"]), (dhcp + "DNS", values["DCHPDNS"])]
        return block

    def do_getip(self, q: Query) -> Block:
        if q.get("INDEX") not in (None, "0", ""):
            raise Refused("There is no such LAN port")
        block = self.ip_block("DEVIP", self.ip, extra=True)
        return [one for one in block if one[0] != "DEVMASK"] if self.on("ip-mask-missing") else block

    def do_setip(self, q: Query) -> Block:
        if q.get("INDEX") not in (None, "0", ""):
            raise Refused("Only LAN1 is supported")
        old = dict(self.ip)
        self.ip |= self.values(q, IP, self.ip)
        if self.on("ip-gateway-lost"):
            self.ip["GATEWAY"] = old["GATEWAY"]
        q.indicate(self.ip_block(self.w.ip_indication, self.ip, extra=False))
        return self.ip_block(self.w.ip, old if self.on("ip-confirm-old") else self.ip, extra=False)

    def gk_block(self) -> Block:
        use = self.gk["USEGK"] if self.w.usegk == "wish" else "0"
        status = "Registered" if use == "1" else "Unregistered"
        return [("USEGK", use), ("GKIP", self.gk["GKIP"]), ("GKSTATUS", status), ("GKCOLOR", "1"), ("GKPORT", self.gk["GKPORT"]),
                ("E164", self.gk["E164"]), ("H323", self.gk["H323"])]

    def do_getgk(self, _q: Query) -> Block:
        block = self.gk_block()
        if self.on("gk-usegk-word"):
            block[0] = ("USEGK", "yes" if block[0][1] == "1" else "no")
        return block

    def do_setgk(self, q: Query) -> Block:
        old = dict(self.gk)
        self.gk |= self.values(q, GK, self.gk)
        block = self.gk_block()
        if self.on("gk-port-lost"):
            self.gk["GKPORT"] = old["GKPORT"]
        if self.on("gk-alias-cut"):
            self.gk["H323"] = self.gk["H323"][:16]
        if self.on("gk-e164-second") and self.count("gk") % 2 == 0:
            self.gk["E164"] = old["E164"]
        self.more(q, block)
        return block

    def more(self, q: Query, block: Block) -> None:
        """Settings whose indication the document does not show."""
        if self.w.more_indications:
            q.indicate(block)

    def do_getlang(self, _q: Query) -> Block:
        if self.on("lang-absent"):
            return []
        return [("LANG", "en" if self.on("lang-word") and self.language == "0" else self.language)]

    def do_setlang(self, q: Query) -> Block:
        given = self.value(q, "LANG", self.language)
        q.need("LANG")
        if not (self.on("lang-not-stored") and given == "1"):
            self.language = given
        self.more(q, [("LANG", given)])
        return [("LANG", given)]

    def do_getivr(self, q: Query) -> Block:
        index, language = q.need("INDEX"), q.get("LANGUAGE") or "0"
        if not re.fullmatch("[0-9]", index) or language not in ("0", "1", "2"):
            raise Refused("There is no such message")
        if self.on("ivr-nine-refused") and index == "9":
            raise Refused("There is no such message")
        if self.on("ivr-japanese-refused") and language == "2":
            raise Refused("There is no such message")
        tag = "PLAYURL" if self.on("ivr-tag") else "PLAY_URL"
        if self.on("ivr-default-language") and "LANGUAGE" not in q.fields:
            raise Refused("LANGUAGE is missing")
        return [(tag, f"/ivr/{('en', 'cn', 'jp')[int(language)]}/{IVR_NAMES[int(index)]}.wav")]

    def do_setivr(self, q: Query) -> Block:
        if not re.fullmatch("[0-9]", q.need("TYPE")) or (q.get("LANGUAGE") or "0") not in ("0", "1", "2"):
            raise Refused("There is no such message")
        self.known_file(q)
        self.more(q, [("TYPE", q.need("TYPE"))])
        return []

    def known_file(self, q: Query) -> None:
        name = q.need("FILENAME")
        if not name or (self.w.files == "known" and name not in self.files):
            raise Refused("There is no such file")

    def storage_block(self) -> Block:
        hidden = set()
        if self.w.conditional:
            hidden = {tag for tag, of in (("SAVE_INTERVAL", "AUTO_SAVE"), ("DEL_INTERVAL", "AUTO_DEL")) if self.storage[of] != "1"}
        return [(tag, self.secret(self.storage[tag], listed=True) if tag == "PASSWORD" else self.storage[tag]) for tag in STORAGE if tag not in hidden]

    def secret(self, password: str, *, listed: bool) -> str:
        how = self.w.password
        if how == "clear" or (how == "lists" and not listed):
            return password
        return "*" * 6 if how == "stars" and password else ""

    def do_getstorage(self, _q: Query) -> Block:
        block = self.storage_block()
        if self.on("storage-save-out-of-range"):
            block = [("AUTO_SAVE", str(int(one[1]) + 3)) if one[0] == "AUTO_SAVE" else one for one in block]
        return block

    def do_setstorage(self, q: Query) -> Block:
        assert q.session is not None
        old = dict(self.storage)
        if self.on("settings-lost-at-logout"):
            self.memory.setdefault(("storage", q.session.id), old)
        self.storage |= self.values(q, STORAGE, self.storage)
        block = self.storage_block()
        q.indicate([(one[0], old[one[0]]) for one in block] if self.on("indication-storage-stale") else block)
        if self.on("storage-times-swapped"):
            self.storage["START_TIME"], self.storage["END_TIME"] = self.storage["END_TIME"], self.storage["START_TIME"]
        if self.on("storage-save-two-is-one") and self.storage["AUTO_SAVE"] == "2":
            self.storage["AUTO_SAVE"] = "1"
        if self.on("storage-interval-shared"):
            self.storage["DEL_INTERVAL"] = self.storage["SAVE_INTERVAL"]
        if self.on("storage-path-slashes"):
            self.storage["PATH"] = self.storage["PATH"].replace("\\", "/")
        if self.on("storage-hour-23"):
            self.storage["END_TIME"] = "0" if self.storage["END_TIME"] == "23" else self.storage["END_TIME"]
        return block

    def do_shutdown(self, q: Query) -> list[Block]:
        if q.get("POWEROFF") not in (None, "0", "1"):
            raise Refused("POWEROFF is 0 or 1")

        def restart() -> None:
            self.sessions.clear()
            for call in self.calls:
                self.to_state(call, 0)
            for link in list(self.links):
                link.close()

        q.after = restart
        if self.w.shutdown == "silent":
            q.after = None
            restart()
        return [[]]

    # --- endpoints

    def endpoint_block(self, one: Endpoint, *, title: bool = True) -> Block:
        block: Block = [("SOURCEID", one.id), ("SOURCENAME", one.name), ("SOURCEIP", one.ip), ("FLAG", one.flag), ("E164", one.e164), ("H323", one.h323)]
        return [*block, ("TITLE", "")] if title else block

    def do_getendpoint(self, _q: Query) -> list[Block]:
        blocks = [self.endpoint_block(one) for one in self.endpoints]
        if self.on("endpoint-flag-word"):
            blocks = [[("FLAG", "none" if one[1] == "0" else "immediate") if one[0] == "FLAG" else one for one in block] for block in blocks]
        if self.on("endpoint-list-short") and len(blocks) > 7:
            blocks.pop(3)
        if self.on("endpoint-list-one-confirm") and blocks:
            return [[one for block in blocks for one in block]]
        if self.on("endpoint-list-other-id"):
            blocks = [[("SOURCEID", self.guid()), *block[1:]] if number == 2 else block for number, block in enumerate(blocks)]
        return blocks

    def endpoint(self, q: Query) -> Endpoint:
        name = q.need("SOURCENAME")
        found = next((one for one in self.endpoints if self.same(one.name, name)), None)
        if found is None:
            raise Refused("There is no such endpoint")
        return found

    def do_addendpoint(self, q: Query) -> Block:
        name, address = self.name_of(q, "SOURCENAME"), q.need("SOURCEIP")
        if not address.strip() and not self.on("endpoint-blank-ip-added"):
            raise Refused("SOURCEIP is blank")
        if self.on("endpoint-blank-number-refused") and not q.get("E164"):
            raise Refused("E164 is blank")
        if self.on("endpoint-blank-alias-refused") and not q.get("H323"):
            raise Refused("H323 is blank")
        twin = next((one for one in self.endpoints if self.same(one.name, name)), None)
        if twin and not self.on("endpoint-twice") and not (self.on("endpoint-twice-after-change") and twin.changed):
            raise Refused("The name is in use")
        values = {tag: self.value(q, tag, "0" if tag == "FLAG" else "") for tag in ("SOURCEIP", "E164", "H323", "FLAG")}
        made = Endpoint(self.guid(), name, values["SOURCEIP"], values["FLAG"], values["E164"], values["H323"])
        if self.on("endpoint-id-repeats") and self.count("endpoints") % 3 == 0 and self.endpoints:
            made.id = self.endpoints[-1].id
        if self.on("endpoint-add-flag-lost"):
            made.flag = "0"
        self.endpoints.append(made)
        block = self.endpoint_block(made)
        q.indicate(block)
        if self.on("endpoint-add-replaces-tenth") and len(self.endpoints) > 9:
            self.endpoints.pop(-2)
        if self.on("endpoint-number-in-alias") and made.e164 and not made.h323:
            made.h323 = made.e164
        if self.on("endpoint-confirm-without-id"):
            return block[1:]
        return block

    def do_modendpoint(self, q: Query) -> Block:
        one = self.endpoint(q)
        if q.get("SOURCEIP") is not None and not q.need("SOURCEIP").strip() and not self.on("endpoint-blank-ip-changed"):
            raise Refused("SOURCEIP is blank")
        values = {tag: self.value(q, tag, old) for tag, old in (("SOURCEIP", one.ip), ("E164", one.e164), ("H323", one.h323), ("FLAG", one.flag))}
        before = (one.e164, one.h323, one.flag)
        one.ip, one.e164, one.h323, one.flag = (values["SOURCEIP"] or one.ip) if not self.on("endpoint-blank-ip-changed") else values["SOURCEIP"], values["E164"], values["H323"], values["FLAG"]
        if self.on("endpoint-new-id"):
            one.id = self.guid()
        block = self.endpoint_block(one)
        q.indicate(self.endpoint_block(one, title=self.w.mod_title))
        if self.on("endpoint-flag-once") and one.changed:
            one.flag = before[2]
        if self.on("endpoint-alias-keeps"):
            one.h323 = before[1] or one.h323
        if self.on("endpoint-number-not-blanked") and not one.e164:
            one.e164 = before[0]
        if self.on("endpoint-change-hits-next"):
            following = self.endpoints[(self.endpoints.index(one) + 1) % len(self.endpoints)]
            following.flag = one.flag
        one.changed = True
        return block

    def do_delendpoint(self, q: Query) -> Block:
        one = self.endpoint(q)
        self.endpoints.remove(one)
        if self.on("endpoint-delete-prefix"):
            self.endpoints = [other for other in self.endpoints if not other.name.startswith(one.name)]
        if self.on("endpoint-delete-confirm-blank"):
            one = Endpoint("", one.name, "")
        if not self.on("member-outlives-endpoint"):
            for group in self.groups:
                group.members = [member for member in group.members if member != one.id]
        block = self.endpoint_block(one)
        q.indicate(block)
        return block

    # --- users

    def user_block(self, one: User, *, listed: bool = False) -> Block:
        return [("USERID", one.id), ("USERNAME", one.name), ("FULLNAME", one.fullname), ("EMAIL", one.email),
                ("PASSWORD", self.secret(one.password, listed=listed)), ("PRIVILEGE", one.privilege), ("OPTIONS", "0")]

    def do_getdevuser(self, _q: Query) -> list[Block]:
        blocks = [self.user_block(one, listed=True) for one in self.users]
        if self.on("user-list-last-missing") and len(blocks) > 6:
            blocks.pop()
        if self.on("user-list-swapped"):
            blocks = [[*block[:2], ("FULLNAME", user.email), ("EMAIL", user.fullname), *block[4:]] if user.changed else block
                      for user, block in zip(self.users, blocks)]
        if self.on("user-privilege-two"):
            blocks = [[("PRIVILEGE", "2") if one[0] == "PRIVILEGE" and one[1] == "1" else one for one in block] for block in blocks]
        if self.on("user-email-cut"):
            blocks = [[(one[0], one[1][:16]) if one[0] == "EMAIL" else one for one in block] for block in blocks]
        return blocks

    def user(self, q: Query) -> User:
        name = q.need("USERNAME")
        found = next((one for one in self.users if self.same(one.name, name)), None)
        if found is None:
            raise Refused("There is no such user")
        return found

    def do_adddevuser(self, q: Query) -> Block:
        name = self.name_of(q, "USERNAME")
        if self.on("user-blank-password-refused") and not q.get("PASSWORD"):
            raise Refused("PASSWORD is blank")
        if self.on("user-blank-fullname-refused") and not q.get("FULLNAME"):
            raise Refused("FULLNAME is blank")
        if self.on("user-blank-email-refused") and not q.get("EMAIL"):
            raise Refused("EMAIL is blank")
        if not self.on("user-twice") and any(self.same(one.name, name) for one in self.users):
            raise Refused("The name is in use")
        made = User(self.guid(), name, q.get("FULLNAME") or "", q.get("EMAIL") or "", q.get("PASSWORD") or "", self.value(q, "PRIVILEGE", "1"))
        if self.on("user-added-administrator"):
            made.privilege = "0"
        if self.on("user-email-default") and not made.email:
            made.email = f"{name}@localhost"
        self.users.append(made)
        block = self.user_block(made)
        q.indicate(block)
        if self.on("user-names-folded"):
            made.name = made.name.lower()
        if self.on("user-password-not-stored"):
            made.password = ""
        if self.on("user-id-in-confirm"):
            return [("USERID", self.guid()), *block[1:]]
        return block

    def do_moddevuser(self, q: Query) -> Block:
        one = self.user(q)
        self.memory["before"] = {item[0]: item[1] for item in self.user_block(one)}
        privilege = self.value(q, "PRIVILEGE", one.privilege)
        one.old_password = one.password if q.get("PASSWORD") not in (None, one.password) else one.old_password
        fullname, email, password = (self.value(q, tag, old) for tag, old in (("FULLNAME", one.fullname), ("EMAIL", one.email), ("PASSWORD", one.password)))
        if self.on("user-change-ascii-only"):
            fullname = fullname.encode("ascii", "replace").decode()
        before = (one.email, one.fullname)
        one.fullname, one.email, one.password, one.privilege = fullname, email, password, privilege
        block = self.user_block(one)
        if self.on("user-privilege-not-changed"):
            one.privilege = self.memory["before"]["PRIVILEGE"]
        if self.on("user-email-not-blanked") and not one.email:
            one.email = before[0]
        if self.on("user-fullname-second") and one.changed:
            one.fullname = before[1]
        if self.on("user-change-hits-namesake"):
            for other in self.users:
                if other.name.casefold().startswith(one.name.casefold()):
                    other.email = one.email
        q.indicate(block)
        one.changed = True
        return block

    def do_deldevuser(self, q: Query) -> Block:
        assert q.session is not None
        one = self.user(q)
        if self.w.protect_admin and (one is self.users[0] or one.id == q.session.user):
            raise Refused("This account cannot be deleted")
        victim = self.users[-1] if self.on("user-delete-newest") and len(self.users) > 5 else one
        self.users.remove(victim)
        self.memory["user", one.name] = one
        if self.w.delete_ends:
            for session in [session for session in self.sessions.values() if session.user == one.id]:
                self.drop(session)
        for group in self.groups:
            if not self.on("member-outlives-user"):
                group.members = [member for member in group.members if member != one.id]
        block: Block = [("USERID", one.id), ("USERNAME", one.name)]
        q.indicate(block)
        return block

    # --- groups

    def people(self) -> tuple[dict[str, str], dict[str, str]]:
        return {one.id: one.name for one in self.users}, {one.id: one.name for one in self.endpoints}

    def group_block(self, one: Group, *, members: bool = True) -> Block:
        users, endpoints = self.people()
        count = len(one.members)
        if self.on("group-count-users") and not members:
            count = sum(member in users for member in one.members)
        block: Block = [("GROUPID", one.id), ("GROUPNAME", one.name), ("DESCRIPTION", one.text), ("MEMBER_COUNT", str(count))]
        if not members:
            return block
        order = one.members
        if self.w.list_words == "endpoints":
            order = [member for member in order if member in endpoints] + [member for member in order if member not in endpoints]
        plain: Block = [("MEMBER", member) for member in order]
        named: Block = []
        for member in order:
            if member in users or self.on("group-endpoint-as-user"):
                named.append(("MEMBER_USER", member, users.get(member, endpoints.get(member, ""))))
            elif member in endpoints:
                named.append(("MEMBER_EP", member, endpoints[member]))
        if self.on("group-member-names-lost"):
            named = [(*item[:2], "") if len(one.members) > 2 else item for item in named]
        if self.w.list_words == "grouped":
            block += plain + named
        else:
            for number, item in enumerate(plain):
                block.append(item)
                block += named[number : number + 1]
        out_users = [member for member in users if member not in one.members or (self.on("group-notin-all-users") and len(one.members) > 2)]
        out_endpoints = [member for member in endpoints if member not in one.members or self.on("group-notin-all-endpoints")]
        if self.on("group-notin-lacks-newest"):
            out_users = [member for member in out_users if member != self.users[-1].id or len(self.users) < 5]
        if self.on("group-notin-swapped"):
            out_users, out_endpoints = out_endpoints, out_users
        block += [("NOTIN_USER", member, users.get(member, endpoints.get(member, ""))) for member in out_users]
        if not self.on("no-notin"):
            block += [("NOTIN_EP", member, endpoints.get(member, users.get(member, ""))) for member in out_endpoints]
        return block

    def do_getgroup(self, q: Query) -> list[Block] | Block:
        name, one = q.get("GROUPNAME"), q.get("GROUPID")
        general = [self.group_block(group, members=False) for group in self.groups]
        if name is None and one is None:
            return general[:-1] if self.on("group-list-short") and len(general) > 4 else general
        if self.on("group-specific-all"):
            return general
        if (name is None or one is None) and self.w.group_partial != "specific":
            if self.w.group_partial == "refuse":
                raise Refused("GROUPNAME and GROUPID are both needed")
            return general
        found = [group for group in self.groups if (name is None or self.same(group.name, name)) and (one is None or group.id == one)]
        if not found and self.w.group_mismatch in ("id", "name"):
            by_id = self.w.group_mismatch == "id"
            found = [group for group in self.groups if (group.id == one if by_id else name is not None and self.same(group.name, name))]
        if not found and self.w.group_mismatch == "empty":
            return []
        if not found:
            raise Refused("There is no such group")
        return self.group_block(found[0])

    def do_getmember(self, _q: Query) -> Block:
        users = [one for number, one in enumerate(self.users) if number or self.w.admin_member]
        endpoints = list(self.endpoints)
        if self.on("members-only-grouped"):
            inside = {member for group in self.groups for member in group.members}
            endpoints = [one for one in endpoints if one.id in inside]
        if self.on("members-without-ordinary"):
            users = [one for one in users if one.privilege == "0"]
        return [("MEMBER_USER", one.id, one.name) for one in users] + [("MEMBER_EP", one.id, one.name) for one in endpoints]

    def members(self, q: Query) -> list[str]:
        users, endpoints = self.people()
        found: list[str] = []
        for one in q.all("MEMBER"):
            if one in users or one in endpoints:
                if one not in found:
                    found.append(one)
            elif self.w.strange_member == "refuse":
                raise Refused("MEMBER names nobody")
        return found

    def do_addgroup(self, q: Query) -> Block:
        name = self.name_of(q, "GROUPNAME")
        if not self.on("group-twice") and any(self.same(one.name, name) for one in self.groups):
            raise Refused("The name is in use")
        made = Group(self.guid(), name, q.get("DESCRIPTION") or "", self.members(q))
        if self.on("group-first-three-members"):
            made.members = made.members[:3]
        if self.on("group-text-is-name"):
            made.text = made.text or made.name
        self.groups.append(made)
        block = self.group_block(made)
        q.indicate(block)
        if self.on("group-loses-endpoints"):
            users, _ = self.people()
            made.members = [one for one in made.members if one in users]
        if self.on("group-confirm-count"):
            return [(one[0], str(int(one[1]) + 1)) if one[0] == "MEMBER_COUNT" else one for one in block]
        return block

    def group(self, q: Query) -> Group:
        name = q.need("GROUPNAME")
        found = next((one for one in self.groups if self.same(one.name, name)), None)
        if found is None:
            raise Refused("There is no such group")
        return found

    def do_modgroup(self, q: Query) -> Block:
        one = self.group(q)
        members = self.members(q)
        if self.on("group-change-adds"):
            members = one.members + [member for member in members if member not in one.members]
        if members or "MEMBER" in q.fields or self.w.no_members == "empty":
            one.members = members
        text = self.value(q, "DESCRIPTION", one.text)
        if not self.on("group-text-not-changed"):
            one.text = text
        if self.on("group-change-new-id"):
            one.id = self.guid()
        if self.on("group-change-takes-over"):
            for other in self.groups:
                if other is not one:
                    other.members = [member for member in other.members if member not in members]
        block = self.group_block(one)
        q.indicate(block)
        return block

    def do_delgroup(self, q: Query) -> Block:
        one = self.group(q)
        self.groups.remove(one)
        if self.on("group-delete-takes-members"):
            self.endpoints = [other for other in self.endpoints if other.id not in one.members]
        for room in self.rooms:
            room.record = [other for other in room.record if other != one.id]
            room.view = [other for other in room.view if other != one.id]
        self.sp_groups = [other for other in self.sp_groups if other != one.id]
        for media in (*self.archives, *self.lives):
            media.groups = [other for other in media.groups if other != one.id]
        for call in self.calls:
            call.view = [other for other in call.view if other != one.id]
        block = self.group_block(one, members=False)
        q.indicate(block)
        if self.on("group-delete-count-zero"):
            return [*block[:3], ("MEMBER_COUNT", "0")]
        return block

    def do_getallgroup(self, _q: Query) -> Block:
        groups = [one for one in self.groups if one.members or not self.on("all-groups-without-empty")]
        if self.on("all-groups-sorted-names"):
            names = sorted(one.name for one in groups)
            return [("GROUP", one.id, name) for one, name in zip(groups, names)]
        return [("GROUP", one.id, one.name) for one in groups]

    # --- single point and rooms

    def sp_block(self) -> Block:
        values = dict(self.sp)
        if self.on("sp-dualvideo-two"):
            values["DUALVIDEO"] = str(int(values["DUALVIDEO"]) + 1)
        block: Block = [(tag, values[tag]) for tag in ("DUALVIDEO", "IFRAMEINTERVAL", "BROADCAST", "RECORDRIGHT", "VIEWRIGHT")]
        listed = self.listed(self.sp_groups, "RECORDID", "RECORDIDEXT", "NOTIN", wanted=values["RECORDRIGHT"] == "1")
        if self.on("sp-notin-all"):
            listed = [one for one in listed if one[0] != "NOTIN"] + [("NOTIN", one.id, one.name) for one in self.groups]
        return block + listed

    def do_getsp(self, _q: Query) -> Block:
        return self.sp_block()

    def do_setsp(self, q: Query) -> Block:
        before = list(self.sp_groups)
        values = self.values(q, ("DUALVIDEO", "IFRAMEINTERVAL", "BROADCAST", "RECORDRIGHT", "VIEWRIGHT"), self.sp)
        groups = self.group_ids(q, "RECORDID", self.sp_groups)
        if self.w.lists == "drop" and values["RECORDRIGHT"] != "1":
            groups = []
        old = dict(self.sp)
        self.sp, self.sp_groups = values, groups
        if self.on("sp-first-group-only"):
            self.sp_groups = self.sp_groups[:1]
        block = self.sp_block()
        if self.on("indication-sp-old-groups"):
            self.sp_groups = before
            q.indicate(self.sp_block())
            self.sp_groups = groups
        else:
            q.indicate(block)
        if self.on("sp-viewright-two-is-one") and self.sp["VIEWRIGHT"] == "2":
            self.sp["VIEWRIGHT"] = "1"
        if self.on("sp-leaks-into-rooms"):
            for room in self.rooms:
                room.values["IFRAMEINTERVAL"] = self.sp["IFRAMEINTERVAL"]
        if self.on("sp-broadcast-not-switched-off") and old["BROADCAST"] == "1":
            self.sp["BROADCAST"] = "1"
        if self.on("sp-groups-add-up"):
            self.sp_groups = before + [one for one in groups if one not in before]
        return block

    def room_state(self, room: Room) -> int:
        states = [call.state for call in self.calls if call.room == room.name]
        return max((1 if state == 1 else 2 if state == 2 else 8 if state == 3 else 0 for state in states), default=0)

    def state_words(self, state: int) -> str:
        if self.w.room_words == "menu":
            return {0: "Menu", 1: "Running", 2: "Paused", 8: "Streaming"}[state]
        return {0: "idle", 1: "recording", 2: "recording pause", 8: "streaming without recording"}[state]

    def room_block(self, room: Room, *, lists: bool = True, changed: bool = False) -> Block:
        values, state = room.values, self.room_state(room)
        now = sum(call.room == room.name for call in self.calls)
        dual = values["DUALVIDEO"]
        h239 = room.h239 if self.on("room-h239-stale") else dual
        shown = str(state)
        if self.on("room-status-nine") and room.changed:
            shown = "9"
        block: Block = [("INDEX", str(room.index)), ("ROOM_ID", room.name), ("ROOM_NUM", room.number), ("DUALVIDEO", dual), (self.w.h239, h239),
                        ("BROADCAST", values["BROADCAST"]), ("RATE", values["RATE"]), ("PARTINOW", str(now)), ("PARTIMAX", self.w.partimax if changed else "2"),
                        ("STATUS_INDEX", shown), ("STATUS", self.state_words(state)), ("RECORDRIGHT", values["RECORDRIGHT"]), ("VIEWRIGHT", values["VIEWRIGHT"]),
                        ("IFRAMEINTERVAL", values["IFRAMEINTERVAL"]), ("VIDEO_FORMAT", values["VIDEO_FORMAT"])]
        if self.on("room-format-word"):
            block[-1] = ("VIDEO_FORMAT", ("H.261", "H.263", "H.263+", "H.264")[int(values["VIDEO_FORMAT"])])
        if self.on("room-rate-absent"):
            block = [one for one in block if one[0] != "RATE"]
        if not lists:
            return block
        block += self.listed(room.record, "RECORDID", "RECORDIDEXT", "NOTIN_REC", wanted=values["RECORDRIGHT"] == "1")
        view = self.listed(room.view, "VIEWID", "VIEWIDEXT", "NOTIN_VIEW", wanted=values["VIEWRIGHT"] == "2")
        if self.on("room-notin-view-of-record"):
            view = [one for one in view if one[0] != "NOTIN_VIEW"] + [("NOTIN_VIEW", one.id, one.name) for one in self.groups if one.id not in room.record]
        return block + view

    def room(self, q: Query) -> Room:
        index = q.need("INDEX")
        found = next((one for one in self.rooms if str(one.index) == index), None)
        if found is None:
            raise Refused("There is no such room")
        return found

    def do_getroom(self, q: Query) -> list[Block] | Block:
        if q.get("INDEX") in (None, ""):
            if self.on("room-list-idle-only"):
                return [self.room_block(one, lists=False) for one in self.rooms if not self.room_state(one)]
            return [self.room_block(one, lists=False) for one in self.rooms]
        if self.on("room-specific-all"):
            return [self.room_block(one) for one in self.rooms]
        if self.on("room-specific-first"):
            return self.room_block(self.rooms[0])
        if self.w.room_unknown == "empty" and all(str(one.index) != q.get("INDEX") for one in self.rooms):
            return []
        return self.room_block(self.room(q))

    def do_modroom(self, q: Query) -> Block:
        how = self.w.modroom
        if how == "name":
            found = next((one for one in self.rooms if self.same(one.name, q.need("ROOM_ID"))), None)
            if found is None:
                raise Refused("There is no such room")
            room = found
        else:
            room = self.room(q)
            if how == "both" and not self.same(room.name, q.need("ROOM_ID")):
                raise Refused("ROOM_ID and INDEX are of two rooms")
        name = q.get("ROOM_ID")
        name = room.name if not name or how != "index" else self.name_of(q, "ROOM_ID")
        number = self.value(q, "ROOM_NUM", room.number)
        self.room_is_free(name, number, room)
        values = self.values(q, ROOM, room.values)
        record, view = self.room_lists(q, room, values)
        for call in self.calls:
            if call.room == room.name:
                call.room = name
        old, old_view = dict(room.values), list(room.view)
        room.name, room.number, room.values, room.record, room.view = name, number if not self.on("room-number-not-changed") else room.number, values, record, view
        if self.on("room-format-three-is-two") and values["VIDEO_FORMAT"] == "3":
            room.values["VIDEO_FORMAT"] = "2"
        if self.on("room-rate-second") and room.changed:
            room.values["RATE"] = old["RATE"]
        if self.on("room-broadcast-follows-dual"):
            room.values["BROADCAST"] = room.values["DUALVIDEO"]
        if self.on("room-view-list-kept"):
            room.view = room.view or old_view
        room.changed = True
        block = self.room_block(room, changed=True)
        q.indicate(block)
        if self.on("room-change-hits-all"):
            for other in self.rooms:
                other.values["RECORDRIGHT"] = values["RECORDRIGHT"]
        return block

    def room_lists(self, q: Query, room: Room | None, values: dict[str, str]) -> tuple[list[str], list[str]]:
        record = self.group_ids(q, "RECORDID", room.record if room else [])
        view = self.group_ids(q, "VIEWID", room.view if room else [])
        if self.w.lists == "drop":
            record, view = record if values["RECORDRIGHT"] == "1" else [], view if values["VIEWRIGHT"] == "2" else []
        return record, view

    def room_is_free(self, name: str, number: str, room: Room | None) -> None:
        if self.w.room_unique and any(other is not room and (self.same(other.name, name) or (number and other.number == number)) for other in self.rooms):
            raise Refused("The room's name or number is in use")

    def do_addroom(self, q: Query) -> Block:
        name = self.name_of(q, "ROOM_ID")
        number = q.get("ROOM_NUM") or ""
        self.room_is_free(name, number, None)
        values = self.values(q, ROOM, {"RATE": "768", "VIDEO_FORMAT": "3", "DUALVIDEO": "0", "IFRAMEINTERVAL": "1", "BROADCAST": "0", "VIEWRIGHT": "1", "RECORDRIGHT": "0"})
        record, view = self.room_lists(q, None, values)
        if self.on("room-add-lists-swapped"):
            record, view = view, record
        taken = {one.index for one in self.rooms}
        index = next(number for number in range(10_000) if number not in taken)
        if self.w.room_index == "next":
            index = self.memory["room"] = self.memory.get("room", max(taken, default=-1)) + 1
        made = Room(index, name, number, values, record, view, values["DUALVIDEO"])
        if self.on("room-index-taken") and self.rooms:
            made.index = self.rooms[0].index
        self.rooms.append(made)
        self.rooms.sort(key=lambda one: one.index)
        if self.on("room-add-interval-one"):
            made.values["IFRAMEINTERVAL"] = "1"
        block = self.room_block(made, changed=True)
        q.indicate(block)
        if self.on("room-add-replaces") and len(self.rooms) > 6:
            self.rooms.pop(1)
        return block

    def do_delroom(self, q: Query) -> Block:
        room = self.room(q)
        index = room.index
        if self.on("room-delete-last"):
            room = self.rooms[-1]
        if not self.on("room-delete-not-done-idle") or self.room_state(room):
            self.rooms.remove(room)
        for call in self.calls:
            if call.room == room.name:
                call.room = ""
        if self.w.room_index == "position":
            for number, other in enumerate(self.rooms):
                other.index = number
        block: Block = [("INDEX", str(index))]
        q.indicate(block)
        if self.on("room-delete-confirm-index"):
            return [("INDEX", str(len(self.rooms)))]
        return block

    # --- dial out and record

    def do_startquickrecord(self, q: Query) -> Block:
        address = q.need("IP_NUM").strip()
        if not address:
            raise Refused("IP_NUM is blank")
        tags = ("RATE", "DUALVIDEO", "IFRAMEINTERVAL", "BROADCAST", "VIEWRIGHT")
        options = self.values(q, tags, {"RATE": "768", "DUALVIDEO": "0", "IFRAMEINTERVAL": "1", "BROADCAST": "0", "VIEWRIGHT": "1"})
        view = self.group_ids(q, "VIEWID", [])
        if self.w.lists == "drop" and options["VIEWRIGHT"] != "2":
            view = []
        reference = q.get("REFERENCEID") or ""
        if len(reference) > 30 and not self.on("quick-reference-any-length"):
            if self.w.reference == "refuse":
                raise Refused("REFERENCEID is too long")
            reference = reference[:30]
        if len(self.calls) >= 200:
            raise Refused("No more connections")
        if self.w.recorders <= sum(call.state in (1, 2) for call in self.calls):
            raise Refused("No more recordings")
        now = self.now()
        index = max((call.index for call in self.calls), default=1023) + 1
        index = self.memory["call"] = max(index, self.memory.get("call", 0) + 1)
        numeric = bool(DOTTED.fullmatch(address))
        call = Call(index, address if numeric else "172.21.120.99", address if address.isdigit() else "", address if not numeric else "", now, video="H.263", options=options, view=view)
        call.reference = reference
        if self.on("quick-reference-kept-from-first"):
            call.reference = self.memory.setdefault("reference", reference)
        if self.on("quick-reference-cut"):
            call.reference = reference[:20]
        self.calls.append(call)
        if self.w.quick_state == "running":
            self.to_state(call, 1)
        else:
            call.starts_at = now + self.w.ring
        shown = str(index)
        if self.w.quick_index == "zero":
            shown = str(self.count("quick") - 1)
        rate = options["RATE"]
        block: Block = [("INDEX", shown), ("ROOM_ID", address), ("ROOM_NUM", ""), ("DUALVIDEO", options["DUALVIDEO"]), (self.w.h239, options["DUALVIDEO"]),
                        ("BROADCAST", options["BROADCAST"]), ("RATE", rate), ("PARTINOW", "0"), ("PARTIMAX", "0"), ("STATUS_INDEX", str(call.state)),
                        ("STATUS", self.state_words(call.state)), ("RECORDRIGHT", "0"), ("VIEWRIGHT", options["VIEWRIGHT"]), ("IFRAMEINTERVAL", options["IFRAMEINTERVAL"]), ("VIDEO_FORMAT", "1")]
        block += self.listed([], "RECORDID", "", "NOTIN_REC", wanted=False)
        block += self.listed(view, "VIEWID", "VIEWIDEXT", "NOTIN_VIEW", wanted=options["VIEWRIGHT"] == "2")
        if call.reference or self.w.refs == "always":
            block.append(("REFERENCEID", call.reference))
        q.indicate(list(block))
        swaps = {"quick-room-id-blank": ("ROOM_ID", ""), "quick-h239-differs": (self.w.h239, "1" if options["DUALVIDEO"] == "0" else "0"),
                 "quick-broadcast-on": ("BROADCAST", "1"), "quick-status-seven": ("STATUS_INDEX", "7"), "quick-format-four": ("VIDEO_FORMAT", "4"),
                 "quick-view-right-three": ("VIEWRIGHT", str(int(options["VIEWRIGHT"]) + 1)), "quick-rate-768": ("RATE", "768"), "quick-interval-lost": ("IFRAMEINTERVAL", "1")}
        if self.fault in swaps:
            tag, value = swaps[self.fault]
            block = [(tag, value) if one[0] == tag else one for one in block]
        if self.on("quick-view-list-lost"):
            block = [one for one in block if not one[0].startswith("VIEWID")]
        if self.on("quick-notin-view-all"):
            block = [one for one in block if one[0] != "NOTIN_VIEW"] + [("NOTIN_VIEW", one.id, one.name) for one in self.groups]
        if self.on("quick-never-linked"):
            self.calls.remove(call)
        return block

    # --- archives

    def media_block(self, one: Media, *, specific: bool) -> Block:
        w, live = self.w, one.catalog == "1"
        duration, size = one.duration, one.size
        if live:
            duration = int(self.now() - one.when)
            size = duration * one.rate // 8
        shown = f"{duration // 3600:02d}:{duration // 60 % 60:02d}:{duration % 60:02d}"
        if self.on("media-duration-seconds"):
            shown = str(duration)
        url = one.url
        block: Block = [("CONF_ID", one.id), ("NAME", one.name), ("DESCRIPTION", one.text), ("REC_TIME", self.date(one.when)), ("DURATION", shown), ("SIZE", str(size)),
                        ("RATE", str(one.rate)), (w.h239, one.h239), ("URL", url), ("VIDEO_FORMAT", one.video), ("EMAIL_LINK", url),
                        ("CATALOG", "0" if self.on("media-live-catalog") else one.catalog)]
        if not live or w.live_fields == "all":
            block.append(("UPLOAD", "2" if self.on("media-upload-two") and one.upload == "1" else one.upload))
        elif live:
            block = [item for item in block if item[0] not in ("SIZE", "EMAIL_LINK")]
        if w.server == "both" or (w.server == "general") == (not specific):
            block.append(("SERVER", one.server))
        if specific:
            block += [(w.access, one.access), ("DENY_AUTO_DELETE", one.deny), ("PIN", one.pin)]
            groups = one.groups[:1] if self.on("media-first-group-shown") else one.groups
            listed = self.listed(groups, "ACCESSID", "ACCESSIDEXT", "NOTIN", wanted=one.access == "2")
            if self.on("media-notin-all"):
                listed = [item for item in listed if item[0] != "NOTIN"] + [("NOTIN", group.id, group.name) for group in self.groups]
            block += listed
        if one.reference or w.refs == "always":
            block.append(("REFERENCEID", one.reference))
        if (specific or w.quickcode == "both") and not live:
            block.append(("QUICKCODE", one.code[1:] if self.on("media-code-five") else one.code))
        if self.on("media-h239-word"):
            block = [(w.h239, "yes" if one.h239 == "1" else "no") if item[0] == w.h239 else item for item in block]
        return block

    def shown_media(self, catalog: str) -> list[Media]:
        now = self.now()
        found = [one for one in (self.archives if catalog == "0" else self.lives) if one.visible <= now]
        if catalog == "0" and self.on("media-archives-with-live"):
            found += self.lives
        return found

    def do_getlistinfo(self, q: Query) -> Block:
        if q.get("LIBMEDIA") != "1" and self.w.libmedia == "refuse" and not self.on("list-libmedia-any"):
            raise Refused("LIBMEDIA is not 1")
        archives, lives = self.shown_media("0"), self.shown_media("1")
        word = q.get("SEARCH") or ""
        if word and not self.on("list-search-ignored"):

            def fits(one: Media) -> bool:
                if self.on("list-search-ascii") and not word.isascii():
                    return False
                if self.w.search == "fold":
                    return word.casefold() in one.name.casefold()
                return one.name.startswith(word) if self.w.search == "prefix" else word in one.name

            archives = [one for one in archives if fits(one)]
            if self.w.search_live:
                lives = [one for one in lives if fits(one)]
        number, streams = len(archives), len(lives)
        if self.on("list-count-with-live"):
            number += streams
        if self.on("list-count-deleted-too") and not word:
            number += self.counts.get("deleted", 0)
        if self.on("list-live-zero"):
            streams = 0
        if self.on("list-counts-swapped"):
            number, streams = streams, number
        return [("LIBLIST", str(number)), (self.w.broad, str(streams))]

    def do_getmediainfo(self, q: Query) -> list[Block] | Block:
        catalog = q.get("CATALOG") or "0"
        if catalog not in ("0", "1"):
            raise Refused("CATALOG is 0 or 1")
        one = q.get("CONF_ID")
        if one and not self.on("media-conf-id-ignored"):
            found = next((media for media in (*self.archives, *self.lives) if media.id == one), None)
            if found is None and self.on("media-deleted-still-read"):
                found = self.memory.get(("media", one))
            if self.on("media-conf-id-prefix"):
                found = next((media for media in (*self.archives, *self.lives) if media.id[:1] == one[:1]), None)
            if found is not None and found.catalog != catalog and "CATALOG" in q.fields and self.w.wrong_type == "refuse":
                found = None
            if found is None and self.w.media_unknown == "empty":
                return []
            if found is None:
                raise Refused("There is no such media")
            return self.media_block(found, specific=True)
        first, last = q.get("START"), q.get("END")
        if self.w.required and (first is None or last is None or "SORT" not in q.fields):
            raise Refused("START, END and SORT are needed")
        first, last = first or "0", last or "999999"
        if not first.isdigit() or not last.isdigit():
            raise Refused("START and END are numbers")
        sort = q.get("SORT") or "0"
        if sort not in "01234567" or len(sort) != 1:
            raise Refused("SORT is 0 to 7")
        begin, end = int(first), int(last)
        if begin > end:
            if self.w.beyond == "refuse":
                raise Refused("START is after END")
            return []
        media = self.shown_media(catalog)
        begin, end = self.page(begin, end, len(media))
        if self.on("page-then-sort"):
            ordered = self.sorted_media(media[begin:end], sort)
        else:
            ordered = self.sorted_media(media, sort)[begin:end]
        return [self.media_block(one, specific=self.on("media-general-specific")) for one in ordered]

    def page(self, begin: int, end: int, length: int) -> tuple[int, int]:
        end += 1
        if self.on("page-end-exclusive"):
            end -= 1
        if self.on("page-from-one"):
            begin, end = max(begin - 1, 0), max(end - 1, 0)
        if self.on("page-later-start-late") and begin:
            begin += 1
        if self.on("page-repeats-one") and begin:
            begin -= 1
        if self.on("page-last-missing") and end >= length:
            end = length - 1
        if self.on("page-ten-at-most"):
            end = min(end, begin + 10)
        if self.on("page-end-is-count") and begin:
            end = begin + end
        if self.on("page-start-ignored"):
            begin = 0
        return begin, end

    def sorted_media(self, media: list[Media], sort: str) -> list[Media]:
        w = self.w
        keys: dict[str, Callable[[Media], Any]] = {
            "0": lambda one: one.when, "1": lambda one: one.duration if one.catalog == "0" else -one.when,
            "2": lambda one: one.name.casefold() if w.collate == "fold" else one.name,
            "3": lambda one: [int(part) for part in one.server.split(".")] if w.collate == "fold" else one.server,
            "4": lambda one: one.video, "5": lambda one: one.size if one.catalog == "0" else (-one.when * one.rate), "6": lambda one: one.rate, "7": lambda one: one.h239,
        }
        wrong: dict[str, tuple[str, Callable[[Media], Any]]] = {
            "sort-date-as-text": ("0", lambda one: self.date(one.when)), "sort-date-by-clock": ("0", lambda one: self.date(one.when)[-8:]),
            "sort-duration-by-minutes": ("1", lambda one: one.duration // 60 % 60), "sort-duration-is-size": ("1", lambda one: one.size),
            "sort-name-ignored": ("2", lambda one: one.when), "sort-name-four-letters": ("2", lambda one: one.name[:4]),
            "sort-server-ignored": ("3", lambda one: 0), "sort-server-last-part": ("3", lambda one: one.server.split(".")[-1]),
            "sort-video-ignored": ("4", lambda one: one.name), "sort-size-as-text": ("5", lambda one: str(one.size)), "sort-rate-as-text": ("6", lambda one: str(one.rate)),
            "sort-rate-is-size": ("6", lambda one: one.size), "sort-h239-ignored": ("7", lambda one: 0), "sort-h239-is-rate": ("7", lambda one: one.rate),
        }
        key = keys[sort]
        if self.fault in wrong and wrong[self.fault][0] == sort:
            key = wrong[self.fault][1]
        down = w.direction == "descending" or (w.direction == "mixed" and sort in "0156")
        ordered = media if w.ties == "old" else media[::-1]
        ordered = sorted(ordered, key=key, reverse=down)
        if self.on("sort-last-out-of-place") and len(ordered) > 5 and sort == "5":
            ordered.insert(2, ordered.pop())
        return ordered

    def media(self, q: Query, catalog: str | None) -> Media | None:
        found = next((one for one in (*self.archives, *self.lives) if one.id == q.need("CONF_ID")), None)
        if found is not None and catalog not in (None, "", found.catalog) and self.w.wrong_type == "refuse":
            return None
        if found is not None and found.catalog == "1" and not self.w.live_change:
            raise Refused("Live streams cannot be changed")
        return found

    def do_delmediainfo(self, q: Query) -> Block:
        catalog = q.get("TYPE") if q.get("TYPE") is not None else q.get("CATALOG")
        found = self.media(q, catalog)
        if found is None:
            if self.on("media-delete-unknown"):
                return [("CONF_ID", q.need("CONF_ID")), ("CATALOG", catalog or "0")]
            raise Refused("There is no such media")
        self.memory["media", found.id] = found
        self.count("deleted")
        if self.on("media-delete-neighbour") and found in self.archives and len(self.archives) > 3:
            found_at = self.archives.index(found)
            self.archives.pop((found_at + 1) % len(self.archives))
        elif not (self.on("media-delete-protected-stays") and found.deny == "1"):
            for media in (self.archives, self.lives):
                if found in media:
                    media.remove(found)
        for call in self.calls:
            if call.live is found:
                call.live = None
        block: Block = [("CONF_ID", found.id), ("CATALOG", found.catalog)]
        q.indicate(block)
        if self.on("media-delete-catalog"):
            return [block[0], ("CATALOG", "1" if found.catalog == "0" else "0")]
        return block

    def do_setmediainfo(self, q: Query) -> Block:
        found = self.media(q, q.get("CATALOG"))
        if found is None:
            if self.on("media-set-unknown"):
                return [("CONF_ID", q.need("CONF_ID")), ("DOWNLOAD", "0"), ("ACCESSTYPE", "1"), ("CATALOG", "0"), ("DESCRIPTION", ""), ("NAME", q.get("NAME") or ""), ("PIN", ""), ("DENY_AUTO_DELETE", "0")]
            raise Refused("There is no such media")
        name = q.get("NAME")
        access, deny = self.value(q, "ACCESSTYPE", found.access), self.value(q, "DENY_AUTO_DELETE", found.deny)
        groups = self.group_ids(q, "ACCESSID", found.groups)
        if self.w.lists == "drop" and access != "2":
            groups = []
        pin, text = self.value(q, "PIN", found.pin), self.value(q, "DESCRIPTION", found.text)
        if self.on("media-groups-add-up"):
            groups = found.groups + [one for one in groups if one not in found.groups]
        before = (found.name, found.text, found.deny, found.pin)
        found.name, found.text, found.access, found.deny, found.pin, found.groups = name or found.name, text, access, deny, pin, groups
        found.changes += 1
        block: Block = [("CONF_ID", found.id), ("DOWNLOAD", self.w.download), (self.w.access, access), ("CATALOG", found.catalog), ("DESCRIPTION", text), ("NAME", found.name),
                        ("PIN", pin), ("DENY_AUTO_DELETE", deny), *self.listed(groups, "ACCESSID", self.w.access_ext, "", wanted=access == "2")]
        if self.w.download == "absent":
            del block[1]
        q.indicate(block)
        if self.on("media-access-two-is-one") and access == "2":
            found.access = "1"
        if self.on("media-pin-leaks"):
            self.archives[0].pin = pin
        if self.on("media-name-is-text"):
            found.text = found.name
        if self.on("media-name-ascii"):
            found.name = found.name.encode("ascii", "ignore").decode()
        if self.on("media-deny-second") and found.changes > 1:
            found.deny = before[2]
        if self.on("media-pin-not-blanked") and not pin:
            found.pin = before[3]
        if self.on("media-text-64"):
            found.text = found.text[:64]
        return block

    # --- H.323

    def to_state(self, call: Call, state: int) -> None:
        """Change what a connection does, and what follows from it."""
        now, old = self.now(), call.state
        call.starts_at = 0.0
        if state == old:
            return
        if old == 1:
            call.ran += now - call.begun
        if state == 1:
            if old != 2:
                call.ran, call.held = 0.0, now
            call.begun = now
            if old != 2 and self.options(call)["BROADCAST"] == "1" and call.live is None:
                call.live = self.made_media(call, "1", now)
                self.lives.append(call.live)
        call.state = state
        if state == 0:
            if call.live in self.lives:
                self.lives.remove(call.live)
            call.live = None
            if old in (1, 2) and (self.w.short or call.ran >= 1):
                self.archives.append(self.made_media(call, "0", now))

    def options(self, call: Call) -> dict[str, str]:
        room = next((one for one in self.rooms if one.name == call.room), None)
        return call.options or (room.values if room else {**self.sp, "RATE": "768"})

    def made_media(self, call: Call, catalog: str, now: float) -> Media:
        options, room = self.options(call), next((one for one in self.rooms if one.name == call.room), None)
        name = f"{call.room or call.h323 or call.ip}_{time.strftime('%b_%d_%Y_%H:%M', time.gmtime(call.held)).upper()}"
        endpoint = next((one for one in self.endpoints if one.ip == call.ip), None)
        groups = list(call.view) if call.options else list(room.view) if room else [one.id for one in self.groups if endpoint and endpoint.id in one.members]
        one, code = self.guid(), f"{self.count('codes') + 200:06d}"
        rate, seconds = int(options["RATE"] or 768), int(call.ran)
        url = f"{re.sub('[^0-9A-Za-z]', '_', name)}_{one.strip('{}')[:8]}_WMV.asf" if catalog == "0" else str(9000 + call.index)
        return Media(one, name, name, call.held, seconds, seconds * rate // 8 + 12, rate, options["DUALVIDEO"], call.video, "172.21.99.43", catalog, "0", call.reference,
                     options["VIEWRIGHT"], groups=groups if options["VIEWRIGHT"] == "2" else [], code=code, url=url, visible=now + (self.w.archive_delay if catalog == "0" else 0))

    def ring(self) -> None:
        now = self.now()
        for call in self.calls:
            if call.starts_at and call.starts_at <= now and not self.on("quick-never-records"):
                self.to_state(call, 1)

    def do_geteplink(self, _q: Query) -> list[Block]:
        self.ring()
        if self.on("link-cached"):
            wall = time.monotonic()
            at, blocks = self.memory.get("links", (0.0, []))
            if wall - at < 2:
                return blocks
            blocks = [self.call_block(call) for call in self.calls]
            self.memory["links"] = (wall, blocks)
            return blocks
        blocks = [self.call_block(call) for call in self.calls]
        if self.on("link-list-active-only"):
            blocks = [block for block, call in zip(blocks, self.calls) if call.state or call.index < 1025]
        return blocks

    def call_block(self, call: Call) -> Block:
        state = call.state
        if self.on("link-streaming-eight") and state == 3:
            state = 8
        if self.on("link-paused-four") and state == 2:
            state = 4
        words = {0: "Menu", 1: "Running", 2: "Paused"}.get(call.state, "Streaming")
        if self.on("link-words-stale"):
            words = self.memory.setdefault(("words", call.index), words) if call.state == 2 else words
            self.memory["words", call.index] = words
        index = call.index - 1023 if self.on("link-index-from-one") else call.index
        h239 = "2" if self.on("link-h239-two") and call.h239 == "1" else call.h239
        block: Block = [("INDEX", str(index)), ("STATUS", words), ("STATUS_INDEX", str(state)), ("IP", call.ip), ("E164", call.e164), ("H323", call.h323), ("STARTTIME", self.date(call.since)),
                        ("MEETINGROOM", call.room or "N/A"), ("NETWORK", "0%"), ("VIDEO", call.video), ("AUDIO", "G.722"), (self.w.h239, h239)]
        return [one for one in block if one[0] != "STATUS_INDEX"] if self.on("link-status-index-missing") else block

    def call(self, q: Query) -> Call:
        self.ring()
        index = q.need("INDEX")
        if self.on("link-index-from-one") and index.isdigit():
            index = str(int(index) + 1023)
        found = next((one for one in self.calls if str(one.index) == index), None)
        if found is None:
            raise Refused("There is no such connection")
        return found

    def step(self, q: Query, state: int, legal: tuple[int, ...]) -> Block:
        """One command on a connection."""
        index = q.need("INDEX")
        try:
            call = self.call(q)
        except Refused:
            if self.on("link-unknown-accepted") and q.name != "hangup":
                return [("INDEX", index)]
            raise
        old = call.state
        idle = old == 0
        accepted = old in legal or (self.on("link-pause-from-menu") and state == 2 and idle) or (self.on("link-continue-from-menu") and q.name == "continueroomrecord" and idle)
        accepted = accepted or (self.on("link-stop-when-menu") and q.name == "stoproomrecord")
        if not accepted:
            if self.w.illegal == "same" and old == state:
                return [("INDEX", index)]
            raise Refused("The connection is not in a state for this")
        if state == 1 and old == 0 and self.w.recorders <= sum(one.state in (1, 2) for one in self.calls):
            raise Refused("No more recordings")
        self.memory["stopped"] = "paused" if old == 2 else ""
        target: Call | None = call
        if self.on("link-pause-other") and state == 2:
            target = next((one for one in self.calls if one.state == 1 and one is not call), call)
        if self.on("link-pause-not-done") and state == 2 or self.on("link-continue-not-done") and q.name == "continueroomrecord":
            target = None
        if self.on("link-second-pause-not-done") and state == 2 and self.count(f"pause {call.index}") % 2 == 0:
            target = None
        if self.on("link-stop-of-paused-not-done") and state == 0 and old == 2:
            target = None
        if target:
            if self.on("link-continue-restarts") and q.name == "continueroomrecord":
                self.to_state(target, 0)
            self.to_state(target, state)
        if self.on("link-start-pauses-others") and q.name == "startroomrecord":
            for other in self.calls:
                if other is not call and other.state == 1:
                    self.to_state(other, 2)
        if self.on("link-stop-stops-all") and state == 0:
            for other in self.calls:
                self.to_state(other, 0 if other.state in (1, 2) else other.state)
        if self.on("link-stop-hangs-up") and state == 0:
            self.calls.remove(call)
        if self.on("link-stop-leaves-streaming") and state == 0 and old == 2:
            call.state = 3
        q.indicate([("INDEX", index)])
        if self.on("link-confirm-first-index"):
            return [("INDEX", str(self.calls[0].index))]
        if self.on("link-confirm-no-index") and q.name == "stoproomrecord":
            return []
        return [("INDEX", index)]

    def do_startroomrecord(self, q: Query) -> Block:
        return self.step(q, 1, (0, 3))

    def do_pauseroomrecord(self, q: Query) -> Block:
        return self.step(q, 2, (1,))

    def do_continueroomrecord(self, q: Query) -> Block:
        return self.step(q, 1, (2,))

    def do_stoproomrecord(self, q: Query) -> Block:
        return self.step(q, 0, (1, 2, 3))

    def do_hangup(self, q: Query) -> Block:
        call, index = self.call(q), q.need("INDEX")
        if self.on("hangup-refused-while-paused") and call.state == 2:
            raise Refused("The connection is recorded")
        self.to_state(call, 0)
        if self.on("hangup-takes-namesakes"):
            self.calls = [one for one in self.calls if one is call or one.room != call.room or not call.room]
        if not self.on("hangup-not-done"):
            self.calls.remove(call)
        q.indicate([("INDEX", index)])
        return [("INDEX", index)]

    # --- what version 2.0 brought

    def do_getcfsinfo(self, _q: Query) -> Block:
        block: Block = [("SERIAL", "000F1F214C08"), ("VERSION_RUNNING", "3.0.0.017"), ("ACTIVE_KEY", self.cfs["ACTIVE"]), ("STATUS", "3" if self.on("cfs-status-three") else "1"),
                        ("VERSION_PENDING", ""), ("VERSION_REQUIRED", ""), ("PENDING_KEY", self.cfs["PENDING"])]
        return block[1:] if self.on("cfs-serial-missing") else block

    def do_setcfskey(self, q: Query) -> Block:
        key = q.need("CFSKEY")
        if key not in self.keys:
            raise Refused("The key is not valid")
        self.cfs["ACTIVE" if self.w.cfs == "active" else "PENDING"] = key
        return []

    def block_of(self, tags: Iterable[str], values: dict[str, str]) -> Block:
        names = {"LDAP_PASSWORD": self.w.ldap, "FILEWALL": self.w.firewall}
        return [(names.get(tag, tag), self.secret(values[tag], listed=True) if tag == "LDAP_PASSWORD" else values[tag]) for tag in tags]

    def set_all(self, q: Query, tags: tuple[str, ...], values: dict[str, str], how: str) -> Block:
        new = self.values(q, tags, values)
        values |= new
        block = self.block_of(tags, new)
        self.more(q, block)
        if self.w.copied_fields and tags != LDAP:
            return self.block_of(LDAP, self.ldap)
        return block if how == "values" else []

    def do_getldap(self, _q: Query) -> Block:
        return self.block_of(LDAP, self.ldap)

    def do_setldap(self, q: Query) -> Block:
        old = dict(self.ldap)
        block = self.set_all(q, LDAP, self.ldap, "values")
        if self.on("ldap-server-lost"):
            self.ldap["LDAP_SERVER"] = old["LDAP_SERVER"]
        if self.on("ldap-user-ascii"):
            self.ldap["LDAP_USER"] = self.ldap["LDAP_USER"].encode("ascii", "replace").decode()
        if self.on("ldap-off-clears"):
            self.ldap["LDAP_USER"] = "" if self.ldap["USE_LDAP"] == "0" else self.ldap["LDAP_USER"]
        if self.on("ldap-confirm-old"):
            return self.block_of(LDAP, old)
        return block

    def do_getmulticast(self, _q: Query) -> Block:
        return self.block_of(MULTICAST, self.multicast)

    def do_setmulticast(self, q: Query) -> Block:
        block = self.set_all(q, MULTICAST, self.multicast, "values")
        if self.on("multicast-port-shared"):
            self.multicast["MEDIA_PORT"] = self.multicast["SAP_PORT"]
        if self.on("multicast-confirm-enable"):
            return [("ENABLE_MULTICAST", "2"), *block[1:]]
        if self.on("multicast-confirm-addresses"):
            block = [(one[0], self.multicast["MEDIA_ADDRESS"]) if one[0] == "SAP_ADDRESS" else one for one in block]
        return block

    def do_getlogging(self, _q: Query) -> Block:
        return self.block_of(LOGGING, self.logging)

    def do_setlogging(self, q: Query) -> Block:
        block = self.set_all(q, LOGGING, self.logging, self.w.mode_confirm)
        if self.on("logging-levels-shared"):
            self.logging["H245_LEVEL"] = self.logging["Q931_LEVEL"]
        return block

    def do_getos(self, _q: Query) -> Block:
        return self.block_of(OS, self.os)

    def do_setos(self, q: Query) -> Block:
        old = dict(self.os)
        block = self.set_all(q, OS, self.os, self.w.mode_confirm)
        if self.on("os-hour-lost"):
            self.os["UPDATE_HOUR"] = old["UPDATE_HOUR"]
        return block

    def do_getstacking(self, _q: Query) -> Block:
        block = self.block_of(STACKING, self.stacking)
        return [one for one in block if one[0] != "MASTER"] if self.on("stacking-master-missing") else block

    def do_setstacking(self, q: Query) -> Block:
        old = dict(self.stacking)
        block = self.set_all(q, STACKING, self.stacking, self.w.mode_confirm)
        if self.on("stacking-discover-follows"):
            self.stacking["AUTODISCOVER"] = self.stacking["STACKING"]
        if self.on("stacking-group-lost"):
            self.stacking["GROUPNAME"] = old["GROUPNAME"]
        return block

    def do_getbanner(self, q: Query) -> Block:
        language = q.get("LANGUAGE") or "0"
        if language not in self.banners:
            raise Refused("There is no such language")
        if self.w.banner == "PLAY_URL":
            return [("PLAY_URL", "/ivr/welcome.wav")]
        return [(self.w.banner, self.banners[language])]

    def do_setbanner(self, q: Query) -> Block:
        language, text = q.get("LANGUAGE") or "0", q.need("BANNER_MSG")
        if language not in self.banners:
            raise Refused("There is no such language")
        for one in self.banners if self.on("banner-for-all-languages") else (language,):
            self.banners[one] = text.encode("ascii", "replace").decode() if self.on("banner-ascii") else text
        if self.on("banner-default-is-chinese") and "LANGUAGE" not in q.fields:
            self.banners["0"], self.banners["1"] = "Welcome", text
        self.more(q, [("LANGUAGE", language), ("BANNER_MSG", text)])
        return []

    def get_logo(self, name: str) -> Block:
        if self.w.logo == "fail":
            raise Refused("Not implemented")
        return [(self.w.logo, f"/images/{name}.png" if self.w.logo == "IMAGE_URL" else "/ivr/welcome.wav")]

    def do_getuilogo(self, _q: Query) -> Block:
        return self.get_logo("uilogo")

    def do_getvideologo(self, _q: Query) -> Block:
        return self.get_logo("videologo")

    def do_setuilogo(self, q: Query) -> Block:
        self.known_file(q)
        return []

    def do_setvideologo(self, q: Query) -> Block:
        self.known_file(q)
        return []

    def archive(self, one: str) -> Media:
        found = next((media for media in self.archives if media.id == one), None)
        if found is None:
            raise Refused("There is no such archive")
        return found

    def do_callandplay(self, q: Query) -> Block:
        addresses = q.fields.get("ADDR", [])
        if not addresses or not addresses[0].strip():
            raise Refused("ADDR is blank")
        rate = q.get("RATE") or (addresses[1] if len(addresses) > 1 else None)
        if rate is not None and not re.fullmatch("[0-9]{1,6}", rate):
            raise Refused("RATE is no number")
        if not self.on("play-unknown-archive"):
            self.archive(q.need("FILE_ID"))
        return []

    def do_startfilemulticast(self, q: Query) -> Block:
        times = q.get("TIMES") or "1"
        if not re.fullmatch("[0-9]{1,6}", times):
            raise Refused("TIMES is no number")
        self.casting.add(self.archive(q.need("CONF_ID")).id)
        return []

    def do_stopfilemulticast(self, q: Query) -> Block:
        one = self.archive(q.need("CONF_ID")).id
        if one not in self.casting and self.w.multicast_stop == "refuse":
            raise Refused("The file is not multicast")
        self.casting.discard(one)
        return []

    # --- the world at the start

    def seed(self) -> None:
        guid, dice = self.guid, self.random
        now = self.now()
        self.language = "0"
        self.users = [User(guid(), "Administrator", "Administrator", "", "Adm1n & <key>", "0"), User(guid(), "liling", "Li Ling", "liling@example.com", "ll-2006", "0"),
                      User(guid(), "viewer", "Ordinary viewer", "", "look", "1"), User(guid(), "Zoë", "Zoë O'Neil \"Z\"", "zoe@example.com", "", "1"), User(guid(), "test", "dst", "", "t", "1")]
        self.endpoints = [Endpoint(guid(), "6000", "172.21.120.153"), Endpoint(guid(), "8000", "172.21.101.24", "1", "8000", "VSX <8000>"), Endpoint(guid(), "Board & Sons", "172.21.101.30", "0", "8100", "HDX1"),
                          Endpoint(guid(), "會議室", "172.21.101.31", "1", "", "room-cn"), Endpoint(guid(), "hall", "hall.example.com", "0", "8200", "")]
        u, e = self.users, self.endpoints
        self.groups = [Group(guid(), "Group1", "aaaa", [u[0].id, u[1].id, u[2].id, e[0].id]), Group(guid(), "Group 2", "", [e[1].id]), Group(guid(), "Ärzte", 'ward "7" & more', [u[3].id, e[2].id, e[3].id])]
        g = self.groups
        base = {"RATE": "768", "VIDEO_FORMAT": "3", "DUALVIDEO": "1", "IFRAMEINTERVAL": "1", "BROADCAST": "0", "VIEWRIGHT": "1", "RECORDRIGHT": "0"}
        self.rooms = [Room(0, "H239", "1002", {**base, "BROADCAST": "1"}, h239="1"), Room(1, "Room1", "1001", {**base, "DUALVIDEO": "0"}, h239="0"),
                      Room(2, "Aula", "1003", {**base, "RATE": "384", "VIDEO_FORMAT": "1", "VIEWRIGHT": "2", "RECORDRIGHT": "1"}, [g[0].id], [g[0].id, g[1].id], h239="1"),
                      Room(3, "Büro", "1004", {**base, "VIDEO_FORMAT": "0", "VIEWRIGHT": "0"}, h239="1")]
        self.sp = {"DUALVIDEO": "0", "IFRAMEINTERVAL": "1", "BROADCAST": "0", "RECORDRIGHT": "1", "VIEWRIGHT": "1"}
        self.sp_groups = [g[0].id]
        self.ip = dict(zip(IP, ("172.21.100.20", "255.255.224.0", "172.21.96.254", "", "172.21.96.1", "172.21.96.2", "")))
        self.gk = dict(zip(GK, ("0", "172.21.101.49", "1719", "1897", "RSS 2000")))
        self.storage = dict(zip(STORAGE, ("172.21.96.10", "\\rssbackup", "upload", "test", "1", "30", "1", "2", "1", "7")))
        self.ldap = dict(zip(LDAP, ("0", "", "", "")))
        self.multicast = dict(zip(MULTICAST, ("0", "239.255.255.255", "9875", "239.192.1.1", "20000")))
        self.logging = dict(zip(LOGGING, ("3", "1", "1", "1", "24", "10240")))
        self.os = dict(zip(OS, ("1", "1", "time.example.com", "-5", "3", "0", "3")))
        self.stacking = dict(zip(STACKING, ("0", "", "0", "")))
        self.banners = {"0": "Welcome", "1": "欢迎", "2": "ようこそ"}
        self.keys = ["KFE0-4E53-AB20-0000-07FF", "K0A1-77C2-19DE-0003-0FFF"]
        self.cfs = {"ACTIVE": self.keys[0], "PENDING": ""}
        self.files = ["\\rss7D.tmp", "\\rss8A.tmp", "\\logo & co.tmp"]
        self.casting: set[str] = set()
        self.archives: list[Media] = []
        self.lives: list[Media] = []
        names = ["H239", "DST 6000", "aula", "Board", "Zürich", "Weekly", "Ärzte", "Budget plan", "lecture", "Annual", "Q&A", "Night <shift>", "會議", "Training", "Budget"]
        rates = (64, 128, 256, 384, 512, 768, 1024, 1920, 192, 96, 320, 640, 832, 1472, 448)
        hours = list(range(len(names)))
        dice.shuffle(hours)
        for number, name in enumerate(names):
            when = now - 86400 * (3 + 23 * hours[number]) - dice.randrange(80_000)
            duration = (45, 453, 114, 3605, 7261, 36_120, 901, 1800, 62, 5400, 599, 12_000, 2400, 86, 9999)[(number * 4) % 15]
            rate = rates[(number * 7) % 15]
            size = duration * rate // 8 + number
            stamp = time.strftime("%b_%d_%Y_%H:%M", time.gmtime(when)).upper()
            one = guid()
            full = f"{name}_{stamp}"
            access = "012"[number % 3]
            self.archives.append(Media(one, full, full if number % 4 else f"Taken in {name}", when, duration, size, rate, "01"[number % 2], ("H.264", "H.263", "H.261", "H.263+")[number % 4],
                                       ("172.21.99.43", "172.21.99.5", "172.21.100.7")[number % 3], "0", "01"[number // 2 % 2], "" if number % 3 else f"ref-{number}", access, "0" if number % 5 else "1",
                                       "" if number % 4 else "1234", [g[0].id] if access == "2" else [], f"{number + 1:06d}", f"{re.sub('[^0-9A-Za-z]', '_', full)}_{one.strip('{}')[:8]}_WMV.asf"))
        for number in range(2):
            when = now - 600 * (number + 1) * self.scale / 2
            name = ("Keynote", "Panel & talk")[number]
            self.lives.append(Media(guid(), name, name, when, 0, 0, (768, 384)[number], "10"[number], "H.264", "172.21.99.43", "1", url=str(8090 + number)))
        self.calls = [Call(1024, "172.21.120.151", "120151", "VSX50002", now - 300), Call(1025, "172.21.120.153", "6000", "6000", now - 250), Call(1026, "172.21.101.24", "8000", "VSX 8000", now - 200, "Room1"),
                      Call(1027, "172.21.101.30", "8100", "HDX1", now - 100, video="H.263", h239="0"), Call(1028, "172.21.101.77", "", "Visitor & Co", now - 90, "Room1"), Call(1029, "172.21.101.78", "777", "", now - 80, h239="0"),
                      Call(1030, "172.21.101.79", "778", "cam", now - 80, state=3)]

    def fixtures(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self.w.tell_root and self.w.root in ROOTS:
            said["root_name"] = self.w.root
        return said | {
            "ordinary_user": "viewer", "ordinary_password": "look",
            "user_names": [one.name for one in self.users], "user_ids": [one.id for one in self.users],
            "endpoint_names": [one.name for one in self.endpoints], "endpoint_ids": [one.id for one in self.endpoints],
            "group_names": [one.name for one in self.groups], "group_ids": [one.id for one in self.groups],
            "room_indexes": [one.index for one in self.rooms], "room_names": [one.name for one in self.rooms],
            "archive_ids": [one.id for one in self.archives], "live_ids": [one.id for one in self.lives],
            "h323_links": [one.index - 1023 if self.on("link-index-from-one") else one.index for one in self.calls if one.state == 0],
            "ivr_files": self.files, "cfs_keys": self.keys,
        }


# ------------------------------------------------------------------------------------------------- connections


class Link(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, device: Device) -> None:
        self.device, self.w = device, device.w
        self.buffer = bytearray()
        self.waiting: deque[bytes] = deque()
        self.busy = self.closing = self.ended = self.broken = self.pumping = self.holding = False
        self.pieces: deque[bytes] = deque()
        self.glued = b""
        self.late: list[tuple[str, str, str]] = []
        self.heard = 0.0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.device.links.append(self)

    def connection_lost(self, _problem: Exception | None) -> None:
        self.closing = True
        self.device.hung_up(self)

    def eof_received(self) -> bool:
        self.ended = True
        self.finish()
        return True

    def finish(self) -> None:
        """Close when a client that will send no more, or nothing that can be read, has all its answers."""
        if (self.ended or self.broken) and not self.waiting and not self.busy and not self.pieces and not self.holding:
            self.close()

    def close(self) -> None:
        self.closing = True
        if not self.pieces and not self.holding:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        device = self.device
        if device.on("stream-second-lost"):
            self.buffer += data
            taken = self.packet()
            if taken is not None:
                self.waiting.append(taken)
                self.buffer.clear()
            self.work()
            return
        if device.on("stream-fragment-lost") and self.buffer:
            wall = time.monotonic()
            if wall - self.heard > 0.2:
                self.buffer.clear()
        if device.on("stream-header-with-body") and not self.buffer and len(data) < 4:
            return
        self.heard = time.monotonic()
        self.buffer += data
        while not self.closing and (payload := self.packet()) is not None:
            self.waiting.append(payload)
        if device.on("stream-coalesced-once") and len(self.waiting) > 2:
            self.waiting.pop()
        self.work()

    def packet(self) -> bytes | None:
        """The next packet that is whole."""
        buffer, w = self.buffer, self.w
        if self.broken:
            return None
        wrong = bool(buffer) and buffer[0] != 3
        if (wrong and w.version == "close") or (len(buffer) > 1 and buffer[1] and w.reserved == "close"):
            self.broken = True  # what came before is answered still
            return None
        if len(buffer) < 4:
            return None
        length = buffer[2] << 8 | buffer[3]
        if self.device.on("stream-length-12-bits"):
            length &= 0xFFF
        if length < 4:
            self.broken = True
            return None
        if len(buffer) < length:
            return None
        payload = bytes(buffer[4:length])
        del buffer[:length]
        if wrong and w.version == "ignore":
            return self.packet()
        return payload

    def work(self) -> None:
        if self.w.delay:
            if self.waiting and not self.busy and not self.closing:
                self.busy = True
                asyncio.get_running_loop().call_later(self.w.delay, self.slowly)
            self.finish()
            return
        while self.waiting and not self.closing:
            self.hear(self.waiting.popleft())
        self.finish()

    def slowly(self) -> None:
        self.busy = False
        if self.waiting and not self.closing:
            self.hear(self.waiting.popleft())
        self.work()
        self.finish()

    def hear(self, payload: bytes) -> None:
        try:
            self.device.hear(self, payload)
        except Exception as problem:  # the device stays up whatever arrives
            print(f"internal: {problem!r}", file=sys.stderr)
            self.close()
        for text, kind, name in self.late:
            self.device.put(self, text, kind, name)
        self.late.clear()

    def send(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        w = self.w
        if w.coalesce:
            self.pieces.append(data)
            if not self.holding:
                self.holding = True
                asyncio.get_running_loop().call_later(w.coalesce, self.release)
        elif w.pause:
            size = w.segments or len(data)
            self.pieces.extend(data[place : place + size] for place in range(0, len(data), size))
            if not self.pumping:
                self.pumping = True
                self.pump()
        elif w.segments:
            for place in range(0, len(data), w.segments):
                self.transport.write(data[place : place + w.segments])
        else:
            self.transport.write(data)

    def release(self) -> None:
        self.holding = False
        self.transport.write(b"".join(self.pieces))
        self.pieces.clear()
        self.drained()

    def pump(self) -> None:
        if self.pieces:
            self.transport.write(self.pieces.popleft())
        if self.pieces:
            asyncio.get_running_loop().call_later(self.w.pause, self.pump)
        else:
            self.pumping = False
            self.drained()

    def drained(self) -> None:
        if self.closing:
            self.transport.close()
        else:
            self.finish()


# ------------------------------------------------------------------------------------------------- ways to behave

PERSONALITIES: dict[str, tuple[str, dict[str, Any]]] = {
    "default": ("this device's own taste", {}),
    # the root element
    "root-mager": ("DVCRMAGER only; another root fails", {"root_takes": "own"}),
    "root-manager": ("DVCRMANAGER only; another root fails", {"root": "DVCRMANAGER", "root_takes": "own"}),
    "root-manger": ("DVCRMANGER only; another root fails", {"root": "DVCRMANGER", "root_takes": "own"}),
    "root-manager-untold": ("DVCRMANAGER only, and the target file does not say so; others are ignored", {"root": "DVCRMANAGER", "root_takes": "own", "root_wrong": "ignore", "tell_root": False}),
    "root-manger-untold": ("DVCRMANGER only, and the target file does not say so; others close the connection", {"root": "DVCRMANGER", "root_takes": "own", "root_wrong": "close", "tell_root": False}),
    "root-mager-untold": ("DVCRMAGER only, not said in the target file; others fail", {"root_takes": "own", "tell_root": False}),
    "root-echo": ("the confirm has the client's spelling", {"root": "echo"}),
    "root-examples": ("each confirm has its example's spelling", {"root": "examples"}),
    "root-answers-manager": ("accepts all spellings, answers DVCRMANAGER", {"root": "DVCRMANAGER"}),
    # xmlids
    "xmlid-heading": ("takes and gives the headings in small letters, nothing else", {"takes": "heading"}),
    "xmlid-literal": ("takes and gives what the examples have: get_cfs, getivr, addrroom, blanks", {"takes": "literal", "says": "literal", "ldap": "LDAP_PWD"}),
    "xmlid-literal-fields": ("as xmlid-literal, with the examples' fields too: LDAP's in all GetSysOption confirms, PLAY_URL for the banner",
                             {"takes": "literal", "says": "literal", "ldap": "LDAP_PWD", "copied_fields": True, "banner": "PLAY_URL", "logo": "PLAY_URL"}),
    "xmlid-literal-out": ("takes any, gives the examples' xmlids with their blanks", {"says": "literal"}),
    "xmlid-echo": ("the confirm has the command's xmlid as it was sent", {"says": "echo"}),
    "xmlid-trimmed": ("CallAndPlay and addrroom without blanks, else the headings", {"says": "trimmed"}),
    "xmlid-camel": ("takes CallAndPlay in mixed case only, the rest as headings", {"takes": "camel", "says": "trimmed"}),
    "xmjid": ("ADDENDPOINT's indication has xmjid", {"xmjid": True}),
    # fields
    "fields-table": ("spellings of the tables, in and out", {"fields_take": "table", "access": "ACCESSTYPE", "h239": "H.239", "broad": "BROADLIST_ID", "ip_indication": "DEVP"}),
    "fields-example": ("spellings of the examples, in and out", {"fields_take": "example", "access": "ACCESSTYPE", "ip": "DEVP", "ldap": "LDAP_PWD"}),
    "access-short": ("ACESSTYPE in confirms", {"access": "ACESSTYPE", "access_ext": "ACCESSIDEXT"}),
    "h239-dotted": ("H.239 everywhere", {"h239": "H.239"}),
    "ip-all": ("GETIP has DCHP, DNS1, DNS2, DCHPDNS", {"ip_extra": True}),
    "ip-dhcp": ("GETIP has DHCP, DHCPDNS; DEVIP in the indication", {"ip_extra": True, "dhcp": "DHCP", "ip_indication": "DEVIP"}),
    "broadlist-id": ("BROADLIST_ID", {"broad": "BROADLIST_ID"}),
    "firewall": ("FIREWALL in GETOS; sets answer with their values", {"firewall": "FIREWALL", "mode_confirm": "values"}),
    "logo-works": ("the logo commands are there after all", {"logo": "IMAGE_URL"}),
    # XML
    "xml-single-quotes": ("single quotes, standalone", {"quotes": "'", "declaration": "single"}),
    "xml-bare": ("no declaration, all in one line", {"declaration": "none", "layout": "flat"}),
    "xml-bom": ("a byte order mark", {"declaration": "bom"}),
    "xml-comments": ("comments, one of which looks like a field", {"layout": "comments"}),
    "xml-loose": ("blanks around =, end tags, small utf-8", {"layout": "loose", "closed": False, "declaration": "low"}),
    "xml-references": ("character references wherever they may stand", {"charrefs": True}),
    "xml-open": ("elements with end tags", {"closed": False}),
    "order-sorted": ("fields in the order of their names", {"order": "sorted"}),
    "order-reversed": ("fields in reverse, RESULT last; name before value", {"order": "reversed", "names_first": True}),
    # confirms
    "words-always": ("DESCRIPTION Succeeded wherever the table has DESCRIPTION", {"success_text": "always"}),
    "words-never": ("no DESCRIPTION on success", {"success_text": "never"}),
    "failure-bare": ("a failure is RESULT alone", {"failure": "bare"}),
    "failure-empty": ("a failure's DESCRIPTION is blank", {"failure": "empty"}),
    "failure-table": ("DESCRIPTION in failures only where the table has it", {"failure": "table"}),
    "failure-padded": ("a failure has the other fields, blank", {"failure": "padded", "login_failure": "padded"}),
    "failure-echo": ("a failure names what was asked for, in one wording", {"failure": "echo", "failure_text": "one"}),
    "failure-long": ("long descriptions with markup", {"failure_text": "long"}),
    "language-chinese": ("descriptions follow LANG", {"failure_text": "chinese"}),
    "empty-nothing": ("a list without elements has no CONFIRM", {"empty": "none", "media_unknown": "empty", "beyond": "empty", "room_unknown": "empty", "group_mismatch": "empty"}),
    "empty-result": ("what is not found is an empty list with RESULT 0", {"media_unknown": "empty", "beyond": "empty", "room_unknown": "empty", "group_mismatch": "empty"}),
    "password-blank": ("passwords are never shown", {"password": "blank"}),
    "password-lists-blank": ("passwords are blank in lists, as in the example", {"password": "lists"}),
    "password-stars": ("passwords are masked", {"password": "stars"}),
    "guid-36": ("GUIDs in their usual form", {"guid": "36"}),
    "guid-upper": ("GUIDs in capitals", {"guid": "upper"}),
    "guid-braces": ("GUIDs in braces", {"guid": "braces"}),
    "partimax-zero": ("PARTIMAX 0 after changes, room states in words, TITLE in MODENDPOINT's indication", {"partimax": "0", "room_words": "words", "mod_title": True}),
    "fields-few": ("optional and conditional fields are absent", {"conditional": True, "refs": "used", "live_fields": "few", "download": "absent", "server": "general"}),
    "server-general": ("SERVER in general information only, QUICKCODE in both", {"server": "general", "quickcode": "both", "download": "-858993460"}),
    "server-specific": ("SERVER in specific information only", {"server": "specific"}),
    "members-grouped": ("all MEMBER, then the named ones", {"list_words": "grouped"}),
    "members-endpoints-first": ("endpoints first; GETMEMBER leaves the built-in account out", {"list_words": "endpoints", "admin_member": False}),
    "lists-right": ("RECORDID and the like only where the right asks for groups", {"lists": "right"}),
    "lists-drop": ("lists are forgotten where the right does not ask for groups", {"lists": "drop"}),
    # sessions
    "session-of-connection": ("a session ends with its connection", {"scope": "connection"}),
    "session-bound": ("a session is good on its own connection only", {"scope": "bound"}),
    "session-close": ("after a wrong session the connection is closed; after logout and expiry too", {"bad_session": "close", "logout_closes": True, "expiry_closes": True}),
    "session-replaces": ("a second login on a connection ends the first session", {"relogin": "replaces"}),
    "session-good-only": ("only commands that succeed keep a session alive", {"touch": "good"}),
    "session-follows": ("indications go to the connection last used", {"follow": "last"}),
    "ordinary-all": ("ordinary users may do everything", {"ordinary": "all"}),
    "ordinary-viewer": ("ordinary users may look at media only", {"ordinary": "viewer"}),
    "clock-offset": ("the device's clock is an hour and a day off", {"clock_offset": -90_000.0}),
    "lang-strict": ("LANG is 0 or 1 at login, en or cn after", {"lang": "strict"}),
    "required": ("every parameter of the tables that is not optional is needed", {"required": True}),
    # indications
    "indications-first": ("indications leave before the confirm", {"indications_first": True}),
    "indications-own": ("a session that asked gets its own too, after the confirm", {"own_indication": "after"}),
    "indications-own-first": ("a session that asked gets its own too, before the confirm", {"own_indication": "before", "indications_first": True}),
    "indications-more": ("settings without a documented indication have one too", {"more_indications": True}),
    # packets
    "packets-slow": ("200 ms a command", {"delay": 0.2}),
    "packets-crumbs": ("segments of 3 bytes", {"segments": 3}),
    "packets-header-apart": ("the header's halves and the rest in segments that are milliseconds apart", {"segments": 700, "pause": 0.002}),
    "packets-together": ("output is collected for 10 ms and leaves together", {"coalesce": 0.01}),
    "packets-strict": ("a reserved byte that is not 0 or an empty packet closes", {"reserved": "close", "empty_packet": "close"}),
    "packets-lenient": ("any version byte, unknown things are ignored", {"version": "accept", "malformed": "ignore", "unknown": "ignore"}),
    "packets-ignore": ("packets of another version are ignored, malformed ones and empty ones fail", {"version": "ignore", "malformed": "fail", "empty_packet": "fail"}),
    "unknown-close": ("unknown commands close the connection", {"unknown": "close"}),
    # accounts and rooms
    "names-fold": ("names are compared without regard to letter case", {"fold": True}),
    "names-trim": ("names are trimmed", {"trim": True}),
    "values-kept": ("values out of range are ignored, strange members too", {"checks": "keep", "strange_member": "ignore"}),
    "values-dotted": ("addresses must be dotted", {"addresses": True}),
    "omitted-blank": ("what a change leaves out becomes blank", {"omitted": "blank"}),
    "members-kept": ("MODGROUP without MEMBER keeps the members", {"no_members": "keep"}),
    "group-general": ("GETGROUP with one of name and GUID is general", {"group_partial": "general"}),
    "group-both": ("GETGROUP with one of name and GUID fails", {"group_partial": "refuse"}),
    "group-by-id": ("GETGROUP looks at the GUID where both are given", {"group_mismatch": "id"}),
    "group-by-name": ("GETGROUP looks at the name where both are given", {"group_mismatch": "name"}),
    "rooms-next": ("a room's index is never used again", {"room_index": "next"}),
    "rooms-position": ("a room's index is its place in the list", {"room_index": "position"}),
    "rooms-by-name": ("MODROOM looks for the name", {"modroom": "name"}),
    "rooms-both": ("MODROOM wants index and name of one room", {"modroom": "both"}),
    "rooms-unique": ("room names and numbers are unique", {"room_unique": True}),
    "users-free": ("any account may be deleted, its sessions live on", {"protect_admin": False, "delete_ends": False}),
    # archives
    "sort-ascending": ("ascending", {"direction": "ascending"}),
    "sort-mixed": ("dates and numbers descending, words ascending", {"direction": "mixed"}),
    "sort-fold": ("ascending, words without regard to letter case, servers by number, ties newest first", {"direction": "ascending", "collate": "fold", "ties": "new"}),
    "search-part": ("SEARCH regards letter case and only archives", {"search": "part", "search_live": False}),
    "search-prefix": ("SEARCH is how a name begins; LIBMEDIA is not looked at", {"search": "prefix", "libmedia": "accept"}),
    "media-type-ignored": ("the type given with a CONF_ID is not looked at", {"wrong_type": "ignore"}),
    "live-fixed": ("live streams cannot be changed or deleted", {"live_change": False}),
    "archive-later": ("an archive appears two seconds after its recording", {"archive_delay": 2.0}),
    "archive-long-only": ("a recording of less than a second leaves no archive", {"short": False}),
    # H.323 and settings
    "steps-same": ("a step to the state that is succeeds", {"illegal": "same"}),
    "quick-zero": ("quick record counts its links from 0", {"quick_index": "zero"}),
    "quick-running": ("quick record answers when it records", {"quick_state": "running"}),
    "quick-slow": ("the far end takes ten seconds to answer", {"ring": 10.0}),
    "reference-cut": ("a long REFERENCEID is cut to 30 characters", {"reference": "cut"}),
    "recorders-two": ("two recordings at a time, as in the example", {"recorders": 2}),
    "gatekeeper-away": ("USEGK tells of registration, and there is no gatekeeper", {"usegk": "state"}),
    "files-any": ("any file name is taken; a new key is pending", {"files": "any", "cfs": "pending", "multicast_stop": "accept"}),
    "shutdown-silent": ("SHUTDOWN has no confirm", {"shutdown": "silent"}),
    # several at once
    "strict": ("as strict as can be", {"root_takes": "own", "takes": "heading", "required": True, "checks": "refuse", "addresses": True, "reserved": "close", "room_unique": True, "fold": True, "ordinary": "viewer",
                                       "group_partial": "refuse", "scope": "bound", "failure": "bare", "lists": "right"}),
    "lax": ("as lax as can be", {"root": "echo", "version": "accept", "says": "echo", "ordinary": "all", "checks": "keep", "strange_member": "ignore", "illegal": "same", "wrong_type": "ignore",
                                 "libmedia": "accept", "files": "any", "multicast_stop": "accept", "malformed": "fail", "own_indication": "after", "more_indications": True, "segments": 50}),
    "literal": ("the examples to the letter", {"root": "examples", "takes": "literal", "says": "literal", "ldap": "LDAP_PWD", "password": "lists", "quick_index": "zero", "partimax": "0", "xmjid": True,
                                              "ip": "DEVP", "download": "-858993460", "recorders": 2, "layout": "lines"}),
}

DOUBTFUL: dict[str, tuple[str, dict[str, Any]]] = {
    "each-own-packet": ("several CONFIRMs come in a packet each", {"quirk": "each-own-packet"}),
    "page-end-exclusive": ("END is the first that is not listed", {"quirk": "page-end-exclusive"}),
    "page-from-one": ("media count from 1", {"quirk": "page-from-one"}),
    "two-descriptions": ("where DESCRIPTION is the object's, success has two", {"quirk": "two-descriptions"}),
    "no-notin": ("fields for the Web UI are absent (NOTIN_EP)", {"quirk": "no-notin"}),
    "login-ends-other": ("a login ends the user's other sessions", {"quirk": "login-ends-other"}),
    "status-milliseconds": ("TIMEVALUE has three digits more, as in the example", {"quirk": "status-milliseconds"}),
    "quick-rate-768": ("quick record's RATE is an encoding rate of its own", {"quirk": "quick-rate-768"}),
    "link-stop-when-menu": ("stopping what does not record succeeds and indicates", {"quirk": "link-stop-when-menu"}),
    "link-streaming-eight": ("a connection that streams has STATUS_INDEX 8, as rooms do", {"quirk": "link-streaming-eight"}),
    "indication-late": ("an indication waits for the client's next command", {"quirk": "indication-late"}),
    "list-libmedia-any": ("LIBMEDIA is not looked at", {"quirk": "list-libmedia-any"}),
    "media-conf-id-with-others": ("the general list has the specific fields too", {"quirk": "media-general-specific"}),
    "play-unknown-archive": ("CALLANDPLAY is answered before the archive is sought", {"quirk": "play-unknown-archive"}),
    "indication-to-own-hangup": ("HANGUP's indication goes to the actor too, if it asked", {"quirk": "indication-to-own-too"}),
    "user-email-default": ("a blank EMAIL is filled in", {"quirk": "user-email-default"}),
}

Fault = tuple[str, list[int]]
FAULTS: dict[str, Fault] = {
    # packets
    "tpkt-length-bare": ("the length does not count the header's four bytes", [126]),
    "tpkt-length-characters": ("the length counts characters, not bytes", [126]),
    "tpkt-length-mod-4096": ("the length of long replies is cut to twelve bits", [126]),
    "tpkt-length-one-more": ("every third indication is a byte shorter than its length says", [126]),
    "tpkt-version-indication": ("indications have version 2", [124, 126]),
    "tpkt-version-long": ("long replies have version 4", [126]),
    "tpkt-reserved": ("every twentieth packet has 1 in its second byte", [126]),
    "tpkt-swapped": ("GETLANG's confirm has the length's low byte first", [126]),
    "tpkt-tail": ("a line feed follows lists, outside of their packet", [124, 126]),
    "indication-unframed": ("an indication has no header and hangs on the client's next confirm", [124, 126]),
    "stream-second-lost": ("what comes with a command in one segment is lost", [120, 126]),
    "stream-coalesced-once": ("of three commands in one segment the last is lost", [120, 126]),
    "stream-fragment-lost": ("the beginning of a command is forgotten after 0.2 s", [126]),
    "stream-header-with-body": ("a segment of fewer than four bytes is lost where a packet begins", [126]),
    "stream-length-12-bits": ("a command of more than 4,095 bytes is cut", [126]),
    # XML
    "xml-ampersand-raw": ("GETENDPOINT's H323 is not escaped", [128]),
    "xml-quote-raw": ("quotes in a group's DESCRIPTION are not escaped", [128]),
    "xml-less-than-raw": ("< in SETMEDIAINFO's NAME is not escaped", [128]),
    "xml-escaped-twice": ("indications are escaped twice", [1156, 1511, 1938]),
    "xml-latin-one": ("GETDEVUSER's confirm is in ISO 8859-1", [128]),
    "xml-root-mismatch": ("GETGROUP's confirm opens one root and closes another", [128]),
    "xml-two-roots": ("GETROOM's confirms have a root each in one packet", [128]),
    "xml-cut-at-2048": ("confirms are cut after 2,048 bytes", [128]),
    "values-as-text": ("GETLANG's LANG is text, not an attribute", [659, 668]),
    "text-far-planes": ("characters past the first plane become ? in DESCRIPTION", [1902, 3171]),
    "text-blanks-collapsed": ("several blanks become one in GETDEVUSER's FULLNAME", [1398]),
    # confirms
    "confirm-is-indication": ("SETLANG is answered by an INDICATION", [120]),
    "confirm-lost-third": ("every seventh GETLISTINFO is not answered", [120]),
    "confirm-twice": ("SETGK is answered twice", [120]),
    "result-absent": ("HANGUP's confirm has no RESULT", [3777]),
    "result-word": ("SETIVR's RESULT is a word", [790]),
    "failure-result-two": ("DELGROUP fails with RESULT 2", [2104]),
    "failure-result-minus": ("room commands fail with RESULT -1", [2351, 2514, 2828, 2831]),
    "failure-as-success": ("MODDEVUSER of an unknown user answers RESULT 0", [1570]),
    # login and sessions
    "login-password-prefix": ("the beginning of a password is enough", [159, 194]),
    "login-password-blank": ("a blank password opens every account", [159, 194]),
    "login-password-old": ("after a change of password the old one counts", [1548]),
    "login-foreign-password": ("a password with non-ASCII characters is refused", [1448]),
    "login-failure-as-success": ("a wrong password answers RESULT 0 and a blank SESSIONID", [194]),
    "login-privilege-swapped": ("PRIVILEGE is 0 for ordinary users", [195]),
    "login-privilege-word": ("PRIVILEGE is a word", [195]),
    "login-session-cut": ("an ordinary user's SESSIONID lacks its last character", [197]),
    "login-shares-session": ("a second login of a user has the first one's session", [159]),
    "deleted-user-logs-in": ("a deleted user can log in", [1633]),
    "logout-ends-newest": ("LOGOUT ends the newest session", [220, 226]),
    "logout-ends-all-of-user": ("LOGOUT ends all sessions of the user", [220, 226]),
    "session-after-logout": ("a session lives on after its logout", [159, 220]),
    "session-prefix": ("only a SESSIONID's first eight characters count", [159]),
    "session-of-connection": ("where the connection has logged in, SESSIONID is not looked at", [157, 159]),
    "session-missing-accepted": ("GETEPLINK needs no SESSIONID", [157]),
    "session-any-for-reading": ("GET commands accept any SESSIONID", [159]),
    "session-unchecked-cfs": ("GETCFSINFO does not look at SESSIONID", [157, 159]),
    "session-revived": ("a command in an expired session fails and revives it", [159]),
    "session-refused-but-done": ("SETLANG with a wrong session fails and is carried out", [159]),
    "expiry-never": ("sessions never expire", [159]),
    "expiry-early": ("sessions expire after ten minutes", [159]),
    "expiry-late": ("sessions expire after an hour", [159]),
    "expiry-from-login": ("sessions expire half an hour after login, whatever is done", [159]),
    "expiry-reading-is-idle": ("GET commands are no activity", [159]),
    "settings-lost-at-logout": ("what a session set with SETSTORAGE is undone when it logs out", [867]),
    # indications
    "indication-wanted-by-default": ("who does not mention INDICATION gets them", [175]),
    "indication-to-unsubscribed": ("deletions are indicated to all", [175]),
    "indication-to-ordinary": ("ordinary users get indications unasked", [175]),
    "indication-not-to-ordinary": ("ordinary users that asked get none", [122, 175]),
    "indication-first-only": ("only the first session that asked gets one", [122, 175]),
    "indication-one-a-user": ("of a user's sessions only one gets indications", [122, 175]),
    "indication-five-only": ("a session gets five indications and no more", [122, 175]),
    "indication-silent-after-own": ("a session that has caused one gets no more", [122, 175]),
    "indication-to-the-actor": ("changes of media are indicated on the actor's connection", [122, 175]),
    "indication-doubled": ("MODGROUP is indicated twice", [122, 2042]),
    "indication-none-delroom": ("DELROOM is not indicated", [122, 2847]),
    "indication-none-second-mod": ("every second modification is not indicated", [122, 1251, 1599, 2042]),
    "indication-none-for-stop-paused": ("STOPROOMRECORD of a paused connection is not indicated", [122, 3745]),
    "indication-on-failure": ("an ADDENDPOINT that fails is indicated", [122]),
    "indication-as-confirm": ("STARTROOMRECORD is indicated in a CONFIRM", [122, 3579]),
    "indication-xmlid": ("CONTINUEROOMRECORD is indicated as startroomrecord", [3699]),
    "indication-xmlid-deluser": ("DELDEVUSER is indicated as adddevuser", [1692]),
    "indication-pause-index": ("PAUSEROOMRECORD's indication has the next INDEX", [3641]),
    "indication-delgroup-id": ("DELGROUP's indication has a GUID of nothing", [2129]),
    "indication-member-missing": ("ADDGROUP's indication lacks the named members", [1941, 1943]),
    "indication-reference": ("STARTQUICKRECORD's indication has the REFERENCEID of the one before", [3034]),
    "indication-user-stale": ("MODDEVUSER's indication has the old values", [1603, 1604, 1606]),
    "indication-email-is-fullname": ("ADDDEVUSER's indication has FULLNAME as EMAIL", [1512]),
    "indication-del-endpoint-blank": ("DELENDPOINT's indication has a blank SOURCENAME", [1337]),
    "indication-media-catalog": ("DELMEDIAINFO's indication has the other CATALOG", [3333]),
    "indication-room-index": ("ADDROOM's indication has INDEX 0", [2743]),
    "indication-quick-index": ("STARTQUICKRECORD's indication has another INDEX", [3013]),
    "indication-sp-old-groups": ("SETSP's indication has the old groups", [2284]),
    "indication-storage-stale": ("SETSTORAGE's indication has the old values", [947, 948, 949, 951]),
    # system and settings
    "devinfo-activated-two": ("ACTIVATED is 2", [297]),
    "devinfo-count-word": ("H323COUNT is no number", [294]),
    "status-zone-minutes": ("TIMEZONE is in minutes", [349]),
    "status-value-missing": ("REFRESHSTATUS has no TIMEVALUE", [348]),
    "ip-mask-missing": ("GETIP has no DEVMASK", [398]),
    "ip-confirm-old": ("SETIP's confirm has the old values", [462, 463, 464]),
    "ip-gateway-lost": ("SETIP does not store GATEWAY", [434, 464]),
    "gk-port-lost": ("SETGK confirms GKPORT and does not store it", [545, 581]),
    "gk-alias-cut": ("SETGK stores 16 characters of H323", [547, 583]),
    "gk-e164-second": ("every second SETGK does not store E164", [546, 582]),
    "gk-usegk-word": ("GETGK's USEGK is a word", [541]),
    "lang-absent": ("GETLANG has no LANG", [659]),
    "lang-word": ("GETLANG's LANG is en for English", [659]),
    "lang-not-stored": ("SETLANG confirms Chinese and does not store it", [659, 682]),
    "lang-reset-by-login": ("every login sets the menu's language to English", [659, 675]),
    "ivr-nine-refused": ("GETIVR refuses INDEX 9", [724, 726]),
    "ivr-japanese-refused": ("GETIVR refuses LANGUAGE 2", [727]),
    "ivr-default-language": ("GETIVR needs LANGUAGE", [727]),
    "ivr-tag": ("GETIVR answers PLAYURL", [745]),
    "storage-save-out-of-range": ("GETSTORAGE's AUTO_SAVE is 3 to 5", [837]),
    "storage-times-swapped": ("SETSTORAGE stores START_TIME and END_TIME the wrong way round", [839, 840, 882, 883]),
    "storage-save-two-is-one": ("AUTO_SAVE 2 is stored as 1", [837, 880]),
    "storage-interval-shared": ("DEL_INTERVAL becomes SAVE_INTERVAL", [842, 885]),
    "storage-path-slashes": ("backslashes of PATH become slashes", [834, 877]),
    "storage-hour-23": ("END_TIME 23 is stored as 0", [840, 883]),
    # endpoints
    "endpoint-flag-word": ("GETENDPOINT's FLAG is a word", [1049]),
    "endpoint-list-short": ("of more than seven endpoints one is not listed", [1015]),
    "endpoint-list-one-confirm": ("all endpoints are in one CONFIRM", [1054]),
    "endpoint-list-other-id": ("the third endpoint's SOURCEID is another each time", [1046]),
    "endpoint-blank-ip-added": ("ADDENDPOINT accepts a blank SOURCEIP", [1096]),
    "endpoint-blank-ip-changed": ("MODENDPOINT accepts a blank SOURCEIP", [1194]),
    "endpoint-blank-number-refused": ("ADDENDPOINT refuses a blank E164", [1097]),
    "endpoint-blank-alias-refused": ("ADDENDPOINT refuses a blank H323", [1098]),
    "endpoint-twice": ("ADDENDPOINT accepts a name in use", [1095]),
    "endpoint-twice-after-change": ("ADDENDPOINT accepts the name of an endpoint that was modified", [1095]),
    "endpoint-id-repeats": ("every third new endpoint has the SOURCEID of the one before", [1046, 1121]),
    "endpoint-add-flag-lost": ("ADDENDPOINT stores FLAG 0", [1099, 1124]),
    "endpoint-add-replaces-tenth": ("a tenth endpoint pushes the ninth out", [1088]),
    "endpoint-number-in-alias": ("a blank H323 becomes the E164 number in the list", [1051, 1098]),
    "endpoint-confirm-without-id": ("ADDENDPOINT's confirm has no SOURCEID", [1121]),
    "endpoint-new-id": ("MODENDPOINT changes SOURCEID", [1046, 1219, 1253]),
    "endpoint-flag-once": ("FLAG can be modified once only", [1197]),
    "endpoint-alias-keeps": ("MODENDPOINT does not change an H323 that is set", [1196]),
    "endpoint-number-not-blanked": ("MODENDPOINT cannot make E164 blank", [1195]),
    "endpoint-change-hits-next": ("MODENDPOINT sets the next endpoint's FLAG too", [1184]),
    "endpoint-delete-prefix": ("DELENDPOINT deletes all whose names begin so", [1287]),
    "endpoint-delete-confirm-blank": ("DELENDPOINT's confirm and indication have blanks", [1307, 1309, 1336, 1338]),
    # users
    "user-list-last-missing": ("of more than six users the last is not listed", [1370]),
    "user-list-swapped": ("of a user that was modified EMAIL and FULLNAME are listed the wrong way round", [1398, 1399]),
    "user-privilege-two": ("GETDEVUSER's PRIVILEGE is 2 for ordinary users", [1401]),
    "user-email-cut": ("GETDEVUSER has 16 characters of EMAIL", [1399]),
    "user-blank-password-refused": ("ADDDEVUSER refuses a blank PASSWORD", [1448]),
    "user-blank-fullname-refused": ("ADDDEVUSER refuses a blank FULLNAME", [1446]),
    "user-blank-email-refused": ("ADDDEVUSER refuses a blank EMAIL", [1447]),
    "user-twice": ("ADDDEVUSER accepts a name in use", [1445]),
    "user-added-administrator": ("ADDDEVUSER adds administrators only", [1449, 1483]),
    "user-names-folded": ("USERNAME is stored in small letters", [1445, 1479]),
    "user-password-not-stored": ("ADDDEVUSER stores a blank password", [1448]),
    "user-id-in-confirm": ("ADDDEVUSER's confirm has another USERID than the list", [1478]),
    "user-change-ascii-only": ("MODDEVUSER makes non-ASCII characters of FULLNAME ?", [1546, 1574]),
    "user-privilege-not-changed": ("MODDEVUSER confirms PRIVILEGE and does not store it", [1549]),
    "user-email-not-blanked": ("MODDEVUSER cannot make EMAIL blank", [1547]),
    "user-fullname-second": ("FULLNAME can be modified once only", [1546]),
    "user-change-hits-namesake": ("MODDEVUSER changes EMAIL of all whose names begin so", [1538]),
    "user-delete-newest": ("of more than five users the newest is deleted", [1640]),
    # groups
    "group-list-short": ("of more than four groups the last is not listed", [1703]),
    "group-specific-all": ("GETGROUP with name and GUID lists all groups", [1714]),
    "group-count-users": ("the list's MEMBER_COUNT counts users only", [1752]),
    "group-endpoint-as-user": ("endpoints are listed as MEMBER_USER", [1755, 1757]),
    "group-member-names-lost": ("of more than two members the names are blank", [1755, 1757]),
    "group-notin-all-users": ("NOTIN_USER has all users where a group has more than two members", [1756]),
    "group-notin-all-endpoints": ("NOTIN_EP has all endpoints", [1758]),
    "group-notin-lacks-newest": ("of five users the newest is never in NOTIN_USER", [1756]),
    "group-notin-swapped": ("NOTIN_USER has endpoints, NOTIN_EP users", [1756, 1758]),
    "group-twice": ("ADDGROUP accepts a name in use", [1750, 1901]),
    "group-first-three-members": ("ADDGROUP stores three members at most", [1876, 1903]),
    "group-text-is-name": ("a blank DESCRIPTION becomes the group's name", [1875, 1902]),
    "group-loses-endpoints": ("ADDGROUP confirms endpoints and stores only users", [1876, 1754]),
    "group-confirm-count": ("ADDGROUP's MEMBER_COUNT is one too many", [1903]),
    "group-change-adds": ("MODGROUP adds to the members", [1984, 2013]),
    "group-text-not-changed": ("MODGROUP does not change DESCRIPTION", [1983, 2011]),
    "group-change-new-id": ("MODGROUP changes GROUPID", [2009]),
    "group-change-takes-over": ("MODGROUP takes its members out of other groups", [1975]),
    "group-delete-takes-members": ("DELGROUP deletes the endpoints in it", [2081]),
    "group-delete-count-zero": ("DELGROUP's MEMBER_COUNT is 0", [2110]),
    "member-outlives-user": ("a deleted user stays a member", [1752, 1754]),
    "member-outlives-endpoint": ("a deleted endpoint stays a member", [1752, 1754]),
    "members-only-grouped": ("GETMEMBER lists endpoints in groups only", [1817, 1843]),
    "members-without-ordinary": ("GETMEMBER lists administrators only", [1817, 1842]),
    "all-groups-without-empty": ("GETALLGROUP leaves groups without members out", [2865, 2889]),
    "all-groups-sorted-names": ("GETALLGROUP's names are sorted, its GUIDs are not", [2889]),
    # single point and rooms
    "sp-dualvideo-two": ("DUALVIDEO is 1 to 2", [2178]),
    "sp-notin-all": ("NOTIN has all groups", [2185]),
    "sp-first-group-only": ("SETSP stores one RECORDID", [2225]),
    "sp-viewright-two-is-one": ("SETSP's VIEWRIGHT 2 is stored as 1", [2182, 2224]),
    "sp-leaks-into-rooms": ("SETSP's IFRAMEINTERVAL goes to the rooms too", [2213, 2368]),
    "sp-broadcast-not-switched-off": ("BROADCAST cannot be switched off", [2180, 2222]),
    "sp-groups-add-up": ("SETSP adds to the groups", [2225]),
    "room-h239-stale": ("H239 stays as it was when DUALVIDEO is modified", [2357, 2520]),
    "room-status-nine": ("a room that was modified has STATUS_INDEX 9", [2362, 2525]),
    "room-format-word": ("VIDEO_FORMAT is a word", [2369]),
    "room-rate-absent": ("rooms have no RATE", [2359]),
    "room-notin-view-of-record": ("NOTIN_VIEW goes by RECORDID", [2376]),
    "room-list-idle-only": ("GETROOM lists idle rooms only", [2308]),
    "room-specific-all": ("GETROOM with INDEX lists all rooms", [2317]),
    "room-specific-first": ("GETROOM with INDEX gives the first room", [2315, 2317]),
    "room-number-not-changed": ("MODROOM does not change ROOM_NUM", [2475, 2518]),
    "room-format-three-is-two": ("MODROOM stores VIDEO_FORMAT 3 as 2", [2474, 2532]),
    "room-rate-second": ("RATE can be modified once only", [2473, 2522]),
    "room-broadcast-follows-dual": ("MODROOM stores DUALVIDEO as BROADCAST", [2478, 2521]),
    "room-view-list-kept": ("MODROOM without VIEWID keeps the old groups, though it drops RECORDID's", [2482]),
    "room-change-hits-all": ("MODROOM sets RECORDRIGHT of all rooms", [2464]),
    "room-add-lists-swapped": ("ADDROOM takes RECORDID for VIEWID and the other way round", [2652, 2653]),
    "room-index-taken": ("a new room has another room's INDEX", [2687, 2353]),
    "room-add-interval-one": ("ADDROOM stores IFRAMEINTERVAL 1", [2648, 2700]),
    "room-add-replaces": ("a seventh room pushes another out", [2635]),
    "room-delete-last": ("DELROOM deletes the last room", [2810]),
    "room-delete-not-done-idle": ("DELROOM of an idle room does nothing", [2803]),
    "room-delete-confirm-index": ("DELROOM's confirm has the number of rooms", [2833]),
    # quick record
    "quick-room-id-blank": ("ROOM_ID is blank", [2957]),
    "quick-h239-differs": ("H239 is not DUALVIDEO", [2960]),
    "quick-broadcast-on": ("BROADCAST is always 1", [2961]),
    "quick-status-seven": ("STATUS_INDEX is 7", [2965]),
    "quick-format-four": ("VIDEO_FORMAT is 4", [2970, 2972]),
    "quick-view-right-three": ("VIEWRIGHT is one more than given", [2968]),
    "quick-interval-lost": ("IFRAMEINTERVAL is always 1", [2969]),
    "quick-view-list-lost": ("the confirm has no VIEWID", [2974]),
    "quick-notin-view-all": ("NOTIN_VIEW has all groups", [2976]),
    "quick-reference-cut": ("REFERENCEID is cut to 20 characters", [2924, 2977]),
    "quick-reference-kept-from-first": ("all quick records have the first one's REFERENCEID", [2924, 2977]),
    "quick-reference-any-length": ("REFERENCEID may have more than 30 characters", [2924, 2977]),
    # media
    "list-search-ignored": ("SEARCH is not looked at", [3079]),
    "list-search-ascii": ("SEARCH finds nothing by non-ASCII words", [3079]),
    "list-count-with-live": ("LIBLIST counts live streams too", [3102]),
    "list-count-deleted-too": ("LIBLIST counts deleted archives", [3102]),
    "list-live-zero": ("BROADLIST is 0", [3103]),
    "list-counts-swapped": ("LIBLIST and BROADLIST are the wrong way round", [3102, 3103]),
    "page-later-start-late": ("a page that does not begin at 0 begins one too late", [3128]),
    "page-repeats-one": ("a later page begins with the last of the one before", [3128]),
    "page-last-missing": ("the last media is not listed", [3129]),
    "page-ten-at-most": ("ten media are listed at most", [3129]),
    "page-end-is-count": ("END is taken for a count where START is not 0", [3129]),
    "page-start-ignored": ("START is not looked at", [3128]),
    "page-then-sort": ("only the page is sorted, not the whole", [3130, 3132]),
    "sort-date-as-text": ("dates are sorted by their words", [3130]),
    "sort-date-by-clock": ("dates are sorted by time of day", [3130]),
    "sort-duration-by-minutes": ("durations are sorted by their minutes", [3130]),
    "sort-duration-is-size": ("durations are sorted by size", [3130]),
    "sort-name-ignored": ("names are sorted by date", [3130]),
    "sort-name-four-letters": ("names are sorted by four letters", [3130]),
    "sort-server-ignored": ("servers are not sorted", [3132]),
    "sort-server-last-part": ("servers are sorted by the last part of the address", [3132]),
    "sort-video-ignored": ("SORT 4 sorts by name", [3132]),
    "sort-size-as-text": ("sizes are sorted as text", [3132]),
    "sort-rate-as-text": ("rates are sorted as text", [3132]),
    "sort-rate-is-size": ("SORT 6 sorts by size", [3132]),
    "sort-h239-ignored": ("H239 is not sorted", [3132]),
    "sort-h239-is-rate": ("SORT 7 sorts by rate", [3132]),
    "sort-last-out-of-place": ("one archive is out of place in sizes", [3132]),
    "media-conf-id-ignored": ("CONF_ID is not looked at", [3133, 3135]),
    "media-conf-id-prefix": ("CONF_ID is compared by its first character", [3133]),
    "media-archives-with-live": ("archives are listed with live streams among them", [3127]),
    "media-live-catalog": ("live streams have CATALOG 0", [3182]),
    "media-upload-two": ("UPLOAD is 0 or 2", [3183]),
    "media-h239-word": ("H239 is a word", [3176, 3178]),
    "media-code-five": ("QUICKCODE has five digits", [3192]),
    "media-first-group-shown": ("only one ACCESSID is shown", [3189]),
    "media-notin-all": ("NOTIN has all groups", [3191]),
    "media-set-unknown": ("SETMEDIAINFO of nothing answers RESULT 0", [3388]),
    "media-access-two-is-one": ("ACCESSTYPE 2 is stored as 1", [3186, 3359]),
    "media-pin-leaks": ("SETMEDIAINFO sets the first archive's PIN too", [3349, 3361]),
    "media-name-is-text": ("NAME is stored as DESCRIPTION", [3171, 3358]),
    "media-name-ascii": ("non-ASCII characters of NAME are dropped", [3170, 3357]),
    "media-deny-second": ("DENY_AUTO_DELETE can be set once only", [3187, 3360]),
    "media-pin-not-blanked": ("PIN cannot be made blank", [3188, 3361]),
    "media-text-64": ("64 characters of DESCRIPTION are stored", [3171, 3358]),
    "media-groups-add-up": ("ACCESSID adds to the groups", [3365]),
    "media-delete-unknown": ("DELMEDIAINFO of nothing answers RESULT 0", [3312]),
    "media-deleted-still-read": ("a deleted archive can be read by its CONF_ID", [3285]),
    "media-delete-neighbour": ("the archive after it is deleted", [3292]),
    "media-delete-protected-stays": ("DELMEDIAINFO confirms and keeps an archive with DENY_AUTO_DELETE", [3285, 3360]),
    "media-delete-catalog": ("DELMEDIAINFO's confirm has the other CATALOG", [3315]),
    # H.323
    "link-index-from-one": ("connections count from 1", [3495]),
    "link-status-index-missing": ("GETEPLINK has no STATUS_INDEX", [3497]),
    "link-paused-four": ("STATUS_INDEX of a paused connection is 4", [3497, 3499]),
    "link-words-stale": ("STATUS of a paused connection is what it was before", [3496]),
    "link-h239-two": ("H239 is 2", [3508]),
    "link-list-active-only": ("GETEPLINK lists 1024 and connections that record", [3469]),
    "link-cached": ("GETEPLINK's answer is kept for two seconds", [3469]),
    "link-unknown-accepted": ("steps of unknown connections answer RESULT 0", [3562, 3622, 3679, 3728]),
    "link-confirm-first-index": ("confirms have the first connection's INDEX", [3564, 3624, 3681, 3730]),
    "link-confirm-no-index": ("STOPROOMRECORD's confirm has no INDEX", [3730]),
    "link-start-pauses-others": ("starting one pauses those that record", [3535]),
    "link-pause-other": ("pausing one pauses another that records", [3605]),
    "link-pause-not-done": ("PAUSEROOMRECORD confirms and does nothing", [3595, 3622]),
    "link-second-pause-not-done": ("every second pause of a connection does nothing", [3595, 3622]),
    "link-continue-not-done": ("CONTINUEROOMRECORD confirms and does nothing", [3651, 3679]),
    "link-continue-restarts": ("CONTINUEROOMRECORD ends the recording and starts another", [3651]),
    "link-stop-of-paused-not-done": ("STOPROOMRECORD of a paused connection does nothing", [3703, 3728]),
    "link-stop-stops-all": ("STOPROOMRECORD stops all recordings", [3703, 3711]),
    "link-stop-hangs-up": ("STOPROOMRECORD ends the connection", [3703]),
    "link-stop-leaves-streaming": ("a paused connection streams after STOPROOMRECORD", [3703]),
    "hangup-not-done": ("HANGUP confirms and the connection stays", [3752]),
    "hangup-refused-while-paused": ("HANGUP fails while a recording is paused", [3752]),
    "hangup-takes-namesakes": ("HANGUP ends the others in the room too", [3752, 3760]),
    # what version 2.0 brought
    "cfs-status-three": ("GETCFSINFO's STATUS is 3", [3828]),
    "cfs-serial-missing": ("GETCFSINFO has no SERIAL", [3825]),
    "ldap-server-lost": ("SETLDAP does not store LDAP_SERVER", [3928, 3959]),
    "ldap-user-ascii": ("SETLDAP makes non-ASCII characters of LDAP_USER ?", [3929, 3960]),
    "ldap-off-clears": ("USE_LDAP 0 clears LDAP_USER", [3929, 3960]),
    "ldap-confirm-old": ("SETLDAP's confirm has the old values", [3978, 3979, 3980]),
    "multicast-confirm-enable": ("SETMULTICAST's ENABLE_MULTICAST is 2", [4040]),
    "multicast-confirm-addresses": ("SETMULTICAST's SAP_ADDRESS is the media's", [4041]),
    "stacking-master-missing": ("GETSTACKING has no MASTER", [4215]),
    "stacking-discover-follows": ("AUTODISCOVER becomes STACKING", [4214, 4229]),
    "stacking-group-lost": ("SETSTACKING does not store GROUPNAME", [4213, 4228]),
    "banner-for-all-languages": ("SETBANNER sets the banner of all languages", [4284]),
    "banner-default-is-chinese": ("SETBANNER without LANGUAGE sets the Chinese banner", [4284]),
    "banner-ascii": ("non-ASCII characters of BANNER_MSG become ?", [4285]),
}

SHOULD: dict[str, Fault] = {
    "status-disk-193": ("the disk is 193 percent full", [345]),
    "status-time-iso": ("TIME is written as in ISO 8601", [347, 360]),
    "status-time-frozen": ("TIMEVALUE does not go on", [348]),
    "media-duration-seconds": ("DURATION is a number of seconds", [3173, 3206]),
    "login-password-case": ("passwords are compared without regard to letter case", [159, 172]),
    "logging-levels-shared": ("SETLOGGING stores Q931_LEVEL as H245_LEVEL", [4089, 4090]),
    "os-hour-lost": ("SETOS does not store UPDATE_HOUR", [4157]),
    "multicast-port-shared": ("SETMULTICAST stores SAP_PORT as MEDIA_PORT", [4021, 4023]),
    "quick-never-linked": ("a quick record is never among the connections", [2910, 2956]),
    "quick-never-records": ("a quick record's connection never records", [2910]),
    "link-pause-from-menu": ("a connection in Menu can be paused and is Paused then", [3595, 3499]),
    "link-continue-from-menu": ("a connection in Menu can be continued and records then", [3651]),
    "ordinary-adds-users": ("an ordinary user can add users, though it may change nothing else", [195, 1401]),
}


# ------------------------------------------------------------------------------------------------- how to run


def toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def target_file(device: Device, host: str, port: int) -> str:
    lines = ["[target]", 'system = "rss2000"', f'name = "rss2000-birch-{device.personality}"', f"host = {json.dumps(host)}", f"clock_scale = {float(device.scale)!r}",
             "timeout = 5.0", "", "[target.ports]", f"xml = {port}", "", "[target.credentials]", f"user = {toml(device.users[0].name)}", f"password = {toml(device.users[0].password)}", "", "[target.fixtures]"]
    lines += [f"{key} = {toml(value)}" for key, value in device.fixtures().items()]
    lines += ["", "[target.allow]", *(f"{key} = true" for key in ("write", "disruptive", "destructive", "slow", "load"))]
    return "\n".join(lines) + "\n"


async def serve(device: Device, host: str, port: int, target: Path | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Link(device), host, port, backlog=1024)
    bound = int(server.sockets[0].getsockname()[1])
    if target:
        target.write_text(target_file(device, host, bound), "utf-8")
    print("READY " + json.dumps({"host": host, "ports": {"xml": bound}}), flush=True)
    async with server:
        await server.serve_forever()


def main() -> int:
    parser = argparse.ArgumentParser(description="A pretend RSS 2000 with personalities and faults.")
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
        print(json.dumps([{"name": name, "description": text, "lines": lines} for name, (text, lines) in faults[options.question].items()], indent=1))
        return 0
    device = Device(options.personality, options.fault, options.seed, options.clock_scale)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(device, options.host, options.port, options.write_target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
