"""Takes the replies to what a script has sent: one to each request where that is clear, shared out where it is not, and judged."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from harness.ending import Ending
from harness.fuzzing.channel import KEPT_BYTES, Channel
from harness.fuzzing.cleaner import Cleaner
from harness.fuzzing.requests import Own, Request, Requests
from harness.fuzzing.slots import Slots
from harness.messages.reply import Call, Reply, readable
from harness.net import Deadline
from harness.transcript import Step as Happened
from harness.verdict import Check

# More messages than all requests together may get are not waited for.
FLOOD = 4096
# A device that reads no faster than this gets the time that it needs on top of the target's timeout: very long lines are no crime to be slow on.
SLOWEST_BYTES_PER_S = 20_000
NO_CALL = Call(operation="")
# Where the reply to the probe is wrong, it may be one that nobody asked for, and the probe's own comes within this time.
EXTRA_S = 0.05
# So long the replies to what is given up are waited for, if they may tell of something to be removed.
DRAIN_S = 0.2
# The check that a device breaks which is gone.
GONE = "device.alive"


@dataclass(slots=True)
class Played:
    """What became of one script.

    Attributes:
        broken: the broken checks, in order; empty if the device did all that it must.
        happened: what was sent and what came, as few bytes and objects as will do: most of it is never looked at.
        skipped: why it was not played, or not to its end.
        gone: the device no longer accepts a connection, or answers nothing on a new one.
        requests: how many were judged.
    """

    broken: list[Check] = field(default_factory=list)
    happened: list[tuple[str, float, bytes, Ending | None, tuple[int, ...]]] = field(default_factory=list)
    skipped: str = ""
    gone: bool = False
    requests: int = 0

    @property
    def transcript(self) -> list[Happened]:
        """What was sent and what came."""
        return [
            Happened(action=action, at_s=at_s, data=data, ending=ending, pieces=cuts)
            for action, at_s, data, ending, cuts in self.happened
        ]


@dataclass(slots=True)
class LinkedPlayed(Played):
    """What became of one script on several connections; `links` are those of what happened."""

    links: list[str] = field(default_factory=list)

    @property
    def transcript(self) -> list[Happened]:
        """See `Played`."""
        plain = super(LinkedPlayed, self).transcript
        return [replace(one, link=link) for link, one in zip(self.links, plain, strict=True)]


class Behind(NamedTuple):
    """What is sent behind a script's bytes: the marker and the liveness probe, empty where there is none."""

    mark: bytes = b""
    mark_call: Call = NO_CALL
    probe: bytes = b""
    probe_call: Call = NO_CALL


class Stop(Exception):  # noqa: N818 - an ending, not an error
    """What follows in the script depends on what did not happen."""


