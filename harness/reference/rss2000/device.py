"""One running RSS 2000: its world and its XML interface."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.commands import Commands, Parts
from harness.reference.rss2000.conversation import RssConversation, Shared
from harness.reference.rss2000.messages import Messages
from harness.reference.rss2000.sessions import Sessions
from harness.reference.rss2000.spoil import Spoiler
from harness.reference.rss2000.state import World
from harness.reference.rss2000.telling import Telling
from harness.reference.rss2000.world import DefaultWorld
from harness.reference.system import Listener, Setup
from harness.reference.tcp import listen_tcp
from harness.spec.model import System

# Ambiguities of the spec that do not show in this server's behaviour, whatever the reading, and why.
INERT = {
    "RSS-AMB-012": "what a group may do in a room is not asked for over the API",
    "RSS-AMB-013": "nothing is streamed here without being recorded",
    "RSS-AMB-102": "nothing is streamed here without being recorded",
    "RSS-AMB-103": "states change at once, which either reading allows",
}


class Device:
    """The reference server of the RSS 2000.

    Args:
        setup: model, faults, readings, clock, size and seed.
    """

    def __init__(self, setup: Setup) -> None:
        self._model = setup.model
        self.world = World(setup.clock, setup.seed)
        self._default = DefaultWorld(self.world, setup.rows)
        self.choices = choices = Choices(setup)
        messages, spoiler = Messages(setup, choices), Spoiler(setup.faults)
        self.sessions = Sessions(self.world, messages.syntax.idle_s, setup.faults, choices)
        telling = Telling(setup, self.sessions, messages, choices)
        parts = Parts(
            setup=setup,
            world=self.world,
            sessions=self.sessions,
            choices=choices,
            messages=messages,
            spoiler=spoiler,
            telling=telling,
        )
        self.commands = Commands(parts)
        self._shared = Shared(
            commands=self.commands, sessions=self.sessions, choices=choices, spoiler=spoiler, faults=setup.faults
        )

    @property
    def model(self) -> System:
        """What the document says."""
        return self._model

    def open_connection(self, _peer: str = "") -> RssConversation:
        """Begin a dialogue with a client."""
        return RssConversation(self._shared)

    async def listen(self, interface: str, host: str, port: int) -> Listener:  # noqa: ARG002  there is only one
        """Open the XML interface.

        Raises:
            OSError: the address cannot be listened on.
        """
        return await listen_tcp(self.open_connection, host, port)

    def fixtures(self) -> Mapping[str, object]:
        """The objects of the default world by fixture key."""
        return self._default.fixtures()

    def credentials(self) -> Mapping[str, str]:
        """The login of an administrator."""
        return self._default.credentials()
