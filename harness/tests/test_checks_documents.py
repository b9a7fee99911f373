"""Every check of results, events, sections and files can pass and can fail."""

from __future__ import annotations

import io
import wave
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from harness.checks.documents import body_checks, event_checks, result_checks, unasked_check
from harness.checks.files import archive_problem, members_of, problem_of, seconds_of, wave_problem
from harness.ending import Ending
from harness.messages.documentreply import STREAM, URL, Fields, Result
from harness.spec.load import load_system
from harness.verdict import Check, Severity

SYSTEM = load_system("uptivity")
HEAD = "<REQUESTID>7</REQUESTID><RESULTTYPE>API_OK</RESULTTYPE><RESULTCODE>20</RESULTCODE><RESULTMSG/>"


def result(
    function: str, text: str | bytes, *, sent: Fields = (), number: str | None = "7", road: str = STREAM, ending: Ending = Ending.ANSWERED
) -> Result:  # fmt: skip
    assert SYSTEM.documents is not None
    data = text if isinstance(text, bytes) else text.encode()
    return Result(
        syntax=SYSTEM.documents, function=function, ending=ending, raw=data, body=data, sent=sent, number=number, road=road
    )  # fmt: skip


def answer(function: str, inner: str = "", head: str = HEAD, end: str = "\r\n") -> str:
    return f"<RESULT><REQUESTTYPE>{function}</REQUESTTYPE>{head}{inner}</RESULT>{end}"


def failed(checks: Iterable[Check]) -> set[str]:
    return {check.id for check in checks if not check.passed and check.severity is Severity.MUST}


def told(checks: Iterable[Check]) -> set[str]:
    return {check.id for check in checks if not check.passed and check.severity is not Severity.MUST}


GROUP = "<GROUPID>5</GROUPID><GROUPNAME>a</GROUPNAME>"
CHANNEL = "<CHANNEL><ID>1</ID><STATE>0</STATE></CHANNEL>"
FAILURE = HEAD.replace("API_OK", "ERROR").replace(">20<", ">8<")


@pytest.mark.parametrize(
    ("function", "text"),
    [
        ("TEST", answer("TEST")),
        ("TEST", answer("test")),
        ("TEST", answer("TEST").replace("REQUESTTYPE>", "TYPE>")),
        ("TEST", answer("TEST").replace("<REQUESTTYPE>TEST</REQUESTTYPE>", "")),
        ("TEST", answer("TEST", head=FAILURE)),
        ("TEST", answer("TEST", head=FAILURE.replace("ERROR", "API_DEVICE_INVALID"))),
        ("TEST", answer("TEST", "<MORE><THAN/></MORE>")),
        ("TEST", answer("TEST").replace(">7<", "> 7\n<")),
        ("TEST", answer("TEST", end="\r")),
        ("CALLLIST", "<RESULT><TYPE>CALLLIST</TYPE><REQUESTID>7</REQUESTID></RESULT>\r\n"),
        ("ADDGROUP", answer("ADDGROUP", GROUP)),
        ("ADDGROUP", answer("ADDGROUP", head=FAILURE)),
        ("CHANNELS", answer("CHANNELS", f"<CHANNELS><COUNT>2</COUNT>{CHANNEL}{CHANNEL}</CHANNELS>")),
        ("CHANNELS", answer("CHANNELS", f"<COUNT>1</COUNT><CHANNELS>{CHANNEL}</CHANNELS>")),
        ("CHANNELS", answer("CHANNELS", f"<COUNT>1</COUNT>{CHANNEL}")),
        ("CHANNELS", answer("CHANNELS")),
        ("EVENTS", answer("EVENTS", "<EVENTXREF>?</EVENTXREF><EVENTCLASS>ALL</EVENTCLASS><EVENTVALUE/>")),
    ],
)
def test_a_right_result_passes(function: str, text: str) -> None:
    assert set() == failed(result_checks(SYSTEM, result(function, text)))


