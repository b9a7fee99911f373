"""The mutants of what no structure of the spec says: identifiers, references, pairs, users and rights, metadata, system.xml."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from harness.mutation.call_seen import CallMaker, Seen
from harness.mutation.http_seen import Said
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Operator, Piece, pieces
from harness.spec.model import System
from harness.wire.xmlrpc_writing import Members, Writable

_CREATE, _MODIFY, _QUERY = "flex.conference.create", "flex.conference.modify", "flex.conference.query"
_FILE = "/system.xml"
Tell = Callable[["_Memory", Seen], Said]


class _Memory(Behaviour):
    """What it says may depend on what it has seen."""

    def __init__(self, system: System, tell: Tell) -> None:
        self._system, self._tell = system, tell
        self.kept: dict[str, Any] = {}
        self.connection = 0

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        self.connection = exchange.connection
        return pieces(self._tell(self, Seen(self._system, exchange))) if exchange.line else None


class _Breaches(CallMaker):
    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.made: list[Mutant] = []
        self._counts: dict[str, int] = {}

    def add(self, clause: str, operator: Operator, about: str, tell: Tell, *near: str) -> None:
        """A mutant of a stated clause."""
        count = self._counts[clause] = self._counts.get(clause, 0) + 1
        name = "abcdefghij"[count - 1]
        whole = f"{self.system.prefix}-{clause}"
        self.made.append(
            self.acts(whole, name, operator, about, lambda: _Memory(self.system, tell), near=self.near(*near))
        )


def mutants(system: System) -> Sequence[Mutant]:
    """All of them."""
    kit = _Breaches(system)
    _objects(kit)
    _pairs(kit)
    _attributes(kit)
    _users(kit)
    _file(kit)
    return kit.made


def _told(seen: Seen, **changes: Writable) -> bytes:
    """The reply with other members; those that it does not have come last."""
    pairs = [(one.name, changes.pop(one.name, one.value)) for one in seen.message.struct.members]
    return seen.tree(Members((*pairs, *changes.items())))


def _value(seen: Seen, name: str) -> Any:
    found = seen.message.struct.get(name)
    return None if found is None else found.plain()


# identifiers, references, metadata


def _objects(kit: _Breaches) -> None:
    for name, method in (("conferenceID", _CREATE), ("participantID", "flex.participant.create")):

        def same(memory: _Memory, seen: Seen, name: str = name, method: str = method) -> Said:
            if not seen.does(method):
                return None
            first = memory.kept.setdefault(name, _value(seen, name))
            return _told(seen, **{name: first}) if first != _value(seen, name) else None

        kit.add("IDN-002", Operator.STALE, f"Every object has the {name} of the first.", same, "identifiers.*")
    kit.add("IDN-003", Operator.OVERFLOW, "An empty reference comes back.", _empty_reference, "references.*", "told.*")
    kit.add("IDN-004", Operator.SWAP, "References come back in capitals.", _capitals, "references.*", "identifiers.*")
    kit.add("IDN-005", Operator.REFUSE, "A reference can be used once.", _once, "references.*", "identifiers.*")
    kit.add("CON-002", Operator.DROP, "Metadata lack their last byte.", _bitten, f"{_CREATE}.metadata*", "values.*")
    kit.add("SIZ-001", Operator.REFUSE, "A text of 31 characters is refused.", _of_31, "values.*", "texts.*", "sizes.*")
    kit.add("AUT-004", Operator.STALE, "Behind a good call anybody is served on its connection.", _lent, "access.*")


def _empty_reference(_: _Memory, seen: Seen) -> Said:
    there = "conferenceReference" in seen.message.struct
    return _told(seen, conferenceReference="") if seen.does(_QUERY) and not there else None


def _capitals(_: _Memory, seen: Seen) -> Said:
    for name in ("conferenceReference", "participantReference"):
        text = _value(seen, name) if seen.good else None
        if isinstance(text, str) and text.upper() != text:
            return _told(seen, **{name: text.upper()})
    return None


def _once(memory: _Memory, seen: Seen) -> Said:
    if not seen.does(_CREATE, "flex.participant.create"):
        return None
    given = {name: seen.sent[name] for name in ("conferenceReference", "participantReference") if seen.sent.get(name)}
    used = memory.kept.setdefault("used", [])
    if given and given in used:
        return seen.faulted("invalid-parameter", next(iter(given)))
    used.append(given)
    return None


def _bitten(_: _Memory, seen: Seen) -> Said:
    data = _value(seen, "metadata") if seen.does("flex.conference.getMetadata") else b""
    return _told(seen, metadata=data[:-1]) if data else None


def _of_31(_: _Memory, seen: Seen) -> Said:
    plain = [member for _, _, member, _ in seen.taken if member.type in ("text-default", "text-31")]
    long = any(value.text and len(value.text) == 31 for _, _, member, value in seen.taken if member in plain)
    return seen.faulted("string-too-long") if seen.good and long else None


def _lent(memory: _Memory, seen: Seen) -> Said:
    known = memory.kept.setdefault("connections", set())
    if seen.good:
        known.add(memory.connection)
    strange = seen.fails("", "authorization-failed") and seen.call is not None
    return seen.accepted() if strange and memory.connection in known else None


# pairs and resources


def _pairs(kit: _Breaches) -> None:
    near = ("unlimited.*",)
    kit.add("UNL-003", Operator.STALE, "A duration outlives its being unlimited.", _outlives, *near)
    kit.add("UNL-003", Operator.STALE, "A limit of participants does not end that there is none.", _no_end, *near)
    kit.add("UNL-004", Operator.REFUSE, "A duration needs its boolean beside it.", _alone("duration"), *near)
    kit.add(
        "UNL-004", Operator.REFUSE, "durationUnlimited needs its number beside it.", _alone("durationUnlimited"), *near
    )
    kit.add(
        "MED-002",
        Operator.STALE,
        "Credits are told as one more than they were sent.",
        _one_more,
        f"{_CREATE}.*Credits*",
    )


def _outlives(_: _Memory, seen: Seen) -> Said:
    return _swapped(seen, "durationUnlimited", "duration", 7200)


def _no_end(_: _Memory, seen: Seen) -> Said:
    return _swapped(seen, "maxParticipants", "maxParticipantsUnlimited", True)


def _swapped(seen: Seen, name: str, other: str, value: Writable) -> Said:
    if not seen.does(_QUERY) or name not in seen.message.struct:
        return None
    pairs = [(one.name, one.value) for one in seen.message.struct.members if one.name != name]
    return seen.tree(Members((*pairs, (other, value))))


def _alone(name: str) -> Tell:
    other = name.removesuffix("Unlimited") if name.endswith("Unlimited") else f"{name}Unlimited"

    def tell(_: _Memory, seen: Seen) -> Said:
        half = seen.does(_CREATE, _MODIFY) and name in seen.sent and other not in seen.sent
        return seen.faulted("missing-parameter", other) if half else None

    return tell


def _one_more(memory: _Memory, seen: Seen) -> Said:
    sent = seen.sent.get("participantMediaResources")
    if seen.does(_CREATE) and isinstance(sent, dict):
        memory.kept[_value(seen, "conferenceID")] = sent.get("numMediaCredits")
    wanted = memory.kept.get(str(seen.sent.get("conferenceID"))) if seen.does(_QUERY) else None
    clause = "TPS-struct.participantMediaResources.returned.numMediaCredits"
    places = [one for one in seen.at(clause) if len(one[1]) == 2]
    if not isinstance(wanted, int) or not places:
        return None
    return seen.spoilt(places, lambda name, _old: ((name, wanted + 1),))


# attributes of calls, and who is important


def _attributes(kit: _Breaches) -> None:
    def gain(_: _Memory, seen: Seen) -> Said:
        sent = seen.sent.get("callAttributes")
        alone = isinstance(sent, dict) and "audioReceiveGain" in sent and "audioReceiveGainMode" not in sent
        return seen.faulted("invalid-parameter", "audioReceiveGain") if seen.good and alone else None

    def reconnect(_: _Memory, seen: Seen) -> Said:
        sent = seen.sent.get("callAttributes")
        both = isinstance(sent, dict) and sent.get("alwaysReconnect") is True and sent.get("autoReconnect") is False
        return seen.faulted("invalid-parameter", "autoReconnect") if seen.good and both else None

    kit.add("STR-001", Operator.REFUSE, "A gain without the fixed mode is refused.", gain, "attributes.*")
    kit.add("STR-002", Operator.REFUSE, "autoReconnect is refused beside alwaysReconnect.", reconnect, "attributes.*")


# users


def _users(kit: _Breaches) -> None:
    near = ("user.*", "access.*", "rights.*")
    kit.add("USR-001", Operator.DROP, "The user who was created last is not listed.", _unlisted, *near)
    kit.add("USR-001", Operator.SWAP, "Users who were created are immortal.", _immortal, *near)
    kit.add("USR-002", Operator.OVERFLOW, "Changing a user changes the names of the others.", _renamed, *near)
    kit.add("USR-015", Operator.STALE, "A new password does not hold.", _old_password, *near)
    kit.add("USR-017", Operator.STALE, "Who has lost all rights is served.", _still_served, *near)
    kit.add("USR-020", Operator.REFUSE, "Nobody but the first user who calls may do anything.", _first_user, *near)


def _listed(seen: Seen, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Said:
    users = _value(seen, "users") if seen.does("user.enumerate") else None
    if not isinstance(users, list):
        return None
    made = [new for one in users if (new := change(dict(one))) is not None]
    return _told(seen, users=made) if made != users else None


def _created(memory: _Memory, seen: Seen) -> set[str]:
    known: set[str] = memory.kept.setdefault("created", set())
    if seen.does("user.create"):
        known.add(str(seen.sent.get("newUserId")))
    return known


def _unlisted(memory: _Memory, seen: Seen) -> Said:
    known = _created(memory, seen)
    return _listed(seen, lambda one: None if one.get("currentUserid") in known else one)


def _immortal(memory: _Memory, seen: Seen) -> Said:
    known = _created(memory, seen)
    return _listed(seen, lambda one: {**one, "immortal": True} if one.get("currentUserid") in known else one)


def _renamed(memory: _Memory, seen: Seen) -> Said:
    if seen.does("user.modify"):
        memory.kept["changed"] = {str(seen.sent.get(name)) for name in ("currentUserId", "newUserId")}
    known = memory.kept.get("changed")
    if known is None:
        return None
    return _listed(seen, lambda one: one if one.get("currentUserid") in known else {**one, "name": "another"})


def _caller(seen: Seen) -> str:
    found = seen.asked.struct.get("authenticationUser")
    return found.text if found is not None else ""


def _old_password(memory: _Memory, seen: Seen) -> Said:
    changed = memory.kept.setdefault("changed", set())
    if seen.does("user.modify") and "password" in seen.sent:
        changed.add(str(seen.sent.get("currentUserId")))
        return None
    return seen.faulted("authorization-failed") if seen.good and _caller(seen) in changed else None


def _still_served(memory: _Memory, seen: Seen) -> Said:
    lost = memory.kept.setdefault("lost", set())
    if seen.does("user.modify") and seen.sent.get("accessRights") == "none":
        lost.add(str(seen.sent.get("currentUserId")))
    return seen.accepted() if seen.faulty and seen.call is not None and _caller(seen) in lost else None


def _first_user(memory: _Memory, seen: Seen) -> Said:
    first = memory.kept.setdefault("first", _caller(seen))
    return seen.faulted("insufficient-privileges") if seen.good and _caller(seen) != first else None


# system.xml


def _file(kit: _Breaches) -> None:
    near = ("system-xml.*",)
    for clause, operator, about, pattern, new in (
        ("XML-001", Operator.DROP, "system.xml is not closed.", rb"</system>", b""),
        ("XML-001", Operator.RETYPE, "system.xml has a bare ampersand.", rb"</system>", b"<a>&</a></system>"),
        ("XML-002", Operator.DOUBLE, "An element stands twice.", rb"(<serial>[^<]*</serial>)", rb"\1\1"),
        ("XML-002", Operator.SWAP, "The serial is another one.", rb"<serial>[^<]*<", b"<serial>0<"),
        ("XML-005", Operator.STALE, "The uptime is another one.", rb"<uptimeSeconds>", b"<uptimeSeconds>9"),
        ("XML-006", Operator.SWAP, "The master says that it is none.", rb"<isMaster>[^<]*<", b"<isMaster>no<"),
        ("XML-007", Operator.SWAP, "The address is another one.", rb"<macAddress>..", b"<macAddress>EE"),
        ("XML-009", Operator.SWAP, "A trunk is used.", rb"<sipTrunkUsage>[^<]*<", b"<sipTrunkUsage>yes<"),
    ):  # fmt: skip
        kit.add(clause, operator, about, _served(pattern, new), *near)


def _served(pattern: bytes, new: bytes) -> Tell:
    def tell(_: _Memory, seen: Seen) -> Said:
        if seen.method != "GET" or seen.path != _FILE or seen.answer.status != 200:
            return None
        made = re.sub(pattern, new, seen.answer.body)
        return seen.answer.with_(body=made).raw() if made != seen.answer.body else None

    return tell
