"""Wire probes for the monitoring messages: short talks that any device of the document must get through, each citing lines.

Written from the document alone, apart from the spec and from the reference server. A probe is a generator: it yields the bytes of
one connection's requests (the last one says `Connection: close`) and gets the raw bytes that came until the end of that
connection; `Disagreement` says what is wrong. `play` runs one against any function from bytes to bytes. Where the document leaves
a choice, a probe takes every reading. A world without what a probe needs gives `NotHere`.
"""

from __future__ import annotations

import gzip
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import quote

API, EVENTS = "/everstream/api.php", "/apis/TrickmodeEvents.php"
SPACE = "{http://www.cisco.com/schemas/VCPBU/CDS-TV/R0/ciscowebsvcs}"
EVENT_TYPES = ("GetTrickmodeEventList", "GetTrickmodeEventsList")
Talk = Generator[bytes, bytes, None]
Fixtures = Mapping[str, Any]
INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*")


class Disagreement(AssertionError):  # noqa: N818 (a verdict, told as text)
    """The device does what no reading of the document permits."""


class NotHere(Exception):  # noqa: N818 (no error: the device has nothing to ask for)
    """The world has nothing that this probe could ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One talk. `lines` are those of the document's text file that the expectation rests on."""

    name: str
    lines: tuple[int, ...]
    why: str
    talk: Callable[[Fixtures], Talk]
    level: str = "must"  # or should: no sentence says it, a plain reader expects it


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP reply, its body without chunks and compression."""

    status: int
    fields: Mapping[str, str]
    body: bytes


def need(holds: object, what: str) -> None:
    """Disagree unless it holds."""
    if not holds:
        raise Disagreement(what)


def request(target: str, *, method: str = "GET", close: bool = True, fields: str = "") -> bytes:
    """The bytes of a request. The target is sent as given."""
    end = "Connection: close\r\n" if close else ""
    return f"{method} {target} HTTP/1.1\r\nHost: device\r\n{fields}{end}\r\n".encode()


def url(_path: str = API, /, **parameters: Any) -> str:
    """A target with its query, percent-encoded."""
    return _path + "?" + "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parameters.items())


def replies(raw: bytes, *methods: str) -> list[Reply]:
    """Read the replies of a connection; fewer than asked where the device closed earlier."""
    found: list[Reply] = []
    for method in methods:
        if not raw:
            break
        head, blank, raw = raw.partition(b"\r\n\r\n")
        need(blank, f"no end of the header: {head[:200]!r}")
        first, *lines = head.decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.[01] (\d{3})(?: .*)?", first)
        need(match, f"status line {first!r}")
        assert match is not None
        fields = {
            name.strip().lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)
        }
        status = int(match[1])
        if status == 100:
            continue
        body = b""
        if method == "HEAD" or status in (204, 304):
            pass
        elif fields.get("transfer-encoding", "").lower() == "chunked":
            body, raw = unchunk(raw)
        elif "content-length" in fields:
            length = int(fields["content-length"])
            need(len(raw) >= length, f"Content-Length {length}, {len(raw)} bytes came")
            body, raw = raw[:length], raw[length:]
        else:
            body, raw = raw, b""
        if fields.get("content-encoding", "").lower() in ("gzip", "x-gzip"):
            body = gzip.decompress(body)
        found.append(Reply(status=status, fields=fields, body=body))
    need(not raw, f"bytes after the last reply: {raw[:80]!r}")
    need(found, "no reply")
    return found


def unchunk(raw: bytes) -> tuple[bytes, bytes]:
    """The body of a chunked message, and what follows it."""
    parts = []
    while True:
        line, end, raw = raw.partition(b"\r\n")
        size = re.fullmatch(rb"([0-9A-Fa-f]+)[ \t]*(?:;.*)?", line)
        need(end and size, f"chunk size {line[:40]!r}")
        assert size is not None
        length = int(size[1], 16)
        if length == 0:
            break
        need(raw[length : length + 2] == b"\r\n", "a chunk is not as long as its size says")
        parts.append(raw[:length])
        raw = raw[length + 2 :]
    while True:
        line, end, raw = raw.partition(b"\r\n")
        need(end, "the chunked body's trailer does not end")
        if not line:
            return b"".join(parts), raw


def play(probe: Probe, fixtures: Fixtures, exchange: Callable[[bytes], bytes]) -> str:
    """What disagrees, or nothing. `exchange` opens a connection, sends, and reads until the device closes it.

    Raises:
        NotHere: the fixtures lack what the probe asks for.
    """
    talk = probe.talk(fixtures)
    try:
        sent = next(talk)
        while True:
            sent = talk.send(exchange(sent))
    except StopIteration:
        return ""
    except Disagreement as error:
        return str(error)


# What replies must be


def ask(target: str, status: int | Sequence[int] = 200) -> Generator[bytes, bytes, Reply]:
    """One GET on its own connection, with the status that it must have."""
    (reply,) = replies((yield request(target)), "GET")
    wanted = (status,) if isinstance(status, int) else status
    need(reply.status in wanted, f"{target}: status {reply.status}, not {wanted}")
    return reply


def document(reply: Reply, root: str) -> ET.Element:
    """The reply's XML."""
    try:
        element = ET.fromstring(reply.body)
    except ET.ParseError as error:
        raise Disagreement(f"not an XML document: {error}") from None
    need(element.tag == root, f"root {element.tag!r}, not {root!r}")
    return element


