"""XML documents one after the other on a stream, each ended by a line end.

    bytes --DocumentDecoder--> documents

The rule: white space before a document belongs to none. A document begins with `<` and ends with its root element; the line end behind
it (CR LF, CR or LF, perhaps after blanks) terminates it. Line ends within the root end nothing, wherever they stand. Where something
else than a line end follows, or nothing comes any more, the document has ended without a terminator: `pending` tells of one that
waits for it, `take_pending` gives it as it is. What begins with something else than `<` is no document; it is cut at its line end, for
others to judge.

Elements of the root's own name within the root are counted; tags in comments, CDATA sections and processing instructions are not. Time
and memory are linear in the bytes.
"""

from __future__ import annotations

import re

from harness.errors import FramingError

LONGEST = 16 * 1024 * 1024  # bytes of one document
TERMINATOR = b"\r\n"
_BLANK = b" \t\r\n"
_MARK = b"\xef\xbb\xbf"
_KEPT = 65_536  # bytes that were taken are dropped from this many on
# What may stand before the root: declaration and other instructions, comments, a document type.
_PROLOG = re.compile(rb"(?:[ \t\r\n]++|<\?(?s:.*?)\?>|<!--(?s:.*?)-->|<![A-Z][^>]*+>)*+")
_ROOT = re.compile(rb"<([^\s<>/?!=\"'&]{1,1024})(?=[\s/>])[^>]*+>")
_AFTER = re.compile(rb"[ \t]*+(\r\n|\r|\n)?+")
_HIDDEN = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}


