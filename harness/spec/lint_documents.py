"""Mistakes in the rules of functions that are XML documents, in what they need and answer, and in events.

What one value or section may get wrong is in `harness.spec.lint_sections`.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.datatypes import is_value
from harness.spec.documentmodel import Body, DocumentSyntax, EventMessage, Requirement
from harness.spec.functions import names_of
from harness.spec.lint_sections import ambiguity_of, section_mistakes, spelling_mistakes, twice
from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import Base, Operation, System, Undo

# What the checks, cases and offline validation cite by name; each needs a clause.
DOCUMENT_RULES = (
    "terminator", "whole", "stream", "one-result", "order", "well-formed", "root", "white-space", "body", "malformed",
    "number-repeated", "number-required", "number-maximum",
    "head", "function-repeated", "code-table", "label", "error-label", "unknown-function", "deprecated",
    "url-form", "pages", "url-case", "url-escape", "roads-agree",
    "subscribed", "event-class", "event-type", "event-data", "event-once", "not-subscribed", "event-apart",
    "several-subscribers", "event-device",
)  # fmt: skip
# What a spec may say that its document leaves open.
DOCUMENT_POINTS = (
    "malformed", "no-number", "number-blank", "number-zero", "number-negative", "number-word", "number-other",
    "number-spelling", "unknown-parameter", "repeated-parameter", "parameter-case", "function-case", "function-missing",
    "unknown-function", "long-value", "value-outside", "encoding", "special-signs", "white-space", "declaration",
    "empty-value", "missing-parameter", "extra-element", "head-missing", "partial", "root",
    "http-status", "http-media", "http-method", "http-page", "plus-sign",
    "second-subscription", "unknown-class", "no-class", "event-value", "web-events", "event-time", "event-order",
    "event-extra", "subscriber-end", "no-terminator", "two-requests",
)  # fmt: skip
PROTOCOLS = ("documents", "urls")
_ERROR = "an error of the catalogue"
# Ambiguities whose readings the checks know by name.
_READINGS = {"bare_ampersand": ("bare",), "terminator": ("crlf",), "label_ambiguity": ("word", "label")}
_POINT_READINGS = {"head-missing": ("absent",)}


def document_mistakes(system: System) -> Iterator[Mistake]:
    """Every mistake in `documents` and `events`, and in what operations say of them."""
    speaks = any(interface.protocol in PROTOCOLS for interface in system.interfaces.values())
    syntax = system.documents
    if speaks != (syntax is not None):
        expected = "the rules of documents, for an interface speaks them" if speaks else "an interface that speaks them"
        yield Mistake(("documents",), expected, "none")
    if syntax is not None:
        yield from _syntax(system, syntax)
    for name, operation in system.operations.items():
        yield from _operation(system, ("operations", name), operation)
        yield from _names(system, ("operations", name), name, operation)
    if system.events and syntax is None:
        yield Mistake(("events",), "the rules of documents under `documents`", "none")
    for name, event in system.events.items():
        yield from _event(system, ("events", name), name, event)


def _clause(system: System, keys: Keys, name: str) -> Iterator[Mistake]:
    yield from known(keys, name, system.clauses, "the id of a stated clause")


# documents


def _syntax(system: System, syntax: DocumentSyntax) -> Iterator[Mistake]:
    place: Keys = ("documents",)
    yield from twice(
        (*place, "event"), "names of their own for the three roots", syntax.request, syntax.result, syntax.event
    )
    yield from spelling_mistakes(
        system, place, "function_names", syntax.function_names, syntax.function_ambiguity, "function_ambiguity"
    )
    if syntax.function_names and syntax.function not in syntax.function_names.values():
        yield Mistake(
            (*place, "function_names"), f"{syntax.function} among them", ", ".join(syntax.function_names.values())
        )
    yield from _head(system, place, syntax)
    for key in ("headless", "unknown", "refused", "successes"):
        names, what = (system.operations, "an operation") if key == "headless" else (system.errors, _ERROR)
        for index, name in enumerate(getattr(syntax, key)):
            yield from known((*place, key, str(index)), name, names, what)
    for key in ("success", "number_error", "partial"):
        yield from known((*place, key), getattr(syntax, key), system.errors, _ERROR)
    if any(syntax.error_label in (row.text, *row.texts.values()) for row in system.errors.values()):
        yield Mistake((*place, "error_label"), "what is the label of no error", syntax.error_label)
    for key in ("label_ambiguity", "bare_ampersand", "terminator", "deprecated_errors"):
        yield from ambiguity_of(system, (*place, key), getattr(syntax, key), *_READINGS.get(key, ()))
    yield from ambiguity_of(system, (*place, "repeated_ambiguity"), syntax.repeated_ambiguity)
    for name, own in syntax.repeated_for.items():
        here: Keys = (*place, "repeated_for", name)
        yield from known(here, name, system.operations, "an operation")
        yield from spelling_mistakes(system, here, "names", own, syntax.repeated_ambiguity, "repeated_ambiguity")
    for name in syntax.deprecated:
        if name in system.operations:
            yield Mistake((*place, "deprecated", name), "a function that is no operation", name)
    yield from _roads(system, place, syntax)
    for point, ambiguity in syntax.open_points.items():
        here = (*place, "open_points", point)
        yield from known(here, point, DOCUMENT_POINTS, "something that documents leave open")
        yield from ambiguity_of(system, here, ambiguity, *_POINT_READINGS.get(point, ()))
    for rule, clause in syntax.rules.items():
        yield from known((*place, "rules", rule), rule, DOCUMENT_RULES, "a rule of the checks")
        yield from _clause(system, (*place, "rules", rule), clause)
    for rule in DOCUMENT_RULES:
        if rule not in syntax.rules:
            yield Mistake((*place, "rules"), f"the rule {rule!r} with its clause", "none")


def _head(system: System, place: Keys, syntax: DocumentSyntax) -> Iterator[Mistake]:
    """The values of results and events, and the names by which others know them."""
    for table, keys in (
        ("head", ("number", "answered", "code", "label", "text")),
        ("event_head", ("event_class", "event_type")),
    ):
        values = getattr(syntax, table)
        for key in keys:
            yield from known((*place, key), getattr(syntax, key), values, f"a value of `{table}`")
        yield from section_mistakes(system, (*place, table), values, {}, None)
    if syntax.event_data in syntax.event_head:
        yield Mistake((*place, "event_data"), "another name than the values beside it", syntax.event_data)
    yield from twice((*place, "number"), "another name than that of the function", syntax.function, syntax.number)
    yield from known((*place, "number_type"), syntax.number_type, system.types, "a type")
    kind = system.types.get(syntax.number_type)
    if kind is not None and (kind.base is not Base.INT or kind.maximum is None):
        got = f"{kind.base} without a maximum" if kind.base is Base.INT else f"{kind.base}"
        yield Mistake((*place, "number_type"), "a type of base int with a maximum", got)


def _roads(system: System, place: Keys, syntax: DocumentSyntax) -> Iterator[Mistake]:
    """Pages of URLs, and who asks for events."""
    if not syntax.pages and any(one.protocol == "urls" for one in system.interfaces.values()):
        yield Mistake((*place, "pages"), "a page at least, for an interface speaks URLs", "none")
    for index, page in enumerate(syntax.pages):
        if not page.startswith("/"):
            yield Mistake((*place, "pages", str(index)), "a path that begins with /", page)
    yield from known((*place, "subscribe"), syntax.subscribe, system.operations, "an operation")
    operation = system.operations.get(syntax.subscribe)
    if operation is None:
        return
    yield from known(
        (*place, "event_class"), syntax.event_class, operation.parameters, f"a parameter of {syntax.subscribe}"
    )
    parameter = operation.parameters.get(syntax.event_class)
    kind = system.types.get(parameter.type) if parameter is not None else None
    if kind is not None and not is_value(kind, syntax.every_class):
        yield Mistake((*place, "every_class"), f"a value of {syntax.event_class}", repr(syntax.every_class))
    if syntax.every_class in {event.event_class for event in system.events.values()}:
        yield Mistake((*place, "every_class"), "what is the class of no event", syntax.every_class)


# operations


def _operation(system: System, place: Keys, operation: Operation) -> Iterator[Mistake]:
    if system.documents is None:
        for key in ("needs", "answer", "body", "names"):
            if getattr(operation, key):
                yield Mistake((*place, key), "the rules of documents under `documents`", "none")
        return
    for index, need in enumerate(operation.needs):
        yield from _need(system, operation, (*place, "needs", str(index)), need)
    yield from _required(operation, place)
    answer = operation.answer
    if answer is not None:
        for key in ("repeated", "numbered", "optional", "absent", "outside", "names"):
            if getattr(answer, key):
                yield Mistake((*place, "answer", key), "nothing, for it is the root of a result", key)
        head = {spelled for name, one in system.documents.head.items() for spelled in (name, *one.names.values())}
        yield from section_mistakes(
            system, (*place, "answer"), answer.values, answer.sections, operation, of=answer, taken=head
        )
    result = operation.result
    if result is not None:
        values = answer.values if answer is not None else {}
        yield from known((*place, "result", "name"), result.name, values, "a value of `answer`")
    if operation.body is not None:
        yield from _body(system, operation, (*place, "body"), operation.body)
    if operation.undo is not None:
        yield from _undo(system, operation, (*place, "undo"), operation.undo)
    spellings = [system.documents.function, system.documents.number]
    for name, parameter in operation.parameters.items():
        here = (*place, "parameters", name)
        yield from spelling_mistakes(system, here, "names", parameter.names, parameter.name_ambiguity, "name_ambiguity")
        for spelled in dict.fromkeys(parameter.names.values() or (name,)):
            if spelled in spellings:
                yield Mistake(here, "a spelling of its own", spelled)
            spellings.append(spelled)
        yield from ambiguity_of(system, (*here, "empty"), parameter.empty)
        kind = system.types.get(parameter.type)
        for index, example in enumerate(parameter.examples):
            fits = kind is None or is_value(kind, example) or example in kind.open_choices
            if not fits and not (not example and (parameter.blank or parameter.empty)):
                yield Mistake((*here, "examples", str(index)), f"a value of type {parameter.type}", repr(example))


def _names(system: System, place: Keys, name: str, operation: Operation) -> Iterator[Mistake]:
    """Other names of a function, each of which no other function has; its own is the one that cases are called by."""
    yield from spelling_mistakes(system, place, "names", operation.names, operation.name_ambiguity, "name_ambiguity")
    if operation.names and name not in operation.names.values():
        yield Mistake((*place, "names"), f"{name} among them", ", ".join(operation.names.values()))
    others = {one for own, known in system.operations.items() if own != name for one in names_of(own, known)}
    for reading, called in operation.names.items():
        if called in others:
            yield Mistake((*place, "names", reading), "a name that no other function has", called)


def _need(system: System, operation: Operation, place: Keys, need: Requirement) -> Iterator[Mistake]:
    if not need.groups or not all(need.groups):
        yield Mistake((*place, "groups"), "groups of parameters, none of them empty", str(need.groups))
    for index, group in enumerate(need.groups):
        for at, name in enumerate(group):
            here = (*place, "groups", str(index), str(at))
            yield from known(here, name, operation.parameters, "one of the operation's parameters")
            if name in need.when:
                yield Mistake(here, "parameters that `when` does not have", name)
    for key in ("surplus", "only_one"):
        if getattr(need, key) and len(need.groups) < 2:
            yield Mistake((*place, key), "several groups", "one")
    for key in ("surplus", "ambiguity"):
        yield from ambiguity_of(system, (*place, key), getattr(need, key))
    for index, error in enumerate(need.errors):
        yield from known((*place, "errors", str(index)), error, operation.errors, "one of the operation's errors")
    if len(need.errors) > 1 and need.ambiguity is None:
        yield Mistake((*place, "errors"), "`ambiguity`, for there are several errors", ", ".join(need.errors))
    if not need.errors and need.ambiguity is None:
        yield Mistake(place, "`errors` or `ambiguity`", "an answer that nothing gives")
    yield from _when(system, operation, (*place, "when"), need.when)
    yield from _clause(system, (*place, "clause"), need.clause)


def _required(operation: Operation, place: Keys) -> Iterator[Mistake]:
    """A parameter is required if, and only if, a requirement has it in its only group."""
    single = {name for one in operation.needs if len(one.groups) == 1 and not one.when for name in one.groups[0]}
    for name, parameter in operation.parameters.items():
        if parameter.optional and name in single:
            yield Mistake((*place, "parameters", name, "optional"), "false, for `needs` requires it", "true")
        elif not parameter.optional and name not in single:
            yield Mistake(
                (*place, "parameters", name), "`optional`, or `needs` with it in a group of its own", "neither"
            )


def _when(system: System, operation: Operation, place: Keys, when: dict[str, list[str]]) -> Iterator[Mistake]:
    for name, values in when.items():
        yield from known((*place, name), name, operation.parameters, "one of the operation's parameters")
        parameter = operation.parameters.get(name)
        kind = system.types.get(parameter.type) if parameter is not None else None
        if not values:
            yield Mistake((*place, name), "a value at least", "none")
        for index, value in enumerate(values):
            if kind is not None and not is_value(kind, value):
                yield Mistake((*place, name, str(index)), f"a value of {name}", repr(value))


def _body(system: System, operation: Operation, place: Keys, body: Body) -> Iterator[Mistake]:
    yield from known((*place, "choice"), body.choice, operation.parameters, "one of the operation's parameters")
    yield from ambiguity_of(system, (*place, "ignored"), body.ignored, "ignored")
    if (body.choice is None) != body.archive:
        got = "neither" if body.choice is None else "both"
        yield Mistake(place, "either `choice` or `archive`", got)
    yield from _clause(system, (*place, "clause"), body.clause)


def _undo(system: System, operation: Operation, place: Keys, undo: Undo) -> Iterator[Mistake]:
    yield from _when(system, operation, (*place, "when"), undo.when)
    other = system.operations.get(undo.operation)
    for index, argument in enumerate(undo.arguments):
        name, equals, _ = argument.partition("=")
        here = (*place, "arguments", str(index))
        if not equals:
            yield Mistake(here, "name=value", argument)
        elif other is not None:
            yield from known(here, name, other.parameters, f"a parameter of {undo.operation}")


# events


def _event(system: System, place: Keys, name: str, event: EventMessage) -> Iterator[Mistake]:
    syntax = system.documents
    yield from _clause(system, (*place, "clause"), event.clause)
    yield from spelling_mistakes(system, place, "type_names", event.type_names, event.ambiguity, "ambiguity")
    namesake = system.operations.get(name)  # what tells of a function may repeat what was sent
    yield from section_mistakes(system, place, event.values, {}, namesake)
    if syntax is None:
        return
    for key, head, values in (
        ("event_class", syntax.event_class, [event.event_class]),
        ("type_names", syntax.event_type, [*(event.type_names.values() or [name])]),
    ):
        value = syntax.event_head.get(head)
        kind = system.types.get(value.type) if value is not None else None
        for one in values if kind is not None else ():
            if kind is not None and not is_value(kind, one) and one not in kind.open_choices:
                yield Mistake((*place, key), f"a value of {head}", repr(one))
