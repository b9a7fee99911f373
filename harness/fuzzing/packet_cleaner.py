"""Removes what scripts of packets made: all objects whose name begins with a mark that stood in bytes that were sent."""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape

from harness.errors import PermitError, TransportError
from harness.flow import CaseEnd, Undo
from harness.fuzzing.packet_guard import TOKEN
from harness.fuzzing.packet_kit import Asked, Kind, PacketKit
from harness.fuzzing.packet_sessions import NotLetInError, Sessions
from harness.messages.packetreply import Packet, spelled
from harness.spec.model import System


class PacketCleaner:
    """What is left is looked for in the device's own lists: what a confirm says of it need not be right."""

    leftovers = 0

    def __init__(self, system: System, kit: PacketKit, sessions: Sessions) -> None:
        self._system = system
        self._kinds = kit.kinds
        self._sessions = sessions
        self._adds = {kind.add: name for name, kind in kit.kinds.items()}
        self._pending: dict[str, set[bytes]] = {}  # kind -> beginnings of names
        self._given: dict[tuple[str, bytes], int] = {}  # how often it could not be removed
        self.left: Sequence[Undo] = ()

    @property
    def pending(self) -> bool:
        """Whether something may have been made."""
        return bool(self._pending)

    def sends(self, shown: bytes, asked: Sequence[Asked]) -> None:
        """These bytes are about to leave."""
        # Characters may be written as references; what is known to be asked has been read in any encoding.
        values = "\n".join(value for one in asked for _, value in one.fields).encode("utf-8", "ignore")
        text = b"\n".join((shown, unescape(shown.decode("latin-1")).encode("latin-1", "ignore"), values))
        tokens = set(TOKEN.findall(text))
        if not tokens:
            return
        lower = text.lower()
        for name, kind in self._kinds.items():
            if kind.add.lower().encode() in lower or any(one.operation == kind.add for one in asked):
                self._pending.setdefault(name, set()).update(tokens)

    def answered(self, asked: Asked, packet: Packet) -> None:
        """A command that is known was answered so: what was refused, or removed again, is not there."""
        name = self._adds.get(asked.operation)
        removed = next((one for one, kind in self._kinds.items() if kind.remove == asked.operation), None)
        kind = self._kinds.get(name or removed or "")
        if kind is None:
            return
        text = (asked.value(kind.name) or "").encode()
        token = TOKEN.match(text)
        gone = packet.ok is True if removed else False
        if token is not None and gone and text == token[0]:
            self._pending.get(removed or "", set()).discard(token[0])
            if not self._pending.get(removed or ""):
                self._pending.pop(removed or "", None)

    def clean(self, *, last: bool = False) -> None:
        """Remove everything; `last` tries again what failed before, and tells what stays."""
        left: list[Undo] = []
        for name in list(self._pending)[::-1]:
            kind, tokens = self._kinds[name], self._pending.pop(name)
            try:
                stays = self._remove(kind, tokens)
            except (TransportError, NotLetInError, CaseEnd, PermitError):
                stays = tokens
            if stays:
                self._pending[name] = {one for one in stays if last or self._tries(name, one)}
                left += [
                    Undo(operation=kind.remove, arguments=(f"{kind.name}={one.decode()}",), case="fuzz")
                    for one in sorted(stays)
                ]
        self.left = left if last else ()

    def _tries(self, name: str, token: bytes) -> bool:
        """Whether it is worth another try; a device that does not remove it would be asked each time."""
        self._given[name, token] = self._given.get((name, token), 0) + 1
        return self._given[name, token] < 3

    def _remove(self, kind: Kind, tokens: set[bytes]) -> set[bytes]:
        stays = set()
        for text, key in self._listed(kind, tokens):
            packet = self._sessions.ask(kind.remove, [(kind.key, key)])
            if packet.ok is not True:
                token = TOKEN.match(text.encode())
                stays.add(token[0] if token else b"")
        return {one for one in stays if one}

    def _listed(self, kind: Kind, tokens: set[bytes]) -> list[tuple[str, str]]:
        """Name and key of those that are there, the last first: an index may be a place in the list."""
        return self._found(kind, self._sessions.ask(kind.list), tokens)[::-1]

    def last_key(self, kind: Kind, packet: Packet) -> str:
        """The key of the last object in a list that this script has made; "" if there is none."""
        names = {name for name, one in self._kinds.items() if one is kind}
        tokens = {token for name in names for token in self._pending.get(name, ())}
        return next((key for _, key in self._found(kind, packet, tokens)[::-1]), "")

    def _found(self, kind: Kind, packet: Packet, tokens: set[bytes]) -> list[tuple[str, str]]:
        confirm = self._system.operations[kind.list].confirm
        known = confirm.fields if confirm is not None else {}
        found = []
        for part in packet.confirms:
            names = part.all(*spelled(known[kind.name].names if kind.name in known else {}, kind.name))
            keys = part.all(*spelled(known[kind.key].names if kind.key in known else {}, kind.key))
            for text, key in zip(names, keys, strict=False):
                token = TOKEN.match(text.encode())
                if token is not None and token[0] in tokens:
                    found.append((text, key))
        return found
