"""How a load speaks to a device: what makes its requests, what frames the replies, what validates them; one for each protocol."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from harness.judge import Judge
from harness.load.calls import LoadCalls, Marks
from harness.load.callvalidate import CallValidator, api_version
from harness.load.connections import Manners
from harness.load.documents import LoadDocuments, LoadUrls
from harness.load.documentvalidate import DocumentValidator
from harness.load.httpvalidate import HttpValidator
from harness.load.packets import LoadBinding, Sessions
from harness.load.packetvalidate import PacketValidator
from harness.load.validate import Validator
from harness.load.verdicts import AnyValidator, Level
from harness.messages.binding import Binding, Framer
from harness.messages.http import HttpBinding, request_to, selector_value
from harness.messages.reply import Call
from harness.spec.documentmodel import DocumentSyntax
from harness.spec.messagemodel import MessageSyntax
from harness.spec.model import System
from harness.target import Target
from harness.wire.http1 import encode

Get = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One protocol on one target.

    Attributes:
        binding: makes the requests and knows their effects.
        framer: a framer for a new connection.
        validator: judges the replies.
        learn: finds out how the device calls an operation, where the document has several names; told how to get shared objects.
            Raises CaseSkipped or CaseInconclusive.
        manners: makes what opens and ends sessions, or puts in what replies have given, once the device's spellings are known; None
            where there is nothing of the kind.
    """

    binding: Binding
    framer: Callable[[], Framer]
    validator: AnyValidator
    learn: Callable[[str, Get], None]
    manners: Callable[[], Manners] | None = None


class TargetBinding(HttpBinding):
    """Requests as one device takes them: its name, and where the document has several spellings, those that it knows."""

    def __init__(self, system: System, target: Target, interface: str) -> None:
        port, host = target.ports[interface], f"[{target.host}]" if ":" in target.host else target.host
        super().__init__(system, host if port == 80 else f"{host}:{port}")
        self._address = host if port == 80 else f"{host}:{port}"
        self._dialect = target.dialect
        self._selectors: dict[str, str] = {}

    def learn(self, operation: str, get: Get) -> None:
        """Find out what the device calls an operation.

        Raises:
            CaseSkipped, CaseInconclusive: by no name of the document.
        """
        request = self.system.operations[operation].request
        if request is not None and request.values and operation not in self._selectors:
            self._selectors[operation] = get("selector", operation)

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:  # noqa: ARG002
        """A request; every character of a value that could be escaped is."""
        known = self.system.operations[operation]
        if known.request is None:
            raise ValueError(f"{operation} is not asked for over HTTP")
        pairs = [(known.request.selector, self._selectors.get(operation) or selector_value(known, operation))]
        for text in values:
            name, _, value = text.partition("=")
            pairs.append((self._spelled(operation, name), value))
        data = encode(request_to(self._address, known.request.path, pairs))
        return Call(operation=operation, values=tuple(values), typed=tuple(values)), data

    def _spelled(self, operation: str, name: str) -> str:
        parameter = self.system.operations[operation].parameters.get(name)
        if parameter is None or not parameter.names:
            return name
        pinned = self._dialect.get(parameter.name_ambiguity or "", "")
        return parameter.names.get(pinned, next(iter(parameter.names.values())))


def speech_for(
    system: System, target: Target, interface: str, judge: Judge, level: Level, operations: Collection[str] = ()
) -> Speech:
    """How to speak on one interface of a target; `operations` are those of the scenario."""
    if system.messages is not None and system.interfaces[interface].protocol == "messages":
        return _packets(system, system.messages, target, level, operations)
    if system.http is not None and system.interfaces[interface].protocol == "http":
        http = TargetBinding(system, target, interface)
        validator = HttpValidator(system, level, target.dialect)
        return Speech(binding=http, framer=validator.framer, validator=validator, learn=http.learn)
    if system.documents is not None:
        return _documents(system, system.documents, target, interface, level)
    if system.calls is not None:
        calls = LoadCalls(system, system.calls, target, interface)
        judged = CallValidator(calls, level, target, api_version(system.calls, target))
        return Speech(
            binding=calls, framer=judged.framer, validator=judged, learn=calls.learn,
            manners=(lambda: Marks(calls)) if _makes(system, operations) else None,
        )  # fmt: skip
    binding = judge.bindings[interface]
    lines = Validator(judge.book, binding, level, target.dialect)
    return Speech(binding=binding, framer=binding.framer, validator=lines, learn=_nothing_to_learn)


def _packets(
    system: System, syntax: MessageSyntax, target: Target, level: Level, operations: Collection[str]
) -> Speech:
    packets = LoadBinding(system, syntax, target)
    logs_in = syntax.login in operations
    return Speech(
        binding=packets,
        framer=packets.framer,
        validator=PacketValidator(packets, level, target, ends=syntax.logout in operations),
        learn=packets.learn,
        manners=lambda: Sessions(packets, logs_in=logs_in),
    )


def _documents(system: System, syntax: DocumentSyntax, target: Target, interface: str, level: Level) -> Speech:
    streams = system.interfaces[interface].protocol == "documents"
    binding = LoadDocuments(system, syntax) if streams else LoadUrls(system, syntax, target, interface)
    validator = DocumentValidator(binding, level, target)
    return Speech(binding=binding, framer=validator.framer, validator=validator, learn=binding.spellings.learn)


def _nothing_to_learn(_operation: str, _get: Get) -> None:
    """Where each operation has one name."""


def _makes(system: System, operations: Collection[str]) -> bool:
    """Whether a scenario makes something, or goes through lists: then calls need what others gave."""
    calls = [system.operations[name].call for name in operations]
    return any(call is not None and (call.makes is not None or call.listing is not None) for call in calls)
