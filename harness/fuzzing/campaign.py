"""A fuzz run: builds, plays, counts; what breaks is played again, alone, and made small; a device that is gone is bisected."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from harness.fuzzing.build import rng_of
from harness.fuzzing.deaths import Deaths, merged
from harness.fuzzing.finding import Finding, from_play, key_of, new_finding, same_break
from harness.fuzzing.kit import AnyKit
from harness.fuzzing.plays import Builds, Plays
from harness.fuzzing.receive import Played
from harness.fuzzing.script import Script
from harness.fuzzing.shrink import shrink
from harness.net import Deadline
from harness.verdict import Check

# Cases remembered for a device that dies of more than the last one.
HISTORY = 64
# What one finding may cost to be made small. Findings beyond MOST_FINDINGS are counted and not kept.
SHRINK_TRIES = 400
SHRINK_S = 10.0
# A finding that could not be repeated is looked at again when it is seen again, so often at most; deaths of one kind are bisected so often.
LOOKS = 20
SAME_DEATHS = 3
# Of a death that cannot be repeated the finding keeps the last cases.
TOLD_OF_DEATH = 16
MOST_FINDINGS = 200
TICK_S = 0.2


@dataclass(slots=True)
class Tally:
    """What a run did so far. Counts by name of the case: played, broken; reasons of the skipped ones."""

    played: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    clauses: dict[str, set[str]] = field(default_factory=dict)  # name -> clauses strained
    requests: int = 0
    seen: Counter[tuple[str, ...]] = field(default_factory=Counter)  # key of a finding -> how often
    began: float = field(default_factory=time.monotonic)

    @property
    def cases(self) -> int:
        """Cases played to their end."""
        return self.played.total()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.began


@dataclass(frozen=True, slots=True)
class Tick:
    """Time for a sign of life."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, made small."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class Lost:
    """The device is gone and does not come back: the run is over."""

    finding: Finding


