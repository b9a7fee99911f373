"""What is known of H.323 connections and of archives within one script, from what was done to them and what the device said.

Where the document does not say what a step does, more than one state is possible until the device shows which it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fuzz.rss2000.reading import is_safe, same
from harness.fuzzing.packet_kit import Asked
from harness.messages.packetreply import Packet

MENU, RUNNING, PAUSED = "0", "1", "2"
_WORDS = {"Menu": MENU, "Running": RUNNING, "Paused": PAUSED}
# Step -> state before -> states after a success. What has no effect leaves the state (RSS-AMB-100, 101).
STEPS: dict[str, dict[str, tuple[str, ...]]] = {
    "STARTROOMRECORD": {MENU: (RUNNING,), RUNNING: (RUNNING,), PAUSED: (PAUSED, RUNNING)},
    "PAUSEROOMRECORD": {MENU: (MENU,), RUNNING: (PAUSED,), PAUSED: (PAUSED,)},
    "CONTINUEROOMRECORD": {MENU: (MENU,), RUNNING: (RUNNING,), PAUSED: (RUNNING,)},
    "STOPROOMRECORD": {MENU: (MENU,), RUNNING: (MENU,), PAUSED: (MENU,)},
}
# Those that must succeed: a start may find the device busy (line 296).
_MUST = {("PAUSEROOMRECORD", RUNNING), ("CONTINUEROOMRECORD", PAUSED), ("STOPROOMRECORD", RUNNING), ("STOPROOMRECORD", PAUSED)}  # fmt: skip
_CLAUSE = {
    "STARTROOMRECORD": "RSS-CON-003", "PAUSEROOMRECORD": "RSS-CON-004", "CONTINUEROOMRECORD": "RSS-CON-005", "STOPROOMRECORD": "RSS-CON-006",
}  # fmt: skip
# So often the state of before may be shown after a step (RSS-AMB-103).
LATE = 6
_KEPT = ("NAME", "DESCRIPTION", "ACCESSTYPE", "DENY_AUTO_DELETE")
Found = Callable[..., None]


@dataclass(slots=True)
class Link:
    """One connection. `states` are those that it may be in; `before` that of before the last step."""

    states: set[str]
    before: str = ""
    late: int = 0
    step: str = ""


@dataclass(slots=True)
class Recordings:
    """The connections and archives of one script."""

    found: Found
    links: dict[str, Link] = field(default_factory=dict)
    archives: dict[str, dict[str, str]] = field(default_factory=dict)

    def see(self, asked: Asked, packet: Packet) -> bool:
        """The next exchange; False if it is none of these commands."""
        if asked.operation in STEPS:
            self._step(asked, packet)
        elif asked.operation == "GETEPLINK" and packet.ok:
            self._shown(packet)
        elif asked.operation == "SETMEDIAINFO":
            if packet.ok:
                sent = dict(asked.echoed)
                self.archives[asked.value("CONF_ID") or ""] = {name: sent[name] for name in _KEPT if name in sent}
        elif asked.operation == "GETMEDIAINFO" and packet.ok:
            self._read(asked.value("CONF_ID"), packet)
        else:
            return False
        return True

    def forget(self) -> None:
        """Anything may have happened."""
        self.links.clear()
        self.archives.clear()

    @property
    def unsettled(self) -> bool:
        """Whether a connection still shows the state of before a step."""
        return any(link.late for link in self.links.values())

    def _step(self, asked: Asked, packet: Packet) -> None:
        link = self.links.get(asked.value("INDEX") or "")
        if link is None:
            return
        after = STEPS[asked.operation]
        if not all(state in after for state in link.states):
            self.links.pop(asked.value("INDEX") or "")
            return
        if not packet.ok:
            sure = all((asked.operation, state) in _MUST for state in link.states) and not (link.late or link.before)
            if sure:
                wanted = f"{asked.operation} to succeed in state {min(link.states)}"
                self.found("step", (f"RSS-{asked.operation}",), wanted, packet.describe(), packet.step)
            return
        link.before = min(link.states) if len(link.states) == 1 else ""
        link.states = {state for one in link.states for state in after[one]}
        link.late, link.step = 0, asked.operation

    def _shown(self, packet: Packet) -> None:
        for part in packet.listed():
            index, state, text = part.get("INDEX") or "", part.get("STATUS_INDEX") or "", part.get("STATUS") or ""
            if _WORDS.get(text, state) != state:
                wanted = f"STATUS and STATUS_INDEX of {index} to agree"
                self.found("status", ("RSS-CON-002",), wanted, f"{text} and {state}", packet.step)
            link = self.links.setdefault(index, Link({state}))
            if state in link.states:
                self.links[index] = Link({state})
            elif link.step and state == link.before and link.late < LATE:
                link.late += 1
            elif link.step:
                wanted = f"state {' or '.join(sorted(link.states))} of {index} after {link.step}"
                self.found("state", (_CLAUSE[link.step],), wanted, state, packet.step)
            else:
                self.links[index] = Link({state})  # somebody else has done it

    def _read(self, archive: str | None, packet: Packet) -> None:
        known = self.archives.get(archive or "")
        parts: Sequence[object] = packet.listed()
        if known is None or len(parts) != 1:
            return
        part = packet.listed()[0]
        for name, value in known.items():
            got = part.all(name)
            if got and is_safe(value) and not any(same(value, one) for one in got):
                self.found("archive", ("RSS-ARC-019",), f"{name} {value!r} of {archive}", repr(got[0]), packet.step)
                return
