"""Functions on two roads, as flows call them; `harness.documentdut` adds events and checks of what was asked for."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from harness.checks.documents import event_checks, result_checks, unasked_check
from harness.checks.message import merge
from harness.documentnotes import notes
from harness.ending import Ending
from harness.errors import InternalError
from harness.flow import CaseInconclusive, CaseSkipped, CaseStopped, Connect, Receive, Received
from harness.httpdut import Body
from harness.httpflow import Exchange
from harness.messages.binding import Binding
from harness.messages.documentreply import STREAM, URL, Fields, Result
from harness.messages.documents import DocumentBinding, UrlBinding
from harness.spec.documentmodel import DocumentSyntax
from harness.spec.model import System
from harness.target import Target
from harness.view import MAIN, LevelView
from harness.wire.http1 import Request
from harness.wire.xmltree import USUAL, Writing

Given = Mapping[str, str] | Fields
# Events that may come before a result; a device that sends more floods.
MOST_EVENTS = 2000
# Of a file that is exported so much is kept.
MOST_FILE = 16 * 1024 * 1024
OWN = "\0own"  # stands for a number that no request had before


class DocumentView(LevelView):
    """One case's view of the device.

    Every result is checked for what any result must be; `ok`, `file`, `refused` and `either` check what was asked for. A road is the
    name of an interface; `stream` is the one whose connections carry documents.

    Attributes:
        roads: the interfaces that the target offers, the stream first.
        news: connection -> the events that came on it and that no check has looked at yet.
        subscribed: connection -> the classes that it has asked for.
    """

    def __init__(
        self,
        *,
        system: System,
        bindings: Mapping[str, Binding],
        target: Target,
        rng: random.Random,
        interface: str,
        lasting: bool = False,
    ) -> None:
        super().__init__(system=system, target=target, rng=rng, interface=interface, lasting=lasting)
        if system.documents is None:
            raise InternalError(f"{system.system} has no functions that are called with documents")
        self.syntax: DocumentSyntax = system.documents
        self._bindings = bindings
        order = sorted(bindings, key=lambda name: not isinstance(bindings[name], DocumentBinding))
        self.roads: tuple[str, ...] = tuple(order)
        self.news: dict[str, list[Result]] = {}
        self.subscribed: dict[str, set[str]] = {}
        self._last = rng.randrange(1000, 1_000_000)
        self._spellings: dict[str, str] = {}
        self._told: set[str] = set()  # functions whose results have shown what stands in them

    @property
    def one_reply(self) -> str:
        """See `harness.view.View`."""
        return self.syntax.rules["one-result"]

    @property
    def stream(self) -> str:
        """The road whose connections carry documents.

        Raises:
            CaseSkipped: the target does not offer it.
        """
        if not self.is_stream(self.roads[0]):
            raise CaseSkipped("the target offers no connections that carry documents")
        return self.roads[0]

    @property
    def url_roads(self) -> tuple[str, ...]:
        """The roads of URLs that the target offers."""
        return tuple(road for road in self.roads if not self.is_stream(road))

    def is_stream(self, road: str) -> bool:
        """Whether connections of a road carry documents."""
        return isinstance(self._bindings[road], DocumentBinding)

    def url_road(self) -> str:
        """A road of URLs.

        Raises:
            CaseSkipped: the target offers none.
        """
        if not self.url_roads:
            raise CaseSkipped("the target offers no road of URLs")
        return self.url_roads[0]

    # requests

    def next_number(self) -> str:
        """A number that no request of this case had before."""
        self._last += 1
        return str(self._last)

    async def connect(self, link: str = MAIN, *, source: str | None = None) -> Ending:
        """See `harness.view.View`; a connection is one of the stream."""
        ending = await Connect(link, self.stream, source)
        self.links[link] = ending
        return ending

    async def call(
        self,
        function: str,
        fields: Given = (),
        *,
        road: str | None = None,
        link: str = MAIN,
        number: str | None = OWN,
        judged: bool = True,
        writing: Writing = USUAL,
        function_name: str | None = None,
        names: Mapping[str, str] | None = None,
        called: str = "",
        pieces: Sequence[int] = (),
        pause_s: float = 0.0,
        deadline_s: float | None = None,
        page: str | None = None,
        spell: Mapping[str, str] | None = None,
    ) -> Result:
        """Call a function on a road, by default the first, and take its result; events that come before it are kept in `news`.

        Args:
            fields: names of the spec and values.
            number: of the request; None leaves it out.
            judged: False leaves out all checks of the result.
            writing, function_name, pieces, pause_s: how a document is written and sent.
            page, spell: the path of a URL, and other spellings of its names.
            names: spellings of parameters instead of those that the device takes.
            called: a name of the function instead of the one that the device takes.
        """
        road = road or self.roads[0]
        number = self.next_number() if number == OWN else number
        sent = list(pairs_of(fields))
        names = await self.spelled(function, sent) if names is None else names
        called = called or await self.called(function)
        if self.is_stream(road):
            data = self.document(
                function, sent, number=number, writing=writing, names=names, function_name=function_name, called=called
            )
            await self.send(data, link=link, pieces=pieces, pause_s=pause_s)
            result = await self.result(
                function, sent, number=number, link=link, judged=judged, deadline_s=deadline_s, called=called
            )
            if function == self.syntax.subscribe and self.succeeded(result):
                wanted = dict(sent).get(self.syntax.event_class) or self.syntax.every_class
                self.subscribed.setdefault(link, set()).add(wanted)
            return result
        binding = self._urls(road)
        request = binding.request(
            function, sent, number=number, host=self.host(road), page=page, names=names, spell=spell, called=called
        )
        return await self.ask(
            request, function, sent, number=number, road=road, link=link, judged=judged, deadline_s=deadline_s,
            called=called,
        )  # fmt: skip

    def document(
        self,
        function: str,
        fields: Given = (),
        *,
        number: str | None = OWN,
        writing: Writing = USUAL,
        names: Mapping[str, str] | None = None,
        function_name: str | None = None,
        called: str = "",
        root: str | None = None,
    ) -> bytes:
        """The bytes of a request on the stream."""
        binding = self._bindings[self.stream]
        assert isinstance(binding, DocumentBinding)
        number = self.next_number() if number == OWN else number
        return binding.request(
            function, list(pairs_of(fields)), number=number, writing=writing, names=names,
            function_name=function_name or self._spellings.get(f"function.{function}"), called=called, root=root,
        )  # fmt: skip

    async def result(
        self,
        function: str,
        sent: Given = (),
        *,
        number: str | None = None,
        link: str = MAIN,
        judged: bool = True,
        deadline_s: float | None = None,
        called: str = "",
    ) -> Result:
        """Wait for the result of a request that was sent on the stream.

        Raises:
            CaseStopped: events come without end.
        """
        for _ in range(MOST_EVENTS):
            got = await Receive(link, deadline_s)
            result = self._read(got, function, sent, number, called)
            if not result.is_event:
                return await self._done(result, judged)
            self._keep(link, result)
        self.check("reply.comes", False, self.one_reply, expected="a result", got=f"{MOST_EVENTS} events without one")
        raise CaseStopped("events without end")

    async def ask(
        self,
        request: Request,
        function: str = "",
        sent: Given = (),
        *,
        number: str | None = None,
        road: str | None = None,
        link: str = MAIN,
        judged: bool = True,
        deadline_s: float | None = None,
        called: str = "",
    ) -> Result:
        """Send a request over HTTP as it is given; `function`, `sent` and `number` say what it means."""
        road = road or self.url_road()
        got = await Exchange(
            link=f"{road} {link}",
            interface=road,
            request=request,
            deadline_s=deadline_s,
            sink=lambda: Body(None, keep=MOST_FILE),
        )
        body = got.sink
        assert isinstance(body, Body)
        odd = (*got.exchanged.oddities, *([body.problem] if body.problem is not None else []))
        result = Result(
            syntax=self.syntax,
            function=function,
            ending=got.exchanged.ending,
            raw=got.exchanged.raw,
            sent=tuple(pairs_of(sent)),
            number=number,
            road=URL,
            called=called,
            body=bytes(body.kept),
            exchanged=replace(got.exchanged, oddities=odd),
            step=got.step,
        )
        return await self._done(result, judged)

    def host(self, road: str) -> str:
        """What stands in the Host field."""
        host, port = self.target.host, self.target.ports[road]
        shown = f"[{host}]" if ":" in host else host
        usual = 443 if self.model.interfaces[road].transport == "https" else 80
        return shown if port == usual else f"{shown}:{port}"

    def _urls(self, road: str) -> UrlBinding:
        binding = self._bindings[road]
        assert isinstance(binding, UrlBinding)
        return binding

    def url(self, function: str, fields: Given = (), *, road: str | None = None, **options: object) -> Request:
        """The request of a call over HTTP; see `UrlBinding.request`."""
        road = road or self.url_road()
        return self._urls(road).request(function, list(pairs_of(fields)), host=self.host(road), **options)  # type: ignore[arg-type]

    def _read(
        self, got: Received, function: str = "", sent: Given = (), number: str | None = None, called: str = ""
    ) -> Result:
        return Result(
            syntax=self.syntax, function=function, ending=got.ending, raw=got.raw, sent=tuple(pairs_of(sent)),
            number=number, road=STREAM, step=got.step, called=called,
        )  # fmt: skip

    async def _done(self, result: Result, judged: bool) -> Result:
        succeeded = self.succeeded(result)
        if judged:
            merge(self.checks, result_checks(self.model, result, told=result.function not in self._told))
            if succeeded:
                self._told.add(result.function)
        if succeeded:
            for note in notes(self.model, result, self._spellings):
                await note
        return result

    async def setup(self, function: str, fields: Given = (), *, road: str | None = None, link: str = MAIN) -> Result:
        """A call that must succeed before the case can begin.

        Raises:
            CaseInconclusive: it did not.
        """
        result = await self.call(function, fields, road=road, link=link)
        if not self.succeeded(result):
            raise CaseInconclusive(f"{function} did not succeed: {result.describe()}")
        return result

    # spellings

    async def spelled(self, function: str, sent: Fields) -> dict[str, str]:
        """How the device spells those of these parameters that the document spells in several ways; found out once a run."""
        known = self.model.operations[function].parameters if function in self.model.operations else {}
        several = [name for name, _ in sent if name in known and known[name].names]
        for name in several:
            what = f"{function}.{name}"
            if what not in self._spellings:
                self._spellings[what] = await self.shared("spelling", what)
        return {name: self._spellings[f"{function}.{name}"] for name in several}

    async def called(self, function: str) -> str:
        """What the device calls a function that has several names in the document, "" for one that has not; found out once a run."""
        operation = self.model.operations.get(function)
        if operation is None or not operation.names:
            return ""
        if function not in self._spellings:
            self._spellings[function] = await self.shared("spelling", function)
        return self._spellings[function]

    def spell(self, what: str, name: str) -> None:
        """Use this spelling in this flow from now on, for finding out which one the device takes."""
        self._spellings[what] = name

    def _keep(self, link: str, event: Result) -> None:
        merge(self.checks, event_checks(self.model, event))
        self.news.setdefault(link, []).append(event)
        found = unasked_check(event, self.subscribed.get(link, set()))
        if found is not None:
            merge(self.checks, [found])

    # what a result says

    def succeeded(self, result: Result) -> bool:
        """Whether the result says that the function did what it does."""
        rows = (self.syntax.success, *self.syntax.successes, *filter(None, (self.syntax.partial,)))
        if result.came and result.code in {self.model.errors[name].code for name in rows}:
            return True
        operation = self.model.operations.get(result.function)
        if self.headless(result):
            return True
        return operation is not None and operation.body is not None and self.has_file(result)

    def headless(self, result: Result) -> bool:
        """Whether it is a success that says so by what it carries, of a function whose example has neither code nor label."""
        named = result.function in self.syntax.headless and result.came and result.root.name == self.syntax.result
        return named and not result.code and result.status < 400

    def has_file(self, result: Result) -> bool:
        """Whether the content of a response is a file and no result."""
        return result.road == URL and result.came and bool(result.body) and not result.is_xml

    def has_failed(self, result: Result) -> bool:
        """Whether the result says that the function did nothing: an error, or on the road of URLs a status of 400 or more."""
        if not result.came or self.succeeded(result):
            return False
        return bool(result.code) or result.status >= 400


def pairs_of(fields: Given) -> Iterable[tuple[str, str]]:
    """Fields as pairs, in their order."""
    return fields.items() if isinstance(fields, Mapping) else fields
