"""The binding of methods that are called with a struct over HTTP: calls as bytes, what bytes may do, which secrets they carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.ending import Ending
from harness.http.exchanged import Exchanged, read_again
from harness.messages.binding import Plain
from harness.messages.calleffects import CallEffects
from harness.messages.callreply import CallReply, Taken, pairs_of
from harness.messages.callsecrets import CallSecrets
from harness.messages.calltexts import value_of_text
from harness.messages.http import AGENT
from harness.messages.reply import Call, Reply
from harness.spec.callmodel import CallSyntax
from harness.spec.model import Effect, System
from harness.target import Target
from harness.wire.http1 import Request, encode
from harness.wire.http1_framing import ResponseFramer, read_requests
from harness.wire.xmlrpc_write import encode_call
from harness.wire.xmlrpc_writing import USUAL, Members, Raw, Writable, Writing
from harness.wire.xmlspelling import text_of

MEDIA = "text/xml"
User = tuple[Writable | None, Writable | None]  # name and password; None leaves the member out
Wanted = Sequence[tuple[str, str | None]]


class CallBinding(Plain):
    """See `harness.messages.binding.Binding`. Values of a call are `name=text`, the text as `harness.messages.calltexts` writes it.

    Attributes:
        user: name and password of the target file, the password by its stand-in.
        known: methods that the device is known to have, for it has answered something else than that it has not.
        let_in: a call of the user of the target file has succeeded, so that user and password are right.
        upset: what a call of this run has done that nothing undoes, such as a restart; "" for nothing.
        down: why nobody need answer any more, as a case has switched the device off; "" while it should.
    """

    def __init__(self, system: System, syntax: CallSyntax, target: Target | None = None) -> None:
        self.system = system
        self.syntax = syntax
        self.known: set[str] = set()
        self.let_in = False
        self.upset = ""
        self.down = ""
        self._secrets = CallSecrets(system, target)
        self._effects = CallEffects(system)
        given: Mapping[str, str] = target.credentials if target is not None else {}
        self.user: tuple[str, str] = (given.get("user", ""), self.stand_in(given.get("password", "")))

    # the engine's view

    def framer(self) -> ResponseFramer:
        """A new framer for one connection."""
        return ResponseFramer()

    def unfinished(self, data: bytes) -> bytes:
        """See `harness.messages.binding.Binding`."""
        return read_requests(data)[1]

    def requests(self, data: bytes) -> int:
        """See `harness.messages.binding.Binding`."""
        return len(read_requests(data)[0])

    def effect(self, data: bytes) -> tuple[Effect, str]:
        """See `harness.messages.calleffects.CallEffects`."""
        return self._effects.of(data)

    def reveal(self, data: bytes) -> bytes:
        """See `harness.messages.binding.Binding`."""
        return self._secrets.reveal(data)

    def hide(self, data: bytes) -> bytes:
        """See `harness.messages.binding.Binding`."""
        return self._secrets.hide(data)

    def stand_in(self, secret: str) -> str:
        """What flows see of a password of the target file; the text itself if it is none."""
        return self._secrets.names.get(secret, secret)

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:
        """A request; quoted, every character that could be a reference is one."""
        pairs = {name: value_of_text(text) for name, _, text in (one.partition("=") for one in values)}
        body = self.document(operation, pairs, writing=Writing(references=True) if quoted else USUAL)
        return Call(operation=operation, values=tuple(values), typed=tuple(values)), encode(self.request(body))

    def reply(self, call: Call, raw: bytes, ending: Ending, step: int) -> Reply:
        """What came, as far as all protocols have it."""
        one = self.read(raw, ending, method=call.operation, step=step)
        return Reply(
            call=call, ending=one.ending, raw=raw, text=one.body.decode("utf-8", "replace"), ok=one.ok, code=one.code,
            message=one.text, step=step,
        )  # fmt: skip

    # calls

    def document(
        self, method: str, members: Taken, *, user: User | None = None, writing: Writing = USUAL, called: str = ""
    ) -> bytes:
        """The XML of a call. Members that every call has stand first."""
        return encode_call(called or method, Members((*self.head(user, writing), *pairs_of(members))), writing=writing)

    def head(self, user: User | None = None, writing: Writing = USUAL) -> list[tuple[str, Writable]]:
        """The members that every call has."""
        name, password = self.user if user is None else user
        pairs: list[tuple[str, Writable]] = []
        if name is not None:
            pairs.append((self.syntax.user, name))
        if password is not None:
            pairs.append((self.syntax.password, _plainly(password, writing)))
        return pairs

    def request(
        self,
        body: bytes,
        *,
        path: str | None = None,
        method: str = "POST",
        headers: Wanted = (),
        version: str = "HTTP/1.1",
        chunks: Sequence[int] | None = None,
        host: str | None = None,
    ) -> Request:
        """A request; `chunks` are sizes of chunks, the last one again and again. A header whose value is None is left out."""
        given = {name.lower() for name, _ in headers}
        usual = [("Host", host or "localhost"), ("User-Agent", AGENT)]
        if method not in ("GET", "HEAD") or body:
            usual.append(("Content-Type", MEDIA))
            usual.append(("Transfer-Encoding", "chunked") if chunks is not None else ("Content-Length", str(len(body))))
        fields = [one for one in usual if one[0].lower() not in given]
        fields += [(name, value) for name, value in headers if value is not None]
        content = body if chunks is None else chunked(body, chunks)
        return Request(method, self.syntax.path if path is None else path, tuple(fields), content, version)

    def read(
        self,
        raw: bytes,
        ending: Ending,
        *,
        method: str = "",
        sent: Mapping[str, Writable] | None = None,
        step: int = -1,
    ) -> CallReply:
        """What came on a connection of bytes in answer to a call."""
        exchanged = read_again(b"", raw, "POST", ending)
        if ending is Ending.CLOSED and exchanged.head is not None and _whole(raw):
            exchanged = replace(exchanged, ending=Ending.ANSWERED, body_complete=True)
        return self.answered(exchanged, exchanged.body, method=method, sent=sent, step=step)

    def answered(
        self,
        exchanged: Exchanged,
        body: bytes,
        *,
        method: str = "",
        sent: Mapping[str, Writable] | None = None,
        step: int = -1,
    ) -> CallReply:
        """What an exchange gave, in answer to a call."""
        return CallReply(
            syntax=self.syntax, method=method, ending=exchanged.ending, sent=sent or {}, raw=exchanged.raw, body=body,
            exchanged=exchanged, step=step,
        )  # fmt: skip


def chunked(body: bytes, sizes: Sequence[int]) -> bytes:
    """A body in chunks."""
    pieces, start, number = [], 0, 0
    while start < len(body):
        size = max(sizes[min(number, len(sizes) - 1)], 1) if sizes else len(body)
        piece = body[start : start + size]
        pieces.append(b"%x\r\n%s\r\n" % (len(piece), piece))
        start, number = start + size, number + 1
    return b"".join((*pieces, b"0\r\n\r\n"))


def _plainly(password: Writable, writing: Writing) -> Writable:
    """A password as it is found again by what puts the real one in its place, in every writing."""
    if not isinstance(password, str) or not (writing.references or writing.sections):
        return password
    return Raw(f"<value><string>{text_of(password)}</string></value>")


def _whole(raw: bytes) -> bool:
    """Whether a response ends with its connection, which has ended."""
    framer = ResponseFramer()
    framer.feed(raw)
    framer.eof()
    return framer.next_message() is not None
