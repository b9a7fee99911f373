"""The TelePresence Server reference server over sockets: HTTP, its limits, clients that know nothing of it."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import ssl
import threading
import xmlrpc.client
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.engine import Plan, Run
from harness.errors import UsageError
from harness.events import CaseFinished
from harness.load.run import LoadPlan, LoadRun
from harness.mutation.run import behind_proxy
from harness.reference.server import ServeOptions, serve
from harness.suite import load_suite
from harness.target import Allow, Target, load_target
from harness.tests.tps_meetings_guide import resources
from harness.tests.tps_scene import MODEL, PASSWORD, SYNTAX, USER
from harness.wire.xmlrpc import read
from harness.wire.xmlrpc_write import encode_call

LATE_S = 5.0
LOGIN = {USER: "admin", PASSWORD: "TelePresence-1"}
CALL = encode_call("device.query", LOGIN)
Ports = Mapping[str, int]


@contextlib.contextmanager
def serving(**options: Any) -> Iterator[Ports]:
    """A server in a thread of its own, stopped at the end."""
    ready, ports = threading.Event(), dict[str, int]()
    loop = asyncio.new_event_loop()
    tasks: list[asyncio.Task[None]] = []

    def told(found: dict[str, object]) -> None:
        given = found["ports"]
        assert isinstance(given, dict)
        ports.update(given)
        ready.set()

    async def run() -> None:
        chosen = ServeOptions(system="tps", ports={"http": 0, "https": 0}, **options)
        tasks.append(asyncio.ensure_future(serve(chosen, told)))
        with contextlib.suppress(asyncio.CancelledError):
            await tasks[0]

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    try:
        assert ready.wait(LATE_S)
        yield ports
    finally:
        loop.call_soon_threadsafe(tasks[0].cancel)
        thread.join(LATE_S)
        loop.close()


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    """The usual server."""
    with serving() as found:
        yield found


def connect(ports: Ports) -> http.client.HTTPConnection:
    """A connection to it."""
    return http.client.HTTPConnection("127.0.0.1", ports["http"], timeout=LATE_S)


def post(ports: Ports, body: bytes, path: str = "/RPC2", method: str = "POST", **headers: str) -> tuple[int, bytes]:
    """Status and body of one exchange on a connection of its own."""
    link = connect(ports)
    try:
        link.request(method, path, body, {"Content-Type": "text/xml", **headers})
        reply = link.getresponse()
        return reply.status, reply.read()
    finally:
        link.close()


def test_python_drives_it_with_its_own_library(ports: Ports) -> None:
    with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{ports['http']}/RPC2") as server:
        told: Any = server.device.query(LOGIN)
        assert told["apiVersion"] == "4.3"
        assert isinstance(told["currentTime"], xmlrpc.client.DateTime)
        made: Any = server.user.create({**LOGIN, "newUserId": "py", "password": "x", "accessRights": "apiOnly"})
        assert made == {SYNTAX.status: SYNTAX.success}
        with pytest.raises(xmlrpc.client.Fault) as caught:
            server.user.create({**LOGIN, "newUserId": "py", "password": "x", "accessRights": "apiOnly"})
        assert caught.value.faultCode == 205
        listed: Any = server.user.enumerate(LOGIN)
        assert "py" in [one["currentUserid"] for one in listed["users"]]
        server.user.destroy({**LOGIN, "currentUserId": "py"})


def test_a_connection_is_kept(ports: Ports) -> None:
    link = connect(ports)
    for _ in range(30):
        link.request("POST", "/RPC2", CALL, {"Content-Type": "text/xml"})
        reply = link.getresponse()
        assert reply.getheader("Connection") is None
        assert reply.getheader("Content-Type") == "text/xml"
        assert read(reply.read()).find("apiVersion") is not None
    link.close()


def test_other_paths_and_methods_are_errors(ports: Ports) -> None:
    assert post(ports, CALL, "/rpc2")[0] == 404
    assert post(ports, CALL, "/")[0] == 404
    assert post(ports, b"", method="GET")[0] == 405
    assert post(ports, CALL, "/system.xml")[0] == 405
    status, body = post(ports, b"", "/system.xml", "GET")
    assert (status, body[:21]) == (200, b'<?xml version="1.0"?>')


@pytest.mark.parametrize(("size", "code"), [(32_768, None), (32_769, 105), (300_000, 105)])
def test_calls_above_32_kb_are_refused(ports: Ports, size: int, code: int | None) -> None:
    body = CALL + b" " * (size - len(CALL))
    assert read(post(ports, body)[1]).fault_code == code


def test_calls_in_chunks(ports: Ports) -> None:
    link = connect(ports)
    pieces = (CALL[at : at + 7] for at in range(0, len(CALL), 7))
    link.request("POST", "/RPC2", pieces, {"Content-Type": "text/xml"}, encode_chunked=True)
    assert read(link.getresponse().read()).find("serial") is not None
    link.close()


def test_calls_at_once_are_answered_in_their_order(ports: Ports) -> None:
    other = encode_call("device.health.query", LOGIN)
    head = b"POST /RPC2 HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
    link = connect(ports)
    link.connect()
    link.sock.sendall(head % len(CALL) + CALL + head % len(other) + other)
    data = b""
    while data.count(b"</methodResponse>") < 2:
        piece = link.sock.recv(65536)
        assert piece
        data += piece
    link.close()
    assert data.index(b"apiVersion") < data.index(b"cpuLoad")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 103),
        (b"<methodCall>", 103),
        (b"nonsense", 103),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><methodCall/>", 103),
        (CALL.replace(b"device.query", b"device.qu\xff"), 103),
        (encode_call("device.query"), 103),
        (encode_call("device.query", 5), 103),
        (encode_call("device.query", LOGIN, LOGIN), 103),
        (encode_call("device.query", LOGIN | {"deep": {"a": {"b": [[[[{}]]]]}}}), None),
        (CALL.replace(b"</struct>", b"<member><name>x</name><value><nil/></value></member></struct>"), None),
    ],
)
def test_what_is_no_call_is_refused_and_the_next_is_answered(ports: Ports, body: bytes, code: int | None) -> None:
    assert read(post(ports, body)[1]).fault_code == code
    assert read(post(ports, CALL)[1]).fault_code is None


def test_other_encodings(ports: Ports) -> None:
    call = encode_call("user.create", {**LOGIN, "newUserId": "Grüße", "password": "x", "accessRights": "none"})
    latin = call.decode().replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    assert read(post(ports, latin)[1]).fault_code is None
    assert "Grüße".encode() in post(ports, encode_call("user.enumerate", LOGIN))[1]
    assert read(post(ports, call)[1]).fault_code == 205


@pytest.mark.slow
def test_idle_connections_are_closed_by_the_device_clock() -> None:
    with serving(clock_scale=120.0) as ports:
        for request in (b"", b"POST /RPC2 HTTP/1.1\r\nHost: a\r\n", None):
            link = connect(ports)
            link.connect()
            if request is None:
                link.request("POST", "/RPC2", CALL, {"Content-Type": "text/xml"})
                assert link.getresponse().read()
                assert link.sock is not None
            else:
                link.sock.sendall(request)
            link.sock.settimeout(0.25)
            with pytest.raises(TimeoutError):
                link.sock.recv(10)
            link.sock.settimeout(2.0)
            assert link.sock.recv(10) == b""
            link.close()


@pytest.mark.slow
def test_the_fault_of_idle_connections_shows() -> None:
    with serving(clock_scale=120.0, faults=("idle-never-closed",)) as ports:
        link = connect(ports)
        link.connect()
        link.sock.settimeout(1.0)
        with pytest.raises(TimeoutError):
            link.sock.recv(10)
        link.close()


@pytest.mark.parametrize(
    ("readings", "check"),
    [
        ({"TPS-AMB-038": "error"}, lambda ports: post(ports, b"x")[0] == 500),
        ({"TPS-AMB-041": "page"}, lambda ports: post(ports, CALL, "/")[0] == 200),
        ({"TPS-AMB-041": "served"}, lambda ports: b"serial" in post(ports, CALL, "/")[1]),
        ({"TPS-AMB-040": "xml"}, lambda ports: post(ports, CALL, **{"Content-Type": "text/plain"})[0] == 415),
        ({"TPS-AMB-087": "http"}, lambda ports: post(ports, b" " * 40_000)[0] == 413),
        ({"TPS-AMB-037": "http"}, lambda ports: post(ports, b"x")[0] == 400),
        (
            {"TPS-AMB-059": "refused"},
            lambda ports: (
                post(ports, b"%x\r\n%s\r\n0\r\n\r\n" % (len(CALL), CALL), **{"Transfer-Encoding": "chunked"})[0] == 411
            ),
        ),
        ({"TPS-AMB-290": "login"}, lambda ports: post(ports, b"", "/system.xml", "GET")[0] == 401),
        ({"TPS-AMB-036": "decimal"}, lambda ports: b"request too large" in post(ports, CALL.ljust(32_001))[1]),
        ({"TPS-AMB-036": "headers"}, lambda ports: b"request too large" in post(ports, CALL.ljust(32_760))[1]),
        ({"TPS-AMB-055": "shorter"}, lambda ports: closes(ports, "close")),
        ({"TPS-AMB-056": "unsaid"}, lambda ports: closes(ports, None)),
    ],
)
@pytest.mark.slow
def test_readings_of_http(readings: dict[str, str], check: Callable[[Ports], bool]) -> None:
    with serving(readings=readings) as ports:
        assert check(ports)


def closes(ports: Ports, said: str | None) -> bool:
    """Whether a connection ends after some calls, with the last reply saying so or not."""
    link = connect(ports)
    header: str | None = ""
    for _ in range(20):
        link.request("POST", "/RPC2", CALL, {"Content-Type": "text/xml"})
        reply = link.getresponse()
        header = reply.getheader("Connection")
        reply.read()
    ended = link.sock is None or link.sock.recv(1) == b""
    link.close()
    return ended and header == said


def trusting(file: Path) -> ssl.SSLContext:
    """A client's context that believes what is beside a target file, and nobody else."""
    return ssl.create_default_context(cafile=load_target(file, {"tps": MODEL}).tls["ca"])


