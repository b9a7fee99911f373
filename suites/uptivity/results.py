"""Results and their codes: functions that there are none of, requests that are no XML, and that the device goes on serving."""

from __future__ import annotations

from harness.checks.documents import form_checks
from harness.checks.message import merge
from harness.documentdut import DocumentDut
from harness.ending import Ending
from harness.messages.documentreply import Result
from harness.wire.xmltree import write_document
from suites.uptivity import SUITE
from suites.uptivity.framing import ENDED, PATIENCE_S, serves
from suites.uptivity.world import Fields, device, fresh

CHAPTER = "Results"
_AFTER = ("TEST.success",)
# Names that are near those of functions, and some that are far.
_NOBODY = (
    "NOSUCHFUNCTION", "TESTS", "TES", "TEST2", "XTEST", "CALL", "CALLSTARTED", "CALLSTAR", "RECORD", "DEVICE", "DEVICELISTS", "STATION",
    "FETCHTERMINOLOGYS", "RESULT", "REQUEST", "API_OK", "20", "0", "-", "TEST TEST", "TEST;DEVICELIST", "../TEST",
)  # fmt: skip
_READINGS = {
    "unknown-message-type": "unknown-message-type",
    "invalid-request-type": "invalid-request-type",
    "invalid-message-format": "invalid-message-format",
    "blank-required-value": "blank-required-value",
    "command-not-supported": "command-not-supported",
    "command-not-allowed": "command-not-allowed",
}


def reading_of(dut: DocumentDut, result: Result, ambiguity: str) -> str:
    """Which reading of an ambiguity about errors a result fits."""
    codes = {code: name for name in _READINGS for code in _codes(dut, name)}
    known = dut.model.ambiguities[ambiguity].readings
    name = codes.get(result.code, "other")
    return name if name in known else "other"


def _codes(dut: DocumentDut, name: str) -> set[str]:
    row = dut.model.errors[name]
    return set(row.codes.values()) or {row.code}


@SUITE.scenario("results.unknown-function", "UPT-RES-006", "UPT-RES-003", "UPT-RES-005", "UPT-MSG-004",
                chapter=CHAPTER, after=_AFTER)  # fmt: skip
async def unknown_function(dut: DocumentDut) -> None:
    """A function that there is none of is answered by an error, whatever it is like, and the next request is served."""
    for road in dut.roads:
        for name in (*_NOBODY, f"F{fresh(dut)}"):
            result = await dut.call(name, road=road, judged=name.isalnum() and not name.isdecimal())
            passed = dut.refused(result, "UPT-RES-006", "UPT-MSG-004", check=f"{road}.refused")
            if passed:
                dut.observe(
                    f"{road}.error", "UPT-AMB-032", reading_of(dut, result, "UPT-AMB-032"), got=result.describe()
                )
        await serves(dut, "UPT-MSG-011", road=road, check=f"{road}.next")


@SUITE.scenario("results.unknown-function.parameters", "UPT-RES-006", chapter=CHAPTER, after=("CALLSTART.success",))
async def unknown_with_parameters(dut: DocumentDut) -> None:
    """The parameters of another function do not help."""
    fields: Fields = {"DEVICEID": device(dut, 0), "CALLINSTANCE": fresh(dut, 6), "ACTION": "LIST", "EVENTCLASS": "ALL"}
    for road in dut.roads:
        for name in ("CALLBEGIN", "CALLSTARTX", "DEVICES"):
            result = await dut.call(name, fields, road=road)
            dut.refused(result, "UPT-RES-006", check=f"{road}.{name}")
        await serves(dut, "UPT-MSG-011", road=road, check=f"{road}.next")


