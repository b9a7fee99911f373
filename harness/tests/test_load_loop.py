"""The loop against devices that behave and devices that close, stall, flood, answer twice or answer in pieces. Short, loopback only."""

from __future__ import annotations

import itertools
import queue
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

import pytest

from harness.errors import TransportError
from harness.load.loop import ClosedLoop
from harness.load.record import Recorder
from harness.load.validate import Validator
from harness.tests.devices import Device, Handler, answering, device, silent, tear_down
from harness.tests.load_device import loop_on

OK = answering(lambda _line: b"OK\n")
SECONDS = 0.08


@dataclass
class Load:
    """What came of loading a device."""

    measured: Recorder
    drained: Recorder
    loop: ClosedLoop
    judge: Validator
    device: Device

    @property
    def errors(self) -> dict[str, int]:
        return {
            kind: self.measured.errors.get(kind, 0) + self.drained.errors.get(kind, 0)
            for kind in (*self.measured.errors, *self.drained.errors)
        }


def load(
    handler: Handler, seconds: float = SECONDS, *, connections: int = 2, timeout_s: float = 0.1, rate: float = 0.0
) -> Load:
    with device(handler) as made:
        loop, judge = loop_on(made.port, connections=connections, timeout_s=timeout_s, rate=rate)
        try:
            loop.open()
            return Load(loop.run(seconds), loop.drain(), loop, judge, made)
        finally:
            loop.close()


def after(count: int, then: bytes | None) -> Handler:
    """Answers OK so many times on each connection, then something else; None: closes."""

    def handle(device: Device, connection: socket.socket) -> None:
        for number, _ in enumerate(device.lines(connection), 1):
            if number <= count:
                connection.sendall(b"OK\n")
            elif then is None:
                return
            else:
                connection.sendall(then)

    return handle


def test_every_reply_of_a_device_that_conforms_is_counted_once() -> None:
    found = load(OK)
    assert 0 == found.judge.violation_count
    assert {} == found.errors
    assert found.measured.replies + found.drained.replies == len(found.device.commands) == found.loop.answered > 10
    assert found.measured.replies == sum(sum(counts.values()) for counts in found.measured.counts.values())
    assert found.measured.replies == sum(second.replies for second in found.measured.seconds)
    assert sum(map(len, found.device.commands)) + len(found.device.commands) == len(found.device.received)
    assert found.measured.bytes_received == 3 * found.measured.replies


def test_one_request_at_a_time_is_outstanding_on_a_connection() -> None:
    def handle(device: Device, connection: socket.socket) -> None:
        while data := connection.recv(65536):
            device.received += data
            if data.count(b"\n") != 1 or not data.endswith(b"\n"):
                tear_down(connection)
            connection.sendall(b"OK\n")

    found = load(handle, connections=3)
    assert {} == found.errors
    assert found.measured.replies > 10


def test_connections_begin_at_different_places_of_the_round() -> None:
    first: list[bytes] = []

    def handle(_device: Device, connection: socket.socket) -> None:
        first.append(connection.recv(65536))
        connection.sendall(b"OK\n")
        while connection.recv(65536):
            connection.sendall(b"OK\n")

    load(handle, 0.03, connections=4)
    assert 4 == len(set(first))


