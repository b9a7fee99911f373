"""Judges one HTTP response against what a conforming device may answer; pure but for what it remembers of documents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from harness.checks.http import framing_checks
from harness.checks.rows import scan_checks
from harness.ending import Ending
from harness.fuzzing.http_kit import Asked, HttpKit, Refusal, Turn
from harness.http.content import decoded_body
from harness.http.exchanged import Exchanged
from harness.messages.httpreply import HttpReply
from harness.rows import Result, Scan, Shape, compile_shape
from harness.spec.model import System
from harness.verdict import Check, Severity

OK = 200
KEPT_BODY = 65_536
# Bytes of documents of which the result is remembered: many replies are the same again. Larger ones are not.
REMEMBERED_BYTES, MOST_REMEMBERED = 50_000_000, 2_000_000
Judged = tuple[list[Check], Result | None]


class HttpJudge:
    """Judges the responses of one system."""

    def __init__(self, system: System, kit: HttpKit) -> None:
        if system.http is None:
            raise ValueError(f"{system.system} has no HTTP interface")
        self._system = system
        self._rules: Mapping[str, str] = system.http.rules
        self._keeps = kit.keeps
        self._shapes: dict[str, Shape] = {}
        self._known: dict[tuple[object, ...], Judged] = {}
        self._remembered = 0  # bytes

    def judge(self, asked: Asked, got: Exchanged, step: int) -> tuple[list[Check], Turn]:
        """The broken checks of the one response to a well-formed request."""
        body = got.body
        broken: list[Check] = []
        if got.head is not None and got.ending is Ending.ANSWERED and got.head.values("content-encoding"):
            decoded = decoded_body(got.head, body)
            body = decoded.data
            if not decoded.complete:
                broken.append(
                    self._broken("reply.coding", "framing", "content as its coding says", str(decoded.oddities), step)
                )
        reply = HttpReply(
            operation=asked.operation, query=(), method=asked.method, exchanged=got, body=body[:KEPT_BODY], step=step
        )
        turn = Turn(asked=asked, status=reply.status, result=None, document="", step=step)
        if got.ending is not Ending.ANSWERED:
            if asked.may_close and got.ending in (Ending.CLOSED, Ending.RESET):
                return [], turn
            rule = "framing" if got.raw else "one-reply"
            return [self._broken("reply.comes", rule, "one whole response", reply.describe(), step)], turn
        broken += [
            one for one in framing_checks(self._system, reply) if not one.passed and one.severity is Severity.MUST
        ]
        if asked.anything or broken:
            return broken, turn
        if not self._conforms(asked, reply):
            return [self._answer(asked, reply)], turn
        if reply.status == OK and asked.method != "HEAD":
            return self._document(asked, reply, body)
        if reply.root is not None and reply.status != OK:
            turn = replace(turn, root=reply.root[0], code=reply.root[1].get("code", ""))
        return [], turn

    def _conforms(self, asked: Asked, reply: HttpReply) -> bool:
        status = reply.status
        if status == OK:
            return asked.success
        if asked.any_error and (400 <= status < 500 or status in (501, 505)):
            return True
        return any(_fits(refusal, reply) for refusal in asked.refusals)

    def _answer(self, asked: Asked, reply: HttpReply) -> Check:
        """A broken check: the answer is none of those that conform."""
        listed = {OK, *(int(row.code) for row in self._system.errors.values() if row.code)}
        clauses = asked.clauses if reply.status in listed else (self._rules["status"],)
        expected = [f"{OK} with its document"] if asked.success else []
        expected += [_told(refusal) for refusal in asked.refusals] + (["another error"] if asked.any_error else [])
        return Check(
            id="answer" if reply.status in listed else "reply.status",
            clauses=clauses or (self._rules["status"],),
            passed=False,
            expected=" or ".join(dict.fromkeys(expected)),
            got=reply.describe(),
            step=reply.step,
        )

    # documents

    def _document(self, asked: Asked, reply: HttpReply, body: bytes) -> tuple[list[Check], Turn]:
        charset = _charset(reply.header("content-type") or "")
        best: Judged = [], None
        name = ""
        for name in asked.documents:
            best = self._scanned(name, asked, body, charset, reply.step)
            if not best[0]:
                break
        found, result = best
        return list(found), Turn(
            asked=asked, status=OK, result=result, document=name if not found else "", step=reply.step
        )

    def _scanned(self, name: str, asked: Asked, body: bytes, charset: str | None, step: int) -> Judged:
        key: tuple[object, ...] | None = None
        if len(body) <= MOST_REMEMBERED:
            digest = hashlib.blake2b(body, digest_size=16).digest()
            key = (name, asked.window, asked.most_rows, asked.echo, charset, digest)
            known = self._known.get(key)
            if known is not None:
                return [_at(check, step) for check in known[0]], known[1]
        judged = self._scan(name, asked, body, charset, step)
        if key is not None:
            self._remembered += len(body)
            if self._remembered > REMEMBERED_BYTES:
                self._known.clear()
                self._remembered = len(body)
            self._known[key] = judged
        return judged

    def _scan(self, name: str, asked: Asked, body: bytes, charset: str | None, step: int) -> Judged:
        shape = self._shapes.get(name)
        if shape is None:
            reply = self._system.operations[name].reply or ""
            shape = self._shapes[name] = compile_shape(self._system, reply, operation=name)
        scan = Scan(shape, window=asked.window, charset=charset, keep=self._keeps.get(name, ()), digests=True)
        scan.feed(body)
        result = scan.finish(complete=True)
        checks = scan_checks(self._system, name, result, step=step)
        broken = [one for one in checks if not one.passed and one.severity is Severity.MUST]
        if asked.most_rows is not None and result.rows > asked.most_rows[0]:
            most, clause = asked.most_rows
            broken.append(_check("reply.rows", (clause,), f"at most {most} rows", f"{result.rows}", step))
        if asked.echo is not None:
            broken += _echoed(asked, result, step)
        return broken, result

    def _broken(self, name: str, rule: str, expected: str, got: str, step: int) -> Check:
        return _check(name, (self._rules[rule],), expected, got, step)


def _echoed(asked: Asked, result: Result, step: int) -> Iterable[Check]:
    """A value that the document repeats is that of the request."""
    assert asked.echo is not None
    element, attribute, values, clause = asked.echo
    for row in result.singles.get(element, ()):
        got = row.get(attribute)
        if got is not None and got not in values:
            yield _check(f"reply.echo.{attribute}", (clause,), " or ".join(map(repr, values)), repr(got), step)


def _check(name: str, clauses: tuple[str, ...], expected: str, got: str, step: int) -> Check:
    return Check(id=name, clauses=clauses, passed=False, expected=expected, got=got, step=step)


def _at(check: Check, step: int) -> Check:
    return Check(
        id=check.id, clauses=check.clauses, passed=False, expected=check.expected, got=check.got, step=step,
        severity=check.severity,
    )  # fmt: skip


def _fits(refusal: Refusal, reply: HttpReply) -> bool:
    if reply.status != refusal.status:
        return False
    if not refusal.attributes or reply.method == "HEAD":
        return True
    return reply.root is not None and all(reply.root[1].get(name) == value for name, value in refusal.attributes)


def _told(refusal: Refusal) -> str:
    return " ".join((str(refusal.status), *(f'{name}="{value}"' for name, value in refusal.attributes)))


def _charset(media: str) -> str | None:
    for parameter in media.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"') or None
    return None
