"""The generated cases of periods, and of what a document leaves open about requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from harness.derive_open import derive_open
from harness.derive_query import derive_queries
from harness.spec.model import System
from harness.tests.http_made import SYSTEM as TIDES
from harness.tests.http_made import Pairs, response
from harness.tests.http_model import (
    SYSTEMS,
    agreeable,
    cases,
    own,
    pairs_of,
    played,
)


def lengths(system: System, operation: str, wanted: Sequence[str]) -> dict[str, int]:
    """The period that each window case asks for."""
    found = {case.id: case for case in derive_queries(system, "made")}
    window = system.operations[operation].window
    assert window is not None
    result = {}
    for part in wanted:
        asked = dict(pairs_of(played(system, found[f"{system.system}.{operation}.window.{part}"], agreeable)[0][0]))
        result[part] = int(asked[window.end]) - int(asked[window.start])
    return result


PARTS = (
    "longest",
    "one-second-inside",
    "one-second",
    "half",
    "no-second",
    "one-second-outside",
    "two-hours",
    "day",
    "ten-years",
)
REVERSED = ("reversed", "reversed-by-one", "reversed-hour")


@pytest.mark.parametrize("longest", [3600, 7200, 100])
def test_periods_are_as_long_as_the_model_says(longest: int) -> None:
    """The document's limit stands in one place."""
    cds = SYSTEMS["cds"]
    operation = cds.operations["Errors"]
    assert operation.window is not None
    other = replace(operation, window=replace(operation.window, longest_s=longest))
    system = replace(cds, operations={**cds.operations, "Errors": other})
    found = lengths(system, "Errors", (*PARTS, *REVERSED))
    assert [found[part] for part in PARTS] == [
        longest, longest - 1, 1, longest // 2, 0, longest + 1, 2 * longest, 86_400, 315_360_000,
    ]  # fmt: skip
    assert all(found[part] < 0 for part in REVERSED)
    assert found["reversed-by-one"] == -1
    assert longest == 3600 or lengths(system, "StreamHistory", ["longest"]) == {"longest": 3600}


def test_the_title_of_a_period_says_its_length() -> None:
    titles = {case.title for case in cases("tides").values() if ".window." in case.id}
    assert "Levels: a period of 600 s" in titles
    assert "Levels: a period of 601 s" in titles


def test_what_the_document_leaves_open_about_periods_is_taken_either_way() -> None:
    """A longer period where a reading takes it, and one that ends before it begins."""
    cds = SYSTEMS["cds"]
    for case_id in ("cds.CapacityPlanning.window.one-second-outside", "cds.StreamHistory.window.reversed"):
        case = cases("cds")[case_id]
        for answer in (agreeable, lambda _request: response(400, b"")):
            _, checks, _ = played(cds, case, answer)
            assert all(check.passed for check in own(checks)), case_id
            assert any(check.readings for check in own(checks)), case_id
    strict = cases("cds")["cds.StreamHistory.window.one-second-outside"]
    assert not all(check.passed for check in own(played(cds, strict, agreeable)[1]))
    assert "CDS-StreamHistory.window" in strict.clauses


def test_an_operation_without_a_period_has_no_case_of_one() -> None:
    assert not [one for one in cases("cds") if one.startswith("cds.Devices.window")]
    assert not [one for one in cases("tides") if one.startswith("tides.Gauges.window")]


# What the document leaves open


def test_open_points_that_a_spec_does_not_name_make_no_case() -> None:
    http = TIDES.http
    assert http is not None
    bare: Any = replace(TIDES, http=replace(http, open_points={}))
    assert list(derive_open(bare, "made")) == []
    assert {case.id.split(".")[3] for case in derive_open(TIDES, "made")} == {"unknown-parameter", "method"}


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("unknown-parameter", lambda pairs: [*pairs, ("clausewise", "1")]),
        ("unknown-parameter.first", lambda pairs: [("clausewise", "1"), *pairs]),
        ("duplicate-parameter", lambda pairs: [*pairs, pairs[-1]]),
        ("parameter-order", lambda pairs: pairs[::-1]),
        ("no-selector", lambda pairs: pairs[1:]),
        ("empty-selector", lambda pairs: [(pairs[0][0], ""), *pairs[1:]]),
        ("parameter-case", lambda pairs: [(name.upper(), value) for name, value in pairs]),
        ("selector-case.lower", lambda pairs: [(pairs[0][0], pairs[0][1].lower()), *pairs[1:]]),
    ],
)
def test_an_open_case_changes_one_thing(part: str, change: Callable[[Pairs], Pairs]) -> None:
    cds = SYSTEMS["cds"]
    good = pairs_of(played(cds, cases("cds")["cds.Errors.success"], agreeable)[0][0])
    requests, _, _ = played(cds, cases("cds")[f"cds.Errors.open.{part}"], agreeable)
    assert [pairs_of(request) for request in requests] == [change(good)]


def test_after_another_method_the_documented_one_still_answers() -> None:
    """Whatever came of it."""
    for answer in (agreeable, lambda request: response(405 if request.method != "GET" else 200, b"<x/>")):
        requests, checks, ended = played(TIDES, cases("tides")["tides.Gauges.open.method.DELETE"], answer)
        assert [request.method for request in requests] == ["DELETE", "GET"]
        assert not ended
        assert all(check.passed for check in own(checks))
    dead = lambda request: response(405, b"") if request.method != "GET" else response(500, b"")  # noqa: E731
    _, checks, _ = played(TIDES, cases("tides")["tides.Gauges.open.method.DELETE"], dead)
    assert [check.id for check in own(checks) if not check.passed] == ["still-answers"]
