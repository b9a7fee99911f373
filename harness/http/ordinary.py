"""Which requests httpx writes exactly as they are, and what a request is completed with."""

from __future__ import annotations

import re

from harness.wire.http1 import Headers, Request
from harness.wire.http1_head import keeps_open

_METHOD = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Z]+")  # httpx writes letters in upper case
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?")
_TARGET = re.compile(r"[\x21-\x7e]+")
_FIRST_WORD = re.compile(rb"[^ \t\r\n]*")
# Headers that change what httpx or h11 write, or what a response may be.
_SPECIAL = frozenset({"transfer-encoding", "upgrade", "expect"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})  # RFC 9110 8.6: their empty body has a Content-Length too


def prepared(request: Request, defaults: Headers) -> Request:
    """Add what is needed and absent: Host first, other defaults last, and the length of a body."""
    names = {name.lower() for name, _ in request.headers}
    added = [one for one in defaults if one[0].lower() not in names]
    if (request.body or request.method in _WITH_BODY) and not names & {"content-length", "transfer-encoding"}:
        added.append(("Content-Length", str(len(request.body))))
    first = [one for one in added if one[0] == "Host"]
    rest = [one for one in added if one[0] != "Host"]
    return Request(request.method, request.target, (*first, *request.headers, *rest), request.body, request.version)


def is_ordinary(request: Request) -> bool:
    """Whether httpx takes this request and changes no byte of it."""
    if request.version != "HTTP/1.1" or request.method == "CONNECT" or _METHOD.fullmatch(request.method) is None:
        return False
    if _TARGET.fullmatch(request.target) is None:
        return False
    names = [name.lower() for name, _ in request.headers]
    if names[:1] != ["host"] or "host" in names[1:] or not _SPECIAL.isdisjoint(names):
        return False  # h11 writes Host first
    lengths = [value for name, value in request.headers if name.lower() == "content-length"]
    if lengths not in ([str(len(request.body))], [] if not request.body else [str(len(request.body))]):
        return False
    return all(_NAME.fullmatch(name) and _VALUE.fullmatch(value) for name, value in request.headers)


def method_of(request: Request | bytes) -> str:
    """The method of a request, or of the first line of bytes that are one."""
    if isinstance(request, Request):
        return request.method
    found = _FIRST_WORD.match(request.lstrip(b"\r\n"))
    return found[0].decode("latin-1") if found is not None else ""


def closes(request: Request | bytes) -> bool:
    """Whether the request says that no other follows it on the connection."""
    return isinstance(request, Request) and not keeps_open(request.version, request.headers)


def asks_to_close(request: Request | bytes) -> bool:
    """Whether the request asks in so many words that the connection be closed."""
    return isinstance(request, Request) and not keeps_open("HTTP/1.1", request.headers)
