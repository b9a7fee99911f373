"""What a device sends by itself or serves beside its methods: calls of its own, feedback events, XML files; as typed values.

See `harness.spec.callmodel` for members and types.
"""

from __future__ import annotations

from msgspec import field

from harness.spec.callmodel import Member, Presence
from harness.spec.parts import ClauseId, Name, Part, Source


class Callback(Part, frozen=True, kw_only=True):
    """A call that the device makes. `receiver` is the member of `asked_by` that says where to, `most_pending` how many may be outstanding."""

    section: str
    source: Source
    takes: dict[Name, Member]
    clause: ClauseId  # says when it is sent
    asked_by: list[Name] = field(default_factory=list)
    receiver: Name | None = None
    most_pending: int | None = None
    since: str | None = None


class Notice(Part, frozen=True, kw_only=True):
    """One feedback event: which methods may bring it about, which one tells more, how often it comes by itself (device seconds)."""

    source: Source
    clause: ClauseId
    after: list[Name] = field(default_factory=list)
    then: Name | None = None
    every_s: int | None = None
    since: str | None = None
    about: str = ""


class FileElement(Part, frozen=True, kw_only=True):
    """One element with a text in a served file. `value` is its only one, `values` by reading of `ambiguity`; `empty`: it has none."""

    source: Source
    type: Name | None = None
    value: str | None = None
    values: dict[Name, str] = field(default_factory=dict)
    ambiguity: ClauseId | None = None
    pattern: str = ""
    empty: ClauseId | None = None  # ambiguity with a reading `empty`
    optional: bool = False
    absent: ClauseId | None = None
    present: Presence | None = None
    same: str | None = None  # `method:member` that tells the same
    ignore: bool = False
    since: str | None = None


class FileForm(Part, frozen=True, kw_only=True):
    """The elements that a file has on some platforms, `platforms` being values of the element that `ServedFile.by` names."""

    source: Source
    elements: dict[Name, FileElement]
    platforms: list[str] = field(default_factory=list)
    since: str | None = None


class ServedFile(Part, frozen=True, kw_only=True):
    """An XML file that the device serves over HTTP: flat, in a form for each platform."""

    path: str
    root: Name
    source: Source
    forms: dict[Name, FileForm]
    by: Name | None = None  # the element that tells which form it is
    rights: ClauseId | None = None  # ambiguity: whether it needs a user
    clause: ClauseId | None = None
