"""All rows of an hour with much data, however many they are: as documented, with addresses that are addresses and playlists without gaps."""

import ipaddress
from collections.abc import Mapping, Sequence
from functools import partial

from harness.derive_base import documented
from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from harness.messages.httpreply import HttpReply
from harness.spec.load import load_system
from harness.verdict import Severity
from suites.cds import SUITE
from suites.cds.history import first_few, values_with_children
from suites.cds.paging import BELONGS, HISTORIES
from suites.cds.world import period

_ADDRESS = "serverIpAddress"
_KEEP: Mapping[str, Sequence[str]] = {
    "StreamHistory": (_ADDRESS, "sessionID", "serviceGroup"),
    "StreamListHistory": (_ADDRESS, "sessionID", "Content.segmentIndex"),
    "TrickModeHistory": ("sessionID",),
    "TrickModeListHistory": ("sessionID",),
    "PlayServerHistory": ("sessionID",),
    "Errors": (_ADDRESS,),
}
_CLAUSES = {
    "StreamHistory": ("CDS-RSP-004", "CDS-CON-012", "CDS-CON-013"),
    "StreamListHistory": ("CDS-RSP-004", "CDS-CON-013", "CDS-STR-003", "CDS-STR-004"),
    "Errors": ("CDS-RSP-004", "CDS-CON-013"),
}
# What is wrong with the XML of one row of thousands is found here first.
_XML = ("CDS-RSP-001", "CDS-RSP-003")


async def busy_hour(operation: str, dut: HttpDut) -> None:
    """Every row of an hour with much data is as documented, however many there are."""
    first, last = await period(dut, "busy")
    query = {"fromDate": str(first), "toDate": str(last)}
    reply = dut.ok(await dut.get(operation, query, window=(first, last), keep=_KEEP[operation]), check="served")
    assert reply.scan is not None
    claimed = dut.target.fixtures.get("row_counts", {})
    if isinstance(claimed, Mapping) and operation in claimed:
        dut.check(
            "count",
            reply.scan.rows == claimed[operation],
            f"CDS-{operation}",
            severity=Severity.SHOULD,
            expected=f"{claimed[operation]} rows, which the target file claims",
            got=f"{reply.scan.rows} rows",
            step=reply.step,
        )
    if not reply.scan.rows:
        raise CaseInconclusive("there is no row; the target file may name an hour with much data with busy_hour_from")
    keep = _KEEP[operation]
    if _ADDRESS in keep:
        addresses_are(dut, operation, reply)
        await devices_are(dut, operation, reply)
    if "serviceGroup" in keep:
        await groups_are(dut, reply, keep.index("serviceGroup"))
    if "sessionID" in keep:
        names_are(dut, operation, reply, keep.index("sessionID"))
    if operation == "StreamListHistory":
        playlists_are(dut, reply)


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def addresses_are(dut: HttpDut, operation: str, reply: HttpReply) -> None:
    """What was kept first of each row is an IP address, or empty."""
    found = {str(row[0]) for row in values_with_children(reply) if row[0]}
    wrong = sorted(text for text in found if not is_address(text))
    dut.check(
        f"addresses.{operation}",
        not wrong,
        "CDS-RSP-004",
        expected="IP addresses",
        got=first_few(wrong),
        step=reply.step,
    )


async def devices_are(dut: HttpDut, operation: str, reply: HttpReply) -> None:
    """The servers of streams and errors are devices."""
    devices = {row[0] for row in values_with_children(await dut.setup("Devices", keep=("ipAddress",)))}
    unknown = {row[0] for row in values_with_children(reply) if row[0]} - devices
    dut.check(
        f"devices.{operation}",
        not unknown,
        "CDS-CON-013",
        severity=Severity.SHOULD,
        expected="addresses that Devices lists",
        got=first_few(sorted(map(str, unknown))),
        step=reply.step,
    )


async def groups_are(dut: HttpDut, reply: HttpReply, place: int) -> None:
    """The service groups of streams are configured."""
    groups = {row[0] for row in values_with_children(await dut.setup("ServiceGroups", keep=("serviceGroup",)))}
    unknown = {row[place] for row in values_with_children(reply) if row[place]} - groups
    dut.check(
        "service-groups",
        not unknown,
        "CDS-CON-012",
        severity=Severity.SHOULD,
        expected="groups that ServiceGroups lists",
        got=first_few(sorted(map(str, unknown))),
        step=reply.step,
    )


def names_are(dut: HttpDut, operation: str, reply: HttpReply, place: int) -> None:
    """What was kept at this place of each row is not empty."""
    nameless = [number for number, row in enumerate(values_with_children(reply), 1) if row[place] == ""]
    dut.check(
        f"names.{operation}",
        not nameless,
        "CDS-RSP-008",
        severity=Severity.SHOULD,
        expected="a name in every row",
        got=f"none in row {first_few(nameless)}",
        step=reply.step,
    )


def playlists_are(dut: HttpDut, reply: HttpReply) -> None:
    """Every stream has contents, numbered from 0 without a gap."""
    rows = values_with_children(reply)
    empty = [row[1] for row in rows if not row[2]]
    wrong = [row for row in rows if [str(number) for number in range(len(row[2]))] != sorted(row[2], key=_number)]
    told = first_few(f"{row[1]}: {' '.join(map(str, row[2])) or 'no content'}" for row in wrong)
    content = "CDS-StreamListHistory.reply.Content"
    for name, passed, clause, severity, expected, got in (
        ("has-contents", len(empty) < len(rows), content, Severity.MUST, "a content in any stream", "none"),
        ("all-have-contents", not empty, "CDS-STR-004", Severity.SHOULD, "a content in every stream", first_few(empty)),
        ("numbered", not wrong, "CDS-STR-003", Severity.MUST, "segmentIndex 0, 1, 2 ...", told),
    ):
        dut.check(name, passed, clause, severity=severity, expected=expected, got=got, step=reply.step)


def _number(text: str | None) -> tuple[int, str]:
    """What indexes are sorted by; what is no number comes last."""
    return (int(text), "") if text is not None and text.strip().isdecimal() else (1 << 62, text or "")


for _operation in HISTORIES:
    _bound = partial(busy_hour, _operation)
    _bound.__doc__ = f"{_operation}: {busy_hour.__doc__}"
    _bound.__module__ = __name__
    SUITE.scenario(
        f"{_operation}.busy-hour",
        f"CDS-{_operation}",
        *_CLAUSES.get(_operation, ()),
        *_XML,
        *(["CDS-RSP-008"] if "sessionID" in _KEEP[_operation] else []),
        BELONGS[_operation],
        *documented(load_system("cds"), _operation)[1],
        chapter=_operation,
        after=(f"{_operation}.success",),
    )(_bound)


@SUITE.scenario("values.addresses", "CDS-RSP-004", chapter="replies", after=("Devices.rows",))
async def addresses(dut: HttpDut) -> None:
    """The addresses of devices, edge devices and vaults are IP addresses, or empty."""
    for operation, name in (
        ("Devices", "ipAddress"),
        ("ServiceGroups", "EdgeDeviceIP"),
        ("ContentState", "digestIpAddress"),
    ):
        addresses_are(dut, operation, await dut.setup(operation, keep=(name,)))


@SUITE.scenario("values.names", "CDS-RSP-008", chapter="replies", after=("Devices.rows", "ContentState.rows"))
async def names(dut: HttpDut) -> None:
    """Devices and contents have names."""
    for operation, name in (("Devices", "hostname"), ("ContentState", "contentName")):
        names_are(dut, operation, await dut.setup(operation, keep=(name,)), 0)
