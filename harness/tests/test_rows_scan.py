"""The streaming check of rows: what it finds, where, and that nothing a document holds exhausts it."""

from __future__ import annotations

import tracemalloc

import pytest

from harness.errors import UsageError
from harness.rows import Place, Result, Row, Rule, Scan, Shape, Violation, compile_shape
from harness.rows.result import MOST_KEPT
from harness.tests.rows_made import EVENTS, FROM, HEAD, SYSTEM, TAIL, TO, WINDOW, document, row
from harness.verdict import Severity

STREAMS = compile_shape(SYSTEM, "streams", operation="Streams")
LISTS = compile_shape(SYSTEM, "lists")
EVENT_LIST = compile_shape(SYSTEM, "events")
NAMES = compile_shape(SYSTEM, "names", operation="Names")
LATEST = compile_shape(SYSTEM, "latest")
FIRST_LINE = HEAD.count("\n") + 1


def scanned(
    data: bytes | str, shape: Shape = STREAMS, *, piece: int = 0, complete: bool = True, **more: object
) -> Result:
    """The result of a whole document, fed in pieces."""
    data = data.encode() if isinstance(data, str) else data
    scan = Scan(shape, **more)  # type: ignore[arg-type]
    step = piece or len(data) or 1
    for at in range(0, len(data), step):
        if not scan.feed(data[at : at + step]):
            break
    return scan.finish(complete=complete)


def only(result: Result) -> Violation:
    """The one violation that there is."""
    assert len(result.violations) == 1, result.violations
    return result.violations[0]


def test_a_document_in_order_has_no_violations_and_tells_its_readings() -> None:
    result = scanned(document(*map(row, range(200))), window=WINDOW, count=200)
    assert (result.total, result.rows, result.complete, result.encoding) == (0, 200, True, "utf-8")
    assert (result.root_name, result.root) == ("Streams", {"format": "sec"})
    assert result.fits["ROW-AMB-001"].readings == {"singular"}
    assert result.fits["ROW-AMB-001"].against == {"plural": Place(1, FIRST_LINE, row(0).index("output") + 1)}
    assert not result.fits["ROW-AMB-002"].seen
    assert result.fits["ROW-AMB-007"].readings == {"started", "ended", "overlaps"}


@pytest.mark.parametrize(
    ("changed", "rule", "attribute", "got"),
    [
        ({"group": "x"}, Rule.TYPE, "group", "x"),
        ({"group": "1.5"}, Rule.TYPE, "group", "1.5"),
        ({"group": "+-1"}, Rule.TYPE, "group", "+-1"),
        ({"group": "١"}, Rule.TYPE, "group", "١"),  # a digit, but none of XML Schema
        ({"start": ""}, Rule.TYPE, "start", ""),
        ({"mode": "Sys"}, Rule.TYPE, "mode", "Sys"),
        ({"zero": "1"}, Rule.TYPE, "zero", "1"),
        ({"session": "-"}, Rule.MISSING, "session", "it is not there"),
        ({"output": "-"}, Rule.MISSING, "outputs", "it is not there"),
        ({"extra": "v"}, Rule.UNKNOWN, "extra", "v"),
        ({"outputs": "v"}, Rule.UNKNOWN, "outputs", "v"),  # besides `output`
        ({"end": str(FROM - 1)}, Rule.ORDER, "end", str(FROM - 1)),
        ({"end": "9" * 30}, Rule.ORDER, "stored", str(FROM + 105 + 97 + 105 % 13)),
        (
            {"start": str(TO + 1), "end": str(TO + 2), "stored": str(TO + 3)},
            Rule.WINDOW,
            "start",
            f"start {TO + 1}, end {TO + 2}",
        ),
    ],
)
@pytest.mark.parametrize("quick", [True, False])
def test_a_defect_of_one_row_is_told_with_its_place(
    changed: dict[str, str], rule: Rule, attribute: str, got: str, quick: bool
) -> None:
    rows = [row(number) for number in range(300)]
    rows[105] = row(105, **changed)
    found = only(scanned(document(*rows), window=WINDOW, quick=quick))
    assert (found.rule, found.attribute, found.got[:40]) == (rule, attribute, got[:40])
    spelled = "output" if rule is Rule.MISSING else attribute
    column = rows[105].find(f" {spelled}=") + 2 if rule is not Rule.MISSING else 3
    assert (found.row, found.line, found.column) == (106, FIRST_LINE + 105, column)
    assert found.severity is (
        Severity.SHOULD if rule is Rule.UNKNOWN or found.clause == "ROW-ORD-001" else Severity.MUST
    )
    assert found.part == f"reply.Stream.{attribute}"


