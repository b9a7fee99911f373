"""How a proxy reads commands among XML messages in packets: which operation they name, with which fields, in which session."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.messages.packets import PacketBinding, names_of
from harness.messages.reply import Call
from harness.spec.model import Operation, System
from harness.wire.tpkt import HEADER_BYTES
from harness.wire.xmlmessage import read_message

Pairs = list[tuple[str, str]]


def packet_parser(binding: PacketBinding) -> Callable[[bytes], Call | None]:
    """How commands are read: values are `name=value` by the names of the spec, without the session.

    What is no command of the document is a call of nothing, so that its reply is still paired with it.
    """

    def parse(packet: bytes) -> Call | None:
        operation, fields, _ = read_command(binding.system, packet)
        values = tuple(f"{name}={value}" for name, value in fields)
        return Call(operation=operation, values=values, typed=values)

    return parse


def pushes(binding: PacketBinding) -> Callable[[bytes], bool]:
    """Whether a packet of the device answers nothing: it has indications in it and no confirm."""
    syntax = binding.syntax
    told, confirmed = (
        re.compile(rb"<\s*" + word.encode() + rb"[\s/>]") for word in (syntax.indication, syntax.confirm)
    )
    return lambda packet: told.search(packet) is not None and confirmed.search(packet) is None


def read_command(system: System, packet: bytes) -> tuple[str, Pairs, str | None]:
    """The operation that a packet names, its fields and its session.

    A name that the document has copied to several commands is that of the one whose fields are there.

    Returns:
        operation, "" if there is none; names of the spec and values; None if no session stands there.
    """
    syntax = system.messages
    document = read_message(packet[HEADER_BYTES:])
    commands = [one for one in document.elements if syntax is not None and one.name == syntax.command]
    if syntax is None or document.problems or len(commands) != 1:
        return "", [], None
    command = commands[0]
    pairs = [(one.name, one.attributes.get(syntax.value, "")) for one in command.fields]
    session = next((value for name, value in pairs if name == syntax.session), None)
    pairs = [(name, value) for name, value in pairs if name != syntax.session]
    wanted = command.attributes.get(syntax.name, "").strip().lower()
    there = {name for name, _ in pairs}
    found = [
        (len(there & _spelled(known)) - len(there - _spelled(known)), name)
        for name, known in system.operations.items()
        if wanted in {one.strip().lower() for one in names_of(known.command, name).values()}
    ]
    if not found:
        return "", pairs, session
    most = max(number for number, _ in found)
    operation = next(name for number, name in found if number == most)
    meant = {
        spelling: name
        for name, one in system.operations[operation].parameters.items()
        for spelling in (name, *one.names.values())
    }
    return operation, [(meant.get(name, name), value) for name, value in pairs], session


def _spelled(operation: Operation) -> set[str]:
    return {spelling for name, one in operation.parameters.items() for spelling in (name, *one.names.values())}
