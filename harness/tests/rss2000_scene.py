"""A reference server of the RSS 2000 without sockets, its clock in the test's hands, and clients that speak to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.reference.faults import FaultSet
from harness.reference.readings import Readings
from harness.reference.rss2000.device import Device
from harness.reference.rss2000.faults import FAULTS
from harness.reference.rss2000.world import ADMINISTRATOR, ORDINARY, ORDINARY_PASSWORD, PASSWORD
from harness.reference.system import Setup
from harness.spec.load import load_system
from harness.wire.tpkt import encode, split
from harness.wire.xmlmessage import Document, Element, encode_message, read_message

MODEL = load_system("rss2000")
ROOT, VERSION = "DVCRMAGER", {"version": "1.0.0.0"}
Given = Iterable[tuple[str, str]]


class Scene:
    """A device and its clients; `now` is the device's clock in seconds."""

    def __init__(self, faults: Iterable[str] = (), readings: Mapping[str, str] | None = None) -> None:
        self.now = 0.0
        setup = Setup(
            model=MODEL,
            faults=FaultSet(FAULTS, faults),
            readings=Readings(MODEL, readings),
            clock=lambda: self.now,
        )
        self.device = Device(setup)
        self.fixtures = self.device.fixtures()

    def client(self, *, listens: bool = False, user: str = ADMINISTRATOR, password: str = PASSWORD) -> Client:
        """A new connection that has logged in."""
        client = Client(self)
        client.login(user, password, listens=listens)
        return client

    def ordinary(self) -> Client:
        """A new connection of the ordinary user."""
        return self.client(user=ORDINARY, password=ORDINARY_PASSWORD)

    def texts(self, key: str) -> list[str]:
        """A fixture that is a list, as texts."""
        found = self.fixtures[key]
        assert isinstance(found, list)
        return [str(one) for one in found]


class Client:
    """One connection; `told` are the bytes that came unasked, `ended` says that the server closed."""

    def __init__(self, scene: Scene) -> None:
        self.conversation = scene.device.open_connection()
        self.conversation.attach(self)
        self.session = ""
        self.told = b""
        self.ended = False
        assert self.conversation.greet() == b""

    def push(self, data: bytes) -> None:
        """Bytes that nobody asked for."""
        self.told += data

    def end(self) -> None:
        """The server ends the connection."""
        self.ended = True

    def login(self, user: str = ADMINISTRATOR, password: str = PASSWORD, *, listens: bool = False) -> list[Element]:
        """Log in and remember the session."""
        given = [("USERNAME", user), ("PASSWORD", password), ("LANG", "0")]
        confirms = self.ask("login", [*given, ("INDICATION", "1")] if listens else given)
        self.session = value(confirms[0], "SESSIONID")
        return confirms

    def bytes_of(self, name: str, given: Given = (), *, root: str = ROOT) -> bytes:
        """The packet of a command of this session."""
        fields = [("SESSIONID", self.session), *given] if self.session else list(given)
        payload = encode_message(
            root, VERSION, "COMMAND", "xmlid", name, [(key, text, {}) for key, text in fields], "value"
        )
        return encode(payload)

    def send(self, data: bytes) -> bytes:
        """Bytes as they are; returns what comes back at once."""
        return self.conversation.receive(data)

    def ask(self, name: str, given: Given = (), *, root: str = ROOT) -> list[Element]:
        """A command, and the elements of its one answer."""
        document = self.document(self.send(self.bytes_of(name, given, root=root)))
        assert [one.name for one in document.elements] == ["CONFIRM"] * len(document.elements)
        return list(document.elements)

    def done(self, name: str, given: Given = (), *, root: str = ROOT) -> list[Element]:
        """A command that succeeds."""
        confirms = self.ask(name, given, root=root)
        assert {value(one, "RESULT") for one in confirms} == {"0"}, (name, confirms)
        return confirms

    def refused(self, name: str, given: Given = ()) -> str:
        """A command that fails; returns why."""
        (confirm,) = self.ask(name, given)
        assert value(confirm, "RESULT") == "1", (name, confirm)
        return value(confirm, "DESCRIPTION")

    def heard(self) -> list[Element]:
        """The indications since the last look."""
        payloads, rest = split(self.told)
        assert rest == b""
        self.told = b""
        documents = [read_message(payload) for payload in payloads]
        assert all(not document.problems and document.root == ROOT for document in documents)
        elements = [element for document in documents for element in document.elements]
        assert [one.name for one in elements] == ["INDICATION"] * len(documents)
        return elements

    @staticmethod
    def document(data: bytes) -> Document:
        """The one document in bytes that came."""
        payloads, rest = split(data)
        assert (len(payloads), rest) == (1, b""), data[:200]
        document = read_message(payloads[0])
        assert document.problems == ()
        assert (document.root, document.attributes) == (ROOT, VERSION)
        return document


def value(element: Element, name: str) -> str:
    """The value of the first field of a name, "" where it is not there."""
    return next((field.attributes["value"] for field in element.fields if field.name == name), "")


def values(element: Element, name: str) -> list[str]:
    """All values of a field."""
    return [field.attributes["value"] for field in element.fields if field.name == name]


def names(element: Element, name: str) -> dict[str, str]:
    """What stands beside the values of a field."""
    return {field.attributes["value"]: field.attributes["name"] for field in element.fields if field.name == name}
