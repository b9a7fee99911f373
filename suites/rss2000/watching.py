"""Clients that watch: what they were told of, and how that agrees with the confirms of those who made the changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.ending import Ending
from harness.flow import CaseInconclusive, Receive
from harness.messages.packetreply import Packet, Part, spelled
from harness.messages.packets import operation_of
from harness.packetdut import PacketDut
from harness.packetsample import FieldList, fresh
from harness.packetview import Given
from suites.rss2000.people import plain

QUIET_S = 0.3  # as long as this nothing more comes, from a device that is done
_ONCE = ("RSS-IND-001", "RSS-IND-003")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change that a client has made.

    Attributes:
        fields: the fields of the command.
        packet: the confirm.
        naming: field that names the object, and its value.
    """

    operation: str
    fields: FieldList
    packet: Packet
    naming: tuple[str, str]


async def make(dut: PacketDut, operation: str, fields: Given, naming: str, *, link: str = "main") -> Change:
    """Make a change, which must succeed; `naming` is the field that names the object."""
    sent = list(fields.items()) if not isinstance(fields, Sequence) else list(fields)
    packet = dut.ok(await dut.command(operation, sent, link=link), f"RSS-{operation}")
    value = dict(sent).get(naming) or packet.first.get(naming) or ""
    return Change(operation=operation, fields=sent, packet=packet, naming=(naming, value))


async def life(dut: PacketDut, kind: str, text: str = "", *, link: str = "main") -> list[Change]:
    """Add an object, change it, and remove it.

    Args:
        text: what stands in its name and in its texts.
    """
    record = dut.model.records[kind]
    key, naming = record.key, _NAMING.get(kind, record.key)
    fields = [(name, _text(dut, naming, name, value, text, 1)) for name, value in await fresh(dut, record.add)]
    done = [await make(dut, record.add, fields, naming, link=link)]
    own = dut.adopted.get(done[0].packet.step) or dict(fields).get(key)
    if not own:
        raise CaseInconclusive(f"the list does not tell which {key} {record.add} has made")
    modify, remove = record.modify or "", record.remove
    changed = []
    for name in dut.model.operations[modify].parameters:
        values = [own] if name == key else [value for one, value in fields if one == name]
        changed += [(name, value if name == key else _text(dut, naming, name, value, text, 2)) for value in values]
    done.append(await make(dut, modify, changed, naming, link=link))
    done.append(await make(dut, remove, {key: own}, key, link=link))
    return done


# Fields in which any text may stand, and the field that tells rooms apart, for their index is the device's affair.
_FREE = ("FULLNAME", "EMAIL", "H323", "DESCRIPTION")
_NAMING = {"room": "ROOM_ID"}


def _text(dut: PacketDut, naming: str, name: str, value: str, text: str, number: int) -> str:
    if name == naming and number == 1:  # whether a name may change is open (RSS-AMB-082)
        return dut.unique(text or "clausewise")
    return f"{text} {name.lower()} {number}".strip() if name in _FREE else value


def tells(dut: PacketDut, packet: Packet, change: Change) -> bool:
    """Whether an indication tells of this change: its name, and its object."""
    name, value = change.naming
    return any(
        change.operation in operation_of(dut.model, part, "indication") and part.get(name) in (value, None)
        for part in packet.parts
    )


def told_of(dut: PacketDut, link: str, change: Change) -> list[Packet]:
    """The indications that a connection has of a change so far."""
    return [one for one in dut.news.get(link, ()) if tells(dut, one, change)]


async def listen(dut: PacketDut, link: str, seconds: float = QUIET_S) -> Ending:
    """Take whatever comes by itself until nothing does, or the connection ends; gives how."""
    for _ in range(200):
        got = await Receive(link, seconds)
        if got.ending is not Ending.ANSWERED:
            return got.ending
        packet = dut.binding.packet(got.raw, got.ending, got.step)
        if packet.indicates:
            dut.news.setdefault(link, []).append(packet)
            continue
        dut.check("unasked", False, "RSS-TPK-007", expected="no answer without a command", got=packet.describe())
    return Ending.FLOODED


