"""The messages that do not depend on a period: machines, service groups, contents, versions, latest times."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from harness.reference.cds.choices import Choices
from harness.reference.cds.render import Renderer, escape
from harness.reference.cds.world import World

# The version of the API, as the document's example has it.
VERSION = (1, 3)

_EDGE = "203.0.113.240"


class Catalogue:
    """Rows of these messages, as XML lines.

    Args:
        world: what there is.
        choices: the readings.
    """

    def __init__(self, world: World, choices: Choices) -> None:
        self._world, self._choices = world, choices
        key = choices.sort_key
        self._sorted = sorted(world.contents, key=lambda one: key(one.name))
        if choices.integer_names:
            # All of one length, so that they are in order as numbers and as texts.
            self.names = [str(1_000_000 + place) for place in range(len(self._sorted))]
        else:
            self.names = [one.name for one in self._sorted]
        self._keys = [key(name) for name in self.names]
        self._places = {name: place for place, name in enumerate(self.names)}

    def devices(self, renderer: Renderer) -> Iterator[str]:
        """The machines."""
        row = renderer.line("Device", ("description", "hostname", "ipAddress", "type"))
        for one in self._world.devices:
            yield row((escape(one.description), one.host, one.address, self._choices.word(one.kind)))

    def groups(self, renderer: Renderer) -> Iterator[str]:
        """The service groups."""
        row = renderer.line("ServiceGroup", ("serviceGroup", "TSIDOutput", "bandwidth", "EdgeDeviceIP"))
        for place, group in enumerate(self._world.groups):
            asi = ("", "", "") if self._choices.empty_asi else (place + 1, 38_000_000, _EDGE)
            yield row((group, *asi))

    def states(self, renderer: Renderer) -> Iterator[str]:
        """All contents in the order in which they came in."""
        fields = (
            "assetIOR", "contentName", "dateIngested", "digestIpAddress", "filesize", "isaAdminState", "isaOpState", "bitrate", "assetName",
        )  # fmt: skip
        row = renderer.line("ContentState", fields)
        integer = self._choices.integer
        for one in self._world.contents:
            if self._choices.wider_range and one.number % 50 == 7:
                continue  # of another device of the network
            size, bitrate = integer(one.number + 1, one.size), integer(one.number, one.bitrate)
            states = (self._choices.admin[one.state], self._choices.operation[one.state])
            yield row((one.ior, escape(one.name), one.ingested, one.vault, size, *states, bitrate, escape(one.asset)))

    def content_range(self, renderer: Renderer, places: Sequence[int]) -> Iterator[str]:
        """Contents by name, at these places of the order."""
        row = renderer.line("Content", ("Name", "isaAdminState", "isaOpState"))
        for place in places:
            one = self._sorted[place]
            yield row((escape(self.names[place]), self._choices.admin[one.state], self._choices.operation[one.state]))

    def after(self, name: str) -> range:
        """Places of the contents whose names stand behind a name in the order."""
        return range(bisect_right(self._keys, self._choices.sort_key(name)), len(self.names))

    def place(self, name: str) -> int | None:
        """The place of a name in the order; under one reading it may lack the ending of the file."""
        spellings = (name, f"{name}.mpg") if self._choices.stems else (name,)
        return next((self._places[one] for one in spellings if one in self._places), None)
