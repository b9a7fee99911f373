from __future__ import annotations

import socket
import time

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.ending import Ending
from harness.http.client import Exchanged, Request, read_again
from harness.http.exchanged import told
from harness.http.transport import Transport
from harness.http.turn import Recorder, Turn
from harness.net import Deadline
from harness.tests.test_http_client import (
    GET,
    OK,
    SMALL,
    SOON_S,
    Canned,
    CannedClient,
    Collect,
    Server,
    answering,
    keeping,
    late,
    serving,
    tear_down,
)
from harness.wire.http1 import Piece

# Responses, over httpx and without


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(
    ("answer", "status", "body", "oddities"),
    [
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n", 200, b"abc", []),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + SMALL, 200, b"abc", []),
        (b"HTTP/1.1 302 Found\r\nLocation: http://a:b:c/\r\nContent-Length: 1\r\n\r\nx", 302, b"x", []),
        (b"HTTP/1.1 301 Moved\r\nLocation: /y\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n", 301, b"", []),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", []),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc", []),
        (OK + b"\r\nabc", 200, b"abc", []),
        (b"HTTP/1.0 200 OK\r\n\r\nabc", 200, b"abc", []),
        (b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", 200, b"abc", ["line-end"] * 3),
        (OK + b"A: b\r\n c\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc", ["header-fold"]),
        (OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 200, b"abc", ["content-length-conflict"]),
        (OK + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc", ["content-length-twice"]),
        (OK + b"Content-Length: x\r\n\r\nabc", 200, b"abc", ["content-length"]),
        (b"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc", ["reason"]),
        (OK + b"bad name: 1\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc", ["header-name"]),
        (b"HTTP/1.1 20 OK\r\nContent-Length: 3\r\n\r\nabc", 20, b"abc", ["status"]),
        (b"HTTP/1.1 999 What\r\nContent-Length: 3\r\n\r\nabc", 999, b"abc", ["status"]),
        (b"HTTP/3.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc", ["version"]),
        (SMALL + b"more", 200, b"abc", ["leftover"]),
        (SMALL + SMALL, 200, b"abc", ["leftover"]),
    ],
)
def test_a_response_that_can_be_read_is_read(
    plain: bool, answer: bytes, status: int, body: bytes, oddities: list[str]
) -> None:
    asked = Request("GET", "/", (("Host", "h"),))
    with serving(answering(answer)) as (client, _):
        got = client.exchange(asked, deadline=late(), plain=plain)
    assert (Ending.ANSWERED, True, answer) == (got.ending, got.body_complete, got.raw)
    assert (status, body, oddities) == (got.status, got.body, [one.rule for one in got.oddities])


def test_a_bad_location_and_cookies_do_not_cost_the_connection() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://a:b:c/\r\nSet-Cookie: a=b; Domain=127.0.0.1\r\nContent-Length: 0\r\n\r\n"
    with serving(keeping(answer)) as (client, server):
        first = client.exchange(GET, deadline=late())
        assert client.exchange(GET, deadline=late()).reused
    assert "location" in first.complaint
    assert b"Cookie" not in server.seen[1]


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(
    ("answer", "status", "body", "oddities", "readable"),
    [
        (b"", 0, b"", [], True),
        (OK + b"Content-Length: 10\r\n\r\nabc", 200, b"abc", ["truncated"], True),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc", 200, b"abc", ["truncated"], True),
        (OK + b"Content-Le", 0, b"", ["head-truncated"], True),
        (b"ERROR|1|no\r\n", 0, b"", ["status-line"], False),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n", 200, b"abc", ["chunk-size"], False),
    ],
)
def test_a_response_that_is_cut_off_is_no_answer(
    plain: bool, answer: bytes, status: int, body: bytes, oddities: list[str], readable: bool
) -> None:
    with serving(answering(answer)) as (client, _):
        got = client.exchange(GET, deadline=late(), plain=plain)
    assert (Ending.CLOSED, True, False, answer) == (got.ending, got.closed, got.body_complete, got.raw)
    assert (status, body, oddities, readable) == (
        got.status,
        got.body,
        [one.rule for one in got.oddities],
        got.readable,
    )


@pytest.mark.parametrize("plain", [False, True])
def test_a_head_request_gets_a_head(plain: bool) -> None:
    with serving(keeping(OK + b"Content-Length: 3000\r\n\r\n")) as (client, _):
        for reused in (False, True):
            got = client.exchange(Request("HEAD", "/"), deadline=late(), plain=plain)
            assert (True, b"", reused) == (got.body_complete, got.body, got.reused)


@pytest.mark.parametrize("plain", [False, True])
def test_a_reset_is_told(plain: bool) -> None:
    def behave(server: Server, connection: socket.socket, _: int) -> None:
        server.take(connection)
        connection.sendall(OK + b"Content-Length: 10\r\n\r\nabc")
        time.sleep(SOON_S)  # a reset takes away what has not been read
        tear_down(connection)

    with serving(behave) as (client, _):
        got = client.exchange(GET, deadline=late(), plain=plain)
    assert (Ending.RESET, True, False, b"abc") == (got.ending, got.closed, got.body_complete, got.body)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("first", [b"", OK + b"Content-Length: 1000\r\n\r\n"])
def test_a_slow_drip_ends_at_the_deadline(plain: bool, first: bytes) -> None:
    def behave(server: Server, connection: socket.socket, _: int) -> None:
        server.take(connection)
        connection.sendall(first)
        for one in OK * 100:
            connection.sendall(bytes([one]))
            time.sleep(0.01)

    with serving(behave) as (client, _):
        began = time.monotonic()
        got = client.exchange(GET, deadline=Deadline.after(SOON_S), plain=plain)
        took_s = time.monotonic() - began
        client.close_all()
    assert (Ending.SILENT, False, False) == (got.ending, got.closed, got.body_complete)
    assert SOON_S <= took_s < 1
    assert len(first) < got.received < 200


def flood(server: Server, connection: socket.socket, _: int) -> None:
    server.take(connection)
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + bytes(65_536) + b"\r\n"
    while True:
        connection.sendall(chunk)


@pytest.mark.parametrize("plain", [False, True])
def test_a_body_without_end_is_a_flood(plain: bool) -> None:
    with serving(flood) as (client, _):
        got = client.exchange(GET, deadline=late(), plain=plain, max_body=1_000_000)
    assert (Ending.FLOODED, 1_000_000, False) == (got.ending, len(got.body), got.body_complete)
    assert got.body_size >= 1_000_000


def test_a_body_without_end_into_a_sink_ends_at_the_deadline() -> None:
    sink = Collect(stop_at=None)
    with serving(flood) as (client, _):
        got = client.exchange(GET, deadline=Deadline.after(SOON_S), sink=sink)
    assert (Ending.SILENT, b"", len(sink.data)) == (got.ending, got.body, got.body_size)
    assert ([200], [(Ending.SILENT, False)]) == ([one.status for one in sink.heads], sink.ends)


@pytest.mark.parametrize("plain", [False, True])
def test_a_head_without_end_is_a_flood(plain: bool) -> None:
    def behave(server: Server, connection: socket.socket, _: int) -> None:
        server.take(connection)
        connection.sendall(OK)
        while True:
            connection.sendall(b"A: b\r\n" * 1000)

    with serving(behave) as (client, _):
        got = client.exchange(GET, deadline=late(), plain=plain)
    assert (Ending.FLOODED, None) == (got.ending, got.head)


def test_only_the_first_bytes_are_kept_and_all_are_counted() -> None:
    turn = Turn(
        Canned([OK + b"Content-Length: 100\r\n\r\n", bytes(100)]),
        "GET",
        late(),
        sink=None,
        max_body=1000,
        recorder=Recorder(4, 50),
    )
    turn.send(b"123456")
    turn.finish()
    got = told(turn, (), reused=False, retried=False, complaint="")
    assert (b"1234", 50, 140, False) == (got.sent, len(got.raw), got.received, got.raw_complete)
    assert (Ending.ANSWERED, bytes(100), True) == (got.ending, got.body, got.body_complete)


# Sinks


def test_a_sink_gets_head_content_and_end() -> None:
    sink = Collect()
    with serving(answering(OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) as (
        client,
        server,
    ):
        got = client.exchange(GET, deadline=late(), sink=sink)
    assert ([200], b"abcde", [(Ending.ANSWERED, True)]) == (
        [one.status for one in sink.heads],
        bytes(sink.data),
        sink.ends,
    )
    assert (b"", 5, True) == (got.body, got.body_size, got.body_complete)
    assert b"User-Agent: clausewise" in server.seen[0]


def test_a_sink_may_stop_and_the_connection_is_closed() -> None:
    sink = Collect(stop_at=100_000)
    with serving(flood) as (client, _):
        got = client.exchange(GET, deadline=late(), sink=sink)
    assert (Ending.FLOODED, True, False) == (got.ending, got.stopped, got.body_complete)
    assert [(Ending.FLOODED, False)] == sink.ends


def test_a_sink_is_told_that_nothing_came() -> None:
    sink = Collect()
    with serving(answering(b"")) as (client, _):
        client.exchange(GET, deadline=late(), sink=sink)
    assert ([], [(Ending.CLOSED, False)]) == (sink.heads, sink.ends)


def test_what_a_sink_raises_comes_out_and_the_connection_is_not_used_again() -> None:
    class Broken(Collect):
        def feed(self, piece: Piece) -> bool:
            raise RuntimeError("mine")

    with serving(keeping(SMALL)) as (client, _):
        with pytest.raises(RuntimeError, match="mine"):
            client.exchange(GET, deadline=late(), sink=Broken())
        assert not client.exchange(GET, deadline=late()).reused


# Any bytes


STREAMS = st.lists(
    st.binary(min_size=1, max_size=30)
    | st.sampled_from(
        [OK, SMALL, b"\r\n", b"Content-Length: 3\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n", b"3\r\nabc\r\n", b"0\r\n\r\n",
         b"Set-Cookie: \xff=;;\r\n", b"Location: //\x7f[\r\n", b"HTTP/1.1 302 \xe9\r\n", b"HTTP/1.1 101 x\r\n\r\n", b"Content-Encoding: gzip\r\n"]
    ),
    max_size=8,
)  # fmt: skip


@given(STREAMS, st.sampled_from([Ending.CLOSED, Ending.RESET, Ending.SILENT]), st.sampled_from(["GET", "HEAD", "POST"]))
@settings(max_examples=100, deadline=None)
def test_no_bytes_of_a_device_raise_and_both_ways_read_the_same(
    pieces: list[bytes], ending: Ending, method: str
) -> None:
    asked = Request(method, "/", (("Host", "h"),))
    got = []
    for plain in (False, True):
        with CannedClient(*pieces, ending=ending) as client:
            got.append(client.exchange(asked, deadline=Deadline.after(5), plain=plain))
    one, two = got
    assert (one.raw, one.head, one.body, one.ending, one.oddities, one.leftover) == (
        two.raw, two.head, two.body, two.ending, two.oddities, two.leftover,
    )  # fmt: skip
    again = read_again(one.sent, one.raw, method, one.ending)
    assert (one.head, one.body, one.ending, one.oddities, one.body_complete, one.readable, one.interim, one.trailers) == (
        again.head, again.body, again.ending, again.oddities, again.body_complete, again.readable, again.interim, again.trailers,
    )  # fmt: skip


def test_a_recorded_exchange_of_which_the_end_was_not_kept_is_not_cut_off() -> None:
    raw = OK + b"Content-Length: 100\r\n\r\nabc"
    again = read_again(b"", raw, "GET", Ending.ANSWERED, received=len(raw) + 97)
    assert (True, b"abc", (), False) == (again.body_complete, again.body, again.oddities, again.raw_complete)


def test_httpcore_meets_only_its_own_exceptions() -> None:
    """What our stream raises is what httpcore maps and handles; no turn, no connection."""
    with pytest.raises(httpcore.ConnectError):
        Transport(lambda: None)._pool.request("GET", "http://h/")


def test_an_exchange_has_a_status_and_can_be_compared() -> None:
    one = read_again(b"", SMALL, "GET", Ending.ANSWERED)
    assert isinstance(one, Exchanged)
    assert (200, True) == (one.status, one == read_again(b"", SMALL, "GET", Ending.ANSWERED))
    assert 0 == read_again(b"", b"", "GET", Ending.CLOSED).status
