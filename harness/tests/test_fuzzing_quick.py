"""The short cuts of the fuzzer's judge: what they accept, the full checks accept, too; and what a request may mean is read as the grammar says."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checks.answer import Answer, answer_checks
from harness.checks.message import message_checks
from harness.ending import Ending
from harness.fuzzing.expect import Expectation
from harness.fuzzing.kit import load_kit
from harness.fuzzing.quick import Acceptor
from harness.fuzzing.requests import Requests
from harness.messages.book import ErrorBook, codes_of, texts_of
from harness.messages.lines import LineBinding
from harness.messages.reply import Call, Reply
from harness.strategies import Strategies
from harness.tests.devices import hmp, target_of
from harness.tests.fuzz_device import FIXTURES, StubWorld
from harness.verdict import Severity

NAMES = sorted(hmp().operations)
WORDS = ("x", "two words", "00000000-0000-4000-8000-000000000001", "", "title", "9")


@cache
def book() -> ErrorBook:
    system = hmp()
    assert system.lines is not None
    return ErrorBook(system, system.lines)


@cache
def binding() -> LineBinding:
    system = hmp()
    assert system.lines is not None
    return LineBinding(system, system.lines)


def reply(call: Call, text: str) -> Reply:
    return binding().reply(call, text.encode() + b"\n", Ending.ANSWERED, 0)


def broken(given_: Reply, expectation: Expectation) -> list[str]:
    checks = [
        *message_checks(book(), given_),
        *answer_checks(book(), given_, expectation.answers, check="answer", clauses=()),
    ]
    return [check.id for check in checks if not check.passed and check.severity is Severity.MUST]


@st.composite
def judged(draw: st.DrawFn) -> tuple[Reply, Expectation]:
    """A call, a reply that is often nearly right, and an expectation that may or may not have it."""
    name = draw(st.sampled_from(NAMES))
    values = tuple(draw(st.lists(st.sampled_from(WORDS), max_size=4)))
    rows = book().rows(name)
    errors = draw(st.lists(st.sampled_from(sorted(rows)), min_size=1, max_size=3))
    answers = [Answer(error=error, about=draw(st.sampled_from([None, 0, 1]))) for error in errors]
    answers += [Answer(value=draw(st.sampled_from([None, "x"])))] if draw(st.booleans()) else []
    if draw(st.integers(0, 3)) == 0:
        text = draw(st.sampled_from(["OK", "OK|x", f"OK|{WORDS[2]}", "OK|RECORDING", "OK x", "OK|", "ok", "ERROR", ""]))
    else:
        row = rows[draw(st.sampled_from([*errors, *sorted(rows)]))]
        filled = draw(st.sampled_from([*values, "other"]))
        numbers = [str(len(hmp().operations[name].parameters)), str(len(values)), "7"]
        template = draw(st.sampled_from(texts_of(row))).replace("{value}", filled)
        template = template.replace("{wanted}", draw(st.sampled_from(numbers))).replace(
            "{got}", draw(st.sampled_from(numbers))
        )
        text = f"ERROR|{draw(st.sampled_from(codes_of(row)))}|{template}"
    return reply(Call(operation=name, values=values, typed=values), text), Expectation(answers=tuple(answers))


@given(judged())
def test_what_is_accepted_quickly_passes_the_full_checks(made: tuple[Reply, Expectation]) -> None:
    given_, expectation = made
    if Acceptor(book()).accepts(given_, expectation):
        assert [] == broken(given_, expectation), given_.text


@pytest.mark.parametrize(
    ("name", "values", "text", "answer"),
    [
        ("setLiveSession", ("x", "true"), "OK", Answer()),
        ("createSession", ("x",), f"OK|{WORDS[2]}", Answer()),
        ("pauseRecording", (WORDS[2],), "ERROR|040001|Active recording not found", Answer(error="active-recording-not-found")),
        ("pauseRecording", ("x",), "ERROR|010001|'x' is not a UUID", Answer(error="not-a-uuid", about=0)),
        ("pauseRecording", (), "ERROR|010003|Expected 1 parameter(s). Got 0 parameter(s)", Answer(error="arity")),
    ],
)  # fmt: skip
def test_the_usual_replies_are_accepted_quickly(name: str, values: tuple[str, ...], text: str, answer: Answer) -> None:
    call = Call(operation=name, values=values, typed=values)
    assert Acceptor(book()).accepts(reply(call, text), Expectation(answers=(answer,)))
    assert not Acceptor(book()).accepts(reply(call, text), Expectation(answers=(Answer(error="session-not-found"),)))


# Requests


def requests() -> Requests:
    return Requests(load_kit("hmp"), book(), StubWorld())


@pytest.mark.parametrize(
    ("line", "calls", "least", "most", "is_open"),
    [
        (b"getRecordingStatus x", 1, 1, 1, False),
        (b'createSession "a', 0, 1, 1, False),
        (b'createSession "a\\"b"', 2, 1, 1, False),  # the quote or the space: the document's table and its text differ
        (b'createSession "a\\nb"', 1, 1, 2, False),  # a message that repeats it may fall apart
        (b"", 0, 0, 1, True),
        (b"createSession \xff", 1, 0, 1, True),
        (b'createSession a"b', 1, 1, 1, True),
    ],
)
def test_a_request_is_read_as_the_grammar_says(line: bytes, calls: int, least: int, most: int, is_open: bool) -> None:
    request = requests().read(line)
    assert (calls, least, most, is_open) == (len(request.calls), request.least, request.most, request.open)


def test_either_reading_of_an_escaped_quote_conforms() -> None:
    request = requests().read(b'createSession "a\\"b"')
    assert [('a"b',), ("a b",)] == [call.values for call in request.calls]


# Strategies


@cache
def strategies() -> Strategies:
    return Strategies(hmp(), target_of(1, fixtures=FIXTURES))


@pytest.mark.slow
@settings(max_examples=40)
@given(st.data())
def test_every_drawn_script_is_one_that_the_grammar_reads_as_meant(data: st.DataObject) -> None:
    """Requests that are only spelled, cut or joined in legal ways are whole and never malformed."""
    made = strategies()
    script = data.draw(st.one_of(made.spelled(), made.twins(), made.segmented()))
    sent = b"".join(part if isinstance(part, bytes) else b"x" for step in script.steps for part in step.parts)
    kit = load_kit("hmp")
    lines, rest = kit.cut(sent)
    assert rest == b""
    for line in lines:
        parsed = kit.parse(line)
        assert parsed.balanced
        assert parsed.words[0] in hmp().operations
    assert set(script.clauses) <= set(hmp().clauses)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.data(), st.sampled_from(("escaping", "bytes")))
def test_a_mutated_script_ends_with_a_line_feed_and_strains_a_clause(data: st.DataObject, group: str) -> None:
    script = data.draw(strategies().mutated(group))
    assert script.literal.endswith(b"\n")
    assert set(script.clauses) <= set(hmp().clauses)
    assert script.clauses
