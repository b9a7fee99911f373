"""What a vendor's document says, as typed values: the spec format itself.

Every struct here is one construct of the YAML files under specs/; `specs/schema.json` is generated from them.
Nothing here knows a vendor. Facts are stated once; clauses that follow from the structure (this parameter is required, at
most so many characters) are derived from it in `harness.spec.clauses`.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import field

from harness.spec.callmodel import CallStruct, CallSyntax, Circumstance, Method, Scalar
from harness.spec.callserved import Callback, Notice, ServedFile
from harness.spec.documentmodel import Body, DocumentSyntax, EventMessage, Requirement, Section
from harness.spec.messagemodel import Message, MessageSyntax, Records, Setting
from harness.spec.parts import ClauseId, Level, Name, Part, Source
from harness.spec.xmlmodel import Condition, HttpRequest, HttpSyntax, Paging, Window, XmlDocument

__all__ = ["ClauseId", "Level", "Name", "Part", "Source"]  # what others look for here


class Effect(StrEnum):
    """What an operation does to a device; the permit is stated in these."""

    READ = "read"
    WRITE = "write"
    DISRUPTIVE = "disruptive"
    DESTRUCTIVE = "destructive"


class Base(StrEnum):
    """The scalar kinds the documents use; `harness.datatypes` knows their values."""

    TEXT = "text"
    UUID = "uuid"
    INT = "int"
    ENUM = "enum"
    IPV4 = "ipv4"
    GUID = "guid"
    WORD = "word"
    NUMBER = "number"  # digits, perhaps with a point
    US_TIME = "us-time"  # month/day/year and a time with AM or PM
    XS_STRING = "xs:string"
    XS_INTEGER = "xs:integer"
    XS_NON_NEGATIVE = "xs:nonNegativeInteger"


class Document(Part, frozen=True, kw_only=True):
    """The document that the spec was derived from; `sha256` is of the text file that the line numbers count in."""

    file: str
    title: str
    edition: str
    sha256: str


class Interface(Part, frozen=True, kw_only=True):
    """One listening port of the system and the protocol spoken there."""

    transport: str
    port: int
    protocol: str
    source: Source
    about: str = ""


class Rule(StrEnum):
    """Constraints on one value, or on the list of values of a repeated parameter."""

    NOT_EMPTY = "not-empty"
    TRIMMED = "trimmed"  # no leading and no trailing space
    UNIQUE = "unique"  # no value twice in the list


class Constraint(Part, frozen=True, kw_only=True):
    """One rule on a parameter, the error that answers a violation, and where it stands."""

    rule: Rule
    error: Name
    source: Source
    clauses: list[ClauseId] = field(default_factory=list)  # stated clauses that it bears out


class DataType(Part, frozen=True, kw_only=True):
    """A named scalar type with its limits. `open_forms` name spellings on which the document is silent."""

    base: Base
    choices: list[str] = field(default_factory=list)
    minimum: int | None = None
    maximum: int | None = None
    or_object: Name | None = None  # besides the choices: the id of an object of this kind
    open_forms: dict[str, ClauseId] = field(default_factory=dict)  # probe name -> ambiguity
    open_choices: dict[str, ClauseId] = field(default_factory=dict)  # a word that only some readings allow -> ambiguity
    source: Source


class StateRule(Part, frozen=True, kw_only=True):
    """What an operation may answer while its object is in a state: success, one of these errors, or either.

    With an ambiguity and without errors, any documented error conforms.
    """

    ok: bool = False
    errors: list[Name] = field(default_factory=list)
    clause: ClauseId
    ambiguity: ClauseId | None = None  # set where more than one answer conforms


class Parameter(Part, frozen=True, kw_only=True):
    """One positional or named value of a request."""

    type: Name
    source: Source
    optional: bool = False  # of named values: a request without it is complete
    missing: list[Name] = field(default_factory=list)  # errors that answer a request without it
    missing_ambiguity: ClauseId | None = None
    names: dict[Name, str] = field(
        default_factory=dict
    )  # reading of name_ambiguity -> spelling, where there are several
    name_ambiguity: ClauseId | None = None
    empty: ClauseId | None = None  # set where an empty value may count as no value
    examples: list[str] = field(default_factory=list)  # values of the document, for types that do not list theirs
    blank: bool = False  # the document says that it may be blank
    unless: Name | None = None  # it has no place beside this other one
    repeated: bool = False
    exclusive: bool = False  # a success leaves its mark on the object, so that the next call of the same kind may fail
    object: Name | None = None  # the value identifies an object of this kind
    state: Name | None = None  # the state in which a plain success needs that object
    invalid: list[Name] = field(default_factory=list)  # errors that may answer a value of the wrong type
    invalid_ambiguity: ClauseId | None = None
    unknown: list[Name] = field(default_factory=list)  # errors that may answer an id that does not exist
    unknown_ambiguity: ClauseId | None = None
    other_kind: ClauseId | None = None  # set where the id of an object of another kind may be taken
    any_text: ClauseId | None = None  # set where a reading takes any text besides values of the type
    constraints: list[Constraint] = field(default_factory=list)
    states: dict[Name, StateRule] = field(default_factory=dict)
    about: str = ""


class Result(Part, frozen=True, kw_only=True):
    """The value that a success carries."""

    name: str
    type: Name
    source: Source
    object: Name | None = None  # a success created an object of this kind with this id


class ErrorCode(Part, frozen=True, kw_only=True):
    """One row of an error table.

    `text` is the documented message with `{value}`, `{wanted}` and `{got}` for what the device fills in; where the document
    supports more than one text, `texts` names them by reading of `ambiguity`. Rows that nothing over the API can bring about carry
    `internal`, with the reason.
    """

    source: Source
    code: str = ""
    text: str = ""
    texts: dict[Name, str] = field(default_factory=dict)
    codes: dict[Name, str] = field(default_factory=dict)  # reading -> spelling of the code, where the document has two
    ambiguity: ClauseId | None = None
    code_ambiguity: ClauseId | None = None
    reply: Name | None = None  # the XML document that carries it
    attributes: dict[Name, str] = field(default_factory=dict)  # attributes of that document's root
    internal: str = ""
    anywhere: bool = False  # any operation may answer it
    use: Name | None = None  # the system-wide error whose code and text this row restates


class Undo(Part, frozen=True, kw_only=True):
    """How to take back what a success did: an operation and its arguments, `{result}` or `{parameter name}`.

    `when`: only after a request in which parameters have these values.
    """

    operation: Name
    arguments: list[str]
    when: dict[Name, list[str]] = field(default_factory=dict)


class Operation(Part, frozen=True, kw_only=True):
    """A command, method, message type or function."""

    section: str
    effect: Effect
    source: Source
    parameters: dict[Name, Parameter] = field(default_factory=dict)
    result: Result | None = None
    errors: dict[Name, ErrorCode] = field(default_factory=dict)
    names: dict[Name, str] = field(default_factory=dict)  # reading of name_ambiguity -> name, where it has several
    name_ambiguity: ClauseId | None = None
    arity: Name | None = "arity"  # the error that answers a wrong number of parameters
    arity_open: ClauseId | None = None  # set where the document is not sure that there is one
    undo: Undo | None = None
    ends: str | None = None  # parameter whose object no longer exists after a success
    request: HttpRequest | None = None
    window: Window | None = None
    paging: Paging | None = None
    conditions: list[Condition] = field(default_factory=list)
    reply: Name | None = None  # the XML document that a success carries
    command: Message | None = None  # its fields are the parameters
    confirm: Message | None = None
    indication: Message | None = None  # what other clients are told after a success
    needs: list[Requirement] = field(default_factory=list)  # which parameters a call has together
    answer: Section | None = None  # what a success carries besides the head of every result
    body: Body | None = None
    call: Method | None = None  # what it takes and returns, where it is a method called with a struct
    sessionless: ClauseId | None = None  # ambiguity: whether it needs a session
    denied: ClauseId | None = None  # ambiguity: whether an ordinary user may do it
    unimplemented: ClauseId | None = None  # ambiguity: the document says that it is not there
    success: Source
    about: str = ""


class Transition(Part, frozen=True, kw_only=True):
    """An operation that moves an object to another state; `with_parameters` says which object each parameter takes."""

    operation: Name
    start: Name
    end: Name
    source: Source


class ObjectKind(Part, frozen=True, kw_only=True):
    """A kind of object on the device, where ids come from and what states it passes through."""

    about: str
    created_by: Name | None = None
    initial: Name | None = None
    transitions: list[Transition] = field(default_factory=list)
    fixtures: dict[Name, Name] = field(default_factory=dict)  # state, or `any`, -> fixture key
    status: Name | None = None  # operation that reads the state
    unknown: str = ""  # how to make an id that does not exist: uuid, or name


class Clause(Part, frozen=True, kw_only=True):
    """One falsifiable statement that no structure says. Structural clauses are derived."""

    text: str
    level: Level
    source: Source
    chapter: str
    also: list[Source] = field(default_factory=list)
    untested: str = ""


class Reading(Part, frozen=True, kw_only=True):
    """One way to read an ambiguity; `unusual` readings conform and are warned about."""

    text: str
    source: Source | None = None  # None: the document is silent, this is one way to fill the gap
    unusual: bool = False


class Ambiguity(Part, frozen=True, kw_only=True):
    """A place where the document contradicts itself or is silent.

    `uniform` ambiguities are decided once by a device: answers that fit no single reading together are reported, as a failure
    if `uniform` is `must`, as a warning if `should`. `accepted` and `refused` name readings for those whose answers are a success or an error.
    """

    about: str
    readings: dict[Name, Reading]
    uniform: Level | None = None
    clauses: list[str] = field(default_factory=list)
    accepted: Name | None = None  # the reading that a success shows
    refused: Name | None = None  # the reading that an error shows


class Erratum(Part, frozen=True, kw_only=True):
    """Damage in the document that is no reading."""

    about: str
    source: Source


class FixtureKind(StrEnum):
    """The TOML type of a fixture key."""

    TEXT = "text"
    TEXTS = "texts"
    INT = "int"
    INTS = "ints"
    NUMBER = "number"
    TABLE = "table"


class Fixture(Part, frozen=True, kw_only=True):
    """One key of `[target.fixtures]`."""

    type: FixtureKind
    about: str
    parallel: str = ""  # lists of the same group run parallel


class LineSyntax(Part, frozen=True, kw_only=True):
    """The rules of a line protocol: separators, quoting, and the forms a reply may take.

    Reply forms are templates of `{value}`, `{code}` and `{message}`, by reading of `success_ambiguity` or `error_ambiguity`. `only`
    restricts a reading to some error names; a form without `{code}` is known by its message.
    """

    separator: str
    quote: str
    escape: str
    escapes: dict[str, str]
    encoding: str
    success: str
    success_value: dict[Name, str]
    success_ambiguity: ClauseId
    error: dict[Name, str]
    error_ambiguity: ClauseId
    only: dict[Name, list[Name]] = field(default_factory=dict)
    syntax_error: Name
    unknown_command: Name
    other_commands: dict[Name, Effect] = field(default_factory=dict)  # named by the document, not in its reference
    refused: Name
    echo_ambiguity: ClauseId
    name_case_ambiguity: ClauseId | None = None
    open_points: dict[Name, ClauseId] = field(default_factory=dict)  # what the grammar leaves open -> ambiguity
    open_commands: dict[Name, ClauseId] = field(
        default_factory=dict
    )  # a name that only some readings know -> ambiguity
    rules: dict[Name, ClauseId]  # rule of the codec and the checks -> clause that states it


class System(Part, frozen=True, kw_only=True):
    """One system: everything its document says."""

    system: Name
    prefix: str
    title: str
    document: Document
    interfaces: dict[Name, Interface]
    lines: LineSyntax | None = None
    http: HttpSyntax | None = None
    replies: dict[Name, XmlDocument] = field(default_factory=dict)
    messages: MessageSyntax | None = None
    documents: DocumentSyntax | None = None
    events: dict[Name, EventMessage] = field(default_factory=dict)
    records: dict[Name, Records] = field(default_factory=dict)
    settings: dict[Name, Setting] = field(default_factory=dict)
    calls: CallSyntax | None = None
    scalars: dict[Name, Scalar] = field(default_factory=dict)
    structs: dict[Name, CallStruct] = field(default_factory=dict)
    circumstances: dict[Name, Circumstance] = field(default_factory=dict)
    callbacks: dict[Name, Callback] = field(default_factory=dict)
    notices: dict[Name, Notice] = field(default_factory=dict)
    files: dict[Name, ServedFile] = field(default_factory=dict)
    types: dict[Name, DataType] = field(default_factory=dict)
    objects: dict[Name, ObjectKind] = field(default_factory=dict)
    errors: dict[Name, ErrorCode] = field(default_factory=dict)
    operations: dict[Name, Operation] = field(default_factory=dict)
    clauses: dict[ClauseId, Clause] = field(default_factory=dict)
    ambiguities: dict[ClauseId, Ambiguity] = field(default_factory=dict)
    errata: dict[ClauseId, Erratum] = field(default_factory=dict)
    fixtures: dict[Name, Fixture] = field(default_factory=dict)
