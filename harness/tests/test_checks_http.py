"""What every HTTP reply must be, and which replies conform to what was asked for."""

from __future__ import annotations

import pytest

from harness.checks.http import HttpAnswer, answer_checks, framing_checks, reply_checks, rows_of, statuses_of
from harness.ending import Ending
from harness.http.exchanged import read_again
from harness.messages.httpreply import HttpReply
from harness.rows import Scan, compile_shape
from harness.tests.http_made import SYSTEM, response
from harness.verdict import Check, Outcome, Severity, outcome_of

GET = b"GET / HTTP/1.1\r\n\r\n"
LEVELS = b'<Levels><Level time="1" depth="2"/></Levels>'
PROBLEM = b'<Problem number="7" other="1"/>'
OPEN = "TID-AMB-002"


def reply_of(
    raw: bytes, operation: str = "Levels", *, method: str = "GET", ending: Ending = Ending.ANSWERED
) -> HttpReply:
    """A reply as the flows make it."""
    exchanged = read_again(GET, raw, method, ending)
    scan = None
    if operation and exchanged.status == 200 and method == "GET":
        reply = SYSTEM.operations[operation].reply
        assert reply is not None
        made = Scan(compile_shape(SYSTEM, reply, operation=operation))
        made.feed(exchanged.body)
        scan = made.finish(complete=exchanged.body_complete)
    return HttpReply(
        operation=operation, query=(), method=method, exchanged=exchanged, scan=scan, body=exchanged.body, step=5
    )


def broken(checks: list[Check], severity: Severity = Severity.MUST) -> dict[str, tuple[str, ...]]:
    return {check.id: check.clauses for check in checks if not check.passed and check.severity is severity}


def judged(raw: bytes, operation: str = "Levels", **more: object) -> list[Check]:
    return list(reply_checks(SYSTEM, reply_of(raw, operation, **more)))  # type: ignore[arg-type]  # by name


# Every reply


def test_a_documented_success_breaks_nothing() -> None:
    checks = judged(response(200, LEVELS))
    assert outcome_of(checks) is Outcome.PASSED
    assert {"reply.comes", "reply.status", "reply.media", "reply", "reply.Level.depth", "reply.xml"} <= {
        check.id for check in checks
    }
    assert all(check.step == 5 for check in checks)


@pytest.mark.parametrize(
    ("raw", "ending", "clause"),
    [
        (b"", Ending.SILENT, "TID-WEB-002"),
        (b"", Ending.CLOSED, "TID-WEB-002"),
        (b"", Ending.RESET, "TID-WEB-002"),
        (response(200, LEVELS)[:-3], Ending.CLOSED, "TID-WEB-001"),
        (response(200, LEVELS)[:-3], Ending.RESET, "TID-WEB-001"),
        (response(200, LEVELS)[:30], Ending.SILENT, "TID-WEB-001"),
        (b"x" * 70_000, Ending.FLOODED, "TID-WEB-001"),
    ],
)
def test_what_does_not_come_whole_is_told_and_nothing_else_is_judged(raw: bytes, ending: Ending, clause: str) -> None:
    """No reply is one clause, a piece of one another."""
    checks = judged(raw, ending=ending)
    assert broken(checks)["reply.comes"] == (clause,)
    assert "reply.status" not in {check.id for check in checks}


def test_a_reply_that_ends_with_the_connection_is_whole() -> None:
    """RFC 9112, 6.3: without a length the end of the connection is that of the body."""
    raw = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + LEVELS
    assert broken(judged(raw)) == {}
    cut = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + LEVELS[:-4]
    assert broken(judged(cut)).keys() & {"reply.xml"}


@pytest.mark.parametrize("status", [201, 204, 301, 401, 403, 405, 500, 503])
def test_a_status_that_is_not_listed_is_broken(status: int) -> None:
    assert broken(judged(response(status, b""))) == {"reply.status": ("TID-WEB-003",)}


@pytest.mark.parametrize("status", [200, 400, 404])
def test_a_listed_one_is_not(status: int) -> None:
    assert "reply.status" not in broken(judged(response(status, LEVELS if status == 200 else b"")))


