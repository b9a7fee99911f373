"""The RSS 2000 reference server's dialogues about rooms, archives, connections and settings, as the document tells them."""

from __future__ import annotations

from datetime import datetime

import pytest

from harness.tests.rss2000_scene import MODEL, Client, Scene, value, values

_LANG = ("LANG", "en")
ROOM = [
    ("ROOM_ID", "ROOM3"), ("INDEX", ""), ("RATE", "768"), ("VIDEO_FORMAT", "0"), ("ROOM_NUM", "1801"), ("DUALVIDEO", "1"),
    ("IFRAMEINTERVAL", "1"), ("BROADCAST", "0"), ("VIEWRIGHT", "2"), ("RECORDRIGHT", "1"),
]  # fmt: skip
# Values of the settings commands other than those of the default world.
SETTINGS = {
    "SETIP": {"INDEX": "0", "DEVIP": "10.1.1.1", "DEVMASK": "255.0.0.0", "GATEWAY": "10.1.1.2"},
    "SETGK": {"USEGK": "1", "GKIP": "10.1.1.3", "GKPORT": "1720", "E164": "77", "H323": "RSS & <Li> Ling"},
    "SETLANG": {"LANG": "1"},
    "SETSTORAGE": {
        "FTP": "10.1.1.4", "PATH": "\\a\\b", "USER": "ü", "PASSWORD": "pw", "AUTO_SAVE": "2", "SAVE_INTERVAL": "3",
        "START_TIME": "0", "END_TIME": "23", "AUTO_DEL": "0", "DEL_INTERVAL": "9",
    },
    "SETLDAP": {"LANG": "en", "USE_LDAP": "1", "LDAP_SERVER": "10.1.1.5", "LDAP_USER": "root", "LDAP_PASSWORD": "x&y"},
    "SETMULTICAST": {
        "LANG": "en", "ENABLE_MULTICAST": "1", "SAP_ADDRESS": "224.1.1.1", "SAP_PORT": "1111", "MEDIA_ADDRESS": "239.1.1.1", "MEDIA_PORT": "2222",
    },
    "SETLOGGING": {
        "LANG": "en", "SYSTEM_LEVEL": "5", "RAS_LEVEL": "4", "Q931_LEVEL": "3", "H245_LEVEL": "2", "NEWFILE_PERIOD": "7", "MAX_FILESIZE": "99",
    },
    "SETOS": {
        "LANG": "en", "FILEWALL": "0", "NTP": "1", "NTP_SERVER": "10.1.1.6", "TIMEZONE": "-5", "AUTO_UPDATE": "3", "UPDATE_PERIOD": "2",
        "UPDATE_HOUR": "23",
    },
    "SETSTACKING": {"LANG": "en", "STACKING": "0", "GROUPNAME": "stack", "AUTODISCOVER": "1", "MASTER": "10.1.1.7"},
    "SETBANNER": {"LANGUAGE": "2", "BANNER_MSG": "ようこそ & <Willkommen>"},
}  # fmt: skip


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def client(scene: Scene) -> Client:
    return scene.client()


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_what_is_set_is_read_and_nothing_else_changes(client: Client, name: str) -> None:
    def everything() -> dict[str, dict[str, str]]:
        return {one.get: _all(client, one.get) for one in MODEL.settings.values() if one.set in SETTINGS}

    setting = next(one for one in MODEL.settings.values() if one.set == name)
    given, before = SETTINGS[name], everything()
    client.done(name.lower(), given.items())
    select = {"LANGUAGE": given["LANGUAGE"]} if "LANGUAGE" in given else {}
    read = _all(client, setting.get, select)
    wanted = {field: given[parameter] for parameter, field in setting.fields.items() if field != "USEGK"}
    assert {field: read[field] for field in wanted} == wanted
    after = everything()
    assert {key: one for key, one in after.items() if key != setting.get} == {
        key: one for key, one in before.items() if key != setting.get
    }


def _all(client: Client, name: str, select: dict[str, str] | None = None) -> dict[str, str]:
    lang = [_LANG] if "LANG" in MODEL.operations[name].parameters else []
    (confirm,) = client.done(name.lower(), [*lang, *(select or {}).items()])
    return {field.name: field.attributes["value"] for field in confirm.fields}


def test_prompts_have_a_file_for_each_language(client: Client) -> None:
    client.done("setivr", [("TYPE", "3"), ("LANGUAGE", "2"), ("FILENAME", "\\rss7D.tmp")])
    urls = {
        language: _all(client, "GETIVR", {"INDEX": "3", "LANGUAGE": language})["PLAY_URL"]
        for language in ("0", "1", "2")
    }
    assert len(set(urls.values())) == 3
    assert "rss7D" in urls["2"]
    client.refused("setivr", [("TYPE", "3"), ("FILENAME", "\\none.tmp")])