@SUITE.scenario("results.no-function", "UPT-MSG-010", "UPT-MSG-011", chapter=CHAPTER, after=_AFTER, loose=True)
async def no_function(dut: DocumentDut) -> None:
    """A request that names no function, or a blank one, does not succeed; the device goes on to serve."""
    for index, (name, pairs) in enumerate(
        {
            "none": [("REQUESTID", "71")],
            "empty": [("TYPE", ""), ("REQUESTID", "72")],
            "blank": [("TYPE", "  "), ("REQUESTID", "73")],
            "elsewhere": [("REQUESTID", "74"), ("FUNCTION", "TEST")],
        }.items()
    ):
        link = f"odd-{index}"
        await dut.send(write_document("REQUEST", pairs), link=link)
        result = await dut.result("", number=None, link=link, judged=False, deadline_s=PATIENCE_S / 2)
        _no_function(dut, result, f"stream.{name}")
        await serves(dut, "UPT-MSG-011", check=f"stream.{name}.next")
    for road in dut.url_roads:
        for name, fields in (("none", {}), ("empty", {"TYPE": ""})):
            request = dut.url("", fields, road=road, number="75")
            result = await dut.ask(request, "", fields, number="75", road=road, link="odd", judged=False)
            _no_function(dut, result, f"{road}.{name}")
            await serves(dut, "UPT-MSG-011", road=road, check=f"{road}.{name}.next")


def _no_function(dut: DocumentDut, result: Result, check: str) -> None:
    served = result.came and result.code == "20"
    dut.check(
        check, not served, "UPT-MSG-010", expected="a request without a function not to succeed", got=result.describe()
    )
    if not served:
        dut.observe(f"{check}.error", "UPT-AMB-031", reading_of(dut, result, "UPT-AMB-031"), got=result.describe())


# What is no XML, or not that of a request. `{}` stands for the number.
_ODD = {
    "unclosed": "<REQUEST><TYPE>TEST</TYPE><REQUESTID>{}</REQUESTID>\r\n",
    "unclosed-element": "<REQUEST><TYPE>TEST<REQUESTID>{}</REQUESTID></REQUEST>\r\n",
    "crossed": "<REQUEST><TYPE>TEST<REQUESTID></TYPE>{}</REQUESTID></REQUEST>\r\n",
    "letters": "<REQUEST><TYPE>TEST</type><REQUESTID>{}</REQUESTID></REQUEST>\r\n",
    "less": "<REQUEST><TYPE>TEST</TYPE><REQUESTID>{}</REQUESTID><GROUP>a<b</GROUP></REQUEST>\r\n",
    "entity": "<REQUEST><TYPE>TEST</TYPE><REQUESTID>{}</REQUESTID><GROUP>&nbsp;</GROUP></REQUEST>\r\n",
    "attribute": "<REQUEST><TYPE a=1>TEST</TYPE><REQUESTID>{}</REQUESTID></REQUEST>\r\n",
    "no-root": "<TYPE>TEST</TYPE><REQUESTID>{}</REQUESTID>\r\n",
    "empty-root": "<REQUEST></REQUEST>\r\n",
    "short-root": "<REQUEST/>\r\n",
    "text": "TEST {}\r\n",
    "http": "GET /webAPI.php?type=test&requestid={} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "bytes": "\x01\x02\x7f<>\x03{}\r\n",
    "no-name": "<><TYPE>TEST</TYPE><REQUESTID>{}</REQUESTID></>\r\n",
    "control": "<REQUEST><TYPE>TEST</TYPE><REQUESTID>{}</REQUESTID><GROUP>\x08</GROUP></REQUEST>\r\n",
    "root-event": "<CALLCOPYEVENT><TYPE>TEST</TYPE><REQUESTID>{}</REQUESTID></CALLCOPYEVENT>\r\n",
    "root-result": "<RESULT><REQUESTTYPE>TEST</REQUESTTYPE><REQUESTID>{}</REQUESTID></RESULT>\r\n",
}


def _register_odd(name: str, text: str) -> None:
    @SUITE.scenario(f"results.malformed.{name}", "UPT-MSG-010", "UPT-MSG-011", "UPT-MSG-006", "UPT-MSG-007",
                    chapter=CHAPTER, after=_AFTER, loose=True)  # fmt: skip
    async def malformed(dut: DocumentDut) -> None:
        """What is no well-formed request does not succeed, and the device goes on to serve others, and who sent it."""
        link, number = "odd", dut.next_number()
        await serves(dut, link=link, check="before")
        await dut.send(text.format(number).encode("latin-1"), link=link)
        result = await dut.result("", number=None, link=link, judged=False, deadline_s=PATIENCE_S)
        answered = result.came
        if answered:
            merge(dut.checks, form_checks(dut.model, result, dut.syntax.result, "reply"))
        served = answered and dut.succeeded(result)
        ended = result.ending in ENDED
        reading = "served" if served else "error" if answered else "closed" if ended else "ignored"
        dut.observe("odd", "UPT-AMB-020", reading, clauses=("UPT-MSG-010",), got=result.describe(), step=result.step)
        await serves(dut, "UPT-MSG-011", check="others")
        await dut.close(link)
        await serves(dut, "UPT-MSG-011", link="again", check="again")
        for road in dut.url_roads:
            await serves(dut, "UPT-MSG-011", road=road, check=f"others.{road}")


