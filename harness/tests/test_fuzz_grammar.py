"""The fuzzer's grammar: an independent statement of how a command line is read, from the vendor's document alone.

The last part compares it with the codec in `harness.wire.lines`, which was written apart from it.
"""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.hmp import grammar
from fuzz.hmp.grammar import LONG_LINE, Parsed, parse
from harness.errors import DecodeError
from harness.wire.lines import Quoting, open_points, split

NONE: frozenset[str] = frozenset()
CLEAR = [
    ("a name alone", "createSession", ["createSession"]),
    ("words without quotes", "addHotmark id-1 Phase2", ["addHotmark", "id-1", "Phase2"]),
    ("an unknown name is a name", "fooBar 1", ["fooBar", "1"]),
    ("a space in quotes", 'addHotmark i "part two"', ["addHotmark", "i", "part two"]),
    ("spaces at the ends in quotes", 'addHotmark i "  x "', ["addHotmark", "i", "  x "]),
    ("a tab in quotes", 'addHotmark i "x\ty"', ["addHotmark", "i", "x\ty"]),
    ("needless quotes", 'addHotmark "i" "x"', ["addHotmark", "i", "x"]),
    ("an empty value", 'createSession ""', ["createSession", ""]),
    ("two empty values", 'addHotmark "" ""', ["addHotmark", "", ""]),
    ("an empty value between others", 'setCategory a "" b', ["setCategory", "a", "", "b"]),
    ("a line feed, escaped", r'createSession "up\ndown"', ["createSession", "up\ndown"]),
    ("a backslash, escaped", r'createSession "c:\\x"', ["createSession", "c:\\x"]),
    ("an escaped backslash before n", r'createSession "\\n"', ["createSession", r"\n"]),
    ("an escaped backslash before the closing quote", r'createSession "x\\"', ["createSession", "x\\"]),
    ("a backslash outside quotes", r"createSession c:\new\\x", ["createSession", r"c:\new\\x"]),
    ("a backslash alone outside quotes", "addHotmark \\ x\\", ["addHotmark", "\\", "x\\"]),
    ("a single quote is no quote", "createSession don't", ["createSession", "don't"]),
    ("single quotes hold nothing together", "addHotmark 'a b'", ["addHotmark", "'a", "b'"]),
    ("typographic quotes are none", "createSession “a", ["createSession", "“a"]),
    ("a bar means nothing", "createSession a|b", ["createSession", "a|b"]),
    ("letters of other scripts", 'createSession "Ünï 会議 🎥"', ["createSession", "Ünï 会議 🎥"]),
    ("letters of other scripts without quotes", "createSession 会議", ["createSession", "会議"]),
    ("white space of Unicode in quotes", 'createSession "a\u00a0b\u2028c"', ["createSession", "a\u00a0b\u2028c"]),
    ("another quoted word after a quoted one", 'addHotmark "a" "b c"', ["addHotmark", "a", "b c"]),
]  # fmt: skip

UNBALANCED = [
    ("no closing quote", 'createSession "demo'),
    ("an opening quote alone", 'createSession "'),
    ("the last quote is escaped", r'createSession "demo\"'),
    ("a backslash at the end", 'createSession "demo\\'),
    ("an escaped backslash at the end", r'createSession "demo\\'),
    ("the third of three quotes", 'addHotmark "a" "b'),
    ("the string takes in the spaces after it", 'addHotmark "a b c '),
    ("a tab in the open string", 'addHotmark "a\t'),
    ("surplus spaces say nothing about quotes", 'addHotmark  a   "b'),
    ("nor does a tab in another word", 'addHotmark a\tb "c'),
    ("nor does an unknown escape", r'addHotmark a "b\q'),
    ("nor does the code of the escaped quote", r'addHotmark "\"" "x'),
    ("nor does a CR at the end", 'addHotmark a "b\r'),
]

