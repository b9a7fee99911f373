"""XML Schemas (1.0) of functions that are XML documents: requests, results of a success, events, and `failure.xsd`.

Elements stand in any order. Where each may stand once at most, the content is `xs:all`; where one may be repeated it is a choice without
end, and keys count the values (`xs:key` for those that must be there, `xs:unique` for the others): XML Schema 1.0 has no `xs:all` with
repeats. What is left to the checks stands in an annotation at the beginning. Readings are taken, unheard-of elements are not.

All types are texts with patterns, for blanks around a value do not count; see `harness.spec.xsd_messages`.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.spec.documentmodel import DocumentSyntax, EventMessage, Requirement, Section, Value
from harness.spec.functions import names_of
from harness.spec.lookup import cited
from harness.spec.model import Operation, Parameter, Source, System
from harness.spec.xsd_contents import Contents, Item
from harness.spec.xsd_parts import annotation
from harness.spec.xsd_types import Types

REQUEST, RESULT, EVENT = "request", "result", "event"
FAILURE = "failure"
# Of sections with numbers in their names so many are listed, for a schema has no names without end.
MOST_NUMBERED = 64

_STRING = "xs:string"


def document_schemas(system: System, syntax: DocumentSyntax) -> dict[str, str]:
    """The schemas as they must stand in the files: file name -> text, in the order of the spec."""
    found = {}
    for name, operation in system.operations.items():
        found[f"{name}.{REQUEST}.xsd"] = _Schema(system, syntax, f"{name}.{REQUEST}").request(name, operation)
        found[f"{name}.{RESULT}.xsd"] = _Schema(system, syntax, f"{name}.{RESULT}").result(name, operation)
    for name, event in system.events.items():
        found[f"{name}.{EVENT}.xsd"] = _Schema(system, syntax, f"{name}.{EVENT}").event(name, event)
    found[f"{FAILURE}.xsd"] = _Schema(system, syntax, FAILURE).failure()
    return found


class _Schema:
    """One schema in the making; `_types` and `_contents` gather what it names."""

    def __init__(self, system: System, syntax: DocumentSyntax, name: str) -> None:
        self.system = system
        self.syntax = syntax
        self.name = name
        self._types = Types(system)
        self._contents = Contents()

    # the four kinds

    def request(self, name: str, operation: Operation) -> str:
        syntax, prefix = self.syntax, self.system.prefix
        items = [
            Item(
                names=tuple(dict.fromkeys((syntax.function, *syntax.function_names.values()))),
                kind=self._types.function(*names_of(name, operation)),
                note=self._note(
                    f"{prefix}-{name}", operation.source, syntax.function_ambiguity, operation.name_ambiguity
                ),
                alone=True,
            ),
            Item(
                names=(syntax.number,),
                kind=self._number(),
                note=self._stated("number-required"),
            ),
        ]
        for key, one in operation.parameters.items():
            items.append(
                Item(
                    names=tuple(dict.fromkeys(one.names.values())) or (key,),
                    kind=self._parameter_type(one),
                    least=0 if one.optional else 1,
                    alone=True,
                    note=self._note(f"{prefix}-{name}.{key}", one.source, one.name_ambiguity, one.empty, one.any_text),
                )
            )
        about = [*self._about(f"Request of {name}", operation.source), *map(_need, operation.needs)]
        return self._text(syntax.request, items, about)

    def result(self, name: str, operation: Operation) -> str:
        syntax, base = self.syntax, f"{self.system.prefix}-{name}.answer"
        answer = operation.answer
        good = [syntax.success] if answer is not None else [syntax.success, *syntax.successes]
        rows = [self.system.errors[one] for one in good]
        words = {
            syntax.code: [code for row in rows for code in (row.codes.values() or (row.code,))],
            syntax.label: [label for row in rows for label in (row.texts.values() or (row.text,))],
        }
        headless = (syntax.code, syntax.label, syntax.text) if name in syntax.headless else ()
        items = []
        for key, value in syntax.head.items():
            item = self._value(self.syntax.rules["head"], key, value)
            kind = self._types.words(words[key]) if key in words else item.kind
            note = item.note + (f"; {syntax.open_points['head-missing']}" if key in headless else "")
            if key == syntax.number:
                kind = self._number()
            if key == syntax.answered:
                others = [one for one in item.names if one != key]
                items += [Item(names=(one,), kind=item.kind, least=0, note=note) for one in others]
                item, kind = (
                    Item(names=(key,), kind=item.kind, least=item.least),
                    self._types.function(*(syntax.repeated_for.get(name, {}).values() or names_of(name, operation))),
                )
            items.append(Item(names=item.names, kind=kind, least=0 if key in headless else item.least, note=note))
        if answer is not None:
            items += self._section(base, "", answer)
        about = [*self._about(f"Result of a success of {name}", operation.success)]
        if answer is not None:
            about.append("Not said: what a value repeats of the request, and how many sections a count tells.")
        if headless:
            about.append(f"Not said: that {', '.join(headless)} are all there, or none of them.")
        return self._text(syntax.result, items, about)

    def event(self, name: str, event: EventMessage) -> str:
        syntax, base = self.syntax, f"{self.system.prefix}-event.{name}"
        own = {
            syntax.event_class: [event.event_class],
            syntax.event_type: [one.strip() for one in event.type_names.values()] or [name],
        }
        items = []
        for key, value in syntax.event_head.items():
            item = self._value(syntax.rules["event-data"], key, value)
            kind = self._types.words(own[key]) if key in own else item.kind
            items.append(Item(names=item.names, kind=kind, least=item.least, note=item.note))
        data = [self._value(f"{base}.{key}", key, value) for key, value in event.values.items()]
        self._contents.add(syntax.event_data, data)
        items.append(
            Item(names=(syntax.event_data,), kind=syntax.event_data, section=True, note=self._stated("event-data"))
        )
        return self._text(syntax.event, items, self._about(f"Event {name}", event.source))

    def failure(self) -> str:
        """What any function that failed is answered: a code and a label, and whatever stands beside them."""
        syntax = self.syntax
        good = {self.system.errors[one].code for one in (syntax.success, *syntax.successes)}
        rows = [row for row in self.system.errors.values() if row.code not in good]
        kinds = {
            syntax.code: [code for row in rows for code in (row.codes.values() or (row.code,))],
            syntax.label: [
                syntax.error_label,
                *(label for row in rows for label in (row.texts.values() or (row.text,))),
            ],
        }
        about = list(
            self._about("Result of any function that failed", self.system.clauses[syntax.rules["error-label"]].source)
        )
        about.append(
            f"Clauses: {', '.join(syntax.rules[one] for one in ('root', 'head', 'code-table', 'error-label'))}."
        )
        about.append("Not said: that label and code belong together.")
        elements = [f'  <xs:element name="{key}" type="{self._types.words(words)}"/>' for key, words in kinds.items()]
        keys = [line for key in kinds for line in self._contents.constraint("key", "", key)]
        body = [
            f'  <xs:element name="{syntax.result}">',
            "    <xs:complexType>",
            "      <xs:sequence>",
            '        <xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/>',
            "      </xs:sequence>",
            "    </xs:complexType>",
            *keys,
            "  </xs:element>",
            *elements,
            "",
        ]
        return self._document(about, body)

    # what stands in them

    def _section(self, base: str, path: str, section: Section) -> list[Item]:
        """The items of one section; the types of those below are noted."""
        items = []
        for key, value in section.values.items():
            item = self._value(f"{base}.{key}", key, value)
            outside = key == section.count and section.count_outside is not None
            items.append(Item(names=item.names, kind=item.kind, least=0 if outside else item.least, note=item.note))
        for key, below in section.sections.items():
            inner = self._section(f"{base}.{key}", f"{path}{key}.", below)
            kind = f"{path}{key}"
            self._contents.add(kind, inner)
            names = tuple(dict.fromkeys(below.names.values())) or (key,)
            if below.numbered:
                names = tuple(f"{name}{number}" for name in names for number in range(MOST_NUMBERED))
            optional = below.repeated or below.numbered or below.optional or below.absent or below.outside
            note = self._note(f"{base}.{key}", below.source, below.ambiguity, below.absent, below.outside)
            items.append(
                Item(
                    names=names,
                    kind=kind,
                    section=True,
                    least=0 if optional else 1,
                    most=None if below.repeated and not below.numbered else 1,
                    note=note,
                )
            )
            count = below.count_outside is not None
            items += [one.left_out() for one in inner if below.outside or (count and below.count in one.names)]
        return items

    def _value(self, clause: str, key: str, value: Value) -> Item:
        note = self._note(
            clause,
            value.source,
            value.ambiguity,
            value.absent,
            value.empty,
            value.any_value,
            *value.open_values.values(),
        )
        kind = _STRING
        if value.any_value is None:
            kind = self._types.named(value.type, [*([""] if value.empty is not None else []), *value.open_values])
        return Item(
            names=tuple(dict.fromkeys(value.names.values())) or (key,),
            kind=kind,
            least=0 if value.optional or value.absent is not None else 1,
            note=note,
        )

    def _note(self, clause: str, source: Source, *ambiguities: str | None) -> str:
        named = list(dict.fromkeys(name for name in ambiguities if name is not None))
        return f"{clause}: {cited(source)}" + (f"; readings of {', '.join(named)}" if named else "")

    def _stated(self, rule: str) -> str:
        clause = self.syntax.rules[rule]
        return f"{clause}: {cited(self.system.clauses[clause].source)}"

    def _number(self) -> str:
        """The type of the number of a request; examples show that it may be 0 where a reading says so."""
        return self._types.named(self.syntax.number_type, ["0"] if "number-zero" in self.syntax.open_points else [])

    def _parameter_type(self, one: Parameter) -> str:
        if one.any_text is not None:
            return _STRING
        return self._types.named(one.type, [""] if one.empty is not None or one.blank else [], any_case=True)

    # the file

    def _about(self, what: str, source: Source) -> list[str]:
        file = self.system.document
        return [
            f"{what} of {self.system.system}: {cited(source)}.",
            f"Line numbers are those of {file.file} (SHA-256 {file.sha256}).",
        ]

    def _text(self, root: str, items: Sequence[Item], about: Sequence[str]) -> str:
        self._contents.add(root, items)
        named = Item(names=(root,), kind=root, section=True)
        body = [*self._contents.element(named, root, 1), "", *self._contents.types()]
        return self._document([*about, *self._contents.unsaid()], body)

    def _document(self, about: Sequence[str], body: Sequence[str]) -> str:
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<!-- {self.name}.xsd: made by `clausewise spec xsd {self.system.system}`; change the spec, not this file. -->",
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">',
            *annotation(1, about),
            "",
            *body,
            *self._types.used(body),
        ]
        return "\n".join([*lines[:-1], "</xs:schema>", ""])


def _need(need: Requirement) -> str:
    """A requirement in words, as far as no schema has it."""
    groups = " or ".join("+".join(group) for group in need.groups)
    when = " and ".join(f"{name} is {' or '.join(values)}" for name, values in need.when.items())
    if len(need.groups) == 1 and not when:
        return f"{need.clause}: it has {groups}."
    return f"Not said, {need.clause}: it has {groups}" + (f" where {when}." if when else ".")
