"""The clauses that follow from the structure of XML messages, by the form of their ids.

Such as:

    RSS-ADDENDPOINT.SOURCEIP.not-empty        a command in which the field is blank is refused (a constraint, see `clauses`)
    RSS-ADDENDPOINT.H323.blank                the field may be blank
    RSS-ADDENDPOINT.confirm                   the command is answered by a confirm that names it
    RSS-ADDENDPOINT.confirm.SOURCEID          the field is there and has its type
    RSS-ADDENDPOINT.indication                other clients that asked are told, by an indication that names it
    RSS-ADDENDPOINT.indication.SOURCEID       the field is there, has its type, and says what the confirm said
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.spec.clauses_xml import Derived
from harness.spec.messagemodel import Message, MessageField
from harness.spec.model import Operation
from harness.spec.parts import Level


def message_clauses(name: str, operation: Operation) -> Iterator[Derived]:
    """The clauses of one operation that is a command among XML messages."""
    if operation.command is None:
        return
    for parameter_name, parameter in operation.parameters.items():
        if parameter.blank:
            text = f"{name} takes a blank {parameter_name}."
            yield Derived(f".{parameter_name}.blank", text, (parameter.source,), (parameter_name,))
    if operation.confirm is not None:
        text = f"{name} is answered by a confirm that names it and says whether it succeeded."
        yield from _message(name, ".confirm", text, operation.confirm)
    if operation.indication is not None:
        text = f"After {name} other clients that asked for indications are told, once each."
        yield from _message(name, ".indication", text, operation.indication)


def _message(operation: str, part: str, text: str, message: Message) -> Iterator[Derived]:
    names = tuple(word for word in (message.source.word, message.name, *message.names.values(), operation) if word)
    yield Derived(part, text, (message.source,), names, Level.MAY if message.undocumented else Level.MUST)
    for name, known in message.fields.items():
        level = Level.MAY if known.any_value or message.undocumented else Level.MUST
        names = tuple(dict.fromkeys((name, *known.names.values())))
        yield Derived(f"{part}.{name}", _field_text(part, name, known), (known.source,), names, level)


def _field_text(part: str, name: str, known: MessageField) -> str:
    there = "may be left out" if known.optional or known.absent or known.repeated else "is there"
    echoed = f", and carries what the command's {known.echo} did" if known.echo else ""
    return f"{name} of the {part.removeprefix('.')} {there} and is of type {known.type}{echoed}."
