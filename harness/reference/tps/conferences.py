"""Conferences: made, changed, ended, spoken to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from harness.reference.tps.asking import Ask, Handler, Path, RefusedError, Told
from harness.reference.tps.media import CREDITS, LIMITS, credits_of, level, total
from harness.reference.tps.meetings import INCOMING, Conference, Struct
from harness.reference.tps.parts import Parts
from harness.spec.callmodel import Slip

CREATE, MODIFY = "flex.conference.create", "flex.conference.modify"
# Numbers that may be unlimited -> what the device has at most.
PAIRS = {
    "conferenceMediaTokens": LIMITS["mediaTokensLimit"],
    "conferenceMediaCredits": LIMITS["maxMediaCredits"],
    "duration": None,
    "maxParticipants": LIMITS["maxParticipantsPerConference"],
}
_RESOURCES, _ATTRIBUTES, _URIS = "participantMediaResources", "callAttributes", "URIs"
_MOST = 2_147_483_647


class Conferences:
    """Methods that change conferences.

    Args:
        parts: what all share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts, self._common, self._all, self._on = parts, parts.common, parts.all, parts.on
        self._choices = parts.common.choices

    def methods(self) -> dict[str, Handler]:
        """By name."""
        return {
            CREATE: self.create,
            MODIFY: self.modify,
            "flex.conference.destroy": self.destroy,
            "flex.conference.sendUserMessage": self.message,
            "flex.conference.sendWarning": self.warn,
        }

    def the(self, ask: Ask) -> Conference:
        """The conference of a call."""
        found = self._all.conferences.get(ask["conferenceID"])
        if found is None:
            raise RefusedError("no-such-conference", ("conferenceID",))
        return found

    # made

    def create(self, ask: Ask) -> Told:
        """flex.conference.create."""
        given = dict(ask.values)
        parts, now = self._parts, self._all.now()
        resources, attributes = given.pop(_RESOURCES), given.pop(_ATTRIBUTES, {})
        uris = given.pop(_URIS, [])
        settings = self._settings(given)
        start, duration = settings.get("startTime", 0), settings.get("duration")
        self._times(start, duration)
        if settings.get("resourceOptimizationMode") == "byConference" and self._choices("by-conference") == "refused":
            raise RefusedError("invalid-parameter", ("resourceOptimizationMode",))
        kept = self._resources(CREATE, resources, (_RESOURCES,))
        kept_uris = self._uris(CREATE, uris)
        if len(self._all.conferences) >= LIMITS["maxConferences"] + self._on("one-conference-more"):
            self._common.fail(CREATE, "too-many-conferences")
        made = Conference(
            id=self._all.world.new_id("conference"),
            settings=settings,
            uris=kept_uris,
            own=parts.attribution.kept(attributes, {}),
            resources=kept,
            start=now + (0 if self._on("start-ignored") else start),
            made=now,
            duration=duration,
        )
        ghost = self._on("refused-conference-made")
        if ghost:
            self._add(made)
        parts.uris.conference(CREATE, uris, (made.start, made.end), made if ghost else None)
        if not ghost:
            self._add(made)
        return {"conferenceID": made.id, "conferenceReference": settings.get("conferenceReference")}

    def _add(self, one: Conference) -> None:
        self._all.conferences[one.id] = one
        self._parts.leaving.schedule(one)
        self._all.touch(one)

    def _settings(self, given: Mapping[str, Any]) -> Struct:
        """Values as they are kept, each pair as the number or the boolean."""
        settings = dict(given)
        for name, most in PAIRS.items():
            value = settings.get(name)
            if value is None:
                continue
            if value < 0:  # the type is open for 0 alone
                self._common.wrong(self._common.syntax.wrong[Slip.RANGE], (name,))
            if settings.pop(f"{name}Unlimited", False) or (
                name == "duration" and value == 0 and self._choices("no-time") == "endless"
            ):
                del settings[name]
                settings[f"{name}Unlimited"] = True
                continue
            if most is not None and value > most:
                value = self._above(name, value, most)
            if name == "conferenceMediaCredits" and self._choices("conference-credits") == "rounded":
                value = level(value)
            settings[name] = value
        return settings

    def _above(self, name: str, value: int, most: int) -> int:
        match self._choices("above-device"):
            case "refused":
                raise RefusedError("out-of-range", (name,))
            case "lowered":
                return most
        return value

    def _times(self, start: int, duration: int | None) -> None:
        if start + (duration or 0) > _MOST and self._choices("long-times") == "refused":
            raise RefusedError("invalid-parameter", ("duration",) if duration is not None else ("startTime",))

    def _resources(self, method: str, given: Struct, path: Path, before: Struct | None = None) -> Struct:
        kept = self._parts.media.taken(given, path, before)
        if not self._parts.media.covers(kept, given[CREDITS]):
            self._common.fail(method, "too-few-credits", (*path, CREDITS))
        return kept

    def _uris(self, method: str, given: list[Struct], before: list[Struct] | None = None) -> list[Struct]:
        kept = []
        for place, one in enumerate(given):
            made = dict(one)
            if _ATTRIBUTES in made:
                made[_ATTRIBUTES] = self._parts.attribution.kept(made[_ATTRIBUTES], {})
            if _RESOURCES in made:
                made[_RESOURCES] = self._resources(method, made[_RESOURCES], (_URIS, place, _RESOURCES))
            if before is not None and self._on("uris-merged"):
                made = next((old for old in before if old[INCOMING] == one[INCOMING]), {}) | made
            kept.append(made)
        return kept

    # changed

    def modify(self, ask: Ask) -> Told:
        """flex.conference.modify."""
        one, given = self.the(ask), dict(ask.values)
        del given["conferenceID"]
        if self._on("refused-change-kept") and "conferenceName" in given:
            one.settings["conferenceName"] = given["conferenceName"]
        resources, attributes, uris = given.pop(_RESOURCES, None), given.pop(_ATTRIBUTES, None), given.pop(_URIS, None)
        settings = self._settings(given)
        self._limits(one, settings)
        if resources is not None:
            resources = self._resources(MODIFY, resources, (_RESOURCES,), one.resources)
        if uris is not None:
            kept = self._uris(MODIFY, uris, one.uris)
            self._parts.uris.conference(MODIFY, uris, (one.start, one.end), one)
            one.uris = kept
        if resources is not None:
            one.resources = resources
        if attributes is not None:
            self._attributes(one, attributes)
        self._apply(one, settings)
        self._all.touch(one)
        return None

    def _attributes(self, one: Conference, given: Struct) -> None:
        one.own = self._parts.attribution.changed(given, one.own, {})
        if self._on("attributes-follow-conference"):
            for other in one.participants.values():
                other.own = {**other.own, **given}
        self._all.touch(*one.participants.values())

    def _limits(self, one: Conference, settings: Struct) -> None:
        figures = self._parts.figures
        most = settings.get("maxParticipants")
        if most is not None and most < figures.participants(one) and not self._on("limit-below-active-taken"):
            self._common.fail(MODIFY, "limit-below-active", ("maxParticipants",))
        used = [other for other in one.participants.values() if other.connected]
        tokens, credit = settings.get("conferenceMediaTokens"), settings.get("conferenceMediaCredits")
        if tokens is not None and tokens < sum(total(other.resources) for other in used):
            self._common.fail(MODIFY, "below-use", ("conferenceMediaTokens",))
        if credit is not None and credit < sum(credits_of(other.resources) for other in used):
            self._common.fail(MODIFY, "below-use", ("conferenceMediaCredits",))
        duration = settings.get("duration")
        if duration is not None:
            if one.active and one.start + duration < self._all.now():
                self._common.fail(MODIFY, "ends-in-the-past", ("duration",))
            self._times(one.setting("startTime", 0), duration)

    def _apply(self, one: Conference, settings: Struct) -> None:
        for name in PAIRS:
            number, flag = name, f"{name}Unlimited"
            if number in settings and not self._on("limit-leaves-flag"):
                one.settings.pop(flag, None)
            if settings.get(flag):
                if self._on("flag-leaves-limit"):
                    settings.pop(flag)
                else:
                    one.settings.pop(number, None)
        one.settings.update(settings)
        if "metadata" in settings and self._on("metadata-of-all"):
            for other in self._all.conferences.values():
                other.settings["metadata"] = settings["metadata"]
        if "duration" in settings or "durationUnlimited" in settings:
            if not self._on("first-duration-holds"):
                one.duration = one.settings.get("duration")
            self._parts.leaving.schedule(one)
        if settings and "voiceSwitchingSensitivity" not in settings and self._on("modify-resets-sensitivity"):
            one.settings.pop("voiceSwitchingSensitivity", None)

    # ended

    def destroy(self, ask: Ask) -> Told:
        """flex.conference.destroy."""
        one = self.the(ask)
        if self._on("uris-stay-taken"):
            self._parts.uris.ghosts.update(self._parts.uris.key(uri[INCOMING]) for uri in one.uris)
        here = dict(one.participants)
        self._parts.leaving.conference(one, lobby=bool(ask.get("allowExitScreen")))
        if one.id not in self._all.conferences and self._on("participants-outlive-conference"):
            self._all.participants.update(here)
        return None

    # spoken to

    def message(self, ask: Ask) -> Told:
        """flex.conference.sendUserMessage."""
        self._somebody(self.the(ask), ask.method)
        return None

    def warn(self, ask: Ask) -> Told:
        """flex.conference.sendWarning."""
        one = self.the(ask)
        if "secondsRemaining" not in ask and one.duration is not None and self._choices("warning") == "refused":
            raise RefusedError("missing-parameter", ("secondsRemaining",))
        self._somebody(one, ask.method)
        if "secondsRemaining" in ask and self._on("warning-ends"):
            ends = partial(self._parts.leaving.conference, one, lobby=False)
            self._all.at(self._all.now() + ask["secondsRemaining"], ends)
        return None

    def _somebody(self, one: Conference, method: str) -> None:
        if not any(other.connected for other in one.participants.values()):
            self._common.fail(method, "nobody-there")
