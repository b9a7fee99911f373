"""What the journal learns from functions that succeed: what takes them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from harness.datatypes import is_value
from harness.flow import Note
from harness.messages.documentreply import Result
from harness.spec.model import Operation, System


def notes(system: System, result: Result, names: Mapping[str, str] = MappingProxyType({})) -> Iterable[Note]:
    """What the journal learns from a success; `names` has how the device spells parameters, by `function.parameter`."""
    operation = system.operations.get(result.function)
    if operation is None:
        return
    named = dict(result.sent)
    yield Note("drop", result.function, _entry(system, result.function, named, names))
    undo = operation.undo
    if undo is not None and all(named.get(name, "").upper() in values for name, values in undo.when.items()):
        slots = {f"{{{name}}}": value for name, value in named.items()}
        if operation.result is not None:
            made = result.get(operation.result.name, *_spellings(operation, operation.result.name)) or ""
            slots["{result}"] = made if is_value(system.types[operation.result.type], made) else ""
        arguments = [one.partition("=") for one in undo.arguments]
        filled = {name: slots.get(slot, "" if slot.startswith("{") else slot) for name, _, slot in arguments}
        if operation.result is None or filled.get(next(iter(_slotted(undo.arguments)), ""), ""):
            yield Note("add", undo.operation, _entry(system, undo.operation, filled, names))
    if operation.ends is not None and operation.ends in named:
        yield Note("gone", arguments=(f"{operation.ends}={named[operation.ends]}",))


def _slotted(arguments: Sequence[str]) -> Iterable[str]:
    """The names of arguments that are what a success gave."""
    return (one.partition("=")[0] for one in arguments if one.endswith("={result}"))


def _spellings(operation: Operation, name: str) -> tuple[str, ...]:
    """Every way in which the document spells a value of the answer."""
    value = operation.answer.values.get(name) if operation.answer is not None else None
    return tuple(value.names.values()) if value is not None else ()


def _entry(system: System, function: str, values: Mapping[str, str], spelled: Mapping[str, str]) -> tuple[str, ...]:
    """What an entry of the journal has of a call that takes something back: the parameters that such entries name."""
    undoes = [one.undo.arguments for one in system.operations.values() if one.undo and one.undo.operation == function]
    names = sorted({argument.partition("=")[0] for arguments in undoes for argument in arguments})
    return tuple(f"{spelled.get(f'{function}.{name}', name)}={values[name]}" for name in names if values.get(name))
