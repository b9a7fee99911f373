"""The list of users, page by page."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseInconclusive
from harness.messages.callreply import CallReply
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.access import person
from suites.tps.admin import pages, people, rows_of, user_id
from suites.tps.user_levels import CHAPTER

_AFTER = ("user.enumerate.success", "user.create.success")
_MORE = "moreAvailable"


async def _some(dut: CallDut, count: int = 4) -> list[str]:
    """Users of this case, of every level."""
    rights = ("none", "apiOnly", "administrator")
    return [(await person(dut, rights[number % len(rights)]))[0] for number in range(count)]


@SUITE.scenario(
    "users.pages",
    "TPS-USR-030",
    "TPS-USR-031",
    "TPS-USR-032",
    "TPS-USR-033",
    "TPS-USR-035",
    chapter=CHAPTER,
    after=_AFTER,
)
async def by_pages(dut: CallDut) -> None:
    """By pages of any size each user is told once, no page is too large, and every page but the last says that there is more, with a token."""
    ours = set(await _some(dut))
    whole = [user_id(one) for one in rows_of(await pages(dut))]
    for most in (0, 1, 2, 3, len(whole) - 1, len(whole), len(whole) + 1):
        found = await pages(dut, most=most)
        dut.ok(found[0], "TPS-USR-030", check="page")
        names = [user_id(one) for one in rows_of(found)]
        twice = sorted({one for one in names if names.count(one) > 1})
        missing = sorted((ours | set(whole)) - set(names))
        dut.check(f"once.{most}", not twice, "TPS-USR-030", expected="each user once", got=f"{twice} more than once")
        dut.check(f"all.{most}", not missing, "TPS-USR-030", expected="every user", got=f"without {missing[:4]}")
        for number, page in enumerate(found, 1):
            _page(dut, page, most, last=number == len(found))


def _page(dut: CallDut, page: CallReply, most: int, *, last: bool) -> None:
    count = len(rows_of([page]))
    if most:
        dut.check("size", count <= most, "TPS-USR-031", expected=f"{most} at most", got=str(count), step=page.step)
    more = page.value(_MORE)
    dut.check("more", more is (not last), "TPS-USR-033", expected=f"{_MORE} {not last}", got=repr(more), step=page.step)
    there = page.has("enumerateID")
    dut.check(
        "token", there is (more is True), "TPS-USR-032", expected="enumerateID as long as there is more",
        got=f"{_MORE} {more!r}, {'an' if there else 'no'} enumerateID", step=page.step,
    )  # fmt: skip
    changed = page.value("modifiedSinceStart")
    dut.check(
        "unmodified", changed is False, "TPS-USR-035", expected="modifiedSinceStart false", got=repr(changed), severity=Severity.SHOULD,
        step=page.step,
    )  # fmt: skip


async def _next(dut: CallDut, page: CallReply, most: int) -> CallReply:
    token = page.value("enumerateID")
    if not isinstance(token, str):
        raise CaseInconclusive("a page that is not the last one has no enumerateID")
    return dut.ok(await dut.call("user.enumerate", {"max": most, "enumerateID": token}), "TPS-USR-036", check="next")


@SUITE.scenario("users.pages.several", "TPS-USR-036", "TPS-USR-030", chapter=CHAPTER, after=("users.pages",))
async def several(dut: CallDut) -> None:
    """Enumerations that begin while others are under way begin with the first user, and none disturbs another."""
    await _some(dut)
    whole = [user_id(one) for one in rows_of(await pages(dut))]
    under_way: list[tuple[CallReply, list[str]]] = []
    for most in (1, 2, 1):
        first = dut.ok(await dut.call("user.enumerate", {"max": most}), "TPS-USR-036", check="begin")
        names = [user_id(one) for one in rows_of([first])]
        dut.check(
            "begins",
            names[:1] == whole[:1],
            "TPS-USR-036",
            expected=f"{whole[0]} first",
            got=str(names),
            step=first.step,
        )
        under_way.append((first, names))
    for turn in range(len(whole)):
        for place, (page, names) in enumerate(under_way):
            if page.value(_MORE) is True:
                more = await _next(dut, page, 1 + (turn + place) % 2)
                under_way[place] = more, [*names, *(user_id(one) for one in rows_of([more]))]
    for _, names in under_way:
        dut.check(
            "whole", sorted(names) == sorted(whole), "TPS-USR-030", "TPS-USR-036", expected=str(whole), got=str(names)
        )


@SUITE.scenario("users.pages.changed", "TPS-USR-034", chapter=CHAPTER, after=("users.pages",))
async def changed(dut: CallDut) -> None:
    """Where a user comes or goes while the list is being told, the pages that follow say so."""
    await _some(dut, 3)
    first = await dut.setup("user.enumerate", {"max": 1})
    made = await person(dut, "none")
    pages_seen: list[Any] = [(await _next(dut, first, 1)).value("modifiedSinceStart")]
    again = await dut.setup("user.enumerate", {"max": 1})
    await dut.setup("user.destroy", {"currentUserId": made[0]})
    pages_seen.append((await _next(dut, again, 1)).value("modifiedSinceStart"))
    dut.check(
        "modified",
        pages_seen == [True, True],
        "TPS-USR-034",
        expected="modifiedSinceStart true",
        got=str(pages_seen),
        severity=Severity.SHOULD,
    )


@SUITE.scenario("users.levels.listed", "TPS-USR-030", "TPS-USR-001", "TPS-USR-043", chapter=CHAPTER, after=_AFTER)
async def of_every_level(dut: CallDut) -> None:
    """Users of every level are listed, with their levels, and none of them has to change its password."""
    wanted = {(await person(dut, rights))[0]: rights for rights in ("none", "apiOnly", "administrator")}
    found = await people(dut)
    got = {name: found.get(name, {}).get("accessRights", "not listed") for name in wanted}
    dut.check("levels", got == wanted, "TPS-USR-030", "TPS-USR-001", expected=str(wanted), got=str(got))
