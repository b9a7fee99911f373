"""What a state machine over calls is made of: steps that are sent and judged, played again as one script where something is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from harness.fuzzing import call_http
from harness.fuzzing.call_parts import DECLARATION, PASSWORD, USER, Parts, packed, slotted, value
from harness.fuzzing.call_player import CallPlayer
from harness.fuzzing.script import Part, Script, Slot, Step
from harness.fuzzing.session import Session
from harness.fuzzing.testing import FindingError, must_conform

_END = b"</struct></value></param></params></methodCall>"
Written = bytes | Parts  # a value in XML


class CallMachine(RuleBasedStateMachine):
    """Set `session` before it is run."""

    session: ClassVar[Session]
    calls: ClassVar[int] = 0  # in all runs

    def __init__(self) -> None:
        super().__init__()
        assert isinstance(self.session.player, CallPlayer)
        self._player = self.session.player
        self._player.begin()
        system = self.session.system
        assert system.calls is not None
        self._path = system.calls.path.encode()
        self._login = (*_text(system.calls.user, USER), *_text(system.calls.password, PASSWORD))
        self._steps: list[Step] = []

    # steps

    def _call(self, method: str, members: Mapping[str, Written], login: Sequence[Part] = ()) -> int | None:
        """Send a call; gives the number of its reply if it was a success. What is wrong fails the run."""
        begin = f"<methodCall><methodName>{method}</methodName><params><param><value><struct>".encode()
        parts: list[Part] = [DECLARATION, begin, *(login or self._login)]
        for name, one in members.items():
            written = one if isinstance(one, tuple) else (one,)
            parts += (b"<member><name>" + name.encode() + b"</name>", *written, b"</member>")
        step = Step(parts=call_http.usual(self._path, packed((*parts, _END))))
        number = len(self._player.turns)
        self._steps.append(step)
        type(self).calls += 1
        played = self._player.go_on([step])
        if played.skipped:
            self._steps.pop()
            played.skipped = ""
        if played.broken:
            self._fail()
        if len(self._player.turns) == number:  # what it needs did not come about
            if self._steps and self._steps[-1] is step:
                self._steps.pop()
            return None
        return number if self._player.turns[-1].reply.ok else None

    def _fail(self) -> None:
        broken = list(self._player.played.broken)
        self._player.end()
        must_conform(self.session, Script(name="machine.steps", clauses=broken[0].clauses, steps=tuple(self._steps)))
        told = "\n".join(
            f"{one.id}: expected {one.expected}, got {one.got} ({', '.join(one.clauses)})" for one in broken
        )
        raise FindingError(f"seen once, and not when the same was sent again:\n{told}")

    def teardown(self) -> None:
        """Remove what was made."""
        self._player.end()


def id_of(number: int) -> Parts:
    """What the reply of this number has told: an id, or where a list goes on; below 0 an id of nothing."""
    if number < 0:
        return (value("none"),)
    return slotted(Slot(f"value:{number}:"))


def _text(name: str, slot: Part) -> Parts:
    assert isinstance(slot, Slot)
    return (b"<member><name>" + name.encode() + b"</name>", *slotted(slot), b"</member>")
