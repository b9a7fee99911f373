"""What holds of both kinds of accounts: neighbours with names that are alike, many of them, ids that stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.derive_base import TEXTS
from harness.messages.packetreply import Part
from harness.packetdut import PacketDut
from harness.packetsample import Values, add_record
from suites.rss2000 import SUITE
from suites.rss2000.people import LISTS, absent, entries, entry, modify, plain, same

CHAPTER = "Accounts"
_MANY = 12


def _register_neighbours(kind: str, removed: str, changed: str) -> None:
    _, change, remove = _OPERATIONS[kind]
    key = LISTS[kind][1]

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
        made = {name: await add_record(dut, kind, {key: name, **_as(kind, "before", "1")}) for name in names}
        for name in (middle, f"{middle}9", middle[:-2]):
            dut.ok(
                await modify(dut, kind, made[name], **_as(kind, f"after {name}", "0")),
                changed,
                check="modify",
            )
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
                same(dut, part, {name: one[name] for name in _as(kind, "", "")}, "RSS-ACC-014", *clauses)


def _as(kind: str, text: str, choice: str) -> Values:
    """Values of the fields that only the account itself decides."""
    return {**dict.fromkeys(_TEXTS[kind], text), _CHOICE[kind]: choice}


def _register_texts(kind: str, added: str) -> None:
    add, key, field = _OPERATIONS[kind][0], LISTS[kind][1], _TEXTS[kind][0]
    rows = (f"RSS-{add}.{field}", f"RSS-{LISTS[kind][0]}.confirm.{field}")

    @SUITE.scenario(f"{kind}.texts-added", added, "RSS-XML-011", *rows, chapter=CHAPTER, after=(f"{add}.success",))
    async def texts_added(dut: PacketDut) -> None:
        """Odd texts of a new account are in the list as they were sent."""
        made = {text: await add_record(dut, kind, {field: text}) for text in TEXTS.values()}
        parts = {part.get(key): part for part in await entries(dut, kind)}
        for text, one in made.items():
            part = parts.get(one[key])
            dut.check("there", part is not None, added, expected=one[key], got="" if part else "not listed")
            if part is not None:
                same(dut, part, {field: text}, added, "RSS-XML-011", *rows)


def _register_second_removal(kind: str, removed: str) -> None:
    remove, key = _OPERATIONS[kind][2], LISTS[kind][1]
    unknown = "RSS-ACC-010" if kind == "user" else "RSS-ACC-009"
    clauses = (unknown, "RSS-XML-013", "RSS-ACC-014", removed)

    @SUITE.scenario(f"{kind}.second-removal", *clauses, chapter=CHAPTER, after=(f"{remove}.success",))
    async def second_removal(dut: PacketDut) -> None:
        """The second removal of an account fails, and takes nobody else in its place."""
        made = await add_record(dut, kind)
        dut.ok(await dut.command(remove, {key: made[key]}), removed, check="remove")
        before = {part.get(key) or "" for part in await entries(dut, kind)}
        dut.refused(await dut.command(remove, {key: made[key]}), unknown)
        lost = before - {part.get(key) or "" for part in await entries(dut, kind)}
        got = ", ".join(sorted(lost))
        dut.check("others", not lost, "RSS-XML-013", "RSS-ACC-014", expected="everybody else there", got=got)


def _register_many(kind: str, removed: str, added: str) -> None:
    add, _, remove = _OPERATIONS[kind]
    _, key, guid, _, _ = LISTS[kind]

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
        listing = dut.model.records[kind].list
        before = _ids(await entries(dut, kind), key, guid)
        looks = [before]
        made = [await add_record(dut, kind) for _ in range(_MANY)]
        left = set(range(_MANY))
        deletion = (f"RSS-{remove}", f"RSS-{remove}.{key}")
        for gone in ((), range(0, _MANY, 3), (_MANY - 1,)):
            for number in gone:
                dut.ok(await dut.command(remove, {key: made[number][key]}), removed, check="remove")
                left.discard(number)
            parts = await entries(dut, kind)
            looks.append(_ids(parts, key, guid))
            names = [part.get(key) for part in parts]
            for number, one in enumerate(made):
                there, count = number in left, names.count(one[key])
                clauses = (
                    "RSS-ACC-013",
                    *(("RSS-ACC-014", added) if there else (removed,)),
                    *(deletion if gone else (f"RSS-{add}",)),
                )
                dut.check(
                    "times", count == there, *clauses, expected=f"{one[key]!r} {int(there)} times", got=f"{count}"
                )
            ids = [plain(part.get(guid)) for part in parts]
            named = {part.get(key): plain(part.get(guid)) for part in parts}
            other = [one[key] for one in made if named.get(one[key], plain(one[guid])) != plain(one[guid])]
            dut.check("same-id", not other, "RSS-ACC-012", expected="the ids of the confirms", got=", ".join(other))
            twice = {one for one in ids if ids.count(one) > 1}
            dut.check("ids", not twice, "RSS-ACC-011", "RSS-ACC-013", expected="each id once", got=", ".join(twice))
        for number in sorted(left):
            dut.ok(await dut.command(remove, {key: made[number][key]}), removed, check="remove")
        after = _ids(await entries(dut, kind), key, guid)
        stay = [name for name in before if name in after and before[name] == after[name]]
        lacking = sorted({name for name in stay for look in looks if name not in look})
        rows = ("RSS-ACC-013", "RSS-ACC-014", f"RSS-{listing}")
        dut.check("others", not lacking, *rows, expected="who was there before and after", got=", ".join(lacking)[:200])
        turns = sorted(name for name in before if all(one.get(name) for one in looks) and _turns([*looks, after], name))
        ids_rows = ("RSS-ACC-012", f"RSS-{listing}.confirm.{guid}")
        dut.check("ids-stay", not turns, *ids_rows, expected="the same id in every list", got=", ".join(turns)[:200])


def _register_ids(kind: str, removed: str, changed: str) -> None:
    add, change, remove = _OPERATIONS[kind]
    _, key, guid, _, _ = LISTS[kind]

    @SUITE.scenario(f"{kind}.id-stays", "RSS-ACC-012", chapter=CHAPTER, after=(f"{change}.success",))
    async def id_stays(dut: PacketDut) -> None:
        """An account keeps its id through every change, and all commands tell the same."""
        made, other = await add_record(dut, kind), await add_record(dut, kind)
        own = plain(made[guid])
        seen = {"added": own}
        for number in range(4):
            packet = dut.ok(
                await modify(dut, kind, made, **{_TEXTS[kind][0]: f"change {number}"}), changed, check="modify"
            )
            seen[f"change {number}"] = plain(packet.first.get(guid))
            part = await entry(dut, kind, made[key], "RSS-ACC-013")
            seen[f"list {number}"] = plain(part.get(guid))
        packet = dut.ok(await dut.command(remove, {key: made[key]}), removed, check="remove")
        seen["removal"] = plain(packet.first.get(guid))
        wrong = {name: one for name, one in seen.items() if one != own}
        rows = (
            "RSS-ACC-012",
            f"RSS-{add}.confirm.{guid}",
            f"RSS-{change}.confirm.{guid}",
            f"RSS-{remove}.confirm.{guid}",
        )
        dut.check("id", not wrong, *rows, expected=own, got=str(wrong) if wrong else "")
        part = await entry(dut, kind, other[key], "RSS-ACC-013")
        dut.check("other", plain(part.get(guid)) == plain(other[guid]), "RSS-ACC-012", expected=other[guid], got=str(part.get(guid)))  # fmt: skip


def _ids(parts: Sequence[Part], key: str, guid: str) -> dict[str, str]:
    """Name to id."""
    return {part.get(key) or "": plain(part.get(guid)) for part in parts}


def _turns(looks: Sequence[Mapping[str, str]], name: str) -> bool:
    """An account has another id at each look: nobody removes one and adds it again all the time."""
    ids = [one.get(name, "") for one in looks]
    return len(set(ids)) == len(ids)


_OPERATIONS = {
    "user": ("ADDDEVUSER", "MODDEVUSER", "DELDEVUSER"),
    "endpoint": ("ADDENDPOINT", "MODENDPOINT", "DELENDPOINT"),
}
_CHOICE = {"user": "PRIVILEGE", "endpoint": "FLAG"}
_TEXTS = {"user": ("FULLNAME", "EMAIL"), "endpoint": ("H323",)}
for _kind, _added, _removed, _changed in (
    ("user", "RSS-ACC-004", "RSS-ACC-008", "RSS-ACC-006"),
    ("endpoint", "RSS-ACC-003", "RSS-ACC-007", "RSS-ACC-005"),
):
    _register_neighbours(_kind, _removed, _changed)
    _register_texts(_kind, _added)
    _register_second_removal(_kind, _removed)
    _register_many(_kind, _removed, _added)
    _register_ids(_kind, _removed, _changed)
