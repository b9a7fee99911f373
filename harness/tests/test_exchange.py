"""Actions on real connections over the loopback: what is sent, how a wait ends, what is refused before a byte leaves."""

from __future__ import annotations

import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from harness.ending import Ending
from harness.errors import InternalError
from harness.exchange import Live
from harness.flow import CaseInconclusive, CaseSkipped, Clock, Close, Connect, Note, Provide, Receive, Send, Undo, Wait
from harness.hearing import Hear, Listen
from harness.line import KEPT_BYTES
from harness.messages.lines import MAX_REPLY_BYTES, LineBinding
from harness.net import Deadline
from harness.permit import Journal, Permit
from harness.target import Allow, Target
from harness.tests.devices import Device, Handler, answering, device, hmp, silent, target_of, tear_down

ID = "cc457821-98a6-416d-9775-336d71eacd05"
CONNECT, COMMAND = Connect("main", "cli"), Send("main", b"getRecordingStatus x\n")


def live(target: Target, provide: Callable[[str, str], str] | None = None, limit: Deadline | None = None) -> Live:
    system = hmp()
    assert system.lines is not None
    made = Live(target, Permit.of(target), {"cli": LineBinding(system, system.lines)}, Journal(), provide, limit)
    made.begin("case")
    return made


@contextmanager
def playing(handler: Handler, **changes: object) -> Iterator[tuple[Live, Device]]:
    """A live driver that is connected to a device."""
    with device(handler) as made:
        driver = live(target_of(made.port, **changes))  # type: ignore[arg-type]  # by name
        try:
            assert driver.perform(CONNECT) is Ending.ANSWERED
            yield driver, made
        finally:
            driver.close()


def once(data: bytes, then: Callable[[socket.socket], object] = lambda _: None) -> Handler:
    """A device that answers its first line with `data`, then does something, then waits for the end."""

    def handle(device: Device, connection: socket.socket) -> None:
        for _ in device.lines(connection):
            connection.sendall(data)
            then(connection)

    return handle


def test_a_message_is_sent_and_its_reply_kept_whole() -> None:
    with playing(once(b"OK|1\nOK|2\n")) as (driver, made):
        assert driver.perform(COMMAND) is None
        assert driver.perform(Receive("main")).raw == b"OK|1\n"
        got = driver.perform(Receive("main"))
        assert (got.raw, got.ending) == (b"OK|2\n", Ending.ANSWERED)
        assert made.commands == ["getRecordingStatus x"]
    steps = driver.transcript.steps
    assert [(step.action, step.data, step.ending) for step in steps] == [
        ("connect", b"", Ending.ANSWERED),
        ("send", b"getRecordingStatus x\n", None),
        ("receive", b"OK|1\n", Ending.ANSWERED),
        ("receive", b"OK|2\n", Ending.ANSWERED),
    ]
    assert [step.at_s for step in steps] == sorted(step.at_s for step in steps)
    assert got.step == 3


