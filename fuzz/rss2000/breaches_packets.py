"""Deviations of packets and messages: TPK, XML."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs

from harness.messages.reply import Call
from harness.mutation.mutant import Exchange, Piece
from harness.mutation.mutant import Operator as Op
from harness.mutation.packet_pretend import Pretending, Register
from harness.mutation.packet_seen import Asked, Said, Seen
from harness.spec.model import System
from harness.wire.tpkt import split
from harness.wire.xmlmessage import Element

breach = Register()
QUIET = "GETDEVINFO"
LISTS = ("GETENDPOINT", "GETDEVUSER", "GETGROUP", "GETROOM", "GETBANNER", "GETGK", "GETMEDIAINFO")

# packets


class _Careless(Pretending):
    """Reads what comes in one segment wrongly: only its first packet, or nothing that is no whole packet."""

    rewrites = True

    def __init__(self, system: System, *, joined: bool) -> None:
        super().__init__(system)
        self.rewrites = True
        self._joined = joined

    def received(self, connection: int, data: bytes) -> bytes:  # noqa: ARG002
        """See `Behaviour`."""
        packets, rest = split(data)
        if self._joined:
            return data[: 4 + len(packets[0])] if packets and (len(packets) > 1 or rest) else data
        return data[: len(data) - len(rest)]


breach.device(
    "TPK-005",
    "first-only",
    Op.MISREAD,
    "Of packets in one segment only the first is read.",
    lambda system: _Careless(system, joined=True),
    "packet.joined.*",
)
breach.device(
    "TPK-005",
    "parts-lost",
    Op.MISREAD,
    "A packet in several segments is lost.",
    lambda system: _Careless(system, joined=False),
    "packet.split.*",
)


class _Swapping(Pretending):
    """Answers of commands that wait come the last one first."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.rewrites = True
        self._waiting: dict[int, int] = {}
        self._held: dict[int, list[bytes]] = {}

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:
        """See `Behaviour`."""
        self._waiting[connection] = self._waiting.get(connection, 0) + 1
        return super().request(connection, call, line)

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        if not exchange.line:
            return None
        left = self._waiting[exchange.connection] = self._waiting.get(exchange.connection, 1) - 1
        held = self._held.setdefault(exchange.connection, [])
        held.insert(0, exchange.raw)
        if left > 0:
            return ()
        self._held[exchange.connection] = []
        return (Piece(data=b"".join(held)),)


breach.device(
    "TPK-008",
    "last-first",
    Op.REORDER,
    "Of commands in one segment the last is answered first.",
    _Swapping,
    "packet.joined.*",
)


class _Forgiving(Pretending):
    """Takes what is no command for one that only reads."""

    def __init__(self, system: System, *, unknown: bool) -> None:
        super().__init__(system)
        self.rewrites = True
        self._unknown = unknown
        self._quiet = b""

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        asked = Asked(self._system, line, self._notes, self._met)
        if asked.operation:
            if asked.operation == QUIET:
                self._quiet = line
            return (line,)
        named = any(one.name == "COMMAND" for one in asked.document.elements) and not asked.document.problems
        if named != self._unknown or not self._quiet or not asked.met:
            return (line,)
        quiet = Asked(self._system, self._quiet, self._notes, self._met)
        return (quiet.asking({}, session=(asked.live or list(asked.met))[-1]),)


breach.device(
    "XML-014",
    "taken",
    Op.ACCEPT,
    "What is no XML is answered with a success.",
    lambda system: _Forgiving(system, unknown=False),
    "xml.*",
)
breach.device(
    "XML-015",
    "taken",
    Op.ACCEPT,
    "A command of an unknown name is answered with a success.",
    lambda system: _Forgiving(system, unknown=True),
    "xml.unknown.*",
)


def _texts(change: Callable[[str], str], seen: Seen) -> Said:
    """Texts in answers that only read, changed."""

    def changed(one: Element) -> list[Element]:
        fields = []
        for field in one.fields:
            value = field.attributes.get("value", "")
            keep = field.name in ("RESULT", "SESSIONID") or (value.isascii() and value.replace("-", "").isalnum())
            fields.append(
                field if keep else structs.replace(field, attributes={**field.attributes, "value": change(value)})
            )
        return [structs.replace(one, fields=tuple(fields))]

    return seen.each(changed) if seen.is_ok(*LISTS) else None


for _name, _operator, _about, _change in (
    ("twice-escaped", Op.DOUBLE, "Markup is escaped twice", lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    ("no-ampersands", Op.DROP, "Ampersands are lost", lambda text: text.replace("&", "")),
    ("no-quotes", Op.RETYPE, "Quotes are apostrophes", lambda text: text.replace('"', "'")),
    ("ascii", Op.RETYPE, "Letters beyond ASCII are question marks", lambda text: text.encode("ascii", "replace").decode()),
    ("latin", Op.RETYPE, "Letters beyond Latin-1 are question marks", lambda text: text.encode("latin-1", "replace").decode("latin-1")),
    ("16-bits", Op.RETYPE, "Characters beyond 16 bits are lost", lambda text: "".join(one for one in text if ord(one) < 0x10000)),
    ("one-blank", Op.DROP, "Blanks in a row are one", lambda text: " ".join(text.split(" ")).replace("  ", " ")),
    ("mojibake", Op.MISREAD, "UTF-8 is taken for Latin-1", lambda text: text.encode().decode("latin-1").replace("\x85", "?")),
):  # fmt: skip
    breach(
        "XML-011", _name, _operator, f"{_about}.", "*.texts", "*.markup", "*ascii", "*.beyond-16-bits", "*.inner-blanks"
    )(
        lambda seen, change=_change: _texts(change, seen)  # type: ignore[misc]
    )


# failures that change something


@breach("XML-013", "added", Op.STALE, "An endpoint whose adding failed is listed.", "session.nothing-done")
def _added_all_the_same(seen: Seen) -> Said:
    if seen.is_refused("ADDENDPOINT"):
        seen.notes["name"] = seen.given("SOURCENAME")
    name = seen.notes.get("name")
    if not seen.is_ok("GETENDPOINT") or not name or any(seen.value("SOURCENAME", one) == name for one in seen.elements):
        return None
    return seen.with_(
        [*seen.elements, seen.set(seen.elements[-1], SOURCENAME=name, SOURCEID="5eed5eed-5eed-45ee-85ee5eed5eed5eed")]
    )


@breach("XML-013", "removed", Op.LOSE, "An endpoint whose removal failed is lost.", "session.nothing-done")
def _removed_all_the_same(seen: Seen) -> Said:
    if seen.is_refused("DELENDPOINT"):
        seen.notes["name"] = seen.given("SOURCENAME")
    name = seen.notes.get("name")
    return (
        seen.each(lambda one: [] if seen.value("SOURCENAME", one) == name else [one])
        if seen.is_ok("GETENDPOINT") and name
        else None
    )


@breach("XML-013", "modified", Op.SWAP, "An endpoint whose change failed is changed.", "session.nothing-done")
def _modified_all_the_same(seen: Seen) -> Said:
    if seen.is_refused("MODENDPOINT"):
        seen.notes["sent"] = dict(seen.sent)
    sent = seen.notes.get("sent")
    if not seen.is_ok("GETENDPOINT") or not sent:
        return None
    return seen.each(
        lambda one: [
            seen.set(one, H323=sent.get("H323", "")) if seen.value("SOURCENAME", one) == sent["SOURCENAME"] else one
        ]
    )
