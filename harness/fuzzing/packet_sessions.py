"""The connections and sessions of a player: one that acts, one that watches indications, and those that scripts open besides."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from harness.errors import TransportError
from harness.flow import CaseSkipped
from harness.fuzzing.packet_channel import PacketChannel, Rate
from harness.fuzzing.packet_kit import SUCCESS, Asked, Facts, PacketKit
from harness.messages.packetreply import Packet
from harness.messages.packets import PacketBinding
from harness.permit import Permit
from harness.pool import Pool
from harness.target import Target
from harness.wire.tpkt import encode

MAIN = ""
OWN, WATCH, ENDED = "own", "watch", "ended"
# Of a session's idle time so much may pass before it is renewed, and so much until an answer proves nothing any more.
RENEW_SHARE = 0.25
SURE_SHARE = 0.6
# So long an indication may be on its way.
ASIDE_S = 5.0


class NotLetInError(Exception):
    """The device refuses a right login."""


@dataclass(slots=True)
class Standing:
    """A session that lasts over scripts. `used` is when it was last used, on the monotonic clock."""

    id: str = ""
    used: float = 0.0
    doubtful: bool = False


class Sessions:
    """See the module.

    Attributes:
        facts: what the grammar may know.
        watches: the watching connection has been used in this script.
    """

    def __init__(
        self, kit: PacketKit, target: Target, binding: PacketBinding, permit: Permit, pool: Pool, interface: str
    ) -> None:
        self._kit = kit
        self._target = target
        self._binding = binding
        self._syntax = binding.syntax
        self._permit = permit
        self._pool = pool
        self._interface = interface
        self._rate = Rate(target)
        self._channels: dict[str, PacketChannel] = {}
        self._standing = {MAIN: Standing(), WATCH: Standing()}
        self._made: dict[str, str] = {}  # sessions of scripts -> connection
        self._may_tell: set[str] = set()
        self._idle_s = binding.syntax.idle_s / target.clock_scale
        login = dict(binding.login_fields())
        self.facts = Facts(user=login.get(self._syntax.user, ""), password=login.get(self._syntax.password, ""))
        self._ended = ""
        self.watches = False
        self._asides: list[tuple[str, frozenset[str], float]] = []
        self.watching_since = 0.0  # when the watching client logged in

    # what others ask

    def channel(self, link: str) -> PacketChannel:
        """The connection of this name; not open if it was not yet used."""
        if link not in self._channels:
            self._channels[link] = PacketChannel(self._target, self._binding, self._permit, self._interface, self._rate)
        return self._channels[link]

    def links(self) -> Sequence[str]:
        """The connections that are open."""
        return [name for name, channel in self._channels.items() if channel.is_open]

    def named(self, name: str) -> str:
        """The id of a session that the player holds.

        Raises:
            CaseSkipped: there is none of this name.
        """
        if name == OWN:
            return self._standing[MAIN].id
        if name == WATCH:
            self.ready(WATCH)
            return self._standing[WATCH].id
        if name == ENDED:
            return self._ended_id()
        raise CaseSkipped(f"there is no session {name}")

    def spelled(self, what: str) -> str:
        """How the device spells the root or a command."""
        if what not in self._binding.chosen:
            self._binding.chosen[what] = self._pool.get("spelling", what)
        if what == "root":
            self.facts.root = self._binding.chosen[what]
        else:
            self.facts.names[what] = self._binding.chosen[what]
        return self._binding.chosen[what]

    def may_be_over(self, link: str) -> bool:
        """Whether so much time has passed that a refusal proves nothing of the session of a connection."""
        return time.monotonic() - self._standing.get(link, self._standing[MAIN]).used > SURE_SHARE * self._idle_s

    def may_tell(self, link: str) -> bool:
        """Whether indications may come on a connection."""
        return link == WATCH or link in self._may_tell

    def tells_watcher(self, asked: Asked) -> bool:
        """Whether it is the watcher's own session that did it, of which it need not be told."""
        return asked.session == self._standing[WATCH].id

    # what happens

    def sends(self, link: str, shown: bytes) -> None:
        """These bytes are about to leave."""
        watcher = self._standing[WATCH].id
        if self._syntax.subscribe.lower().encode() in shown.lower() or (watcher and watcher.encode() in shown):
            self._may_tell.add(link)
        if link in self._standing:
            self.watches = self.watches or link == WATCH

    def reads(self, asked: Asked, link: str) -> None:
        """A packet is about to leave."""
        if self._syntax.logout.lower().encode() in asked.raw.lower():
            for session in [one for one in self.facts.sessions if one.encode() in asked.raw]:
                self.facts.open.add(session)
                for standing in self._standing.values():
                    standing.doubtful = standing.doubtful or standing.id == session
        if self._syntax.login.lower().encode() in asked.raw.lower():
            if link in self.facts.logins:  # a second one may end the first
                self.facts.open |= {one for one, at in self.facts.sessions.items() if at == link}
                self.doubt(link)
            self.facts.logins.add(link)

    def answered(self, asked: Asked, packet: Packet, link: str, *, sure: bool) -> None:
        """A packet was answered so."""
        done = bool(packet.ok)
        if link in self._standing and done and asked.session == self._standing[link].id:
            self._standing[link].used = time.monotonic()
        session = packet.first.get(self._syntax.session) if packet.came else None
        if asked.operation == self._syntax.login and done and session:
            self.facts.sessions[session] = link
            self._made[session] = link
            if not sure:
                self.facts.open.add(session)
        if asked.operation == self._syntax.logout and asked.session in self.facts.sessions:
            if done and sure and SUCCESS in asked.outcomes:
                self._over(asked.session or "")
                self.facts.ended.add(asked.session or "")
            else:
                self.facts.open.add(asked.session or "")

    def doubt(self, link: str) -> None:
        """The session of a connection may be over."""
        if link in self._standing:
            self._standing[link].doubtful = True

    def _over(self, session: str) -> None:
        self.facts.sessions.pop(session, None)
        self.facts.open.discard(session)
        self._made.pop(session, None)

    # standing sessions

    def ready(self, link: str = MAIN) -> None:
        """Make sure that a connection is there and its session lasts.

        Raises:
            TransportError: there is no connection.
            NotLetInError: a right login is refused.
        """
        if not self.facts.root:
            self.spelled("root")
        standing, channel = self._standing[link], self.channel(link)
        if standing.id and channel.is_open and not standing.doubtful:
            if time.monotonic() - standing.used < RENEW_SHARE * self._idle_s:
                return
            if self._works(link):
                return
        elif standing.id and link == MAIN and self._works(link):
            return
        old = standing.id
        if old:
            self._over(old)
        self._leave(link, old if channel.is_open else "")
        if old and link == WATCH:
            self._farewell(old)
        self.channel(link).open()
        self._may_tell.discard(link)
        self.facts.logins.discard(link)
        packet = self._login(self.channel(link), indications=link == WATCH)
        standing.id = packet.first.get(self._syntax.session) or ""
        standing.used, standing.doubtful = time.monotonic(), False
        self.facts.sessions[standing.id] = link
        self.facts.logins.add(link)
        if link == WATCH:
            self.watching_since = time.monotonic()

    def _works(self, link: str) -> bool:
        """Whether the session still serves on its connection; on a new one if that is gone, as many devices let it."""
        standing, channel = self._standing[link], self.channel(link)
        if not channel.is_open or channel.tail:
            channel.open()
        packet = self._ask(channel, self._kit.probe, [], standing.id)
        if not packet.ok:
            return False
        standing.used, standing.doubtful = time.monotonic(), False
        self.facts.open.discard(standing.id)
        self.facts.sessions[standing.id] = link
        return True

    def command(self, operation: str, fields: Sequence[tuple[str, str]] = (), session: str | None = None) -> bytes:
        """The packet of a command of the acting session."""
        return encode(
            self._binding.message(operation, fields, session=self._standing[MAIN].id if session is None else session)
        )

    def ask(self, operation: str, fields: Sequence[tuple[str, str]] = ()) -> Packet:
        """A command of the acting session that no script asks for, and its answer.

        Raises:
            TransportError, NotLetInError: as `ready`.
            PermitError: it is not permitted.
        """
        self.ready()
        self._asides.append((operation, frozenset(value for _, value in fields), time.monotonic()))
        del self._asides[:-100]
        return self._ask(self.channel(MAIN), operation, fields, self._standing[MAIN].id)

    def _ask(self, channel: PacketChannel, operation: str, fields: Sequence[tuple[str, str]], session: str) -> Packet:
        channel.send(self.command(operation, fields, session))
        deadline = time.monotonic() + self._target.timeout
        while True:
            raw, ending = channel.receive(max(deadline - time.monotonic(), 0.0))
            packet = self._binding.packet(raw, ending, -1, operation=operation)
            if not packet.indicates:
                return packet

    def _login(self, channel: PacketChannel, *, indications: bool = False) -> Packet:
        fields = dict(self._binding.login_fields())
        known = self._binding.system.operations[self._syntax.login].parameters
        kinds = {name: self._binding.system.types[one.type] for name, one in known.items() if not one.optional}
        fields |= {name: kind.choices[0] for name, kind in kinds.items() if kind.choices}
        fields[self._syntax.subscribe] = self._syntax.subscribed if indications else "0"
        channel.send(encode(self._binding.message(self._syntax.login, list(fields.items()), session=None)))
        deadline = time.monotonic() + self._target.timeout
        while True:
            raw, ending = channel.receive(max(deadline - time.monotonic(), 0.0))
            packet = self._binding.packet(raw, ending, -1, operation=self._syntax.login)
            if not packet.indicates:
                break
        if not packet.ok or not packet.first.get(self._syntax.session):
            raise NotLetInError(f"{self._syntax.login}: {packet.describe()}")
        return packet

    def _ended_id(self) -> str:
        """The id of a session that somebody has logged out of."""
        if not self._ended:
            channel = PacketChannel(self._target, self._binding, self._permit, self._interface, self._rate)
            try:
                session = self._login(channel).first.get(self._syntax.session) or ""
                packet = self._goodbye(channel, session)
                if packet is None or not packet.ok:
                    raise CaseSkipped("a session could not be ended")
                self._ended = session
                self.facts.ended.add(session)
            finally:
                channel.close()
        return self._ended

    def _goodbye(self, channel: PacketChannel, session: str) -> Packet | None:
        channel.send(encode(self._binding.goodbye(session)))
        for _ in range(100):
            raw, ending = channel.receive(self._target.timeout)
            packet = self._binding.packet(raw, ending, -1, operation=self._syntax.logout)
            if not packet.indicates:
                return packet
        return None

    def _leave(self, link: str, session: str) -> None:
        channel = self.channel(link)
        try:
            if session and channel.is_open and not channel.tail:
                self._goodbye(channel, session)
        except TransportError:
            pass
        channel.close()

    def _farewell(self, session: str) -> None:
        """Log out of a session whose connection is of no more use."""
        channel = PacketChannel(self._target, self._binding, self._permit, self._interface, self._rate)
        try:
            self._goodbye(channel, session)
        finally:
            channel.close()

    def lets_in(self) -> bool:
        """Whether the device answers a login and a valid command on a new connection, and a logout ends what was begun."""
        channel = PacketChannel(self._target, self._binding, self._permit, self._interface, self._rate)
        try:
            session = self._login(channel).first.get(self._syntax.session) or ""
            packet = self._ask(channel, self._kit.probe, [], session)
            self._goodbye(channel, session)
        except (TransportError, NotLetInError):
            return False
        finally:
            channel.close()
        return bool(packet.ok)

    def asides(self, asked: Asked) -> int:
        """How many commands of this name and object no script has asked for a moment ago, so that indications of them may still come."""
        known = {value for _, value in asked.fields}
        since = time.monotonic() - ASIDE_S
        return sum(one == asked.operation and at > since and bool(values & known) for one, values, at in self._asides)

    def settle(self) -> None:
        """Let what the watching client is told come, and drop it: it is of what was cleaned up."""
        standing, channel = self._standing[WATCH], self._channels.get(WATCH)
        if standing.id and channel is not None and channel.is_open and not channel.tail:
            self._ask(channel, self._kit.probe, [], standing.id)

    def tidy(self) -> None:
        """Log out of what a script has begun, and close its connections."""
        for session, link in list(self._made.items()):
            if self.channel(link).is_open and link not in self._standing:
                self._goodbye(self.channel(link), session)
            else:
                self._farewell(session)
            self._over(session)
        for link in [one for one in self._channels if one not in self._standing]:
            self._channels.pop(link).close()
            self.facts.logins.discard(link)
            self._may_tell.discard(link)
        for standing in self._standing.values():
            if standing.doubtful:
                self.facts.open.add(standing.id)
        self.watches = False

    def drop(self) -> None:
        """Nothing is known any more."""
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()
        self._made.clear()
        self._standing = {MAIN: Standing(), WATCH: Standing()}
        self.facts.sessions.clear()
        self.facts.open.clear()
        self.facts.logins.clear()
        self._may_tell.clear()
        self._ended = ""
        self.watches = False

    def close(self) -> None:
        """Log out of everything and close all connections."""
        try:
            for link, standing in self._standing.items():
                self._leave(link, standing.id)
        except TransportError:
            pass
        self.drop()
