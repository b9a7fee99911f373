from __future__ import annotations

import contextlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DecodeError, FramingError
from harness.tests.decoding import assert_decodes, feed_and_drain
from harness.wire.lines import (
    OPEN_POINTS,
    Argument,
    Line,
    LineDecoder,
    Quoting,
    argument,
    decode_text,
    encode_line,
    join,
    open_points,
    quote,
    split,
)

QUOTING = Quoting(escapes={"n": "\n", '"': '"', "\\": "\\"})
OTHER = Quoting(separator=",", quote="'", escape="^", escapes={"^": "^", "q": "'", "c": ",", "]": "-"})
# Not st.text() alone: it builds tables of all characters first, which takes seconds on a fresh checkout.
ANY_TEXT = st.lists(st.integers(0, 0x10FFFF).map(chr)).map("".join) | st.text(alphabet=' "\\\nnq\t\r,^a')


def words(line: str, quoting: Quoting = QUOTING) -> list[str]:
    return [one.value for one in split(line, quoting)]


# Lines


def test_lines_end_at_lf_and_keep_their_cr() -> None:
    assert_decodes(
        lambda: LineDecoder(100),
        b"OK\n\nERROR a\r\n\xff\x00\n",
        [
            Line(data=b"OK", offset=0),
            Line(data=b"", offset=3),
            Line(data=b"ERROR a\r", offset=4),
            Line(data=b"\xff\x00", offset=13),
        ],
    )


def test_a_line_of_the_limit_is_read_and_one_byte_more_is_refused() -> None:
    assert_decodes(
        lambda: LineDecoder(4), b"abcd\nabc\r\n", [Line(data=b"abcd", offset=0), Line(data=b"abc\r", offset=5)]
    )
    decoder = LineDecoder(4)
    assert [Line(data=b"ab", offset=0)] == feed_and_drain(decoder, b"ab\nabcd")
    decoder.feed(b"e")
    with pytest.raises(FramingError) as caught:
        decoder.next_line()
    assert (caught.value.rule, caught.value.offset) == ("line length", 7)


def test_a_line_too_long_fails_alike_with_and_without_its_lf_and_for_good() -> None:
    messages = set()
    for pieces in ([b"ok\nabcdef\nok\n"], [b"ok\n", b"abc", b"def"], [bytes([one]) for one in b"ok\nabcdef"]):
        decoder = LineDecoder(4)
        lines: list[object] = []
        with pytest.raises(FramingError) as caught:  # noqa: PT012 - the piece that raises depends on the split
            for piece in pieces:
                decoder.feed(piece)
                while (line := decoder.next_line()) is not None:
                    lines.append(line)
        assert [Line(data=b"ok", offset=0)] == lines
        messages.add(str(caught.value))
        with pytest.raises(FramingError):
            decoder.next_line()
        with pytest.raises(FramingError):
            decoder.feed(b"\n")
    assert len(messages) == 1


@given(st.lists(st.binary(max_size=12) | st.sampled_from([b"\n", b"a\nb\n", b"\r\n"]), max_size=12))
def test_any_split_of_the_bytes_gives_the_same_lines(pieces: list[bytes]) -> None:
    wire = b"".join(pieces)
    *data, rest = wire.split(b"\n")
    decoder = LineDecoder(1000)
    got = [line for piece in pieces for line in feed_and_drain(decoder, piece)]
    assert data == [line.data for line in got if isinstance(line, Line)]
    assert all(wire[line.offset :].startswith(line.data + b"\n") for line in got if isinstance(line, Line))
    assert rest == decoder.leftover


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=40), st.integers(1, 30))
def test_the_decoder_holds_at_most_the_limit_and_what_was_fed_last(pieces: list[bytes], limit_bytes: int) -> None:
    decoder = LineDecoder(limit_bytes)
    for piece in pieces:
        try:
            feed_and_drain(decoder, piece)
        except FramingError:
            assert len(decoder.leftover) <= limit_bytes + 20
        else:
            assert len(decoder.leftover) <= limit_bytes


# Text


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"abc\xff", 3),
        (b"\xc3\xa9\xc3(", 2),  # a sequence cut short
        (b"a\xc0\xaf", 1),  # an overlong slash
        (b"a\xed\xa0\x80", 1),  # a surrogate
        (b"\xf4\x90\x80\x80", 0),  # above U+10FFFF
        (b"ok \xe2\x82", 3),  # the end inside a sequence
    ],
)
def test_what_is_not_utf8_is_told_with_its_byte(data: bytes, offset: int) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_text(data)
    assert ("UTF-8", offset) == (caught.value.rule, caught.value.offset)


