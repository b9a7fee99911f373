"""The trick modes of one completed stream, for the reconciliation message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.reference.cds.choices import Choices
from harness.reference.cds.render import Renderer, escape
from harness.reference.cds.tricks import Action
from harness.reference.cds.world import World

_FIELDS = ("EventMode", "ModeScaleNum", "ModeScaleDenom", "CurrentNPT", "EventTime", "SegmentId")


class Reconciliation:
    """Writes the lists of events.

    Args:
        world: what there is.
        choices: the readings.
        renderer: of the reply.
        modes: the words for playing, pausing and stopping.
    """

    def __init__(self, world: World, choices: Choices, renderer: Renderer, modes: Sequence[str]) -> None:
        self._world, self._choices = world, choices
        _, self._pause, self._stop = modes
        self._list = "TrickmodeEventList"
        self._row = renderer.line("TrickmodeEvent", _FIELDS, indent="    ")
        self._open = renderer.line(self._list, ("StreamID", "Size"), end=">\n")
        self._close = renderer.close(self._list)

    def events(self, number: int) -> list[Action]:
        """What happened in one stream, in order."""
        return [one for one in self._world.tricks.by_stream.get(number, ()) if not one.setup]

    def lines(self, stream_id: str, number: int | None) -> Iterator[str]:
        """The list of one stream, empty for one that there is not."""
        events = [] if number is None else self.events(number)
        yield self._open((escape(stream_id), self._size(number, events)))
        for one in events:
            yield self._row(self._values(one))
        yield self._close

    def _size(self, number: int | None, events: list[Action]) -> int:
        if self._choices.size_of_stream and number is not None:
            return sum(content.size for content in self._world.streams.items(number))
        return len(events)

    def _values(self, one: Action) -> tuple[object, ...]:
        choices = self._choices
        mode = self._stop if one.end else self._pause if one.scale == 0 else self._choices.play
        scale = 1 if one.end else one.scale
        when = one.at_ms if choices.event_ms else one.at
        return (mode, scale, 1, one.npt, when, one.segment + 1)
