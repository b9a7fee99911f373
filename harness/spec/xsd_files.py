"""XML Schemas (1.0) of files that a device serves beside its methods: flat, one schema for each form."""

from __future__ import annotations

from collections.abc import Iterable

from harness.spec.callmodel import Kind
from harness.spec.callserved import FileElement, FileForm, ServedFile
from harness.spec.lookup import cited
from harness.spec.model import Source, System
from harness.spec.xsd_parts import annotation, literally, restriction


def file_schema(system: System, name: str, file: ServedFile, form: FileForm) -> str:
    """One form of a file: its elements stand in any order, each once at most. Blanks around their texts do not count."""
    lines = [f'  <xs:element name="{file.root}" type="root"/>', "", '  <xs:complexType name="root">', "    <xs:all>"]
    simple: list[str] = []
    for key, element in form.elements.items():
        least = ' minOccurs="0"' if _may_be_absent(element) else ""
        lines.append(f'      <xs:element name="{key}" type="{key}Type"{least}>')
        lines += annotation(4, [_note(element)])
        lines.append("      </xs:element>")
        simple += restriction(f"{key}Type", "xs:token", _facets(system, element), [])
    lines += ["    </xs:all>", "  </xs:complexType>", "", *simple]
    platforms = (f"On platforms {', '.join(form.platforms)}.",) if form.platforms else ()
    return schema_text(system, name, form.source, lines, platforms)


def schema_text(system: System, name: str, source: Source | None, lines: Iterable[str], notes: Iterable[str]) -> str:
    """A schema of its parts, the last of which is an empty line, with what it is for."""
    about = [f"{name} of {system.system}" + (f": {cited(source)}." if source is not None else ".")]
    about += [f"Line numbers are those of {system.document.file} (SHA-256 {system.document.sha256}).", *notes]
    found = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<!-- {name}.xsd: made by `clausewise spec xsd {system.system}`; change the spec, not this file. -->",
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">',
        *annotation(1, about),
        "",
        *lines,
    ]
    return "\n".join([*found[:-1], "</xs:schema>", ""])


def _facets(system: System, element: FileElement) -> list[str]:
    """What the text of an element may be; any text where the document does not say."""
    patterns: list[str] = []
    words = [element.value] if element.value is not None else list(dict.fromkeys(element.values.values()))
    kind = system.scalars[element.type] if element.type is not None else None
    if words:
        patterns = [literally(word) for word in words]
    elif element.pattern:
        patterns = [element.pattern]
    elif kind is not None and kind.choices:
        patterns = [literally(word) for word in dict.fromkeys((*kind.choices, *kind.open_choices))]
    elif kind is not None and kind.base is Kind.INT:
        patterns = ["[0-9]+" if kind.minimum is not None and kind.minimum >= 0 else "-?[0-9]+"]
    if patterns and element.empty is not None:
        patterns.append("")
    return [f'<xs:pattern value="{_quoted(pattern)}"/>' for pattern in patterns]


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _may_be_absent(element: FileElement) -> bool:
    """Whether some device, or one of another version, leaves it out."""
    open_ = element.absent is not None or element.empty is not None or element.present is not None
    return open_ or element.optional or element.since is not None


def _note(element: FileElement) -> str:
    ambiguities = (element.ambiguity, element.empty, element.absent)
    named = list(dict.fromkeys(name for name in ambiguities if name is not None))
    return cited(element.source) + (f"; readings of {', '.join(named)}" if named else "")
