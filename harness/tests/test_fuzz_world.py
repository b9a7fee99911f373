"""The model of a device, by hand: what it expects after what was said, what it learns, what it leaves open, and that it stays small."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.hmp.names import STRANGER, Names, Who
from fuzz.hmp.world import HmpWorld
from harness.checks.answer import Answer
from harness.ending import Ending
from harness.messages.binding import Binding
from harness.messages.book import ErrorBook
from harness.messages.registry import binding_for
from harness.messages.reply import Call, Reply
from harness.spec.load import load_system
from harness.target import Allow, Target

SOURCES = tuple(str(uuid.UUID(int=number, version=4)) for number in range(1, 7))
CATEGORY, PERMISSION, NOT_SHARED = (str(uuid.UUID(int=number, version=4)) for number in range(11, 14))
IP, OTHER_IP = "10.9.8.7", "10.9.8.8"
TARGET = Target(
    system="hmp",
    name="model",
    host="127.0.0.1",
    ports={"cli": 1},
    clock_scale=1.0,
    allow=Allow(write=True),
    fixtures={
        "source_ids": list(SOURCES),
        "source_addresses": [f"239.1.1.{number}:{6000 + number}" for number in range(6)],
        "category_ids": [CATEGORY],
        "permission_ids": [PERMISSION],
        "permission_ids_cannot_share": [NOT_SHARED],
        "user_names": ["viewer", "Ümläut"],
        "user_names_role_via_group": ["member"],
        "user_names_no_roles": ["nothing"],
        "group_names": ["Viewers"],
        "group_names_no_roles": ["Outsiders"],
        "restream_ips": [IP, OTHER_IP],
        "restream_ports": [5000, 5001],
        "recording_finished": "8f14e45f-ceea-467f-a0e6-1c9d1c5a3b01",
        "session_recording": "8f14e45f-ceea-467f-a0e6-1c9d1c5a3b02",
    },
)
UNKNOWN = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
STATUS = "getRecordingStatus"


@lru_cache(maxsize=1)
def book() -> ErrorBook:
    system = load_system("hmp")
    assert system.lines is not None
    return ErrorBook(system, system.lines)


@lru_cache(maxsize=1)
def binding() -> Binding:
    return binding_for(load_system("hmp"), "cli")


@dataclass
class Talk:
    """A model and what is said to it; its clock stands until it is moved."""

    now_s: float = 100.0
    kept: int = 4000
    world: HmpWorld = field(init=False)
    _ids: Iterator[int] = field(default_factory=lambda: count(1000))

    def __post_init__(self) -> None:
        self.world = HmpWorld(book(), TARGET, clock=lambda: self.now_s, kept=self.kept)

    def may(self, operation: str, *values: str) -> set[str | None]:
        """The errors that conform now, None for success; the values of a success in their place."""
        call, _ = binding().call(operation, values)
        found = self.world.expect(call)
        assert found.answers
        return {answer.error or answer.value for answer in found.answers}

    def say(self, answer: str, operation: str, *values: str, conforms: bool = True) -> Reply:
        """The device answers so, which must conform or must not."""
        call, _ = binding().call(operation, values)
        reply = binding().reply(call, f"{answer}\n".encode(), Ending.ANSWERED, 0)
        found = self.world.expect(call)
        assert conforms == bool(self.fitting(reply, found.answers))
        self.world.note(call, reply)
        return reply

    def fitting(self, reply: Reply, answers: Sequence[Answer]) -> list[Answer]:
        rows = book().rows(reply.call.operation)
        return [
            answer
            for answer in answers
            if (answer.error is None and reply.ok and answer.value in (None, reply.value))
            or (answer.error == "*" and reply.ok is False)
            or (answer.error in rows and reply.ok is False and book().fits(rows[answer.error], reply))
        ]

    def new_id(self) -> str:
        return str(uuid.UUID(int=next(self._ids) << 80, version=4))

    def session(self, *sources: str, title: str = "") -> str:
        name = self.new_id()
        self.say(f"OK|{name}", "createSession", title or f"title {name}")
        for source in sources:
            self.say("OK", "addSourceToSession", name, source)
        return name

    def recording(self, session: str, *operations: str) -> str:
        name = self.new_id()
        self.say(f"OK|{name}", "startRecording", session)
        for operation in operations:
            self.say("OK", operation, name)
        return name


# sessions and sources


def test_a_session_lives_from_its_creation_to_its_deletion() -> None:
    talk = Talk()
    assert {"session-not-found"} == talk.may("setLiveSession", UNKNOWN, "true")
    name = talk.session()
    assert {None} == talk.may("setLiveSession", name, "true") == talk.may("deleteSession", name)
    talk.say("OK", "deleteSession", name)
    for operation, rest in (
        ("setLiveSession", ("true",)),
        ("deleteSession", ()),
        ("startRecording", ()),
        ("updateSessionMetadata", ("title", "x")),
    ):
        assert {"session-not-found"} == talk.may(operation, name, *rest)


def test_an_id_in_another_spelling_may_name_the_session_or_none() -> None:
    """HMP-AMB-040."""
    talk = Talk()
    name = talk.session()
    for spelled in (name.upper(), name.replace("-", ""), "{" + name + "}"):
        assert {None, "not-a-uuid", "session-not-found"} == talk.may("setLiveSession", spelled, "true")
    talk.say("OK", "deleteSession", name.upper())
    assert {"session-not-found"} == talk.may("setLiveSession", name, "true")


def test_the_id_of_another_kind_is_unknown_or_open() -> None:
    talk = Talk()
    session = talk.session(SOURCES[0])
    recording = talk.recording(session)
    assert {"session-not-found"} == talk.may("setLiveSession", recording, "true")
    assert {"active-recording-not-found"} == talk.may("pauseRecording", session)
    assert {"*", None} == talk.may("updateMetadata", session, "title", "x")  # HMP-AMB-007
    assert {"*"} == talk.may("startRestreamRecording", session, IP, "5000")  # HMP-AMB-019


def test_a_source_is_taken_once_and_four_are_all() -> None:
    talk = Talk()
    name = talk.session(*SOURCES[:3])
    assert {"source-already-added"} == talk.may("addSourceToSession", name, SOURCES[0])
    assert {"source-not-found"} == talk.may("addSourceToSession", name, UNKNOWN)
    talk.say("OK", "addSourceToSession", name, SOURCES[3])
    assert None not in talk.may("addSourceToSession", name, SOURCES[4])
    talk.say("OK", "removeSourceFromSession", name, SOURCES[1])
    talk.say("OK", "addSourceToSession", name, SOURCES[4])
    assert {"*", None} == talk.may("removeSourceFromSession", name, SOURCES[1])  # HMP-AMB-045


def test_a_source_may_be_kept_for_one_session_but_not_without_end() -> None:
    talk = Talk()
    first, second = talk.session(SOURCES[0]), talk.session()
    refused = {None, "track-failed", "source-not-found", "internal"}
    assert refused == talk.may("addSourceToSession", second, SOURCES[0])
    assert refused == talk.may("addSourceToSession", second, SOURCES[1])  # somebody else may have it
    talk.say("OK", "removeSourceFromSession", first, SOURCES[0])
    assert {None} == talk.may("addSourceToSession", second, SOURCES[0])
    talk.say("OK", "addSourceToSession", first, SOURCES[0])
    talk.say("OK", "deleteSession", first)
    assert {None} == talk.may("addSourceToSession", second, SOURCES[0])


@pytest.mark.parametrize("operations", [(), ("pauseRecording",), ("pauseRecording", "resumeRecording")])
def test_a_recording_that_is_not_stopped_holds_its_session(operations: tuple[str, ...]) -> None:
    talk = Talk()
    session = talk.session(SOURCES[0])
    recording = talk.recording(session, *operations)
    held = {"recording-in-progress"}
    assert held == talk.may("deleteSession", session)
    assert held | {"track-failed", "source-not-found", "internal"} == talk.may(
        "addSourceToSession", session, SOURCES[1]
    )
    assert held == talk.may("removeSourceFromSession", session, SOURCES[0])
    assert {None} == talk.may("setLiveSession", session, "true")
    assert {None, "*"} == talk.may("startRecording", session)  # HMP-AMB-044
    talk.say("OK", "stopRecording", recording)
    assert {None} == talk.may("deleteSession", session) == talk.may("removeSourceFromSession", session, SOURCES[0])


def test_every_recording_must_be_stopped() -> None:
    talk = Talk()
    session = talk.session(SOURCES[0])
    first, second = talk.recording(session), talk.recording(session)
    talk.say("OK", "stopRecording", first)
    assert {"recording-in-progress"} == talk.may("deleteSession", session)
    talk.say("OK", "stopRecording", second)
    assert {None} == talk.may("deleteSession", session)


def test_without_a_source_there_is_no_recording() -> None:
    talk = Talk()
    session = talk.session()
    assert {"no-source"} == talk.may("startRecording", session)
    talk.say("OK", "addSourceToSession", session, SOURCES[0])
    assert {None} == talk.may("startRecording", session)


def test_a_title_may_be_taken_only_once_and_may_name_its_session() -> None:
    """HMP-AMB-052, HMP-AMB-006."""
    talk = Talk()
    name = talk.session(title="My Title")
    assert {None} == talk.may("createSession", "another title")
    assert {None, "*"} == talk.may("createSession", "my  title")
    assert {"not-a-uuid", "session-not-found"} == talk.may("deleteSession", "another title")
    assert {None, "not-a-uuid", "session-not-found", "recording-in-progress"} == talk.may("deleteSession", "My Title")
    talk.say("OK", "deleteSession", "My Title")
    assert {None, "session-not-found"} == talk.may("setLiveSession", name, "true")
    talk.say("ERROR|040006|Session not found", "setLiveSession", name, "true")
    assert {None} == talk.may("createSession", "My Title")
    assert {"session-not-found"} == talk.may("setLiveSession", name, "true")


def test_a_new_title_is_known_and_the_old_one_is_free() -> None:
    talk = Talk()
    name = talk.session(title="old")
    talk.say("OK", "updateSessionMetadata", name, "title", "new")
    assert {None} == talk.may("createSession", "old")
    assert {None, "*"} == talk.may("createSession", "new")


# recordings


@pytest.mark.parametrize(
    ("operations", "state", "answers"),
    [
        ((), "RECORDING", {"pauseRecording": {None}, "resumeRecording": {None, "*"}, "stopRecording": {None}}),
        (("pauseRecording",), "PAUSED", {"pauseRecording": {None, "*"}, "resumeRecording": {None}, "stopRecording": {None}}),
        (("stopRecording",), "FINISHED", {"pauseRecording": {"active-recording-not-found", "state-failed"},
                                          "resumeRecording": {"active-recording-not-found", "state-failed"},
                                          "stopRecording": {None, "active-recording-not-found", "stop-failed"}}),
    ],
)  # fmt: skip
def test_what_a_recording_may_do_stands_in_the_spec(
    operations: tuple[str, ...], state: str, answers: dict[str, set[str | None]]
) -> None:
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]), *operations)
    assert {state} == talk.may(STATUS, name) - {"active-recording-not-found"}
    assert ("active-recording-not-found" in talk.may(STATUS, name)) == (state == "FINISHED")  # HMP-AMB-017
    assert answers == {operation: talk.may(operation, name) for operation in answers}


def test_a_command_that_fails_changes_nothing() -> None:
    """HMP-EXE-005."""
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]))
    talk.say("ERROR|010003|Expected 1 parameter(s). Got 2 parameter(s)", "stopRecording", name, "extra")
    talk.say("OK|FINISHED", STATUS, name, conforms=False)


def test_an_unknown_recording_has_two_errors_for_its_status() -> None:
    assert {"active-recording-not-found", "status-not-found"} == Talk().may(STATUS, UNKNOWN)


def test_after_a_finding_the_model_follows_the_device() -> None:
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]), "stopRecording")
    talk.say("OK", "resumeRecording", name, conforms=False)
    assert {"RECORDING", "PAUSED", "FINISHED"} <= talk.may(STATUS, name)
    talk.say("OK|RECORDING", STATUS, name)
    talk.say("OK|FINISHED", STATUS, name, conforms=False)


def test_recordings_of_a_deleted_session_stay_or_go() -> None:
    """HMP-AMB-062."""
    talk = Talk()
    session = talk.session(SOURCES[0])
    kept, gone = talk.recording(session, "stopRecording"), talk.recording(session, "stopRecording")
    talk.say("OK", "deleteSession", session)
    assert {None, "recording-not-found"} == talk.may("updateMetadata", kept, "title", "x")
    talk.say("OK", "updateMetadata", kept, "title", "x")
    talk.say("ERROR|040002|Recording not found", "updateMetadata", gone, "title", "x")
    assert {None} == talk.may("updateMetadata", kept, "title", "x")
    assert {"recording-not-found"} == talk.may("updateMetadata", gone, "title", "x")


# what is not known


def test_a_lost_reply_leaves_both_states_open_until_one_is_seen() -> None:
    talk = Talk()
    session = talk.session(SOURCES[0])
    name = talk.recording(session)
    call, _ = binding().call("pauseRecording", [name])
    talk.world.note(call, Reply(call=call, ending=Ending.CLOSED))
    assert {"RECORDING", "PAUSED"} == talk.may(STATUS, name)
    assert {"recording-in-progress"} == talk.may("deleteSession", session)  # either way it is not stopped
    talk.say("OK|PAUSED", STATUS, name)
    assert {"PAUSED"} == talk.may(STATUS, name)


@pytest.mark.parametrize(
    ("operation", "rest", "then", "open_"),
    [
        ("deleteSession", (), ("setLiveSession", "true"), {None, "session-not-found"}),
        ("startRecording", (), ("deleteSession",), {None, "recording-in-progress"}),
        ("addSourceToSession", (SOURCES[0],), ("startRecording",), {None, "no-source"}),
    ],
)
def test_what_may_have_been_executed_leaves_open_what_follows(
    operation: str, rest: tuple[str, ...], then: tuple[str, ...], open_: set[str | None]
) -> None:
    talk = Talk()
    name = talk.session(*([SOURCES[1]] if operation == "startRecording" else []))
    talk.world.blur(binding().call(operation, [name, *rest])[0])
    assert open_ == talk.may(then[0], name, *then[1:])


def test_what_cannot_succeed_leaves_nothing_open() -> None:
    talk = Talk()
    session = talk.session(SOURCES[0])
    name = talk.recording(session)
    for operation, *values in (
        ("stopRecording", name, "extra"),
        ("deleteSession", session),
        ("startRestreamRecording", UNKNOWN, IP, "5000"),
    ):
        talk.world.blur(binding().call(operation, values)[0])
    assert {"RECORDING"} == talk.may(STATUS, name)
    talk.say("OK", "stopRecording", name)
    assert {None} == talk.may("startRestreamRecording", name, IP, "5000")


def test_a_stream_that_may_have_been_started_is_not_there_once_another_is() -> None:
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]), "stopRecording")
    call = ("startRestreamRecording", name, IP, "5000")
    talk.world.blur(binding().call(call[0], call[1:])[0])
    assert {None, "address-in-use", "restream-failed"} == talk.may(*call)
    stream = talk.new_id()
    talk.say(f"OK|{stream}", *call)
    talk.say("OK", "stopRestreamRecording", stream)
    assert {None} == talk.may(*call)


def test_an_answer_shows_that_a_doubtful_session_is_there() -> None:
    talk = Talk()
    name = talk.session(title="the title")
    talk.say("OK", "deleteSession", "The Title")
    assert {None, "session-not-found"} == talk.may("setLiveSession", name, "true")
    talk.say("OK", "setLiveSession", name, "true")
    assert {None} == talk.may("setLiveSession", name, "true")


def test_an_answer_tells_which_it_was() -> None:
    talk = Talk()
    name = talk.session()
    talk.world.blur(binding().call("addSourceToSession", [name, SOURCES[0]])[0])
    talk.say("ERROR|060008|Source already added to this session", "addSourceToSession", name, SOURCES[0])
    assert {None} == talk.may("startRecording", name)


def test_objects_of_the_target_file_are_known_and_their_state_as_far_as_it_says() -> None:
    talk = Talk()
    assert {"FINISHED", "active-recording-not-found"} == talk.may(STATUS, TARGET.fixtures["recording_finished"])
    assert {None, "recording-in-progress"} == talk.may("deleteSession", TARGET.fixtures["session_recording"])
    assert {"*", None} <= talk.may("addSourceToSession", TARGET.fixtures["session_recording"], SOURCES[0])


def test_what_is_adopted_is_known_and_what_is_known_is_not_adopted_again() -> None:
    talk = Talk()
    talk.world.adopt("recording", "PAUSED", UNKNOWN)
    assert {"PAUSED"} == talk.may(STATUS, UNKNOWN)
    talk.say("OK", "resumeRecording", UNKNOWN)
    talk.world.adopt("recording", "PAUSED", UNKNOWN)
    assert {"RECORDING"} == talk.may(STATUS, UNKNOWN)


def test_what_is_known_to_be_gone_does_not_come_back() -> None:
    talk = Talk()
    name = talk.session()
    talk.say("OK", "deleteSession", name)
    talk.world.adopt("session", "empty", name)
    assert {"session-not-found"} == talk.may("setLiveSession", name, "true")


def test_a_session_that_others_made_may_keep_its_source() -> None:
    talk = Talk()
    name = talk.session(SOURCES[0])
    talk.say("OK", "removeSourceFromSession", name, SOURCES[0])
    assert {None} == talk.may("addSourceToSession", name, SOURCES[0])
    talk.world.adopt("session", "sourced", UNKNOWN)
    assert {None, "track-failed", "source-not-found", "internal"} == talk.may("addSourceToSession", name, SOURCES[0])


def test_a_success_under_a_name_in_other_letters_has_its_effect() -> None:
    talk = Talk()
    name = talk.session()
    talk.say("OK", "DELETESESSION", name)
    assert {"session-not-found"} == talk.may("setLiveSession", name, "true")


# ids


def test_an_id_is_never_given_twice() -> None:
    """HMP-OBJ-001, whether the first object still exists or not."""
    talk = Talk()
    name = talk.session()
    for _ in range(2):
        call, _ = binding().call("createSession", ["another"])
        reply = binding().reply(call, f"OK|{name}\n".encode(), Ending.ANSWERED, 0)
        assert ["HMP-OBJ-001"] == [clause for check in talk.world.further(call, reply) for clause in check.clauses]
        talk.say("OK", "deleteSession", name) if talk.may("deleteSession", name) == {None} else None
    fresh = binding().reply(call, f"OK|{talk.new_id()}\n".encode(), Ending.ANSWERED, 0)
    assert [] == talk.world.further(call, fresh)


# sharing


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("viewer", {None}), ("VIEWER", {None}), ("member", {None}), ("nothing", {"user-without-roles"}), ("NOTHING", {"user-without-roles"}),
        ("Ümläut", {None}), ("ümläut", {None, "user-not-found", "user-without-roles"}), (" viewer", {None, "user-not-found", "user-without-roles"}),
        ("nobody-5f2c1a9e8d", {"user-not-found"}), ("", {"*"}), ("bob", {None, "user-not-found", "user-without-roles"}),
    ],
)  # fmt: skip
def test_whom_a_name_means(user: str, expected: set[str | None]) -> None:
    talk = Talk()
    assert expected == talk.may("shareSessionWithUser", user, "WATCH", talk.session())


@pytest.mark.parametrize(
    ("permission", "expected"),
    [("OWN", {None}), (PERMISSION, {None}), (NOT_SHARED, {"cannot-share"}), (UNKNOWN, {None, "*"}), ("Unlisted", {"bad-permission", "not-a-uuid"}),
     ("RECORD", {None, "bad-permission", "not-a-uuid"})],
)  # fmt: skip
def test_which_permissions_can_be_shared(permission: str, expected: set[str | None]) -> None:
    talk = Talk()
    assert expected == talk.may("shareSessionWithGroup", "Viewers", permission, talk.session())


def test_record_is_no_permission_of_a_recording() -> None:
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]))
    assert {"bad-permission", "not-a-uuid"} == talk.may("shareRecordingWithUser", "viewer", "RECORD", name)


@given(st.text(min_size=STRANGER, max_size=40))
@settings(max_examples=25)
def test_a_long_random_name_is_nobodys_or_open(text: str) -> None:
    assert Names(["viewer"], ["nothing"]).who(text) in (Who.NOBODY, Who.ANYBODY, Who.KNOWN_PERHAPS, Who.NO_NAME)


# HotMarks


def marked(talk: Talk, name: str, gap_s: float) -> set[str | None]:
    """What may answer a HotMark that is sent so long after one that was taken."""
    talk.world.sending()
    talk.say("OK", "addHotmark", name, "mark")
    talk.now_s += gap_s
    talk.world.sending()
    return talk.may("addHotmark", name, "mark")


def test_a_first_hotmark_is_taken_and_one_in_the_next_second_too() -> None:
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]))
    assert {None} == talk.may("addHotmark", name, "mark")
    assert {None, "hotmark-exists"} == marked(talk, name, 0.9)
    talk.now_s += 2
    assert {None} == marked(talk, name, 1.1)


def test_without_being_told_of_sends_the_model_is_not_sure_of_time() -> None:
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]))
    talk.say("OK", "addHotmark", name, "mark")
    talk.now_s += 100
    assert {None, "hotmark-exists"} == talk.may("addHotmark", name, "mark")


def test_a_third_hotmark_within_a_second_is_one_too_many() -> None:
    """HMP-HOT-002: three lie in two seconds at the most."""
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]))
    call, _ = binding().call("addHotmark", [name, "mark"])
    broken = []
    for _ in range(3):
        talk.world.sending()
        reply = binding().reply(call, b"OK\n", Ending.ANSWERED, 0)
        broken.append([clause for check in talk.world.further(call, reply) for clause in check.clauses])
        talk.world.note(call, reply)
        talk.now_s += 0.4
    assert [[], [], ["HMP-HOT-002"]] == broken
    talk.now_s += 1
    assert [] == talk.world.further(call, reply)


def test_time_in_a_pause_may_not_count() -> None:
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]))
    talk.world.sending()
    talk.say("OK", "addHotmark", name, "mark")
    talk.say("OK", "pauseRecording", name)
    talk.now_s += 5
    assert {None, "not-active", "hotmark-exists"} == talk.may("addHotmark", name, "mark")
    talk.say("OK", "resumeRecording", name)
    talk.world.sending()
    assert {None, "hotmark-exists"} == talk.may("addHotmark", name, "mark")
    talk.now_s += 1.2
    talk.world.sending()
    assert {None} == talk.may("addHotmark", name, "mark")


def test_hotmarks_of_recordings_are_their_own() -> None:
    talk = Talk()
    session = talk.session(SOURCES[0])
    first, second = talk.recording(session), talk.recording(session)
    talk.say("OK", "addHotmark", first, "mark")
    assert {None} == talk.may("addHotmark", second, "mark")


# re-streams


def test_an_address_in_use_is_refused_and_free_again() -> None:
    talk = Talk()
    first, second = (talk.recording(talk.session(SOURCES[0]), "stopRecording") for _ in range(2))
    assert {None} == talk.may("startRestreamRecording", first, IP, "5000")
    stream = talk.new_id()
    talk.say(f"OK|{stream}", "startRestreamRecording", first, IP, "5000")
    assert None not in talk.may("startRestreamRecording", first, IP, "5000")
    assert "address-in-use" in talk.may("startRestreamRecording", first, IP, "5000")
    assert {None, "address-in-use"} == talk.may("startRestreamRecording", second, IP, "5000")
    assert {None, "*"} == talk.may("startRestreamRecording", second, IP, "5001")  # HMP-AMB-054
    talk.say("OK", "stopRestreamRecording", stream)
    assert {"stream-not-found"} == talk.may("stopRestreamRecording", stream)
    assert {None} == talk.may("startRestreamRecording", second, IP, "5000")


def test_the_address_of_a_source_is_refused() -> None:
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]), "stopRecording")
    found = talk.may("startRestreamRecording", name, "239.1.1.2", "6002")
    assert None not in found
    assert {"source-address-in-use", "address-in-use"} <= found


def test_recordings_of_several_sources_are_not_streamed() -> None:
    """HMP-STR-002; by the sources that the session had, or by those it has (HMP-ERR-004)."""
    talk = Talk()
    session = talk.session(*SOURCES[:2])
    name = talk.recording(session, "stopRecording")
    assert {"not-single-source"} == talk.may("startRestreamRecording", name, IP, "5000")
    talk.say("OK", "removeSourceFromSession", session, SOURCES[0])
    assert {None, "not-single-source"} == talk.may("startRestreamRecording", name, IP, "5000")


def test_what_is_not_finished_may_be_streamed() -> None:
    """HMP-AMB-046."""
    talk = Talk()
    name = talk.recording(talk.session(SOURCES[0]))
    assert {None, "*"} == talk.may("startRestreamRecording", name, IP, "5000")


# size


def test_of_very_many_objects_only_the_newest_are_remembered_and_the_rest_left_open() -> None:
    talk = Talk(kept=20)
    sessions = [talk.session(SOURCES[0]) for _ in range(60)]
    oldest = sessions[0]
    assert "*" in talk.may("setLiveSession", oldest, "true")
    assert None in talk.may("setLiveSession", oldest, "true")
    assert {None} == talk.may("setLiveSession", sessions[-1], "true")
    assert {"session-not-found"} == talk.may("setLiveSession", UNKNOWN, "true")
    recordings = [talk.recording(sessions[-1], "stopRecording") for _ in range(60)]
    assert {"*", None} == talk.may("pauseRecording", recordings[0])
    memory = talk.world.memory
    assert len(memory.by_text) < 120
    assert len(memory.unfinished) < 5


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(load_system("hmp").operations)), st.lists(st.text(max_size=6), max_size=4)),
        max_size=12,
    )
)
def test_nothing_that_is_sent_or_answered_upsets_the_model(calls: list[tuple[str, list[str]]]) -> None:
    talk = Talk()
    name = talk.session(SOURCES[0])
    recording = talk.recording(name)
    for operation, values in calls:
        call = Call(operation=operation, values=(name if "Session" in operation else recording, *values), typed=())
        talk.world.blur(call)
        for answer in ("OK", f"OK|{UNKNOWN}", "ERROR|070000|Internal Server Error", "nonsense"):
            reply = binding().reply(call, f"{answer}\n".encode(), Ending.ANSWERED, 0)
            assert talk.world.expect(call).answers
            talk.world.further(call, reply)
            talk.world.note(call, reply)
