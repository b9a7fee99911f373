"""What a pretended device remembers: sessions, recordings and streams as its true replies told of them.

A deviation is a function of this memory and of one exchange; it gives what the device says instead, or None.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from harness.messages.book import ErrorBook
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece, pieces
from harness.mutation.speech import Speech

STATUS = "getRecordingStatus"
_NEXT_STATE = {"pauseRecording": "PAUSED", "resumeRecording": "RECORDING", "stopRecording": "FINISHED"}


@dataclass(slots=True, kw_only=True)
class Session:
    """A session that was created while the mutant looked on; `commands` about it so far, but for its creation."""

    title: str
    connection: int
    sources: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)
    commands: int = 0


@dataclass(slots=True, kw_only=True)
class Recording:
    """A recording that was started while the mutant looked on."""

    session: str
    connection: int
    state: str = "RECORDING"
    before: str = "RECORDING"  # the state before the last change
    sources: int = 1
    reads: int = 0
    mark: float = 0.0  # wall clock of the last HotMark


@dataclass(slots=True, kw_only=True)
class Stream:
    """A re-stream that was started while the mutant looked on."""

    address: tuple[str, str]
    recording: str
    connection: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One exchange with its values by the names of the parameters; surplus values are those of the last one."""

    exchange: Exchange
    operation: str
    named: dict[str, str]
    values: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the device itself has succeeded."""
        return self.exchange.reply.ok is True

    @property
    def value(self) -> str:
        """What its success carries."""
        return self.exchange.reply.value or ""

    @property
    def connection(self) -> int:
        """The connection's number."""
        return self.exchange.connection

    def of(self, name: str) -> str:
        """A value by its parameter's name, "" if there is none."""
        return self.named.get(name, "")

    def is_ok(self, *operations: str) -> bool:
        """Whether it is a success of one of these operations."""
        return self.ok and self.operation in operations


class World:
    """The memory of a pretended device."""

    def __init__(self, book: ErrorBook) -> None:
        self.speech = Speech(book)
        self.sessions: dict[str, Session] = {}
        self.deleted: dict[str, Session] = {}
        self.recordings: dict[str, Recording] = {}
        self.streams: dict[str, Stream] = {}
        self.stopped: dict[str, Stream] = {}
        self.gone: set[int] = set()  # connections that have ended
        self.notes: dict[str, str] = {}  # what one deviation remembers besides
        self.marked: list[str] = []

    # saying

    def done(self, seen: Seen, value: str | None = None) -> bytes:
        """The operation succeeds, in truth or not."""
        return self.speech.success(seen.operation, value)

    def fail(self, seen: Seen, error: str, about: int | None = None) -> bytes:
        """The operation fails with this error."""
        return self.speech.error(seen.exchange.call, error, about=about, like=seen.exchange.reply)

    def failed(self, seen: Seen, *errors: str) -> bool:
        """Whether the device itself has failed with one of these errors."""
        return self.speech.is_error(seen.exchange, *errors)

    # looking

    def session(self, seen: Seen) -> Session | None:
        """The session that the call names, if it exists and is known."""
        return self.sessions.get(seen.of("sessionId"))

    def recording(self, seen: Seen) -> Recording | None:
        """The recording that the call names, if it is known."""
        return self.recordings.get(seen.of("recordingId"))

    def active(self, session: Session) -> list[Recording]:
        """The recordings of a session that are not stopped."""
        return [self.recordings[name] for name in session.recordings if self.recordings[name].state != "FINISHED"]

    # learning

    def learn(self, seen: Seen) -> None:
        """Remember what a true reply told."""
        session, recording = self.session(seen), self.recording(seen)
        if session is not None:
            session.commands += 1
        if not seen.ok:
            return
        match seen.operation:
            case "createSession":
                self.sessions[seen.value] = Session(title=seen.of("sessionTitle"), connection=seen.connection)
            case "deleteSession" if session is not None:
                self.deleted[seen.of("sessionId")] = self.sessions.pop(seen.of("sessionId"))
            case "addSourceToSession" if session is not None:
                session.sources.append(seen.of("sourceId"))
            case "removeSourceFromSession" if session is not None and seen.of("sourceId") in session.sources:
                session.sources.remove(seen.of("sourceId"))
                session.removed.append(seen.of("sourceId"))
            case "startRecording":
                count = len(session.sources) if session is not None else 1
                self.recordings[seen.value] = Recording(
                    session=seen.of("sessionId"), connection=seen.connection, sources=count
                )
                if session is not None:
                    session.recordings.append(seen.value)
            case "pauseRecording" | "resumeRecording" | "stopRecording" if recording is not None:
                recording.before, recording.state = recording.state, _NEXT_STATE[seen.operation]
            case "getRecordingStatus" if recording is not None:
                recording.reads += 1
            case "addHotmark" if recording is not None:
                recording.mark = time.monotonic()
                self.marked.append(seen.of("recordingId"))
            case "startRestreamRecording":
                self.streams[seen.value] = Stream(
                    address=(seen.of("ip"), seen.of("port")),
                    recording=seen.of("recordingId"),
                    connection=seen.connection,
                )
            case "stopRestreamRecording" if seen.of("streamId") in self.streams:
                self.stopped[seen.of("streamId")] = self.streams.pop(seen.of("streamId"))


Deviation = Callable[[World, Seen], "bytes | Sequence[Piece] | None"]


class Pretender(Behaviour):
    """A device with one deviation of state."""

    def __init__(self, book: ErrorBook, deviation: Deviation) -> None:
        self._world, self._deviation = World(book), deviation
        self._operations = book.system.operations

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        call = exchange.call
        known = self._operations.get(call.operation)
        if known is None:
            return None
        named = dict(zip(known.parameters, call.values, strict=False))
        seen = Seen(exchange=exchange, operation=call.operation, named=named, values=call.values)
        said = self._deviation(self._world, seen)
        self._world.learn(seen)
        return pieces(said)

    def left(self, connection: int) -> None:
        """See `Behaviour`."""
        self._world.gone.add(connection)


class Register:
    """Collects the deviations of one module."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, Operator, str, Deviation]] = []

    def __call__(self, clause: str, name: str, operator: Operator, about: str) -> Callable[[Deviation], Deviation]:
        """Register a deviation from a clause (without the system's prefix)."""

        def add(deviation: Deviation) -> Deviation:
            self._rows.append((clause, name, operator, about, deviation))
            return deviation

        return add

    def mutants(self, book: ErrorBook) -> list[Mutant]:
        """A mutant for each."""
        return [
            Mutant(
                id=f"HMP-{clause}:{name}",
                clause=f"HMP-{clause}",
                operator=operator,
                about=about,
                make=partial(Pretender, book, deviation),
            )
            for clause, name, operator, about, deviation in self._rows
        ]
