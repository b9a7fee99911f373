"""A clock that goes on beside a listener: what a device does by itself happens though nobody asks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from harness.reference.system import Listener


class Closing(Protocol):
    """What ends with a listener."""

    async def close(self) -> None:
        """End it."""


class Ticking:
    """A listener beside which a device's time goes on.

    Args:
        listener: ends together with the clock.
        tick: called again and again.
        every_s: wall seconds between two calls.
        beside: ends together with them, before the listener does.
    """

    def __init__(
        self, listener: Listener, tick: Callable[[], object], every_s: float, *, beside: Closing | None = None
    ) -> None:
        self._listener, self._beside = listener, beside
        self._task = asyncio.create_task(_run(tick, every_s))

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._listener.port

    async def close(self) -> None:
        """Stop listening."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        if self._beside is not None:
            await self._beside.close()
        await self._listener.close()


async def _run(tick: Callable[[], object], every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        tick()