class Campaign:
    """One run on one target.

    Args:
        document: digest of the document, for the findings.
        batch: how many cases are built, and sent together where they can be, before the next look at the clock.
        revive: waits until the device accepts connections again; False if it does not.
    """

    def __init__(
        self,
        kit: AnyKit,
        builder: Builds,
        player: Plays,
        *,
        seed: int,
        document: str,
        target: str,
        revive: Callable[[], bool],
        batch: int = 1,
    ) -> None:
        self._kit = kit
        self._builder = builder
        self._player = player
        self._seed = seed
        self._document = document
        self._target = target
        self._revive = revive
        self._batch = batch
        self._ahead: dict[int, list[Script]] = {}  # by the number of the first
        self._history: deque[Script] = deque(maxlen=HISTORY)
        self._gone = False
        self._killer: tuple[Script, Played] | None = None  # what has ended the device while a finding was looked into
        self.tally = Tally()
        self.findings: dict[tuple[str, ...], Finding] = {}
        self.stopped = False  # set to end the run after the case that is being played

    def run(self, *, cases: int | None = None, limit: Deadline | None = None) -> Iterator[Tick | Found | Lost]:
        """Play until one of the limits; what is found is yielded when it has been made small."""
        tally, next_tick, number = self.tally, time.monotonic(), 0
        while not (self.stopped or self._gone or (cases is not None and number >= cases)):
            now = time.monotonic()
            if limit is not None and now >= limit.at:
                return
            if now >= next_tick:
                next_tick = now + TICK_S
                yield Tick()
            size = self._batch if cases is None else min(self._batch, cases - number)
            scripts = self._built(number)[:size]
            died = False  # what follows in the batch after the device was gone teaches nothing
            for index, (script, played) in enumerate(zip(scripts, self._played(scripts, number), strict=True)):
                self._history.append(script)
                tally.requests += played.requests
                if played.skipped:
                    tally.skipped[played.skipped] += 1
                else:
                    tally.played[script.name] += 1
                    tally.clauses.setdefault(script.name, set()).update(script.clauses)
                if played.broken and not (self._gone or died):
                    tally.broken[script.name] += 1
                    died = played.gone
                    yield from self._look_into(number + index, script, played, later=scripts[index + 1 :])
            number += size

    def _played(self, scripts: Sequence[Script], number: int) -> list[Played]:
        """Play them, and build the next ones while the device is at work."""
        return self._player.play_all(scripts, meanwhile=lambda: self._built(number + self._batch))

    def _built(self, number: int) -> list[Script]:
        """The scripts of the batch that begins with this case."""
        if number not in self._ahead:
            self._ahead = {
                number: [self._builder.script(rng_of(self._seed, number + index)) for index in range(self._batch)]
            }
        return self._ahead[number]

    def _look_into(
        self, number: int, script: Script, played: Played, later: Sequence[Script]
    ) -> Iterator[Found | Lost]:
        if played.gone:
            yield from self._after_death(number, script, played, later)
            return
        broken = played.broken[0]
        key = key_of(broken.id, broken.clauses, script)
        self.tally.seen[key] += 1
        known = self.findings.get(key)
        # What was seen and could not be repeated is looked at again, a few times.
        if (known is not None and (known.reproduced or self.tally.seen[key] > LOOKS)) or (
            len({finding.id for finding in self.findings.values()}) >= MOST_FINDINGS  # one may have two keys
        ):
            return
        finding = self._confirmed(self._finding(number, script, played, broken))
        used = (*finding.script.clauses, *self._kit.strains(finding.script.literal))
        finding = replace(finding, strains=tuple(name for name in dict.fromkeys(used) if name not in finding.clauses))
        before = self.findings.get(finding.key)
        if before is None or (finding.reproduced and not before.reproduced):
            self.findings[finding.key] = finding
            yield Found(finding)
        if known is None or finding.reproduced:
            self.findings[key] = self.findings[finding.key]
        if (killer := self._killer) is not None:  # played again, it has ended the device: a finding of its own
            self._killer = None
            yield from self._after_death(number, *killer)

    def _finding(self, number: int, script: Script, played: Played, broken: Check) -> Finding:
        return new_finding(
            script,
            played,
            broken,
            name=f"{self._kit.system}-{script.name}-{number}",
            system=self._kit.system,
            document=self._document,
            target=self._target,
            seed=self._seed,
            number=number,
        )

    def _confirmed(self, finding: Finding) -> Finding:
        """Played again, step by step first; if it breaks again, made small. If the device is gone then, `_killer` says of what."""
        for careful in (True, False):
            played = self._player.play(finding.script, careful=careful)
            if played.gone:
                self._killer = (finding.script, played)
                return finding
            broken = same_break(finding.check, finding.clauses, played)
            if broken is None and careful and played.broken:
                broken = played.broken[0]  # seen step by step it has another name
                finding = replace(finding, check=broken.id, clauses=broken.clauses or finding.clauses)
            if broken is not None:
                return self._made_small(
                    from_play(finding, finding.script, played, broken, careful=careful), careful=careful
                )
        return finding

    def _made_small(self, finding: Finding, *, careful: bool) -> Finding:
        limit = Deadline.after(SHRINK_S)
        best = finding

        def still(candidate: Script) -> bool:
            nonlocal best
            if not limit.remaining() or self._killer is not None or self.stopped:
                return False
            played = self._player.play(candidate, careful=careful)
            if played.gone:
                self._killer = (candidate, played)
                return False
            broken = same_break(finding.check, finding.clauses, played)
            if broken is None:
                return False
            best = from_play(finding, candidate, played, broken, careful=careful)
            return True

        shrink(finding.script, still, tries=SHRINK_TRIES, end=self._kit.end)
        return best

    # a device that is gone

    def _after_death(
        self, number: int, script: Script, played: Played, later: Sequence[Script] = ()
    ) -> Iterator[Found | Lost]:
        """Which of the last inputs did it? Only a device that comes back can tell.

        Args:
            later: what may have been sent along behind the script.
        """
        broken = played.broken[-1]
        suspects = [*self._history, *later]
        self._history.clear()
        key = key_of(broken.id, broken.clauses, script)
        self.tally.seen[key] += 1
        last = suspects[-TOLD_OF_DEATH:]
        finding = self._finding(number, merged(last, self._kit), played, broken)
        finding = replace(finding, history=len(last))
        self._gone = not self._revive()
        if not self._gone and self.tally.seen[key] <= SAME_DEATHS:
            finding = self._bisected(finding, script, suspects)
        if self._gone:
            self.findings.setdefault(finding.key, finding)
            yield Lost(finding)
        elif finding.key not in self.findings:
            self.findings[finding.key] = finding
            yield Found(finding)

    def _bisected(self, finding: Finding, script: Script, suspects: Sequence[Script]) -> Finding:
        deaths = Deaths(self._player, self._kit, self._revive, lambda: self.stopped)
        culprits = deaths.culprits(suspects, script)
        if culprits:
            finding = replace(
                finding,
                script=merged(culprits, self._kit),
                history=len(culprits),
                reproduced=True,
                transcript=deaths.transcript,
                original_bytes=sum(one.size for one in culprits),
            )
            if (small := deaths.smallest(culprits)) is not None:
                finding = replace(finding, script=small, transcript=deaths.transcript)
        self._gone = deaths.gone
        return finding
