"""What is wrong with one saved message of methods that are called with a struct: a call, a response, a fault, a call of the device, or a file.

A file holds the document alone, or the whole request or response with its head. What a response owes to its call (what it repeats, members that
only some calls ask for) cannot be judged from it alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harness.checks.callalone import alone, spellings, unasked
from harness.checks.callfound import Setting
from harness.checks.callmembers import Members
from harness.checks.calls import http_checks, reply_checks
from harness.checks.calltaken import Slipped, head_slips, taken_slips
from harness.checks.served import judge_file
from harness.ending import Ending
from harness.messages.callreply import CallReply
from harness.messages.reply import readable
from harness.spec.callmodel import CallSyntax
from harness.spec.model import System
from harness.validate_callsaved import HTTP, REQUEST, Saved
from harness.validation import Finding, conclude, nearest
from harness.verdict import Check, Severity
from harness.wire.xmlplaces import Place, places
from harness.wire.xmlrpc import Deviation, Kind, Message, MessageKind, Value, Weight, parse_path, read
from harness.wire.xmltree import read_document

CALL, RESPONSE, FAULT, NOTIFICATION = "call", "response", "fault", "notification"
# Far more than any message may have; one that is too long is told all the same.
_MOST_BYTES = 4_194_304
_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r\n]++|<!--(?s:.*?)-->|<\?(?s:.*?)\?>)*+<([^\s<>/?!&]{1,256})")
_AT = re.compile(r"(?:, )?line (\d+), column (\d+)")
# What a call may be all the same under a reading: rule of XML-RPC -> open point.
_OPEN = {
    "padding": "white-space", "duplicate-member": "double-member", "param-type": "no-struct", "param-count": "extra-parameter",
    "missing-params": "no-struct", "doctype": "doctype", "boolean-case": "boolean-words",
}  # fmt: skip


class Calls:
    """Messages of one system; see `harness.validate`.

    Args:
        version: of the API; None: the newest.
    """

    def __init__(self, system: System, syntax: CallSyntax, version: str | None = None) -> None:
        self._system = system
        self._syntax = syntax
        self._version = version
        self.kinds: tuple[str, ...] = (CALL, RESPONSE, FAULT, NOTIFICATION, *system.files)

    def kind(self, begin: bytes) -> str:
        """By the root, and of a response by whether it has a fault."""
        body = begin
        if begin.startswith(HTTP) or REQUEST.match(begin):
            body = begin.partition(b"\r\n\r\n")[2] or begin.partition(b"\n\n")[2]
        found = _ROOT.match(body)
        root = found[1].decode("utf-8", "replace") if found is not None else ""
        for name, served in self._system.files.items():
            if root == served.root:
                return name
        if root == "methodResponse" or (not root and begin.startswith(HTTP)):
            return FAULT if re.search(rb"<fault[ \t\r\n>]", body[:1000]) else RESPONSE
        return NOTIFICATION if read(body).method in self._system.callbacks else CALL

    def findings(self, kind: str, begin: bytes, pieces: Iterator[bytes], operation: str) -> Finding:
        """What is wrong with a message."""
        parts, count = [begin], len(begin)
        while count <= _MOST_BYTES and (piece := next(pieces, None)) is not None:
            parts.append(piece)
            count += len(piece)
        judge = _Judge(self._system, self._syntax, b"".join(parts), operation, self._version)
        if kind in self._system.files:
            judge.served(kind)
        elif kind in (RESPONSE, FAULT):
            judge.response(kind)
        else:
            judge.call(notified=kind == NOTIFICATION)
        return judge.found


class _Judge(Saved):
    """Judges one message."""

    # calls

    def call(self, *, notified: bool) -> None:
        """Judge a call, of a client or of the device."""
        message, rules = self.message, self.syntax.rules
        if self._path and self._path != self.syntax.path and not notified:
            self._breaks(rules["path"], (1, 1), f"expected a call to {self.syntax.path}, got one to {self._path[:60]}")
        if message.kind is not MessageKind.CALL:
            self._deviations(rules["encoding"], ())
            if not self.found.broken:
                self._breaks(
                    rules["encoding"],
                    self._moved(1, 1),
                    f"expected a methodCall, got {readable(self._body, 60) or 'nothing'}",
                )
            return
        self._deviations(rules["encoding"], () if notified else tuple(_OPEN))
        if len(self._body) > self.syntax.longest and not notified:
            self._breaks(
                rules["request-size"],
                self._moved(1, 1),
                f"expected at most {self.syntax.longest} bytes, got {len(self._body)}",
            )
        known = self.system.callbacks if notified else self.system.operations
        name = self._method(message, known, rules["unknown-method"])
        if not name or message.struct.kind is not Kind.STRUCT:
            return
        if notified:
            self._notified(name)
            return
        for one in (
            *head_slips(self.system, message.struct),
            *taken_slips(self.system, name, message.struct, version=self.version),
        ):
            self._slipped(name, one)
        call = self.system.operations[name].call
        if call is not None and not set(message.struct.names) <= {*self.syntax.head, *spellings(call.takes)}:
            self._open("extra-member")
        conclude(self.system, self.found, self._fits, self._moved(1, 1))

    def _method(self, message: Message, known: Iterable[str], rule: str) -> str:
        """The method that is called, as the spec has it; told where there is none such."""
        names, wanted = list(known), self.found.operation
        place = self._moved(*message.place(message.method_at)[:2]) if message.method_at >= 0 else self._moved(1, 1)
        if message.method not in names:
            told = f"no method is named {readable(message.method.encode(), 60)!r}; {nearest(message.method, names)}"
            self._breaks(rule, place, told)
            return ""
        if wanted and wanted != message.method:
            self._breaks(rule, place, f"expected {wanted}, got {message.method}")
        self.found.operation = message.method
        return message.method

    def _slipped(self, method: str, one: Slipped) -> None:
        for ambiguity in one.open:
            self.found.depends(self.system, ambiguity)
        if one.open:
            return
        name = ".".join(str(step) for step in one.path if isinstance(step, str))
        message = f"{name}: expected {one.expected}, got {one.got}"
        struct = self.message.struct
        self._breaks(one.clause or f"{self.system.prefix}-{method}", self._place(one.path, struct), message)

    def _notified(self, name: str) -> None:
        callback = self.system.callbacks[name]
        setting = Setting(system=alone(self.system), version=self.version, check=NOTIFICATION)
        judge = Members(setting)
        judge.struct(f"{self.system.prefix}-callback.{name}", unasked(callback.takes), self.message.struct)
        self._add(judge.checks())
        conclude(self.system, self.found, self._fits, self._moved(1, 1))

    def _deviations(self, clause: str, open_rules: tuple[str, ...]) -> None:
        """What of a call is no XML-RPC."""
        for one in self.message.deviations:
            if one.rule in open_rules and self._open(_OPEN[one.rule]):
                continue
            self._breaks(clause, self._moved(one.line, one.column), _told(one), binding=one.weight is not Weight.LOOSE)

    # responses

    def response(self, kind: str) -> None:
        """Judge a response."""
        message, exchanged = self.message, self._exchanged
        ending = exchanged.ending if exchanged is not None else Ending.ANSWERED
        head = exchanged is not None and exchanged.head is not None
        method = self.found.operation if kind == RESPONSE else ""
        if kind == RESPONSE and not method and message.kind is MessageKind.RESPONSE:
            method = self.found.operation = self._answered(message.struct)
        reply = CallReply(
            syntax=self.syntax,
            method=method,
            ending=ending,
            raw=self._body,
            body=self._body,
            exchanged=exchanged if head else None,
        )
        checks = reply_checks(alone(self.system), reply, self.version) if head else self._bare(reply)
        self._add(checks)
        is_fault = message.kind is MessageKind.FAULT
        if message.kind is not MessageKind.NONE and is_fault is not (kind == FAULT):
            rule = self.syntax.rules["fault" if kind == FAULT else "reply"]
            self._breaks(rule, self._moved(1, 1), f"expected a {kind}, got a {message.kind}")
        conclude(self.system, self.found, self._fits, self._moved(1, 1))

    def _bare(self, reply: CallReply) -> Iterator[Check]:
        """The checks of a document without its response: neither status nor media type."""
        skipped = {check.id for check in http_checks(self.system, reply)} | {"reply.status", "reply.media"}
        own = (check for check in reply_checks(alone(self.system), reply, self.version))
        yield from (
            check
            for check in own
            if check.id not in skipped and not check.id.startswith(("reply.status.", "reply.media."))
        )

    def _answered(self, struct: Value) -> str:
        """The method of which a response is the answer; "" where several may be meant, or none, which is told."""
        given = set(struct.names)
        if given == {self.syntax.status}:
            self._status(struct)
            return ""
        scores: dict[str, tuple[int, int]] = {}
        for name, operation in self.system.operations.items():
            returns = operation.call.returns if operation.call is not None else {}
            known = given & spellings(returns)
            if returns and (known or not given):
                judge = Members(Setting(system=alone(self.system), version=self.version))
                judge.struct(f"{self.system.prefix}-{name}.returned", unasked(returns), struct)
                broken = sum(not check.passed and check.severity is Severity.MUST for check in judge.checks())
                scores[name] = (len(given - known), broken)
        best = min(scores.values(), default=(0, 1))
        if not scores or (not given and best[1]):
            message = f"expected the members of a reply, got {', '.join(sorted(given))[:60] or 'none'}"
            self._breaks(self.syntax.rules["reply-struct"], self._place(()), message)
            return ""
        named = [name for name, score in scores.items() if score == best]
        return named[0] if len(named) == 1 or best[1] else ""

    def _status(self, struct: Value) -> None:
        found = struct.get(self.syntax.status)
        if found is not None and found.scalar != self.syntax.success:
            message = (
                f"expected {self.syntax.status} {self.syntax.success!r}, got {readable(found.text.encode(), 60)!r}"
            )
            self._breaks(self.syntax.rules["status"], self._place((self.syntax.status,)), message)

    def _add(self, checks: Iterable[Check]) -> None:
        for check in checks:
            if check.passed:
                for ambiguity, readings in check.readings.items():
                    self._fits.setdefault(ambiguity, []).append(readings)
                continue
            place, message = self._of_check(check)
            self._breaks(check.clauses[0], place, message, binding=check.severity is Severity.MUST)

    def _of_check(self, check: Check) -> tuple[Place, str]:
        """Where what a check is about stands, and what is said of it."""
        rule = check.id.removeprefix("reply.")
        one = next((one for one in self.message.deviations if one.rule == rule), None)
        if one is not None:
            return self._moved(one.line, one.column), _told(one)
        message = f"expected {check.expected}, got {_AT.sub('', check.got) or 'none'}"
        text, found, rest = check.expected.partition(": ")
        try:
            path = parse_path(text) if found else ()
        except ValueError:
            path = ()
        if path:
            got = check.got.removeprefix(f"{text}: ")
            return self._place(path), f"{text}: expected {rest}, got {got}"
        named = {"reply.fault": (self.syntax.code,), "reply.status-member": (self.syntax.status,)}
        return self._place(named.get(check.id, ())), message

    # files

    def served(self, name: str) -> None:
        """Judge a file that the device serves."""
        document = read_document(self._body)
        where = places(self._body, document.root) if document.root is not None else {}
        for one in judge_file(self.system, name, document):
            check = one.check
            if check.passed:
                for ambiguity, readings in check.readings.items():
                    self._fits.setdefault(ambiguity, []).append(readings)
                continue
            problem = _AT.search(document.problem)
            place = where.get(id(one.element or document.root), (1, 1))
            if problem is not None:
                place = max(int(problem[1]), 1), max(int(problem[2]), 1)
            message = f"expected {check.expected}, got {_AT.sub('', check.got)}"
            self._breaks(check.clauses[0], self._moved(*place), message, binding=check.severity is Severity.MUST)
        conclude(self.system, self.found, self._fits, self._moved(1, 1))


def _told(one: Deviation) -> str:
    about = f"{one.path}: " if one.path else ""
    return f"{about}{one.message} ({one.rule})"
