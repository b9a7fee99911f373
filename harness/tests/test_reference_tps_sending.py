"""What the TelePresence Server reference server sends by itself, without sockets: feedback, diagnostics, previews, their readings and faults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from harness.reference.faults import Fault, Group
from harness.reference.tps import faults_lists, faults_sending
from harness.reference.tps.beginning import ADDABLE_KEYS
from harness.reference.tps.faults import FAULTS
from harness.reference.tps.streams import KINDS
from harness.reference.tps.world import MAC
from harness.spec.callmodel import Member
from harness.spec.callvalues import members_at
from harness.tests.tps_scene import MODEL, SYNTAX
from harness.tests.tps_sending_tour import ONE, THREE, TWO, Ears, Heard, told_of, tour

_OF_SENDING, _OF_LISTS = (
    {name for text in one.values() for name in re.findall(r"^ *([a-z0-9-]+)\*?: ", text, re.MULTILINE)}
    for one in (faults_sending.TEXT, faults_lists.TEXT)
)
# What shows over sockets alone: test_reference_tps_courier.py.
OF_SOCKETS = {"one-after-the-other", "deaf-after-failure", "lost-while-busy"}
OWN = [fault for fault in FAULTS if fault.name in (_OF_SENDING | _OF_LISTS) - OF_SOCKETS]
READINGS = {
    "TPS-AMB-162": "within", "TPS-AMB-235": "colons", "TPS-AMB-236": "always", "TPS-AMB-237": "all",
    "TPS-AMB-239": "modified", "TPS-AMB-242": "common", "TPS-AMB-247": "some", "TPS-AMB-292": "absent",
    "TPS-AMB-293": "absent", "TPS-AMB-294": "absent", "TPS-AMB-295": "absent",
}  # fmt: skip
CLEAN = tour()
ASK = {"receiverURI": ONE}


# faults and readings


@pytest.mark.parametrize("fault", OWN, ids=lambda fault: fault.name)
@pytest.mark.slow
def test_every_fault_shows(fault: Fault) -> None:
    assert tour([fault.name]) != CLEAN


def test_the_tour_says_the_same_each_time() -> None:
    assert tour() == CLEAN
    assert len(CLEAN) > 150
    assert len(OWN) >= 60
    assert len({fault.group for fault in OWN}) >= 6
    assert Group.PAGING in {fault.group for fault in OWN}


@pytest.mark.parametrize(("ambiguity", "reading"), READINGS.items())
@pytest.mark.slow
def test_every_reading_shows(ambiguity: str, reading: str) -> None:
    assert tour(readings={ambiguity: reading}) != CLEAN


def wrong_in(members: Mapping[str, Member], told: Mapping[str, Any], version: str | None, where: str) -> list[str]:
    """What a struct lacks, has too much of, or has of another type than the model."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "int": int,
        "boolean": bool,
        "base64": (bytes, bytearray),
        "dateTime": datetime,
        "double": float,
    }
    known = members_at(SYNTAX, members, version)
    wrong = [f"{where}.{name} unknown" for name in told.keys() - known.keys()]
    for name, member in known.items():
        path = f"{where}.{name}"
        if name not in told:
            wrong += [] if member.present or member.absent else [f"{path} missing"]
            continue
        values = told[name] if member.array else [told[name]]
        for value in values:
            if member.struct:
                wrong += wrong_in(MODEL.structs[member.struct].members, value, version, path)
                continue
            kind = MODEL.scalars[str(member.type)]
            right = isinstance(value, kinds[kind.base]) and (not kind.choices or value in kind.choices)
            wrong += [] if right and isinstance(value, bool) == (kind.base == "boolean") else [f"{path}: {value!r}"]
    return wrong


