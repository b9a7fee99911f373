"""All rows of an hour with much data, however many they are: as documented, with addresses that are addresses and playlists without gaps."""

import ipaddress
from collections.abc import Mapping, Sequence
from functools import partial

from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from harness.messages.httpreply import HttpReply
from harness.verdict import Severity
from suites.cds import SUITE
from suites.cds.history import first_few, values_with_children
from suites.cds.paging import HISTORIES
from suites.cds.world import period

_ADDRESS = "serverIpAddress"
_KEEP: Mapping[str, Sequence[str]] = {
    "StreamHistory": (_ADDRESS,),
    "StreamListHistory": (_ADDRESS, "sessionID", "Content.segmentIndex"),
    "Errors": (_ADDRESS,),
}
_CLAUSES = {
    "StreamHistory": ("CDS-RSP-004",),
    "StreamListHistory": ("CDS-RSP-004", "CDS-STR-003", "CDS-STR-004", "CDS-StreamListHistory.reply.Content"),
    "Errors": ("CDS-RSP-004",),
}


async def busy_hour(operation: str, dut: HttpDut) -> None:
    """Every row of an hour with much data is as documented, however many there are."""
    first, last = await period(dut, "busy")
    query = {"fromDate": str(first), "toDate": str(last)}
    reply = dut.ok(await dut.get(operation, query, window=(first, last), keep=_KEEP.get(operation, ())), check="served")
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
    if operation in _KEEP:
        addresses_are(dut, operation, reply)
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
