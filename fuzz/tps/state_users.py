"""The users of a script: who is there, with which password and rights, and who may call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fuzz.tps.walks import broken
from harness.fuzzing.call_kit import CallTurn
from harness.verdict import Check

_OTHER_USER = (
    rb"<methodCall><methodName>device\.query</methodName><params><param><value><struct><member><name>authenticationUser</name>"
    rb"<value><string>([\w.-]+)</string></value></member><member><name>authenticationPassword</name><value><string>([\w.-]+)</string></value>"
    rb"</member></struct></value></param></params></methodCall>"
)
_LOGIN = re.compile(_OTHER_USER)


@dataclass(slots=True)
class _User:
    """A user of ours."""

    password: object
    rights: object
    name: object


class Users:
    """The users of one script; `gone` are the ids that nobody has any more."""

    def __init__(self) -> None:
        self.there: dict[str, _User] = {}
        self.gone: set[str] = set()
        self.does = {"user.create": self._made, "user.modify": self._changed, "user.destroy": self._ended}

    def forget(self) -> None:
        """Nothing is known any more."""
        self.there.clear()
        self.gone.clear()

    def _made(self, sent: Mapping[str, object], _turn: CallTurn) -> None:
        name = str(sent.get("newUserId"))
        self.there[name] = _User(sent.get("password"), sent.get("accessRights"), sent.get("name", ""))
        self.gone.discard(name)

    def _changed(self, sent: Mapping[str, object], _turn: CallTurn) -> None:
        name = str(sent.get("currentUserId"))
        user = self.there.pop(name, None)
        if user is None:
            return
        user.password = sent.get("password", user.password)
        user.rights = sent.get("accessRights", user.rights)
        user.name = sent.get("name", user.name)
        new = str(sent.get("newUserId", name))
        self.there[new] = user
        self.gone.discard(new)
        if new.casefold() != name.casefold():
            self.gone.add(name)

    def _ended(self, sent: Mapping[str, object], _turn: CallTurn) -> None:
        name = str(sent.get("currentUserId"))
        if self.there.pop(name, None) is not None:
            self.gone.add(name)

    def logged_in(self, turn: CallTurn) -> list[Check]:
        """A call that a user of ours has made, or one who was."""
        found = (
            _LOGIN.search(turn.asked.raw) if turn.asked.method == "device.query" and turn.reply.ok is not None else None
        )
        if found is None:
            return []
        name, password = found[1].decode(), found[2].decode()
        user = self.there.get(name)
        if user is None:
            served = False if name in self.gone else None
            clauses: tuple[str, ...] = ("TPS-USR-009", "TPS-USR-004")
        else:
            served = user.password == password and user.rights != "none"
            clauses = (
                ("TPS-USR-015", "TPS-AUT-002")
                if user.password != password or served
                else ("TPS-USR-021", "TPS-USR-017")
            )
            clauses = (*clauses, "TPS-USR-004", "TPS-USR-002") if served else clauses
        if served is None or turn.reply.ok is served:
            return []
        wanted = "a success" if served else "a fault"
        return [broken("login", clauses, f"{wanted} for {name}", turn.reply.describe(), turn)]

    def row(self, name: str, row: Mapping[str, object], turn: CallTurn) -> Iterable[Check]:
        """What a list tells of a user."""
        user = self.there.get(name)
        if user is None:
            return
        wanted = {"accessRights": user.rights, "name": user.name or None, "immortal": False}
        got = {
            "accessRights": row.get("accessRights"),
            "name": row.get("name") or None,
            "immortal": row.get("immortal"),
        }
        if got != wanted:
            yield broken("user", ("TPS-USR-001", "TPS-USR-002"), str(wanted), str(got), turn)
