"""Calls of one case: a method is called, a lack of it ends the case, and the user of the target file is let in once or nothing is said."""

from __future__ import annotations

import random
from collections.abc import Mapping

from harness.callroad import NOTHING, CallRoad
from harness.flow import CaseInconclusive, CaseSkipped, Close
from harness.messages.binding import Binding
from harness.messages.callreply import CallReply, Taken, pairs_of
from harness.messages.calls import User, Wanted
from harness.spec.callmodel import Member, Wrong
from harness.spec.callvalues import exists
from harness.spec.model import Effect, System
from harness.target import Target
from harness.view import MAIN
from harness.wire.xmlrpc_writing import USUAL, Members, Raw, Writable, Writing

_BUSY = "too-many-requests"  # more answers that are due than a device keeps in mind
_BUSY_S, _BUSY_TURNS = 5.0, 12  # between calls until it has sent them


class CallAsking(CallRoad):
    """How the views of a device of calls call a method; `CallView` keeps what is to be taken back."""

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
        super().__init__(system=system, bindings=bindings, target=target, rng=rng, interface=interface, lasting=lasting)
        self._lacking = {system.errors[self.syntax.unknown_method.fault].code}
        self._elsewhere = self._lacking | _codes(system)
        self._nobody = _codes_of(system, self.syntax.unauthorized)

    # calls

    async def call(
        self,
        method: str,
        members: Taken = NOTHING,
        *,
        user: User | None = None,
        called: str = "",
        must: bool = False,
        undo: bool = True,
        judged: bool = True,
        writing: Writing = USUAL,
        headers: Wanted = (),
        path: str | None = None,
        link: str = MAIN,
        interface: str | None = None,
        deadline_s: float | None = None,
        busy: bool = False,
    ) -> CallReply:
        """Call a method and take its reply.

        Args:
            members: of the call; user and password come before them.
            user: name and password instead of the target file's; None for one leaves it out.
            called: another spelling of the method's name.
            must: a device that lacks the method fails here; elsewhere the case is skipped.
            undo: see to it that a change can be taken back.
            judged: False leaves out all checks of the reply, and takes a method that is not there for any other fault.
            busy: too many answers that are still due are what is asked for; else they are waited for.

        Raises:
            CaseSkipped: the device does not have the method, or the API version not the method or a member.
            CaseInconclusive: the answers that are due do not come.
        """
        if judged:
            self._applies(method, members)
        sent = sent_of(members)
        if undo:
            await self.look(method, sent)
        body = self.binding.document(method, members, user=user, writing=writing, called=called)
        road = interface or self.interface
        request = self.binding.request(body, host=self.host(road), headers=headers, path=path)
        once = self._lasting(method)
        if once:  # what may end connections is not sent twice because one ended, nor on one that may be dead
            await Close(f"{road} {link}")
        for turn in range(_BUSY_TURNS):
            reply = await self.ask(
                request, method, sent, link=link, interface=road, judged=judged, deadline_s=deadline_s, again=not once
            )
            if busy or not self._busy(reply):
                break
            if turn + 1 == _BUSY_TURNS:
                raise CaseInconclusive(f"{method}: {reply.describe()}")
            await self.wait(_BUSY_S)
        if judged and not called and reply.code in self._lacking:
            self._lacks(method, must=must)
        if judged and user is None:
            self._let_in(reply)
        return reply

    def _let_in(self, reply: CallReply) -> None:
        """See whether user and password of the target file are right: until they have been, a refusal of them says nothing of the device."""
        if reply.ok:
            self.binding.let_in = True
        elif not self.binding.let_in and reply.code in self._nobody:
            raise CaseInconclusive(
                f"the device does not let in {self.binding.user[0]!r}, the user of [target.credentials]: {reply.describe()}"
            )

    async def setup(self, method: str, members: Taken = NOTHING, **options: object) -> CallReply:
        """A call that must succeed before the case can begin.

        Raises:
            CaseInconclusive: it did not.
            CaseSkipped: device or API version do not have it.
        """
        self._applies(method, members)
        reply = await self.call(method, members, **options)  # type: ignore[arg-type]
        if not reply.ok:
            raise CaseInconclusive(f"{method} did not succeed: {reply.describe()}")
        return reply

    def _busy(self, reply: CallReply) -> bool:
        """Whether a method that is answered later is refused because too many such answers are due."""
        operation = self.model.operations.get(reply.method)
        late = operation is not None and operation.call is not None and operation.call.callback is not None
        return late and reply.ok is False and _BUSY in self.model.errors and reply.code == self.model.errors[_BUSY].code

    def _lacks(self, method: str, *, must: bool) -> None:
        """What becomes of a case whose method the device says that it does not have."""
        operation = self.model.operations.get(method)
        call = operation.call if operation is not None else None
        if call is None or method in self.binding.known:
            return
        if call.optional is not None:
            readings = self.model.ambiguities[call.optional].readings
            self.observe(
                "lacking", call.optional, next((one for one in ("absent", "unsupported") if one in readings), "")
            )
        elif must and not call.experimental:
            return
        raise CaseSkipped(f"the device does not have {method}")

    def _applies(self, method: str, members: Taken) -> None:
        operation = self.model.operations.get(method)
        if operation is None or operation.call is None:
            return
        if not exists(self.syntax.versions, self.version, operation.call):
            raise CaseSkipped(f"API {self.version} does not have {method}")
        later = self._later(operation.call.takes, members)
        if later:
            raise CaseSkipped(f"API {self.version} does not have {later} of {method}")

    def _later(self, known: Mapping[str, Member], members: object, path: str = "") -> str:
        """A member that the tested version does not have, "" if there is none."""
        if self.version is None or not isinstance(members, Mapping | Members):
            return ""
        for pair in pairs_of(members):
            if isinstance(pair, Raw) or pair[0] not in known:
                continue
            name, value = pair
            member = known[name]
            if not exists(self.syntax.versions, self.version, member):
                return path + name
            inner = {
                one: two
                for struct in (*([member.struct] if member.struct else []), *member.other_structs)
                for one, two in self.model.structs[struct].members.items()
            }
            for item in value if isinstance(value, list | tuple) else (value,):
                if later := self._later(inner, item, f"{path}{name}."):
                    return later
        return ""

    async def learn(self, reply: CallReply) -> None:
        """See `harness.callroad.CallRoad`."""
        if reply.ok or (reply.ok is False and reply.code and reply.code not in self._elsewhere):
            self.binding.known.add(reply.method)
        # What ends connections may well have been done though nothing came back.
        if not reply.failed and self._lasting(reply.method):
            self.binding.upset = f"{reply.method} was called"
        if reply.ok:
            await self.journal(reply)

    def _lasting(self, method: str) -> bool:
        """Whether a method destroys what nothing brings back."""
        operation = self.model.operations.get(method)
        return operation is not None and operation.effect is Effect.DESTRUCTIVE and operation.undo is None

    async def look(self, method: str, sent: Mapping[str, Writable]) -> None:
        """Ask for what is to be changed, where it has to be known to take the change back."""
        raise NotImplementedError

    async def journal(self, reply: CallReply) -> None:
        """Keep how what a success has done is taken back."""
        raise NotImplementedError


def sent_of(members: Taken) -> dict[str, Writable]:
    """The members of a call as a mapping; of several of one name the last counts."""
    return {pair[0]: pair[1] for pair in pairs_of(members) if not isinstance(pair, Raw)}


def _codes(system: System) -> set[str]:
    """Codes of faults that say nothing of whether the device has the method: those of the user, the size and the road."""
    syntax = system.calls
    assert syntax is not None
    found = {"https-required", "shut-down"} & system.errors.keys()
    codes = {system.errors[name].code for name in found}
    return codes | _codes_of(system, syntax.unauthorized, syntax.unprivileged, syntax.too_large)


def _codes_of(system: System, *wrongs: Wrong) -> set[str]:
    names = {name for wrong in wrongs for name in (*wrong.faults.values(), wrong.fault) if name}
    return {system.errors[name].code for name in names}
