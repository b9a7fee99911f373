"""How a load calls methods with structs over HTTP: the requests of the round, and what a device chooses put into those that follow.

A scenario whose calls need what an earlier one gave (an id, a cookie) writes a mark in its place, one for each round of the sequence:

    *given({"conferenceName": "a"}), *kept("conferenceID", mark)      a call; the member of its reply is kept under the mark
    *given({"conferenceID": mark})                                    a later one on the same connection: it stands in place of the mark
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from harness.load.connections import Connection
from harness.messages.calls import CallBinding
from harness.messages.calltexts import text_of_value, value_of_text
from harness.messages.reply import Call
from harness.net import Deadline, Link
from harness.spec.callmodel import CallSyntax
from harness.spec.model import System
from harness.target import Target
from harness.wire.http1 import encode
from harness.wire.xmlrpc_writing import USUAL, Writing

# Begins a value that is no member of the call; no member is called so.
_KEPT = "\0kept "
_MARK = re.compile(rb"~mark-[0-9]+~")
_LENGTH = re.compile(rb"(\r\nContent-Length: )([0-9]+)(\r\n)")
_VALUE = r"<name>%s</name>[ \t\r\n]*<value>[ \t\r\n]*(?:<string>)?([^<]*)"


def mark(number: int) -> str:
    """A mark of its own for each number."""
    return f"~mark-{number}~"


def given(members: Mapping[str, object]) -> list[str]:
    """Members of a call as values of a scenario."""
    return [f"{name}={text_of_value(value)}" for name, value in members.items()]


def kept(member: str, under: str) -> list[str]:
    """That a member of the reply is kept under a mark; one of the reply's struct that is a text."""
    return [f"{_KEPT}{member}={under}"]


class LoadCalls(CallBinding):
    """Calls as they leave: with the device's name and the real password.

    Attributes:
        held: mark -> what stands for it in the last reply that gave it, as it is written in XML.
    """

    def __init__(self, system: System, syntax: CallSyntax, target: Target, interface: str) -> None:
        super().__init__(system, syntax, target)
        host, port = f"[{target.host}]" if ":" in target.host else target.host, target.ports[interface]
        self._address = host if port == system.interfaces[interface].port else f"{host}:{port}"
        self.held: dict[bytes, bytes] = {}
        self._marked: dict[bytes, bool] = {}

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:
        """A request; quoted, every character that could be a reference is one."""
        own = [one for one in values if not one.startswith(_KEPT)]
        members = {name: value_of_text(text) for name, _, text in (one.partition("=") for one in own)}
        body = self.document(operation, members, writing=Writing(references=True) if quoted else USUAL)
        data = self.reveal(encode(self.request(body, host=self._address)))
        return Call(operation=operation, values=tuple(own), typed=tuple(values)), data

    def learn(self, operation: str, get: object) -> None:
        """Each method has one name."""

    # marks

    def dress(self, _connection: Connection, data: bytes) -> bytes:
        """A request of the round with what was kept in place of its marks; one that nothing was kept for stays."""
        marked = self._marked.get(data)
        if marked is None:
            marked = self._marked[data] = _MARK.search(data) is not None
        return self.filled(data) if marked else data

    def filled(self, data: bytes) -> bytes:
        """Bytes with what was kept in place of their marks, and a length that is right."""
        made = _MARK.sub(lambda found: self.held.get(found[0], found[0]), data)
        if len(made) == len(data):
            return made
        head, end, body = made.partition(b"\r\n\r\n")
        return (
            _LENGTH.sub(lambda found: b"%s%d%s" % (found[1], len(body), found[3]), head + b"\r\n", count=1)[:-2]
            + end
            + body
        )


class Marks:
    """What stands in the place of sessions: calls that need what an earlier one gave; see `harness.load.connections.Manners`."""

    logs_in = False

    def __init__(self, binding: LoadCalls) -> None:
        self._binding = binding

    def enter(self, link: Link, timeout_s: float) -> bytes:  # noqa: ARG002
        """Nothing has to be opened."""
        return b""

    def leave(self, connection: Connection, deadline: Deadline) -> None:
        """Nothing has to be ended."""

    def dress(self, connection: Connection, data: bytes) -> bytes:
        """See `LoadCalls.dress`."""
        return self._binding.dress(connection, data)

    def heard(self, connection: Connection, raw: bytes) -> None:
        """Replies are kept where they are validated."""


def keeps(call: Call) -> Iterator[tuple[re.Pattern[bytes], bytes]]:
    """What of a reply is kept: how it is found, and the mark."""
    for one in call.typed:
        if one.startswith(_KEPT):
            member, _, under = one.removeprefix(_KEPT).partition("=")
            yield re.compile((_VALUE % re.escape(member)).encode()), under.encode()


def marks_in(text: bytes) -> list[bytes]:
    """The marks in a text."""
    return _MARK.findall(text)
