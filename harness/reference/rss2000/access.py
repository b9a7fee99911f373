"""Login, logout, what the device says of itself, and its restart."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.reference.faults import FaultSet
from harness.reference.rss2000.call import Call, Handler, Outcome, RefusedError, one
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.sessions import Client, Sessions
from harness.reference.rss2000.state import World, date_text, moment

# A time zone that REFRESHSTATUS may tell.
_HOURS = re.compile(r"-?(?:[1-9]|1[0-2])|0")


class Access:
    """Who is in.

    Args:
        world: the users.
        sessions: all sessions.
        choices: readings.
        faults: those that are on.
    """

    def __init__(self, world: World, sessions: Sessions, choices: Choices, faults: FaultSet) -> None:
        self._world, self._sessions, self._choices, self._on = world, sessions, choices, faults.on
        self._passwords: dict[str, str] = {}  # as they were first used; fault old-password-works

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "LOGIN": self._login,
            "LOGOUT": self._logout,
            "GETDEVINFO": self._device,
            "REFRESHSTATUS": self._status,
            "SHUTDOWN": self._shutdown,
        }

    def _login(self, call: Call) -> Outcome:
        sessions, choices = self._sessions, self._choices
        client: Client = call.client  # type: ignore[assignment]  # what a call has is a connection
        if not choices.any_domain and call.text("DOMAIN"):
            raise RefusedError("There is no directory")
        if choices.must_wish and not call.has("INDICATION"):
            raise RefusedError("INDICATION is missing")
        name = call.text("USERNAME")
        privilege = self._privilege(name, call.text("PASSWORD"))
        if privilege is None:
            if self._on("failed-login-logs-out"):
                sessions.end_of(name)
            raise RefusedError("The user name or the password is wrong")
        if choices.second_login == "refused" and sessions.on(client):
            raise RefusedError("This connection has a session")
        if choices.second_login == "replaced":
            sessions.end_on(client)
        asked = call.text("INDICATION") == "1"
        if self._on("subscription-of-first") and (first := sessions.of(name)) is not None:
            asked = first.subscribed
        session = sessions.begin(name, privilege, asked, client)
        told = privilege
        if self._on("privilege-of-added") and name in self._world.added_users:
            told = "0"
        return one(PRIVILEGE=told, SESSIONID=session.id)

    def _privilege(self, name: str, password: str) -> str | None:
        """That of a user with this password; None where there is none."""
        user = self._world.users.get(name)
        if user is None:
            gone = self._world.past.get(name) if self._on("deleted-user-logs-in") else None
            return gone[1] if gone is not None and gone[0] == password else None
        own = user.values["PASSWORD"]
        right = own == password
        if self._on("password-eight-characters"):
            right = own[:8] == password[:8]
        elif self._on("password-case"):
            right = own.lower() == password.lower()
        elif self._on("blank-password-any") and not own:
            right = True
        elif self._on("old-password-works"):
            right = right or self._passwords.setdefault(name, own) == password
        return user.values["PRIVILEGE"] if right else None

    def _logout(self, call: Call) -> Outcome:
        assert call.session is not None
        self._sessions.end(call.session)
        if self._on("logout-ends-all"):
            self._sessions.end_of(call.session.user)
        return one()

    def _device(self, _call: Call) -> Outcome:
        system = dict(self._world.system)
        if self._on("count-in-words"):
            system["RECABILITY"] += " sessions"
        return one(**system)

    def _status(self, _call: Call) -> Outcome:
        now = self._world.now()
        at = moment(now)
        return one(
            DISK="37",
            CPU="3%" if self._on("percent-sign") else "3",
            TIME=date_text(at),
            TIMEVALUE=str(int(now)),
            TIMEZONE=self._time_zone(),
        )

    def _time_zone(self) -> str:
        """That of the settings, where it is a number of hours that the document allows."""
        zone = self._world.settings["os"]["TIMEZONE"]
        return zone if _HOURS.fullmatch(zone) else "0"

    def _shutdown(self, _call: Call) -> Outcome:
        outcome = one()
        outcome.changed = False
        outcome.after.append(self._sessions.drop_all)
        return outcome
