"""Requests as URLs: as they are usually written, in other ways that mean the same, and bent so that it is open what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from harness.fuzzing.document_values import as_query, pick
from harness.messages.documentreply import Fields

Pairs = list[tuple[str, str]]  # names as they are documented, and values as they stand in the query
Bend = Callable[["Url", Random], bytes]


class Url:
    """One request before it is written.

    Attributes:
        pairs: names and values as they stand in the query.
        pages: of the document.
    """

    def __init__(self, pairs: Pairs, pages: Sequence[str], host: str) -> None:
        self.pairs = pairs
        self.pages = pages
        self.host = host

    def write(
        self,
        query: str | None = None,
        *,
        page: str | None = None,
        method: str = "GET",
        version: str = "HTTP/1.1",
        more: str = "",
        body: str = "",
    ) -> bytes:
        """The bytes of the request."""
        text = joined(self.pairs) if query is None else query
        head = f"{method} {page or self.pages[0]}?{text} {version}\r\nHost: {self.host}\r\n{more}\r\n{body}"
        return head.encode("utf-8", "surrogateescape")


def joined(pairs: Sequence[tuple[str, str]]) -> str:
    """A query."""
    return "&".join(f"{name}={value}" for name, value in pairs)


def escaped(fields: Fields, rng: Random) -> Pairs:
    """Names in small letters, values in any legal way."""
    return [(name.lower(), as_query(value, rng)) for name, value in fields]


# what means the same


def _letter_case(url: Url, rng: Random) -> bytes:
    ways = (
        str.upper,
        str.title,
        str.swapcase,
        lambda name: "".join(one.upper() if rng.random() < 0.5 else one for one in name),
    )
    return url.write(joined([(ways[int(rng.random() * 4)](name), value) for name, value in url.pairs]))


def _page(url: Url, rng: Random) -> bytes:
    return url.write(page=pick(rng, list(url.pages)))


LEGAL: dict[str, Bend] = {"usual": lambda url, _rng: url.write(), "letter-case": _letter_case, "page": _page}

# what is open


def _broken_escape(url: Url, rng: Random) -> bytes:
    bad = pick(
        rng,
        (
            "%",
            "%4",
            "%zz",
            "%u0041",
            "%%41",
            "%FF",
            "%C3",
            "%00",
            "%0D%0A",
            "%25zz",
            "%ed%a0%80",
            "%f0%9f%98%80",
            "%c3%a4",
        ),
    )
    at = int(rng.random() * len(url.pairs))
    return url.write(
        joined([(name, value + bad if index == at else value) for index, (name, value) in enumerate(url.pairs)])
    )


def _plus(url: Url, rng: Random) -> bytes:
    at = int(rng.random() * len(url.pairs))
    return url.write(
        joined([(name, f"a+{value}+" if index == at else value) for index, (name, value) in enumerate(url.pairs)])
    )


def _twice(url: Url, rng: Random) -> bytes:
    name, value = url.pairs[int(rng.random() * len(url.pairs))]
    return url.write(
        joined([*url.pairs, (name if rng.random() < 0.5 else name.upper(), value if rng.random() < 0.5 else "x")])
    )


def _odd_query(url: Url, rng: Random) -> bytes:
    text = joined(url.pairs)
    ways = (
        "&" + text, text + "&", text.replace("&", "&&", 1), text.replace("&", ";", 1), text.replace("=", "", 1), text.replace("=", "==", 1), "",
        "=", "&", text + "&novalue", text + "&=x", text + "&nosuchthing=1", text + "?x=y", text + "#part", text.replace("&", "&amp;"), "&x[]=1",
    )  # fmt: skip
    return url.write(pick(rng, ways))


def _without(url: Url, rng: Random) -> bytes:
    gone = int(rng.random() * len(url.pairs))
    return url.write(joined([one for index, one in enumerate(url.pairs) if index != gone]))


def _long(url: Url, rng: Random) -> bytes:
    size = int(10 ** (2 + rng.random() * 2.6))
    return url.write(joined([*url.pairs, ("nosuchthing", "x" * size)]))


def _raw(url: Url, rng: Random) -> bytes:
    """Characters that no URL has."""
    bad = pick(rng, ("<b>", '"', "|", "\\", "^", "`", "{}", "ä", "日本", "\x7f", "'", "\t", "\x01"))
    return url.write(joined(url.pairs) + bad)


def _method(url: Url, rng: Random) -> bytes:
    text = joined(url.pairs)
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(text)}\r\n"
    ways = (
        lambda: url.write(method=pick(rng, ("HEAD", "OPTIONS", "get", "Get", "BREW", "DELETE", "TRACE"))),
        lambda: url.write("", method="POST", more=form, body=text),
        lambda: url.write(method="POST", more="Content-Length: 0\r\n"),
        lambda: url.write(version=pick(rng, ("HTTP/1.0", "HTTP/2.0", "http/1.1", "HTTP/1.2", "HTTP/9"))),
    )
    return ways[int(rng.random() * len(ways))]()


def _path(url: Url, rng: Random) -> bytes:
    words = (
        "/",
        "/webapi.php",
        "/WEBAPI.ASPX",
        "//webAPI.php",
        "/x/../webAPI.php",
        "/webAPI",
        "/webAPI.php/",
        "/webAPI%2Ephp",
        "/nosuchpage",
        "webAPI.php",
        "*",
    )
    return url.write(page=pick(rng, words))


def _function(url: Url, rng: Random) -> bytes:
    words = ("nosuchfunction", "", "%20", "test%00", "te%73t", "TEST%0D%0A", "importagent", "x" * 300)
    word = pick(rng, words)
    return url.write(joined([(name, word if name == "type" else value) for name, value in url.pairs]))


ODD: dict[str, Bend] = {
    "escape": _broken_escape, "plus": _plus, "twice": _twice, "query": _odd_query, "missing": _without, "long": _long, "raw": _raw,
    "method": _method, "path": _path, "function": _function,
}  # fmt: skip
