"""Mistakes in the rules of an HTTP interface, in the XML documents that answer, and in how operations use both."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from harness.datatypes import is_value
from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import Base, ErrorCode, Operation, Parameter, System
from harness.spec.xmlmodel import HttpRequest, HttpSyntax, Paging, Window, XmlAttribute, XmlDocument, XmlElement

# What the checks and offline validation cite by name; each needs a clause.
HTTP_RULES = (
    "framing",
    "one-reply",
    "status",
    "xml",
    "root",
    "extra",
    "media",
    "method",
    "unknown-operation",
    "incomplete",
)
# What cases try on requests; a spec names those that its document leaves open.
HTTP_POINTS = (
    "unknown-parameter", "duplicate-parameter", "other-method", "parameter-case", "selector-case", "extra-path",
    "escaped-name", "fragment", "head", "no-selector", "empty-selector", "plus-as-space", "parameter-order",
    "unescaped-value", "backslash",
)  # fmt: skip
# The reading of such an ambiguity under which an attribute is left out, is empty, or takes any text, is called so.
LENIENT = {"absent": "absent", "empty": "empty", "any_value": "any"}
_NUMBERS = (Base.INT, Base.XS_INTEGER, Base.XS_NON_NEGATIVE)


def http_mistakes(system: System) -> Iterator[Mistake]:
    """Every mistake in `http`, in `replies`, and in the parts of operations that only HTTP has."""
    speaks = any(interface.protocol == "http" for interface in system.interfaces.values())
    if speaks != (system.http is not None):
        expected = "the rules of HTTP, for an interface speaks it" if speaks else "an interface that speaks it"
        yield Mistake(("http",), expected, "none")
    if system.http is not None:
        yield from _syntax(system, system.http)
    for name, document in system.replies.items():
        yield from _document(system, ("replies", name), document)
    for name, row in system.errors.items():
        yield from _error(system, ("errors", name), row)
    for name, operation in system.operations.items():
        yield from _operation(system, ("operations", name), operation)
    yield from _same_requests(system)


def _ambiguity(system: System, keys: Keys, name: str | None) -> Iterator[Mistake]:
    yield from known(keys, name, system.ambiguities, "the id of an ambiguity")


def _clause(system: System, keys: Keys, name: str | None) -> Iterator[Mistake]:
    yield from known(keys, name, system.clauses, "the id of a stated clause")


def _spellings(
    system: System, place: Keys, key: str, spellings: Mapping[str, str], ambiguity: str | None, own: str = "ambiguity"
) -> Iterator[Mistake]:
    """Spellings by reading, and the ambiguity whose readings they are."""
    yield from _ambiguity(system, (*place, own), ambiguity)
    if spellings and ambiguity is None:
        yield Mistake((*place, key), f"{own}, whose readings name them", "none")
    if ambiguity is not None and not spellings:
        yield Mistake((*place, own), f"{key}, one for each reading", "none")
    if ambiguity in system.ambiguities:
        readings = system.ambiguities[ambiguity].readings
        for reading in spellings:
            yield from known((*place, key, reading), reading, readings, f"a reading of {ambiguity}")


def _syntax(system: System, syntax: HttpSyntax) -> Iterator[Mistake]:
    place: Keys = ("http",)
    if not syntax.method.isalpha() or not syntax.method.isupper():
        yield Mistake((*place, "method"), "a method of HTTP in capitals", syntax.method)
    if not syntax.media:
        yield Mistake((*place, "media"), "a media type at least", "none")
    for index, media in enumerate(syntax.media):
        if media.count("/") != 1 or media != media.lower():
            yield Mistake((*place, "media", str(index)), "a media type in lower case, such as text/xml", media)
    yield from known((*place, "refused"), syntax.refused, system.errors, "an error of the catalogue")
    for point, ambiguity in syntax.open_points.items():
        yield from known((*place, "open_points", point), point, HTTP_POINTS, "something that cases try on requests")
        yield from _ambiguity(system, (*place, "open_points", point), ambiguity)
    for rule, clause in syntax.rules.items():
        yield from known((*place, "rules", rule), rule, HTTP_RULES, "a rule of the checks")
        yield from _clause(system, (*place, "rules", rule), clause)
    for rule in HTTP_RULES:
        if rule not in syntax.rules:
            yield Mistake((*place, "rules"), f"the rule {rule!r} with its clause", "none")


def _document(system: System, place: Keys, document: XmlDocument) -> Iterator[Mistake]:
    elements = document.elements
    yield from known((*place, "root"), document.root, elements, "one of its elements")
    yield from known((*place, "row"), document.row, elements, "one of its elements")
    children = {name: child for element in elements.values() for name, child in element.children.items()}
    row = children.get(document.row or "")
    if document.row in elements and (row is None or row.maximum is not None):
        got = "none" if row is None else f"{row.maximum} at most"
        yield Mistake((*place, "row"), "an element that another has any number of", got)
    for name, element in elements.items():
        here: Keys = (*place, "elements", name)
        if name != document.root and name not in children:
            yield Mistake(here, "an element that has it as a child", "none")
        yield from _element(system, here, element)
        for child, often in element.children.items():
            yield from known((*here, "children", child), child, elements, "one of the document's elements")
            if often.minimum < 0 or (often.maximum is not None and often.maximum < max(often.minimum, 1)):
                expected = f"{max(often.minimum, 1)} or more" if often.minimum >= 0 else "a minimum of 0 or more"
                yield Mistake((*here, "children", child, "maximum"), expected, f"{often.minimum} to {often.maximum}")


def _element(system: System, place: Keys, element: XmlElement) -> Iterator[Mistake]:
    yield from _spellings(system, place, "names", element.names, element.ambiguity)
    owners: dict[str, str] = {}
    for name, attribute in element.attributes.items():
        here: Keys = (*place, "attributes", name)
        yield from _attribute(system, here, attribute)
        for spelling in dict.fromkeys(attribute.names.values() or (name,)):
            if spelling in owners:
                yield Mistake(here, "a spelling of its own", f"{spelling}, as {owners[spelling]} may be spelled")
            owners.setdefault(spelling, name)
    for index, order in enumerate(element.ordered):
        here = (*place, "ordered", str(index))
        for key, name in (("first", order.first), ("then", order.then)):
            yield from known((*here, key), name, element.attributes, "an attribute of the element")
            kind = system.types.get(element.attributes[name].type) if name in element.attributes else None
            if kind is not None and kind.base not in _NUMBERS:
                yield Mistake((*here, key), "an attribute that is a number", f"{name} ({kind.base.value})")
        yield from _clause(system, (*here, "clause"), order.clause)


def _attribute(system: System, place: Keys, attribute: XmlAttribute) -> Iterator[Mistake]:
    yield from known((*place, "type"), attribute.type, system.types, "a type")
    yield from known((*place, "object"), attribute.object, system.objects, "an object")
    yield from _spellings(system, place, "names", attribute.names, attribute.ambiguity)
    for key, reading in LENIENT.items():
        ambiguity = getattr(attribute, key)
        yield from _ambiguity(system, (*place, key), ambiguity)
        if ambiguity in system.ambiguities and reading not in system.ambiguities[ambiguity].readings:
            readings = ", ".join(system.ambiguities[ambiguity].readings)
            yield Mistake((*place, key), f"an ambiguity with a reading {reading!r}", f"{ambiguity} ({readings})")
    if attribute.optional and attribute.absent is not None:
        yield Mistake((*place, "absent"), "either `optional` or `absent`", "both")
    kind = system.types.get(attribute.type)
    if kind is None:
        return
    for key, values in (("fixed", [attribute.fixed]), ("open_values", list(attribute.open_values))):
        for value in values:
            if value is not None and not is_value(kind, value):
                yield Mistake((*place, key), f"a value of type {attribute.type}", repr(value))
    for value, ambiguity in attribute.open_values.items():
        yield from _ambiguity(system, (*place, "open_values", value), ambiguity)


def _error(system: System, place: Keys, row: ErrorCode) -> Iterator[Mistake]:
    yield from known((*place, "reply"), row.reply, system.replies, "a document of `replies`")
    if row.attributes and row.reply is None:
        yield Mistake((*place, "attributes"), "`reply`, the document that has them", "none")
    document = system.replies.get(row.reply or "")
    if document is not None and document.root in document.elements:
        owned = document.elements[document.root].attributes
        for name in row.attributes:
            yield from known((*place, "attributes", name), name, owned, f"an attribute of {document.root}")


def _operation(system: System, place: Keys, operation: Operation) -> Iterator[Mistake]:
    yield from known((*place, "reply"), operation.reply, system.replies, "a document of `replies`")
    for name, row in operation.errors.items():
        yield from _error(system, (*place, "errors", name), row)
    for name, parameter in operation.parameters.items():
        yield from _parameter(system, operation, (*place, "parameters", name), parameter)
    if operation.request is None:
        for key in ("window", "paging", "conditions", "reply"):
            if getattr(operation, key):
                yield Mistake((*place, key), "`request`, which says how it is asked for", "none")
        return
    if system.http is None:
        yield Mistake((*place, "request"), "the rules of HTTP under `http`", "none")
    if operation.reply is None:
        yield Mistake(place, "`reply`, the document that a success carries", "none")
    yield from _request(system, operation, (*place, "request"), operation.request)
    if operation.window is not None:
        yield from _window(system, operation, (*place, "window"), operation.window)
    if operation.paging is not None:
        yield from _paging(system, operation, (*place, "paging"), operation.paging)
    yield from _conditions(system, operation, place)


def _several(
    system: System, place: Keys, key: str, errors: Collection[str], ambiguity: str | None
) -> Iterator[Mistake]:
    """Errors that may answer one request need an ambiguity with a reading for each."""
    own = f"{key}_ambiguity"
    yield from _ambiguity(system, (*place, own), ambiguity)
    if len(errors) > 1 and ambiguity is None:
        yield Mistake((*place, key), f"{own}, for there are several errors", ", ".join(errors))
    if ambiguity in system.ambiguities and len(errors) > len(system.ambiguities[ambiguity].readings):
        yield Mistake((*place, key), f"at most one error for each reading of {ambiguity}", ", ".join(errors))


def _request(system: System, operation: Operation, place: Keys, request: HttpRequest) -> Iterator[Mistake]:
    if not request.path.startswith("/") or "?" in request.path:
        yield Mistake((*place, "path"), "a path that begins with a slash, without a query", request.path)
    if bool(request.value) == bool(request.values):
        yield Mistake(place, "either `value` or `values`", "both" if request.value else "neither")
    yield from _spellings(system, place, "values", request.values, request.ambiguity)
    yield from known((*place, "unknown"), request.unknown, operation.errors, "one of the operation's errors")
    yield from _ambiguity(system, (*place, "unknown_ambiguity"), request.unknown_ambiguity)
    if request.unknown_ambiguity in system.ambiguities:
        errors = {*operation.errors, *system.errors}
        for reading in system.ambiguities[request.unknown_ambiguity].readings:
            expected = f"an ambiguity whose readings are errors; {reading} is none"
            if reading not in errors:
                yield Mistake((*place, "unknown_ambiguity"), expected, str(request.unknown_ambiguity))
    for index, error in enumerate(request.absent):
        yield from known((*place, "absent", str(index)), error, operation.errors, "one of the operation's errors")
    yield from _several(system, place, "absent", request.absent, request.absent_ambiguity)


def _parameter(system: System, operation: Operation, place: Keys, parameter: Parameter) -> Iterator[Mistake]:
    for index, error in enumerate(parameter.missing):
        yield from known((*place, "missing", str(index)), error, operation.errors, "one of the operation's errors")
    yield from _several(system, place, "missing", parameter.missing, parameter.missing_ambiguity)
    yield from _spellings(system, place, "names", parameter.names, parameter.name_ambiguity, "name_ambiguity")
    yield from _ambiguity(system, (*place, "empty"), parameter.empty)
    if parameter.optional and parameter.missing:
        yield Mistake((*place, "missing"), "nothing, for the parameter is optional", ", ".join(parameter.missing))
    if operation.request is not None and not parameter.optional and not parameter.missing:
        yield Mistake(place, "`missing`, the error that answers a request without it, or `optional`", "neither")
    kind = system.types.get(parameter.type)
    for index, example in enumerate(parameter.examples):
        if kind is not None and not is_value(kind, example):
            yield Mistake((*place, "examples", str(index)), f"a value of type {parameter.type}", repr(example))


def _row(system: System, operation: Operation) -> Mapping[str, XmlAttribute] | None:
    """The attributes of a row of the reply."""
    document = system.replies.get(operation.reply or "")
    element = document.elements.get(document.row or "") if document is not None else None
    return element.attributes if element is not None else None


def _window(system: System, operation: Operation, place: Keys, window: Window) -> Iterator[Mistake]:
    for key in ("start", "end"):
        name = getattr(window, key)
        yield from known((*place, key), name, operation.parameters, "one of the operation's parameters")
    yield from known((*place, "error"), window.error, operation.errors, "one of the operation's errors")
    if window.longest_s < 1:
        yield Mistake((*place, "longest_s"), "1 or more", str(window.longest_s))
    for key in ("longer", "reversed", "belongs"):
        yield from _ambiguity(system, (*place, key), getattr(window, key))
    yield from _clause(system, (*place, "clause"), window.clause)
    if window.belongs is None and len(window.membership) > 1:
        yield Mistake((*place, "membership"), "`belongs`, whose readings name them", "none")
    if window.belongs is not None:
        ambiguity = system.ambiguities.get(window.belongs)
        for reading in ambiguity.readings if ambiguity is not None else ():
            if reading not in window.membership:
                yield Mistake((*place, "membership"), f"what belongs under the reading {reading!r}", "none")
    attributes = _row(system, operation)
    for reading, member in window.membership.items():
        if window.belongs in system.ambiguities:
            readings = system.ambiguities[window.belongs].readings
            yield from known((*place, "membership", reading), reading, readings, f"a reading of {window.belongs}")
        for key in ("not_before", "not_after"):
            keys: Keys = (*place, "membership", reading, key)
            yield from known(keys, getattr(member, key), attributes or (), "an attribute of a row of the reply")


def _paging(system: System, operation: Operation, place: Keys, paging: Paging) -> Iterator[Mistake]:
    for key in ("rows", "offset"):
        name = getattr(paging, key)
        yield from known((*place, key), name, operation.parameters, "one of the operation's parameters")
    attributes = _row(system, operation)
    if attributes is None:
        yield Mistake(place, "a reply with rows", operation.reply or "none")
    else:
        yield from known((*place, "by_name"), paging.by_name, attributes, "an attribute of a row of the reply")
    yield from _clause(system, (*place, "ordered"), paging.ordered)
    for key in ("collation", "open"):
        yield from _ambiguity(system, (*place, key), getattr(paging, key))


def _conditions(system: System, operation: Operation, place: Keys) -> Iterator[Mistake]:
    for index, condition in enumerate(operation.conditions):
        here: Keys = (*place, "conditions", str(index))
        for key in ("parameter", "needs"):
            name = getattr(condition, key)
            yield from known((*here, key), name, operation.parameters, "one of the operation's parameters")
        yield from known((*here, "error"), condition.error, operation.errors, "one of the operation's errors")
        yield from _clause(system, (*here, "clause"), condition.clause)
        parameter = operation.parameters.get(condition.parameter)
        kind = system.types.get(parameter.type) if parameter is not None else None
        for number, value in enumerate(condition.values):
            if kind is not None and kind.choices:
                words = (*kind.choices, *kind.open_choices)
                yield from known((*here, "values", str(number)), value, words, f"a word for {condition.parameter}")


def _same_requests(system: System) -> Iterator[Mistake]:
    """Two operations that no request could tell apart."""
    owners: dict[tuple[str, str, str], str] = {}
    for name, operation in system.operations.items():
        request = operation.request
        if request is None or not request.value:
            continue
        asked = (request.path, request.selector, request.value)
        if asked in owners:
            expected = f"a request of its own, not that of {owners[asked]}"
            yield Mistake(("operations", name, "request", "value"), expected, request.value)
        owners.setdefault(asked, name)
