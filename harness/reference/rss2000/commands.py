"""Commands carried out: read, matched with their session, checked, done, confirmed, told to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.reference.rss2000.access import Access
from harness.reference.rss2000.accounts import Accounts
from harness.reference.rss2000.archives import Archives
from harness.reference.rss2000.call import Call, Handler, Outcome, RefusedError, Value, Values
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.connections import Connections
from harness.reference.rss2000.groups import Groups
from harness.reference.rss2000.messages import Messages
from harness.reference.rss2000.options import Options
from harness.reference.rss2000.reading import Asked, NoCommandError, Reader, UnknownCommandError
from harness.reference.rss2000.rooms import Rooms
from harness.reference.rss2000.sessions import Client, Sessions
from harness.reference.rss2000.settings import Settings
from harness.reference.rss2000.spoil import Spoiler
from harness.reference.rss2000.state import World
from harness.reference.rss2000.telling import Telling
from harness.reference.system import Setup
from harness.spec.model import Effect, Operation
from harness.wire.tpkt import LONGEST_PAYLOAD
from harness.wire.xmlmessage import Element, read_message

_ORDINARY = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What follows a packet.

    Args:
        payload: of the answer; None where there is none.
        operation: that was carried out, "" where none was.
        close: whether the connection ends after it.
        outcome: of a success.
    """

    payload: bytes | None = None
    operation: str = ""
    close: bool = False
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the parts of the device share."""

    setup: Setup
    world: World
    sessions: Sessions
    choices: Choices
    messages: Messages
    spoiler: Spoiler
    telling: Telling


class Commands:
    """Carries out commands on a world.

    Args:
        parts: what the parts of the device share.
    """

    def __init__(self, parts: Parts) -> None:
        setup, world, choices = parts.setup, parts.world, parts.choices
        self._sessions, self._choices, self._messages = parts.sessions, choices, parts.messages
        self._spoiler, self._telling = parts.spoiler, parts.telling
        self._syntax, self._operations = parts.messages.syntax, setup.model.operations
        self._reader = Reader(setup, choices)
        self._refused = frozenset(
            name
            for name, operation in self._operations.items()
            if operation.denied is not None and choices.of(operation.denied, "refused") == "refused"
        )
        self._unanswered = frozenset(
            name
            for name, operation in self._operations.items()
            if operation.confirm is not None
            and operation.confirm.undocumented is not None
            and choices.of(operation.confirm.undocumented) == "none"
        )
        faults = setup.faults
        groups = Groups(world, choices, faults)
        settings = Settings(setup.model, world, choices, faults)
        self._handlers: dict[str, Handler] = {
            **Access(world, parts.sessions, choices, faults).handlers(),
            **Accounts(world, parts.sessions, choices, faults).handlers(),
            **groups.handlers(),
            **Rooms(world, groups, choices, faults).handlers(),
            **Archives(world, groups, choices, faults).handlers(),
            **Connections(world, groups, choices, faults).handlers(),
            **settings.handlers(),
            **Options(world, settings, choices, faults).handlers(),
        }

    @property
    def known(self) -> frozenset[str]:
        """The operations that can be carried out."""
        return frozenset(self._handlers)

    def answer(self, payload: bytes, client: Client) -> Answer:
        """Carry out what a packet asks for."""
        try:
            asked = self._reader.read(read_message(payload))
        except NoCommandError:
            return self.stray(self._choices.malformed)
        except UnknownCommandError as error:
            return self.stray(self._choices.unknown_command, error.name, "Unknown command")
        name = asked.operation
        session = None
        if name != self._syntax.login and not (name == "GETMULTICAST" and not self._choices.needs_session):
            session = self._sessions.find(asked.session, client)
            if session is None:
                return self._no_session(asked)
        try:
            if session is not None and session.privilege == _ORDINARY and name in self._refused:
                raise RefusedError("Only an administrator may do that")
            self._reader.check(asked)
            if self._spoiler.before(asked):
                raise RefusedError("It was refused before")
            outcome = self._handlers[name](Call(name=name, given=asked.given, session=session, client=client))
        except RefusedError as refused:
            self._spoiler.refused(asked)
            close = name == self._syntax.login and self._choices.closes
            return Answer(payload=self._failure(asked, str(refused)), operation=name, close=close)
        payload_out = self._success(name, outcome)
        if outcome.changed:
            self._telling.changed(name, outcome.told if outcome.told is not None else outcome.confirms[0], session)
        close = name == self._syntax.logout and self._choices.closes
        return Answer(payload=payload_out, operation=name, close=close, outcome=outcome)

    def stray(self, reading: str, name: str = "", reason: str = "This is no command") -> Answer:
        """What follows something that is no command of the document."""
        if reading != "failed":
            return Answer(close=reading == "closed")
        element = self._messages.element(self._syntax.confirm, name, self._messages.head(self._syntax.failure, reason))
        return Answer(payload=self._messages.document([element]))

    def _no_session(self, asked: Asked) -> Answer:
        if self._choices.unanswered:
            return Answer(close=True)
        return Answer(
            payload=self._failure(asked, "The session ID is incorrect or has timed out", nameless=True),
            operation=asked.operation,
            close=self._choices.closes,
        )

    def _failure(self, asked: Asked, reason: str, nameless: bool = False) -> bytes:
        """A confirm that says that a command failed."""
        syntax, messages, reading = self._syntax, self._messages, self._choices.failed
        fields = messages.head(syntax.failure, None if reading == "bare" else reason)
        confirm = self._operations[asked.operation].confirm
        if reading == "full" and confirm is not None:
            blank: dict[str, Value] = {
                key: asked.given.get(key, [""])[0]
                for key, field in confirm.fields.items()
                if not field.repeated and key not in (syntax.reason, syntax.session)
            }
            fields += messages.fields(asked.operation, syntax.confirm, blank)
        element = messages.element(syntax.confirm, messages.named(asked.operation, syntax.confirm), fields)
        if nameless and reading == "session":
            element = Element(name=syntax.confirm, attributes={}, fields=element.fields)
        return self._spoiler.failure(asked.operation, messages.document([element]))

    def _success(self, name: str, outcome: Outcome) -> bytes | None:
        """The confirms of a success; None under a reading that there are none."""
        syntax, messages, operation = self._syntax, self._messages, self._operations[name]
        if name in self._unanswered:
            return None
        confirms: Sequence[Values] = outcome.confirms
        if not confirms:
            if self._choices.nothing == "none" or outcome.none:
                return messages.document([])
            confirms = [{}]
        failed = not outcome.confirms and self._choices.nothing == "failed"
        head = messages.head(syntax.failure if failed else syntax.success, self._word(operation))
        called = messages.named(name, syntax.confirm)
        elements = [
            messages.element(
                syntax.confirm,
                called,
                [*head, *messages.fields(name, syntax.confirm, self._spoiler.values(name, values))],
            )
            for values in confirms
        ]
        payload = messages.document(self._spoiler.confirms(name, elements))
        if len(payload) > LONGEST_PAYLOAD:
            fields = messages.head(syntax.failure, "The answer would not fit into a packet")
            payload = messages.document([messages.element(syntax.confirm, called, fields)])
        return self._spoiler.payload(name, payload)

    def _word(self, operation: Operation) -> str | None:
        """What DESCRIPTION says of a success; None where the field is not there or says something else."""
        if self._messages.has(operation, self._syntax.reason):
            return "Succeeded" if self._choices.both_descriptions else None
        tells = operation.confirm is not None and bool(operation.confirm.fields)
        return None if operation.effect is Effect.READ and tells else "Succeeded"
