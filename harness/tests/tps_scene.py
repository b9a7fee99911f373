"""A reference server of the TelePresence Server without sockets, for tests: calls go straight to its methods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.reference.faults import FaultSet
from harness.reference.readings import Readings
from harness.reference.system import Setup
from harness.reference.tps.device import Device
from harness.reference.tps.faults import FAULTS
from harness.reference.tps.functions import Road
from harness.spec.load import load_system
from harness.wire.xmlrpc import Message, MessageKind, read
from harness.wire.xmlrpc_write import encode_call

MODEL = load_system("tps")
assert MODEL.calls is not None
SYNTAX = MODEL.calls
USER, PASSWORD = SYNTAX.user, SYNTAX.password


class FaultError(Exception):
    """A call was answered with a fault."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code, self.text = code, text


class Link:
    """What stands for a connection."""

    def get_protocol(self) -> Link:
        """It is its own protocol."""
        return self

    def close(self) -> None:
        """It ends."""


class Scene:
    """A device, its clock and a client.

    Args:
        faults: names of seeded faults that are on.
        readings: ambiguity -> reading.
        version: of the API.
        seed: also the platform: 0 is an 8710, 1 a Media 320, 2 a virtual machine.
    """

    def __init__(
        self,
        faults: Iterable[str] = (),
        readings: Mapping[str, str] | None = None,
        version: str | None = None,
        seed: int = 0,
    ) -> None:
        self.time = 100.0
        setup = Setup(
            model=MODEL,
            faults=FaultSet(FAULTS, faults),
            readings=Readings(MODEL, readings),
            clock=lambda: self.time,
            seed=seed,
            version=version,
        )
        self.device = Device(setup)
        self._front = self.device.front()
        credentials = self.device.credentials()
        self.login = {USER: credentials["user"], PASSWORD: credentials["password"]}
        self.fixtures: dict[str, Any] = dict(self.device.fixtures())

    def raw(self, body: bytes, *, tls: bool = False, client: object = None) -> bytes:
        """The XML that answers XML."""
        return self.device.functions.answer(body, Road(tls=tls, client=client)).data

    def http(
        self, body: bytes, link: Link, path: str = "/RPC2", method: str = "POST"
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        """Status, headers and body of a response, without sockets."""
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        headers = [(b"host", b"a"), (b"content-type", b"text/xml"), (b"content-length", b"%d" % len(body))]
        scope = {
            "method": method,
            "path": path,
            "headers": headers,
            "http_version": "1.1",
            "state": {"transport": link},
        }
        running = self._front.serve(scope, receive, send)
        try:
            running.send(None)
        except StopIteration:
            return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]
        raise AssertionError("it waits")

    def message(self, method: str, members: Mapping[str, Any], *, tls: bool = False) -> Message:
        """The reply to a call, whatever it is."""
        return read(self.raw(encode_call(method, {**self.login, **members}), tls=tls))

    def call(self, method: str, members: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """The members of a success.

        Raises:
            FaultError: it is a fault.
        """
        found = self.message(method, {**(members or {}), **more})
        if found.kind is MessageKind.FAULT:
            raise FaultError(found.fault_code or 0, found.fault_string or "")
        plain = found.struct.plain()
        assert isinstance(plain, dict)
        return plain

    def code(self, method: str, members: Mapping[str, Any] | None = None, **more: Any) -> int:
        """The code of the fault that answers a call; 0 for a success."""
        try:
            self.call(method, members, **more)
        except FaultError as fault:
            return fault.code
        return 0

    def wait(self, seconds: float) -> None:
        """Time goes by on the device."""
        self.time += seconds
        self.device.meetings.settle(self.time)
