"""HTTP: an ASGI application that takes calls at one path and serves one file, by the rules of the document and the readings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.reference.tps.asking import UnansweredError
from harness.reference.tps.common import Common
from harness.reference.tps.functions import Functions, Reply, Road
from harness.reference.tps.systemxml import SystemXml

_XML = b"text/xml"
_MEDIA = {"text": _XML, "application": b"application/xml", "other": b""}
_MOST_BODY = 1024 * 1024  # bytes that are read of a call that is too large
_DECIMAL, _CALLS_A_CONNECTION = 32_000, 20
_PAGE = b"<html><body>TelePresence Server</body></html>"
Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, bytes, bytes]  # status, media type, body


class Front:
    """The application.

    Args:
        common: readings, faults.
        functions: answer calls.
        file: the one that is served.
        tls: whether it comes over HTTPS.
    """

    def __init__(self, common: Common, functions: Functions, file: SystemXml, *, tls: bool) -> None:
        self._common, self._functions, self._file, self._tls = common, functions, file, tls
        self._spoiler = common.spoiler
        choices = self._choices = common.choices
        self._path = common.syntax.path
        self._media = _MEDIA[choices("media")]
        self._longest = _DECIMAL if choices("size-border") == "decimal" else common.syntax.longest
        self._with_head = choices("size-border") == "headers"
        self._large = choices("too-large")
        self._page = choices("page")
        self._brief = choices("kept") == "shorter"
        self._unsaid = choices("announced") == "unsaid"
        self._no_pipeline = choices("pipelined") == "closed"
        self._error_status = choices("status") == "error"
        self._looks = (
            choices("media-sent") == "xml" or choices("chunked") == "refused" or choices("old-http") == "refused"
        )

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        state = scope["state"]
        transport = state["transport"]
        try:
            status, media, body = await self._answer(scope, receive)
        except UnansweredError as error:
            if not error.status:
                transport.close()
                return
            status, media, body = error.status, b"text/plain", b"error\n"
        headers: Headers = [(b"content-type", media)] if media else []
        headers.append((b"content-length", b"%d" % len(body)))
        close = (self._brief or self._unsaid or self._no_pipeline) and self._ends(transport)
        if close and not self._unsaid:
            headers.append((b"connection", b"close"))
        if self._spoiler is not None:
            status = self._spoiler.answered(transport, status, headers)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        if close and self._unsaid:
            transport.close()

    def _ends(self, transport: Any) -> bool:
        """Whether the connection ends after this reply."""
        protocol = transport.get_protocol()
        count = protocol.calls = getattr(protocol, "calls", 0) + 1
        if self._no_pipeline and getattr(protocol, "pipeline", None):
            return True
        return (self._brief or self._unsaid) and count >= _CALLS_A_CONNECTION

    async def _answer(self, scope: Any, receive: Any) -> Answer:
        method, path = scope["method"], scope["path"]
        if path == self._file.path and method in ("GET", "HEAD"):
            return self._file.answer(scope["headers"])
        if (path != self._path or method != "POST") and not (self._page == "served" and method == "POST"):
            return self._elsewhere(path)
        if scope["http_version"] == "1.1" and not any(name == b"host" for name, _ in scope["headers"]):
            raise UnansweredError(400)  # RFC 2616, 14.23
        if self._looks:
            self._look(scope)
        body = await self._body(scope, receive)
        if body is None:
            return self._called(self._functions.refuse("request-too-large"))
        road = Road(tls=self._tls, client=scope["state"]["transport"])
        return self._called(self._functions.answer(body, road))

    def _called(self, reply: Reply) -> Answer:
        return 500 if reply.failed and self._error_status else 200, self._media, reply.data

    def _elsewhere(self, path: str) -> Answer:
        match self._page:
            case "page":
                return 200, b"text/html", _PAGE
            case "closed":
                raise UnansweredError(0)
        if path == self._path or path == self._file.path:
            return 405, b"text/plain", b"Method Not Allowed\n"
        return 404, b"text/plain", b"Not Found\n"

    def _look(self, scope: Any) -> None:
        """Refuse what some reading refuses by its head."""
        heads = dict(scope["headers"])
        if self._choices("media-sent") == "xml" and b"xml" not in heads.get(b"content-type", b"").lower():
            raise UnansweredError(415)
        if self._choices("chunked") == "refused" and b"transfer-encoding" in heads:
            raise UnansweredError(411)
        if self._choices("old-http") == "refused" and (scope["http_version"] != "1.1" or b"host" not in heads):
            raise UnansweredError(400)

    async def _body(self, scope: Any, receive: Any) -> bytes | None:
        """The body of a call; None if it is too large."""
        spent = 0
        if self._with_head:
            spent = len(scope["path"]) + 16 + sum(len(name) + len(value) + 4 for name, value in scope["headers"])
        message = await receive()
        body: bytes = message.get("body", b"")
        while message.get("more_body"):
            if len(body) + spent > self._longest and self._large == "closed":
                break
            message = await receive()
            if len(body) < _MOST_BODY:
                body += message.get("body", b"")
        if len(body) + spent <= self._longest or (self._spoiler is not None and self._spoiler.on_large(body)):
            return body
        if self._large == "closed":
            raise UnansweredError(0)
        if self._large == "http":
            raise UnansweredError(413)
        return None


Application = Callable[[Any, Any, Any], Any]
