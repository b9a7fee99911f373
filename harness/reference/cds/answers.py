"""What each message answers: from checked parameters to a reply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from harness.reference.cds.catalogue import VERSION, Catalogue
from harness.reference.cds.choices import Choices
from harness.reference.cds.history import Histories, Table
from harness.reference.cds.planning import Planning
from harness.reference.cds.query import Refused, repeatable
from harness.reference.cds.reconciliation import Reconciliation
from harness.reference.cds.render import Renderer
from harness.reference.cds.reply import Reply, document
from harness.reference.cds.requests import Asked, Value
from harness.reference.cds.streams import BUSY, HOUR
from harness.reference.cds.world import World
from harness.reference.system import Setup
from harness.spec.xmlmodel import Membership

Values = Mapping[str, Value]
Lines = Callable[[Values], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page of rows is shown for."""

    operation: str
    begin: int
    end: int
    values: Values


# Schema files as the examples name them; the errors of the reconciliation and its events have none.
_SCHEMAS = {
    "max-error": "MaxErrorModifiedTime", "max-stream": "MaxStreamModifiedTime", "streams": "Streams", "stream-list": "Streams",
    "trick-modes": "TrickModes", "trick-mode-list": "TrickModes", "play-servers": "PlayServer", "errors": "Errors",
    "devices": "Devices", "service-groups": "ServiceGroups", "content-state": "ContentState", "version": "APIVersion",
    "content-range": "ContentRangeResponse", "capacity": "CapacityPlanning",
}  # fmt: skip
_LOCATIONS = {
    "two": "../../src/xsd/{}.xsd",
    "three": "../../../src/xsd/{}.xsd",
    "backslashes": "..\\..\\src\\xsd\\{}.xsd",
    "other": "",
}
_FORMAT = "sec"