class Receiver:
    """The replies of one script at a time.

    Attributes:
        played: what became of the script so far.
        pending: sent, not yet answered.
        values: what the reply to each request of the script carried.
        sent: bytes of requests that may not have been worked off.
    """

    def __init__(self, channel: Channel, requests: Requests, cleaner: Cleaner, slots: Slots) -> None:
        self._channel = channel
        self._binding = channel.binding
        self._requests = requests
        self._cleaner = cleaner
        self._slots = slots
        self.begin([])

    def begin(self, pending: list[Request], *, sent: int = 0) -> None:
        """Another script, of which these requests with so many bytes were sent."""
        self.played = Played()
        self.pending = pending
        self.values: list[str] = []
        self.sent = sent
        self._began = time.monotonic()

    def note(self, action: str, data: bytes = b"", ending: Ending | None = None, cuts: tuple[int, ...] = ()) -> None:
        """Add a step to the transcript."""
        self.played.happened.append((action, time.monotonic() - self._began, data, ending, cuts))

    def collect(self, behind: Behind) -> None:
        """The replies to all that is pending and to what follows it.

        Raises:
            Stop: they did not all come.
        """
        if behind.mark:
            self._collect_unclear(behind.mark_call)
        self.collect_clear()
        if behind.probe:
            raw, ending = self._receive()
            self._judge_own(Own.PROBE, behind.probe_call, raw, ending)
            if ending is not Ending.ANSWERED:
                raise Stop

    def collect_clear(self) -> None:
        """One reply to each pending request, in order.

        Raises:
            Stop: one did not come.
        """
        while self.pending:
            raw, ending = self._receive()
            request = self.pending.pop(0)
            self._judge(request, raw, ending)
            if ending is not Ending.ANSWERED:
                self._give_up(request)
                raise Stop

    def look_for_early(self, wait_s: float) -> None:
        """A reply before its request has ended is one to something that was not asked.

        Raises:
            Stop: there is one.
        """
        raw, ending = self._channel.receive(wait_s)
        if raw or ending is not Ending.SILENT:
            self.note("receive", raw, ending)
            got = readable(raw) if raw else Reply(call=NO_CALL, ending=ending).describe()
            self._break("reply.early", "nothing before the request has ended", got, "command-end")
            raise Stop

    def look_for_more(self) -> None:
        """What comes behind the last reply was not asked for, and if the last one was wrong, it was the one."""
        broken = self.played.broken
        last = len(self.played.happened) - 1
        if any(check.step < last for check in broken):
            return
        more = b""
        if broken:
            more, _ = self._channel.receive(EXTRA_S)
        more += self._channel.rest()
        if more:
            self.note("receive", more[:KEPT_BYTES], Ending.ANSWERED)
            broken.clear()
            self._break("reply.unasked", "nothing more after the last reply", readable(more), "one-reply")

    @property
    def lost(self) -> bool:
        """Whether a reply did not come."""
        return any(
            action == "receive" and ending is not Ending.ANSWERED for action, _, _, ending, _ in self.played.happened
        )

    def abandon(self) -> None:
        """What is pending may or may not be executed, and its replies are nobody's; what they say was made is undone all the same."""
        if any(self._cleaner.may_make(call) for request in self.pending for call in request.calls):
            until = Deadline.after(DRAIN_S)
            while until.remaining():
                raw, ending = self._channel.receive(until.remaining())
                if ending is not Ending.ANSWERED:
                    break
                self._learn_any(self.pending, [raw])
        for request in self.pending:
            self._give_up(request)
        self.pending = []

    def _receive(self) -> tuple[bytes, Ending]:
        raw, ending = self._channel.receive(extra_s=self.sent / SLOWEST_BYTES_PER_S)
        self.note("receive", raw, ending)
        return raw, ending

    def _give_up(self, request: Request, *, refused: bool = False) -> None:
        self._requests.blur(request, refused=refused)
        self._slots.may_have_ended(request, refused=refused)

    def _reply(self, call: Call, raw: bytes, ending: Ending) -> Reply:
        self.played.requests += 1
        return self._binding.reply(call, raw, ending, len(self.played.happened) - 1)

    def _judge(self, request: Request, raw: bytes, ending: Ending) -> None:
        reply = self._reply(request.calls[0] if request.calls else NO_CALL, raw, ending)
        self.played.broken += self._requests.judge(request, reply)
        self.values.append((reply.value or "") if reply.ok else "")
        if reply.ok:
            self._cleaner.learn(reply if request.calls else replace(reply, call=_as_it_stands(request.raw)))
        if reply.ok or request.open:
            self._slots.may_have_ended(request, refused=reply.ok is False)

    def _judge_own(self, own: Own, call: Call, raw: bytes, ending: Ending) -> None:
        """The reply to a marker or probe."""
        self.played.broken += self._requests.judge_own(own, self._reply(call, raw, ending))

    def _collect_unclear(self, marker: Call) -> None:
        """All replies up to that to the marker, shared out among the pending requests as far as that is certain."""
        pending = self.pending
        word = marker.values[-1].encode()
        messages: list[bytes] = []
        most = sum(request.most for request in pending)
        while True:
            raw, ending = self._receive()
            if ending is not Ending.ANSWERED:
                self._learn_any(pending, messages)
                self._ended(pending, messages, raw, ending)
                raise Stop
            if word in raw:
                break
            messages.append(raw)
            if len(messages) > min(most, FLOOD):
                self._learn_any(pending, messages)
                self._break("reply.unasked", f"{most} replies at most", f"{len(messages)} or more", "one-reply")
                raise Stop
        least = sum(request.least for request in pending)
        if len(messages) < least:
            self._learn_any(pending, messages)
            self._break("reply-to-each", f"{least} replies", f"{len(messages)}: {_listed(messages)}", "one-reply")
            raise Stop
        self.pending = []
        self._share_out(pending, messages)
        self._judge_own(Own.MARKER, marker, raw, Ending.ANSWERED)

    def _ended(self, pending: Sequence[Request], messages: Sequence[bytes], raw: bytes, ending: Ending) -> None:
        """The marker was not answered: conforming only if one of the requests may end the connection."""
        if ending in (Ending.CLOSED, Ending.RESET) and any(request.may_close for request in pending):
            self._channel.close()
            return
        reply = Reply(call=NO_CALL, ending=ending, raw=raw)
        got = f"{len(messages)} replies, then {reply.describe()}"
        self._break("reply.comes", "a reply to each command", got, "one-reply")

    def _share_out(self, pending: list[Request], messages: list[bytes]) -> None:
        """Replies come in order: those before the first unclear request and after the last are certain."""
        first = next(index for index, request in enumerate(pending) if request.unclear)
        behind = next(index for index, request in enumerate(reversed(pending)) if request.unclear)
        middle = pending[first : len(pending) - behind]
        rest = messages[first : len(messages) - behind]
        for request, raw in zip(pending[:first], messages, strict=False):
            self._judge(request, raw, Ending.ANSWERED)
        if len(middle) == len(rest) and all(request.most == 1 or request.breaks for request in middle):
            for request, raw in zip(middle, rest, strict=True):
                self._judge(request, raw, Ending.ANSWERED)
        else:
            if not any(request.breaks for request in middle):  # else a message may be a piece of one
                for raw in rest:
                    self._judge_any(raw)
            self._learn_any(middle, rest)
            replies = [self._binding.reply(NO_CALL, raw, Ending.ANSWERED, -1) for raw in rest]
            refused = bool(replies) and all(reply.ok is False for reply in replies)
            for request in middle:
                self._give_up(request, refused=refused)
                self.values.append("")
        for request, raw in zip(pending[len(pending) - behind :], messages[len(messages) - behind :], strict=True):
            self._judge(request, raw, Ending.ANSWERED)

    def _judge_any(self, raw: bytes) -> None:
        """A reply to one of several requests."""
        unknown = self._reply(NO_CALL, raw, Ending.ANSWERED)
        self.played.broken += self._requests.judge(Request(raw=b"", calls=(), open=True), unknown)

    def _learn_any(self, requests: Sequence[Request], messages: Sequence[bytes]) -> None:
        """A success may have made what must be removed, whichever request asked for it."""
        calls = [call for request in requests for call in request.calls if self._cleaner.may_make(call)]
        for call in dict.fromkeys(calls):
            for raw in messages:
                reply = self._binding.reply(call, raw, Ending.ANSWERED, -1)
                if reply.ok and reply.value:
                    self._cleaner.learn(reply)

    def _break(self, check: str, expected: str, got: str, rule: str) -> None:
        clauses = (self._requests.rules[rule],)
        step = len(self.played.happened) - 1
        self.played.broken.append(Check(id=check, clauses=clauses, passed=False, expected=expected, got=got, step=step))


def _as_it_stands(raw: bytes) -> Call:
    """A request that names no command, as one whose name it is."""
    return Call(operation=raw.decode("utf-8", "replace"))


def _listed(messages: Sequence[bytes]) -> str:
    return ", ".join(readable(raw, 60) for raw in messages[:10]) or "none"
