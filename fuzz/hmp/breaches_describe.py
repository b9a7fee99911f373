"""Deviations about sharing, metadata and categories."""

from __future__ import annotations

from fuzz.hmp.pretend import Register, Seen, World
from harness.mutation.mutant import Operator as Op
from harness.mutation.speech import is_uuid_like

breach = Register()
_UPDATES = ("updateSessionMetadata", "updateMetadata")
_CATEGORIES = ("setSessionCategory", "setCategory")
_OF_RECORDINGS = ("updateMetadata", "setCategory", "shareRecordingWithUser", "shareRecordingWithGroup")


def _letter_case(clause: str, word: str, who: str) -> None:
    @breach(
        clause,
        f"{word}-case",
        Op.REFUSE,
        f"The name of a {who} who was last found under another spelling is not found in {word} case.",
    )
    def _not_found(world: World, seen: Seen) -> bytes | None:
        name = seen.of(f"{who}name")
        if not seen.is_ok(f"shareSessionWith{who.title()}", f"shareRecordingWith{who.title()}"):
            return None
        before, world.notes[name.lower()] = world.notes.get(name.lower(), name), name
        same = name == (name.upper() if word == "upper" else name.lower())
        return world.fail(seen, f"{who}-not-found") if before != name and same else None


for _clause, _who in (("SHR-001", "user"), ("SHR-002", "group")):
    for _word in ("upper", "lower"):
        _letter_case(_clause, _word, _who)


@breach("SHR-003", "record-of-recordings", Op.ACCEPT, "RECORD is a permission of recordings.")
def _record_taken(world: World, seen: Seen) -> bytes | None:
    refused = world.failed(seen, "bad-permission", "not-a-uuid") and seen.operation.startswith("shareRecording")
    return world.done(seen) if refused and seen.of("permissionId") == "RECORD" else None


@breach("SHR-003", "record-lists-sessions", Op.SWAP, "The error about RECORD lists the permissions of sessions.")
def _record_listed(world: World, seen: Seen) -> bytes | None:
    refused = world.failed(seen, "bad-permission", "not-a-uuid") and seen.operation.startswith("shareRecording")
    if not refused or seen.of("permissionId") != "RECORD":
        return None
    return world.speech.failure(
        "010001", "Permission must be one of: WATCH, EDIT, RECORD, OWN", like=seen.exchange.reply
    )


def _permission_refused(kind: str) -> None:
    @breach("SHR-004", f"refused-{kind.lower()}", Op.REFUSE, f"An administrator's permission is none for a {kind}.")
    def _refused(world: World, seen: Seen) -> bytes | None:
        shared = seen.ok and seen.operation.startswith(f"share{kind}")
        return world.fail(seen, "bad-permission") if shared and is_uuid_like(seen.of("permissionId")) else None


_permission_refused("Session")
_permission_refused("Recording")


@breach("SHR-005", "no-role-needed", Op.ACCEPT, "Users need no role.")
def _no_user_role(world: World, seen: Seen) -> bytes | None:
    return world.done(seen) if world.failed(seen, "user-without-roles") else None


@breach("SHR-005", "refused-once", Op.STALE, "A user without a role is refused once and then taken.")
def _user_refused_once(world: World, seen: Seen) -> bytes | None:
    if not world.failed(seen, "user-without-roles"):
        return None
    again, world.notes[seen.of("username")] = seen.of("username") in world.notes, "refused"
    return world.done(seen) if again else None


@breach("SHR-005", "called-a-group", Op.SWAP, "A user without a role is not found.")
def _user_swapped(world: World, seen: Seen) -> bytes | None:
    return world.fail(seen, "user-not-found") if world.failed(seen, "user-without-roles") else None


@breach("SHR-005", "first-only", Op.REFUSE, "The role of one user counts; all others are refused as if they had none.")
def _first_only(world: World, seen: Seen) -> bytes | None:
    if not seen.is_ok("shareSessionWithUser", "shareRecordingWithUser"):
        return None
    first = world.notes.setdefault("first", seen.of("username").lower())
    return world.fail(seen, "user-without-roles") if seen.of("username").lower() != first else None


@breach("SHR-006", "no-role-needed", Op.ACCEPT, "Groups need no role.")
def _no_group_role(world: World, seen: Seen) -> bytes | None:
    return world.done(seen) if world.failed(seen, "group-without-roles") else None


@breach("SHR-006", "called-a-user", Op.SWAP, "A group without a role is called a user.")
def _group_swapped(world: World, seen: Seen) -> bytes | None:
    if not world.failed(seen, "group-without-roles"):
        return None
    return world.speech.failure("060001", "User has no roles assigned", like=seen.exchange.reply)


