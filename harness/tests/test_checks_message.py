"""Each check that any reply must pass, with a reply that passes it and replies that do not (STYLE.md, R19)."""

from __future__ import annotations

import pytest

from harness.checks.message import merge, message_checks
from harness.ending import Ending
from harness.messages.book import ErrorBook, echo_readings
from harness.messages.lines import LineBinding
from harness.messages.reply import Call
from harness.spec.load import load_system
from harness.verdict import Check, outcome_of

HMP = load_system("hmp")
assert HMP.lines is not None
SYNTAX = HMP.lines
BOOK, BINDING = ErrorBook(HMP, SYNTAX), LineBinding(HMP, SYNTAX)
ID = "cc457821-98a6-416d-9775-336d71eacd05"


def checks_of(
    raw: bytes, operation: str, *values: str, quoted: bool = False, ending: Ending = Ending.ANSWERED
) -> list[Check]:
    call, _ = BINDING.call(operation, values, quoted=quoted)
    return list(message_checks(BOOK, BINDING.reply(call, raw, ending, 0)))


def broken(checks: list[Check]) -> list[str]:
    return [check.id for check in checks if not check.passed]


def one(checks: list[Check], name: str) -> Check:
    (found,) = [check for check in checks if check.id == name]
    return found


# check id -> (operation, values), a reply that passes it, replies that break it.
EXAMPLES: dict[str, tuple[tuple[str, ...], bytes, list[bytes]]] = {
    "reply.result": (
        ("createSession", "x"),
        f"OK|{ID}\n".encode(),
        [b"OK\n", b"OK|12345\n", f"OK|{ID}x\n".encode(), f"OK|{ID}|y\n".encode()],
    ),
    "reply.listed": (
        ("createSession", "x"),
        b"ERROR|000001|Syntax Error\n",
        [
            b"ERROR|010003|Expected 1 parameters. Got 2\n",
            b"ERROR|999999|No such error\n",
            b"ERROR|000001|Syntax error\n",
            b"ERROR|000002|Syntax Error\n",
        ],
    ),
    "reply.echo": (
        ("deleteSession", "word"),
        b"ERROR|010001|'word' is not a UUID\n",
        [
            b"ERROR|010001|'wor' is not a UUID\n",
            b"ERROR|010001|'Word' is not a UUID\n",
            b"ERROR|010001|'' is not a UUID\n",
        ],
    ),
    "reply.counts": (
        ("createSession", "a", "b"),
        b"ERROR|010003|Expected 1 parameter(s). Got 2 parameter(s)\n",
        [
            b"ERROR|010003|Expected 1 parameter(s). Got 3 parameter(s)\n",
            b"ERROR|010003|Expected 2 parameter(s). Got 2 parameter(s)\n",
        ],
    ),
    "reply.terminator": (("setLiveSession", ID, "true"), b"OK\n", [b"OK\r\n"]),
    "reply.encoding": (("setLiveSession", ID, "true"), b"OK\n", [b"OK|\xff\n"]),
    "reply.success": (("setLiveSession", ID, "true"), b"OK\n", [b"OKAY\n", b"OK|\n"]),
    "reply.error": (("setLiveSession", ID, "true"), b"OK\n", [b"\n", b"ERROR\n", b"ERR|1|x\n"]),
    "reply.error-code": (
        ("deleteSession", ID),
        b"ERROR|040006|Session not found\n",
        [b"ERROR|40006|Session not found\n"],
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_check_passes_its_good_reply_and_fails_its_bad_ones(name: str) -> None:
    """No check is vacuous, and none cries wolf."""
    (operation, *values), good, bad = EXAMPLES[name]
    assert [] == broken(checks_of(good, operation, *values))
    for raw in bad:
        checks = checks_of(raw, operation, *values)
        assert name in broken(checks), raw
        for check in checks:
            if not check.passed:
                assert check.clauses
                assert check.expected
                assert check.got


def test_every_check_id_has_an_example() -> None:
    """The ids that stand in the module: those of problems come from the syntax' rules."""
    seen = {
        check.id
        for (operation, *values), good, bad in EXAMPLES.values()
        for raw in (good, *bad)
        for check in checks_of(raw, operation, *values)
    }
    assert seen == {*EXAMPLES, "reply.comes", "reply.form"}


@pytest.mark.parametrize("ending", [Ending.SILENT, Ending.CLOSED, Ending.RESET, Ending.FLOODED])
def test_a_reply_that_does_not_come_is_one_finding_and_half_of_one_is_two(ending: Ending) -> None:
    assert broken(checks_of(b"", "deleteSession", ID, ending=ending)) == ["reply.comes"]
    half = checks_of(b"ERR", "deleteSession", ID, ending=ending)
    assert broken(half) == ["reply.comes", "reply.terminator"]
    assert one(half, "reply.comes").clauses == (SYNTAX.rules["one-reply"],)


def test_a_value_where_none_is_documented_is_a_finding() -> None:
    """Set Live Session: the success carries nothing."""
    check = one(checks_of(b"OK|true\n", "setLiveSession", ID, "true"), "reply.result")
    assert not check.passed
    assert "HMP-setLiveSession" in check.clauses


@pytest.mark.parametrize(
    ("raw", "ambiguity", "reading"),
    [
        (f"OK|{ID}\n", "HMP-AMB-001", "pipe"),
        (f"OK {ID}\n", "HMP-AMB-001", "space"),
        (f"OK | {ID}\n", "HMP-AMB-001", "spaced-pipe"),
        ("ERROR|000001|Syntax Error\n", "HMP-AMB-002", "pipe"),
        ("ERROR 000001 Syntax Error\n", "HMP-AMB-002", "space"),
        ("ERROR Command not found\n", "HMP-AMB-002", "bare"),
    ],
)
def test_the_form_of_a_reply_tells_a_reading(raw: str, ambiguity: str, reading: str) -> None:
    assert one(checks_of(raw.encode(), "createSession", "x"), "reply.form").readings == {
        ambiguity: frozenset({reading})
    }


def test_an_error_of_another_command_may_be_borrowed() -> None:
    """Where no error is documented a device borrows one; its text still has to be right."""
    assert [] == broken(checks_of(b"ERROR|040009|Source not found\n", "createSession", "x"))
    assert ["reply.listed"] == broken(checks_of(b"ERROR|040009|Source not there\n", "createSession", "x"))


def test_the_right_code_with_a_wrong_text_cites_the_row_that_is_nearest() -> None:
    check = one(checks_of(b"ERROR|040006|Session not found.\n", "deleteSession", ID), "reply.listed")
    assert check.clauses == ("HMP-RSP-005", "HMP-deleteSession.error.session-not-found")
    assert check.expected == "040006 Session not found"


def test_a_value_that_is_missing_may_be_repeated_as_nothing() -> None:
    assert [] == broken(checks_of(b"ERROR|010001|'' is not a UUID\n", "setLiveSession", ID))
    assert ["reply.echo"] == broken(checks_of(b"ERROR|010001|'' is not a UUID\n", "setLiveSession", ID, "true"))


@pytest.mark.parametrize("word", ["first", "second"])
def test_any_value_that_was_sent_may_be_the_wrong_one(word: str) -> None:
    assert [] == broken(
        checks_of(f"ERROR|010001|'{word}' is not a UUID\n".encode(), "addSourceToSession", "first", "second")
    )


ECHOES = [
    ("plain", False, "plain", {""}),
    ("plain", True, "plain", {"decoded", "unquoted", "escaped"}),
    ("plain", True, '"plain"', {"typed"}),
    ("two words", False, "two words", {"decoded", "unquoted", "escaped"}),
    ("two words", False, '"two words"', {"typed"}),
    ('a"b c', True, 'a"b c', {"decoded"}),
    ('a"b c', True, 'a\\"b c', {"unquoted", "escaped"}),
    ('a"b c', True, '"a\\"b c"', {"typed"}),
    ("plain", False, "Plain", set()),
    ("plain", False, "", set()),
    ("", True, "", {"decoded", "unquoted", "escaped"}),
]


@pytest.mark.parametrize(("value", "quoted", "echoed", "readings"), ECHOES)
def test_how_a_message_repeats_a_value_tells_a_reading(
    value: str, quoted: bool, echoed: str, readings: set[str]
) -> None:
    """HMP-AMB-042: the value itself, as it stood on the line, or as it stood between the quotes."""
    call, _ = BINDING.call("deleteSession", [value], quoted=quoted)
    assert echo_readings(call, 0, echoed, SYNTAX) == readings


def test_a_control_character_may_be_repeated_escaped_or_replaced_but_not_with_other_text() -> None:
    call, _ = BINDING.call("deleteSession", ["a\nb c"], quoted=True)
    assert echo_readings(call, 0, "a\\nb c", SYNTAX)
    assert not echo_readings(call, 0, "a\\nx c", SYNTAX)
    assert not echo_readings(Call(operation="x", values=("a",)), 0, "b", SYNTAX)


def test_merging_keeps_a_passed_check_once_and_a_broken_one_each_time() -> None:
    good, bad = Check(id="c", clauses=("C",), passed=True), Check(id="c", clauses=("C",), passed=False)
    told = Check(id="c", clauses=("C",), passed=True, readings={"A": frozenset({"x"})})
    checks: list[Check] = []
    merge(checks, [good, good])
    assert checks == [good]
    merge(checks, [bad, bad])
    assert checks == [bad, bad]
    merge(checks, [good, told, told])
    assert checks == [bad, bad, told]
    assert outcome_of(checks).value == "failed"


@pytest.mark.parametrize(
    ("raw", "clauses"),
    [
        (b"OKAY\n", {"HMP-RSP-001", "HMP-RSP-002"}),
        (b"ERROR\n", {"HMP-RSP-003"}),
        (b"error|000001|Syntax Error\n", {"HMP-RSP-003"}),
        (b"DONE\n", {"HMP-RSP-001", "HMP-RSP-002", "HMP-RSP-003"}),
    ],
)
def test_what_is_like_neither_a_success_nor_an_error_may_be_meant_as_either(raw: bytes, clauses: set[str]) -> None:
    (found,) = [check for check in checks_of(raw, "setLiveSession", ID, "true") if not check.passed]
    assert clauses == set(found.clauses)