def test_single_point_settings(scene: Scene, client: Client) -> None:
    groups = scene.texts("group_ids")
    given = [("DUALVIDEO", "1"), ("IFRAMEINTERVAL", "5"), ("BROADCAST", "0"), ("RECORDRIGHT", "1"), ("VIEWRIGHT", "2")]
    client.done("setsp", [*given, ("RECORDID", groups[1]), ("RECORDID", groups[2])])
    (confirm,) = client.done("getsp")
    assert [(name, value(confirm, name)) for name, _ in given] == given
    assert (values(confirm, "RECORDID"), values(confirm, "NOTIN")) == (groups[1:], groups[:1])


def test_rooms(scene: Scene, client: Client) -> None:
    groups, rooms = scene.texts("group_ids"), scene.texts("room_indexes")
    (added,) = client.done("addrroom", [*ROOM, ("RECORDID", groups[0]), ("VIEWID", groups[1])])
    index = value(added, "INDEX")
    assert index not in rooms
    (room,) = client.done("getroom", [("INDEX", index)])
    assert [(name, value(room, name)) for name, _ in ROOM if name != "INDEX"] == [
        one for one in ROOM if one[0] != "INDEX"
    ]
    assert (values(room, "RECORDID"), values(room, "NOTIN_VIEW")) == ([groups[0]], [groups[0], groups[2]])
    assert value(room, "H239") == value(room, "DUALVIDEO")
    changed = [(name, index if name == "INDEX" else "3" if name == "VIDEO_FORMAT" else text) for name, text in ROOM]
    client.done("modroom", [*changed, ("VIEWID", groups[2])])
    (room,) = client.done("getroom", [("INDEX", index)])
    assert (value(room, "VIDEO_FORMAT"), values(room, "VIEWID"), values(room, "RECORDID")) == ("3", [groups[2]], [])
    client.done("delroom", [("INDEX", rooms[0])])
    client.refused("delroom", [("INDEX", rooms[0])])
    client.refused("getroom", [("INDEX", rooms[0])])
    assert [value(one, "INDEX") for one in client.done("getroom")] == [*rooms[1:], index]


def _page(client: Client, start: int, end: int, sort: str = "0", kind: str = "0") -> list[dict[str, str]]:
    given = [("CATALOG", kind), ("START", str(start)), ("END", str(end)), ("SORT", sort)]
    confirms = client.done("getmediainfo", given)
    found = [{field.name: field.attributes["value"] for field in one.fields} for one in confirms]
    return [one for one in found if "CONF_ID" in one]


def test_pages_and_counts(scene: Scene, client: Client) -> None:
    (count,) = client.done("getlistinfo", [_LANG, ("SEARCH", ""), ("LIBMEDIA", "1")])
    assert (value(count, "LIBLIST"), value(count, "BROADLIST")) == ("48", "3")
    ids = [one["CONF_ID"] for start in range(0, 60, 10) for one in _page(client, start, start + 9)]
    assert (len(ids), set(ids)) == (48, set(scene.texts("archive_ids")))
    assert len(_page(client, 0, 99, kind="1")) == 3
    (found,) = client.done("getlistinfo", [_LANG, ("SEARCH", "status"), ("LIBMEDIA", "1")])
    assert 0 < int(value(found, "LIBLIST")) < 48
    assert _page(client, 48, 60) == []


@pytest.mark.parametrize(
    ("sort", "name"),
    [
        ("1", "DURATION"),
        ("2", "NAME"),
        ("3", "SERVER"),
        ("4", "VIDEO_FORMAT"),
        ("5", "SIZE"),
        ("6", "RATE"),
        ("7", "H239"),
    ],
)
def test_every_order(client: Client, sort: str, name: str) -> None:
    keys: list[str | int] = [
        int(one[name]) if one[name].isdecimal() else one[name] for one in _page(client, 0, 99, sort)
    ]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) > 1
    up = Scene(readings={"RSS-AMB-087": "ascending"}).client()
    assert [one[name] for one in _page(up, 0, 99, sort)] == [str(one) for one in reversed(keys)]


def test_newest_first(client: Client) -> None:
    """As in the first example of GETMEDIAINFO."""
    times = [datetime.strptime(one["REC_TIME"], "%b %d,%Y %H:%M:%S") for one in _page(client, 0, 99)]  # noqa: DTZ007
    assert times == sorted(times, reverse=True)
    assert len(set(times)) > 40


