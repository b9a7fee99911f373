"""The client of two lists, of what lives and of what has ended, that goes on from cookies. No sockets: whoever drives it makes the calls.

It begins the list of ends first, then that of what lives, to its end. From then on it reads the one or the other again as it is told that there is
something to read, page by page, and takes every page as it comes. If it does what its document says, it ends with exactly what the device has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Which of the two lists."""

    LIVE = "live"
    ENDS = "ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The next call: of which list, and with which cookie, None to begin."""

    side: Side
    cookie: str | None


class Follower:
    """One client.

    Attributes:
        believed: id -> what was told of it last, of all that lives as far as it knows.
        begun_again: how often a cookie was too old, so that it had to begin anew.
    """

    def __init__(self) -> None:
        self.believed: dict[str, Mapping[str, object]] = {}
        self.begun_again = 0
        self._cookies: dict[Side, str] = {}
        self._due: list[Side] = []
        self._begin()

    def _begin(self) -> None:
        self.believed.clear()
        self._cookies.clear()
        self._due = [Side.ENDS, Side.LIVE]

    def asks(self) -> Ask | None:
        """What to call now; None if there is nothing to do until it is woken."""
        if not self._due:
            return None
        return Ask(side=self._due[0], cookie=self._cookies.get(self._due[0]))

    def hears(self, items: Mapping[str, Mapping[str, object]], cookie: str | None, *, more: bool) -> None:
        """The page that answers the call: what it names, its cookie, and whether there is more."""
        side = self._due[0]
        first = side not in self._cookies
        if cookie is not None:
            self._cookies[side] = cookie
        for name, told in items.items():
            if side is Side.LIVE:
                self.believed[name] = told
            else:
                self.believed.pop(name, None)
        # The first call for ends only gives a cookie: what ends from then on is read when there is something to read.
        if not more or (side is Side.ENDS and first):
            del self._due[0]

    def wakes(self, *sides: Side) -> None:
        """There is something to read: by an event, or because somebody wants to know."""
        self._due += [side for side in sides if side not in self._due]

    def refused(self) -> None:
        """A cookie is too old: all that is known is thrown away, and both lists begin anew."""
        self.begun_again += 1
        self._begin()
