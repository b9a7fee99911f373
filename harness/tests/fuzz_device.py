"""A small device that conforms, whose replies a test can spoil, and a player for it with a model that knows what it does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from fuzz.hmp.grammar import parse
from harness.checks.answer import Answer
from harness.fuzzing.expect import Expectation
from harness.fuzzing.kit import Kit, load_kit
from harness.fuzzing.player import Player
from harness.fuzzing.script import Script, Slot, Step, joined
from harness.fuzzing.session import Session
from harness.judge import Judge
from harness.messages.reply import Call, Reply
from harness.permit import Permit
from harness.pool import Pool
from harness.suite import load_suite
from harness.target import Target
from harness.tests.devices import LATE_S, Device, Handler, device, hmp, target_of
from harness.tests.load_device import Toy
from harness.verdict import Check

UNKNOWN = "9eed71ca-d567-4a16-9d9c-26c6c5ad282e"
SOURCES = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")
FIXTURES = {
    "source_ids": list(SOURCES),
    "user_names": ["ann", "bob"],
    "group_names": ["staff"],
    "category_ids": ["33333333-3333-4333-8333-333333333333"],
    "permission_ids": ["44444444-4444-4444-8444-444444444444"],
    "restream_ips": ["127.0.0.1"],
    "restream_ports": [5004],
}
SYNTAX = b"ERROR|000001|Syntax Error\n"
NO_COMMAND = b"ERROR|000002|Command not found\n"

_OPERATIONS = hmp().operations

Spoil = Callable[["FuzzToy", bytes, bytes, socket.socket], bytes]


class Down(Exception):  # noqa: N818 - an ending
    """The device ends the connection in order."""


class FuzzToy:
    """Reads lines as the fuzzer's grammar does. `spoil` gets a line and its reply and gives what is sent instead; it may end the connection."""

    def __init__(self, spoil: Spoil = lambda _toy, _line, reply, _connection: reply) -> None:
        self.world = Toy()
        self.lines: list[bytes] = []  # whole lines in the order in which they came
        self.memory: list[bytes] = []  # for `spoil`
        self._spoil = spoil
        self._lock = threading.Lock()

    def handle(self, made: Device, connection: socket.socket) -> None:
        """Serve one connection; a handler of `harness.tests.devices.device`."""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer = b""
        while chunk := connection.recv(65536):
            made.received += chunk
            *whole, buffer = (buffer + chunk).split(b"\n")
            out = b""
            try:
                for line in whole:
                    with self._lock:
                        self.lines.append(line)
                        out += self._spoil(self, line, self.answer(line), connection)
            except Down:
                connection.sendall(out)
                return
            connection.sendall(out)

    def answer(self, line: bytes) -> bytes:
        """What a conforming device answers."""
        parsed = parse(line)
        if not parsed.balanced:
            return SYNTAX
        words = parsed.words
        if not words or words[0] not in _OPERATIONS:
            return NO_COMMAND
        if words[0] == "getRecordingStatus" and words[1:] and len(words[1]) != 36:
            return f"ERROR|010001|'{words[1]}' is not a UUID\n".encode()
        try:
            if words[0] == "startRestreamRecording":
                return f"OK|{UNKNOWN}\n".encode()
            return self.world._answer(words)
        except IndexError:
            wanted = len(_OPERATIONS[words[0]].parameters)
            return f"ERROR|010003|Expected {wanted} parameter(s). Got {len(words) - 1} parameter(s)\n".encode()


