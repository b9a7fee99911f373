"""One mistake in a spec, by the keys that lead to it; `harness.spec.lint` finds its file and line."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What stands at `keys`, and what to write instead."""

    keys: Keys
    expected: str
    got: str


def known(keys: Keys, name: str | None, names: Collection[str], what: str) -> Iterator[Mistake]:
    """Nothing if the name is one of `names` or not given; else a mistake that tells the nearest one."""
    if name is None or name in names:
        return
    close = difflib.get_close_matches(name, list(names), n=1)
    few = f" ({', '.join(names)})" if 0 < len(names) <= 12 else ""
    yield Mistake(keys, what + (f" (did you mean {close[0]!r}?)" if close else few), name)
