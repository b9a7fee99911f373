"""A small device that conforms, for tests of load: sessions, recordings with their states, metadata; on threads, free ports."""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache

from harness.case import rng_for
from harness.load.loop import ClosedLoop
from harness.load.run import LoadPlan
from harness.load.scenario import LoadOperation, Request, make_requests
from harness.load.validate import Level, Validator
from harness.messages.binding import Binding
from harness.messages.book import ErrorBook
from harness.messages.registry import binding_for
from harness.net import connect
from harness.permit import Permit
from harness.suite import load_suite
from harness.target import Allow, Target
from harness.tests.devices import Device, hmp, target_of
from harness.wire.lines import Quoting, split

ID = "9eed71ca-d567-4a16-9d9c-26c6c5ad282e"
SOURCES = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")
QUOTING = Quoting(escapes={"n": "\n", '"': '"', "\\": "\\"})
ALL = Allow(write=True, disruptive=True, destructive=True, slow=True, load=True)
_MOVES = {"pauseRecording": "PAUSED", "resumeRecording": "RECORDING", "stopRecording": "FINISHED"}


class Toy:
    """Its world. `spoil` may change a reply: it gets the command's words and the reply."""

    def __init__(self, spoil: Callable[[Sequence[str], bytes], bytes] = lambda _words, reply: reply) -> None:
        self.sessions: set[str] = set()
        self.recordings: dict[str, str] = {}
        self.made = 0
        self._spoil = spoil
        self._lock = threading.Lock()

    def handle(self, device: Device, connection: socket.socket) -> None:
        """Serve one connection; a handler of `harness.tests.devices.device`."""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for line in device.lines(connection):
            words = [word.value for word in split(line, QUOTING)]
            with self._lock:
                reply = self._spoil(words, self._answer(words))
            connection.sendall(reply)

    def _answer(self, words: Sequence[str]) -> bytes:
        name, *values = words
        if name == "createSession":
            self.made += 1
            made = str(uuid.UUID(int=self.made << 64 | 7))
            self.sessions.add(made)
            return f"OK|{made}\n".encode()
        if name == "startRecording":
            made = str(uuid.UUID(int=len(self.recordings) << 64 | 9))
            self.recordings[made] = "RECORDING"
            return f"OK|{made}\n".encode()
        if name in _MOVES:
            self.recordings[values[0]] = _MOVES[name]
        elif name == "getRecordingStatus":
            state = self.recordings.get(values[0])
            return f"OK|{state}\n".encode() if state else b"ERROR|040001|Active recording not found\n"
        elif name == "deleteSession":
            self.sessions.discard(values[0])
        elif name == "setLiveSession" and len(values[0]) != 36:
            return f"ERROR|010001|'{values[0]}' is not a UUID\n".encode()
        elif name == "updateSessionMetadata" and values[0] not in self.sessions:
            return b"ERROR|040006|Session not found\n"
        elif name == "updateMetadata" and values[0] not in self.recordings:
            return b"ERROR|040002|Recording not found\n"
        elif name == "updateSessionMetadata" and values[1] not in ("title", "description"):
            return f"ERROR|010001|'{values[1]}' is an invalid field name\n".encode()
        return b"OK\n"


def load_target(port: int, **changes: object) -> Target:
    """A target with sources, that permits everything unless told otherwise."""
    return target_of(port, **{"timeout": 2.0, "fixtures": {"source_ids": list(SOURCES)}, **changes})  # type: ignore[arg-type]


def plan_for(target: Target, scenario: str = "mixed", *, duration_s: float = 0.1, connections: int = 4) -> LoadPlan:
    """A short run of a scenario of the suite."""
    suite = load_suite(hmp())
    return LoadPlan(
        system=hmp(),
        suite=suite,
        target=target,
        scenario=suite.loads[scenario],
        seed=7,
        connections=connections,
        duration_s=duration_s,
    )


@lru_cache(maxsize=1)
def book() -> ErrorBook:
    """The errors of the system."""
    system = hmp()
    assert system.lines is not None
    return ErrorBook(system, system.lines)


@lru_cache(maxsize=1)
def binding() -> Binding:
    """The line protocol."""
    return binding_for(book().system, "cli")


@lru_cache(maxsize=64)
def kind(name: str, scenario: str = "mixed") -> LoadOperation:
    """One operation of a scenario of the suite."""
    return next(one for one in load_suite(hmp()).loads[scenario].operations if one.name == name)


def requests_of(operation: LoadOperation, count: int = 1, seed: int = 1) -> list[Request]:
    """Requests of one operation; every object has the same id."""
    objects = dict.fromkeys(operation.objects, ID)
    return make_requests([operation], objects, binding(), Permit(ALL, 1.0), rng_for(seed, "tests"), count)


def validator(level: Level = Level.FULL, dialect: dict[str, str] | None = None) -> Validator:
    """A validator that knows no shapes yet."""
    return Validator(book(), binding(), level, dialect)


def loop_on(
    port: int, *, connections: int = 2, timeout_s: float = 0.1, rate: float = 0.0
) -> tuple[ClosedLoop, Validator]:
    """A loop that sets titles, which a device answers with OK."""
    judge = validator()
    made = ClosedLoop(
        open_link=lambda timeout: connect("127.0.0.1", port, timeout_s=timeout),
        framer=binding().framer,
        requests=requests_of(kind("edit.session-plain"), 64),
        validator=judge,
        connections=connections,
        timeout_s=timeout_s,
        rate=rate,
    )
    return made, judge
