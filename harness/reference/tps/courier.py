"""Sends what waits in lanes: one task a lane, each message within a deadline, so that no receiver stops the device or another receiver."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
from urllib.parse import urlsplit

from harness.reference.tps.letters import Lane, Letter, Post

# Wall seconds: for one message, from the connection to the end of its answer; between two messages to one address, at most.
DEADLINE_S, _PAUSE_S = 3.0, 0.05
_DEVICE_PAUSE_S = 1.0  # the same between two messages, in device seconds
_TRIES = 3  # where a reading sends again
_LANES = 200  # at work at a time; what is beyond is given up
_ANSWER_BYTES, _LINE_BYTES, _LINES = 64 * 1024, 8 * 1024, 100
_PORTS = {"http": 80, "https": 443}


class Courier:
    """Posts messages.

    Args:
        post: what waits.
        clock_scale: device seconds over wall seconds.
        host: where the device listens. If that is an address of the machine's own inside, nothing is sent to anywhere else.
        again: a message that could not be delivered is sent again.
        strict: nothing is sent to receivers whose certificate nobody has signed whom this machine knows.
    """

    def __init__(self, post: Post, clock_scale: float, host: str, *, again: bool, strict: bool) -> None:
        self._post, self._inside, self._tries = post, _is_inside(host), _TRIES if again else 1
        self._pause_s = min(_PAUSE_S, _DEVICE_PAUSE_S / clock_scale)
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._one_at_a_time = asyncio.Lock()  # by a fault
        self._tls = ssl.create_default_context()
        if not strict:
            self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE  # receivers sign their own
        post.woken = self.wake

    def wake(self, lane: Lane) -> None:
        """See to a lane, if nobody does."""
        self._post.lanes.clear()
        if lane in self._lanes:
            return
        if len(self._lanes) >= _LANES:
            while (letter := self._post.take(lane)) is not None:
                letter.done()
            return
        self._lanes[lane] = asyncio.get_running_loop().create_task(self._work(lane))

    async def close(self) -> None:
        """Give up what is under way."""
        self._post.woken = lambda _lane: None
        tasks = list(self._lanes.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, lane: Lane) -> None:
        try:
            while (letter := self._post.take(lane)) is not None:
                lane.busy = True
                await self._deliver(lane, letter)
                await asyncio.sleep(self._pause_s)
                lane.busy = False
        finally:
            lane.busy = False
            del self._lanes[lane]

    async def _deliver(self, lane: Lane, letter: Letter) -> None:
        try:
            if self._post.on("one-after-the-other"):
                async with self._one_at_a_time:
                    delivered = await self._sent(letter)
            else:
                delivered = await self._sent(letter)
            if not delivered and self._post.on("deaf-after-failure"):
                lane.deaf = True
        finally:
            letter.done()

    async def _sent(self, letter: Letter) -> bool:
        """Whether a message was delivered, in the end."""
        for _ in range(self._tries):
            with contextlib.suppress(OSError, ValueError, EOFError, TimeoutError, asyncio.LimitOverrunError):
                async with asyncio.timeout(DEADLINE_S):
                    if await self._posted(letter):
                        return True
            await asyncio.sleep(self._pause_s)
        return False

    async def _posted(self, letter: Letter) -> bool:
        """Whether the answer to a message was a good one.

        Raises:
            OSError, EOFError, ValueError: there was none, or none of HTTP.
        """
        parts = urlsplit(letter.uri)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        if parts.scheme not in _PORTS or not port or (self._inside and not _is_inside(host)):
            return False
        tls = self._tls if parts.scheme == "https" else None
        reader, writer = await asyncio.open_connection(host, port, ssl=tls, limit=_LINE_BYTES)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            head = (
                f"POST {path} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nUser-Agent: TelePresence Server\r\n"
                f"Content-Type: text/xml\r\nContent-Length: {len(letter.body)}\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode("ascii", "replace") + letter.body)
            await writer.drain()
            return await _answered(reader)
        finally:
            writer.close()


async def _answered(reader: asyncio.StreamReader) -> bool:
    """Read an answer, to its end if that is near; whether it has status 200."""
    words = (await reader.readuntil(b"\n")).split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/"):
        return False
    left = _ANSWER_BYTES
    for _ in range(_LINES):
        name, _, value = (await reader.readuntil(b"\n")).strip().partition(b":")
        if not name:
            break
        if name.lower() == b"content-length":
            left = min(int(value), _ANSWER_BYTES)
    with contextlib.suppress(OSError):
        while left > 0 and (data := await reader.read(left)):
            left -= len(data)
    return words[1] == b"200"


def _is_inside(host: str) -> bool:
    """Whether a host is this machine, seen from inside."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
