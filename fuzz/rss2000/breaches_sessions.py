"""Deviations of logins and sessions: SES."""

from __future__ import annotations

import time
from collections.abc import Callable

from harness.certify import IDLE_WALL_S
from harness.mutation.mutant import Operator as Op
from harness.mutation.packet_pretend import Pretending, Register
from harness.mutation.packet_seen import Said, Seen
from harness.spec.model import System

breach = Register()
QUIET = "GETDEVINFO"


def admin(seen: Seen) -> bool:
    """A login of the account that the first login was of."""
    return seen.notes.setdefault("admin", seen.given("USERNAME")) == seen.given("USERNAME")


# logins


@breach(
    "SES-001",
    "same-id",
    Op.DOUBLE,
    "Each login of a user gets the id of the first one.",
    "session.several",
    "LOGIN.success",
)
def _same_id(seen: Seen) -> Said:
    return (
        seen.setting(SESSIONID=next(iter(seen.met)))
        if seen.is_ok("LOGIN") and seen.live[:1] == list(seen.met)[:1]
        else None
    )


@breach(
    "SES-001", "third-same", Op.DOUBLE, "The third session has the id of the second.", "session.several", "session.many"
)
def _third_same(seen: Seen) -> Said:
    ids = list(seen.met)
    return seen.setting(SESSIONID=ids[1]) if seen.is_ok("LOGIN") and len(ids) > 2 and seen.met[ids[1]] else None


@breach("SES-002", "cut", Op.DROP, "The id that a login tells lacks its last digit.", "LOGIN.success")
def _cut_id(seen: Seen) -> Said:
    return seen.setting(SESSIONID=seen.value("SESSIONID")[:-1]) if seen.is_ok("LOGIN") else None


def _nth(seen: Seen, number: int) -> bool:
    """The so many-th command of its session."""
    counts = seen.notes.setdefault("counts", {})
    counts[seen.session] = counts.get(seen.session, 0) + 1
    return bool(counts[seen.session] >= number)


@breach(
    "SES-002", "second-refused", Op.REFUSE, "A session is good for one command.", "LOGIN.success", "session.several"
)
def _second_refused(seen: Seen) -> Said:
    return (
        seen.refused("No session")
        if seen.ok and seen.session and seen.operation != "LOGOUT" and _nth(seen, 2)
        else None
    )


@breach("SES-002", "fifth-refused", Op.REFUSE, "A session is good for four commands.", "session.several")
def _fifth_refused(seen: Seen) -> Said:
    return seen.refused("No session") if seen.ok and seen.session and _nth(seen, 5) else None


@breach("SES-002", "second-login", Op.REFUSE, "Sessions but for the first ten are not taken.", "session.many")
def _eleventh(seen: Seen) -> Said:
    return seen.refused("No session") if seen.ok and seen.session in list(seen.met)[10:] else None


def _logged_in(seen: Seen) -> Said:
    """A failed login as a success, with a session that is there."""
    if not seen.live:
        return None
    return seen.accepted(PRIVILEGE="0", SESSIONID=seen.live[-1])


def _known_user(seen: Seen) -> bool:
    if seen.is_ok("LOGIN") or seen.is_ok("ADDDEVUSER"):
        seen.notes.setdefault("users", set()).add(seen.given("USERNAME"))
    return seen.given("USERNAME") in seen.notes.get("users", ())


@breach("SES-009", "any-password", Op.ACCEPT, "Any password is taken.", "LOGIN.refused.*")
def _any_password(seen: Seen) -> Said:
    return _logged_in(seen) if _known_user(seen) and seen.is_refused("LOGIN") else None


@breach("SES-009", "blank-password", Op.ACCEPT, "A blank password is taken for any other.", "LOGIN.refused.*")
def _blank_password(seen: Seen) -> Said:
    return _logged_in(seen) if _known_user(seen) and seen.is_refused("LOGIN") and not seen.given("PASSWORD") else None


@breach("SES-009", "any-user", Op.ACCEPT, "Any user is let in.", "LOGIN.refused.user.*")
def _any_user(seen: Seen) -> Said:
    return _logged_in(seen) if not _known_user(seen) and seen.is_refused("LOGIN") else None


@breach("SES-009", "second-time", Op.ACCEPT, "Who asks a second time is let in.", "LOGIN.refused.*")
def _second_time(seen: Seen) -> Said:
    if not seen.is_refused("LOGIN"):
        return None
    again = seen.exchange.line in seen.notes
    seen.notes[seen.exchange.line] = True
    return _logged_in(seen) if again else None


@breach(
    "SES-010",
    "session-all-the-same",
    Op.ACCEPT,
    "A login that fails tells a session that is taken.",
    "LOGIN.refused.session",
)
def _session_of_failed(seen: Seen) -> Said:
    if not seen.is_refused("LOGIN") or not seen.live:
        return None
    return seen.each(lambda one: [seen.set(one, SESSIONID=seen.live[-1])])


