"""What the document leaves open about characters, and about the ways in which a request may be written."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.messages.documentreply import Result
from harness.verdict import Severity
from harness.wire.xmltree import Writing, write_document
from suites.uptivity import SUITE
from suites.uptivity.escaping import SIGNS, start, stop
from suites.uptivity.framing import CHAPTER, ENDED, PATIENCE_S, serves, wanted
from suites.uptivity.seen import Call, status, until, value_of
from suites.uptivity.urls import CHAPTER as WEB
from suites.uptivity.urls import by_query, url_roads
from suites.uptivity.world import device, fresh

_AFTER = ("CALLSTART.success", "DEVICESTATUS.success")


async def _reading(dut: DocumentDut, result: Result, call: Call, name: str, *same: str) -> tuple[str, str]:
    """Whether a value came back as it was sent, changed, or was refused, and what came."""
    if not dut.succeeded(result):
        return ("refused" if dut.has_failed(result) else ""), result.describe()
    found = [""]

    async def look() -> str:
        one = await status(dut, call.device)
        mine = one is not None and value_of(one, "CALLINSTANCE") == call.instance
        found[0] = value_of(one, name) if one is not None and mine else ""
        return "" if mine else "it is not there"

    await until(dut, look)
    await stop(dut, call)
    return ("kept" if found[0] in (call.given[name], *same) else "changed"), found[0]


@SUITE.scenario("forms.users", "UPT-WEB-005", chapter=CHAPTER, after=_AFTER)
async def users(dut: DocumentDut) -> None:
    """Signs in USER fields may suffer; what becomes of them is the same on every road."""
    for name, text in (
        ("USER4", SIGNS[0]),
        ("USER5", SIGNS[1]),
        ("USER6", SIGNS[2]),
        ("USER15", SIGNS[3]),
        ("USER1", "50% & <more>"),
    ):
        told: list[tuple[str, str]] = []
        for road in dut.roads:
            call, result = await start(dut, {name: text}, road=road)
            reading, got = await _reading(dut, result, call, name)
            dut.observe(f"{road}.{name}", "UPT-AMB-025", reading, got=got)
            told.append((reading, got if reading == "changed" else ""))
        dut.check(f"{name}.same", len(set(told)) == 1, "UPT-WEB-005", expected="the same on every road", got=str(told))


@SUITE.scenario("forms.non-ascii", chapter=CHAPTER, after=_AFTER)
async def non_ascii(dut: DocumentDut) -> None:
    """Characters outside ASCII may be kept or not; what becomes of them should be the same on every road."""
    for text in ("Größe Ñ", "漢字 б"):
        told: list[tuple[str, str]] = []
        for road in dut.roads:
            call, result = await start(dut, {"GATE": text, "GROUP": "plain"}, road=road)
            reading, got = await _reading(dut, result, call, "GATE")
            dut.observe(f"{road}.kept", "UPT-AMB-033", reading, got=got)
            told.append((reading, got if reading == "changed" else ""))
        dut.check(
            "same",
            len(set(told)) == 1,
            "UPT-WEB-005",
            expected="the same on every road",
            got=str(told),
            severity=Severity.SHOULD,
        )
    await serves(dut, "UPT-MSG-011")


@SUITE.scenario("forms.plus", chapter=WEB, after=_AFTER)
async def plus(dut: DocumentDut) -> None:
    """A plus sign as it is stands for itself or for a blank, in every value."""
    for road in url_roads(dut):
        for name, written, as_plus, as_blank in (("GATE", "a+b", "a+b", "a b"), ("GROUP", "1+2+3", "1+2+3", "1 2 3")):
            call = Call(named={"DEVICEID": device(dut), "CALLINSTANCE": fresh(dut, 6)}, given={name: as_plus})
            sent = {"requestid": dut.next_number(), **call.named}
            pairs = "&".join(f"{key.lower()}={value}" for key, value in sent.items())
            result = await by_query(dut, road, "CALLSTART", f"type=CALLSTART&{pairs}&{name.lower()}={written}", sent)
            reading, got = await _reading(dut, result, call, name)
            fits = {as_plus: "plus", as_blank: "blank"}.get(got, "") if reading != "refused" else ""
            dut.observe(f"{road}.{name}", "UPT-AMB-056", fits, got=got)
    await serves(dut)


@SUITE.scenario("forms.white-space", chapter=CHAPTER, after=_AFTER)
async def white_space(dut: DocumentDut) -> None:
    """White space at the ends of values, and several blanks within, are kept, cut or made one."""
    for road in dut.roads:
        call, result = await start(dut, {"GATE": "a  b   c"}, road=road)
        reading, got = await _reading(dut, result, call, "GATE")
        fits = ("kept", "trimmed") if reading == "kept" else ("collapsed",) if got == "a b c" else ()
        dut.observe(f"{road}.within", "UPT-AMB-054", *fits, got=got)
    await serves(dut)


# Ways to write a request that XML knows and the document does not show.
_WAYS: dict[str, Writing] = {
    "declaration": Writing(declaration=True),
    "declaration-line": Writing(declaration=True, line_end="\r\n"),
    "comments": Writing(comment=" a <TYPE>NOTHING</TYPE> "),
    "sections": Writing(sections=True),
    "references": Writing(references=True),
}


def _register_way(name: str, writing: Writing, prefix: bytes = b"", attributes: str = "") -> None:
    @SUITE.scenario(f"forms.{name}", "UPT-MSG-011", chapter=CHAPTER, after=("CALLLIST.success",), loose=True)
    async def way(dut: DocumentDut) -> None:
        """XML that is written in another way than the examples is taken as it is meant, or not at all."""
        fields, number, link = await wanted(dut), dut.next_number(), "odd"
        pairs = [("TYPE", "CALLLIST"), ("REQUESTID", number), *fields.items()]
        data = prefix + write_document("REQUEST", pairs, writing)
        await dut.send(data.replace(b"<TYPE>", f"<TYPE{attributes}>".encode(), 1) if attributes else data, link=link)
        result = await dut.result("CALLLIST", fields, number=number, link=link, judged=False, deadline_s=PATIENCE_S)
        served = result.came and dut.succeeded(result)
        ids = [one.get("RECORDID") for one in result.everywhere("SEARCHRESULT")]
        whole = ids == [dut.fixture("recording_ids")]
        if served:
            dut.check(
                "as-meant",
                whole,
                "UPT-LST-001",
                expected="the recording of the filters",
                got=str(ids),
                step=result.step,
            )
        reading = "accepted" if served else "refused"
        refused = result.came or result.ending in ENDED or not result.raw
        dut.observe("way", "UPT-AMB-034", reading if served or refused else "", got=result.describe(), step=result.step)
        await serves(dut, "UPT-MSG-011", check="others")


for _name, _writing in _WAYS.items():
    _register_way(_name, _writing)
_register_way("byte-order-mark", Writing(), b"\xef\xbb\xbf")
_register_way("attributes", Writing(), attributes=' kind="x"')


# Requests that may be read in several ways -> what is sent, and which reading a success or an error fits.
_FORMS: dict[str, tuple[str, str]] = {
    "UPT-AMB-014": ("<REQUEST><REQUESTTYPE>TEST</REQUESTTYPE><REQUESTID>{}</REQUESTID></REQUEST>", "TEST"),
    "UPT-AMB-029": ("<request><type>TEST</type><requestid>{}</requestid></request>", "TEST"),
    "UPT-AMB-030": ("<REQUEST><TYPE>test</TYPE><REQUESTID>{}</REQUESTID></REQUEST>", "TEST"),
    "UPT-AMB-057": ("<TEST><REQUESTID>{}</REQUESTID></TEST>", "TEST"),
    "UPT-AMB-004": ("<REQUEST><TYPE>TEST</TYPE><REQUESTID>{}</REQUESTID><NOSUCH>1</NOSUCH></REQUEST>", "TEST"),
    "UPT-AMB-028": ("<REQUEST><TYPE>TEST</TYPE><TYPE>TEST</TYPE><REQUESTID>{}</REQUESTID></REQUEST>", "TEST"),
}


def _register_form(ambiguity: str, text: str, function: str) -> None:
    @SUITE.scenario(f"forms.{ambiguity.lower()}", "UPT-MSG-011", chapter=CHAPTER, after=("TEST.success",), loose=True)
    async def form(dut: DocumentDut) -> None:
        """A request that the document does not show is served or refused; the device goes on to serve."""
        number, known = dut.next_number(), dut.model.ambiguities[ambiguity]
        await dut.send(text.format(number).encode() + b"\r\n", link="odd")
        result = await dut.result(function, number=number, link="odd", judged=False, deadline_s=PATIENCE_S)
        served = result.came and dut.succeeded(result)
        reading = known.accepted if served else known.refused
        if ambiguity != "UPT-AMB-028" or not served:
            dut.observe("form", ambiguity, reading or "", got=result.describe(), step=result.step)
        await serves(dut, "UPT-MSG-011", check="others")


for _ambiguity, (_text, _function) in _FORMS.items():
    _register_form(_ambiguity, _text, _function)


@SUITE.scenario(
    "forms.no-terminator", "UPT-MSG-002", "UPT-MSG-004", chapter=CHAPTER, after=("TEST.success",), loose=True
)
async def no_terminator(dut: DocumentDut) -> None:
    """A request without its line end is answered, or waits for it, and then is; other line ends may do as well."""
    for index, (end, rest) in enumerate(((b"", b"\r\n"), (b"\n", b"\r\n"), (b"\r", b"\n"))):
        link, number = f"odd-{index}", dut.next_number()
        data = dut.document("TEST", number=number, writing=Writing(terminator="")) + end
        await dut.send(data, link=link)
        result = await dut.result("TEST", number=number, link=link, judged=False, deadline_s=PATIENCE_S / 3)
        if result.ending in ENDED:
            dut.observe("end", "UPT-AMB-048", "closed", got=result.describe())
            continue
        early = result.came
        if not early:
            await dut.send(rest, link=link)
            result = await dut.result("TEST", number=number, link=link)
        dut.ok(result, "UPT-MSG-002", "UPT-MSG-004", check=f"answered.{index}")
        if not end:
            dut.observe("end", "UPT-AMB-048", "answered" if early else "waiting")
    await serves(dut, "UPT-MSG-011", check="others")


@SUITE.scenario("forms.repeated", chapter=CHAPTER, after=_AFTER)
async def repeated(dut: DocumentDut) -> None:
    """Of a parameter that is there twice the first counts, or the last, or both, or the request fails."""
    for road in dut.roads:
        call = Call(named={"DEVICEID": device(dut), "CALLINSTANCE": fresh(dut, 6)}, given={"GATE": "First"})
        pairs = [*call.named.items(), ("GATE", "First"), ("GATE", "Last")]
        result = await dut.call("CALLSTART", pairs, road=road, judged=False)
        reading, got = await _reading(dut, result, call, "GATE")
        fits = {"First": "first", "Last": "last"}.get(
            got, "joined" if {"First", "Last"} & set(got.replace(",", " ").split()) else ""
        )
        dut.observe(f"{road}.twice", "UPT-AMB-028", "refused" if reading == "refused" else fits, got=got)
    await serves(dut)
