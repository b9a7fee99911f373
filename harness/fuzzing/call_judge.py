"""Judges replies: against what may answer a call, and against what everything that comes must be."""

from __future__ import annotations

from collections.abc import Iterable

from harness.checks.calls import http_checks, message_checks, reply_checks
from harness.fuzzing.call_kit import Asked
from harness.messages.callreply import CallReply
from harness.spec.model import Level, System
from harness.verdict import Check, Severity


class CallJudge:
    """The checks of one system.

    Args:
        version: of the API that the device has; None: the newest.
        known: methods that the device has answered otherwise than that it has not; this adds to them.
    """

    def __init__(self, system: System, version: str | None, known: set[str]) -> None:
        assert system.calls is not None
        self._system = system
        self._syntax = system.calls
        self._rules = system.calls.rules
        self._version = version
        self._known = known
        self._lacking = system.errors[system.calls.unknown_method.fault].code
        named = (system.calls.wrong[slip] for slip in system.calls.wrong if "{member}" in system.calls.wrong[slip].text)
        self._naming = {system.errors[one.fault].code: one.fault for one in named if one.fault}

    def answer(self, asked: Asked, reply: CallReply) -> list[Check]:
        """What the one reply to a call breaks."""
        if not reply.came:
            return [] if asked.may_close and reply.ended else self._counting(http_checks(self._system, reply))
        refused = reply.ok is None and reply.status >= 400
        if refused and asked.http:
            return self._counting(http_checks(self._system, reply))
        broken = self._counting(reply_checks(self._system, reply, self._version))
        if broken or reply.ok is None:
            return broken
        if asked.method and reply.code != self._lacking:
            self._known.add(asked.method)
        return self._outcome(asked, reply)

    def anything(self, reply: CallReply) -> list[Check]:
        """What a reply breaks to what need not be a call at all."""
        return self._counting(message_checks(self._system, reply)) if reply.ok is not None else []

    def _outcome(self, asked: Asked, reply: CallReply) -> list[Check]:
        if reply.ok:
            return [] if asked.success else [self.answered(asked, reply)]
        if reply.code == self._lacking and asked.method and asked.method not in self._known:
            return []  # the device does not have the method; the suite tells that
        if asked.faults is not None and reply.code not in asked.faults:
            return [self.answered(asked, reply)]
        row = self._naming.get(reply.code)
        if row and asked.names and not any(name.casefold() in reply.text.casefold() for name in asked.names):
            rule = "missing-name" if row == "missing-parameter" else "malformed-name"
            return [self.check("answer.name", (self._rules[rule],), f"a fault that names {asked.names[-1]}", reply)]
        return []

    def answered(self, asked: Asked, reply: CallReply) -> Check:
        """A broken check: the answer is none of those that conform."""
        expected = ["a success"] if asked.success else []
        expected += (
            [f"fault {code}" for code in sorted(asked.faults or (), key=int)]
            if asked.faults is not None
            else ["a fault"]
        )
        return self.check("answer", asked.clauses, f"{asked.method or 'the call'}: {' or '.join(expected)}", reply)

    def check(self, name: str, clauses: tuple[str, ...], expected: str, reply: CallReply) -> Check:
        """A broken check."""
        return Check(
            id=name,
            clauses=clauses or (self._rules["fault-code"],),
            passed=False,
            expected=expected,
            got=reply.describe(),
            step=reply.step,
        )

    def rule(self, name: str, rule: str, expected: str, got: str, step: int = -1) -> Check:
        """A broken check of a rule."""
        return Check(id=name, clauses=(self._rules[rule],), passed=False, expected=expected, got=got, step=step)

    def _counting(self, checks: Iterable[Check]) -> list[Check]:
        clauses = self._system.clauses
        return [
            one
            for one in checks
            if not one.passed
            and one.severity is Severity.MUST
            and any(clause not in clauses or clauses[clause].level is Level.MUST for clause in one.clauses)
        ]
