"""What a document says of HTTP requests and of the XML that answers them, as typed values.

Facts are stated once: the generated cases, the checks of replies, the schemas under xsd/, the reference server, the fuzzers
and offline validation all read them here.
"""

from __future__ import annotations

from msgspec import field

from harness.spec.parts import ClauseId, Name, Part, Source


class XmlAttribute(Part, frozen=True, kw_only=True):
    """One attribute of an element. Where the document spells its name in several ways, `names` has them by reading of `ambiguity`.

    `absent` and `empty` name ambiguities one reading of which lets it be left out, or be empty although its type has no empty value.
    """

    type: Name
    source: Source
    optional: bool = False  # it may be left out under every reading
    absent: ClauseId | None = None
    empty: ClauseId | None = None
    names: dict[Name, str] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    object: Name | None = None  # its value identifies an object of this kind
    any_value: ClauseId | None = None  # a reading takes any text
    fixed: str | None = None  # the only value it may have
    open_values: dict[str, ClauseId] = field(default_factory=dict)  # a value that stands for none under one reading
    about: str = ""


class XmlChild(Part, frozen=True, kw_only=True):
    """How often a child element stands in its parent; no `maximum`: without limit."""

    source: Source
    minimum: int = 0
    maximum: int | None = None


class Order(Part, frozen=True, kw_only=True):
    """Two attributes of one element of which the first is never greater than the second, and the clause that says so."""

    first: Name
    then: Name
    clause: ClauseId


class XmlElement(Part, frozen=True, kw_only=True):
    """One element; `names` has its spellings by reading of `ambiguity` where there are several."""

    source: Source
    attributes: dict[Name, XmlAttribute] = field(default_factory=dict)
    children: dict[Name, XmlChild] = field(default_factory=dict)
    names: dict[Name, str] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    ordered: list[Order] = field(default_factory=list)


class XmlDocument(Part, frozen=True, kw_only=True):
    """One kind of XML document: its root, its elements, and the element of which there may be a million, if there is one."""

    root: Name
    source: Source
    elements: dict[Name, XmlElement]
    namespace: str = ""
    row: Name | None = None


class HttpRequest(Part, frozen=True, kw_only=True):
    """How a request names its operation: a path, and a query parameter with one value, or with values by reading of `ambiguity`."""

    path: str
    selector: str
    value: str = ""
    values: dict[Name, str] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    unknown: Name  # the error that answers a value that names no operation
    unknown_ambiguity: ClauseId | None = None  # its readings are the errors that may answer it
    absent: list[Name] = field(
        default_factory=list
    )  # errors that answer a request without it, in the order of the readings
    absent_ambiguity: ClauseId | None = None
    source: Source


class Membership(Part, frozen=True, kw_only=True):
    """What a row has to do with the window that was asked for, under one reading.

    The value of `not_before` is at or after the start, that of `not_after` at or before the end; without them any row belongs.
    """

    not_before: Name | None = None
    not_after: Name | None = None


class Window(Part, frozen=True, kw_only=True):
    """A period of time in a request, in seconds since the UNIX epoch: its parameters, its greatest length, which rows belong to it."""

    start: Name
    end: Name
    longest_s: int
    error: Name  # answers a longer one, and one that ends before it begins
    clause: ClauseId | None = None  # says which rows belong to it
    source: Source
    longer: ClauseId | None = None  # set where a reading permits longer ones
    reversed: ClauseId | None = (
        None  # set where the document does not say that one that ends before it begins is refused
    )
    belongs: ClauseId | None = None
    membership: dict[Name, Membership] = field(default_factory=dict)  # by reading of `belongs`


class Paging(Part, frozen=True, kw_only=True):
    """Parameters that ask for a part of a list. `by_name`: the offset is the key of the last row that the asker has, not a number."""

    rows: Name
    offset: Name
    by_name: Name | None = None  # attribute of the row that the offset names
    ordered: ClauseId | None = None  # clause that says that rows are in the order of that attribute
    collation: ClauseId | None = None  # ambiguity of that order
    open: ClauseId | None = None  # ambiguity of what the parameters mean
    source: Source


class Condition(Part, frozen=True, kw_only=True):
    """Where `parameter` has one of these values, `needs` must be there too; else `error` answers."""

    parameter: Name
    values: list[str]
    needs: Name
    error: Name
    clause: ClauseId
    source: Source


class HttpSyntax(Part, frozen=True, kw_only=True):
    """The rules of an HTTP interface: the method, the media types of replies, the clause behind each rule of the checks.

    `open_points` name what the document leaves open about requests.
    """

    method: str
    media: list[str]
    refused: Name  # the error that answers a request that is incomplete or invalid
    open_points: dict[Name, ClauseId] = field(default_factory=dict)
    rules: dict[Name, ClauseId]
