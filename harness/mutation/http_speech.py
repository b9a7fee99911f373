"""Replies as a device of an HTTP interface would write them, for mutants that say something else than the device did."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutation.http_document import attribute_text
from harness.mutation.http_message import Answer
from harness.rows.shape import INTEGERS
from harness.spec.clauses import resolve_error
from harness.spec.model import Base, System
from harness.spec.xmlmodel import XmlDocument

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def success(system: System, operation: str) -> bytes:
    """A success of an operation with the shortest document that it may carry."""
    media = system.http.media[0] if system.http is not None else "text/xml"
    known = system.operations.get(operation)
    shape = system.replies.get(known.reply or "") if known is not None else None
    body = DECLARATION + _element(system, shape, shape.root) if shape is not None else b""
    return Answer(status=200, headers=(("Content-Type", media),), body=body).raw()


def failure(system: System, operation: str, error: str, *, status: int = 0) -> bytes:
    """A refusal, with its document if it has one; `status` puts another in its place."""
    row = resolve_error(system, system.operations[operation].errors[error])
    code = status or int(row.code)
    if row.reply is None:
        return Answer(status=code).raw()
    root = system.replies[row.reply].root
    attributes = b"".join(attribute_text(name, value) for name, value in row.attributes.items())
    body = DECLARATION + b"<" + root.encode() + attributes + b"/>"
    return Answer(status=code, headers=(("Content-Type", "text/xml"),), body=body).raw()


def _element(system: System, shape: XmlDocument, name: str) -> bytes:
    element = shape.elements[name]
    space = attribute_text("xmlns", shape.namespace) if shape.namespace and name == shape.root else b""
    inside = b"".join(_needed(system, shape, name))
    tag = name.encode()
    head = b"<" + tag + space + b"".join(_attributes(system, shape, name))
    return head + (b">" + inside + b"</" + tag + b">" if element.children and inside else b"/>")


def _needed(system: System, shape: XmlDocument, name: str) -> Iterator[bytes]:
    for child, often in shape.elements[name].children.items():
        yield from [_element(system, shape, child)] * often.minimum


def _attributes(system: System, shape: XmlDocument, name: str) -> Iterator[bytes]:
    for key, attribute in shape.elements[name].attributes.items():
        if attribute.optional or attribute.absent is not None:
            continue
        kind = system.types[attribute.type]
        value = attribute.fixed or (
            "1" if kind.base in INTEGERS else kind.choices[0] if kind.base is Base.ENUM else "text"
        )
        yield attribute_text(key, value)
