"""The device under test as flows of XML messages in packets see it: `harness.packetview`, indications, and checks of what was asked for."""

from __future__ import annotations

from harness.checks.message import merge
from harness.checks.packets import comes, indication_checks, silence_of
from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseStopped, Receive, Received
from harness.messages.packetreply import Packet, Part
from harness.messages.packets import operation_of
from harness.packetview import OWN, Given, PacketView, pairs_of
from harness.spec.model import Effect
from harness.usual import unusual_checks
from harness.verdict import Check
from harness.view import MAIN
from harness.wire.tpkt import begins_packet, encode, split

__all__ = ["MAIN", "OWN", "PacketDut"]

SURE_SHARE = 0.98  # of the time after which an idle session ends; this machine may be slow, and a device's clock fast


class PacketDut(PacketView):
    """One case's view of the device.

    `ok`, `refused` and `either` check what was asked for; `wait_for`, `settle`, `told` and `judge` are about indications.
    """

    # indications

    async def wait_for(
        self, link: str, operation: str, *, count: int = 1, deadline_s: float | None = None
    ) -> list[Packet]:
        """The indications of an operation that have come on a connection, waiting until there are so many or the time is up."""
        found = self.told(link, operation)
        while len(found) < count:
            got = await Receive(link, deadline_s)
            packet = self.binding.packet(got.raw, got.ending, got.step)
            if not packet.indicates:
                if packet.ending is not Ending.SILENT:
                    merge(self.checks, comes(packet))
                if packet.came:
                    self._unasked(link, packet)
                break
            self._keep(link, packet)
            found = self.told(link, operation)
        return found

    async def settle(self, link: str) -> None:
        """Ask something harmless, so that whatever the device had to tell before it has come."""
        quiet = next(
            name for name, one in self.model.operations.items() if one.effect is Effect.READ and not one.parameters
        )
        await self.command(quiet, link=link)

    def told(self, link: str, operation: str) -> list[Packet]:
        """The indications of an operation that have come on a connection so far."""
        return [
            one
            for one in self.news.get(link, ())
            if any(operation in operation_of(self.model, part, "indication") for part in one.parts)
        ]

    def judge(self, operation: str, packet: Packet, sent: Given) -> Part:
        """Check an indication that tells of a command; gives its part."""
        merge(self.checks, indication_checks(self.model, operation, packet, list(pairs_of(sent))))
        return packet.parts[0]

    # checks

    def ok(self, packet: Packet, *clauses: str, check: str = "") -> Packet:
        """The command must have succeeded; gives the answer.

        Raises:
            CaseStopped: it did not, and what follows would need it.
            CaseInconclusive: nothing came where the document shows no answer, or the session may have ended in the meantime.
        """
        if packet.ok is False and self.idle.get(packet.step, 0.0) > SURE_SHARE * self.syntax.idle_s:
            raise CaseInconclusive(f"{packet.operation}: so late on the device's clock that the session may have ended")
        if self._may_be_silent(packet):
            raise CaseInconclusive(f"{packet.operation}: nothing came, and the document shows no answer")
        own = f"{self.model.prefix}-{packet.operation}"
        self.check(
            check or packet.operation,
            packet.ok is True,
            *(clauses or (own,)),
            expected=f"{packet.operation} to succeed",
            got="" if packet.ok else packet.describe(),
            step=packet.step,
        )
        if not packet.ok:
            raise CaseStopped(f"{packet.operation} did not succeed")
        return packet

    def _may_be_silent(self, packet: Packet) -> bool:
        """Whether nothing came where the document shows no answer."""
        return (
            packet.ending is Ending.SILENT and not packet.raw and silence_of(self.model, packet.operation) is not None
        )

    def refused(self, packet: Packet, *clauses: str, check: str = "refused") -> bool:
        """The command must not have succeeded: it failed, or the device has closed the connection instead; gives whether it is so."""
        passed = packet.ok is False or packet.ending in (Ending.CLOSED, Ending.RESET) or self._may_be_silent(packet)
        return self.check(
            check,
            passed,
            *clauses,
            expected=f"{packet.operation or 'the command'} to fail",
            got="" if passed else packet.describe(),
            step=packet.step,
        )

    def either(self, packet: Packet, ambiguity: str, *clauses: str, check: str = "either") -> bool:
        """Success and failure conform, as readings of an ambiguity; gives whether it was a success.

        Raises:
            CaseStopped: neither came.
        """
        known = self.model.ambiguities[ambiguity]
        ended = packet.ending in (Ending.CLOSED, Ending.RESET)
        reading = known.accepted if packet.ok else known.refused
        passed = packet.ok is not None or ended or self._may_be_silent(packet)
        name = self._name(check)
        fits = frozenset((reading,)) if reading and packet.ok is not None else frozenset()
        got = packet.describe()
        self.checks.append(
            Check(
                id=name,
                clauses=(*clauses, self.one_reply),
                passed=passed,
                expected="a success or a failure",
                got="" if passed else got,
                step=packet.step,
                readings={ambiguity: fits} if fits else {},
            )
        )
        self.checks += unusual_checks(
            self.model, ambiguity, fits, check=name, clauses=clauses, got=got, step=packet.step
        )
        if not passed:
            raise CaseStopped(packet.describe())
        return packet.ok is True

    def see_rest(self, link: str, got: Received, *, loose: bool) -> None:
        """See `harness.view.View`: indications may come at any time to who asked for them."""
        packets, rest = split(got.raw)
        for payload in packets:
            packet = self.binding.packet(encode(payload), Ending.ANSWERED, got.step)
            if packet.indicates:
                self._keep(link, packet)
                continue
            rest = payload
            break
        else:
            if link in self.subscribed and begins_packet(rest):
                rest = b""  # an indication that is still on its way, or was cut off where we stopped to look
        if not loose:
            super().see_rest(link, Received(rest, got.ending, got.step), loose=loose)
