"""A pretend Uptivity Discover API server ("birch"): the socket API, the WebAPI and the event stream over one seeded world.

Written from the vendor's document alone. `PERSONALITIES` are ways to behave that the document permits, `DOUBTFUL` ways on which a
reader may quarrel, `FAULTS` single deviations that it rules out, `SHOULD` deviations that only strain belief. Line numbers are
those of the document's text file. Where the document's tables and its examples differ the default follows the examples. A thread
serves each connection; one lock guards the world; what a subscriber gets goes through a queue of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import heapq
import io
import itertools
import json
import queue
import random
import re
import socket
import socketserver
import struct
import sys
import threading
import time
import wave
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus
from xml.etree import ElementTree as ET

LABELS = dict(enumerate(
    "API_RECORDING_STARTED API_ERROR_ALREADY_RECORDING API_ERROR_OUT_OF_DISK_SPACE API_ERROR_NO_FREE_CHANNELS API_ERROR_UNKNOWN"
    " API_DEVICE_ALIAS_UNSPECIFIED API_ERROR_SCHEDULER_NOT_RUNNING API_DEVICE_NOT_IN_CALL API_DEVICE_INVALID API_DID_NOT_MATCH_A_SCHEDULE"
    " API_UNKNOWN_MESSAGE_TYPE API_ERROR_PROCESSING_MESSAGE API_DEVICE_NOT_RECORDING API_RECORDING_STOPPED API_REQUESTID_INVALID"
    " API_INVALID_REQUEST_TYPE API_INVALID_MESSAGE_FORMAT API_INVALID_MESSAGE_FORMAT API_ERROR_NO_DEFAULT_RECORDING_PATH - API_OK"
    " API_ERROR_INVALID_ACTION API_ERROR_KEYS_NOT_UNIQUE API_DATABASE_QUERY_ERROR API_AGENT_NOT_FOUND API_AGENT_NOT_ACTIVE"
    " API_BLANK_REQUIRED_VALUE API_NO_GROUP API_USER_NOT_FOUND API_MODE_INVALID API_EVENT_TYPE_INVALID API_ERROR_CLIENT_NOT_FOUND"
    " API_ERROR_ALREADY_MONITORING API_SESSIONID_UNSPECIFIED API_ERROR_RECORDER_NOT_RUNNING API_ERROR_BLOCKED_RECORDING_FILTER"
    " API_ERROR_LOGGER_NOT_RUNNING API_RECORDING_UPDATED API_BLACKOUT_INVALID_STATE API_UNLICENSED API_RECORDID_INVALID"
    " API_FILE_NOT_FOUND API_AGENT_ALREADY_EXIST API_STREAMING_STARTED API_COMMAND_NOT_ALLOWED API_EMAIL_NOT_VALID"
    " API_PARTIAL_CORE_RESPONSE API_COMMAND_QUEUE_FULL API_TOO_MANY_CLIENTS API_COMMAND_NOT_SUPPORTED API_ROLE_ALREADY_EXISTS"
    " API_PERMISSIONIDENT_NOT_FOUND API_ROLE_NOT_FOUND API_SITEID_NOT_VALID API_USER_ALREADY_EXIST API_CONFIG_ERROR".split()))
OK, PARTIAL = 20, 46
DEPRECATED = frozenset(
    "IMPORTSTATION MODECHANGE EXTENSIONPLAYBACKSTART EXTENSIONPLAYBACKSTOP RECORDINGDEVICE RECORDINGDEVICEALIAS IMPORTAGENT".split())
USERS = tuple(f"USER{n}" for n in range(1, 16))
DATA = ("DEVICEALIAS", "SYS_USER", "CRM_USER", "GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLID", "CALLDIRECTION", "PRIORITY")
POST = ("DEVICEID", "DEVICEALIAS", "GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLDIRECTION")
SIZES = (dict.fromkeys(USERS[:3], 20) | dict.fromkeys(USERS[3:8], 255) | dict.fromkeys(USERS[8:], 50)
         | {"GROUP": 20, "GATE": 20, "ANI": 20, "DNIS": 20, "DEVICEALIAS": 100, "SYS_USER": 255, "CRM_USER": 50, "CALLID": 30, "DEVICEID": 64,
            "STATIONNAME": 50, "SESSIONID": 255, "FIRSTNAME": 20, "LASTNAME": 30, "DOMAIN": 30, "EMAIL": 255, "EMPLOYEEID": 50,
            "GROUPNAME": 255, "PHONEID": 10})
SMALL = {"DEVICEALIAS": 15, "SYS_USER": 30, "CRM_USER": 30, "CALLID": 16}
FORMATS = {"WAV": "audio/wav", "MP3": "audio/mpeg", "M4A": "audio/mp4", "VOX": "application/octet-stream", "CAV": "application/octet-stream"}
RATE = 8000
# columns and parameters that EXPORT's UNIQUEFIELD may name, and where the value is
COLUMNS = {"IDENT": "@id", "RECORDID": "@id", "DEVICE_ID": "@device", "DEVICEID": "@device", "DEVICE_ALIAS": "DEVICEALIAS", "SGROUP": "GROUP",
           "GROUP": "GROUP", "FILENAME": "@filename", "GLOBALID": "@globalid", "GLOBALCALLID": "@globalid", "RECORDING_TIME": "@time",
           "RECORDINGTIME": "@time", "DURATION": "@duration", "AGENT_ID": "@agent", "AGENTID": "@agent", "CHANNEL": "@channel", "KEEPDAYS": "@keep",
           "CALLINSTANCE": "@instance"} | {name: name for name in (
               *USERS, "DEVICEALIAS", "ANI", "DNIS", "GATE", "CALLID", "CALLDIRECTION", "PRIORITY", "SYS_USER", "CRM_USER")}
KNOWN = frozenset(
    "TYPE REQUESTTYPE REQUESTID DEVICEID CALLINSTANCE DEVICEALIAS GROUP GATE ANI DNIS CALLID PRIORITY CALLDIRECTION MAXRECORDSILENCE MAXRECORDTIME"
    " AGENTINITIATED CTIINITIATED ARCHIVEACTION STATIONNAME SYS_USER CRM_USER KEEP_DAYS KEEPDAYS UPDATE_IF_NOT_RECORDING RECORDID CALLCOUNT"
    " CALLDATESTART CALLDATEEND SESSIONID AGENTID AGENT_ID KEYNAME KEYVALUE TIMEOFFSET ACTION EMPLOYEEID FIRSTNAME LASTNAME STATUS ADD_TIME"
    " MOD_TIME DOMAIN EMAIL PASSWORD SITEID USERNAME PHONEID LOCATIONID GROUPNAME GROUPID GROUPLD ROLEID ROLENAME DESCRIPTION USERID"
    " SYSTEMUSERNAME UNIQUEFIELD UNIQUEID TOADDRESS MEDIA_FORMAT ENCRYPT TONAME FROMADDRESS FROMNAME IDENT COMPUTERNAME EVENTCLASS"
    " EVENTVALUE EVENTXREF EVENTTYPE DEVICELIST -road".split()) | frozenset(USERS)

Node = tuple[str, Any]  # tag and text, or tag and nodes


@dataclass(frozen=True)
class Ways:
    """Points on which the document offers several readings or none; the defaults follow its examples, else this device's own taste."""

    # framing and XML
    layout: str = "indent"  # indent, lines (no indentation), flat (one line)
    newline: str = "\r\n"
    terminator: str = "\r\n"
    declaration: bool = True
    empty: str = "pair"  # pair, self, absent
    ampersand: str = "escaped"  # escaped, bare
    charrefs: bool = False  # what is not ASCII goes out as character references
    comments: bool = False
    ascii: bool = False  # what is not ASCII in USERn is stored as ?
    wait: bool = False  # a request is answered only when its line end has come
    delay: float = 0.0  # wall seconds before an answer
    segments: int = 0  # bytes a write at most
    malformed: str = "error"  # error, close, silent
    malformed_code: int = 16
    malformed_id: str = "blank"  # blank, absent, zero
    # requests
    requesttype: bool = True  # REQUESTTYPE is taken for TYPE
    fold_names: bool = True
    fold_type: bool = True
    trim: bool = True
    blanks: str = "keep"  # keep, collapse
    unknown: str = "ignore"  # unknown parameters: ignore, refuse
    long: str = "truncate"  # truncate, refuse, keep
    small: bool = False  # the smaller sizes where two tables differ
    blank_clears: bool = False
    fold_action: bool = True
    repeated: str = "first"  # first, last
    # REQUESTID and results
    zero_id: bool = True
    bad_id: int = 14
    missing_id: int = 14  # 0: accepted, nothing echoed
    bad_id_echo: str = "echo"  # echo, blank, zero, absent
    error_type: str = "label"  # label, ERROR
    message: str = "text"  # text, label, blank
    first: str = "type-id"  # type-id, id-type
    example_head: bool = True  # CALLLIST and FETCHTERMINOLOGY without the result fields, TYPE in CALLLIST
    role_params: bool = False  # role functions return the parameters sent
    echo_action: bool = True
    format_code: int = 16
    unknown_type: int = 10
    unknown_type_echo: bool = True
    deprecated: int = 49
    # devices and calls
    unknown_device: str = "refuse"  # refuse, create
    no_device: int = 8  # code where no identification is given
    cores: str = "two"  # two, one, partial
    separator: str = ","
    restart: str = "merge"  # CALLSTART of an instance in a call: merge, replace, error
    last: str = "active"  # the last call is: active (the last started of those active), literal (the last started)
    idle_stop: int = OK  # CALLSTOP where there is no call
    idle_update: int = OK
    idle_record: int = OK
    recordstop: str = "partial"  # partial, all (the whole call ends)
    partial_listed: bool = True
    partial_events: bool = True
    save_delay: float = 0.0  # wall seconds until a recording is in the database
    post_unknown: int = 23
    post_device: str = "set"  # set, ignore
    call_message: str = "own"  # own, list (the texts of the lists, with other functions' names)
    scheduled: bool = True  # whether calls of known devices are recorded
    # status
    no_match: str = "error"  # error, zero, agent
    no_filter: str = "error"  # error, all
    station_tag: str = "STATION"
    callid: str = "inside"  # inside, outside, both
    wrapped: str = "direct"  # DEVICERECORDINGSTATUS: direct, devices, each (a DEVICE for each RECORDING), outside (RECORDING beside DEVICE)
    ended: bool = False  # DEVICERECORDINGSTATUS lists ended instances
    idle_status: int = OK
    flags: str = "YN"
    trunk: str = "blank"  # blank, flag
    paused_flag: bool = True  # ISRECORDING while paused
    space: str = "RECORDINGSPEACEINFO"
    state: str = "words"  # words, digits
    legacy: str = "blank"  # PLAYBACKEXTENSION and its kind: blank, absent, filled
    count: str = "before"  # COUNT of CHANNELS, STATIONS: before, inside
    repeat_stations: bool = False  # a STATIONS section for each station
    path: str = "C:\\Recordings\\"
    dates: str = "us"  # us, zero (padded), iso
    session: bool = False  # SESSIONID is filled in
    status_words: tuple[str, str, str] = ("recording", "recordpaused", "notrecording")
    # lists
    newest_first: bool = True
    none_found: int = OK
    fold_filters: bool = False
    inclusive: bool = True
    cap: int = 100
    no_filters: int = OK
    list_extra: bool = False
    # blackouts and chats
    offset: str = "start"  # start (moves the start), stop (only the stop)
    pauses: str = "shown"  # shown, silent (no events, no status)
    idle_blackout: int = OK
    blackout_twice: int = OK
    agent_later: bool = True  # an agent's blackout lasts over calls
    as_agent: bool = False  # BLACKOUT is handled as AGENTBLACKOUT
    two_given: str = "error"
    chat_idle: int = OK
    chat_record: bool = False
    no_session: int = 33
    # imports
    same_name: int = 54
    deleted_listed: bool = False
    agent_tag: str = "AGENTID"
    unknown_agent: int = 28
    needs: tuple[str, ...] = ()  # further parameters that ADD requires
    phone_taken: int = 24
    zero_agent: bool = True  # AGENTID 0 is taken as not given
    unknown_location: int = 23
    phones: str = ","
    folded_groups: bool = False
    group_tag: str = "GROUPID"
    no_group: int = 27
    group_exists_text: bool = False
    role_exists: int = 50
    rolegroup_unknown: int = OK
    rename: bool = True
    # mail and export
    mail: bool = True
    export_socket: int = 44
    default_format: str = "WAV"
    unknown_format: int = 16
    export_error_status: int = 200
    fields: str = "both"  # names of UNIQUEFIELD: both, columns, parameters
    window_blank: bool = False
    wav_width: int = 2
    # HTTP
    error_status: int = 200
    content_type: str = "text/xml; charset=utf-8"
    chunked: bool = False
    post: bool = False
    fold_path: bool = True
    plus: str = "blank"  # blank, literal
    close: bool = False
    web_terminator: bool = True
    events_http: int = OK
    # events
    blank_type: bool = True
    stopped_users: int = 5
    absent_data: bool = False  # events leave out what is blank
    order: str = "after"  # events after or before the reply to what caused them
    again: str = "replace"  # a second EVENTS: replace, add
    module: str = "Api"
    xref: str = "0"  # 0, request, absent
    bad_class: int = 30
    no_class: int = 30
    update_first: bool = False  # RECORDINGUPDATE before RECORDINGSTOPPED
    update_on_edit: bool = False
    idle_events: bool = False  # CALLSTOP without a call gives its event
    value_filters: bool = False  # EVENTVALUE names a device
    event_extra: bool = False


@dataclass
class Agent:
    id: int
    data: dict[str, str]
    status: str = "A"
    added: float = 0.0
    modified: float = 0.0
    phones: list[str] = field(default_factory=list)
    dark: bool = False  # in an agent's blackout

    def get(self, name: str) -> str:
        return self.data.get(name, "")


@dataclass
class Recording:
    start: float
    filename: str
    channel: int
    partial: bool = False
    data: dict[str, str] = field(default_factory=dict)  # of a partial one: what RECORDSTART said
    paused: bool = False
    pauses: list[list[float]] = field(default_factory=list)


@dataclass
class Call:
    device: Device
    instance: str
    start: float
    seq: int
    data: dict[str, str]
    globalid: str
    stop: float = 0.0
    ended_seq: int = 0
    station: str = ""
    keep: str = "30"
    archive: str = "-1"
    agent: Agent | None = None
    recordings: list[Recording] = field(default_factory=list)
    last: Recording | None = None


@dataclass
class Device:
    id: str
    alias: str = ""
    core: int = 1
    trunk: bool = False
    recorded: bool = True
    calls: list[Call] = field(default_factory=list)  # active, in order of start
    past: list[Call] = field(default_factory=list)  # ended, the last one last
    carried: dict[str, str] = field(default_factory=dict)


@dataclass
class Record:
    id: int
    device: str
    data: dict[str, str]
    time: int
    duration: int
    agent: int
    first: str
    lastname: str
    filename: str
    globalid: str
    channel: int
    instance: str = ""
    keep: str = "30"
    seq: int = 0
    audio: bool = True
    pauses: list[tuple[float, float]] = field(default_factory=list)
    web: bool = False


@dataclass
class Chat:
    session: str
    agent: Agent
    start: float
    data: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text)
        self.code, self.text = code, text


@dataclass
class Blob:
    body: bytes
    kind: str
    name: str


@dataclass
class Answer:
    nodes: list[Node]
    message: str = "API_OK"
    code: int = OK


Params = dict[str, str]


class Link:
    """One socket connection: where its output goes and what it has subscribed to."""

    def __init__(self, sock: socket.socket, ways: Ways) -> None:
        self.sock, self.ways = sock, ways
        self.classes: set[str] = set()
        self.value = ""
        self.xref = "0"
        self.out: queue.Queue[bytes | None] | None = None
        self.lock = threading.Lock()
        self.previous = ""
        self.got = 0

    def subscribe(self) -> None:
        if self.out is None:
            self.out = queue.Queue()
            threading.Thread(target=self._write_on, daemon=True).start()

    def _write_on(self) -> None:
        assert self.out is not None
        while (data := self.out.get()) is not None:
            with contextlib.suppress(OSError):
                self.write(data)

    def post(self, data: bytes) -> None:
        if self.out is not None:
            self.out.put(data)
        else:
            self.write(data)

    def write(self, data: bytes) -> None:
        with self.lock:
            size = self.ways.segments
            if not size:
                self.sock.sendall(data)
                return
            for start in range(0, len(data), size):
                self.sock.sendall(data[start:start + size])
                if start < 6 * size:
                    time.sleep(0.0005)

    def close(self) -> None:
        if self.out is not None:
            self.out.put(None)


