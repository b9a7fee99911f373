"""Probes of HTTP."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

from harness.tests.probes.tps_objects import RESOURCES
from harness.tests.probes.tps_wire import (
    World,
    body,
    fresh,
    need,
    probe,
    told,
)


@probe("http-post-rpc2", "POST to /RPC2 is answered with XML and a Content-Length or chunks", 183, 185)
def post(world: World) -> None:
    status, headers, data = world.post(body("device.query", world.auth))
    need(status == 200, f"status {status}")
    kind = headers.get("Content-Type", "")
    need(kind.split(";")[0].strip() in ("text/xml", "application/xml"), f"Content-Type {kind!r}")
    told(data, "device.query")
    length = headers.get("Content-Length")
    need(length is None or int(length) == len(data), f"Content-Length {length} for {len(data)}")


@probe("http-server-proxy", "Python's ServerProxy, unmodified, can call a method", 175, 412)
def proxy(world: World) -> None:
    with xmlrpc.client.ServerProxy(f"http://{world.host}:{world.port}/RPC2") as server:
        got = server.device.query(world.auth)
    need(isinstance(got, dict) and "apiVersion" in got, f"{got!r}")


@probe("http-other-path", "calls are answered at the path /RPC2 only", 185)
def path(world: World) -> None:
    for other in ("/", "/rpc3", "/RPC2/more", "/system.xml"):
        status, _headers, data = world.post(body("device.query", world.auth), other)
        need(status >= 300 or b"apiVersion" not in data, f"{other}: {status}")


@probe("http-get-rpc2", "a GET of /RPC2 is no call", 185)
def get(world: World) -> None:
    status, data = world.get("/RPC2")
    need(400 <= status < 600 or b"methodResponse" not in data, f"status {status}")


@probe("http-keep-alive", "unless it says close, the same connection serves the next request", 378, 390)
def keep(world: World) -> None:
    link = world.connect()
    for turn in range(5):
        link.request("POST", "/RPC2", body("device.query", world.auth), {"Connection": "Keep-Alive"})
        answer = link.getresponse()
        closes = (answer.headers.get("Connection") or "").lower() == "close"
        told(answer.read(), f"turn {turn}")
        if closes:
            return
        need(link.sock is not None, "closed without Connection: close")
    link.close()


@probe("http-close", "a client that asks for Connection: close gets its answer, then the end", 183, 400)
def close(world: World) -> None:
    data = body("device.query", world.auth)
    with socket.create_connection((world.host, world.port), 5) as link:
        link.sendall(b"POST /RPC2 HTTP/1.1\r\nHost: device\r\nContent-Type: text/xml\r\nConnection: close\r\n")
        link.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        got = bytearray()
        while part := link.recv(1 << 16):
            got += part
    need(b"methodResponse" in got, f"{bytes(got[:200])!r}")


@probe("http-1.0", "an HTTP/1.0 client is served", 183)
def old(world: World) -> None:
    data = body("device.query", world.auth)
    with socket.create_connection((world.host, world.port), 5) as link:
        link.sendall(
            b"POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)
        )
        got = bytearray()
        while part := link.recv(1 << 16):
            got += part
    need(got.split(b" ", 2)[1] == b"200" and b"apiVersion" in got, f"{bytes(got[:200])!r}")
    need(b"transfer-encoding: chunked" not in bytes(got).lower(), "chunks for HTTP/1.0")


@probe("http-chunked", "HTTP/1.1: a request may come in chunks", 183)
def chunked(world: World) -> None:
    link, data = world.connect(), body("device.query", world.auth)
    parts = iter([data[start : start + 50] for start in range(0, len(data), 50)])
    link.request("POST", "/RPC2", parts, {"Content-Type": "text/xml"}, encode_chunked=True)
    answer = link.getresponse()
    status, got = answer.status, answer.read()
    link.close()
    need(status in (200, 411), f"status {status}")
    if status == 200:
        told(got, "in chunks")


@probe("http-no-host", "HTTP/1.1: a request without Host is bad", 183)
def hostless(world: World) -> None:
    data = body("device.query", world.auth)
    with socket.create_connection((world.host, world.port), 5) as link:
        link.sendall(
            b"POST /RPC2 HTTP/1.1\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)
        )
        got = link.recv(1 << 16)
    need(got.startswith(b"HTTP/1.1 400") or not got, f"{got[:100]!r}")


@probe("http-expect-continue", "HTTP/1.1: Expect: 100-continue is answered before the body", 183)
def expect(world: World) -> None:
    data = body("device.query", world.auth)
    with socket.create_connection((world.host, world.port), 5) as link:
        head = (
            b"POST /RPC2 HTTP/1.1\r\nHost: d\r\nContent-Type: text/xml\r\nExpect: 100-continue\r\nConnection: close\r\n"
        )
        link.sendall(head + b"Content-Length: %d\r\n\r\n" % len(data))
        link.settimeout(2)
        with contextlib.suppress(TimeoutError):
            need(link.recv(12)[9:10] in (b"1", b"2", b"4"), "no status")
        link.sendall(data)
        link.settimeout(5)
        got = b""
        while part := link.recv(1 << 16):
            got += part
    need(b"methodResponse" in got, f"{got[:200]!r}")


@probe("http-pieces", "a request that comes in pieces is one request", 183)
def pieces(world: World) -> None:
    data = body("device.query", world.auth)
    whole = b"POST /RPC2 HTTP/1.1\r\nHost: d\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (
        len(data),
        data,
    )
    with socket.create_connection((world.host, world.port), 5) as link:
        for start in range(0, len(whole), 60):
            link.sendall(whole[start : start + 60])
            time.sleep(0.005)
        answer = http.client.HTTPResponse(link, method="POST")
        answer.begin()
        told(answer.read(), "in pieces")


@probe("http-pipelined", "HTTP/1.1: requests sent at once are answered in order", 183)
def pipelined(world: World) -> None:
    with socket.create_connection((world.host, world.port), 5) as link:
        for method in ("device.query", "cdrlog.query"):
            data = body(method, world.auth)
            head = b"POST /RPC2 HTTP/1.1\r\nHost: d\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(data)
            link.sendall(head + data)
        got = b""
        link.settimeout(3)
        with contextlib.suppress(TimeoutError):
            while got.count(b"</methodResponse>") < 2 and (part := link.recv(1 << 16)):
                got += part
    first, second = got.find(b"apiVersion"), got.find(b"firstIndex")
    need(first > 0, f"{got[:200]!r}")
    need(second < 0 or first < second, "out of order")


@probe("http-idle", "the device closes a connection that is not used within a minute", 400)
def idle(world: World) -> None:
    link = world.connect()
    link.request("POST", "/RPC2", body("device.query", world.auth))
    link.getresponse().read()
    if link.sock is None:
        return
    link.sock.settimeout(75 / world.scale)
    try:
        need(link.sock.recv(1) == b"", "sent without being asked")
    except TimeoutError:
        need(False, "still open after a minute")
    except OSError:
        return
    finally:
        link.close()


@probe("http-concurrent", "calls on several connections are each answered", 396)
def concurrent(world: World) -> None:
    def one(number: int) -> str:
        name = f"{number} {fresh()}"
        ident = told(
            world.post(
                body(
                    "flex.conference.create",
                    {**world.auth, "participantMediaResources": RESOURCES, "conferenceName": name},
                )
            )[2],
            "create",
        )
        got = told(world.post(body("flex.conference.query", {**world.auth, **ident}))[2], "query")
        world.later("flex.conference.destroy", **ident)
        need(got["conferenceName"] == name, f"{got['conferenceName']!r}, not {name!r}")
        return str(ident["conferenceID"])

    with ThreadPoolExecutor(8) as pool:
        idents = list(pool.map(one, range(16)))
    need(len(set(idents)) == 16, "identifiers are unique")
