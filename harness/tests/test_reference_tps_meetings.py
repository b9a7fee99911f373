"""What the TelePresence Server reference server makes of conferences, participants and calls."""

from __future__ import annotations

import random
from typing import Any

import pytest

from harness.spec.callmodel import Kind, Member
from harness.spec.callvalues import members_at, typed
from harness.tests.tps_meetings_guide import CON, LISTS, PRT, Guide, resources, uri
from harness.tests.tps_scene import MODEL, SYNTAX, FaultError

LONGEST = 32_768
TAKEN = {name: one.call.takes for name, one in MODEL.operations.items() if one.call is not None}
SINGLE = (
    "participantMediaResources",
    "callAttributes",
    "URIs",
    "metadata",
    "startTime",
    "duration",
    "conferenceID",
    "resourceOptimizationMode",
)


@pytest.fixture
def guide() -> Guide:
    """A client of a device of version 4.3."""
    return Guide()


def sample(member: Member, salt: str = "x") -> Any:
    """A value of a scalar member that is not its default."""
    kind = MODEL.scalars[member.type or next(iter(member.types.values()))]
    if kind.choices:
        return next(word for word in kind.choices if word != member.default)
    match kind.base:
        case Kind.BOOLEAN:
            return member.default != "true"
        case Kind.INT:
            return 7
        case _:
            return "http://192.0.2.1/a" if kind.form == "http-uri" else f"{salt} <&> é"


def scalars(method: str) -> dict[str, Any]:
    """A value for each scalar member of a method."""
    here = members_at(SYNTAX, TAKEN[method], None)
    halves = {f"{name}Unlimited" for name in here}
    return {name: sample(one) for name, one in here.items() if name not in {*SINGLE, *halves}}


def query(guide: Guide, name: str) -> dict[str, Any]:
    """What flex.conference.query tells."""
    return guide.scene.call(f"{CON}query", conferenceID=name)


def status(guide: Guide, name: str) -> dict[str, Any]:
    """What flex.participant.status tells."""
    return guide.scene.call(f"{PRT}status", participantID=name)


def state(guide: Guide, name: str) -> str:
    """The connectionState of a participant; "" if it is not listed."""
    listed = guide.scene.call(f"{PRT}enumerate")["participants"]
    return next((one["connectionState"] for one in listed if one["participantID"] == name), "")


# settings


def test_all_settings_come_back(guide: Guide) -> None:
    given = scalars(f"{CON}create") | {"metadata": bytes(range(256)), "duration": 7, "welcomeScreen": False}
    told = query(guide, guide.conference(**given))
    hidden = {"metadata"}
    assert {name: told[name] for name in given if name not in hidden} == {
        name: 0 if name == "conferenceMediaCredits" else value for name, value in given.items() if name not in hidden
    }
    assert told["hasMetadata"] is True
    assert guide.scene.call(f"{CON}getMetadata", conferenceID=guide.held[0])["metadata"] == bytes(range(256))


def test_what_was_not_given_has_the_documented_default(guide: Guide) -> None:
    told = query(guide, guide.conference(welcomeScreen=True))
    for name, member in TAKEN[f"{CON}create"].items():
        if member.default and member.type and name in told:
            assert told[name] == typed(MODEL.scalars[member.type], member.default), name
    attributes = told["callAttributes"]
    for name, member in MODEL.structs["callAttributes"].members.items():
        assert attributes[name] == typed(MODEL.scalars[member.type or ""], member.default or ""), name


def test_a_change_changes_what_it_names_alone(guide: Guide) -> None:
    one = guide.conference(**scalars(f"{CON}create"))
    for name, member in members_at(SYNTAX, TAKEN[f"{CON}modify"], None).items():
        if name in SINGLE or name.endswith("Unlimited"):
            continue
        before, value = query(guide, one), sample(member, "other")
        value = 48 if name == "conferenceMediaCredits" else not before[name] if isinstance(value, bool) else value
        guide.scene.call(f"{CON}modify", {"conferenceID": one, name: value})
        assert query(guide, one) == {**before, name: value}


def test_pairs(guide: Guide) -> None:
    one = guide.conference(duration=500)
    assert "durationUnlimited" not in query(guide, one)
    guide.scene.call(f"{CON}modify", conferenceID=one, durationUnlimited=True)
    assert query(guide, one)["durationUnlimited"] is True
    assert "duration" not in query(guide, one)
    assert guide.scene.code(f"{CON}modify", conferenceID=one, maxParticipants=3, maxParticipantsUnlimited=True) == 102
    guide.scene.call(f"{CON}modify", conferenceID=one, maxParticipants=3)
    assert query(guide, one)["maxParticipants"] == 3


