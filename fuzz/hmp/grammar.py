r"""What the vendor's document says a command line means: the fuzzer's oracle, written from the document alone.

Source: Haivision Media Platform 3.2, Command Line API Integrator's Guide. It knows nothing of the codec in `harness.wire`, of the specs and of the
reference server, on purpose: where one of them misreads the document, the two statements differ.

What is clear and decided here (chapter "Command Line API Syntax" unless another is named):

* Only U+0020 separates words (Quoted Strings). Only U+0022 begins or ends a quoted string; single and typographic quotes are plain characters.
* Outside quotes a backslash is a plain character, whatever follows it (Escape Sequences).
* In quotes: spaces, tabs and every other printable character stand for themselves, at the ends too (Command Syntax; Set Recording Category has an
  error for values with spaces at the ends, so they arrive). `\n`, `\"` and `\\` are escapes, and an escaped quote does not end the string (Escape
  Sequences).
* `""` is an argument with an empty value, not a missing one (Create a Session, its errors). Quotes around a value that needs none mean nothing.
* A line that ends inside a quoted string is answered by the syntax error (General Errors, 000001).
* Only U+000A ends a command, in quotes too (End-Of-Line Character): the caller has cut the line there before `parse` sees it.

What is open, by name. A star marks what is neutral to balance: it says nothing about whether quotes balance, so an unbalanced line must still be
answered by the syntax error, and `parse` does not list it there.

====================  =======================  ==========================================================================================
Name                  Section                  What is unclear
====================  =======================  ==========================================================================================
blank-line            Command Syntax           no word at all: an error, which one, or no answer
leading-space         Quoted Strings           before the name: skipped, or the separator after an empty name
trailing-space        Quoted Strings           after the last word: skipped, or the separator before an empty argument
repeated-space *      Quoted Strings           between words: one separator, or empty arguments between them
other-whitespace *    Command Syntax           whitespace must be quoted, but only U+0020 separates: a tab (or other white space of
                                               Unicode) outside quotes may separate, be a plain character, or be refused
quote-in-word         Quoted Strings           a quote after other characters of a word begins a string, is a plain character, or is
                                               refused; so too `\"` outside quotes, where the backslash is plain
text-after-quote      Quoted Strings           after the closing quote no space: same word, next word, or refused
quoted-name           Quoted Strings           arguments may be quoted; of the command's name nothing is said
unknown-escape *      Escape Sequences         in quotes, a backslash before another character than the three of the table
escaped-quote *       Escape Sequences         the table calls it Quote but gives U+0020, the code of the space; two sentences give
                                               U+0022
carriage-return *     End-Of-Line              the line's last character: only LF is named, but the note says newlines differ, and Telnet
                                               (which the document recommends) sends CR LF: part of the line's end, or of the last word
inner-return          End-Of-Line              CR elsewhere: for the same reasons possibly an end of line
control-character     Character Set            Unicode's controls (U+0000 to U+001F without tab, LF, CR; U+007F to U+009F): Unicode as a
                                               whole is supported, but Command Syntax does not list its "special characters"; NUL may end
                                               a string, Telnet has codes for editing, U+0085 is a newline for some
line-feed             End-Of-Line              not a point of the document: the caller gave more than one line
not-utf8              Character Set            commands must be UTF-8 (RFC 3629); what follows when they are not is not said
byte-order-mark       Character Set            U+FEFF first: a signature (RFC 3629, 6) or the name's first character
long-line             (nowhere)                no length is given; from `LONG_LINE` bytes on
name-case             General Errors           the name differs from a command's only in case
doubtful-command      Command Line API Syntax  `shareRecording` succeeds in the table of examples, the reference lacks it
unknown-unbalanced    General Errors           quotes do not balance and the command does not exist: errors 000001 and 000002 both fit,
                                               their order is not given
====================  =======================  ==========================================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

BLANK_LINE: Final = "blank-line"
LEADING_SPACE: Final = "leading-space"
TRAILING_SPACE: Final = "trailing-space"
REPEATED_SPACE: Final = "repeated-space"
OTHER_WHITESPACE: Final = "other-whitespace"
QUOTE_IN_WORD: Final = "quote-in-word"
TEXT_AFTER_QUOTE: Final = "text-after-quote"
QUOTED_NAME: Final = "quoted-name"
UNKNOWN_ESCAPE: Final = "unknown-escape"
ESCAPED_QUOTE: Final = "escaped-quote"
CARRIAGE_RETURN: Final = "carriage-return"
INNER_RETURN: Final = "inner-return"
CONTROL_CHARACTER: Final = "control-character"
LINE_FEED: Final = "line-feed"
NOT_UTF8: Final = "not-utf8"
BYTE_ORDER_MARK: Final = "byte-order-mark"
LONG_LINE_POINT: Final = "long-line"
NAME_CASE: Final = "name-case"
DOUBTFUL_COMMAND: Final = "doubtful-command"
UNKNOWN_UNBALANCED: Final = "unknown-unbalanced"

# Whichever way a device takes one of these, the quotes balance or do not just the same.
NEUTRAL_TO_BALANCE: Final = frozenset(
    {REPEATED_SPACE, OTHER_WHITESPACE, UNKNOWN_ESCAPE, ESCAPED_QUOTE, CARRIAGE_RETURN},
)
POINTS: Final = NEUTRAL_TO_BALANCE | {
    BLANK_LINE, LEADING_SPACE, TRAILING_SPACE, QUOTE_IN_WORD, TEXT_AFTER_QUOTE, QUOTED_NAME, INNER_RETURN, CONTROL_CHARACTER, LINE_FEED, NOT_UTF8,
    BYTE_ORDER_MARK, LONG_LINE_POINT, NAME_CASE, DOUBTFUL_COMMAND, UNKNOWN_UNBALANCED,
}  # fmt: skip

# Bytes without the line feed. The document gives no limit, and a device must have one. A terminal's line discipline holds 4096 bytes, so nobody who
# follows the advice to use Telnet can type more; every example is below 150, and a description of some pages ("free-form text") must still pass.
LONG_LINE: Final = 4096

# "Summary of Command Line API Commands".
COMMANDS: Final = frozenset({
    "createSession", "setLiveSession", "deleteSession", "addSourceToSession", "removeSourceFromSession", "shareSessionWithUser",
    "shareSessionWithGroup", "updateSessionMetadata", "setSessionCategory", "startRecording", "pauseRecording", "resumeRecording", "stopRecording",
    "getRecordingStatus", "shareRecordingWithUser", "shareRecordingWithGroup", "updateMetadata", "setCategory", "addHotmark",
    "startRestreamRecording", "stopRestreamRecording",
})  # fmt: skip
_DOUBTFUL = "shareRecording"

# White space for some Unicode, language or library: str.isspace(), and three that once were (U+180E, U+200B) or are for JavaScript (U+FEFF).
# The space is a separator, and CR has names of its own.
_OTHER_SPACES = frozenset(
    "\t\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_CONTROLS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0)))) - {"\t", "\n", "\r"}
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    r"""What a conforming server must take a command line for.

    `words` is the command's name and the values of its arguments, decoded, under the plainest reading; () where there is none. The plainest
    reading skips surplus spaces and a CR at the end, takes other white space as a plain character, joins what touches (`a"b c"d` is one word),
    takes `\"` for a quote and keeps an unknown escape as it stands. Bytes that are no UTF-8 stand as U+FFFD.

    `typed` is the same words as they stand on the line, quotes and escapes included; always as many as `words`.

    `balanced` is False where the line ends inside a quoted string; the last word then reaches to the end of the line. If `open` is empty too,
    the answer must be the document's syntax error.

    `open` names the points of the module's table that this line touches. Where it is not empty, the line may be answered in several ways.
    """

    words: tuple[str, ...]
    typed: tuple[str, ...]
    balanced: bool
    open: frozenset[str]


def parse(line: bytes) -> Parsed:
    """Take one command line, without its line feed, for what the document says.

    Never raises, whatever the bytes.
    """
    points: set[str] = set()
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode(errors="replace")
        points.add(NOT_UTF8)
    if len(line) >= LONG_LINE:
        points.add(LONG_LINE_POINT)
    printable = text.isprintable()  # of white space only U+0020, no controls, no U+FEFF
    if printable and not points and '"' not in text:
        quick = tuple(text.split(" "))
        if "" not in quick:
            return Parsed(words=quick, typed=quick, balanced=True, open=_about_name(quick[0]))
    if not printable:
        text = _about_characters(text, points)
    words, typed, balanced = _scan(text, points)
    if words:
        points |= _about_name(words[0])
    else:
        points.add(BLANK_LINE)
    if not balanced:
        points -= NEUTRAL_TO_BALANCE
        if words[0] not in COMMANDS:
            points.add(UNKNOWN_UNBALANCED)
    return Parsed(words=tuple(words), typed=tuple(typed), balanced=balanced, open=frozenset(points))


# Where a line touches one of these, what a lenient device finds in it may differ from the plain reading in its effect.
_LENIENT: Final = frozenset({
    OTHER_WHITESPACE, QUOTE_IN_WORD, TEXT_AFTER_QUOTE, INNER_RETURN, CONTROL_CHARACTER, NOT_UTF8, BYTE_ORDER_MARK,
})  # fmt: skip
_ODD = str.maketrans(
    {**dict.fromkeys(_OTHER_SPACES | {"\r"}, " "), **dict.fromkeys(_CONTROLS - _OTHER_SPACES, None), "\ufeff": None}
)
_ODD_AND_QUOTES = _ODD | str.maketrans('"', " ")
_ENDS = re.compile("[" + "".join(map(re.escape, sorted(_CONTROLS | {"\r", "\u2028", "\u2029"}))) + "]")


def other_words(line: bytes, points: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    """What else a device may find in a line that touches these points: the words of other readings, names of commands first.

    Only for what the line may have done. Odd white space may separate words, a quote may end one; controls, a byte order mark and bytes that are no
    UTF-8 may be dropped, and a control or CR may end the command.
    """
    if points.isdisjoint(_LENIENT):
        return ()
    text = line.decode(errors="ignore")
    found = [text.translate(_ODD_AND_QUOTES).split(" ")]
    for piece in (text.translate(_ODD), text.removeprefix("\ufeff"), *_ENDS.split(text)):
        found.append(_scan(piece, set())[0])
    readings = dict.fromkeys(tuple(word for word in words if word) for words in found)
    return tuple(words for words in readings if words and _folded(words[0]) in _FOLDED)


def _scan(text: str, points: set[str]) -> tuple[list[str], list[str], bool]:
    """Words, words as typed, whether the quotes balance; adds the open points met on the way.

    A word is a row of pieces: quoted strings, and plain runs up to a space or a quote. More than one piece is always open.
    """
    words: list[str] = []
    typed: list[str] = []
    balanced = True
    size = len(text)
    space = quote = -1  # where the next ones stand; looked for again only when passed, so that long lines stay cheap
    at = 0
    while at < size:
        if text[at] == " ":
            points.add(REPEATED_SPACE if words else LEADING_SPACE)
            at += 1
            continue
        begin = at
        value = ""
        plain = False  # the piece before this one
        while at < size and text[at] != " ":
            if text[at] == '"':
                if at > begin:
                    points.add(QUOTE_IN_WORD if plain else TEXT_AFTER_QUOTE)
                elif not words:
                    points.add(QUOTED_NAME)
                piece, at, balanced = _quoted(text, at + 1, points)
                plain = False
            else:
                if at > begin:
                    points.add(TEXT_AFTER_QUOTE)
                if space < at:
                    space = _next(text, " ", at)
                if quote < at:
                    quote = _next(text, '"', at)
                end = min(space, quote)
                piece = text[at:end]
                if not piece.isprintable() and not _OTHER_SPACES.isdisjoint(piece):
                    points.add(OTHER_WHITESPACE)
                at = end
                plain = True
            value += piece
        words.append(value)
        typed.append(text[begin:at])
        at += 1  # over the space
    if words and balanced and text[-1] == " ":
        points.add(TRAILING_SPACE)
    return words, typed, balanced


def _quoted(text: str, at: int, points: set[str]) -> tuple[str, int, bool]:
    """A quoted string from behind its opening quote: its value, where it ends, whether it was closed."""
    size = len(text)
    close = -1
    value = ""
    while True:
        if close < at:
            close = _next(text, '"', at)
        slash = text.find("\\", at, close)
        if slash < 0:
            value += text[at:close]
            return value, min(close + 1, size), close < size
        value += text[at:slash]
        char = text[slash + 1 : slash + 2]
        if char == '"':
            points.add(ESCAPED_QUOTE)
        elif char and char not in _ESCAPES:
            points.add(UNKNOWN_ESCAPE)
        value += _ESCAPES.get(char, "\\" + char)
        at = min(slash + 2, size)


def _next(text: str, char: str, at: int) -> int:
    """The character's next place from `at` on, the text's length if there is none."""
    found = text.find(char, at)
    return found if found >= 0 else len(text)


def _about_characters(text: str, points: set[str]) -> str:
    """Add the points about single characters, wherever they stand; return the line without a CR at its end."""
    if text.endswith("\r"):
        points.add(CARRIAGE_RETURN)
        text = text[:-1]
    if "\r" in text:
        points.add(INNER_RETURN)
    if "\n" in text:
        points.add(LINE_FEED)
    if text.startswith("\ufeff"):
        points.add(BYTE_ORDER_MARK)
    if not _CONTROLS.isdisjoint(text):
        points.add(CONTROL_CHARACTER)
    return text


def _about_name(name: str) -> frozenset[str]:
    """The points about a command's name alone."""
    if name in COMMANDS:
        return _NOTHING
    if name == _DOUBTFUL:
        return frozenset({DOUBTFUL_COMMAND})
    return frozenset({NAME_CASE}) if _folded(name) in _FOLDED else _NOTHING


def _folded(name: str) -> str:
    """The name without case, also for who compares letters one by one: dotless and dotted i, long s, the Kelvin sign."""
    return name.upper().casefold().replace("i\u0307", "i")


_FOLDED = frozenset(map(_folded, COMMANDS | {_DOUBTFUL}))