def test_an_error_that_any_operation_may_answer_is_listed_everywhere() -> None:
    from msgspec.structs import replace

    busy = replace(SYSTEM.errors["bad"], code="503", anywhere=True)
    system = replace(SYSTEM, errors={**SYSTEM.errors, "busy": busy})
    assert statuses_of(SYSTEM, SYSTEM.operations["Gauges"]) == {200, 400, 404}
    assert statuses_of(system, system.operations["Gauges"]) == {200, 400, 404, 503}
    assert statuses_of(system, None) == {200, 400, 404, 503}
    assert rows_of(system, system.operations["Levels"])["bad"].code == "400"


@pytest.mark.parametrize(
    ("media", "fine"),
    [
        ("text/xml", True),
        ("Text/XML ; charset=utf-8", True),
        ("application/rss+xml", True),
        ("text/html", False),
        ("", False),
        ("text/xmlish", False),
    ],
)
def test_another_media_type_is_a_warning(media: str, fine: bool) -> None:
    """The document shows XML and names no type."""
    checks = judged(response(200, LEVELS, media=media))
    assert broken(checks) == {}
    assert ("reply.media" in broken(checks, Severity.SHOULD)) is not fine


def test_a_wrong_document_breaks_the_clauses_of_the_document() -> None:
    assert broken(judged(response(200, b"<Levels><Level time='1'/></Levels>"))) == {
        "reply.Level.depth": ("TID-Levels.reply.Level.depth",)
    }
    assert "reply.root" in broken(judged(response(200, b"<html></html>")))
    assert "reply.xml" in broken(judged(response(200, b"no document")))
    assert "reply.xml" in broken(judged(response(200, b"")))


@pytest.mark.parametrize(
    ("raw", "rule", "severity"),
    [
        (response(200, LEVELS).replace(b"\r\n", b"\n", 1), "reply.line-end", Severity.SHOULD),
        (
            response(200, LEVELS, f"Content-Length: {len(LEVELS)}"),
            "reply.content-length-twice",
            Severity.SHOULD,
        ),
        (b"\r\n" + response(200, LEVELS), "reply.empty-line", Severity.SHOULD),
        (response(200, LEVELS, "A b: c"), "reply.header-name", Severity.MUST),
        (response(200, LEVELS, "Content-Length: 3"), "reply.content-length-conflict", Severity.MUST),
    ],
)
def test_what_every_reader_passes_over_is_a_warning(raw: bytes, rule: str, severity: Severity) -> None:
    """All else leaves open where the message ends, or what it says."""
    found = {check.id: check for check in judged(raw) if not check.passed}
    assert found[rule].severity is severity, found
    assert found[rule].clauses == ("TID-WEB-001",)


@pytest.mark.parametrize("method", ["HEAD", "POST", "DELETE"])
def test_only_the_documented_method_is_held_to_the_document(method: str) -> None:
    raw = b"HTTP/1.1 418 x\r\nContent-Length: 7\r\n\r\n" + (b"" if method == "HEAD" else b"abcdefg")
    checks = judged(raw, method=method)
    assert [check.id for check in checks] == ["reply.comes"]
    assert outcome_of(checks) is Outcome.PASSED


def test_without_an_operation_only_the_status_is_known() -> None:
    assert broken(judged(response(404, b""), "")) == {}
    assert broken(judged(response(500, b""), "")) == {"reply.status": ("TID-WEB-003",)}
    assert [check.id for check in framing_checks(SYSTEM, reply_of(response(500, b"")))] == ["reply.comes"]


# Answers


def fits(raw: bytes, *answers: HttpAnswer, **more: object) -> list[Check]:
    return answer_checks(SYSTEM, reply_of(raw), answers, check="c", clauses=("TID-LEV-001",), **more)  # type: ignore[arg-type]  # by name


BAD, UNNAMED, ANY, OK = HttpAnswer(error="bad"), HttpAnswer(error="unnamed"), HttpAnswer(error="*"), HttpAnswer()


