"""Trees of values with one place changed, for messages that are to be wrong there. The tree given stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.wire.xmlrpc_values import Path, Value
from harness.wire.xmlrpc_writing import Members, Raw, Writable

Pair = tuple[str, Writable] | Raw
Change = Callable[[str, Writable], tuple[Pair, ...]]  # name and value of a member -> what stands there instead


def replaced(tree: Writable, path: Path, new: Writable) -> Writable:
    """A tree with another value at a path, which may be raw; the tree itself at the path "".

    Raises:
        ValueError: nothing stands at the path.
    """
    return new if not path else changed(tree, path, lambda name, _value: ((name, new),))


def changed(tree: Writable, path: Path, change: Change) -> Writable:
    """A tree with other members, or none, in place of the one at a path. Of an item of an array the values count alone.

    Raises:
        ValueError: nothing stands at the path.
    """
    if not path:
        raise ValueError("path: expected that of a member, got that of the whole")
    step, rest = path[0], path[1:]
    inner: Change = (lambda name, value: ((name, changed(value, rest, change)),)) if rest else change
    if isinstance(step, int):
        items = _items(tree)
        if not 0 <= step < len(items):
            raise ValueError(f"path: expected an item {step}, got none")
        new = [pair if isinstance(pair, Raw) else pair[1] for pair in inner("", items[step])]
        return [*items[:step], *new, *items[step + 1 :]]
    pairs = _pairs(tree)
    if not any(not isinstance(pair, Raw) and pair[0] == step for pair in pairs):
        raise ValueError(f"path: expected a member {step!r}, got none")
    made = list[Pair]()
    for pair in pairs:
        made += (pair,) if isinstance(pair, Raw) or pair[0] != step else inner(*pair)
    return Members(tuple(made))


def _items(tree: Writable) -> list[Writable]:
    if isinstance(tree, Value):
        return list(tree.items)
    return list(tree) if isinstance(tree, (list, tuple)) else []


def _pairs(tree: Writable) -> list[Pair]:
    if isinstance(tree, Value):
        return [(member.name, member.value) for member in tree.members]
    if isinstance(tree, Members):
        return list(tree.pairs)
    return list(tree.items()) if isinstance(tree, Mapping) else []
