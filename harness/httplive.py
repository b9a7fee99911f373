"""Performs the exchanges of HTTP flows on a target, under its permit and rate, and keeps the transcript. It never judges."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from harness.ending import Ending
from harness.errors import PermitError, TransportError
from harness.flow import CaseInconclusive, CaseSkipped
from harness.http.client import HttpClient, tls_context
from harness.http.exchanged import Exchanged, read_again
from harness.http.turn import Sink
from harness.httpflow import Answered, Exchange
from harness.messages.binding import Binding
from harness.net import Deadline
from harness.permit import Permit
from harness.spec.model import Effect
from harness.target import Target
from harness.transcript import CUT, STRAY, Step
from harness.wire.http1 import Head, Piece, encode

# A body that comes as fast as this may take longer than the time for one reply: a million rows take their time.
LEAST_BYTES_A_SECOND = 250_000
# But no reply takes longer than this, however much of it comes.
MOST_S = 1800.0


@dataclass(frozen=True, slots=True)
class Paced(Deadline):
    """A deadline that moves on with the bytes that come. What drips, stays silent or never ends still ends."""

    moved: list[int] = field(default_factory=lambda: [0])  # bytes so far

    def remaining(self) -> float:
        """See `harness.net.Deadline`."""
        return max(0.0, min(self.at + self.moved[0] / LEAST_BYTES_A_SECOND, self.at + MOST_S) - time.monotonic())


class Counted:
    """A sink that moves a deadline on by what it is given."""

    def __init__(self, sink: Sink, deadline: Paced) -> None:
        self._sink = sink
        self._deadline = deadline

    def start(self, head: Head) -> None:
        """See `harness.http.turn.Sink`."""
        self._sink.start(head)

    def feed(self, piece: Piece) -> bool:
        """See `harness.http.turn.Sink`."""
        self._deadline.moved[0] += len(piece)
        return self._sink.feed(piece)

    def end(self, ending: Ending, complete: bool) -> None:
        """See `harness.http.turn.Sink`."""
        self._sink.end(ending, complete)


class HttpExchanges:
    """The HTTP connections of one run of flows.

    Args:
        bindings: by interface; they tell what bytes may do.
        keep: takes a step of the transcript and gives its place.
        pace: waits as long as the target's rate asks, told how many requests are to leave.
    """

    def __init__(
        self,
        target: Target,
        permit: Permit,
        bindings: Mapping[str, Binding],
        keep: Callable[[Step], int],
        pace: Callable[[int], None],
    ) -> None:
        self._target = target
        self._permit = permit
        self._bindings = bindings
        self._keep = keep
        self._pace = pace
        self._clients: dict[str, HttpClient] = {}

    def perform(self, action: Exchange, at_s: float, deadline: Deadline) -> Answered:
        """One request and its response.

        Raises:
            CaseSkipped: the permit does not cover the request, or the interface is not offered.
            CaseInconclusive: a certificate that is not trusted, or other terms of TLS on which both sides do not agree.
        """
        port = self._target.ports.get(action.interface)
        if port is None:
            raise CaseSkipped(f"the target does not offer the interface {action.interface}")
        data = encode(action.request)
        binding = self._bindings[action.interface]
        request = action.request
        if (body := binding.reveal(request.body)) != request.body:  # as long as what stands for it
            request = replace(request, body=body)
        try:
            self._permit.check(binding, data)
        except PermitError as error:
            raise CaseSkipped(str(error)) from None
        self._pace(1)
        client = self._clients.get(action.interface)
        if client is None:
            secure = binding.system.interfaces[action.interface].transport == "https"
            tls = self._target.tls if secure else {}
            context = tls_context(verify=tls.get("verify", True), ca=tls.get("ca")) if secure else None
            client = HttpClient(self._target.host, port, timeout_s=self._target.timeout, tls=context)
            self._clients[action.interface] = client
        # What changes something is not sent twice, whatever its method says: the device may have done it, and lost the answer.
        retry = None if binding.effect(data)[0] is Effect.READ else False
        sink = action.sink() if action.sink is not None else None
        paced = Paced(deadline.at)
        counted = Counted(sink, paced) if sink is not None else None
        began = time.monotonic()
        try:
            got = client.exchange(
                request, deadline=paced, link=action.link, sink=counted, plain=action.plain, retry=retry
            )
        except TransportError as error:
            if error.why == "terms":  # as the target file sets them
                raise CaseInconclusive(
                    f"no TLS with the interface {action.interface}: {error}; look at `ca` and `verify` in [target.tls]"
                ) from None
            ending = Ending.SILENT if error.why == "timeout" else Ending.CLOSED
            self._keep(Step(action="send", link=action.link, at_s=at_s, detail=action.request.method, data=data))
            got = Exchanged(sent=data, raw=b"", received=0, ending=ending, head=None)
            return Answered(got, sink, self._received(action, got, at_s, time.monotonic() - began))
        sent = got.sent
        if request is not action.request:
            head, end, content = sent.partition(b"\r\n\r\n")
            sent = head + end + action.request.body[: len(content)]
        self._keep(Step(action="send", link=action.link, at_s=at_s, data=sent, detail=action.request.method))
        if (shown := binding.hide(got.raw)) != got.raw:
            got, sink = _shown(action, replace(got, raw=shown))
        return Answered(got, sink, self._received(action, got, at_s, time.monotonic() - began))

    def _received(self, action: Exchange, got: Exchanged, at_s: float, took_s: float) -> int:
        notes = {"received": str(got.received)}
        notes |= {name: "yes" for name, on in (("reused", got.reused), ("closed", got.closed)) if on}
        if stray := next((one.got for one in got.oddities if one.rule == STRAY), ""):
            notes[STRAY] = stray
        return self._keep(
            Step(
                action="receive",
                link=action.link,
                at_s=at_s,
                took_s=took_s,
                data=got.raw,
                ending=got.ending,
                detail=CUT if got.received > len(got.raw) else "",
                values=notes,
            )
        )

    def close(self, link: str) -> None:
        """Close one connection, if it is open."""
        for client in self._clients.values():
            client.close(link)

    def finish(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close_all()


def _shown(action: Exchange, got: Exchanged) -> tuple[Exchanged, Sink | None]:
    """The exchange as its bytes are shown, secrets taken out, and a sink that has seen these."""
    again = read_again(got.sent, got.raw, action.request.method, got.ending)
    sink = action.sink() if action.sink is not None else None
    if sink is not None:
        if again.head is not None:
            sink.start(again.head)
            sink.feed(again.body)
        sink.end(again.ending, again.body_complete)
    return replace(got, head=again.head, body=b"" if sink is not None else again.body), sink
