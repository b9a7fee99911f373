"""Which device, agent or recording a request means."""

from __future__ import annotations

from harness.reference.faults import FaultSet
from harness.reference.uptivity.asking import Ask, RefusedError
from harness.reference.uptivity.choices import Choices
from harness.reference.uptivity.state import NAMING, Agent, Call, Device, World
from harness.spec.model import System

_WAYS = (*NAMING, "STATIONNAME")
_CREATE = ("CALLSTART", "RECORDSTART")


class Finder:
    """Looks things up.

    Args:
        world: where.
        model: which errors there are.
        choices: readings.
        faults: those that are on.
    """

    def __init__(self, world: World, model: System, choices: Choices, faults: FaultSet) -> None:
        self._world, self._model, self._choices, self._on = world, model, choices, faults.on

    def unknown(self, ask: Ask, name: str, text: str = "") -> None:
        """A parameter names nothing that there is.

        Raises:
            RefusedError: unless the reading is that this is no error.
        """
        known = ask.operation.parameters[name]
        reading = self._choices.of(known.unknown_ambiguity)
        if reading in ("accepted", "served"):
            return
        error = known.unknown[0] if known.unknown else "database-query"
        if reading == "agent":
            error = "agent-not-found"
        elif reading == "other":
            error = "blank-required-value"
        elif reading in self._model.errors and reading not in ("unknown",):
            error = reading
        elif reading == "table":
            error = known.unknown[-1]
        raise RefusedError(error, text or f"Could not find a device matching {name}")

    def device(self, ask: Ask) -> Device | None:
        """The device of a request about calls; None where it is accepted that there is none.

        Raises:
            RefusedError: there is none.
        """
        world, number = self._world, ask.text("DEVICEID")
        if number:
            device = world.devices.get(number)
            if device is None:
                self.unknown(ask, "DEVICEID")
                if ask.function in _CREATE:
                    device = world.add(Device(id=number))
                return device
            self._beside(ask, device)
            return device
        named = [name for name in _WAYS if ask.text(name)]
        alone = "update-alias"
        if ask.function == "CALLUPDATE" and self._choices(alone) == "refused":
            named = [name for name in named if name in ("SYS_USER", "CRM_USER")]
            if not named:
                raise RefusedError("device-invalid", "Could not find a device matching given parameters")
        if not named:
            return None
        found = self.by(named[0], ask.text(named[0]))
        if not found:
            self.unknown(ask, named[0])
            return None
        return max(found, key=lambda one: max((call.active for call in one.calls), default=0))

    def _beside(self, ask: Ask, device: Device) -> None:
        """Other names beside DEVICEID."""
        named = [name for name in _WAYS if ask.text(name)]
        if not named:
            return
        agentless = self._world.agent_of(device.id) is None
        if agentless and any(name in NAMING for name in named) and self._choices("agentless") == "refused":
            raise RefusedError("device-invalid", "No agent has the device")
        if self._choices("beside-device") == "match" and not agentless:
            for name in named:
                if name != "STATIONNAME" and device not in self.by(name, ask.text(name)):
                    raise RefusedError("device-invalid", f"The device has another {name}")

    def by(self, name: str, text: str) -> list[Device]:
        """The devices that a name stands for."""
        world = self._world
        if name == "STATIONNAME":
            return [world.devices[device] for station, device in world.stations if station == text][:1]
        if name == "DEVICEALIAS":
            device = world.by_alias(text)
            if device is None or (world.agent_of(device.id) is None and self._choices("agentless") != "found"):
                return []
            return [device]
        if name == "DEVICEID":
            device = world.devices.get(text)
            return [device] if device is not None else []
        wanted = {"SYS_USER": "sys_user", "CRM_USER": "crm_user"}[name]
        agent = self.agent(**{wanted: text})
        if agent is not None and name == "CRM_USER" and self._on("crm-user-of-next"):
            agent = world.agents.get(agent.id + 1, agent)
        return [world.devices[phone] for phone in agent.phones if phone in world.devices] if agent else []

    def agent(self, **wanted: str) -> Agent | None:
        """The agent who has these values."""
        if self._choices("people-case") != "same":
            return next(self._world.known(**wanted), None)
        for one in self._world.agents.values():
            if not one.deleted and all(getattr(one, name).lower() == text.lower() for name, text in wanted.items()):
                return one
        return None

    def last(self, device: Device) -> Call | None:
        """The last call of a device; None where it is over or there is none."""
        if not device.calls:
            return None
        if self._on("last-is-first") and len(device.calls) > 1:
            return device.calls[0]
        match self._choices("last"):
            case "up":
                return device.calls[-1]
            case "active":
                return max(device.calls, key=lambda call: call.active)
        return device.last if device.last in device.calls else None

    def instance(self, ask: Ask, device: Device) -> Call | None:
        """The call that a request means; None where it is not up."""
        wanted = ask.values.get("CALLINSTANCE")
        if wanted is None or (not wanted and self._choices("blank") != "empty"):
            return self.last(device)
        if self._on("instance-ignored-on-update") and ask.function == "CALLUPDATE":
            return self.last(device)
        return next((call for call in device.calls if call.instance == wanted), None)
