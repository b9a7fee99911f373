"""Probes of requests that must be refused, and with which status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from harness.tests.probes.cds_wire import (
    EVENTS,
    LINES,
    Fixtures,
    Talk,
    ask,
    probe,
    url,
)


def refused(
    name: str, why: str, lines: Sequence[int], status: int | tuple[int, ...], asked: Callable[[Fixtures], str]
) -> None:
    """A request that must have an error status."""

    @probe(name, why, *lines)
    def talk(world: Fixtures) -> Talk:
        yield from ask(asked(world), status)


def target(**parameters: Any) -> Callable[[Fixtures], str]:
    """A request that does not depend on the world."""
    return lambda _world: url(**parameters)


HOUR = {"fromDate": 1233856800, "toDate": 1233860399}
DAY = {"fromDate": 1233856800, "toDate": 1233943199}


def make_refusals() -> None:
    """Statuses: one probe for each message and parameter."""
    for message, (asked, bad, unknown, hour) in LINES.items():
        for name in HOUR:
            given = {key: value for key, value in HOUR.items() if key != name}
            why = f"{name} is required"
            refused(f"{message}-no-{name}", why, (*asked, bad), 400, target(messageType=message, **given))
            why = "an empty date is incomplete"
            refused(f"{message}-empty-{name}", why, (bad,), 400, target(messageType=message, **HOUR | {name: ""}))
            why = "a word is no date"
            refused(f"{message}-word-{name}", why, (bad,), 400, target(messageType=message, **HOUR | {name: "xyzzy"}))
        refused(f"{message}-no-dates", "both dates are required", (*asked, bad), 400, target(messageType=message))
        words = {"fromDate": "xyzzy", "toDate": "xyzzy"}
        refused(f"{message}-word-dates", "a word is no date", (bad,), 400, target(messageType=message, **words))
        refused(
            f"{message}-longer-name", "no message's name", (unknown,), 404, target(messageType=f"{message}Z", **HOUR)
        )
        if message == "CapacityPlanning":
            continue  # its examples ask for a day
        over = HOUR | {"toDate": HOUR["fromDate"] + 3601}
        refused(f"{message}-second-over", "an hour and a second", (hour, bad), 400, target(messageType=message, **over))
        refused(f"{message}-day", "a day", (hour, bad), 400, target(messageType=message, **DAY))
        more = DAY | {"maxRows": 5, "fromOffset": 0, "dateFormat": "sec"}
        refused(f"{message}-day-paged", "a day, with maxRows", (hour, bad), 400, target(messageType=message, **more))
    for name in (
        "Nonsense",
        "Streams",
        "DevicesDevices",
        "GetTrickmodeEventList",
        "../Version",
        "Version\u0000",
        "日本",
    ):
        label = f"type-{name.encode('ascii', 'backslashreplace').decode()}"
        refused(label, "no message's name", (59, 938), 404, target(messageType=name))
    pages: tuple[tuple[str, dict[str, str]], ...] = (
        ("no-maxRows", {}),
        ("no-maxRows-offset", {"fromOffset": "a.mpg"}),
        ("empty-maxRows", {"maxRows": ""}),
        ("word-maxRows", {"maxRows": "many"}),
    )
    for label, page in pages:
        why = "a number of rows is required"
        refused(f"range-{label}", why, (969, 984), 400, target(messageType="ContentRange", **page))
    for action, key in (("SERVICEGROUP", "serviceGroup"), ("SERVER", "serverID")):
        alone = {"messageType": "CapacityPlanning", **HOUR, "action": action}
        for label, asked_for in (("alone", alone), ("empty", alone | {key: ""})):
            refused(f"capacity-{action}-{label}", f"{key} must be provided", (1072, 1097), 400, target(**asked_for))
    stream = quote("a.mpg::1/1/2009|00:00:00.000001::1", safe="")
    wrong = f"{EVENTS}?messageType=Nonsense&StreamID={stream}"
    refused("events-unknown-type", "no such messageType", (1191, 1213), (400, 404), lambda _world: wrong)


make_refusals()
