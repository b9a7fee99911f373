"""Mutants of the rules of both roads: heads, numbers, codes and labels, framing, URLs, and events as such; and harmless ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from msgspec import structs

from harness.mutation.document_asked import (
    Asker,
    Fragments,
    LineAsker,
    OnlyFirst,
    Strays,
    Swapped,
    cut_at_line_end,
    escaped_twice,
)
from harness.mutation.document_heads import HeadRules, Row, put, text
from harness.mutation.document_seen import Said, Seen
from harness.mutation.mutant import Behaviour, Mutant, Operator, Piece
from harness.spec.model import System
from harness.wire.xmltree import Writing, write_document

_PAUSE_S = 0.02


def document_rule_mutants(system: System) -> Iterator[Mutant]:
    """Every mutant of the rules."""
    yield from _Rules(system).mutants()


class _Rules(HeadRules):
    def _near(self, rule: str) -> tuple[str, ...]:
        """The cases that look at a rule: those of every function as a whole come behind them."""
        ours = ("framing*", "results*", "numbers*", "urls*", "escaping*", "deprecated*", "*.roads.success")
        events = ("events*", "subscribers*", "partial*")
        names = events if "event" in rule or "subscribe" in rule else ours
        return tuple(f"{self.system.system}.{one}" for one in names)

    def mutants(self) -> Iterator[Mutant]:
        """See the module."""
        for rule, name, operator, about, say in (*self.results(), *self.refusals(), *self._urls(), *self._events()):
            if rule in self.syntax.rules:
                yield self.says(self._clause(rule), name, operator, about, say, near=self._near(rule))
        for rule, name, operator, about, make in self._behaviours():
            if rule in self.syntax.rules:
                yield Mutant(
                    id=f"{self._clause(rule)}:{name}",
                    clause=self._clause(rule),
                    operator=operator,
                    about=about,
                    make=make,
                    near=self._near(rule),
                )
        yield from self._harmless()

    def _clause(self, rule: str) -> str:
        return self.syntax.rules[rule]

    def _urls(self) -> Iterator[Row]:
        def url(test: Callable[[str], bool], seen: Seen) -> Said:
            return seen.refused() if seen.url and seen.ok and test(_target(seen)) else None

        page = self.syntax.pages[-1].lower()
        yield (
            "pages",
            "one",
            Operator.REFUSE,
            "One page does not serve.",
            partial(url, lambda one: one.lower().startswith(page)),
        )
        yield (
            "url-case",
            "upper",
            Operator.REFUSE,
            "Names in upper case are not known.",
            partial(
                url, lambda one: any(part.partition("=")[0].isupper() for part in one.partition("?")[2].split("&"))
            ),
        )
        yield (
            "roads-agree",
            "other-error",
            Operator.SWAP,
            "Over HTTP another error is given.",
            lambda seen: seen.refused() if seen.url and seen.failed and seen.function else None,
        )
        yield (
            "roads-agree",
            "less",
            Operator.DROP,
            "Over HTTP results have a head only.",
            lambda seen: (
                seen.with_root(
                    structs.replace(seen.root, children=tuple(one for one in seen.root.children if not one.children))
                )
                if seen.url and seen.is_result and seen.ok and any(one.children for one in seen.root.children)
                else None
            ),
        )

    def _events(self) -> Iterator[Row]:
        syntax = self.syntax
        classes = sorted({one.event_class for one in self.system.events.values()})

        def event(say: Callable[[Seen], Said]) -> Callable[[Seen], Said]:
            return lambda seen: say(seen) if seen.event else None

        yield "subscribed", "silent", Operator.LOSE, "Nobody is told of anything.", event(lambda _: ())
        for one in classes:
            yield (
                "subscribed",
                f"no-{one}",
                Operator.LOSE,
                f"Nobody is told of {one}.",
                event(
                    lambda seen, one=one: () if seen.root.get(syntax.event_class) == one else None  # type: ignore[misc]
                ),
            )
        yield (
            "event-class",
            "other",
            Operator.SWAP,
            "Events have the other class.",
            event(
                lambda seen: put(
                    seen,
                    syntax.event_class,
                    text(next(one for one in classes if one != seen.root.get(syntax.event_class))),
                )
            ),
        )
        yield (
            "event-type",
            "other",
            Operator.RENAME,
            "Events have a type that there is none of.",
            event(lambda seen: put(seen, syntax.event_type, text("SOMETHING"))),
        )
        for name in (one for one, value in syntax.event_head.items() if value.absent is None):
            yield (
                "event-data",
                f"no-{name}",
                Operator.DROP,
                f"Events have no {name}.",
                event(
                    lambda seen, name=name: put(seen, name, lambda _: [])  # type: ignore[misc]
                ),
            )
        yield from self._told()

    def _told(self) -> Iterator[Row]:
        def event(say: Callable[[Seen], Said]) -> Callable[[Seen], Said]:
            return lambda seen: say(seen) if seen.event else None

        yield (
            "event-once",
            "twice",
            Operator.DOUBLE,
            "Events come twice.",
            event(lambda seen: seen.raw * 2 if seen.event != "RECORDINGUPDATE" else None),
        )
        for name in self.system.events:
            yield (
                "event-device",
                f"other-{name}",
                Operator.SWAP,
                f"{name} names another device.",
                event(
                    lambda seen, name=name: seen.put("DEVICEID", "987654") if seen.event == name else None  # type: ignore[misc]
                ),
            )

    def _behaviours(self) -> Iterator[tuple[str, str, Operator, str, Callable[[], Behaviour]]]:
        system, syntax = self.system, self.syntax
        end = b"</" + syntax.request.encode() + b">"
        yield (
            "whole",
            "line-end",
            Operator.MISREAD,
            "A line end within a request ends it.",
            lambda: LineAsker(cut_at_line_end),
        )
        yield "stream", "fragments", Operator.MISREAD, "What comes in several segments is lost.", lambda: Fragments(end)
        yield (
            "order",
            "swapped",
            Operator.REORDER,
            "The second of two requests is answered first.",
            lambda: Swapped(system),
        )
        yield (
            "url-escape",
            "twice",
            Operator.MISREAD,
            "Escapes in URLs stand for themselves.",
            lambda: LineAsker(escaped_twice),
        )
        yield (
            "not-subscribed",
            "others",
            Operator.OVERFLOW,
            "Events are told to those who did not ask.",
            lambda: Strays(system),
        )
        yield "not-subscribed", "all", Operator.OVERFLOW, "Who asks for one class is told of both.", lambda: Asker(
            system, lambda call, old: [(name, syntax.every_class if name == syntax.event_class else value) for name, value in old]
            if call.operation == syntax.subscribe else None,
        )  # fmt: skip
        yield (
            "event-apart",
            "within",
            Operator.REORDER,
            "Events stand within results.",
            lambda: Strays(system, within=True),
        )
        yield (
            "several-subscribers",
            "first",
            Operator.LOSE,
            "Only the first who asked is told.",
            lambda: OnlyFirst(system),
        )

    def _harmless(self) -> Iterator[Mutant]:
        clause = self._clause("well-formed")
        rows: tuple[tuple[str, Operator, Callable[[Seen], Said]], ...] = (
            (
                "split",
                Operator.SPLIT,
                lambda seen: [Piece(data=seen.raw[:7]), Piece(data=seen.raw[7:], delay_s=_PAUSE_S)],
            ),
            ("delayed", Operator.DELAY, lambda seen: [Piece(data=seen.raw, delay_s=_PAUSE_S)]),
            ("backwards", Operator.REORDER, _backwards),
            ("indented", Operator.OVERFLOW, _indented),
        )
        for name, operator, say in rows:
            yield self.says(
                clause,
                f"harmless-{name}",
                operator,
                f"Results come otherwise ({name}). That is allowed.",
                say,
                harmless=True,
            )


def _backwards(seen: Seen) -> Said:
    return seen.with_root(structs.replace(seen.root, children=seen.root.children[::-1])) if seen.is_result else None


def _indented(seen: Seen) -> Said:
    if not seen.is_result:
        return None
    fields = [(one.name, one if one.children else one.text) for one in seen.root.children]
    return seen.with_document(write_document(seen.root.name, fields, Writing(line_end="\r\n", indent="  ")))


def _target(seen: Seen) -> str:
    words = seen.exchange.line.split(b" ", 2)
    return words[1].decode("latin-1") if len(words) > 1 else ""
