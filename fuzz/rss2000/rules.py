"""What the answers of one script say together: what was added is listed as it was sent, what was removed is not, a failure changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fuzz.rss2000.reading import is_safe, same
from fuzz.rss2000.recording import Recordings
from harness.datatypes import is_value
from harness.fuzzing.packet_kit import Asked, Kind, PacketTurn
from harness.messages.packetreply import Packet, Part, spelled
from harness.spec.model import System
from harness.verdict import Check

_NAME = re.compile(r"cw-[0-9a-f]{8}")
_PLAIN = re.compile(r"[ -~]{0,32}")
_ALL = {
    "GETMEMBER": ("RSS-GRP-013", {"ADDENDPOINT": "MEMBER_EP", "ADDDEVUSER": "MEMBER_USER"}),
    "GETALLGROUP": ("RSS-GRP-014", {"ADDGROUP": "GROUP"}),
}
_LISTS = frozenset(("MEMBER", "RECORDID", "VIEWID"))


@dataclass(slots=True)
class Thing:
    """An object of a script. `values` are those of its fields that must come back; `there` is None where it is not known."""

    there: bool | None
    values: dict[str, str] = field(default_factory=dict)
    members: frozenset[str] | None = None
    id: str = ""
    key: str = ""


class Model:
    """What one script has made, fed with its exchanges in order; `broken` grows.

    Args:
        found: told of each broken check: its name, clauses, what was expected, what came, the step.
    """

    def __init__(self, system: System, kinds: Sequence[Kind], found: Callable[..., None]) -> None:
        self._system = system
        self._found = found
        self._kinds = {one: kind for kind in kinds for one in (kind.add, kind.modify, kind.remove, kind.list) if one}
        self._by = {kind.by[0]: kind for kind in kinds if kind.by is not None}
        self.things: dict[tuple[str, str], Thing] = {}
        self.gone: set[str] = set()  # ids of accounts and groups that are no more
        self.recordings = Recordings(found)

    def see(self, turn: PacketTurn) -> None:
        """The next exchange."""
        asked, packet = turn.asked, turn.packet
        if asked.certain and packet.ok is not None and not turn.broken and self.recordings.see(asked, packet):
            return
        if asked.certain and packet.ok and asked.operation in _ALL:
            self._everything(asked.operation, packet)
            return
        kind = self._kinds.get(asked.operation) or self._by.get(asked.operation)
        if kind is None:
            if not asked.operation:
                self._blur(asked.raw)
            return
        if packet.ok is None or turn.broken or not asked.certain:
            self._blur(asked.raw)
            return
        if asked.operation == kind.add:
            self._added(kind, asked, packet)
        elif asked.operation == kind.modify:
            self._modified(kind, asked, packet)
        elif asked.operation == kind.remove:
            self._removed(kind, asked, packet)
        elif not asked.fields and packet.ok:
            self._listed(kind, packet)
        elif kind.by is not None and asked.operation == kind.by[0] and packet.ok:
            self._described(kind, asked, packet)

    def _blur(self, raw: bytes) -> None:
        """What may have been a command of any kind may have changed anything."""
        if any(kind.add.encode()[3:].lower() in raw.lower() for kind in self._kinds.values()):
            for thing in self.things.values():
                thing.there, thing.values, thing.members = None, {}, None
        if any(word in raw.lower() for word in (b"roomrecord", b"hangup", b"setmediainfo", b"delmediainfo")):
            self.recordings.forget()

    def _thing(self, kind: Kind, asked: Asked) -> tuple[str, Thing] | None:
        name = asked.value(kind.name)
        if name is None or (kind.name, name) not in asked.echoed:
            return None
        return name, self.things.setdefault((kind.add, name), Thing(there=False if _NAME.match(name) else None))

    def _added(self, kind: Kind, asked: Asked, packet: Packet) -> None:
        found = self._thing(kind, asked)
        if found is None:
            return
        name, thing = found
        if not packet.ok:
            if thing.there is False and self._is_plain(asked):
                self._wrong("added", (f"RSS-{kind.add}", "RSS-SES-002"), f"{kind.add} of {name} to succeed", packet)
            return
        thing.there = True
        self._keep(kind, thing, asked)
        told = packet.first.get(kind.id)
        thing.id = told if told and kind.id != kind.key else ""

    def _modified(self, kind: Kind, asked: Asked, packet: Packet) -> None:
        found = self._thing(kind, asked)
        if found is None:
            return
        name, thing = found
        if packet.ok and thing.there is False and _NAME.fullmatch(name):
            self._wrong(
                "unknown", self._clauses(kind, "unknown"), f"{asked.operation} of {name} to fail: there is none", packet
            )
        elif not packet.ok and thing.there and self._is_plain(asked):
            self._wrong(
                "modified", (f"RSS-{kind.modify}", "RSS-SES-002"), f"{asked.operation} of {name} to succeed", packet
            )
        elif packet.ok:
            self._keep(kind, thing, asked)

    def _removed_by_key(self, kind: Kind, asked: Asked, packet: Packet) -> None:
        """An index names an object only until something is removed: the others may move up (RSS-AMB-075)."""
        things = [one for (add, _), one in self.things.items() if add == kind.add]
        if packet.ok:
            for one in things:
                one.there = (
                    (one.there and None) if not one.key else one.there if one.key != asked.value(kind.key) else False
                )
                one.key = ""

    def _removed(self, kind: Kind, asked: Asked, packet: Packet) -> None:
        if kind.key != kind.name:
            self._removed_by_key(kind, asked, packet)
            return
        found = self._thing(kind, asked)
        if found is None:
            return
        name, thing = found
        if packet.ok and thing.there is False and _NAME.fullmatch(name):
            self._wrong(
                "unknown", self._clauses(kind, "unknown"), f"{asked.operation} of {name} to fail: there is none", packet
            )
        elif not packet.ok and thing.there and _NAME.fullmatch(name) and not self._in_use(thing.id):
            self._wrong(
                "removed", (f"RSS-{kind.remove}", "RSS-SES-002"), f"{asked.operation} of {name} to succeed", packet
            )
        elif packet.ok:
            for other in self.things.values():  # what becomes of a member that is gone is left open (RSS-AMB-072)
                if thing.id and other.members and thing.id in other.members:
                    other.members = None
            if thing.id:
                self.gone.add(thing.id)
            thing.there, thing.values, thing.members, thing.id = False, {}, None, ""

    def _in_use(self, name: str) -> bool:
        """Whether it may be a member of a group, so that it need not let itself be removed (RSS-AMB-053, 072)."""
        groups = [one for (add, _), one in self.things.items() if add == "ADDGROUP" and one.there is not False]
        return not name or any(one.members is None or name in one.members for one in groups)

    def _keep(self, kind: Kind, thing: Thing, asked: Asked) -> None:
        sent = dict(asked.echoed)
        thing.values = {name: value for name, value in sent.items() if name != kind.name and name not in _LISTS}
        members = [value for name, value in asked.fields if name == "MEMBER"]
        kept = {value for name, value in asked.echoed if name == "MEMBER"}
        thing.members = frozenset(members) if kind.by is not None and set(members) == kept and members else None
        if kind.by is not None and not members and asked.operation == kind.add:
            thing.members = frozenset()

    def _is_plain(self, asked: Asked) -> bool:
        """Whether no device has a reason to refuse any of its values."""
        known = self._system.operations[asked.operation].parameters
        return asked.echoed is not None and all(
            is_value(self._system.types[known[name].type], value)
            and _PLAIN.fullmatch(value)
            and value == value.strip()
            and (name not in _LISTS or (name, value) in asked.echoed)
            for name, value in asked.fields
        ) and all(value for name, value in asked.fields if known[name].type == "word")  # fmt: skip

    # what is read

    def _listed(self, kind: Kind, packet: Packet) -> None:
        for (add, name), thing in self.things.items():
            if add != kind.add or thing.there is None:
                continue
            parts = [one for one in packet.listed() if name in self._all(kind, one, kind.name)]
            if not thing.there:
                if parts and _NAME.match(name):
                    self._wrong("gone", self._clauses(kind, "removed"), f"no {name} in {kind.list}", packet)
                continue
            if len(parts) != 1:
                self._wrong(
                    "listed", self._clauses(kind, "added" if not parts else "unique"), f"{name} once in {kind.list}", packet,
                    got=f"{len(parts)} times",
                )  # fmt: skip
                continue
            thing.key = (self._all(kind, parts[0], kind.key) or [""])[0]
            self._compare(kind, name, thing, parts[0], packet)
            count = parts[0].get("MEMBER_COUNT")
            if thing.members is not None and count not in (None, str(len(thing.members))):
                self._wrong(
                    "count", ("RSS-GRP-006",), f"{len(thing.members)} members of {name}", packet, got=str(count)
                )

    def _described(self, kind: Kind, asked: Asked, packet: Packet) -> None:
        name = asked.value(kind.by[1] if kind.by else "") or ""
        thing = self.things.get((kind.add, name))
        parts = packet.listed()
        if (
            thing is None
            or not thing.there
            or len(parts) != 1
            or asked.value(kind.by[2] if kind.by else "") != thing.id
        ):
            return
        self._compare(kind, name, thing, parts[0], packet)
        if thing.members is not None:
            got = set(self._all(kind, parts[0], "MEMBER"))
            if got != thing.members:
                self._wrong(
                    "members",
                    ("RSS-GRP-002", "RSS-GRP-011"),
                    f"the members {sorted(thing.members)}",
                    packet,
                    got=str(sorted(got)),
                )
            elif parts[0].get("MEMBER_COUNT") not in (None, str(len(got))):
                self._wrong(
                    "count", ("RSS-GRP-006",), f"{len(got)} members", packet, got=str(parts[0].get("MEMBER_COUNT"))
                )
            self._complement(parts[0], got, packet)

    def _complement(self, part: Part, members: set[str], packet: Packet) -> None:
        for add, field_name in (("ADDENDPOINT", "NOTIN_EP"), ("ADDDEVUSER", "NOTIN_USER")):
            others = set(part.all(field_name))
            if not others:
                continue
            own = {one.id for (by, _), one in self.things.items() if by == add and one.there and one.id}
            if lacking := own - others - members:
                self._wrong("complement", ("RSS-GRP-008",), f"{min(lacking)} in {field_name}", packet)
            elif both := others & members:
                self._wrong("complement", ("RSS-GRP-008",), f"{min(both)}, a member, not in {field_name}", packet)

    def _everything(self, operation: str, packet: Packet) -> None:
        """The lists of ids and names."""
        clause, fields = _ALL[operation]
        for add, field_name in fields.items():
            listed = [value for part in packet.confirms for value in part.all(field_name)]
            for (by, name), thing in self.things.items():
                if by == add and thing.there and thing.id and listed.count(thing.id) != 1:
                    self._wrong("all", (clause,), f"{name} once in {operation}", packet)
                    return
        listed = [value for part in packet.confirms for one in fields.values() for value in part.all(one)]
        if stale := self.gone & set(listed):
            self._wrong("all", (clause,), f"{min(stale)}, which is gone, not in {operation}", packet)

    def _compare(self, kind: Kind, name: str, thing: Thing, part: Part, packet: Packet) -> None:
        for field_name, value in thing.values.items():
            got = self._all(kind, part, field_name)
            if not got or field_name in ("PASSWORD",) or not is_safe(value):
                continue
            if not any(same(value, one) for one in got):
                clauses = (*self._clauses(kind, "added"), *self._clauses(kind, "modified"), "RSS-XML-011")
                self._wrong(
                    f"kept.{field_name}", clauses, f"{field_name} {value!r} of {name}", packet, got=repr(got[0])
                )
                return
        told = part.get(kind.id)
        if thing.id and told and told != thing.id:
            self._wrong("id", self._clauses(kind, "added"), f"{kind.id} {thing.id} of {name}", packet, got=told)

    def _all(self, kind: Kind, part: Part, name: str) -> list[str]:
        confirm = self._system.operations[kind.list].confirm
        known = confirm.fields.get(name) if confirm is not None else None
        return part.all(*spelled(known.names if known is not None else {}, name))

    def _clauses(self, kind: Kind, what: str) -> tuple[str, ...]:
        record = next(one for one in self._system.records.values() if one.add == kind.add)
        clause = getattr(record, what) or record.added
        return (clause,)

    def _wrong(self, name: str, clauses: tuple[str, ...], expected: str, packet: Packet, got: str = "") -> None:
        self._found(name, clauses, expected, got or packet.describe(), packet.step)


def rules(system: System, turns: Sequence[PacketTurn], kinds: Sequence[Kind]) -> list[Check]:
    """The first broken check of a script, if any."""
    broken: list[Check] = []

    def found(name: str, clauses: tuple[str, ...], expected: str, got: str, step: int) -> None:
        broken.append(Check(id=f"model.{name}", clauses=clauses, passed=False, expected=expected, got=got, step=step))

    model = Model(system, kinds, found)
    for turn in turns:
        model.see(turn)
        if broken:
            return broken
    return []