def test_https_with_a_certificate_that_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    with serving(write_target=file) as ports:
        link = http.client.HTTPSConnection("127.0.0.1", ports["https"], timeout=LATE_S, context=trusting(file))
        link.connect()
        first = link.sock
        for _ in range(3):
            link.request("POST", "/RPC2", CALL, {"Content-Type": "text/xml"})
            assert read(link.getresponse().read()).find("apiVersion") is not None
        link.request("GET", "/system.xml")
        assert b"<system>" in link.getresponse().read()
        assert link.sock is first  # one connection for all
        link.close()
        stranger = http.client.HTTPSConnection(
            "127.0.0.1", ports["https"], timeout=LATE_S, context=ssl.create_default_context()
        )
        with pytest.raises(ssl.SSLCertVerificationError):
            stranger.connect()


@pytest.mark.slow
def test_a_certificate_that_the_target_file_does_not_trust_says_nothing_of_the_device(tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    with serving(write_target=file):
        target = load_target(file, {"tps": MODEL})
        outcomes = {}
        for name, tls in (("named", target.tls), ("unknown", {}), ("unchecked", {"verify": False})):
            plan = Plan(
                system=MODEL,
                suite=load_suite(MODEL),
                target=replace(target, tls=tls),
                seed=1,
                select=("tps.secure.post",),
            )
            found = {
                one.result.id: one.result for one in Run(plan, lambda _: "").events() if isinstance(one, CaseFinished)
            }
            outcomes[name] = found["tps.secure.post"].outcome
    assert {"named": "passed", "unknown": "inconclusive", "unchecked": "passed"} == outcomes


def test_load_and_mutants_ask_for_an_interface_without_tls() -> None:
    target = Target(system="tps", name="t", host="h", ports={"https": 1}, allow=Allow(load=True))
    suite = load_suite(MODEL)
    with pytest.raises(UsageError, match="names no interface without it"):
        LoadRun(LoadPlan(system=MODEL, suite=suite, target=target, scenario=suite.loads["monitor"], seed=1))
    with pytest.raises(UsageError, match="need an interface without TLS"), behind_proxy(MODEL, target):
        pass


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_client_of_the_standard_library_drives_it(scheme: str, tmp_path: Path) -> None:
    """Python's own client, as it is: conferences made, changed, looked at and removed, and faults told as such."""
    file = tmp_path / "target.toml"
    with serving(write_target=file) as ports:
        extra: dict[str, Any] = {"context": trusting(file)} if scheme == "https" else {}
        with xmlrpc.client.ServerProxy(f"{scheme}://127.0.0.1:{ports[scheme]}/RPC2", **extra) as server:
            drive(server)


def drive(server: Any) -> None:
    """The life of a conference."""
    made: Any = server.flex.conference.create(
        {**LOGIN, "conferenceName": "Grüße & <Küsse>", "duration": 600, "participantMediaResources": resources()}
    )
    named = {**LOGIN, "conferenceID": made["conferenceID"]}
    server.flex.conference.modify({**named, "voiceSwitchingSensitivity": 55, "welcomeScreen": False})
    told: Any = server.flex.conference.query(named)
    expected = {
        "conferenceName": "Grüße & <Küsse>", "duration": 600, "voiceSwitchingSensitivity": 55, "welcomeScreen": False,
    }  # fmt: skip
    assert expected == {name: told[name] for name in expected}
    assert isinstance(told["startTime"], int)
    assert isinstance(server.device.query(LOGIN)["currentTime"], xmlrpc.client.DateTime)
    assert {"status": "operation successful"} == server.flex.conference.destroy(named)
    with pytest.raises(xmlrpc.client.Fault) as gone:
        server.flex.conference.query(named)
    assert (4, True) == (gone.value.faultCode, bool(gone.value.faultString))
    with pytest.raises(xmlrpc.client.Fault) as unknown:
        server.flex.nothing(LOGIN)
    assert 1 == unknown.value.faultCode


def test_a_host_that_no_certificate_can_name_is_told() -> None:
    async def run() -> None:
        await serve(ServeOptions(system="tps", host="x" * 70 + ".invalid", ports={"http": 0, "https": 0}))

    with pytest.raises(UsageError, match=r"^cannot listen on x{70}\.invalid:0: "):
        asyncio.run(run())


def test_the_target_file_has_every_key(tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    with serving(write_target=file):
        target = load_target(file, {"tps": MODEL})
    assert target.system == "tps"
    assert {
        "api_only_user",
        "disabled_password",
        "addable_feature_keys",
        "answering_addresses",
        "conference_ids",
    } <= set(target.fixtures)
