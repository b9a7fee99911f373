"""The rules of XML-RPC that a document can break, by name, and what tells of one that is broken."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Weight(StrEnum):
    """What a deviation means for who reads the document.

    `LOST`: what follows could not be read. `WRONG`: XML-RPC does not allow it. `LOOSE`: neither XML-RPC's text nor its examples
    settle it, or most readers take it; a document of a vendor may well show it.
    """

    LOST = "lost"
    WRONG = "wrong"
    LOOSE = "loose"


RULES: Mapping[str, Weight] = {
    # XML
    "length": Weight.LOST,  # more bytes than a message may have
    "encoding": Weight.WRONG,  # bytes that are none in the encoding, or one that is not known; read on all the same
    "encoding-unread": Weight.LOST,  # UTF-32
    "doctype": Weight.LOST,
    "entity": Weight.LOST,  # a reference to an entity that XML does not have
    "well-formed": Weight.LOST,
    "empty": Weight.LOST,  # nothing but blanks
    "depth": Weight.LOST,  # values in values, beyond the limit
    "values": Weight.LOST,  # more values than the limit
    # the message
    "root": Weight.LOST,  # neither methodCall nor methodResponse
    "attribute": Weight.LOOSE,  # XML-RPC has none
    "unknown-element": Weight.WRONG,
    "misplaced-text": Weight.WRONG,  # text beside elements
    "order": Weight.LOOSE,  # name behind value, methodName behind params
    "missing-methodName": Weight.WRONG,
    "repeated-methodName": Weight.WRONG,
    "methodName-form": Weight.WRONG,  # other characters than letters, digits and _ . : /
    "missing-params": Weight.WRONG,
    "repeated-params": Weight.WRONG,
    "missing-result": Weight.WRONG,  # a response with neither params nor fault
    "params-and-fault": Weight.WRONG,
    "repeated-fault": Weight.WRONG,
    "param-count": Weight.WRONG,  # not one parameter
    "param-type": Weight.WRONG,  # a parameter that is no struct
    "fault-form": Weight.WRONG,  # not a struct of faultCode, an int, and faultString, a string
    # values
    "missing-value": Weight.WRONG,
    "repeated-value": Weight.WRONG,
    "missing-name": Weight.WRONG,
    "repeated-name": Weight.WRONG,
    "empty-name": Weight.WRONG,
    "duplicate-member": Weight.WRONG,
    "missing-data": Weight.WRONG,
    "repeated-data": Weight.WRONG,
    "type": Weight.WRONG,  # one that XML-RPC does not have: nil, i8 ...
    "repeated-type": Weight.WRONG,
    "nested-element": Weight.WRONG,  # in a scalar or a name
    "padding": Weight.LOOSE,  # blanks around a scalar other than a string, or around a name
    "int-form": Weight.WRONG,
    "int-range": Weight.WRONG,  # beyond four bytes with a sign
    "boolean-form": Weight.WRONG,
    "boolean-case": Weight.WRONG,  # True, FALSE ...; read all the same
    "double-form": Weight.WRONG,
    "double-exponent": Weight.LOOSE,  # XML-RPC has none, and many writers write it
    "double-range": Weight.WRONG,
    "dateTime-form": Weight.WRONG,
    "dateTime-value": Weight.WRONG,  # the thirteenth month
    "dateTime-zone": Weight.WRONG,
    "base64-form": Weight.WRONG,
}


class Deviation(Struct, frozen=True, kw_only=True, gc=False):
    """One place where a document is not what XML-RPC allows.

    Args:
        rule: one of `RULES`.
        path: of the value that it is about, as `xmlrpc_values` writes it; "" for the message and the struct that it carries.
        line: from 1.
        column: characters from the start of the line, from 1.
        byte: of the document, from 0.
        message: for people; names of elements and members may stand in it, values never do.
    """

    rule: str
    path: str = ""
    line: int = 1
    column: int = 1
    byte: int = 0
    message: str = ""

    @property
    def weight(self) -> Weight:
        """What it means."""
        return RULES[self.rule]

    def __str__(self) -> str:
        about = f"{self.path}: " if self.path else ""
        return f"line {self.line}, column {self.column}: {about}{self.message} ({self.rule})"