def test_a_reply_in_pieces_is_one_reply() -> None:
    def handle(device: Device, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in device.lines(connection):
            for piece in (b"O", b"K", b"\n"):
                connection.sendall(piece)

    found = load(handle)
    assert (0, {}) == (found.judge.violation_count, found.errors)
    assert found.measured.replies > 5


def test_a_long_reply_is_one_reply_and_later_ones_come_in_one_piece() -> None:
    found = load(answering(lambda _line: b"OK|" + b"x" * 10_000 + b"\n"))
    assert {} == found.errors
    assert found.judge.violation_count == found.loop.answered > 5  # a value that nobody asked for
    assert 10_004 <= found.loop._read_bytes < 2 * 10_004


def test_a_connection_that_closes_is_a_reply_that_did_not_come_and_is_made_again() -> None:
    found = load(after(3, None))
    assert found.errors["closed"] == found.judge.violation_count > 1
    assert "HMP-EXE-002" in found.judge.violations[0].clauses
    assert found.loop.reopened > 0
    assert found.device.connections > 2
    assert found.measured.replies > 6


def test_a_connection_that_is_torn_down_is_told_apart() -> None:
    def handle(device: Device, connection: socket.socket) -> None:
        for number, _ in enumerate(device.lines(connection)):
            if number == 2:
                tear_down(connection)
                return
            connection.sendall(b"OK\n")

    found = load(handle)
    assert found.errors["reset"] == found.judge.violation_count > 0


def test_a_device_that_stalls_is_overdue_and_the_others_go_on() -> None:
    turn = itertools.count()

    def handle(device: Device, connection: socket.socket) -> None:
        stalls = next(turn) == 0
        for number, _ in enumerate(device.lines(connection)):
            if not (stalls and number >= 2):
                connection.sendall(b"OK\n")

    found = load(handle, 0.15, timeout_s=0.05)
    assert {"silent": 1} == found.errors
    assert 1 == found.judge.violation_count
    assert "no reply" in found.judge.violations[0].got
    assert found.measured.replies > 20


def test_a_device_that_works_off_our_queue_in_turn_is_slow_and_not_silent() -> None:
    """Twelve connections, 10 ms a reply: each waits 120 ms in the queue, longer than the timeout of 50 ms."""
    waiting: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()

    def work() -> None:
        with suppress(OSError, queue.Empty):
            while True:
                connection = waiting.get(timeout=1.0)
                time.sleep(0.01)
                connection.sendall(b"OK\n")

    def handle(device: Device, connection: socket.socket) -> None:
        for _ in device.lines(connection):
            waiting.put(connection)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    found = load(handle, 0.4, connections=12, timeout_s=0.05)
    slowest = max(latency_us for counts in found.measured.counts.values() for latency_us in counts)
    assert slowest > 50_000
    assert {} == found.errors
    assert found.loop.answered > 20


def test_a_reply_that_never_ends_is_a_flood_and_is_bounded() -> None:
    def handle(device: Device, connection: socket.socket) -> None:
        for number, _ in enumerate(device.lines(connection)):
            connection.sendall(b"OK\n" if number == 0 else b"x" * 3_000_000)

    found = load(handle, 0.1, connections=1, timeout_s=1.0)
    assert found.errors["flooded"] == found.judge.violation_count > 0
    assert len(found.judge.violations[0].got) < 1000


def test_a_reply_that_drips_for_ever_is_overdue() -> None:
    def handle(_device: Device, connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"OK\n")
        connection.recv(65536)
        while True:
            connection.sendall(b"x")

    found = load(handle, 0.15, connections=1, timeout_s=0.03)
    assert found.errors.keys() & {"silent", "flooded"}
    assert found.judge.violation_count > 0


@pytest.mark.parametrize("reply", [b"OK\nOK\n", b"OK\n\n", b"OK\nx"])
def test_more_than_one_reply_is_a_violation(reply: bytes) -> None:
    found = load(after(2, reply))
    assert found.errors["unasked"] == found.judge.violation_count > 0
    assert "reply.unasked" == found.judge.violations[0].check


def test_a_reply_too_many_at_the_very_end_is_found() -> None:
    """Nothing is asked any more when it comes."""
    over = threading.Event()

    def handle(device: Device, connection: socket.socket) -> None:
        for _ in device.lines(connection):
            connection.sendall(b"OK\n")
            if over.wait(0.02):
                connection.sendall(b"OK\n")

    with device(handle) as made:
        loop, judge = loop_on(made.port, connections=1)
        loop.open()
        loop.run(SECONDS)
        threading.Timer(0.005, over.set).start()
        over.wait(1.0)
        loop.drain()
        loop.close()
    assert 1 == judge.violation_count
    assert "reply.unasked" == judge.violations[0].check


def test_a_wrong_reply_is_found_wherever_it_comes() -> None:
    found = load(after(20, b"OK|1\n"))
    assert found.judge.violation_count == found.measured.violations + found.drained.violations > 0
    assert {} == found.errors
    assert found.judge.violation_count == found.loop.answered - 40


def test_connections_that_are_never_served_are_turned_away_and_given_up() -> None:
    """A device may limit its connections; what it does on the ones that it serves decides."""
    free = threading.Semaphore(1)

    def handle(device: Device, connection: socket.socket) -> None:
        if free.acquire(blocking=False):
            OK(device, connection)

    found = load(handle, 0.1, connections=2)
    assert {"turned away"} == set(found.errors)
    assert 0 == found.judge.violation_count
    assert found.loop.turned_away == found.errors["turned away"] > 1
    assert found.measured.replies > 10


def test_a_device_that_goes_away_is_asked_again_within_bounds() -> None:
    def handle(device: Device, connection: socket.socket) -> None:
        for _ in device.lines(connection):
            connection.sendall(b"OK\n")
            if len(device.commands) >= 10:
                device.stop()

    found = load(handle, 0.15)
    assert 0 < found.errors["not connected"] < 20
    assert 10 <= found.loop.answered < 20


def test_a_device_that_never_accepts_is_no_load() -> None:
    with device(OK) as made:
        port = made.port
    loop, _ = loop_on(port)
    with pytest.raises(TransportError, match="cannot connect"):
        loop.open()
    loop.close()


def test_silence_from_the_start_answers_nothing() -> None:
    found = load(silent, 0.1, timeout_s=0.03)
    assert 0 == found.loop.answered
    assert found.loop.turned_away > 1


def test_a_rate_is_obeyed_over_all_connections() -> None:
    found = load(OK, 0.2, connections=4, rate=200.0)
    assert 20 <= found.loop.answered <= 41
    assert 0 == found.judge.violation_count


def test_stopping_ends_the_part_soon_and_keeps_its_figures() -> None:
    with device(OK) as made:
        loop, _ = loop_on(made.port)
        loop.open()
        threading.Timer(0.05, loop.stop).start()
        measured = loop.run(30.0)
        loop.close()
    assert 0.04 < measured.length_s < 5.0
    assert measured.replies > 10


def test_a_large_request_leaves_in_parts() -> None:
    """The kernel takes only a part while the device does not read; the rest follows."""
    slow = threading.Event()

    def handle(device: Device, connection: socket.socket) -> None:
        slow.wait(0.05)
        OK(device, connection)

    with device(handle) as made:
        loop, judge = loop_on(made.port, connections=1, timeout_s=2.0)
        loop._data = [b"x" * 8_000_000 + b"\n"] * len(loop._data)  # no scenario has requests of this size
        loop.open()
        loop.run(0.15)
        drained = loop.drain()
        loop.close()
    assert {} == drained.errors
    assert loop.answered >= 1
    assert 0 == judge.violation_count
    assert set(map(len, made.commands)) == {8_000_000}