@pytest.mark.parametrize(("sent", "told"), [(47, 0), (48, 48), (314, 48), (315, 315), (9999, 7560), (20_000, 10_080)])
def test_credits_are_taken_down(guide: Guide, sent: int, told: int) -> None:
    made = guide.conference(participantMediaResources=resources(0, 0, 0, media_credits=sent))
    assert query(guide, made)["participantMediaResources"]["numMediaCredits"] == told


def test_credits_have_to_cover_all_tokens(guide: Guide) -> None:
    assert not guide.conference(participantMediaResources=resources(400, 200, 31, media_credits=639))
    assert guide.conference(participantMediaResources=resources(400, 200, 30, media_credits=639))


# attributes


def test_whose_attributes_hold(guide: Guide) -> None:
    one = guide.conference(callAttributes={"encryption": "required", "displaySelfView": True})
    first = guide.join(one, "answering", callAttributes={"displaySelfView": False, "audioTransmitGain": 5})
    guide.scene.call(f"{CON}modify", conferenceID=one, callAttributes={"encryption": "forbidden"})
    guide.scene.call(f"{PRT}modify", participantID=first, callAttributes={"forceTIP": True})
    told = guide.scene.call(f"{PRT}query", participantID=first)["callAttributes"]
    assert (told["encryption"], told["displaySelfView"], told["audioTransmitGain"]) == ("required", False, 5)
    assert (told["forceTIP"], told["videoTxFormat"]) == (True, "NTSC")
    assert query(guide, one)["callAttributes"]["displaySelfView"] is True
    several = guide.join(one, "answering:1", "answering:2")
    told = guide.scene.call(f"{PRT}query", participantID=several)["callAttributes"]
    assert (told["videoTxPresentationMainVideoAllowed"], told["encryption"]) == (False, "forbidden")


# URIs


def test_whose_uris_are_free(guide: Guide) -> None:
    one = guide.conference(URIs=[uri("a", PIN="1"), uri("a")])
    assert not guide.conference(URIs=[uri("a")])
    assert guide.conference(URIs=[uri("a@b")])
    assert not guide.join(guide.held[-1], uri("a"))
    guide.scene.call(f"{CON}modify", conferenceID=one, URIs=[uri("c")])
    assert guide.conference(URIs=[uri("a")])
    guide.scene.call(f"{CON}modify", conferenceID=one, URIs=[uri("c"), uri("d")])
    assert guide.scene.code(f"{CON}modify", conferenceID=one, URIs=[uri("e"), uri("a")]) == 18
    assert [told["URI"] for told in query(guide, one)["URIs"]] == ["c", "d"]


# time and people


def test_a_conference_begins_and_ends(guide: Guide) -> None:
    one = guide.conference(startTime=10, duration=20)
    name = guide.join(one, "answering")
    told = guide.scene.call(f"{CON}status", conferenceID=one)
    assert (told["active"], told["startTime"], told["endTime"]) == (False, 10, 30)
    guide.scene.wait(9)
    assert state(guide, name) == "disconnected"
    guide.scene.wait(3)
    assert state(guide, name) == "connected"
    told = guide.scene.call(f"{CON}status", conferenceID=one)
    assert (told["active"], told["startTime"], told["endTime"], told["numParticipants"]) == (True, -2, 18, 1)
    assert guide.scene.code(f"{CON}modify", conferenceID=one, duration=1) == 102
    guide.scene.wait(19)
    assert state(guide, name) == "disconnecting"
    guide.scene.wait(5)
    assert guide.scene.code(f"{CON}query", conferenceID=one) == 4
    assert guide.scene.code(f"{PRT}query", participantID=name) == 5


def test_the_welcome_screen_lasts_five_seconds(guide: Guide) -> None:
    name = guide.join(guide.conference(welcomeScreen=True), "answering")
    seen = []
    for _ in range(8):
        guide.scene.wait(1)
        seen.append(status(guide, name)["calls"][0]["conferenceState"])
    assert seen == ["welcome"] * 5 + ["complete"] * 3


def test_guests_wait_for_a_chair_and_go_with_the_last(guide: Guide) -> None:
    one = guide.conference(disconnectOnChairExit=True, locked=True, callAttributes={"accessLevel": "guest"})
    guest = guide.join(one, "answering")
    guide.scene.wait(9)
    assert status(guide, guest)["calls"][0]["conferenceState"] == "awaitingChair"
    chair = guide.join(one, "answering:1", callAttributes={"accessLevel": "chair"})
    guide.scene.wait(1)
    assert state(guide, guest) == state(guide, chair) == "connected"
    guide.scene.call(f"{PRT}destroy", participantID=chair)
    assert guide.scene.code(f"{PRT}status", participantID=guest) == 5
    assert query(guide, one)["locked"] is False


