"""Deviations of indications: IND."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs

from harness.messages.reply import Call
from harness.mutation.mutant import Operator as Op
from harness.mutation.packet_pretend import Pretending, Register
from harness.mutation.packet_seen import Asked, Said, Seen, packed
from harness.spec.model import System
from harness.wire.xmlmessage import Element, Field

breach = Register()
QUIET = "GETDEVINFO"

# indications


@breach.asked("IND-002", "all-told", Op.ACCEPT, "Every client gets indications.", "*.indication")
def _all_told(asked: Asked) -> bytes | None:
    return (
        asked.asking({"INDICATION": "1"}) if asked.operation == "LOGIN" and asked.given("INDICATION") is None else None
    )


@breach.asked("IND-002", "zero-is-one", Op.ACCEPT, "Who said 0 gets indications.")
def _zero_is_one(asked: Asked) -> bytes | None:
    return (
        asked.asking({"INDICATION": "1"}) if asked.operation == "LOGIN" and asked.given("INDICATION") == "0" else None
    )


@breach.asked("IND-001", "nobody-told", Op.LOSE, "No client gets indications.", "*.indication")
def _nobody_told(asked: Asked) -> bytes | None:
    return (
        asked.asking({"INDICATION": "0"}) if asked.operation == "LOGIN" and asked.given("INDICATION") == "1" else None
    )


@breach("IND-001", "first-only", Op.LOSE, "A client is told of one change only.")
def _first_only(seen: Seen) -> Said:
    if not seen.is_told():
        return None
    before = seen.connection in seen.notes
    seen.notes[seen.connection] = True
    return () if before else None


@breach("IND-001", "one-client", Op.LOSE, "Of several clients only the first is told.")
def _one_client(seen: Seen) -> Said:
    if not seen.is_told():
        return None
    return None if seen.notes.setdefault("first", seen.connection) == seen.connection else ()


@breach("IND-003", "all-twice", Op.DOUBLE, "Each indication comes twice.", "*.indication")
def _twice(seen: Seen) -> Said:
    return seen.exchange.raw * 2 if seen.is_told() else None


@breach("IND-003", "twice-later", Op.DOUBLE, "Each indication comes once more before the next answer.", "*.indication")
def _twice_later(seen: Seen) -> Said:
    held = seen.notes.setdefault(seen.connection, [])
    if seen.is_told():
        held.append(seen.exchange.raw)
        return None
    again, seen.notes[seen.connection] = b"".join(held), []
    return again + seen.exchange.raw if again else None


_TEXTS = ("E164", "FULLNAME", "DESCRIPTION", "ROOM_NUM", "RATE", "H323", "IFRAMEINTERVAL")


@breach("IND-004", "other-text", Op.SWAP, "Indications say something else than the confirms.", "*.indication")
def _other_text(seen: Seen) -> Said:
    if not seen.is_told():
        return None
    return seen.each(
        lambda one: [
            structs.replace(one, fields=tuple(_more(field) if field.name in _TEXTS else field for field in one.fields))
        ]
    )


def _more(field: Field) -> Field:
    return structs.replace(field, attributes={**field.attributes, "value": field.attributes.get("value", "") + "7"})


@breach("IND-004", "blank", Op.DROP, "Texts are blank in indications.", "*.indication")
def _blank_told(seen: Seen) -> Said:
    if not seen.is_told("MODDEVUSER", "MODENDPOINT", "MODGROUP", "ADDGROUP", "SETSTORAGE"):
        return None
    return (
        seen.setting(DESCRIPTION="")
        if "GROUP" in seen.operation
        else seen.setting(FULLNAME="")
        if "USER" in seen.operation
        else seen.setting(SOURCEIP="0.0.0.0")
        if "END" in seen.operation
        else seen.setting(USER="")
    )


class _Telling(Pretending):
    """Before the next answer on a connection that asked comes an indication of a command that failed, or that only reads."""

    def __init__(self, system: System, test: Callable[[Seen], bool]) -> None:
        super().__init__(system, self._tell)
        self._test = test
        self._asked: set[int] = set()
        self._made: dict[int, bytes] = {}

    def _tell(self, seen: Seen) -> Said:
        if seen.is_ok("LOGIN") and seen.given("INDICATION") == "1":
            self._asked.add(seen.connection)
        known = self._system.operations.get(seen.operation)
        if known is not None and not seen.indicates and self._test(seen):
            fields = tuple(Field(name=name, attributes={"value": value}) for name, value in seen.sent)
            told = Element(name="INDICATION", attributes={"xmlid": seen.operation.lower()}, fields=fields)
            for connection in self._asked - {seen.connection}:
                self._made[connection] = packed(seen.answer, [told])
        before = self._made.pop(seen.connection, b"")
        return before + seen.exchange.raw if before else None


breach.device(
    "IND-005",
    "failed-told",
    Op.OVERFLOW,
    "Clients are told of changes that failed.",
    lambda system: _Telling(system, lambda seen: seen.is_refused() and seen.operation[:3] in ("ADD", "MOD", "DEL")),
)
breach.device(
    "IND-005",
    "steps-told",
    Op.OVERFLOW,
    "Clients are told of steps of a recording that failed.",
    lambda system: _Telling(system, lambda seen: seen.is_refused() and seen.operation.endswith("ROOMRECORD")),
    "record.told",
)
breach.device(
    "IND-005",
    "reading-told",
    Op.OVERFLOW,
    "Clients are told of what was read.",
    lambda system: _Telling(system, lambda seen: seen.is_ok("GETENDPOINT", "GETDEVUSER", "GETROOM", "GETEPLINK")),
)


@breach("IND-006", "swapped", Op.REORDER, "Two indications come in the wrong order.")
def _swapped(seen: Seen) -> Said:
    held: list[bytes] = seen.notes.setdefault(seen.connection, [])
    if seen.is_told():
        if not held:
            held.append(seen.exchange.raw)
            return ()
        before, seen.notes[seen.connection] = held[0], []
        return seen.exchange.raw + before
    if held:
        seen.notes[seen.connection] = []
        return held[0] + seen.exchange.raw
    return None


@breach("IND-007", "in-the-answer", Op.OVERFLOW, "Indications stand in the next answer.", "*.indication")
def _in_the_answer(seen: Seen) -> Said:
    held = seen.notes.setdefault(seen.connection, [])
    if seen.is_told():
        held += seen.elements
        return ()
    seen.notes[seen.connection] = []
    return packed(seen.answer, [*seen.elements, *held]) if held else None


class _Staying(Pretending):
    """A logout is confirmed and changes nothing but that the session is refused: what comes by itself goes on coming."""

    def __init__(self, system: System) -> None:
        super().__init__(system, self._confirm)
        self.rewrites = True
        self._over: set[str] = set()

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        asked = Asked(self._system, line, self._notes, self._met)
        if asked.session in self._over:
            return (asked.asking({}, session="ended"),)
        if asked.operation == "LOGOUT" and asked.session in self._met:
            self._over.add(asked.session or "")
            command = structs.replace(asked.document.elements[0], attributes={"xmlid": QUIET.lower()})
            return (packed(asked.document, [command]),)
        return (line,)

    def _confirm(self, seen: Seen) -> Said:
        if seen.operation != "LOGOUT" or not seen.packet.ok:
            return None
        result = Field(name="RESULT", attributes={"value": "0"})
        return packed(seen.answer, [Element(name="CONFIRM", attributes={"xmlid": "logout"}, fields=(result,))])


breach.device("IND-008", "after-logout", Op.STALE, "A client is told of changes after its logout.", _Staying)
