"""One call of a function, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.reference.uptivity.reading import STREAM
from harness.spec.model import Operation

Values = Mapping[str, Any]  # texts, and the values of sections as mappings or sequences of them


class RefusedError(Exception):
    """A function fails.

    Args:
        error: name of the error.
        text: what the result says to people; "" for its label.
    """

    def __init__(self, error: str, text: str = "") -> None:
        super().__init__(error, text)
        self.error, self.text = error, text


@dataclass(slots=True, kw_only=True)
class File:
    """What a function exports."""

    data: bytes
    media: str = "application/octet-stream"
    name: str = "recording"


@dataclass(slots=True, kw_only=True)
class Ask:
    """A call whose form is right.

    Args:
        values: by the names of the spec, blank ones too.
        client: who asks, on the stream.
    """

    function: str
    operation: Operation
    values: dict[str, str]
    road: str = STREAM
    client: Any = None
    order: Sequence[tuple[str, str]] = ()

    def text(self, name: str) -> str:
        """The value of a parameter, "" without."""
        return self.values.get(name, "")

    def number(self, name: str) -> int | None:
        """The value of a parameter as a number; None where it is none."""
        text = self.values.get(name, "").strip()
        sign = text[1:] if text[:1] in ("-", "+") else text
        return int(text) if sign.isascii() and sign.isdecimal() and len(sign) < 20 else None

    def carried(self, names: Sequence[str]) -> dict[str, str]:
        """Those of some parameters that are there."""
        values = self.values
        return {name: values[name] for name in names if name in values}


@dataclass(slots=True, kw_only=True)
class Outcome:
    """A success: what it tells, and what of the answer's values."""

    text: str = ""
    values: Values = field(default_factory=dict)
    file: File | None = None


Handler = Callable[[Ask], Outcome]
