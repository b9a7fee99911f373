"""Mutants of calls, partial recordings, chats and blackouts, and of the events that tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from fuzz.uptivity.breach_kit import NAMES, STATUS, After, Kit, LostAgain, Tired, both, has, lacks
from harness.mutation.document_asked import Stale
from harness.mutation.document_seen import Seen
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece
from harness.spec.model import System
from harness.wire.xmltree import Element, write_document

_CALLS = ("CALLSTART", "CALLSTOP", "CALLUPDATE", "RECORDSTART", "RECORDSTOP")
_BEGIN, _END, _UPDATE = ("CALLSTART",), ("CALLSTOP",), ("CALLUPDATE",)
_BLACKOUTS = ("BLACKOUTSTART", "BLACKOUTSTOP")
_DATA = ("GROUP", "GATE", "ANI", "DNIS", *(f"USER{number}" for number in range(1, 16)))
_LIVE, _SAVED = lacks("RECORDID"), has("RECORDID")
_FLAG = "UPDATE_IF_NOT_RECORDING"


def _by_name(sent: dict[str, str]) -> bool:
    return not sent.get("DEVICEID") and any(sent.get(name) for name in NAMES)


def _flagged(sent: dict[str, str]) -> bool:
    return sent.get(_FLAG) == "Y"


def mutants(system: System) -> Sequence[Mutant]:
    """All of them."""
    kit = Kit(system)
    _calls(kit)
    _updates(kit)
    _recordings(kit)
    _chats(kit)
    _blackouts(kit)
    return kit.made


def _other_values(value: str | None, seen: Seen) -> bytes | None:
    """Status and list with another value in the place of some, or without them."""
    if not seen.does(*STATUS, "CALLLIST"):
        return None
    names = ("USER1", "USER3", "GATE", "ANI", "CALLINSTANCE")
    return seen.each(names, lambda one: [] if value is None else [Element(one.name, value)])


def _other_calls(seen: Seen) -> bytes | None:
    return _other_values("other", seen) if seen.does(*STATUS) else None


def _calls(kit: Kit) -> None:
    system = kit.system
    kit.accept("CAL-002", _BEGIN, _by_name)
    kit.swap("CAL-002", _BEGIN, _by_name)
    kit.without("CAL-003", _BEGIN, "GATE")
    kit.without("CAL-003", _BEGIN, *(f"USER{number}" for number in range(1, 16)))
    kit.add(
        "CAL-004",
        Operator.STALE,
        "Every instance shows the values of the first.",
        partial(Stale, system, STATUS[2:], "DEVICEID", ("GATE", "ANI", "USER1", "USER3"), _BEGIN),
    )
    kit.show("CAL-005", STATUS, ["CALLINSTANCE"], lambda value: value or "7")
    kit.lost("CAL-006", _BEGIN, both(has("STATIONNAME"), lacks("DEVICEID", *NAMES)))
    kit.refuse("CAL-007", _BEGIN, lambda sent: bool(sent.get("STATIONNAME") and sent.get("DEVICEID")))
    kit.show("CAL-008", STATUS, ["STATION"], lambda _: "elsewhere")
    kit.lost("CAL-009", _BEGIN, _by_name)
    kit.show("CAL-010", _CALLS, ["RESULTMSG"], lambda _: "done")
    kit.without("CAL-014", _END, "CALLINSTANCE")
    kit.lost("CAL-014", _END, has("CALLINSTANCE"))
    kit.lost("CAL-015", _END, lacks("CALLINSTANCE"))
    kit.lost("CAL-016", _END)
    kit.lost("CAL-017", _END, both(lacks("DEVICEID"), has("CRM_USER", "SYS_USER")))
    kit.lost("CAL-018", _END)
    kit.show("CAL-035", STATUS, _DATA, lambda value: value[:10])
    kit.add(
        "CAL-036", Operator.STALE, "CALLUPDATE changes the calls of every device.",
        lambda: After(system, lambda seen: seen.does("CALLUPDATE"), partial(_other_values, "other")),
    )  # fmt: skip
    kit.without("CAL-037", _BEGIN, "MAXRECORDTIME")
    kit.add(
        "CAL-043", Operator.STALE, "A refused call function changes calls.",
        lambda: After(system, lambda seen: seen.fails(*_CALLS), partial(_other_values, None)),
    )  # fmt: skip
    kit.lost("CAL-044", ("CALLSTOP", "CALLUPDATE"), both(lacks("DEVICEID"), has("DEVICEALIAS")))
    kit.add(
        "CAL-045",
        Operator.STALE,
        "A second call in an instance keeps the values of the first.",
        lambda: LostAgain(
            system,
            "CALLSTART",
            lambda sent: f"{sent.get('DEVICEID')} {sent['CALLINSTANCE']}" if sent.get("CALLINSTANCE") else None,
        ),
    )
    kit.lost("EVT-011", _BEGIN)
    kit.event("EVT-011", ["CALLSTART"], lambda _: (), "CALLSTART is not told.")
    kit.event("EVT-012", ["CALLSTOP"], lambda _: (), "CALLSTOP is not told.")
    kit.event("EVT-013", ["RECORDINGSTARTED"], lambda _: (), "The begin of a recording is not told.")
    kit.event("EVT-014", ["RECORDINGSTOPPED"], lambda _: (), "The end of a recording is not told.")
    kit.event("EVT-015", ["RECORDINGUPDATE"], lambda _: (), "A saved recording is not told.")
    kit.event("EVT-016", ["RECORDINGPAUSED"], lambda _: (), "A pause is not told.")
    kit.event("EVT-017", ["RECORDINGRESUMED"], lambda _: (), "The end of a pause is not told.")
    kit.event(
        "EVT-019",
        ["CALLSTART"],
        lambda seen: seen.each(["ANI", "DNIS", "GATE", "USER1", "USER3"], lambda one: [type(one)(one.name, "other")]),
        "CALLSTART tells other values.",
    )
    kit.event(
        "EVT-020",
        ["RECORDINGSTOPPED"],
        lambda seen: seen.put("RECORDID", "999111"),
        "RECORDINGSTOPPED has another RECORDID than RECORDINGUPDATE.",
    )
    kit.event(
        "EVT-021",
        ["RECORDINGUPDATE", "RECORDINGSTOPPED"],
        lambda seen: seen.put("RECORDID", "999111"),
        "No recording has the RECORDID.",
    )
    kit.event("CAL-041", list(system.events), lambda seen: seen.put("KEEPDAYS", "1"), "Events have another KEEPDAYS.")
    kit.add("EVT-010", Operator.REFUSE, "Who has subscribed can ask no more.", lambda: _Deaf(system))
    kit.add("EVT-018", Operator.OVERFLOW, "A refused CALLSTART is told.", lambda: _Told(system))


class _Deaf(After):
    def __init__(self, system: System) -> None:
        connections: set[int] = set()

        def say(seen: Seen) -> bytes | None:
            if seen.does("EVENTS"):
                connections.add(seen.connection)
                return None
            return seen.refused() if seen.connection in connections and not seen.event and not seen.url else None

        super().__init__(system, lambda seen: seen.does("EVENTS") and say(seen) is None, say)


class _Told(After):
    """Tells subscribers of each CALLSTART that was refused, in front of their next result."""

    def __init__(self, system: System) -> None:
        subscribed: set[int] = set()
        due: list[bytes] = []

        def say(seen: Seen) -> bytes | None:
            if seen.does("EVENTS"):
                subscribed.add(seen.connection)
            elif seen.fails("CALLSTART"):
                data = Element("EVENTDATA", "", tuple(Element(name, value) for name, value in seen.sent.items()))
                head = [("EVENTCLASS", "CALL"), ("EVENTTYPE", "CALLSTART"), ("MODULE", "Api"), ("EVENTXREF", "0")]
                due.append(write_document("CALLCOPYEVENT", [*head, ("EVENTDATA", data)]))
            elif due and seen.is_result and seen.connection in subscribed and not seen.url:
                told = b"".join(due)
                due.clear()
                return told + seen.raw
            return None

        super().__init__(system, lambda seen: say(seen) is not None or True, say)


def _updates(kit: Kit) -> None:
    kit.lost("CAL-019", _UPDATE, _LIVE)
    kit.ask(
        "CAL-020",
        "CALLUPDATE changes what it does not carry.",
        _UPDATE,
        lambda sent: {name: "other" for name in ("GATE", "USER1", "USER3") if name not in sent and _LIVE(sent)},
    )
    kit.without("CAL-021", _UPDATE, "CALLINSTANCE")
    kit.lost("CAL-021", _UPDATE, has("CALLINSTANCE"))
    kit.lost("CAL-022", _UPDATE, both(_LIVE, lacks("CALLINSTANCE")))
    kit.lost("CAL-024", _UPDATE, _flagged)
    kit.accept("CAL-025", _UPDATE, _flagged)
    kit.swap("CAL-025", _UPDATE, _flagged)
    kit.ask(
        "CAL-026",
        "CALLUPDATE changes the last recording unasked.",
        _UPDATE,
        lambda sent: {} if sent.get("RECORDID") else {_FLAG: "Y"},
    )
    kit.lost("CAL-027", _UPDATE, _flagged)
    kit.lost("CAL-028", _UPDATE, both(lacks("DEVICEID"), has("CRM_USER", "SYS_USER")))
    kit.show("CAL-029", ("CALLLIST",), ["USER1", "USER2", "USER3", "USER9"], lambda _: "other")
    kit.show("CAL-030", ("CALLLIST",), ["GROUP", "GATE", "ANI", "DNIS"], lambda _: "9")
    kit.lost("CAL-031", _UPDATE, _SAVED)
    kit.ask(
        "CAL-032",
        "CALLUPDATE changes values of a recording that it does not carry.",
        _UPDATE,
        lambda sent: {name: "other" for name in _DATA if name not in sent and sent.get("RECORDID")},
    )
    kit.accept("CAL-033", _UPDATE, _SAVED)
    kit.add(
        "CAL-034",
        Operator.STALE,
        "CALLUPDATE with RECORDID changes the call that is up.",
        lambda: After(kit.system, lambda seen: seen.does("CALLUPDATE") and _SAVED(seen.sent), _other_calls),
    )


def _recordings(kit: Kit) -> None:
    system = kit.system
    kit.accept("REC-003", ("RECORDSTART",), _by_name)
    kit.swap("REC-003", ("RECORDSTART",), _by_name)
    kit.add("REC-004", Operator.REFUSE, "RECORDSTART is refused after a while.", lambda: Tired(system, ["RECORDSTART"]))
    kit.instead(
        "REC-005", ("RECORDSTART",), "CALLSTOP", lambda _: True, "RECORDSTART ends the recording that is under way."
    )
    kit.add("REC-006", Operator.LOSE, "Further recordings begin once only.", lambda: _Silent(system))
    kit.lost("REC-007", ("RECORDSTOP",))
    kit.without("REC-008", ("RECORDSTART", "RECORDSTOP"), "USER3", "USER4")
    kit.lost("REC-009", ("RECORDSTART",), lacks("DEVICEID"))
    kit.add(
        "REC-010", Operator.REFUSE, "RECORDSTOP is refused after a while.", lambda: Tired(system, ["RECORDSTOP"], 2)
    )
    kit.event("REC-011", ["RECORDINGSTOPPED"], lambda _: (), "The end of recordings is not told.")
    kit.add(
        "REC-011", Operator.STALE, "A recording goes on behind its call.",
        lambda: After(system, lambda seen: seen.does("RECORDSTART"), lambda seen: seen.put("ISRECORDING", "Y") if seen.does(*STATUS) else None),
    )  # fmt: skip
    kit.show("DEV-012", STATUS, ["ISRECORDING"], lambda value: {"Y": "N", "N": "Y"}.get(value, value))


class _Silent(Behaviour):
    """Tells of one further recording of a call and of no other."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._begun: dict[tuple[int, str], int] = {}
        self._told = ""

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if seen.event != "RECORDINGSTARTED":
            return None
        call = "".join(one.value for one in seen.everywhere("USER2"))
        key = (seen.connection, call)
        self._begun[key] = self._begun.get(key, 0) + 1
        if self._begun[key] < 2:
            return None
        self._told = self._told or call
        return None if call == self._told else ()


