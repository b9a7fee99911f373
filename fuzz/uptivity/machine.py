"""A rule-based state machine over calls, their instances, further recordings, blackouts, chats and events, on any road, in any order.

Each step is sent through the player, which judges every result and every event; `fuzz.uptivity.model` knows what must be so behind it.
A step that breaks something is played again with all before it as one script, so that it can be replayed.
"""

from __future__ import annotations

import random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, consumes, initialize, multiple, rule

from fuzz.uptivity.kit import KIT
from fuzz.uptivity.model import Model
from harness.errors import TransportError
from harness.fuzzing.document_kit import devices_of
from harness.fuzzing.document_player import DocumentPlayer
from harness.fuzzing.document_urls import escaped, joined
from harness.fuzzing.document_values import plain_xml
from harness.fuzzing.document_xml import spelled, written
from harness.fuzzing.script import Script, Step
from harness.fuzzing.session import Session
from harness.fuzzing.testing import FindingError, must_conform

MOST_UP = 4  # calls of a device at a time
_FREE = ("plain", "a&b", "<x>", "100%", "a+b", 'say "so"', "it's", "a=b&c", "%41", "&amp;", "two words", "x" * 20)
_WORDS = ("Gold Level", "0", "007", "test", "A", "Follow up", "Z9", "winners")
_USERS = tuple(f"USER{number}" for number in range(1, 16) if number != 2)
_MARKS = random.Random(20261122)
_PLAIN = random.Random(0)  # for spellings that are the usual ones
Named = tuple[str, str, str]  # device, instance, mark
_VALUES = st.dictionaries(
    st.sampled_from(("GROUP", "GATE", "ANI", "DNIS", "CALLDIRECTION", *_USERS)),
    st.integers(0, 63),
    min_size=1,
    max_size=6,
)


def _values(drawn: dict[str, int]) -> list[tuple[str, str]]:
    texts = {
        "GROUP": _FREE,
        "GATE": _FREE,
        "CALLDIRECTION": ("I", "O"),
        "ANI": ("6145551212", "100"),
        "DNIS": ("8889225526", "5"),
    }
    return [(name, (known := texts.get(name, _WORDS))[number % len(known)]) for name, number in drawn.items()]