class World:
    """Everything behind both roads."""

    def __init__(self, personality: str = "default", fault: str | None = None, seed: int = 1, scale: float = 1.0) -> None:
        self.personality, self.fault, self.scale, self.seed = personality, fault, scale, seed
        self.ways = Ways(**{**PERSONALITIES, **DOUBTFUL}[personality][1])
        self.lock = threading.RLock()
        self.links: list[Link] = []
        self.everyone: list[Link] = []
        self.events: list[tuple[str, str, str, list[Node]]] = []
        self.ticks: Counter[str] = Counter()
        self.epoch, self.started = time.time(), time.monotonic()
        self.seqs = itertools.count(1)
        self.timers: list[tuple[float, int, Callable[[], None]]] = []
        self.wake = threading.Condition(self.lock)
        self.sizes = SIZES | (SMALL if self.ways.small else {})
        self.cache: dict[str, Any] = {}
        self.used_ids: set[str] = set()
        self.names: Counter[str] = Counter()
        self._populate(random.Random(seed))
        threading.Thread(target=self._run_timers, daemon=True).start()

    # -- time, chance and faults

    def now(self) -> float:
        return self.epoch + (time.monotonic() - self.started) * self.scale

    def f(self, name: str) -> bool:
        return self.fault == name

    def every(self, name: str, count: int) -> bool:
        """Whether the fault is on and this is another count-th time."""
        if self.fault != name:
            return False
        self.ticks[name] += 1
        return self.ticks[name] % count == 0

    def later(self, wall: float, action: Callable[[], None]) -> None:
        heapq.heappush(self.timers, (time.monotonic() + wall, next(self.seqs), action))
        self.wake.notify()

    def _run_timers(self) -> None:
        with self.lock:
            while True:
                if not self.timers:
                    self.wake.wait()
                    continue
                wait = self.timers[0][0] - time.monotonic()
                if wait > 0:
                    self.wake.wait(wait)
                    continue
                action = heapq.heappop(self.timers)[2]
                action()
                self.flush()

    def date(self, when: float) -> str:
        if not when:
            return ""
        at = time.localtime(when)
        if self.ways.dates == "iso":
            return time.strftime("%Y-%m-%d %H:%M:%S", at)
        hour = at.tm_hour % 12 or 12
        half = "PM" if at.tm_hour >= 12 else "AM"
        if self.ways.dates == "zero":
            return time.strftime("%m/%d/%Y %I:%M:%S %p", at)
        return f"{at.tm_mon}/{at.tm_mday}/{at.tm_year} {hour}:{at.tm_min:02}:{at.tm_sec:02} {half}"

    # -- population

    def _populate(self, chance: random.Random) -> None:
        now = self.now()
        self.agents: dict[int, Agent] = {}
        self.devices: dict[str, Device] = {}
        self.groups: dict[int, str] = {}
        self.roles: dict[int, str] = {}
        self.stations: list[tuple[str, str]] = []  # station, device
        self.members: set[tuple[int, int, str]] = set()
        self.records: list[Record] = []
        self.chats: dict[str, Chat] = {}
        self.locations, self.sites = [1, 2], [1, 2]
        self.descriptions: dict[str, str] = {}
        people = [("Greta", "Kerber"), ("Jane", "Doe"), ("Omar", "Haddad"), ("Lucía", "Núñez"), ("Tom", "O'Brien"), ("Mei", "Lin")]
        chance.shuffle(people)
        base = 2000 + seed_step(chance, 40) * 10
        for number, (first, last) in enumerate(people):
            plain = "".join(c for c in (first[0] + last).lower() if c.isascii() and c.isalpha())
            data = {"EMPLOYEEID": f"E{500 + number}", "FIRSTNAME": first, "LASTNAME": last, "SYS_USER": plain, "DOMAIN": "birch", "EMAIL": f"{plain}@birch.example",
                    "CRM_USER": "CC" + plain.upper(), "USERNAME": "u." + plain, "SITEID": "1", "PASSWORD": "secret"}
            agent = Agent(11 + 3 * number, data, added=now - 90 * 86400 - number * 7000, modified=now - 5 * 86400 - number * 900)
            agent.phones = [str(base + number)]
            self.agents[agent.id] = agent
            self.devices[str(base + number)] = Device(str(base + number), f"{7100 + number}", 1 + number % 2)
        for number in range(2):
            self.devices[str(base + 20 + number)] = Device(str(base + 20 + number), f"{7300 + number}", 1)
        for number in range(2):
            self.devices[str(base + 40 + number)] = Device(str(base + 40 + number), f"{7500 + number}", 1, recorded=False)
        for number in range(2):
            self.devices[str(base + 60 + number)] = Device(str(base + 60 + number), f"T{number + 1}", 2, trunk=True)
        names = list(self.devices)
        self.with_agent, self.plain, self.never, self.trunks = names[:6], names[6:8], names[8:10], names[10:]
        self.groups.update({3: "Sales & Marketing", 5: "Support", 8: "Night shift"})
        self.roles.update({1: "Administrator", 4: "DefaultRole", 6: "QA supervisor"})
        self.stations = [("BOBDABUILDER", names[0]), ("JamesBond", names[1]), ("DESK-3", names[2])]
        self.windows = {agent.id: ("birch.example", f"10.100.5.{90 + agent.id}", "AVAILABLE", "Internet Explorer", self.stations[i][0])
                        for i, agent in enumerate(list(self.agents.values())[:3])}
        self.next_record = 13100 + seed_step(chance, 50)
        for number in range(16):
            device = self.devices[self.with_agent[number % 5] if number % 7 else self.plain[0]]
            when = int(now) - 86400 * 9 + number * 40_000 + chance.randrange(9000)
            agent = self.agent_of(device.id)
            data = {"DEVICEALIAS": device.alias, "SYS_USER": agent.get("SYS_USER") if agent else "", "CRM_USER": agent.get("CRM_USER") if agent else "",
                    "GROUP": ("12", "MANAGER", "")[number % 3], "GATE": ("80", "prize")[number % 2], "ANI": f"614555{1200 + number}", "DNIS": "8889225526",
                    "CALLDIRECTION": "IO"[number % 2], "USER1": ("Gold Level", "E", "")[number % 3], "USER2": f"birch-{10_000 + number * 37}", "USER3": f"{12345 + number % 4}",
                    "USER9": "Rückruf" if number == 6 else ""}
            self._record(device, data, when, 2 + number % 5, agent, f"{number % 4 + 1}")
        self.channels = [[n, "Idle", "", now - 600 * n] for n in range(1, 9)]
        self.terms = [("agent", "Agent"), ("ani", "CallerID ANI"), ("callcopygroup", "CallCopy group"), ("devicealias", "Agent Number"), ("deviceid", "Voice Port"),
                      ("dnis", "Number Called DNIS"), ("gate", "ACD Gate"), ("group", "Group & Team"), ("user1", "Account Number"), ("user2", "CSN")]

    def _record(self, device: Device, data: dict[str, str], when: float, duration: int, agent: Agent | None, channel: str) -> Record:
        self.next_record += 1
        full = {name: data.get(name, "") for name in DATA}
        record = Record(self.next_record, device.id, full, int(when), duration, agent.id if agent else 0, agent.get("FIRSTNAME") if agent else "",
                        agent.get("LASTNAME") if agent else "", self.filename(device, when), f"0001{self.next_record:011}", int(channel), seq=next(self.seqs))
        self.records.append(record)
        return record

    def filename(self, device: Device, when: float) -> str:
        name = time.strftime(f"C:\\Recordings\\%Y%m%d\\{device.id}\\{device.id}-%H-%M-%S", time.localtime(when))
        self.names[name] += 1
        return f"{name}.cca" if self.names[name] == 1 else f"{name}-{self.names[name]}.cca"

    def fixtures(self) -> dict[str, Any]:
        agents = list(self.agents.values())
        known = [*self.with_agent, *self.plain]
        chosen = self.records[:]
        return {
            "device_ids": known, "device_aliases": [self.devices[d].alias for d in known], "device_ids_without_agent": self.plain,
            "device_ids_never_recorded": self.never, "trunk_device_ids": self.trunks,
            "agent_ids": [a.id for a in agents], "agent_first_names": [a.get("FIRSTNAME") for a in agents], "agent_last_names": [a.get("LASTNAME") for a in agents],
            "agent_device_ids": [a.phones[0] for a in agents], "employee_ids": [a.get("EMPLOYEEID") for a in agents], "sys_users": [a.get("SYS_USER") for a in agents],
            "crm_users": [a.get("CRM_USER") for a in agents], "usernames": [a.get("USERNAME") for a in agents],
            "group_names": list(self.groups.values()), "group_ids": list(self.groups), "role_names": list(self.roles.values()), "role_ids": list(self.roles),
            "recording_ids": [r.id for r in chosen], "recording_user2": [r.data["USER2"] for r in chosen], "recording_device_ids": [r.device for r in chosen],
            "recording_times": [r.time for r in chosen],
            "station_names": [s for s, _ in self.stations], "station_device_ids": [d for _, d in self.stations], "computer_names": [w[4] for w in self.windows.values()],
            "location_ids": self.locations, "site_ids": self.sites, "media_formats": list(FORMATS),
        }

    # -- looking things up

    def agent_of(self, phone: str) -> Agent | None:
        return next((a for a in self.agents.values() if phone in a.phones), None)

    def device(self, name: str) -> Device:
        if name not in self.devices:
            if self.ways.unknown_device == "refuse":
                raise Refused(8, "Could not find a device matching given parameters")
            self.devices[name] = Device(name)
        return self.devices[name]

    def by_agent(self, agent: Agent | None) -> list[Device]:
        return [self.devices[p] for p in agent.phones if p in self.devices] if agent else []

    def by_field(self, name: str, value: str) -> list[Device]:
        if name in ("SYS_USER", "CRM_USER"):
            agent = next((a for a in self.agents.values() if a.status != "D" and a.get(name) == value), None)
            return self.by_agent(agent)
        return [d for d in self.devices.values() if d.alias == value]

    def identify(self, p: Params, function: str = "") -> Device:
        """The device a call function is about."""
        if p.get("DEVICEID"):
            return self.device(p["DEVICEID"])
        given = [name for name in ("SYS_USER", "CRM_USER", "DEVICEALIAS", "STATIONNAME") if p.get(name)]
        if not given:
            if self.f(function.lower() + "-none-ok"):
                return self.devices[self.with_agent[-1]]
            raise Refused(self.ways.no_device, "Could not find a device matching given parameters")
        for name in given:
            if name == "STATIONNAME":
                found = [self.device(d) for s, d in self.stations if s.lower() == p[name].lower()]
            else:
                found = [d for d in self.by_field(name, p[name]) if self.agent_of(d.id)]
            if self.f("call-alias-of-next") and found and name == "DEVICEALIAS":
                return self.devices[self.with_agent[(self.with_agent.index(found[0].id) + 1) % 6]] if found[0].id in self.with_agent else found[0]
            if found:
                return max(found, key=lambda d: d.calls[-1].seq if d.calls else 0)
        if self.f(function.lower() + "-unknown-user-ok"):
            return self.devices[self.with_agent[-1]]
        raise Refused(8, "Could not find a device matching given parameters")

    def find_call(self, device: Device, p: Params) -> Call | None:
        instance = p.get("CALLINSTANCE")
        if instance:
            return next((c for c in reversed(device.calls) if c.instance == instance), None)
        if self.ways.last == "literal":
            newest = max([*device.calls, *device.past[-1:]], key=lambda c: c.seq, default=None)
            return newest if newest in device.calls else None
        return device.calls[-1] if device.calls else None

    def sent(self, function: str) -> Answer:
        name = function
        if self.ways.call_message == "list":
            name = {"CALLUPDATE": "CALLSTART", "RECORDSTART": "CALLSTART", "RECORDSTOP": "CALLSTOP", "BLACKOUTSTOP": "BLACKOUTSTART"}.get(function, function)
        if self.ways.cores == "partial" and not name.startswith("CHAT"):
            text = f"{name} could not be sent to the following cores: 3"
            return Answer([], text, OK if "BLACKOUT" in function else PARTIAL)
        cores = ["1"] if self.ways.cores == "one" else ["1", "2"]
        return Answer([], f"{name} sent to all of the following cores: {self.ways.separator.join(cores)}")

    def cut(self, name: str, value: str, function: str = "") -> str:
        """A value as it is stored."""
        if self.ways.ascii and name in USERS:
            value = value.encode("ascii", "replace").decode()
        if self.f("user12-cut") and name == "USER12":
            value = value[:20]
        if self.f("user5-cut") and name == "USER5":
            value = value[:50]
        size = self.sizes.get(name)
        if size and len(value) > size:
            if self.ways.long == "refuse":
                raise Refused(self.ways.format_code, f"{name} is too long")
            if self.ways.long == "truncate":
                return value[:size]
        return value

    def number(self, p: Params, name: str, low: int = 0) -> int | None:
        value = p.get(name)
        if not value:
            return None
        if not re.fullmatch(r"[+-]?\d{1,18}", value.strip()):
            raise Refused(self.ways.format_code, f"{name} is not a number")
        return int(value)

    def need(self, p: Params, *names: str) -> None:
        for name in names:
            if not p.get(name):
                raise Refused(self.ways.format_code, f"{name} is missing")

    # -- one request

    def execute(self, p: Params, road: str, link: Link | None) -> tuple[list[Node] | Blob, int]:
        """What a request is answered, and with what code. The world's lock is held."""
        ways = self.ways
        kind = p.get("TYPE") or (p.get("REQUESTTYPE", "") if ways.requesttype else "")
        kind = kind.strip()
        shown = kind
        if road == "web" or ways.fold_type:
            kind = kind.upper()
            shown = kind
        if self.f("web-type-case") and road == "web" and p.get("TYPE", "") != kind:
            kind = shown = p.get("TYPE", "")
        request, echo = p.get("REQUESTID"), p.get("REQUESTID", "")
        try:
            bad = self.check_id(request)
            if bad:
                echo = {"echo": echo, "blank": "", "zero": "0", "absent": None}[ways.bad_id_echo]  # type: ignore[assignment]
                raise Refused(bad, "REQUESTID is not valid")
            if kind in DEPRECATED and not (self.f("deprecated-ok") or (self.f("deprecated-one-ok") and kind == "EXTENSIONPLAYBACKSTOP")):
                raise Refused(ways.deprecated, f"{kind} is no longer supported")
            function = FUNCTIONS.get(kind)
            if function is None:
                if self.f("unknown-type-ok") or kind in DEPRECATED:
                    return self.result(shown, echo, Answer([]), road, link), OK
                raise Refused(ways.unknown_type, f"unknown request type {kind}")
            if ways.unknown == "refuse" and (odd := [name for name in p if name not in KNOWN]):
                raise Refused(ways.format_code, f"unknown parameter {odd[0]}")
            answer = function(self, p, Context(kind, road, link, echo))
            if isinstance(answer, Blob):
                return answer, OK
            return self.result(shown, echo, answer, road, link), answer.code
        except Refused as refused:
            if refused.code == OK:
                return self.result(shown, echo, Answer([], refused.text or "API_OK"), road, link), OK
            if refused.code in (10, 15) and not ways.unknown_type_echo:
                shown = ""
            return self.result(shown, echo, Answer([], refused.text, refused.code), road, link), refused.code

    def check_id(self, value: str | None) -> int:
        ways = self.ways
        if value is None:
            return 0 if self.f("id-optional") else ways.missing_id
        if not re.fullmatch(r"\s*\d{1,60}\s*", value, re.ASCII):
            if self.f("id-negative-accepted") and re.fullmatch(r"-\d{1,10}", value):
                return 0
            return ways.bad_id
        number = int(value)
        if number > 2147483647 and not self.f("id-above-accepted") and not (self.f("id-unsigned") and number < 2**32):
            return 14
        if self.f("id-max-refused") and number == 2147483647:
            return 14
        if number == 0 and not ways.zero_id:
            return ways.bad_id
        if self.f("id-used-refused"):
            if value in self.used_ids:
                return 14
            self.used_ids.add(value)
        return 0

    def result(self, kind: str, request: str | None, answer: Answer, road: str, link: Link | None) -> list[Node]:
        ways, code = self.ways, answer.code
        good = code == OK or code == PARTIAL
        label = LABELS[code]
        if not good and ways.error_type == "ERROR":
            kind_label, text = "ERROR", {"text": answer.message or label, "label": label, "blank": ""}[ways.message]
        else:
            kind_label = label
            text = answer.message if good else {"text": answer.message or label, "label": label, "blank": ""}[ways.message]
        shown = str(code)
        if self.f("code-ok-for-errors") and not good:
            shown = "20"
        elif self.f("code-zero-for-ok") and good:
            shown = "0"
        elif self.f("code-unknown") and not good:
            shown = "99"
        elif self.f("code-hex"):
            shown = f"0x{code:02X}"
        if self.f("label-of-neighbour") and not good:
            kind_label = LABELS.get(code + 1, LABELS[20])
        if self.f("label-short") and good:
            kind_label = "OK"
        if self.f("label-ok-for-errors") and not good:
            kind_label = "API_OK"
        if self.f("id-zero"):
            request = "0"
        elif self.f("id-clipped") and (request or "").isdigit():
            request = str(int(request or 0) % 65536)
        elif self.f("id-signed-24") and (request or "").isdigit():
            request = str(int(request or 0) % 2**24)
        elif self.f("id-previous") and link:
            link.got += 1
            if link.got % 3 == 0:
                request, link.previous = link.previous, request or ""
            else:
                link.previous = request or ""
        elif (self.f("id-missing-in-errors") and not good) or (self.f("web-id-missing") and road == "web"):
            request = None
        if self.f("requesttype-test") and kind != "TEST":
            kind = "TEST"
        if self.f("requesttype-start-stop"):
            kind = {"RECORDSTOP": "RECORDSTART", "CHATUPDATE": "CHATSTART"}.get(kind, kind)
        ids: list[Node] = [("REQUESTID", request)] if request is not None else []
        kinds: list[Node] = [("REQUESTTYPE", kind)]
        if ways.example_head and kind in ("CALLLIST", "FETCHTERMINOLOGY") and good:
            head = [("TYPE", kind) if kind == "CALLLIST" else kinds[0], *ids]
            return [*head, *answer.nodes]
        head = [*kinds, *ids] if ways.first == "type-id" and kind != "TEST" else [*ids, *kinds]
        head.append(("RESULTTYPE", kind_label))
        if not (self.f("web-code-missing") and road == "web"):
            head.append(("RESULTCODE", shown))
        if not self.f("message-missing"):
            head.append(("RESULTMSG", text))
        return [*head, *answer.nodes]

    # -- writing

    def render(self, root: str, nodes: list[Node], road: str = "api") -> bytes:
        ways = self.ways
        newline, pad = (ways.newline, "  ") if ways.layout == "indent" else (ways.newline, "") if ways.layout == "lines" else ("", "")
        if self.f("root-of-errors") and root == "RESULT" and any(n == ("RESULTTYPE", "API_DEVICE_INVALID") for n in nodes):
            root = "ERROR"
        parts: list[str] = []
        if ways.declaration:
            parts.append('<?xml version="1.0" encoding="UTF-8"?>' + newline)
        if ways.comments:
            parts.append("<!-- birch -->" + newline)
        self._tag(parts, root, nodes, newline, pad, 0)
        text = "".join(parts)
        if self.f("xml-unclosed-list") and text.count("<DEVICE>") > 1:
            text = text.replace("</DEVICE>", "", 1)
        if self.f("xml-case-of-end") and "<AGENTS>" in text:
            text = text.replace("</AGENTS>", "</Agents>")
        if ways.charrefs:
            return text.encode("ascii", "xmlcharrefreplace")
        if self.f("xml-latin"):
            return text.encode("latin-1", "replace")
        return text.encode("utf-8", "replace")

    def _tag(self, parts: list[str], tag: str, value: Any, newline: str, pad: str, depth: int) -> None:
        lead = pad * depth
        if isinstance(value, list):
            parts.append(f"{lead}<{tag}>{newline}")
            for name, inner in value:
                self._tag(parts, name, inner, newline, pad, depth + 1)
            parts.append(f"{lead}</{tag}>{newline if depth else ''}")
            return
        text = "" if value is None else str(value)
        if not text:
            empty = self.ways.empty
            if empty == "absent" and tag not in ("RESULTMSG", "REQUESTID", "REQUESTTYPE"):
                return
            parts.append(f"{lead}<{tag}/>{newline}" if empty == "self" else f"{lead}<{tag}></{tag}>{newline}")
            return
        parts.append(f"{lead}<{tag}>{self.escape(text)}</{tag}>{newline}")

    def escape(self, text: str) -> str:
        if self.f("xml-raw-less"):
            return text.replace("&", "&amp;")
        if self.f("xml-escaped-twice") and "&" in text:
            text = text.replace("&", "&amp;")
        if self.f("xml-ampersand-dropped"):
            text = text.replace("&", "")
        if self.ways.ampersand != "bare":
            text = text.replace("&", "&amp;")
        return text.replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")

    def document(self, nodes: list[Node]) -> bytes:
        """A reply as the socket carries it."""
        body = self.render("RESULT", nodes)
        if self.f("frame-no-terminator") or self.every("frame-fourth-no-terminator", 4):
            return body
        if self.f("frame-long-cut") and len(body) > 6000:
            body = body[:6000]
        if self.f("frame-long-no-terminator") and len(body) > 4096:
            return body
        out = body + self.ways.terminator.encode()
        if self.every("frame-reply-twice", 9):
            return out + out
        if self.every("frame-reply-lost", 23):
            return b""
        return out

    # -- events

    def event(self, kind: str, name: str, module: str, nodes: list[Node]) -> None:
        if self.links or self.fault:
            self.events.append((kind, name, module, nodes))

    def flush(self, cut_into: bytes = b"") -> None:
        """Send what has happened to those who want it."""
        events, self.events = self.events, []
        for kind, name, module, nodes in events:
            self._send_event(kind, name, module, nodes)

    def _send_event(self, kind: str, name: str, module: str, nodes: list[Node]) -> None:
        ways = self.ways
        data = [(tag, value) for tag, value in nodes if tag != "-web"]
        web = len(data) != len(nodes)
        device = next((value for tag, value in data if tag == "DEVICEID"), "")
        said = kind
        if self.f("event-class-of-stopped") and name == "RECORDINGSTOPPED":
            said = "CALL"
        if self.f("event-class-of-callstop") and name == "CALLSTOP":
            said = "RECORD"
        if self.f("event-no-callstop") and name == "CALLSTOP" or self.every("event-third-start-lost", 3) and name == "CALLSTART":
            return
        if self.f("event-no-paused") and name == "RECORDINGPAUSED" or self.f("event-no-saved") and name == "RECORDINGUPDATE":
            return
        if self.f("event-none-by-web") and web:
            return
        shown = name
        if self.f("event-resumed-as-paused") and name == "RECORDINGRESUMED":
            shown = "RECORDINGPAUSED"
        if self.f("event-type-start"):
            shown = {"RECORDINGSTARTED": "RECORDINGSTART"}.get(name, name)
        if ways.blank_type and shown in ("RECORDINGPAUSED", "RECORDINGRESUMED"):
            shown = " " + shown
        if self.f("event-first-device"):
            if name == "RECORDINGUPDATE" or name == "RECORDINGSTOPPED":
                first = self.cache.setdefault("first-device", device)
                data = [(t, first if t == "DEVICEID" else v) for t, v in data]
        if self.f("event-paused-no-device") and name == "RECORDINGPAUSED":
            data = [(t, v) for t, v in data if t != "DEVICEID"]
        if self.f("event-stop-no-user4") and name == "CALLSTOP":
            data = [(t, v) for t, v in data if t != "USER4"]
        if self.f("event-ani-lost") and name == "CALLSTART":
            data = [(t, "" if t == "ANI" else v) for t, v in data]
        if self.f("event-gate-is-group"):
            group = next((v for t, v in data if t == "GROUP"), "")
            data = [(t, group if t == "GATE" and any(x == "GROUP" for x, _ in data) else v) for t, v in data]
        if self.f("event-user3-stale") and name == "CALLSTOP":
            user3 = next((v for t, v in data if t == "USER3"), "")
            data = [(t, self.cache.get("user3", v) if t == "USER3" else v) for t, v in data]
            self.cache["user3"] = user3
        if self.f("event-instance-lost"):
            data = [(t, "" if t == "CALLINSTANCE" else v) for t, v in data]
        if self.f("event-agent-one"):
            data = [(t, "1" if t == "AGENTID" else v) for t, v in data]
        if self.f("event-record-id-off") and name == "RECORDINGUPDATE":
            data = [(t, str(int(v) + 1) if t == "RECORDID" else v) for t, v in data]
        if ways.absent_data:
            data = [(t, v) for t, v in data if v or t == "DEVICEID"]
        if ways.event_extra:
            data.append(("EVENTTIME", str(int(self.now()))))
        links = list(self.everyone if self.f("event-to-everyone") else self.links)
        if self.f("event-last-subscriber-only"):
            links = links[-1:]
        if self.f("event-first-subscriber-only"):
            links = links[:1]
        for link in links:
            wanted = link.classes
            if self.f("event-classes-ignored") or (self.f("event-record-for-call") and name == "RECORDINGSTARTED") or self.f("event-to-everyone"):
                wanted = {"ALL"}
            if self.f("event-all-is-call") and "ALL" in wanted:
                wanted = {"CALL"}
            if not ({"ALL", kind} & wanted):
                continue
            if ways.value_filters and link.value and link.value != device:
                continue
            link.got += 1
            if self.f("event-stops-after-six") and link.got > 6:
                continue
            xref: list[Node] = [("EVENTXREF", link.xref)] if ways.xref != "absent" else []
            body = self.render("CALLCOPYEVENT", [("EVENTCLASS", said), ("EVENTTYPE", shown), ("MODULE", module), *xref, ("EVENTDATA", data)])
            if self.f("event-root"):
                body = body.replace(b"CALLCOPYEVENT>", b"EVENT>")
            if self.f("event-unclosed") and name == "RECORDINGUPDATE":
                body = body.replace(b"</EVENTDATA>", b"")
            out = body + (b"" if self.f("event-no-terminator") else ways.terminator.encode())
            count = 2 if self.f("event-started-twice") and name == "RECORDINGSTARTED" or self.every("event-fifth-twice", 5) else 1
            with contextlib.suppress(OSError):
                for _ in range(count):
                    link.post(out)


