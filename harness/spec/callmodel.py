"""What a document says of methods that are called with a struct and answer with a struct or a fault, as typed values.

A call names a method (an operation whose name has dots) and carries one struct of members; a success answers with a struct, a failure with
a fault code. Structs that several methods share stand once under `structs`, types of single values under `scalars`. What a wrong
member is answered with is said once, in `CallSyntax.wrong`, and only what differs at the member. Values in conditions, defaults and
examples are written as texts ("true", "60"). Facts are stated once: cases, checks, schemas, reference server, fuzzers and offline
validation all read them here.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import field

from harness.spec.documentmodel import Requirement
from harness.spec.parts import ClauseId, Name, Part, Source


class Kind(StrEnum):
    """The scalar types of the encoding."""

    STRING = "string"
    INT = "int"
    BOOLEAN = "boolean"
    BASE64 = "base64"
    DATE_TIME = "dateTime"
    DOUBLE = "double"


class Slip(StrEnum):
    """What may be wrong with one member of a call."""

    MISSING = "missing"  # a required one is absent
    MALFORMED = "malformed"  # another type of the encoding
    CHOICE = "choice"  # a word that is not in the enumeration
    RANGE = "range"  # a number outside its range
    OVERFLOW = "overflow"  # a number that the encoding's integer cannot hold
    LENGTH = "length"  # a text with too many characters
    BYTES = "bytes"  # binary data with too many bytes
    CHARACTERS = "characters"  # a character that the type does not have
    FORM = "form"  # a text that has not the form of its type, such as an address
    EMPTY = "empty"  # a text or binary value with nothing in it, where something must be
    FEW = "few"  # an array with too few elements
    MANY = "many"  # an array with too many elements
    UNKNOWN = "unknown"  # an id that names no object
    BOTH = "both"  # both halves of an 'unlimited' pair


class Direction(StrEnum):
    """Where a struct or an ambiguity of a member matters."""

    TAKEN = "taken"
    RETURNED = "returned"


class Wrong(Part, frozen=True, kw_only=True):
    """The fault that answers a wrong member: one, or `faults` by reading of `ambiguity`.

    The `accepted` reading of the ambiguity, if it has one, is a success.
    `text` is the form of the fault's string, with `{member}` for the name.
    """

    fault: Name = ""
    faults: dict[Name, Name] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    text: str = ""
    clause: ClauseId | None = None  # says so
    source: Source | None = None


class Scalar(Part, frozen=True, kw_only=True):
    """A named type of single values. `minimum` and `maximum` are of the number, or of the length in characters (base64: bytes).

    `open_choices` are words, and `open` are slips, that one reading of an ambiguity allows.
    """

    base: Kind
    source: Source
    choices: list[str] = field(default_factory=list)
    since: dict[str, str] = field(default_factory=dict)  # choice -> version that brought it
    experimental: list[str] = field(default_factory=list)  # choices that are for no one to use yet
    open_choices: dict[str, ClauseId] = field(default_factory=dict)
    minimum: int | None = None
    maximum: int | None = None
    gaps: list[int] = field(default_factory=list)  # numbers between them that it does not have
    ascii: bool = False
    alphabet: str = ""  # the only characters that it has
    form: Name | None = None  # uri, http-uri, ipv4, ipv6, mac, host, address, decimal
    open: dict[Slip, ClauseId] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)


class Change(Part, frozen=True, kw_only=True):
    """What was otherwise before a version: `default`, `type`, or only `about`; with `ambiguity` a device may have been either way."""

    version: str
    source: Source
    default: str | None = None
    type: Name | None = None
    ambiguity: ClauseId | None = None
    about: str = ""


class Bound(Part, frozen=True, kw_only=True):
    """A limit that is another value: of `member` beside it, or of the reply of `method`. `strict` is a reading that excludes equality."""

    member: str
    method: Name | None = None
    ambiguity: ClauseId | None = None
    strict: Name | None = None
    clause: ClauseId | None = None


class Presence(Part, frozen=True, kw_only=True):
    """When a returned member is there; all that are given must hold. `ambiguity` has the readings `absent` and `there` where both conform."""

    filled: bool = False  # its value is not empty
    beside: dict[Name, list[str]] = field(default_factory=dict)  # members of the same struct have one of these values
    asked: dict[str, list[str]] = field(default_factory=dict)  # members of the call do; an empty list: it is there
    lacks: Name | None = None  # that member of the same struct is absent
    state: Name | None = None  # a circumstance
    only: bool = False  # where it holds, the member may still be absent
    ambiguity: ClauseId | None = None


class Ignored(Part, frozen=True, kw_only=True):
    """When a member of a call has no effect: `when`, or in all cases but `unless`, members beside it have these values, or in a circumstance.

    `name.length` stands for the number of elements of an array.
    """

    when: dict[str, list[str]] = field(default_factory=dict)
    unless: dict[str, list[str]] = field(default_factory=dict)
    without: Name | None = None  # while this member beside it is absent
    state: Name | None = None
    ambiguity: ClauseId | None = None
    clause: ClauseId | None = None


class Rounded(Part, frozen=True, kw_only=True):
    """The value is taken down to the next one of an ascending array in the reply of `method`; below the first it is 0."""

    method: Name
    member: str
    clause: ClauseId
    ambiguity: ClauseId | None = None  # whether a query shows it so
    above: ClauseId | None = None  # ambiguity: what becomes of a value beyond the last one


class Member(Part, frozen=True, kw_only=True):
    """One member of a call, a reply or a struct: of a scalar type, a struct, or an array of either.

    In calls a member is optional unless `required`; in replies it is there unless `present`, `optional` or `absent` (an ambiguity with a
    reading `absent`) says otherwise.
    """

    source: Source
    type: Name | None = None
    struct: Name | None = None
    other_structs: list[Name] = field(default_factory=list)  # an element is one of several structs
    array: bool = False
    least: int | None = None  # elements
    most: int | None = None
    blank: bool = False  # an element may be an empty struct
    names: dict[Name, str] = field(default_factory=dict)  # reading of `ambiguity` -> spelling
    ambiguity: ClauseId | None = None
    types: dict[Name, Name] = field(
        default_factory=dict
    )  # reading of `type_ambiguity` -> type, where there are several
    type_ambiguity: ClauseId | None = None
    since: str | None = None  # the first version that has it
    until: str | None = None  # the first version that no longer has it
    changed: list[Change] = field(default_factory=list)
    deprecated: bool = False
    experimental: bool = False
    object: Name | None = None  # it identifies an object of this kind
    secret: bool = False
    about: str = ""
    # in calls
    required: bool = False
    required_ambiguity: ClauseId | None = None  # whether it is
    default: str | None = None
    defaults: dict[Name, str] = field(default_factory=dict)
    default_ambiguity: ClauseId | None = None
    inherits: str | None = None  # what a call leaves out has the value of this member of the reply of `method:member`
    unlimited: Name | None = None  # the boolean beside it that stands for no limit
    at_least: Bound | None = None
    at_most: Bound | None = None
    ignored: Ignored | None = None
    rounded: Rounded | None = None
    wrong: dict[Slip, Wrong] = field(default_factory=dict)
    shown: str | None = None  # where the query shows it, if under another path
    hidden: bool = False  # no query shows it
    hidden_ambiguity: ClauseId | None = None  # whether one does, or shows it as it was set
    open_taken: dict[str, ClauseId] = field(
        default_factory=dict
    )  # a value of the type that one reading refuses in a call
    left_out: ClauseId | None = (
        None  # ambiguity: what becomes of members of this struct that a change leaves out (kept, reset)
    )
    # in replies
    present: Presence | None = None
    optional: bool = False
    absent: ClauseId | None = None
    partial: ClauseId | None = None  # a reading lets any member of this struct be left out
    echo: str | None = None  # it repeats this member of the call
    always: str | None = None
    ignore: bool = False  # it means nothing
    open_values: dict[str, ClauseId] = field(default_factory=dict)
    any_value: ClauseId | None = None
    untested: dict[Name, str] = field(
        default_factory=dict
    )  # aspect of its clauses, or `all` -> why no case can test them


class CallStruct(Part, frozen=True, kw_only=True):
    """A struct with its members and what they need together. `open`: it may have members that the document does not list.

    `whole`: when it is taken, what it leaves out goes back to its default; nothing is kept.
    """

    source: Source
    members: dict[Name, Member] = field(default_factory=dict)
    needs: list[Requirement] = field(default_factory=list)
    open: bool = False
    whole: ClauseId | None = None  # the clause that says so
    directions: list[Direction] = field(default_factory=lambda: [Direction.TAKEN, Direction.RETURNED])
    experimental: bool = False
    since: str | None = None
    about: str = ""


class FaultUse(Part, frozen=True, kw_only=True):
    """Why a method may answer with a fault. `faults` by reading of `ambiguity`, where the document leaves several or a success."""

    source: Source
    faults: dict[Name, Name] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    clause: ClauseId | None = None
    state: Name | None = None  # the circumstance in which it is answered
    about: str = ""
    untested: str = ""  # why no case can bring it about


class Shown(Part, frozen=True, kw_only=True):
    """The method that shows what this one set. `by`: its members <- `taken.PATH` or `returned.PATH` of the call.

    Each member is looked for under its own path, or its `shown`, in the reply; with `within`, an array of the reply, in the element
    whose members have the values of `key` (member -> `taken.PATH` ...). `kept`: the method leaves alone what it does not name.
    """

    method: Name
    source: Source
    by: dict[Name, str] = field(default_factory=dict)
    within: str | None = None
    key: dict[Name, str] = field(default_factory=dict)
    kept: bool = False
    clause: ClauseId | None = None
    ambiguity: ClauseId | None = None


class Listing(Part, frozen=True, kw_only=True):
    """Enumeration with a cookie: the members that carry it, and the array in which objects are named by `key`."""

    cookie: Name
    more: Name
    items: list[Name]
    key: Name | None = None
    limit: Name | None = None
    object: Name
    deletions: Name | None = None  # the method that lists what no longer exists
    deleted: bool = False  # it is such a method
    first_only: list[Name] = field(default_factory=list)  # members that may only come without a cookie
    fixed: list[Name] = field(default_factory=list)  # members of the first call that hold for the whole enumeration
    source: Source


class Method(Part, frozen=True, kw_only=True):
    """What one method takes and returns; without `returns` a success says only that it succeeded.

    `needs` with `when` that has no values for a member: it holds whenever that member is in the call.
    """

    takes: dict[Name, Member] = field(default_factory=dict)
    returns: dict[Name, Member] = field(default_factory=dict)
    needs: list[Requirement] = field(default_factory=list)
    faults: dict[Name, FaultUse] = field(
        default_factory=dict
    )  # fault of the catalogue, or the reason where several may answer
    makes: Name | None = None  # the returned member that names the new object
    ends: Name | None = None  # the taken member whose object no longer exists after a success
    shown: list[Shown] = field(default_factory=list)
    listing: Listing | None = None
    callback: Name | None = None  # the message with which the device answers later
    since: str | None = None
    until: str | None = None
    changed: list[Change] = field(default_factory=list)
    experimental: bool = False
    optional: ClauseId | None = None  # ambiguity: whether a device has it
    rights: ClauseId | None = None  # ambiguity or clause of who may call it
    always: bool = False  # it works even while the device accepts nothing else
    https: bool = False  # it may need the encrypted interface
    untested: str = ""  # why no case can bring about a success


class Circumstance(Part, frozen=True, kw_only=True):
    """A state of the device or of an object on which something depends. `platforms`: it holds on these forms of the device and on no others."""

    about: str
    source: Source
    platforms: list[str] = field(
        default_factory=list
    )  # values of the element that tells the platform, or beginnings of them


class CallSyntax(Part, frozen=True, kw_only=True):
    """The rules of the encoding and the transport, and what any mistake is answered with.

    `head` are the members that every call carries. `open_points` name what the document leaves open.
    """

    path: str
    head: dict[Name, Member]
    user: Name
    password: Name
    status: Name  # the only member of the reply of a method that returns nothing
    success: str  # and its value
    code: Name  # members of a fault
    text: Name
    longest: int  # bytes of a call or a reply
    idle_s: int  # a connection without a call is closed after so many seconds
    versions: list[str]  # of the API, the oldest first
    version: str  # member that tells it, as method:member
    wrong: dict[Slip, Wrong]
    unknown: dict[Name, Wrong]  # object kind -> what answers an id of none
    unknown_long: dict[Name, Wrong] = field(default_factory=dict)  # ... an id that is too long
    unknown_empty: dict[Name, Wrong] = field(default_factory=dict)  # ... an empty one
    unknown_method: Wrong
    unauthorized: Wrong
    unprivileged: Wrong
    too_large: Wrong
    malformed: Wrong  # what cannot be read as a call
    bad_cookie: Wrong  # one that no enumeration gave, or that is too old
    lengths: dict[Kind, int]  # of types that give no limit of their own, as far as a client may rely on it
    open_points: dict[Name, ClauseId] = field(default_factory=dict)
    rules: dict[Name, ClauseId]
