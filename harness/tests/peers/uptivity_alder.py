"""A pretend Uptivity Discover API server ("alder"): the socket API, the WebAPI and the event stream over one seeded world.

Written from the vendor's document alone. `PERSONALITIES` are ways to behave that the document permits, `DOUBTFUL` ways on which a
reader may quarrel, `FAULTS` single deviations that it rules out, `SHOULD` deviations that only strain belief. Line numbers are
those of the document's text file. Where its tables and its examples differ, the default follows the tables. One event loop, no
threads: what one request does is done before the next is looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import random
import re
import socket
import sys
import time
import wave
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.parsers import expat

Node = tuple[str, Any]  # tag and text, or tag and list of nodes
MOST = 1 << 20  # bytes of one request
USERS = tuple(f"USER{n}" for n in range(1, 16))
CALL_FIELDS = ("GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLDIRECTION", "CALLID")
SIZES = {
    "DEVICEID": 64, "DEVICEALIAS": 15, "GROUP": 20, "GATE": 20, "ANI": 20, "DNIS": 20, "CALLID": 16, "CALLDIRECTION": 1, "STATIONNAME": 50,
    "SYS_USER": 30, "CRM_USER": 30, "SESSIONID": 255, "KEYVALUE": 255, "FIRSTNAME": 20, "LASTNAME": 30, "DOMAIN": 30, "EMAIL": 255,
    "EMPLOYEEID": 50, "GROUPNAME": 255, "DESCRIPTION": 255,
} | {name: 20 if n < 3 else 255 if n < 8 else 50 for n, name in enumerate(USERS)}
CODES = {
    0: "API_RECORDING_STARTED", 1: "API_ERROR_ALREADY_RECORDING", 4: "API_ERROR_UNKNOWN", 7: "API_DEVICE_NOT_IN_CALL", 8: "API_DEVICE_INVALID",
    10: "API_UNKNOWN_MESSAGE_TYPE", 11: "API_ERROR_PROCESSING_MESSAGE", 12: "API_DEVICE_NOT_RECORDING", 14: "API_REQUESTID_INVALID",
    15: "API_INVALID_REQUEST_TYPE", 16: "API_INVALID_MESSAGE_FORMAT", 17: "API_INVALID_MESSAGE_FORMAT", 20: "API_OK", 21: "API_ERROR_INVALID_ACTION",
    22: "API_ERROR_KEYS_NOT_UNIQUE", 23: "API_DATABASE_QUERY_ERROR", 24: "API_AGENT_NOT_FOUND", 25: "API_AGENT_NOT_ACTIVE",
    26: "API_BLANK_REQUIRED_VALUE", 27: "API_NO_GROUP", 28: "API_USER_NOT_FOUND", 30: "API_EVENT_TYPE_INVALID", 31: "API_ERROR_CLIENT_NOT_FOUND",
    32: "API_ERROR_ALREADY_MONITORING", 33: "API_SESSIONID_UNSPECIFIED", 34: "API_ERROR_RECORDER_NOT_RUNNING", 37: "API_RECORDING_UPDATED",
    38: "API_BLACKOUT_INVALID_STATE", 39: "API_UNLICENSED", 40: "API_RECORDID_INVALID", 41: "API_FILE_NOT_FOUND", 42: "API_AGENT_ALREADY_EXIST",
    44: "API_COMMAND_NOT_ALLOWED", 45: "API_EMAIL_NOT_VALID", 46: "API_PARTIAL_CORE_RESPONSE", 49: "API_COMMAND_NOT_SUPPORTED",
    50: "API_ROLE_ALREADY_EXISTS", 51: "API_PERMISSIONIDENT_NOT_FOUND", 52: "API_ROLE_NOT_FOUND", 53: "API_SITEID_NOT_VALID", 54: "API_USER_ALREADY_EXIST",
    99: "API_CONFLICT",
}
TEXTS = {
    7: "The device is not in a call", 8: "Could not find a device matching given parameters", 10: "Unknown message type", 12: "The device is not being recorded",
    14: "The REQUESTID is not valid", 15: "Invalid request type", 16: "A parameter is missing or not formatted correctly", 17: "A parameter is missing or not formatted correctly",
    21: "The ACTION is not one of those allowed", 23: "The database query failed", 24: "Could not find an agent matching given parameters",
    26: "A required value is blank", 28: "Could not find the user", 33: "No SESSIONID", 40: "There is no such recording", 41: "Could not find the file",
    45: "The email address is not valid", 49: "The function is not supported", 50: "The role exists already", 52: "Could not find the role", 54: "The user exists already",
}
DEPRECATED = ("IMPORTSTATION", "MODECHANGE", "EXTENSIONPLAYBACKSTART", "EXTENSIONPLAYBACKSTOP", "RECORDINGDEVICE", "RECORDINGDEVICEALIAS", "IMPORTAGENT")
FORMATS = ("WAV", "MP3", "VOX", "M4A", "CAV")
MIME = {"WAV": "audio/wav", "MP3": "audio/mpeg", "VOX": "audio/x-vox", "M4A": "audio/mp4", "CAV": "application/octet-stream"}
STATES = ("On Hook", "Off Hook", "Recording", "Playback", "Waiting", "Error", "Resetting", "Recording Prep", "Finish Recording", "Dialing For Playback")
COLUMNS = {"ident": "id", "device_id": "device", "deviceid": "device", "device_alias": "alias", "devicealias": "alias", "sgroup": "GROUP", "recording_time": "time", "filename": "filename",
           "agent_id": "agent", "calldirection": "CALLDIRECTION"} | {name.lower(): name for name in CALL_FIELDS}  # fmt: skip
ID_KEYS = ("DEVICEID", "DEVICEALIAS", "SYS_USER", "CRM_USER")
SCHEMAS = {
    "CALLSTART": ("CALL", "GLOBALCALLID DEVICEID DEVICEALIAS SYS_USER CRM_USER GATE ANI DNIS AGENTID U1-15 GROUP CALLINSTANCE CALLDIRECTION STATION ISTRUNK KEEPDAYS ARCHIVEACTION STARTTIME COREIDENT"),
    "CALLSTOP": ("CALL", "DEVICEALIAS SYS_USER CRM_USER GATE ANI DNIS AGENTID U1-10 CALLINSTANCE U11-15 GROUP KEEPDAYS ARCHIVEACTION GLOBALCALLID DEVICEID COREIDENT"),
    "RECORDINGSTARTED": ("RECORD", "DEVICEID FILENAME CHANNEL ERRORREASON GLOBALCALLID DEVICEALIAS GATE ANI DNIS AGENTID U1-13 CALLINSTANCE U14-15 GROUP KEEPDAYS ARCHIVEACTION COREIDENT"),
    "RECORDINGSTOPPED": ("RECORD", "GLOBALCALLID DEVICEID DEVICEALIAS GATE ANI DNIS AGENTID U1-5 KEEPDAYS RECORDID COREIDENT"),
    "RECORDINGUPDATE": ("RECORD", "GLOBALCALLID DEVICEID KEEPDAYS FILENAME RECORDID COREIDENT"),
}
SCHEMAS["RECORDINGPAUSED"] = SCHEMAS["RECORDINGRESUMED"] = SCHEMAS["RECORDINGSTARTED"]


def spread(text: str) -> list[str]:
    """The fields that a schema names; U1-5 stands for five of them."""
    out: list[str] = []
    for word in text.split():
        found = re.fullmatch(r"U(\d+)-(\d+)", word)
        out += USERS[int(found[1]) - 1 : int(found[2])] if found else [word]
    return out


EVENT_FIELDS = {name: spread(text) for name, (_, text) in SCHEMAS.items()}


@dataclass(slots=True, kw_only=True)
class Ways:
    """Choices that the document leaves, or on which it contradicts itself."""

    layout: str = "line"  # line, crlf, lf, indent
    declaration: bool = False
    empty: str = "pair"  # pair, self, absent
    order: str = "type"  # type, id: which of REQUESTTYPE and REQUESTID comes first
    error_type: str = "label"
    message: str = "text"
    amp: str = "escape"
    non_ascii: str = "utf"  # utf, charref
    missing: int = 16
    unknown_type: int = 10
    no_type: int = 15
    rid_zero: str = "refuse"
    rid_missing: int = 14  # 20: served
    rid_bad: str = "sent"  # what an answer to a bad one carries
    requesttype: str = "accept"
    strip: str = "trim"
    fold_type: bool = True
    fold_names: bool = True
    echo: str = "upper"
    station: str = "STATIONNAME"
    callid: str = "device"
    space: str = "RECORDINGSPACEINFO"
    state: str = "integer"
    old_channel_fields: bool = True
    yes: str = "Y"
    no: str = "N"
    trunk: str = "value"
    search_head: bool = True
    search_type: str = "REQUESTTYPE"
    search_count: bool = False
    event_blank: bool = False
    event_users: str = "example"
    event_empty: str = "pair"
    event_first: bool = False
    event_again: str = "replace"
    event_class_unknown: int = 30
    event_class_blank: str = "all"
    event_module: str = "Api"
    event_xref: str = "0"
    event_delay: float = 0.0
    event_web: int = 20
    unknown_parameter: str = "ignore"
    long: str = "cut"
    live_long: bool = False  # live values are not cut
    blank: str = "keep"  # keep: a blank value changes nothing; clear
    ascii_only: bool = False
    role_exists: int = 50
    user_exists: int = 54
    user_username: int = 54
    user_unknown: int = 28
    need_password: bool = False
    action_case: bool = True
    action_missing: int = 21
    list_deleted: str = "hidden"
    list_names: str = "table"
    agent_key: str = "AGENTID"
    phone_conflict: int = 23
    phone_again: int = 20
    phone_fallback: bool = True
    group_unknown: int = 23
    group_key: str = "GROUPLD"
    parameters_sent: bool = True
    permission_again: int = 20
    unknown_device: str = "create"
    no_device: int = 8
    alias_without_agent: str = "find"
    offset: str = "start"
    stop_none: int = 20
    stop_last: str = "active"
    update_none: int = 7
    same_call: str = "replace"
    record_none: int = 12
    recordstop_none: int = 20
    partial_listed: bool = True
    schedule: str = "all"  # all, agents
    record_delay: float = 0.0
    save_delay: float = 0.0
    recordid_unknown: int = 40
    sent_text: str = "list"  # list: as the parameter pages say; function: as the examples do
    cores: tuple[int, ...] = (1,)
    down: tuple[int, ...] = ()
    devices_wrap: bool = True
    status_none: int = 8
    status_all: bool = False
    status_ended: bool = False
    status_word: str = "recordpaused"
    status_shape: str = "nested"
    list_order: str = "newest"
    list_none: int = 20
    filter_case: bool = True
    chat_listed: bool = False
    session_unknown: int = 20
    blackout_none: int = 20
    blackout_two: int = 16
    blackout_allowed: bool = True
    blackout_lasts: bool = False
    blackout_silent: bool = False
    deprecated: int = 49
    export_socket: int = 49
    combined_format: str = "asked"
    wav: str = "8"
    zip_name: str = "{}.{}"
    mail: bool = True
    http_error: int = 200
    http_type: str = "text/xml; charset=utf-8"
    http_chunked: bool = False
    http_close: bool = False
    http_end: str = "\r\n"
    post: int = 405
    plus: str = "blank"
    delay: float = 0.0
    segments: int = 0
    zone: int = 0
    malformed: str = "error"
    bare_amp: str = "accept"


class Refused(Exception):
    """A request that ends in an error: its code and perhaps a text."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text)
        self.code, self.text = code, text


class Malformed(Exception):
    """What is no request."""


@dataclass(slots=True, kw_only=True)
class Agent:
    """An agent; users of the system are agents too."""

    id: int
    first: str
    last: str
    employee: str = ""
    status: str = "A"
    added: float = 0.0
    modified: float = 0.0
    sys: str = ""
    domain: str = ""
    email: str = ""
    crm: str = ""
    username: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Recording:
    """A recording, under way or finished."""

    id: int
    device: str
    alias: str
    fields: dict[str, str]
    agent: int
    first: str
    last: str
    sys: str
    crm: str
    time: int
    duration: int = 0
    filename: str = ""
    instance: str = ""
    keepdays: str = "30"
    archive: str = "-1"
    core: int = 1
    global_id: str = ""
    state: str = "recording"


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """An instance on a device."""

    device: Phone
    instance: str
    order: int
    start: float
    stop: float = 0.0
    alias: str = ""
    station: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    keepdays: str = "30"
    archive: str = "-1"
    active: bool = True
    main: Recording | None = None
    partials: list[Recording] = field(default_factory=list)
    paused: bool = False
    blackout: int = 0  # counts the blackouts that were begun or called off
    global_id: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Phone:
    """A device."""

    id: str
    alias: str = ""
    trunk: bool = False
    core: int = 1
    calls: list[Call] = field(default_factory=list)


@dataclass(slots=True)
class Query:
    """A request: names (in capitals) and values."""

    type: str
    sent_type: str
    values: dict[str, str]
    road: str
    link: Any = None
    rid: str | None = None
    raw: list[tuple[str, str]] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(slots=True)
class Reply:
    """An answer: code, text and further elements; or a body that is no XML."""

    code: int = 20
    text: str = "API_OK"
    extra: list[Node] = field(default_factory=list)
    body: bytes | None = None
    mime: str = ""


def read_document(payload: bytes, bare_amp: bool) -> tuple[str, list[tuple[str, str]]]:
    """The root's name and its children, flat. Attributes are ignored; a document type declaration is not accepted."""
    if bare_amp and b"&" in payload:
        payload = re.sub(rb"&(?!#?\w+;)", b"&amp;", payload)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    stack: list[str] = []
    text: list[str] = []
    root: list[str] = []
    children: list[tuple[str, str]] = []

    def start(name: str, _attributes: Any) -> None:
        if not stack:
            root.append(name)
        elif len(stack) > 1:
            raise Malformed("elements in elements")
        stack.append(name)
        text.clear()

    def end(name: str) -> None:
        stack.pop()
        if len(stack) == 1:
            children.append((name, "".join(text)))
        text.clear()

    def doctype(*_: Any) -> None:
        raise Malformed("document type")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(payload, True)
    except expat.ExpatError as error:
        raise Malformed(str(error)) from None
    return root[0], children


class Framer:
    """Cuts a stream into documents: a line end that follows a complete root element ends one."""

    def __init__(self, strict: bool = False) -> None:
        self.buffer = b""
        self.seen = 0
        self.strict = strict

    def feed(self, data: bytes) -> list[bytes]:
        self.buffer += data
        out = []
        while (end := self.buffer.find(b"\n", self.seen)) >= 0:
            self.seen = end + 1
            document = self.buffer[: self.seen].strip()
            if not document:
                self.buffer, self.seen = self.buffer[self.seen :], 0
            elif self.strict or self.complete(document):
                out.append(document)
                self.buffer, self.seen = self.buffer[self.seen :], 0
                self.take(document)
        if len(self.buffer) > MOST:
            raise OverflowError
        return out

    def take(self, document: bytes) -> None:
        """Leave behind what a malformed document has on later lines, if it is there."""
        rest = self.buffer
        end = re.search(rb"</REQUEST\s*>[ \t]*\r?\n", rest)
        if end and b"<REQUEST" not in rest[: end.start()] and not re.search(rb"</REQUEST\s*>", document):
            self.buffer = rest[end.end() :]

    @staticmethod
    def complete(document: bytes) -> bool:
        """Whether the root is closed, or can never be."""
        parser = expat.ParserCreate()
        try:
            parser.Parse(re.sub(rb"&(?!#?\w+;)", b"&amp;", document) if b"&" in document else document, False)
        except expat.ExpatError:
            return True
        try:
            parser.Parse(b"", True)
        except expat.ExpatError:
            return False
        return True


