"""Load over packets with XML messages: what a validator takes for known, sessions of connections, scenarios, and what they leave."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from harness.case import rng_for
from harness.ending import Ending
from harness.errors import InternalError
from harness.load.connections import Connection, ways
from harness.load.packets import MARK, LoadBinding, Sessions
from harness.load.packetvalidate import PacketValidator
from harness.load.run import LoadPlan, LoadRun
from harness.load.scenario import LoadOperation, Request, make_requests
from harness.load.verdicts import Level
from harness.permit import Permit
from harness.reference.rss2000.world import ADMINISTRATOR, PASSWORD
from harness.suite import load_suite
from harness.target import Allow, Target
from harness.tests.commands import clausewise
from harness.tests.devices import Device, device
from harness.tests.rss2000_scene import MODEL, Scene
from harness.wire.tpkt import encode, split

ALL = Allow(write=True, disruptive=True, destructive=True, slow=True, load=True)
Spoil = Callable[[bytes], bytes]


def target(port: int = 1, **more: Any) -> Target:
    given: dict[str, Any] = {
        "credentials": {"user": ADMINISTRATOR, "password": PASSWORD},
        "dialect": {"RSS-AMB-001": "dvcrmager"},
        **more,
    }
    return Target(system="rss2000", name="toy", host="127.0.0.1", ports={"xml": port}, allow=ALL, **given)


def binding(given: Target | None = None) -> LoadBinding:
    assert MODEL.messages is not None
    return LoadBinding(MODEL, MODEL.messages, given or target())


def request(operation: str, *values: str, count: int = 1) -> Request:
    kind = LoadOperation(name=operation.lower(), weight=1, operation=operation, values=lambda _values: values)
    own = binding()
    return make_requests([kind], {}, own, Permit.of(target()), rng_for(1, "test"), count)[0]


def validator(level: Level = Level.FULL, **more: Any) -> PacketValidator:
    given = target(**more)
    return PacketValidator(binding(given), level, given)


def packet(operation: str, *fields: tuple[str, str], result: str = "0", root: str = "DVCRMAGER") -> bytes:
    inner = "".join(f'\n    <{name} value="{value}" />' for name, value in (("RESULT", result), *fields))
    confirm = f'\n  <CONFIRM xmlid="{operation}">{inner}\n  </CONFIRM>'
    return encode(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} version="1.0.0.0">{confirm}\n</{root}>\n'.encode())


STATUS = (
    ("DISK", "23"),
    ("CPU", "7"),
    ("TIME", "03-24-2006 21:27:47"),
    ("TIMEVALUE", "1143235667"),
    ("TIMEZONE", "-8"),
)


def status(**changed: str) -> bytes:
    return packet("refreshstatus", *((name, changed.get(name, value)) for name, value in STATUS))


# What is known.


def test_a_shape_is_learned_from_the_first_reply_and_takes_other_values_of_the_types() -> None:
    own, asked = validator(), request("REFRESHSTATUS")
    known = own.known(asked)
    assert not known(status())
    assert own.slow(asked, status(), Ending.ANSWERED)
    assert known(status())
    assert known(status(DISK="100", CPU="0", TIME="any text", TIMEVALUE="99", TIMEZONE="12"))
    assert 1 == own.parsed


@pytest.mark.parametrize(
    "wrong",
    [
        status(DISK="101"),
        status(CPU="-1"),
        status(TIMEZONE="13"),
        status(DISK=""),
        status(TIME='a" b="'),
        status(TIME="a\x01"),
        status(TIME="<"),
        status(TIME="&x;"),
        status().replace(b"<CPU", b"<GPU"),
        status().replace(b'    <CPU value="7" />\n', b""),
        status()[:-1],
        status() + b" ",
        b"\x04" + status()[1:],
        status()[:2] + b"\xff\xff" + status()[4:],
        status().replace(b"DVCRMAGER", b"DVCRMAGEX"),
        status().replace(b"refreshstatus", b"refreshstatuz"),
        status().replace(b'RESULT value="0"', b'RESULT value="1"'),
        status().replace(b"21:27:47", b"\xff1:27:47"),
    ],
)
def test_what_is_wrong_is_not_known_and_is_a_violation(wrong: bytes) -> None:
    own, asked = validator(), request("REFRESHSTATUS")
    assert own.slow(asked, status(), Ending.ANSWERED)
    assert not own.known(asked)(wrong)
    if wrong[:1] == b"\x03" and wrong[2:4] == status()[2:4] and len(wrong) == len(status()):
        assert not own.slow(asked, wrong, Ending.ANSWERED)
        assert own.violations[0].clauses


def test_what_repeats_the_command_is_known_with_the_value_of_that_command_only() -> None:
    own = validator()
    first, second = (request("DELENDPOINT", f"SOURCENAME={name}") for name in ("one", "t<&w"))

    def reply(name: str) -> bytes:
        more = (("SOURCEIP", "10.0.0.1"), ("FLAG", "1"), ("E164", ""), ("H323", ""))
        return packet("delendpoint", ("SOURCEID", "0" * 32), ("SOURCENAME", name), *more)

    assert own.slow(first, reply("one"), Ending.ANSWERED)
    assert own.known(second)(reply("t&lt;&amp;w"))
    assert not own.known(second)(reply("one"))
    assert not own.slow(second, reply("one"), Ending.ANSWERED)
    assert "RSS-DELENDPOINT.confirm.SOURCENAME" in own.violations[0].clauses


def test_lists_may_be_longer_or_shorter_and_an_entry_may_not_be_another() -> None:
    scene = Scene()
    client = scene.client()
    own, asked = validator(), request("GETEPLINK", "LANG=en")
    raw = client.send(client.bytes_of("geteplink", [("LANG", "en")]))
    assert own.slow(asked, raw, Ending.ANSWERED)
    payload = split(raw)[0][0]
    start = payload.index(b"<CONFIRM")
    entry = payload[start : payload.index(b"<CONFIRM", start + 1)]
    longer = encode(payload[:start] + entry + payload[start:])
    assert own.known(asked)(longer)
    wrong = encode(payload[:start] + entry.replace(b'H239 value="', b'H239 value="7') + payload[start:])
    assert not own.known(asked)(wrong)
    assert not own.slow(asked, wrong, Ending.ANSWERED)


def test_a_failure_is_no_answer_to_what_must_succeed_but_is_one_of_the_document() -> None:
    asked, failed = request("REFRESHSTATUS"), packet("refreshstatus", ("DESCRIPTION", "no"), result="1")
    own = validator()
    assert not own.slow(asked, failed, Ending.ANSWERED)
    assert ("RSS-REFRESHSTATUS",) == own.violations[0].clauses
    assert validator(Level.SHAPE).slow(asked, failed, Ending.ANSWERED)
    framed = validator(Level.FRAMING)
    assert framed.known(asked)(failed)
    assert not framed.known(asked)(failed[:-1])


def test_a_pinned_reading_is_asked_for() -> None:
    own, asked = validator(), request("REFRESHSTATUS")
    other = packet("refreshstatus", *STATUS, root="DVCRMANAGER")
    assert not own.slow(asked, other, Ending.ANSWERED)
    assert validator(dialect={}).slow(asked, other, Ending.ANSWERED)


def test_no_secret_stands_in_a_violation() -> None:
    given: dict[str, Any] = {"credentials": {"user": ADMINISTRATOR, "password": "correct-horse-battery"}}
    own = validator(**given)
    kind = LoadOperation(name="login", weight=1, operation="LOGIN", values=lambda _values: ())
    asked = make_requests([kind], {}, binding(target(**given)), Permit.of(target()), rng_for(1, "x"), 1)[0]
    assert b"correct-horse-battery" in asked.data
    session = "7e76c583-2215-4c89-9a1af7a6c4ed8f11"
    wrong = packet("login", ("PRIVILEGE", "9"), ("SESSIONID", session))
    assert not own.slow(asked, wrong, Ending.ANSWERED)
    own.unasked(asked, wrong)
    assert not any(secret in str(own.violations) for secret in ("correct-horse-battery", session))


# Sessions.


def test_the_session_of_the_connection_takes_the_place_of_the_mark() -> None:
    own, asked = binding(), request("GETDEVINFO")
    connection = Connection(0, 0)
    connection.session = b"a&amp;b"
    sessions = Sessions(own, logs_in=False)
    for _ in range(2):
        ((payload,), rest) = split(sessions.dress(connection, asked.data))
        assert b'<SESSIONID value="a&amp;b" />' in payload
        assert MARK.encode() not in payload
        assert b"" == rest


def test_ways_of_sequences_keep_to_parts_of_their_own() -> None:
    following, before, places = ways(14, 2, 3)
    assert [5, 11] == places
    walked = [places[1]]
    for _ in range(7):
        walked.append(following[walked[-1]])
    assert [11, 6, 7, 8, 9, 10, 11, 6] == walked
    assert all(before[following[at]] == at for at in range(12))
    assert ([1, 2, 0], [2, 0, 1], [0, 1]) == ways(3, 2, 1)
    with pytest.raises(InternalError, match="2 connections"):
        ways(5, 2, 3)


# Runs.


@contextmanager
def served(scene: Scene, spoil: Spoil = lambda reply: reply) -> Iterator[Device]:
    """The reference server's device on a real port."""
    lock = threading.Lock()

    class Peer:
        def __init__(self, connection: socket.socket) -> None:
            self.connection = connection
            self.ended = False

        def push(self, data: bytes) -> None:
            self.connection.sendall(data)

        def end(self) -> None:
            self.ended = True

    def handle(_device: Device, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(connection)
        with lock:
            conversation = scene.device.open_connection()
            conversation.attach(peer)
        while chunk := connection.recv(65536):
            with lock:
                reply = conversation.receive(chunk)
            connection.sendall(spoil(reply))
            if peer.ended or conversation.closing or conversation.dropped:
                return

    with device(handle) as made:
        yield made


def run(scene: Scene, scenario: str, spoil: Spoil = lambda reply: reply, connections: int = 3) -> dict[str, Any]:
    suite = load_suite(MODEL)
    with served(scene, spoil) as made:
        plan = LoadPlan(
            system=MODEL,
            suite=suite,
            target=target(made.port, timeout=2.0),
            scenario=suite.loads[scenario],
            seed=1,
            connections=connections,
            duration_s=0.2,
        )
        return LoadRun(plan).figures()


def left(scene: Scene) -> list[str]:
    names = [one.fields for one in scene.client().done("getendpoint")]
    return [field.attributes["value"] for fields in names for field in fields if field.name == "SOURCENAME"]


@pytest.mark.parametrize("scenario", ["monitor", "accounts", "sessions"])
def test_a_scenario_conforms_and_leaves_nothing(scenario: str) -> None:
    scene = Scene()
    before = left(scene)
    figures = run(scene, scenario)
    assert (0, {}) == (figures["run"]["exit_code"], figures["validation"]["by_clause"]), figures["run"]["notes"]
    assert figures["measured"]["replies"] > 20
    assert figures["validation"]["parsed_in_full"] < 40
    assert before == left(scene)


def test_connections_log_out() -> None:
    scene = Scene()
    run(scene, "monitor", connections=5)
    logged_in = len(scene.device.sessions)
    assert logged_in <= 2, "those of the health check only"
    run(scene, "sessions", connections=5)
    assert len(scene.device.sessions) <= 2 * logged_in


def test_a_device_may_close_after_a_logout() -> None:
    figures = run(Scene(readings={"RSS-AMB-036": "closed"}), "sessions")
    assert (0, {}) == (figures["run"]["exit_code"], figures["validation"]["by_clause"]), figures["run"]["notes"]


def test_a_wrong_answer_is_exit_code_1_with_its_clause() -> None:
    figures = run(Scene(), "accounts", lambda reply: reply.replace(b'<FLAG value="1"', b'<FLAG value="0"'))
    assert 1 == figures["run"]["exit_code"]
    assert "RSS-MODENDPOINT.confirm.FLAG" in figures["validation"]["by_clause"]


def test_an_unknown_scenario_is_told_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == clausewise("bench", "rss2000", "--scenario", "acounts")
    assert "the nearest is 'accounts'" in capsys.readouterr().err


@pytest.mark.slow
def test_two_thousand_sessions_on_the_reference_server(tmp_path: Any) -> None:
    out = tmp_path / "run"
    assert 0 == clausewise("bench", "rss2000", "--connections", "2000", "--duration", "3s", "--out", str(out))
