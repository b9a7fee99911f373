"""What one HTTP exchange gave, and how the same is read again from its recorded bytes."""

from __future__ import annotations

from dataclasses import dataclass

from harness.ending import Ending
from harness.http.turn import Turn
from harness.wire.http1 import Head, Headers, Oddity, ResponseReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """One request and what came.

    Args:
        sent: the first bytes of the request as they left.
        raw: the first bytes of the response as they came, 1xx responses and bytes behind the response included.
        received: how many bytes came; more than `raw` has where only the first were kept.
        ending: ANSWERED: the whole response came. SILENT, CLOSED, RESET: it did not, by the deadline or before the
            connection ended. FLOODED: the head, or the content without a sink, is longer than may be, or the sink
            wanted no more.
        head: None where none came.
        interim: the 1xx responses before it.
        trailers: the headers behind the last chunk.
        body: the content, transfer coding removed and content coding not; empty where a sink took it.
        body_size: bytes of content that came, also where a sink took them.
        body_complete: all of the content came.
        oddities: what the response got wrong and can be read.
        readable: False: what came is no HTTP from some byte on, and `oddities` says why.
        leftover: the first bytes that came behind the response.
        reused: the connection had served before.
        retried: the connection used before was dead, and a new one was opened.
        closed: the device closed the connection, at the latest soon behind the response.
        stopped: the sink wanted no more.
        took_s: seconds from the first byte sent to the last one of the response.
        first_byte_s: seconds to the first byte of the response; None if none came.
        complaint: what httpx said of the response, "" if nothing or if it was not asked.
    """

    sent: bytes
    raw: bytes
    received: int
    ending: Ending
    head: Head | None
    interim: tuple[Head, ...] = ()
    trailers: Headers = ()
    body: bytes = b""
    body_size: int = 0
    body_complete: bool = False
    oddities: tuple[Oddity, ...] = ()
    readable: bool = True
    leftover: bytes = b""
    reused: bool = False
    retried: bool = False
    closed: bool = False
    stopped: bool = False
    took_s: float = 0.0
    first_byte_s: float | None = None
    complaint: str = ""

    @property
    def status(self) -> int:
        """The status code; 0 where there is none."""
        return self.head.status if self.head is not None else 0

    @property
    def raw_complete(self) -> bool:
        """Whether all bytes that came were kept, so that the exchange can be read again."""
        return len(self.raw) == self.received


def told(turn: Turn, stray: tuple[Oddity, ...], *, reused: bool, retried: bool, complaint: str) -> Exchanged:
    """What a finished turn gave; `stray` are oddities from before it."""
    reader, recorder = turn.reader, turn.recorder
    ending = turn.ending or Ending.SILENT
    return Exchanged(
        sent=recorder.sent,
        raw=recorder.received,
        received=recorder.received_count,
        ending=ending,
        head=reader.head,
        interim=tuple(reader.interim),
        trailers=reader.trailers,
        body=turn.body,
        body_size=reader.body_size,
        body_complete=ending is Ending.ANSWERED,
        oddities=stray + reader.oddities,
        readable=not reader.broken,
        leftover=reader.leftover,
        reused=reused,
        retried=retried,
        closed=turn.closed,
        stopped=turn.stopped,
        took_s=turn.took_s,
        first_byte_s=turn.first_byte_s,
        complaint=complaint,
    )


def read_again(sent: bytes, raw: bytes, method: str, ending: Ending, *, received: int | None = None) -> Exchanged:
    """Read a recorded exchange again; what was measured while it ran (times, reuse, closing) is not told.

    Args:
        sent: bytes of the request.
        raw: bytes that came.
        method: that of the request.
        ending: how reading ended then.
        received: how many bytes came, where only the first were kept; None: all. The body is then what was kept of it.
    """
    reader = ResponseReader(method)
    reader.feed(raw)
    count = len(raw) if received is None else received
    if count == len(raw) and (ending is Ending.CLOSED or (ending is Ending.ANSWERED and not reader.done)):
        reader.eof()
    return Exchanged(
        sent=sent,
        raw=raw,
        received=count,
        ending=ending,
        head=reader.head,
        interim=tuple(reader.interim),
        trailers=reader.trailers,
        body=b"".join(reader.take()),
        body_size=reader.body_size,
        body_complete=ending is Ending.ANSWERED,
        oddities=reader.oddities,
        readable=not reader.broken,
        leftover=reader.leftover,
    )
