"""What is written as XML-RPC, and in which of the many ways that mean the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.wire.xmlrpc_scalars import BLANKS
from harness.wire.xmlrpc_values import Scalar, Value

CODECS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "iso-8859-1": "iso-8859-1", "us-ascii": "ascii"}
MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe", "iso-8859-1": b"", "us-ascii": b""}
_ORDERS = ("given", "sorted", "reversed")
INTS = {"plain": "{}", "plus": "{:+}", "zeros": "{:04}"}


@dataclass(frozen=True, slots=True)
class Raw:
    """A piece of the document as it is to stand there. A lone surrogate U+DC80 to U+DCFF stands for the byte 80 to FF."""

    text: str


@dataclass(frozen=True, slots=True)
class Members:
    """The members of a struct, where a mapping cannot hold them: names twice, or a `Raw` in place of a member."""

    pairs: tuple[tuple[str, Writable] | Raw, ...]


Writable = Scalar | Value | Raw | Members | Mapping[str, "Writable"] | Sequence["Writable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One of the ways to write the same message.

    Attributes:
        declaration: begin with an XML declaration.
        encoding: utf-8, utf-16, iso-8859-1, us-ascii; characters that it does not have are written as references.
        declared: the encoding in the declaration; None: as `encoding`; "": left out.
        quote: in the declaration.
        mark: begin with the mark of UTF-8; UTF-16 always has its own.
        int_tag: int or i4.
        ints: plain, plus (`+5`), zeros (`0005`).
        string_tag: strings stand in <string>, else bare.
        words: booleans are true and false, else 1 and 0.
        line_end, indent: white space before each tag of a structure, `indent` once a level.
        split: the element of a type stands on a line of its own.
        padding: white space around names and scalars other than strings; XML-RPC leaves open what it means.
        order: of members: given, sorted, reversed.
        references: write each character of strings and names as `&#x...;`.
        sections: write strings as CDATA sections.
        comment: put before each member and item; "" for none.
        short: write empty elements as `<A/>`.
        attribute: behind the name of each element of a type, such as ` a="1"`; XML-RPC has none.
    """

    declaration: bool = True
    encoding: str = "utf-8"
    declared: str | None = None
    quote: str = '"'
    mark: bool = False
    int_tag: str = "int"
    ints: str = "plain"
    string_tag: bool = True
    words: bool = False
    line_end: str = ""
    indent: str = ""
    split: bool = False
    padding: str = ""
    order: str = "given"
    references: bool = False
    sections: bool = False
    comment: str = ""
    short: bool = False
    attribute: str = ""

    def __post_init__(self) -> None:
        for name, allowed in (("encoding", CODECS), ("int_tag", ("int", "i4")), ("order", _ORDERS), ("ints", INTS), ("quote", "\"'")):  # fmt: skip
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}: expected one of {', '.join(allowed)}, got {getattr(self, name)!r}")
        for name in ("line_end", "indent", "padding"):
            if getattr(self, name).strip(BLANKS):
                raise ValueError(f"{name}: expected white space, got {getattr(self, name)!r}")
        if "--" in self.comment or self.comment.endswith("-"):
            raise ValueError(f"comment: expected what may stand in one, got {self.comment!r}")


USUAL = Writing()
