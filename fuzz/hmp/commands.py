"""Why a command may fail, given what the model remembers: what the spec's format cannot say stands here, command by command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fuzz.hmp.effects import Effects
from fuzz.hmp.names import Names, Who
from fuzz.hmp.state import GONE, STATES, Memory, Recording, Session, Stream, Thing, place_of
from harness.checks.answer import Answer
from harness.fuzzing.expect import Expectation
from harness.fuzzing.oracle import SUCCESS, CallOracle, Cause, Facts, Slot
from harness.fuzzing.spellings import Standing, folded
from harness.messages.reply import Call
from harness.spec.model import System
from harness.target import Target

# A device may have limits of its own, which the document does not name: from so many objects on that may exist, a failure to make one more conforms.
MANY_SESSIONS = 32
MANY_RECORDINGS = 3  # unfinished ones
MANY_STREAMS = 6
# Times of ours and of the device may differ by so many device seconds, and by such a part of what is measured.
JITTER_S = 0.03
JITTER = 0.02

STATUS = "getRecordingStatus"
_VALUES = {state: Answer(value=state) for state in STATES}
_ACTIVE = frozenset(("RECORDING",))
_BUSY = ("recording", "paused")
_CANNOT_SHARE = "cannot-share"
_MOST_SOURCES = 4  # section Session

# What the documented success of a command rests on besides the command's own clauses: cited where a device refuses it or tells another state.
_RESTS_ON: dict[str, tuple[str, ...]] = {
    "setLiveSession": ("HMP-SES-001", "HMP-SES-003"),
    "deleteSession": ("HMP-SES-006",),
    "addSourceToSession": ("HMP-SRC-001", "HMP-SRC-004", "HMP-SRC-008"),
    "removeSourceFromSession": ("HMP-SRC-004", "HMP-SRC-005", "HMP-SRC-008"),
    "startRecording": ("HMP-REC-001", "HMP-SRC-005"),
    "pauseRecording": ("HMP-REC-003",),
    "resumeRecording": ("HMP-REC-004",),
    "stopRecording": ("HMP-REC-005", "HMP-REC-006"),
    STATUS: ("HMP-REC-010", "HMP-REC-011", "HMP-REC-015", "HMP-EXE-003", "HMP-EXE-005", "HMP-OBJ-003"),
    "shareSessionWithUser": ("HMP-SHR-001", "HMP-SHR-005"),
    "shareSessionWithGroup": ("HMP-SHR-002", "HMP-SHR-006"),
    "shareRecordingWithUser": ("HMP-SHR-001", "HMP-SHR-005"),
    "shareRecordingWithGroup": ("HMP-SHR-002", "HMP-SHR-006"),
    "updateSessionMetadata": ("HMP-MET-001",),
    "updateMetadata": ("HMP-MET-001", "HMP-MET-002"),
    "setSessionCategory": ("HMP-CAT-001", "HMP-CAT-002"),
    "setCategory": ("HMP-CAT-001", "HMP-CAT-002"),
    "addHotmark": ("HMP-HOT-001", "HMP-HOT-002", "HMP-HOT-005"),
    "startRestreamRecording": ("HMP-STR-005", "HMP-EXE-005"),
    "stopRestreamRecording": ("HMP-STR-001",),
}
_BECAME = {  # what brought a recording into its state
    "RECORDING": ("HMP-REC-001", "HMP-REC-004"),
    "PAUSED": ("HMP-REC-003",),
    "FINISHED": ("HMP-REC-005", "HMP-REC-006", "HMP-REC-009"),
}
_NO_LONGER = {"session": ("HMP-SES-002",), "stream": ("HMP-STR-001",)}  # a deleted session, a stopped stream


class Commands:
    """What may answer any command of one device."""

    def __init__(self, system: System, target: Target, oracle: CallOracle, memory: Memory, effects: Effects) -> None:
        self.oracle = oracle
        self.memory = memory
        self._system = system
        self._effects = effects
        self._scale = target.clock_scale
        texts = target.fixture_texts
        with_role = (*texts("user_names"), *texts("user_names_role_via_group"))
        self._names = {
            "user": Names(with_role, texts("user_names_no_roles")),
            "group": Names(texts("group_names"), texts("group_names_no_roles")),
        }
        self._source_places = {tuple(address.rpartition(":")[::2]) for address in texts("source_addresses")}
        self._half_places = {half for place in self._source_places for half in place}
        self._destinations = (frozenset(texts("restream_ips")), frozenset(texts("restream_ports")))
        self._anything = oracle.cause("*")
        self._finished = oracle.cause(
            "active-recording-not-found", ambiguity="HMP-AMB-017", readings=("not-active",), accepted="finished"
        )
        self._no_title = oracle.cause(
            "not-a-uuid", "session-not-found", clauses=(f"{system.prefix}-deleteSession.sessionId.type",), sure=True
        )
        self._rests_on = {name: oracle.cause(clauses=clauses) for name, clauses in _RESTS_ON.items()}
        self._states: dict[tuple[str, frozenset[str]], tuple[Cause, ...]] = {}
        self._told: dict[frozenset[str], tuple[Answer, ...]] = {}
        self._own: dict[str, Callable[[Call, list[Cause]], None]] = {
            "createSession": self._creating,
            "deleteSession": self._deleting,
            "addSourceToSession": self._adding,
            "removeSourceFromSession": self._removing,
            "updateSessionMetadata": self._renaming,
            "updateMetadata": self._renaming,
            "startRecording": self._starting,
            "addHotmark": self._marking,
            "startRestreamRecording": self._streaming,
        }

    def expect(self, call: Call, facts: Facts) -> Expectation:
        """What may answer a call that names an operation."""
        name, causes, successes = facts.name, list(facts.causes), SUCCESS
        for slot, text, standing in zip(self.oracle.slots(name), call.values, facts.standings, strict=False):
            if slot.object is None or standing is Standing.WRONG:
                continue
            if slot.is_id:
                if text not in slot.words:
                    thing = self._by_id(slot, text, causes)
                    if name == STATUS and isinstance(thing, Recording):
                        successes = self._status(thing, causes)
            elif (names := self._names.get(slot.object)) is not None:
                self._by_name(slot, names.who(text), causes)
        if (own := self._own.get(name)) is not None:
            own(call, causes)
        if (clauses := self._rests_on.get(name)) is not None:
            causes.append(clauses)
        return self.oracle.expectation(name, causes, successes)

    def _by_id(self, slot: Slot, text: str, causes: list[Cause]) -> Thing | None:
        """Adds what the id of an object gives; the object, if it is one of the kind that is wanted."""
        thing = self.memory.find(text)
        if thing is None:
            if self.memory.may_be_forgotten(text):
                causes.append(self._anything)
            elif not slot.parameter.unknown:  # a permission that nobody has defined
                causes.append(self.oracle.cause("*", ambiguity="HMP-AMB-053"))
            else:
                causes.append(self.oracle.unknown(slot))
                if slot.object in _NO_LONGER and self.memory.was_given(text):
                    causes.append(self.oracle.cause(clauses=_NO_LONGER[slot.object], sure=True))
            return None
        if thing.text != text:
            causes.append(slot.open(text))
        if thing.kind != slot.object:
            other = slot.parameter.other_kind if isinstance(thing, Session) else None
            if other is None:
                causes.append(self.oracle.unknown(slot) if slot.parameter.unknown else self._anything)
            else:
                accepted = self._system.ambiguities[other].accepted
                causes.append(self.oracle.cause("*", ambiguity=other, sure=accepted is None))
            return None
        if isinstance(thing, Session):
            self._in_session(slot, thing, causes)
        elif isinstance(thing, Recording) or thing.doubtful:
            causes += self._in_states(slot, thing.states)
        elif slot.object == "permission" and thing.states == {_CANNOT_SHARE}:
            causes.append(self.oracle.cause(_CANNOT_SHARE, clauses=("HMP-SHR-007",), sure=True))
        return thing

    def _in_states(self, slot: Slot, states: frozenset[str]) -> tuple[Cause, ...]:
        """What an object gives that is in one of these states: sure only what is sure in all of them."""
        key = (slot.clause, states)
        if key not in self._states:
            found = [
                self.oracle.unknown(slot) if state == GONE else self.oracle.in_state(slot, state)
                for state in sorted(states)
            ]
            sure = all(cause is not None and cause.sure for cause in found)
            self._states[key] = tuple(
                cause if sure else self.oracle.weak(cause) for cause in found if cause is not None
            )
        return self._states[key]

    def _in_session(self, slot: Slot, session: Session, causes: list[Cause]) -> None:
        """What a session gives that is in any of the states that matter here."""
        if session.doubtful:
            causes.append(self.oracle.unknown(slot, sure=session.gone))
        if not slot.parameter.states:
            return
        busy, told = session.busy, False
        for state in slot.parameter.states:
            held = session.is_in(state)
            if held is False or (cause := self.oracle.in_state(slot, state)) is None:
                continue
            told = told or (held is True and state in _BUSY)
            causes.append(cause if held else self.oracle.weak(cause))
        if busy and not told and (cause := self.oracle.in_state(slot, _BUSY[0])) is not None:
            causes.append(cause)  # active or paused, it is not known which, or both are the same here

    def _by_name(self, slot: Slot, who: Who, causes: list[Cause]) -> None:
        """Adds what a name of somebody gives."""
        roles = f"{slot.object}-without-roles"
        clauses = ("HMP-SHR-005",) if slot.object == "user" else ("HMP-SHR-006",)
        match who:
            case Who.ROLELESS:
                causes.append(self.oracle.cause(roles, clauses=clauses, sure=True))
            case Who.NOBODY:
                causes.append(self.oracle.unknown(slot))
            case Who.NO_NAME:
                causes.append(self.oracle.cause("*", clauses=(f"{slot.clause}.unknown",), sure=True))
            case Who.KNOWN_PERHAPS | Who.ANYBODY:
                causes.append(self.oracle.unknown(slot, sure=False))
                causes.append(self.oracle.cause(roles))

    def _status(self, recording: Recording, causes: list[Cause]) -> tuple[Answer, ...]:
        """The states that the status may tell; that of a finished recording may be told as an error."""
        states = recording.states
        if "FINISHED" in states:
            causes.append(self._finished)
        if len(states) == 1:
            causes.append(self.oracle.cause(clauses=_BECAME.get(next(iter(states)), ())))
        if states not in self._told:
            self._told[states] = tuple(_VALUES[state] for state in STATES if state in states) or SUCCESS
        return self._told[states]

    # what the spec's format cannot say, by command

    def _creating(self, call: Call, causes: list[Cause]) -> None:
        if call.values and (self.memory.titles_lost or self.memory.entitled(call.values[0])):
            causes.append(self.oracle.cause("*", ambiguity="HMP-AMB-052"))
        if self.memory.count("session") >= MANY_SESSIONS:
            causes.append(self.oracle.cause("create-failed"))

    def _deleting(self, call: Call, causes: list[Cause]) -> None:
        """A reading takes titles too: that of a session that there may be, however it is spelled."""
        if not call.values:
            return
        text = call.values[0]
        slot = self.oracle.slots(call.operation)[0]
        if self.memory.entitled(text) or (self.memory.titles_lost and slot.standing(text) is Standing.WRONG):
            gone = {f"{slot.clause}.unknown", *_NO_LONGER["session"]}
            causes[:] = [self.oracle.weak(cause) if gone & set(cause.clauses) else cause for cause in causes]
            causes.append(self.oracle.cause("recording-in-progress"))
        elif slot.wrong in causes:
            causes.append(self._no_title)

    def _adding(self, call: Call, causes: list[Cause]) -> None:
        session, source = self._session_and_source(call)
        if session is None or source is None:
            return
        has = session.has(source)
        if has is not False:
            causes.append(self.oracle.cause("source-already-added", clauses=("HMP-SRC-003",), sure=has is True))
        if session.most_sources >= _MOST_SOURCES:
            causes.append(
                self.oracle.cause(
                    "track-failed",
                    "*",
                    clauses=("HMP-SRC-002",),
                    sure=session.least_sources >= _MOST_SOURCES and not has,
                    ambiguity="HMP-AMB-051",
                    readings=("track-failed", "other"),
                )
            )
        # A device may keep a source for one session; one that we have had is held by nobody whom we do not know.
        elsewhere = self.memory.users[source] > (source in session.sources) or self.memory.unclear_sources
        if elsewhere or source not in self._effects.proven:
            causes.append(self.oracle.cause("track-failed", "source-not-found", "internal"))

    def _removing(self, call: Call, causes: list[Cause]) -> None:
        session, source = self._session_and_source(call)
        if session is None or source is None:
            return
        has = session.has(source)
        if has is not True:
            causes.append(self.oracle.cause("*", clauses=("HMP-SRC-005",), ambiguity="HMP-AMB-045"))
        if has is False:  # nothing is removed, so it may be OK though the session is held
            causes[:] = [self.oracle.weak(cause) if "HMP-SRC-007" in cause.clauses else cause for cause in causes]

    def _session_and_source(self, call: Call) -> tuple[Session | None, str | None]:
        if len(call.values) < 2:
            return None, None
        session, source = self.memory.find(call.values[0]), self.memory.find(call.values[1])
        known = source is not None and source.kind == "source"
        return session if isinstance(session, Session) else None, source.text if known and source else None

    def _renaming(self, call: Call, causes: list[Cause]) -> None:
        if len(call.values) > 2 and folded(call.values[1]) == "title":
            session = isinstance(self.memory.find(call.values[0]), Session)
            if session and (self.memory.titles_lost or self.memory.entitled(call.values[2])):
                causes.append(self.oracle.cause("*", ambiguity="HMP-AMB-052"))

    def _starting(self, call: Call, causes: list[Cause]) -> None:
        session = self.memory.find(call.values[0]) if call.values else None
        if isinstance(session, Session) and session.busy is not False:
            causes.append(self.oracle.cause("*", clauses=("HMP-REC-012",), ambiguity="HMP-AMB-044"))
        others = self.memory.phantoms("recording") + self.memory.unclear_recordings
        if len(self.memory.unfinished) + others >= MANY_RECORDINGS:
            causes.append(self.oracle.cause("write-failed", "start-failed", "no-disk-space"))

    def _marking(self, call: Call, causes: list[Cause]) -> None:
        recording = self.memory.find(call.values[0]) if call.values else None
        if not isinstance(recording, Recording) or not (recording.marks or recording.marks_open):
            return
        # While it is paused a recording may stand still, and so it does once it is finished.
        if recording.states == _ACTIVE and not recording.marks_open:
            gap_s = self._effects.device_gap_s(recording) * self._scale
            if gap_s * (1 - JITTER) > 1.0 + JITTER_S:
                return
        causes.append(self.oracle.cause("hotmark-exists", clauses=("HMP-HOT-002",)))

    def third_in_a_second(self, call: Call) -> bool:
        """Whether a HotMark that is taken now would surely be the third within a second of an active recording."""
        recording = self.memory.find(call.values[0]) if call.values else None
        if not isinstance(recording, Recording) or recording.states != _ACTIVE:
            return False
        return self._effects.since_the_one_before_s(recording) * self._scale * (1 + JITTER) < 1.0 - JITTER_S

    def _streaming(self, call: Call, causes: list[Cause]) -> None:
        recording = self.memory.find(call.values[0]) if call.values else None
        if not isinstance(recording, Recording):
            return
        several = recording.several_sources
        if several is not False:
            causes.append(self.oracle.cause("not-single-source", clauses=("HMP-STR-002",), sure=several is True))
        streams = [one for one in self.memory.of_kind("stream") if isinstance(one, Stream)]
        if self.memory.count("stream") >= MANY_STREAMS or any(one.recording is recording for one in streams):
            causes.append(self.oracle.cause("restream-failed"))
        place = place_of(call.values)
        if place is None:
            causes.append(self._anything)
            return
        self._at_place(place, recording, streams, causes)

    def _at_place(
        self, place: tuple[str, str], recording: Recording, streams: Sequence[Stream], causes: list[Cause]
    ) -> None:
        """What the destination of a stream gives."""
        cause, (ip, port) = self.oracle.cause, place
        if place in self._source_places:
            causes.append(
                cause(
                    "source-address-in-use",
                    "address-in-use",
                    clauses=("HMP-STR-004",),
                    sure=True,
                    ambiguity="HMP-AMB-060",
                    readings=("by-a-source", "plain"),
                )
            )
        there = [one for one in streams if one.to == place]
        if there:
            # The table speaks of an address in use by the session; a stream of another recording may not matter.
            sure = any(one.recording is recording and not one.doubtful for one in there)
            causes.append(cause("address-in-use", clauses=("HMP-STR-003",), sure=sure))
        half = any(one.to is None or (one.to != place and (ip in one.to or port in one.to)) for one in streams)
        if half or ip in self._half_places or port in self._half_places or self.memory.phantoms("stream"):
            causes.append(cause("*", ambiguity="HMP-AMB-054"))
        if ip not in self._destinations[0] or port not in self._destinations[1]:
            causes.append(cause("restream-failed", "address-in-use", "source-address-in-use"))
