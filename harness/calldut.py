"""The device under test as flows of calls see it: `harness.callview`, `harness.callsample`, and checks of what was asked for."""

from __future__ import annotations

import json

from harness.callsample import CallSampleView, find_told
from harness.callview import Seen
from harness.checks.callfaults import (
    Expected,
    demanded,
    expected_named,
    expected_use,
    expected_wrong,
    fault_checks,
)
from harness.flow import CaseStopped
from harness.messages.callreply import CallReply
from harness.spec.callmodel import FaultUse, Wrong
from harness.usual import unusual_checks
from harness.verdict import Check, Severity
from harness.view import MAIN

__all__ = ["MAIN", "CallDut", "Expected", "Seen", "find_told"]

Answer = Expected | Wrong | FaultUse | str | tuple[str, ...]


class CallDut(CallSampleView):
    """One case's view of the device."""

    # checks

    def ok(self, reply: CallReply, *clauses: str, check: str = "") -> CallReply:
        """The call must have succeeded; gives the reply.

        Raises:
            CaseStopped: it did not, and what follows would need it.
        """
        own = f"{self.model.prefix}-{reply.method}"
        passed = reply.ok is True
        cited = (*(clauses or (own,)), *demanded(self.model, reply))
        self.check(
            check or reply.method or "call", passed, *cited, expected=f"{reply.method or 'the call'} to succeed",
            got="" if passed else reply.describe(), step=reply.step,
        )  # fmt: skip
        if not passed:
            raise CaseStopped(f"{reply.method} did not succeed")
        return reply

    def fault(self, reply: CallReply, answer: Answer, *clauses: str, member: str = "", check: str = "fault") -> bool:
        """The call must be answered as one of the readings has it; gives whether it is.

        Args:
            answer: what answers it; a text is one of the method's own faults, else of the catalogue.
            member: path of what is wrong, which some faults must name.

        Raises:
            CaseStopped: no reply came; what would follow on a device that does not answer says nothing more.
        """
        expected = self.expected(reply.method, answer)
        if member:
            expected = Expected(
                outcomes=expected.outcomes, accepted=expected.accepted, member=member, clauses=expected.clauses
            )
        found = list(fault_checks(self.model, reply, expected, *clauses, check=self._name(check)))
        self.checks.extend(found)
        if not reply.came:
            raise CaseStopped(reply.describe())
        return all(one.passed or one.severity is Severity.READING for one in found)

    def expected(self, method: str, answer: Answer) -> Expected:
        """What a rule, a fault of the method or names of faults stand for."""
        match answer:
            case Expected():
                return answer
            case Wrong():
                return expected_wrong(self.model, answer)
            case FaultUse():
                call = self.model.operations[method].call
                name = next(one for one, use in (call.faults if call is not None else {}).items() if use is answer)
                return expected_use(self.model, method, name)
            case str():
                operation = self.model.operations.get(method)
                if operation is not None and operation.call is not None and answer in operation.call.faults:
                    return expected_use(self.model, method, answer)
                return expected_named(self.model, answer)
        return expected_named(self.model, *answer)

    def refused(
        self,
        reply: CallReply,
        *clauses: str,
        ambiguity: str = "malformed",
        faults: tuple[str, ...] = (),
        check: str = "refused",
    ) -> bool:
        """Whatever was sent must not have succeeded: a fault, an HTTP status of an error, or the end of the connection where a reading has it.

        Args:
            ambiguity: an open point or the id of an ambiguity whose readings tell how it may be refused.
            faults: the only faults of the catalogue that will do; none: any.

        Raises:
            CaseStopped: no answer came and the connection is open.
        """
        name = self._name(check)
        codes = {self.model.errors[one].code for one in faults}
        ends = reply.ended and any("closed" in self._readings(one) for one in (ambiguity, "malformed"))
        passed = ends or (reply.failed and (not codes or not reply.code or reply.code in codes))
        self._told(
            name, reply, ambiguity, self._refusal(reply, ambiguity) if passed else "", passed, clauses, "a refusal"
        )
        if not reply.came and not ends:
            raise CaseStopped(reply.describe())
        return passed

    def either(self, reply: CallReply, ambiguity: str, *clauses: str, check: str = "either") -> bool:
        """Success and refusal conform, as readings of an ambiguity or open point; gives whether it was a success.

        Raises:
            CaseStopped: neither came.
        """
        known = self.model.ambiguities[self.open_point(ambiguity)]
        good = reply.ok is True
        passed = good or reply.failed or reply.ended
        reading = (known.accepted or "") if good else self._refusal(reply, ambiguity) if passed else ""
        self._told(
            self._name(check), reply, ambiguity, reading, passed, (*clauses, self.one_reply), "a success or a refusal"
        )
        if not passed:
            raise CaseStopped(reply.describe())
        return good

    def _told(
        self,
        name: str,
        reply: CallReply,
        ambiguity: str,
        reading: str,
        passed: bool,
        clauses: tuple[str, ...],
        wanted: str,
    ) -> None:
        known = self.open_point(ambiguity)
        fits = frozenset((reading,)) if reading in self._readings(ambiguity) else frozenset[str]()
        got = reply.describe()
        self.checks.append(
            Check(
                id=name,
                clauses=clauses,
                passed=passed,
                expected="" if passed else wanted,
                got="" if passed else got,
                step=reply.step,
                readings={known: fits} if fits else {},
            )
        )
        self.checks += unusual_checks(self.model, known, fits, check=name, clauses=clauses, got=got, step=reply.step)

    def _readings(self, ambiguity: str) -> tuple[str, ...]:
        known = self.model.ambiguities.get(self.open_point(ambiguity))
        return tuple(known.readings) if known is not None else ()

    def _refusal(self, reply: CallReply, ambiguity: str) -> str:
        """The reading of an ambiguity that a refusal shows, "" if none does."""
        known = self.model.ambiguities[self.open_point(ambiguity)]
        if reply.ended:
            wanted = ["closed"]
        elif reply.ok is None:
            wanted = ["http", "error"]
        else:
            rules = (self.syntax.malformed, self.syntax.bad_cookie)
            wanted = [
                reading
                for rule in rules
                if rule.ambiguity == self.open_point(ambiguity)
                for reading, fault in rule.faults.items()
                if self.model.errors[fault].code == reply.code
            ]
            wanted += ["fault", "other"]
        return next((one for one in wanted if one in known.readings), known.refused or "")

    # for the engine

    async def state_of(self, method: str, name: str) -> str:
        """Whether an object that the target file names is there."""
        call = self.model.operations[method].call
        takes = call.takes if call is not None else {}
        member = next((one for one, known in takes.items() if known.object is not None), "")
        reply = await self.call(method, {member: name}, judged=False)
        return json.dumps("there") if reply.ok else reply.describe()
