"""Bytes of an XML document in any usual encoding made into valid UTF-8, piece by piece."""

from __future__ import annotations

import codecs
import re

_HEAD = 1_024
_BLANKS = rb"[ \t\r\n]"
_DECLARED = re.compile(
    rb"<\?xml" + _BLANKS + rb"[^>]*?" + _BLANKS + rb"encoding" + _BLANKS + rb"*=" + _BLANKS
    + rb"""*["']([A-Za-z][A-Za-z0-9._-]*)["'][^>]*\?>"""
)  # fmt: skip
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_TEXT = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp(?:125\d|437|850|852|858|932|936|949|950)|koi8-[ru]|mac-roman|shift_jis|euc_(?:jp|kr)|gb2312|gbk|gb18030|big5"
)


class EncodingProblem(Exception):  # noqa: N818 - what a device sent, no error of ours
    """The bytes are no text of their encoding.

    Attributes:
        good: what came before the place, as UTF-8.
        expected, got: for people.
    """

    def __init__(self, good: bytes, *, expected: str, got: str) -> None:
        super().__init__(f"expected {expected}, got {got}")
        self.good = good
        self.expected = expected
        self.got = got


class ToUtf8:
    """Feed it bytes; it gives UTF-8 that ends with a whole character. `charset` is what the transport says, if it does."""

    def __init__(self, charset: str | None = None) -> None:
        self.encoding = ""  # known as soon as the first bytes have come
        self._charset = charset
        self._held = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._plain = False

    def feed(self, data: bytes) -> bytes:
        """The next bytes.

        Raises:
            EncodingProblem: they cannot be read; nothing may be fed any more.
        """
        if not self.encoding:
            data = self._held + data
            self._held = data
            if len(data) < 4 or (len(data) < _HEAD and data.startswith(b"<?xm") and b"?>" not in data):
                return b""
            data, self._held = self._begin(data), b""
        return self._read(data, final=False)

    def finish(self) -> bytes:
        """The end has come; gives what was held back.

        Raises:
            EncodingProblem: it ends within a character.
        """
        data, self._held = self._held, b""
        if not self.encoding and data:
            data = self._begin(data)
        return self._read(data, final=True)

    def _begin(self, data: bytes) -> bytes:
        """Settle the encoding; gives what stands behind the mark."""
        for mark, name in (*_MARKS, *_WIDE):
            if data.startswith(mark):
                self._use(name)
                return data[len(mark) :] if (mark, name) in _MARKS else data
        found = _DECLARED.match(data)
        declared = found[1].decode() if found is not None else ""
        name = self._charset or declared or "utf-8"
        try:
            known = codecs.lookup(name).name
        except LookupError:
            known = ""
        if not _TEXT.fullmatch(known):
            raise EncodingProblem(b"", expected="an encoding that the bytes are in", got=f"encoding {name}")
        self._use(known)
        return data

    def _use(self, name: str) -> None:
        self.encoding = name
        self._plain = name in ("utf-8", "ascii")
        self._decoder = codecs.getincrementaldecoder(name)()

    def _read(self, data: bytes, *, final: bool) -> bytes:
        if self._decoder is None:
            return b""
        if self._plain and not self._held and data.isascii():
            return data
        held, self._held = self._held, b""
        if self._plain:
            return self._check(held + data, final=final)
        try:
            return self._decoder.decode(data, final).encode("utf-8")
        except UnicodeDecodeError as error:
            raise self._problem(error, error.object[: error.start].decode(self.encoding).encode()) from None
        except UnicodeEncodeError:  # a lone surrogate
            raise EncodingProblem(b"", expected=f"text in {self.encoding}", got="half a character") from None

    def _check(self, data: bytes, *, final: bool) -> bytes:
        """UTF-8 and ASCII stay as they are; a character that is not whole yet waits."""
        try:
            data.decode(self.encoding)
        except UnicodeDecodeError as error:
            if not final and error.reason == "unexpected end of data":
                self._held = data[error.start :]
                return data[: error.start]
            raise self._problem(error, data[: error.start]) from None
        return data

    def _problem(self, error: UnicodeDecodeError, good: bytes) -> EncodingProblem:
        wrong = error.object[error.start : error.end].hex(" ")
        return EncodingProblem(good, expected=f"text in {self.encoding}", got=f"bytes {wrong}")