OPEN = [
    ("", {grammar.BLANK_LINE}, []),
    ("  ", {grammar.BLANK_LINE, grammar.LEADING_SPACE}, []),
    ("\r", {grammar.BLANK_LINE, grammar.CARRIAGE_RETURN}, []),
    (" createSession a", {grammar.LEADING_SPACE}, ["createSession", "a"]),
    ("createSession a ", {grammar.TRAILING_SPACE}, ["createSession", "a"]),
    ('createSession "a" ', {grammar.TRAILING_SPACE}, ["createSession", "a"]),
    ("createSession a  ", {grammar.TRAILING_SPACE, grammar.REPEATED_SPACE}, ["createSession", "a"]),
    ("createSession  a", {grammar.REPEATED_SPACE}, ["createSession", "a"]),
    ("createSession\ta", {grammar.OTHER_WHITESPACE}, ["createSession\ta"]),
    ("createSession a\u00a0b", {grammar.OTHER_WHITESPACE}, ["createSession", "a\u00a0b"]),
    ("createSession a\u2028", {grammar.OTHER_WHITESPACE}, ["createSession", "a\u2028"]),
    ("createSession \ufeffa", {grammar.OTHER_WHITESPACE}, ["createSession", "\ufeffa"]),
    ('createSession "a"\t', {grammar.OTHER_WHITESPACE, grammar.TEXT_AFTER_QUOTE}, ["createSession", "a\t"]),
    ('createSession a"b c"', {grammar.QUOTE_IN_WORD}, ["createSession", "ab c"]),
    ('createSession a"b c', {grammar.QUOTE_IN_WORD}, None),
    (r"createSession \"b c", {grammar.QUOTE_IN_WORD}, None),
    ('createSession b"', {grammar.QUOTE_IN_WORD}, None),
    ('createSession "a"b', {grammar.TEXT_AFTER_QUOTE}, ["createSession", "ab"]),
    ('createSession "a""b"', {grammar.TEXT_AFTER_QUOTE}, ["createSession", "ab"]),
    ('createSession "a"b "c', {grammar.TEXT_AFTER_QUOTE}, None),
    ('"createSession" a', {grammar.QUOTED_NAME}, ["createSession", "a"]),
    ('"createSession a', {grammar.QUOTED_NAME, grammar.UNKNOWN_UNBALANCED}, None),
    ('"createSession" "a', {grammar.QUOTED_NAME}, None),
    ('createSession"a"', {grammar.QUOTE_IN_WORD}, ["createSessiona"]),
    (r'createSession "a\tb"', {grammar.UNKNOWN_ESCAPE}, ["createSession", r"a\tb"]),
    (r'createSession "a\N"', {grammar.UNKNOWN_ESCAPE}, ["createSession", r"a\N"]),
    (r'createSession "a\"b"', {grammar.ESCAPED_QUOTE}, ["createSession", 'a"b']),
    ("createSession a\r", {grammar.CARRIAGE_RETURN}, ["createSession", "a"]),
    ('createSession "a"\r', {grammar.CARRIAGE_RETURN}, ["createSession", "a"]),
    ("createSession a\rb", {grammar.INNER_RETURN}, ["createSession", "a\rb"]),
    ("createSession a\r\r", {grammar.INNER_RETURN, grammar.CARRIAGE_RETURN}, ["createSession", "a\r"]),
    ('createSession a\r "b', {grammar.INNER_RETURN}, None),
    ('createSession "a\x00b"', {grammar.CONTROL_CHARACTER}, ["createSession", "a\x00b"]),
    ('createSession "a\x7f"', {grammar.CONTROL_CHARACTER}, ["createSession", "a\x7f"]),
    ('createSession "a\u0085"', {grammar.CONTROL_CHARACTER}, ["createSession", "a\u0085"]),
    ("createSession a\u0085", {grammar.CONTROL_CHARACTER, grammar.OTHER_WHITESPACE}, ["createSession", "a\u0085"]),
    ('createSession a\x00 "b', {grammar.CONTROL_CHARACTER}, None),
    ("createSession a\nb", {grammar.LINE_FEED}, None),
    ("\ufeffcreateSession a", {grammar.BYTE_ORDER_MARK, grammar.OTHER_WHITESPACE}, ["\ufeffcreateSession", "a"]),
    ("CREATESESSION a", {grammar.NAME_CASE}, ["CREATESESSION", "a"]),
    ("addHotMark a b", {grammar.NAME_CASE}, ["addHotMark", "a", "b"]),
    ("createSess\u0131on a", {grammar.NAME_CASE}, ["createSess\u0131on", "a"]),
    ("createSess\u0130on a", {grammar.NAME_CASE}, ["createSess\u0130on", "a"]),
    ("shareRecording u OWN i", {grammar.DOUBTFUL_COMMAND}, ["shareRecording", "u", "OWN", "i"]),
    ('fooBar "a', {grammar.UNKNOWN_UNBALANCED}, None),
    ('ADDHOTMARK "a', {grammar.UNKNOWN_UNBALANCED, grammar.NAME_CASE}, None),
    (' addHotmark "a', {grammar.LEADING_SPACE}, None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "words"), [case[1:] for case in CLEAR], ids=[case[0] for case in CLEAR])