class World:
    """Everything behind both roads. A fault is a name; `self.bad(name)` tells whether it is the one to have."""

    def __init__(self, ways: Ways, fault: str | None, seed: int, scale: float) -> None:
        self.ways, self.fault, self.scale = ways, fault, scale
        self.began = (time.time(), time.monotonic())
        self.random = random.Random(seed)
        self.links: list[Link] = []
        self.subscribers: dict[Link, set[str]] = {}
        self.outbox: list[tuple[str, list[Node]]] = []
        self.events_sent = 0
        self.order = 0
        self.tick = 0
        self.last_rid = "1"
        self.last_values: dict[str, str] = {}
        self.chats: dict[str, Any] = {}
        self.dark: set[int] = set()  # agents in a blackout that concerns calls to come, too
        self.road = "socket"
        self.populate()

    def bad(self, name: str) -> bool:
        return self.fault == name

    def now(self) -> float:
        return self.began[0] + (time.monotonic() - self.began[1]) * self.scale

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Do something after some wall seconds, and tell of the events it causes."""

        def run() -> None:
            what()
            self.flush()

        asyncio.get_running_loop().call_later(seconds, run)

    # -- the population

    def populate(self) -> None:
        rnd, base = self.random, self.random.randrange(20, 60) * 100
        people = [("Mary", "Turner"), ("Ivo", "Novak"), ("Aisha", "Khan"), ("Peter", "Lang"), ("Lucia", "Rossi"), ("Tom", "Becker")]
        rnd.shuffle(people)
        self.phones: dict[str, Phone] = {}
        self.owners: dict[str, int] = {}
        self.agents: dict[int, Agent] = {}
        self.recordings: dict[int, Recording] = {}
        cores = [one for one in self.ways.cores if one not in self.ways.down]
        started = self.now()
        for n, (first, last) in enumerate(people):
            name = (first[0] + last).lower()
            self.agents[11 + n] = Agent(
                id=11 + n, first=first, last=last, employee=f"E{rnd.randrange(1000, 9999)}{n}", added=started - 9_000_000, modified=started - 4_000_000,
                sys=f"net.{name}", domain="example", email=f"{name}@example.com", crm=f"CRM{name.upper()}", username=f"u{name}",
            )  # fmt: skip
            phone = Phone(id=str(base + n), alias=f"A{base + 500 + n}", core=cores[n % len(cores)])
            self.phones[phone.id] = phone
            self.owners[phone.id] = 11 + n
        self.next_agent = 11 + len(people)
        self.with_agent = list(self.phones)
        self.without, self.never = [str(base + 20 + n) for n in range(3)], [str(base + 30 + n) for n in range(3)]
        self.trunks = [str(base + 70), str(base + 71)]
        for number in (*self.without, *self.never, *self.trunks):
            self.phones[number] = Phone(id=number, alias=f"B{number}", trunk=number in self.trunks, core=cores[0])
        self.stations: dict[str, str] = {f"PC-{number}": number for number in [*self.with_agent, self.without[0]]}
        self.computers = {f"ws{number}": self.owners[number] for number in self.with_agent}
        self.locations, self.sites = [1, 2, 3], [1, 2]
        self.groups = {5: "Sales & Marketing", 6: "Support", 7: "Night shift"}
        self.permissions: set[tuple[Any, ...]] = set()
        self.roles = {3: ("Supervisors", "Those who listen"), 4: ("Trainers", "Those who teach"), 5: ("Auditors", "")}
        self.terms = [("agent", "Agent"), ("ani", "CallerID ANI"), ("callcopygroup", "CallCopy group"), ("devicealias", "Agent Number"), ("deviceid", "Voice Port"),
                      ("dnis", "Number Called DNIS"), ("gate", "ACD Gate"), ("group", "Group"), ("user1", "Account Number"), ("user2", "CSN")]  # fmt: skip
        self.next_record = 13000 + rnd.randrange(500)
        self.next_global = 90
        gates, groups = ("prize", "billing", "orders"), ("MANAGER", "SALES", "DESK")
        for n in range(16):
            number = [*self.with_agent, *self.without][(n * 5) % 9]
            phone = self.phones[number]
            fields = dict.fromkeys(CALL_FIELDS, "")
            fields |= {"GROUP": groups[n % 3], "GATE": gates[n % 2], "ANI": f"614555{1000 + n * 7}", "DNIS": f"888922{2000 + n % 4}", "USER1": f"Level {n % 4}"}
            fields |= {"USER2": f"CU{seed_text(rnd)}{n:03d}", "USER3": str(12345 + n % 5), "USER7": f"note of call {n}", "USER12": f"t{n % 3}", "CALLDIRECTION": "IO"[n % 2]}
            when = int(started) - 86_400 * 20 + n * 86_400 + rnd.randrange(40_000)
            recording = self.recording(phone, fields, when)
            recording.state, recording.duration, recording.filename = "done", 2 + n % 7, self.filename(phone, when)
        for number in {one.device for one in self.recordings.values()}:
            last = max((one for one in self.recordings.values() if one.device == number), key=lambda one: one.time)
            self.order += 1
            phone = self.phones[number]
            phone.calls.append(Call(device=phone, instance="", order=self.order, start=last.time, stop=last.time + last.duration, alias=phone.alias, fields=dict(last.fields), active=False, main=last))
        self.channels = list(range(1, 5))

    def fixtures(self) -> dict[str, Any]:
        agents = list(self.agents.values())
        done = sorted(self.recordings.values(), key=lambda one: one.id)
        return {
            "device_ids": list(self.phones), "device_aliases": [one.alias for one in self.phones.values()],
            "device_ids_without_agent": self.without, "device_ids_never_recorded": self.never, "trunk_device_ids": self.trunks,
            "agent_ids": [one.id for one in agents], "agent_first_names": [one.first for one in agents], "agent_last_names": [one.last for one in agents],
            "agent_device_ids": self.with_agent, "employee_ids": [one.employee for one in agents], "sys_users": [one.sys for one in agents],
            "crm_users": [one.crm for one in agents], "usernames": [one.username for one in agents],
            "group_names": list(self.groups.values()), "group_ids": list(self.groups), "role_names": [name for name, _ in self.roles.values()], "role_ids": list(self.roles),
            "recording_ids": [one.id for one in done], "recording_user2": [one.fields["USER2"] for one in done], "recording_device_ids": [one.device for one in done],
            "recording_times": [one.time for one in done], "station_names": list(self.stations), "station_device_ids": list(self.stations.values()),
            "computer_names": list(self.computers), "location_ids": self.locations, "site_ids": self.sites, "media_formats": list(FORMATS),
        }  # fmt: skip

    # -- small things

    def date(self, when: float) -> str:
        if not when:
            return ""
        parts = time.gmtime(when + 3600 * self.ways.zone)
        return f"{parts.tm_mon}/{parts.tm_mday}/{parts.tm_year} {parts.tm_hour % 12 or 12}:{parts.tm_min:02d}:{parts.tm_sec:02d} {'AP'[parts.tm_hour >= 12]}M"

    def filename(self, phone: Phone, when: float) -> str:
        parts = time.gmtime(when + 3600 * self.ways.zone)
        return time.strftime(f"C:\\Recordings\\%Y%m%d\\{phone.id}\\{phone.id}-%H-%M-%S.wav", parts)

    def agent_of(self, device: str) -> Agent | None:
        return self.agents.get(self.owners.get(device, -1))

    def recording(self, phone: Phone, fields: dict[str, str], when: int, instance: str = "") -> Recording:
        agent = self.agent_of(phone.id)
        self.next_record += 1
        self.next_global += 1
        one = Recording(
            id=self.next_record, device=phone.id, alias=phone.alias, fields=dict(fields), agent=agent.id if agent else 0, first=agent.first if agent else "",
            last=agent.last if agent else "", sys=agent.sys if agent else "", crm=agent.crm if agent else "", time=when, filename=self.filename(phone, when),
            instance=instance, core=phone.core, global_id=f"{self.next_global:015d}",
        )  # fmt: skip
        self.recordings[one.id] = one
        if len(self.recordings) > 6000:  # those of the fixtures stay
            for old in list(self.recordings)[16:2016]:
                if self.recordings[old].state in ("done", "hidden"):
                    del self.recordings[old]
        return one

    def finished(self) -> list[Recording]:
        return [one for one in self.recordings.values() if one.state == "done"]

    def cut(self, name: str, value: str, live: bool = False) -> str:
        """A value as it is stored."""
        if self.bad("store-user4-20") and name == "USER4" or self.bad("store-user9-40") and name == "USER9":
            value = value[: 20 if name == "USER4" else 40]
        if self.bad("store-leading-zeros") and name in USERS and value.isdigit():
            value = value.lstrip("0")
        if self.ways.ascii_only:
            value = value.encode("ascii", "replace").decode()
        size = SIZES.get(name)
        if size is None or len(value) <= size or self.ways.long == "keep" or (live and self.ways.live_long):
            return value
        if self.ways.long == "refuse":
            raise Refused(16, f"{name} is too long")
        return value[:size]

    # -- events

    def emit(self, name: str, call: Call | None, one: Recording | None) -> None:
        """Put an event into the outbox. Its values are those of now."""
        if self.bad("event-web-silent") and self.road == "web":
            return
        silent = {"event-callstop-missing": "CALLSTOP", "event-update-missing": "RECORDINGUPDATE", "event-paused-missing": "RECORDINGPAUSED", "event-resumed-missing": "RECORDINGRESUMED",
                  "event-stopped-missing": "RECORDINGSTOPPED"}  # fmt: skip
        if silent.get(self.fault or "") == name:
            return
        event_class = SCHEMAS[name][0]
        values = dict(self.event_values(call, one))
        if self.bad("event-value-of-previous"):
            values, self.last_values = values | {key: self.last_values.get(key, "") for key in USERS}, values
        if self.bad("event-device-first") and name == "RECORDINGSTOPPED":
            values["DEVICEID"] = next(iter(self.phones))
        if self.bad("event-instance-blank"):
            values["CALLINSTANCE"] = ""
        if self.bad("event-record-next") and name == "RECORDINGUPDATE":
            values["RECORDID"] = str(int(values["RECORDID"]) + 1)
        if self.bad("event-agent-wrong") and values["AGENTID"]:
            values["AGENTID"] = str(int(values["AGENTID"]) + 1)
        names = EVENT_FIELDS[name]
        if name == "RECORDINGSTOPPED" and self.ways.event_users == "all":
            names = [*names[:-3], *USERS[5:], *names[-3:]]
        if self.bad("event-no-core") and name == "CALLSTOP":
            names = names[:-1]
        if self.bad("event-users-five") and name == "RECORDINGSTARTED":
            names = [one for one in names if one not in USERS[5:]]
        if self.bad("event-no-device") and name == "RECORDINGSTARTED":
            names = names[1:]
        data = [(key, values.get(key, "")) for key in names if self.ways.event_empty == "pair" or values.get(key, "")]
        if self.bad("event-class-wrong") and name == "RECORDINGSTARTED":
            event_class = "CALL"
        kind = " " + name if self.ways.event_blank and name in ("RECORDINGPAUSED", "RECORDINGRESUMED") else name
        if self.bad("event-type-wrong") and name == "RECORDINGRESUMED":
            kind = "RECORDINGSTARTED"
        module = self.ways.event_module if name not in ("RECORDINGSTOPPED", "RECORDINGUPDATE") else ""
        node = [("EVENTCLASS", event_class), ("EVENTTYPE", kind), ("MODULE", module), ("EVENTXREF", self.ways.event_xref), ("EVENTDATA", data)]
        self.outbox.append((event_class, node))
        if self.bad("event-callstart-twice") and name == "CALLSTART":
            self.outbox.append((event_class, node))

    def event_values(self, call: Call | None, one: Recording | None) -> Iterable[tuple[str, str]]:
        phone = call.device if call else self.phones[one.device] if one else Phone(id="")
        fields = call.fields if call else one.fields if one else {}
        if call and one and one is not call.main:
            fields = one.fields
        agent = self.agent_of(phone.id)
        yield from fields.items()
        yield from {
            "DEVICEID": phone.id, "DEVICEALIAS": (call.alias if call else one.alias if one else "") or phone.alias, "SYS_USER": agent.sys if agent else "", "CRM_USER": agent.crm if agent else "",
            "AGENTID": str(agent.id) if agent else "", "GLOBALCALLID": one.global_id if one else call.global_id if call else "", "CALLINSTANCE": call.instance if call else one.instance if one else "",
            "STATION": self.station_of(call) if call else "", "ISTRUNK": self.flag(phone.trunk), "KEEPDAYS": call.keepdays if call else "30", "ARCHIVEACTION": call.archive if call else "-1",
            "STARTTIME": self.date(call.start if call else 0), "COREIDENT": str(phone.core), "FILENAME": one.filename if one else "", "CHANNEL": "1", "ERRORREASON": "NONE", "RECORDID": str(one.id) if one else "",
        }.items()  # fmt: skip

    def flush(self) -> None:
        """Send what is in the outbox."""
        batch, self.outbox = self.outbox, []
        if not batch:
            return
        if self.ways.event_delay:
            asyncio.get_running_loop().call_later(self.ways.event_delay, self.deliver, batch)
        else:
            self.deliver(batch)

    def deliver(self, batch: list[tuple[str, list[Node]]]) -> None:
        for event_class, node in batch:
            self.events_sent += 1
            if self.bad("event-stops") and self.events_sent > 25:
                return
            if self.bad("event-tenth-lost") and self.events_sent % 10 == 0:
                continue
            text = self.document("CALLCOPYEVENT", node, events=True)
            links = [(link, wanted) for link, wanted in self.subscribers.items() if not link.gone]
            if self.bad("event-last-subscriber"):
                links = links[-1:]
            if self.bad("event-to-all"):
                links = [(link, {"ALL"}) for link in self.links if not link.gone]
            for link, wanted in links:
                if "ALL" in wanted or event_class in wanted or self.bad("event-class-unfiltered") or (self.bad("event-record-hears-callstop") and "CALLSTOP" in text[:90]):
                    data = text.encode()
                    if self.bad("frame-event-glued"):
                        data = data.rstrip(b"\r\n")
                    if self.bad("event-in-reply"):
                        link.held = data
                    else:
                        link.send(data)

    # -- XML

    def escape(self, value: str) -> str:
        if "&" in value:
            if self.ways.amp == "bare":  # but what would be read as a reference
                value = re.sub(r"&(?=#?\w+;)", "&amp;", value)
            else:
                value = value.replace("&", "&amp;" if self.ways.amp == "escape" else "&#38;")
        if "<" in value and not self.bad("xml-lt-bare"):
            value = value.replace("<", "&lt;")
        if ">" in value:
            value = value.replace(">", "&gt;")
        if "\r" in value:
            value = value.replace("\r", "&#13;")
        if self.ways.non_ascii == "charref" and not value.isascii():
            value = value.encode("ascii", "xmlcharrefreplace").decode()
        return "".join(c for c in value if c >= " " or c in "\t\n\r") if not value.isprintable() else value

    def lines(self, nodes: list[Node], level: int, out: list[str]) -> None:
        pad = "  " * level if self.ways.layout == "indent" else ""
        for tag, value in nodes:
            if isinstance(value, list):
                out.append(f"{pad}<{tag}>")
                self.lines(value, level + 1, out)
                out.append(f"{pad}</{tag}>")
            elif value:
                out.append(f"{pad}<{tag}>{self.escape(value)}</{tag}>")
            elif self.ways.empty == "pair":
                out.append(f"{pad}<{tag}></{tag}>")
            elif self.ways.empty == "self":
                out.append(f"{pad}<{tag}/>")

    def document(self, root: str, nodes: list[Node], *, events: bool = False) -> str:
        out = [f"<{root}>"]
        if self.ways.declaration:
            out.insert(0, '<?xml version="1.0" encoding="utf-8"?>')
        self.lines(nodes, 1, out)
        out.append(f"</{root}>")
        glue = {"line": "", "crlf": "\r\n", "lf": "\n", "indent": "\r\n"}[self.ways.layout]
        return glue.join(out) + "\r\n"

    # -- one request

    def answer(self, query: Query) -> tuple[Reply, str]:
        """What a request gets: the reply and its document."""
        self.road = query.road
        self.tick += 1
        try:
            reply = self.dispatch(query)
        except Refused as refused:
            reply = Reply(refused.code, refused.text or TEXTS.get(refused.code, ""))
        return reply, self.render(query, reply)

    def dispatch(self, query: Query) -> Reply:
        ways = self.ways
        kind = query.type
        self.check_rid(query)
        if not kind:
            raise Refused(ways.no_type)
        if kind in DEPRECATED:
            if self.bad("deprecated-ok") and kind == "MODECHANGE":
                return Reply()
            if self.bad("deprecated-imports") and kind == "IMPORTAGENT":
                return self.do_importuser(query)
            raise Refused(ways.deprecated, f"{kind} is not supported")
        if ways.strip == "collapse":
            query.values = {name: " ".join(value.split()) for name, value in query.values.items()}
        known = PARAMETERS.get(kind)
        if known is None or (self.bad("web-no-calllist") and query.road == "web" and kind == "CALLLIST"):
            raise Refused(ways.unknown_type)
        if ways.unknown_parameter == "refuse" and any(name not in known for name in query.values):
            raise Refused(16, "unknown parameter")
        if query.road == "socket" and kind in ("EXPORT", "COMBINEDEXPORT", "COMBINEEXPORT", "MULTIEXPORT"):
            raise Refused(ways.export_socket)
        if query.road == "web" and self.bad("web-user15"):
            query.values.pop("USER15", None)
        if query.road == "web" and self.bad("web-instance-lost"):
            query.values.pop("CALLINSTANCE", None)
        return HANDLERS[kind](self, query)

    def check_rid(self, query: Query) -> None:
        ways, sent = self.ways, query.rid
        if sent is None or not sent.strip():
            if ways.rid_missing != 20:
                raise Refused(ways.rid_missing)
            query.rid = "0"
            return
        text = sent.strip()
        wrong = 16 if self.bad("rid-wrong-code") else 14
        if not re.fullmatch(r"\+?\d{1,30}|-\d{1,30}", text, re.ASCII):
            raise Refused(wrong)
        number = int(text)
        query.rid = str(number)
        if number == 0 and (ways.rid_zero == "accept" or query.type == "EVENTS"):
            return
        if number < 1 and not (self.bad("rid-negative") and number < 0):
            raise Refused(wrong)
        if number > 2147483647 and not (self.bad("rid-too-high") and number < 4294967296) and not (self.bad("rid-web-high") and query.road == "web"):
            raise Refused(wrong)
        if number == 2147483647 and self.bad("rid-maximum-refused"):
            raise Refused(wrong)
        if self.bad("rid-unique") and query.link is not None:
            if number in query.link.used:
                raise Refused(14)
            query.link.used.add(number)

    def render(self, query: Query, reply: Reply) -> str:
        ways, code = self.ways, reply.code
        rid = query.rid or ""
        if code == 14:
            rid = {"sent": rid, "zero": "0", "absent": ""}[ways.rid_bad]
        if self.bad("rid-zero-errors") and code not in (20, 14):
            rid = "0"
        if self.bad("rid-16-bits") and rid.isdigit():
            rid = str(int(rid) & 0xFFFF)
        if self.bad("rid-24-bits-web") and rid.isdigit() and query.road == "web":
            rid = str(int(rid) & 0xFFFFFF)
        if self.bad("rid-stale") and query.type == "CALLUPDATE":
            rid = self.last_rid
        self.last_rid = query.rid or ""
        kind = query.type if ways.echo == "upper" else query.sent_type
        if self.bad("type-recordstop") and query.type == "RECORDSTOP":
            kind = "CALLSTOP"
        if self.bad("type-status") and query.type == "DEVICESTATUS":
            kind = "DEVICELIST"
        good = code in (20, 46)
        label = CODES.get(code, "API_ERROR_UNKNOWN")
        if ways.error_type == "ERROR" and not good:
            text, label = (reply.text or label, "ERROR") if ways.message == "text" else (label, "ERROR")
        else:
            text = reply.text if ways.message == "text" else label
        number = str(code)
        if code == 8:
            if self.bad("code-8-label"):
                label = CODES[24]
            if self.bad("web-other-code") and query.road == "web":
                number, label = "24", CODES[24]
        if self.bad("code-ok-0") and query.type == "CHATSTART" and code == 20:
            number = "0"
        if self.bad("code-ok-21-again") and code == 20 and self.tick % 15 == 0:
            number = "21"
        head: list[Node] = [("REQUESTTYPE", kind), ("REQUESTID", rid)]
        if not kind:
            head = head[1:]
        if code == 14 and ways.rid_bad == "absent":
            head = head[:-1]
        if ways.order == "id":
            head.reverse()
        searches = query.type in ("CALLLIST", "FETCHTERMINOLOGY") and good
        if searches and query.type == "CALLLIST":
            head = [(ways.search_type if tag == "REQUESTTYPE" else tag, value) for tag, value in head]
        if self.bad("rid-web-missing") and query.road == "web":
            head = [one for one in head if one[0] != "REQUESTID"]
        results = [("RESULTTYPE", label), ("RESULTCODE", number), ("RESULTMSG", text or label)]
        if self.bad("result-no-code") and not good or (self.bad("result-no-message") and query.type == "BLACKOUTSTOP"):
            results = results[:1] + results[2:] if self.bad("result-no-code") else results[:2]
        if searches and not ways.search_head:
            results = []
        root = "RESPONSE" if self.bad("xml-root") and query.type == "CHATSTOP" else "RESULT"
        nodes = head + results + reply.extra
        if query.link is not None and query.link.held and self.bad("event-in-reply"):
            held, query.link.held = query.link.held.decode().strip(), b""
            return self.document(root, nodes).replace("</RESULTMSG>", "</RESULTMSG>" + held, 1)
        text = self.document(root, nodes)
        if self.bad("xml-agents-outside") and query.type == "IMPORTUSER" and "<AGENTS>" in text:
            body = text.rstrip()
            text = body.replace("</RESULT>", "").replace("<AGENTS>", "</RESULT><AGENTS>") + "\r\n"
        if self.bad("xml-end-missing") and query.type == "DEVICELIST" and text.count("<DEVICE>") > 5:
            text = text.replace("</DEVICE></DEVICES>", "</DEVICES>")
        if self.bad("xml-tag-case") and query.type == "STATIONS":
            text = text.replace("</STATIONS>", "</Stations>")
        if (self.bad("frame-no-end-long") and len(text) > 3000) or (self.bad("frame-no-end-errors") and not good):
            text = text.rstrip()
        return text


def seed_text(rnd: random.Random) -> str:
    return str(rnd.randrange(100, 999))


class Device(World):
    """The functions."""

    # -- finding

    def flag(self, trunk: bool) -> str:
        return "" if self.ways.trunk == "blank" else self.ways.yes if trunk else self.ways.no

    def yes_no(self, value: bool) -> str:
        return self.ways.yes if value else self.ways.no

    def need(self, query: Query, *names: str) -> None:
        for name in names:
            if not query.get(name):
                raise Refused(self.ways.missing, f"{name} is missing")

    def action(self, query: Query, *allowed: str, fault: str = "") -> str:
        action = query.get("ACTION")
        if not action:
            if self.bad("need-action") and "ADD" in allowed and query.type == "MODIFYGROUPPERMISSION":
                return "ADD"
            raise Refused(self.ways.action_missing)
        if self.ways.action_case:
            action = action.upper()
        if action not in allowed:
            if self.bad("action-prefix") and action[:1] in {one[:1] for one in allowed}:
                return next(one for one in allowed if one[:1] == action[:1])
            if fault and self.bad(fault):
                return "ADD"
            raise Refused(21)
        return action

    def agent_by(self, kind: str, value: str) -> Agent | None:
        for agent in self.agents.values():
            if agent.status != "D" and value and getattr(agent, kind) == value:
                return agent
        return None

    def phones_of(self, agent: Agent) -> list[Phone]:
        return [self.phones[number] for number, owner in self.owners.items() if owner == agent.id and number in self.phones]

    def find(self, query: Query, *, chat: bool = False) -> Phone | None:
        """The device that a request names. None if it names one that is not there."""
        if number := query.get("DEVICEID"):
            return self.phones.get(number)
        if self.bad("find-blank-deviceid") and "DEVICEID" in query.values:
            return None
        if name := query.get("STATIONNAME"):
            if self.bad("find-station") or name not in self.stations:
                return None
            return self.phones.get(self.stations[name])
        if alias := query.get("DEVICEALIAS"):
            for phone in self.phones.values():
                if phone.alias == alias and (self.ways.alias_without_agent == "find" or phone.id in self.owners):
                    return phone
            return None
        for name, kind in (("SYS_USER", "sys"), ("CRM_USER", "crm")):
            if value := query.get(name):
                if self.bad("find-crm-not-looked-up") and name == "CRM_USER":
                    return None
                agent = self.agent_by(kind, value)
                phones = self.phones_of(agent) if agent else []
                if self.bad("find-user-first") and agent:
                    return next(iter(self.phones.values()))
                if not phones:
                    return None
                busy = [one for one in phones if any(call.active for call in one.calls)]
                return (busy or phones)[0]
        return None

    def named(self, query: Query, *names: str) -> bool:
        return any(query.get(name) for name in names)

    def call_phone(self, query: Query, create: bool = False) -> Phone | None:
        """The device of a call function; None: a fault lets the request pass."""
        if not self.named(query, *ID_KEYS, "STATIONNAME"):
            if self.fault == f"need-{query.type.lower()}" or self.bad("need-web-any") and query.road == "web":
                return None
            raise Refused(8 if query.type == "CALLUPDATE" else self.ways.no_device, TEXTS.get(8, ""))
        phone = self.find(query)
        if phone is None and create and query.get("DEVICEID") and self.ways.unknown_device == "create":
            phone = Phone(id=self.cut("DEVICEID", query.get("DEVICEID")), alias="", core=self.ways.cores[0])
            phone = self.phones.setdefault(phone.id, phone)
        if phone is None:
            kinds = {"find-alias-unknown": "DEVICEALIAS", "find-sys-unknown": "SYS_USER", "find-crm-unknown": "CRM_USER"}
            if query.get(kinds.get(self.fault or "", "-")) and not query.get("DEVICEID"):
                return None
            raise Refused(8)
        return phone

    def sent(self, name: str) -> Reply:
        ways = self.ways
        if ways.sent_text == "list":
            name = {"CALLUPDATE": "CALLSTART", "RECORDSTART": "CALLSTART", "RECORDSTOP": "CALLSTOP"}.get(name, name)
        if ways.down and name.startswith("CHAT"):  # one core is enough
            return Reply(20, f"{name} sent to all of the following cores: {','.join(str(one) for one in ways.cores if one not in ways.down)}")
        if ways.down:
            return Reply(20 if "BLACKOUT" in name else 46, f"{name} could not be sent to the following cores: {','.join(map(str, ways.down))}")
        return Reply(20, f"{name} sent to all of the following cores: {','.join(map(str, ways.cores))}")

    def data(self, query: Query, names: Iterable[str] = CALL_FIELDS, live: bool = False) -> dict[str, str]:
        """The call data of a request, as stored."""
        out = {}
        for name in names:
            if name in query.values and (query.values[name] or self.ways.blank == "clear"):
                out[name] = self.cut(name, query.values[name], live)
        if self.bad("store-user7-lost"):
            out.pop("USER7", None)
        if self.bad("store-gate-as-group") and query.type == "CALLUPDATE" and "GATE" in out:
            out["GROUP"] = out.pop("GATE")
        if self.bad("store-direction") and out.get("CALLDIRECTION") == "O":
            out["CALLDIRECTION"] = "I"
        if self.bad("store-user-shift") and "USER10" in out:
            out["USER11"] = out.pop("USER10")
        return out

    def station_of(self, call: Call) -> str:
        return call.station or next((name for name, number in self.stations.items() if number == call.device.id), "")

    # -- calls

    def active(self, phone: Phone) -> list[Call]:
        return sorted((one for one in phone.calls if one.active), key=lambda one: one.order)

    def pick(self, query: Query, phone: Phone) -> Call | None:
        """The instance that a request concerns, if it is up."""
        up = self.active(phone)
        kind = query.type
        if "CALLINSTANCE" in query.values and not (self.bad("instance-update-ignored") and kind == "CALLUPDATE"):
            wanted = query.get("CALLINSTANCE")
            if wanted or self.ways.blank == "clear":
                if self.bad("instance-stop-other") and kind == "CALLSTOP" and len(up) > 1:
                    return next((one for one in up if one.instance != wanted), None) if any(one.instance == wanted for one in up) else None
                if self.bad("instance-number") and wanted.strip().isdigit():
                    return next((one for one in up if one.instance[-1:] == wanted[-1:]), None)
                return next((one for one in up if one.instance == wanted), None)
        if not up:
            return None
        if (self.bad("instance-stop-first") and kind == "CALLSTOP") or (self.bad("instance-update-first") and kind == "CALLUPDATE"):
            return up[0]
        if self.ways.stop_last == "last":
            last = max(phone.calls, key=lambda one: one.order)
            return last if last.active else None
        return up[-1]

    def do_callstart(self, query: Query) -> Reply:
        phone = self.call_phone(query, create=True)
        if phone is None:
            return self.sent("CALLSTART")
        instance = query.get("CALLINSTANCE")
        same = next((one for one in self.active(phone) if one.instance == instance), None)
        if self.bad("instance-one") and self.active(phone):
            same = self.active(phone)[0]
        values = self.data(query, live=True)
        if same:
            if self.ways.same_call == "error":
                raise Refused(1, "The call is there already")
            if self.ways.same_call == "update":
                same.fields.update(values)
                return self.sent("CALLSTART")
            self.end_call(same)
        self.order += 1
        call = Call(device=phone, instance=instance, order=self.order, start=self.now(), alias=self.cut("DEVICEALIAS", query.get("DEVICEALIAS")) or phone.alias,
                    station=query.get("STATIONNAME") if query.get("DEVICEID") else "", fields=dict.fromkeys(CALL_FIELDS, "") | values)  # fmt: skip
        if self.bad("instance-not-blank") and "CALLINSTANCE" not in query.values:
            call.instance = "1"
        if self.bad("station-override") and call.station:
            call.station = ""
        call.archive = query.get("ARCHIVEACTION") or "-1"
        phone.calls = [one for one in phone.calls if one.active or one.order > call.order - 400][-20:]
        if self.bad("instance-second-inherits") and self.active(phone):
            call.fields["USER1"] = call.fields["USER1"] or self.active(phone)[-1].fields["USER1"]
        phone.calls.append(call)
        self.emit("CALLSTART", call, None)
        if self.ways.schedule == "all" or phone.id in self.owners:
            if self.ways.record_delay:
                self.later(self.ways.record_delay, lambda: self.start_main(call))
            else:
                self.start_main(call)
            limit = query.get("MAXRECORDTIME")
            if limit.isdigit() and int(limit) > 0:
                self.later(min(int(limit) / self.scale, 3600), lambda: call.main and call.active and self.end_recording(call, call.main))
        return self.sent("CALLSTART")

    def stored(self, call: Call, fields: dict[str, str]) -> dict[str, str]:
        """Call data as the database has it."""
        out = {name: self.cut(name, value) for name, value in fields.items()}
        if self.bad("list-ani-dnis"):
            out["ANI"], out["DNIS"] = out.get("DNIS", ""), out.get("ANI", "")
        if self.bad("store-recorded-user14"):
            out["USER14"] = ""
        return out

    def start_main(self, call: Call) -> None:
        if not call.active:
            return
        one = self.recording(call.device, call.fields, int(self.now()), call.instance)
        one.alias, one.filename = call.alias, self.filename(call.device, self.now())
        call.main, call.global_id = one, one.global_id
        self.emit("RECORDINGSTARTED", call, one)
        if call.paused or self.owners.get(call.device.id) in self.dark:
            call.paused, one.state = True, "paused"
            self.emit("RECORDINGPAUSED", call, one)

    def end_recording(self, call: Call, one: Recording) -> None:
        if one.state not in ("recording", "paused"):
            return
        one.state = "saving"
        one.duration = max(1, int(self.now()) - one.time)
        fields = call.fields if one is call.main else one.fields
        if self.bad("store-update-not-recorded"):
            fields = one.fields
        one.fields = self.stored(call, fields)
        self.emit("RECORDINGSTOPPED", call, one)

        def save() -> None:
            one.state = "done" if one is call.main or self.ways.partial_listed else "hidden"
            if self.bad("list-misses-new") and one.state == "done" and one.id % 2:
                one.state = "hidden"
            self.emit("RECORDINGUPDATE", call, one)

        if self.ways.save_delay:
            self.later(self.ways.save_delay, save)
        else:
            save()

    def end_call(self, call: Call) -> None:
        call.active, call.stop = False, self.now()
        for one in [*call.partials, *([call.main] if call.main else [])]:
            if not (self.bad("status-recording-stays") and one is call.main):
                self.end_recording(call, one)
        call.paused = False
        self.emit("CALLSTOP", call, call.main)

    def do_callstop(self, query: Query) -> Reply:
        phone = self.call_phone(query)
        call = self.pick(query, phone) if phone else None
        if phone and self.bad("instance-stop-all"):
            for one in self.active(phone):
                self.end_call(one)
        elif call:
            self.end_call(call)
        elif phone and self.ways.stop_none != 20:
            raise Refused(self.ways.stop_none)
        return self.sent("CALLSTOP")

    def do_callupdate(self, query: Query) -> Reply:
        if "RECORDID" in query.values:
            return self.update_record(query)
        phone = self.call_phone(query)
        if phone is None:
            return self.sent("CALLUPDATE")
        call = self.pick(query, phone)
        if call is not None and self.bad("update-last-though-in-call") and query.get("UPDATE_IF_NOT_RECORDING") == "Y":
            call = None
        if call is not None:
            values = self.data(query, live=True)
            if self.bad("update-clears"):
                call.fields.update(dict.fromkeys(USERS, ""))
            if self.bad("update-user-once"):
                values = {key: value for key, value in values.items() if not (key in USERS and call.fields.get(key))}
            call.fields.update(values)
            if keep := query.get("KEEP_DAYS") or query.get("KEEPDAYS"):
                call.keepdays = keep
            if query.get("ARCHIVEACTION"):
                call.archive = query.get("ARCHIVEACTION")
            return self.sent("CALLUPDATE")
        if query.get("UPDATE_IF_NOT_RECORDING").upper() == "Y" and (not self.active(phone) or self.fault == "update-last-though-in-call"):
            mine = sorted((one for one in self.finished() if one.device == phone.id), key=lambda one: (one.time, one.id))
            if not mine:
                if self.bad("update-if-none-ok"):
                    return Reply(20, "Updated recording in database")
                raise Refused(40)
            one = mine[0] if self.bad("update-if-first") else mine[-1]
            one.fields.update(self.data(query))
            return Reply(20, "Updated recording in database")
        if self.bad("update-if-always"):
            for one in [one for one in self.finished() if one.device == phone.id][-1:]:
                one.fields.update(self.data(query))
        if self.ways.update_none != 20:
            raise Refused(self.ways.update_none)
        return self.sent("CALLUPDATE")

    def update_record(self, query: Query) -> Reply:
        wanted = query.get("RECORDID")
        one = self.recordings.get(int(wanted)) if re.fullmatch(r"\d{1,12}", wanted) else None
        if one is None or one.state != "done":
            if self.bad("post-unknown-ok"):
                return Reply()
            raise Refused(self.ways.recordid_unknown if wanted else self.ways.missing)
        values = self.data(query)
        if self.bad("post-user12"):
            values.pop("USER12", None)
        if self.bad("post-clears"):
            one.fields |= dict.fromkeys(USERS, "")
        if self.bad("post-active-call") and self.phones[one.device].calls and self.phones[one.device].calls[-1].active:
            self.phones[one.device].calls[-1].fields.update(values)
            return Reply()
        one.fields = one.fields | values
        if self.bad("post-next-too") and one.id + 1 in self.recordings:
            self.recordings[one.id + 1].fields |= values
        if query.get("DEVICEALIAS"):
            one.alias = self.cut("DEVICEALIAS", query.get("DEVICEALIAS"))
        return Reply()

    def do_recordstart(self, query: Query) -> Reply:
        phone = self.call_phone(query)
        call = self.pick(query, phone) if phone else None
        if phone is None:
            return self.sent("RECORDSTART")
        if call is None or call.main is None or call.main.state == "done":
            if self.ways.record_none != 20:
                raise Refused(self.ways.record_none)
            return self.sent("RECORDSTART")
        if self.bad("partial-ends-call-recording"):
            self.end_recording(call, call.main)
        one = self.recording(phone, call.fields | self.data(query), int(self.now()), call.instance)
        one.alias, one.filename = call.alias, self.filename(phone, self.now()).replace(".wav", f"-{len(call.partials) + 1}.wav")
        call.partials.append(one)
        self.emit("RECORDINGSTARTED", call, one)
        return self.sent("RECORDSTART")

    def do_recordstop(self, query: Query) -> Reply:
        phone = self.call_phone(query)
        if phone is None:
            return self.sent("RECORDSTOP")
        call = self.pick(query, phone)
        running = [one for one in call.partials if one.state in ("recording", "paused")] if call else []
        if not running:
            if self.ways.recordstop_none != 20:
                raise Refused(self.ways.recordstop_none)
            return self.sent("RECORDSTOP")
        running[-1].fields.update(self.data(query, USERS))
        if call is not None:
            self.end_recording(call, running[-1])
        return self.sent("RECORDSTOP")

    # -- status

    def section(self, call: Call | None, phone: Phone, names: Iterable[str]) -> list[Node]:
        fields = call.fields if call else {}
        one = call.main if call else None
        agent = self.agent_of(phone.id)
        recording = bool(call and call.active and one and one.state in ("recording", "paused"))
        if self.bad("status-recording-stays") and one and one.state in ("recording", "paused"):
            recording = True
        if self.bad("status-not-recording") and call and call.instance:
            recording = False
        word = ("recordpaused" if self.ways.status_word == "recordpaused" else "paused") if recording and call and call.paused and not self.bad("status-never-paused") else "recording" if recording else ""
        values = {
            "DEVICEID": phone.id, "DEVICEALIAS": (call.alias if call else "") or phone.alias, "SYS_USER": agent.sys if agent else "", "CRM_USER": agent.crm if agent else "",
            "ISTRUNK": self.flag(phone.trunk), "STATION": self.station_of(call) if call else self.station_of(Call(device=phone, instance="", order=0, start=0)), "STARTTIME": self.date(call.start) if call else "",
            "STOPTIME": self.date(call.stop) if call else "", "COREIDENT": str(phone.core), "ISRECORDING": self.yes_no(recording), "ISRECORDINGVIDEO": self.yes_no(False),
            "FILENAME": one.filename if one else "", "SESSIONID": "", "CALLINSTANCE": call.instance if call else "", "STATUS": word,
        }  # fmt: skip
        values["STATIONNAME"] = values["STATION"]
        if self.bad("status-user-of-first") and agent:
            values["SYS_USER"] = next(iter(self.agents.values())).sys
        return [(name, values.get(name, fields.get(name, ""))) for name in names]

    def best(self, phone: Phone) -> Call | None:
        up = self.active(phone)
        if up:
            return up[0] if self.bad("status-oldest") else up[-1]
        if self.bad("status-after-stop"):
            return None
        return max(phone.calls, key=lambda one: one.stop, default=None)

    def device_section(self, phone: Phone, station: str, call: Call | None = None) -> Node:
        call = call or self.best(phone)
        outer = ["DEVICEID", "DEVICEALIAS", "SYS_USER", "CRM_USER", "GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLDIRECTION", "ISTRUNK", station, "STARTTIME", "STOPTIME", "COREIDENT"]
        inner = ["ISRECORDING", "ISRECORDINGVIDEO", "FILENAME", "CALLID", "SESSIONID", "CALLINSTANCE"]
        if station == "STATIONNAME" and self.ways.callid == "device":
            inner.remove("CALLID")
            outer.insert(outer.index("CALLDIRECTION"), "CALLID")
        if self.bad("status-no-user13"):
            outer.remove("USER13")
        if self.bad("status-no-instance"):
            inner.remove("CALLINSTANCE")
        return ("DEVICE", [*self.section(call, phone, outer), ("RECORDING", self.section(call, phone, inner))])

    def do_devicelist(self, query: Query) -> Reply:
        phones = list(self.phones.values())
        if self.bad("devicelist-no-trunks"):
            phones = [one for one in phones if not one.trunk]
        count = len(phones)
        sections = [self.device_section(one, self.ways.station) for one in phones]
        if self.bad("devicelist-instances"):
            sections = [self.device_section(one, self.ways.station, call) for one in phones for call in (self.active(one) or [None])]  # type: ignore[list-item]
            count = len(sections)
        if self.bad("devicelist-count"):
            count += 1
        return Reply(20, "API_OK", [("DEVICES", [("COUNT", str(count)), *sections])])

    def matching(self, query: Query) -> list[Phone]:
        if not self.named(query, *ID_KEYS):
            if self.ways.status_all:
                return list(self.phones.values())
            raise Refused(self.ways.missing)
        phone = self.find(query)
        if phone is None and self.bad("status-unknown-first"):
            phone = next(iter(self.phones.values()))
        return [phone] if phone else []

    def do_devicestatus(self, query: Query) -> Reply:
        phones = self.matching(query)
        if not phones and self.ways.status_none != 20:
            raise Refused(self.ways.status_none)
        sections = [self.device_section(one, "STATION") for one in phones]
        extra: list[Node] = list(sections)
        if self.ways.devices_wrap:
            extra = [("DEVICES", [("COUNT", str(len(sections))), *sections])]
        return Reply(20, "Found the following matching devices", extra)

    def do_devicerecordingstatus(self, query: Query) -> Reply:
        phones = self.matching(query)
        if not phones and self.ways.status_none != 20:
            raise Refused(self.ways.status_none)
        names = ["GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLDIRECTION", "ISTRUNK", "STATION", "STARTTIME", "STOPTIME", "ISRECORDING", "ISRECORDINGVIDEO", "FILENAME", "CALLID", "SESSIONID", "CALLINSTANCE"]
        if self.ways.status_word:
            names.append("STATUS")
        extra: list[Node] = []
        for phone in phones:
            calls = [one for one in phone.calls if one.active or self.ways.status_ended]
            if self.bad("instances-one-listed"):
                calls = calls[-1:]
            inner: list[Node] = [("RECORDING", self.section(one, phone, names)) for one in calls]
            if self.bad("instances-same-values") and len(inner) > 1:
                inner = [inner[0]] + [("RECORDING", [a if a[0] in USERS else b for a, b in zip(inner[0][1], one[1], strict=True)]) for one in inner[1:]]
            head = self.section(None, phone, ("DEVICEID", "DEVICEALIAS", "SYS_USER", "CRM_USER", "COREIDENT"))
            if self.ways.status_shape == "nested" or not inner:
                extra.append(("DEVICE", head + inner))
            else:
                extra += [("DEVICE", [*head, one]) for one in inner]
        return Reply(20, "Following active call instances found for specified deviceID, devicealias, crm_user or sys_user", extra)

    def do_systemstatus(self, query: Query) -> Reply:
        up = int(self.now() - self.began[0]) + 66_277
        text = f"{up // 86400} days, {up // 3600 % 24} hours, {up // 60 % 60} minutes, {up % 60} seconds."
        processors: list[Node] = [(f"PROCESSOR{n}", [("SYSTEMPROCESSORSPEED", "2394MHz"), ("SYSTEMPROCESSORTYPE", "x86 Family 6 Model 15 Stepping 11")]) for n in range(2)]
        if self.bad("system-no-processor"):
            processors = []
        extra: list[Node] = [
            ("RECORDINGPATH", "C:\\Recordings\\"), (self.ways.space, "223.66GB of 465.64GB"), ("RECORDINGTOTALDISKCAPACITY", "476819"), ("RECORDINGTOTALDISKFREE", "229032"),
            ("RECORDINGTOTALDISKFREEPCT", "148.03" if self.bad("system-percent") else "48.03"), ("SYSTEMUPTIME", text), *processors, ("SYSTEMRAMTOTAL", "3325.0GB" if self.bad("system-ram-text") else "3325"),
            ("SYSTEMRAMFREE", "1702"), ("SYSTEMRAMUSED", "3000" if self.bad("system-ram-sum") else "1623"), ("SYSTEMRAMUSEDPCT", "48"),
        ]  # fmt: skip
        if self.bad("system-no-used"):
            extra = [one for one in extra if one[0] != "SYSTEMRAMUSED"]
        return Reply(20, "API_OK", extra)

    def do_channels(self, query: Query) -> Reply:
        sections: list[Node] = []
        for n in self.channels:
            state = {"integer": "0", "words": STATES[4], "example": "Idle"}[self.ways.state]
            when = int(self.began[0]) - 900 * n
            old: list[Node] = [("PLAYBACKEXTENSION", ""), ("RECORDINGDEVICEALIAS", ""), ("RECORDINGDEVICE", list(self.phones)[n])] if self.ways.old_channel_fields else []
            inner = [("ID", str(n)), ("STATE", "10" if self.bad("channels-state") else state), *old, ("LASTSTATECHANGE", self.date(when)), ("LASTSTATECHANGEUNIXTIME", str(when))]
            sections.append(("CHANNEL", inner[:1] + inner[2:] if self.bad("channels-no-state") else inner))
        count = len(sections) - self.bad("channels-count")
        if self.bad("channels-twice"):
            sections[-1] = sections[0]
        return Reply(20, "API_OK", [("COUNT", str(count)), ("CHANNELS", sections)])

    def do_stations(self, query: Query) -> Reply:
        items = list(self.stations.items())
        if self.bad("stations-first-lost"):
            items = items[1:]
        sections: list[Node] = [("STATION", [("STATIONNAME", name), ("DEVICEID", "" if self.bad("stations-no-device") else number)]) for name, number in items]
        return Reply(20, "API_OK", [("COUNT", str(len(self.stations))), ("STATIONS", sections)])

    def do_fetchterminology(self, query: Query) -> Reply:
        sections: list[Node] = [("TERMINOLOGY", [("NAME", name), ("VALUE", value)][: 1 if self.bad("terms-no-value") else 2]) for name, value in self.terms]
        return Reply(20, "API_OK", [("COUNT", str(len(sections) + self.bad("terms-count"))), ("SETTINGS", sections)])

    def do_calllist(self, query: Query) -> Reply:
        found = sorted(self.finished(), key=lambda one: (one.time, one.id), reverse=self.ways.list_order == "newest")
        tests: list[Callable[[Recording], bool]] = []

        def same(stored: str, wanted: str) -> bool:
            return stored == wanted if self.ways.filter_case else stored.casefold() == wanted.casefold()

        def add(name: str, attribute: str) -> None:
            if wanted := query.get(name):
                tests.append(lambda one: same(getattr(one, attribute), wanted))

        def add_field(name: str) -> None:
            if (wanted := query.get(name)) and not (self.bad("list-user9-ignored") and name == "USER9") and not (self.bad("list-gate-ignored") and name == "GATE"):
                tests.append(lambda one: same(one.fields.get(name, ""), wanted))

        if self.bad("list-device-prefix") and (number := query.get("DEVICEID")):
            tests.append(lambda one: one.device.startswith(number[:3]))
        else:
            add("DEVICEID", "device")
        add("DEVICEALIAS", "alias")
        add("SYS_USER", "sys")
        if not self.bad("list-crm-ignored"):
            add("CRM_USER", "crm")
        for name in CALL_FIELDS[:-2]:
            add_field(name)
        dates: list[Callable[[Recording], bool]] = []
        bounds = []
        for name in ("CALLDATESTART", "CALLDATEEND", "CALLCOUNT"):
            text = query.get(name)
            if text and not re.fullmatch(r"\d{1,18}", text):
                raise Refused(16)
            bounds.append(int(text) if text else None)
        start, end, count = bounds
        if start is not None and not (self.bad("list-start-ignored") and query.get("DEVICEID")):
            dates.append(lambda one: one.time >= start)
        if end is not None and not self.bad("list-end-ignored"):
            dates.append(lambda one: one.time <= end)
        if self.bad("list-or") and len(tests) > 1:
            old = tests
            tests = [lambda one: any(test(one) for test in old)]
        if self.bad("list-last-filter") and len(tests) > 1:
            tests = tests[-1:]
        if count is not None and self.bad("list-count-first"):
            found = found[:count]
        found = [one for one in found if all(test(one) for test in tests) and all(test(one) for test in dates)]
        if count is not None and not self.bad("list-count-ignored"):
            found = found[: count + self.bad("list-count-more")]
        if self.bad("web-list-five") and query.road == "web":
            found = found[:5]
        if self.bad("list-first-twice") and len(found) > 2:
            found = [*found, found[0]]
        if not found and self.ways.list_none != 20:
            raise Refused(self.ways.list_none)
        extra: list[Node] = [("SEARCHRESULT", self.search_result(n, one)) for n, one in enumerate(found, 1)]
        if self.ways.search_count:
            extra.insert(0, ("COUNT", str(len(found))))
        return Reply(20, "API_OK", extra)

    def search_result(self, n: int, one: Recording) -> list[Node]:
        get = one.fields.get
        first, last = one.first, one.last
        if self.bad("delete-forgets-past") and (agent := self.agents.get(one.agent)) and agent.status == "D":
            first = last = ""
        if self.bad("owner-of-today"):
            agent = self.agent_of(one.device)
            first, last = (agent.first, agent.last) if agent else ("", "")
        when = one.time * 1000 if self.bad("list-milliseconds") else one.time
        out: list[Node] = [("CALLNUMBER", str(n)), ("DEVICEID", one.device), ("DEVICEALIAS", one.alias), ("ANI", get("ANI", "")), ("DNIS", get("DNIS", "")), ("CALLDIRECTION", get("CALLDIRECTION", "")),
            ("GROUP", get("GROUP", "")), ("GATE", get("GATE", "")), *((name, get(name, "")) for name in USERS), ("RECORDID", str(one.id)), ("RECORDINGTIME", str(when)), ("DURATION", str(one.duration)),
            ("AGENTFIRSTNAME", first), ("AGENTLASTNAME", last), ("CRM_USER", one.crm), ("SYS_USER", one.sys)]  # fmt: skip
        if self.bad("list-no-user6"):
            out = [pair for pair in out if pair[0] != "USER6"]
        if self.bad("list-no-recordid"):
            out = [pair for pair in out if pair[0] != "RECORDID"]
        return out

    # -- chats and blackouts

    def do_chatstart(self, query: Query) -> Reply:
        session = query.get("SESSIONID")
        if not session and not self.bad("need-session-start"):
            raise Refused(33)
        agent: Agent | None = None
        if query.get("AGENTID"):
            text = query.get("AGENTID")
            agent = self.agents.get(int(text)) if re.fullmatch(r"\d{1,9}", text) else None
        else:
            kinds = {"USERNAME": "username", "SYS_USER": "sys", "EMPLOYEEID": "employee", "CRM_USER": "crm"}
            if self.bad("chat-sys-user"):
                kinds.pop("SYS_USER")
            key, value = query.get("KEYNAME").upper(), query.get("KEYVALUE")
            if key in kinds:
                agent = self.agent_by(kinds[key], value)
            elif key == "DEVICEALIAS":
                agent = next((self.agent_of(one.id) for one in self.phones.values() if value and value in (one.alias, one.id)), None)
        if (agent is None or agent.status == "D") and not self.bad("chat-unknown-agent"):
            raise Refused(24)
        phones = self.phones_of(agent) if agent else []
        one = None
        if self.ways.chat_listed and phones and session not in self.chats:
            one = self.recording(phones[0], dict.fromkeys(CALL_FIELDS, ""), int(self.now()))
        self.chats.setdefault(session, one)
        return self.sent("CHATSTART")

    def do_chatstop(self, query: Query) -> Reply:
        session = query.get("SESSIONID")
        if not session and not self.bad("need-session-stop"):
            raise Refused(33)
        if session not in self.chats and self.ways.session_unknown != 20:
            raise Refused(self.ways.session_unknown)
        if one := self.chats.pop(session, None):
            one.duration, one.state = max(1, int(self.now()) - one.time), "done"
        return self.sent("CHATSTOP")

    def do_chatupdate(self, query: Query) -> Reply:
        session = query.get("SESSIONID")
        if not session and not self.bad("need-session-update"):
            raise Refused(33)
        if session not in self.chats and self.ways.session_unknown != 20:
            raise Refused(self.ways.session_unknown)
        values = self.data(query)
        if one := self.chats.get(session):
            one.fields.update(values)
        return self.sent("CHATUPDATE")

    def blackout_calls(self, query: Query) -> tuple[Phone | None, list[Call]]:
        given = [name for name in ID_KEYS if query.get(name)]
        agents = query.type.startswith("AGENT")
        if not given:
            if self.bad("need-blackout"):
                return None, []
            raise Refused(self.ways.no_device)
        if len(given) > 1 and self.ways.blackout_two != 20:
            raise Refused(self.ways.blackout_two, "only one of them")
        phone = self.find(query)
        if phone is None:
            if self.bad("blackout-unknown"):
                return None, []
            raise Refused(24 if given[0] in ("SYS_USER", "CRM_USER") else 8)
        if agents:
            agent = self.agent_of(phone.id)
            phones = self.phones_of(agent) if agent else [phone]
            calls = [call for one in phones for call in self.active(one)]
            return phone, calls[-1:] if self.bad("blackout-agent-one") else calls
        if self.bad("blackout-instance-ignored"):
            return phone, self.active(phone)
        call = self.pick(query, phone)
        return phone, [call] if call else []

    def offset(self, query: Query) -> float:
        text = query.get("TIMEOFFSET")
        if text and not re.fullmatch(r"[+-]?\d{1,9}", text):
            raise Refused(16)
        return float(text or 0)

    def do_blackoutstart(self, query: Query) -> Reply:
        agents = query.type.startswith("AGENT")
        if not agents and not self.ways.blackout_allowed:
            raise Refused(44)
        seconds = self.offset(query)
        phone, calls = self.blackout_calls(query)
        if phone and not calls and self.ways.blackout_none != 20:
            raise Refused(self.ways.blackout_none)
        if self.bad("blackout-not-done") or self.ways.blackout_silent:
            calls = []
        for call in calls:
            call.blackout += 1
        tokens = [call.blackout for call in calls]
        if agents and phone and self.ways.blackout_lasts and phone.id in self.owners:
            self.dark.add(self.owners[phone.id])

        def pause() -> None:
            for call, token in zip(calls, tokens, strict=True):
                if not call.active or call.paused or call.blackout != token:
                    continue
                call.paused = True
                if self.bad("blackout-ends-call"):
                    self.end_call(call)
                    continue
                if call.main and call.main.state == "recording":
                    call.main.state = "paused"
                    self.emit("RECORDINGPAUSED", call, call.main)

        if seconds > 0 and self.ways.offset == "start":
            self.later(seconds / self.scale, pause)
        else:
            pause()
        return self.sent(query.type)

    def do_blackoutstop(self, query: Query) -> Reply:
        agents = query.type.startswith("AGENT")
        if not agents and not self.ways.blackout_allowed:
            raise Refused(44)
        seconds = self.offset(query)
        phone, calls = self.blackout_calls(query)
        if phone and not calls and self.ways.blackout_none != 20:
            raise Refused(self.ways.blackout_none)
        if seconds < 0 and self.bad("blackout-before-start"):
            raise Refused(38)
        if self.bad("blackout-stays"):
            calls = []
        if agents and phone:
            self.dark.discard(self.owners.get(phone.id, -1))
        if seconds <= 0:  # calls off what has not begun
            for call in calls:
                call.blackout += 1
        tokens = [call.blackout for call in calls]

        def resume() -> None:
            for call, token in zip(calls, tokens, strict=True):
                if not call.active or not call.paused or call.blackout != token:
                    continue
                call.paused = False
                if call.main and call.main.state == "paused":
                    call.main.state = "recording"
                    self.emit("RECORDINGRESUMED", call, call.main)

        if seconds > 0:
            self.later(seconds / self.scale, resume)
        else:
            resume()
        return self.sent(query.type)


class Server(Device):
    """Imports, groups, roles, mail, exports and subscriptions."""

    # -- imports

    def agent_id(self, query: Query) -> str:
        return query.get("AGENT_ID") or query.get("AGENTID")

    def by_id(self, text: str) -> Agent | None:
        agent = self.agents.get(int(text)) if re.fullmatch(r"\d{1,9}", text) else None
        return agent if agent and agent.status != "D" else None

    def do_importuser(self, query: Query) -> Reply:
        action = self.action(query, "ADD", "DELETE", "MODIFY", "LIST", fault="import-action")
        if action == "LIST":
            return self.list_agents()
        if self.ways.need_password:
            self.need(query, "PASSWORD")
        keys = {"first": "FIRSTNAME", "last": "LASTNAME", "employee": "EMPLOYEEID", "status": "STATUS", "sys": "SYS_USER", "domain": "DOMAIN", "email": "EMAIL", "crm": "CRM_USER", "username": "USERNAME"}
        values = {}
        for kind, name in keys.items():
            if name in query.values and (query.values[name] or self.ways.blank == "clear" and kind not in ("first", "last", "status")):
                values[kind] = query.values[name][:255] if name == "SYS_USER" else self.cut(name, query.values[name])
        if values.get("status", "A") not in ("A", "I"):
            raise Refused(self.ways.missing)
        if self.bad("import-email-lost"):
            values.pop("email", None)
        key = self.ways.agent_key
        if action == "ADD":
            return self.add_agent(query, values, key)
        agent = self.by_id(self.agent_id(query))
        if agent is None:
            if self.bad("import-unknown"):
                return Reply(20, "API_OK", [(key, self.agent_id(query))])
            raise Refused(self.ways.user_unknown if self.agent_id(query) else self.ways.missing)
        if action == "DELETE":
            if not self.bad("import-delete-status"):
                agent.status = "D"
            if not self.bad("import-delete-keeps"):
                freed = [number for number, owner in self.owners.items() if owner == agent.id]
                for number in freed[: 1 if self.bad("import-delete-first-phone") else None]:
                    del self.owners[number]
            if self.bad("import-delete-records"):
                self.recordings = {n: one for n, one in self.recordings.items() if one.agent != agent.id}
        else:
            other = next((one for one in self.agents.values() if one is not agent and one.status != "D" and values.get("username") and one.username == values["username"]), None)
            if other and not self.bad("import-username-taken"):
                raise Refused(self.ways.user_username)
            if self.bad("import-modify-clears"):
                values = {"employee": "", "sys": "", "email": "", "crm": ""} | values
            if self.bad("import-modify-name"):
                values.pop("last", None)
            for one in [agent, *([self.agents[agent.id + 1]] if self.bad("import-modify-next") and agent.id + 1 in self.agents else [])]:
                for kind, value in values.items():
                    setattr(one, kind, value)
            agent.modified = self.now()
        return Reply(20, "API_OK", [(key, str(agent.id))])

    def add_agent(self, query: Query, values: dict[str, str], key: str) -> Reply:
        if not values.get("first") or not values.get("last"):
            raise Refused(self.ways.missing)
        if self.bad("import-add-id-used") and (agent := self.by_id(self.agent_id(query))):
            for kind, value in values.items():
                setattr(agent, kind, value)
            return Reply(20, "API_OK", [(key, str(agent.id))])
        alive = [one for one in self.agents.values() if one.status != "D"]
        same = next((one for one in alive if (one.first, one.last) == (values["first"], values["last"])), None)
        if same and not self.bad("import-names-twice"):
            if self.bad("import-names-changes"):
                for kind, value in values.items():
                    setattr(same, kind, value)
            raise Refused(self.ways.user_exists)
        if values.get("username") and any(one.username == values["username"] for one in alive) and not self.bad("import-username-twice"):
            raise Refused(self.ways.user_username)
        agent = Agent(id=self.next_agent, added=self.now(), modified=self.now(), **values)
        self.next_agent += 1
        self.agents[agent.id] = agent
        if self.bad("import-add-inactive"):
            agent.status = "I"
        return Reply(20, "API_OK", [(key, str(agent.id + self.bad("import-id-next")))])

    def list_agents(self) -> Reply:
        names = {"EMPLOYEEID": "EMPLOYEE_ID", "FIRSTNAME": "FIRST_NAME", "LASTNAME": "LAST_NAME"} if self.ways.list_names == "text" else {}
        sections: list[Node] = []
        for one in self.agents.values():
            if one.status == "D" and self.ways.list_deleted == "hidden":
                continue
            phones = ",".join(number for number, owner in self.owners.items() if owner == one.id)
            if self.bad("import-list-one-phone"):
                phones = phones.split(",")[0]
            inner = [("AGENT_ID", str(one.id)), ("EMPLOYEEID", one.employee), ("FIRSTNAME", one.first), ("LASTNAME", one.last), ("STATUS", one.status), ("ADD_TIME", self.date(one.added)),
                     ("MOD_TIME", self.date(one.modified)), ("SYS_USER", one.sys), ("DOMAIN", one.domain), ("EMAIL", one.email), ("CRM_USER", one.crm), ("PHONES", phones)]  # fmt: skip
            if self.bad("import-list-swap"):
                inner = [(tag, one.sys if tag == "CRM_USER" else value) for tag, value in inner]
            sections.append(("AGENT", [(names.get(tag, tag), value) for tag, value in inner if not (self.bad("import-list-no-phones") and tag == "PHONES")]))
        if self.bad("import-list-last"):
            sections = sections[:-1]
        return Reply(20, "API_OK", [("AGENTS", [("COUNT", str(len(sections))), *sections])])

    def by_names(self, query: Query) -> Agent | None:
        first, last = query.get("FIRSTNAME"), query.get("LASTNAME")
        for one in self.agents.values():
            if one.status != "D" and one.last == last and (one.first == first or self.bad("names-last-only")):
                return one
        return None

    def do_importagentphone(self, query: Query) -> Reply:
        action = self.action(query, "ADD", "DELETE")
        self.need(query, "PHONEID")
        number = self.agent_id(query)
        both = bool(query.get("FIRSTNAME") and query.get("LASTNAME"))
        if number in ("", "0") and not both:
            raise Refused(self.ways.missing if not self.bad("need-phone-agent") else 20)
        agent = None
        if number not in ("", "0") and not (self.bad("phone-names-first") and both):
            agent = self.by_id(number)
            if agent is None and both and self.ways.phone_fallback:
                agent = self.by_names(query)
        elif both:
            agent = self.by_names(query)
        if agent is None:
            if self.bad("phone-unknown-agent"):
                return Reply(20, "API_OK", [("AGENTID", number)])
            raise Refused(24)
        phone = query.get("PHONEID")
        owner = self.owners.get(phone)
        if action == "ADD":
            if owner is not None and owner != agent.id and not self.bad("phone-taken"):
                if self.bad("phone-taken-though-refused"):
                    self.owners[phone] = agent.id
                raise Refused(99 if self.bad("code-unlisted") else self.ways.phone_conflict, "The phone is assigned to another agent")
            if owner == agent.id and self.ways.phone_again != 20:
                raise Refused(self.ways.phone_again, "The phone is assigned already")
            if self.bad("phone-one-only"):
                self.owners = {key: value for key, value in self.owners.items() if value != agent.id}
            self.owners[phone] = agent.id
            self.phones.setdefault(phone, Phone(id=phone, core=self.ways.cores[0]))
        elif owner == agent.id:
            del self.owners[phone]
            if self.bad("phone-delete-agent"):
                agent.status = "I"
            if self.bad("phone-delete-all"):
                self.owners = {key: value for key, value in self.owners.items() if value != agent.id}
            if self.bad("phone-delete-records"):
                self.recordings = {n: one for n, one in self.recordings.items() if one.device != phone}
        extra = [("AGENTID", str(agent.id))]
        return Reply(20, "API_OK", [] if self.bad("phone-no-id") else extra)

    def do_importworkstation(self, query: Query) -> Reply:
        self.need(query, "DEVICEID", "STATIONNAME", *(() if self.bad("need-location") else ("LOCATIONID",)))
        number, name = query.get("DEVICEID"), self.cut("STATIONNAME", query.get("STATIONNAME"))
        old = next((had for station, had in self.stations.items() if station == name), "")
        if not self.bad("station-device-stays"):
            self.stations = {station: had for station, had in self.stations.items() if had != number}
        if not self.bad("station-not-stored"):
            if self.bad("station-name-stays") and name in self.stations:
                self.stations[name + " "] = self.stations.pop(name)
            self.stations.pop(name, None)
            self.stations[name] = number
        if self.bad("station-all-deleted"):
            self.stations = {name: number}
        back = old if self.bad("station-returns-old") and old else number
        return Reply(20, "API_OK", [("DEVICEID", back), ("STATIONNAME", name)])

    # -- groups and roles

    def do_addgroup(self, query: Query) -> Reply:
        if not self.bad("need-groupname"):
            self.need(query, "GROUPNAME")
        name = self.cut("GROUPNAME", query.get("GROUPNAME"))
        known = next((number for number, had in self.groups.items() if had == name), None)
        if known is None or self.bad("group-twice"):
            if known is None and self.bad("group-prefix"):
                known = next((number for number, had in self.groups.items() if had[:8] == name[:8]), None)
            if known is None or self.bad("group-twice"):
                known = max(self.groups) + 1
                self.groups[known] = name
            text = f"group: {name} has been added"
        else:
            if self.bad("group-exists-error"):
                raise Refused(22)
            text = f"group: {name} exists"
        back = name.upper() if self.bad("group-name-upper") else name.replace("&", "&amp;") if self.bad("group-name-escaped") else name
        extra = [("GROUPID", str(known)), ("GROUPNAME", back)]
        if self.bad("group-no-id-again") and "exists" in text:
            extra = extra[1:]
        return Reply(20, text, extra)

    def group_of(self, query: Query, names_only: bool = False) -> int:
        name = query.get("GROUPNAME")
        number = "" if names_only else query.get("GROUPLD") or query.get("GROUPID")
        if not name and not number:
            raise Refused(self.ways.missing)
        if name:
            for key, had in self.groups.items():
                if had == name:
                    return key
            if self.bad("group-unknown") and not names_only:
                return next(iter(self.groups))
        elif number.isdigit() and int(number) in self.groups and not self.bad("group-id-unknown"):
            return int(number)
        raise Refused(self.ways.group_unknown, f"Group {name or number} does not exist or it is not active")

    def permission(self, action: str, what: tuple[Any, ...]) -> None:
        """Give or take; doing so twice changes nothing."""
        if (what in self.permissions) == (action == "ADD") and self.ways.permission_again != 20:
            raise Refused(self.ways.permission_again)
        self.permissions.add(what) if action == "ADD" else self.permissions.discard(what)

    def echo(self, query: Query, more: dict[str, str]) -> list[Node]:
        """The parameters that were sent, and more that was looked up."""
        if not self.ways.parameters_sent:
            return []
        out = {name: value for name, value in query.values.items() if name in PARAMETERS[query.type]}
        if self.bad("echo-last-lost") and len(out) > 1:
            out.popitem()
        if self.bad("echo-swapped") and "FIRSTNAME" in out and "LASTNAME" in out:
            out["FIRSTNAME"], out["LASTNAME"] = out["LASTNAME"], out["FIRSTNAME"]
        for name, value in more.items():
            out.setdefault(name, value)
        return list(out.items())

    def do_modifygrouppermission(self, query: Query) -> Reply:
        action = self.action(query, "ADD", "DELETE", fault="group-action")
        if self.bad("need-group") and not self.named(query, "GROUPNAME", "GROUPLD", "GROUPID"):
            return Reply()
        group = self.group_of(query)
        both = query.get("FIRSTNAME") and query.get("LASTNAME")
        if not both and not query.get("AGENTID"):
            if self.bad("need-group-agent"):
                return Reply()
            raise Refused(self.ways.missing)
        agent = self.by_names(query) if both else self.by_id(query.get("AGENTID"))
        if agent is None:
            if self.bad("group-unknown-agent"):
                return Reply(20, "API_OK", self.echo(query, {}))
            raise Refused(24)
        self.permission(action, ("group", group, agent.id, query.get("PHONEID") or query.get("DEVICEID")))
        more = {} if "GROUPID" in query.values or "GROUPLD" in query.values else {self.ways.group_key: str(group)}
        more["AGENTID"] = str(agent.id + self.bad("group-wrong-agent"))
        if self.bad("group-no-agentid"):
            more.pop("AGENTID")
        return Reply(20, "API_OK", self.echo(query, more) or list(more.items()))

    def do_modifyusergrouppermission(self, query: Query) -> Reply:
        action = self.action(query, "ADD", "DELETE", fault="usergroup-action")
        group = self.group_of(query)
        self.need(query, "USERNAME")
        agent = self.agent_by("username", query.get("USERNAME"))
        if agent is None and not self.bad("usergroup-unknown-user"):
            raise Refused(28)
        self.permission(action, ("user", group, agent.id if agent else 0))
        return Reply(20, "API_OK", self.echo(query, {"GROUPID": str(group)}))

    def do_modifyrole(self, query: Query) -> Reply:
        action = self.action(query, "ADD", "MODIFY", "DELETE", fault="role-action")
        self.need(query, "ROLENAME")
        name = query.get("ROLENAME")
        known = next((number for number, (had, _) in self.roles.items() if had == name), None)
        if action == "ADD":
            if known is not None:
                if self.bad("role-add-deletes"):
                    del self.roles[known]
                if self.ways.role_exists != 20:
                    raise Refused(self.ways.role_exists)
                return Reply(20, "Role exists", self.echo(query, {}))
            if not self.bad("role-not-added"):
                self.roles[max([*self.roles, 2]) + 1] = (name, query.get("DESCRIPTION"))
            return Reply(20, "Role Added", self.echo(query, {}))
        if known is None:
            if self.fault == f"role-{action.lower()}-unknown":
                return Reply(20, "API_OK", self.echo(query, {}))
            raise Refused(52)
        if action == "DELETE":
            if not self.bad("role-delete-not-done"):
                del self.roles[known]
            if self.bad("role-delete-next") and known + 1 in self.roles:
                del self.roles[known + 1]
            return Reply(20, "Role Deleted", self.echo(query, {}))
        self.roles[known] = (name, query.get("DESCRIPTION"))
        if self.bad("role-modify-deletes"):
            del self.roles[known]
        return Reply(20, "Role Modified", self.echo(query, {}))

    def role_of(self, query: Query) -> int:
        name, number = query.get("ROLENAME"), query.get("ROLEID")
        if not name and not number:
            raise Refused(self.ways.missing)
        for key, (had, _) in self.roles.items():
            if (had == name if name else str(key) == number) and not (self.bad("role-id-not-found") and not name):
                return key
        if self.bad("role-unknown"):
            return next(iter(self.roles))
        raise Refused(52)

    def do_modifyrolegrouppermission(self, query: Query) -> Reply:
        action = self.action(query, "ADD", "DELETE", fault="rolegroup-action")
        if self.bad("need-role") and not self.named(query, "ROLEID", "ROLENAME"):
            return Reply()
        role = self.role_of(query)
        if not query.get("GROUPNAME") and self.bad("need-role-group"):
            return Reply()
        group = self.group_of(query, names_only=True)
        self.permission(action, ("role", group, role))
        return Reply(20, "API_OK", self.echo(query, {}))

    def do_modifyuserrole(self, query: Query) -> Reply:
        action = self.action(query, "ADD", "DELETE", fault="userrole-action")
        if self.bad("need-userrole") and not self.named(query, "ROLEID", "ROLENAME"):
            return Reply()
        role = self.role_of(query)
        if not self.named(query, "USERID", "LASTNAME", "FIRSTNAME", "SYSTEMUSERNAME", "USERNAME"):
            raise Refused(self.ways.missing)
        pairs = {"USERNAME": "username", "SYSTEMUSERNAME": "sys", "LASTNAME": "last", "FIRSTNAME": "first"}
        if self.bad("userrole-system-name"):
            pairs.pop("SYSTEMUSERNAME")
        if self.bad("userrole-names"):
            pairs.pop("LASTNAME")
            pairs.pop("FIRSTNAME")
        agent = self.by_id(query.get("USERID"))
        if agent is None and not query.get("USERID"):
            wanted = [(kind, query.get(name)) for name, kind in pairs.items() if query.get(name)]
            agent = next((one for one in self.agents.values() if wanted and one.status != "D" and all(getattr(one, kind) == value for kind, value in wanted)), None)
        if agent is None and not self.bad("userrole-unknown-user"):
            raise Refused(28)
        self.permission(action, ("userrole", role, agent.id if agent else 0))
        return Reply(20, f"User {agent.id if agent else 0} is assigned role {self.roles[role][0]}", self.echo(query, {}))

    # -- mail, windows, exports

    def by_column(self, query: Query) -> Recording:
        column, wanted = query.get("UNIQUEFIELD").lower(), query.get("UNIQUEID")
        attribute = COLUMNS.get(column)
        if attribute is None:
            raise Refused(self.ways.missing if self.ways.missing != 26 else 16, "unknown UNIQUEFIELD")
        found = [one for one in self.finished() if (one.fields.get(attribute, "") if attribute in CALL_FIELDS else str(getattr(one, attribute))) == wanted]
        if self.bad("export-prefix"):
            found = found or [one for one in self.finished() if wanted[:3] and one.fields["USER2"].startswith(wanted[:3])]
        if self.bad("need-uniqueid") and not wanted:
            found = self.finished()
        if not found:
            raise Refused(41)
        found.sort(key=lambda one: (one.time, one.id))
        return found[0] if self.bad("export-oldest") else found[-1]

    def media_format(self, query: Query, default: str = "") -> str:
        media = query.get("MEDIA_FORMAT").upper() or default
        if self.bad("need-format") and not media:
            return "WAV"
        if not media and query.type == "EXPORT":
            raise Refused(self.ways.missing)
        media = media or "WAV"
        if media not in FORMATS or (self.bad("export-vox-refused") and media == "VOX"):
            if self.bad("export-format-any"):
                return "WAV"
            raise Refused(16)
        return media

    def idents(self, query: Query) -> list[Recording]:
        self.need(query, "IDENT")
        out = []
        for part in query.get("IDENT").split(","):
            text = part.strip()
            one = self.recordings.get(int(text)) if re.fullmatch(r"\d{1,12}", text) else None
            if one is None or one.state != "done":
                if self.bad("ident-unknown-skipped"):
                    continue
                raise Refused(41)
            out.append(one)
        return out

    def address(self, query: Query) -> None:
        self.need(query, "TOADDRESS")
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", query.get("TOADDRESS")) and not self.bad("email-address"):
            raise Refused(45)
        if not self.ways.mail:
            raise Refused(31, "The email server is not configured")

    def do_email(self, query: Query) -> Reply:
        self.need(query, "UNIQUEFIELD", "UNIQUEID")
        self.address(query)
        with contextlib.suppress(Refused) if self.bad("email-unknown") else contextlib.nullcontext():
            self.by_column(query)
        self.media_format(query, "WAV")
        return Reply()

    def do_combinedemail(self, query: Query) -> Reply:
        self.address(query)
        with contextlib.suppress(Refused) if self.bad("combinedemail-unknown") else contextlib.nullcontext():
            self.idents(query)
        return Reply()

    def do_agentwindow(self, query: Query) -> Reply:
        if not self.named(query, "COMPUTERNAME", "USERNAME"):
            raise Refused(self.ways.missing)
        agent = self.agents.get(self.computers.get(query.get("COMPUTERNAME"), -1))
        if agent is None and not self.bad("window-user"):
            agent = self.agent_by("username", query.get("USERNAME"))
        if agent is None:
            if not self.bad("window-unknown"):
                raise Refused(24)
            agent = next(iter(self.agents.values()))
        parts = time.gmtime(self.now())
        stamp = f"{time.strftime('%b', parts)} {parts.tm_mday} {parts.tm_year} {parts.tm_hour % 12 or 12}:{parts.tm_min:02d}{'AP'[parts.tm_hour >= 12]}M"
        extra: list[Node] = [("DOMAIN", "example.com"), ("IPADDRESS", f"10.100.5.{agent.id}"), ("STATUS", "AVAILABLE"), ("APPLICATIONTITLE", "Customers"), ("LASTUPDATE", stamp)]
        if self.bad("window-no-title"):
            extra.pop(3)
        return Reply(20, "API_OK", extra)

    def pcm(self, one: Recording) -> bytes:
        """Samples of a recording: a pattern of its own, as long as it is."""
        if self.bad("export-length"):
            return b""
        pattern = bytes(random.Random(one.id).randbytes(160))
        if self.bad("export-silence"):
            pattern = b"\x80" * 160
        return pattern * (50 * min(one.duration, 300))

    def audio(self, media: str, ones: list[Recording]) -> bytes:
        samples = b"".join(self.pcm(one) for one in ones)
        if media == "WAV" and self.bad("export-wav-is-mp3"):
            media = "MP3"
        if media == "WAV":
            out = io.BytesIO()
            with wave.open(out, "wb") as file:
                file.setnchannels(2 if self.ways.wav == "stereo" else 1)
                file.setsampwidth(2 if self.ways.wav in ("16", "stereo") else 1)
                file.setframerate(8000)
                file.writeframes(samples * {"8": 1, "16": 2, "stereo": 4}[self.ways.wav])
            body = out.getvalue()
            if self.bad("export-riff-length"):
                body = body[:4] + (len(body) // 2).to_bytes(4, "little") + body[8:40] + (len(samples) * 2 + 8).to_bytes(4, "little") + body[44:]
            if self.bad("export-cut"):
                body = body[: len(body) * 2 // 3]
            return body
        if media == "MP3":
            return b"ID3\x03\x00\x00\x00\x00\x00\x00" + (b"\xff\xfb\x10\xc4" + samples[:4].ljust(4, b"\0") + bytes(96)) * max(1, len(samples) // 300)
        if media == "M4A":
            return b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom\x00\x00\x00\x00" + (8 + len(samples[:9000])).to_bytes(4, "big") + b"mdat" + samples[:9000]
        if media == "VOX":
            return samples[::2] or b"\0"
        return b"CAV1" + samples[:9000]

    def do_export(self, query: Query) -> Reply:
        self.need(query, "UNIQUEFIELD", *(() if self.bad("need-uniqueid") else ("UNIQUEID",)))
        media = self.media_format(query)
        if query.get("ENCRYPT").upper() == "Y" and media == "CAV":
            self.need(query, "PASSWORD")
        try:
            one = self.by_column(query)
        except Refused:
            if self.bad("export-unknown-empty"):
                return Reply(body=self.audio(media, []), mime=MIME[media])
            raise
        if self.bad("export-next"):
            done = sorted(self.finished(), key=lambda each: each.id)
            one = done[(done.index(one) + 1) % len(done)]
        return Reply(body=self.audio(media, [one]), mime=MIME[media])

    def do_combinedexport(self, query: Query) -> Reply:
        media = self.media_format(query, "WAV") if self.ways.combined_format == "asked" else "WAV"
        ones = self.idents(query)
        if len(ones) > 1:
            if self.bad("combined-last"):
                ones = ones[:-1]
            if self.bad("combined-first-twice"):
                ones = [ones[0]] * len(ones)
            if self.bad("combined-headers") and media == "WAV":
                return Reply(body=b"".join(self.audio(media, [one]) for one in ones), mime=MIME[media])
            if self.bad("combined-first-only"):
                ones = ones[:1]
        return Reply(body=self.audio(media, ones), mime=MIME[media])

    def do_multiexport(self, query: Query) -> Reply:
        media = self.media_format(query, "WAV") if self.ways.combined_format == "asked" else "WAV"
        ones = self.idents(query)
        if self.bad("multi-not-zip"):
            return Reply(body=self.audio(media, ones), mime="application/zip")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for n, one in enumerate(ones):
                if self.bad("multi-last") and n and n == len(ones) - 1:
                    continue
                file.writestr(self.ways.zip_name.format(one.id, media.lower()), self.audio(media, [ones[0] if self.bad("multi-same") else one]))
        body = out.getvalue()
        if self.bad("multi-crc"):
            body = body[:60] + bytes([body[60] ^ 0x55]) + body[61:]
        if self.bad("multi-cut"):
            body = body[: len(body) - 30]
        return Reply(body=body, mime="application/zip")

    def do_test(self, query: Query) -> Reply:
        return Reply()

    def do_events(self, query: Query) -> Reply:
        ways, link = self.ways, query.link
        name = query.get("EVENTCLASS").upper()
        if not name and ways.event_class_blank == "all":
            name = "ALL"
        if name not in ("ALL", "CALL", "RECORD") and ways.event_class_unknown != 20:
            raise Refused(ways.event_class_unknown if name else ways.missing)
        if query.road == "web":
            if ways.event_web != 20:
                raise Refused(ways.event_web)
        elif link is not None:
            had = self.subscribers.get(link)
            if had is not None and ways.event_again == "refuse":
                raise Refused(32)
            wanted = {name}
            if self.bad("event-record-is-all") and name == "RECORD":
                wanted = {"ALL"}
            if self.bad("event-all-is-call") and name == "ALL":
                wanted = {"CALL"}
            link.subscribing = wanted | (had or set()) if ways.event_again == "add" else wanted
        out = [("EVENTXREF", ways.event_xref), ("EVENTCLASS", name), ("EVENTTYPE", query.get("EVENTVALUE"))]
        if self.bad("event-result-class"):
            out[1] = ("EVENTCLASS", "ALL" if name != "ALL" else "CALL")
        return Reply(20, "API_OK", [] if self.bad("event-result-bare") else out)


CALLS = {"REQUESTID", "TYPE", "REQUESTTYPE", "DEVICEID", "CALLINSTANCE", "DEVICEALIAS", "GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLID", "PRIORITY", "CALLDIRECTION", "MAXRECORDSILENCE", "MAXRECORDTIME",
         "AGENTINITIATED", "CTIINITIATED", "ARCHIVEACTION", "STATIONNAME", "SYS_USER", "CRM_USER"}  # fmt: skip
_OWN = {
    "TEST": "", "DEVICELIST": "DEVICELIST", "DEVICESTATUS": "DEVICEID DEVICEALIAS CRM_USER SYS_USER", "DEVICERECORDINGSTATUS": "DEVICEID DEVICEALIAS CRM_USER SYS_USER", "SYSTEMSTATUS": "", "CHANNELS": "",
    "STATIONS": "", "FETCHTERMINOLOGY": "", "CHATSTART": "SESSIONID AGENTID KEYNAME KEYVALUE", "CHATSTOP": "SESSIONID",
    "BLACKOUTSTART": "DEVICEID DEVICEALIAS CRM_USER SYS_USER TIMEOFFSET CALLINSTANCE", "BLACKOUTSTOP": "DEVICEID DEVICEALIAS CRM_USER SYS_USER TIMEOFFSET CALLINSTANCE",
    "AGENTBLACKOUTSTART": "DEVICEID DEVICEALIAS CRM_USER SYS_USER TIMEOFFSET CALLINSTANCE", "AGENTBLACKOUTSTOP": "DEVICEID DEVICEALIAS CRM_USER SYS_USER TIMEOFFSET CALLINSTANCE",
    "IMPORTUSER": "ACTION AGENT_ID AGENTID EMPLOYEEID FIRSTNAME LASTNAME STATUS ADD_TIME MOD_TIME SYS_USER DOMAIN EMAIL CRM_USER PASSWORD SITEID USERNAME",
    "IMPORTAGENTPHONE": "ACTION PHONEID AGENTID FIRSTNAME LASTNAME", "IMPORTWORKSTATION": "DEVICEID STATIONNAME LOCATIONID", "ADDGROUP": "GROUPNAME",
    "MODIFYGROUPPERMISSION": "ACTION GROUPNAME GROUPLD GROUPID PHONEID DEVICEID FIRSTNAME LASTNAME AGENTID", "MODIFYUSERGROUPPERMISSION": "ACTION GROUPNAME GROUPID DEVICEID USERNAME",
    "MODIFYROLE": "ACTION ROLENAME DESCRIPTION", "MODIFYROLEGROUPPERMISSION": "ROLEID ROLENAME GROUPNAME ACTION", "MODIFYUSERROLE": "ROLEID ROLENAME USERID LASTNAME FIRSTNAME SYSTEMUSERNAME USERNAME ACTION",
    "EMAIL": "UNIQUEFIELD UNIQUEID TOADDRESS MEDIA_FORMAT ENCRYPT PASSWORD", "COMBINEDEMAIL": "TOADDRESS TONAME FROMADDRESS FROMNAME IDENT UNIQUEID", "AGENTWINDOW": "COMPUTERNAME USERNAME",
    "EXPORT": "UNIQUEFIELD UNIQUEID MEDIA_FORMAT ENCRYPT PASSWORD", "COMBINEDEXPORT": "IDENT MEDIA_FORMAT", "COMBINEEXPORT": "IDENT MEDIA_FORMAT", "MULTIEXPORT": "IDENT MEDIA_FORMAT", "EVENTS": "EVENTCLASS EVENTVALUE",
}  # fmt: skip
PARAMETERS: dict[str, set[str]] = {name: set(text.split()) for name, text in _OWN.items()} | {
    "CALLSTART": CALLS, "CALLSTOP": CALLS, "RECORDSTART": CALLS, "RECORDSTOP": CALLS, "CALLUPDATE": CALLS | {"KEEP_DAYS", "KEEPDAYS", "UPDATE_IF_NOT_RECORDING", "RECORDID"},
    "CALLLIST": CALLS | {"CALLCOUNT", "CALLDATESTART", "CALLDATEEND"}, "CHATUPDATE": CALLS | {"SESSIONID"},
}  # fmt: skip
HANDLERS: dict[str, Callable[[Any, Query], Reply]] = {
    name: getattr(Server, "do_" + {"AGENTBLACKOUTSTART": "blackoutstart", "AGENTBLACKOUTSTOP": "blackoutstop", "COMBINEEXPORT": "combinedexport"}.get(name, name.lower())) for name in PARAMETERS
}


# ------------------------------------------------------------------------------------------------- the two roads


def make_query(pairs: list[tuple[str, str]], road: str, ways: Ways, link: Any) -> Query:
    """A request from names and values. Of a name given twice the first counts."""
    values: dict[str, str] = {}
    fold = ways.fold_names or road == "web"
    for name, value in pairs:
        key = name.upper() if fold else name
        values.setdefault(key, value if ways.strip == "none" else value.strip())
    sent = values.pop("TYPE", "")
    other = values.pop("REQUESTTYPE", "")
    sent = (sent or (other if ways.requesttype == "accept" else "")).strip()
    kind = sent.upper() if ways.fold_type or road == "web" else sent
    rid = values.pop("REQUESTID", None)
    return Query(kind, sent, values, road, link, rid, pairs)


class Link(asyncio.Protocol):
    """A connection: of the socket API or of the web, by its role."""

    def __init__(self, server: Server, road: str) -> None:
        self.server, self.road = server, road
        self.framer = Framer(strict=server.bad("frame-line-ends"))
        self.todo: list[Any] = []
        self.busy = self.gone = self.closing = False
        self.used: set[int] = set()
        self.held = b""
        self.subscribing: set[str] | None = None
        self.count = 0
        self.buffer = b""
        self.out: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        with contextlib.suppress(OSError):
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.road == "socket":
            self.server.links.append(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self.gone = True
        self.server.subscribers.pop(self, None)
        if self in self.server.links:
            self.server.links.remove(self)

    def send(self, data: bytes) -> None:
        if self.gone or not data:
            return
        size = self.server.ways.segments
        if not size:
            self.transport.write(data)
            return
        idle = not self.out
        self.out += [data[n : n + size] for n in range(0, len(data), size)]
        if idle:
            self.pump()

    def pump(self) -> None:
        if self.gone or not self.out:
            return
        self.transport.write(self.out.pop(0))
        if self.out:
            asyncio.get_running_loop().call_soon(self.pump)
        elif self.closing:
            self.transport.close()

    def close(self) -> None:
        self.closing = True
        if not self.out:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        if self.road == "web":
            self.buffer += data
            if len(self.buffer) > MOST:
                self.transport.abort()
                return
            while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
                head, rest = self.buffer[:end], self.buffer[end + 4 :]
                length = re.search(rb"\r\ncontent-length:\s*(\d{1,7})", head, re.IGNORECASE)
                wanted = int(length[1]) if length else 0
                if len(rest) < wanted:
                    break
                self.buffer = rest[wanted:]
                self.todo.append((head, rest[:wanted]))
        else:
            if self.server.bad("frame-segment-lost") and self.framer.buffer:
                self.framer.buffer, self.framer.seen = b"", 0
            try:
                self.todo += self.framer.feed(data)
            except OverflowError:
                self.transport.abort()
                return
            if self.server.bad("frame-pipelined-lost"):
                del self.todo[1:]
        self.work()

    def work(self) -> None:
        delay = self.server.ways.delay
        while self.todo and not self.busy and not self.gone and not self.closing:
            item = self.todo.pop(0)
            if delay:
                self.busy = True
                asyncio.get_running_loop().call_later(delay, self.after, item)
                return
            self.handle(item)

    def after(self, item: Any) -> None:
        self.busy = False
        if not self.gone:
            self.handle(item)
            self.work()

    def handle(self, item: Any) -> None:
        if self.road == "web":
            self.web(*item)
        else:
            self.api(item)

    # -- the socket API

    def api(self, document: bytes) -> None:
        server, ways = self.server, self.server.ways
        self.count += 1
        try:
            root, pairs = read_document(document, ways.bare_amp == "accept")
            query = make_query(pairs, "socket", ways, self)
            if root.upper() != "REQUEST":
                raise Malformed("root")
        except Malformed:
            if ways.malformed == "close":
                self.close()
            elif ways.malformed == "error":
                self.send(server.document("RESULT", [("REQUESTTYPE", ""), ("REQUESTID", ""), ("RESULTTYPE", CODES[16] if ways.error_type == "label" else "ERROR"), ("RESULTCODE", "16"), ("RESULTMSG", CODES[16])]).encode())
            return
        reply, text = server.answer(query)
        data = text.encode()
        if ways.event_first:
            server.flush()
        self.send(data)
        if server.bad("frame-answer-twice") and self.count % 10 == 0:
            self.send(data)
        if self.subscribing is not None:
            server.subscribers[self] = self.subscribing
            self.subscribing = None
        elif server.bad("event-ends-with-request"):
            server.subscribers.pop(self, None)
        server.flush()
        if (server.bad("frame-close-errors") and reply.code != 20) or (server.bad("frame-close-forty") and self.count == 40):
            self.close()

    # -- the web

    def web(self, head: bytes, body: bytes) -> None:
        server, ways = self.server, self.server.ways
        words = head.split(b"\r\n", 1)[0].split(b" ")
        if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
            return self.respond(400, "text/plain", b"")
        method, target = words[0].decode("latin-1"), words[1].decode("latin-1")
        path, _, text = target.partition("?")
        close = ways.http_close or words[2] == b"HTTP/1.0" or b"connection: close" in head.lower()
        pages = ("/webapi.aspx",) if server.bad("web-php") else ("/webapi.php", "/webapi.aspx")
        if path.lower() not in pages:
            return self.respond(404, "text/plain", b"", close)
        if method == "POST" and ways.post == 200:
            text = text or body.decode("latin-1")
        elif method not in ("GET", "HEAD"):
            return self.respond(ways.post if ways.post != 200 else 405, "text/plain", b"", close)
        if server.bad("web-percent-first"):
            text = unquote_to_bytes(text).decode("utf-8", "replace")
        pairs = []
        for part in text.split("&"):
            name, _, value = part.partition("=")
            if server.bad("web-equals"):
                value = self.decode(value).split("=")[0]
            if server.bad("web-names-lower") and name != name.lower():
                continue
            if server.bad("web-names-upper-users") and name.lower().startswith("user") and name != name.upper() and name[4:].isdigit():
                continue
            if name:
                pairs.append((self.decode(name), self.decode(value)))
        query = make_query(pairs, "web", ways, self)
        reply, document = server.answer(query)
        if ways.event_first:
            server.flush()
        if reply.body is not None:
            self.respond(200, reply.mime, reply.body, close, head=method == "HEAD")
        else:
            status = 200 if reply.code in (20, 46) else ways.http_error
            self.respond(status, ways.http_type, (document.rstrip("\r\n") + ways.http_end).encode(), close, head=method == "HEAD")
        server.flush()

    def decode(self, text: str) -> str:
        server = self.server
        if server.ways.plus == "blank":
            text = text.replace("+", " ")
        raw = unquote_to_bytes(text)
        if server.bad("web-twice-decoded"):
            raw = unquote_to_bytes(raw)
        if server.bad("web-latin"):
            return raw.decode("latin-1")
        if server.bad("web-plus-lost"):
            raw = raw.replace(b"+", b" ")
        if server.bad("web-lower-values") and len(raw) > 30:
            raw = raw.lower()
        return raw.decode("utf-8", "replace")

    def respond(self, status: int, kind: str, body: bytes, close: bool = True, head: bool = False) -> None:
        ways = self.server.ways
        words = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 500: "Internal Server Error", 501: "Not Implemented"}
        lines = f"HTTP/1.1 {status} {words.get(status, 'Error')}\r\nServer: Alder\r\nContent-Type: {kind}\r\nConnection: {'close' if close else 'keep-alive'}\r\n"
        if ways.http_chunked and body:
            parts = [body[n : n + 700] for n in range(0, len(body), 700)]
            body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
            lines += "Transfer-Encoding: chunked\r\n\r\n"
        else:
            length = len(body) + (50 if self.server.bad("web-length") and len(body) > 2000 else 0)
            lines += f"Content-Length: {length}\r\n\r\n"
        self.send(lines.encode() + (b"" if head else body))
        if close or (self.server.bad("web-length") and len(body) > 2000):
            self.close()


# ------------------------------------------------------------------------------------------------- ways and faults

Choices = dict[str, Any]
PERSONALITIES: dict[str, tuple[str, Choices]] = {
    "default": ("this device's own taste: the tables", {}),
    "examples": ("what the examples print, where they differ from the tables", {
        "layout": "indent", "station": "STATION", "callid": "recording", "space": "RECORDINGSPEACEINFO", "state": "example", "trunk": "blank", "event_blank": True, "sent_text": "function",
        "search_head": False, "search_type": "TYPE", "agent_key": "AGENT_ID", "parameters_sent": False, "no_device": 8, "role_exists": 20}),
    "pretty-crlf": ("elements on lines of their own, indented, ended by CR LF", {"layout": "indent"}),
    "lines-crlf": ("CR LF after each element", {"layout": "crlf"}),
    "lines-lf": ("LF between the elements, CR LF at the end", {"layout": "lf"}),
    "declaration": ("an XML declaration before every document", {"declaration": True}),
    "declaration-lines": ("an XML declaration and lines", {"declaration": True, "layout": "crlf"}),
    "self-closed": ("empty elements are self-closed", {"empty": "self"}),
    "empty-absent": ("empty elements are left out", {"empty": "absent", "event_empty": "absent"}),
    "id-first": ("REQUESTID before REQUESTTYPE", {"order": "id"}),
    "type-error": ("RESULTTYPE of errors is ERROR, RESULTMSG a text", {"error_type": "ERROR"}),
    "type-error-label": ("RESULTTYPE of errors is ERROR, RESULTMSG the label", {"error_type": "ERROR", "message": "label"}),
    "message-label": ("RESULTMSG is always the label", {"message": "label"}),
    "amp-bare": ("a bare ampersand in values, as the document prints it", {"amp": "bare"}),
    "amp-charref": ("ampersands as character references", {"amp": "charref", "non_ascii": "charref"}),
    "missing-17": ("17 for what is missing or of invalid format", {"missing": 17}),
    "missing-26": ("API_BLANK_REQUIRED_VALUE for what is missing", {"missing": 26, "no_device": 26, "action_missing": 26, "rid_missing": 26}),
    "unknown-15": ("API_INVALID_REQUEST_TYPE for an unknown TYPE", {"unknown_type": 15, "no_type": 16}),
    "requestid-zero": ("REQUESTID 0 is accepted", {"rid_zero": "accept"}),
    "requestid-optional": ("a request without REQUESTID is served; the answer has 0", {"rid_missing": 20}),
    "requestid-bad-zero": ("answers to an invalid REQUESTID have 0", {"rid_bad": "zero"}),
    "requestid-bad-absent": ("answers to an invalid REQUESTID have none", {"rid_bad": "absent"}),
    "requesttype-refused": ("REQUESTTYPE in a request is not TYPE", {"requesttype": "refuse"}),
    "blanks-kept": ("blanks around values are kept, TYPE aside", {"strip": "none"}),
    "blanks-collapsed": ("runs of blanks in values become one", {"strip": "collapse"}),
    "strict-case": ("TYPE and element names in capitals only on the socket", {"fold_type": False, "fold_names": False}),
    "echo-as-sent": ("REQUESTTYPE as it was sent", {"echo": "sent"}),
    "station-short": ("STATION in DEVICELIST", {"station": "STATION"}),
    "callid-inside": ("CALLID in the RECORDING section of DEVICELIST", {"callid": "recording"}),
    "space-misspelt": ("RECORDINGSPEACEINFO", {"space": "RECORDINGSPEACEINFO"}),
    "states-words": ("channels' STATE in the definitions' words, no unsupported elements", {"state": "words", "old_channel_fields": False}),
    "states-example": ("channels' STATE in the example's words", {"state": "example"}),
    "booleans-words": ("Booleans are true and false", {"yes": "true", "no": "false"}),
    "booleans-digits": ("Booleans are 1 and 0", {"yes": "1", "no": "0"}),
    "trunk-blank": ("ISTRUNK is blank", {"trunk": "blank"}),
    "search-bare": ("CALLLIST and FETCHTERMINOLOGY answer without result elements", {"search_head": False}),
    "search-type": ("CALLLIST says TYPE and has a COUNT", {"search_type": "TYPE", "search_count": True}),
    "event-blank": ("EVENTTYPE of the paused and resumed events begins with a blank", {"event_blank": True}),
    "event-users-all": ("RECORDINGSTOPPED has all USER fields", {"event_users": "all"}),
    "event-absent": ("events leave empty elements out", {"event_empty": "absent"}),
    "event-first": ("events before the answer of what causes them", {"event_first": True}),
    "event-late": ("events 80 ms later", {"event_delay": 0.08}),
    "event-adds": ("a second EVENTS adds a class", {"event_again": "add"}),
    "event-once": ("a second EVENTS is refused", {"event_again": "refuse"}),
    "event-any-class": ("EVENTS with an unknown class answers API_OK, and no events come", {"event_class_unknown": 20}),
    "event-class-needed": ("a blank EVENTCLASS is refused", {"event_class_blank": "refuse"}),
    "event-reference": ("EVENTXREF is a number of its own, MODULE is blank", {"event_xref": "17", "event_module": ""}),
    "event-not-web": ("EVENTS over the web is not supported", {"event_web": 49}),
    "strange-refused": ("unknown parameters are refused", {"unknown_parameter": "refuse"}),
    "long-refused": ("overlong values are refused", {"long": "refuse"}),
    "long-kept": ("overlong values are kept", {"long": "keep"}),
    "long-live": ("overlong values are cut in the database only", {"live_long": True}),
    "blank-clears": ("blank values clear", {"blank": "clear"}),
    "ascii": ("what is not ASCII is stored as ?", {"ascii_only": True}),
    "role-again-ok": ("adding a role that exists answers API_OK", {"role_exists": 20}),
    "user-again-agent": ("the same names give API_AGENT_ALREADY_EXIST", {"user_exists": 42}),
    "user-again-keys": ("the same names give API_ERROR_KEYS_NOT_UNIQUE", {"user_exists": 22, "user_username": 22}),
    "user-unknown-agent": ("an unknown AGENT_ID gives API_AGENT_NOT_FOUND", {"user_unknown": 24}),
    "password-needed": ("IMPORTUSER needs PASSWORD", {"need_password": True}),
    "action-capitals": ("ACTION in capitals only", {"action_case": False, "action_missing": 16}),
    "deleted-listed": ("LIST shows deleted agents with status D", {"list_deleted": "D"}),
    "list-underscores": ("LIST has EMPLOYEE_ID, FIRST_NAME, LAST_NAME", {"list_names": "text"}),
    "agent-underscore": ("the result's AGENT_ID", {"agent_key": "AGENT_ID"}),
    "phone-conflict-keys": ("a phone of another agent gives API_ERROR_KEYS_NOT_UNIQUE; the agent's own, too", {"phone_conflict": 22, "phone_again": 22, "phone_fallback": False}),
    "group-no-group": ("an unknown group gives API_NO_GROUP", {"group_unknown": 27}),
    "group-key": ("GROUPID in the results", {"group_key": "GROUPID"}),
    "no-parameters-back": ("results do not repeat the parameters", {"parameters_sent": False}),
    "permission-again": ("a permission given twice or taken that was not given is an error", {"permission_again": 51}),
    "device-refused": ("CALLSTART on an unknown DEVICEID gives API_DEVICE_INVALID", {"unknown_device": "refuse"}),
    "no-device-16": ("a call function without a device gives API_INVALID_MESSAGE_FORMAT", {"no_device": 16}),
    "alias-needs-agent": ("DEVICEALIAS finds only devices with an agent", {"alias_without_agent": "refuse"}),
    "offset-stop": ("TIMEOFFSET does not move the start of a blackout", {"offset": "stop"}),
    "stop-none-7": ("CALLSTOP without a call gives API_DEVICE_NOT_IN_CALL", {"stop_none": 7}),
    "stop-none-12": ("stops without a call or recording give API_DEVICE_NOT_RECORDING", {"stop_none": 12, "recordstop_none": 12}),
    "last-may-be-over": ("the last call is the last that began, though it ended", {"stop_last": "last"}),
    "update-none-ok": ("CALLUPDATE without a call answers API_OK", {"update_none": 20}),
    "same-call-updates": ("a second CALLSTART of an instance updates it", {"same_call": "update"}),
    "same-call-refused": ("a second CALLSTART of an instance is an error", {"same_call": "error"}),
    "record-none-ok": ("RECORDSTART without a recording answers API_OK", {"record_none": 20}),
    "partials-unlisted": ("partial recordings are not in CALLLIST", {"partial_listed": False}),
    "records-agents": ("the schedule records devices with agents only", {"schedule": "agents"}),
    "record-late": ("recording starts 100 ms after the answer", {"record_delay": 0.1}),
    "save-late": ("recordings are saved 150 ms after they stop", {"save_delay": 0.15}),
    "record-unknown-23": ("an unknown RECORDID gives API_DATABASE_QUERY_ERROR", {"recordid_unknown": 23}),
    "texts-of-examples": ("CALLUPDATE sent to ...", {"sent_text": "function"}),
    "two-cores": ("two cores", {"cores": (1, 2)}),
    "core-down": ("one of two cores does not answer: API_PARTIAL_CORE_RESPONSE", {"cores": (1, 2), "down": (2,)}),
    "status-unwrapped": ("DEVICE stands directly in DEVICESTATUS's RESULT", {"devices_wrap": False}),
    "status-unknown-24": ("an unknown device gives API_AGENT_NOT_FOUND in status functions", {"status_none": 24}),
    "status-unknown-empty": ("an unknown device gives an empty list", {"status_none": 20}),
    "status-all": ("DEVICESTATUS without parameters shows all", {"status_all": True}),
    "status-with-ended": ("DEVICERECORDINGSTATUS shows ended instances, too", {"status_ended": True}),
    "status-no-word": ("DEVICERECORDINGSTATUS without STATUS, as its list has it", {"status_word": ""}),
    "status-split": ("a DEVICE for each instance", {"status_shape": "split"}),
    "filter-any-case": ("CALLLIST compares without regard to letter case", {"filter_case": False}),
    "list-none-error": ("no match in CALLLIST is an error", {"list_none": 40}),
    "chats-listed": ("chats make recordings", {"chat_listed": True}),
    "session-unknown": ("an unknown SESSIONID is an error", {"session_unknown": 33}),
    "blackout-state": ("a blackout without a call gives API_BLACKOUT_INVALID_STATE", {"blackout_none": 38}),
    "blackout-first-counts": ("of two identifications of a blackout the first counts", {"blackout_two": 20}),
    "blackout-off": ("BLACKOUT is switched off: API_COMMAND_NOT_ALLOWED", {"blackout_allowed": False}),
    "blackout-lasts": ("AGENTBLACKOUTSTART concerns the agent's calls to come, too", {"blackout_lasts": True}),
    "deprecated-unknown": ("deprecated functions give API_UNKNOWN_MESSAGE_TYPE", {"deprecated": 10}),
    "export-socket-unknown": ("EXPORT on the socket gives API_UNKNOWN_MESSAGE_TYPE", {"export_socket": 10}),
    "combined-wav": ("COMBINEDEXPORT and MULTIEXPORT use IDENT only and write WAV", {"combined_format": "wav"}),
    "wav-16": ("WAV of 16 bits", {"wav": "16"}),
    "wav-stereo": ("WAV of two channels", {"wav": "stereo"}),
    "zip-folders": ("ZIP members in a folder", {"zip_name": "export/rec-{}.{}"}),
    "no-mail": ("no email server", {"mail": False}),
    "http-500": ("errors have HTTP status 500", {"http_error": 500}),
    "http-400": ("errors have HTTP status 400, the type is application/xml", {"http_error": 400, "http_type": "application/xml"}),
    "http-html": ("XML under the type text/html, without CR LF at its end", {"http_type": "text/html", "http_end": ""}),
    "http-chunked": ("bodies in chunks", {"http_chunked": True}),
    "http-close": ("a connection for each web request", {"http_close": True}),
    "http-post": ("POST is served, too", {"post": 200}),
    "http-plus": ("+ in a URL is a plus", {"plus": "plus"}),
    "slow": ("200 ms for each answer", {"delay": 0.2}),
    "segments": ("small segments", {"segments": 60}),
    "zone": ("the server's clock is seven hours behind", {"zone": -7}),
    "malformed-closes": ("malformed XML closes the connection", {"malformed": "close"}),
    "malformed-silent": ("malformed XML gets no answer", {"malformed": "silence"}),
    "amp-refused": ("a bare ampersand in a request is malformed", {"bare_amp": "refuse"}),
}  # fmt: skip
DOUBTFUL: dict[str, tuple[str, Choices]] = {
    "blackout-silent": ("a blackout shows nowhere: what was said is removed from the recording afterwards", {"blackout_silent": True}),
    "oldest-first": ("CALLLIST's top N are the oldest", {"list_order": "oldest"}),
    "no-status-no-state": ("paused recordings are `paused`", {"status_word": "paused"}),
    "deprecated-no-error": ("deprecated functions give API_ERROR_UNKNOWN", {"deprecated": 4}),
    "long-names-clash": ("values are cut, blanks around them are kept, and blank ones clear", {"strip": "none", "blank": "clear"}),
}
Fault = tuple[str, list[int]]
FAULTS: dict[str, Fault] = {
    # framing and XML
    "frame-no-end-long": ("answers of more than 3000 characters have no CR LF", [111]),
    "frame-no-end-errors": ("error answers have no CR LF", [111]),
    "frame-event-glued": ("events have no CR LF", [2714]),
    "frame-segment-lost": ("of a request in two segments the first is lost", [110, 111]),
    "frame-line-ends": ("a line end between elements ends a request", [113, 117, 119]),
    "frame-answer-twice": ("every tenth answer is sent twice", [126, 2102]),
    "frame-close-errors": ("the connection is closed after an error", [110]),
    "frame-close-forty": ("the connection is closed after 40 requests", [110]),
    "xml-lt-bare": ("< in values is not escaped", [104, 113]),
    "xml-end-missing": ("the last DEVICE of a long DEVICELIST is not closed", [104, 113]),
    "xml-tag-case": ("STATIONS is closed by Stations", [104, 113]),
    "xml-agents-outside": ("IMPORTUSER's AGENTS stand after RESULT", [2102, 2124]),
    "xml-root": ("the root of CHATSTOP's answer is RESPONSE", [2102]),
    # REQUESTID and results
    "rid-zero-errors": ("errors have REQUESTID 0", [126, 2102, 2285]),
    "rid-16-bits": ("REQUESTID is clipped to 16 bits", [126, 2102, 2285]),
    "rid-24-bits-web": ("over the web REQUESTID is clipped to 24 bits", [126, 2102, 2285]),
    "rid-stale": ("CALLUPDATE answers with the REQUESTID before", [126, 2102, 2285]),
    "rid-too-high": ("REQUESTIDs up to 4294967295 are accepted", [2285]),
    "rid-web-high": ("over the web REQUESTIDs above 2147483647 are accepted", [2285]),
    "rid-maximum-refused": ("2147483647 is refused", [2285]),
    "rid-unique": ("a REQUESTID that was used on the connection is refused", [2285]),
    "rid-wrong-code": ("an invalid REQUESTID gives API_INVALID_MESSAGE_FORMAT", [2285]),
    "rid-web-missing": ("answers over the web have no REQUESTID", [2102]),
    "type-recordstop": ("RECORDSTOP's answer has REQUESTTYPE CALLSTOP", [519]),
    "type-status": ("DEVICESTATUS's answer has REQUESTTYPE DEVICELIST", [673]),
    "code-8-label": ("code 8 has the label API_AGENT_NOT_FOUND", [2128, 2138]),
    "code-ok-0": ("CHATSTART's API_OK has code 0", [2128, 2149]),
    "code-ok-21-again": ("every fifteenth API_OK has code 21", [2128, 2149, 2150]),
    "code-unlisted": ("a phone of another agent gives code 99", [2128]),
    "result-no-code": ("errors have no RESULTCODE", [2102, 2113]),
    "result-no-message": ("BLACKOUTSTOP has no RESULTMSG", [2102]),
    "deprecated-ok": ("MODECHANGE answers API_OK", [146, 150]),
    "deprecated-imports": ("IMPORTAGENT still works", [146, 155]),
    # what is required
    "need-callstart": ("CALLSTART without a device answers API_OK", [190]),
    "need-callstop": ("CALLSTOP without a device answers API_OK", [256]),
    "need-callupdate": ("CALLUPDATE without a device answers API_OK", [286, 307]),
    "need-recordstart": ("RECORDSTART without a device answers API_OK", [423]),
    "need-recordstop": ("RECORDSTOP without a device answers API_OK", [489]),
    "need-web-any": ("over the web call functions without a device answer API_OK", [190, 256, 286, 307, 423, 489, 2561, 2594]),
    "need-session-start": ("CHATSTART without SESSIONID answers API_OK", [1258]),
    "need-session-stop": ("CHATSTOP without SESSIONID answers API_OK", [1304]),
    "need-session-update": ("CHATUPDATE without SESSIONID answers API_OK", [1342]),
    "need-blackout": ("BLACKOUTSTART and BLACKOUTSTOP without a device answer API_OK", [1381, 1419, 1420, 1427, 1455, 1456]),
    "need-location": ("IMPORTWORKSTATION works without LOCATIONID", [1631, 1638]),
    "need-groupname": ("ADDGROUP without GROUPNAME adds a group", [1673, 1678]),
    "need-action": ("MODIFYGROUPPERMISSION without ACTION adds", [1746]),
    "need-group": ("MODIFYGROUPPERMISSION without a group answers API_OK", [1748]),
    "need-group-agent": ("MODIFYGROUPPERMISSION without an agent answers API_OK", [1750]),
    "need-role": ("MODIFYROLEGROUPPERMISSION without a role answers API_OK", [1894]),
    "need-role-group": ("MODIFYROLEGROUPPERMISSION without GROUPNAME answers API_OK", [1896]),
    "need-userrole": ("MODIFYUSERROLE without a role answers API_OK", [1945]),
    "need-phone-agent": ("IMPORTAGENTPHONE without an agent answers API_OK", [1617]),
    "need-uniqueid": ("EXPORT without UNIQUEID exports the latest", [2635, 2672]),
    "need-format": ("EXPORT without MEDIA_FORMAT writes WAV", [2635, 2672]),
    # finding
    "find-alias-unknown": ("call functions with an unknown DEVICEALIAS answer API_OK", [200, 433]),
    "find-sys-unknown": ("call functions with an unknown SYS_USER answer API_OK", [200, 433]),
    "find-crm-unknown": ("call functions with an unknown CRM_USER answer API_OK", [200, 433]),
    "find-crm-not-looked-up": ("devices are not found by CRM_USER", [188, 278, 286]),
    "find-user-first": ("any user is found at the first device", [187, 188, 278, 286]),
    "find-station": ("devices are not found by STATIONNAME", [186, 212, 2308]),
    "find-blank-deviceid": ("a blank DEVICEID is an unknown device", [212, 278, 2308]),
    "names-last-only": ("agents are found by LASTNAME alone when FIRSTNAME is another", [1617, 1750, 1752]),
    # what is stored
    "store-user7-lost": ("USER7 is never stored", [177, 301, 374, 2349]),
    "store-user4-20": ("USER4 is cut to 20 characters", [2370]),
    "store-user9-40": ("USER9 is cut to 40 characters", [2371]),
    "store-user-shift": ("USER10 is stored as USER11", [177, 301, 374, 2349]),
    "store-leading-zeros": ("leading zeros of USER fields are lost", [2349, 2357]),
    "store-gate-as-group": ("CALLUPDATE stores GATE as GROUP", [297, 298, 2235]),
    "store-direction": ("CALLDIRECTION O is stored as I", [180, 302, 375, 2205]),
    "store-update-not-recorded": ("what CALLUPDATE sets is not in the recording", [284]),
    "store-recorded-user14": ("USER14 is blank in recordings", [177, 1157, 2349]),
    "update-clears": ("CALLUPDATE clears the USER fields that it does not name", [284]),
    "update-user-once": ("CALLUPDATE does not change a USER field that has a value", [284]),
    "update-if-first": ("UPDATE_IF_NOT_RECORDING updates the oldest recording", [284, 2347]),
    "update-last-though-in-call": ("UPDATE_IF_NOT_RECORDING updates the last recording though a call is up", [284, 2347]),
    "update-if-none-ok": ("UPDATE_IF_NOT_RECORDING without a recording answers API_OK", [318]),
    "update-if-always": ("CALLUPDATE without UPDATE_IF_NOT_RECORDING updates the last recording when no call is up", [284, 2347]),
    "post-user12": ("CALLUPDATE with RECORDID does not store USER12", [362, 374]),
    "post-clears": ("CALLUPDATE with RECORDID clears the USER fields that it does not name", [362]),
    "post-active-call": ("CALLUPDATE with RECORDID changes the call of its device, if one is up", [362]),
    "post-next-too": ("CALLUPDATE with RECORDID changes the next recording, too", [362]),
    "post-unknown-ok": ("CALLUPDATE with an unknown RECORDID answers API_OK", [383]),
    "partial-ends-call-recording": ("RECORDSTART ends the call's recording", [398]),
    # instances
    "instance-stop-other": ("CALLSTOP with CALLINSTANCE ends another", [280]),
    "instance-stop-first": ("CALLSTOP without CALLINSTANCE ends the first call", [280]),
    "instance-stop-all": ("CALLSTOP ends all calls of the device", [280, 2209]),
    "instance-update-first": ("CALLUPDATE without CALLINSTANCE updates the first call", [358]),
    "instance-update-ignored": ("CALLUPDATE does not look at CALLINSTANCE", [358]),
    "instance-one": ("a second instance replaces the first", [216, 2209]),
    "instance-not-blank": ("CALLINSTANCE defaults to 1", [216]),
    "instance-number": ("instances are compared by their last digit", [280, 358, 2209]),
    "instance-second-inherits": ("a second instance has the first one's USER1 if it has none", [216, 2209]),
    "instances-one-listed": ("DEVICERECORDINGSTATUS lists one instance", [727]),
    "instances-same-values": ("all instances in DEVICERECORDINGSTATUS have the first one's USER fields", [727, 749]),
    # status
    "status-oldest": ("DEVICESTATUS shows the oldest of the calls that are up", [626]),
    "status-after-stop": ("DEVICESTATUS is blank after a call", [626]),
    "status-recording-stays": ("the recording goes on after CALLSTOP", [244]),
    "status-not-recording": ("ISRECORDING is N for calls with a CALLINSTANCE", [2247]),
    "status-never-paused": ("STATUS stays recording in a blackout", [727]),
    "status-user-of-first": ("SYS_USER is the first agent's", [547, 640, 741, 2328]),
    "status-no-user13": ("DEVICELIST and DEVICESTATUS have no USER13", [553, 646]),
    "status-no-instance": ("DEVICELIST and DEVICESTATUS have no CALLINSTANCE", [566, 659]),
    "status-unknown-first": ("an unknown device's status is the first device's", [626, 727]),
    "devicelist-count": ("COUNT in DEVICELIST is one too many", [579, 2213]),
    "devicelist-no-trunks": ("DEVICELIST has no trunks", [536]),
    "devicelist-instances": ("DEVICELIST has a device twice that has two calls", [536]),
    "channels-count": ("COUNT in CHANNELS is one too few", [943, 945]),
    "channels-state": ("STATE is 10", [2291, 2293]),
    "channels-no-state": ("channels have no STATE", [946]),
    "channels-twice": ("one channel is listed twice, another is not", [943, 945]),
    "stations-first-lost": ("STATIONS lacks one", [1014, 1024]),
    "stations-no-device": ("stations have a blank DEVICEID", [1027]),
    "terms-count": ("COUNT in FETCHTERMINOLOGY is one too many", [1065]),
    "terms-no-value": ("TERMINOLOGY has no VALUE", [1068]),
    "system-no-processor": ("SYSTEMSTATUS has no processor", [878]),
    "system-no-used": ("SYSTEMSTATUS has no SYSTEMRAMUSED", [883]),
    "system-ram-text": ("SYSTEMRAMTOTAL is no integer", [2418]),
    "list-or": ("CALLLIST's filters are alternatives", [1153]),
    "list-last-filter": ("of CALLLIST's filters the last counts", [1153]),
    "list-count-ignored": ("CALLCOUNT is ignored", [1149, 2203]),
    "list-count-more": ("CALLLIST has one more than CALLCOUNT", [1149, 2203]),
    "list-count-first": ("CALLCOUNT counts before the filters", [1149, 1155]),
    "list-start-ignored": ("CALLDATESTART is ignored when DEVICEID is given", [1150, 1153]),
    "list-end-ignored": ("CALLDATEEND is ignored", [1151]),
    "list-device-prefix": ("DEVICEID in CALLLIST is compared by three characters", [1135, 1140]),
    "list-crm-ignored": ("CRM_USER in CALLLIST is ignored", [1141, 1153]),
    "list-gate-ignored": ("GATE in CALLLIST is ignored", [1145, 1153]),
    "list-user9-ignored": ("USER9 in CALLLIST is ignored", [1148, 1153]),
    "list-ani-dnis": ("new recordings have ANI and DNIS swapped", [1157, 2199, 2223]),
    "list-misses-new": ("CALLLIST lacks every second new recording", [1157]),
    "list-first-twice": ("CALLLIST has its first recording again at the end", [1157]),
    "list-no-user6": ("CALLLIST has no USER6", [1157, 1193]),
    "list-no-recordid": ("CALLLIST has no RECORDID", [1157, 1203]),
    # chats and blackouts
    "chat-unknown-agent": ("CHATSTART with an unknown agent answers API_OK", [1271]),
    "chat-sys-user": ("CHATSTART does not know KEYNAME SYS_USER", [1261, 1263]),
    "blackout-unknown": ("a blackout of an unknown device answers API_OK", [1419, 1420, 1455, 1456]),
    "blackout-stays": ("BLACKOUTSTOP does nothing", [1427]),
    "blackout-ends-call": ("BLACKOUTSTART ends the call", [1381]),
    "blackout-instance-ignored": ("BLACKOUTSTART and BLACKOUTSTOP concern all calls", [1383, 1464]),
    "blackout-agent-one": ("AGENTBLACKOUTSTART concerns one call", [1383]),
    "blackout-before-start": ("BLACKOUTSTOP with a negative TIMEOFFSET is an error", [1463]),
    # imports
    "import-action": ("IMPORTUSER with an unknown ACTION adds", [1561, 1578]),
    "import-names-twice": ("a user with the names of another is added", [1571]),
    "import-names-changes": ("ADD with the names of another is an error and changes its values", [1571]),
    "import-username-twice": ("a USERNAME can be given twice", [1580]),
    "import-add-id-used": ("ADD with the AGENT_ID of an agent changes it", [1563]),
    "import-add-inactive": ("new agents are inactive", [1482, 2498]),
    "import-email-lost": ("EMAIL is not stored", [1487, 1551]),
    "import-id-next": ("ADD answers with the next AGENTID", [1496]),
    "import-unknown": ("MODIFY and DELETE of an unknown agent answer API_OK", [1571, 1581]),
    "import-modify-clears": ("MODIFY clears what it does not name", [1569]),
    "import-modify-next": ("MODIFY changes the next agent, too", [1569]),
    "import-modify-name": ("MODIFY does not change LASTNAME", [1569]),
    "import-delete-keeps": ("a deleted agent keeps its phones", [1567]),
    "import-delete-first-phone": ("DELETE frees the agent's first phone only", [1567]),
    "import-delete-status": ("a deleted agent stays as it was, though its phones are freed", [1567]),
    "import-delete-records": ("DELETE removes the agent's recordings", [1567]),
    "delete-forgets-past": ("recordings of a deleted agent have no name", [1567]),
    "owner-of-today": ("recordings have the name of the agent who has the phone now", [1567]),
    "import-list-last": ("LIST lacks the last agent", [1573]),
    "import-list-one-phone": ("LIST has one phone for each agent", [1554, 1573]),
    "import-list-no-phones": ("LIST has no PHONES", [1573]),
    "import-list-swap": ("CRM_USER in LIST is SYS_USER", [1573]),
    "phone-taken": ("IMPORTAGENTPHONE takes a phone from another agent", [1623]),
    "phone-taken-though-refused": ("IMPORTAGENTPHONE answers an error and takes the phone from the other agent", [1623]),
    "phone-one-only": ("a second phone frees the agent's first", [1585]),
    "phone-names-first": ("names win over AGENTID", [1617]),
    "phone-unknown-agent": ("IMPORTAGENTPHONE with an unknown agent answers API_OK", [1623, 1627]),
    "phone-delete-agent": ("deleting a phone makes its agent inactive", [1619]),
    "phone-delete-all": ("deleting a phone frees all phones of its agent", [1585, 1619]),
    "phone-delete-records": ("deleting a phone removes its recordings", [1621]),
    "phone-no-id": ("IMPORTAGENTPHONE's result has no AGENTID", [1599]),
    "station-device-stays": ("the device's old station stays", [1658]),
    "station-name-stays": ("the station's old device stays", [1658]),
    "station-not-stored": ("IMPORTWORKSTATION deletes and does not add", [1658]),
    "station-all-deleted": ("IMPORTWORKSTATION deletes all stations", [1658]),
    "station-returns-old": ("IMPORTWORKSTATION answers with the station's old device", [1660]),
    # groups and roles
    "group-twice": ("ADDGROUP adds a group that exists once more", [1706]),
    "group-exists-error": ("ADDGROUP of a group that exists is an error", [1706]),
    "group-prefix": ("a group is taken to exist if eight characters are the same", [1706]),
    "group-no-id-again": ("ADDGROUP of a group that exists has no GROUPID", [1683, 1706]),
    "group-name-upper": ("ADDGROUP answers with GROUPNAME in capitals", [1684, 1706]),
    "group-name-escaped": ("ADDGROUP answers with & escaped twice", [1684, 1706]),
    "group-action": ("MODIFYGROUPPERMISSION with an unknown ACTION adds", [1746]),
    "group-id-unknown": ("groups are not found by their ID", [1748, 1752, 1795, 1797]),
    "group-unknown": ("an unknown group is taken for the first", [1752, 1797]),
    "group-unknown-agent": ("MODIFYGROUPPERMISSION with an unknown agent answers API_OK", [1752, 1760]),
    "group-wrong-agent": ("MODIFYGROUPPERMISSION answers with another AGENTID", [1756]),
    "group-no-agentid": ("MODIFYGROUPPERMISSION answers without AGENTID", [1756]),
    "echo-swapped": ("FIRSTNAME and LASTNAME are swapped in results", [1730, 1756, 1923]),
    "usergroup-action": ("MODIFYUSERGROUPPERMISSION with an unknown ACTION adds", [1793, 1802]),
    "usergroup-unknown-user": ("MODIFYUSERGROUPPERMISSION with an unknown user answers API_OK", [1797, 1803]),
    "role-action": ("MODIFYROLE with an unknown ACTION adds", [1841, 1850]),
    "role-not-added": ("MODIFYROLE answers Role Added and adds none", [1845]),
    "role-add-deletes": ("adding a role that exists deletes it", [1845]),
    "role-modify-unknown": ("modifying an unknown role answers API_OK", [1853]),
    "role-modify-deletes": ("modifying a role deletes it", [1812, 1841]),
    "role-delete-unknown": ("deleting an unknown role answers API_OK", [1853]),
    "role-delete-not-done": ("deleting a role does nothing", [1812, 1841]),
    "role-delete-next": ("deleting a role deletes the next, too", [1812, 1841]),
    "role-unknown": ("an unknown role is taken for the first when it is given", [1952]),
    "role-id-not-found": ("roles are not found by their ID", [1894, 1945]),
    "rolegroup-action": ("MODIFYROLEGROUPPERMISSION with an unknown ACTION adds", [1892, 1901]),
    "userrole-action": ("MODIFYUSERROLE with an unknown ACTION adds", [1918, 1950]),
    "userrole-unknown-user": ("MODIFYUSERROLE with an unknown user answers API_OK", [1953]),
    "userrole-system-name": ("MODIFYUSERROLE does not find users by SYSTEMUSERNAME", [1906]),
    "userrole-names": ("MODIFYUSERROLE does not find users by names", [1906]),
    "action-prefix": ("ACTION is compared by its first letter", [1578, 1746, 1802, 1850]),
    # mail, windows, exports
    "email-address": ("EMAIL and COMBINEDEMAIL take any address", [1998, 2046]),
    "email-unknown": ("EMAIL of an unknown recording answers API_OK", [2000]),
    "combinedemail-unknown": ("COMBINEDEMAIL of an unknown recording answers API_OK", [2048]),
    "window-unknown": ("AGENTWINDOW of an unknown user answers with the first agent's", [2097]),
    "window-user": ("AGENTWINDOW does not find users by USERNAME", [2058, 2059]),
    "window-no-title": ("AGENTWINDOW has no APPLICATIONTITLE", [2068]),
    "export-oldest": ("of several matches the oldest is exported", [2637]),
    "export-next": ("EXPORT gives the next recording's audio", [2637, 2638]),
    "export-prefix": ("an unknown UNIQUEID matches what begins alike", [2638, 2671]),
    "export-unknown-empty": ("EXPORT of an unknown recording gives a file without audio", [2671]),
    "export-wav-is-mp3": ("what should be WAV is MP3", [2633, 2639]),
    "export-vox-refused": ("VOX is not supported", [2633]),
    "export-format-any": ("an unknown MEDIA_FORMAT gives WAV", [2633, 2672]),
    "export-riff-length": ("the lengths in WAV's header are wrong", [2633]),
    "export-cut": ("WAV ends after two thirds", [2633]),
    "export-length": ("exports have no audio", [2631]),
    "ident-unknown-skipped": ("unknown IDENTs are left out of combined files", [2048, 2688, 2705]),
    "combined-last": ("COMBINEDEXPORT lacks the last recording", [2676]),
    "combined-first-only": ("COMBINEDEXPORT has the first recording only", [2676]),
    "combined-first-twice": ("COMBINEDEXPORT repeats the first recording", [2676]),
    "combined-headers": ("COMBINEDEXPORT puts whole WAV files one after the other", [2676]),
    "multi-last": ("MULTIEXPORT lacks the last recording", [2693]),
    "multi-same": ("all members of MULTIEXPORT have the first recording's audio", [2693]),
    "multi-not-zip": ("MULTIEXPORT is no ZIP file", [2693]),
    "multi-crc": ("a member of MULTIEXPORT cannot be unpacked", [2693]),
    "multi-cut": ("MULTIEXPORT's file ends too early", [2693]),
    # the web
    "web-php": ("/webAPI.php is not there", [2592]),
    "web-user15": ("USER15 is lost over the web", [2561, 2594]),
    "web-instance-lost": ("CALLINSTANCE is lost over the web", [2561, 2594]),
    "web-other-code": ("an unknown device gives API_AGENT_NOT_FOUND over the web", [200, 433, 2561]),
    "web-no-calllist": ("CALLLIST is unknown over the web", [2561, 2594]),
    "web-list-five": ("CALLLIST over the web has five recordings at most", [1157, 2561]),
    "web-twice-decoded": ("values are decoded twice", [2561, 2596]),
    "web-percent-first": ("a URL is decoded before it is split", [2561, 2596]),
    "web-equals": ("a value ends at an equals sign", [2561, 2596]),
    "web-plus-lost": ("%2B becomes a blank", [2561, 2596]),
    "web-lower-values": ("values of more than 30 characters become lower case", [2561, 2596]),
    "web-names-lower": ("names in capitals are ignored", [2594, 2612]),
    "web-names-upper-users": ("user1 and the like are not known in lower case", [2584, 2607]),
    "web-length": ("long bodies are shorter than Content-Length", [2559, 2561]),
    # events
    "event-callstop-missing": ("no CALLSTOP event", [2796]),
    "event-stopped-missing": ("no RECORDINGSTOPPED event", [2890]),
    "event-update-missing": ("no RECORDINGUPDATE event", [2920]),
    "event-paused-missing": ("no RECORDINGPAUSED event", [2941]),
    "event-resumed-missing": ("no RECORDINGRESUMED event", [2986]),
    "event-callstart-twice": ("the CALLSTART event comes twice", [2746]),
    "event-class-wrong": ("RECORDINGSTARTED has the class CALL", [2847]),
    "event-type-wrong": ("RECORDINGRESUMED says RECORDINGSTARTED", [2986, 2991]),
    "event-class-unfiltered": ("subscribers get all classes", [2718, 2723, 2724]),
    "event-record-hears-callstop": ("subscribers of RECORD get CALLSTOP, too", [2718, 2724]),
    "event-record-is-all": ("RECORD subscribes to all", [2718, 2724]),
    "event-all-is-call": ("ALL subscribes to CALL", [2718, 2724]),
    "event-to-all": ("connections that did not subscribe get events", [2710, 2718]),
    "event-last-subscriber": ("only the last subscriber gets events", [2710, 2718]),
    "event-ends-with-request": ("another request on its connection ends a subscription", [110, 2718]),
    "event-stops": ("no events after 25", [2710]),
    "event-tenth-lost": ("every tenth event is lost", [2710]),
    "event-web-silent": ("what comes over the web causes no events", [2561, 2746, 2796]),
    "event-device-first": ("RECORDINGSTOPPED has the first device's DEVICEID", [2890, 2900]),
    "event-value-of-previous": ("USER fields of events are those of the event before", [2765, 2813, 2862, 2349]),
    "event-instance-blank": ("CALLINSTANCE of events is blank", [2781, 2823, 2875, 2209]),
    "event-agent-wrong": ("AGENTID of events is the next agent's", [2764, 2812, 2861, 2195]),
    "event-record-next": ("RECORDINGUPDATE has the next RECORDID", [2920, 2933]),
    "event-no-core": ("CALLSTOP has no COREIDENT", [2834]),
    "event-no-device": ("RECORDINGSTARTED has no DEVICEID", [2852]),
    "event-users-five": ("RECORDINGSTARTED has five USER fields", [2867, 2874]),
    "event-in-reply": ("events stand in the next answer on their connection", [2102, 2710]),
    "event-result-class": ("EVENTS answers with another EVENTCLASS", [2739]),
    "event-result-bare": ("EVENTS answers without EVENTXREF, EVENTCLASS and EVENTTYPE", [2738, 2739, 2740]),
}
SHOULD: dict[str, Fault] = {
    "station-override": ("STATIONNAME with DEVICEID does not override the station", [214, 2310]),
    "blackout-not-done": ("BLACKOUTSTART does nothing", [1381]),
    "rid-negative": ("negative REQUESTIDs are accepted", [2285]),
    "frame-pipelined-lost": ("of several requests in one segment the first is served", [110, 111]),
    "system-percent": ("148.03 percent of the disk are free", [2283]),
    "system-ram-sum": ("SYSTEMRAMUSED and SYSTEMRAMFREE are more than SYSTEMRAMTOTAL", [2318, 2320, 2322]),
    "list-milliseconds": ("RECORDINGTIME is in milliseconds", [1151, 1204]),
    "import-username-taken": ("MODIFY can give the USERNAME of another", [1580]),
    "echo-last-lost": ("results lack the last parameter that was sent", [1730, 1779, 1819]),
    "export-silence": ("all exports are silent", [2631]),
    "web-latin": ("percent-encoding is taken for Latin-1", [2596]),
}


# ------------------------------------------------------------------------------------------------- how to run


def target_file(server: Server, personality: str, host: str, ports: dict[str, int]) -> str:
    lines = ["[target]", 'system = "uptivity"', f'name = "uptivity-alder-{personality}"', f"host = {json.dumps(host)}", f"clock_scale = {float(server.scale)!r}", "timeout = 5.0", "", "[target.ports]"]
    lines += [f"{name} = {port}" for name, port in ports.items()]
    lines += ["", "[target.fixtures]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in server.fixtures().items())]
    lines += ["", "[target.allow]", *(f"{key} = true" for key in ("write", "disruptive", "destructive", "slow", "load"))]
    return "\n".join(lines) + "\n"


async def serve(server: Server, personality: str, host: str, wanted: tuple[int, int], target: Path | None) -> None:
    loop = asyncio.get_running_loop()
    listeners = [await loop.create_server(lambda road=road: Link(server, road), host, port, backlog=1024) for road, port in zip(("socket", "web"), wanted, strict=True)]  # type: ignore[misc]
    ports = {name: int(one.sockets[0].getsockname()[1]) for name, one in zip(("api", "web"), listeners, strict=True)}
    if target:
        target.write_text(target_file(server, personality, host, ports), "utf-8")
    print("READY " + json.dumps({"host": host, "ports": ports}), flush=True)
    await asyncio.gather(*(one.serve_forever() for one in listeners))


def main() -> int:
    parser = argparse.ArgumentParser(description="A pretend Uptivity Discover API server with personalities and faults.")
    questions = ("personalities", "doubtful", "faults", "should")
    parser.add_argument("question", nargs="?", choices=questions, help="print as JSON what there is")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--web-port", type=int, default=0)
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
    chosen = (PERSONALITIES | DOUBTFUL)[options.personality][1]
    server = Server(Ways(**chosen), options.fault, options.seed, options.clock_scale)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(server, options.personality, options.host, (options.port, options.web_port), options.write_target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
