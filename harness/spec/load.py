"""Read specs/<system>/*.yaml into the model; a mistake is reported with file, line, column and what to write instead.

A spec loads from YAML once; the result is cached by the digest of its files and of the model, as JSON that is decoded straight into the model.
"""

from __future__ import annotations

import difflib
import gc
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import yaml

from harness.errors import SpecError
from harness.resources import data_folder
from harness.spec import documentmodel, messagemodel, model, parts, xmlmodel
from harness.spec.model import System


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen when PyYAML is imported
    """PyYAML's loader without its search for tags: a spec has texts, whole numbers and true or false, as in YAML 1.2."""

    def resolve(self, kind: type, value: str, implicit: Any) -> str:
        """The tag of a node; the base class matches patterns against every scalar, which takes half of the time of a load."""
        if kind is yaml.ScalarNode:
            return _plain_tag(value) if implicit[0] and (not value or value[0] in _TELLING) else _TEXT
        return _LIST if kind is yaml.SequenceNode else _MAP

    def descend_resolver(self, *_: object) -> None:
        """Tags do not depend on where a node stands."""

    def ascend_resolver(self) -> None:
        """See `descend_resolver`."""


_MODULES = (parts, xmlmodel, messagemodel, documentmodel, model)
_TEXT, _INT, _BOOL, _NULL = (f"tag:yaml.org,2002:{name}" for name in ("str", "int", "bool", "null"))
_TELLING = frozenset("-0123456789tfn~")  # first characters of what may be something else than a text
_LIST, _MAP = (f"tag:yaml.org,2002:{name}" for name in ("seq", "map"))


def _plain_tag(value: str) -> str:
    """The tag of a scalar without quotes."""
    if value in ("true", "false"):
        return _BOOL
    if value in ("", "~", "null"):
        return _NULL
    digits = value.removeprefix("-")  # with a zero in front it is a code
    return _INT if digits.isascii() and digits.isdecimal() and (digits == "0" or digits[0] != "0") else _TEXT


_PATH = re.compile(r" - at (?P<key>`key` in )?`(?:key in )?\$?(?P<path>[^`]*)`$")


def system_names(specs: Path | None = None) -> list[str]:
    """The systems that have a spec, in alphabetical order."""
    folder = specs or data_folder("specs")
    return sorted(path.parent.name for path in folder.glob("*/system.yaml"))


def load_system(name: str, *, specs: Path | None = None, cache: bool = True) -> System:
    """The model of one system.

    Args:
        name: the system's id, the name of its folder.
        specs: folder of specs; by default the one that belongs to this harness.
        cache: read and write the digest-keyed cache (in the user's cache folder).

    Raises:
        SpecError: a file is wrong; the message has file, line, column, and what is expected.
    """
    folder = (specs or data_folder("specs")) / name
    files = sorted(folder.glob("*.yaml"))
    if not files:
        known = ", ".join(system_names(specs)) or "none"
        raise SpecError(folder, "system", expected=f"one of {known}", got=name)
    texts = [path.read_bytes() for path in files]
    store = _cache_file(texts) if cache else None
    if store is not None and store.is_file():
        try:
            return msgspec.json.decode(store.read_bytes(), type=System)
        except (msgspec.DecodeError, OSError):
            pass  # a torn cache file is as good as none
    with _no_collection():
        system = parse_system(dict(zip(files, texts, strict=True)))
    if store is not None:
        _write_cache(store, msgspec.json.encode(system))
    return system


