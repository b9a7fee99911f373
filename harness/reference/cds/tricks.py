"""Trick modes: what happened in the few streams where something happened, second by second."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from harness.reference.cds.choices import Choices
from harness.reference.cds.streams import Streams

# Trick modes in the busy hour, and how many a stream has on average.
_WANTED, _PER_STREAM = 1500, 6
_AT = 3

# How much further play time is after a pause under one reading.
_LATE_MS = 534

# Codes of the action that announces a stream and of the one that ends it, without those of other readings.
SETUP, STOP = 0, 65

_SCALES = (2, 4, 8, 10, 15, -2, -4, -8, -10, -15, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One trick mode. Times are UNIX milliseconds, the play time (NPT) is milliseconds of the whole playlist.

    `scale` is what holds from now on; `segment` counts from 0. `code` and `mode` are those of the stream control protocol.
    """

    stream: int
    at_ms: int
    npt: int
    scale: int
    segment: int
    code: int
    mode: int
    server: int
    end: bool = False  # the stream ends with it
    setup: bool = False  # the stream is announced by it, nothing plays yet

    @property
    def at(self) -> int:
        """Whole seconds."""
        return self.at_ms // 1000


class Tricks:
    """All trick modes of the world, by stream and in the order of their times.

    Args:
        streams: the streams; those not yet destroyed have none.
        seed: of whatever is random.
        choices: the readings about play time.
    """

    def __init__(self, streams: Streams, seed: int, choices: Choices) -> None:
        self._streams, self._seed, self._choices = streams, seed, choices
        every = max(_AT + 1, streams.busy.count * _PER_STREAM // _WANTED)
        chosen = [n for n in range(_AT, streams.first_active, every) if streams.length(n) > 120]
        self.fill({number: tuple(self._actions(number)) for number in chosen})

    def fill(self, by_stream: Mapping[int, tuple[Action, ...]]) -> None:
        """Have these actions, each stream's in order."""
        self.by_stream = by_stream
        every_action = [action for actions in by_stream.values() for action in actions]
        self.rows = sorted(every_action, key=lambda action: action.at)  # stable: each stream's stay in order

    def _actions(self, number: int) -> Iterator[Action]:
        """What happened in one stream: begin, some changes of speed, the end."""
        streams, choices = self._streams, self._choices
        draw = random.Random(f"tricks {self._seed} {number}")  # noqa: S311  a seeded world
        ends = list(accumulate(content.length_ms for content in streams.items(number)))
        begin, whole = streams.start(number) * 1000, streams.length(number) * 1000
        server = streams.server(number)

        def action(elapsed: int, npt: int, scale: int, code: int, mode: int) -> Action:
            segment = next((place for place, end in enumerate(ends) if npt < end), len(ends) - 1)
            if choices.npt_each:
                npt -= ends[segment - 1] if segment else 0
            return Action(
                stream=number,
                at_ms=begin + elapsed,
                npt=npt,
                scale=scale,
                segment=segment,
                code=code + (500 if choices.other_codes else 0),
                mode=mode,
                server=server,
                end=code == STOP,
                setup=code == SETUP,
            )

        yield action(0, 0, 0, SETUP, 0)
        yield action(0, 0, 1, 160, 4)
        elapsed = npt = 0
        scale = 1
        moments = sorted(draw.sample(range(5, whole // 1000 - 5), draw.randrange(2, 10)))
        for at in [*(moment * 1000 + draw.randrange(1000) for moment in moments), whole]:
            late = _LATE_MS if choices.npt_late and scale == 0 else 0
            reached = npt + scale * (at - elapsed) + late
            if scale > 0 and reached >= ends[-1]:
                # The player pauses where the contents end, and nothing more is played.
                yield action(elapsed - (npt - ends[-1]) // scale, ends[-1], 0, 1, 1)
                npt = ends[-1]
                break
            npt, elapsed = min(ends[-1], max(0, reached)), at
            if at < whole:
                scale = 1 if scale != 1 else draw.choice(_SCALES)
                yield action(elapsed, npt, scale, 1 if scale == 0 else 6, 1 if scale == 0 else 4)
        if choices.npt_beyond:
            npt = ends[-1] + 600_000
        yield action(whole, 0 if choices.npt_reset else npt, 0, STOP, 0)