@pytest.mark.parametrize("version", [*SYNTAX.versions[:-1], None])
@pytest.mark.parametrize("readings", [{}, READINGS], ids=["first", "other"])
@pytest.mark.slow
def test_every_message_has_the_members_of_the_model(readings: dict[str, str], version: str | None) -> None:
    heard: list[Heard] = [
        one for seen in tour(readings=readings, version=version) if isinstance(seen, list) for one in seen
    ]
    assert {method for _, method, _ in heard} == set(MODEL.callbacks)
    wrong = {one for _, method, told in heard for one in wrong_in(MODEL.callbacks[method].takes, told, version, method)}
    assert wrong == set()


# who is told


def test_a_receiver_is_told_of_what_it_subscribed_to_alone() -> None:
    """feedbackReceiver.configure, Feedback Messages."""
    ears = Ears()
    ears.receiver(ONE, "flexConferenceEnum", "configureAck", sourceIdentifier="mine")
    ears.receiver(TWO)
    ears.heard()
    ears.conference()
    heard = ears.heard()
    assert {(uri, members["sourceIdentifier"]) for uri, _, members in heard} == {(ONE, "mine"), (TWO, MAC)}
    assert told_of(heard) == {
        ONE: {"flexConferenceEnum"},
        TWO: {"flexConferenceEnum", "flexResourceStatus", "cdrAdded"},
    }


ENDED, CHANGED, ACK = "receiverDeleted", "receiverModified", "configureAck"
OWN_CHANGES: list[tuple[dict[str, str], dict[str, Any], dict[str, set[str]]]] = [
    ({}, {}, {ONE: {CHANGED, ACK}}),
    ({"TPS-AMB-239": "acknowledged"}, {"receiverURI": TWO}, {ONE: {CHANGED, ENDED}, TWO: {ACK}}),
    ({"TPS-AMB-239": "modified"}, {"receiverURI": TWO}, {ONE: {CHANGED, ENDED}, TWO: {ACK, CHANGED}}),
    ({"TPS-AMB-239": "nothing"}, {"receiverURI": TWO}, {ONE: {CHANGED, ENDED, ACK}}),
    ({"TPS-AMB-236": "subscribed"}, {"subscribedEvents": ["restart"]}, {}),
    ({"TPS-AMB-236": "always"}, {"subscribedEvents": ["restart"]}, {ONE: {CHANGED, ACK}}),
]


@pytest.mark.parametrize(("readings", "change", "wanted"), OWN_CHANGES)
def test_a_receiver_is_told_of_its_own_changes(
    readings: dict[str, str], change: dict[str, Any], wanted: dict[str, set[str]]
) -> None:
    """Table 6 and its note."""
    ears = Ears(readings=readings)
    slot = ears.receiver()
    assert told_of(ears.heard()) == {ONE: {ACK}}
    assert ears.events("feedbackReceiver.reconfigure", change, receiverIndex=slot) == wanted


def test_a_receiver_that_is_removed_hears_of_it_and_of_nothing_more() -> None:
    ears = Ears()
    slot = ears.receiver()
    ears.heard()
    assert ears.events("feedbackReceiver.remove", receiverIndex=slot) == {ONE: {"configureAck", "receiverDeleted"}}
    ears.conference()
    assert ears.wait(30) == []


@pytest.mark.parametrize(
    ("reading", "old"),
    [("deleted", {"receiverDeleted"}), ("modified", {"receiverDeleted", "receiverModified"}), ("nothing", set())],
)
def test_a_receiver_whose_slot_is_taken(reading: str, old: set[str]) -> None:
    ears = Ears(readings={"TPS-AMB-238": reading})
    slot = ears.receiver()
    ears.heard()
    told = ears.events("feedbackReceiver.configure", {"receiverURI": TWO, "receiverIndex": slot})
    assert told == {TWO: {"configureAck"}, **({ONE: old} if old else {})}


def test_alive_every_ten_seconds() -> None:
    ears = Ears()
    ears.receiver(ONE, "flexAlive")
    ears.scene.wait(4)
    ears.receiver(TWO, "flexAlive")
    told = [uri for uri, _, _ in ears.wait(36)]
    assert (told.count(ONE), told.count(TWO)) == (4, 3)
    assert 0 < ears.scene.device.notifier.due() - ears.scene.time <= 10


