"""What is told of participants and their calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told
from harness.reference.tps.meetings import INCOMING, OUTGOING, Call, Participant, Struct
from harness.reference.tps.parts import Parts

QUERY, STATUS, CALL = "flex.participant.query", "flex.participant.status", "flex.call.status"
_TONES = frozenset("*#0123456789ABCD,")
# States that a device tells which knows four of them alone.
_FOUR = {
    "disconnecting": "disconnected", "neverConnected": "disconnected", "deferred": "disconnected",
    "partiallyFailed": "connecting", "audioReceiverFailed": "disconnected",
}  # fmt: skip
_DEFAULTS: Struct = {
    "camerasCrossed": False, "audioIndex": 0, "contentIndex": 0, "cascadeRole": "cascadeNone", "participantReference": "",
    "displayName": "", "dtmf": "", "callerName": "", "callerAddress": "",
}  # fmt: skip


class ParticipantTelling:
    """Methods that tell of participants and calls.

    Args:
        parts: what all share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts, self._all, self._on = parts, parts.all, parts.on
        self._choices, self._figures = parts.common.choices, parts.figures
        self._four = self._choices("states") == "four"
        self._never = "neverConnected" if self._choices("never-called") == "neverConnected" else "disconnected"

    def methods(self) -> dict[str, Handler]:
        """By name."""
        return {QUERY: self.query, STATUS: self.status, CALL: self.call_status}

    def _the(self, ask: Ask) -> Participant:
        found = self._all.participants.get(ask["participantID"])
        if found is None:
            raise RefusedError("no-such-participant", ("participantID",))
        return found

    # query

    def query(self, ask: Ask) -> Told:
        """flex.participant.query."""
        one = self._the(ask)
        told: Struct = {"participantID": one.id, "conferenceID": one.conference.id, **_DEFAULTS, **one.settings}
        told.pop("PIN", None)
        told.pop("PINs", None)
        told |= self._pins(one)
        told["callAttributes"] = self._attributes(one)
        told["participantMediaResources"] = one.resources
        told["calls"] = [self._definition(definition) for definition in one.definitions]
        if len(told["calls"]) > 2 and self._on("calls-reversed"):
            told["calls"].reverse()
        if told["dtmf"] and self._choices("dtmf-told") == "valid":
            told["dtmf"] = "".join(sign for sign in told["dtmf"] if sign in _TONES)
        return told

    def _attributes(self, one: Participant) -> Struct:
        own = one.own
        if len(one.definitions) > 1 and not self._on("presentation-in-main-told"):
            own = {**own, "videoTxPresentationMainVideoAllowed": False}
        level = self.access(one)
        if level == "unknown":
            own = {**own, "accessLevel": level}
        return self._parts.attribution.told(own)

    def _definition(self, definition: Struct) -> Struct:
        if INCOMING in definition and self._choices("unset-replacement") == "there":
            return {"disconnectOnIncoming": False, **definition}
        return definition

    def _pins(self, one: Participant) -> Struct:
        single, several = one.settings.get("PIN"), one.settings.get("PINs")
        told: Struct = {}
        if self._choices("pin-told") == "there":
            told["PIN"] = single or (several[0]["PIN"] if several else "")
        elif single and not several:
            told["PIN"] = single
        if self._choices("pins-told") == "there":
            told["PINs"] = [self._pin(pin) for pin in (several or ([{"PIN": single}] if single else []))]
        elif several:
            told["PINs"] = [self._pin(pin) for pin in several]
        return told

    def _pin(self, pin: Struct) -> Struct:
        whole = self._choices("unset-of-pin") == "there"
        if not whole and "callAttributes" not in pin:
            return pin
        return {**pin, "callAttributes": self._parts.attribution.told(pin.get("callAttributes", {}), whole=whole)}

    def access(self, one: Participant) -> str:
        """What accessLevel tells."""
        if one.waits and not one.joined and self._choices("idle-access") == "unknown":
            return "unknown"
        return str(self._parts.calling.holding(one, "accessLevel"))

    # status

    def status(self, ask: Ask) -> Told:
        """flex.participant.status."""
        one = self._the(ask)
        return {
            "participantID": one.id,
            "participantReference": one.settings.get("participantReference", ""),
            "displayName": one.settings.get("displayName", ""),
            "conferenceID": one.conference.id,
            "accessLevel": self.access(one),
            "participantType": self._type(one),
            "participantMediaInfo": self._figures.media(one),
            "important": one.important,
            "calls": self.positions(one.calls, self._call),
            **one.mutes,
            "layout": self._layout(one) if self._video_sent(one) else None,
        }

    @staticmethod
    def _type(one: Participant) -> str:
        if not one.established:
            return "Unknown"
        if one.settings.get("cascadeRole", "cascadeNone") != "cascadeNone":
            return "Cascade"
        if len(one.definitions) > 1:
            return f"Group of {len(one.definitions)} endpoints"
        return one.live[0].endpoint.type

    def positions(self, calls: list[Call | None], tell: Callable[[Call], Struct]) -> list[Any]:
        """Calls by their positions; what stands for one that does not exist is by the reading."""
        nothing: Struct | None = None if self._choices("no-call") == "nothing" else {}
        return [nothing if call is None else tell(call) for call in calls]

    def _call(self, call: Call) -> Struct:
        one = call.participant
        told: Struct = {
            "callID": call.id,
            "conferenceID": one.conference.id,
            "conferenceState": call.place,
            "callState": call.state,
            "incoming": False,
            "protocol": "sip" if self._on("calls-are-sip") else call.definition["protocol"],
            "address": call.definition[OUTGOING],
            "remoteName": call.endpoint.name if call.established else "",
        }
        if call.established:
            told["duration"] = 0 if self._on("call-duration-stands") else self._figures.lasted(call)
            told["rxBandwidth"] = told["txBandwidth"] = call.definition["callBandwidth"]
        return told

    def call_status(self, ask: Ask) -> Told:
        """flex.call.status."""
        call = self._all.calls.get(ask["callID"])
        if call is None:
            raise RefusedError("invalid-parameter", ("callID",))
        return {**self._call(call), "participantID": call.participant.id}

    def _video_sent(self, one: Participant) -> bool:
        sent = not one.mutes["videoTxMute"] or self._on("layout-though-muted")
        return sent and any(call.complete and call.endpoint.video for call in one.live)

    def _layout(self, one: Participant) -> str:
        screens = len([call for call in one.live if call.complete])
        kind = "Multi" if screens > 1 else "Single"
        return self._parts.attribution.layout(
            str(self._parts.calling.holding(one, f"displayDefaultLayout{kind}Screen"))
        )

    # lists

    def _head(self, one: Participant) -> Struct:
        return {
            "participantID": one.id,
            "participantReference": one.settings.get("participantReference", ""),
            "conferenceID": one.conference.id,
        }

    def _name(self, one: Participant) -> str:
        if one.established and self._on("far-end-names"):
            return one.live[0].endpoint.name
        return str(one.settings.get("displayName", ""))

    def info(self, one: Participant) -> Struct:
        """A participant in the plain list."""
        return {
            **self._head(one),
            "displayName": self._name(one),
            "accessLevel": self.access(one),
            "connectionState": self.state(one),
            "calls": self.positions(self._listed(one), self._listed_call),
            "addresses": [self._address(definition) for definition in self._defined(one)],
        }

    def advanced(self, one: Participant) -> Struct:
        """A participant in the list that tells more."""
        told = self.info(one)
        told["calls"] = self.positions(self._listed(one), self._advanced_call)
        told["encryptionStatus"] = self._encryption(one)
        told["mediaStatus"] = self._media_status(one)
        if self._video_sent(one) or (one.connected and self._choices("idle-layout") == "there"):
            told["layout"] = self._layout(one)
        return told

    def media(self, one: Participant) -> Struct:
        """A participant in the list of media."""
        return {**self._head(one), **self._figures.media(one)}

    def _listed(self, one: Participant) -> list[Call | None]:
        return [*one.calls, *one.more] if self._choices("added-calls") == "added" else one.calls

    def _defined(self, one: Participant) -> list[Struct]:
        more = [call.definition for call in one.more] if self._choices("added-calls") == "added" else []
        return one.definitions + more

    @staticmethod
    def _address(definition: Struct) -> Struct:
        name = INCOMING if INCOMING in definition else OUTGOING
        return {name: definition[name]}

    @staticmethod
    def _listed_call(call: Call) -> Struct:
        return {"callID": call.id, "incoming": False, "address": call.definition[OUTGOING]}

    def _advanced_call(self, call: Call) -> Struct:
        told = {**self._listed_call(call), "protocol": call.definition["protocol"]}
        if call.established or self._choices("idle-bandwidth") == "there":
            told["rxBandwidth"] = told["txBandwidth"] = call.definition["callBandwidth"] if call.established else 0
        return told

    def _encryption(self, one: Participant) -> Struct:
        sure = "unencrypted" if self._parts.calling.holding(one, "encryption") == "forbidden" else "encrypted"
        there = one.connected
        video = there and any(call.endpoint.video for call in one.live)
        told = dict.fromkeys(("callProtocol", "audio"), sure if there else "unknown")
        told |= dict.fromkeys(("mainVideo", "extendedVideo"), sure if video else "unknown")
        told |= dict.fromkeys(("cccp", "activeControl"), "unknown")
        return self._known(told, "unknown")

    def _media_status(self, one: Participant) -> Struct:
        there = one.connected
        video = there and any(call.endpoint.video for call in one.live)
        told: Struct = {}
        for stream, on in (("audio", there), ("video", video)):
            for way in ("Rx", "Tx"):
                muted = one.mutes[f"{stream}{way}Mute"] and not self._on("media-never-muted")
                used = "muted" if muted else "inUse"
                told[f"{stream}{way}"] = used if on else "notNegotiated"
        presenter = one.conference.presenter
        told["extendedRx"] = ("inUse" if presenter is one else "notInUse") if video else "notNegotiated"
        told["extendedTx"] = ("inUse" if presenter not in (None, one) else "notInUse") if video else "notNegotiated"
        return self._known(told, "notNegotiated")

    def _known(self, told: Struct, unknown: str) -> Struct:
        if self._choices("status-members") == "there":
            return told
        return {name: word for name, word in told.items() if word != unknown}

    def state(self, one: Participant) -> str:
        """What connectionState tells."""
        state = self._state(one)
        return _FOUR.get(state, state) if self._four else state

    def _state(self, one: Participant) -> str:
        if one.exiting:
            return "disconnecting"
        if one.waits and not one.live:
            return self._never
        if one.failed:
            audio = self._parts.calling.audio(one) in one.failed
            return "audioReceiverFailed" if audio else "partiallyFailed"
        if one.connected or (one.established and self._on("connected-in-lobby")):
            return "connected"
        if one.live:
            return "connecting"
        return "deferred" if self._parts.calling.holding(one, "deferConnect") else "disconnected"
