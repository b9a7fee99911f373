"""Conferences, participants and calls of the TelePresence Server reference server, on a tour: its faults and its readings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.checks.calls import reply_checks
from harness.ending import Ending
from harness.messages.callreply import CallReply
from harness.reference.faults import Fault
from harness.reference.tps import faults_meetings
from harness.reference.tps.choices_meetings import INERT, NAMES
from harness.reference.tps.faults import FAULTS
from harness.spec.clauses import catalogue
from harness.spec.model import Level
from harness.tests.tps_meetings_tour import Seen, Tour
from harness.tests.tps_scene import MODEL, SYNTAX

CLEAN = Tour().seen()
KNOWN = {body for _, _, body in CLEAN}
OWN = [fault for fault in FAULTS if f" {fault.name}" in "".join(faults_meetings.TEXT.values())]
SHAPING = [(one, reading) for one in NAMES.values() for reading in list(MODEL.ambiguities[one].readings)[1:]]
# A reading that does what the first one leaves open, and one that shows beside another one alone.
ALIKE = {("TPS-AMB-078", "absent")}
# Asked for by the id that stands at a member in the model, or in code that all methods share.
BY_ID = {"TPS-AMB-104", "TPS-AMB-105", "TPS-AMB-168"}
BESIDE = {"TPS-AMB-105": {"TPS-AMB-102": "there"}}


assert SYNTAX is not None


def failures(seen: Seen, known: set[bytes], version: str | None = None) -> set[str]:
    """The checks that fail, of replies that are not known to be right; those of HTTP and of the usual reading apart."""
    failed: set[str] = set()
    for method, sent, body in seen:
        if body in known:
            continue
        reply = CallReply(syntax=SYNTAX, method=method, sent=sent, ending=Ending.ANSWERED, body=body)
        failed |= {f"{method} {check.id}" for check in reply_checks(MODEL, reply, version) if not check.passed}
    return {one for one in failed if not one.endswith((".usual", "reply.status", "reply.media"))}


def test_the_tour_says_the_same_each_time() -> None:
    assert Tour().seen() == CLEAN
    assert len(CLEAN) > 800
    assert len({method for method, _, _ in CLEAN}) >= 24


@pytest.mark.slow
def test_every_reply_is_as_documented() -> None:
    assert failures(CLEAN, set()) == set()


@pytest.mark.parametrize("version", SYNTAX.versions[:-1])
@pytest.mark.slow
def test_every_reply_of_an_older_device_is_as_documented(version: str) -> None:
    assert failures(Tour(version=version).seen(), set(), version) == set()


@pytest.mark.parametrize(("ambiguity", "reading"), SHAPING)
@pytest.mark.slow
def test_every_reading_shows_and_is_as_documented(ambiguity: str, reading: str) -> None:
    beside = BESIDE.get(ambiguity, {})
    seen = Tour(readings={**beside, ambiguity: reading}).seen()
    assert (seen != (Tour(readings=beside).seen() if beside else CLEAN)) is ((ambiguity, reading) not in ALIKE)
    assert failures(seen, KNOWN) == set()


def test_what_is_inert_is_known_and_followed_by_nothing() -> None:
    assert set(INERT) <= set(MODEL.ambiguities)
    assert not set(INERT) & set(NAMES.values())
    assert all(INERT.values())


@pytest.mark.parametrize("fault", OWN, ids=lambda fault: fault.name)
@pytest.mark.slow
def test_every_fault_shows(fault: Fault) -> None:
    assert any(seen != CLEAN[place : place + len(seen)] for place, seen in Tour([fault.name]).parts())


def test_faults_cite_clauses_of_the_spec_that_must_be() -> None:
    clauses = catalogue(MODEL)
    assert {one.name: [name for name in one.clauses if name not in clauses] for one in OWN} == {
        one.name: [] for one in OWN
    }
    lenient = [one.name for one in OWN if all(clauses[name].level is not Level.MUST for name in one.clauses)]
    assert lenient == []


def test_faults_are_many_spread_and_stateful() -> None:
    assert len(OWN) >= 60
    assert sum(fault.stateful for fault in OWN) >= 25
    assert len({fault.group for fault in OWN}) >= 5


def test_every_fault_is_asked_for() -> None:
    folder = Path(faults_meetings.__file__).parent
    text = "".join(file.read_text() for file in folder.glob("*.py") if not file.name.startswith("faults"))
    asked = set(re.findall(r"""on\(\s*["']([a-z0-9-]+)["']""", text))
    assert {fault.name for fault in OWN} <= asked


def test_every_name_of_a_reading_is_asked_for() -> None:
    folder = Path(faults_meetings.__file__).parent
    text = "".join(file.read_text() for file in folder.glob("*.py") if not file.name.startswith("choices"))
    methods = [one.call for one in MODEL.operations.values() if one.call is not None]
    by_model = {use.ambiguity for method in methods for use in method.faults.values()} | BY_ID
    assert {name for name, one in NAMES.items() if f'"{name}"' not in text and one not in by_model} == set()
