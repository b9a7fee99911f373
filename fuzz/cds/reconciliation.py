"""What may answer a request for the trick modes of a stream: an interface of its own, with errors of its own."""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.cds.bytes import Line, Pair
from fuzz.cds.verdict import (
    BAD,
    EVENT_TYPES,
    NO_MESSAGE,
    NO_STREAM,
    NOT_FOUND,
    RECONCILIATION,
    Verdict,
    finished,
    lenient,
    may_be,
)
from harness.fuzzing.http_kit import Asked


def events(line: Line, pairs: Sequence[Pair]) -> Asked:
    """What may answer it."""
    verdict = Verdict()
    kinds = [pair for pair in pairs if may_be(pair, "messageType")]
    streams = [pair for pair in pairs if may_be(pair, "StreamID")]
    clause = f"CDS-{RECONCILIATION}"
    if not line.plain:
        verdict.doubt(BAD, NOT_FOUND)
    verdict.doubt(NO_STREAM, NO_MESSAGE, BAD, NOT_FOUND)
    certain = not any(pair.odd for pair in pairs)
    if certain and not kinds:
        verdict.maybe.clear()
        exact = any(pair.name == "StreamID" for pair in streams)  # spelled otherwise it may be none
        refusals = (NO_MESSAGE,) if exact else (NO_MESSAGE, NO_STREAM)
        if len(pairs) == len(streams) <= 1 and (not streams or streams[0].value):
            verdict.refuse(f"{clause}.error.invalid-message", *refusals)
        else:
            verdict.refuse(f"{clause}.error.invalid-message", NO_MESSAGE, NO_STREAM, BAD)
    elif certain and not streams:
        verdict.maybe.clear()
        verdict.refuse(f"{clause}.error.missing-stream", NO_STREAM, NO_MESSAGE, *((BAD,) if len(pairs) > 1 else ()))
        verdict.sure.append(NOT_FOUND)
    elif certain and len(kinds) == 1 and kinds[0].name == "messageType" and not _is_event_type(kinds[0].value):
        verdict.maybe.clear()
        verdict.refuse(f"{clause}.error.invalid-message", NO_MESSAGE, NOT_FOUND, NO_STREAM)
        if len(pairs) > 2 or any(pair.name not in ("messageType", "StreamID") for pair in pairs):
            verdict.sure.append(BAD)
    echo = None
    if certain and len(streams) == 1:
        value = Pair.decoded(streams[0].raw_value)
        spaced = streams[0].raw_value.replace("+", " ")
        texts = tuple(dict.fromkeys((value, Pair.decoded(spaced))))
        if all(_is_xml(text) for text in texts) and value == value.strip():
            echo = ("TrickmodeEventList", "StreamID", texts, "CDS-REC-002")
    values = (
        {pair.name: pair.value for pair in pairs}
        if certain and len({pair.name for pair in pairs}) == len(pairs)
        else {}
    )
    return finished(line, (RECONCILIATION,), verdict, values, echo=echo)


def _is_event_type(text: str) -> bool:
    return lenient(text).lower() in [one.lower() for one in EVENT_TYPES] or not text.isascii() or not text.isprintable()


def _is_xml(text: str) -> bool:
    """Whether a text comes back unchanged through an attribute of a document."""
    return bool(text) and text.isprintable() and "\ufffd" not in text and text == " ".join(text.split(" "))
