"""The connections of scripts of documents and URLs, and what comes on them: results as they are asked for, events apart from them."""

from __future__ import annotations

import time
from dataclasses import replace

from harness.ending import Ending
from harness.fuzzing.document_channel import KEPT_BYTES, DocumentChannel
from harness.fuzzing.document_judge import DocumentJudge
from harness.fuzzing.document_kit import SUCCESS, Asked, DocumentKit, Model
from harness.fuzzing.http_channel import HttpChannel
from harness.fuzzing.receive import LinkedPlayed
from harness.judge import Judge
from harness.messages.documentreply import STREAM, URL, Fields, Result
from harness.messages.documents import DocumentBinding, UrlBinding
from harness.permit import Permit
from harness.target import Target
from harness.wire.http1 import encode

OPEN_WAIT_S = 0.06  # so long an answer is waited for where none need come
MOST_EVENTS = 2000


class Links:
    """All connections to one target."""

    def __init__(self, kit: DocumentKit, judge: Judge, target: Target, permit: Permit) -> None:
        assert judge.system.documents is not None
        self._kit = kit
        self._target = target
        self._permit = permit
        self.system = judge.system
        self.syntax = judge.system.documents
        self._bindings = judge.bindings
        offered = [name for name in target.ports if name in judge.bindings]
        plain = [name for name in offered if self.system.interfaces[name].transport != "https"]  # there is no TLS here
        self.webs = [name for name in plain if isinstance(judge.bindings[name], UrlBinding)]
        self.stream = next((name for name in offered if isinstance(judge.bindings[name], DocumentBinding)), "")
        self._streams: dict[str, DocumentChannel] = {}
        self._urls: dict[str, HttpChannel] = {}
        self.judge = DocumentJudge(judge.system)
        self.told: dict[str, set[str]] = {}  # connection -> the classes of events that it has asked for
        self.loose: set[str] = set()  # on these connections nothing is certain any more
        self._last = 0
        self._clear()

    def _clear(self) -> LinkedPlayed:
        self.played = LinkedPlayed()
        self.model: Model = self._kit.model(self.system, self._target)
        self._began = time.monotonic()
        return self.played

    # connections

    def is_web(self, link: str) -> bool:
        """Whether it is one of URLs."""
        return link in self.webs or not self.stream

    def channel(self, link: str) -> DocumentChannel:
        """A connection of documents."""
        if link not in self._streams:
            binding = self._bindings[self.stream]
            assert isinstance(binding, DocumentBinding)
            self._streams[link] = DocumentChannel(self._target, binding, self._permit, self.stream)
        return self._streams[link]

    def web(self, link: str) -> HttpChannel:
        """A connection of URLs."""
        name = link if link in self.webs else self.webs[0]
        if name not in self._urls:
            self._urls[name] = HttpChannel(self._target, self._bindings[name], self._permit, name)
        return self._urls[name]

    def drop(self, link: str, how: str = "close") -> None:
        """End a connection, and what was asked for on it."""
        if self.is_web(link):
            self.web(link).close(how)
        elif link in self._streams:
            self._streams[link].close(how)
        if how != "half-close":
            self.told.pop(link, None)
            self.loose.discard(link)
            self.model.ended(link)

    def close_all(self, *, but: tuple[str, ...] = ()) -> None:
        """End all connections, but for these where they are as they should be."""
        for link in [*self._streams, *self._urls]:
            busy = (
                link in self.loose
                or (link in self._streams and bool(self._streams[link].tail))
                or bool(self.told.get(link))
            )
            if link not in but or busy:
                self.drop(link)
            if link not in but:
                self._streams.pop(link, None)

    # what comes

    def note(
        self, action: str, link: str, data: bytes = b"", ending: Ending | None = None, cuts: tuple[int, ...] = ()
    ) -> int:
        """Add a step to the transcript; gives its place."""
        self.played.happened.append((action, time.monotonic() - self._began, data[:KEPT_BYTES], ending, cuts))
        self.played.links.append(link)
        return len(self.played.happened) - 1

    def receive(self, link: str, asked: Asked, wait_s: float) -> Result:
        """The next result on a connection; events that come before it are judged and told to the model."""
        until = time.monotonic() + wait_s
        sent = asked.fields if asked.plain else ()
        if self.is_web(link):
            got = self.web(link).receive(asked.method, wait_s)
            step = self.note("receive", link, got.raw, got.ending)
            return Result(
                syntax=self.syntax, function=asked.function, ending=got.ending, raw=got.raw, sent=sent, number=asked.number, road=URL,
                body=got.body, exchanged=got, step=step,
            )  # fmt: skip
        channel = self.channel(link)
        for _ in range(MOST_EVENTS):
            raw, ending = channel.receive(max(until - time.monotonic(), 0.0))
            if not raw and ending is Ending.SILENT and wait_s <= 0.0:
                return Result(syntax=self.syntax, function="", ending=ending)
            step = self.note("receive", link, raw, ending)
            result = Result(
                syntax=self.syntax,
                function=asked.function,
                ending=ending,
                raw=raw,
                sent=sent,
                number=asked.number,
                road=STREAM,
                step=step,
            )
            if not (result.came and result.is_event):
                return result
            self._event(result, link)
            if self.played.broken:
                break
        return Result(syntax=self.syntax, function="", ending=Ending.SILENT)

    def _event(self, event: Result, link: str) -> None:
        broken = self.judge.event(replace(event, function="", number=None), self.told.get(link, set()))
        self.played.broken += broken or self.model.told(event, link)

    def catch_up(self, link: str) -> None:
        """What has come on a connection that nobody asked for."""
        if self.is_web(link):
            if self.web(link).is_open and (more := self.web(link).stray()):
                step = self.note("receive", link, more, Ending.ANSWERED)
                self.played.broken.append(
                    self.judge.rule(
                        "reply.unasked", "one-result", "nothing more after the last response", repr(more[:200]), step
                    )
                )
            return
        if not self.channel(link).is_open or self.channel(link).tail or link in self.loose:
            return
        result = self.receive(link, _NOTHING, 0.0)
        if result.came and not self.played.broken:
            self.played.broken.append(
                self.judge.rule(
                    "reply.unasked", "one-result", "nothing more after the last result", result.describe(), result.step
                )
            )
        elif result.ending is not Ending.SILENT:
            self.drop(link)

    # requests of the player's own

    def ask(self, function: str, fields: Fields = (), *, link: str = "\0own") -> str:
        """Call a function on a connection of our own, in the usual way; gives the outcome.

        Raises:
            TransportError, PermitError: it could not be sent.
        """
        before, self.played = self.played, LinkedPlayed()  # it is no part of the script
        try:
            return self._asked(function, fields, link)
        finally:
            self.played = before

    def _asked(self, function: str, fields: Fields, link: str) -> str:
        self._last = self._last % 1_000_000 + 1
        number = str(self._last)
        asked = Asked(
            raw=b"", function=function, fields=fields, number=number, plain=True, road=STREAM if self.stream else URL
        )
        if self.stream:
            binding = self._bindings[self.stream]
            assert isinstance(binding, DocumentBinding)
            data = binding.request(function, fields, number=number)
            ending = self.channel(link).send(data)
        else:
            urls = self._bindings[self.webs[0]]
            assert isinstance(urls, UrlBinding)
            data = encode(
                urls.request(
                    function, fields, number=number, host=f"{self._target.host}:{self._target.ports[self.webs[0]]}"
                )
            )
            link = self.webs[0]
            ending = self.web(link).send(data)
        self.note("send", link, data, ending)
        result = self.receive(link, asked, self._target.timeout)
        if not result.came:
            self.drop(link)
        return self.judge.outcome(result)

    def is_alive(self) -> bool:
        """Whether the device answers a valid request on a new connection.

        Raises:
            TransportError, PermitError: it could not be sent.
        """
        link = "\0alive" if self.stream else self.webs[0]
        self.drop(link)
        try:
            return self.ask(self._kit.probe, link=link) == SUCCESS
        finally:
            self.drop(link)


_NOTHING = Asked(raw=b"")
