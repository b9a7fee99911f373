"""Probes of feedback receivers, and of diagnostics and previews that are sent later."""

from __future__ import annotations

import contextlib
import threading
import xmlrpc.client
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from harness.tests.probes.tps_objects import conference
from harness.tests.probes.tps_shapes import EVENTS, fit
from harness.tests.probes.tps_wire import INVALID, LONG, RANGE, NotHere, World, each, need, probe

WAIT_S = 3.0
NOWHERE = "http://127.0.0.1:9/RPC2"
CONFIGURE = "feedbackReceiver.configure"
RECONFIGURE = "feedbackReceiver.reconfigure"
REMOVE = "feedbackReceiver.remove"
STATUS = "feedbackReceiver.status"
ROW = {"index": "int:1:20", "sourceIdentifier": "string:255", "receiverURI": "string:255"}
RECEIVER = {
    "receiverIndex": "int:1:20",
    "sourceIdentifier": "string:255",
    "receiverURI": "string:255",
    "subscribedEvents": [EVENTS],
}


def receiver(world: World, **members: Any) -> int:
    """A new receiver in a free slot."""
    got = world.call(CONFIGURE, **{"receiverURI": NOWHERE, "receiverIndex": -1, **members})
    fit(got, {"receiverIndex": "int:1:20"}, CONFIGURE)
    world.later(REMOVE, receiverIndex=got["receiverIndex"])
    return int(got["receiverIndex"])


def rows(world: World) -> dict[int, Any]:
    """The receivers that there are."""
    got = world.call("feedbackReceiver.query")
    fit(got, {"receivers": [ROW]}, "feedbackReceiver.query")
    return {one["index"]: one for one in got["receivers"]}


@probe(
    "feedback-configure", "a receiver appears in query and status, with all events by default", 1717, 1719, 1733, 1775
)
def configure(world: World) -> None:
    before = rows(world)
    index = receiver(world)
    need(index not in before, "a slot that was in use")
    got = world.call(STATUS, receiverIndex=index)
    fit(got, RECEIVER, STATUS)
    need(got["receiverIndex"] == index and got["receiverURI"] == NOWHERE, f"{got}")
    need(set(got["subscribedEvents"]) == set(EVENTS), f"not all events: {got['subscribedEvents']}")
    need(rows(world)[index]["receiverURI"] == NOWHERE, f"{rows(world)}")


@probe("feedback-default-index", "the default index is 1, and overwrites", 1717)
def overwrite(world: World) -> None:
    world.later(REMOVE, receiverIndex=1)
    for mine in ("one", "two"):
        got = world.call(CONFIGURE, receiverURI=NOWHERE, sourceIdentifier=mine)
        need(got == {"receiverIndex": 1}, f"{got}")
        need(world.call(STATUS, receiverIndex=1)["sourceIdentifier"] == mine, mine)


@probe("feedback-index", "below 0, or 1 to 20", 1717, 1749)
def indices(world: World) -> None:
    for good in (20, 7):
        need(receiver(world, receiverIndex=good) == good, f"{good}")
    for bad in (0, 21, 2147483647):
        world.fault(CONFIGURE, RANGE, receiverURI=NOWHERE, receiverIndex=bad)
    world.garbled(CONFIGURE, "receiverIndex", receiverURI=NOWHERE, receiverIndex="1")


@probe("feedback-uri", "an http or https URI of up to 255 characters is required", 1712)
def uris(world: World) -> None:
    longest = "http://tms1:8080/".ljust(255, "x")
    for good in (longest, "https://tms1:443/RPC2", "http://tms1", "http://198.51.100.7/"):
        index = receiver(world, receiverURI=good)
        need(rows(world)[index]["receiverURI"] == good, good)
    world.lacks(CONFIGURE, "receiverURI", receiverIndex=-1)
    world.fault(CONFIGURE, LONG, receiverURI=f"{longest}x", receiverIndex=-1)
    for bad in ("ftp://tms1/", "tms1", "", "http://", "/RPC2"):
        world.fault(CONFIGURE, INVALID, receiverURI=bad, receiverIndex=-1)
    world.garbled(CONFIGURE, "receiverURI", receiverURI=5)


@probe("feedback-source", "up to 255 ASCII characters", 1718, 1739)
def source(world: World) -> None:
    for good in ("x" * 255, "hello & <you>"):
        index = receiver(world, sourceIdentifier=good)
        need(world.call(STATUS, receiverIndex=index)["sourceIdentifier"] == good, good)
    world.fault(CONFIGURE, LONG, receiverURI=NOWHERE, receiverIndex=-1, sourceIdentifier="x" * 256)
    world.fault(CONFIGURE, receiverURI=NOWHERE, receiverIndex=-1, sourceIdentifier="é")
    world.garbled(CONFIGURE, "sourceIdentifier", receiverURI=NOWHERE, receiverIndex=-1, sourceIdentifier=5)


