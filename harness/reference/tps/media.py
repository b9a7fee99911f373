"""Media tokens and credits: what the device has, how credits go with tokens, and which of them a device takes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Any

from harness.reference.tps.asking import Path, RefusedError
from harness.reference.tps.choices import Choices
from harness.reference.tps.parts import On

# Each entry is the upper end of a range of tokens, and the credits that pay for it.
CREDIT_RANGES = (48, 315, 630, 840, 1260, 2520, 3780, 5040, 7560, 10080)
MAIN, EXTENDED, AUDIO = KINDS = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
CREDITS = "numMediaCredits"
CHANNEL, CHANNEL_UNLIMITED = "maxPerChannel", "maxPerChannelUnlimited"
# What flex.resource.query tells, apart from the levels.
LIMITS = {
    "maxCalls": 400, "maxCallsPerParticipant": 4, "maxParticipants": 200, "maxParticipantsPerConference": 104,
    "maxConferences": 200, "maxMediaTokensPerChannel": 2520, "mediaTokensLimit": 90_720, "maxMediaCredits": 90_720,
    "minCallBandwidth": 64_000, "maxCallBandwidth": 10_000_000,
}  # fmt: skip

Resources = dict[str, Any]


def level(credits_given: int) -> int:
    """The credits that count: the next level that is not above them, 0 below the first."""
    place = bisect_right(CREDIT_RANGES, credits_given)
    return CREDIT_RANGES[place - 1] if place else 0


def needed(tokens: int) -> int:
    """The credits that pay for tokens; 0 for none."""
    return CREDIT_RANGES[min(bisect_left(CREDIT_RANGES, tokens), len(CREDIT_RANGES) - 1)] if tokens else 0


def total(resources: Mapping[str, Any], kinds: tuple[str, ...] = KINDS) -> int:
    """The sum of the tokens."""
    tokens: list[int] = [resources[kind]["total"] for kind in kinds]
    return sum(tokens)


def credits_of(resources: Mapping[str, Any]) -> int:
    """The credits that count."""
    return level(resources[CREDITS])


class Media:
    """What becomes of media resources that a call carries.

    Args:
        choices: the readings.
        on: which fault is on.
    """

    def __init__(self, choices: Choices, on: On) -> None:
        self._choices, self._on = choices, on
        self._rounded = choices("credits-told") == "rounded"

    def taken(self, given: Mapping[str, Any], path: Path, before: Mapping[str, Any] | None = None) -> Resources:
        """The resources as they are kept.

        Args:
            given: the struct of the call.
            path: of the struct in the call.
            before: what they were.

        Raises:
            RefusedError: a limit or the credits are beyond what the device takes.
        """
        kept: Resources = {}
        for kind in KINDS:
            kept[kind] = self._tokens(given[kind], (*path, kind), before[kind] if before else {})
        sent = given[CREDITS]
        if sent > CREDIT_RANGES[-1] and self._choices("high-credits") == "refused":
            raise RefusedError("invalid-parameter", (*path, CREDITS))
        kept[CREDITS] = self.told(sent)
        return kept

    def told(self, sent: int) -> int:
        """Credits of a participant as a query tells them."""
        if not self._rounded:
            return sent
        if self._on("credits-rounded-up") and sent not in CREDIT_RANGES:
            return needed(sent)
        return level(sent)

    def covers(self, resources: Mapping[str, Any], sent: int) -> bool:
        """Whether the credits pay for the tokens. `sent`: as the call has them."""
        if self._on("credits-cover-unrounded"):
            return sent >= total(resources)
        if sent < CREDIT_RANGES[0] and self._on("few-credits-count"):
            return sent >= total(resources)
        if self._on("audio-tokens-free"):
            return level(sent) >= total(resources, (MAIN, EXTENDED))
        return level(sent) >= total(resources)

    def _tokens(self, given: Mapping[str, Any], path: Path, before: Mapping[str, Any]) -> dict[str, Any]:
        limit = given.get(CHANNEL)
        if limit is None and CHANNEL_UNLIMITED not in given and self._on("channel-limit-kept"):
            limit = before.get(CHANNEL)
        if limit is None:
            return {"total": given["total"], CHANNEL_UNLIMITED: True}
        if limit > LIMITS["maxMediaTokensPerChannel"] and self._choices("channel-limit") == "refused":
            raise RefusedError("invalid-parameter", (*path, CHANNEL))
        return {"total": given["total"], CHANNEL: limit}
