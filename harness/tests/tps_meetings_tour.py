"""A tour through the conferences, participants and calls of the TelePresence Server reference server.

Every seeded fault there, and every reading that shows there, changes what is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.tests.tps_meetings_guide import CON, LISTS, PRT, Guide, resources, uri
from harness.tests.tps_meetings_people import PARTS as PEOPLE

Seen = list[tuple[str, dict[str, Any], bytes]]


class Tour(Guide):
    """Does everything once or more, and keeps what it sees."""

    def seen(self) -> Seen:
        """Everything that the server sent, with methods and members of the calls."""
        for _ in self.parts():
            pass
        return self.replies

    def parts(self) -> Iterator[tuple[int, Seen]]:
        """The same part by part, each with the number of replies before it."""
        for part in (*PARTS, *PEOPLE):
            before = len(self.replies)
            part(self)
            self.look()
            self.leave()
            yield before, self.replies[before:]


def settings(tour: Guide) -> None:
    """What a conference is given and what it tells."""
    plain = tour.conference()
    tour.ask(plain)
    tour.do(f"{CON}getMetadata", conferenceID=plain)
    reconnecting = {"audioReceiveGain": 50, "autoReconnect": True, "alwaysReconnect": True}
    full = tour.conference(
        conferenceName="12345", conferenceReference="ref <1>", conferenceDescription="d" * 500, metadata=b"a\0\xff",
        URIs=[uri("full_room@example.com", PIN="12", callAttributes={"encryption": "required"})], locked=True,
        callAttributes=reconnecting, conferenceMediaCredits=700, maxParticipants=7, startTime=50, duration=100,
        customPINEntryFailedMessage="x", resourceOptimizationMode="byParticipant", billingCode="",
        voiceSwitchingSensitivity=9, useCustomWelcomeScreenAudio=False,
    )  # fmt: skip
    tour.ask(full)
    tour.scene.wait(20)
    tour.ask(full)
    tour.do(f"{CON}getMetadata", conferenceID=full)
    tour.do(f"{CON}modify", conferenceID=full, metadata=b"", conferenceReference="", conferenceName="")
    tour.ask(full)
    tour.ask(tour.conference(welcomeScreen=False, exitScreen=False))
    tour.conference(resourceOptimizationMode="byConference")
    tour.ask(tour.conference(welcomeScreen=False, exitScreen=False))
    tour.ask(tour.conference(callAttributes={"audioReceiveGainMode": "gainModeFixed", "audioReceiveGain": -70}))
    tour.do("flex.resource.query")


def changes(tour: Guide) -> None:
    """One change after the other."""
    one = tour.conference(duration=1000, maxParticipants=3, voiceSwitchingSensitivity=11, URIs=[uri("ch", PIN="3")])
    made: tuple[dict[str, Any], ...] = (
        {"conferenceName": "n"}, {"durationUnlimited": True}, {"duration": 500}, {"maxParticipantsUnlimited": True},
        {"callAttributes": {"autoDisconnect": True}}, {"callAttributes": {"encryption": "forbidden"}},
        {"URIs": [uri("ch")]}, {"URIs": [uri("ch-1"), uri("ch-2")]}, {"URIs": []}, {"voiceSwitchingSensitivity": 101},
        {"URIs": [uri("a1"), uri("a2"), uri("a3")]}, {"maxParticipants": 4, "maxParticipantsUnlimited": True},
        {"conferenceName": "refused", "URIs": [uri("same"), uri("same")]}, {"callAttributes": {}},
        {"conferenceReference": "", "locked": True},
    )  # fmt: skip
    for change in made:
        tour.do(f"{CON}modify", change, conferenceID=one)
        tour.ask(one)
    tour.scene.wait(30)
    tour.do(f"{CON}modify", conferenceID=one, duration=10)
    tour.do(f"{CON}modify", conferenceID=tour.conference(), duration=0)
    tour.ask(one)


def media(tour: Guide) -> None:
    """Tokens and credits."""
    for given in (
        resources(media_credits=700), resources(0, 0, 0, media_credits=30), resources(20, 0, 0, media_credits=30),
        resources(400, 0, 0, media_credits=400),
        resources(media_credits=20_000), resources(media_credits=450), resources(maxPerChannel=20),
        resources(300, 0, 20, media_credits=315), resources(maxPerChannel=52),
        resources(3000, 0, 3000, media_credits=7560, maxPerChannel=2900),
        {**resources(), "mediaTokensAudio": {"maxPerChannelUnlimited": True}},
    ):  # fmt: skip
        tour.ask(tour.conference(participantMediaResources=given))
    one = tour.conference(participantMediaResources=resources(maxPerChannel=20))
    tour.do(f"{CON}modify", conferenceID=one, participantMediaResources=resources())
    tour.ask(one)
    tour.join(one, uri("few"), participantMediaResources=resources(media_credits=100))
    tour.join(one, uri("lim"), participantMediaResources=resources(media_credits=840, maxPerChannel=50))


def uris(tour: Guide) -> None:
    """URIs that are free, taken, twice."""
    one = tour.conference(URIs=[uri("789@a.example", PIN="1"), uri("789@a.example")])
    for given in (
        [uri("789")], [uri("789@a.example")], [uri("789@A.example")], [uri("x"), uri("x")],
        [uri("y", PIN="1"), uri("y", PIN="1")], [uri("under_score")],
        [uri("loss", callAttributes={"packetLossThreshold": 101})],
    ):  # fmt: skip
        tour.ask(tour.conference(URIs=given))
    tour.conference(URIs=[uri("789@a.example")], startTime=9000)
    tour.do(f"{CON}destroy", conferenceID=one)
    again = tour.conference(URIs=[uri("789@a.example")], duration=50)
    tour.conference(URIs=[uri("789@a.example")], startTime=60)
    tour.ask(again)


def limits(tour: Guide) -> None:
    """Limits above the device, and below what is in use."""
    tour.ask(tour.conference(maxParticipants=500, conferenceMediaTokens=200_000))
    tour.ask(tour.conference(startTime=2_147_483_000, duration=2_147_483_000))
    one = tour.conference(maxParticipants=1)
    for place in range(2):
        tour.ask(participant=tour.join(one, f"answering:{place}"))
    tour.scene.wait(2)
    tour.look()
    tour.do(f"{CON}modify", conferenceID=one, maxParticipants=0)
    tour.do(f"{CON}modify", conferenceID=one, conferenceMediaTokens=1)
    tour.do(f"{CON}modify", conferenceID=one, conferenceMediaCredits=48)
    tour.ask(one)
    for duration in (0, -1):
        tour.ask(tour.conference(duration=duration, conferenceName="short"))
    tour.scene.wait(1)


def times(tour: Guide) -> None:
    """A conference begins and ends."""
    one = tour.conference(duration=20, startTime=10)
    early = tour.join(one, "answering")
    for _ in range(4):
        tour.ask(one, early)
        tour.look()
        tour.do(f"{CON}sendWarning", conferenceID=one)
        tour.scene.wait(9)
    tour.ask(one, early)


def lists(tour: Guide) -> None:
    """Page by page."""
    one, gone = tour.conference(conferenceName="A"), tour.conference(conferenceName="B")
    for place in range(2):
        tour.join(one, uri(f"list-{place}"), participantReference=f"r{place}")
    tour.join(gone, uri("list-9"))
    for method in LISTS:
        more = {} if method.startswith(CON) else {"conferenceID": one}
        cookie = tour.do(method, more, max=1).get("cookie", "")
        for _ in range(6):
            cookie = tour.do(method, cookie=cookie, max=1).get("cookie", "")
        tour.do(f"{CON}modify", conferenceID=one, conferenceName="A")
        tour.do(method, cookie=cookie)
        tour.do(method, cookie=cookie)


def cookies(tour: Guide) -> None:
    """Cookies that are none, of others, and of what is gone."""
    one = tour.conference()
    first = tour.join(one, uri("cookie-1"))
    begun = {method: tour.do(method).get("cookie", "") for method in LISTS}
    long = {} if tour.version == "3.0" else {"extended": True}  # 3.1 brought it
    ended = {
        method: tour.do(method, more).get("cookie", "")
        for method, more in (
            (f"{CON}deletions.enumerate", {}),
            (f"{PRT}deletions.enumerate", {**long, "conferenceID": one}),
        )
    }
    for method in (*LISTS, *ended):
        for cookie in ("none", "", begun[f"{PRT}media.enumerate"]):
            tour.do(method, cookie=cookie)
    narrow = tour.do(LISTS[1], conferenceID=one).get("cookie", "")
    tour.do(LISTS[1], conferenceID=one, cookie=narrow)
    tour.do(f"{PRT}destroy", participantID=first)
    tour.join(one, uri("cookie-2"))
    tour.do(f"{CON}destroy", conferenceID=one)
    for method, cookie in ((LISTS[1], narrow), *ended.items()):
        more = long if method == f"{PRT}deletions.enumerate" else {}
        tour.do(method, more, cookie=cookie, max=1)
        tour.do(method, more, cookie=cookie)


PARTS = (settings, changes, media, uris, limits, times, lists, cookies)
