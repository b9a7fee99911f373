"""What previews show: a picture for each stream that was asked for, or why there is none."""

from __future__ import annotations

import io
from functools import lru_cache

from harness.reference.tps.choices import Choices
from harness.reference.tps.media import EXTENDED
from harness.reference.tps.meetings import Participant, Struct
from harness.reference.tps.parts import On

_WIDTH, _HEIGHT = (88, 176), (72, 144)  # what there is where nothing was asked for, and at most
_CONTENT = "extendedVideo"
_PNG = b"\x89PNG\r\n\x1a\n"


@lru_cache(maxsize=64)
def _picture(width: int, height: int) -> bytes:
    """A JPEG file of this size, that becomes lighter from its top to its foot."""
    from PIL import Image  # late: it takes 0.1 s to load, and few servers are asked for pictures

    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(file, "JPEG")
    return file.getvalue()


class Previews:
    """Takes pictures.

    Args:
        choices: the readings.
        on: which fault is on.
    """

    def __init__(self, choices: Choices, on: On) -> None:
        self._on = on
        self._exact = choices.of("TPS-AMB-162") == "exact"
        self._blank = choices.of("TPS-AMB-293") == "there"
        self._place = choices.of("TPS-AMB-295")

    def of(self, one: Participant, streams: list[Struct]) -> list[Struct]:
        """What is told of the streams of a request."""
        told = [self._told(one, stream) for stream in streams]
        return told[:1] if self._on("first-preview-only") else told

    def _told(self, one: Participant, stream: Struct) -> Struct:
        content = stream["streamIdentifier"] == _CONTENT
        told: Struct = {"status": self._status(one, stream), "context": "extended" if content else "main"}
        if content:
            told["direction"] = "rx" if one.conference.presenter is one else "tx"
            if self._place != "absent":
                told["position"] = one.settings.get("contentIndex", 0) if self._place == "any" else 0
        else:
            told["direction"] = stream["streamIdentifier"][:2]
            told["position"] = 0 if self._on("preview-position-lost") else stream["position"]
            if self._on("preview-directions-changed"):
                told["direction"] = "tx" if told["direction"] == "rx" else "rx"
        if told["status"] == "ok":
            told["preview"] = self._picture(stream)
        elif self._blank:
            told["preview"] = b""
        return told

    def _status(self, one: Participant, stream: Struct) -> str:
        conference = one.conference
        if stream["streamIdentifier"] != _CONTENT:
            calls = [*one.calls, *one.more]
            call = calls[stream["position"]]
            if call is not None and not call.endpoint.video:
                return "internalError" if self._on("audio-only-is-an-error") else "audioOnly"
            nobody = conference.presenter is None and len(one.definitions) > 1
            return "noCurrentPresentation" if nobody and self._on("content-state-of-main") else "ok"
        if conference.presenter is None:
            return "ok" if self._on("presentation-of-nobody") else "noCurrentPresentation"
        if not any(call.endpoint.video for call in one.live):
            return "audioOnly"
        if conference.presenter is not one and not one.resources[EXTENDED]["total"]:
            return "contentInMain"
        return "ok"

    def _picture(self, stream: Struct) -> bytes:
        width = min(stream.get("maxWidth", _WIDTH[0]), _WIDTH[1])
        height = min(stream.get("maxHeight", _HEIGHT[0]), _HEIGHT[1])
        if not self._exact:  # as large as it can be in the proportions of CIF
            width, height = min(width, height * 11 // 9), min(height, width * 9 // 11)
        if self._on("preview-always-large") or (
            self._on("preview-default-large") and not {"maxWidth", "maxHeight"} & stream.keys()
        ):
            width, height = _WIDTH[1], _HEIGHT[1]
        if self._on("preview-beyond-largest") and "maxWidth" in stream:
            width = min(stream["maxWidth"], 2 * _WIDTH[1])
        data = _picture(width, height)
        if self._on("preview-cut"):
            data = data[: len(data) // 2]
        return _PNG + data[8:] if self._on("preview-as-png") else data
