"""Feedback of the bundled server: 20 receivers and 100 changes a second, each receiver being sent a message after the last change.

    python -m suites.throughput.bench_feedback [SECONDS]

The server runs in a process of its own, the listeners in another one, which keeps the time; it prints changes made a second, messages that
came, and how long after the last change every receiver had been sent one. It ends with 1 where a receiver was not, or changes were too few.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

from harness.certify import reference_server
from harness.wire.xmlrpc import read
from harness.wire.xmlrpc_write import Writable, encode_call

RECEIVERS, RATE, SECONDS = 20, 100, 5.0
LATE_S = 2.0  # after the last change
_EVENT = "flexConferenceEnum"
_TOKENS = {"total": 100}
_RESOURCES: Writable = {
    "mediaTokensMainVideo": _TOKENS, "mediaTokensExtendedVideo": _TOKENS, "mediaTokensAudio": _TOKENS, "numMediaCredits": 315,
}  # fmt: skip


@dataclass(slots=True)
class Figures:
    """What was measured: changes, the seconds they took, messages, receivers that were told of the last change, and when the last of them was."""

    changes: int = 0
    took_s: float = 0.0
    messages: int = 0
    told: int = 0
    after_s: float = 0.0


class Ears:
    """Listens for all receivers, each by its path."""

    def __init__(self) -> None:
        self.last: dict[str, float] = {}  # by path: when it was told last
        self.messages = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one message."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(None, 1)[0])
        body = await reader.readexactly(length)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        self.messages += 1
        if _EVENT.encode() in body:
            self.last[head.split(None, 2)[1].decode()] = time.perf_counter()


class Caller:
    """One connection to the server, on which calls follow one another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, login: dict[str, str]) -> None:
        self._reader, self._writer, self._login = reader, writer, login

    async def call(self, method: str, members: dict[str, Writable]) -> dict[str, object]:
        """The members of a success."""
        body = encode_call(method, {**self._login, **members})
        head = f"POST /RPC2 HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length:")[2].split(None, 1)[0])
        told = read(await self._reader.readexactly(length)).struct.plain()
        assert isinstance(told, dict)
        assert "faultCode" not in told, told
        return told


async def measured(target: dict[str, object], seconds: float) -> Figures:
    """Make changes at `RATE` a second, and listen."""
    ears, figures = Ears(), Figures()
    server = await asyncio.start_server(ears.take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    ports, credentials = target["ports"], target["credentials"]
    assert isinstance(ports, dict)
    assert isinstance(credentials, dict)
    login = {"authenticationUser": credentials["user"], "authenticationPassword": credentials["password"]}
    reader, writer = await asyncio.open_connection("127.0.0.1", ports["http"])
    caller = Caller(reader, writer, login)
    paths = [f"/{number}" for number in range(RECEIVERS)]
    for path in paths:
        uri = f"http://127.0.0.1:{port}{path}"
        await caller.call("feedbackReceiver.configure", {"receiverURI": uri, "receiverIndex": -1})
    made = await caller.call("flex.conference.create", {"conferenceName": "c", "participantMediaResources": _RESOURCES})
    name = str(made["conferenceID"])
    await asyncio.sleep(0.5)
    ears.messages, began = 0, time.perf_counter()
    last = began  # when the last change was asked for
    while (now := time.perf_counter()) - began < seconds:
        last = now
        await caller.call("flex.conference.modify", {"conferenceID": name, "conferenceName": f"c{figures.changes}"})
        figures.changes += 1
        await asyncio.sleep(max(began + figures.changes / RATE - time.perf_counter(), 0))
    figures.took_s = time.perf_counter() - began
    while len([path for path in paths if ears.last.get(path, 0) > last]) < RECEIVERS:
        if time.perf_counter() > last + LATE_S:
            break
        await asyncio.sleep(0.005)
    times = [ears.last[path] for path in paths if ears.last.get(path, 0) > last]
    figures.told, figures.after_s = len(times), max(times, default=last) - last
    figures.messages = ears.messages
    writer.close()
    server.close()
    return figures


def main(seconds: float = SECONDS) -> int:
    """Measure, and print. 1 where a receiver was not told, or changes were too slow."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "target.toml"
        with reference_server("tps", ("--write-target", str(file))):
            target = tomllib.loads(file.read_text(encoding="utf-8"))["target"]
            figures = asyncio.run(measured(target, seconds))
    told = {
        "receivers": RECEIVERS,
        "changes_a_second": round(figures.changes / figures.took_s, 1),
        "messages_a_second": round(figures.messages / figures.took_s, 1),
        "receivers_told_after_last_change": figures.told,
        "last_told_after_s": round(figures.after_s, 3),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return int(figures.told < RECEIVERS or figures.changes < 0.95 * RATE * figures.took_s)


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
