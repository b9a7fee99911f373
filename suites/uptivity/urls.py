"""The WebAPI: pages, order and letters of parameters, methods, and what a call by URL leaves for those on the stream to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from harness.documentdut import DocumentDut
from harness.ending import Ending
from harness.flow import CaseSkipped
from harness.messages.documentreply import Result
from harness.messages.http import query_of
from suites.uptivity import SUITE
from suites.uptivity.changing import changing
from suites.uptivity.framing import found, serves, wanted
from suites.uptivity.seen import USERS, Call, is_over, shows, stands, values
from suites.uptivity.world import device, fresh

CHAPTER = "WebAPI Call Syntax"
_AFTER = ("TEST.success", "CALLLIST.success")
_XML = ("text/xml", "application/xml")


def url_roads(dut: DocumentDut) -> tuple[str, ...]:
    """The roads of URLs.

    Raises:
        CaseSkipped: the target offers none.
    """
    dut.url_road()
    return dut.url_roads


async def by_url(
    dut: DocumentDut,
    road: str,
    function: str,
    pairs: Sequence[tuple[str, str]],
    *,
    judged: bool = True,
    page: str | None = None,
) -> Result:
    """Ask with these pairs of a query, whose names and values are escaped as usual."""
    return await by_query(dut, road, function, query_of(pairs), dict(pairs), judged=judged, page=page)


async def by_query(
    dut: DocumentDut,
    road: str,
    function: str,
    query: str,
    sent: dict[str, str],
    *,
    judged: bool = True,
    page: str | None = None,
) -> Result:
    """Ask with a query as it is; `sent` says what it means."""
    request = replace(dut.url("TEST", road=road), target=f"{page or dut.syntax.pages[0]}?{query}")
    number = next((value for name, value in sent.items() if name.upper() == dut.syntax.number), None)
    fields = {
        name.upper(): value for name, value in sent.items() if name.upper() in dut.model.operations[function].parameters
    }
    return await dut.ask(request, function, fields, number=number, road=road, judged=judged)


@SUITE.scenario("urls.order", "UPT-WEB-007", "UPT-WEB-001", chapter=CHAPTER, after=_AFTER)
async def order(dut: DocumentDut) -> None:
    """The parameters of a URL may stand in any order, the function's name last too."""
    fields = await wanted(dut)
    for road in url_roads(dut):
        names = ("type", "requestid", "user2", "deviceid")
        for index, places in enumerate(permutations(range(4))):
            number = dut.next_number()
            known = {"type": "CALLLIST", "requestid": number, "user2": fields["USER2"], "deviceid": fields["DEVICEID"]}
            pairs = [(names[place], known[names[place]]) for place in places]
            result = await by_url(dut, road, "CALLLIST", pairs)
            if index == 0:
                found(dut, result, "UPT-WEB-001", check=f"{road}.usual")
            ids = [one.get("RECORDID") for one in result.everywhere("SEARCHRESULT")]
            same = dut.succeeded(result) and ids == [dut.fixture("recording_ids")]
            dut.check(
                f"{road}.{index}",
                same,
                "UPT-WEB-007",
                expected="the same recording",
                got=result.describe(),
                step=result.step,
            )


@SUITE.scenario(
    "urls.letters", "UPT-WEB-003", "UPT-WEB-005", chapter=CHAPTER, after=("CALLSTART.success", "DEVICESTATUS.success")
)
async def letters(dut: DocumentDut) -> None:
    """In whichever letters names stand, their values arrive, and keep their own letters."""
    for road in url_roads(dut):
        for how, change in (
            ("lower", str.lower),
            ("upper", str.upper),
            ("title", str.title),
            ("mixed", lambda name: "".join(char.lower() if index % 2 else char for index, char in enumerate(name))),
        ):
            call = Call(named={"DEVICEID": device(dut), "CALLINSTANCE": fresh(dut, 6)}, given=values(dut))
            given = {
                **call.given,
                "GROUP": "AbCdEfGhI",
                "GATE": "aBcDeFgHi",
                "USER5": "Mixed CASE of Letters in a Value that is LONGER than the Others",
            }
            pairs = [
                ("TYPE", change("CALLSTART")),
                ("REQUESTID", dut.next_number()),
                *call.named.items(),
                *given.items(),
            ]
            result = await by_url(dut, road, "CALLSTART", [(change(name), value) for name, value in pairs])
            dut.ok(result, "UPT-WEB-003", check=f"{road}.{how}")
            await shows(dut, call, given, "UPT-WEB-003", "UPT-WEB-005", check=f"{road}.{how}.shown")
            result = await by_url(dut, road, "CALLSTOP", _named(dut, "callstop", call, change=change))
            dut.ok(result, "UPT-WEB-003", check=f"{road}.{how}.stop")
            await is_over(dut, call, "UPT-WEB-003", check=f"{road}.{how}.over")


