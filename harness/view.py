"""The device under test as any flow sees it: connections, checks, objects, and nothing of sockets or files.

`harness.dut` and `harness.httpdut` add how a protocol is spoken.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence

from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseSkipped, Clock, Close, Connect, Provide, Receive, Received, Send, Wait
from harness.spec.model import Level, System
from harness.target import Target
from harness.usual import unusual_checks
from harness.verdict import Check, Severity

MAIN = "main"


class View:
    """One case's view of the device."""

    def __init__(
        self, *, system: System, target: Target, rng: random.Random, interface: str, lasting: bool = False
    ) -> None:
        self.model = system
        self.target = target
        self.rng = rng
        # What a lasting flow makes is kept for the whole run, so it should hold nothing that cases need.
        self.lasting = lasting
        self.checks: list[Check] = []
        self.links: dict[str, Ending] = {}
        self.finished: set[str] = set()  # connections on which we send no more
        self.interface = interface
        self._counts: dict[str, int] = {}

    @property
    def one_reply(self) -> str:
        """The clause that says that a request is answered, and answered once.

        Raises:
            NotImplementedError: the protocol has not told.
        """
        raise NotImplementedError

    @property
    def upset(self) -> str:
        """What the run has done that nothing undoes, and with which objects may have gone; "" for nothing."""
        return ""

    # connections

    async def connect(self, link: str = MAIN, *, source: str | None = None) -> Ending:
        """Open a connection; ANSWERED if it is open."""
        ending = await Connect(link, self.interface, source)
        self.links[link] = ending
        return ending

    async def send(
        self, data: bytes, *, link: str = MAIN, pieces: Sequence[int] = (), pause_s: float = 0.0
    ) -> Ending | None:
        """Send raw bytes on a connection, which is opened if it is not yet.

        Raises:
            CaseInconclusive: the connection could not be opened.
            CaseSkipped: the permit does not cover what the bytes may do.
        """
        if link not in self.links and await self.connect(link) is not Ending.ANSWERED:
            raise CaseInconclusive(f"no connection to {self.target.host}")
        return await Send(link, data, tuple(pieces), pause_s)

    async def close(self, link: str = MAIN, how: str = "close") -> None:
        """Close a connection (`close`, `half-close`, `reset`)."""
        await Close(link, how)
        if how == "half-close":
            self.finished.add(link)
        else:
            self.links.pop(link, None)

    async def rest(self, *, link: str = MAIN) -> Received:
        """What is there on a connection now, without waiting."""
        return await Receive(link, rest=True)

    def upheld(self, clauses: Sequence[str]) -> None:
        """Record what a case upheld without a check of its own: of the clauses that it names, those that were seen to hold."""

    async def leave(self) -> None:
        """What a polite client does before it goes; nothing of it is judged."""

    def see_rest(self, link: str, got: Received, *, loose: bool) -> None:  # noqa: ARG002 - others tell connections apart
        """Look at what was left on a connection when the flow ended; what nobody asked for is a reply too many.

        Args:
            loose: the case does not care.
        """
        if not loose:
            self.check(
                "reply.unasked",
                not got.raw,
                self.one_reply,
                expected="nothing more after the last reply",
                got=repr(got.raw[:200]) if got.raw else "",
                step=got.step,
            )

    async def wait(self, device_s: float) -> None:
        """Let the device's clock move on by `device_s` seconds."""
        await Wait(device_s)

    async def clock(self) -> float:
        """Device seconds since the case began."""
        return await Clock() * self.target.clock_scale

    # checks

    def check(
        self,
        name: str,
        passed: bool,
        *clauses: str,
        expected: str,
        got: str,
        severity: Severity = Severity.MUST,
        step: int = -1,
    ) -> bool:
        """Record one observation; gives `passed`."""
        self.checks.append(
            Check(
                id=self._name(name),
                clauses=clauses,
                passed=passed,
                severity=self._weight(clauses, severity),
                expected=expected,
                got=got,
                step=step,
            )
        )
        return passed

    def _weight(self, clauses: Sequence[str], severity: Severity) -> Severity:
        """How heavy a check of these clauses weighs that is given this severity."""
        del clauses
        return severity

    def observe(
        self, name: str, ambiguity: str, *readings: str, clauses: Sequence[str] = (), got: str = "", step: int = -1
    ) -> None:
        """Record which readings of an ambiguity what was seen fits; if few would choose any of them, that is told."""
        fits = frozenset(reading for reading in readings if reading)
        if not fits:
            return
        known = self._name(name)
        self.checks.append(Check(id=known, clauses=(), passed=True, step=step, readings={ambiguity: fits}))
        told = got or " or ".join(sorted(fits))
        self.checks += unusual_checks(
            self.model, ambiguity, fits, check=known, clauses=tuple(clauses), got=told, step=step
        )

    def _name(self, name: str) -> str:
        """A check's id is stable: its name, and from the second on which one of that name it is in the flow."""
        count = self._counts[name] = self._counts.get(name, 0) + 1
        return name if count == 1 else f"{name}.{count}"

    # objects

    def fixtures(self, *keys: str, count: int = 1) -> tuple[str, ...]:
        """At least `count` texts of fixtures, those of the first key first.

        Raises:
            CaseSkipped: the target file has fewer; the message names the key.
        """
        found = tuple(dict.fromkeys(text for key in keys for text in self.target.fixture_texts(key)))
        if len(found) < count:
            raise CaseSkipped(f"needs the fixture {keys[0]}" + (f" with {count} entries" if count > 1 else ""))
        return found

    def fixture(self, *keys: str) -> str:
        """One text of a fixture; see `fixtures`."""
        return self.fixtures(*keys)[0]

    async def shared(self, kind: str, state: str) -> str:
        """The id of an object that several cases may read but none changes."""
        return await Provide(kind, state)

    async def state_of(self, operation: str, name: str) -> str:
        """What the device says of the state of an object, by the operation that tells it.

        Raises:
            NotImplementedError: the protocol has no such operations.
        """
        raise NotImplementedError

    def unknown_id(self) -> str:
        """A well-formed random id that names nothing."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def unique(self, words: str) -> str:
        """A text that no other case uses."""
        return f"{words} {self.rng.getrandbits(40):010x}"


class LevelView(View):
    """A view in which the level of the clauses decides how heavy a broken check weighs."""

    def _weight(self, clauses: Sequence[str], severity: Severity) -> Severity:
        """What only clauses of level should ask for is no failure."""
        known = [self.model.clauses[one].level if one in self.model.clauses else Level.MUST for one in clauses]
        return Severity.SHOULD if severity is Severity.MUST and known and Level.MUST not in known else severity
