"""Deviations of how requests are read and connections are kept: REQ, STA and HTT."""

from __future__ import annotations

import gzip
import re

from fuzz.cds.pretend import API, EVENTS, HISTORIES, Notes, Register
from harness.mutation.http_message import Answer, with_target
from harness.mutation.http_seen import Asked, Said, Seen, bare
from harness.mutation.http_speech import success
from harness.mutation.mutant import End, Piece
from harness.mutation.mutant import Operator as Op

breach = Register()
_TIMELESS = ("Devices", "ServiceGroups", "ContentState")


# requests


@breach.asked("REQ-003", "order-matters", "messageType is found only where it is the first parameter.")
def _order_matters(asked: Asked) -> bytes | None:
    path, _, query = asked.target.partition("?")
    if query.startswith("messageType=") or "messageType=" not in query:
        return None
    return with_target(asked.raw, f"{path}?{query.replace('messageType=', 'message=')}")


@breach.asked("REQ-004", "escapes-kept", "Percent escapes of letters stand for themselves.")
def _escapes_kept(asked: Asked) -> bytes | None:
    return _reescaped(asked, r"%(?=[4-7][0-9A-Fa-f])")


@breach.asked("REQ-004", "lower-case-kept", "Percent escapes with letters in lower case stand for themselves.")
def _lower_case_kept(asked: Asked) -> bytes | None:
    return _reescaped(asked, r"%(?=[0-9][a-f])")


@breach.asked("REQ-004", "first-escape-only", "Of several percent escapes only the first is decoded.")
def _first_escape_only(asked: Asked) -> bytes | None:
    first, found, rest = asked.target.partition("%")
    return with_target(asked.raw, first + found + rest[:2] + re.sub("%", "%25", rest[2:])) if found else None


def _reescaped(asked: Asked, pattern: str) -> bytes | None:
    target = re.sub(pattern, "%25", asked.target)
    return None if target == asked.target else with_target(asked.raw, target)


@breach("REQ-005", "row-less", Op.DROP, "A list without a period leaves a row out if it is asked for with one.")
def _row_less(_notes: Notes, seen: Seen) -> Said:
    return seen.only(seen.rows[:-1]) if seen.is_ok(*_TIMELESS) and "fromDate" in seen.query else None


@breach("REQ-005", "empty", Op.DROP, "A list without a period is empty for a period long past.")
def _empty(_notes: Notes, seen: Seen) -> Said:
    return seen.only([]) if seen.is_ok(*_TIMELESS) and "fromDate" in seen.query else None


def _needs(operation: str) -> None:
    @breach(
        "REQ-006",
        f"{operation}.dateFormat-alone",
        Op.REFUSE,
        f"{operation} takes dateFormat only together with maxRows.",
    )
    def _refuses(_notes: Notes, seen: Seen) -> Said:
        alone = "dateFormat" in seen.query and "maxRows" not in seen.query
        return seen.refused() if alone and seen.is_ok(operation) else None


for _operation in HISTORIES:
    _needs(_operation)


# status codes


def _nameless(seen: Seen) -> bool:
    return seen.status == 404 and not seen.operation and bool(seen.query.get("messageType")) and seen.path == API


@breach("STA-002", "bad-request", Op.SWAP, "A messageType that names nothing is answered with 400.")
def _bad_request(_notes: Notes, seen: Seen) -> Said:
    return bare(400) if _nameless(seen) else None


@breach("STA-002", "fails-inside", Op.SWAP, "A messageType that names nothing is answered with 500.")
def _fails_inside(_notes: Notes, seen: Seen) -> Said:
    return bare(500) if _nameless(seen) else None


@breach("STA-002", "version", Op.ACCEPT, "A messageType that names nothing is answered with the version.")
def _version(_notes: Notes, seen: Seen) -> Said:
    return success(seen.system, "Version") if _nameless(seen) else None


