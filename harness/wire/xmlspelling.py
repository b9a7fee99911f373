"""How a message of XML is spelled: as usual, or in any other way that means the same. The parts of its tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

BLANKS = " \t\r\n"
# Characters that XML 1.0 (production 2) has no way to write, not even as references.
_NEVER = r"\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_IN_VALUE = {'"': re.compile(rf'[&<>"\t\n\r{_NEVER}]'), "'": re.compile(rf"[&<>'\t\n\r{_NEVER}]")}
_IN_TEXT = re.compile(rf"[&<>\r{_NEVER}]")
_EVERY = re.compile(r"[\s\S]")
_WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}  # fmt: skip
_WRONG = re.compile(f"[{_NEVER}]")
_LETTERS = (
    "A-Z_a-z:\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_LETTERS}][{_LETTERS}.0-9\xb7\u0300-\u036f\u203f\u2040-]*")  # XML 1.0, productions 4 to 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """One of the many ways to write the same message. Each gives a well-formed document that means the same.

    Args:
        declaration: whether the XML declaration is written.
        encoding: as declared, in any letters; "" leaves it out.
        quote: around values, `"` or `'`.
        blank: before `/>`, white space or nothing.
        pair: `<A></A>` instead of `<A/>`.
        equals: between name and value: `=` with white space around it.
        line_end, indent: white space before each tag, `indent` once for each level.
        attribute_space: white space between attributes and after an element's name.
        comment: put before each element of the second and third level; "" for none.
        references: write each character of values as `&#x...;`.
        mark: begin with a byte order mark.
    """

    declaration: bool = True
    encoding: str = "utf-8"
    quote: str = '"'
    blank: str = " "
    pair: bool = False
    equals: str = "="
    line_end: str = "\n"
    indent: str = "  "
    attribute_space: str = " "
    comment: str = ""
    references: bool = False
    mark: bool = False

    def __post_init__(self) -> None:
        if self.quote not in ('"', "'"):
            raise ValueError(f"quote: expected one of \" and ', got {self.quote!r}")
        for name in ("blank", "line_end", "indent", "attribute_space"):
            if getattr(self, name).strip(BLANKS):
                raise ValueError(f"{name}: expected white space, got {getattr(self, name)!r}")
        if not self.attribute_space or self.equals.strip(BLANKS) != "=":
            raise ValueError(f"attribute_space, equals: expected white space; and one =, got {self}")
        if self.encoding.lower() not in ("", "utf-8"):
            raise ValueError(f"encoding: expected utf-8 in any letters, or nothing, got {self.encoding!r}")
        if "--" in self.comment or self.comment.endswith("-") or _WRONG.search(self.comment):
            raise ValueError(f"comment: expected what may stand in one, got {self.comment!r}")


USUAL = Spelling()


def declaration(spelling: Spelling) -> str:
    """The XML declaration and the end of its line; nothing where the spelling has none."""
    if not spelling.declaration:
        return ""
    quote, equals = spelling.quote, spelling.equals
    encoding = f" encoding{equals}{quote}{spelling.encoding}{quote}" if spelling.encoding else ""
    return f"<?xml version{equals}{quote}1.0{quote}{encoding} ?>{spelling.line_end}"


def start_tag(name: str, attributes: Mapping[str, str], spelling: Spelling) -> str:
    """A start tag without its end.

    Raises:
        ValueError: a name is no XML name, or a value has a character that XML 1.0 cannot hold.
    """
    text = f"<{_checked(name)}"
    quote = spelling.quote
    special = _EVERY if spelling.references else _IN_VALUE[quote]
    for key, value in attributes.items():
        if special.search(value) is not None:
            value = _escape(value, special, references=spelling.references)
        text += f"{spelling.attribute_space}{_checked(key)}{spelling.equals}{quote}{value}{quote}"
    return text


def text_of(text: str) -> str:
    """Text as it stands between tags.

    Raises:
        ValueError: it has a character that XML 1.0 cannot hold.
    """
    return _escape(text, _IN_TEXT, references=False)


def _escape(value: str, special: re.Pattern[str], *, references: bool) -> str:
    wrong = _WRONG.search(value)
    if wrong is not None:
        got = f"U+{ord(wrong[0]):04X} at character {wrong.start()}"
        raise ValueError(f"value: expected characters that XML 1.0 can hold, got {got}")
    if references:
        return "".join([f"&#x{ord(char):x};" for char in value])
    for char, written in _WRITTEN.items():  # several times faster than a substitution; & comes first
        if char in value and special.match(char) is not None:
            value = value.replace(char, written)
    return value


@lru_cache(maxsize=1024)
def _checked(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"name: expected an XML name, got {name!r}")
    return name
