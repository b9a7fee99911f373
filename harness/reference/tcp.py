"""Raw TCP listeners: bytes of thousands of connections to conversations and back, with bounded buffers both ways.

Nothing here knows a wire format. A connection is read no further while what it sent before is not worked off or while
its peer does not read, so neither a flood nor a stalled reader makes the server grow.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from harness.reference.system import Conversation, Pushing

# Bytes handed to a conversation at a time, so that one pipelining client does not keep thousands of others waiting: at
# the shortest sensible command of 20 bytes this is some 400 commands, about 10 ms.
SLICE_BYTES = 8 * 1024

# Unsent bytes of one connection above which it is read no further. Large enough for a burst's replies, small enough for
# 10,000 stalled connections in one gigabyte.
UNSENT_BYTES = 64 * 1024

# Bytes sent unasked that a peer may leave unread: far above what a test causes, and a connection that goes beyond is ended, so that
# one that never reads does not make the server grow.
UNREAD_BYTES = 8 * 1024 * 1024

# Pending connections the kernel keeps; the kernel caps it by net.core.somaxconn, 4096 by default on Linux.
BACKLOG = 4096

Opener = Callable[[str], Conversation]


class _Connection(asyncio.Protocol):
    """One accepted connection."""

    def __init__(self, opener: Opener, connections: set[_Connection]) -> None:
        self._opener, self._connections = opener, connections
        self._loop = asyncio.get_running_loop()
        self._pending = bytearray()
        self._full = False  # the peer does not read
        self._ended = False  # the peer sends no more
        self._scheduled = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(self)
        transport.set_write_buffer_limits(high=UNSENT_BYTES)
        peer = transport.get_extra_info("peername")
        self._conversation = self._opener(peer[0] if peer else "")
        if isinstance(self._conversation, Pushing):
            self._conversation.attach(self)
        self._send(self._conversation.greet())

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self._connections.discard(self)
        self._pending.clear()
        self._conversation.closed()

    def data_received(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        if not self._pending and len(data) <= SLICE_BYTES and not self._full:
            self._hand_over(data)
            return
        self._pending += data
        self._transport.pause_reading()
        self._schedule()

    def eof_received(self) -> bool:
        self._ended = True
        if not self._pending:
            self._finish()
        return True  # replies still go out; _finish closes

    def pause_writing(self) -> None:
        self._full = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._full = False
        self._schedule()

    def push(self, data: bytes) -> None:
        """Send bytes now; nothing where the connection is ending."""
        if self._transport.is_closing():
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > UNREAD_BYTES:
            self._transport.abort()

    def end(self) -> None:
        """Close the connection once what was sent has gone out."""
        if not self._transport.is_closing():
            self._pending.clear()
            self._transport.close()

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._work)

    def _work(self) -> None:
        """One slice of what is pending; then the other connections have their turn."""
        self._scheduled = False
        if self._full or self._transport.is_closing():
            return
        if self._pending:
            data = bytes(self._pending[:SLICE_BYTES])
            del self._pending[:SLICE_BYTES]
            self._hand_over(data)
        if self._transport.is_closing() or self._full:
            return
        if self._pending:
            self._schedule()
        elif self._ended:
            self._finish()
        else:
            self._transport.resume_reading()

    def _hand_over(self, data: bytes) -> None:
        try:
            reply = self._conversation.receive(data)
        except Exception:
            self._transport.abort()  # a mistake of ours ends this connection, never the server
            raise
        self._send(reply)

    def _finish(self) -> None:
        self._send(self._conversation.eof())
        if not self._transport.is_closing():
            self._transport.close()

    def _send(self, data: bytes) -> None:
        if self._conversation.dropped:
            self._transport.abort()
            return
        if data:
            self._transport.write(data)
        if self._conversation.closing:
            self._pending.clear()
            self._transport.close()


class TcpListener:
    """A listening socket and its connections.

    Args:
        server: asyncio's server.
        connections: the set that its connections enter and leave.
    """

    def __init__(self, server: asyncio.Server, connections: set[_Connection]) -> None:
        self._server, self._connections = server, connections

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and end its connections."""
        self._server.close()
        for connection in list(self._connections):
            connection.abort()
        await asyncio.sleep(0)  # the transports report their end in the next turn of the loop
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), timeout=1.0)


async def listen_tcp(opener: Opener, host: str, port: int) -> TcpListener:
    """Listen for connections.

    Args:
        opener: makes the conversation with a peer, given its address.
        host: address to listen on.
        port: 0 picks a free one.

    Raises:
        OSError: the address cannot be listened on.
    """
    connections: set[_Connection] = set()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(opener, connections), host, port, backlog=BACKLOG, reuse_address=True
    )
    return TcpListener(server, connections)
