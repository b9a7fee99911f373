"""Mutants of status, of the system, of channels, stations and terms, of the list of recordings, and of what all requests have in common."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import structs

from fuzz.uptivity.breach_kit import NAMES, STATUS, After, Again, Kit, entries, has, lacks
from harness.mutation.document_asked import LineAsker, Stale
from harness.mutation.document_seen import Said, Seen
from harness.mutation.mutant import Behaviour, End, Exchange, Mutant, Operator, Piece, pieces
from harness.spec.model import System
from harness.wire.xmltree import Element

_ONE = ("DEVICESTATUS", "DEVICERECORDINGSTATUS")
_LIST = ("CALLLIST",)
_FILTERS = (
    "DEVICEID", *NAMES, "GROUP", "GATE", "ANI", "DNIS", *(f"USER{number}" for number in range(1, 16)),
)  # fmt: skip


def mutants(system: System) -> Sequence[Mutant]:
    """All of them."""
    kit = Kit(system)
    _devices(kit)
    _system(kit)
    _lists(kit)
    _recordings(kit)
    _requests(kit)
    return kit.made


def _devices(kit: Kit) -> None:
    system = kit.system
    kit.list_as("DEV-001", "DEVICELIST", "DEVICE", lambda own: own[1:], "DEVICELIST lacks a device.")
    kit.list_as("DEV-001", "DEVICELIST", "DEVICE", _without_call, "DEVICELIST lacks the last device in a call.")
    kit.list_as("DEV-002", "DEVICELIST", "DEVICE", lambda own: [*own, *own[-1:]], "DEVICELIST has a device twice.")
    with kit.late(3):
        kit.show("DEV-003", ["DEVICELIST"], ["COUNT"], lambda value: str(int(value or 0) + 1))
    kit.show("DEV-004", _ONE, ["DEVICEID"], lambda value: f"{value}0")
    kit.add(
        "DEV-006",
        Operator.STALE,
        "DEVICESTATUS shows the call that it showed first.",
        partial(Stale, system, ["DEVICESTATUS"], "DEVICEID"),
    )
    kit.add(
        "DEV-007",
        Operator.STALE,
        "DEVICESTATUS shows the call that began first.",
        lambda: _Oldest(system),
    )
    kit.show("DEV-008", ["DEVICESTATUS"], ["CALLINSTANCE", "ANI", "USER1"], lambda _: "none")
    kit.show(
        "DEV-009",
        ["DEVICESTATUS"],
        ["ANI", "USER1", "USER3", "GATE", "CALLINSTANCE"],
        lambda value: f"{value}1",
        test=lacks("DEVICEID"),
    )
    kit.list_as(
        "DEV-010",
        "DEVICERECORDINGSTATUS",
        "RECORDING",
        lambda own: own[:-1] if len(own) > 1 else own,
        "DEVICERECORDINGSTATUS lacks a recording.",
    )
    kit.show("DEV-010", ["DEVICERECORDINGSTATUS"], ["CALLINSTANCE"], lambda _: "1")
    kit.show("DEV-011", ["DEVICELIST"], ["ANI", "GATE", "USER1", "USER3", "DNIS"], lambda value: f"{value}1")
    kit.show("DEV-014", STATUS, ["STOPTIME"], lambda _: "1/1/2001 1:00:00 AM")
    kit.instead("DEV-015", ("DEVICESTATUS",), "CALLSTOP", has("DEVICEID"), "DEVICESTATUS ends the call.")
    kit.add(
        "DEV-015", Operator.STALE, "To ask for the system changes calls.",
        lambda: After(system, lambda seen: seen.does("SYSTEMSTATUS", "CHANNELS"), _nine),
    )  # fmt: skip
    kit.add("DEV-016", Operator.ACCEPT, "What fits no device brings up one.", lambda: _Last(system))
    kit.show("DEV-017", STATUS, ["ISTRUNK"], lambda value: {"Y": "N", "N": "Y"}.get(value, value))
    kit.show("DEV-018", STATUS, ["COREIDENT"], lambda _: "777")
    with kit.late(3):
        kit.refuse("DEV-020", ["DEVICESTATUS"])


def _in_call(one: Element) -> bool:
    parts = (one, *one.all("RECORDING"))
    return any(part.get("CALLINSTANCE") for part in parts) and not any(part.get("STOPTIME") for part in parts)


def _without_call(own: list[Element]) -> list[Element]:
    up = [one for one in own if _in_call(one)]
    return [one for one in own if one is not up[-1]] if up else own


def _nine(seen: Seen) -> Said:
    own = seen.does(*STATUS)
    return seen.each(["ANI", "USER1", "GATE", "USER3"], lambda one: [structs.replace(one, text="9")]) if own else None


class _Oldest(Behaviour):
    """Tells the instance that began first of those that are up on a device."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._up: dict[str, list[str]] = {}

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        own = self._up.setdefault(seen.sent.get("DEVICEID", ""), [])
        instance = seen.sent.get("CALLINSTANCE", "")
        if seen.does("CALLSTART"):
            own.append(instance)
        elif seen.does("CALLSTOP") and instance in own:
            own.remove(instance)
        elif seen.does("DEVICESTATUS") and len(own) > 1:
            return pieces(seen.put("CALLINSTANCE", own[0]))
        return None


