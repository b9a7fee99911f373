"""Wire probes of the XML API on a socket and by URL: short dialogues that any device of the document must get through, each citing lines.

Written from the document alone, apart from the spec and from the reference server. A probe talks to a `World`, which opens plain sockets and
URLs; `Disagreement` says what is wrong. Where the document leaves a choice, a probe takes every reading. A world without what a probe needs
gives `NotHere`. `uptivity_run` plays them.
"""

from __future__ import annotations

import re
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

REPLY_S = 6.0
QUIET_S = 0.5
MARKUP = "A&B <c> \"d\" 'e'"
END = re.compile(rb"</(?:RESULT|CALLCOPYEVENT)\s*>")
OK, DEVICE_INVALID, BAD_ACTION, QUERY, NO_AGENT = 20, 8, 21, 23, 24
NO_USER, NO_SESSION, NO_RECORD, NO_FILE, BAD_MAIL, NO_ROLE, USER_EXISTS = 28, 33, 40, 41, 45, 52, 54
FORMAT = (16, 17, 26)  # 16 and 17 carry one label; 26 says of a required value that it is blank
LABEL_TEXT = (
    "RECORDING_STARTED ERROR_ALREADY_RECORDING ERROR_OUT_OF_DISK_SPACE ERROR_NO_FREE_CHANNELS ERROR_UNKNOWN"
    " DEVICE_ALIAS_UNSPECIFIED ERROR_SCHEDULER_NOT_RUNNING DEVICE_NOT_IN_CALL DEVICE_INVALID"
    " DID_NOT_MATCH_A_SCHEDULE UNKNOWN_MESSAGE_TYPE ERROR_PROCESSING_MESSAGE DEVICE_NOT_RECORDING"
    " RECORDING_STOPPED REQUESTID_INVALID INVALID_REQUEST_TYPE INVALID_MESSAGE_FORMAT INVALID_MESSAGE_FORMAT"
    " ERROR_NO_DEFAULT_RECORDING_PATH - OK ERROR_INVALID_ACTION ERROR_KEYS_NOT_UNIQUE DATABASE_QUERY_ERROR"
    " AGENT_NOT_FOUND AGENT_NOT_ACTIVE BLANK_REQUIRED_VALUE NO_GROUP USER_NOT_FOUND MODE_INVALID"
    " EVENT_TYPE_INVALID ERROR_CLIENT_NOT_FOUND ERROR_ALREADY_MONITORING SESSIONID_UNSPECIFIED"
    " ERROR_RECORDER_NOT_RUNNING ERROR_BLOCKED_RECORDING_FILTER ERROR_LOGGER_NOT_RUNNING RECORDING_UPDATED"
    " BLACKOUT_INVALID_STATE UNLICENSED RECORDID_INVALID FILE_NOT_FOUND AGENT_ALREADY_EXIST STREAMING_STARTED"
    " COMMAND_NOT_ALLOWED EMAIL_NOT_VALID PARTIAL_CORE_RESPONSE COMMAND_QUEUE_FULL TOO_MANY_CLIENTS"
    " COMMAND_NOT_SUPPORTED ROLE_ALREADY_EXISTS PERMISSIONIDENT_NOT_FOUND ROLE_NOT_FOUND SITEID_NOT_VALID"
    " USER_ALREADY_EXIST CONFIG_ERROR"
)
LABELS = dict(enumerate(LABEL_TEXT.split()))
BARE = ("CALLLIST", "FETCHTERMINOLOGY")  # whose examples leave out the code
COUNTER = count(time.time_ns() // 10**6 % 10**7 + 1)  # so that no run meets the names of another
Value = str | int


class Disagreement(AssertionError):  # noqa: N818 (a verdict, told as text)
    """The device does what no reading of the document permits."""


class NotHere(Exception):  # noqa: N818 (no error: the device has nothing to ask for)
    """The world has nothing that this probe could ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One dialogue. `lines` are those of the document's text file that the expectation rests on."""

    name: str
    lines: tuple[int, ...]
    why: str
    talk: Callable[[World], None]


def need(holds: object, what: str) -> None:
    """Disagree unless it holds."""
    if not holds:
        raise Disagreement(what)


def text(item: ET.Element, tag: str) -> str | None:
    """The text of a child, blank if it is empty, nothing if it is missing."""
    found = item.find(tag)
    return None if found is None else (found.text or "").strip()


def parsed(raw: bytes) -> ET.Element:
    """A message of the device, which must be well-formed."""
    try:
        return ET.fromstring(raw.strip())
    except ET.ParseError as error:
        raise Disagreement(f"not well-formed: {error}: {raw[:300]!r}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A RESULT, with its code, 20 where it may leave it out."""

    item: ET.Element
    code: int

    def get(self, tag: str) -> str | None:
        """Text of an element anywhere in it."""
        found = next(self.item.iter(tag), None)
        return None if found is None else (found.text or "").strip()

    def must(self, *tags: str) -> str:
        """Text of the first of these elements that is there."""
        for tag in tags:
            if (value := self.get(tag)) is not None:
                return value
        raise Disagreement(f"no {tags[0]} in {ET.tostring(self.item)[:300]!r}")

    def all(self, tag: str) -> list[ET.Element]:
        """All elements of this name."""
        return list(self.item.iter(tag))


def result(raw: bytes, name: str, number: str) -> Result:
    """Check what every result must have: the id that was sent, the function, and a code with its label."""
    item = parsed(raw)
    need(item.tag == "RESULT", f"{name}: root {item.tag!r}")
    need(text(item, "REQUESTID") == number, f"{name}: REQUESTID {text(item, 'REQUESTID')!r}, not {number!r}")
    kind = text(item, "REQUESTTYPE") or (text(item, "TYPE") if name == "CALLLIST" else None)
    need((kind or "").upper() == name.upper(), f"{name}: REQUESTTYPE {kind!r}")
    code, label = text(item, "RESULTCODE"), text(item, "RESULTTYPE")
    if code is None and name.upper() in BARE:
        return Result(item=item, code=OK)
    need(code is not None and code.isdigit() and int(code) in LABELS, f"{name}: RESULTCODE {code!r}")
    wanted = [f"API_{LABELS[int(code or 0)]}"]
    if int(code or 0) != OK:
        wanted.append("ERROR")
    if int(code or 0) == 17:
        wanted.append("API_ERROR_NO_DEFAULT_RECORDING_PATH")
    need(label in wanted, f"{name}: RESULTTYPE {label!r} with code {code}")
    need(item.find("RESULTMSG") is not None, f"{name}: no RESULTMSG")
    return Result(item=item, code=int(code or 0))


def request(name: str, fields: Mapping[str, Value], gap: str = "") -> bytes:
    """A request with its end."""
    inside = gap.join(f"<{tag}>{escape(str(value))}</{tag}>" for tag, value in {"TYPE": name, **fields}.items())
    return f"<REQUEST>{gap}{inside}{gap}</REQUEST>\r\n".encode()


@dataclass
class Client:
    """One connection."""

    link: socket.socket
    kept: bytes = b""

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.link.sendall(data)

    def message(self, wait_s: float = REPLY_S) -> bytes | None:
        """The next message, or nothing when the wait or the connection is over."""
        until = time.monotonic() + wait_s
        while not (found := END.search(self.kept)):
            left = until - time.monotonic()
            if left <= 0 or len(self.kept) > 8_000_000:
                return None
            self.link.settimeout(left)
            try:
                data = self.link.recv(1 << 16)
            except OSError:
                return None
            if not data:
                return None
            self.kept += data
        raw, self.kept = self.kept[: found.end()], self.kept[found.end() :]
        return raw

    def heard(self, name: str, number: Value) -> Result:
        """The next result, past events."""
        while (raw := self.message()) is not None:
            if b"<CALLCOPYEVENT" not in raw:
                return result(raw, name, str(number))
        raise Disagreement(f"{name}: no answer")

    def ask(self, name: str, **fields: Value) -> Result:
        """The result of a request."""
        number = fields.setdefault("REQUESTID", next(COUNTER))
        self.send(request(name, fields))
        return self.heard(name, number)

    def ok(self, name: str, **fields: Value) -> Result:
        """The result of a request that must succeed."""
        got = self.ask(name, **fields)
        need(got.code == OK, f"{name} {fields}: {got.code} {got.get('RESULTMSG')}")
        return got

    def refused(self, name: str, *codes: int, **fields: Value) -> Result:
        """A request that must fail, with one of these codes if any are given."""
        got = self.ask(name, **fields)
        need(
            got.code != OK and (not codes or got.code in codes), f"{name} {fields}: {got.code}, not {codes or 'error'}"
        )
        return got

    def calls(self, **fields: Value) -> list[ET.Element]:
        """Rows of CALLLIST, none where it says that there are none."""
        return self.ask("CALLLIST", **fields).all("SEARCHRESULT")

    def device(self, **fields: Value) -> ET.Element:
        """The only DEVICE of DEVICESTATUS."""
        found = self.ok("DEVICESTATUS", **fields).all("DEVICE")
        need(len(found) == 1, f"DEVICESTATUS {fields}: {len(found)} devices")
        return found[0]


@dataclass
class World:
    """A device to talk to, and what its target file says that it has."""

    host: str
    api: int
    web: int
    fixtures: Mapping[str, Any]
    open: list[Client] = field(default_factory=list)

    def client(self) -> Client:
        """A new connection."""
        link = socket.create_connection((self.host, self.api), REPLY_S)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.open.append(Client(link))
        return self.open[-1]

    def some(self, key: str, least: int = 1) -> list[Any]:
        """A fixture that is a list."""
        if len(self.fixtures.get(key, ())) < least:
            raise NotHere
        return list(self.fixtures[key])

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        try:
            with urllib.request.urlopen(f"http://{self.host}:{self.web}{path}", timeout=REPLY_S) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def url(self, page: str = "/webAPI.aspx", /, **fields: Value) -> tuple[int, bytes]:
        """Call a page with these parameters, in this order."""
        return self.get(f"{page}?{urllib.parse.urlencode(fields)}")

    def told(self, name: str, page: str = "/webAPI.aspx", /, **fields: Value) -> Result:
        """The RESULT of a function that is called by URL."""
        number = fields.setdefault("requestid", next(COUNTER))
        return result(self.url(page, type=name, **fields)[1], name, str(number))

    def close(self) -> None:
        """End all connections."""
        for one in self.open:
            one.link.close()


def fresh(word: str = "probe") -> str:
    """A value that nothing has."""
    return f"{word}{next(COUNTER)}"


PROBES: list[Probe] = []
Talk = Callable[[World], None]


def probe(name: str, why: str, *lines: int) -> Callable[[Talk], Talk]:
    """Register a dialogue."""

    def register(talk: Talk) -> Talk:
        PROBES.append(Probe(name=name, lines=lines, why=why, talk=talk))
        return talk

    return register


def play(one: Probe, world: World) -> str:
    """What disagrees, or nothing.

    Raises:
        NotHere: the world lacks what the probe asks for.
    """
    try:
        one.talk(world)
    except Disagreement as error:
        return str(error)
    finally:
        world.close()
    return ""
