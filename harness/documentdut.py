"""The device under test as flows of functions see it: one function, two roads, and the events that a connection has asked for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from harness.checks.documents import body_checks, codes_of, event_checks, result_checks, unasked_check
from harness.checks.message import merge
from harness.datatypes import is_value
from harness.ending import Ending
from harness.errors import InternalError
from harness.flow import CaseInconclusive, CaseSkipped, CaseStopped, Connect, Note, Receive, Received
from harness.httpdut import Body
from harness.httpflow import Exchange
from harness.messages.binding import Binding
from harness.messages.documentreply import STREAM, URL, Fields, Result
from harness.messages.documents import DocumentBinding, UrlBinding
from harness.spec.documentmodel import DocumentSyntax
from harness.spec.model import Level, Operation, System
from harness.target import Target
from harness.usual import unusual_checks
from harness.verdict import Check, Severity
from harness.view import MAIN, View
from harness.wire.http1 import Request
from harness.wire.xmltree import USUAL, Writing

Given = Mapping[str, str] | Fields
# Events that may come before a result; a device that sends more floods.
MOST_EVENTS = 2000
# Of a file that is exported so much is kept.
MOST_FILE = 16 * 1024 * 1024
OWN = "\0own"  # stands for a number that no request had before


class DocumentDut(View):
    """One case's view of the device.

    Every result is checked for what any result must be; `ok`, `refused`, `answers` and `either` check what was asked for. A road is the
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
        """
        road = road or self.roads[0]
        number = self.next_number() if number == OWN else number
        sent = list(pairs_of(fields))
        names = await self.spelled(function, sent) if names is None else names
        if self.is_stream(road):
            data = self.document(
                function, sent, number=number, writing=writing, names=names, function_name=function_name
            )
            await self.send(data, link=link, pieces=pieces, pause_s=pause_s)
            return await self.result(function, sent, number=number, link=link, judged=judged, deadline_s=deadline_s)
        binding = self._urls(road)
        request = binding.request(
            function, sent, number=number, host=self.host(road), page=page, names=names, spell=spell
        )
        return await self.ask(
            request, function, sent, number=number, road=road, link=link, judged=judged, deadline_s=deadline_s
        )

    def document(
        self,
        function: str,
        fields: Given = (),
        *,
        number: str | None = OWN,
        writing: Writing = USUAL,
        names: Mapping[str, str] | None = None,
        function_name: str | None = None,
        root: str | None = None,
    ) -> bytes:
        """The bytes of a request on the stream."""
        binding = self._bindings[self.stream]
        assert isinstance(binding, DocumentBinding)
        number = self.next_number() if number == OWN else number
        return binding.request(
            function, list(pairs_of(fields)), number=number, writing=writing, names=names,
            function_name=function_name or self._spellings.get(f"function.{function}"), root=root,
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
    ) -> Result:
        """Wait for the result of a request that was sent on the stream.

        Raises:
            CaseStopped: events come without end.
        """
        for _ in range(MOST_EVENTS):
            got = await Receive(link, deadline_s)
            result = self._read(got, function, sent, number)
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

    def _read(self, got: Received, function: str = "", sent: Given = (), number: str | None = None) -> Result:
        return Result(
            syntax=self.syntax, function=function, ending=got.ending, raw=got.raw, sent=tuple(pairs_of(sent)),
            number=number, road=STREAM, step=got.step,
        )  # fmt: skip

    async def _done(self, result: Result, judged: bool) -> Result:
        if judged:
            merge(self.checks, result_checks(self.model, result))
        if self.succeeded(result):
            for note in notes(self.model, result):
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

    def spell(self, what: str, name: str) -> None:
        """Use this spelling in this flow from now on, for finding out which one the device takes."""
        self._spellings[what] = name

    # events

    async def subscribe(self, event_class: str | None = None, *, link: str = MAIN, **fields: str) -> Result:
        """Ask for events on a connection, and remember that it did."""
        wanted = self.syntax.every_class if event_class is None else event_class
        result = await self.call(
            self.syntax.subscribe, {self.syntax.event_class: wanted, **fields}, road=self.stream, link=link
        )
        if self.succeeded(result):
            self.subscribed.setdefault(link, set()).add(wanted)
        return result

    async def wait_for(
        self,
        link: str,
        event_type: str,
        matches: Callable[[Result], bool] = lambda _event: True,
        *,
        count: int = 1,
        deadline_s: float | None = None,
    ) -> list[Result]:
        """The events of a type that have come on a connection, waiting until there are so many or the time is up."""
        while len(found := self.told(link, event_type, matches)) < count:
            got = await Receive(link, deadline_s)
            event = self._read(got)
            if not event.is_event:
                if event.came:
                    self.check(
                        "event.unasked", False, self.one_reply, expected="an event, for no request was sent",
                        got=event.describe(), step=event.step,
                    )  # fmt: skip
                break
            self._keep(link, event)
        return found

    def told(
        self, link: str, event_type: str = "", matches: Callable[[Result], bool] = lambda _event: True
    ) -> list[Result]:
        """The events of a type, or of all, that have come on a connection so far."""
        known = self.model.events.get(event_type)
        names = {name.strip() for name in known.type_names.values()} if known is not None else set()
        names |= {event_type} if event_type else set()
        return [one for one in self.news.get(link, ()) if (not names or one.event_type in names) and matches(one)]

    async def settle(self, link: str) -> None:
        """Ask something harmless, so that what the device had to tell before has come, if it tells in order."""
        await self.call("TEST", road=self.stream, link=link)

    def _keep(self, link: str, event: Result) -> None:
        merge(self.checks, event_checks(self.model, event))
        self.news.setdefault(link, []).append(event)
        found = unasked_check(event, self.subscribed.get(link, set()))
        if found is not None:
            merge(self.checks, [found])

    def see_rest(self, link: str, got: Received, *, loose: bool) -> None:
        """See `harness.view.View`: events may come at any time to who asked for them."""
        framer = self._bindings[self.roads[0]].framer()
        framer.feed(got.raw)
        while (data := framer.next_message()) is not None:
            event = self._read(Received(data, Ending.ANSWERED, got.step))
            if not event.is_event:
                super().see_rest(link, Received(data, got.ending, got.step), loose=loose)
                return
            self._keep(link, event)
        rest = framer.leftover
        if self.subscribed.get(link):
            rest = b""  # an event that is still on its way, or was cut off where we stopped to look
        if not loose:
            super().see_rest(link, Received(rest.strip(), got.ending, got.step), loose=loose)

    # checks

    def check(
        self,
        name: str,
        passed: bool,
        *clauses: str,
        expected: str,
        got: str,
        severity: Severity = Severity.MUST,
        step: int = -1,
    ) -> bool:
        """See `harness.view.View`; what only clauses of level should ask for is no failure."""
        known = [self.model.clauses[one].level if one in self.model.clauses else Level.MUST for one in clauses]
        if known and Level.MUST not in known and severity is Severity.MUST:
            severity = Severity.SHOULD
        return super().check(name, passed, *clauses, expected=expected, got=got, severity=severity, step=step)

    def succeeded(self, result: Result) -> bool:
        """Whether the result says that the function did what it does."""
        rows = (self.syntax.success, *self.syntax.successes)
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

    def ok(self, result: Result, *clauses: str, check: str = "") -> Result:
        """The function must have succeeded; gives the result.

        Raises:
            CaseStopped: it did not, and what follows would need it.
        """
        own = f"{self.model.prefix}-{result.function}"
        passed = self.succeeded(result)
        self.check(
            check or result.function, passed, *(clauses or (own,)), expected=f"{result.function} to succeed",
            got="" if passed else result.describe(), step=result.step,
        )  # fmt: skip
        if not passed:
            raise CaseStopped(f"{result.function} did not succeed")
        return result

    def file(self, result: Result, *clauses: str, check: str = "file") -> Result:
        """The function must have given a file of the right format; gives the result.

        Raises:
            CaseStopped: it did not.
        """
        self.ok(result, *clauses, check=check)
        found = list(body_checks(self.model, result))
        merge(self.checks, found)
        if not all(one.passed for one in found):
            raise CaseStopped(f"{result.function} gave no such file")
        return result

    def refused(self, result: Result, *clauses: str, errors: Sequence[str] = (), check: str = "refused") -> bool:
        """The function must have failed, with one of these errors if some are given; gives whether it is so."""
        codes = {code: name for name in errors for code in codes_of(self.model.errors[name])}
        passed = self.has_failed(result) and (not codes or not result.code or result.code in codes)
        wanted = f" with one of {', '.join(f'{code} ({name})' for code, name in codes.items())}" if codes else ""
        return self.check(
            check, passed, *clauses, expected=f"{result.function or 'the request'} to fail{wanted}",
            got="" if passed else result.describe(), step=result.step,
        )  # fmt: skip

    def either(self, result: Result, ambiguity: str, *clauses: str, check: str = "either") -> bool:
        """Success and failure conform, as readings of an ambiguity; gives whether it was a success.

        Raises:
            CaseStopped: neither came.
        """
        known = self.model.ambiguities[ambiguity]
        ended = result.ending in (Ending.CLOSED, Ending.RESET)
        good, bad = self.succeeded(result), self.has_failed(result)
        reading = known.accepted if good else known.refused if bad else None
        passed = good or bad or ended
        name = self._name(check)
        fits = frozenset((reading,)) if reading else frozenset[str]()
        got = result.describe()
        self.checks.append(
            Check(
                id=name,
                clauses=(*clauses, self.one_reply),
                passed=passed,
                expected="a success or an error",
                got="" if passed else got,
                step=result.step,
                readings={ambiguity: fits} if fits else {},
            )
        )
        self.checks += unusual_checks(
            self.model, ambiguity, fits, check=name, clauses=clauses, got=got, step=result.step
        )
        if not passed:
            raise CaseStopped(result.describe())
        return good


def notes(system: System, result: Result) -> Iterable[Note]:
    """What the journal learns from a success."""
    operation = system.operations.get(result.function)
    if operation is None:
        return
    named = dict(result.sent)
    yield Note("drop", result.function, _entry(system, result.function, named))
    undo = operation.undo
    if undo is not None and all(named.get(name, "").upper() in values for name, values in undo.when.items()):
        slots = {f"{{{name}}}": value for name, value in named.items()}
        if operation.result is not None:
            made = result.get(operation.result.name, *_spellings(operation, operation.result.name)) or ""
            slots["{result}"] = made if is_value(system.types[operation.result.type], made) else ""
        arguments = [one.partition("=") for one in undo.arguments]
        filled = {name: slots.get(slot, "" if slot.startswith("{") else slot) for name, _, slot in arguments}
        if operation.result is None or filled.get(next(iter(_slotted(undo.arguments)), ""), ""):
            yield Note("add", undo.operation, _entry(system, undo.operation, filled))
    if operation.ends is not None and operation.ends in named:
        yield Note("gone", arguments=(f"{operation.ends}={named[operation.ends]}",))


def _slotted(arguments: Sequence[str]) -> Iterable[str]:
    """The names of arguments that are what a success gave."""
    return (one.partition("=")[0] for one in arguments if one.endswith("={result}"))


def _spellings(operation: Operation, name: str) -> tuple[str, ...]:
    """Every way in which the document spells a value of the answer."""
    value = operation.answer.values.get(name) if operation.answer is not None else None
    return tuple(value.names.values()) if value is not None else ()


def _entry(system: System, function: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """What an entry of the journal has of a call that takes something back: the parameters that such entries name."""
    undoes = [one.undo.arguments for one in system.operations.values() if one.undo and one.undo.operation == function]
    names = sorted({argument.partition("=")[0] for arguments in undoes for argument in arguments})
    return tuple(f"{name}={values[name]}" for name in names if values.get(name))


def pairs_of(fields: Given) -> Iterable[tuple[str, str]]:
    """Fields as pairs, in their order."""
    return fields.items() if isinstance(fields, Mapping) else fields
