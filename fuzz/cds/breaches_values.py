"""Deviations of what values mean, whatever message they stand in: RSP."""

from __future__ import annotations

from fuzz.cds.pretend import HISTORIES, STREAMS, TRICKS, Notes, Register, changed
from harness.mutation.http_seen import Said, Seen
from harness.mutation.mutant import Operator as Op

breach = Register()


def _address(operation: str, name: str, value: str) -> None:
    @breach("RSP-004", f"{operation}.{value}", Op.RETYPE, f"{name} of {operation} is {value}.")
    def _wrong(_notes: Notes, seen: Seen) -> Said:
        return changed(seen, "middle", **{name: value}) if seen.is_ok(operation) else None


for _operation in ("StreamHistory", "StreamListHistory", "Errors"):
    for _value in ("203.0.113.256", "203.0.113", "server-1"):
        _address(_operation, "serverIpAddress", _value)
_address("Devices", "ipAddress", "10.0.0.0.1")
_address("ContentState", "digestIpAddress", "unknown")


def _declared(encoding: str) -> None:
    @breach("RSP-005", encoding, Op.RENAME, f"A document in UTF-8 is declared as {encoding}.")
    def _otherwise(_notes: Notes, seen: Seen) -> Said:
        told = encoding.encode()
        return (
            seen.body(seen.answer.body.replace(b'encoding="UTF-8"', b'encoding="' + told + b'"', 1))
            if seen.ok
            else None
        )


for _encoding in ("ISO-8859-1", "windows-1252"):
    _declared(_encoding)


def _echo(operation: str) -> None:
    @breach("RSP-006", f"{operation}.other", Op.SWAP, f"The dateFormat of a reply of {operation} is another one.")
    def _other(_notes: Notes, seen: Seen) -> Said:
        if not seen.is_ok(operation) or seen.shape is None:
            return None
        return seen.each(lambda _: {"dateFormat": "msec"}, seen.elements(seen.shape.root))

    @breach("RSP-006", f"{operation}.rows-lost", Op.LOSE, f"{operation} leaves a row out with dateFormat=sec.")
    def _rows_lost(_notes: Notes, seen: Seen) -> Said:
        asked = seen.query.get("dateFormat") == "sec" and "maxRows" not in seen.query
        return seen.only(seen.rows[:-1]) if asked and seen.is_ok(operation) and len(seen.rows) > 1 else None


for _operation in HISTORIES:
    _echo(_operation)


def _below_zero(operation: str, element: str, name: str) -> None:
    @breach("RSP-007", f"{operation}.{name}", Op.RETYPE, f"{name} of {operation} is negative.")
    def _minus(_notes: Notes, seen: Seen) -> Said:
        return seen.each(lambda _: {name: "-1"}, seen.elements(element)[-1:]) if seen.is_ok(operation) else None


for _row in (
    ("StreamHistory", "Stream", "bitrate"),
    ("StreamListHistory", "Content", "contentLength"),
    ("ContentState", "ContentState", "filesize"),
    ("Version", "APIVersionResponse", "major"),
):
    _below_zero(*_row)


def _unnamed(operation: str, name: str) -> None:
    @breach("RSP-008", f"{operation}.{name}", Op.DROP, f"{name} of {operation} is empty.")
    def _empty(_notes: Notes, seen: Seen) -> Said:
        return changed(seen, "last", **{name: ""}) if seen.is_ok(operation) else None


for _pair in (
    *((operation, "sessionID") for operation in (*STREAMS, *TRICKS)),
    ("StreamHistory", "contentName"),
    ("Devices", "hostname"),
    ("Devices", "ipAddress"),
    ("ContentState", "contentName"),
):
    _unnamed(*_pair)
