"""Lists of conferences and participants, page by page, and of those that are gone."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NoReturn

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told
from harness.reference.tps.meetings import ADVANCED, CONFERENCE, MEDIA, PLAIN, Participant, Struct
from harness.reference.tps.parts import Parts
from harness.reference.tps.tell_conference import ConferenceTelling
from harness.reference.tps.tell_participant import ParticipantTelling

# Bytes that the objects of one page may take; the rest of 32 KB is for what is around them.
_PAGE = 30_000
_REMEMBERED = 5_000  # deletions, and cookies that were used
_VIEWS = {
    "flex.conference.enumerate": (CONFERENCE, "conferences"),
    "flex.participant.enumerate": (PLAIN, "participants"),
    "flex.participant.advanced.enumerate": (ADVANCED, "participants"),
    "flex.participant.media.enumerate": (MEDIA, "participantMediaInfo"),
}
_GONE = {
    "flex.conference.deletions.enumerate": CONFERENCE,
    "flex.participant.deletions.enumerate": PLAIN,
}
_STRUCTS = {
    CONFERENCE: "conferenceInfo", PLAIN: "participantInfo", ADVANCED: "advancedParticipantInfo", MEDIA: "participantMediaInfo",
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Cookie:
    """What a cookie says: up to which change a list has been told, of which conference, and how."""

    method: str
    since: int = 0
    conference: str = ""
    extended: bool = False
    serial: int = 0


class Lists:
    """Methods that list.

    Args:
        parts: what all share.
        conferences: tells of conferences.
        participants: tells of participants.
    """

    def __init__(self, parts: Parts, conferences: ConferenceTelling, participants: ParticipantTelling) -> None:
        self._common, self._all, self._on = parts.common, parts.all, parts.on
        self._choices, self._conferences = parts.common.choices, conferences
        self._serial, self._used = count(1), dict[int, None]()
        self._methods = [*_VIEWS, *_GONE]
        self._sizes: dict[int, tuple[Struct, int]] = {}
        tell: dict[str, Callable[[Any], Struct]] = {
            CONFERENCE: conferences.info,
            PLAIN: participants.info,
            ADVANCED: participants.advanced,
            MEDIA: participants.media,
        }
        self._all.tell = lambda one, view: tell[view](one)
        self._all.again = self._choices("told-again") == "again"

    def methods(self) -> dict[str, Handler]:
        """By name."""
        return {**dict.fromkeys(_VIEWS, self.live), **dict.fromkeys(_GONE, self.gone)}

    # cookies

    def _begun(self, ask: Ask) -> Cookie | None:
        """The cookie of a call; None where it begins.

        Raises:
            RefusedError: it is none, or must not stand beside what the call has.
        """
        text = ask.get("cookie")
        if text is None or (text == "" and self._choices("empty-cookie") == "begins"):
            self._filter(ask)
            return None
        cookie = self._read(text)
        if cookie is None and self._on("unknown-cookie-begins"):
            return None
        if cookie is None:
            self._bad()
        if cookie.method != ask.method and self._choices("other-cookie") == "refused":
            self._bad()
        if ask.get("conferenceID") is not None:
            self._common.fail(ask.method, "conference-beside-cookie", ("conferenceID",))
        if self._choices("cookie-again") == "expired":
            if cookie.serial in self._used:
                self._bad()
            self._used[cookie.serial] = None
            if len(self._used) > _REMEMBERED:
                del self._used[next(iter(self._used))]
        if cookie.conference and cookie.conference not in self._all.conferences:
            match self._choices("gone-conference"):
                case "unknown":
                    raise RefusedError("no-such-conference", ("cookie",))
                case "expired":
                    self._bad()
        return cookie

    def _filter(self, ask: Ask) -> None:
        wanted = ask.get("conferenceID")
        if wanted is not None and wanted not in self._all.conferences:
            raise RefusedError("no-such-conference", ("conferenceID",))

    def _bad(self) -> NoReturn:
        self._common.wrong(self._common.syntax.bad_cookie, ("cookie",))
        raise RefusedError("invalid-parameter", ("cookie",))

    def _write(self, cookie: Cookie) -> str:
        said = [
            self._methods.index(cookie.method), cookie.since, cookie.conference, int(cookie.extended), next(self._serial),
        ]  # fmt: skip
        data = json.dumps(said, separators=(",", ":")).encode()
        check = zlib.crc32(data).to_bytes(4, "big")
        return base64.urlsafe_b64encode(check + data).decode().rstrip("=")

    def _read(self, text: str) -> Cookie | None:
        try:
            data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if zlib.crc32(data[4:]) != int.from_bytes(data[:4], "big"):
                return None
            method, since, conference, extended, serial = json.loads(data[4:])
        except (ValueError, binascii.Error):
            return None
        return Cookie(
            method=self._methods[method], since=since, conference=conference, extended=bool(extended), serial=serial
        )

    # what there is

    def live(self, ask: Ask) -> Told:
        """The methods that list what is new or has changed."""
        view, name = _VIEWS[ask.method]
        cookie = self._begun(ask) or Cookie(method=ask.method, conference=ask.get("conferenceID") or "")
        cookie.method = ask.method
        changes = self._all.changes(view, cookie.since)
        if cookie.conference and not self._on("conference-of-list-ignored"):
            changes = [one for one in changes if self._conference_of(one[1]) == cookie.conference]
        told = [self._all.told(view, one) for _, one in changes]
        fitting = self._fitting(told, ask.get("max"), lambda one: self._size(view, one))
        more = fitting < len(told)
        cookie.since = changes[fitting - 1][0] if more else self._all.revision
        if more and self._on("page-border-skipped"):
            cookie.since = changes[fitting][0]
        return {
            "moreAvailable": more and not (ask.get("max") == 1 and self._on("more-denied")),
            "cookie": self._write(cookie),
            name: told[:fitting],
            **(self._conferences.all_credits() if view == CONFERENCE else {}),
        }

    def _conference_of(self, participant: str) -> str:
        found: Participant | None = self._all.participants.get(participant)
        return found.conference.id if found is not None else ""

    def _size(self, view: str, told: Struct) -> int:
        known = self._sizes.get(id(told))
        if known is None or known[0] is not told:
            if len(self._sizes) > _REMEMBERED:
                self._sizes.clear()
            shaped = self._common.teller.struct(_STRUCTS[view], told)
            known = self._sizes[id(told)] = (told, self._common.size(shaped))
        return known[1]

    @staticmethod
    def _fitting(told: Sequence[Any], most: int | None, size: Callable[[Any], int]) -> int:
        """How many go on a page."""
        taken = 0
        for place, one in enumerate(told):
            taken += size(one)
            if place and taken > _PAGE:
                return place
            if most is not None and place >= most:
                return place
        return len(told)

    # what is gone

    def gone(self, ask: Ask) -> Told:
        """The methods that list what has been deleted."""
        kind = _GONE[ask.method]
        cookie = self._begun(ask)
        log = self._all.deleted[kind]
        first = cookie is None
        if cookie is None:
            cookie = Cookie(
                method=ask.method, since=self._all.revision, conference=ask.get("conferenceID") or "",
                extended=bool(ask.get("extended")),
            )  # fmt: skip
        cookie.method = ask.method
        if len(log) > _REMEMBERED:
            del log[: len(log) - _REMEMBERED]
        if not first and len(log) == _REMEMBERED and cookie.since < log[0][0] - 1:
            self._bad()
        found = [
            one for one in reversed(log) if one[0] > cookie.since and cookie.conference in ("", one[2])
        ][::-1]  # fmt: skip
        told = [{"participantID": one[1], "conferenceID": one[2]} if cookie.extended else one[1] for one in found]
        fitting = self._fitting(told, ask.get("max"), self._common.size)
        more = fitting < len(found)
        cookie.since = found[fitting - 1][0] if more else self._all.revision
        name = "conferenceIDs" if kind == CONFERENCE else "IDs" if cookie.extended else "participantIDs"
        return {"moreAvailable": more, "cookie": self._write(cookie), name: told[:fitting]}