@pytest.mark.parametrize("value", ["7", "+7", "-7", "007", " 7 ", "\t7\n", "0" * 5000 + "1", "-0"])
def test_every_lexical_form_of_an_integer_is_taken(value: str) -> None:
    assert scanned(document(row(1, group=value))).total == 0


def test_numbers_are_compared_whatever_their_digits() -> None:
    assert scanned(document(row(1, start="+09", end=" 10 ", stored="1" + "0" * 9000))).total == 0
    assert only(scanned(document(row(1, start="-9", end="-10", stored="0")))).clause == "ROW-ORD-001"
    assert only(scanned(document(row(1, start="1" * 5000, end="1" * 4999 + "0", stored="9" * 5000)))).rule is Rule.ORDER


@pytest.mark.slow
def test_places_are_exact_past_65535_lines_and_with_any_line_ends() -> None:
    many = 70_000
    rows = [row(number).replace("\n", "\r\n") for number in range(many)]
    bad = '\t<Stream日 a="é"/>é<b/>\r\n'
    rows[many - 1] = "\t<!-- é日本 -->" + row(3, group="x").lstrip()
    result = scanned(document(*rows, bad).replace(b"</Streams>", b"\t</Streams>"))
    first, second, third, fourth = result.violations
    assert (first.row, first.line, first.column) == (
        many,
        FIRST_LINE + many - 1,
        14 + row(3, group="x").lstrip().index("group"),
    )
    assert (second.rule, second.line, second.column) == (Rule.UNKNOWN, FIRST_LINE + many, 2)
    assert (third.rule, third.line, third.column) == (Rule.TEXT, FIRST_LINE + many, bad.index("é<b") + 1)
    assert (fourth.rule, fourth.line, fourth.column) == (Rule.UNKNOWN, FIRST_LINE + many, bad.index("<b") + 1)


@pytest.mark.slow
def test_all_are_counted_and_the_first_thousand_kept() -> None:
    result = scanned(document(*(row(number, group="x", mode="y") for number in range(3_000))))
    assert [(kind.attribute, count) for kind, count in result.counts.items()] == [("group", 3_000), ("mode", 3_000)]
    assert (len(result.violations), result.total, result.rows) == (MOST_KEPT, 6_000, 3_000)
    assert result.violations[-1].row == MOST_KEPT // 2


@pytest.mark.parametrize(
    ("data", "rule", "line", "column"),
    [
        ("", Rule.WELL_FORMED, 1, 1),
        ("nonsense", Rule.WELL_FORMED, 1, 1),
        ("<Streams>\n <Stream", Rule.WELL_FORMED, 2, 9),
        ("<Streams>\n</Stream>", Rule.WELL_FORMED, 2, 3),
        ("<Streams/><Streams/>", Rule.WELL_FORMED, 1, 11),
        ("<Streams>\n &nbsp;</Streams>", Rule.WELL_FORMED, 2, 2),
        ("<Streams a:b=''/>", Rule.WELL_FORMED, 1, 1),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>\n<Streams/>", Rule.WELL_FORMED, 1, 13),
        ("<Streams format='a' format='b'/>", Rule.WELL_FORMED, 1, 21),
        (b"<Streams>\n \xff</Streams>", Rule.ENCODING, 2, 2),
        (b'<?xml version="1.0" encoding="us-ascii"?><Streams>\xc3\xa9</Streams>', Rule.ENCODING, 1, 51),
        ('<?xml version="1.0" encoding="x-none"?><Streams/>', Rule.ENCODING, 1, 1),
        ('<?xml version="1.0" encoding="UTF-16"?><Streams/>', Rule.ENCODING, 1, 1),
        ("<Streams format='" + "x" * 600_000 + "'/>", Rule.LIMIT, 1, 1),
        ("<Streams>" + "<a>" * 100, Rule.LIMIT, 1, 199),
    ],
)
def test_what_is_no_document_is_told_and_ends_the_scan(data: str | bytes, rule: Rule, line: int, column: int) -> None:
    for piece in (0, 1000):
        result = scanned(data, piece=piece)
        found = result.violations[-1]
        assert (found.rule, found.severity, found.line, found.column) == (rule, Severity.MUST, line, column), found
        assert not result.complete


