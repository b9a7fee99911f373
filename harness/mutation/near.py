"""What lies just beside a type or a rule: which values a careless device takes, which it refuses, and where it does not look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

from harness.datatypes import is_value
from harness.spec.model import Base, DataType, Parameter, Rule

Test = Callable[[str], bool]
_HEXADECIMAL = re.compile(r"[0-9a-fA-F{}-]*(?:urn:uuid:)?[0-9a-fA-F{}-]*")
UUID_LENGTH = 36
# Beyond this a small device may have no room; documents that name no limit allow it.
LONG = 64


def _is_open(kind: DataType, value: str) -> bool:
    """Whether only some readings say what becomes of the value, by its spelling."""
    forms = kind.open_forms
    folded = value.lower()
    if kind.base is Base.ENUM:
        words = [word.lower() for word in (*kind.choices, *kind.open_choices)]
        return folded in words
    if kind.base is Base.UUID:
        plain = folded.removeprefix("urn:uuid:").strip("{}").replace("-", "")
        return bool(forms) and re.fullmatch(r"[0-9a-f]{32}", plain) is not None
    if kind.base is Base.INT:
        return (
            "leading-zeros" in forms and re.fullmatch(r"\s*\+?[0-9]+\s*", value) is not None and _in_range(kind, value)
        )
    if kind.base is Base.IPV4:
        octets = value.split(".")
        return len(octets) == 4 and all(octet.isdecimal() and int(octet) < 256 for octet in octets)
    return False


def _in_range(kind: DataType, value: str) -> bool:
    return (kind.minimum or 0) <= int(value) <= (kind.maximum if kind.maximum is not None else int(value))


def _is(word: str, value: str) -> bool:
    return value == word


def missed(kind: DataType) -> Iterator[tuple[str, Test]]:
    """Ways not to notice that a value is none of the type; each test holds for values that are surely wrong."""

    def wrong(test: Test) -> Test:
        return lambda value: not is_value(kind, value) and not _is_open(kind, value) and test(value)

    yield "anything", wrong(lambda _value: True)
    match kind.base:
        case Base.UUID:
            yield (
                "too-short",
                wrong(lambda value: 0 < len(value) < UUID_LENGTH and _HEXADECIMAL.fullmatch(value) is not None),
            )
            yield "too-long", wrong(lambda value: len(value) > UUID_LENGTH)
            yield "no-digits", wrong(lambda value: len(value) == UUID_LENGTH)
            yield "empty", wrong(lambda value: not value)
        case Base.ENUM:
            yield "beginnings", wrong(lambda value: any(word.startswith(value) and value for word in kind.choices))
            yield "run-ons", wrong(lambda value: any(value.startswith(word) for word in kind.choices))
            yield "numbers", wrong(str.isdecimal)
            yield "empty", wrong(lambda value: not value)
        case Base.INT:
            yield (
                "too-large",
                wrong(lambda value: value.isdecimal() and kind.maximum is not None and int(value) > kind.maximum),
            )
            yield "negative", wrong(lambda value: value.startswith("-"))
            yield "trailing-text", wrong(lambda value: value[:1].isdecimal() and not value.isdecimal())
        case Base.IPV4:
            yield "large-octets", wrong(lambda value: value.count(".") == 3 and value.replace(".", "").isdecimal())
            yield "missing-octets", wrong(lambda value: value.count(".") < 3 and value.replace(".", "").isdecimal())
            yield "surplus-octets", wrong(lambda value: value.count(".") > 3)
            yield "names", wrong(lambda value: value[:1].isalpha())


def refusable(kind: DataType, parameter: Parameter) -> Iterator[tuple[str, Test]]:
    """Ways to refuse what a parameter may be; each test holds for values that every reading takes."""
    if kind.base is Base.ENUM:
        for choice in kind.choices:
            if f"choice-{choice}" not in kind.open_forms:
                yield choice, partial(_is, choice)
    elif kind.base is Base.TEXT and parameter.object is None:
        yield "anything", lambda _value: True
        yield "several-words", lambda value: " " in value
        yield "other-scripts", lambda value: not value.isascii()
        yield "long-text", lambda value: len(value) > LONG
        yield "punctuation", lambda value: not value.replace(" ", "").isalnum() and value.isascii()
    elif kind.base is Base.INT and kind.maximum is not None:
        yield "anything", lambda _value: True
        top = kind.maximum
        yield "high-numbers", lambda value: value.isdecimal() and top // 2 < int(value) < top
    else:
        yield "anything", lambda _value: True


def violated(rule: Rule) -> Iterator[tuple[str, Callable[[Sequence[str]], bool]]]:
    """Ways not to look everywhere in a list of values: each says whether a careless device still finds the violation."""
    if rule is Rule.UNIQUE:
        yield "far-apart", lambda values: any(a == b for a, b in pairwise(values))
        yield "not-at-the-start", lambda values: len(set(values[:2])) < len(values[:2])
        yield "beyond-16", lambda values: len(set(values[:16])) < len(values[:16])
        return
    bad: Test = (lambda value: not value) if rule is Rule.NOT_EMPTY else (lambda value: value != value.strip())
    yield "behind-the-first", lambda values: any(map(bad, values[:1]))
    yield "at-the-end", lambda values: any(map(bad, values[:-1]))
    yield "beyond-16", lambda values: any(map(bad, values[:16]))
    if rule is Rule.TRIMMED:
        yield "leading-spaces", lambda values: any(value != value.rstrip() for value in values)
        yield "trailing-spaces", lambda values: any(value != value.lstrip() for value in values)
