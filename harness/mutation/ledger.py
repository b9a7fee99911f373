"""What a device was really asked to create and change, so that it can be taken back when a mutant has hidden it from the suite."""

from __future__ import annotations

from harness import documentnotes
from harness.flow import Note
from harness.messages.packetreply import spelled
from harness.messages.packets import PacketBinding
from harness.messages.reply import Reply
from harness.mutation.call_framing import call_notes
from harness.mutation.document_framing import result_of
from harness.permit import Journal, notes
from harness.spec.messagemodel import Records, Setting
from harness.spec.model import Base, Effect, Operation, System

Fields = tuple[tuple[str, str], ...]


class Ledger:
    """Fills a journal with what the device itself has answered; `see` is called from the proxy's thread.

    Attributes:
        worn: something is gone, changed or in use that nothing brings back.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self.journal = Journal()
        self.worn = False

    def see(self, reply: Reply) -> None:
        """Take note of one true reply, which holds the request that it answers."""
        for note in notes(self._system, reply):
            self.journal.note(note, "mutant")

    def restore(self) -> None:
        """Add what follows from all that was seen since the last time."""

    @property
    def strays(self) -> list[tuple[Records, Fields]]:
        """Objects that were made and perhaps not removed, whose keys are to be looked up: their kind and the fields of the command."""
        return []


class PacketLedger(Ledger):
    """Of commands among XML messages: settings are put back too, for a mutant may have told the suite another value to put back."""

    def __init__(self, system: System, binding: PacketBinding) -> None:
        super().__init__(system)
        self._binding = binding
        self._strays: dict[str, tuple[Records, Fields]] = {}
        self._first: dict[tuple[str, str], Fields] = {}
        self._last: dict[tuple[str, str], Fields] = {}

    def see(self, reply: Reply) -> None:
        """See `Ledger`."""
        operation = self._system.operations.get(reply.call.operation)
        if operation is None or not reply.ok:
            return
        sent: Fields = tuple((name, value) for name, _, value in (one.partition("=") for one in reply.call.values))
        for setting in self._system.settings.values():
            self._set(setting, reply, sent)
        self.worn = self.worn or self._wears(operation, dict(sent))
        for note in self._notes(reply, sent):
            self.journal.note(note, "mutant")

    def _wears(self, operation: Operation, sent: dict[str, str]) -> bool:
        """Whether a command has removed what was not made for a case, or has an effect that lasts."""
        if operation.ends is None:
            return operation.effect is Effect.DESTRUCTIVE
        key = sent.get(operation.ends, "")
        made = any(f"{operation.ends}={key}" in entry.arguments for entry in self.journal.entries)
        return not made and key not in self._strays

    def _notes(self, reply: Reply, sent: Fields) -> list[Note]:
        name, named = reply.call.operation, dict(sent)
        operation = self._system.operations[name]
        objects = tuple(
            f"{one}={value}" for one, value in sent if one in operation.parameters and operation.parameters[one].object
        )
        found = [Note("drop", name, objects)]
        record = next((one for one in self._system.records.values() if one.add == name), None)
        first = self._binding.packet(reply.raw, reply.ending, reply.step, operation=name).first
        if record is not None and (record.key not in operation.parameters or operation.parameters[record.key].optional):
            self._strays[first.get(record.key) or str(len(self._strays))] = (record, sent)
        elif operation.undo is not None:
            slots = {f"{{{one}}}": value for one, value in named.items()}
            if operation.result is not None:
                slots["{result}"] = first.get(operation.result.name) or ""
            made = [one.partition("=") for one in operation.undo.arguments]
            found.append(
                Note("add", operation.undo.operation, tuple(f"{one}={slots.get(slot, slot)}" for one, _, slot in made))
            )
        if operation.ends is not None and operation.ends in named:
            found.append(Note("gone", arguments=(f"{operation.ends}={named[operation.ends]}",)))
        for record in self._system.records.values():
            if record.remove == name:
                self._strays.pop(named.get(record.key, ""), None)
        return found

    def _set(self, setting: Setting, reply: Reply, sent: Fields) -> None:
        """What a setting was before it was changed, and what it was changed to last."""
        name = reply.call.operation
        chosen = dict(sent).get(setting.select or "", "")
        key = (setting.set, chosen)
        if name == setting.get and key not in self._last:
            operation = self._system.operations[name]
            packet = self._binding.packet(reply.raw, reply.ending, reply.step, operation=name)
            known = operation.confirm.fields if operation.confirm is not None else {}
            parameters = self._system.operations[setting.set].parameters
            every = {**{one: one for one in parameters if one in known}, **setting.fields}
            values = [
                (one, value)
                for one in parameters
                if one in every and one != setting.select
                for value in packet.first.all(*spelled(known[every[one]].names, every[one]))
            ]
            if len(packet.confirms) == 1:
                self._first[key] = (*(((setting.select, chosen),) if setting.select and chosen else ()), *values)
        elif name == setting.set:
            self._last[key] = sent

    def restore(self) -> None:
        """See `Ledger`."""
        for key, sent in self._last.items():
            first = self._first.get(key, ())
            now = dict(sent)
            if any(
                now.get(name, value) != value
                for name, value in first
                if self._system.messages and name not in self._system.messages.secrets
            ):
                given = {name for name, _ in first}
                rest = tuple((name, value) for name, value in sent if name not in given)
                self.journal.note(
                    Note("add", key[0], tuple(f"{name}={value}" for name, value in (*first, *rest))), "mutant"
                )
        self._last.clear()

    @property
    def strays(self) -> list[tuple[Records, Fields]]:
        """See `Ledger`."""
        found = list(self._strays.values())
        self._strays.clear()
        return found

    def own(self, fields: Fields, record: Records) -> dict[str, str]:
        """The fields by which an object is known again: names that it was given."""
        known = self._system.operations[record.add].parameters
        return {
            name: value
            for name, value in fields
            if name in known and value and self._system.types[known[name].type].base is Base.WORD
        }


class DocumentLedger(Ledger):
    """Of functions that are called with documents or URLs."""

    def see(self, reply: Reply) -> None:
        """See `Ledger`."""
        if self._system.documents is not None and reply.ok and reply.call.operation:
            for note in documentnotes.notes(self._system, result_of(self._system.documents, reply)):
                self.journal.note(note, "mutant")


class CallLedger(Ledger):
    """Of methods that are called with structs."""

    def see(self, reply: Reply) -> None:
        """See `Ledger`."""
        operation = self._system.operations.get(reply.call.operation)
        if reply.ok and operation is not None:
            self.worn = self.worn or operation.effect is Effect.DESTRUCTIVE
            for note in call_notes(self._system, reply):
                self.journal.note(note, "mutant")


def ledger_for(system: System, binding: object) -> Ledger:
    """The ledger of an interface."""
    if system.documents is not None:
        return DocumentLedger(system)
    if system.calls is not None:
        return CallLedger(system)
    return PacketLedger(system, binding) if isinstance(binding, PacketBinding) else Ledger(system)
