"""Clients that watch: what they were told of, and how that agrees with the confirms of those who made the changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.ending import Ending
from harness.flow import Receive
from harness.messages.packetreply import Packet, Part, spelled
from harness.messages.packets import operation_of
from harness.packetdut import Given, PacketDut
from harness.packetsample import FieldList, fresh
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
    """Add an object, change it, and remove it; nothing of it stays as it was in the change.

    Args:
        text: what stands in its name and in its texts.
    """
    record = dut.model.records[kind]
    fields = await fresh(dut, record.add)
    key = record.key
    if key in dict(fields) and not dut.model.operations[record.add].parameters[key].optional:
        fields = [(name, dut.unique(text or "clausewise") if name == key else value) for name, value in fields]
    done = [await make(dut, record.add, _texts(fields, text, 1), key, link=link)]
    own = done[0].naming[1]
    modify, remove = record.modify or "", record.remove
    changed = [(name, own if name == key else value) for name, value in await fresh(dut, modify)]
    if key not in dict(changed):
        changed.insert(0, (key, own))
    done.append(await make(dut, modify, _texts(changed, text, 2), key, link=link))
    done.append(await make(dut, remove, {key: own}, key, link=link))
    return done


_FREE = ("FULLNAME", "EMAIL", "H323", "DESCRIPTION", "ROOM_ID")


def _texts(fields: FieldList, text: str, number: int) -> FieldList:
    return [(name, f"{text} {number}".strip() if name in _FREE else value) for name, value in fields]


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


async def await_told(dut: PacketDut, link: str, change: Change) -> list[Packet]:
    """Wait until a connection has an indication of a change, as long as the device may take."""
    found = told_of(dut, link, change)
    while not found:
        before = len(dut.told(link, change.operation))
        if len(await dut.wait_for(link, change.operation, count=before + 1)) <= before:
            break
        found = told_of(dut, link, change)
    return found


async def once(dut: PacketDut, link: str, changes: Sequence[Change], *clauses: str) -> None:
    """A connection is told of each change once, with what the confirm said."""
    for one in changes:
        await await_told(dut, link, one)
    await dut.settle(link)
    for one in changes:
        found = told_of(dut, link, one)
        base = f"RSS-{one.operation}.indication"
        dut.check(
            "told-once",
            len(found) == 1,
            *_ONCE,
            base,
            *clauses,
            expected=f"one indication of {one.operation} on {link}",
            got="" if len(found) == 1 else f"{len(found)}",
            step=found[-1].step if found else one.packet.step,
        )
        for packet in found[:1]:
            agrees(dut, dut.judge(one.operation, packet, one.fields), one, step=packet.step)


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
        if not told or not said:
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
    return sorted(f"{plain(value) if beside else value} {beside}".strip() if beside else value for value, beside in found)
