"""IMPORTUSER, IMPORTAGENTPHONE, IMPORTWORKSTATION."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness.reference.uptivity.asking import Ask, Handler, Outcome, RefusedError
from harness.reference.uptivity.finding import Finder
from harness.reference.uptivity.functions import Common
from harness.reference.uptivity.state import Agent, Device, us_time

# Parameter -> what it is of an agent.
FIELDS = {
    "EMPLOYEEID": "employee", "FIRSTNAME": "first", "LASTNAME": "last", "STATUS": "status", "SYS_USER": "sys_user",
    "DOMAIN": "domain", "EMAIL": "email", "CRM_USER": "crm_user", "SITEID": "site", "USERNAME": "username",
}  # fmt: skip
_TIMES = {"ADD_TIME": "added", "MOD_TIME": "changed"}
_TAKEN = "The name is taken"


class Imports:
    """Carries out imports.

    Args:
        common: what all parts share.
        finder: finds agents.
    """

    def __init__(self, common: Common, finder: Finder) -> None:
        self._world, self._choices, self._on = common.world, common.choices, common.setup.faults.on
        self._finder, self._errors = finder, common.setup.model.errors

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "IMPORTUSER": self._user,
            "IMPORTAGENTPHONE": self._phone,
            "IMPORTWORKSTATION": self._workstation,
        }

    def action(self, ask: Ask, known: tuple[str, ...]) -> str:
        """What is to be done.

        Raises:
            RefusedError: it is none of the actions.
        """
        action = ask.text("ACTION")
        if not action and self._choices("no-action") == "served":
            return "ADD"
        if action in known:
            return action
        if action == "MODIFY" and self._choices("other-action") == "accepted":
            return "ADD"
        if action and self._on("any-action-adds") and ask.function == "MODIFYUSERROLE":
            return "ADD"
        reading = self._choices("no-action")
        listed = ask.operation.parameters["ACTION"].invalid
        error = reading if reading in self._errors and reading in listed else (listed or ["invalid-action"])[0]
        raise RefusedError(error, f"{action or 'No action'} is none of {', '.join(known)}")

    # agents

    def _user(self, ask: Ask) -> Outcome:
        known = ("ADD", "MODIFY", "DELETE", "LIST")
        action = self.action(ask, known if self._choices("list-action") != "three" else known[:3])
        if action == "LIST":
            return self._list(ask)
        if any(ask.text(name) for name in _TIMES) and self._choices("offsets") == "refused":
            raise RefusedError("invalid-message-format", "ADD_TIME and MOD_TIME are offsets")
        site = ask.number("SITEID")
        if site is not None and site not in self._world.sites:
            self._finder.unknown(ask, "SITEID", "There is no such site")
        if action == "ADD":
            return self._add(ask)
        agent = self._named(ask)
        if action == "MODIFY":
            self._modify(ask, agent)
        else:
            self._delete(agent)
        return Outcome(values={"AGENTID": str(agent.id)})

    def _add(self, ask: Ask) -> Outcome:
        world, first, last = self._world, ask.text("FIRSTNAME"), ask.text("LASTNAME")
        if self._choices("needed") == "refused" and not (first and last):
            raise RefusedError("invalid-message-format", "FIRSTNAME and LASTNAME are missing")
        username, deleted = ask.text("USERNAME"), self._choices("deleted-names")
        for one in world.agents.values():
            names = self._same(one.first, first) and self._same(one.last, last)
            if not names and not (username and self._same(one.username, username)):
                continue
            if self._on("same-names-added") and names:
                continue
            if one.deleted and deleted == "new":
                continue
            if one.deleted and deleted == "revived":
                one.deleted = False
                self._take(ask, one)
                return Outcome(values={"AGENTID": str(one.id)})
            if self._on("add-again-changes-values"):
                self._take(ask, one)
            reading = self._choices("taken")
            raise RefusedError(reading if reading in self._errors else "invalid-message-format", _TAKEN)
        given = ask.number("AGENT_ID")
        number = 0
        if given and given not in world.agents and self._choices("given-id") == "taken":
            number = given
        while not number or number in world.agents:
            number = world.next_id("agent") if number != given or not number else number
            if number in world.agents:
                number = 0
            else:
                break
        now = us_time(world.now())
        agent = Agent(id=number, added=now, changed=now)
        self._take(ask, agent)
        world.agents[number] = agent
        return Outcome(values={"AGENTID": str(number)})

    def _same(self, one: str, other: str) -> bool:
        if self._choices("people-case") == "same":
            return one.casefold() == other.casefold()
        return one == other

    def _take(self, ask: Ask, agent: Agent) -> None:
        """Give an agent the values of a request."""
        for name, attribute in FIELDS.items():
            if ask.text(name):
                setattr(agent, attribute, ask.text(name))
        if self._choices("offsets") == "stored":
            for name, attribute in _TIMES.items():
                if ask.text(name):
                    setattr(agent, attribute, ask.text(name))

    def _named(self, ask: Ask) -> Agent:
        """The agent that is to be changed."""
        number = ask.number("AGENT_ID")
        if number is None and self._choices("no-agent-id") == "found":
            wanted = {FIELDS[name]: ask.text(name) for name in ("USERNAME", "FIRSTNAME", "LASTNAME") if ask.text(name)}
            found = self._finder.agent(**wanted) if wanted else None
            if found is not None:
                return found
        agent = self._world.agents.get(number) if number is not None else None
        if agent is None or (agent.deleted and self._choices("changes") == "refused"):
            self._finder.unknown(ask, "AGENT_ID", "There is no such agent")
            raise RefusedError("user-not-found", "There is no such agent")
        return agent

    def _modify(self, ask: Ask, agent: Agent) -> None:
        if self._choices("changes") == "refused":
            names = ask.text("FIRSTNAME") or agent.first, ask.text("LASTNAME") or agent.last
            for one in self._world.known(first=names[0], last=names[1]):
                if one is not agent:
                    raise RefusedError("user-already-exist", _TAKEN)
        if self._on("modify-clears-others"):
            cleared = {FIELDS[name]: "" for name in ("EMAIL", "EMPLOYEEID") if name not in ask.values}
            for attribute, text in cleared.items():
                setattr(agent, attribute, text)
        if self._on("modify-changes-next"):
            agent = self._world.agents.get(agent.id + 1, agent)
        if self._on("modify-makes-another") and ask.text("LASTNAME"):
            other = replace(agent, id=self._world.next_id("agent"), phones=[])
            self._world.agents[other.id] = agent = other
        if self._on("modified-name-loses-phones") and ask.text("LASTNAME"):
            self._free(agent)
        self._take(ask, agent)
        agent.changed = us_time(self._world.now())

    def _delete(self, agent: Agent) -> None:
        agent.deleted = True
        if not self._on("deleted-keeps-phones"):
            self._free(agent)

    def _free(self, agent: Agent) -> None:
        for phone in agent.phones:
            self._world.holders.pop(phone, None)
        agent.phones = []

    def _list(self, ask: Ask) -> Outcome:
        others = {name: text for name, text in ask.values.items() if name in FIELDS and text}
        if others and self._choices("list-values") == "refused":
            raise RefusedError("invalid-message-format", "LIST takes no other parameter")
        shown: list[dict[str, Any]] = []
        for one in self._world.agents.values():
            if one.deleted and self._choices("deleted") == "hidden" and not self._on("deleted-still-active"):
                continue
            if self._choices("list-values") == "some" and any(getattr(one, FIELDS[n]) != t for n, t in others.items()):
                continue
            agent = replace(one, status="D") if one.deleted and not self._on("deleted-still-active") else one
            row = {name: getattr(agent, attribute) for name, attribute in (FIELDS | _TIMES).items()}
            shown.append({**row, "AGENT_ID": str(agent.id), "PHONES": ",".join(agent.phones)})
        if self._on("list-lacks-last") and len(shown) > 8:
            shown.pop()
        return Outcome(values={"AGENTS": {"AGENT": shown}})

    # phones

    def _phone(self, ask: Ask) -> Outcome:
        action = self.action(ask, ("ADD", "DELETE"))
        agent = self._holder(ask)
        phone, holder = ask.text("PHONEID"), self._world.holders.get(ask.text("PHONEID"))
        if not phone:
            raise RefusedError("agent-not-found", "PHONEID is missing")
        refused = self._choices("phones") == "refused"
        if action == "ADD":
            if holder is not None and holder is not agent:
                if not self._on("phone-taken-over"):
                    raise RefusedError("agent-not-found", "Another agent has the phone")
                holder.phones.remove(phone)
            elif holder is agent and refused:
                raise RefusedError("agent-not-found", "The agent has the phone")
            if phone not in agent.phones:
                agent.phones.append(phone)
            self._world.holders[phone] = agent
            if phone not in self._world.devices:
                self._world.add(Device(id=phone))
        elif holder is agent:
            agent.phones.remove(phone)
            del self._world.holders[phone]
            if self._on("phone-deleted-clears-agent"):
                agent.email = ""
            if self._on("phone-deleted-with-records"):
                known = self._world.recordings
                for number in [number for number, one in known.items() if one.device == phone]:
                    del known[number]
        elif refused:
            raise RefusedError("agent-not-found", "The agent does not have the phone")
        return Outcome(values={"AGENTID": str(agent.id)})

    def _holder(self, ask: Ask) -> Agent:
        number, first, last = ask.number("AGENTID"), ask.text("FIRSTNAME"), ask.text("LASTNAME")
        agent = self._world.agents.get(number) if number is not None else None
        if (self._on("names-before-id") and first and last) or (
            agent is None and first and last and (number is None or self._choices("id-or-names") == "names")
        ):
            agent = self._finder.agent(first=first, last=last)
        if agent is None or (agent.deleted and self._choices("phones") == "refused"):
            raise RefusedError("agent-not-found", "There is no such agent")
        return agent

    # stations

    def _workstation(self, ask: Ask) -> Outcome:
        world, device, station = self._world, ask.text("DEVICEID"), ask.text("STATIONNAME")
        if device not in world.devices:
            self._finder.unknown(ask, "DEVICEID", "There is no such device")
        location = ask.number("LOCATIONID")
        if location not in world.locations and location is not None:
            self._finder.unknown(ask, "LOCATIONID", "There is no such location")
        kept = [
            (name, phone)
            for name, phone in world.stations
            if (name != station or self._on("station-kept-twice"))
            and (phone != device or self._on("device-kept-twice"))
        ]
        if self._on("import-drops-first"):
            kept = kept[1:]
        world.stations = [*kept, (station, device)]
        return Outcome(values={"DEVICEID": device, "STATIONNAME": station})
