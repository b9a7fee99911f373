"""Mistakes in citations: ranges that run backwards, words that a reader would look for and that are not given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from harness.spec.mistake import Keys, Mistake
from harness.spec.model import Source, System

_STATED = ("clauses", "ambiguities", "errata")


def source_mistakes(system: System) -> Iterator[Mistake]:
    """Every mistake in a citation, and in what identifies the document."""
    if not re.fullmatch(r"[0-9a-f]{64}", system.document.sha256):
        yield Mistake(("document", "sha256"), "64 hexadecimal digits", system.document.sha256)
    for keys, source in sources_of(system):
        first, last = source.lines
        if not 1 <= first <= last:
            yield Mistake((*keys, "lines"), "first and last line, from 1 up", f"[{first}, {last}]")
        if keys[0] in _STATED and not source.word:
            yield Mistake((*keys, "word"), "a word that stands in the cited lines", "none")
        if not source.section.strip():
            yield Mistake((*keys, "section"), "the chapter heading above the cited lines", "none")


def sources_of(part: object, keys: Keys = ()) -> Iterator[tuple[Keys, Source]]:
    """Every citation in a part of a spec, with the keys that lead to it."""
    if isinstance(part, Source):
        yield keys, part
    elif isinstance(part, Struct):
        for name in part.__struct_fields__:
            yield from sources_of(getattr(part, name), (*keys, name))
    elif isinstance(part, Mapping):
        for name, child in part.items():
            yield from sources_of(child, (*keys, str(name)))
    elif isinstance(part, Sequence) and not isinstance(part, str):
        for index, child in enumerate(part):
            yield from sources_of(child, (*keys, str(index)))
