"""A call as it must be shown: what it was given, and how what a device shows of it differs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.wire.xmltree import Element

_FREE = ("GROUP", "GATE")  # come back whatever is in them
_WORDS = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_YES = ("y", "true", "1")
NO_VALUES = frozenset(("DEVICEID", "CALLINSTANCE"))


@dataclass(slots=True)
class Call:
    """A call of ours."""

    instance: str
    given: dict[str, str] | None = field(default_factory=dict)
    up: bool | None = True
    begun: int = 0
    touched: int = 0


def is_certain(name: str, value: str) -> bool:
    """Whether a value must come back; special signs in fields of one's own need not (UPT-AMB-025)."""
    return name in _FREE or name in NO_VALUES or _WORDS.fullmatch(value) is not None


def value_of(one: Element, name: str) -> str:
    """A value of a device or call; what is left out is none."""
    return next((found for part in (one, *one.all("RECORDING")) if (found := part.get(name)) is not None), "")


def is_last(last: Call, calls: Iterable[Call]) -> bool:
    """Whether nothing was done to another call since something was last done to this one."""
    return all(one is last or one.touched < last.touched for one in calls)


def is_up(one: Element) -> bool:
    """Whether a call that a status tells of is one that goes on."""
    return not value_of(one, "STOPTIME") or value_of(one, "ISRECORDING").lower() in _YES


def unlike(one: Element | None, call: Call) -> str:
    """How an element differs from what a call was given."""
    if one is None:
        return "it is not there"
    for name, value in (call.given or {}).items():
        if is_certain(name, value) and value_of(one, name) != value:
            return f"{name} {value_of(one, name)!r} instead of {value!r}"
    return ""


def other_instance(one: Element, call: Call) -> str:
    """How an element tells of another call, "" if it does not."""
    got = value_of(one, "CALLINSTANCE")
    return "" if got == call.instance else f"instance {got!r}"
