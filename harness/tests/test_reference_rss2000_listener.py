"""The RSS 2000 reference server over sockets: indications between connections, stalled readers, two thousand sessions, its speed."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import time

import pytest

from harness.reference import tcp
from harness.reference.system import Listener
from harness.tests.rss2000_scene import ROOT, Client, Scene
from harness.wire.tpkt import HEADER_BYTES, encode
from harness.wire.xmlmessage import encode_message

SESSIONS, AT_ONCE = 2000, 100
COMMANDS = 4000


class Caller:
    """A connection over a socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.session = reader, writer, ""

    @classmethod
    async def connect(cls, port: int) -> Caller:
        return cls(*await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 30))

    async def packet(self) -> bytes:
        head = await asyncio.wait_for(self.reader.readexactly(HEADER_BYTES), 30)
        return await asyncio.wait_for(self.reader.readexactly(int.from_bytes(head[2:], "big") - HEADER_BYTES), 30)

    def command(self, name: str, *given: tuple[str, str]) -> bytes:
        fields = [("SESSIONID", self.session), *given] if self.session else list(given)
        message: list[tuple[str, str, dict[str, str]]] = [(key, text, {}) for key, text in fields]
        return encode(encode_message(ROOT, {"version": "1.0.0.0"}, "COMMAND", "xmlid", name, message, "value"))

    async def ask(self, name: str, *given: tuple[str, str]) -> bytes:
        self.writer.write(self.command(name, *given))
        return await self.packet()

    async def login(self, *more: tuple[str, str]) -> None:
        user = (("USERNAME", "test"), ("PASSWORD", ""), ("LANG", "0"))
        found = re.search(rb'SESSIONID value="([^"]+)', await self.ask("login", *user, *more))
        assert found is not None
        self.session = found[1].decode()


async def _leave(listener: Listener, *callers: Caller) -> None:
    """Close everything."""
    for caller in callers:
        caller.writer.close()
    for caller in callers:
        with contextlib.suppress(OSError):
            await asyncio.wait_for(caller.writer.wait_closed(), 5)
    await listener.close()


def test_an_indication_crosses_connections() -> None:
    asyncio.run(_across())


async def _across() -> None:
    scene = Scene(readings={"RSS-AMB-030": "allowed"})
    listener = await scene.device.listen("xml", "127.0.0.1", 0)
    actor, watcher = await Caller.connect(listener.port), await Caller.connect(listener.port)
    await actor.login()
    await watcher.login(("INDICATION", "1"))
    await actor.ask("deldevuser", ("USERNAME", "liling"))
    assert b'<INDICATION xmlid="deldevuser">' in await watcher.packet()
    assert b'RESULT value="0"' in await actor.ask("shutdown", ("POWEROFF", "0"))
    assert await asyncio.wait_for(watcher.reader.read(), 5) == b""
    assert await asyncio.wait_for(actor.reader.read(), 5) == b""
    back = await Caller.connect(listener.port)
    await back.login()
    await _leave(listener, actor, watcher, back)


def test_a_stalled_watcher_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "UNREAD_BYTES", 64 * 1024)
    asyncio.run(_stalled())


async def _stalled() -> None:
    scene = Scene()
    listener = await scene.device.listen("xml", "127.0.0.1", 0)
    stalled = await Caller.connect(listener.port)
    await stalled.login(("INDICATION", "1"))
    stalled.writer.transport.pause_reading()  # type: ignore[attr-defined]  # asyncio's transports can
    actor = scene.client()
    given = [("USERNAME", "u"), ("PASSWORD", ""), ("FULLNAME", "x" * 30_000), ("EMAIL", ""), ("PRIVILEGE", "1")]
    for number in range(400):
        actor.ask("adddevuser" if number == 0 else "moddevuser", given)
        await asyncio.sleep(0)
        if len(scene.device.sessions.clients) == 1:
            break
    assert len(scene.device.sessions.clients) == 1
    stalled.writer.transport.abort()
    await _leave(listener)


@pytest.mark.slow
def test_two_thousand_sessions() -> None:
    asyncio.run(_crowd())


async def _crowd() -> None:
    scene = Scene(readings={"RSS-AMB-030": "allowed"})
    listener = await scene.device.listen("xml", "127.0.0.1", 0)
    turn = asyncio.Semaphore(AT_ONCE)

    async def enter(number: int) -> Caller:
        async with turn:
            caller = await Caller.connect(listener.port)
            await caller.login(*([("INDICATION", "1")] if number % 100 == 0 else []))
            return caller

    callers = await asyncio.gather(*(enter(number) for number in range(SESSIONS)))
    assert len({caller.session for caller in callers}) == len(scene.device.sessions) == SESSIONS

    async def talk(caller: Caller) -> bool:
        async with turn:
            return b'RESULT value="0"' in await caller.ask("getdevinfo")

    assert all(await asyncio.gather(*(talk(caller) for caller in callers)))
    assert b'RESULT value="0"' in await callers[1].ask("deldevuser", ("USERNAME", "liling"))
    told = await asyncio.gather(*(caller.packet() for caller in callers[::100]))
    assert all(b"<INDICATION" in one for one in told)
    await _leave(listener, *callers)


@pytest.mark.slow
def test_speed_of_small_commands(capsys: pytest.CaptureFixture[str]) -> None:
    client: Client = Scene().client()
    packet = client.bytes_of("getdevinfo")
    begin, commands = time.process_time(), 0
    while time.process_time() - begin < 1.0:
        client.send(packet)
        commands += 1
    rate = commands / (time.process_time() - begin)
    with capsys.disabled():
        sys.stdout.write(
            f"\nrss2000 reference server: {rate:,.0f} small commands a second on one core, without its sockets\n"
        )
    assert rate >= COMMANDS
