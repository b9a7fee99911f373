"""The Uptivity reference server's seeded faults: each shows in a dialogue, cites clauses of the spec, and is really there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.reference.faults import Fault
from harness.reference.uptivity import faults as faults_module
from harness.reference.uptivity.faults import FAULTS
from harness.spec.clauses import catalogue
from harness.spec.model import Level
from harness.tests.uptivity_scene import MODEL
from harness.tests.uptivity_tour import Tour

CLEAN = Tour([]).seen()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.slow
def test_every_fault_shows(fault: Fault) -> None:
    assert Tour([fault.name]).seen() != CLEAN


def test_the_tour_says_the_same_each_time() -> None:
    assert Tour([]).seen() == CLEAN
    assert len(CLEAN) > 250


def test_faults_cite_clauses_of_the_spec() -> None:
    clauses = catalogue(MODEL)
    unknown = {one.name: [clause for clause in one.clauses if clause not in clauses] for one in FAULTS}
    assert {name: wrong for name, wrong in unknown.items() if wrong} == {}
    assert all(one.clauses for one in FAULTS)


def test_faults_break_what_must_be() -> None:
    clauses = catalogue(MODEL)
    lenient = [one.name for one in FAULTS if all(clauses[clause].level is not Level.MUST for clause in one.clauses)]
    assert set(lenient) <= {"agent-blackout-pauses-one", "chat-update-changes-call"}


def test_faults_are_many_spread_and_stateful() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(names) == len(set(names)) >= 140
    assert sum(fault.stateful for fault in FAULTS) * 2 >= len(names)
    assert len({fault.group for fault in FAULTS}) >= 8


def test_every_fault_is_asked_for_and_none_else() -> None:
    folder = Path(faults_module.__file__).parent
    text = "".join(file.read_text() for file in folder.glob("*.py") if file.name != "faults.py")
    asked = set(re.findall(r"""on\(\s*["']([a-z0-9-]+)["']""", text))
    asked |= set(re.findall(r'^    "([a-z0-9-]+)": \("[A-Z]+", "[A-Z]+"\),$', text, re.MULTILINE))
    assert asked == {fault.name for fault in FAULTS}
