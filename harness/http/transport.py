"""httpx over our backend: one pool of one connection. TLS is below it, so the scheme is always http."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from harness.errors import HarnessError
from harness.http.backend import Backend
from harness.http.turn import Turn
from harness.wire.http1 import Request

# What of their exceptions tells something of the response; others say that it did not come, or that we read no further.
COMPLAINTS = (httpcore.ProtocolError, httpx.HTTPError, httpx.InvalidURL, ValueError, Warning)


# The backend has the connection, so host and port here only fill a place.
_URL = httpx.URL("http://device/")


class Library:
    """An httpx client that plays whatever turn is current: no redirects, no cookies, nothing from the environment."""

    def __init__(self, current: Callable[[], Turn | None]) -> None:
        refused = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.Client(transport=Transport(current), cookies=refused, trust_env=False)

    def play(self, request: Request) -> str:
        """Send an ordinary request and read its response for the turn; returns what httpx complains of, "" if nothing."""
        asked = httpx.Request(
            request.method,
            _URL,
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
            stream=httpx.ByteStream(request.body),
            extensions={"target": request.target.encode("latin-1"), "timeout": {}},
        )
        try:
            response = self._client.send(asked, stream=True)
            try:
                for _ in response.iter_raw():
                    pass  # the turn has it
            finally:
                response.close()
        except HarnessError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever httpx makes of a device's bytes is no exception of ours
            return f"{type(error).__name__}: {error}" if isinstance(error, COMPLAINTS) else ""
        return ""

    def close(self) -> None:
        """Forget the pool."""
        self._client.close()


class Transport(httpx.BaseTransport):
    """Plays the current turn; raises httpcore's exceptions."""

    def __init__(self, current: Callable[[], Turn | None]) -> None:
        self._pool = httpcore.ConnectionPool(max_connections=1, network_backend=Backend(current))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request whose stream is bytes, and read the head of its response."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=b"http", host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=_bytes_of(request),
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Content(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """Forget the pool's connection; the turn's owner closes it."""
        self._pool.close()


class _Content(httpx.SyncByteStream):
    """The content of a response, as httpx wants it."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def _bytes_of(request: httpx.Request) -> bytes:
    stream = request.stream
    return b"".join(stream) if isinstance(stream, httpx.SyncByteStream) else b""
