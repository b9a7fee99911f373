"""What is told of conferences."""

from __future__ import annotations

from typing import Any

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told
from harness.reference.tps.conferences import CREATE, PAIRS
from harness.reference.tps.media import AUDIO, CREDITS, EXTENDED, KINDS, MAIN
from harness.reference.tps.meetings import Conference, Struct
from harness.reference.tps.parts import Parts

QUERY = "flex.conference.query"
_NEW = "TPS-AMB-102"
# What a query tells in a way of its own.
_OWN = ("metadata", "startTime", "resourceOptimizationMode")


class ConferenceTelling:
    """Methods that tell of conferences.

    Args:
        parts: what all share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts, self._common, self._all, self._on = parts, parts.common, parts.all, parts.on
        self._choices, self._figures = parts.common.choices, parts.figures
        self._defaults = self._common.defaults(CREATE)
        for name in (*_OWN, *(f"{pair}Unlimited" for pair in PAIRS), "conferenceDescription", "billingCode"):
            self._defaults.pop(name, None)
        returned = self._common.methods[QUERY].returns
        new = [
            name
            for name, one in returned.items()
            if one.absent == _NEW or (one.present is not None and one.present.ambiguity == _NEW)
        ]
        if self._choices("unset-new") == "absent":
            for name in new:
                self._defaults.pop(name, None)
        else:
            self._defaults = dict.fromkeys(new, "") | self._defaults
        for name, one in returned.items():
            if name.startswith("useCustom") and not one.absent:
                self._defaults.setdefault(name, False)
        self._mode = "resourceOptimizationMode" if self._choices("optimization-told") == "there" else ""
        self._limit_told = self._choices("unset-limit") == "there"
        self._beneath = self._choices("unset-of-uri") == "there"

    def methods(self) -> dict[str, Handler]:
        """By name."""
        return {
            QUERY: self.query,
            "flex.conference.status": self.status,
            "flex.conference.getMetadata": self.metadata,
        }

    def _the(self, ask: Ask) -> Conference:
        found = self._all.conferences.get(ask["conferenceID"])
        if found is None:
            raise RefusedError("no-such-conference", ("conferenceID",))
        return found

    # query

    def query(self, ask: Ask) -> Told:
        """flex.conference.query."""
        one = self._the(ask)
        settings = one.settings
        told: Struct = {"conferenceID": one.id, **self._defaults, **settings}
        for name in _OWN:
            told.pop(name, None)
        for name in PAIRS:
            flag = f"{name}Unlimited"
            if name in settings:
                if not (self._on("limit-leaves-flag") and settings.get(flag)):
                    told.pop(flag, None)
            elif flag in settings or self._limit_told:
                told[flag] = True
        if self._mode:
            told[self._mode] = settings.get(self._mode, "byParticipant")
        told["startTime"] = self._start(one)
        told["hasMetadata"] = (
            "metadata" in settings if self._on("metadata-flag-stays") else bool(settings.get("metadata"))
        )
        told["URIs"] = [self._uri(one, uri) for uri in one.uris]
        told["callAttributes"] = self._parts.attribution.told(one.own)
        told["participantMediaResources"] = one.resources
        return told

    def _uri(self, one: Conference, uri: Struct) -> Struct:
        told = dict(uri)
        attributes = uri.get("callAttributes")
        if attributes is not None:
            told["callAttributes"] = self._parts.attribution.told({**one.own, **attributes})
        if self._beneath:
            told.setdefault("PIN", "")
            told.setdefault("callAttributes", self._parts.attribution.told(one.own))
            told.setdefault("participantMediaResources", one.resources)
        return told

    def _start(self, one: Conference) -> int:
        match self._choices("start-query"):
            case "remaining":
                return max(self._figures.until(one.start), 0)
            case "signed":
                return self._figures.until(one.start)
        start: int = one.setting("startTime", 0)
        return start

    def metadata(self, ask: Ask) -> Told:
        """flex.conference.getMetadata."""
        data: bytes = self._the(ask).setting("metadata", b"")
        return {"metadata": data}

    # status

    def status(self, ask: Ask) -> Told:
        """flex.conference.status."""
        one = self._the(ask)
        figures = self._figures
        ones = figures.of_status(one)
        start = figures.until(one.start)
        if start < 0 and self._on("begun-in-future"):
            start = -start
        told = {
            "conferenceID": one.id,
            "locked": one.setting("locked", False),
            "numParticipants": figures.participants(one),
            "numScreens": figures.screens(one),
            "configuredMediaTokens": sum(figures.configured(ones, kind) for kind in KINDS),
            "configuredMediaCredits": sum(other.resources[CREDITS] for other in ones),
            "startTime": max(start, 0) if self._choices("start-status") == "zero" else start,
            "active": one.active,
            "presenterID": one.presenter.id if one.presenter is not None else None,
            "conferenceReference": one.setting("conferenceReference", ""),
            **self._credits(one),
        }
        if one.duration is not None:
            told["endTime"] = one.duration if self._on("end-time-stands") else figures.until(one.end)
        return told

    def _credits(self, one: Conference) -> Struct:
        ones = list(one.participants.values())
        return {
            "conferenceCreditsAllocated": self._figures.credits_allocated(ones),
            "conferenceCreditsRequired": sum(other.resources[CREDITS] for other in ones),
            "conferenceCreditsUsed": self._figures.credits_allocated(other for other in ones if other.connected),
        }

    # lists

    def info(self, one: Conference) -> Struct:
        """A conference in the list."""
        figures = self._figures
        ones = figures.summed(one)
        told: Struct = {
            "conferenceID": one.id,
            "conferenceReference": one.setting("conferenceReference", ""),
            "conferenceName": one.setting("conferenceName", ""),
            "locked": one.setting("locked", False),
            "active": one.active,
            "terminating": one.terminating,
            "numParticipants": figures.participants(one),
            "creditsConfigured": sum(other.resources[CREDITS] for other in ones),
            "creditsAllocated": figures.credits_allocated(ones),
        }
        for name, kind in (("MainVideo", MAIN), ("ExtendedVideo", EXTENDED), ("Audio", AUDIO)):
            summed = MAIN if self._on("main-tokens-for-all") else kind
            told[f"callTokensConfigured{name}"] = figures.configured(ones, summed)
            told[f"callTokensAllocated{name}"] = figures.allocated(ones, kind)
            told[f"callQualityCanImprove{name}"] = figures.can_improve(one, kind) or self._on("always-improves")
        if one.presenter is not None:
            told["presenterID"] = one.presenter.id
        if one.important is not None:
            told["importantID"] = one.important.id
        if self._choices("credits-place") == "within":
            told |= self._credits(one)
        return told

    def all_credits(self) -> dict[str, Any]:
        """The experimental numbers beside the list."""
        if self._choices("credits-place") != "beside":
            return {}
        totals = self._figures.totals()
        return {name: totals[name] for name in totals if name.startswith("conferenceCredits")}
