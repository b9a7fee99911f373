"""The rows of the history messages: which of them belong to a period, in their order, as values for a template."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from harness.reference.cds.choices import Choices
from harness.reference.cds.errors import StreamError
from harness.reference.cds.render import Renderer, escape
from harness.reference.cds.streams import LAG, LONGEST, VALUES
from harness.reference.cds.tricks import Action
from harness.reference.cds.world import World
from harness.spec.xmlmodel import Membership

# When a key's attribute was, in UNIX seconds, by attribute.
Times = dict[str, Callable[[Any], int]]


class Table:
    """One kind of row: keys of a period in order, and what writes the row of a key.

    Args:
        times: the attributes that a membership may name.
        candidates: keys that may belong to a period, in order, of what is in the database at a time.
        write: the row of a key as XML, with its line feed.
        order: a key of the order in which rows are given, where it is not that of the candidates.
    """

    def __init__(
        self,
        times: Times,
        candidates: Callable[[int, int, int], Iterable[Any]],
        write: Callable[[Any], str],
        order: Callable[[Any], Any] | None = None,
    ) -> None:
        self.times, self.candidates, self.write = times, candidates, write
        self._order = order

    def keys(self, begin: int, end: int, now: int, member: Membership) -> Iterable[Any]:
        """Keys of the rows that belong to a period, both ends included."""
        found = self.candidates(begin, end, now)
        one = self.times[member.not_before] if member.not_before else None
        other = self.times[member.not_after] if member.not_after else None
        if one is not None and one is other:
            belong = (key for key in found if begin <= one(key) <= end)
        else:
            belong = (
                key for key in found if (one is None or one(key) >= begin) and (other is None or other(key) <= end)
            )
        return belong if self._order is None else sorted(belong, key=self._order)


class Histories:
    """The tables of a world, written as the readings say.

    Args:
        world: what there is.
        choices: the readings.
    """

    def __init__(self, world: World, choices: Choices) -> None:
        self._world, self._choices = world, choices
        self._streams = world.streams

    def streams(self, renderer: Renderer) -> Table:
        """The rows of StreamHistory, one for each stream with the content that it began with."""
        choices, streams = self._choices, self._streams
        row = renderer.line("Stream", (*VALUES, "contentName", "assetIOR", "bitrate", "assetName"))
        contents = [
            (escape(one.name), one.ior, choices.integer(one.number, one.bitrate), escape(one.asset))
            for one in streams.streamed
        ]
        values, mix, many = self._values(), streams.mix, len(contents)

        def write(number: int) -> str:
            return row(values(number) + contents[mix(number) % many])

        single_only = choices.single_streams

        def candidates(begin: int, end: int, now: int) -> Iterable[int]:
            found = self._candidates(begin, end, now)
            return (number for number in found if not streams.playlist(number)) if single_only else found

        return Table(self._stream_times(), candidates, write, self._stream_order())

    def stream_list(self, renderer: Renderer) -> Table:
        """The rows of StreamListHistory: streams with all their contents."""
        choices, streams = self._choices, self._streams
        row = renderer.line("Stream", VALUES, end=">\n")
        inner = renderer.line(
            "Content", ("contentName", "bitrate", "assetName", "contentLength", "segmentIndex"), indent="    "
        )
        close = renderer.close("Stream")
        values, items = self._values(), streams.items

        def write(number: int) -> str:
            parts = [row(values(number))]
            for place, one in enumerate(items(number)):
                bitrate = choices.integer(one.number, one.bitrate)
                parts.append(inner((escape(one.name), bitrate, escape(one.asset), one.length_ms, place)))
            parts.append(close)
            return "".join(parts)

        return Table(self._stream_times(), self._candidates, write, self._stream_order())

    def _values(self) -> Callable[[int], tuple[object, ...]]:
        """What a row says of a stream, with what the readings let be empty."""
        choices, values = self._choices, self._streams.values
        if not (choices.empty_integers or choices.empty_address or choices.lists_active):
            return values
        now, recorded, first = self._world.now, self._recorded, self._streams.first_active
        zero_or_none = {"zero": 0, "empty": ""}.get(choices.active_end)

        def changed(number: int) -> tuple[object, ...]:
            start, end, db, tsid, mac, address, group, *rest = values(number)
            address = "" if choices.empty_address and number % 5 == 1 else address
            group = choices.integer(number + 2, group)
            if number >= first:
                db = recorded(number)
                if zero_or_none is not None and self._streams.end(number) > now():
                    end = zero_or_none
            return (start, end, db, tsid, mac, address, group, *rest)

        return changed

    def _recorded(self, number: int) -> int:
        """When a stream came into the database; one that has not been destroyed is there from its start, if at all."""
        when = self._streams.recorded(number)
        if number >= self._streams.first_active and self._choices.lists_active and when > self._world.now():
            return self._streams.start(number) + 1
        return when

    def latest(self, now: int) -> int:
        """The greatest time at which a stream was recorded so far."""
        streams = self._streams
        active = range(streams.first_active, streams.count) if self._choices.lists_active else ()
        return max([streams.latest(now), *(self._recorded(number) for number in active)])

    def _stream_times(self) -> Times:
        streams = self._streams
        return {"startTime": streams.start, "endTime": streams.end, "dbTime": self._recorded}

    def _stream_order(self) -> Callable[[int], Any] | None:
        streams = self._streams
        match self._choices.order:
            case "database":
                return self._recorded
            case "session":
                return lambda number: (streams.session(number), streams.start(number))
            case "other":
                return streams.mix
        return None

    def _candidates(self, begin: int, end: int, now: int) -> Iterable[int]:
        """Streams that started early enough to have a time in the period, and are in the database."""
        streams, recorded = self._streams, self._recorded
        found, first = streams.between(begin - LONGEST - LAG, end), streams.first_active
        plain = range(min(found.start, first), min(found.stop, first))
        return chain(plain, (number for number in range(first, streams.count) if recorded(number) <= now))

    def tricks(self, renderer: Renderer) -> Table:
        """The rows of TrickModeHistory."""
        row = renderer.line("TrickMode", ("NPT", "errorText", "eventTime", "scale", "sessionID"))
        session, text = self._streams.session, self._error_text

        def write(one: Action) -> str:
            return row((one.npt, text(one), one.at, one.scale, session(one.stream)))

        return self._actions(write, single=self._choices.single_tricks)

    def trick_list(self, renderer: Renderer) -> Table:
        """The rows of TrickModeListHistory."""
        fields = ("NPT", "errorText", "eventTime", "scale", "sessionID", "segmentIndex", "type", "mode", "response")
        row = renderer.line("TrickMode", fields)
        session, text = self._streams.session, self._error_text

        def write(one: Action) -> str:
            values = (one.npt, text(one), one.at, one.scale, session(one.stream), one.segment, one.code, one.mode, 0)
            return row(values)

        return self._actions(write, single=False)

    def play_servers(self, renderer: Renderer) -> Table:
        """The rows of PlayServerHistory."""
        row = renderer.line("PlayServer", ("NPT", "errorText", "eventTime", "playServerID", "scale", "sessionID"))
        session, text = self._streams.session, self._error_text

        def write(one: Action) -> str:
            return row((one.npt, text(one), one.at, one.server, one.scale, session(one.stream)))

        return self._actions(write, single=False)

    def _actions(self, write: Callable[[Action], str], *, single: bool) -> Table:
        streams, rows = self._streams, self._world.tricks.rows
        whole_sessions = self._choices.whole_sessions
        order: Callable[[Action], Any] | None = None

        def candidates(begin: int, end: int, _now: int) -> Iterable[Action]:
            found: Iterable[Action] = rows
            if whole_sessions:
                found = (one for one in rows if streams.end(one.stream) >= begin and streams.start(one.stream) <= end)
            return (one for one in found if not streams.playlist(one.stream)) if single else found

        if self._choices.order == "session":
            order = lambda one: (streams.session(one.stream), one.at)  # noqa: E731
        elif self._choices.order == "other":
            order = lambda one: (streams.mix(one.stream), one.at)  # noqa: E731
        return Table({"eventTime": lambda one: one.at}, candidates, write, order)

    def _error_text(self, one: Action) -> str:
        return "" if one.at_ms % 19 else "LSCP &lt;timeout&gt; &amp; retry"

    def errors(self, renderer: Renderer) -> Table:
        """The rows of Errors."""
        fields = (
            "errorCode", "errorText", "errorTime", "macAddress", "serverIpAddress", "serviceGroup", "sourceEventID", "sessionId",
        )  # fmt: skip
        row = renderer.line("Error", fields)
        streams, choices = self._streams, self._choices

        def write(one: StreamError) -> str:
            mac = session = ""
            if one.stream is not None:
                mac, session = str(streams.values(one.stream)[VALUES.index("macAddress")]), streams.session(one.stream)
            event = f"{one.at}::1::1::75::70::4044::{one.number + 100}"
            address = "" if choices.empty_address and one.number % 5 == 1 else one.address
            group = choices.integer(one.number, one.group)
            return row((one.code, escape(one.text), one.at, mac, address, group, event, session))

        rows = self._world.errors

        def candidates(_begin: int, _end: int, now: int) -> Iterable[StreamError]:
            return (one for one in rows if one.at <= now)

        return Table({"errorTime": lambda one: one.at}, candidates, write)