# what it is told of


def test_events_are_of_what_a_list_tells_and_of_nothing_else() -> None:
    """Feedback Events and Enumeration."""
    ears = Ears()
    one = ears.conference()
    who = ears.join(one, "answering")
    ears.receiver()
    ears.heard()
    both = {"flexConferenceEnum"}
    for change, wanted in (
        ({"conferenceName": "other"}, both), ({"conferenceName": "other"}, set[str]()), ({"conferenceDescription": "x"}, set[str]()),
    ):  # fmt: skip
        told = ears.events("flex.conference.modify", change, conferenceID=one)
        assert told == ({ONE: wanted} if wanted else {}), change
    muted = ears.events("flex.participant.setMute", participantID=who, audioRxMute=True)
    assert muted == {ONE: {"flexParticipantAdvancedEnum"}}
    named = ears.events("flex.participant.modify", participantID=who, displayName="other")
    assert named == {ONE: {"flexParticipantEnum", "flexParticipantAdvancedEnum"}}
    gone = ears.events("flex.participant.destroy", participantID=who)[ONE]
    assert gone == {"flexParticipantDeletionsEnum", "flexConferenceEnum", "flexResourceStatus", "cdrAdded"}
    ended = ears.events("flex.conference.destroy", conferenceID=one)[ONE]
    assert ended == {"flexConferenceDeletionsEnum", "flexResourceStatus", "cdrAdded"}


def test_events_of_the_device() -> None:
    ears = Ears()
    ears.receiver(ONE, "deviceStatusChanged", "restart")
    key = ADDABLE_KEYS[0]
    assert ears.events("device.feature.add", key=key) == {ONE: {"deviceStatusChanged"}}
    assert ears.events("device.feature.remove", key=key) == {ONE: {"deviceStatusChanged"}}
    assert ears.events("device.restart", shutdownOnly=True) == {ONE: {"deviceStatusChanged"}}
    assert ears.events("device.restart") == {ONE: {"restart"}}
    assert ears.events("callHome.configure", automatic=True) == {}


# diagnostics and previews


def asked(ears: Ears, what: str, **members: Any) -> Any:
    """The answer to a request for diagnostics or previews."""
    ears.heard()
    told = ears.do(f"flex.participant.{what}", {**ASK, **members})
    heard = ears.wait(1)
    assert isinstance(told, dict)
    assert [uri for uri, _, _ in heard] == [ONE]
    return heard[0][2]


