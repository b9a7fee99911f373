"""How flows of calls listen: places to which the device sends messages of its own, each of which is judged as it is heard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from harness.callsample import CallSampleView
from harness.checks.callheard import heard_checks
from harness.checks.message import merge
from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseSkipped
from harness.hearing import TOKEN_BYTES, Behave, Hear, Listen, Manner
from harness.messages.callheard import Heard, heard_of
from harness.wire.xmlrpc_writing import Writable

HOST, PORT = "listener_host", "listener_port"  # fixtures: where the harness listens, as the device sees it
WAY = "way"  # what the suite provides: a look at whether anything that the device sends arrives
WITHIN_S = 15.0  # device seconds in which a message comes that is due
QUIET_S = 2.0  # device seconds without a message after which none is on its way
LEAST_QUIET_S = 0.25  # and seconds of the wall clock
_EVENTS = "events"  # the member of a message that names them
_ROOT = "/clausewise/"  # how the path of every place begins
_OTHERS = re.compile(rf"{_ROOT}[^/?]+-[0-9a-f]{{{2 * TOKEN_BYTES}}}$")  # a whole path, of a place that there was
MOST_HEARD = 2000  # messages to one place, however a case waits for them
MOST_TURNS = 400  # messages of a device that never comes to rest


@dataclass(slots=True, kw_only=True)
class Ear:
    """A place at which a case listens.

    Attributes:
        wanted: the callbacks that may come here.
        clauses: of how they come.
        sent: members of the request that they answer, some of which come back.
        heard: what has come so far, the oldest first.
        mark: how many of these are of no interest any more.
    """

    name: str
    uri: str
    path: str
    wanted: tuple[str, ...]
    clauses: tuple[str, ...] = ()
    sent: Mapping[str, Writable] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    mark: int = 0

    @property
    def news(self) -> list[Heard]:
        """What has come since the mark."""
        return self.heard[self.mark :]


class CallEars(CallSampleView):
    """One case's view of the device, with ears."""

    async def listen(
        self,
        name: str = "main",
        *,
        manner: Manner = Manner.ANSWER,
        wanted: Sequence[str] = (),
        clauses: Sequence[str] = (),
        secure: bool = False,
        port: int | None = None,
        trying: bool = False,
    ) -> Ear:
        """Listen at a new place.

        Args:
            wanted: the callbacks that may come there; none: those that tell events, asked for by no single call.
            secure: with TLS, under a certificate that no device knows.
            port: this one and not that of the target file.
            trying: to find out whether anything that the device sends arrives; else that is found out once a run, but on this machine.

        Raises:
            CaseSkipped: the target file does not tell where the device can reach us.
            CaseInconclusive: nobody can listen there, or nothing that the device sends arrives.
        """
        host = self._own_host()
        if not (trying or self._is_near()):
            await self.shared(WAY, "any")
        if port is None:
            given = self.target.fixtures.get(PORT, 0)
            port = given if isinstance(given, int) else 0
        uri = await Listen(name, host, port, f"{_ROOT}{name}", manner, secure)
        return Ear(
            name=name, uri=uri, path=urlsplit(uri).path, wanted=tuple(wanted) or tuple(self.model.callbacks)[:1], clauses=tuple(clauses)
        )  # fmt: skip

    def _own_host(self) -> str:
        found = self.target.fixture_texts(HOST)
        if found:
            return found[0]
        if not self._is_near():
            raise CaseSkipped(f"needs the fixture {HOST}")
        return "::1" if ":" in self.target.host else "127.0.0.1"

    def _is_near(self) -> bool:
        """Whether the device is on this machine, so that nothing is in the way of what it sends."""
        try:
            return self.target.host == "localhost" or ip_address(self.target.host).is_loopback
        except ValueError:
            return False

    async def behave(self, ear: Ear, manner: Manner) -> None:
        """From now on a place does something else with what it is sent."""
        await Behave(ear.name, manner)

    async def hear(self, ear: Ear, within_s: float = WITHIN_S, *, least_s: float | None = None) -> Heard | None:
        """The next message; None if none comes in time.

        Args:
            within_s: device seconds.
            least_s: seconds of the wall clock that are waited at least; the target's timeout if None.

        Raises:
            CaseInconclusive: the device never stops.
        """
        if len(ear.heard) >= MOST_HEARD:
            raise CaseInconclusive("the device sends messages without an end")
        caught = await Hear(ear.name, within_s, self.target.timeout if least_s is None else least_s)
        if caught.ending is Ending.SILENT:
            return None
        heard = heard_of(caught)
        ear.heard.append(heard)
        merge(
            self.checks,
            heard_checks(
                self.model, heard, ear.wanted, clauses=ear.clauses, sent=ear.sent, version=self.version,
                held=self.held,
            ),
        )  # fmt: skip
        return heard

    def heard(self, ear: Ear) -> list[Heard]:
        """What has come to a place so far, the oldest first."""
        return list(ear.heard)

    async def quiet(self, ear: Ear, device_s: float = QUIET_S) -> list[Heard]:
        """What comes until nothing has come for some time but what comes again and again by itself.

        Raises:
            CaseInconclusive: the device never stops.
        """
        found: list[Heard] = []
        window = max(device_s / self.target.clock_scale, LEAST_QUIET_S)
        last = await self.clock() / self.target.clock_scale
        while (heard := await self.hear(ear, device_s, least_s=LEAST_QUIET_S)) is not None:
            found.append(heard)
            if not self._regular(heard):
                last = max(last, heard.at_s)
            elif heard.at_s >= last + window:
                break
            if len(found) > MOST_TURNS:
                raise CaseInconclusive("the device sends messages without an end")
        return found

    def _regular(self, heard: Heard) -> bool:
        """Whether a message tells nothing but events that come at regular times."""
        names = heard.texts(_EVENTS)
        known = self.model.notices
        return bool(names) and all(name in known and known[name].every_s is not None for name in names)

    async def settle(self, *ears: Ear, device_s: float = QUIET_S) -> None:
        """Wait until nothing comes any more; what has come so far is of no interest from now on."""
        await self.rested(*ears, device_s=device_s)
        for ear in ears:
            ear.mark = len(ear.heard)

    async def rested(self, *ears: Ear, device_s: float = QUIET_S) -> None:
        """Wait until nothing comes any more at the first of these, and hear what has come to the others meanwhile."""
        for number, ear in enumerate(ears):
            if not number:
                await self.quiet(ear, device_s)
            for _ in range(MOST_TURNS):
                if await self.hear(ear, 0.0, least_s=0.0) is None:
                    break

    async def wait_event(
        self, ear: Ear, name: str, within_s: float = WITHIN_S, *, member: str = _EVENTS, after_s: float = 0.0
    ) -> Heard | None:
        """The first message since the mark whose array `member` has a name; None if none comes in time.

        Args:
            after_s: of those that came so many seconds of the wall clock after the case began.
        """
        number = ear.mark
        scale = self.target.clock_scale
        now = await self.clock() / scale
        until = now + max(within_s / scale, self.target.timeout)  # whatever else comes meanwhile
        while True:
            while number < len(ear.heard):
                heard = ear.heard[number]
                if name in heard.texts(member) and heard.at_s >= after_s:
                    return heard
                number += 1
                now = max(now, heard.at_s)
            if number - ear.mark > MOST_TURNS:
                return None
            left = max(until - now, 0.0)
            if await self.hear(ear, min(left * scale, within_s), least_s=left) is None:
                return None

    def events(self, ear: Ear, member: str = _EVENTS) -> list[str]:
        """The names in an array of all messages since the mark."""
        return [name for heard in ear.news for name in heard.texts(member)]

    async def stray(self, *ears: Ear) -> Heard | None:
        """What was sent to the harness but to no place of the case; None if nothing was. What other cases have left does not count.

        Args:
            ears: those of the case that may have been reached in a wrong way, without TLS say.
        """
        ours = {ear.path for ear in ears}
        for _ in range(MOST_TURNS):
            caught = await Hear("", 0.0)
            if caught.ending is Ending.SILENT:
                break
            heard = heard_of(caught)
            target = heard.request.target.partition("?")[0] if heard.request is not None else ""
            if target in ours or _OTHERS.search(target) is None:
                return heard
        return None
