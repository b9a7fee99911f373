"""The systematic cases of commands among XML messages: success, sessions, blank values, indications, and what a document leaves open.

Each negative case names the success of its command as its positive control and has one defect only. See `harness.derive_records` and
`harness.derive_settings` for what commands do together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import partial

from harness.case import Case
from harness.checks.packets import silence_of
from harness.datatypes import Probe, Side, probes
from harness.derive_told import CommandCases
from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.packetreply import Packet, spelled
from harness.packetdut import PacketDut
from harness.packetsample import FieldList, record_of, setting_of
from harness.spec.model import Base, Parameter, Rule, System
from harness.suite import Suite

# Rules of every answer.
_ALWAYS = (
    "one-reply", "version", "reserved", "length", "encoding", "well-formed", "root", "root-version", "kind", "name", "result", "value", "once",
)  # fmt: skip
_HEX = "0123456789abcdef"
# Wrong values that are tried of each field: those that no reader takes for another spelling of a right one.
_PROBES = 4
_SPELLINGS = {
    "empty",
    "leading-zeros",
    "plus-sign",
    "padded",
    "no-hyphens",
    "braces",
    "urn",
    "upper-case",
    "number",
    "zero",
}


def derive_packets(system: System, suite: Suite, module: str, *, without: Collection[str] = ()) -> Iterator[Case]:
    """Every such case of a system of XML messages.

    Args:
        suite: what makes objects in the states that commands need.
        module: the suite file that the cases stand in.
        without: commands whose success depends on more than the device; the suite has cases of its own for them.
    """
    for name in system.operations:
        yield from _Deriver(system, name, module, suite, succeeds=name not in without).cases()


class _Deriver(CommandCases):
    """The cases of one command."""

    def __init__(self, system: System, name: str, module: str, suite: Suite, *, succeeds: bool) -> None:
        super().__init__(system, name, module, suite)
        self._succeeds = succeeds
        self._control = ("success",) if succeeds else ()

    def cases(self) -> Iterator[Case]:
        if self._syntax is None or self.name == self._syntax.login:
            return
        if self._succeeds:
            clauses = [
                *self._own(),
                *self._documented("confirm"),
                *([f"{self.clause}.result"] if self.operation.result is not None else []),
                *self._rules(*_ALWAYS),
            ]
            yield self.case("success", "asked for as documented", clauses, self._success, after=())
        yield from self._sessions()
        if not self._succeeds:
            return
        yield from self._constraints()
        for name, parameter in self.operation.parameters.items():
            yield from self._unknowns(name, parameter)
            yield from self._outside(name, parameter)
            yield from self._languages(name, parameter)
            if parameter.optional and parameter.object is None and self._given(parameter):
                clauses = [f"{self.clause}.{name}"]
                yield self.case(f"{name}.given", f"with {name}", clauses, partial(self._with_option, name, clauses))
        if self.operation.indication is not None and self.operation.indication.undocumented is None:
            clauses = [
                *self._documented("indication"),
                *self._rules("indication", "one-indication", "indication-content", "not-asked"),
            ]
            yield self.case("indication", "other clients are told", clauses, self._indication)
        if self.operation.denied is not None:
            yield self.case("open.ordinary", "by an ordinary user, which the document leaves open", [], self._ordinary)
        yield from self._missing()

    def _own(self) -> list[str]:
        setting = setting_of(self.system, self.name)
        known = self.system.operations[setting.get].confirm if setting is not None else None
        told = known.fields if known is not None else {}  # what is told is written back, needed or not
        names = [name for name, one in self.operation.parameters.items() if not one.optional or name in told]
        return [self.clause, *(f"{self.clause}.{name}" for name in names)]

    # success

    async def _success(self, dut: PacketDut) -> None:
        if self._syntax is not None and self.name == self._syntax.logout:
            await dut.login()
            dut.ok(await dut.log_out("main"), *self._own(), check="succeeds")
            return
        fields = await self._sample(dut)
        known = self.operation.parameters
        blank = [
            f"{self.clause}.{name}.blank" for name, text in fields if not text and name in known and known[name].blank
        ]
        given = [f"{self.clause}.{name}" for name, _ in fields if name in known]
        packet = await dut.command(self.name, fields)
        if packet.ok is False and (filled := self._filled(dut, fields)) != fields:
            packet = await dut.command(self.name, filled)  # the device need not take blanks where nothing says so
        if packet.ending is Ending.SILENT and silence_of(self.system, self.name) is not None:
            return
        dut.ok(packet, *dict.fromkeys((*self._own(), *given, *blank)), check="succeeds")
        self._made(dut, packet)

    def _filled(self, dut: PacketDut, fields: FieldList) -> FieldList:
        """The fields with something in those that are blank and need not be allowed to be.

        Raises:
            CaseSkipped: what is written so could not be taken away again.
        """
        known = self.operation.parameters
        doubtful = {name for name, value in fields if not value and name in known and not known[name].blank}
        doubtful = {name for name in doubtful if known[name].examples}
        if doubtful and not dut.target.allow.destructive:
            names = ", ".join(sorted(doubtful))
            raise CaseSkipped(f"{self.name} does not take a blank {names}, and nothing else could be set back")
        return [(name, known[name].examples[0] if name in doubtful else value) for name, value in fields]

    def _made(self, dut: PacketDut, packet: Packet) -> None:
        """The confirm of a success tells what it has made."""
        if self.operation.result is None or self.operation.confirm is None:
            return
        name = self.operation.result.name
        field = self.operation.confirm.fields.get(name)
        told = packet.first.get(*spelled(field.names if field is not None else {}, name))
        clause = f"{self.clause}.result"
        dut.check("result", bool(told), clause, expected=f"a {name}", got=repr(told), step=packet.step)

    # sessions

    def _sessions(self) -> Iterator[Case]:
        for part, title, rule, flow in (
            ("no-session", "without a session", "session-required", partial(self._without, None)),
            ("blank-session", "with a blank session", "session-required", partial(self._without, "")),
            ("unknown-session", "with a session that there is not", "session-wrong", self._unknown),
            ("after-logout", "with a session that was ended", "logout", self._after_logout),
        ):
            if self._syntax is not None and not (part == "after-logout" and self.name == self._syntax.logout):
                open_point = self.operation.sessionless is not None
                yield self.case(part, title, [] if open_point else self._rules(rule), flow, after=self._control)

    async def _without(self, session: str | None, dut: PacketDut) -> None:
        fields = await self._sample(dut)
        for number in (1, 2):
            packet = await dut.command(self.name, fields, link=f"without-{number}", session=session, closable=True)
            self._no_session(dut, packet, "session-required")

    def _no_session(self, dut: PacketDut, packet: Packet, rule: str) -> None:
        """A command without a session that lasts is refused, unless the document is unsure that it needs one."""
        if self.operation.sessionless is not None:
            dut.either(packet, self.operation.sessionless)
        else:
            dut.refused(packet, *self._rules(rule))

    async def _unknown(self, dut: PacketDut) -> None:
        fields = await self._sample(dut)
        session = await dut.login(link="known")
        other = re.sub("[0-9A-Za-z]", lambda _found: dut.rng.choice(_HEX), session)
        for number, wrong in enumerate((other, f"{session}0")):
            packet = await dut.command(self.name, fields, link=f"unknown-{number}", session=wrong, closable=True)
            self._no_session(dut, packet, "session-wrong")

    async def _after_logout(self, dut: PacketDut) -> None:
        fields = await self._sample(dut)
        session = await dut.login(link="ended")
        ended = await dut.log_out("ended")
        if not ended.ok:
            raise CaseInconclusive(f"{ended.operation} did not succeed: {ended.describe()}")
        packet = await dut.command(self.name, fields, link="ended", session=session, closable=True)
        self._no_session(dut, packet, "logout")
        packet = await dut.command(self.name, fields, link="another", session=session, closable=True)
        self._no_session(dut, packet, "logout")

    # values

    def _constraints(self) -> Iterator[Case]:
        for name, parameter in self.operation.parameters.items():
            for constraint in parameter.constraints:
                if constraint.rule is Rule.NOT_EMPTY:
                    clauses = [f"{self.clause}.{name}.{constraint.rule}", *constraint.clauses]
                    yield self.case(
                        f"{name}.not-empty", f"a blank {name}", clauses, partial(self._blank_refused, name, clauses)
                    )
            if parameter.blank and not parameter.repeated:
                clauses = [f"{self.clause}.{name}.blank", f"{self.clause}.{name}"]
                yield self.case(
                    f"{name}.blank", f"a blank {name}, which may be", clauses, partial(self._blank, name, clauses)
                )

    async def _with(self, dut: PacketDut, name: str, value: str | None) -> FieldList:
        """Fields of a success, but for one of them; None leaves it out."""
        fields = await self._sample(dut)
        return [(one, text if one != name else value) for one, text in fields if one != name or value is not None]  # type: ignore[misc]

    async def _blank_refused(self, name: str, clauses: list[str], dut: PacketDut) -> None:
        for _ in range(2):
            dut.refused(await dut.command(self.name, await self._with(dut, name, "")), *clauses)

    async def _blank(self, name: str, clauses: list[str], dut: PacketDut) -> None:
        fields = await self._with(dut, name, "")
        if name not in dict(fields):  # one that is left out as a rule
            fields = [*fields, (name, "")]
        dut.ok(await dut.command(self.name, fields), *clauses, check="accepted")

    def _languages(self, name: str, parameter: Parameter) -> Iterator[Case]:
        """Each language that a client may ask for; the first one is that of the success."""
        kind = self.system.types[parameter.type]
        if self._syntax is None or self._syntax.language not in kind.open_choices.values():
            return
        for choice in kind.choices[1:]:
            flow = partial(self._in_language, name, choice)
            yield self.case(f"{name}.choice-{choice}", f"{name} {choice}", [f"{self.clause}.{name}"], flow)

    async def _in_language(self, name: str, choice: str, dut: PacketDut) -> None:
        dut.ok(
            await dut.command(self.name, await self._with(dut, name, choice)), f"{self.clause}.{name}", check="accepted"
        )

    def _given(self, parameter: Parameter) -> list[str]:
        """Values that the document shows for an optional field."""
        return [*parameter.examples, *self.system.types[parameter.type].choices]

    async def _with_option(self, name: str, clauses: list[str], dut: PacketDut) -> None:
        value = self._given(self.operation.parameters[name])[0]
        fields = [*await self._with(dut, name, None), (name, value)]
        dut.ok(await dut.command(self.name, fields), *clauses, check="accepted")

    def _unknowns(self, name: str, parameter: Parameter) -> Iterator[Case]:
        if not parameter.unknown or parameter.object is None:
            return
        open_point = parameter.unknown_ambiguity is not None
        part = f"{name}.open.unknown" if open_point else f"{name}.unknown"
        clauses = [] if open_point else [f"{self.clause}.{name}.unknown"]
        yield self.case(
            part, f"{name} of no {parameter.object}", clauses, partial(self._unknown_object, name, parameter)
        )

    async def _unknown_object(self, name: str, parameter: Parameter, dut: PacketDut) -> None:
        kind = self.system.types[parameter.type]
        if kind.base is Base.INT:
            wrong = str(max(kind.minimum or 0, 1) + 800_000 + dut.rng.randrange(100_000))
        elif kind.base is Base.GUID:
            shape = next(iter(parameter.examples), "") or dut.unknown_id()
            wrong = re.sub("[^-]", lambda _found: dut.rng.choice(_HEX), shape)
        else:
            wrong = dut.unique("nobody")
        known = await self._sample(dut)
        found = record_of(self.system, self.name)
        naming = found[1].open if found is not None else {}  # by these, too, nobody may be found
        known = [(one, dut.unique("nobody") if one in naming else value) for one, value in known]
        clause = f"{self.clause}.{name}.unknown"
        await self._try(dut, known, (name, wrong), clause, parameter.unknown_ambiguity)

    async def _try(
        self, dut: PacketDut, known: FieldList, wrong: tuple[str, str], clause: str, ambiguity: str | None
    ) -> None:
        """A command with one wrong value: refused, and refused again, unless the document leaves that open."""
        name = wrong[0]
        fields = [(one, text) for one, text in known if one != name or self.operation.parameters[name].repeated]
        place = next((index for index, (one, _) in enumerate(known) if one == name), len(fields))
        fields.insert(place, wrong)
        for _ in range(1 if ambiguity else 2):
            # A device may keep what is no value, and then says so; its answer is of no documented type.
            packet = await dut.command(self.name, fields, judged=ambiguity is None)
            if ambiguity is not None:
                dut.either(packet, ambiguity)
            else:
                dut.refused(packet, clause)

    def _outside(self, name: str, parameter: Parameter) -> Iterator[Case]:
        if not parameter.invalid or parameter.repeated:
            return
        kind, ambiguity = self.system.types[parameter.type], parameter.invalid_ambiguity
        wrong = [probe for probe in probes(kind) if probe.side is Side.OUTSIDE and probe.name not in _SPELLINGS]
        for probe in wrong[:_PROBES]:
            part = f"{name}.open.{probe.name}" if ambiguity else f"{name}.outside.{probe.name}"
            clauses = [] if ambiguity else [f"{self.clause}.{name}.type"]
            yield self.case(part, f"{name}: {probe.name}", clauses, partial(self._wrong, name, parameter, probe))

    async def _wrong(self, name: str, parameter: Parameter, probe: Probe, dut: PacketDut) -> None:
        known = await self._sample(dut)
        valid = dict(known).get(name, "") or next(iter(self._given(parameter)), "1")
        clause = f"{self.clause}.{name}.type"
        await self._try(dut, known, (name, probe.make(valid)), clause, parameter.invalid_ambiguity)

    def _missing(self) -> Iterator[Case]:
        ambiguity = self._syntax.open_points.get("missing-parameter") if self._syntax is not None else None
        for name, parameter in self.operation.parameters.items() if ambiguity is not None else ():
            if not parameter.optional and not parameter.repeated:
                flow = partial(self._left_out, name, ambiguity or "")
                yield self.case(f"open.missing.{name}", f"without {name}, which the document leaves open", [], flow)

    async def _left_out(self, name: str, ambiguity: str, dut: PacketDut) -> None:
        fields = await self._with(dut, name, None)
        dut.either(await dut.command(self.name, fields, judged=False), ambiguity)

    async def _ordinary(self, dut: PacketDut) -> None:
        user, password = dut.fixture("ordinary_user"), dut.fixture("ordinary_password")
        fields = await self._sample(dut)
        await dut.login(link="ordinary", user=user, password=dut.binding.stand_in(password))
        packet = await dut.command(self.name, fields, link="ordinary", judged=False)
        dut.either(packet, self.operation.denied or "")
