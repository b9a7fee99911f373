"""Sessions: who is logged in, for how long, and who is told of changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from harness.reference.faults import FaultSet
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.state import World


class Client(Protocol):
    """A connection, to those who send on it or end it."""

    def tell(self, packet: bytes) -> None:
        """Send a packet that nobody asked for."""

    def drop(self) -> None:
        """End the connection."""


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    """One session; `used` in device seconds. `client` is the connection on which it logged in, None once that is gone."""

    id: str
    user: str
    privilege: str
    subscribed: bool
    client: Client | None
    used: float
    began: float


class Sessions:
    """All sessions.

    Args:
        world: for ids and time.
        idle_s: device seconds without activity after which a session is over.
        faults: those that are on.
        choices: readings.
    """

    def __init__(self, world: World, idle_s: float, faults: FaultSet, choices: Choices) -> None:
        self._world, self._idle_s, self._on, self._choices = world, idle_s, faults.on, choices
        self._sessions: dict[str, Session] = {}
        self._listening: dict[str, Session] = {}  # those that asked for indications
        self.clients: set[Client] = set()  # all connections
        if self._on("expires-half-time"):
            self._idle_s = idle_s / 2

    def __len__(self) -> int:
        """How many there are, those included whose end nobody has noticed yet."""
        return len(self._sessions)

    def begin(self, user: str, privilege: str, subscribed: bool, client: Client | None) -> Session:
        """A login succeeded."""
        now, identity = self._world.clock(), self._world.new_id()
        if self._on("session-shared"):
            same = next((one for one in self._sessions.values() if one.user == user and one.client is not client), None)
            identity = same.id if same is not None else identity
        session = Session(
            id=identity, user=user, privilege=privilege, subscribed=subscribed, client=client, used=now, began=now
        )
        self._sessions[identity] = session
        if subscribed:
            self._listening[identity] = session
        return session

    def find(self, identity: str, client: Client | None) -> Session | None:
        """The session of an id, whose idle time begins anew; None where there is none, or none any more."""
        session = self._sessions.get(identity.lower() if self._choices.same_case else identity)
        now = self._world.clock()
        if session is None and self._on("any-id-accepted") and len(identity) == len(self._world.new_id()):
            session = next(iter(self._sessions.values()), None)
        if session is None and not identity and self._on("connection-is-enough"):
            session = next((one for one in self._sessions.values() if one.client is client), None)
        if session is None or (self._choices.bound and session.client is not client):
            return None
        if self._over(session, now):
            self.end(session)
            return None
        session.used = now
        if self._on("renews-all"):
            for other in self._sessions.values():
                other.used = now
        return session

    def _over(self, session: Session, now: float) -> bool:
        if self._on("never-expires"):
            return False
        return now - (session.began if self._on("activity-forgotten") else session.used) > self._idle_s

    def end(self, session: Session) -> None:
        """A session is over."""
        if self._on("logout-forgotten"):
            self._listening.pop(session.id, None)
            return
        self._sessions.pop(session.id, None)
        if not self._on("indications-after-logout"):
            self._listening.pop(session.id, None)

    def end_on(self, client: Client) -> None:
        """All sessions that logged in on a connection are over."""
        for session in [one for one in self._sessions.values() if one.client is client]:
            self.end(session)

    def on(self, client: Client) -> bool:
        """Whether a session that logged in on a connection goes on."""
        return any(one.client is client for one in self._sessions.values())

    def grant(self, user: str, privilege: str) -> None:
        """The sessions of a user have another privilege from now on."""
        for session in self._sessions.values():
            if session.user == user:
                session.privilege = privilege

    def end_of(self, user: str) -> None:
        """All sessions of a user are over."""
        for session in [one for one in self._sessions.values() if one.user == user]:
            self.end(session)

    def of(self, user: str) -> Session | None:
        """The oldest session of a user."""
        return next((one for one in self._sessions.values() if one.user == user), None)

    def drop_all(self) -> None:
        """The device starts again: no session and no connection is left."""
        self._sessions.clear()
        self._listening.clear()
        for client in list(self.clients):
            client.drop()

    def gone(self, client: Client) -> None:
        """A connection is gone: its sessions go on, until they are idle, and are told nothing more."""
        self.clients.discard(client)
        for session in [one for one in self._sessions.values() if one.client is client]:
            session.client = None
            self._listening.pop(session.id, None)
            if self._choices.ends_with_connection:
                self.end(session)
        for session in [one for one in self._listening.values() if one.client is client]:
            del self._listening[session.id]

    def listeners(self, without: Session | None, *, everybody: bool = False) -> Iterator[Client]:
        """The connections of sessions that asked for indications, each once, without that of one session.

        `everybody` marks what fault tells-everybody tells to those too who did not ask.
        """
        now, seen = self._world.clock(), set()
        sessions = self._sessions.values() if everybody and self._on("tells-everybody") else self._listening.values()
        for session in list(sessions):
            if session is without or session.client is None or id(session.client) in seen:
                continue
            if self._over(session, now) and not self._on("indications-after-logout"):
                self.end(session)
                continue
            seen.add(id(session.client))
            yield session.client
