"""Answers calls: reads them, looks at who calls, checks the members, lets a method do it, and writes the reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.reference.tps.asking import Ask, Handler, Path, RefusedError, Told, UnansweredError, User, Values
from harness.reference.tps.common import FAULTS, Common
from harness.reference.tps.incoming import OTHER, Incoming
from harness.reference.tps.taken import Taker
from harness.spec.callmodel import Method
from harness.wire.xmlrpc_write import encode_fault, encode_response
from harness.wire.xmlrpc_writing import Members

_OWN_CODE, _OWN_TEXT = 301, "not understood"  # where a reading has a code of the device's own
_USERS = "user."
_LOCKED = {**FAULTS, "activation": "needs-activation-key"}
_SHUT = "shut-down"  # the fault of methods that make something
_TWICE = ("flex.participant.status", "displayName")  # a member that the document lists twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """How a call came."""

    tls: bool = False
    client: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What answers a call: the XML, the method where it is known, and whether it is a fault."""

    data: bytes
    method: str = ""
    failed: bool = False


class Functions:
    """All methods.

    Args:
        common: model, world, readings.
        handlers: what does each method, by its name.
    """

    def __init__(self, common: Common, handlers: Mapping[str, Handler]) -> None:
        self._common, self._handlers = common, handlers
        self._world, self._spoiler = common.world, common.spoiler
        self._methods = {name: one for name, one in common.methods.items() if name in handlers}
        choices, calls = common.choices, common.syntax
        self._folded = {name.lower(): name for name in self._methods} if choices("letter-case") == "same" else {}
        self._incoming = Incoming(choices, calls.malformed)
        self._taker = Taker(common, self._exists)
        self._user, self._password = calls.user, calls.password
        self.writing = common.writing
        self._user_last = choices("first-mistake") == "call"
        self._method_first = choices("unknown-both") == "method"
        self._done = {calls.status: calls.success}
        self._gone = choices.of("TPS-AMB-221") == "gone"
        self._twice = choices.of("TPS-AMB-168") == "twice"
        self._more = choices("extra-returned") == "more"

    def _exists(self, kind: str, name: Any) -> bool:
        world = self._world
        match kind:
            case "receiver":
                return name in world.receivers
            case "user":
                return self.user(name) is not None
            case "feature-key":
                return any(one.key == name for one in world.keys)
        return world.meetings.knows(kind, name)

    def user(self, name: str) -> User | None:
        """The user of an id, in any letter case where a reading has it so."""
        return find_user(self._common, name)

    def answer(self, body: bytes, road: Road) -> Reply:
        """The reply to what was posted.

        Raises:
            UnansweredError: it gets no reply of XML-RPC.
        """
        if self._world.shut_down and self._gone:
            raise UnansweredError(0)
        if self._spoiler is not None:
            body = self._spoiler.body(body, road.client)
        method = ""
        try:
            method, struct = self._incoming.read(body)
            method = self._folded.get(method.lower(), method)
            ask = self._ask(method, struct, road)
            self._world.meetings.settle(self._world.clock())
            if self._spoiler is not None:
                if self._spoiler.skips(ask):
                    return self._success(ask, None)
                self._spoiler.asked(ask)
            if (
                self._world.shut_down
                and _SHUT in self._methods[method].faults
                and not self._common.on("made-when-down")
            ):
                raise RefusedError(_SHUT)
            return self._success(ask, self._handlers[method](ask))
        except RefusedError as refusal:
            return self._fault(method, refusal.fault, refusal.path)

    def refuse(self, fault: str) -> Reply:
        """A fault for what is not even read."""
        return self._fault("", fault, ())

    def _ask(self, name: str, struct: Any, road: Road) -> Ask:
        method = self._methods.get(name)
        if method is None and (self._method_first or self._user_last):
            raise RefusedError(self._common.syntax.unknown_method.fault)
        taken = self._taker.members(name, struct) if self._user_last else None
        user = self._authenticated(name, struct)
        if method is None:
            raise RefusedError(self._common.syntax.unknown_method.fault)
        self._allowed(user, name, method)
        self._unlocked(user, method)
        if taken is None:
            taken = self._taker.members(name, struct)
        return Ask(name, taken, user, road.tls, road.client)

    def _authenticated(self, method: str, struct: Any) -> User:
        head = self._taker.head(struct)
        given, password = head.get(self._user, ""), head.get(self._password, "")
        user = self.user(given)
        known = user is not None and user.password == password
        if self._spoiler is not None:
            known = self._spoiler.lets_in(method, head, known=known)
        if not known:
            self._common.wrong(self._common.syntax.unauthorized)
        return user or next(iter(self._world.users.values()))

    def _allowed(self, user: User, name: str, method: Method) -> None:
        """Whether a user may call a method."""
        refused = user.rights == "none"
        if name.startswith(_USERS) and method.rights is not None:
            match self._common.choices.of(method.rights):
                case "administrators":
                    refused |= user.rights != "administrator"
                case "only-api-only":
                    refused |= user.rights == "administrator" and not user.immortal
        if refused:
            if self._spoiler is not None and self._spoiler.lets_in(
                name, {"rights": user.rights, self._user: user.id}, known=False
            ):
                return
            self._common.wrong(self._common.syntax.unprivileged)

    def _unlocked(self, user: User, method: Method) -> None:
        """Refuse what is not served while the immortal user has the default password."""
        if method.always or not any(one.due for one in self._world.users.values()) or self._common.on("served-locked"):
            return
        reading = self._common.choices.of("TPS-AMB-280")
        if reading != "own" or user.immortal:
            raise RefusedError(_LOCKED.get(reading, "operation-failed"))

    # replies

    def _success(self, ask: Ask, told: Told) -> Reply:
        values: Values = dict(told) if told is not None else {}
        if self._spoiler is not None:
            self._spoiler.done(ask, values)
        shown: Values = self._common.teller.shape(ask, values) if told is not None else dict(self._done)
        if self._more and told is not None:
            shown["serverNote"] = "none"
        if self._spoiler is not None:
            shown = self._spoiler.told(ask, shown)
        twice = self._twice and ask.method == _TWICE[0] and _TWICE[1] in shown
        reply = Members((*shown.items(), (_TWICE[1], shown[_TWICE[1]]))) if twice else shown
        data = encode_response(reply, writing=self.writing)
        if len(data) > self._common.syntax.longest:
            return self._fault(ask.method, "operation-failed", ())
        return self._sent(ask.method, data, failed=False)

    def _fault(self, method: str, fault: str, path: Path) -> Reply:
        code, text = self._coded(fault, path)
        if self._spoiler is not None:
            code, text = self._spoiler.fault(method, fault, code, text, path)
        return self._sent(method, encode_fault(code, text, writing=self.writing), failed=True)

    def _coded(self, fault: str, path: Path) -> tuple[int, str]:
        if fault == OTHER:
            return _OWN_CODE, _OWN_TEXT
        known = self._common.model.errors[fault]
        name = self._named(path)
        if self._common.choices("fault-text") == "own":
            return int(known.code), f"The call was not accepted{f' because of {name}' if name else ''}."
        return int(known.code), known.text.replace("{member}", name).replace(
            "{message}", "the key could not be removed"
        )

    def _named(self, path: Path) -> str:
        """How a fault names a member."""
        names = [step for step in path if isinstance(step, str)]
        match self._common.choices("fault-name"):
            case "path":
                return ".".join(names)
            case "above" if len(names) > 1:
                return names[-2]
        return names[-1] if names else ""

    def _sent(self, method: str, data: bytes, *, failed: bool) -> Reply:
        if self._spoiler is not None:
            data = self._spoiler.written(method, data, failed=failed)
        return Reply(data=data, method=method, failed=failed)


def find_user(common: Common, name: str) -> User | None:
    """The user of an id, in any letter case where a reading has it so."""
    users = common.world.users
    found = users.get(name)
    if found is None and common.choices.of("TPS-AMB-276") == "one":
        folded = name.lower()
        return next((user for user in users.values() if user.id.lower() == folded), None)
    return found
