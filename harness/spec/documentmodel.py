"""What a document says of functions that are called with an XML document, over a stream or as a URL, and of events, as typed values.

A request has a root, in it an element that names the function, one with the number of the request, and one for each parameter; the
value is the element's text. A result repeats function and number, says whether the function succeeded, and has sections of its own. Facts
are stated once: cases, checks, schemas, reference server, fuzzers and offline validation all read them here.
"""

from __future__ import annotations

from msgspec import field

from harness.spec.parts import ClauseId, Name, Part, Source


class Value(Part, frozen=True, kw_only=True):
    """One element with a text, in a result or an event. Where its name is spelled in several ways, `names` has them by reading of `ambiguity`.

    `absent`, `empty` and `any_value` name ambiguities, one reading of which (called `absent`, `empty`, `any`) lets it be left out, be
    empty although its type has no empty value, or be any text.
    """

    type: Name
    source: Source
    optional: bool = False  # it may be left out under every reading
    absent: ClauseId | None = None
    empty: ClauseId | None = None
    any_value: ClauseId | None = None
    names: dict[Name, str] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    open_values: dict[str, ClauseId] = field(default_factory=dict)  # a value that only one reading allows
    echo: Name | None = None  # after a success it carries the value of this parameter
    object: Name | None = None  # its value identifies an object of this kind
    about: str = ""


class Section(Part, frozen=True, kw_only=True):
    """One element that holds values and sections, in any order.

    `repeated`: there may be none, one or several. `numbered`: its name is followed by a number from 0 on. `count` names the value that
    tells how many of the repeated sections there are; with `count_outside`, an ambiguity, it may also stand one level further up.
    """

    source: Source
    values: dict[Name, Value] = field(default_factory=dict)
    sections: dict[Name, Section] = field(default_factory=dict)
    repeated: bool = False
    numbered: bool = False
    optional: bool = False  # it may be left out under every reading
    absent: ClauseId | None = None  # ambiguity with a reading `absent`
    outside: ClauseId | None = None  # ambiguity with a reading `outside`: it may stand one level further up
    names: dict[Name, str] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    count: Name | None = None
    count_outside: ClauseId | None = None


class Requirement(Part, frozen=True, kw_only=True):
    """A rule on which parameters a request must have together: one of `groups` must be there as a whole.

    [[A], [B]] is "at least one of A and B", with `only_one` "exactly one of them"; [[A], [B, C]] is "either A, or B and C". A
    parameter of a single group is required. `when`: only with these values of other parameters.
    """

    groups: list[list[Name]]
    only_one: bool = False
    surplus: ClauseId | None = None  # ambiguity: what a request with several groups does
    errors: list[Name] = field(default_factory=list)  # answer a request that has no group as a whole
    ambiguity: ClauseId | None = None  # set where a request without may succeed, or where the error is open
    when: dict[Name, list[str]] = field(default_factory=dict)
    clause: ClauseId
    source: Source


class Body(Part, frozen=True, kw_only=True):
    """A success over HTTP carries a file instead of a result: `choice` is the parameter that names its format, None for an archive."""

    choice: Name | None = None
    ignored: ClauseId | None = None  # ambiguity with a reading `ignored`: the format is always the same
    archive: bool = False
    clause: ClauseId
    source: Source


class EventMessage(Part, frozen=True, kw_only=True):
    """One type of event. `type_names` are spellings of its type by reading of `ambiguity`."""

    event_class: Name
    values: dict[Name, Value]
    source: Source
    type_names: dict[Name, str] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    clause: ClauseId  # says when it is sent


class DocumentSyntax(Part, frozen=True, kw_only=True):
    """The rules of the two roads: requests and results as XML documents that end with a line end, and requests as URLs.

    `head` are the values that every result has. `open_points` name what the document leaves open.
    """

    request: str  # roots
    result: str
    event: str
    function: str  # element of a request that names the function
    function_names: dict[Name, str] = field(default_factory=dict)  # its spellings by reading of function_ambiguity
    function_ambiguity: ClauseId | None = None
    number: str  # element with the number of the request
    number_type: Name
    answered: str  # element of a result that repeats the function
    code: str
    label: str
    text: str
    head: dict[Name, Value]
    headless: list[Name] = field(default_factory=list)  # functions whose example lacks values of the head
    success: Name  # the row of `errors` that is none
    successes: list[Name] = field(default_factory=list)  # others that are none either
    partial: Name | None = None  # what was done in part, which may be told as a success or as an error
    repeated_for: dict[Name, dict[Name, str]] = field(
        default_factory=dict
    )  # function -> reading -> what a result calls it
    repeated_ambiguity: ClauseId | None = None
    error_label: str  # what an error may carry in place of its label
    label_ambiguity: ClauseId
    bare_ampersand: ClauseId
    terminator: ClauseId  # ambiguity of what ends a document
    pages: list[str]  # paths of the URL
    subscribe: Name  # the function that asks for events
    event_class: str
    event_type: str
    event_data: str
    event_head: dict[Name, Value]
    every_class: str
    unknown: list[Name]  # errors that may answer a function that there is none of
    number_error: Name
    refused: list[Name]  # errors that any request which is not as it must be may be answered with
    deprecated: dict[Name, Source] = field(default_factory=dict)
    deprecated_errors: ClauseId  # ambiguity of the error that answers them
    open_points: dict[Name, ClauseId] = field(default_factory=dict)
    rules: dict[Name, ClauseId]
