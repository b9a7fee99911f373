"""What the faults make of events."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reference.faults import FaultSet

News = list[tuple[str, dict[str, str]]]
_STOPS, _MISTYPED = 30, 3


class EventSpoiler:
    """Without faults it is never asked.

    Args:
        faults: those that are on.
    """

    def __init__(self, faults: FaultSet) -> None:
        self._on = faults.on
        self.clients: dict[object, bool] = {}  # connections of the stream
        self._device = ""  # of the last call that began
        self._stops = self._saved = 0
        self._told: dict[object, int] = {}
        self._instances: dict[str, int] = {}
        self._values: dict[str, dict[str, str]] = {}

    def event(self, kind: str, values: dict[str, str]) -> None:
        """The values of an event."""
        if kind == "CALLSTART":
            self._device, before = values["DEVICEID"], self._device
            if before and self._on("event-device-of-before"):
                values["DEVICEID"] = before
            old = self._values.get(values["DEVICEID"])
            self._values[values["DEVICEID"]] = dict(values)
            if old is not None and self._on("event-instance-of-before"):
                values["CALLINSTANCE"] = old["CALLINSTANCE"]
        if kind == "RECORDINGSTOPPED" and self._device and self._on("recording-of-last-device"):
            values["DEVICEID"] = self._device
        if kind == "RECORDINGSTOPPED" and self._on("record-id-in-words"):
            values["RECORDID"] = f"rec-{values['RECORDID']}"

    def news(self, news: News) -> News:
        """The events that a request has brought about."""
        shown: News = []
        for kind, values in news:
            if kind == "CALLSTOP":
                self._stops += 1
                if self._stops % 2 == 0 and self._on("second-stop-not-told"):
                    continue
            if kind == "RECORDINGPAUSED" and self._on("pause-not-told-of-instances") and values["CALLINSTANCE"]:
                continue
            if kind == "RECORDINGUPDATE" and self._on("saving-not-told-after-update") and values["KEEPDAYS"]:
                continue
            shown.append((kind, values))
            if kind == "RECORDINGSTARTED":
                known = self._instances[values["DEVICEID"]] = self._instances.get(values["DEVICEID"], 0) + 1
                if known > 1 and self._on("second-recording-told-twice"):
                    shown.append((kind, values))
        return shown

    def times(self, kind: str, times: int, place: int, client: object, asked: Sequence[tuple[str, str]]) -> int:
        """How often a subscriber is told."""
        times = min(times, 1)
        if kind == "RECORDINGSTOPPED" and any(one == "CALL" for one, _ in asked) and self._on("calls-told-of-records"):
            return 1
        if kind == "CALLSTART" and place and self._on("first-subscriber-only"):
            return 0
        if kind == "RECORDINGSTARTED" and any(one == "RECORD" for one, _ in asked) and self._on("starts-to-all-only"):
            return 0
        if times:
            count = self._told[client] = self._told.get(client, 0) + 1
            if count > _STOPS and self._on("events-stop-after-30"):
                return 0
        return times

    def uninvited(self, kind: str) -> list[object]:
        """Connections that are told although they did not ask."""
        told = kind == "RECORDINGRESUMED" and self._on("resumed-told-to-all")
        return list(self.clients) if told else []

    def forgets(self, function: str) -> bool:
        """Whether a function of a subscriber ends its subscription."""
        return function == "CHANNELS" and self._on("request-ends-subscription")

    def replaces(self) -> bool:
        """Whether a new subscriber takes the place of the others."""
        return self._on("subscriber-replaces-others")

    def shown(self, kind: str, data: str) -> str:
        """An event as it is written."""
        if kind == "RECORDINGRESUMED" and self._on("resumed-as-call"):
            return data.replace("<EVENTCLASS>RECORD<", "<EVENTCLASS>CALL<", 1)
        if kind == "RECORDINGUPDATE":
            self._saved += 1
            if self._saved >= _MISTYPED and self._on("update-mistyped"):
                return data.replace("<EVENTTYPE>RECORDINGUPDATE<", "<EVENTTYPE>RECORDINGUPDATED<", 1)
        if kind == "RECORDINGSTARTED" and self._on("blank-instance-missing"):
            return data.replace("<CALLINSTANCE></CALLINSTANCE>", "", 1)
        if kind == "CALLSTOP" and self._on("agent-missing-in-stop"):
            start, end = data.find("<AGENTID>"), data.find("</AGENTID>")
            return data[:start] + data[end + len("</AGENTID>") :]
        return data
