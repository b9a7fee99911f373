from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.ending import Ending
from harness.errors import TransportError
from harness.http.client import HttpClient, Request, tls_context
from harness.net import Deadline
from harness.wire.http1_framing import read_requests

LATE_S = 10.0
GET = Request("GET", "/x")
SMALL = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, with its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key"), "-out", str(folder / "certificate")]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    whole = folder / "both.pem"
    whole.write_bytes((folder / "certificate").read_bytes() + (folder / "key").read_bytes())
    return whole


@contextmanager
def serving(
    certificate: Path, behave: Callable[[ssl.SSLSocket], object], host: str, tls: ssl.SSLContext
) -> Iterator[HttpClient]:
    """A client of a server that takes one connection; what the handshake refuses is no error of the server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def run() -> None:
        connection, _ = listening.accept()
        connection.settimeout(LATE_S)
        try:
            with context.wrap_socket(connection, server_side=True) as inside:
                behave(inside)
        except OSError:
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(LATE_S)
        thread = threading.Thread(target=run)
        thread.start()
        try:
            with HttpClient(host, listening.getsockname()[1], timeout_s=LATE_S, tls=tls) as client:
                yield client
        finally:
            thread.join(LATE_S)
            assert not thread.is_alive()


def answer_all(answer: bytes) -> Callable[[ssl.SSLSocket], None]:
    def behave(inside: ssl.SSLSocket) -> None:
        data = b""
        while more := inside.recv(65_536):
            data += more
            found, data = read_requests(data)
            for _ in found:
                inside.sendall(answer)

    return behave


@pytest.mark.parametrize("plain", [False, True])
def test_exchanges_go_through_tls_and_keep_the_bytes_inside(certificate: Path, plain: bool) -> None:
    with serving(certificate, answer_all(SMALL), "localhost", tls_context(ca=str(certificate))) as client:
        got = [client.exchange(GET, deadline=Deadline.after(LATE_S), plain=plain) for _ in range(3)]
    assert [False, True, True] == [one.reused for one in got]
    assert [(Ending.ANSWERED, SMALL, ())] * 3 == [(one.ending, one.raw, one.oddities) for one in got]
    assert got[0].sent.startswith(b"GET /x HTTP/1.1\r\n" if plain else b"GET /x HTTP/1.1\r\nHost: localhost:")


def test_a_large_body_comes_whole(certificate: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + bytes(3_000_000)
    with serving(certificate, answer_all(answer), "127.0.0.1", tls_context(verify=False)) as client:
        got = client.exchange(GET, deadline=Deadline.after(LATE_S))
    assert (Ending.ANSWERED, 3_000_000) == (got.ending, len(got.body))


def test_a_body_cut_off_inside_of_tls_is_closed(certificate: Path) -> None:
    def behave(inside: ssl.SSLSocket) -> None:
        inside.recv(65_536)
        inside.sendall(SMALL[:-1])

    with serving(certificate, behave, "127.0.0.1", tls_context(verify=False)) as client:
        got = client.exchange(GET, deadline=Deadline.after(LATE_S))
    assert (Ending.CLOSED, ["truncated"]) == (got.ending, [one.rule for one in got.oddities])


def test_a_certificate_that_nobody_knows_is_refused(certificate: Path) -> None:
    with serving(certificate, answer_all(SMALL), "localhost", tls_context()) as client:
        with pytest.raises(TransportError) as caught:
            client.exchange(GET, deadline=Deadline.after(LATE_S))
        assert caught.value.why == "terms"
        assert "certificate" in str(caught.value).lower()


def test_a_server_without_tls_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def behave() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(SMALL)

        thread = threading.Thread(target=behave)
        thread.start()
        client = HttpClient("localhost", listening.getsockname()[1], timeout_s=LATE_S, tls=tls_context(verify=False))
        with pytest.raises(TransportError) as caught:
            client.exchange(GET, deadline=Deadline.after(LATE_S))
        thread.join(LATE_S)
    assert caught.value.why == "tls"


def test_a_handshake_that_does_not_end_is_bounded() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = HttpClient("localhost", listening.getsockname()[1], timeout_s=0.05, tls=tls_context(verify=False))
        with pytest.raises(TransportError) as caught:
            client.exchange(GET, deadline=Deadline.after(LATE_S))
    assert caught.value.why == "tls"
    assert "in time" in str(caught.value)
