"""Bytes and text of a device made readable: nothing of it steers a terminal, a parser or the order of reading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# C0 and C1 controls, format characters that reorder or hide text, lone surrogates, and what XML 1.0 forbids besides.
_FORMATS = "\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
_HIDDEN = re.compile(f"[\x00-\x1f{_FORMATS}]")
_HIDDEN_BUT_BREAKS = re.compile(f"[\x00-\x09\x0b-\x1f{_FORMATS}]")
_CONTROLS: Sequence[str] = (  # noqa: SIM905  a name a line would be 32 lines
    "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
).split()


def visible(text: str, *, breaks: bool = False) -> str:
    """`text` with every control, reordering or undecodable character shown instead of obeyed.

    Args:
        text: anything a device or a file supplied; surrogates stand for bytes that are not UTF-8.
        breaks: keep line feeds as they are.
    """
    return (_HIDDEN_BUT_BREAKS if breaks else _HIDDEN).sub(_symbol, text)


def readable(data: bytes, limit: int = 400) -> str:
    r"""Bytes as one line: UTF-8 where they are, `\xff` where not, control characters as symbols, cut after `limit`."""
    shown = visible(data[: 4 * limit].decode("utf-8", "surrogateescape"))
    return shorten(shown, limit) if len(data) <= 4 * limit else f"{shown[:limit]}... ({len(data)} bytes)"


def shorten(text: str, limit: int) -> str:
    """`text`, or its beginning and how many characters it has."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"


def one_line(text: str, limit: int = 160) -> str:
    """`text` visible, on one line and shortened."""
    return shorten(visible(" ".join(text.split("\n"))), limit)


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    r"""`text` in pieces, each with whether it is the name of a hidden character (`LF`, `\u202e`) or stands for itself.

    For pages: not every font has the control pictures that `visible` uses.
    """
    at = 0
    for match in _HIDDEN.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], False
        yield _name(match), True
        at = match.end()
    if at < len(text):
        yield text[at:], False


def _name(match: re.Match[str]) -> str:
    code = ord(match.group())
    return "DEL" if code == 0x7F else (_CONTROLS[code] if code < 0x20 else _symbol(match))


def _symbol(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0xDC80 <= code <= 0xDCFF:  # surrogateescape: one byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}"
