"""Selections, registration, and that a suite is found whole."""

from __future__ import annotations

import pytest

from harness.case import Case, rng_for
from harness.dut import Dut
from harness.errors import InternalError, UsageError
from harness.spec.load import load_system
from harness.suite import Suite, load_suite, select_cases


async def nothing(_dut: Dut) -> None:
    """A flow that does nothing."""


def case(name: str, *clauses: str, after: tuple[str, ...] = ()) -> Case:
    return Case(id=name, system="x", title="t", chapter="c", clauses=clauses, flow=nothing, after=after)


CASES = [
    case("x.b.negative", "X-002", after=("x.b",)),
    case("x.a", "X-001"),
    case("x.b", "X-001", after=("x.a",)),
    case("x.c", "X-003", "X-op.value"),
    case("x.c.other", "X-004", after=("x.c", "x.a")),
]


@pytest.mark.parametrize(
    ("patterns", "ids"),
    [
        ((), ["x.a", "x.b", "x.b.negative", "x.c", "x.c.other"]),
        (("x.a",), ["x.a"]),
        (("x.b.negative",), ["x.a", "x.b", "x.b.negative"]),
        (("X-002",), ["x.a", "x.b", "x.b.negative"]),
        (("X-001",), ["x.a", "x.b"]),
        (("X-op.*",), ["x.c"]),
        (("x.c*",), ["x.c", "x.a", "x.c.other"]),
        (("*.negative", "X-003"), ["x.a", "x.b", "x.b.negative", "x.c"]),
        (("x.c.other", "nothing-like-this"), ["x.c", "x.a", "x.c.other"]),
    ],
)
def test_a_selection_is_ids_and_clauses_with_globs_and_pulls_its_controls_in_first(
    patterns: tuple[str, ...], ids: list[str]
) -> None:
    """DESIGN.md, Contracts: --select; Vocabulary: positive control."""
    assert [one.id for one in select_cases(CASES, patterns)] == ids


@pytest.mark.parametrize("patterns", [("nothing",), ("x",), ("X-00",), ("", " ")])
def test_an_empty_selection_is_an_error_that_repeats_it(patterns: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="--select"):
        select_cases(CASES, patterns)


def test_letter_case_counts_in_a_selection() -> None:
    with pytest.raises(UsageError):
        select_cases(CASES, ("x-001",))


def test_a_control_that_does_not_exist_is_a_mistake_of_the_suite() -> None:
    with pytest.raises(InternalError, match=r"x\.d: its control x\.z does not exist"):
        select_cases([case("x.d", after=("x.z",))], ())


def test_two_cases_of_one_id_are_a_mistake_of_the_suite() -> None:
    suite = Suite("x")
    suite.add(case("x.a"))
    with pytest.raises(InternalError, match=r"two cases are called x\.a"):
        suite.add(case("x.a"))


def test_a_scenario_takes_its_title_from_the_docstring_and_its_controls_from_its_system() -> None:
    suite = Suite("x")

    @suite.scenario("one", "X-001", chapter="Chapter", after=("two",), loose=True, device_s=1.5)
    async def one(_dut: Dut) -> None:
        """First line.

        More.
        """

    made = suite.cases["x.one"]
    assert (made.title, made.chapter, made.clauses, made.after) == ("First line.", "Chapter", ("X-001",), ("x.two",))
    assert (made.loose, made.device_s, made.module, made.flow) == (True, 1.5, __name__, one)


def test_a_scenario_without_a_docstring_is_a_mistake_of_the_suite() -> None:
    async def silent(_dut: Dut) -> None:
        return None

    with pytest.raises(InternalError, match="needs a docstring"):
        Suite("x").scenario("one", chapter="c")(silent)


def test_the_suite_of_a_system_is_loaded_once_and_whole() -> None:
    hmp = load_system("hmp")
    suite = load_suite(hmp)
    assert suite is load_suite(hmp)
    assert suite.known_good is not None
    assert set(hmp.operations) <= {name.split(".")[1] for name in suite.cases}
    assert {one.system for one in suite.cases.values()} == {"hmp"}
    assert select_cases(suite.cases.values(), ())


def test_every_generated_negative_has_its_positive_control() -> None:
    """DESIGN.md, Vocabulary: a negative check counts only with its control."""
    cases = load_suite(load_system("hmp")).cases
    lacking = [
        name
        for name, one in cases.items()
        if any(part in name for part in (".arity.", ".outside.", ".unknown.random")) and not one.after
    ]
    assert lacking == []


def test_a_case_has_the_same_random_values_on_every_machine() -> None:
    """DESIGN.md, Determinism: BLAKE2b of run seed and case id, never hash()."""
    assert [rng_for(7, "hmp.x").getrandbits(32) for _ in range(2)] == [rng_for(7, "hmp.x").getrandbits(32)] * 2
    assert rng_for(1, "hmp.createSession.success").getrandbits(32) == 416540371
    assert rng_for(7, "hmp.x").random() != rng_for(8, "hmp.x").random() != rng_for(8, "hmp.y").random()
