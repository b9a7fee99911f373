"""A Discover system in the test's own process: connections without sockets, requests over HTTP without a listener, a clock to set."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from harness.reference.faults import FaultSet
from harness.reference.readings import Readings
from harness.reference.system import Setup
from harness.reference.uptivity.conversation import StreamConversation
from harness.reference.uptivity.device import Device
from harness.reference.uptivity.faults import FAULTS
from harness.spec.load import load_system
from harness.wire.documents import DocumentDecoder
from harness.wire.xmltree import Element, read_document, write_document

MODEL = load_system("uptivity")


@dataclass
class Clock:
    """Device time that goes on when it is told to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


class Outlet:
    """Collects what a connection is sent unasked."""

    def __init__(self) -> None:
        self.sent = b""
        self.ended = False

    def push(self, data: bytes) -> None:
        self.sent += data

    def end(self) -> None:
        self.ended = True


class Link:
    """One connection."""

    def __init__(self, device: Device) -> None:
        self.conversation: StreamConversation = device.open_connection()
        self.outlet = Outlet()
        self.conversation.attach(self.outlet)
        self.news: list[Element] = []

    def receive(self, data: bytes) -> bytes:
        return self.conversation.receive(data)


class Scene:
    """One system and its clients."""

    def __init__(self, faults: Sequence[str] = (), readings: Mapping[str, str] | None = None) -> None:
        self.clock = Clock()
        self.device = Device(
            Setup(
                model=MODEL,
                faults=FaultSet(FAULTS, faults),
                readings=Readings(MODEL, readings),
                clock=self.clock,
            )
        )
        self.main = Link(self.device)
        self.number = 0

    def link(self) -> Link:
        return Link(self.device)

    def request(self, function: str, **values: str) -> bytes:
        self.number += 1
        return write_document("REQUEST", [("TYPE", function), ("REQUESTID", str(self.number)), *values.items()])

    def raw(self, function: str, link: Link | None = None, /, **values: str) -> bytes:
        """Everything that answers a call on its connection."""
        return (link or self.main).receive(self.request(function, **values))

    def call(self, function: str, link: Link | None = None, /, **values: str) -> Element:
        """The result of a call; events are put to the connection's news."""
        link = link or self.main
        found = Element("")
        for root in documents(self.raw(function, link, **values)):
            if root.name == "CALLCOPYEVENT":
                link.news.append(root)
            else:
                found = root
        return found

    def news(self, link: Link) -> list[Element]:
        """The events that have come on a connection."""
        link.news += documents(link.outlet.sent)
        link.outlet.sent = b""
        found, link.news = link.news, []
        return found

    def url(self, function: str, page: str = "/webAPI.php", **values: str) -> tuple[int, bytes]:
        self.number += 1
        pairs = [("type", function), ("requestid", str(self.number)), *values.items()]
        return self.get("&".join(f"{name}={quote(value, safe='')}" for name, value in pairs), page)

    def get(self, query: str, page: str = "/webAPI.php", method: str = "GET") -> tuple[int, bytes]:
        """Status and body of a request over HTTP."""
        got: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: dict[str, Any]) -> None:
            got.append(message)

        scope = {"method": method, "path": page, "query_string": query.encode(), "client": ("127.0.0.1", 1)}
        finish(self.device.web.serve(scope, receive, send))
        return got[0]["status"], got[1]["body"]

    def web(self, function: str, page: str = "/webAPI.php", **values: str) -> Element:
        """The result of a call over HTTP."""
        return read_document(self.url(function, page, **values)[1]).root or Element("")


def finish(coroutine: Any) -> None:
    """Run what waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


def documents(data: bytes) -> list[Element]:
    """The documents in some bytes."""
    decoder, found = DocumentDecoder(), []
    decoder.feed(data)
    while (one := decoder.next_message()) is not None:
        found.append(read_document(one).root or Element("broken", one.decode()))
    return found


def code(result: Element) -> str:
    return result.get("RESULTCODE") or ""


def names(events: Sequence[Element]) -> list[str]:
    return [event.get("EVENTTYPE") or "" for event in events]


def data(event: Element, name: str) -> str:
    return (event.first("EVENTDATA") or Element("")).get(name) or ""


def deep(root: Element, *path: str) -> list[Element]:
    """The elements at the end of a path."""
    found = [root]
    for name in path:
        found = [child for one in found for child in one.all(name)]
    return found


def matching(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.search(pattern, text) is not None
