"""The HTTP listener of every reference server that speaks HTTP: ASGI on uvicorn, inside the loop that is running.

Routing is the application's own: two paths in a set cost 1 microsecond, starlette's router with its request and response 10 to 13, of
some 130 that a small request takes in all.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

import httptools
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

Application = Callable[[Any, Any, Any], Any]
Wrap = Callable[[asyncio.Transport], asyncio.Transport]

# Bytes of a request line and its headers; the parser itself has no limit.
MAX_HEAD_BYTES = 256 * 1024

# Connections that sent nothing for so long are closed. Clients of the suite are busier.
IDLE_S = 75

# On close, replies that are on their way have so long to end.
GRACE_S = 0.5

# Pending connections the kernel keeps; the kernel caps it by net.core.somaxconn.
BACKLOG = 4096


class _Protocol(HttpToolsProtocol):
    """One connection, with a bound on what comes before the body; an answer that nobody waits for any more is given up."""

    wrap: Wrap | None = None
    idle_s: float | None = (
        None  # seconds without a whole request after which the connection ends; None: only after a reply
    )
    _idle: asyncio.TimerHandle | None = None
    _head = 0  # bytes of the request's head so far, those apart that came together with its first
    _in_head = False
    _began = False
    _answering: tuple[RequestResponseCycle, asyncio.Task[None]] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport if self.wrap is None else self.wrap(transport))
        if self.idle_s is not None:
            self._wait(self.idle_s)

    def _wait(self, seconds: float) -> None:
        """End the connection unless a request has come whole by then, or is being answered."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = self.loop.call_later(seconds, self._end_idle, seconds)

    def _end_idle(self, seconds: float) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body:
            self._wait(seconds)
            return
        self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.idle_s is not None:
            self._wait(self.idle_s)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._idle is not None:
            self._idle.cancel()
        if self._answering is not None:
            cycle, task = self._answering
            cycle.disconnected = True
            task.cancel()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._began = False
        super().data_received(data)
        if self._in_head and not self._began:
            self._head += len(data)
            if self._head > MAX_HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("Request head too large.")

    def on_message_begin(self) -> None:
        self._head, self._in_head, self._began = 0, True, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        target = self.url
        if httptools.parse_url(target).path is None:
            self.url = b"/"  # `*` and `host:port` name no path, and uvicorn needs one
        self.scope["state"].update(target=target, transport=self.transport)  # the target as it came, its fragment too
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)
        self._answering = cycle, task


def _cancellable(app: Application) -> Application:
    """The same application, which ends without a word when nobody waits for its answer."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return answer


class HttpListener:
    """One listening socket and the connections made to it."""

    def __init__(self, server: Server, sock: socket.socket) -> None:
        self._server, self._socket = server, sock
        self._port: int = sock.getsockname()[1]
        self._ticks = asyncio.create_task(server.main_loop())

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    async def close(self) -> None:
        """Stop listening; replies that are on their way get `GRACE_S` to end, idle connections close at once."""
        state = self._server.server_state
        self._ticks.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._ticks
        for server in self._server.servers:
            server.close()
        for connection in list(state.connections):
            connection.shutdown()
        if state.tasks:
            await asyncio.wait(tuple(state.tasks), timeout=GRACE_S)
        for connection in list(state.connections):
            connection.transport.abort()
        for _ in range(2):  # the transports tell their protocols, which cancel their tasks
            await asyncio.sleep(0)
        await asyncio.gather(*state.tasks, return_exceptions=True)
        self._socket.close()


async def listen_http(
    app: Application,
    host: str,
    port: int,
    wrap: Wrap | None = None,
    *,
    idle_s: float | None = None,
    tls: ssl.SSLContext | None = None,
) -> HttpListener:
    """Serve an ASGI application; port 0 picks a free one.

    Args:
        app: an ASGI 3 application for scopes of type `http`.
        host: address to listen on.
        port: where to listen.
        wrap: put around the transport of each connection, for servers that are to send what HTTP forbids.
        idle_s: wall seconds without a whole request after which a connection ends; None: `IDLE_S` after a reply.
        tls: encrypt the connections so.

    Raises:
        OSError: the address cannot be listened on.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(BACKLOG)
        sock.setblocking(False)
        own: dict[str, object] = {"idle_s": idle_s, **({"wrap": staticmethod(wrap)} if wrap is not None else {})}
        speaker = type("_Speaker", (_Protocol,), own)
        config = Config(
            _cancellable(app),
            http=speaker,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_keep_alive=IDLE_S if idle_s is None else max(IDLE_S, int(2 * idle_s)),  # the second is ours then
        )
        config.load()
        config.ssl = tls
        server = Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.on_tick(0)
        await server.startup(sockets=[sock])
    except BaseException:
        sock.close()
        raise
    return HttpListener(server, sock)
