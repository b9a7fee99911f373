"""What a kind of XML document must look like, made from the spec once and ready for quick look-ups."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.datatypes import XS_INTEGER, XS_NON_NEGATIVE, is_value
from harness.errors import UsageError
from harness.rows.order import number
from harness.spec.model import Base, DataType, Level, System
from harness.spec.xmlmodel import Membership, Order, XmlAttribute, XmlDocument, XmlElement
from harness.verdict import Severity

ANY_TEXT = (Base.TEXT, Base.XS_STRING)
INTEGERS = (Base.INT, Base.XS_INTEGER, Base.XS_NON_NEGATIVE)
_NAMES = {"0": "zero"}  # readings are called by words
_STRANGE = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A point that the document leaves open: an ambiguity, and those of its readings that permit what was seen."""

    ambiguity: str
    readings: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeShape:
    """One attribute.

    Attributes:
        name: as the spec calls it.
        spellings: each name it may have -> the readings that spell it so, None where there is only one spelling.
        valid: whether a text is a value under every reading.
        words: values that only some readings permit; none_values: those that stand for no value under one.
        absent, empty, other: what permits that it is left out, is empty, is any other text; None: nothing does.
        expected: the type in words, for people.
    """

    name: str
    spellings: Mapping[str, Open | None]
    kind: DataType
    valid: Callable[[str], bool]
    required: bool
    words: Mapping[str, Open]
    none_values: Mapping[str, Open]
    absent: Open | None
    empty: Open | None
    other: Open | None
    fixed: str | None
    expected: str
    integer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShape:
    """Two attributes of which the first is never greater than the second."""

    first: str
    then: str
    clause: str
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildShape:
    """One kind of child element: its place in the order of kinds, and how often it stands in its parent."""

    element: ElementShape
    at: int
    minimum: int
    maximum: int | None
    spelling: Open | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementShape:
    """One element. `by_spelling` finds its attributes, `children` its children, both by the name in the document."""

    name: str
    spellings: Mapping[str, Open | None]
    attributes: Mapping[str, AttributeShape]
    by_spelling: Mapping[str, AttributeShape]
    orders: tuple[OrderShape, ...]
    children: dict[str, ChildShape] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One kind of document.

    Attributes:
        ambiguities: each ambiguity on which a document can bear -> its readings.
        rules: stated clause behind a rule of the checks (xml, root, extra), where the spec names one.
        belongs: ambiguity of the window's membership; membership: by reading; window_clause: says that rows belong to it.
        by_name: attribute by which rows are ordered, "" if by none; ordered: the clause that says so;
            collation: its ambiguity.
    """

    root: ElementShape
    namespace: str
    row: str
    elements: Mapping[str, ElementShape]
    ambiguities: Mapping[str, frozenset[str]]
    rules: Mapping[str, str]
    belongs: str = ""
    window_clause: str = ""
    window_severity: Severity = Severity.MUST
    membership: Mapping[str, Membership] = field(default_factory=dict)
    by_name: str = ""
    ordered: str = ""
    collation: str = ""


def compile_shape(system: System, reply: str, *, operation: str | None = None) -> Shape:
    """The shape of one reply of a system; with an operation, its window and the order of its rows too.

    Raises:
        UsageError: the system has no such reply or operation.
    """
    if reply not in system.replies:
        raise UsageError(f"{system.system} has no reply {reply!r}; it has {', '.join(system.replies)}")
    if operation is not None and operation not in system.operations:
        raise UsageError(f"{system.system} has no operation {operation!r}")
    document = system.replies[reply]
    elements = {name: _element(system, name, element) for name, element in document.elements.items()}
    for name, element in document.elements.items():
        for at, (child_name, child) in enumerate(element.children.items()):
            for spelling, readings in elements[child_name].spellings.items():
                elements[name].children[spelling] = ChildShape(
                    element=elements[child_name],
                    at=at,
                    minimum=child.minimum,
                    maximum=child.maximum,
                    spelling=readings,
                )
    used = system.operations[operation] if operation is not None else None
    window = used.window if used is not None else None
    paging = used.paging if used is not None else None
    names = _named(system, document)
    if window is not None and window.belongs is not None:
        names.append(window.belongs)
    if paging is not None and paging.by_name is not None and paging.collation is not None:
        names.append(paging.collation)
    return Shape(
        root=elements[document.root],
        namespace=document.namespace,
        row=document.row or "",
        elements=elements,
        ambiguities={name: _readings(system, name) for name in dict.fromkeys(names)},
        rules=dict(system.http.rules) if system.http is not None else {},
        belongs=(window.belongs or "") if window is not None else "",
        window_clause=(window.clause or "") if window is not None else "",
        window_severity=_severity(system, window.clause if window is not None else None),
        membership=dict(window.membership) if window is not None else {},
        by_name=(paging.by_name or "") if paging is not None else "",
        ordered=(paging.ordered or "") if paging is not None else "",
        collation=(paging.collation or "") if paging is not None else "",
    )


def _named(system: System, document: XmlDocument) -> list[str]:
    """The ambiguities on which a document bears."""
    found: list[str | None] = []
    for element in document.elements.values():
        found.append(element.ambiguity)
        for one in element.attributes.values():
            found += [one.ambiguity, one.absent, one.empty, one.any_value, *one.open_values.values()]
            found += system.types[one.type].open_choices.values()
    return [name for name in found if name is not None]


def _readings(system: System, ambiguity: str) -> frozenset[str]:
    known = system.ambiguities.get(ambiguity)
    return frozenset(known.readings) if known is not None else frozenset()


def _element(system: System, name: str, element: XmlElement) -> ElementShape:
    attributes = {key: _attribute(system, key, one) for key, one in element.attributes.items()}
    return ElementShape(
        name=name,
        spellings=_spellings(name, element.names, element.ambiguity),
        attributes=attributes,
        by_spelling={spelling: one for one in attributes.values() for spelling in one.spellings},
        orders=tuple(_order(system, order) for order in element.ordered),
    )


def _attribute(system: System, name: str, attribute: XmlAttribute) -> AttributeShape:
    kind = system.types[attribute.type]
    words = _words(system, kind)
    return AttributeShape(
        name=name,
        spellings=_spellings(name, attribute.names, attribute.ambiguity),
        kind=kind,
        valid=_valid(kind, attribute.fixed),
        required=not attribute.optional,
        words=words,
        none_values={word: _of_word(system, where, word) for word, where in attribute.open_values.items()},
        absent=_permitting(system, attribute.absent, "absent"),
        empty=_permitting(system, attribute.empty, "empty"),
        other=_permitting(system, attribute.any_value, "any"),
        fixed=attribute.fixed,
        expected=_expected(kind, attribute, words),
        integer=kind.base in INTEGERS,
    )


def _spellings(name: str, names: Mapping[str, str], ambiguity: str | None) -> dict[str, Open | None]:
    """Each spelling with the readings that have it."""
    if not names or ambiguity is None:
        return dict.fromkeys(dict.fromkeys(names.values()) or [name])
    found: dict[str, set[str]] = {}
    for reading, spelling in names.items():
        found.setdefault(spelling, set()).add(reading)
    return {spelling: Open(ambiguity=ambiguity, readings=frozenset(readings)) for spelling, readings in found.items()}


def _words(system: System, kind: DataType) -> dict[str, Open]:
    """Words that only some readings have; a choice that is another spelling of such a word belongs to the other readings."""
    found = {word: _of_word(system, where, word) for word, where in kind.open_choices.items()}
    for choice in kind.choices:
        for word, where in kind.open_choices.items():
            readings = system.ambiguities[where].readings if where in system.ambiguities else {}
            if choice in readings:
                found[choice] = Open(ambiguity=where, readings=frozenset({choice}))
            elif _plain(choice) == _plain(word) and choice != word:
                found[choice] = Open(ambiguity=where, readings=frozenset(readings) - found[word].readings)
    return found


def _permitting(system: System, ambiguity: str | None, name: str) -> Open | None:
    """The readings that permit something: that of this name, else the one that a success shows, else all but the refusing one."""
    if ambiguity is None:
        return None
    known = system.ambiguities.get(ambiguity)
    if known is None:
        return Open(ambiguity=ambiguity, readings=frozenset())
    if name in known.readings:
        return Open(ambiguity=ambiguity, readings=frozenset({name}))
    if known.accepted is not None:
        return Open(ambiguity=ambiguity, readings=frozenset({known.accepted}))
    return Open(ambiguity=ambiguity, readings=frozenset(known.readings) - {known.refused or ""})


def _of_word(system: System, ambiguity: str, word: str) -> Open:
    """The readings that have a word: that of its name, else as for everything, else all but the first, which the choices follow."""
    names = (word, _NAMES.get(word, word))
    known = system.ambiguities.get(ambiguity)
    readings = list(known.readings) if known is not None else []
    if same := frozenset(readings) & set(names):
        return Open(ambiguity=ambiguity, readings=same)
    if known is not None and known.accepted is not None:
        return Open(ambiguity=ambiguity, readings=frozenset({known.accepted}))
    return Open(ambiguity=ambiguity, readings=frozenset(readings[1:]))


def _plain(word: str) -> str:
    return _STRANGE.sub("", word.lower())


def _valid(kind: DataType, fixed: str | None) -> Callable[[str], bool]:
    if fixed is not None:
        if kind.base in INTEGERS:
            wanted = number(fixed)
            return lambda text: is_value(kind, text) and number(text) == wanted
        return lambda text: text == fixed
    if kind.or_object is not None or kind.base in ANY_TEXT:
        return _any_text
    if kind.base is Base.ENUM:
        return frozenset(kind.choices).__contains__
    if kind.base is Base.XS_INTEGER:
        return lambda text: XS_INTEGER.fullmatch(text) is not None
    if kind.base is Base.XS_NON_NEGATIVE:
        return lambda text: XS_NON_NEGATIVE.fullmatch(text) is not None
    return lambda text: is_value(kind, text)


def _any_text(_text: str) -> bool:
    return True


def _expected(kind: DataType, attribute: XmlAttribute, words: Mapping[str, Open]) -> str:
    if attribute.fixed is not None:
        return repr(attribute.fixed)
    if kind.base is Base.ENUM:
        return "one of " + ", ".join(dict.fromkeys((*kind.choices, *words)))
    limits = [
        f"{name} {value}"
        for name, value in (("at least", kind.minimum), ("at most", kind.maximum))
        if value is not None
    ]
    return " ".join((kind.base.value, *limits)) + (" or nothing" if attribute.empty is not None else "")


def _order(system: System, order: Order) -> OrderShape:
    severity = _severity(system, order.clause)
    return OrderShape(first=order.first, then=order.then, clause=order.clause, severity=severity)


def _severity(system: System, clause: str | None) -> Severity:
    known = system.clauses.get(clause or "")
    return Severity.MUST if known is None or known.level is Level.MUST else Severity.SHOULD
