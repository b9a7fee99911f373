"""Mistakes in operations and in the error catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from harness.spec.clauses import resolve_error
from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import ErrorCode, ObjectKind, Operation, Parameter, System


def operation_mistakes(system: System) -> Iterator[Mistake]:
    """Every mistake in `operations` and `errors`."""
    for name, row in system.errors.items():
        yield from _error(system, ("errors", name), row, shared=True)
    for name, operation in system.operations.items():
        place: Keys = ("operations", name)
        yield from _operation(system, place, operation)
        for parameter_name, parameter in operation.parameters.items():
            yield from _parameter(system, operation, (*place, "parameters", parameter_name), parameter)
        for error_name, row in operation.errors.items():
            yield from _error(system, (*place, "errors", error_name), row, shared=False)
        yield from _twins(system, place, operation)


def _operation(system: System, place: Keys, operation: Operation) -> Iterator[Mistake]:
    yield from known((*place, "arity_open"), operation.arity_open, system.ambiguities, "the id of an ambiguity")
    if operation.errors or operation.arity != "arity":
        yield from known((*place, "arity"), operation.arity, operation.errors, "one of the operation's errors, or null")
    for name in list(operation.parameters)[:-1] if operation.command is None else ():  # fields have names
        if operation.parameters[name].repeated:
            yield Mistake((*place, "parameters", name, "repeated"), "only the last parameter to be repeated", name)
    if operation.result is not None:
        yield from known((*place, "result", "type"), operation.result.type, system.types, "a type")
        yield from known((*place, "result", "object"), operation.result.object, system.objects, "an object")
    if operation.ends is not None:
        yield from known((*place, "ends"), operation.ends, operation.parameters, "one of the operation's parameters")
        ended = operation.parameters.get(operation.ends)
        if ended is not None and ended.object is None:
            yield Mistake((*place, "ends"), "a parameter that identifies an object", operation.ends)
    yield from _undo(system, place, operation)


def _undo(system: System, place: Keys, operation: Operation) -> Iterator[Mistake]:
    undo = operation.undo
    if undo is None:
        return
    yield from known((*place, "undo", "operation"), undo.operation, system.operations, "an operation")
    other = system.operations.get(undo.operation)
    if operation.call is not None:
        return  # `harness.spec.lint_methods` looks at its arguments
    named = operation.command is not None or system.documents is not None  # its arguments are name=value
    if other is not None and not named:
        wanted, got = len(other.parameters), len(undo.arguments)
        variadic = any(parameter.repeated for parameter in other.parameters.values())
        if got < wanted or (got > wanted and not variadic):
            yield Mistake((*place, "undo", "arguments"), f"the {wanted} arguments of {undo.operation}", f"{got}")
    slots = {*operation.parameters, *(["result"] if operation.result is not None else [])}
    for index, argument in enumerate(undo.arguments):
        text = argument.partition("=")[2] if named else argument
        if text.startswith("{") and text.endswith("}"):
            yield from known(
                (*place, "undo", "arguments", str(index)), text[1:-1], slots, "{result} or a parameter in braces"
            )


def _parameter(system: System, operation: Operation, place: Keys, parameter: Parameter) -> Iterator[Mistake]:
    yield from known((*place, "type"), parameter.type, system.types, "a type")
    yield from known((*place, "object"), parameter.object, system.objects, "an object")
    for key, ambiguity in (
        ("invalid_ambiguity", parameter.invalid_ambiguity),
        ("unknown_ambiguity", parameter.unknown_ambiguity),
        ("other_kind", parameter.other_kind),
        ("any_text", parameter.any_text),
    ):
        yield from known((*place, key), ambiguity, system.ambiguities, "the id of an ambiguity")
    for key, errors, ambiguity in (
        ("invalid", parameter.invalid, parameter.invalid_ambiguity),
        ("unknown", parameter.unknown, parameter.unknown_ambiguity),
    ):
        yield from _answers((*place, key), operation, errors)
        if ambiguity in system.ambiguities and len(errors) > len(system.ambiguities[ambiguity].readings):
            yield Mistake((*place, key), f"at most one error for each reading of {ambiguity}", ", ".join(errors))
        if len(errors) > 1 and ambiguity is None:
            yield Mistake((*place, key), f"{key}_ambiguity, for there are several errors", ", ".join(errors))
    if parameter.unknown and parameter.object is None:
        yield Mistake((*place, "unknown"), "an object that the value identifies", "none")
    for index, constraint in enumerate(parameter.constraints):
        yield from known(
            (*place, "constraints", str(index), "error"),
            constraint.error,
            operation.errors,
            "one of the operation's errors",
        )
    yield from _states(system, operation, place, parameter)


def _states(system: System, operation: Operation, place: Keys, parameter: Parameter) -> Iterator[Mistake]:
    kind = system.objects.get(parameter.object or "")
    if (parameter.state or parameter.states) and parameter.object is None:
        yield Mistake((*place, "states" if parameter.states else "state"), "an object that has the state", "none")
    if kind is not None and (kind.initial or kind.transitions):
        names = states_of(kind)
        yield from known((*place, "state"), parameter.state, names, "a state of the object")
        for state in parameter.states:
            yield from known((*place, "states", state), state, names | {"recorded"}, "a state of the object")
    for state, rule in parameter.states.items():
        here = (*place, "states", state)
        yield from _answers((*here, "errors"), operation, rule.errors)
        yield from known((*here, "clause"), rule.clause, system.clauses, "the id of a stated clause")
        yield from known((*here, "ambiguity"), rule.ambiguity, system.ambiguities, "the id of an ambiguity")
        if not rule.ok and not rule.errors and rule.ambiguity is None:
            yield Mistake(here, "ok, errors or an ambiguity", "an answer that nothing gives")


def states_of(kind: ObjectKind) -> set[str]:
    """The names of an object's states, `any` included."""
    moves = {state for move in kind.transitions for state in (move.start, move.end)}
    return {"any", *kind.fixtures, *moves, *([kind.initial] if kind.initial else [])}


