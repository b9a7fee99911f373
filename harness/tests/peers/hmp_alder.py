"""Alder: a TCP server of the HMP Command Line API, written from its document alone, with choices and single faults."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

# What the document leaves open or says twice: the default first, then the alternatives, then the document's lines.
CHOICES: dict[str, tuple[str, ...]] = {
    "error-separator": ("space", "pipe"),  # 302 and every error table against 364-368, 1576
    "result-separator": ("pipe", "space"),  # 358 and the examples against 299
    "status-separator": ("spaced-pipe", "pipe", "space"),  # 1218 against 358
    "unknown-command-code": ("code", "bare"),  # 1587 against 302, which shows no code
    "uuid-word": ("upper", "by-command"),  # 1588 against 578, 633, 737
    "arity-text": ("general", "by-command"),  # 1589 against 1409, 1466
    "in-progress-text": ("by-command", "active", "plain"),  # 635 against 690, 740
    "restream-extra-arguments": (
        "arity-error",
        "ignored",
    ),  # 1509-1519, 1558-1561: no arity error; 1589 asks for all, not for no more
    "command-case": ("insensitive", "sensitive"),  # 328 does not say
    "cr-before-lf": ("stripped", "kept"),  # 320 knows LF only; 191 invites Telnet
    "blank-line": ("not-found", "ignored"),  # 306-308: is no text a command?
    "leading-spaces": ("not-found", "skipped"),  # 328, 334
    "repeated-spaces": ("collapse", "empty-arguments"),  # 334; trailing spaces are harmless after 1167
    "unquoted-tab": ("literal", "separator", "syntax-error"),  # 330 against 334
    "quote-inside": ("literal", "toggle", "syntax-error"),  # 334, 341: a quote after the first character
    "text-after-quote": ("split", "joined", "syntax-error"),  # 334: a closing quote with no space behind it
    "unknown-escape": ("drop-backslash", "keep-both", "syntax-error"),  # 341-348
    "unbalanced-unknown-command": ("not-found", "syntax-error"),  # 1586 and 1587 both apply
    "echo-of-quoted": ("as-typed", "decoded"),  # 1588: the text provided by the user
    "invalid-utf8": ("unknown-error", "syntax-error", "replaced"),  # 312 forbids, names no reply
    "long-line": (
        "unknown-error",
        "syntax-error",
        "accepted",
    ),  # 306: no length is given; the limit here is 65536 bytes
    "unterminated-at-close": ("dropped", "executed"),  # 320
    "check-order": (
        "by-parameter",
        "shape-first",
        "shape-first-reversed",
    ),  # the order of the error tables means nothing
    "busy-check": ("before-source", "after-lookups"),  # 690-693 against 738-740
    "restream-check-order": ("address-first", "recording-first"),  # 1514-1516
    "category-blank-value": ("empty", "edges"),  # 959, 960: a value of spaces only breaks both
    "category-edges": ("whitespace", "spaces"),  # 960: are tabs spaces?
    "uuid-spelling": ("hyphens-optional", "strict"),  # 1330
    "permission-case": ("exact", "insensitive"),  # 772, 1237
    "createdby-spelling": ("both", "exact"),  # 472 against 883
    "update-metadata-of": ("recordings-and-sessions", "recordings"),  # 913 against 1346
    "delete-session-by": ("id", "id-or-title"),  # 633 against 643
    "share-recording-alias": ("present", "absent"),  # 300 against 462-487
    "unknown-permission": ("cannot-share", "must-be-one-of"),  # 786, 795
    "fifth-source": ("070000", "070010"),  # 665 names the limit, 685-694 no error
    "remove-absent-source": ("070000", "040009", "ok"),  # 736-741
    "second-recording": ("allowed", "070000"),  # 635 has several recordings, 1026-1035 no error
    "pause-paused": ("070003", "ok", "040001"),  # 227, 1046, 1074-1075
    "resume-active": ("070003", "ok"),  # 1090, 1119
    "control-finished": ("070003", "040001"),  # 228, 1074-1075, 1161-1162
    "status-finished": ("finished", "040001"),  # 1200 against 1173, 1208
    "status-unknown-id": ("070003", "040001"),  # 1208 against 1209
    "hotmark-on-paused": ("not-active", "ok"),  # 227, 289, 1470
    "hotmark-clock": ("recorded-time", "elapsed-time"),  # 1437: whether a pause counts
    "restream-unfinished": ("070004", "allowed"),  # 234 against 1482
    "address-clash": ("pair", "either"),  # 1515-1516: address or port
    "leading-zeros": ("refused", "accepted"),  # 1511-1512
}

# Deviations that no reading permits: name, the document's lines, description.
FAULTS: tuple[tuple[str, tuple[int, ...], str], ...] = (
    ("status-reply-unterminated", (320,), "the reply of getRecordingStatus lacks its line feed"),
    (
        "split-character-lost",
        (312, 1588),
        "each TCP segment is decoded alone, so a character split over two is replaced",
    ),
    ("segment-ends-command", (320,), "the end of a TCP segment ends a command"),
    ("pipeline-drops-after-20", (306, 308), "replies to a burst in one segment are lost after the 20th"),
    ("pipeline-errors-first", (304, 308), "in a burst the error replies overtake the others"),
    ("error-flushes-input", (306, 308), "an error discards the commands that arrived behind it in the segment"),
    ("tenth-error-unanswered", (308, 362), "the tenth error in a row closes the connection in place of a reply"),
    ("reply-to-latest-connection", (308,), "the reply of startRecording goes to the newest connection"),
    ("sessions-die-with-connection", (211, 505), "closing a connection deletes the sessions it created"),
    ("stop-takes-effect-late", (304, 307), "stopRecording replies first and stops 0.2 s later"),
    ("echo-latin1", (312,), "replies are encoded in Latin-1"),
    ("echo-raw-line-feed", (320,), "an escaped line feed is echoed as a real one"),
    ("echo-first-id", (689, 1588), "a wrong second ID is reported with the text of the first"),
    ("escaped-quote-ends-string", (341, 347), "an escaped quote ends the quoted string"),
    ("double-backslash-half-read", (348, 1586), "the second half of an escaped backslash escapes again"),
    ("newline-escape-letter", (346,), "the line feed escape yields the letter n"),
    ("backslash-space-joins", (341,), "outside quotes a backslash escapes a space"),
    ("empty-quoted-dropped", (334, 532), "an empty quoted argument is dropped"),
    ("unbalanced-with-space-accepted", (1586,), "a missing closing quote is forgiven where the argument has a space"),
    ("arity-got-capped", (1589,), "the count of given parameters stops at one more than expected"),
    ("live-ok-with-empty-value", (354, 571), "setLiveSession replies OK and an empty value"),
    ("hotmark-echoes-title", (1470,), "010004 names the title in place of the recording"),
    ("port-echo-wraps", (1512, 1588), "a port out of range is echoed modulo 65536"),
    ("title-trimmed", (532,), "a session title of spaces counts as empty"),
    ("status-unknown-as-040002", (1208, 1209), "getRecordingStatus has code 040002 for an unknown ID"),
    ("recording-category-unchecked", (1415,), "setCategory accepts a category that does not exist"),
    ("ip-last-octet-unchecked", (1511,), "the last number of an address may exceed 255"),
    ("source-clash-text", (1516,), "a clash with a source has the text of a clash with a stream"),
    ("recording-permission-record", (1237, 1251), "recordings may be shared with RECORD"),
    ("user-case-matters", (1236,), "shareRecordingWithUser compares user names exactly"),
    ("role-via-group-ignored", (791, 1256), "a role through a group does not count"),
    (
        "cannot-share-only-once",
        (795, 855, 1258, 1316),
        "a permission that cannot be shared can be on the second attempt",
    ),
    ("category-neighbours-only", (961, 1414), "only neighbouring category values are compared"),
    ("category-trailing-unchecked", (960, 1413), "trailing spaces of category values pass"),
    ("category-unique-across-calls", (961, 1414), "a category value that was set before counts as duplicate"),
    ("fifth-source-accepted", (217, 665), "a session takes five sources"),
    ("removed-source-keeps-slot", (665, 709), "removing a source does not free its slot"),
    ("removed-source-not-readdable", (694, 709), "a removed source still counts as added"),
    ("source-exclusive", (694,), "a source in another session counts as added"),
    ("emptied-session-records", (1035,), "a session that once had a source can be recorded without any"),
    ("remove-source-while-recording", (740,), "a source can be removed while the session is recorded"),
    ("paused-frees-delete", (227, 635), "a paused recording does not block deletion"),
    ("resumed-frees-delete", (226, 227, 635), "a resumed recording does not block deletion"),
    ("first-stop-frees-session", (635,), "stopping one of two recordings frees the session"),
    ("stopped-paused-keeps-busy", (227, 635), "a recording stopped while paused blocks its session on"),
    ("deleted-session-keeps-metadata", (606, 907), "updateSessionMetadata finds deleted sessions"),
    ("second-pause-hidden", (1198, 1199), "from the second pause on the status stays RECORDING"),
    ("status-cached", (1198, 1199, 1200), "the status is that of the first question"),
    ("stopped-paused-resumes", (228,), "a recording stopped while paused can be resumed"),
    ("hotmark-by-title", (1437, 1469), "HotMarks clash by title, not by time"),
    ("hotmark-rounds-to-nearest", (1441, 1469), "the time of a HotMark is rounded to the nearest second"),
    ("hotmark-times-shared", (1469,), "HotMarks of different recordings clash"),
    ("restream-two-sources", (1514,), "recordings of two sources can be streamed"),
    ("stream-id-repeats", (211, 1482), "every stream of a recording has the same ID"),
    ("stopped-stream-holds-address", (1515,), "a stopped stream holds its destination"),
    ("stream-clash-own-ignored", (1515,), "streams of the same recording do not clash"),
    ("stop-stream-twice", (1561,), "a stopped stream can be stopped again"),
    ("unauthorised-left-open", (386,), "an unauthorised connection stays open"),
    ("unauthorised-obeyed", (386,), "commands of an unauthorised client are executed, though not answered"),
    ("unauthorised-second-served", (386,), "the second connection of an unauthorised client is served"),
)

AUTHORISED, UNAUTHORISED, LINE_LIMIT = "127.0.0.1", "127.0.0.9", 65536
UUID_STRICT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
UUID_LOOSE = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
SEPARATORS = {"pipe": "|", "space": " ", "spaced-pipe": " | "}
LOWER_UUID = ("setLiveSession", "deleteSession", "removeSourceFromSession")
ID_KINDS = {  # how a parameter that is an ID answers where it names nothing
    "session": ("040006", "Session not found"),
    "deletable": ("040006", "Session not found"),
    "source": ("040009", "Source not found"),
    "recording": ("040002", "Recording not found"),
    "asset": ("040002", "Recording not found"),
    "category": ("040007", "Category not found"),
    "active": ("040001", "Active recording not found"),
    "status": ("070003", "Recording not found"),
    "stream": ("040003", "Stream not found"),
}


class CliError(Exception):
    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)
        self.code, self.text = code, text


class BlankLine(Exception):
    """Nothing to execute and nothing to answer."""


class Word(NamedTuple):
    text: str
    raw: str


class Source(NamedTuple):
    id: str
    ip: str
    port: int


class Account(NamedTuple):
    name: str
    role: str  # where its role comes from: "own", "group" or ""


@dataclass(eq=False)
class Asset:
    id: str
    fields: dict[str, str]
    categories: dict[str, list[str]] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Session(Asset):
    live: bool = False
    sources: list[Source] = field(default_factory=list)
    removed: list[Source] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    freed: bool = False


@dataclass(eq=False)
class Recording(Asset):
    source_count: int = 1
    started: float = 0.0  # device time; `since`: of the last start or resumption
    since: float = 0.0
    recorded: float = 0.0  # seconds before that
    state: str = "RECORDING"
    past: list[str] = field(default_factory=list)  # the states it left
    told: str = ""
    stream_id: str = ""
    hotmarks: list[tuple[int, str]] = field(default_factory=list)

    @property
    def unfinished(self) -> bool:
        return self.state in ("RECORDING", "PAUSED")

    def enter(self, state: str) -> None:
        self.past.append(self.state)
        self.state = state


@dataclass(eq=False)
class Stream:
    id: str
    recording: Recording
    ip: str
    port: int
    live: bool = True


@dataclass(eq=False)
class Link:
    writer: asyncio.StreamWriter
    created: list[str] = field(default_factory=list)
    errors: int = 0


SYNTAX, NO_COMMAND = CliError("000001", "Syntax Error"), CliError("000002", "Command not found")
INTERNAL, UNKNOWN = CliError("070000", "Internal Server Error"), CliError("000000", "Unknown Error")


class Device:
    def __init__(self, choices: dict[str, str], fault: str | None, scale: float) -> None:
        self.choices, self.fault, self.scale = choices, fault, scale
        self.sources: dict[str, Source] = {}
        self.sessions: dict[str, Session] = {}
        self.deleted: dict[str, Session] = {}
        self.recordings: dict[str, Recording] = {}
        self.streams: dict[str, Stream] = {}
        self.users: dict[str, Account] = {}
        self.groups: dict[str, Account] = {}
        self.categories: dict[str, str] = {}
        self.permissions: dict[str, bool] = {}  # whether it may be shared
        self.turned_away: set[str] = set()
        self.name, self.args = "", list[Word]()  # of the command in execution
        self.link: Link | None = None
        self.latest: Link | None = None
        share = ("permission session", "permission recording")
        self.commands: dict[str, tuple[str, Callable[..., str | None]]] = {
            "createSession": ("title", self.create_session),
            "deleteSession": ("deletable", self.delete_session),
            "setLiveSession": ("session boolean", self.set_live),
            "addSourceToSession": ("session source", self.add_source),
            "removeSourceFromSession": ("session source", self.remove_source),
            "shareSessionWithUser": (f"user {share[0]}", self.share),
            "shareSessionWithGroup": (f"group {share[0]}", self.share),
            "updateSessionMetadata": ("session field value", self.update),
            "setSessionCategory": ("session category values", self.categorise),
            "startRecording": ("session", self.start),
            "pauseRecording": ("active", self.pause),
            "resumeRecording": ("active", self.resume),
            "stopRecording": ("active", self.stop),
            "getRecordingStatus": ("status", self.status),
            "shareRecordingWithUser": (f"user {share[1]}", self.share),
            "shareRecordingWithGroup": (f"group {share[1]}", self.share),
            "updateMetadata": ("asset field value", self.update),
            "setCategory": ("recording category values", self.categorise),
            "addHotmark": ("recording title", self.add_hotmark),
            "startRestreamRecording": ("recording ip port", self.start_stream),
            "stopRestreamRecording": ("stream", self.stop_stream),
        }
        if self.pick("share-recording-alias", "present"):
            self.commands["shareRecording"] = self.commands["shareRecordingWithUser"]

    def pick(self, choice: str, value: str) -> bool:
        return self.choices[choice] == value

    def bad(self, fault: str) -> bool:
        return self.fault == fault

    def now(self) -> float:
        return time.monotonic() * self.scale

    # -- from bytes to words

    def decode(self, line: bytes | None) -> str:
        if line is None:
            raise SYNTAX if self.pick("long-line", "syntax-error") else UNKNOWN
        line = line.removesuffix(b"\r") if self.pick("cr-before-lf", "stripped") else line
        try:
            return line.decode(errors="replace" if self.pick("invalid-utf8", "replaced") else "strict")
        except UnicodeDecodeError:
            raise (SYNTAX if self.pick("invalid-utf8", "syntax-error") else UNKNOWN) from None

    def words(self, line: str) -> list[Word]:
        gaps = " \t" if self.pick("unquoted-tab", "separator") else " "
        found: list[Word] = []
        at, end = 0, len(line)
        while True:
            start = at
            while at < end and line[at] in gaps:
                at += 1
            if at == end:
                return found
            if at > start and not found and self.pick("leading-spaces", "not-found"):
                found.append(Word("", ""))
            if found and self.pick("repeated-spaces", "empty-arguments"):
                found += [Word("", "")] * (at - start - 1)
            start, text = at, ""
            while at < end and (mark := line[at]) not in gaps:
                if mark == '"' and (at == start or self.pick("quote-inside", "toggle")):
                    at, part = self.quoted(line, at + 1)
                    text += part
                    if at < end and line[at] not in gaps and not self.pick("text-after-quote", "joined"):
                        if self.pick("text-after-quote", "syntax-error"):
                            raise SYNTAX
                        break
                    continue
                if self.choices.get({'"': "quote-inside", "\t": "unquoted-tab"}.get(mark, "")) == "syntax-error":
                    raise SYNTAX
                if self.bad("backslash-space-joins") and line[at : at + 2] == "\\ ":
                    at, mark = at + 1, " "
                text, at = text + mark, at + 1
            if text or not self.bad("empty-quoted-dropped"):
                found.append(Word(text, line[start:at]))

    def quoted(self, line: str, at: int) -> tuple[int, str]:
        """Where the text goes on behind the string whose opening quote stands before `at`, and the string."""
        out = ""
        while at < len(line) and line[at] != '"':
            mark, after = line[at], line[at + 1 : at + 2]
            if mark != "\\" or not after or (after == '"' and self.bad("escaped-quote-ends-string")):
                out, at = out + mark, at + 1
                continue
            at += 1 if after == "\\" and self.bad("double-backslash-half-read") else 2
            if after == "n" and not self.bad("newline-escape-letter"):
                after = "\n"
            elif after not in 'n"\\' and self.pick("unknown-escape", "syntax-error"):
                raise SYNTAX
            out += mark + after if after not in '\nn"\\' and self.pick("unknown-escape", "keep-both") else after
        if at >= len(line) and not (self.bad("unbalanced-with-space-accepted") and " " in out):
            raise SYNTAX
        return min(at + 1, len(line)), out

    # -- from words to a reply

    def execute(self, line: bytes | None, link: Link | None) -> str | None:
        self.name, self.args, self.link = "", [], link
        try:
            result = self.command(self.decode(line))
        except BlankLine:
            return None
        except CliError as error:
            if error is NO_COMMAND and self.pick("unknown-command-code", "bare"):
                return "ERROR Command not found"
            return SEPARATORS[self.choices["error-separator"]].join(("ERROR", error.code, error.text))
        separator = self.choices["status-separator" if self.name == "getRecordingStatus" else "result-separator"]
        return "OK" if result is None else f"OK{SEPARATORS[separator]}{result}"

    def spelled(self, name: str) -> str:
        """The canonical name of a command."""
        if self.pick("command-case", "insensitive"):
            name = next((known for known in self.commands if known.lower() == name.lower()), name)
        if name not in self.commands:
            raise NO_COMMAND
        return name

    def command(self, line: str) -> str | None:
        try:
            words = self.words(line)
        except CliError:
            if self.pick("unbalanced-unknown-command", "not-found"):
                self.spelled(line.lstrip(" ").partition(" ")[0])
            raise
        if not words:
            raise BlankLine if self.pick("blank-line", "ignored") else NO_COMMAND
        self.name, self.args = self.spelled(words[0].text), words[1:]
        kinds, handler = self.commands[self.name]
        return handler(*self.resolve(kinds.split()))

    def resolve(self, kinds: list[str]) -> list[object]:
        """Counts and checks the arguments and looks up what they name."""
        got, need = len(self.args), len(kinds)
        spare = kinds[-1] == "values" or ("Restream" in self.name and self.pick("restream-extra-arguments", "ignored"))
        if got < need or (got > need and not spare):
            wanted = {"setCategory": "at least 3 parameters", "addHotmark": "2 parameters"}.get(self.name, "")
            wanted = wanted if wanted and self.pick("arity-text", "by-command") else f"{need} parameter(s)"
            raise CliError(
                "010003",
                f"Expected {wanted}. Got {min(got, need + 1) if self.bad('arity-got-capped') else got} parameter(s)",
            )
        found: dict[int, object] = {}
        for index, kind in enumerate(kinds):
            self.check(kind, index)
            if self.pick("check-order", "by-parameter"):
                found[index] = self.look_up(kind, index, found)
        backwards = self.pick("check-order", "shape-first-reversed")
        for index in [] if found else sorted(range(need), reverse=backwards):
            found[index] = self.look_up(kinds[index], index, found)
        return [found[index] for index in range(need)]

    def echo(self, word: Word) -> str:
        if self.bad("echo-raw-line-feed"):
            return f"'{word.text}'"
        decoded = word.text.replace("\n", "\\n")  # a real line feed would end the reply
        return f"'{decoded if self.pick('echo-of-quoted', 'decoded') else word.raw}'"

    def uuid(self, text: str) -> str:
        """The canonical spelling of a UUID; empty for another text."""
        known = (UUID_STRICT if self.pick("uuid-spelling", "strict") else UUID_LOOSE).fullmatch(text)
        return str(uuid.UUID(text)) if known else ""

    def check(self, kind: str, index: int) -> None:
        """Refuses an argument that cannot be what the parameter wants."""
        word = self.args[index]
        text = word.text
        if kind in ID_KINDS and not self.uuid(text) and not (kind == "deletable" and self.titled(text)):
            lower = self.name in LOWER_UUID and self.pick("uuid-word", "by-command")
            wrong = self.args[0] if self.bad("echo-first-id") else word
            raise CliError("010001", f"{self.echo(wrong)} is not a {'uuid' if lower else 'UUID'}")
        if kind == "boolean" and text not in ("true", "false"):
            raise CliError("010001", f"{self.echo(word)} is not a boolean")
        if kind == "permission" and not self.uuid(text):
            names = self.builtin_permissions()
            record = text == "RECORD" and self.bad("recording-permission-record")
            if not record and (text.upper() if self.pick("permission-case", "insensitive") else text) not in names:
                raise CliError("010001", f"Permission must be one of: {', '.join(names)}")
        if kind == "field" and not self.field_name(text):
            raise CliError("010001", f"{self.echo(word)} is an invalid field name")
        if kind == "ip" and not self.address(text):
            raise CliError("010001", f"{self.echo(word)} is not an ip address")
        if kind == "port" and self.number(text, 65535) is None:
            wrapped = self.number(text, 999999) if self.bad("port-echo-wraps") else None
            raise CliError(
                "010001", f"{self.echo(word) if wrapped is None else repr(str(wrapped % 65536))} is not a port number"
            )
        if kind == "values":
            self.check_values([value.text for value in self.args[index:]])

    def builtin_permissions(self) -> list[str]:
        return ["WATCH", "EDIT", "OWN"] if "Recording" in self.name else ["WATCH", "EDIT", "RECORD", "OWN"]

    def check_values(self, values: list[str]) -> None:
        blanks = " \t\r\n" if self.pick("category-edges", "whitespace") else " "
        for value in values:
            bare = value.strip(blanks)
            if not (bare if self.pick("category-blank-value", "empty") else value):
                raise CliError("010001", "Please provide non-empty values")
            if value != (value.lstrip(blanks) if self.bad("category-trailing-unchecked") else bare):
                raise CliError("010001", "Please remove any leading or trailing spaces in the values")
        neighbours = any(left == right for left, right in zip(values, values[1:]))
        if neighbours or (len(set(values)) < len(values) and not self.bad("category-neighbours-only")):
            raise CliError("010001", "Please verify that values are unique")

    def number(self, text: str, top: int) -> int | None:
        padded = len(text) > 1 and text.startswith("0") and self.pick("leading-zeros", "refused")
        digits = text.lstrip("0") or "0"
        return (
            int(digits)
            if re.fullmatch("[0-9]+", text) and not padded and len(digits) < 7 and int(digits) <= top
            else None
        )

    def address(self, text: str) -> str:
        """An IPv4 address in its plain spelling; empty for another text."""
        parts = text.split(".")
        loose = self.bad("ip-last-octet-unchecked")
        octets = [
            self.number(part, 999 if loose and index == 3 else 255) if len(part) < 4 else None
            for index, part in enumerate(parts)
        ]
        return ".".join(map(str, octets)) if len(parts) == 4 and None not in octets else ""

    def field_name(self, text: str) -> str:
        text = text.replace("createdBy", "createdby") if self.pick("createdby-spelling", "both") else text
        return text if text in ("title", "description", "createdby") else ""

    def titled(self, title: str) -> Session | None:
        by_title = self.sessions.values() if self.pick("delete-session-by", "id-or-title") else ()
        return next((session for session in by_title if session.fields["title"] == title), None)

    def look_up(self, kind: str, index: int, found: dict[int, object]) -> object:
        """What an argument of proper form names."""
        text = self.args[index].text
        key = self.uuid(text)
        if kind in ID_KINDS:
            if (
                kind == "source"
                and isinstance(session := found.get(0), Session)
                and self.pick("busy-check", "before-source")
            ):
                self.require_idle(session)
            thing = self.named(kind, key) or (self.titled(text) if kind == "deletable" else None)
            if thing is None and kind == "status" and self.bad("status-unknown-as-040002"):
                kind = "recording"
            elif thing is None and kind == "status" and self.pick("status-unknown-id", "040001"):
                kind = "active"
            if thing is None:
                raise CliError(*ID_KINDS[kind])
            return thing
        if kind in ("user", "group"):
            return self.account(kind, text)
        if kind == "permission":
            return self.permission(key) if key else text.upper()
        if kind == "values":
            return [word.text for word in self.args[index:]]
        read = {
            "boolean": text == "true",
            "field": self.field_name(text),
            "ip": self.address(text),
            "port": self.number(text, 65535),
        }
        return read.get(kind, text)

    def named(self, kind: str, key: str) -> object | None:
        if kind in ("session", "deletable"):
            stale = (
                self.deleted.get(key)
                if self.name == "updateSessionMetadata" and self.bad("deleted-session-keeps-metadata")
                else None
            )
            return self.sessions.get(key) or stale
        if kind == "source":
            return self.sources.get(key)
        if kind == "category":
            return (
                key
                if self.name == "setCategory" and self.bad("recording-category-unchecked")
                else self.categories.get(key)
            )
        if kind == "stream":
            stream = self.streams.get(key)
            return stream if stream and (stream.live or self.bad("stop-stream-twice")) else None
        either = kind == "asset" and self.pick("update-metadata-of", "recordings-and-sessions")
        return self.recordings.get(key) or (self.sessions.get(key) if either else None)

    def account(self, kind: str, name: str) -> Account:
        account = (self.users if kind == "user" else self.groups).get(name.casefold())
        exact = self.bad("user-case-matters") and self.name == "shareRecordingWithUser"
        if account is None or (exact and account.name != name):
            raise CliError("040004", "User not found") if kind == "user" else CliError("040005", "Group not found")
        if not account.role or (account.role == "group" and self.bad("role-via-group-ignored")):
            raise (
                CliError("060001", "User has no roles assigned")
                if kind == "user"
                else CliError("060002", "Group has no roles assigned")
            )
        return account

    def permission(self, key: str) -> str:
        if key not in self.permissions and self.pick("unknown-permission", "must-be-one-of"):
            raise CliError("010001", f"Permission must be one of: {', '.join(self.builtin_permissions())}")
        if not self.permissions.get(key):
            if key in self.permissions and self.bad("cannot-share-only-once"):
                self.permissions[key] = True
            raise CliError("030003", "Cannot share")
        return key

    # -- sessions

    def create_session(self, title: str) -> str:
        if not (title.strip() if self.bad("title-trimmed") else title):
            raise CliError("010001", "Session name must be at least 1 character")
        session = Session(str(uuid.uuid4()), {"title": title})
        self.sessions[session.id] = session
        if self.link:
            self.link.created.append(session.id)
        return session.id

    def set_live(self, session: Session, live: bool) -> str | None:
        session.live = live
        return "" if self.bad("live-ok-with-empty-value") else None

    def require_idle(self, session: Session) -> None:
        """Refuses while the session is recorded."""
        deleting = self.name == "deleteSession"
        if self.bad("remove-source-while-recording") and self.name == "removeSourceFromSession":
            return
        busy = any(recording.unfinished for recording in session.recordings)
        if self.bad("paused-frees-delete") and deleting:
            busy = any(recording.state == "RECORDING" for recording in session.recordings)
        elif self.bad("resumed-frees-delete") and deleting:
            busy = any(recording.unfinished and "PAUSED" not in recording.past for recording in session.recordings)
        elif self.bad("stopped-paused-keeps-busy"):
            busy = busy or any(recording.past[-1:] == ["PAUSED"] for recording in session.recordings)
        if busy and not (session.freed and self.bad("first-stop-frees-session")):
            plain = self.pick("in-progress-text", "plain") or (deleting and self.pick("in-progress-text", "by-command"))
            raise CliError(
                "060003", "Recording currently in progress" if plain else "Active recording currently in progress"
            )

    def delete_session(self, session: Session) -> None:
        self.require_idle(session)
        self.deleted[session.id] = self.sessions.pop(session.id)

    def add_source(self, session: Session, source: Source) -> None:
        self.require_idle(session)
        elsewhere = self.bad("source-exclusive") and any(source in other.sources for other in self.sessions.values())
        if (
            source in session.sources
            or elsewhere
            or (self.bad("removed-source-not-readdable") and source in session.removed)
        ):
            raise CliError("060008", "Source already added to this session")
        taken = len(session.sources) + (len(session.removed) if self.bad("removed-source-keeps-slot") else 0)
        if taken >= (5 if self.bad("fifth-source-accepted") else 4):
            raise INTERNAL if self.pick("fifth-source", "070000") else CliError("070010", "Could not create a track")
        session.sources.append(source)

    def remove_source(self, session: Session, source: Source) -> None:
        self.require_idle(session)
        if source in session.sources:
            session.sources.remove(source)
            session.removed.append(source)
        elif not self.pick("remove-absent-source", "ok"):
            raise INTERNAL if self.pick("remove-absent-source", "070000") else CliError("040009", "Source not found")

    # -- sessions and recordings

    def share(self, account: Account, permission: str, asset: Asset) -> None:
        asset.shares[account.name] = permission

    def update(self, asset: Asset, name: str, value: str) -> None:
        asset.fields[name] = value

    def categorise(self, asset: Asset, category: str, values: list[str]) -> None:
        if self.bad("category-unique-across-calls") and set(values) & set(asset.categories.get(category, [])):
            raise CliError("010001", "Please verify that values are unique")
        asset.categories[category] = values

    # -- recordings

    def start(self, session: Session) -> str:
        if not session.sources and not (session.removed and self.bad("emptied-session-records")):
            raise CliError("060009", "Session requires at least one source")
        if self.pick("second-recording", "070000") and any(old.unfinished for old in session.recordings):
            raise INTERNAL
        recording = Recording(
            str(uuid.uuid4()), {"title": session.fields["title"]}, {}, {}, len(session.sources), self.now(), self.now()
        )
        self.recordings[recording.id] = recording
        session.recordings.append(recording)
        session.freed = False
        return recording.id

    def control(self, recording: Recording, idle_state: str, choice: str) -> bool:
        """Whether a command that leaves an unfinished recording other than in `idle_state` has work to do."""
        answer = (
            self.choices["control-finished" if not recording.unfinished else choice]
            if choice
            else self.choices["control-finished"]
        )
        if recording.unfinished and recording.state != idle_state:
            return True
        if answer == "ok":
            return False
        internal = "Internal Server Error" if self.name == "stopRecording" else "Failed to update state"
        raise CliError(*ID_KINDS["active"]) if answer == "040001" else CliError("070003", internal)

    def pause(self, recording: Recording) -> None:
        if self.control(recording, "PAUSED", "pause-paused"):
            recording.recorded += self.now() - recording.since
            recording.enter("PAUSED")

    def resume(self, recording: Recording) -> None:
        revived = (
            self.bad("stopped-paused-resumes") and recording.state == "FINISHED" and recording.past[-1:] == ["PAUSED"]
        )
        if revived or self.control(recording, "RECORDING", "resume-active"):
            recording.since = self.now()
            recording.enter("RECORDING")

    def stop(self, recording: Recording) -> None:
        self.control(recording, "", "")
        for session in self.sessions.values():
            session.freed = session.freed or recording in session.recordings
        if self.bad("stop-takes-effect-late"):
            asyncio.get_running_loop().call_later(0.2, recording.enter, "FINISHED")
        else:
            recording.enter("FINISHED")

    def status(self, recording: Recording) -> str:
        if recording.state == "FINISHED" and self.pick("status-finished", "040001"):
            raise CliError(*ID_KINDS["active"])
        recording.told = recording.told or recording.state
        hidden = self.bad("second-pause-hidden") and recording.state == "PAUSED" and "PAUSED" in recording.past
        return recording.told if self.bad("status-cached") else "RECORDING" if hidden else recording.state

    def add_hotmark(self, recording: Recording, title: str) -> None:
        if recording.state != "RECORDING" and not (recording.unfinished and self.pick("hotmark-on-paused", "ok")):
            raise CliError(
                "010004", f"{self.echo(self.args[self.bad('hotmark-echoes-title')])} is not an active recording"
            )
        position = recording.recorded + (self.now() - recording.since if recording.state == "RECORDING" else 0)
        position = position if self.pick("hotmark-clock", "recorded-time") else self.now() - recording.started
        second = int(position + 0.5 if self.bad("hotmark-rounds-to-nearest") else position)
        marked = self.recordings.values() if self.bad("hotmark-times-shared") else [recording]
        marks = [mark for one in marked for mark in one.hotmarks]
        if any(name == title if self.bad("hotmark-by-title") else at == second for at, name in marks):
            raise CliError("060004", "Hotmark already exists at this time")
        recording.hotmarks.append((second, title))

    def start_stream(self, recording: Recording, ip: str, port: int) -> str:
        checks = (self.require_free_address, self.require_streamable)
        for check in checks if self.pick("restream-check-order", "address-first") else reversed(checks):
            check(recording, ip, port)
        stream_id = recording.stream_id if self.bad("stream-id-repeats") else ""
        stream = Stream(stream_id or str(uuid.uuid4()), recording, ip, port)
        self.streams[stream.id], recording.stream_id = stream, stream.id
        return stream.id

    def require_streamable(self, recording: Recording, _ip: str, _port: int) -> None:
        if recording.source_count > (2 if self.bad("restream-two-sources") else 1):
            raise CliError("010005", "Only single source recordings can be streamed")
        if recording.state == "ERROR" or (recording.unfinished and self.pick("restream-unfinished", "070004")):
            raise CliError("070004", "Error while starting stream")

    def require_free_address(self, recording: Recording, ip: str, port: int) -> None:
        held, others = self.bad("stopped-stream-holds-address"), self.bad("stream-clash-own-ignored")
        streams = [
            one for one in self.streams.values() if (one.live or held) and not (others and one.recording is recording)
        ]
        clash = all if self.pick("address-clash", "pair") else any
        if any(clash((one.ip == ip, one.port == port)) for one in streams):
            raise CliError("010006", "Address or port already in use")
        if any(clash((one.ip == ip, one.port == port)) for one in self.sources.values()):
            raise CliError(
                "010006", f"Address or port already in use{'' if self.bad('source-clash-text') else ' by a source'}"
            )

    def stop_stream(self, stream: Stream) -> None:
        stream.live = False

    # -- connections

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link, peer = Link(writer), (writer.get_extra_info("peername") or ("",))[0]
        try:
            if peer == AUTHORISED or (self.bad("unauthorised-second-served") and peer in self.turned_away):
                self.latest = link
                await self.talk(reader, link)
            else:
                self.turned_away.add(peer)
                await self.turn_away(reader, link)
        except OSError:
            pass  # the client is gone
        finally:
            for key in link.created if self.bad("sessions-die-with-connection") else ():
                self.sessions.pop(key, None)
            writer.close()

    async def talk(self, reader: asyncio.StreamReader, link: Link) -> None:
        tail, limit = b"", LINE_LIMIT * (128 if self.pick("long-line", "accepted") else 1)
        overlong = False
        while chunk := await reader.read(65536):
            if self.bad("split-character-lost"):
                chunk = chunk.decode(errors="replace").encode()
            *lines, tail = (tail + chunk).split(b"\n")
            if tail and self.bad("segment-ends-command"):
                lines, tail = [*lines, tail], b""
            commands = [
                None if len(line) > limit or (overlong and not index) else line for index, line in enumerate(lines)
            ]
            overlong = len(tail) > limit or (overlong and not lines)
            tail = b"" if overlong else tail
            if not await self.answer(commands, link):
                return
        if tail and self.pick("unterminated-at-close", "executed"):
            await self.answer([tail], link)

    async def answer(self, lines: list[bytes | None], link: Link) -> bool:
        """Executes what one segment brought; False once the connection is to be closed."""
        replies: list[tuple[str, bytes]] = []
        for line in lines:
            if (reply := self.execute(line, link)) is None:
                continue
            link.errors = link.errors + 1 if reply.startswith("ERROR") else 0
            ending = "" if self.bad("status-reply-unterminated") and self.name == "getRecordingStatus" else "\n"
            replies.append(
                (self.name, f"{reply}{ending}".encode("latin-1" if self.bad("echo-latin1") else "utf-8", "replace"))
            )
            if link.errors == 10 and self.bad("tenth-error-unanswered"):
                return False
            if link.errors and self.bad("error-flushes-input"):
                break
        if self.bad("pipeline-errors-first"):
            replies.sort(key=lambda entry: not entry[1].startswith(b"ERROR"))
        for name, data in replies[:20] if self.bad("pipeline-drops-after-20") else replies:
            elsewhere = self.latest if name == "startRecording" and self.bad("reply-to-latest-connection") else None
            (elsewhere or link).writer.write(data)
        await link.writer.drain()
        return True

    async def turn_away(self, reader: asyncio.StreamReader, link: Link) -> None:
        link.writer.write(
            SEPARATORS[self.choices["error-separator"]].join(("ERROR", "020000", "Not Authorized\n")).encode()
        )
        if not self.bad("unauthorised-left-open"):
            link.writer.write_eof()
        with contextlib.suppress(TimeoutError):  # reading on, lest the kernel resets the connection over unread bytes
            async with asyncio.timeout(60 if self.bad("unauthorised-left-open") else 0.5):
                while chunk := await reader.read(65536):
                    for line in chunk.split(b"\n") if self.bad("unauthorised-obeyed") else ():
                        self.execute(line, None)

    # -- what it is seeded with

    def seed(self) -> dict[str, object]:
        """Fills the device; returns the fixtures that name what it was filled with."""
        ids = [str(uuid.uuid4()) for _ in range(15)]
        self.sources = {
            key: Source(key, f"239.192.7.{index}", 6000 + 2 * index) for index, key in enumerate(ids[:8], 1)
        }
        roles = {
            "own": ["Anna.Berg", "McAllister", "theatre-2", "Zoë"],
            "group": ["JRamirez", "ward.Nurse"],
            "": ["VisitorX", "temp_Guest"],
        }
        self.users = {name.casefold(): Account(name, role) for role, names in roles.items() for name in names}
        groups = {"own": ["Surgeons", "Night Shift", "TEACHING"], "": ["Archive-Readers", "Former Staff"]}
        self.groups = {name.casefold(): Account(name, role) for role, names in groups.items() for name in names}
        self.categories = {key: key for key in ids[8:11]}
        self.permissions = dict(zip(ids[11:15], (True, True, False, False)))
        sources = list(self.sources.values())
        sessions = [
            Session(str(uuid.uuid4()), {"title": f"Room {index}"}, sources=sources[index : index + count])
            for index, count in enumerate((1, 1, 1, 0, 3, 1, 1))
        ]
        self.sessions = {session.id: session for session in sessions}
        states = ("FINISHED", "FINISHED", "FINISHED", "FINISHED", "ERROR", "RECORDING", "PAUSED")
        for session, state in zip((*sessions[:3], sessions[4], sessions[0], *sessions[5:]), states):
            recording = self.recordings[self.start(session)]
            if state != "RECORDING":
                recording.enter(state)
        *plain, with_source, empty, multi, recorded, paused = self.sessions
        *finished, single, several, error, active, halted = self.recordings
        return {
            "authorised_client": AUTHORISED,
            "unauthorised_client": UNAUTHORISED,
            "source_ids": list(self.sources),
            "source_addresses": [f"{source.ip}:{source.port}" for source in sources],
            "user_names": roles["own"],
            "user_names_role_via_group": roles["group"],
            "user_names_no_roles": roles[""],
            "group_names": groups["own"],
            "group_names_no_roles": groups[""],
            "category_ids": ids[8:11],
            "permission_ids": ids[11:13],
            "permission_ids_cannot_share": ids[13:],
            "session_ids": plain,
            "session_with_source": with_source,
            "session_empty": empty,
            "session_multi_source": multi,
            "session_recording": recorded,
            "session_paused_recording": paused,
            "recording_ids": finished,
            "recording_ids_finished": finished,
            "recording_active": active,
            "recording_paused": halted,
            "recording_finished": single,
            "recording_multi_source": several,
            "recording_error": error,
            "restream_ips": ["239.192.40.1", "239.192.40.2", "10.20.30.40"],
            "restream_ports": [7000, 7002, 7004, 7006],
        }


async def run(options: argparse.Namespace, choices: dict[str, str]) -> None:
    device = Device(choices, options.fault, options.clock_scale)
    fixtures = device.seed()
    server = await asyncio.start_server(device.serve, options.host, options.port, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    if options.write_target:
        head = {
            "system": "hmp",
            "name": "alder",
            "host": options.host,
            "clock_scale": options.clock_scale,
            "timeout": 2.0,
        }
        allow = dict.fromkeys(("write", "disruptive", "destructive", "slow", "load"), True)
        tables = {"target": head, "target.ports": {"cli": port}, "target.fixtures": fixtures, "target.allow": allow}
        lines = [
            line
            for table, keys in tables.items()
            for line in (f"[{table}]", *(f"{key} = {json.dumps(keys[key])}" for key in keys), "")
        ]
        Path(options.write_target).write_text("\n".join(lines), encoding="utf-8")
    print("READY", json.dumps({"host": options.host, "ports": {"cli": port}}), flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--choice", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--fault", choices=[name for name, _, _ in FAULTS], metavar="NAME")
    parser.add_argument("--clock-scale", type=float, default=1.0)
    parser.add_argument("--list-choices", action="store_true")
    parser.add_argument("--list-faults", action="store_true")
    parser.add_argument("--write-target", metavar="FILE")
    options = parser.parse_args()
    if options.list_choices:
        print(
            json.dumps({name: {"default": values[0], "values": values} for name, values in CHOICES.items()}, indent=1)
        )
        return
    if options.list_faults:
        print(
            json.dumps([{"name": name, "description": text, "lines": lines} for name, lines, text in FAULTS], indent=1)
        )
        return
    choices = {name: values[0] for name, values in CHOICES.items()}
    for entry in options.choice:
        name, _, value = entry.partition("=")
        if value not in CHOICES.get(name, ()):
            parser.error(f"no such choice: {entry}")
        choices[name] = value
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # no warnings about clients that went away
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(options, choices))


if __name__ == "__main__":
    main()
