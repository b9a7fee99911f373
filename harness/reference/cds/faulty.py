"""A CDS with seeded faults: the reference server with the parts that make its replies wrong."""

from __future__ import annotations

import asyncio
import re
from typing import Any, cast

from harness.reference.cds.answers import Answers
from harness.reference.cds.device import Device
from harness.reference.cds.reply import Reply, compressed
from harness.reference.cds.requests import Requests
from harness.reference.cds.spoil_answers import FaultyAnswers, bend
from harness.reference.cds.spoil_http import Spoiled
from harness.reference.cds.spoil_requests import FaultyRequests
from harness.reference.http import listen_http
from harness.reference.system import Listener, Setup

_MESSAGE = re.compile(rb"messageType=([A-Za-z]+)")
_STALE, _SILENT = 25, 40
_UNASKED_BYTES = 100_000
# Seconds in which a request comes at once after another one.
_AT_ONCE_S = 0.05


class FaultyDevice(Device):
    """The reference server with the faults that are on.

    Args:
        setup: model, faults, readings, clock, size and seed.
    """

    def __init__(self, setup: Setup) -> None:
        self._on = setup.faults.on
        super().__init__(setup)
        self._served: dict[object, int] = {}
        self._before: dict[object, Reply] = {}
        self._last: tuple[object, float, Reply] | None = None
        self._refused_message = b""
        self._message = b""
        self._headed: set[object] = set()

    def _make_requests(self, setup: Setup) -> Requests:
        self._faulty = FaultyRequests(setup.model, self._choices, self.world.now, on=self._on, world=self.world)
        return self._faulty

    def _make_answers(self, setup: Setup) -> Answers:
        bend(self.world, self._on)
        return FaultyAnswers(setup, self._choices, self.world, on=self._on)

    async def listen(self, interface: str, host: str, port: int) -> Listener:  # noqa: ARG002  there is only one
        """Open the HTTP interface.

        Raises:
            OSError: the address cannot be listened on.
        """

        def wrap(transport: asyncio.Transport) -> asyncio.Transport:
            return cast("asyncio.Transport", Spoiled(transport, self._on))

        return await listen_http(self.serve, host, port, wrap)

    def answer(self, method: str, path: bytes, query: bytes) -> Reply:
        """What answers a request, whatever it is."""
        found = _MESSAGE.search(query)
        self._message = found[1] if found else b""
        if self._on("escapes-kept"):
            query = re.sub(rb"%7[Cc]", b"%257C", query)
        sticks = self._on("refusal-sticks") and self._refused_message and self._message == self._refused_message
        self._refused_message = b""
        if sticks:
            return super()._refusal(self._http.refused)
        return super().answer(method, path, query)

    def _refusal(self, name: str) -> Reply:
        on, message, reply = self._on, self._message, super()._refusal(name)
        if name == self._http.refused:
            self._refused_message = message
            if message == b"TrickModeHistory" and on("refusal-200"):
                return Reply(status=200, headers=[(b"content-type", b"text/xml")])
            if message == b"PlayServerHistory" and on("refusal-500"):
                reply.status = 500
            if message == b"CapacityPlanning" and on("refusal-422"):
                reply.status = 422
            if message == b"Errors" and on("refusal-with-document"):
                reply.body = (
                    b'<?xml version="1.0" encoding="UTF-8"?>\n<ErrorsResponse dateFormat="sec"></ErrorsResponse>\n'
                )
                reply.headers = [(b"content-type", b"text/xml")]
        if name == "unknown-message" and message and on("unknown-message-400"):
            reply.status = 400
        if name == "missing-stream":
            if on("missing-stream-102"):
                reply.body = super()._refusal("invalid-message").body
            if on("error-text"):
                reply.body = reply.body.replace(b"Stream ID", b"StreamID")
        if name == "invalid-message" and not message and on("missing-message-404"):
            reply.status = 404
        return reply

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, as an ASGI application."""
        peer = scope["client"]
        self._served[peer] = self._served.get(peer, 0) + 1
        self._faulty.served = self._served[peer]
        if self._served[peer] == _SILENT and self._on("closed-after-40"):
            scope["state"]["transport"].close()
            return
        await super().serve(scope, receive, send)

    def _finished(self, reply: Reply, scope: Any) -> Reply:
        """The reply as it is sent, by what came before on its connection and on others."""
        on, peer, now = self._on, scope["client"], asyncio.get_running_loop().time()
        reply = super()._finished(reply, scope)
        if reply.pieces is None:
            before, last = self._before.get(peer), self._last
            self._before[peer], self._last = reply, (peer, now, reply)
            if on("stale-reply") and self._served[peer] == _STALE and before is not None:
                return before
            if on("reply-of-another") and last is not None and last[0] != peer and now - last[1] < _AT_ONCE_S:
                return last[2]
        if on("head-remembered") and peer in self._headed:
            reply = Reply(status=reply.status, headers=reply.headers)
        self._headed.discard(peer)
        if scope["method"] == "HEAD":
            self._headed.add(peer)
        headers = dict(reply.headers)
        if on("wrong-charset") and reply.status == 200:
            headers[b"content-type"] = self._choices.media.encode() + b"; charset=iso-8859-1"
        if on("closed-unsaid") and reply.status == 400:
            asyncio.get_running_loop().call_later(0.001, scope["state"]["transport"].close)
        if on("two-lengths") and self._message == b"ServiceGroups" and reply.pieces is None:
            headers[b"Content-Length"] = b"%d" % (len(reply.body) + 7)
        if on("head-with-body") and scope["method"] == "HEAD":
            headers[b"spoiled"] = b"body"
        reply = Reply(status=reply.status, body=reply.body, pieces=reply.pieces, headers=list(headers.items()))
        if on("compressed-unasked") and (reply.pieces is not None or len(reply.body) > _UNASKED_BYTES):
            return compressed(reply)
        return reply


def start(setup: Setup) -> Device:
    """The reference server, with the faults that are on, if any."""
    return FaultyDevice(setup) if setup.faults else Device(setup)
