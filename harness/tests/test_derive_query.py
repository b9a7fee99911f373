"""The generated cases of HTTP operations: each has a control, each negative one a single defect, and they follow the model."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harness.case import Case
from harness.flow import CaseSkipped
from harness.spec.clauses import catalogue
from harness.spec.model import System
from harness.suite import select_cases
from harness.tests.http_made import SYSTEM as TIDES
from harness.tests.http_made import always, response
from harness.tests.http_model import (
    EACH,
    SYSTEMS,
    cases,
    derived,
    errors_of,
    model_device,
    negative,
    own,
    pairs_of,
    played,
    plays,
)
from harness.verdict import Severity


@pytest.mark.parametrize("name", EACH)
def test_ids_are_unique_stable_and_plain(name: str) -> None:
    ids = [case.id for case in derived(SYSTEMS[name])]
    assert len(ids) == len(set(ids)) == len(cases(name))
    assert ids == [case.id for case in derived(SYSTEMS[name])]
    assert all(one.startswith(f"{name}.") and one == one.strip() and " " not in one for one in ids)
    assert all(case.title and case.system == name for case in cases(name).values())


def test_ids_know_no_values_of_the_device_and_no_order() -> None:
    """A case keeps its id when the document is read in another order."""
    cds = SYSTEMS["cds"]
    turned = replace(cds, operations=dict(reversed(cds.operations.items())))
    assert {case.id for case in derived(turned)} == set(cases("cds"))


@pytest.mark.parametrize("name", EACH)
def test_every_case_has_a_control_that_is_a_success(name: str) -> None:
    known = cases(name)
    found_wrong = {case.id for case, _ in negative(name)}
    for case in known.values():
        operation = case.id.split(".")[1]
        if case.id == f"{name}.{operation}.success":
            assert case.after == ()
            continue
        (control,) = case.after
        assert control in known
        assert control not in found_wrong
        assert control.startswith(f"{name}.{operation}.")
        assert control.endswith((".success", ".window.longest")) or ".inside." in control
    assert len([case for case in known.values() if not case.after]) == len(SYSTEMS[name].operations)


def test_a_selected_case_brings_its_control_and_that_comes_first() -> None:
    picked = select_cases(cases("cds").values(), ["cds.Errors.toDate.absent"])
    assert [case.id for case in picked] == ["cds.Errors.success", "cds.Errors.toDate.absent"]


@pytest.mark.slow
@pytest.mark.parametrize("name", EACH)
def test_every_clause_of_a_case_and_of_its_checks_is_known(name: str) -> None:
    known = catalogue(SYSTEMS[name])
    for case in cases(name).values():
        assert set(case.clauses) <= set(known), case.id
    for one in (*plays(name, "agreeable"), *plays(name, "model")):
        assert {clause for check in own(one.checks) for clause in check.clauses} <= set(known), one.case.id


# What a case asks for


@pytest.mark.parametrize("name", EACH)
def test_each_negative_case_has_exactly_one_defect_and_is_otherwise_its_control(name: str) -> None:
    system = SYSTEMS[name]
    found = negative(name)
    named = {control for case, _ in found for control in case.after}
    controls = {one.case.id: one.requests[0] for one in plays(name, "agreeable") if one.case.id in named}
    assert len(found) > {"tides": 25, "cds": 150}[name]
    for case, requests in found:
        operation_name = case.id.split(".")[1]
        operation = system.operations[operation_name]
        assert operation.request is not None
        control = dict(pairs_of(controls[case.after[0]]))
        asked = dict(pairs_of(requests[-1]))
        _, wrong = errors_of(system, requests[-1])
        if case.id.endswith(".bare"):
            assert asked.keys() == {operation.request.selector}, case.id
            continue
        assert len(wrong.names) == 1, (case.id, wrong)
        # Beyond the defect only what a condition asks for may differ, the period, which is the quiet one, and what may be left out.
        free = {condition.parameter for condition in operation.conditions} | set(wrong.names)
        free |= {key for key in asked.keys() - control.keys() if operation.parameters[key].optional}
        if operation.window is not None and ".window." in case.id:
            free |= {operation.window.start, operation.window.end}
        if wrong.names[0] != operation.request.selector:
            assert asked[operation.request.selector] == control[operation.request.selector], case.id
        changed = {key for key in asked.keys() | control.keys() if asked.get(key) != control.get(key)}
        assert changed - free == set(), case.id
        assert len(pairs_of(requests[-1])) == len(asked), f"{case.id} has a parameter twice"


@pytest.mark.parametrize("name", EACH)
def test_what_must_be_refused_is_asked_for_again(name: str) -> None:
    """A device that refuses only the first time takes it."""
    again = [
        (case, found)
        for case, found in negative(name)
        if case.id.endswith((".absent", ".bare")) or ".outside." in case.id
    ]
    assert len(again) > 5
    for case, requests in again:
        assert requests[-1] == requests[-2], case.id


@pytest.mark.parametrize("name", EACH)
def test_a_device_that_does_as_the_model_says_passes_every_case(name: str) -> None:
    """And so each expectation of a case is one of the model."""
    ends: dict[str, str] = {}
    for one in plays(name, "model"):
        failed = [check for check in own(one.checks) if not check.passed and check.severity is Severity.MUST]
        assert failed == [], f"{one.case.id}: {failed[0].id} expected {failed[0].expected}, got {failed[0].got}"
        assert one.checks, one.case.id
        if one.ended:
            ends[one.case.id] = one.ended
    assert all(one.endswith(".rows") for one in ends), ends  # an empty document has no rows to look at


@pytest.mark.parametrize("name", EACH)
def test_a_device_that_refuses_everything_passes_no_success(name: str) -> None:
    failed = {
        one.case.id
        for one in plays(name, "refusing")
        if any(check.id.startswith(("succeeds", "accepted")) and not check.passed for check in one.checks)
    }
    assert {case.id for case in cases(name).values() if not case.after} <= failed
    assert {case for case in cases(name) if case.endswith(".window.longest")} <= failed


@pytest.mark.parametrize("name", EACH)
def test_readings_are_those_of_the_ambiguity(name: str) -> None:
    system = SYSTEMS[name]
    seen = set()
    for one in (*plays(name, "agreeable"), *plays(name, "model"), *plays(name, "missing")):
        for check in one.checks:
            for ambiguity, readings in check.readings.items():
                assert readings <= set(system.ambiguities[ambiguity].readings), one.case.id
                seen.add(ambiguity)
    assert seen


@pytest.mark.parametrize("name", EACH)
def test_open_cases_take_either_answer_and_none_at_all_is_no_answer(name: str) -> None:
    system = SYSTEMS[name]
    some = [case for case in cases(name).values() if ".open." in case.id and ".method." not in case.id]
    assert len(some) > 5
    for case in some:
        for raw in (response(200, b"<x/>"), response(400, _document_of(system, case))):
            _, checks, ended = played(system, case, always(raw))
            # Where a parameter only counts along with another one, that must work first.
            assert not ended or system.operations[case.id.split(".")[1]].conditions, case.id
            assert not [check for check in own(checks) if not check.passed and check.severity is Severity.MUST], case.id
        _, checks, ended = played(system, case, lambda _request: response(500, b""))
        assert ended or [check for check in own(checks) if not check.passed], case.id


def _document_of(system: System, case: Case) -> bytes:
    """The document of the first error of an operation that has one."""
    operation = system.operations[case.id.split(".")[1]]
    row = next((row for row in operation.errors.values() if row.reply), None)
    if row is None or row.reply is None:
        return b""
    shown = " ".join(f'{name}="{value}"' for name, value in row.attributes.items())
    return f"<{system.replies[row.reply].root} {shown}/>".encode()


def test_every_required_parameter_is_left_out_and_emptied_and_every_typed_one_is_wrong() -> None:
    for name, system in SYSTEMS.items():
        for operation_name, operation in system.operations.items():
            base = f"{name}.{operation_name}"
            for parameter_name, parameter in operation.parameters.items():
                if not parameter.optional:
                    assert {f"{base}.{parameter_name}.absent", f"{base}.{parameter_name}.empty"} <= set(cases(name))
                if parameter.invalid and not system.types[parameter.type].open_choices:
                    word = "open" if parameter.invalid_ambiguity else "outside"
                    assert any(one.startswith(f"{base}.{parameter_name}.{word}.") for one in cases(name))
            assert f"{base}.what.unknown.word" in cases(name) or f"{base}.messageType.unknown.word" in cases(name)


def test_a_condition_is_asked_for_with_and_without_what_it_needs() -> None:
    requests, _, ended = played(TIDES, cases("tides")["tides.Levels.datum.needed.feet"], model_device(TIDES))
    with_it, without = (dict(pairs_of(request)) for request in requests)
    assert (with_it["unit"], with_it["datum"]) == ("feet", "7")
    assert (without["unit"], "datum" in without, ended) == ("feet", False, "")
    _, _, ended = played(TIDES, cases("tides")["tides.Levels.datum.needed.feet"], lambda _request: response(400, b""))
    assert ended == CaseSkipped.__name__