@breach("SHR-006", "own-only", Op.ACCEPT, "Without a role a group gets the lesser permissions.")
def _group_lesser(world: World, seen: Seen) -> bytes | None:
    lesser = seen.of("permissionId") in ("WATCH", "EDIT")
    return world.done(seen) if lesser and world.failed(seen, "group-without-roles") else None


@breach("SHR-007", "taken", Op.ACCEPT, "A permission that may not be shared is shared.")
def _cannot_taken(world: World, seen: Seen) -> bytes | None:
    return world.done(seen) if world.failed(seen, "cannot-share") else None


@breach("SHR-007", "refused-once", Op.STALE, "A permission that may not be shared is refused once and then taken.")
def _cannot_once(world: World, seen: Seen) -> bytes | None:
    if not world.failed(seen, "cannot-share"):
        return None
    again, world.notes["tried"] = "tried" in world.notes, "yes"
    return world.done(seen) if again else None


@breach("SHR-007", "unknown", Op.SWAP, "A permission that may not be shared is no permission.")
def _cannot_swapped(world: World, seen: Seen) -> bytes | None:
    return world.fail(seen, "bad-permission") if world.failed(seen, "cannot-share") else None


@breach("MET-001", "once", Op.REFUSE, "A field is set once only.")
def _set_once(world: World, seen: Seen) -> bytes | None:
    if not seen.is_ok(*_UPDATES):
        return None
    key = " ".join(seen.values[:2])
    again, world.notes[key] = key in world.notes, "set"
    return world.fail(seen, "bad-field", 1) if again else None


@breach("MET-001", "one-word", Op.REFUSE, "A description takes one word.")
def _one_word(world: World, seen: Seen) -> bytes | None:
    several = " " in seen.of("value") and seen.of("fieldName") == "description"
    return world.fail(seen, "bad-field", 1) if seen.is_ok(*_UPDATES) and several else None


@breach("MET-001", "short", Op.REFUSE, "A field takes fifty characters.")
def _short(world: World, seen: Seen) -> bytes | None:
    return world.fail(seen, "bad-field", 1) if seen.is_ok(*_UPDATES) and len(seen.of("value")) > 50 else None


@breach("MET-001", "same-again", Op.REFUSE, "A field cannot be set to the value that it has.")
def _same_again(world: World, seen: Seen) -> bytes | None:
    if not seen.is_ok(*_UPDATES):
        return None
    key = " ".join(seen.values[:2])
    before, world.notes[key] = world.notes.get(key), seen.of("value")
    return world.fail(seen, "bad-field", 1) if before == seen.of("value") else None


def _not_in_state(state: str) -> None:
    @breach(
        "MET-002", f"not-{state.lower()}", Op.REFUSE, f"A recording in the state {state} cannot be described or shared."
    )
    def _not_found(world: World, seen: Seen) -> bytes | None:
        recording = world.recording(seen)
        in_state = recording is not None and recording.state == state
        return world.fail(seen, "recording-not-found") if in_state and seen.is_ok(*_OF_RECORDINGS) else None


for _state in ("RECORDING", "PAUSED"):
    _not_in_state(_state)


@breach("CAT-001", "one-value", Op.REFUSE, "A category takes one value.")
def _one_value(world: World, seen: Seen) -> bytes | None:
    return world.fail(seen, "duplicate-value") if seen.is_ok(*_CATEGORIES) and len(seen.values) > 3 else None


@breach("CAT-001", "sixteen-values", Op.REFUSE, "A category takes sixteen values.")
def _sixteen_values(world: World, seen: Seen) -> bytes | None:
    return world.fail(seen, "duplicate-value") if seen.is_ok(*_CATEGORIES) and len(seen.values) > 18 else None


@breach("CAT-001", "not-again", Op.REFUSE, "A value that the category has already is refused.")
def _not_again(world: World, seen: Seen) -> bytes | None:
    if not seen.is_ok(*_CATEGORIES):
        return None
    key = " ".join(seen.values)
    again, world.notes[key] = key in world.notes, "set"
    return world.fail(seen, "duplicate-value") if again else None


@breach("CAT-001", "one-word", Op.REFUSE, "A category takes several values only if each is one word.")
def _words(world: World, seen: Seen) -> bytes | None:
    several = len(seen.values) > 3 and any(" " in value for value in seen.values[2:])
    return world.fail(seen, "untrimmed-value") if seen.is_ok(*_CATEGORIES) and several else None


@breach("CAT-002", "over-commands", Op.STALE, "A value must be unique over all commands.")
def _over_commands(world: World, seen: Seen) -> bytes | None:
    if not seen.is_ok(*_CATEGORIES):
        return None
    keys = [f"{seen.values[0]} {value}" for value in seen.values[2:]]
    again = any(key in world.notes for key in keys)
    world.notes |= dict.fromkeys(keys, "set")
    return world.fail(seen, "duplicate-value") if again else None
