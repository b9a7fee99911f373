"""What is told of devices, the system, channels, stations and terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.uptivity.asking import Ask, Handler, Outcome, RefusedError
from harness.reference.uptivity.finding import Finder
from harness.reference.uptivity.functions import Common
from harness.reference.uptivity.recorder import Recorder
from harness.reference.uptivity.state import EPOCH, USERS, Call, Device, us_time
from harness.reference.uptivity.writing import BEHIND

_NAMES = ("DEVICEID", "DEVICEALIAS", "CRM_USER", "SYS_USER")
_SHOWN = ("GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLID", "CALLDIRECTION")
_DISK, _FREE = 476_819, 229_032
_RAM, _RAM_FREE = 3325, 1702
_STATES = {"Idle": "0", "Recording": "2"}


class Status:
    """Carries out what is asked of the system's state.

    Args:
        common: what all parts share.
        finder: finds devices.
        recorder: knows times of calls.
    """

    def __init__(self, common: Common, finder: Finder, recorder: Recorder) -> None:
        self._world, self._choices, self._on = common.world, common.choices, common.setup.faults.on
        self._finder, self._recorder, self._writer = finder, recorder, common.writer

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "TEST": lambda _ask: Outcome(),
            "DEVICELIST": self._list,
            "DEVICESTATUS": self._status,
            "DEVICERECORDINGSTATUS": self._recordings,
            "SYSTEMSTATUS": self._system,
            "CHANNELS": self._channels,
            "STATIONS": self._stations,
            "FETCHTERMINOLOGY": self._terms,
        }

    # devices

    def _list(self, _ask: Ask) -> Outcome:
        known = list(self._world.devices.values())
        if self._choices("listed-devices") == "seen":
            known = [one for one in known if one.last is not None]
        devices = [self._device(one, self._shown(one)) for one in known]
        return Outcome(values={"DEVICES": {"DEVICE": devices}})

    def _found(self, ask: Ask) -> list[Device]:
        """The devices that a request for a status names."""
        named = [name for name in _NAMES if ask.text(name)]
        if not named:
            if self._choices("status-of-none") == "all":
                return list(self._world.devices.values())
            return []
        reading = self._choices("status-of-two") if len(named) > 1 else "first"
        if reading == "refused":
            raise RefusedError("invalid-message-format", "Name the device in one way")
        found = self._finder.by(named[0], ask.text(named[0]))
        for name in named[1:]:
            others = self._finder.by(name, ask.text(name))
            if reading == "match":
                found = [one for one in found if one in others]
            elif reading == "any":
                found += [one for one in others if one not in found]
        if not found:
            reading = self._choices("unknown-status")
            if reading != "none":
                raise RefusedError("agent-not-found" if reading == "agent" else "device-invalid", "No device found")
        return found

    def _never(self, found: list[Device]) -> list[Device]:
        """Without those that were in no call, where the reading is so."""
        match self._choices("never-called"):
            case "none":
                return [one for one in found if one.last is not None]
            case "refused" if found and all(one.last is None for one in found):
                raise RefusedError("device-not-in-call", "The device was in no call")
        return found

    def _status(self, ask: Ask) -> Outcome:
        found = self._never(self._found(ask))
        devices = [self._device(one, self._shown(one)) for one in found]
        return Outcome(text="Found the following matching devices", values={"DEVICES": {"DEVICE": devices}})

    def _shown(self, device: Device) -> Call | None:
        """The call of a device that is shown."""
        if device.calls:
            if self._on("status-shows-first"):
                return device.calls[0]
            active = self._choices("last") == "active"
            return max(device.calls, key=lambda call: call.active if active else call.order)
        return device.ended

    def _values(self, device: Device, call: Call | None) -> dict[str, Any]:
        if call is None:
            agent = self._world.agent_of(device.id)
            return {
                "DEVICEALIAS": device.alias,
                "SYS_USER": agent.sys_user if agent else "",
                "CRM_USER": agent.crm_user if agent else "",
                "ISTRUNK": self._writer.boolean("Y" if device.trunk else "N"),
                "STATION": self._world.station_of(device.id),
            }
        began, ended = self._recorder.times(call)
        values = call.values
        return {
            **{name: values.get(name, "") for name in _SHOWN},
            "DEVICEALIAS": values.get("DEVICEALIAS", ""),
            "SYS_USER": values.get("SYS_USER", ""),
            "CRM_USER": values.get("CRM_USER", ""),
            "ISTRUNK": self._writer.boolean("Y" if device.trunk else "N"),
            "STATION": call.station,
            "STARTTIME": began,
            "STOPTIME": ended,
        }

    def _recording(self, call: Call | None) -> dict[str, Any]:
        recording = call is not None and call.recorded
        if call is not None and call.paused and self._choices("paused") == "no":
            recording = False
        letter = "Y" if recording else "N"
        return {
            "ISRECORDING": self._writer.boolean(letter),
            "ISRECORDINGVIDEO": self._writer.boolean("N"),
            "FILENAME": call.main.filename if call is not None and call.main is not None else "",
            "CALLID": call.values.get("CALLID", "") if call is not None else "",
            "SESSIONID": call.session if call is not None else "",
            "CALLINSTANCE": call.instance if call is not None else "",
        }

    def _device(self, device: Device, call: Call | None) -> dict[str, Any]:
        values = {"DEVICEID": device.id, **self._values(device, call), "COREIDENT": str(device.core)}
        if call is not None or self._choices("never-called") != "absent":
            values["RECORDING"] = self._recording(call)
        return values

    def _recordings(self, ask: Ask) -> Outcome:
        found = self._never(self._found(ask))
        devices = []
        for device in found:
            calls = list(device.calls)
            match self._choices("listed-calls"):
                case "all" if device.ended is not None:
                    calls.append(device.ended)
                case "last" if not calls and device.ended is not None:
                    calls = [device.ended]
            shown = [self._instance(device, call) for call in calls]
            if self._on("second-instance-missing"):
                shown = shown[:1]
            if self._on("instances-share-values") and len(shown) > 1:
                shown = [{**shown[0], "CALLINSTANCE": one["CALLINSTANCE"]} for one in shown]
            head = {"DEVICEID": device.id, **self._values(device, None), "COREIDENT": str(device.core)}
            reading = self._choices("second-call") if len(shown) > 1 else "inside"
            if reading == "apart":
                devices += [{**head, "RECORDING": [one]} for one in shown]
            elif reading == "outside":
                devices.append({**head, "RECORDING": shown[:1], BEHIND: shown[1:]})
            else:
                devices.append({**head, "RECORDING": shown})
        return Outcome(text="Following active call instances found", values={"DEVICE": devices})

    def _instance(self, device: Device, call: Call) -> dict[str, Any]:
        status = ("recordpaused" if call.pauses and self._shows_pause() else "recording") if call.recorded else ""
        if status == "" and self._choices("call-state") == "any":
            status = "idle"
        if self._choices("call-state") == "absent":
            status = ""
        return {**self._values(device, call), **self._recording(call), "STATUS": status}

    def _shows_pause(self) -> bool:
        return self._choices("pause-shown") not in ("events", "never")

    # the system

    def _system(self, _ask: Ask) -> Outcome:
        free = _FREE - len(self._world.recordings) % 1000
        used = _RAM - _RAM_FREE
        seconds = int(self._world.now() - EPOCH) + 66_277
        processor = {"SYSTEMPROCESSORSPEED": "2394MHz", "SYSTEMPROCESSORTYPE": "x86 Family 6 Model 15 Stepping 11"}
        processors = [processor] * 4
        values: dict[str, Any] = {
            "RECORDINGPATH": "C:\\Recordings\\",
            "RECORDINGSPACEINFO": f"{free / 1024:.2f}GB of {_DISK / 1024:.2f}GB",
            "RECORDINGTOTALDISKCAPACITY": str(_DISK),
            "RECORDINGTOTALDISKFREE": str(free),
            "RECORDINGTOTALDISKFREEPCT": f"{100 * (_DISK - free if self._on('disk-used-percent') else free) / _DISK:.2f}",
            "SYSTEMUPTIME": (
                f"{seconds // 86400} days, {seconds // 3600 % 24} hours, {seconds // 60 % 60} minutes,"
                f" {seconds % 60} seconds."
            ),
            "SYSTEMRAMTOTAL": str(_RAM),
            "SYSTEMRAMFREE": str(_RAM + 1 if self._on("free-memory-above-all") else _RAM_FREE),
            "SYSTEMRAMUSED": str(used),
            "SYSTEMRAMUSEDPCT": str(100 * used // _RAM),
            "PROCESSOR": processors,
        }
        return Outcome(values=values)

    def _channels(self, _ask: Ask) -> Outcome:
        world = self._world
        busy = {one.channel: one for one in world.running.values()}
        channels = []
        for number in range(1, world.channels + 1):
            recording = busy.get(number)
            moment = recording.began if recording is not None else EPOCH - 500 * number
            state = "Recording" if recording is not None else "Idle"
            if self._choices("state") == "number":
                state = _STATES[state]
            channels.append(
                {
                    "ID": str(number),
                    "STATE": state,
                    "RECORDINGDEVICE": recording.device if recording is not None else "",
                    "LASTSTATECHANGE": us_time(moment),
                    "LASTSTATECHANGEUNIXTIME": str(int(moment)),
                }
            )
        return Outcome(values={"CHANNELS": {"CHANNEL": channels}})

    def _stations(self, _ask: Ask) -> Outcome:
        stations = [{"STATIONNAME": name, "DEVICEID": device} for name, device in self._world.stations]
        if self._choices("stations") == "outside":
            count = str(len(stations))
            return Outcome(values={"STATIONS": [{**one, "COUNT": count} for one in stations]})
        return Outcome(values={"STATIONS": [{"STATION": stations}]})

    def _terms(self, _ask: Ask) -> Outcome:
        terms = [{"NAME": name, "VALUE": value} for name, value in self._world.terms.items()]
        return Outcome(values={"SETTINGS": {"TERMINOLOGY": terms}})
