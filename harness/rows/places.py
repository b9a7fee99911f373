"""Lines and columns of places in a stream of UTF-8 that is seen piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator

# One attribute of a start tag: its name, and the value with its quotes.
_ATTRIBUTE = re.compile(rb"""([^\s=/>"'<]+)[ \t\r\n]*=[ \t\r\n]*(?:"[^"]*"|'[^']*')""")
_TAG = re.compile(rb"""<[^\s/>]+(?:[^"'>]|"[^"]*"|'[^']*')*>""")


class Places:
    """The piece of the stream that may still be asked for, and a cursor in it whose line and column are known.

    Offsets count bytes from the start of the stream; text before the cursor is dropped. Lines end in LF, as in CR LF.
    """

    def __init__(self) -> None:
        self._text = b""
        self._start = 0  # offset of the first byte held, which is the cursor
        self._line = 1
        self._column = 1

    @property
    def end(self) -> int:
        """Offset behind the last byte that came."""
        return self._start + len(self._text)

    def add(self, data: bytes) -> None:
        """What comes next in the stream."""
        self._text = self._text + data if self._text else data

    def drop(self, offset: int) -> None:
        """Nothing before the offset will be asked for."""
        if offset <= self._start:
            return
        gone = self._text[: offset - self._start]
        self._line, self._column = _after(gone, self._line, self._column)
        self._text = self._text[len(gone) :]
        self._start += len(gone)

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset that has not been dropped."""
        return _after(self._text[: max(offset - self._start, 0)], self._line, self._column)

    def text(self, offset: int, text: str) -> int:
        """Offset of the first character other than white space in the text that ends at an offset."""
        raw = self._text[: max(offset - self._start, 0)]
        wanted = text.encode("utf-8", "surrogatepass")
        if raw.endswith(wanted) and b"&" not in wanted:
            start = len(raw) - len(wanted)
        else:  # with references or CR in it, it is looked for behind the tag before it
            start = max((found.end() for found in _TOKEN.finditer(raw)), default=0)
        return self._start + len(raw) - len(raw[start:].lstrip(b" \t\r\n"))

    def attribute(self, offset: int, name: str) -> int:
        """Offset of an attribute's name in the start tag at an offset; that of the tag if it is not found there.

        A name of a namespace comes as `namespace local`, and is found by its local part.
        """
        tag = _TAG.match(self._text, offset - self._start)
        if tag is None:
            return offset
        local = name.rpartition(" ")[2].encode()
        for found in _attributes(self._text, tag.start(), tag.end()):
            spelled = found[1]
            if spelled == local or (" " in name and spelled.rpartition(b":")[2] == local):
                return self._start + found.start()
        return offset


# Tags and what else is no text between tags.
_TOKEN = re.compile(rb"""<!--.*?-->|<\?.*?\?>|<!\[CDATA\[|\]\]>|</?[^\s/>!?](?:[^"'>]|"[^"]*"|'[^']*')*>""", re.DOTALL)


def _attributes(text: bytes, start: int, end: int) -> Iterator[re.Match[bytes]]:
    return _ATTRIBUTE.finditer(text, start, end)


def _after(text: bytes, line: int, column: int) -> tuple[int, int]:
    """Line and column behind a text that begins at these."""
    lines = text.count(b"\n")
    if lines:
        return line + lines, characters(text[text.rfind(b"\n") + 1 :]) + 1
    return line, column + characters(text)


def characters(text: bytes) -> int:
    """How many characters begin in a piece of UTF-8."""
    return len(text) if text.isascii() else len(text.decode("utf-8", "replace"))
