"""What answers a mistake in a member of a call, by the model of the spec and all readings, and what is known of the mistakes so far.

A mistake is certain if no reading takes it; whatever a reading takes only adds to what may answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fuzz.tps.known import Known
from harness.spec.callmodel import Member, Scalar, Slip, Wrong
from harness.spec.clauses_calls import wrong_of
from harness.spec.model import System

_ASPECTS = {Slip.MISSING: "required", Slip.MALFORMED: "type", Slip.OVERFLOW: "range"}


@dataclass(slots=True)
class Found:
    """What was found wrong.

    Attributes:
        certain: the call is refused under every reading.
        open: something may be taken in several ways, so that what a success does is not known.
        anything: every fault may answer.
        codes: of faults that may.
        names: what the text of a fault may name; None if that is open.
        slips: how many mistakes there are.
    """

    certain: bool = False
    open: bool = False
    anything: bool = False
    codes: set[str] = field(default_factory=set)
    clauses: set[str] = field(default_factory=set)
    names: list[tuple[str, ...]] = field(default_factory=list)


class Slips:
    """What answers."""

    def __init__(self, system: System, known: Known, version: str | None) -> None:
        assert system.calls is not None
        self._system = system
        self._syntax = system.calls
        self._known = known
        self._version = version
        self._codes = {name: row.code for name, row in system.errors.items()}

    def codes(self, wrong: Wrong) -> set[str]:
        """The codes of the faults that may answer."""
        return {self._codes[name] for name in (wrong.faults.values() if wrong.faults else (wrong.fault,))}

    def rule(self, wrong: Wrong, found: Found) -> None:
        """A mistake that is none of a member."""
        found.codes |= self.codes(wrong)
        if self._accepted(wrong):
            found.open = True
        else:
            found.certain = True
            found.clauses |= {wrong.clause} if wrong.clause else set()

    def _slip(self, kind: Scalar, member: Member, slip: Slip, base: str, path: tuple[str, ...], found: Found) -> None:
        if slip in kind.open and slip not in member.wrong:
            found.open, found.anything = True, True
        else:
            self._wrong(member, slip, base, path, found)

    def _accepted(self, wrong: Wrong) -> bool:
        ambiguity = self._system.ambiguities.get(wrong.ambiguity or "")
        return ambiguity is not None and ambiguity.accepted is not None

    def _wrong(
        self, member: Member, slip: Slip, base: str, path: tuple[str, ...], found: Found, *, certain: bool = True
    ) -> None:
        wrong = wrong_of(self._system, member, slip)
        if wrong is None:
            found.open, found.anything = True, True
            return
        found.codes |= self.codes(wrong)
        found.names.append(path)
        if (
            not certain
            or self._accepted(wrong)
            or (slip is Slip.MISSING and member.required_ambiguity is not None)
            or member.experimental
        ):
            found.open = True
            found.anything = found.anything or member.experimental
            return
        found.certain = True
        found.clauses.add(f"{self._system.prefix}-{base}{path[-1]}:{_ASPECTS.get(slip, str(slip))}")
        if wrong.clause:
            found.clauses.add(wrong.clause)


def codes_of(system: System, names: Iterable[str]) -> set[str]:
    """The codes of faults by name."""
    return {system.errors[name].code for name in names}
