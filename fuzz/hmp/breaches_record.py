"""Deviations about recordings, HotMarks, re-streams, and what a reply promises about the next command."""

from __future__ import annotations

import time

from fuzz.hmp.pretend import STATUS, Recording, Register, Seen, World
from harness.mutation.mutant import Operator as Op

breach = Register()
_START, _STOP = "startRestreamRecording", "stopRestreamRecording"
# Wall seconds after a HotMark beyond which a careless device forgets it; on a clock of twice the speed less than half a second.
_FORGET_S = 0.12


def _told(world: World, seen: Seen) -> Recording | None:
    """The recording whose status the device truly tells."""
    return world.recording(seen) if seen.is_ok(STATUS) else None


def _stays(clause: str, name: str, operation: str, before: str, after: str) -> None:
    """The status after a change is the one before it."""

    @breach(clause, name, Op.STALE, f"After {operation} the status of a recording is still {before}.")
    def _status(world: World, seen: Seen) -> bytes | None:
        recording = _told(world, seen)
        if recording is None or (recording.before, recording.state) != (before, after):
            return None
        return world.done(seen, before)


_stays("REC-003", "stays-active", "pauseRecording", "RECORDING", "PAUSED")
_stays("REC-004", "stays-paused", "resumeRecording", "PAUSED", "RECORDING")
_stays("REC-005", "stays-active", "stopRecording", "RECORDING", "FINISHED")
_stays("REC-006", "stays-paused", "stopRecording", "PAUSED", "FINISHED")


def _refused(clause: str, name: str, operation: str, state: str) -> None:
    """An operation is refused in a state in which it works."""

    @breach(clause, name, Op.REFUSE, f"{operation} is refused in the state {state}.")
    def _fails(world: World, seen: Seen) -> bytes | None:
        recording = world.recording(seen)
        if recording is None or recording.state != state or not seen.is_ok(operation):
            return None
        return world.fail(seen, "active-recording-not-found")


_refused("REC-003", "not-paused", "pauseRecording", "RECORDING")
_refused("REC-004", "not-resumed", "resumeRecording", "PAUSED")
_refused("REC-005", "not-stopped", "stopRecording", "RECORDING")
_refused("REC-006", "not-stopped", "stopRecording", "PAUSED")


@breach("REC-003", "once", Op.REFUSE, "A recording is paused once only.")
def _paused_once(world: World, seen: Seen) -> bytes | None:
    if not seen.is_ok("pauseRecording"):
        return None
    name = seen.of("recordingId")
    again, world.notes[name] = name in world.notes, "paused"
    return world.fail(seen, "active-recording-not-found") if again else None


@breach("REC-001", "paused-first", Op.STALE, "A new recording is paused until something is done with it.")
def _paused_first(world: World, seen: Seen) -> bytes | None:
    recording = _told(world, seen)
    new = recording is not None and recording.state == recording.before == "RECORDING"
    return world.done(seen, "PAUSED") if new else None


@breach("REC-001", "not-yet", Op.DELAY, "The first question for the status of a new recording comes too early.")
def _not_yet(world: World, seen: Seen) -> bytes | None:
    recording = _told(world, seen)
    return world.fail(seen, "active-recording-not-found") if recording is not None and not recording.reads else None


