"""Users: who may call, and how they are made, changed, listed and removed."""

from __future__ import annotations

import re

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told, User, Values
from harness.reference.tps.beginning import DEFAULT_PASSWORD
from harness.reference.tps.common import PAGE_BYTES, Common
from harness.reference.tps.functions import find_user

MOST_USERS = 200
_TOKEN = re.compile(r"u([0-9]{1,9})-([0-9]{1,9})-([0-9]{1,9})")  # place, list of changes at the start, check
_CHECK = 7919  # so that a token is not guessed by counting


class Users:
    """The methods user.*.

    Args:
        common: world, readings.
    """

    def __init__(self, common: Common) -> None:
        self._common, self._world, self._choices = common, common.world, common.choices

    def methods(self) -> dict[str, Handler]:
        """The methods by name."""
        return {
            "user.create": self.create,
            "user.destroy": self.destroy,
            "user.modify": self.modify,
            "user.enumerate": self.enumerate,
        }

    def create(self, ask: Ask) -> Told:
        """user.create."""
        name, password = ask["newUserId"], ask["password"]
        self._filled(ask, "newUserId", "password")
        self._free(name)
        besides = self._choices.of("TPS-AMB-277") == "besides"
        if len(self._world.users) - besides >= MOST_USERS and not self._common.on("users-without-end"):
            self._common.fail(ask.method, "too-many-users")
        self._not_too_high(ask)
        self._world.users[name] = User(name, password, ask["accessRights"], ask.get("name", ""))
        self._world.users_changed += 1
        return None

    def destroy(self, ask: Ask) -> Told:
        """user.destroy."""
        user = self._user(ask["currentUserId"])
        self._within_rights(ask, user)
        if user.immortal:
            raise RefusedError("immortal-user")
        if user is ask.user:
            self._common.fail(ask.method, "itself")
        del self._world.users[user.id]
        self._world.users_changed += 1
        return None

    def modify(self, ask: Ask) -> Told:
        """user.modify."""
        user = self._user(ask["currentUserId"])
        self._within_rights(ask, user)
        self._filled(ask, "newUserId", "password")
        name, rights = ask.get("newUserId"), ask.get("accessRights")
        if len(ask.values) == 1 and self._choices.of("TPS-AMB-201") == "refused":
            raise RefusedError("missing-parameter", ("newUserId",))
        if name is not None and name != user.id and find_user(self._common, name) not in (None, user):
            raise RefusedError("duplicate-user", ("newUserId",))
        if user.immortal and rights is not None and rights != user.rights:
            self._common.fail(ask.method, "immortal-user")
        if user.immortal and ((name is not None and name != user.id) or rights == user.rights):
            self._common.fail(ask.method, "immortal-same")
        self._not_too_high(ask)
        users = self._world.users
        if name is not None and name != user.id:
            self._world.users = {name if one is user else key: one for key, one in users.items()}
            user.id = name
        user.name = ask.get("name", user.name)
        user.rights = user.rights if rights is None else rights
        if "password" in ask:
            user.password = ask["password"]
            user.due = user.immortal and user.password == DEFAULT_PASSWORD and self._common.at_least("4.2")
        self._world.users_changed += 1
        return None

    def enumerate(self, ask: Ask) -> Told:
        """user.enumerate."""
        users = [user for user in self._world.users.values() if self._seen(ask, user)]
        place, changed = self._place(ask)
        limit = ask.get("max", 0)
        limit = limit if limit > 0 else len(users)
        page: list[Values] = []
        room = PAGE_BYTES
        for user in users[place : place + limit]:
            told = self._told(user)
            room -= self._common.size(told) + 20
            if room < 0:
                break
            page.append(told)
        end = place + len(page)
        more = end < len(users)
        token = f"u{end}-{changed}-{(end + changed) * _CHECK % 100_003}" if more else None
        return {
            "moreAvailable": more,
            "enumerateID": token,
            "modifiedSinceStart": changed != self._world.users_changed,
            "users": page,
        }

    def _place(self, ask: Ask) -> tuple[int, int]:
        """Where an enumeration goes on, and how often the list had been changed when it began."""
        token = ask.get("enumerateID")
        if token is None:
            return 0, self._world.users_changed
        found = _TOKEN.fullmatch(token)
        if found is not None:
            end, changed, check = map(int, found.groups())
            if (end + changed) * _CHECK % 100_003 == check:
                return end, changed
        self._common.fail(ask.method, "bad-token", ("enumerateID",))
        return 0, self._world.users_changed

    def _told(self, user: User) -> Values:
        told: Values = {
            "currentUserid": user.id,
            "name": user.name,
            "immortal": user.immortal,
            "accessRights": user.rights,
        }
        due = any(one.due for one in self._world.users.values())
        if user.due or (due and self._choices.of("TPS-AMB-287") == "there"):
            told["passwordChangeRequired"] = user.due
        return told

    def _user(self, name: str) -> User:
        user = find_user(self._common, name)
        if user is None:  # an id of nobody that a fault let pass
            raise RefusedError("unknown-user")
        return user

    def _free(self, name: str) -> None:
        if find_user(self._common, name) is not None:
            raise RefusedError("duplicate-user", ("newUserId",))

    def _filled(self, ask: Ask, *names: str) -> None:
        """An empty id or password, where it is refused."""
        for name in names:
            if ask.get(name) == "" and self._choices.of("TPS-AMB-285") == "refused":
                raise RefusedError("invalid-parameter", (name,))

    @staticmethod
    def _seen(ask: Ask, user: User) -> bool:
        return ask.user.rights == "administrator" or user.rights != "administrator"

    def _within_rights(self, ask: Ask, user: User) -> None:
        if not self._seen(ask, user):
            self._common.fail(ask.method, "beyond-rights")

    def _not_too_high(self, ask: Ask) -> None:
        if ask.get("accessRights") == "administrator" and ask.user.rights != "administrator":
            self._common.fail(ask.method, "too-high", ("accessRights",))
