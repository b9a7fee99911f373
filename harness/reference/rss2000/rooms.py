"""Single-point settings and point-to-point rooms."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.faults import FaultSet
from harness.reference.rss2000.call import Call, Handler, Outcome, RefusedError, Value, nothing
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.groups import Groups
from harness.reference.rss2000.state import Room, World

_SINGLE = "single-point"
_ROOM_FIELDS = (
    "ROOM_ID", "ROOM_NUM", "DUALVIDEO", "BROADCAST", "RATE", "VIDEO_FORMAT", "RECORDRIGHT", "VIEWRIGHT", "IFRAMEINTERVAL",
)  # fmt: skip
_DEFAULTS = {
    "ROOM_ID": "", "ROOM_NUM": "", "DUALVIDEO": "0", "BROADCAST": "0", "RATE": "768", "VIDEO_FORMAT": "3", "RECORDRIGHT": "0",
    "VIEWRIGHT": "1", "IFRAMEINTERVAL": "1", "PARTINOW": "0", "PARTIMAX": "2",
}  # fmt: skip
_SPECIFIED, _LISTED = "2", "1"


class Rooms:
    """Where recordings are made.

    Args:
        world: rooms and settings.
        groups: who may join and view.
        choices: readings.
        faults: those that are on.
    """

    def __init__(self, world: World, groups: Groups, choices: Choices, faults: FaultSet) -> None:
        self._world, self._groups, self._choices, self._on = world, groups, choices, faults.on

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "GETSP": self._get_single,
            "SETSP": self._set_single,
            "GETROOM": self._get,
            "ADDROOM": self._add,
            "MODROOM": self._modify,
            "DELROOM": self._delete,
        }

    def _single(self) -> dict[str, Value]:
        values = self._world.settings[_SINGLE]
        ids = self._groups.told(self._world.single_point, values["RECORDRIGHT"] == _LISTED)
        return {
            **values,
            "RECORDID": [(one, "") for one in self._groups.kept_ids(ids)],
            "RECORDIDEXT": self._groups.inside(ids),
            "NOTIN": self._groups.outside(() if self._on("single-point-complement") else ids),
        }

    def _get_single(self, _call: Call) -> Outcome:
        return Outcome(confirms=[self._single()], changed=False)

    def _set_single(self, call: Call) -> Outcome:
        world, values = self._world, self._world.settings[_SINGLE]
        groups = self._groups.checked(call.all("RECORDID"))
        values.update(call.changes(*values))
        groups = self._groups.kept(groups, values["RECORDRIGHT"] == _LISTED)
        world.single_point = groups[:1] if self._on("single-point-first-group") else groups
        outcome = Outcome(confirms=[self._single()])
        if self._on("single-point-view-right") and values["VIEWRIGHT"] == _SPECIFIED:
            values["VIEWRIGHT"] = "1"
        return outcome

    def _brief(self, room: Room) -> dict[str, Value]:
        """A room without its lists."""
        content = room.values["DUALVIDEO"]
        if self._on("content-option-stale"):
            content = room.values.get("H239", content)
        return {
            **room.values,
            "INDEX": str(room.index),
            "H239": content,
            "STATUS_INDEX": "0",
            "STATUS": self._choices.room_text,
        }

    def _whole(self, room: Room) -> dict[str, Value]:
        groups = self._groups
        joiners = groups.told(room.joiners, room.values["RECORDRIGHT"] == _LISTED)
        viewers = groups.told(room.viewers, room.values["VIEWRIGHT"] == _SPECIFIED)
        outside = groups.outside([*viewers, *joiners] if self._on("room-complement") else viewers)
        return {
            **self._brief(room),
            "RECORDID": [(one, "") for one in groups.kept_ids(joiners)],
            "RECORDIDEXT": groups.inside(joiners),
            "NOTIN_REC": groups.outside(joiners),
            "VIEWID": [(one, "") for one in groups.kept_ids(viewers)],
            "VIEWIDEXT": groups.inside(viewers),
            "NOTIN_VIEW": [(one, "") for one, _ in outside] if self._choices.bare_complement else outside,
        }

    def _get(self, call: Call) -> Outcome:
        if not call.text("INDEX"):
            rooms = sorted(self._world.rooms.values(), key=lambda room: room.index)
            shown = self._whole if self._choices.all_details else self._brief
            return Outcome(confirms=[shown(room) for room in rooms], changed=False)
        found = self._room(call)
        if found is None:
            return nothing(self._choices, "There is no room of this index")
        return Outcome(confirms=[self._whole(found)], changed=False)

    def _room(self, call: Call) -> Room | None:
        text = call.text("INDEX")
        return self._world.rooms.get(int(text)) if text.isdecimal() and len(text) < 10 else None

    def _found(self, call: Call) -> Room:
        room = self._room(call)
        if room is None:
            raise RefusedError("There is no room of this index")
        return room

    def _add(self, call: Call) -> Outcome:
        world = self._world
        joiners, viewers = self._groups.checked(call.all("RECORDID")), self._groups.checked(call.all("VIEWID"))
        index = next(number for number in range(len(world.rooms) + 1) if number not in world.rooms)
        if self._on("room-index-in-use") and max(world.rooms, default=0) >= len(world.rooms):
            index = max(world.rooms)
        values = {**_DEFAULTS, **call.changes(*_ROOM_FIELDS)}
        self._unlike_others(values, None)
        dropped = self._choices.added_lists == "dropped"
        joiners = [] if dropped else self._groups.kept(joiners, values["RECORDRIGHT"] == _LISTED)
        viewers = [] if dropped else self._groups.kept(viewers, values["VIEWRIGHT"] == _SPECIFIED)
        room = Room(index=index, values=values, joiners=joiners, viewers=viewers)
        world.rooms[index] = room
        shown = self._whole(room)
        if self._choices.zero_index:
            shown["INDEX"] = "0"
        outcome = Outcome(confirms=[shown])
        if self._on("added-view-right-lost") and values["VIEWRIGHT"] == _SPECIFIED:
            values["VIEWRIGHT"] = "1"
        return outcome

    def _unlike_others(self, values: Mapping[str, str], room: Room | None) -> None:
        """Refuse a name or a number of another room, where the reading says so."""
        if self._choices.same_room:
            return
        for other in self._world.rooms.values():
            if other is not room and any(other.values[name] == values[name] for name in ("ROOM_ID", "ROOM_NUM")):
                raise RefusedError("Another room has this name or this number")

    def _modify(self, call: Call) -> Outcome:
        room = self._found(call)
        if self._choices.room_found != "index" and room.values["ROOM_ID"] != call.text("ROOM_ID"):
            named = [one for one in self._world.rooms.values() if one.values["ROOM_ID"] == call.text("ROOM_ID")]
            if self._choices.room_found == "refused" or not named:
                raise RefusedError("There is no such room")
            room = named[0]
        self._unlike_others({**room.values, **call.changes("ROOM_ID", "ROOM_NUM")}, room)
        joiners, viewers = self._groups.checked(call.all("RECORDID")), self._groups.checked(call.all("VIEWID"))
        before = dict(room.values)
        room.values.update(call.changes(*_ROOM_FIELDS))
        if call.has("RECORDID") or call.has("RECORDRIGHT"):
            room.joiners = self._groups.kept(joiners, room.values["RECORDRIGHT"] == _LISTED)
        if call.has("VIEWID") or call.has("VIEWRIGHT"):
            room.viewers = self._groups.kept(viewers, room.values["VIEWRIGHT"] == _SPECIFIED)
        outcome = Outcome(confirms=[self._whole(room)])
        if self._on("content-option-stale"):
            room.values["H239"] = before["DUALVIDEO"]
        if self._on("room-lists-swapped"):
            room.joiners, room.viewers = room.viewers, room.joiners
        if self._on("video-format-not-changed"):
            room.values["VIDEO_FORMAT"] = before["VIDEO_FORMAT"]
        if self._on("rate-of-first-room"):
            first = self._world.rooms[min(self._world.rooms)]
            rate, room.values["RATE"] = room.values["RATE"], before["RATE"]
            first.values["RATE"] = rate
        return outcome

    def _delete(self, call: Call) -> Outcome:
        room, rooms = self._found(call), self._world.rooms
        index = told = room.index
        if self._on("room-by-position"):
            index = sorted(rooms)[min(index, len(rooms) - 1)]
        del rooms[index]
        if self._choices.moved_rooms:
            self._world.rooms = {place: rooms[number] for place, number in enumerate(sorted(rooms))}
            for place, one in self._world.rooms.items():
                one.index = place
        return Outcome(confirms=[{"INDEX": str(told)}])
