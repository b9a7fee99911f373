from __future__ import annotations

from dataclasses import replace

from harness.ending import Ending
from harness.report.failure import describe_failure, summarise_failure
from harness.report.readable import one_line, pieces, readable, shorten, visible
from harness.spec.clauses import catalogue
from harness.tests.report_run import EVIL_BYTES, all_outcomes, case, check, systems, transcript
from harness.transcript import Step, Transcript
from harness.verdict import Outcome, Severity

FAILED = all_outcomes()[1]


def test_a_failure_says_what_was_sent_what_came_what_is_asked_and_how_to_run_it_again() -> None:
    text = describe_failure(FAILED, transcript(FAILED.id, EVIL_BYTES), catalogue(systems()["hmp"]))
    for part in (
        "FAILED hmp.createSession.arity.too-few",
        '  sent      createSession "é"␊',
        "  came      \\xff\\xfe␀\\x80</script><img src=x onerror=alert(1)>␍␊€\\xed\\xa0\\x80  (0.010 s)",
        "  expected  ERROR|010003|Expected 1 parameter(s), got 0",
        "  got       OK|9eed71ca",
        "HMP-createSession.arity (must): createSession with a wrong number of parameters is refused.",
        'section "Create a Session", line 531',
        f"  again     {FAILED.replay}",
    ):
        assert part in text
    assert not set(text) & {"\x1b", "\x00", "\u202e", "\udcff"}


def test_the_step_that_decided_is_the_one_that_is_shown() -> None:
    steps = [
        Step(action="send", data=b"one\n"),
        Step(action="receive", data=b"OK\n", ending=Ending.ANSWERED),
        Step(action="send", data=b"two\n"),
        Step(action="receive", ending=Ending.RESET, took_s=0.5),
        Step(action="send", data=b"three\n"),
        Step(action="receive", data=b"fine\n", ending=Ending.ANSWERED),
    ]
    decided = replace(check("x", "HMP-RSP-001", passed=False), step=3)
    text = describe_failure(case("a", Outcome.FAILED, decided), Transcript(case="a", steps=steps), {})
    assert "sent      two␊" in text
    assert "came      the connection was reset (0.500 s)" in text
    assert "one" not in text.replace("Expected", "")
    assert "three" not in text


def test_a_check_that_names_the_send_shows_its_answer() -> None:
    decided = replace(check("x", passed=False), step=0)
    steps = [Step(action="send", data=b"one\n"), Step(action="receive", data=b"OK\n", ending=Ending.ANSWERED)]
    text = describe_failure(case("a", Outcome.FAILED, decided), Transcript(case="a", steps=steps), {})
    assert "came      OK␊" in text


def test_without_transcript_and_catalogue_it_still_speaks() -> None:
    bare = replace(FAILED, checks=(), broken=("HMP-X-001",), title="")
    text = describe_failure(bare, None, {})
    assert "document  HMP-X-001" in text
    assert "expected  ERROR|010003" in text


def test_many_checks_and_clauses_are_counted_not_listed() -> None:
    checks = [check(f"c{n}", f"HMP-X-00{n}", passed=False, severity=Severity.MUST) for n in range(6)]
    text = describe_failure(case("a", Outcome.FAILED, *checks), None, {})
    assert "and 3 more broken checks" in text
    assert "and 2 more clauses" in text


def test_lines_keep_to_the_width() -> None:
    text = describe_failure(replace(FAILED, replay=""), transcript(FAILED.id, b"x" * 5000), {}, width=60)
    assert max(map(len, text.split("\n"))) <= 60


def test_three_lines_for_progress() -> None:
    lines = summarise_failure(FAILED)
    assert lines[0] == "FAILED hmp.createSession.arity.too-few"
    assert lines[1] == "  HMP-createSession.arity, HMP-RSP-005"
    assert lines[2].startswith("  expected ERROR|010003|Expected 1 parameter(s), got 0, got OK|9eed71ca")
    assert summarise_failure(all_outcomes()[7])[2].startswith("  KeyError")


def test_readable_text() -> None:
    assert visible("a\n\x7f\x85\ufeff") == "a␊␡\\u0085\\ufeff"
    assert visible("a\nb\t", breaks=True) == "a\nb␉"
    assert readable(b"\xc3\xa9\xff" * 1000, 5) == "é\\xff... (3000 bytes)"
    assert shorten("abcdef", 3) == "abc... (6 characters)"
    assert one_line("a\nb") == "a b"
    assert list(pieces("a\r\né\u202e")) == [("a", False), ("CR", True), ("LF", True), ("é", False), ("\\u202e", True)]