def _named(dut: DocumentDut, function: str, call: Call, change: object = str.lower) -> list[tuple[str, str]]:
    assert callable(change)
    pairs = [("TYPE", function), ("REQUESTID", dut.next_number()), *call.named.items()]
    return [(str(change(name)), value) for name, value in pairs]


@SUITE.scenario("urls.pages", "UPT-WEB-002", "UPT-WEB-005", "UPT-WEB-001", "UPT-WEB-008", chapter=CHAPTER,
                after=("CALLSTART.success", "CALLUPDATE.success", "DEVICERECORDINGSTATUS.success"))  # fmt: skip
async def pages(dut: DocumentDut) -> None:
    """Calls that begin, change and end over one page are those that the stream and the other page see."""
    for road in url_roads(dut):
        for page in dut.syntax.pages:
            other = next(one for one in dut.syntax.pages if one != page)
            on = await changing(dut)
            calls = [Call(named={"DEVICEID": on, "CALLINSTANCE": fresh(dut, 6)}, given=values(dut)) for _ in range(2)]
            for call in calls:
                result = await dut.call("CALLSTART", {**call.named, **call.given}, road=road, page=page)
                dut.ok(result, "UPT-WEB-002", check=f"{road}.{page}.start")
            for call in calls:
                for look in dut.roads:
                    await stands(dut, call, call.given, "UPT-WEB-005", check=f"{road}.{page}.{look}", road=look)
            given = {"GATE": f"New {fresh(dut)}", USERS[14]: f"New {fresh(dut)}"}
            result = await dut.call("CALLUPDATE", {**calls[0].named, **given}, road=road, page=page)
            dut.ok(result, "UPT-WEB-002", check=f"{road}.{page}.update")
            await stands(dut, calls[0], {**calls[0].given, **given}, "UPT-WEB-005", check=f"{road}.{page}.updated")
            await stands(dut, calls[1], calls[1].given, "UPT-WEB-005", check=f"{road}.{page}.untouched")
            result = await dut.call("CALLSTOP", calls[0].named, road=road, page=page)
            dut.ok(result, "UPT-WEB-002", check=f"{road}.{page}.stop")
            await is_over(dut, calls[0], "UPT-WEB-005", check=f"{road}.{page}.over")
            await stands(dut, calls[1], calls[1].given, "UPT-WEB-005", check=f"{road}.{page}.goes-on")
            dut.ok(
                await dut.call("CALLSTOP", calls[1].named, road=road, page=other),
                "UPT-WEB-002",
                check=f"{road}.{other}.stop",
            )
            await is_over(dut, calls[1], "UPT-WEB-005", check=f"{road}.{page}.both-over")


@SUITE.scenario("urls.after-stream", "UPT-WEB-005", chapter=CHAPTER, after=("CALLSTART.success", "CALLUPDATE.success"))
async def after_stream(dut: DocumentDut) -> None:
    """Calls that begin on the stream are changed and ended by URL, and the reverse."""
    for road in url_roads(dut):
        for first, second in ((dut.stream, road), (road, dut.stream)):
            on = await changing(dut)
            call = Call(named={"DEVICEID": on, "CALLINSTANCE": fresh(dut, 6)}, given=values(dut, "O"))
            dut.ok(
                await dut.call("CALLSTART", {**call.named, **call.given}, road=first),
                "UPT-WEB-005",
                check=f"{first}.start",
            )
            await shows(dut, call, call.given, "UPT-WEB-005", check=f"{first}.{second}", road=second)
            given = {"USER3": f"New {fresh(dut)}", "ANI": fresh(dut)}
            dut.ok(
                await dut.call("CALLUPDATE", {**call.named, **given}, road=second),
                "UPT-WEB-005",
                check=f"{second}.update",
            )
            await shows(dut, call, {**call.given, **given}, "UPT-WEB-005", check=f"{first}.updated", road=first)
            dut.ok(await dut.call("CALLSTOP", call.named, road=second), "UPT-WEB-005", check=f"{second}.stop")
            await is_over(dut, call, "UPT-WEB-005", check=f"{first}.over", road=first)


@SUITE.scenario("urls.many", "UPT-WEB-001", "UPT-NUM-001", "UPT-MSG-009", chapter=CHAPTER, after=_AFTER)
async def many(dut: DocumentDut) -> None:
    """One call after the other is answered, each by itself, on connections that are kept or closed as the device likes."""
    for road in url_roads(dut):
        for index in range(24):
            page = dut.syntax.pages[index % 2]
            link = "main" if index % 3 else "other"
            function = ("TEST", "STATIONS", "SYSTEMSTATUS", "CALLSTOP")[index % 4]
            result = await dut.call(function, road=road, page=page, link=link)
            if function == "CALLSTOP":
                dut.refused(result, "UPT-CAL-013", check=f"{road}.error")
            else:
                dut.ok(result, "UPT-WEB-001", "UPT-MSG-009", check=f"{road}.{function}")
            error = function == "CALLSTOP"
            if result.came:
                told = "told" if result.status >= 400 else "ok"
                if error or told == "told":
                    dut.observe(f"{road}.status", "UPT-AMB-038", told, got=str(result.status))
                media = result.header("Content-Type").partition(";")[0].strip().lower()
                dut.observe(f"{road}.media", "UPT-AMB-039", "xml" if media in _XML else "other", got=media)


