"""Counts, sizes and rates that are not negative, and names that are not empty, in every list that has them."""

from collections.abc import Iterator
from functools import partial

from harness.flow import CaseSkipped
from harness.httpdut import HttpDut
from harness.messages.httpreply import HttpReply
from suites.cds import SUITE
from suites.cds.history import first_few, values_with_children
from suites.cds.seen import hold, integer
from suites.cds.world import history, period

# Attributes by message; those of a child with its name before them.
_FIGURES = {
    "StreamHistory": ("bitrate",),
    "StreamListHistory": ("Content.bitrate", "Content.contentLength", "Content.segmentIndex"),
    "TrickModeListHistory": ("segmentIndex",),
    "ServiceGroups": ("bandwidth",),
    "ContentState": ("filesize", "bitrate"),
}
_NAMES = {
    "StreamHistory": ("sessionID", "contentName"),
    "StreamListHistory": ("sessionID", "Content.contentName"),
    "TrickModeHistory": ("sessionID",),
    "TrickModeListHistory": ("sessionID",),
    "PlayServerHistory": ("sessionID",),
}


async def _rows(dut: HttpDut, operation: str, keep: tuple[str, ...]) -> HttpReply:
    if dut.model.operations[operation].window is None:
        return await dut.setup(operation, keep=keep)
    first, last = await period(dut, operation)
    return await history(dut, operation, first, last, keep=keep)


def _told(reply: HttpReply, place: int) -> Iterator[str | None]:
    """What stands in a place of the rows; of children all that they have."""
    for row in values_with_children(reply):
        yield from row[place] if isinstance(row[place], (tuple, list)) else [row[place]]


async def not_negative(operation: str, dut: HttpDut) -> None:
    """Counts, sizes and rates are not negative."""
    names = _FIGURES[operation]
    reply = await _rows(dut, operation, names)
    for place, name in enumerate(names):
        low = [value for value in _told(reply, place) if (integer(value) or 0) < 0]
        hold(dut, name, not low, "CDS-RSP-007", expected=f"{name} of 0 or more", got=first_few(low), step=reply.step)


async def named(operation: str, dut: HttpDut) -> None:
    """Sessions and contents have names."""
    names = _NAMES[operation]
    reply = await _rows(dut, operation, names)
    if reply.scan is None or not reply.scan.rows:
        raise CaseSkipped("there is no row; the target file may name an hour with much data with busy_hour_from")
    for place, name in enumerate(names):
        empty = sum(value == "" for value in _told(reply, place))
        hold(dut, name, not empty, "CDS-RSP-008", expected=f"a {name}", got=f"{empty} without one", step=reply.step)


for _flow, _known, _part, _clause in (
    (not_negative, _FIGURES, "not-negative", "CDS-RSP-007"),
    (named, _NAMES, "named", "CDS-RSP-008"),
):
    for _operation in _known:
        _bound = partial(_flow, _operation)
        _bound.__doc__ = f"{_operation}: {_flow.__doc__}"
        _bound.__module__ = __name__
        SUITE.scenario(f"{_operation}.{_part}", _clause, chapter=_operation, after=(f"{_operation}.success",))(_bound)