class _Last(Behaviour):
    """Answers with the last success where there was none."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._last: dict[str, Element] = {}

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if seen.does(*_ONE) and len(seen.everywhere("DEVICEID")):
            self._last[seen.function] = seen.root
            return None
        known = self._last.get(seen.function)
        if known is None or seen.function not in _ONE:
            return None
        number = [
            structs.replace(one, text=seen.number) if one.name == seen.syntax.number else one for one in known.children
        ]
        return (Piece(data=seen.with_root(structs.replace(known, children=tuple(number)))),)


def _system(kit: Kit) -> None:
    whole = ["SYSTEMSTATUS"]
    kit.refuse("SYS-001", ["TEST"])
    kit.show("SYS-002", whole, ["RECORDINGTOTALDISKFREE"], lambda _: "99999999999")
    kit.show("SYS-003", whole, ["RECORDINGTOTALDISKFREEPCT"], lambda value: str(float(value or 0) / 2 + 3))
    kit.show("SYS-004", whole, ["SYSTEMRAMFREE"], lambda _: "99999999999")
    kit.show("SYS-005", whole, ["SYSTEMRAMFREE", "SYSTEMRAMUSED"], lambda _: "1")
    kit.show("SYS-006", whole, ["SYSTEMRAMUSEDPCT"], lambda value: str(int(value or 0) + 11))
    kit.show("SYS-007", whole, ["SYSTEMUPTIME"], lambda _: "long")
    kit.add("SYS-008", Operator.STALE, "SYSTEMUPTIME stands still.", partial(Stale, kit.system, whole))
    kit.show("SYS-009", whole, ["RECORDINGSPACEINFO"], lambda _: "room enough")
    kit.say("SYS-010", Operator.DROP, "There is no processor.", partial(_processors, None), "listings*")
    kit.say("SYS-010", Operator.DOUBLE, "A processor stands twice.", partial(_processors, 0), "listings*")
    kit.say("SYS-011", Operator.RENAME, "Processors are counted from 3 on.", partial(_processors, 3), "listings*")
    kit.show("SYS-012", whole, ["SYSTEMPROCESSORSPEED"], lambda _: "fast")
    with kit.late(2):
        kit.show("SYS-013", whole, ["RECORDINGPATH"], lambda _: "")
        kit.show("CHN-001", ["CHANNELS"], ["COUNT"], lambda value: str(int(value or 0) + 1))
    kit.show("CHN-002", ["CHANNELS"], ["ID"], lambda _: "1")
    kit.show("CHN-003", ["CHANNELS"], ["LASTSTATECHANGEUNIXTIME"], lambda value: str(int(value or 0) + 5000))
    with kit.late(2):
        kit.show("STN-001", ["STATIONS"], ["COUNT"], lambda value: str(int(value or 0) + 1))
        kit.list_as("STN-002", "STATIONS", "STATION", lambda own: own[1:], "STATIONS lacks the first mapping.")
        kit.list_as("STN-002", "STATIONS", "STATION", lambda own: own[:1], "STATIONS has one mapping.")
        kit.list_as("STN-003", "STATIONS", "STATION", lambda own: [*own, *own[:1]], "STATIONS has a mapping twice.")
        kit.show("TRM-001", ["FETCHTERMINOLOGY"], ["COUNT"], lambda value: str(int(value or 0) + 1))
        kit.list_as("TRM-002", "FETCHTERMINOLOGY", "TERMINOLOGY", lambda own: [*own, *own[:1]], "A term stands twice.")
    kit.add("TRM-003", Operator.STALE, "Terms change.", lambda: _Turning(kit.system, "FETCHTERMINOLOGY", "TERMINOLOGY"))


def _processors(first: int | None, seen: Seen) -> Said:
    own = [one for one in seen.root.children if one.name.startswith("PROCESSOR")] if seen.does("SYSTEMSTATUS") else []
    if not own:
        return None
    rest = tuple(one for one in seen.root.children if one not in own)
    if first is None:
        new: list[Element] = []
    elif first == 0:
        new = [*own, own[0]]
    else:
        new = [structs.replace(one, name=f"PROCESSOR{first + number}") for number, one in enumerate(own)]
    return seen.with_root(structs.replace(seen.root, children=(*rest, *new)))


class _Turning(Behaviour):
    """Gives a list in another order, or with one entry less, every second time."""

    def __init__(self, system: System, function: str, entry: str, *, less: bool = True) -> None:
        self._system, self._function, self._entry, self._less, self._calls = system, function, entry, less, 0

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if not seen.does(self._function):
            return None
        self._calls += 1
        if self._calls <= 2 or self._calls % 2:
            return None
        said = entries(seen, self._entry, (lambda own: own[1:]) if self._less else (lambda own: own[::-1]))
        return (Piece(data=said),) if isinstance(said, bytes) else said


def _lists(kit: Kit) -> None:
    entry = "SEARCHRESULT"
    kit.without("LST-001", _LIST, "DEVICEID")
    kit.list_as(
        "LST-002", "CALLLIST", entry, lambda own: own[1:], "CALLLIST lacks the first recording.", lacks("CALLCOUNT")
    )
    kit.list_as("LST-002", "CALLLIST", entry, lambda own: own[:-1], "CALLLIST lacks the last recording.")
    kit.without("LST-003", _LIST, "CALLCOUNT")
    kit.without("LST-004", _LIST, "CALLDATESTART")
    kit.without("LST-005", _LIST, "CALLDATEEND")
    kit.list_as(
        "LST-006", "CALLLIST", entry, lambda own: own[1:], "CALLLIST lacks the first recording.", has("CALLCOUNT")
    )
    kit.show("LST-007", _LIST, ["USER1", "USER2", "USER3", "ANI"], lambda value: f"{value}1")
    kit.show("LST-008", _LIST, ["CALLNUMBER"], lambda value: str(int(value or 0) + 5))
    kit.list_as("LST-009", "CALLLIST", entry, lambda own: [*own, *own[:1]], "CALLLIST has a recording twice.")
    kit.without("LST-010", _LIST, *_FILTERS)
    kit.show("LST-011", _LIST, ["DURATION"], lambda value: str(int(value or 0) + 9999))
    kit.show("LST-012", _LIST, ["RECORDINGTIME"], lambda value: str(int(value or 0) + 90000))
    kit.add(
        "LST-013",
        Operator.REORDER,
        "CALLLIST changes its order.",
        lambda: _Turning(kit.system, "CALLLIST", entry, less=False),
    )
    kit.list_as("LST-014", "CALLLIST", entry, lambda _own: [], "CALLLIST lists nothing.")
    for name in ("ANI", "DNIS", "GATE", "GROUP", "USER1", "USER7", "USER15", *NAMES):
        kit.without("LST-015", _LIST, name)


def _recordings(kit: Kit) -> None:
    kit.show("WIN-002", ["AGENTWINDOW"], ["IPADDRESS", "STATUS", "LASTUPDATE"], lambda _: "")
    kit.accept("WIN-003", ["AGENTWINDOW"])
    kit.show("WIN-005", ["AGENTWINDOW"], ["IPADDRESS"], lambda _: "here")
    for function in ("EMAIL", "COMBINEDEMAIL"):
        kit.accept("EML-003", [function], lambda sent: "@" not in sent.get("TOADDRESS", ""))
        kit.accept("EML-004", [function], lambda sent: "@" in sent.get("TOADDRESS", ""))
        kit.refuse("EML-005", [function])


def _requests(kit: Kit) -> None:
    system = kit.system
    kit.add(
        "MSG-011", Operator.LOSE, "Who sends what is no request ends the service of the others.", lambda: _Dying(system)
    )
    kit.say(
        "MSG-012",
        Operator.REFUSE,
        "TYPE must come first.",
        lambda seen: (
            seen.refused()
            if seen.ok
            and not seen.url
            and b"<REQUEST><TYPE>" not in seen.exchange.line.replace(b"\r\n", b"").replace(b" ", b"")
            else None
        ),
    )
    kit.say(
        "MSG-013",
        Operator.LOSE,
        "A connection ends behind a result.",
        lambda seen: [Piece(data=seen.raw, end=End.CLOSE)] if seen.is_result and not seen.url else None,
    )
    kit.add("MSG-014", Operator.REFUSE, "Who drops a connection leaves the device refusing.", lambda: _Dropped(system))
    kit.show(
        "MSG-015",
        (*STATUS, "CALLLIST"),
        [*_FILTERS],
        lambda value: value.replace("&", "").replace("<", "").replace(">", "").replace('"', ""),
    )
    kit.say(
        "NUM-004",
        Operator.REFUSE,
        "Great numbers are refused.",
        lambda seen: (
            seen.refused("requestid-invalid")
            if seen.ok and seen.number.isdecimal() and int(seen.number) >= 2**30
            else None
        ),
    )
    kit.add("NUM-005", Operator.REFUSE, "A number may not be used again.", lambda: _Numbers(system))
    kit.say(
        "NUM-006",
        Operator.ACCEPT,
        "What is no number is taken.",
        lambda seen: (
            seen.accepted() if seen.function and seen.failed and seen.number and not seen.number.isdecimal() else None
        ),
    )
    kit.say(
        "RES-008",
        Operator.RENAME,
        "The error of a deprecated function says nothing of it.",
        lambda seen: seen.refused() if seen.failed and not seen.function and seen.exchange.line else None,
    )
    kit.say(
        "WEB-006",
        Operator.REFUSE,
        "A function cannot be called over the WebAPI.",
        lambda seen: seen.refused("unknown-message-type") if seen.url and seen.does("CHANNELS", "ADDGROUP") else None,
    )
    kit.say(
        "WEB-007",
        Operator.REFUSE,
        "type must come first.",
        lambda seen: seen.refused() if seen.url and seen.ok and b"?type=" not in seen.exchange.line.lower() else None,
    )
    kit.add("WEB-001", Operator.MISREAD, "The last parameter of a URL is overlooked.", lambda: LineAsker(_without_last))
    kit.add("MSG-001", Operator.REORDER, "Line ends change.", lambda: _LineEnds(system))
    kit.add("MSG-009", Operator.RENAME, "Over HTTP results stand in a page.", lambda: _Page(system))


def _without_last(line: bytes) -> bytes:
    head, blank, rest = line.partition(b" ")
    target, more, tail = rest.partition(b" ")
    if b"&" not in target or line.lstrip().startswith(b"<"):
        return line
    return head + blank + target.rpartition(b"&")[0] + more + tail


class _LineEnds(Behaviour):
    def __init__(self, system: System) -> None:
        self._system, self._calls = system, 0

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        self._calls += 1
        if exchange.raw.startswith(b"HTTP/") or self._calls % 2:
            return None
        return (Piece(data=exchange.raw.rstrip() + b"\n"),)


class _Page(Behaviour):
    """Answers many requests over HTTP with one result for another: the one before."""

    def __init__(self, system: System) -> None:
        self._system, self._calls = system, 0

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if not seen.url or not seen.ok:
            return None
        self._calls += 1
        return (Piece(data=seen.with_document(b"")),) if self._calls > 1 else None


class _Dying(Behaviour):
    def __init__(self, system: System) -> None:
        self._system, self._by = system, 0

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        if self._by and exchange.connection != self._by:
            return (Piece(end=End.CLOSE),)
        return None

    def left(self, connection: int) -> None:
        """See `Behaviour`."""
        self._by = self._by or connection


class _Dropped(Behaviour):
    def __init__(self, system: System) -> None:
        self._system, self._left = system, False

    def left(self, connection: int) -> None:  # noqa: ARG002
        """See `Behaviour`."""
        self._left = True

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        return (Piece(data=seen.refused()),) if self._left and seen.ok and seen.is_result else None


class _Numbers(Again):
    def __init__(self, system: System) -> None:
        super().__init__(system, list(system.operations), lambda _sent: None)
        self._used: set[tuple[str, bool]] = set()

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange)
        if not seen.ok or not seen.number:
            return None
        key = (seen.number, seen.url)
        if key in self._used:
            return (Piece(data=seen.refused("requestid-invalid")),)
        self._used.add(key)
        return None
