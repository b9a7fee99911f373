"""How flows reach a device of calls: interfaces, users, requests as they are wanted, and replies; `harness.callasking` calls methods."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.checks.callfound import Held
from harness.checks.calls import http_checks, reply_checks
from harness.checks.message import merge
from harness.ending import Ending
from harness.errors import InternalError
from harness.flow import CaseSkipped, Close, Connect, Receive
from harness.httpdut import Body
from harness.httpflow import Answered, Exchange
from harness.messages.binding import Binding
from harness.messages.callreply import CallReply, Taken, pairs_of
from harness.messages.calls import CallBinding, User
from harness.spec.callmodel import CallSyntax
from harness.spec.model import System
from harness.target import Target
from harness.view import MAIN, LevelView
from harness.wire.http1 import Request
from harness.wire.xmlrpc_writing import USUAL, Members, Writable, Writing
from harness.wire.xmlrpc_wrong import spoiled_call

MOST_BODY = 4 * 1024 * 1024  # of a reply that is kept
RACE_S = 1.0  # a device that had ended a connection before a call came says so sooner
API_VERSION = "api_version"  # key of the target's claims
NOTHING: Mapping[str, Writable] = {}


class CallRoad(LevelView):
    """What every view of a device of calls has: interfaces, users, requests and replies.

    Every reply is checked for what any reply must be.

    Attributes:
        syntax: the rules of calls.
        binding: of the interface that calls go to.
        version: of the API that the run tests; None: the newest.
        held: the members of replies that were as they must be.
    """

    def __init__(
        self,
        *,
        system: System,
        bindings: Mapping[str, Binding],
        target: Target,
        rng: random.Random,
        interface: str,
        lasting: bool = False,
    ) -> None:
        super().__init__(system=system, target=target, rng=rng, interface=interface, lasting=lasting)
        binding = bindings[interface]
        if system.calls is None or not isinstance(binding, CallBinding):
            raise InternalError(f"{system.system} has no methods that are called with structs")
        self.syntax: CallSyntax = system.calls
        self.binding: CallBinding = binding
        self._bindings = bindings
        self.held = Held()
        version = target.claims.get(API_VERSION)
        self.version: str | None = str(version) if str(version) in system.calls.versions else None

    @property
    def one_reply(self) -> str:
        """See `harness.view.View`."""
        return self.syntax.rules["reply"]

    @property
    def password(self) -> str:
        """What stands for the password of the target file."""
        return self.binding.user[1]

    def upheld(self, clauses: Sequence[str]) -> None:
        """See `harness.view.View`: members of replies that are as they must be give no checks of their own."""
        named = {clause for check in self.checks for clause in check.clauses}
        held = [clause for clause in self.held.of(clauses) if clause not in named]
        if held:
            self.check("reply.members", True, *held, expected="members as documented", got="")

    @property
    def upset(self) -> str:
        """See `harness.view.View`."""
        return self.binding.upset

    def user(self, kind: str) -> tuple[str, str]:
        """A user of the target file's fixtures: `api_only`, `disabled`.

        Raises:
            CaseSkipped: it names none.
        """
        name, password = self.fixture(f"{kind}_user"), self.fixture(f"{kind}_password")
        return name, self.binding.stand_in(password)

    def rule(self, name: str) -> str:
        """The clause of a rule of calls."""
        return self.syntax.rules[name]

    def open_point(self, name: str) -> str:
        """The ambiguity of an open point of calls; an id stands for itself."""
        return self.syntax.open_points.get(name, name)

    # interfaces

    @property
    def plain_interface(self) -> str:
        """The interface without TLS, for bytes as they are.

        Raises:
            CaseSkipped: the target does not offer it.
        """
        for name in self._bindings:
            if self.model.interfaces[name].transport != "https":
                return name
        raise CaseSkipped("the target offers no connection without TLS")

    @property
    def secure_interface(self) -> str:
        """The interface with TLS.

        Raises:
            CaseSkipped: the target does not offer it.
        """
        for name in self._bindings:
            if self.model.interfaces[name].transport == "https":
                return name
        raise CaseSkipped("the target offers no connection with TLS")

    def host(self, interface: str | None = None) -> str:
        """What stands in the Host field."""
        name = interface or self.interface
        host, port = self.target.host, self.target.ports[name]
        shown = f"[{host}]" if ":" in host else host
        usual = 443 if self.model.interfaces[name].transport == "https" else 80
        return shown if port == usual else f"{shown}:{port}"

    async def connect(self, link: str = MAIN, *, source: str | None = None) -> Ending:
        """See `harness.view.View`; a connection of bytes has no TLS."""
        ending = await Connect(link, self.plain_interface, source)
        self.links[link] = ending
        return ending

    # requests

    def document(
        self,
        method: str,
        members: Taken = NOTHING,
        *,
        user: User | None = None,
        writing: Writing = USUAL,
        called: str = "",
    ) -> bytes:
        """The XML of a call."""
        return self.binding.document(method, members, user=user, writing=writing, called=called)

    def spoiled(
        self, name: str, method: str, members: Taken = NOTHING, path: str = "", *, user: User | None = None
    ) -> bytes:
        """The XML of a call that is wrong in one point; see `harness.wire.xmlrpc_wrong.spoiled_call`."""
        return spoiled_call(name, method, Members((*self.binding.head(user), *pairs_of(members))), path)

    def request(self, body: bytes, *, host: str | None = None, **options: object) -> Request:
        """A request with a body; see `harness.messages.calls.CallBinding.request`."""
        return self.binding.request(body, host=host or self.host(), **options)  # type: ignore[arg-type]

    async def ask(
        self,
        request: Request,
        method: str = "",
        sent: Mapping[str, Writable] = NOTHING,
        *,
        link: str = MAIN,
        interface: str | None = None,
        judged: bool | None = None,
        deadline_s: float | None = None,
        again: bool = False,
    ) -> CallReply:
        """Send a request as it is; `method` and `sent` say what it means.

        Args:
            judged: check all that a reply must be; None: if a method is named.
            again: try once more on a new connection where the old one turns out to be dead.
        """
        road = interface or self.interface
        action = Exchange(
            link=f"{road} {link}", interface=road, request=request, deadline_s=deadline_s, sink=_body, plain=True
        )
        got = await action
        dead = got.exchanged.ending in (Ending.CLOSED, Ending.RESET) and not got.exchanged.raw
        if again and dead and got.exchanged.reused and got.exchanged.took_s < RACE_S:
            await Close(action.link)
            got = await action
        return await self._done(self._answered(got, method, sent), bool(method) if judged is None else judged)

    def _answered(self, got: Answered, method: str, sent: Mapping[str, Writable]) -> CallReply:
        body = got.sink
        assert isinstance(body, Body)
        odd = (*got.exchanged.oddities, *([body.problem] if body.problem is not None else []))
        exchanged = replace(got.exchanged, oddities=odd)
        return self.binding.answered(exchanged, bytes(body.kept), method=method, sent=sent, step=got.step)

    async def get(self, path: str, *, interface: str | None = None, deadline_s: float | None = None) -> CallReply:
        """What the device serves at a path; nothing of it is judged but that it is HTTP."""
        road = interface or self.interface
        request = self.binding.request(b"", method="GET", path=path, host=self.host(road))
        reply = await self.ask(request, interface=road, judged=False, deadline_s=deadline_s)
        merge(self.checks, http_checks(self.model, reply))
        return reply

    async def answer(
        self,
        method: str = "",
        sent: Mapping[str, Writable] = NOTHING,
        *,
        link: str = MAIN,
        judged: bool | None = None,
        deadline_s: float | None = None,
    ) -> CallReply:
        """Wait for the next response on a connection of bytes; `method` and `sent` say what it answers."""
        got = await Receive(link, deadline_s)
        reply = self.binding.read(got.raw, got.ending, method=method, sent=sent, step=got.step)
        return await self._done(reply, bool(method) if judged is None else judged)

    async def _done(self, reply: CallReply, judged: bool) -> CallReply:
        if judged:
            merge(self.checks, reply_checks(self.model, reply, self.version, self.held))
        if reply.method in self.model.operations:
            await self.learn(reply)
        return reply

    async def learn(self, reply: CallReply) -> None:
        """Take note of what a reply of a method says of the device."""
        raise NotImplementedError


def _body() -> Body:
    return Body(None, keep=MOST_BODY)
