"""The TelePresence Server reference server's seeded faults: each shows in a dialogue, cites clauses of the spec, and is really there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.reference.faults import Fault
from harness.reference.tps import faults as faults_module
from harness.reference.tps.faults import FAULTS
from harness.reference.tps.faults_common import TEXT
from harness.spec.clauses import catalogue
from harness.spec.model import Level
from harness.tests.tps_scene import MODEL
from harness.tests.tps_tour import Tour

CLEAN = Tour([]).seen()
_NAMED = {name for text in TEXT.values() for name in re.findall(r"^ *([a-z0-9-]+)\*?: ", text, re.MULTILINE)}
OWN = [fault for fault in FAULTS if fault.name in _NAMED]


@pytest.mark.parametrize("fault", OWN, ids=lambda fault: fault.name)
@pytest.mark.slow
def test_every_fault_shows(fault: Fault) -> None:
    assert Tour([fault.name]).seen() != CLEAN


@pytest.mark.slow
def test_the_tour_says_the_same_each_time() -> None:
    assert Tour([]).seen() == CLEAN
    assert len(CLEAN) > 100


def test_faults_cite_clauses_of_the_spec() -> None:
    clauses = catalogue(MODEL)
    unknown = {one.name: [clause for clause in one.clauses if clause not in clauses] for one in FAULTS}
    assert {name: wrong for name, wrong in unknown.items() if wrong} == {}
    assert all(one.clauses for one in FAULTS)


def test_faults_break_what_must_be() -> None:
    clauses = catalogue(MODEL)
    assert [one.name for one in FAULTS if all(clauses[clause].level is not Level.MUST for clause in one.clauses)] == []


def test_faults_are_many_spread_and_stateful() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(names) == len(set(names)) >= 90
    assert (
        sum(fault.stateful for fault in OWN) * 5 >= len(OWN) * 2
    )  # others are subtle: one value of many, one method among many
    assert len({fault.group for fault in FAULTS}) >= 8


def test_every_fault_is_asked_for_and_none_else() -> None:
    folder = Path(faults_module.__file__).parent
    text = "".join(file.read_text() for file in folder.glob("*.py") if not file.name.startswith("faults"))
    asked = set(re.findall(r"""\bon\(\s*["']([a-z0-9-]+)["']""", text))
    asked |= set(re.findall(r'^    "([a-z0-9-]+)": \("[A-Za-z.]+", "[A-Za-z0-9]+", Slip', text, re.MULTILINE))
    assert {one for one in asked if one in _NAMED} == _NAMED
    assert asked - {fault.name for fault in FAULTS} == set()
