"""The device under test as the flows of an HTTP interface see it: requests and replies, and checks of what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.checks.http import HttpAnswer, answer_checks, framing_checks, reply_checks
from harness.checks.message import merge
from harness.ending import Ending
from harness.errors import InternalError
from harness.flow import CaseInconclusive, CaseStopped
from harness.http.content import MAX_CODINGS, Decoder, codings
from harness.httpflow import Exchange
from harness.messages.http import request_to, selector_value
from harness.messages.httpreply import HttpReply, Pairs
from harness.rows import Scan, Shape, compile_shape
from harness.spec.model import System
from harness.spec.xmlmodel import HttpSyntax
from harness.view import MAIN, View
from harness.wire.http1 import Head, Oddity, Request

# Of a body so much is kept for people and for the small documents of errors; the rest only goes through the scan.
KEPT_BODY = 64 * 1024
# A body that is not scanned may have so many bytes.
MOST_BYTES = 16 * 1024 * 1024
Query = Mapping[str, str] | Pairs


class Body:
    """Takes the body of a response as it comes: undoes its content coding, keeps its beginning, scans the XML of a success.

    Attributes:
        kept: the beginning of the body.
        complete: all of it came.
        enough: it was found wrong before its end, so that no more was wanted.
        problem: what is wrong with its content coding.
    """

    def __init__(self, scan: Callable[[str | None], Scan] | None, *, keep: int = KEPT_BODY) -> None:
        self._keep = keep
        self.kept = bytearray()
        self.scan: Scan | None = None
        self.complete = False
        self.enough = False
        self.problem: Oddity | None = None
        self.count = 0
        self._make_scan = scan
        self._decoders: list[Decoder] = []

    def start(self, head: Head) -> None:
        """See `harness.http.turn.Sink`."""
        applied = codings(head)
        if len(applied) > MAX_CODINGS:
            self.problem = Oddity("content-encoding", f"at most {MAX_CODINGS} codings", str(len(applied)))
        self._decoders = [Decoder(coding) for coding in reversed(applied[:MAX_CODINGS])]
        if head.status == 200 and self._make_scan is not None:
            self.scan = self._make_scan(_charset("".join(head.values("content-type")[:1]).lower()))

    def feed(self, piece: bytes | memoryview) -> bool:
        """See `harness.http.turn.Sink`."""
        if not self._decoders:
            return self._take(piece)
        if not all(self._take(decoded) for decoded in self._decoded(bytes(piece))):
            return False
        self.problem = self.problem or next((one.failed for one in self._decoders if one.failed is not None), None)
        self.enough = self.problem is not None
        return not self.enough

    def _decoded(self, data: bytes, depth: int = 0) -> Iterator[bytes]:
        if depth == len(self._decoders):
            yield data
            return
        for piece in self._decoders[depth].feed(data):
            yield from self._decoded(piece, depth + 1)

    def _take(self, data: bytes | memoryview) -> bool:
        self.count += len(data)
        if len(self.kept) < self._keep:
            self.kept += data[: self._keep - len(self.kept)]
        if self.scan is not None:
            self.enough = not self.scan.feed(data)
            return not self.enough
        return self.count <= MOST_BYTES

    def end(self, ending: Ending, complete: bool) -> None:
        """See `harness.http.turn.Sink`. A compressed body is complete when its compression has ended, too."""
        self.complete = complete and ending is Ending.ANSWERED
        for decoder in self._decoders if self.complete else ():
            self.problem = self.problem or decoder.end()
        self.complete = self.complete and self.problem is None


class HttpDut(View):
    """One case's view of the device.

    Every reply is checked for what any reply must be; `ok`, `refused` and `answers` check what was asked for.
    """

    _shapes: dict[tuple[str, str], Shape] = {}  # noqa: RUF012 - shapes are made once for all cases

    @property
    def one_reply(self) -> str:
        """See `harness.view.View`."""
        return self._http.rules["one-reply"]

    @property
    def _http(self) -> HttpSyntax:
        if self.model.http is None:
            raise InternalError(f"{self.model.system} has no HTTP interface")
        return self.model.http

    # requests

    async def get(
        self,
        operation: str,
        query: Query = (),
        *,
        method: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        link: str = MAIN,
        judged: bool = True,
        window: tuple[int, int] | None = None,
        keep: Sequence[str] = (),
        digests: bool = False,
        plain: bool = False,
        deadline_s: float | None = None,
    ) -> HttpReply:
        """Ask for an operation with these parameters and take the reply, scanned as it comes.

        Args:
            query: names of the spec and values; what the spec spells in several ways is spelled as the device takes it.
            judged: False leaves out all checks but that the reply is an HTTP message.
            window: first and last second that rows are compared with.
            keep: attributes of rows whose values the scan keeps.
            digests: keep a digest of every row.
        """
        known = self.model.operations[operation]
        if known.request is None:
            raise InternalError(f"{operation} is not asked for over HTTP")
        pairs = [(known.request.selector, await self.selector(operation)), *await self.spelled(operation, query)]
        request = request_to(self.host, known.request.path, pairs, method=method or self._http.method, headers=headers)
        return await self.ask(
            request, operation, pairs, link=link, judged=judged, window=window, keep=keep, digests=digests, plain=plain,
            deadline_s=deadline_s,
        )  # fmt: skip

    async def ask(
        self,
        request: Request,
        operation: str = "",
        query: Pairs = (),
        *,
        link: str = MAIN,
        judged: bool = True,
        window: tuple[int, int] | None = None,
        keep: Sequence[str] = (),
        digests: bool = False,
        plain: bool = False,
        deadline_s: float | None = None,
    ) -> HttpReply:
        """Send a request as it is given; `operation` and `query` say what it means."""

        def make_scan(charset: str | None) -> Scan:
            return Scan(self.shape(operation), window=window, charset=charset, keep=keep, digests=digests)

        has_document = operation in self.model.operations and self.model.operations[operation].reply is not None
        got = await Exchange(
            link=link,
            interface=self.interface,
            request=request,
            deadline_s=deadline_s,
            sink=lambda: Body(make_scan if has_document else None),
            plain=plain,
        )
        body = got.sink
        assert isinstance(body, Body)
        odd = (*got.exchanged.oddities, *([body.problem] if body.problem is not None else []))
        reply = HttpReply(
            operation=operation,
            query=tuple(query),
            method=request.method,
            exchanged=replace(got.exchanged, oddities=odd),
            scan=body.scan.finish(complete=body.complete) if body.scan is not None else None,
            body=bytes(body.kept),
            step=got.step,
            enough=body.enough,
        )
        found = reply_checks(self.model, reply) if judged else framing_checks(self.model, reply)
        merge(self.checks, found)
        return reply

    @property
    def host(self) -> str:
        """What stands in the Host field."""
        host, port = self.target.host, self.target.ports[self.interface]
        shown = f"[{host}]" if ":" in host else host
        return shown if port == 80 else f"{shown}:{port}"

    def shape(self, operation: str) -> Shape:
        """What the reply of an operation is compared with."""
        key = (self.model.system, operation)
        if key not in self._shapes:
            self._shapes[key] = compile_shape(
                self.model, self.model.operations[operation].reply or "", operation=operation
            )
        return self._shapes[key]

    async def selector(self, operation: str) -> str:
        """How the device calls the operation; where the document has several names, the first that it takes.

        Raises:
            CaseInconclusive: it takes none.
        """
        known = self.model.operations[operation]
        if known.request is None or not known.request.values:
            return selector_value(known, operation)
        return await self.shared("selector", operation)

    async def spelled(self, operation: str, query: Query) -> list[tuple[str, str]]:
        """Names and values, the names as the device takes them: where the document has several, the first that it takes.

        Raises:
            CaseInconclusive: it takes none.
        """
        known = self.model.operations[operation].parameters
        pairs = list(query.items()) if isinstance(query, Mapping) else list(query)
        several = {name for name, _ in pairs if name in known and known[name].names}
        names = {name: await self.shared("parameter", f"{operation}.{name}") for name in several}
        return [(names.get(name, name), value) for name, value in pairs]

    # checks

    def ok(self, reply: HttpReply, *clauses: str, check: str = "") -> HttpReply:
        """The request must have succeeded; gives the reply.

        Raises:
            CaseStopped: it did not, and what follows would need it.
        """
        own = f"{self.model.prefix}-{reply.operation}"
        if not self.answers(reply, [HttpAnswer()], *(clauses or (own,)), check=check):
            raise CaseStopped(f"{reply.operation} did not succeed")
        return reply

    def refused(self, reply: HttpReply, error: str, *clauses: str, check: str = "refused") -> None:
        """The request must have been refused with this error."""
        self.answers(reply, [HttpAnswer(error=error)], *clauses, check=check)

    def answers(
        self,
        reply: HttpReply,
        answers: Sequence[HttpAnswer],
        *clauses: str,
        ambiguity: str | None = None,
        check: str = "",
    ) -> bool:
        """The reply must be one of these answers; gives whether it is.

        Raises:
            CaseStopped: no reply came; what would follow on a device that does not answer says nothing more.
        """
        name = self._name(check or reply.operation or "request")
        found = answer_checks(self.model, reply, answers, check=name, clauses=clauses, ambiguity=ambiguity)
        self.checks.extend(found)
        if not reply.came:
            raise CaseStopped(reply.describe())
        return found[0].passed

    async def setup(self, operation: str, query: Query = (), **options: Any) -> HttpReply:
        """A request that must succeed before the case can begin.

        Raises:
            CaseInconclusive: it did not.
        """
        reply = await self.get(operation, query, **options)
        if reply.status != 200 or reply.ending is not Ending.ANSWERED:
            raise CaseInconclusive(f"{operation} did not succeed: {reply.describe()}")
        return reply


def _charset(media: str) -> str | None:
    """The charset of a Content-Type, None if it names none."""
    for parameter in media.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return value.strip().strip('"') or None
    return None


async def find_selector(dut: HttpDut, operation: str) -> str:
    """The name under which the device knows an operation that the document calls by several.

    A provider of suites: `SUITE.provides("selector")(find_selector)`.

    Raises:
        CaseInconclusive: it takes none of them.
    """
    known = dut.model.operations[operation]
    request = known.request
    if request is None or not request.values:
        return selector_value(known, operation)
    query = await dut.spelled(operation, await sample(dut, operation, period="quiet"))
    spellings = _pinned(request.values, dut.target.dialect.get(request.ambiguity or ""))
    return await _first_taken(dut, operation, {value: [(request.selector, value), *query] for value in spellings})


async def find_parameter(dut: HttpDut, place: str) -> str:
    """How the device spells a parameter that the document spells in several ways; `place` is `operation.parameter`.

    A provider of suites: `SUITE.provides("parameter")(find_parameter)`.

    Raises:
        CaseInconclusive: it takes none of them.
    """
    operation, _, name = place.rpartition(".")
    known = dut.model.operations[operation]
    parameter, request = known.parameters[name], known.request
    assert request is not None
    query = await sample(dut, operation, period="quiet")
    first = next(iter(request.values.values()), selector_value(known, operation))
    spellings = _pinned(parameter.names, dut.target.dialect.get(parameter.name_ambiguity or ""))
    values = list(dict.fromkeys((first, *request.values.values())))
    return await _first_taken(
        dut,
        operation,
        {
            (spelled, value): [
                (request.selector, value), *((spelled if key == name else key, text) for key, text in query)
            ]
            for value in values
            for spelled in spellings
        },
    )  # fmt: skip


def _pinned(spellings: Mapping[str, str], reading: str | None) -> list[str]:
    """The spellings to try: that of the reading which the target file pins, else all."""
    return [spellings[reading]] if reading is not None and reading in spellings else list(spellings.values())


async def _first_taken(dut: HttpDut, operation: str, queries: Mapping[Any, Pairs]) -> str:
    """The first spelling with whose query a request succeeds.

    Where the device refuses all of them it is the first: what asks for the operation then finds that it is not there.

    Raises:
        CaseInconclusive: none succeeds, and not all are refused.
    """
    request = dut.model.operations[operation].request
    assert request is not None
    refused = True
    for spelling, pairs in queries.items():
        reply = await dut.ask(request_to(dut.host, request.path, pairs), operation, pairs, judged=False)
        if reply.status == 200:
            return spelling if isinstance(spelling, str) else str(spelling[0])
        refused = refused and reply.came and 400 <= reply.status < 500
    if refused:
        first = next(iter(queries))
        return first if isinstance(first, str) else str(first[0])
    raise CaseInconclusive(f"{operation} is taken with none of {', '.join(map(str, queries))}")


async def sample(dut: HttpDut, operation: str, *, period: str = "") -> list[tuple[str, str]]:
    """Values of the parameters that a request for an operation cannot do without; its period is the one in which it has rows.

    Raises:
        CaseSkipped: the target file names no object that they need.
    """
    system: System = dut.model
    known = system.operations[operation]
    window = known.window
    found = []
    for name, parameter in known.parameters.items():
        if parameter.optional:
            continue
        if window is not None and name in (window.start, window.end):
            start, _, end = (await dut.shared("window", period or operation)).partition(" ")
            found.append((name, start if name == window.start else end))
        elif parameter.object is not None:
            found.append((name, await dut.shared(parameter.object, parameter.state or "any")))
        elif parameter.examples:
            found.append((name, parameter.examples[0]))
        else:
            raise InternalError(f"{operation}.{name}: no valid value of type {parameter.type}")
    return found
