"""A tour of feedback, diagnostics, previews and lists that every seeded fault in them changes: what is sent is kept beside the replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.reference.tps.beginning import ADDABLE_KEYS
from harness.reference.tps.meetings_start import resources
from harness.tests.tps_scene import FaultError, Scene
from harness.wire.xmlrpc import read

ONE, TWO, THREE = "http://127.0.0.1:8080/one", "http://127.0.0.1:8080/two", "https://127.0.0.1:8443/three?from=tour"
SETTINGS: dict[str, Any] = {"welcomeScreen": False, "waitForChair": False, "participantMediaResources": resources()}
LISTS = (
    "flex.conference.enumerate", "flex.participant.enumerate", "flex.participant.advanced.enumerate",
    "flex.participant.media.enumerate", "flex.conference.deletions.enumerate", "flex.participant.deletions.enumerate",
)  # fmt: skip
Heard = tuple[str, str, Any]  # where, the method, its members


class Ears:
    """A device, somebody who calls it, and all that it sends.

    Args:
        faults, readings, version: as of `Scene`.
    """

    def __init__(
        self, faults: Sequence[str] = (), readings: Mapping[str, str] | None = None, version: str | None = None
    ) -> None:
        self.scene = Scene(faults, readings, version)
        self.seen: list[object] = []
        self._last = ("", "", "")  # what was made last: a conference, a participant, and where it can be dialled

    def heard(self) -> list[Heard]:
        """What has been sent since the last look."""
        found: list[Heard] = []
        for letter in self.scene.device.notifier.post.letters():
            message = read(letter.body)
            plain = [one.plain() for one in message.params]
            found.append((letter.uri, message.method, plain[0] if len(plain) == 1 else plain))
        self.seen.append(found)
        return found

    def do(self, method: str, members: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """The reply to a call, or the code of its fault."""
        try:
            told: Any = self.scene.call(method, members, **more)
        except FaultError as fault:
            told = fault.code
        self.seen.append(told)
        return told

    def events(self, method: str, members: Mapping[str, Any] | None = None, **more: Any) -> dict[str, set[str]]:
        """The events of which a call makes the device tell, by where."""
        self.do(method, members, **more)
        return told_of(self.heard())

    def wait(self, seconds: float) -> list[Heard]:
        """What is sent while time goes by."""
        found: list[Heard] = []
        for _ in range(round(seconds * 2)):
            self.scene.wait(0.5)
            self.scene.device.notifier.tick(self.scene.time)
            found += self.heard()
        return found

    def receiver(self, uri: str = ONE, *events: str, **more: Any) -> int:
        """The slot of a new receiver."""
        subscribed = {"subscribedEvents": list(events)} if events else {}
        told = self.do("feedbackReceiver.configure", {"receiverURI": uri, "receiverIndex": -1, **subscribed, **more})
        return int(told["receiverIndex"])

    def conference(self, **more: Any) -> str:
        """A new conference."""
        return str(self.do("flex.conference.create", {**SETTINGS, "conferenceName": "Tour", **more})["conferenceID"])

    def join(self, conference: str, *kinds: str, **more: Any) -> str:
        """A new participant of endpoints of these kinds, which has had time to connect."""
        calls = [
            {"remoteAddress": self.scene.fixtures[f"{kind}_addresses"][place], "callBandwidth": 2_000_000, "protocol": "sip"}
            for place, kind in enumerate(kinds)
        ]  # fmt: skip
        told = self.do("flex.participant.create", {"conferenceID": conference, "calls": calls, **more})
        self.scene.wait(2)
        return str(told["participantID"])


def told_of(heard: Sequence[Heard]) -> dict[str, set[str]]:
    """Events by where they were told."""
    found: dict[str, set[str]] = {}
    for uri, _, members in heard:
        events = members["events"] if isinstance(members, dict) else members[1]
        found.setdefault(uri, set()).update([events] if isinstance(events, str) else events)
    return found


def _receivers(ears: Ears) -> None:
    ears.scene.wait(3)
    ears.do("feedbackReceiver.configure", {"receiverURI": ONE, "receiverIndex": 3})
    ears.receiver(
        TWO, "flexConferenceEnum", "receiverModified", "receiverDeleted", "configureAck", sourceIdentifier="two"
    )
    last = ears.receiver(THREE, "cdrAdded", "flexConferenceDeletionsEnum", sourceIdentifier="three")
    ears.heard()
    ears.conference()
    ears.heard()
    for changed in (
        {"sourceIdentifier": "other"}, {"subscribedEvents": ["flexConferenceEnum", "receiverDeleted"]}, {"receiverURI": TWO + "/b"},
    ):  # fmt: skip
        ears.do("feedbackReceiver.reconfigure", changed, receiverIndex=last)
        ears.heard()
        ears.conference()
        ears.heard()
    for changed in ({"sourceIdentifier": "one"}, {"receiverURI": ONE + "/b"}):
        ears.do("feedbackReceiver.reconfigure", changed, receiverIndex=3)
        ears.heard()
    ears.do("feedbackReceiver.remove", receiverIndex=last)
    ears.heard()
    ears.conference()
    ears.wait(60)
    ears.do("feedbackReceiver.configure", {"receiverURI": TWO, "receiverIndex": 3, "subscribedEvents": []})
    ears.do("feedbackReceiver.query")
    ears.heard()
    ears.conference()
    ears.heard()


def _events(ears: Ears) -> None:
    ears.receiver()
    one, two = ears.conference(), ears.conference()
    first, second = ears.join(one, "answering"), ears.join(two, "presenting")
    ears.heard()
    for method, members in (
        ("flex.conference.modify", {"conferenceID": one, "conferenceName": "other"}),
        ("flex.conference.modify", {"conferenceID": one, "conferenceDescription": "what the list does not tell"}),
        ("flex.participant.setMute", {"participantID": first, "audioRxMute": True}),
        ("flex.participant.setImportant", {"participantID": first}),
        (
            "flex.participant.modify",
            {"participantID": first, "participantMediaResources": resources((630, 105, 52), 840)},
        ),
        ("flex.participant.destroy", {"participantID": first}),
        ("flex.conference.destroy", {"conferenceID": two}),
        ("flex.conference.destroy", {"conferenceID": one}),
        ("callHome.configure", {"automatic": True}),
        ("device.feature.add", {"key": ADDABLE_KEYS[0]}),
        ("device.feature.remove", {"key": ADDABLE_KEYS[0]}),
        ("device.restart", {"shutdownOnly": True}),
        ("device.restart", {}),
    ):
        ears.events(method, members)
    assert second


def _answers(ears: Ears) -> None:
    where = ears.conference()
    one, many = ears.join(where, "answering"), ears.join(where, "presenting", "answering", displayName="Group")
    ears.receiver(TWO, "restart")
    alone = ears.join(ears.conference(), "audio_only")
    wide = ears.join(where, "multiscreen")
    group = ears.join(ears.conference(), "answering", "answering")
    ears.heard()
    for muted in (False, True):
        ears.do("flex.participant.setMute", {"participantID": one, "videoRxMute": muted})
        for number, name in enumerate((one, many, alone, wide)):
            more = {"sourceIdentifier": f"mine-{number}"} if number else {}
            ears.do(
                "flex.participant.requestDiagnostics", {"participantID": name, "receiverURI": f"{ONE}/{number}", **more}
            )
        ears.wait(1)
    left, right = (
        {"streamIdentifier": "rxMainVideo", "position": 0, "maxWidth": 120, "maxHeight": 90},
        {"streamIdentifier": "txMainVideo", "position": 1, "maxWidth": 1000, "maxHeight": 90},
    )
    content = {"streamIdentifier": "extendedVideo"}
    for name, streams in (
        (one, [{**left, "maxWidth": 100}]), (one, [{"streamIdentifier": "txMainVideo", "position": 0}, content]),
        (many, [left, right, content]), (alone, [left, content]), (wide, [{**right, "position": 2}]), (group, [left, right]),
    ):  # fmt: skip
        ears.do("flex.participant.requestPreview", {"participantID": name, "receiverURI": THREE, "streams": streams})
        ears.wait(1)
    for _ in range(12):
        ears.do("flex.participant.requestDiagnostics", {"participantID": one, "receiverURI": ONE})
    ears.wait(1)


def _lists(ears: Ears) -> None:
    cookies: dict[str, str] = {}
    lists = [method for method in LISTS if method in ears.scene.device.common.methods]

    def follow() -> None:
        for method in lists:
            given = {"cookie": cookies[method]} if method in cookies else {}
            told = ears.do(method, given)
            cookies[method] = told["cookie"]

    names = [ears.conference(conferenceName=f"c{number}") for number in range(5)]
    people = [ears.join(name, "answering") for name in names[:4]]
    extended = ears.do("flex.participant.deletions.enumerate", extended=True, conferenceID=names[0])["cookie"]
    follow()
    follow()
    ears.do("flex.participant.modify", {"participantID": people[3], "displayName": "other"})
    ears.do(
        "flex.participant.modify",
        {"participantID": people[3], "participantMediaResources": resources((630, 105, 52), 840)},
    )
    old = dict(cookies)
    for method in lists:
        ears.do(method)
    follow()
    for method in lists:  # a cookie that another client has used
        ears.do(method, cookie=old[method])
    for name in names[:3]:
        ears.do("flex.conference.destroy", conferenceID=name)
    ears.do("flex.participant.deletions.enumerate", cookie=extended)
    for method in lists:
        told = ears.do(method, cookie=cookies[method], max=2)
        ears.do(method, cookie=told["cookie"], max=2)
    follow()
    follow()
    for method in lists:
        _pages(ears, method)


def _pages(ears: Ears, method: str) -> None:
    told = ears.do(method, max=2)
    for _ in range(4):
        told = ears.do(method, cookie=told["cookie"], max=2)


PARTS: tuple[Callable[[Ears], None], ...] = (_receivers, _events, _answers, _lists)


def tour(
    faults: Sequence[str] = (), readings: Mapping[str, str] | None = None, version: str | None = None
) -> list[object]:
    """Everything that a device says, and sends, while it is led around."""
    seen: list[object] = []
    for part in PARTS:
        ears = Ears(faults, readings, version)
        part(ears)
        seen += ears.seen
    return seen
