"""What holds of both kinds of accounts: neighbours with names that are alike, many of them, ids that stay."""

from __future__ import annotations

from harness.packetdut import PacketDut
from harness.packetsample import Values, add_record
from suites.rss2000 import SUITE
from suites.rss2000.people import LISTS, absent, entries, entry, modify, plain, same

CHAPTER = "Accounts"
_MANY = 12


def _register_both(kind: str, removed: str, changed: str) -> None:
    """Cases that hold of both kinds of accounts."""
    add, change, remove = _OPERATIONS[kind]
    _, key, guid, _, _ = LISTS[kind]

    @SUITE.scenario(
        f"{kind}.neighbours",
        "RSS-ACC-014",
        removed,
        changed,
        chapter=CHAPTER,
        after=(f"{remove}.success", f"{change}.success"),
    )
    async def neighbours(dut: PacketDut) -> None:
        """Names that begin or end alike are names of others: changes and removals are of the one that was named."""
        middle = dut.unique("clausewise")
        names = [middle, f"{middle}9", f"{middle} 9", f"9{middle}", middle[:-2], f"{middle}99"]
        made = {name: await add_record(dut, kind, {key: name, _TEXT[kind]: "before"}) for name in names}
        for name in (middle, f"{middle}9", middle[:-2]):
            dut.ok(await modify(dut, kind, made[name], **{_TEXT[kind]: f"after {name}"}), changed, check="modify")
            await _as_made(dut, made, changed)
        for name in (middle, middle[:-2], f"{middle}9"):
            dut.ok(await dut.command(remove, {key: name}), removed, check="remove")
            made.pop(name)
            await absent(dut, kind, name, removed)
            await _as_made(dut, made, removed, f"RSS-{remove}.{key}")

    async def _as_made(dut: PacketDut, made: dict[str, Values], *clauses: str) -> None:
        parts = await entries(dut, kind)
        for name, one in made.items():
            found = [part for part in parts if part.get(key) == name]
            dut.check("there", len(found) == 1, "RSS-ACC-014", *clauses, expected=f"{name!r} once", got=f"{len(found)}")
            for part in found[:1]:
                same(dut, part, {_TEXT[kind]: one[_TEXT[kind]]}, "RSS-ACC-014", *clauses)

    @SUITE.scenario(
        f"{kind}.many",
        "RSS-ACC-013",
        "RSS-ACC-014",
        removed,
        chapter=CHAPTER,
        after=(f"{add}.success", f"{remove}.success"),
    )
    async def many(dut: PacketDut) -> None:
        """Of many accounts the list has each once, with an id of its own, and after removals those that are left."""
        made = [await add_record(dut, kind) for _ in range(_MANY)]
        left = set(range(_MANY))
        deletion = (f"RSS-{remove}", f"RSS-{remove}.{key}")
        for gone in ((), range(0, _MANY, 3), (_MANY - 1,)):
            for number in gone:
                dut.ok(await dut.command(remove, {key: made[number][key]}), removed, check="remove")
                left.discard(number)
            parts = await entries(dut, kind)
            names = [part.get(key) for part in parts]
            for number, one in enumerate(made):
                there, count = number in left, names.count(one[key])
                clauses = ("RSS-ACC-013", *(("RSS-ACC-014",) if there else (removed,)), *(deletion if gone else ()))
                dut.check(
                    "times", count == there, *clauses, expected=f"{one[key]!r} {int(there)} times", got=f"{count}"
                )
            ids = [plain(part.get(guid)) for part in parts]
            named = {part.get(key): plain(part.get(guid)) for part in parts}
            other = [one[key] for one in made if named.get(one[key], plain(one[guid])) != plain(one[guid])]
            dut.check("same-id", not other, "RSS-ACC-012", expected="the ids of the confirms", got=", ".join(other))
            twice = {one for one in ids if ids.count(one) > 1}
            dut.check("ids", not twice, "RSS-ACC-011", "RSS-ACC-013", expected="each id once", got=", ".join(twice))

    @SUITE.scenario(f"{kind}.id-stays", "RSS-ACC-012", chapter=CHAPTER, after=(f"{change}.success",))
    async def id_stays(dut: PacketDut) -> None:
        """An account keeps its id through every change, and all commands tell the same."""
        made, other = await add_record(dut, kind), await add_record(dut, kind)
        own = plain(made[guid])
        seen = {"added": own}
        for number in range(4):
            packet = dut.ok(await modify(dut, kind, made, **{_TEXT[kind]: f"change {number}"}), changed, check="modify")
            seen[f"change {number}"] = plain(packet.first.get(guid))
            part = await entry(dut, kind, made[key], "RSS-ACC-013")
            seen[f"list {number}"] = plain(part.get(guid))
        packet = dut.ok(await dut.command(remove, {key: made[key]}), removed, check="remove")
        seen["removal"] = plain(packet.first.get(guid))
        wrong = {name: one for name, one in seen.items() if one != own}
        dut.check("id", not wrong, "RSS-ACC-012", expected=own, got=str(wrong) if wrong else "")
        part = await entry(dut, kind, other[key], "RSS-ACC-013")
        dut.check("other", plain(part.get(guid)) == plain(other[guid]), "RSS-ACC-012", expected=other[guid], got=str(part.get(guid)))  # fmt: skip


_OPERATIONS = {
    "user": ("ADDDEVUSER", "MODDEVUSER", "DELDEVUSER"),
    "endpoint": ("ADDENDPOINT", "MODENDPOINT", "DELENDPOINT"),
}
_TEXT = {"user": "FULLNAME", "endpoint": "H323"}
_register_both("user", "RSS-ACC-008", "RSS-ACC-006")
_register_both("endpoint", "RSS-ACC-007", "RSS-ACC-005")
