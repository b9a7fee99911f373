"""One running Discover system: its world, its connections and its web service."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.http import listen_http
from harness.reference.system import Listener, Setup
from harness.reference.tcp import listen_tcp
from harness.reference.ticking import Ticking
from harness.reference.uptivity.calllist import CallList
from harness.reference.uptivity.calls import Calls
from harness.reference.uptivity.choices import Choices
from harness.reference.uptivity.control import Control
from harness.reference.uptivity.conversation import Shared, StreamConversation
from harness.reference.uptivity.exports import Exports
from harness.reference.uptivity.finding import Finder
from harness.reference.uptivity.functions import Common, Functions
from harness.reference.uptivity.groups import Groups
from harness.reference.uptivity.imports import Imports
from harness.reference.uptivity.recorder import Recorder
from harness.reference.uptivity.spoil import Spoiler
from harness.reference.uptivity.state import World
from harness.reference.uptivity.status import Status
from harness.reference.uptivity.telling import Telling
from harness.reference.uptivity.web import Web
from harness.reference.uptivity.world import DefaultWorld
from harness.reference.uptivity.writing import Writer
from harness.secure import secured
from harness.spec.model import System

# Seconds between two looks at what is due.
_TICK_S = 0.02

# Ambiguities of the spec that do not show in this server's behaviour, whatever the reading, and why.
INERT = {
    "UPT-AMB-012": "what is not found has an error in the model, and an ambiguity of its own",
    "UPT-AMB-015": "there always is a default path for recordings",
    "UPT-AMB-016": "all cores are within reach",
    "UPT-AMB-047": "a subscription lasts as long as its connection, which either reading allows",
    "UPT-AMB-085": "values are in the status at once, which either reading allows",
    "UPT-AMB-129": "all cores are within reach",
}


class Device:
    """The reference server of Uptivity Discover.

    Args:
        setup: model, faults, readings, clock, size and seed.
    """

    def __init__(self, setup: Setup) -> None:
        self._model = setup.model
        self.world = world = World(clock=setup.clock, seed=setup.seed)
        self._default = DefaultWorld(world, setup.rows)
        self.choices = choices = Choices(setup)
        writer, spoiler = Writer(setup, choices), Spoiler(setup.faults)
        common = Common(setup=setup, world=world, choices=choices, writer=writer, spoiler=spoiler)
        self._telling = telling = Telling(setup, world, writer, choices, spoiler)
        finder = Finder(world, setup.model, choices, setup.faults)
        recorder = Recorder(world, choices, telling, setup.faults)
        calls, listed, imports = Calls(common, finder, recorder, telling), CallList(common), Imports(common, finder)
        handlers = {
            **calls.handlers(),
            **Status(common, finder, recorder).handlers(),
            **listed.handlers(),
            **Control(common, finder, recorder, telling, calls).handlers(),
            **imports.handlers(),
            **Groups(common, finder, imports).handlers(),
            **Exports(common, finder, listed).handlers(),
            "EVENTS": telling.subscribe,
        }
        self.functions = Functions(common, handlers)
        self._shared = Shared(
            functions=self.functions,
            telling=telling,
            choices=choices,
            spoiler=spoiler,
            faults=setup.faults,
            end=writer.end,
        )
        self.web = Web(self.functions, telling, choices, spoiler, setup.faults, writer.syntax.pages)

    @property
    def model(self) -> System:
        """What the document says."""
        return self._model

    def open_connection(self, _peer: str = "") -> StreamConversation:
        """Begin a dialogue with a client."""
        return StreamConversation(self._shared)

    def tick(self) -> None:
        """Do what is due, and tell of it."""
        if self.world.due:
            self.world.tick()
            self._telling.flush()

    async def listen(self, interface: str, host: str, port: int) -> Listener | None:
        """Open one of the interfaces.

        Raises:
            OSError: the address cannot be listened on.
            ValueError: no certificate can name the host.
        """
        transport = self._model.interfaces[interface].transport
        if transport == "tcp":
            return Ticking(await listen_tcp(self.open_connection, host, port), self.tick, _TICK_S)
        return await listen_http(
            self.web.serve, host, port, tls=secured(host).context if transport == "https" else None
        )

    def fixtures(self) -> Mapping[str, object]:
        """The objects of the default world by fixture key."""
        return self._default.fixtures()

    def credentials(self) -> Mapping[str, str]:
        """None: it asks for none."""
        return {}
