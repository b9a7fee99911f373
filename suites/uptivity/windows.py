"""What an agent's screen shows: by computer and by user, and of nobody."""

from __future__ import annotations

import ipaddress

from harness.documentdut import DocumentDut
from harness.verdict import Severity
from suites.uptivity import SUITE
from suites.uptivity.world import Fields, fresh

CHAPTER = "User, Group, and Role Functions"
_WINDOW = "AGENTWINDOW"
_AFTER = (f"{_WINDOW}.success",)


@SUITE.scenario(
    "windows.computers", "UPT-WIN-001", "UPT-WIN-002", "UPT-WIN-005", "UPT-AGENTWINDOW.COMPUTERNAME",
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def computers(dut: DocumentDut) -> None:
    """Each known computer tells its window on each road, with an address, and with the same one on both."""
    titled = False
    for computer in dut.fixtures("computer_names"):
        told: set[str] = set()
        for road in dut.roads:
            result = await dut.call(_WINDOW, {"COMPUTERNAME": computer}, road=road)
            dut.ok(result, "UPT-WIN-002", "UPT-WIN-001", check=f"window.{road}")
            for name in ("STATUS", "LASTUPDATE", "IPADDRESS"):
                got = result.get(name)
                dut.check(
                    name, bool(got), "UPT-WIN-002", expected=f"{name} of {computer}", got=str(got), step=result.step
                )
            address = result.get("IPADDRESS") or ""
            dut.check("address", _is_address(address), "UPT-WIN-005", expected="an IP address", got=address)
            told.add(address)
            titled |= result.get("APPLICATIONTITLE") is not None
        dut.check("same", len(told) == 1, "UPT-WEB-005", expected="one address on all roads", got=str(told))
    dut.check(
        "title", titled, "UPT-WIN-002", expected="the title of some window", got="none", severity=Severity.SHOULD
    )  # fmt: skip


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return False
    return True


@SUITE.scenario(
    "windows.users", "UPT-WIN-001", "UPT-WIN-002", "UPT-AGENTWINDOW.USERNAME", chapter=CHAPTER, after=_AFTER
)
async def users(dut: DocumentDut) -> None:
    """Users are found by their names, as far as anything is known of their screens; of one of them something should be."""
    found: list[str] = []
    for road in dut.roads:
        for user in dut.fixtures("usernames"):
            result = await dut.call(_WINDOW, {"USERNAME": user}, road=road)
            if dut.either(result, "UPT-AMB-202", check=f"user.{road}"):
                found.append(road)
    few = [road for road in dut.roads if road not in found]
    if not few or dut.target.fixture_texts("computer_names"):
        dut.check(
            "some", not few, "UPT-WIN-001", expected="the window of some user", got=f"none on {few}", severity=Severity.SHOULD
        )  # fmt: skip


@SUITE.scenario(
    "windows.nobody", "UPT-WIN-003", "UPT-WIN-001", "UPT-AGENTWINDOW.COMPUTERNAME.unknown",
    "UPT-AGENTWINDOW.USERNAME.unknown", chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def nobody(dut: DocumentDut) -> None:
    """Computers and users that there are none of are refused, and so is a request that names neither."""
    known = dut.fixture("computer_names")
    ways: tuple[Fields, ...] = (
        {"COMPUTERNAME": f"NO{fresh(dut)}"},
        {"USERNAME": f"no{fresh(dut)}"},
        {"COMPUTERNAME": f"{known}x{fresh(dut, 3)}"},
        {"COMPUTERNAME": f"NO{fresh(dut)}", "USERNAME": f"no{fresh(dut)}"},
    )
    for road in dut.roads:
        for way in ways:
            dut.refused(await dut.call(_WINDOW, way, road=road), "UPT-WIN-003", check=f"nobody.{road}")
        dut.refused(await dut.call(_WINDOW, road=road), "UPT-WIN-001", check=f"neither.{road}")
    dut.ok(await dut.call(_WINDOW, {"COMPUTERNAME": known}), "UPT-WIN-002", check="still")


@SUITE.scenario("windows.open.both", chapter=CHAPTER, after=_AFTER)
async def both(dut: DocumentDut) -> None:
    """Whether one of two names is enough is open."""
    known = dut.fixture("computer_names")
    dut.either(await dut.call(_WINDOW, {"COMPUTERNAME": known, "USERNAME": f"no{fresh(dut)}"}), "UPT-AMB-189")