def _answers(place: Keys, operation: Operation, errors: list[str]) -> Iterator[Mistake]:
    for index, error in enumerate(errors):
        yield from known((*place, str(index)), error, operation.errors, "one of the operation's errors")


def _error(system: System, place: Keys, row: ErrorCode, *, shared: bool) -> Iterator[Mistake]:
    for key, ambiguity in (("ambiguity", row.ambiguity), ("code_ambiguity", row.code_ambiguity)):
        yield from known((*place, key), ambiguity, system.ambiguities, "the id of an ambiguity")
    for key, named, ambiguity, own in (
        ("texts", row.texts, row.ambiguity, "ambiguity"),
        ("codes", row.codes, row.code_ambiguity, "code_ambiguity"),
    ):
        if named and ambiguity is None:
            yield Mistake((*place, key), f"{own}, whose readings name them", "none")
        if ambiguity in system.ambiguities:
            if not named:
                yield Mistake((*place, own), f"{key}, one for each reading", "none")
            for reading in named:
                readings = system.ambiguities[ambiguity].readings
                yield from known((*place, key, reading), reading, readings, f"a reading of {ambiguity}")
    if row.use is not None:
        if shared:
            yield Mistake((*place, "use"), "code and text, for this is the catalogue itself", row.use)
        yield from known((*place, "use"), row.use, system.errors, "an error of the catalogue")
        for key in ("code", "text", "texts", "codes"):
            if getattr(row, key):
                yield Mistake((*place, key), "either `use` or a code and a text of its own", "both")
        return
    said = [("code", "codes"), *([("text", "texts")] if system.messages is None else [])]
    for one, many in said:
        if bool(getattr(row, one)) == bool(getattr(row, many)):
            yield Mistake(place, f"either `{one}` or `{many}`", "both" if getattr(row, one) else "neither")


def _twins(system: System, place: Keys, operation: Operation) -> Iterator[Mistake]:
    """Two errors of one operation that no reply could tell apart."""
    rows = {
        name: resolve_error(system, row)
        for name, row in operation.errors.items()
        if row.use is None or row.use in system.errors
    }
    for first, second in combinations(rows, 2):
        if _shown(rows[first]) & _shown(rows[second]):
            yield Mistake((*place, "errors", second), "a code and text of its own", f"those of {first}")


def _shown(row: ErrorCode) -> set[tuple[str, str]]:
    return {(code, text) for code in row.codes.values() or (row.code,) for text in row.texts.values() or (row.text,)}
