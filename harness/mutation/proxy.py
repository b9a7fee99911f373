"""The proxy between a suite and a device: loopback TCP, asyncio in a thread of its own.

What it adds to a connection without a behaviour is a fraction of a millisecond. Bytes, their cuts as far as they come apart, a close of
one side, a reset and the client's own loopback address reach the other end as they were.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from harness.errors import InternalError
from harness.messages.binding import Binding
from harness.mutation.conversation import Conversation, Witness
from harness.mutation.framing import Parse
from harness.mutation.mutant import Behaviour, End, Piece

HOST = "127.0.0.1"
# Starting and stopping the thread take milliseconds; a machine that needs more is overloaded.
THREAD_S = 10.0
# Unsent bytes of one side above which the other side is read no further.
UNSENT_BYTES = 256 * 1024
BACKLOG = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Where the device is and how it speaks. `timeout_s` bounds connecting to it."""

    host: str
    port: int
    binding: Binding
    parse: Parse
    timeout_s: float


class Proxy:
    """Listens on a free loopback port for as long as the `with` block lasts, and on one more for each of `more`, by interface.

    `pause` and `mutate` may be called from any thread; they hold for what comes after the call.
    """

    def __init__(self, upstream: Upstream, witness: Witness, more: Mapping[str, Upstream] | None = None) -> None:
        self.upstream, self.witness = upstream, witness
        self.more = dict(more or {})
        self.more_ports: dict[str, int] = {}
        self.paused = False
        self.behaviour: Behaviour | None = None
        self.port = 0
        self._changes = 0
        self._numbers = 0
        self._open: set[_Client] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._problem: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="clausewise-proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(THREAD_S) or self._problem is not None:
            raise InternalError(f"the proxy did not start: {self._problem}")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(THREAD_S)

    def mutate(self, behaviour: Behaviour | None) -> None:
        """Connections from now on show this behaviour."""
        self.behaviour = behaviour
        self._changes = 0

    @property
    def changes(self) -> int:
        """How often a behaviour has changed something since `mutate`."""
        return self._changes + sum(
            one.conversation.changes for one in list(self._open) if one.counted is self.behaviour
        )

    @contextlib.contextmanager
    def pause(self) -> Iterator[None]:
        """While the block lasts the device is seen as it is."""
        before, self.paused = self.paused, True
        try:
            yield
        finally:
            self.paused = before

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        servers: list[asyncio.Server] = []
        try:
            servers = [self._listen(name) for name in (None, *self.more)]
            self.port, *rest = (server.sockets[0].getsockname()[1] for server in servers)
            self.more_ports = dict(zip(self.more, rest, strict=True))
        except OSError as error:
            self._problem = error
        self._ready.set()
        if not servers:
            return
        self._loop.run_forever()
        for server in servers:
            server.close()
        for client in list(self._open):
            client.abort()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _listen(self, name: str | None) -> asyncio.Server:
        return self._loop.run_until_complete(
            self._loop.create_server(lambda: _Client(self, name), HOST, 0, backlog=BACKLOG)
        )

    def enter(self, client: _Client) -> int:
        """Take note of a connection; gives its number."""
        self._open.add(client)
        self._numbers += 1
        return self._numbers

    def leave(self, client: _Client) -> None:
        """Forget a connection."""
        if client in self._open:
            self._open.discard(client)
            if client.counted is self.behaviour:
                self._changes += client.conversation.changes