@pytest.mark.parametrize(
    ("check", "function", "text"),
    [
        ("reply.well-formed", "TEST", "<RESULT>"),
        ("reply.root", "TEST", answer("TEST").replace("RESULT>", "RESULTS>")),
        ("reply.value.REQUESTID", "TEST", answer("TEST").replace("<REQUESTID>7</REQUESTID>", "")),
        ("reply.value.RESULTMSG", "TEST", answer("TEST", "<RESULTMSG/>")),
        ("reply.value.RESULTMSG", "TEST", answer("TEST").replace("<RESULTMSG/>", "<RESULTMSG><A/></RESULTMSG>")),
        ("reply.value.REQUESTTYPE", "TEST", answer("TEST", "<REQUESTTYPE>TEST</REQUESTTYPE>")),
        ("reply.type.REQUESTID", "TEST", answer("TEST").replace(">7<", ">x<")),
        ("reply.number", "TEST", answer("TEST").replace(">7<", ">8<")),
        ("reply.function", "TEST", answer("CALLSTART")),
        ("reply.code", "TEST", answer("TEST", head=FAILURE.replace(">8<", ">19<"))),
        ("reply.label", "TEST", answer("TEST").replace("API_OK", "ERROR")),
        ("reply.label", "TEST", answer("TEST", head=FAILURE.replace("ERROR", "API_NO_GROUP"))),
        ("reply.value.GROUPID", "ADDGROUP", answer("ADDGROUP", "<GROUPNAME>a</GROUPNAME>")),
        ("reply.value.GROUPID", "ADDGROUP", answer("ADDGROUP", GROUP + "<GROUPID>5</GROUPID>")),
        ("reply.value.GROUPID", "ADDGROUP", answer("ADDGROUP", GROUP.replace(">5<", "><A/><"))),
        ("reply.type.GROUPID", "ADDGROUP", answer("ADDGROUP", GROUP.replace(">5<", ">five<"))),
        ("reply.echo.GROUPNAME", "ADDGROUP", answer("ADDGROUP", GROUP.replace(">a<", ">b<"))),
        ("reply.count.COUNT", "CHANNELS", answer("CHANNELS", f"<CHANNELS><COUNT>2</COUNT>{CHANNEL}</CHANNELS>")),
        ("reply.count.COUNT", "CHANNELS", answer("CHANNELS", f"<COUNT>2</COUNT><CHANNELS>{CHANNEL}</CHANNELS>")),
        ("reply.section.CHANNELS", "CHANNELS", answer("CHANNELS", "<CHANNELS><COUNT>0</COUNT></CHANNELS>" * 2)),
        ("reply.value.ID", "CHANNELS", answer("CHANNELS", "<CHANNELS><COUNT>1</COUNT><CHANNEL/></CHANNELS>")),
        (
            "reply.value.EVENTTYPE", "EVENTS",
            answer("EVENTS", "<EVENTXREF/><EVENTCLASS>ALL</EVENTCLASS><EVENTVALUE/><EVENTVALUE/>"),
        ),
    ],
)  # fmt: skip
def test_a_wrong_result_fails(check: str, function: str, text: str) -> None:
    assert check in failed(result_checks(SYSTEM, result(function, text, sent=[("GROUPNAME", "a")])))


@pytest.mark.parametrize(
    ("called", "told", "passed"),
    [
        ("", "COMBINEDEXPORT", True),
        ("", "COMBINEEXPORT", True),
        ("", "EXPORT", False),
        ("COMBINEEXPORT", "COMBINEEXPORT", True),
        ("COMBINEEXPORT", "COMBINEDEXPORT", False),
    ],
)
def test_a_result_repeats_the_name_by_which_its_function_was_called(called: str, told: str, *, passed: bool) -> None:
    refused = replace(result("COMBINEDEXPORT", answer(told, head=FAILURE)), called=called)
    assert ("reply.function" in failed(result_checks(SYSTEM, refused))) is not passed


@pytest.mark.parametrize("ending", [Ending.SILENT, Ending.CLOSED, Ending.RESET])
def test_nothing_is_no_result(ending: Ending) -> None:
    (check,) = result_checks(SYSTEM, result("TEST", "", ending=ending))
    assert ("reply.comes", False, ("UPT-MSG-004",)) == (check.id, check.passed, check.clauses)
    (check,) = result_checks(SYSTEM, result("TEST", "<RESULT>", ending=ending))
    assert ("UPT-MSG-004", "UPT-MSG-002", "UPT-MSG-006") == check.clauses


