"""An HTTP server to which a device sends messages: a thread takes them whatever the harness is doing, keeps and answers them.

It judges nothing: requests are kept as bytes with the moment at which they had come. What is read and kept is bounded.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field

from harness.ending import Ending
from harness.hearing import SLOW_S, Manner
from harness.net import Deadline, Link, Listener, wait_any
from harness.wire.http1_framing import ReadRequest, RequestReader
from harness.wire.http1_head import keeps_open

MAX_REQUEST_BYTES = 2 * 1024 * 1024  # of one message; the largest has a few small pictures
MAX_KEPT = 5000  # messages that nobody has asked for
MAX_LINKS = 256  # connections at a time
TURN_S = 0.02  # between two looks at whether all is over
WRITE_S = 1.0  # for an answer, which fits into what the kernel takes
_OTHERS = ""  # the place of what was sent to no known path

_BODY = b'<?xml version="1.0" encoding="UTF-8"?><methodResponse><params></params></methodResponse>'
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY
_ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
_UNKNOWN = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Kept:
    """One request that came, or what came of it before its end; `at` is a moment of the monotonic clock."""

    data: bytes
    ending: Ending
    at: float


@dataclass(slots=True)
class _Talk:
    """One connection."""

    reader: RequestReader = field(default_factory=lambda: RequestReader(MAX_REQUEST_BYTES))
    due: deque[tuple[float, bytes]] = field(default_factory=deque)  # answers and when they are to leave
    hung: bool = False  # nothing is answered any more
    last: bool = False  # it ends with the last answer


class Ears:
    """One listening socket with a place for each path.

    Raises TransportError if it cannot listen at that address.
    """

    def __init__(self, host: str, port: int = 0) -> None:
        self._listener = Listener(host, port)
        self.port = self._listener.address.port
        self._places: dict[str, str] = {}  # path -> name of the place
        self._manners: dict[str, Manner] = {}
        self._kept: dict[str, deque[Kept]] = {_OTHERS: deque()}
        self._news = threading.Condition()
        self._over = False
        self._talks: dict[Link, _Talk] = {}
        self._thread = threading.Thread(target=self._serve, name=f"ears {self.port}", daemon=True)
        self._thread.start()

    def open(self, name: str, path: str, manner: Manner) -> None:
        """A new place for what is sent to a path."""
        with self._news:
            self._places[path] = name
            self._manners[name] = manner
            self._kept[name] = deque()

    def behave(self, name: str, manner: Manner) -> None:
        """What is sent to a place from now on is answered in another manner."""
        with self._news:
            self._manners[name] = manner

    def next(self, name: str, deadline: Deadline) -> Kept | None:
        """The oldest request to a place that nobody has asked for yet; None if none comes by the deadline."""
        with self._news:
            kept = self._kept.setdefault(name, deque())
            while not kept:
                left = deadline.remaining()
                if not left:
                    return None
                self._news.wait(left)
            return kept.popleft()

    def close(self) -> None:
        """End it, and every connection."""
        self._over = True
        self._thread.join()

    # the thread

    def _serve(self) -> None:
        try:
            while not self._over:
                self._turn()
        finally:
            for link in self._talks:
                link.close()
            self._listener.close()

    def _turn(self) -> None:
        watched: list[Link | Listener] = [self._listener, *self._talks]
        for one in wait_any(watched, Deadline.after(TURN_S)):
            if isinstance(one, Listener):
                self._accept(one)
            else:
                self._read(one, self._talks[one])
        now = time.monotonic()
        for link, talk in list(self._talks.items()):
            self._answer(link, talk, now)

    def _accept(self, listener: Listener) -> None:
        link = listener.accept(Deadline.after(0))
        if link is None:
            return
        if len(self._talks) >= MAX_LINKS:
            link.close()
            return
        self._talks[link] = _Talk()

    def _read(self, link: Link, talk: _Talk) -> None:
        chunk = link.poll()
        if chunk.ending is Ending.SILENT:
            return
        talk.reader.feed(chunk.data)
        while (found := talk.reader.next_request()) is not None:
            self._take(talk, found)
        if talk.reader.broken is not None:
            self._keep(_OTHERS, talk.reader.leftover[:MAX_REQUEST_BYTES], Ending.FLOODED)
            self._drop(link)
        elif chunk.ending is not Ending.ANSWERED:
            if talk.reader.leftover:
                self._keep(_OTHERS, talk.reader.leftover, chunk.ending)
            self._drop(link)

    def _take(self, talk: _Talk, found: ReadRequest) -> None:
        path = found.request.target.partition("?")[0]
        with self._news:
            name = self._places.get(path, _OTHERS)
            manner = self._manners.get(name, Manner.ANSWER)
        self._keep(name, found.raw, Ending.ANSWERED)
        talk.last = talk.last or not keeps_open(found.request.version, found.request.headers)
        talk.hung = talk.hung or manner is Manner.HANG
        if talk.hung:
            return
        answer = _ERROR if manner is Manner.ERROR else _OK if name != _OTHERS else _UNKNOWN
        after = SLOW_S if manner is Manner.SLOW else 0.0
        talk.due.append((time.monotonic() + after, answer))

    def _keep(self, name: str, data: bytes, ending: Ending) -> None:
        with self._news:
            kept = self._kept[name]
            if len(kept) < MAX_KEPT:
                kept.append(Kept(data, ending, time.monotonic()))
            self._news.notify_all()

    def _answer(self, link: Link, talk: _Talk, now: float) -> None:
        while talk.due and talk.due[0][0] <= now:
            data = talk.due.popleft()[1]
            if link.send([data], deadline=Deadline.after(WRITE_S)).count < len(data):
                self._drop(link)
                return
        if talk.last and not talk.due and not talk.hung:
            self._drop(link)

    def _drop(self, link: Link) -> None:
        self._talks.pop(link, None)
        link.close()


def refusing(host: str) -> int:
    """A port at which nobody listens."""
    with Listener(host) as listener:
        return listener.address.port