class Phoenix:
    """A device that ends when `deadly` says so of the lines since it started, and is back on the same port a little later.

    Args:
        down_s: seconds without a listener; None: for ever.
        hangs: instead of closing anything, it answers nothing until it is back.
        spoil: changes a reply while it is there.
    """

    def __init__(
        self,
        deadly: Callable[[list[bytes]], bool],
        *,
        down_s: float | None = 0.03,
        hangs: bool = False,
        spoil: Callable[[bytes, bytes], bytes] = lambda _line, reply: reply,
    ) -> None:
        self._deadly = deadly
        self._reply = spoil
        self._down_s = down_s
        self._hangs = hangs
        self._over = threading.Event()
        self._life = self._begin(0)
        self.port = self._life.port
        self.deaths = 0
        self.lives: list[list[bytes]] = [[]]  # the lines of each life

    def _begin(self, port: int) -> Device:
        toy, number = FuzzToy(self._spoil), port and self.deaths
        life = Device(lambda made, connection: self._serve(toy, made, connection, number))
        life.listening.close()
        life.listening = socket.create_server(("127.0.0.1", port), backlog=128)
        life.port = life.listening.getsockname()[1]
        threading.Thread(target=life.run, daemon=True).start()
        return life

    def _serve(self, toy: FuzzToy, made: Device, connection: socket.socket, number: int) -> None:
        if number == self.deaths:
            toy.handle(made, connection)

    def _spoil(self, toy: FuzzToy, line: bytes, reply: bytes, _connection: socket.socket) -> bytes:
        toy.memory.append(line)
        self.lives[-1].append(line)
        if not self._deadly(toy.memory):
            return self._reply(line, reply)
        self.deaths += 1
        self.lives.append([])
        if self._hangs:
            threading.Timer(self._down_s or 0, self._rise).start() if self._down_s else None
            self._over.wait(LATE_S)
            raise Down
        self._life.stop()
        if self._down_s is not None:
            threading.Timer(self._down_s, self._rise).start()
        raise Down

    def _rise(self) -> None:
        if not self._over.is_set():
            self._life.stop()
            self._life = self._begin(self.port)

    def stop(self) -> None:
        """End it for good."""
        self._over.set()
        self._life.stop()


@dataclass(slots=True)
class StubWorld:
    """A model of a device that lets everything succeed but what is about nothing. Lenient: any documented reply conforms."""

    lenient: bool = False
    told: list[tuple[str, str]] = field(default_factory=list)  # what it was told, in order

    def expect(self, call: Call) -> Expectation:
        """See `harness.fuzzing.expect.World`."""
        self.told.append(("expect", call.operation))
        operation = _OPERATIONS.get(call.operation)
        error = Answer(error="*")
        if self.lenient and operation is not None:
            return Expectation(answers=(Answer(), error))
        if operation is None or call.operation == "getRecordingStatus":
            return Expectation(answers=(error,), clauses=("HMP-EXE-004",))
        return Expectation(answers=(Answer(),))

    def note(self, call: Call, reply: Reply) -> None:
        """See `harness.fuzzing.expect.World`."""
        self.told.append(("note", call.operation))

    def blur(self, call: Call) -> None:
        """See `harness.fuzzing.expect.World`."""
        self.told.append(("blur", call.operation))

    def further(self, call: Call, reply: Reply) -> list[Check]:
        """See `harness.fuzzing.expect.World`."""
        return []

    def sending(self) -> None:
        """See `harness.fuzzing.expect.World`."""

    def adopt(self, kind: str, state: str, name: str) -> None:
        """See `harness.fuzzing.expect.World`."""
        self.told.append(("adopt", f"{kind}:{state}"))


def stub_kit(*, lenient: bool = False) -> Kit:
    """The system's kit with a stub for the model of the device."""
    return replace(load_kit("hmp"), world=lambda _book, _target: StubWorld(lenient=lenient))


def session_for(target: Target, *, lenient: bool = False, most_leftovers: int = 1000) -> Session:
    """A session with a stub for the model; whoever makes it closes player and pool."""
    system = hmp()
    judge = Judge(system, target, 0)
    permit = Permit.of(target)
    pool = Pool(suite=load_suite(system), target=target, judge=judge, permit=permit)
    kit = stub_kit(lenient=lenient)
    player = Player(kit, judge, target, permit, pool, most_leftovers=most_leftovers)
    return Session(system, kit, target, permit, judge, pool, player)


@contextmanager
def playing(
    handler: Handler, *, lenient: bool = False, most_leftovers: int = 1000, **changes: object
) -> Iterator[Session]:
    """A device with this handler and a session on it; the timeout is one that only a broken test waits for, unless it is given."""
    with device(handler) as made:
        target = target_of(made.port, **{"fixtures": FIXTURES, "timeout": 2.0, **changes})  # type: ignore[arg-type]  # by name
        session = session_for(target, lenient=lenient, most_leftovers=most_leftovers)
        try:
            yield session
        finally:
            session.player.close()
            session.pool.close()


def lines(*texts: str | bytes | tuple[bytes | Slot, ...], name: str = "tests.lines") -> Script:
    """A script with one step for each text; a tuple holds slots."""
    return Script(name=name, clauses=("HMP-SYN-001",), steps=tuple(Step(parts=_parts(text)) for text in texts))


def _parts(text: str | bytes | tuple[bytes | Slot, ...]) -> tuple[bytes | Slot, ...]:
    if isinstance(text, str):
        return (text.encode() + b"\n",)
    return (text,) if isinstance(text, bytes) else joined(text)
