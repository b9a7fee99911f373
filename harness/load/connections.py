"""The connections of a load: made, written to, dropped, and made again within bounds. What comes on them is the loop's affair."""

from __future__ import annotations

import os
import select
from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter_ns as clock
from typing import Protocol

from harness.errors import InternalError, TransportError
from harness.messages.binding import Framer
from harness.net import Deadline, Link

# A connection that ended is made again after this, then after twice as long and so on, up to a second.
BACK_OFF_S = 0.01
LONGEST_BACK_OFF_S = 1.0
# Attempts without a single reply after which a connection is given up.
MAX_ATTEMPTS = 8
_IN, _OUT = select.EPOLLIN, select.EPOLLOUT


class Connection:
    """One of the connections, open or not.

    `odd`: bytes that come are not simply a reply, because nothing was asked (`idle`), a part of the reply is there already, or a part of
    the request is not sent yet.
    """

    __slots__ = (
        "attempts",
        "dressed",
        "fd",
        "framer",
        "heard_bytes",
        "idle",
        "index",
        "link",
        "number",
        "odd",
        "repeated",
        "retry_at",
        "sent_at",
        "served",
        "session",
        "unsent",
    )

    def __init__(self, number: int, index: int) -> None:
        self.number = number
        self.index = index  # of its request in the round
        self.link: Link | None = None
        self.framer: Framer | None = None
        self.fd = -1
        self.sent_at = 0  # ns on the loop's clock
        self.idle = self.odd = True
        self.served = False  # a reply came on it since it was made
        self.session = b""  # as it stands in requests, where the protocol has sessions
        self.dressed: dict[bytes, bytes] = {}  # requests of the round as they are sent here, some of them
        self.unsent = b""
        self.heard_bytes = 0  # of a long reply that is not whole yet
        self.repeated = False  # its request is sent for the second time
        self.attempts = 0
        self.retry_at = 0  # ns, when to make it again; 0: not

    @property
    def held(self) -> bytes:
        """What came of a reply that is not whole yet."""
        return self.framer.leftover if self.framer is not None else b""


Dress = Callable[["Connection", bytes], bytes]
Heard = Callable[["Connection", bytes], None]


class Manners(Protocol):
    """What a protocol with sessions does beside sending requests."""

    def enter(self, link: Link, timeout_s: float) -> bytes:
        """Open the session of a new connection; raises TransportError."""

    def leave(self, connection: Connection, deadline: Deadline) -> None:
        """End it."""

    def dress(self, connection: Connection, data: bytes) -> bytes:
        """A request of the round as it is sent on a connection."""

    @property
    def logs_in(self) -> bool:
        """Whether replies open sessions; then `heard` is told of each."""

    def heard(self, connection: Connection, raw: bytes) -> None:
        """A reply that conforms has come."""


