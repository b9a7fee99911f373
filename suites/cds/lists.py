"""The lists that have no period: devices, service groups, contents, the version."""

from collections import Counter
from collections.abc import Sequence

from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from suites.cds import SUITE
from suites.cds.history import first_few
from suites.cds.seen import hold, integer, kept, single

# Asked for beyond as many contents as there are, for some of the network's others.
_MORE = 100
State = tuple[str | None, ...]


def _twice(found: Sequence[object]) -> list[object]:
    return [one for one, count in Counter(found).items() if count > 1 and one]


@SUITE.scenario("Devices.unique", "CDS-CON-013", "CDS-RSP-008", chapter="Devices", after=("Devices.success",))
async def devices(dut: HttpDut) -> None:
    """Each device has a name and an address of its own, each time it is listed."""
    reply = dut.ok(await dut.get("Devices", keep=("hostname", "ipAddress", "type")), check="served")
    rows, step = kept(reply), reply.step
    for place, name in enumerate(("hostname", "ipAddress")):
        twice = _twice([row[place] for row in rows])
        hold(
            dut, f"{name}-once", not twice, "CDS-CON-013", expected=f"each {name} once", got=first_few(twice), step=step
        )
    empty = [row for row in rows if not row[0] or not row[1]]
    hold(dut, "named", not empty, "CDS-RSP-008", expected="a name and an address", got=first_few(empty), step=step)
    again = kept(await dut.get("Devices", keep=("hostname", "ipAddress", "type")))
    expected = f"the same {len(rows)} devices"
    same = sorted(again, key=str) == sorted(rows, key=str)
    hold(dut, "again", same, "CDS-CON-013", expected=expected, got=f"{len(again)}, or others")


@SUITE.scenario("ServiceGroups.unique", "CDS-CON-012", chapter="ServiceGroups", after=("ServiceGroups.success",))
async def service_groups(dut: HttpDut) -> None:
    """Each service group stands in the list once."""
    reply = dut.ok(await dut.get("ServiceGroups", keep=("serviceGroup", "TSIDOutput", "EdgeDeviceIP")), check="served")
    # With ASI streaming a group has one row for each of its output ports.
    twice = _twice([(integer(row[0]), *row[1:]) for row in kept(reply)])
    hold(dut, "once", not twice, "CDS-CON-012", expected="each row once", got=first_few(twice), step=reply.step)


@SUITE.scenario("ServiceGroups.listed", "CDS-ServiceGroups", chapter="ServiceGroups", after=("ServiceGroups.success",))
async def configured(dut: HttpDut) -> None:
    """The service groups that the target file names are in the list."""
    wanted = {int(text) for text in dut.fixtures("service_groups")}
    reply = dut.ok(await dut.get("ServiceGroups", keep=("serviceGroup",)), check="served")
    missing = sorted(wanted - {integer(row[0]) for row in kept(reply)})
    clause = "CDS-ServiceGroups"
    expected = "the groups of the target file"
    hold(dut, "listed", not missing, clause, expected=expected, got=f"no {first_few(missing)}", step=reply.step)


@SUITE.scenario(
    "ContentState.unique", "CDS-CNT-004", "CDS-RSP-008", chapter="ContentState", after=("ContentState.success",)
)
async def unique_names(dut: HttpDut) -> None:
    """Each content has a name, and no two have the same."""
    reply = dut.ok(await dut.get("ContentState", keep=("contentName",)), check="served")
    names = [row[0] for row in kept(reply)]
    twice = _twice(names)
    hold(dut, "once", not twice, "CDS-CNT-004", expected="each name once", got=first_few(twice), step=reply.step)
    unnamed = sum(not name for name in names)
    got = f"{unnamed} without one"
    hold(dut, "named", not unnamed, "CDS-RSP-008", expected="a name for each", got=got, step=reply.step)


@SUITE.scenario("ContentState.listed", "CDS-ContentState", chapter="ContentState", after=("ContentState.success",))
async def known_contents(dut: HttpDut) -> None:
    """The contents that the target file names are in the list, letter by letter, but for those of the network alone."""
    wanted = dut.fixtures("content_names")
    reply = dut.ok(await dut.get("ContentState", keep=("contentName",)), check="served")
    there = {row[0] for row in kept(reply)}
    missing = [name for name in wanted if name not in there]
    if missing:
        query = {"maxRows": str(2 * len(there) + len(wanted) + _MORE)}
        ranged = {row[0] for row in kept(await dut.setup("ContentRange", query, keep=("Name",)))}
        by_number = all(str(name).isdecimal() for name in ranged)  # then nothing can be found there by its name
        missing = [] if by_number else [name for name in missing if name not in ranged]
    expected, got = f"the {len(wanted)} contents of the target file", f"no {first_few(map(repr, missing))}"
    hold(dut, "listed", not missing, "CDS-ContentState", expected=expected, got=got, step=reply.step)


