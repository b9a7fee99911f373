"""Whether a packet is what its very command must get: first a shape that was seen to conform, on a miss the full parse and every check.

A shape is made of an answer that passed: the same elements and fields in the same order and spelling, each value either the same, or
of the type that the field has under every reading, or that of the command where the document says that it is repeated. Lists may be longer or
shorter. So a shape covers no more than the checks would accept, and no less than they see: what is between the values stands literally in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from harness.checks.packets import comes, reply_checks
from harness.datatypes import MOST_DIGITS
from harness.disguise import Disguise
from harness.ending import Ending
from harness.judge import pinned
from harness.load.packets import LoadBinding
from harness.load.scenario import Request
from harness.load.verdicts import MAX_SHAPES, AnyValidator, Level, Quick
from harness.messages.binding import Framer
from harness.messages.packetreply import Packet, spelled
from harness.spec.messagemodel import Message, MessageField, MessageSyntax
from harness.spec.model import Base, DataType, System
from harness.spec.xsd_parts import integers
from harness.target import Target
from harness.verdict import Check
from harness.wire.tpkt import HEADER_BYTES, VERSION

_START = bytes((VERSION, 0))
# A value that needs no second look: printable ASCII without quotes, with the references of XML.
_CHARACTERS = rb"[ !#-%(-;=-~]*+"
_PLAIN = _CHARACTERS + rb"(?:&(?:amp|lt|gt|quot|apos);" + _CHARACTERS + rb")*+"
_HEX = rb"[0-9a-fA-F]"
_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"


class Shape:
    """Answers that look like one that passed.

    Args:
        pattern: of the payload, with a group for each value that repeats one of the command.
        echoes: the command's parameters, in the order of the groups.
    """

    __slots__ = ("echoes", "match")

    def __init__(self, pattern: bytes, echoes: Sequence[str]) -> None:
        self.match = re.compile(rb"\x03\x00(?s:..)" + pattern).fullmatch
        self.echoes = tuple(echoes)


class PacketValidator(AnyValidator):
    """Validates the answers to commands of XML messages.

    Args:
        binding: reads packets.
        level: how much is looked at.
        target: pins readings, and has secrets that no report shows.
        ends: the device may end a connection after an answer, as after a logout.
    """

    def __init__(self, binding: LoadBinding, level: Level, target: Target, *, ends: bool = False) -> None:
        super().__init__(level, binding.syntax.rules["one-reply"])
        self.repeats = ends
        self._binding = binding
        self._system: System = binding.system
        self._syntax: MessageSyntax = binding.syntax
        self._target = target
        self._shapes: dict[str, list[Shape]] = {}
        self._exact: dict[str, set[bytes]] = {}

    def known(self, request: Request) -> Quick:
        """See `AnyValidator`."""
        if self.level is Level.FRAMING:
            return _framed
        exact = self._exact.setdefault(self._kind(request), set())
        shapes = self._shapes.setdefault(self._kind(request), [])
        sent = dict(_pairs(request))
        wanted: dict[tuple[str, ...], tuple[bytes, ...]] = {}

        def quick(raw: bytes) -> bool:
            if raw in exact:
                return True
            for shape in shapes:
                found = shape.match(raw)
                if found is None or (raw[2] << 8) + raw[3] != len(raw):
                    continue
                if not shape.echoes:
                    return True
                values = wanted.get(shape.echoes)
                if values is None:
                    values = wanted[shape.echoes] = tuple(_written(sent[name]) for name in shape.echoes)
                if found.groups() == values:
                    return True
            return False

        return quick

    def _kind(self, request: Request) -> str:
        """Requests of which the answers are alike: with the same parameters, and of lists with the values that each entry repeats."""
        confirm, sent = self._system.operations[request.kind.operation].confirm, _pairs(request)
        repeated = {one.echo for one in confirm.fields.values()} if confirm is not None and confirm.several else set()
        return " ".join(
            (request.kind.name, *sorted({f"{name}={value}" if name in repeated else name for name, value in sent}))
        )

    def slow(
        self,
        request: Request,
        raw: bytes,
        ending: Ending,
        *,
        at_s: float = 0.0,
        connection: int = 0,
        framer: Framer | None = None,  # noqa: ARG002 - a packet is all there is
    ) -> bool:
        """See `AnyValidator`."""
        self.parsed += 1
        shown = Disguise(self._syntax, self._target).hide(raw)
        packet = self._binding.packet(shown, ending, -1, operation=request.kind.operation, sent=_pairs(request))
        passed, _ = self.passes(self._hidden(request), self._checks(request, packet), packet, at_s, connection)
        if not passed:
            return False
        if ending is Ending.ANSWERED and self.level is not Level.FRAMING:
            self._learn(request, raw)
        return True

    def unasked(self, request: Request, raw: bytes, *, at_s: float = 0.0, connection: int = 0) -> None:
        """See `AnyValidator`."""
        hidden = Disguise(self._syntax, self._target).hide(raw)
        super().unasked(self._hidden(request), hidden, at_s=at_s, connection=connection)

    def _hidden(self, request: Request) -> Request:
        return Request(request.kind, request.call, Disguise(self._syntax, self._target).hide(request.data))

    def _checks(self, request: Request, packet: Packet) -> list[Check]:
        kind = request.kind
        checks = list(comes(packet))
        if self.level is not Level.FRAMING:
            checks = list(reply_checks(self._system, packet))
        if self.level is Level.FULL and packet.came:
            wanted = [answer.error is None for answer in kind.answers]
            checks.append(
                Check(
                    id="answer",
                    clauses=kind.clauses or (f"{self._system.prefix}-{kind.operation}",),
                    passed=packet.ok in wanted,
                    expected=" or ".join("a success" if one else "a failure" for one in wanted),
                    got="" if packet.ok in wanted else packet.describe(),
                )
            )
        return pinned(checks, self._target.dialect)

    # what is learned

    def _learn(self, request: Request, raw: bytes) -> None:
        kind, sent = self._kind(request), dict(_pairs(request))
        shapes, exact = self._shapes.setdefault(kind, []), self._exact.setdefault(kind, set())
        operation = self._system.operations[request.kind.operation]
        packet = self._binding.packet(raw, Ending.ANSWERED, -1, operation=request.kind.operation)
        if operation.confirm is None or not packet.ok:
            return
        repeats = any(one.echo in sent for one in operation.confirm.fields.values())
        if (operation.confirm.several or not repeats) and len(exact) < MAX_SHAPES:
            exact.add(raw)
        shape = learn(self._system, self._syntax, operation.confirm, packet, sent)
        if shape is not None and len(shapes) < MAX_SHAPES:
            shapes.append(shape)


def learn(
    system: System, syntax: MessageSyntax, message: Message, packet: Packet, sent: Mapping[str, str]
) -> Shape | None:
    """The shape of an answer that passed; None if it is not spelled plainly."""
    payload = packet.raw[HEADER_BYTES:]
    blocks = _blocks(syntax, payload)
    if blocks is None:
        return None
    head, elements, tail = blocks
    if message.several:
        elements = [one.rstrip() for one in elements]  # blanks between entries may be any
    known = {name: (key, one) for key, one in message.fields.items() for name in spelled(one.names, key)}
    echoes: list[str] = []
    shared = None if message.several else echoes
    patterns = [_element(system, syntax, known, element, sent, shared) for element in elements]
    if message.several:  # of each kind of entry any number, but none that stands for an empty list
        if len(packet.listed()) != len(elements):
            return None
        body = b"(?:(?:" + b"|".join(dict.fromkeys(patterns)) + rb")[ \t\r\n]*+)++"
    else:
        body = b"".join(patterns)
    shape = Shape(re.escape(head) + body + re.escape(tail), echoes)
    return shape if shape.match(packet.raw) is not None else None


_FIELD = re.compile(rb"<([A-Za-z_][\w.\-]*) ((?:[\w.\-]+=\"[^\"<]*\" )*[\w.\-]+=\"[^\"<]*\")[ \t\r\n]*(?:/>|></\1>)")
_ATTRIBUTE = re.compile(rb"([\w.\-]+)=\"([^\"]*)\"")


def _blocks(syntax: MessageSyntax, payload: bytes) -> tuple[bytes, list[bytes], bytes] | None:
    """What stands before the confirms, each of them with the blanks behind it, and what stands behind them."""
    name = re.escape(syntax.confirm.encode())
    if b"<!" in payload or payload.count(b"<?") > 1 or b"'" in payload.partition(b"?>")[2]:
        return None
    found = list(
        re.finditer(
            rb"<" + name + rb"[ \t\r\n][^<>]*[^<>/]>.*?</" + name + rb"[ \t\r\n]*>[ \t\r\n]*", payload, re.DOTALL
        )
    )
    whole = b"".join(one[0] for one in found)
    if not found or payload[found[0].start() : found[-1].end()] != whole:
        return None
    return payload[: found[0].start()], [one[0] for one in found], payload[found[-1].end() :]


def _element(
    system: System,
    syntax: MessageSyntax,
    known: Mapping[str, tuple[str, MessageField]],
    element: bytes,
    sent: Mapping[str, str],
    echoes: list[str] | None,
) -> bytes:
    """The pattern of one confirm; `echoes` is None where what is repeated stands as it is."""
    parts, at = [], 0
    for found in _FIELD.finditer(element):
        name = found[1].decode()
        if name not in known:
            continue  # the result and its reason stand as they are
        key, field = known[name]
        parts.append(re.escape(element[at : found.start(2)]))
        values = []
        for attribute, value in _ATTRIBUTE.findall(found[2]):
            kind = system.types.get(field.attributes.get(attribute.decode(), ""))
            if attribute.decode() == syntax.value:
                pattern = _value(system, syntax, key, field, value, sent, echoes)
            else:
                pattern = (_typed(kind) if kind is not None else b"") or re.escape(value)
            values.append(re.escape(attribute) + b'="' + pattern + b'"')
        parts.append(b" ".join(values))
        at = found.end(2)
    parts.append(re.escape(element[at:]))
    return b"".join(parts)


def _value(
    system: System,
    syntax: MessageSyntax,
    key: str,
    field: MessageField,
    value: bytes,
    sent: Mapping[str, str],
    echoes: list[str] | None,
) -> bytes:
    if echoes is not None and field.echo in sent and key not in syntax.secrets and not field.repeated:
        echoes.append(str(field.echo))
        return rb"([^<\"]*)"
    if field.echo in sent:
        return re.escape(value)
    return _typed(system.types[field.type]) or re.escape(value)


def _typed(kind: DataType) -> bytes:
    """The values of a type under every reading that need no second look; b"" for none."""
    match kind.base:
        case Base.TEXT:
            return _PLAIN
        case Base.WORD:
            return rb" ?+[0-9A-Za-z]" + _PLAIN
        case Base.ENUM:
            return b"(?:" + b"|".join(re.escape(word.encode()) for word in kind.choices) + b")"
        case Base.INT:
            return (
                b"(?:" + "|".join(integers(kind.minimum, kind.maximum, MOST_DIGITS)).replace("(", "(?:").encode() + b")"
            )
        case Base.GUID:
            return b"(?:" + _HEX + b"-?){31}" + _HEX
        case Base.UUID:
            return _HEX + b"{8}(?:-" + _HEX + b"{4}){3}-" + _HEX + b"{12}"
        case Base.IPV4:
            return _OCTET + rb"(?:\." + _OCTET + b"){3}"
    return b""


def _framed(raw: bytes) -> bool:
    return len(raw) >= HEADER_BYTES and raw.startswith(_START) and (raw[2] << 8) + raw[3] == len(raw)


def _pairs(request: Request) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (one.partition("=") for one in request.call.typed)]


def _written(value: str) -> bytes:
    return escape(value, {'"': "&quot;"}).encode()
