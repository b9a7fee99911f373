"""Mutants of the rules that hold for every packet: header, XML, root, kind, result, sessions, indications; and harmless ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec import structs

from harness.mutation.mutant import Exchange, Mutant, Operator, Piece
from harness.mutation.packet_documents import MESSAGES
from harness.mutation.packet_headers import HEADERS, XML
from harness.mutation.packet_pretend import Change, Maker, Pretending
from harness.mutation.packet_seen import Said, Seen
from harness.spec.model import System
from harness.wire.tpkt import encode
from harness.wire.xmlmessage import Spelling, encode_document

_PAUSE_S = 0.003
_MOMENT_S = 0.03


def packet_rule_mutants(system: System) -> Iterator[Mutant]:
    """Every mutant of every rule, and the harmless ones."""
    yield from _Rules(system).mutants()


def _pieces(count: int, seen: Seen) -> Said:
    raw = seen.exchange.raw
    size = max(1, -(-len(raw) // count))
    return [Piece(data=raw[at : at + size], delay_s=_PAUSE_S if at else 0.0) for at in range(0, len(raw), size)]


def _spelled(spelling: Spelling) -> Change:
    return lambda seen: encode(encode_document(seen.answer.root, seen.answer.attributes, seen.elements, spelling))


def _backwards(seen: Seen) -> Said:
    """The fields of each confirm in another order."""
    return seen.each(lambda one: [structs.replace(one, fields=tuple(reversed(one.fields)))])


class _Late(Pretending):
    """Indications wait for the next answer on their connection and come in one segment with it."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._held: dict[int, list[bytes]] = {}

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        seen = Seen(self._system, exchange, self._notes, self._met)
        if seen.indicates:
            self._held.setdefault(seen.connection, []).append(seen.exchange.raw)
            return ()
        held = b"".join(self._held.pop(seen.connection, []))
        return (Piece(data=held + exchange.raw),) if held else None


_HARMLESS: Sequence[tuple[str, Operator, str, Change]] = (
    ("split", Operator.SPLIT, "Packets come in two pieces.", partial(_pieces, 2)),
    ("drip", Operator.SPLIT, "Packets come in many pieces.", partial(_pieces, 9)),
    (
        "header-apart",
        Operator.SPLIT,
        "The header comes before the rest.",
        lambda seen: [Piece(data=seen.exchange.raw[:3]), Piece(data=seen.exchange.raw[3:], delay_s=_PAUSE_S)],
    ),
    (
        "delayed",
        Operator.DELAY,
        "Answers take a moment.",
        lambda seen: (Piece(data=seen.exchange.raw, delay_s=_PAUSE_S),),
    ),
    ("quotes", Operator.RENAME, "Values stand in single quotes.", _spelled(Spelling(quote="'"))),
    ("pairs", Operator.SPLIT, "Each element has an end tag.", _spelled(Spelling(pair=True))),
    ("one-line", Operator.DROP, "Documents stand on one line.", _spelled(Spelling(line_end="", indent="", blank=""))),
    ("comments", Operator.OVERFLOW, "Documents have comments.", _spelled(Spelling(comment=" of no account "))),
    ("references", Operator.RENAME, "Values are character references.", _spelled(Spelling(references=True))),
    ("mark", Operator.OVERFLOW, "Documents begin with a byte order mark.", _spelled(Spelling(mark=True))),
    (
        "blanks",
        Operator.OVERFLOW,
        "Documents have more white space.",
        _spelled(Spelling(equals=" = ", attribute_space="\n  ", blank="\t")),
    ),
    (
        "upper-encoding",
        Operator.RENAME,
        "The encoding is declared in upper case.",
        _spelled(Spelling(encoding="UTF-8")),
    ),
    ("field-order", Operator.REORDER, "Fields stand in another order.", _backwards),
    (
        "name-blanks",
        Operator.OVERFLOW,
        "Names of commands have blanks around them.",
        lambda seen: seen.each(
            lambda one: [
                structs.replace(one, attributes={name: f" {value} " for name, value in one.attributes.items()})
            ]
        ),
    ),
    (
        "name-case",
        Operator.RENAME,
        "Names of commands are in upper case.",
        lambda seen: seen.each(
            lambda one: [
                structs.replace(one, attributes={name: value.upper() for name, value in one.attributes.items()})
            ]
        ),
    ),
)


class _Rules(Maker):
    """See the module."""

    def mutants(self) -> Iterator[Mutant]:
        """See the module."""
        for rule, name, operator, about, say in (*HEADERS, *XML, *MESSAGES):
            yield self.says(self.clause(rule), name, operator, about, say)
        for name, operator, about, say in _HARMLESS:
            yield self.says(
                self.clause("well-formed"),
                f"harmless-{name}",
                operator,
                f"{about} That is allowed.",
                say,
                harmless=True,
            )
        clause = self.clause("indication")
        yield self.says(
            clause, "harmless-moment", Operator.DELAY, "Indications take a moment. That is allowed.",
            lambda seen: (Piece(data=seen.exchange.raw, delay_s=_MOMENT_S),) if seen.indicates else None, harmless=True,
        )  # fmt: skip
        yield Mutant(
            id=f"{clause}:harmless-together",
            clause=clause,
            operator=Operator.DELAY,
            about="Indications come in one segment with the next answer, before it. That is allowed.",
            make=partial(_Late, self.system),
            harmless=True,
        )
