"""Deviations of logins, sessions, packets and indications: SES, TPK, XML, IND."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from msgspec import structs

from harness.messages.reply import Call
from harness.mutation.mutant import Exchange, Operator as Op, Piece
from harness.mutation.packet_pretend import Pretending, Register
from harness.mutation.packet_seen import Asked, Said, Seen, packed
from harness.spec.model import System
from harness.wire.tpkt import split
from harness.wire.xmlmessage import Element, Field

breach = Register()
QUIET = "GETDEVINFO"
LISTS = ("GETENDPOINT", "GETDEVUSER", "GETGROUP", "GETROOM", "GETBANNER", "GETGK", "GETMEDIAINFO")


def admin(seen: Seen) -> bool:
    """A login of the account that the first login was of."""
    return seen.notes.setdefault("admin", seen.given("USERNAME")) == seen.given("USERNAME")


# logins


@breach("SES-001", "same-id", Op.DOUBLE, "Each login of a user gets the id of the first one.", "session.several", "LOGIN.success")
def _same_id(seen: Seen) -> Said:
    return seen.setting(SESSIONID=next(iter(seen.met))) if seen.is_ok("LOGIN") and seen.live[:1] == list(seen.met)[:1] else None


@breach("SES-001", "third-same", Op.DOUBLE, "The third session has the id of the second.", "session.several", "session.many")
def _third_same(seen: Seen) -> Said:
    ids = list(seen.met)
    return seen.setting(SESSIONID=ids[1]) if seen.is_ok("LOGIN") and len(ids) > 2 and seen.met[ids[1]] else None


@breach("SES-001", "cut", Op.DROP, "The id that a login tells lacks its last digit.", "LOGIN.success")
def _cut_id(seen: Seen) -> Said:
    return seen.setting(SESSIONID=seen.value("SESSIONID")[:-1]) if seen.is_ok("LOGIN") else None


def _nth(seen: Seen, number: int) -> bool:
    """The so many-th command of its session."""
    counts = seen.notes.setdefault("counts", {})
    counts[seen.session] = counts.get(seen.session, 0) + 1
    return bool(counts[seen.session] >= number)


@breach("SES-002", "second-refused", Op.REFUSE, "A session is good for one command.", "LOGIN.success", "session.several")
def _second_refused(seen: Seen) -> Said:
    return seen.refused("No session") if seen.ok and seen.session and seen.operation != "LOGOUT" and _nth(seen, 2) else None


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


@breach("SES-010", "session-all-the-same", Op.ACCEPT, "A login that fails tells a session that is taken.", "LOGIN.refused.session")
def _session_of_failed(seen: Seen) -> Said:
    if not seen.is_refused("LOGIN") or not seen.live:
        return None
    return seen.each(lambda one: [seen.set(one, SESSIONID=seen.live[-1])])


@breach("SES-011", "all-administrators", Op.SWAP, "PRIVILEGE is that of an administrator for all.", "LOGIN.privilege", "LOGIN.ordinary")
def _all_zero(seen: Seen) -> Said:
    return seen.setting(PRIVILEGE="0") if seen.is_ok("LOGIN") else None


@breach("SES-011", "all-ordinary", Op.SWAP, "PRIVILEGE is that of an ordinary user for all.", "LOGIN.success")
def _all_one(seen: Seen) -> Said:
    return seen.setting(PRIVILEGE="1") if seen.is_ok("LOGIN") else None


@breach("SES-011", "as-before", Op.STALE, "PRIVILEGE is as it was at the first login of the user.", "user.privilege-changed")
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


@breach("SES-013", "one-for-each-user", Op.REFUSE, "A login ends the other sessions of its user.", "session.several", "session.many")
def _one_each(seen: Seen) -> Said:
    users = seen.notes.setdefault("users", {})
    if seen.is_ok("LOGIN"):
        users[seen.given("USERNAME")] = seen.value("SESSIONID")
        seen.notes.setdefault("all", {})[seen.value("SESSIONID")] = seen.given("USERNAME")
    owner = seen.notes.get("all", {}).get(seen.session)
    return seen.refused("No session") if seen.ok and seen.session and owner and users[owner] != seen.session else None


@breach("SES-013", "last-wish", Op.STALE, "The privilege of a session is that of the last login.", "LOGIN.privilege")
def _last_privilege(seen: Seen) -> Said:
    if not seen.is_ok("LOGIN"):
        return None
    before = seen.notes.get("last")
    seen.notes["last"] = seen.value("PRIVILEGE")
    return seen.setting(PRIVILEGE=before) if before else None


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
    """Sessions that end too early: idle for `after_s` wall seconds, since their last command or since their login.

    The bundled server's half hour takes three seconds.
    """

    def __init__(self, system: System, after_s: float, *, anew: bool) -> None:
        super().__init__(system, self._early)
        self._after_s, self._anew = after_s, anew
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


breach.device("SES-006", "twenty-minutes", Op.REFUSE, "A session is over after twenty minutes.", lambda system: _Timed(system, 2.1, anew=True), "expiry.activity")  # fmt: skip
breach.device("SES-007", "from-login", Op.REFUSE, "The half hour counts from the login.", lambda system: _Timed(system, 3.2, anew=False), "expiry.*")  # fmt: skip


# packets


class _Careless(Pretending):
    """Reads what comes in one segment wrongly: only its first packet, or nothing that is no whole packet."""

    rewrites = True

    def __init__(self, system: System, *, joined: bool) -> None:
        super().__init__(system)
        self.rewrites = True
        self._joined = joined

    def received(self, connection: int, data: bytes) -> bytes:  # noqa: ARG002
        """See `Behaviour`."""
        packets, rest = split(data)
        if self._joined:
            return data[: 4 + len(packets[0])] if packets and (len(packets) > 1 or rest) else data
        return data[: len(data) - len(rest)]


breach.device("TPK-005", "first-only", Op.MISREAD, "Of packets in one segment only the first is read.", lambda system: _Careless(system, joined=True), "packet.joined.*")  # fmt: skip
breach.device("TPK-005", "parts-lost", Op.MISREAD, "A packet in several segments is lost.", lambda system: _Careless(system, joined=False), "packet.split.*")  # fmt: skip


class _Swapping(Pretending):
    """Answers of commands that wait come the last one first."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.rewrites = True
        self._waiting: dict[int, int] = {}
        self._held: dict[int, list[bytes]] = {}

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:
        """See `Behaviour`."""
        self._waiting[connection] = self._waiting.get(connection, 0) + 1
        return super().request(connection, call, line)

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        """See `Behaviour`."""
        if not exchange.line:
            return None
        left = self._waiting[exchange.connection] = self._waiting.get(exchange.connection, 1) - 1
        held = self._held.setdefault(exchange.connection, [])
        held.insert(0, exchange.raw)
        if left > 0:
            return ()
        self._held[exchange.connection] = []
        return (Piece(data=b"".join(held)),)


