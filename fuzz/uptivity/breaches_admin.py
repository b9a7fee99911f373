"""Mutants of groups, roles, agents, phones, stations and exported files."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from msgspec import structs

from fuzz.uptivity.breach_kit import After, Again, Kit, Times, action, both, entries, has
from harness.mutation.document_seen import Said, Seen
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece
from harness.spec.model import System
from harness.wire.xmltree import Element

_MEMBER, _USER_MEMBER = "MODIFYGROUPPERMISSION", "MODIFYUSERGROUPPERMISSION"
_MEMBERS = (_MEMBER, _USER_MEMBER)
_ROLE, _ROLES = "MODIFYROLE", ("MODIFYROLE", "MODIFYROLEGROUPPERMISSION", "MODIFYUSERROLE")
_GIVEN = ("MODIFYROLEGROUPPERMISSION", "MODIFYUSERROLE")
_USER, _PHONE, _STATION = ("IMPORTUSER",), ("IMPORTAGENTPHONE",), ("IMPORTWORKSTATION",)
_ADD, _DELETE, _MODIFY, _LIST = action("ADD"), action("DELETE"), action("MODIFY"), action("LIST")
_NAMES = ("FIRSTNAME", "LASTNAME")


def mutants(system: System) -> Sequence[Mutant]:
    """All of them."""
    kit = Kit(system)
    _groups(kit)
    _roles(kit)
    _users(kit)
    _phones(kit)
    _stations(kit)
    _files(kit)
    return kit.made


def _groups(kit: Kit) -> None:
    system, add = kit.system, ["ADDGROUP"]
    with kit.late(6):
        kit.show("GRP-002", add, ["GROUPNAME"], lambda value: f"{value}1")
    kit.add(
        "GRP-003",
        Operator.REFUSE,
        "A group that is there may not be added.",
        lambda: Again(system, add, lambda sent: sent["GROUPNAME"] if _own_group(sent) else None),
    )
    kit.add("GRP-003", Operator.RETYPE, "A group that is added again has another number.", lambda: _Counting(system))
    kit.show("GRP-004", add, ["GROUPID"], lambda _: "5")
    kit.refuse("GRP-005", _MEMBERS, _own_group)
    with kit.late(4):
        kit.show("GRP-006", add, ["GROUPNAME"], lambda value: value.replace("&", "").replace("<", "").replace('"', ""))
    with kit.late(4):
        kit.show("GRP-014", [_MEMBER], ["AGENTID", "GROUPLD"], lambda _: "0")
    kit.accept("GRP-015", _MEMBERS)
    kit.accept("GRP-016", [_MEMBER])
    kit.accept("GRP-017", [_USER_MEMBER])
    kit.refuse("GRP-018", _MEMBERS, _DELETE)
    with kit.late(6):
        kit.show("GRP-019", _MEMBERS, ["ACTION", "GROUPNAME", "USERNAME", "AGENTID"], lambda value: f"{value}1")
    with kit.late(4):
        kit.refuse("GRP-021", [_MEMBER], has("PHONEID", "DEVICEID"))


def _own_group(sent: dict[str, str]) -> bool:
    return sent.get("GROUPNAME", "").startswith("Clausewise")


class _Counting(Behaviour):
    def __init__(self, system: System) -> None:
        self._system, self._last = system, 900

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if not seen.does("ADDGROUP"):
            return None
        self._last += 1
        said = seen.put("GROUPID", str(self._last))
        return (Piece(data=said),) if said is not None else None


def _roles(kit: Kit) -> None:
    kit.refuse("ROL-006", _ROLES, lambda sent: sent.get("ACTION") in ("MODIFY", "DELETE"))
    kit.lost("ROL-006", [_ROLE], both(_ADD, lambda sent: sent.get("DESCRIPTION") == "one"))
    kit.swap("ROL-007", [_ROLE])
    kit.accept("ROL-007", [_ROLE], lambda sent: sent.get("ACTION") in ("MODIFY", "DELETE"))
    kit.lost("ROL-008", [_ROLE], _DELETE)
    for clause, functions in (("ROL-010", [*_ROLES, *_MEMBERS]), ("USR-017", _USER)):
        kit.swap(clause, functions)
        kit.accept(clause, functions, lambda sent: sent.get("ACTION", "") not in ("ADD", "MODIFY", "DELETE", "LIST"))
    kit.swap("ROL-011", ["MODIFYUSERROLE"])
    kit.accept("ROL-011", ["MODIFYUSERROLE"])
    kit.swap("ROL-012", ["MODIFYUSERROLE"])
    kit.accept("ROL-012", ["MODIFYUSERROLE"])
    kit.refuse("ROL-013", _GIVEN, _DELETE)
    with kit.late(14):
        kit.show("ROL-014", _ROLES, ["ROLENAME", "GROUPNAME", "USERNAME", "DESCRIPTION"], lambda _: "other")
    kit.accept("ROL-015", ["MODIFYROLEGROUPPERMISSION"])


def _users(kit: Kit) -> None:
    system = kit.system
    kit.show("USR-004", _USER, ["AGENTID"], lambda _: "11", test=_ADD)
    kit.show("USR-005", _USER, ["EMPLOYEEID", "EMAIL", "SYS_USER"], lambda value: f"{value}1", test=_LIST)
    kit.ask(
        "USR-005",
        "ADD overlooks some values.",
        _USER,
        lambda sent: {"EMAIL": None, "EMPLOYEEID": None} if _ADD(sent) else {},
    )
    kit.accept("USR-006", _USER, _ADD)
    kit.add(
        "USR-007",
        Operator.STALE,
        "A refused ADD changes agents.",
        lambda: After(system, lambda seen: seen.fails("IMPORTUSER"), lambda seen: _listed(seen, "EMAIL")),
    )
    kit.accept("USR-008", _USER, lambda sent: bool(_ADD(sent) and sent.get("USERNAME")))
    kit.lost("USR-009", _USER, _MODIFY)
    kit.lost("USR-010", _USER, _MODIFY)
    kit.add(
        "USR-011",
        Operator.STALE,
        "ADD changes other agents.",
        lambda: After(
            system, lambda seen: seen.does("IMPORTUSER") and not _LIST(seen.sent), lambda seen: _listed(seen, "EMAIL")
        ),
    )
    kit.list_as("USR-012", "IMPORTUSER", "AGENT", lambda own: own[:-1], "The last agent is not listed.")
    kit.list_as("USR-012", "IMPORTUSER", "AGENT", lambda own: [*own, *own[:1]], "The first agent is listed twice.")
    kit.refuse("USR-013", _USER, _LIST)
    kit.lost("USR-014", _USER, _DELETE)
    with kit.late(6):
        kit.refuse("USR-015", _PHONE, _ADD)
    kit.lost("USR-015", _USER, _DELETE)
    kit.add(
        "USR-016",
        Operator.STALE,
        "Recordings do not name agents that were deleted.",
        lambda: After(system, lambda seen: seen.does("IMPORTUSER") and _DELETE(seen.sent), _nobody),
    )
    kit.add(
        "USR-018",
        Operator.STALE,
        "A refused MODIFY or DELETE changes agents.",
        lambda: After(system, lambda seen: seen.fails("IMPORTUSER"), lambda seen: _listed(seen, "EMAIL")),
    )
    kit.add(
        "USR-018",
        Operator.STALE,
        "A refused MODIFY or DELETE loses an agent.",
        lambda: After(system, lambda seen: seen.fails("IMPORTUSER"), _fewer),
    )
    kit.say(
        "USR-019",
        Operator.RETYPE,
        "ADD takes the identifier of the request.",
        lambda seen: (
            seen.put("AGENTID", seen.sent["AGENT_ID"])
            if seen.does("IMPORTUSER") and seen.sent.get("AGENT_ID", "").startswith("18") and _ADD(seen.sent)
            else None
        ),
    )
    kit.without("USR-020", _USER, "SYS_USER", "CRM_USER")
    kit.accept("USR-003", _USER, lambda sent: sent.get("ACTION") in ("MODIFY", "DELETE"))
    kit.show("USR-022", _USER, ["AGENTID"], lambda _: "0", test=lambda sent: sent.get("ACTION") in ("MODIFY", "DELETE"))
    kit.show(
        "USR-022", _USER, ["AGENTID"], lambda _: None, test=lambda sent: sent.get("ACTION") in ("MODIFY", "DELETE")
    )


def _listed(seen: Seen, name: str) -> Said:
    own = seen.does("IMPORTUSER") and _LIST(seen.sent)
    return seen.each([name], lambda one: [structs.replace(one, text="changed@example.com")]) if own else None


def _nobody(seen: Seen) -> Said:
    own = seen.does("CALLLIST")
    names = ["AGENTFIRSTNAME", "AGENTLASTNAME", "FIRSTNAME", "LASTNAME"]
    return seen.each(names, lambda one: [structs.replace(one, text="Nobody")]) if own else None


def _fewer(seen: Seen) -> Said:
    own = seen.does("IMPORTUSER") and _LIST(seen.sent)
    return entries(seen, "AGENT", lambda own: own[:-1]) if own else None


def _phones(kit: Kit) -> None:
    system = kit.system
    kit.refuse("PHN-003", _PHONE, both(has("AGENTID"), has(*_NAMES)))
    kit.show("PHN-004", _USER, ["PHONES"], lambda _: "", test=_LIST)
    kit.lost("PHN-004", _PHONE, _ADD)
    kit.lost("PHN-005", _PHONE, _DELETE)
    kit.add(
        "PHN-006",
        Operator.STALE,
        "Deleting a phone changes its agent.",
        lambda: After(
            system,
            lambda seen: seen.does("IMPORTAGENTPHONE") and _DELETE(seen.sent),
            lambda seen: _listed(seen, "EMAIL"),
        ),
    )
    kit.add(
        "PHN-007",
        Operator.LOSE,
        "Deleting a phone loses its recordings.",
        lambda: After(system, lambda seen: seen.does("IMPORTAGENTPHONE") and _DELETE(seen.sent), _no_recordings),
    )
    kit.accept("PHN-008", _PHONE, _ADD)
    kit.accept("PHN-009", _PHONE, has("AGENTID"))
    kit.show("PHN-010", _PHONE, ["AGENTID"], lambda _: "0")
    kit.add(
        "PHN-011",
        Operator.REFUSE,
        "A phone that one gave up may not be added to another.",
        lambda: Again(system, _PHONE, lambda sent: sent.get("PHONEID") if _ADD(sent) else None),
    )


def _no_recordings(seen: Seen) -> Said:
    return seen.each(["SEARCHRESULT"], lambda _: []) if seen.does("CALLLIST") else None


def _stations(kit: Kit) -> None:
    system = kit.system
    kit.lost("WST-002", _STATION)
    kit.add(
        "WST-003",
        Operator.STALE,
        "The mapping that was there before stays.",
        lambda: After(system, _moved, partial(_stations_as, _with_old)),
    )
    kit.add(
        "WST-004",
        Operator.STALE,
        "An import loses other mappings.",
        lambda: After(system, _moved, partial(_stations_as, lambda own: own[:1])),
    )
    kit.show("WST-005", _STATION, ["DEVICEID", "STATIONNAME"], lambda value: f"{value}1", test=_own_station)
    kit.add(
        "WST-006",
        Operator.STALE,
        "A refused import changes mappings.",
        lambda: After(system, lambda seen: seen.fails("IMPORTWORKSTATION"), _fewer_stations),
    )
    kit.add(
        "WST-007",
        Operator.DOUBLE,
        "What is imported again stands twice.",
        lambda: After(
            system,
            Times(lambda seen: seen.does("IMPORTWORKSTATION"), 3),
            partial(_stations_as, lambda own: [*own, *own]),
        ),
    )


def _with_old(own: list[Element]) -> list[Element]:
    return [
        *own,
        *(structs.replace(one, children=tuple(_other_station(child) for child in one.children)) for one in own),
    ]


def _other_station(one: Element) -> Element:
    return structs.replace(one, text="old") if one.name == "STATIONNAME" else one


def _fewer_stations(seen: Seen) -> Said:
    return entries(seen, "STATION", lambda own: own[1:]) if seen.does("STATIONS") else None


def _stations_as(change: Callable[[list[Element]], list[Element]], seen: Seen) -> Said:
    return entries(seen, "STATION", change) if seen.does("STATIONS") else None


def _own_station(sent: dict[str, str]) -> bool:
    return sent.get("STATIONNAME", "").startswith("CW")


def _moved(seen: Seen) -> bool:
    return seen.does("IMPORTWORKSTATION") and _own_station(seen.sent)


def _files(kit: Kit) -> None:
    system = kit.system
    kit.say(
        "EXP-002",
        Operator.RETYPE,
        "The file has no format.",
        lambda seen: seen.with_document(b"no such file" * 99) if _is_file(seen, "EXPORT") else None,
    )
    kit.say(
        "EXP-002",
        Operator.DROP,
        "The file is cut.",
        lambda seen: (
            seen.with_document(seen.result.body[: len(seen.result.body) // 2]) if _is_file(seen, "EXPORT") else None
        ),
    )
    kit.ask("EXP-004", "Only the first recording is exported.", ["COMBINEDEXPORT"], _first)
    kit.ask("EXP-005", "Only the first recording is in the archive.", ["MULTIEXPORT"], _first)
    kit.add("EXP-006", Operator.STALE, "EXPORT gives the same file each time.", lambda: _SameFile(system))
    kit.add("EXP-007", Operator.STALE, "EXPORT gives the same file each time.", lambda: _SameFile(system))
    kit.say(
        "EXP-008",
        Operator.ACCEPT,
        "A recording that there is none of has a file.",
        lambda seen: (
            seen.with_document(_sound(b"\0\0" * 800))
            if seen.url and seen.fails("EXPORT", "COMBINEDEXPORT", "MULTIEXPORT")
            else None
        ),
    )
    kit.swap("EXP-008", ["EXPORT", "COMBINEDEXPORT", "MULTIEXPORT"])
    with kit.late(2):
        kit.refuse("EXP-009", ["EXPORT"])
    kit.add(
        "EXP-012", Operator.STALE, "Members of archives are longer than what is exported.", lambda: _Shorter(system)
    )
    kit.add("EXP-013", Operator.STALE, "Sound changes.", lambda: _Shorter(system, every=2, first=2))
    kit.add("EXP-014", Operator.DROP, "Sound is cut.", lambda: _Shorter(system, first=2))
    kit.add(
        "EXP-015",
        Operator.STALE,
        "An export changes the recording.",
        lambda: After(
            system,
            Times(lambda seen: seen.does("EXPORT"), 3),
            lambda seen: (
                seen.each(["USER1", "USER3"], lambda one: [structs.replace(one, text="exported")])
                if seen.does("CALLLIST")
                else None
            ),
        ),
    )


def _is_file(seen: Seen, function: str) -> bool:
    return seen.url and seen.does(function) and not seen.is_result


def _first(sent: dict[str, str]) -> dict[str, str | None]:
    return {"IDENT": sent["IDENT"].partition(",")[0]} if "," in sent.get("IDENT", "") else {}


def _sound(frames: bytes) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(frames)
    return made.getvalue()


class _SameFile(Behaviour):
    def __init__(self, system: System) -> None:
        self._system = system
        self._first: dict[str, bytes] = {}  # by format; what USER2 marks is given rightly, so that it can be compared

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if not _is_file(seen, "EXPORT"):
            return None
        first = self._first.setdefault(seen.sent.get("MEDIA_FORMAT", ""), exchange.raw)
        if seen.sent.get("UNIQUEFIELD", "").lower() == "user2":
            return None
        return (Piece(data=first),)


class _Shorter(Behaviour):
    """Gives half of the sound, each time or every so many times."""

    def __init__(self, system: System, every: int = 1, first: int = 0) -> None:
        self._system, self._every, self._first, self._calls = system, every, first, 0

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if not _is_file(seen, "EXPORT"):
            return None
        self._calls += 1
        if self._calls <= self._first or self._calls % self._every:
            return None
        with suppress(wave.Error, EOFError), wave.open(io.BytesIO(seen.result.body)) as file:
            made = io.BytesIO()
            with wave.open(made, "wb") as other:
                other.setparams(file.getparams())
                other.writeframes(file.readframes(file.getnframes() // 2))
            return (Piece(data=seen.with_document(made.getvalue())),)
        return None
