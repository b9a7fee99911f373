"""An HTTP reply before it is sent, and how it is cut into pieces."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

# Bytes of one piece of a long reply: what one write to a socket takes well.
PIECE_BYTES = 64 * 1024

# Lines that are joined before their bytes are counted.
_LINES = 64

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True, kw_only=True)
class Reply:
    """Status, headers besides those of framing, and the body: whole, or in pieces of any size."""

    status: int
    body: bytes = b""
    pieces: Iterator[bytes] | None = None
    headers: Headers = field(default_factory=list)


def pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines as bytes, joined to pieces of about `PIECE_BYTES`."""
    source, held, size = iter(lines), [], 0
    while some := "".join(islice(source, _LINES)):
        data = some.encode("utf-8", "surrogateescape")
        held.append(data)
        size += len(data)
        if size >= PIECE_BYTES:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def document(lines: Iterable[str], headers: Headers) -> Reply:
    """A success that carries a document; one that fits into one piece has a length."""
    source = pieces(lines)
    first = next(source, b"")
    second = next(source, None)
    if second is None:
        return Reply(status=200, body=first, headers=headers)
    return Reply(status=200, pieces=chain((first, second), source), headers=headers)


def compressed(reply: Reply) -> Reply:
    """The same with its body in gzip."""
    headers = [*reply.headers, (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
    if reply.pieces is None:
        packer = zlib.compressobj(6, wbits=31)
        return Reply(status=reply.status, body=packer.compress(reply.body) + packer.flush(), headers=headers)
    return Reply(status=reply.status, pieces=_packed(reply.pieces), headers=headers)


def _packed(source: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, wbits=31)
    for piece in source:
        if data := packer.compress(piece):
            yield data
    yield packer.flush()


def wants_gzip(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a request's headers ask for gzip by name, with a weight above 0."""
    for name, value in headers:
        if name == b"accept-encoding":
            for choice in value.lower().split(b","):
                coding, _, weight = choice.partition(b";")
                if coding.strip() in (b"gzip", b"x-gzip"):
                    return weight.replace(b" ", b"").strip(b"0.") != b"q="
    return False
