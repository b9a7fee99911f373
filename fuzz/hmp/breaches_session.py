"""Deviations about objects, sessions and sources."""

from __future__ import annotations

from fuzz.hmp.pretend import STATUS, Register, Seen, World
from harness.mutation.mutant import Operator as Op

breach = Register()
_ABOUT_SESSIONS = ("setLiveSession", "updateSessionMetadata", "setSessionCategory")


def _again(world: World, seen: Seen, operation: str) -> bytes | None:
    """The id that the operation gave first, once more."""
    if not seen.is_ok(operation):
        return None
    first = world.notes.setdefault("first", seen.value)
    return None if first == seen.value else world.done(seen, first)


@breach("OBJ-001", "session-twice", Op.STALE, "A second session gets the id of the first.")
def _session_twice(world: World, seen: Seen) -> bytes | None:
    return _again(world, seen, "createSession")


@breach("OBJ-001", "recording-twice", Op.STALE, "A second recording gets the id of the first.")
def _recording_twice(world: World, seen: Seen) -> bytes | None:
    return _again(world, seen, "startRecording")


@breach("OBJ-001", "stream-twice", Op.STALE, "A second stream gets the id of the first.")
def _stream_twice(world: World, seen: Seen) -> bytes | None:
    return _again(world, seen, "startRestreamRecording")


@breach("OBJ-001", "deleted-again", Op.STALE, "A new session gets the id of the one that was deleted last.")
def _deleted_again(world: World, seen: Seen) -> bytes | None:
    return world.done(seen, next(reversed(world.deleted))) if seen.is_ok("createSession") and world.deleted else None