def test_text_is_read_as_it_stands() -> None:
    assert decode_text(b"\xef\xbb\xbf\xc3\xa9\x00\xf0\x9d\x84\x9e\r") == "\ufeffé\x00𝄞\r"


def test_a_line_is_utf8_and_an_lf() -> None:
    assert encode_line("café") == b"caf\xc3\xa9\n"
    for text in ("a\nb", "\n", "\ud800"):
        with pytest.raises(ValueError):
            encode_line(text)


# Words


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Jan01-Room101", "Jan01-Room101"),
        ("January 1st - Room 101", '"January 1st - Room 101"'),
        ('Example of "Error"', '"Example of \\"Error\\""'),
        ("", '""'),
        ("a\\b", "a\\b"),
        ("a b\\", '"a b\\\\"'),
        ("a\nb", '"a\\nb"'),
        ("a\tb", '"a\tb"'),
        ("a\u00a0b", '"a\u00a0b"'),
        ("a\r", '"a\r"'),
        ("é|'", "é|'"),
    ],
)
def test_an_argument_is_quoted_where_it_must_be(value: str, written: str) -> None:
    assert written == argument(value, QUOTING)
    assert [value] == words(written)


def test_quote_always_quotes() -> None:
    assert (quote("a", QUOTING), quote("\\n", QUOTING)) == ('"a"', '"\\\\n"')


def test_join_writes_a_command() -> None:
    assert join("updateMetadata", ["12", "title", "a b", ""], QUOTING) == 'updateMetadata 12 title "a b" ""'
    assert join("listSessions", [], QUOTING) == "listSessions"
    for name in ("", "a b", 'a"', "a\n"):
        with pytest.raises(ValueError, match="name"):
            join(name, [], QUOTING)


def test_split_tells_value_place_and_spelling() -> None:
    assert [
        Argument(value="cmd", typed="cmd", start=0, quoted=False),
        Argument(value='a "b" \\ \n', typed='"a \\"b\\" \\\\ \\n"', start=4, quoted=True),
        Argument(value="", typed='""', start=20, quoted=True),
        Argument(value="c\\n", typed="c\\n", start=23, quoted=False),
    ] == split('cmd "a \\"b\\" \\\\ \\n" "" c\\n', QUOTING)


@pytest.mark.parametrize(
    ("line", "offset"),
    [('create "asdf', 7), ('"', 0), ('"a\\"', 0), ('"a" "', 4), ('é "', 3), ('"a\\', 0), ('a "b c\\\\\\"', 2)],
)
def test_quotes_that_do_not_match_are_refused(line: str, offset: int) -> None:
    with pytest.raises(DecodeError) as caught:
        split(line, QUOTING)
    assert ("balanced quotes", offset) == (caught.value.rule, caught.value.offset)


@pytest.mark.parametrize(
    ("line", "values", "points"),
    [
        ("a", ["a"], []),
        ('a "b c" d\\e "\\n\\\\\\""', ["a", "b c", "d\\e", '\n\\"'], []),
        ('a "\t"', ["a", "\t"], []),
        ('a"b c', ['a"b', "c"], ["mid-word-quote"]),
        ('a"b c"', ['a"b', 'c"'], ["mid-word-quote"]),
        ('"a b"c"d e', ['a bc"d', "e"], ["text-after-quote"]),
        ('"a""b"', ['a"b"'], ["text-after-quote"]),
        ("a\tb", ["a\tb"], ["unquoted-tab"]),
        ("a\u00a0b", ["a\u00a0b"], ["unquoted-tab"]),
        ('"a"\tb', ["a\tb"], ["text-after-quote", "unquoted-tab"]),
        ("a  b", ["a", "b"], ["repeated-separator"]),
        ('a "b  c"', ["a", "b  c"], []),
        (" a", ["a"], ["edge-separator"]),
        ('"a" ', ["a"], ["edge-separator"]),
        ("  a", ["a"], ["repeated-separator", "edge-separator"]),
        ('"a\\qb\\t"', ["a\\qb\\t"], ["unknown-escape"]),
        ('"a\\\\qb"', ["a\\qb"], []),
        ("a b\r", ["a", "b\r"], ["trailing-cr"]),
        ('"a b"\r', ["a b\r"], ["trailing-cr"]),
        ("a \r", ["a", "\r"], ["edge-separator", "trailing-cr"]),
        ("a\rb", ["a\rb"], ["unquoted-tab", "control-character"]),
        ("a\x07", ["a\x07"], ["control-character"]),
        ('"\x00"', ["\x00"], ["control-character"]),
        ("\x85\x9f", ["\x85\x9f"], ["unquoted-tab", "control-character"]),
        ("", [], ["empty-line"]),
        ("\r", ["\r"], ["trailing-cr", "empty-line"]),
        (" ", [], ["edge-separator", "empty-line"]),
        ("  ", [], ["repeated-separator", "edge-separator", "empty-line"]),
    ],
)
def test_open_points_are_named_and_split_takes_one_behaviour(line: str, values: list[str], points: list[str]) -> None:
    assert tuple(points) == open_points(line, QUOTING)
    assert values == words(line)


