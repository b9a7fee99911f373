"""The clauses that follow from the structure of HTTP operations and of the XML that answers them, by the form of their ids.

Such as:

    CDS-StreamHistory.fromDate.required          a request without the parameter is refused
    CDS-StreamHistory.window                     a period longer than the greatest is refused, one of that length is not
    CDS-StreamHistory.window.reversed            a period that ends before it begins is refused
    CDS-StreamHistory.reply                      a success carries the named document
    CDS-StreamHistory.reply.Stream               the element stands where it should, as often as it should
    CDS-StreamHistory.reply.Stream.startTime     the attribute is there and has its type
    CDS-TrickmodeEvents.error.missing-stream     status and document of an error
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from harness.spec.model import Operation, System
from harness.spec.parts import Level, Source
from harness.spec.xmlmodel import XmlAttribute, XmlDocument, XmlElement


class Derived(NamedTuple):
    """One clause: what follows the operation's id, its text, places, words of which one stands there, how binding it is.

    And why no case tests it, where none can.
    """

    part: str
    text: str
    sources: tuple[Source, ...]
    names: tuple[str, ...]
    level: Level = Level.MUST
    untested: str = ""


def http_clauses(system: System, name: str, operation: Operation) -> Iterator[Derived]:
    """The clauses of one operation that is asked for over HTTP."""
    if operation.request is None:
        return
    yield from _request(name, operation)
    if operation.reply is not None and operation.reply in system.replies:
        yield from reply_clauses(system.replies[operation.reply])


def _request(name: str, operation: Operation) -> Iterator[Derived]:
    for parameter_name, parameter in operation.parameters.items():
        if parameter.missing:
            level = Level.MAY if parameter.missing_ambiguity else Level.MUST
            text = f"{name} without {parameter_name} is refused."
            yield Derived(f".{parameter_name}.required", text, (parameter.source,), (parameter_name,), level)
    if (window := operation.window) is not None:
        names = tuple(word for word in (window.source.word, window.start, window.end) if word)
        level = Level.MAY if window.longer else Level.MUST
        text = f"{name} takes a period of {window.longest_s} seconds and refuses a longer one."
        yield Derived(".window", text, (window.source,), names, level)
        level = Level.MAY if window.reversed else Level.MUST
        text = f"{name} refuses a period that ends before it begins."
        yield Derived(".window.reversed", text, (window.source,), names, level)


def reply_clauses(document: XmlDocument) -> Iterator[Derived]:
    """The clauses of one kind of document."""
    yield Derived(".reply", f"The reply is a {document.root} document.", (document.source,), (document.root,))
    for element_name, element in document.elements.items():
        if element_name != document.root:
            parent = _placed(document, element_name)
            places = (parent,) if parent is not None and parent != element.source else ()
            yield Derived(
                f".reply.{element_name}",
                f"{element_name} stands where the document has it, as often as it has it there.",
                (*places, element.source),
                (element_name, *element.names.values()),
            )
        for attribute_name, attribute in element.attributes.items():
            yield _attribute(element_name, element, attribute_name, attribute)


def _attribute(element_name: str, element: XmlElement, name: str, attribute: XmlAttribute) -> Derived:
    there = "may be left out" if attribute.optional or attribute.absent else "is there"
    text = f"{name} of {element_name} {there} and is of type {attribute.type}."
    level = Level.MAY if attribute.any_value else Level.MUST
    names = tuple(dict.fromkeys((name, *attribute.names.values(), element_name, *element.names.values())))
    return Derived(f".reply.{element_name}.{name}", text, (attribute.source,), names, level)


def _placed(document: XmlDocument, name: str) -> Source | None:
    """Where the document says that the element is a child of another."""
    return next((e.children[name].source for e in document.elements.values() if name in e.children), None)
