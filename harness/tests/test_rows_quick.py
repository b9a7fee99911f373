"""The short cuts of the streaming check against the parser: the same verdicts, places and readings, whatever the document."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from harness.rows import Result, Rule, Scan, compile_shape, stream
from harness.rows.exact import Exact
from harness.rows.ranges import between
from harness.rows.result import Kind
from harness.spec.xsd import xsd_texts
from harness.tests.rows_made import SYSTEM, WINDOW, document, row
from harness.tests.rows_random import cuts
from harness.tests.rows_random import document as random_document

STREAMS = compile_shape(SYSTEM, "streams", operation="Streams")
# What a schema cannot say, or says otherwise: it is valid all the same.
_BEYOND_SCHEMA = (Rule.ORDER, Rule.WINDOW)


def scanned(
    pieces: list[bytes], *, quick: bool, window: tuple[int, int] | None = WINDOW, complete: bool = True
) -> Result:
    """The result of a document in pieces."""
    scan = Scan(STREAMS, window=window, quick=quick)
    for piece in pieces:
        if not scan.feed(piece):
            break
    return scan.finish(complete=complete)


def told(result: Result) -> tuple[object, ...]:
    """All that must not depend on how the rows were checked."""
    return (result.violations, result.counts, result.complete, result.rows, result.root, result.singles, result.fits)


@pytest.fixture
def passed_over(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows at a time were passed over; batches are small, so that small documents have several."""
    found: list[int] = []
    skip = Exact.skip

    def counted(self: Exact, data: bytes, rows: int) -> None:
        found.append(rows)
        skip(self, data, rows)

    monkeypatch.setattr(Exact, "skip", counted)
    return found


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**32), batch=st.sampled_from([60, 300, 1_000, 131_072]), loosely=st.sampled_from([0, 64, 512])
)
def test_short_cuts_change_nothing(seed: int, batch: int, loosely: int) -> None:
    random = Random(seed)
    data = random_document(random)
    window = random.choice((WINDOW, None))
    complete = random.random() < 0.8
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "BATCH", batch)
        patch.setattr(stream, "_LOOSELY", loosely)
        one = scanned([data], quick=False, window=window, complete=complete)
        other = scanned(cuts(random, data), quick=True, window=window, complete=complete)
    assert told(one) == told(other)


@pytest.mark.parametrize("seed", range(12))
def test_short_cuts_change_nothing_in_some_documents(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    data = random_document(random)
    monkeypatch.setattr(stream, "BATCH", 300)
    assert told(scanned([data], quick=False)) == told(scanned(cuts(random, data), quick=True))


def test_rows_in_the_usual_spelling_are_passed_over(passed_over: list[int]) -> None:
    assert scanned([document(*map(row, range(500)))], quick=True).total == 0
    assert sum(passed_over) > 490


def test_rows_in_any_spelling_are_passed_over(passed_over: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BATCH", 4_000)
    random = Random(7)
    rows = []
    for number in range(400):
        one = (
            row(number)
            .replace('"', random.choice("\"'"))
            .strip()
            .removeprefix("<Stream ")
            .removesuffix(" />")
            .split(" ")
        )
        random.shuffle(one)
        rows.append(
            random.choice(("", "<!-- c -->")) + "<Stream\n" + "\t".join(one).replace("user", "&#x75;ser") + "/>"
        )
    result = scanned([document(*rows)], quick=True)
    assert (result.total, result.rows) == (0, 400)
    assert sum(passed_over) > 200


@pytest.mark.parametrize(
    "bad",
    [
        "<S&#116;ream start='1'/>",
        row(1).replace("group", "gro&#117;p"),
        row(1).replace(' group="', " group='"),
        row(1).replace('" group', '"group'),
        row(1).replace('mode="user"', 'mode="user" mode="user"'),
        row(1, session="a<b"),
        row(1, session="a\x0bb"),
        row(1, session="\uffff"),
        row(1, session="a&b"),
        row(1, session="&#0;"),
        row(1, session="&#xD800;"),
        row(1).replace(" />", "/ >"),
        "<!-- a -- b -->",
        "<![CDATA[" + row(1) + "]]>",
        "<!--" + row(1) + "-->",
        "<c>" + row(1) + "</c>",
        "text",
        "&#32;&#49;",
    ],
)
def test_what_looks_like_a_row_in_order_is_not_passed_over(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for loosely in (0, 512):
        monkeypatch.setattr(stream, "_LOOSELY", loosely)
        for batch in (100, 1_000, 131_072):
            monkeypatch.setattr(stream, "BATCH", batch)
            data = document(*map(row, range(20)), bad, *map(row, range(20)))
            assert told(scanned([data], quick=True)) == told(scanned([data], quick=False))


def test_a_comment_may_hold_rows() -> None:
    data = document(row(1), "<!--" + row(2) * 30, row(3) * 30 + "-->", row(4))
    assert (scanned([data], quick=True).rows, scanned([data], quick=True).total) == (2, 0)


@settings(max_examples=25, deadline=None)
@given(low=st.integers(0, 10**6), length=st.integers(-5, 10**6), probes=st.lists(st.integers(0, 3 * 10**6)))
def test_a_range_matches_the_numbers_in_it(low: int, length: int, probes: list[int]) -> None:
    import re

    inside, above = re.compile(between(low, low + length)), re.compile(between(low, None))
    for number in (*probes, low, low - 1, low + 1, low + length, low + length + 1, 10 * low):
        if number >= 0:
            assert bool(inside.fullmatch(str(number))) == (low <= number <= low + length)
            assert bool(above.fullmatch(str(number))) == (number >= low)
            assert not above.fullmatch(f"0{number}")


def schema() -> etree.XMLSchema:
    """The schema of the reply, as the project makes it."""
    return etree.XMLSchema(etree.fromstring(xsd_texts(SYSTEM)["streams.xsd"].encode()))


def worse(kind: Kind) -> bool:
    """Whether a schema minds too."""
    two_spellings = kind.rule is Rule.UNKNOWN and kind.attribute in ("output", "outputs")  # it takes both at once
    neither = kind.rule is Rule.MISSING and kind.attribute == "outputs"  # or none
    return kind.rule not in _BEYOND_SCHEMA and not two_spellings and not neither


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_schemas_give_the_same_verdict(seed: int) -> None:
    """libxml2 against the parser, on what a schema can say."""
    data = random_document(Random(seed))
    result = scanned([data], quick=True, window=None)
    broken = any(worse(kind) for kind in result.counts)
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        assert result.counts, "libxml2 cannot read it"
        return
    assert schema().validate(root) is not broken, result.violations