def test_nobody_answers(guide: Guide) -> None:
    one = guide.conference(terminateWithLastCall=True)
    name = guide.join(one, "unanswered")
    states = []
    for _ in range(40):
        guide.scene.wait(1)
        states.append(status(guide, name)["calls"][0]["callState"])
    told = list(dict.fromkeys(states))
    assert told == ["callStateAlerting", "callStateRetrying", "callStateFailed"]
    assert state(guide, name) == "audioReceiverFailed"


def test_one_is_important_and_muted(guide: Guide) -> None:
    one = guide.conference()
    first, second = (
        guide.join(one, "answering"),
        guide.join(one, "answering:1", callAttributes={"audioRxStartMuted": True}),
    )
    guide.scene.wait(1)
    for name in (first, second):
        guide.scene.call(f"{PRT}setImportant", participantID=name)
    assert [status(guide, name)["important"] for name in (first, second)] == [False, True]
    guide.scene.call(f"{PRT}clearImportant", participantID=first)
    listed = guide.scene.call(f"{CON}enumerate")["conferences"]
    assert [each.get("importantID") for each in listed if each["conferenceID"] == one] == [second]
    guide.scene.call(f"{PRT}setMute", participantID=second, videoTxMute=True)
    told = status(guide, second)
    assert (told["audioRxMute"], told["videoTxMute"], told["videoRxMute"]) == (True, True, False)
    assert "layout" not in told
    assert "layout" in status(guide, first)


def test_figures_are_what_they_were_when_all_is_gone(guide: Guide) -> None:
    before = guide.scene.call("flex.resource.status")
    one = guide.conference(disconnectOnChairExit=True)
    for kind in ("presenting", "multiscreen", "audio_only", "answering", "unanswered"):
        guide.join(one, kind)
    guide.scene.wait(60)
    during = guide.scene.call("flex.resource.status")
    assert (during["numParticipants"] - before["numParticipants"], during["numConferences"]) == (
        5,
        before["numConferences"] + 1,
    )
    guide.leave()
    assert guide.scene.call("flex.resource.status") == before


# lists


def test_pages_are_no_larger_than_a_reply_may_be(guide: Guide) -> None:
    long = "&" * 80
    for place in range(40):
        made = guide.conference(conferenceName=long, conferenceReference="<" * 50)
        guide.join(made, uri(f"page-{place}"), participantReference=">" * 50, displayName=long)
    for method in LISTS:
        cookie, told, pages = dict[str, Any](), 0, 0
        while True:
            reply = guide.do(method, cookie)
            assert len(guide.replies[-1][2]) <= LONGEST
            told, pages = told + len(next(value for value in reply.values() if isinstance(value, list))), pages + 1
            cookie = {"cookie": reply["cookie"]}
            if not reply["moreAvailable"]:
                break
        assert (told, pages > 1) == ((43 if method.startswith(CON) else 41), True)


def test_a_client_that_lists_knows_what_there_is(guide: Guide) -> None:
    chance, live, known = random.Random(7), list(guide.scene.fixtures["conference_ids"]), dict[str, Any]()
    cookies: dict[str, Any] = {"gone": {}, "live": {}}

    def step(max_items: int) -> None:
        gone = guide.do(f"{CON}deletions.enumerate", cookies["gone"], max=max_items)
        for name in gone["conferenceIDs"]:
            known.pop(name, None)
        told = guide.do(f"{CON}enumerate", cookies["live"], max=max_items)
        known.update({one["conferenceID"]: one.get("conferenceName", "") for one in told["conferences"]})
        cookies["gone"], cookies["live"] = {"cookie": gone["cookie"]}, {"cookie": told["cookie"]}
        if gone["moreAvailable"] or told["moreAvailable"]:
            step(max_items)

    guide.do(f"{CON}deletions.enumerate")
    for turn in range(60):
        match chance.randrange(3):
            case 0:
                live.append(guide.conference(conferenceName=f"{turn}"))
            case 1 if live:
                guide.do(f"{CON}destroy", conferenceID=live.pop(chance.randrange(len(live))))
            case _ if live:
                guide.do(f"{CON}modify", conferenceID=chance.choice(live), conferenceName=f"{turn}")
        if chance.random() < 0.4:
            step(chance.randint(1, 4))
    step(2)
    step(9)
    assert known == {name: query(guide, name).get("conferenceName", "") for name in live}


def test_cookies_of_none_are_refused(guide: Guide) -> None:
    for method in (*LISTS, f"{CON}deletions.enumerate"):
        with pytest.raises(FaultError) as found:
            guide.scene.call(method, cookie="AAAA")
        assert found.value.code == 102
