"""A made-up system that is asked over HTTP, devices of it, and a way to play flows without sockets, for the tests of the HTTP engine."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from harness.ending import Ending
from harness.flow import Action, CaseSkipped, Provide
from harness.http.exchanged import read_again
from harness.httpdut import HttpDut
from harness.httpflow import Answered, Exchange
from harness.spec.model import (
    Ambiguity,
    Base,
    Clause,
    DataType,
    Document,
    Effect,
    ErrorCode,
    Interface,
    Level,
    ObjectKind,
    Operation,
    Parameter,
    Reading,
    Source,
    System,
)  # fmt: skip
from harness.spec.xmlmodel import (
    Condition,
    HttpRequest,
    HttpSyntax,
    Membership,
    Window,
    XmlAttribute,
    XmlChild,
    XmlDocument,
    XmlElement,
)  # fmt: skip
from harness.suite import Suite
from harness.target import Target
from harness.tests.devices import Device, Handler
from harness.wire.http1 import Request, encode
from harness.wire.http1_framing import read_requests

HERE = Source(section="Gauges", lines=[1, 1])
LONGEST = 600
PATH = "/tides/ask"
NAMES = ("pier", "lock")
Pairs = Sequence[tuple[str, str]]


def _rule(text: str, level: Level = Level.MUST) -> Clause:
    return Clause(text=text, level=level, source=HERE, chapter="Rules")


def _open(about: str, *readings: str, **more: Any) -> Ambiguity:
    return Ambiguity(about=about, readings={name: Reading(text=name) for name in readings}, **more)


def _asked(value: str = "", **more: Any) -> HttpRequest:
    return HttpRequest(path=PATH, selector="what", value=value, unknown="nothing", absent=["bad"], source=HERE, **more)


def _parameter(kind: str, **more: Any) -> Parameter:
    return Parameter(type=kind, source=HERE, **more)


def _list(root: str, row: str, **attributes: str) -> XmlDocument:
    return XmlDocument(
        root=root,
        source=HERE,
        row=row,
        elements={
            root: XmlElement(source=HERE, children={row: XmlChild(source=HERE)}),
            row: XmlElement(
                source=HERE,
                attributes={name: XmlAttribute(type=kind, source=HERE) for name, kind in attributes.items()},
            ),
        },
    )


_ERRORS = {name: ErrorCode(use=name, source=HERE) for name in ("bad", "nothing")}
SYSTEM = System(
    system="tides",
    prefix="TID",
    title="Tides",
    document=Document(file="tides.txt", title="Tides", edition="1", sha256="0" * 64),
    interfaces={"web": Interface(transport="tcp", port=80, protocol="http", source=HERE)},
    http=HttpSyntax(
        method="GET",
        media=["text/xml"],
        refused="bad",
        open_points={"unknown-parameter": "TID-AMB-002", "other-method": "TID-AMB-003"},
        rules={
            "framing": "TID-WEB-001",
            "one-reply": "TID-WEB-002",
            "status": "TID-WEB-003",
            "xml": "TID-WEB-004",
            "root": "TID-WEB-005",
            "extra": "TID-WEB-006",
            "media": "TID-WEB-007",
            "method": "TID-WEB-008",
        },
    ),
    types={
        "time": DataType(base=Base.XS_INTEGER, source=HERE),
        "name": DataType(base=Base.XS_STRING, source=HERE),
        "number": DataType(base=Base.XS_INTEGER, source=HERE),
        "unit": DataType(base=Base.ENUM, choices=["mm", "feet"], source=HERE),
    },
    replies={
        "gauges": _list("Gauges", "Gauge", name="name"),
        "levels": _list("Levels", "Level", time="time", depth="number"),
        "problem": XmlDocument(root="Problem", source=HERE, elements={"Problem": XmlElement(source=HERE)}),
    },
    objects={"gauge": ObjectKind(about="a place", fixtures={"any": "gauges", "dry": "dry_gauges"}, unknown="name")},
    errors={
        "bad": ErrorCode(code="400", text="Bad", source=HERE),
        "nothing": ErrorCode(code="404", text="Nothing", source=HERE),
    },
    operations={
        "Gauges": Operation(
            section="Gauges", effect=Effect.READ, source=HERE, success=HERE, reply="gauges", request=_asked("Gauges"), errors=_ERRORS
        ),
        "Levels": Operation(
            section="Levels",
            effect=Effect.READ,
            source=HERE,
            success=HERE,
            reply="levels",
            request=_asked(values={"short": "Levels", "long": "LevelList"}, ambiguity="TID-AMB-001"),
            parameters={
                "gauge": _parameter("name", object="gauge", missing=["unnamed"]),
                "from": _parameter("time", missing=["bad"], invalid=["bad"]),
                "to": _parameter("time", missing=["bad"], invalid=["bad"]),
                "unit": _parameter("unit", optional=True, empty="TID-AMB-004", invalid=["bad"]),
                "datum": _parameter(
                    "number", optional=True, examples=["7"], invalid=["bad"], empty="TID-AMB-004",
                    names={"short": "datum", "long": "datumLevel"}, name_ambiguity="TID-AMB-001",
                ),
            },
            window=Window(
                start="from", end="to", longest_s=LONGEST, error="bad", source=HERE, belongs="TID-AMB-005",
                membership={"read": Membership(not_before="time", not_after="time")},
            ),
            conditions=[
                Condition(parameter="unit", values=["feet"], needs="datum", error="bad", clause="TID-LEV-001", source=HERE)
            ],
            errors=_ERRORS
            | {
                "unnamed": ErrorCode(
                    code="400", text="No gauge", reply="problem", attributes={"number": "7"}, source=HERE
                )
            },
        ),
    },
    clauses={
        **{f"TID-WEB-00{number}": _rule("x") for number in range(1, 9)},
        "TID-LEV-001": _rule("feet need a datum"),
    },
    ambiguities={
        "TID-AMB-001": _open("the names", "short", "long"),
        "TID-AMB-002": _open("more parameters", "taken", "refused", accepted="taken", refused="refused"),
        "TID-AMB-003": _open("other methods", "taken", "refused", accepted="taken", refused="refused"),
        "TID-AMB-004": _open("no value", "not-given", "refused", accepted="not-given", refused="refused"),
        "TID-AMB-005": _open("what belongs to a period", "read"),
    },
)  # fmt: skip


# A device


def response(status: int, body: bytes, *fields: str, media: str = "text/xml") -> bytes:
    """A reply with these header fields too."""
    lines = [f"HTTP/1.1 {status} Fine", f"Content-Type: {media}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Tides:
    """A device that does as the spec says, but for its faults.

    Args:
        faults: `long-period` takes any period, `no-number` any text for a number, `feet` without a datum, `other-error` has another document,
            `stray` sends bytes behind a reply.
        names: what it takes as the name of Levels.
    """

    def __init__(self, *faults: str, names: Sequence[str] = ("Levels",)) -> None:
        self.faults = faults
        self.names = names
        self.requests: list[Request] = []

    def answer(self, request: Request) -> bytes:
        """The reply to one request."""
        self.requests.append(request)
        if request.method != "GET":
            return response(405, b"")
        path, _, query = request.target.partition("?")
        asked = dict(parse_qsl(query, keep_blank_values=True))
        if path != PATH or "what" not in asked:
            return response(400 if path == PATH else 404, b"")
        if asked["what"] == "Gauges":
            return response(
                200, b"<Gauges>" + b"".join(b'<Gauge name="%s"/>' % n.encode() for n in NAMES) + b"</Gauges>"
            )
        return self._levels(asked) if asked["what"] in self.names else response(404, b"")

    def _levels(self, asked: Mapping[str, str]) -> bytes:
        if not asked.get("gauge"):
            number = 8 if "other-error" in self.faults else 7
            return response(400, f'<Problem number="{number}"/>'.encode())
        begin, end = asked.get("from", ""), asked.get("to", "")
        datum = asked.get("datum") or "0"
        if not all(text.lstrip("+-").isdigit() for text in (begin, end, datum)) and "no-number" not in self.faults:
            return response(400, b"")
        last = int(end) if end.isdigit() else 0
        start = int(begin) if begin.isdigit() else last
        if not 0 <= last - start <= LONGEST and "long-period" not in self.faults:
            return response(400, b"")
        unit = asked.get("unit") or "mm"
        if unit not in ("mm", "feet") or (unit == "feet" and "datum" not in asked and "feet" not in self.faults):
            return response(400, b"")
        rows = "".join(f'<Level time="{time}" depth="{time % 9}"/>' for time in range(start, last + 1, 60))
        return response(200, f"<Levels>{rows}</Levels>".encode())

    def handler(self) -> Handler:
        """Serves connections of `harness.tests.devices.device`."""

        def handle(device: Device, connection: socket.socket) -> None:
            buffer = b""
            while chunk := connection.recv(65536):
                device.received += chunk
                whole, buffer = read_requests(buffer + chunk)
                for one in whole:
                    connection.sendall(self.answer(one.request) + b"more" * ("stray" in self.faults))

        return handle


def target(port: int = 80, **more: Any) -> Target:
    """A target on the loopback that permits nothing but reading."""
    fixtures = {"gauges": list(NAMES)}
    return Target(
        **{
            "system": "tides", "name": "tiny", "host": "127.0.0.1", "ports": {"web": port}, "timeout": 5.0, "fixtures": fixtures, **more
        }
    )  # fmt: skip


def suite(*providers: str) -> Suite:
    """A suite with these providers of what the generated cases need; register cases on it."""
    from harness.httpdut import find_parameter, find_selector

    made = Suite("tides")

    async def window(_dut: HttpDut, _state: str) -> str:
        return "86400 86999"

    known: dict[str, Any] = {"window": window, "selector": find_selector, "parameter": find_parameter}
    for kind in providers or known:
        made.provides(kind)(known[kind])
    return made


# Flows without sockets


class Canned:
    """Answers every exchange of a flow with what a function makes of the request; bytes, or how the wait ended.

    Attributes:
        requests: those that the flow made.
    """

    def __init__(
        self, answer: Callable[[Request], bytes | Ending], shared: Mapping[str, str] | None = None, *, piece: int = 0
    ) -> None:
        self._answer = answer
        self._shared = dict(shared or {})
        self._piece = piece
        self.requests: list[Request] = []
        self.asked: list[str] = []

    def perform(self, action: Action[Any]) -> Any:
        """See `harness.flow.Driver`."""
        if isinstance(action, Provide):
            self.asked.append(f"{action.kind} {action.state}")
            found = self._shared.get(f"{action.kind} {action.state}", self._shared.get(action.kind))
            if found is None:
                raise CaseSkipped(f"needs {action.kind} {action.state}")
            return found
        assert isinstance(action, Exchange), action
        self.requests.append(action.request)
        got = self._answer(action.request)
        raw, ending = (got, Ending.ANSWERED) if isinstance(got, bytes) else (b"", got)
        exchanged = read_again(encode(action.request), raw, action.request.method, ending)
        sink = action.sink() if action.sink is not None else None
        if sink is not None:
            if exchanged.head is not None:
                sink.start(exchanged.head)
                size = self._piece or max(len(exchanged.body), 1)
                for at in range(0, len(exchanged.body), size):
                    if not sink.feed(exchanged.body[at : at + size]):
                        break
            sink.end(exchanged.ending, exchanged.body_complete)
        return Answered(exchanged, sink, len(self.requests) - 1)


def always(answer: bytes | Ending) -> Callable[[Request], bytes | Ending]:
    """A device that has one answer for everything."""
    return lambda _request: answer


def dut(system: System = SYSTEM, **more: Any) -> HttpDut:
    """A view of a device of the made-up system, or of another one."""
    port = next(iter(system.interfaces))
    made = target(**{"system": system.system, "ports": {port: 80}, **more})
    return HttpDut(system=system, target=made, rng=random.Random(1), interface=port)
