"""The text of an XML document from its bytes, in the encoding that it shows or declares, and the places in it.

    bytes --source_of--> Source: what a parser is given, as UTF-8, and the way from each of its places back to the bytes

UTF-8, UTF-16, ISO-8859-1 and US-ASCII are read. What says that it is another is told and read as UTF-8; bytes that do not fit are told
and read as U+FFFD. Of UTF-32 nothing is read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)
# How a document without mark begins: XML 1.0, appendix F.
_HEADS = ((b"<\x00\x00\x00", "utf-32"), (b"\x00\x00\x00<", "utf-32"), (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_MARK = b"\xef\xbb\xbf"
_DECLARED = re.compile(rb"<\?xml[ \t\r\n][^>]{0,200}?[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*([\"'])([^\"'>]{0,100})\1")
_NAMES = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "us-ascii", "ascii": "us-ascii", "iso-8859-1": "iso-8859-1", "iso_8859-1": "iso-8859-1",
    "latin1": "iso-8859-1", "latin-1": "iso-8859-1", "l1": "iso-8859-1", "utf-16": "utf-16", "utf-16le": "utf-16", "utf-16be": "utf-16",
}  # fmt: skip
_LINE_END = re.compile(rb"\r\n?|\n")
_LOST_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class Source:
    """A document as text.

    Attributes:
        data: its bytes as they came.
        utf8: the same as UTF-8, without a mark at its beginning; what places are counted in.
        encoding: what it is in: utf-8, utf-16, iso-8859-1, us-ascii; "utf-32" where nothing is read.
        codec: Python's name of that.
        mark: bytes of the mark at its beginning.
        declared: the encoding that it declares, in its own letters; None if it does not.
        problem: what is wrong with its encoding, "" if nothing is.
        problem_at: where, in `utf8`.
    """

    data: bytes
    utf8: bytes
    encoding: str
    codec: str
    mark: int
    declared: str | None
    problem: str = ""
    problem_at: int = 0

    @cached_property
    def _starts(self) -> list[int]:
        """Where the lines begin, in `utf8`."""
        return [0, *(found.end() for found in _LINE_END.finditer(self.utf8))]

    def place(self, at: int) -> tuple[int, int, int]:
        """Line and column, in characters, from 1, and the byte of `data`, from 0, of a place in `utf8`."""
        at = min(max(at, 0), len(self.utf8))
        line = bisect_right(self._starts, at) - 1
        column = len(self.utf8[self._starts[line] : at].decode("utf-8", "replace")) + 1
        return line + 1, column, min(self.mark + self._byte(at), len(self.data))

    def _byte(self, at: int) -> int:
        if self.codec == "utf-8" and not self.problem:
            return at
        before = len(self.utf8[:at].decode("utf-8", "ignore"))  # characters
        if self.codec == "utf-8":
            own = self.data[self.mark :].decode("utf-8", "surrogateescape")
            return len(own[:before].encode("utf-8", "surrogateescape"))
        return len(self.utf8[:at].decode("utf-8", "ignore").encode(self.codec, "replace"))


@lru_cache(maxsize=8)
def source_of(data: bytes) -> Source:
    """The text of a document; it never raises."""
    mark, codec = next((found for found in _MARKS if data.startswith(found[0])), (b"", ""))
    if not codec:
        codec = next((found for head, found in _HEADS if data.startswith(head)), "utf-8")
    if codec == "utf-32":
        return Source(
            data, b"", "utf-32", "utf-32-le", len(mark), None, f"UTF-32: the bytes begin with {data[:4].hex(' ')}"
        )
    if codec != "utf-8":
        return _wide(data, codec, len(mark))
    declared = _declared(data[len(mark) : len(mark) + 400])
    known = _NAMES.get(declared.lower()) if declared is not None else "utf-8"
    problem = "" if known is not None else f"an encoding that is not read here, {declared!r:.60}; read as UTF-8"
    if known == "utf-16":
        problem = f"declared as {declared!r}, but written in another encoding; read as UTF-8"
    if known == "iso-8859-1":
        if not mark:
            return Source(data, data.decode("iso-8859-1").encode(), known, known, 0, declared)
        problem = f"declared as {declared!r}, behind the mark of UTF-8; read as UTF-8"
    encoding = "us-ascii" if known == "us-ascii" else "utf-8"
    body = data[len(mark) :]
    try:
        body.decode("ascii" if known == "us-ascii" else "utf-8")
    except UnicodeDecodeError as error:
        own = body.decode("utf-8", "surrogateescape")
        at = len(_LOST_BYTE.sub("\ufffd", body[: error.start].decode("utf-8", "surrogateescape")).encode())
        wrong = body[error.start : error.start + 1].hex()
        problem = f"byte {wrong} is none in {encoding.upper()}"
        return Source(data, _LOST_BYTE.sub("\ufffd", own).encode(), encoding, "utf-8", len(mark), declared, problem, at)
    return Source(data, body, encoding, "utf-8", len(mark), declared, problem)


def _wide(data: bytes, codec: str, mark: int) -> Source:
    """A document in UTF-16."""
    body, problem, at = data[mark:], "", 0
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        at = len(body[: error.start].decode(codec, "replace").encode("utf-8", "replace"))
        problem = f"bytes {body[error.start : error.end].hex(' '):.20} are none in UTF-16"
        text = body.decode(codec, "replace")
    utf8 = text.encode("utf-8", "replace")
    declared = _declared(utf8[:400])
    if not problem:
        if declared is not None and _NAMES.get(declared.lower()) != "utf-16":
            problem = f"declared as {declared!r:.60}, but written in UTF-16"
        elif not mark and (declared is None or declared.lower() == "utf-16"):
            problem = "UTF-16 without the mark that it begins with"
    return Source(data, utf8, "utf-16", codec, mark, declared, problem, at)


def _declared(head: bytes) -> str | None:
    found = _DECLARED.match(head)
    return found[2].decode("utf-8", "replace") if found is not None else None


def two_marks(source: Source) -> bool:
    """Whether a second mark stands behind the first, which a parser would pass over."""
    return source.utf8.startswith(_MARK)
