"""One connection's dialogue: bytes to packets to commands, and answers and indications to bytes."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import FramingError
from harness.reference.faults import FaultSet
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.commands import Answer, Commands
from harness.reference.rss2000.sessions import Sessions
from harness.reference.rss2000.spoil import Spoiler
from harness.reference.system import Outlet
from harness.wire.tpkt import HEADER_BYTES, VERSION, TpktDecoder

# Faults silent-after-60 and burst-out-of-order.
_SILENT, _BURST = 60, 4
_LONG_COMMAND = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all connections share."""

    commands: Commands
    sessions: Sessions
    choices: Choices
    spoiler: Spoiler
    faults: FaultSet


class RssConversation:
    """One connection.

    Args:
        shared: what all connections share.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared, self._on = shared, shared.faults.on
        self._faulty = bool(shared.faults)
        self._decoder = TpktDecoder()
        self._deaf = False  # a wrong header is passed over with all that follows it
        self._busy = False
        self._told: list[bytes] = []  # indications that come while a command of this connection is carried out
        self._outlet: Outlet | None = None
        self._answered = 0
        self.closing = False
        self.dropped = False
        shared.sessions.clients.add(self)

    def attach(self, outlet: Outlet) -> None:
        """The connection is made."""
        self._outlet = outlet

    def greet(self) -> bytes:
        """The server waits for the client."""
        return b""

    def tell(self, packet: bytes) -> None:
        """Send a packet that nobody asked for."""
        if self._busy:
            self._told.append(packet)
        elif self._outlet is not None and not self.closing:
            self._outlet.push(packet)

    def drop(self) -> None:
        """End the connection."""
        self.closing = True
        if self._outlet is not None and not self._busy:
            self._outlet.end()

    def receive(self, data: bytes) -> bytes:
        """Bytes came, cut anywhere; returns the bytes to send."""
        if self.closing or self._deaf:
            return b""
        if (
            self._faulty
            and self._on("header-not-joined")
            and 0 < len(data) < HEADER_BYTES
            and not self._decoder.leftover
        ):
            return b""
        self._decoder.feed(data)
        sent: list[bytes] = []
        self._busy = True
        try:
            while not self.closing:
                packet = self._next(sent)
                if packet is None:
                    break
                answer = self._shared.commands.answer(packet, self)
                self._send(answer, sent)
        finally:
            self._busy = False
        if self._faulty and len(sent) >= _BURST and self._on("burst-out-of-order"):
            sent[-1], sent[-2] = sent[-2], sent[-1]
        if self._faulty and len(sent) > 1 and self._on("burst-in-one-packet"):
            payloads = b"".join(packet[HEADER_BYTES:] for packet in sent)
            sent = [self._shared.spoiler.packet("", payloads)] if len(payloads) < 65_000 else sent
        return b"".join(sent)

    def _next(self, sent: list[bytes]) -> bytes | None:
        """The next whole packet."""
        try:
            packet = self._decoder.next_packet()
        except FramingError as error:
            if self._shared.choices.bad_header == "taken" and error.rule != "length":
                rest = self._decoder.leftover
                self._decoder = TpktDecoder()
                self._decoder.feed(bytes((VERSION, 0)) + rest[2:])
                return self._next(sent)
            match self._shared.choices.bad_header:
                case "ignored":
                    self._deaf = True
                case "failed":
                    self._deaf = True
                    self._send(self._shared.commands.stray("failed"), sent)
                case _:
                    self.closing = True
            return None
        if packet is not None and self._faulty and len(packet) > _LONG_COMMAND and self._on("long-command-cut"):
            packet = packet[:_LONG_COMMAND]
        return packet

    def _send(self, answer: Answer, sent: list[bytes]) -> None:
        """What follows a command: its answer, what this connection is told meanwhile, what was put off."""
        self._answered += 1
        silent = self._faulty and self._answered == _SILENT and self._on("sixtieth-not-answered")
        if answer.payload is not None and not silent:
            sent.append(self._shared.spoiler.packet(answer.operation, answer.payload))
        if self._told:
            sent += self._told
            self._told = []
        if answer.outcome is not None:
            for act in answer.outcome.after:
                act()
        if answer.close:
            self.closing = True

    def eof(self) -> bytes:
        """The peer sends no more; a part of a packet is dropped."""
        self.closing = True
        return b""

    def closed(self) -> None:
        """The connection is gone."""
        self._outlet = None
        self._shared.sessions.gone(self)
