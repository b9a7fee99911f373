"""An independent HMP Command Line API server for judging the suite: correct personalities and single subtle faults."""
from __future__ import annotations
import argparse
import asyncio
import contextlib
import ipaddress
import json
import random
import re
import time
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
# name: about, separated by semicolons
VARIANTS_TEXT = r"""
table_style: spaces instead of bars as in the error tables and the overview, unknown command without a code ; spaced_status: status answered as
'OK | STATE' as in its example, all else with plain bars ; general_texts: UUID, parameter(s) and 'Active recording currently in progress' spelt
alike in every command ; idempotent: pause, resume and removal of an absent source repeated: OK ; idempotent_stop: stopping a finished recording
again is OK and changes nothing ; refuse_internal: repeated stop: 070003, pause of a finished recording: 070003, absent source removal: 070000 ;
slow: 30 to 80 ms before each reply and before closing on an unauthorised client ; small_segments: every reply leaves in segments of three bytes ;
burst: replies of all commands that arrived together leave in one write, 20 ms later ; twenty_connections: the 21st simultaneous connection is
closed at once ; one_recording: a session being recorded cannot be started again: 070000 ; small_disk: at most six unfinished recordings in the
whole system, then 070027 ; exclusive_sources: a source belongs to one session, elsewhere 070010 ; upper_ids: identifiers are handed out in upper
case, matched in either ; ids_v7: identifiers ascend with time, random at the end ; strict_uuid: RFC variant and version bits are validated: the
nil and all-f identifiers are not UUIDs ; lenient_uuid: identifiers without hyphens or in braces are understood ; odd_names: user and group names
with spaces, quotes, backslashes, non-ASCII letters ; sparse: one source, category, user, group, restream destination, no permissions ; bare: no
fixtures but the client addresses ; right_first: of several errors the one furthest right is reported ; interleaved: each argument is checked
whole (form, existence) before the next one ; title_trim: titles are trimmed first, so blank ones are empty ; unique_titles: a title in use by
another session: 070019 ; cascade: finished recordings, their streams too, go with their session ; fifty_sessions: the 51st session: 070019 ;
strict_quotes: a quote inside an argument and unknown escapes are syntax errors ; literal_quotes: a quote inside an argument is an ordinary
character ; raw_echo: the wrong parameter is shown as typed, with quotes and escapes ; cr_kept: a carriage return before the line feed belongs to
the last argument ; blank_ignored: blank lines get no reply ; case_blind: command names in any letter case ; bad_utf8_closes: a line that is not
UTF-8 closes the connection ; address_or_port: a restream destination is in use where its address or its port alone is ; dest_by_session: a
destination is in use only where the same recording streams to it ; multi_by_session: 010005 by the sources its session has now ; restream_active:
active recordings can be restreamed, one stream for a recording at a time (070004) ; restream_no_arity: restream commands have no arity error: the
missing are empty, the surplus ignored ; paused_not_active: HotMarks on a paused recording: 010004 ; wall_marks: a recording's timestamp goes on
while paused ; createdby_only: createdBy is no field name ; status_070003: status of an unknown recording: 070003 ; permission_uuid: a permission
that is neither word nor UUID is not a UUID, unknown ones: 030003 ; tab_separates: an unquoted tab separates arguments like a space"""
# name lines: description
FAULTS_TEXT = r"""
third_rec_free 635: only the third recording of a session does not keep the session busy for deletion ; repaused_free 635: a recording paused,
resumed and paused again does not block deleteSession ; delete_latest 635: deleteSession looks at the latest recording only (start, start, stop
second, delete) ; remove_first 740: removeSourceFromSession looks at the first recording only (two started, first stopped) ; add_paused 690:
addSourceToSession allowed while the only unfinished recordings are paused ; busy_after_paused_stop 690: a recording stopped while paused keeps
blocking addSourceToSession ; shared_removal 745,694,1035: a source removed from one session vanishes from all others ; readd_dup 694: a source
removed and added again can then be added twice ; quoted_dup 694: a duplicate source is noticed only when unquoted ; second_dup_text 694: a duplicate
of a session's second source: 060008 with the text of 040009 ; fifth_source 219,665: a fifth source is accepted once a source had been removed before
; empty_rerecord 1035: a session recorded before can be recorded without any source ; delete_other_conn 634: deleting a session a second time over
another connection: OK ; ghost_start 1029: startRecording works on a deleted session that had a recording ; ghost_unlive 580: setLiveSession false
works on a deleted session ; ghost_description 907: updateSessionMetadata description works on a deleted session ; ghost_category 963:
setSessionCategory with several values works on a deleted session ; id_reuse 211: the session created next after a deletion gets the deleted one's ID
; stream_id_reuse 211: a second start to the same destination returns the first stream's ID ; title_64 358,541: createSession with a title of exactly
64 characters answers bare OK ; escape_quote_end 343,347: an escaped quote at the end of a quoted argument: syntax error ; escape_backslash_end
343,348: an escaped backslash at the end of a quoted argument: syntax error ; escape_n_lost 346,348,961: an escaped backslash before n is taken for a
line feed: values "a\\n" and "a\n" are duplicates ; bare_backslash 343: outside quotes a backslash before a space joins two arguments ; arity_empty
1589: arity messages do not count empty quoted arguments ; arity_words 1589: arity messages count the words inside quoted arguments ;
arity_extra_empty 736: an empty surplus argument of removeSourceFromSession is ignored ; arity_stale 1589: the second arity error in a row on a
connection repeats the first's count ; echo_64 1588: the wrong parameter is cut to 64 characters ; echo_lower 1588: the wrong parameter is shown in
lower case when quoted ; echo_nfc 1588: the wrong parameter is shown NFC-normalised ; echo_bar 1588: the wrong parameter is cut at a vertical bar ;
echo_first 1588,1410: a wrong categoryId shows the recordingId after an earlier success of setCategory ; syntax_poison 1586: after a syntax error the
next command with quotes fails with the same ; phantom_session 505,580: the session created right after Session not found does not exist afterwards ;
own_connection 1133,1160: stopRecording works only over the connection that started the recording ; paused_elsewhere 1199: over a second connection a
paused recording is RECORDING ; repause_state 1199,227: paused, resumed, paused again: status RECORDING ; paused_stop_state 1200,227: stopped while
paused: status stays PAUSED ; resume_finished 228: a recording stopped while paused can be resumed ; pause_finished 228: a finished recording that
had been paused once accepts pauseRecording ; stop_siblings 1133: stopRecording finishes all recordings of the session ; pause_siblings 1046:
pauseRecording pauses older recordings of the session too ; third_stop 1133,1200: the third recording of a session answers OK to stop but goes on ;
mark_after_resume 1469: after a resume HotMarks at one timestamp are not refused ; mark_cross 1469,1437: a HotMark of another recording in the same
second is a collision ; mark_finished 1470: a finished recording that has a HotMark accepts more ; mark_title 1470: 'Y' is not an active recording
shows the title ; mark_text 1468: addHotmark on an unknown recording: 040002 with 040001's text ; mark_two_seconds 1441: HotMark timestamps are
rounded down to two seconds ; user_case_quoted 1236: user names are case-sensitive when quoted, for recordings ; group_case_own 1292: group names are
case-sensitive for OWN on recordings ; own_finished 1237,1251: OWN is no permission for a finished recording shared with a user ; record_leak 1309:
after RECORD was given to a session's group, recordings' groups accept it ; perm_text 786: after a recording was shared, the session permission error
lacks RECORD ; no_roles_second 1256,791: a second attempt to share with a user without roles: OK ; no_roles_recording_group 1314: a group without
roles is accepted for recordings with OWN ; user_text 1253,790: after an unknown group, an unknown user is 040004 Group not found ; dup_quoting
961,1414: duplicate values that differ in quoting are not noticed ; dup_apart 961,1414: duplicate values are noticed side by side only ; last_space
960,1413: a trailing space is not noticed in the last of several values ; last_empty 959,1412: an empty last value after two others is accepted ;
dup_stored 1414: values set before count as duplicates for recordings ; dest_kept 1515: a destination stays in use after its stream was stopped ;
dest_source_text 1516: while any stream runs, a source's address is reported without 'by a source' ; port_65535 1512: port 65535 is no port number
while a stream of the recording runs ; stop_by_recording 1561: stopRestreamRecording takes the recordingId and stops its streams ; unauth_second
386,1590: an unauthorised client's second connection is served ; unauth_open 386: after Not Authorized the connection stays open ; swap 306,308: the
last two replies of a burst of three or more are swapped ; utf8_split 1588,312: a character split between segments is damaged in the echo ;
stale_error 1576,308: two errors that alternate: the third reply (A B A) repeats B ; tab_echo 1588,330: a tab inside quotes becomes a space in the
echo ; quoted_bool 579,334: setLiveSession refuses a quoted true once the session is live ; finished_title 1367: updateMetadata title on a finished
recording that had been paused: Recording not found ; field_echo 1371,906: 'Z' is an invalid field name shows the value when it is quoted ;
delete_title 606: deleteSession deletes all other sessions of the same title ; long_line 320: a line of more than 1024 bytes is cut there and the
rest read as a command"""
VARIANTS: dict[str, str] = {x.split(": ", 1)[0]: x.split(": ", 1)[1] for x in " ".join(VARIANTS_TEXT.split()).split(" ; ")}
F: dict[str, tuple[str, list[int]]] = {
    h.split()[0]: (d, [int(n) for n in h.split()[1].split(",")])
    for h, d in (x.split(": ", 1) for x in " ".join(FAULTS_TEXT.split()).split(" ; "))}