class UptivityMachine(RuleBasedStateMachine):
    """Set `session` before it is run."""

    session: ClassVar[Session]

    calls: Bundle[Named] = Bundle("calls")
    chats: Bundle[str] = Bundle("chats")

    def __init__(self) -> None:
        super().__init__()
        assert isinstance(self.session.player, DocumentPlayer)
        self._player = self.session.player
        self._target = self.session.target
        self._player.begin()
        assert isinstance(self._player.model, Model)
        self._model = self._player.model
        self._steps: list[Step] = []
        self._number = 0
        self._devices = devices_of(KIT, self._target)[:2]
        self._roads = ["", "second", *self._player.webs] if self._player.stream else self._player.webs

    # steps

    def _do(self, step: Step) -> None:
        """Send it. What is wrong, alone or with what was before, fails the run."""
        self._steps.append(step)
        played = self._player.go_on([step])
        if played.skipped:
            self._steps.pop()
            played.skipped = ""
        if not played.broken:
            played = self._player.settle()
        if not played.broken:
            return
        broken = list(played.broken)
        self._tidy()
        must_conform(self.session, Script(name="machine.steps", clauses=broken[0].clauses, steps=tuple(self._steps)))
        told = "\n".join(
            f"{one.id}: expected {one.expected}, got {one.got} ({', '.join(one.clauses)})" for one in broken
        )
        raise FindingError(f"seen once, and not when the same was sent again:\n{told}")

    def _call(self, function: str, *fields: tuple[str, str], road: int | str = 0) -> None:
        self._number += 1
        link = road if isinstance(road, str) else self._roads[road % len(self._roads)]
        pairs = [
            ("TYPE", function),
            ("REQUESTID", str(self._number)),
            *((name, value) for name, value in fields if value),
        ]
        if self._player.is_web(link):
            host = f"{self._target.host}:{self._target.ports[link]}"
            data = f"GET /webAPI.php?{joined(escaped(pairs, _PLAIN))} HTTP/1.1\r\nHost: {host}\r\n\r\n"
        else:
            data = written(spelled(pairs, _PLAIN, plain_xml))
        self._do(Step(parts=(data.encode(),), link=link))

    def _tidy(self) -> None:
        for session in sorted(self._model.chats):
            try:
                self._player.ask("CHATSTOP", [("SESSIONID", session)])
            except TransportError:
                break
        self._player.end()

    def teardown(self) -> None:
        """End the calls and the chats."""
        self._tidy()

    # what is done

    @initialize()
    def begin(self) -> None:
        """Somebody is told of everything from the beginning."""
        if self._player.stream:
            self._call("EVENTS", ("EVENTCLASS", "ALL"), road="watch")

    @rule(event_class=st.sampled_from(("ALL", "CALL", "RECORD")))
    def watch(self, event_class: str) -> None:
        """Another connection asks for events, or ends."""
        if not self._player.stream:
            return
        if self._player.told.get("late"):
            self._do(Step(how="close", link="late"))
        else:
            self._call("EVENTS", ("EVENTCLASS", event_class), road="late")

    @rule(target=calls, at=st.integers(0, 1), values=_VALUES, road=st.integers(0, 5), again=st.booleans())
    def start(self, at: int, values: dict[str, int], road: int, again: bool) -> Named:
        """A call begins, under a new instance or one that is free again."""
        device = self._devices[at % len(self._devices)]
        known = self._model.calls.get(device, {})
        if len([one for one in known.values() if one.up is not False]) >= MOST_UP:
            oldest = next(one for one in known.values() if one.up is not False)
            self._call("CALLSTOP", ("DEVICEID", device), ("CALLINSTANCE", oldest.instance), road=road)
        free = [one.instance for one in known.values() if one.up is False]
        instance = free[-1] if free and again else str(_MARKS.randrange(10**6, 10**7))
        mark = f"T{_MARKS.randrange(10**8, 10**9)}"
        self._call(
            "CALLSTART", ("DEVICEID", device), ("CALLINSTANCE", instance), ("USER2", mark), *_values(values), road=road
        )
        return device, instance, mark

    @rule(call=calls, values=_VALUES, road=st.integers(0, 5), named=st.sampled_from((True, True, False)))
    def update(self, call: Named, values: dict[str, int], road: int, named: bool) -> None:
        """A call is given other values, or the last one is."""
        self._call(
            "CALLUPDATE", ("DEVICEID", call[0]), ("CALLINSTANCE", call[1] if named else ""), *_values(values), road=road
        )

    @rule(call=calls, road=st.integers(0, 5), named=st.sampled_from((True, True, True, False)))
    def stop(self, call: Named, road: int, named: bool) -> None:
        """A call ends, or the last one does."""
        self._call("CALLSTOP", ("DEVICEID", call[0]), ("CALLINSTANCE", call[1] if named else ""), road=road)
        self._call("DEVICERECORDINGSTATUS", ("DEVICEID", call[0]))

    @rule(
        call=calls,
        what=st.sampled_from(
            ("RECORDSTART", "RECORDSTOP", "BLACKOUTSTART", "BLACKOUTSTOP", "AGENTBLACKOUTSTART", "AGENTBLACKOUTSTOP")
        ),
        road=st.integers(0, 5),
    )
    def control(self, call: Named, what: str, road: int) -> None:
        """A further recording or a blackout of a call."""
        instance = "" if what.startswith("AGENT") else call[1]
        self._call(what, ("DEVICEID", call[0]), ("CALLINSTANCE", instance), road=road)

    @rule(target=chats, road=st.integers(0, 5))
    def chat(self, road: int) -> str | MultipleResults[str]:
        """A chat begins, of an agent whose devices are in no call of ours."""
        agents = self._target.fixture_texts("agent_ids")
        if len(agents) < 3:
            return multiple()
        session = str(_MARKS.randrange(10**8, 10**9))
        self._call("CHATSTART", ("SESSIONID", session), ("AGENTID", agents[2]), road=road)
        return session

    @rule(session=chats, road=st.integers(0, 5))
    def say(self, session: str, road: int) -> None:
        """A chat goes on, if it is still there."""
        self._call("CHATUPDATE", ("SESSIONID", session), ("GROUP", "53"), road=road)

    @rule(session=consumes(chats), road=st.integers(0, 5))
    def fall_silent(self, session: str, road: int) -> None:
        """A chat ends."""
        self._call("CHATSTOP", ("SESSIONID", session), road=road)

    # what is seen

    @rule(
        call=calls,
        function=st.sampled_from(
            ("DEVICESTATUS", "DEVICERECORDINGSTATUS", "DEVICERECORDINGSTATUS", "DEVICELIST", "TEST")
        ),
        road=st.integers(0, 5),
    )
    def look(self, call: Named, function: str, road: int) -> None:
        """The status of devices."""
        self._call(
            function,
            *([("DEVICEID", call[0])] if function.startswith("DEVICE") and function != "DEVICELIST" else []),
            road=road,
        )

    @rule(call=calls, road=st.integers(0, 5))
    def record(self, call: Named, road: int) -> None:
        """The record of a call, if there is one."""
        self._call("CALLLIST", ("DEVICEID", call[0]), ("USER2", call[2]), road=road)
