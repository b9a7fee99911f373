"""Removes what calls of scripts have made, and gives back nothing that is not ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from harness.callnotes import Entry, gone_of, undo_entry, wants_before
from harness.errors import PermitError, TransportError
from harness.flow import CaseEnd, Undo
from harness.fuzzing.call_kit import Asked
from harness.messages.callreply import CallReply
from harness.messages.calltexts import text_of_value, value_of_text
from harness.spec.model import System
from harness.wire.xmlrpc import read
from harness.wire.xmlrpc_values import Value

MOST_TRIES = 3
_ASIDE = re.compile(rb"<!--.*?-->|[\0\s]", re.DOTALL)
Ask = Callable[[str, Mapping[str, Any]], CallReply]


class CallCleaner:
    """Knows what may be on the device because of a script.

    Args:
        ask: calls a method in a way that any device takes.
    """

    def __init__(self, system: System, ask: Ask) -> None:
        assert system.calls is not None
        self._system = system
        self._ask = ask
        self._entries: list[Entry] = []
        self._tries: dict[Entry, int] = {}
        rows = [*system.calls.unknown.values()]
        self._nothing = {system.errors[name].code for one in rows for name in (one.faults.values() or (one.fault,))}
        self._makers = {
            name.lower().encode(): name
            for name, one in system.operations.items()
            if one.undo is not None and not wants_before(system, name) and self._ends(one.undo.operation)
        }
        self.leftovers = 0
        self.left: list[Undo] = []

    def _ends(self, method: str) -> bool:
        call = self._system.operations[method].call
        return call is not None and call.ends is not None

    @property
    def pending(self) -> bool:
        """Whether there is something to remove."""
        return bool(self._entries)

    def answered(self, asked: Asked, reply: CallReply) -> None:
        """A call was answered so; of one that is open, whatever it may have made counts."""
        if reply.ok is not True:
            return
        if asked.method and asked.members is not None:
            if reply.method != asked.method:
                reply = replace(reply, method=asked.method, sent=dict(asked.members))  # type: ignore[arg-type]  # values that were read
            self._learn(reply)
            return
        body = asked.raw.partition(b"\r\n\r\n")[2]
        plain = _ASIDE.sub(b"", body).lower()
        members = read(body).struct
        for word, name in self._makers.items():
            if word in plain:
                self._learn(replace(reply, method=name, sent={one.name: _plain(one.value) for one in members.members}))

    def _learn(self, reply: CallReply) -> None:
        if reply.method not in self._system.operations:
            return
        if gone := gone_of(self._system, reply):
            self._entries = [one for one in self._entries if not set(gone) & set(one[1])]
        if not wants_before(self._system, reply.method):
            entry = undo_entry(self._system, reply, {})
            if entry is not None and self._ends(entry[0]):
                self._entries.append(entry)
        elif renamed := self._renamed(reply):
            self._entries.append(renamed)

    def _renamed(self, reply: CallReply) -> Entry | None:
        """What ends the object that a change has given another id, as the one with the old id no longer does."""
        for operation, arguments in (one for name in self._makers.values() for one in self._ending(name)):
            entry = undo_entry_of(reply, operation, arguments)
            if entry is not None:
                return entry
        return None

    def _ending(self, maker: str) -> list[tuple[str, list[str]]]:
        undo = self._system.operations[maker].undo
        return [(undo.operation, undo.arguments)] if undo is not None and "{taken." in undo.arguments[0] else []

    def clean(self, *, last: bool = False) -> None:
        """Remove everything, newest first; `last` tells what stays."""
        if not self._entries:
            return
        for entry in self._entries[::-1]:
            self._tries[entry] = self._tries.get(entry, 0) + 1
            done = False
            try:
                reply = self._ask(entry[0], _members(entry))
                done = reply.ok is True or reply.code in self._nothing
            except (TransportError, CaseEnd, PermitError):
                pass
            if done or (self._tries[entry] >= MOST_TRIES and not last):
                self._entries.remove(entry)
                self._tries.pop(entry, None)
                if not done:
                    self.left.append(Undo(operation=entry[0], arguments=entry[1], case="fuzz"))
        if last:
            self.left += [Undo(operation=name, arguments=arguments, case="fuzz") for name, arguments in self._entries]
            self._entries.clear()


def undo_entry_of(reply: CallReply, operation: str, arguments: list[str]) -> Entry | None:
    """The entry that names what a call has newly named."""
    name, _, slot = arguments[0].partition("=")
    member = slot[1:-1].removeprefix("taken.")
    new = reply.sent.get(member)
    return (operation, (f"{name}={text_of_value(new)}",)) if isinstance(new, str) and new else None


def _members(entry: Entry) -> dict[str, Any]:
    return {name: value_of_text(text) for name, _, text in (one.partition("=") for one in entry[1])}


def _plain(value: Value) -> Any:
    return value.plain()
