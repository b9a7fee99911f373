"""What a conforming device may answer to any command, given everything that was sent and answered before.

The rules of states, types and constraints stand in the spec and are read from there by `harness.fuzzing.oracle`; what the spec's format cannot say
stands in `commands` (why a command may fail) and `effects` (what it does). Whatever the model does not know, it leaves open: then every
answer conforms that would under some possible state of the device.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from fuzz.hmp.commands import STATUS, Commands
from fuzz.hmp.effects import Effects
from fuzz.hmp.state import GONE, KEPT, NAMELESS, STATES, THERE, Memory, Recording, Session, Stream, Thing
from harness.checks.answer import answer_checks
from harness.fuzzing.expect import Expectation
from harness.fuzzing.oracle import CallOracle
from harness.messages.book import ErrorBook
from harness.messages.reply import Call, Reply
from harness.target import Target
from harness.verdict import Check


class HmpWorld:
    """The model of one device.

    Args:
        clock: seconds that never go back.
        kept: objects of each kind that are remembered.
    """

    def __init__(
        self, book: ErrorBook, target: Target, *, clock: Callable[[], float] = time.monotonic, kept: int = KEPT
    ) -> None:
        self._book = book
        self._system = book.system
        self.memory = Memory(kept)
        self.oracle = CallOracle(book, self.memory.by_text)
        self._effects = Effects(book.system, self.memory, clock)
        self._commands = Commands(book.system, target, self.oracle, self.memory, self._effects)
        for kind, known in book.system.objects.items():
            for state, key in sorted(known.fixtures.items(), key=lambda item: item[0] == "any"):
                for name in target.fixture_texts(key):
                    self.adopt(kind, state, name)
        # What the target file's sessions hold shows when a source of theirs is first asked for; it names their recordings itself.
        self.memory.unclear_sources = self.memory.unclear_recordings = 0

    # the seam (harness.fuzzing.expect.World)

    def expect(self, call: Call) -> Expectation:
        """What may answer this call now. `call.operation` may be no operation of the system."""
        facts = self.oracle.facts(call)
        if not facts.name or not facts.certain:
            return self.oracle.unnamed(call, facts)
        return self._commands.expect(call, facts)

    def further(self, call: Call, reply: Reply) -> list[Check]:
        """Broken checks of what no single answer can say; to be asked before `note`."""
        if not reply.ok:
            return []
        operation = self._system.operations.get(call.operation)
        if operation is None:
            return []
        value = reply.value
        if operation.result is not None and operation.result.object is not None and value is not None:
            if self.memory.was_given(value):
                got = reply.describe()
                return [_broken("result.new", "HMP-OBJ-001", "an id that was not given before", got, reply)]
        elif call.operation == "addHotmark" and self._commands.third_in_a_second(call):
            expected = "060004 for one of three HotMarks within a second, which lie in two seconds at most"
            return [_broken("hotmark.third", "HMP-HOT-002", expected, reply.describe(), reply)]
        return []

    def sending(self) -> None:
        """Bytes leave now: no command that is answered from now on was executed before, but for those sent earlier."""
        self._effects.sending()

    def note(self, call: Call, reply: Reply) -> None:
        """The call was answered so; a reply that did not come (`reply.ending`) leaves open whether it was executed."""
        name = self.oracle.named(call.operation)
        if not name:
            return
        if reply.ok is None:
            self.blur(call)
            return
        self._narrow(name, call, reply)
        if reply.ok:
            self._effects.apply(name, call.values, reply.value)
        elif name == "addSourceToSession" and self._is(reply, name, "source-already-added"):
            self._effects.has_it(call.values)

    def blur(self, call: Call) -> None:
        """A line that may be read as this call was sent, and whether it was executed is not known."""
        name = self.oracle.named(call.operation)
        # What cannot succeed has no effect, executed or not.
        if name and any(answer.error is None for answer in self.expect(call).answers):
            self._effects.perhaps(name, call.values)

    def adopt(self, kind: str, state: str, name: str) -> None:
        """An object of the device is in this state; both are the spec's names, `any` says nothing of the state.

        What is known of it already is not changed; nor does it come back where it is known to be gone.
        """
        known = self.memory.find(name) is not None or self.memory.was_given(name)
        if known or self._system.objects[kind].unknown != "uuid":
            return
        match kind:
            case "session":
                session = _session(name, state)
                self.memory.add(session)
                self.memory.unclear_sources += session.most_sources > 0
                self.memory.unclear_recordings += session.recordings_open
            case "recording":
                states = frozenset((state,)) if state in STATES else frozenset(STATES)
                least, most = (2, 4) if state == "multi" else (1, 4)
                states = frozenset(("FINISHED",)) if state == "multi" else states
                recording = Recording(kind=kind, text=name, least_sources=least, most_sources=most, marks_open=True)
                self.memory.add(recording)
                self.memory.settle(recording, states)
            case "stream":
                self.memory.add(Stream(kind=kind, text=name))
            case _:
                thing = Thing(kind=kind, text=name, states=frozenset((state if state == "cannot-share" else THERE,)))
                self.memory.add(thing, permanent=True)

    # what an answer teaches

    def _narrow(self, name: str, call: Call, reply: Reply) -> None:
        """Of the states that an object may be in, those remain in which it may be answered so."""
        for slot, text in zip(self.oracle.slots(name), call.values, strict=False):
            thing = self.memory.find(text) if slot.is_id else None
            if thing is None or len(thing.states) < 2:
                continue
            if not slot.parameter.states and GONE not in thing.states and name != STATUS:
                continue  # whichever it is in, the answer is the same
            before = thing.states
            kept = set()
            for state in before:
                thing.states = frozenset((state,))
                if self._fits(call, reply):
                    kept.add(state)
            thing.states = before
            if kept and kept != before:
                self._effects.settle(thing, frozenset(kept))

    def _fits(self, call: Call, reply: Reply) -> bool:
        expectation = self.expect(call)
        return answer_checks(self._book, reply, expectation.answers, check="", clauses=())[0].passed

    def _is(self, reply: Reply, name: str, error: str) -> bool:
        return self._book.fits(self._book.rows(name)[error], reply)


def _session(name: str, state: str) -> Session:
    """A session that is in this state, of which nothing else is known."""
    session = Session(kind="session", text=name)
    known = {"empty": 0, "sourced": 1, "multi": 2}.get(state)
    least = known if known is not None else int(state in ("recording", "paused", "recorded"))
    session.sources = {f"{NAMELESS}{number}": True for number in range(least)}
    session.sources_open = state not in ("empty", "sourced")
    session.recordings_open = known is None and state != "recorded"
    return session


def _broken(check: str, clause: str, expected: str, got: str, reply: Reply) -> Check:
    return Check(id=check, clauses=(clause,), passed=False, expected=expected, got=got, step=reply.step)
