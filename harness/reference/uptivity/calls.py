"""CALLSTART, CALLSTOP, CALLUPDATE, RECORDSTART, RECORDSTOP."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.uptivity.asking import Ask, Handler, Outcome, RefusedError
from harness.reference.uptivity.finding import Finder
from harness.reference.uptivity.functions import Common
from harness.reference.uptivity.recorder import Recorder
from harness.reference.uptivity.state import CARRIED, NAMING, USERS, Call, Device, Recording
from harness.reference.uptivity.telling import Telling

_ACTIONS = ("-1", *map(str, range(11)))  # archive actions that there are
_LATER = ("MAXRECORDTIME",)
_COPIED = {"CALLUPDATE": "CALLSTART", "RECORDSTART": "CALLSTART", "RECORDSTOP": "CALLSTOP"}


class Calls:
    """Carries out what is about calls.

    Args:
        common: what all parts share.
        finder: finds devices.
        recorder: begins and ends calls.
        telling: tells subscribers.
    """

    def __init__(self, common: Common, finder: Finder, recorder: Recorder, telling: Telling) -> None:
        self._world, self._choices, self._on = common.world, common.choices, common.setup.faults.on
        self._finder, self._recorder, self._telling = finder, recorder, telling

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "CALLSTART": self._start,
            "CALLSTOP": self._stop,
            "CALLUPDATE": self._update,
            "RECORDSTART": self._record,
            "RECORDSTOP": self._record_stop,
        }

    def sent(self, function: str) -> Outcome:
        """A success that went to the cores."""
        reading = self._choices("named-function")
        if reading == "plain":
            return Outcome()
        named = _COPIED.get(function, function) if reading == "copied" else function
        cores = ",".join(map(str, self._world.cores))
        return Outcome(text=f"{named} sent to all of the following cores: {cores}")

    def _data(self, ask: Ask) -> dict[str, str]:
        """The values that a request gives a call."""
        if ask.text("ARCHIVEACTION") and ask.text("ARCHIVEACTION") not in _ACTIONS:
            if self._choices("archive-action") == "refused":
                raise RefusedError("database-query", "There is no such archive action")
            ask.values.pop("ARCHIVEACTION")
        values = ask.carried(CARRIED)
        if ask.text("DEVICEID") and self._choices("beside-device") == "data":
            values |= {name: text for name, text in ask.carried(NAMING).items() if text}
        return values

    def _start(self, ask: Ask) -> Outcome:
        device = self._finder.device(ask)
        values = self._data(ask)
        if device is None:
            return self.sent(ask.function)
        instance = ask.text("CALLINSTANCE")
        values |= ask.carried(_LATER)
        station = ask.text("STATIONNAME") if self._choices("station") != "mapped" else ""
        up = next((call for call in device.calls if call.instance == instance), None)
        if up is not None:
            match self._choices("second-start"):
                case "refused":
                    raise RefusedError("already-recording", "The call is up")
                case "ignored":
                    return self.sent(ask.function)
                case "updated":
                    up.values |= values
                    up.active = next(self._world.moves)
                    return self.sent(ask.function)
                case "replaced":
                    self._recorder.stop(up)
        if self._on("instance-one-kept") and device.calls and instance:
            self._recorder.stop(device.calls[0])
        if self._on("user7-to-user8") and values.get("USER7"):
            values["USER8"] = values.pop("USER7")
        self._recorder.begin(device, instance, values, station)
        return self.sent(ask.function)

    def _stop(self, ask: Ask) -> Outcome:
        device = self._finder.device(ask)
        call = self._finder.instance(ask, device) if device is not None else None
        if device is not None and call is not None and self._on("stop-ends-first") and "CALLINSTANCE" in ask.values:
            call = device.calls[0]
        if call is None:
            if self._choices("idle-stop") == "refused":
                raise RefusedError("device-not-in-call", "The device is in no such call")
            return self.sent(ask.function)
        for one in list(call.device.calls) if self._on("stop-ends-all") else [call]:
            self._recorder.stop(one)
        return self.sent(ask.function)

    # updates

    def _update(self, ask: Ask) -> Outcome:
        if ask.text("RECORDID"):
            return self._post(ask)
        device = self._finder.device(ask)
        values = self._data(ask)
        if device is None:
            return self.sent(ask.function)
        call = self._finder.instance(ask, device)
        asked = ask.text("UPDATE_IF_NOT_RECORDING") == "Y" or self._on("idle-update-always")
        later = asked and not device.calls
        if call is not None and not call.recorded:
            later = asked and self._choices("unrecorded-update") == "recording"
            if not later and self._choices("update-unrecorded") == "refused":
                raise RefusedError("device-not-recording", "The call is not being recorded")
        if later:
            return self._last(device, values)
        if call is None:
            if self._choices("idle-update") == "refused":
                raise RefusedError("device-not-in-call", "The device is in no such call")
            return self.sent(ask.function)
        self._apply(call.values, values)
        if self._on("update-clears-others"):
            call.values.update({name: "" for name in USERS[10:] if name not in values})
        call.active = next(self._world.moves)
        if self._on("update-reaches-all-instances"):
            for other in device.calls:
                self._apply(other.values, values)
        return self.sent(ask.function)

    def _apply(self, known: dict[str, str], values: Mapping[str, str]) -> None:
        for name, text in values.items():
            if text or self._choices("blank") == "empty":
                known[name] = text

    def _last(self, device: Device, values: Mapping[str, str]) -> Outcome:
        recording = device.recorded
        if recording is None:
            raise RefusedError("recordid-invalid", "There was no previous call to update")
        if self._on("last-recording-of-any"):
            recording = list(self._world.recordings.values())[-1]
        self._saved(recording, values)
        return Outcome(text="Updated recording in database")

    def _saved(self, recording: Recording, values: Mapping[str, str]) -> None:
        self._apply(recording.values, values)
        recording.changed = True
        recording.alias = recording.values.get("DEVICEALIAS", recording.alias)
        if self._choices("more-events") == "more":
            core = self._world.devices[recording.device].core if recording.device in self._world.devices else 1
            self._telling.recording("RECORDINGUPDATE", recording, core)

    def _post(self, ask: Ask) -> Outcome:
        world, number = self._world, ask.number("RECORDID")
        recording = world.recordings.get(number) if number is not None else None
        if recording is None and number is not None and number in world.running:
            if self._choices("running-record") == "refused":
                raise RefusedError("recordid-invalid", "The recording is under way")
            recording = world.running[number]
        if recording is None:
            self._finder.unknown(ask, "RECORDID", "There is no such recording")
            return Outcome()
        if self._on("post-update-other-record"):
            recording = world.recordings.get(recording.id + 1, recording)
        values = ask.carried(CARRIED)
        if self._on("post-update-first-only") and values:
            name = next(iter(values))
            values = {name: values[name]}
        if self._on("post-update-user9-lost"):
            values.pop("USER9", None)
        match self._choices("beside-record"):
            case "data":
                if ask.text("DEVICEALIAS"):
                    values["DEVICEALIAS"] = ask.text("DEVICEALIAS")
                recording.device = ask.text("DEVICEID") or recording.device
            case "match":
                if ask.text("DEVICEID") not in ("", recording.device):
                    raise RefusedError("device-invalid", "The recording is of another device")
        self._saved(recording, values)
        return Outcome(text="Updated recording in database")

    # partial recordings

    def _record(self, ask: Ask) -> Outcome:
        device = self._finder.device(ask)
        values = self._data(ask)
        call = self._finder.instance(ask, device) if device is not None else None
        if device is None:
            return self.sent(ask.function)
        if call is None or not call.recorded:
            reading = self._choices("idle-record")
            if reading == "refused":
                raise RefusedError("device-not-in-call" if call is None else "device-not-recording")
            if reading == "recorded" and call is not None:
                call.main = self._recorder.record(call, call.values)
            return self.sent(ask.function)
        own = dict(call.values)
        match self._choices("partial-values"):
            case "partial":
                own |= {name: text for name, text in values.items() if text}
            case "call":
                self._apply(call.values, values)
                own = call.values
        if self._on("partial-replaces-recording") and call.main is not None:
            self._recorder.finish(call, call.main)
        recording = self._recorder.record(call, own, partial=True)
        call.partials.append(recording)
        call.active = next(self._world.moves)
        return self.sent(ask.function)

    def _record_stop(self, ask: Ask) -> Outcome:
        device = self._finder.device(ask)
        call = self._finder.instance(ask, device) if device is not None else None
        if call is None or not call.partials:
            reading = self._choices("idle-record-stop")
            if reading == "refused":
                raise RefusedError("device-not-recording", "RECORDSTART began nothing")
            if reading == "ends" and call is not None and call.main is not None and call.main.ended is None:
                self._recorder.finish(call, call.main)
            return self.sent(ask.function)
        recording = call.partials[-1]
        self._ended(call, recording, {name: text for name, text in ask.carried(USERS).items() if text})
        return self.sent(ask.function)

    def _ended(self, call: Call, recording: Recording, values: Mapping[str, str]) -> None:
        if self._choices("partial-values") != "nowhere":
            recording.values.update(values)
        call.active = next(self._world.moves)
        match self._choices("record-stop"):
            case "recordings":
                for one in reversed(call.recordings):
                    self._recorder.finish(call, one)
            case "call":
                self._recorder.stop(call)
            case _:
                self._recorder.finish(call, recording)
