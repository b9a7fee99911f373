"""What counts as a kill, and the figures made of kills."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from harness.case import Case
from harness.mutation.matrix import ClauseRow, Fate, MutationResult, Standing, Trial, clause_rows, matrix
from harness.mutation.mutant import Behaviour, Mutant, Operator
from harness.mutation.report import cell, format_summary, to_json, write_reports
from harness.mutation.trial import Bench, MutantRun, _until_killed, counts
from harness.spec.clauses import ClauseEntry
from harness.spec.model import Level, Source
from harness.verdict import CaseResult, Outcome

SOURCE = Source(section="Here", lines=[1, 1])


def mutant(clause: str, name: str = "m", operator: Operator = Operator.SWAP, *, harmless: bool = False) -> Mutant:
    return Mutant(
        id=f"{clause}:{name}", clause=clause, operator=operator, about="It <lies>.", make=Behaviour, harmless=harmless
    )


def trial(clause: str, fate: Fate, operator: Operator = Operator.SWAP) -> Trial:
    return Trial(mutant=mutant(clause, fate.value, operator), fate=fate)


def entry(name: str, level: Level = Level.MUST, untested: str = "") -> ClauseEntry:
    return ClauseEntry(
        id=name, text="It does.", level=level, chapter=f"chapter {name[0]}", sources=(SOURCE,), untested=untested
    )


def case(outcome: Outcome, *broken: str) -> CaseResult:
    return CaseResult(id="x.case", system="x", title="", chapter="", outcome=outcome, clauses=broken, broken=broken)


GOOD = case(Outcome.PASSED)


def test_a_failed_case_that_cites_the_clause_is_a_kill() -> None:
    assert counts(mutant("A-1"), case(Outcome.FAILED, "B-1", "A-1"), GOOD, changes=1)


@pytest.mark.parametrize(
    ("result", "control", "changes"),
    [
        (case(Outcome.FAILED, "B-1"), GOOD, 1),  # another clause is blamed
        (case(Outcome.WARNED, "A-1"), GOOD, 1),  # it does not fail
        (case(Outcome.INCONCLUSIVE, "A-1"), GOOD, 1),
        (case(Outcome.FAILED, "A-1"), GOOD, 0),  # the mutant has done nothing: something else is wrong
        (case(Outcome.FAILED, "A-1"), None, 1),  # never run without a mutant
        (case(Outcome.FAILED, "A-1"), case(Outcome.FAILED, "A-1"), 1),  # it fails without a mutant too
        (case(Outcome.FAILED, "A-1"), case(Outcome.INCONCLUSIVE), 1),
        (case(Outcome.FAILED, "A-1"), case(Outcome.WARNED, "A-1"), 1),  # the clause is in doubt without a mutant
    ],
)
def test_anything_less_is_none(result: CaseResult, control: CaseResult | None, changes: int) -> None:
    assert not counts(mutant("A-1"), result, control, changes)


def rows(*trials: Trial, **entries: ClauseEntry) -> dict[str, ClauseRow]:
    return clause_rows({"A-1": entry("A-1"), **entries}, trials)


@pytest.mark.parametrize(
    ("fates", "standing"),
    [
        ([Fate.KILLED, Fate.KILLED], Standing.KILLED),
        ([Fate.KILLED, Fate.SURVIVED], Standing.SURVIVED),
        ([Fate.KILLED, Fate.IDLE], Standing.SURVIVED),
        ([Fate.KILLED, Fate.LEFT], Standing.LEFT),
        ([Fate.SURVIVED, Fate.LEFT], Standing.SURVIVED),
        ([Fate.IDLE], Standing.SURVIVED),
        ([Fate.UNPROBED], Standing.UNBROKEN),
        ([], Standing.UNBROKEN),
    ],
)
def test_a_clause_is_killed_only_if_all_its_mutants_are(fates: list[Fate], standing: Standing) -> None:
    row = rows(*(trial("A-1", fate) for fate in fates))["A-1"]
    assert standing is row.standing
    assert bool(row.reason) == (standing in (Standing.UNBROKEN, Standing.LEFT))


def test_what_only_permits_or_is_untested_never_counts() -> None:
    entries = {"B-1": entry("B-1", Level.MAY), "C-1": entry("C-1", untested="nobody can")}
    found = clause_rows(entries, [trial("B-1", Fate.KILLED), trial("C-1", Fate.SURVIVED)])
    assert [Standing.UNBROKEN] * 2 == [row.standing for row in found.values()]
    assert "nobody can" == found["C-1"].reason


def test_harmless_mutants_are_no_part_of_a_clause() -> None:
    harmless = Trial(mutant=mutant("A-1", harmless=True), fate=Fate.UNHARMED)
    assert Standing.UNBROKEN is rows(harmless)["A-1"].standing


def result_of(*trials: Trial, **changes: object) -> MutationResult:
    names = dict.fromkeys(one.mutant.clause for one in trials)
    made = MutationResult(
        trials=trials,
        clauses=clause_rows({name: entry(name) for name in names}, trials),
        seed=1,
        target="<tiny>",
        control={"passed": 3},
        counts=Counter(one.fate for one in trials),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # by name


def many(killed: int, survived: int) -> list[Trial]:
    fates = [Fate.KILLED] * killed + [Fate.SURVIVED] * survived
    return [trial(f"C-{number:03d}", fate) for number, fate in enumerate(fates)]


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (result_of(*many(19, 1)), 0),  # 95 % exactly
        (result_of(*many(18, 1)), 1),
        (result_of(), 1),  # nothing shown is not enough
        (result_of(*many(20, 0), trial("D-1", Fate.LEFT)), 3),
        (result_of(*many(20, 0), trial("D-1", Fate.ALARM)), 5),
        (result_of(*many(20, 0), broken_controls=("x failed",)), 5),
        (result_of(*many(20, 0), broken_controls=("x failed",), interrupted=True), 130),
    ],
)
def test_exit_codes(result: MutationResult, code: int) -> None:
    """DESIGN.md, Contracts: the first that applies."""
    assert code == result.exit_code


def test_the_rate_is_by_clause_and_not_by_mutant() -> None:
    result = result_of(*[trial("A-1", Fate.KILLED)] * 9, trial("A-1", Fate.SURVIVED), trial("B-1", Fate.KILLED))
    assert ((1, 2), (10, 11), 0.5) == (result.counted, result.mutants, result.rate)


def test_the_matrix_counts_by_chapter_and_operator() -> None:
    result = result_of(
        trial("A-1", Fate.KILLED), trial("A-2", Fate.SURVIVED), trial("B-1", Fate.KILLED, Operator.LOSE), trial("B-2", Fate.UNPROBED)
    )  # fmt: skip
    assert {
        "chapter A": {Operator.SWAP: (1, 2)},
        "chapter B": {Operator.LOSE: (1, 1)},
        "total": {Operator.SWAP: (1, 2), Operator.LOSE: (1, 1)},
    } == matrix(result.trials, result.clauses)


@pytest.mark.parametrize(("counts", "text"), [(None, "."), ((3, 3), "3"), ((2, 3), "2/3"), ((0, 1), "0/1")])
def test_cells(counts: tuple[int, int] | None, text: str) -> None:
    assert text == cell(counts)


def test_the_reports_name_survivors_alarms_and_failed_controls(tmp_path: object) -> None:
    alarm = replace(trial("B-1", Fate.ALARM), case="x.case", expected="OK", got="<b>no\x1b[31m")
    result = result_of(trial("A-1", Fate.SURVIVED), alarm, broken_controls=("x.control: it broke",))
    from pathlib import Path

    folder = Path(str(tmp_path))
    text = format_summary(result, folder)
    write_reports(folder, result, "x")
    page = (folder / "mutate.html").read_text(encoding="utf-8")
    for shown in (text, page):
        assert all(word in shown for word in ("A-1:survived", "B-1:false alarm", "x.control: it broke", "x.case"))
    assert "\x1b" not in text + page
    assert "<b>no" not in page
    assert "It &lt;lies&gt;." in page
    data = to_json(result, "x")
    assert ["survived", "false alarm"] == [one["fate"] for one in data["mutants"]]
    assert {"killed": 0, "total": 1, "rate": 0.0, "wanted": 0.95} == data["run"]["clauses"]


@pytest.mark.parametrize(("outcome", "changes", "worn"), [
    (Outcome.INCONCLUSIVE, 0, True), (Outcome.INCONCLUSIVE, 1, False), (Outcome.PASSED, 0, False),
])  # fmt: skip
def test_a_case_that_can_do_nothing_before_the_mutant_has_done_anything_tells_of_a_worn_device(
    outcome: Outcome, changes: int, worn: bool
) -> None:
    one = SimpleNamespace(id="x.case")
    bench = SimpleNamespace(
        with_controls=lambda wanted: [wanted], stopped=lambda: False, proxy=SimpleNamespace(changes=changes),
        ledger=SimpleNamespace(worn=False), control={"x.case": GOOD}, shoulds=frozenset(),
    )  # fmt: skip
    run = SimpleNamespace(run_case=lambda _case: case(outcome))
    found = _until_killed(cast("Bench", bench), cast("MutantRun", run), mutant("A-1"), [cast("Case", one)])
    assert (worn, Fate.SURVIVED if changes else Fate.IDLE) == (bench.ledger.worn, found.fate)
