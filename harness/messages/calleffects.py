"""What bytes that are sent to a device of calls may do to it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from harness.spec.model import Effect, System
from harness.wire.http1_framing import read_requests

_STRENGTH = list(Effect)
_REFERENCE = re.compile(rb"&#(x[0-9a-fA-F]{1,6}|[0-9]{1,7});")
_ASIDE = re.compile(rb"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[|\]\]>", re.DOTALL)
_NAME = re.compile(rb"<methodname>([^<>]{0,200})")
# RFC 9110, 9.2.1: what is safe by definition. What a POST does is told by its content.
_HTTP = {
    b"GET": Effect.READ, b"HEAD": Effect.READ, b"OPTIONS": Effect.READ, b"TRACE": Effect.READ, b"POST": Effect.READ,
    b"PUT": Effect.DESTRUCTIVE, b"DELETE": Effect.DESTRUCTIVE,
}  # fmt: skip
_REQUEST = re.compile(rb"(?:^|[\r\n])[ \t]*([A-Za-z]{1,20})[ \t]+(?:[/*]|[^\s<>]{1,2000}[ \t]+HTTP/)")
_HIDDEN = re.compile(rb"(?i)(PUT|DELETE)\s+(?:[/*]|\S{1,2000}\s+HTTP/)")
_NO_LETTERS = bytes(number for number in range(256) if number <= 0x20 or number == 0x7F)
_ALIKE = 0.88  # how much an unknown name is like a known one that a device may take it for


class CallEffects:
    """The strongest effect of any method that a device could possibly see in some bytes.

    Deliberately generous: letter case, blanks and control characters are ignored, references, comments and chunks resolved, and a name
    counts wherever it stands. A name of no method counts as the method that it is like, or whose verb it has. What could not be taken
    back counts as what takes it back.
    """

    def __init__(self, system: System) -> None:
        self._known: dict[bytes, tuple[Effect, str]] = {}
        self._verbs: dict[bytes, tuple[Effect, str]] = {}
        self._all = {name.lower().encode() for name in system.operations}
        self._spaces = {name.partition(b".")[0] for name in self._all}
        for name, operation in system.operations.items():
            if operation.effect is Effect.READ:
                continue
            undo = system.operations[operation.undo.operation].effect if operation.undo is not None else Effect.READ
            found = max(operation.effect, undo, key=_STRENGTH.index), name
            word = name.lower().encode()
            self._known[word] = found
            verb = word.rpartition(b".")[2]
            if verb not in self._verbs or _weight(found) > _weight(self._verbs[verb]):
                self._verbs[verb] = found
        names = sorted(self._known, key=len, reverse=True)
        self._names = re.compile(b"|".join(map(re.escape, names))) if names else None

    def of(self, data: bytes) -> tuple[Effect, str]:
        """See the class."""
        return max(self._found(data), key=_weight, default=(Effect.READ, ""))

    def _found(self, data: bytes) -> Iterator[tuple[Effect, str]]:
        for text in _spellings(data):
            folded = text.lower().translate(None, _NO_LETTERS)
            if self._names is not None:
                yield from (self._known[word] for word in self._names.findall(folded))
            for word in _NAME.findall(folded):
                if word not in self._all:
                    yield self._unknown(word)
        for word in (*_REQUEST.findall(data), *_HIDDEN.findall(data)):
            yield _HTTP.get(word.upper(), Effect.WRITE), word.decode("latin-1").upper()

    def _unknown(self, word: bytes) -> tuple[Effect, str]:
        """What a method may be of which the document knows nothing."""
        verb = word.rpartition(b".")[2]
        text = word.decode("latin-1")
        alike = difflib.get_close_matches(text, [one.decode() for one in self._known], n=1, cutoff=_ALIKE)
        found = [self._known[one.encode()] for one in alike]
        found += [self._verbs[verb]] if verb in self._verbs else []
        if not found and word.partition(b".")[0] in self._spaces:
            return Effect.WRITE, text
        return max(found, key=_weight, default=(Effect.READ, text))


def _weight(found: tuple[Effect, str]) -> int:
    return _STRENGTH.index(found[0])


def _spellings(data: bytes) -> Iterator[bytes]:
    """The bytes as they are, and as a reader of chunks, references or XML may see them."""
    yield data
    plain = data
    if b"chunked" in data.lower():
        plain = b"".join(one.request.body for one in read_requests(data)[0])
        yield plain
    if b"&#" in plain:
        plain = _REFERENCE.sub(_character, plain)
        yield plain
    aside = _ASIDE.sub(b"", plain)
    if len(aside) < len(plain):
        yield aside


def _character(found: re.Match[bytes]) -> bytes:
    digits = found[1]
    number = int(digits[1:], 16) if digits[:1] == b"x" else int(digits)
    return bytes((number,)) if number < 128 else b""
