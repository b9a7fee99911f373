"""One running CDS: its world and its HTTP interface."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from harness.reference.cds.answers import Answers
from harness.reference.cds.choices import Choices
from harness.reference.cds.query import Refused
from harness.reference.cds.reply import Reply, compressed, wants_gzip
from harness.reference.cds.requests import Requests
from harness.reference.cds.world import World
from harness.reference.http import listen_http
from harness.reference.system import Listener, Setup
from harness.spec.model import ErrorCode, System

_NOT_ALLOWED, _TOO_LONG = 405, 414
# Bytes of a request line that is long, where a reading says what happens to such.
_LONG_BYTES = 4096
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")


class Device:
    """The reference server of CDS.

    Args:
        setup: model, faults, readings, clock, size and seed.
    """

    def __init__(self, setup: Setup) -> None:
        assert setup.model.http is not None
        self._model, self._http = setup.model, setup.model.http
        self._choices = Choices(setup.model, setup.readings)
        self.world = World(setup, self._choices)
        self._requests = self._make_requests(setup)
        self._answers = self._make_answers(setup)
        self._paths = self._requests.paths()
        self._errors = self._all_errors()

    @property
    def model(self) -> System:
        """What the document says."""
        return self._model

    def _make_requests(self, setup: Setup) -> Requests:
        return Requests(setup.model, self._choices, self.world.now)

    def _make_answers(self, setup: Setup) -> Answers:
        return Answers(setup, self._choices, self.world)

    def _all_errors(self) -> dict[str, ErrorCode]:
        found = {
            name: row for one in self._model.operations.values() for name, row in one.errors.items() if not row.use
        }
        return {**found, **self._model.errors}

    def credentials(self) -> Mapping[str, str]:
        """None: it asks for none."""
        return {}

    def fixtures(self) -> Mapping[str, object]:
        """The objects of the world by fixture key."""
        return self.world.fixtures(self._answers.counts())

    async def listen(self, interface: str, host: str, port: int) -> Listener:  # noqa: ARG002  there is only one
        """Open the HTTP interface.

        Raises:
            OSError: the address cannot be listened on.
        """
        return await listen_http(self.serve, host, port)

    def answer(self, method: str, path: bytes, query: bytes) -> Reply:
        """What answers a request, whatever it is."""
        choices = self._choices
        known = path.decode("latin-1")
        if known not in self._paths:
            known = next((one for one in self._paths if choices.longer_paths and known.startswith(f"{one}/")), "")
        if not known:
            return self._refusal("unknown-message")
        if method != self._http.method and not (choices.serve_head if method == "HEAD" else choices.any_method):
            reply = self._body(_NOT_ALLOWED, "Method Not Allowed")
            reply.headers.append((b"allow", b"GET, HEAD" if choices.serve_head else b"GET"))
            return reply
        try:
            return self._answers.answer(self._requests.read(known, query))
        except Refused as refused:
            return self._refusal(refused.error)

    def _refusal(self, name: str) -> Reply:
        error = self._errors[name]
        if error.reply is None:
            return self._body(int(error.code), error.text)
        reply = self._answers.error(error.attributes)
        reply.status = int(error.code)
        return reply

    def _body(self, status: int, text: str) -> Reply:
        if not self._choices.error_bodies:
            return Reply(status=status)
        return Reply(status=status, body=f"{status} {text}\n".encode(), headers=[_PLAIN])

    def _finished(self, reply: Reply, scope: Any) -> Reply:
        """The reply as it is sent."""
        if self._choices.gzip and reply.status == 200 and wants_gzip(scope["headers"]):
            return compressed(reply)
        return reply

    async def serve(self, scope: Any, _receive: Any, send: Any) -> None:
        """Answer one request, as an ASGI application."""
        method, choices = scope["method"], self._choices
        long = len(scope["state"]["target"]) > _LONG_BYTES
        if long and choices.long_requests == "closed":
            scope["state"]["transport"].close()
            return
        if long and choices.long_requests == "refused":
            reply = self._body(_TOO_LONG, "URI Too Long")
        elif choices.refuse_fragment and b"#" in scope["state"]["target"]:
            reply = self._refusal(self._http.refused)
        else:
            reply = self.answer(method, scope["raw_path"], scope["query_string"])
        reply = self._finished(reply, scope)
        if reply.pieces is not None and scope["http_version"] == "1.0":
            # A client of HTTP 1.0 knows no chunks.
            reply = Reply(status=reply.status, body=b"".join(reply.pieces), headers=reply.headers)
        framing = (
            (b"transfer-encoding", b"chunked")
            if reply.pieces is not None
            else (b"content-length", b"%d" % len(reply.body))
        )
        headers = [*reply.headers, framing]
        if choices.close:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        if reply.pieces is None or method == "HEAD":
            await send({"type": "http.response.body", "body": reply.body})
            return
        for piece in reply.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(0)  # other connections have their turn
        await send({"type": "http.response.body", "body": b""})
