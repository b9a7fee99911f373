"""Events: who has asked for which, and what each is told."""

from __future__ import annotations

from typing import Protocol, cast

from harness.reference.system import Setup
from harness.reference.uptivity.asking import Ask, Outcome, RefusedError
from harness.reference.uptivity.choices import Choices
from harness.reference.uptivity.spoil import Spoiler
from harness.reference.uptivity.state import USERS, Call, Recording, World, us_time
from harness.reference.uptivity.writing import Writer

_OF_NONE = "-1"
_CLASSES = ("ALL", "CALL", "RECORD")


class Client(Protocol):
    """A connection that may be told of events."""

    def tell(self, data: bytes) -> None:
        """Send what it has asked for."""


class Telling:
    """Tells events to those who asked.

    Args:
        setup: model and faults.
        world: knows agents.
        writer: writes.
        choices: readings.
        spoiler: what the faults make of events.
    """

    def __init__(self, setup: Setup, world: World, writer: Writer, choices: Choices, spoiler: Spoiler) -> None:
        self._model, self._world, self._writer, self._choices = setup.model, world, writer, choices
        self._on, self._faulty, self._spoiler = setup.faults.on, bool(setup.faults), spoiler
        self._asked: dict[Client, list[tuple[str, str]]] = {}  # classes and values
        self._news: list[tuple[str, dict[str, str]]] = []

    def subscribe(self, ask: Ask) -> Outcome:
        """EVENTS."""
        choices, client = self._choices, ask.client
        wanted = ask.text("EVENTCLASS").upper()
        value = ask.text("EVENTVALUE")
        if wanted not in _CLASSES:
            reading = choices("wrong-class") if wanted else choices("no-class")
            if reading == "refused":
                raise RefusedError("blank-required-value", "EVENTCLASS is missing")
            if reading not in ("all", "empty", "any"):
                raise RefusedError(reading, f"There is no class {wanted}")
            if reading == "all":
                wanted = "ALL"
        if value and choices("event-value") == "refused":
            raise RefusedError("event-type-invalid", "EVENTVALUE must be blank")
        if client is None:
            if choices("web-events") == "refused":
                raise RefusedError("command-not-allowed", "Events need a connection")
        else:
            self._add(client, wanted or "ALL", value)
        told = ask.text("EVENTCLASS") if choices("wrong-class") == "any" and wanted not in _CLASSES else wanted
        return Outcome(values={"EVENTXREF": "0", "EVENTCLASS": told, "EVENTTYPE": value})

    def _add(self, client: Client, wanted: str, value: str) -> None:
        own = self._asked.setdefault(client, [])
        if own:
            match self._choices("second-subscription"):
                case "refused":
                    raise RefusedError("already-monitoring", "The connection has events already")
                case "first":
                    return
                case "replaced":
                    own.clear()
        if self._faulty and self._spoiler.replaces():
            for other in [one for one in self._asked if one is not client]:
                del self._asked[other]
        own.append((wanted, value if self._choices("event-value") == "filter" else ""))

    def gone(self, client: Client) -> None:
        """A connection has ended."""
        self._asked.pop(client, None)

    def call(self, kind: str, call: Call) -> None:
        """Something happened to a call."""
        if not self._asked:
            return
        device = call.device
        agent = self._world.agent_of(device.id)
        values = {
            **{name: call.values.get(name, "") for name in ("GROUP", "GATE", "ANI", "DNIS", *USERS)},
            "GLOBALCALLID": call.global_id,
            "DEVICEID": device.id,
            "DEVICEALIAS": call.values.get("DEVICEALIAS", ""),
            "SYS_USER": call.values.get("SYS_USER", ""),
            "CRM_USER": call.values.get("CRM_USER", ""),
            "AGENTID": str(agent.id) if agent is not None else "",
            "CALLINSTANCE": call.instance,
            "CALLDIRECTION": call.values.get("CALLDIRECTION", ""),
            "STATION": call.station,
            "ISTRUNK": self._writer.boolean("Y" if device.trunk else "N"),
            "KEEPDAYS": call.values.get("KEEP_DAYS", ""),
            "ARCHIVEACTION": call.values.get("ARCHIVEACTION", ""),
            "STARTTIME": us_time(call.began),
            "COREIDENT": str(device.core),
        }
        if self._faulty:
            self._spoiler.event(kind, values)
        self._news.append((kind, values))

    def recording(self, kind: str, recording: Recording, core: int) -> None:
        """Something happened to a recording."""
        if not self._asked:
            return
        known = recording.values
        values = {
            **{name: known.get(name, "") for name in ("GROUP", "GATE", "ANI", "DNIS", *USERS)},
            "GLOBALCALLID": recording.global_id,
            "DEVICEID": recording.device,
            "DEVICEALIAS": known.get("DEVICEALIAS", recording.alias),
            "FILENAME": recording.filename,
            "CHANNEL": str(recording.channel),
            "ERRORREASON": "NONE",
            "AGENTID": str(recording.agent.id) if recording.agent is not None else "",
            "CALLINSTANCE": recording.instance,
            "KEEPDAYS": known.get("KEEP_DAYS", ""),
            "ARCHIVEACTION": known.get("ARCHIVEACTION", ""),
            "RECORDID": str(recording.id),
            "COREIDENT": str(core),
        }
        if self._faulty:
            self._spoiler.event(kind, values)
        self._news.append((kind, values))

    def flush(self) -> None:
        """Tell what has happened since the last time."""
        if not self._news:
            return
        news, self._news = self._news, []
        if self._faulty:
            news = self._spoiler.news(news)
        end = self._writer.end
        for kind, values in news:
            own = self._model.events[kind].event_class
            data = ""
            for place, (client, asked) in enumerate(list(self._asked.items())):
                times = sum(one in ("ALL", own) and value in ("", kind, values["DEVICEID"]) for one, value in asked)
                if self._faulty:
                    times = self._spoiler.times(kind, times, place, client, asked)
                if not times:
                    continue
                data = data or self._writer.event(kind, values) + end
                shown = self._spoiler.shown(kind, data) if self._faulty else data
                for _ in range(times if self._choices("second-subscription") == "twice" or self._faulty else 1):
                    client.tell(shown.encode())
            for stranger in self._spoiler.uninvited(kind) if self._faulty else ():
                if stranger not in self._asked:
                    cast("Client", stranger).tell((self._writer.event(kind, values) + end).encode())
