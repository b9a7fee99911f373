"""Documents on a stream: requests however they are cut, spaced, joined or ordered, on one connection and on several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from harness.checks.documents import result_checks
from harness.checks.message import merge
from harness.documentdut import MAIN, DocumentDut
from harness.ending import Ending
from harness.messages.documentreply import Result
from harness.verdict import Severity
from harness.wire.xmltree import Writing, write_document
from suites.uptivity import SUITE
from suites.uptivity.seen import begin, values
from suites.uptivity.world import Fields

CHAPTER = "Message Structure"
_AFTER = ("TEST.success", "CALLLIST.success")
ENDED = (Ending.CLOSED, Ending.RESET)
PATIENCE_S = 0.2  # for an answer that need not come; the document knows no time


async def serves(
    dut: DocumentDut, *clauses: str, link: str = MAIN, check: str = "serves", road: str | None = None
) -> None:
    """TEST must succeed."""
    dut.ok(await dut.call("TEST", link=link, road=road), "UPT-SYS-001", *clauses, check=check)


async def wanted(dut: DocumentDut) -> Fields:
    """Parameters whose every byte counts: the filters of one recording."""
    return {"DEVICEID": dut.fixture("recording_device_ids"), "USER2": dut.fixture("recording_user2"), "CALLCOUNT": "5"}


def found(dut: DocumentDut, result: Result, *clauses: str, check: str) -> None:
    """The recording of `wanted` must have come, which it does only if all of the request did."""
    dut.ok(result, *clauses, check=check)
    ids = [one.get("RECORDID") for one in result.everywhere("SEARCHRESULT")]
    only = [dut.fixture("recording_ids")]
    dut.check(
        f"{check}.whole", ids == only, *clauses, expected=f"recording {only[0]} alone", got=str(ids), step=result.step
    )


async def _cut(dut: DocumentDut, positions: Sequence[Sequence[int]], pause_s: float) -> None:
    """Send a request in pieces of these lengths, for each of them; each time it is taken."""
    fields = await wanted(dut)
    for pieces in positions:
        number = dut.next_number()
        data = dut.document("CALLLIST", fields, number=number)
        await dut.send(data, pieces=[one if one > 0 else len(data) + one for one in pieces], pause_s=pause_s)
        found(dut, await dut.result("CALLLIST", fields, number=number), "UPT-MSG-003", "UPT-MSG-002", check="taken")


@SUITE.scenario("framing.pieces.two", "UPT-MSG-003", "UPT-MSG-002", chapter=CHAPTER, after=_AFTER)
async def in_two(dut: DocumentDut) -> None:
    """A request in two segments is taken wherever it is cut: in tags, names, values, and before and within its line end."""
    await _cut(dut, [(at,) for at in (1, 5, 8, 9, 12, 17, 30, 47, 66, 80, 95)], 0.004)
    await _cut(dut, [(-at,) for at in (1, 2, 3, 9, 11, 12, 30)], 0.004)


@SUITE.scenario("framing.pieces.many", "UPT-MSG-003", "UPT-MSG-002", chapter=CHAPTER, after=_AFTER)
async def in_many(dut: DocumentDut) -> None:
    """A request byte by byte, or in small pieces, is taken, and so is the next one."""
    await _cut(dut, [(1,) * 400, (1,) * 400], 0.0)
    await _cut(dut, [(7,) * 60, (3, 11) * 30], 0.0005)


@SUITE.scenario("framing.pieces.slowly", "UPT-MSG-003", "UPT-MSG-002", "UPT-MSG-011", chapter=CHAPTER, after=_AFTER)
async def slowly(dut: DocumentDut) -> None:
    """Between the parts of a request the device serves other connections, and then takes the whole."""
    fields = await wanted(dut)
    for at in (4, 40, -14, -2):
        number = dut.next_number()
        data = dut.document("CALLLIST", fields, number=number)
        await dut.send(data[:at])
        await serves(dut, "UPT-MSG-011", link="other", check="other")
        await dut.send(data[at:])
        found(dut, await dut.result("CALLLIST", fields, number=number), "UPT-MSG-003", "UPT-MSG-002", check="whole")


_SPACED = {
    "crlf": Writing(line_end="\r\n"),
    "crlf-indented": Writing(line_end="\r\n", indent="  "),
    "lf": Writing(line_end="\n"),
    "lf-tabs": Writing(line_end="\n", indent="\t"),
    "blanks": Writing(line_end=" ", indent="   "),
    "empty-lines": Writing(line_end="\r\n\r\n \r\n"),
}


@SUITE.scenario("framing.spaced", "UPT-MSG-008", "UPT-MSG-002", chapter=CHAPTER, after=_AFTER)
async def spaced(dut: DocumentDut) -> None:
    """White space between elements makes no difference: blanks, tabs, line ends, and those that end a message."""
    fields = await wanted(dut)
    for name, writing in _SPACED.items():
        result = await dut.call("CALLLIST", fields, road=dut.stream, writing=writing)
        found(dut, result, "UPT-MSG-008", "UPT-MSG-002", check=name)
        await serves(dut, "UPT-MSG-002", check=f"{name}.next")


@SUITE.scenario("framing.spaced.pieces", "UPT-MSG-002", "UPT-MSG-003", "UPT-MSG-008", chapter=CHAPTER, after=_AFTER)
async def spaced_pieces(dut: DocumentDut) -> None:
    """A request on several lines is taken whole though each line comes by itself."""
    fields = await wanted(dut)
    for line_end in ("\r\n", "\n"):
        number = dut.next_number()
        data = dut.document("CALLLIST", fields, number=number, writing=Writing(line_end=line_end, indent=" "))
        await dut.send(data, pieces=[len(line) for line in data.splitlines(keepends=True)], pause_s=0.01)
        found(dut, await dut.result("CALLLIST", fields, number=number), "UPT-MSG-002", "UPT-MSG-003", check="taken")


@SUITE.scenario("framing.spaced.tags", "UPT-MSG-002", "UPT-MSG-008", chapter=CHAPTER, after=_AFTER)
async def spaced_tags(dut: DocumentDut) -> None:
    """Line ends and blanks within tags, where XML allows them, do not end a request."""
    fields = await wanted(dut)
    for blank in (" ", "\r\n", "\n\t"):
        number = dut.next_number()
        data = dut.document("CALLLIST", fields, number=number).replace(b">", blank.encode() + b">")
        await dut.send(data)
        found(dut, await dut.result("CALLLIST", fields, number=number), "UPT-MSG-002", check="taken")


def _register_long(size: int, severity: Severity) -> None:
    @SUITE.scenario(f"framing.long.{size}", "UPT-MSG-008", "UPT-MSG-003", chapter=CHAPTER, after=_AFTER, loose=True)
    async def long(dut: DocumentDut) -> None:
        """A request with much white space between its elements is taken, and so is the next one."""
        number = dut.next_number()
        data = dut.document("TEST", number=number, writing=Writing(line_end=" " * (size // 3)))
        await dut.send(data, link="long", pieces=(1460,) * (size // 1460))
        must = severity is Severity.MUST
        result = await dut.result("TEST", number=number, link="long", judged=must)
        dut.check(
            "taken", dut.succeeded(result), "UPT-MSG-008", "UPT-MSG-003", expected=f"a request of {size} bytes to succeed",
            got=result.describe(), severity=severity, step=result.step,
        )  # fmt: skip
        if dut.succeeded(result):
            await serves(dut, "UPT-MSG-013", link="long", check="next")
        await serves(dut, "UPT-MSG-011", check="others")


for _size, _severity in (
    (1500, Severity.MUST),
    (4200, Severity.MUST),
    (9000, Severity.SHOULD),
    (70_000, Severity.SHOULD),
):
    _register_long(_size, _severity)


@SUITE.scenario("framing.order", "UPT-MSG-012", chapter=CHAPTER, after=_AFTER)
async def order(dut: DocumentDut) -> None:
    """The elements of a request may stand in any order."""
    fields = await wanted(dut)
    head = [("TYPE", "CALLLIST"), ("REQUESTID", "")]
    given = [one for one in fields.items() if one[0] != "CALLCOUNT"]
    for index, pairs in enumerate(permutations([*head, *given])):
        number = dut.next_number()
        written = [(name, number if name == "REQUESTID" else value) for name, value in pairs]
        await dut.send(write_document("REQUEST", written))
        found(dut, await dut.result("CALLLIST", fields, number=number), "UPT-MSG-012", check=f"{index}")


# several requests


async def _together(dut: DocumentDut, count: int, pieces: Sequence[int] = ()) -> None:
    """Send requests without waiting for results, and look at what comes."""
    link = "together"
    numbers = [dut.next_number() for _ in range(count)]
    # Any two that follow each other are told apart by their numbers, and by their functions.
    functions = [("TEST", "STATIONS", "CHANNELS")[index % 3] for index in range(count)]
    data = b"".join(dut.document(name, number=number) for name, number in zip(functions, numbers, strict=True))
    await dut.send(data, link=link, pieces=pieces)
    got: list[Result] = []
    for name, number in zip(functions, numbers, strict=True):
        result = await dut.result(name, number=number, link=link, judged=False)
        if not result.came:
            break
        got.append(result)
    told = [one.root.get("REQUESTID") for one in got]
    twice = sorted({one or "" for one in told if told.count(one) > 1})
    dut.check(
        "once", not twice, "UPT-MSG-004", expected="one result for each request", got=f"several for {', '.join(twice)}"
    )
    in_turn = told == numbers[: len(told)]
    if len(got) == count:
        dut.check("order", in_turn, "UPT-MSG-005", expected=" ".join(numbers), got=str(told), step=got[-1].step)
    if in_turn and all(dut.succeeded(one) for one in got):
        for one in got:
            merge(dut.checks, result_checks(dut.model, one))
    served = [one for one in got if dut.succeeded(one)]
    reading = "served" if len(served) == count else "one" if served else "refused"
    dut.observe("together", "UPT-AMB-049", reading, clauses=("UPT-MSG-005",), got=f"{len(served)} of {count} served")
    if reading == "served":
        await serves(dut, "UPT-MSG-013", link=link, check="next")
    await serves(dut, "UPT-MSG-011", check="others")


@SUITE.scenario("framing.together", "UPT-MSG-005", "UPT-MSG-004", chapter=CHAPTER, after=_AFTER, loose=True)
async def together(dut: DocumentDut) -> None:
    """Requests in one segment, on one connection, are answered in their order."""
    await _together(dut, 2)


@SUITE.scenario("framing.together.many", "UPT-MSG-005", "UPT-MSG-004", chapter=CHAPTER, after=_AFTER, loose=True)
async def many_together(dut: DocumentDut) -> None:
    """A dozen of requests, cut across their ends, are answered in their order."""
    await _together(dut, 12, pieces=(70,) * 14)


@SUITE.scenario("framing.partly", "UPT-MSG-003", "UPT-MSG-004", chapter=CHAPTER, after=_AFTER, loose=True)
async def partly(dut: DocumentDut) -> None:
    """A request is answered though part of the next one has come with it; that is answered once it is whole."""
    for at in (1, 9, 30):
        link = f"partly-{at}"
        numbers = [dut.next_number(), dut.next_number()]
        first, second = (dut.document("TEST", number=number) for number in numbers)
        await dut.send(first + second[:at], link=link)
        dut.ok(await dut.result("TEST", number=numbers[0], link=link), "UPT-MSG-004", "UPT-MSG-002", check="first")
        await dut.send(second[at:], link=link)
        result = await dut.result("TEST", number=numbers[1], link=link, judged=False, deadline_s=PATIENCE_S)
        served = dut.succeeded(result)
        dut.observe(
            "second", "UPT-AMB-049", "served" if served else "one", clauses=("UPT-MSG-005",), got=result.describe()
        )


@SUITE.scenario("framing.kept-open", "UPT-MSG-013", "UPT-NUM-001", chapter=CHAPTER, after=_AFTER)
async def kept_open(dut: DocumentDut) -> None:
    """A connection takes one request after the other, after errors too."""
    for index in range(45):
        if index % 9 == 4:
            result = await dut.call("CALLSTOP", road=dut.stream)
            dut.refused(result, "UPT-CAL-013", check="error")
        await serves(dut, "UPT-MSG-013", check="next", road=dut.stream)


@SUITE.scenario(
    "framing.ends", "UPT-MSG-001", "UPT-MSG-004", "UPT-MSG-006", "UPT-DEV-001", chapter=CHAPTER, after=_AFTER
)
async def ends(dut: DocumentDut) -> None:
    """Whatever ends one result ends all of them: short and long ones, successes and errors."""
    seen: dict[bytes, str] = {}
    # So many that the list of devices is long.
    never = dut.target.fixture_texts("device_ids_never_recorded")  # and so they shall stay
    devices = [one for one in dut.fixtures("device_ids") if one not in never]
    calls = [await begin(dut, on, **values(dut, full=True)) for on in devices[:10]]
    asked = ("TEST", "SYSTEMSTATUS", "CALLLIST", "CALLSTOP", "STATIONS", "NOSUCHFUNCTION", "DEVICELIST", "TEST")
    for index, function in enumerate(asked * 2):
        fields = {"CALLCOUNT": "9"} if function == "CALLLIST" else {}
        result = await dut.call(function, fields, road=dut.stream)
        end = result.raw[len(result.raw.rstrip(b" \r\n")) :].strip(b" ")
        if result.came and end != b"\r":  # behind which the line feed may still come
            seen.setdefault(end, f"{function}, number {index + 1}")
    for road in dut.roads:
        result = dut.ok(await dut.call("DEVICELIST", road=road), "UPT-MSG-006", check=f"{road}.long")
        there = {one.get("DEVICEID") for one in result.everywhere("DEVICE")}
        lost = [call.device for call in calls if call.device not in there]
        dut.check(f"{road}.whole", not lost, "UPT-DEV-001", expected="every device in a call", got=f"not {lost[:5]}")
    for call in calls:
        await dut.call("CALLSTOP", call.named)
    got = "; ".join(f"{end!r} behind {where}" for end, where in seen.items())
    dut.check("alike", len(seen) <= 1, "UPT-MSG-001", expected="the same line end behind each", got=got)


@SUITE.scenario("framing.dropped", "UPT-MSG-014", "UPT-MSG-011", chapter=CHAPTER, after=_AFTER, loose=True)
async def dropped(dut: DocumentDut) -> None:
    """A client may drop its connection after a result, before it, or within a request; the device goes on."""
    for how in ("close", "reset", "half-close"):
        for index, cut in enumerate((None, 0, -9)):
            link = f"{how}-{index}"
            if cut is None:
                await serves(dut, "UPT-MSG-014", link=link, check=f"{how}.last")
            else:
                data = dut.document("TEST")
                await dut.send(data[: cut or len(data)], link=link)
            await dut.close(link, how)
            await serves(dut, "UPT-MSG-014", "UPT-MSG-011", check=f"{how}.after")
            await serves(dut, "UPT-MSG-014", link=f"{link}-again", check=f"{how}.again")


@SUITE.scenario("framing.two-connections", "UPT-MSG-011", "UPT-MSG-004", "UPT-NUM-001", chapter=CHAPTER, after=_AFTER)
async def two_connections(dut: DocumentDut) -> None:
    """Each of several connections gets the results of its own requests, whichever of them is read first."""
    links = ("first", "second", "third")
    for _ in range(3):
        asked = {link: dut.next_number() for link in links}
        for link, number in asked.items():
            await dut.send(dut.document("TEST", number=number), link=link)
        for link in reversed(links):
            result = await dut.result("TEST", number=asked[link], link=link)
            dut.ok(result, "UPT-MSG-004", "UPT-MSG-011", check=link)
