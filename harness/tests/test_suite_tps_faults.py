"""The suite against its own reference server: every seeded fault is caught, no reading that the document supports is called a fault."""

from __future__ import annotations

from functools import partial

import pytest

from harness.reference.faults import Fault
from harness.reference.server import faults_of
from harness.tests import suite_runs
from harness.tests.thorough import first, some

SYSTEM = "tps"
TIMEOUT_S = 3.0
catches = partial(suite_runs.catches, SYSTEM, timeout_s=TIMEOUT_S)
blamed = partial(suite_runs.blamed, SYSTEM, timeout_s=TIMEOUT_S)
# What the suite does not see, with the reason.
BEYOND: dict[str, str] = {}
# Faults in what cases of a later issue see: behaviour across calls, and what a device sends and lists over time.
_LATER = {
    "issue 8": """
        both-interfaces-off ntp-never-on clock-set-under-ntp offset-moves-clock other-protocol-too
        port-switches-off lowest-moves-highest domain-kept-out key-stays old-id-works user-told-twice
        user-skipped one-above-max no-more-said token-at-the-end record-page-of-21 record-skipped
        record-filter-leaks record-count-off ranges-fall more-than-there-is lowest-above-highest worst-is-better
        uptime-ahead bytes-clipped uri-domain-ignored uris-stay-taken credits-cover-unrounded audio-tokens-free
        uris-merged uris-cannot-be-emptied refused-conference-made start-ignored participants-outlive-conference
        guests-do-not-wait few-credits-count channel-limit-kept attributes-skip-conference
        attributes-follow-conference calls-reversed presentation-in-main-told missing-calls-left-out
        importance-shared clear-takes-from-other mute-resets-sound waiting-not-counted important-not-listed
        list-lacks-reference conference-of-list-ignored
    """,
    "issue 9": """
        empty-receivers-absent negative-takes-first default-slot-free remove-takes-next
    """,
}
LATER = {name: issue for issue, names in _LATER.items() for name in names.split()}
FAULTS = [fault for fault in faults_of(SYSTEM) if fault.name not in LATER]
COMBINATIONS = first(suite_runs.combinations(SYSTEM), 2)


def test_what_is_left_to_later_issues_is_there_and_fifty_faults_are_not() -> None:
    known = {fault.name for fault in faults_of(SYSTEM)}
    assert known >= {*LATER, *BEYOND}
    assert len(FAULTS) >= 50


@pytest.mark.slow
@pytest.mark.parametrize("fault", some(FAULTS, 8), ids=lambda fault: fault.name)
def test_each_seeded_fault_is_blamed_on_a_clause_of_it(fault: Fault) -> None:
    """STYLE.md R19. The cases that name the clause come first, since they are quick; the whole suite decides."""
    quick = suite_runs.named(SYSTEM, fault.clauses)
    found = (quick and catches(fault, quick)) or catches(fault)
    assert bool(found) is (fault.name not in BEYOND), (
        f"{fault.name}: {fault.about} ({' '.join(fault.clauses)}): {found}"
    )


@pytest.mark.slow
@pytest.mark.parametrize("readings", COMBINATIONS, ids=range(len(COMBINATIONS)))
def test_no_reading_that_the_document_supports_fails_or_breaks_a_case(readings: tuple[str, ...]) -> None:
    """DESIGN.md, Vocabulary: a device that follows any reading the document supports conforms."""
    assert [] == blamed(readings)
