"""Tiny devices for tests: a thread that listens on a free port, one handler a connection, and a record of every byte that came."""

from __future__ import annotations

import itertools
import socket
import struct
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from harness.spec.load import load_system
from harness.spec.model import System
from harness.target import Allow, Target

LATE_S = 10.0  # for what must not take long: only a broken test waits that long

Handler = Callable[["Device", socket.socket], None]


class Device:
    """Accepts connections until its block ends; the handler of a connection runs on a thread of its own."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.received = bytearray()  # every byte of every connection, for tests that ask what was ever sent
        self.commands: list[str] = []  # every whole line, in the order in which they came
        self.connections = 0
        self.open: list[socket.socket] = []
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self.listening.getsockname()[1]

    def run(self) -> None:
        """Accept until the listening socket is shut down."""
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._handler(self, connection)

    def lines(self, connection: socket.socket) -> Iterator[str]:
        """The lines of a connection; records what came."""
        buffer = b""
        while chunk := connection.recv(65536):
            self.received += chunk
            buffer += chunk
            *whole, buffer = buffer.split(b"\n")
            for line in whole:
                self.commands.append(line.decode("utf-8", "replace"))
                yield self.commands[-1]

    def stop(self) -> None:
        """Refuse connections from now on and end those that are open."""
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for connection in self.open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def device(handler: Handler) -> Iterator[Device]:
    """A device that lives as long as the block."""
    made = Device(handler)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.stop()
        thread.join(LATE_S)


def tear_down(connection: socket.socket) -> None:
    """End a connection with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def silent(device: Device, connection: socket.socket) -> None:
    """Reads, answers nothing."""
    for _ in device.lines(connection):
        pass


def answering(answer: Callable[[str], bytes]) -> Handler:
    """A handler that answers each line with what `answer` gives for it."""

    def handle(device: Device, connection: socket.socket) -> None:
        for line in device.lines(connection):
            connection.sendall(answer(line))

    return handle


class Recorder:
    """A forgiving device: every command succeeds, whatever creates something gives a new id, status queries say PAUSED."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def answer(self, line: str) -> bytes:
        """The reply to one line."""
        name = line.partition(" ")[0]
        if name in ("createSession", "startRecording", "startRestreamRecording"):
            return f"OK|{uuid.UUID(int=next(self._numbers) << 64 | 7)}\n".encode()
        if name == "getRecordingStatus":
            return b"ERROR|040001|Active recording not found\n"
        return b"OK\n"


def hmp() -> System:
    """The spec that the tests of the engine use."""
    return load_system("hmp")


def target_of(port: int, *, allow: Allow | None = None, **changes: object) -> Target:
    """A target on the loopback; everything is permitted unless `allow` says otherwise."""
    everything = Allow(write=True, disruptive=True, destructive=True, slow=True, load=True)
    made = Target(
        system="hmp", name="tiny", host="127.0.0.1", ports={"cli": port}, timeout=0.2, allow=allow or everything
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # by name


def target_file(port: int, *, write: bool = True, extra: str = "", timeout_s: float = 0.2) -> str:
    """The text of a target file for a device on the loopback."""
    return (
        f'[target]\nsystem = "hmp"\nname = "tiny"\nhost = "127.0.0.1"\ntimeout = {timeout_s}\n'
        f"[target.ports]\ncli = {port}\n[target.allow]\nwrite = {str(write).lower()}\n{extra}"
    )