def test_a_number_that_is_refused_need_not_come_back() -> None:
    head = FAILURE.replace(">8<", ">14<").replace("ERROR", "API_REQUESTID_INVALID")
    assert set() == failed(result_checks(SYSTEM, result("TEST", answer("TEST", head=head), number="2147483648")))
    assert {"reply.number"} == failed(result_checks(SYSTEM, result("TEST", answer("TEST"), number="8")))
    assert set() == failed(result_checks(SYSTEM, result("TEST", answer("TEST"), number=None)))
    assert set() == failed(result_checks(SYSTEM, result("TEST", answer("TEST"), number="007")))


@pytest.mark.parametrize(("end", "reading"), [("\r\n", "crlf"), ("\n", "lf"), ("", "none")])
def test_what_ends_a_document_is_a_reading(end: str, reading: str) -> None:
    checks = list(result_checks(SYSTEM, result("TEST", answer("TEST", end=end))))
    assert [{"UPT-AMB-001": {reading}}] == [one.readings for one in checks if one.id == "reply.terminator"]
    assert (set() if end == "\r\n" else {"reply.terminator.usual"}) == told(checks)
    on_the_web = result_checks(SYSTEM, result("TEST", answer("TEST", end=end), road=URL))
    assert not [one for one in on_the_web if "terminator" in one.id]


def test_a_bare_ampersand_is_told() -> None:
    checks = list(result_checks(SYSTEM, result("ADDGROUP", answer("ADDGROUP", GROUP.replace(">a<", ">a & b<")))))
    assert (set(), {"reply.ampersand.usual"}) == (failed(checks), told(checks))


def test_a_file_is_no_result() -> None:
    (check,) = result_checks(SYSTEM, result("EXPORT", b"RIFF", road=URL))
    assert check.passed
    assert "reply.well-formed" in failed(result_checks(SYSTEM, result("EXPORT", b"RIFF")))


# events

EVENT = (
    "<CALLCOPYEVENT><EVENTCLASS>RECORD</EVENTCLASS><EVENTTYPE>RECORDINGUPDATE</EVENTTYPE><MODULE/>"
    "<EVENTXREF>1</EVENTXREF><EVENTDATA><GLOBALCALLID/><DEVICEID>1</DEVICEID><KEEPDAYS>-1</KEEPDAYS><FILENAME/>"
    "<RECORDID>2</RECORDID><COREIDENT>1</COREIDENT></EVENTDATA></CALLCOPYEVENT>\r\n"
)


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("x", "x", ""),
        (">-1<", "><", ""),
        (">1</EVENTXREF>", "></EVENTXREF>", ""),
        ("CALLCOPYEVENT>", "EVENT>", "event.root"),
        ("<EVENTCLASS>RECORD</EVENTCLASS>", "", "event.value.EVENTCLASS"),
        ("<MODULE/>", "<MODULE/><MODULE/>", "event.value.MODULE"),
        (">RECORDINGUPDATE<", ">RECORDED<", "event.type"),
        (">RECORD<", ">CALL<", "event.class"),
        (">RECORD<", ">OTHER<", "event.type.EVENTCLASS"),
        ("<FILENAME/>", "", "event.value.FILENAME"),
        (">-1<", ">long<", "event.type.KEEPDAYS"),
        ("<EVENTDATA>", "", "event.well-formed"),
    ],
)
def test_events_pass_and_fail(old: str, new: str, check: str) -> None:
    found = failed(event_checks(SYSTEM, result("", EVENT.replace(old, new))))
    assert (check in found) if check else found == set(), found


def test_events_that_nobody_asked_for() -> None:
    event = result("", EVENT)
    assert unasked_check(event, {"ALL"}) is None
    assert unasked_check(event, {"RECORD"}) is None
    for asked in (set[str](), {"CALL"}):
        check = unasked_check(event, asked)
        assert check is not None
        assert (check.passed, check.clauses) == (False, ("UPT-EVT-006",))


# files


