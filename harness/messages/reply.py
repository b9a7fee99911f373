"""What a device answered, read under every reading of its format. Nothing here is judged yet.

`Reply` is the same for every protocol whose operations either succeed with a value or fail with a code and a message.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.ending import Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A rule of the format that a reply breaks. `rule` is a key of the syntax' `rules`."""

    rule: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it was sent.

    Attributes:
        operation: name of the operation, "" for what names none.
        values: the values, decoded.
        typed: the values as they stood on the wire, with quotes and escapes.
    """

    operation: str
    values: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply, or the way in which none came.

    Attributes:
        ok: True for a success, False for an error, None if it is neither or nothing came.
        value: what a success carries; None if it carries nothing.
        form: reading of the format that it follows, "" if there is only one.
        step: index of the transcript step that holds it.
    """

    call: Call
    ending: Ending
    raw: bytes = b""
    text: str = ""
    ok: bool | None = None
    value: str | None = None
    code: str = ""
    message: str = ""
    form: str = ""
    problems: tuple[Problem, ...] = ()
    step: int = -1

    def describe(self) -> str:
        """What came, for people, in one line."""
        if self.ending is not Ending.ANSWERED:
            rest = f" after {readable(self.raw)}" if self.raw else ""
            return {
                Ending.SILENT: "no reply before the deadline",
                Ending.CLOSED: "the connection closed",
                Ending.RESET: "the connection was reset",
                Ending.FLOODED: "more bytes than a reply may have, without an end",
            }[self.ending] + rest
        return readable(self.raw)


def readable(data: bytes, limit: int = 300) -> str:
    """Bytes as text for people: control characters and invalid bytes escaped, shortened in the middle."""
    if len(data) > 8 * limit:  # what will not be shown need not be read; no character has more than four bytes
        count = len(data)
        text = readable(data[: 2 * limit], 2 * limit)
        return f"{text[: limit // 2]} ...({count} bytes)... {readable(data[-limit:], limit)[-limit // 4 :]}"
    text = data.decode("utf-8", "backslashreplace")
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return text if len(text) <= limit else f"{text[: limit // 2]} ...({len(text)} characters)... {text[-limit // 4 :]}"
