"""Functions that are no longer supported: each is answered by an error that says so, and does nothing."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.agents import not_listing
from suites.uptivity.framing import serves
from suites.uptivity.results import reading_of
from suites.uptivity.world import Fields, device, fresh, person

CHAPTER = "Deprecated Functions"
_NAMES = (
    "IMPORTSTATION", "MODECHANGE", "EXTENSIONPLAYBACKSTART", "EXTENSIONPLAYBACKSTOP", "RECORDINGDEVICE", "RECORDINGDEVICEALIAS",
    "IMPORTAGENT",
)  # fmt: skip
# Words that say that there is no such function any more.
_SAY_SO = ("support", "deprecated", "obsolete", "replaced", "removed", "no longer")


def _refused(dut: DocumentDut, result: Result, check: str) -> None:
    """It must be an error, and should say that the function is not supported."""
    if not dut.refused(result, "UPT-RES-007", check=check):
        return
    reading = reading_of(dut, result, "UPT-AMB-050")
    dut.observe(
        f"{check}.error", "UPT-AMB-050", reading, clauses=("UPT-RES-007",), got=result.describe(), step=result.step
    )
    if reading == "other":
        told = f"{result.text} {result.label}".casefold()
        dut.check(
            f"{check}.text", any(word in told for word in _SAY_SO), "UPT-RES-008",
            expected="a text that says that the function is not supported", got=result.describe(), step=result.step,
        )  # fmt: skip


def _given(dut: DocumentDut) -> Fields:
    """Parameters that such a function may have had, with which its successors succeed."""
    return {
        "ACTION": "ADD", "DEVICEID": device(dut, 0), "STATIONNAME": f"ST{fresh(dut)}", "PHONEID": fresh(dut), **person(dut),
    }  # fmt: skip


def _register(name: str) -> None:
    @SUITE.scenario(
        f"deprecated.{name}", "UPT-RES-007", "UPT-RES-008", "UPT-MSG-011", chapter=CHAPTER, after=("TEST.success",)
    )
    async def deprecated(dut: DocumentDut) -> None:
        """A deprecated function is answered by an error on every road, with or without parameters; the next request is served."""
        for road in dut.roads:
            _refused(dut, await dut.call(name, road=road), f"{road}.bare")
            _refused(dut, await dut.call(name, {"DEVICEID": device(dut, 0)}, road=road), f"{road}.device")
            _refused(dut, await dut.call(name, _given(dut), road=road), f"{road}.full")
            await serves(dut, "UPT-MSG-011", road=road, check=f"{road}.next")
        for road in dut.url_roads:
            for page in dut.syntax.pages:
                _refused(dut, await dut.call(name, road=road, page=page), f"{road}{page}")
            _refused(dut, await dut.call(name.lower(), road=road), f"{road}.lower")


for _name in _NAMES:
    _register(_name)


@SUITE.scenario(
    "deprecated.nothing-done", "UPT-RES-007", chapter=CHAPTER, after=("STATIONS.success", "IMPORTUSER.success")
)
async def nothing_done(dut: DocumentDut) -> None:
    """IMPORTSTATION adds no station and IMPORTAGENT no agent."""
    for road in dut.roads:
        given = _given(dut)
        for name in ("IMPORTSTATION", "IMPORTAGENT"):
            _refused(dut, await dut.call(name, given, road=road), f"{road}.{name}")
        stations = await dut.setup("STATIONS")
        names = [one.value for one in stations.everywhere("STATIONNAME")]
        dut.check(
            f"{road}.stations", given["STATIONNAME"] not in names, "UPT-RES-007", expected="no station of a function that was refused",
            got=given["STATIONNAME"],
        )  # fmt: skip
        agents = await dut.call("IMPORTUSER", {"ACTION": "LIST"})
        if not_listing(dut, agents):
            continue
        found = {one.value for one in agents.everywhere("LASTNAME", "LAST_NAME")}
        dut.check(
            f"{road}.agents", given["LASTNAME"] not in found, "UPT-RES-007", expected="no agent of a function that was refused",
            got=given["LASTNAME"],
        )  # fmt: skip
