"""Judges results: against what may answer a request, and against what everything that comes must be."""

from __future__ import annotations

from collections.abc import Iterable

from harness.checks.documents import codes_of, event_checks, result_checks, unasked_check
from harness.fuzzing.document_kit import FAILURE, SUCCESS, Asked
from harness.messages.documentreply import URL, Result
from harness.spec.model import Level, System
from harness.verdict import Check, Severity


class DocumentJudge:
    """The checks of one system."""

    def __init__(self, system: System) -> None:
        assert system.documents is not None
        self._system = system
        self._syntax = system.documents
        self._rules = system.documents.rules
        self._good = {system.errors[name].code for name in (self._syntax.success, *self._syntax.successes)}
        self._head = {f"reply.value.{name}" for name in (self._syntax.number, self._syntax.answered)}
        self._bare = tuple(f".{name}" for name in (self._syntax.code, self._syntax.label, self._syntax.text))
        self._head |= {f"reply.type.{name}" for name in (self._syntax.number, self._syntax.answered)} | {"reply.number"}

    def outcome(self, result: Result) -> str:
        """`SUCCESS` or `FAILURE`; "" for what is neither."""
        if not result.came:
            return ""
        if result.code in self._good:
            return SUCCESS
        unknown = result.function not in self._system.operations  # it may be one whose success has no code
        headless = (unknown or result.function in self._syntax.headless) and result.root.name == self._syntax.result
        if headless and not result.code and result.status < 400:
            return SUCCESS
        return FAILURE if result.code or result.status >= 400 else ""

    def answer(self, asked: Asked, result: Result) -> list[Check]:
        """What the one result of a request breaks."""
        if not asked.plain and result.road == URL and result.status >= 400 and not result.is_xml:
            return []  # refused before it was one
        broken = self._counting(result_checks(self._system, result), whole=asked.plain and asked.number is not None)
        if not asked.plain and not result.code:
            broken = self._but_bare(broken)
        if broken or not result.came:
            return broken
        outcome = self.outcome(result)
        if outcome not in asked.outcomes:
            wanted = " or ".join(sorted(asked.outcomes))
            broken.append(
                self.check(
                    "answer",
                    asked.clauses,
                    f"{asked.function or 'the request'}: {wanted}",
                    result.describe(),
                    result.step,
                )
            )
        elif asked.code and outcome == FAILURE and result.code not in codes_of(self._system.errors[asked.code]):
            code = self._system.errors[asked.code]
            broken.append(
                self.check("answer.code", asked.clauses, f"{code.text} ({code.code})", result.describe(), result.step)
            )
        return broken

    def anything(self, result: Result) -> list[Check]:
        """What a document breaks of which only is known that it came."""
        if not result.came:
            return []
        if result.road == URL and (not result.is_xml or result.root.name != self._syntax.result):
            return []  # a page of an HTTP server
        found = self._counting(result_checks(self._system, result), whole=False)
        return found if result.code else self._but_bare(found)

    def _but_bare(self, checks: list[Check]) -> list[Check]:
        """Which function it answers is not known; there are some whose success has no code."""
        return [one for one in checks if not one.id.endswith(self._bare)]

    def event(self, event: Result, asked: set[str]) -> list[Check]:
        """What an event breaks on a connection that has asked for these classes."""
        unasked = unasked_check(event, asked)
        return self._counting(
            [*event_checks(self._system, event), *([unasked] if unasked is not None else [])], whole=True
        )

    def check(self, name: str, clauses: tuple[str, ...], expected: str, got: str, step: int = -1) -> Check:
        """A broken check."""
        return Check(
            id=name,
            clauses=clauses or (self._rules["one-result"],),
            passed=False,
            expected=expected,
            got=got,
            step=step,
        )

    def rule(self, name: str, rule: str, expected: str, got: str, step: int = -1) -> Check:
        """A broken check of a rule of both roads."""
        return self.check(name, (self._rules[rule],), expected, got, step)

    def _counting(self, checks: Iterable[Check], *, whole: bool) -> list[Check]:
        clauses = self._system.clauses
        return [
            one
            for one in checks
            if not one.passed
            and one.severity is Severity.MUST
            and (whole or one.id not in self._head)
            and any(clause not in clauses or clauses[clause].level is Level.MUST for clause in one.clauses)
        ]
