"""Call attributes: which hold for whom, and how they are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.tps.common import Common

STRUCT = "callAttributes"
MODE, GAIN, FIXED = "audioReceiveGainMode", "audioReceiveGain", "gainModeFixed"
_LAYOUTS = ("displayDefaultLayoutSingleScreen", "displayDefaultLayoutMultiScreen")

Attributes = dict[str, Any]


class Attribution:
    """How call attributes are kept and told.

    Args:
        common: model and readings.
    """

    def __init__(self, common: Common) -> None:
        self.defaults: Attributes = common.struct_defaults(STRUCT)
        self._choices = choices = common.choices
        self._whole = choices("unset-attributes") == "whole"
        self._gain, self._reconnect = choices("loose-gain"), choices("auto-reconnect")
        self._small = choices("layout-word") == "small"

    def kept(self, given: Mapping[str, Any], before: Mapping[str, Any]) -> Attributes:
        """What is kept of the attributes of a call. `before`: those that are kept already; members without value are never told."""
        kept = dict(given)
        after = {**self.defaults, **before, **given}
        if GAIN in kept and after.get(MODE, FIXED) != FIXED and self._gain != "sent":
            del kept[GAIN]
            if self._gain == "absent":
                kept[GAIN] = None
        if kept.get("autoReconnect") and after.get("alwaysReconnect") and self._reconnect == "false":
            kept["autoReconnect"] = False
        return {**before, **kept}

    def changed(self, given: Mapping[str, Any], before: Mapping[str, Any], beneath: Mapping[str, Any]) -> Attributes:
        """The attributes after a change. `beneath`: those that hold where none are kept."""
        return self.kept(given, before if self._choices("left-out") == "kept" else beneath)

    def holding(self, kept: Mapping[str, Any]) -> Attributes:
        """What holds: what is kept, else the default."""
        return self.defaults | {name: value for name, value in kept.items() if value is not None}

    def told(self, kept: Mapping[str, Any], *, whole: bool | None = None) -> Attributes:
        """The struct of a reply. `whole`: also what was never set; None is the reading followed."""
        shown = {**self.defaults, **kept} if (self._whole if whole is None else whole) else dict(kept)
        if GAIN in shown and shown[GAIN] is None:
            if shown.get(MODE) == FIXED:
                shown[GAIN] = 0
            else:
                del shown[GAIN]
        if self._small:
            for name in _LAYOUTS:
                if name in shown:
                    shown[name] = self.layout(shown[name])
        return shown

    def layout(self, word: str) -> str:
        """A layout in the spelling of the device."""
        return "layoutActivepresence" if self._small and word == "layoutActivePresence" else word
