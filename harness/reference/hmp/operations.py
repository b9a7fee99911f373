"""What each command does once it is known to be carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from harness.reference.hmp.lookup import Found
from harness.reference.hmp.refusal import Refusal
from harness.reference.hmp.state import Recording, Session, Source, Stream, World
from harness.reference.system import Setup

# HMP 3.2, HMP Objects, Session: one to four sources (HMP-SRC-001, HMP-SRC-002).
MAX_SOURCES = 4


@dataclass(slots=True, kw_only=True)
class Dialogue:
    """What the device remembers of one connection; faults live on it."""

    ending: list[Callable[[], None]] = field(default_factory=list)  # what faults do when it ends
    first_echo: str | None = None
    commands: int = 0
    late: list[tuple[int, Recording]] = field(default_factory=list)  # fault pause-comes-late


class Operations:
    """Carries out commands; each method returns the value of the success, or None.

    Args:
        setup: model, readings and faults.
        world: the objects.
    """

    def __init__(self, setup: Setup, world: World) -> None:
        self._readings, self._faults, self._world = setup.readings, setup.faults, world
        self._created_state = setup.model.objects["recording"].initial
        # Addresses that faults keep in use.
        self._reserved: set[tuple[str, int]] = set()
        self._ghosts: set[str] = set()  # streams that were stopped once
        self.runs: dict[str, Callable[[Found, Dialogue], str | None]] = {
            "createSession": self._create_session,
            "setLiveSession": self._set_live,
            "deleteSession": self._delete_session,
            "addSourceToSession": self._add_source,
            "removeSourceFromSession": self._remove_source,
            "shareSessionWithUser": self._share,
            "shareSessionWithGroup": self._share,
            "updateSessionMetadata": self._update_metadata,
            "setSessionCategory": self._set_category,
            "startRecording": self._start_recording,
            "pauseRecording": self._pause,
            "resumeRecording": self._resume,
            "stopRecording": self._stop,
            "getRecordingStatus": self._status,
            "shareRecordingWithUser": self._share,
            "shareRecordingWithGroup": self._share,
            "updateMetadata": self._update_metadata,
            "setCategory": self._set_category,
            "addHotmark": self._add_hotmark,
            "startRestreamRecording": self._start_restream,
            "stopRestreamRecording": self._stop_restream,
        }

    def run(self, name: str, found: Found, dialogue: Dialogue) -> str | None:
        """Carry out a command.

        Raises:
            Refusal: only now is it seen that it fails; nothing has changed.
        """
        return self.runs[name](found, dialogue)

    def _create_session(self, found: Found, dialogue: Dialogue) -> str:
        title = found.value("sessionTitle")
        if self._readings.of("HMP-AMB-052") == "refused" or self._faults.on("same-title-same-id"):
            for session in self._world.sessions.values():
                if session.title == title:
                    if self._faults.on("same-title-same-id"):
                        return session.id
                    raise Refusal("create-failed")
        reused = next(reversed(self._world.deleted), None) if self._faults.on("deleted-id-reused") else None
        session = self._world.create_session(title, reused)
        if self._faults.on("sessions-die-with-connection"):
            dialogue.ending.append(partial(self._world.delete_session, session))
        return session.id

    def _set_live(self, found: Found, _dialogue: Dialogue) -> None:
        session, live = found.session(), found.value("active") == "true"
        if self._faults.on("live-once") and session.live == live:
            raise Refusal("session-not-found")
        session.live = live

    def _delete_session(self, found: Found, _dialogue: Dialogue) -> None:
        session = found.session()
        self._world.delete_session(session)
        if self._readings.of("HMP-AMB-062") == "deleted":
            self._world.delete_recordings(session)
        if self._faults.on("delete-takes-namesakes"):
            for other in [other for other in self._world.sessions.values() if other.title == session.title]:
                self._world.delete_session(other)

    def _add_source(self, found: Found, _dialogue: Dialogue) -> None:
        session, source = found.session(), found.value("sourceId")
        present = session.sources[-1:] if self._faults.on("duplicate-source-last-only") else session.sources
        if source in present:
            if self._faults.on("duplicate-add-counts"):
                session.ghosts += 1
            raise Refusal("source-already-added")
        if self._faults.on("readding-refused") and source in session.removed:
            raise Refusal("source-already-added")
        limit, used = MAX_SOURCES, len(session.sources) + session.ghosts
        if self._faults.on("fifth-source"):
            limit += 1
        if self._faults.on("three-sources"):
            limit -= 1
        if self._faults.on("removed-source-keeps-slot"):
            used += len(session.removed)
        if used >= limit:
            raise Refusal("track-failed" if self._readings.of("HMP-AMB-051") == "track-failed" else "unknown-error")
        session.sources.append(source)

    def _remove_source(self, found: Found, _dialogue: Dialogue) -> None:
        session, source = found.session(), found.value("sourceId")
        if source in session.sources:
            session.sources.remove(source)
            if self._faults.on("removal-spreads"):
                for other in self._world.sessions.values():
                    other.sources = [one for one in other.sources if one != source]
            session.removed = [*session.removed[-9:], source]  # only faults ask for it
        elif self._readings.of("HMP-AMB-045") == "refused":
            raise Refusal("source-not-found")

    def _share(self, found: Found, _dialogue: Dialogue) -> None:
        thing, name = found.described(), found.value(next(iter(found.values))).lower()
        if self._faults.on("share-once") and isinstance(thing, Session) and name in thing.shares:
            raise Refusal("user-without-roles")
        thing.shares[name] = found.value("permissionId")

    def _update_metadata(self, found: Found, _dialogue: Dialogue) -> None:
        thing = found.described()
        if isinstance(thing, Recording) and thing.state == "PAUSED" and self._faults.on("paused-metadata-refused"):
            raise Refusal("recording-not-found")
        key, value = found.value("fieldName"), found.value("value")
        thing.metadata[key] = value
        if isinstance(thing, Session) and key == "title":
            thing.title = value

    def _set_category(self, found: Found, _dialogue: Dialogue) -> None:
        thing, category, values = found.described(), found.value("categoryId"), found.values["value"]
        if self._faults.on("unique-over-commands") and isinstance(thing, Session):
            values_now = thing.categories.get(category, ())
            if any(value in values_now for value in values):
                raise Refusal("duplicate-value")
        thing.categories[category] = tuple(values)

    def _start_recording(self, found: Found, dialogue: Dialogue) -> str | None:
        if self._faults.on("second-recording-same-id") and found.session().recordings:
            return found.session().recordings[0].id
        recording = self._world.start_recording(found.session())
        if self._faults.on("recordings-die-with-connection"):
            dialogue.ending.append(partial(self._world.delete_recording, recording))
        if self._faults.on("multi-recording-without-id") and len(recording.sources) > 1:
            return None
        return recording.id

    def _pause(self, found: Found, dialogue: Dialogue) -> None:
        recording = found.recording()
        if self._faults.on("pause-comes-late"):
            dialogue.late.append((dialogue.commands + 2, recording))
            return
        self._world.move(recording, "pauseRecording")
        if self._faults.on("pause-spreads"):
            self._spread("pauseRecording")

    def _spread(self, operation: str) -> None:
        """Faults pause-spreads and stop-spreads: the operation hits the recording started last of all active ones."""
        active = [one for one in self._world.recordings.values() if one.state == self._created_state]
        for other in active[-1:]:
            self._world.move(other, operation)

    def _resume(self, found: Found, _dialogue: Dialogue) -> None:
        recording = found.recording()
        if self._faults.on("resume-keeps-status"):
            return
        if self._faults.on("finished-resumed"):
            self._world.force(recording, "resumeRecording")
        self._world.move(recording, "resumeRecording")
        recording.resumed = True

    def _stop(self, found: Found, _dialogue: Dialogue) -> None:
        if self._faults.on("resumed-not-stopped") and found.recording().resumed:
            raise Refusal("active-recording-not-found")
        self._world.move(found.recording(), "stopRecording")
        if self._faults.on("stop-spreads"):
            self._spread("stopRecording")

    def _status(self, found: Found, _dialogue: Dialogue) -> str:
        recording = found.recording()
        state = recording.state
        if state == "FINISHED" and self._readings.of("HMP-AMB-017") == "not-active":
            raise Refusal("active-recording-not-found")
        if self._faults.on("status-resumes"):
            self._world.move(recording, "resumeRecording")
        return state

    def _add_hotmark(self, found: Found, _dialogue: Dialogue) -> None:
        recording = found.recording()
        second = self._world.mark_second(recording)
        taken = recording.hotmarks
        if self._faults.on("hotmarks-of-all"):
            taken = {second for one in self._world.recordings.values() for mark in one.hotmarks if mark == second}
        if self._faults.on("hotmark-two-seconds") and second - 1 in taken:
            raise Refusal("hotmark-exists")
        if second in taken and not self._faults.on("hotmark-twice"):
            raise Refusal("hotmark-exists")
        recording.hotmarks.add(second)

    def _start_restream(self, found: Found, dialogue: Dialogue) -> str:
        recording, ip, port = found.recording(), found.value("ip"), int(found.value("port"))
        if len(recording.sources) > 1 and not self._faults.on("multi-source-restreamed"):
            if self._faults.on("failed-restream-reserves"):
                self._reserved.add((ip, port))
            raise Refusal("not-single-source")
        in_use = any(self._clashes(stream, ip, port) for stream in self._world.streams.values())
        if (in_use and not self._faults.on("address-shared")) or (ip, port) in self._reserved:
            raise Refusal("address-in-use")
        in_use = any(self._clashes(source, ip, port) for source in self._world.sources.values())
        if in_use and not self._faults.on("source-address-shared"):
            by_source = self._readings.of("HMP-AMB-060") == "by-a-source" or not self._in_a_session(ip, port)
            raise Refusal("source-address-in-use" if by_source else "address-in-use")
        stream = self._world.start_stream(recording, ip, port)
        if self._faults.on("restream-reactivates"):
            self._world.force(recording, "resumeRecording")
        if self._faults.on("streams-die-with-connection"):
            dialogue.ending.append(partial(self._world.stop_stream, stream))
        return stream.id

    def _in_a_session(self, ip: str, port: int) -> bool:
        """Whether a session has the source that receives there."""
        used = {source for session in self._world.sessions.values() for source in session.sources}
        return any(self._clashes(source, ip, port) for source in self._world.sources.values() if source.id in used)

    def _clashes(self, other: Stream | Source, ip: str, port: int) -> bool:
        same = (other.ip == ip, other.port == port)
        return any(same) if self._readings.of("HMP-AMB-054") == "refused" else all(same)

    def _stop_restream(self, found: Found, _dialogue: Dialogue) -> None:
        stream = found.things["streamId"]
        assert isinstance(stream, Stream)
        if self._faults.on("stream-stopped-twice") and stream.id not in self._ghosts:
            self._ghosts.add(stream.id)
            return
        self._world.stop_stream(stream)
        if self._faults.on("address-kept"):
            self._reserved.add((stream.ip, stream.port))
