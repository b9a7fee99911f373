"""The player of HTTP scripts against devices that do one thing wrong, and the guard before it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from harness.fuzzing.build import rng_of
from harness.fuzzing.http_build import HTTP_CATEGORIES, HttpBuilder
from harness.fuzzing.http_guard import HttpGuard
from harness.fuzzing.http_kit import HttpKit
from harness.fuzzing.kit import load_any_kit
from harness.fuzzing.receive import GONE, Played
from harness.fuzzing.script import Script, Slot, Step, script_from_json, script_to_json
from harness.fuzzing.session import Session, session_on
from harness.spec.load import load_system
from harness.target import Allow, Target

VERSION = b'<APIVersionResponse major="1" minor="3"/>'
GET = b"GET /everstream/api.php?messageType=Version HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
NOTHING = GET.replace(b"Version", b"Nothing")
Answer = Callable[[bytes, int], bytes]


def response(body: bytes, status: bytes = b"200 OK", *, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return b"HTTP/1.1 %s\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (status, size, body)


def good(request: bytes, _number: int) -> bytes:
    """What a device should answer."""
    if b"messageType=Version " not in request:
        return response(b"", b"404 Not Found")
    return response(b"" if request.startswith(b"HEAD") else VERSION, length=len(VERSION))


@contextmanager
def device(answer: Answer) -> Iterator[Target]:
    """A device that answers each request head with `answer(head, number)`; empty closes the connection."""
    count = [0]

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data = b""
            while True:
                while b"\r\n\r\n" not in data:
                    more = self.request.recv(65536)
                    if not more:
                        return
                    data += more
                head, _, data = data.partition(b"\r\n\r\n")
                count[0] += 1
                told = answer(head + b"\r\n\r\n", count[0])
                if not told:
                    return
                self.request.sendall(told)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            port = server.server_address[1]
            yield Target(system="cds", name="stub", host="127.0.0.1", ports={"http": port}, timeout=0.3)
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def playing(answer: Answer) -> Iterator[Session]:
    with device(answer) as target, session_on(target, seed=0, ours=True) as session:
        yield session


def played(answer: Answer, *steps: Step, careful: bool = True) -> Played:
    with playing(answer) as session:
        return session.player.play(Script(name="query.x", clauses=(), steps=steps), careful=careful)


def broken(answer: Answer, *data: bytes, careful: bool = True) -> list[str]:
    return [check.id for check in played(answer, *(Step(parts=(one,)) for one in data), careful=careful).broken]


def test_a_good_device_breaks_nothing() -> None:
    assert broken(good, GET, NOTHING, GET.replace(b"GET", b"HEAD"), GET * 3, GET[:20], GET[20:]) == []


def test_a_wrong_status_and_a_wrong_document_are_told() -> None:
    assert broken(
        lambda request, _: response(b"", b"500 Oops") if b"Nothing" in request else good(request, 0), NOTHING
    ) == ["reply.status"]
    assert broken(
        lambda request, _: response(b"", b"400 No") if b"Nothing" in request else good(request, 0), NOTHING
    ) == ["answer"]
    found = played(lambda *_: response(b"<Other/>"), Step(parts=(GET,))).broken
    assert found[0].clauses == ("CDS-RSP-002", "CDS-Version.reply")


def test_wrong_lengths_and_bytes_that_nobody_asked_for_are_told() -> None:
    assert "reply.unasked" in broken(lambda request, _: good(request, 0) + b"x", GET)
    assert broken(lambda *_: response(VERSION, length=len(VERSION) + 5), GET)[0] == "reply.comes"
    head = GET.replace(b"GET", b"HEAD")
    assert "reply.unasked" in broken(lambda *_: response(VERSION), head)


def test_a_reply_to_the_request_before_is_told() -> None:
    def stale(request: bytes, number: int) -> bytes:
        return response(b"", b"404 Not Found") if number == 2 else good(request, number)

    assert broken(stale, NOTHING, GET) == ["answer"]


def test_a_connection_may_end_between_requests() -> None:
    def tired(request: bytes, number: int) -> bytes:
        return b"" if number % 2 == 0 else good(request, number)

    assert broken(tired, GET, GET, GET) == []
    assert broken(tired, GET * 5) == []


def test_a_device_that_answers_nothing_is_told() -> None:
    def deaf(request: bytes, number: int) -> bytes:
        return b"" if b"Nothing" in request else good(request, number)

    assert broken(deaf, NOTHING)[0] == "reply.comes"


def test_a_device_that_dies_of_what_is_no_http_is_gone() -> None:
    dead = threading.Event()

    def frail(request: bytes, number: int) -> bytes:
        if dead.is_set() or request.startswith(b"\xff"):
            dead.set()
            return b""
        return good(request, number)

    result = played(frail, Step(parts=(b"\xff\r\n\r\n",)))
    assert result.gone
    assert GONE in [check.id for check in result.broken]


def test_what_is_no_http_may_be_answered_in_any_way() -> None:
    def odd(request: bytes, number: int) -> bytes:
        return good(request, number) if request.startswith(b"GET /ever") else b"go away"

    assert broken(odd, b"BAD\r\n\r\n", careful=True) == []


def test_a_value_of_a_reply_is_sent_on_escaped() -> None:
    seen: list[bytes] = []

    def contents(request: bytes, number: int) -> bytes:
        seen.append(request)
        rows = b'<Content Name="a &amp; b.mpg" isaAdminState="InService" isaOpState="InService"/>'
        body = b"<ContentRangeResponse>" + rows + b"</ContentRangeResponse>"
        return response(body) if b"ContentRange" in request else good(request, number)

    ask = GET.replace(b"Version", b"ContentRange&maxRows=1")
    start, _, end = ask.partition(b" HTTP")
    played(contents, Step(parts=(ask,)), Step(parts=(start + b"&fromOffset=", Slot("value:0:"), b" HTTP" + end)))
    assert b"fromOffset=a%20%26%20b.mpg " in seen[1]


@pytest.mark.parametrize("category", HTTP_CATEGORIES)
def test_scripts_are_the_same_for_the_same_seed_and_survive_json(category: str) -> None:
    system, kit = load_system("cds"), load_any_kit("cds")
    assert isinstance(kit, HttpKit)
    target = Target(system="cds", name="t", host="127.0.0.1", ports={"http": 80})
    one, other = (HttpBuilder(system, target, kit, (category,)) for _ in range(2))
    for number in range(40):
        script = one.script(rng_of(1, number))
        assert script == other.script(rng_of(1, number))
        assert script.name.startswith(f"{category}.")
        assert script_from_json(script_to_json(script)) == script


def test_the_guard() -> None:
    target = Target(system="cds", name="t", host="192.0.2.7", ports={"http": 8080})
    guard = HttpGuard(target)
    assert guard.objection(GET) == ""
    assert guard.objection(GET.replace(b"GET", b"OPTIONS")) == ""
    assert guard.objection(GET.replace(b"GET", b"DELETE")) != ""
    assert guard.objection(GET + GET.replace(b"GET", b"POST")) != ""
    assert guard.objection(b"GET http://192.0.2.7:8080/ HTTP/1.1\r\n\r\n") == ""
    assert guard.objection(b"GET http://example.com/ HTTP/1.1\r\n\r\n") != ""
    assert HttpGuard(target, guarded=False).objection(GET.replace(b"GET", b"DELETE")) == ""
    writes = Target(system="cds", name="t", host="192.0.2.7", ports={"http": 8080}, allow=Allow(write=True))
    assert HttpGuard(writes).objection(GET.replace(b"GET", b"POST")) == ""


def test_other_methods_do_not_leave_to_a_device_without_leave() -> None:
    seen: list[bytes] = []

    def device_that_notes(request: bytes, number: int) -> bytes:
        seen.append(request)
        return good(request, number)

    with device(device_that_notes) as target, session_on(target, seed=0) as session:
        result = session.player.play(Script(name="bytes.x", steps=(Step(parts=(GET.replace(b"GET", b"DELETE"),)),)))
    assert result.skipped
    assert not any(request.startswith(b"DELETE") for request in seen)
