"""Characters: what XML and URLs mark up with comes back as it was sent, on whichever road."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.documentdut import DocumentDut
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.framing import wanted
from suites.uptivity.seen import USERS, Call, shows, status, until, value_of
from suites.uptivity.urls import by_query, url_roads
from suites.uptivity.world import device, fresh, person

CHAPTER = "Message Structure"
_WEB = "WebAPI Call Syntax"
_AFTER = ("CALLSTART.success", "DEVICESTATUS.success")
# Every printable character of ASCII that is neither letter nor digit, in values that begin and end with a letter.
SIGNS = ("a!\"#$%&'()*+b", "c,-./:;<=>?@d", "e[\\]^_`{|}~ f", "g&h<i>j'k\"l", "m & n < o > p")
# Values in which a decoder that goes too far, or not far enough, finds something else.
_TRAPS = (
    "x=1&group=y", "a=b=c", "&gate=z", "50%", "100%25", "%41%42", "a%20b", "a+b c", "+1 614", "a#b", "a;b=c", "a/b?c=d", "%", "%%", "a%zz",
    "0%2541", "a,b", "~-._", "<b>", "</GATE>", "]]>", "a&b;c", "&#x;", "a:b@c",
)  # fmt: skip


async def start(dut: DocumentDut, given: Mapping[str, str], *, road: str) -> tuple[Call, Result]:
    """Start a call with these values; gives the call and what the device said."""
    call = Call(named={"DEVICEID": device(dut), "CALLINSTANCE": fresh(dut, 6)}, given=dict(given))
    return call, await dut.call("CALLSTART", {**call.named, **given}, road=road)


async def stop(dut: DocumentDut, call: Call) -> None:
    """End a call."""
    await dut.call("CALLSTOP", call.named)


@SUITE.scenario(
    "escaping.signs", "UPT-MSG-015", "UPT-WEB-004", "UPT-WEB-005", "UPT-CAL-003", chapter=CHAPTER, after=_AFTER
)
async def signs(dut: DocumentDut) -> None:
    """Every printable character of ASCII comes back as it was sent, on whichever road it went in and comes out."""
    for road in dut.roads:
        for index, text in enumerate(SIGNS):
            given = {"GROUP": text, "GATE": SIGNS[(index + 2) % len(SIGNS)]}
            call, result = await start(dut, given, road=road)
            clauses = ("UPT-MSG-015", "UPT-CAL-003") if dut.is_stream(road) else ("UPT-WEB-004", "UPT-WEB-005")
            dut.ok(result, *clauses, check=f"{road}.{index}")
            for look in dut.roads:
                await shows(dut, call, given, *clauses, check=f"{road}.{index}.{look}", road=look)
            await stop(dut, call)


@SUITE.scenario(
    "escaping.traps", "UPT-WEB-004", "UPT-WEB-001", "UPT-WEB-005", "UPT-MSG-015", chapter=_WEB, after=_AFTER
)
async def traps(dut: DocumentDut) -> None:
    """A value that looks like more parameters, or like something escaped, is one value, and is decoded once."""
    for road in dut.roads:
        for first, second in zip(_TRAPS[::2], _TRAPS[1::2], strict=True):
            given = {"GATE": first, "GROUP": second, "ANI": "6145551212"}
            call, result = await start(dut, given, road=road)
            dut.ok(result, "UPT-WEB-004", "UPT-WEB-001", check=f"{road}.taken")
            await shows(dut, call, given, "UPT-WEB-004", "UPT-WEB-001", "UPT-MSG-015", check=f"{road}.shown")
            await stop(dut, call)


def _every(text: str) -> str:
    """All characters escaped, with capital digits."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _every_lower(text: str) -> str:
    return _every(text).lower()


_ESCAPES: dict[str, Callable[[str], str]] = {"every": _every, "every-lower": _every_lower}


@SUITE.scenario(
    "escaping.percent",
    "UPT-WEB-004",
    "UPT-WEB-001",
    "UPT-WEB-005",
    "UPT-CALLSTART.DEVICEID",
    chapter=_WEB,
    after=_AFTER,
)
async def percent(dut: DocumentDut) -> None:
    """Values of which every character is escaped, in digits of either case, are those characters."""
    for road in url_roads(dut):
        for how, escape in _ESCAPES.items():
            on, instance = device(dut), fresh(dut, 6)
            given = {"GROUP": SIGNS[0], "GATE": SIGNS[1], "DNIS": "8889225526"}
            given |= {name: f"{name.title()} of a call" for name in USERS}
            call = Call(named={"DEVICEID": on, "CALLINSTANCE": instance}, given=given)
            number = dut.next_number()
            sent = {"requestid": number, **call.named, **given}
            query = "type=CALLSTART&" + "&".join(f"{name.lower()}={escape(value)}" for name, value in sent.items())
            dut.ok(await by_query(dut, road, "CALLSTART", query, sent), "UPT-WEB-004", check=f"{road}.{how}")
            await shows(dut, call, given, "UPT-WEB-004", "UPT-WEB-005", check=f"{road}.{how}.shown", road=dut.roads[0])
            await stop(dut, call)


