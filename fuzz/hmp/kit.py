"""The fuzzer of hmp: what the engine asks of a system, answered."""

from __future__ import annotations

import re

from fuzz.hmp import grammar
from fuzz.hmp.world import HmpWorld
from harness.fuzzing.kit import Kit


def cut(data: bytes) -> tuple[list[bytes], bytes]:
    """Commands without their line feeds, and what is not ended yet (section End-Of-Line Character)."""
    *lines, rest = data.split(b"\n")
    return lines, rest


_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_SEQUENCE = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPES = {b"n": "HMP-SYN-008", b'"': "HMP-SYN-009", b"\\": "HMP-SYN-010"}


def strains(data: bytes) -> tuple[str, ...]:
    """The clauses about quoting, escapes and characters that these commands put to use."""
    quoted = _QUOTED.findall(data)
    found = {"HMP-SYN-007"} if quoted else set()
    found |= {"HMP-SYN-006"} if any(b" " in one or b"\t" in one for one in quoted) else set()
    found |= {_ESCAPES[letter] for one in quoted for letter in _SEQUENCE.findall(one) if letter in _ESCAPES}
    found |= {"HMP-SYN-011"} if b"\\" in _QUOTED.sub(b"", data) else set()
    found |= {"HMP-SYN-003"} if not data.isascii() else set()
    return tuple(sorted(found))


KIT = Kit(
    system="hmp",
    cut=cut,
    parse=grammar.parse,
    others=grammar.other_words,
    world=HmpWorld,
    probe=lambda uuid: ("getRecordingStatus", uuid),
    marker=lambda word: ("getRecordingStatus", word),
    strains=strains,
    twins={grammar.ESCAPED_QUOTE: ('"', " ")},
    may_close=frozenset(
        {
            grammar.NOT_UTF8,
            grammar.LONG_LINE_POINT,
            grammar.CONTROL_CHARACTER,
            grammar.BYTE_ORDER_MARK,
            grammar.INNER_RETURN,
        }
    ),
    may_ignore=frozenset(
        {
            grammar.BLANK_LINE,
            grammar.NOT_UTF8,
            grammar.LONG_LINE_POINT,
            grammar.CONTROL_CHARACTER,
            grammar.BYTE_ORDER_MARK,
            grammar.INNER_RETURN,
        }
    ),
    may_split=frozenset(
        {grammar.INNER_RETURN, grammar.CARRIAGE_RETURN, grammar.CONTROL_CHARACTER, grammar.OTHER_WHITESPACE}
    ),
)
