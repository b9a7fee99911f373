"""What is kept of rows that are passed over in bulk is what the parser gives."""

from __future__ import annotations

from array import array
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.rows import Result, Scan, compile_shape, stream
from harness.rows.bulk import Bulk
from harness.rows.shape import Shape
from harness.tests import rows_made
from harness.tests.rows_made import SYSTEM, WINDOW
from harness.tests.rows_random import cuts, document

STREAMS = compile_shape(SYSTEM, "streams", operation="Streams")


def scanned(shape: Shape, pieces: list[bytes], keep: tuple[str, ...], *, quick: bool, digests: bool = True) -> Result:
    """The result of a document in pieces, rows digested and some of their values kept."""
    scan = Scan(shape, window=WINDOW, keep=keep, digests=digests, quick=quick)
    for piece in pieces:
        if not scan.feed(piece):
            break
    return scan.finish()


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32), batch=st.sampled_from([60, 300, 131_072]), digests=st.booleans())
def test_values_and_digests_do_not_depend_on_how_rows_were_read(seed: int, batch: int, digests: bool) -> None:
    random = Random(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "BATCH", batch)
        pieces = cuts(random, document(random))
        names = tuple(STREAMS.elements[STREAMS.row].attributes)[:4]
        bulk, parsed = (scanned(STREAMS, pieces, names, quick=quick, digests=digests) for quick in (True, False))
    assert bulk.kept == parsed.kept
    assert bulk.digests == parsed.digests
    assert (bulk.violations, bulk.rows, bulk.fits) == (parsed.violations, parsed.rows, parsed.fits)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('<Row a="1" b="x &amp; y"/>', "<Row b='x &#38; y' a=\"1\" />", True),
        ('<Row a="1" b="x y"/>', '<Row a="1" b="x\ny"/>', True),
        ('<Row a="1" b="x y"/>', '<Row a="1" b="x&#10;y"/>', False),
        ('<Row a="1" b="é"/>', '<Row a="1" b="&#233;"/>', True),
        ('<Row a="1" b="2"/>', '<Row a="2" b="1"/>', False),
        ('<Row a="1" b="2"/>', '<Row a="1"/>', False),
        ('<Row a="1" b=""/>', '<Row a="1"/>', False),
    ],
)
def test_rows_that_say_the_same_have_one_digest(one: str, other: str, same: bool) -> None:
    found: array[int] = array("Q")
    bulk = Bulk(STREAMS, (), [], 0, found)
    for text in (one, other):
        bulk.take(text.replace("Row", STREAMS.row).encode(), 1)
    assert (found[0] == found[1]) is same


def test_rows_in_the_usual_spelling_are_read_in_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    take = Bulk.take

    def counted(self: Bulk, span: bytes, rows: int) -> None:
        taken.append(span.count(b"<" + STREAMS.row.encode()))
        assert taken[-1] == rows
        take(self, span, rows)

    monkeypatch.setattr(Bulk, "take", counted)
    data = rows_made.document(*(rows_made.row(number) for number in range(300)))
    result = scanned(STREAMS, [data], tuple(STREAMS.elements[STREAMS.row].attributes)[:1], quick=True)
    assert (result.rows, len(result.kept), len(result.digests)) == (300, 300, 300)
    assert sum(taken) > 250


def test_values_of_children_are_told_row_by_row() -> None:
    lists = compile_shape(SYSTEM, "lists")
    rows = "".join(
        f'<Stream start="{number}">\n  {"".join(f"""<Content name="c{one}" index="{one}"/>""" for one in range(number % 4))}</Stream>\n'
        for number in range(80)
    )
    data = f'<?xml version="1.0"?>\n<Streams>\n{rows}</Streams>'.encode()
    keep = ("start", "Content.name")
    bulk, parsed = (scanned(lists, [data], keep, quick=quick, digests=False) for quick in (True, False))
    assert bulk.kept == parsed.kept
    assert bulk.kept[6] == ("6", ("c0", "c1"))