for _name, _text in _ODD.items():
    _register_odd(_name, _text)


@SUITE.scenario("results.after-errors", "UPT-MSG-011", "UPT-MSG-013", "UPT-RES-005", "UPT-RES-001",
                chapter=CHAPTER, after=("CALLSTOP.success",))  # fmt: skip
async def after_errors(dut: DocumentDut) -> None:
    """A connection on which one error after the other came goes on, and each has all that a result has."""
    for road in dut.roads:
        for _ in range(4):
            for function, fields in (("CALLSTOP", {}), ("NOSUCHFUNCTION", {}), ("MODIFYROLE", {"ACTION": "NONSENSE"})):
                result = await dut.call(function, fields, road=road)
                dut.refused(result, "UPT-RES-005", check=f"{road}.{function}")
            await serves(dut, "UPT-MSG-013", road=road, check=f"{road}.next")


# Calls that fail in the same way however they come.
_BAD: tuple[tuple[str, Fields], ...] = (
    ("CALLSTOP", {}),
    ("CALLUPDATE", {"USER1": "x"}),
    ("NOSUCHFUNCTION", {}),
    ("MODECHANGE", {}),
    ("CHATSTOP", {}),
    ("MODIFYROLE", {"ACTION": "NONSENSE", "ROLENAME": "Clausewise 0"}),
    ("DEVICESTATUS", {"DEVICEID": "no-such-device"}),
    ("ADDGROUP", {}),
    ("MODIFYROLE", {"ACTION": "DELETE", "ROLENAME": "Clausewise no such role"}),
)


@SUITE.scenario("results.roads", "UPT-WEB-005", "UPT-RES-005", chapter=CHAPTER, after=_AFTER)
async def roads_agree(dut: DocumentDut) -> None:
    """What fails on one road fails on the others, with the same code and label."""
    for function, fields in _BAD:
        first = await dut.call(function, fields, road=dut.stream, judged=False)
        if first.ending is not Ending.ANSWERED:
            continue
        for road in dut.url_roads:
            other = await dut.call(function, fields, road=road, judged=False)
            same = (other.code, other.label) == (first.code, first.label)
            dut.check(
                f"{road}.{function}",
                same,
                "UPT-WEB-005",
                expected=first.describe(),
                got=other.describe(),
                step=other.step,
            )
    await serves(dut)


@SUITE.scenario("results.test", "UPT-SYS-001", "UPT-WEB-005", chapter="Message Structure", after=_AFTER)
async def test_does_nothing(dut: DocumentDut) -> None:
    """TEST succeeds on every road, with other parameters beside it too, and changes nothing."""
    before = [one.value for one in (await dut.call("STATIONS")).everywhere("STATIONNAME")]
    named: Fields = {"DEVICEID": device(dut, 0), "CALLINSTANCE": fresh(dut, 6)}
    await dut.setup("CALLSTART", {**named, "GROUP": "before"})
    for road in dut.roads:
        for _ in range(3):
            await serves(dut, road=road, check=f"{road}.TEST")
        result = await dut.call("TEST", {**named, "GROUP": "after", "ACTION": "DELETE"}, road=road)
        if not dut.either(result, "UPT-AMB-004", check=f"{road}.more"):
            await serves(dut, road=road, check=f"{road}.next")
        status = await dut.call("DEVICERECORDINGSTATUS", {"DEVICEID": named["DEVICEID"]})
        groups = [one.get("GROUP") for one in status.everywhere("RECORDING")]
        dut.check(f"{road}.nothing", "after" not in groups, "UPT-SYS-001", expected="GROUP as it was", got=str(groups))
    await dut.call("CALLSTOP", named)
    after = [one.value for one in (await dut.call("STATIONS")).everywhere("STATIONNAME")]
    dut.check("stations", sorted(after) == sorted(before), "UPT-SYS-001", expected=str(before), got=str(after))