async def await_told(dut: PacketDut, link: str, change: Change, count: int = 1) -> list[Packet]:
    """Wait until a connection has so many indications of changes of this kind of an object, as long as the device may take."""
    found = told_of(dut, link, change)
    while len(found) < count:
        before = len(dut.told(link, change.operation))
        if len(await dut.wait_for(link, change.operation, count=before + 1)) <= before:
            await dut.settle(link)  # they may come with the next answer; the same look finds those of other changes
            return told_of(dut, link, change)
        found = told_of(dut, link, change)
    return found


async def once(dut: PacketDut, link: str, changes: Sequence[Change], *clauses: str, keep: bool = False) -> None:
    """A connection is told of each change once, with what the confirm said; what it was told is forgotten then, unless kept.

    A device may give a number again that is free, so that several of the changes may be of objects of one number.
    """
    alike: dict[tuple[str, str], list[Change]] = {}
    for one in changes:
        alike.setdefault((one.operation, one.naming[1]), []).append(one)
    for several in alike.values():
        await await_told(dut, link, several[0], len(several))
    await dut.settle(link)
    for several in alike.values():
        one, found = several[0], told_of(dut, link, several[0])
        base = f"RSS-{one.operation}.indication"
        dut.check(
            "told-once",
            len(found) == len(several),
            *_ONCE,
            base,
            f"{base}.{one.naming[0]}",
            *clauses,
            expected=f"one indication of {one.operation} {one.naming[1]} on {link}",
            got="" if len(found) == len(several) else f"{len(found)} of {len(several)}",
            step=found[-1].step if found else one.packet.step,
        )
        for change, packet in zip(several, found, strict=False):
            agrees(dut, dut.judge(change.operation, packet, change.fields), change, step=packet.step)
    if not keep:
        forget(dut, link)


def forget(dut: PacketDut, link: str) -> None:
    """What a connection was told has been looked at."""
    dut.news.pop(link, None)


def not_again(dut: PacketDut, link: str, changes: Sequence[Change]) -> None:
    """A connection was not told of these changes once more, after they were looked at."""
    again = [one.operation for one in changes if not one.naming[1].isdecimal() and told_of(dut, link, one)]
    dut.check("not-again", not again, "RSS-IND-003", expected="no second indication", got=", ".join(again))


def agrees(dut: PacketDut, part: Part, change: Change, *, step: int) -> None:
    """What the confirm said of the object the indication says, too; others may have changed who is there besides."""
    operation = dut.model.operations[change.operation]
    confirm, message = operation.confirm, operation.indication
    if confirm is None or message is None:
        return
    for name, field in message.fields.items():
        if name not in confirm.fields or field.any_value or name in dut.syntax.secrets or name.startswith("NOTIN"):
            continue
        told = _values(part, field.names, name)
        said = _values(change.packet.first, confirm.fields[name].names, name)
        if name == dut.syntax.reason:  # the confirm may have another one, of its result
            said = [one for one in said if one in told] or said
        if not said or (not told and not field.repeated):
            continue
        dut.check(
            f"same.{name}",
            told == said,
            "RSS-IND-004",
            f"RSS-{change.operation}.indication.{name}",
            expected=f"{name} {', '.join(said)[:200]!r}, as the confirm has it",
            got="" if told == said else ", ".join(told)[:200],
            step=step,
        )


def none_of(dut: PacketDut, link: str, changes: Sequence[Change], clause: str) -> None:
    """A connection has no indication of any of these changes."""
    found = [one for one in changes if told_of(dut, link, one)]
    names = ", ".join(one.operation for one in found)
    dut.check("not-told", not found, clause, expected=f"no indication on {link}", got=names)


def _values(part: Part, names: dict[str, str], name: str) -> list[str]:
    """The values of a field, with the names beside them where there are any."""
    found = [pair for one in spelled(names, name) for pair in part.pairs(one, "name")]
    return sorted(
        f"{plain(value) if beside else value} {beside}".strip() if beside else value for value, beside in found
    )
