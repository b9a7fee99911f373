from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.ending import Ending
from harness.errors import TransportError
from harness.http.client import HttpClient, Request
from harness.http.ordinary import is_ordinary, prepared
from harness.net import Chunk, Deadline, Link, Sent, wait_any
from harness.wire.http1 import Head, Piece, encode
from harness.wire.http1_framing import read_requests

SOON_S = 0.15
LATE_S = 10.0
GET = Request("GET", "/x")
OK = b"HTTP/1.1 200 OK\r\n"
SMALL = OK + b"Content-Length: 3\r\n\r\nabc"
Behave = Callable[[socket.socket, int], object]


def late() -> Deadline:
    return Deadline.after(LATE_S)


class Server:
    """Takes connections one after the other and behaves; `behave` gets the connection and its number."""

    def __init__(self, behave: Behave) -> None:
        self.behave = behave
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.seen: list[bytes] = []
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        for number in range(100):
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(LATE_S)
                try:
                    self.behave(connection, number)
                except OSError:
                    continue

    def take(self, connection: socket.socket) -> bytes:
        """One whole request; none at the end of the connection."""
        data = b""
        while not read_requests(data)[0]:
            more = connection.recv(65_536)
            if not more:
                return b""
            data += more
        self.seen.append(data)
        return data


@contextmanager
def serving(behave: Callable[[Server, socket.socket, int], object]) -> Iterator[tuple[HttpClient, Server]]:
    server = Server(lambda connection, number: behave(server, connection, number))
    server.thread.start()
    client = HttpClient("127.0.0.1", server.port, timeout_s=LATE_S)
    try:
        yield client, server
    finally:
        client.close_all()
        server.listening.shutdown(socket.SHUT_RDWR)
        server.listening.close()
        server.thread.join(LATE_S)
        assert not server.thread.is_alive()


def answering(*answers: bytes) -> Callable[[Server, socket.socket, int], None]:
    """Gives one answer after the other to each request of a connection, and then closes it."""

    def behave(server: Server, connection: socket.socket, _: int) -> None:
        for answer in answers:
            if not server.take(connection):
                return
            connection.sendall(answer)

    return behave


def keeping(answer: bytes) -> Callable[[Server, socket.socket, int], None]:
    """Gives the same answer to every request and keeps the connection."""

    def behave(server: Server, connection: socket.socket, _: int) -> None:
        while server.take(connection):
            connection.sendall(answer)

    return behave


