"""The Uptivity reference server in dialogues that are written from the document."""

from __future__ import annotations

import io
import wave
import zipfile

import pytest

from harness.tests.uptivity_scene import Scene, code, data, deep, documents, names

TEST = b"<REQUEST>\n  <TYPE>TEST</TYPE>\n  <REQUESTID>1</REQUESTID>\n</REQUEST>\r\n"
NOT_FOUND, OK = "24", "20"


def test_the_first_example_is_answered_as_printed() -> None:
    result = documents(Scene().main.receive(TEST))[0]
    assert sorted(result.pairs()) == [
        ("REQUESTID", "1"),
        ("REQUESTTYPE", "TEST"),
        ("RESULTCODE", "20"),
        ("RESULTMSG", "API_OK"),
        ("RESULTTYPE", "API_OK"),
    ]


def test_a_request_is_taken_byte_by_byte_and_answered_when_its_line_has_ended() -> None:
    link = Scene().main
    answers = [link.receive(TEST[at : at + 1]) for at in range(len(TEST))]
    assert not any(answers[:-2])
    assert len(documents(answers[-2] + answers[-1])) == 1


def test_an_unknown_alias_is_no_device() -> None:
    result = Scene().call("CALLSTART", DEVICEALIAS="nobody")
    assert (code(result), result.get("RESULTTYPE")) == ("8", "ERROR")


def test_a_call_is_seen_until_it_ends_and_in_the_list_after_that() -> None:
    scene = Scene()
    scene.call("CALLSTART", DEVICEID="1111", GROUP="12", USER1="Gold Level", USER2="Customer 1", CALLINSTANCE="37")
    scene.call("CALLUPDATE", DEVICEID="1111", USER3="Follow up on order")
    device = deep(scene.call("DEVICESTATUS", DEVICEALIAS="3545"), "DEVICES", "DEVICE")[0]
    assert [device.get(name) for name in ("DEVICEID", "GROUP", "USER1", "USER3")] == [
        "1111",
        "12",
        "Gold Level",
        "Follow up on order",
    ]
    assert deep(device, "RECORDING")[0].get("ISRECORDING") == "Y"
    scene.clock.now += 60
    scene.call("CALLSTOP", DEVICEID="1111")
    found = scene.call("CALLLIST", DEVICEID="1111", USER2="Customer 1").all("SEARCHRESULT")
    assert [one.get("DURATION") for one in found] == ["60"]
    assert [(one.get("USER3"), one.get("AGENTFIRSTNAME"), one.get("AGENTLASTNAME")) for one in found] == [
        ("Follow up on order", "John", "Smith")
    ]


def test_two_instances_have_values_of_their_own() -> None:
    scene = Scene()
    for instance in ("37", "38"):
        scene.call("CALLSTART", DEVICEID="7008", CALLINSTANCE=instance, ANI=instance)
    shown = deep(scene.call("DEVICERECORDINGSTATUS", DEVICEID="7008"), "DEVICE", "RECORDING")
    assert [(one.get("CALLINSTANCE"), one.get("ANI"), one.get("STATUS")) for one in shown] == [
        ("37", "37", "recording"),
        ("38", "38", "recording"),
    ]
    scene.call("CALLSTOP", DEVICEID="7008")
    shown = deep(scene.call("DEVICERECORDINGSTATUS", DEVICEID="7008"), "DEVICE", "RECORDING")
    assert [one.get("CALLINSTANCE") for one in shown] == ["37"]


def test_an_update_after_the_call_needs_the_word_for_it() -> None:
    scene = Scene()
    assert code(scene.call("CALLUPDATE", DEVICEID="1111", USER3="x")) == "7"
    result = scene.call("CALLUPDATE", DEVICEID="1111", USER3="x", UPDATE_IF_NOT_RECORDING="Y")
    assert result.get("RESULTMSG") == "Updated recording in database"
    assert code(scene.call("CALLUPDATE", DEVICEID="8001", USER3="x", UPDATE_IF_NOT_RECORDING="Y")) == "40"


def test_a_record_is_updated_by_its_number() -> None:
    scene = Scene()
    assert code(scene.call("CALLUPDATE", RECORDID="13101", USER4="Sales Call")) == OK
    found = scene.call("CALLLIST", USER4="Sales Call").all("SEARCHRESULT")
    assert [one.get("RECORDID") for one in found] == ["13101"]
    assert code(scene.call("CALLUPDATE", RECORDID="554853", USER4="Sales Call")) == "23"


def test_a_recording_ends_when_its_time_is_up() -> None:
    scene = Scene()
    link = scene.link()
    scene.call("EVENTS", link, EVENTCLASS="RECORD")
    scene.call("CALLSTART", DEVICEID="1111", MAXRECORDTIME="60")
    scene.clock.now += 61
    scene.device.tick()
    assert names(scene.news(link)) == ["RECORDINGSTARTED", "RECORDINGSTOPPED", "RECORDINGUPDATE"]


