"""What happened in one case, as bytes, times and endings. Nothing here is judged.

A transcript is a list of steps in the order in which the flow asked for them. Judging a transcript again plays these steps back to
the same flow (`harness.dut`), so a verdict is a function of spec, case and transcript.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.ending import Ending

# `detail` of what came and was too large to keep.
CUT = "cut"
# Among `values`: what came on an HTTP connection before the request, which belongs to no reply.
STRAY = "stray"
# Longer data is kept compressed: replies of thousands of rows repeat themselves.
PLAIN_BYTES = 4096
# No step holds more; a file that says so is not ours.
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action and how it ended.

    Attributes:
        action: `connect`, `send`, `receive`, `wait`, `close`, `half-close`, `reset`, `provide`, `listen`, `behave` or `hear`.
        link: name of the connection, "" where none is concerned.
        at_s: seconds since the case began, monotonic.
        took_s: seconds that the action took.
        data: bytes that left (`send`) or came (`receive`, `hear`).
        pieces: lengths of the segments of a `send`; empty for one piece.
        ending: how it ended; None for actions that cannot fail.
        detail: what else is worth keeping: address, reason, name of a provided object.
        values: what the harness itself supplied (`provide`): ids, by name.
    """

    action: str
    link: str = ""
    at_s: float = 0.0
    took_s: float = 0.0
    data: bytes = b""
    pieces: tuple[int, ...] = ()
    ending: Ending | None = None
    detail: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Transcript:
    """The steps of one case."""

    case: str
    steps: list[Step] = field(default_factory=list)


class Redactor:
    """Replaces secrets by placeholders of their own, the same one for the same secret.

    A flow that is played back sees the placeholder wherever it saw the secret, so it goes the same way.
    """

    def __init__(self) -> None:
        self._secrets: dict[bytes, bytes] = {}
        self._longest_first: list[tuple[bytes, bytes]] = []

    @property
    def knows_any(self) -> bool:
        """Whether there is any secret to hide."""
        return bool(self._secrets)

    def add(self, secret: str, kind: str) -> None:
        """Hide `secret` from now on; an empty one is ignored."""
        raw = secret.encode()
        if raw and raw not in self._secrets:
            self._secrets[raw] = f"[{kind}-{len(self._secrets) + 1}]".encode()
            self._longest_first = sorted(self._secrets.items(), key=lambda known: len(known[0]), reverse=True)

    def clean(self, data: bytes) -> bytes:
        """`data` without secrets."""
        for secret, shown in self._longest_first:
            data = data.replace(secret, shown)
        return data

    def clean_text(self, text: str) -> str:
        """`text` without secrets."""
        return (
            self.clean(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
            if self._secrets
            else text
        )


def transcript_to_json(transcript: Transcript, redactor: Redactor | None = None) -> dict[str, Any]:
    """The transcript as plain data; bytes are `text` where they are UTF-8, else `base64`, `zlib` where they are many."""
    return {"case": transcript.case, "steps": [_step_to_json(step, redactor) for step in transcript.steps]}


def _step_to_json(step: Step, redactor: Redactor | None) -> dict[str, Any]:
    row: dict[str, Any] = {"action": step.action, "at_s": round(step.at_s, 6), "took_s": round(step.took_s, 6)}
    if step.link:
        row["link"] = step.link
    if step.data:
        data = redactor.clean(step.data) if redactor is not None else step.data
        row |= _data_to_json(data)
    if step.pieces:
        row["pieces"] = list(step.pieces)
    if step.ending is not None:
        row["ending"] = step.ending.value
    if step.detail:
        row["detail"] = redactor.clean_text(step.detail) if redactor is not None else step.detail
    if step.values:
        row["values"] = {key: redactor.clean_text(value) if redactor else value for key, value in step.values.items()}
    return row


def _data_to_json(data: bytes) -> dict[str, Any]:
    if len(data) > PLAIN_BYTES:
        return {"zlib": base64.b64encode(zlib.compress(data, 1)).decode(), "bytes": len(data)}
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _data_from_json(row: Mapping[str, Any]) -> bytes:
    if "text" in row:
        return str(row["text"]).encode()
    if "zlib" in row:
        unzip = zlib.decompressobj()
        try:
            data = unzip.decompress(base64.b64decode(row["zlib"]), MAX_BYTES)
        except zlib.error as error:
            raise ValueError(f"zlib: {error}") from None
        if not unzip.eof:
            raise ValueError(f"zlib: cut off, or more than {MAX_BYTES} bytes")
        return data
    return base64.b64decode(row.get("base64", ""))


def transcript_from_json(row: Mapping[str, Any]) -> Transcript:
    """The reverse of `transcript_to_json`.

    Raises:
        KeyError, ValueError: the data is not a transcript.
    """
    return Transcript(case=row["case"], steps=list(_steps(row["steps"])))


def _steps(rows: Iterable[Mapping[str, Any]]) -> Iterable[Step]:
    for row in rows:
        yield Step(
            action=row["action"],
            link=row.get("link", ""),
            at_s=row["at_s"],
            took_s=row["took_s"],
            data=_data_from_json(row),
            pieces=tuple(row.get("pieces", ())),
            ending=Ending(row["ending"]) if "ending" in row else None,
            detail=row.get("detail", ""),
            values=row.get("values", {}),
        )


def inflated(row: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """A step as plain data in which nothing is compressed, for people: of long data the first `limit` bytes, `cut` says how many are missing."""
    if "zlib" not in row:
        return dict(row)
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(row["zlib"]), limit)
    except (ValueError, zlib.error):
        data = b""
    missing = max(int(row.get("bytes", 0)) - len(data), 0)
    plain = {key: value for key, value in row.items() if key not in ("zlib", "bytes")}
    return {**plain, "text": data.decode("utf-8", "replace"), **({"cut": missing} if missing else {})}
