"""The mutants of an HTTP system: each breaks its clause on a document that was right, and warnings kill what only should be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.checks.rows import clause_of
from harness.ending import Ending
from harness.mutation.catalogue import mutants_of, serve_options
from harness.mutation.framing import rules_of
from harness.mutation.http_message import read_answer
from harness.mutation.http_requests import Repeating
from harness.mutation.http_seen import bare
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator
from harness.mutation.trial import alarms, counts
from harness.rows import Scan, compile_shape
from harness.spec.clauses import catalogue
from harness.spec.model import Level
from harness.tests.test_mutation_http import API, BINDING, PARSE, SYSTEM, history, request, served
from harness.verdict import CaseResult, Outcome, Severity

MUTANTS = {mutant.id: mutant for mutant in mutants_of(SYSTEM)}
CLAUSES = catalogue(SYSTEM)


def told(mutant: Mutant, raw: bytes, asked: bytes) -> bytes:
    """What a client gets of a mutated device that answers this."""
    call = PARSE(asked)
    assert call is not None
    reply = BINDING.reply(call, raw, Ending.ANSWERED, -1)
    said = mutant.make().reply(Exchange(connection=1, call=call, line=asked, reply=reply))
    return raw if said is None else b"".join(piece.data for piece in said)


def scanned(raw: bytes) -> Any:
    answer = read_answer(raw)
    assert answer is not None
    scan = Scan(compile_shape(SYSTEM, "trick-modes", operation="TrickModeHistory"))
    scan.feed(answer.body)
    return scan.finish(complete=True)


DOCUMENTS = [one for name, one in MUTANTS.items() if name.startswith("CDS-TrickModeHistory.reply")]
XML = [one for one in MUTANTS.values() if one.clause in ("CDS-RSP-001", "CDS-RSP-002", "CDS-RSP-003")]


@pytest.mark.parametrize("mutant", [*DOCUMENTS, *XML], ids=lambda one: one.id)
def test_a_spoilt_document_breaks_the_clause_of_its_mutant(mutant: Mutant) -> None:
    assert () == scanned(served()).violations
    spoilt = told(mutant, served(), history())
    if "no-namespace" in mutant.id:  # this document has none to lose
        assert served() == spoilt
        return
    broken = {clause_of(SYSTEM, "TrickModeHistory", one) for one in scanned(spoilt).violations}
    assert served() != spoilt
    assert broken == set() if mutant.harmless else mutant.clause in broken


def test_each_mutant_has_a_clause_and_what_may_be_has_none() -> None:
    assert len(MUTANTS) > 1500
    assert set() == {one.id for one in MUTANTS.values() if CLAUSES[one.clause].level is Level.MAY}


def test_most_clauses_that_bind_have_a_mutant() -> None:
    bare_clauses = [
        name
        for name, entry in CLAUSES.items()
        if entry.level is not Level.MAY and name not in {one.clause for one in MUTANTS.values()}
    ]
    # What may be left out and takes any text cannot be wrong.
    assert [] == [name for name in bare_clauses if ".reply." not in name]


TRICKS = "CDS-TrickModeHistory"


def asked_for(name: str = "TrickModeHistory", path: str = API, **query: str) -> bytes:
    return request([("messageType", name), *query.items()], path)


@pytest.mark.parametrize(
    ("name", "asked", "answer", "status"),
    [
        (f"{TRICKS}:refused", history(), served(), 400),
        (f"{TRICKS}.fromDate.required:taken", asked_for(toDate="5"), bare(400), 200),
        (f"{TRICKS}.fromDate.type:takes-letters", asked_for(fromDate="yes", toDate="5"), bare(400), 200),
        (f"{TRICKS}.fromDate.type:takes-letters", asked_for(fromDate="12x", toDate="5"), bare(400), 400),
        (f"{TRICKS}.window:takes-one-second-more", asked_for(fromDate="1", toDate="3602"), bare(400), 200),
        (f"{TRICKS}.window:takes-one-second-more", asked_for(fromDate="1", toDate="3603"), bare(400), 400),
        (f"{TRICKS}.error.unknown-message:status-400", asked_for("Nothing"), bare(404), 400),
        (f"{TRICKS}.error.unknown-message:status-400", asked_for("Nothing", "/else"), bare(404), 404),
        ("CDS-CAP-001:CapacityPlanning.taken", asked_for("CapacityPlanning", action="SERVICEGROUP"), bare(400), 200),
    ],
)
def test_requests_are_answered_otherwise_where_the_clause_is_asked_for(
    name: str, asked: bytes, answer: bytes, status: int
) -> None:
    found = read_answer(told(MUTANTS[name], answer, asked))
    assert found is not None
    assert status == found.status


def test_what_is_forgotten_is_refused_once_only() -> None:
    behaviour = Repeating(SYSTEM, lambda _: served(), lambda found: found.status == 400)

    def ask(line: bytes) -> bytes:
        call = PARSE(line)
        assert call is not None
        reply = BINDING.reply(call, bare(400), Ending.ANSWERED, -1)
        said = behaviour.reply(Exchange(connection=1, call=call, line=line, reply=reply))
        return bare(400) if said is None else said[0].data

    assert [bare(400), bare(400), served()] == [ask(history()), ask(history(a="1")), ask(history())]


def test_the_rules_of_the_protocol_may_be_broken_by_any_reply() -> None:
    assert {"CDS-HTT-001", "CDS-REQ-001", "CDS-RSP-001"} <= rules_of(SYSTEM)
    assert ("--rows", "1500") == serve_options(SYSTEM)


# kills


def result(outcome: Outcome, *broken: str) -> CaseResult:
    return CaseResult(id="x", system="cds", title="", chapter="", outcome=outcome, clauses=(), broken=broken)


GOOD = result(Outcome.PASSED)


@pytest.mark.parametrize(
    ("outcome", "broken", "should", "killed"),
    [
        (Outcome.FAILED, "CDS-REQ-003", False, True),
        (Outcome.FAILED, "CDS-REQ-003", True, True),
        (Outcome.WARNED, "CDS-REQ-003", True, True),
        (Outcome.WARNED, "CDS-REQ-003", False, False),
        (Outcome.WARNED, "CDS-REQ-004", True, False),
        (Outcome.INCONCLUSIVE, "CDS-REQ-003", True, False),
    ],
)
def test_a_warning_is_enough_for_what_only_should_be(outcome: Outcome, broken: str, should: bool, killed: bool) -> None:
    mutant = Mutant(id="x", clause="CDS-REQ-003", operator=Operator.SWAP, about="", make=Behaviour)
    assert killed == counts(mutant, result(outcome, broken), GOOD, 1, should=should)
    assert not counts(mutant, result(outcome, broken), GOOD, 0, should=should)
    assert not counts(mutant, result(outcome, broken), replace(GOOD, broken=("CDS-REQ-003",)), 1, should=should)


def test_a_harmless_mutant_may_not_make_a_case_blame_anything() -> None:
    warned = result(Outcome.WARNED, "CDS-RSP-003")
    assert alarms(warned, GOOD)
    assert alarms(result(Outcome.FAILED), GOOD)
    assert not alarms(result(Outcome.WARNED), GOOD)  # an unusual reading
    assert not alarms(warned, warned)
    assert not alarms(result(Outcome.FAILED), None)


def test_severities_are_not_mixed_up() -> None:
    """The document mutants of rows break what must be; a surplus attribute what should be."""
    surplus = MUTANTS["CDS-RSP-003:attribute"]
    found = scanned(told(surplus, served(), history())).violations
    assert {Severity.SHOULD} == {one.severity for one in found}
