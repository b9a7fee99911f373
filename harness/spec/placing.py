"""Puts a mistake that msgspec found in a spec at its place in the files, with what to write instead."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from harness.errors import SpecError
from harness.spec import callmodel, callserved, documentmodel, messagemodel, model, parts, xmlmodel

MODULES = (parts, xmlmodel, messagemodel, documentmodel, callmodel, callserved, model)
_PATH = re.compile(r" - at (?P<key>`key` in )?`(?:key in )?\$?(?P<path>[^`]*)`$")


def placed(
    error: msgspec.ValidationError, data: Any, nodes: dict[str, list[tuple[Path, Any]]], first: Path
) -> SpecError:
    """The message of msgspec, put at the place in the file, with what to write instead."""
    text = str(error)
    match = _PATH.search(text)
    keys, value = _resolve(match["path"] if match else "", data)
    problem = text[: match.start()] if match else text
    if (
        match
        and match["key"]
        and isinstance(value, dict)
        and (pattern := re.search(r"matching regex '(.*)'$", problem))
    ):
        value = next((name for name in value if not re.search(pattern[1], name)), value)
        keys.append(str(value))
        problem = f"Expected `a name like {pattern[1]}`, got `another`"
    unknown = re.search(r"unknown field `([^`]*)`", problem)
    if unknown:
        keys.append(unknown.group(1))
    path, mark = _place(keys, nodes, first)
    part = _PARTS.get(keys[-3]) if unknown and len(keys) >= 3 else None
    expected, got = _expected(problem, value, unknown.group(1) if unknown else None, part)
    return SpecError(
        path,
        ".".join(keys) or "file",
        expected=expected,
        got=got,
        line=mark.line + 1 if mark else None,
        column=mark.column + 1 if mark else None,
    )


def _resolve(path: str, data: Any) -> tuple[list[str], Any]:
    """List items and map values are `[0]` and `[...]` to msgspec; find the concrete key by trying each."""
    keys: list[str] = []
    for token in re.findall(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]", path):
        name = token[0] or token[1]
        if name == "...":
            return _search(keys, data)
        keys.append(name)
        data = (
            data[int(name)]
            if isinstance(data, list) and name.isdigit()
            else data.get(name)
            if isinstance(data, dict)
            else None
        )
    return keys, data


_PARTS: dict[str, Any] = {
    "interfaces": model.Interface,
    "types": model.DataType,
    "objects": model.ObjectKind,
    "errors": model.ErrorCode,
    "operations": model.Operation,
    "clauses": model.Clause,
    "ambiguities": model.Ambiguity,
    "errata": model.Erratum,
    "fixtures": model.Fixture,
    "parameters": model.Parameter,
    "states": model.StateRule,
    "readings": model.Reading,
    "replies": xmlmodel.XmlDocument,
    "elements": xmlmodel.XmlElement,
    "attributes": xmlmodel.XmlAttribute,
    "children": xmlmodel.XmlChild,
    "membership": xmlmodel.Membership,
    "fields": messagemodel.MessageField,
    "records": messagemodel.Records,
    "settings": messagemodel.Setting,
    "values": documentmodel.Value,
    "sections": documentmodel.Section,
    "events": documentmodel.EventMessage,
    "scalars": callmodel.Scalar,
    "structs": callmodel.CallStruct,
    "members": callmodel.Member,
    "takes": callmodel.Member,
    "returns": callmodel.Member,
    "callbacks": callserved.Callback,
    "notices": callserved.Notice,
    "files": callserved.ServedFile,
}


def _search(keys: list[str], data: Any) -> tuple[list[str], Any]:
    """The entry of a map that does not convert, found by converting each on its own."""
    kind = _PARTS.get(keys[-1]) if keys else None
    if isinstance(data, dict):
        for name, value in data.items():
            try:
                msgspec.convert(value, kind if kind is not None else Any)
                msgspec.convert(
                    name, model.ClauseId if keys[-1:] in (["clauses"], ["ambiguities"], ["errata"]) else model.Name
                )
            except msgspec.ValidationError as error:
                match = _PATH.search(str(error))
                deeper, found = _resolve(match["path"] if match else "", value)
                return [*keys, name, *deeper], found
    return keys, data


def _place(keys: list[str], nodes: dict[str, list[tuple[Path, Any]]], first: Path) -> tuple[Path, Any]:
    """The file and mark of the deepest key that exists."""
    if not keys or keys[0] not in nodes:
        return first, None
    for path, node in nodes[keys[0]]:
        mark, current, found = node.start_mark, node, True
        for depth, key in enumerate(keys[1:]):
            child = _child(current, key)
            if child is None:
                found = depth > 0  # a missing last key is placed at its parent
                break
            mark, current = child
        if found:
            return path, mark
    return nodes[keys[0]][0][0], nodes[keys[0]][0][1].start_mark


def _child(node: Any, key: str) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return name.start_mark, value
    elif isinstance(node, yaml.SequenceNode) and key.isdigit() and int(key) < len(node.value):
        return node.value[int(key)].start_mark, node.value[int(key)]
    return None


def _expected(problem: str, value: Any, unknown: str | None, part: Any) -> tuple[str, Any]:
    if unknown is not None:
        kinds = _all_parts() if part is None else [part]
        known = sorted({name for kind in kinds for name in kind.__struct_encode_fields__})
        close = difflib.get_close_matches(unknown, known, n=1)
        return (f"a known key (did you mean {close[0]!r}?)" if close else "a known key"), unknown
    if match := re.match(r"Object missing required field `([^`]*)`", problem):
        return f"the key {match.group(1)!r}", "none"
    if problem.startswith("Invalid enum value"):
        choices = [
            member.value
            for kind in (
                model.Level,
                model.Effect,
                model.Base,
                model.Rule,
                model.FixtureKind,
                callmodel.Kind,
                callmodel.Slip,
                callmodel.Direction,
            )
            for member in kind
        ]
        close = difflib.get_close_matches(str(value), choices, n=1)
        return ("one of the format's words" + (f" (did you mean {close[0]!r}?)" if close else "")), value
    if match := re.match(r"Expected (.*), got (.*)", problem):
        return match.group(1).replace(
            "`", ""
        ), f"{match.group(2).strip('`')} ({value!r})" if value is not None else match.group(2)
    return problem[:1].lower() + problem[1:].replace("`", ""), value


def _all_parts() -> list[Any]:
    named = [part for module in MODULES for part in vars(module).values()]
    return [part for part in named if isinstance(part, type) and issubclass(part, msgspec.Struct)]