def test_an_archive_is_changed_and_deleted(scene: Scene, client: Client) -> None:
    watcher, groups = scene.client(listens=True), scene.texts("group_ids")
    archive, other, *_ = scene.texts("archive_ids")
    given = [
        ("CONF_ID", archive), ("NAME", "Größe"), ("DESCRIPTION", "a<b"), ("ACCESSTYPE", "2"), ("PIN", "0123"), ("DENY_AUTO_DELETE", "1"),
        ("CATALOG", "0"), ("ACCESSID", groups[0]),
    ]  # fmt: skip
    client.done("setmediainfo", given)
    (found,) = client.done("getmediainfo", [("CATALOG", "0"), ("CONF_ID", archive)])
    assert [(name, value(found, name)) for name, _ in given] == given
    assert values(found, "NOTIN") == groups[1:]
    client.done("delmediainfo", [("CONF_ID", archive), ("TYPE", "0")])
    client.refused("delmediainfo", [("CONF_ID", archive), ("TYPE", "0")])
    client.refused("getmediainfo", [("CATALOG", "0"), ("CONF_ID", archive)])
    client.done("getmediainfo", [("CATALOG", "0"), ("CONF_ID", other)])
    assert len(_page(client, 0, 99)) == 47
    assert [one.attributes["xmlid"] for one in watcher.heard()] == ["setmediainfo", "delmediainfo"]


def _states(client: Client) -> dict[str, str]:
    return {value(one, "INDEX"): value(one, "STATUS") for one in client.done("geteplink", [_LANG])}


def test_steps_of_a_recording(scene: Scene, client: Client) -> None:
    link, other, *_ = scene.texts("h323_links")
    before = len(_page(client, 0, 99))

    def step(name: str, *, legal: bool = True) -> str:
        given = [_LANG, ("INDEX", link)]
        (client.done if legal else client.refused)(name, given)
        return _states(client)[link]

    assert [step(name, legal=False) for name in ("pauseroomrecord", "continueroomrecord", "stoproomrecord")] == [
        "Menu"
    ] * 3
    assert step("startroomrecord") == "Running"
    assert [step(name, legal=False) for name in ("startroomrecord", "continueroomrecord")] == ["Running"] * 2
    assert step("pauseroomrecord") == "Paused"
    assert [step(name, legal=False) for name in ("startroomrecord", "pauseroomrecord")] == ["Paused"] * 2
    assert step("continueroomrecord") == "Running"
    step("pauseroomrecord")
    scene.now += 61
    assert step("stoproomrecord") == "Menu"
    assert _page(client, 0, 0)[0]["DURATION"] == "00:01:01"
    assert (len(_page(client, 0, 99)), _states(client)[other]) == (before + 1, "Menu")
    client.done("hangup", [_LANG, ("INDEX", link)])
    assert link not in _states(client)
    client.refused("hangup", [_LANG, ("INDEX", link)])


def test_quick_record(scene: Scene, client: Client) -> None:
    watcher, links = scene.client(listens=True), _states(client)
    given = [
        ("IP_NUM", "172.21.120.153"), ("RATE", "384"), ("DUALVIDEO", "1"), ("IFRAMEINTERVAL", "1"), ("BROADCAST", "0"), ("VIEWRIGHT", "1"),
    ]  # fmt: skip
    (confirm,) = client.done("startquickrecord", [*given, ("REFERENCEID", "x" * 30)])
    index = value(confirm, "INDEX")
    assert index not in links
    assert (_states(client)[index], value(confirm, "ROOM_ID")) == ("Running", "172.21.120.153")
    client.refused("startquickrecord", [*given, ("REFERENCEID", "x" * 31)])
    (told,) = watcher.heard()
    assert (told.attributes["xmlid"], value(told, "INDEX")) == ("startquickrecord", index)
    client.done("hangup", [_LANG, ("INDEX", index)])
    assert _page(client, 0, 0)[0]["REFERENCEID"] == "x" * 30


def test_playing_and_keys(scene: Scene, client: Client) -> None:
    archive, live = scene.texts("archive_ids")[0], scene.texts("live_ids")[0]
    start, stop = (
        ("StartFileMulticast", [("CONF_ID", archive), ("TIMES", "1")]),
        ("StopFileMulticast", [("CONF_ID", archive)]),
    )
    client.refused(*stop)
    client.done(*start)
    client.done(*stop)
    client.refused(*stop)
    client.refused("StartFileMulticast", [("CONF_ID", live), ("TIMES", "1")])
    key = scene.texts("cfs_keys")[1]
    client.done("setcfskey", [_LANG, ("CFSKEY", key)])
    client.refused("setcfskey", [_LANG, ("CFS_KEY", "K")])
    (info,) = client.done("getcfsinfo", [_LANG])
    assert (value(info, "ACTIVE_KEY"), value(info, "STATUS")) == (key, "1")
