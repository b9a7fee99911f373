"""The generated cases of calls: places and values follow the model, combinations cover all pairs, each mistake has a case with controls."""

from __future__ import annotations

import random
from collections.abc import Coroutine, Sequence
from functools import cache
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.case import Case
from harness.derive_call_pairs import pairs, reduced
from harness.derive_call_places import Place, get, places, put, without
from harness.derive_call_shown import Look, Shower, ineffective
from harness.derive_call_told import TellsOf
from harness.derive_call_values import limits, plain, scalar_of, wrongs
from harness.spec.callmodel import Ignored, Kind, Slip
from harness.spec.callvalues import is_value
from harness.spec.clauses import catalogue
from harness.spec.clauses_calls import slips
from harness.spec.load import load_system
from harness.spec.model import System
from harness.suite import Suite, load_suite
from harness.tests.calls_scene import Device, by_table, dut_for, ended

NAME = "tps"


@cache
def _system() -> System:
    return load_system(NAME)


@cache
def _suite() -> Suite:
    return load_suite(_system())


def _places() -> list[Place]:
    return [place for name in _system().operations for place in places(_system(), name)]


def _generated() -> dict[str, Case]:
    return {name: case for name, case in _suite().cases.items() if case.module == f"suites.{NAME}.generated"}


def _run(flow: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that waits for nothing."""
    with pytest.raises(StopIteration) as end:
        flow.send(None)
    return end.value.value


# places


def test_a_place_knows_its_path_its_clause_and_where_it_stands() -> None:
    found = {place.label: place for place in places(_system(), "flex.conference.create")}
    one = found["URIs.callAttributes.encryption"]
    assert one.at == "URIs[0].callAttributes.encryption"
    assert one.clause == "TPS-struct.callAttributes.encryption"
    assert one.structs == ("conferenceURI", "callAttributes")
    assert [member.array for member in one.line] == [True, False, False]
    assert found["locked"].clause == "TPS-flex.conference.create.locked"
    assert found["locked"].key == "flex.conference.create.locked"


def test_an_element_of_several_structs_has_the_name_of_its_struct_in_the_path() -> None:
    labels = [place.label for place in places(_system(), "flex.participant.create")]
    assert {"calls.incomingCall.URI", "calls.outgoingCall.protocol"} <= set(labels)
    assert len(labels) == len(set(labels))


def test_every_place_has_a_clause_that_is_known() -> None:
    known = catalogue(_system())
    assert [place.label for place in _places() if place.clause not in known] == []


def test_values_are_put_taken_out_and_found_at_a_place_and_the_call_itself_stays() -> None:
    place = next(
        one for one in places(_system(), "flex.conference.create") if one.label == "URIs.callAttributes.forceTIP"
    )
    call = {"URIs": [{"URI": "1", "callAttributes": {"displaySelfView": True}}]}
    made = put(call, place, True)
    assert get(made, place) is True
    assert get(call, place) is None
    assert without(made, place) == call
    assert get({"locked": True}, place) is None


# values


def test_values_that_are_given_are_values_of_their_types() -> None:
    dice = random.Random(5)
    for place in _places():
        kind = scalar_of(_system(), place.member)
        for probe in (*plain(_system(), place.member), *limits(_system(), place.member)):
            if kind is not None and probe.bound is None:
                assert is_value(kind, probe.make(dice)), (place.label, probe.name)


def test_wrong_values_are_none_of_their_types_and_every_slip_has_some() -> None:
    dice = random.Random(5)
    for place in _places():
        kind = scalar_of(_system(), place.member)
        found = {slip for slip, _, probes in wrongs(_system(), place.member) if probes}
        assert set(slips(_system(), place.member)) - found <= {Slip.UNKNOWN, Slip.BOTH, Slip.MANY}, place.label
        for slip, _, probes in wrongs(_system(), place.member):
            for probe in probes:
                value = probe.make(dice) if probe.bound is None else None
                if kind is None or value is None or place.member.array or slip is Slip.OVERFLOW:
                    continue
                assert not isinstance(value, (str, int, bytes)) or not is_value(kind, value), (place.label, probe.name)


@given(st.integers(0, 2**32))
def test_texts_of_the_greatest_length_are_values_whatever_the_dice_say(seed: int) -> None:
    dice = random.Random(seed)
    for name in ("text-80", "conference-uri", "http-uri", "numeric-pin", "ascii-255", "base64-512"):
        kind = _system().scalars[name]
        place = next(one for one in _places() if one.member.type == name)
        (longest,) = [one for one in limits(_system(), place.member) if one.name == "longest"]
        value = longest.make(dice)
        assert len(value) == kind.maximum
        assert is_value(kind, value)
        assert isinstance(value, bytes) is (kind.base is Kind.BASE64)


# combinations


@given(st.lists(st.integers(1, 5), min_size=2, max_size=9))
def test_any_two_values_of_any_two_columns_come_together(counts: list[int]) -> None:
    rows = pairs(counts)
    assert all(0 <= value < count for row in rows for value, count in zip(row, counts, strict=True))
    for one, other in combinations(range(len(counts)), 2):
        assert {(row[one], row[other]) for row in rows} == set(product(range(counts[one]), range(counts[other])))
    assert rows == pairs(counts)


def test_many_columns_need_few_rows() -> None:
    assert len(pairs([3] * 46)) <= 30
    assert pairs([4]) == []  # one column has no pairs


@given(st.integers(1, 14), st.data())
def test_a_failing_combination_is_reduced_to_the_members_that_matter(count: int, data: st.DataObject) -> None:
    names = [f"m{number}" for number in range(count)]
    guilty = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=3))

    async def fails(left: Sequence[str]) -> bool:
        return guilty <= set(left)

    assert set(_run(reduced(names, fails, most=500))) == guilty


def test_reduction_ends_when_its_tries_are_used_up() -> None:
    calls: list[int] = []

    async def fails(left: Sequence[str]) -> bool:
        calls.append(len(left))
        return False

    assert _run(reduced([str(number) for number in range(40)], fails, most=7)) == [str(number) for number in range(40)]
    assert len(calls) == 7


# what has no effect


@pytest.mark.parametrize(
    ("ignored", "sent", "wanted"),
    [
        (None, {}, False),
        (Ignored(unless={"mode": ["fixed"]}), {}, True),
        (Ignored(unless={"mode": ["fixed"]}), {"mode": "fixed"}, False),
        (Ignored(when={"again": ["true"]}), {"again": True}, True),
        (Ignored(when={"again": ["true"]}), {"again": False}, False),
        (Ignored(when={"calls.length": ["1"]}), {"calls": [{}]}, True),
        (Ignored(when={"calls.length": ["1"]}), {"calls": [{}, {}]}, False),
        (Ignored(without="other"), {}, True),
        (Ignored(without="other"), {"other": 1}, False),
        (Ignored(state="any"), {}, True),
    ],
)
def test_a_member_has_no_effect_where_the_model_says_so(
    ignored: Ignored | None, sent: dict[str, Any], wanted: bool
) -> None:
    assert ineffective(ignored, sent) is wanted


# cases


@pytest.mark.slow
def test_what_was_set_is_looked_for_on_every_page() -> None:
    shower, found = Shower(_system(), "user.create"), list[Look]()
    pages: dict[str | None, Any] = {None: {"users": [], "moreAvailable": True, "enumerateID": "e"}}
    pages["e"] = {"users": [{"currentUserid": "u1", "name": "n"}], "moreAvailable": False}
    device = Device(by_table({"user.enumerate": lambda members: pages[members.get("enumerateID")]}))
    shown = shower.shows("name")
    assert shown is not None

    async def flow() -> None:
        found.append(await shower.look(dut_for(), shown, {"newUserId": "u1"}))

    assert ended(flow(), device) is None
    assert found[0].struct is not None


def test_there_are_as_many_cases_as_there_should_be_each_with_controls_that_succeed() -> None:
    cases = _generated()
    assert len(_suite().cases) >= 3000
    for case in cases.values():
        assert set(case.after) <= set(_suite().cases), case.id
        assert bool(case.after) is not case.id.endswith(".success"), case.id
        assert all(control.endswith((".success", ".given")) for control in case.after), case.id


@pytest.mark.slow
def test_every_clause_of_a_case_is_known() -> None:
    known = set(catalogue(_system()))
    for case in _suite().cases.values():
        assert set(case.clauses) <= known, case.id


@pytest.mark.slow
def test_every_mistake_at_every_place_has_a_case_that_cites_its_clause() -> None:
    cases = _generated()
    parts = {"malformed": "type", "range": "range.low", "missing": "required"}
    for place in _places():
        if any(member.until for member in place.line):
            continue
        base = f"{NAME}.{place.method}.{place.label}"
        for slip in slips(_system(), place.member):
            named = [f"{base}.{parts.get(slip, slip)}", f"{base}.range.high"]
            found = [cases[one] for one in named if one in cases]
            assert found, (base, slip)
            if slip is Slip.MALFORMED:
                assert place.aspect("type") in found[0].clauses
        if place.member.required:
            assert place.aspect("required") in cases[f"{base}.required"].clauses


@pytest.mark.slow
def test_what_every_success_tells_is_cited_by_the_success_of_its_method() -> None:
    tells = TellsOf(_system())
    case = _generated()[f"{NAME}.flex.resource.status.success"]
    assert set(tells.clauses("flex.resource.status", tells.always())) <= set(case.clauses)
    query = tells.clauses("flex.conference.query", tells.always())
    assert "TPS-flex.conference.query.returned.locked:type" in query
    assert "TPS-flex.conference.query.returned.conferenceName" not in query  # only where there is a name
