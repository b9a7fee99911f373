"""The log of call detail records by types."""

from __future__ import annotations

import re

from harness.calldut import CallDut
from harness.spec.load import load_system
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.cdr_log import CHAPTER, events_of, number, page_of, walk, whole_log
from suites.tps.talk import destroy
from suites.tps.world import conference

_TYPES = load_system("tps").scalars["cdr-event"].choices
_NAME = re.compile(r"[a-z][A-Za-z0-9]*")


@SUITE.scenario(
    "cdr.filter", "TPS-CDR-009", "TPS-CDR-010", "TPS-CDR-011", "TPS-CDR-006", chapter=CHAPTER, after=("cdr.pages",)
)
async def filtered(dut: CallDut) -> None:
    """Filtered pages have the records of these types, all of them and no others; of types that there are none of an empty array."""
    whole = await whole_log(dut)
    there = list(dict.fromkeys(str(one.get("type")) for one in whole.events))
    known = [one for one in there if one in _TYPES]
    absent = [one for one in _TYPES if one not in there]
    wanted: list[list[str]] = [[one] for one in known[:3]]
    wanted += [known[:2], known[1::-1], [*absent[:1], *known[:1]], [*known[:1], *absent[:1]], absent[:2]]
    for names in {tuple(one): one for one in wanted if one}.values():
        log = await walk(dut, filter=list(names))
        others = sorted({str(one.get("type")) for one in log.events} - set(names))
        dut.check("only", not others, "TPS-CDR-009", expected=f"{names} alone", got=str(others))
        expected = [one["index"] for one in whole.events if one.get("type") in names]
        got = log.indexes[: len(expected)]
        dut.check(
            "all",
            got == expected,
            "TPS-CDR-010",
            "TPS-CDR-006",
            expected=f"{len(expected)} records",
            got=f"{len(log.events)} records, {got[:9]}",
        )
        if not expected:
            page = log.pages[0]
            dut.check(
                "empty",
                page.value("events") == [],
                "TPS-CDR-011",
                expected="an empty array",
                got=repr(page.value("events"))[:80],
                step=page.step,
            )
    if known:
        few = await page_of(dut, {"filter": [known[0]], "numEvents": 2})
        dut.check(
            "few",
            len(events_of(few)) <= 2,
            "TPS-CDR-001",
            expected="2 at most",
            got=str(len(events_of(few))),
            step=few.step,
        )


@SUITE.scenario("cdr.types", "TPS-CDR-017", "TPS-CDR-018", chapter=CHAPTER, after=("cdr.pages",))
async def types(dut: CallDut) -> None:
    """The types of records are words without underscores; a conference that begins and ends leaves a record of each."""
    before = (await whole_log(dut)).indexes[-1]
    await destroy(dut, await conference(dut, startTime=0))
    log = await walk(dut)
    odd = sorted({str(one.get("type")) for one in log.events if not _NAME.fullmatch(str(one.get("type")))})
    dut.check("words", not odd, "TPS-CDR-017", expected="camel case", got=str(odd))
    new = [str(one.get("type")) for one in log.events if number(one.get("index")) > before]
    both = {"conferenceStarted", "conferenceFinished"} <= set(new)
    dut.check(
        "life",
        both,
        "TPS-CDR-018",
        expected="conferenceStarted and conferenceFinished",
        got=str(new),
        severity=Severity.SHOULD,
    )
