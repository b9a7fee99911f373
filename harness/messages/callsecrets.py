"""Keeps the passwords of a target file out of all that looks at calls: flows, checks and transcripts see stand-ins of the same length.

A stand-in is looked for where a value stands in XML, between `>` and `<`, in UTF-8 or UTF-16; the writer of calls writes passwords
plainly, however else a call is spelled.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from harness.disguise import stand_ins
from harness.spec.model import System
from harness.target import Target

# A shorter one may stand in a reply by chance.
SHORTEST_SHOWN = 6


class CallSecrets:
    """The passwords of one target file.

    Attributes:
        names: secret -> its stand-in; a text that is no secret is its own.
    """

    def __init__(self, system: System, target: Target | None) -> None:
        known = stand_ins(target) if target is not None else {}
        self.names = {secret: name for name, secret in known.items()}
        words = _words(system)
        self._out: list[tuple[bytes, bytes]] = []
        self._in: list[tuple[bytes, bytes]] = []
        for name, secret in known.items():
            if name == secret:  # the target of a record, which has stand-ins already
                continue
            written = escape(secret, {'"': "&quot;"})
            for codec in ("utf-8", "utf-16-le"):
                real, shown = (f">{text}<".encode(codec) for text in (written, name))
                self._out.append((shown, real))
                self._in.append((real, shown))
            if len(secret) >= SHORTEST_SHOWN and secret.lower() not in words:
                self._in.append((written.encode(), name.encode()))

    def reveal(self, data: bytes) -> bytes:
        """What the device is sent in place of `data`."""
        for shown, real in self._out:
            data = data.replace(shown, real)
        return data

    def hide(self, data: bytes) -> bytes:
        """What is shown of `data`, which a device has sent."""
        for real, shown in self._in:
            data = data.replace(real, shown)
        return data


def _words(system: System) -> str:
    """Everything that a device may well say, whatever its passwords are."""
    found = [system.system, *system.operations, *(row.text for row in system.errors.values())]
    for one in system.operations.values():
        if one.call is not None:
            found += [*one.call.takes, *one.call.returns]
    for struct in system.structs.values():
        found += struct.members
    for kind in system.scalars.values():
        found += kind.choices
    return "\n".join(found).lower()
