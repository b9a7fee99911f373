"""What is done to a participant while it is there: muted, made important, spoken to, asked for diagnostics and previews."""

from __future__ import annotations

from functools import partial
from typing import Any

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told
from harness.reference.tps.letters import mac_of
from harness.reference.tps.meetings import INCOMING, STREAMS, Participant, Struct
from harness.reference.tps.notify import Notifier
from harness.reference.tps.parts import Parts
from harness.reference.tps.previews import Previews
from harness.reference.tps.streams import Streams

_PREFIX = "flex.participant"
_PENDING, _PENDING_S = 10, 0.5  # requests that may be outstanding; device seconds until one is answered
_SWITCHED = "4.1"  # the version from which on streams may be handed on as they come
_STREAMS = 9  # that a participant has at most
_DIAGNOSTICS, _PREVIEW = f"{_PREFIX}.requestDiagnostics", f"{_PREFIX}.requestPreview"


class Actions:
    """Methods that act on participants.

    Args:
        parts: what all share.
        notifier: sends answers.
    """

    def __init__(self, parts: Parts, notifier: Notifier) -> None:
        self._notifier = notifier
        self._parts, self._common, self._all, self._on = parts, parts.common, parts.all, parts.on
        self._choices = parts.common.choices
        self._answers = 0
        self._pending = {_DIAGNOSTICS: 0, _PREVIEW: 0}
        self._streams = Streams(
            parts.all, parts.calling, self._choices, self._on, switched=parts.common.at_least(_SWITCHED)
        )
        self._previews = Previews(self._choices, self._on)
        self._last = ("", dict[str, Any]())  # the address of the last request, and what diagnostics told last

    def methods(self) -> dict[str, Handler]:
        """By name."""
        return {
            f"{_PREFIX}.call.disconnect": self.disconnect,
            f"{_PREFIX}.setImportant": self.set_important,
            f"{_PREFIX}.clearImportant": self.clear_important,
            f"{_PREFIX}.setMute": self.mute,
            f"{_PREFIX}.sendDTMF": self.tones,
            f"{_PREFIX}.sendUserMessage": self.message,
            _DIAGNOSTICS: self.diagnostics,
            _PREVIEW: self.preview,
        }

    def the(self, ask: Ask) -> Participant:
        """The participant of a call."""
        found = self._all.participants.get(ask["participantID"])
        if found is None:
            raise RefusedError("no-such-participant", ("participantID",))
        return found

    @staticmethod
    def _active(one: Participant) -> bool:
        return any(call.established for call in one.live)

    # calls

    def disconnect(self, ask: Ask) -> Told:
        """flex.participant.call.disconnect."""
        one, position = self.the(ask), ask["position"]
        if position >= len(one.definitions):
            self._common.fail(ask.method, "no-such-position", ("position",))
            return None
        if INCOMING not in one.definitions[position]:
            self._common.fail(ask.method, "not-incoming", ("position",))
            return None
        self._common.fail(ask.method, "no-active-call", ("position",))
        return None

    # who is the important one

    def set_important(self, ask: Ask) -> Told:
        """flex.participant.setImportant."""
        one = self.the(ask)
        if not self._active(one):
            self._common.fail(ask.method, "no-active-call")
        before = one.conference.important
        if before is not None and not self._on("importance-shared"):
            before.important = False
        if self._on("importance-of-device"):
            for other in self._all.conferences.values():
                if other.important is not None:
                    other.important.important, other.important = False, None
        one.important, one.conference.important = True, one
        self._all.touch(one.conference)
        return None

    def clear_important(self, ask: Ask) -> Told:
        """flex.participant.clearImportant."""
        one = self.the(ask)
        if not one.important:
            if self._on("clear-takes-from-other") and one.conference.important is not None:
                one.conference.important.important, one.conference.important = False, None
            self._common.fail(ask.method, "not-important")
            return None
        one.important = False
        if one.conference.important is one:
            one.conference.important = None
        self._all.touch(one.conference)
        return None

    # streams

    def mute(self, ask: Ask) -> Told:
        """flex.participant.setMute."""
        one = self.the(ask)
        named = {name: ask[name] for name in STREAMS if name in ask}
        if not named:
            self._common.fail(ask.method, "no-stream-named")
            return None
        if not self._active(one):
            self._common.fail(ask.method, "no-active-call")
            if self._choices("idle-mute") == "lost":
                return None
        if self._on("mute-resets-sound") and "audioTxMute" not in named and "videoTxMute" in named:
            named["audioTxMute"] = False
        for other in one.conference.participants.values() if self._on("mute-of-neighbours") else (one,):
            other.mutes |= named
            self._all.touch(other)
        return None

    # messages

    def tones(self, ask: Ask) -> Told:
        """flex.participant.sendDTMF."""
        one = self.the(ask)
        call = one.calls[self._parts.calling.audio(one)]
        if call is None or not call.established:
            self._common.fail(ask.method, "no-active-call")
        return None

    def message(self, ask: Ask) -> Told:
        """flex.participant.sendUserMessage."""
        if not self._active(self.the(ask)):
            self._common.fail(ask.method, "no-active-call")
        return None

    # what is answered later

    def diagnostics(self, ask: Ask) -> Told:
        """flex.participant.requestDiagnostics."""
        one = self.the(ask)
        if not self._active(one):
            self._common.fail(ask.method, "no-active-call")
        told = self._streams.of(one)
        if self._on("diagnostics-of-last-time"):
            told, self._last = self._last[1] or told, ("", told)
        self._later(ask, "participantDiagnosticsResponse", told)
        return None

    def preview(self, ask: Ask) -> Told:
        """flex.participant.requestPreview."""
        one = self.the(ask)
        if len(ask["streams"]) > _STREAMS:
            raise RefusedError("invalid-parameter", ("streams",))
        for place, stream in enumerate(ask["streams"]):
            self._stream(ask.method, one, stream, place)
        self._later(ask, "participantPreviewResponse", {"streams": self._previews.of(one, ask["streams"])})
        return None

    def _stream(self, method: str, one: Participant, stream: Struct, place: int) -> None:
        position, path = stream.get("position", 0), ("streams", place, "position")
        content = stream["streamIdentifier"] == "extendedVideo"
        if content and self._choices("content-position") == "ignored":
            position = 0
        calls = [*one.calls, *one.more]
        if position >= len(calls):
            self._common.fail(method, "no-such-position", path)
        call = calls[position] if not content else next((call for call in one.live if call.established), None)
        if call is None or not call.established:
            raise RefusedError("no-active-call", path)

    def _later(self, ask: Ask, name: str, told: Struct) -> None:
        """Take note of a request, which is outstanding until its answer has been delivered or given up."""
        method, most = ask.method, 8 if self._on("eight-requests") else _PENDING
        together = self._choices("outstanding") == "together"
        pending = sum(count for kind, count in self._pending.items() if together or kind == method)
        if pending >= most and not self._on("requests-without-end"):
            self._common.fail(method, "too-many-requests")
        self._pending[method] += 1
        source = None if self._on("source-of-request-lost") else ask.get("sourceIdentifier")
        head = {"participantID": ask["participantID"]}
        if self._on("answer-of-neighbour"):
            head["participantID"] = next(iter(self._all.participants))
        head["sourceIdentifier"] = mac_of(self._choices) if source is None else source
        answer = partial(self._answer, method, name, self._address(ask), {**head, **told})
        self._all.at(self._all.now() + _PENDING_S, answer)

    def _address(self, ask: Ask) -> str:
        address: str = ask["receiverURI"]
        if self._on("answers-to-receiver") and self._all.world.receivers:
            return next(iter(self._all.world.receivers.values())).uri
        if self._on("answers-to-last-address"):
            address, self._last = self._last[0] or address, (address, {})
        return address

    def _answer(self, method: str, name: str, address: str, told: Struct) -> None:
        self._answers += 1
        if self._on("every-third-unanswered") and self._answers % 3 == 0:
            self._done(method)
            return
        if method == _DIAGNOSTICS and self._on("diagnostics-twice"):
            self._notifier.post.reply(name, address, told)
        if method == _PREVIEW and self._on("previews-as-diagnostics"):
            name = "participantDiagnosticsResponse"
        self._notifier.post.reply(name, address, told, partial(self._done, method))

    def _done(self, method: str) -> None:
        self._pending[method] -= 1
