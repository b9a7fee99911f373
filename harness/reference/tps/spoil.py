"""Where the seeded faults take hold: each place with its hook, which leaves all as it is unless a fault is on.

A part of the faults is a subclass; `Spoilers` asks each part in turn. Without any fault it is never asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.reference.tps.asking import Ask, Path, Values
from harness.reference.tps.world import World
from harness.spec.callmodel import Slip


class Spoiler:
    """A part of the faults.

    Args:
        on: whether the fault of a name is on.
        world: the device's state, for faults that have to do with it.
    """

    def __init__(self, on: Callable[[str], bool], world: World) -> None:
        self.on, self.world = on, world

    def body(self, body: bytes, client: object) -> bytes:  # noqa: ARG002
        """A call as it came."""
        return body

    def on_large(self, body: bytes) -> bool:  # noqa: ARG002
        """Whether a call that is too large is taken."""
        return False

    def lets_in(self, method: str, given: Values, *, known: bool) -> bool:  # noqa: ARG002
        """Whether a user is let in who is `known`, or not."""
        return known

    def passes(self, method: str, path: Path, slip: Slip, value: Any) -> bool:  # noqa: ARG002
        """Whether a mistake in a member is passed over. `Slip.MISSING` has None for a value."""
        return False

    def finds(self, method: str, path: Path, value: Any) -> str | None:  # noqa: ARG002
        """The fault for a value that is right, or None."""
        return None

    def skips(self, ask: Ask) -> bool:  # noqa: ARG002
        """Whether a call that is right succeeds without anything being done."""
        return False

    def lets(self, rule: str) -> bool:
        """Whether a rule between values is passed over: of a method that asks by the name of the fault."""
        return self.on(rule)

    def asked(self, ask: Ask) -> None:
        """A call that is right, before it is done: its `values` may be changed."""

    def done(self, ask: Ask, told: Values) -> None:
        """What a success tells, before it is shaped and written: it may be changed, in its structs too (copy before you do)."""

    def told(self, ask: Ask, told: Values) -> Values:  # noqa: ARG002
        """What a success tells, as it will be written."""
        return told

    def fault(self, method: str, fault: str, code: int, text: str, path: Path) -> tuple[int, str]:  # noqa: ARG002
        """Code and text of a fault."""
        return code, text

    def written(self, method: str, data: bytes, *, failed: bool) -> bytes:  # noqa: ARG002
        """A reply as it is sent."""
        return data

    def answered(self, client: object, status: int, headers: list[tuple[bytes, bytes]]) -> int:  # noqa: ARG002
        """HTTP status and headers of a reply; the headers may be changed."""
        return status


class Spoilers(Spoiler):
    """All parts, one after the other."""

    def __init__(self, parts: Sequence[Spoiler]) -> None:
        self.parts = parts

    def body(self, body: bytes, client: object) -> bytes:
        """As `Spoiler`."""
        for part in self.parts:
            body = part.body(body, client)
        return body

    def on_large(self, body: bytes) -> bool:
        """As `Spoiler`."""
        return any(part.on_large(body) for part in self.parts)

    def lets_in(self, method: str, given: Values, *, known: bool) -> bool:
        """As `Spoiler`."""
        for part in self.parts:
            known = part.lets_in(method, given, known=known)
        return known

    def passes(self, method: str, path: Path, slip: Slip, value: Any) -> bool:
        """As `Spoiler`."""
        return any(part.passes(method, path, slip, value) for part in self.parts)

    def finds(self, method: str, path: Path, value: Any) -> str | None:
        """As `Spoiler`."""
        return next((found for part in self.parts if (found := part.finds(method, path, value)) is not None), None)

    def skips(self, ask: Ask) -> bool:
        """As `Spoiler`."""
        return any(part.skips(ask) for part in self.parts)

    def lets(self, rule: str) -> bool:
        """As `Spoiler`."""
        return self.parts[0].on(rule)

    def asked(self, ask: Ask) -> None:
        """As `Spoiler`."""
        for part in self.parts:
            part.asked(ask)

    def done(self, ask: Ask, told: Values) -> None:
        """As `Spoiler`."""
        for part in self.parts:
            part.done(ask, told)

    def told(self, ask: Ask, told: Values) -> Values:
        """As `Spoiler`."""
        for part in self.parts:
            told = part.told(ask, told)
        return told

    def fault(self, method: str, fault: str, code: int, text: str, path: Path) -> tuple[int, str]:
        """As `Spoiler`."""
        for part in self.parts:
            code, text = part.fault(method, fault, code, text, path)
        return code, text

    def written(self, method: str, data: bytes, *, failed: bool) -> bytes:
        """As `Spoiler`."""
        for part in self.parts:
            data = part.written(method, data, failed=failed)
        return data

    def answered(self, client: object, status: int, headers: list[tuple[bytes, bytes]]) -> int:
        """As `Spoiler`."""
        for part in self.parts:
            status = part.answered(client, status, headers)
        return status
