"""Wire probes of the XML API in TPKT packets: short dialogues that any device of the document must get through, each citing lines.

Written from the document alone, apart from the spec and from the reference server. A probe is a generator: it yields a `Step` (bytes for one of
its connections, and what to wait for) and gets what was `Heard`; `Disagreement` says what is wrong. Where the document leaves a choice, a probe
takes every reading. A world without what a probe needs gives `NotHere`. `rss2000_run` plays them over sockets.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from xml.sax.saxutils import quoteattr

ROOTS = ("DVCRMAGER", "DVCRMANAGER", "DVCRMANGER")
REPLY_S = 6.0
QUIET_S = 0.35
MARKUP = "A&B <c> \"d\" 'e'"
FOREIGN = "Größe 組 Ω 𝄞"
Field = tuple[str, str]
Fixtures = Mapping[str, Any]
# xmlids that the examples have for a command, beside its own name.
XMLIDS = {
    "addroom": ("addrroom", "addroom"),
    "continueroomrecord": ("continueroomrecord", " continueroomrecord"),
    "setbanner": ("setbanner", "setivr"),
    "getbanner": ("getbanner", "getivr"),
    **{name: (name, "get_cfs") for name in ("getldap", "setldap", "setmulticast", "setlogging", "setos", "setcfskey")},
}
COUNTER = count(1)


class Disagreement(AssertionError):  # noqa: N818 (a verdict, told as text)
    """The device does what no reading of the document permits."""


class NotHere(Exception):  # noqa: N818 (no error: the device has nothing to ask for)
    """The world has nothing that this probe could ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Bytes to send on a connection, which is opened when it is first named, and how many packets to wait for at most `wait_s`."""

    link: str
    data: bytes = b""
    packets: int = 1
    wait_s: float = REPLY_S
    pause_s: float = 0.0  # before the last byte: a packet in two parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came: whole packets with their headers, bytes of an unfinished one, and whether the device closed the connection."""

    packets: Sequence[bytes]
    rest: bytes = b""
    closed: bool = False


