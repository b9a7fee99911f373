"""A scan of one document: bytes in, as they come; a result out."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

from harness.rows.bulk import Bulk, digest, head
from harness.rows.check import Checker
from harness.rows.content import Children, Stopped, named
from harness.rows.encoding import EncodingProblem, ToUtf8
from harness.rows.exact import Exact
from harness.rows.order import COLLATIONS
from harness.rows.patterns import Patterns
from harness.rows.quick import Quick
from harness.rows.result import Fit, Kind, Place, Result, Row, Rule, Tally
from harness.rows.shape import ElementShape, Shape
from harness.rows.stream import Stream
from harness.verdict import Severity

KEPT_ROWS = 50_000


class Scan:
    """Checks one document while it arrives.

    Args:
        shape: what it must look like.
        window: first and last second of the period that was asked for, where the rows have to do with one.
        count: how many rows there must be, if that is known.
        charset: encoding that the transport names.
        keep: attributes of the row of which the values are kept, by the name in the spec; `Element.attribute` names those of
            its children, kept as a tuple.
        keep_rows: how many rows to keep values of.
        digests: whether to make a hash of each row.
        visit: called for each row, for rules that no spec states.
        quick: whether rows in order may be passed over in bulk; only tests want to do without.
    """

    def __init__(
        self,
        shape: Shape,
        *,
        window: tuple[int, int] | None = None,
        count: int | None = None,
        charset: str | None = None,
        keep: Sequence[str] = (),
        keep_rows: int = KEPT_ROWS,
        digests: bool = False,
        visit: Callable[[Row], None] | None = None,
        quick: bool = True,
    ) -> None:
        self._shape = shape
        self._tally = Tally(shape)
        self._patterns = Patterns(shape, self._tally, window)
        self._checker = Checker(shape, self._tally, self._patterns, window)
        self._exact = Exact(shape, self._tally, self._checker)
        self._decoder = ToUtf8(charset)
        self._count = count
        self._keep, self._keep_rows = tuple(keep), keep_rows if keep else 0
        self._kept: list[tuple[object, ...]] = []
        self._digests: array[int] | None = array("Q") if digests else None
        self._visit = visit
        self._orders = dict(COLLATIONS) if shape.by_name else {}
        self._unfit: dict[str, Place] = {}  # order -> the row that is not in it
        self._last: dict[str, object] = {}
        self._size = 0
        self._stopped = False
        self._complete = False
        self._windowed = bool(self._patterns.membership)
        if self._keep or digests or visit is not None or shape.by_name:
            self._exact.content.on_row = self._row
        bulk = None
        if shape.row and (self._keep or digests) and visit is None and not shape.by_name:
            bulk = Bulk(shape, self._keep, self._kept, self._keep_rows, self._digests)
            self._exact.content.bulk = True
        self._stream = Stream(self._exact, Quick(shape, self._tally, self._patterns) if quick else None, bulk)

    def feed(self, data: bytes | bytearray | memoryview) -> bool:
        """The next bytes, in pieces of any size; gives whether more would teach anything."""
        if self._stopped:
            return False
        self._size += len(data)
        try:
            self._pass(bytes(data))
        except Stopped:
            self._stopped = True
        return not self._stopped

    def finish(self, *, complete: bool = True) -> Result:
        """What was found. `complete` says whether the document came to its end, as far as the transport knows."""
        if not self._stopped:
            self._stopped = True
            try:
                self._pass(None, cut=not complete)
                self._exact.finish(complete=complete)
                self._complete = True
            except Stopped:
                pass
        if self._complete and self._count is not None and self._exact.content.rows != self._count:
            self._wrong_count()
        content = self._exact.content
        if self._windowed and content.rows:
            self._tally.seen.add(self._shape.belongs)
        return Result(
            violations=tuple(self._tally.violations),
            counts=self._tally.counts,
            complete=self._complete,
            rows=content.rows,
            size=self._size,
            encoding=self._decoder.encoding,
            root_name=content.root_name,
            root=content.root,
            singles=content.singles,
            fits=self._fits(),
            orders=frozenset(self._orders),
            kept=self._kept,
            digests=self._digests if self._digests is not None else array("Q"),
        )

    def _pass(self, data: bytes | None, *, cut: bool = False) -> None:
        """Read bytes, or the end for None; where that was cut off, it may stand within a character."""
        try:
            text = self._decoder.feed(data) if data is not None else self._decoder.finish()
        except EncodingProblem as problem:
            self._stream.feed(problem.good)
            self._stream.finish()
            if cut:
                return
            self._exact.broken(Rule.ENCODING, problem.expected, problem.got)
        self._stream.feed(text)
        if data is None:
            self._stream.finish()

    def _fits(self) -> dict[str, Fit]:
        """How the document bears on each ambiguity; on that of the order of names as its orders say."""
        found = self._tally.fits()
        where = self._shape.collation
        if where and self._exact.content.rows > 1:
            against = {reading: place for reading, place in self._unfit.items() if reading in found[where].readings}
            found[where] = Fit(readings=found[where].readings - against.keys(), against=against, seen=True)
        return found

    def _wrong_count(self) -> None:
        row = self._shape.row
        kind = Kind(Rule.COUNT, Severity.MUST, row, "", f"reply.{row}", "")
        if self._tally.count(kind):
            place = self._exact.content.place(self._exact.places.end)
            self._tally.keep(kind, place, f"{self._count} {row}", f"{self._exact.content.rows}")

    # Rows that someone wants to know of

    def _row(self, place: Place, shape: ElementShape, pairs: Sequence[str], children: Children) -> None:
        attributes = named(shape, pairs)
        if self._orders:
            self._ordered(place, attributes.get(self._shape.by_name))
        if len(self._kept) < self._keep_rows:
            self._kept.append(tuple(_kept(name, attributes, children) for name in self._keep))
        if self._digests is not None:
            self._digests.append(_digest(shape, pairs, children))
        if self._visit is not None:
            below = [(one.name, named(one, values)) for one, values in children]
            self._visit(Row(place.row, place.line, attributes, below))
        if not (self._orders or self._digests is not None or self._visit or len(self._kept) < self._keep_rows):
            self._exact.content.on_row = None

    def _ordered(self, place: Place, name: str | None) -> None:
        """Which orders the names of all rows are in; the row with which the last of them is broken is told."""
        if name is None:
            return
        for order, key in COLLATIONS.items():
            if order not in self._orders:
                continue
            value = key(name)
            if order in self._last and value < self._last[order]:
                del self._orders[order]
                self._unfit[order] = place
                if not self._orders:
                    self._unordered(place, name)
            self._last[order] = value

    def _unordered(self, place: Place, name: str) -> None:
        row, by_name = self._shape.row, self._shape.by_name
        kind = Kind(Rule.ORDER, Severity.MUST, row, by_name, f"reply.{row}.{by_name}", self._shape.ordered)
        if self._tally.count(kind):
            self._tally.keep(kind, place, f"rows in the order of {by_name}, in some alphabet", name)


def _kept(name: str, attributes: dict[str, str], children: Children) -> object:
    element, dot, attribute = name.partition(".")
    if not dot:
        return attributes.get(name)
    return tuple(named(shape, pairs).get(attribute) for shape, pairs in children if shape.name == element)


def _digest(shape: ElementShape, pairs: Sequence[str], children: Children) -> int:
    """See `harness.rows.bulk.digest`."""
    parts: list[bytes] = []
    for one, values in ((shape, pairs), *children):
        fields = sorted((name.encode("utf-8"), value) for name, value in zip(values[::2], values[1::2], strict=True))
        parts.append(head(one.name, [name for name, _ in fields]))
        parts += [value.encode("utf-8", "surrogatepass") for _, value in fields]
    return digest(parts)