@SUITE.scenario("urls.every-function", "UPT-WEB-006", "UPT-RES-006", chapter=CHAPTER, after=_AFTER)
async def every_function(dut: DocumentDut) -> None:
    """No function is unknown to the WebAPI, unless it is to the stream."""
    unknown = {dut.model.errors[name].code for name in ("unknown-message-type", "command-not-supported")}
    for name, operation in dut.model.operations.items():
        if name == dut.syntax.subscribe:
            continue  # which may be for the stream alone
        first = await dut.call(name, road=dut.stream, judged=False) if operation.body is None else None
        for road in url_roads(dut):
            result = await dut.call(name, road=road, judged=False)
            known = result.came and (result.code not in unknown or (first is not None and first.code == result.code))
            dut.check(
                f"{road}.{name}",
                known,
                "UPT-WEB-006",
                expected="a known function",
                got=result.describe(),
                step=result.step,
            )


# what is left open


def _kind(dut: DocumentDut, result: Result) -> str:
    """Whether a request was served; "" where the device says nothing."""
    if dut.succeeded(result):
        return "served"
    return "refused" if result.came or result.ending in (Ending.CLOSED, Ending.RESET) else ""


_PATHS = (
    "/", "/index.html", "/webAPI", "/webAPI.asp", "/webapi.php", "/WEBAPI.ASPX", "/WebAPI.aspx", "/api/webAPI.php", "/webAPI.php/x",
)  # fmt: skip


@SUITE.scenario("urls.open.paths", "UPT-MSG-011", chapter=CHAPTER, after=_AFTER)
async def paths(dut: DocumentDut) -> None:
    """Other paths, and the pages in other letters, are served or refused; the pages go on to be served."""
    for road in url_roads(dut):
        for path in _PATHS:
            result = await dut.call("TEST", road=road, page=path, judged=False, link="odd")
            reading = _kind(dut, result)
            if path.casefold() in {page.casefold() for page in dut.syntax.pages}:
                dut.observe(f"{road}.path", "UPT-AMB-041", reading, got=path)
            await serves(dut, "UPT-MSG-011", road=road, check=f"{road}.next")


@SUITE.scenario("urls.open.methods", "UPT-MSG-011", chapter=CHAPTER, after=_AFTER)
async def methods(dut: DocumentDut) -> None:
    """Other methods are served or refused; GET goes on to be served."""
    for road in url_roads(dut):
        for method in ("POST", "HEAD", "OPTIONS"):
            request = dut.url("TEST", road=road, number=dut.next_number(), method=method)
            if method == "POST":
                request = replace(request, headers=(*request.headers, ("Content-Length", "0")))
            result = await dut.ask(request, "TEST", road=road, link=f"odd-{method}", judged=False)
            reading = "served" if method == "HEAD" and 0 < result.status < 300 else _kind(dut, result)
            dut.observe(f"{road}.{method}", "UPT-AMB-040", reading, got=result.describe())
            await serves(dut, "UPT-MSG-011", road=road, check=f"{road}.next")


_QUERIES = (
    "", "&", "=", "&&type=TEST&&requestid=5&&", "type", "type=TEST&requestid=6&x", "%", "type=%&requestid=%zz", "?type=TEST",
)  # fmt: skip


@SUITE.scenario("urls.open.queries", "UPT-MSG-011", chapter=CHAPTER, after=_AFTER)
async def queries(dut: DocumentDut) -> None:
    """Odd queries do not keep the device from serving the next one."""
    for road in url_roads(dut):
        for query in _QUERIES:
            await by_query(dut, road, "TEST", query, {}, judged=False)
            await serves(dut, "UPT-MSG-011", road=road, check=f"{road}.next")


@SUITE.scenario("urls.secure", "UPT-WEB-008", chapter=CHAPTER, after=_AFTER)
async def secure(dut: DocumentDut) -> None:
    """Over HTTPS the functions are those of HTTP."""
    secured = [road for road in dut.url_roads if dut.model.interfaces[road].transport == "https"]
    if not secured:
        raise CaseSkipped("the target offers no HTTPS")
    fields = await wanted(dut)
    for road in secured:
        for page in dut.syntax.pages:
            dut.ok(await dut.call("TEST", road=road, page=page), "UPT-WEB-008", check=f"TEST.{page}")
            found(
                dut, await dut.call("CALLLIST", fields, road=road, page=page), "UPT-WEB-008", check=f"CALLLIST.{page}"
            )