breach.device("TPK-008", "last-first", Op.REORDER, "Of commands in one segment the last is answered first.", _Swapping, "packet.joined.*")  # fmt: skip


class _Forgiving(Pretending):
    """Takes what is no command for one that only reads."""

    def __init__(self, system: System, *, unknown: bool) -> None:
        super().__init__(system)
        self.rewrites = True
        self._unknown = unknown
        self._quiet: dict[int, bytes] = {}

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:
        """See `Behaviour`."""
        asked = Asked(self._system, line, self._notes, self._met)
        if asked.operation:
            if asked.operation == QUIET:
                self._quiet[connection] = line
            return (line,)
        named = any(one.name == "COMMAND" for one in asked.document.elements) and not asked.document.problems
        return (self._quiet.get(connection, line),) if named == self._unknown else (line,)


breach.device("XML-014", "taken", Op.ACCEPT, "What is no XML is answered with a success.", lambda system: _Forgiving(system, unknown=False), "xml.*")  # fmt: skip
breach.device("XML-015", "taken", Op.ACCEPT, "A command of an unknown name is answered with a success.", lambda system: _Forgiving(system, unknown=True), "xml.unknown.*")  # fmt: skip


def _texts(change: Callable[[str], str], seen: Seen) -> Said:
    """Texts in answers that only read, changed."""

    def changed(one: Element) -> list[Element]:
        fields = []
        for field in one.fields:
            value = field.attributes.get("value", "")
            keep = field.name in ("RESULT", "SESSIONID") or value.isascii() and value.replace("-", "").isalnum()
            fields.append(field if keep else structs.replace(field, attributes={**field.attributes, "value": change(value)}))
        return [structs.replace(one, fields=tuple(fields))]

    return seen.each(changed) if seen.is_ok(*LISTS) else None


