"""XML Schemas (1.0) of methods that are called with a struct: calls, responses, faults, messages of the device, and served files.

In XML-RPC names of members are texts, and XML Schema 1.0 has no way to tie the type of a value to the text beside it. So a schema says, for
each level of structs: which names there are, that none of a call stands twice, how many there are at least and at most, and of which
types values are. Which member has which type, length and range is for the checks. An annotation at the beginning says so.

Readings are taken: `i4` and bare strings, both spellings of booleans, blanks around names and values, name and value in either order,
texts and arrays that are left out of replies when they are empty. Members that the document does not name are not valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from harness.errors import SpecError
from harness.spec.callmodel import CallStruct, CallSyntax, Kind, Member
from harness.spec.model import Source, System
from harness.spec.xsd_files import file_schema, schema_text
from harness.spec.xsd_parts import restriction

CALL, RESPONSE, NOTIFICATION = "call", "response", "notification"
FAULT = "fault"
_MOST_LEVELS = 16  # structs in structs
_BLANKS = r"[ \t\n\r]*"
# Texts with patterns: Python's numbers would take more than XML Schema's. All but base64 lose the blanks at their ends.
_SCALARS: Mapping[str, tuple[str, str]] = {
    "int": ("xs:int", r"[+\-]?[0-9]+"),
    "boolean": ("xs:token", "1|0|true|false"),
    "double": ("xs:token", r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?"),
    "dateTime": (
        "xs:token",
        "[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}",
    ),
    "base64": ("xs:string", rf"[A-Za-z0-9+/ \t\n\r]*(={_BLANKS}){{0,2}}"),
}
_ELEMENTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.STRING: ("string",),
    Kind.INT: ("int", "i4"),
    Kind.BOOLEAN: ("boolean",),
    Kind.BASE64: ("base64",),
    Kind.DATE_TIME: ("dateTime.iso8601",),
    Kind.DOUBLE: ("double",),
}
_NEVER_EMPTY = (Kind.INT, Kind.BOOLEAN, Kind.DATE_TIME, Kind.DOUBLE)
_LEFT_OPEN = (
    "XML Schema 1.0 cannot tie a value to the name beside it: which member has which type, length, range and enumeration is for the checks.",
    "A value of a text may have it without an element; a text beside such an element is not found here.",
)


def call_schemas(system: System, syntax: CallSyntax) -> dict[str, str]:
    """The schemas as they must stand in the files: file name -> text, in the order of the spec."""
    found = {}
    for name, operation in system.operations.items():
        if operation.call is None:
            continue
        method, source = operation.call, operation.source
        takes, returns = {**syntax.head, **method.takes}, method.returns
        found[f"{name}.{CALL}.xsd"] = _Schema(system, f"{name}.{CALL}", source).call(name, takes)
        found[f"{name}.{RESPONSE}.xsd"] = _Schema(system, f"{name}.{RESPONSE}", source).response(syntax, returns)
    for name, callback in system.callbacks.items():
        found[f"{name}.{NOTIFICATION}.xsd"] = _Schema(system, f"{name}.{NOTIFICATION}", callback.source).call(
            name, callback.takes, returned=True
        )
    found[f"{FAULT}.xsd"] = _Schema(system, FAULT, syntax.malformed.source).fault(syntax)
    for name, file in system.files.items():
        for key, form in file.forms.items():
            found[f"{name}.{key}.xsd"] = file_schema(system, f"{name}.{key}", file, form)
    return found


@dataclass(slots=True)
class _Level:
    """What stands in the structs of one depth: of all together, for a schema cannot keep them apart."""

    names: list[str] = field(default_factory=list)
    any_name: bool = False
    least: int = 0
    values: set[Kind] = field(default_factory=set)
    items: set[Kind] = field(default_factory=set)
    struct_values: bool = False
    struct_items: bool = False
    arrays: bool = False
    unique: bool = True


class _Schema:
    """One schema in the making."""

    def __init__(self, system: System, name: str, source: Source | None) -> None:
        self.system = system
        self.name = name
        self.source = source

    # the kinds of documents

    def call(self, method: str, members: Mapping[str, Member], *, returned: bool = False) -> str:
        """A call, of a client or of the device."""
        levels = self._levels(members, returned=returned)
        root = [
            *_element("methodCall", "methodCall"),
            "",
            *_complex("methodCall", "sequence", ('name="methodName" type="methodName"', 'name="params" type="params"')),
            *restriction("methodName", "xs:token", [f"<xs:enumeration value={quoteattr(method)}/>"], []),
            *_params(),
        ]
        return schema_text(self.system, self.name, self.source, [*root, *self._structs(levels)], _LEFT_OPEN)

    def response(self, syntax: CallSyntax, members: Mapping[str, Member]) -> str:
        """A response that is no fault; without members it says only that the call succeeded."""
        levels = self._levels(members, returned=True)
        if not members:
            levels = [_Level(names=[syntax.status], least=1, values={Kind.STRING})]
        root = [
            *_element("methodResponse", "methodResponse"),
            "",
            *_complex("methodResponse", "sequence", ('name="params" type="params"',)),
            *_params(),
        ]
        return schema_text(self.system, self.name, self.source, [*root, *self._structs(levels)], _LEFT_OPEN)

    def fault(self, syntax: CallSyntax) -> str:
        """A fault of any method."""
        level = _Level(names=[syntax.code, syntax.text], least=2, values={Kind.INT, Kind.STRING})
        root = [
            *_element("methodResponse", "methodResponse"),
            "",
            *_complex("methodResponse", "sequence", ('name="fault" type="fault"',)),
            *_complex("fault", "sequence", ('name="value" type="top"',)),
        ]
        return schema_text(self.system, self.name, self.source, [*root, *self._structs([level])], _LEFT_OPEN[:1])

    # structs

    def _levels(self, members: Mapping[str, Member], *, returned: bool) -> list[_Level]:
        """The structs of a message by depth."""
        found: list[_Level] = []
        groups: list[Mapping[str, Member]] = [members]
        blank = opened = False
        while groups:
            if len(found) >= _MOST_LEVELS:
                expected = f"structs in structs, at most {_MOST_LEVELS} deep"
                raise SpecError(f"specs/{self.system.system}", self.name, expected=expected, got="more")
            names = list(dict.fromkeys(name for group in groups for name in _names(group)))
            least = 0 if blank or opened else min(self._least(group, returned=returned) for group in groups)
            level = _Level(names=names, any_name=opened, least=least, unique=not returned)
            found.append(level)
            blank, structs = False, dict[str, CallStruct]()
            for member in (one for group in groups for one in group.values()):
                self._add(level, member)
                structs.update((name, self.system.structs[name]) for name in _structs_of(member))
                blank = blank or member.blank or member.partial is not None
            groups = [struct.members for struct in structs.values()]
            opened = any(struct.open for struct in structs.values())
        return found

    def _add(self, level: _Level, member: Member) -> None:
        """What one member may have as its value."""
        types = {member.type, *member.types.values(), *(change.type for change in member.changed)} - {None}
        kinds = {self.system.scalars[name].base for name in types if name is not None}
        structs = bool(_structs_of(member))
        if member.array:
            level.arrays = True
            level.items |= kinds
            level.struct_items |= structs
        else:
            level.values |= kinds
            level.struct_values |= structs

    def _least(self, members: Mapping[str, Member], *, returned: bool) -> int:
        """How many of the members are always there. In replies texts, arrays and structs may be left out when they are empty."""
        halves = {one.unlimited for one in members.values()}
        count = 0
        for name, one in members.items():
            if one.since is not None or one.until is not None or one.experimental:
                continue
            if not returned:
                count += one.required and one.required_ambiguity is None
                continue
            kind = self.system.scalars[one.type].base if one.type is not None and not one.array else None
            left_out = one.present is not None or one.optional or one.absent is not None
            half = one.unlimited is not None or name in halves
            count += kind in _NEVER_EMPTY and not left_out and not half and not one.types
        return count

    def _structs(self, levels: list[_Level]) -> Iterator[str]:
        """The types of all levels, and the scalars that they use."""
        yield from _complex("top", "sequence", ('name="struct" type="struct-1"',), _unique("struct", levels[0], 1))
        for number, level in enumerate(levels, 1):
            inner = levels[number] if number < len(levels) else None
            most = "unbounded" if level.any_name or not level.unique else str(max(len(level.names), 1))
            often = f'minOccurs="{level.least}" maxOccurs="{most}"'
            yield from _complex(f"struct-{number}", "sequence", (f'name="member" type="member-{number}" {often}',))
            parts = (f'name="name" type="name-{number}"', f'name="value" type="value-{number}"')
            yield from _complex(f"member-{number}", "all", parts)
            names = [] if level.any_name else [f"<xs:enumeration value={quoteattr(name)}/>" for name in level.names]
            yield from restriction(f"name-{number}", "xs:token", names, [])
            struct = inner if level.struct_values else None
            yield from _value(f"value-{number}", level.values, struct, number + 1, arrays=level.arrays)
            if level.arrays:
                often = 'minOccurs="0" maxOccurs="unbounded"'
                yield from _complex(f"array-{number}", "sequence", (f'name="data" type="data-{number}"',))
                yield from _complex(f"data-{number}", "sequence", (f'name="value" type="item-{number}" {often}',))
                struct = inner if level.struct_items else None
                yield from _value(f"item-{number}", level.items, struct, number + 1, arrays=False)
        used = {kind for level in levels for kind in level.values | level.items}
        for kind in sorted(used - {Kind.STRING}):
            base, pattern = _SCALARS[kind]
            yield from restriction(f"{kind}Type", base, [f"<xs:pattern value={quoteattr(pattern)}/>"], [])


def _structs_of(member: Member) -> list[str]:
    return [name for name in (member.struct, *member.other_structs) if name is not None]


def _names(members: Mapping[str, Member]) -> Iterator[str]:
    for name, member in members.items():
        yield from dict.fromkeys(member.names.values()) if member.names else (name,)


def _element(name: str, kind: str) -> Iterator[str]:
    yield f'  <xs:element name="{name}" type="{kind}"/>'


def _params() -> Iterator[str]:
    yield from _complex("params", "sequence", ('name="param" type="param"',))
    yield from _complex("param", "sequence", ('name="value" type="top"',))


def _unique(element: str, level: _Level, number: int, suffix: str = "") -> dict[str, list[str]]:
    """Element -> what says that no name stands in it twice."""
    if not level.unique:
        return {}
    return {
        element: [
            f'        <xs:unique name="names-{number}{suffix}">',
            '          <xs:selector xpath="member"/>',
            '          <xs:field xpath="name"/>',
            "        </xs:unique>",
        ]
    }


def _complex(
    name: str, group: str, elements: Iterable[str], within: Mapping[str, list[str]] | None = None
) -> Iterator[str]:
    """A type of elements alone; `within` are lines that stand in the declaration of an element."""
    yield f'  <xs:complexType name="{name}">'
    yield f"    <xs:{group}>"
    for one in elements:
        inner = (within or {}).get(one.split('"')[1])
        yield f"      <xs:element {one}{'' if inner else '/'}>"
        if inner:
            yield from inner
            yield "      </xs:element>"
    yield f"    </xs:{group}>"
    yield "  </xs:complexType>"
    yield ""


def _value(name: str, kinds: set[Kind], struct: _Level | None, number: int, *, arrays: bool) -> Iterator[str]:
    """The type of a value: texts may stand in it without an element."""
    mixed = Kind.STRING in kinds
    yield f'  <xs:complexType name="{name}"{" mixed=" + quoteattr("true") if mixed else ""}>'
    yield f"    <xs:choice{' minOccurs=' + quoteattr('0') if mixed else ''}>"
    for kind in sorted(kinds):
        for element in _ELEMENTS[kind]:
            base = "xs:string" if kind is Kind.STRING else f"{kind}Type"
            yield f'      <xs:element name="{element}" type="{base}"/>'
    if struct is not None:
        inner = _unique("struct", struct, number, f"-{name}")
        yield f'      <xs:element name="struct" type="struct-{number}"{"" if inner else "/"}>'
        if inner:
            yield from inner["struct"]
            yield "      </xs:element>"
    if arrays:
        yield f'      <xs:element name="array" type="array-{number - 1}"/>'
    yield "    </xs:choice>"
    yield "  </xs:complexType>"
    yield ""
