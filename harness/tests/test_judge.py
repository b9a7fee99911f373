"""From a flow to a result: ends, controls, pinned readings, one dialect throughout; mistakes of ours are ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.case import Case, Flow
from harness.dut import Dut
from harness.ending import Ending
from harness.flow import Action, CaseInconclusive, CaseSkipped, CaseStopped, Connect, Receive, Received, Send
from harness.judge import Dialect, Judge, pinned, without_control
from harness.spec.load import load_system
from harness.spec.model import Level
from harness.tests.devices import target_of
from harness.verdict import CaseResult, Check, Outcome, Severity

HMP = load_system("hmp")


class Scripted:
    """Answers each received message from a list; then nothing more comes."""

    def __init__(self, *replies: bytes, rest: bytes = b"") -> None:
        self._replies = list(replies)
        self._rest = rest

    def perform(self, action: Action[Any]) -> Any:
        match action:
            case Connect():
                return Ending.ANSWERED
            case Receive(rest=True):
                return Received(self._rest, Ending.SILENT, 9)
            case Receive():
                return (
                    Received(self._replies.pop(0), Ending.ANSWERED, 2)
                    if self._replies
                    else Received(b"", Ending.SILENT, 2)
                )
            case Send():
                return None
        return None


def case(flow: Flow, **more: Any) -> Case:
    return Case(
        **{"id": "hmp.x", "system": "hmp", "title": "t", "chapter": "c", "clauses": ("HMP-X",), "flow": flow, **more}
    )


def judged(
    flow: Callable[[Dut], Any], *replies: bytes, rest: bytes = b"", dialect: dict[str, str] | None = None, **more: Any
) -> CaseResult:
    judge = Judge(HMP, target_of(1, dialect=dialect or {}), 1)
    return judge.run(case(flow, **more), Scripted(*replies, rest=rest))


async def asks(dut: Dut) -> None:
    dut.error(await dut.call("deleteSession", "word"), "not-a-uuid", about=0)


GOOD = b"ERROR|010001|'word' is not a UUID\n"


def test_a_flow_whose_checks_pass_passes_and_cites_everything_it_probed() -> None:
    result = judged(asks, GOOD)
    assert (result.outcome, result.broken, result.message) == (Outcome.PASSED, (), "")
    assert result.clauses[0] == "HMP-X"
    assert {"HMP-deleteSession.error.not-a-uuid", "HMP-RSP-006"} <= set(result.clauses)


def test_a_broken_check_fails_the_case_and_says_what_was_expected() -> None:
    result = judged(asks, b"OK\n")
    assert result.outcome is Outcome.FAILED
    assert result.got == "OK\\n"
    assert "is not a UUID" in result.expected
    assert result.message.endswith("got OK\\n")


def test_a_device_that_does_not_answer_fails_the_case() -> None:
    assert judged(asks).outcome is Outcome.FAILED


def test_a_reply_too_many_fails_the_case_unless_it_is_loose() -> None:
    assert judged(asks, GOOD, rest=b"OK\n").outcome is Outcome.FAILED
    assert judged(asks, GOOD, rest=b"OK\n", loose=True).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("end", "outcome"), [(CaseSkipped("why"), Outcome.SKIPPED), (CaseInconclusive("why"), Outcome.INCONCLUSIVE)]
)
def test_an_end_is_the_outcome_unless_something_was_broken_before(end: Exception, outcome: Outcome) -> None:
    async def flow(dut: Dut) -> None:
        await asks(dut)
        raise end

    result = judged(flow, GOOD)
    assert (result.outcome, result.message) == (outcome, "why")
    assert judged(flow, b"OK\n").outcome is Outcome.FAILED


def test_a_case_that_checked_nothing_teaches_nothing() -> None:
    """DESIGN.md, Vocabulary: a case begins with nothing learned."""

    async def silent(dut: Dut) -> None:
        await dut.connect()

    async def stopped(_dut: Dut) -> None:
        raise CaseStopped("enough")

    assert judged(silent).outcome is Outcome.INCONCLUSIVE
    assert judged(stopped).outcome is Outcome.INCONCLUSIVE
    assert judged(silent, rest=b"hello\n").outcome is Outcome.FAILED


def test_an_exception_in_a_flow_is_an_error_of_ours_with_its_place() -> None:
    """STYLE.md, R7: never counted against the device."""

    async def flow(dut: Dut) -> None:
        await asks(dut)
        raise KeyError("our mistake")

    result = judged(flow, b"OK\n")
    assert result.outcome is Outcome.ERROR
    assert "our mistake" in result.message
    assert "test_judge.py" in result.message


def test_what_is_called_between_flow_and_rest_is_called_once() -> None:
    calls: list[str] = []
    Judge(HMP, target_of(1), 1).run(case(asks), Scripted(GOOD), lambda: calls.append("undo"))
    assert calls == ["undo"]


PASSED = CaseResult(id="hmp.n", system="hmp", title="t", chapter="c", outcome=Outcome.PASSED)
NEGATIVE = case(asks, id="hmp.n", after=("hmp.a", "hmp.b"))


@pytest.mark.parametrize(
    ("controls", "seen", "outcome"),
    [
        ((Outcome.PASSED, Outcome.PASSED), Outcome.FAILED, Outcome.FAILED),
        ((Outcome.PASSED, Outcome.WARNED), Outcome.PASSED, Outcome.PASSED),
        ((Outcome.PASSED, Outcome.FAILED), Outcome.FAILED, Outcome.INCONCLUSIVE),
        ((Outcome.PASSED, Outcome.FAILED), Outcome.PASSED, Outcome.INCONCLUSIVE),
        ((Outcome.PASSED, Outcome.INCONCLUSIVE), Outcome.WARNED, Outcome.INCONCLUSIVE),
        ((Outcome.PASSED, Outcome.ERROR), Outcome.PASSED, Outcome.INCONCLUSIVE),
        ((Outcome.SKIPPED, Outcome.PASSED), Outcome.PASSED, Outcome.SKIPPED),
        ((Outcome.SKIPPED, Outcome.FAILED), Outcome.PASSED, Outcome.INCONCLUSIVE),
        ((Outcome.FAILED, Outcome.PASSED), Outcome.SKIPPED, Outcome.SKIPPED),
        ((Outcome.FAILED, Outcome.PASSED), Outcome.ERROR, Outcome.ERROR),
    ],
)
def test_a_case_counts_only_with_its_controls(
    controls: tuple[Outcome, Outcome], seen: Outcome, outcome: Outcome
) -> None:
    result = without_control(
        replace(PASSED, outcome=seen, broken=("B",), message="m"),
        NEGATIVE,
        dict(zip(NEGATIVE.after, controls, strict=True)),
    )
    assert result.outcome is outcome
    if outcome is not seen:
        assert result.broken == ()
        assert "its control hmp." in result.message
        assert "m" in result.message


def told(*readings: str, passed: bool = True) -> Check:
    return Check(id="c", clauses=("C",), passed=passed, readings={"HMP-AMB-001": frozenset(readings)})


def test_a_pinned_reading_breaks_what_fits_only_others() -> None:
    dialect = {"HMP-AMB-001": "pipe"}
    assert [check.passed for check in pinned([told("pipe"), told("pipe", "space"), told("space")], dialect)] == [
        True,
        True,
        False,
    ]
    broken = pinned([told("space")], dialect)[0]
    assert "pinned reading pipe of HMP-AMB-001" in broken.expected
    assert broken.got == "space"
    assert pinned([told("space", passed=False)], dialect) == [told("space", passed=False)]
    assert pinned([told("space")], {"HMP-AMB-002": "pipe"}) == [told("space")]


def test_a_pinned_reading_fails_a_case_through_the_target_file() -> None:
    assert judged(asks, GOOD, dialect={"HMP-AMB-003": "upper"}).outcome is Outcome.PASSED
    assert judged(asks, GOOD, dialect={"HMP-AMB-003": "lower"}).outcome is Outcome.FAILED


def dialect_of(*checks: Check) -> Dialect:
    dialect = Dialect(HMP)
    for check in checks:
        dialect.see(replace(PASSED, checks=(check,)))
    return dialect


def test_the_dialect_is_what_fits_everything_that_was_seen() -> None:
    assert dialect_of(told("pipe", "space"), told("pipe"), told("pipe")).readings() == {"HMP-AMB-001": ("pipe",)}
    assert dialect_of(told("pipe"), told("space")).readings() == {"HMP-AMB-001": ("pipe", "space")}
    assert dialect_of(told("space", passed=False)).readings() == {}


UNIFORM = {
    level: [name for name, ambiguity in HMP.ambiguities.items() if ambiguity.uniform is level]
    for level in (Level.MUST, Level.SHOULD)
}


def told_of(ambiguity: str, *checks: Check) -> CaseResult:
    """What the end of a run says of one ambiguity."""
    (result,) = [result for result in dialect_of(*checks).results() if result.id == f"hmp.dialect.{ambiguity}"]
    return result


@pytest.mark.parametrize("level", [level for level, names in UNIFORM.items() if names])
def test_a_device_that_changes_its_reading_is_told_where_the_reading_is_decided_once(level: Level) -> None:
    """DESIGN.md, Vocabulary: dialect. `uniform` must: a failure; should: a warning."""
    name = UNIFORM[level][0]
    first, second, *_ = HMP.ambiguities[name].readings
    checks = [
        Check(id="c", clauses=(), passed=True, readings={name: frozenset({reading})}) for reading in (first, second)
    ]
    result = told_of(name, *checks)
    assert result.outcome is (Outcome.FAILED if level is Level.MUST else Outcome.WARNED)
    assert f"{first} in hmp.n" in result.got
    assert result.checks[0].severity is (Severity.MUST if level is Level.MUST else Severity.READING)
    result = told_of(name, checks[0])
    assert (result.outcome, result.got) == (Outcome.PASSED, "")
    result = told_of(name)
    assert (result.outcome, result.broken) == (Outcome.SKIPPED, ())


def test_an_ambiguity_that_need_not_be_uniform_makes_no_case() -> None:
    name = next(name for name, ambiguity in HMP.ambiguities.items() if ambiguity.uniform is None)
    checks = [
        Check(id="c", clauses=(), passed=True, readings={name: frozenset({reading})})
        for reading in HMP.ambiguities[name].readings
    ]
    assert f"hmp.dialect.{name}" not in {result.id for result in dialect_of(*checks).results()}
