"""Builds scripts of documents and URLs from a spec, quickly and from a seed.

Categories, for `--only`:

    framing    documents cut, joined, unfinished, with other terminators, garbage between them, connections that end
    xml        one request in other spellings of XML, legal and not, and what is no request at all
    urls       the same of URLs: escapes legal and broken, letter case, odd queries, very long ones, other methods and paths
    values     calls of its own: begun, changed, shown and ended on any road, with values that are hard to carry
    numbers    numbers of requests: limits, none, words, the same twice
    bytes      documents and URLs with mutated bytes
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from harness.errors import UsageError
from harness.fuzzing import document_urls, document_xml
from harness.fuzzing.document_kit import DocumentKit, devices_of
from harness.fuzzing.document_urls import Url
from harness.fuzzing.document_values import hard_text, number, pick, plain_text, plain_xml, token
from harness.fuzzing.mutate import BYTES
from harness.fuzzing.script import Script, Step
from harness.messages.documentreply import Fields
from harness.spec.model import System
from harness.target import Target

DOCUMENT_CATEGORIES = ("framing", "xml", "urls", "values", "numbers", "bytes")
_WEIGHTS = (22, 18, 16, 28, 8, 8)
# Numbers of requests that are none, or none that may be.
_NUMBERS = (
    "0", "-1", "00", "1.5", "1e3", "x", "", " ", "0x10", "2147483648", "4294967297", "9" * 19, "9" * 25, "-2147483649", "+1", "01", " 1 ",
    "1 2", "\u0661",
)  # fmt: skip
_ODD = "odd"  # a connection of its own, so that the usual one lasts
# Bends that put characters into values which no document may have: a device that kept them could not show them.
_HARMFUL = ("bare", "malformed", "escape", "raw")
_GARBAGE = (
    "\r\n",
    "x\r\n",
    "\x00",
    "<",
    "garbage\r\n",
    "\ufeff",
    "&\r\n",
    "</REQUEST>\r\n",
    " ",
    "\x00" * 1000,
    "A" * 5000 + "\r\n",
)


class DocumentBuilder:
    """Scripts for one system on one target.

    Args:
        only: the categories to build; all where it is empty.

    Raises:
        UsageError: there is no such category, or the target does not offer the road that it needs.
    """

    def __init__(self, system: System, target: Target, kit: DocumentKit, only: Sequence[str] = ()) -> None:
        if strange := [name for name in only if name not in DOCUMENT_CATEGORIES]:
            raise UsageError(
                f"--only {strange[0]}: {system.system} has the categories {', '.join(DOCUMENT_CATEGORIES)}"
            )
        assert system.documents is not None
        self._system, self._kit, self._syntax, self._rules = system, kit, system.documents, system.documents.rules
        offered = [name for name in system.interfaces if name in target.ports]
        self._webs = [name for name in offered if system.interfaces[name].transport == "http"]  # the fuzzer has no TLS
        self._stream = any(system.interfaces[name].transport == "tcp" for name in offered)
        self._hosts = {name: f"{target.host}:{target.ports[name]}" for name in self._webs}
        self._devices = list(devices_of(kit, target)) if target.allow.write else []
        self._reads = [
            (function, [(name, value, target.fixture_texts(value[1:])) for name, value in fields])
            for function, fields in kit.reads
            if all(not value.startswith("@") or target.fixture_texts(value[1:]) for _, value in fields)
        ]
        makers: dict[str, tuple[Callable[[Random], Script], bool]] = {
            "framing": (self._framing, self._stream), "xml": (self._xml, self._stream), "urls": (self._urls, bool(self._webs)),
            "values": (self._values, bool(self._devices)), "numbers": (self._numbers, True), "bytes": (self._bytes, True),
        }  # fmt: skip
        chosen = [
            (makers[name][0], weight)
            for name, weight in zip(DOCUMENT_CATEGORIES, _WEIGHTS, strict=True)
            if (not only or name in only) and makers[name][1]
        ]
        if not chosen:
            raise UsageError(f"--only {' '.join(only)}: the target offers no road, device or permit for it")
        self._makers = [maker for maker, weight in chosen for _ in range(weight)]

    def script(self, rng: Random) -> Script:
        """One script."""
        return self._makers[int(rng.random() * len(self._makers))](rng)

    # requests

    def _road(self, rng: Random) -> str:
        """A road, "" for the stream."""
        if self._webs and (not self._stream or rng.random() < 0.4):
            return pick(rng, self._webs)
        return ""

    def _head(self, function: str, fields: Fields, rng: Random) -> list[tuple[str, str]]:
        return [(self._syntax.function, function), (self._syntax.number, number(rng)), *fields]

    def _read(self, rng: Random) -> Fields:
        """Any request that only reads."""
        function, known = self._reads[int(rng.random() * len(self._reads))]
        fields = [(name, pick(rng, list(texts)) if texts else value) for name, value, texts in known]
        return self._head(function, fields, rng)

    def _begun(self, device: str, instance: str, rng: Random, *, hard: bool = True) -> Fields:
        """The start of a call."""
        names = [(self._kit.device, device), (self._kit.instance, instance)]
        return self._head(self._kit.begins, [*names, *self._given(rng, hard=hard)], rng)

    def _given(self, rng: Random, *, hard: bool) -> Fields:
        given = [(name, hard_text(rng)) for name in self._kit.names if hard and rng.random() < 0.8]
        for name, room in self._kit.rooms:
            if rng.random() < 0.25 and name not in dict(given):
                given.append((name, hard_text(rng) if hard and rng.random() < 0.2 else plain_text(rng, int(room))))
        return given

    def _some(self, rng: Random) -> Fields:
        """A request of which the answer tells something: mostly one that reads."""
        if self._devices and rng.random() < 0.35:
            return self._begun(pick(rng, self._devices), token(rng), rng)
        return self._read(rng)

    def _url(self, fields: Fields, road: str, rng: Random) -> Url:
        return Url(document_urls.escaped(fields, rng), self._syntax.pages, self._hosts[road])

    def _step(self, fields: Fields, road: str, rng: Random) -> Step:
        """A request in any way that means it, on any road."""
        if road:
            bend = document_urls.LEGAL[pick(rng, list(document_urls.LEGAL))]
            return Step(parts=(bend(self._url(fields, road, rng), rng),), link=road)
        bend_xml = document_xml.LEGAL[pick(rng, list(document_xml.LEGAL))]
        return Step(parts=(bend_xml(document_xml.spelled(fields, rng), rng).encode("utf-8", "replace"),))

    def _script(self, name: str, rules: str, *steps: Step) -> Script:
        return Script(name=name, clauses=tuple(self._rules.get(rule, rule) for rule in rules.split()), steps=steps)

    def _usual(self, rng: Random) -> str:
        return document_xml.written(document_xml.spelled(self._read(rng), rng, plain_xml))

    # categories

    def _framing(self, rng: Random) -> Script:
        text = document_xml.LEGAL[pick(rng, list(document_xml.LEGAL))](document_xml.spelled(self._some(rng), rng), rng)
        data, more = text.encode(), self._step(self._read(rng), "", rng)
        way = int(rng.random() * 9)
        if way < 2:
            if rng.random() < 0.3:
                data += more.parts[0] if isinstance(more.parts[0], bytes) else b""
            places = sorted(1 + int(rng.random() * (len(data) - 1)) for _ in range(1 + int(rng.random() ** 2 * 12)))
            if rng.random() < 0.3:
                places = [len(data) - 2, len(data) - 1] if rng.random() < 0.5 else [len(data) - 1]
            cuts = tuple(place - before for before, place in zip([0, *places], places, strict=False) if place > before)
            pause = 0.002 if len(cuts) < 4 and rng.random() < 0.5 else 0.0
            return self._script("framing.cut", "stream whole", Step(parts=(data,), cuts=cuts, pause_s=pause), more)
        if way == 2:
            place = len(data) - 2 if rng.random() < 0.5 else int(rng.random() * len(data))
            first = Step(parts=(data[:place],), pause_s=0.005)
            return self._script("framing.unfinished", "whole stream", first, Step(parts=(data[place:],)), more)
        if way == 3:
            several = "".join(self._usual(rng) for _ in range(2 + int(rng.random() ** 2 * 10)))
            return self._script("framing.several", "stream one-result", Step(parts=(several.encode(),)), more)
        if way == 4:
            end = pick(rng, document_xml.TERMINATORS).encode()
            return self._script("framing.terminator", "terminator", Step(parts=(data[:-2] + end,), link=_ODD), more)
        if way == 5:
            garbage = pick(rng, _GARBAGE)
            return self._script("framing.garbage", "stream", Step(parts=(garbage.encode() + data,), link=_ODD), more)
        if way == 6:
            how = pick(rng, ("close", "reset", "half-close"))
            place = 1 + int(rng.random() * (len(data) - 1))
            return self._script(
                "framing.ended", "stream", Step(parts=(data[:place],), link="x"), Step(how=how, link="x"), more
            )
        if way == 7:
            size = int(10 ** (3 + rng.random() * 2))
            long = text.replace("</REQUEST>", f"<NOSUCHTHING>{'x' * size}</NOSUCHTHING></REQUEST>")
            return self._script("framing.long", "whole", Step(parts=(long.encode(),)), more)
        half = 1 + int(rng.random() * (len(data) - 1))
        other = self._usual(rng).encode()
        return self._script(
            "framing.interleaved", "stream", Step(parts=(data[:half],), link="x"), Step(parts=(other,), link="y"), more,
            Step(parts=(data[half:],), link="x"), Step(parts=(other,), link="y"),
        )  # fmt: skip

    def _xml(self, rng: Random) -> Script:
        legal = rng.random() < 0.25
        bends = document_xml.LEGAL if legal else document_xml.ODD
        name = pick(rng, list(bends))
        fields = self._read(rng) if name in _HARMFUL else self._some(rng)
        data = bends[name](document_xml.spelled(fields, rng), rng).encode("utf-8", "replace")
        step = Step(parts=(data,), link="" if legal else _ODD)
        rule = "white-space well-formed" if legal else "malformed well-formed"
        return self._script(f"xml.{name}", rule, step, self._step(self._read(rng), "", rng))

    def _urls(self, rng: Random) -> Script:
        road, legal = pick(rng, self._webs), rng.random() < 0.3
        bends = document_urls.LEGAL if legal else document_urls.ODD
        name = pick(rng, list(bends))
        url = self._url(self._read(rng) if name in _HARMFUL else self._some(rng), road, rng)
        rule = "url-form url-case" if legal else "url-form"
        step = Step(parts=(bends[name](url, rng),), link=road)
        return self._script(f"urls.{name}", rule, step, self._step(self._read(rng), road, rng))

    def _values(self, rng: Random) -> Script:
        kit = self._kit
        device, instance = pick(rng, self._devices), token(rng)
        mine = [(kit.device, device), (kit.instance, instance)]
        steps = [self._step(self._begun(device, instance, rng), self._road(rng), rng)]

        def show() -> Step:
            return self._step(self._head(pick(rng, list(kit.shows)), mine[:1], rng), self._road(rng), rng)

        steps.append(show())
        name = "values.carried"
        if rng.random() < 0.35:
            name = "values.changed"
            fields = self._head(kit.updates, [*mine, *self._given(rng, hard=True)], rng)
            steps += [self._step(fields, self._road(rng), rng), show()]
        if rng.random() < 0.2:
            name, other = "values.instances", token(rng)
            begun = self._begun(device, other, rng)
            steps += [self._step(begun, self._road(rng), rng), show(), show()]
        steps.append(self._step(self._head(kit.ends, mine, rng), self._road(rng), rng))
        if rng.random() < 0.4:
            steps.append(show())
        return self._script(name, f"{self._system.prefix}-{kit.begins} url-escape roads-agree", *steps)

    def _numbers(self, rng: Random) -> Script:
        steps = []
        for _ in range(1 + int(rng.random() * 3)):
            fields = list(self._read(rng))
            if rng.random() < 0.75:
                fields[1] = (fields[1][0], pick(rng, _NUMBERS))
            elif rng.random() < 0.3:
                del fields[1]
            steps.append(self._step(fields, self._road(rng), rng))
            if rng.random() < 0.3:
                steps.append(steps[-1])
        steps.append(self._step(self._read(rng), self._road(rng), rng))
        return self._script("numbers.odd", "number-repeated", *steps)

    def _bytes(self, rng: Random) -> Script:
        road = self._road(rng)
        step = self._step(self._read(rng), road, rng)
        data = step.parts[0]
        assert isinstance(data, bytes)
        first, times = BYTES[0], 0
        while not times or rng.random() < 0.3:
            change = BYTES[int(rng.random() * len(BYTES))]
            first = change if not times else first
            data, times = change.change(data, rng.random) if data else data, times + 1
        return self._script(
            f"bytes.{first.name}",
            "malformed",
            Step(parts=(data,), link=road or _ODD),
            self._step(self._read(rng), road, rng),
        )