def seed_step(chance: random.Random, most: int) -> int:
    return chance.randrange(most)


@dataclass
class Context:
    kind: str
    road: str
    link: Link | None
    request: str


class Functions(World):
    """What each request does."""

    def test(self, p: Params, c: Context) -> Answer:
        return Answer([])

    # -- calls

    def take(self, p: Params, names: Iterable[str], function: str) -> dict[str, str]:
        """The values a request brings, as they are stored."""
        given = {}
        for name in names:
            if name in p and (p[name] or self.ways.blank_clears):
                given[name] = self.cut(name, p[name], function)
        self.number(p, "PRIORITY")
        self.number(p, "MAXRECORDTIME")
        if self.f("update-user7-lost") and function == "CALLUPDATE":
            given.pop("USER7", None)
        if self.f("start-user15-lost") and function == "CALLSTART":
            given.pop("USER15", None)
        if self.f("post-user9-lost") and function == "POST":
            given.pop("USER9", None)
        if self.f("web-user15-lost") and p.get("-road") == "web":
            given.pop("USER15", None)
        if self.f("direction-in") and "CALLDIRECTION" in given:
            given["CALLDIRECTION"] = "I"
        if self.f("user-next") and "USER10" in given:
            given["USER11"] = given.pop("USER10")
        if self.f("dnis-cut-to-ten") and len(given.get("DNIS", "")) > 10:
            given["DNIS"] = given["DNIS"][:10]
        if self.f("gate-upper") and "GATE" in given:
            given["GATE"] = given["GATE"].upper()
        return given

    def callstart(self, p: Params, c: Context) -> Answer:
        ways = self.ways
        device = self.identify(p, "CALLSTART")
        given = self.take(p, DATA, "CALLSTART")
        instance = p.get("CALLINSTANCE", "")
        if c.road == "web" and self.f("web-instance-lost"):
            instance = ""
        agent = self.agent_of(device.id)
        old = next((call for call in device.calls if call.instance == instance), None)
        if self.f("instance-third-overwrites") and len(device.calls) >= 2 and not old:
            old = device.calls[-1]
            old.instance = instance
        if old and ways.restart == "error":
            raise Refused(1, "the device is in that call already")
        if old and ways.restart == "merge":
            old.data.update(given)
            self.call_event("CALLSTART", old)
            return self.sent("CALLSTART")
        if old:
            self.end_call(old)
        data = dict.fromkeys(DATA, "")
        data |= {"DEVICEALIAS": device.alias, "SYS_USER": agent.get("SYS_USER") if agent else "", "CRM_USER": agent.get("CRM_USER") if agent else "", "CALLDIRECTION": "I"}
        if self.f("start-keeps-user3") and device.past:
            data["USER3"] = device.past[-1].data["USER3"]
        data.update(given)
        seq = next(self.seqs)
        call = Call(device, instance, self.now(), seq, data, f"0001{seq:011}", agent=agent,
                    station=self.cut("STATIONNAME", p.get("STATIONNAME") or next((s for s, d in self.stations if d == device.id), "")),
                    keep=p.get("KEEPDAYS") or p.get("KEEP_DAYS") or "30", archive=p.get("ARCHIVEACTION") or "-1")
        device.calls.append(call)
        self.call_event("CALLSTART", call)
        if device.recorded and ways.scheduled:
            self.start_recording(call)
            limit = self.number(p, "MAXRECORDTIME")
            if limit:
                recording = call.recordings[0]
                self.later(limit / self.scale, lambda: self.stop_recording(call, recording) if recording in call.recordings else None)
        if self.f("web-calls-apart") and c.road == "web":
            device.calls.remove(call)
        return self.sent("CALLSTART")

    def start_recording(self, call: Call, partial: bool = False, data: dict[str, str] | None = None) -> Recording:
        channel = next((ch for ch in self.channels if ch[1] == "Idle"), None)
        if channel:
            channel[1:] = ["Recording", call.device.id, self.now()]
        recording = Recording(self.now(), self.filename(call.device, self.now()), channel[0] if channel else 99, partial, data or {})
        call.recordings.append(recording)
        call.last = recording
        if not partial or self.ways.partial_events:
            self.record_event("RECORDINGSTARTED", call, recording)
        if call.agent and call.agent.dark and self.ways.agent_later:
            self.pause(call, recording)
        return recording

    def stop_recording(self, call: Call, recording: Recording) -> None:
        call.recordings.remove(recording)
        for channel in self.channels:
            if channel[0] == recording.channel:
                channel[1:] = ["Idle", "", self.now()]
        now = self.now()
        if recording.pauses and recording.paused:
            recording.pauses[-1][1] = now
        self.next_record += 1
        number = self.next_record
        agent = call.agent
        data = {**call.data, **recording.data}
        if self.f("record-keeps-start-values"):
            data = {**data, **self.cache.get(("start", call.globalid), {})}
        if self.f("record-user6-lost"):
            data["USER6"] = ""
        first, last = (agent.get("FIRSTNAME"), agent.get("LASTNAME")) if agent else ("", "")
        if self.f("record-names-of-first-agent") and agent:
            one = next(iter(self.agents.values()))
            first, last = one.get("FIRSTNAME"), one.get("LASTNAME")
        record = Record(number, call.device.id, {name: data.get(name, "") for name in DATA}, int(recording.start), max(1, round(now - recording.start)),
                        agent.id if agent else 0, first, last, recording.filename, call.globalid, recording.channel, call.instance, call.keep,
                        next(self.seqs), True, [(a - recording.start, b - recording.start) for a, b in recording.pauses], self.cache.get("road") == "web")
        listed = (not recording.partial or self.ways.partial_listed) and not self.every("record-fourth-lost", 4)
        silent = recording.partial and not self.ways.partial_events

        def save() -> None:
            if listed:
                self.records.append(record)
            if not silent:
                self.record_event("RECORDINGUPDATE", call, recording, number)

        if not self.ways.save_delay and self.ways.update_first:
            save()
        if not silent:
            self.record_event("RECORDINGSTOPPED", call, recording, number)
        if self.ways.save_delay:
            self.later(self.ways.save_delay, save)
        elif not self.ways.update_first:
            save()

    def end_call(self, call: Call) -> None:
        if call not in call.device.calls:
            return
        call.device.calls.remove(call)
        call.stop, call.ended_seq = self.now(), next(self.seqs)
        self.call_event("CALLSTOP", call)
        if not self.f("stop-still-recording"):
            for recording in list(call.recordings):
                if self.f("stop-leaves-partial") and recording.partial:
                    continue
                self.stop_recording(call, recording)
        call.device.past.append(call)
        del call.device.past[:-4]

    def callstop(self, p: Params, c: Context) -> Answer:
        device = self.identify(p, "CALLSTOP")
        call = self.find_call(device, p)
        if self.f("stop-instance-ignored") and device.calls:
            call = device.calls[-1]
        if self.f("stop-first-instance") and device.calls and not p.get("CALLINSTANCE"):
            call = device.calls[0]
        if self.f("web-instance-lost") and c.road == "web" and device.calls:
            call = device.calls[-1]
        if call is None:
            if self.ways.idle_events:
                agent = self.agent_of(device.id)
                self.call_event("CALLSTOP", Call(device, p.get("CALLINSTANCE", ""), self.now(), 0, dict.fromkeys(DATA, "") | {"DEVICEALIAS": device.alias}, "", agent=agent))
            if self.ways.idle_stop != OK:
                raise Refused(self.ways.idle_stop, "the device is not in that call")
            return self.sent("CALLSTOP")
        if self.f("stop-every-instance"):
            for other in list(device.calls):
                self.end_call(other)
        elif not self.every("stop-fifth-not-done", 5):
            self.end_call(call)
        return self.sent("CALLSTOP")

    def callupdate(self, p: Params, c: Context) -> Answer:
        if p.get("RECORDID"):
            return self.callupdate_post(p, c)
        ways = self.ways
        device = self.identify(p, "CALLUPDATE")
        given = self.take(p, [n for n in DATA if n not in ("CALLID", "PRIORITY", "DEVICEALIAS", "SYS_USER", "CRM_USER")], "CALLUPDATE")
        call = self.find_call(device, p)
        if self.f("update-instance-ignored") and device.calls:
            call = device.calls[-1]
        if self.f("update-first-instance") and device.calls and not p.get("CALLINSTANCE"):
            call = device.calls[0]
        wanted = (p.get("UPDATE_IF_NOT_RECORDING") or "N").strip().upper() == "Y" or self.f("update-always-last-record")
        if self.f("uinr-while-recording") and wanted:
            call = None
        if call is None:
            if not wanted:
                if ways.idle_update != OK:
                    raise Refused(ways.idle_update, "the device is not in that call")
                return self.sent("CALLUPDATE")
            own = [r for r in self.records if r.device == device.id]
            if self.f("uinr-last-of-all") and own:
                own = self.records
            if not own:
                if self.f("uinr-never-ok"):
                    return Answer([], "Updated recording in database")
                raise Refused(40, "there is no previous call to update")
            record = own[0] if self.f("uinr-first-record") else max(own, key=lambda r: r.seq)
            record.data.update(given)
            if ways.update_on_edit:
                self.saved_event(record)
            return Answer([], "Updated recording in database")
        if self.f("record-keeps-start-values"):
            self.cache.setdefault(("start", call.globalid), {n: call.data[n] for n in given})  # type: ignore[arg-type]
        if self.f("update-clears-others"):
            call.data.update(dict.fromkeys(USERS, ""))
        if self.f("update-all-instances"):
            for other in device.calls:
                other.data.update(given)
        if self.f("update-once") and self.cache.get(("updated", call.globalid)):  # type: ignore[arg-type]
            return self.sent("CALLUPDATE")
        self.cache[("updated", call.globalid)] = True  # type: ignore[index]
        call.data.update(given)
        for recording in call.recordings:
            for name in given:
                recording.data.pop(name, None)
        call.keep = p.get("KEEP_DAYS") or p.get("KEEPDAYS") or call.keep
        call.archive = p.get("ARCHIVEACTION") or call.archive
        return self.sent("CALLUPDATE")

    def callupdate_post(self, p: Params, c: Context) -> Answer:
        given = self.take(p, POST, "POST")
        record = next((r for r in self.records if str(r.id) == p["RECORDID"].strip()), None)
        if record is None:
            if self.f("post-unknown-ok"):
                return Answer([], "Updated recording in database")
            raise Refused(self.ways.post_unknown, "no recording has this RECORDID")
        if self.f("post-neighbour"):
            record = self.records[self.records.index(record) - 1]
        device = given.pop("DEVICEID", "")
        if device and self.ways.post_device == "set":
            record.device = device
        if self.f("post-clears-others"):
            record.data.update(dict.fromkeys(USERS, ""))
        if self.f("post-same-device"):
            for other in self.records:
                if other.device == record.device:
                    other.data.update(given)
        record.data.update(given)
        if self.ways.update_on_edit:
            self.saved_event(record)
        return Answer([], "Updated recording in database")

    def recordstart(self, p: Params, c: Context) -> Answer:
        device = self.identify(p, "RECORDSTART")
        given = self.take(p, DATA, "RECORDSTART")
        call = self.find_call(device, p)
        if call is None or not call.recordings:
            if self.ways.idle_record != OK:
                raise Refused(self.ways.idle_record, "there is no call that is recorded")
            return self.sent("RECORDSTART")
        if self.f("recordstart-ends-first"):
            self.stop_recording(call, call.recordings[0])
        self.start_recording(call, True, given)
        return self.sent("RECORDSTART")

    def recordstop(self, p: Params, c: Context) -> Answer:
        device = self.identify(p, "RECORDSTOP")
        given = self.take(p, USERS, "RECORDSTOP")
        call = self.find_call(device, p)
        if self.f("recordstop-last-call-anywhere"):
            every = [x for d in self.devices.values() for x in d.calls if any(r.partial for r in x.recordings)]
            call = max(every, key=lambda x: x.seq, default=call)
        partial = [r for r in call.recordings if r.partial] if call else []
        if call and self.ways.recordstop == "all":
            call.data.update(given)
            self.end_call(call)
            return self.sent("RECORDSTOP")
        if not call or not partial:
            if self.ways.idle_record != OK:
                raise Refused(self.ways.idle_record, "there is no recording to stop")
            return self.sent("RECORDSTOP")
        partial[-1].data.update(given)
        if not self.f("recordstop-not-done"):
            self.stop_recording(call, partial[-1])
        return self.sent("RECORDSTOP")

    # -- events of calls

    def _users(self, data: dict[str, str], count: int = 15) -> list[Node]:
        return [(name, data.get(name, "")) for name in USERS[:count]]

    def call_event(self, name: str, call: Call) -> None:
        data, agent = call.data, str(call.agent.id) if call.agent else ""
        ids: list[Node] = [("GLOBALCALLID", ""), ("DEVICEID", call.device.id)]
        who: list[Node] = [(n, data[n]) for n in ("DEVICEALIAS", "SYS_USER", "CRM_USER", "GATE", "ANI", "DNIS")] + [("AGENTID", agent)]
        start, users = name == "CALLSTART", self._users(data)
        keep = call.keep if start or call.keep != "30" else "-1"
        tail: list[Node] = [("KEEPDAYS", keep), ("ARCHIVEACTION", call.archive)]
        core: Node = ("COREIDENT", str(call.device.core))
        instance: Node = ("CALLINSTANCE", call.instance)
        if start:
            nodes = [*ids, *who, *users, ("GROUP", data["GROUP"]), instance, ("CALLDIRECTION", data["CALLDIRECTION"]), ("STATION", call.station),
                     ("ISTRUNK", self.trunk(call.device)), *tail, ("STARTTIME", self.date(call.start)), core]
        else:
            nodes = [*who, *users[:10], instance, *users[10:], ("GROUP", data["GROUP"]), *tail, *ids, core]
        self.push("CALL", name, self.ways.module, nodes)

    def record_event(self, name: str, call: Call, recording: Recording, number: int = 0) -> None:
        data, agent = {**call.data, **recording.data}, str(call.agent.id) if call.agent else ""
        device: Node = ("DEVICEID", call.device.id)
        core: Node = ("COREIDENT", str(call.device.core))
        keep: Node = ("KEEPDAYS", call.keep)
        who: list[Node] = [(n, data.get(n, "")) for n in ("DEVICEALIAS", "GATE", "ANI", "DNIS")] + [("AGENTID", agent)]
        if name == "RECORDINGUPDATE":
            nodes = [("GLOBALCALLID", call.globalid), device, keep, ("FILENAME", recording.filename), ("RECORDID", str(number)), core]
        elif name == "RECORDINGSTOPPED":
            nodes = [("GLOBALCALLID", call.globalid), device, *who, *self._users(data, self.ways.stopped_users), keep, ("RECORDID", str(number)), core]
        else:
            users = self._users(data)
            nodes = [device, ("FILENAME", recording.filename), ("CHANNEL", str(recording.channel)), ("ERRORREASON", "NONE"), ("GLOBALCALLID", ""), *who, *users[:13],
                     ("CALLINSTANCE", call.instance), *users[13:], ("GROUP", data["GROUP"]), keep, ("ARCHIVEACTION", call.archive), core]
        self.push("RECORD", name, "" if number else self.ways.module, nodes)

    def saved_event(self, record: Record) -> None:
        self.push("RECORD", "RECORDINGUPDATE", "", [("GLOBALCALLID", record.globalid), ("DEVICEID", record.device), ("KEEPDAYS", record.keep),
                                                     ("FILENAME", record.filename), ("RECORDID", str(record.id)), ("COREIDENT", "1")])

    def push(self, kind: str, name: str, module: str, nodes: list[Node]) -> None:
        if self.cache.get("road") == "web":
            nodes = [*nodes, ("-web", "")]
        self.event(kind, name, module, nodes)

    # -- status

    def trunk(self, device: Device) -> str:
        return "" if self.ways.trunk == "blank" else self.flag(device.trunk)

    def flag(self, value: bool) -> str:
        return {"YN": "NY", "TF": ("False", "True"), "10": "01", "tf": ("false", "true")}[self.ways.flags][value]

    def current(self, device: Device) -> Call | None:
        """The call that a status is about."""
        if device.calls:
            return device.calls[0] if self.f("status-oldest-instance") else device.calls[-1]
        if device.past and not self.f("status-blank-after-call"):
            return device.past[-1]
        return None

    def recording_nodes(self, device: Device, call: Call | None) -> list[Node]:
        recording = call.recordings[0] if call and call.recordings else None
        shown = recording or (call.last if call else None)
        running = recording is not None and (self.ways.paused_flag or not recording.paused)
        if self.f("status-not-recording"):
            running = False
        nodes: list[Node] = [("ISRECORDING", self.flag(running)), ("ISRECORDINGVIDEO", self.flag(False)), ("FILENAME", shown.filename if shown else "")]
        if self.ways.callid != "outside":
            nodes.append(("CALLID", call.data["CALLID"] if call else ""))
        session = f"{device.id}-{call.seq}" if call and self.ways.session else ""
        return [*nodes, ("SESSIONID", session), ("CALLINSTANCE", call.instance if call else "")]

    def device_node(self, device: Device, call: Call | None) -> Node:
        data = call.data if call else {}
        agent = self.agent_of(device.id)
        fallback = {"DEVICEALIAS": device.alias, "SYS_USER": agent.get("SYS_USER") if agent else "", "CRM_USER": agent.get("CRM_USER") if agent else ""}
        nodes: list[Node] = [("DEVICEID", device.id)]
        for name in ("DEVICEALIAS", "SYS_USER", "CRM_USER", "GROUP", "GATE", "ANI", "DNIS"):
            nodes.append((name, data.get(name, "") or fallback.get(name, "")))
        if self.f("status-swaps-outbound") and data.get("CALLDIRECTION") == "O":
            nodes = [({"ANI": "DNIS", "DNIS": "ANI"}.get(t, t), v) for t, v in nodes]
        nodes += self._users({k: v for k, v in data.items() if not (self.f("status-user14-lost") and k == "USER14")})
        if self.ways.callid != "inside":
            nodes.append(("CALLID", data.get("CALLID", "")))
        station = call.station if call else next((s for s, d in self.stations if d == device.id), "")
        recording = (call.recordings[0] if call.recordings else call.last) if call else None
        start = recording.start if recording else call.start if call else 0.0
        nodes += [("CALLDIRECTION", data.get("CALLDIRECTION", "")), ("ISTRUNK", self.trunk(device)), (self.ways.station_tag, station),
                  ("STARTTIME", self.date(start)), ("STOPTIME", self.date(call.stop if call else 0.0)), ("COREIDENT", str(device.core)),
                  ("RECORDING", self.recording_nodes(device, call))]
        return "DEVICE", nodes

    def devicelist(self, p: Params, c: Context) -> Answer:
        nodes: list[Node] = []
        for device in self.devices.values():
            if self.f("list-twice") and len(device.calls) > 1:
                nodes += [self.device_node(device, call) for call in device.calls]
            else:
                nodes.append(self.device_node(device, self.current(device)))
        count = len(nodes)
        if self.f("list-misses-last"):
            nodes = nodes[:-1]
        if self.f("list-count-stale"):
            count = self.cache.setdefault("busy", -1)
            busy = sum(1 for d in self.devices.values() if d.calls)
            self.cache["busy"] = count = len(nodes) - busy
        return Answer([("DEVICES", [("COUNT", str(count)), *nodes])])

    def matching(self, p: Params) -> list[Device]:
        names = [n for n in ("DEVICEID", "DEVICEALIAS", "CRM_USER", "SYS_USER") if p.get(n)]
        if not names:
            if self.ways.no_filter == "all":
                return list(self.devices.values())
            raise Refused(self.ways.format_code, "no device is given")
        found = list(self.devices.values())
        for name in names:
            own = [self.devices[p[name]]] if name == "DEVICEID" and p[name] in self.devices else [] if name == "DEVICEID" else self.by_field(name, p[name])
            if name != "DEVICEID":
                own += [d for d in self.devices.values() for call in [self.current(d)] if call and call.data[name] == p[name] and d not in own]
            found = [d for d in found if d in own]
        if not found and self.ways.no_match != "zero":
            raise Refused(8 if self.ways.no_match == "error" else 24, "Could not find a device matching given parameters")
        return found

    def devicestatus(self, p: Params, c: Context) -> Answer:
        found = self.matching(p)
        if self.f("status-neighbour") and len(found) == 1 and found[0].id in self.with_agent:
            found = [self.devices[self.with_agent[self.with_agent.index(found[0].id) - 1]]]
        nodes = [self.device_node(d, self.current(d)) for d in found]
        return Answer([("DEVICES", [("COUNT", str(len(nodes) + self.f("status-count-one-more"))), *nodes])], "Found the following matching devices")

    def devicerecordingstatus(self, p: Params, c: Context) -> Answer:
        ways, out = self.ways, []
        found = self.matching(p)
        for device in found:
            agent = self.agent_of(device.id)
            calls = list(device.calls) + (device.past[-3:] if ways.ended else [])
            if self.f("instances-newest-only"):
                calls = calls[-1:]
            if self.f("instances-first-two"):
                calls = calls[:2]
            if not calls and ways.idle_status != OK:
                raise Refused(ways.idle_status, "no active call instances")
            newest = device.calls[-1] if device.calls else device.past[-1] if device.past else None
            alias = newest.data["DEVICEALIAS"] if newest else device.alias
            head: list[Node] = [("DEVICEID", device.id), ("DEVICEALIAS", alias), ("SYS_USER", agent.get("SYS_USER") if agent else ""),
                                ("CRM_USER", agent.get("CRM_USER") if agent else ""), ("COREIDENT", str(device.core))]
            parts: list[Node] = []
            for call in calls:
                recording = call.recordings[0] if call.recordings else None
                word = ways.status_words[2 if not recording else 1 if recording.paused else 0]
                if self.f("status-always-recording") and recording:
                    word = ways.status_words[0]
                data = calls[-1].data if self.f("instances-share-values") else call.data
                nodes: list[Node] = [(n, data[n]) for n in ("GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLDIRECTION")]
                start = (recording or call.last).start if (recording or call.last) else call.start  # type: ignore[union-attr]
                nodes += [("ISTRUNK", self.trunk(device)), ("STATION", call.station), ("STARTTIME", self.date(start)), ("STOPTIME", self.date(call.stop))]
                inner = self.recording_nodes(device, call)
                if not any(t == "CALLID" for t, _ in inner):
                    inner.insert(3, ("CALLID", call.data["CALLID"]))
                parts.append(("RECORDING", [*nodes, *inner, ("STATUS", word)]))
            if ways.wrapped == "each":
                out += [("DEVICE", [*head, part]) for part in parts] or [("DEVICE", head)]
            elif ways.wrapped == "outside":
                out += [("DEVICE", [*head, *parts[:1]]), *parts[1:]]
            else:
                out.append(("DEVICE", [*head, *parts]))
        if ways.wrapped == "devices":
            out = [("DEVICES", [("COUNT", str(len(out))), *out])]
        return Answer(out, "Following active call instances found for specified deviceID, devicealias, crm_user or sys_user")

    def systemstatus(self, p: Params, c: Context) -> Answer:
        up = int(self.now() - self.epoch) + 66277
        free = 229032 if not self.f("disk-free-exceeds") else 900000
        nodes: list[Node] = [
            ("RECORDINGPATH", self.ways.path), (self.ways.space, "223.66GB of 465.64GB"), ("RECORDINGTOTALDISKCAPACITY", "476819"),
            ("RECORDINGTOTALDISKFREE", str(free)), ("RECORDINGTOTALDISKFREEPCT", "148.03" if self.f("disk-percent") else "48.03"),
            ("SYSTEMUPTIME", f"{up // 86400} days, {up // 3600 % 24} hours, {up // 60 % 60} minutes, {up % 60} seconds.")]
        for number in range(2):
            nodes.append((f"PROCESSOR{number}", [("SYSTEMPROCESSORSPEED", "2394MHz"), ("SYSTEMPROCESSORTYPE", "x86 Family 6 Model 15 Stepping 11")]))
        ram = "n/a" if self.f("ram-words") else "1702"
        return Answer([*nodes, ("SYSTEMRAMTOTAL", "3325"), ("SYSTEMRAMFREE", ram), ("SYSTEMRAMUSED", "1623"), ("SYSTEMRAMUSEDPCT", "48")])

    def channels_(self, p: Params, c: Context) -> Answer:
        sections: list[Node] = []
        words = {"Idle": "0", "Recording": "2"}
        for number, state, device, when in self.channels:
            legacy = {"blank": ("", "", device), "filled": ("3000", "7000", device), "absent": None}[self.ways.legacy]
            nodes: list[Node] = [("ID", str(number)), ("STATE", state if self.ways.state == "words" else words[state])]
            if legacy:
                nodes += list(zip(("PLAYBACKEXTENSION", "RECORDINGDEVICEALIAS", "RECORDINGDEVICE"), legacy, strict=True))
            unix = int(when) + (7200 if self.f("channel-times-apart") else 0)
            sections.append(("CHANNEL", [*nodes, ("LASTSTATECHANGE", self.date(when)), ("LASTSTATECHANGEUNIXTIME", str(unix))]))
        count: Node = ("COUNT", str(len(sections)))
        if self.f("channels-one-missing"):
            del sections[2]
        if self.f("channels-same-id"):
            sections[1] = sections[0]
        if self.ways.count == "before":
            return Answer([count, ("CHANNELS", sections)])
        return Answer([("CHANNELS", [count, *sections])])

    def stations_(self, p: Params, c: Context) -> Answer:
        sections: list[Node] = [("STATION", [("STATIONNAME", s), ("DEVICEID", d)]) for s, d in self.stations]
        count: Node = ("COUNT", str(len(sections)))
        if self.f("stations-count-fixed"):
            count = ("COUNT", "3")
        if self.f("stations-last-missing"):
            sections = sections[:-1]
        if self.ways.repeat_stations:
            return Answer([count, *(("STATIONS", inner) for _, inner in sections)])
        if self.ways.count == "before":
            return Answer([count, ("STATIONS", sections)])
        return Answer([("STATIONS", [count, *sections])])

    def fetchterminology(self, p: Params, c: Context) -> Answer:
        sections: list[Node] = [("TERMINOLOGY", [("NAME", n), ("VALUE", v)]) for n, v in self.terms]
        count = len(sections) + (1 if self.f("terms-count") else 0)
        if self.f("terms-values-missing"):
            sections[3] = ("TERMINOLOGY", [("NAME", self.terms[3][0])])
        return Answer([("COUNT", str(count)), ("SETTINGS", sections)])

    def calllist(self, p: Params, c: Context) -> Answer:
        ways = self.ways
        names = [n for n in ("DEVICEID", "CRM_USER", "SYS_USER", "DEVICEALIAS", "GROUP", "GATE", "ANI", "DNIS", *USERS) if p.get(n)]
        count, start, end = self.number(p, "CALLCOUNT"), self.number(p, "CALLDATESTART"), self.number(p, "CALLDATEEND")
        if self.f("list-date-start-ignored"):
            start = None
        if self.f("list-date-end-ignored") or (self.f("list-end-ignored-with-count") and count):
            end = None
        if self.f("list-first-filter-only"):
            names = names[:1]
        if self.f("list-user3-ignored"):
            names = [n for n in names if n != "USER3"]
        if self.f("web-list-users-ignored") and c.road == "web":
            names = [n for n in names if n not in USERS[5:]]
        if not names and count is None and start is None and end is None and ways.no_filters != OK:
            raise Refused(ways.no_filters, "no filter is given")

        def fold(value: str) -> str:
            return value.lower() if ways.fold_filters else value

        def fits(record: Record) -> bool:
            each = [fold(record.device if n == "DEVICEID" else record.data[n]) == fold(p[n]) for n in names]
            if self.f("list-prefix"):
                each = [(record.device if n == "DEVICEID" else record.data[n]).startswith(p[n][:-1]) for n in names]
            if each and not (any(each) if self.f("list-or") else all(each)):
                return False
            slack = 0 if ways.inclusive else 1
            return not (start is not None and record.time < start + slack or end is not None and record.time > end - slack)

        records = list(self.records)
        if self.f("list-no-web-calls"):
            records = [r for r in records if not r.web]
        if self.f("list-count-before-dates") and count and (start or end):
            records = sorted(records, key=lambda r: (r.time, r.id), reverse=True)[:count]
        found = sorted((r for r in records if fits(r)), key=lambda r: (r.time, r.id), reverse=ways.newest_first)
        limit = count if count and count > 0 else ways.cap
        if self.f("list-count-ignored"):
            limit = ways.cap
        if self.f("list-count-more") and count:
            limit = count + 1
        if self.f("list-at-most-five"):
            limit = min(limit, 5)
        found = found[:limit]
        if self.f("list-repeats") and len(found) > 3:
            found[-1] = found[0]
        if not found and ways.none_found != OK:
            raise Refused(ways.none_found, "no recordings match")
        nodes: list[Node] = []
        for number, r in enumerate(found, 1):
            data = dict(r.data)
            if self.f("list-group-is-gate"):
                data["GROUP"] = data["GATE"]
            if self.f("list-user8-lost"):
                data["USER8"] = ""
            seconds = r.duration * (1000 if self.f("list-duration-ms") else 1)
            when = self.date(r.time) if self.f("list-time-date") else str(r.time)
            inner: list[Node] = [
                ("CALLNUMBER", str(1 if self.f("list-callnumber-one") else number)), ("DEVICEID", r.device), *((n, data[n]) for n in ("DEVICEALIAS", "ANI", "DNIS", "CALLDIRECTION", "GROUP", "GATE", *USERS)),
                ("RECORDID", str(r.id + (1 if self.f("list-record-id-off") else 0))), ("RECORDINGTIME", when), ("DURATION", str(seconds)), ("AGENTFIRSTNAME", r.first), ("AGENTLASTNAME", r.lastname),
                ("CRM_USER", data["CRM_USER"]), ("SYS_USER", data["SYS_USER"])]
            if ways.list_extra:
                inner += [("CALLID", data["CALLID"]), ("FILENAME", r.filename), ("KEEPDAYS", r.keep)]
            nodes.append(("SEARCHRESULT", inner))
        return Answer(nodes)

    # -- chats and blackouts

    def chatstart(self, p: Params, c: Context) -> Answer:
        session = self.session(p, "chatstart")
        agent: Agent | None = None
        if p.get("AGENTID"):
            agent = self.agents.get(self.number(p, "AGENTID") or 0)
        elif p.get("KEYNAME") and p.get("KEYVALUE"):
            name, value = p["KEYNAME"].strip().upper(), p["KEYVALUE"]
            if name not in ("USERNAME", "SYS_USER", "EMPLOYEEID", "CRM_USER", "DEVICEALIAS") or (self.f("chat-no-employee") and name == "EMPLOYEEID"):
                raise Refused(24, f"KEYNAME {name} is not known")
            if name == "DEVICEALIAS":
                aliased = [d for d in self.devices.values() if d.alias == value]
                agent = self.agent_of(value) or (self.agent_of(aliased[0].id) if aliased else None)
            else:
                agent = next((a for a in self.agents.values() if a.status != "D" and a.get(name).lower() == value.lower()), None)
        if agent is None or agent.status == "D":
            if self.f("chat-agent-unknown-ok"):
                return self.sent("CHATSTART")
            raise Refused(24, "no such agent")
        self.chats[session] = Chat(session, agent, self.now())
        return self.sent("CHATSTART")

    def session(self, p: Params, name: str) -> str:
        if not p.get("SESSIONID") and not self.f(name + "-no-session-ok"):
            raise Refused(self.ways.no_session, "SESSIONID is missing")
        return self.cut("SESSIONID", p.get("SESSIONID", ""))

    def chatstop(self, p: Params, c: Context) -> Answer:
        chat = self.chats.pop(self.session(p, "chatstop"), None)
        if chat is None and self.ways.chat_idle != OK:
            raise Refused(self.ways.chat_idle, "no such session")
        if chat and self.ways.chat_record:
            devices = self.by_agent(chat.agent)
            record = self._record(devices[0] if devices else Device(""), chat.data, chat.start, max(1, round(self.now() - chat.start)), chat.agent, "0")
            record.audio = False
        return self.sent("CHATSTOP")

    def chatupdate(self, p: Params, c: Context) -> Answer:
        chat = self.chats.get(self.session(p, "chatupdate"))
        given = self.take(p, ("DEVICEALIAS", "GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLDIRECTION", "CALLID"), "CHATUPDATE")
        if chat is None and self.ways.chat_idle != OK:
            raise Refused(self.ways.chat_idle, "no such session")
        if chat:
            chat.data.update(given)
        return self.sent("CHATUPDATE")

    def pause(self, call: Call, recording: Recording, offset: float = 0.0) -> None:
        if recording not in call.recordings or recording.paused:
            return
        recording.pauses.append([max(recording.start, self.now() + min(offset, 0.0)), 0.0])
        if self.ways.pauses == "shown":
            recording.paused = True
            if not recording.partial or self.ways.partial_events:
                self.record_event("RECORDINGPAUSED", call, recording)

    def resume(self, call: Call, recording: Recording, offset: float = 0.0) -> None:
        if not recording.pauses or recording.pauses[-1][1]:
            return
        recording.pauses[-1][1] = max(recording.pauses[-1][0], self.now() + min(offset, 0.0))
        if recording.paused and recording in call.recordings:
            recording.paused = False
            if not recording.partial or self.ways.partial_events:
                self.record_event("RECORDINGRESUMED", call, recording)

    def blackout(self, p: Params, c: Context) -> Answer:
        ways, whole, start = self.ways, c.kind.startswith("AGENT"), c.kind.endswith("START")
        names = [n for n in ("DEVICEID", "DEVICEALIAS", "CRM_USER", "SYS_USER") if p.get(n)]
        offset = self.number(p, "TIMEOFFSET") or 0
        if self.f("blackout-negative-refused") and offset < 0:
            raise Refused(ways.format_code, "TIMEOFFSET")
        if self.f("blackout-nothing-ok") and not names:
            return self.sent(c.kind)
        if not names:
            raise Refused(24 if whole else 8, "no device or agent is given")
        if len(names) > 1 and ways.two_given == "error" and not self.f("blackout-two-ok"):
            raise Refused(ways.format_code, "only one of DEVICEID, DEVICEALIAS, CRM_USER and SYS_USER")
        name, value = names[0], p[names[0]]
        if name == "DEVICEID":
            found = [self.devices[value]] if value in self.devices else []
        else:
            found = self.by_field(name, value)
        agent = next((a for a in self.agents.values() if name in ("CRM_USER", "SYS_USER") and a.get(name) == value and a.status != "D"), None)
        if self.f("blackout-unknown-ok") and not found and not agent:
            return self.sent(c.kind)
        if not found and not agent:
            if self.f("blackout-unknown-code"):
                raise Refused(41, "not found")
            raise Refused(24 if name in ("CRM_USER", "SYS_USER") else 8, "Could not find a device matching given parameters")
        whole_agent = whole or ways.as_agent
        if whole_agent:
            agent = agent or self.agent_of(found[0].id)
            if agent is None and whole:
                raise Refused(24, "no agent has this device")
            if agent:
                found = self.by_agent(agent)
        calls: list[Call] = []
        if whole_agent:
            calls = [call for d in found for call in d.calls]
            if self.f("agentblackout-one-call"):
                calls = calls[-1:]
        elif found:
            device = max(found, key=lambda d: d.calls[-1].seq if d.calls else 0)
            call = self.find_call(device, p)
            if self.f("blackout-instance-ignored") and device.calls:
                call = device.calls[-1]
            if self.f("blackout-first-instance") and device.calls and not p.get("CALLINSTANCE"):
                call = device.calls[0]
            calls = [call] if call else []
            if self.f("blackout-all-instances"):
                calls = list(device.calls)
        if not calls and ways.idle_blackout != OK:
            raise Refused(ways.idle_blackout, "the device is not being recorded")
        if ways.blackout_twice != OK and calls and all(r.paused == start for call in calls for r in call.recordings):
            raise Refused(ways.blackout_twice, "the blackout is in that state already")

        def act() -> None:
            if whole_agent and agent:
                agent.dark = start
            for call in calls:
                for recording in list(call.recordings):
                    if start and not self.every("blackout-third-not-done", 3):
                        self.pause(call, recording, offset)
                    elif not start and not (self.f("blackout-stop-not-done") and (whole or self.ticks["stops"] > 0)):
                        self.resume(call, recording, offset)
            if not start:
                self.ticks["stops"] += 1
            if start and self.f("blackout-other-device"):
                for device in self.devices.values():
                    for call in device.calls:
                        for recording in list(call.recordings):
                            self.pause(call, recording, offset)

        if offset > 0 and (ways.offset == "start" or not start):
            self.later(offset / self.scale, act)
        else:
            act()
        return self.sent(c.kind)

    # -- imports

    def action(self, p: Params, allowed: tuple[str, ...], fault: str = "-") -> str:
        value = p.get("ACTION", "").strip()
        if self.ways.fold_action:
            value = value.upper()
        if not value:
            raise Refused(self.ways.format_code, "ACTION is missing")
        if value not in allowed:
            if self.f(fault):
                raise Refused(OK)
            raise Refused(21, f"ACTION {value} is not allowed")
        return value

    def importuser(self, p: Params, c: Context) -> Answer:
        ways = self.ways
        action = self.action(p, ("ADD", "DELETE", "MODIFY", "LIST"), "import-action-ok")
        if action == "LIST":
            return self.importuser_list()
        given = {n: self.cut(n, p[n]) for n in ("EMPLOYEEID", "FIRSTNAME", "LASTNAME", "SYS_USER", "DOMAIN", "EMAIL", "CRM_USER", "PASSWORD", "SITEID", "USERNAME") if p.get(n)}
        alive = [a for a in self.agents.values() if a.status != "D"]
        first, last = given.get("FIRSTNAME"), given.get("LASTNAME")
        if action == "ADD":
            self.need(p, *(() if self.f("import-names-optional") else ("FIRSTNAME", "LASTNAME")), *ways.needs)
            same = next((a for a in alive if (a.get("FIRSTNAME"), a.get("LASTNAME")) == (first, last)), None)
            if same and not self.f("import-duplicate-accepted"):
                if self.f("import-duplicate-changes"):
                    same.data.update(given)
                if self.f("import-duplicate-ok"):
                    return Answer([(ways.agent_tag, str(same.id))])
                raise Refused(ways.same_name, "an agent has this name")
            if given.get("USERNAME") and any(a.get("USERNAME") == given["USERNAME"] for a in alive) and not self.f("import-username-twice"):
                raise Refused(54, "a user has this USERNAME")
            number = max(self.agents) + 1
            if self.f("import-takes-agent-id") and (p.get("AGENT_ID") or p.get("AGENTID") or "").isdigit():
                number = int(p.get("AGENT_ID") or p["AGENTID"])
            if self.f("import-email-lost"):
                given.pop("EMAIL", None)
            if self.f("import-employee-upper") and "EMPLOYEEID" in given:
                given["EMPLOYEEID"] = given["EMPLOYEEID"].upper()
            if self.f("web-import-crm-lost") and c.road == "web":
                given.pop("CRM_USER", None)
            now = self.now()
            self.agents[number] = Agent(number, given, "I" if p.get("STATUS", "").upper() == "I" and not self.f("import-always-active") else "A", now, now)
            if self.f("import-answers-id-off"):
                number += 1
            return Answer([(ways.agent_tag, str(number))])
        value = p.get("AGENT_ID") or p.get("AGENTID") or ""
        if not value:
            raise Refused(ways.format_code, "AGENT_ID is missing")
        agent = self.agents.get(int(value)) if value.strip().isdigit() else None
        if agent is None or agent.status == "D":
            if self.f(f"import-{action.lower()}-unknown-ok"):
                return Answer([(ways.agent_tag, value)])
            raise Refused(ways.unknown_agent, "no such agent")
        if action == "DELETE":
            if self.f("import-delete-next"):
                agent = next((a for a in self.agents.values() if a.id > agent.id and a.status != "D"), agent)
            if not self.f("import-delete-not-done"):
                agent.status = "D"
            if not self.f("import-delete-keeps-phones"):
                agent.phones = []
            if self.f("import-delete-forgets"):
                for record in self.records:
                    if record.agent == agent.id:
                        record.first = record.lastname = ""
            return Answer([(ways.agent_tag, value)])
        name = (first or agent.get("FIRSTNAME"), last or agent.get("LASTNAME"))
        if any(a is not agent and (a.get("FIRSTNAME"), a.get("LASTNAME")) == name for a in alive):
            raise Refused(ways.same_name, "another agent has this name")
        if self.f("import-modify-clears"):
            agent.data = {n: v for n, v in agent.data.items() if n in ("FIRSTNAME", "LASTNAME", "USERNAME")}
        if self.f("import-modify-drops-phones"):
            agent.phones = agent.phones[:-1]
        if self.f("import-modify-last-name-lost"):
            given.pop("LASTNAME", None)
        if self.f("import-modify-all-names") and last:
            for other in alive:
                if other.get("LASTNAME") == agent.get("LASTNAME"):
                    other.data["LASTNAME"] = last
        if self.f("import-modify-new-agent"):
            number = max(self.agents) + 1
            self.agents[number] = Agent(number, agent.data | given, "A", self.now(), self.now())
        else:
            agent.data.update(given)
        if p.get("STATUS", "").upper() in ("A", "I"):
            agent.status = p["STATUS"].upper()
        agent.modified = self.now()
        return Answer([(ways.agent_tag, value)])

    def importuser_list(self) -> Answer:
        agents = [a for a in self.agents.values() if a.status != "D" or self.ways.deleted_listed]
        if self.f("import-list-cached"):
            agents = self.cache.setdefault("agents", agents)
        if self.f("import-list-active-only"):
            agents = [a for a in agents if a.phones]
        nodes: list[Node] = []
        for a in agents:
            get = a.get
            inner: list[Node] = [("AGENT_ID", str(a.id)), ("EMPLOYEEID", get("EMPLOYEEID")), ("FIRSTNAME", get("FIRSTNAME")), ("LASTNAME", get("LASTNAME")), ("STATUS", a.status),
                                 ("ADD_TIME", self.date(a.added)), ("MOD_TIME", self.date(a.modified)), ("SYS_USER", get("SYS_USER")), ("DOMAIN", get("DOMAIN")),
                                 ("EMAIL", get("EMAIL")), ("CRM_USER", get("CRM_USER")),
                                 ("PHONES", self.ways.phones.join(a.phones[:1] if self.f("import-one-phone") else a.phones))]
            nodes.append(("AGENT", inner))
        return Answer([("AGENTS", [("COUNT", str(len(nodes) - self.f("import-count"))), *nodes])])

    def find_agent(self, p: Params, tag: str = "AGENTID") -> Agent | None:
        value = p.get(tag, "").strip()
        names = (p.get("FIRSTNAME"), p.get("LASTNAME"))
        alive = [a for a in self.agents.values() if a.status != "D"]
        if value and not (value == "0" and self.ways.zero_agent) and not (self.f("phone-names-win") and all(names)):
            return next((a for a in alive if str(a.id) == value), None)
        if all(names):
            return next((a for a in alive if (a.get("FIRSTNAME"), a.get("LASTNAME")) == names), None)
        if any(names) and self.f("phone-half-name"):
            return next((a for a in alive if names[0] in (None, a.get("FIRSTNAME")) and names[1] in (None, a.get("LASTNAME"))), None)
        raise Refused(self.ways.format_code, "AGENTID, or FIRSTNAME and LASTNAME, are missing")

    def importagentphone(self, p: Params, c: Context) -> Answer:
        action = self.action(p, ("ADD", "DELETE"), "phone-action-ok")
        self.need(p, "PHONEID")
        phone = self.cut("PHONEID", p["PHONEID"])
        agent = self.find_agent(p)
        if agent is None:
            if self.f("phone-unknown-agent-ok"):
                return Answer([("AGENTID", p.get("AGENTID", ""))])
            raise Refused(24, "no such agent")
        owner = self.agent_of(phone)
        if action == "ADD":
            if owner and owner is not agent and not self.f("phone-shared"):
                if not self.f("phone-stolen"):
                    raise Refused(self.ways.phone_taken, "another agent has this phone")
                owner.phones.remove(phone)
            if self.f("phone-replaces"):
                agent.phones = []
            if phone not in agent.phones:
                agent.phones.append(phone)
            self.devices.setdefault(phone, Device(phone, phone))
        elif phone in agent.phones:
            if not self.f("phone-delete-not-done"):
                agent.phones.remove(phone)
            if self.f("phone-delete-all"):
                agent.phones = []
            if self.f("phone-delete-agent"):
                agent.data["SYS_USER"] = ""
            if self.f("phone-delete-records"):
                self.records = [r for r in self.records if r.device != phone]
        return Answer([("AGENTID", str(next(iter(self.agents)) if self.f("phone-answers-first") else agent.id))])

    def importworkstation(self, p: Params, c: Context) -> Answer:
        if self.f("workstation-location-optional"):
            self.need(p, "DEVICEID", "STATIONNAME")
        else:
            self.need(p, "DEVICEID", "STATIONNAME", "LOCATIONID")
        location = self.number(p, "LOCATIONID")
        if self.ways.unknown_location != OK and location not in self.locations and location is not None:
            raise Refused(self.ways.unknown_location, "no such location")
        station, device = self.cut("STATIONNAME", p["STATIONNAME"]), self.cut("DEVICEID", p["DEVICEID"])
        shown = device
        if self.f("workstation-result-old"):
            shown = next((d for s, d in self.stations if s == station), device)
        keep_device = self.f("workstation-device-kept")
        keep_station = self.f("workstation-station-kept") or (self.f("web-workstation-kept") and c.road == "web")
        self.stations = [(s, d) for s, d in self.stations if (s != station or keep_station) and (d != device or keep_device)]
        self.stations.append((station, device))
        self.devices.setdefault(device, Device(device))
        return Answer([("DEVICEID", shown), ("STATIONNAME", station.upper() if self.f("workstation-name-upper") else station)])

    # -- groups and roles

    def addgroup(self, p: Params, c: Context) -> Answer:
        if self.f("group-name-optional") and not p.get("GROUPNAME"):
            return Answer([("GROUPID", "0"), ("GROUPNAME", "")])
        self.need(p, "GROUPNAME")
        name = self.cut("GROUPNAME", p["GROUPNAME"])
        if self.f("group-cut-at-ampersand"):
            name = name.split("&")[0].strip()
        found = next((i for i, n in self.groups.items() if n == name or (self.ways.folded_groups and n.lower() == name.lower())), None)
        if found is not None and self.f("group-exists-error"):
            raise Refused(22, "the group exists")
        text = f"group: {name} has been added"
        if found is None or self.f("group-twice") or (self.f("web-group-twice") and c.road == "web"):
            found = max(self.groups) + 1
            self.groups[found] = name
        elif self.ways.group_exists_text:
            text = f"group: {name} already exists"
        nodes: list[Node] = [("GROUPID", str(found + 1 if self.f("group-id-off") and name == list(self.groups.values())[-1] and c.road == "web" else found)), ("GROUPNAME", name)]
        if self.f("group-id-missing"):
            nodes = nodes[1:]
        return Answer(nodes, text)

    def find_group(self, p: Params) -> int:
        name, value = p.get("GROUPNAME"), p.get("GROUPID") or p.get("GROUPLD")
        if not name and not value:
            raise Refused(self.ways.format_code, "GROUPNAME or GROUPID is missing")
        if name:
            found = next((i for i, n in self.groups.items() if n == name or (self.ways.folded_groups and n.lower() == name.lower())), None)
        else:
            found = next((i for i in self.groups if str(i) == (value or "").strip()), None)
        if found is None:
            raise Refused(self.ways.no_group, "no such group")
        return found

    def echoed(self, p: Params, more: list[Node]) -> list[Node]:
        """The parameters sent, and what was looked up."""
        seen = {n for n, _ in more}
        skip = {"TYPE", "REQUESTTYPE", "REQUESTID", "-road", "GROUPLD"} | ({"ACTION"} if not self.ways.echo_action else set())
        if self.f("parameters-first-lost"):
            skip.add("GROUPNAME")
        return [*((n, v) for n, v in p.items() if n not in skip and n not in seen), *more]

    def modifygrouppermission(self, p: Params, c: Context) -> Answer:
        self.action(p, ("ADD", "DELETE"), "groupperm-action-ok")
        if self.f("groupperm-no-group-ok") and not (p.get("GROUPNAME") or p.get("GROUPID") or p.get("GROUPLD")):
            return Answer(self.echoed(p, []))
        if self.f("groupperm-no-agent-ok") and not (p.get("AGENTID") or p.get("FIRSTNAME") or p.get("LASTNAME")):
            return Answer(self.echoed(p, []))
        group, agent = self.find_group(p), self.find_agent(p)
        if agent is None:
            if self.f("groupperm-unknown-agent-ok"):
                return Answer(self.echoed(p, []))
            raise Refused(24, "no such agent")
        more: list[Node] = [(self.ways.group_tag, str(group)), ("AGENTID", str(agent.id))]
        if self.f("groupperm-ids-missing"):
            more = []
        elif self.f("groupperm-agent-id-first"):
            more[1] = ("AGENTID", str(next(iter(self.agents))))
        return Answer(self.echoed(p, more))

    def modifyusergrouppermission(self, p: Params, c: Context) -> Answer:
        self.action(p, ("ADD", "DELETE"), "usergroup-action-ok")
        if self.f("usergroup-no-group-ok") and not (p.get("GROUPNAME") or p.get("GROUPID") or p.get("GROUPLD")):
            return Answer(self.echoed(p, []))
        group = self.find_group(p)
        self.need(p, "USERNAME")
        if not any(a.get("USERNAME").lower() == p["USERNAME"].lower() and a.status != "D" for a in self.agents.values()) and not self.f("usergroup-unknown-user-ok"):
            raise Refused(28, "no such user")
        return Answer(self.echoed(p, [(self.ways.group_tag, str(group))]))

    def modifyrole(self, p: Params, c: Context) -> Answer:
        action = self.action(p, ("ADD", "MODIFY", "DELETE"), "role-action-ok")
        if self.f("role-name-optional") and not p.get("ROLENAME"):
            return Answer([], "Role Added")
        self.need(p, "ROLENAME")
        name = p["ROLENAME"]
        found = next((i for i, n in self.roles.items() if n == name), None)
        nodes = self.echoed(p, []) if self.ways.role_params else []
        if action == "ADD":
            if found is not None:
                if self.ways.role_exists != OK:
                    raise Refused(self.ways.role_exists, "Role exists already")
                return Answer(nodes, "Role exists already")
            if not self.f("role-add-not-done"):
                self.roles[max(self.roles) + 1] = name
            return Answer(nodes, "Role Added")
        if found is None:
            if self.f(f"role-{action.lower()}-unknown-ok"):
                return Answer(nodes, "Role changed")
            raise Refused(52, "no such role")
        if action == "DELETE" and not self.f("role-delete-not-done"):
            del self.roles[found]
        return Answer(nodes, "Role Deleted" if action == "DELETE" else "Role Modified")

    def find_role(self, p: Params) -> tuple[int, str] | None:
        if p.get("ROLEID"):
            return next(((i, n) for i, n in self.roles.items() if str(i) == p["ROLEID"].strip()), None)
        if p.get("ROLENAME"):
            return next(((i, n) for i, n in self.roles.items() if n == p["ROLENAME"]), None)
        raise Refused(self.ways.format_code, "ROLEID or ROLENAME is missing")

    def modifyrolegrouppermission(self, p: Params, c: Context) -> Answer:
        self.action(p, ("ADD", "DELETE"), "rolegroup-action-ok")
        nodes = self.echoed(p, []) if self.ways.role_params else []
        if self.f("rolegroup-no-group-ok") and not p.get("GROUPNAME") or self.f("rolegroup-no-role-ok") and not (p.get("ROLEID") or p.get("ROLENAME")):
            return Answer(nodes)
        self.need(p, "GROUPNAME")
        role = self.find_role(p)
        if role is None:
            raise Refused(52, "no such role")
        if p["GROUPNAME"] not in self.groups.values():
            raise Refused(self.ways.rolegroup_unknown, f"Group {p['GROUPNAME']} does not exist or it is not active")
        return Answer(nodes, f"Group {p['GROUPNAME']} is assigned to role {role[1]}")

    def modifyuserrole(self, p: Params, c: Context) -> Answer:
        self.action(p, ("ADD", "DELETE"), "userrole-action-ok")
        nodes = self.echoed(p, []) if self.ways.role_params else []
        if self.f("userrole-no-role-ok") and not (p.get("ROLEID") or p.get("ROLENAME")):
            return Answer(nodes)
        role = self.find_role(p)
        if role is None:
            if self.f("userrole-unknown-role-ok"):
                return Answer(nodes)
            raise Refused(52, "no such role")
        fields = {"USERID": "", "USERNAME": "USERNAME", "SYSTEMUSERNAME": "SYS_USER", "FIRSTNAME": "FIRSTNAME", "LASTNAME": "LASTNAME"}
        given = [n for n in fields if p.get(n)]
        if not given:
            raise Refused(self.ways.format_code, "no user is given")
        alive = [a for a in self.agents.values() if a.status != "D"]
        found = [a for a in alive if all((str(a.id) if n == "USERID" else a.get(fields[n])).lower() == p[n].strip().lower() for n in given)]
        if self.f("userrole-system-name-unknown") and "SYSTEMUSERNAME" in given:
            found = []
        if not found:
            if self.f("userrole-unknown-user-ok"):
                return Answer(nodes)
            raise Refused(28, "no such user")
        return Answer(nodes, f"User {found[0].id} is assigned role {role[1]}")

    # -- mail, windows and exports

    def find_record(self, field_name: str, value: str) -> Record:
        column = COLUMNS.get(field_name.strip().upper())
        if self.ways.fields == "columns" and field_name.strip().upper() in ("RECORDID", "DEVICEID", "DEVICEALIAS", "GROUP", "AGENTID", "CALLINSTANCE", "SYS_USER", "CRM_USER", "RECORDINGTIME", "GLOBALCALLID"):
            column = None
        if self.ways.fields == "parameters" and "_" in field_name and field_name.upper() not in ("SYS_USER", "CRM_USER") or self.ways.fields == "parameters" and field_name.upper() == "SGROUP":
            column = None
        if column is None:
            raise Refused(self.ways.format_code, "unknown UNIQUEFIELD")

        def of(r: Record) -> str:
            if not column.startswith("@"):
                return r.data[column]
            return str({"@id": r.id, "@device": r.device, "@filename": r.filename, "@globalid": r.globalid, "@time": r.time, "@duration": r.duration,
                        "@agent": r.agent, "@channel": r.channel, "@keep": r.keep, "@instance": r.instance}[column])

        found = [r for r in self.records if of(r) == value and (r.audio or column == "@id")]
        if self.f("export-unknown-newest") and not found:
            found = self.records[-1:]
        if self.f("export-prefix") and not found:
            found = [r for r in self.records if of(r)[:6] == value[:6]]
        if self.f("export-oldest"):
            return min(found, key=lambda r: (r.time, r.seq)) if found else self.missing()
        record = max(found, key=lambda r: (r.time, r.seq)) if found else self.missing()
        if not record.audio:
            self.missing()
        return record

    def missing(self) -> Record:
        raise Refused(41, "no such recording")

    def email(self, p: Params, c: Context) -> Answer:
        if not self.ways.mail:
            raise Refused(31, "the mail server is not configured")
        if c.kind == "COMBINEDEMAIL":
            self.need(p, "TOADDRESS", "IDENT")
        elif self.f("email-address-optional"):
            self.need(p, "UNIQUEFIELD", "UNIQUEID")
        else:
            self.need(p, "UNIQUEFIELD", "UNIQUEID", "TOADDRESS")
        if "@" not in p.get("TOADDRESS", "@") and not self.f("email-address-ok"):
            raise Refused(45, "TOADDRESS is no address")
        if p.get("MEDIA_FORMAT") and p["MEDIA_FORMAT"].upper() not in FORMATS:
            raise Refused(self.ways.unknown_format, "unknown MEDIA_FORMAT")
        try:
            if c.kind == "EMAIL":
                self.find_record(p["UNIQUEFIELD"], p["UNIQUEID"])
            else:
                self.idents(p, "-")
        except Refused as refused:
            if refused.code != 41 or not self.f(c.kind.lower() + "-unknown-ok"):
                raise
        return Answer([])

    def agentwindow(self, p: Params, c: Context) -> Answer:
        if not p.get("COMPUTERNAME") and not p.get("USERNAME"):
            raise Refused(self.ways.format_code, "COMPUTERNAME or USERNAME is missing")
        for number, window in self.windows.items():
            computer, user = window[4].lower(), self.agents[number].get("USERNAME").lower()
            if p.get("COMPUTERNAME", "").lower() == computer or not p.get("COMPUTERNAME") and p.get("USERNAME", "").lower() == user:
                if self.f("window-of-next"):
                    window = list(self.windows.values())[(list(self.windows).index(number) + 1) % 3]
                at = time.localtime(self.now() - 40)
                when = time.strftime(f"%b {at.tm_mday} %Y {at.tm_hour % 12 or 12}:%M%p", at)
                return Answer([("DOMAIN", window[0]), *([] if self.f("window-no-address") else [("IPADDRESS", window[1])]), ("STATUS", window[2]), ("APPLICATIONTITLE", window[3]), ("LASTUPDATE", when)])
        if self.ways.window_blank and any(a.get("USERNAME").lower() == p.get("USERNAME", "").lower() for a in self.agents.values()):
            return Answer([(n, "") for n in ("DOMAIN", "IPADDRESS", "STATUS", "APPLICATIONTITLE", "LASTUPDATE")])
        if self.f("window-unknown-ok"):
            return Answer([(n, "") for n in ("DOMAIN", "IPADDRESS", "STATUS", "APPLICATIONTITLE", "LASTUPDATE")])
        raise Refused(24, "no such agent")

    def samples(self, record: Record) -> bytes:
        """The record's sound: a tone of its own, silent in blackouts."""
        known = self.cache.get(("sound", record.id))  # type: ignore[call-overload]
        if known:
            return known  # type: ignore[no-any-return]
        chance = random.Random(record.id)
        period = 16 + record.id % 97
        one = b"".join(struct.pack("<h", 9000 if n < period // 2 else -9000) for n in range(period))
        lead = b"".join(struct.pack("<h", chance.randrange(-9000, 9000)) for _ in range(64))
        size = 2 * RATE * min(record.duration, 600)
        sound = bytearray((lead + one * (size // len(one) + 1))[:size])
        for start, end in record.pauses:
            a, b = int(start * RATE) * 2, min(int(end * RATE) * 2, size)
            if b > a:
                sound[a:b] = bytes(b - a)
        if self.ways.wav_width == 1:
            sound = bytearray((sound[n + 1] + 128) % 256 for n in range(0, size, 2))
        if len(self.cache) > 4000:
            self.cache.clear()
        self.cache[("sound", record.id)] = bytes(sound)  # type: ignore[index]
        return bytes(sound)

    def audio(self, records: list[Record], kind: str, password: str = "") -> bytes:
        sound = b"".join(self.samples(r) for r in records)
        names = ",".join(str(r.id) for r in records).encode()
        if kind == "WAV":
            out = io.BytesIO()
            with wave.open(out, "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(self.ways.wav_width)
                file.setframerate(RATE)
                file.writeframes(sound)
            body = out.getvalue()
            if self.f("export-wav-raw"):
                return sound
            if self.f("export-wav-long-header"):
                return body[:40] + struct.pack("<I", len(sound) * 2) + body[44:]
            if self.f("export-wav-cut"):
                return body[:44 + len(sound) * 3 // 4]
            if self.f("export-wav-big-endian"):
                return b"RIFX" + body[4:]
            if self.f("export-wav-empty"):
                return body[:4] + struct.pack("<I", 36) + body[8:40] + bytes(4)
            return body
        seconds = sum(r.duration for r in records)
        if kind == "MP3":
            if self.f("export-mp3-is-wav"):
                return self.audio(records, "WAV")
            frame = b"\xff\xfb\x18\xc4" + bytes(100) + (names + bytes(40))[:40]
            return frame * max(1, int(seconds / 0.036))
        if kind == "M4A":
            if self.f("export-m4a-is-mp3"):
                return self.audio(records, "MP3")
            box = struct.pack(">I", 32) + b"ftypM4A " + bytes(4) + b"M4A mp42isom" + bytes(4)
            moov = struct.pack(">I", 116) + b"moov" + struct.pack(">I", 108) + b"mvhd" + bytes(12) + struct.pack(">II", 1000, seconds * 1000) + bytes(80)
            return box + moov + struct.pack(">I", 8 + len(sound) // 8) + b"mdat" + sound[:len(sound) // 8]
        if kind == "VOX":
            return bytes((sound[n] >> 4) | (sound[n + 2] & 0xF0) for n in range(0, len(sound) - 3, 4)) or b"\x80"
        body = b"CAV\x01" + struct.pack("<II", len(sound), seconds) + names + b"\0" + sound[::4]
        if password:
            key = random.Random(password).randbytes(64)
            body = b"CAVE" + bytes(x ^ key[n % 64] for n, x in enumerate(body))
        return body

    def format(self, p: Params) -> str:
        value = (p.get("MEDIA_FORMAT") or self.ways.default_format).strip().upper()
        if value not in FORMATS:
            raise Refused(self.ways.unknown_format, "unknown MEDIA_FORMAT")
        return value

    def on_web(self, c: Context) -> None:
        if c.road != "web":
            raise Refused(self.ways.export_socket, f"{c.kind} is for the WebAPI")

    def export(self, p: Params, c: Context) -> Answer | Blob:
        self.on_web(c)
        if self.f("export-format-optional"):
            self.need(p, "UNIQUEFIELD", "UNIQUEID")
        elif self.f("export-id-optional") and not p.get("UNIQUEID"):
            p = p | {"UNIQUEFIELD": "IDENT", "UNIQUEID": str(self.records[-1].id)}
        elif self.f("export-field-optional"):
            p = {"UNIQUEFIELD": "IDENT"} | p
            self.need(p, "UNIQUEID", "MEDIA_FORMAT")
        else:
            self.need(p, "UNIQUEFIELD", "UNIQUEID", "MEDIA_FORMAT")
        kind = self.format(p)
        record = self.find_record(p["UNIQUEFIELD"], p["UNIQUEID"])
        if self.f("export-next"):
            record = self.records[(self.records.index(record) + 1) % len(self.records)]
        if self.f("export-as-before"):
            record = self.cache.setdefault("exported", record)
        secret = ""
        if kind == "CAV" and (p.get("ENCRYPT") or "").strip().upper() == "Y":
            if not p.get("PASSWORD") and not self.f("export-encrypt-no-password"):
                raise Refused(self.ways.format_code, "ENCRYPT requires PASSWORD")
            secret = p.get("PASSWORD") or ""
        return Blob(self.audio([record], kind, secret), FORMATS[kind], f"{record.id}.{kind.lower()}")

    def idents(self, p: Params, fault: str) -> list[Record]:
        if not p.get("IDENT"):
            raise Refused(self.ways.format_code, "IDENT is missing")
        found = []
        for value in p["IDENT"].split(","):
            record = next((r for r in self.records if str(r.id) == value.strip() and r.audio), None)
            if record is None and not self.f(fault):
                self.missing()
            found += [record] if record else []
        return found

    def combinedexport(self, p: Params, c: Context) -> Answer | Blob:
        self.on_web(c)
        kind, found = self.format(p), self.idents(p, "combined-unknown-left-out")
        if self.f("combined-first-only"):
            found = found[:1]
        elif self.f("combined-last-lost") and len(found) > 2:
            found = found[:-1]
        elif self.f("combined-first-twice"):
            found = [found[0]] * len(found)
        elif self.f("combined-sorted-backwards"):
            found = found[::-1]
        if self.f("combined-files-in-line") and kind == "WAV":
            return Blob(b"".join(self.audio([r], kind) for r in found), FORMATS[kind], "combined.wav")
        return Blob(self.audio(found, kind), FORMATS[kind], f"combined.{kind.lower()}")

    def multiexport(self, p: Params, c: Context) -> Answer | Blob:
        self.on_web(c)
        kind, found = self.format(p), self.idents(p, "multi-unknown-left-out")
        if self.f("multi-last-lost") and len(found) > 1:
            found = found[:-1]
        if self.f("multi-is-combined"):
            return Blob(self.audio(found, kind), FORMATS[kind], "multi.zip")
        out, done = io.BytesIO(), set()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for record in found:
                name = f"{record.id}.{kind.lower()}"
                if name not in done:
                    body = self.audio([found[0] if self.f("multi-same-audio") else record], kind)
                    file.writestr(name, b"" if self.f("multi-empty-members") and done else body)
                    done.add(name)
        body = out.getvalue()
        if self.f("multi-no-directory"):
            body = body[:body.rfind(b"PK\x01\x02")]
        if self.f("multi-crc"):
            middle = body.find(b"PK\x01\x02") - 30
            body = body[:middle] + bytes(x ^ 0x55 for x in body[middle:middle + 8]) + body[middle + 8:]
        return Blob(body, "application/zip", "recordings.zip")

    # -- events

    def subscribe(self, p: Params, c: Context) -> Answer:
        ways, value = self.ways, p.get("EVENTCLASS", "").strip()
        kind = value.upper()
        if not kind:
            if ways.no_class != OK:
                raise Refused(ways.no_class, "EVENTCLASS is missing")
            kind = "ALL"
        if kind not in ("ALL", "CALL", "RECORD"):
            raise Refused(ways.bad_class, "unknown EVENTCLASS")
        if c.link is None:
            if ways.events_http != OK:
                raise Refused(ways.events_http, "events need a socket")
        else:
            link = c.link
            link.subscribe()
            link.classes = {kind} | (link.classes if ways.again == "add" else set())
            link.value = p.get("EVENTVALUE", "")
            link.xref = c.request if ways.xref == "request" else "0"
            if link not in self.links:
                self.links.append(link)
        shown = "ALL" if self.f("events-answer-all") else value or kind
        xref: list[Node] = [("EVENTXREF", c.request if ways.xref == "request" else "0")] if ways.xref != "absent" else []
        return Answer([*xref, ("EVENTCLASS", shown), ("EVENTTYPE", p.get("EVENTVALUE", ""))])


F = Functions
FUNCTIONS: dict[str, Callable[[Any, Params, Context], Answer | Blob]] = {
    "TEST": F.test, "CALLSTART": F.callstart, "CALLSTOP": F.callstop, "CALLUPDATE": F.callupdate, "RECORDSTART": F.recordstart, "RECORDSTOP": F.recordstop,
    "DEVICELIST": F.devicelist, "DEVICESTATUS": F.devicestatus, "DEVICERECORDINGSTATUS": F.devicerecordingstatus, "SYSTEMSTATUS": F.systemstatus,
    "CHANNELS": F.channels_, "STATIONS": F.stations_, "FETCHTERMINOLOGY": F.fetchterminology, "CALLLIST": F.calllist,
    "CHATSTART": F.chatstart, "CHATSTOP": F.chatstop, "CHATUPDATE": F.chatupdate, "BLACKOUTSTART": F.blackout, "BLACKOUTSTOP": F.blackout,
    "AGENTBLACKOUTSTART": F.blackout, "AGENTBLACKOUTSTOP": F.blackout, "IMPORTUSER": F.importuser, "IMPORTAGENTPHONE": F.importagentphone,
    "IMPORTWORKSTATION": F.importworkstation, "ADDGROUP": F.addgroup, "MODIFYGROUPPERMISSION": F.modifygrouppermission,
    "MODIFYUSERGROUPPERMISSION": F.modifyusergrouppermission, "MODIFYROLE": F.modifyrole, "MODIFYROLEGROUPPERMISSION": F.modifyrolegrouppermission,
    "MODIFYUSERROLE": F.modifyuserrole, "EMAIL": F.email, "COMBINEDEMAIL": F.email, "AGENTWINDOW": F.agentwindow, "EXPORT": F.export,
    "COMBINEDEXPORT": F.combinedexport, "COMBINEEXPORT": F.combinedexport, "MULTIEXPORT": F.multiexport, "EVENTS": F.subscribe,
}


# ------------------------------------------------------------------------------------------------- the two roads

HEAD = re.compile(rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<([^\s<>/!?]+)([^<>]*?)(/?)>", re.S)
UNFINISHED = (3, 5, 6, 20)  # expat: no element, unclosed token, partial character, unclosed CDATA section


class Malformed(Exception):
    pass


def next_document(buffer: bytearray) -> bytes | None:
    """Take the next complete document off the buffer; none if more must come."""
    start = 0
    while start < len(buffer) and buffer[start] in b" \t\r\n":
        start += 1
    if start:
        del buffer[:start]
    if not buffer:
        return None
    if buffer[0:1] != b"<" and not buffer.startswith(b"\xef\xbb\xbf"):
        end = buffer.find(b"\n")
        if end < 0:
            return None
        raw = bytes(buffer[:end + 1])
        del buffer[:end + 1]
        return raw
    lead = 3 if buffer.startswith(b"\xef\xbb\xbf") else 0
    head = HEAD.match(buffer, lead)
    if not head:
        return None
    if head[3]:
        ends = [head.end()]
    else:
        closing = re.compile(rb"</" + re.escape(head[1]) + rb"\s*>")
        ends = [found.end() for found in itertools.islice(closing.finditer(buffer, head.end()), 8)]
    for end in ends:
        raw = bytes(buffer[:end])
        if end != ends[-1] or b"<![CDATA[" in raw or b"<!--" in raw:
            try:
                ET.fromstring(raw)
            except ET.ParseError as problem:
                if problem.code in UNFINISHED:
                    continue
        del buffer[:end]
        return raw
    return None


def read_request(raw: bytes, ways: Ways) -> Params:
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise Malformed
    try:
        root = ET.fromstring(raw.strip())
    except (ET.ParseError, ValueError, LookupError) as problem:
        raise Malformed from problem
    p: Params = {"-road": "api"}
    if root.tag.upper() != "REQUEST":
        if root.tag.upper() not in FUNCTIONS:
            raise Malformed
        p["TYPE"] = root.tag.upper()
    for child in root:
        name = child.tag.upper() if ways.fold_names else child.tag
        value = child.text or "" if not len(child) else "".join(child.itertext())
        if ways.trim:
            value = value.strip()
        if ways.blanks == "collapse":
            value = re.sub(r"\s+", " ", value)
        if name not in p or ways.repeated == "last":
            p[name] = value
    return p


def serve_xml(world: Functions, link: Link, raw: bytes) -> bool:
    """Answer one document; false to close the connection."""
    ways = world.ways
    if ways.delay:
        time.sleep(ways.delay)
    try:
        p = read_request(raw, ways)
    except Malformed:
        if ways.malformed != "error":
            return ways.malformed == "silent"
        echo = {"blank": "", "absent": None, "zero": "0"}[ways.malformed_id]
        with world.lock:
            nodes = world.result("", echo, Answer([], "the request is not well-formed", ways.malformed_code), "api", link)
        link.post(world.document(nodes))
        return True
    with world.lock:
        world.cache["road"] = "api"
        given, _ = world.execute(p, "api", link)
        assert not isinstance(given, Blob)
        reply = world.document(given)
        if link.out is None:
            world.flush()
        elif world.f("event-inside-reply") and world.events:
            middle = len(reply) // 2
            link.post(reply[:middle])
            world.flush()
            link.post(reply[middle:])
            return True
        elif ways.order == "before":
            world.flush()
            link.post(reply)
            return True
        else:
            link.post(reply)
            world.flush()
            return True
    if reply:
        link.post(reply)
    return True


class SocketHandler(socketserver.BaseRequestHandler):
    server: SocketServer

    def handle(self) -> None:
        world = self.server.world
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = Link(self.request, world.ways)
        with world.lock:
            world.everyone.append(link)
        buffer, waiting = bytearray(), b""
        try:
            while data := self.request.recv(65536):
                buffer += data
                while True:
                    if waiting:
                        if not buffer:
                            break
                        raw, waiting = waiting, b""
                    else:
                        found = next_document(buffer)
                        if found is None:
                            break
                        raw = found
                        if world.ways.wait and not buffer:
                            waiting = raw
                            break
                    if not serve_xml(world, link, raw):
                        return
                if len(buffer) > 1_000_000:
                    return
        except OSError:
            pass
        finally:
            with world.lock:
                for known in (world.everyone, world.links):
                    if link in known:
                        known.remove(link)
            link.close()


class SocketServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 256
    world: Functions

    def handle_error(self, request: Any, client_address: Any) -> None:
        print(f"{client_address}: {sys.exc_info()[1]!r}", file=sys.stderr)


class WebHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WebServer
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def answer(self, status: int, kind: str, body: bytes, more: tuple[tuple[str, str], ...] = ()) -> None:
        ways = self.server.world.ways
        lines = [f"HTTP/1.1 {status} {self.responses[status][0]}", "Server: birch", f"Content-Type: {kind}", *(f"{n}: {v}" for n, v in more)]
        if ways.close:
            lines.append("Connection: close")
            self.close_connection = True
        if ways.chunked:
            lines.append("Transfer-Encoding: chunked")
            half = len(body) // 2
            parts = [part for part in (body[:half], body[half:]) if part]
            body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        else:
            lines.append(f"Content-Length: {len(body)}")
        data = "\r\n".join([*lines, "", ""]).encode() + (b"" if self.command == "HEAD" else body)
        size = ways.segments * 8
        if not size:
            self.wfile.write(data)
            return
        for start in range(0, len(data), size):
            self.wfile.write(data[start:start + size])

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(size, 1_000_000)).decode("utf-8", "replace")
        if not self.server.world.ways.post:
            self.answer(405, "text/plain", b"GET only", (("Allow", "GET"),))
            return
        self.serve("&".join(part for part in (self.path.partition("?")[2], body) if part))

    def do_GET(self) -> None:
        self.serve(self.path.partition("?")[2])

    def query(self, text: str) -> Params:
        world = self.server.world
        ways = world.ways
        decode = unquote_plus if ways.plus == "blank" else unquote
        encoding = "latin-1" if world.f("web-latin") else "utf-8"
        if world.f("web-split-after-decoding"):
            text = text.replace("%26", "&")
        p: Params = {"-road": "web"}
        for part in text.split("&"):
            name, _, value = part.partition("=")
            name = unquote(name)
            if world.f("web-upper-names-unknown") and name.isupper() or world.f("web-lower-names-unknown") and name.islower() and name not in ("type", "requestid"):
                continue
            value = decode(value, encoding, "replace")
            if world.f("web-decoded-twice"):
                value = unquote(value)
            if world.f("web-plus-lost"):
                value = value.replace("+", " ")
            if world.f("web-hash-cut"):
                value = value.split("#")[0]
            if world.f("web-equals-cut"):
                value = value.split("=")[0]
            value = value.strip() if ways.trim else value
            if ways.blanks == "collapse":
                value = re.sub(r"\s+", " ", value)
            if name and (name.upper() not in p or ways.repeated == "last"):
                p[name.upper()] = value
        return p

    def serve(self, query: str) -> None:
        world = self.server.world
        ways = world.ways
        if ways.delay:
            time.sleep(ways.delay)
        path = unquote(self.path.partition("?")[0])
        pages = ("/webAPI.aspx",) if world.f("web-no-php") else ("/webAPI.php",) if world.f("web-no-aspx") else ("/webAPI.php", "/webAPI.aspx")
        if not (path in pages or (ways.fold_path and path.lower() in [page.lower() for page in pages])):
            self.answer(404, "text/plain", b"no such page")
            return
        p = self.query(query)
        if world.f("web-aspx-instance-lost") and path.lower().endswith("aspx"):
            p.pop("CALLINSTANCE", None)
        with world.lock:
            world.cache["road"] = "web"
            given, code = world.execute(p, "web", None)
            if isinstance(given, Blob):
                body = b""
            else:
                if world.f("web-errors-eleven") and code not in (OK, PARTIAL):
                    given = [(t, "11" if t == "RESULTCODE" else LABELS[11] if t == "RESULTTYPE" else v) for t, v in given]
                body = world.render("RESULT", given, "web") + (ways.terminator.encode() if ways.web_terminator else b"")
            world.flush()
            world.cache["road"] = "api"
        if isinstance(given, Blob):
            self.answer(200, given.kind, given.body, (("Content-Disposition", f'attachment; filename="{given.name}"'),))
            return
        exporting = p.get("TYPE", "").upper().endswith("EXPORT")
        good = code in (OK, PARTIAL)
        self.answer(200 if good else ways.export_error_status if exporting and ways.export_error_status != 200 else ways.error_status, ways.content_type, body)


class WebServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    world: Functions

    def handle_error(self, request: Any, client_address: Any) -> None:
        problem = sys.exc_info()[1]
        if not isinstance(problem, OSError):
            print(f"{client_address}: {problem!r}", file=sys.stderr)


# ------------------------------------------------------------------------------------------------- what it can play

Fault = tuple[str, list[int]]

PERSONALITIES: dict[str, tuple[str, dict[str, Any]]] = {
    "default": ("as the examples do", {}),
    # how answers are written
    "one-line": ("answers on one line, no XML declaration", {"layout": "flat", "declaration": False}),
    "one-line-declared": ("answers on one line after a declaration", {"layout": "flat"}),
    "lines": ("an element a line, not indented", {"layout": "lines", "declaration": False}),
    "newline-lf": ("LF between elements, CR LF at the end", {"newline": "\n"}),
    "newline-cr": ("CR between elements", {"newline": "\r", "declaration": False}),
    "self-closed": ("empty elements are <X/>", {"empty": "self"}),
    "empties-absent": ("empty elements are left out", {"empty": "absent", "absent_data": True}),
    "bare-ampersand": ("& is printed as the document prints it", {"ampersand": "bare"}),
    "charrefs": ("what is not ASCII goes out as character references", {"charrefs": True}),
    "comments": ("a comment before the root", {"comments": True}),
    "slow": ("200 ms before each answer", {"delay": 0.2}),
    "segments": ("answers in pieces of 7 bytes", {"segments": 7}),
    "segments-one": ("answers byte by byte", {"segments": 1, "layout": "flat", "declaration": False}),
    "trailing-crlf": ("a blank line after each message", {"terminator": "\r\n\r\n"}),
    # results
    "error-word": ("RESULTTYPE is ERROR, RESULTMSG the label", {"error_type": "ERROR", "message": "label"}),
    "error-word-text": ("RESULTTYPE is ERROR, RESULTMSG a text", {"error_type": "ERROR"}),
    "message-label": ("RESULTMSG of errors is the label", {"message": "label"}),
    "message-blank": ("RESULTMSG of errors is blank", {"message": "blank"}),
    "id-first": ("REQUESTID before REQUESTTYPE", {"first": "id-type"}),
    "full-head": ("CALLLIST and FETCHTERMINOLOGY have the result fields", {"example_head": False}),
    "format-17": ("17 for a wrong format", {"format_code": 17, "malformed_code": 17, "unknown_format": 17}),
    "format-26": ("26 for what is missing", {"format_code": 26}),
    "unknown-type-15": ("15 for an unknown type", {"unknown_type": 15, "unknown_type_echo": False}),
    "deprecated-10": ("10 for deprecated functions", {"deprecated": 10}),
    "deprecated-error": ("4 and ERROR for deprecated functions", {"deprecated": 4, "error_type": "ERROR"}),
    "list-texts": ("the texts of the lists: CALLSTART sent.. for CALLUPDATE", {"call_message": "list", "separator": ", "}),
    "one-core": ("one core", {"cores": "one"}),
    "partial-cores": ("a core cannot be reached", {"cores": "partial"}),
    # REQUESTID
    "zero-refused": ("REQUESTID 0 is refused", {"zero_id": False}),
    "bad-id-format": ("a REQUESTID that is no number is a wrong format, echoed blank", {"bad_id": 16, "missing_id": 16, "bad_id_echo": "blank"}),
    "bad-id-zero": ("an invalid REQUESTID is answered with 0", {"bad_id_echo": "zero"}),
    "bad-id-absent": ("an invalid REQUESTID is answered with none", {"bad_id_echo": "absent", "bad_id": 11, "missing_id": 26}),
    "id-not-needed": ("REQUESTID may be missing where its list does not mark it", {"missing_id": 0}),
    # requests
    "type-only": ("REQUESTTYPE is not taken for TYPE", {"requesttype": False}),
    "names-exact": ("names and types in capitals over the socket", {"fold_names": False, "fold_type": False}),
    "blanks-kept": ("blanks at a value's ends are kept", {"trim": False}),
    "blanks-collapsed": ("runs of white space become a blank", {"blanks": "collapse"}),
    "unknown-refused": ("unknown parameters are refused", {"unknown": "refuse"}),
    "long-refused": ("values that are too long are refused", {"long": "refuse"}),
    "long-kept": ("values that are too long are kept", {"long": "keep"}),
    "small-sizes": ("the smaller sizes where tables differ", {"small": True}),
    "ascii-users": ("USERn are stored as ASCII", {"ascii": True}),
    "blank-clears": ("a blank value clears", {"blank_clears": True}),
    "malformed-close": ("the connection closes after malformed XML", {"malformed": "close"}),
    "malformed-silent": ("malformed XML is not answered", {"malformed": "silent"}),
    "malformed-eleven": ("malformed XML gives 11 with REQUESTID 0", {"malformed_code": 11, "malformed_id": "zero"}),
    "malformed-no-id": ("malformed XML gives an answer without REQUESTID", {"malformed_id": "absent"}),
    # calls
    "devices-made": ("unknown devices are created", {"unknown_device": "create"}),
    "no-device-format": ("no identification is a wrong format", {"no_device": 16}),
    "restart-replaces": ("CALLSTART of an instance in a call ends that call first", {"restart": "replace"}),
    "restart-refused": ("CALLSTART of an instance in a call is refused", {"restart": "error"}),
    "last-is-literal": ("the last call is the last that started, though it ended", {"last": "literal"}),
    "idle-is-error": ("CALLSTOP and CALLUPDATE without a call give 7", {"idle_stop": 7, "idle_update": 7, "idle_record": 7}),
    "idle-record-12": ("RECORDSTART and RECORDSTOP without a recording give 12", {"idle_record": 12}),
    "recordstop-ends-all": ("RECORDSTOP ends the call", {"recordstop": "all"}),
    "partial-not-listed": ("a partial recording is no record of its own", {"partial_listed": False}),
    "partial-quiet": ("a partial recording has no events of its own", {"partial_events": False, "partial_listed": False}),
    "saved-late": ("recordings are in the database 0.4 s later", {"save_delay": 0.4}),
    "not-scheduled": ("no schedule matches: calls are not recorded", {"scheduled": False}),
    "recordid-40": ("an unknown RECORDID gives 40", {"post_unknown": 40}),
    "post-device-ignored": ("DEVICEID with RECORDID is not stored", {"post_device": "ignore"}),
    # status
    "lists": ("as the lists say rather than the examples", {
        "station_tag": "STATIONNAME", "callid": "outside", "space": "RECORDINGSPACEINFO", "state": "digits", "blank_type": False, "example_head": False,
        "role_params": True, "rolegroup_unknown": 23, "zero_id": False, "error_type": "ERROR", "flags": "TF", "trunk": "flag", "stopped_users": 15}),
    "callid-twice": ("CALLID within and beside RECORDING", {"callid": "both"}),
    "flags-boolean": ("ISRECORDING is true or false, ISTRUNK filled in", {"flags": "tf", "trunk": "flag"}),
    "flags-digits": ("ISRECORDING is 1 or 0, ISTRUNK filled in", {"flags": "10", "trunk": "flag"}),
    "paused-not-recording": ("a paused recording is not ISRECORDING", {"paused_flag": False}),
    "no-match-zero": ("no matching device: COUNT 0", {"no_match": "zero"}),
    "no-match-agent": ("no matching device: 24", {"no_match": "agent"}),
    "status-of-all": ("DEVICESTATUS without parameters tells all", {"no_filter": "all"}),
    "wrapped": ("DEVICERECORDINGSTATUS has DEVICES with COUNT", {"wrapped": "devices"}),
    "device-each": ("DEVICERECORDINGSTATUS has a DEVICE for each RECORDING", {"wrapped": "each"}),
    "recording-beside": ("further RECORDINGs stand beside DEVICE, as the example's lines", {"wrapped": "outside"}),
    "ended-listed": ("DEVICERECORDINGSTATUS lists calls that ended", {"ended": True}),
    "idle-status-12": ("DEVICERECORDINGSTATUS without calls gives 12", {"idle_status": 12}),
    "legacy-absent": ("CHANNELS without what is no longer supported", {"legacy": "absent", "count": "inside"}),
    "legacy-filled": ("CHANNELS with what is no longer supported", {"legacy": "filled", "state": "digits"}),
    "stations-repeated": ("a STATIONS section for each station", {"repeat_stations": True}),
    "path-with-less": ("RECORDINGPATH ends in an escaped <", {"path": "C:\\Recordings\\<"}),
    "dates-padded": ("dates with two digits everywhere", {"dates": "zero"}),
    "dates-iso": ("dates as ISO 8601 has them", {"dates": "iso"}),
    "session-ids": ("SESSIONID of calls is filled in", {"session": True}),
    # lists
    "oldest-first": ("CALLLIST with the oldest first", {"newest_first": False}),
    "none-is-error": ("CALLLIST that finds none gives 23", {"none_found": 23}),
    "filters-fold": ("CALLLIST's filters do not regard letter case", {"fold_filters": True}),
    "bounds-exclusive": ("CALLLIST's dates are exclusive", {"inclusive": False}),
    "filter-needed": ("CALLLIST needs a filter", {"no_filters": 16}),
    "list-more": ("SEARCHRESULT has more fields", {"list_extra": True}),
    # blackouts and chats
    "offset-stop": ("TIMEOFFSET moves the stop only", {"offset": "stop"}),
    "pauses-silent": ("a blackout does not show", {"pauses": "silent"}),
    "agentblackout-now": ("an agent's blackout is about the calls there are", {"agent_later": False}),
    "blackout-is-agents": ("BLACKOUT is handled as AGENTBLACKOUT", {"as_agent": True}),
    "two-given-first": ("of two identifications the first is used", {"two_given": "first"}),
    "chat-idle-33": ("an unknown SESSIONID gives 33", {"chat_idle": 33}),
    "chat-records": ("chats are recordings in CALLLIST", {"chat_record": True}),
    "no-session-16": ("a missing SESSIONID is a wrong format", {"no_session": 16}),
    # imports, groups, roles
    "same-name-42": ("the same name gives 42", {"same_name": 42, "unknown_agent": 24}),
    "same-name-22": ("the same name gives 22", {"same_name": 22}),
    "deleted-listed": ("LIST has deleted agents with STATUS D", {"deleted_listed": True}),
    "agent-id-tag": ("IMPORTUSER returns AGENT_ID", {"agent_tag": "AGENT_ID"}),
    "import-needs-more": ("ADD needs USERNAME and PASSWORD", {"needs": ("USERNAME", "PASSWORD")}),
    "zero-agent-unknown": ("AGENTID 0 is an agent that is not found", {"zero_agent": False, "phone_taken": 22}),
    "locations-any": ("any LOCATIONID is taken", {"unknown_location": OK, "phones": ", "}),
    "location-53": ("an unknown LOCATIONID gives 53", {"unknown_location": 53}),
    "group-ld": ("GROUPLD in results, no ACTION", {"group_tag": "GROUPLD", "echo_action": False}),
    "group-exists": ("ADDGROUP says that the group exists; 23 for unknown ones", {"group_exists_text": True, "no_group": 23, "folded_groups": True}),
    "role-exists-ok": ("ADD of a role that exists is fine", {"role_exists": OK}),
    "role-parameters": ("role functions return what was sent", {"role_params": True}),
    "rolegroup-23": ("an unknown group in a role gives 23", {"rolegroup_unknown": 23}),
    # mail and export
    "no-mail": ("there is no mail server", {"mail": False}),
    "export-socket-49": ("exports over the socket are not supported", {"export_socket": 49}),
    "export-socket-10": ("exports over the socket are unknown", {"export_socket": 10}),
    "combined-mp3": ("COMBINEDEXPORT without a format is MP3", {"default_format": "MP3"}),
    "export-404": ("an export that fails has HTTP status 404", {"export_error_status": 404}),
    "wav-8-bit": ("WAV files have 8 bits", {"wav_width": 1}),
    "windows-blank": ("an agent without a window has blanks", {"window_blank": True}),
    # HTTP
    "http-error-status": ("errors have HTTP status 400", {"error_status": 400}),
    "http-500": ("errors have HTTP status 500", {"error_status": 500, "content_type": "application/xml"}),
    "http-plain": ("answers are text/html", {"content_type": "text/html", "web_terminator": False}),
    "http-chunked": ("answers come chunked", {"chunked": True}),
    "http-close": ("each HTTP connection closes", {"close": True}),
    "http-post": ("POST works too", {"post": True, "fold_path": False}),
    "http-no-events": ("EVENTS over HTTP is not allowed", {"events_http": 44}),
    "repeated-last": ("of a parameter given twice the last counts", {"repeated": "last"}),
    # events
    "no-blank-type": ("event types without a blank", {"blank_type": False}),
    "stopped-fifteen": ("RECORDINGSTOPPED has USER1 to USER15", {"stopped_users": 15}),
    "events-lean": ("events leave out what is blank", {"absent_data": True}),
    "events-first": ("events come before the reply to what caused them", {"order": "before"}),
    "events-add": ("a second EVENTS adds to the first", {"again": "add"}),
    "module-blank": ("MODULE is blank", {"module": "", "event_extra": True}),
    "xref-request": ("EVENTXREF is the REQUESTID of EVENTS", {"xref": "request"}),
    "class-format": ("an unknown EVENTCLASS is a wrong format, none is ALL", {"bad_class": 16, "no_class": OK}),
    "saved-first": ("RECORDINGUPDATE comes before RECORDINGSTOPPED", {"update_first": True}),
    "edits-told": ("RECORDINGUPDATE comes for updates of records too", {"update_on_edit": True}),
    "idle-stop-told": ("CALLSTOP without a call gives its event", {"idle_events": True}),
    "value-filters": ("EVENTVALUE names a device", {"value_filters": True}),
}

DOUBTFUL: dict[str, tuple[str, dict[str, Any]]] = {
    "terminator-lf": ("answers end with LF", {"terminator": "\n"}),
    "terminator-cr": ("answers end with CR", {"terminator": "\r", "newline": "\n"}),
    "terminator-two-lf": ("answers end with LF LF", {"terminator": "\n\n"}),
    "waits-for-line-end": ("a request is answered when something follows its root element", {"wait": True}),
    "actions-exact": ("ACTION in capitals only", {"fold_action": False}),
    "plus-literal": ("+ in a URL is a plus", {"plus": "literal"}),
    "columns-only": ("UNIQUEFIELD takes columns of the table only", {"fields": "columns"}),
    "parameters-only": ("UNIQUEFIELD takes parameters only", {"fields": "parameters"}),
    "idle-blackout-12": ("BLACKOUT without a recording gives 12", {"idle_blackout": 12}),
    "blackout-twice-38": ("BLACKOUTSTART in a blackout gives 38", {"blackout_twice": 38}),
    "small-cap": ("CALLLIST tells ten recordings at most", {"cap": 10}),
    "xref-absent": ("events without EVENTXREF", {"xref": "absent"}),
    "status-words": ("other words in STATUS", {"status_words": ("Recording", "Paused", "")}),
}

FAULTS: dict[str, Fault] = {
    # framing and XML
    "frame-no-terminator": ("answers have no CR LF at their end", [111]),
    "frame-fourth-no-terminator": ("every fourth answer has no CR LF", [111]),
    "frame-long-no-terminator": ("answers over 4096 bytes have no CR LF", [111]),
    "frame-long-cut": ("answers over 6000 bytes are cut", [113, 2102]),
    "frame-reply-twice": ("every ninth answer comes twice", [2102]),
    "frame-reply-lost": ("every 23rd request has no answer", [2102]),
    "xml-raw-less": ("< in a value is not escaped", [113]),
    "xml-unclosed-list": ("one DEVICE of several is not closed", [113, 543]),
    "xml-case-of-end": ("AGENTS ends with </Agents>", [113, 1541]),
    "xml-latin": ("what is not ASCII is written in Latin-1 after a declaration of UTF-8", [113]),
    "xml-escaped-twice": ("& is escaped twice", [1706, 1702]),
    "xml-ampersand-dropped": ("& is dropped from values", [1706, 1702]),
    "root-of-errors": ("the root of an error is ERROR", [2102]),
    # REQUESTID and results
    "id-zero": ("REQUESTID of answers is 0", [115, 126, 2285]),
    "id-clipped": ("REQUESTID is clipped to 16 bits", [126, 2285]),
    "id-signed-24": ("REQUESTID is clipped to 24 bits", [126, 2285]),
    "id-previous": ("every third answer of a connection has an earlier REQUESTID", [126, 2285]),
    "id-missing-in-errors": ("errors have no REQUESTID", [2102]),
    "id-max-refused": ("2147483647 is refused", [2285]),
    "id-above-accepted": ("2147483648 and more are accepted", [2285]),
    "id-unsigned": ("2147483648 to 4294967295 are accepted", [2285]),
    "id-used-refused": ("a REQUESTID that was used is refused", [2285]),
    "code-ok-for-errors": ("RESULTCODE of errors is 20", [2113, 2149]),
    "code-zero-for-ok": ("RESULTCODE of success is 0", [2149, 2130]),
    "code-unknown": ("RESULTCODE of errors is 99", [2128]),
    "code-hex": ("RESULTCODE is hexadecimal", [2128]),
    "label-of-neighbour": ("RESULTTYPE of errors is the next code's", [2128]),
    "label-short": ("RESULTTYPE of success is OK", [2128, 2149]),
    "label-ok-for-errors": ("RESULTTYPE of errors is API_OK", [2113, 2128]),
    "message-missing": ("there is no RESULTMSG", [2102]),
    "requesttype-test": ("REQUESTTYPE is TEST always", [131]),
    "requesttype-start-stop": ("REQUESTTYPE of RECORDSTOP is RECORDSTART, of CHATUPDATE CHATSTART", [519, 1371]),
    "unknown-type-ok": ("unknown types answer API_OK", [2140, 2145]),
    "deprecated-ok": ("deprecated functions answer API_OK", [146]),
    "deprecated-one-ok": ("EXTENSIONPLAYBACKSTOP answers API_OK", [146, 152]),
    # calls
    "callstart-none-ok": ("CALLSTART without an identification succeeds", [190]),
    "callstop-none-ok": ("CALLSTOP without an identification succeeds", [256]),
    "callupdate-none-ok": ("CALLUPDATE without an identification succeeds", [286, 307]),
    "recordstart-none-ok": ("RECORDSTART without an identification succeeds", [423]),
    "recordstop-none-ok": ("RECORDSTOP without an identification succeeds", [489]),
    "callstart-unknown-user-ok": ("CALLSTART by an unknown SYS_USER succeeds", [200]),
    "recordstart-unknown-user-ok": ("RECORDSTART by an unknown SYS_USER succeeds", [433]),
    "call-alias-of-next": ("DEVICEALIAS finds the next device", [278]),
    "update-user7-lost": ("CALLUPDATE loses USER7", [301]),
    "start-user15-lost": ("CALLSTART loses USER15", [177]),
    "post-user9-lost": ("CALLUPDATE with RECORDID loses USER9", [374]),
    "web-user15-lost": ("USER15 is lost on the web", [2594]),
    "user12-cut": ("USER12 is cut to 20 characters", [2371, 2400, 2464]),
    "user5-cut": ("USER5 is cut to 50 characters", [2370, 2399, 2463]),
    "user-next": ("USER10 is stored as USER11", [2349]),
    "dnis-cut-to-ten": ("DNIS is cut to 10 characters", [2368, 2397]),
    "gate-upper": ("GATE is stored in capitals", [2235, 2366]),
    "direction-in": ("CALLDIRECTION is stored as I", [2205, 2374]),
    "start-keeps-user3": ("a new call has USER3 of the call before", [165, 177]),
    "update-clears-others": ("CALLUPDATE clears the other USERn", [284]),
    "update-all-instances": ("CALLUPDATE updates all instances", [358]),
    "update-instance-ignored": ("CALLUPDATE updates the last call though an instance is named", [358]),
    "update-first-instance": ("CALLUPDATE without an instance updates the first call", [358]),
    "update-once": ("only the first CALLUPDATE of a call is done", [284]),
    "update-always-last-record": ("CALLUPDATE without a call updates the last record unasked", [284, 2347]),
    "uinr-while-recording": ("UPDATE_IF_NOT_RECORDING updates the last record though a call is recorded", [284, 2347]),
    "uinr-first-record": ("UPDATE_IF_NOT_RECORDING updates the device's first record", [284, 2347]),
    "uinr-last-of-all": ("UPDATE_IF_NOT_RECORDING updates the last record of any device", [284, 2347]),
    "uinr-never-ok": ("UPDATE_IF_NOT_RECORDING without a previous call succeeds", [318]),
    "record-keeps-start-values": ("a record has the values from before the first update", [284]),
    "record-user6-lost": ("records have no USER6", [2349, 1157]),
    "record-fourth-lost": ("every fourth recording is not listed", [1157, 2920]),
    "record-names-of-first-agent": ("records have the first agent's name", [1157]),
    "post-unknown-ok": ("CALLUPDATE with an unknown RECORDID succeeds", [383, 2169]),
    "post-neighbour": ("CALLUPDATE with RECORDID updates the record before it", [362]),
    "post-same-device": ("CALLUPDATE with RECORDID updates all records of the device", [362]),
    "post-clears-others": ("CALLUPDATE with RECORDID clears the other USERn", [362]),
    "stop-instance-ignored": ("CALLSTOP ends the last call though an instance is named", [280]),
    "stop-first-instance": ("CALLSTOP without an instance ends the first call", [280]),
    "stop-every-instance": ("CALLSTOP ends all calls of the device", [280, 2209]),
    "stop-still-recording": ("CALLSTOP leaves the recording on", [244]),
    "stop-fifth-not-done": ("every fifth CALLSTOP is not done", [244]),
    "instance-third-overwrites": ("a third call on a device overwrites the second", [216, 2209]),
    "recordstart-ends-first": ("RECORDSTART ends the recording there is", [398]),
    "recordstop-not-done": ("RECORDSTOP does not end the recording", [476]),
    "recordstop-last-call-anywhere": ("RECORDSTOP ends the last partial recording of any device", [476]),
    # status
    "status-oldest-instance": ("DEVICESTATUS tells the oldest call", [626]),
    "status-blank-after-call": ("DEVICESTATUS is blank after a call", [626]),
    "status-neighbour": ("DEVICESTATUS tells another device", [626]),
    "status-count-one-more": ("COUNT of DEVICESTATUS is one more", [2213]),
    "status-swaps-outbound": ("ANI and DNIS are swapped in outbound calls", [2199, 2223]),
    "status-user14-lost": ("DEVICESTATUS and DEVICELIST have no USER14", [553, 646]),
    "status-not-recording": ("ISRECORDING is N always", [2247]),
    "status-always-recording": ("STATUS of paused recordings is recording", [727]),
    "instances-newest-only": ("DEVICERECORDINGSTATUS tells the newest call only", [727]),
    "instances-first-two": ("DEVICERECORDINGSTATUS tells two calls at most", [727]),
    "instances-share-values": ("all instances have the newest call's values", [727]),
    "list-twice": ("DEVICELIST has a device once for each call", [536]),
    "list-misses-last": ("DEVICELIST misses the last device", [536]),
    "list-count-stale": ("COUNT of DEVICELIST leaves out devices in a call", [2213]),
    "stations-count-fixed": ("COUNT of STATIONS is 3 always", [1024, 2213]),
    "stations-last-missing": ("STATIONS misses the station added last", [1024]),
    "channels-one-missing": ("CHANNELS misses one of COUNT", [943, 945]),
    "channels-same-id": ("two channels have one ID", [943, 945]),
    "terms-count": ("COUNT of FETCHTERMINOLOGY is one more", [1065]),
    "terms-values-missing": ("one TERMINOLOGY has no VALUE", [1065, 1068]),
    "ram-words": ("SYSTEMRAMFREE is no number", [2419, 2322]),
    "list-or": ("CALLLIST's filters are combined by OR", [1153]),
    "list-prefix": ("CALLLIST's filters compare all but the last character", [1135]),
    "list-first-filter-only": ("CALLLIST looks at its first filter only", [1153]),
    "list-user3-ignored": ("CALLLIST does not look at USER3", [1148, 1153]),
    "list-date-start-ignored": ("CALLLIST does not look at CALLDATESTART", [1150]),
    "list-date-end-ignored": ("CALLLIST does not look at CALLDATEEND", [1151]),
    "list-end-ignored-with-count": ("CALLLIST does not look at CALLDATEEND where there is CALLCOUNT", [1155]),
    "list-count-before-dates": ("CALLCOUNT is applied before the dates", [1155]),
    "list-count-ignored": ("CALLLIST does not look at CALLCOUNT", [1149, 1155]),
    "list-count-more": ("CALLLIST tells one more than CALLCOUNT", [1149, 1155]),
    "list-repeats": ("CALLLIST repeats the first of more than three in the place of the last", [1157]),
    "list-no-web-calls": ("CALLLIST misses calls that were stopped over the web", [1157, 2561]),
    "list-user8-lost": ("CALLLIST has no USER8", [1157]),
    "list-group-is-gate": ("CALLLIST has GATE as GROUP", [1157]),
    "list-record-id-off": ("RECORDID of CALLLIST is one too high", [1157]),
    # blackouts and chats
    "blackout-instance-ignored": ("BLACKOUTSTART is for the last call though an instance is named", [1464]),
    "blackout-first-instance": ("BLACKOUTSTART without an instance is for the first call", [1464]),
    "blackout-all-instances": ("BLACKOUTSTART is for all calls of the device", [1383, 1464]),
    "blackout-other-device": ("BLACKOUTSTART pauses other devices too", [1381]),
    "blackout-stop-not-done": ("only the first BLACKOUTSTOP is done, AGENTBLACKOUTSTOP never", [1427]),
    "blackout-two-ok": ("two identifications are accepted", [1381]),
    "blackout-unknown-ok": ("BLACKOUTSTART of an unknown device succeeds", [1419, 1420]),
    "blackout-unknown-code": ("BLACKOUTSTART of an unknown device gives 41", [1419, 1420]),
    "blackout-nothing-ok": ("BLACKOUTSTART of nothing succeeds", [1419, 1420]),
    "blackout-negative-refused": ("a negative TIMEOFFSET is refused", [2330]),
    "agentblackout-one-call": ("AGENTBLACKOUTSTART is for one call of the agent", [1383]),
    "chatstart-no-session-ok": ("CHATSTART without SESSIONID succeeds", [1258]),
    "chatstop-no-session-ok": ("CHATSTOP without SESSIONID succeeds", [1304]),
    "chatupdate-no-session-ok": ("CHATUPDATE without SESSIONID succeeds", [1342]),
    "chat-agent-unknown-ok": ("CHATSTART of an unknown agent succeeds", [1271]),
    "chat-no-employee": ("KEYNAME EMPLOYEEID is not known", [1263]),
    # imports
    "import-action-ok": ("any ACTION succeeds", [1561, 1578]),
    "import-duplicate-accepted": ("a second agent of the same name is added", [1571]),
    "import-duplicate-ok": ("ADD of the same name succeeds and does nothing", [1571]),
    "import-duplicate-changes": ("ADD of the same name fails and changes the agent", [1571]),
    "import-username-twice": ("a second agent of the same USERNAME is added", [1580]),
    "import-takes-agent-id": ("ADD takes AGENT_ID, though an agent has it", [1563]),
    "import-answers-id-off": ("ADD answers an AGENTID that is one too high", [1496]),
    "import-email-lost": ("ADD loses EMAIL", [1488, 1573]),
    "import-employee-upper": ("ADD stores EMPLOYEEID in capitals", [1479, 2229]),
    "import-always-active": ("ADD with STATUS I adds an active agent", [1482]),
    "web-import-crm-lost": ("ADD over the web loses CRM_USER", [1488, 2594]),
    "import-delete-not-done": ("DELETE leaves the agent", [1567]),
    "import-delete-keeps-phones": ("DELETE leaves the phones with the agent", [1567]),
    "import-delete-forgets": ("records of a deleted agent have no name", [1567]),
    "import-delete-next": ("DELETE deletes the agent after it", [1567]),
    "import-delete-unknown-ok": ("DELETE of an unknown agent succeeds", [1571, 1581]),
    "import-modify-unknown-ok": ("MODIFY of an unknown agent succeeds", [1571, 1581]),
    "import-modify-clears": ("MODIFY clears what is not given", [1569]),
    "import-modify-drops-phones": ("MODIFY drops the agent's last phone", [1569]),
    "import-modify-last-name-lost": ("MODIFY does not change LASTNAME", [1569]),
    "import-modify-all-names": ("MODIFY changes the name of namesakes", [1569]),
    "import-modify-new-agent": ("MODIFY adds an agent", [1569]),
    "import-list-cached": ("LIST tells the agents of its first time", [1573]),
    "import-list-active-only": ("LIST tells agents with phones only", [1573]),
    "import-count": ("COUNT of LIST is one less", [2213]),
    "import-one-phone": ("PHONES has one phone only", [1573, 1554]),
    "phone-action-ok": ("any ACTION succeeds", [1615]),
    "phone-unknown-agent-ok": ("IMPORTAGENTPHONE of an unknown agent succeeds", [1623, 1627]),
    "phone-half-name": ("FIRSTNAME alone is enough", [1617]),
    "phone-names-win": ("names win over AGENTID", [1617]),
    "phone-shared": ("a phone of another agent is added too", [1623]),
    "phone-stolen": ("a phone of another agent is moved", [1623]),
    "phone-delete-not-done": ("DELETE leaves the phone", [1585, 1615]),
    "phone-delete-all": ("DELETE takes all phones", [1585, 1619]),
    "phone-delete-agent": ("DELETE of a phone clears the agent's SYS_USER", [1619]),
    "phone-delete-records": ("DELETE of a phone removes its call records", [1621]),
    "phone-answers-first": ("the answer has the first agent's AGENTID", [1599]),
    "workstation-location-optional": ("LOCATIONID may be missing", [1631, 1638]),
    "web-workstation-kept": ("the STATIONNAME's other mapping is kept over the web", [1658]),
    "workstation-device-kept": ("the DEVICEID's other mapping is kept", [1658]),
    "workstation-station-kept": ("the STATIONNAME's other mapping is kept", [1658]),
    "workstation-result-old": ("the answer has the old DEVICEID", [1660]),
    "workstation-name-upper": ("the answer has STATIONNAME in capitals", [1660]),
    # groups and roles
    "group-name-optional": ("ADDGROUP without GROUPNAME succeeds", [1673, 1678, 1710]),
    "group-twice": ("ADDGROUP of a name that exists adds another", [1706]),
    "web-group-twice": ("ADDGROUP over the web of a name that exists adds another", [1706]),
    "group-exists-error": ("ADDGROUP of a name that exists fails", [1706]),
    "group-id-missing": ("ADDGROUP returns no GROUPID", [1683, 1706]),
    "group-id-off": ("the newest group's GROUPID is one too high over the web", [1706, 2561]),
    "group-cut-at-ampersand": ("GROUPNAME is cut at &", [1706, 1702]),
    "groupperm-action-ok": ("any ACTION succeeds", [1746]),
    "groupperm-no-group-ok": ("no group is needed", [1748]),
    "groupperm-no-agent-ok": ("no agent is needed", [1750]),
    "groupperm-unknown-agent-ok": ("an unknown agent succeeds", [1752, 1760]),
    "groupperm-ids-missing": ("the looked-up ids are not returned", [1756]),
    "groupperm-agent-id-first": ("the AGENTID returned is the first agent's", [1756]),
    "parameters-first-lost": ("GROUPNAME is not returned", [1730, 1756, 1779]),
    "usergroup-action-ok": ("any ACTION succeeds", [1793, 1802]),
    "usergroup-no-group-ok": ("no group is needed", [1795]),
    "usergroup-unknown-user-ok": ("an unknown user succeeds", [1797, 1803]),
    "role-action-ok": ("any ACTION succeeds", [1841, 1850]),
    "role-modify-unknown-ok": ("MODIFY of an unknown role succeeds", [1853]),
    "role-delete-unknown-ok": ("DELETE of an unknown role succeeds", [1853]),
    "role-add-not-done": ("ADD of a role does nothing", [1807, 1845]),
    "role-delete-not-done": ("DELETE of a role does nothing", [1812, 1841]),
    "rolegroup-action-ok": ("any ACTION succeeds", [1892, 1901]),
    "rolegroup-no-group-ok": ("GROUPNAME may be missing", [1896, 1902]),
    "rolegroup-no-role-ok": ("the role may be missing", [1894, 1902]),
    "userrole-action-ok": ("any ACTION succeeds", [1918, 1950]),
    "userrole-no-role-ok": ("the role may be missing", [1945, 1951]),
    "userrole-unknown-role-ok": ("an unknown role succeeds", [1952]),
    "userrole-unknown-user-ok": ("an unknown user succeeds", [1953]),
    "userrole-system-name-unknown": ("SYSTEMUSERNAME finds nobody", [1906]),
    # mail, windows and exports
    "email-unknown-ok": ("EMAIL of an unknown recording succeeds", [2000]),
    "combinedemail-unknown-ok": ("COMBINEDEMAIL of an unknown recording succeeds", [2048]),
    "window-unknown-ok": ("AGENTWINDOW of an unknown user succeeds", [2097]),
    "window-of-next": ("AGENTWINDOW tells another agent's window", [2053]),
    "window-no-address": ("AGENTWINDOW has no IPADDRESS", [2064, 2066]),
    "export-format-optional": ("EXPORT works without MEDIA_FORMAT", [2635]),
    "export-id-optional": ("EXPORT works without UNIQUEID", [2635]),
    "export-field-optional": ("EXPORT works without UNIQUEFIELD", [2635]),
    "export-encrypt-no-password": ("ENCRYPT works without PASSWORD", [2643]),
    "export-next": ("EXPORT has the next recording's sound", [2631, 2638]),
    "export-as-before": ("EXPORT has the sound of the first recording that was exported", [2631, 2638]),
    "export-oldest": ("of several matches EXPORT has the oldest", [2637]),
    "export-unknown-newest": ("EXPORT of an unknown value has the newest recording", [2671]),
    "export-prefix": ("EXPORT takes a recording whose value begins alike", [2637, 2638, 2671]),
    "export-wav-raw": ("WAV has no header", [2633]),
    "export-wav-long-header": ("the WAV header tells twice the length", [2633]),
    "export-wav-cut": ("WAV ends after three quarters of what its header tells", [2631, 2633]),
    "export-wav-big-endian": ("WAV begins with RIFX", [2633]),
    "export-wav-empty": ("WAV has no sound", [2631]),
    "export-mp3-is-wav": ("MP3 is a WAV file", [2633, 2639]),
    "export-m4a-is-mp3": ("M4A is an MP3 file", [2633, 2639]),
    "combined-first-only": ("COMBINEDEXPORT has the first recording only", [2676]),
    "combined-last-lost": ("COMBINEDEXPORT of three misses the last", [2676]),
    "combined-first-twice": ("COMBINEDEXPORT repeats the first recording", [2676]),
    "combined-files-in-line": ("COMBINEDEXPORT has whole WAV files one after the other", [2676]),
    "multi-last-lost": ("MULTIEXPORT misses the last recording", [2693]),
    "multi-is-combined": ("MULTIEXPORT is no ZIP file", [2693]),
    "multi-same-audio": ("all members have the first recording's sound", [2693]),
    "multi-empty-members": ("all members but the first are empty", [2693]),
    "multi-no-directory": ("the ZIP file has no central directory", [2693]),
    "multi-crc": ("a member's bytes are damaged", [2693]),
    # the two roads
    "web-id-missing": ("answers over the web have no REQUESTID", [2102]),
    "web-code-missing": ("answers over the web have no RESULTCODE", [2102]),
    "web-errors-eleven": ("errors over the web have code 11", [2561]),
    "web-instance-lost": ("CALLINSTANCE is not looked at over the web", [2594]),
    "web-aspx-instance-lost": ("CALLINSTANCE is not looked at by /webAPI.aspx", [2592, 2594]),
    "web-calls-apart": ("calls started over the web are not known", [2561]),
    "web-list-users-ignored": ("CALLLIST over the web does not look at USER6 to USER15", [2594]),
    "web-decoded-twice": ("values are decoded twice", [2561, 2596]),
    "web-plus-lost": ("%2B becomes a blank", [2561, 2596]),
    "web-split-after-decoding": ("%26 divides parameters", [2596]),
    "web-equals-cut": ("a value ends at an encoded =", [2596]),
    "web-hash-cut": ("a value ends at an encoded #", [2596]),
    "web-latin": ("percent-encoded UTF-8 is read as Latin-1", [2561, 2596]),
    "web-upper-names-unknown": ("names in capitals are not known", [2594]),
    "web-lower-names-unknown": ("names in small letters are not known", [2584, 2594]),
    "web-type-case": ("type in small letters is not known", [2584, 2591]),
    "web-no-php": ("/webAPI.php is not there", [2592]),
    "web-no-aspx": ("/webAPI.aspx is not there", [2592]),
    # events
    "event-no-terminator": ("events have no CR LF at their end", [2714]),
    "event-root": ("the root of events is EVENT", [2750]),
    "event-unclosed": ("EVENTDATA of RECORDINGUPDATE is not closed", [113, 2928]),
    "event-inside-reply": ("events come in the middle of a reply", [113, 2102]),
    "event-no-callstop": ("there is no CALLSTOP event", [2796]),
    "event-third-start-lost": ("every third CALLSTART has no event", [2746]),
    "event-no-saved": ("there is no RECORDINGUPDATE event", [2920]),
    "event-none-by-web": ("what is done over the web has no events", [2746, 2796]),
    "event-started-twice": ("RECORDINGSTARTED comes twice", [2842]),
    "event-fifth-twice": ("every fifth event comes twice", [2746, 2796, 2842, 2890, 2920]),
    "event-class-of-stopped": ("RECORDINGSTOPPED has class CALL", [2894]),
    "event-class-of-callstop": ("CALLSTOP has class RECORD", [2801]),
    "event-type-start": ("RECORDINGSTARTED is called RECORDINGSTART", [2848]),
    "event-resumed-as-paused": ("RECORDINGRESUMED is called RECORDINGPAUSED", [2986, 2991]),
    "event-first-device": ("RECORDINGSTOPPED and RECORDINGUPDATE have the first device's DEVICEID", [2900, 2930]),
    "event-paused-no-device": ("RECORDINGPAUSED has no DEVICEID", [2950]),
    "event-stop-no-user4": ("CALLSTOP has no USER4", [2796]),
    "event-ani-lost": ("ANI of CALLSTART is blank", [2199, 2746]),
    "event-gate-is-group": ("GATE of events is GROUP", [2235, 2746]),
    "event-user3-stale": ("USER3 of CALLSTOP is of the call before", [2796]),
    "event-instance-lost": ("CALLINSTANCE of events is blank", [216, 2746]),
    "event-agent-one": ("AGENTID of events is 1", [2195, 2746]),
    "event-record-id-off": ("RECORDID of RECORDINGUPDATE is one too high", [2920]),
    "event-to-everyone": ("connections that did not subscribe get events", [2710, 2718]),
    "event-classes-ignored": ("EVENTCLASS is not looked at", [2718, 2724]),
    "event-record-for-call": ("subscribers of CALL get RECORDINGSTARTED", [2718, 2847]),
    "event-all-is-call": ("ALL is CALL", [2718, 2724]),
    "event-stops-after-six": ("a connection gets six events and no more", [2710]),
    "event-last-subscriber-only": ("only the last subscriber gets events", [2710]),
    "event-first-subscriber-only": ("only the first subscriber gets events", [2710]),
    "events-answer-all": ("EVENTCLASS of the answer to EVENTS is ALL always", [2739]),
}

SHOULD: dict[str, Fault] = {
    "id-negative-accepted": ("a negative REQUESTID is accepted", [2285]),
    "id-optional": ("a missing REQUESTID is accepted", [115]),
    "role-name-optional": ("MODIFYROLE without ROLENAME succeeds", [1851]),
    "import-names-optional": ("IMPORTUSER ADD without names succeeds", [1579]),
    "email-address-ok": ("EMAIL to no address succeeds", [1998]),
    "email-address-optional": ("EMAIL without TOADDRESS succeeds", [2001]),
    "phone-replaces": ("adding a phone takes the agent's others away", [1585]),
    "list-at-most-five": ("CALLLIST tells five recordings at most", [1149]),
    "list-callnumber-one": ("CALLNUMBER is 1 always", [1180]),
    "list-time-date": ("RECORDINGTIME is a date", [1204]),
    "list-duration-ms": ("DURATION is in milliseconds", [1205]),
    "stop-leaves-partial": ("CALLSTOP leaves a partial recording on", [244]),
    "blackout-third-not-done": ("every third BLACKOUTSTART is not done", [1381]),
    "event-no-paused": ("there is no RECORDINGPAUSED event, though STATUS tells pauses", [2941]),
    "combined-sorted-backwards": ("COMBINEDEXPORT has the recordings in reverse", [2676]),
    "combined-unknown-left-out": ("COMBINEDEXPORT leaves unknown recordings out", [2688]),
    "multi-unknown-left-out": ("MULTIEXPORT leaves unknown recordings out", [2705]),
    "disk-percent": ("148 percent of the disk are free", [2283]),
    "disk-free-exceeds": ("more of the disk is free than there is", [2281]),
    "channel-times-apart": ("a channel's two times are two hours apart", [2261]),
}


# ------------------------------------------------------------------------------------------------- how to run


def toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def target_file(world: Functions, host: str, api: int, web: int) -> str:
    lines = ["[target]", 'system = "uptivity"', f'name = "uptivity-birch-{world.personality}"', f"host = {toml(host)}", f"clock_scale = {float(world.scale)!r}",
             "timeout = 5.0", "", "[target.ports]", f"api = {api}", f"web = {web}", "", "[target.fixtures]"]
    lines += [f"{key} = {toml(value)}" for key, value in world.fixtures().items()]
    lines += ["", "[target.allow]", *(f"{key} = true" for key in ("write", "disruptive", "destructive", "slow", "load"))]
    return "\n".join(lines) + "\n"


def serve(world: Functions, host: str, api_port: int, web_port: int, target: Path | None) -> None:
    api = SocketServer((host, api_port), SocketHandler)
    web = WebServer((host, web_port), WebHandler)
    api.world = web.world = world
    ports = {"api": int(api.server_address[1]), "web": int(web.server_address[1])}
    if target:
        target.write_text(target_file(world, host, ports["api"], ports["web"]), "utf-8")
    threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 5}, daemon=True).start()
    print("READY " + json.dumps({"host": host, "ports": ports}), flush=True)
    api.serve_forever(poll_interval=5)


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
    sys.setswitchinterval(0.001)
    world = Functions(options.personality, options.fault, options.seed, options.clock_scale)
    with contextlib.suppress(KeyboardInterrupt):
        serve(world, options.host, options.port, options.web_port, options.write_target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