def _chats(kit: Kit) -> None:
    system = kit.system
    kit.refuse("CHT-003", ("CHATSTART",), has("KEYNAME"))
    kit.accept("CHT-004", ("CHATSTART",))
    kit.swap("CHT-004", ("CHATSTART",))
    kit.add("CHT-005", Operator.REFUSE, "CHATSTOP is refused after a while.", lambda: Tired(system, ["CHATSTOP"]))
    kit.add(
        "CHT-006",
        Operator.REFUSE,
        "An agent may not have any number of sessions.",
        lambda: Tired(system, ["CHATSTART"], 7),
    )
    kit.add("CHT-007", Operator.REFUSE, "CHATUPDATE is refused after a while.", lambda: Tired(system, ["CHATUPDATE"]))
    kit.add(
        "CHT-008", Operator.STALE, "A chat changes the agent's calls.",
        lambda: After(system, lambda seen: seen.does("CHATSTART"), partial(_other_values, "chat")),
    )  # fmt: skip


def _blackouts(kit: Kit) -> None:
    system = kit.system

    def paused(seen: Seen) -> bytes | None:
        return seen.put("STATUS", "recordpaused") if seen.does("DEVICERECORDINGSTATUS") else None

    kit.refuse("BLK-002", ("BLACKOUTSTART",), lacks("DEVICEID"))
    kit.refuse("BLK-003", ("BLACKOUTSTART", "BLACKOUTSTOP"), has("TIMEOFFSET"))
    kit.refuse("BLK-004", ("BLACKOUTSTOP",), has("TIMEOFFSET"))
    kit.without("BLK-005", _BLACKOUTS, "CALLINSTANCE")
    kit.lost("BLK-005", ("BLACKOUTSTART",), has("CALLINSTANCE"))
    kit.add(
        "BLK-005",
        Operator.MISREAD,
        "A blackout is one of all instances.",
        lambda: After(system, lambda seen: seen.does("BLACKOUTSTART"), paused),
    )
    kit.add(
        "BLK-006",
        Operator.MISREAD,
        "A blackout is one of all instances.",
        lambda: After(system, lambda seen: seen.does("BLACKOUTSTART"), paused),
    )
    kit.instead(
        "BLK-007",
        ("AGENTBLACKOUTSTART",),
        "BLACKOUTSTART",
        lambda _: True,
        "A blackout of an agent is one of the last call only.",
    )
    kit.accept("BLK-008", ("BLACKOUTSTART", "BLACKOUTSTOP", "AGENTBLACKOUTSTART", "AGENTBLACKOUTSTOP"))
    kit.instead("BLK-009", ("BLACKOUTSTART",), "CALLSTOP", lambda _: True, "A blackout ends the call.")
    kit.lost("BLK-010", ("BLACKOUTSTOP", "AGENTBLACKOUTSTOP"))
    kit.add(
        "BLK-011",
        Operator.MISREAD,
        "A blackout is one of all devices.",
        lambda: After(system, lambda seen: seen.does("BLACKOUTSTART", "AGENTBLACKOUTSTART"), paused),
    )
    kit.add(
        "BLK-012",
        Operator.STALE,
        "A blackout that finds nothing to do loses the call.",
        lambda: After(system, _Twice(), _no_calls),
    )
    kit.event("BLK-015", ["RECORDINGPAUSED"], lambda seen: seen.raw * 2, "A pause is told twice.")
    kit.show("DEV-013", STATUS, ["STATUS"], lambda _: "recording")


class _Twice:
    """Whether a blackout was asked for twice, one behind the other."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, seen: Seen) -> bool:
        """Whether it is so by now."""
        if "BLACKOUT" not in seen.function:
            return False
        last, self._last = self._last, seen.function
        return last == seen.function and seen.function.endswith("START")


def _no_calls(seen: Seen) -> bytes | None:
    return seen.each(["RECORDING"], lambda _: []) if seen.does("DEVICERECORDINGSTATUS") else None
