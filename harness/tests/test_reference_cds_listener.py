"""The HTTP listener over real sockets: keep-alive, pipelines, garbage, floods, stalled readers, a quick close."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from harness.reference.http import MAX_HEAD_BYTES, HttpListener, listen_http

TIMEOUT_S = 20.0
PIECE = b"y" * 65_536
REQUEST = b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n"


async def echo(scope: Any, _receive: Any, send: Any) -> None:
    """Answers with the path; /long never ends, /mute never answers."""
    body = scope["raw_path"] + b"?" + scope["query_string"]
    if scope["path"] == "/mute":
        await asyncio.sleep(TIMEOUT_S)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while scope["path"] == "/long":
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": body})


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[HttpListener]:
    listener = await listen_http(echo, "127.0.0.1", 0)
    try:
        yield listener
    finally:
        await listener.close()


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, TIMEOUT_S))


async def answered(reader: asyncio.StreamReader, text: bytes) -> None:
    """Read up to the body of one chunked reply."""
    await reader.readuntil(b"\r\n\r\n")
    assert (await reader.readuntil(b"0\r\n\r\n")).split(b"\r\n")[1] == text


def test_one_connection_carries_requests_one_after_the_other_and_pipelined() -> None:
    async def dialogue() -> None:
        async with listening() as listener:
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            for path in (b"a", b"b"):
                writer.write(REQUEST % path)
                await answered(reader, b"/" + path + b"?")
            writer.write(b"".join(REQUEST % b"p%d" % number for number in range(20)))
            for number in range(20):
                await answered(reader, b"/p%d?" % number)
            writer.close()

    run(dialogue())


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nNo colon\r\n\r\n",
        b"GET /" + b"x" * MAX_HEAD_BYTES * 8,
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * MAX_HEAD_BYTES,
    ],
)
def test_garbage_and_floods_are_refused_and_the_others_are_served(garbage: bytes) -> None:
    async def dialogue() -> None:
        async with listening() as listener:
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            other_reader, other = await asyncio.open_connection("127.0.0.1", listener.port)
            writer.write(garbage)
            with contextlib.suppress(ConnectionError):
                assert (await reader.read(12)) in (b"HTTP/1.1 400", b"")
            other.write(REQUEST % b"a")
            await answered(other_reader, b"/a?")
            for one in (writer, other):
                one.transport.abort()

    run(dialogue())


@pytest.mark.parametrize("target", [b"*", b"http://a.example/x?y", b"//x//y", b"/?", b"/a?b?c#d"])
def test_every_form_of_target_is_answered(target: bytes) -> None:
    async def dialogue() -> None:
        async with listening() as listener:
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            writer.write(b"OPTIONS %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % target)
            assert (await reader.read(-1)).startswith(b"HTTP/1.1 ")
            writer.close()

    run(dialogue())


def test_a_reader_that_stalls_does_not_fill_the_memory_and_the_close_is_quick() -> None:
    async def dialogue() -> None:
        listener = await listen_http(echo, "127.0.0.1", 0)
        _, stalled = await asyncio.open_connection("127.0.0.1", listener.port, limit=1024)
        _, mute = await asyncio.open_connection("127.0.0.1", listener.port)
        reader, idle = await asyncio.open_connection("127.0.0.1", listener.port)
        stalled.write(REQUEST % b"long")
        mute.write(REQUEST % b"mute")
        idle.write(REQUEST % b"a")
        await answered(reader, b"/a?")
        begin = time.monotonic()
        await listener.close()
        assert time.monotonic() - begin < 2
        assert await reader.read(-1) == b""
        with pytest.raises(OSError, match="onnect"):
            await asyncio.open_connection("127.0.0.1", listener.port)
        for one in (stalled, mute, idle):
            one.transport.abort()

    run(dialogue())


def test_a_port_in_use_is_refused() -> None:
    async def dialogue() -> None:
        async with listening() as listener:
            with pytest.raises(OSError, match="in use"):
                await listen_http(echo, "127.0.0.1", listener.port)

    run(dialogue())