def test_diagnostics_of_who_presents_who_sees_and_who_hears_alone() -> None:
    ears = Ears()
    where = ears.conference()
    names = {kind: ears.join(where, kind) for kind in ("presenting", "answering", "audio_only", "multiscreen")}
    told = {kind: asked(ears, "requestDiagnostics", participantID=name) for kind, name in names.items()}
    counts = {kind: [len(one[stream]) for stream in KINDS] for kind, one in told.items()}
    assert counts == {
        "presenting": [1, 1, 0, 0, 1, 1, 1, 0],
        "answering": [1, 1, 0, 0, 1, 1, 0, 1],
        "audio_only": [1, 1, 0, 0, 0, 0, 0, 0],
        "multiscreen": [1, 1, 2, 2, 3, 3, 0, 1],
    }
    assert {one["sourceIdentifier"] for one in told.values()} == {MAC}
    assert {one["streamType"] for one in told["multiscreen"]["videoRx"]} == {"transcoded", "multistream"}
    ears.do("flex.participant.setMute", participantID=names["answering"], videoTxMute=True)
    after = asked(ears, "requestDiagnostics", participantID=names["answering"], sourceIdentifier="mine")
    assert (after["sourceIdentifier"], after["videoTx"][0]["muted"], after["videoRx"][0]["muted"]) == (
        "mine",
        True,
        False,
    )
    assert after["audioRx"][0]["packetsReceived"] > told["answering"]["audioRx"][0]["packetsReceived"]


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height of a JPEG, by its frame header; its segments have to follow one another to its end."""
    assert data[:2] == b"\xff\xd8"
    assert data[-2:] == b"\xff\xd9"
    place, size = 2, (0, 0)
    while data[place + 1] != 0xDA:
        assert data[place] == 0xFF
        if data[place + 1] == 0xC0:
            size = (
                int.from_bytes(data[place + 7 : place + 9], "big"),
                int.from_bytes(data[place + 5 : place + 7], "big"),
            )
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    assert b"\xff" not in data[place + 10 : -2].replace(b"\xff\x00", b"")
    return size


@pytest.mark.parametrize(
    ("width", "height", "exact", "within"),
    [(None, None, (88, 72), (88, 72)), (100, 90, (100, 90), (100, 81)), (1000, 1000, (176, 144), (176, 144)), (176, 72, (176, 72), (88, 72))],
)  # fmt: skip
def test_a_preview_is_as_large_as_was_asked_for_and_no_larger(
    width: int | None, height: int | None, exact: tuple[int, int], within: tuple[int, int]
) -> None:
    asked_for = {name: value for name, value in (("maxWidth", width), ("maxHeight", height)) if value is not None}
    for reading, wanted in (("exact", exact), ("within", within)):
        ears = Ears(readings={"TPS-AMB-162": reading})
        who = ears.join(ears.conference(), "answering")
        stream = {"streamIdentifier": "rxMainVideo", "position": 0, **asked_for}
        told = asked(ears, "requestPreview", participantID=who, streams=[stream])["streams"][0]
        assert size_of(bytes(told["preview"])) == wanted


def test_why_there_is_no_preview() -> None:
    """Table 133."""
    ears = Ears()
    where = ears.conference()
    who, deaf = ears.join(where, "answering"), ears.join(where, "audio_only")
    left, content = {"streamIdentifier": "txMainVideo", "position": 0}, {"streamIdentifier": "extendedVideo"}

    def states(name: str) -> list[tuple[str, str, str]]:
        told = asked(ears, "requestPreview", participantID=name, streams=[left, content])
        return [(one["status"], one["direction"], one["context"]) for one in told["streams"]]

    nobody = ("noCurrentPresentation", "tx", "extended")
    assert states(who) == [("ok", "tx", "main"), nobody]
    assert states(deaf) == [("audioOnly", "tx", "main"), nobody]
    presenter = ears.join(where, "presenting")
    assert states(presenter) == [("ok", "tx", "main"), ("ok", "rx", "extended")]
    assert states(who) == [("ok", "tx", "main"), ("ok", "tx", "extended")]
    assert states(deaf) == [("audioOnly", "tx", "main"), ("audioOnly", "tx", "extended")]


@pytest.mark.parametrize(("reading", "code"), [("each", 0), ("together", 203)])
def test_ten_requests_may_be_outstanding(reading: str, code: int) -> None:
    ears = Ears(readings={"TPS-AMB-163": reading})
    who = ears.join(ears.conference(), "answering")
    members = {"participantID": who, **ASK}
    stream = {"streamIdentifier": "rxMainVideo", "position": 0}
    codes = [ears.scene.code("flex.participant.requestDiagnostics", members) for _ in range(11)]
    assert codes == [0] * 10 + [203]
    assert ears.scene.code("flex.participant.requestPreview", {**members, "streams": [stream]}) == code
    ears.scene.wait(1)  # the answers are ready, and on their way
    assert ears.scene.code("flex.participant.requestDiagnostics", members) == 203
    assert len(ears.heard()) == 11 - bool(code)
    assert ears.scene.code("flex.participant.requestDiagnostics", {**members, "receiverURI": THREE}) == 0