@breach(
    "SES-011",
    "all-administrators",
    Op.SWAP,
    "PRIVILEGE is that of an administrator for all.",
    "LOGIN.privilege",
    "LOGIN.ordinary",
)
def _all_zero(seen: Seen) -> Said:
    return seen.setting(PRIVILEGE="0") if seen.is_ok("LOGIN") else None


@breach("SES-011", "all-ordinary", Op.SWAP, "PRIVILEGE is that of an ordinary user for all.", "LOGIN.success")
def _all_one(seen: Seen) -> Said:
    return seen.setting(PRIVILEGE="1") if seen.is_ok("LOGIN") else None


@breach(
    "SES-011", "as-before", Op.STALE, "PRIVILEGE is as it was at the first login of the user.", "user.privilege-changed"
)
def _as_before(seen: Seen) -> Said:
    if not seen.is_ok("LOGIN"):
        return None
    return seen.setting(PRIVILEGE=seen.notes.setdefault(seen.given("USERNAME"), seen.value("PRIVILEGE")))


def _refuses_after(event: Callable[[Seen], bool]) -> Callable[[Seen], Said]:
    """Sessions that were there at an event are over."""

    def say(seen: Seen) -> Said:
        over = seen.notes.setdefault("over", set())
        if event(seen):
            over.update(one for one in seen.met if one != seen.session)
            return None
        return seen.refused("No session") if seen.ok and seen.session in over else None

    return say


breach("SES-012", "logout-ends-all", Op.REFUSE, "A logout ends all sessions.", "session.several", "session.end")(
    _refuses_after(lambda seen: seen.is_ok("LOGOUT"))
)
breach("SES-012", "failed-login-ends", Op.REFUSE, "A login that fails ends all sessions.", "session.failed-login")(
    _refuses_after(lambda seen: seen.is_refused("LOGIN"))
)
breach("SES-012", "wrong-id-ends", Op.REFUSE, "A wrong id ends all sessions.", "session.wrong")(
    _refuses_after(lambda seen: seen.operation == QUIET and seen.is_refused() and bool(seen.session))
)


@breach(
    "SES-013",
    "one-for-each-user",
    Op.REFUSE,
    "A login ends the other sessions of its user.",
    "session.several",
    "session.many",
)
def _one_each(seen: Seen) -> Said:
    users = seen.notes.setdefault("users", {})
    if seen.is_ok("LOGIN"):
        users[seen.given("USERNAME")] = seen.value("SESSIONID")
        seen.notes.setdefault("all", {})[seen.value("SESSIONID")] = seen.given("USERNAME")
    owner = seen.notes.get("all", {}).get(seen.session)
    return seen.refused("No session") if seen.ok and seen.session and owner and users[owner] != seen.session else None


@breach("SES-014", "session-wanted", Op.REFUSE, "LOGIN is refused without a SESSIONID.", "LOGIN.success")
def _login_needs(seen: Seen) -> Said:
    return seen.refused("No session") if seen.is_ok("LOGIN") and seen.session is None else None


# sessions and time


@breach("SES-005", "never-over", Op.ACCEPT, "A session that is idle is never over.", "expiry.*")
def _never_over(seen: Seen) -> Said:
    return seen.accepted() if seen.is_refused() and seen.operation != "LOGIN" and seen.session in seen.live else None


@breach("SES-005", "once-over", Op.ACCEPT, "A session that is over is taken again after its first failure.", "expiry.*")
def _once_over(seen: Seen) -> Said:
    if not seen.is_refused() or seen.operation == "LOGIN" or seen.session not in seen.live:
        return None
    again = seen.session in seen.notes
    seen.notes[seen.session] = True
    return seen.accepted() if again else None


class _Timed(Pretending):
    """Sessions that end too early: so many minutes of the bundled server's clock after their last command, or after their login."""

    def __init__(self, system: System, minutes: float, *, anew: bool) -> None:
        super().__init__(system, self._early)
        self._after_s, self._anew = IDLE_WALL_S * minutes / 30, anew
        self._used: dict[str, float] = {}

    def _early(self, seen: Seen) -> Said:
        now = time.monotonic()
        if seen.is_ok("LOGIN"):
            self._used[seen.value("SESSIONID")] = now
        session = seen.session or ""
        if not seen.ok or session not in self._used:
            return None
        if now - self._used[session] > self._after_s:
            return seen.refused("No session")
        if self._anew:
            self._used[session] = now
        return None


breach.device(
    "SES-006",
    "twenty-minutes",
    Op.REFUSE,
    "A session is over after twenty minutes.",
    lambda system: _Timed(system, 22, anew=True),
    "expiry.activity",
)
breach.device(
    "SES-007",
    "from-login",
    Op.REFUSE,
    "The half hour counts from the login.",
    lambda system: _Timed(system, 31, anew=False),
    "expiry.*",
)
