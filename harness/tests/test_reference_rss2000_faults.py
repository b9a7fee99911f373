"""The RSS 2000 reference server's seeded faults: each shows in a dialogue, cites clauses of the spec, and is really there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.reference.faults import Fault, Group
from harness.reference.rss2000 import faults as faults_module
from harness.reference.rss2000.faults import FAULTS
from harness.spec.clauses import catalogue
from harness.tests.rss2000_scene import MODEL, Scene
from harness.tests.rss2000_tour import Tour
from harness.wire.tpkt import encode

CLEAN = Tour([]).seen()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.slow
def test_every_fault_shows(fault: Fault) -> None:
    assert Tour([fault.name]).seen() != CLEAN


def test_the_tour_says_the_same_each_time() -> None:
    assert Tour([]).seen() == CLEAN
    assert len(CLEAN) > 500


def test_faults_cite_clauses_of_the_spec() -> None:
    clauses = catalogue(MODEL)
    unknown = {one.name: [clause for clause in one.clauses if clause not in clauses] for one in FAULTS}
    assert {name: wrong for name, wrong in unknown.items() if wrong} == {}
    assert all(one.clauses for one in FAULTS)


def test_faults_are_many_spread_and_stateful() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(names) == len(set(names)) >= 75
    assert sum(fault.stateful for fault in FAULTS) * 2 >= len(names)
    assert not any(fault.gross for fault in FAULTS)
    assert {fault.group for fault in FAULTS} >= {
        Group.FRAMING,
        Group.ESCAPING,
        Group.CONNECTION,
        Group.STATE,
        Group.PAGING,
    }


def test_every_fault_is_asked_for_and_none_else() -> None:
    folder = Path(faults_module.__file__).parent
    asked = {name for file in folder.glob("*.py") for name in re.findall(r'on\("([a-z0-9-]+)"\)', file.read_text())}
    assert asked == {fault.name for fault in FAULTS}


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(UsageError, match="indication-root"):
        Scene(["indication-roots"])


def test_a_fault_in_a_header_is_there() -> None:
    tour = Tour(["reserved-set"])
    assert tour.ask("logout", ("LANG", "0")).startswith(b"\x03\x01")
    assert tour.send(encode(b"")) == b""