@SUITE.scenario("ContentState.states", "CDS-CNT-006", chapter="ContentState", after=("ContentState.success",))
async def states(dut: HttpDut) -> None:
    """A content that is loading is Unprovisioned and Created at once."""
    reply = dut.ok(await dut.get("ContentState", keep=("contentName", "isaAdminState", "isaOpState")), check="served")
    odd = [row for row in kept(reply) if (row[1] == "Unprovisioned") != (row[2] == "Created")]
    expected = "both states of loading, or none"
    got = first_few(f"{name!r}: {admin} and {op}" for name, admin, op in odd)
    hold(dut, "loading", not odd, "CDS-CNT-006", expected=expected, got=got, step=reply.step)
    query = {"maxRows": str(_MORE * 100)}
    ranged = dut.ok(await dut.get("ContentRange", query, keep=("Name", "isaAdminState", "isaOpState")), check="ranged")
    odd = [row for row in kept(ranged) if (row[1] == "Unprovisioned") != (row[2] == "Created")]
    got = first_few(f"{name!r}: {admin} and {op}" for name, admin, op in odd)
    hold(dut, "loading-in-range", not odd, "CDS-CNT-006", expected=expected, got=got, step=ranged.step)


def _plain(state: str | None) -> str:
    """A state without what the document spells in several ways."""
    return (state or "").replace(" ", "").casefold()


async def _by_state(dut: HttpDut) -> dict[str, State]:
    reply = dut.ok(await dut.get("ContentState", keep=("contentName", "isaAdminState", "isaOpState")), check="states")
    return {str(row[0]): (_plain(row[1]), _plain(row[2])) for row in kept(reply)}


@SUITE.scenario(
    "ContentState.and-range", "CDS-CON-009", chapter="ContentState", after=("ContentState.success", "ContentRange.success")
)  # fmt: skip
async def and_range(dut: HttpDut) -> None:
    """The contents of ContentState are those of ContentRange, in the same states."""
    before = await _by_state(dut)
    query = {"maxRows": str(2 * len(before) + _MORE)}
    reply = await dut.setup("ContentRange", query, keep=("Name", "isaAdminState", "isaOpState"))
    ranged = {str(row[0]): (_plain(row[1]), _plain(row[2])) for row in kept(reply)}
    if await _by_state(dut) != before:
        raise CaseInconclusive("the contents have changed meanwhile")
    lost = [repr(name) for name in before if name not in ranged]
    other = [repr(name) for name in ranged if name not in before]
    changed = [
        f"{name!r}: {state} and {ranged[name]}" for name, state in before.items() if ranged.get(name, state) != state
    ]
    step = reply.step
    expected = f"the {len(before)} contents of ContentState"
    hold(dut, "in-range", not lost, "CDS-CON-009", expected=expected, got=f"no {first_few(lost)}", step=step)
    if not lost:
        dut.observe("which", "CDS-AMB-081", "network" if other else "all", step=step)
    hold(dut, "same-states", not changed, "CDS-CON-009", expected="the same states", got=first_few(changed), step=step)


@SUITE.scenario("Version.same", "CDS-Version", "CDS-RSP-007", chapter="Version", after=("Version.success",))
async def version(dut: HttpDut) -> None:
    """The version is two numbers, the same ones each time."""
    seen = []
    for _ in range(6):
        told = single(dut.ok(await dut.get("Version"), check="served"), "APIVersionResponse")
        seen.append((integer(told.get("major")), integer(told.get("minor"))))
    first = seen[0]
    hold(dut, "same", len(set(seen)) == 1, "CDS-Version", expected=f"{first} each time", got=first_few(set(seen)))
    low = [number for number in first if number is not None and number < 0]
    hold(dut, "not-negative", not low, "CDS-RSP-007", expected="0 or more", got=first_few(low))


@SUITE.scenario(
    "lists.timeless",
    "CDS-REQ-005",
    chapter="consistency across messages",
    after=("Devices.success", "ServiceGroups.success", "Version.success"),
)
async def timeless(dut: HttpDut) -> None:
    """A period does not change what has none, if the request is not refused for it."""
    for operation in ("Devices", "ServiceGroups", "Version"):
        plain = await dut.setup(operation, digests=True)
        asked = await dut.get(operation, {"fromDate": "86400", "toDate": "89999"}, digests=True, judged=False)
        again = await dut.setup(operation, digests=True)
        if asked.status != 200 or plain.scan is None or asked.scan is None or again.scan is None:
            continue
        if plain.scan.digests != again.scan.digests:
            continue
        same = asked.scan.digests == plain.scan.digests
        expected, got = f"the same {plain.scan.rows} rows", f"{asked.scan.rows} rows, or others"
        hold(dut, f"same.{operation}", same, "CDS-REQ-005", expected=expected, got=got, step=asked.step)
    dut.ok(await dut.get("Version"), check="still-served")
