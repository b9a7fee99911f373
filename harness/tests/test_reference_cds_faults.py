"""The CDS reference server's seeded faults: each shows in a scripted dialogue, cites clauses, and is really there."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from harness.reference.cds import faults as faults_module
from harness.reference.cds.faults import FAULTS
from harness.reference.faults import Fault, Group
from harness.spec.clauses import catalogue
from harness.spec.model import Level
from harness.tests.cds_scene import MODEL, Got, Scene


def _all(message: str, more: str = "") -> str:
    return f"messageType={message}&{{hour}}{more}"


_RANGE = "messageType=ContentRange&maxRows={}"
_CAPACITY = "messageType=CapacityPlanning&{hour}"
_EVENTS = "@events messageType=GetTrickmodeEventList&StreamID="
_EACH_EVENTS = "\n".join(_EVENTS + f"{{completed_stream_ids.{number}}}" for number in range(14))
_TRICKS = "\n".join(_all(name) for name in ("TrickModeHistory", "TrickModeListHistory", "PlayServerHistory"))
_AFTER = "messageType=ContentRange&maxRows=3&fromOffset="
_FROM = "fromDate={busy_hour_from}&toDate="
_PAGES = "&maxRows=100&fromOffset="

DIALOGUES = {
    "attribute-twice": _all("StreamHistory", "&maxRows=5&fromOffset=10698"),
    "ampersand-unescaped": "messageType=ContentState",
    "bad-utf-8": _all("StreamListHistory", "&maxRows=5&fromOffset=10330"),
    "control-character": _all("Errors"),
    "root-not-closed": _all("StreamListHistory"),
    "nothing-for-nothing": "messageType=Errors&{quiet}",
    "second-document": "messageType=Devices",
    "other-root": _CAPACITY,
    "other-namespace": _EACH_EVENTS,
    "element-renamed": _all("StreamHistory", "&maxRows=5&fromOffset=10798"),
    "attribute-missing": _all("Errors"),
    "attribute-case": _all("TrickModeListHistory"),
    "two-lists": _EACH_EVENTS,
    "fraction-late": _all("StreamHistory", "&maxRows=5&fromOffset=10500"),
    "exponent-late": _all("StreamListHistory", "&maxRows=5&fromOffset=11110"),
    "word-for-number": "messageType=ContentState",
    "stream-type-case": _all("StreamHistory", "&maxRows=5&fromOffset=10018"),
    "device-type": "messageType=Devices",
    "state-word": "messageType=ContentState",
    "state-column": _RANGE.format(1000),
    "response-code": _all("TrickModeListHistory"),
    "denominator": _EACH_EVENTS,
    "size-blank": _EACH_EVENTS,
    "mode-case": _EACH_EVENTS,
    "npt-fraction": _all("PlayServerHistory"),
    "scale-word": _all("PlayServerHistory"),
    "octet-256": _all("StreamHistory", "&maxRows=5&fromOffset=10220"),
    "group-negative": "messageType=ContentState",
    "session-empty": _all("StreamHistory", "&maxRows=5&fromOffset=10938"),
    "unknown-message-400": "messageType=Foo",
    "message-prefix": "messageType=VersionX",
    "message-remembered": "messageType=Version\nmessageType=Foo",
    "missing-stream-102": "@events messageType=GetTrickmodeEventList",
    "error-text": "@events messageType=GetTrickmodeEventList",
    "missing-message-404": "@events StreamID=x",
    "refusal-200": "messageType=TrickModeHistory&" + _FROM + "1",
    "refusal-500": "messageType=PlayServerHistory",
    "refusal-422": _CAPACITY + "&action=SERVICEGROUP",
    "refusal-with-document": "messageType=Errors",
    "refusal-sticks": "messageType=Errors\n" + _all("Errors", "&maxRows=1"),
    "date-empty": "messageType=StreamHistory&" + _FROM + "&maxRows=1",
    "date-tail": "messageType=StreamListHistory&" + _FROM + "{busy_hour_to}s&maxRows=1",
    "to-date-optional": "messageType=PlayServerHistory&fromDate={busy_hour_from}",
    "from-date-optional": _all("Errors") + "\nmessageType=Errors&toDate={busy_hour_to}",
    "max-rows-optional": "messageType=ContentRange",
    "max-rows-word": _RANGE.format("many"),
    "group-not-needed": _CAPACITY + "&action=SERVICEGROUP",
    "server-not-needed": _CAPACITY + "&action=SERVER",
    "any-action": _CAPACITY + "&action=Unlisted",
    "group-word": _CAPACITY + "&action=SERVICEGROUP&serviceGroup=port",
    "format-needed": _all("StreamListHistory", "&maxRows=1"),
    "escapes-kept": _EVENTS + "{completed_stream_ids.0}",
    "second-more": "messageType=TrickModeListHistory&fromDate=1767600000&toDate=1767603601",
    "second-less": "messageType=PlayServerHistory&fromDate=1767600000&toDate=1767603600",
    "minutes-compared": "messageType=Errors&fromDate=1767600000&toDate=1767603659",
    "day-taken": "messageType=StreamListHistory&fromDate=1767571200&toDate=1767578400",
    "unchecked-after-20": "messageType=Version\n" * 20
    + "messageType=StreamHistory&maxRows=1&fromDate=1767600000&toDate=1767609999",
    "row-of-yesterday": _all("StreamHistory", "&maxRows=5&fromOffset=10948"),
    "error-behind": _all("Errors") + "\nmessageType=Errors&" + _FROM + "1767600099",
    "minute-filled": "messageType=Errors&" + _FROM + "1767600005",
    "interval-behind": _CAPACITY,
    "milliseconds": "messageType=MaxStreamModifiedTime",
    "stale-when-empty": _all("StreamHistory", "&maxRows=3") + "\nmessageType=StreamHistory&{quiet}",
    "page-loses": _all("StreamHistory", "&maxRows=5&fromOffset=10005"),
    "page-doubles": _all("StreamListHistory", "&maxRows=5&fromOffset=10005"),
    "row-more": _all("TrickModeHistory", _PAGES + "0"),
    "row-less": _all("Errors", _PAGES + "0"),
    "page-reversed": _all("PlayServerHistory", _PAGES + "100"),
    "offset-wraps": _all("Errors", _PAGES + "420"),
    "offset-in-pages": _all("TrickModeListHistory", _PAGES + "200"),
    "offset-capped": _all("StreamListHistory", _PAGES + "9000"),
    "last-page-lost": _all("Errors", _PAGES + "400"),
    "page-drifts": "\n".join(_all("Errors", _PAGES + str(100 * number)) for number in range(4)),
    "page-remembered": "\n".join(_all("TrickModeHistory", _PAGES + offset) for offset in ("0", "100")),
    "one-is-all": _all("PlayServerHistory", "&maxRows=1"),
    "sixteen-bits": _all("Errors", "&maxRows=65537"),
    "range-with-offset": _AFTER + "zebra.mpg",
    "range-skips": _AFTER + "%C3%9Cbung.mpg",
    "escaped-twice": _AFTER + "100%2525.mpg",
    "plus-lost": _AFTER + "C%2B%2B%201%2B1%3D2.mpg",
    "range-cut": _AFTER + "semi%3Bcolon%2Ccomma.mpg",
    "offset-255": _AFTER + "name%20with%20a%20very%20long%20tail%20" + "abcdefghij" * 90 + ".mpg",
    "case-forgotten": _AFTER + "casepair.mpg",
    "range-goes-on": _RANGE.format(3) + "\n" + _RANGE.format(3),
    "range-disorder": _RANGE.format(1000),
    "range-more": _RANGE.format(100),
    "content-twice": "messageType=ContentState",
    "loading-in-service": _RANGE.format(1000),
    "session-missing": _all("StreamHistory"),
    "max-stream-behind": "messageType=MaxStreamModifiedTime",
    "max-error-behind": "messageType=MaxErrorModifiedTime",
    "max-stream-ahead": "messageType=MaxStreamModifiedTime",
    "max-error-goes-back": "messageType=MaxErrorModifiedTime\n" * 2,
    "time-runs-back": "messageType=MaxErrorModifiedTime\n" * 3,
    "times-differ": "messageType=MaxErrorModifiedTime",
    "list-lacks-singles": _all("StreamListHistory"),
    "database-time-differs": _all("StreamListHistory", "&maxRows=100"),
    "play-server-missing": _all("PlayServerHistory"),
    "trick-missing": _all("TrickModeListHistory"),
    "states-differ": _RANGE.format(1000),
    "history-shrinks": (_all("Errors") + "\n") * 3,
    "group-unknown": _all("StreamHistory", "&maxRows=5&fromOffset=10058"),
    "streamer-unknown": _all("Errors"),
    "session-of-error": _all("Errors"),
    "segment-from-1": _all("StreamListHistory", "&maxRows=20"),
    "segment-repeated": _all("StreamListHistory", "&maxRows=20"),
    "playlist-without-content": _all("StreamListHistory", "&maxRows=5&fromOffset=10400"),
    "ends-before-start": _all("StreamListHistory", "&maxRows=5&fromOffset=10598"),
    "paused-moves": _TRICKS,
    "play-stands": _TRICKS,
    "reverse-advances": _TRICKS,
    "npt-below-0": _TRICKS,
    "forward-goes-back": _TRICKS,
    "segment-of-single": _TRICKS,
    "segment-beyond": _TRICKS,
    "trick-after-end": _TRICKS,
    "counter-above": _CAPACITY,
    "counter-below": _CAPACITY,
    "intervals-overlap": _CAPACITY,
    "group-above-all": _CAPACITY + "&action=SERVICEGROUP&serviceGroup=22",
    "segment-id-from-0": _EACH_EVENTS,
    "size-off-by-one": _EACH_EVENTS,
    "stream-id-changed": _EACH_EVENTS,
    "stale-reconciliation": _EACH_EVENTS,
    "event-time-word": _EACH_EVENTS,
    "play-time-word": _EACH_EVENTS,
    "events-disordered": _EACH_EVENTS,
    "head-remembered": "HEAD messageType=Version\nmessageType=Version",
    "two-lengths": "messageType=ServiceGroups",
    "head-with-body": "HEAD messageType=Version",
    "closed-after-40": "messageType=Version\n" * 40,
    "stale-reply": "messageType=Version\n" * 23 + "messageType=Devices\nmessageType=Version",
    "reply-of-another": "messageType=Version\n@b messageType=Devices",
    "compressed-unasked": _all("StreamHistory"),
    "wrong-charset": "messageType=Version",
    "wrong-declaration": "messageType=ContentState",
}
# Those that only show in the bytes of a connection; test_reference_cds_wire.py looks for them.
ON_THE_WIRE = {"length-short", "length-long", "chunk-cut", "chunk-size", "error-twice", "closed-unsaid"}


@functools.cache
def clean(text: str) -> list[Got]:
    """What a server without faults answers."""
    return Scene().dialogue(text)


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault.name not in ON_THE_WIRE], ids=lambda fault: fault.name
)
def test_a_fault_changes_its_dialogue(fault: Fault) -> None:
    text = DIALOGUES[fault.name]
    assert Scene(fault.name).dialogue(text) != clean(text)


def test_every_fault_has_a_dialogue() -> None:
    assert {fault.name for fault in FAULTS} == set(DIALOGUES) | ON_THE_WIRE


def test_every_fault_cites_clauses_that_bind() -> None:
    known = catalogue(MODEL)
    for fault in FAULTS:
        assert fault.clauses, fault.name
        for clause in fault.clauses:
            assert known[clause].level is not Level.MAY, f"{fault.name}: {clause}"


def test_names_are_unique_and_every_fault_is_looked_for_in_the_code() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)
    folder = Path(faults_module.__file__).parent
    text = "".join(path.read_text() for path in folder.glob("*.py") if path.name != "faults.py")
    assert [] == [name for name in names if f'"{name}"' not in text]
    asked_for = set(re.findall(r'\bon\("([a-z0-9-]+)"\)', text))
    assert asked_for <= set(names)


def test_there_are_many_and_of_every_kind() -> None:
    assert len(FAULTS) >= 60
    groups = {group: sum(fault.group is group for fault in FAULTS) for group in Group}
    for group in (Group.PAGING, Group.WINDOW, Group.CONSISTENCY, Group.HTTP, Group.TYPES, Group.SHAPE, Group.ERRORS):
        assert groups[group] >= 8, group
    assert sum(fault.stateful for fault in FAULTS) * 3 >= len(FAULTS)