@contextmanager
def _no_collection() -> Iterator[None]:
    """A load makes hundreds of thousands of nodes and drops them all; looking for cycles among them doubles its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def parse_system(texts: dict[Path, bytes]) -> System:
    """The model from the texts of its files, which share one set of top-level keys.

    Raises:
        SpecError: see `load_system`.
    """
    data: dict[str, Any] = {}
    nodes: dict[str, list[tuple[Path, Any]]] = {}
    for path, text in texts.items():
        root = _compose(path, text)
        seen: set[str] = set()
        for key, node in root.value:
            if key.value in seen:
                raise _second(path, key.value, key.start_mark)
            seen.add(key.value)
            value = _plain(path, node, key.value)
            nodes.setdefault(key.value, []).append((path, node))
            _merge(path, data, key.value, value, node)
    try:
        return msgspec.convert(data, System)
    except msgspec.ValidationError as error:
        raise _placed(error, data, nodes, next(iter(texts))) from None


def node_places(texts: dict[Path, bytes]) -> Iterator[tuple[tuple[str, ...], Path, int, int]]:
    """Every key of the files as (path of keys, file, line, column), lines and columns from 1."""
    for path, text in texts.items():
        yield from _walk((), path, _compose(path, text))


def _walk(prefix: tuple[str, ...], path: Path, node: Any) -> Iterator[tuple[tuple[str, ...], Path, int, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*prefix, str(key.value))
            yield place, path, key.start_mark.line + 1, key.start_mark.column + 1
            yield from _walk(place, path, value)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            place = (*prefix, str(index))
            yield place, path, value.start_mark.line + 1, value.start_mark.column + 1
            yield from _walk(place, path, value)


def _compose(path: Path, text: bytes) -> Any:
    loader = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SpecError(
            path,
            "YAML",
            expected="valid YAML",
            got=str(getattr(error, "problem", None) or error),
            line=mark.line + 1 if mark else None,
            column=mark.column + 1 if mark else None,
        ) from None
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(root, yaml.MappingNode):
        raise SpecError(path, "file", expected="a mapping of keys to values", got="something else", line=1, column=1)
    return root


def _plain(path: Path, node: Any, key: str) -> Any:
    """A node as plain data; duplicate keys are refused, which PyYAML itself lets pass."""
    kind = type(node)
    if kind is yaml.ScalarNode:
        return node.value if node.tag is _TEXT else _scalar(node)
    if kind is yaml.SequenceNode:
        return [_plain(path, child, key) for child in node.value]
    result: dict[str, Any] = {}
    for name, child in node.value:
        word = name.value
        if word in result:
            raise _second(path, f"{key}.{word}", name.start_mark)
        if type(child) is yaml.ScalarNode and child.tag is _TEXT:
            result[word] = child.value
        else:
            result[word] = _plain(path, child, word)
    return result


def _second(path: Path, key: str, mark: Any) -> SpecError:
    return SpecError(
        path, key, expected="each key once", got="a second one", line=mark.line + 1, column=mark.column + 1
    )


def _scalar(node: Any) -> Any:
    tag = node.tag
    if tag == _TEXT:
        return node.value
    if tag == _INT:
        return int(node.value)
    return node.value == "true" if tag == _BOOL else None


def _merge(path: Path, data: dict[str, Any], key: str, value: Any, node: Any) -> None:
    if key not in data:
        data[key] = value
        return
    both = data[key]
    twice = next(iter(both.keys() & value.keys()), None) if isinstance(both, dict) and isinstance(value, dict) else key
    if twice is not None:
        mark = node.start_mark
        raise SpecError(
            path,
            key,
            expected="each entry in one file",
            got=f"a second {twice!r}",
            line=mark.line + 1,
            column=mark.column + 1,
        )
    both.update(value)


def _placed(
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
            for kind in (model.Level, model.Effect, model.Base, model.Rule, model.FixtureKind)
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
    named = [part for module in _MODULES for part in vars(module).values()]
    return [part for part in named if isinstance(part, type) and issubclass(part, msgspec.Struct)]


def _cache_file(texts: list[bytes]) -> Path:
    digest = hashlib.blake2b(digest_size=16)
    for module in _MODULES:
        digest.update(Path(module.__file__ or "").read_bytes())
    for text in texts:
        digest.update(len(text).to_bytes(8, "big") + text)
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "clausewise" / f"spec-{digest.hexdigest()}.json"


def _write_cache(store: Path, content: bytes) -> None:
    """Written aside and renamed, so that a reader never sees half a file; a folder that cannot be written is no error."""
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=store.parent, delete=False) as file:
            file.write(content)
        Path(file.name).replace(store)
    except OSError:
        return
