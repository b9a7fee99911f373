"""A pretend HMP recorder ("birch") that speaks the line-based command API over TCP.

It keeps real state, behaves within what the 3.2 guide permits in every profile, and can be given one deliberate fault.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import socket
import socketserver
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

LONGEST_LINE = 1 << 20
ACTIVE = ("RECORDING", "PAUSED")


@dataclass(frozen=True)
class Choices:
    """Points on which the guide offers several readings or none; the defaults are this vendor's own taste."""

    error_style: str = "pipe"  # pipe: ERROR|code|text; space: ERROR code text
    value_style: str = "pipe"  # pipe: OK|value; space: OK value
    status_padded: bool = False  # the status example's spaces around the bar
    unknown_code: bool = True  # unknown commands answered with their code
    uuid_text: str = "table"  # table: "uuid" where the command's table has it; general: always "UUID"
    arity_text: str = "table"  # table: the command's own wording; general: one wording for all
    restream_arity: bool = True  # False: the two restream commands list no arity error and so give none
    busy_text: str = "table"  # table: deleteSession has a wording of its own; shared: one wording
    status_unknown: str = "070003"  # 070003, 040001
    status_finished: str = "state"  # state: FINISHED; 040001: only active recordings have a status
    repeated: str = "070003"  # pausing what is paused, resuming what runs: 070003, 040001, ok
    finished_code: str = "040001"  # pausing, resuming or stopping what is over: 040001, 070003
    hotmark_paused: bool = True
    hotmark_finished: bool = False
    hotmark_clock: str = "recorded"  # recorded: pauses do not count; elapsed: they do
    fifth_source: str = "070010"  # 070010, 070000
    absent_source: str = "040009"  # removing what is not in the session: 040009, ok
    second_recording: bool = True  # several recordings of one session at a time
    restream_unfinished: str = "070004"  # 070004, 040002, ok
    in_use: str = "pair"  # pair: ip and port; either: ip or port
    permission_text: str = "table"  # table: own text; uuid: the general one
    unknown_permission: str = "010001"  # 010001, 030003
    fold_commands: bool = False
    uuid_form: str = "fold"  # exact: lower case; fold: any case; loose: hyphens optional, braces allowed
    leading_zeros: bool = True  # in addresses and ports
    keep_cr: bool = False
    blank: str = "ignore"  # ignore, answer
    spaces: str = "collapse"  # collapse; split: every space separates, so two make an empty argument
    tab: str = "plain"  # plain, separator, error
    glue: str = "join"  # quote in mid-argument, text after a closing quote: join, split, error
    unknown_escape: str = "keep"  # keep, drop (the backslash), error
    bad_utf8: str = "000001"  # 000001, 000000, replace
    echo: str = "plain"  # plain: only line feeds are escaped in echoed text; escaped: quotes and backslashes too
    check_order: str = "object"  # object: each object is sought before later arguments are read; syntax; last-first
    delete_by_title: bool = False
    metadata_takes_session: bool = False
    share_alias: bool = False  # shareRecording
    created_by: bool = False  # createdBy for createdby


PROFILES: dict[str, Choices] = {
    "literal": Choices(error_style="space", status_padded=True, restream_arity=False, status_unknown="040001"),
    "overview": Choices(
        error_style="space",
        value_style="space",
        unknown_code=False,
        created_by=True,
        share_alias=True,
        check_order="last-first",
        hotmark_clock="elapsed",
        unknown_permission="030003",
        glue="split",
        restream_unfinished="040002",
        unknown_escape="drop",
    ),
    "terse": Choices(
        uuid_text="general",
        arity_text="general",
        permission_text="uuid",
        fifth_source="070000",
        repeated="040001",
        status_finished="040001",
        status_unknown="040001",
        bad_utf8="000000",
        echo="escaped",
        tab="separator",
    ),
    "strict": Choices(
        keep_cr=True,
        uuid_form="exact",
        spaces="split",
        tab="error",
        glue="error",
        unknown_escape="error",
        blank="answer",
        second_recording=False,
        hotmark_paused=False,
        in_use="either",
        check_order="syntax",
        finished_code="070003",
        leading_zeros=False,
    ),
    "lenient": Choices(
        fold_commands=True,
        uuid_form="loose",
        tab="separator",
        repeated="ok",
        absent_source="ok",
        hotmark_finished=True,
        restream_unfinished="ok",
        delete_by_title=True,
        metadata_takes_session=True,
        share_alias=True,
        created_by=True,
        busy_text="shared",
        unknown_permission="030003",
        bad_utf8="replace",
    ),
}

