"""Wire probes of the TelePresence Server API: short dialogues that any device of the document must get through, each citing lines.

Written from the document alone, apart from the spec and from the bundled server, on Python's xmlrpc.client and http.client. A probe talks to a
`World`, which calls methods; `Disagreement` says what is wrong. Where the document leaves a choice, a probe takes every reading. A world without
what a probe needs gives `NotHere`. `tps_run` plays them.
"""

from __future__ import annotations

import http.client
import time
import xml.etree.ElementTree as ET
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any
from xml.parsers.expat import ExpatError

REPLY_S = 6.0
LIMIT = 32 * 1024
MARKUP = "A&B <c> \"d\" 'e' ]]> ünï 漢"
UNKNOWN, NO_CONFERENCE, NO_PARTICIPANT, NOT_AUTHORIZED, NO_PRIVILEGE, DUPLICATE = 1, 4, 5, 14, 15, 18
MISSING, INVALID, MALFORMED = 101, 102, 103
RANGE = (33, INVALID)  # "out of range", or "falls outside the valid values"
LONG = (35, INVALID)
COUNTER = count(time.time_ns() // 10**6 % 10**9 + 1)  # so that no run meets the names of another
Members = Mapping[str, Any]
Call = Callable[..., dict[str, Any]]


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


def each(*values: Any) -> tuple[Any, ...]:
    """Values of several types."""
    return values


def need(holds: object, what: str) -> None:
    """Disagree unless it holds."""
    if not holds:
        raise Disagreement(what)


def told(data: bytes, what: str) -> dict[str, Any]:
    """The struct of an answer.

    Raises:
        xmlrpc.client.Fault: it is a fault.
        Disagreement: it is no such answer.
    """
    need(len(data) <= LIMIT, f"{what}: an answer of {len(data)} bytes")
    try:
        values, method = xmlrpc.client.loads(data.decode("utf-8"))
    except xmlrpc.client.Fault as error:
        need(type(error.faultCode) is int and isinstance(error.faultString, str), f"{what}: {error!r}")
        raise
    except (ExpatError, xmlrpc.client.Error, ValueError, IndexError, KeyError, TypeError) as error:
        raise Disagreement(f"{what}: no XML-RPC answer: {error!r}: {data[:300]!r}") from None
    need(method is None, f"{what}: answered with a call")
    for one in ET.fromstring(data).iter("struct"):
        names = [name.text for name in one.iterfind("member/name")]
        need(len(names) == len(set(names)), f"{what}: a struct has a member twice: {names}")
    first: Any = values[0] if len(values) == 1 else None
    need(isinstance(first, dict), f"{what}: parameters {values!r:.200}")
    return dict(first)


def body(method: str, members: Members) -> bytes:
    """A call of a method, with its one struct."""
    return xmlrpc.client.dumps((dict(members),), method, encoding="utf-8", allow_none=False).encode()


@dataclass
class World:
    """A device to talk to, and what its target file says that it has."""

    host: str
    port: int
    user: str
    password: str
    fixtures: Mapping[str, Any]
    scale: float = 1.0
    undo: list[tuple[str, Members]] = field(default_factory=list)
    link: http.client.HTTPConnection | None = None

    @property
    def auth(self) -> dict[str, Any]:
        """What every call must contain."""
        return {"authenticationUser": self.user, "authenticationPassword": self.password}

    def connect(self) -> http.client.HTTPConnection:
        """A connection that nothing else uses."""
        return http.client.HTTPConnection(self.host, self.port, timeout=REPLY_S)

    def post(self, data: bytes, path: str = "/RPC2", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body of an answer, on a connection of its own."""
        link = self.connect()
        try:
            link.request("POST", path, data, {"Content-Type": "text/xml", **headers})
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            link.close()

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        link = self.connect()
        try:
            link.request("GET", path)
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def raw(self, data: bytes, what: str) -> dict[str, Any]:
        """The struct that answers a body, on the connection that is kept.

        Raises:
            xmlrpc.client.Fault: it is a fault.
        """
        for last in (False, True):
            self.link = self.link or self.connect()
            try:
                self.link.request("POST", "/RPC2", data, {"Content-Type": "text/xml"})
                answer = self.link.getresponse()
                status, got = answer.status, answer.read()
                break
            except (OSError, http.client.HTTPException) as error:  # it may end a connection at any time, line 400
                self.link.close()
                self.link = None
                if last:
                    raise Disagreement(f"{what}: {error!r}") from None
        need(status == 200, f"{what}: status {status}")
        return told(got, what)

    def ask(self, method: str, members: Members) -> dict[str, Any]:
        """What a method returns to exactly these members."""
        return self.raw(body(method, members), method)

    def call(self, method: str, /, **members: Any) -> dict[str, Any]:
        """What a method returns that must succeed."""
        try:
            return self.ask(method, {**self.auth, **members})
        except xmlrpc.client.Fault as error:
            what = f"{method} {members!r:.300}: fault {error.faultCode} {error.faultString}"
            raise Disagreement(what) from None

    def done(self, method: str, /, **members: Any) -> None:
        """A method without returned data must say that it succeeded."""
        got = self.call(method, **members)
        need(got == {"status": "operation successful"}, f"{method}: {got!r}")

    def fault(self, method: str, codes: int | Sequence[int] = (), /, **members: Any) -> xmlrpc.client.Fault:
        """The fault of a call that must fail, with one of these codes if any are given."""
        return self.refused(method, codes, {**self.auth, **members})

    def refused(self, method: str, codes: int | Sequence[int], members: Members) -> xmlrpc.client.Fault:
        """The fault for exactly these members."""
        allowed = (codes,) if isinstance(codes, int) else tuple(codes)
        said = {name: value for name, value in members.items() if not name.startswith("authentication")}
        try:
            got = self.ask(method, members)
        except xmlrpc.client.Fault as error:
            wrong = f"{method} {said!r:.300}: fault {error.faultCode} {error.faultString!r}, not {allowed}"
            need(not allowed or error.faultCode in allowed, wrong)
            return error
        raise Disagreement(f"{method} {said!r:.300}: no fault {allowed}: {got!r:.200}")

    def lacks(self, method: str, member: str, /, **members: Any) -> None:
        """A call without a required member must name it."""
        got = self.fault(method, MISSING, **members)
        text = got.faultString
        need("missing parameter: " in text and member in text, f"{method} without {member}: {text!r}")

    def garbled(self, method: str, member: str, /, **members: Any) -> None:
        """A call with a member of the wrong type must name it."""
        got = self.fault(method, MALFORMED, **members)
        text = got.faultString
        need("malformed parameter: " in text and member in text, f"{method} with bad {member}: {text!r}")

    def later(self, method: str, /, **members: Any) -> None:
        """Call this when the probe is over."""
        self.undo.append((method, members))

    def some(self, key: str, least: int = 1) -> list[Any]:
        """A fixture that is a list."""
        if len(self.fixtures.get(key, ())) < least:
            raise NotHere
        return list(self.fixtures[key])

    def wait(self, holds: Callable[[], object], what: str, seconds: float = 8.0) -> None:
        """Ask until it holds."""
        until = time.monotonic() + seconds
        while not holds():
            need(time.monotonic() < until, f"{what}: not after {seconds} s")
            time.sleep(0.02)

    def close(self) -> None:
        """Put everything back as it was."""
        for method, members in reversed(self.undo):
            try:
                self.ask(method, {**self.auth, **members})
            except (xmlrpc.client.Fault, Disagreement):
                continue
        if self.link is not None:
            self.link.close()


def fresh(word: str = "probe") -> str:
    """A value that nothing has."""
    return f"{word}{next(COUNTER)}"


PROBES: list[Probe] = []
Talk = Callable[..., None]


def register(name: str, why: str, lines: Sequence[int], talk: Talk, *given: Any) -> None:
    """Register a dialogue that takes arguments after the world."""

    def bound(world: World) -> None:
        talk(world, *given)

    PROBES.append(Probe(name=name, lines=tuple(lines), why=why, talk=bound))


def probe(name: str, why: str, *lines: int) -> Callable[[Talk], Talk]:
    """Register a dialogue."""

    def decorate(talk: Talk) -> Talk:
        register(name, why, lines, talk)
        return talk

    return decorate


def play(one: Probe, world: World) -> str:
    """What disagrees, or nothing.

    Raises:
        NotHere: the world lacks what the probe asks for.
    """
    try:
        one.talk(world)
    except Disagreement as error:
        return str(error) or "disagrees"
    except (
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    ) as error:  # of an answer that lacks what the probe looks at
        return repr(error)
    finally:
        world.close()
    return ""


def of_user(world: World, user: str, password: str) -> Call:
    """Calls of another user."""
    return partial(world.call, authenticationUser=user, authenticationPassword=password)
