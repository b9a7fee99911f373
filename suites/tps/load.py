"""What a load run sends: a station that polls, conferences that come and go, and lists that are read page by page.

The station only reads; conferences are the run's own, and begin in the far future, so that nothing is called and no credits are in use.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from harness.calldut import CallDut
from harness.checks.answer import Answer
from harness.load.calls import given, kept, mark
from harness.load.scenario import LoadOperation, LoadScenario, Values
from suites.tps import SUITE
from suites.tps.world import FAR_S, resources

_CONFERENCE = {"conference": ("conference", "any")}
# Clients of a page; a run has thousands of them.
_NAME = "Clausewise load"
_PAGE = 5


def _read(method: str, weight: int, *clauses: str) -> LoadOperation:
    return LoadOperation(name=method, weight=weight, operation=method, values=lambda _values: (), clauses=clauses)


def _about(method: str, weight: int, *clauses: str) -> LoadOperation:
    return LoadOperation(
        name=method,
        weight=weight,
        operation=method,
        values=lambda values: given({"conferenceID": values["conference"]}),
        clauses=clauses,
        objects=("conference",),
    )


SUITE.load_scenario(
    LoadScenario(
        name="monitor",
        about="a station that polls the device, its resources and a conference, with two calls in a hundred for one that there is not",
        objects=_CONFERENCE,
        operations=(
            _read("device.query", 20),
            _read("device.health.query", 8),
            _read("system.info", 10),
            _read("flex.resource.query", 10),
            _read("flex.resource.status", 15),
            _about("flex.conference.query", 20, "TPS-CON-001"),
            _about("flex.conference.status", 15),
            LoadOperation(
                name="nobody",
                weight=2,
                operation="flex.conference.status",
                values=lambda values: given({"conferenceID": values.unknown_id()}),
                answers=(Answer(error="no-such-conference"),),
                clauses=("TPS-FLT-011", "TPS-flex.conference.status.conferenceID:unknown"),
            ),
        ),
    ),
    default=True,
)


@SUITE.provides("load-resources")
async def load_resources(dut: CallDut, _state: str) -> str:
    """Media resources of a conference, as JSON."""
    return json.dumps(await resources(dut))


def _create(values: Values) -> Sequence[str]:
    """A conference with a name and a reference of its own; its id is kept for the calls that follow."""
    number = f"{values['begin']}-{values.number}"
    members: dict[str, Any] = {
        "participantMediaResources": json.loads(values["resources"]),
        "startTime": FAR_S,
        "conferenceName": f"{_NAME} {number}",
        "conferenceReference": f"load-{number}",
        "metadata": f"load {number}".encode(),
        "maxParticipants": 10,
    }
    return [*given(members), *kept("conferenceID", mark(values.number))]


def _this(**more: Any) -> Callable[[Values], Sequence[str]]:
    """A call about the conference that was made before on the same connection."""
    return lambda values: given({"conferenceID": mark(values.number), **more})


def _step(
    name: str, method: str, values: Callable[[Values], Sequence[str]], *clauses: str, objects: tuple[str, ...] = ()
) -> LoadOperation:
    return LoadOperation(name=name, weight=1, operation=method, values=values, clauses=clauses, objects=objects)


@SUITE.provides("load-begin")
async def load_begin(dut: CallDut, _state: str) -> str:
    """What the names of this run's conferences have in them."""
    return f"{dut.rng.getrandbits(32):08x}"


async def _tidy(dut: CallDut) -> str:
    """Remove what is left of this run's conferences, page by page."""
    begin = f"load-{await dut.shared('load-begin', '')}-"
    mine: list[str] = []
    cookie: dict[str, Any] = {}
    for _ in range(100):
        told = await dut.setup("flex.conference.enumerate", cookie)
        found = told.value("conferences")
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict) and str(one.get("conferenceReference", "")).startswith(begin):
                mine.append(str(one.get("conferenceID")))
        cookie = {"cookie": told.value("cookie", "")}
        if told.value("moreAvailable") is not True:
            break
    for conference in mine:
        await dut.call("flex.conference.destroy", {"conferenceID": conference})
    return str(len(mine))


SUITE.load_scenario(
    LoadScenario(
        name="conferences",
        about="conferences that are made, looked at, changed and removed, each on one connection",
        objects={"begin": ("load-begin", ""), "resources": ("load-resources", "")},
        sequence=True,
        tidy=_tidy,
        operations=(
            _step("create", "flex.conference.create", _create, objects=("begin", "resources")),
            _step("query", "flex.conference.query", _this(), "TPS-CON-001"),
            _step("modify", "flex.conference.modify", _this(conferenceName=_NAME)),
            _step("status", "flex.conference.status", _this()),
            _step("destroy", "flex.conference.destroy", _this()),
        ),
    )
)


def _first(method: str, **more: Any) -> LoadOperation:
    """The first page of a list; its cookie is kept."""
    return _step(
        f"{method}-first",
        method,
        lambda values: [*given({"max": _PAGE, **more}), *kept("cookie", mark(values.number))],
        "TPS-ENM-001",
    )


def _next(method: str, **more: Any) -> LoadOperation:
    """What has changed since, or the next page."""
    return _step(f"{method}-next", method, lambda values: given({"cookie": mark(values.number), **more}), "TPS-ENM-002")


SUITE.load_scenario(
    LoadScenario(
        name="lists",
        about=f"a client that begins the lists of conferences and of participants with pages of {_PAGE} and goes on with the cookie",
        sequence=True,
        operations=(
            _first("flex.conference.enumerate"),
            _next("flex.conference.enumerate", max=_PAGE),
            _first("flex.participant.enumerate"),
            _next("flex.participant.enumerate", max=_PAGE),
        ),
    )
)