def test_subscribers_are_told_of_their_class() -> None:
    scene = Scene()
    links = {wanted: scene.link() for wanted in ("ALL", "CALL", "RECORD")}
    for wanted, link in links.items():
        assert scene.call("EVENTS", link, EVENTCLASS=wanted).get("EVENTCLASS") == wanted
    scene.call("CALLSTART", DEVICEID="1111", USER1="a & b")
    scene.call("BLACKOUTSTART", SYS_USER="jsmith", TIMEOFFSET="-5")
    scene.call("BLACKOUTSTOP", SYS_USER="jsmith")
    scene.web("callstop", deviceid="1111")
    told = {wanted: scene.news(link) for wanted, link in links.items()}
    assert names(told["CALL"]) == ["CALLSTART", "CALLSTOP"]
    assert names(told["RECORD"]) == [
        "RECORDINGSTARTED",
        "RECORDINGPAUSED",
        "RECORDINGRESUMED",
        "RECORDINGSTOPPED",
        "RECORDINGUPDATE",
    ]
    assert sorted(names(told["ALL"])) == sorted(names(told["CALL"] + told["RECORD"]))
    assert {data(event, "DEVICEID") for event in told["ALL"]} == {"1111"}
    assert data(told["CALL"][0], "USER1") == "a & b"
    assert data(told["CALL"][0], "AGENTID") == "1"


def test_an_event_follows_the_result_of_its_cause() -> None:
    scene = Scene()
    scene.call("EVENTS", EVENTCLASS="ALL")
    found = documents(scene.raw("CALLSTART", DEVICEID="1111"))
    assert [one.name for one in found] == ["RESULT", "CALLCOPYEVENT", "CALLCOPYEVENT"]


def test_adding_who_is_there_changes_nothing() -> None:
    scene = Scene()
    before = scene.call("IMPORTUSER", ACTION="LIST").all("AGENTS")
    result = scene.call("IMPORTUSER", ACTION="ADD", FIRSTNAME="John", LASTNAME="Smith", EMAIL="other@uptivity.example")
    assert code(result) == "54"
    assert scene.call("IMPORTUSER", ACTION="LIST").all("AGENTS") == before


def test_a_deleted_agent_frees_phones_and_keeps_recordings() -> None:
    scene = Scene()
    assert code(scene.call("IMPORTAGENTPHONE", ACTION="ADD", PHONEID="1111", AGENTID="2")) == NOT_FOUND
    assert scene.call("IMPORTUSER", ACTION="DELETE", AGENT_ID="1").get("AGENTID") == "1"
    assert code(scene.call("IMPORTAGENTPHONE", ACTION="ADD", PHONEID="1111", AGENTID="2")) == OK
    found = scene.call("CALLLIST", DEVICEID="1111").all("SEARCHRESULT")
    assert {one.get("AGENTLASTNAME") for one in found} == {"Smith"}


def test_an_import_takes_the_place_of_device_and_station() -> None:
    scene = Scene()
    scene.call("IMPORTWORKSTATION", DEVICEID="1111", STATIONNAME="JamesBond", LOCATIONID="1")
    stations = [
        (one.get("STATIONNAME"), one.get("DEVICEID")) for one in deep(scene.call("STATIONS"), "STATIONS", "STATION")
    ]
    assert [one for one in stations if "1111" in one or "JamesBond" in one] == [("JamesBond", "1111")]
    scene.call("CALLSTART", STATIONNAME="JamesBond")
    assert deep(scene.call("DEVICESTATUS", DEVICEID="1111"), "DEVICES", "DEVICE")[0].get("STATION") == "JamesBond"


def test_a_group_is_added_once() -> None:
    scene = Scene()
    first, second = (scene.call("ADDGROUP", GROUPNAME="Sales & More") for _ in range(2))
    assert first.get("GROUPNAME") == "Sales & More"
    assert first.get("GROUPID") == second.get("GROUPID")
    member = scene.call(
        "MODIFYGROUPPERMISSION", ACTION="ADD", GROUPNAME="Sales & More", FIRSTNAME="John", LASTNAME="Smith"
    )
    assert (member.get("GROUPLD"), member.get("AGENTID")) == (first.get("GROUPID"), "1")


def test_roles_come_and_go() -> None:
    scene = Scene()
    for action, wanted in (
        ("MODIFY", "52"),
        ("ADD", OK),
        ("ADD", OK),
        ("MODIFY", OK),
        ("DELETE", OK),
        ("DELETE", "52"),
    ):
        assert code(scene.call("MODIFYROLE", ACTION=action, ROLENAME="New")) == wanted
    assert code(scene.call("MODIFYUSERROLE", ACTION="REMOVE", ROLENAME="Auditor", USERNAME="jsmith1")) == "21"


