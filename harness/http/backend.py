"""What httpx reads from and writes to: the connection of the current turn, under that turn's deadline.

The turn records the exact bytes and reads them too; httpcore's exceptions are raised here for httpcore, and stay there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from harness.ending import Ending
from harness.http.turn import Connection, Recorder, Sink, Turn

__all__ = ["Backend", "Recorder", "Sink", "Stream"]


class Stream(httpcore.NetworkStream):
    """A connection as httpx sees it. Closing it closes nothing: whoever owns the turn decides that."""

    def __init__(self, connection: Connection, current: Callable[[], Turn | None]) -> None:
        self._connection = connection
        self._current = current

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the turn's deadline counts
        """Bytes of the turn's response; httpcore's exceptions where there are none."""
        turn = self._turn()
        data = turn.pull() if turn is not None else b""
        if data or turn is None or turn.ending is Ending.CLOSED or (turn.ending is Ending.ANSWERED and turn.closed):
            return data
        if turn.ending is Ending.SILENT:
            raise httpcore.ReadTimeout
        raise httpcore.ReadError  # torn down, too much, or the response is whole and httpx wants more

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the turn's deadline counts
        """Send bytes of the turn's request."""
        if not buffer:  # h11's end of a message without a body
            return
        turn = self._turn()
        ending = turn.send(bytes(buffer)) if turn is not None else Ending.CLOSED
        if ending is Ending.SILENT:
            raise httpcore.WriteTimeout
        if ending is not None:
            raise httpcore.WriteError

    def close(self) -> None:
        """Nothing: the response may still have to be read, and the connection may be good."""

    def get_extra_info(self, info: str) -> Any:
        """`is_readable`: that the pool must not use this stream again, for its connection is not the current one."""
        return self._turn() is None if info == "is_readable" else None

    def _turn(self) -> Turn | None:
        turn = self._current()
        return turn if turn is not None and turn.connection is self._connection else None


class Backend(httpcore.NetworkBackend):
    """Gives httpx the connection of the current turn; `current` says which turn that is."""

    def __init__(self, current: Callable[[], Turn | None]) -> None:
        self._current = current

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the turn has its connection already
        port: int,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """The current turn's connection, open already."""
        turn = self._current()
        if turn is None:
            raise httpcore.ConnectError
        return Stream(turn.connection, self._current)

    def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Not offered."""
        raise httpcore.UnsupportedProtocol