def sound(seconds: float = 0.5) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"\0\0" * int(8000 * seconds))
    return held.getvalue()


def archive(*names: str, content: bytes = b"x") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for name in names:
            # All of one date: tests are named after the bytes.
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def flipped(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02") - 2
    return data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :]


def short(data: bytes) -> bytes:
    return data[:-100]


@pytest.mark.parametrize(
    ("wanted", "data", "good"),
    [
        ("wav", sound(), True),
        ("WAV ", sound(0), True),
        ("wav", short(sound()), False),
        ("wav", sound()[:30], False),
        ("wav", b"", False),
        ("wav", b"RIFF" + b"\xff" * 60, False),
        ("wav", sound()[:4] + b"\xff\xff\xff\x7f" + sound()[8:], False),
        ("zip", archive("a", "b"), True),
        ("zip", archive(), True),
        ("zip", short(archive("a", "b")), False),
        ("zip", flipped(archive("a", content=b"abcd" * 9)), False),
        ("zip", b"PK", False),
        ("zip", archive(*(str(number) for number in range(1001))), False),
        ("mp3", b"ID3\x03", True),
        ("mp3", b"\xff\xfb\x90", True),
        ("mp3", sound(), False),
        ("m4a", b"\0\0\0\x18ftypM4A ", True),
        ("m4a", sound(), False),
        ("cav", b"x", True),
        ("cav", b"", False),
    ],
)
def test_files_are_opened(wanted: str, data: bytes, *, good: bool) -> None:
    assert (problem_of(wanted, data) == "") == good, problem_of(wanted, data)


def test_what_is_in_files() -> None:
    assert (0.5, 0.0) == (seconds_of(sound()), seconds_of(b"RIFF"))
    assert [("a", b"x"), ("b", b"x")] == members_of(archive("a", "b"))
    assert "" == wave_problem(sound()) == archive_problem(archive("a"))


@pytest.mark.parametrize(
    ("function", "sent", "data", "road", "passed"),
    [
        ("EXPORT", [("MEDIA_FORMAT", "wav")], sound(), URL, True),
        ("EXPORT", [("MEDIA_FORMAT", "wav")], archive("a"), URL, False),
        ("EXPORT", [("MEDIA_FORMAT", "wav")], answer("EXPORT").encode(), URL, False),
        ("COMBINEDEXPORT", [("MEDIA_FORMAT", "wav")], sound()[:-8], URL, False),
        ("COMBINEDEXPORT", [("MEDIA_FORMAT", "mp3")], sound()[:-8], URL, False),
        ("COMBINEDEXPORT", [("MEDIA_FORMAT", "wav")], b"", URL, False),
        ("MULTIEXPORT", [("MEDIA_FORMAT", "wav")], archive("a"), URL, True),
        ("MULTIEXPORT", [("MEDIA_FORMAT", "wav")], sound(), URL, False),
    ],
)
def test_a_body_is_a_file_of_its_format(function: str, sent: Fields, data: bytes, road: str, *, passed: bool) -> None:
    (check,) = body_checks(SYSTEM, result(function, data, sent=sent, road=road))
    assert (check.id, check.passed) == ("reply.file", passed), check
    assert [] == list(body_checks(SYSTEM, result("TEST", data)))


def test_a_format_that_need_not_count_is_a_reading() -> None:
    (check,) = body_checks(SYSTEM, result("COMBINEDEXPORT", sound(), sent=[("MEDIA_FORMAT", "mp3")], road=URL))
    assert check.passed
    assert dict(check.readings) == {"UPT-AMB-197": frozenset({"ignored"})}


@pytest.mark.parametrize("broken", [wave_problem, archive_problem])
def test_no_file_makes_the_checks_raise(broken: Callable[[bytes], str]) -> None:
    for whole in (sound(0.01), archive("a", "b")):
        for size in range(len(whole)):
            assert isinstance(broken(whole[:size]), str)
            for byte in (0, 1, 0x7F, 0xFF):
                assert isinstance(broken(whole[:size] + bytes((byte,)) + whole[size + 1 :]), str)
                assert seconds_of(whole[:size] + bytes((byte,)) + whole[size + 1 :]) >= 0