@pytest.mark.parametrize("cut", [1, 30, 80, 150, 300, -1])
def test_a_document_that_ends_in_the_middle_is_told_where_it_ends(cut: int) -> None:
    data = document(*map(row, range(5)))[:cut].rstrip(b"\n").removesuffix(b">")
    for complete in (True, False):
        found = only(scanned(data, complete=complete))
        line = data.count(b"\n") + 1
        assert (found.rule, found.line, found.column) == (Rule.WELL_FORMED, line, len(data) - data.rfind(b"\n"))
        assert "ends in the middle" in found.got


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
def test_places_count_characters_in_any_encoding(encoding: str) -> None:
    text = (HEAD + row(1, session="éü") + row(2, session="éü", group="x") + TAIL).replace(
        "UTF-8", encoding.removesuffix("-sig")
    )
    found = only(scanned(text.encode(encoding), piece=5))
    assert (found.row, found.line, found.column) == (2, FIRST_LINE + 1, row(2, session="éü").index("group") + 1)


def test_readings_narrow_and_rows_that_disagree_are_no_violation() -> None:
    result = scanned(
        document(row(1, group="", stored="-"), row(2, mode="USER"), row(3, free="any", output="-", outputs="1"))
    )
    assert result.total == 0
    assert result.fits["ROW-AMB-001"].readings == frozenset()
    assert result.fits["ROW-AMB-001"].against["singular"].row == 3
    assert result.fits["ROW-AMB-002"].readings == {"empty"}
    assert result.fits["ROW-AMB-003"].readings == {"absent"}
    assert result.fits["ROW-AMB-005"].readings == {"any"}


def test_a_row_belongs_to_the_window_by_some_reading() -> None:
    before = row(1, start=str(FROM - 9))
    behind = row(2, end=str(TO + 9), stored=str(TO + 99))
    one = scanned(document(row(0), before), window=WINDOW)
    assert (one.total, one.fits["ROW-AMB-007"].readings) == (0, frozenset(("ended", "overlaps")))
    both = scanned(document(before, behind), window=WINDOW)
    assert (both.total, both.fits["ROW-AMB-007"].readings) == (0, frozenset(("overlaps",)))
    around = scanned(document(row(1, start=str(FROM - 9), end=str(TO + 9), stored=str(TO + 9)), row(0)), window=WINDOW)
    assert (around.total, around.fits["ROW-AMB-007"].readings) == (0, frozenset(("overlaps",)))
    assert only(scanned(document(row(0, start="1", end="2")), window=WINDOW)).rule is Rule.WINDOW
    assert scanned(document(row(0, start="1", end="2"))).total == 0


def test_children_are_counted_in_their_parents() -> None:
    content = '<Content name="a" index="0"/>'
    row_of = '<Stream start="1" end="2" stored="3">{}</Stream>'
    fine = "<Streams>" + "".join(row_of.format(content * (1 + number % 3)) for number in range(99)) + "</Streams>"
    assert scanned(fine, LISTS).total == 0
    none, four = row_of.format(""), row_of.format(content * 4)
    result = scanned("<Streams>" + row_of.format(content) * 9 + none + "\n" + four + "</Streams>", LISTS)
    assert [(one.rule, one.row, one.line, one.expected) for one in result.violations] == [
        (Rule.COUNT, 10, 1, "at least 1 Content in Stream"),
        (Rule.COUNT, 11, 2, "at most 3 Content in Stream"),
    ]
    assert only(scanned("<Streams>" + content + "</Streams>", LISTS)).rule is Rule.ELEMENT


def test_namespaces_count_not_prefixes() -> None:
    inner = '<{0}List size="1"><{0}Event id="1"/></{0}List>'
    for prefix, declared in (("", f'xmlns="{EVENTS}"'), ("e:", f'xmlns:e="{EVENTS}"')):
        text = f"<{prefix}Response {declared}>{inner.format(prefix)}</{prefix}Response>"
        result = scanned(text, EVENT_LIST, count=1)
        assert (result.total, result.rows, result.singles["List"]) == (0, 1, [{"size": "1"}])
    assert only(scanned(f"<Response>{inner.format('')}</Response>", EVENT_LIST)).rule is Rule.ROOT
    wrong = f'<e:Response xmlns:e="{EVENTS}"><e:List size="2"><e:Event id="1"/><Event id="2"/></e:List></e:Response>'
    found = only(scanned(wrong, EVENT_LIST))
    assert (found.rule, found.row, found.element) == (Rule.ELEMENT, 2, "Event")
    below = f'<Response xmlns="{EVENTS}"><List size="2" xmlns="">' + '<Event id="1"/>' * 20 + "</List></Response>"
    assert scanned(below, EVENT_LIST).total > 0