@SUITE.scenario("escaping.percent.filters", "UPT-WEB-004", "UPT-LST-001", chapter=_WEB, after=("CALLLIST.success",))
async def percent_filters(dut: DocumentDut) -> None:
    """Filters of CALLLIST of which every character is escaped find the recording."""
    fields = await wanted(dut)
    for road in url_roads(dut):
        for how, escape in _ESCAPES.items():
            sent = {"requestid": dut.next_number(), **fields}
            query = "type=CALLLIST&" + "&".join(f"{name.lower()}={escape(value)}" for name, value in sent.items())
            result = dut.ok(await by_query(dut, road, "CALLLIST", query, sent), "UPT-WEB-004", check=f"{road}.{how}")
            ids = [one.get("RECORDID") for one in result.everywhere("SEARCHRESULT")]
            only = [dut.fixture("recording_ids")]
            dut.check(
                f"{road}.{how}.found", ids == only, "UPT-WEB-004", "UPT-LST-001", expected=str(only), got=str(ids)
            )


@SUITE.scenario("escaping.blanks", "UPT-WEB-004", "UPT-WEB-005", "UPT-CAL-003", chapter=_WEB, after=_AFTER)
async def blanks(dut: DocumentDut) -> None:
    """Blanks between words come back on every road, in every field that is free text."""
    for road in dut.roads:
        given = {"GROUP": "Gold Level", "GATE": "a b c d", **{name: f"Words of {name.title()}" for name in USERS}}
        call, result = await start(dut, given, road=road)
        dut.ok(result, check=f"{road}.taken")
        for look in dut.roads:
            await shows(
                dut, call, given, "UPT-WEB-004", "UPT-WEB-005", "UPT-CAL-003", check=f"{road}.{look}", road=look
            )
        await stop(dut, call)


@SUITE.scenario("escaping.references", "UPT-MSG-015", chapter=CHAPTER, after=_AFTER)
async def references(dut: DocumentDut) -> None:
    """The five signs of XML arrive when they are written by their names, all of them, also where they need not be."""
    for name, text, written in (
        ("all", "a&b<c>d'e\"f", "a&amp;b&lt;c&gt;d&apos;e&quot;f"),
        ("ends", "&a&", "&amp;a&amp;"),
        ("several", "<<&&>>", "&lt;&lt;&amp;&amp;&gt;&gt;"),
        ("bare-quotes", "a'b\"c>d", "a'b\"c>d"),
        ("nested", "&lt;", "&amp;lt;"),
    ):
        call = Call(named={"DEVICEID": device(dut), "CALLINSTANCE": fresh(dut, 6)}, given={"GATE": text})
        number = dut.next_number()
        data = dut.document("CALLSTART", {**call.named, "GATE": "MARK"}, number=number).replace(
            b"MARK", written.encode()
        )
        await dut.send(data)
        dut.ok(
            await dut.result("CALLSTART", {**call.named, "GATE": text}, number=number),
            "UPT-MSG-015",
            check=f"{name}.taken",
        )

        async def look(call: Call = call, text: str = text) -> str:
            one = await status(dut, call.device)
            got = value_of(one, "GATE") if one is not None else ""
            # A device that prints ampersands bare, as the document does, cannot tell this value from another.
            return "" if got == text or (text == "&lt;" and got == "<") else repr(got)

        wrong = await until(dut, look)
        dut.check(f"{name}.shown", not wrong, "UPT-MSG-015", expected=text, got=wrong)
        await stop(dut, call)


@SUITE.scenario(
    "escaping.shown", "UPT-MSG-006", "UPT-USR-005", chapter=CHAPTER, after=("IMPORTUSER.success", "CALLSTART.success")
)
async def shown(dut: DocumentDut) -> None:
    """Quotes, apostrophes and ampersands that a device has taken stand well-formed in its results. Angle brackets may not work (note **)."""
    for road in dut.roads:
        name = f"O'Wise{fresh(dut)}"
        person_of = {**person(dut), "LASTNAME": name}
        added = await dut.call("IMPORTUSER", {"ACTION": "ADD", **person_of}, road=road, judged=False)
        listed = await dut.call("IMPORTUSER", {"ACTION": "LIST"}, road=road)
        names = [one.value for one in listed.everywhere("LASTNAME", "LAST_NAME")]
        passed = not dut.succeeded(added) or not dut.succeeded(listed) or name in names
        clauses = ("UPT-MSG-006", "UPT-USR-005")
        dut.check(f"agents.{road}", passed, *clauses, expected=name, got="" if passed else ", ".join(names)[-200:])
        named = {"DEVICEID": device(dut, 0), "CALLINSTANCE": fresh(dut, 5)}
        signs = {f"USER{index}": "a & \"b\" 'c'" for index in range(1, 16)}
        await dut.call("CALLSTART", {**named, **signs}, road=road, judged=False)
        for function in ("DEVICESTATUS", "DEVICERECORDINGSTATUS", "DEVICELIST"):
            fields = {"DEVICEID": named["DEVICEID"]} if function != "DEVICELIST" else {}
            got = (await dut.call(function, fields, road=road)).document
            dut.check(
                f"{function}.{road}", got.root is not None, "UPT-MSG-006", expected="an XML document", got=got.problem
            )
        await dut.call("CALLSTOP", named, road=road, judged=False)
