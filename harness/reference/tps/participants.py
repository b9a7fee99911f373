"""Participants: made, changed, ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.tps.asking import Ask, Handler, Path, RefusedError, Told
from harness.reference.tps.media import CREDITS, LIMITS, credits_of, total
from harness.reference.tps.meetings import INCOMING, Conference, Participant, Struct
from harness.reference.tps.parts import Parts

CREATE, MODIFY = "flex.participant.create", "flex.participant.modify"
_RESOURCES, _ATTRIBUTES = "participantMediaResources", "callAttributes"
# Members that count for several calls alone.
_SEVERAL = ("camerasCrossed", "audioIndex", "contentIndex")


class Participants:
    """Methods that change participants.

    Args:
        parts: what all share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts, self._common, self._all, self._on = parts, parts.common, parts.all, parts.on
        self._choices = parts.common.choices

    def methods(self) -> dict[str, Handler]:
        """By name."""
        return {CREATE: self.create, MODIFY: self.modify, "flex.participant.destroy": self.destroy}

    def the(self, ask: Ask) -> Participant:
        """The participant of a call."""
        found = self._all.participants.get(ask["participantID"])
        if found is None:
            raise RefusedError("no-such-participant", ("participantID",))
        return found

    # made

    def create(self, ask: Ask) -> Told:
        """flex.participant.create."""
        given = dict(ask.values)
        conference = self._all.conferences.get(given.pop("conferenceID"))
        if conference is None:
            raise RefusedError("no-such-conference", ("conferenceID",))
        definitions: list[Struct] = [self._definition(one, place) for place, one in enumerate(given.pop("calls"))]
        attributes, resources = given.pop(_ATTRIBUTES, {}), given.pop(_RESOURCES, None)
        self._several(given, definitions)
        pins = self._pins(given, definitions)
        given_here = resources is not None and not self._on("own-resources-ignored")
        resources = self._resources(CREATE, resources) if given_here else conference.resources
        unconnected = self._room(conference)
        self._parts.uris.participant(CREATE, definitions, conference)
        beneath = {} if self._on("attributes-skip-conference") else conference.own
        made = Participant(
            id=self._all.world.new_id("participant"),
            conference=conference,
            settings={**given, **pins},
            definitions=definitions,
            own=self._parts.attribution.kept(attributes, beneath),
            resources=resources,
            calls=[None] * len(definitions),
            unconnected=unconnected,
        )
        self._all.participants[made.id] = conference.participants[made.id] = made
        self._parts.calling.dial(made)
        self._all.touch(made, conference)
        return {"participantID": made.id, "participantReference": given.get("participantReference")}

    def _definition(self, given: Struct, place: int) -> Struct:
        override = given.get("toOverride")
        if override is None or given.get("protocol") == "sip":
            return given
        if self._choices("override") == "refused":
            raise RefusedError("invalid-parameter", ("calls", place, "toOverride"))
        kept = dict(given)
        if self._choices("override") in ("ignored", "absent"):
            del kept["toOverride"]
        return kept

    def _several(self, given: Struct, definitions: list[Struct]) -> None:
        """What depends on how many calls there are."""
        several = len(definitions) > 1
        if several:
            most = len(definitions) + self._on("index-one-too-far")
            for name in ("audioIndex", "contentIndex"):
                if given.get(name, 0) >= most:
                    self._common.fail(CREATE, "audio-or-content-index", (name,))
            if given.get("cascadeRole", "cascadeNone") != "cascadeNone":
                self._common.fail(CREATE, "cascade-of-several-calls", ("cascadeRole",))
        elif self._choices("single-call") == "default":
            for name in _SEVERAL:
                given.pop(name, None)

    def _pins(self, given: Struct, definitions: list[Struct]) -> Struct:
        """PIN and PINs as they are kept; they are taken out of what was given."""
        pin, pins = given.pop("PIN", None), given.pop("PINs", None)
        if pin is None and pins is None:
            return {}
        if not any(INCOMING in one for one in definitions):
            if pin and not self._on("pin-of-outgoing-taken"):
                raise RefusedError("invalid-parameter", ("PIN",))
            if pins or pin == "":
                self._common.fail(CREATE, "pins-not-wanted", ("PINs",) if pins else ("PIN",))
            return {}
        if pin and pins:
            match self._choices("two-pins"):
                case "refused":
                    raise RefusedError("invalid-parameter", ("PIN",))
                case "newer":
                    pin = None
        texts = [one["PIN"] for one in pins or ()]
        if len(set(texts)) < len(texts) and self._choices("same-pins") == "refused":
            raise RefusedError("invalid-parameter", ("PINs", 1, "PIN"))
        kept: Struct = {} if pin is None else {"PIN": pin}
        if pins is not None:
            kept["PINs"] = [self._pin(one) for one in (pins[:1] if self._on("second-pin-lost") else pins)]
        return kept

    def _pin(self, given: Struct) -> Struct:
        kept = dict(given)
        if _ATTRIBUTES in kept:
            kept[_ATTRIBUTES] = self._parts.attribution.kept(kept[_ATTRIBUTES], {})
        return kept

    def _resources(self, method: str, given: Struct, before: Mapping[str, Any] | None = None) -> Struct:
        kept = self._parts.media.taken(given, (_RESOURCES,), before)
        path: Path = (_RESOURCES, CREDITS)
        if not self._parts.media.covers(kept, given[CREDITS]):
            self._common.fail(method, "too-few-credits", path)
        return kept

    def _room(self, conference: Conference) -> bool:
        """Whether a participant is beyond what its conference connects.

        Raises:
            RefusedError: there is no room for it.
        """
        here = len(conference.participants)
        most = LIMITS["maxParticipants"] + self._on("one-participant-more")
        if len(self._all.participants) >= most or here >= LIMITS["maxParticipantsPerConference"]:
            self._common.fail(CREATE, "too-many")
        most = conference.setting("maxParticipants")
        if most is None or here < most or self._on("limit-connects"):
            return False
        if self._choices("beyond") == "refused":
            self._common.fail(CREATE, "too-many")
        return True

    # changed

    def modify(self, ask: Ask) -> Told:
        """flex.participant.modify."""
        one = self.the(ask)
        name, attributes, resources = ask.get("displayName"), ask.get(_ATTRIBUTES), ask.get(_RESOURCES)
        if resources is not None:
            resources = self._resources(MODIFY, resources, one.resources)
            self._above_use(one, resources)
            one.resources = resources
        if name is not None:
            one.settings["displayName"] = name
            if self._on("rename-resets-attributes"):
                one.own = dict(one.conference.own)
        if attributes is not None:
            one.own = self._parts.attribution.changed(attributes, one.own, one.conference.own)
        self._all.touch(one, one.conference)
        return None

    def _above_use(self, one: Participant, resources: Struct) -> None:
        """Refuse resources below what the calls use, where the reading has it so."""
        if not one.established:
            return
        figures = self._parts.figures
        if total(resources) < sum(figures.allocated([one], kind) for kind in resources if kind != CREDITS):
            self._common.fail(MODIFY, "below-use", (_RESOURCES,))
        if credits_of(resources) < figures.credits_allocated([one]):
            self._common.fail(MODIFY, "below-use", (_RESOURCES, CREDITS))

    # ended

    def destroy(self, ask: Ask) -> Told:
        """flex.participant.destroy."""
        one = self.the(ask)
        beside = [other for other in one.conference.participants.values() if other is not one]
        self._parts.leaving.participant(one, lobby=bool(ask.get("allowExitScreen")))
        if beside and self._on("destroy-takes-two"):
            self._parts.leaving.gone(beside[-1])
        return None
