"""Binds a spec of XML messages to the wire: commands to packets, packets to replies, and what bytes may do to a device."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from harness.disguise import Disguise
from harness.ending import Ending
from harness.flow import CaseInconclusive, Receive, Send
from harness.messages.packetreply import Fields, Packet, Part
from harness.messages.reply import Call, Reply
from harness.spec.messagemodel import Message, MessageSyntax
from harness.spec.model import Effect, Operation, System
from harness.target import Target
from harness.wire.tpkt import HEADER_BYTES, PacketFramer, encode, split
from harness.wire.xmlmessage import USUAL, Spelling, encode_message

_STRENGTH = list(Effect)
_NO_LETTERS = bytes(set(range(256)) - set(b"0123456789abcdefghijklmnopqrstuvwxyz"))


def names_of(message: Message | None, operation: str) -> dict[str, str]:
    """How a message may name its operation, by reading; the reading "" where the document has one name only."""
    if message is None:
        return {"": operation.lower()}
    return dict(message.names) or {"": message.name or operation.lower()}


class PacketBinding:
    """One interface of one system; see `harness.messages.binding.Binding`. Values of a call are `name=value`.

    Attributes:
        chosen: how this device wants to be spoken to, as far as it was found out: `root`, an operation, or `operation.parameter`
            -> the spelling.
        syntax: the rules of its messages.
    """

    def __init__(self, system: System, syntax: MessageSyntax, target: Target | None = None) -> None:
        self.system = system
        self.syntax = syntax
        self.chosen: dict[str, str] = {}
        self._target = target
        self._disguise = Disguise(syntax, target)
        self._session = ""
        self._effects = _Effects(system)

    # messages

    def message(
        self,
        operation: str,
        fields: Fields,
        *,
        session: str | None,
        root: str | None = None,
        name: str | None = None,
        names: Mapping[str, str] | None = None,
        spelling: Spelling = USUAL,
    ) -> bytes:
        """The XML of a command.

        Args:
            fields: names of the spec and values; what the spec does not know stands as it is.
            session: value of the session's field; None leaves it out.
            root, name, names: spellings of the root, of the operation and of fields; what was chosen for the device where they are None.
        """
        known = self.system.operations.get(operation)
        written = {**_first_names(known), **self._chosen_names(operation), **(names or {})}
        pairs: list[tuple[str, str, dict[str, str]]] = [
            (written.get(field, field), value, {}) for field, value in fields
        ]
        if session is not None:
            pairs.insert(0, (self.syntax.session, session, {}))
        return encode_message(
            root or self.chosen.get("root") or next(iter(self.syntax.roots.values())),
            self.syntax.root_attributes,
            self.syntax.command,
            self.syntax.name,
            self.chosen.get(operation) or next(iter(names_of(known.command if known else None, operation).values()))
            if name is None
            else name,
            pairs,
            self.syntax.value,
            spelling,
        )

    def packet(self, raw: bytes, ending: Ending, step: int, *, operation: str = "", sent: Fields = ()) -> Packet:
        """What came in answer to a command."""
        known = self.system.operations.get(operation)
        several = known is not None and known.confirm is not None and known.confirm.several
        return Packet(
            syntax=self.syntax, operation=operation, sent=sent, several=several, ending=ending, raw=raw, step=step
        )

    # the engine's view

    def framer(self) -> PacketFramer:
        """A new framer for one connection."""
        return PacketFramer(self.syntax.longest)

    def unfinished(self, data: bytes) -> bytes:
        """See `harness.messages.binding.Binding`."""
        return split(data)[1]

    def requests(self, data: bytes) -> int:
        """See `harness.messages.binding.Binding`."""
        return len(split(data)[0])

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:
        """A command of the session that `prepare` has opened; if quoted, with every character as a reference."""
        given = [one.partition("=")[::2] for one in values]
        fields = [*self._needed(operation, given), *given]
        spelling = Spelling(references=True) if quoted else USUAL
        payload = self.message(operation, fields, session=self._session, spelling=spelling)
        return Call(operation=operation, values=tuple(values), typed=tuple(values)), encode(payload)

    def _needed(self, operation: str, given: Fields) -> list[tuple[str, str]]:
        """What the command has besides, where any value of its type will do, such as a language."""
        known, names = self.system.operations[operation].parameters, {name for name, _ in given}
        kinds = {name: self.system.types[one.type] for name, one in known.items() if not one.optional}
        return [(name, kind.choices[0]) for name, kind in kinds.items() if name not in names and kind.choices]

    def reply(self, call: Call, raw: bytes, ending: Ending, step: int) -> Reply:
        """What came, as far as all protocols have it: success or failure, and why."""
        packet = self.packet(raw, ending, step, operation=call.operation)
        text = raw[HEADER_BYTES:].decode("utf-8", "replace")
        return Reply(call=call, ending=ending, raw=raw, text=text, ok=packet.ok, message=packet.reason, step=step)

    def effect(self, data: bytes) -> tuple[Effect, str]:
        """The strongest effect of any command that a device could possibly see in `data`, and its name; see `_Effects`."""
        return self._effects.of(data)

    def reveal(self, data: bytes) -> bytes:
        """See `harness.messages.binding.Binding`."""
        return self._disguise.reveal(data)

    def hide(self, data: bytes) -> bytes:
        """See `harness.messages.binding.Binding`."""
        return self._disguise.hide(data)

    async def prepare(self, link: str) -> None:
        """Log in on a fresh connection, for commands that no case asks for.

        Raises:
            CaseInconclusive: the device did not let us in.
        """
        fields = self.login_fields()
        fields += self._needed(self.syntax.login, fields)
        payload = self.message(self.syntax.login, fields, session=None)
        await Send(link, encode(payload))
        got = await Receive(link)
        packet = self.packet(got.raw, got.ending, got.step, operation=self.syntax.login)
        session = packet.first.get(self.syntax.session) if packet.ok else None
        if not session:
            raise CaseInconclusive(f"{self.syntax.login} did not succeed: {packet.describe()}")
        self._session = session

    async def farewell(self, link: str) -> bool:
        """Log out, so that the device need not keep the session until it is over by itself."""
        await Send(link, encode(self.goodbye(self._session)))
        await Receive(link)
        return True

    def goodbye(self, session: str) -> bytes:
        """The XML of a logout."""
        return self.message(self.syntax.logout, self._needed(self.syntax.logout, []), session=session)

    def login_fields(self) -> list[tuple[str, str]]:
        """The credentials of the target file as fields of the login."""
        known = self._target.credentials if self._target is not None else {}
        password = self._disguise.stand_in(known.get("password", ""))
        word = self.chosen.get("login", "plain")
        asked = [] if word == "plain" else [(self.syntax.subscribe, word)]
        return [(self.syntax.user, known.get("user", "")), (self.syntax.password, password), *asked]

    def stand_in(self, secret: str) -> str:
        """What stands for a secret of the target file in all that is built here."""
        return self._disguise.stand_in(secret)

    def _chosen_names(self, operation: str) -> dict[str, str]:
        start = f"{operation}."
        return {key.removeprefix(start): name for key, name in self.chosen.items() if key.startswith(start)}


def _first_names(operation: Operation | None) -> dict[str, str]:
    """How the document spells parameters, the first spelling of each."""
    if operation is None:
        return {}
    return {name: next(iter(one.names.values())) for name, one in operation.parameters.items() if one.names}


def operation_of(system: System, part: Part, kind: str) -> Iterable[str]:
    """The operations that a confirm or an indication may belong to, by its name under any reading."""
    return _named(system, kind).get((part.name or "").strip().lower(), ())


_NAMED: dict[
    tuple[int, str], tuple[System, dict[str, list[str]]]
] = {}  # the system is held, so that its id stays its own


def _named(system: System, kind: str) -> dict[str, list[str]]:
    """Name, as it may be written -> operations."""
    key = (id(system), kind)
    if key not in _NAMED:
        found: dict[str, list[str]] = {}
        for name, operation in system.operations.items():
            message = operation.confirm if kind == "confirm" else operation.indication
            for written in {one.strip().lower() for one in names_of(message, name).values()} if message else ():
                found.setdefault(written, []).append(name)
        _NAMED[key] = (system, found)
    return _NAMED[key][1]


class _Effects:
    """The strongest effect of any command that a device could possibly see in some bytes.

    Deliberately generous: letter case, blanks, quotes and control characters are ignored, and a name counts wherever it stands. A
    name that the document has copied to several commands counts as that of each of which a field stands there that no harmless one has.
    What could not be taken back counts as what takes it back.
    """

    def __init__(self, system: System) -> None:
        found: dict[bytes, list[tuple[Effect, str, tuple[bytes, ...]]]] = {}
        harmless = {
            field for one in system.operations.values() if one.effect is Effect.READ for field in one.parameters
        }
        for name, operation in system.operations.items():
            if operation.effect is Effect.READ:
                continue
            undo = system.operations[operation.undo.operation].effect if operation.undo is not None else Effect.READ
            effect = max(operation.effect, undo, key=_STRENGTH.index)
            own = {name.lower(), *list(names_of(operation.command, name).values())[:1]}
            every = own | set(names_of(operation.command, name).values())
            fields = tuple(
                _folded(spelled.encode())
                for field, one in operation.parameters.items()
                for spelled in (field, *one.names.values())
                if field not in harmless
            )
            for word in every:
                needs = () if word in own else fields
                found.setdefault(_folded(word.encode()), []).append((effect, name, needs))
        self._known = found
        self._names = re.compile(b"(?=(" + b"|".join(sorted(found, reverse=True)) + b"))") if found else None

    def of(self, data: bytes) -> tuple[Effect, str]:
        """See the class."""
        folded = _folded(data)
        best = (Effect.READ, "")
        for word in set(self._names.findall(folded)) if self._names is not None else ():
            for effect, name, needs in self._known[word]:
                stands = not needs or any(field in folded for field in needs)
                if stands and _STRENGTH.index(effect) > _STRENGTH.index(best[0]):
                    best = (effect, name)
        return best


def _folded(data: bytes) -> bytes:
    return data.lower().translate(None, _NO_LETTERS)
