"""XML Schemas (1.0) of messages: `xsd/<system>/<operation>.<kind>.xsd` for each command, confirm and indication, and `failure.xsd`.

The schema of a confirm is that of a success. What a command that failed is answered has no fields that are sure but the
result, whatever the operation, so one schema does for all of these; the result says which of the two a confirm is.

Fields may stand in any order, some of them more than once, which no model of content says. So the content is a choice
without end, and identity constraints count: a key over one element alone says that a field, in one of its spellings, is
there exactly once, `xs:unique` that it is not there twice. Both libxml2 and the package xmlschema take them so.

All types are texts with patterns, since numbers of XML Schema let blanks stand around them, and more in Python's reading.
What is left to the checks stands in an annotation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from harness.datatypes import MOST_DIGITS, is_value
from harness.spec.lookup import cited
from harness.spec.messagemodel import Message, MessageField, MessageSyntax
from harness.spec.model import Base, DataType, Operation, Parameter, Source, System
from harness.spec.xsd_parts import annotation, identifier, in_any_case, integers, literally, restriction

COMMAND, CONFIRM, INDICATION = "command", "confirm", "indication"
FAILURE = "failure"

_STRING = "xs:string"
_BLANK = "blank"
# 32 hexadecimal digits, two more or less, in groups or not, in braces or not: `harness.datatypes`.
_GUID = r"\{?([0-9a-fA-F]-?){29,33}[0-9a-fA-F]\}?"
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PATTERNS = {
    Base.WORD: [r"(.|[\n\r])*[^\s\p{Z}&#x85;](.|[\n\r])*"],
    Base.GUID: [_GUID],
    Base.UUID: ["[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"],
    Base.IPV4: [rf"{_OCTET}(\.{_OCTET}){{3}}"],
}
_OPEN_NUMBER = r"[\s\p{Z}]*\+*[0-9]+[\s\p{Z}]*"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """One field of a message.

    Attributes:
        least, most: how often it may stand; None where nothing counts.
        kind: name of the type of its value, or of xs:string.
        beside: attributes beside the value -> type.
    """

    name: str
    spellings: tuple[str, ...]
    kind: str
    note: str
    least: int = 0
    most: int | None = 1
    beside: Mapping[str, str]


def message_schemas(system: System, syntax: MessageSyntax) -> dict[str, str]:
    """The schemas as they must stand in the files: file name -> text, in the order of the spec."""
    found = {}
    for name, operation in system.operations.items():
        for kind in (COMMAND, CONFIRM, INDICATION):
            message = getattr(operation, kind)
            if message is not None:
                found[f"{name}.{kind}.xsd"] = _Schema(system, syntax, name, operation, kind, message).text()
    found[f"{FAILURE}.xsd"] = _failure(system, syntax)
    return found


class _Schema:
    """One schema in the making; `_simple` gathers the named types that it uses."""

    def __init__(
        self, system: System, syntax: MessageSyntax, name: str, operation: Operation, kind: str, message: Message
    ) -> None:
        self.system = system
        self.syntax = syntax
        self.name = name
        self.operation = operation
        self.kind = kind
        self.message = message
        self.clause = f"{system.prefix}-{name}" + ("" if kind == COMMAND else f".{kind}")
        self._simple: dict[str, list[str]] = {}

    def text(self) -> str:
        fields = self._parameters() if self.kind == COMMAND else self._fields()
        by_spelling: dict[str, list[_Field]] = {}
        for field in fields:
            for spelling in field.spellings:
                by_spelling.setdefault(spelling, []).append(field)
        types: dict[str, list[str]] = {}
        elements = [
            line for spelling, owners in by_spelling.items() for line in _element(spelling, owners, self.syntax, types)
        ]
        element = getattr(self.syntax, self.kind)
        body = [
            f'  <xs:complexType name="{element}Type">',
            *annotation(2, [self._note(self.clause, self.message.source, self.message.ambiguity)]),
            '    <xs:choice minOccurs="0" maxOccurs="unbounded">',
            *elements,
            "    </xs:choice>",
            *self._names(),
            "  </xs:complexType>",
            "",
        ]
        most = "" if self.kind == COMMAND else ' maxOccurs="unbounded"'
        least = ' minOccurs="0"' if self.kind == CONFIRM and self.message.several else ""
        shared = {spelling for spelling, owners in by_spelling.items() if len(owners) > 1}
        child = [
            f'      <xs:element name="{element}" type="{element}Type"{least}{most}>',
            *self._counts(fields, shared),
            "      </xs:element>",
        ]
        types |= {**self._simple, _BLANK: _blank()}
        about = [*_about(self.system, f"{self.kind.capitalize()} of {self.name}", self.message.source)]
        about.append(f"Clauses: {self.clause}, {self.syntax.rules['root']}, {self.syntax.rules['name']}.")
        about += self._unsaid(fields, shared)
        return _document(self.system, self.syntax, f"{self.name}.{self.kind}", about, child, [*body, *_sorted(types)])

    # what stands in it

    def _parameters(self) -> list[_Field]:
        syntax = self.syntax
        found = []
        if self.name != syntax.login:
            note = f"{syntax.rules['session-required']}: {cited(self.system.clauses[syntax.rules['session-required']].source)}"
            kind = self._session_type()
            least = 0 if self.operation.sessionless is not None else 1
            names = (syntax.session,)
            found.append(_Field(name=syntax.session, spellings=names, kind=kind, note=note, least=least, beside={}))
        for name, one in self.operation.parameters.items():
            spellings = tuple(dict.fromkeys(one.names.values())) or (name,)
            open_points = (one.name_ambiguity, one.empty, one.any_text)
            found.append(
                _Field(
                    name=name,
                    spellings=spellings,
                    kind=self._parameter_type(one),
                    note=self._note(f"{self.clause}.{name}", one.source, *open_points, *self._open_words(one.type)),
                    least=0 if one.optional or one.repeated or one.unless or one.missing_ambiguity else 1,
                    most=None if one.repeated else 1,
                    beside={},
                )
            )
        return found

    def _fields(self) -> list[_Field]:
        syntax = self.syntax
        found = []
        if self.kind == CONFIRM:
            words = [syntax.success]
            result = self.system.clauses[syntax.rules["result"]].source
            name = f"{identifier(syntax.result)}-of-a-success"
            self._simple[name] = restriction(name, _STRING, _enumeration(words), [cited(result)])
            note = f"{syntax.rules['result']}: {cited(result)}"
            names = (syntax.result,)
            found.append(_Field(name=syntax.result, spellings=names, kind=name, note=note, least=1, beside={}))
        for name, one in self.message.fields.items():
            ambiguities = [one.ambiguity, one.absent, one.empty, one.any_value, *one.open_values.values()]
            lenient = one.optional or one.repeated or one.absent or one.needs or self.message.several
            reason = name == syntax.reason  # it may be there as the result's and as the object's own
            found.append(
                _Field(
                    name=name,
                    spellings=tuple(dict.fromkeys(one.names.values())) or (name,),
                    kind=self._field_type(one),
                    note=self._note(f"{self.clause}.{name}", one.source, *ambiguities, *self._open_words(one.type)),
                    least=0 if lenient or reason else 1,
                    most=None if one.repeated or reason else 1,
                    beside={key: self._type(kind) for key, kind in one.attributes.items()},
                )
            )
        known = {spelling for field in found for spelling in field.spellings}
        for name in (syntax.result, syntax.reason, syntax.session):
            if name not in known:
                note = f"{syntax.rules['extra']}: may stand in any answer"
                found.append(_Field(name=name, spellings=(name,), kind=_STRING, note=note, most=None, beside={}))
        return found

    def _names(self) -> Iterator[str]:
        """The attribute that names the operation, where the message has others in any of their spellings."""
        names = list(dict.fromkeys(self.message.names.values())) or [self.message.name or self.name.lower()]
        if self.kind == COMMAND:
            self._simple["name"] = restriction("name", _STRING, _enumeration(names), [])
            yield f'    <xs:attribute name="{self.syntax.name}" type="name" use="required"/>'
            return
        plain = dict.fromkeys(rf"\s*{in_any_case(one.strip())}\s*" for one in names)
        self._simple["name"] = restriction("name", _STRING, _patterns(plain), ["Blanks and letter case do not count."])
        for name in (self.syntax.name, *self.syntax.other_names):
            yield f'    <xs:attribute name="{name}" type="name"/>'

    def _counts(self, fields: Sequence[_Field], shared: set[str]) -> Iterator[str]:
        """How often each field stands; not of those that may have the same name."""
        if self.kind != COMMAND:
            attributes = (self.syntax.name, *self.syntax.other_names)
            yield from _constraint("key", "name", [f"@{name}" for name in attributes])
        for field in fields:
            if field.most is not None and shared.isdisjoint(field.spellings):
                paths = [f"{spelling}/@{self.syntax.value}" for spelling in field.spellings]
                yield from _constraint("key" if field.least else "unique", identifier(field.name), paths)

    def _unsaid(self, fields: Sequence[_Field], shared: set[str]) -> Iterator[str]:
        """What no schema can say of this message."""
        if self.kind == CONFIRM and self.message.several:
            yield "Not said: that the fields of an object are all there, since an empty list may be one confirm without any."
        names = [
            field.name for field in fields if field.name == self.syntax.reason and field.name in self.message.fields
        ]
        names += [field.name for field in fields if not shared.isdisjoint(field.spellings)]
        if names:
            yield f"Not said: how often these fields stand: {', '.join(names)}."
        if self.kind != COMMAND:
            yield "Not said: what a field repeats of the command."
        if self.kind == COMMAND and any(one.unless for one in self.operation.parameters.values()):
            yield "Not said: which fields take the place of others."

    def _note(self, clause: str, source: Source, *ambiguities: str | None) -> str:
        named = list(dict.fromkeys(name for name in ambiguities if name is not None))
        return f"{clause}: {cited(source)}" + (f"; readings of {', '.join(named)}" if named else "")

    def _open_words(self, name: str) -> list[str]:
        kind = self.system.types[name]
        return [*kind.open_choices.values(), *kind.open_forms.values()]

    # types

    def _session_type(self) -> str:
        login = self.system.operations[self.syntax.login].confirm
        field = login.fields.get(self.syntax.session) if login is not None else None
        return self._type(field.type) if field is not None else _STRING

    def _parameter_type(self, one: Parameter) -> str:
        if one.any_text is not None:
            return _STRING
        return self._type(one.type, [""] if one.empty is not None or one.blank else [])

    def _field_type(self, one: MessageField) -> str:
        if one.any_value is not None:
            return _STRING
        return self._type(one.type, [*([""] if one.empty is not None else []), *one.open_values])

    def _type(self, key: str, words: Sequence[str] = ()) -> str:
        """The name of a type of the spec, with some words that it has not."""
        kind = self.system.types[key]
        more = [word for word in words if not is_value(kind, word) and word not in kind.open_choices]
        facets = _facets(kind, more)
        if not facets:
            return _STRING
        name = "-or-".join((key, *map(identifier, more)))
        self._simple[name] = restriction(name, _STRING, facets, [cited(kind.source)])
        return name


def _sorted(types: Mapping[str, Sequence[str]]) -> list[str]:
    return [line for name in sorted(types) for line in types[name]]


def _facets(kind: DataType, more: Sequence[str]) -> list[str]:
    """The facets of a type; none for any text."""
    if kind.or_object is not None or kind.base in (Base.TEXT, Base.XS_STRING, Base.XS_INTEGER, Base.XS_NON_NEGATIVE):
        return []
    if kind.base is Base.ENUM:
        return _enumeration([*kind.choices, *kind.open_choices, *more])
    patterns = _PATTERNS.get(kind.base) or integers(kind.minimum, kind.maximum, MOST_DIGITS)
    if kind.base is Base.INT and kind.open_forms:
        patterns = [*patterns, _OPEN_NUMBER]
    return _patterns([*patterns, *map(literally, (*kind.open_choices, *more))])


def _enumeration(words: Sequence[str]) -> list[str]:
    return [f"<xs:enumeration value={quoteattr(word)}/>" for word in dict.fromkeys(words)]


def _patterns(patterns: Mapping[str, None] | Sequence[str]) -> list[str]:
    return [f"<xs:pattern value={quoteattr(one, _REFERENCES)}/>" for one in patterns]


_REFERENCES = {"&amp;#": "&#"}  # what patterns have as a reference stays one


def _blank() -> list[str]:
    note = "White space between the tags of an element that has no content."
    return restriction(_BLANK, _STRING, [r'<xs:pattern value="[ \t\n\r]*"/>'], [note])


def _element(spelling: str, owners: Sequence[_Field], syntax: MessageSyntax, types: dict[str, list[str]]) -> list[str]:
    """One element of the choice; of fields that may have the same name it takes what any of them does."""
    kinds = list(dict.fromkeys(one.kind for one in owners))
    kind = kinds[0] if len(kinds) == 1 else _STRING
    beside = {key: value for one in owners for key, value in one.beside.items()}
    name = "-with-".join((f"field-of-{kind.removeprefix('xs:')}", *beside))
    attributes = {syntax.value: kind, **beside}
    types[name] = [
        f'  <xs:complexType name="{name}">',
        "    <xs:simpleContent>",
        f'      <xs:extension base="{_BLANK}">',
        *(f'        <xs:attribute name="{key}" type="{own}" use="required"/>' for key, own in attributes.items()),
        "      </xs:extension>",
        "    </xs:simpleContent>",
        "  </xs:complexType>",
        "",
    ]
    return [
        f'      <xs:element name="{spelling}" type="{name}">',
        *annotation(4, [one.note for one in owners]),
        "      </xs:element>",
    ]


def _constraint(kind: str, name: str, paths: Sequence[str]) -> Iterator[str]:
    yield f'        <xs:{kind} name="{kind}.{name}">'
    yield '          <xs:selector xpath="."/>'
    yield f'          <xs:field xpath="{"|".join(paths)}"/>'
    yield f"        </xs:{kind}>"


def _about(system: System, what: str, source: Source) -> Iterator[str]:
    yield f"{what} of {system.system}: {cited(source)}."
    yield f"Line numbers are those of {system.document.file} (SHA-256 {system.document.sha256})."


def _document(
    system: System, syntax: MessageSyntax, name: str, about: Sequence[str], child: Sequence[str], types: Sequence[str]
) -> str:
    """A schema whose root, in any spelling, has these children."""
    roots = dict.fromkeys(syntax.roots.values())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<!-- {name}.xsd: made by `clausewise spec xsd {system.system}`; change the spec, not this file. -->",
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">',
        *annotation(1, about),
        "",
        *(f'  <xs:element name="{root}" type="rootType"/>' for root in roots),
        "",
        '  <xs:complexType name="rootType">',
        "    <xs:sequence>",
        *child,
        "    </xs:sequence>",
        *(
            f'    <xs:attribute name="{key}" type="{_STRING}" use="required" fixed={quoteattr(value)}/>'
            for key, value in syntax.root_attributes.items()
        ),
        "  </xs:complexType>",
        "",
        *types,
    ]
    return "\n".join([*lines[:-1], "</xs:schema>", ""])


def _failure(system: System, syntax: MessageSyntax) -> str:
    """What answers a command that failed: a result, a reason where there is one, and whatever stands beside them."""
    names = {"result": syntax.result, "reason": syntax.reason}
    result = f"{identifier(syntax.result)}-of-a-failure"
    source = system.clauses[syntax.rules["result"]].source
    ambiguity = syntax.open_points.get("failed-confirm")
    about = [*_about(system, "Confirm of any command that failed", source)]
    about.append(f"Clauses: {', '.join(syntax.rules[one] for one in ('root', 'result', 'reason'))}.")
    if ambiguity is not None:
        about.append(f"Readings of {ambiguity}: other fields may stand there, blank or not.")
    types = [
        f'  <xs:complexType name="{syntax.confirm}Type">',
        "    <xs:sequence>",
        '      <xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/>',
        "    </xs:sequence>",
        *(f'    <xs:attribute name="{name}" type="{_STRING}"/>' for name in (syntax.name, *syntax.other_names)),
        "  </xs:complexType>",
        "",
    ]
    named: dict[str, list[str]] = {_BLANK: _blank()}
    named[result] = restriction(result, _STRING, _enumeration([syntax.failure]), [cited(source)])
    for rule, name in names.items():
        note = f"{syntax.rules[rule]}: {cited(system.clauses[syntax.rules[rule]].source)}"
        field = _Field(name=name, spellings=(name,), kind=result if rule == "result" else _STRING, note=note, beside={})
        types += [line.removeprefix("    ") for line in _element(name, [field], syntax, named)] + [""]
    child = [
        f'      <xs:element name="{syntax.confirm}" type="{syntax.confirm}Type" maxOccurs="unbounded">',
        *_constraint("key", identifier(syntax.result), [f"{syntax.result}/@{syntax.value}"]),
        "      </xs:element>",
    ]
    return _document(system, syntax, FAILURE, about, child, [*types, *_sorted(named)])
