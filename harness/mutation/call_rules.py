"""Mutants of the rules that hold for every call: HTTP, the encoding, faults, sizes, users, lists, files; and harmless ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from harness.mutation.call_files import REPLACED, file_mutants
from harness.mutation.call_refusals import RefusalMaker, Row
from harness.mutation.call_seen import Seen, Teller
from harness.mutation.http_framing import FRAMING, FRAMING_SOME, HARMLESS
from harness.mutation.http_seen import Said
from harness.mutation.mutant import Mutant, Operator
from harness.spec.callmodel import Slip
from harness.spec.model import System
from harness.wire.xmlrpc import Value
from harness.wire.xmlrpc_edit import Pair
from harness.wire.xmlrpc_write import encode_message
from harness.wire.xmlrpc_writing import Members, Writable, Writing


def call_rule_mutants(system: System) -> Iterator[Mutant]:
    """Every mutant of the rules."""
    yield from _Rules(system).mutants()


class _Rules(RefusalMaker):
    def mutants(self) -> Iterator[Mutant]:
        """See the module."""
        rules = self.syntax.rules
        for rows, harmless in ((FRAMING, False), (FRAMING_SOME, False), (HARMLESS, True)):
            for name, operator, about, change in rows:
                yield self.says(rules["http"], name, operator, about, partial(_answered, change), harmless=harmless)
        for rule, name, operator, about, pattern, new in REPLACED:
            if rule in rules:
                say = partial(_replaced, re.compile(pattern, re.DOTALL), new, rule.startswith("fault"))
                yield self.says(rules[rule], name, operator, about, say)
        for rule, name, operator, about, own in (*self._replies(), *self.refusals(), *self._lists()):
            if rule in rules:
                yield self.says(rules[rule], name, operator, about, own)
        if "alive" in rules:
            about = "After a call that was refused the next one is not answered."
            yield self.acts(rules["alive"], "silent", Operator.LOSE, about, partial(_Sulking, self.system))
        yield from file_mutants(self.system)
        yield from self._spellings()

    def _replies(self) -> Iterator[Row]:
        longest = self.syntax.longest
        yield (
            "path",
            "not-found",
            Operator.REFUSE,
            "Calls are answered with 404.",
            lambda seen: seen.answer.with_(status=404, reason="", body=b"Not Found").raw() if seen.good else None,
        )
        yield (
            "reply",
            "empty",
            Operator.DROP,
            "Replies have no content.",
            lambda seen: seen.says(b"") if seen.good else None,
        )
        yield (
            "reply",
            "page",
            Operator.RETYPE,
            "Replies are pages of HTML.",
            lambda seen: seen.says(b"<html><body>OK</body></html>") if seen.good else None,
        )
        yield "reply", "lost", Operator.LOSE, "Calls are not answered.", lambda seen: () if seen.good else None
        yield "names-unique", "twice", Operator.DOUBLE, "A member stands twice in replies.", _doubled
        yield (
            "encoding",
            "question-marks",
            Operator.RETYPE,
            "What is not ASCII comes back as question marks.",
            lambda seen: (
                seen.says(re.sub(rb"[\x80-\xff]+", b"?", seen.answer.body))
                if seen.good and not seen.answer.body.isascii()
                else None
            ),
        )
        yield (
            "reply-size",
            "padded",
            Operator.OVERFLOW,
            "Replies are longer than they may be.",
            lambda seen: (
                seen.says(seen.answer.body.replace(b"<params>", b"<params>" + b" " * longest, 1)) if seen.good else None
            ),
        )
        yield from self._carried()

    def _carried(self) -> Iterator[Row]:
        yield (
            "status",
            "other",
            Operator.RENAME,
            "Who has nothing to tell says otherwise that it was done.",
            lambda seen: (
                seen.tree({self.syntax.status: "OK"})
                if seen.good and seen.call is not None and not seen.call.returns
                else None
            ),
        )
        yield (
            "keep-alive",
            "said-and-not-done",
            Operator.MISREAD,
            "Replies say that the connection ends, and it does not.",
            lambda seen: seen.answer.with_field("Connection", "close").raw() if seen.good else None,
        )
        yield "unlimited-returned", "both", Operator.DOUBLE, "Both halves of an unlimited pair come back.", self._both
        yield "choice-returned", "other", Operator.RENAME, "Words that are not listed come back.", self._words

    def _lists(self) -> Iterator[Row]:
        wrong = self.syntax.bad_cookie
        faults = [*wrong.faults.values(), *([wrong.fault] if wrong.fault else [])]
        yield (
            "cookie-expired",
            "taken",
            Operator.ACCEPT,
            "Any cookie is taken.",
            lambda seen: seen.accepted() if _listing(seen) and seen.fails("", *faults) and not seen.slips else None,
        )
        yield "more-available", "always", Operator.SWAP, "There is always said to be more.", partial(_more, True)
        yield "more-available", "never", Operator.SWAP, "There is never said to be more.", partial(_more, False)
        yield "cookie-first", "one-less", Operator.DROP, "Lists lack their last entry.", partial(_shorter, first=True)
        yield (
            "cookie-later",
            "empty",
            Operator.DROP,
            "What has changed since is not told.",
            partial(_shorter, first=False),
        )

    # members of every reply

    def _both(self, seen: Seen) -> Said:
        for clause, path, member, value in seen.returned:
            partner = member.present.lacks if member.present is not None else None
            if partner is None or len(path) != 1:
                continue
            call = seen.call
            known = call.returns.get(partner) if call is not None else None
            if known is None or partner in seen.message.struct:
                continue
            new = 5 if isinstance(value.scalar, bool) else True
            return seen.spoilt([(clause, path, member, value)], partial(_beside, partner, new))
        return None

    def _words(self, seen: Seen) -> Said:
        for place in seen.returned:
            kind = self.system.scalars.get(place[2].type or "")
            if (
                kind is not None
                and kind.choices
                and kind.base == "string"
                and not place[2].array
                and Slip.CHOICE not in kind.open
            ):
                return seen.spoilt([place], lambda name, _old: ((name, "clausewise"),))
        return None

    # files, and what is allowed

    def _spellings(self) -> Iterator[Mutant]:
        clause = self.syntax.rules["reply"]
        for name, writing in (
            ("lines", Writing(line_end="\n", indent="  ")),
            ("i4", Writing(int_tag="i4")),
            ("backwards", Writing(order="reversed")),
            ("plain", Writing(declaration=False)),
            ("commented", Writing(comment=" of no use ")),
        ):
            about = f"Replies are written otherwise ({name}), which is allowed."
            yield self.says(
                clause, f"harmless-{name}", Operator.REORDER, about, partial(_rewritten, writing), harmless=True
            )


def _beside(partner: str, new: int, name: str, old: Writable) -> tuple[Pair, ...]:
    """A member with another one behind it."""
    return ((name, old), (partner, new))


def _answered(change: Callable[[Seen], Said], seen: Seen) -> Said:
    """Only replies to calls, with something in them."""
    return change(seen) if seen.answer.status and seen.answer.body and seen.asked.method else None


def _replaced(pattern: re.Pattern[bytes], new: bytes, faults: bool, seen: Seen) -> Said:
    body = seen.answer.body
    if not (seen.faulty if faults else seen.good):
        return None
    made = pattern.sub(new, body, count=0 if b"methodCall" in new else 1)
    return seen.says(made) if made != body else None


def _doubled(seen: Seen) -> Said:
    if not seen.good or not seen.message.struct.members:
        return None
    first = seen.message.struct.members[0]
    pairs = [(one.name, one.value) for one in seen.message.struct.members]
    return seen.tree(Members((*pairs, (first.name, first.value))))


def _listing(seen: Seen) -> bool:
    return seen.call is not None and seen.call.listing is not None


def _more(value: bool, seen: Seen) -> Said:
    listing = seen.call.listing if seen.call is not None else None
    if listing is None or not seen.good:
        return None
    places = [one for one in seen.returned if one[1] == (listing.more,) and one[3].scalar is not value]
    return seen.spoilt(places, lambda name, _old: ((name, value),)) if places else None


def _shorter(seen: Seen, *, first: bool) -> Said:
    listing = seen.call.listing if seen.call is not None else None
    if listing is None or not seen.good or listing.deleted or (listing.cookie not in seen.sent) is not first:
        return None
    places = [one for one in seen.returned if one[1] in [(name,) for name in listing.items] and one[3].items]
    keep = -1 if first else 0

    def less(name: str, old: object) -> tuple[tuple[str, list[Value]], ...]:
        return ((name, list(old.items)[:keep] if isinstance(old, Value) else []),)

    return seen.spoilt(places, less) if places else None


def _rewritten(writing: Writing, seen: Seen) -> Said:
    if not (seen.good or seen.faulty) or seen.message.deviations:
        return None
    made = encode_message(seen.message, writing=writing)
    return seen.says(made) if len(made) <= seen.syntax.longest else None


class _Sulking(Teller):
    """Does not answer what comes after a fault on the same connection."""

    def __init__(self, system: System) -> None:
        super().__init__(system, self._told)
        self._hurt: set[int] = set()

    def _told(self, seen: Seen) -> Said:
        if seen.connection in self._hurt:
            self._hurt.discard(seen.connection)
            return ()
        if seen.faulty:
            self._hurt.add(seen.connection)
        return None
