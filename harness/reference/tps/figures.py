"""Numbers that are told of conferences and participants: who counts, tokens and credits, seconds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from harness.reference.tps.choices import Choices
from harness.reference.tps.media import (
    CHANNEL,
    CHANNEL_UNLIMITED,
    CREDITS,
    KINDS,
    LIMITS,
    credits_of,
    level,
    needed,
    total,
)
from harness.reference.tps.meetings import Call, Conference, MeetingWorld, Participant, Struct

_MOST = 2_147_483_647
_INFOS = ("mainVideoTokenInfo", "extendedVideoTokenInfo", "audioTokenInfo")


class Figures:
    """Adds up.

    Args:
        meetings: what there is.
        choices: the readings.
    """

    def __init__(self, meetings: MeetingWorld, choices: Choices) -> None:
        self._all, self._choices = meetings, choices
        self._counted = choices("counted") == "counted"
        self._reserved = choices("summed") == "reserved"
        meetings.totals = self.totals

    # who counts

    def counts(self, one: Participant) -> bool:
        """Whether a participant is in numParticipants."""
        if one.connected or one.waits:
            return True
        return self._counted and not one.unconnected and len(one.failed) < len(one.definitions)

    def participants(self, one: Conference) -> int:
        """Who is in numParticipants."""
        return sum(map(self.counts, one.participants.values()))

    def screens(self, one: Conference) -> int:
        """What numScreens tells."""
        calls = (call for other in one.participants.values() for call in other.live)
        return sum(call.complete and call.endpoint.video for call in calls)

    def summed(self, one: Conference) -> list[Participant]:
        """The participants whose tokens and credits add up to those of the conference."""
        ones = one.participants.values()
        return list(ones) if self._reserved else [other for other in ones if other.connected]

    def of_status(self, one: Conference) -> list[Participant]:
        """Those that the status adds up."""
        if self._choices("status-sums") == "calls":
            return [other for other in one.participants.values() if other.connected]
        return self.summed(one)

    # tokens and credits

    @staticmethod
    def configured(ones: Iterable[Participant], kind: str) -> int:
        """Tokens of a kind."""
        return sum(one.resources[kind]["total"] for one in ones)

    def allocated(self, ones: Iterable[Participant], kind: str) -> int:
        """Tokens of a kind that are allocated."""
        return sum(self._allocated(one, kind) for one in ones)

    def _allocated(self, one: Participant, kind: str) -> int:
        configured: int = one.resources[kind]["total"]
        return min(self.far(one, kind), configured) if one.established else configured

    def credits_allocated(self, ones: Iterable[Participant]) -> int:
        """Credits that are allocated."""
        return sum(
            min(needed(sum(self._allocated(one, kind) for kind in KINDS)), credits_of(one.resources)) for one in ones
        )

    @staticmethod
    def far(one: Participant, kind: str) -> int:
        """What the endpoints of a participant could take."""
        return sum(call.endpoint.tokens[kind] for call in one.calls if call is not None and call.established)

    def can_improve(self, one: Conference, kind: str) -> bool:
        """Whether a far end could take more tokens than are configured for it."""
        return any(
            other.established and self.far(other, kind) > other.resources[kind]["total"]
            for other in one.participants.values()
        )

    def media(self, one: Participant) -> Struct:
        """Tokens and credits of a participant, as the status and the list of media tell them."""
        told: Struct = {info: self._info(one, kind) for info, kind in zip(_INFOS, KINDS, strict=True)}
        told["creditsConfigured"] = one.resources[CREDITS]
        if one.established:
            told["creditsFarEnd"] = needed(sum(self.far(one, kind) for kind in KINDS))
            told["creditsNearEnd"] = needed(sum(self._near(one, kind) for kind in KINDS))
        return told

    @staticmethod
    def _near(one: Participant, kind: str) -> int:
        configured: int = one.resources[kind]["total"]
        return min(configured, LIMITS["maxMediaTokensPerChannel"] * len(one.calls))

    def _info(self, one: Participant, kind: str) -> Struct:
        tokens = one.resources[kind]
        told: Struct = {"maxTokensConfigured": tokens["total"]}
        if CHANNEL in tokens:
            told["maxTokensPerChannelConfigured"] = tokens[CHANNEL]
        else:
            told["maxTokensPerChannelConfiguredUnlimited"] = tokens[CHANNEL_UNLIMITED]
        if one.established:
            far, near = self.far(one, kind), self._near(one, kind)
            channels = max(len(one.live), 1)
            told["maxTokensPerChannelFarEnd"], told["maxTokensFarEnd"] = far // channels, far
            told["maxTokensPerChannelNearEnd"] = min(near, tokens.get(CHANNEL, LIMITS["maxMediaTokensPerChannel"]))
            told["maxTokensNearEnd"] = near
        return told

    # seconds

    def until(self, when: float) -> int:
        """Seconds to a time: more than 0 while it is to come, less than 0 once it is past."""
        left = when - self._all.now()
        return int(max(min(math.ceil(left) if left > 0 else math.floor(left), _MOST), -_MOST))

    def lasted(self, call: Call) -> int:
        """Seconds since a call was answered."""
        return 0 if call.since is None else int(self._all.now() - call.since)

    # the whole device

    def totals(self) -> dict[str, int]:
        """What flex.resource.status tells."""
        reading = self._choices.of("TPS-AMB-250")
        conferences = [one for one in self._all.conferences.values() if reading == "all" or one.active]
        ones: Sequence[Participant] = [other for one in conferences for other in one.participants.values()]
        if reading == "connected":
            ones = [one for one in ones if one.connected]
        everyone = list(self._all.participants.values())
        allocated = sum(self.allocated(everyone, kind) for kind in KINDS)
        return {
            "numCalls": sum(reading == "all" or call.established for call in self._all.calls.values()),
            "numParticipants": len(ones),
            "numConferences": len(conferences),
            "configuredMediaTokens": sum(total(one.resources) for one in everyone),
            "allocatedMediaTokens": allocated,
            "configuredMediaCredits": sum(one.resources[CREDITS] for one in everyone),
            "allocatedMediaCredits": self.credits_allocated(everyone),
            "conferenceCreditsAllocated": self.credits_allocated(everyone),
            "conferenceCreditsRequired": sum(level(one.resources[CREDITS]) for one in everyone),
            "conferenceCreditsUsed": self.credits_allocated(one for one in everyone if one.connected),
        }