def tear_down(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Collect:
    """A sink that keeps everything, and stops after so many bytes."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.heads: list[Head] = []
        self.data = bytearray()
        self.ends: list[tuple[Ending, bool]] = []
        self.stop_at = stop_at

    def start(self, head: Head) -> None:
        self.heads.append(head)

    def feed(self, piece: Piece) -> bool:
        self.data += piece
        return self.stop_at is None or len(self.data) < self.stop_at

    def end(self, ending: Ending, complete: bool) -> None:
        self.ends.append((ending, complete))


# Requests


def test_an_ordinary_exchange_keeps_the_exact_bytes_and_the_connection() -> None:
    with serving(keeping(SMALL)) as (client, server):
        one = client.exchange(GET, deadline=late())
        two = client.exchange(GET, deadline=late())
        host = f"127.0.0.1:{server.port}".encode()
    assert b"GET /x HTTP/1.1\r\nHost: " + host + b"\r\nUser-Agent: clausewise\r\nAccept: */*\r\n\r\n" == one.sent
    assert [one.sent, two.sent] == server.seen
    for got, reused in ((one, False), (two, True)):
        assert (Ending.ANSWERED, SMALL, len(SMALL)) == (got.ending, got.raw, got.received)
        assert (200, b"abc", True, ()) == (got.status, got.body, got.body_complete, got.oddities)
        assert (reused, False, False, "") == (got.reused, got.retried, got.closed, got.complaint)
        assert 0 < (got.first_byte_s or 0) <= got.took_s < LATE_S


def test_headers_are_those_given_and_host_comes_first() -> None:
    asked = Request(
        "POST", "/p?a=%C3%A9", (("accept", "text/xml"), ("X-A", "1"), ("x-a", "2"), ("User-Agent", "me")), b"ab"
    )
    with serving(keeping(SMALL)) as (client, server):
        got = client.exchange(asked, deadline=late())
        host = f"127.0.0.1:{server.port}".encode()
    assert (
        b"POST /p?a=%C3%A9 HTTP/1.1\r\nHost: "
        + host
        + b"\r\naccept: text/xml\r\nX-A: 1\r\nx-a: 2\r\nUser-Agent: me\r\nContent-Length: 2\r\n\r\nab"
        == got.sent
    )
    assert [got.sent] == server.seen


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/a b", ()),
        Request("get", "/x", ()),
        Request("GET", "/x", (("X", "a\r\nInjected: b"),)),
        Request("GET", "/x", (("Host", "other"),), version="HTTP/1.0"),
        Request("GET", "/é", (("Content-Length", "0"), ("Content-Length", "0"))),
        Request("", "", (), version=""),
    ],
)
def test_what_httpx_refuses_is_written_byte_by_byte(request_: Request) -> None:
    with serving(keeping(SMALL)) as (client, server):
        own = client.exchange(request_, deadline=late(), plain=True)
        completed = client.exchange(request_, deadline=late())
    assert encode(request_) == own.sent
    assert own.sent.split(b"\r\n")[0] == completed.sent.split(b"\r\n")[0]
    assert b"User-Agent: clausewise" in completed.sent
    assert completed.sent.count(b"Host: ") == 1
    assert [own.sent, completed.sent] == server.seen
    assert [(True, b"abc"), (True, b"abc")] == [(one.body_complete, one.body) for one in (own, completed)]
    assert completed.reused == (request_.version == "HTTP/1.1")


def test_bytes_are_sent_as_they_are() -> None:
    with serving(answering(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")) as (client, server):
        got = client.exchange(b"HEAD nothing\r\n\r\n", deadline=late())
    assert ([b"HEAD nothing\r\n\r\n"], 400, True) == (server.seen, got.status, got.body_complete)


ORDINARY = st.builds(
    Request,
    st.sampled_from(["GET", "POST", "PATCH", "X-Y"]),
    st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x80), min_size=1, max_size=8).map("/".__add__),
    st.lists(
        st.tuples(
            st.sampled_from(["A", "x-b", "Connection", "Accept", "cookie", "Range", "a b", "Host"]),
            st.text(alphabet=st.characters(min_codepoint=0x1F, max_codepoint=0x80), max_size=6),
        ),
        max_size=3,
    ).map(tuple),
    st.binary(max_size=5),
)


class Canned:
    """A connection that gives these pieces and then ends."""

    def __init__(self, pieces: list[bytes], ending: Ending = Ending.CLOSED) -> None:
        self.pieces = list(pieces)
        self.ending = ending
        self.sent = b""

    def send(self, pieces: list[bytes], *, deadline: Deadline) -> Sent:
        self.sent += b"".join(pieces)
        return Sent(count=sum(map(len, pieces)), ending=None)

    def receive(self, deadline: Deadline, max_bytes: int = 0) -> Chunk:
        if self.pieces:
            return Chunk(data=self.pieces.pop(0), ending=Ending.ANSWERED)
        return Chunk(data=b"", ending=self.ending)

    def poll(self) -> Chunk:
        return self.receive(Deadline(0))

    def close(self) -> None:
        pass


class CannedClient(HttpClient):
    """A client whose every connection is canned."""

    def __init__(self, *pieces: bytes, ending: Ending = Ending.CLOSED) -> None:
        super().__init__("h", 80, timeout_s=1)
        self.canned = Canned(list(pieces), ending)

    def _connect(self, deadline: Deadline) -> Canned:
        return self.canned


@given(ORDINARY)
@settings(max_examples=60, deadline=None)
def test_what_counts_as_ordinary_httpx_sends_unchanged(request_: Request) -> None:
    whole = prepared(request_, (("Host", "h"),))
    client = CannedClient(SMALL)
    got = client.exchange(request_, deadline=late())
    expected = encode(prepared(request_, (("Host", "h"), ("User-Agent", "clausewise"), ("Accept", "*/*"))))
    assert expected == got.sent == client.canned.sent
    assert not is_ordinary(whole) or "" == got.complaint


# Connections


@pytest.mark.parametrize("first_plain", [False, True])
@pytest.mark.parametrize("second_plain", [False, True])
def test_both_ways_share_the_connection_of_a_name(first_plain: bool, second_plain: bool) -> None:
    with serving(keeping(SMALL)) as (client, _):
        asked = Request("GET", "/", (("Host", "h"),))
        reused = [
            client.exchange(asked, deadline=late(), plain=plain).reused
            for plain in (first_plain, second_plain, first_plain)
        ]
    assert [False, True, True] == reused


def test_names_have_connections_of_their_own() -> None:
    def behave(server: Server, connection: socket.socket, _: int) -> None:
        server.take(connection)
        connection.sendall(SMALL)

    with serving(behave) as (client, _):
        assert not client.exchange(GET, deadline=late(), link="one").reused
        assert not client.exchange(GET, deadline=late(), link="two").reused


@pytest.mark.parametrize("how", ["closed", "reset"])
@pytest.mark.parametrize("plain", [False, True])
def test_a_dead_connection_is_replaced_once(how: str, plain: bool) -> None:
    """The server answers once and goes away only when the next request has come."""

    def behave(server: Server, connection: socket.socket, number: int) -> None:
        server.take(connection)
        connection.sendall(SMALL)
        server.take(connection)
        if number:
            connection.sendall(SMALL)
        elif how == "reset":
            tear_down(connection)

    with serving(behave) as (client, server):
        asked = Request("GET", "/", (("Host", "h"),))
        got = [client.exchange(asked, deadline=late(), plain=plain) for _ in range(3)]
    assert [False, True, False] == [one.retried for one in got]
    assert [False, False, True] == [one.reused for one in got]
    assert [b"abc"] * 3 == [one.body for one in got]
    assert len(server.seen) == 4


def test_what_must_not_be_sent_twice_is_not() -> None:
    with serving(answering(SMALL, b"")) as (client, server):
        client.exchange(GET, deadline=late())
        got = client.exchange(Request("POST", "/"), deadline=late())
        assert (Ending.CLOSED, False, True) == (got.ending, got.retried, got.reused)
        client.exchange(GET, deadline=late())
        assert client.exchange(Request("POST", "/"), deadline=late(), retry=True).retried
    assert len(server.seen) == 5


def test_a_connection_that_ended_meanwhile_is_opened_anew() -> None:
    with serving(answering(SMALL)) as (client, _):
        for _ in range(2):
            got = client.exchange(GET, deadline=late())
            assert (False, False, ()) == (got.reused, got.retried, got.oddities)
            link = client._slots["main"].connection
            assert link is None or (isinstance(link, Link) and wait_any([link], late()))


def test_bytes_that_nobody_asked_for_are_told_with_the_next_exchange() -> None:
    go = threading.Event()

    def behave(server: Server, connection: socket.socket, number: int) -> None:
        while server.take(connection):
            connection.sendall(SMALL)
            if not number:
                go.wait(LATE_S)
                connection.sendall(b"stray")

    with serving(behave) as (client, _):
        assert () == client.exchange(GET, deadline=late()).oddities
        go.set()
        link = client._slots["main"].connection
        assert isinstance(link, Link)
        assert wait_any([link], late())
        got = client.exchange(GET, deadline=late())
    assert (["stray"], False, b"abc") == ([one.rule for one in got.oddities], got.reused, got.body)


@pytest.mark.parametrize("asks", [False, True])
def test_an_announced_end_is_waited_for(asks: bool) -> None:
    def behave(server: Server, connection: socket.socket, _: int) -> None:
        server.take(connection)
        connection.sendall(OK + (b"" if asks else b"Connection: close\r\n") + b"Content-Length: 3\r\n\r\nabc")
        time.sleep(SOON_S)

    with serving(behave) as (client, _):
        got = client.exchange(Request("GET", "/", (("Connection", "close"),) if asks else ()), deadline=late())
        assert (Ending.ANSWERED, True) == (got.ending, got.closed)
        assert got.took_s < SOON_S
        assert not client.exchange(GET, deadline=late()).reused


@pytest.mark.slow
def test_an_announced_end_that_does_not_come_is_told() -> None:
    with serving(keeping(OK + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc")) as (client, _):
        got = client.exchange(GET, deadline=late())
        assert (Ending.ANSWERED, False) == (got.ending, got.closed)


def test_without_a_connection_nothing_is_learned() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    for plain in (False, True):
        with pytest.raises(TransportError) as caught:
            HttpClient("127.0.0.1", port, timeout_s=LATE_S).exchange(GET, deadline=late(), plain=plain)
        assert caught.value.why == "refused"
