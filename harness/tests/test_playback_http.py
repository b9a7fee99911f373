"""Exchanges over HTTP played back: the same replies and verdicts as live, and nothing is guessed where something is lacking."""

from __future__ import annotations

import base64
import io
import json
import random
import socket
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.certify import Options, certify
from harness.ending import Ending
from harness.events import case_to_json, read_record
from harness.exchange import Live
from harness.flow import Action, CaseEnd, CaseInconclusive, CaseSkipped, Provide, play
from harness.httpdut import Body, HttpDut
from harness.httpflow import Answered, Exchange, same_request
from harness.judge import Judge
from harness.permit import Journal, Permit
from harness.playback import Playback
from harness.rejudge import rejudge
from harness.tests.devices import Device, Handler, device
from harness.tests.http_made import SYSTEM, Tides, response, target
from harness.transcript import CUT, MAX_BYTES, PLAIN_BYTES, Step, Transcript, transcript_from_json, transcript_to_json
from harness.verdict import Check, Outcome
from harness.wire.http1 import Request, encode

GET = Request("GET", "/tides/ask?what=Gauges", (("Host", "a"),))
GAUGES = b'<Gauges><Gauge name="pier"/></Gauges>'


def steps(raw: bytes = b"", ending: Ending = Ending.ANSWERED, **more: Any) -> list[Step]:
    """What is kept of one exchange."""
    return [
        Step(action="send", link="main", data=encode(GET), detail="GET"),
        Step(action="receive", link="main", data=raw, ending=ending, **more),
    ]


def exchange(request: Request = GET, link: str = "main", *, sink: bool = False) -> Exchange:
    return Exchange(link=link, interface="web", request=request, sink=(lambda: Body(None)) if sink else None)


def played(kept: list[Step], *actions: Action[Any]) -> list[Any]:
    playback = Playback(Transcript(case="x", steps=kept))
    return [playback.perform(action) for action in actions]


def test_a_reply_is_read_again_and_its_body_goes_to_a_new_sink() -> None:
    (answered,) = played(steps(response(200, GAUGES)), exchange(sink=True))
    assert isinstance(answered, Answered)
    assert (answered.exchanged.status, answered.exchanged.ending, answered.step) == (200, Ending.ANSWERED, 1)
    assert isinstance(answered.sink, Body)
    assert (bytes(answered.sink.kept), answered.sink.complete) == (GAUGES, True)


def test_what_was_measured_is_told_again() -> None:
    """Cases judge whether a connection was used again, and whether the device closed it."""
    raw = response(200, b"")
    (plain,) = played(steps(raw, values={"received": "9"}), exchange())
    (both,) = played(steps(raw, values={"received": "9", "reused": "yes", "closed": "yes"}), exchange())
    assert (plain.exchanged.reused, plain.exchanged.closed) == (False, False)
    assert (both.exchanged.reused, both.exchanged.closed) == (True, True)


@pytest.mark.parametrize(
    ("raw", "ending", "complete"),
    [
        (response(200, GAUGES)[:-4], Ending.CLOSED, False),
        (response(200, GAUGES)[:-4], Ending.SILENT, False),
        (b"HTTP/1.1 200 OK\r\n\r\n" + GAUGES, Ending.ANSWERED, True),
        (b"HTTP/1.1 2", Ending.RESET, False),
        (b"", Ending.CLOSED, False),
    ],
)
def test_a_reply_that_was_cut_stays_cut(raw: bytes, ending: Ending, complete: bool) -> None:
    (answered,) = played(steps(raw, ending), exchange(sink=True))
    assert answered.exchanged.ending is ending
    assert (answered.sink.complete, answered.exchanged.body_complete) == (complete, complete)
    assert answered.exchanged.raw == raw


def test_a_reply_that_was_too_large_to_keep_is_not_judged_again() -> None:
    """Whatever its first bytes say."""
    kept = steps(response(200, GAUGES), detail=CUT, values={"received": "999999999"})
    with pytest.raises(CaseInconclusive, match="999999999 bytes was too large to be kept; run it again"):
        played(kept, exchange())


@pytest.mark.parametrize(
    ("request_now", "link"),
    [
        (Request("HEAD", GET.target, GET.headers), "main"),
        (Request("GET", GET.target + "&x=1", GET.headers), "main"),
        (Request("GET", GET.target, (*GET.headers, ("Range", "bytes=0-1"))), "main"),
        (Request("GET", GET.target, GET.headers, b"x"), "main"),
        (GET, "other"),
    ],
    ids=["method", "target", "header", "body", "link"],
)
def test_another_request_is_not_answered_with_the_old_reply(request_now: Request, link: str) -> None:
    with pytest.raises(CaseInconclusive, match="another version of this case"):
        played(steps(response(200, GAUGES)), exchange(request_now, link))