def test_open_points_of_a_line_that_split_refuses() -> None:
    assert open_points(' a "b  c\\q ', QUOTING) == ("edge-separator",)


def test_every_open_point_has_a_name_once() -> None:
    assert len(OPEN_POINTS) == len(set(OPEN_POINTS)) == 9


def test_another_grammar_has_other_characters() -> None:
    assert join("cmd", ["a,b", "it's", 'a"b', "x^y", "-", "a b"], OTHER) == "cmd,'a^cb','it^qs',a\"b,x^y,'^]','a b'"
    assert words("cmd,'a^cb','it^qs',a\"b,x^y,'^]','a b'", OTHER) == ["cmd", "a,b", "it's", 'a"b', "x^y", "-", "a b"]
    assert open_points("cmd,'a^cb'", OTHER) == ()
    assert open_points("a b,,c", OTHER) == ("unquoted-tab", "repeated-separator")


def test_a_grammar_must_hang_together() -> None:
    for quoting in (
        {"escapes": {"n": "\n"}},
        {"escapes": {'"': '"', "\\": "\\", "nn": "\n"}},
        {"escapes": {'"': '"', "\\": "\\"}, "separator": '"'},
        {"escapes": {'"': '"', "\\": "\\"}, "separator": ""},
    ):
        with pytest.raises(ValueError, match="escapes"):
            Quoting(**quoting)


def test_a_grammar_is_a_value() -> None:
    assert QUOTING == pickle.loads(pickle.dumps(QUOTING)) == Quoting(escapes=dict(QUOTING.escapes))
    assert len({QUOTING, Quoting(escapes=dict(QUOTING.escapes))}) == 1


@given(st.lists(ANY_TEXT, max_size=5), st.sampled_from([QUOTING, OTHER]))
def test_values_that_are_joined_are_split_again(values: list[str], quoting: Quoting) -> None:
    line = join("name", values, quoting)
    got = split(line, quoting)
    assert ["name", *values] == [one.value for one in got]
    assert [one.typed for one in got] == [line[one.start : one.start + len(one.typed)] for one in got]
    assert not {"mid-word-quote", "text-after-quote", "unknown-escape", "edge-separator"} & {
        *open_points(line, quoting)
    }


@given(ANY_TEXT)
def test_a_value_travels_as_one_line_even_with_an_lf_in_it(value: str) -> None:
    """The \\n escape keeps the LF out of the line."""
    if any("\ud800" <= one <= "\udfff" for one in value):
        return
    line = LineDecoder(10_000)
    (got,) = feed_and_drain(line, encode_line(join("name", [value], QUOTING)))
    assert isinstance(got, Line)
    assert ["name", value] == words(decode_text(got.data))


@given(ANY_TEXT)
def test_any_line_is_split_or_refused_and_its_open_points_named(line: str) -> None:
    assert set(open_points(line, QUOTING)) <= set(OPEN_POINTS)
    try:
        got = split(line, QUOTING)
    except DecodeError:
        assert '"' in line
    else:
        assert line.replace(" ", "") == "".join(one.typed for one in got).replace(" ", "")


@pytest.mark.parametrize("line", ['"' + "a\\n" * 100_000, '"a" ' * 50_000 + '"', "\\" * 300_000 + '"'])
def test_hostile_lines_take_time_in_proportion(line: str) -> None:
    """Quadratic search would take minutes; the fault handler's timeout would end it."""
    open_points(line, QUOTING)
    with contextlib.suppress(DecodeError):
        split(line, QUOTING)
