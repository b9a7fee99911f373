"""Which inputs end a device? Plays the last ones again, fewer and fewer, each time on a device that has just come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.fuzzing.kit import AnyKit
from harness.fuzzing.plays import Plays
from harness.fuzzing.script import Script, Slot, Step
from harness.fuzzing.shrink import fewest, shrink
from harness.transcript import Step as Happened

# What the search for one cause may cost: so many times the device is ended at most.
KILLS = 60
TRIES = 400


class Deaths:
    """The search for one cause.

    A device remembers what it was sent. Inputs count as deadly only if they end a device that had just started: else an earlier one may have
    had a part in it.

    Args:
        revive: waits until the device is back; False if it does not come back.
        stopped: whether the search shall end now.

    Attributes:
        gone: it did not come back.
        transcript: what happened the last time that it was ended.
    """

    def __init__(self, player: Plays, kit: AnyKit, revive: Callable[[], bool], stopped: Callable[[], bool]) -> None:
        self._player = player
        self._kit = kit
        self._revive = revive
        self._stopped = stopped
        self._kills = 0
        self._fresh = True
        self.gone = False
        self.transcript: tuple[Happened, ...] = ()

    def culprits(self, suspects: Sequence[Script], first: Script) -> list[Script]:
        """The inputs that it takes, in order; none if it cannot be repeated. The device is there and has just started.

        Args:
            suspects: the last inputs, newest last.
            first: the one that is suspected most.
        """
        if self.deadly([first]):
            return [first]
        size = 1
        while not self.gone:
            if self.deadly(suspects[-size:]):
                return fewest(suspects[-size:], self.deadly)
            if size >= len(suspects):
                break
            size *= 2
        return []

    def smallest(self, culprits: Sequence[Script]) -> Script | None:
        """One small script that does it; None if it takes several connections."""
        script = merged(culprits, self._kit)
        if len(culprits) > 1 and not self.deadly([script]):
            return None
        return shrink(script, lambda candidate: self.deadly([candidate]), tries=TRIES, end=self._kit.end)

    def deadly(self, scripts: Sequence[Script]) -> bool:
        """Whether these alone end the device."""
        if self.gone or self._kills >= KILLS or self._stopped():
            return False
        fresh = self._fresh
        died = self._dies(scripts)
        if died and not fresh and not self.gone:
            died = self._dies(scripts)
        return died and (fresh or self._fresh)

    def _dies(self, scripts: Sequence[Script]) -> bool:
        happened: list[Happened] = []
        for one in scripts:
            played = self._player.play(one)
            happened += played.transcript
            if played.gone:
                break
        else:
            if self._player.is_alive():
                self._fresh = False
                return False
        self.transcript = tuple(happened)
        self._kills += 1
        self._fresh = self._revive()
        self.gone = not self._fresh
        return True


def merged(scripts: Sequence[Script], kit: AnyKit) -> Script:
    """One script that does what these do one after the other, under the name of the last."""
    steps: list[Step] = []
    requests = 0
    for script in scripts:
        tail = b""
        before = requests
        for step in script.steps:
            parts = tuple(_shifted(part, before) if isinstance(part, Slot) else part for part in step.parts)
            steps.append(replace(step, parts=parts))
            if step.how != "send":
                tail = b""
                continue
            found, tail = kit.cut(tail + b"".join(part if isinstance(part, bytes) else b"x" for part in parts))
            requests += len(found)
        if tail:
            steps.append(Step(parts=(kit.end,)))
            requests += 1
    return replace(scripts[-1], steps=tuple(steps))


def _shifted(slot: Slot, by: int) -> Slot:
    kind, _, rest = slot.name.partition(":")
    return Slot(f"{kind}:{int(rest.partition(':')[0]) + by}:") if kind == "value" else slot