@probe("feedback-events", "each event of Table 6 may be subscribed to, and no other", 797, 812, 828, 1719)
def events(world: World) -> None:
    for one in EVENTS:
        index = receiver(world, subscribedEvents=[one])
        need(world.call(STATUS, receiverIndex=index)["subscribedEvents"] == [one], one)
        world.done(REMOVE, receiverIndex=index)
    for bad in (["nothing"], ["restart", "Restart"]):
        world.fault(CONFIGURE, INVALID, receiverURI=NOWHERE, receiverIndex=-1, subscribedEvents=bad)
    for wrong in each("restart", {}, [1]):
        world.garbled(CONFIGURE, "subscribedEvents", receiverURI=NOWHERE, receiverIndex=-1, subscribedEvents=wrong)


@probe("feedback-reconfigure", "only what is given changes", 1744, 1749, 1752)
def reconfigure(world: World) -> None:
    index = receiver(world, sourceIdentifier="s", subscribedEvents=["restart", "flexAlive"])
    state = world.call(STATUS, receiverIndex=index)
    changes = {"receiverURI": "http://tms2/RPC2", "sourceIdentifier": "t", "subscribedEvents": ["cdrAdded"]}
    for name, value in changes.items():
        world.done(RECONFIGURE, receiverIndex=index, **{name: value})
        state[name] = value
        got = world.call(STATUS, receiverIndex=index)
        need(sorted(got.pop("subscribedEvents")) == sorted(state["subscribedEvents"]), f"{name}: events")
        need(got == {key: state[key] for key in got} and len(got) == 3, f"{name}: {got}")
    world.fault(RECONFIGURE, INVALID, receiverIndex=index, receiverURI="tms")
    world.fault(RECONFIGURE, LONG, receiverIndex=index, sourceIdentifier="x" * 256)
    world.fault(RECONFIGURE, INVALID, receiverIndex=index, subscribedEvents=["x"])


@probe("feedback-no-such", "no receiver at the index is a fault, as is none given", 1749, 1761, 1770)
def no_such(world: World) -> None:
    index = receiver(world)
    world.done(REMOVE, receiverIndex=index)
    need(index not in rows(world), "still there")
    for method in (RECONFIGURE, REMOVE, STATUS):
        world.fault(method, receiverIndex=index)
        for bad in (0, 21, -1):
            world.fault(method, receiverIndex=bad)
        world.lacks(method, "receiverIndex")
        world.garbled(method, "receiverIndex", receiverIndex="1")


@probe("feedback-full", "there are twenty slots", 1717, 1738)
def full(world: World) -> None:
    free = 20 - len(rows(world))
    found = {receiver(world) for _turn in range(free)}
    need(len(found) == free, f"{sorted(found)}")
    world.fault(CONFIGURE, receiverURI=NOWHERE, receiverIndex=-1)


@contextlib.contextmanager
def listening(world: World) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """The URI of a listener of our own, and what it was sent."""
    heard: list[tuple[str, Any]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            values, method = xmlrpc.client.loads(data.decode())
            heard.append((str(method), values[0]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    host = world.fixtures.get("listener_host")
    if host is None:
        raise NotHere
    server = ThreadingHTTPServer((host, world.fixtures.get("listener_port", 0)), Listener)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}/RPC2", heard
    finally:
        server.shutdown()
        server.server_close()


def mac(world: World) -> str:
    """The address that the device calls itself by."""
    return str(world.call("device.network.query")["portA"]["macAddress"])


@probe("event-notification", "eventNotification tells who sends it, and what has happened", 753, 755, 756, 799)
def notification(world: World) -> None:
    with listening(world) as (uri, heard):
        receiver(
            world, receiverURI=uri, sourceIdentifier="probe", subscribedEvents=["configureAck", "flexConferenceEnum"]
        )
        world.wait(
            lambda: "configureAck" in [one for _m, got in heard for one in got["events"]], "configureAck", WAIT_S
        )
        conference(world)
        world.wait(
            lambda: "flexConferenceEnum" in [one for _m, got in heard for one in got["events"]], "flexConferenceEnum"
        )
    for method, got in heard:
        need(method == "eventNotification", method)
        fit(got, {"sourceIdentifier": "string:255", "events": [EVENTS]}, "eventNotification")
        need(got["sourceIdentifier"] == "probe", f"{got}")
        need(
            set(got["events"]) <= {"configureAck", "flexConferenceEnum", "receiverModified", "receiverDeleted"},
            f"{got}",
        )


@probe("event-source", "without a sourceIdentifier, the MAC address", 755, 1718)
def event_source(world: World) -> None:
    with listening(world) as (uri, heard):
        receiver(world, receiverURI=uri)
        world.wait(lambda: heard, "configureAck", WAIT_S)
    need(heard[0][1]["sourceIdentifier"].replace(":", "").upper() == mac(world).upper(), f"{heard[0]}")


@probe("event-alive", "flexAlive comes every ten seconds", 801)
def alive(world: World) -> None:
    with listening(world) as (uri, heard):
        receiver(world, receiverURI=uri, subscribedEvents=["flexAlive"])
        world.wait(lambda: sum("flexAlive" in got["events"] for _m, got in heard) > 1, "twice", 25 / world.scale + 3)
