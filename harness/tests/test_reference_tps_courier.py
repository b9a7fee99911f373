"""The TelePresence Server reference server over sockets to plain listeners: what it posts, and that no listener stops it or another one."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import tomllib
import xmlrpc.client
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harness.certify import reference_server

CLOCK = 20.0
SOON_S, LATE_S = 2.0, 10.0  # a message comes within; a test gives up
Heard = tuple[str, str, Any]  # path, method, members
RESOURCES = {
    **{f"mediaTokens{kind}": {"total": total} for kind, total in (("MainVideo", 315), ("ExtendedVideo", 105), ("Audio", 52))},
    "numMediaCredits": 630,
}  # fmt: skip


class Listener:
    """A listener of the standard library. `manner`: ok, error, slow (answers after a second), hang (never answers)."""

    def __init__(self, manner: str = "ok") -> None:
        self.manner, self.heard = manner, queue.Queue[Heard]()
        self.headers: list[dict[str, str]] = []
        self._ended = threading.Event()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                values, method = xmlrpc.client.loads(data.decode())
                listener.headers.append({name.lower(): value for name, value in self.headers.items()})
                listener.heard.put((self.path, str(method), values[0]))
                if listener.manner in ("slow", "hang"):
                    listener._ended.wait(1.0 if listener.manner == "slow" else LATE_S)
                with contextlib.suppress(OSError):
                    self.send_response(500 if listener.manner == "error" else 200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.uri = f"http://127.0.0.1:{self._server.server_port}/RPC2"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Nobody is there any more."""
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def event(self, name: str, within_s: float = SOON_S) -> float | None:
        """Seconds until an event came; None if it did not."""
        began = time.monotonic()
        while (left := began + within_s - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                if name in self.heard.get(timeout=left)[2]["events"]:
                    return time.monotonic() - began
        return None


class Device:
    """A bundled server, and what a client asks of it."""

    def __init__(self, target: dict[str, Any]) -> None:
        self.proxy = xmlrpc.client.ServerProxy(f"http://{target['host']}:{target['ports']['http']}/RPC2")
        self.login = {
            "authenticationUser": target["credentials"]["user"],
            "authenticationPassword": target["credentials"]["password"],
        }
        self.fixtures: dict[str, Any] = target["fixtures"]

    def call(self, method: str, **members: Any) -> dict[str, Any]:
        """The members of a success."""
        told = getattr(self.proxy, method)({**self.login, **members})
        assert isinstance(told, dict)
        return told

    def tell(self, listener: Listener, *events: str, **more: Any) -> int:
        """Make a listener a receiver."""
        subscribed = {"subscribedEvents": list(events)} if events else {}
        told = self.call(
            "feedbackReceiver.configure", **{"receiverURI": listener.uri, "receiverIndex": -1, **subscribed, **more}
        )
        return int(told["receiverIndex"])

    def conference(self) -> str:
        """A new conference."""
        members = {
            "conferenceName": "c",
            "participantMediaResources": RESOURCES,
            "welcomeScreen": False,
            "waitForChair": False,
        }
        return str(self.call("flex.conference.create", **members)["conferenceID"])

    def connected(self) -> str:
        """A participant that has answered."""
        call = {"remoteAddress": self.fixtures["answering_addresses"][0], "callBandwidth": 2_000_000, "protocol": "sip"}
        told = self.call("flex.participant.create", conferenceID=self.conference(), calls=[call])
        time.sleep(3 / CLOCK)
        return str(told["participantID"])


@contextlib.contextmanager
def running(folder: Path, *words: str) -> Iterator[Device]:
    """A server of its own."""
    path = folder / "target.toml"
    with reference_server("tps", ("--write-target", str(path), "--clock-scale", str(CLOCK), *words)):
        device = Device(tomllib.loads(path.read_text(encoding="utf-8"))["target"])
        yield device
        device.proxy("close")()


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    """A server without faults."""
    with running(tmp_path_factory.mktemp("tps")) as found:
        yield found


@pytest.fixture
def listeners() -> Iterator[Callable[..., Listener]]:
    """Makes listeners, and ends them."""
    made: list[Listener] = []

    def make(manner: str = "ok") -> Listener:
        made.append(Listener(manner))
        return made[-1]

    yield make
    for one in made:
        with contextlib.suppress(OSError):
            one.close()


@pytest.mark.slow
def test_a_message_is_posted_to_the_whole_uri(device: Device, listeners: Callable[..., Listener]) -> None:
    """feedbackReceiver.configure, Feedback Messages."""
    one = listeners()
    one.uri += "/deep?a=b"
    slot = device.tell(one, sourceIdentifier="lab <1>")
    path, method, members = one.heard.get(timeout=SOON_S)
    assert (path, method) == ("/RPC2/deep?a=b", "eventNotification")
    assert members == {"sourceIdentifier": "lab <1>", "events": ["configureAck"]}
    assert one.headers[0]["content-type"] == "text/xml"
    assert one.headers[0]["host"] == one.uri.split("/")[2]
    device.call("feedbackReceiver.remove", receiverIndex=slot)
    assert one.event("receiverDeleted") is not None


@pytest.mark.slow
def test_alive_comes_in_device_time(device: Device, listeners: Callable[..., Listener]) -> None:
    one = listeners()
    slot = device.tell(one, "flexAlive")
    waited = [one.event("flexAlive") for _ in range(3)]
    assert all(seconds is not None and seconds * CLOCK < 15 for seconds in waited), waited
    device.call("feedbackReceiver.remove", receiverIndex=slot)


@pytest.mark.slow
@pytest.mark.parametrize("manner", ["error", "slow", "hang", "refuse"])
def test_a_bad_receiver_stops_neither_the_device_nor_others(
    device: Device, listeners: Callable[..., Listener], manner: str
) -> None:
    bad, good = listeners(manner), listeners()
    if manner == "refuse":
        bad.close()
    slots = [device.tell(bad), device.tell(good)]
    for _ in range(5):
        began = time.monotonic()
        device.conference()
        assert time.monotonic() - began < 1
        assert good.event("flexConferenceEnum") is not None
    for slot in slots:
        device.call("feedbackReceiver.remove", receiverIndex=slot)


@pytest.mark.slow
def test_a_receiver_that_failed_is_told_of_what_comes_later(device: Device, listeners: Callable[..., Listener]) -> None:
    one = listeners("error")
    slot = device.tell(one)
    device.conference()
    assert one.event("flexConferenceEnum") is not None
    one.manner = "ok"
    device.conference()
    assert one.event("flexConferenceEnum") is not None
    device.call("feedbackReceiver.remove", receiverIndex=slot)


def last_is_told(device: Device, one: Listener, changes: int = 30) -> bool:
    """Whether a receiver is sent a message after the last of changes that follow one another."""
    conference = device.conference()
    for number in range(changes):
        while not one.heard.empty():
            one.heard.get()
        device.call("flex.conference.modify", conferenceID=conference, conferenceName=f"c{number}")
    return one.event("flexConferenceEnum") is not None


@pytest.mark.slow
def test_however_many_changes_there_are_the_last_is_told(device: Device, listeners: Callable[..., Listener]) -> None:
    one = listeners()
    slot = device.tell(one, "flexConferenceEnum")
    assert all(last_is_told(device, one) for _ in range(3))
    device.call("feedbackReceiver.remove", receiverIndex=slot)


@pytest.mark.slow
def test_nothing_leaves_the_machine(device: Device) -> None:
    """A server that listens inside knows of nobody outside: that is as if nobody were there."""
    who = device.connected()
    for outside in ("http://192.0.2.7:8080/RPC2", "http://nobody.invalid/RPC2", "https://198.51.100.9/"):
        for _ in range(5):
            device.call("flex.participant.requestDiagnostics", participantID=who, receiverURI=outside)
        time.sleep(0.3)  # they are given up at once, so that others find room


@pytest.mark.slow
def test_a_listener_that_hangs_keeps_ten_requests_outstanding(
    device: Device, listeners: Callable[..., Listener]
) -> None:
    who, hangs, good = device.connected(), listeners("hang"), listeners()
    for _ in range(10):
        device.call("flex.participant.requestDiagnostics", participantID=who, receiverURI=hangs.uri)
    time.sleep(0.2)
    with pytest.raises(xmlrpc.client.Fault) as refused:
        device.call("flex.participant.requestDiagnostics", participantID=who, receiverURI=good.uri)
    assert refused.value.faultCode == 203
    hangs.close()
    began = time.monotonic()
    while time.monotonic() < began + LATE_S:
        with contextlib.suppress(xmlrpc.client.Fault):
            device.call("flex.participant.requestDiagnostics", participantID=who, receiverURI=good.uri)
            break
        time.sleep(0.1)
    assert good.heard.get(timeout=SOON_S)[1] == "participantDiagnosticsResponse"


@pytest.mark.slow
@pytest.mark.parametrize("reading", ["logged", "again"])
def test_what_is_not_delivered_may_be_sent_again(
    reading: str, tmp_path: Path, listeners: Callable[..., Listener]
) -> None:
    one = listeners("error")
    with running(tmp_path, "--reading", f"TPS-AMB-241={reading}") as device:
        device.tell(one, "configureAck")
        time.sleep(0.6)
    assert one.heard.qsize() == (1 if reading == "logged" else 3)


@pytest.mark.slow
def test_one_after_the_other(tmp_path: Path, listeners: Callable[..., Listener]) -> None:
    """The fault."""
    bad, good = listeners("hang"), listeners()
    with running(tmp_path, "--fault", "one-after-the-other") as device:
        device.tell(bad)
        device.tell(good)
        device.conference()
        assert good.event("flexConferenceEnum", 1) is None


@pytest.mark.slow
def test_deaf_after_failure(tmp_path: Path, listeners: Callable[..., Listener]) -> None:
    """The fault."""
    one = listeners("error")
    with running(tmp_path, "--fault", "deaf-after-failure") as device:
        device.tell(one)
        assert one.event("configureAck") is not None
        one.manner = "ok"
        time.sleep(0.2)
        device.conference()
        assert one.event("flexConferenceEnum", 1) is None


@pytest.mark.slow
def test_lost_while_busy(tmp_path: Path, listeners: Callable[..., Listener]) -> None:
    """The fault."""
    one = listeners("slow")
    with running(tmp_path, "--fault", "lost-while-busy") as device:
        device.tell(one, "configureAck", "flexConferenceEnum")
        assert one.event("configureAck") is not None
        device.conference()  # while the listener takes its time
        assert one.event("flexConferenceEnum") is None
