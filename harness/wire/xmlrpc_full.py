"""Reads XML-RPC in any legal spelling of XML, and as much as can be read of what is no XML-RPC.

Each deviation is told once, at its own place. What is absent is told only of elements whose end was read: in a document that breaks
off, nobody knows what would have come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.wire.xmlrpc_message import MOST_DEVIATIONS, Limits, Message, MessageKind
from harness.wire.xmlrpc_nodes import Node, read_nodes
from harness.wire.xmlrpc_rules import Deviation
from harness.wire.xmlrpc_scalars import BLANKS, READERS
from harness.wire.xmlrpc_text import Source
from harness.wire.xmlrpc_values import KINDS, NOTHING, Kind, Member, Path, Unknown, Value, format_path

METHOD_NAME = re.compile(r"[A-Za-z0-9_.:/]+")
_FORMS = {
    "int-form": "an int that is not made of digits with a sign at most",
    "int-range": "an int beyond four bytes with a sign",
    "boolean-form": "a boolean that is none of 1, 0, true and false",
    "boolean-case": "a boolean word that is not in small letters",
    "double-form": "a double that is no number",
    "double-exponent": "a double with an exponent",
    "double-range": "a double that is too large for eight bytes",
    "dateTime-form": "a dateTime.iso8601 that is not YYYYMMDDTHH:MM:SS",
    "dateTime-value": "a dateTime.iso8601 that no calendar or clock shows",
    "dateTime-zone": "a dateTime.iso8601 with a time zone",
    "base64-form": "a base64 that is none",
}


def read_fully(source: Source, limits: Limits) -> Message:
    """Read a message; it never raises. Its length is not looked at."""
    nodes = read_nodes(source, most_depth=5 * limits.depth + 12, most_nodes=6 * limits.values + 64)
    reader = _Reader(limits)
    if source.problem and nodes.rule != "encoding-unread":
        reader.tell("encoding", source.problem_at, (), source.problem)
    if nodes.rule:
        reader.tell(nodes.rule, nodes.at, (), nodes.message)
    if nodes.root is not None:
        reader.message(nodes.root)
    return Message(
        kind=reader.kind,
        method=reader.method,
        params=tuple(reader.params),
        fault=reader.fault,
        deviations=reader.deviations(source),
        more=max(0, len(reader.told) - MOST_DEVIATIONS),
        unknown=tuple(reader.unknown),
        method_at=reader.method_at,
        data=source.data,
        encoding=source.encoding,
        declared=source.declared,
        declaration=nodes.declared,
    )


class _Reader:
    """Makes a message of nodes, and tells what is wrong."""

    def __init__(self, limits: Limits) -> None:
        self.kind = MessageKind.NONE
        self.method = ""
        self.method_at = -1
        self.params: list[Value] = []
        self.fault: Value | None = None
        self.unknown: list[Unknown] = []
        self.told: list[tuple[int, str, Path, str]] = []
        self._limits = limits
        self._left = limits.values

    def tell(self, rule: str, at: int, path: Path, message: str) -> None:
        """Note a deviation."""
        self.told.append((at, rule, path, message))

    def deviations(self, source: Source) -> tuple[Deviation, ...]:
        """What was told, in the order of its places."""
        found = []
        for at, rule, path, message in sorted(self.told, key=lambda one: one[0])[:MOST_DEVIATIONS]:
            line, column, byte = source.place(at)
            found.append(
                Deviation(rule=rule, path=format_path(path), line=line, column=column, byte=byte, message=message)
            )
        return tuple(found)

    def message(self, root: Node) -> None:
        """Read the root and all in it."""
        if root.name == "methodCall":
            self.kind = MessageKind.CALL
            self._call(root)
        elif root.name == "methodResponse":
            self.kind = MessageKind.RESPONSE
            self._response(root)
        else:
            self.tell("root", root.at, (), f"<{root.name:.60}> where <methodCall> or <methodResponse> should stand")

    def _call(self, root: Node) -> None:
        parts = self._parts(root, (), ("methodName", "params"), self.unknown)
        name, params = parts["methodName"], parts["params"]
        if name is not None:
            self.method = self._name(name, (), self.unknown)
            self.method_at = name.at
            if name.closed and METHOD_NAME.fullmatch(self.method) is None:
                self.tell("methodName-form", name.at, (), "a method's name of other than letters, digits and _ . : /")
            if params is not None and params.at < name.at:
                self.tell("order", name.at, (), "<methodName> behind <params>")
        elif root.closed:
            self.tell("missing-methodName", root.at, (), "a call without <methodName>")
        if params is not None:
            self._params(params)
        elif root.closed:
            self.tell("missing-params", root.at, (), "a call without <params>")

    def _response(self, root: Node) -> None:
        parts = self._parts(root, (), ("params", "fault"), self.unknown)
        params, fault = parts["params"], parts["fault"]
        if fault is not None:
            self.kind = MessageKind.FAULT
            self._fault(fault)
            if params is not None:
                self.tell("params-and-fault", max(params.at, fault.at), (), "a response with <params> and <fault>")
        elif params is None and root.closed:
            self.tell("missing-result", root.at, (), "a response with neither <params> nor <fault>")
        if params is not None:
            self._params(params)

    def _params(self, node: Node) -> None:
        params = [child for child in node.children if child.name == "param"]
        self._structure(node, ())
        self._strangers(node, (), ("param",), self.unknown)
        if len(params) != 1 and node.closed:
            at = params[1].at if params else node.at
            self.tell("param-count", at, (), f"{len(params)} parameters, where one should stand")
        for number, param in enumerate(params):
            path: Path = ("params", number) if number else ()
            inner = self._parts(param, path, ("value",), self.unknown)["value"]
            value = self._value(inner, param, path, 0)
            if value.kind not in (Kind.STRUCT, Kind.NONE):
                self.tell("param-type", value.at, path, "a parameter that is no struct")
            self.params.append(value)

    def _fault(self, node: Node) -> None:
        inner = self._parts(node, (), ("value",), self.unknown)["value"]
        fault = self.fault = self._value(inner, node, (), 0)
        if fault.kind is not Kind.STRUCT:
            if fault.kind is not Kind.NONE:
                self.tell("fault-form", fault.at, (), "a fault that is no struct")
            return
        for name, kind in (("faultCode", Kind.INT), ("faultString", Kind.STRING)):
            found = fault.get(name)
            if found is None and node.closed:
                self.tell("fault-form", fault.at, (name,), f"a fault without {name}")
            elif found is not None and found.kind not in (kind, Kind.NONE):
                self.tell("fault-form", found.at, (name,), f"{name} that is no {kind}")
        for member in fault.members:
            if member.name not in ("faultCode", "faultString"):
                self.tell("fault-form", member.at, (member.name,), "a member that a fault does not have")

    # Values

    def _value(self, node: Node | None, around: Node, path: Path, depth: int) -> Value:
        """A value, `depth` structs and arrays deep; `around` is what it stands in."""
        if node is None:
            if around.closed:
                self.tell("missing-value", around.at, path, f"<{around.name}> without <value>")
            return NOTHING
        self._left -= 1
        if self._left < 0:
            if self._left == -1:
                self.tell("values", node.at, path, f"more than {self._limits.values} values; the rest is not read")
            return Value(Kind.NONE, at=node.at)
        self._attributes(node, path)
        if not node.children:
            text = node.text
            return Value(Kind.STRING if node.closed else Kind.NONE, "", text, text if node.closed else None, node.at)
        if node.text_at >= 0:
            self.tell("misplaced-text", node.text_at, path, "text in <value> beside the element of its type")
        kind_node = next((child for child in node.children if child.name in KINDS), node.children[0])
        unknown: list[Unknown] = []
        for child in node.children:
            if child is not kind_node:
                rule = "repeated-type" if child.name in KINDS else "unknown-element"
                self._unknown(rule, child, path, node, unknown)
        kind = KINDS.get(kind_node.name)
        if kind is None:
            self.tell("type", kind_node.at, path, f"<{kind_node.name:.60}>, a type that XML-RPC does not have")
            return Value(Kind.NONE, kind_node.name, kind_node.whole_text(), None, node.at, unknown=tuple(unknown))
        if kind in READERS:
            return self._scalar(kind, kind_node, node.at, path, unknown)
        if depth >= self._limits.depth:
            message = f"values in values, more than {self._limits.depth} deep; the rest is not read"
            self.tell("depth", node.at, path, message)
            return Value(Kind.NONE, kind_node.name, at=node.at)
        self._attributes(kind_node, path)
        if kind is Kind.STRUCT:
            members = tuple(self._members(kind_node, path, depth + 1, unknown))
            return Value(kind, kind_node.name, "", None, node.at, members, (), tuple(unknown))
        items = tuple(self._items(kind_node, path, depth + 1, unknown))
        return Value(kind, kind_node.name, "", None, node.at, (), items, tuple(unknown))

    def _scalar(self, kind: Kind, node: Node, at: int, path: Path, unknown: list[Unknown]) -> Value:
        self._attributes(node, path)
        for child in node.children:
            self._unknown("nested-element", child, path, node, unknown)
        text = node.text
        if kind is Kind.STRING:
            return Value(kind, node.name, text, text, at, unknown=tuple(unknown))
        stripped = text.strip(BLANKS)
        if len(stripped) != len(text) and stripped and kind is not Kind.BASE64:
            self.tell("padding", node.at, path, f"blanks around the value in <{node.name}>")
        scalar, rule = READERS[kind](stripped)
        if not node.closed:
            scalar = None  # who knows what follows
        elif rule:
            self.tell(rule, node.at, path, _FORMS[rule])
        return Value(kind, node.name, text, scalar, at, unknown=tuple(unknown))

    def _members(self, node: Node, path: Path, depth: int, unknown: list[Unknown]) -> Iterable[Member]:
        self._text(node, path)
        self._strangers(node, path, ("member",), unknown)
        seen = set[str]()
        for child in node.children:
            if child.name != "member":
                continue
            own: list[Unknown] = []
            name_node = next((one for one in child.children if one.name == "name"), None)
            written = name_node.text if name_node is not None else ""
            name = written.strip(BLANKS)
            inner: Path = (*path, name)
            parts = self._parts(child, inner, ("name", "value"), own)
            if name_node is not None:
                self._name(name_node, inner, own)
                if not name and name_node.closed:
                    self.tell("empty-name", name_node.at, inner, "a member whose name is empty")
                if (value_node := parts["value"]) is not None and value_node.at < name_node.at:
                    self.tell("order", name_node.at, inner, "<name> behind <value>")
            elif child.closed:
                self.tell("missing-name", child.at, inner, "<member> without <name>")
            if name_node is not None and name in seen:
                self.tell("duplicate-member", child.at, inner, "a second member of this name")
            seen.add(name)
            value = self._value(parts["value"], child, inner, depth)
            yield Member(name, value, child.at, written, tuple(own))

    def _items(self, node: Node, path: Path, depth: int, unknown: list[Unknown]) -> Iterable[Value]:
        data = self._parts(node, path, ("data",), unknown, entered=True)["data"]
        if data is None:
            if node.closed:
                self.tell("missing-data", node.at, path, "<array> without <data>")
            return
        self._structure(data, path)
        self._strangers(data, path, ("value",), unknown)
        number = 0
        for child in data.children:
            if child.name == "value":
                yield self._value(child, data, (*path, number), depth)
                number += 1

    # Elements

    def _parts(
        self, node: Node, path: Path, names: tuple[str, ...], unknown: list[Unknown], *, entered: bool = False
    ) -> dict[str, Node | None]:
        """The first child of each name; more of them, others and text are told."""
        if entered:
            self._text(node, path)
        else:
            self._structure(node, path)
        found: dict[str, Node | None] = dict.fromkeys(names)
        for child in node.children:
            if child.name not in found:
                self._unknown("unknown-element", child, path, node, unknown)
            elif found[child.name] is not None:
                self._unknown(f"repeated-{child.name}", child, path, node, unknown)
            else:
                found[child.name] = child
        return found

    def _strangers(self, node: Node, path: Path, names: tuple[str, ...], unknown: list[Unknown]) -> None:
        for child in node.children:
            if child.name not in names:
                self._unknown("unknown-element", child, path, node, unknown)

    def _unknown(self, rule: str, child: Node, path: Path, around: Node, unknown: list[Unknown]) -> None:
        words = "one more " if rule.startswith("repeated-") else ""
        self.tell(rule, child.at, path, f"{words}<{child.name:.60}> in <{around.name:.60}>")
        unknown.append(Unknown(child.name, child.whole_text(), child.at))

    def _name(self, node: Node, path: Path, unknown: list[Unknown]) -> str:
        """The text of a name, without blanks at its ends."""
        self._attributes(node, path)
        for child in node.children:
            self._unknown("nested-element", child, path, node, unknown)
        text = node.text
        name = text.strip(BLANKS)
        if len(name) != len(text) and name:
            self.tell("padding", node.at, path, f"blanks around the name in <{node.name}>")
        return name

    def _structure(self, node: Node, path: Path) -> None:
        self._attributes(node, path)
        self._text(node, path)

    def _attributes(self, node: Node, path: Path) -> None:
        if node.attributes:
            self.tell("attribute", node.at, path, f"<{node.name:.60}> has attributes, which XML-RPC has not")

    def _text(self, node: Node, path: Path) -> None:
        if node.text_at >= 0:
            self.tell("misplaced-text", node.text_at, path, f"text in <{node.name:.60}> beside its elements")
