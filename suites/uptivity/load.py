"""What a load run sends: a station that asks for status, calls that begin and end, and the same status over the WebAPI.

The stations only read, so `load = true` is all the leave that they need. Calls are the run's own, in instances that nobody else has.
"""

from collections.abc import Sequence

from harness.checks.answer import Answer
from harness.documentdut import DocumentDut
from harness.load.scenario import LoadOperation, LoadScenario, Values
from suites.uptivity import SUITE
from suites.uptivity.world import device

# A device that was in no call since the system started may be unknown to the functions of status (UPT-AMB-063 and others).
_SEEN = (Answer(), Answer(error="device-invalid"), Answer(error="device-not-in-call"))
_DEVICE = {"device": ("load-device", "")}


def _read(function: str, weight: int) -> LoadOperation:
    return LoadOperation(
        name=function, weight=weight, operation=function, values=lambda _values: (), clauses=(f"UPT-{function}",)
    )


def _one(function: str, weight: int) -> LoadOperation:
    return LoadOperation(
        name=function,
        weight=weight,
        operation=function,
        values=lambda values: (f"DEVICEID={values['device']}",),
        answers=_SEEN,
        clauses=(f"UPT-{function}",),
        objects=("device",),
    )


_STATUS = (
    _read("DEVICELIST", 20),
    _one("DEVICESTATUS", 25),
    _one("DEVICERECORDINGSTATUS", 20),
    _read("SYSTEMSTATUS", 10),
    _read("CHANNELS", 10),
    _read("STATIONS", 5),
    _read("TEST", 10),
)


@SUITE.provides("load-device")
async def load_device(dut: DocumentDut, _state: str) -> str:
    """A device that the target file names."""
    return device(dut)


SUITE.load_scenario(
    LoadScenario(
        name="monitor",
        about="a station that asks for the status of devices, channels and the system",
        operations=_STATUS,
        objects=_DEVICE,
        interface="api",
    ),
    default=True,
)

SUITE.load_scenario(
    LoadScenario(
        name="web",
        about="the same station, over the WebAPI",
        operations=_STATUS,
        objects=_DEVICE,
        interface="web",
    )
)


@SUITE.provides("load-begin")
async def load_begin(dut: DocumentDut, _state: str) -> str:
    """Digits that the instances of this run's calls begin with."""
    return str(dut.rng.randrange(100, 1000))


def _call(values: Values) -> Sequence[str]:
    """Each sequence has an instance of its own, so that calls stand side by side on the device."""
    return f"DEVICEID={values['device']}", f"CALLINSTANCE={values['begin']}{values.number:05}"


async def _tidy(dut: DocumentDut) -> str:
    """End what is left of this run's calls."""
    begin = await dut.shared("load-begin", "")
    on = await dut.shared("load-device", "")
    listed = await dut.setup("DEVICERECORDINGSTATUS", {"DEVICEID": on})
    left = {one.value for one in listed.everywhere("CALLINSTANCE")}
    mine = sorted(one for one in left if one.startswith(begin) and len(one) == len(begin) + 5)
    for instance in mine:
        await dut.call("CALLSTOP", {"DEVICEID": on, "CALLINSTANCE": instance})
    return str(len(mine))


def _step(name: str, function: str, *more: str) -> LoadOperation:
    return LoadOperation(
        name=name,
        weight=1,
        operation=function,
        values=lambda values: (*_call(values), *more),
        clauses=(f"UPT-{function}",),
        objects=("device", "begin"),
    )


SUITE.load_scenario(
    LoadScenario(
        name="calls",
        about="calls that begin, are given values and end, each on one connection and all on one device",
        objects={**_DEVICE, "begin": ("load-begin", "")},
        sequence=True,
        tidy=_tidy,
        operations=(
            _step("start", "CALLSTART", "ANI=8005551212", "DNIS=2010", "CALLDIRECTION=I"),
            _step("update", "CALLUPDATE", "USER3=Follow up on order", "GROUP=53"),
            _step("stop", "CALLSTOP"),
        ),
        interface="api",
    )
)