def test_header_fields_that_a_library_added_do_not_count() -> None:
    added = b"GET /x HTTP/1.1\r\nhost: a\r\nAccept: */*\r\nHost: a\r\n\r\nbody"
    assert same_request(added, Request("GET", "/x", (("Host", "a"),), b"body"))
    assert not same_request(added, Request("GET", "/x", (("Host", "a"),), b"bod"))
    assert not same_request(added, Request("GET", "/y", (("Host", "a"),), b"body"))
    assert not same_request(added, Request("GET", "/x", (("Host", "b"),), b"body"))


@pytest.mark.parametrize(
    "kept",
    [
        [],
        steps(response(200, b""))[:1],
        [Step(action="receive", link="main")],
        [Step(action="connect", link="main", ending=Ending.ANSWERED)],
    ],
)
def test_a_transcript_of_something_else_is_told(kept: list[Step]) -> None:
    with pytest.raises(CaseInconclusive, match="run it again"):
        played(kept, exchange())


@pytest.mark.parametrize(("word", "kind"), [("skipped", CaseSkipped), ("inconclusive", CaseInconclusive)])
def test_an_exchange_that_was_not_permitted_ends_the_case_again(word: str, kind: type[CaseEnd]) -> None:
    with pytest.raises(kind, match="why it was"):
        played([Step(action="exchange", values={"end": word, "why": "why it was"})], exchange())


# Live, kept, read, played back: the same


class Closing:
    """A handler that sends these replies, one a request, and then closes."""

    def __init__(self, *raws: bytes) -> None:
        self.raws = raws

    def __call__(self, device: Device, connection: socket.socket) -> None:
        for raw in self.raws:
            if not connection.recv(65536):
                return
            connection.sendall(raw)


Flow = Callable[[HttpDut], Any]


async def ask_twice(dut: HttpDut) -> None:
    """Two requests of which anything may come; then what stands in the journal of checks is compared."""
    first = await dut.ask(GET, "Gauges", deadline_s=0.1)
    second = await dut.ask(GET, "Gauges", deadline_s=0.1)
    told = f"{first.describe()} {second.describe()} {first.exchanged.reused} {second.exchanged.reused} {second.exchanged.closed}"
    dut.check("told", False, expected="", got=told)


def verdicts(flow: Flow, handler: Handler | None) -> tuple[list[Check], list[Check]]:
    """The checks of a flow live, and played back from its transcript as it is written to a file."""
    with device(handler or Closing()) as serving:
        if handler is None:
            serving.stop()
        aim = target(serving.port, timeout=0.3)
        judge = Judge(SYSTEM, aim, 1)
        live = Live(aim, Permit.of(aim), judge.bindings, Journal())
        before, after = (HttpDut(system=SYSTEM, target=aim, rng=random.Random(1), interface="web") for _ in range(2))
        live.begin("x")
        try:
            play(flow(before), live)
        finally:
            live.close()
    text = json.dumps(transcript_to_json(live.transcript))
    play(flow(after), Playback(transcript_from_json(json.loads(text))))
    return before.checks, after.checks


