"""CapacityPlanning: the intervals of a period, and the peaks of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.reference.cds.choices import Choices
from harness.reference.cds.query import Refused
from harness.reference.cds.render import Renderer
from harness.reference.cds.requests import Value
from harness.reference.cds.streams import HOUR
from harness.reference.cds.world import World
from harness.spec.model import System
from harness.spec.xmlmodel import Membership

_DAY = 24 * HOUR
# 1970-01-01 was a Thursday; weeks begin with Monday.
_WEEK, _MONDAY = 7 * _DAY, 4 * _DAY

_FIELDS = ("starttime", "endtime", "hdstremas", "sdstreams", "bandwdith", "counter")


class Planning:
    """Answers CapacityPlanning.

    Args:
        model: the operation's parameters and conditions.
        world: what there is.
        choices: the readings.
        renderer: of the reply.
    """

    def __init__(self, model: System, world: World, choices: Choices, renderer: Renderer) -> None:
        assert model.http is not None
        self._operation, self._refused = model.operations["CapacityPlanning"], model.http.refused
        self._world, self._choices = world, choices
        self._row = renderer.line("Interval", _FIELDS)

    def lines(self, values: Mapping[str, Value], member: Membership) -> Iterator[str]:
        """The intervals of the reply.

        Raises:
            Refused: a group or server that does not exist, under some readings.
        """
        window = self._operation.window
        assert window is not None
        begin, end = values[window.start], values[window.end]
        assert isinstance(begin, int)
        assert isinstance(end, int)
        group, server = self._asked(values)
        found: list[tuple[int, int]] = []
        if begin <= end and "empty" not in self._unknown(group, server):
            whole = member.not_before == "endtime"
            found = list(
                _intervals(begin, end - int(self._choices.exclusive), str(values.get("timeType", "")), whole=whole)
            )
        return self._rows(found, group, server)

    def _asked(self, values: Mapping[str, Value]) -> tuple[int | None, int | None]:
        """The service group and the server that the figures are of."""
        wanted = {one.needs for one in self._operation.conditions if values.get("action") in one.values}
        keys = {one.needs for one in self._operation.conditions}
        if self._choices.unasked_key == "refused" and any(key in values for key in keys - wanted):
            raise Refused(self._refused)
        if self._choices.unasked_key == "applied":
            wanted = keys
        group, server = (values.get(key) if key in wanted else None for key in ("serviceGroup", "serverID"))
        assert not isinstance(group, str)
        assert not isinstance(server, str)
        if "refused" in self._unknown(group, server):
            raise Refused(self._refused)
        return group, server

    def _unknown(self, group: int | None, server: int | None) -> set[str]:
        """What the readings say about those of the two that do not exist."""
        found = set()
        if group is not None and group not in self._world.groups:
            found.add(self._choices.unknown_group)
        if server is not None and server not in self._world.servers:
            found.add(self._choices.unknown_server)
        return found

    def _rows(self, found: list[tuple[int, int]], group: int | None, server: int | None) -> Iterator[str]:
        now, choices = self._world.now(), self._choices
        for begin, end in found:
            peaks = self._world.capacity.peaks(begin, end, now, group, server)
            if choices.gaps and not peaks.counter and (group is None and server is None):
                continue
            counter = peaks.hd + peaks.sd if choices.counter_is_sum else peaks.counter
            yield self._row(
                (begin, end, peaks.hd, peaks.sd, peaks.bandwidth * (1000 if choices.kilobits else 1), counter)
            )


def _intervals(begin: int, end: int, kind: str, *, whole: bool) -> Iterator[tuple[int, int]]:
    """The intervals of a period, both ends included; `whole`: hours, days or weeks that may reach beyond it."""
    size, shift = HOUR, 0
    if kind == "DAY":
        size = _DAY
    elif kind == "WEEK":
        size, shift = _WEEK, _MONDAY
    if whole:
        first = (begin - shift) // size * size + shift
        for start in range(first, end + 1, size):
            yield start, start + size - 1
        return
    for start in range(begin, end + 1, size):
        # An hour has 3,600 seconds counted from its first to its last; one more second is no interval of its own.
        if start + size == end:
            yield start, end
            return
        yield start, min(end, start + size - 1)
