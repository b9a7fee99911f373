"""What the device can do and what of it is in use; the licence mode."""

from __future__ import annotations

import hashlib

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told
from harness.reference.tps.common import Common

_EXPERIMENTS = ("conferenceCreditsAllocated", "conferenceCreditsRequired", "conferenceCreditsUsed")
_CREDITS = 96


class ResourceMethods:
    """The methods flex.resource.* and flex.licenseMode.*.

    Args:
        common: world, readings.
    """

    def __init__(self, common: Common) -> None:
        self._common, self._world, self._choices = common, common.world, common.choices

    def methods(self) -> dict[str, Handler]:
        """The methods by name; those of the licence mode only where a reading has them."""
        found: dict[str, Handler] = {"flex.resource.query": self.query, "flex.resource.status": self.status}
        if self._choices.of("TPS-AMB-253") != "unsupported" or self._common.on("licence-changed-anyway"):
            found["flex.licenseMode.modify"] = self.modify
            found["flex.licenseMode.verify"] = self.verify
        return found

    def query(self, _ask: Ask) -> Told:
        """flex.resource.query."""
        resources = self._world.resources
        told = {**resources.figures, **resources.levels, "mediaCreditTokenRanges": resources.credit_ranges}
        if self._choices.of("TPS-AMB-251") == "usage":
            used = self._world.meetings.figures()["allocatedMediaTokens"]
            told["mediaTokensAvailable"] = max(0, resources.figures["mediaTokensLimit"] - used)
        return told

    def status(self, _ask: Ask) -> Told:
        """flex.resource.status."""
        figures = self._world.meetings.figures()
        used = figures.get("allocatedMediaCredits", 0)
        return {**figures, **dict.fromkeys(_EXPERIMENTS, used)}

    def modify(self, ask: Ask) -> Told:
        """flex.licenseMode.modify."""
        if self._common.on("licence-changed-anyway"):
            self._world.license_mode = "trust" if ask.get("newLicenseMode") == "trust" else "flexible"
        self._supported(ask)
        if self._world.meetings.figures()["numConferences"]:
            raise RefusedError("active-conferences")
        self._common.fail(ask.method, "licence")
        mode = ask.get("newLicenseMode", "key")
        self._world.license_mode = "trust" if mode == "trust" else "flexible"
        if mode == "key" and self._choices.of("TPS-AMB-255") == "absent":
            return {"trustSecret": None}
        return {"trustSecret": hashlib.sha256(f"{self._world.seed}{mode}".encode()).digest()}

    def verify(self, ask: Ask) -> Told:
        """flex.licenseMode.verify."""
        self._supported(ask)
        self._common.fail(ask.method, "licence")
        return None

    def _supported(self, ask: Ask) -> None:
        if self._world.license_mode != "trust":
            self._common.fail(ask.method, "not-multiparty")
        elif not ask.tls:
            self._common.fail(ask.method, "over-http")
