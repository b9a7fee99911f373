"""A device of calls in the test's own process: performs the actions of flows, and answers with what a function says."""

from __future__ import annotations

import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from harness.calldut import CallDut
from harness.ending import Ending
from harness.flow import Action, CaseEnd, Close, Connect, Note, Provide, Receive, Received, Send, Wait, play
from harness.http.exchanged import read_again
from harness.httpflow import Answered, Exchange
from harness.messages.callreply import CallReply
from harness.messages.registry import binding_for
from harness.spec.load import load_system
from harness.target import Target
from harness.verdict import Check, Severity
from harness.wire.http1 import encode
from harness.wire.http1_framing import read_requests
from harness.wire.xmlrpc import Message, read
from harness.wire.xmlrpc_write import encode_fault, encode_response

MODEL = load_system("tps")
USER, PASSWORD = "admin", "Alder-7-gate"
DONE = {"status": "operation successful"}
Answer = Callable[[Message], bytes | None]  # the body that answers a call; None: the connection ends
Table = dict[str, Any]  # method -> members of a success, a (code, text), bytes, or a function of the call's members


def target(**changes: Any) -> Target:
    """A target file's values."""
    known: dict[str, Any] = {
        "system": "tps", "name": "made", "host": "127.0.0.1", "ports": {"http": 8080},
        "credentials": {"user": USER, "password": PASSWORD},
        "fixtures": {"disabled_user": "idle", "disabled_password": "Idle-7-gate", "conference_ids": ["there"]},
    }  # fmt: skip
    return Target(**{**known, **changes})


def response(body: bytes, *, status: str = "200 OK", media: str = "text/xml") -> bytes:
    """An HTTP response."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def by_table(table: Table) -> Answer:
    """A device that answers each method as a table says, and all others with fault 1."""

    def answer(message: Message) -> bytes | None:
        found = table.get(message.method, (1, "method not supported"))
        if callable(found):
            found = found(message.struct.plain())
        if isinstance(found, tuple):
            return encode_fault(*found)
        return found if found is None or isinstance(found, bytes) else encode_response(found)

    return answer


@dataclass
class Device:
    """Performs what flows ask for.

    Attributes:
        calls: methods and members that came.
        sent: requests as they were to be sent.
    """

    answer: Answer
    provided: dict[tuple[str, str], str] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    waiting: list[bytes] = field(default_factory=list)
    dead: int = 0  # so many exchanges find a connection that has ended
    took_s: float = 0.0  # what these took
    waited: list[float] = field(default_factory=list)

    def perform(self, action: Action[Any]) -> Any:
        match action:
            case Exchange():
                return self._exchange(action)
            case Send():
                for one in read_requests(action.data)[0]:
                    self.waiting.append(self._response(one.request.body) or b"")
            case Receive():
                raw = self.waiting.pop(0) if self.waiting else b""
                return Received(raw, Ending.ANSWERED if raw else Ending.SILENT, 0)
            case Connect():
                return Ending.ANSWERED
            case Provide():
                return self.provided[action.kind, action.state]
            case Note():
                self.notes.append(action)
            case Wait():
                self.waited.append(action.device_s)
            case Close():
                pass
            case _:
                raise AssertionError(action)
        return None

    def _exchange(self, action: Exchange) -> Answered:
        self.sent.append(encode(action.request))
        raw = None
        if self.dead:
            self.dead -= 1
        else:
            raw = self._response(action.request.body)
        ending = Ending.ANSWERED if raw is not None else Ending.CLOSED
        got = read_again(b"", raw or b"", action.request.method, ending)
        if raw is None:
            object.__setattr__(got, "reused", True)
            object.__setattr__(got, "took_s", self.took_s)
        sink = action.sink() if action.sink is not None else None
        if sink is not None:
            if got.head is not None:
                sink.start(got.head)
                sink.feed(got.body)
            sink.end(got.ending, got.body_complete)
        return Answered(got, sink, len(self.sent))

    def _response(self, body: bytes) -> bytes | None:
        message = read(body)
        self.calls.append((message.method, message.struct.plain()))
        found = self.answer(message)
        return found if found is None or found.startswith(b"HTTP/") else response(found)


def dut_for(known: Target | None = None, *, lasting: bool = False) -> CallDut:
    """A view of a device."""
    known = known or target()
    bindings = {name: binding_for(MODEL, name, known) for name in known.ports}
    return CallDut(
        system=MODEL, bindings=bindings, target=known, rng=random.Random(1), interface=next(iter(known.ports)), lasting=lasting
    )  # fmt: skip


def ended(flow: Coroutine[Action[Any], Any, Any], device: Device) -> CaseEnd | None:
    """Run a flow; gives how it ended before its last step."""
    try:
        play(flow, device)
    except CaseEnd as end:
        return end
    return None


def broken(checks: list[Check]) -> set[str]:
    """Ids of checks that fail a case."""
    return {check.id for check in checks if not check.passed and check.severity is Severity.MUST}


def readings(checks: list[Check], ambiguity: str) -> set[str]:
    """What was seen of an ambiguity."""
    return {one for check in checks if check.passed for one in check.readings.get(ambiguity, ())}


def reply(body: bytes, method: str = "", sent: Any = None, *, raw: bytes | None = None) -> CallReply:
    """A reply as it came."""
    return dut_for().binding.read(response(body) if raw is None else raw, Ending.ANSWERED, method=method, sent=sent)
