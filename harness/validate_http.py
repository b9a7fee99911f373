"""What is wrong with a saved HTTP reply, an XML document alone or a response with its head, and at which line and column.

The file is read piece by piece, so that a reply of any size takes bounded memory. Head and status are judged by the
functions that judge live replies (`harness.checks.http`). What a reply owes to its request, the asked window above all,
cannot be judged from the reply alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.checks.http import reply_checks
from harness.ending import Ending
from harness.http.content import Decoder, codings
from harness.http.exchanged import Exchanged
from harness.messages.httpreply import HttpReply
from harness.spec.model import System
from harness.spec.xmlmodel import HttpSyntax
from harness.validate_document import DocumentJudge, at_least, chain
from harness.validation import Finding
from harness.verdict import Check, Severity
from harness.wire.http1 import Head, ResponseReader

_START = b"HTTP/"
_HEAD_BYTES = 65_536  # any head of a response is shorter
# So begins XML; neither a chunk nor a packed body can.
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff")
_KEPT_BYTES = 4096  # of the beginning, for what a message shows
_COMES = "reply.comes"
# Judged from the document, with its places.
_OF_THE_DOCUMENT = ("reply.error",)


def is_response(begin: bytes) -> bool:
    """Whether a file begins with the head of a response."""
    return begin[: len(_START)].upper() == _START


def response_findings(system: System, syntax: HttpSyntax, pieces: Iterable[bytes], operation: str) -> Finding:
    """What is wrong with a reply; of any operation if none is named."""
    source = iter(pieces)
    begin = at_least(source, _HEAD_BYTES)
    if is_response(begin):
        return _Response(system, syntax, begin, source).judge(operation)
    return DocumentJudge(system, syntax, operation).judge(chain(begin, source), status=0)


class _Response:
    """Judges a response with its head."""

    def __init__(self, system: System, syntax: HttpSyntax, begin: bytes, pieces: Iterator[bytes]) -> None:
        self.system = system
        self.syntax = syntax
        self.reader = ResponseReader("GET")
        self.begin = begin[:_KEPT_BYTES]
        self.count = 0  # bytes of the file
        self.lines = 0  # its lines so far, and the bytes of the last one
        self.tail = 0
        self._decoders: list[Decoder] = []
        self._undone = (
            False  # what saved the response has taken off chunks and content coding, but left them in the head
        )
        self._pieces = self._counted(pieces)
        self._rest = self._read_head(begin)
        self.body_line = self.lines + 1

    def judge(self, operation: str) -> Finding:
        """Judge head and body; of any operation if none is named."""
        head = self.reader.head
        document = DocumentJudge(self.system, self.syntax, operation, _charset(head) if head is not None else None)
        if head is not None:
            applied = codings(head)
            chunks = head.get("transfer-encoding") is not None
            self._undone = (chunks or bool(applied)) and self._rest.startswith(_XML_STARTS)
            if not self._undone:
                self._decoders = [Decoder(coding) for coding in reversed(applied)]
            if self._decoders or (chunks and not self._undone):
                document.where = " (line and column of the decoded body)"
            else:
                document.line = self.lines
            document.judge(self._body(), status=head.status, complete=self._complete)
        for _ in self._body():
            pass  # what the judge did not want to see
        return self._add(document, operation)

    def _read_head(self, begin: bytes) -> bytes:
        """Feed the reader line by line until the head is there, so that the lines before the body are known."""
        at = 0
        while at < len(begin) and self.reader.head is None and not self.reader.over:
            end = begin.find(b"\n", at) + 1 or len(begin)
            self._count(begin[at:end])
            self.reader.feed(begin[at:end])
            at = end
        return begin[at:]

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._count(piece)
            yield piece

    def _count(self, piece: bytes) -> None:
        found = piece.count(b"\n")
        self.count += len(piece)
        self.lines += found
        self.tail = len(piece) - piece.rfind(b"\n") - 1 if found else self.tail + len(piece)

    def _body(self) -> Iterator[bytes]:
        """The body, decoded; where it was left, if it is asked for again."""
        rest, self._rest = self._rest, b""
        self._count(rest)
        for piece in chain(rest, self._pieces):
            if self._undone:
                yield piece
                continue
            self.reader.feed(piece)
            yield from self._taken()
        if not self.reader.over and not self._undone:
            self.reader.eof()
            yield from self._taken()
        for decoder in self._decoders:
            decoder.end()

    def _complete(self) -> bool:
        return self.reader.done or self._undone

    def _taken(self) -> Iterator[bytes]:
        for piece in self.reader.take():
            yield from _decoded(self._decoders, bytes(piece))

    def _add(self, document: DocumentJudge, operation: str) -> Finding:
        """What is wrong with the response, in front of what is wrong with its document."""
        whole, found = Finding(operation=document.found.operation), document.found
        for check in reply_checks(self.system, self._reply(operation)):
            if not check.passed and check.id not in _OF_THE_DOCUMENT:
                line, column = self._place(check)
                got = "the end of the file" if check.id == _COMES else check.got
                binds = check.severity is Severity.MUST
                whole.breaks(
                    check.clauses[0], column, f"expected {check.expected}, got {got}", line=line, binding=binds
                )
        for decoder in self._decoders:
            if decoder.failed is not None:
                message = f"expected {decoder.failed.expected}, got {decoder.failed.got}"
                whole.breaks(self.syntax.rules["framing"], 1, message, line=self.body_line)
        for index, one in enumerate(found.broken):
            binds = index not in found.lenient
            whole.breaks(one.clause, one.column, one.message, line=one.line, binding=binds)
        whole.readings = found.readings
        return whole

    def _reply(self, operation: str) -> HttpReply:
        reader = self.reader
        exchanged = Exchanged(
            sent=b"",
            raw=self.begin,
            received=self.count,
            ending=Ending.ANSWERED if self._complete() else Ending.CLOSED,
            head=reader.head,
            interim=tuple(reader.interim),
            trailers=reader.trailers,
            body_size=reader.body_size,
            body_complete=self._complete(),
            oddities=reader.oddities,
            readable=not reader.broken,
            leftover=reader.leftover,
        )
        return HttpReply(operation=operation, query=(), method=self.syntax.method, exchanged=exchanged)

    def _place(self, check: Check) -> tuple[int, int]:
        """Where in the file a check of the head is decided."""
        if check.id == _COMES:
            return self.lines + 1, self.tail + 1
        if check.id == "reply.media":
            for number, line in enumerate(self.begin.split(b"\n"), 1):
                if line.lower().startswith(b"content-type:"):
                    return number, 1
                if not line.strip():
                    break
        return 1, self.begin.find(b" ") + 2 if check.id == "reply.status" else 1


def _charset(head: Head) -> str | None:
    """The encoding that a Content-Type names."""
    for part in (head.get("content-type") or "").lower().split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip() == "charset":
            return value.strip().strip('"') or None
    return None


def _decoded(decoders: Sequence[Decoder], data: bytes) -> Iterator[bytes]:
    """What these bytes are without the content codings that are left, in bounded pieces."""
    if not decoders:
        yield data
        return
    for piece in decoders[0].feed(data):
        yield from _decoded(decoders[1:], piece)
