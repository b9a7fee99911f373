"""Deviations of headers and of XML, which any packet may have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.mutation.mutant import End, Operator, Piece
from harness.mutation.packet_pretend import Change
from harness.mutation.packet_seen import Seen, packed
from harness.wire.tpkt import HEADER_BYTES, encode, header

Row = tuple[str, str, Operator, str, Change]  # rule, name, what is done, in words, the packet
_LATE_S = 1.0  # more than a command is waited for


def _raw(seen: Seen, length: int | None = None, version: int = 3, reserved: int = 0) -> bytes:
    raw = seen.exchange.raw
    return header(len(raw) if length is None else length, version=version, reserved=reserved) + raw[HEADER_BYTES:]


HEADERS: Sequence[Row] = (
    ("version", "four", Operator.SWAP, "Packets have the version 4.", lambda seen: _raw(seen, version=4)),
    ("version", "zero", Operator.SWAP, "Packets have the version 0.", lambda seen: _raw(seen, version=0)),
    ("reserved", "one", Operator.SWAP, "The reserved byte is 1.", lambda seen: _raw(seen, reserved=1)),
    (
        "length",
        "one-more",
        Operator.OVERFLOW,
        "The length is one more.",
        lambda seen: _raw(seen, len(seen.exchange.raw) + 1),
    ),
    (
        "length",
        "without-header",
        Operator.DROP,
        "The length does not count the header.",
        lambda seen: _raw(seen, len(seen.exchange.raw) - 4),
    ),
    (
        "length",
        "swapped",
        Operator.REORDER,
        "The length has its lower byte first.",
        lambda seen: _raw(seen, int.from_bytes(len(seen.exchange.raw).to_bytes(2, "big"), "little")),
    ),
    ("length", "zero", Operator.DROP, "The length is 0.", lambda seen: _raw(seen, 0)),
    ("one-message", "no-header", Operator.DROP, "XML comes without a header.", lambda seen: seen.without_header()),
    (
        "one-message",
        "two-documents",
        Operator.DOUBLE,
        "Two documents stand in a packet.",
        lambda seen: encode(seen.without_header() * 2),
    ),
    ("one-message", "halves", Operator.SPLIT, "A document stands in two packets.", lambda seen: _halves(seen)),
    (
        "one-message",
        "line-feed",
        Operator.OVERFLOW,
        "A line feed follows the packet.",
        lambda seen: seen.exchange.raw + b"\n",
    ),
    ("one-reply", "none", Operator.LOSE, "Commands are not answered.", lambda seen: None if seen.indicates else ()),
    (
        "one-reply",
        "twice",
        Operator.DOUBLE,
        "Commands are answered twice.",
        lambda seen: None if seen.indicates else seen.exchange.raw * 2,
    ),
    (
        "one-reply",
        "closed",
        Operator.LOSE,
        "Commands end the connection.",
        lambda seen: None if seen.indicates else (Piece(end=End.CLOSE),),
    ),
    (
        "one-reply",
        "late",
        Operator.DELAY,
        "Commands are answered late.",
        lambda seen: None if seen.indicates else (Piece(data=seen.exchange.raw, delay_s=_LATE_S),),
    ),
    (
        "one-reply",
        "parts",
        Operator.SPLIT,
        "Each confirm comes in a packet of its own.",
        lambda seen: b"".join(packed(seen.answer, [one]) for one in seen.elements) if len(seen.elements) > 1 else None,
    ),
)


def _halves(seen: Seen) -> bytes:
    payload = seen.without_header()
    middle = len(payload) // 2
    return encode(payload[:middle]) + encode(payload[middle:])


def _swap(pattern: bytes, new: bytes) -> Change:
    return lambda seen: seen.respelled(
        lambda payload: re.sub(pattern, lambda found: new.replace(b"%", found[0]), payload, count=1)
    )


XML: Sequence[Row] = (
    (
        "well-formed",
        "cut",
        Operator.DROP,
        "Documents are cut off.",
        lambda seen: seen.respelled(lambda payload: payload[: len(payload) * 2 // 3]),
    ),
    ("well-formed", "no-end", Operator.DROP, "The root is not closed.", _swap(rb"</[A-Za-z]+>\s*\Z", b"")),
    (
        "well-formed",
        "other-end",
        Operator.SWAP,
        "The root is closed by another name.",
        _swap(rb"</[A-Za-z]+>\s*\Z", b"</ROOT>"),
    ),
    (
        "well-formed",
        "ampersand",
        Operator.RETYPE,
        "An ampersand is not escaped.",
        _swap(rb'value="[^"]*(?="[^"]*\Z)', b"% & more"),
    ),
    (
        "well-formed",
        "bracket",
        Operator.RETYPE,
        "An angle bracket is not escaped.",
        _swap(rb'value="[^"]*(?="[^"]*\Z)', b"%<"),
    ),
    ("well-formed", "no-quotes", Operator.DROP, "A value has no quotes.", _swap(rb'="[0-9]+"', b"=1")),
    (
        "well-formed",
        "attribute-twice",
        Operator.DOUBLE,
        "An attribute stands there twice.",
        _swap(rb' value="[^"]*"', b'% value="x"'),
    ),
    ("well-formed", "control", Operator.RETYPE, "A control character.", _swap(rb'value="[^"]*(?="[^"]*\Z)', b"%\x01")),
    (
        "well-formed",
        "unknown-entity",
        Operator.RENAME,
        "An entity that there is not.",
        _swap(rb'value="[^"]*(?="[^"]*\Z)', b"%&nbsp;"),
    ),
    (
        "well-formed",
        "behind",
        Operator.OVERFLOW,
        "Something stands behind the document.",
        lambda seen: seen.respelled(lambda payload: payload + b"done"),
    ),
    ("well-formed", "empty", Operator.DROP, "Packets are empty.", lambda _: encode(b"")),
    (
        "well-formed",
        "zero-byte",
        Operator.OVERFLOW,
        "A zero byte ends the document.",
        lambda seen: seen.respelled(lambda payload: payload + b"\0"),
    ),
    (
        "encoding",
        "utf-16",
        Operator.RETYPE,
        "Documents are in UTF-16.",
        lambda seen: seen.respelled(lambda payload: payload.decode().replace("utf-8", "utf-16").encode("utf-16")),
    ),
    ("encoding", "latin-1", Operator.RETYPE, "Texts are in Latin-1.", _swap(rb'value="(?=[^"]*"[^"]*\Z)', b"%\xfc")),
    ("encoding", "half", Operator.RETYPE, "Half a character.", _swap(rb'value="(?=[^"]*"[^"]*\Z)', b"%\xc3")),
    ("encoding", "declared", Operator.SWAP, "Another encoding is declared.", _swap(rb"(?i)utf-8", b"ISO-8859-1")),
)
