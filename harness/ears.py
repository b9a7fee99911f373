"""An HTTP server to which a device sends messages: a thread takes them whatever the harness is doing, keeps and answers them.

It judges nothing: requests are kept as bytes with the moment at which they had come. Whatever a device does, what is read, kept and
waited for is bounded, and a connection that does strange things ends without harm to the others.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.eartalk import Talk
from harness.ending import Ending
from harness.errors import InternalError
from harness.hearing import SLOW_S, Manner
from harness.net import Deadline, Link, Listener, wait_any
from harness.wire.http1_framing import ReadRequest

MAX_KEPT = 5000  # messages that nobody has asked for
MAX_KEPT_BYTES = 32 * 1024 * 1024  # of all messages as long as it listens; what is beyond is answered and not kept
MAX_HELD_BYTES = 32 * 1024 * 1024  # of all messages that are not whole yet
MAX_LINKS = 128  # connections at a time; the one on which nothing has come for longest goes for a new one
SHOWN_BYTES = 64 * 1024  # of what is no message
LINGER_S = 1.0  # for a client to close a connection on which the last answer has left
TURN_S = 0.02  # between two looks at whether all is over
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


class Ears:
    """One listening socket with a place for each path.

    Args:
        secured: makes what is shown to clients that speak TLS; asked for where the first place is opened to them.

    Raises:
        TransportError: it cannot listen at that address.
    """

    def __init__(self, host: str, port: int = 0, secured: Callable[[], ssl.SSLContext] | None = None) -> None:
        self._listener = Listener(host, port)
        self.port = self._listener.address.port
        self._secured = secured
        self._context: ssl.SSLContext | None = None
        self._places: dict[tuple[bool, str], str] = {}  # whether with TLS, and path -> name of the place
        self._manners: dict[str, Manner] = {}
        self._kept: dict[str, deque[Kept]] = {_OTHERS: deque()}
        self._bytes = 0  # of all that was kept
        self._news = threading.Condition()
        self._over = self._ended = False
        self._talks: dict[Link, Talk] = {}
        self._thread = threading.Thread(target=self._serve, name=f"ears {self.port}", daemon=True)
        self._thread.start()

    def open(self, name: str, path: str, manner: Manner, *, secure: bool = False) -> None:
        """A new place for what is sent to a path, with TLS or without."""
        if secure and self._context is None and self._secured is not None:
            self._context = self._secured()
        with self._news:
            self._places[secure, path] = name
            self._manners[name] = manner
            self._kept[name] = deque()

    def behave(self, name: str, manner: Manner) -> None:
        """What is sent to a place from now on is answered in another manner."""
        with self._news:
            self._manners[name] = manner

    def next(self, name: str, deadline: Deadline) -> Kept | None:
        """The oldest request to a place that nobody has asked for yet; None if none comes by the deadline.

        Raises:
            InternalError: nobody listens any more, so that silence would say nothing of the device.
        """
        with self._news:
            kept = self._kept.setdefault(name, deque())
            while not kept:
                if self._ended and not self._over:
                    raise InternalError("the thread that listens has ended")
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
            with self._news:
                self._ended = True
                self._news.notify_all()

    def _turn(self) -> None:
        watched: list[Link | Listener] = [self._listener, *self._talks]
        for one in wait_any(watched, Deadline.after(TURN_S)):
            if isinstance(one, Listener):
                self._accept(one)
            elif one in self._talks:  # not dropped for a new one
                self._read(one, self._talks[one])
        now = time.monotonic()
        for link, talk in list(self._talks.items()):
            self._answer(link, talk, now)

    def _accept(self, listener: Listener) -> None:
        if len(self._talks) >= MAX_LINKS:
            self._drop_oldest()
        try:
            link = listener.accept(Deadline.after(0))
        except OSError:  # no room for another socket, or it was gone before it was taken
            self._drop_oldest()
            time.sleep(TURN_S)
            return
        if link is not None:
            self._talks[link] = Talk(self._context, moved=time.monotonic())

    def _drop_oldest(self) -> None:
        """Drop the connection on which nothing has come for longest, of those first on which nothing is under way."""
        if self._talks:
            self._drop(min(self._talks, key=lambda link: (self._busy(link), self._talks[link].moved)))

    def _busy(self, link: Link) -> bool:
        talk = self._talks[link]
        return bool(talk.due) or talk.held > 0

    def _read(self, link: Link, talk: Talk) -> None:
        try:
            chunk = link.poll()
        except OSError:  # torn down in a manner of its own
            self._drop(link)
            return
        if chunk.ending is Ending.SILENT:
            return
        if talk.until is not None:  # what comes behind the last request counts no more
            if chunk.ending is not Ending.ANSWERED:
                self._drop(link)
            return
        talk.take(chunk.data, lambda found: self._take(talk, found), time.monotonic())
        flooded = sum(one.held for one in self._talks.values()) > MAX_HELD_BYTES
        if talk.broken or flooded:
            # What is wrong is told at the place that it was sent to, if that can be seen.
            self._keep(
                self._place(talk) if talk.head is not None else _OTHERS, talk.leftover[:SHOWN_BYTES], Ending.FLOODED
            )
            self._answer(link, talk, 0.0)  # what TLS has to say of it
            self._drop(link)
        elif talk.ended or chunk.ending is not Ending.ANSWERED:
            if talk.leftover:
                self._keep(_OTHERS, talk.leftover[:SHOWN_BYTES], Ending.CLOSED if talk.ended else chunk.ending)
            self._answer(link, talk, 0.0)
            self._drop(link)

    def _place(self, talk: Talk, target: str = "") -> str:
        """The name of the place to which a request goes; an absolute target counts by its path (RFC 9112 3.2.2)."""
        target = target or (talk.head.target if talk.head is not None else "")
        if not target.startswith("/"):
            try:
                target = urlsplit(target).path
            except ValueError:
                return _OTHERS
        with self._news:
            return self._places.get((talk.secure, target.partition("?")[0]), _OTHERS)

    def _take(self, talk: Talk, found: ReadRequest) -> None:
        name = self._place(talk, found.request.target)
        with self._news:
            manner = self._manners.get(name, Manner.ANSWER)
        self._keep(name, found.raw, Ending.ANSWERED)
        talk.hung = talk.hung or manner is Manner.HANG
        if talk.hung:
            return
        answer = _ERROR if manner is Manner.ERROR else _OK if name != _OTHERS else _UNKNOWN
        after = SLOW_S if manner is Manner.SLOW else 0.0
        talk.due.append((time.monotonic() + after, answer))

    def _keep(self, name: str, data: bytes, ending: Ending) -> None:
        with self._news:
            kept = self._kept[name]
            if self._bytes > MAX_KEPT_BYTES or len(kept) >= MAX_KEPT:
                return
            self._bytes += len(data)
            if self._bytes > MAX_KEPT_BYTES:  # the last one tells that there are more
                data, ending = b"", Ending.FLOODED
            kept.append(Kept(data, ending, time.monotonic()))
            self._news.notify_all()

    def _answer(self, link: Link, talk: Talk, now: float) -> None:
        if talk.until is not None:
            if talk.until <= now:
                self._drop(link)
            return
        data = talk.leaving(now)
        try:
            # Without waiting: the kernel takes it, but from a client that reads nothing.
            gone = bool(data) and link.send([data], deadline=Deadline.after(0)).count < len(data)
            if talk.over:
                # The client is left to read that: closed at once, the answer could be lost with what still comes.
                link.half_close()
                talk.until = time.monotonic() + LINGER_S
        except OSError:
            gone = True
        if gone:
            self._drop(link)

    def _drop(self, link: Link) -> None:
        self._talks.pop(link, None)
        link.close()


def refusing(host: str) -> int:
    """A port at which nobody listens."""
    with Listener(host) as listener:
        return listener.address.port
