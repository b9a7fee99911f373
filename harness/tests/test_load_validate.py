"""Every reply of a load is judged as certify would judge it: wrong ones of each kind are found, every reading is accepted, shapes hide nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checks.answer import Answer
from harness.ending import Ending
from harness.load.scenario import LoadOperation
from harness.load.validate import MAX_SHAPES, MAX_VIOLATIONS, Level, Validator
from harness.tests.load_device import kind, requests_of, validator

NEW = LoadOperation(name="new", weight=1, operation="createSession", values=lambda _values: ("a title",))
SOME_ID = b"e3e70682-c209-4cac-929f-6fbed82c07cd"


def judged(validator: Validator, operation: LoadOperation, raw: bytes) -> bool:
    return validator.slow(requests_of(operation)[0], raw, Ending.ANSWERED)


CONFORMING = [
    ("monitor.active", b"OK|RECORDING\n"),
    ("monitor.active", b"OK RECORDING\n"),
    ("monitor.active", b"OK | RECORDING\n"),
    ("monitor.finished", b"OK|FINISHED\n"),
    ("monitor.finished", b"ERROR|040001|Active recording not found\n"),
    ("monitor.finished", b"ERROR 040001 Active recording not found\n"),
    ("monitor.gone", b"ERROR|040001|Active recording not found\n"),
    ("monitor.gone", b"ERROR|070003|Recording not found\n"),
    ("edit.session-escaped", b"OK\n"),
    ("edit.no-such-session", b"ERROR|040006|Session not found\n"),
    ("edit.no-such-field", b"ERROR|010001|'colour' is an invalid field name\n"),
    ("edit.no-id", b"ERROR|010001|'main hall' is not a UUID\n"),
    ("edit.no-id", b"ERROR|010001|'main hall' is not a uuid\n"),
    ("edit.no-id", b"ERROR 010001 '\"main hall\"' is not a UUID\n"),
]


@pytest.mark.parametrize(("name", "raw"), CONFORMING)
def test_a_reply_that_conforms_under_some_reading_is_accepted(name: str, raw: bytes) -> None:
    judge = validator()
    assert judged(judge, kind(name), raw)
    assert (0, 1) == (judge.violation_count, judge.parsed)


WRONG = [
    ("monitor.active", b"OK|PAUSED\n", "HMP-REC-010"),  # another state
    ("monitor.active", b"OK|BROKEN\n", "HMP-getRecordingStatus.result"),  # no state
    ("monitor.active", b"OK\n", "HMP-getRecordingStatus.result"),  # no value
    ("monitor.active", b"ERROR|040001|Active recording not found\n", "HMP-REC-010"),  # a refusal
    ("monitor.active", b"OK|RECORDING\r\n", "HMP-SYN-002"),  # the terminator
    ("monitor.active", b"ok|RECORDING\n", "HMP-RSP-001"),  # the form
    ("monitor.active", b"\xff\n", "HMP-SYN-004"),  # the encoding
    ("edit.session-plain", b"OK|1\n", "HMP-RSP-001"),  # a value too many
    ("edit.no-such-session", b"OK\n", "HMP-updateSessionMetadata.sessionId.unknown"),  # a success
    ("edit.no-such-session", b"ERROR|040006|No such session\n", "HMP-RSP-005"),  # the text
    ("edit.no-such-session", b"ERROR|4006|Session not found\n", "HMP-RSP-004"),  # the code
    ("edit.no-such-field", b"ERROR|010001|'flavour' is an invalid field name\n", "HMP-RSP-006"),  # the repeated value
    ("edit.no-id", b"ERROR|010001|'true' is not a UUID\n", "HMP-RSP-006"),  # another one of the values
]


@pytest.mark.parametrize(("name", "raw", "clause"), WRONG)
def test_a_wrong_reply_is_a_violation_with_clause_expected_and_got(name: str, raw: bytes, clause: str) -> None:
    judge = validator()
    assert not judged(judge, kind(name), raw)
    (found,) = judge.violations
    assert clause in found.clauses
    assert clause in judge.by_clause
    assert name == found.operation
    assert found.expected
    assert found.got
    assert found.sent.startswith(kind(name).operation)


@pytest.mark.parametrize("ending", [Ending.SILENT, Ending.CLOSED, Ending.RESET, Ending.FLOODED])
@pytest.mark.parametrize("level", Level)
def test_a_reply_that_does_not_come_is_a_violation_at_every_level(ending: Ending, level: Level) -> None:
    judge = validator(level)
    assert not judge.slow(requests_of(kind("edit.live"))[0], b"", ending)
    assert "HMP-EXE-002" in judge.violations[0].clauses


def test_what_nobody_asked_for_is_a_violation() -> None:
    judge = validator()
    judge.unasked(requests_of(kind("edit.live"))[0], b"OK\n" * 1000)
    assert ("HMP-EXE-002",) == judge.violations[0].clauses
    assert len(judge.violations[0].got) < 1000


def test_a_shape_that_was_learned_covers_the_kind_and_nothing_else() -> None:
    judge, operation = validator(), kind("monitor.active")
    assert judged(judge, operation, b"OK|RECORDING\n")
    assert {b"OK|RECORDING\n"} == judge.shapes(operation).exact
    assert set() == judge.shapes(kind("monitor.paused")).exact
    assert not judged(judge, operation, b"OK|PAUSED\n")
    assert {b"OK|RECORDING\n"} == judge.shapes(operation).exact


def test_a_reply_that_repeats_a_value_is_known_for_its_own_request_only() -> None:
    operation = LoadOperation(
        name="odd-field",
        weight=1,
        operation="updateSessionMetadata",
        values=lambda values: ("9eed71ca-d567-4a16-9d9c-26c6c5ad282e", f"field{values.rng.random()}", "x"),
        answers=(Answer(error="bad-field", about=1),),
    )
    one, other = requests_of(operation, 2)
    reply = f"ERROR|010001|'{one.call.values[1]}' is an invalid field name\n".encode()
    judge = validator()
    assert judge.slow(one, reply, Ending.ANSWERED)
    assert judge.slow(one, reply, Ending.ANSWERED)
    assert 1 == judge.parsed
    assert not judge.slow(other, reply, Ending.ANSWERED)
    assert set() == judge.shapes(operation).exact


def test_a_new_id_each_time_is_a_pattern_and_a_malformed_one_is_not_covered() -> None:
    judge = validator()
    assert judged(judge, NEW, b"OK|" + SOME_ID + b"\n")
    assert judged(judge, NEW, b"OK|9eed71ca-d567-4a16-9d9c-26c6c5ad282e\n")
    assert (1, set()) == (judge.parsed, judge.shapes(NEW).exact)
    assert not judged(judge, NEW, b"OK|9eed71ca-d567-4a16-9d9c-26c6c5ad282\n")
    assert not judged(judge, NEW, b"OK|" + SOME_ID + b"\n\n")


def test_a_value_that_is_asked_for_is_no_pattern() -> None:
    judge, wanted = validator(), LoadOperation(
        name="same", weight=1, operation="createSession", values=NEW.values, answers=(Answer(value=SOME_ID.decode()),)
    )  # fmt: skip
    assert judged(judge, wanted, b"OK|" + SOME_ID + b"\n")
    assert not judged(judge, wanted, b"OK|9eed71ca-d567-4a16-9d9c-26c6c5ad282e\n")


def test_the_level_shape_takes_any_documented_reply_and_framing_any_message() -> None:
    operation = kind("monitor.active")
    assert judged(validator(Level.SHAPE), operation, b"OK|PAUSED\n")
    assert judged(validator(Level.SHAPE), operation, b"ERROR|040001|Active recording not found\n")
    assert not judged(validator(Level.SHAPE), operation, b"OK|BROKEN\n")
    assert judged(validator(Level.FRAMING), operation, b"anything at all\n")


def test_a_reading_that_the_target_file_pins_is_the_only_one() -> None:
    operation, pinned = kind("monitor.active"), {"HMP-AMB-001": "space"}
    assert judged(validator(dialect=pinned), operation, b"OK RECORDING\n")
    assert not judged(validator(dialect=pinned), operation, b"OK|RECORDING\n")


def test_an_unusual_reading_conforms_and_is_told() -> None:
    judge = validator()
    assert judged(judge, kind("monitor.finished"), b"ERROR|040001|Active recording not found\n")
    assert {"answer.usual"} == set(judge.unusual)


def test_violations_are_all_counted_and_the_first_are_kept() -> None:
    judge = validator()
    for number in range(MAX_VIOLATIONS + 20):
        judged(judge, kind("monitor.active"), f"OK|{number}\n".encode())
    assert (MAX_VIOLATIONS + 20, MAX_VIOLATIONS) == (judge.violation_count, len(judge.violations))


def test_shapes_are_bounded() -> None:
    """At the level of framing every message is new; what is beyond the bound is still judged."""
    judge, operation = validator(Level.FRAMING), kind("monitor.active")
    for number in range(5 * MAX_SHAPES):
        assert judged(judge, operation, f"{number}\n".encode())
    assert MAX_SHAPES == len(judge.shapes(operation).exact)


NAMES = sorted({name for name, _ in CONFORMING})
REPLIES = sorted({raw for _, raw in CONFORMING} | {raw for _, raw, _ in WRONG})


@given(
    seen=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(REPLIES)), max_size=12),
    name=st.sampled_from(NAMES),
    raw=st.sampled_from(REPLIES),
)
def test_what_was_seen_before_changes_no_verdict(seen: list[tuple[str, bytes]], name: str, raw: bytes) -> None:
    """The shapes are a short cut: with them and without, each reply is judged the same."""
    experienced = validator()
    for other, reply in seen:
        judged(experienced, kind(other), reply)
    known = raw in experienced.shapes(kind(name)).exact or judged(experienced, kind(name), raw)
    assert judged(validator(), kind(name), raw) == known
