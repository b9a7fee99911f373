"""Read specs/<system>/*.yaml into the model; a mistake is reported with file, line, column and what to write instead.

A spec loads from YAML once; the result is cached by the digest of its files and of the model, as JSON that is decoded straight into the model.
"""

from __future__ import annotations

import gc
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import yaml

from harness.errors import SpecError
from harness.resources import data_folder
from harness.spec.model import System
from harness.spec.placing import MODULES, placed


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
        raise placed(error, data, nodes, next(iter(texts))) from None


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


def _cache_file(texts: list[bytes]) -> Path:
    digest = hashlib.blake2b(digest_size=16)
    for module in MODULES:
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
