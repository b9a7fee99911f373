"""One running HMP: its world and its command line interface."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.hmp.commands import Commands
from harness.reference.hmp.conversation import HmpConversation, Line
from harness.reference.hmp.replies import Replies
from harness.reference.hmp.state import World
from harness.reference.hmp.world import DefaultWorld
from harness.reference.system import Listener, Setup
from harness.reference.tcp import listen_tcp
from harness.spec.model import System

# Ambiguities of the spec that cannot show in this server's behaviour, whatever the reading, and why.
INERT = {
    "HMP-AMB-012": "the write error never occurs: this server has no disk that could be full",
}


class Device:
    """The reference server of HMP.

    Args:
        setup: model, faults, readings, clock, size and seed.
    """

    def __init__(self, setup: Setup) -> None:
        self._model = setup.model
        self.world = World(setup.model, setup.clock, setup.seed)
        error_state = setup.model.types["recording-state"].choices[-1]
        self._default = DefaultWorld(self.world, setup.rows, error_state)
        replies = Replies(setup)
        self._line = Line(setup=setup, world=self.world, commands=Commands(setup, self.world, replies), replies=replies)

    @property
    def model(self) -> System:
        """What the document says."""
        return self._model

    def open_connection(self, peer: str) -> HmpConversation:
        """Begin a dialogue with the client at an address."""
        return HmpConversation(self._line, peer)

    async def listen(self, interface: str, host: str, port: int) -> Listener:  # noqa: ARG002  there is only one
        """Open the command line interface.

        Raises:
            OSError: the address cannot be listened on.
        """
        return await listen_tcp(self.open_connection, host, port)

    def credentials(self) -> Mapping[str, str]:
        """None: it asks for none."""
        return {}

    def fixtures(self) -> Mapping[str, object]:
        """The objects of the default world by fixture key."""
        return self._default.fixtures()