class Connections:
    """All connections of a load and the epoll that they are registered with.

    Args:
        open_link: makes a connection within so many seconds; raises TransportError.
        framer: makes a framer for a connection.
        places: where each connection stands in the round before its first request; one a connection.
        manners: opens and ends sessions.
    """

    def __init__(
        self,
        open_link: Callable[[float], Link],
        framer: Callable[[], Framer],
        places: Sequence[int],
        manners: Manners | None = None,
    ) -> None:
        self._open_link = open_link
        self._framer = framer
        self._manners = manners
        self.all = [Connection(number, place) for number, place in enumerate(places)]
        self.open: dict[int, Connection] = {}
        self.queue: deque[Connection] = deque()  # may send
        self.epoll = select.epoll()

    def open_all(self, timeout_s: float, stopped: Callable[[], bool]) -> None:
        """Make every connection, each within `timeout_s`; those that fail are tried again later.

        Raises:
            TransportError: not even the first could be made.
        """
        for connection in self.all:
            if stopped():
                return
            try:
                self.make(connection, timeout_s)
            except TransportError:
                if not self.open:
                    raise
                self.put_off(connection)

    def make(self, connection: Connection, timeout_s: float) -> None:
        """Make it and put it into the queue; raises TransportError."""
        link = self._open_link(timeout_s)
        if self._manners is not None:
            try:
                connection.session, connection.dressed = self._manners.enter(link, timeout_s), {}
            except TransportError:
                link.close()
                raise
        connection.link, connection.framer, connection.fd = link, self._framer(), link.fileno()
        connection.served, connection.idle, connection.odd, connection.retry_at = False, True, True, 0
        self.open[connection.fd] = connection
        self.epoll.register(connection.fd, _IN)
        self.queue.append(connection)

    def drop(self, connection: Connection) -> None:
        """Close it."""
        if connection.link is not None:
            del self.open[connection.fd]
            self.epoll.unregister(connection.fd)
            connection.link.close()
        connection.link = connection.framer = None
        connection.idle = connection.odd = True
        connection.unsent = b""
        connection.heard_bytes = 0

    def again(self, connection: Connection) -> None:
        """Close it and make it again later."""
        if connection.served:
            connection.attempts = 0
        self.drop(connection)
        self.put_off(connection)

    def put_off(self, connection: Connection) -> None:
        """Make it again later, or never."""
        connection.attempts += 1
        connection.retry_at = 0
        if connection.attempts < MAX_ATTEMPTS:
            wait_s = min(LONGEST_BACK_OFF_S, BACK_OFF_S * 2 ** (connection.attempts - 1))
            connection.retry_at = clock() + int(wait_s * 1e9)

    def alive(self) -> bool:
        """Whether one is open or will be tried again."""
        return bool(self.open) or any(connection.retry_at for connection in self.all)

    def outstanding(self) -> bool:
        """Whether a reply is due on one."""
        return any(not connection.idle for connection in self.open.values())

    def rest(self) -> None:
        """Let none send any more."""
        self.queue.clear()

    def send(self, connection: Connection, payload: bytes) -> None:
        """Begin a request."""
        connection.idle = connection.odd = False
        connection.sent_at = clock()
        try:
            written = os.write(connection.fd, payload)
        except OSError:  # the next read tells how the connection ended
            written = 0
        if written < len(payload):
            self.hold(connection, payload[written:])

    def hold(self, connection: Connection, rest: bytes) -> None:
        """The kernel takes no more of a request now."""
        connection.unsent, connection.odd = rest, True
        self.epoll.modify(connection.fd, _IN | _OUT)

    def flush(self, connection: Connection) -> None:
        """Go on with a request of which the kernel has taken a part only."""
        try:
            written = os.write(connection.fd, connection.unsent) if connection.unsent else 0
        except BlockingIOError:
            written = 0
        except OSError:
            written = len(connection.unsent)  # as above
        connection.unsent = connection.unsent[written:]
        if not connection.unsent:
            connection.odd = connection.idle
            self.epoll.modify(connection.fd, _IN)

    def has_news(self, connection: Connection) -> bool:
        """Whether bytes, or its end, are there to be read."""
        poller = select.poll()
        poller.register(connection.fd, select.POLLIN)
        return bool(poller.poll(0))

    def close(self, timeout_s: float) -> None:
        """End every session, as far as all of that takes no longer, and close every connection."""
        manners, deadline = self._manners, Deadline.after(timeout_s)
        try:
            for connection in list(self.open.values()) if manners is not None else ():
                if manners is not None and deadline.remaining() and connection.idle:
                    manners.leave(connection, deadline)
        finally:
            for connection in list(self.open.values()):
                self.drop(connection)
            self.epoll.close()


def hooks(manners: Manners | None) -> tuple[Dress | None, Heard | None]:
    """What a loop does with each request, and with each reply; None where there is nothing to do."""
    if manners is None:
        return None, None
    return manners.dress, manners.heard if manners.logs_in else None


def ways(requests: int, connections: int, steps: int) -> tuple[list[int], list[int], list[int]]:
    """How connections go round: for each request the next one and the one before, and where each connection begins.

    Where requests belong together each connection keeps to a part of the round of its own, else all go round all of it.
    """
    if steps == 1:
        following = [*range(1, requests), 0]
        before = [requests - 1, *range(requests - 1)]
        return following, before, [number * requests // connections for number in range(connections)]
    size = requests // steps // connections * steps  # of a part
    if not size:
        raise InternalError(f"expected {steps} requests or more for each of {connections} connections, got {requests}")
    following, before = list(range(1, requests + 1)), list(range(-1, requests - 1))
    for start in range(0, size * connections, size):
        following[start + size - 1], before[start] = start, start + size - 1
    return following, before, [number * size + size - 1 for number in range(connections)]
