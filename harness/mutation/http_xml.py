"""Bodies that are no well-formed XML, have another root, or more than the document; and media types of something else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harness.mutation.http_seen import Change, Rows, Said, Seen
from harness.mutation.mutant import Operator


def _swap(old: bytes, new: bytes, *, last: bool = False) -> Change:
    def change(seen: Seen) -> Said:
        body = seen.answer.body
        at = body.rfind(old) if last else body.find(old)
        return None if at < 0 else seen.body(body[:at] + new + body[at + len(old) :])

    return change


XML: Rows = (
    ("nothing", Operator.DROP, "Successes have no document.", lambda seen: seen.body(b"")),
    (
        "cut",
        Operator.DROP,
        "The document is cut off.",
        lambda seen: seen.body(seen.answer.body[: -len(seen.answer.body) // 3]),
    ),
    (
        "root-open",
        Operator.DROP,
        "The root is not closed.",
        lambda seen: (
            seen.body(seen.answer.body.rstrip()[:-2] + b">")
            if seen.answer.body.rstrip().endswith(b"/>")
            else seen.body(seen.answer.body[: seen.answer.body.rfind(b"</")])
        ),
    ),
    (
        "other-end-tag",
        Operator.RENAME,
        "The end tag is that of another element.",
        lambda seen: (
            seen.body(seen.answer.body.rstrip()[:-1] + b"X>")
            if not seen.answer.body.rstrip().endswith(b"/>")
            else seen.body(seen.answer.body.rstrip()[:-2] + b"></X>")
        ),
    ),
    (
        "behind",
        Operator.OVERFLOW,
        "Something stands behind the document.",
        lambda seen: seen.body(seen.answer.body + b"done"),
    ),
    (
        "before",
        Operator.OVERFLOW,
        "Something stands before the document.",
        lambda seen: (
            seen.body(b"\n " + seen.answer.body)
            if seen.answer.body.startswith(b"<?xml")
            else seen.body(b"x" + seen.answer.body)
        ),
    ),
    ("two", Operator.DOUBLE, "Two documents.", lambda seen: seen.body(seen.answer.body * 2)),
    ("bare-ampersand", Operator.RETYPE, "An ampersand is not escaped.", _swap(b'="', b'="a & b', last=True)),
    ("bare-bracket", Operator.RETYPE, "An angle bracket is not escaped.", _swap(b'="', b'="a<b', last=True)),
    ("attribute-twice", Operator.DOUBLE, "An attribute stands there twice.", lambda seen: _twice(seen)),
    ("no-quotes", Operator.DROP, "A value has no quotes.", lambda seen: _unquoted(seen)),
    ("unknown-entity", Operator.RENAME, "An entity that there is not.", _swap(b'="', b'="&nbsp;', last=True)),
    ("control-character", Operator.RETYPE, "A control character.", _swap(b'="', b'="\x01', last=True)),
    ("not-utf-8", Operator.RETYPE, "Bytes that are no UTF-8.", _swap(b'="', b'="\xff\xfe', last=True)),
    ("half-a-character", Operator.RETYPE, "Half a character.", _swap(b'="', b'="\xc3', last=True)),
    (
        "unbound-prefix",
        Operator.RENAME,
        "A prefix that stands for nothing.",
        lambda seen: (
            seen.edited(seen.document.set(seen.document.elements[-1], {"w:a": "1"})) if seen.document.elements else None
        ),
    ),
)


def _twice(seen: Seen) -> Said:
    for one in reversed(seen.document.elements):
        for name in seen.values(one):
            place = seen.document.attribute(one, name)
            if place is not None:
                return seen.edited([(place[1], place[1], seen.document.body[slice(*place)])])
    return None


def _unquoted(seen: Seen) -> Said:
    for one in reversed(seen.document.elements):
        for name in seen.values(one):
            place = seen.document.attribute(one, name)
            if place is not None:
                return seen.edited([(*place, f" {name}=1".encode())])
    return None


def _rename_root(make: Callable[[str], str]) -> Change:
    def change(seen: Seen) -> Said:
        elements = seen.document.elements
        return seen.edited(seen.document.rename(elements[0], make(elements[0].name))) if elements else None

    return change


def _root_space(seen: Seen) -> Said:
    elements = seen.document.elements
    if not elements or b":" in elements[0].qualified:
        return None
    return seen.edited(seen.document.set(elements[0], {"xmlns": "urn:clausewise:other"}))


def _lost_space(seen: Seen) -> Said:
    """Without the namespace, where the document has one."""
    shape, elements = seen.shape, seen.document.elements
    if shape is None or not shape.namespace or not elements or b":" in elements[0].qualified:
        return None
    return seen.edited(seen.document.set(elements[0], {"xmlns": None}))


def _other_document(seen: Seen) -> Said:
    own = seen.shape.root if seen.shape is not None else ""
    other = next(one.root for one in seen.system.replies.values() if one.root != own)
    return seen.body(f"<{other}/>".encode())


ROOT: Rows = (
    ("renamed", Operator.RENAME, "The root has another name.", _rename_root(lambda _: "Response")),
    ("case", Operator.RENAME, "The root is in lower case.", _rename_root(str.lower)),
    ("run-on", Operator.OVERFLOW, "The name of the root goes on.", _rename_root(lambda name: f"{name}s")),
    ("namespace", Operator.RENAME, "The root is in another namespace.", _root_space),
    ("no-namespace", Operator.DROP, "The namespace is missing.", _lost_space),
    (
        "other-document",
        Operator.SWAP,
        "Each success carries the document of another message.",
        lambda seen: _other_document(seen),
    ),
    (
        "page",
        Operator.RETYPE,
        "Each success carries a page for people.",
        lambda seen: seen.body(b"<html><body><p>Service is starting</p></body></html>"),
    ),
    (
        "wrapped",
        Operator.OVERFLOW,
        "Another element stands around the root.",
        lambda seen: (
            seen.edited(
                [
                    (seen.document.elements[0].start, seen.document.elements[0].start, b"<Envelope>"),
                    (seen.document.elements[0].end, seen.document.elements[0].end, b"</Envelope>"),
                ]
            )
            if seen.document.elements
            else None
        ),
    ),
)


def _extra(place: Callable[[int], int], changes: dict[str, str | None]) -> Change:
    def change(seen: Seen) -> Said:
        elements = seen.document.elements
        return seen.edited(seen.document.set(elements[place(len(elements))], changes)) if elements else None

    return change


EXTRA: Rows = (
    (
        "attribute",
        Operator.OVERFLOW,
        "An element has an attribute that the document has not.",
        _extra(lambda count: count - 1, {"surplus": "1"}),
    ),
    (
        "attribute-of-root",
        Operator.OVERFLOW,
        "The root has an attribute that the document has not.",
        _extra(lambda _: 0, {"total": "1"}),
    ),
    (
        "middle-attribute",
        Operator.OVERFLOW,
        "An element in the middle has an attribute more.",
        _extra(lambda count: count // 2, {"note": ""}),
    ),
    (
        "element",
        Operator.OVERFLOW,
        "The root has an element that the document has not.",
        lambda seen: (
            seen.edited(seen.document.put_in(seen.document.elements[0], b"<Surplus/>"))
            if seen.document.elements
            else None
        ),
    ),
)


def _typed(value: str | None, seen: Seen) -> Said:
    return seen.answer.with_field("Content-Type", value).raw()


MEDIA: Rows = tuple(
    (
        name,
        Operator.RENAME,
        f"The media type is {value or 'missing'}.",
        partial(_typed, value),
    )
    for name, value in (
        ("html", "text/html"),
        ("plain", "text/plain; charset=utf-8"),
        ("missing", None),
        ("json", "application/json"),
        ("word", "xml"),
    )
)
