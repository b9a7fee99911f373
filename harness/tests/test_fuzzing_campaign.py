"""Fuzz runs on small devices: what breaks is told once and made small; a device that ends is bisected to the inputs that it takes."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random

import pytest

from harness.fuzzing import campaign as campaigns
from harness.fuzzing.build import Builder
from harness.fuzzing.campaign import Campaign, Found, Lost, Tick
from harness.fuzzing.deaths import merged
from harness.fuzzing.finding import Finding
from harness.fuzzing.kit import load_kit
from harness.fuzzing.receive import GONE
from harness.fuzzing.script import Script, Slot, Step
from harness.fuzzing.session import Session
from harness.net import Deadline
from harness.tests.devices import hmp, target_of
from harness.tests.fuzz_device import UNKNOWN, FuzzToy, Phoenix, lines, playing, session_for

HARMLESS = [lines(f"createSession number-{number}", name=f"values.{number}") for number in range(40)]


class Row:
    """Builds these scripts, in order, then harmless ones."""

    def __init__(self, scripts: Sequence[Script]) -> None:
        self._scripts = itertools.chain(scripts, itertools.cycle(HARMLESS))

    def script(self, _rng: Random) -> Script:
        return next(self._scripts)


def campaign_of(session: Session, scripts: Sequence[Script], *, batch: int = 1, patience_s: float = 2.0) -> Campaign:
    builder: Builder = Row(scripts)  # type: ignore[assignment]  # all that a campaign asks of it
    return Campaign(
        session.kit,
        builder,
        session.player,
        seed=1,
        document="0" * 64,
        target="tiny",
        revive=lambda: session.revived(patience_s),
        batch=batch,
    )


def run(session: Session, scripts: Sequence[Script], **options: object) -> tuple[Campaign, list[Found | Lost]]:
    """Play these scripts; gives what came of it."""
    made = campaign_of(session, scripts, **options)  # type: ignore[arg-type]  # by name
    return made, [event for event in made.run(cases=len(scripts)) if not isinstance(event, Tick)]


def sent(script: Script) -> bytes:
    return b"".join(part for step in script.steps for part in step.parts if isinstance(part, bytes))


@contextmanager
def mortal(deadly: Callable[[list[bytes]], bool], **options: object) -> Iterator[tuple[Phoenix, Session]]:
    phoenix = Phoenix(deadly, **options)  # type: ignore[arg-type]  # by name
    session = session_for(target_of(phoenix.port, timeout=0.1 if options.get("hangs") else 2.0))
    try:
        yield phoenix, session
    finally:
        session.player.close()
        session.pool.close()
        phoenix.stop()


def only(events: list[Found | Lost]) -> Finding:
    (event,) = events
    return event.finding


# What breaks


def spoiled(name: bytes) -> FuzzToy:
    return FuzzToy(lambda _toy, line, reply, _link: b"DONE\n" if name in line else reply)


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 8])
def test_a_broken_check_is_told_once_and_made_small(batch: int) -> None:
    bad = [lines("createSession a", f"addHotmark {UNKNOWN} with-Q-within", name="values.text") for _ in range(5)]
    with playing(spoiled(b"Q").handle) as session:
        made, events = run(session, [*HARMLESS[:3], *bad, *HARMLESS[:3]], batch=batch)
    finding = only(events)
    assert sent(finding.script) in (b"Q", b"Q\n")
    assert (finding.check, finding.reproduced, finding.history) == ("reply.error", True, 1)
    assert finding.number == 3
    assert finding.id == "hmp-values.text-3"
    assert finding.original_bytes > finding.script.size
    assert b"DONE\n" in [step.data for step in finding.transcript]
    assert made.tally.broken == {"values.text": 5}
    assert made.tally.cases == 11
    assert list(made.tally.seen.values()) == [5]


@pytest.mark.slow
def test_different_checks_and_kinds_of_case_are_different_findings() -> None:
    def spoil(_toy: FuzzToy, line: bytes, reply: bytes, _link: object) -> bytes:
        return b"DONE\n" if b"Q" in line else b"OK\r\n" if b"Z" in line else reply

    scripts = [lines("createSession Q", name="values.a"), lines("createSession Q", name="bytes.a")]
    scripts += [lines("setLiveSession Z true", name="values.b")]
    with playing(FuzzToy(spoil).handle) as session:
        _, events = run(session, scripts * 3)
    assert ["values.a", "bytes.a", "values.b"] == [event.finding.script.name for event in events]


@pytest.mark.slow
def test_what_cannot_be_repeated_says_so_and_is_looked_at_again() -> None:
    """Flaky at first, then always: told twice, the second time made small."""
    seen: list[bytes] = []

    def spoil(_toy: FuzzToy, line: bytes, reply: bytes, _link: object) -> bytes:
        if b"Q" in line:
            seen.append(line)
        return b"DONE\n" if b"Q" in line and (len(seen) == 1 or len(seen) > 4) else reply

    with playing(FuzzToy(spoil).handle) as session:
        _, events = run(session, [lines("createSession Q more", name="values.text") for _ in range(6)])
    flaky, steady = (event.finding for event in events)
    assert (flaky.reproduced, steady.reproduced) == (False, True)
    assert flaky.script == lines("createSession Q more", name="values.text")
    assert b"DONE\n" in [step.data for step in flaky.transcript]
    assert sent(steady.script) in (b"Q", b"Q\n")


def test_what_is_always_flaky_does_not_take_the_whole_run() -> None:
    first: set[bytes] = set()

    def spoil(_toy: FuzzToy, line: bytes, reply: bytes, _link: object) -> bytes:
        new = b"Q" in line and line not in first
        first.add(line)
        return b"DONE\n" if new else reply

    toy = FuzzToy(spoil)
    scripts = [lines(f"createSession Q{number}", name="values.text") for number in range(60)]
    with playing(toy.handle) as session:
        made, events = run(session, scripts)
    assert not only(events).reproduced
    assert made.tally.broken == {"values.text": 60}
    assert sum(b"createSession Q" in line for line in toy.lines) <= 60 + 2 * campaigns.LOOKS


def test_making_small_ends_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaigns, "SHRINK_S", 0.0)
    with playing(spoiled(b"Q").handle) as session:
        _, events = run(session, [lines("createSession with-Q-within", name="values.text")])
    finding = only(events)
    assert finding.reproduced
    assert sent(finding.script) == b"createSession with-Q-within\n"


@pytest.mark.slow
def test_no_more_findings_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaigns, "MOST_FINDINGS", 2)
    scripts = [lines("createSession Q", name=f"kind{number}.a") for number in range(4)]
    with playing(spoiled(b"Q").handle) as session:
        made, events = run(session, scripts)
    assert len(events) == 2
    assert made.tally.broken.total() == 4


# What ends a device


def boom(memory: list[bytes]) -> bool:
    return b"boom" in memory[-1]


def after_alpha(memory: list[bytes]) -> bool:
    return b"beta" in memory[-1] and any(b"alpha" in line for line in memory[:-1])


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 8])
@pytest.mark.parametrize("hangs", [False, True], ids=["refuses", "answers-nothing"])
def test_one_deadly_input_is_bisected_to_its_bytes(batch: int, hangs: bool) -> None:
    scripts = [*HARMLESS[:5], lines("createSession boom-boom", name="values.text"), *HARMLESS[:10]]
    with mortal(boom, hangs=hangs, down_s=0.25 if hangs else 0.03) as (phoenix, session):
        made, events = run(session, scripts, batch=batch)
        finding = only(events)
        assert isinstance(events[0], Found)
        assert sent(finding.script).strip() == b"boom"
        assert (finding.check, finding.history, finding.reproduced) == (GONE, 1, True)
        assert finding.clauses[0] == hmp().lines.rules["one-reply"]  # type: ignore[union-attr]
        assert any(b"boom" in step.data for step in finding.transcript)
        assert session.player.play(finding.script).gone
    assert made.tally.broken.total() == 1
    assert made.tally.cases >= len(scripts) - batch  # the run went on
    assert phoenix.deaths > 1


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 8])
def test_a_combination_of_two_inputs_is_bisected_to_both(batch: int) -> None:
    """The device remembers: neither of the two is deadly alone, whatever was tried before."""
    scripts = [
        *HARMLESS[:3],
        lines("createSession xx-alpha-xx", name="values.first"),
        *HARMLESS[:7],
        lines("createSession xx-beta-xx", name="values.second"),
        *HARMLESS[:10],
    ]
    with mortal(after_alpha) as (phoenix, session):
        _, events = run(session, scripts, batch=batch)
        finding = only(events)
        words = sent(finding.script).split()
        assert (finding.history, finding.reproduced, finding.check) == (2, True, GONE)
        assert words == [b"alpha", b"beta"]
        assert finding.script.name == "values.second"
        before = phoenix.deaths
        assert session.player.play(finding.script).gone
        assert session.revived(2.0)
        assert not session.player.play(lines("createSession beta")).gone
        assert phoenix.deaths == before + 1


@pytest.mark.slow
def test_the_same_death_is_told_once_and_another_one_too() -> None:
    other = lines("createSession boom", name="bytes.other")
    scripts = [script for _ in range(6) for script in (HARMLESS[0], lines("createSession boom", name="values.text"))]
    with mortal(boom) as (_, session):
        made, events = run(session, [*scripts, other])
    assert ["values.text", "bytes.other"] == [event.finding.script.name for event in events]
    assert made.tally.broken == {"values.text": 6, "bytes.other": 1}
    assert made.tally.cases == 13


@pytest.mark.slow
def test_a_death_that_cannot_be_repeated_keeps_the_last_inputs() -> None:
    deaths: list[int] = []

    def once(memory: list[bytes]) -> bool:
        if b"number-9" in memory[-1] and not deaths:
            deaths.append(1)
            return True
        return False

    with mortal(once) as (_, session):
        _, events = run(session, HARMLESS[:12])
    finding = only(events)
    assert (finding.check, finding.reproduced, finding.history) == (GONE, False, 10)
    assert [b"number-%d" % number for number in range(10)] == sent(finding.script).split()[1::2]


def test_a_device_that_does_not_come_back_ends_the_run_with_its_last_inputs() -> None:
    scripts = [*HARMLESS[:20], lines("createSession boom", name="values.text"), *HARMLESS[:5]]
    with mortal(boom, down_s=None) as (_, session):
        made, events = run(session, scripts, patience_s=0.1)
    (event,) = events
    assert isinstance(event, Lost)
    assert event.finding.check == GONE
    assert not event.finding.reproduced
    assert event.finding.history == campaigns.TOLD_OF_DEATH
    assert sent(event.finding.script).endswith(b"createSession number-19\ncreateSession boom\n")
    assert made.tally.cases == 21


def test_a_device_that_ends_while_a_finding_is_made_small_is_a_finding_of_its_own() -> None:
    """It answers wrongly, and the third time it ends for good."""
    seen: list[bytes] = []

    def third(memory: list[bytes]) -> bool:
        seen.extend(line for line in memory[-1:] if b"Q" in line)
        return len(seen) == 3

    phoenix = Phoenix(third, down_s=None, spoil=lambda line, reply: b"DONE\n" if b"Q" in line else reply)
    session = session_for(target_of(phoenix.port, timeout=2.0))
    try:
        _, events = run(session, [lines("createSession Q", name="values.text")], patience_s=0.05)
    finally:
        session.player.close()
        session.pool.close()
        phoenix.stop()
    assert [Found, Lost] == [type(event) for event in events]
    assert ["reply.error", GONE] == [event.finding.check for event in events]


def test_a_device_that_never_answers_is_lost_at_once() -> None:
    with mortal(lambda memory: True, down_s=None, hangs=True) as (_, session):
        made, events = run(session, HARMLESS[:5], patience_s=0.05)
    assert [Lost] == [type(event) for event in events]
    assert made.tally.cases == 1


# Limits


@pytest.mark.parametrize("batch", [1, 7])
def test_as_many_cases_as_asked_for(batch: int) -> None:
    toy = FuzzToy()
    with playing(toy.handle) as session:
        made = campaign_of(session, [], batch=batch)
        assert all(isinstance(event, Tick) for event in made.run(cases=20))
    assert made.tally.cases == 20
    assert sum(line.startswith(b"createSession") for line in toy.lines) == 20


def test_it_ends_at_its_time() -> None:
    with playing(FuzzToy().handle) as session:
        made = campaign_of(session, [])
        began = time.monotonic()
        events = list(made.run(limit=Deadline.after(0.1)))
        assert 0.1 <= time.monotonic() - began < 5
    assert made.tally.cases >= 1
    assert events
    assert events == [event for event in events if isinstance(event, Tick)]


def test_it_ends_when_it_is_stopped_also_while_it_makes_something_small() -> None:
    with playing(spoiled(b"Q").handle) as session:
        made = campaign_of(session, [lines("createSession Q" + "x" * 4000, name="values.text")])
        timer = threading.Timer(0.05, lambda: setattr(made, "stopped", True))
        timer.start()
        began = time.monotonic()
        list(made.run())
        assert time.monotonic() - began < 5
        timer.join()


def test_skipped_cases_are_counted_by_their_reason() -> None:
    with playing(FuzzToy().handle) as session:
        made, events = run(session, [lines("deleteSession Demo")] * 3 + HARMLESS[:2])
    assert events == []
    assert made.tally.skipped == {"a short text might name an object of somebody else": 3}
    assert made.tally.cases == 2


# Several scripts as one


def test_merged_scripts_keep_their_references_and_finish_what_is_unfinished() -> None:
    first = lines("createSession a", (b"addHotmark ", Slot("value:0:"), b" x\n"), b"unfinished")
    second = Script(name="b.c", steps=(Step(parts=(b"cut off",)), Step(how="close"), Step(parts=(b"two\nlines\n",))))
    third = lines("createSession b", (b"addHotmark ", Slot("value:0:"), b" y\n"), name="last.one")
    made = merged([first, second, third], load_kit("hmp"))
    assert made.name == "last.one"
    assert [Slot("value:0:"), Slot("value:5:")] == made.slots()
    assert sent(made).startswith(b"createSession a\naddHotmark  x\nunfinished\ncut off")


def test_a_merged_script_does_what_its_parts_do() -> None:
    parts = [
        lines("createSession a"),
        lines("createSession b", (b"updateSessionMetadata ", Slot("value:0:"), b" title c\n")),
    ]
    one, other = FuzzToy(), FuzzToy()
    with playing(one.handle) as session:
        for script in parts:
            session.player.play(script)
    with playing(other.handle) as session:
        assert session.player.play(merged(parts, session.kit)).broken == []

    def commands(toy: FuzzToy) -> list[bytes]:
        return [line for line in toy.lines if not line.startswith((b"getRec", b"delete"))]

    assert commands(one) == commands(other)