FAULTS: dict[str, tuple[str, list[int]]] = {
    # recordings and their states
    "resume-leaves-status-paused": ("resumeRecording answers OK but the status stays PAUSED", [1090, 1198, 1199]),
    "stop-of-paused-leaves-paused": (
        "stopRecording of a paused recording answers OK but it stays paused",
        [227, 1133, 1200],
    ),
    "pause-pauses-siblings": ("pausing one of a session's recordings pauses its others too", [1046, 1198]),
    "stop-stops-siblings": ("stopping one of a session's recordings finishes its others too", [1133, 1198]),
    "finished-can-resume": ("a finished recording that was paused once can be resumed", [228]),
    "status-cached": ("a status is remembered for a second, over pauses and stops", [1198, 1199, 1200]),
    "recording-id-repeats": ("the next recording of a session reuses the ID of its finished one", [211, 993]),
    "recordings-finish-on-disconnect": ("closing a connection finishes the recordings it started", [226, 1133]),
    "status-accepts-session-id": ("getRecordingStatus of a recorded session's ID answers a state", [1208, 1209]),
    "stop-matches-id-prefix": ("stopRecording compares only the first group of the ID", [211, 1161]),
    "rejected-pause-takes-effect": (
        "pauseRecording with an extra argument is refused and pauses all the same",
        [362, 1072],
    ),
    "unbalanced-quote-still-executes": (
        "a command with unbalanced quotes answers Syntax Error and is carried out",
        [362, 1586],
    ),
    "resume-unknown-text": ("resumeRecording of an unknown ID words 040001 as Recording not found", [1118]),
    "pause-ignores-extra": ("pauseRecording accepts an extra argument", [1072, 1589]),
    # sessions and sources
    "delete-sees-newest-recording-only": ("deleteSession only looks at the newest recording of the session", [635]),
    "paused-recording-unlocks-delete": ("deleteSession succeeds while the only recording is paused", [227, 635]),
    "paused-recording-unlocks-add": ("addSourceToSession succeeds while the recording is paused", [227, 690]),
    "refused-delete-deletes": ("deleteSession answers 060003 and deletes the session", [362, 635]),
    "refused-remove-removes": ("removeSourceFromSession answers 060003 and removes the source", [362, 740]),
    "refused-add-adds": ("addSourceToSession answers 060003 and adds the source", [362, 690, 694]),
    "duplicate-source-counts": (
        "a source refused with 060008 counts again: the recording is multi-source",
        [694, 1514],
    ),
    "fifth-source-accepted": ("a session takes five sources", [219, 665]),
    "remove-empties-session": ("removing one source removes all", [709, 1035]),
    "removed-source-still-recorded": ("a session whose last source was removed can be recorded", [1035]),
    "readding-source-refused": ("a source that was removed from a session cannot be added again", [694]),
    "source-taken-by-other-session": ("a source that is in another session answers 060008", [694]),
    "session-dies-with-connection": ("sessions vanish with the connection that created them", [505, 606]),
    "session-id-recycled": ("createSession hands out the ID of the session deleted last", [211]),
    "same-title-same-session": ("createSession with a title in use answers the existing ID", [211, 505]),
    "delete-takes-namesakes": ("deleteSession deletes all sessions of that title", [606]),
    "deleted-session-goes-live": ("setLiveSession of a deleted session answers OK", [580]),
    "deleted-session-shared-with-group": ("shareSessionWithGroup of a deleted session answers OK", [854]),
    "session-metadata-takes-recording": ("updateSessionMetadata accepts a recording ID", [907]),
    "live-accepts-one": ("setLiveSession takes 1 for true", [579]),
    "remove-unknown-session-code": ("removeSourceFromSession answers 040009 for an unknown session", [738]),
    "remove-count-includes-command": ("removeSourceFromSession counts its own name in Got Y", [736]),
    "source-id-syntax-unchecked": ("addSourceToSession answers 040009 for a source ID that is no UUID", [689]),
    # HotMarks
    "hotmark-clash-across-recordings": ("a HotMark blocks that moment in all recordings", [1469]),
    "hotmark-clash-needs-same-title": ("two HotMarks in one second are accepted if their titles differ", [1469]),
    "hotmark-window-two-seconds": ("HotMarks clash up to two seconds apart", [1441, 1469]),
    "refused-hotmark-blocks-next-second": ("a refused HotMark occupies the following second", [1469]),
    "hotmark-error-names-session": ("010004 names the session's ID, not the recording's", [1470]),
    "hotmark-unknown-code": ("addHotmark answers 040001 for an unknown recording", [1468]),
    # streams
    "stream-stops-twice": ("a stopped stream can be stopped again", [1561]),
    "stream-address-leaks": ("the address of a stopped stream stays in use", [1515]),
    "stop-ends-newer-streams": (
        "stopping a stream also stops those of other recordings that were started later",
        [1547, 1561],
    ),
    "refused-restream-takes-address": ("a stream refused with 010005 leaves its address in use", [1514, 1515]),
    "source-address-streamable": ("the address of a source is accepted as destination", [1516]),
    "stream-stopped-by-recording-id": ("stopRestreamRecording accepts the ID of a streamed recording", [1561]),
    "last-octet-unchecked": ("startRestreamRecording accepts 256 to 999 as last octet", [1511]),
    "port-65536-accepted": ("startRestreamRecording accepts port 65536", [1512]),
    # sharing, metadata, categories
    "recording-share-takes-record": ("shareRecordingWithUser accepts RECORD", [1251]),
    "group-case-matters": ("shareRecordingWithGroup is case-sensitive about the group", [1292]),
    "group-role-ignored": ("shareRecordingWithUser does not count a role from a group", [1256]),
    "custom-permission-skips-roles": ("shareSessionWithUser ignores missing roles if the permission is an ID", [791]),
    "unknown-group-blames-user": ("shareRecordingWithGroup answers 040004 for an unknown group", [1311]),
    "third-value-unchecked": ("setCategory checks only two values for emptiness", [1412]),
    "trailing-space-unchecked": ("setSessionCategory checks values for leading spaces only", [960]),
    "only-neighbours-unique": ("setCategory compares each value with its neighbour only", [1414]),
    "unknown-category-code": ("setSessionCategory answers 040006 for an unknown category", [962]),
    "metadata-counts-words": ("updateMetadata counts the words of quoted arguments in Got Y", [334, 1365]),
    # framing, connections, escapes
    "long-reply-unterminated": ("replies over 200 bytes lack the line feed", [320]),
    "status-reply-crlf": ("getRecordingStatus replies end in CR LF", [320, 358]),
    "third-coalesced-dropped": ("of commands that arrive together the third goes unanswered", [306, 308]),
    "errors-answered-last": ("of commands that arrive together the failed ones are answered last", [306, 307, 308]),
    "stale-fragment-dropped": ("an unfinished line is forgotten after 0.6 s", [320]),
    "backslash-lost-at-segment-end": ("a backslash in quotes that ends a segment is lost", [343]),
    "utf8-per-segment": ("a character that is split between segments is damaged", [312, 1588]),
    "start-answered-on-newest": ("the reply to startRecording goes to the newest connection", [308]),
    "fifth-error-hangs-up": ("the fifth error in a row closes the connection", [306, 308]),
    "unauthorised-left-open": ("a client that is not authorised is told so but not disconnected", [386]),
    "unauthorised-retry-served": ("every second connection of a client that is not authorised is served", [386]),
    "closing-backslash-eats-quote": ("an escaped backslash before the closing quote escapes that too", [343, 348]),
    "backslash-escapes-unquoted": ("escape sequences work outside quotes", [343]),
    "newline-escape-is-n": ("the escape for line feed yields the letter n", [346]),
    "escaped-quote-balances": ("an escaped quote at the end of the line counts as closing", [347, 1586]),
    "empty-argument-dropped": ("an empty quoted argument is not counted", [334, 532]),
}