@breach("OBJ-003", "own-connection", Op.STALE, "A session is known on the connection that made it only.")
def _own_connection(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    strange = session is not None and session.connection != seen.connection
    return (
        world.fail(seen, "session-not-found")
        if strange and seen.is_ok(*_ABOUT_SESSIONS, "addSourceToSession")
        else None
    )


@breach("OBJ-003", "dies-with-connection", Op.STALE, "A recording is gone with the connection that started it.")
def _dies_with_connection(world: World, seen: Seen) -> bytes | None:
    recording = world.recording(seen)
    gone = recording is not None and recording.connection in world.gone
    return world.fail(seen, "active-recording-not-found") if gone and seen.is_ok(STATUS) else None


@breach("OBJ-003", "old-state-elsewhere", Op.STALE, "Other connections are told the state before the last change.")
def _old_state_elsewhere(world: World, seen: Seen) -> bytes | None:
    recording = world.recording(seen)
    if recording is None or not seen.is_ok(STATUS) or recording.connection != seen.connection:
        return None
    return world.done(seen, recording.before) if recording.before != recording.state else None


@breach("SES-001", "never-refused", Op.ACCEPT, "setLiveSession takes a session that was never created.")
def _never_refused(world: World, seen: Seen) -> bytes | None:
    unknown = world.failed(seen, "session-not-found") and seen.of("sessionId") not in world.deleted
    return world.done(seen) if unknown and seen.operation == "setLiveSession" else None


@breach("SES-001", "lost-when-recorded", Op.REFUSE, "A session is no longer found once it has a recording.")
def _lost_when_recorded(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    lost = session is not None and bool(session.recordings)
    return world.fail(seen, "session-not-found") if lost and seen.is_ok("setLiveSession") else None


@breach("SES-001", "only-five", Op.REFUSE, "Only the five newest sessions are kept.")
def _only_five(world: World, seen: Seen) -> bytes | None:
    old = list(world.sessions)[:-5]
    return (
        world.fail(seen, "session-not-found") if seen.of("sessionId") in old and seen.is_ok("setLiveSession") else None
    )


@breach("SES-001", "dies-with-connection", Op.STALE, "A session is gone with the connection that made it.")
def _session_dies(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    gone = session is not None and session.connection in world.gone
    return world.fail(seen, "session-not-found") if gone and seen.is_ok(*_ABOUT_SESSIONS) else None


def _deleted_is_found(operation: str) -> None:
    @breach("SES-002", f"found-by-{operation}", Op.STALE, f"{operation} still finds a deleted session.")
    def _found(world: World, seen: Seen) -> bytes | None:
        return world.done(seen) if seen.operation == operation and seen.of("sessionId") in world.deleted else None


for _operation in (
    "setLiveSession", "deleteSession", "addSourceToSession", "removeSourceFromSession", "shareSessionWithUser",
    "shareSessionWithGroup", "updateSessionMetadata", "setSessionCategory", "startRecording",
):  # fmt: skip
    _deleted_is_found(_operation)


@breach("SES-002", "found-elsewhere", Op.STALE, "Another connection still finds a deleted session.")
def _found_elsewhere(world: World, seen: Seen) -> bytes | None:
    session = world.deleted.get(seen.of("sessionId"))
    return world.done(seen) if session is not None and session.connection != seen.connection else None


@breach("SES-003", "live-once", Op.REFUSE, "The live state cannot be set to the value it has.")
def _live_once(world: World, seen: Seen) -> bytes | None:
    if not seen.is_ok("setLiveSession"):
        return None
    name, wanted = seen.of("sessionId"), seen.of("active")
    before, world.notes[name] = world.notes.get(name), wanted
    return world.fail(seen, "session-not-found") if before == wanted else None


@breach("SES-003", "never-back", Op.REFUSE, "A live session cannot be set back.")
def _never_back(world: World, seen: Seen) -> bytes | None:
    if not seen.is_ok("setLiveSession"):
        return None
    if seen.of("active") == "true":
        world.notes[seen.of("sessionId")] = "live"
        return None
    return world.fail(seen, "not-a-boolean", 1) if seen.of("sessionId") in world.notes else None


@breach(
    "SES-004", "first-recording-only", Op.ACCEPT, "Only the first recording of a session keeps it from being deleted."
)
def _first_recording_only(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    if session is None or seen.operation != "deleteSession" or not world.failed(seen, "recording-in-progress"):
        return None
    return world.done(seen) if world.recordings[session.recordings[0]].state == "FINISHED" else None


@breach("SES-005", "paused-is-stopped", Op.ACCEPT, "A session whose recordings are paused can be deleted.")
def _paused_is_stopped(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    if session is None or seen.operation != "deleteSession" or not world.failed(seen, "recording-in-progress"):
        return None
    return world.done(seen) if all(one.state == "PAUSED" for one in world.active(session)) else None


@breach("SES-006", "held-for-ever", Op.REFUSE, "A session that was recorded cannot be deleted.")
def _held_for_ever(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    held = session is not None and bool(session.recordings)
    return world.fail(seen, "recording-in-progress") if held and seen.is_ok("deleteSession") else None


@breach("SES-006", "held-by-a-pause", Op.STALE, "A session whose recording was stopped while paused cannot be deleted.")
def _held_by_a_pause(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    held = session is not None and any(world.recordings[name].before == "PAUSED" for name in session.recordings)
    return world.fail(seen, "recording-in-progress") if held and seen.is_ok("deleteSession") else None


@breach("SES-008", "namesakes-go", Op.STALE, "Deleting a session deletes the others of its title.")
def _namesakes_go(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    gone = session is not None and any(other.title == session.title for other in world.deleted.values())
    return world.fail(seen, "session-not-found") if gone and seen.is_ok(*_ABOUT_SESSIONS) else None


@breach("SES-008", "one-holds-all", Op.REFUSE, "While any session is recorded none can be deleted.")
def _one_holds_all(world: World, seen: Seen) -> bytes | None:
    held = any(one.state != "FINISHED" for one in world.recordings.values())
    return world.fail(seen, "recording-in-progress") if held and seen.is_ok("deleteSession") else None


@breach("SES-008", "removal-spreads", Op.STALE, "A source that leaves one session leaves the others too.")
def _removal_spreads(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    if session is None or not seen.is_ok("startRecording"):
        return None
    others = [source for other in world.sessions.values() if other is not session for source in other.removed]
    return world.fail(seen, "no-source") if set(session.sources) <= set(others) else None


@breach("SRC-001", "three", Op.REFUSE, "A session takes three sources.")
def _three(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    full = session is not None and len(session.sources) >= 3
    return world.fail(seen, "track-failed") if full and seen.is_ok("addSourceToSession") else None


@breach("SRC-001", "refusals-count", Op.STALE, "A refused addition takes a place.")
def _refusals_count(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    if session is None or seen.operation != "addSourceToSession":
        return None
    return world.fail(seen, "track-failed") if seen.ok and session.commands >= 4 else None


@breach("SRC-002", "five", Op.ACCEPT, "A session takes a fifth source.")
def _five(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    full = session is not None and len(session.sources) >= 4
    return world.done(seen) if full and seen.operation == "addSourceToSession" else None


@breach("SRC-002", "five-after-removal", Op.STALE, "A removal makes room for two.")
def _five_after_removal(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    full = session is not None and len(session.sources) >= 4 and bool(session.removed)
    return world.done(seen) if full and seen.operation == "addSourceToSession" else None


@breach("SRC-003", "twice", Op.ACCEPT, "A source can be added twice.")
def _twice(world: World, seen: Seen) -> bytes | None:
    return world.done(seen) if world.failed(seen, "source-already-added") else None


@breach("SRC-003", "last-only", Op.STALE, "Only the source that was added last is known as added.")
def _last_only(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    if session is None or not world.failed(seen, "source-already-added"):
        return None
    return world.done(seen) if seen.of("sourceId") != session.sources[-1] else None


@breach("SRC-004", "never-again", Op.STALE, "A source that was removed cannot be added again.")
def _never_again(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    back = session is not None and seen.of("sourceId") in session.removed
    return world.fail(seen, "source-already-added") if back and seen.is_ok("addSourceToSession") else None


@breach("SRC-004", "still-recorded", Op.STALE, "A session without its last source is recorded all the same.")
def _still_recorded(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    empty = session is not None and not session.sources and bool(session.removed)
    return world.done(seen) if empty and seen.operation == "startRecording" else None


@breach("SRC-004", "all-go", Op.STALE, "Removing a source removes all.")
def _all_go(world: World, seen: Seen) -> bytes | None:
    session = world.session(seen)
    gone = session is not None and bool(session.removed)
    return world.fail(seen, "no-source") if gone and seen.is_ok("startRecording") else None


@breach("SRC-005", "not-there", Op.STALE, "A session with a source is not recorded, as if it had none.")
def _not_there(world: World, seen: Seen) -> bytes | None:
    return world.fail(seen, "no-source") if seen.is_ok("startRecording") else None


@breach("SRC-005", "added-again", Op.STALE, "What was added can be added again.")
def _added_again(world: World, seen: Seen) -> bytes | None:
    return world.done(seen) if world.failed(seen, "source-already-added") else None


def _while(clause: str, operation: str, state: str) -> None:
    @breach(clause, f"while-{state.lower()}", Op.ACCEPT, f"{operation} works while all recordings are {state}.")
    def _works(world: World, seen: Seen) -> bytes | None:
        session = world.session(seen)
        if session is None or seen.operation != operation or not world.failed(seen, "recording-in-progress"):
            return None
        return world.done(seen) if all(one.state == state for one in world.active(session)) else None


for _clause, _name in (("SRC-006", "addSourceToSession"), ("SRC-007", "removeSourceFromSession")):
    for _state in ("RECORDING", "PAUSED"):
        _while(_clause, _name, _state)


def _frozen(operation: str) -> None:
    @breach("SRC-008", f"frozen-{operation}", Op.STALE, f"{operation} does not work once a session was recorded.")
    def _fails(world: World, seen: Seen) -> bytes | None:
        session = world.session(seen)
        recorded = session is not None and bool(session.recordings)
        return world.fail(seen, "recording-in-progress") if recorded and seen.is_ok(operation) else None


_frozen("addSourceToSession")
_frozen("removeSourceFromSession")
