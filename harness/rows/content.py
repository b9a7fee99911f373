"""What stands where: the elements of a document against its shape, as the parser tells of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.rows.check import Checker
from harness.rows.places import Places
from harness.rows.result import Kind, Place, Rule, Tally
from harness.rows.shape import ChildShape, ElementShape, Shape
from harness.verdict import Severity

MOST_DEPTH = 64
MOST_SINGLES = 100
_BLANK = " \t\r\n"

# Number and place of a row, its attributes as the parser gives them, and its children with theirs.
Children = Sequence[tuple[ElementShape, Sequence[str]]]
OnRow = Callable[[Place, ElementShape, Sequence[str], Children], None]


class Stopped(Exception):  # noqa: N818 - no error: what was learned stands
    """Reading on would teach nothing more."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an element of this name is, in one parent."""

    shape: ElementShape
    child: ChildShape
    key: str
    at: int
    is_row: bool
    simple: bool


class _Frame:
    """An element that is open, and its children so far."""

    __slots__ = ("counts", "entries", "last", "shape")

    def __init__(self, shape: ElementShape, entries: Mapping[str, _Entry]) -> None:
        self.shape = shape
        self.entries = entries
        self.counts: dict[str, int] = {}
        self.last = 0


class Content:
    """Gets each start, end and text with the place of the tag; notes in the tally what is wrong.

    Attributes:
        rows: number of the last row that began.
        ended: whether the root has been closed.
    """

    def __init__(self, shape: Shape, tally: Tally, checker: Checker, places: Places, offset: Callable[[], int]) -> None:
        self.rows = 0
        self.ended = False
        self.root_name = ""
        self.root: dict[str, str] = {}
        self.singles: dict[str, list[dict[str, str]]] = {}
        self.on_row: OnRow | None = None
        self.bulk = False  # rows that are passed over are told to whom they concern without it
        self._shape, self._tally, self._checker, self._places = shape, tally, checker, places
        self._offset = offset  # where the token begins that the parser tells of
        self._stack: list[_Frame] = []
        self._unknown = 0  # how many open elements are unknown, or in an unknown one
        self._strange_root = False
        self._space = ""  # of the root as it is, and what stands before names in it
        self._entries: dict[str, Mapping[str, _Entry]] = {}
        self._simples: dict[str, Mapping[str, _Entry]] = {}
        self._simple_rows: Mapping[str, _Entry] = {}  # what rows without any rule but of their attributes may be here
        self._simple: _Entry | None = None  # such a row, which is open and not on the stack
        self._attributes, self._locate = checker.attributes, self.locate
        self._in_row = False
        self._told = False  # about the text that stands here
        self._row: tuple[Place, ElementShape, Sequence[str]] | None = None
        self._row_children: list[tuple[ElementShape, Sequence[str]]] = []

    @property
    def space(self) -> str:
        """The namespace of the root."""
        return self._space.strip()

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self._stack) + self._unknown + (self._simple is not None)

    @property
    def holds_rows(self) -> bool:
        """Whether the innermost open element is one that rows stand in."""
        if not self._stack or self._unknown or self._in_row or (self.on_row is not None and not self.bulk):
            return False
        return any(entry.is_row for entry in self._stack[-1].entries.values())

    def passed(self, rows: int) -> None:
        """Rows that were found to be in order elsewhere stand here."""
        self.rows += rows
        counts = self._stack[-1].counts
        counts[self._shape.row] = counts.get(self._shape.row, 0) + rows  # of simple ones nothing has to be counted

    def start(self, name: str, pairs: Sequence[str]) -> None:
        """A start tag; names of a namespace are `namespace local`, `pairs` are names and values in turn."""
        self._told = False
        if self._simple is not None:
            self._push(self._simple.shape)
            self._simple = None
        entry = self._simple_rows.get(name)
        if entry is not None and self.on_row is None:
            self.rows += 1
            self._in_row = True
            self._simple = entry
            self._attributes(entry.shape, pairs, self._locate)
            return
        if not self._stack or self._unknown:
            if self._unknown:
                self._deeper(name, pairs)
            else:
                self._begin(name, pairs)
            return
        frame = self._stack[-1]
        entry = frame.entries.get(name) or self._misplaced(frame, name, pairs)
        if entry is None:
            self._deeper(name, pairs)
            return
        shape = entry.shape
        often = frame.counts[entry.key] = frame.counts.get(entry.key, 0) + 1
        if entry.is_row:
            self.rows += 1
            self._in_row = True
            if self.on_row is not None:
                self._row, self._row_children = (self.locate(), shape, pairs), []
        elif not self._in_row:
            self._single(shape, pairs)
        elif self.on_row is not None:
            self._row_children.append((shape, pairs))
        if entry.at != frame.last:
            self._sequence(frame, entry)
        child = entry.child
        if child.maximum is not None and often == child.maximum + 1:
            self._count(shape, f"at most {child.maximum} {entry.key} in {frame.shape.name}", "one more")
        if child.spelling is not None:
            self._checker.open(child.spelling, self.locate)
        self._push(shape)
        self._attributes(shape, pairs, self._locate)

    def end(self, _name: str) -> None:
        """An end tag."""
        self._told = False
        if self._simple is not None:
            self._simple = None
            self._in_row = False
            return
        if self._unknown:
            self._unknown -= 1
            if not self._unknown:
                self._top()
            return
        frame = self._stack.pop()
        self._top()
        shape = frame.shape
        if frame.entries:
            wanted = {entry.key: entry.child.minimum for entry in frame.entries.values()}
            for key, minimum in wanted.items():
                if frame.counts.get(key, 0) < minimum:
                    got = f"{frame.counts.get(key, 0)} at the end of {shape.name}"
                    self._count(self._shape.elements[key], f"at least {minimum} {key} in {shape.name}", got)
        if self._in_row and shape.name == self._shape.row:
            self._in_row = False
            if self.on_row is not None and self._row is not None:
                self.on_row(*self._row, self._row_children)
                self._row = None
        if not self._stack:
            self.ended = True

    def text(self, text: str) -> None:
        """Text between two tags, perhaps only a part of it."""
        if self._told or self._unknown or not self._stack or not text.strip(_BLANK):
            return
        self._told = True
        shape = self._simple.shape if self._simple is not None else self._stack[-1].shape
        part = "reply" if shape is self._shape.root else f"reply.{shape.name}"
        kind = Kind(Rule.TEXT, Severity.MUST, shape.name, "", part, "")
        if self._tally.count(kind):
            place = self.place(self._places.text(self._offset(), text))
            got = f"text that begins with {text.strip(_BLANK)[0]!r}"  # more of it may not have come yet
            self._tally.keep(kind, place, "elements alone, no text", got)

    def nothing(self, *_ignored: object) -> None:
        """A comment or something else that says nothing; text is told apart before and behind it."""

    # Places

    def place(self, offset: int) -> Place:
        """The place of an offset."""
        line, column = self._places.at(offset)
        return Place(self.rows if self._in_row else 0, line, column)

    def locate(self, spelled: str = "") -> Place:
        """Where the tag stands that is being read, or an attribute in it."""
        offset = self._offset()
        return self.place(self._places.attribute(offset, spelled) if spelled else offset)

    # Elements

    def _begin(self, name: str, pairs: Sequence[str]) -> None:
        root = self._shape.root
        space, _, local = name.rpartition(" ")
        self.root_name = local
        self.root = {key.rpartition(" ")[2]: value for key, value in zip(pairs[::2], pairs[1::2], strict=True)}
        self._space = space + " " if space else ""
        self._strange_root = local not in root.spellings
        if self._strange_root or space != self._shape.namespace:
            kind = Kind(Rule.ROOT, Severity.MUST, root.name, "", "reply", self._shape.rules.get("root", ""))
            if self._tally.count(kind):
                expected = _in_space(" or ".join(root.spellings), self._shape.namespace)
                self._tally.keep(kind, self.locate(), expected, _in_space(local, space))
        if not self._strange_root:
            if (spelling := root.spellings[local]) is not None:
                self._checker.open(spelling, self.locate)
            self._attributes(root, pairs, self._locate)
            self._single(root, pairs)
        self._push(root)

    def _push(self, shape: ElementShape) -> None:
        self._stack.append(_Frame(shape, self._entries_of(shape)))
        self._top()

    def _top(self) -> None:
        """Another element is the innermost one that is open: note which rows are simple there."""
        if self._stack and not self._unknown:
            self._simple_rows = self._simple_of(self._stack[-1].shape)
        else:
            self._simple_rows = {}

    def _simple_of(self, shape: ElementShape) -> Mapping[str, _Entry]:
        found = self._simples.get(shape.name)
        if found is None:
            entries = self._entries_of(shape).items()
            found = self._simples[shape.name] = {name: entry for name, entry in entries if entry.simple}
        return found

    def _entries_of(self, shape: ElementShape) -> Mapping[str, _Entry]:
        found = self._entries.get(shape.name)
        if found is None:
            found = self._entries[shape.name] = {
                self._space + name: self._entry(shape, child) for name, child in shape.children.items()
            }
        return found

    def _entry(self, parent: ElementShape, child: ChildShape) -> _Entry:
        is_row = child.element.name == self._shape.row
        alone = len(parent.children) == 1 and not child.element.children
        simple = is_row and alone and child.minimum == 0 and child.maximum is None and child.spelling is None
        return _Entry(child.element, child, child.element.name, child.at, is_row, simple)

    def _single(self, shape: ElementShape, pairs: Sequence[str]) -> None:
        found = self.singles.setdefault(shape.name, [])
        if len(found) < MOST_SINGLES:
            found.append(named(shape, pairs))

    def _misplaced(self, frame: _Frame, name: str, pairs: Sequence[str]) -> _Entry | None:
        """An element that its parent does not have: say so; gives what it is if only its namespace is wrong."""
        space, _, local = name.rpartition(" ")
        entry = frame.entries.get(self._space + local)
        if entry is None and self._strange_root and len(self._stack) == 1:
            return None  # of another document than this nothing is known
        if entry is not None or any(local in shape.spellings for shape in self._shape.elements.values()):
            key = entry.key if entry is not None else local
            expected = (
                _in_space(key, self._space.strip())
                if entry
                else "an element that the document has in " + frame.shape.name
            )
            row = self.rows + 1 if entry is not None and entry.is_row else 0
            self._report(Rule.ELEMENT, Severity.MUST, key, expected, _in_space(local, space), row=row)
            return entry
        if (renamed := self._renamed(frame, pairs[::2])) is not None:
            self._report(Rule.ELEMENT, Severity.MUST, renamed, renamed, local)
            return None
        expected = "an element that the document names"
        self._report(Rule.UNKNOWN, Severity.SHOULD, local, expected, local, self._shape.rules.get("extra", ""))
        return None

    def _renamed(self, frame: _Frame, names: Sequence[str]) -> str | None:
        """The name of the row, if these are its attributes, most of them, and no others: then it is one under a wrong name."""
        row = self._shape.elements.get(self._shape.row)
        if row is None or not any(entry.is_row for entry in frame.entries.values()):
            return None
        return (
            row.name if 2 * len(names) > len(row.attributes) and all(one in row.by_spelling for one in names) else None
        )

    def _deeper(self, name: str, pairs: Sequence[str]) -> None:
        for one in (name, *pairs[::2]):
            self._tally.strange(one)
        self._unknown += 1
        self._simple_rows = {}
        if self.depth > MOST_DEPTH:
            self.limit(f"elements at most {MOST_DEPTH} deep")

    def _sequence(self, frame: _Frame, entry: _Entry) -> None:
        if entry.at < frame.last:
            self._report(Rule.ELEMENT, Severity.SHOULD, entry.key, "elements in the order of the document", entry.key)
        frame.last = entry.at

    def _count(self, shape: ElementShape, expected: str, got: str) -> None:
        self._report(Rule.COUNT, Severity.MUST, shape.name, expected, got)

    def _report(
        self, rule: Rule, severity: Severity, element: str, expected: str, got: str, clause: str = "", row: int = 0
    ) -> None:
        part = f"reply.{element}" if element in self._shape.elements else "reply"
        kind = Kind(rule, severity, element, "", part, clause)
        if self._tally.count(kind):
            place = self.locate()
            self._tally.keep(kind, place._replace(row=row or place.row), expected, got)

    def limit(self, expected: str) -> None:
        """Stop, since there is more of something than is ever needed."""
        kind = Kind(Rule.LIMIT, Severity.MUST, "", "", "reply", self._shape.rules.get("xml", ""))
        if self._tally.count(kind):
            self._tally.keep(kind, self.locate(), expected, "more than that")
        raise Stopped


def named(shape: ElementShape, pairs: Sequence[str]) -> dict[str, str]:
    """Attributes by the name in the spec, unknown ones as spelled; those of a foreign namespace are left out."""
    found: dict[str, str] = {}
    for name, value in zip(pairs[::2], pairs[1::2], strict=True):
        one = shape.by_spelling.get(name)
        if one is not None:
            found.setdefault(one.name, value)
        elif " " not in name:
            found.setdefault(name, value)
    return found


def _in_space(name: str, space: str) -> str:
    return f"{name} of namespace {space}" if space else name
