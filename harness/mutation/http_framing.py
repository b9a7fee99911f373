"""Replies that are framed as HTTP has it not, or with a status that no reading allows; and ones in other ways that it has."""

from __future__ import annotations

from collections.abc import Callable

from harness.mutation.http_message import chunked
from harness.mutation.http_seen import Change, Rows, Said, Seen
from harness.mutation.mutant import End, Operator, Piece

_SHORT_PAUSE_S = 0.004
_MAX_PIECES = 40


def _length(by: int) -> Change:
    def change(seen: Seen) -> Said:
        answer, size = seen.answer, len(seen.answer.body) + by
        if not answer.body or size < 0:
            return None
        return answer.with_field("Content-Length", str(size)).head(length=False) + answer.body

    return change


def _headed(name: str, value: str) -> Change:
    """With one more header field, or instead of the one of that name."""
    return lambda seen: seen.answer.with_field(name, value).raw()


def _cut(seen: Seen) -> Said:
    raw = seen.answer.raw()
    return (Piece(data=raw[: -max(1, len(seen.answer.body) // 2)], end=End.CLOSE),) if seen.answer.body else None


def _chunks(spoil: Callable[[bytes], bytes]) -> Change:
    def change(seen: Seen) -> Said:
        body = seen.answer.body
        if not body:
            return None
        half = len(body) // 2
        return (Piece(data=spoil(chunked(seen.answer, [body[:half], body[half:]])), end=End.CLOSE),)

    return change


def _first_line(new: Callable[[bytes], bytes]) -> Change:
    def change(seen: Seen) -> Said:
        first, end, rest = seen.answer.raw().partition(b"\r\n")
        return new(first) + end + rest

    return change


FRAMING: Rows = (
    ("twice", Operator.DOUBLE, "Each reply comes twice.", lambda seen: seen.answer.raw() * 2),
    ("trailing", Operator.OVERFLOW, "Something stands behind each reply.", lambda seen: seen.answer.raw() + b"\r\nOK"),
    (
        "status-word",
        Operator.RETYPE,
        "The status is a word.",
        _first_line(lambda first: first.replace(first[9:12], b"FINE", 1)),
    ),
    ("version", Operator.RENAME, "The version is HTTP/9.1.", _first_line(lambda first: b"HTTP/9.1" + first[8:])),
    ("no-status-line", Operator.DROP, "There is no status line.", lambda seen: seen.answer.raw().partition(b"\r\n")[2]),
    (
        "two-lengths",
        Operator.DOUBLE,
        "Two lengths that differ.",
        lambda seen: (
            seen.answer.with_field("Content-Length", str(len(seen.answer.body)))
            .with_(
                headers=(("Content-Length", str(len(seen.answer.body))), *seen.answer.headers, ("Content-Length", "3"))
            )
            .head(length=False)
            + seen.answer.body
        ),
    ),
    (
        "length-word",
        Operator.RETYPE,
        "The length is a word.",
        lambda seen: seen.answer.with_field("Content-Length", "some").head(length=False) + seen.answer.body,
    ),
    (
        "length-and-chunks",
        Operator.DOUBLE,
        "A length, and chunks too.",
        lambda seen: chunked(seen.answer.with_field("Content-Length", str(len(seen.answer.body))), [seen.answer.body]),
    ),
    (
        "no-colon",
        Operator.DROP,
        "A header line has no colon.",
        lambda seen: seen.answer.raw().replace(b"\r\n", b"\r\nno colon here\r\n", 1),
    ),
    (
        "bad-name",
        Operator.RENAME,
        "The name of a header has a space.",
        lambda seen: seen.answer.raw().replace(b"\r\n", b"\r\nX Name: a\r\n", 1),
    ),
    (
        "head-cut",
        Operator.DROP,
        "The head is cut off.",
        lambda seen: (Piece(data=seen.answer.raw()[:30], end=End.CLOSE),),
    ),
)
# Only where there is a body.
FRAMING_SOME: Rows = (
    ("length-short", Operator.DROP, "Content-Length is one too small.", _length(-1)),
    ("length-long", Operator.OVERFLOW, "Content-Length is one too great.", _length(1)),
    (
        "length-far-too-long",
        Operator.OVERFLOW,
        "Content-Length is far too great, and the connection ends.",
        lambda seen: (
            Piece(
                data=seen.answer.with_field("Content-Length", "9999999").head(length=False) + seen.answer.body,
                end=End.CLOSE,
            ),
        ),
    ),
    ("cut", Operator.DROP, "The connection ends in the middle of the body.", _cut),
    (
        "reset",
        Operator.DROP,
        "The connection is reset in the middle of the body.",
        lambda seen: (Piece(data=seen.answer.raw()[:-5]), Piece(end=End.RESET, delay_s=_SHORT_PAUSE_S)),
    ),
    ("stalled", Operator.DELAY, "The end of the body never comes.", lambda seen: (Piece(data=seen.answer.raw()[:-9]),)),
    (
        "chunk-size",
        Operator.RETYPE,
        "The size of a chunk is no number.",
        _chunks(lambda raw: raw.replace(b"\r\n\r\n", b"\r\n\r\nzz", 1)),
    ),
    (
        "chunk-end",
        Operator.DROP,
        "No line ends a chunk.",
        _chunks(lambda raw: raw.replace(b"\r\n0\r\n\r\n", b"0\r\n\r\n")),
    ),
    ("no-last-chunk", Operator.DROP, "The last chunk is missing.", _chunks(lambda raw: raw.removesuffix(b"0\r\n\r\n"))),
    (
        "transfer-coding",
        Operator.RENAME,
        "A transfer coding that there is not.",
        _headed("Transfer-Encoding", "rot13, chunked"),
    ),
)


def _with_status(status: int) -> Change:
    return lambda seen: seen.answer.with_(status=status, reason="").raw()


def _refusal(status: int) -> Change:
    return lambda seen: (
        None if seen.exchange.reply.ok or not seen.path else seen.answer.with_(status=status, reason="").raw()
    )


STATUS: Rows = tuple(
    (f"success-{status}", Operator.SWAP, f"Successes have the status {status}.", _with_status(status))
    for status in (201, 202, 206, 299, 301, 503)
)
REFUSALS: Rows = tuple(
    (f"refusal-{status}", Operator.SWAP, f"What is refused has the status {status}.", _refusal(status))
    for status in (401, 403, 410, 422, 500, 503, 302)
)


def _pieces(count: int, pause_s: float) -> Change:
    def change(seen: Seen) -> Said:
        raw = seen.exchange.raw
        size = max(1, -(-len(raw) // count))
        return [Piece(data=raw[at : at + size], delay_s=pause_s if at else 0.0) for at in range(0, len(raw), size)]

    return change


def _cased(fold: Callable[[str], str]) -> Change:
    return lambda seen: seen.answer.with_(
        headers=tuple((fold(name), value) for name, value in seen.answer.headers)
    ).raw()


def _chunked_small(seen: Seen) -> Said:
    """In chunks, which HTTP/1.0 does not know."""
    body = b"" if b" HTTP/1.0\r\n" in seen.raw else seen.answer.body
    size = max(1, -(-len(body) // _MAX_PIECES))
    return chunked(seen.answer, [body[at : at + size] for at in range(0, len(body), size)]) if body else None


HARMLESS: Rows = (
    ("harmless-split", Operator.SPLIT, "Replies come in two pieces, which is allowed.", _pieces(2, _SHORT_PAUSE_S)),
    ("harmless-drip", Operator.SPLIT, "Replies come in many pieces, which is allowed.", _pieces(_MAX_PIECES, 0.0002)),
    (
        "harmless-delayed",
        Operator.DELAY,
        "Replies take a moment, which is allowed.",
        lambda seen: (Piece(data=seen.exchange.raw, delay_s=_SHORT_PAUSE_S),),
    ),
    (
        "harmless-lower-case",
        Operator.RENAME,
        "The names of headers are in lower case, which is allowed.",
        _cased(str.lower),
    ),
    (
        "harmless-upper-case",
        Operator.RENAME,
        "The names of headers are in upper case, which is allowed.",
        _cased(str.upper),
    ),
    ("harmless-headers", Operator.OVERFLOW, "More headers, which is allowed.", _headed("X-Clausewise", 'a, b; c="d"')),
    (
        "harmless-reason",
        Operator.RENAME,
        "Another reason phrase, which is allowed.",
        lambda seen: seen.answer.with_(reason="All Right").raw(),
    ),
    ("harmless-chunked", Operator.SPLIT, "Bodies come in chunks, which is allowed.", _chunked_small),
    ("harmless-counted", Operator.SPLIT, "Bodies have a length, which is allowed.", lambda seen: seen.answer.raw()),
    (
        "harmless-close",
        Operator.LOSE,
        "Each connection is said to end after its reply, and does.",
        lambda seen: (Piece(data=seen.answer.with_field("Connection", "close").raw(), end=End.CLOSE),),
    ),
)
