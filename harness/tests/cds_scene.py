"""A CDS reference server without sockets, for its tests: requests in, replies out."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lxml import etree

from harness.reference.cds.faults import FAULTS
from harness.reference.cds.faulty import start
from harness.reference.faults import FaultSet
from harness.reference.readings import Readings
from harness.reference.system import Setup
from harness.spec.load import load_system

MODEL = load_system("cds")
API, EVENTS = "/everstream/api.php", "/apis/TrickmodeEvents.php"
HISTORIES = (
    "StreamHistory",
    "StreamListHistory",
    "TrickModeHistory",
    "TrickModeListHistory",
    "PlayServerHistory",
    "Errors",
)


@dataclass(frozen=True)
class Got:
    """One reply."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def root(self) -> Any:
        """Its document."""
        return etree.fromstring(self.body)

    def rows(self, *names: str) -> list[tuple[str, ...]]:
        """These attributes of each row."""
        return [tuple(row.get(name, "") for name in names) for row in self.root]


class Transport:
    """A connection that nobody reads."""

    def close(self) -> None:
        """Nothing to close."""


class Scene:
    """A server at rest; its clock stands still until it is moved."""

    def __init__(
        self, *faults: str, rows: int | None = None, readings: Mapping[str, str] | None = None, seed: int = 0
    ) -> None:
        self.time = 0.0
        setup = Setup(
            model=MODEL,
            faults=FaultSet(FAULTS, faults),
            readings=Readings(MODEL, readings or {}),
            clock=lambda: self.time,
            rows=rows,
            seed=seed,
        )
        self.device = start(setup)
        self.fixtures = _fixtures(rows, seed)

    def ask(
        self,
        query: str | bytes,
        path: str = API,
        *,
        method: str = "GET",
        headers: Iterable[tuple[bytes, bytes]] = (),
        peer: str = "a",
    ) -> Got:
        """One request and its reply."""
        return asyncio.run(
            self._ask(query if isinstance(query, bytes) else query.encode(), path, method, list(headers), peer)
        )

    async def _ask(self, query: bytes, path: str, method: str, headers: list[tuple[bytes, bytes]], peer: str) -> Got:
        sent: list[Any] = []

        async def send(event: Any) -> None:
            sent.append(event)

        target = path.encode() + b"?" + query
        scope = {
            "method": method,
            "http_version": "1.1",
            "raw_path": path.encode(),
            "query_string": query.partition(b"#")[0],
            "headers": headers,
            "client": peer,
            "state": {"target": target, "transport": Transport()},
        }
        await self.device.serve(scope, None, send)
        if not sent:
            return Got(0, {}, b"")
        head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Got(sent[0]["status"], head, b"".join(event["body"] for event in sent[1:]))

    def filled(self, text: str) -> str:
        """A query with `{fixture}` or `{fixture.number}` filled in, escaped; `{hour}` is the busy hour, `{quiet}` the quiet one."""
        busy, quiet = self.fixtures["busy_hour_from"], self.fixtures["quiet_from"]

        def value(found: re.Match[str]) -> str:
            name, _, number = found[1].partition(".")
            if name in ("hour", "quiet"):
                begin = busy if name == "hour" else quiet
                return f"fromDate={begin}&toDate={begin + 3599}"
            one = self.fixtures[name]
            return quote(str(one[int(number)] if number else one), safe="")

        return re.sub(r"\{([a-z_.0-9]+)\}", value, text)

    def dialogue(self, text: str) -> list[Got]:
        """The replies to requests, one a line: [METHOD] QUERY; `@events` in front asks for the reconciliation, `@b` on another connection."""
        found = []
        for line in text.strip().splitlines():
            query, path, method, peer = line.strip(), API, "GET", "a"
            if query.startswith("HEAD "):
                query, method = query[5:], "HEAD"
            if query.startswith("@b "):
                query, peer = query[3:], "b"
            if query.startswith("@events"):
                query, path = query[7:].strip(), EVENTS
            found.append(self.ask(self.filled(query), path, method=method, peer=peer))
        return found


@functools.cache
def _fixtures(rows: int | None, seed: int) -> dict[str, Any]:
    """The fixtures of a world, whatever faults and readings its server has."""
    setup = Setup(
        model=MODEL, faults=FaultSet(FAULTS), readings=Readings(MODEL), clock=lambda: 0.0, rows=rows, seed=seed
    )
    return dict(start(setup).fixtures())
