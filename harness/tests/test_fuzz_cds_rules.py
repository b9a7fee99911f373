"""Rules about several replies: what they find, and what a world that goes on may do."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace

from fuzz.cds.rules import rules
from harness.fuzzing.http_kit import Asked, Turn
from harness.rows import Result

START = 1_233_856_800


def turn(operation: str, rows: Sequence[tuple[str, ...]] | None, *values: tuple[str, str], status: int = 200) -> Turn:
    """An exchange; equal rows are equal."""
    named = dict(values)
    window = (int(named["fromDate"]), int(named["toDate"])) if "fromDate" in named else None
    most = (int(named["maxRows"]), "CDS-PAG-001") if operation == "ContentRange" else None
    what = Asked(raw=b"", operation=operation, values=values, window=window, most_rows=most)
    result = None
    if rows is not None:
        result = Result(
            violations=(), counts={}, complete=True, rows=len(rows), size=0, encoding="utf-8", root_name="", root={}, singles={}, fits={},
            kept=list(rows), digests=array("Q", [hash(row) & 0xFFFF_FFFF for row in rows]),
        )  # fmt: skip
    return Turn(asked=what, status=status, result=result, document=operation, step=0)


def errors(first: int, last: int) -> list[tuple[str, ...]]:
    return [("mac", str(START + second)) for second in range(first, last)]


def period(first: int, last: int, rows: Sequence[tuple[str, ...]], size: int = 1_000_000, offset: int = 0) -> Turn:
    values = {"fromDate": START + first, "toDate": START + last, "maxRows": size, "fromOffset": offset}
    return turn("Errors", rows, *((name, str(value)) for name, value in values.items()))


def found(*turns: Turn) -> list[str]:
    return [check.id for check in rules(turns)]


def test_a_part_of_a_period_has_its_rows() -> None:
    whole = period(0, 9, errors(0, 9))
    assert found(whole, period(0, 4, errors(0, 5)), whole) == []
    assert found(whole, period(0, 4, errors(0, 3)), whole) == ["period.part"]
    assert found(whole, period(0, 4, [*errors(0, 4), ("other", str(START + 2))]), whole) == ["period.whole"]


def test_a_world_that_grows_is_not_wrong() -> None:
    assert found(period(0, 9, errors(0, 5)), period(0, 8, errors(0, 7)), period(0, 9, errors(0, 9))) == []
    assert found(period(0, 9, errors(0, 5)), period(0, 9, errors(0, 7)), period(0, 9, errors(0, 9))) == []
    assert found(period(0, 9, errors(0, 9)), period(0, 4, [])) == []


def test_the_last_second_may_belong_to_a_period_or_not() -> None:
    whole = period(0, 9, errors(0, 9))
    assert found(whole, period(0, 4, errors(0, 4)), whole) == []


def test_what_was_there_before_and_after_was_there_in_between() -> None:
    whole = period(0, 9, errors(0, 9))
    assert found(whole, period(0, 9, errors(0, 8)), whole) == ["period.part"]


def test_pages_have_each_row_once() -> None:
    rows = errors(0, 9)
    whole = period(0, 9, rows)
    assert found(whole, period(0, 9, rows[:4], 4), period(0, 9, rows[4:], 9, 4), whole) == []
    assert found(whole, period(0, 9, rows[:4], 4), period(0, 9, rows[5:], 9, 4), whole) == ["page.all"]
    assert found(whole, period(0, 9, rows[:4], 4), period(0, 9, rows[3:], 9, 4), whole) == ["page.all"]
    assert found(whole, period(0, 9, rows[:5], 4), whole) == ["page.size"]
    assert found(whole, period(0, 9, rows, 4), period(0, 9, rows, 9, 4), whole) == []  # they change nothing
    grown = period(0, 9, errors(0, 8))
    assert found(grown, period(0, 9, rows[:4], 4), period(0, 9, rows[5:], 9, 4), whole) == []


def contents(names: Sequence[str] | None, size: int, offset: str | None = None, status: int = 200) -> Turn:
    values = [("maxRows", str(size)), *([("fromOffset", offset)] if offset is not None else [])]
    return turn("ContentRange", None if names is None else [(name,) for name in names], *values, status=status)


def test_a_range_goes_on_behind_the_named_content() -> None:
    names = [f"{letter}.mpg" for letter in "abcdefg"]
    whole = contents(names, 1_000_000)
    assert found(whole, contents(names[:2], 2), contents(names[2:4], 2, "b.mpg"), whole) == []
    assert found(whole, contents(names[1:3], 2, "b.mpg"), whole) == ["range.part"]
    assert found(whole, contents(names[3:5], 2, "b.mpg"), whole) == ["range.part"]
    assert found(whole, contents(None, 2, "b.mpg", 400), contents(names[4:6], 2, "d.mpg"), whole) == ["range.refused"]
    assert (
        found(whole, contents(None, 2, "b.mpg", 400), contents(None, 2, "d.mpg", 400), whole) == []
    )  # the offset is a number
    assert (
        found(whole, contents(None, 2, "g.mpg", 400), contents(names[4:6], 2, "d.mpg"), whole) == []
    )  # behind the last
    assert found(whole, contents(names[1:3], 2, "b.mpg"), contents(names[1:], 1_000_000)) == []  # it has changed


def test_a_refusal_has_no_document_of_a_success() -> None:
    asked = turn("Errors", None, ("messageType", "Errors"), status=400)
    assert found(asked) == []
    assert found(replace(asked, root="ErrorsResponse")) == ["refusal.document"]
    assert found(replace(asked, root="Error")) == []


def test_a_name_of_digits_may_be_taken_for_a_number() -> None:
    names = ["1", "2", "3", "a.mpg", "b.mpg"]
    whole = contents(names, 1_000_000)
    assert found(whole, contents(names[1:2], 1, "1"), whole) == []
    assert found(whole, contents(names[2:3], 1, "2"), whole) == []
    assert found(whole, contents(names[4:5], 1, "1"), contents(None, 1, "a.mpg", 400), whole) == []
