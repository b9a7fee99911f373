"""The check of what was asked for: answers that conform, those that do not, and the readings that they tell (STYLE.md, R19)."""

from __future__ import annotations

import pytest

from harness.checks.answer import Answer, answer_checks
from harness.ending import Ending
from harness.messages.book import ErrorBook
from harness.messages.lines import LineBinding
from harness.spec.load import load_system
from harness.verdict import Check, Severity

HMP = load_system("hmp")
assert HMP.lines is not None
BOOK, BINDING = ErrorBook(HMP, HMP.lines), LineBinding(HMP, HMP.lines)
ID = "cc457821-98a6-416d-9775-336d71eacd05"


def judged(
    raw: bytes,
    answers: list[Answer],
    *command: str,
    ambiguity: str | None = None,
    quoted: bool = False,
    ending: Ending = Ending.ANSWERED,
) -> list[Check]:
    operation, *values = command
    call, _ = BINDING.call(operation, values, quoted=quoted)
    reply = BINDING.reply(call, raw, ending, 4)
    return answer_checks(BOOK, reply, answers, check="answer", clauses=("HMP-X-001",), ambiguity=ambiguity)


CREATE, DELETE, STATUS, ADD = (
    ("createSession", "x"),
    ("deleteSession", "word"),
    ("getRecordingStatus", ID),
    ("addSourceToSession", "first", "second"),
)
EXAMPLES: dict[str, tuple[tuple[str, ...], Answer, list[bytes], list[bytes]]] = {
    "a-success": (
        ("setLiveSession", ID, "true"),
        Answer(),
        [b"OK\n"],
        [b"ERROR|040006|Session not found\n", b"OKAY\n", b"ok\n"],
    ),
    "a-success-with-any-value": (
        CREATE,
        Answer(),
        [f"OK|{ID}\n".encode(), f"OK {ID}\n".encode()],
        [b"ERROR|000001|Syntax Error\n"],
    ),
    "a-success-with-a-value": (
        STATUS,
        Answer(value="PAUSED"),
        [b"OK|PAUSED\n"],
        [b"OK|RECORDING\n", b"OK|paused\n", b"OK\n"],
    ),
    "an-error": (
        ("deleteSession", ID),
        Answer(error="session-not-found"),
        [b"ERROR|040006|Session not found\n", b"ERROR 040006 Session not found\n"],
        [
            b"OK\n",
            b"ERROR|040006|Session not found.\n",
            b"ERROR|040002|Session not found\n",
            b"ERROR|060003|Recording currently in progress\n",
        ],
    ),
    "an-error-about-a-value": (
        DELETE,
        Answer(error="not-a-uuid", about=0),
        [b"ERROR|010001|'word' is not a UUID\n", b"ERROR|010001|'word' is not a uuid\n"],
        [b"ERROR|010001|'other' is not a UUID\n", b"ERROR|010001|word is not a UUID\n", b"OK\n"],
    ),
    "an-error-about-the-second-value": (
        ADD,
        Answer(error="not-a-uuid", about=1),
        [b"ERROR|010001|'second' is not a UUID\n"],
        [b"ERROR|010001|'first' is not a UUID\n"],
    ),
    "an-error-about-any-value": (
        ADD,
        Answer(error="not-a-uuid"),
        [b"ERROR|010001|'first' is not a UUID\n"],
        [b"ERROR|010003|x\n"],
    ),
    "any-documented-error": (
        CREATE,
        Answer(error="*"),
        [b"ERROR|040009|Source not found\n", b"ERROR|000001|Syntax Error\n"],
        [b"OK\n", b"ERROR|040009|Not found\n", b"ERROR|999999|Other\n"],
    ),
    "an-unknown-command": (
        ("undefinedCommand",),
        Answer(error="command-not-found"),
        [b"ERROR|000002|Command not found\n", b"ERROR Command not found\n"],
        [b"OK\n", b"ERROR|000001|Syntax Error\n", b"ERROR Syntax Error\n"],
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_answer_fits_its_good_replies_and_none_of_the_bad_ones(name: str) -> None:
    command, answer, good, bad = EXAMPLES[name]
    for raw in good:
        assert [check.passed for check in judged(raw, [answer], *command)] == [True], raw
    for raw in bad:
        (check,) = judged(raw, [answer], *command)
        assert not check.passed, raw
        assert check.got == raw.decode().replace("\n", "\\n")
        assert check.expected
        assert "HMP-X-001" in check.clauses
        assert (check.id, check.step, check.severity) == ("answer", 4, Severity.MUST)


@pytest.mark.parametrize("ending", [Ending.SILENT, Ending.CLOSED, Ending.RESET, Ending.FLOODED])
@pytest.mark.parametrize("answer", [Answer(), Answer(error="*"), Answer(error="session-not-found")])
def test_no_reply_is_no_answer(ending: Ending, answer: Answer) -> None:
    assert not judged(b"", [answer], "deleteSession", ID, ending=ending)[0].passed


def test_an_answer_cites_the_rows_of_the_errors_that_it_names_and_no_general_ones() -> None:
    answers = [Answer(error="session-not-found"), Answer(error="syntax")]
    (check,) = judged(b"ERROR|040006|Session not found\n", answers, "deleteSession", ID)
    assert check.clauses == ("HMP-X-001", "HMP-deleteSession.error.session-not-found")


def test_an_error_that_was_not_asked_for_is_cited_as_claimed() -> None:
    (check,) = judged(b"ERROR|040006|Session not found\n", [Answer(error="not-a-uuid", about=0)], *DELETE)
    assert "HMP-deleteSession.error.session-not-found" in check.clauses


def test_what_was_expected_is_said_as_it_would_stand_on_the_wire() -> None:
    (check,) = judged(b"x\n", [Answer(error="not-a-uuid", about=0), Answer()], *DELETE)
    assert check.expected == "ERROR|010001|'word' is not a UUID or OK"
    (check,) = judged(b"x\n", [Answer(error="arity")], "createSession", "a", "b")
    assert check.expected == "ERROR|010003|Expected 1 parameter(s). Got 2 parameter(s)"
    (check,) = judged(b"x\n", [Answer()], *CREATE)
    assert check.expected == "OK with sessionId"
    (check,) = judged(b"x\n", [Answer(error="*")], *CREATE)
    assert check.expected == "a documented error"


EITHER = [
    Answer(value="FINISHED", reading="finished"),
    Answer(error="active-recording-not-found", reading="not-active"),
]


def test_an_answer_tells_the_reading_to_which_it_belongs() -> None:
    (check,) = judged(b"OK|FINISHED\n", EITHER, *STATUS, ambiguity="HMP-AMB-017")
    assert check.readings == {"HMP-AMB-017": frozenset({"finished"})}


def test_an_unusual_reading_conforms_and_is_told_by_a_check_of_its_own() -> None:
    """DESIGN.md, Vocabulary: outcome; an unusual reading is a warning."""
    answer, usual = judged(b"ERROR|040001|Active recording not found\n", EITHER, *STATUS, ambiguity="HMP-AMB-017")
    assert answer.passed
    assert answer.readings["HMP-AMB-017"] == frozenset({"not-active"})
    assert (usual.id, usual.passed, usual.severity) == ("answer.usual", False, Severity.READING)
    assert "HMP-AMB-017" in usual.expected


def test_an_answer_of_a_usual_and_an_unusual_reading_is_usual() -> None:
    answers = [*EITHER, Answer(error="*", reading="finished")]
    (check,) = judged(b"ERROR|040001|Active recording not found\n", answers, *STATUS, ambiguity="HMP-AMB-017")
    assert check.readings["HMP-AMB-017"] == frozenset({"finished", "not-active"})


def test_a_wrong_answer_tells_no_reading() -> None:
    (check,) = judged(b"OK|PAUSED\n", EITHER, *STATUS, ambiguity="HMP-AMB-017")
    assert (check.passed, check.readings) == (False, {})


@pytest.mark.parametrize(("text", "reading"), [("UUID", {"upper", "table"}), ("uuid", {"lower"})])
def test_the_spelling_of_a_message_tells_a_reading(text: str, reading: set[str]) -> None:
    (check,) = judged(
        f"ERROR|010001|'{ID}x' is not a {text}\n".encode(),
        [Answer(error="not-a-uuid", about=0)],
        "getRecordingStatus",
        f"{ID}x",
    )
    assert check.readings["HMP-AMB-003"] == reading


@pytest.mark.parametrize(
    ("echoed", "reading"), [("two words", {"decoded", "unquoted", "escaped"}), ('"two words"', {"typed"})]
)
def test_how_the_value_is_repeated_tells_a_reading(echoed: str, reading: set[str]) -> None:
    (check,) = judged(
        f"ERROR|010001|'{echoed}' is not a UUID\n".encode(),
        [Answer(error="not-a-uuid", about=0)],
        "deleteSession",
        "two words",
    )
    assert check.readings["HMP-AMB-042"] == reading


def test_a_plain_value_tells_nothing_about_how_values_are_repeated() -> None:
    (check,) = judged(b"ERROR|010001|'word' is not a UUID\n", [Answer(error="not-a-uuid", about=0)], *DELETE)
    assert "HMP-AMB-042" not in check.readings
