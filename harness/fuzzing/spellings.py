"""Whether any text is a value of a type, is none, or is spelled in a way on which a document is silent.

`harness.datatypes` knows the spelling that a document uses and `harness.openforms` the open ones that its probes make. A fuzzer makes any text,
so this is the generous answer for all others: what a lenient reader (an integer parser that takes padding, underscores and other digits, a UUID
parser that drops hyphens) could take for a value is open; only what no reader takes for one is wrong.
"""

from __future__ import annotations

import math
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from enum import StrEnum

from harness.datatypes import UUID, is_value
from harness.spec.model import Base, DataType, System

# A UUID in the spelling of RFC 9562, with a version and a variant that it knows; others, nil too, a strict device may refuse.
_PLAIN_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_UUID_DIGITS = 32
# Longer texts are no numbers that fit any documented range, however they are read.
_LONGEST_NUMBER = 64
_ORDINARY_CONTROLS = "\t\n"


class Standing(StrEnum):
    """What a text is for a type."""

    VALUE = "value"
    OPEN = "open"
    WRONG = "wrong"


def standing(system: System, kind: DataType) -> Callable[[str], Standing]:
    """What any text is for this type. Names of objects count as values here, whether there is such an object or not."""
    match kind.base:
        case Base.UUID:
            return _uuid
        case Base.INT:
            return lambda text: _int(kind, text)
        case Base.IPV4:
            return lambda text: _ipv4(kind, text)
        case Base.ENUM:
            return _enum(system, kind)
        case Base.TEXT | Base.XS_STRING:
            return lambda _text: Standing.VALUE
        case Base.XS_INTEGER | Base.XS_NON_NEGATIVE | Base.GUID | Base.WORD | Base.NUMBER | Base.US_TIME:
            return lambda text: Standing.VALUE if is_value(kind, text) else Standing.WRONG


def canonical_uuid(text: str) -> str | None:
    """The 32 digits of the UUID that a lenient reader finds in a text, None if there is none."""
    if len(text) < _UUID_DIGITS:
        return None
    if UUID.fullmatch(text) is not None:  # nearly always
        return text.replace("-", "").lower()
    for candidate in _cleaned(text):
        bare = candidate.removeprefix("(").removesuffix(")").strip("\"'")
        try:
            return uuid.UUID(bare.casefold()).hex
        except ValueError:
            continue
    return None


def odd_characters(text: str) -> bool:
    """Whether a text has characters that devices rarely keep as they are: controls, separators of lines, characters that are none."""
    if text.isprintable():
        return False
    return any(
        unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs", "Zl", "Zp") or char == "\ufeff"
        for char in text
        if char not in _ORDINARY_CONTROLS
    )


def blank(text: str) -> bool:
    """Whether a text shows nothing: white space, controls and characters without width."""
    return all(char.isspace() or unicodedata.category(char)[0] in "CZ" for char in text)


def edges(text: str) -> bool:
    """Whether a text begins or ends with white space or with something else that does not show."""
    return text != "" and (blank(text[0]) or blank(text[-1]))


def folded(text: str) -> str:
    """A text without what a lenient comparison overlooks: letter case, the width and composition of characters, space around."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _cleaned(text: str) -> Iterator[str]:
    """The text as readers may clean it up: as it is, trimmed, without what does not show, up to a NUL."""
    yield text
    yield text.strip()
    if not text.isascii() or not text.isprintable():
        plain = unicodedata.normalize("NFKC", text)
        yield "".join(char for char in plain if unicodedata.category(char)[0] != "C").strip()
        yield text.partition("\0")[0].strip()


def _uuid(text: str) -> Standing:
    if _PLAIN_UUID.fullmatch(text):
        return Standing.VALUE
    return Standing.WRONG if canonical_uuid(text) is None else Standing.OPEN


def _int(kind: DataType, text: str) -> Standing:
    if len(text) <= _LONGEST_NUMBER and is_value(kind, text):
        at_limit = any(name in kind.open_forms and text == str(getattr(kind, name)) for name in ("minimum", "maximum"))
        return Standing.OPEN if at_limit else Standing.VALUE
    return Standing.OPEN if any(_in_range(kind, number) for number in _numbers(text)) else Standing.WRONG


def _in_range(kind: DataType, number: int) -> bool:
    return (kind.minimum is None or number >= kind.minimum) and (kind.maximum is None or number <= kind.maximum)


def _numbers(text: str) -> Iterator[int]:
    """The whole numbers that readers may find in a text."""
    for candidate in _cleaned(text):
        bare = candidate.lstrip("0") or candidate[:1]  # so that no number of zeros makes it long
        if not bare or len(bare) > _LONGEST_NUMBER:
            continue
        # A leading zero may mean octal, and prefixes such as 0x may count (base 0).
        for base in (10, 8, 0) if bare != candidate else (10, 0):
            try:
                yield int(candidate if base == 0 else bare, base)
            except ValueError:
                continue
        try:
            number = float(bare)
        except ValueError:
            continue
        if math.isfinite(number) and number.is_integer():
            yield int(number)


def _ipv4(kind: DataType, text: str) -> Standing:
    if is_value(kind, text):
        return Standing.VALUE
    for candidate in _cleaned(text):
        parts = candidate.split(".")
        if len(parts) == 4 and all(any(0 <= number <= 255 for number in _numbers(part)) for part in parts):
            return Standing.OPEN
    return Standing.WRONG


def _enum(system: System, kind: DataType) -> Callable[[str], Standing]:
    """Choices that no reading refuses are values; those of one reading only, and other spellings of either, are open."""
    open_words = {form.removeprefix("choice-") for form in kind.open_forms if form.startswith("choice-")}
    open_words.update(kind.open_choices)
    plain = frozenset(kind.choices) - open_words
    known = frozenset(map(folded, (*kind.choices, *open_words)))
    named = kind.or_object is not None
    by_uuid = named and system.objects[kind.or_object or ""].unknown == "uuid"

    def recognise(text: str) -> Standing:
        if text in plain:
            return Standing.VALUE
        if any(folded(candidate) in known for candidate in _cleaned(text)):
            return Standing.OPEN
        if by_uuid:
            return _uuid(text)
        return Standing.VALUE if named else Standing.WRONG

    return recognise
