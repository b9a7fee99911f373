"""The device's world: its objects, and the one place where their state changes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.spec.model import System


@dataclass(slots=True, kw_only=True)
class Described:
    """What sessions and recordings have in common."""

    id: str
    metadata: dict[str, str] = field(default_factory=dict)
    categories: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)  # user or group -> permission


@dataclass(slots=True, kw_only=True)
class Recording(Described):
    """One recording; `started` in device seconds."""

    sources: tuple[str, ...]
    state: str
    started: float
    resumed: bool = False  # once; only faults ask
    hotmarks: set[int] = field(default_factory=set)  # whole device seconds since the start


@dataclass(slots=True, kw_only=True)
class Session(Described):
    """One session and the recordings made of it, oldest first."""

    title: str
    live: bool = False  # HMP-SES-007
    sources: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)  # sources it once had; only faults ask
    ghosts: int = 0  # sources that it counts and has not; only faults make any
    recordings: list[Recording] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A recording being sent to an address."""

    id: str
    recording: str
    ip: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An incoming stream and where it is received."""

    id: str
    ip: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A directory group."""

    name: str
    role: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user, with a role of its own or through groups."""

    name: str
    role: bool = True
    groups: tuple[Group, ...] = ()


class World:
    """All objects of the device.

    Args:
        system: the model; the life of a recording is read from it.
        clock: device seconds.
        seed: of the ids.
    """

    def __init__(self, system: System, clock: Callable[[], float], seed: int = 0) -> None:
        self.clock = clock
        self._random = random.Random(seed)  # noqa: S311  ids of a test device, repeatable on purpose
        recording = system.objects["recording"]
        self._moves = {(move.operation, move.start): move.end for move in recording.transitions}
        self._initial = recording.initial or ""
        self.stopped = frozenset(self._moves.values()) - {start for _, start in self._moves}
        self.sessions: dict[str, Session] = {}
        self.deleted: dict[str, Session] = {}
        self.recordings: dict[str, Recording] = {}
        self.streams: dict[str, Stream] = {}
        self.sources: dict[str, Source] = {}
        self.users: dict[str, User] = {}  # by name in lower case
        self.groups: dict[str, Group] = {}
        self.categories: set[str] = set()
        self.permissions: dict[str, bool] = {}  # id -> whether it may be shared over the API
        self.unauthorised: set[str] = set()  # addresses that the allow-list has not

    def new_id(self) -> str:
        """A random UUID, version 4."""
        digits = f"{self._random.getrandbits(128):032x}"
        variant = "89ab"[self._random.getrandbits(2)]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def add_source(self, ip: str, port: int) -> Source:
        """Define an incoming stream."""
        source = Source(id=self.new_id(), ip=ip, port=port)
        self.sources[source.id] = source
        return source

    def add_user(self, user: User) -> None:
        """Define a user and its groups."""
        self.users[user.name.lower()] = user
        for group in user.groups:
            self.add_group(group)

    def add_group(self, group: Group) -> None:
        """Define a group."""
        self.groups[group.name.lower()] = group

    def create_session(self, title: str, chosen: str | None = None) -> Session:
        """Add an empty session, with a new id unless one is chosen."""
        session = Session(id=chosen or self.new_id(), title=title)
        self.sessions[session.id] = session
        return session

    def delete_session(self, session: Session) -> None:
        """Forget a session; its recordings stay."""
        self.sessions.pop(session.id, None)
        self.deleted[session.id] = session
        if len(self.deleted) > 1000:  # a load run deletes without end
            del self.deleted[next(iter(self.deleted))]

    def start_recording(self, session: Session) -> Recording:
        """Begin to record a session as it is now."""
        recording = Recording(
            id=self.new_id(), sources=tuple(session.sources), state=self._initial, started=self.clock()
        )
        session.recordings.append(recording)
        self.recordings[recording.id] = recording
        return recording

    def delete_recordings(self, session: Session) -> None:
        """Forget the recordings of a session."""
        for recording in session.recordings:
            self.delete_recording(recording)

    def delete_recording(self, recording: Recording) -> None:
        """Forget a recording."""
        self.recordings.pop(recording.id, None)

    def move(self, recording: Recording, operation: str) -> None:
        """Bring a recording to the state that an operation ends in; where there is none, it stays."""
        recording.state = self._moves.get((operation, recording.state), recording.state)

    def force(self, recording: Recording, operation: str) -> None:
        """As `move`, from whatever state."""
        recording.state = next(end for (name, _), end in self._moves.items() if name == operation)

    def is_stopped(self, recording: Recording) -> bool:
        """Whether nothing can be recorded into it any more."""
        return recording.state in self.stopped or (("stopRecording", recording.state) not in self._moves)

    def session_states(self, session: Session) -> list[str]:
        """The states of a session that the spec names; several may hold."""
        states = ["sourced" if session.sources else "empty"]
        open_states = {recording.state for recording in session.recordings if not self.is_stopped(recording)}
        if self._initial in open_states:
            states.append("recording")
        elif open_states:
            states.append("paused")
        elif session.recordings:
            states.append("recorded")
        return states

    def start_stream(self, recording: Recording, ip: str, port: int) -> Stream:
        """Begin to send a recording to an address."""
        stream = Stream(id=self.new_id(), recording=recording.id, ip=ip, port=port)
        self.streams[stream.id] = stream
        return stream

    def stop_stream(self, stream: Stream) -> None:
        """End a stream."""
        self.streams.pop(stream.id, None)

    def mark_second(self, recording: Recording) -> int:
        """The whole device second of a recording that it is now (HMP-HOT-002)."""
        return int(self.clock() - recording.started)
