"""What the calls of a device must be after what was done, under every reading of the document; what readings leave open is not known.

`up` of a call is None where readings differ, and `given` where its values are not known; the status then tells nothing of it.
"""

from __future__ import annotations

from collections import Counter

from fuzz.uptivity.calls import NO_VALUES, Call, is_certain, is_last, is_up, other_instance, unlike, value_of
from harness.fuzzing.document_kit import FAILURE, SUCCESS, DocumentTurn
from harness.messages.documentreply import Result
from harness.spec.model import System
from harness.target import Target
from harness.verdict import Check


class Model:
    """The calls of one script, or of one run of steps."""

    def __init__(self, system: System, target: Target) -> None:
        self._system = system
        self._known = set(target.fixture_texts("agent_device_ids")) or set(target.fixture_texts("device_ids"))
        self.calls: dict[str, dict[str, Call]] = {}
        self._spoiled: set[str] = set()  # devices on which something was done that is not known
        self._time = 0
        self._events: Counter[tuple[str, str, str, str]] = Counter()  # connection, type, device, instance
        self._due: dict[tuple[str, str, str, str], int] = {}
        self._perhaps: Counter[tuple[str, str, str]] = (
            Counter()
        )  # type, device, instance: events that readings bring about
        self.watches: dict[str, int] = {}  # connection -> since when it is told of all calls
        self.chats: set[str] = set()
        self._does = {
            "CHATSTART": self._chat, "CHATUPDATE": self._chat, "CHATSTOP": self._chat,
            "CALLSTART": self._begin, "CALLSTOP": self._end, "CALLUPDATE": self._update, "RECORDSTART": self._partial, "RECORDSTOP": self._partial,
            "BLACKOUTSTART": self._touch, "BLACKOUTSTOP": self._touch, "AGENTBLACKOUTSTART": self._touch, "AGENTBLACKOUTSTOP": self._touch,
        }  # fmt: skip

    # what is done

    def see(self, turn: DocumentTurn) -> list[Check]:
        """See `harness.fuzzing.document_kit.Model`."""
        self._time += 1
        asked, outcome = turn.asked, turn.outcome
        if asked.function == "EVENTS" and outcome == SUCCESS and asked.value("EVENTCLASS") in ("ALL", "CALL"):
            self.watches.setdefault(turn.link, self._time)
        device, instance = asked.value("DEVICEID") or "", asked.value("CALLINSTANCE") or ""
        what = self._does.get(asked.function)
        if what is None:
            return []
        if what == self._chat:
            return self._chat(turn, "", "")
        if not asked.plain or device not in self._known or not outcome:
            if outcome != FAILURE or not asked.plain:
                self._spoiled.add(device)
            return []
        return what(turn, device, instance)

    def _begin(self, turn: DocumentTurn, device: str, instance: str) -> list[Check]:
        calls = self.calls.setdefault(device, {})
        before = calls.get(instance)
        if not instance or (before is not None and before.up is not False):
            self._blur(device, instance)  # UPT-AMB-065
            return []
        if turn.outcome == FAILURE and not all(is_certain(*one) for one in turn.asked.fields):
            calls[instance] = Call(instance, up=False, begun=self._time, touched=self._time)
            return []
        if turn.outcome == FAILURE:
            return self._must(turn, "UPT-CALLSTART", "UPT-MSG-015" if turn.asked.road == "stream" else "UPT-WEB-004")
        given = {name: value for name, value in turn.asked.fields if name not in NO_VALUES}
        calls[instance] = Call(instance, given, True, self._time, self._time)
        self._expect("CALLSTART", device, instance)
        return []

    def _end(self, turn: DocumentTurn, device: str, instance: str) -> list[Check]:
        call = self._named(device, instance)
        if call is None:
            if turn.outcome == SUCCESS:
                self._blur(device, instance)
            return []
        if turn.outcome == FAILURE:
            return self._must(turn, "UPT-CAL-014") if call.up else []
        if call.up:
            self._expect("CALLSTOP", device, call.instance)
        elif call.up is None:
            self._perhaps["CALLSTOP", device, call.instance] += 1
        call.up, call.touched = False, self._time
        return []

    def _update(self, turn: DocumentTurn, device: str, instance: str) -> list[Check]:
        if turn.outcome == FAILURE:
            return []
        call = self._named(device, instance)
        if call is None or not call.up:
            self._blur(device, instance, values=True)
            return []
        call.touched = self._time
        if call.given is not None:
            call.given |= {name: value for name, value in turn.asked.fields if name not in NO_VALUES}
        return []

    def _partial(self, turn: DocumentTurn, device: str, instance: str) -> list[Check]:
        """A further recording begins or ends; what its end ends besides is UPT-AMB-071."""
        for call in self._meant(device, instance):
            call.touched = self._time
            if turn.asked.function == "RECORDSTOP" and turn.outcome == SUCCESS:
                call.up = None if call.up else call.up
                self._perhaps["CALLSTOP", device, call.instance] += 1
            if len(turn.asked.fields) > 2:
                call.given = None  # UPT-AMB-073
        return []

    def _touch(self, _turn: DocumentTurn, device: str, instance: str) -> list[Check]:
        """A blackout: the call goes on as it was."""
        for call in self._meant(device, instance):
            call.touched = self._time
        return []

    def _chat(self, turn: DocumentTurn, _device: str, _instance: str) -> list[Check]:
        session = turn.asked.value("SESSIONID") or ""
        begins, ends = turn.asked.function == "CHATSTART", turn.asked.function == "CHATSTOP"
        if not turn.asked.plain or not turn.outcome:
            self.chats.discard(session)
        elif session in self.chats and turn.outcome == FAILURE and not begins:
            return self._must(turn, "UPT-CHT-005" if ends else "UPT-CHT-007", "UPT-CHT-006")
        elif begins and turn.outcome == SUCCESS:
            self.chats.add(session)
        elif ends:
            self.chats.discard(session)
        return []

    def _named(self, device: str, instance: str) -> Call | None:
        """The call that a request means; None where that is open."""
        calls = self.calls.get(device, {})
        if instance:
            return calls.get(instance)
        if device in self._spoiled or not calls or any(call.up is None for call in calls.values()):
            return None
        last = max(calls.values(), key=lambda call: call.begun)
        return last if last.up and is_last(last, calls.values()) else None

    def _meant(self, device: str, instance: str) -> list[Call]:
        """The calls that a request may mean."""
        calls = self.calls.get(device, {})
        return [calls[instance]] if instance in calls else list(calls.values())

    def _blur(self, device: str, instance: str, *, values: bool = False) -> None:
        """It is open what became of a call, or of all of the device where the request names none."""
        for call in self._meant(device, instance):
            self._perhaps.update((event_type, device, call.instance) for event_type in ("CALLSTART", "CALLSTOP"))
            call.given = None if values or instance else call.given
            if not values:
                call.up = None
        if instance and instance not in self.calls.get(device, {}):
            self._spoiled.add(device)

    def _must(self, turn: DocumentTurn, *clauses: str) -> list[Check]:
        if turn.result.code == "46" or turn.result.code in self._internal():
            return []
        return [
            _check(
                "model.taken", clauses, f"{turn.asked.function} to succeed", turn.result.describe(), turn.result.step
            )
        ]

    def _internal(self) -> set[str]:
        """Codes of what only the state of the device brings about."""
        return {row.code for row in self._system.errors.values() if row.internal}

    # what is shown

    def wrong(self, turn: DocumentTurn) -> list[Check]:
        """See `harness.fuzzing.document_kit.Model`."""
        asked = turn.asked
        device = asked.value("DEVICEID") or ""
        if not asked.plain or turn.outcome != SUCCESS:
            return []
        if asked.function == "DEVICELIST":
            return self._listed(turn)
        if device not in self._known or device in self._spoiled:
            return []
        if len(asked.fields) != (2 if asked.function == "CALLLIST" else 1):
            return []
        calls = self.calls.get(device, {})
        if asked.function == "CALLLIST":
            return self._recorded(turn, calls)
        if asked.function == "DEVICERECORDINGSTATUS":
            return self._instances(turn, device, calls)
        if asked.function == "DEVICESTATUS":
            return self._shown(turn, device, calls)
        return []

    def _instances(self, turn: DocumentTurn, device: str, calls: dict[str, Call]) -> list[Check]:
        there = turn.result.everywhere("RECORDING")
        for call in calls.values():
            mine = [one for one in there if value_of(one, "CALLINSTANCE") == call.instance]
            up = [one for one in mine if is_up(one)]
            who = f"instance {call.instance} of {device}"
            if call.up is False and up and call.begun:
                return [_shown("model.over", ("UPT-CAL-018", "UPT-CAL-014"), f"{who} over", "it is up", turn)]
            if call.up and (wrong := unlike(up[0] if up else None, call)):
                return [
                    _shown("model.instance", ("UPT-DEV-010", "UPT-CAL-004"), f"{who}, up, with its values", wrong, turn)
                ]
            if call.up and len(up) > 1:
                return [_shown("model.twice", ("UPT-DEV-010",), f"{who} once", f"{len(up)} times", turn)]
        return []

    def _shown(self, turn: DocumentTurn, device: str, calls: dict[str, Call]) -> list[Check]:
        up = [call for call in calls.values() if call.up]
        if not up or any(call.up is None for call in calls.values()):
            return []
        last = max(up, key=lambda call: call.begun)
        one = next((one for one in turn.result.everywhere("DEVICE") if one.get("DEVICEID") == device), None)
        if one is None:
            return [_shown("model.device", ("UPT-DEV-020", "UPT-DEV-001"), f"device {device}", "it is not there", turn)]
        certain = is_last(last, calls.values())
        fits = [last] if certain else [call for call in up if call.instance == value_of(one, "CALLINSTANCE")]
        wrong = (
            unlike(one, fits[0]) or other_instance(one, fits[0])
            if fits
            else f"instance {value_of(one, 'CALLINSTANCE')!r}"
        )
        if not wrong:
            return []
        expected = (
            f"{device} with instance {fits[0].instance} and its values" if fits else f"{device} with a call that is up"
        )
        return [_shown("model.shown", ("UPT-CAL-003", "UPT-DEV-006", "UPT-DEV-007"), expected, wrong, turn)]

    def _recorded(self, turn: DocumentTurn, calls: dict[str, Call]) -> list[Check]:
        """The record of a call that is over has the values that it was last given; which calls are recorded is UPT-AMB-068."""
        mark = turn.asked.value("USER2")
        call = next(
            (one for one in calls.values() if one.given and one.given.get("USER2") == mark and one.up is False), None
        )
        for one in turn.result.everywhere("SEARCHRESULT"):
            if call is None or call.given is None or one.get("USER2") != mark:
                continue
            users = {name: value for name, value in call.given.items() if name.startswith("USER")}
            if wrong := unlike(one, Call(call.instance, users)):
                expected = f"the record of instance {call.instance} with its values"
                return [_shown("model.recorded", ("UPT-CAL-029",), expected, wrong, turn)]
        return []

    def _listed(self, turn: DocumentTurn) -> list[Check]:
        names = Counter(one.get("DEVICEID") for one in turn.result.everywhere("DEVICE"))
        for device, calls in self.calls.items():
            if names[device] != 1 and device not in self._spoiled and any(call.up for call in calls.values()):
                return [
                    _shown(
                        "model.listed", ("UPT-DEV-001", "UPT-DEV-002"), f"{device} once", f"{names[device]} times", turn
                    )
                ]
        return []

    # events

    def _expect(self, event_type: str, device: str, instance: str) -> None:
        for link in self.watches:
            self._due[link, event_type, device, instance] = self._due.get((link, event_type, device, instance), 0) + 1

    def told(self, event: Result, link: str) -> list[Check]:
        """See `harness.fuzzing.document_kit.Model`."""
        instance = event.data.get("CALLINSTANCE") or ""
        owner = [device for device, calls in self.calls.items() if instance in calls]
        device = event.data.get("DEVICEID") or ""
        if event.event_type not in ("CALLSTART", "CALLSTOP") or not instance:
            return []
        self._events[link, event.event_type, device, instance] += 1
        if owner and device not in owner:
            return [_check("model.event-device", ("UPT-EVT-009",), " or ".join(owner), device, event.step)]
        return []

    def missing(self) -> list[Check]:
        """See `harness.fuzzing.document_kit.Model`; and events that came too often, for one may come before the result that it is due to."""
        clause = {"CALLSTART": "UPT-EVT-011", "CALLSTOP": "UPT-EVT-012"}
        for key in self._due.keys() | self._events.keys():
            _, event_type, device, instance = key
            due, came = self._due.get(key, 0), self._events[key]
            if device in self._spoiled or not self._is_known(device, instance):
                continue
            what = f"{event_type} of instance {instance} of {device}"
            if came < due:
                return [_check("model.event", ("UPT-EVT-001", clause[event_type]), f"{what} to be told", "nothing", -1)]
            if came > max(due + self._perhaps[event_type, device, instance], 1):
                return [_check("model.event-once", ("UPT-EVT-005",), f"{what} {due} times", f"{came} times", -1)]
        return []

    def _is_known(self, device: str, instance: str) -> bool:
        call = self.calls.get(device, {}).get(instance)
        return call is not None and call.up is not None

    def ended(self, link: str) -> None:
        """A connection has ended: it is told of nothing any more."""
        self.watches.pop(link, None)
        self._due = {key: count for key, count in self._due.items() if key[0] != link}
        self._events = Counter({key: count for key, count in self._events.items() if key[0] != link})


def _check(name: str, clauses: tuple[str, ...], expected: str, got: str, step: int) -> Check:
    return Check(id=name, clauses=clauses, passed=False, expected=expected, got=got, step=step)


def _shown(name: str, clauses: tuple[str, ...], expected: str, got: str, turn: DocumentTurn) -> Check:
    more = ("UPT-MSG-015",) if turn.asked.road == "stream" else ("UPT-WEB-005",)
    return _check(name, (*clauses, *more), expected, got, turn.result.step)
