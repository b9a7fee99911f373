"""REQUESTID: repeated in every result, on every road and connection; its limits, and what is no number."""

from __future__ import annotations

from harness.checks.documents import result_checks
from harness.checks.message import merge
from harness.documentdut import DocumentDut
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.seen import Call, begin, instance_of
from suites.uptivity.world import Fields, device, fresh

CHAPTER = "Parameter Definitions"
_AFTER = ("TEST.success",)
MOST = 2_147_483_647
_GOOD = (
    1,
    2,
    9,
    10,
    127,
    128,
    255,
    256,
    32_767,
    32_768,
    65_535,
    65_536,
    8_388_608,
    16_777_215,
    16_777_217,
    MOST - 1,
    MOST,
)
_ABOVE = (MOST + 1, MOST + 2, 4_294_967_295, 4_294_967_296, 4_294_967_297, 9_999_999_999, 2**63 - 1, 2**64 + 1, 10**24)


def repeated(dut: DocumentDut, result: Result, *, check: str) -> None:
    """A result must have the number of its request."""
    got = result.root.get("REQUESTID")
    same = got is not None and got.isdecimal() and int(got) == int(result.number or -1)
    dut.check(
        check,
        same,
        "UPT-NUM-001",
        "UPT-RES-001",
        expected=f"REQUESTID {result.number}",
        got=repr(got),
        step=result.step,
    )