class _Client(asyncio.Protocol):
    """The client's side of one connection."""

    transport: asyncio.Transport
    conversation: Conversation

    def __init__(self, proxy: Proxy, interface: str | None = None) -> None:
        self.proxy = proxy
        self.upstream = proxy.more[interface] if interface is not None else proxy.upstream
        self.counted = proxy.behaviour
        self.device: _Device | None = None
        self._queue: deque[Piece] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False  # the client sends no more
        self._device_ended = False  # and the client may know
        self._finished = False
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=UNSENT_BYTES)
        transport.pause_reading()
        upstream, proxy = self.upstream, self.proxy
        number = proxy.enter(self)
        self.conversation = Conversation(
            number, upstream.binding, upstream.parse, self.counted, lambda: proxy.paused, proxy.witness
        )
        self._task = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        upstream = self.upstream
        peer = self.transport.get_extra_info("peername")[0]
        if self.counted is not None and not self.proxy.paused:
            seen = self.counted.source(peer)
            self.conversation.changes += seen != peer
            peer = seen
        try:
            async with asyncio.timeout(upstream.timeout_s):
                await asyncio.get_running_loop().create_connection(
                    lambda: _Device(self), upstream.host, upstream.port, local_addr=_source(peer, upstream.host)
                )
        except (OSError, TimeoutError):
            self.abort()
            return
        self.tell(list(self.conversation.opened()))
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self.device is not None:
            for out in self.conversation.from_client(data):
                self.device.transport.write(out)

    def eof_received(self) -> bool:
        self._ended = True
        if self.device is not None and not self.device.transport.is_closing():
            if held := self.conversation.client_ended():
                self.device.transport.write(held)
            self.device.transport.write_eof()
        return not (self._finished or self.device is None or self.device.ended)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.conversation.gone()
        self.proxy.leave(self)
        if self.device is not None:
            if exc is not None:
                _reset(self.device.transport)
            else:
                self.device.transport.close()
        elif self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        if self.device is not None and not self.device.transport.is_closing():
            self.device.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.device is not None and not self.device.transport.is_closing():
            self.device.transport.resume_reading()

    def tell(self, pieces: list[Piece]) -> None:
        """Send pieces in order, after those that still wait."""
        self._queue.extend(pieces)
        if self._timer is None:
            self._flush()

    def _flush(self) -> None:
        self._timer = None
        ready = bytearray()
        while self._queue and not self._queue[0].delay_s:
            piece = self._queue.popleft()
            ready += piece.data
            if piece.end is not None:
                self._write(bytes(ready))
                self._finish(piece.end)
                return
        self._write(bytes(ready))
        if self._queue:
            first = self._queue[0]
            self._queue[0] = Piece(data=first.data, end=first.end)
            self._timer = asyncio.get_running_loop().call_later(first.delay_s, self._flush)
        elif self._device_ended:
            self._finish(End.CLOSE)

    def _write(self, data: bytes) -> None:
        if data and not self._finished and not self.transport.is_closing():
            self.transport.write(data)

    def _finish(self, end: End) -> None:
        """End the connection towards the client; it may still send."""
        self._queue.clear()
        if self.transport.is_closing() or self._finished:
            return
        self._finished = True
        if end is End.RESET:
            _reset(self.transport)
        elif self._ended or not self._device_ended:
            self.transport.close()
        else:
            self.transport.write_eof()

    def device_ended(self, *, reset: bool) -> None:
        """The device has ended the connection."""
        held, visible = self.conversation.device_ended()
        if not visible:
            return
        self._device_ended = True
        if reset:
            self._finish(End.RESET)
        else:
            self.tell(held)

    def abort(self) -> None:
        """End both sides at once."""
        _reset(self.transport)
        if self.device is not None:
            _reset(self.device.transport)


class _Device(asyncio.Protocol):
    """The device's side of one connection."""

    transport: asyncio.Transport

    def __init__(self, client: _Client) -> None:
        self._client = client
        self.ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=UNSENT_BYTES)
        self._client.device = self
        if self._client.transport.is_closing():
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self._client.tell(self._client.conversation.from_device(data))

    def eof_received(self) -> bool:
        self.ended = True
        self._client.device_ended(reset=False)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        before, self.ended = self.ended, True
        if self._client.transport.is_closing():
            return
        if not before:
            self._client.device_ended(reset=exc is not None)
        elif exc is not None:
            _reset(self._client.transport)

    def pause_writing(self) -> None:
        if not self._client.transport.is_closing():
            self._client.transport.pause_reading()

    def resume_writing(self) -> None:
        if not self._client.transport.is_closing():
            self._client.transport.resume_reading()


def _source(peer: str, host: str) -> tuple[str, int] | None:
    """The local address to reach the device from: the client's own, where the device can be reached from it."""
    own = ipaddress.ip_address(peer)
    if not own.is_loopback:
        return peer, 0  # the client is on this machine, so this is one of its addresses
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    return (peer, 0) if local and peer != HOST else None


def _reset(transport: asyncio.Transport) -> None:
    """Tear a connection down with a RST."""
    raw = transport.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
