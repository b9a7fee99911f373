"""What the faults of conferences, participants and calls do, those apart that sit in the rules themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.reference.tps.asking import Ask, Path, Values
from harness.reference.tps.meetings import INCOMING, Conference, MeetingWorld
from harness.reference.tps.spoil import Spoiler
from harness.reference.tps.world import World
from harness.spec.callmodel import Slip

_TONES = frozenset("*#0123456789ABCD,")
_CREATE, _MODIFY, _QUERY = "flex.conference.create", "flex.conference.modify", "flex.conference.query"
_JOIN = "flex.participant.create"


class MeetingSpoiler(Spoiler):
    """Conferences, participants and calls."""

    def __init__(self, on: Callable[[str], bool], world: World) -> None:
        super().__init__(on, world)
        self._highest: dict[str, int] = {}

    # mistakes that are let pass

    def passes(self, method: str, path: Path, slip: Slip, value: Any) -> bool:
        """Whether a mistake in a member is passed over."""
        if not method.startswith("flex."):
            return False
        name = path[-1]
        match slip:
            case Slip.RANGE:
                return self._range(method, path, value)
            case Slip.LENGTH:
                return self._length(method, path, value)
            case Slip.MANY:
                return ((method, name) == (_JOIN, "calls") and self.on("fifth-call-taken")) or (
                    (method, name) == (_MODIFY, "URIs") and self.on("third-uri-on-change")
                )
            case Slip.CHOICE:
                wrong = name == "displayDefaultLayoutMultiScreen" and value in ("layoutEqual", "layoutProminent")
                return wrong and self.on("single-layout-for-multi")
            case Slip.BOTH:
                return (method, name) == (_MODIFY, "maxParticipants") and self.on("both-limits-on-change")
            case Slip.MISSING:
                return path[-2:] == ("mediaTokensAudio", "total") and self.on("audio-total-not-needed")
        return False

    def _range(self, method: str, path: Path, value: int) -> bool:
        name = path[-1]
        if name == "packetLossThreshold" and path[0] == "URIs":
            return self.on("loss-of-uri-unchecked")
        if name == "callBandwidth" and path[:1] == ("calls",) and path[1] != 0:
            return self.on("bandwidth-of-others-unchecked")
        if (method, name) == (_MODIFY, "voiceSwitchingSensitivity") and value == 101:
            return self.on("sensitivity-101")
        return False

    def _length(self, method: str, path: Path, value: str) -> bool:
        if (method, path[-1]) == (_JOIN, "participantReference") and len(value) == 51:
            return self.on("reference-of-51")
        return (method, path[-1]) == ("flex.conference.sendUserMessage", "message") and self.on("long-message-sent")

    def finds(self, method: str, path: Path, value: Any) -> str | None:
        """The fault for a value that is right."""
        if path[-1] == "dtmf" and not _TONES.issuperset(value) and self.on("other-tones-refused"):
            return "invalid-parameter"
        if method == _JOIN and path[-1] == "displayName" and not value.isascii() and self.on("foreign-names-refused"):
            return "invalid-parameter"
        if path[-1] == INCOMING and "_" in value.partition("@")[0] and self.on("underscore-refused"):
            return "invalid-parameter"
        return None

    # calls that are right

    def asked(self, ask: Ask) -> None:
        """A call before it is done."""
        values = ask.values
        if ask.method in (_CREATE, _MODIFY):
            self._conference(ask, values)
        for struct in (values, *values.get("URIs", ())):
            tokens = struct.get("participantMediaResources", {}).get("mediaTokensAudio")
            if tokens is not None:
                tokens.setdefault("total", 0)
        if ask.method == _JOIN and len(values.get("displayName", "")) > 63 and self.on("long-display-name-cut"):
            values["displayName"] = values["displayName"][:63]

    def _conference(self, ask: Ask, values: Values) -> None:
        text = values.get("conferenceDescription", "")
        if len(text) > 255 and self.on("description-cut"):
            values["conferenceDescription"] = text[:255]
        if {values.get("welcomeScreen"), values.get("exitScreen")} == {False} and self.on("lobbies-not-both-off"):
            values["exitScreen"] = True
        if "maxParticipants" in values and values.get("maxParticipantsUnlimited"):
            del values["maxParticipants"]
        if ask.method == _MODIFY and values.get("conferenceReference") == "" and self.on("reference-cannot-be-emptied"):
            del values["conferenceReference"]
        if ask.method == _MODIFY and values.get("URIs") == [] and self.on("uris-cannot-be-emptied"):
            del values["URIs"]

    # what is told

    @property
    def _meetings(self) -> MeetingWorld:
        meetings = self.world.meetings
        assert isinstance(meetings, MeetingWorld)
        return meetings

    def _known(self, ask: Ask) -> Conference | None:
        return self._meetings.conferences.get(ask.get("conferenceID", ""))

    def done(self, ask: Ask, told: Values) -> None:
        """What a success tells, before it is shaped."""
        match ask.method:
            case "flex.conference.getMetadata" if self.on("metadata-ends-at-zero"):
                told["metadata"] = told["metadata"].partition(b"\0")[0]
            case "flex.conference.query":
                known = self._known(ask)
                if known is not None and "chairControlLevel" not in known.settings and self.on("chair-level-local"):
                    told["chairControlLevel"] = "controlLocal"
                if known is not None and known.active and known.duration and self.on("duration-counts-down"):
                    told["duration"] = max(told["duration"] - int(self.world.clock() - known.start), 0)
            case "flex.conference.status":
                known = self._known(ask)
                if known is not None and self.on("waiting-not-counted"):
                    told["numParticipants"] -= sum(one.waits for one in known.participants.values())
            case "flex.conference.enumerate":
                self._listed(told)
            case "flex.resource.status":
                self._used(told)
            case "flex.participant.enumerate" if self.on("list-lacks-reference"):
                told["participants"] = [{**one, "participantReference": ""} for one in told["participants"]]
            case "flex.participant.status":
                self._calls(told)
            case "flex.participant.media.enumerate" if self.on("limit-told-with-flag"):
                told["participantMediaInfo"] = [self._both(one) for one in told["participantMediaInfo"]]

    def _listed(self, told: Values) -> None:
        if self.on("important-not-listed"):
            told["conferences"] = [{**one, "importantID": None} for one in told["conferences"]]
        if self.on("locked-as-int"):
            told["conferences"] = [{**one, "locked": int(one["locked"])} for one in told["conferences"]]

    def _used(self, told: Values) -> None:
        if self.on("tokens-are-credits"):
            told["configuredMediaTokens"] = told["configuredMediaCredits"]
        if self.on("calls-are-participants"):
            told["numCalls"] = 2 * told["numParticipants"]
        if self.on("figures-never-fall"):
            for name in ("numConferences", "numParticipants", "configuredMediaTokens"):
                self._highest[name] = told[name] = max(told[name], self._highest.get(name, 0))

    def _calls(self, told: Values) -> None:
        if self.on("duration-as-text"):
            told["calls"] = [
                {**one, "duration": str(one["duration"])} if one and "duration" in one else one for one in told["calls"]
            ]
        if self.on("missing-calls-left-out") and len(told["calls"]) > 1:
            told["calls"] = [one for one in told["calls"] if one] or told["calls"][:1]

    @staticmethod
    def _both(one: Values) -> Values:
        tokens = one["audioTokenInfo"]
        if "maxTokensPerChannelConfigured" not in tokens:
            return one
        return {**one, "audioTokenInfo": {**tokens, "maxTokensPerChannelConfiguredUnlimited": False}}

    def told(self, ask: Ask, told: Values) -> Values:
        """What a success tells, as it will be written."""
        if ask.method == _QUERY:
            name = told.get("conferenceName", "")
            if name.isdecimal() and name.isascii() and len(name) < 9 and self.on("number-name-as-int"):
                return {**told, "conferenceName": int(name)}
            known = self._known(ask)
            empty = known is not None and known.settings.get("conferenceReference") == ""
            if empty and self.on("empty-reference-told"):
                return {**told, "conferenceReference": ""}
        return told

    def fault(self, method: str, fault: str, code: int, text: str, path: Path) -> tuple[int, str]:
        """Code and text of a fault."""
        if method == _JOIN and fault == "no-such-conference" and self.on("wrong-object-not-there"):
            return 5, "no such participant"
        if len(path) > 2 and fault == "missing-parameter" and self.on("nested-missing-unnamed"):
            return code, "missing parameter"
        return code, text