TEXTS = {
    "000000": "Unknown Error",
    "000001": "Syntax Error",
    "000002": "Command not found",
    "020000": "Not Authorized",
    "030003": "Cannot share",
    "040001": "Active recording not found",
    "040002": "Recording not found",
    "040003": "Stream not found",
    "040004": "User not found",
    "040005": "Group not found",
    "040006": "Session not found",
    "040007": "Category not found",
    "040009": "Source not found",
    "060001": "User has no roles assigned",
    "060002": "Group has no roles assigned",
    "060003": "Active recording currently in progress",
    "060004": "Hotmark already exists at this time",
    "060008": "Source already added to this session",
    "060009": "Session requires at least one source",
    "010005": "Only single source recordings can be streamed",
    "010006": "Address or port already in use",
    "070000": "Internal Server Error",
    "070003": "Failed to update state",
    "070004": "Error while starting stream",
    "070010": "Could not create a track",
}
LOWER_CASE_UUID = ("setLiveSession", "deleteSession", "removeSourceFromSession")
NOT_FOUND = {
    "session": "040006",
    "source": "040009",
    "category": "040007",
    "recording": "040002",
    "active": "040001",
    "status": "",
    "stream": "040003",
}


class Refusal(Exception):
    """An error reply."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code)
        self.code, self.text = code, text or TEXTS[code]


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Session:
    title: str
    owner: object = None
    sources: list[str] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    settings: dict[str, object] = field(default_factory=dict)
    id: str = field(default_factory=new_id)


@dataclass
class Recording:
    session: str
    width: int
    since: float
    owner: object = None
    state: str = "RECORDING"
    ran: float = 0.0
    begun: float = 0.0
    was_paused: bool = False
    marks: dict[int, str] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)
    id: str = field(default_factory=new_id)


@dataclass
class Stream:
    recording: str
    address: tuple[str, int]
    id: str = field(default_factory=new_id)


class Device:
    """All state, one lock, one method for each command."""

    def __init__(self, profile: str, fault: str | None, scale: float) -> None:
        self.c, self.fault, self.scale = PROFILES[profile], fault, scale
        self.lock = threading.Lock()
        self.links: list[Link] = []
        self.refused_peers: dict[str, int] = {}
        self.sessions: dict[str, Session] = {}
        self.buried: dict[str, Session] = {}
        self.recordings: dict[str, Recording] = {}
        self.streams: dict[str, Stream] = {}
        self.spent_streams: set[str] = set()
        self.leaked: list[tuple[str, int]] = []
        self.last_mark: dict[int, str] = {}
        self.status_cache: dict[str, tuple[float, str]] = {}
        self.sources = {new_id(): (f"239.20.0.{n}", 5000 + n) for n in range(1, 6)}
        self.users = {"viewer": "own", "creator": "own", "infodev": "group", "temp": ""}
        self.groups = {"viewers": "own", "grp10": "own", "interns": ""}
        self.group_spelling = {"Viewers", "Grp10", "Interns"}
        self.categories, self.permissions, self.locked_permissions = ([new_id() for _ in range(n)] for n in (2, 2, 1))
        self.link: Link | None = None

    def on(self, fault: str) -> bool:
        return self.fault == fault

    def now(self) -> float:
        return time.monotonic() * self.scale

    # --- line to reply

    def answer(self, raw: bytes, link: Link) -> str | None:
        self.link = link
        try:
            return self.interpret(raw)
        except Refusal as refusal:
            return self.error(refusal)
        except Exception as problem:  # the device stays up whatever arrives
            print(f"internal: {problem!r}", file=sys.stderr)
            return self.error(Refusal("000000"))

    def error(self, refusal: Refusal) -> str:
        if refusal.code == "000002" and not self.c.unknown_code:
            return f"ERROR {refusal.text}"
        return ("|" if self.c.error_style == "pipe" else " ").join(("ERROR", refusal.code, refusal.text))

    def interpret(self, raw: bytes) -> str | None:
        try:
            line = raw.decode()
        except UnicodeDecodeError:
            if self.c.bad_utf8 != "replace":
                raise Refusal(self.c.bad_utf8) from None
            line = raw.decode(errors="replace")
        words, balanced = self.tokenize(line if self.c.keep_cr else line.rstrip("\r"))
        if not balanced:
            if self.on("unbalanced-quote-still-executes"):
                with contextlib.suppress(Refusal):
                    self.execute(words)
            raise Refusal("000001")
        if not words and self.c.blank == "ignore":
            return None
        return self.execute(words or [""])

    def tokenize(self, line: str) -> tuple[list[str], bool]:
        words: list[str] = []
        word: str | None = None
        quoted = closed = was_quoted = False
        at = 0

        def flush() -> None:
            nonlocal word, closed, was_quoted
            if word is not None and not (was_quoted and not word and self.on("empty-argument-dropped")):
                words.append(word)
            word, closed, was_quoted = None, False, False

        separators = " \t" if self.c.tab == "separator" else " "
        while at < len(line):
            char = line[at]
            at += 1
            if char == "\\" and at < len(line) and (quoted or self.on("backslash-escapes-unquoted")):
                word = (word or "") + self.escape(line[at])
                at += 1
                if line[at - 1] == "\\" and line[at : at + 1] == '"' and self.on("closing-backslash-eats-quote"):
                    word, at = word + '"', at + 1
                if quoted and line[at - 1] == '"' and at == len(line) and self.on("escaped-quote-balances"):
                    quoted = False
            elif char == '"' and quoted:
                quoted, closed = False, True
            elif quoted:
                word = (word or "") + char
            elif char in separators:
                if word is None and self.c.spaces == "split":
                    word = ""
                flush()
                if at == len(line) and self.c.spaces == "split":
                    word = ""
            elif char == "\t" and self.c.tab == "error":
                raise Refusal("000001")
            elif char == '"' or closed:
                if word is not None and self.c.glue == "error":
                    raise Refusal("000001")
                if self.c.glue == "split":
                    flush()
                quoted = was_quoted = char == '"'
                word, closed = (word or "") + ("" if quoted else char), False
            else:
                word = (word or "") + char
        flush()
        return words, not quoted

    def escape(self, char: str) -> str:
        if char in '"\\':
            return char
        if char == "n":
            return "n" if self.on("newline-escape-is-n") else "\n"
        if self.c.unknown_escape == "error":
            raise Refusal("000001")
        return char if self.c.unknown_escape == "drop" else "\\" + char

    def execute(self, words: list[str]) -> str:
        name, args = words[0], words[1:]
        if self.c.fold_commands:
            name = FOLDED.get(name.lower(), name)
        if name == "shareRecording" and self.c.share_alias:
            name = "shareRecordingWithUser"
        if name not in COMMANDS:
            raise Refusal("000002")
        action, kinds = COMMANDS[name]
        args = self.count(name, args, kinds)
        if name == "deleteSession" and self.c.delete_by_title and self.canon(args[0]) is None:
            args = [next((s.id for s in self.sessions.values() if s.title == args[0]), args[0])]
        value = action(self, *self.resolve(name, args, kinds))
        if value is None:
            return "OK"
        if name == "getRecordingStatus":
            value += "\r" if self.on("status-reply-crlf") else ""
            return f"OK | {value}" if self.c.status_padded else f"OK{self.bar()}{value}"
        return f"OK{self.bar()}{value}"

    def bar(self) -> str:
        return "|" if self.c.value_style == "pipe" else " "

    def count(self, name: str, args: list[str], kinds: list[str]) -> list[str]:
        wanted, many = len(kinds), kinds[-1] == "values"
        if "Restream" in name and not self.c.restream_arity:
            return (args + [""] * wanted)[:wanted]
        if len(args) == wanted or (many and len(args) > wanted):
            return args
        if name == "pauseRecording" and len(args) > wanted:
            if self.on("pause-ignores-extra"):
                return args[:wanted]
            if self.on("rejected-pause-takes-effect"):
                with contextlib.suppress(Refusal):
                    self.pause_recording(*self.resolve(name, args[:wanted], kinds))
        got = len(args) + (name == "removeSourceFromSession" and self.on("remove-count-includes-command"))
        if name == "updateMetadata" and self.on("metadata-counts-words"):
            got = sum(max(1, len(arg.split())) for arg in args)
        expected = f"{wanted} parameter(s)"
        if self.c.arity_text == "table":
            expected = {"addHotmark": "2 parameters", "setCategory": "at least 3 parameters"}.get(name, expected)
        raise Refusal("010003", f"Expected {expected}. Got {got} parameter(s)")

    # --- arguments: their syntax, then the objects they name

    def resolve(self, name: str, args: list[str], kinds: list[str]) -> list[object]:
        plan: list[tuple[str, list[str]]] = [(kind, [arg]) for kind, arg in zip(kinds, args)]
        if kinds[-1] == "values":
            plan[-1] = ("values", args[len(kinds) - 1 :])
        found: dict[int, object] = {}
        if self.c.check_order == "syntax":
            for kind, texts in plan:
                self.check(name, kind, texts)
        for place in reversed(range(len(plan))) if self.c.check_order == "last-first" else range(len(plan)):
            kind, texts = plan[place]
            self.check(name, kind, texts)
            found[place] = texts if kind == "values" else self.find(name, kind, texts[0], args)
        return [found[place] for place in range(len(plan))]

    def canon(self, text: str) -> str | None:
        if self.c.uuid_form == "loose":
            bare = text.strip("{}").replace("-", "")
            return str(uuid.UUID(bare)) if re.fullmatch("[0-9A-Fa-f]{32}", bare) else None
        lower = text if self.c.uuid_form == "exact" else text.lower()
        return lower if re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lower) else None

    def quote(self, text: str) -> str:
        if self.c.echo == "escaped":
            text = text.replace("\\", "\\\\").replace('"', '\\"')
        return "'" + text.replace("\n", "\\n") + "'"

    def invalid(self, text: str, what: str) -> Refusal:
        return Refusal("010001", f"{self.quote(text)} is {what}")

    def check(self, name: str, kind: str, texts: list[str]) -> None:
        text = texts[0]
        if kind in NOT_FOUND:
            if self.canon(text) is None and not (
                kind == "source" and name.startswith("add") and self.on("source-id-syntax-unchecked")
            ):
                raise self.invalid(
                    text, f"not a {'uuid' if self.c.uuid_text == 'table' and name in LOWER_CASE_UUID else 'UUID'}"
                )
        elif kind == "title" and not text:
            raise Refusal("010001", "Session name must be at least 1 character")
        elif kind == "flag" and text not in ("true", "false") and not (text == "1" and self.on("live-accepts-one")):
            raise self.invalid(text, "not a boolean")
        elif kind == "permission" and self.canon(text) is None and text not in self.levels(name):
            raise self.invalid(text, "not a UUID") if self.c.permission_text == "uuid" else self.bad_permission(name)
        elif kind == "field" and text not in (
            "title",
            "description",
            "createdby",
            *(("createdBy",) if self.c.created_by else ()),
        ):
            raise self.invalid(text, "an invalid field name")
        elif kind == "ip" and self.ip(text) is None:
            raise self.invalid(text, "not an ip address")
        elif kind == "port" and self.number(text, 65536 if self.on("port-65536-accepted") else 65535) is None:
            raise self.invalid(text, "not a port number")
        elif kind == "values":
            self.check_values(name == "setCategory", texts)

    def check_values(self, recording: bool, values: list[str]) -> None:
        if "" in (values[:2] if recording and self.on("third-value-unchecked") else values):
            raise Refusal("010001", "Please provide non-empty values")
        if any(
            v.startswith(" ") or (v.endswith(" ") and (recording or not self.on("trailing-space-unchecked")))
            for v in values
        ):
            raise Refusal("010001", "Please remove any leading or trailing spaces in the values")
        if recording and self.on("only-neighbours-unique"):
            clash = any(a == b for a, b in zip(values, values[1:]))
        else:
            clash = len(set(values)) < len(values)
        if clash:
            raise Refusal("010001", "Please verify that values are unique")

    def levels(self, name: str) -> tuple[str, ...]:
        if "Session" in name or (name == "shareRecordingWithUser" and self.on("recording-share-takes-record")):
            return ("WATCH", "EDIT", "RECORD", "OWN")
        return ("WATCH", "EDIT", "OWN")

    def bad_permission(self, name: str) -> Refusal:
        levels = ("WATCH", "EDIT", "RECORD", "OWN") if "Session" in name else ("WATCH", "EDIT", "OWN")
        return Refusal("010001", f"Permission must be one of: {', '.join(levels)}")

    def number(self, text: str, most: int) -> int | None:
        if not (text.isascii() and text.isdigit() and len(text) < 20):
            return None
        if not self.c.leading_zeros and len(text) > 1 and text[0] == "0":
            return None
        return int(text) if int(text) <= most else None

    def ip(self, text: str) -> str | None:
        last = 999 if self.on("last-octet-unchecked") else 255
        octets = [self.number(part, last if place == 3 else 255) for place, part in enumerate(text.split("."))]
        return None if len(octets) != 4 or None in octets else ".".join(map(str, octets))

    def find(self, name: str, kind: str, text: str, args: list[str]) -> object:
        if kind == "user":
            return self.find_grantee(name, text, args)
        if kind == "permission":
            return self.find_permission(name, text)
        if kind == "ip":
            return self.ip(text)
        if kind not in NOT_FOUND:
            return text
        key = self.canon(text) or ""
        hit: object = None
        if kind == "session":
            hit = self.sessions.get(key)
            if name == {
                "deleted-session-goes-live": "setLiveSession",
                "deleted-session-shared-with-group": "shareSessionWithGroup",
            }.get(self.fault or ""):
                hit = hit or self.buried.get(key)
            if name == "updateSessionMetadata" and self.on("session-metadata-takes-recording"):
                hit = hit or self.recordings.get(key)
        elif kind in ("source", "category"):
            hit = key if key in (self.sources if kind == "source" else self.categories) else None
        elif kind == "stream":
            hit = self.streams.get(key)
            if self.on("stream-stopped-by-recording-id"):
                hit = hit or next((s for s in self.streams.values() if s.recording == key), None)
            if key in self.spent_streams and self.on("stream-stops-twice"):
                hit = Stream("", ("", 0), key)
        else:
            hit = self.recordings.get(key)
            if name == "updateMetadata" and self.c.metadata_takes_session:
                hit = hit or self.sessions.get(key)
            if name == "stopRecording" and self.on("stop-matches-id-prefix"):
                hit = hit or next((r for r in self.recordings.values() if r.id[:8] == key[:8]), None)
            if kind == "status" and self.on("status-accepts-session-id"):
                hit = hit or next((r for r in self.recordings.values() if r.session == key), None)
        if hit is None:
            raise self.not_found(name, kind)
        return hit

    def not_found(self, name: str, kind: str) -> Refusal:
        if kind == "status":
            return Refusal("040001") if self.c.status_unknown == "040001" else Refusal("070003", "Recording not found")
        if name == "resumeRecording" and self.on("resume-unknown-text"):
            return Refusal("040001", "Recording not found")
        slips = {
            "remove-unknown-session-code": ("removeSourceFromSession", "session", "040009"),
            "hotmark-unknown-code": ("addHotmark", "recording", "040001"),
            "unknown-category-code": ("setSessionCategory", "category", "040006"),
        }
        slip = slips.get(self.fault or "")
        return Refusal(slip[2] if slip and slip[:2] == (name, kind) else NOT_FOUND[kind])

    def find_grantee(self, name: str, text: str, args: list[str]) -> str:
        group = name.endswith("Group")
        roles = (self.groups if group else self.users).get(text.lower())
        on_recording = "Recording" in name
        if group and on_recording and self.on("group-case-matters") and text not in self.group_spelling:
            roles = None
        if roles is None:
            raise Refusal(
                "040005" if group and not (on_recording and self.on("unknown-group-blames-user")) else "040004"
            )
        if roles == "group" and on_recording and self.on("group-role-ignored"):
            roles = ""
        if name == "shareSessionWithUser" and self.canon(args[1]) and self.on("custom-permission-skips-roles"):
            roles = "own"
        if not roles:
            raise Refusal("060002" if group else "060001")
        return text.lower()

    def find_permission(self, name: str, text: str) -> str:
        key = self.canon(text)
        if key in self.locked_permissions:
            raise Refusal("030003")
        if key and key not in self.permissions:
            raise Refusal("030003") if self.c.unknown_permission == "030003" else self.bad_permission(name)
        return key or text

    # --- sessions

    def create_session(self, title: str) -> str:
        session = Session(title, self.link)
        if self.on("session-id-recycled") and self.buried:
            session.id = self.buried.popitem()[0]
        if self.on("same-title-same-session"):
            session = next((s for s in self.sessions.values() if s.title == title), session)
        self.sessions[session.id] = session
        return session.id

    def set_live(self, session: Session, flag: str) -> None:
        session.settings["live"] = flag

    def is_busy(self, session: Session, newest: bool = False, running: bool = False) -> bool:
        states = [r.state for r in self.recordings.values() if r.session == session.id]
        return any(state in (ACTIVE[:1] if running else ACTIVE) for state in (states[-1:] if newest else states))

    def delete_session(self, session: Session) -> None:
        busy = self.is_busy(
            session, self.on("delete-sees-newest-recording-only"), self.on("paused-recording-unlocks-delete")
        )
        if busy and not self.on("refused-delete-deletes"):
            raise self.busy_delete()
        doomed = [session]
        if self.on("delete-takes-namesakes"):
            doomed = [s for s in self.sessions.values() if s.title == session.title]
        for each in doomed:
            self.buried[each.id] = self.sessions.pop(each.id)
        if busy:
            raise self.busy_delete()

    def busy_delete(self) -> Refusal:
        return Refusal("060003", "Recording currently in progress" if self.c.busy_text == "table" else "")

    def add_source(self, session: Session, source: str) -> None:
        taken = self.on("source-taken-by-other-session") and any(
            source in s.sources for s in self.sessions.values() if s.owner
        )
        if source in session.sources or taken or (source in session.removed and self.on("readding-source-refused")):
            if self.on("duplicate-source-counts"):
                session.sources.append(source)
            raise Refusal("060008")
        if self.is_busy(session, running=self.on("paused-recording-unlocks-add")):
            if self.on("refused-add-adds"):
                session.sources.append(source)
            raise Refusal("060003")
        if len(session.sources) >= 4 and not self.on("fifth-source-accepted"):
            raise Refusal(self.c.fifth_source)
        session.sources.append(source)

    def remove_source(self, session: Session, source: str) -> None:
        if source not in session.sources:
            if self.c.absent_source == "ok" and not self.is_busy(session):
                return
            raise Refusal("060003" if self.is_busy(session) else "040009")
        busy = self.is_busy(session)
        if not busy or self.on("refused-remove-removes"):
            session.removed.add(source)
            session.sources = [] if self.on("remove-empties-session") else [s for s in session.sources if s != source]
        if busy:
            raise Refusal("060003")

    def share(self, grantee: str, permission: str, item: Session | Recording) -> None:
        item.settings["share " + grantee] = permission

    def update(self, item: Session | Recording, key: str, value: str) -> None:
        item.settings[key.lower()] = value
        if isinstance(item, Session) and key == "title":
            item.title = value

    def categorise(self, item: Session | Recording, category: str, values: list[str]) -> None:
        item.settings["category " + category] = values

    # --- recordings

    def start_recording(self, session: Session) -> str:
        if not session.sources and not (session.removed and self.on("removed-source-still-recorded")):
            raise Refusal("060009")
        if not self.c.second_recording and self.is_busy(session):
            raise Refusal("070000")
        recording = Recording(session.id, len(session.sources), self.now(), self.link, begun=self.now())
        old = [r.id for r in self.recordings.values() if r.session == session.id and r.state == "FINISHED"]
        if old and self.on("recording-id-repeats"):
            recording.id = old[-1]
        self.recordings[recording.id] = recording
        return recording.id

    def shift(self, recording: Recording, state: str) -> None:
        if recording.state == "RECORDING":
            recording.ran += self.now() - recording.since
        recording.since, recording.state = self.now(), state
        recording.was_paused |= state == "PAUSED"

    def siblings(self, recording: Recording, fault: str) -> list[Recording]:
        if not self.on(fault):
            return [recording]
        return [r for r in self.recordings.values() if r.session == recording.session and r.state in ACTIVE]

    def over(self, recording: Recording, text: str = "") -> None:
        if recording.state not in ACTIVE:
            raise Refusal("040001") if self.c.finished_code == "040001" else Refusal("070003", text)

    def pause_recording(self, recording: Recording) -> None:
        self.over(recording)
        if recording.state == "PAUSED":
            if self.c.repeated != "ok":
                raise Refusal(self.c.repeated)
            return
        for each in self.siblings(recording, "pause-pauses-siblings"):
            self.shift(each, "PAUSED")

    def resume_recording(self, recording: Recording) -> None:
        if not (recording.was_paused and recording.state == "FINISHED" and self.on("finished-can-resume")):
            self.over(recording)
        if recording.state == "RECORDING":
            if self.c.repeated != "ok":
                raise Refusal("070003")
            return
        if not self.on("resume-leaves-status-paused"):
            self.shift(recording, "RECORDING")

    def stop_recording(self, recording: Recording) -> None:
        self.over(recording, "Internal Server Error")
        if recording.state == "PAUSED" and self.on("stop-of-paused-leaves-paused"):
            return
        for each in self.siblings(recording, "stop-stops-siblings"):
            self.shift(each, "FINISHED")

    def status(self, recording: Recording) -> str:
        if self.on("status-cached"):
            seen, state = self.status_cache.get(recording.id, (0.0, ""))
            if time.monotonic() - seen < 1.0:
                return state
            self.status_cache[recording.id] = (time.monotonic(), recording.state)
        if recording.state == "FINISHED" and self.c.status_finished == "040001":
            raise Refusal("040001")
        return recording.state

    def add_hotmark(self, recording: Recording, title: str) -> None:
        states = ["RECORDING"] + ["PAUSED"] * self.c.hotmark_paused + ["FINISHED"] * self.c.hotmark_finished
        if recording.state not in states:
            shown = recording.session if self.on("hotmark-error-names-session") else recording.id
            raise Refusal("010004", f"'{shown}' is not an active recording")
        running = self.now() - recording.since if recording.state == "RECORDING" else 0.0
        second = int(recording.ran + running if self.c.hotmark_clock == "recorded" else self.now() - recording.begun)
        clash = second in recording.marks
        if clash and self.on("hotmark-clash-needs-same-title"):
            clash = recording.marks[second] == title
        if self.on("hotmark-window-two-seconds"):
            clash = clash or bool({second - 1, second - 2} & set(recording.marks))
        if self.on("hotmark-clash-across-recordings"):
            clash = clash or self.last_mark.get(int(self.now()), recording.id) != recording.id
        if clash:
            if self.on("refused-hotmark-blocks-next-second"):
                recording.marks[second + 1] = title
            raise Refusal("060004")
        recording.marks[second] = title
        self.last_mark = {int(self.now()): recording.id}

    def start_stream(self, recording: Recording, ip: str, port: str) -> str:
        address = (ip, int(port))
        if recording.width > 1:
            if self.on("refused-restream-takes-address"):
                self.leaked.append(address)
            raise Refusal("010005")
        if recording.state != "FINISHED" and self.c.restream_unfinished != "ok":
            raise Refusal(self.c.restream_unfinished)
        if self.clashes(address, list(self.sources.values())) and not self.on("source-address-streamable"):
            raise Refusal("010006", "Address or port already in use by a source")
        if self.clashes(address, [s.address for s in self.streams.values()] + self.leaked):
            raise Refusal("010006")
        stream = Stream(recording.id, address)
        self.streams[stream.id] = stream
        return stream.id

    def clashes(self, address: tuple[str, int], used: list[tuple[str, int]]) -> bool:
        if self.c.in_use == "either":
            return any(address[0] == ip or address[1] == port for ip, port in used)
        return address in used

    def stop_stream(self, stream: Stream) -> None:
        doomed = [stream]
        if self.on("stop-ends-newer-streams") and stream.id in self.streams:
            doomed = list(self.streams.values())[list(self.streams).index(stream.id) :]
        for each in doomed:
            self.streams.pop(each.id, None)
            self.spent_streams.add(each.id)
        if self.on("stream-address-leaks"):
            self.leaked.append(stream.address)

    def hung_up(self, link: Link) -> None:
        self.links.remove(link)
        if self.on("session-dies-with-connection"):
            self.sessions = {key: s for key, s in self.sessions.items() if s.owner is not link}
        for recording in self.recordings.values():
            if recording.owner is link and recording.state in ACTIVE and self.on("recordings-finish-on-disconnect"):
                self.shift(recording, "FINISHED")

    # --- what is there at the start

    def seed(self) -> dict[str, object]:
        """Fill the device; the answer is what a target file may tell of it."""
        sources = list(self.sources)

        def session(title: str, *which: int) -> str:
            made = Session(title, sources=[sources[n] for n in which])
            self.sessions[made.id] = made
            return made.id

        def recording(of: str, state: str) -> str:
            made = Recording(of, len(self.sessions[of].sources), self.now(), begun=self.now())
            self.recordings[made.id] = made
            self.shift(made, state)
            return made.id

        single, empty, multi = session("Room 1", 0), session("Room 2"), session("Theatre", 0, 1, 2)
        busy, paused, broken = session("Lecture", 3), session("Seminar", 4), session("Ward", 1)
        spare = [session("Spare 1", 0), session("Spare 2", 1)]
        active, held = recording(busy, "RECORDING"), recording(paused, "PAUSED")
        done = [recording(single, "FINISHED") for _ in range(3)]
        return {
            "authorised_client": "127.0.0.1",
            "unauthorised_client": "127.0.0.8",
            "source_ids": sources,
            "source_addresses": [f"{ip}:{port}" for ip, port in self.sources.values()],
            "user_names": ["viewer", "creator"],
            "user_names_role_via_group": ["InfoDev"],
            "user_names_no_roles": ["temp"],
            "group_names": ["Viewers", "Grp10"],
            "group_names_no_roles": ["Interns"],
            "category_ids": self.categories,
            "permission_ids": self.permissions,
            "permission_ids_cannot_share": self.locked_permissions,
            "session_ids": spare,
            "session_with_source": single,
            "session_empty": empty,
            "session_multi_source": multi,
            "session_recording": busy,
            "session_paused_recording": paused,
            "recording_ids": done[1:],
            "recording_ids_finished": done,
            "recording_active": active,
            "recording_paused": held,
            "recording_finished": done[0],
            "recording_multi_source": recording(multi, "FINISHED"),
            "recording_error": recording(broken, "ERROR"),
            "restream_ips": ["239.77.0.1", "239.77.0.2", "239.77.0.3", "239.77.0.4"],
            "restream_ports": [6001, 6002, 6003, 6004],
        }


COMMANDS: dict[str, tuple[Callable[..., str | None], list[str]]] = {
    "createSession": (Device.create_session, ["title"]),
    "setLiveSession": (Device.set_live, ["session", "flag"]),
    "deleteSession": (Device.delete_session, ["session"]),
    "addSourceToSession": (Device.add_source, ["session", "source"]),
    "removeSourceFromSession": (Device.remove_source, ["session", "source"]),
    "shareSessionWithUser": (Device.share, ["user", "permission", "session"]),
    "shareSessionWithGroup": (Device.share, ["user", "permission", "session"]),
    "updateSessionMetadata": (Device.update, ["session", "field", "text"]),
    "setSessionCategory": (Device.categorise, ["session", "category", "values"]),
    "startRecording": (Device.start_recording, ["session"]),
    "pauseRecording": (Device.pause_recording, ["active"]),
    "resumeRecording": (Device.resume_recording, ["active"]),
    "stopRecording": (Device.stop_recording, ["active"]),
    "getRecordingStatus": (Device.status, ["status"]),
    "shareRecordingWithUser": (Device.share, ["user", "permission", "recording"]),
    "shareRecordingWithGroup": (Device.share, ["user", "permission", "recording"]),
    "updateMetadata": (Device.update, ["recording", "field", "text"]),
    "setCategory": (Device.categorise, ["recording", "category", "values"]),
    "addHotmark": (Device.add_hotmark, ["recording", "text"]),
    "startRestreamRecording": (Device.start_stream, ["recording", "ip", "port"]),
    "stopRestreamRecording": (Device.stop_stream, ["stream"]),
}
FOLDED = {name.lower(): name for name in (*COMMANDS, "shareRecording")}


class Link(socketserver.BaseRequestHandler):
    """One client."""

    server: Server
    request: socket.socket

    def handle(self) -> None:
        device = self.server.device
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError):
            if not self.admitted(device):
                self.send(device.error(Refusal("020000")))
                while device.on("unauthorised-left-open") and self.request.recv(4096):
                    pass
                self.request.shutdown(socket.SHUT_WR)
                self.request.settimeout(0.3)
                self.request.recv(65536)  # else what the client has sent already could turn the close into a reset
                return
            with device.lock:
                device.links.append(self)
            try:
                self.converse(device)
            finally:
                with device.lock:
                    device.hung_up(self)

    def admitted(self, device: Device) -> bool:
        peer = self.client_address[0]
        if peer in ("127.0.0.1", self.server.server_address[0]):
            return True
        with device.lock:
            device.refused_peers[peer] = device.refused_peers.get(peer, 0) + 1
            return device.on("unauthorised-retry-served") and device.refused_peers[peer] % 2 == 0

    def send(self, reply: str) -> None:
        data = reply.encode()
        cut = len(data) > 200 and self.server.device.on("long-reply-unterminated")
        self.request.sendall(data if cut else data + b"\n")

    def converse(self, device: Device) -> None:
        pending = bytearray()
        overlong, errors, heard = False, 0, time.monotonic()
        while chunk := self.request.recv(65536):
            if time.monotonic() - heard > 0.6 and device.on("stale-fragment-dropped"):
                pending.clear()
            heard = time.monotonic()
            if device.on("utf8-per-segment"):
                chunk = chunk.decode(errors="replace").encode()
            if (
                chunk.endswith(b"\\")
                and (pending + chunk).count(b'"') % 2
                and device.on("backslash-lost-at-segment-end")
            ):
                chunk = chunk[:-1]
            pending += chunk
            *lines, rest = pending.split(b"\n")
            held: list[str] = []
            for place, line in enumerate(lines):
                if place == 2 and device.on("third-coalesced-dropped"):
                    continue
                with device.lock:
                    reply = (
                        device.error(Refusal("000000"))
                        if overlong or len(line) > LONGEST_LINE
                        else device.answer(bytes(line), self)
                    )
                    newest = device.links[-1]
                overlong = False
                if reply is None:
                    continue
                errors = errors + 1 if reply.startswith("ERROR") else 0
                if errors and device.on("errors-answered-last"):
                    held.append(reply)
                elif line.startswith(b"startRecording ") and device.on("start-answered-on-newest"):
                    newest.send(reply)
                else:
                    self.send(reply)
                if errors == 5 and device.on("fifth-error-hangs-up"):
                    return
            for reply in held:
                self.send(reply)
            overlong = overlong or len(rest) > LONGEST_LINE
            pending = bytearray() if overlong else rest


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], device: Device) -> None:
        self.device = device
        super().__init__(address, Link)

    def handle_error(self, request: object, client_address: object) -> None:
        print(f"link {client_address}: {sys.exc_info()[1]!r}", file=sys.stderr)


def target_file(profile: str, host: str, port: int, scale: float, fixtures: dict[str, object]) -> str:
    lines = [
        "[target]",
        'system = "hmp"',
        f'name = "hmp-birch-{profile}"',
        f"host = {json.dumps(host)}",
        f"clock_scale = {scale!r}",
        "timeout = 2.0",
        "",
        "[target.ports]",
        f"cli = {port}",
        "",
        "[target.fixtures]",
    ]
    lines += [f"{key} = {json.dumps(value)}" for key, value in fixtures.items()]
    lines += [
        "",
        "[target.allow]",
        *(f"{key} = true" for key in ("write", "disruptive", "destructive", "slow", "load")),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="A pretend HMP recorder with profiles and faults.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--profile", choices=PROFILES, default="literal")
    parser.add_argument("--fault", choices=FAULTS, metavar="NAME")
    parser.add_argument("--clock-scale", type=float, default=1.0)
    parser.add_argument("--list-profiles", action="store_true")
    parser.add_argument("--list-faults", action="store_true")
    parser.add_argument("--write-target", type=Path, metavar="FILE")
    options = parser.parse_args()
    if options.list_profiles:
        print(json.dumps([{"name": name, "choices": asdict(choices)} for name, choices in PROFILES.items()], indent=1))
        return 0
    if options.list_faults:
        print(
            json.dumps(
                [{"name": name, "description": text, "lines": at} for name, (text, at) in FAULTS.items()], indent=1
            )
        )
        return 0
    device = Device(options.profile, options.fault, options.clock_scale)
    fixtures = device.seed()
    with Server((options.host, options.port), device) as server:
        port = server.server_address[1]
        if options.write_target:
            options.write_target.write_text(
                target_file(options.profile, options.host, port, options.clock_scale, fixtures), "utf-8"
            )
        print("READY " + json.dumps({"host": options.host, "ports": {"cli": port}}), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
