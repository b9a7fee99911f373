"""TCP for the harness: connections and listeners with deadlines, and the device's clock.

The only module that opens client sockets. Synchronous, one thread, non-blocking sockets and poll(2); an interrupt
(Ctrl-C) passes through every wait. It reports what happened and judges nothing: silence, an orderly close and a reset
stay apart (`Ending`), and a write tells how many bytes really left.
"""

from __future__ import annotations

import errno
import math
import os
import select
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from harness.ending import Ending
from harness.errors import TransportError

# Bytes that a link holds for `receive` while it is sending. Answers to one batch of requests fit; beyond it the link
# stops reading, so that a peer that floods us cannot fill the memory.
MAX_HELD_BYTES = 4_194_304
READ_BYTES = 65_536  # asked of one read; also the default of `receive`
MAX_WAIT_S = 3600.0  # of one poll(2), whose argument is a C int of milliseconds; longer waits poll again
BACKLOG = 128  # connections that a listener's kernel queue holds; more than any system here opens to us

SocketName = tuple[Any, ...]  # as the socket module has it: host, port, and for IPv6 flow and scope
Waited = TypeVar("Waited", "Link", "Listener", "Link | Listener")
Opened = tuple[socket.socket, Ending | None]  # a connection, and whether the peer has ended it already
CONNECT_ERRORS = {  # why a connection failed; all others: unreachable
    **dict.fromkeys((errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL), "address"),
    errno.ECONNREFUSED: "refused",
    errno.ETIMEDOUT: "timeout",
}
# A connection that is gone without a FIN; what else a socket call may raise is a mistake of ours.
RESET_ERRORS = {errno.ECONNRESET, errno.ECONNABORTED, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock, in seconds."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """The moment `seconds` from now; infinity waits for ever; ValueError if negative or not a number."""
        if not seconds >= 0:
            raise ValueError(f"seconds: expected 0 or more, got {seconds}")
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left, 0 once it has passed."""
        return max(0.0, self.at - time.monotonic())


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """Device time over wall time: `scale` device seconds in a wall second, 1 on real devices; ValueError if not > 0."""

    scale: float

    def __post_init__(self) -> None:
        if not 0 < self.scale < math.inf:
            raise ValueError(f"scale: expected a finite number above 0, got {self.scale}")

    def wall(self, device_s: float) -> float:
        """Wall seconds that `device_s` device seconds take; ValueError if negative, infinite or not a number."""
        if not 0 <= device_s < math.inf:
            raise ValueError(f"device_s: expected 0 or more seconds, got {device_s}")
        return device_s / self.scale

    def sleep(self, *, device_s: float) -> None:
        """Wait while the device's clock moves on by `device_s` seconds (1800 take 3 at scale 600); raises as `wall`."""
        time.sleep(self.wall(device_s))


@dataclass(frozen=True, slots=True)
class Address:
    """One end of a connection; as text `host:port`, an IPv6 host in brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of a send.

    Args:
        count: bytes that the kernel took; they reach a peer that goes on reading.
        ending: None: all left, the connection looks open. SILENT: the deadline passed before all had left. CLOSED: the
            peer has closed its direction, before or during the send. RESET: the connection is torn down.
    """

    count: int
    ending: Ending | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What one wait for bytes gave: ANSWERED and some bytes, or SILENT, CLOSED or RESET and none."""

    data: bytes
    ending: Ending


class _Owner:
    """What a link and a listener have in common: one socket, closed at the end of a `with` block."""

    _socket: socket.socket

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fileno(self) -> int:
        """The socket's file descriptor, -1 once closed."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close in order (FIN); the kernel sends a RST where bytes were not read or connections not accepted."""
        self._socket.close()


class Link(_Owner):
    """One TCP connection, made by `connect` or `Listener.accept`.

    Received bytes come out in order and whole, those before a close or reset first; after that every receive
    gives the same CLOSED or RESET. Calls after `close` raise OSError or ValueError.
    """

    def __init__(self, connection: socket.socket, peer: Address, torn: Ending | None = None) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._held = bytearray()  # read while sending, not yet received
        self._ended: Ending | None = None  # CLOSED or RESET, once read
        self._torn = torn  # what a failed call told of the peer; a read then sees a mere end of the bytes
        self._finished = False  # we closed our direction
        self.peer = peer
        self.local = _address(connection.getsockname())

    def send(self, pieces: Sequence[bytes], *, pause_s: float = 0.0, deadline: Deadline) -> Sent:
        """Write pieces in order, each with a write of its own, so that it leaves in a segment of its own where it can.

        Bytes that come in meanwhile are read (at most `MAX_HELD_BYTES`), so that two sides that write do not wait for
        each other; `receive` gives them first.

        Args:
            pieces: bytes to write; large ones take as many writes as they need.
            pause_s: seconds to wait between pieces, 0 or more; ValueError if not, or after `half_close`.
            deadline: when to give up; a first write is tried even if it has passed.
        """
        if not 0 <= pause_s < math.inf or self._finished:
            raise ValueError(f"send: expected a pause of 0 s or more before half_close, got {pause_s}")
        count = 0
        for index, piece in enumerate(pieces):
            if index and pause_s:
                self._pause(pause_s, deadline)
            written = self._write(piece, deadline) if not index or deadline.remaining() else 0
            count += written
            if written < len(piece):
                return Sent(count=count, ending=self._ended or self._torn or Ending.SILENT)
        return Sent(count=count, ending=self._ended)

    def receive(self, deadline: Deadline, max_bytes: int = READ_BYTES) -> Chunk:
        """Wait for bytes, a close or a reset; what is there already is given even if the deadline has passed.

        Args:
            deadline: when to give up.
            max_bytes: bytes to give at most; ValueError if less than 1.
        """
        if max_bytes < 1:
            raise ValueError(f"max_bytes: expected 1 or more, got {max_bytes}")
        while not self._held:
            data = self._read(max_bytes)
            if data:
                return Chunk(data=data, ending=Ending.ANSWERED)
            if self._ended is not None:
                return Chunk(data=b"", ending=self._ended)
            if not deadline.remaining():
                return Chunk(data=b"", ending=Ending.SILENT)
            _wait([self], select.POLLIN, deadline)
        data = bytes(self._held[:max_bytes])
        del self._held[:max_bytes]  # bytearray drops bytes from its front without moving the others
        return Chunk(data=data, ending=Ending.ANSWERED)

    def poll(self) -> Chunk:
        """Take what is there now, without waiting."""
        return self.receive(Deadline.after(0))

    def has_news(self) -> bool:
        """Whether `receive` would return at once without asking the kernel: bytes held, or the end seen."""
        return bool(self._held) or self._ended is not None

    def half_close(self) -> None:
        """Close our direction in order (FIN) and go on receiving."""
        self._finished = True
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            if error.errno != errno.ENOTCONN:  # torn down already: `receive` tells
                raise

    def reset(self) -> None:
        """Tear the connection down (RST); bytes not yet on the way are dropped."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def _read(self, max_bytes: int) -> bytes:
        """One read; no bytes where nothing is there or the end has been seen."""
        if self._ended is not None:
            return b""
        try:
            data = self._socket.recv(max_bytes)
        except BlockingIOError:
            return b""
        except OSError as error:
            data, self._torn = b"", _torn(error)
        if not data:
            self._ended = self._torn or Ending.CLOSED
        return data

    def _fill(self) -> None:
        """Read what is there into `_held`, as far as it may grow."""
        while (room := MAX_HELD_BYTES - len(self._held)) > 0 and (data := self._read(min(room, READ_BYTES))):
            self._held += data

    def _listens(self) -> bool:
        """Whether incoming bytes may still be read into `_held`."""
        return self._ended is None and len(self._held) < MAX_HELD_BYTES

    def _write(self, piece: bytes, deadline: Deadline) -> int:
        """Write one piece as far as the deadline and the peer allow; returns the bytes written."""
        view = memoryview(piece)
        done = 0
        while done < len(view):
            try:
                done += self._socket.send(view[done:])
            except BlockingIOError:
                pass
            except OSError as error:
                self._torn = self._torn or _torn(error)
                self._fill()
                break
            self._fill()
            if done == len(view) or not deadline.remaining():
                break
            _wait([self], select.POLLOUT | (select.POLLIN if self._listens() else 0), deadline)
        return done

    def _pause(self, pause_s: float, deadline: Deadline) -> None:
        """Wait between two pieces, and go on reading; ends early at a reset."""
        until = Deadline.after(min(pause_s, deadline.remaining()))
        while until.remaining() and self._ended is not Ending.RESET:
            _wait([self] if self._listens() else [], select.POLLIN, until)
            self._fill()


class Listener(_Owner):
    """A listening socket on a local address, port 0: a free one; TransportError if it is not ours or taken."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        address = _address((host, port))
        family, where = _resolve(address)[0]
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind(where)
            self._socket.listen(BACKLOG)
            self.address = _address(self._socket.getsockname())
        except OSError as error:
            self._socket.close()
            raise TransportError(str(address), "address", f"cannot listen there: {error.strerror}") from error

    def has_news(self) -> bool:
        """Never: only the kernel knows who waits to be accepted."""
        return False

    def accept(self, deadline: Deadline) -> Link | None:
        """Wait for a connection; None if none came by the deadline."""
        while True:
            try:
                connection, peer = self._socket.accept()
                return Link(connection, _address(peer))
            except (BlockingIOError, ConnectionAbortedError):
                if not deadline.remaining():
                    return None
            _wait([self], select.POLLIN, deadline)


def connect(host: str, port: int, *, timeout_s: float, source_host: str | None = None) -> Link:
    """Connect to the first of the host's addresses that accepts.

    Args:
        host: name or literal, an IPv6 one with or without brackets. `timeout_s` does not limit the name's look-up.
        port: 0 to 65535.
        timeout_s: seconds for all addresses together, shared out evenly among those not tried yet; 0 or more.
        source_host: local address to connect from; the kernel chooses where it is None.

    Raises:
        TransportError: no address accepted; `why` is that of the last one tried, the message tells all.
        ValueError: `timeout_s` is negative or not a number.
    """
    deadline = Deadline.after(timeout_s)
    address = _address((host, port))
    sources = {} if source_host is None else dict(_resolve(_address((source_host, 0))))
    found = [one for one in _resolve(address) if source_host is None or one[0] in sources]
    told = [] if found else [f"{source_host} is an address of another family"]
    why = "address"
    for index, (family, where) in enumerate(found):
        share = Deadline.after(deadline.remaining() / (len(found) - index))
        try:
            connection, torn = _open(family, where, share, sources.get(family))
            return Link(connection, _address(where), torn)
        except OSError as error:
            why = CONNECT_ERRORS.get(error.errno or 0, "unreachable")
            told.append(f"{_address(where).host}: {error.strerror}" if len(found) > 1 else str(error.strerror))
    origin = f" (from {source_host})" if source_host is not None and found else ""
    raise TransportError(str(address), why, "; ".join(told) + origin)


def wait_any(links: Sequence[Waited], deadline: Deadline) -> list[Waited]:
    """Wait for those whose `receive` or `accept` would return at once (after an end: always); in order, none at the deadline."""
    news = any(link.has_news() for link in links)
    ready = _wait(links, select.POLLIN, Deadline.after(0) if news else deadline)
    return [link for link in links if link.has_news() or link.fileno() in ready]


def _wait(sockets: Sequence[_Owner | socket.socket], events: int, deadline: Deadline) -> set[int]:
    """Wait until one is ready or has an error; returns the ready file descriptors, none at the deadline."""
    poller = select.poll()
    for one in sockets:
        poller.register(one.fileno(), events)
    while True:
        left_s = deadline.remaining()
        ready = poller.poll(min(left_s, MAX_WAIT_S) * 1000)
        if ready or left_s <= MAX_WAIT_S:
            return {descriptor for descriptor, _ in ready}


def _torn(error: OSError) -> Ending:
    """What a failed read or write tells of the peer; raises `error` if it is a mistake of ours."""
    if error.errno == errno.EPIPE:  # it had closed in order before it refused what we sent
        return Ending.CLOSED
    if error.errno not in RESET_ERRORS:
        raise error
    return Ending.RESET


def _address(name: SocketName) -> Address:
    """A socket's name without flow and scope, or a host and port as typed: an IPv6 literal may have brackets."""
    return Address(str(name[0]).removeprefix("[").removesuffix("]"), int(name[1]))


def _resolve(address: Address) -> list[tuple[int, SocketName]]:
    """Families and socket names of a host and port, one or more; TransportError if there are none."""
    if not address.host or not 0 <= address.port <= 65_535:
        raise TransportError(str(address), "address", "expected a host and a port from 0 to 65535")
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # ValueError: characters that no name can have
        raise TransportError(str(address), "address", getattr(error, "strerror", None) or str(error)) from error
    return [(one[0], one[4]) for one in found]


def _open(family: int, where: SocketName, deadline: Deadline, source: SocketName | None) -> Opened:
    """Connect to one socket name; OSError if it fails, TimeoutError at the deadline."""
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        if source is not None:
            connection.bind(source)
        code = connection.connect_ex(where)
        if code == errno.EINPROGRESS:
            if not _wait([connection], select.POLLOUT, deadline):
                raise TimeoutError(errno.ETIMEDOUT, "no answer in time")
            code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code in (errno.ECONNRESET, errno.EPIPE):  # accepted first: a refusal has a code of its own
            return connection, _torn(OSError(code, os.strerror(code)))
        if code:
            raise OSError(code, os.strerror(code))
        # TCP lets a port of ours connect to itself where nobody listens on it.
        if connection.getsockname()[:2] == where[:2]:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "nobody listens (the port connected to itself)")
    except BaseException:
        connection.close()
        raise
    return connection, None