@pytest.mark.parametrize(
    ("raw", "answer", "fit"),
    [
        (response(200, LEVELS), OK, True),
        (response(201, LEVELS), OK, False),
        (response(400, b"anything"), BAD, True),
        (response(404, b""), BAD, False),
        (response(200, LEVELS), BAD, False),
        (response(400, PROBLEM), UNNAMED, True),
        (response(400, b"<p:Problem xmlns:p='urn:x' number='7'/>"), UNNAMED, True),
        (response(404, PROBLEM), UNNAMED, False),
        (response(400, b'<Problem number="8"/>'), UNNAMED, False),
        (response(400, b'<Trouble number="7"/>'), UNNAMED, False),
        (response(400, b"<Problem/>"), UNNAMED, False),
        (response(400, b"no document"), UNNAMED, False),
        (response(400, b""), ANY, True),
        (response(418, b""), ANY, True),
        (response(499, b""), ANY, True),
        (response(399, b""), ANY, False),
        (response(500, b""), ANY, False),
        (response(200, LEVELS), ANY, False),
    ],
)
def test_an_answer_fits_by_status_and_document(raw: bytes, answer: HttpAnswer, fit: bool) -> None:
    (check,) = fits(raw, answer)
    assert check.passed is fit
    assert bool(check.expected) is bool(check.got) is not fit
    assert check.step == 5


def test_one_of_several_is_enough() -> None:
    assert fits(response(400, b""), OK, BAD)[0].passed
    assert not fits(response(404, b""), OK, BAD)[0].passed
    none = answer_checks(SYSTEM, reply_of(b"", ending=Ending.SILENT), [OK, ANY], check="c", clauses=())
    assert not none[0].passed


def test_what_was_claimed_is_named() -> None:
    """The clauses of the errors asked for stand in the check, that of the operation where a success was wanted and did not come."""
    wanted, own = ("TID-LEV-001", "TID-Levels.error.bad"), "TID-Levels"
    assert fits(response(400, b""), BAD)[0].clauses == wanted
    assert fits(response(200, LEVELS), BAD)[0].clauses == wanted
    assert fits(response(404, b""), OK, BAD)[0].clauses == (*wanted, own)
    assert fits(response(200, LEVELS), OK, BAD)[0].clauses == wanted
    assert fits(response(500, b""), ANY)[0].clauses == ("TID-LEV-001",)


def test_what_was_expected_is_told() -> None:
    (check,) = fits(response(500, b"oops"), OK, UNNAMED, ANY)
    assert check.expected == '200 with the document or 400 No gauge number="7" or a status from 400 to 499'
    assert check.got == "500 Fine: oops"


def test_readings_are_those_of_the_answers_that_fit() -> None:
    answers = [HttpAnswer(reading="taken"), HttpAnswer(error="bad", reading="refused"), HttpAnswer(error="*")]
    (taken,) = fits(response(200, LEVELS), *answers, ambiguity=OPEN)
    (refused,) = fits(response(400, b""), *answers, ambiguity=OPEN)
    (other,) = fits(response(404, b""), *answers, ambiguity=OPEN)
    (none,) = fits(response(500, b""), *answers, ambiguity=OPEN)
    assert taken.readings == {OPEN: frozenset({"taken"})}
    assert refused.readings == {OPEN: frozenset({"refused"})}
    assert other.readings == none.readings == {}
    assert (other.passed, none.passed) == (True, False)


def test_an_unusual_reading_is_told_and_breaks_nothing() -> None:
    from msgspec.structs import replace

    known = SYSTEM.ambiguities[OPEN]
    odd = replace(known, readings={**known.readings, "taken": replace(known.readings["taken"], unusual=True)})
    system = replace(SYSTEM, ambiguities={**SYSTEM.ambiguities, OPEN: odd})
    answers = [HttpAnswer(reading="taken"), HttpAnswer(error="bad", reading="refused")]

    def checks(raw: bytes, *extra: HttpAnswer) -> list[Check]:
        return answer_checks(system, reply_of(raw), [*answers, *extra], check="c", clauses=(), ambiguity=OPEN)

    fit, usual = checks(response(200, LEVELS))
    assert fit.passed
    assert (usual.id, usual.passed, usual.severity) == ("c.usual", False, Severity.READING)
    assert outcome_of([fit, usual]) is not Outcome.FAILED
    assert len(checks(response(400, b""))) == 1
    assert len(checks(response(200, LEVELS), HttpAnswer(reading="refused"))) == 1