for _name, _operator, _about, _change in (
    ("twice-escaped", Op.DOUBLE, "Markup is escaped twice", lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    ("no-ampersands", Op.DROP, "Ampersands are lost", lambda text: text.replace("&", "")),
    ("no-quotes", Op.RETYPE, "Quotes are apostrophes", lambda text: text.replace('"', "'")),
    ("ascii", Op.RETYPE, "Letters beyond ASCII are question marks", lambda text: text.encode("ascii", "replace").decode()),
    ("latin", Op.RETYPE, "Letters beyond Latin-1 are question marks", lambda text: text.encode("latin-1", "replace").decode("latin-1")),
    ("16-bits", Op.RETYPE, "Characters beyond 16 bits are lost", lambda text: "".join(one for one in text if ord(one) < 0x10000)),
    ("one-blank", Op.DROP, "Blanks in a row are one", lambda text: " ".join(text.split(" ")).replace("  ", " ")),
    ("mojibake", Op.MISREAD, "UTF-8 is taken for Latin-1", lambda text: text.encode().decode("latin-1").replace("\x85", "?")),
):  # fmt: skip
    breach("XML-011", _name, _operator, f"{_about}.", "*.texts", "*.markup", "*ascii", "*.beyond-16-bits", "*.inner-blanks")(
        lambda seen, change=_change: _texts(change, seen)  # type: ignore[misc]
    )


# failures that change something


@breach("XML-013", "added", Op.STALE, "An endpoint whose adding failed is listed.", "session.nothing-done")
def _added_all_the_same(seen: Seen) -> Said:
    if seen.is_refused("ADDENDPOINT"):
        seen.notes["name"] = seen.given("SOURCENAME")
    name = seen.notes.get("name")
    if not seen.is_ok("GETENDPOINT") or not name or any(seen.value("SOURCENAME", one) == name for one in seen.elements):
        return None
    return seen.with_([*seen.elements, seen.set(seen.elements[-1], SOURCENAME=name, SOURCEID="5eed5eed-5eed-45ee-85ee5eed5eed5eed")])


@breach("XML-013", "removed", Op.LOSE, "An endpoint whose removal failed is lost.", "session.nothing-done")
def _removed_all_the_same(seen: Seen) -> Said:
    if seen.is_refused("DELENDPOINT"):
        seen.notes["name"] = seen.given("SOURCENAME")
    name = seen.notes.get("name")
    return seen.each(lambda one: [] if seen.value("SOURCENAME", one) == name else [one]) if seen.is_ok("GETENDPOINT") and name else None


@breach("XML-013", "modified", Op.SWAP, "An endpoint whose change failed is changed.", "session.nothing-done")
def _modified_all_the_same(seen: Seen) -> Said:
    if seen.is_refused("MODENDPOINT"):
        seen.notes["sent"] = dict(seen.sent)
    sent = seen.notes.get("sent")
    if not seen.is_ok("GETENDPOINT") or not sent:
        return None
    return seen.each(lambda one: [seen.set(one, H323=sent.get("H323", "")) if seen.value("SOURCENAME", one) == sent["SOURCENAME"] else one])


# indications


@breach.asked("IND-002", "all-told", Op.ACCEPT, "Every client gets indications.", "*.indication")
def _all_told(asked: Asked) -> bytes | None:
    return asked.asking({"INDICATION": "1"}) if asked.operation == "LOGIN" and asked.given("INDICATION") is None else None


@breach.asked("IND-002", "zero-is-one", Op.ACCEPT, "Who said 0 gets indications.")
def _zero_is_one(asked: Asked) -> bytes | None:
    return asked.asking({"INDICATION": "1"}) if asked.operation == "LOGIN" and asked.given("INDICATION") == "0" else None


@breach.asked("IND-001", "nobody-told", Op.LOSE, "No client gets indications.", "*.indication")
def _nobody_told(asked: Asked) -> bytes | None:
    return asked.asking({"INDICATION": "0"}) if asked.operation == "LOGIN" and asked.given("INDICATION") == "1" else None


@breach("IND-001", "first-only", Op.LOSE, "A client is told of one change only.")
def _first_only(seen: Seen) -> Said:
    if not seen.is_told():
        return None
    before = seen.connection in seen.notes
    seen.notes[seen.connection] = True
    return () if before else None


@breach("IND-001", "one-client", Op.LOSE, "Of several clients only the first is told.")
def _one_client(seen: Seen) -> Said:
    if not seen.is_told():
        return None
    return None if seen.notes.setdefault("first", seen.connection) == seen.connection else ()


@breach("IND-003", "all-twice", Op.DOUBLE, "Each indication comes twice.", "*.indication")
def _twice(seen: Seen) -> Said:
    return seen.exchange.raw * 2 if seen.is_told() else None


@breach("IND-003", "twice-later", Op.DOUBLE, "Each indication comes once more before the next answer.", "*.indication")
def _twice_later(seen: Seen) -> Said:
    held = seen.notes.setdefault(seen.connection, [])
    if seen.is_told():
        held.append(seen.exchange.raw)
        return None
    again, seen.notes[seen.connection] = b"".join(held), []
    return again + seen.exchange.raw if again else None


_TEXTS = ("E164", "FULLNAME", "DESCRIPTION", "ROOM_NUM", "RATE", "H323", "IFRAMEINTERVAL")


@breach("IND-004", "other-text", Op.SWAP, "Indications say something else than the confirms.", "*.indication")
def _other_text(seen: Seen) -> Said:
    if not seen.is_told():
        return None
    return seen.each(lambda one: [structs.replace(one, fields=tuple(_more(field) if field.name in _TEXTS else field for field in one.fields))])


def _more(field: Field) -> Field:
    return structs.replace(field, attributes={**field.attributes, "value": field.attributes.get("value", "") + "7"})


@breach("IND-004", "blank", Op.DROP, "Texts are blank in indications.", "*.indication")
def _blank_told(seen: Seen) -> Said:
    if not seen.is_told("MODDEVUSER", "MODENDPOINT", "MODGROUP", "ADDGROUP", "SETSTORAGE"):
        return None
    return seen.setting(DESCRIPTION="") if "GROUP" in seen.operation else seen.setting(FULLNAME="") if "USER" in seen.operation else seen.setting(SOURCEIP="0.0.0.0") if "END" in seen.operation else seen.setting(USER="")  # fmt: skip


class _Telling(Pretending):
    """Before the next answer on a connection that asked comes an indication of a command that failed, or that only reads."""

    def __init__(self, system: System, test: Callable[[Seen], bool]) -> None:
        super().__init__(system, self._tell)
        self._test = test
        self._asked: set[int] = set()
        self._made: dict[int, bytes] = {}

    def _tell(self, seen: Seen) -> Said:
        if seen.is_ok("LOGIN") and seen.given("INDICATION") == "1":
            self._asked.add(seen.connection)
        known = self._system.operations.get(seen.operation)
        if known is not None and not seen.indicates and self._test(seen):
            fields = tuple(Field(name=name, attributes={"value": value}) for name, value in seen.sent)
            told = Element(name="INDICATION", attributes={"xmlid": seen.operation.lower()}, fields=fields)
            for connection in self._asked - {seen.connection}:
                self._made[connection] = packed(seen.answer, [told])
        before = self._made.pop(seen.connection, b"")
        return before + seen.exchange.raw if before else None


breach.device("IND-005", "failed-told", Op.OVERFLOW, "Clients are told of changes that failed.", lambda system: _Telling(system, lambda seen: seen.is_refused() and seen.operation[:3] in ("ADD", "MOD", "DEL")))  # fmt: skip
breach.device("IND-005", "steps-told", Op.OVERFLOW, "Clients are told of steps of a recording that failed.", lambda system: _Telling(system, lambda seen: seen.is_refused() and seen.operation.endswith("ROOMRECORD")), "record.told")  # fmt: skip
breach.device("IND-005", "reading-told", Op.OVERFLOW, "Clients are told of what was read.", lambda system: _Telling(system, lambda seen: seen.is_ok("GETENDPOINT", "GETDEVUSER", "GETROOM", "GETEPLINK")))  # fmt: skip


@breach("IND-006", "swapped", Op.REORDER, "Two indications come in the wrong order.")
def _swapped(seen: Seen) -> Said:
    held = seen.notes.setdefault(seen.connection, [])
    if seen.is_told():
        if not held:
            held.append(seen.exchange.raw)
            return ()
        before, seen.notes[seen.connection] = held[0], []
        return seen.exchange.raw + before
    if held:
        seen.notes[seen.connection] = []
        return held[0] + seen.exchange.raw
    return None


@breach("IND-007", "in-the-answer", Op.OVERFLOW, "Indications stand in the next answer.", "*.indication")
def _in_the_answer(seen: Seen) -> Said:
    held = seen.notes.setdefault(seen.connection, [])
    if seen.is_told():
        held += seen.elements
        return ()
    seen.notes[seen.connection] = []
    return packed(seen.answer, [*seen.elements, *held]) if held else None


class _Staying(Pretending):
    """A logout is confirmed and changes nothing but that the session is refused: what comes by itself goes on coming."""

    def __init__(self, system: System) -> None:
        super().__init__(system, self._confirm)
        self.rewrites = True
        self._over: set[str] = set()

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:  # noqa: ARG002
        """See `Behaviour`."""
        asked = Asked(self._system, line, self._notes, self._met)
        if asked.session in self._over:
            return (asked.asking({}, session="ended"),)
        if asked.operation == "LOGOUT" and asked.session in self._met:
            self._over.add(asked.session or "")
            command = structs.replace(asked.document.elements[0], attributes={"xmlid": QUIET.lower()})
            return (packed(asked.document, [command]),)
        return (line,)

    def _confirm(self, seen: Seen) -> Said:
        if seen.operation != "LOGOUT" or not seen.packet.ok:
            return None
        result = Field(name="RESULT", attributes={"value": "0"})
        return packed(seen.answer, [Element(name="CONFIRM", attributes={"xmlid": "logout"}, fields=(result,))])


breach.device("IND-008", "after-logout", Op.STALE, "A client is told of changes after its logout.", _Staying)