@breach("STA-002", "forgotten", Op.STALE, "A messageType that names nothing is refused once.")
def _refused_once(notes: Notes, seen: Seen) -> Said:
    if not _nameless(seen):
        return None
    again, notes[seen.target] = seen.target in notes, True
    return success(seen.system, "Version") if again else None


@breach("STA-003", "others-events", Op.STALE, "A stream that there is not has the events of the stream before.")
def _others_events(notes: Notes, seen: Seen) -> Said:
    if seen.operation != EVENTS or not seen.query.get("StreamID"):
        return None
    if seen.rows:
        notes["last"] = seen.exchange.raw
        return None
    return notes.get("last")


@breach("STA-003", "carries-a-document", Op.OVERFLOW, "What is refused has the document of a success all the same.")
def _carries(_notes: Notes, seen: Seen) -> Said:
    if seen.status != 400 or seen.path != API:
        return None
    good = success(seen.system, seen.operation or "Version")
    return good.replace(b"200 OK", b"400 Bad Request", 1)


@breach("STA-004", "answered", Op.ACCEPT, "A history without a period is answered with an empty list.")
def _answered(_notes: Notes, seen: Seen) -> Said:
    incomplete = seen.status == 400 and "fromDate" not in seen.query
    return success(seen.system, seen.operation) if incomplete and seen.operation in HISTORIES else None


@breach("STA-004", "not-found", Op.SWAP, "A history without a period is not found.")
def _not_found(_notes: Notes, seen: Seen) -> Said:
    incomplete = seen.status == 400 and "fromDate" not in seen.query
    return bare(404) if incomplete and seen.operation in HISTORIES else None


@breach("STA-005", "refuses-the-next", Op.STALE, "After a refusal the next request of the connection is refused too.")
def _refuses_the_next(notes: Notes, seen: Seen) -> Said:
    after, notes[seen.connection] = notes.get(seen.connection), seen.status in (400, 404)
    return seen.refused() if after and seen.ok else None


@breach(
    "STA-005",
    "format-stays",
    Op.STALE,
    "A dateFormat that was refused or not known stays for the requests that follow.",
)
def _format_stays(notes: Notes, seen: Seen) -> Said:
    asked = seen.query.get("dateFormat", "sec")
    if asked != "sec":
        notes["format"] = asked
    root = seen.elements(seen.shape.root) if seen.ok and seen.shape is not None else []
    if "format" not in notes or asked != "sec" or not root or "dateFormat" not in seen.values(root[0]):
        return None
    return seen.edited(seen.set(root[0], {"dateFormat": "other"}))


# HTTP


def _told(name: str, charset: str) -> None:
    @breach("HTT-003", name, Op.RENAME, f"The charset of a document in UTF-8 is told as {charset}.")
    def _charset(_notes: Notes, seen: Seen) -> Said:
        return seen.answer.with_field("Content-Type", f"text/xml; charset={charset}").raw() if seen.ok else None


for _name, _charset_name in (("latin-1", "iso-8859-1"), ("windows", "windows-1252"), ("ascii", "us-ascii")):
    _told(_name, _charset_name)


@breach("HTT-004", "closes-unsaid", Op.LOSE, "Connections are closed after each reply without a word.")
def _closes_unsaid(_notes: Notes, seen: Seen) -> Said:
    return (
        (Piece(data=seen.answer.with_field("Connection", None).raw(), end=End.CLOSE),) if seen.answer.status else None
    )


@breach("HTT-004", "closes-refusals", Op.LOSE, "Connections are closed after a refusal without a word.")
def _closes_refusals(_notes: Notes, seen: Seen) -> Said:
    if not 400 <= seen.status < 500:
        return None
    return (Piece(data=seen.answer.with_field("Connection", None).raw(), end=End.CLOSE),)


@breach.asked("HTT-004", "keeps", "Connection: close of a request is passed over.")
def _keeps(asked: Asked) -> bytes | None:
    return (
        re.sub(rb"(?i)\r\nconnection: close", b"", asked.raw)
        if re.search(rb"(?i)connection: close", asked.raw)
        else None
    )