class DocumentDecoder:
    """Cuts a stream into documents.

    Args:
        longest: bytes that one document may have.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._held = bytearray()
        self._start = 0  # of the first byte not yet taken
        self._dropped = 0  # bytes of the stream before `_held`
        self._whole = 0  # where the document at the front ends, once its root has ended
        self._root = b""  # name of its root, once it has begun
        self._forget()

    def _forget(self) -> None:
        """Begin with the next document."""
        self._root = b""
        self._whole = 0
        self._depth = 0  # of elements with the root's name
        self._looked = self._start  # no usual end tag begins before it
        self._passed = self._start  # nor an unusual one before this
        self._scanned = self._start  # all tags before it are counted
        self._within = b""  # what ends the section or comment that the scan is in

    @property
    def leftover(self) -> bytes:
        """What has come since the last document."""
        return bytes(memoryview(self._held)[self._start :])

    @property
    def pending(self) -> bool:
        """Whether a document is whole but for its terminator."""
        return self._whole > 0

    def feed(self, data: bytes) -> None:
        """Take more bytes."""
        self._held += data

    def next_message(self) -> bytes | None:
        """The next document as it stood on the stream, terminator included; None asks for more bytes.

        Raises:
            FramingError: it is longer than may be.
        """
        if self._whole == 0 and not self._ended():
            self._check(len(self._held))
            return None
        held, whole = self._held, self._whole
        self._check(whole)
        if held.startswith(TERMINATOR, whole):
            return self._take(whole + 2)
        found = _AFTER.match(held, whole)
        behind = found.end() if found is not None else whole
        if found is not None and found[1] is not None:
            return self._take(behind)
        return None if behind >= len(held) else self._take(whole)

    def take_pending(self) -> bytes | None:
        """The document whose terminator has not come; None if there is none."""
        return self._take(self._whole) if self._whole else None

    def _take(self, end: int) -> bytes:
        document = bytes(memoryview(self._held)[self._start : end])
        self._drop(end)
        return document

    def _drop(self, end: int) -> None:
        if end >= _KEPT or end == len(self._held):
            del self._held[:end]
            self._dropped += end
            end = 0
        self._start = end
        self._forget()

    def _ended(self) -> bool:
        """Look for the end of the document at the front."""
        if not self._root and not self._begun():
            return False
        if self._whole:
            return True
        held, close = self._held, b"</" + self._root + b">"
        if self._depth == 1 and not self._within and self._scanned <= self._looked:
            # The usual case: the root's name stands in its own two tags only, and nothing hides a tag.
            end = held.find(close, self._looked)
            if end < 0:
                self._looked = max(self._looked, len(held) - len(close) + 1)
                return self._rare(close)
            begin = self._scanned
            hidden = held.find(b"<!", begin, end) >= 0 or held.find(b"<?", begin, end) >= 0
            if not hidden and held.find(b"<" + self._root, begin, end) < 0:
                self._whole = end + len(close)
                return True
            if not hidden and not _tags(self._root).search(held, begin, end):
                self._whole = end + len(close)
                return True
        return self._scan()

    def _rare(self, close: bytes) -> bool:
        """An end tag with white space in it, `</NAME >`, which the usual look does not find."""
        held, tag = self._held, close[:-1]
        at = held.find(tag, self._passed)
        while at >= 0:
            behind = held[at + len(tag) : at + len(close)]
            if behind.isspace():
                return self._scan()
            if not behind:  # more may come
                break
            at = held.find(tag, at + 1)
        self._passed = at if at >= 0 else max(self._passed, len(held) - len(tag) + 1)
        return False

    def _begun(self) -> bool:
        """Look for the root's start tag, or for the end of what is no document."""
        held, start = self._held, self._start
        while start < len(held) and held[start] in _BLANK:
            start += 1
        if held.startswith(_MARK, start):
            start += len(_MARK)
        if start != self._start:
            self._drop(start)
            held, start = self._held, self._start
        if start >= len(held):
            return False
        if held[start] == 0x3C:
            prolog = _PROLOG.match(held, start)
            root = prolog.end() if prolog is not None else start
            found = _ROOT.match(held, root)
            if found is not None:
                self._root = bytes(found[1])
                self._depth = 1
                self._scanned = self._looked = self._passed = found.end()
                if held[found.end() - 2] == 0x2F:
                    self._whole = found.end()
                return True
            if held.startswith((b"<?", b"<!"), root) or held.find(b">", root) < 0 or root >= len(held):
                return False  # the rest may still come
        ends = [at for at in (held.find(b"\n", start), held.find(b"\r", start)) if at >= 0]
        self._whole = min(ends, default=0)
        return self._whole > 0

    def _scan(self) -> bool:
        """Tag by tag, where the quick look may be wrong."""
        held, tags = self._held, _tags(self._root)
        while True:
            if self._within:
                end = held.find(self._within, self._scanned)
                if end < 0:
                    self._scanned = max(self._scanned, len(held) - len(self._within) + 1)
                    return False
                self._scanned, self._within = end + len(self._within), b""
            found = tags.search(held, self._scanned)
            if found is None:
                last = held.rfind(b"<", self._scanned)  # a tag may have begun
                self._scanned = last if last >= 0 and len(held) - last < 2048 else len(held)
                return False
            self._scanned = found.end()
            if (hides := _HIDDEN.get(bytes(found[0]))) is not None:
                self._within = hides
                continue
            self._depth += -1 if found[1] else 0 if found[0].endswith(b"/>") else 1
            if self._depth == 0:
                self._whole = found.end()
                return True

    def _check(self, end: int) -> None:
        if end - self._start > self._longest:
            raise FramingError(
                "document length",
                offset=self._dropped + self._start + self._longest,
                expected=f"the end of the document within {self._longest} bytes",
                got=f"more, beginning with {bytes(self._held[self._start : self._start + 32])!r}",
            )


_TAGS: dict[bytes, re.Pattern[bytes]] = {}


def _tags(name: bytes) -> re.Pattern[bytes]:
    """Start and end tags of a name, and the beginnings of what may hold text that looks like them."""
    if name not in _TAGS:
        if len(_TAGS) > 64:  # a device may call its roots anything
            _TAGS.clear()
        _TAGS[name] = re.compile(rb"<!\[CDATA\[|<!--|<\?|<(/?)" + re.escape(name) + rb"(?=[\s/>])[^>]*+>")
    return _TAGS[name]
