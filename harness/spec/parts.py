"""What every construct of the spec format is made of: names, levels, citations."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

Name = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$")]
ClauseId = Annotated[str, Meta(pattern=r"^[A-Z0-9]+-[A-Z]+-[0-9]{3}$")]
LineRange = Annotated[list[int], Meta(min_length=2, max_length=2)]


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every construct: frozen, and an unknown key is an error."""


class Level(StrEnum):
    """How binding a statement is."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class Source(Part, frozen=True, kw_only=True):
    """Where the document says it: chapter heading, first and last line of the text file, table if it is one.

    `word` is a word or number that stands in those lines; structural entries need none, their own name is looked for.
    """

    section: str
    lines: LineRange
    table: str = ""
    word: str = ""
