"""What was set against what a query shows: each member under its own name, structs member by member, with the readings that the spec has.

A member that is hidden, or has no effect beside what was sent with it, is not compared. Media credits may be told as they were sent or
as the level that they were taken down to; an empty value may be left out; of an 'unlimited' pair only the half that holds is there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.calldut import CallDut
from harness.callview import MOST_PAGES
from harness.derive_call_places import Place, Tree
from harness.messages.callreply import CallReply
from harness.spec.callmodel import Ignored, Member, Shown
from harness.spec.callvalues import same_word
from harness.spec.model import System
from harness.wire.xmlrpc_values import Kind, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """What a query shows otherwise than it was set."""

    path: str
    expected: str
    got: str


@dataclass(slots=True, kw_only=True)
class Look:
    """A query's answer: the struct in which the members stand, None if there is none, and the readings that were seen in it."""

    reply: CallReply
    struct: Value | None
    readings: list[tuple[str, str]] = field(default_factory=list)


class Shower:
    """Asks for what one method has set, and compares."""

    def __init__(self, system: System, method: str) -> None:
        self.system = system
        self.method = method
        call = system.operations[method].call
        assert call is not None
        self.call = call
        self._flags = flags_of(system)

    def of(self, place: Place) -> Shown | None:
        """The query that shows a place; None if none does, or it is open whether one does."""
        if any(one.hidden or one.hidden_ambiguity or one.experimental for one in place.line):
            return None
        return self.shows(place.path[0])

    def shows(self, name: str) -> Shown | None:
        """The query whose reply has a member of the call, under its name or the one that it is shown as."""
        shown_as = self.call.takes[name].shown or name
        for one in self.call.shown:
            if shown_as.split(".")[0] in self._told(one):
                return one
        return None

    def _told(self, shown: Shown) -> Mapping[str, Member]:
        query = self.system.operations[shown.method].call
        assert query is not None
        if not shown.within:
            return query.returns
        struct = query.returns[shown.within].struct
        return self.system.structs[struct or ""].members

    async def look(
        self, dut: CallDut, shown: Shown, sent: Tree, made: CallReply | None = None, *, judged: bool = True
    ) -> Look:
        """Ask the query; `sent` and `made` are the call that set something, and its reply."""
        asked = {name: _resolve(path, sent, made) for name, path in shown.by.items()}
        reply = await dut.setup(shown.method, asked, judged=judged)
        if not shown.within:
            return Look(reply=reply, struct=reply.struct)
        wanted = {name: _resolve(path, sent, made) for name, path in shown.key.items()}
        members = self._told(shown)
        query = self.system.operations[shown.method].call
        listing = query.listing if query is not None else None
        for _ in range(MOST_PAGES):
            array = reply.find(shown.within)
            for item in array.items if array is not None else ():
                if all(_plain(named(item, name, members)) == value for name, value in wanted.items()):
                    return Look(reply=reply, struct=item)
            if listing is None or reply.value(listing.more) is not True:
                break
            asked = {**asked, listing.cookie: reply.value(listing.cookie)}
            reply = await dut.setup(shown.method, asked, judged=judged)
        return Look(reply=reply, struct=None)

    def odd(self, look: Look, shown: Shown, sent: Tree, names: Sequence[str], levels: Sequence[int]) -> list[Odd]:
        """What of these members of a call the query shows otherwise."""
        if look.struct is None:
            return [Odd(path=name, expected="an entry for it", got="none") for name in names[:1]]
        compare = _Compare(
            self.system, look, self._told(shown), levels, self._flags, any_order=shown.ambiguity is not None
        )
        found: list[Odd] = []
        for name in names:
            member = self.call.takes[name]
            found += compare.member(member, name, sent, look.struct, name, shown_as=member.shown or name)
        return found


def named(struct: Value, name: str, members: Mapping[str, Member]) -> Value | None:
    """The member of a struct of a reply, in whichever of its spellings."""
    known = members.get(name)
    spellings = (name, *known.names.values()) if known is not None else (name,)
    return next((value for one in spellings if (value := struct.get(one)) is not None), None)


def flags_of(system: System) -> Mapping[str, str]:
    """The booleans that stand for no limit -> the numbers that they stand against."""
    structs = [struct.members for struct in system.structs.values()]
    calls = [one.call.takes for one in system.operations.values() if one.call is not None]
    return {one.unlimited: name for members in (*calls, *structs) for name, one in members.items() if one.unlimited}


def _resolve(path: str, sent: Tree, made: CallReply | None) -> Any:
    where, _, name = path.partition(".")
    return made.value(name) if where == "returned" and made is not None else sent.get(name)


def _plain(value: Value | None) -> Any:
    return None if value is None else value.plain()


