"""What a document says of a protocol whose requests and answers are whole XML messages, as typed values.

A message has a root, in it an element of its kind (command, confirm or indication) that names the operation, in that one element for
each field, whose value is an attribute. Facts are stated once: cases, checks, schemas, reference server, fuzzers and offline
validation all read them here.
"""

from __future__ import annotations

from msgspec import field

from harness.spec.parts import ClauseId, Name, Part, Source


class MessageField(Part, frozen=True, kw_only=True):
    """One field of an answer or an indication. Where the document spells its name in several ways, `names` has them by reading of `ambiguity`.

    `absent` and `empty` name ambiguities one reading of which lets it be left out, or be empty although its type has no empty value.
    """

    type: Name
    source: Source
    optional: bool = False  # it may be left out under every reading
    absent: ClauseId | None = None
    empty: ClauseId | None = None
    names: dict[Name, str] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    any_value: ClauseId | None = None  # a reading takes any text
    open_values: dict[str, ClauseId] = field(default_factory=dict)  # a value that only one reading allows
    repeated: bool = False  # there may be none, one or several
    attributes: dict[Name, Name] = field(default_factory=dict)  # what stands beside the value -> type
    echo: Name | None = None  # after a success it carries the value of this parameter of the command
    object: Name | None = None  # its value identifies an object of this kind
    needs: Name | None = None  # only in answers to a command that carries this parameter
    about: str = ""


class Message(Part, frozen=True, kw_only=True):
    """What one kind of message of an operation looks like.

    `name` is how it names the operation; where the document has several spellings, `names` has them by reading of `ambiguity`.
    """

    source: Source
    name: str = ""
    names: dict[Name, str] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    fields: dict[Name, MessageField] = field(default_factory=dict)
    several: bool = False  # one for each object: none, one or many in one answer
    undocumented: ClauseId | None = None  # ambiguity: the document shows none, a device may send one or not


class Records(Part, frozen=True, kw_only=True):
    """A kind of object that commands list, add, modify and remove. Field names are the same in all of them."""

    list: Name
    add: Name
    modify: Name | None = None
    remove: Name
    key: Name  # the field that names an object in the commands that modify and remove it
    id: Name | None = None  # the field with which the device names it
    unique: ClauseId | None = None  # says that no two objects have the same key
    used: ClauseId | None = None  # ambiguity: what adding one with the key of another does
    open: dict[Name, ClauseId] = field(default_factory=dict)  # a field that need not be changeable -> ambiguity
    added: ClauseId  # says that what was added is listed
    modified: ClauseId | None = None
    removed: ClauseId
    unknown: ClauseId | None = None  # says that the key of no object is refused
    source: Source


class Setting(Part, frozen=True, kw_only=True):
    """A group of values that one command reads and another changes; `fields` are those that the reading command gives back."""

    get: Name
    set: Name
    fields: dict[Name, Name]  # parameter of the changing command -> field of the reading one's answer
    select: Name | None = None  # parameter that says which of several is meant
    when: dict[Name, dict[Name, str]] = field(
        default_factory=dict
    )  # a field means something only with these values of others
    dependent: ClauseId | None = None  # ambiguity: whether values that make sense only together may be set apart
    clause: ClauseId  # says that what was set is read
    source: Source


class MessageSyntax(Part, frozen=True, kw_only=True):
    """The rules of a protocol of XML messages: how they are cut out of the stream, how they are built, what ends a session.

    `roots` are spellings of the root element by reading of `root_ambiguity`; `secrets` are fields whose values are never shown.
    """

    framing: Name  # tpkt
    longest: int  # bytes of a message with its header
    roots: dict[Name, str]
    root_ambiguity: ClauseId | None = None
    root_attributes: dict[Name, str] = field(default_factory=dict)
    command: str
    confirm: str
    indication: str
    name: str  # attribute that names the operation
    other_names: dict[str, ClauseId] = field(
        default_factory=dict
    )  # what one reading of an ambiguity calls that attribute
    value: str  # attribute that carries the value of a field
    result: str  # field that says whether the command succeeded
    success: str
    failure: str
    reason: str  # field that tells people why not
    session: str  # field that names the session
    idle_s: int  # a session without activity ends after so many seconds
    login: Name
    logout: Name
    user: str  # fields of the login
    password: str
    subscribe: str
    subscribed: str  # value with which a client asks for indications
    secrets: list[str] = field(default_factory=list)
    language: Name | None = None  # ambiguity: what a field of the language carries
    refused: Name  # the error that answers a command that fails
    open_points: dict[Name, ClauseId] = field(default_factory=dict)
    rules: dict[Name, ClauseId]
