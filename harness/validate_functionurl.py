"""What is wrong with one URL of a function, alone or in a request with its head, and at which character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus

from harness.spec.documentmodel import DocumentSyntax
from harness.spec.model import System
from harness.validate_function import FunctionJudge, Given
from harness.validation import Finding, nearest

_HOST = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://[^/?#]*")
_LINE = re.compile(r"([A-Za-z]+) +(?=[/hH])(\S.*?)( +HTTP/\d[.\d]*)?")
# What cannot stand in a URL as it is (RFC 3986, 2): white space, control characters, half an escape.
_WRONG = re.compile(r"[\x00-\x20\x7f]|%(?![0-9A-Fa-f]{2})")


def is_url(syntax: DocumentSyntax, begin: bytes) -> bool:
    """Whether the beginning of a file is a URL, or a request over HTTP, rather than a document."""
    line = begin.lstrip(b" \t\r\n").split(b"\n", 1)[0].decode("latin-1").strip()
    found = _LINE.fullmatch(line)
    target = found[2] if found is not None else line
    pages = tuple(page.rpartition(".")[0].lower() or page.lower() for page in syntax.pages)
    return (
        _HOST.match(target) is not None or target.lower().startswith(pages) or (found is not None and target[0] == "/")
    )


def url_findings(system: System, syntax: DocumentSyntax, data: bytes, operation: str) -> Finding:
    """What is wrong with a URL; `operation` is what it shall be, "" for any."""
    found = Finding(operation=operation)
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    number = next((at for at, line in enumerate(lines) if line.strip()), 0)
    text = lines[number].rstrip("\r")
    at = len(text) - len(text.lstrip())
    target = text.strip()
    judge = FunctionJudge(system, syntax, found, loose=True)
    request = _LINE.fullmatch(target)
    if request is not None:
        at += request.start(2)
        target = request[2]
        if request[1] != "GET":
            judge.open("http-method")
    elif any(line.strip() for line in lines[number + 1 :]):
        found.breaks(syntax.rules["url-form"], 1, "expected one URL in a file, got another line", line=number + 2)
    host = _HOST.match(target)
    at += host.end() if host is not None else 0
    path, mark, query = target[host.end() if host is not None else 0 :].partition("?")
    query, hash_, _ = query.partition("#")
    line = number + 1
    _path(judge, path, Given(name="", values=("",), line=line, column=at + 1))
    start = at + len(path) + len(mark)
    if not mark or not query:
        found.breaks(
            syntax.rules["url-form"], start + 1, "expected ? and parameters behind the page, got none", line=line
        )
    if hash_:
        found.breaks(syntax.rules["url-form"], start + len(query) + 1, "expected no fragment", line=line)
    for wrong in _WRONG.finditer(path + mark + query):
        message = (
            f"expected %{ord(wrong[0]):02X}, got {wrong[0]!r} as it is"
            if wrong[0] != "%"
            else "expected two hexadecimal digits behind %"
        )
        found.breaks(syntax.rules["url-form"], at + wrong.start() + 1, message, line=line)
    if not all(one.isascii() for one in query):
        judge.open("encoding")
    if mark and query:
        items = list(_items(judge, query, line, start))
        judge.judge(items, Given(name="", values=("",), line=line, column=start + 1))
    return found


def _path(judge: FunctionJudge, path: str, place: Given) -> None:
    """The page; in other letters it may be one, too."""
    pages = judge.syntax.pages
    if path in pages:
        return
    if unquote(path).lower() in (page.lower() for page in pages) and judge.open("http-page"):
        return
    judge.breaks(
        judge.syntax.rules["pages"], place, f"expected a page, got {path[:60] or 'none'}; {nearest(path, pages)}"
    )


def _items(judge: FunctionJudge, query: str, line: int, start: int) -> Iterator[Given]:
    at = start
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not equals or not name:
            message = f"expected name=value, got {part[:60] or 'nothing'}"
            judge.found.breaks(judge.syntax.rules["url-form"], at + 1, message, line=line)
        else:
            plain, spaced = unquote(value), unquote_plus(value)
            if plain != spaced:
                judge.open("plus-sign")
            values = (plain,) if plain == spaced else (spaced, plain)
            yield Given(name=unquote_plus(name), values=values, line=line, column=at + 1)
        at += len(part) + 1
