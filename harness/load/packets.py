"""How a load speaks XML messages in packets: its commands as one device wants them spelled, and a session for each connection.

The round of requests is made once for all connections, so a mark stands in it for the session; what leaves has that of the connection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from xml.sax.saxutils import escape

from harness.ending import Ending
from harness.errors import FramingError, TransportError
from harness.load.connections import Connection
from harness.messages.packetreply import Packet
from harness.messages.packets import PacketBinding
from harness.messages.reply import Call
from harness.net import Deadline, Link
from harness.spec.messagemodel import MessageSyntax
from harness.spec.model import System
from harness.target import Target
from harness.wire.tpkt import HEADER_BYTES, encode
from harness.wire.xmlmessage import USUAL, Spelling

# Stands for the session in the requests of a round; no device has such a one.
MARK = "~session~of~the~connection~"
_MARK = MARK.encode()
# Requests with their session in them that are kept for each connection; scenarios that read have a few different ones.
MOST_DRESSED = 32
Get = Callable[[str, str], str]


class LoadBinding(PacketBinding):
    """Commands as one device takes them, with a mark for the session."""

    def __init__(self, system: System, syntax: MessageSyntax, target: Target) -> None:
        super().__init__(system, syntax, target)
        self._session = MARK

    def learn(self, operation: str, get: Get) -> None:
        """Find out how the device wants a command spelled.

        Raises:
            CaseSkipped, CaseInconclusive: in no way of the document.
        """
        known = self.system.operations[operation]
        wanted = ["root"] if len(set(self.syntax.roots.values())) > 1 else []
        if known.command is not None and len(set(known.command.names.values())) > 1:
            wanted.append(operation)
        wanted += [f"{operation}.{name}" for name, one in known.parameters.items() if one.names]
        for what in wanted:
            if what not in self.chosen:
                self.chosen[what] = get("spelling", what)

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:
        """A command; a login is that of the target file and has no session.

        Raises:
            ValueError: as `encode`.
        """
        given = [one.partition("=")[::2] for one in values]
        login = operation == self.syntax.login
        given = [*self.login_fields(), *given] if login else given
        fields = [*self._needed(operation, given), *given]
        spelling = Spelling(references=True) if quoted else USUAL
        payload = self.message(operation, fields, session=None if login else MARK, spelling=spelling)
        call = Call(operation=operation, values=tuple(values), typed=tuple(f"{name}={value}" for name, value in fields))
        return call, self.reveal(encode(payload))

    def exchange(self, link: Link, data: bytes, operation: str, deadline: Deadline) -> Packet:
        """Send one command on a connection and wait for its answer."""
        link.send([data], deadline=deadline)
        framer = self.framer()
        raw, ending = None, Ending.ANSWERED
        while raw is None and ending is Ending.ANSWERED:
            chunk = link.receive(deadline)
            ending = chunk.ending
            framer.feed(chunk.data)
            raw = framer.next_message()
        return self.packet(
            raw or framer.leftover, Ending.ANSWERED if raw is not None else ending, -1, operation=operation
        )


class Sessions:
    """The sessions of a load's connections.

    Args:
        binding: makes the commands.
        logs_in: whether the scenario itself logs in and out; connections have no session before then.
    """

    def __init__(self, binding: LoadBinding, *, logs_in: bool) -> None:
        self._binding = binding
        self._syntax = binding.syntax
        self.logs_in = logs_in
        self._login = binding.call(self._syntax.login, ())[1]
        self._logout = binding.call(self._syntax.logout, ())[1]

    def enter(self, link: Link, timeout_s: float) -> bytes:
        """Log in on a new connection; gives the session as it stands in XML.

        Raises:
            TransportError: the device did not let us in.
        """
        if self.logs_in:
            return b""
        login = self._syntax.login
        try:
            packet = self._binding.exchange(link, self._login, login, Deadline.after(timeout_s))
        except FramingError as error:
            raise TransportError(str(link.peer), "refused", f"{login} was answered by no packet: {error}") from None
        session = packet.first.get(self._syntax.session) if packet.ok else None
        if not session:
            why = self._binding.hide(packet.raw[HEADER_BYTES:]).decode("utf-8", "replace") or packet.ending.value
            raise TransportError(str(link.peer), "refused", f"{login} did not succeed: {why[:300]}")
        return _written(session)

    def leave(self, connection: Connection, deadline: Deadline) -> None:
        """Log out, so that nothing is left on the device; what it answers does not count."""
        if connection.session and connection.link is not None:
            with suppress(FramingError):
                logout = self.dress(connection, self._logout)
                self._binding.exchange(connection.link, logout, self._syntax.logout, deadline)

    def dress(self, connection: Connection, data: bytes) -> bytes:
        """A request of the round with the session of the connection."""
        known = connection.dressed.get(data)
        if known is not None:
            return known
        if _MARK not in data:
            return data
        dressed = encode(data[HEADER_BYTES:].replace(_MARK, connection.session))
        if len(connection.dressed) < MOST_DRESSED:
            connection.dressed[data] = dressed
        return dressed

    def heard(self, connection: Connection, raw: bytes) -> None:
        """Remember the session that an answer gives, where the scenario logs in; one that gives none has ended it."""
        connection.session, connection.dressed = b"", {}
        if self._syntax.session.encode() in raw:
            packet = self._binding.packet(raw, Ending.ANSWERED, -1)
            connection.session = _written(packet.first.get(self._syntax.session) or "")


def _written(session: str) -> bytes:
    return escape(session, {'"': "&quot;"}).encode()
