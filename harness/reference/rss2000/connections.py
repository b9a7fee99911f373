"""H.323 connections: their list, the recording of each step by step, quick records."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.reference.faults import FaultSet
from harness.reference.rss2000.call import Call, Handler, Outcome, RefusedError, Value
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.groups import Groups
from harness.reference.rss2000.state import MENU, PAUSED, RUNNING, STATUS, Link, Silent, World, date_text, moment

_ASKED = ("RATE", "DUALVIDEO", "IFRAMEINTERVAL", "BROADCAST", "VIEWRIGHT", "REFERENCEID")
_DEFAULTS = {
    "RATE": "384",
    "DUALVIDEO": "0",
    "IFRAMEINTERVAL": "1",
    "BROADCAST": "0",
    "VIEWRIGHT": "1",
    "REFERENCEID": "",
}
_OTHER_STATUS, _CHINESE = ("菜单", "录制", "暂停"), ("cn", "1")
_LONGEST_REFERENCE, _SPECIFIED = 30, "2"
# Fault reference-cut.
_CUT = 16


class Connections:
    """Who is connected, and what is recorded of it.

    Args:
        world: the connections.
        groups: who may view what is recorded.
        choices: readings.
        faults: those that are on.
    """

    def __init__(self, world: World, groups: Groups, choices: Choices, faults: FaultSet) -> None:
        self._world, self._groups, self._choices, self._on = world, groups, choices, faults.on

        self._called = ""  # fault quick-address-of-before

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "GETEPLINK": self._list,
            "STARTROOMRECORD": lambda call: self._step(call, (MENU,), self._start),
            "PAUSEROOMRECORD": lambda call: self._step(call, (RUNNING,), self._pause),
            "CONTINUEROOMRECORD": lambda call: self._step(call, (PAUSED,), self._continue),
            "STOPROOMRECORD": lambda call: self._step(call, (RUNNING, PAUSED), self._stop),
            "HANGUP": self._hang_up,
            "STARTQUICKRECORD": self._quick,
        }

    def _shown(self, link: Link, language: str) -> dict[str, Value]:
        texts = _OTHER_STATUS if self._choices.status_words and language in _CHINESE else STATUS
        status = str(link.state)
        if self._on("paused-index") and link.state == PAUSED:
            status = "1"
        return {
            "INDEX": str(link.index),
            "STATUS": link.told or texts[link.state],
            "STATUS_INDEX": status,
            **link.values,
        }

    def _list(self, call: Call) -> Outcome:
        return Outcome(
            confirms=[self._shown(link, call.text("LANG")) for link in self._world.links.values()], changed=False
        )

    def _link(self, call: Call) -> Link | None:
        text = call.text("INDEX")
        return self._world.links.get(int(text)) if text.isdecimal() and len(text) < 10 else None

    def _found(self, call: Call) -> Link:
        link = self._link(call)
        if link is None:
            raise RefusedError("There is no connection of this index")
        return link

    def _step(self, call: Call, allowed: tuple[int, ...], do: Callable[[Link], None]) -> Outcome:
        """Do a step where the state allows it; elsewhere nothing happens, whatever is answered."""
        link = self._found(call)
        outcome = Outcome(confirms=[{"INDEX": str(link.index)}])
        if self._on("step-on-first-told") and call.name == "PAUSEROOMRECORD":
            outcome.told = {"INDEX": str(min(self._world.links))}
        if self._on("pause-while-idle") and call.name == "PAUSEROOMRECORD":
            allowed = (MENU, RUNNING)
        if self._on("stop-not-while-paused") and call.name == "STOPROOMRECORD":
            allowed = (RUNNING,)
        if link.state not in allowed:
            restarted = call.name == "STARTROOMRECORD" and link.state == PAUSED
            answer = self._choices.paused_start if restarted else self._choices.idle_step
            if answer == "refused":
                raise RefusedError(f"The connection is in state {STATUS[link.state]}")
            if answer == "resumed":
                self._continue(link)
                return outcome
            outcome.changed = False
            return outcome
        if call.name == "STARTROOMRECORD":
            self._room_for_one()
        do(link)
        return outcome

    def _room_for_one(self) -> None:
        """Refuse more recordings, or more connections, than the device says that it can do."""
        links, system = self._world.links, self._world.system
        recorded = sum(link.state != MENU for link in links.values())
        if recorded >= int(system["RECABILITY"]) or len(links) >= int(system["H323COUNT"]):
            raise RefusedError("Everything is in use")

    def _start(self, link: Link) -> None:
        link.state, link.began = RUNNING, self._world.clock()
        if self._on("start-spreads"):
            following = self._world.links.get(link.index + 1)
            if following is not None and following.state == MENU:
                following.state = RUNNING

    def _pause(self, link: Link) -> None:
        link.state = PAUSED
        if self._on("pause-spreads"):
            for other in self._world.links.values():
                other.state = PAUSED if other.state == RUNNING else other.state
        if self._on("text-stays-paused"):
            link.told = STATUS[PAUSED]

    def _continue(self, link: Link) -> None:
        link.state = RUNNING
        if self._on("continue-stops"):
            self._recorded(link)
            link.state = MENU

    def _stop(self, link: Link) -> None:
        links = self._world.links
        if self._on("stops-first-running"):
            link = next((one for one in links.values() if one.state == RUNNING), link)
        if self._on("stop-pauses-second") and any(one.state == RUNNING for one in links.values() if one is not link):
            link.state = PAUSED
            return
        link.state, link.told = MENU, ""
        self._recorded(link)

    def _recorded(self, link: Link) -> None:
        """A recording is over: it is an archive now."""
        world, asked = self._world, {**_DEFAULTS, **link.quick}
        began = world.now() - (world.clock() - link.began)
        name = f"{link.values['H323'] or link.values['IP']}_{date_text(moment(began)).replace(' ', '_')}"
        length = int(world.clock() - link.began)
        values = {
            "SIZE": str(1 + length * int(asked["RATE"]) // 8),
            "RATE": asked["RATE"],
            "H239": asked["DUALVIDEO"],
            "VIDEO_FORMAT": link.values["VIDEO"],
            "ACCESSTYPE": asked["VIEWRIGHT"],
            "REFERENCEID": asked["REFERENCEID"] or Silent(),
        }
        world.add_archive(name, began, length, values, list(link.viewers))

    def _hang_up(self, call: Call) -> Outcome:
        if self._choices.unknown_hang_up and self._link(call) is None:
            return Outcome(confirms=[{"INDEX": call.text("INDEX")}], changed=False)
        link = self._found(call)
        if link.state != MENU:
            self._recorded(link)
        if self._on("hang-up-leaves-recording") and link.state != MENU:
            return Outcome(confirms=[{"INDEX": str(link.index)}])
        del self._world.links[link.index]
        return Outcome(confirms=[{"INDEX": str(link.index)}])

    def _quick(self, call: Call) -> Outcome:
        world, address = self._world, call.text("IP_NUM")
        if not address:
            raise RefusedError("IP_NUM cannot be blank")
        if self._choices.quick_index == "failed":
            raise RefusedError("Nobody is there")
        reference = call.text("REFERENCEID")
        if len(reference) > _LONGEST_REFERENCE and self._choices.long_reference != "cut":
            raise RefusedError("REFERENCEID is too long")
        viewers = self._groups.kept(self._groups.checked(call.all("VIEWID")), call.text("VIEWRIGHT") == _SPECIFIED)
        self._room_for_one()
        asked = {**_DEFAULTS, **call.changes(*_ASKED), "REFERENCEID": reference[:_LONGEST_REFERENCE]}
        if self._on("reference-cut"):
            asked["REFERENCEID"] = asked["REFERENCEID"][:_CUT]
        link = world.add_link(address, {"H239": asked["DUALVIDEO"]})
        link.state, link.began, link.quick, link.viewers = RUNNING, world.clock(), asked, viewers
        groups, told = self._groups, self._groups.told(viewers, asked["VIEWRIGHT"] == _SPECIFIED)
        number = "0" if self._choices.quick_index == "zero" else str(link.index)
        confirm: dict[str, Value] = {
            **asked,
            "INDEX": number,
            "ROOM_ID": address, "ROOM_NUM": "", "H239": asked["DUALVIDEO"], "PARTINOW": "0", "PARTIMAX": "0",
            "STATUS_INDEX": str(link.state), "STATUS": STATUS[link.state], "RECORDRIGHT": "0", "VIDEO_FORMAT": "3",
            "NOTIN_REC": groups.outside(()),
            "VIEWID": [(one, "") for one, _ in groups.inside(told)],
            "VIEWIDEXT": groups.inside(told),
            "NOTIN_VIEW": groups.outside(told),
        }  # fmt: skip
        if self._on("quick-content-off"):
            confirm["H239"] = "0"
        if self._on("quick-address-of-before"):
            confirm["ROOM_ID"], self._called = self._called or address, address
        return Outcome(confirms=[confirm])