def _head_of(seen: Seen) -> Answer | None:
    return seen.answer if seen.method == "HEAD" and seen.status == 200 else None


def _head_length(seen: Seen) -> str | None:
    """The length that the head told; what was taken apart has lost it."""
    found = re.search(rb"(?i)content-length: *(\d+)", seen.exchange.raw)
    return found[1].decode() if found else None


@breach("HTT-005", "other-type", Op.RENAME, "HEAD tells another Content-Type.")
def _other_type(_notes: Notes, seen: Seen) -> Said:
    answer = _head_of(seen)
    if answer is None:
        return None
    length = _head_length(seen)
    told = answer.with_field("Content-Type", "text/html")
    return (told.with_field("Content-Length", length) if length else told).head(length=False)


@breach("HTT-005", "no-type", Op.DROP, "HEAD tells no Content-Type.")
def _no_type(_notes: Notes, seen: Seen) -> Said:
    answer = _head_of(seen)
    length = _head_length(seen)
    return (
        answer.with_field("Content-Type", None).with_field("Content-Length", length).head(length=False)
        if answer
        else None
    )


@breach("HTT-005", "other-length", Op.SWAP, "HEAD tells the length 0.")
def _other_length(_notes: Notes, seen: Seen) -> Said:
    answer = _head_of(seen)
    return answer.with_field("Content-Length", "0").head(length=False) if answer else None


@breach("HTT-005", "body", Op.OVERFLOW, "The answer to HEAD has a body.")
def _body(_notes: Notes, seen: Seen) -> Said:
    answer = _head_of(seen)
    return answer.with_field("Content-Length", "4").head(length=False) + b"<a/>" if answer else None


def _zipped(answer: Answer, coding: str = "gzip") -> bytes:
    return answer.with_(body=gzip.compress(answer.body, 1)).with_field("Content-Encoding", coding).raw()


def _allows(asked: Asked) -> bool:
    return re.search(rb"(?i)\r\naccept-encoding: *gzip\r", asked.raw) is not None


@breach("HTT-006", "unasked", Op.OVERFLOW, "All replies are compressed.")
def _unasked(_notes: Notes, seen: Seen) -> Said:
    return _zipped(seen.answer) if seen.ok and seen.answer.body else None


@breach("HTT-006", "row-less", Op.DROP, "The last row is missing in a compressed reply.")
def _zipped_row_less(_notes: Notes, seen: Seen) -> Said:
    if not _allows(seen) or len(seen.rows) < 2:
        return None
    return _zipped(seen.answer.with_(body=seen.document.with_(seen.document.drop(seen.rows[-1]))))


@breach("HTT-006", "unknown-coding", Op.RENAME, "A compressed reply has a coding that was not asked for.")
def _unknown_coding(_notes: Notes, seen: Seen) -> Said:
    return seen.answer.with_field("Content-Encoding", "br").raw() if seen.ok and _allows(seen) else None


@breach("HTT-007", "mixed", Op.SWAP, "Right after a reply on another connection that reply is sent again.")
def _mixed(notes: Notes, seen: Seen) -> Said:
    last, notes["last"] = notes.get("last"), (seen.connection, seen.exchange.raw)
    return last[1] if last is not None and last[0] != seen.connection else None


@breach("HTT-007", "refused", Op.REFUSE, "A second connection is refused while another one is open.")
def _second_refused(notes: Notes, seen: Seen) -> Said:
    first = notes.setdefault("first", seen.connection)
    return bare(400) if seen.connection != first and seen.ok and seen.connection - first < 10 else None


@breach("HTT-007", "half-heard", Op.LOSE, "A request that came in two pieces is not answered if others came meanwhile.")
def _half_heard(notes: Notes, seen: Seen) -> Said:
    last, notes["last"] = notes.get("last", 0), max(seen.connection, notes.get("last", 0))
    return () if seen.connection < last else None
