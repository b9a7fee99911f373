from __future__ import annotations

import math
import os
import queue
import select
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from harness.ending import Ending
from harness.errors import TransportError
from harness.net import MAX_HELD_BYTES, Address, Chunk, Deadline, DeviceClock, Link, Listener, Sent, connect, wait_any

SOON_S = 0.05  # for what must end at its deadline
LATE_S = 10.0  # for what must not: only a broken run waits that long


def late() -> Deadline:
    return Deadline.after(LATE_S)


@contextmanager
def serving(behave: Callable[[socket.socket], object], host: str = "127.0.0.1") -> Iterator[int]:
    """A peer on its own thread that takes one connection and behaves; what it raises is raised at the end."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    raised: list[BaseException] = []

    def run(listening: socket.socket) -> None:
        try:
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(LATE_S)
                behave(connection)
        except BaseException as error:  # noqa: BLE001 - handed to the test's thread
            raised.append(error)

    with socket.create_server((host, 0), family=family) as listening:
        listening.settimeout(LATE_S)
        thread = threading.Thread(target=run, args=(listening,))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            thread.join(LATE_S)
    assert raised == []
    assert not thread.is_alive()


@contextmanager
def pair() -> Iterator[tuple[Link, socket.socket]]:
    """A link and the plain socket at its other end, in one thread."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        link = connect("127.0.0.1", listening.getsockname()[1], timeout_s=LATE_S)
        peer, _ = listening.accept()
        peer.settimeout(LATE_S)
        with link, peer:
            yield link, peer


def tear_down(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def wait_for_error(link: Link) -> None:
    """Wait until the kernel has the peer's reset, without being told of it."""
    poller = select.poll()
    poller.register(link.fileno(), 0)
    assert poller.poll(LATE_S * 1000)


def receive_all(link: Link) -> tuple[bytes, Ending]:
    """Everything up to silence, a close or a reset."""
    data = b""
    while (chunk := link.receive(late())).ending is Ending.ANSWERED:
        data += chunk.data
    return data, chunk.ending


def read_to_end(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(1 << 20), b""))


# Clocks


