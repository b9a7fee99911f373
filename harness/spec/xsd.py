"""XML Schemas (1.0) of the replies of a system, made from its spec: the files `xsd/<system>/<reply>.xsd`.

Those of XML messages are made in `harness.spec.xsd_messages`, those of functions that are documents in `harness.spec.xsd_documents`,
those of methods that are called with a struct in `harness.spec.xsd_calls`.

A schema accepts what conforms under any reading, as far as XML Schema can say it: of several spellings of an attribute
each is optional, a value that may be empty is a union with the empty text, words that only some readings allow are
listed. What it cannot say (one of two spellings must be there, the order of two times, the asked window) is for the
checks of rows. Annotations hold clause ids and citations, no text of a document.

Each form is one that libxml2 and the package xmlschema take the same way (2.14.6 and 4.3.2 were tried):

- An empty complex type refuses white space between two tags in libxml2; so an element without children has simple
  content that is white space.
- Integers carry a pattern, since xmlschema reads them as Python does and would take "1_0".
- Documents with a namespace refer to global elements, so that no default for local ones is needed; in the others only
  the root is global, so that nothing else can be a root.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

from harness.datatypes import is_value
from harness.errors import SpecError, UsageError
from harness.resources import data_folder
from harness.spec.lookup import cited
from harness.spec.model import Base, DataType, Source, System
from harness.spec.xmlmodel import XmlAttribute, XmlChild, XmlDocument, XmlElement
from harness.spec.xsd_calls import call_schemas
from harness.spec.xsd_documents import document_schemas
from harness.spec.xsd_messages import message_schemas
from harness.spec.xsd_parts import annotation, identifier, restriction

_BASES = {
    Base.INT: "xs:integer",
    Base.XS_INTEGER: "xs:integer",
    Base.XS_NON_NEGATIVE: "xs:nonNegativeInteger",
}
_PATTERNS = {
    Base.INT: "0|-?[1-9][0-9]{0,99}",
    Base.XS_INTEGER: r"[+\-]?[0-9]+",
    Base.XS_NON_NEGATIVE: r"[+\-]?[0-9]+",
    Base.UUID: "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    Base.IPV4: r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}",
}
_BLANK = "blank"
# Prefix of the schema's own names where it has a namespace.
_OWN = "own"


def xsd_folder(system: System, folder: Path | None = None) -> Path:
    """Where the schemas of a system are."""
    return (folder or data_folder("xsd")) / system.system


def xsd_texts(system: System) -> dict[str, str]:
    """The schemas as they must stand in the files: file name -> text, in the order of the spec.

    Raises:
        UsageError: the system has no XML.
        SpecError: two attributes of an element can have the same name.
    """
    if system.messages is not None:
        return message_schemas(system, system.messages)
    if system.documents is not None:
        return document_schemas(system, system.documents)
    if system.calls is not None:
        return call_schemas(system, system.calls)
    if not system.replies:
        raise UsageError(f"{system.system} has no XML replies, so there is no schema of them")
    return {f"{name}.xsd": _Schema(system, name).text() for name in system.replies}


def xsd_problems(system: System, folder: Path | None = None) -> list[str]:
    """What is not as the spec says, one line a file; empty if the files are current."""
    wanted, own = xsd_texts(system), xsd_folder(system, folder)
    found = {path.name: path for path in sorted(own.glob("*.xsd"))}
    problems = [f"{path}: the spec has no such reply" for name, path in found.items() if name not in wanted]
    for name, text in wanted.items():
        if name not in found:
            problems.append(f"{own / name}: is not there")
        elif found[name].read_bytes() != text.encode("utf-8"):
            problems.append(f"{own / name}: is not what the spec says")
    return problems


def write_xsd(system: System, folder: Path | None = None) -> list[Path]:
    """Write the schemas, and remove those of replies that are gone; gives the paths written."""
    texts, own = xsd_texts(system), xsd_folder(system, folder)
    own.mkdir(parents=True, exist_ok=True)
    for path in own.glob("*.xsd"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (own / name).write_text(text, encoding="utf-8", newline="\n")
    return [own / name for name in texts]


class _Schema:
    """One schema in the making; `_simple` gathers the named types that it uses."""

    def __init__(self, system: System, name: str) -> None:
        self.system = system
        self.name = name
        self.document: XmlDocument = system.replies[name]
        self.clauses = _clauses(system, name)
        self._prefix = f"{_OWN}:" if self.document.namespace else ""
        self._simple: dict[str, list[str]] = {}

    def text(self) -> str:
        document = self.document
        types = [line for name, element in document.elements.items() for line in self._complex(name, element)]
        space = ""
        if document.namespace:
            name = quoteattr(document.namespace)
            space = f"\n    xmlns:{_OWN}={name}\n    targetNamespace={name}"
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<!-- {self.name}.xsd: made by `clausewise spec xsd {self.system.system}`; change the spec, not this file. -->",
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"{space}>',
            *annotation(1, self._about()),
            "",
            *self._global_elements(),
            *types,
            *(line for name in sorted(self._simple) for line in self._simple[name]),
        ]
        return "\n".join([*lines[:-1], "</xs:schema>", ""])

    def _about(self) -> Iterator[str]:
        file = self.system.document
        yield f"Reply {self.name} of {self.system.system}: {cited(self.document.source)}."
        yield f"Line numbers are those of {file.file} (SHA-256 {file.sha256})."
        if self.clauses:
            yield f"Clauses: {', '.join(self.clauses)}."

    def _global_elements(self) -> Iterator[str]:
        roots = [self.document.root] if not self.document.namespace else list(self.document.elements)
        for key in roots:
            for spelling in _spellings(key, self.document.elements[key].names):
                yield f'  <xs:element name="{spelling}" type="{self._prefix}{_type_name(key)}"/>'
        yield ""

    def _complex(self, key: str, element: XmlElement) -> Iterator[str]:
        yield f'  <xs:complexType name="{_type_name(key)}">'
        part = "" if key == self.document.root else f".{key}"
        yield from annotation(2, [self._note(part, element.source, element.ambiguity)])
        if element.children:
            yield "    <xs:sequence>"
            for name, child in element.children.items():
                yield from self._child(name, child)
            yield "    </xs:sequence>"
            yield from self._attributes(key, element, 2)
        else:
            self._use_blank()
            yield "    <xs:simpleContent>"
            yield f'      <xs:extension base="{self._prefix}{_BLANK}">'
            yield from self._attributes(key, element, 4)
            yield "      </xs:extension>"
            yield "    </xs:simpleContent>"
        yield "  </xs:complexType>"
        yield ""

    def _child(self, key: str, child: XmlChild) -> Iterator[str]:
        most = "unbounded" if child.maximum is None else str(child.maximum)
        often = f'minOccurs="{child.minimum}" maxOccurs="{most}"'
        spellings = _spellings(key, self.document.elements[key].names)
        if len(spellings) == 1:
            yield f"      <xs:element {self._named(spellings[0], key)} {often}/>"
            return
        yield f"      <xs:choice {often}>"
        for spelling in spellings:
            yield f"        <xs:element {self._named(spelling, key)}/>"
        yield "      </xs:choice>"

    def _named(self, spelling: str, key: str) -> str:
        return f'ref="{_OWN}:{spelling}"' if self._prefix else f'name="{spelling}" type="{_type_name(key)}"'

    def _attributes(self, key: str, element: XmlElement, depth: int) -> Iterator[str]:
        seen: dict[str, str] = {}
        for name, attribute in element.attributes.items():
            spellings = _spellings(name, attribute.names)
            needed = len(spellings) == 1 and not attribute.optional and attribute.absent is None
            kind = self._value_type(attribute)
            for spelling in spellings:
                if spelling in seen:
                    raise SpecError(
                        f"specs/{self.system.system}",
                        f"replies.{self.name}.elements.{key}.attributes.{name}",
                        expected="spellings of its own",
                        got=f"{spelling}, which {seen[spelling]} has too",
                    )
                seen[spelling] = name
                start = f'{"  " * depth}<xs:attribute name="{spelling}" type="{kind}"'
                yield start + (' use="required">' if needed else ">")
                ambiguities = [attribute.ambiguity, attribute.absent, attribute.empty, attribute.any_value]
                ambiguities += attribute.open_values.values()
                ambiguities += self.system.types[attribute.type].open_choices.values()
                note = self._note(f".{key}.{name}", attribute.source, *ambiguities)
                yield from annotation(depth + 1, [note])
                yield f"{'  ' * depth}</xs:attribute>"

    def _note(self, part: str, source: Source, *ambiguities: str | None) -> str:
        """Clause ids, citation and ambiguities of one place; `part` follows the id of the reply's clause."""
        ids = [name + part if name.endswith(".reply") else name for name in self.clauses]
        named = list(dict.fromkeys(name for name in ambiguities if name is not None))
        readings = f"; readings of {', '.join(named)}" if named else ""
        return (", ".join(ids) + ": " if ids else "") + cited(source) + readings

    def _value_type(self, attribute: XmlAttribute) -> str:
        """The type of an attribute's value; named types are noted for the end of the schema."""
        kind = self.system.types[attribute.type]
        if attribute.any_value is not None:
            return "xs:string"
        if attribute.fixed is not None:
            base = self._named_type(attribute.type, kind)
            name = f"{attribute.type}-{identifier(attribute.fixed)}"
            self._simple[name] = restriction(name, base, [f"<xs:enumeration value={quoteattr(attribute.fixed)}/>"], [])
            name = self._prefix + name
        else:
            name = self._named_type(attribute.type, kind)
        words = [""] if attribute.empty is not None else []
        words += [word for word in attribute.open_values if not is_value(kind, word)]
        if not words or name == "xs:string":
            return name
        union = f"{name.removeprefix(self._prefix)}-or-{'-'.join(identifier(word) for word in words)}"
        self._simple[union] = [
            f'  <xs:simpleType name="{union}">',
            f'    <xs:union memberTypes="{name}">',
            "      <xs:simpleType>",
            '        <xs:restriction base="xs:string">',
            *(f"          <xs:enumeration value={quoteattr(word)}/>" for word in words),
            "        </xs:restriction>",
            "      </xs:simpleType>",
            "    </xs:union>",
            "  </xs:simpleType>",
            "",
        ]
        return self._prefix + union

    def _named_type(self, name: str, kind: DataType) -> str:
        """A type of the spec; what XML Schema cannot list (ids, open spellings) becomes any text."""
        if kind.or_object is not None or (kind.open_forms and kind.base not in (Base.XS_INTEGER, Base.XS_NON_NEGATIVE)):
            return "xs:string"
        words = list(dict.fromkeys((*kind.choices, *kind.open_choices))) if kind.base is Base.ENUM else []
        facets = [f"<xs:enumeration value={quoteattr(word)}/>" for word in words]
        if not facets and kind.base in _PATTERNS:
            facets.append(f"<xs:pattern value={quoteattr(_PATTERNS[kind.base])}/>")
        if kind.base is Base.INT:
            facets += [
                f'<xs:{facet} value="{limit}"/>'
                for facet, limit in (("minInclusive", kind.minimum), ("maxInclusive", kind.maximum))
                if limit is not None
            ]
        if not facets:
            return "xs:string"
        open_words = list(dict.fromkeys(kind.open_choices.values()))
        note = cited(kind.source) + (f"; readings of {', '.join(open_words)}" if open_words else "")
        self._simple[name] = restriction(name, _BASES.get(kind.base, "xs:string"), facets, [note])
        return self._prefix + name

    def _use_blank(self) -> None:
        note = "White space between the tags of an element that has no content."
        self._simple[_BLANK] = restriction(_BLANK, "xs:string", [r'<xs:pattern value="[ \t\n\r]*"/>'], [note])


def _clauses(system: System, name: str) -> list[str]:
    """The clauses of the successes and errors that carry a reply."""
    found = [f"{system.prefix}-{key}.reply" for key, operation in system.operations.items() if operation.reply == name]
    for key, operation in system.operations.items():
        found += [
            f"{system.prefix}-{key}.error.{error}" for error, row in operation.errors.items() if row.reply == name
        ]
    return found


def _spellings(key: str, names: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(names.values())) or [key]


def _type_name(key: str) -> str:
    return f"{key}Type"