def test_what_is_clear_is_decided(line: str, words: list[str]) -> None:
    got = parse(line.encode())
    assert (tuple(words), True, NONE) == (got.words, got.balanced, got.open)


@pytest.mark.parametrize("line", [case[1] for case in UNBALANCED], ids=[case[0] for case in UNBALANCED])
def test_an_open_string_is_a_syntax_error(line: str) -> None:
    got = parse(line.encode())
    assert (False, NONE) == (got.balanced, got.open)


@pytest.mark.parametrize(("line", "points", "words"), OPEN, ids=[repr(case[0]) for case in OPEN])
def test_what_is_open_is_named(line: str, points: set[str], words: list[str] | None) -> None:
    got = parse(line.encode())
    assert points == got.open
    if words is not None:
        assert (tuple(words), True) == (got.words, got.balanced)


def test_words_stand_as_typed_beside_their_values() -> None:
    got = parse(rb'updateMetadata i title "say \"yes\"" x\y ""')
    assert ("updateMetadata", "i", "title", r'"say \"yes\""', r"x\y", '""') == got.typed
    assert ("updateMetadata", "i", "title", 'say "yes"', r"x\y", "") == got.words


def test_an_unfinished_word_reaches_to_the_end() -> None:
    got = parse(rb'addHotmark a "b c\n')
    assert (("addHotmark", "a", "b c\n"), ("addHotmark", "a", r'"b c\n')) == (got.words, got.typed)


@pytest.mark.parametrize(
    "line",
    [b"createSession \xff", b'createSession "\xc3"', b"createSession \xed\xa0\x80", b"\xff\xfb\x01", b"a \xc0\xa2"],
)
def test_what_is_no_utf8_is_open(line: bytes) -> None:
    assert grammar.NOT_UTF8 in parse(line).open


def test_a_long_line_is_open_from_the_stated_length_on() -> None:
    longest = b'createSession "' + b"x" * (LONG_LINE - 17) + b'"'
    assert (LONG_LINE - 1, NONE) == (len(longest), parse(longest).open)
    for start in (b'createSession "', b"createSession "):
        assert {grammar.LONG_LINE_POINT} <= parse(start.ljust(LONG_LINE, b"x")).open
    assert {grammar.LONG_LINE_POINT} == parse(b'createSession "'.ljust(LONG_LINE, b"x")).open


