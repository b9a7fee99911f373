"""A fuzz case as data: bytes to send, with slots for what only the device knows, and how they are cut and timed.

A script holds no generator state. The same script can be sent to another device, made smaller, written to a file and read again.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import UsageError

# What a file may ask for: nobody builds a longer pause, and a replay must not wait for hours.
MAX_PAUSE_S = 60.0
WAYS = ("send", "close", "reset", "half-close")
_SLOT = re.compile(
    r"object:[\w-]+:[\w-]+|fixture:[\w-]+:[0-9]{1,6}|value:[0-9]{1,6}:?|time:[\w-]+:[+-]?[0-9]{1,9}"
    r"|packet:[+-]?[0-9]{1,5}(?::[0-9]{1,3}:[0-9]{1,3})?|login:(?:user|password)|body:(?:chunk|[+-]?[0-9]{1,5})|fill:[0-9]{1,7}|session:[a-z]+(?::[a-z]+)?|spelled:[\w.-]+",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a text that is known when the script is played.

    `name` is one of `object:KIND:STATE` (an object that the suite makes), `fixture:KEY:INDEX` (of the target file),
    `value:INDEX:` (what the reply to request number INDEX of this script carried), `time:WINDOW:SECONDS` (so long after the beginning of a period
    that the suite provides; a second's number).

    For packets besides: `packet:DELTA` or `packet:DELTA:VERSION:RESERVED` (the header of what follows up to the next one or the end of the step,
    its length so much off), `login:user` and `login:password` (of the target file), `session:NAME` or `session:NAME:CHANGE` (the id of a session
    that the player holds, changed so that it is another text), `spelled:WHAT` (how the device wants something spelled).

    For calls over HTTP besides: `body:DELTA` (the length of the content behind the next empty line, so much off), `body:chunk` (the same as the
    size of a chunk), `fill:SIZE` (as much as makes the content so long).
    """

    name: str


Part = bytes | Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One send, or another thing done to the connection.

    Attributes:
        parts: the bytes, in order; for `send` only.
        cuts: lengths of the first segments; what they leave over is the last one.
        pause_s: seconds between segments, and after the send where a command is left unfinished.
        how: `send`, `close`, `reset` or `half-close`.
        link: which connection; "" where a script has only one.
    """

    parts: tuple[Part, ...] = ()
    cuts: tuple[int, ...] = ()
    pause_s: float = 0.0
    how: str = "send"
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One fuzz case.

    Attributes:
        name: what was done to a conforming dialogue, `category.mutation`; stable, without values.
        clauses: the clauses that it strains; cited with any broken check that cites none.
        steps: what is done, in order; on one connection, but for steps that name another.
    """

    name: str
    clauses: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def size(self) -> int:
        """Bytes, slots counting one, and steps: what makes a script smaller makes this smaller."""
        sent = sum(len(part) if isinstance(part, bytes) else 1 for step in self.steps for part in step.parts)
        return sent + sum(1 + len(step.cuts) + (step.pause_s > 0) for step in self.steps)

    @property
    def literal(self) -> bytes:
        """All bytes that are sent, without what stands in slots."""
        return b"".join(part for step in self.steps for part in step.parts if isinstance(part, bytes))

    def slots(self) -> list[Slot]:
        """Every slot, in order."""
        return [part for step in self.steps for part in step.parts if isinstance(part, Slot)]


def pieces(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    """`data` in segments of these lengths; what they leave over is the last one."""
    found, start = [], 0
    for length in cuts:
        found.append(data[start : start + length])
        start += length
    found.append(data[start:])
    return [piece for piece in found if piece]


def joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts with neighbouring bytes in one."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, bytes) and found and isinstance(found[-1], bytes):
            found[-1] += part
        elif part != b"":
            found.append(part)
    return tuple(found)


def script_to_json(script: Script) -> dict[str, Any]:
    """The script as plain data; bytes are `text` where they are UTF-8, else `base64`."""
    return {
        "name": script.name,
        "clauses": list(script.clauses),
        "steps": [_step_to_json(step) for step in script.steps],
    }


def _step_to_json(step: Step) -> dict[str, Any]:
    row: dict[str, Any] = {"how": step.how}
    if step.parts:
        row["parts"] = [{"slot": part.name} if isinstance(part, Slot) else bytes_to_json(part) for part in step.parts]
    if step.cuts:
        row["cuts"] = list(step.cuts)
    if step.pause_s:
        row["pause_s"] = step.pause_s
    if step.link:
        row["link"] = step.link
    return row


def bytes_to_json(data: bytes) -> dict[str, str]:
    """Bytes as one key: `text` where they are UTF-8, else `base64`."""
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def bytes_from_json(row: Mapping[str, Any]) -> bytes:
    """The reverse of `bytes_to_json`."""
    return str(row["text"]).encode() if "text" in row else base64.b64decode(row["base64"], validate=True)


def script_from_json(row: Mapping[str, Any]) -> Script:
    """The reverse of `script_to_json`.

    Raises:
        UsageError: the data is not a script.
    """
    try:
        steps = tuple(_step_from_json(step) for step in row["steps"])
        return Script(name=str(row["name"]), clauses=_texts(row["clauses"]), steps=steps)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UsageError(f"script: expected steps with parts as `clausewise fuzz` writes them, got {error!r}") from None


def _step_from_json(row: Mapping[str, Any]) -> Step:
    step = Step(
        parts=tuple(_slot(part["slot"]) if "slot" in part else bytes_from_json(part) for part in row.get("parts", ())),
        cuts=tuple(int(length) for length in row.get("cuts", ())),
        pause_s=float(row.get("pause_s", 0.0)),
        how=str(row["how"]),
        link=str(row.get("link", "")),
    )
    if step.how not in WAYS:
        raise ValueError(f"how: {step.how!r}")
    if any(length < 0 for length in step.cuts):
        raise ValueError(f"cuts: {step.cuts}")
    if not 0 <= step.pause_s <= MAX_PAUSE_S:
        raise ValueError(f"pause_s: {step.pause_s}, which is not from 0 to {MAX_PAUSE_S:g}")
    return step


def _slot(name: object) -> Slot:
    if not isinstance(name, str) or _SLOT.fullmatch(name) is None:
        raise ValueError(f"slot: {name!r}")
    return Slot(name)


def _texts(row: object) -> tuple[str, ...]:
    if not isinstance(row, list) or not all(isinstance(text, str) for text in row):
        raise ValueError(f"clauses: {row!r}")
    return tuple(row)