@pytest.mark.parametrize("page", ["/webAPI.php", "/webAPI.aspx"])
def test_both_roads_agree(page: str) -> None:
    scene, other = Scene(), Scene()
    for function, values in (
        ("CALLSTART", {"DEVICEID": "1111", "USER1": "a+b & c", "USER2": "ü <1>"}),
        ("DEVICESTATUS", {"DEVICEID": "1111"}),
        ("CALLSTART", {"SYS_USER": "nobody"}),
        ("CHANNELS", {}),
        ("NOTHING", {}),
    ):
        assert scene.web(function, page, **values) == other.call(function, **values)
    lower = scene.get("TYPE=devicelist&RequestID=7&x=1", page)[1]
    assert b"<REQUESTTYPE>DEVICELIST</REQUESTTYPE><REQUESTID>7</REQUESTID>" in lower


def test_exports_are_files() -> None:
    scene = Scene()
    status, first = scene.url("export", uniquefield="user2", uniqueid="Customer 564582", media_format="wav")
    assert status == 200
    with wave.open(io.BytesIO(first)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        assert sound.getnframes() > 0
    both = scene.url("combinedexport", ident="13101,13102", media_format="wav")[1]
    assert both[44:].startswith(first[44:])
    with zipfile.ZipFile(io.BytesIO(scene.url("multiexport", ident="13101,13102")[1])) as archive:
        assert [name.partition(".")[0] for name in archive.namelist()] == ["13101", "13102"]
        assert archive.testzip() is None
    assert code(scene.web("export", uniquefield="ident", uniqueid="1", media_format="wav")) == "41"
    assert code(scene.web("export", uniquefield="ident", media_format="wav")) == "16"


@pytest.mark.parametrize(
    ("reading", "taken"), [(None, {"deviceid", "device_id"}), ("columns", {"device_id"}), ("parameters", {"deviceid"})]
)
def test_exports_by_both_spellings_of_a_field(reading: str | None, taken: set[str]) -> None:
    scene = Scene(readings={"UPT-AMB-184": reading} if reading else {})
    status = {
        field: scene.url("export", uniquefield=field, uniqueid="1111", media_format="wav")[1].startswith(b"RIFF")
        for field in ("deviceid", "device_id")
    }
    assert taken == {field for field, file in status.items() if file}


@pytest.mark.parametrize(
    ("reading", "taken"),
    [(None, {"combinedexport", "combineexport"}), ("combineexport", {"combineexport"})],
)
def test_a_function_is_served_by_its_names(reading: str | None, taken: set[str]) -> None:
    scene = Scene(readings={"UPT-AMB-183": reading} if reading else {})
    names = ("combinedexport", "combineexport", "combinexport")
    assert taken == {name for name in names if scene.url(name, ident="13101,13102")[1].startswith(b"RIFF")}


@pytest.mark.parametrize("count", ["outside", "inside"])
def test_stations_that_stand_by_themselves_have_their_count_beside_them(count: str) -> None:
    found = Scene(readings={"UPT-AMB-103": "outside", "UPT-AMB-100": count}).call("STATIONS")
    stations = found.all("STATIONS")
    assert found.get("COUNT") == str(len(stations))
    assert all(one.get("STATIONNAME") and one.get("COUNT") is None for one in stations)


@pytest.mark.parametrize(
    ("number", "wanted"), [("2147483647", OK), ("2147483648", "14"), ("4294967297", "14"), ("0", "14"), ("-1", "14")]
)
def test_numbers_of_requests(number: str, wanted: str) -> None:
    sent = f"<REQUEST><REQUESTID>{number}</REQUESTID><TYPE>TEST</TYPE></REQUEST>\r\n"
    result = documents(Scene().main.receive(sent.encode()))[0]
    assert (code(result), result.get("REQUESTID")) == (wanted, number)


@pytest.mark.parametrize("function", ["MODECHANGE", "IMPORTAGENT", "RECORDINGDEVICE"])
def test_deprecated_functions_are_not_supported(function: str) -> None:
    result = Scene().call(function)
    assert code(result) == "49"
    assert "not supported" in (result.get("RESULTMSG") or "")


def test_what_is_no_xml_fails_and_the_next_request_does_not() -> None:
    scene = Scene()
    broken = documents(scene.main.receive(b"<REQUEST><TYPE>TEST</REQUEST>\r\n"))
    assert [code(one) for one in broken] == ["16"]
    assert code(scene.call("TEST")) == OK


def test_the_clock_of_the_device_dates_recordings() -> None:
    scene = Scene()
    times = scene.device.fixtures()["recording_times"]
    assert isinstance(times, list)
    assert times == sorted(times)
    first = [one.get("RECORDINGTIME") for one in scene.call("CALLLIST", CALLCOUNT="2").all("SEARCHRESULT")]
    assert first == [str(times[-1]), str(times[-2])]
    within = scene.call("CALLLIST", CALLDATESTART=str(times[2]), CALLDATEEND=str(times[4])).all("SEARCHRESULT")
    assert len(within) == 3