Talk = Generator[Step, Heard, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One dialogue. `lines` are those of the document's text file that the expectation rests on."""

    name: str
    lines: tuple[int, ...]
    why: str
    talk: Callable[[Fixtures], Talk]
    level: str = "must"  # or should: the sentence says should, or none says it


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A CONFIRM or INDICATION. `fields` are element, value, name."""

    kind: str
    xmlid: str
    fields: Sequence[tuple[str, str, str]]

    def all(self, *tags: str) -> list[str]:
        """Values of these elements."""
        return [value for tag, value, _name in self.fields if tag in tags]

    def get(self, *tags: str) -> str | None:
        """The first value of these elements."""
        return next(iter(self.all(*tags)), None)

    def named(self, *tags: str) -> dict[str, str]:
        """Names by value."""
        return {value: name for tag, value, name in self.fields if tag in tags}

    def must(self, *tags: str) -> str:
        """A value that must be there."""
        value = self.get(*tags)
        need(value is not None, f"{self.kind} {self.xmlid!r} has no {tags[0]}")
        return str(value)


Reply = Sequence[Block]


def need(holds: object, what: str) -> None:
    """Disagree unless it holds."""
    if not holds:
        raise Disagreement(what)


def packet(document: str) -> bytes:
    """A TPKT packet."""
    body = document.encode()
    length = len(body) + 4
    return bytes((3, 0, length >> 8, length & 255)) + body


def command(root: str, xmlid: str, fields: Iterable[Field]) -> bytes:
    """A COMMAND packet."""
    inside = "".join(f"<{tag} value={quoteattr(value)} />" for tag, value in fields)
    text = f'<{root} version="1.0.0.0"><COMMAND xmlid={quoteattr(xmlid)}>{inside}</COMMAND></{root}>'
    return packet(f'<?xml version="1.0" encoding="utf-8" ?>{text}')


def blocks(raw: bytes) -> list[Block]:
    """What a packet says."""
    need(raw[:2] == b"\x03\x00", f"header {raw[:4].hex()}")
    need(len(raw) == raw[2] * 256 + raw[3], "the length is not that of the packet")
    try:
        root = ET.fromstring(raw[4:])
    except ET.ParseError as error:
        raise Disagreement(f"not an XML document in UTF-8: {error}: {raw[4:200]!r}") from None
    need(root.tag in ROOTS, f"root {root.tag!r}")
    found = []
    for one in root:
        need(one.tag in ("CONFIRM", "INDICATION"), f"{one.tag} from the device")
        fields = [(item.tag, item.get("value", ""), item.get("name", "")) for item in one]
        found.append(Block(kind=one.tag, xmlid=one.get("xmlid", one.get("xmjid", "")).strip().lower(), fields=fields))
    return found


class Ended(Exception):  # noqa: N818 (no error by itself)
    """No answer: closed, or nothing came."""


@dataclass
class Client:
    """One session on a connection of its own."""

    world: Fixtures
    link: str = "a"
    session: str = ""
    root: str = ""
    spelling: dict[str, str] = field(default_factory=dict)

    def login(
        self, user: str | None = None, password: str | None = None, indication: str | None = None
    ) -> Generator[Step, Heard, Block]:
        """Log in, with the root that the device takes. The confirm, whatever its RESULT."""
        wanted = [self.root] if self.root else [str(self.world.get("root_name", ROOTS[0])), *ROOTS]
        fields = [
            ("USERNAME", str(self.world["user"]) if user is None else user),
            ("PASSWORD", str(self.world["password"]) if password is None else password),
            ("LANG", "0"),
        ]
        if indication is not None:
            fields.append(("INDICATION", indication))
        for root in dict.fromkeys(wanted):
            try:
                (confirm,) = yield from self.packets("login", fields, root)
            except Ended:
                self.link += "'"
                continue
            result = confirm.must("RESULT")
            need(result in ("0", "1"), f"RESULT {result!r}")
            if result == "0":
                self.root, self.session = root, confirm.must("SESSIONID")
                need(self.session, "a blank SESSIONID")
                return confirm
            if self.root or user is not None:
                return confirm
        raise Disagreement("no LOGIN with the credentials of the target file succeeds")

    def packets(self, xmlid: str, fields: Iterable[Field], root: str) -> Generator[Step, Heard, list[Block]]:
        """Send a command, and give the blocks of its reply."""
        heard = yield Step(link=self.link, data=command(root, xmlid, fields))
        if not heard.packets:
            need(not heard.rest, f"no whole packet: {heard.rest[:80]!r}")
            raise Ended
        found = blocks(heard.packets[0])
        stray = [one.xmlid for one in found if one.kind != "CONFIRM"]
        need(not stray, f"indication {stray} to a client that did not ask")
        return found

    def ask(self, name: str, *fields: Field) -> Generator[Step, Heard, tuple[str, Reply]]:
        """RESULT and confirms of a command, under the spelling of its xmlid that succeeds, if one does."""
        kept: tuple[str, Reply] = ("1", [])
        for xmlid in [self.spelling[name]] if name in self.spelling else XMLIDS.get(name, (name,)):
            try:
                found = yield from self.packets(xmlid, [("SESSIONID", self.session), *fields], self.root)
            except Ended:
                # An xmlid that it does not know may end the connection, and with it the session.
                need(name in XMLIDS and name not in self.spelling, f"{name}: no answer")
                self.link += "'"
                yield from self.login()
                continue
            results = [one.must("RESULT") for one in found]
            need(all(one in ("0", "1") for one in results), f"{name}: RESULT {results}")
            kept = ("1" if "1" in results else "0", found)
            if kept[0] == "0":
                self.spelling[name] = xmlid
                break
        return kept

    def ok(self, name: str, *fields: Field) -> Generator[Step, Heard, Reply]:
        """The confirms of a command that must succeed, without those that have RESULT only."""
        result, found = yield from self.ask(name, *fields)
        need(result == "0", f"{name} {dict(fields)} fails: {[one.get('DESCRIPTION') for one in found]}")
        return found

    def one(self, name: str, *fields: Field) -> Generator[Step, Heard, Block]:
        """The only confirm of a command that must succeed."""
        found = yield from self.ok(name, *fields)
        need(len(found) == 1, f"{name}: {len(found)} confirms")
        return found[0]

    def rows(self, name: str, key: str, *fields: Field) -> Generator[Step, Heard, list[Block]]:
        """The confirms of a list, without the one that only says that it is empty."""
        found = yield from self.ok(name, *fields)
        return [one for one in found if one.get(key) is not None]

    def refused(self, name: str, *fields: Field) -> Generator[Step, Heard, None]:
        """A command that must fail."""
        result, _found = yield from self.ask(name, *fields)
        need(result == "1", f"{name} {dict(fields)} succeeds")


def start(world: Fixtures, link: str = "a", indication: str | None = None) -> Generator[Step, Heard, Client]:
    """An administrator's session."""
    client = Client(world, link)
    yield from client.login(indication=indication)
    return client


def fresh(word: str = "probe") -> str:
    """A name that nothing has."""
    return f"{word}{next(COUNTER)}"


def some(world: Fixtures, key: str, least: int = 1) -> list[Any]:
    """A fixture that is a list."""
    if len(world.get(key, ())) < least:
        raise NotHere
    return list(world[key])


def same(block: Block, wanted: Mapping[str, str], what: str) -> None:
    """All of these values are as they should be."""
    for tag, value in wanted.items():
        got = block.must(tag)
        need(got == value, f"{what}: {tag} is {got!r}, not {value!r}")


PROBES: list[Probe] = []


def probe(
    name: str, why: str, *lines: int, level: str = "must"
) -> Callable[[Callable[[Fixtures], Talk]], Callable[[Fixtures], Talk]]:
    """Register a dialogue."""

    def register(talk: Callable[[Fixtures], Talk]) -> Callable[[Fixtures], Talk]:
        PROBES.append(Probe(name=name, lines=lines, why=why, talk=talk, level=level))
        return talk

    return register


def play(one: Probe, world: Fixtures, wire: Callable[[Step], Heard]) -> str:
    """What disagrees, or nothing.

    Raises:
        NotHere: the world lacks what the probe asks for.
    """
    talk = one.talk(world)
    try:
        step = next(talk)
        while True:
            step = talk.send(wire(step))
    except StopIteration:
        return ""
    except Ended:
        return "no answer"
    except Disagreement as error:
        return str(error)
