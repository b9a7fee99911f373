"""What a device answered to a call with a struct, as values. Nothing here is judged yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from harness.ending import Ending
from harness.http.exchanged import Exchanged
from harness.messages.reply import readable
from harness.spec.callmodel import CallSyntax
from harness.wire.http1 import Headers
from harness.wire.xmlrpc import Message, MessageKind, Value, read
from harness.wire.xmlrpc_values import Plain
from harness.wire.xmlrpc_writing import Members, Raw, Writable

Taken = Mapping[str, Writable] | Members  # the members of a call, without those that every call has


def pairs_of(members: Taken) -> list[tuple[str, Writable] | Raw]:
    """Members as pairs, in their order."""
    return list(members.pairs) if isinstance(members, Members) else list(members.items())


@dataclass(frozen=True, kw_only=True)  # no slots: the message is read once
class CallReply:
    """One reply to a call, or the way in which none came.

    Attributes:
        method: name of the method that was called, "" for what calls none.
        sent: the members of the call, without user and password.
        body: of the response, content coding removed.
        exchanged: the response; None where nothing could be sent.
        step: index of the transcript step that holds it.
    """

    syntax: CallSyntax
    method: str
    ending: Ending
    sent: Mapping[str, Writable] = field(default_factory=dict)
    raw: bytes = b""
    body: bytes = b""
    exchanged: Exchanged | None = None
    step: int = -1

    @property
    def came(self) -> bool:
        """Whether a whole HTTP response came."""
        return self.ending is Ending.ANSWERED

    @property
    def ended(self) -> bool:
        """Whether the device closed the connection instead of an answer."""
        return self.ending in (Ending.CLOSED, Ending.RESET)

    @property
    def status(self) -> int:
        """The HTTP status; 0 where none came."""
        return self.exchanged.status if self.exchanged is not None else 0

    @property
    def headers(self) -> Headers:
        """The header fields."""
        head = self.exchanged.head if self.exchanged is not None else None
        return head.headers if head is not None else ()

    def header(self, name: str) -> str:
        """The value of a header field, "" without."""
        wanted = name.lower()
        return next((value for one, value in self.headers if one.lower() == wanted), "")

    @property
    def media(self) -> str:
        """The media type of the body, in small letters, "" without."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @cached_property
    def message(self) -> Message:
        """The body as XML-RPC."""
        return read(self.body) if self.came else Message()

    @property
    def struct(self) -> Value:
        """The struct that a success or a fault carries; of kind `NONE` if there is none."""
        return self.message.struct

    @cached_property
    def ok(self) -> bool | None:
        """True for a success, False for a fault, None if it is neither or nothing came."""
        message = self.message
        if message.kind is MessageKind.FAULT:
            return False
        return True if message.kind is MessageKind.RESPONSE and message.params and not message.lost else None

    @property
    def failed(self) -> bool:
        """Whether it says that nothing was done: a fault, or an HTTP status of an error."""
        return self.ok is False or (self.came and self.ok is None and self.status >= 400)

    @property
    def code(self) -> str:
        """The code of a fault, "" without."""
        code = self.message.fault_code
        return "" if code is None else str(code)

    @property
    def text(self) -> str:
        """What a fault says to people, "" without."""
        return self.message.fault_string or ""

    def find(self, path: str) -> Value | None:
        """The value at a path from the struct; None if nothing stands there."""
        return self.message.find(path)

    def has(self, path: str) -> bool:
        """Whether something stands at a path."""
        return self.find(path) is not None

    def value(self, path: str, default: Plain = None) -> Plain:
        """The value at a path in Python's types."""
        found = self.find(path)
        return default if found is None else found.plain()

    @cached_property
    def members(self) -> dict[str, Plain]:
        """The struct in Python's types; empty if there is none. Nobody changes it."""
        found = self.struct.plain()
        return found if isinstance(found, dict) else {}

    def describe(self) -> str:
        """What came, for people, in one line."""
        if not self.came:
            rest = f" after {readable(self.raw)}" if self.raw else ""
            return {
                Ending.SILENT: "no whole reply before the deadline",
                Ending.CLOSED: "the connection closed",
                Ending.RESET: "the connection was reset",
                Ending.FLOODED: "more bytes than a reply may have, without an end",
            }.get(self.ending, "nothing") + rest
        if self.ok is False:
            return f"fault {self.code or '?'}: {readable(self.text.encode(), 200)}"
        status = "" if self.status == 200 else f"{self.status}: "
        return f"{status}{readable(self.body)}" if self.body else f"{self.status} without content"


def taken_at(sent: Mapping[str, Writable], path: Sequence[str]) -> Writable | None:
    """The value that a call carried at a path of names; None if there is none."""
    found: object = sent
    for name in path:
        if isinstance(found, Members):
            found = {pair[0]: pair[1] for pair in found.pairs if not isinstance(pair, Raw)}
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found  # type: ignore[return-value]  # what stands in a tree of values is one
