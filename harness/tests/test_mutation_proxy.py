"""The proxy on real sockets: what passes through it arrives as it was, whichever side ends the connection and how."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from harness.ending import Ending
from harness.messages.lines import LineBinding
from harness.messages.reply import Reply
from harness.mutation.framing import line_parser
from harness.mutation.mutant import Behaviour, End, Exchange, Piece, Spoiler
from harness.mutation.proxy import Proxy, Upstream
from harness.mutation.trial import Identity
from harness.net import Chunk, Deadline, Link, connect
from harness.tests.devices import LATE_S, Device, Handler, answering, device, hmp, tear_down

SYSTEM = hmp()
assert SYSTEM.lines is not None
BINDING = LineBinding(SYSTEM, SYSTEM.lines)
GAP_S = 0.05  # long enough for two writes to arrive apart


@contextmanager
def proxied(handler: Handler) -> Iterator[tuple[Proxy, Device]]:
    with device(handler) as behind, proxy_to(behind.port) as proxy:
        yield proxy, behind


@contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    true: list[Reply] = []
    upstream = Upstream(
        host="127.0.0.1", port=port, binding=BINDING, parse=line_parser(BINDING.quoting), timeout_s=LATE_S
    )
    with Proxy(upstream, true.append) as proxy:
        yield proxy


def dial(proxy: Proxy, source: str | None = None) -> Link:
    return connect("127.0.0.1", proxy.port, timeout_s=LATE_S, source_host=source)


def send(link: Link, *pieces: bytes, pause_s: float = 0.0) -> None:
    sent = link.send(pieces, pause_s=pause_s, deadline=Deadline.after(LATE_S))
    assert sum(map(len, pieces)) == sent.count


def lines(link: Link, count: int) -> bytes:
    """So many lines, or what came before the end."""
    got = b""
    while got.count(b"\n") < count:
        chunk = link.receive(Deadline.after(LATE_S))
        if chunk.ending is not Ending.ANSWERED:
            break
        got += chunk.data
    return got


def end_of(link: Link) -> Ending:
    chunk = Chunk(data=b"", ending=Ending.ANSWERED)
    while chunk.ending is Ending.ANSWERED:
        chunk = link.receive(Deadline.after(LATE_S))
    return chunk.ending


def echo(line: str) -> bytes:
    return f"OK|{line}\n".encode()


BEHAVIOURS: tuple[Callable[[], Behaviour | None], ...] = (lambda: None, Behaviour, Identity)


@pytest.mark.parametrize("make", BEHAVIOURS)
def test_lines_pass_both_ways(make: Callable[[], Behaviour | None]) -> None:
    with proxied(answering(echo)) as (proxy, _):
        proxy.mutate(make())
        with dial(proxy) as link:
            send(link, b"one\ntwo\n\n")
            assert b"OK|one\nOK|two\nOK|\n" == lines(link, 3)
        assert 0 == proxy.changes


def test_a_cut_between_two_writes_arrives_as_a_cut() -> None:
    arrived: list[bytes] = []

    def handle(_device: Device, connection: socket.socket) -> None:
        while chunk := connection.recv(100):
            arrived.append(chunk)
            if chunk.endswith(b"\n"):
                connection.sendall(b"O")
                time.sleep(GAP_S)
                connection.sendall(b"K\n")

    with proxied(handle) as (proxy, _), dial(proxy) as link:
        send(link, b"crea", b"teSession x\n", pause_s=GAP_S)
        assert b"O" == link.receive(Deadline.after(LATE_S)).data
        assert b"K\n" == lines(link, 1)
    assert [b"crea", b"teSession x\n"] == arrived


@pytest.mark.parametrize("make", BEHAVIOURS)
def test_a_half_close_reaches_the_device_and_its_last_words_the_client(make: Callable[[], Behaviour | None]) -> None:
    def handle(_device: Device, connection: socket.socket) -> None:
        asked = b""
        while chunk := connection.recv(100):
            asked += chunk
        connection.sendall(b"heard " + asked)

    with proxied(handle) as (proxy, _):
        proxy.mutate(make())
        with dial(proxy) as link:
            send(link, b"half a line")
            link.half_close()
            assert b"heard half a line" == lines(link, 1)
            assert Ending.CLOSED is end_of(link)


def test_a_reset_of_the_client_reaches_the_device_as_a_reset() -> None:
    ended = threading.Event()

    def handle(_device: Device, connection: socket.socket) -> None:
        connection.sendall(b"OK\n")
        try:
            while connection.recv(100):
                pass
        except ConnectionResetError:
            ended.set()

    with proxied(handle) as (proxy, _):
        link = dial(proxy)
        assert b"OK\n" == lines(link, 1)
        link.reset()
        assert ended.wait(LATE_S)


@pytest.mark.parametrize(("how", "ending"), [("close", Ending.CLOSED), ("reset", Ending.RESET)])
@pytest.mark.parametrize("make", BEHAVIOURS)
def test_the_end_that_the_device_makes_reaches_the_client(
    make: Callable[[], Behaviour | None], how: str, ending: Ending
) -> None:
    def handle(_device: Device, connection: socket.socket) -> None:
        connection.recv(100)
        if how == "reset":
            tear_down(connection)
        else:
            connection.sendall(b"bye")

    with proxied(handle) as (proxy, _):
        proxy.mutate(make())
        with dial(proxy) as link:
            send(link, b"x\n")
            assert ending is end_of(link)


def test_the_device_sees_the_clients_own_address() -> None:
    def handle(_device: Device, connection: socket.socket) -> None:
        connection.sendall(f"{connection.getpeername()[0]}\n".encode())
        connection.recv(1)

    with proxied(handle) as (proxy, _):
        for source in ("127.0.0.1", "127.0.0.2", "127.0.0.77"):
            with dial(proxy, source) as link:
                assert f"{source}\n".encode() == lines(link, 1)


def test_a_device_that_refuses_ends_the_clients_connection() -> None:
    with device(answering(echo)) as behind:
        port = behind.port
    with proxy_to(port) as proxy, dial(proxy) as link:
        assert Ending.RESET is end_of(link)


class Script(Behaviour):
    """Says the same pieces in place of each reply."""

    def __init__(self, *said: Piece) -> None:
        self._said = said

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        return self._said


def test_pieces_are_sent_in_order_with_their_delays() -> None:
    with proxied(answering(echo)) as (proxy, _):
        proxy.mutate(Script(Piece(data=b"one "), Piece(data=b"two ", delay_s=GAP_S), Piece(data=b"three\n")))
        with dial(proxy) as link:
            began = time.monotonic()
            send(link, b"x\ny\n")
            assert b"one " == link.receive(Deadline.after(LATE_S)).data
            assert b"two three\none two three\n" == lines(link, 2)
            assert time.monotonic() - began >= 2 * GAP_S
        assert 2 == proxy.changes


@pytest.mark.parametrize(("end", "ending"), [(End.CLOSE, Ending.CLOSED), (End.RESET, Ending.RESET)])
def test_a_behaviour_ends_the_connection(end: End, ending: Ending) -> None:
    with proxied(answering(echo)) as (proxy, _):
        proxy.mutate(Script(Piece(end=end)))
        with dial(proxy) as link:
            send(link, b"x\n")
            assert ending is end_of(link)


def test_while_it_is_paused_the_device_is_seen_as_it_is() -> None:
    with proxied(answering(echo)) as (proxy, _):
        proxy.mutate(Spoiler(lambda _: True, lambda _: b"wrong\n"))
        with dial(proxy) as link:
            send(link, b"one\n")
            first = lines(link, 1)
            with proxy.pause():
                send(link, b"two\n")
                second = lines(link, 1)
            send(link, b"three\n")
            assert (b"wrong\n", b"OK|two\n", b"wrong\n") == (first, second, lines(link, 1))
        assert 2 == proxy.changes


def test_a_behaviour_holds_for_connections_from_then_on() -> None:
    with proxied(answering(echo)) as (proxy, _), dial(proxy) as before:
        send(before, b"x\n")
        assert b"OK|x\n" == lines(before, 1)
        proxy.mutate(Spoiler(lambda _: True, lambda _: b"wrong\n"))
        with dial(proxy) as after:
            send(before, b"y\n")
            send(after, b"y\n")
            assert (b"OK|y\n", b"wrong\n") == (lines(before, 1), lines(after, 1))


def test_many_bytes_pass_while_nobody_reads() -> None:
    """Neither side's flood is lost, and the proxy stops reading instead of keeping it all."""
    total = 3 * 1024 * 1024

    def handle(_device: Device, connection: socket.socket) -> None:
        connection.recv(1)
        connection.sendall(b"x" * total)

    with proxied(handle) as (proxy, _), dial(proxy) as link:
        send(link, b"\n")
        time.sleep(GAP_S)
        got = 0
        while (chunk := link.receive(Deadline.after(LATE_S))).ending is Ending.ANSWERED:
            got += len(chunk.data)
        assert total == got
