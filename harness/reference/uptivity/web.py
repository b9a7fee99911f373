"""The road of URLs: the same functions over HTTP."""

from __future__ import annotations

from typing import Any

from harness.reference.faults import FaultSet
from harness.reference.uptivity.choices import Choices
from harness.reference.uptivity.functions import Functions, Reply
from harness.reference.uptivity.spoil import Spoiler
from harness.reference.uptivity.telling import Telling

_XML = b"text/xml; charset=utf-8"
_HTML = b"text/html"
_MOST_BODY = 1024 * 1024


class Web:
    """An ASGI application.

    Args:
        functions: answer.
        telling: tells subscribers on the stream what was done here.
        choices: readings.
        spoiler: what the faults make of replies.
        faults: those that are on.
    """

    def __init__(
        self,
        functions: Functions,
        telling: Telling,
        choices: Choices,
        spoiler: Spoiler,
        faults: FaultSet,
        pages: list[str],
    ) -> None:
        self._functions, self._telling, self._choices = functions, telling, choices
        self._spoiler, self._faulty, self._pages = spoiler, bool(faults), pages
        self._folded = [page.lower() for page in pages]

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        method, path, query = scope["method"], scope["path"], scope["query_string"]
        if method == "POST" and self._choices("method") == "served":
            query = query + b"&" + await _body(receive)
        status, media, body, extra = self._answer(method, path, query, scope)
        headers = [(b"content-type", media), (b"content-length", b"%d" % len(body)), *extra]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
        self._telling.flush()

    def _answer(
        self, method: str, path: str, query: bytes, scope: Any
    ) -> tuple[int, bytes, bytes, list[tuple[bytes, bytes]]]:
        if method not in ("GET", "POST", "HEAD") or (method != "GET" and self._choices("method") == "refused"):
            return 405, b"text/plain", b"Method Not Allowed\n", [(b"allow", b"GET")]
        if path not in self._pages and (self._choices("page") == "refused" or path.lower() not in self._folded):
            return 404, b"text/plain", b"Not Found\n", []
        asked = self._functions.reader.query(query)
        if self._faulty:
            self._spoiler.page(path, asked, scope["client"])
        reply = self._functions.answer(asked)
        if reply.file is not None:
            name = reply.file.name.encode("ascii", "replace")
            data = self._spoiler.body(reply) if self._faulty else reply.file.data
            return (
                200,
                reply.file.media.encode(),
                data,
                [(b"content-disposition", b'attachment; filename="' + name + b'"')],
            )
        body = reply.document.encode()
        if self._faulty:
            body = self._spoiler.web(reply, body)
        return self._status(reply), _HTML if self._choices("media") == "other" else _XML, body, []

    def _status(self, reply: Reply) -> int:
        return 400 if reply.failed and self._choices("status") == "told" else 200


async def _body(receive: Any) -> bytes:
    """The body of a request, so much of it as may be."""
    found = b""
    while len(found) < _MOST_BODY:
        message = await receive()
        found += message.get("body", b"")
        if not message.get("more_body"):
            break
    return found
