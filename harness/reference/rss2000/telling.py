"""Indications: who is told what of a change."""

from __future__ import annotations

from collections.abc import Iterator

from harness.reference.rss2000.call import Values
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.messages import Messages
from harness.reference.rss2000.sessions import Client, Session, Sessions
from harness.reference.system import Setup
from harness.spec.model import Effect
from harness.wire.tpkt import LONGEST_PAYLOAD, encode
from harness.wire.xmlmessage import Element, Field

_DELETED, _CHANGED = "DELGROUP", "MODGROUP"
_VERSION_4 = 4


class Telling:
    """Tells changes to those who asked.

    Args:
        setup: model and faults.
        sessions: know who asked.
        messages: writes.
        choices: readings.
    """

    def __init__(self, setup: Setup, sessions: Sessions, messages: Messages, choices: Choices) -> None:
        self._operations, self._on = setup.model.operations, setup.faults.on
        self._sessions, self._messages, self._choices = sessions, messages, choices
        self._held = b""  # fault indication-comes-late
        self._before: Values = {}  # fault indication-of-before

    def changed(self, name: str, values: Values, session: Session | None) -> None:
        """An operation of a session made a change."""
        without = None if self._choices.tells_itself else session
        operation, syntax = self._operations[name], self._messages.syntax
        if operation.indication is not None:
            self._documented(name, values, without)
        elif (
            self._choices.tells_more
            and operation.effect is not Effect.READ
            and name not in (syntax.login, syntax.logout)
        ):
            self._send(self._packet([self._messages.element(syntax.indication, "changed", [])]), without)

    def _documented(self, name: str, values: Values, without: Session | None) -> None:
        on, messages, syntax = self._on, self._messages, self._messages.syntax
        if on("setting-not-told") and name == "SETSP":
            return
        if on("second-deletion-not-told") and name == "DELMEDIAINFO":
            self._before, before = ({} if self._before else values), self._before
            if before:
                return
        fields = messages.fields(name, syntax.indication, values)
        if self._choices.like_confirm:
            fields = messages.fields(name, syntax.confirm, values)
        fields = list(self._spoiled(name, fields))
        misnamed = on("deletion-told-as-change") and name == _DELETED
        called = messages.named(_CHANGED if misnamed else name, syntax.indication)
        element = messages.element(syntax.indication, called, fields)
        if name == "ADDENDPOINT" and self._choices.name_attribute:
            element = Element(
                name=element.name, attributes={self._choices.name_attribute: called}, fields=element.fields
            )
        packet = self._packet([element])
        if on("indication-comes-late") and name in ("MODROOM", "ADDROOM"):
            packet, self._held = self._held, packet
        self._send(packet, without, name)
        if on("indication-doubled") and name == "DELROOM":
            self._send(packet, without, name)

    def _spoiled(self, name: str, fields: list[Field]) -> Iterator[Field]:
        value = self._messages.syntax.value
        for field in fields:
            if self._on("indication-lacks-path") and name == "SETSTORAGE" and field.name == "PATH":
                continue
            if self._on("indication-count-off") and name == "MODGROUP" and field.name == "MEMBER_COUNT":
                count = str(sum(one.name == "MEMBER" for one in fields) + 1)
                yield Field(name=field.name, attributes={value: count})
                continue
            yield field

    def _packet(self, elements: list[Element]) -> bytes:
        """The packet of an indication, b"" where it would not fit into one."""
        payload = self._messages.document(elements)
        if len(payload) > LONGEST_PAYLOAD:
            return b""
        if self._on("indication-root"):
            root = self._messages.root.encode()
            payload = payload.replace(b"<" + root, b"<DVCR").replace(b"</" + root, b"</DVCR")
        packet = encode(payload)
        if self._on("indication-version-4"):
            packet = bytes((_VERSION_4,)) + packet[1:]
        return packet

    def _send(self, packet: bytes, without: Session | None, name: str = "") -> None:
        if not packet:
            return
        clients: Iterator[Client] = self._sessions.listeners(without, everybody=name == "ADDROOM")
        for client in clients:
            client.tell(packet)
            if self._on("first-only-told") and name in ("ADDDEVUSER", "DELDEVUSER"):
                break