def test_another_root_is_told_once_and_what_is_in_it_is_left_alone() -> None:
    found = only(scanned("<html xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><body>text</body></html>"))
    assert (found.rule, found.expected, found.got) == (Rule.ROOT, "Streams", "html")


def test_a_number_of_rows_that_is_known_is_checked() -> None:
    assert only(scanned(document(row(1)), count=2)).rule is Rule.COUNT
    assert only(scanned("<Latest></Latest>", LATEST)).expected == "at least 1 Time in Latest"
    result = scanned('<Latest><Time max="1" now="2"/></Latest>', LATEST)
    assert (result.total, result.singles["Time"]) == (0, [{"max": "1", "now": "2"}])


@pytest.mark.parametrize(
    ("names", "orders"),
    [
        (["B", "a", "b"], {"code-point", "utf-16"}),
        (["a", "B", "c"], {"lower", "upper", "accents", "dictionary", "letters", "natural"}),
        (["a_b", "aab"], {"code-point", "lower", "utf-16", "dictionary", "natural"}),
        (["a2", "a10"], {"natural"}),
    ],
)
def test_the_orders_of_names_that_all_rows_are_in_are_told(names: list[str], orders: set[str]) -> None:
    result = scanned("<Names>" + "".join(f'<Name name="{name}"/>' for name in names) + "</Names>", NAMES)
    assert (orders - result.orders, result.total) == (set(), 0)
    assert "code-point" not in result.orders or "code-point" in orders


def test_names_in_no_order_are_a_violation() -> None:
    found = only(scanned('<Names><Name name="b"/><Name name="a"/></Names>', NAMES))
    assert (found.rule, found.row, found.clause) == (Rule.ORDER, 2, "ROW-PAG-001")


def test_values_hashes_and_rows_are_handed_out() -> None:
    inner = '<Content index="0" name="x"/><Content name="y" index="1"/>'
    text = f'<Streams><Stream start="1" end="2" stored="3">{inner}</Stream><Stream end="2" stored="3" start="1">{inner}</Stream></Streams>'
    rows: list[Row] = []
    result = scanned(text, LISTS, keep=("start", "Content.name", "none"), digests=True, visit=rows.append)
    assert result.kept == [("1", ("x", "y"), None)] * 2
    assert result.digests[0] == result.digests[1]
    assert [(one.number, one.line, dict(one.attributes)["end"], one.children[1][1]["index"]) for one in rows] == [
        (1, 1, "2", "1"),
        (2, 1, "2", "1"),
    ]
    other = scanned(text.replace('name="y"', 'name="z"', 1), LISTS, digests=True, keep=("start",), keep_rows=1)
    assert (other.digests[0] == other.digests[1], len(other.kept)) == (False, 1)


def test_a_reply_that_the_spec_does_not_have_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(UsageError):
        compile_shape(SYSTEM, "nothing")


@pytest.mark.parametrize(
    "unit",
    [
        b"<b" + b"b" * 2000 + b"%d/>",  # names that are never the same
        b"<b a%d=''/>",
        b"<b xmlns:p%d='urn:%d'/>",
        b"<b>",
        b"text ",
        b"<!-- %d -->",
        b" ",
        b"<![CDATA[x",
        b"<Stream " + b"x" * 100,
    ],
)
@pytest.mark.slow
def test_nothing_that_a_document_holds_exhausts_the_memory(unit: bytes) -> None:
    scan = Scan(STREAMS, window=WINDOW)
    scan.feed(HEAD.encode())
    tracemalloc.start()
    try:
        sent, number = 0, 0
        while sent < 6_000_000:
            piece = unit * 500
            if b"%d" in unit:
                piece = b"".join(unit.replace(b"%d", b"%d" % (number + one)) for one in range(500))
            number += 500
            sent += len(piece)
            if not scan.feed(piece):
                break
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    scan.finish(complete=False)
    assert peak < 16 * 1024 * 1024
