"""Every HTTP reply of a load is judged as `certify` would judge it; shapes are a short cut and hide nothing."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.ending import Ending
from harness.errors import UsageError
from harness.load.httpvalidate import COLLECT_AFTER, HttpValidator
from harness.load.scenario import Request
from harness.load.verdicts import MAX_VIOLATIONS, Level
from harness.suite import load_suite
from harness.tests.cds_scene import MODEL, Scene
from harness.tests.load_http import answered, judged, kind, reply_of, requests_of, scene, with_body

SMALL = (
    "MaxStreamModifiedTime",
    "Devices",
    "ServiceGroups",
    "Version",
    "StreamHistory",
    "Errors",
    "CapacityPlanning",
    "incomplete",
)


@lru_cache(maxsize=64)
def asked(name: str) -> tuple[Request, bytes]:
    """A request of the default scenario and its reply."""
    request = requests_of([kind(name)])[0]
    return request, answered(request)


def experienced(level: Level = Level.FULL, *, remember: bool = True) -> HttpValidator:
    """A validator that has seen replies to every request, and the clock going on."""
    judge = HttpValidator(MODEL, level, remember=remember)
    for name in SMALL:
        request, raw = asked(name)
        assert judged(judge, request, raw)
    request, raw = asked("MaxStreamModifiedTime")
    for seconds in (1, 2, 30):
        assert judged(judge, request, _later(raw, seconds))
    return judge


def _later(raw: bytes, seconds: int) -> bytes:
    return with_body(
        raw, lambda body: re.sub(rb'curTime="(\d+)"', lambda m: b'curTime="%d"' % (int(m[1]) + seconds), body)
    )


@pytest.mark.slow
@pytest.mark.parametrize("scenario", load_suite(MODEL).loads)
def test_what_a_conforming_server_answers_is_accepted(scenario: str) -> None:
    operations = [
        one for one in load_suite(MODEL).loads[scenario].operations if one.operation != "TrickModeListHistory"
    ]
    judge = HttpValidator(MODEL)
    for request in requests_of(operations, 30):
        assert judged(judge, request, answered(request)), judge.violations
    assert 0 == judge.violation_count


@pytest.mark.parametrize("name", SMALL)
def test_a_reply_that_was_seen_is_not_read_again(name: str) -> None:
    judge = HttpValidator(MODEL)
    request, raw = asked(name)
    assert judge.slow(request, raw, Ending.ANSWERED)
    assert raw in judge.shapes(request).exact
    another_day = raw.replace(b"19:11:49", b"23:59:59")
    assert judge.known(request)(another_day)
    assert 1 == judge.parsed


def test_a_number_that_goes_up_is_learned_and_its_order_is_kept() -> None:
    judge = experienced(remember=True)
    request, raw = asked("MaxStreamModifiedTime")
    parsed = judge.parsed
    assert judge.known(request)(_later(raw, 4711))
    assert parsed == judge.parsed
    back = _later(raw, -10_000_000)  # before maxTime
    assert not judge.known(request)(back)
    assert judged(judge, request, back)  # a should
    assert "reply.order.maxTime-curTime" in judge.unusual


def test_numbers_that_rows_are_ordered_by_are_not_free() -> None:
    judge = HttpValidator(MODEL)
    request = requests_of([kind("ContentRange", "pages")])[0]
    raw = answered(request)

    def named(*names: int) -> bytes:
        rows = b"".join(
            b'<Content Name="%d" isaAdminState="In Service" isaOpState="In Service" />' % name for name in names
        )
        return with_body(raw, lambda _body: b"<ContentRangeResponse>" + rows + b"</ContentRangeResponse>")

    for names in ((11, 22, 33), (11, 23, 33), (11, 24, 35)):
        assert judged(judge, request, named(*names)), judge.violations
    assert not judged(judge, request, named(33, 11, 22))
    assert "CDS-CNT-001" in judge.violations[0].clauses


def test_without_remembering_types_alone_are_learned() -> None:
    judge = experienced(remember=False)
    request, raw = asked("StreamHistory")
    assert set() == judge.shapes(request).exact
    assert judge.known(request)(raw)
    renamed = with_body(raw, lambda body: re.sub(rb'contentName="[^"]*"', b'contentName="other"', body))
    assert judge.known(request)(renamed)
    assert not judge.known(request)(
        with_body(raw, lambda body: body.replace(b'streamType="user"', b'streamType="me"', 1))
    )


def test_rows_outside_of_the_window_of_this_request_are_found() -> None:
    """The same reply conforms to one request and not to another."""
    judge = experienced()
    one, raw = asked("StreamHistory")
    other = next(request for request in requests_of([kind("StreamHistory")], 64) if request.data != one.data)
    assert judged(judge, one, raw)
    assert not judged(judge, other, raw)
    assert "CDS-TIM-001" in judge.violations[0].clauses


def _sub(pattern: bytes, by: bytes) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        changed = with_body(raw, lambda body: re.sub(pattern, by, body, count=1))
        assert changed != raw
        return changed

    return change


WRONG: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "status": ("Version", lambda raw: raw.replace(b" 200 ", b" 500 ", 1), "CDS-STA-001"),
    "refusal": ("Version", lambda raw: raw.replace(b" 200 ", b" 400 ", 1), "CDS-Version"),
    "success of a mistake": ("incomplete", lambda raw: raw.replace(b" 400 ", b" 200 ", 1), "CDS-STA-004"),
    "type": ("MaxStreamModifiedTime", _sub(rb'curTime="\d+"', b'curTime="now"'), "CDS-MaxStreamModifiedTime.reply.MaxStreamModifiedTime.curTime"),
    "empty": ("MaxStreamModifiedTime", _sub(rb'curTime="\d+"', b'curTime=""'), "CDS-MaxStreamModifiedTime.reply.MaxStreamModifiedTime.curTime"),
    "missing": ("Devices", _sub(rb' hostname="[^"]*"', b""), "CDS-Devices.reply.Device.hostname"),
    "word": ("Devices", _sub(rb'type="\w+"', b'type="Toaster"'), "CDS-Devices.reply.Device.type"),
    "root": ("ServiceGroups", lambda raw: with_body(raw, lambda b: b.replace(b"ServiceGroupsResponse", b"Groups")), "CDS-RSP-002"),
    "not well-formed": ("ServiceGroups", _sub(rb"</ServiceGroupsResponse>", b""), "CDS-RSP-001"),
    "text": ("ServiceGroups", _sub(rb"</ServiceGroupsResponse>", b"x</ServiceGroupsResponse>"), "CDS-ServiceGroups.reply"),
    "doctype": ("Version", _sub(rb"\?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>'), "CDS-RSP-001"),
    "utf-8": ("Devices", _sub(rb'description="', b'description="\xff'), "CDS-RSP-001"),
    "twice": ("Version", _sub(rb' minor="', b' minor="1" minor="'), "CDS-RSP-001"),
    "a child too many": ("MaxErrorModifiedTime", _sub(rb"(<MaxErrorModifiedTime .*?/>)", rb"\1\1"), "CDS-MaxErrorModifiedTime.reply"),
    "header": ("Version", lambda raw: raw.replace(b"content-length: ", b"content-length: x"), "CDS-HTT-001"),
    "control character": ("Version", lambda raw: raw.replace(b"Nov", b"N\x00v"), ""),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("seen", [False, True], ids=["fresh", "experienced"])
def test_a_wrong_reply_is_a_violation_with_clause_connection_and_request(what: str, seen: bool) -> None:
    name, change, clause = WRONG[what]
    judge = experienced() if seen else HttpValidator(MODEL)
    request, raw = asked(name)
    if seen:
        assert judged(judge, request, raw)
    wrong = change(raw)
    assert wrong != raw
    assert not judge.known(request)(wrong)
    conforms = judge.slow(request, wrong, Ending.ANSWERED, connection=7)
    if not clause:  # a should, which no shape passes over
        assert conforms
        assert judge.unusual
        return
    assert not conforms
    (found,) = judge.violations
    assert any(one.startswith(clause) for one in found.clauses), found
    assert (7, name) == (found.connection, found.operation)
    assert found.sent.startswith("GET /everstream/api.php?messageType=")
    assert found.expected


def test_more_rows_than_asked_for() -> None:
    request = requests_of([kind("ContentRange", "pages")])[0]
    many = reply_of(scene().ask("messageType=ContentRange&maxRows=150"))
    judge = HttpValidator(MODEL)
    assert not judged(judge, request, many)
    assert ("answer.rows", "CDS-PAG-001") == (judge.violations[0].check, judge.violations[0].clauses[0])


@pytest.mark.parametrize("ending", [Ending.SILENT, Ending.CLOSED, Ending.RESET, Ending.FLOODED])
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("part", [0, 10, 200])
def test_a_reply_that_does_not_come_or_ends_early_is_a_violation_at_every_level(
    ending: Ending, level: Level, part: int
) -> None:
    judge = HttpValidator(MODEL, level)
    request, raw = asked("Version")
    assert not judge.slow(request, raw[:part], ending)
    assert {"CDS-REQ-001", "CDS-HTT-001"} & set(judge.violations[0].clauses)


def test_levels() -> None:
    """Shape: any documented reply. Framing: any HTTP message."""
    request, raw = asked("Version")
    refused = reply_of(scene().ask("messageType=StreamHistory"))
    for level, document, refusal, other in (
        (Level.FULL, True, False, False),
        (Level.SHAPE, True, True, False),
        (Level.FRAMING, True, True, True),
    ):
        judge = HttpValidator(MODEL, level)
        nonsense = with_body(raw, lambda _body: b"<nonsense/>")
        verdicts = [[judged(judge, request, one) for one in (raw, refused, nonsense)] for _ in range(2)]
        assert [[document, refusal, other]] * 2 == verdicts
        assert not judged(judge, request, raw.replace(b"content-length: ", b"content-length: x"))


def test_a_pinned_reading_is_the_only_one() -> None:
    request, raw = asked("StreamHistory")
    assert b"tsidOutputs=" in raw
    pinned = HttpValidator(MODEL, dialect={"CDS-AMB-001": "tsidOutput"})
    assert judged(HttpValidator(MODEL), request, raw)
    assert not judged(pinned, request, raw)
    assert not pinned.known(request)(raw)


def test_violations_are_all_counted_and_the_first_are_kept() -> None:
    judge, (request, _) = HttpValidator(MODEL), asked("Version")
    for number in range(MAX_VIOLATIONS + 5):
        judge.slow(request, b"HTTP/1.1 %d No\r\ncontent-length: 0\r\n\r\n" % (500 + number % 90), Ending.ANSWERED)
    assert (MAX_VIOLATIONS + 5, MAX_VIOLATIONS) == (judge.violation_count, len(judge.violations))


@pytest.mark.slow
def test_reading_in_full_does_not_pile_up_where_nobody_collects() -> None:
    """The load runs without garbage collection."""
    judge, (request, raw) = HttpValidator(MODEL), asked("StreamHistory")
    judge.slow(request, raw, Ending.ANSWERED)
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        most = []
        for _ in range(3):
            for _ in range(2 * COLLECT_AFTER):
                judge.slow(request, raw, Ending.ANSWERED)
            most.append(len(gc.get_objects()))
    finally:
        gc.unfreeze()
        gc.enable()
    assert most[2] < most[0] + 1000


# Shapes hide nothing

_PIECES = st.sampled_from(
    [b"", b"0", b"9", b'"', b"'", b"<", b">", b"/", b"&", b"&amp;", b" ", b"\n", b"-", b"+1", b"\xff", b"\x00", b"<!-- -->", b"x", b"\r\n"]
)  # fmt: skip


@lru_cache(maxsize=2)
def _veteran(remember: bool) -> HttpValidator:
    return experienced(remember=remember)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(
    name=st.sampled_from(SMALL),
    edits=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3), _PIECES), max_size=3),
    right_length=st.booleans(),
    remember=st.booleans(),
)
def test_no_shape_accepts_what_the_checks_refuse(
    name: str, edits: list[tuple[int, int, bytes]], right_length: bool, remember: bool
) -> None:
    """A validator that has learned accepts by shape only what a new one accepts after reading it in full."""
    request, raw = asked(name)
    for place, cut, piece in edits:
        at = place % len(raw)
        raw = raw[:at] + piece + raw[at + cut :]
    if right_length and b"\r\n\r\n" in raw:
        raw = with_body(raw, lambda body: body)
    judge = _veteran(remember)
    if judge.known(request)(raw):
        fresh = HttpValidator(MODEL)
        assert fresh.slow(request, raw, Ending.ANSWERED), fresh.violations
        assert not fresh.unusual


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.integers(-5, 10**19), st.integers(1767600000, 1767610000)), min_size=2, max_size=2),
    st.booleans(),
)
def test_no_shape_accepts_numbers_that_the_checks_warn_of(values: list[int], remember: bool) -> None:
    request, raw = asked("MaxStreamModifiedTime")
    raw = with_body(
        raw, lambda body: re.sub(rb'maxTime="\d+" curTime="\d+"', b'maxTime="%d" curTime="%d"' % tuple(values), body)
    )
    if _veteran(remember).known(request)(raw):
        fresh = HttpValidator(MODEL)
        assert fresh.slow(request, raw, Ending.ANSWERED)
        assert not fresh.unusual


@pytest.mark.slow
def test_no_reading_that_the_reference_server_can_follow_is_a_violation() -> None:
    requests = [requests_of([kind(name)])[0] for name in SMALL]
    pages = [requests_of([kind(name, "pages")], 8) for name in ("StreamHistory", "ContentRange")]
    requests += [next(one for one in some if "CasePair" not in str(one.call.values)) for some in pages]
    usual = {request.data: answered(request) for request in requests}
    failed = []
    for ambiguity, one in MODEL.ambiguities.items():
        for reading in list(one.readings)[1:]:
            try:
                other = Scene(readings={ambiguity: reading})
            except UsageError:  # the server does not follow it
                continue
            judge = HttpValidator(MODEL)
            for request in requests:
                raw = answered(request, other)
                if raw != usual[request.data] and not judged(judge, request, raw):
                    failed.append((ambiguity, reading, judge.violations[-1]))
    assert [] == failed
