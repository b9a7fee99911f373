"""What stands in the slots of a script of packets: headers, the target's credentials, sessions, spellings, values of earlier answers."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from harness.flow import CaseSkipped
from harness.fuzzing.script import Part, Slot
from harness.fuzzing.slots import NoValue
from harness.target import Target

# Stands in what is seen for a session that was changed, one character for each of it; it leaves as the changed id.
_HIDES = "!*$%"
_QUOTES = {'"': "&quot;", "'": "&apos;"}


class PacketSlots:
    """The slots of one run.

    Args:
        session: the id of a session by name, as a stand-in.
        spelled: how the device spells something.
        reveal: stand-ins to what they stand for.
    """

    def __init__(
        self, target: Target, password: str, session: Callable[[str], str], spelled: Callable[[str], str],
        reveal: Callable[[bytes], bytes], field: tuple[bytes, bytes],
    ) -> None:  # fmt: skip
        self._target = target
        self._logins = {"user": target.credentials.get("user", ""), "password": password}
        self._session = session
        self._spelled = spelled
        self._reveal = reveal
        self._field = field
        self.changed: set[str] = set()  # what was seen in place of changed sessions

    def bytes_of(self, parts: Sequence[Part], values: Sequence[str]) -> tuple[bytes, bytes]:
        """What is seen of a step, and what leaves.

        Raises:
            CaseEnd: the target has no such thing.
            NoValue: no answer of this script carried it.
        """
        packets: list[tuple[str, bytearray]] = [("", bytearray())]
        hidden: dict[bytes, bytes] = {}
        for part in parts:
            if isinstance(part, bytes):
                packets[-1][1].extend(part)
            elif part.name.startswith("packet:"):
                packets.append((part.name, bytearray()))
            else:
                packets[-1][1].extend(self._text(part, values, hidden))
        shown = b"".join(_header(name, len(payload)) + payload for name, payload in packets)
        sent = self._reveal(shown)
        for seen, real in hidden.items():
            sent = sent.replace(seen, real)
        return shown, sent

    def _text(self, slot: Slot, values: Sequence[str], hidden: dict[bytes, bytes]) -> bytes:
        kind, _, rest = slot.name.partition(":")
        name, _, more = rest.partition(":")
        if kind == "login":
            return _written(self._logins[name])
        if kind == "session":
            known = self._session(name)
            return _written(known) if not more else self._altered(known, more, hidden)
        if kind == "spelled":
            return self._spelled(rest).encode()
        if kind == "fixture":
            texts = self._target.fixture_texts(name)
            if len(texts) <= int(more):
                raise CaseSkipped(f"needs the fixture {name}")
            return _written(texts[int(more)])
        if kind == "value":
            if int(name) >= len(values) or not values[int(name)]:
                raise NoValue
            return _written(values[int(name)])
        raise CaseSkipped(f"nothing stands in a slot {slot.name}")

    def _altered(self, session: str, how: str, hidden: dict[bytes, bytes]) -> bytes:
        """The real id, changed; what is seen of it is no id of anything."""
        begin, end = self._field
        real = self._reveal(begin + _written(session) + end)[len(begin) :]
        id_ = real[: len(real) - len(end)].decode("utf-8", "replace")
        change = CHANGES.get(how)
        if change is None:
            raise CaseSkipped(f"there is no change {how} of a session")
        changed = change(id_)
        if changed == id_:
            raise CaseSkipped(f"the change {how} leaves the session as it is")
        ways = ((char * len(changed.encode())).encode() for char in _HIDES)
        seen = next((one for one in ways if hidden.get(one, changed.encode()) == changed.encode()), b"")
        if not seen:
            raise CaseSkipped("too many changed sessions in one step")
        hidden[seen] = changed.encode()
        self.changed.add(seen.decode())
        return seen


def _flipped(text: str, at: int) -> str:
    """Another hexadecimal digit, or another character."""
    place = at % max(len(text), 1)
    while text[place : place + 1] in "-{}":
        place = (place + 1) % len(text)
    new = "0123456789abcdef"[("0123456789abcdef".find(text[place].lower()) + 7) % 16]
    return text[:place] + new + text[place + 1 :]


CHANGES: Mapping[str, Callable[[str], str]] = {
    "first": lambda text: _flipped(text, 0),
    "middle": lambda text: _flipped(text, len(text) // 2),
    "last": lambda text: _flipped(text, len(text) - 1),
    "short": lambda text: text[:-1],
    "half": lambda text: text[: len(text) // 2],
    "long": lambda text: text + "0",
    "twice": lambda text: text + text,
    "zeros": lambda text: "".join("0" if char.isalnum() else char for char in text),
    "reversed": lambda text: text[::-1],
}


def _header(name: str, size: int) -> bytes:
    if not name:
        return b""
    _, delta, *rest = name.split(":")
    version, reserved = (int(one) & 255 for one in rest) if rest else (3, 0)
    return struct.pack(">BBH", version, reserved, min(max(size + 4 + int(delta), 0), 0xFFFF))


def _written(text: str) -> bytes:
    return escape(text, _QUOTES).encode("utf-8", "surrogatepass")
