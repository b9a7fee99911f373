"""What a load run sends: a monitoring station, accounts that come and go, and clients that log in and out.

The station only reads, so `load = true` is all the leave that it needs. Accounts are the run's own, with names that nobody else has.
"""

from collections.abc import Sequence

from harness.checks.answer import Answer
from harness.load.scenario import LoadOperation, LoadScenario, Values
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE

# Entries of the longest page of archives.
_PAGE = 4
# A list of which the device has nothing may be refused (RSS-AMB-049); everything else must succeed.
_LISTED = (Answer(), Answer(error="failed", reading="failed"))


def _read(operation: str, weight: int, *values: str, answers: tuple[Answer, ...] = (Answer(),)) -> LoadOperation:
    return LoadOperation(
        name=operation,
        weight=weight,
        operation=operation,
        values=lambda _values: values,
        answers=answers,
        clauses=(f"RSS-{operation}",),
    )


def _page(values: Values) -> Sequence[str]:
    """A page that begins with the list, for one that begins behind its end may be refused (RSS-AMB-088)."""
    return "CATALOG=0", "START=0", f"END={values.rng.randrange(_PAGE)}", "SORT=0"


SUITE.load_scenario(
    LoadScenario(
        name="monitor",
        about="a station that watches the device, its connections and its newest archives",
        operations=(
            _read("REFRESHSTATUS", 30),
            _read("GETEPLINK", 30, "LANG=en", answers=_LISTED),
            _read("GETDEVINFO", 15),
            _read("GETLISTINFO", 15, "LANG=en", "SEARCH=", "LIBMEDIA=1"),
            LoadOperation(
                name="GETMEDIAINFO",
                weight=10,
                operation="GETMEDIAINFO",
                values=_page,
                answers=_LISTED,
                clauses=("RSS-GETMEDIAINFO",),
            ),
        ),
    ),
    default=True,
)


@SUITE.provides("load-name")
async def load_name(dut: PacketDut, _state: str) -> str:
    """What the names of this run's accounts begin with."""
    return dut.unique("load")


def _account(values: Values, *, second: bool = False) -> Sequence[str]:
    number = values.number
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    more = f"E164={number}", f"H323=endpoint {number}", f"FLAG={int(second)}"
    return f"SOURCENAME={values['name']}-{number}", f"SOURCEIP={address}", *more


async def _tidy(dut: PacketDut) -> str:
    """Remove what is left of this run's accounts."""
    begin = await dut.shared("load-name", "")
    listed = await dut.setup("GETENDPOINT")
    names = [part.get("SOURCENAME") or "" for part in listed.listed()]
    left = [name for name in names if name.startswith(f"{begin}-")]
    for name in left:
        await dut.setup("DELENDPOINT", {"SOURCENAME": name})
    return str(len(left))


SUITE.load_scenario(
    LoadScenario(
        name="accounts",
        about="accounts of endpoints that are added, changed and removed, each on one connection",
        objects={"name": ("load-name", "")},
        sequence=True,
        tidy=_tidy,
        operations=(
            LoadOperation(
                name="add",
                weight=1,
                operation="ADDENDPOINT",
                values=_account,
                clauses=("RSS-ADDENDPOINT", "RSS-ACC-003"),
                objects=("name",),
            ),
            LoadOperation(
                name="change",
                weight=1,
                operation="MODENDPOINT",
                values=lambda values: _account(values, second=True),
                clauses=("RSS-MODENDPOINT", "RSS-ACC-005"),
                objects=("name",),
            ),
            LoadOperation(
                name="remove",
                weight=1,
                operation="DELENDPOINT",
                values=lambda values: _account(values)[:1],
                clauses=("RSS-DELENDPOINT", "RSS-ACC-007"),
                objects=("name",),
            ),
        ),
    )
)

SUITE.load_scenario(
    LoadScenario(
        name="sessions",
        about="clients that log in and out again, one after the other on each connection",
        sequence=True,
        operations=(
            LoadOperation(
                name="login",
                weight=1,
                operation="LOGIN",
                values=lambda _values: (),
                clauses=("RSS-LOGIN", "RSS-SES-001"),
            ),
            LoadOperation(
                name="logout",
                weight=1,
                operation="LOGOUT",
                values=lambda _values: ("LANG=en",),
                clauses=("RSS-LOGOUT", "RSS-SES-002"),
            ),
        ),
    )
)
