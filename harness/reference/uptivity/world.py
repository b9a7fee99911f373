"""The world that a reference server begins with, and its fixtures."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import count

from harness.reference.uptivity.state import EPOCH, USERS, Agent, Device, Recording, Role, World, us_time

_FIRST = ("John", "Grace", "Ines", "Omar", "Lena", "Yusuf", "Mary-Ann", "Piet")
_LAST = ("Smith", "Kerber", "Ortega", "Nasser", "Vogt", "Aydin", "O'Neill", "de Boer")
_TERMS = {
    "agent": "Agent", "ani": "CallerID ANI", "callcopygroup": "CallCopy group", "devicealias": "Agent Number",
    "deviceid": "Voice Port", "dnis": "Number Called DNIS", "gate": "ACD Gate", "group": "Group",
    "user1": "Account Number", "user2": "CSN",
}  # fmt: skip
_GROUPS = ("Sales & Marketing", "Support", "Billing")
_ROLES = ("DefaultRole", "Supervisor", "Auditor")
_STATIONS = ("BOBDABUILDER", "JamesBond", "COMPUTER1", "COMPUTER2")
RECORDINGS = 16
_DAY = 86_400


class DefaultWorld:
    """Fills a world.

    Args:
        world: to fill.
        rows: how many finished recordings there are.
    """

    def __init__(self, world: World, rows: int | None) -> None:
        self._world, self._random = world, random.Random(world.seed)  # noqa: S311  nothing is kept secret
        self._rows = RECORDINGS if rows is None else rows
        self._first = 13_101 + 1000 * (world.seed % 7)
        world.ids = {"agent": count(1), "group": count(11), "role": count(1), "recording": count(self._first)}
        world.terms = dict(_TERMS)
        self._people()
        self._phones()
        for _ in range(self._rows):
            self._recording()
        self._agents = list(world.agents.values())
        self._recordings = list(world.recordings.values())

    def _people(self) -> None:
        world = self._world
        for place, (first, last) in enumerate(zip(_FIRST, _LAST, strict=True)):
            number = world.next_id("agent")
            name = f"{first[0]}{last}".lower().replace("'", "").replace(" ", "")
            agent = Agent(
                id=number, first=first, last=last, employee=str(500 + number), sys_user=name,
                crm_user=f"CC{name.upper()}", domain="Uptivity", email=f"{name}@uptivity.example",
                username=f"{name}1", site="1", added=us_time(EPOCH - 90 * _DAY), changed=us_time(EPOCH - 30 * _DAY),
                phones=[str(1111 + 101 * place)],
            )  # fmt: skip
            world.agents[number] = world.holders[agent.phones[0]] = agent
            world.screens[f"PC-{number}"] = {
                "DOMAIN": "uptivity.example", "IPADDRESS": f"10.100.5.{90 + number}", "STATUS": "AVAILABLE",
                "APPLICATIONTITLE": "Internet Explorer", "LASTUPDATE": "Feb 2 2011 4:53PM", "user": agent.username,
            }  # fmt: skip
        for name in _GROUPS:
            number = world.next_id("group")
            world.groups[number] = name
            world.members[number], world.viewers[number] = set(), set()
        for name in _ROLES:
            number = world.next_id("role")
            world.roles[number] = Role(id=number, name=name)

    def _phones(self) -> None:
        world = self._world
        own = [(agent.phones[0], f"{3545 + 7 * place}", False) for place, agent in enumerate(world.agents.values())]
        free = [("7008", "", False), ("7009", "", False), ("7010", "", False)]
        trunks = [("9001", "", True), ("9002", "", True)]
        fresh = [("8001", "", False), ("8002", "", False), ("8003", "", False)]
        self.free, self.trunks = [one[0] for one in free + fresh], [one[0] for one in trunks]
        self.fresh = [one[0] for one in fresh]
        for place, (name, alias, trunk) in enumerate(own + free + trunks + fresh):
            world.add(Device(id=name, alias=alias, trunk=trunk, core=world.cores[place % len(world.cores)]))
        self._recorded = [one[0] for one in own + free]
        world.stations = [(name, self._recorded[place]) for place, name in enumerate(_STATIONS)]

    def _recording(self) -> None:
        world, number = self._world, self._world.next_id("recording")
        place = number - self._first
        device = world.devices[self._recorded[place % len(self._recorded)]]
        agent = world.agent_of(device.id)
        began = EPOCH - (self._rows - place) * 3600 - self._random.randrange(600)
        values = dict.fromkeys(USERS, "")
        values |= {
            "USER1": ("Gold Level", "Silver Level")[place % 2], "USER2": f"Customer {564_582 + place}",
            "USER3": f"{place % 3}", "GROUP": str(12 + place % 2), "GATE": "80", "DNIS": "8889225526",
            "ANI": f"614555{1212 + place}", "CALLDIRECTION": "IO"[place % 2], "CALLID": f"{10_000 + place:015}",
        }  # fmt: skip
        recording = Recording(
            id=number, device=device.id, alias=device.alias, agent=agent, values=values, began=began,
            sys_user=agent.sys_user if agent else "", crm_user=agent.crm_user if agent else "",
            ended=began + 1 + self._random.randrange(1, 5), global_id=f"{number:015}",
            filename=f"C:\\Recordings\\{device.id}\\{device.id}-{number}.wav",
        )  # fmt: skip
        world.recordings[number] = device.recorded = recording

    def fixtures(self) -> Mapping[str, object]:
        """The objects of the world by fixture key."""
        world, agents, recordings = self._world, self._agents, self._recordings
        return {
            "device_ids": [agent.phones[0] for agent in agents] + self.free[:3],
            "device_aliases": [world.devices[agent.phones[0]].alias for agent in agents],
            "device_ids_without_agent": self.free,
            "device_ids_never_recorded": self.fresh,
            "trunk_device_ids": self.trunks,
            "agent_ids": [agent.id for agent in agents],
            "agent_first_names": [agent.first for agent in agents],
            "agent_last_names": [agent.last for agent in agents],
            "agent_device_ids": [agent.phones[0] for agent in agents],
            "employee_ids": [agent.employee for agent in agents],
            "sys_users": [agent.sys_user for agent in agents],
            "crm_users": [agent.crm_user for agent in agents],
            "usernames": [agent.username for agent in agents],
            "group_names": list(_GROUPS),
            "group_ids": [number for number, name in world.groups.items() if name in _GROUPS],
            "role_names": list(_ROLES),
            "role_ids": [role.id for role in world.roles.values() if role.name in _ROLES],
            "recording_ids": [one.id for one in recordings],
            "recording_user2": [one.values["USER2"] for one in recordings],
            "recording_device_ids": [one.device for one in recordings],
            "recording_times": [int(one.began) for one in recordings],
            "station_names": list(_STATIONS),
            "station_device_ids": self._recorded[: len(_STATIONS)],
            "computer_names": list(world.screens),
            "location_ids": list(world.locations),
            "site_ids": list(world.sites),
            "media_formats": ["WAV", "MP3", "VOX", "M4A", "CAV"],
        }
