"""The device under test as the flows of XML messages in packets see it: sessions, commands and confirms, indications, and checks of all."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

from harness.checks.message import merge
from harness.checks.packets import comes, indication_checks, reply_checks
from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseStopped, Note, Receive, Received
from harness.messages.packetreply import Fields, Packet, Part, spelled
from harness.messages.packets import PacketBinding, operation_of
from harness.spec.messagemodel import MessageSyntax
from harness.spec.model import Base, Effect, Level, System
from harness.target import Target
from harness.usual import unusual_checks
from harness.verdict import Check, Severity
from harness.view import MAIN, View
from harness.wire.tpkt import encode, split
from harness.wire.xmlmessage import USUAL, Spelling

# Indications that may come before an answer; a device that sends more floods.
MOST_INDICATIONS = 2000
OWN = "\0own"  # stands for the session of the connection
Given = Mapping[str, str] | Fields


class PacketDut(View):
    """One case's view of the device.

    Every `command` is checked for what any answer must be; `ok`, `refused` and `answers` check what was asked for. A connection logs in
    as the administrator of the target file with its first command.

    Attributes:
        sessions: connection -> its session, as a stand-in (`harness.disguise`).
        news: connection -> the packets with indications that came on it and that no check has looked at yet.
    """

    def __init__(
        self,
        *,
        system: System,
        binding: PacketBinding,
        target: Target,
        rng: random.Random,
        interface: str,
        lasting: bool = False,
    ) -> None:
        super().__init__(system=system, target=target, rng=rng, interface=interface, lasting=lasting)
        self.binding = binding
        self.syntax: MessageSyntax = binding.syntax
        self.sessions: dict[str, str] = {}
        self.subscribed: set[str] = set()
        self.news: dict[str, list[Packet]] = {}
        self.adopted: dict[
            int, str
        ] = {}  # step of an answer -> key of the object that it made, where the device chooses keys
        self._spellings: dict[str, str] = {}

    @property
    def one_reply(self) -> str:
        """See `harness.view.View`."""
        return self.syntax.rules["one-reply"]

    # sessions

    async def try_login(
        self,
        *,
        link: str = MAIN,
        user: str | None = None,
        password: str | None = None,
        more: Given = (),
        indications: bool = False,
        judged: bool = True,
    ) -> Packet:
        """Send a login, by default that of the target file, and give its answer; a success is the connection's session from now on.

        Args:
            more: further fields; a field of the same name takes the place of the usual one.
            indications: ask for indications.
        """
        fields = dict(self.binding.login_fields())
        if user is not None:
            fields[self.syntax.user] = user
        if password is not None:
            fields[self.syntax.password] = password
        for name, one in self.model.operations[self.syntax.login].parameters.items():
            choices = self.model.types[one.type].choices
            if not one.optional and name not in fields and choices:
                fields[name] = choices[0]
        if indications:
            fields[self.syntax.subscribe] = self.syntax.subscribed
        packet = await self.command(
            self.syntax.login, {**fields, **dict(_pairs(more))}, link=link, session=None, judged=judged
        )
        session = packet.first.get(self.syntax.session)
        if packet.ok and session:
            self.sessions[link] = session
            if indications:
                self.subscribed.add(link)
        return packet

    async def login(
        self, *, link: str = MAIN, user: str | None = None, password: str | None = None, indications: bool = False
    ) -> str:
        """Log in before the case can begin; gives the session.

        Raises:
            CaseInconclusive: the device did not let us in.
        """
        packet = await self.try_login(link=link, user=user, password=password, indications=indications)
        if not packet.ok or link not in self.sessions:
            raise CaseInconclusive(f"{self.syntax.login} did not succeed: {packet.describe()}")
        return self.sessions[link]

    # commands

    async def command(
        self,
        operation: str,
        fields: Given = (),
        *,
        link: str = MAIN,
        session: str | None = OWN,
        judged: bool = True,
        spelling: Spelling = USUAL,
        root: str | None = None,
        name: str | None = None,
        pieces: Sequence[int] = (),
        pause_s: float = 0.0,
        deadline_s: float | None = None,
    ) -> Packet:
        """Send one command and wait for its answer; indications that come before it are kept in `news`.

        Args:
            fields: names of the spec and values, as pairs where a field stands several times.
            session: of the command; by default that of the connection, None leaves the field out.
            judged: False leaves out all checks of the answer.
            root, name: spellings to use instead of the device's.
        """
        sent = list(_pairs(fields))
        data = await self.written(operation, sent, link=link, session=session, spelling=spelling, root=root, name=name)
        await self.send(data, link=link, pieces=pieces, pause_s=pause_s)
        return await self.answer(operation, sent, link=link, judged=judged, deadline_s=deadline_s)

    async def written(
        self,
        operation: str,
        fields: Given = (),
        *,
        link: str = MAIN,
        session: str | None = OWN,
        spelling: Spelling = USUAL,
        root: str | None = None,
        name: str | None = None,
    ) -> bytes:
        """The packet of a command, as this device wants it spelled."""
        if session == OWN:
            if link not in self.sessions:
                await self.login(link=link)
            session = self.sessions[link]
        root = root or await self.spelling("root")
        return encode(
            self.binding.message(
                operation,
                list(_pairs(fields)),
                session=session,
                root=root,
                name=name if name is not None else await self._name_of(operation),
                names=await self._fields_of(operation),
                spelling=spelling,
            )
        )

    async def answer(
        self,
        operation: str,
        sent: Given = (),
        *,
        link: str = MAIN,
        judged: bool = True,
        deadline_s: float | None = None,
    ) -> Packet:
        """Wait for the answer to a command that was sent.

        Raises:
            CaseStopped: indications come without end.
        """
        pairs = list(_pairs(sent))
        for _ in range(MOST_INDICATIONS):
            got = await Receive(link, deadline_s)
            packet = self.binding.packet(got.raw, got.ending, got.step, operation=operation, sent=pairs)
            if not packet.indicates:
                break
            self._keep(link, packet)
        else:
            self._flooded(link)
        if judged:
            merge(self.checks, reply_checks(self.model, packet))
        if packet.ok:
            for note in self._notes(packet):
                await note
            await self._adopt(packet, link)
        return packet

    async def setup(self, operation: str, fields: Given = (), *, link: str = MAIN) -> Packet:
        """A command that must succeed before the case can begin.

        Raises:
            CaseInconclusive: it did not succeed.
        """
        packet = await self.command(operation, fields, link=link)
        if not packet.ok:
            raise CaseInconclusive(f"{operation} did not succeed: {packet.describe()}")
        return packet

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
        merge(self.checks, indication_checks(self.model, operation, packet, list(_pairs(sent))))
        return packet.parts[0]

    # checks

    def check(
        self,
        name: str,
        passed: bool,
        *clauses: str,
        expected: str,
        got: str,
        severity: Severity = Severity.MUST,
        step: int = -1,
    ) -> bool:
        """See `harness.view.View`; what only clauses of level should ask for is no failure."""
        known = [self.model.clauses[one].level if one in self.model.clauses else Level.MUST for one in clauses]
        if known and Level.MUST not in known and severity is Severity.MUST:
            severity = Severity.SHOULD
        return super().check(name, passed, *clauses, expected=expected, got=got, severity=severity, step=step)

    def ok(self, packet: Packet, *clauses: str, check: str = "") -> Packet:
        """The command must have succeeded; gives the answer.

        Raises:
            CaseStopped: it did not, and what follows would need it.
        """
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

    def refused(self, packet: Packet, *clauses: str, check: str = "refused") -> bool:
        """The command must not have succeeded: it failed, or the device has closed the connection instead; gives whether it is so."""
        passed = packet.ok is False or packet.ending in (Ending.CLOSED, Ending.RESET)
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
        passed = packet.ok is not None or ended
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
        if not loose:
            super().see_rest(link, Received(rest, got.ending, got.step), loose=loose)

    # spelling

    async def spelling(self, what: str) -> str:
        """How the device wants something spelled: `root`, an operation, or `operation.parameter`; found out once a run."""
        if what not in self._spellings:
            self._spellings[what] = self.binding.chosen[what] = await self.shared("spelling", what)
        return self._spellings[what]

    def spell(self, what: str, name: str) -> None:
        """Use this spelling from now on in this flow, for finding out which one the device takes."""
        self._spellings[what] = name

    async def find_spellings(self, operation: str) -> None:
        """Find out now how the device wants a command spelled, before what the command needs is made ready."""
        await self._name_of(operation)
        await self._fields_of(operation)

    async def _name_of(self, operation: str) -> str | None:
        known = self.model.operations.get(operation)
        if known is None or known.command is None or len(set(known.command.names.values())) < 2:
            return None
        return await self.spelling(operation)

    async def _fields_of(self, operation: str) -> dict[str, str]:
        known = self.model.operations.get(operation)
        several = {} if known is None else {name: one for name, one in known.parameters.items() if one.names}
        return {name: await self.spelling(f"{operation}.{name}") for name in several}

    # inside

    def _keep(self, link: str, packet: Packet) -> None:
        self.news.setdefault(link, []).append(packet)
        if link not in self.subscribed:
            self._unasked(link, packet)

    def _unasked(self, link: str, packet: Packet) -> None:
        rule = "not-asked" if packet.indicates else "one-reply"
        self.check(
            f"indication.{rule}",
            False,
            self.syntax.rules[rule],
            expected=f"nothing on {link}"
            if rule == "one-reply"
            else f"no indication to a client that did not ask ({link})",
            got=packet.describe(),
            step=packet.step,
        )

    def _flooded(self, link: str) -> None:
        last = self.news[link][-1]
        self.check(
            "reply.comes",
            False,
            self.one_reply,
            expected="an answer",
            got=f"{MOST_INDICATIONS} indications without one, the last {last.describe()}",
            step=last.step,
        )
        raise CaseStopped("indications without end")

    async def _adopt(self, packet: Packet, link: str) -> None:
        """Find out the key of what a success has made, where the device chooses keys, so that it can be removed.

        The key in the confirm is not believed: to remove another object than our own would be worse than to leave ours.
        """
        record = next((one for one in self.model.records.values() if one.add == packet.operation), None)
        parameters = self.model.operations[packet.operation].parameters
        if record is None or (record.key in parameters and not parameters[record.key].optional):
            return
        own = {name: v for name, v in packet.sent if self.model.types[parameters[name].type].base is Base.WORD and v}
        message = self.model.operations[record.list].confirm
        listed = await self.command(record.list, link=link, judged=False)
        keys = [
            part.get(record.key)
            for part in listed.listed()
            if all(
                v in part.all(*spelled(message.fields[n].names, n))
                for n, v in own.items()
                if message and n in message.fields
            )
        ]
        if len(keys) == 1 and own and keys[0]:
            self.adopted[packet.step] = keys[0]
            await Note("add", record.remove, (f"{record.key}={keys[0]}",))

    def _notes(self, packet: Packet) -> Iterable[Note]:
        """What the journal learns from a success."""
        operation = self.model.operations.get(packet.operation)
        if operation is None:
            return
        named = dict(packet.sent)
        objects = tuple(
            f"{n}={v}" for n, v in packet.sent if n in operation.parameters and operation.parameters[n].object
        )
        yield Note("drop", packet.operation, objects)
        keyed = all(
            one.add != packet.operation
            or (one.key in operation.parameters and not operation.parameters[one.key].optional)
            for one in self.model.records.values()
        )
        if operation.undo is not None and keyed:
            slots = {f"{{{name}}}": value for name, value in named.items()}
            if operation.result is not None:
                slots["{result}"] = packet.first.get(operation.result.name) or ""
            arguments = [one.partition("=") for one in operation.undo.arguments]
            made = tuple(f"{name}={slots.get(slot, slot)}" for name, _, slot in arguments)
            yield Note("add", operation.undo.operation, made)
        if operation.ends is not None and operation.ends in named:
            yield Note("gone", arguments=(f"{operation.ends}={named[operation.ends]}",))


def _pairs(fields: Given) -> Iterable[tuple[str, str]]:
    return fields.items() if isinstance(fields, Mapping) else fields