@breach("REC-002", "once-sourced", Op.ACCEPT, "A session that once had a source is recorded.")
def _once_sourced(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    once = session is not None and bool(session.removed)
    return world.done(seen) if once and world.failed(seen, "no-source") else None


@breach("REC-007", "from-pause", Op.ACCEPT, "What was stopped while paused can be paused.")
def _paused_from_pause(world: World, seen: Seen) -> bytes | None:
    recording = world.recording(seen)
    fits = recording is not None and recording.before == "PAUSED" and recording.state == "FINISHED"
    return world.done(seen) if fits and seen.operation == "pauseRecording" else None


@breach("REC-008", "from-pause", Op.ACCEPT, "What was stopped while paused can be resumed.")
def _resumed_from_pause(world: World, seen: Seen) -> bytes | None:
    recording = world.recording(seen)
    fits = recording is not None and recording.before == "PAUSED" and recording.state == "FINISHED"
    return world.done(seen) if fits and seen.operation == "resumeRecording" else None


@breach("REC-009", "streamed", Op.STALE, "A finished recording that is being streamed is active.")
def _active_while_streamed(world: World, seen: Seen) -> bytes | None:
    streamed = any(stream.recording == seen.of("recordingId") for stream in world.streams.values())
    return world.done(seen, "RECORDING") if streamed and seen.operation == STATUS else None


@breach("REC-009", "refused-and-resumed", Op.STALE, "A refused resumption makes a finished recording active.")
def _refused_and_resumed(world: World, seen: Seen) -> bytes | None:
    name = seen.of("recordingId")
    if seen.operation == "resumeRecording" and not seen.ok:
        world.notes[name] = "tried"
    return world.done(seen, "RECORDING") if seen.operation == STATUS and name in world.notes else None


def _word(name: str, operator: Op, about: str, words: dict[str, str]) -> None:
    @breach("REC-010", name, operator, about)
    def _says(world: World, seen: Seen) -> bytes | None:
        return world.done(seen, words[seen.value]) if seen.is_ok(STATUS) and seen.value in words else None


_word("active", Op.RENAME, "The status of what is active is ACTIVE.", {"RECORDING": "ACTIVE"})
_word("lower-case", Op.RENAME, "The status is in lower case.", {"RECORDING": "recording", "PAUSED": "paused"})
_word("error-finished", Op.SWAP, "What went wrong is said to be finished.", {"ERROR": "FINISHED"})
_word("paused-active", Op.SWAP, "What is paused is said to be active.", {"PAUSED": "RECORDING"})
_word("finished-paused", Op.SWAP, "What is finished is said to be paused.", {"FINISHED": "PAUSED"})


def _spreads(operation: str, state: str) -> None:
    @breach(
        "REC-011",
        f"{operation}-spreads",
        Op.STALE,
        f"{operation} changes the other recordings that are not stopped too.",
    )
    def _status(world: World, seen: Seen) -> bytes | None:
        if seen.is_ok(operation):
            world.notes["last"] = seen.of("recordingId")
        recording = _told(world, seen)
        spread = world.notes.get("last", seen.of("recordingId")) != seen.of("recordingId")
        if recording is None or not spread or recording.state in ("FINISHED", state):
            return None
        return world.done(seen, state)


_spreads("pauseRecording", "PAUSED")
_spreads("resumeRecording", "RECORDING")
_spreads("stopRecording", "FINISHED")


@breach("REC-014", "two-ids", Op.DOUBLE, "A recording of several sources gets an id for each.")
def _two_ids(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    several = session is not None and len(session.sources) > 1
    return world.done(seen, f"{seen.value},{seen.value[::-1]}") if several and seen.is_ok("startRecording") else None


@breach("REC-014", "refused", Op.REFUSE, "A session of several sources is not recorded.")
def _several_refused(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    several = session is not None and len(session.sources) > 1
    return world.fail(seen, "no-source") if several and seen.is_ok("startRecording") else None


@breach("REC-014", "not-found", Op.LOSE, "The recording of several sources is not found.")
def _several_not_found(world: World, seen: Seen) -> bytes | None:
    recording = _told(world, seen)
    several = recording is not None and recording.sources > 1
    return world.fail(seen, "active-recording-not-found") if several else None


@breach("REC-015", "resumes", Op.STALE, "Reading the status of what is paused resumes it.")
def _reading_resumes(world: World, seen: Seen) -> bytes | None:
    recording = _told(world, seen)
    again = recording is not None and recording.state == "PAUSED" and recording.reads > 0
    return world.done(seen, "RECORDING") if again else None


@breach("REC-015", "third-time", Op.STALE, "The third question for the status gets another answer.")
def _third_time(world: World, seen: Seen) -> bytes | None:
    recording = _told(world, seen)
    third = recording is not None and recording.reads % 3 == 2 and recording.state == "RECORDING"
    return world.done(seen, "PAUSED") if third else None


# what a reply promises


@breach(
    "EXE-003",
    "one-behind",
    Op.STALE,
    "The status is told as it was before the last change, the first time it is asked for.",
)
def _one_behind(world: World, seen: Seen) -> bytes | None:
    recording = _told(world, seen)
    if recording is None or recording.before == recording.state:
        return None
    change = f"{seen.of('recordingId')} {recording.before} {recording.state}"
    if world.notes.get("told") == change:
        return None
    world.notes["told"] = change
    return world.done(seen, recording.before)


@breach("EXE-003", "deleted-later", Op.STALE, "The first command after a deletion still finds the session.")
def _deleted_later(world: World, seen: Seen) -> bytes | None:
    name = seen.of("sessionId")
    if name not in world.deleted or name in world.notes:
        return None
    world.notes[name] = "found"
    return world.done(seen)


@breach(
    "EXE-005",
    "stopped-all-the-same",
    Op.STALE,
    "A command about a recording that is refused is carried out all the same.",
)
def _all_the_same(world: World, seen: Seen) -> bytes | None:
    states = {"pauseRecording": "PAUSED", "resumeRecording": "RECORDING", "stopRecording": "FINISHED"}
    if seen.operation in states and world.failed(seen, "arity"):
        world.notes[seen.of("recordingId")] = states[seen.operation]
    after = world.notes.get(seen.of("recordingId"))
    return world.done(seen, after) if after is not None and seen.is_ok(STATUS) and after != seen.value else None


@breach("EXE-005", "deleted-all-the-same", Op.STALE, "A refused deletion deletes the session.")
def _deleted_all_the_same(world: World, seen: Seen) -> bytes | None:
    if seen.operation == "deleteSession" and world.failed(seen, "recording-in-progress"):
        world.notes[seen.of("sessionId")] = "tried"
    tried = seen.of("sessionId") in world.notes
    return world.fail(seen, "session-not-found") if tried and seen.is_ok("setLiveSession") else None


@breach("EXE-005", "reserved-all-the-same", Op.STALE, "A re-stream that is refused keeps its address in use.")
def _reserved(world: World, seen: Seen) -> bytes | None:
    if seen.operation != _START:
        return None
    address = f"{seen.of('ip')}:{seen.of('port')}"
    if world.failed(seen, "not-single-source"):
        world.notes[address] = "reserved"
    return world.fail(seen, "address-in-use") if seen.ok and address in world.notes else None


@breach(
    "EXE-005", "added-all-the-same", Op.STALE, "A source that is refused while a recording goes on is there afterwards."
)
def _added_all_the_same(world: World, seen: Seen) -> bytes | None:
    key = f"{seen.of('sessionId')} {seen.of('sourceId')}"
    if seen.operation == "addSourceToSession" and world.failed(seen, "recording-in-progress"):
        world.notes[key] = "tried"
    return world.fail(seen, "source-already-added") if key in world.notes and seen.is_ok("addSourceToSession") else None


# HotMarks


@breach("HOT-001", "one-chance", Op.REFUSE, "A recording that was refused a HotMark takes none any more.")
def _one_chance(world: World, seen: Seen) -> bytes | None:
    name = seen.of("recordingId")
    if world.failed(seen, "hotmark-exists"):
        world.notes[name] = "refused"
    return world.fail(seen, "not-active", 0) if name in world.notes and seen.is_ok("addHotmark") else None


@breach("HOT-001", "not-after-pause", Op.STALE, "What was paused once takes no HotMark.")
def _not_after_pause(world: World, seen: Seen) -> bytes | None:
    recording = world.recording(seen)
    paused = recording is not None and recording.before == "PAUSED"
    return world.fail(seen, "not-active", 0) if paused and seen.is_ok("addHotmark") else None


@breach("HOT-002", "any-number", Op.ACCEPT, "Any number of HotMarks lie in one second.")
def _any_number(world: World, seen: Seen) -> bytes | None:
    return world.done(seen) if world.failed(seen, "hotmark-exists") else None


@breach("HOT-002", "half-a-second", Op.ACCEPT, "A second has passed after half of it.")
def _half_a_second(world: World, seen: Seen) -> bytes | None:
    recording = world.recording(seen)
    late = recording is not None and time.monotonic() - recording.mark > _FORGET_S
    return world.done(seen) if late and world.failed(seen, "hotmark-exists") else None


@breach("HOT-002", "one-only", Op.REFUSE, "A recording takes one HotMark.")
def _one_only(world: World, seen: Seen) -> bytes | None:
    marked = seen.of("recordingId") in world.marked
    return world.fail(seen, "hotmark-exists") if marked and seen.is_ok("addHotmark") else None


@breach("HOT-005", "of-all", Op.STALE, "HotMarks of other recordings are in the way.")
def _of_all(world: World, seen: Seen) -> bytes | None:
    other = any(name != seen.of("recordingId") for name in world.marked)
    return world.fail(seen, "hotmark-exists") if other and seen.is_ok("addHotmark") else None


# re-streams


@breach("STR-001", "stopped-twice", Op.ACCEPT, "A stream can be stopped twice.")
def _stopped_twice(world: World, seen: Seen) -> bytes | None:
    return world.done(seen) if seen.operation == _STOP and seen.of("streamId") in world.stopped else None


@breach("STR-001", "dies-with-connection", Op.STALE, "A stream ends with the connection that started it.")
def _stream_dies(world: World, seen: Seen) -> bytes | None:
    stream = world.streams.get(seen.of("streamId"))
    gone = stream is not None and stream.connection in world.gone
    return world.fail(seen, "stream-not-found") if gone and seen.is_ok(_STOP) else None


@breach("STR-001", "one-stops-all", Op.STALE, "Stopping a stream stops the others.")
def _one_stops_all(world: World, seen: Seen) -> bytes | None:
    names = [*world.stopped, *world.streams]
    first = names.index(seen.of("streamId")) if seen.of("streamId") in world.streams else 0
    running = seen.is_ok(_STOP) and bool(world.stopped) and first > 0 and world.notes.get("together") == "yes"
    if len(world.streams) > 1:
        world.notes["together"] = "yes"
    return world.fail(seen, "stream-not-found") if running else None


@breach("STR-002", "several", Op.ACCEPT, "Recordings of several sources are streamed.")
def _several_streamed(world: World, seen: Seen) -> bytes | None:
    return world.done(seen) if world.failed(seen, "not-single-source") else None


@breach("STR-002", "several-not-found", Op.SWAP, "Recordings of several sources are not found.")
def _several_swapped(world: World, seen: Seen) -> bytes | None:
    return world.fail(seen, "recording-not-found") if world.failed(seen, "not-single-source") else None


@breach("STR-003", "shared", Op.ACCEPT, "Two streams may have one address and port.")
def _address_shared(world: World, seen: Seen) -> bytes | None:
    return world.done(seen) if world.failed(seen, "address-in-use") else None


@breach("STR-003", "other-error", Op.SWAP, "An address in use is not an address.")
def _address_swapped(world: World, seen: Seen) -> bytes | None:
    return world.fail(seen, "not-an-ip", 1) if world.failed(seen, "address-in-use") else None


@breach("STR-004", "shared", Op.ACCEPT, "A stream may go to the address of a source.")
def _source_shared(world: World, seen: Seen) -> bytes | None:
    return world.done(seen) if world.failed(seen, "source-address-in-use") else None


@breach("STR-004", "other-error", Op.SWAP, "The port of a source is not a port.")
def _source_swapped(world: World, seen: Seen) -> bytes | None:
    return world.fail(seen, "not-a-port", 2) if world.failed(seen, "source-address-in-use") else None


@breach("STR-005", "kept", Op.STALE, "The address of a stopped stream stays in use.")
def _address_kept(world: World, seen: Seen) -> bytes | None:
    kept = any(stream.address == (seen.of("ip"), seen.of("port")) for stream in world.stopped.values())
    return world.fail(seen, "address-in-use") if kept and seen.is_ok(_START) else None
