"""Indications of commands among XML messages: who is told, how often, and what; the base of `harness.derive_packets`."""

from __future__ import annotations

from harness.checks.fields import value_fits
from harness.derive_base import CaseMaker
from harness.messages.packetreply import Packet, Part, spelled
from harness.messages.packets import operation_of
from harness.packetdut import PacketDut
from harness.packetsample import FieldList, sample
from harness.spec.model import System
from harness.suite import Suite


def documented(system: System, name: str, *kinds: str) -> list[str]:
    """The clauses of a command that its structure gives: itself, its parameters, and those of `kinds`, `confirm` or `indication`."""
    operation, clause = system.operations[name], f"{system.prefix}-{name}"
    found = [clause, *(f"{clause}.{one}" for one in operation.parameters)]
    for kind in kinds or ("confirm",):
        message = operation.confirm if kind == "confirm" else operation.indication
        if message is not None:
            found += [f"{clause}.{kind}", *(f"{clause}.{kind}.{one}" for one in message.fields)]
    return found


class CommandCases(CaseMaker):
    """Makes the cases of one command: what it needs, and what it tells other clients."""

    def __init__(self, system: System, name: str, module: str, suite: Suite) -> None:
        super().__init__(system, name, module)
        self._suite = suite
        self._syntax = system.messages

    def _rules(self, *names: str) -> list[str]:
        return [self._syntax.rules[name] for name in names if self._syntax is not None and name in self._syntax.rules]

    def _documented(self, kind: str) -> list[str]:
        return [one for one in documented(self.system, self.name, kind) if one.startswith(f"{self.clause}.{kind}")]

    async def _sample(self, dut: PacketDut) -> FieldList:
        """Fields with which the command succeeds; what it needs in a state is brought there for this case."""
        await dut.find_spellings(self.name)
        fields = await sample(dut, self.name)
        for name, parameter in self.operation.parameters.items():
            if parameter.object is not None and parameter.state is not None:
                made = await self._suite.providers[parameter.object](dut, parameter.state)
                fields = [(one, made if one == name else value) for one, value in fields]
        return fields

    # indications

    async def _indication(self, dut: PacketDut) -> None:
        """One client asks for indications, one does not, a third makes the change."""
        fields = await self._sample(dut)
        await dut.login(link="watcher", indications=True)
        await dut.login(link="quiet")
        packet = dut.ok(await dut.command(self.name, fields), check="succeeds")
        await dut.wait_for("watcher", self.name)
        for link in ("watcher", "quiet"):
            await dut.settle(link)
        told = [one for one in dut.told("watcher", self.name) if self.tells_of(one, packet)]
        clauses = [f"{self.clause}.indication", *self._rules("indication", "one-indication")]
        if not told and dut.news.get("watcher"):  # it may have come under another name
            clauses += self._rules("name")
        count = sum(self._tells(part, packet) for one in told for part in one.parts)
        dut.check(
            "told-once",
            len(told) == count == 1,
            *clauses,
            expected=f"one indication of {self.name}",
            got=f"{count} in {len(told)} packets" + (f", {told[-1].describe()}" if told else ""),
            step=told[-1].step if told else packet.step,
        )
        for one in told[:1]:
            self._compare(dut, dut.judge(self.name, one, fields), packet, one.step)

    def tells_of(self, indication: Packet, packet: Packet) -> bool:
        """Whether an indication is of the object that a confirm names, not of another that somebody else changes meanwhile."""
        return bool(indication.parts) and self._tells(indication.parts[0], packet)

    def _tells(self, part: Part, packet: Packet) -> bool:
        confirm, message = self.operation.confirm, self.operation.indication
        if confirm is None or message is None or self.name not in operation_of(self.system, part, "indication"):
            return False
        naming = [
            name for name, one in message.fields.items() if one.object and not one.repeated and name in confirm.fields
        ]
        for name in naming:
            told = part.get(*spelled(message.fields[name].names, name))
            said = packet.first.get(*spelled(confirm.fields[name].names, name))
            wrong = told is not None and not value_fits(self.system, message.fields[name], told)[0]
            if told is None or told == said or wrong:  # a value that names nothing is our own until it is known better
                return True
        return not naming

    def _compare(self, dut: PacketDut, part: Part, packet: Packet, step: int) -> None:
        """What the confirm said of the object the indication says, too."""
        confirm, message = self.operation.confirm, self.operation.indication
        for name, known in message.fields.items() if message is not None and confirm is not None else ():
            if confirm is None or name not in confirm.fields or known.any_value or name in dut.syntax.secrets:
                continue
            told = sorted(part.all(*spelled(known.names, name)))
            said = sorted(packet.first.all(*spelled(confirm.fields[name].names, name)))
            if name == dut.syntax.reason:  # the confirm may have another one, of its result
                said = [one for one in said if one in told] or said
            if told and said:
                dut.check(
                    f"indication.{name}.same",
                    told == said,
                    f"{self.clause}.indication.{name}",
                    *self._rules("indication-content"),
                    expected=f"{name} {', '.join(said)[:200]!r}, as the confirm has it",
                    got="" if told == said else ", ".join(told)[:200],
                    step=step,
                )
