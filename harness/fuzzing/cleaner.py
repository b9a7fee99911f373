"""Takes back what scripts made on the device, and counts what cannot be."""

from __future__ import annotations

from dataclasses import replace

from harness.ending import Ending
from harness.errors import PermitError, TransportError
from harness.flow import Undo
from harness.fuzzing.channel import Channel
from harness.fuzzing.expect import World
from harness.fuzzing.guard import lasting_operations
from harness.messages.reply import Call, Reply
from harness.permit import Journal, ended_by, may_be_id, notes, undone
from harness.spec.model import System


class Cleaner:
    """The journal of a fuzz run, emptied after every script."""

    def __init__(self, system: System, channel: Channel, world: World) -> None:
        self._system = system
        self._channel = channel
        self._world = world
        self._journal = Journal()
        self._lasting = set(lasting_operations(system))
        self.leftovers = 0  # made, and nothing removes it
        self.left: list[Undo] = []  # should have been undone and was not

    def forget(self, world: World) -> None:
        """The device began anew; what was made is undone all the same. `world` is the model of it from now on."""
        self._world = world

    def learn(self, reply: Reply) -> None:
        """What a success made or removed."""
        operation = self._system.operations.get(reply.call.operation)
        if reply.value and (operation is None or operation.result is None or operation.result.object is None):
            self._learn_by_name(reply)
        if operation is not None and not may_be_id(self._system, operation, reply.value):
            return
        for note in notes(self._system, reply):
            self._journal.note(note, "fuzz")
        if reply.call.operation in self._lasting:
            self.leftovers += 1

    def may_make(self, call: Call) -> bool:
        """Whether a success of this call may have made something."""
        return bool(self._makers(call))

    def _learn_by_name(self, reply: Reply) -> None:
        """A lenient device has found another command in the request, and made something: whichever may have done it counts."""
        for name in self._makers(reply.call):
            self.learn(replace(reply, call=Call(operation=name)))

    def _makers(self, call: Call) -> list[str]:
        """Operations that make an object and whose name stands anywhere in the call."""
        words = "".join((call.operation, *call.values)).casefold()
        return [
            name
            for name, operation in self._system.operations.items()
            if operation.result is not None and operation.result.object is not None and name.casefold() in words
        ]

    def clean(self, *, last: bool = False) -> None:
        """Undo everything, newest first; what fails is kept in `left`.

        Args:
            last: try again what failed before.
        """
        if last:
            self._journal.entries[:0] = self.left
            self.left = []
        if len(self._journal.entries) > 1:
            self._undo_together()
        if self._journal.entries:
            self.left += self._journal.undo(self._undo, lambda entry: ended_by(self._system, entry))

    def _undo_together(self) -> None:
        """Send all at once, newest first; what that does not undo stays in the journal."""
        entries = self._journal.entries[::-1]
        built = [self._channel.binding.call(entry.operation, entry.arguments) for entry in entries]
        ended: set[str] = set()
        try:
            self._world.sending()
            if self._channel.send(b"".join(data for _, data in built)) is not None:
                self._channel.close()
                return
            for entry, (call, _) in zip(entries, built, strict=True):
                raw, ending = self._channel.receive()
                if ending is not Ending.ANSWERED:
                    self._channel.close()
                    break
                reply = self._channel.binding.reply(call, raw, ending, -1)
                self._world.note(call, reply)
                if undone(self._system, reply):
                    self._journal.entries.remove(entry)
                    ended.add(ended_by(self._system, entry))
        except (TransportError, PermitError):
            return
        self._journal.entries[:] = [one for one in self._journal.entries if not ended.intersection(one.arguments)]

    def _undo(self, entry: Undo) -> bool:
        call, data = self._channel.binding.call(entry.operation, entry.arguments)
        for _ in range(2):  # the second time on a new connection
            try:
                self._world.sending()
                if self._channel.send(data) is None:
                    raw, ending = self._channel.receive()
                    if ending is Ending.ANSWERED:
                        reply = self._channel.binding.reply(call, raw, ending, -1)
                        self._world.note(call, reply)
                        return undone(self._system, reply)
            except (TransportError, PermitError):
                return False
            self._channel.close()
        return False
