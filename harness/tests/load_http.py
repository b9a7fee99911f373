"""For tests of load over HTTP: requests of the scenarios, replies of the reference server as bytes, a loop on a raw device."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from functools import lru_cache

from harness.case import rng_for
from harness.ending import Ending
from harness.load.httpvalidate import HttpValidator
from harness.load.loop import ClosedLoop
from harness.load.scenario import LoadOperation, Request, make_requests
from harness.load.speech import TargetBinding
from harness.load.verdicts import Level
from harness.net import connect
from harness.permit import Permit
from harness.suite import load_suite
from harness.target import Allow, Target
from harness.tests.cds_scene import MODEL, Got, Scene
from harness.tests.devices import Device, Handler
from harness.wire.http1_framing import read_requests

_DATE = b"date: Sat, 21 Nov 2026 19:11:49 GMT"


@lru_cache(maxsize=1)
def scene() -> Scene:
    """A server that conforms."""
    return Scene()


@lru_cache(maxsize=1)
def objects() -> dict[str, str]:
    """What the scenarios need, as their providers find it."""
    first, last = (scene().fixtures[key] for key in ("busy_hour_from", "busy_hour_to"))
    return {
        "busy": f"{first} {last}",
        "StreamHistory": f"{first} {first + 59}",
        "StreamHistory-pages": "0\n100",
        "ContentRange-pages": "\nCasePair.mpg",
    }


def target(port: int = 1) -> Target:
    """A target that permits load and nothing else."""
    return Target(system="cds", name="toy", host="127.0.0.1", ports={"http": port}, allow=Allow(load=True), timeout=2.0)


@lru_cache(maxsize=64)
def kind(name: str, scenario: str = "monitor") -> LoadOperation:
    """One operation of a scenario of the suite."""
    return next(one for one in load_suite(MODEL).loads[scenario].operations if one.name == name)


def requests_of(operations: Iterable[LoadOperation], count: int = 1, port: int = 1) -> list[Request]:
    """Requests, some of each operation."""
    binding = TargetBinding(MODEL, target(port), "http")
    return make_requests(operations, objects(), binding, Permit.of(target(port)), rng_for(1, "tests"), count)


def reply_of(got: Got, *, head: bytes = _DATE) -> bytes:
    """The bytes of a reply."""
    lines = [
        b"HTTP/1.1 %d OK" % got.status,
        head,
        *(f"{name}: {value}".encode() for name, value in got.headers.items()),
    ]
    lines = [line for line in lines if not line.lower().startswith((b"content-length", b"transfer-encoding"))]
    return b"\r\n".join([*lines, b"content-length: %d" % len(got.body), b"", got.body])


def answered(request: Request, by: Scene | None = None) -> bytes:
    """What a server answers to a request, as bytes."""
    asked = read_requests(request.data)[0][0].request
    path, _, query = asked.target.partition("?")
    return reply_of((by or scene()).ask(query, path))


def judged(judge: HttpValidator, request: Request, raw: bytes) -> bool:
    """The verdict on a whole reply, as the loop comes to it."""
    return judge.known(request)(raw) or judge.slow(request, raw, Ending.ANSWERED)


def with_body(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The reply with another body, and a length that is right."""
    head, _, body = raw.partition(b"\r\n\r\n")
    body = change(body)
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"content-length")]
    return b"\r\n".join([*lines, b"content-length: %d" % len(body), b"", body])


def answering(reply: Callable[[int, bytes], bytes | None]) -> Handler:
    """Answers each request with what `reply` gives for its number on the connection and its bytes; None closes."""

    def handle(device: Device, connection: socket.socket) -> None:
        buffer, number = b"", 0
        while data := connection.recv(65536):
            device.received += data
            requests, buffer = read_requests(buffer + data)
            for one in requests:
                number += 1
                made = reply(number, one.raw)
                if made is None:
                    return
                connection.sendall(made)

    return handle


def loop_on(
    port: int, operation: LoadOperation, *, connections: int = 2, timeout_s: float = 0.1, level: Level = Level.FULL
) -> tuple[ClosedLoop, HttpValidator]:
    """A loop that sends requests of one operation."""
    judge = HttpValidator(MODEL, level)
    made = ClosedLoop(
        open_link=lambda timeout: connect("127.0.0.1", port, timeout_s=timeout),
        framer=judge.framer,
        requests=requests_of([operation], 16, port),
        validator=judge,
        connections=connections,
        timeout_s=timeout_s,
    )
    return made, judge
