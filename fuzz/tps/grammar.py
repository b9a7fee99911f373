"""What a conforming device may take bytes for, and what may answer them. Shares nothing with `harness.messages` and `harness.wire`.

Certain is only what the document says under all its readings. When in doubt, it is open: a finding on a conforming device is a defect of
ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from fuzz.tps import http, xml
from fuzz.tps.known import Known
from fuzz.tps.mistakes import Mistakes
from fuzz.tps.reasons import APPLIES, FULL, uris_of
from fuzz.tps.slips import Found, codes_of
from fuzz.tps.xml import Mark, Value
from harness.fuzzing.call_kit import Asked, CallTurn, version_of
from harness.spec.callmodel import Method
from harness.spec.callvalues import exists
from harness.spec.clauses import catalogue
from harness.spec.model import Effect, Operation, System
from harness.target import Target

_FIRST_UNSURE = 32_000  # bytes from which on a call may be too large under some reading (TPS-AMB-036)
_SLOT = re.compile(r"\{(taken|returned)\.([^}]+)\}")
_SHORT = 10  # characters up to which somebody else may have chosen the same name
_TOLD = ("flex.resource.query",)
_CONFERENCE, _PARTICIPANT = "conference", "participant"


class Grammar:
    """Reads calls.

    Args:
        user: name and password that the device knows.
    """

    def __init__(self, system: System, target: Target, user: tuple[str, str]) -> None:
        assert system.calls is not None
        self._system = system
        self._syntax = system.calls
        self._user = user
        self._others = {
            text for name in system.fixtures if name.endswith("_user") for text in target.fixture_texts(name)
        }
        self._version = version_of(system, target)
        self._known = Known()
        self._mistakes = Mistakes(system, self._known, self._version)
        self._catalogue = catalogue(system)
        self._lower = {name.lower() for name in system.operations}
        self._made = {name: found for name, one in system.operations.items() if (found := _making(system, one))}

    def begin(self) -> None:
        """See `harness.fuzzing.call_kit.Reads`."""
        self._known.begin()

    def read(self, data: bytes) -> tuple[list[Asked], bytes, bool]:
        """See `harness.fuzzing.call_kit.Reads`."""
        posted, rest, odd = http.read(data)
        asked = []
        for number, one in enumerate(posted):
            meant = self._meant(one)
            if one.closes or number:  # TPS-AMB-058
                meant = replace(meant, closes=one.closes, may_close=meant.may_close or number > 0)
            asked.append(meant)
        if odd:
            return [*asked, Asked(raw=odd, comes=False, success=True, http=True, may_close=True)], b"", False
        return asked, rest, True

    def learn(self, turn: CallTurn) -> None:
        """See `harness.fuzzing.call_kit.Reads`."""
        asked, reply = turn.asked, turn.reply
        operation = self._system.operations.get(asked.method)
        if operation is None or operation.call is None:
            if not asked.comes or asked.success:
                self._known.doubt()
            return
        if asked.members is not None and self._known.uris is not None:
            self._known.uris |= uris_of(asked.members)
        if reply.ok is not True or asked.members is None:
            if reply.ok is not False and operation.effect is not Effect.READ:
                self._known.doubt()
            return
        self._known.works.add(asked.method)
        if asked.method in _TOLD:
            self._known.tell(asked.method, reply.members)
        if asked.method in self._made:
            kind, where, name = self._made[asked.method]
            found = reply.members.get(name) if where == "returned" else asked.members.get(name)
            if isinstance(found, (str, int)):
                home = asked.members.get("conferenceID") if kind == _PARTICIPANT else None
                self._known.made(kind, str(found), str(home or ""))
        self._ends(operation.call, asked)
        if operation.call.listing is not None:
            listing = operation.call.listing
            cookie, before = reply.members.get(listing.cookie), str(asked.members.get(listing.cookie))
            if isinstance(cookie, str):
                homes = (str(asked.members[name]) for name in listing.first_only if name in asked.members)
                self._known.cookies[cookie] = self._known.cookies.get(before) or next(homes, "")

    def _ends(self, call: Method, asked: Asked) -> None:
        assert asked.members is not None
        if call.ends is not None:
            kind = call.takes[call.ends].object or ""
            slowly = any(one is True for one in asked.members.values())  # with an exit screen it stays for a while
            (self._known.vague if slowly else self._known.ended)(kind, str(asked.members.get(call.ends)))
            if kind == _CONFERENCE:
                self._known.others(_PARTICIPANT, str(asked.members.get(call.ends)))
        elif asked.method == "user.modify" and "newUserId" in asked.members:
            self._known.ended("user", str(asked.members.get("currentUserId")))
            self._known.made("user", str(asked.members["newUserId"]))

    # one call

    def _meant(self, posted: http.Posted) -> Asked:
        raw = posted.raw
        if len(posted.body) > self._syntax.longest:
            codes = self._mistakes.codes(self._syntax.too_large)
            return Asked(
                raw=raw,
                http=True,
                may_close=True,
                faults=frozenset(codes),
                clauses=(self._syntax.rules["request-size"],),
            )
        if posted.size > _FIRST_UNSURE:
            return _anything(raw)
        call = xml.read(posted.body)
        if call.broken:
            return Asked(raw=raw, http=True, may_close=True, clauses=(self._syntax.rules["fault"],))
        if call.anything or call.method is None or not isinstance(call.value, dict):
            return _anything(raw)
        return self._called(raw, call.method, call.value)

    def _called(self, raw: bytes, name: str, value: dict[str, Value]) -> Asked:
        head = (self._syntax.user, self._syntax.password)
        members = {member: one for member, one in value.items() if member not in head}
        found = Found()
        stranger = self._user_of(value, found)
        if name not in self._system.operations:
            if name.lower() in self._lower:
                found.open, found.anything = True, True
            else:
                self._mistakes.rule(self._syntax.unknown_method, found)
            return self._asked(raw, "", members, found, set())
        operation = self._system.operations[name]
        if stranger:
            found.open, found.anything = True, True
        before = len(found.names)
        of = self._mistakes.of(name, members)
        found = _joined(found, of) if before or found.certain or found.open else of
        return self._asked(raw, name, members, found, self._state(name, operation, members, found))

    def _state(self, name: str, operation: Operation, members: Mapping[str, Value], found: Found) -> set[str]:
        """Codes of faults that may answer although nothing is wrong with the call."""
        call = operation.call
        assert call is not None
        codes: set[str] = set()
        for reason, use in call.faults.items():
            if self._applies(name, reason, members, found):
                codes |= codes_of(self._system, use.faults.values() or (reason,))
        if call.optional or call.experimental or not exists(self._syntax.versions, self._version, call):
            found.open, found.anything = True, True
        if call.rights and name not in self._known.works:
            codes |= self._mistakes.codes(self._syntax.unprivileged)
        if call.listing is not None and call.listing.cookie in members:
            self._cookie(members[call.listing.cookie], codes, found)
        return codes

    def _applies(self, name: str, reason: str, members: Mapping[str, Value], found: Found) -> bool:
        """Whether a method may refuse a call for this reason."""
        if reason in FULL:
            return not (found.certain and name in self._known.works)
        if reason == "duplicate-uri":
            uris = uris_of(members)
            return self._known.uris is None or bool(uris & self._known.uris) or any(len(one) < _SHORT for one in uris)
        if reason == "duplicate-user":
            user = members.get("newUserId", "x" * _SHORT)
            return (
                self._known.uris is None
                or not isinstance(user, str)
                or len(user) < _SHORT
                or self._known.state("user", user) != "gone"
            )
        applies = APPLIES.get(reason)
        return applies is None or applies(members)

    def _cookie(self, cookie: Value, codes: set[str], found: Found) -> None:
        bad = self._mistakes.codes(self._syntax.bad_cookie)
        codes |= bad
        home = self._known.cookies.get(cookie, "") if isinstance(cookie, str) else ""
        if home and self._known.state(_CONFERENCE, home) != "there":  # TPS-AMB-153
            codes |= self._mistakes.codes(self._syntax.unknown[_CONFERENCE])
        if (
            isinstance(cookie, str)
            and len(cookie) > 8
            and not any(one[:3] == cookie[:3] or one[-3:] == cookie[-3:] for one in self._known.cookies)
        ):
            self._mistakes.rule(self._syntax.bad_cookie, found)

    def _user_of(self, value: Mapping[str, Value], found: Found) -> bool:
        """Whether the user is another one that the device may know."""
        name, password = (value.get(member) for member in (self._syntax.user, self._syntax.password))
        for member in (self._syntax.user, self._syntax.password):
            self._mistakes.head(member, value.get(member), found)
        if found.certain or not isinstance(name, str) or not isinstance(password, str):
            return False
        if (
            name in self._others
            or self._known.has_seen(name)
            or (name != self._user[0] and name.casefold() == self._user[0].casefold())
        ):
            return True
        if name != self._user[0] or password != self._user[1]:
            self._mistakes.rule(self._syntax.unauthorized, found)
        return False

    def _asked(self, raw: bytes, name: str, members: dict[str, Value], found: Found, state: set[str]) -> Asked:
        plain = not found.certain and not found.open and not found.anything
        success = not found.certain
        faults = None if found.anything else frozenset(found.codes | state)
        named = set(found.names)
        names: tuple[str, ...] = ()
        if found.certain and not found.anything and len(named) == 1 and not state:
            names = next(iter(named))
        clauses = tuple(sorted(one for one in found.clauses if one in self._catalogue))
        if plain:
            clauses = (self._syntax.rules["reply"], *self._own(name))
        values = None if any(_is_open(one) for one in members.values()) else members
        spelled = values is None  # in a way that may not be one of XML-RPC
        return Asked(
            raw=raw, method=name, members=values, success=success, faults=faults, names=names, clauses=clauses, plain=plain and not spelled,
            http=spelled, may_close=spelled,
        )  # fmt: skip

    def _own(self, name: str) -> tuple[str, ...]:
        operation = self._system.operations[name]
        returned = (
            f"{self._system.prefix}-{name}.returned.{next(iter(operation.call.returns), '')}" if operation.call else ""
        )
        status = f"{self._system.prefix}-{name}:status"
        return tuple(one for one in (returned, status) if one in self._catalogue)[:1]


def _joined(one: Found, other: Found) -> Found:
    return Found(
        certain=one.certain or other.certain, open=one.open or other.open, anything=one.anything or other.anything,
        codes=one.codes | other.codes, clauses=one.clauses | other.clauses, names=[*one.names, *other.names],
    )  # fmt: skip


def _anything(raw: bytes) -> Asked:
    return Asked(raw=raw, http=True, may_close=True, success=True)


def _is_open(value: Value) -> bool:
    if isinstance(value, Mark):
        return True
    if isinstance(value, dict):
        return any(map(_is_open, value.values()))
    return isinstance(value, list) and any(map(_is_open, value))


def _making(system: System, operation: Operation) -> tuple[str, str, str] | None:
    """Kind of the object that a method makes, and where its id stands: `taken` or `returned`, and the member."""
    if operation.undo is None or operation.call is None:
        return None
    end = system.operations[operation.undo.operation].call
    if end is None or end.ends is None:
        return None
    given = dict(one.partition("=")[::2] for one in operation.undo.arguments)
    found = _SLOT.fullmatch(given.get(end.ends, ""))
    return (end.takes[end.ends].object or "", found[1], found[2]) if found else None
