"""Spellings on which a document is silent, recognised: which ambiguities decide whether a text is a value of a type.

The reverse of the open probes of `harness.datatypes`: a probe makes an open spelling from a value, a form here finds
the value in the spelling.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.datatypes import UUID, is_value
from harness.spec.model import DataType, System


def value_readings(system: System, kind: DataType, text: str) -> tuple[str, ...] | None:
    """The ambiguities under one reading of which `text` is a value; empty if it plainly is one, None if it is none."""
    named = {ambiguity for form, ambiguity in kind.open_forms.items() if _has_form(kind, form, text)}
    if text in kind.open_choices:
        named.add(kind.open_choices[text])
    if named:
        return tuple(sorted(named))
    return () if is_value(kind, text) or _names_object(system, kind, text) else None


def _names_object(system: System, kind: DataType, text: str) -> bool:
    if kind.or_object is None:
        return False
    return system.objects[kind.or_object].unknown != "uuid" or UUID.fullmatch(text) is not None


def _has_form(kind: DataType, form: str, text: str) -> bool:
    if form.startswith("choice-"):
        return text == form.removeprefix("choice-")
    if form in ("minimum", "maximum"):
        return text == str(kind.minimum if form == "minimum" else kind.maximum)
    repair = _REPAIRS.get(form)
    if repair is None:
        return False
    repaired = repair(kind, text)
    return repaired != text and is_value(kind, repaired)


def _cased(kind: DataType, text: str) -> str:
    """The choice that is spelled so but for letter case; for what has no choices, lower case."""
    return next(
        (choice for choice in kind.choices if choice.lower() == text.lower()), text if kind.choices else text.lower()
    )


def _unpadded(text: str) -> str:
    return ".".join(part.lstrip("0") or part[-1:] for part in text.split("."))


def _hyphenated(text: str) -> str:
    if len(text) != 32:
        return text
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


_REPAIRS: dict[str, Callable[[DataType, str], str]] = {
    "upper-case": _cased,
    "lower-case": _cased,
    "capitalised": _cased,
    "no-hyphens": lambda _, text: _hyphenated(text),
    "braces": lambda _, text: text[1:-1] if text[:1] == "{" and text[-1:] == "}" else text,
    "urn": lambda _, text: text[9:] if text[:9].lower() == "urn:uuid:" else text,
    "leading-zeros": lambda _, text: _unpadded(text),
    "plus-sign": lambda _, text: text.removeprefix("+"),
    "padded": lambda _, text: text.strip(" "),
}
