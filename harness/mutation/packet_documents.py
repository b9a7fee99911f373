"""Deviations of documents: root, kind, names, results and fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import structs

from harness.mutation.mutant import Operator
from harness.mutation.packet_headers import Row
from harness.mutation.packet_pretend import Change
from harness.mutation.packet_seen import Said, Seen, packed
from harness.wire.xmlmessage import Document, Element, Field


def _document(change: Callable[[Document], Document]) -> Change:
    return lambda seen: packed(change(seen.answer))


def _changed(name: str, seen: Seen) -> Said:
    return seen.each(lambda one: [structs.replace(one, name=name)])


def _confirmed(change: Callable[[Seen], Said], seen: Seen) -> Said:
    return None if seen.indicates else change(seen)


def _result(change: Callable[[Field], Sequence[Field]], place: str = "each") -> Change:
    def say(seen: Seen) -> Said:
        if place == "later" and len(seen.elements) < 2:
            return None
        return seen.fields(seen.syntax.result, change, place)

    return lambda seen: None if seen.indicates else say(seen)


def _value(value: str) -> Callable[[Field], Sequence[Field]]:
    return lambda one: [structs.replace(one, attributes={"value": value})]


def _more_fields(*fields: Field) -> Change:
    return lambda seen: seen.each(lambda one: [structs.replace(one, fields=(*one.fields, *fields))])


MESSAGES: Sequence[Row] = (
    (
        "root",
        "renamed",
        Operator.RENAME,
        "The root has another name.",
        _document(lambda one: structs.replace(one, root="RESPONSE")),
    ),
    (
        "root",
        "case",
        Operator.RENAME,
        "The root is in lower case.",
        _document(lambda one: structs.replace(one, root=one.root.lower())),
    ),
    (
        "root",
        "run-on",
        Operator.OVERFLOW,
        "The name of the root goes on.",
        _document(lambda one: structs.replace(one, root=f"{one.root}S")),
    ),
    (
        "root-version",
        "missing",
        Operator.DROP,
        "The root has no version.",
        _document(lambda one: structs.replace(one, attributes={})),
    ),
    (
        "root-version",
        "other",
        Operator.SWAP,
        "The root has another version.",
        _document(lambda one: structs.replace(one, attributes={"version": "2.0.0.0"})),
    ),
    (
        "root-version",
        "cut",
        Operator.DROP,
        "The version is cut.",
        _document(lambda one: structs.replace(one, attributes={"version": "1.0"})),
    ),
    ("kind", "command", Operator.SWAP, "Answers are commands.", partial(_confirmed, partial(_changed, "COMMAND"))),
    (
        "kind",
        "case",
        Operator.RENAME,
        "Answers are named in lower case.",
        partial(_confirmed, partial(_changed, "confirm")),
    ),
    (
        "kind",
        "more",
        Operator.OVERFLOW,
        "Another element stands beside the confirm.",
        partial(_confirmed, lambda seen: seen.with_([*seen.elements, Element(name="STATUS", attributes={})])),
    ),
    (
        "kind",
        "text",
        Operator.OVERFLOW,
        "Text stands beside the confirm.",
        partial(
            _confirmed, lambda seen: seen.respelled(lambda payload: payload.replace(b"<CONFIRM", b"ok <CONFIRM", 1))
        ),
    ),
    (
        "indication-apart",
        "instead",
        Operator.SWAP,
        "Answers are indications.",
        partial(_confirmed, partial(_changed, "INDICATION")),
    ),
    (
        "name",
        "none",
        Operator.DROP,
        "Confirms name no command.",
        partial(_confirmed, lambda seen: seen.each(lambda one: [structs.replace(one, attributes={})])),
    ),
    (
        "name",
        "attribute",
        Operator.RENAME,
        "Confirms name their command in another attribute.",
        partial(
            _confirmed,
            lambda seen: seen.each(
                lambda one: [structs.replace(one, attributes={"id": "".join(one.attributes.values())})]
            ),
        ),
    ),
    (
        "name",
        "login",
        Operator.SWAP,
        "All confirms have the name of the login.",
        lambda seen: (
            seen.each(lambda one: [structs.replace(one, attributes={"xmlid": "login"})])
            if seen.ok and seen.operation != "LOGIN"
            else None
        ),
    ),
    (
        "value",
        "text",
        Operator.RETYPE,
        "Fields have their values as text.",
        lambda seen: seen.each(lambda one: [_texts(one)]) if seen.ok else None,
    ),
    (
        "value",
        "attribute",
        Operator.RENAME,
        "Fields have their values in another attribute.",
        lambda seen: seen.each(lambda one: [_attributes(one)]) if seen.ok else None,
    ),
    (
        "value",
        "text-beside",
        Operator.OVERFLOW,
        "Fields have text beside their value.",
        lambda seen: (
            seen.respelled(
                lambda payload: re.sub(rb"<([A-Z0-9_]+)( value=\"[^\"]*\") ?/>", rb"<\1\2>more</\1>", payload)
            )
            if seen.ok
            else None
        ),
    ),
    ("result", "missing", Operator.DROP, "There is no result.", _result(lambda _: ())),
    ("result", "word", Operator.RETYPE, "The result is a word.", _result(_value("ok"))),
    ("result", "two", Operator.SWAP, "The result is 2.", _result(_value("2"))),
    ("result", "empty", Operator.DROP, "The result is empty.", _result(_value(""))),
    ("result", "twice", Operator.DOUBLE, "There are two results.", _result(lambda one: [one, one])),
    (
        "result",
        "renamed",
        Operator.RENAME,
        "The result has another name.",
        _result(lambda one: [structs.replace(one, name="STATUS")]),
    ),
    ("result", "later", Operator.DROP, "Only the first confirm has a result.", _result(lambda _: (), "later")),
    (
        "result",
        "failed-missing",
        Operator.DROP,
        "A failure has no result.",
        lambda seen: _result(lambda _: ())(seen) if seen.is_refused() else None,
    ),
    (
        "failure-everywhere",
        "one-fails",
        Operator.SWAP,
        "The last of several confirms is a failure.",
        _result(_value("1"), "later"),
    ),
    (
        "once",
        "twice",
        Operator.DOUBLE,
        "The first field stands there twice.",
        lambda seen: (
            seen.each(
                lambda one: [
                    structs.replace(
                        one,
                        fields=(
                            *one.fields,
                            *[field for field in one.fields if field.name not in ("RESULT", "DESCRIPTION")][:1],
                        ),
                    )
                ]
            )
            if seen.ok
            else None
        ),
    ),
    (
        "extra",
        "one",
        Operator.OVERFLOW,
        "There is a field more.",
        _more_fields(Field(name="SURPLUS", attributes={"value": "1"})),
    ),
    (
        "extra",
        "later",
        Operator.OVERFLOW,
        "The last of several confirms has a field more.",
        lambda seen: (
            seen.each(
                lambda one: [
                    structs.replace(one, fields=(*one.fields, Field(name="CHECKSUM", attributes={"value": ""})))
                ],
                "last",
            )
            if len(seen.elements) > 1
            else None
        ),
    ),
)


def _texts(one: Element) -> Element:
    return structs.replace(
        one,
        fields=tuple(
            field
            if field.name == "RESULT"
            else structs.replace(field, attributes={}, text=field.attributes.get("value", "") or "-")
            for field in one.fields
        ),
    )


def _attributes(one: Element) -> Element:
    return structs.replace(
        one,
        fields=tuple(
            field
            if field.name == "RESULT"
            else structs.replace(field, attributes={"text": field.attributes.get("value", "")})
            for field in one.fields
        ),
    )