class _Compare:
    """Compares what one query shows."""

    def __init__(
        self,
        system: System,
        look: Look,
        told: Mapping[str, Member],
        levels: Sequence[int],
        flags: Mapping[str, str],
        *,
        any_order: bool,
    ) -> None:
        self._system = system
        self._look = look
        self._told = told
        self._levels = levels
        self._any_order = any_order
        self._flags = flags

    def member(
        self, member: Member, name: str, sent: Tree, struct: Value, path: str, *, shown_as: str = ""
    ) -> Iterator[Odd]:
        """Compare one member of a struct that was sent with the struct that is shown."""
        if member.hidden or member.hidden_ambiguity or member.experimental or ineffective(member.ignored, sent):
            return
        wanted = sent[name]
        if name in self._flags:
            yield from self._flag(name, wanted, struct, path)
            return
        got = named(struct, shown_as or name, self._told)
        if isinstance(wanted, dict):
            yield from self._struct(member, wanted, got, path)
        elif isinstance(wanted, list):
            yield from self._array(member, wanted, got, path)
        else:
            yield from self._scalar(member, wanted, got, path)

    def _flag(self, name: str, wanted: bool, struct: Value, path: str) -> Iterator[Odd]:
        """A boolean that stands for no limit may be left out, but the number that it stands against must not be there."""
        got, number = _plain(struct.get(name)), self._flags[name]
        if got is not None and got is not wanted:
            yield Odd(path=path, expected=repr(wanted), got=repr(got))
        elif wanted and (there := struct.get(number)) is not None:
            yield Odd(path=path, expected=f"no {number}", got=f"{number} {there.plain()!r}")

    def _struct(self, member: Member, wanted: Tree, got: Value | None, path: str) -> Iterator[Odd]:
        if got is None:
            if wanted:
                yield Odd(path=path, expected="the struct that was set", got="nothing")
            return
        members = self._members_of(member, wanted)
        for name in wanted:
            if name in members:
                yield from self.member(members[name], name, wanted, got, f"{path}.{name}")

    def _members_of(self, member: Member, wanted: Tree) -> Mapping[str, Member]:
        structs = [self._system.structs[one].members for one in (member.struct, *member.other_structs) if one]
        return max(structs, key=lambda members: len(set(members) & set(wanted)))

    def _array(self, member: Member, wanted: list[Any], got: Value | None, path: str) -> Iterator[Odd]:
        items = [] if got is None else list(got.items)
        if len(items) != len(wanted):
            yield Odd(path=path, expected=f"{len(wanted)} elements", got=f"{len(items)}: {_plain(got)!r}"[:300])
            return
        if member.struct is None:
            told = [_plain(item) for item in items]
            if told != wanted and sorted(map(repr, told)) != sorted(map(repr, wanted)):
                yield Odd(path=path, expected=repr(wanted), got=repr(told))
            return
        for number, (one, item) in enumerate(zip(wanted, self._in_order(wanted, items), strict=True)):
            yield from self._struct(member, one, item, f"{path}[{number}]")

    def _in_order(self, wanted: list[Any], items: list[Value]) -> list[Value]:
        """The elements in the order in which they were sent, where the order is open and a member tells them apart."""
        if not self._any_order or not wanted:
            return items
        first = next(iter(wanted[0]), "")
        places = {repr(one.get(first)): number for number, one in enumerate(wanted)}
        return sorted(items, key=lambda item: places.get(repr(_plain(item.get(first))), len(items)))

    def _scalar(self, member: Member, wanted: Any, got: Value | None, path: str) -> Iterator[Odd]:
        if got is None or got.kind is Kind.NONE:
            if wanted not in ("", b""):
                yield Odd(path=path, expected=repr(wanted), got="nothing")
            return
        told = got.plain()
        if told == wanted and isinstance(told, bool) == isinstance(wanted, bool):
            if member.rounded is not None and self._rounded(wanted) != wanted:
                self._read(member, path, "sent", told)
                if member.rounded.ambiguity is None:
                    yield Odd(path=path, expected=repr(self._rounded(wanted)), got=repr(told))
            return
        if same_word(self._system.scalars.get(member.type or ""), told, wanted):
            return
        if member.rounded is not None and told == self._rounded(wanted):
            self._read(member, path, "rounded", told)
            return
        yield Odd(path=path, expected=repr(wanted), got=repr(told))

    def _rounded(self, value: int) -> int:
        place = bisect_right(self._levels, value)
        return self._levels[place - 1] if place else 0

    def _read(self, member: Member, path: str, reading: str, told: Any) -> None:
        """Keep which reading was seen; `sent` has another name where the spec calls it so."""
        del path, told
        ambiguity = member.rounded.ambiguity if member.rounded is not None else None
        known = self._system.ambiguities.get(ambiguity or "")
        if known is not None:
            own = reading if reading in known.readings else next(one for one in known.readings if one != "rounded")
            self._look.readings.append((ambiguity or "", own))


def ineffective(ignored: Ignored | None, sent: Mapping[str, Any]) -> bool:
    """Whether a member may have no effect beside what is sent with it; in a circumstance that is never sure."""
    if ignored is None:
        return False
    if ignored.state is not None or (ignored.without is not None and ignored.without not in sent):
        return True
    if ignored.when and all(_text(sent, name) in values for name, values in ignored.when.items()):
        return True
    return bool(ignored.unless) and any(_text(sent, name) not in values for name, values in ignored.unless.items())


def _text(sent: Mapping[str, Any], name: str) -> str:
    array, dot, length = name.rpartition(".")
    if dot and length == "length":
        return str(len(sent.get(array, ())))
    value = sent.get(name)
    return str(value).lower() if isinstance(value, bool) else str(value)
