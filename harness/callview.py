"""What calls have set and how it is taken back, as flows see it; `harness.callsample` makes what calls need, `harness.calldut` checks."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.callasking import CallAsking
from harness.callnotes import gone_of, made_by, resolved, restoring, same_call, undo_entry, wants_before
from harness.ending import Ending
from harness.flow import Note
from harness.messages.binding import Binding
from harness.messages.callreply import CallReply
from harness.messages.calltexts import text_of_value
from harness.spec.callmodel import Member, Shown
from harness.spec.model import Effect, System
from harness.target import Target
from harness.wire.xmlrpc import Kind, Value
from harness.wire.xmlrpc_writing import Writable

MOST_PAGES = 200  # of a list in which something is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a query shows of what a call has set.

    Attributes:
        struct: in which the members stand; None if the query failed or does not list the object.
        takes: the members of the call, which say under which name each one is shown.
    """

    shown: Shown
    reply: CallReply
    struct: Value | None
    takes: Mapping[str, Member]

    def get(self, path: str) -> Value | None:
        """The value at a path of the call, under the name by which it is shown."""
        if self.struct is None:
            return None
        name, rest = path, ""
        for mark in ".[":
            head, found, tail = name.partition(mark)
            if found:
                name, rest = head, found + tail + rest
        known = self.takes.get(name)
        spelled = [known.shown or name, *known.names.values()] if known is not None else [name]
        return next((value for one in spelled if (value := self.struct.find(one + rest)) is not None), None)


