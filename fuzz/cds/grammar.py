"""What a conforming device may answer to the bytes of a request: a reading of the document that shares nothing with codec, spec or servers.

`bytes.py` beside this says what HTTP makes of the bytes; here stands what the messages say of path and query. Whatever the document leaves open,
or says in two ways, leaves the answer open: a request is certainly answered, certainly refused, or both conform.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fuzz.cds.bytes import Line, Pair, pairs_of
from fuzz.cds.reconciliation import events
from fuzz.cds.verdict import (
    API,
    BAD,
    CAPACITY,
    EVENTS,
    FOLDED,
    HISTORIES,
    HOUR,
    MANY,
    MESSAGES,
    NOT_FOUND,
    PAGES,
    PERIOD,
    RANGE,
    RECONCILIATION,
    Verdict,
    finished,
    lenient,
    may_be,
)
from harness.fuzzing.http_kit import Asked

_PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]+", re.ASCII)
# What is surely no number: printable, and without what a lenient reader cuts off or takes for one.
_PRINTABLE = re.compile(r"[!-~]+(?: +[!-~]+)*")
_MOST_DIGITS = 4000  # of a number that is looked at as one
_SERVED_FROM = 86_400  # of times before it, and of 0, a device may say that they are no times
_MOST_ROWS = 2_147_483_647


@dataclass(slots=True)
class Facts:
    """What is known of the device. Times from `since` to `until` are surely times at which it was at work."""

    since: int = 0
    until: int = 0
    streams: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    servers: frozenset[str] = frozenset()


def asked(line: Line, facts: Facts) -> Asked:
    """What may answer a request that is well-formed HTTP."""
    if (line.strange or line.query.count("&") > MANY) and line.path in (API, EVENTS):
        return Asked(
            raw=line.raw, method=line.method, may_close=True, any_error=True, anything=line.anything, success=True,
            documents=(*MESSAGES, RECONCILIATION), refusals=(BAD, NOT_FOUND), clauses=("CDS-STA-001",),
        )  # fmt: skip
    pairs = pairs_of(line.query)
    if line.path == API:
        return _everstream(line, pairs, facts)
    if line.path == EVENTS:
        return events(line, pairs)
    return Asked(raw=line.raw, method=line.method, anything=True, may_close=line.may_close)


def _everstream(line: Line, pairs: Sequence[Pair], facts: Facts) -> Asked:
    verdict = Verdict()
    kinds = [pair for pair in pairs if pair.name == "messageType"]
    odd = any(may_be(pair, "messageType") for pair in pairs if pair.name != "messageType")
    if len(kinds) != 1 or odd or kinds[0].odd:
        return _no_certain_message(line, pairs, kinds, odd=odd)
    text = kinds[0].value
    if text not in MESSAGES:
        return _unknown_message(line, pairs, text)
    operations: tuple[str, ...] = (text,)
    if text == "TrickModeListHistory":  # only its heading calls it so
        verdict.doubt(NOT_FOUND, BAD)
    if text == "TrickModeHistory":
        operations = (text, "TrickModeListHistory")
    values = _parameters(pairs, MESSAGES[text], verdict)
    window = _window(text, pairs, values, verdict, facts) if "fromDate" in MESSAGES[text] else None
    most: tuple[int, str] | None = None
    if text in HISTORIES:
        _history_pages(pairs, values, verdict)
    elif text == RANGE:
        most = _range(pairs, values, verdict)
    elif text == CAPACITY:
        _capacity(pairs, values, verdict, facts)
    return finished(line, operations, verdict, values, window=window, most_rows=most)


def _no_certain_message(line: Line, pairs: Sequence[Pair], kinds: Sequence[Pair], *, odd: bool) -> Asked:
    """No messageType, more than one, or one under some reading only."""
    verdict = Verdict()
    if not kinds and not odd:
        if any(pair.name.lower() in ("version", "") or pair.odd for pair in pairs) or not line.plain:
            verdict.doubt(BAD, NOT_FOUND)  # Version may be a parameter of its own
            return finished(line, ("Version", *MESSAGES), verdict, {})
        verdict.refuse("CDS-STA-002", BAD, NOT_FOUND)
        verdict.clauses.append("CDS-STA-004")
        return finished(line, (), verdict, {})
    verdict.doubt(BAD, NOT_FOUND)
    return finished(line, tuple(MESSAGES), verdict, {})


def _unknown_message(line: Line, pairs: Sequence[Pair], text: str) -> Asked:
    verdict = Verdict()
    folded = lenient(text).lower()
    if folded in FOLDED or not text.isascii() or not text.isprintable():
        verdict.doubt(BAD, NOT_FOUND)
        return finished(line, tuple(MESSAGES), verdict, {})
    if not text:
        verdict.refuse("CDS-STA-004", BAD, NOT_FOUND)
        return finished(line, (), verdict, {})
    verdict.refuse("CDS-STA-002", NOT_FOUND)
    strange = any(
        pair.odd or pair.name not in MESSAGES["StreamHistory"] for pair in pairs if pair.name != "messageType"
    )
    wrong = any(pair.name in (*PERIOD, *PAGES) and not _PLAIN_NUMBER.fullmatch(pair.value) for pair in pairs)
    if strange or wrong or len({pair.name for pair in pairs}) < len(pairs) or len(pairs) > 1:
        verdict.sure.append(BAD)  # something else may be wrong with it as well
    if any(pair.name.lower() == "version" for pair in pairs):
        verdict.maybe.append(BAD)
    return finished(line, (), verdict, {})


def _parameters(pairs: Sequence[Pair], names: Sequence[str], verdict: Verdict) -> dict[str, str]:
    """The values of what certainly is a parameter of the message; everything else that is there may be a reason to refuse."""
    values: dict[str, str] = {}
    order = []
    for pair in pairs:
        if pair.name == "messageType":
            order.append(-1)
        elif pair.name in names and not pair.odd:
            if pair.name in values or any(may_be(one, pair.name) for one in pairs if one is not pair):
                verdict.doubt()
                values[pair.name] = "\0"  # either of two
            else:
                values[pair.name] = pair.value
            order.append(names.index(pair.name))
        else:
            verdict.doubt(BAD)
            if pair.odd:
                verdict.doubt(NOT_FOUND)
    if order != sorted(order):
        verdict.doubt()
    return values


def _hidden(pairs: Sequence[Pair], name: str) -> bool:
    """Whether some reading finds a parameter of this name in what does not certainly have it."""
    return any(may_be(pair, name) for pair in pairs if pair.name != name or pair.odd)


# periods


def _window(
    text: str, pairs: Sequence[Pair], values: dict[str, str], verdict: Verdict, facts: Facts
) -> tuple[int, int] | None:
    numbers: list[int | None] = []
    for name in PERIOD:
        value = values.get(name)
        numbers.append(None)
        if value is None:
            if _hidden(pairs, name):
                verdict.doubt()
            else:
                verdict.refuse(f"CDS-{text}.{name}.required")
                verdict.clauses.append("CDS-STA-004")
        elif value == "\0":
            continue
        elif value == "":
            verdict.refuse(f"CDS-{text}.{name}")
        elif (number := _number(value)) is not None:
            numbers[-1] = number
            if not _PLAIN_NUMBER.fullmatch(value) or not max(facts.since, _SERVED_FROM) <= number <= facts.until:
                verdict.doubt()
        elif _surely_none(value):
            verdict.refuse(f"CDS-{text}.{name}.type")
        else:
            verdict.doubt()
    start, end = numbers
    if start is None or end is None:
        return None
    if end - start > HOUR:
        if text == CAPACITY:
            verdict.doubt()  # all examples ask for a day
        else:
            verdict.refuse(f"CDS-{text}.window")
    elif end <= start:
        verdict.doubt()
    plain = all(_PLAIN_NUMBER.fullmatch(values[name]) for name in PERIOD)
    return (start, end) if plain and start <= end else None


def _number(text: str) -> int | None:
    """The number that a text certainly is, if it is one."""
    if len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
        return None
    return int(text)


def _surely_none(text: str) -> bool:
    return (
        bool(_PRINTABLE.fullmatch(text))
        and not _NUMBER.fullmatch(text)
        and text[:1] != "+"
        and len(text) < _MOST_DIGITS
    )


# pages


def _history_pages(pairs: Sequence[Pair], values: dict[str, str], verdict: Verdict) -> None:
    rows, offset, form = (values.get(name) for name in PAGES)
    for value in (rows, offset):
        if value is not None and not (_PLAIN_NUMBER.fullmatch(value) and int(value) <= _MOST_ROWS):
            verdict.doubt()
    if rows is not None and rows in ("0", ""):
        verdict.doubt()
    if offset not in (None, "0") or (offset is not None and rows is None):
        verdict.doubt()  # there may not be so many rows; an offset alone may be too little
    if form not in (None, "sec"):
        verdict.doubt()
    if any(_hidden(pairs, name) for name in PAGES):
        verdict.doubt()


def _range(pairs: Sequence[Pair], values: dict[str, str], verdict: Verdict) -> tuple[int, str] | None:
    rows, offset = values.get("maxRows"), values.get("fromOffset")
    if offset is not None:
        verdict.doubt()  # a name that the device does not know, or a number
    if rows is None:
        if _hidden(pairs, "maxRows"):
            verdict.doubt()
        else:
            verdict.refuse(f"CDS-{RANGE}.maxRows.required")
            verdict.clauses.append("CDS-STA-004")
        return None
    if rows == "\0":
        return None
    if rows == "":
        verdict.refuse(f"CDS-{RANGE}.maxRows")
        return None
    number = _number(rows)
    if number is None:
        if _surely_none(rows):
            verdict.refuse(f"CDS-{RANGE}.maxRows.type")
        else:
            verdict.doubt()
        return None
    if not _PLAIN_NUMBER.fullmatch(rows) or not 0 < number <= _MOST_ROWS:
        verdict.doubt()
        return None
    return number, "CDS-PAG-001"


# capacity


def _capacity(pairs: Sequence[Pair], values: dict[str, str], verdict: Verdict, facts: Facts) -> None:
    action, kind = values.get("action"), values.get("timeType")
    open_ = [name for name in ("action", "timeType", "serviceGroup", "serverID") if _hidden(pairs, name)]
    if open_:
        verdict.doubt()
    if kind not in (None, "DAY", "WEEK"):
        verdict.doubt()
    needs = {"SERVICEGROUP": "serviceGroup", "SERVER": "serverID", "SERVERID": "serverID"}.get(action or "")
    if action not in (None, "OVERALL", "SERVICEGROUP"):
        verdict.doubt()  # one of two spellings, or a word that a device may pass over as it may one of timeType
    for name in ("serviceGroup", "serverID"):
        value = values.get(name)
        if name == needs:
            if value is None and name not in open_:
                verdict.refuse("CDS-CAP-001" if name == "serviceGroup" else "CDS-CAP-002")
            elif value is not None and _surely_none(value):
                verdict.refuse(f"CDS-{CAPACITY}.{name}.type")
            elif value not in (facts.groups if name == "serviceGroup" else facts.servers):
                verdict.doubt(BAD, NOT_FOUND)
        elif value is not None:
            verdict.doubt()
