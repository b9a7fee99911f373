"""What lists must tell of what a script has made: remembered call by call, judged page by page, whoever reads in whatever order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.checks.listed import NOTHING, Key, Things, lists_of, page_of
from harness.checks.listings import Breach, Listings, clauses_of, refusals
from harness.fuzzing.call_kit import CallTurn
from harness.spec.model import Effect, System
from harness.verdict import Check

_CONFERENCE, _PARTICIPANT = "conferenceID", "participantID"
# Conferences and participants that stay until they are ended are made and changed with nothing but these.
_LASTING = {
    "flex.conference.create": frozenset(
        ("conferenceName", "conferenceReference", "conferenceDescription", "startTime", "participantMediaResources", "welcomeScreen", "metadata")
    ),
    "flex.conference.modify": frozenset((_CONFERENCE, "conferenceName", "conferenceReference", "conferenceDescription", "locked", "metadata")),
    "flex.participant.create": frozenset((_CONFERENCE, "calls", "displayName", "participantReference")),
    "flex.participant.modify": frozenset((_PARTICIPANT, "displayName", "participantMediaResources")),
}  # fmt: skip
_ENDING = frozenset(("flex.conference.destroy", "flex.participant.destroy"))
_LISTED = ("conferenceName", "locked", "displayName")


class ListsModel:
    """See `harness.fuzzing.call_kit.Model`."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._listings, self._bad = lists_of(system), refusals(system)
        self.begin()

    def begin(self) -> None:
        """See `harness.fuzzing.call_kit.Model`."""
        self.things = Things()
        self._lists = Listings(self._system, self.things)
        self._presented: set[str] = set()

    def see(self, turn: CallTurn) -> list[Check]:
        """See `harness.fuzzing.call_kit.Model`."""
        asked, reply = turn.asked, turn.reply
        operation = self._system.operations.get(asked.method)
        reads = operation is not None and operation.effect is Effect.READ
        # What a success of these has done is known even where it was open whether there would be one.
        known = asked.plain or asked.method in _LASTING or asked.method in _ENDING
        if operation is None or not known or asked.members is None or reply.ok is None:
            if not reads and reply.ok is not False:
                self.begin()
            return []
        sent = asked.members
        if asked.method in self._listings:
            return [self._check(turn, one) for one in self._page(turn, sent)]
        if not reads:
            if reply.ok:
                self._done(turn, sent)
            else:  # a part of it may have been done
                self.things.drop(_object(sent))
        return []

    def _page(self, turn: CallTurn, sent: Mapping[str, object]) -> Iterator[Breach]:
        method, reply = turn.asked.method, turn.reply
        listing = self._listings[method]
        cookie = sent.get(listing.cookie)
        again = str(cookie) in self._presented
        if cookie is not None:
            self._presented.add(str(cookie))
        if reply.ok:
            yield from self._lists.answered(method, sent, page_of(listing, reply.members))
        elif cookie is not None and not again and reply.code in self._bad and turn.asked.success:
            beside = set(sent) - {listing.cookie, listing.limit, *listing.fixed}
            breach = self._lists.refused(method, cookie)
            if breach is not None and not beside:
                yield breach

    def _done(self, turn: CallTurn, sent: Mapping[str, object]) -> None:
        """Take note of what a call has done."""
        method, members = turn.asked.method, turn.reply.members
        name = _object(sent)
        lasting = method in _LASTING and set(sent) <= _LASTING[method]
        match method:
            case "flex.conference.create":
                key = "conference", str(members.get(_CONFERENCE))
                self.things.made(key, values={"conferenceName": "", "locked": False, **_values(sent)})
                if not lasting:
                    self.things.drop(key)
            case "flex.participant.create":
                key, home = ("participant", str(members.get(_PARTICIPANT))), _object(sent)
                self.things.made(key, home, values=_values(sent))
                if not lasting or self.things.get(home) is None or not _waits(sent.get("calls")):
                    self.things.drop(key)
            case "flex.conference.modify" | "flex.participant.modify" if lasting:
                self.things.changed(name, _values(sent))
                self.things.unsure(
                    name, [one for one in _LISTED if sent.get(one) == "" or (one in sent and one not in _values(sent))]
                )
            case "flex.conference.destroy" | "flex.participant.destroy" if not sent.get("allowExitScreen"):
                self.things.ended(name)
            case _:
                call = self._system.operations[method].call
                if method in _LASTING or (call is not None and call.ends is not None):
                    self.things.drop(name)
                else:
                    self.things.stirred(name)

    def _check(self, turn: CallTurn, breach: Breach) -> Check:
        method = turn.asked.method
        return Check(
            id=f"lists.{breach.name}", clauses=clauses_of(self._system, method, breach), passed=False,
            expected=f"{method}: {breach.expected}", got=breach.got, step=turn.reply.step,
        )  # fmt: skip


def _object(sent: Mapping[str, object]) -> Key:
    """The object that a call names."""
    for kind, member in (("participant", _PARTICIPANT), ("conference", _CONFERENCE)):
        if member in sent:
            return kind, str(sent[member])
    return NOTHING


def _values(sent: Mapping[str, object]) -> dict[str, object]:
    """What lists tell of what a call has set: texts that nobody spells in another way."""
    return {
        name: value
        for name, value in sent.items()
        if name in _LISTED and (isinstance(value, bool) or (isinstance(value, str) and value.isascii() and value.isprintable()))
    }  # fmt: skip


def _waits(calls: object) -> bool:
    """Whether a participant with these calls waits for all of them to come in."""
    return isinstance(calls, list) and all(isinstance(one, Mapping) and "remoteAddress" not in one for one in calls)
