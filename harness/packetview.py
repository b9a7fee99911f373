"""Sessions, commands and confirms of XML messages in packets, as flows use them; `harness.packetdut` adds indications and checks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

from harness.checks.message import merge
from harness.checks.packets import reply_checks
from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseStopped, Note, Receive, Send
from harness.messages.packetreply import Fields, Packet, spelled
from harness.messages.packets import PacketBinding
from harness.spec.messagemodel import MessageSyntax
from harness.spec.model import Base, System
from harness.target import Target
from harness.view import MAIN, LevelView
from harness.wire.tpkt import encode
from harness.wire.xmlmessage import USUAL, Spelling

# Indications that may come before an answer; a device that sends more floods.
MOST_INDICATIONS = 2000
OWN = "\0own"  # stands for the session of the connection
PLAIN = "plain"  # a login that says nothing of indications
Given = Mapping[str, str] | Fields


class PacketView(LevelView):
    """One case's view of the device.

    Every `command` is checked for what any answer must be. A connection logs in as the administrator of the target file with its first
    command.

    Attributes:
        sessions: connection -> its session, as a stand-in (`harness.disguise`).
        news: connection -> the packets with indications that came on it and that no check has looked at yet.
        adopted: step of an answer -> key of the object that it made, where the device chooses keys.
        idle: step of an answer -> device seconds since the one before it on that connection.
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
        self.adopted: dict[int, str] = {}
        self._spellings: dict[str, str] = {}
        self._used: dict[str, float] = {}
        self.idle: dict[int, float] = {}

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
        closable: bool = False,
    ) -> Packet:
        """Send a login, by default that of the target file, and give its answer; a success is the connection's session from now on.

        Args:
            more: further fields; a field of the same name takes the place of the usual one.
            indications: ask for indications.
            closable: the device may close the connection instead.
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
        elif (word := await self.spelling("login")) != PLAIN:
            fields[self.syntax.subscribe] = word
        packet = await self.command(
            self.syntax.login,
            {**fields, **dict(pairs_of(more))},
            link=link,
            session=None,
            judged=judged,
            closable=closable,
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
        closable: bool = False,
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
            closable: the device may close the connection instead of answering.
            root, name: spellings to use instead of the device's.
        """
        sent = list(pairs_of(fields))
        data = await self.written(operation, sent, link=link, session=session, spelling=spelling, root=root, name=name)
        await self.send(data, link=link, pieces=pieces, pause_s=pause_s)
        return await self.answer(operation, sent, link=link, judged=judged, closable=closable, deadline_s=deadline_s)

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
        chosen = name if name is not None else await self._name_of(operation)
        fields = [*pairs_of(fields), *self._telling(operation, chosen, dict(pairs_of(fields)))]
        return encode(
            self.binding.message(
                operation,
                fields,
                session=session,
                root=root,
                name=chosen,
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
        closable: bool = False,
        deadline_s: float | None = None,
    ) -> Packet:
        """Wait for the answer to a command that was sent.

        Raises:
            CaseStopped: indications come without end.
        """
        pairs = list(pairs_of(sent))
        before = len(self.news.get(link, ()))
        for _ in range(MOST_INDICATIONS):
            got = await Receive(link, deadline_s)
            packet = self.binding.packet(got.raw, got.ending, got.step, operation=operation, sent=pairs)
            if not packet.indicates:
                break
            self._keep(link, packet)
        else:
            self._flooded(link)
        now = await self.clock()
        self.idle[packet.step] = now - self._used.get(link, now)
        self._used[link] = now
        if judged and not packet.came:
            self._not_so_called(operation, self.news.get(link, [])[before:])
        if judged and not (closable and packet.ending in (Ending.CLOSED, Ending.RESET) and not packet.raw):
            merge(self.checks, reply_checks(self.model, packet))
        if packet.ok:
            for note in notes(self.model, packet):
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

    async def log_out(self, link: str, fields: Given = ()) -> Packet:
        """End the session of a connection, with the language in each way that the document writes it until one is taken."""
        logout = self.model.operations[self.syntax.logout]
        wordy = [name for name, one in logout.parameters.items() if self.model.types[one.type].open_choices]
        words = [word for name in wordy for word in self._words(logout.parameters[name].type)] or [""]
        for word in words:
            sent = {**dict.fromkeys(wordy, word), **dict(pairs_of(fields))}
            packet = await self.command(self.syntax.logout, sent, link=link, closable=True)
            if packet.ok is not False:
                break
        return packet

    def _words(self, kind: str) -> list[str]:
        known = self.model.types[kind]
        return [known.choices[0], *known.open_choices]

    async def leave(self) -> None:
        """Log out: a device keeps sessions for a long time, and may have room for few. Nobody waits for the answer."""
        for link, session in self.sessions.items():
            if link not in self.finished and self.links.get(link) is Ending.ANSWERED:
                await Send(link, encode(self.binding.goodbye(session)))

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

    def _telling(self, operation: str, name: str | None, given: Mapping[str, str]) -> Fields:
        """Optional fields that tell a command from others where the document has copied one name to several."""
        known = self.model.operations.get(operation)
        if known is None or known.command is None or name in (None, *list(known.command.names.values())[:1]):
            return []
        if name not in known.command.names.values():
            return []
        kinds = {field: self.model.types[one.type] for field, one in known.parameters.items() if one.optional}
        return [(field, kind.choices[0]) for field, kind in kinds.items() if kind.choices and field not in given]

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

    def _not_so_called(self, operation: str, came: Sequence[Packet]) -> None:
        """An answer that calls itself an indication is one of the wrong kind."""
        result = self.syntax.result
        for packet in came:
            if any(part.get(result) is not None for part in packet.parts):
                self.check(
                    "reply.kind",
                    False,
                    self.syntax.rules["kind"],
                    *(self.syntax.rules[rule] for rule in ("indication-apart",) if rule in self.syntax.rules),
                    expected=f"a {self.syntax.confirm} of {operation}",
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
        kinds = {name: self.model.types[one.type].base for name, one in parameters.items()}
        own = {name: value for name, value in packet.sent if kinds.get(name) is Base.WORD and value}
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


def notes(system: System, packet: Packet) -> Iterable[Note]:
    """What the journal learns from a success."""
    operation = system.operations.get(packet.operation)
    if operation is None:
        return
    named = dict(packet.sent)
    objects = tuple(f"{n}={v}" for n, v in packet.sent if n in operation.parameters and operation.parameters[n].object)
    yield Note("drop", packet.operation, objects)
    keyed = all(
        one.add != packet.operation or (one.key in operation.parameters and not operation.parameters[one.key].optional)
        for one in system.records.values()
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


def pairs_of(fields: Given) -> Iterable[tuple[str, str]]:
    """Fields as pairs, in their order."""
    return fields.items() if isinstance(fields, Mapping) else fields
