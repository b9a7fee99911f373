"""Methods with structs as the proxy reads them: what a request calls, and what a success makes a device remember."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.callnotes import gone_of, made_by, same_call, undo_entry
from harness.ending import Ending
from harness.flow import Note
from harness.messages.callreply import CallReply
from harness.messages.calls import CallBinding
from harness.messages.calltexts import text_of_value, value_of_text
from harness.messages.reply import Call, Reply
from harness.spec.callmodel import CallSyntax
from harness.spec.model import System
from harness.wire.http1_framing import read_requests
from harness.wire.xmlrpc import Message, MessageKind, read
from harness.wire.xmlrpc_writing import Writable

# Rules that any reply may break, and whose checks leave no trace where they pass.
_UNTRACED = (
    "http", "encoding", "reply", "reply-struct", "reply-types", "well-formed", "names-unique", "status", "boolean-form",
    "date-form", "fault", "fault-code", "reply-size", "alive", "unlimited-returned", "choice-returned",
)  # fmt: skip


def call_parser(binding: CallBinding) -> Callable[[bytes], Call | None]:
    """How requests are read: the method, and its members as `name=text`; a call of nothing where it is none."""
    methods = {name for name, one in binding.system.operations.items() if one.call is not None}
    head = set(binding.syntax.head)

    def parse(request: bytes) -> Call | None:
        message = message_of(request, binding.syntax.path)
        if message is None or message.method not in methods:
            return Call(operation="")
        values = []
        for name, value in plain_of(message).items():
            if name not in head:
                try:
                    values.append(f"{name}={text_of_value(value)}")
                except TypeError:  # what nobody can read
                    continue
        return Call(operation=message.method, values=tuple(values), typed=tuple(values))

    return parse


def message_of(request: bytes, path: str) -> Message | None:
    """The call in a request that is posted to a path; None if there is none."""
    requests, _ = read_requests(request)
    if not requests or requests[0].request.method != "POST" or requests[0].request.target != path:
        return None
    message = read(requests[0].request.body)
    return message if message.kind is MessageKind.CALL else None


def plain_of(message: Message) -> dict[str, object]:
    """The members of a message in Python's types."""
    found = message.struct.plain()
    return dict(found) if isinstance(found, dict) else {}


def untraced(system: System, syntax: CallSyntax) -> list[str]:
    """The clauses that any reply may break without that any case has declared them: rules, and what replies carry."""
    found = [syntax.rules[rule] for rule in _UNTRACED if rule in syntax.rules]
    for name, operation in system.operations.items():
        if operation.call is not None:
            found += _of_members(f"{system.prefix}-{name}.returned", list(operation.call.returns))
            found.append(f"{system.prefix}-{name}:status")
    for name, struct in system.structs.items():
        found += _of_members(f"{system.prefix}-struct.{name}.returned", list(struct.members))
    return found


def _of_members(base: str, names: list[str]) -> list[str]:
    aspects = ("", ":type", ":choice", ":range", ":length", ":bytes", ":absent", ":count", ":echo", ":always")
    return [f"{base}.{name}{aspect}" for name in names for aspect in aspects]


def reply_of(system: System, reply: Reply) -> CallReply:
    """A true reply, with the call that it answers."""
    assert system.calls is not None
    sent: Mapping[str, Writable] = {
        name: value_of_text(text) for name, _, text in (one.partition("=") for one in reply.call.values)
    }
    return CallReply(
        syntax=system.calls, method=reply.call.operation, ending=Ending.ANSWERED, sent=sent, body=reply.text.encode()
    )


def call_notes(system: System, reply: Reply) -> list[Note]:
    """What the journal learns from a reply. What a change was before is not known here: cases put that back themselves."""
    read_ = reply_of(system, reply)
    operation = system.operations.get(read_.method)
    if not read_.ok or operation is None or operation.call is None:
        return []
    found = [Note("drop", *entry) for entry in [same_call(system, read_)] if entry is not None]
    if gone := gone_of(system, read_):
        found.append(Note("gone", arguments=gone))
    if made_by(system, read_) is not None and (entry := undo_entry(system, read_, {})) is not None:
        found.append(Note("add", *entry))
    return found