class CallView(CallAsking):
    """One case's view of the device."""

    def __init__(
        self,
        *,
        system: System,
        bindings: Mapping[str, Binding],
        target: Target,
        rng: random.Random,
        interface: str,
        lasting: bool = False,
    ) -> None:
        super().__init__(system=system, bindings=bindings, target=target, rng=rng, interface=interface, lasting=lasting)
        self._undo: list[tuple[str, tuple[str, ...]]] = []  # what the journal has of this case
        self._mine: set[str] = set()  # ids of what this case has made, as texts
        self._before: dict[tuple[str, str], Mapping[str, Value]] = {}  # what a query showed before the first change

    # what a call has set, and how it is taken back

    async def shows(self, reply: CallReply, asked: Mapping[str, Writable] | None = None) -> list[Seen]:
        """What the queries of a method show after a success of it; `asked` in place of the members that were sent."""
        operation = self.model.operations[reply.method]
        call = operation.call
        given = reply if asked is None else replace(reply, sent=asked)
        return [await self._seen(one, given) for one in (call.shown if call is not None else ())]

    async def _seen(self, shown: Shown, reply: CallReply, *, judged: bool = True) -> Seen:
        call = self.model.operations[reply.method].call
        takes = call.takes if call is not None else {}
        by = {name: resolved(reply, text) for name, text in shown.by.items()}
        asked: dict[str, Writable] = {name: value for name, value in by.items() if value is not None}  # type: ignore[misc]
        query = self.model.operations[shown.method].call
        for _ in range(MOST_PAGES):
            answer = await self.call(shown.method, asked, judged=judged)
            struct = self._place(shown, reply, answer)
            listing = query.listing if query is not None else None
            more = listing is not None and answer.ok and answer.value(listing.more) is True
            if struct is not None or listing is None or not more:
                break
            asked = {**asked, listing.cookie: answer.value(listing.cookie)}  # type: ignore[dict-item]
        return Seen(shown=shown, reply=answer, struct=struct, takes=takes)

    def _place(self, shown: Shown, reply: CallReply, answer: CallReply) -> Value | None:
        """The struct of a query's reply in which the members stand."""
        if not answer.ok:
            return None
        if shown.within is None:
            return answer.struct
        array = answer.find(shown.within)
        query = self.model.operations[shown.method].call
        member = query.returns.get(shown.within) if query is not None else None
        inner = self.model.structs[member.struct].members if member is not None and member.struct else {}
        key = {name: resolved(reply, text) for name, text in shown.key.items()}
        for item in array.items if array is not None else ():
            if item.kind is Kind.STRUCT and all(
                _has(item, name, inner.get(name), value) for name, value in key.items()
            ):
                return item
        return None

    async def look(self, method: str, sent: Mapping[str, Writable]) -> None:
        """Ask for what is to be changed, once a case, where it has to be known to take the change back."""
        operation = self.model.operations.get(method)
        if operation is None or operation.call is None or not wants_before(self.model, method) or self.lasting:
            return
        key = method, self._object(operation.call.takes, sent)
        if key in self._before or key[1] in self._mine:
            return
        self._before[key] = {}
        found: dict[str, Value] = {}
        call = CallReply(syntax=self.syntax, method=method, ending=Ending.ANSWERED, sent=sent)
        for shown in operation.call.shown:
            if any(resolved(call, text) is None for text in (*shown.by.values(), *shown.key.values())):
                continue
            if found and all(name in found for name in sent if name in operation.call.takes):
                break
            seen = await self._seen(shown, call, judged=False)
            for name in operation.call.takes:
                value = seen.get(name)
                if value is not None:
                    found.setdefault(name, value)
            if seen.struct is not None:
                found.setdefault("", seen.struct)
        self._before[key] = found

    def _object(self, takes: Mapping[str, Member], sent: Mapping[str, Writable]) -> str:
        """The ids in a call, as one text."""
        return " ".join(str(sent[name]) for name, member in takes.items() if member.object is not None and name in sent)

    async def journal(self, reply: CallReply) -> None:
        """See `harness.callasking.CallAsking`."""
        operation = self.model.operations[reply.method]
        call = operation.call
        if call is None or operation.effect is Effect.READ:
            return
        own = same_call(self.model, reply)
        if own is not None and own in self._undo:
            self._undo.remove(own)
            await Note("drop", *own)
        else:
            await self._add_undo(reply)
        made = made_by(self.model, reply)
        if made is not None:
            self._mine.add(str(made))
        for gone in gone_of(self.model, reply):
            self._undo = [one for one in self._undo if gone not in one[1]]
            await Note("gone", arguments=(gone,))

    async def _add_undo(self, reply: CallReply) -> None:
        call = self.model.operations[reply.method].call
        assert call is not None
        before: Mapping[str, Writable] = {}
        if wants_before(self.model, reply.method):
            name = self._object(call.takes, reply.sent)
            if name in self._mine:
                await self._renamed(reply)
                return
            shown = self._before.get((reply.method, name), {})
            if not shown:
                return
            ids = {one for one, member in call.takes.items() if member.object is not None}
            before = restoring(self.model, call.takes, [one for one in reply.sent if one not in ids], shown)
        entry = undo_entry(self.model, reply, before)
        entry = self._with_name(reply, entry)
        if entry is not None and entry not in self._undo:
            self._undo.append(entry)
            await Note("add", *entry)

    def _new_name(self, reply: CallReply) -> tuple[str, str] | None:
        """The members that name an object and give it another name, where a call has done so."""
        call = self.model.operations[reply.method].call
        takes = call.takes if call is not None else {}
        for name, member in takes.items():
            for other, new in takes.items():
                if member.object and not new.object and new.type == member.type and other in reply.sent:
                    return name, other
        return None

    def _with_name(
        self, reply: CallReply, entry: tuple[str, tuple[str, ...]] | None
    ) -> tuple[str, tuple[str, ...]] | None:
        """The entry under the new name of the object, which it gives back its old one."""
        names = self._new_name(reply)
        if names is None or entry is None or entry[0] != reply.method:
            return entry
        old, new = (text_of_value(reply.sent[name]) for name in names)
        kept = [one for one in entry[1] if one.partition("=")[0] not in names]
        return entry[0], (f"{names[0]}={new}", *kept, f"{names[1]}={old}")

    async def _renamed(self, reply: CallReply) -> None:
        """What was made in this case has another name now; the entries that remove it follow."""
        names = self._new_name(reply)
        if names is None:
            return
        old, new = (reply.sent[name] for name in names)
        self._mine.add(str(new))
        for entry in [one for one in self._undo if f"{names[0]}={text_of_value(old)}" in one[1]]:
            changed = tuple(
                f"{names[0]}={text_of_value(new)}" if one == f"{names[0]}={text_of_value(old)}" else one
                for one in entry[1]
            )
            self._undo[self._undo.index(entry)] = (entry[0], changed)
            await Note("drop", *entry)
            await Note("add", entry[0], changed)


def _has(item: Value, name: str, member: Member | None, value: object) -> bool:
    names: Sequence[str] = (name, *member.names.values()) if member is not None else (name,)
    return any((found := item.get(one)) is not None and found.plain() == value for one in names)
