"""What the journal learns from calls that succeed: what takes them back. Pure functions of model and reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.messages.callreply import CallReply, taken_at
from harness.messages.calltexts import text_of_value
from harness.spec.callmodel import CallStruct, Kind, Member
from harness.spec.model import System
from harness.wire.xmlrpc import Value
from harness.wire.xmlrpc_values import Plain
from harness.wire.xmlrpc_writing import Writable

BEFORE = "{before}"
Entry = tuple[str, tuple[str, ...]]  # a method and its members as texts


def resolved(reply: CallReply, text: str) -> object:
    """What `taken.PATH` or `returned.PATH` stands for in a call and its reply; None if nothing."""
    where, _, path = text.partition(".")
    return reply.value(path) if where == "returned" else taken_at(reply.sent, path.split("."))


def wants_before(system: System, method: str) -> bool:
    """Whether what takes a success back has to know what was before."""
    operation = system.operations.get(method)
    return operation is not None and operation.undo is not None and BEFORE in operation.undo.arguments


def undo_entry(system: System, reply: CallReply, before: Mapping[str, Writable]) -> Entry | None:
    """What takes a success back; None if nothing does, or if it is not known how.

    Args:
        before: what the members that were sent had been, as far as it is known.
    """
    operation = system.operations[reply.method]
    undo = operation.undo
    if undo is None:
        return None
    target = system.operations[undo.operation].call
    known = target.takes if target is not None else {}
    pairs: dict[str, object] = {}
    for argument in undo.arguments:
        if argument == BEFORE:
            if not before:
                return None
            pairs |= before
            continue
        name, _, slot = argument.partition("=")
        value = resolved(reply, slot[1:-1]) if slot.startswith("{") else literal(system, known.get(name), slot)
        if value is None:
            return None
        pairs[name] = value
    try:
        return undo.operation, tuple(f"{name}={text_of_value(value)}" for name, value in pairs.items())
    except TypeError:
        return None  # it was sent in a form that nobody should repeat


def literal(system: System, member: Member | None, text: str) -> object:
    """A text of the spec as a value of a member."""
    kind = system.scalars.get(member.type or "") if member is not None else None
    if kind is not None and kind.base is Kind.INT:
        return int(text)
    return text == "true" if kind is not None and kind.base is Kind.BOOLEAN else text


def same_call(system: System, reply: CallReply) -> Entry | None:
    """The call itself as an entry: of the members that entries of its method name."""
    undoes = [
        one.undo.arguments
        for one in system.operations.values()
        if one.undo is not None and one.undo.operation == reply.method and BEFORE not in one.undo.arguments
    ]
    names = dict.fromkeys(argument.partition("=")[0] for arguments in undoes for argument in arguments)
    if not names or any(name not in reply.sent for name in names):
        return None
    try:
        return reply.method, tuple(f"{name}={text_of_value(reply.sent[name])}" for name in names)
    except TypeError:
        return None


def gone_of(system: System, reply: CallReply) -> tuple[str, ...]:
    """The object that a success has ended, as an argument of entries."""
    call = system.operations[reply.method].call
    if call is None or call.ends is None or call.ends not in reply.sent:
        return ()
    try:
        return (f"{call.ends}={text_of_value(reply.sent[call.ends])}",)
    except TypeError:
        return ()


def made_by(system: System, reply: CallReply) -> object:
    """The id of the object that a success has made; None if it makes none."""
    operation = system.operations[reply.method]
    call, undo = operation.call, operation.undo
    if call is None:
        return None
    if call.makes is not None:
        names = (call.makes, *call.returns[call.makes].names.values()) if call.makes in call.returns else (call.makes,)
        return next((reply.value(name) for name in names if reply.has(name)), None)
    if undo is None or not any(kind.created_by == reply.method for kind in system.objects.values()):
        return None
    first = undo.arguments[0].partition("=")[2]
    return resolved(reply, first[1:-1]) if first.startswith("{") and first != BEFORE else None


def restoring(
    system: System, takes: Mapping[str, Member], names: Sequence[str], shown: Mapping[str, Value]
) -> dict[str, Writable]:
    """What sets members back to what a query has shown of them, by their names in the call."""
    found: dict[str, Writable] = {}
    for name in names:
        member = takes.get(name)
        if member is None or member.hidden:
            continue
        pair = _pair(takes, name)
        for one in pair:
            if one in shown and one in takes:
                found[one] = _taken(system, takes[one], shown[one].plain())  # type: ignore[assignment]
                break
        else:
            blank = _blank(system, member)
            if blank is not None and len(pair) == 1:
                found[name] = blank
    return found


def _pair(takes: Mapping[str, Member], name: str) -> tuple[str, ...]:
    """Both halves of an 'unlimited' pair, or the member alone."""
    if takes[name].unlimited is not None:
        return name, takes[name].unlimited or ""
    other = next((one for one, member in takes.items() if member.unlimited == name), None)
    return (name,) if other is None else (other, name)


def _blank(system: System, member: Member) -> Writable | None:
    """What a member is that a query leaves out because it is empty."""
    if member.array:
        return []
    kind = system.scalars.get(member.type or "")
    if kind is None or kind.choices:
        return None
    return "" if kind.base is Kind.STRING else b"" if kind.base is Kind.BASE64 else None


def _taken(system: System, member: Member, value: Plain) -> Plain:
    """A value of a reply with those members alone that calls have."""
    structs: list[CallStruct] = [
        system.structs[name] for name in (*([member.struct] if member.struct else []), *member.other_structs)
    ]
    if isinstance(value, list):
        return [_taken(system, member, one) for one in value]
    if not structs or not isinstance(value, dict):
        return value
    best = max(structs, key=lambda struct: len(struct.members.keys() & value.keys()))
    return {name: _taken(system, best.members[name], one) for name, one in value.items() if name in best.members}
