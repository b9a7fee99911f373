"""The bindings of functions that are called with an XML document on a stream, or with a URL: requests as bytes, and what bytes may do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote_to_bytes

from harness.ending import Ending
from harness.messages.binding import Plain
from harness.messages.documentreply import STREAM, URL, Fields, Result
from harness.messages.http import request_to
from harness.messages.reply import Call, Reply
from harness.spec.documentmodel import DocumentSyntax
from harness.spec.functions import names_of
from harness.spec.model import Effect, System
from harness.wire.documents import DocumentDecoder
from harness.wire.http1 import Request, encode
from harness.wire.http1_framing import ResponseFramer, read_requests
from harness.wire.xmltree import USUAL, Writing, write_document

_STRENGTH = list(Effect)
_REFERENCE = re.compile(rb"&#(x[0-9a-fA-F]{1,6}|[0-9]{1,7});")
FIRST_NUMBER = 1  # of requests that nobody has numbered


class _Functions(Plain):
    """What both roads have in common."""

    def __init__(self, system: System, syntax: DocumentSyntax) -> None:
        self.system = system
        self.syntax = syntax
        self._effects = Effects(system)

    def effect(self, data: bytes) -> tuple[Effect, str]:
        """See `Effects`."""
        return self._effects.of(data)

    def fields(self, function: str, fields: Fields, names: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
        """Parameters as the document spells them, or as `names` does."""
        known = self.system.operations[function].parameters if function in self.system.operations else {}
        first = {name: next(iter(one.names.values())) for name, one in known.items() if one.names}
        spelled = {**first, **(names or {})}
        return [(spelled.get(name, name), value) for name, value in fields]

    def read(self, result: Result, call: Call) -> Reply:
        """What came, as far as all protocols have it."""
        success = {self.system.errors[name].code for name in (self.syntax.success, *self.syntax.successes)}
        ok = result.code in success if result.code else None
        text = result.raw.decode("utf-8", "replace")
        return Reply(
            call=call, ending=result.ending, raw=result.raw, text=text, ok=ok, code=result.code, message=result.text,
            step=result.step,
        )  # fmt: skip


def _pairs(values: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (one.partition("=") for one in values)]


class DocumentBinding(_Functions):
    """The road of the stream; see `harness.messages.binding.Binding`. Values of a call are `name=value`, in any order."""

    def __init__(self, system: System, syntax: DocumentSyntax) -> None:
        super().__init__(system, syntax)
        # Not those of elements whose names begin so, such as the number.
        self._ends = re.compile(rb"</" + re.escape(syntax.request.encode()) + rb"[ \t\r\n]*>")

    def framer(self) -> DocumentDecoder:
        """A new framer for one connection."""
        return DocumentDecoder()

    def unfinished(self, data: bytes) -> bytes:
        """See `harness.messages.binding.Binding`: whatever came behind the last end of a request."""
        last = 0
        for found in self._ends.finditer(data):
            last = found.end()
        return data[last:]

    def requests(self, data: bytes) -> int:
        """See `harness.messages.binding.Binding`."""
        return len(self._ends.findall(data))

    def request(
        self,
        function: str,
        fields: Fields = (),
        *,
        number: str | None = str(FIRST_NUMBER),
        writing: Writing = USUAL,
        names: Mapping[str, str] | None = None,
        function_name: str | None = None,
        called: str = "",
        root: str | None = None,
    ) -> bytes:
        """A request; `names` spells parameters, `called` the function, `function_name` the element that names it."""
        head = [(function_name or self.syntax.function, called or function)] if function else []
        head += [(self.syntax.number, number)] if number is not None else []
        return write_document(root or self.syntax.request, [*head, *self.fields(function, fields, names)], writing)

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:
        """A request; quoted, every character of a value that could be a reference is one."""
        writing = Writing(references=True) if quoted else USUAL
        data = self.request(operation, _pairs(values), writing=writing)
        return Call(operation=operation, values=tuple(values), typed=tuple(values)), data

    def reply(self, call: Call, raw: bytes, ending: Ending, step: int) -> Reply:
        """What came, as far as all protocols have it."""
        result = Result(syntax=self.syntax, function=call.operation, ending=ending, raw=raw, road=STREAM, step=step)
        return self.read(result, call)


class UrlBinding(_Functions):
    """The road of URLs; see `harness.messages.binding.Binding`. Values of a call are `name=value`, in any order."""

    def __init__(self, system: System, syntax: DocumentSyntax, host: str = "localhost") -> None:
        super().__init__(system, syntax)
        self._host = host

    def framer(self) -> ResponseFramer:
        """A new framer for one connection."""
        return ResponseFramer()

    def unfinished(self, data: bytes) -> bytes:
        """See `harness.messages.binding.Binding`."""
        return read_requests(data)[1]

    def requests(self, data: bytes) -> int:
        """See `harness.messages.binding.Binding`."""
        return len(read_requests(data)[0])

    def request(
        self,
        function: str,
        fields: Fields = (),
        *,
        number: str | None = str(FIRST_NUMBER),
        host: str | None = None,
        page: str | None = None,
        method: str = "GET",
        names: Mapping[str, str] | None = None,
        spell: Mapping[str, str] | None = None,
        called: str = "",
        headers: Fields = (),
    ) -> Request:
        """A request; `called` is a name of the function, `spell` puts other spellings of names in place, such as other letter case."""
        pairs = [(self.syntax.function, called or function)] if function else []
        pairs += [(self.syntax.number, number)] if number is not None else []
        pairs += self.fields(function, fields, names)
        wanted = [((spell or {}).get(name, name.lower()), value) for name, value in pairs]
        return request_to(host or self._host, page or self.syntax.pages[0], wanted, method=method, headers=headers)

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:  # noqa: ARG002
        """A request; every character of a value that could be escaped is."""
        data = encode(self.request(operation, _pairs(values)))
        return Call(operation=operation, values=tuple(values), typed=tuple(values)), data

    def reply(self, call: Call, raw: bytes, ending: Ending, step: int) -> Reply:
        """What came, as far as all protocols have it."""
        body = raw.partition(b"\r\n\r\n")[2]
        result = Result(
            syntax=self.syntax, function=call.operation, ending=ending, raw=raw, road=URL, body=body, step=step
        )
        return self.read(result, call)


class Effects:
    """The strongest effect of any function that a device could possibly see in some bytes.

    Deliberately generous: escapes of URLs and of XML are resolved, letter case, blanks and control characters are ignored, and a name
    counts wherever it stands. A name that is one of a parameter, too, counts where it stands as a whole value. What could not be
    taken back counts as what takes it back.
    """

    def __init__(self, system: System) -> None:
        parameters = {name.lower() for one in system.operations.values() for name in one.parameters}
        self._known: dict[bytes, tuple[Effect, str]] = {}
        names: list[bytes] = []
        for name, operation in system.operations.items():
            if operation.effect is Effect.READ:
                continue
            undo = system.operations[operation.undo.operation].effect if operation.undo is not None else Effect.READ
            for called in names_of(name, operation):
                word = _folded(called.encode())
                self._known[word] = max(operation.effect, undo, key=_STRENGTH.index), name
                names.append(rb"(?<=[>=])" + word + rb"(?=[<&#]|http|$)" if called.lower() in parameters else word)
        names.sort(key=len, reverse=True)
        self._names = re.compile(b"|".join(names)) if names else None

    def of(self, data: bytes) -> tuple[Effect, str]:
        """See the class."""
        best = (Effect.READ, "")
        for found in self._words(data):
            if _STRENGTH.index(self._known[found][0]) > _STRENGTH.index(best[0]):
                best = self._known[found]
        return best

    def _words(self, data: bytes) -> Iterable[bytes]:
        if self._names is None:
            return ()
        once = unquote_to_bytes(data)
        spellings = dict.fromkeys((data, once, unquote_to_bytes(once)))
        return {word for one in spellings for word in self._names.findall(_folded(_REFERENCE.sub(_character, one)))}


_NO_LETTERS = bytes(number for number in range(256) if number <= 0x20 or number == 0x7F)


def _folded(data: bytes) -> bytes:
    return data.lower().translate(None, _NO_LETTERS)


def _character(found: re.Match[bytes]) -> bytes:
    digits = found[1]
    number = int(digits[1:], 16) if digits[:1] == b"x" else int(digits)
    return bytes((number,)) if number < 128 else b""
