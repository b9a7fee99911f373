"""Calls that begin and end, and what is recorded of them."""

from __future__ import annotations

from harness.reference.faults import FaultSet
from harness.reference.uptivity.choices import Choices
from harness.reference.uptivity.state import NAMING, Call, Device, Recording, World, us_time
from harness.reference.uptivity.telling import Telling

_BACKLOG = 50_000  # recordings that are kept at most


class Recorder:
    """Begins and ends calls and recordings.

    Args:
        world: where.
        choices: readings.
        telling: tells subscribers.
        faults: those that are on.
    """

    def __init__(self, world: World, choices: Choices, telling: Telling, faults: FaultSet) -> None:
        self._world, self._choices, self._telling, self._on = world, choices, telling, faults.on
        self._natural = choices("event-order") == "natural"

    def begin(self, device: Device, instance: str, values: dict[str, str], station: str) -> Call:
        """A call begins, and is recorded if the schedule says so."""
        world, now = self._world, self._world.now()
        order = next(world.moves)
        agent = world.agent_of(device.id)
        values.setdefault("DEVICEALIAS", device.alias)
        values.setdefault("SYS_USER", agent.sys_user if agent else "")
        values.setdefault("CRM_USER", agent.crm_user if agent else "")
        call = Call(
            device=device, instance=instance, values=values, began=now, order=order, active=order,
            station=station or world.station_of(device.id), global_id=f"{order:015}", session=f"{device.id}-{order}",
            first=dict(values),
        )  # fmt: skip
        before = device.last
        device.calls.append(call)
        device.last = call
        if self._on("old-values-on-same-instance") and before is not None and before.instance == instance:
            call.values = {**before.values, **values}
        recorded = self.scheduled(device)
        if self._natural:
            self._telling.call("CALLSTART", call)
        if recorded:
            call.main = self.record(call, call.values)
        if not self._natural:
            self._telling.call("CALLSTART", call)
        limit = values.pop("MAXRECORDTIME", "")
        if recorded and limit.isdecimal() and int(limit) > 0 and not self._on("record-time-ignored"):
            main = call.main
            world.at(now + int(limit), lambda: self._over(call, main))
        return call

    def _over(self, call: Call, main: Recording | None) -> None:
        if main is not None and main.ended is None:
            self.finish(call, main)

    def scheduled(self, device: Device) -> bool:
        """Whether the schedule has calls of a device recorded."""
        match self._choices("recorded"):
            case "unrecorded":
                return False
            case "schedule":
                return int.from_bytes(device.id[-1:].encode(), "big") % 2 == 1
        return True

    def record(self, call: Call, values: dict[str, str], *, partial: bool = False) -> Recording:
        """A recording of a call begins."""
        world, device = self._world, call.device
        number = world.next_id("recording")
        agent = world.agent_of(device.id)
        recording = Recording(
            id=number, device=device.id, alias=values.get("DEVICEALIAS", ""), sys_user=values.get("SYS_USER", ""),
            crm_user=values.get("CRM_USER", ""), agent=agent, values=values, began=world.now(),
            filename=f"C:\\Recordings\\{device.id[:64]}\\{device.id[:64]}-{number}.wav",
            channel=1 + number % world.channels, instance=call.instance, global_id=call.global_id, partial=partial,
        )  # fmt: skip
        world.running[number] = recording
        if not (partial and self._choices("partial") == "within"):
            self._telling.recording("RECORDINGSTARTED", recording, device.core)
        return recording

    def finish(self, call: Call, recording: Recording) -> None:
        """A recording ends and is saved."""
        world, device = self._world, call.device
        recording.ended = world.now()
        world.running.pop(recording.id, None)
        if recording is not call.main and recording in call.partials:
            call.partials.remove(recording)
            if self._choices("partial") == "within":
                return
        recording.values = dict(recording.values)
        recording.alias = recording.values.get("DEVICEALIAS", "")
        recording.sys_user = recording.values.get("SYS_USER", "")
        recording.crm_user = recording.values.get("CRM_USER", "")
        self._telling.recording("RECORDINGSTOPPED", recording, device.core)
        if self._on("user15-not-saved"):
            recording.values["USER15"] = ""
        if self._on("saved-as-started") and call.main is recording:
            recording.values = {**recording.values, **{name: text for name, text in call.first.items() if text}}
        world.recordings[recording.id] = device.recorded = recording
        if len(world.recordings) > _BACKLOG:
            del world.recordings[next(iter(world.recordings))]
        self._telling.recording("RECORDINGUPDATE", recording, device.core)

    def stop(self, call: Call) -> None:
        """A call ends, and what is recorded of it."""
        world, device = self._world, call.device
        if self._natural:
            self._telling.call("CALLSTOP", call)
        going = [] if self._on("recording-outlives-call") and call.instance else call.recordings
        if self._on("partial-outlives-call"):
            going = [one for one in going if not one.partial]
        for recording in reversed(going):
            self.finish(call, recording)
        call.ended = world.now()
        call.active = next(world.moves)
        device.calls.remove(call)
        device.ended = call
        if self._choices("blackout-end") != "lasts" or call.pauses:
            world.blackouts.pop((device.id, call.instance), None)
        if not self._natural:
            self._telling.call("CALLSTOP", call)

    def times(self, call: Call) -> tuple[str, str]:
        """Begin and end, as status tells them."""
        began: float | None = call.began
        ended = call.ended
        if self._choices("times") == "recording":
            began = call.main.began if call.main is not None else None
            ended = call.main.ended if call.main is not None else None
        return self._time(began), self._time(ended)

    def _time(self, moment: float | None) -> str:
        if moment is None:
            return ""
        if self._choices("date") == "any":
            return f"{int(moment)}"
        return us_time(moment)

    @staticmethod
    def named(values: dict[str, str]) -> dict[str, str]:
        """Those of a call's values that name its agent."""
        return {name: values[name] for name in NAMING if name in values}
