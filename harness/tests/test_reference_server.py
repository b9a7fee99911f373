"""The listeners over real sockets: readiness, crowds, garbage, stalled peers, half closed connections, shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.reference.faults import require_known
from harness.reference.hmp.conversation import MAX_LINE_BYTES
from harness.reference.server import ServeOptions, faults_of, serve, start_system
from harness.spec.load import load_system

TIMEOUT_S = 20.0
NOT_FOUND = b"ERROR|000002|Command not found\n"

_PROGRAM = """
import asyncio, json
from harness.reference.server import ServeOptions, serve
ready = lambda place: print("READY " + json.dumps(place), flush=True)
asyncio.run(serve(ServeOptions(system="hmp", ports={"cli": 0}), ready))
"""


@contextlib.asynccontextmanager
async def serving(
    *, host: str = "127.0.0.1", clock_scale: float = 1.0, write_target: Path | None = None
) -> AsyncIterator[int]:
    """The port of a server that runs for the length of the block."""
    ready: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    options = ServeOptions(
        system="hmp",
        host=host,
        ports={"cli": 0},
        clock_scale=clock_scale,
        write_target=write_target,
    )
    task = asyncio.create_task(serve(options, ready.set_result))
    task.add_done_callback(lambda _: ready.done() or ready.cancel())
    try:
        yield (await ready)["ports"]["cli"]
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run one test's dialogue; it never hangs."""
    asyncio.run(asyncio.wait_for(test, TIMEOUT_S))


def test_the_server_survives_a_crowd_garbage_and_an_endless_line() -> None:
    async def dialogue() -> None:
        async with serving() as port:
            crowd = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(500)))
            for reader, writer in crowd:
                writer.write(b"foo\n")
                assert reader is not None
            assert {NOT_FOUND} == set(await asyncio.gather(*(reader.readline() for reader, _ in crowd)))
            endless, garbage = crowd[0], crowd[1]
            for _ in range(40):
                endless[1].write(b"x" * (MAX_LINE_BYTES // 16))
                await endless[1].drain()
            endless[1].write(b"\nfoo\n")
            assert await endless[0].readline() == b"ERROR|000001|Syntax Error\n"
            assert await endless[0].readline() == NOT_FOUND
            garbage[1].write(bytes(range(256)) * 10 + b"\nfoo\n")
            while await garbage[0].readline() != NOT_FOUND:
                pass
            for reader, writer in crowd[2:]:
                writer.write(b"foo\n")
                assert await reader.readline() == NOT_FOUND
            for _, writer in crowd:
                writer.transport.abort()

    run(dialogue())


def test_a_client_that_stops_sending_still_gets_its_replies() -> None:
    async def dialogue() -> None:
        async with serving() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"foo\n" * 5000 + b"createSession cut off")
            writer.write_eof()
            assert await reader.read(-1) == NOT_FOUND * 5000
            writer.close()

    run(dialogue())


@pytest.mark.slow
def test_a_client_that_does_not_read_is_read_no_further() -> None:
    async def dialogue() -> None:
        async with serving() as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            writer.transport.set_write_buffer_limits(high=0)
            taken = 0
            with contextlib.suppress(TimeoutError):
                while taken < 200_000_000:
                    writer.write(b"foo\n" * 25_000)
                    await asyncio.wait_for(writer.drain(), timeout=1.0)
                    taken += 100_000
            assert taken < 200_000_000
            reader, other = await asyncio.open_connection("127.0.0.1", port)
            other.write(b"foo\n")
            assert await reader.readline() == NOT_FOUND
            for one in (writer, other):
                one.transport.abort()

    run(dialogue())


def test_an_unauthorised_address_is_refused() -> None:
    async def dialogue() -> None:
        async with serving(host="0.0.0.0") as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0))
            assert await reader.read(-1) == b"ERROR|020000|Not Authorized\n"
            writer.close()

    run(dialogue())


def test_the_target_file_holds_ports_fixtures_and_permits(tmp_path: Path) -> None:
    path = tmp_path / "target.toml"

    async def dialogue() -> None:
        async with serving(write_target=path, clock_scale=60.0) as port:
            target = tomllib.loads(path.read_text())["target"]
            assert {"cli": port} == target["ports"]

    run(dialogue())
    target = tomllib.loads(path.read_text())["target"]
    assert tuple(target[key] for key in ("system", "host", "clock_scale", "timeout")) == ("hmp", "127.0.0.1", 60.0, 2.0)
    assert set(load_system("hmp").fixtures) == set(target["fixtures"])
    assert {"write", "disruptive", "destructive", "slow", "load"} == {key for key, on in target["allow"].items() if on}
    assert [len(target["fixtures"][key]) for key in ("source_ids", "source_addresses")] == [6, 6]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_quietly(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", _PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        word, place = server.stdout.readline().decode().split(" ", 1)
        assert (word, json.loads(place)["host"]) == ("READY", "127.0.0.1")
        server.send_signal(number)
        assert (server.wait(10), server.stdout.read(), server.stderr.read()) == (0, b"", b"")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"system": "hpm"}, "unknown system 'hpm'; did you mean 'hmp'"),
        ({"system": "hmp", "ports": {"clii": 1}}, "unknown port 'clii'; did you mean 'cli'"),
        ({"system": "hmp", "ports": {"cli": 65536}}, "expected 0 to 65535, got 65536"),
        ({"system": "hmp", "clock_scale": 0.0}, "expected a number above 0"),
        ({"system": "hmp", "rows": -1}, "rows: expected 0 or more"),
        ({"system": "hmp", "faults": ("octet-257",)}, "unknown fault 'octet-257'; did you mean 'octet-256'"),
    ],
)
def test_wrong_options_are_refused_with_the_nearest_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        start_system(ServeOptions(**options))


def test_a_port_in_use_is_the_users_mistake() -> None:
    async def dialogue() -> None:
        async with serving() as port:
            with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{port}"):
                await serve(ServeOptions(system="hmp", ports={"cli": port}))

    run(dialogue())


def test_faults_are_listed() -> None:
    assert "octet-256" in {fault.name for fault in faults_of("hmp")}
    with pytest.raises(UsageError, match="known: none"):
        require_known("fault", "x", ())
