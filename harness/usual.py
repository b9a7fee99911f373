"""A device may follow a reading that few would choose: it conforms, and a check of its own says so."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from harness.spec.model import System
from harness.verdict import Check, Severity


def unusual_checks(
    system: System,
    ambiguity: str | None,
    readings: Collection[str],
    *,
    check: str,
    clauses: tuple[str, ...],
    got: str,
    step: int,
) -> Iterator[Check]:
    """One broken check if all readings that an observation fits are unusual, else nothing.

    Args:
        readings: "" among them stands for an answer that belongs to no reading.
        check: id of the check that was passed.
    """
    if not ambiguity or not readings:
        return
    known = system.ambiguities[ambiguity]
    if all(reading in known.readings and known.readings[reading].unusual for reading in readings):
        yield Check(
            id=f"{check}.usual",
            clauses=clauses,
            passed=False,
            severity=Severity.READING,
            expected=f"the usual reading of {ambiguity}: {known.about}",
            got=got,
            step=step,
        )