SPELL = "WATCH", "EDIT", "RECORD", "OWN"
Tok = NamedTuple("Tok", [("text", str), ("raw", str), ("quoted", bool)])
@dataclass(eq=False)
class Recording:
    id: str
    sid: str
    sources: int
    nth: int = 1
    state: str = "RECORDING"
    conn: int = 0
    pauses: int = 0
    resumes: int = 0
    paused_stop: bool = False
    acc: float = 0.0
    since: float = 0.0
    began: float = 0.0
    marks: set[int] = field(default_factory=set)
    values: dict[str, set[str]] = field(default_factory=dict)
    @property
    def open(self) -> bool: return self.state in ("RECORDING", "PAUSED")
@dataclass(eq=False)
class Session:
    id: str
    title: str
    sources: list[str] = field(default_factory=list)
    recs: list[Recording] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    live: bool = False
Stream = NamedTuple("Stream", [("id", str), ("rid", str), ("ip", str), ("port", int)])
@dataclass
class Conn:
    n: int
    last_arity: int | None = None
    poisoned: bool = False
    errors: list[str] = field(default_factory=list)

class Fail(Exception):
    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text
Check = tuple[int, int, Callable[[], None]]

class Device:
    def __init__(self, variant: str, fault: str, scale: float) -> None:
        self.v, self.f, self.scale = variant, fault, scale
        self.sessions: dict[str, Session] = {}
        self.dead: dict[str, Session] = {}
        self.recs: dict[str, Recording] = {}
        self.streams: dict[str, Stream] = {}
        self.old_streams: dict[tuple[str, str, int], str] = {}
        self.kept: set[tuple[str, int]] = set()
        self.flags: set[str] = set()
        self.deleter: dict[str, int] = {}
        self.walls: set[int] = set()
        self.reuse, self.phantom, self.cur, self.stamp = "", False, 0, 0
        self.sources = {self.new_id(): f"239.77.0.{i + 1}:{7001 + i}" for i in range(10)}
        self.cats, self.perms, self.noshare = ({self.new_id() for _ in range(2)} for _ in range(3))
        odd = variant == "odd_names"
        self.u = ["Zoë Ångström", 'Jo "Q" Public', "back\\slash"] if odd else ["viewer", "Creator", "InfoDev"]
        self.u_group, self.u_none = (["ÉLODIE de la Tour"], ["no roles"]) if odd else (["grouped"], ["nobody"])
        self.g, self.g_none = (["Ärzte Süd", 'The "A" Team'], ["Leere Gruppe"]) if odd else (["Viewers", "Grp10"], ["Empties"])
        self.fix = self.build()
    def now(self) -> float: return time.monotonic() * self.scale
    def new_id(self) -> str:
        if self.v == "ids_v7":
            n = (time.time_ns() // 1_000_000 << 80) | random.getrandbits(80)
            n = n & ~(0xF << 76) | (7 << 76)
            s = str(uuid.UUID(int=n & ~(3 << 62) | (2 << 62)))
        else: s = str(uuid.uuid4())
        return s.upper() if self.v == "upper_ids" else s
    def key(self, s: str) -> str:
        if self.v == "lenient_uuid":
            with contextlib.suppress(ValueError): s = str(uuid.UUID(s))
        return s.upper() if self.v == "upper_ids" else s.lower()
    def is_uuid(self, s: str) -> bool:
        if self.v == "lenient_uuid": return re.fullmatch(r"\{?[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?", s) is not None
        if self.v == "strict_uuid":
            return re.fullmatch(r"[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}", s, re.I | re.A) is not None
        return re.fullmatch(r"[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}", s, re.I | re.A) is not None
    def add_session(self, title: str, sources: list[str]) -> Session:
        sid = self.reuse if self.f == "id_reuse" and self.reuse else self.new_id()
        self.reuse = ""
        self.sessions[sid] = Session(sid, title, sources)
        return self.sessions[sid]
    def add_rec(self, s: Session, conn: int = 0) -> Recording:
        r = Recording(self.new_id(), s.id, len(s.sources), len(s.recs) + 1, conn=conn, since=self.now(), began=self.now())
        s.recs.append(r)
        self.recs[r.id] = r
        return r
    def build(self) -> dict[str, object]:
        src = list(self.sources)
        one, none = self.add_session("One", [src[0]]), self.add_session("None", [])
        multi = self.add_session("Multi", src[1:3])
        rec, pau = self.add_session("Recording", [src[3]]), self.add_session("Paused", [src[4]])
        active, paused = self.add_rec(rec), self.add_rec(pau)
        fin, fin2, many, bad = self.add_rec(one), self.add_rec(one), self.add_rec(multi), self.add_rec(one)
        paused.state, bad.state = "PAUSED", "ERROR"
        for r in (fin, fin2, many): r.state = "FINISHED"
        fx: dict[str, object] = {"authorised_client": "127.0.0.1", "unauthorised_client": "127.0.0.7"}
        if self.v == "bare":
            self.perms = self.noshare = set()
            return fx
        n = 1 if self.v == "sparse" else 99
        fx |= {"source_ids": src[:n], "source_addresses": list(self.sources.values())[:n], "user_names": self.u[:n],
               "group_names": self.g[:n], "category_ids": sorted(self.cats)[:n],
               "restream_ips": ["239.88.0.1", "239.88.0.2", "10.88.0.3"][:n], "restream_ports": [5004, 5006, 5008][:n],
               "session_with_source": one.id, "recording_finished": fin.id}
        if n == 1:
            self.perms, self.noshare = set(), set()
            return fx
        return fx | {
            "user_names_role_via_group": self.u_group, "user_names_no_roles": self.u_none, "group_names_no_roles": self.g_none,
            "permission_ids": sorted(self.perms), "permission_ids_cannot_share": sorted(self.noshare),
            "session_ids": list(self.sessions), "session_empty": none.id, "session_multi_source": multi.id,
            "session_recording": rec.id, "session_paused_recording": pau.id, "recording_ids": list(self.recs),
            "recording_ids_finished": [fin.id, fin2.id, many.id], "recording_active": active.id, "recording_paused": paused.id,
            "recording_multi_source": many.id, "recording_error": bad.id}
    def split(self, line: str) -> list[Tok]:
        toks: list[Tok] = []
        seps = " \t" if self.v == "tab_separates" else " "
        i, n, bad = 0, len(line), Fail("000001", "Syntax Error")
        while i < n:
            if line[i] in seps:
                i += 1
                continue
            start, buf, quoted = i, "", False
            while i < n and line[i] not in seps:
                c = line[i]
                if c == "\\" and self.f == "bare_backslash" and line[i + 1:i + 2] == " ":
                    buf, i = buf + "\\ ", i + 2
                    continue
                if c != '"' or (i > start and self.v == "literal_quotes"):
                    buf, i = buf + c, i + 1
                    continue
                if self.v == "strict_quotes" and i > start: raise bad
                quoted, i = True, i + 1
                while True:
                    if i >= n: raise bad
                    c = line[i]
                    if c == '"': break
                    if c == "\\" and i + 1 < n:
                        e = line[i + 1]
                        last = line[i + 2:i + 3] == '"' and line[i + 3:i + 4] in ("", " ")
                        if e == '"' and last and self.f == "escape_quote_end": raise bad
                        if e == "\\" and last and self.f == "escape_backslash_end": raise bad
                        if e == "\\" and line[i + 2:i + 3] == "n" and self.f == "escape_n_lost":
                            buf, i = buf + "\n", i + 3
                            continue
                        if e in 'n"\\':
                            buf, i = buf + {"n": "\n"}.get(e, e), i + 2
                            continue
                        if self.v == "strict_quotes": raise bad
                    buf, i = buf + c, i + 1
                i += 1
                if i < n and line[i] not in seps and self.v in ("strict_quotes", "literal_quotes"): raise bad
            toks.append(Tok(buf, line[start:i], quoted))
        return toks
    def show(self, t: Tok) -> str:
        if self.v == "raw_echo": return t.raw
        s = t.text
        how = {"echo_64": s[:64], "echo_lower": s.lower() if t.quoted else s, "echo_nfc": unicodedata.normalize("NFC", s),
               "echo_bar": s.split("|")[0], "tab_echo": s.replace("\t", " ")}
        return how.get(self.f, s).replace("\n", "\\n")
    def execute(self, data: bytes, c: Conn) -> str | None:
        name = ""
        try:
            try: line = data.decode()
            except UnicodeError:
                if self.v == "bad_utf8_closes": raise
                raise Fail("000001", "Syntax Error") from None
            if line.endswith("\r") and self.v != "cr_kept": line = line[:-1]
            if not line.strip() and self.v == "blank_ignored": return None
            if c.poisoned and '"' in line:
                c.poisoned = False
                raise Fail("000001", "Syntax Error")
            c.poisoned = False
            toks = self.split(line)
            name = self.command(toks[0].text if toks else "")
            if name not in COMMANDS: raise Fail("000002", "Command not found")
            out = self.run(name, toks[1:], c)
            self.flags.add("ok " + name)
            c.last_arity = None
            c.errors.clear()
            if out is None: return "OK"
            if self.v == "table_style": return "OK " + out
            if name == "getRecordingStatus" and self.v == "spaced_status": return "OK | " + out
            return "OK|" + out
        except Fail as e:
            if e.code == "000001" and self.f == "syntax_poison": c.poisoned = True
            if e.code == "040006" and self.f == "phantom_session": self.phantom = True
            if e.code != "010003": c.last_arity = None
            parts = ["ERROR", e.code, e.text]
            reply = "|".join(parts) if self.v != "table_style" else " ".join(x for x in parts if x != "000002")
            if self.f == "stale_error" and len(c.errors) >= 2 and c.errors[-2] == reply != c.errors[-1]:
                reply = c.errors.pop()
                c.errors.clear()
                return reply
            c.errors.append(reply)
            return reply
    def command(self, word: str) -> str:
        if self.v == "case_blind": return next((n for n in COMMANDS if n.lower() == word.lower()), word)
        return word
    def arity(self, name: str, a: list[Tok], c: Conn) -> None:
        n, more = COMMANDS[name]
        if len(a) == n or (more and len(a) > n): return
        if self.f == "arity_extra_empty" and name == "removeSourceFromSession" and len(a) == 3 and not a[2].text: return
        if self.v == "restream_no_arity" and "Restream" in name:
            a += [Tok("", '""', True)] * (n - len(a))
            return
        got = len(a)
        if self.f == "arity_empty": got = sum(1 for t in a if t.text)
        elif self.f == "arity_words": got = sum(max(1, len(t.text.split())) for t in a)
        elif self.f == "arity_stale" and c.last_arity is not None: got = c.last_arity
        c.last_arity = got
        text = f"Expected {n} parameter(s)"
        if self.v != "general_texts": text = {"addHotmark": "Expected 2 parameters", "setCategory": "Expected at least 3 parameters"}.get(name, text)
        raise Fail("010003", f"{text}. Got {got} parameter(s)")
    def run(self, name: str, a: list[Tok], c: Conn) -> str | None:
        self.arity(name, a, c)
        checks: list[Check] = []
        do = getattr(self, "do_" + name, None)
        if do is None: do = self.share if name.startswith("share") else self.category if "Category" in name else self.metadata
        act = do(name, a, checks, c)
        orders = {"right_first": lambda x: (x[0], -x[1]), "interleaved": lambda x: (x[0] == 2, x[1], x[0])}
        for _, _, check in sorted(checks, key=orders.get(self.v, lambda x: x[:2])): check()
        return act()
    def need_uuid(self, ch: list[Check], name: str, a: list[Tok], i: int) -> None:
        def check() -> None:
            if self.is_uuid(a[i].text): return
            low = name in ("setLiveSession", "deleteSession", "removeSourceFromSession") and self.v != "general_texts"
            t = a[i]
            if name == "setCategory" and i == 1 and self.f == "echo_first" and "ok setCategory" in self.flags: t = a[0]
            raise Fail("010001", f"'{self.show(t)}' is not a {'uuid' if low else 'UUID'}")
        ch.append((0, i, check))
    def need(self, ch: list[Check], i: int, ok: Callable[[], bool], code: str, text: str | Callable[[], str], phase: int = 1) -> None:
        def check() -> None:
            if not ok(): raise Fail(code, text if isinstance(text, str) else text())
        ch.append((phase, i, check))
    def sess(self, t: Tok) -> Session:
        k = self.key(t.text)
        return self.sessions.get(k) or self.dead[k]
    def need_session(self, ch: list[Check], name: str, a: list[Tok], i: int) -> None:
        self.need_uuid(ch, name, a, i)
        def ok() -> bool:
            k = self.key(a[i].text)
            if k in self.sessions: return True
            d = self.dead.get(k)
            return d is not None and (
                (self.f == "ghost_start" and name == "startRecording" and bool(d.recs))
                or (self.f == "ghost_unlive" and name == "setLiveSession" and a[1].text == "false")
                or (self.f == "ghost_description" and name == "updateSessionMetadata" and a[1].text == "description")
                or (self.f == "ghost_category" and name == "setSessionCategory" and len(a) > 3)
                or (self.f == "delete_other_conn" and name == "deleteSession" and self.deleter.get(k) != self.cur))
        self.need(ch, i, ok, "040006", "Session not found")
    def need_rec(self, ch: list[Check], name: str, a: list[Tok], i: int, code: str = "040002", text: str = "Recording not found") -> None:
        self.need_uuid(ch, name, a, i)
        self.need(ch, i, lambda: self.key(a[i].text) in self.recs, code, text)
    def rec(self, t: Tok) -> Recording: return self.recs[self.key(t.text)]
    def do_createSession(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        title = a[0].text.strip() if self.v == "title_trim" else a[0].text
        self.need(ch, 0, lambda: title != "", "010001", "Session name must be at least 1 character", 0)
        full = self.v == "fifty_sessions" and len(self.sessions) >= 50
        taken = self.v == "unique_titles" and any(s.title == title for s in self.sessions.values())
        self.need(ch, 0, lambda: not full and not taken, "070019", "Failed to create a session", 2)
        def act() -> str | None:
            if self.phantom:
                self.phantom = False
                return self.new_id()
            s = self.add_session(title, [])
            return None if self.f == "title_64" and len(title) == 64 else s.id
        return act
    def do_setLiveSession(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.need_session(ch, name, a, 0)
        def ok() -> bool:
            s = self.sessions.get(self.key(a[0].text))
            return a[1].text in ("true", "false") and not (
                self.f == "quoted_bool" and a[1].quoted and a[1].text == "true" and s is not None and s.live)
        self.need(ch, 1, ok, "010001", lambda: f"'{self.show(a[1])}' is not a boolean", 0)
        def act() -> None: self.sess(a[0]).live = a[1].text == "true"
        return act
    def busy(self, s: Session, name: str) -> bool:
        rs = s.recs
        live = [r for r in rs if r.open]
        how = {"third_rec_free deleteSession": [r for r in live if r.nth != 3],
               "repaused_free deleteSession": [r for r in live if not (r.state == "PAUSED" and r.pauses > 1)],
               "delete_latest deleteSession": [r for r in rs[-1:] if r.open],
               "remove_first removeSourceFromSession": [r for r in rs[:1] if r.open],
               "add_paused addSourceToSession": [r for r in live if r.state != "PAUSED"],
               "busy_after_paused_stop addSourceToSession": live or [r for r in rs if r.paused_stop]}
        return bool(how.get(f"{self.f} {name}", live))
    def do_deleteSession(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.cur = c.n
        self.need_session(ch, name, a, 0)
        text = "Active recording currently in progress" if self.v == "general_texts" else "Recording currently in progress"
        self.need(ch, 0, lambda: self.key(a[0].text) in self.dead or not self.busy(self.sess(a[0]), name), "060003", text, 2)
        def act() -> None:
            gone = [s := self.sess(a[0])]
            if self.f == "delete_title": gone += [x for x in self.sessions.values() if x is not s and x.title == s.title]
            for x in gone:
                if self.sessions.pop(x.id, None):
                    self.dead[x.id], self.deleter[x.id], self.reuse = x, c.n, x.id
                    if self.v == "cascade":
                        for r in x.recs:
                            self.recs.pop(r.id, None)
                            self.streams = {k: st for k, st in self.streams.items() if st.rid != r.id}
        return act
    def do_addSourceToSession(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.need_session(ch, name, a, 0)
        self.need_uuid(ch, name, a, 1)
        k = self.key(a[1].text)
        self.need(ch, 1, lambda: k in self.sources, "040009", "Source not found")
        self.need(ch, 0, lambda: not self.busy(self.sess(a[0]), name), "060003", "Active recording currently in progress", 2)
        def fresh() -> bool:
            s = self.sess(a[0])
            if k not in s.sources or (self.f == "readd_dup" and k in s.removed) or (self.f == "quoted_dup" and a[1].quoted): return True
            if self.f == "second_dup_text" and s.sources.index(k) == 1: raise Fail("060008", "Source not found")
            return False
        self.need(ch, 1, fresh, "060008", "Source already added to this session", 2)
        def room() -> bool:
            s = self.sess(a[0])
            if self.v == "exclusive_sources" and any(k in x.sources for x in self.sessions.values() if x is not s): return False
            return len(s.sources) < 4 or k in s.sources or (self.f == "fifth_source" and bool(s.removed))
        self.need(ch, 2, room, "070010", "Could not create a track", 2)
        def act() -> None: self.sess(a[0]).sources.append(k)
        return act
    def do_removeSourceFromSession(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.need_session(ch, name, a, 0)
        self.need_uuid(ch, name, a, 1)
        k = self.key(a[1].text)
        self.need(ch, 1, lambda: k in self.sources, "040009", "Source not found")
        self.need(ch, 0, lambda: not self.busy(self.sess(a[0]), name), "060003", "Active recording currently in progress", 2)
        missing = ("070000", "Internal Server Error") if self.v == "refuse_internal" else ("040009", "Source not found")
        self.need(ch, 1, lambda: k in self.sess(a[0]).sources or self.v == "idempotent", *missing, 2)
        def act() -> None:
            s = self.sess(a[0])
            for x in self.sessions.values() if self.f == "shared_removal" else [s]:
                if k in x.sources: x.sources.remove(k)
            s.removed.add(k)
        return act
    def do_startRecording(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.need_session(ch, name, a, 0)
        self.need(ch, 0, lambda: bool(self.sess(a[0]).sources) or (self.f == "empty_rerecord" and bool(self.sess(a[0]).recs)),
                  "060009", "Session requires at least one source", 2)
        self.need(ch, 1, lambda: self.v != "one_recording" or not self.busy(self.sess(a[0]), name), "070000", "Internal Server Error", 2)
        self.need(ch, 2, lambda: self.v != "small_disk" or sum(r.open for r in self.recs.values()) < 6, "070027", "Insufficient Disk Space", 2)
        return lambda: self.add_rec(self.sess(a[0]), c.n).id
    def do_pauseRecording(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.need_rec(ch, name, a, 0, "040001", "Active recording not found")
        gone = ("070003", "Failed to update state") if self.v == "refuse_internal" else ("040001", "Active recording not found")
        pause, k = name == "pauseRecording", self.key(a[0].text)
        def ghost(r: Recording) -> bool:
            return r.state == "FINISHED" and ((self.f == "pause_finished" and pause and r.pauses > 0)
                                              or (self.f == "resume_finished" and not pause and r.paused_stop))
        self.need(ch, 0, lambda: self.recs[k].open or ghost(self.recs[k]), *gone, 2)
        want = "RECORDING" if pause else "PAUSED"
        self.need(ch, 1, lambda: self.v == "idempotent" or self.recs[k].state == want or ghost(self.recs[k]), "070003", "Failed to update state", 2)
        def act() -> None:
            r = self.recs[k]
            if r.state == "RECORDING" and pause:
                r.acc += self.now() - r.since
                r.state, r.pauses = "PAUSED", r.pauses + 1
                if self.f == "pause_siblings":
                    for x in self.recs.values():
                        if x.sid == r.sid and x.state == "RECORDING" and x.nth < r.nth: x.state = "PAUSED"
            elif not pause and r.state != "RECORDING": r.state, r.since, r.resumes = "RECORDING", self.now(), r.resumes + 1
        return act
    do_resumeRecording = do_pauseRecording
    def do_stopRecording(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.need_rec(ch, name, a, 0, "040001", "Active recording not found")
        k = self.key(a[0].text)
        self.need(ch, 0, lambda: self.f != "own_connection" or self.recs[k].conn in (0, c.n), "040001", "Active recording not found", 1)
        gone = ("070003", "Internal Server Error") if self.v == "refuse_internal" else ("040001", "Active recording not found")
        self.need(ch, 0, lambda: self.recs[k].open or (self.v == "idempotent_stop" and self.recs[k].state == "FINISHED"), *gone, 2)
        def act() -> None:
            r = self.recs[k]
            if self.f == "third_stop" and r.nth == 3: return
            for x in [x for x in self.recs.values() if x is r or (self.f == "stop_siblings" and x.sid == r.sid and x.open)]:
                x.paused_stop = x.paused_stop or x.state == "PAUSED"
                x.state = "FINISHED"
        return act
    def do_getRecordingStatus(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.need_rec(ch, name, a, 0, *(("070003", "Recording not found") if self.v == "status_070003" else ("040001", "Active recording not found")))
        def act() -> str:
            r = self.rec(a[0])
            if r.state == "PAUSED" and ((self.f == "paused_elsewhere" and r.conn not in (0, c.n))
                                        or (self.f == "repause_state" and r.pauses > 1)):
                return "RECORDING"
            return "PAUSED" if r.state == "FINISHED" and self.f == "paused_stop_state" and r.paused_stop else r.state
        return act
    def share(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        of_rec, group = "Recording" in name, name.endswith("Group")
        who, perm = a[0], a[1].text
        words = [p for p in SPELL if p != "RECORD" or not of_rec or (self.f == "record_leak" and group and "leak" in self.flags)]
        shown = [p for p in SPELL if p != "RECORD" or not (of_rec or (self.f == "perm_text" and "shared" in self.flags))]
        def form() -> None:
            fin = self.recs.get(self.key(a[2].text))
            bad = self.f == "own_finished" and of_rec and not group and perm == "OWN" and fin is not None and fin.state == "FINISHED"
            if (perm in words and not bad) or self.key(perm) in self.perms | self.noshare: return
            if self.v == "permission_uuid":
                if self.is_uuid(perm): raise Fail("030003", "Cannot share")
                raise Fail("010001", f"'{self.show(a[1])}' is not a UUID")
            raise Fail("010001", "Permission must be one of: " + ", ".join(shown))
        ch.append((0, 1, form))
        def known() -> None:
            exact = (self.f == "user_case_quoted" and not group and of_rec and who.quoted) or (
                self.f == "group_case_own" and group and of_rec and perm == "OWN")
            fold: Callable[[str], str] = (lambda s: s) if exact else (lambda s: unicodedata.normalize("NFC", s).casefold())
            good, none = (self.g, self.g_none) if group else (self.u + self.u_group, self.u_none)
            n = fold(who.text)
            if n in map(fold, good): return
            if n not in map(fold, none):
                self.flags |= {"no group"} if group else set()
                other = self.f == "user_text" and "no group" in self.flags
                raise Fail("040005" if group else "040004", "Group not found" if group or other else "User not found")
            if (self.f == "no_roles_recording_group" and group and of_rec and perm == "OWN") or (
                    self.f == "no_roles_second" and not group and "no roles" in self.flags):
                return
            self.flags |= set() if group else {"no roles"}
            raise Fail("060002" if group else "060001", ("Group" if group else "User") + " has no roles assigned")
        ch.append((1, 0, known))
        self.need_rec(ch, name, a, 2) if of_rec else self.need_session(ch, name, a, 2)
        self.need(ch, 1, lambda: self.key(perm) not in self.noshare, "030003", "Cannot share", 2)
        def act() -> None: self.flags |= ({"shared"} if of_rec else set()) | ({"leak"} if group and perm == "RECORD" else set())
        return act
    def metadata(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        names = ["title", "description", "createdby"] + (["createdBy"] if self.v != "createdby_only" else [])
        self.need(ch, 1, lambda: a[1].text in names, "010001",
                  lambda: f"'{self.show(a[2] if self.f == 'field_echo' and a[2].quoted else a[1])}' is an invalid field name", 0)
        if name == "updateSessionMetadata": self.need_session(ch, name, a, 0)
        else:
            self.need_rec(ch, name, a, 0)
            self.need(ch, 0, lambda: not (self.f == "finished_title" and a[1].text == "title" and self.rec(a[0]).pauses > 0
                                          and self.rec(a[0]).state == "FINISHED"), "040002", "Recording not found", 2)
        def act() -> None:
            if name == "updateSessionMetadata" and a[1].text == "title": self.sess(a[0]).title = a[2].text
        return act
    def category(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        of_rec = name == "setCategory"
        self.need_rec(ch, name, a, 0) if of_rec else self.need_session(ch, name, a, 0)
        self.need_uuid(ch, name, a, 1)
        self.need(ch, 1, lambda: self.key(a[1].text) in self.cats, "040007", "Category not found")
        t = [x.text for x in a[2:]]
        full = t[:-1] if self.f == "last_empty" and len(t) > 2 else t
        self.need(ch, 2, lambda: all(full), "010001", "Please provide non-empty values", 0)
        tidy = t[:-1] + [t[-1].rstrip()] if self.f == "last_space" and len(t) > 1 else t
        self.need(ch, 3, lambda: all(x == x.strip(" ") for x in tidy), "010001", "Please remove any leading or trailing spaces in the values", 0)
        def unique() -> bool:
            if self.f == "dup_apart": return all(x != y for x, y in zip(t, t[1:]))
            if self.f == "dup_quoting": return len({x.raw for x in a[2:]}) == len(t)
            r = self.recs.get(self.key(a[0].text)) if self.f == "dup_stored" else None
            return len(set(t)) == len(t) and not (r and r.values.get(self.key(a[1].text), set()) & set(t))
        self.need(ch, 4, unique, "010001", "Please verify that values are unique", 0)
        def act() -> None:
            if of_rec: self.rec(a[0]).values[self.key(a[1].text)] = set(t)
        return act
    def do_addHotmark(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.need_rec(ch, name, a, 0, "040002", "Active recording not found" if self.f == "mark_text" else "Recording not found")
        def alive() -> bool:
            r = self.rec(a[0])
            if self.f == "mark_finished" and r.state == "FINISHED" and r.marks: return True
            return r.state == "RECORDING" or (r.state == "PAUSED" and self.v != "paused_not_active")
        self.need(ch, 0, alive, "010004", lambda: f"'{self.show(a[1 if self.f == 'mark_title' else 0])}' is not an active recording", 2)
        def stamp() -> int:
            r = self.rec(a[0])
            if self.v == "wall_marks": return int(self.now() - r.began)
            return int(r.acc + (self.now() - r.since if r.state == "RECORDING" else 0))
        def free() -> bool:
            r, t = self.rec(a[0]), stamp()
            self.stamp = t
            if r.state == "FINISHED" or (self.f == "mark_after_resume" and r.resumes): return True
            if self.f == "mark_two_seconds": return all(m // 2 != t // 2 for m in r.marks)
            if self.f == "mark_cross": return all(int(self.now()) != m for m in self.walls) and t not in r.marks
            return t not in r.marks
        self.need(ch, 1, free, "060004", "Hotmark already exists at this time", 2)
        def act() -> None:
            self.rec(a[0]).marks.add(self.stamp)
            self.walls.add(int(self.now()))
        return act
    def do_startRestreamRecording(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.need_rec(ch, name, a, 0)
        k, ip, port = self.key(a[0].text), a[1].text, a[2].text
        def ip_ok() -> bool:
            with contextlib.suppress(ValueError): return ipaddress.IPv4Address(ip) is not None
            return False
        self.need(ch, 1, ip_ok, "010001", lambda: f"'{self.show(a[1])}' is not an ip address", 0)
        top = 65534 if self.f == "port_65535" and any(s.rid == k for s in self.streams.values()) else 65535
        self.need(ch, 2, lambda: re.fullmatch(r"[0-9]{1,5}", port) is not None and int(port) <= top, "010001",
                  lambda: f"'{self.show(a[2])}' is not a port number", 0)
        def single() -> bool:
            r, s = self.recs[k], self.sessions.get(self.recs[k].sid)
            return (len(s.sources) if self.v == "multi_by_session" and s else r.sources) < 2
        self.need(ch, 0, single, "010005", "Only single source recordings can be streamed", 2)
        self.need(ch, 1, lambda: self.recs[k].state == "FINISHED" or (self.v == "restream_active" and self.recs[k].open),
                  "070004", "Error while starting stream", 2)
        def free() -> None:
            p = int(port)
            by = "" if self.f == "dest_source_text" and self.streams else " by a source"
            if f"{ip}:{p}" in self.sources.values(): raise Fail("010006", "Address or port already in use" + by)
            one = self.v == "address_or_port"
            if (ip, p) in self.kept or any(
                    ((s.ip == ip or s.port == p) if one else (s.ip, s.port) == (ip, p))
                    and not (self.v == "dest_by_session" and s.rid != k) for s in self.streams.values()):
                raise Fail("010006", "Address or port already in use")
        ch.append((2, 2, free))
        self.need(ch, 3, lambda: self.v != "restream_active" or all(s.rid != k for s in self.streams.values()),
                  "070004", "Error while starting stream", 2)
        def act() -> str:
            key = (k, ip, int(port))
            sid = self.old_streams.setdefault(key, self.new_id()) if self.f == "stream_id_reuse" else self.new_id()
            self.streams[sid] = Stream(sid, *key)
            return sid
        return act
    def do_stopRestreamRecording(self, name: str, a: list[Tok], ch: list[Check], c: Conn) -> Callable[[], str | None]:
        self.need_uuid(ch, name, a, 0)
        k = self.key(a[0].text)
        def hit() -> list[Stream]: return [s for s in self.streams.values() if s.id == k or (self.f == "stop_by_recording" and s.rid == k)]
        self.need(ch, 0, lambda: bool(hit()), "040003", "Stream not found")
        def act() -> None:
            for s in hit():
                del self.streams[s.id]
                if self.f == "dest_kept": self.kept.add((s.ip, s.port))
        return act
COMMANDS: dict[str, tuple[int, bool]] = {w[:-1]: (int(w[-1]), "Category" in w) for w in (
    "createSession1 setLiveSession2 deleteSession1 addSourceToSession2 removeSourceFromSession2 shareSessionWithUser3 shareSessionWithGroup3 "
    "updateSessionMetadata3 setSessionCategory3 startRecording1 pauseRecording1 resumeRecording1 stopRecording1 getRecordingStatus1 addHotmark2 "
    "shareRecordingWithUser3 shareRecordingWithGroup3 updateMetadata3 setCategory3 startRestreamRecording3 stopRestreamRecording1").split()}

class Server:
    def __init__(self, dev: Device) -> None: self.d, self.count, self.open, self.strangers = dev, 0, 0, 0
    async def send(self, w: asyncio.StreamWriter, replies: list[str]) -> None:
        data = "".join(r + "\n" for r in replies).encode()
        step = 3 if self.d.v == "small_segments" else len(data) or 1
        for i in range(0, len(data), step):
            w.write(data[i:i + step])
            await w.drain()
            if step == 3: await asyncio.sleep(0.001)
    async def client(self, r: asyncio.StreamReader, w: asyncio.StreamWriter) -> None:
        self.open, self.count = self.open + 1, self.count + 1
        try:
            with contextlib.suppress(OSError, UnicodeError): await self.serve(r, w, Conn(self.count))
        finally:
            self.open -= 1
            with contextlib.suppress(OSError): w.close()
    async def serve(self, r: asyncio.StreamReader, w: asyncio.StreamWriter, c: Conn) -> None:
        d = self.d
        if w.get_extra_info("peername")[0] != "127.0.0.1":
            self.strangers += 1
            if not (d.f == "unauth_second" and self.strangers > 1):
                if d.v == "slow": await asyncio.sleep(0.05)
                await self.send(w, ["ERROR 020000 Not Authorized" if d.v == "table_style" else "ERROR|020000|Not Authorized"])
                if d.f != "unauth_open": w.write_eof()  # what came unread would otherwise turn the close into a reset
                with contextlib.suppress(TimeoutError): await asyncio.wait_for(r.read(), 99 if d.f == "unauth_open" else 0.3)
                return
        if d.v == "twenty_connections" and self.open > 20: return
        buf = b""
        while chunk := await r.read(65536):
            if d.f == "utf8_split": chunk = chunk.decode(errors="replace").encode()
            buf += chunk
            *lines, buf = buf.split(b"\n")
            if d.f == "long_line": lines = [p for x in lines for p in ([x[:1024], x[1024:]] if len(x) > 1024 else [x])]
            if len(buf) > 4_000_000:
                await self.send(w, ["ERROR|000000|Unknown Error"])
                return
            gather = d.v == "burst" or (d.f == "swap" and len(lines) > 2)
            out: list[str] = []
            for x in lines:
                if d.v == "slow": await asyncio.sleep(random.uniform(0.03, 0.08))
                reply = d.execute(x, c)
                if reply is None: continue
                out.append(reply)
                if not gather:
                    await self.send(w, out)
                    out = []
            if d.v == "burst" and out: await asyncio.sleep(0.02)
            if d.f == "swap" and len(out) > 2: out[-2:] = out[:-3:-1]
            await self.send(w, out)
def toml(dev: Device, host: str, port: int) -> str:
    out = ["[target]", 'system = "hmp"', 'name = "hmp-cedar"', f"host = {json.dumps(host, ensure_ascii=False)}", f"clock_scale = {float(dev.scale)}",
           "timeout = 2.0", "[target.ports]", f"cli = {port}", "[target.fixtures]"]
    out += [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in dev.fix.items()]
    return "\n".join([*out, "[target.allow]", *(f"{k} = true" for k in ("write", "disruptive", "destructive", "slow", "load")), ""])

async def main(a: argparse.Namespace) -> None:
    dev = Device(a.variant, a.fault, a.clock_scale)
    server = await asyncio.start_server(Server(dev).client, a.host, a.port)
    port = int(server.sockets[0].getsockname()[1])
    if a.write_target:
        with open(a.write_target, "w", encoding="utf-8") as f: f.write(toml(dev, a.host, port))
    print("READY " + json.dumps({"host": a.host, "ports": {"cli": port}}), flush=True)
    async with server:
        await server.serve_forever()
def cli() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--variant", default="", choices=["", *VARIANTS])
    p.add_argument("--fault", default="", choices=["", *F])
    p.add_argument("--clock-scale", type=float, default=1.0)
    for flag in ("--list-variants", "--list-faults"): p.add_argument(flag, action="store_true")
    p.add_argument("--write-target")
    a = p.parse_args()
    if a.list_variants: print(json.dumps([{"name": k, "about": v} for k, v in VARIANTS.items()], indent=1))
    elif a.list_faults: print(json.dumps([{"name": k, "description": v[0], "lines": v[1]} for k, v in F.items()], indent=1))
    else:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(main(a))
if __name__ == "__main__": cli()