GOOD = response(200, GAUGES)
LARGE = response(200, b"<Gauges>" + b'<Gauge name="pier"/>' * 5_000 + b"</Gauges>")
DEVICES: dict[str, Handler | None] = {
    "good": Closing(GOOD, GOOD),
    "closes-after-one": Closing(GOOD),
    "closes-at-once": Closing(),
    "refuses-connections": None,
    "cut": Closing(GOOD[:-5]),
    "no-length": Closing(b"HTTP/1.1 200 OK\r\n\r\n" + GAUGES),
    "no-http": Closing(b"what?\r\n\r\n", b"what?\r\n\r\n"),
    "chunks": Closing(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", GOOD),
    "broken-chunks": Closing(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", GOOD),
    "broken-gzip": Closing(response(200, b"\x1f\x8b\x08" + bytes(40), "Content-Encoding: gzip"), GOOD),
    "html": Closing(response(200, b"<html><body></html>" + b"x" * 9000), GOOD),
    "large": Closing(LARGE, LARGE),
    "more-behind": Closing(GOOD + b"HTTP/1.1 400 Late\r\n\r\n", GOOD),
    "interim": Closing(b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD, GOOD),
    "not-text": Closing(response(200, bytes(range(256)) * 30), GOOD),
}


@pytest.mark.parametrize("name", DEVICES)
def test_a_verdict_is_the_same_when_it_is_judged_again(name: str) -> None:
    before, after = verdicts(ask_twice, DEVICES[name])
    assert len(before) > 2
    assert before == after


def test_bytes_that_came_between_two_requests_are_still_there_when_judged_again() -> None:
    """They belong to no reply, so the transcript tells them apart."""

    def chatty(device: Device, connection: socket.socket) -> None:
        for _ in range(2):
            if connection.recv(65536):
                connection.sendall(GOOD)
                send_stray(connection)

    async def flow(dut: HttpDut) -> None:
        await dut.ask(GET, "Gauges")
        await dut.wait(0.1)
        await dut.ask(GET, "Gauges")

    before, after = verdicts(flow, chatty)
    assert any(check.id == "reply.stray" and not check.passed for check in before)
    assert before == after


def send_stray(connection: socket.socket) -> None:
    """Long enough that what comes then is nobody's."""
    import time

    time.sleep(0.03)
    connection.sendall(b"stray")


# Large data is kept compressed


@settings(max_examples=30)
@given(unit=st.binary(min_size=1, max_size=40), times=st.integers(0, 400), ending=st.sampled_from(Ending))
def test_any_bytes_are_read_back_as_they_were_kept(unit: bytes, times: int, ending: Ending) -> None:
    data = unit * times
    before = Transcript(case="x", steps=[Step(action="receive", link="main", data=data, ending=ending, detail=CUT)])
    row = json.loads(json.dumps(transcript_to_json(before)))
    assert transcript_from_json(row).steps == before.steps
    assert ("zlib" in row["steps"][0]) is (len(data) > PLAIN_BYTES)


def test_large_data_is_smaller_in_the_file() -> None:
    kept = transcript_to_json(Transcript(case="x", steps=steps(LARGE)))
    assert len(json.dumps(kept)) < len(LARGE) / 20


def row_of(packed: str) -> dict[str, Any]:
    return {"case": "x", "steps": [{"action": "receive", "at_s": 0, "took_s": 0, "zlib": packed}]}


def packed(data: bytes, keep: int | None = None) -> str:
    return base64.b64encode(zlib.compress(data)[:keep]).decode()


@pytest.mark.parametrize(
    "text", [packed(LARGE, -4), packed(LARGE, 30), packed(LARGE, 0), base64.b64encode(b"no zlib").decode(), "%%%"]
)
def test_damaged_data_is_no_transcript(text: str) -> None:
    """Half a reply would be judged as half a reply."""
    with pytest.raises(ValueError, match="zlib"):
        transcript_from_json(row_of(text))


@pytest.mark.slow
def test_a_file_that_unpacks_to_more_than_a_step_holds_is_none_of_ours() -> None:
    maker = zlib.compressobj(1)
    whole = b"".join([*(maker.compress(bytes(1 << 20)) for _ in range(MAX_BYTES // (1 << 20) + 1)), maker.flush()])
    with pytest.raises(ValueError, match="zlib"):
        transcript_from_json(row_of(base64.b64encode(whole).decode()))


# A whole run


def test_what_a_run_of_the_made_up_system_saw_is_seen_again() -> None:
    tides = Tides("other-error")

    async def flow(dut: HttpDut) -> None:
        reply = await dut.get("Gauges")
        dut.ok(reply, check="works")
        query = [("what", "Levels"), ("from", "x")]
        lacking = await dut.ask(Request("GET", "/tides/ask?what=Levels&from=x", ()), "Levels", query)
        dut.refused(lacking, "unnamed", check="refused")

    before, after = verdicts(flow, tides.handler())
    assert before == after
    assert [check.id for check in before if not check.passed] == ["refused"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["", "from-date-optional"])
def test_a_run_of_cds_judged_again_is_the_same(tmp_path: Path, fault: str) -> None:
    """Without the device, with all its faults."""
    select = ("cds.Version.*", "cds.Errors.fromDate.*", "cds.Errors.success", "cds.TrickmodeEvents.St*", "cds.http.h*")
    folder, told = tmp_path / "run", io.StringIO()
    serve = ("--fault", fault) if fault else ()
    code = certify(
        Options(system="cds", select=select, seed=3, out=folder, serve_options=serve), io.StringIO(), terminal=False
    )
    before = read_record(folder)
    assert any(result.outcome is Outcome.FAILED for result in before.results) is bool(fault)
    assert sum(result.outcome is Outcome.PASSED for result in before.results) > 20
    assert rejudge(folder, told, terminal=False) == code
    after = read_record(folder / "rejudged")
    assert [case_to_json(result) for result in after.results] == [case_to_json(result) for result in before.results]
    assert "\n0 verdicts changed" in told.getvalue()


def test_a_provided_name_is_played_back() -> None:
    assert played(
        [Step(action="provide", detail="selector Levels", values={"id": "LevelList"})], Provide("selector", "Levels")
    ) == ["LevelList"]
