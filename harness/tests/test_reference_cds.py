"""The CDS reference server keeps the rules of its document, under every reading, and at any size."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import pytest

from harness.datatypes import is_value
from harness.reference.cds.choices import INERT
from harness.reference.cds.contents import ODD_NAMES
from harness.reference.cds.streams import BUSY, HOUR, NOW, QUIET
from harness.spec.model import Base
from harness.tests.cds_scene import EVENTS, HISTORIES, MODEL, Got, Scene

ROWS = 240
SINGLE = ("MaxErrorModifiedTime", "MaxStreamModifiedTime", "Devices", "ServiceGroups", "ContentState", "Version")
PERIOD = f"fromDate={BUSY}&toDate={BUSY + HOUR - 1}"


def queries() -> dict[str, str]:
    """A plain request for each message on the everstream path."""
    found = {name: f"messageType={name}" for name in SINGLE}
    found |= {name: f"messageType={name}&{PERIOD}" for name in (*HISTORIES, "CapacityPlanning")}
    return found | {"ContentRange": "messageType=ContentRange&maxRows=1000"}


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(rows=ROWS)


def ask(scene: Scene, message: str, more: str = "", **options: Any) -> Got:
    return scene.ask(queries()[message] + more, **options)


@pytest.mark.parametrize("message", queries())
def test_a_reply_has_the_elements_attributes_and_types_of_the_model(scene: Scene, message: str) -> None:
    got = ask(scene, message)
    shape = MODEL.replies[MODEL.operations[message].reply or ""]
    assert (got.status, got.root.tag) == (200, shape.root)
    names = {spelled: name for name, element in shape.elements.items() for spelled in (name, *element.names.values())}
    for element in got.root.iter():
        known = shape.elements[names[element.tag]]
        assert {names[child.tag] for child in element} <= set(known.children)
        for name, attribute in known.attributes.items():
            if (text := element.get(name)) is None:
                assert attribute.absent, f"{element.tag} lacks {name}"
                continue
            kind = MODEL.types[attribute.type]
            assert attribute.any_value or is_value(kind, text), f"{element.tag} {name}={text!r}"
            assert kind.base is not Base.ENUM or text in kind.choices
        assert {name for name in element.keys() if "}" not in name} <= set(known.attributes)  # noqa: SIM118


@pytest.mark.slow
def test_the_default_world_has_a_busy_hour_of_12000_streams_and_a_quiet_one(scene: Scene) -> None:
    large = Scene()
    assert large.fixtures["row_counts"]["StreamListHistory"] == 12_000
    assert 1000 < large.fixtures["row_counts"]["TrickModeHistory"] < 2000
    for message in HISTORIES:
        rows = len(ask(large, message).root)
        assert rows == large.fixtures["row_counts"][message]
        assert len(large.ask(f"messageType={message}&fromDate={QUIET}&toDate={QUIET + HOUR - 1}").root) == 0
    assert Scene(rows=0).fixtures["streams"] == 0


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_small_worlds_answer_every_message(rows: int) -> None:
    small = Scene(rows=rows)
    for message in queries():
        assert ask(small, message).status == 200


def test_one_seed_gives_one_world() -> None:
    one, same, other = Scene(rows=50, seed=3), Scene(rows=50, seed=3), Scene(rows=50, seed=4)
    for message in ("StreamListHistory", "TrickModeListHistory", "Errors", "ContentState"):
        assert ask(one, message) == ask(same, message) != ask(other, message)


@pytest.mark.parametrize("message", HISTORIES)
@pytest.mark.parametrize("size", [1, 7, 50])
def test_pages_are_the_list(scene: Scene, message: str, size: int) -> None:
    whole = [dict(row.attrib) for row in ask(scene, message).root][: size * 6]
    pages = [ask(scene, message, f"&maxRows={size}&fromOffset={size * number}").root for number in range(6)]
    assert [dict(row.attrib) for page in pages for row in page] == whole
    assert len(ask(scene, message, "&maxRows=5&fromOffset=100000").root) == 0
    assert len(ask(scene, message, "&maxRows=0").root) == 0


def test_ranges_are_the_list_whatever_the_names(scene: Scene) -> None:
    names = [row[0] for row in ask(scene, "ContentRange").rows("Name")]
    assert names == sorted(names)
    assert set(ODD_NAMES) < set(names) == set(scene.fixtures["content_names"])
    for number, (name, following) in enumerate(itertools.pairwise(names)):
        if number % 9 and name not in ODD_NAMES:
            continue
        got = scene.ask(f"messageType=ContentRange&maxRows=1&fromOffset={quote(name, safe='')}")
        assert got.rows("Name") == [(following,)]
    assert len(scene.ask(f"messageType=ContentRange&maxRows=1&fromOffset={quote(names[-1], safe='')}").root) == 0


def test_play_time_goes_with_the_scale(scene: Scene) -> None:
    times: dict[str, list[tuple[int, int, int]]] = {}
    for session, *numbers in ask(scene, "TrickModeListHistory").rows("sessionID", "eventTime", "NPT", "scale"):
        at, npt, scale = map(int, numbers)
        times.setdefault(session, []).append((at, npt, scale))
    seen = set()
    for actions in times.values():
        for (begin, before, speed), (end, after, _) in itertools.pairwise(actions):
            expected, slack = max(0, before + 1000 * speed * (end - begin)), 1000 * abs(speed)
            assert 0 <= after <= expected + slack
            assert speed > 0 or after >= expected - slack
            seen.add((speed > 0) - (speed < 0))
    assert seen == {-1, 0, 1}


def test_messages_agree_with_each_other(scene: Scene) -> None:
    sessions = {row[0] for row in ask(scene, "StreamListHistory").rows("sessionID")}
    for message in ("StreamHistory", "TrickModeHistory", "PlayServerHistory"):
        # Sessions of trick modes may have begun in the hour before, in which this world has none.
        assert {row[0] for row in ask(scene, message).rows("sessionID")} <= sessions
    single = ask(scene, "StreamHistory").rows("sessionID", "startTime", "dbTime")
    assert set(single) <= set(ask(scene, "StreamListHistory").rows("sessionID", "startTime", "dbTime"))
    (hd, sd, counter), *_ = ask(scene, "CapacityPlanning").rows("hdstremas", "sdstreams", "counter")
    assert int(counter) == int(hd) + int(sd) > 0
    ((latest, current),) = ask(scene, "MaxStreamModifiedTime").rows("maxTime", "curTime")
    late = scene.ask(f"messageType=StreamListHistory&fromDate={NOW - HOUR}&toDate={NOW}").rows("dbTime")
    assert max(int(row[0]) for row in late) <= int(latest) <= int(current)


def test_time_goes_on_and_active_streams_end() -> None:
    moving = Scene(rows=ROWS)
    before = ask(moving, "MaxStreamModifiedTime").rows("maxTime", "curTime")[0]
    stream = quote(moving.fixtures["active_stream_ids"][-1], safe="")
    query = f"messageType=GetTrickmodeEventList&StreamID={stream}"
    assert moving.ask(query, EVENTS).status == 400
    moving.time = moving.fixtures["active_stream_ends"][-1] - NOW + 60.0
    after = ask(moving, "MaxStreamModifiedTime").rows("maxTime", "curTime")[0]
    assert int(before[0]) <= int(before[1]) < int(after[0]) <= int(after[1])
    assert moving.ask(query, EVENTS).status == 200
    session = moving.fixtures["active_stream_sessions"][-1]
    recent = moving.ask(f"messageType=StreamListHistory&fromDate={NOW - 900}&toDate={NOW}").rows("sessionID")
    assert (session,) in recent


def test_a_reconciliation_lists_the_events_of_one_stream(scene: Scene) -> None:
    sizes = []
    for stream in scene.fixtures["completed_stream_ids"]:
        got = scene.ask(f"messageType=GetTrickmodeEventList&StreamID={quote(stream, safe='')}", EVENTS)
        (listed,) = got.root
        assert (listed.get("StreamID"), int(listed.get("Size"))) == (stream, len(listed))
        assert all(int(event.get("SegmentId")) >= 1 for event in listed)
        times = [int(event.get("EventTime")) for event in listed]
        assert times == sorted(times)
        sizes.append(len(listed))
    assert max(sizes) > 5
    assert min(sizes) == 0


ERROR = '<Error code="{}" message="{}"/>'


@pytest.mark.parametrize(
    ("path", "query", "status", "body"),
    [
        ("", "", 400, ""),
        ("", "messageType=", 400, ""),
        ("", "messageType=Foo", 404, ""),
        ("", "messageType=streamhistory", 404, ""),
        ("", "messageType=StreamHistory", 400, ""),
        ("", f"messageType=StreamHistory&fromDate={BUSY}", 400, ""),
        ("", f"messageType=StreamHistory&fromDate=&toDate={BUSY}", 400, ""),
        ("", f"messageType=StreamHistory&fromDate=1.5&toDate={BUSY}", 400, ""),
        ("", f"messageType=StreamHistory&fromDate={BUSY}&toDate={BUSY - 1}", 400, ""),
        ("", f"messageType=StreamHistory&fromDate={BUSY}&toDate={BUSY + 3601}", 400, ""),
        ("", f"messageType=StreamHistory&maxRows=-1&{PERIOD}", 400, ""),
        ("", "messageType=ContentRange", 400, ""),
        ("", "messageType=ContentRange&maxRows=x", 400, ""),
        ("", f"messageType=CapacityPlanning&{PERIOD}&action=SERVER", 400, ""),
        ("", f"messageType=CapacityPlanning&{PERIOD}&action=SERVICEGROUP", 400, ""),
        ("", f"messageType=CapacityPlanning&{PERIOD}&action=SERVICEGROUP&serviceGroup=1", 400, ""),
        ("", f"messageType=CapacityPlanning&{PERIOD}&action=Overall", 400, ""),
        ("", f"messageType=CapacityPlanning&{PERIOD}&timeType=MONTH", 400, ""),
        (EVENTS, "messageType=GetTrickmodeEventList", 400, ERROR.format(101, "Missing Stream ID in request")),
        (EVENTS, "StreamID=x", 400, ERROR.format(102, "Invalid messageType in request")),
        (EVENTS, "messageType=Version&StreamID=x", 400, ERROR.format(102, "Invalid messageType in request")),
        ("/everstream", "messageType=Version", 404, ""),
        ("/everstream/api.php/x", "messageType=Version", 404, ""),
    ],
)
def test_what_is_refused(scene: Scene, path: str, query: str, status: int, body: str) -> None:
    got = scene.ask(query, path or "/everstream/api.php")
    assert (got.status, got.body.decode().rstrip().rpartition("\n")[2]) == (status, body)


@pytest.mark.parametrize(
    "query",
    [
        f"messageType=StreamHistory&fromDate={BUSY}&toDate={BUSY + 3600}",
        f"messageType=StreamHistory&fromDate={BUSY}&toDate={BUSY}",
        f"messageType=StreamHistory&fromDate=00{BUSY}&toDate=%2B{BUSY + 1}",
        f"toDate={BUSY}&fromDate={BUSY}&foo=bar&messageType=Errors&&dateFormat=",
        f"messageType=Errors&maxRows=99999999999999999999999999&fromOffset=99999999999999999999999999&{PERIOD}",
        "messageTyp%65=Versi%6Fn",
        "messageType=Version#x",
        f"messageType=CapacityPlanning&{PERIOD}&action=SERVICEGROUP&serviceGroup=22&timeType=HOURL&serverID=x".replace(
            "x", "51"
        ),
        f"messageType=Errors&{PERIOD}&maxRows=1" + "&a=%ff%00" * 2000,
    ],
)
def test_what_is_taken(scene: Scene, query: str) -> None:
    assert scene.ask(query).status == 200


@pytest.mark.parametrize(
    "query", [b"\xff", b"%", b"%zz=%", b"=", b"&&==&", b"messageType=%ff%fe", b"messageType=%00", b"a" * 9000]
)
def test_no_query_breaks_it(scene: Scene, query: bytes) -> None:
    for path in ("/everstream/api.php", EVENTS):
        assert scene.ask(query, path).status in (400, 404)


def test_other_methods_and_compression() -> None:
    plain = Scene(rows=ROWS)
    assert ask(plain, "Version", method="POST").status == 405
    assert ask(plain, "Version", method="HEAD").headers["content-length"] == str(len(ask(plain, "Version").body))
    packed = Scene(rows=ROWS, readings={"CDS-AMB-088": "compressed"})
    for message in ("Version", "StreamListHistory"):
        for asked, encoding in ((b"deflate, GZIP;q=0.5", "gzip"), (b"gzip;q=0", None), (b"br", None)):
            got = ask(packed, message, headers=[(b"accept-encoding", asked)])
            assert got.headers.get("content-encoding") == encoding
            assert (gzip.decompress(got.body) if encoding else got.body) == ask(plain, message).body


def tour(readings: Mapping[str, str]) -> list[Got]:
    """Replies among which every reading shows itself."""
    scene = Scene(rows=30, readings=readings)
    period, offset = f"fromDate={BUSY}&toDate={BUSY + HOUR - 1}", "&fromOffset="
    asked = [ask(scene, message) for message in queries()]
    for query in (
        "", "messageType=", "messagetype=Version", "messageType=version", "message%54ype=Version", "Version=",
        "messageType=Foo", "messageType=GetTrickmodeEventsList&StreamID=x", f"messageType=Errors\\&{period}",
        f"messageType=TrickModeListHistory&{period}", f"messageType=Errors&{period}&foo=1",
        f"messageType=Errors&{period}&fromDate={BUSY}", f"{period}&messageType=Errors", "messageType=Version#x",
        f"messageType=Errors&{period}&maxRows=0", f"messageType=Errors&{period}&maxRows=-1",
        f"messageType=Errors&{period}&maxRows=x", f"messageType=Errors&{period}&maxRows=99999999999999999999",
        f"messageType=Errors&{period}&maxRows=5{offset}999", f"messageType=Errors&{period}&maxRows=1{offset}1",
        f"messageType=Errors&{period}{offset}1", f"messageType=Errors&{period}&maxRows=",
        f"messageType=Errors&{period}&dateFormat=iso", f"messageType=Errors&fromDate={BUSY + 5}&toDate={BUSY}",
        f"messageType=Errors&fromDate={BUSY}&toDate={BUSY}",
        f"messageType=Errors&fromDate={NOW + 99}&toDate={NOW + 999}", "messageType=Errors&fromDate=-5&toDate=9",
        f"messageType=Errors&fromDate=0{BUSY}&toDate={BUSY}",
        f"messageType=StreamListHistory&fromDate={NOW - HOUR}&toDate={NOW}",
        f"messageType=TrickModeListHistory&fromDate={BUSY + 60}&toDate={BUSY + 900}",
        f"messageType=StreamListHistory&fromDate={BUSY}&toDate={scene.fixtures['completed_stream_starts'][0]}",
        f"messageType=ContentRange&maxRows=3{offset}5", f"messageType=ContentRange&maxRows=3{offset}100%25",
        f"messageType=ContentRange&maxRows=3{offset}it%27t", f"messageType=ContentRange&maxRows=1{offset}+",
        f"messageType=ContentRange&maxRows=1{offset}%C3%9Cbung.mpg",
        f"messageType=CapacityPlanning&fromDate={BUSY - HOUR}&toDate={BUSY + HOUR}&timeType=HOURL",
        f"messageType=CapacityPlanning&{period}&timeType=day",
        f"messageType=CapacityPlanning&fromDate={QUIET}&toDate={QUIET + 99}",
        f"messageType=CapacityPlanning&fromDate={BUSY + 9}&toDate={BUSY + 99}",
        f"messageType=CapacityPlanning&{period}&timeType=HOUR",
        f"messageType=CapacityPlanning&{period}&timeType=HOURLY",
        f"messageType=CapacityPlanning&{period}&timeType=HOURL",
        f"messageType=CapacityPlanning&{period}&timeType=MONTH",
        f"messageType=CapacityPlanning&{period}&action=SERVER&serverID=51",
        f"messageType=CapacityPlanning&{period}&action=SERVERID&serverID=51",
        f"messageType=CapacityPlanning&{period}&action=SERVICEGROUP&serviceGroup=1",
        f"messageType=CapacityPlanning&{period}&action=SERVER&serverID=1",
        f"messageType=CapacityPlanning&{period}&serviceGroup=22", f"messageType=Version&{'x' * 5000}=",
    ):  # fmt: skip
        asked += [scene.ask(query), scene.ask(query, EVENTS)]
    asked += [
        ask(scene, "Version", method=method, headers=[(b"accept-encoding", b"gzip")])
        for method in ("GET", "HEAD", "POST")
    ]
    asked.append(scene.ask("messageType=Version", "/everstream/api.php/more"))
    streams = [*scene.fixtures["completed_stream_ids"], *scene.fixtures["active_stream_ids"][:1], "x", ""]
    for name, selector in itertools.product(
        ("StreamID", "streamID"), ("GetTrickmodeEventList", "GetTrickmodeEventsList")
    ):
        for stream in streams:
            asked.append(scene.ask(f"messageType={selector}&{name}={quote(stream, safe='')}", EVENTS))
    asked.append(scene.ask(f"messageType=GetTrickmodeEventList&StreamID={streams[0]}".encode(), EVENTS))
    fresh = Scene(rows=0, readings=readings)
    return [*asked, ask(fresh, "MaxStreamModifiedTime"), *large(readings)]


def large(readings: Mapping[str, str]) -> list[Got]:
    """Where a reading sets a limit, a list has to be longer than it."""
    return [ask(Scene(rows=1200, readings=readings), "StreamListHistory")] if "CDS-AMB-073" in readings else []


OTHERS = [(name, reading) for name, ambiguity in MODEL.ambiguities.items() for reading in list(ambiguity.readings)[1:]]


@pytest.fixture(scope="module")
def usual() -> Callable[[str], list[Got]]:
    made: dict[bool, list[Got]] = {}

    def get(name: str) -> list[Got]:
        limited = name == "CDS-AMB-073"
        if limited not in made:
            made[limited] = tour({name: next(iter(MODEL.ambiguities[name].readings))})
        return made[limited]

    return get


@pytest.mark.slow
@pytest.mark.parametrize(("name", "reading"), OTHERS)
def test_every_reading_shows_unless_it_cannot(name: str, reading: str, usual: Callable[[str], list[Got]]) -> None:
    assert (tour({name: reading}) == usual(name)) == (name in INERT)