ENDINGS: dict[str, tuple[Handler, Ending, bytes]] = {
    "silent": (silent, Ending.SILENT, b""),
    "half-line-then-silent": (once(b"OK|hal"), Ending.SILENT, b"OK|hal"),
    "closed": (once(b"", lambda connection: connection.shutdown(socket.SHUT_RDWR)), Ending.CLOSED, b""),
    "half-line-then-closed": (
        once(b"OK|hal", lambda connection: connection.shutdown(socket.SHUT_RDWR)),
        Ending.CLOSED,
        b"OK|hal",
    ),
    "reset": (once(b"", tear_down), Ending.RESET, b""),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_silence_a_close_and_a_reset_stay_apart_and_half_a_line_is_kept(name: str) -> None:
    handler, ending, raw = ENDINGS[name]
    with playing(handler, timeout=0.1) as (driver, _):
        driver.perform(COMMAND)
        got = driver.perform(Receive("main"))
        assert (got.ending, got.raw) == (ending, raw)


def test_a_wait_ends_at_its_deadline() -> None:
    with playing(silent, timeout=5.0) as (driver, _):
        began = time.monotonic()
        assert driver.perform(Receive("main", deadline_s=0.05)).ending is Ending.SILENT
        assert 0.04 <= time.monotonic() - began < 2.0


def test_an_endless_line_is_a_flood_once_and_for_all_and_only_its_beginning_is_kept() -> None:
    with playing(once(b"x" * (MAX_REPLY_BYTES + 100_000)), timeout=5.0) as (driver, _):
        driver.perform(COMMAND)
        got = driver.perform(Receive("main"))
        assert (got.ending, got.raw) == (Ending.FLOODED, b"x" * KEPT_BYTES)
        assert driver.perform(Receive("main")).ending is Ending.FLOODED


def test_what_is_left_is_taken_without_waiting() -> None:
    with playing(once(b"OK|1\nOK|2\nhalf"), timeout=5.0) as (driver, _):
        driver.perform(COMMAND)
        assert driver.perform(Receive("main")).raw == b"OK|1\n"
        began = time.monotonic()
        got = driver.perform(Receive("main", rest=True))
        assert (got.raw, got.ending) == (b"OK|2\nhalf", Ending.SILENT)
        assert time.monotonic() - began < 1.0
        assert driver.transcript.steps[-1].detail == "rest"


def test_a_refused_connection_is_an_ending() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    driver = live(target_of(port))
    assert driver.perform(CONNECT) is Ending.CLOSED
    assert "refused" in driver.transcript.steps[0].detail
    with pytest.raises(CaseInconclusive, match="'main' is not open"):
        driver.perform(COMMAND)


def test_an_interface_that_the_target_does_not_offer_skips_the_case() -> None:
    """DESIGN.md, Contracts: an interface not named is not offered: its cases are skipped."""
    driver = live(target_of(1))
    with pytest.raises(CaseSkipped, match="does not offer the interface web"):
        driver.perform(Connect("main", "web"))
    assert driver.transcript.steps[0].values == {"end": "skipped", "why": "the target does not offer the interface web"}


def test_a_connection_comes_from_the_source_address_that_was_asked_for() -> None:
    peers: list[str] = []

    def handle(device: Device, connection: socket.socket) -> None:
        peers.append(connection.getpeername()[0])
        silent(device, connection)

    with device(handle) as made:
        driver = live(target_of(made.port))
        assert driver.perform(Connect("main", "cli", "127.0.0.9")) is Ending.ANSWERED
        driver.perform(COMMAND)
        driver.perform(Receive("main", deadline_s=0.05))
        driver.close()
    assert peers == ["127.0.0.9"]
    assert driver.transcript.steps[0].detail == "cli from 127.0.0.9"


def test_a_source_address_that_is_not_ours_skips_the_case() -> None:
    with device(silent) as made:
        driver = live(target_of(made.port))
        with pytest.raises(CaseSkipped, match=r"cannot use the source address 192\.0\.2\.77"):
            driver.perform(Connect("main", "cli", "192.0.2.77"))


@pytest.mark.parametrize("data", [b"deleteSession x\n", b"delete", b'"DELETEsession" x\n', b"x deleteSession"])
def test_what_the_permit_does_not_cover_never_leaves(data: bytes) -> None:
    """DESIGN.md, Vocabulary: permit; whoever asks. The end of the case makes the device see everything that was sent."""
    with playing(silent, allow=Allow()) as (driver, made):
        with pytest.raises(CaseSkipped, match="deleteSession is write"):  # noqa: PT012 - whichever of the two completes the name
            driver.perform(Send("main", data))
            driver.perform(Send("main", b"Session x\n"))
        driver.perform(Close("main", "half-close"))
        assert driver.perform(Receive("main", deadline_s=5.0)).ending is Ending.CLOSED
        assert b"\n" not in made.received
        assert b"deletesession" not in bytes(made.received).lower()


def test_a_name_split_over_sends_is_seen_until_the_line_ends() -> None:
    with playing(answering(lambda _: b"OK\n"), allow=Allow()) as (driver, _):
        driver.perform(Send("main", b"delete\n"))
        driver.perform(Send("main", b"Session\n"))
        driver.perform(Send("main", b"delete"))
        with pytest.raises(CaseSkipped):
            driver.perform(Send("main", b"Session x\n"))


def test_pieces_leave_as_they_are_cut() -> None:
    with playing(once(b"OK\n")) as (driver, made):
        driver.perform(Send("main", b"getRecordingStatus x\n", (3, 5), 0.001))
        driver.perform(Receive("main"))
        assert made.commands == ["getRecordingStatus x"]
        assert driver.transcript.steps[1].pieces == (3, 5)


def test_the_rate_of_requests_is_kept() -> None:
    with playing(answering(lambda _: b"OK\n"), rate=50.0) as (driver, made):
        began = time.monotonic()
        for _ in range(6):
            driver.perform(COMMAND)
        driver.perform(Send("main", b"a\nb\nc\n"))
        driver.perform(Send("main", b"d\n"))
        assert time.monotonic() - began >= 9 / 50
        for _ in range(10):
            driver.perform(Receive("main"))
        assert len(made.commands) == 10


def test_waits_are_device_time_and_long_ones_need_leave() -> None:
    with playing(silent, clock_scale=1000.0, allow=Allow()) as (driver, _):
        began = time.monotonic()
        driver.perform(Wait(50.0))
        assert 0.05 <= time.monotonic() - began < 2.0
        assert driver.perform(Clock()) >= 0.05
        with pytest.raises(CaseSkipped, match="more than 15 s"):
            driver.perform(Wait(15_001.0))


def test_listening_without_leave_to_be_slow_ends_early_and_says_nothing_of_the_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What comes at once is heard, however long it might have been waited for."""
    monkeypatch.setattr("harness.exchange.SLOW_WALL_S", 0.05)
    with playing(silent, allow=Allow()) as (driver, _):
        uri = driver.perform(Listen("ear", "127.0.0.1", 0, "/ear"))
        with urllib.request.urlopen(uri, data=b"x", timeout=2) as reply:
            assert reply.status == 200
        assert driver.perform(Hear("ear", 3600.0)).data.endswith(b"x")
        with pytest.raises(CaseSkipped, match="more than 15 s"):
            driver.perform(Hear("ear", 3600.0))
        assert driver.perform(Hear("ear", 0.01)).ending is Ending.SILENT
        assert [step.values.get("end", "") for step in driver.transcript.steps[-4:]] == ["", "", "skipped", ""]
        driver.finish()


def test_listening_after_the_time_of_the_run_is_inconclusive() -> None:
    with device(silent) as made:
        driver = live(target_of(made.port), limit=Deadline.after(0))
        driver.perform(Listen("ear", "127.0.0.1", 0, "/ear"))
        with pytest.raises(CaseInconclusive, match="time was up"):
            driver.perform(Hear("ear", 1.0))
        driver.finish()


def test_after_the_time_of_the_run_nothing_is_waited_for() -> None:
    """DESIGN.md, Contracts: after --max-time what is left is inconclusive."""
    with device(silent) as made:
        driver = live(target_of(made.port, timeout=30.0), limit=Deadline.after(0))
        assert driver.perform(CONNECT) is Ending.ANSWERED
        with pytest.raises(CaseInconclusive, match="time was up"):
            driver.perform(Wait(0.5))
        driver.close()


def test_a_shared_object_comes_from_the_run_and_its_end_is_kept() -> None:
    def provide(kind: str, state: str) -> str:
        if state == "none":
            raise CaseSkipped("needs the fixture x")
        return f"{kind}-{state}"

    driver = live(target_of(1), provide)
    assert driver.perform(Provide("session", "any")) == "session-any"
    with pytest.raises(CaseSkipped):
        driver.perform(Provide("session", "none"))
    assert driver.transcript.steps[-1].values == {"end": "skipped", "why": "needs the fixture x"}
    with pytest.raises(InternalError):
        live(target_of(1)).perform(Provide("session", "any"))


def created(driver: Live, *names: str) -> None:
    for name in names:
        driver.perform(Note("add", "deleteSession", (name,)))


def test_what_was_created_is_undone_newest_first_on_a_connection_of_its_own() -> None:
    with playing(answering(lambda _: b"OK\n")) as (driver, made):
        created(driver, "a", "b")
        assert driver.undo() == []
        assert made.commands == ["deleteSession b", "deleteSession a"]
        assert made.connections == 2
        created(driver, "c")
        assert driver.undo() == []
        assert made.connections == 2


def test_undo_tries_a_second_connection_if_the_first_was_closed() -> None:
    def handle(device: Device, connection: socket.socket) -> None:
        number = device.connections
        for _ in device.lines(connection):
            if number == 2:
                return  # closes without a reply
            connection.sendall(b"OK\n")

    with playing(handle) as (driver, made):
        created(driver, ID)
        assert driver.undo() == []
        assert made.commands == [f"deleteSession {ID}"] * 2
        assert made.connections == 3


@pytest.mark.parametrize(
    ("reply", "done"),
    [
        (b"OK\n", True),
        (b"ERROR|040006|Session not found\n", True),
        (b"ERROR|060003|Recording currently in progress\n", False),
        (b"garbage\n", False),
        (b"", False),
    ],
)
def test_what_is_gone_already_needs_no_undo_and_what_is_refused_is_told(reply: bytes, done: bool) -> None:
    with playing(answering(lambda _: reply), timeout=0.05) as (driver, _):
        created(driver, ID)
        assert driver.undo() == ([] if done else [Undo(operation="deleteSession", arguments=(ID,), case="case")])


def test_undo_of_a_device_that_is_gone_ends_and_tells() -> None:
    with playing(silent) as (driver, made):
        created(driver, ID, "b")
        made.stop()
        assert [entry.arguments for entry in driver.undo()] == [("b",), (ID,)]


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_closed_connection_cannot_be_used_and_the_device_sees_the_end(how: str) -> None:
    with playing(silent) as (driver, _):
        driver.perform(Close("main", how))
        with pytest.raises(CaseInconclusive):
            driver.perform(COMMAND)
        driver.perform(Close("main", how))
        assert [step.action for step in driver.transcript.steps] == ["connect", how, "send", how]


def test_a_connection_that_is_made_anew_lets_go_of_the_old_one() -> None:
    with playing(once(b"", lambda connection: connection.shutdown(socket.SHUT_RDWR))) as (driver, _):
        old = driver._lines["main"].link
        driver.perform(COMMAND)
        assert driver.perform(Receive("main")).ending is Ending.CLOSED
        assert driver.perform(CONNECT) is Ending.ANSWERED
        assert old._socket.fileno() == -1