@pytest.mark.parametrize("seconds", [-1, -0.001, math.nan])
def test_a_deadline_lies_ahead(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        Deadline.after(seconds)


def test_a_deadline_counts_down_to_zero() -> None:
    assert 0 < Deadline.after(5).remaining() <= 5
    assert Deadline.after(0).remaining() == 0
    assert Deadline.after(math.inf).remaining() == math.inf


def test_device_time_is_scaled() -> None:
    assert DeviceClock(600).wall(1800) == 3
    assert DeviceClock(0.5).wall(1) == 2
    begin_s = time.monotonic()
    DeviceClock(1e6).sleep(device_s=10_000)
    assert 0.01 <= time.monotonic() - begin_s < LATE_S


@pytest.mark.parametrize("device_s", [-1, math.nan, math.inf])
def test_device_time_does_not_run_backwards(device_s: float) -> None:
    with pytest.raises(ValueError, match="device_s"):
        DeviceClock(1).sleep(device_s=device_s)
    with pytest.raises(ValueError, match="device_s"):
        DeviceClock(1).wall(device_s)


@pytest.mark.parametrize("scale", [0, -1, math.nan, math.inf])
def test_a_scale_is_above_zero(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        DeviceClock(scale)


# Connecting


def test_a_closed_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(TransportError) as caught:
        connect("127.0.0.1", port, timeout_s=LATE_S)
    assert (caught.value.why, str(caught.value)) == (
        "refused",
        f"cannot connect to 127.0.0.1:{port}: Connection refused",
    )


def test_a_port_that_does_not_answer_times_out() -> None:
    """A listener whose queue is full drops what asks to connect."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listening.getsockname())
        with pytest.raises(TransportError, match="no answer in time") as caught:
            connect("127.0.0.1", listening.getsockname()[1], timeout_s=SOON_S)
    assert caught.value.why == "timeout"


@pytest.mark.parametrize(
    ("host", "port", "why"),
    [
        ("224.0.0.1", 9, "unreachable"),  # no TCP to a group of hosts
        ("", 9, "address"),
        ("127.0.0.1", -1, "address"),
        ("127.0.0.1", 65_536, "address"),
        ("a" * 64 + ".invalid", 9, "address"),
        ("a\x00b", 9, "address"),
        ("256.0.0.1.", 9, "address"),
    ],
)
def test_an_address_that_cannot_be_reached_says_why(host: str, port: int, why: str) -> None:
    with pytest.raises(TransportError) as caught:
        connect(host, port, timeout_s=LATE_S)
    assert caught.value.why == why


def test_the_source_address_is_the_one_asked_for() -> None:
    seen: queue.SimpleQueue[str] = queue.SimpleQueue()
    with (
        serving(lambda connection: seen.put(connection.getpeername()[0])) as port,
        connect("127.0.0.1", port, timeout_s=LATE_S, source_host="127.0.0.2") as link,
    ):
        assert seen.get(timeout=LATE_S) == "127.0.0.2" == link.local.host
        assert link.peer == Address("127.0.0.1", port)


@pytest.mark.parametrize(
    ("source_host", "detail"),
    [("192.0.2.1", r"\(from 192.0.2.1\)"), ("::1", "another family"), ("no host", "no host:0")],
)
def test_a_source_address_that_is_not_ours_is_refused(source_host: str, detail: str) -> None:
    with pytest.raises(TransportError, match=detail) as caught:
        connect("127.0.0.1", 9, timeout_s=LATE_S, source_host=source_host)
    assert caught.value.why == "address"


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_ipv6_literals_connect(host: str) -> None:
    with (
        serving(lambda connection: connection.sendall(b"six"), "::1") as port,
        connect(host, port, timeout_s=5) as link,
    ):
        assert receive_all(link) == (b"six", Ending.CLOSED)
        assert str(link.peer) == f"[::1]:{port}"


# Receiving


def test_a_silent_peer_is_silent_until_the_deadline() -> None:
    with pair() as (link, _):
        begin_s = time.monotonic()
        assert link.receive(Deadline.after(SOON_S)) == Chunk(data=b"", ending=Ending.SILENT)
        assert time.monotonic() - begin_s >= SOON_S
        assert link.poll() == Chunk(data=b"", ending=Ending.SILENT)


def test_half_a_line_comes_as_it_is_and_then_silence() -> None:
    with pair() as (link, peer):
        peer.sendall(b"OK|hal")
        assert link.receive(late()) == Chunk(data=b"OK|hal", ending=Ending.ANSWERED)
        assert link.receive(Deadline.after(SOON_S)).ending is Ending.SILENT


def test_no_more_than_asked_for_is_given() -> None:
    with pair() as (link, peer):
        peer.sendall(b"abcde")
        assert [link.receive(late(), 2).data for _ in range(3)] == [b"ab", b"cd", b"e"]
        with pytest.raises(ValueError, match="max_bytes"):
            link.receive(late(), 0)


def test_an_orderly_close_comes_after_the_bytes_and_stays() -> None:
    with (
        serving(lambda connection: connection.sendall(b"bye")) as port,
        connect("127.0.0.1", port, timeout_s=5) as link,
    ):
        assert receive_all(link) == (b"bye", Ending.CLOSED)
        assert link.poll() == link.receive(late()) == Chunk(data=b"", ending=Ending.CLOSED)


def test_a_reset_is_no_close_and_stays() -> None:
    with serving(tear_down) as port, connect("127.0.0.1", port, timeout_s=LATE_S) as link:
        assert receive_all(link) == (b"", Ending.RESET)
        assert link.poll() == Chunk(data=b"", ending=Ending.RESET)


def test_bytes_before_a_reset_that_a_write_meets_first_are_given() -> None:
    """The kernel tells a reset once, here to the write; the read must not make it an orderly close."""
    with pair() as (link, peer):
        peer.sendall(b"last words")
        tear_down(peer)
        wait_for_error(link)
        assert link.send([b"x"], deadline=late()) == Sent(count=0, ending=Ending.RESET)
        assert receive_all(link) == (b"last words", Ending.RESET)


def test_an_endless_stream_is_given_in_pieces_of_the_size_asked_for() -> None:
    def flood(connection: socket.socket) -> None:
        try:
            while True:
                connection.sendall(b"x" * 65_536)
        except ConnectionError:
            pass

    with serving(flood) as port, connect("127.0.0.1", port, timeout_s=LATE_S) as link:
        for _ in range(50):
            chunk = link.receive(late(), 10_000)
            assert chunk.ending is Ending.ANSWERED
            assert 0 < len(chunk.data) <= 10_000
        link.reset()


# Sending


def test_pieces_arrive_apart_when_paused() -> None:
    got: list[bytes] = []
    with (
        serving(lambda connection: got.extend(iter(lambda: connection.recv(100), b""))) as port,
        connect("127.0.0.1", port, timeout_s=LATE_S) as link,
    ):
        assert link.send([b"a", b"bc", b"", b"d"], pause_s=0.03, deadline=late()) == Sent(count=4, ending=None)
        with socket.socket(fileno=os.dup(link.fileno())) as same:
            assert same.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert got == [b"a", b"bc", b"d"]


def test_a_large_send_loses_nothing_and_a_half_close_lets_the_answer_through() -> None:
    data = bytes(range(256)) * 20_000

    def answer_at_end(connection: socket.socket) -> None:
        connection.sendall(b"same" if read_to_end(connection) == data else b"other")

    with serving(answer_at_end) as port, connect("127.0.0.1", port, timeout_s=LATE_S) as link:
        assert link.send([data[:-1], data[-1:]], deadline=late()) == Sent(count=len(data), ending=None)
        link.half_close()
        assert receive_all(link) == (b"same", Ending.CLOSED)
        with pytest.raises(ValueError, match="half_close"):
            link.send([b"x"], deadline=late())


def test_a_send_to_a_peer_that_does_not_read_ends_at_the_deadline_with_the_true_count() -> None:
    with pair() as (link, peer):
        begin_s = time.monotonic()
        sent = link.send([b"x" * 10, b"y" * 50_000_000, b"z"], deadline=Deadline.after(SOON_S))
        assert SOON_S <= time.monotonic() - begin_s < LATE_S
        assert 10 < sent.count < 50_000_000
        assert sent.ending is Ending.SILENT
        link.close()
        assert read_to_end(peer) == b"x" * 10 + b"y" * (sent.count - 10)


def test_a_deadline_that_passes_in_a_pause_ends_the_send() -> None:
    with pair() as (link, peer):
        sent = link.send([b"a", b"b"], pause_s=LATE_S, deadline=Deadline.after(SOON_S))
        assert sent == Sent(count=1, ending=Ending.SILENT)
        link.close()
        assert read_to_end(peer) == b"a"


def test_two_sides_that_write_do_not_wait_for_each_other() -> None:
    """The peer writes all before it reads: more than the kernel holds, less than the link holds."""
    theirs, ours = b"t" * 4_000_000, b"o" * 12_000_000
    read: list[bytes] = []

    def write_then_read(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 200_000)
        connection.sendall(theirs)
        read.append(read_to_end(connection))

    with serving(write_then_read) as port, connect("127.0.0.1", port, timeout_s=LATE_S) as link:
        assert link.send([ours], deadline=late()) == Sent(count=len(ours), ending=None)
        link.half_close()
        assert receive_all(link) == (theirs, Ending.CLOSED)
    assert read == [ours]


def test_a_flood_during_a_send_is_bounded_and_given_first() -> None:
    stop = threading.Event()
    sent = 0

    def flood(connection: socket.socket) -> None:
        nonlocal sent
        connection.setblocking(False)
        while not stop.is_set():
            if select.select([], [connection], [], 0.01)[1]:
                sent += connection.send(b"f" * 65_536)

    with serving(flood) as port, connect("127.0.0.1", port, timeout_s=LATE_S) as link:
        assert link.send([b"o" * 50_000_000], deadline=Deadline.after(0.1)).ending is Ending.SILENT
        stop.set()
        held = link._held
        assert 0 < len(held) <= MAX_HELD_BYTES
        assert wait_any([link], Deadline.after(0)) == [link]
        data, ending = receive_all(link)
        assert ending is Ending.RESET  # the peer closed with our bytes unread
    assert data == b"f" * len(data)
    assert len(data) <= sent


def test_a_peer_that_closed_is_told_while_all_bytes_still_leave() -> None:
    with pair() as (link, peer):
        peer.shutdown(socket.SHUT_WR)
        assert link.receive(late()).ending is Ending.CLOSED
        assert link.send([b"still", b"here"], deadline=late()) == Sent(count=9, ending=Ending.CLOSED)
        link.half_close()
        assert read_to_end(peer) == b"stillhere"


def test_a_peer_that_closed_and_then_refuses_our_bytes_has_closed() -> None:
    with pair() as (link, peer):
        peer.close()
        assert wait_any([link], late()) == [link]
        while (sent := link.send([b"x"], deadline=late())).count:
            pass
        assert sent == Sent(count=0, ending=Ending.CLOSED)
        assert link.poll() == Chunk(data=b"", ending=Ending.CLOSED)


def test_a_write_that_meets_the_refusal_before_the_close_is_read_tells_a_close() -> None:
    with pair() as (link, peer), socket.socket(fileno=os.dup(link.fileno())) as same:
        peer.close()
        assert wait_any([link], late()) == [link]
        same.send(b"x")  # past the link, which would read the close
        wait_for_error(link)
        assert link.send([b"y"], deadline=late()) == Sent(count=0, ending=Ending.CLOSED)
        assert link.poll() == Chunk(data=b"", ending=Ending.CLOSED)


def test_a_reset_ends_a_send_and_a_pause() -> None:
    with serving(tear_down) as port, connect("127.0.0.1", port, timeout_s=LATE_S) as link:
        sent = link.send([b"x", b"y"], pause_s=LATE_S, deadline=late())
        assert sent.ending is Ending.RESET
        assert sent.count < 2


@pytest.mark.parametrize("pause_s", [-1, math.nan, math.inf])
def test_a_pause_is_a_number_of_seconds(pause_s: float) -> None:
    with pair() as (link, _), pytest.raises(ValueError, match="pause"):
        link.send([b"x"], pause_s=pause_s, deadline=late())


# Ending, several links, listening


def test_our_close_and_our_reset_look_different_to_the_peer() -> None:
    with pair() as (link, peer):
        link.close()
        link.close()
        assert peer.recv(1) == b""
        assert link.fileno() == -1
    with pair() as (link, peer):
        link.reset()
        with pytest.raises(ConnectionResetError):
            peer.recv(1)


def test_using_a_closed_link_is_our_mistake_and_no_ending() -> None:
    with pair() as (link, _):
        link.close()
        for use in (link.poll, lambda: link.send([b"x"], deadline=late())):
            with pytest.raises(OSError, match="Bad file descriptor"):
                use()


def test_wait_any_gives_the_links_with_something_to_read_in_order() -> None:
    with pair() as (quiet, _), pair() as (talking, peer), pair() as (ended, closing):
        links = [quiet, ended, talking]
        assert wait_any(links, Deadline.after(SOON_S)) == []
        peer.sendall(b"a")
        assert wait_any(links, late()) == [talking]
        closing.close()
        assert ended.receive(late()).ending is Ending.CLOSED
        assert wait_any(links, late()) == [ended, talking]
        assert wait_any([], Deadline.after(0)) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_listener_accepts_who_connects(host: str) -> None:
    with Listener(host) as listener:
        assert listener.accept(Deadline.after(SOON_S)) is None
        with connect(host, listener.address.port, timeout_s=LATE_S) as caller:
            called = listener.accept(late())
            assert called is not None
            with called:
                assert (called.peer, called.local) == (caller.local, caller.peer) == (caller.local, listener.address)
                assert called.send([b"notify"], deadline=late()) == Sent(count=6, ending=None)
                assert caller.receive(late()).data == b"notify"


def test_a_listener_needs_an_address_of_ours_that_is_free() -> None:
    with Listener() as listener:
        for host, port in (("127.0.0.1", listener.address.port), ("192.0.2.1", 0)):
            with pytest.raises(TransportError, match="cannot listen there"):
                Listener(host, port)


def test_an_interrupt_passes_through_a_wait_and_the_link_lives_on() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pair() as (link, peer):
        before = signal.signal(signal.SIGALRM, interrupt)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.02)
            with pytest.raises(KeyboardInterrupt):
                link.receive(late())
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        peer.sendall(b"on")
        assert link.receive(late()).data == b"on"


def test_a_signal_that_is_handled_does_not_end_a_wait() -> None:
    with pair() as (link, _):
        before = signal.signal(signal.SIGALRM, lambda *_: None)
        try:
            begin_s = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            assert link.receive(Deadline.after(SOON_S)).ending is Ending.SILENT
            assert time.monotonic() - begin_s >= SOON_S
        finally:
            signal.signal(signal.SIGALRM, before)
