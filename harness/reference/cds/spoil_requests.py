"""Seeded faults of how requests are read: most of them turn a request into another one, which is then answered as it should be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from harness.reference.cds.requests import Asked, Requests, Value
from harness.reference.cds.world import World
from harness.spec.xmlmodel import Window

_SELECTOR = "messageType"
_HOUR, _DAY = 3600, 86_400
_FAR = 10_000
_CAP = 8_192
_NUMBER = re.compile(r"-?[0-9]+")

Given = dict[str, str]


class FaultyRequests(Requests):
    """Reads requests with the faults that are on.

    Args:
        arguments: those of `Requests`.
        on: whether a fault is on.
        world: what there is.
    """

    def __init__(self, *arguments: Any, on: Callable[[str], bool], world: World) -> None:
        super().__init__(*arguments)
        self._on, self._world = on, world
        self._last_from = ""
        self._last_message = ""
        self._pages = 0
        self._page_before: tuple[Given, str] = {}, ""
        self.served = 0  # requests of the connection that asks now, this one included

    def _read(self, path: str, given: list[tuple[str, str]]) -> Asked:
        texts = dict(given)
        if len(texts) == len(given):  # what is given twice stays as it is
            self._message(path, texts)
            operation = texts.get(_SELECTOR, "")
            self._dates(operation, texts)
            self._numbers(operation, texts)
            self._capacity(operation, texts)
            if operation == "ContentRange":
                self._range(texts)
            given = list(texts.items())
        asked = super()._read(path, given)
        self._last_message = texts.get(_SELECTOR, "")
        self._last_from = texts.get("fromDate", self._last_from)
        return asked

    def _message(self, path: str, texts: Given) -> None:
        value = texts.get(_SELECTOR)
        if not value or value in self._known[path]:
            return
        if self._on("message-prefix"):
            longest = max((one for one in self._known[path] if value.startswith(one)), key=len, default=value)
            texts[_SELECTOR] = longest
        if self._on("message-remembered") and self._last_message in self._known[path]:
            texts[_SELECTOR] = self._last_message

    def _dates(self, operation: str, texts: Given) -> None:
        begin, end = texts.get("fromDate", ""), texts.get("toDate")
        hour = str(int(begin) + _HOUR - 1) if begin.isdecimal() and len(begin) < 15 else ""
        if operation == "StreamHistory" and end == "" and hour and self._on("date-empty"):
            texts["toDate"] = hour
        if operation == "PlayServerHistory" and end is None and hour and self._on("to-date-optional"):
            texts["toDate"] = hour
        if operation == "Errors" and "fromDate" not in texts and self._last_from and self._on("from-date-optional"):
            texts["fromDate"] = self._last_from
        if operation == "StreamListHistory" and end and self._on("date-tail"):
            texts["toDate"] = re.sub(r"[A-Za-z]+$", "", end)
        bare = operation == "StreamListHistory" and "maxRows" in texts and not texts.get("dateFormat")
        if bare and self._on("format-needed"):
            texts["toDate"] = "none"  # no date at all: refused

    def _numbers(self, operation: str, texts: Given) -> None:
        rows, offset = _number(texts.get("maxRows")), _number(texts.get("fromOffset"))
        if rows is not None:
            self._rows(operation, rows, texts)
        if offset is None or operation == "ContentRange":
            return
        changed = offset
        if operation == "StreamHistory" and offset > _FAR and self._on("page-loses"):
            changed = offset + 1
        if operation == "StreamListHistory" and offset > _FAR and self._on("page-doubles"):
            changed = offset - 1
        if operation == "StreamListHistory" and self._on("offset-capped"):
            changed = min(offset, _CAP)
        if operation == "TrickModeListHistory" and rows and offset % rows == 0 and self._on("offset-in-pages"):
            changed = offset // rows
        if offset and self._on("page-drifts"):
            self._pages += 1
            changed = offset - (self._pages % 3 == 2)
        texts["fromOffset"] = str(changed)
        if operation == "TrickModeHistory" and self._on("page-remembered"):
            page = {name: text for name, text in texts.items() if name != "fromOffset"}
            if page == self._page_before[0]:
                texts["fromOffset"] = self._page_before[1]
            self._page_before = page, texts["fromOffset"]

    def _rows(self, operation: str, rows: int, texts: Given) -> None:
        changed = rows
        if operation == "TrickModeHistory" and rows >= 50 and self._on("row-more"):
            changed = rows + 1
        if operation == "ContentRange" and rows >= 100 and self._on("range-more"):
            changed = rows + 1
        if operation == "Errors" and rows > 1 and self._on("row-less"):
            changed = rows - 1
        if operation == "Errors" and self._on("sixteen-bits"):
            changed = rows % 65_536
        texts["maxRows"] = str(changed)
        if operation == "PlayServerHistory" and rows == 1 and self._on("one-is-all"):
            del texts["maxRows"]

    def _capacity(self, operation: str, texts: Given) -> None:
        if operation == "ContentRange":
            if self._on("max-rows-optional") and not texts.get("maxRows"):
                texts["maxRows"] = "1000000"
            if self._on("max-rows-word") and texts.get("maxRows") and _number(texts["maxRows"]) is None:
                texts["maxRows"] = "1000000"
        if operation != "CapacityPlanning":
            return
        action = texts.get("action", "")
        if action == "SERVICEGROUP" and not texts.get("serviceGroup") and self._on("group-not-needed"):
            texts["action"] = "OVERALL"
        if action in ("SERVER", "SERVERID") and not texts.get("serverID") and self._on("server-not-needed"):
            texts["action"] = "OVERALL"
        if action and self._on("any-action") and action not in ("SERVICEGROUP", "SERVER", "SERVERID"):
            texts["action"] = "OVERALL"
        if self._on("group-word") and texts.get("serviceGroup") and _number(texts["serviceGroup"]) is None:
            texts["serviceGroup"] = str(self._world.groups[0])

    def _range(self, texts: Given) -> None:
        name = texts.get("fromOffset")
        if name is None:
            return
        if self._on("escaped-twice"):
            name = unquote(name.replace("%.", "%25."))
        if self._on("plus-lost"):
            name = name.replace("+", " ")
        if self._on("range-cut"):
            name = name.partition(";")[0]
        if self._on("offset-255"):
            name = name.encode("utf-8", "surrogateescape")[:255].decode("utf-8", "ignore")
        if self._on("case-forgotten"):
            same = sorted(one.name for one in self._world.contents if one.name.lower() == name.lower())
            name = same[0] if same else name
        texts["fromOffset"] = name

    def _window(self, operation: str, window: Window, values: Mapping[str, Value]) -> None:
        begin, end = values[window.start], values[window.end]
        assert isinstance(begin, int)
        assert isinstance(end, int)
        length = end - begin
        lenient = (
            (operation == "TrickModeListHistory" and length == window.longest_s + 1 and self._on("second-more"))
            or (operation == "Errors" and 0 <= length < window.longest_s + 60 and self._on("minutes-compared"))
            or (operation == "StreamListHistory" and 0 <= length < _DAY and not begin % _DAY and self._on("day-taken"))
            or (operation == "StreamHistory" and length >= 0 and self.served > 20 and self._on("unchecked-after-20"))
        )
        if lenient:
            return
        if operation == "PlayServerHistory" and length == window.longest_s and self._on("second-less"):
            values = {window.start: begin, window.end: end + 1}
        super()._window(operation, window, values)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and len(text) < 30 and _NUMBER.fullmatch(text) else None
