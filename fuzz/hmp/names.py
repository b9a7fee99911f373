"""Users and groups of the target file: who a name means, and whether anybody else might be called so."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from harness.fuzzing.spellings import blank, folded

# Shorter names than this may be those of people whom the target file does not list; no device has a user called by so long a random text.
STRANGER = 16


class Who(StrEnum):
    """What a name means to a device."""

    KNOWN = "known"
    ROLELESS = "roleless"
    KNOWN_PERHAPS = "known-perhaps"  # a spelling that some devices take for somebody listed
    ANYBODY = "anybody"  # perhaps somebody who is not listed
    NOBODY = "nobody"
    NO_NAME = "no-name"


class Names:
    """The names of one kind.

    Args:
        known: those with a role, of their own or through a group.
        roleless: those without.
    """

    def __init__(self, known: Iterable[str], roleless: Iterable[str]) -> None:
        self._who = {**dict.fromkeys(roleless, Who.ROLELESS), **dict.fromkeys(known, Who.KNOWN)}
        self._lower = {name.lower(): who for name, who in self._who.items() if name.isascii()}
        self._folded = {folded(name): who for name, who in self._who.items()}

    def who(self, text: str) -> Who:
        """Whom a text means. Letter case does not matter where it is defined, in ASCII (section Share a Session with a User)."""
        found = self._who.get(text) or (self._lower.get(text.lower()) if text.isascii() else None)
        if found is not None:
            return found
        if not text or blank(text):
            return Who.NO_NAME
        plain = folded(text)
        if plain in self._folded or any(separator in plain for separator in "@\\") or plain.isdecimal():
            return Who.KNOWN_PERHAPS if plain in self._folded else Who.ANYBODY
        return Who.NOBODY if len(text) >= STRANGER else Who.ANYBODY
