"""What a conforming device may take bytes for, on either road. Shares nothing with `harness.messages` and `harness.wire`.

Certain is only what the document says under all its readings; whatever else is open, and `comes` is false where even that one result
comes is. When in doubt, it is open: a finding on a conforming device is a defect of ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.fuzzing.document_kit import EITHER, FAILURE, SUCCESS, Asked
from harness.messages.documentreply import STREAM, URL
from harness.spec.model import System
from harness.target import Target

_ELEMENT = rb"[ \t\r\n]*+<([A-Z][A-Z0-9_]*)>((?:[^<&]|&(?:amp|lt|gt|quot|apos|#[0-9]{1,8}|#x[0-9A-Fa-f]{1,6});)*+)</\1>"
_BODY = re.compile(_ELEMENT)
_DOCUMENT = re.compile(rb"<REQUEST>((?:" + _ELEMENT.replace(rb"\1", rb"\2") + rb")*+)[ \t\r\n]*+</REQUEST>\r\n")
_BEGUN = re.compile(rb"<REQUEST>((?:" + _ELEMENT.replace(rb"\1", rb"\2") + rb")*+)")
# The beginning of one more element, or of the end.
_PARTIAL = re.compile(
    rb"[ \t\r\n]*+(?:<(?:[A-Z][A-Z0-9_]*(?:>(?:[^<&]|&#?[a-zA-Z0-9]*;?)*+(?:<(?:/[A-Z0-9_]*)?)?)?)?|</[A-Z]*+|</REQUEST>\r?)?"
)
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_URL = re.compile(
    rb"GET (/webAPI\.php|/webAPI\.aspx)\?((?:[A-Za-z0-9._~=&-]|%[0-9A-Fa-f]{2}|\+)*+) HTTP/1\.1\r\nHost: [A-Za-z0-9.:\[\]-]+\r\n\r\n"
)
_METHOD = re.compile(rb"\s*+(\S+)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MOST_QUERY = 4000
_HIGHEST = 2147483647
# What every reading takes for one word.
_FUNCTION = re.compile(r"[A-Z0-9]{1,40}")
_TIDY = re.compile(r"[!-~]+(?: [!-~]+)*+")


@dataclass(frozen=True, slots=True)
class _Read:
    """A request taken apart: names in the letters of the document, values decoded."""

    pairs: list[tuple[str, str]]
    odd: bool = False  # something in its spelling is open
    broken: bool = False  # it may be none


class Grammar:
    """Reads requests."""

    def __init__(self, system: System, _target: Target) -> None:
        self._operations = system.operations
        self._types = system.types

    def stream(self, data: bytes) -> tuple[list[Asked], bytes, bool]:
        """See `harness.fuzzing.document_kit.Reads`."""
        found: list[Asked] = []
        while data:
            whole = _DOCUMENT.match(data)
            if whole is None:
                if _is_begun(data):
                    return found, data, True
                return [*found, _open(data, STREAM)], b"", False
            asked = self._meant(whole[0], _elements(whole[1]), STREAM)
            found.append(asked)
            if not asked.comes:
                return found, b"", False
            data = data[whole.end() :]
        return found, b"", True

    def urls(self, data: bytes) -> tuple[list[Asked], bytes, bool]:
        """See `harness.fuzzing.document_kit.Reads`."""
        whole = _URL.fullmatch(data)
        if whole is None or len(whole[2]) > _MOST_QUERY:
            return [_open(data, URL)], b"", False
        asked = self._meant(data, _query(whole[2]), URL)
        return [asked], b"", asked.comes

    def _meant(self, raw: bytes, read: _Read, road: str) -> Asked:
        names = [name for name, _ in read.pairs]
        given = dict(read.pairs)
        word = given.get("TYPE", "")
        if read.broken or names.count("TYPE") != 1 or "REQUESTTYPE" in names or not word.strip():
            return _open(raw, road)
        number = given.get("REQUESTID", "")
        numbered = names.count("REQUESTID") == 1
        operation = self._operations.get(word if road == STREAM else word.upper())
        fields = tuple(one for one in read.pairs if one[0] not in ("TYPE", "REQUESTID"))
        if operation is None:
            known = word.strip().upper() in self._operations or not _FUNCTION.fullmatch(word.upper())
            outcomes, clauses = (EITHER, ()) if known else (frozenset((FAILURE,)), ("UPT-RES-006",))
            valid = numbered and not read.odd and _is_valid(number)
            return Asked(raw=raw, number=number if valid else None, outcomes=outcomes, clauses=clauses, road=road)
        tidy = (
            not read.odd
            and len(set(names)) == len(names)
            and all(name in operation.parameters for name, _ in fields)
            and all(self._fits(operation.parameters[name].type, value) for name, value in fields)
        )
        function = word if road == STREAM else word.upper()
        if not numbered or not _is_valid(number):
            above = (
                tidy and numbered and number.isascii() and number.isdecimal() and number[0] != "0" and len(number) < 20
            )
            return Asked(
                raw=raw, function=function, fields=fields, road=road, outcomes=frozenset((FAILURE,)) if above else EITHER,
                code="requestid-invalid" if above else "", clauses=("UPT-NUM-003",) if above else ("UPT-NUM-006",),
            )  # fmt: skip
        outcomes = frozenset((SUCCESS,)) if tidy and function == "TEST" and not fields else EITHER
        return Asked(
            raw=raw, function=function, fields=fields, number=None if read.odd else number, outcomes=outcomes, plain=tidy, road=road,
            clauses=("UPT-SYS-001", "UPT-NUM-004") if len(outcomes) == 1 else (),
        )  # fmt: skip

    def _fits(self, kind: str, value: str) -> bool:
        maximum = self._types[kind].maximum if self._types[kind].base.value in ("text", "word") else None
        return bool(value) and _TIDY.fullmatch(value) is not None and (maximum is None or len(value) <= maximum)


def _is_valid(number: str) -> bool:
    return (
        number.isascii() and number.isdecimal() and number[0] != "0" and len(number) <= 10 and int(number) <= _HIGHEST
    )


def _open(raw: bytes, road: str) -> Asked:
    found = _METHOD.match(raw)
    method = found[1].decode("latin-1") if found is not None and road == URL else "GET"
    return Asked(raw=raw, comes=False, road=road, method=method)


def _is_begun(data: bytes) -> bool:
    """Whether it is the beginning of a document in which nothing is open yet."""
    if b"<REQUEST>".startswith(data):
        return True
    begun = _BEGUN.match(data)
    return begun is not None and _PARTIAL.fullmatch(data, begun.end()) is not None


def _elements(body: bytes) -> _Read:
    pairs, odd, broken = [], False, False
    for name, typed in _BODY.findall(body):
        try:
            text = typed.decode("utf-8")
        except UnicodeDecodeError:
            return _Read([], broken=True)
        value = _REFERENCE.sub(_character, text)
        broken = broken or _CONTROL.search(value) is not None or "]]>" in text or "\ufdd0" in value
        odd = odd or not value or _TIDY.fullmatch(value) is None
        pairs.append((name.decode(), value))
    return _Read(pairs, odd, broken)


def _character(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 and code else "\ufdd0"


def _query(query: bytes) -> _Read:
    pairs, odd, broken = [], b"+" in query, False
    for part in query.decode("ascii").split("&"):
        name, equals, typed = part.partition("=")
        if not equals or "=" in typed or not re.fullmatch(r"[A-Za-z0-9_]+", name):
            return _Read([], broken=True)
        try:
            value = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes((int(found[1], 16),)), typed.encode()).decode(
                "utf-8"
            )
        except UnicodeDecodeError:
            return _Read([], broken=True)
        broken = broken or _CONTROL.search(value) is not None
        odd = odd or not value or _TIDY.fullmatch(value) is None
        pairs.append((name.upper(), value))
    return _Read(pairs, odd, broken)
