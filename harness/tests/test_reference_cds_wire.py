"""The CDS reference server over real sockets: keep-alive, HEAD, streams, compression, and the faults of HTTP itself."""

from __future__ import annotations

import asyncio
import contextlib
import tomllib
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest

from harness.reference.server import ServeOptions, serve
from harness.spec.load import load_system

TIMEOUT_S = 20.0
HOUR = b"fromDate=1767600000&toDate=1767603599"


@contextlib.asynccontextmanager
async def serving(*faults: str, write_target: Path | None = None) -> AsyncIterator[int]:
    """The port of a server that runs for the length of the block."""
    ready: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    options = ServeOptions(system="cds", ports={"http": 0}, faults=faults, write_target=write_target)
    task = asyncio.create_task(serve(options, ready.set_result))
    task.add_done_callback(lambda _: ready.done() or ready.cancel())
    try:
        yield (await ready)["ports"]["http"]
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, TIMEOUT_S))


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(
        self, query: bytes, *, method: bytes = b"GET", path: bytes = b"/everstream/api.php", more: bytes = b""
    ) -> None:
        self.writer.write(b"%s %s?%s HTTP/1.1\r\nHost: a\r\n%s\r\n" % (method, path, query, more))
        await self.writer.drain()

    async def head(self) -> tuple[int, dict[bytes, bytes]]:
        text = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = text.split(b"\r\n")[:-2]
        fields = dict(line.lower().split(b": ", 1) for line in lines)
        return int(first.split(b" ")[1]), fields

    async def body(self, head: dict[bytes, bytes]) -> bytes:
        if b"content-length" in head:
            return await self.reader.readexactly(int(head[b"content-length"]))
        found = b""
        while size := int(await self.reader.readline(), 16):
            found += await self.reader.readexactly(size)
            assert await self.reader.readexactly(2) == b"\r\n"
        assert await self.reader.readexactly(2) == b"\r\n"
        return found

    async def answer(self, query: bytes, **more: Any) -> tuple[int, bytes]:
        await self.ask(query, **more)
        status, head = await self.head()
        return status, await self.body(head)


@contextlib.asynccontextmanager
async def client(port: int) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()


def test_one_connection_serves_messages_of_all_sizes() -> None:
    async def dialogue() -> None:
        async with serving() as port, client(port) as one:
            assert (await one.answer(b"messageType=Foo")) == (404, b"")
            assert (await one.answer(b"messageType=StreamHistory")) == (400, b"")
            status, body = await one.answer(b"messageType=StreamListHistory&" + HOUR)
            assert (status, body.count(b"<Stream "), body.endswith(b"</StreamsResponse>\n")) == (200, 12_000, True)
            await one.ask(b"messageType=StreamHistory&" + HOUR, method=b"HEAD")
            status, head = await one.head()
            assert (status, b"transfer-encoding" in head or b"content-length" in head) == (200, True)
            assert (await one.answer(b"", path=b"/other"))[0] == 404
            assert (await one.answer(b"messageType=Version", method=b"POST"))[0] == 405
            assert (await one.answer(b"messageType=Version"))[0] == 200

    run(dialogue())


def test_a_client_of_http_1_0_gets_a_length_instead_of_chunks() -> None:
    async def dialogue() -> None:
        async with serving() as port, client(port) as one:
            one.writer.write(b"GET /everstream/api.php?messageType=StreamHistory&%s HTTP/1.0\r\n\r\n" % HOUR)
            _, head = await one.head()
            body = await one.body(head)
            assert (b"content-length" in head, body.endswith(b"</StreamsResponse>\n")) == (True, True)
            assert await one.reader.read(-1) == b""

    run(dialogue())


def test_a_client_that_leaves_a_long_reply_does_not_keep_the_others_waiting() -> None:
    async def dialogue() -> None:
        async with serving() as port:
            async with client(port) as gone:
                await gone.ask(b"messageType=StreamHistory&" + HOUR)
                await gone.reader.readexactly(1000)
            async with client(port) as one:
                assert (await one.answer(b"messageType=Version"))[0] == 200

    run(dialogue())


def test_the_target_file_has_every_fixture_of_the_model(tmp_path: Path) -> None:
    path = tmp_path / "target.toml"

    async def dialogue() -> None:
        async with serving(write_target=path):
            pass

    run(dialogue())
    fixtures = tomllib.loads(path.read_text(encoding="utf-8"))["target"]["fixtures"]
    assert set(load_system("cds").fixtures) == set(fixtures)
    assert fixtures["row_counts"]["StreamListHistory"] == 12_000
    assert "smile \U0001f600.mpg" in fixtures["content_names"]


@pytest.mark.parametrize(("fault", "change"), [("length-short", -1), ("length-long", 1)])
def test_a_length_is_off_by_one(fault: str, change: int) -> None:
    async def dialogue() -> None:
        async with serving() as right, serving(fault) as wrong, client(right) as one, client(wrong) as other:
            found = []
            for each in (one, other):
                await each.ask(b"messageType=Errors&maxRows=200&" + HOUR)
                found.append(int((await each.head())[1][b"content-length"]))
            assert found[0] > 10_000
            assert found[1] - found[0] == change

    run(dialogue())


def test_a_chunked_reply_is_cut() -> None:
    async def dialogue() -> None:
        async with serving("chunk-cut") as port, client(port) as one:
            await one.ask(b"messageType=StreamHistory&" + HOUR)
            text = await one.reader.read(-1)
            assert text.endswith(b"</StreamsResponse>\n\r\n")

    run(dialogue())


def test_a_chunk_has_another_size_than_it_says() -> None:
    async def dialogue() -> None:
        async with serving("chunk-size") as port, client(port) as one:
            await one.ask(b"messageType=StreamHistory&" + HOUR)
            _, head = await one.head()
            with pytest.raises((AssertionError, ValueError)):
                await one.body(head)

    run(dialogue())


def test_an_error_is_sent_twice() -> None:
    async def dialogue() -> None:
        async with serving("error-twice") as port, client(port) as one:
            await one.ask(b"messageType=Foo")
            assert [(await one.head())[0] for _ in range(2)] == [404, 404]

    run(dialogue())


def test_a_connection_ends_without_a_word() -> None:
    async def dialogue() -> None:
        async with serving("closed-unsaid") as port, client(port) as one:
            assert (await one.answer(b"messageType=StreamHistory"))[0] == 400
            assert await one.reader.read(-1) == b""

    run(dialogue())


def test_a_reply_to_head_has_a_body_and_one_request_is_not_answered() -> None:
    async def dialogue() -> None:
        async with serving("head-with-body") as port, client(port) as one:
            await one.ask(b"messageType=Version", method=b"HEAD", more=b"Connection: close\r\n")
            assert (await one.reader.read(-1)).endswith(b"\r\n\r\n<head/>")
        async with serving("closed-after-40") as port, client(port) as one:
            for _ in range(39):
                assert (await one.answer(b"messageType=Version"))[0] == 200
            await one.ask(b"messageType=Version")
            assert await one.reader.read(-1) == b""

    run(dialogue())
