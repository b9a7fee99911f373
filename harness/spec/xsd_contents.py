"""The content of elements whose children stand in any order, as lines of an XML Schema (1.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.spec.xsd_parts import annotation, identifier

_STRING = "xs:string"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What may stand in an element: a value, or a section.

    Attributes:
        names: the spellings of its name.
        kind: name of the type; of a section, the name under which its content was added.
        least, most: how often it may stand; no most for without end.
        alone: only one of its spellings may stand there; else devices may send both.
    """

    names: tuple[str, ...]
    kind: str
    note: str = ""
    section: bool = False
    least: int = 1
    most: int | None = 1
    alone: bool = False

    def left_out(self) -> Item:
        """The same, where it need not be."""
        return replace(self, least=0)


@dataclass(frozen=True, slots=True)
class _Child:
    """One name in one element."""

    item: Item
    kind: str
    least: int
    most: int | None
    notes: tuple[str, ...]


class Contents:
    """The contents of the elements of one schema, by the name of their type."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, _Child]] = {}
        self._alone: dict[str, list[Item]] = {}
        self._unsaid: list[str] = []

    def add(self, kind: str, items: Sequence[Item]) -> None:
        """Note the content of a type."""
        children: dict[str, _Child] = {}
        for item in items:
            least = item.least if len(item.names) == 1 else 0
            for name in item.names:
                child = _Child(item, item.kind, least, item.most, (item.note,) if item.note else ())
                children[name] = _both(children[name], child) if name in children else child
            if item.least and len(item.names) > 1 and not item.alone:
                self._unsaid.append(f"Not said: that one of {', '.join(item.names)} is there.")
        self._known[kind] = children
        self._alone[kind] = [item for item in items if item.alone and len(item.names) > 1]
        if not _is_all(children):
            sections = [name for name, child in children.items() if child.item.section and child.most is not None]
            if sections:
                self._unsaid.append(f"Not said: how often these sections stand in {kind}: {', '.join(sections)}.")

    def unsaid(self) -> list[str]:
        """What no schema can say of these contents."""
        return list(dict.fromkeys(self._unsaid))

    def element(
        self, item: Item, name: str, depth: int, path: str = "", often: str = "", notes: Sequence[str] = ()
    ) -> Iterator[str]:
        """The lines of an element declaration, with the keys that count what stands in it."""
        space = "  " * depth
        kind = f"{identifier(item.kind)}Type" if item.section else item.kind
        children = self._known[item.kind] if item.section else {}
        keys = [] if _is_all(children) else list(self._keys(f"{path}{name}.", children))
        for one in self._alone[item.kind] if item.section else ():
            keys += self.constraint("key" if one.least else "unique", f"{path}{name}.", *one.names)
        start = f'{space}<xs:element name="{name}" type="{kind}"{often}'
        if not keys and not notes:
            yield f"{start}/>"
            return
        yield f"{start}>"
        yield from annotation(depth + 1, notes)
        yield from (f"{space}{line.removeprefix('  ')}" for line in keys)
        yield f"{space}</xs:element>"

    def _keys(self, path: str, children: Mapping[str, _Child]) -> Iterator[str]:
        for name, child in children.items():
            if not child.item.section and child.most is not None:
                yield from self.constraint("key" if child.least else "unique", path, name)

    def constraint(self, kind: str, path: str, *names: str) -> Iterator[str]:
        """The lines of a key over one element of these names: `key` for exactly one, `unique` for one at most."""
        yield f'    <xs:{kind} name="{kind}.{path}{names[0]}">'
        yield '      <xs:selector xpath="."/>'
        yield f'      <xs:field xpath="{"|".join(names)}"/>'
        yield f"    </xs:{kind}>"

    def types(self) -> Iterator[str]:
        """The lines of the complex types."""
        for kind, children in self._known.items():
            whole = _is_all(children)
            yield f'  <xs:complexType name="{identifier(kind)}Type">'
            yield "    <xs:all>" if whole else '    <xs:choice minOccurs="0" maxOccurs="unbounded">'
            for name, child in children.items():
                often = ' minOccurs="0"' if whole and not child.least else ""
                item = replace(child.item, kind=child.kind, section=child.item.section and child.kind != _STRING)
                yield from self.element(item, name, 3, f"{identifier(kind)}.", often, child.notes)
            yield "    </xs:all>" if whole else "    </xs:choice>"
            yield "  </xs:complexType>"
            yield ""


def _both(one: _Child, other: _Child) -> _Child:
    """What stands for two things of the same name in the same place."""
    most = None if one.most is None or other.most is None else max(one.most, other.most)
    kind = one.kind if one.kind == other.kind else _STRING
    return _Child(
        one.item,
        kind,
        0 if not one.least or not other.least else 1,
        most,
        tuple(dict.fromkeys((*one.notes, *other.notes))),
    )


def _is_all(children: Mapping[str, _Child]) -> bool:
    return all(child.most is not None for child in children.values())
