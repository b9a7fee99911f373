"""Mistakes in the rules of calls with structs, in shared structs, in calls that the device makes and files that it serves.

What one member may get wrong is in `harness.spec.lint_members`, what one method in `harness.spec.lint_methods`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.spec.callmodel import CallSyntax, Direction, Member, Slip
from harness.spec.callserved import Callback, FileElement, Notice, ServedFile
from harness.spec.lint_members import (
    member_mistakes,
    presence_mistakes,
    readings_mistakes,
    reply_path,
    scalar_mistakes,
    span_mistakes,
    version_mistakes,
    wrong_mistakes,
)
from harness.spec.lint_methods import method_mistakes, need_mistakes
from harness.spec.lint_sections import ambiguity_of
from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import System

# What the codec, the checks and offline validation cite by name; each needs a clause.
CALL_RULES = (
    "path", "http", "encoding", "reply", "reply-struct", "reply-types", "well-formed", "names-unique", "status", "fault", "fault-code",
    "int-size", "boolean-form", "date-form", "string-default", "request-size", "reply-size",
    "keep-alive", "close-announced", "idle-close", "alive",
    "authentication", "authentication-required", "privileges", "unknown-method", "missing-name", "malformed-name",
    "identifier-length", "identifier-unique", "reference-returned", "reference-kept",
    "unlimited-both", "unlimited-returned", "unlimited-implied", "choice-returned", "unspecified-kept",
    "cookie-first", "cookie-later", "deletions-first", "deletions-later", "cookie-expired", "more-available",
)  # fmt: skip
# What a spec may say that its document leaves open about calls and replies.
CALL_POINTS = (
    "http-status", "http-media", "http-media-sent", "http-path", "http-method", "http-chunked", "http-pipelined", "http-version",
    "connection-close", "close-announced", "idle-close",
    "encoding-other", "encoding-broken", "doctype", "nesting", "malformed", "white-space", "white-space-replied",
    "int-other-name", "int-spelling", "near-type", "untyped-string", "boolean-words", "boolean-spelling", "date-spelling", "base64-spelling",
    "nil", "double-member", "extra-member", "extra-parameter", "no-struct", "method-case", "member-case",
    "fault-text", "fault-name", "fault-unlisted", "extra-returned", "empty-returned", "experimental-returned",
    "size-border", "size-answer", "reply-too-large", "length-unit",
    "credentials-long", "credentials-type", "unknown-and-unauthorized", "disabled-user",
    "unlimited-false", "unlimited-alone", "cookie-again", "cookie-empty", "cookie-other", "rows-again", "version-text",
    "default-password", "https-required", "double-returned", "blank-returned",
    "several-mistakes",
)  # fmt: skip
PROTOCOL = "calls"


def call_mistakes(system: System) -> Iterator[Mistake]:
    """Every mistake in what a spec says of calls with structs."""
    speaks = any(interface.protocol == PROTOCOL for interface in system.interfaces.values())
    if speaks != (system.calls is not None):
        expected = "the rules of calls, for an interface speaks them" if speaks else "an interface that speaks calls"
        yield Mistake(("calls",), expected, "none")
    if system.calls is None:
        tables = ("scalars", "structs", "circumstances", "callbacks", "notices", "files")
        yield from (
            Mistake((table,), "the rules of calls under `calls`", "none") for table in tables if getattr(system, table)
        )
    else:
        yield from _syntax(system, system.calls)
    yield from scalar_mistakes(system)
    yield from _unused(system)
    yield from _structs(system)
    for name, operation in system.operations.items():
        if operation.call is not None:
            if system.calls is None:
                yield Mistake(("operations", name, "call"), "the rules of calls under `calls`", "none")
            yield from method_mistakes(system, name, operation, operation.call)
        elif system.calls is not None:
            yield Mistake(("operations", name), "`call`: what it takes and returns", "none")
    for name, callback in system.callbacks.items():
        yield from _callback(system, ("callbacks", name), callback)
    for name, notice in system.notices.items():
        yield from _notice(system, ("notices", name), notice)
    for name, served in system.files.items():
        yield from _file(system, ("files", name), served)


def _syntax(system: System, syntax: CallSyntax) -> Iterator[Mistake]:
    place: Keys = ("calls",)
    yield from member_mistakes(system, (*place, "head"), syntax.head, Direction.TAKEN)
    for key in ("user", "password"):
        yield from known((*place, key), getattr(syntax, key), syntax.head, "a member of the head")
    if not syntax.path.startswith("/"):
        yield Mistake((*place, "path"), "a path that begins with /", syntax.path)
    if len(syntax.versions) != len(set(syntax.versions)) or not syntax.versions:
        yield Mistake((*place, "versions"), "each version once, one at least", ", ".join(syntax.versions) or "none")
    method, _, path = syntax.version.partition(":")
    yield from reply_path(system, (*place, "version"), method, path)
    for slip, wrong in syntax.wrong.items():
        yield from wrong_mistakes(system, (*place, "wrong", slip), wrong, clause=True)
    for slip in Slip:
        if slip not in syntax.wrong and slip is not Slip.UNKNOWN:
            yield Mistake((*place, "wrong"), f"what answers {slip.value!r}", "none")
    for table in ("unknown", "unknown_long", "unknown_empty"):
        for kind, wrong in getattr(syntax, table).items():
            yield from known((*place, table, kind), kind, system.objects, "an object")
            yield from wrong_mistakes(system, (*place, table, kind), wrong)
    for key in ("unknown_method", "unauthorized", "unprivileged", "too_large", "malformed", "bad_cookie"):
        yield from wrong_mistakes(system, (*place, key), getattr(syntax, key), clause=True)
    for point, ambiguity in syntax.open_points.items():
        yield from known((*place, "open_points", point), point, CALL_POINTS, "something that calls leave open")
        yield from ambiguity_of(system, (*place, "open_points", point), ambiguity)
    for rule, clause in syntax.rules.items():
        yield from known((*place, "rules", rule), rule, CALL_RULES, "a rule of the checks")
        yield from known((*place, "rules", rule), clause, system.clauses, "the id of a stated clause")
    for rule in CALL_RULES:
        if rule not in syntax.rules:
            yield Mistake((*place, "rules"), f"the rule {rule!r} with its clause", "none")


# structs


def _structs(system: System) -> Iterator[Mistake]:
    used = _used(system)
    for name, struct in system.structs.items():
        place: Keys = ("structs", name)
        yield from span_mistakes(system, place, struct.since, None)
        for direction in struct.directions:
            yield from member_mistakes(system, (*place, "members"), struct.members, direction)
        for index, need in enumerate(struct.needs):
            yield from need_mistakes(system, (*place, "needs", str(index)), need, struct.members)
        yield from known((*place, "whole"), struct.whole, system.clauses, "the id of a stated clause")
        if not struct.directions:
            yield Mistake((*place, "directions"), "taken, returned or both", "none")
        if name not in used:
            yield Mistake(place, "a member that has it", "none")
        if name in _below(system, name, set()):
            yield Mistake(place, "members that do not lead back to it", name)


def _unused(system: System) -> Iterator[Mistake]:
    """Types that nothing has."""
    used = {
        element.type
        for served in system.files.values()
        for form in served.forms.values()
        for element in form.elements.values()
    }
    for member in _members(system):
        used |= {member.type, *member.types.values(), *(change.type for change in member.changed)}
    for name in system.scalars:
        if name not in used:
            yield Mistake(("scalars", name), "a member that has it", "none")


def _used(system: System) -> set[str]:
    """The structs that members have."""
    return {name for member in _members(system) for name in _named(member)}


def _members(system: System) -> Iterator[Member]:
    """Every member that a spec has."""
    tables = [system.calls.head] if system.calls is not None else []
    tables += [struct.members for struct in system.structs.values()]
    tables += [callback.takes for callback in system.callbacks.values()]
    for operation in system.operations.values():
        if operation.call is not None:
            tables += [operation.call.takes, operation.call.returns]
    yield from (member for table in tables for member in table.values())


def _named(member: Member) -> list[str]:
    return [*([member.struct] if member.struct is not None else []), *member.other_structs]


def _below(system: System, name: str, seen: set[str]) -> set[str]:
    """The structs that a struct has in it, however deep."""
    struct = system.structs.get(name)
    for member in struct.members.values() if struct is not None else ():
        for below in _named(member):
            if below not in seen:
                seen.add(below)
                _below(system, below, seen)
    return seen


# what the device sends and serves


def _callback(system: System, place: Keys, callback: Callback) -> Iterator[Mistake]:
    yield from version_mistakes(system, (*place, "since"), callback.since)
    yield from known((*place, "clause"), callback.clause, system.clauses, "the id of a stated clause")
    yield from member_mistakes(system, (*place, "takes"), callback.takes, Direction.RETURNED)
    for index, name in enumerate(callback.asked_by):
        operation = system.operations.get(name)
        yield from known((*place, "asked_by", str(index)), name, system.operations, "an operation")
        if operation is not None and operation.call is not None and callback.receiver is not None:
            yield from known((*place, "receiver"), callback.receiver, operation.call.takes, f"a member of {name}")
    if callback.receiver is not None and not callback.asked_by:
        yield Mistake((*place, "receiver"), "`asked_by`, which has it", "none")


def _notice(system: System, place: Keys, notice: Notice) -> Iterator[Mistake]:
    yield from version_mistakes(system, (*place, "since"), notice.since)
    yield from known((*place, "clause"), notice.clause, system.clauses, "the id of a stated clause")
    yield from known((*place, "then"), notice.then, system.operations, "an operation")
    for index, name in enumerate(notice.after):
        yield from known((*place, "after", str(index)), name, system.operations, "an operation")


def _file(system: System, place: Keys, served: ServedFile) -> Iterator[Mistake]:
    if not served.path.startswith("/"):
        yield Mistake((*place, "path"), "a path that begins with /", served.path)
    yield from ambiguity_of(system, (*place, "rights"), served.rights)
    yield from known((*place, "clause"), served.clause, system.clauses, "the id of a stated clause")
    for name, form in served.forms.items():
        here = (*place, "forms", name)
        yield from version_mistakes(system, (*here, "since"), form.since)
        yield from known((*here, "elements"), served.by, form.elements, "an element of each form")
        for element, one in form.elements.items():
            yield from _element(system, (*here, "elements", element), one)


def _element(system: System, here: Keys, one: FileElement) -> Iterator[Mistake]:
    yield from version_mistakes(system, (*here, "since"), one.since)
    yield from known((*here, "type"), one.type, system.scalars, "a type of `scalars`")
    yield from readings_mistakes(system, here, "values", one.values, one.ambiguity, "ambiguity")
    yield from ambiguity_of(system, (*here, "empty"), one.empty, "empty")
    yield from ambiguity_of(system, (*here, "absent"), one.absent, "absent")
    if one.present is not None:
        yield from presence_mistakes(system, (*here, "present"), one.present, None, None)
    if one.same is not None:
        method, _, path = one.same.partition(":")
        yield from reply_path(system, (*here, "same"), method, path)
    try:
        re.compile(one.pattern)
    except re.error as error:
        yield Mistake((*here, "pattern"), "a regular expression", f"{one.pattern} ({error})")
