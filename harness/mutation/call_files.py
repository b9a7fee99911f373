"""Mutants of the files that a device serves, and what the rules' mutants look for in replies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from harness.mutation.call_seen import CallMaker, Seen
from harness.mutation.http_seen import Said
from harness.mutation.mutant import Mutant, Operator
from harness.spec.callserved import FileElement
from harness.spec.model import System

Replacement = tuple[
    str, str, Operator, str, bytes, bytes
]  # rule, name, what is done, in words, a pattern, its replacement
_OK = 200

# Of the document of a reply: rule, name, what is done, in words, what is looked for and what stands there instead.
REPLACED: tuple[Replacement, ...] = (
    ("reply", "call", Operator.RENAME, "Replies are methodCalls.", rb"methodResponse>", b"methodCall>"),
    ("reply-struct", "array", Operator.RETYPE, "Successes carry an array.",
     rb"<params>.*</params>", b"<params><param><value><array><data/></array></value></param></params>"),
    ("reply-struct", "text", Operator.RETYPE, "Successes carry a text.",
     rb"<params>.*</params>", b"<params><param><value>done</value></param></params>"),
    ("reply-struct", "two", Operator.DOUBLE, "Successes carry two parameters.",
     rb"</param></params>", b"</param><param><value>a</value></param></params>"),
    ("reply-types", "i8", Operator.RENAME, "Integers have eight bytes.", rb"<int>(-?[0-9]+)</int>", rb"<i8>\1</i8>"),
    ("reply-types", "integer", Operator.RENAME, "Integers are called integer.", rb"<int>(-?[0-9]+)</int>", rb"<integer>\1</integer>"),
    ("reply-types", "nil", Operator.RETYPE, "Empty texts are nil.", rb"<value><string></string></value>", b"<value><nil/></value>"),
    ("well-formed", "ampersand", Operator.RETYPE, "A bare ampersand stands in texts.", rb"<string>", b"<string>a & b "),
    ("well-formed", "unclosed", Operator.DROP, "The root is not closed.", rb"</methodResponse>", b""),
    ("well-formed", "crossed", Operator.REORDER, "Tags cross each other.", rb"</value></member>", b"</member></value>"),
    ("boolean-form", "yes", Operator.RETYPE, "Booleans are words of their own.", rb"<boolean>[^<]*</boolean>", b"<boolean>yes</boolean>"),
    ("boolean-form", "number", Operator.RETYPE, "Booleans are 2.", rb"<boolean>[^<]*</boolean>", b"<boolean>2</boolean>"),
    ("date-form", "hyphens", Operator.RETYPE, "Dates have hyphens.",
     rb"<dateTime.iso8601>(....)(..)(..)T", rb"<dateTime.iso8601>\1-\2-\3T"),
    ("date-form", "zone", Operator.OVERFLOW, "Dates have a zone.", rb"</dateTime.iso8601>", b"Z</dateTime.iso8601>"),
    ("fault-code", "unlisted", Operator.RETYPE, "Faults have a code that is in no table.", rb"<(int|i4)>[0-9]+</", rb"<\1>999</"),
    ("fault", "text-code", Operator.RETYPE, "The code of faults is a text.",
     rb"<(?:int|i4)>([0-9]+)</(?:int|i4)>", rb"<string>\1</string>"),
    ("fault", "no-text", Operator.DROP, "Faults have no text.", rb"<member><name>faultString</name>.*?</member>", b""),
    ("fault", "more", Operator.OVERFLOW, "Faults have a third member.",
     rb"</struct>", b"<member><name>more</name><value>a</value></member></struct>"),
    ("fault", "success-too", Operator.DOUBLE, "Faults come with a result.",
     rb"<fault>", b"<params><param><value><struct></struct></value></param></params><fault>"),
)  # fmt: skip


def file_mutants(system: System) -> Iterator[Mutant]:
    """Every mutant of every served file."""
    yield from _Files(system).mutants()


class _Files(CallMaker):
    def mutants(self) -> Iterator[Mutant]:
        """See the module."""
        for name, served in self.system.files.items():
            clause = f"{self.system.prefix}-file.{name}"
            root = served.root.encode()
            near = self.near("*xml*")
            yield self.says(
                clause, "root", Operator.RENAME, f"The root of {name} has another name.",
                partial(_file, served.path, rb"(</?)%s\b" % root, rb"\1%sX" % root), near=near,
            )  # fmt: skip
            for form, known in served.forms.items():
                for element, one in known.elements.items():
                    yield from self._element(f"{clause}.{form}.{element}", served.path, element, one, near)

    def _element(self, clause: str, path: str, name: str, one: FileElement, near: tuple[str, ...]) -> Iterator[Mutant]:
        tag = name.encode()
        pattern = rb"<%s>[^<]*</%s>|<%s/>" % (tag, tag, tag)
        if not (one.optional or one.absent or one.empty or one.present or one.since):
            yield self.says(
                clause,
                "missing",
                Operator.DROP,
                f"{path} has no {name}.",
                partial(_file, path, pattern, b""),
                near=near,
            )
        typed = one.type in self.system.scalars and self.system.scalars[one.type or ""].base != "string"
        chosen = one.type in self.system.scalars and bool(self.system.scalars[one.type or ""].choices)
        if (one.value or one.values or one.pattern or typed or chosen) and not one.ignore and not one.ambiguity:
            yield self.says(
                clause, "other", Operator.SWAP, f"{name} of {path} is something else.",
                partial(_file, path, pattern, b"<%s>clausewise!</%s>" % (tag, tag)), near=near,
            )  # fmt: skip


def _file(path: str, pattern: bytes, new: bytes, seen: Seen) -> Said:
    if seen.method != "GET" or seen.path != path or seen.answer.status != _OK:
        return None
    made = re.sub(pattern, new, seen.answer.body)
    return seen.answer.with_(body=made).raw() if made != seen.answer.body else None
