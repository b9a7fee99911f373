"""What may answer a packet: an independent reading of the document's commands. When in doubt, everything conforms.

Certain are commands that stand in one right packet, in plain XML, as the tables and examples have them: root and name as this device spells
them, each field once and in its place. Of these it is certain whether their session is one (lines 157-159, 197).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fuzz.rss2000.reading import Node, is_safe, packets, tree
from harness.datatypes import is_value
from harness.fuzzing.packet_kit import ANSWERED, DONE, FAILURE, NOT_DONE, Asked, Facts
from harness.spec.model import Operation, Rule, System
from harness.target import Target

VERSION = [("version", "1.0.0.0")]
ROOTS = ("DVCRMAGER", "DVCRMANAGER", "DVCRMANGER")
# Read without anything that the device must have: name -> parameters. GETMULTICAST's table has no session (RSS-AMB-105).
_EN = (("LANG", "en"),)
READS: Mapping[str, Sequence[tuple[tuple[str, str], ...]]] = {
    "GETDEVINFO": ((),),
    "REFRESHSTATUS": ((),),
    "GETENDPOINT": ((),),
    "GETDEVUSER": ((),),
    "GETMEMBER": ((),),
    "GETALLGROUP": ((),),
    "GETGROUP": ((),),
    "GETROOM": ((),),
    "GETSP": ((),),
    "GETGK": ((),),
    "GETLANG": ((),),
    "GETSTORAGE": ((),),
    "GETEPLINK": (_EN,),
    "GETSTACKING": (_EN,),
    "GETMEDIAINFO": tuple(
        (("CATALOG", "0"), ("START", start), ("END", end), ("SORT", str(sort)))
        for sort in range(8)
        for start, end in (("0", "0"), ("0", "9"), ("1", "3"), ("0", "29"))
    ),
    "GETLISTINFO": ((("LANG", "en"), ("SEARCH", ""), ("LIBMEDIA", "1")),),
}
# May be answered by a failure where there is nothing to list (RSS-AMB-049).
_LISTS = frozenset(("GETENDPOINT", "GETDEVUSER", "GETGROUP", "GETROOM", "GETMEDIAINFO", "GETEPLINK", "GETMEMBER", "GETALLGROUP"))  # fmt: skip
# Values that a device may show, round or fill in its own way (RSS-AMB-039, 074).
_OWN_WAY = frozenset(("PASSWORD", "RATE", "IFRAMEINTERVAL"))
_UNKNOWN_USER = re.compile(r"cw-[0-9a-f]{8}nobody")
_GUID_LISTS = frozenset(("MEMBER", "RECORDID", "VIEWID"))


class Grammar:
    """See `harness.fuzzing.packet_kit.ReadsPackets`."""

    def __init__(self, system: System, target: Target) -> None:  # noqa: ARG002
        self._system = system
        self._names: dict[str, list[str]] = {}
        self._several: dict[str, list[str]] = {}  # operations whose name the device chooses
        for name, operation in system.operations.items():
            command = operation.command
            if command is not None and command.names:
                for one in command.names.values():
                    self._several.setdefault(one.strip().lower(), []).append(name)
            else:
                self._names.setdefault((command.name if command and command.name else name.lower()), []).append(name)

    def packets(self, data: bytes) -> tuple[list[bytes], bytes, bool]:
        """See `harness.fuzzing.packet_kit.ReadsPackets`."""
        return packets(data)

    def read(self, packet: bytes, facts: Facts, link: str) -> Asked:
        """See `harness.fuzzing.packet_kit.ReadsPackets`."""
        found = tree(packet[4:])
        if found is None or found.odd:
            return Asked(raw=packet)
        root = found.root
        if root.name != facts.root or root.attributes != VERSION or root.text or len(root.children) != 1:
            return Asked(raw=packet)
        command = root.children[0]
        if command.name != "COMMAND" or command.text or [name for name, _ in command.attributes] != ["xmlid"]:
            return Asked(raw=packet)
        word = command.attributes[0][1]
        names = self._names.get(word, [])
        if not names:  # one of several names of a command, if it is the one that this device wants and no other's
            names = self._several.get(word.strip().lower(), [])
            names = names if len(set(names)) == 1 and facts.names.get(names[0]) == word else []
        fields = _fields(command)
        if len(set(names)) != 1 or fields is None:
            return Asked(raw=packet)
        return self._command(packet, names[0], fields, facts, link)

    def _command(self, packet: bytes, name: str, fields: list[tuple[str, str]], facts: Facts, link: str) -> Asked:
        operation = self._system.operations[name]
        session = next((value for field, value in fields if field == "SESSIONID"), None)
        own = {
            facts.names.get(f"{name}.{known}", ""): known for known, one in operation.parameters.items() if one.names
        }
        given = [(own.get(field, field), value) for field, value in fields if field != "SESSIONID"]
        wanted = {
            written for known, one in operation.parameters.items() if one.names for written in one.names.values()
        } - own.keys()
        if not _in_place(operation, given) or any(field in wanted for field, _ in fields):
            return Asked(raw=packet, session=session)
        if name == "LOGIN":
            return self._login(packet, given, session, facts, link)
        if operation.sessionless is not None:
            return Asked(raw=packet, session=session)
        wrong = _no_session(session, facts)
        if wrong:
            return Asked(
                raw=packet, outcomes=NOT_DONE, clauses=(wrong,), operation=name, fields=tuple(given), session=session,
                may_close=True,
            )  # fmt: skip
        if session not in facts.sessions or session in facts.open or facts.sessions[session] != link:
            return Asked(raw=packet, session=session, fields=tuple(given))
        types = self._system.types
        facts.odd |= {value for field, value in given if not is_value(types[operation.parameters[field].type], value)}
        return Asked(
            raw=packet,
            outcomes=self._outcomes(name, operation, given),
            clauses=("RSS-SES-002", f"RSS-{name}"),
            operation=name,
            fields=tuple(given),
            echoed=tuple(self._echoed(operation, given, facts)),
            session=session,
            may_close=name == "LOGOUT",
        )

    def _login(
        self, packet: bytes, given: list[tuple[str, str]], session: str | None, facts: Facts, link: str
    ) -> Asked:
        known = dict(given)
        if session is not None or link in facts.logins or known.get("LANG") not in ("0", "1") or "DOMAIN" in known:
            return Asked(raw=packet, session=session)
        if known.get("INDICATION") not in (
            "0",
            "1",
        ):  # it may be left out in one reading (RSS-AMB-004), or be something else (059)
            return Asked(raw=packet)
        if (known["USERNAME"], known["PASSWORD"]) == (facts.user, facts.password):
            return Asked(
                raw=packet, outcomes=DONE, clauses=("RSS-LOGIN", "RSS-SES-014"), operation="LOGIN", fields=tuple(given)
            )
        if _UNKNOWN_USER.fullmatch(known["USERNAME"]):
            return Asked(
                raw=packet,
                outcomes=NOT_DONE,
                clauses=("RSS-SES-009",),
                operation="LOGIN",
                fields=tuple(given),
                may_close=True,
            )
        return Asked(raw=packet)

    def _outcomes(self, name: str, operation: Operation, given: list[tuple[str, str]]) -> frozenset[str]:
        if name == "LOGOUT":
            return DONE if dict(given).get("LANG") in ("0", "1") else ANSWERED
        if name in READS and tuple(given) in READS[name] and name not in _LISTS:
            return DONE
        for field, value in given:
            rules = {one.rule for one in operation.parameters[field].constraints}
            if value == "" and Rule.NOT_EMPTY in rules:
                return frozenset((FAILURE,))
        return ANSWERED

    def _echoed(self, operation: Operation, given: list[tuple[str, str]], facts: Facts) -> list[tuple[str, str]]:
        """What must come back as it was sent."""
        found = []
        lists = {name: [value for one, value in given if one == name] for name in _GUID_LISTS}
        for field, value in given:
            kind = self._system.types[operation.parameters[field].type]
            if field in _OWN_WAY or not is_value(kind, value) or not is_safe(value):
                continue
            if field in _GUID_LISTS and (
                len(set(lists[field])) < len(lists[field]) or not set(lists[field]) <= facts.known
            ):
                continue
            found.append((field, value))
        return found


def _fields(command: Node) -> list[tuple[str, str]] | None:
    """Names and values; None if one is no plain field."""
    found = []
    for one in command.children:
        if one.children or one.text or [name for name, _ in one.attributes] != ["value"]:
            return None
        found.append((one.name, one.attributes[0][1]))
    names = [name for name, _ in found]
    if names.count("SESSIONID") > 1 or ("SESSIONID" in names and names[0] != "SESSIONID"):
        return None
    return found


def _in_place(operation: Operation, given: list[tuple[str, str]]) -> bool:
    """Whether all fields are those of the command, once each unless they are lists, in its order, and none that it needs is missing."""
    order = list(operation.parameters)
    places = [order.index(name) if name in operation.parameters else -1 for name, _ in given]
    names = [name for name, _ in given]
    return (
        -1 not in places
        and places == sorted(places)
        and all(one.repeated or names.count(name) <= 1 for name, one in operation.parameters.items())
        and all(one.optional or one.repeated or name in names for name, one in operation.parameters.items())
    )


def _no_session(session: str | None, facts: Facts) -> str:
    """The clause that a command without a session, or with this one, must fail of; "" if that is not certain."""
    if session is None or session == "":
        return "RSS-SES-003"
    if session in facts.sessions or session in facts.open:
        return ""
    plain = _plain(session)
    if session not in facts.ended and any(plain == _plain(one) for one in (*facts.sessions, *facts.open)):
        return ""
    return "RSS-SES-008" if session in facts.ended and plain else "RSS-SES-004"


def _plain(session: str) -> str:
    return re.sub(r"[\W_]", "", session).casefold()
