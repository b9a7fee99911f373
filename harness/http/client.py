"""HTTP exchanges with one device, over httpx or byte by byte; the same values either way, and never an exception for them.

Ordinary requests go through httpx. What httpx refuses to send, and what is asked for with `plain`, is written by
`harness.wire.http1`. Where a sink takes the content the bytes are written and read without httpx too, for it receives a
large body slower than 800 MB/s. In all cases the response is read by `ResponseReader` as it comes, and the exact bytes
are kept.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from harness.ending import Ending
from harness.http.exchanged import Exchanged, read_again, told
from harness.http.ordinary import asks_to_close, closes, is_ordinary, method_of, prepared
from harness.http.tls import TlsLink, tls_context
from harness.http.turn import Connection, Recorder, Sink, Turn
from harness.net import Deadline, connect
from harness.wire.http1 import Head, Headers, Oddity, Piece, Request, encode, shown

if TYPE_CHECKING:
    from harness.http.transport import Library

__all__ = ["Exchanged", "Head", "HttpClient", "Oddity", "Piece", "Request", "Sink", "read_again", "tls_context"]

MAX_BODY_BYTES = 16_777_216  # collected without a sink
# Added where a request has none of the name; `Host` is, too.
DEFAULT_HEADERS: Headers = (("User-Agent", "clausewise"), ("Accept", "*/*"))
# How long the end of a connection is waited for that the request or the response has announced.
CLOSE_WAIT_S = 0.5
# Methods that may be sent twice without harm (RFC 9110 9.2.2): only these are sent again of their own accord.
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})


@dataclass(slots=True)
class _Slot:
    """One named connection and what httpx has for it."""

    connection: Connection | None = None
    turns: int = 0  # that the connection has served
    turn: Turn | None = None  # the current one
    library: Library | None = None


class HttpClient:
    """Exchanges with one host and port, on connections that have names.

    Args:
        host: name or literal.
        port: of the service.
        timeout_s: for opening a connection.
        tls: speak TLS with this context.
        defaults: headers that are added where a request has none of the name; `Host` is always.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        timeout_s: float,
        tls: ssl.SSLContext | None = None,
        defaults: Headers = DEFAULT_HEADERS,
    ) -> None:
        self._host = host
        self._port = port
        self._timeout_s = timeout_s
        self._tls = tls
        bare = f"[{host}]" if ":" in host and not host.startswith("[") else host
        authority = bare if port == (443 if tls is not None else 80) else f"{bare}:{port}"
        self._defaults = (("Host", authority), *defaults)
        self._slots: dict[str, _Slot] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close_all()

    def exchange(
        self,
        request: Request | bytes,
        *,
        deadline: Deadline,
        link: str = "main",
        sink: Sink | None = None,
        plain: bool = False,
        max_body: int = MAX_BODY_BYTES,
        retry: bool | None = None,
    ) -> Exchanged:
        """Send a request and read its response.

        Args:
            request: with `plain`, or as bytes, it is written as it is; else `Host` and the default headers that it
                lacks are added.
            deadline: for the whole exchange, however slowly bytes drip.
            link: the connection's name; it is opened where it is not, and kept while both sides may use it.
            sink: takes the content as it comes; without one it is collected.
            plain: write the request as it is, not through httpx.
            max_body: bytes of content that are collected; more end in FLOODED.
            retry: send once more on a new connection where one used before turns out dead before any byte of the
                response; None: only methods that may be sent twice.

        Raises:
            TransportError: no connection could be made.
        """
        slot = self._slots.setdefault(link, _Slot())
        asked = request if isinstance(request, bytes) or plain else prepared(request, self._defaults)
        method = method_of(asked)
        again = method.upper() in IDEMPOTENT if retry is None else retry
        stray = self._refresh(slot)
        reused = retried = False
        while True:
            turn = self._open(slot, method, deadline, sink, max_body)
            reused = slot.turns > 1
            try:
                complaint = self._play(slot, turn, asked, through=not plain and sink is None)
            except BaseException:  # a sink's, ours, or Ctrl-C: what is left on the connection is nobody's
                self.close(link)
                raise
            dead = turn.ending in (Ending.CLOSED, Ending.RESET) and not turn.recorder.received_count
            if not (dead and reused and again):
                break
            retried = True
            self._drop(slot)
        turn.tell()
        if turn.ending is Ending.ANSWERED:
            turn.leave(CLOSE_WAIT_S if turn.reader.closes or asks_to_close(asked) else 0.0)
        if turn.ending is not Ending.ANSWERED or turn.closed or not turn.reader.reusable or closes(asked):
            self._drop(slot)
        slot.turn = None
        return told(turn, stray, reused=reused, retried=retried, complaint=complaint)

    def close(self, link: str = "main") -> None:
        """Close a connection; the next exchange of this name opens a new one."""
        slot = self._slots.pop(link, None)
        if slot is not None:
            self._drop(slot)
            if slot.library is not None:
                slot.library.close()

    def close_all(self) -> None:
        """Close every connection."""
        for link in list(self._slots):
            self.close(link)

    def _refresh(self, slot: _Slot) -> tuple[Oddity, ...]:
        """Drop a connection that has ended meanwhile, or on which something came that nobody asked for; tell the latter."""
        if slot.connection is None:
            return ()
        chunk = slot.connection.poll()
        if chunk.ending is Ending.SILENT:
            return ()
        self._drop(slot)
        return (Oddity("stray", "nothing before the request", shown(chunk.data)),) if chunk.data else ()

    def _open(self, slot: _Slot, method: str, deadline: Deadline, sink: Sink | None, max_body: int) -> Turn:
        """The turn of the next request, on the slot's connection or a new one."""
        if slot.connection is None:
            slot.turns = 0
            slot.connection = self._connect(deadline)
        slot.turns += 1
        slot.turn = Turn(slot.connection, method, deadline, sink=sink, max_body=max_body, recorder=Recorder())
        return slot.turn

    def _connect(self, deadline: Deadline) -> Connection:
        until = Deadline(min(deadline.at, Deadline.after(self._timeout_s).at))
        link = connect(self._host, self._port, timeout_s=until.remaining())
        return link if self._tls is None else TlsLink(link, self._tls, self._host, until)

    def _play(self, slot: _Slot, turn: Turn, request: Request | bytes, *, through: bool) -> str:
        """Send and receive, through httpx where that can be; returns what httpx complained of."""
        complaint = ""
        if isinstance(request, Request) and through and is_ordinary(request):
            complaint = self._through_httpx(slot, request)
        if not turn.recorder.sent_count and turn.ending is None:
            turn.send(request if isinstance(request, bytes) else encode(request))
        turn.finish()
        return complaint

    def _through_httpx(self, slot: _Slot, request: Request) -> str:
        """Play the slot's turn with httpx; returns its complaint. What it did not read is read afterwards."""
        if slot.library is None:
            from harness.http.transport import (
                Library,
            )  # late: httpx takes an eighth of a second, and not every run needs it

            slot.library = Library(lambda: slot.turn)
        return slot.library.play(request)

    def _drop(self, slot: _Slot) -> None:
        if slot.connection is not None:
            slot.connection.close()
            slot.connection = None