@SUITE.scenario("numbers.taken", "UPT-NUM-004", "UPT-NUM-001", chapter=CHAPTER, after=_AFTER)
async def taken(dut: DocumentDut) -> None:
    """Every number from 1 to the maximum is taken and repeated, on every road."""
    for road in dut.roads:
        for number in (*_GOOD, dut.rng.randrange(1, MOST), dut.rng.randrange(MOST // 2, MOST)):
            result = await dut.call("TEST", road=road, number=str(number))
            dut.ok(result, "UPT-NUM-004", check=f"{road}.{number}" if number in _GOOD else f"{road}.some")
            repeated(dut, result, check=f"{road}.repeated")


def formed(dut: DocumentDut, result: Result) -> None:
    """A result must be what all are, but for its number, where the request had none that could be repeated."""
    if result.came and result.root.name:
        merge(dut.checks, [one for one in result_checks(dut.model, result) if one.id not in _OF_NUMBER])


async def too_high(dut: DocumentDut, function: str, fields: Fields, number: int, *, road: str, check: str) -> None:
    """A call with a number above the maximum must be refused as documented."""
    result = await dut.call(function, fields, road=road, number=str(number), judged=False)
    formed(dut, result)
    dut.refused(result, "UPT-NUM-003", errors=["requestid-invalid"], check=check)


# Calls that fail, one for each kind of error that every device has.
_FAIL: tuple[tuple[str, dict[str, str]], ...] = (
    ("CALLSTOP", {}),
    ("BLACKOUTSTART", {}),
    ("CHATSTOP", {}),
    ("IMPORTUSER", {"ACTION": "NONSENSE"}),
    ("NOSUCHFUNCTION", {}),
    ("IMPORTAGENT", {}),
    ("EMAIL", {}),
)
_OF_NUMBER = ("reply.value.REQUESTID", "reply.type.REQUESTID", "reply.number")
_SUCCEED = ("TEST", "DEVICELIST", "SYSTEMSTATUS", "CHANNELS", "STATIONS", "FETCHTERMINOLOGY")


@SUITE.scenario("numbers.in-errors", "UPT-NUM-001", "UPT-RES-001", "UPT-RES-005", chapter=CHAPTER, after=_AFTER)
async def in_errors(dut: DocumentDut) -> None:
    """Results that are errors repeat the number as others do."""
    for road in dut.roads:
        for function, fields in _FAIL:
            for _ in range(2):
                number = str(dut.rng.randrange(70_000, MOST))
                result = await dut.call(function, fields, road=road, number=number)
                if result.root.name:
                    repeated(dut, result, check=f"{road}.{function}")


@SUITE.scenario("numbers.in-successes", "UPT-NUM-001", "UPT-RES-001", chapter=CHAPTER, after=_AFTER)
async def in_successes(dut: DocumentDut) -> None:
    """The numbers of one function after the other come back on one connection, the roads taking turns."""
    for _ in range(2):
        for function in _SUCCEED:
            for road in dut.roads:
                result = await dut.call(function, road=road, number=str(dut.rng.randrange(1, MOST)))
                repeated(dut, dut.ok(result, "UPT-NUM-001"), check=f"{road}.{function}")


@SUITE.scenario("numbers.connections", "UPT-NUM-001", chapter=CHAPTER, after=_AFTER)
async def connections(dut: DocumentDut) -> None:
    """Connections that are used again, in turns, have each result with its own number, falling or rising."""
    for index, number in enumerate((500, 400, 300, 301, 302, 1, MOST, 2, 99_999, 99_998)):
        for link in ("first", "second"):
            for road in dut.roads:
                own = str(number + 50_000 * (link == "second")) if number != MOST else str(number - index)
                result = await dut.call("TEST", road=road, link=link, number=own)
                repeated(dut, dut.ok(result, "UPT-NUM-001", "UPT-NUM-004"), check=f"{road}.{link}.{index}")


@SUITE.scenario("numbers.again", "UPT-NUM-005", "UPT-NUM-001", chapter=CHAPTER, after=("CALLSTART.success",))
async def again(dut: DocumentDut) -> None:
    """A number that was used before is taken again: at once, on another connection, on another road, for another function."""
    number = fresh(dut)
    for function in ("TEST", "TEST", "STATIONS", "CHANNELS", "TEST"):
        for road in dut.roads:
            for link in ("main", "other"):
                result = await dut.call(function, road=road, link=link, number=number)
                dut.ok(result, "UPT-NUM-005", check=f"{road}.{function}")
    for road in dut.roads:
        number = fresh(dut)
        first = await dut.call("CALLSTOP", road=road, number=number)
        dut.refused(first, "UPT-CAL-013", check=f"{road}.error")
        dut.ok(await dut.call("TEST", road=road, number=number), "UPT-NUM-005", check=f"{road}.after-error")
        for _ in range(2):
            named = {"DEVICEID": device(dut, 0), "CALLINSTANCE": fresh(dut, 5)}
            result = await dut.call("CALLSTART", named, road=road, number=number)
            dut.ok(result, "UPT-NUM-005", check=f"{road}.CALLSTART")
            await dut.call("CALLSTOP", named, road=road, number=number)


@SUITE.scenario("numbers.above", "UPT-NUM-003", chapter=CHAPTER, after=_AFTER)
async def above(dut: DocumentDut) -> None:
    """A number above the maximum is refused with the error that the document has for it, and the next request is served."""
    for road in dut.roads:
        for number in _ABOVE:
            await too_high(dut, "TEST", {}, number, road=road, check=f"{road}.{number}")
        dut.ok(await dut.call("TEST", road=road, number=str(MOST)), "UPT-NUM-004", check=f"{road}.maximum")


@SUITE.scenario("numbers.above.functions", "UPT-NUM-003", "UPT-CAL-043", chapter=CHAPTER, after=("CALLSTART.success",))
async def above_functions(dut: DocumentDut) -> None:
    """Whatever the function, a number above the maximum is refused, and nothing is done."""
    for road in dut.roads:
        for function in _SUCCEED[1:]:
            await too_high(dut, function, {}, MOST + 1, road=road, check=f"{road}.{function}")
        call = await begin(dut, road=road)
        named = {**call.named, "CALLINSTANCE": fresh(dut, 6)}
        await too_high(dut, "CALLSTART", named, 2 * MOST + 3, road=road, check=f"{road}.CALLSTART")
        other = Call(named=named)
        dut.check(
            f"{road}.nothing", await instance_of(dut, other) is None, "UPT-CAL-043",
            expected="no call that a refused request would have begun", got=f"instance {other.instance} is up",
        )  # fmt: skip
        await too_high(dut, "CALLSTOP", call.named, MOST + 1, road=road, check=f"{road}.CALLSTOP")
        dut.ok(await dut.call("CALLSTOP", call.named, road=road))


# What is no number -> REQUESTID, the open point, the clause that speaks of it.
_OPEN: dict[str, tuple[str | None, str, tuple[str, ...]]] = {
    "missing": (None, "UPT-AMB-021", ("UPT-NUM-002",)),
    "empty": ("", "UPT-AMB-022", ("UPT-NUM-006",)),
    "blank": ("  ", "UPT-AMB-022", ("UPT-NUM-006",)),
    "zero": ("0", "UPT-AMB-023", ("UPT-NUM-006",)),
    "negative": ("-1", "UPT-AMB-023", ("UPT-NUM-006",)),
    "most-negative": ("-2147483649", "UPT-AMB-023", ("UPT-NUM-006",)),
    "word": ("seven", "UPT-AMB-024", ("UPT-NUM-006",)),
    "fraction": ("1.5", "UPT-AMB-024", ("UPT-NUM-006",)),
    "hexadecimal": ("0x1F", "UPT-AMB-024", ("UPT-NUM-006",)),
    "two": ("1 2", "UPT-AMB-024", ("UPT-NUM-006",)),
    "zeros": ("007", "UPT-AMB-027", ()),
    "plus": ("+5", "UPT-AMB-027", ()),
    "padded": (" 5 ", "UPT-AMB-027", ()),
}


def _register_open(name: str, number: str | None, ambiguity: str, clauses: tuple[str, ...]) -> None:
    @SUITE.scenario(f"numbers.open.{name}", *clauses, chapter=CHAPTER, after=_AFTER)
    async def no_number(dut: DocumentDut) -> None:
        """A request without a number, or with what is none, is answered, and the next one is served."""
        for road in dut.roads:
            result = await dut.call("TEST", road=road, number=number, link="odd", judged=False)
            formed(dut, result)
            dut.either(result, ambiguity, *clauses, check=road)
            got = result.root.get("REQUESTID") if result.came else None
            if result.root.name and ambiguity != "UPT-AMB-027":
                reading = "absent" if got is None else "empty" if not got else "other"
                if number is not None and number.strip() and got == number.strip():
                    reading = "repeated"
                dut.observe(f"{road}.number", "UPT-AMB-026", reading, clauses=("UPT-NUM-001",), got=repr(got))
            dut.ok(await dut.call("TEST", road=road), "UPT-MSG-011", "UPT-SYS-001", check=f"{road}.next")


for _name, (_number, _ambiguity, _clauses) in _OPEN.items():
    _register_open(_name, _number, _ambiguity, _clauses)
