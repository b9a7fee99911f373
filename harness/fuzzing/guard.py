"""What a fuzzer never sends, because a lenient device might do it: touch what belongs to others, or leave too much behind.

The permit says what kinds of operation a run may send. A mutated value is worse than a wrong one where it may by chance be right: the
title of somebody's session, the address of somebody's machine. Such bytes are refused however the device may read them.
"""

from __future__ import annotations

import re

from harness.permit import SHORTEST_ID
from harness.spec.model import System
from harness.target import Target

# What may stand apart from its neighbours for some device: also what a control character cuts off, or a space of Unicode.
_WORDS = re.compile(r"[^\s\"'\x00-\x1f\x7f-\x9f\u200b\ufeff]+")
_NO_LETTERS = bytes(set(range(256)) - set(b"0123456789abcdefghijklmnopqrstuvwxyz"))
_QUOTES = re.compile(rb"[\"'\\]+")
# What may be read as a number or an address, in whatever digits.
_PLACES = re.compile(r"[\w.-]+")


class Guard:
    """Decides over the bytes of one request, whatever the grammar says of them.

    Args:
        guarded: False for a server of our own, where only what piles up counts.
    """

    def __init__(self, system: System, target: Target, *, guarded: bool = True) -> None:
        self._guarded = guarded
        self._by_name: list[bytes] = []
        self._to_others: list[bytes] = []
        self._places: set[str] = set()
        self._lasting = [name.lower().encode() for name in lasting_operations(system)]
        for name, operation in system.operations.items():
            folded = name.lower().encode()
            if any(parameter.any_text for parameter in operation.parameters.values()):
                self._by_name.append(folded)
            for parameter in operation.parameters.values():
                kind = system.objects.get(parameter.object or "")
                if kind is None or kind.unknown:
                    continue
                # A place that the device sends something to: only those of the target file.
                self._places.update(text for key in kind.fixtures.values() for text in target.fixture_texts(key))
                if folded not in self._to_others:
                    self._to_others.append(folded)

    def objection(self, raw: bytes, *, leftovers: bool = True) -> str:
        """Why these bytes, which may hold a request, are not sent; "" if they may be.

        Args:
            leftovers: whether what cannot be removed again may still be made.
        """
        folded = _folded(raw)
        if self._guarded and (objection := self._harms_others(raw, folded)):
            return objection
        if not leftovers and any(name in folded for name in self._lasting):
            return "it makes what cannot be removed again, of which there is enough"
        return ""

    def _harms_others(self, raw: bytes, folded: bytes) -> str:
        for name in self._by_name:
            if name in folded and self._may_name(raw, name):
                return "a short text might name an object of somebody else"
        # Quotes may part what stands around them, or not.
        if any(name in folded for name in self._to_others) and (
            place := self._foreign(raw) or self._foreign(_QUOTES.sub(b"", raw))
        ):
            what = "an address" if "." in place else "a port"
            return f"the device might send to {what} that the target file does not name"
        return ""

    def _may_name(self, raw: bytes, name: bytes) -> bool:
        """Whether a word is as short as the names that people give; what is run together with the command's name counts without it."""
        for word in _WORDS.findall(raw.decode("utf-8", "replace")):
            letters = _folded(word.encode())
            if letters != name and len(word) - (len(name) if name in letters else 0) < SHORTEST_ID:
                return True
        return False

    def _foreign(self, raw: bytes) -> str:
        """A word with digits that is neither a place of the target file nor as long as an id; "" if there is none."""
        for word in _PLACES.findall(raw.decode("utf-8", "replace")):
            place = str(word).strip("-.")
            known = place in self._places or ("-" in place and len(place) >= SHORTEST_ID)
            if not known and any(char.isnumeric() for char in place):
                return place
        return ""


def _folded(data: bytes) -> bytes:
    """Only its letters and digits: a lenient device may find a name however it is written."""
    return data.lower().translate(None, _NO_LETTERS)


def lasting_operations(system: System) -> list[str]:
    """Operations that make an object which no operation removes: not their undo, and not one that ends its parameter."""
    found = []
    for name, operation in system.operations.items():
        made = operation.result.object if operation.result is not None else None
        if made is None:
            continue
        enders = (
            other
            for other in system.operations.values()
            if other.ends is not None and other.parameters[other.ends].object == made
        )
        if next(enders, None) is None:
            found.append(name)
    return found
