"""How flows listen: no wait is longer than was asked for, whatever comes meanwhile, and what other cases have left is passed over."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest

from harness.calldut import CallDut
from harness.callears import MOST_HEARD, MOST_TURNS, Ear
from harness.ending import Ending
from harness.flow import Action, CaseInconclusive, CaseSkipped, Clock, Provide, play
from harness.hearing import Caught, Hear, Listen, Manner
from harness.tests.calls_scene import dut_for, target
from harness.tests.test_ears import message, posted

URI = "http://127.0.0.1:8080/clausewise/main-0123456789abcdef"
PATH = "/clausewise/main-0123456789abcdef"
ALIVE, WANTED = "flexAlive", "restart"


def told(event: str, path: str = PATH) -> bytes:
    """A message that tells an event."""
    return posted(path, message(events=f"<value>{event}</value>"))


@dataclass
class World:
    """A world in which messages come at given moments, and no time passes but by waiting."""

    coming: deque[tuple[float, bytes]] = field(default_factory=deque)
    others: deque[bytes] = field(default_factory=deque)
    now: float = 0.0
    every: dict[str, tuple[float, bytes]] = field(default_factory=dict)
    provided: list[str] = field(default_factory=list)
    listened: list[Listen] = field(default_factory=list)

    def perform(self, action: Action[Any]) -> Any:
        """See `harness.flow.Driver`."""
        match action:
            case Clock():
                return self.now
            case Listen():
                self.listened.append(action)
                return URI
            case Provide():
                self.provided.append(action.kind)
                return "open"
            case Hear(link=""):
                found = (self.now, self.others.popleft()) if self.others else None
                return self._caught(found)
            case Hear():
                return self._caught(self._next(action.link, max(action.within_s, action.least_s)))
        raise AssertionError(action)

    def _next(self, link: str, wall_s: float) -> tuple[float, bytes] | None:
        if link in self.every and not self.coming:
            after, data = self.every[link]
            self.coming.append((self.now + after, data))
        if self.coming and self.coming[0][0] <= self.now + wall_s:
            self.now = max(self.now, self.coming[0][0])
            return self.coming.popleft()
        self.now += wall_s
        return None

    def _caught(self, found: tuple[float, bytes] | None) -> Caught:
        if found is None:
            return Caught(b"", Ending.SILENT, self.now, 0)
        return Caught(found[1], Ending.ANSWERED, found[0], 0)


def scene(**options: Any) -> tuple[CallDut, Ear, World]:
    """A case with an ear."""
    dut, world = dut_for(target(timeout=1.0)), World(**options)
    return dut, play(dut.listen(), world), world


def test_a_place_is_where_the_driver_says_it_is() -> None:
    _, ear, world = scene()
    assert (URI, PATH) == (ear.uri, ear.path)
    assert world.listened == [Listen("main", "127.0.0.1", 0, "/clausewise/main", Manner.ANSWER)]


def test_a_place_that_the_target_file_does_not_name_is_skipped() -> None:
    with pytest.raises(CaseSkipped, match="listener_host"):
        play(dut_for(target(host="192.0.2.9")).listen(), World())
    world = World()
    fixtures = {"listener_host": "198.51.100.4", "listener_port": 8123}
    play(dut_for(target(host="192.0.2.9", fixtures=fixtures)).listen(secure=True), world)
    assert world.provided == ["way"]
    assert world.listened == [Listen("main", "198.51.100.4", 8123, "/clausewise/main", Manner.ANSWER, secure=True)]


def test_an_event_is_waited_for_in_all_and_not_from_each_message_on() -> None:
    dut, ear, world = scene(every={"main": (10.0, told(ALIVE))})
    assert play(dut.wait_event(ear, WANTED, 15.0), world) is None
    assert world.now == 15.0
    assert len(ear.heard) == 1


def test_an_event_is_found_behind_others_until_the_last_moment() -> None:
    dut, ear, world = scene(coming=deque([(5.0, told(ALIVE)), (14.9, told(ALIVE)), (14.95, told(WANTED))]))
    found = play(dut.wait_event(ear, WANTED, 15.0), world)
    assert found is not None
    assert found.at_s == 14.95


def test_an_event_that_came_before_is_found_unless_it_is_of_no_interest() -> None:
    dut, ear, world = scene(coming=deque([(1.0, told(WANTED))]))
    assert len(play(dut.quiet(ear), world)) == 1
    assert play(dut.wait_event(ear, WANTED, 15.0), world) is not None
    ear.mark = 1
    assert play(dut.wait_event(ear, WANTED, 15.0), world) is None


def test_events_that_come_by_themselves_do_not_count_against_quiet() -> None:
    dut, ear, world = scene(every={"main": (1.5, told(ALIVE))})
    assert play(dut.quiet(ear, 4.0), world)
    assert world.now < 10.0


def test_a_device_that_never_stops_is_inconclusive() -> None:
    dut, ear, world = scene(every={"main": (0.1, told(WANTED))})
    with pytest.raises(CaseInconclusive, match="without an end"):
        play(dut.quiet(ear), world)
    assert play(dut.wait_event(ear, "cdrAdded", 1e6), world) is None
    assert len(ear.heard) <= 3 * MOST_TURNS


def test_a_place_beside_that_is_never_empty_does_not_hang_a_case() -> None:
    dut, ear, world = scene(every={"other": (0.0, told(WANTED))})
    other = play(dut.listen("other"), world)
    play(dut.settle(ear, other), world)
    assert len(other.heard) == other.mark == MOST_TURNS


def test_no_case_hears_without_an_end() -> None:
    dut, ear, world = scene(every={"main": (0.0, told(WANTED))})

    async def flow() -> None:
        while await dut.hear(ear) is not None:
            pass

    with pytest.raises(CaseInconclusive, match="without an end"):
        play(flow(), world)
    assert len(ear.heard) == MOST_HEARD


def test_what_other_cases_have_left_is_passed_over() -> None:
    dut, ear, world = scene()
    late = told(WANTED, "/clausewise/main-00112233445566ff")
    world.others.extend([late, told(WANTED, "/clausewise/two-00112233445566ff?a=b"), late])
    assert play(dut.stray(), world) is None
    for target_path in ("/", "/RPC2", PATH[:-1], "/clausewise/"):
        world.others.extend([late, told(WANTED, target_path)])
        found = play(dut.stray(), world)
        assert found is not None
        assert f" {target_path}:" in found.describe()
    world.others.append(told(WANTED))
    assert play(dut.stray(), world) is None
    world.others.append(told(WANTED))
    assert play(dut.stray(ear), world) is not None
