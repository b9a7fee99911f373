"""What commands do to the objects that the model knows: surely after a success, perhaps where nobody can tell.

Which command moves a recording to which state stands in the spec (`ObjectKind.transitions`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import count
from typing import TypeVar

from fuzz.hmp.state import GONE, STATES, THERE, Mark, Memory, Recording, Session, Stream, Thing, place_of
from harness.fuzzing.spellings import folded
from harness.spec.model import System

_RECORDING = "recording"
_T = TypeVar("_T", bound=Thing)


class Effects:
    """Changes the memory of one device.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, system: System, memory: Memory, clock: Callable[[], float]) -> None:
        self._memory = memory
        self._clock = clock
        self.sent_s: float | None = None  # when bytes last left, if anybody tells us
        self.proven: set[str] = set()  # sources that a session of ours has had, so nobody else holds them for himself
        self._numbers = count()
        transitions = system.objects[_RECORDING].transitions
        self._moves = {(move.operation, move.start): move.end for move in transitions}
        self._status = system.objects[_RECORDING].status
        self._parameters = {
            name: operation.parameters["recordingId"]
            for name, operation in system.operations.items()
            if "recordingId" in operation.parameters
        }
        self._moving = {operation for operation, _ in self._moves}
        self._certain: dict[str, Callable[[Sequence[str], str | None], None]] = {
            "createSession": self._create,
            "deleteSession": self._delete,
            "addSourceToSession": self._add,
            "removeSourceFromSession": self._remove,
            "startRecording": self._start,
            "updateSessionMetadata": self._rename,
            "updateMetadata": self._rename,
            "addHotmark": self._mark,
            "startRestreamRecording": self._stream,
            "stopRestreamRecording": self._stop_stream,
        }
        self._uncertain: dict[str, Callable[[Sequence[str]], None]] = {
            "createSession": self._may_create,
            "deleteSession": self._may_delete,
            "addSourceToSession": lambda values: self._source(values, lambda *held: memory.hold(*held, sure=False)),
            "removeSourceFromSession": lambda values: self._source(
                values, lambda *held: memory.release(*held, sure=False)
            ),
            "startRecording": self._may_start,
            "updateSessionMetadata": lambda values: self._rename(values, None, sure=False),
            "updateMetadata": lambda values: self._rename(values, None, sure=False),
            "addHotmark": self._may_mark,
            "startRestreamRecording": self._may_stream,
            "stopRestreamRecording": lambda values: self._may_go(self._find(values, Stream)),
        }

    def sending(self) -> None:
        """Bytes leave now."""
        self.sent_s = self._clock()

    def apply(self, name: str, values: Sequence[str], value: str | None) -> None:
        """A command was executed and answered with success."""
        if name in self._moving and name != "startRecording":
            self._move(name, values)
        elif name == self._status:
            self._read(values, value)
        elif (change := self._certain.get(name)) is not None:
            change(values, value)

    def perhaps(self, name: str, values: Sequence[str]) -> None:
        """A command was executed, or not."""
        if name in self._moving and name != "startRecording":
            self._may_move(name, values)
        elif (change := self._uncertain.get(name)) is not None:
            change(values)

    def settle(self, thing: Thing, states: frozenset[str]) -> None:
        """The object is in one of these states."""
        if states == {GONE}:
            self._memory.bury(thing)
        elif isinstance(thing, Recording):
            self._settle(thing, states)
        else:
            thing.states = states

    # sessions

    def _create(self, values: Sequence[str], value: str | None) -> None:
        known = self._memory.by_text.get(value or "")
        if not value or known is not None:
            self._may_create(values)
            return
        session = Session(kind="session", text=value)
        self._memory.add(session)
        if values:
            self._memory.entitle(session, values[0], sure=True)

    def _may_create(self, values: Sequence[str]) -> None:
        self._memory.phantom("session")
        if values:
            self._memory.entitle(None, values[0], sure=False)

    def _delete(self, values: Sequence[str], _value: str | None) -> None:
        session = self._find(values, Session)
        if session is None:
            self._may_delete(values)
            return
        self._orphan(session)
        self._memory.bury(session)

    def _may_delete(self, values: Sequence[str]) -> None:
        """By id, or by title where a device takes one."""
        session = self._find(values, Session)
        called = folded(values[0]) if values else ""
        for one in [session] if session is not None else list(self._memory.of_kind("session")):
            if isinstance(one, Session) and (one is session or called in one.titles):
                self._orphan(one)
                self._may_go(one)

    def _orphan(self, session: Session) -> None:
        """Recordings of a deleted session stay or go, their streams with them (HMP-AMB-062)."""
        orphans = list(session.recordings.values())
        for recording in orphans:
            self._settle(recording, recording.states | {GONE})
        if orphans:
            for stream in self._memory.of_kind("stream"):
                if isinstance(stream, Stream) and stream.recording in orphans:
                    self._may_go(stream)

    def _add(self, values: Sequence[str], _value: str | None) -> None:
        self._source(values, lambda *held: self._memory.hold(*held, sure=True))
        if len(values) > 1 and (source := self._memory.find(values[1])) is not None:
            self.proven.add(source.text)

    def has_it(self, values: Sequence[str]) -> None:
        """The device says that the session has the source already."""
        self._source(values, lambda *held: self._memory.hold(*held, sure=True, told=True))

    def _remove(self, values: Sequence[str], _value: str | None) -> None:
        self._source(values, lambda *held: self._memory.release(*held, sure=True))

    def _source(self, values: Sequence[str], change: Callable[[Session, str], None]) -> None:
        session = self._find(values, Session)
        source = self._memory.find(values[1]) if len(values) > 1 else None
        if session is not None and source is not None and source.kind == "source":
            change(session, source.text)

    def _rename(self, values: Sequence[str], _value: str | None, *, sure: bool = True) -> None:
        session = self._find(values, Session)
        if session is not None and len(values) > 2 and folded(values[1]) == "title":
            self._memory.entitle(session, values[2], sure=sure)

    # recordings

    def _start(self, values: Sequence[str], value: str | None) -> None:
        session = self._find(values, Session)
        if not value or value in self._memory.by_text:
            self._may_start(values)
            return
        recording = Recording(kind=_RECORDING, text=value, session=session)
        if session is not None:
            recording.least_sources, recording.most_sources = session.least_sources, session.most_sources
            session.recordings[value] = recording
        self._memory.add(recording)
        self._settle(recording, frozenset((self._moves["startRecording", "none"],)))

    def _may_start(self, values: Sequence[str]) -> None:
        self._memory.phantom(_RECORDING)
        if (session := self._find(values, Session)) is not None:
            session.recordings_open = True

    def _move(self, name: str, values: Sequence[str]) -> None:
        recording = self._find(values, Recording)
        if recording is None:
            return
        ends = frozenset(
            self._moves.get((name, state), state) for state in recording.states if self._may_succeed(name, state)
        )
        # A success where none may be: whatever the device has done, it is not guessed.
        self._settle(recording, ends or frozenset(STATES))

    def _may_move(self, name: str, values: Sequence[str]) -> None:
        recording = self._find(values, Recording)
        if recording is not None:
            self._settle(
                recording, recording.states | {self._moves.get((name, state), state) for state in recording.states}
            )

    def _may_succeed(self, name: str, state: str) -> bool:
        parameter = self._parameters[name]
        rule = parameter.states.get(state)
        return state != GONE and (rule is None or rule.ok or rule.ambiguity is not None)

    def _read(self, values: Sequence[str], value: str | None) -> None:
        recording = self._find(values, Recording)
        if recording is not None and value in STATES:
            self._settle(recording, frozenset((value,)))

    def _settle(self, recording: Recording, states: frozenset[str]) -> None:
        """Its states, and how long it may have been paused."""
        self._memory.settle(recording, states)
        if "PAUSED" in states:
            if recording.paused_since_s is None:
                recording.paused_since_s = self.sent_s if self.sent_s is not None else -math.inf
        elif recording.paused_since_s is not None:
            recording.paused_s += self._clock() - recording.paused_since_s
            recording.paused_since_s = None

    # HotMarks

    def _mark(self, values: Sequence[str], _value: str | None) -> None:
        recording = self._find(values, Recording)
        if recording is not None:
            since_s = self.sent_s if self.sent_s is not None else -math.inf
            mark = Mark(since_s=since_s, until_s=self._clock(), paused_s=recording.paused_s)
            recording.marks = [*recording.marks[-1:], mark]

    def _may_mark(self, values: Sequence[str]) -> None:
        if (recording := self._find(values, Recording)) is not None:
            recording.marks_open = True

    def device_gap_s(self, recording: Recording) -> float:
        """Seconds of our clock by which the recording has gone on since its last HotMark, at the least."""
        last = recording.marks[-1]
        if self.sent_s is None or math.isinf(recording.paused_s):
            return 0.0
        return self.sent_s - last.until_s - (recording.paused_s - last.paused_s)

    def since_the_one_before_s(self, recording: Recording) -> float:
        """Seconds of our clock that have gone by since the last HotMark but one, at the most."""
        return self._clock() - recording.marks[0].since_s if len(recording.marks) > 1 else math.inf

    # streams

    def _stream(self, values: Sequence[str], value: str | None) -> None:
        if not value or value in self._memory.by_text:
            self._may_stream(values)
            return
        recording, place = self._find(values, Recording), place_of(values)
        for other in list(self._memory.of_kind("stream")):
            # Now it is known that none of this recording was there.
            if isinstance(other, Stream) and other.doubtful and other.recording is recording and other.to == place:
                self._memory.bury(other)
        self._memory.add(Stream(kind="stream", text=value, recording=recording, to=place))

    def _may_stream(self, values: Sequence[str]) -> None:
        stream = Stream(
            kind="stream",
            text=f"a stream of unknown id, number {next(self._numbers)}",
            states=frozenset((THERE, GONE)),
            recording=self._find(values, Recording),
            to=place_of(values),
        )
        self._memory.add(stream)

    def _stop_stream(self, values: Sequence[str], _value: str | None) -> None:
        if (stream := self._find(values, Stream)) is not None:
            self._memory.bury(stream)

    # all

    def _find(self, values: Sequence[str], kind: type[_T]) -> _T | None:
        found = self._memory.find(values[0]) if values else None
        return found if isinstance(found, kind) else None

    def _may_go(self, thing: Thing | None) -> None:
        if thing is not None:
            thing.states = thing.states | {GONE}