def test_length_counts_bytes() -> None:
    assert {grammar.LONG_LINE_POINT} == parse(("createSession " + "ü" * (LONG_LINE // 2)).encode()).open


def test_every_command_of_the_document_is_known_as_it_is_spelt() -> None:
    assert 21 == len(grammar.COMMANDS)
    for name in grammar.COMMANDS:
        assert NONE == parse(name.encode()).open
        assert {grammar.NAME_CASE} == parse(name.swapcase().encode()).open


def test_every_point_stands_in_the_table_with_its_star() -> None:
    rows = [
        line.split()[:2]
        for line in str(grammar.__doc__).partition("What is unclear")[2].splitlines()
        if line[:1].isalpha()
    ]
    assert grammar.POINTS == {row[0] for row in rows}
    assert {row[0] for row in rows if row[1] == "*"} == grammar.NEUTRAL_TO_BALANCE


def test_every_point_is_tried() -> None:
    tried = {point for _, points, _ in OPEN for point in points}
    assert tried | {grammar.NOT_UTF8, grammar.LONG_LINE_POINT} == grammar.POINTS


# --- Properties -----------------------------------------------------------------------------------------------------------------------------------

RICH = st.text(alphabet='""\\\\nn  \t\r\x00abN\u00a0é', max_size=30)


@given(st.one_of(st.binary(max_size=60), RICH.map(str.encode), RICH.map(lambda text: f"createSession {text}".encode())))
def test_any_bytes_are_parsed(line: bytes) -> None:
    got = parse(line)
    assert len(got.words) == len(got.typed)
    assert got.open <= grammar.POINTS
    assert got.balanced or (got.words and not got.open & grammar.NEUTRAL_TO_BALANCE)
    text = line.decode(errors="replace")
    at = 0
    for typed in got.typed:  # what is typed stands on the line, in order, with nothing but spaces between
        start = text.index(typed, at)
        assert "" == text[at:start].strip(" ")
        at = start + len(typed)
    assert text[at:].strip(" ") in ("", "\r")


def _quoted(value: str) -> str:
    """A value as an argument, the plain way."""
    out = ""
    for char in value:
        out += {"\n": "\\n", '"': '\\"', "\\": "\\\\"}.get(char, char)
    return f'"{out}"'


VALUE = st.text(alphabet=st.one_of(st.sampled_from('"\\n \t\n'), st.characters(exclude_categories=["Cs"])))
VALUES = st.lists(VALUE, max_size=6)
PLAIN = st.text(alphabet="ab\\nü'.-|", min_size=1)


@given(VALUES)
def test_quoted_values_come_back(values: list[str]) -> None:
    got = parse(" ".join(["setCategory", *map(_quoted, values)]).encode())
    assert (("setCategory", *values), True) == (got.words, got.balanced)
    assert got.open <= {grammar.ESCAPED_QUOTE, grammar.CONTROL_CHARACTER, grammar.INNER_RETURN}
    assert (grammar.ESCAPED_QUOTE in got.open) == any('"' in value for value in values)


@given(VALUES, st.text(alphabet='ab "\\\n'))
def test_a_line_cut_before_its_last_quote_is_unbalanced(values: list[str], last: str) -> None:
    line = " ".join(["setCategory", *map(_quoted, [*values, last])])[:-1].encode()
    got = parse(line)
    assert not got.balanced
    assert got.open <= {grammar.CONTROL_CHARACTER, grammar.INNER_RETURN}


@given(st.lists(PLAIN, min_size=1, max_size=6))
def test_plain_words_come_back(words: list[str]) -> None:
    assert Parsed(words=tuple(words), typed=tuple(words), balanced=True, open=NONE) == parse(" ".join(words).encode())


# --- Against the codec ----------------------------------------------------------------------------------------------------------------------------

QUOTING = Quoting(escapes={"n": "\n", '"': '"', "\\": "\\"})
# Where characters touch a quote or a CR ends the line, both choose a plain reading, but not the same one.
TOUCHING = {grammar.QUOTE_IN_WORD, grammar.TEXT_AFTER_QUOTE}
READ_APART = TOUCHING | {grammar.CARRIAGE_RETURN}
# Names differ for spaces (which of them are at the edge, which repeated) and for CR within a line.
SURPLUS = "surplus-space"
SAME_POINT = {
    "unquoted-tab": grammar.OTHER_WHITESPACE,
    "edge-separator": SURPLUS,
    "repeated-separator": SURPLUS,
    grammar.LEADING_SPACE: SURPLUS,
    grammar.TRAILING_SPACE: SURPLUS,
    grammar.REPEATED_SPACE: SURPLUS,
    "trailing-cr": grammar.CARRIAGE_RETURN,
    grammar.INNER_RETURN: grammar.CONTROL_CHARACTER,
    "empty-line": grammar.BLANK_LINE,
}
# Points that the codec cannot know (it has no commands) or leaves to its caller (which letter an escape sequence stands for).
GRAMMAR_ONLY = {grammar.ESCAPED_QUOTE, grammar.QUOTED_NAME, grammar.NAME_CASE, grammar.DOUBTFUL_COMMAND}


def _codec(line: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Values and words as typed; None where the codec finds the quotes unbalanced."""
    try:
        found = split(line, QUOTING)
    except DecodeError:
        return None
    return tuple(one.value for one in found), tuple(one.typed for one in found)


def compare(line: str) -> str:
    """Hold the codec against the grammar on one line; return which rule applied."""
    got = parse(line.encode())
    if not got.balanced:
        if got.open:
            return "unbalanced and open"
        assert _codec(line) is None, line
        return "unbalanced"
    if got.open & READ_APART:
        return "read apart"
    assert (got.words, got.typed) == _codec(line), line
    return "open, read alike" if got.open else "clear"


def compare_open(line: str) -> None:
    """Hold what the codec calls open about a line against the grammar; the rest only where both read it to its end alike."""
    got = parse(line.encode())
    codec = set(open_points(line, QUOTING))
    touching = bool(codec & {"mid-word-quote", "text-after-quote"})
    assert touching == bool(got.open & TOUCHING), line
    if got.balanced and not touching:
        same = {SAME_POINT.get(point, point) for point in got.open - GRAMMAR_ONLY}
        assert {SAME_POINT.get(point, point) for point in codec} == same, line


def test_the_codec_reads_every_short_line_as_the_grammar_does() -> None:
    met: Counter[str] = Counter()
    for size in range(5):
        for chars in itertools.product('"\\n \ta', repeat=size):
            line = "addHotmark " + "".join(chars)
            met[compare(line)] += 1
            compare_open(line)
    # Each rule applied to many lines, or this test would compare nothing.
    assert all(met[rule] >= 30 for rule in ("clear", "unbalanced", "open, read alike", "read apart")), met


PIECES = st.sampled_from(
    [
        '"',
        '"',
        " ",
        " ",
        ' "',
        '" ',
        '" "',
        "\\",
        '\\"',
        "\\n",
        "\\\\",
        "\\q",
        "\t",
        "n",
        "a",
        "Bc",
        '"x y"',
        ' "" ',
        "ü",
        "\u00a0",
        "'",
    ]
)
LINES = st.sampled_from(["{}", "addHotmark {}", 'addHotmark "{}"', 'addHotmark x "{}'])


@given(LINES, st.lists(PIECES, max_size=20).map("".join))
def test_the_codec_reads_long_lines_as_the_grammar_does(line: str, rest: str) -> None:
    compare(line.format(rest))
    compare_open(line.format(rest))


@given(st.lists(st.one_of(PLAIN, VALUE.map(_quoted)), max_size=4))
def test_the_codec_reads_well_formed_words_as_the_grammar_does(words: list[str]) -> None:
    line = " ".join(["setCategory", *words])
    assert compare(line) in ("clear", "open, read alike")
    compare_open(line)
    assert _codec(f'{line} "{line[:5]}') is None