class Answers:
    """Answers checked requests.

    Args:
        setup: model, readings, faults.
        choices: the readings.
        world: what there is.
    """

    def __init__(self, setup: Setup, choices: Choices, world: World) -> None:
        self._model, self._choices, self._world = setup.model, choices, world
        self._renderers = {}
        for name, shape in setup.model.replies.items():
            schema = _LOCATIONS[choices.schema].format(_SCHEMAS[name]) if name in _SCHEMAS else ""
            prefix = "ws" if choices.prefixed else ""
            self._renderers[name] = Renderer(shape, setup.readings, schema=schema, prefix=prefix)
        self._catalogue = Catalogue(world, choices)
        self._histories = Histories(world, choices)
        planning = Planning(setup.model, world, choices, self._renderers["capacity"])
        modes = setup.model.types["event-mode"].choices
        self._reconciliation = Reconciliation(world, choices, self._renderers["events"], modes)
        self._memberships = {
            name: operation.window.membership[setup.readings.of(operation.window.belongs)]
            if operation.window.belongs
            else next(iter(operation.window.membership.values()), Membership())
            for name, operation in setup.model.operations.items()
            if operation.window is not None
        }
        self._media = [(b"content-type", f"{choices.media}; charset=utf-8".encode())]
        self._tables: dict[str, Table] = {}
        self._lines: dict[str, Lines] = {
            "MaxErrorModifiedTime": self._latest("max-error", self._latest_error),
            "MaxStreamModifiedTime": self._latest("max-stream", self._histories.latest),
            "StreamHistory": self._rows("StreamHistory", self._histories.streams),
            "StreamListHistory": self._rows("StreamListHistory", self._histories.stream_list),
            "TrickModeHistory": self._rows("TrickModeHistory", self._histories.tricks),
            "TrickModeListHistory": self._rows("TrickModeListHistory", self._histories.trick_list),
            "PlayServerHistory": self._rows("PlayServerHistory", self._histories.play_servers),
            "Errors": self._rows("Errors", self._histories.errors),
            "Devices": lambda _: self._catalogue.devices(self._renderers["devices"]),
            "ServiceGroups": lambda _: self._catalogue.groups(self._renderers["service-groups"]),
            "ContentState": lambda _: self._catalogue.states(self._renderers["content-state"]),
            "ContentRange": self._content_range,
            "CapacityPlanning": lambda values: planning.lines(values, self._memberships["CapacityPlanning"]),
            "TrickmodeEvents": self._events,
        }

    def answer(self, asked: Asked) -> Reply:
        """The reply to a request.

        Raises:
            Refused: with the name of the error that answers.
        """
        operation = self._model.operations[asked.operation]
        assert operation.reply is not None
        renderer = self._renderers[operation.reply]
        root = {"dateFormat": str(asked.values.get("dateFormat", _FORMAT))}
        if not repeatable(root["dateFormat"]):
            raise Refused(self._refused)
        if self._choices.date_format == "empty":
            root = {"dateFormat": ""}
        if asked.operation == "Version":
            root |= {"major": str(VERSION[0]), "minor": str(VERSION[1])}
            return document((renderer.head(root, empty=True),), self._media)
        lines = self._lines[asked.operation](asked.values)
        return document(chain((renderer.head(root),), lines, (renderer.foot(),)), self._media)

    def error(self, attributes: Mapping[str, str]) -> Reply:
        """The document of an error, still with the status of a success."""
        head = self._renderers["event-error"].head(attributes, empty=True)
        if self._choices.error_namespace:
            head = head.replace("<Error ", f'<Error xmlns="{self._model.replies["events"].namespace}" ')
        return document((head,), self._media)

    def _latest(self, reply: str, latest: Callable[[int], int]) -> Lines:
        renderer, element = (
            self._renderers[reply],
            "MaxStreamModifiedTime" if reply == "max-stream" else "MaxErrorModifiedTime",
        )
        line = renderer.line(element, ("maxTime", "curTime"))

        def lines(_values: Values) -> Iterable[str]:
            now = self._world.now()
            when = latest(now)
            return (line(("" if not when and self._choices.empty_latest else when, now)),)

        return lines

    def _latest_error(self, now: int) -> int:
        return max((error.at for error in self._world.errors if error.at <= now), default=0)

    def _rows(self, name: str, made: Callable[[Renderer], Table]) -> Lines:
        operation = self._model.operations[name]
        window, paging = operation.window, operation.paging
        assert window is not None
        assert paging is not None
        assert operation.reply is not None
        self._tables[name] = table = made(self._renderers[operation.reply])

        def lines(values: Values) -> Iterable[str]:
            begin, end = values[window.start], values[window.end]
            assert isinstance(begin, int)
            assert isinstance(end, int)
            keys = self._keys(name, begin, end)
            rows, offset = values.get(paging.rows), values.get(paging.offset)
            first, page = (0, keys) if self._choices.ignore_paging else self._page(keys, rows, offset)
            return self._written(table, page, first, Shown(operation=name, begin=begin, end=end, values=values))

        return lines

    def _keys(self, name: str, begin: int, end: int) -> Iterable[Any]:
        """Keys of all rows of a period."""
        return self._tables[name].keys(
            begin, end - int(self._choices.exclusive), self._world.now(), self._memberships[name]
        )

    def _written(self, table: Table, page: Iterable[Any], first: int, shown: Shown) -> Iterable[str]:  # noqa: ARG002
        """Rows of a page as lines; `first`: rows before it."""
        return map(table.write, page)

    def _page(self, keys: Iterable[Any], rows: Value | None, offset: Value | None) -> tuple[int, Iterable[Any]]:
        """The part of a list that a request asks for, and how many rows stand before it."""
        choices = self._choices
        if offset is not None and rows is None:
            if choices.offset_alone == "refused":
                raise Refused(self._refused)
            if choices.offset_alone == "ignored":
                offset = None
        count, skipped = self._count(rows), self._skipped(offset)
        if count == 0:
            return 0, ()
        page = islice(keys, skipped, None if count is None else skipped + count)
        if skipped and choices.refuse_far_offset:
            first = next(page, None)
            if first is None:
                raise Refused(self._refused)
            return skipped, chain((first,), page)
        return skipped, page

    @property
    def _refused(self) -> str:
        assert self._model.http is not None
        return self._model.http.refused

    def _count(self, rows: Value | None) -> int | None:
        """The greatest number of rows; None: all."""
        if rows is None:
            return self._choices.limit
        assert isinstance(rows, int)
        if rows == 0:
            match self._choices.no_rows:
                case "refused":
                    raise Refused(self._refused)
                case "all":
                    return None
        return min(max(rows, 0), 2**62)

    def _skipped(self, offset: Value | None) -> int:
        assert offset is None or isinstance(offset, int)
        if offset is None:
            return 0
        return 2**61 if offset < 0 else min(offset, 2**61)

    def _content_range(self, values: Values) -> Iterable[str]:
        paging = self._model.operations["ContentRange"].paging
        assert paging is not None
        offset, rows = values.get(paging.offset), values[paging.rows]
        places: Iterable[int] = range(len(self._catalogue.names))
        if isinstance(offset, int):
            _, places = self._page(places, rows, offset)
        else:
            if offset is not None:
                places = self._behind(offset)
            count = self._count(rows)
            places = islice(places, count)
        return self._catalogue.content_range(self._renderers["content-range"], list(places))

    def _behind(self, name: str) -> Iterable[int]:
        """Places behind a named content."""
        place = self._catalogue.place(name)
        if place is not None:
            return range(place + 1, len(self._catalogue.names))
        match self._choices.unknown_offset:
            case "refused":
                raise Refused(self._refused)
            case "none":
                return ()
            case "first":
                return range(len(self._catalogue.names))
        return self._catalogue.after(name)

    def _events(self, values: Values) -> Iterable[str]:
        (parameter,) = self._model.operations["TrickmodeEvents"].parameters
        text = str(values[parameter])
        if not repeatable(text):
            raise Refused(self._refused)
        number = self._world.streams.by_stream_id(text)
        if number is None and self._choices.unknown_stream != "empty-list":
            raise Refused("unknown-message" if self._choices.unknown_stream == "not-found" else self._refused)
        if number is not None and self._world.streams.end(number) > self._world.now():
            if self._choices.active_stream == "refused":
                raise Refused(self._refused)
            if self._choices.active_stream == "empty-list":
                number = None
        return self._reconciliation.lines(text, number)

    def counts(self) -> dict[str, int]:
        """Rows of each message in the busy hour, of the others in all."""
        found = {name: sum(1 for _ in self._keys(name, BUSY, BUSY + HOUR - 1)) for name in self._tables}
        found["ContentState"] = sum(1 for _ in self._lines["ContentState"]({}))
        found["ContentRange"] = len(self._catalogue.names)
        return found
