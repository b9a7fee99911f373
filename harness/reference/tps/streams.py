"""What diagnostics tell of a participant: its streams, by their kinds and directions."""

from __future__ import annotations

from harness.reference.tps.calling import Calling
from harness.reference.tps.choices import Choices
from harness.reference.tps.meetings import Call, MeetingWorld, Participant, Struct
from harness.reference.tps.parts import On

KINDS = (
    "audioRx", "audioTx", "auxiliaryAudioRx", "auxiliaryAudioTx", "videoRx", "videoTx", "contentVideoRx", "contentVideoTx",
)  # fmt: skip
_AUDIO_BPS, _AUDIO_PACKETS, _VIDEO_PACKETS, _FRAMES = 64_000, 50, 200, 30  # bits a second, and others a second
_WIDTH, _HEIGHT, _CONTENT_HEIGHT = 1280, 720, 1024
_LOST_OF = 500  # packets of which one is lost
# Of streams that are handed on as they come, these are not known.
_TRANSCODED_ALONE = ("jitter", "framesReceived", "frameErrors")


class Streams:
    """Tells of streams.

    Args:
        meetings: what there is.
        calling: what holds for calls.
        choices: the readings.
        on: which fault is on.
        switched: the version has streams that are handed on as they come.
    """

    def __init__(self, meetings: MeetingWorld, calling: Calling, choices: Choices, on: On, *, switched: bool) -> None:
        self._all, self._calling, self._on, self._switched = meetings, calling, on, switched
        self._empty = choices.of("TPS-AMB-292") == "there"
        self._whole = choices.of("TPS-AMB-294") == "there"

    def of(self, one: Participant) -> Struct:
        """The arrays of streams of a participant, by their names."""
        told: Struct = {kind: [] for kind in KINDS}
        calls = [call for call in one.live if call.established]
        sound = next((call for call in calls if call.position == self._calling.audio(one)), None)
        for call in calls:
            self._audio(told, call, auxiliary=call is not sound)
            if call.endpoint.video or self._on("video-of-telephone"):
                told["videoRx"].append(self._received(call, switched=call.added))
                told["videoTx"].append(self._sent(call, switched=call.added))
        if sound is not None and calls[0].endpoint.video:
            self._content(told, one, calls[0])
        if self._on("one-stream-of-several"):
            told["videoRx"] = told["videoRx"][:1]
        return {name: streams for name, streams in told.items() if streams or self._empty}

    # sound

    def _audio(self, told: Struct, call: Call, *, auxiliary: bool) -> None:
        mutes, packets = call.participant.mutes, self._count(call, _AUDIO_PACKETS)
        head = {"codec": "AAC-LD", "encrypted": self._encrypted(call), "channelBitRate": _AUDIO_BPS}
        received: Struct = {
            **head, "jitter": 2, "energy": -24, "packetsReceived": packets, "packetErrors": 0,
            "packetsMissing": packets // _LOST_OF, "framesReceived": packets, "frameErrors": 0, "muted": mutes["audioRxMute"],
        }  # fmt: skip
        sent: Struct = {**head, "packetsSent": packets, "muted": mutes["audioTxMute"]}
        if not auxiliary:
            received |= self._repaired(call, packets, "clearPathOverhead", "clearPathRecovered")
            sent["packetsLost"] = packets // _LOST_OF
            sent |= self._repaired(call, packets, "clearPathOverhead", "clearPathRecovered")
        told["auxiliaryAudioRx" if auxiliary else "audioRx"].append(received)
        told["auxiliaryAudioTx" if auxiliary else "audioTx"].append(sent)

    # pictures

    def _picture(self, call: Call, height: int) -> Struct:
        switched = call.added and self._switched
        rate = call.definition["callBandwidth"]
        return {
            "streamType": "multistream" if switched else "transcoded", "codec": "H.264", "height": height,
            "width": _WIDTH, "encrypted": self._encrypted(call), "channelBitRate": rate, "actualBitRate": rate * 9 // 10,
            "frameRate": _FRAMES,
        }  # fmt: skip

    def _received(self, call: Call, *, switched: bool, height: int = _HEIGHT) -> Struct:
        packets = self._count(call, _VIDEO_PACKETS)
        told: Struct = {
            **self._picture(call, height), "expectedBitRate": call.definition["callBandwidth"],
            "expectedBitRateReason": "notLimited", "jitter": 3, "packetsReceived": packets, "packetErrors": 0,
            "framesReceived": self._count(call, _FRAMES), "frameErrors": 0, "fastUpdateRequestsSent": 1,
            "muted": call.participant.mutes["videoRxMute"],
            **self._repaired(call, packets, "clearPathOverhead", "clearPathRecovered", "clearPathLTRFRepaired"),
        }  # fmt: skip
        if switched and self._switched and not self._whole:
            return {name: value for name, value in told.items() if name not in _TRANSCODED_ALONE}
        return told

    def _sent(self, call: Call, *, switched: bool, height: int = _HEIGHT) -> Struct:
        packets = self._count(call, _VIDEO_PACKETS)
        rate = call.definition["callBandwidth"]
        told: Struct = {
            **self._picture(call, height), "configuredBitRate": rate, "configuredBitRateReason": "notLimited",
            "packetsSent": packets, "fastUpdateRequestsReceived": 1, "muted": call.participant.mutes["videoTxMute"],
            "packetsLost": packets // _LOST_OF, **self._repaired(call, packets, "clearPathOverhead", "clearPathRecovered"),
        }  # fmt: skip
        if "clearPathOverhead" in told:
            told["clearPathLTRF"] = True
        if self._on("losses-untold") and not switched:
            del told["packetsLost"]
        return told

    def _content(self, told: Struct, one: Participant, call: Call) -> None:
        """The presentation: from who gives it, and to all others that are in the conference."""
        presenter = one.conference.presenter
        if presenter is None or not call.complete:
            return
        received = presenter is one
        stream = (self._received if received else self._sent)(call, switched=False, height=_CONTENT_HEIGHT)
        del stream["muted"]
        if self._on("content-switched"):
            stream["streamType"] = "multistream"
        told["contentVideoRx" if received else "contentVideoTx"].append(stream)

    # figures

    def _count(self, call: Call, rate: int) -> int:
        """How many there have been since the call was answered, at so many a second."""
        return int(max(self._all.now() - (call.since or 0.0), 0.0) * rate)

    def _encrypted(self, call: Call) -> bool:
        return self._calling.holding(call.participant, "encryption") != "forbidden"

    @staticmethod
    def _repaired(call: Call, packets: int, *names: str) -> Struct:
        """What is told where ClearPath has been negotiated, which is so in calls of SIP."""
        if call.definition["protocol"] != "sip":
            return {}
        return dict(zip(names, (50, packets // _LOST_OF // 2, 0), strict=False))