def rows(target: str, root: str, row: str | Sequence[str]) -> Generator[bytes, bytes, list[ET.Element]]:
    """The rows of a list."""
    found = list(document((yield from ask(target)), root))
    names = (row,) if isinstance(row, str) else row
    need(all(one.tag in names for one in found), f"rows other than {names}: {sorted({one.tag for one in found})}")
    return found


def attributes(element: ET.Element, integers: str = "", texts: str = "", filled: str = "") -> None:
    """Integers may be empty, as in the examples, except those that are also in `filled`."""
    where = ET.tostring(element, "unicode")[:300]
    for name in integers.split():
        value = element.get(name)
        need(value is not None, f"no {name} in {where}")
        need(value == "" or INTEGER.fullmatch(str(value)), f"{name} is no integer in {where}")
    for name in texts.split():
        need(name in element.attrib, f"no {name} in {where}")
    for name in filled.split():
        need(element.get(name, "").strip(), f"{name} is empty in {where}")


def said(element: ET.Element) -> tuple[Any, ...]:
    """What a row says, apart from how it is written."""
    return (element.tag, tuple(sorted(element.attrib.items())), *map(said, element))


def number(element: ET.Element, *names: str) -> int:
    """The integer under the first of these names that is there."""
    for name in names:
        if name in element.attrib:
            text = element.attrib[name]
            need(INTEGER.fullmatch(text), f"{name} is no integer: {text!r}")
            return int(text)
    raise Disagreement(f"none of {names} in {ET.tostring(element, 'unicode')[:300]}")


def busy(world: Fixtures) -> tuple[int, int]:
    """The busy hour."""
    if "busy_hour_from" not in world:
        raise NotHere
    return world["busy_hour_from"], world["busy_hour_to"]


def some(world: Fixtures, key: str) -> list[Any]:
    """A fixture that is a list."""
    if not world.get(key):
        raise NotHere
    return list(world[key])


ROOTS = {
    "StreamHistory": ("StreamsResponse", "Stream"),
    "StreamListHistory": ("StreamsResponse", "Stream"),
    "TrickModeHistory": ("TrickModesResponse", "TrickMode"),
    "PlayServerHistory": ("PlayServerResponse", "PlayServer"),
    "Errors": ("ErrorsResponse", "Error"),
    "Devices": ("DevicesResponse", "Device"),
    "ServiceGroups": ("ServiceGroupsResponse", "ServiceGroup"),
    "ContentState": ("ContentStateResponse", "ContentState"),
    "ContentRange": ("ContentRangeResponse", "Content"),
}
HISTORY = tuple(ROOTS)[:5]
# (request lines, status 400, status 404, the hour)
LINES = {
    "StreamHistory": ((141, 145), 160, 161, 147),
    "StreamListHistory": ((245, 249), 267, 268, 251),
    "TrickModeHistory": ((355, 359), 378, 379, 361),
    "PlayServerHistory": ((568, 572), 588, 589, 574),
    "Errors": ((663, 667), 682, 683, 669),
    "CapacityPlanning": ((1066, 1070), 1097, 1098, 1072),
}
STATES = {
    "isaAdminState": {"unprovisioned", "inservice", "outofservice"},
    "isaOpState": {"created", "inservice", "outofservice"},
}
PROBES: list[Probe] = []


def probe(
    name: str, why: str, *lines: int, level: str = "must"
) -> Callable[[Callable[[Fixtures], Talk]], Callable[[Fixtures], Talk]]:
    """Register a talk."""

    def register(talk: Callable[[Fixtures], Talk]) -> Callable[[Fixtures], Talk]:
        PROBES.append(Probe(name=name, lines=lines, why=why, talk=talk, level=level))
        return talk

    return register


def history(world: Fixtures, message: str, **more: object) -> str:
    """A request for the busy hour."""
    start, end = busy(world)
    return url(messageType=message, **({"fromDate": start, "toDate": end} | more))


def newest(message: str) -> Generator[bytes, bytes, tuple[int | None, int]]:
    """The newest time, if there is one, and the device's own."""
    (one,) = yield from rows(url(messageType=message), f"{message}Response", message)
    attributes(one, "maxTime curTime", filled="curTime")
    return (number(one, "maxTime") if one.get("maxTime") else None), number(one, "curTime")


def npt_rules(acts: list[tuple[int, int, float]], unit: float, where: str) -> None:
    """Fixed in a pause, never up in reverse, real time in normal play: (time, NPT in ms, scale), `unit` ms a unit of time.

    2.5 s of tolerance: the examples are up to 1.4 s off (lines 499 to 502, 1255 to 1262), and times are whole seconds.
    """
    times = [one[0] for one in acts]
    for (at, npt, scale), (later, after, next_scale) in pairwise(acts):
        if times.count(at) > 1 or times.count(later) > 1 or (after == 0 and next_scale == 0):
            continue  # order unknown; or the row at the end of a session, whose NPT is 0 in the examples
        if scale == 0:
            need(abs(after - npt) <= 2500, f"{where}: NPT {npt} to {after} while paused")
        elif scale < 0:
            need(after <= npt, f"{where}: NPT {npt} to {after} in reverse")
        elif scale == 1 and next_scale != 0:
            need(
                abs(after - npt - (later - at) * unit) <= 2500,
                f"{where}: NPT {npt} to {after} in {later - at} of normal play",
            )
