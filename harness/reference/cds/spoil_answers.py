"""Seeded faults of what is answered: rows too many, too few or changed, and documents that do not agree with each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from harness.reference.cds.answers import Answers, Shown
from harness.reference.cds.history import Table
from harness.reference.cds.reply import Reply
from harness.reference.cds.requests import Asked
from harness.reference.cds.spoil_rows import EDITS, missing
from harness.reference.cds.spoil_tricks import BENT, bent
from harness.reference.cds.tricks import Action
from harness.reference.cds.world import World

_HOUR = 3600
_STREAMS = ("StreamHistory", "StreamListHistory")
_MAX = re.compile(rb'maxTime="([0-9]+)"')
_CURRENT = re.compile(rb'curTime="([0-9]+)"')
_EVENT = re.compile(rb"    <(?:ws:)?TrickmodeEvent .*\n")


class FaultyAnswers(Answers):
    """Answers with the faults that are on.

    Args:
        arguments: those of `Answers`.
        on: whether a fault is on.
    """

    def __init__(self, *arguments: Any, on: Callable[[str], bool]) -> None:
        super().__init__(*arguments)
        self._on = on
        self._asked_before: dict[tuple[object, ...], int] = {}
        self._last_rows: list[str] = []
        self._last_events = b""
        self._last_range = ""
        self._times = 0
        self._left_out = missing(self._world.streams, list(self._world.tricks.by_stream))

    def _keys(self, name: str, begin: int, end: int) -> Iterable[Any]:
        on, streams = self._on, self._world.streams
        if name == "Errors" and on("minute-filled"):
            end += 59 - end % 60
        keys = super()._keys(name, begin, end)
        if name in _STREAMS and on("session-missing"):
            keys = (key for key in keys if key != self._left_out)
        if name == "StreamListHistory" and on("list-lacks-singles"):
            keys = (key for key in keys if key % 1000 != 7 or streams.playlist(key))
        if name == "PlayServerHistory" and on("play-server-missing"):
            keys = (key for key in keys if key.scale >= 0)
        if name == "TrickModeListHistory" and on("trick-missing"):
            keys = (key for key in keys if not key.end or streams.playlist(key.stream))
        if name == "Errors" and on("error-behind"):
            following = next((error for error in self._world.errors if error.at > end), None)
            keys = [*keys, *([following] if following else [])]
        if on("history-shrinks") and self._times_asked((name, begin, end)) >= 3:
            keys = iter(keys)
            next(keys, None)
        return keys

    def _times_asked(self, what: tuple[object, ...]) -> int:
        self._asked_before[what] = self._asked_before.get(what, 0) + 1
        return self._asked_before[what]

    def _written(self, table: Table, page: Iterable[Any], first: int, shown: Shown) -> Iterable[str]:
        on, name, rows = self._on, shown.operation, shown.values.get("maxRows")
        if name == "PlayServerHistory" and first and on("page-reversed"):
            page = list(page)[::-1]
        if name == "Errors":
            page = self._errors(page, first, shown, rows)
        edits = [edit for fault, edit in EDITS.get(name, {}).items() if on(fault)]
        lines: Iterable[str] = self._edited(table, page, first, edits) if edits else map(table.write, page)
        if name == "StreamHistory" and on("stale-when-empty"):
            kept = list(lines)
            lines = kept or self._last_rows
            self._last_rows = kept[:20] or self._last_rows
        return lines

    def _errors(self, page: Iterable[Any], first: int, shown: Shown, rows: object) -> Iterable[Any]:
        if not first or not isinstance(rows, int) or not (self._on("offset-wraps") or self._on("last-page-lost")):
            return page
        found = list(page)
        if self._on("last-page-lost") and len(found) < rows:
            return []
        if self._on("offset-wraps") and not found:
            return list(super()._keys(shown.operation, shown.begin, shown.end))[:rows]
        return found

    @staticmethod
    def _edited(table: Table, page: Iterable[Any], first: int, edits: list[Callable[..., str]]) -> Iterator[str]:
        for place, key in enumerate(page, first + 1):
            row = table.write(key)
            for edit in edits:
                row = edit(row, place, key)
            yield row

    def answer(self, asked: Asked) -> Reply:
        """The reply to a request, with the faults that are on."""
        reply = super().answer(asked)
        if reply.pieces is not None:
            if asked.operation == "StreamListHistory" and self._on("root-not-closed"):
                reply.pieces = _without_end(reply.pieces)
            if asked.operation in ("ContentState", "ContentRange"):
                # Small enough to be changed as a whole, whatever its number of pieces.
                reply = Reply(status=reply.status, body=b"".join(reply.pieces), headers=reply.headers)
            else:
                return reply
        change = getattr(self, f"_in_{asked.operation}", None)
        if change is not None:
            reply.body = change(reply.body, asked.values)
        return reply

    def _in_Errors(self, body: bytes, _values: Mapping[str, object]) -> bytes:  # noqa: N802  named by the message
        return b"" if self._on("nothing-for-nothing") and b"<Error " not in body else body

    def _in_Devices(self, body: bytes, _values: Mapping[str, object]) -> bytes:  # noqa: N802
        if self._on("second-document"):
            body += b"<DevicesResponse/>\n"
        return body.replace(b'type="Vault"', b'type="Vaults"', 1) if self._on("device-type") else body

    def _in_ContentState(self, body: bytes, _values: Mapping[str, object]) -> bytes:  # noqa: N802
        on = self._on
        if on("ampersand-unescaped"):
            body = body.replace(b"R&amp;B", b"R&B")
        if on("word-for-number"):
            body = re.sub(
                rb'filesize="[0-9]*" isaAdminState="Unprov', b'filesize="unknown" isaAdminState="Unprov', body
            )
        if on("state-word"):
            body = re.sub(rb'isaAdminState="In ?Service"', b'isaAdminState="Inservice"', body, count=1)
        if on("group-negative"):
            body = re.sub(rb' bitrate="([0-9]+)"', rb' bitrate="-\1"', body, count=1)
        if on("content-twice"):
            last = body.rindex(b"  <ContentState ")
            end = body.index(b"\n", last) + 1
            body = body[:end] + body[last:end] + body[end:]
        return body.replace(b'encoding="UTF-8"', b'encoding="US-ASCII"') if on("wrong-declaration") else body

    def _in_ContentRange(self, body: bytes, _values: Mapping[str, object]) -> bytes:  # noqa: N802
        on = self._on
        if on("state-column"):
            body = body.replace(b'isaOpState="Created"', b'isaOpState="Unprovisioned"')
        if on("loading-in-service"):
            body = re.sub(
                rb'(isaAdminState="Unprovisioned" isaOpState=")Created"', rb'\1%s"' % self._in_service(), body
            )
        if on("states-differ"):
            body = re.sub(rb'isaAdminState="Out ?of ?Service"', rb'isaAdminState="%s"' % self._in_service(), body)
        return body

    def _in_service(self) -> bytes:
        return self._choices.admin[1].encode()

    def _content_range(self, values: Mapping[str, Any]) -> Iterable[str]:
        if self._on("range-goes-on") and "fromOffset" not in values and self._last_range:
            values = {**values, "fromOffset": self._last_range}
        lines = list(super()._content_range(values))
        offset = values.get("fromOffset")
        if lines and (last := re.search(r'Name="([^"&]*)"', lines[-1])):
            self._last_range = last[1]
        if isinstance(offset, str):
            place = self._catalogue.place(offset)
            if place is not None and self._on("range-with-offset"):
                again = list(self._catalogue.content_range(self._renderers["content-range"], [place]))
                lines = [*again, *lines][: max(1, len(lines))]
            if not offset.isascii() and self._on("range-skips"):
                lines = lines[1:]
        if self._on("range-disorder"):
            lines = self._disordered(lines)
        return lines

    def _disordered(self, lines: list[str]) -> list[str]:
        """The 401st and 402nd content of the whole list in each other's place, where a page has both."""
        one, other = self._catalogue.content_range(self._renderers["content-range"], [400, 401])
        if one in lines and other in lines:
            place = lines.index(one)
            lines[place : place + 2] = [other, one]
        return lines

    def _in_CapacityPlanning(self, body: bytes, values: Mapping[str, Any]) -> bytes:  # noqa: N802
        on, end = self._on, values["toDate"]
        if on("other-root"):
            return body.replace(b"<CapacityPlanning", b"<CapacityPlanningResponse").replace(
                b"</CapacityPlanning", b"</CapacityPlanningResponse"
            )
        rows = re.findall(rb"  <.nterval .*\n", body)
        if not rows:
            return body
        last = rows[-1]
        if on("interval-behind"):
            more = re.sub(rb'endtime="[0-9]+"', b'endtime="%d"' % (end + 2 * _HOUR), last)
            more = re.sub(rb'starttime="[0-9]+"', b'starttime="%d"' % (end + _HOUR + 1), more)
            body = body.replace(last, last + more)
        if on("intervals-overlap"):
            half = re.sub(rb'starttime="[0-9]+"', b'starttime="%d"' % ((values["fromDate"] + end) // 2), last)
            body = body.replace(last, last + half)
        return self._counted(body, values)

    def _counted(self, body: bytes, values: Mapping[str, Any]) -> bytes:
        on = self._on

        def changed(found: re.Match[bytes]) -> bytes:
            hd, sd, counter = (int(found[number]) for number in (2, 4, 6))
            if on("counter-above"):
                counter = hd + sd + 1
            if on("counter-below"):
                counter = max(hd, sd) - 1
            if on("group-above-all") and values.get("action") == "SERVICEGROUP":
                hd, sd, counter = hd + 100_000, sd + 100_000, counter + 200_000
            return b"%s%d%s%d%s%d" % (found[1], hd, found[3], sd, found[5], counter)

        return re.sub(rb'( hdstre\w+=")([0-9]+)(" sdstreams=")([0-9]+)(".*counter=")([0-9]+)', changed, body)

    def _in_MaxStreamModifiedTime(self, body: bytes, _values: Mapping[str, object]) -> bytes:  # noqa: N802
        on = self._on
        if on("max-stream-behind"):
            body = _MAX.sub(b'maxTime="%d"' % self._before_last(), body)
        if on("max-stream-ahead"):
            body = _MAX.sub(lambda found: b'maxTime="%d"' % (int(found[1]) + 24 * _HOUR), body)
        if on("milliseconds"):
            body = _MAX.sub(lambda found: b'maxTime="%s000"' % found[1], body)
        return self._current(body)

    def _before_last(self) -> int:
        """When the last but one of the streams so far was recorded."""
        streams, now = self._world.streams, self._world.now()
        times = sorted({streams.recorded(number) for number in range(max(0, streams.count - 3000), streams.count)})
        return [when for when in times if when <= now][-2]

    def _in_MaxErrorModifiedTime(self, body: bytes, _values: Mapping[str, object]) -> bytes:  # noqa: N802
        times = sorted({error.at for error in self._world.errors})
        if self._on("max-error-behind"):
            body = _MAX.sub(b'maxTime="%d"' % times[-2], body)
        if self._on("max-error-goes-back") and self._times_asked(("error",)) % 2 == 0:
            body = _MAX.sub(b'maxTime="%d"' % times[-2], body)
        if self._on("times-differ"):
            body = _CURRENT.sub(lambda found: b'curTime="%d"' % (int(found[1]) + _HOUR), body)
        return self._current(body)

    def _current(self, body: bytes) -> bytes:
        self._times += 1
        if self._on("time-runs-back") and self._times % 3 == 0:
            body = _CURRENT.sub(lambda found: b'curTime="%d"' % (int(found[1]) - 10), body)
        return body

    def _in_TrickmodeEvents(self, body: bytes, _values: Mapping[str, object]) -> bytes:  # noqa: N802
        on, events = self._on, _EVENT.findall(body)
        if on("stale-reconciliation"):
            if not events and self._last_events:
                return self._last_events
            self._last_events = body
        if not events and on("other-namespace"):
            body = body.replace(b"/R0/", b"/R1/")
        if not events and on("size-blank"):
            body = re.sub(rb'Size="[0-9]*"', b'Size=""', body)
        if len(events) > 5 and on("size-off-by-one"):
            body = re.sub(rb'Size="([0-9]*)"', lambda found: b'Size="%d"' % (int(found[1]) + 1), body)
        if on("stream-id-changed"):
            body = re.sub(rb'StreamID="[^"]*"', lambda found: found[0].replace(b"|", b" "), body)
        if len(events) > 1 and on("events-disordered"):
            body = body.replace(events[-2] + events[-1], events[-1] + events[-2])
        if len(events) > 5 and on("two-lists"):
            name = b"ws:TrickmodeEventList" if b"<ws:" in body else b"TrickmodeEventList"
            start = re.search(rb"  <%s .*>\n" % name, body)
            assert start is not None
            body = body.replace(events[5], b"  </%s>\n%s%s" % (name, start[0], events[5]), 1)
        for fault, pattern, new in _EVENT_FAULTS:
            if on(fault):
                body = re.sub(pattern, new, body)
        return body


_EVENT_FAULTS: tuple[tuple[str, bytes, Any], ...] = (
    ("denominator", rb'(ModeScaleNum="(?:10|15)" ModeScaleDenom=)"1"', rb'\1"2"'),
    ("mode-case", rb"TM_STOP", b"tm_stop"),
    ("segment-id-from-0", rb'SegmentId="([0-9]+)"', lambda found: b'SegmentId="%d"' % (int(found[1]) - 1)),
    ("event-time-word", rb'EventTime="[0-9]+"', b'EventTime="2026-01-05T08:00:00Z"'),
    ("play-time-word", rb'CurrentNPT="([0-9]+)([0-9]{3})"', rb'CurrentNPT="00:\1.\2"'),
)


def _without_end(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A document without the end tag of its root where it is of more than 10,000 streams."""
    held, count = b"", 0
    for piece in pieces:
        if held:
            yield held
        held, count = piece, count + piece.count(b"<Stream ")
    yield held.replace(b"</StreamsResponse>\n", b"") if count > 10_000 else held


def bend(world: World, on: Callable[[str], bool]) -> None:
    """Change the trick modes of a world."""
    if any(on(name) for name in BENT):
        streams, by_stream = world.streams, world.tricks.by_stream
        changed: dict[int, tuple[Action, ...]] = {}
        for number, actions in by_stream.items():
            changed[number] = tuple(bent(actions, len(streams.items(number)), on))
        world.tricks.fill(changed)
