"""CALLLIST: recordings that fit."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping

from harness.reference.uptivity.asking import Ask, Handler, Outcome, RefusedError
from harness.reference.uptivity.functions import Common
from harness.reference.uptivity.state import USERS, Recording

_VALUES = ("GROUP", "GATE", "ANI", "DNIS", *USERS)
_FILTERS = ("DEVICEID", "DEVICEALIAS", "SYS_USER", "CRM_USER", *_VALUES)
_MOST = 10_000
_LIMIT = 200  # where a reading has it that the device spares its database


class CallList:
    """Carries out CALLLIST.

    Args:
        common: what all parts share.
    """

    def __init__(self, common: Common) -> None:
        self._world, self._choices, self._on = common.world, common.choices, common.setup.faults.on
        self._writer = common.writer
        answer = common.setup.model.operations["CALLLIST"].answer
        assert answer is not None
        self._known = next(iter(answer.sections.values())).values

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {"CALLLIST": self._list}

    def stored(self, recording: Recording, name: str) -> str:
        """A value of a recording."""
        match name:
            case "DEVICEID":
                return recording.device
            case "DEVICEALIAS":
                return recording.alias
            case "SYS_USER" | "CRM_USER":
                if self._choices("list-user") == "agent" and recording.agent is not None:
                    return recording.agent.sys_user if name == "SYS_USER" else recording.agent.crm_user
                return recording.sys_user if name == "SYS_USER" else recording.crm_user
        return recording.values.get(name, "")

    def _list(self, ask: Ask) -> Outcome:
        filters = {
            name: ask.values[name]
            for name in _FILTERS
            if name in ask.values and (ask.values[name] or self._choices("blank-filter") == "blank")
        }
        if self._on("filter-user11-ignored"):
            filters.pop("USER11", None)
        most = self._count(ask)
        dated = "CALLDATESTART" in ask.values or "CALLDATEEND" in ask.values
        if most is None and self._choices("many") == "refused" and not filters and not dated:
            raise RefusedError("invalid-message-format", "Too many recordings would fit")
        if most is None and self._choices("many") == "limited":
            most = _LIMIT
        known: Iterable[Recording] = self._world.recordings.values()
        if self._choices("listed-when") == "started":
            known = [*known, *self._world.running.values()]
        found = [one for one in known if self._fits(one, filters) and self._within(one, ask)]
        found = self._ordered(found)
        if self._on("updated-listed-twice"):
            found = [one for one in found for _ in range(2 if one.changed else 1)]
        if self._on("last-recording-late") and found and len(self._world.recordings) > 16:
            newest = max(self._world.recordings)
            found = [one for one in found if one.id != newest]
        if most is not None:
            if self._on("count-ignored-with-dates") and dated:
                most = _MOST
            if self._on("count-off-by-one"):
                most += 1
            found = found[-most:] if self._on("bottom-instead-of-top") and dated and most else found[:most]
        if not found and self._choices("no-recording") == "refused":
            raise RefusedError("file-not-found", "No recording fits")
        rows = [self._row(place, one) for place, one in enumerate(found, 1)]
        return Outcome(values={"SEARCHRESULT": rows})

    def _count(self, ask: Ask) -> int | None:
        text = ask.text("CALLCOUNT")
        number = ask.number("CALLCOUNT")
        if not text or (number is not None and 0 < number < 2**31):
            return number
        match self._choices("wrong-count"):
            case "refused":
                raise RefusedError("invalid-message-format", "CALLCOUNT is no number above 0")
            case "none":
                return 0
        return None

    def _fits(self, recording: Recording, filters: Mapping[str, str]) -> bool:
        if self._on("filters-or") and len(filters) > 1:
            return any(self._same(self.stored(recording, name), text) for name, text in filters.items())
        return all(self._same(self.stored(recording, name), text) for name, text in filters.items())

    def _same(self, stored: str, wanted: str) -> bool:
        if self._on("filter-by-beginning"):
            return stored.startswith(wanted)
        match self._choices("compared"):
            case "folded":
                return stored.rstrip().casefold() == wanted.rstrip().casefold()
            case "pattern":
                return fnmatch.fnmatchcase(stored, wanted.replace("[", "[[]").replace("%", "*").replace("?", "[?]"))
        return stored == wanted

    def _within(self, recording: Recording, ask: Ask) -> bool:
        moment, bounds = int(recording.began), self._choices("bounds")
        first, last = ask.number("CALLDATESTART"), ask.number("CALLDATEEND")
        if self._on("end-date-ignored"):
            last = None
        if self._on("start-date-ignored-with-end") and last is not None:
            first = None
        if first is not None and (moment < first or (moment == first and bounds in ("exclusive", "end"))):
            return False
        return last is None or moment < last or (moment == last and bounds not in ("exclusive", "start"))

    def _ordered(self, found: list[Recording]) -> list[Recording]:
        match self._choices("order"):
            case "newest":
                return sorted(found, key=lambda one: (one.began, one.id), reverse=True)
            case "oldest":
                return sorted(found, key=lambda one: (one.began, one.id))
            case "number":
                return sorted(found, key=lambda one: one.id)
        return sorted(found, key=lambda one: one.id * 7919 % 1009)

    def _row(self, place: int, recording: Recording) -> dict[str, str]:
        agent = recording.agent
        if agent is not None and agent.deleted and self._on("name-lost-on-delete"):
            agent = None
        if self._on("name-of-new-holder"):
            agent = self._world.agent_of(recording.device)
        ended = recording.ended
        row = {
            "CALLNUMBER": str(place),
            "DEVICEID": recording.device,
            "DEVICEALIAS": recording.alias,
            **{name: recording.values.get(name, "") for name in _VALUES},
            "CALLDIRECTION": recording.values.get("CALLDIRECTION", ""),
            "RECORDID": str(recording.id),
            "RECORDINGTIME": str(int(recording.began)),
            "DURATION": str(round(ended - recording.began)) if ended is not None else "",
            "AGENTFIRSTNAME": agent.first if agent is not None else "",
            "AGENTLASTNAME": agent.last if agent is not None else "",
            "SYS_USER": self.stored(recording, "SYS_USER"),
            "CRM_USER": self.stored(recording, "CRM_USER"),
        }
        return self._writer.padded(self._known, row) if self._choices("padded") == "padded" else row
