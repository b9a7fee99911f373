"""The list of recordings: how many CALLCOUNT lets through, which of them, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from harness.documentdut import DocumentDut
from harness.wire.xmltree import Element
from suites.uptivity import SUITE
from suites.uptivity.calllist import CHAPTER, ask, ids, known, time_of

_AFTER = ("CALLLIST.success",)
_NOON = 12 * 3600


@SUITE.scenario("calllist.count", "UPT-LST-003", "UPT-LST-006", "UPT-LST-008", "UPT-LST-013", "UPT-CALLLIST.CALLCOUNT",
                chapter=CHAPTER, after=_AFTER)  # fmt: skip
async def count(dut: DocumentDut) -> None:
    """CALLCOUNT lists as many as there are, at most so many, and the first ones of what the dates alone would list."""
    listed = known(dut, 4)
    for low, high in (
        (listed[0], listed[-1]),
        (listed[0], listed[len(listed) // 2]),
        (listed[len(listed) // 3], listed[-2]),
    ):
        between = {"CALLDATESTART": str(low.time - 1), "CALLDATEEND": str(high.time + 1)}
        for road in dut.roads:
            _, full = await ask(dut, road, **between)
            _, again = await ask(dut, road, **between)
            dut.check(
                f"{road}.steady", ids(again) == ids(full), "UPT-LST-013", expected=str(ids(full)), got=str(ids(again))
            )
            order = _order(full)
            dut.observe("order", "UPT-AMB-107", order, clauses=("UPT-LST-006",))
            for most in (1, 2, 3, len(full), len(full) + 5):
                result, found = await ask(dut, road, **between, CALLCOUNT=str(most))
                got = ids(found)
                dut.check(
                    f"{road}.most",
                    len(got) <= most,
                    "UPT-LST-003",
                    expected=f"{most} at most",
                    got=str(got),
                    step=result.step,
                )
                fits = _on_top(full, found, most, ordered=order != "none")
                dut.check(
                    f"{road}.top",
                    fits,
                    "UPT-LST-006",
                    "UPT-LST-003",
                    expected=str(ids(full)[:most]),
                    got=str(got),
                    step=result.step,
                )
                _numbered(dut, found, f"{road}.numbered")


def _on_top(full: Sequence[Element], found: Sequence[Element], most: int, *, ordered: bool) -> bool:
    """Whether a list that may have so many is the first part of the full one; more, where the full one was spared."""
    top = full[:most]
    if most <= len(full) and len(found) != len(top):
        return False
    if not ordered:
        return set(ids(found)) <= set(ids(full)) or most > len(full)
    return [time_of(one) for one in found[: len(top)]] == [time_of(one) for one in top] and set(
        ids(found[: len(top)])
    ) <= set(ids(full))


def _order(found: Sequence[Element]) -> str:
    """In which order recordings are listed."""
    times = [time_of(one) for one in found]
    numbers = [int(one) for one in ids(found) if one.isdecimal()]
    if times == sorted(times, reverse=True):
        return "newest"
    return (
        "oldest"
        if times == sorted(times)
        else "number"
        if numbers in (sorted(numbers), sorted(numbers)[::-1])
        else "none"
    )


def _numbered(dut: DocumentDut, found: Sequence[Element], check: str) -> None:
    told = [one.get("CALLNUMBER") for one in found]
    counted = [str(number + 1) for number in range(len(found))]
    dut.check(check, told == counted, "UPT-LST-008", expected="1, 2, ...", got=str(told[:8]))


@SUITE.scenario(
    "calllist.count.alone", "UPT-LST-003", "UPT-LST-009", "UPT-CALLLIST.CALLCOUNT", chapter=CHAPTER, after=_AFTER
)
async def count_alone(dut: DocumentDut) -> None:
    """CALLCOUNT limits the list beside each other filter, and alone."""
    one = known(dut)[0]
    for road in dut.roads:
        for filters in (
            {},
            {"DEVICEID": one.device},
            {"CALLDATESTART": str(one.time - 1)},
            {"CALLDATEEND": str(one.time + _NOON)},
        ):
            for most in ("1", "2", "4"):
                _, found = await ask(dut, road, **filters, CALLCOUNT=most)
                fits = len(found) <= int(most) and len(set(ids(found))) == len(found)
                dut.check(
                    f"{road}.most", fits, "UPT-LST-003", "UPT-LST-009", expected=f"{most} at most", got=str(ids(found))
                )


@SUITE.scenario("calllist.roads", "UPT-WEB-005", "UPT-LST-013", chapter=CHAPTER, after=_AFTER)
async def roads(dut: DocumentDut) -> None:
    """The same recordings come in the same order on every road."""
    listed = known(dut, 3)
    for low, high in ((listed[0], listed[-1]), (listed[1], listed[-2])):
        between = {"CALLDATESTART": str(low.time - 1), "CALLDATEEND": str(high.time + 1)}
        told = [ids((await ask(dut, road, **between))[1]) for road in (*dut.roads, dut.roads[0])]
        if told[0] == told[-1] and _order((await ask(dut, **between))[1]) != "none":
            for road, got in zip(dut.roads, told, strict=False):
                dut.check(road, got == told[0], "UPT-WEB-005", expected=str(told[0]), got=str(got))
    dut.ok(await dut.call("TEST"), "UPT-SYS-001")
