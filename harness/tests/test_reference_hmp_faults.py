"""The HMP reference server's seeded faults: each shows in a scripted dialogue, cites clauses, and is really there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.reference.faults import Fault, Group
from harness.reference.hmp import faults as faults_module
from harness.reference.hmp.faults import FAULTS
from harness.spec.clauses import catalogue
from harness.tests.test_reference_hmp import MODEL, READINGS, UNKNOWN, Scene

_MADE = "s=createSession a\naddSourceToSession {s} {source1}\nr=startRecording {s}\n"
_PAIR = "s=createSession a\naddSourceToSession {s} {source1}\naddSourceToSession {s} {source2}\n"
_STOPPED = _MADE + "stopRecording {r}\n"
_STREAM = "t=startRestreamRecording {recording_finished} 10.1.1.1 7\n"
_CATEGORY = "setSessionCategory {session_empty} {category_ids} "
_LIVE = "setLiveSession {session_empty} "

DIALOGUES = {
    "crlf-on-status": "getRecordingStatus {recording_active}",
    "crlf-everywhere": "foo",
    "syntax-error-unfinished": 'foo "\nfoo',
    "second-error-doubled": "foo\nfoo",
    "split-character-corrupted": "send b'setLiveSession \\xc3'\nsend b'\\xa9 true\\n'",
    "long-line-truncated": _LIVE + "x" * 1200,
    "last-of-burst-waits": "burst foo ;; foo",
    "quote-spans-lines": 'createSession "a\nfoo',
    "quoted-blanks-collapsed": _LIVE + '"a  b"',
    "quoted-tab-to-space": _LIVE + '"a\tb"',
    "backslash-pair-then-quote": _LIVE + '"a\\\\"',
    "backslash-pair-then-n": _LIVE + '"a\\\\n"',
    "line-feed-escape-is-n": _LIVE + '"a\\nb"',
    "empty-argument-dropped": _LIVE + '""',
    "plain-quotes-kept": _LIVE + '"true"',
    "unquoted-backslash-escapes": _LIVE + "a\\b",
    "escaped-quote-dropped": _LIVE + '"a\\"b"',
    "text-normalised": _LIVE + "e\u0301",
    "astral-replaced": _LIVE + "\U0001f600",
    "single-quotes-group": _LIVE + "'a b'",
    "no-source-without-code": "startRecording {session_empty}",
    "value-on-live": _LIVE + "true",
    "lower-case-ok": _LIVE + "true",
    "multi-recording-without-id": _PAIR + "startRecording {s}",
    "five-digit-code": "deleteSession x",
    "port-65536": "startRestreamRecording {recording_finished} 10.1.1.1 65536",
    "octet-256": "startRestreamRecording {recording_finished} 10.1.1.256 7",
    "three-octets": "startRestreamRecording {recording_finished} 10.1.1 7",
    "short-uuid": "setLiveSession " + UNKNOWN[:-1] + " true",
    "long-uuid": "startRecording " + UNKNOWN + "x",
    "numeric-boolean": _LIVE + "1",
    "any-field": "updateMetadata {recording_active} titel x",
    "record-on-recordings": "shareRecordingWithUser Viewer RECORD {recording_active}",
    "surplus-ignored": "pauseRecording {recording_active} x",
    "arity-counts-name": "createSession",
    "echo-lower-cased": _LIVE + "Yes",
    "echo-first-parameter": _LIVE + "x",
    "echo-truncated": _LIVE + "x" * 40,
    "echo-stale": _LIVE + "x\n" + _LIVE + "y",
    "source-with-session-code": "addSourceToSession {session_empty} {unknown}",
    "group-with-user-text": "shareSessionWithGroup none OWN {session_empty}",
    "full-stop-in-text": "setLiveSession {unknown} true",
    "unknown-command-as-syntax": "foo",
    "unique-among-neighbours": _CATEGORY + "a b a",
    "unique-among-first-two": _CATEGORY + "a b b",
    "first-value-trimmed": _CATEGORY + 'a " b"',
    "trailing-space-only": _CATEGORY + '" a"',
    "last-value-may-be-empty": _CATEGORY + 'a ""',
    "removed-source-keeps-slot": _PAIR
    + "addSourceToSession {s} {source3}\naddSourceToSession {s} {source4}\nremoveSourceFromSession {s} {source1}\n"
    "addSourceToSession {s} {source5}",
    "fifth-source": READINGS[51],
    "three-sources": READINGS[51],
    "readding-refused": _PAIR + "removeSourceFromSession {s} {source1}\naddSourceToSession {s} {source1}",
    "duplicate-source-last-only": _PAIR + "addSourceToSession {s} {source1}",
    "add-while-paused": _MADE + "pauseRecording {r}\naddSourceToSession {s} {source2}",
    "remove-while-paused": _MADE + "pauseRecording {r}\nremoveSourceFromSession {s} {source1}",
    "frozen-after-stop": _STOPPED + "addSourceToSession {s} {source2}",
    "delete-while-paused": _MADE + "pauseRecording {r}\ndeleteSession {s}",
    "delete-checks-first": _STOPPED + "startRecording {s}\ndeleteSession {s}",
    "delete-blocked-for-ever": _STOPPED + "deleteSession {s}",
    "delete-takes-namesakes": "s=createSession a\nt=createSession a\ndeleteSession {s}\nsetLiveSession {t} true",
    "deleted-session-lives": "s=createSession a\ndeleteSession {s}\nsetLiveSession {s} true",
    "same-title-same-id": "createSession a\ncreateSession a",
    "pause-spreads": _MADE + "t=startRecording {session_with_source}\npauseRecording {r}\ngetRecordingStatus {t}",
    "resume-keeps-status": _MADE + "pauseRecording {r}\nresumeRecording {r}\ngetRecordingStatus {r}",
    "finished-resumed": _STOPPED + "resumeRecording {r}\ngetRecordingStatus {r}",
    "finished-paused": _STOPPED + "pauseRecording {r}",
    "paused-not-stopped": _MADE + "pauseRecording {r}\nstopRecording {r}",
    "status-resumes": "getRecordingStatus {recording_paused}\ngetRecordingStatus {recording_paused}",
    "pause-comes-late": _MADE + "pauseRecording {r}\ngetRecordingStatus {r}\ngetRecordingStatus {r}",
    "failed-stop-stops": _MADE + "stopRecording {r} x\ngetRecordingStatus {r}",
    "failed-restream-reserves": "startRestreamRecording {recording_multi_source} 10.1.1.1 7\n" + _STREAM,
    "multi-source-restreamed": "startRestreamRecording {recording_multi_source} 10.1.1.1 7",
    "stream-stopped-twice": _STREAM + "stopRestreamRecording {t}\nstopRestreamRecording {t}",
    "address-kept": _STREAM + "stopRestreamRecording {t}\n" + _STREAM,
    "address-shared": _STREAM + _STREAM,
    "source-address-shared": READINGS[60],
    "hotmarks-of-all": _MADE + "addHotmark {r} a\naddHotmark {recording_active} b",
    "hotmark-twice": "addHotmark {recording_active} a\naddHotmark {recording_active} b",
    "hotmark-two-seconds": "addHotmark {recording_active} a\n+1\naddHotmark {recording_active} b",
    "user-case": "shareSessionWithUser viewer OWN {session_empty}",
    "group-case": "shareSessionWithGroup grp10 OWN {session_empty}",
    "roles-of-groups-ignored": "shareSessionWithUser MaryAnn OWN {session_empty}",
    "group-without-roles-taken": "shareSessionWithGroup EmptyGroup OWN {session_empty}",
    "live-once": _LIVE + "true\n" + _LIVE + "true",
    "second-recording-same-id": _STOPPED + "startRecording {s}",
    "deleted-id-reused": "s=createSession a\ndeleteSession {s}\ncreateSession a",
    "restream-reactivates": _STREAM + "getRecordingStatus {recording_finished}",
    "stop-spreads": _MADE + "t=startRecording {session_with_source}\nstopRecording {r}\ngetRecordingStatus {t}",
    "resumed-not-stopped": _MADE + "pauseRecording {r}\nresumeRecording {r}\nstopRecording {r}",
    "removal-spreads": _PAIR + "removeSourceFromSession {s} {source1}\nstartRecording {session_with_source}",
    "duplicate-add-counts": _PAIR + "addSourceToSession {s} {source1}\naddSourceToSession {s} {source3}\n"
    "addSourceToSession {s} {source4}",
    "unique-over-commands": _CATEGORY + "a\n" + _CATEGORY + "a",
    "share-once": "shareSessionWithUser Viewer OWN {session_empty}\nshareSessionWithUser Viewer EDIT {session_empty}",
    "paused-metadata-refused": "updateMetadata {recording_paused} title x",
    "unauthorised-stays-open": "@2 127.0.0.2",
    "unauthorised-silent": "@2 127.0.0.2",
    "reply-of-another": _LIVE + "x\n@2\n" + _LIVE + "y",
    "closes-after-syntax-error": 'foo "',
    "closes-after-50-errors": "foo\n" * 50,
    "leftover-leaks": "send b'createSession '\nclose\n@2\nfoo",
    "sessions-die-with-connection": "s=createSession a\nclose\n@2\nsetLiveSession {s} true",
    "recordings-die-with-connection": _MADE + "close\n@2\ngetRecordingStatus {r}",
    "streams-die-with-connection": _STREAM + "close\n@2\nstopRestreamRecording {t}",
    "every-25th-reply-lost": "foo\n" * 25,
    "burst-out-of-order": "burst " + " ;; ".join(f"setLiveSession {number} true" for number in range(12)),
    "mute-after-bad-utf8": "send b'\\xff\\n'\nfoo",
    "values-beyond-16-ignored": _CATEGORY + " ".join(map(str, range(17))) + " 16",
    "deaf-after-30-unknown": "foo\n" * 31,
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_shows(fault: Fault) -> None:
    script = DIALOGUES[fault.name]
    assert Scene().play(script) == Scene().play(script)
    assert Scene().play(script) != Scene(faults=(fault.name,)).play(script)


def test_faults_cite_clauses_and_are_spread() -> None:
    entries = catalogue(MODEL)
    assert [(fault.name, clause) for fault in FAULTS for clause in fault.clauses if clause not in entries] == []
    assert {fault.name for fault in FAULTS} == set(DIALOGUES)
    assert len(FAULTS) == len(DIALOGUES) >= 48
    steps = {name: len(script.strip().replace(" ;; ", "\n").splitlines()) for name, script in DIALOGUES.items()}
    assert [fault.name for fault in FAULTS if fault.stateful and steps[fault.name] < 2] == []
    assert {fault.group for fault in FAULTS} == set(Group) - {Group.PAGING, Group.WINDOW, Group.CONSISTENCY, Group.HTTP}
    assert sum(fault.stateful for fault in FAULTS) * 2 >= len(FAULTS)
    assert sum(fault.gross for fault in FAULTS) * 5 <= len(FAULTS)


def test_the_faults_asked_for_are_the_faults_listed() -> None:
    folder = Path(faults_module.__file__).parent
    source = "".join(path.read_text() for path in folder.glob("*.py") if path.name != "faults.py")
    missing = [fault.name for fault in FAULTS if f'"{fault.name}"' not in source]
    asked = set(re.findall(r'faults\.on\(\s*"([^"]+)"', source))
    assert ([], set()) == (missing, asked - {fault.name for fault in FAULTS})


def test_a_fault_that_is_not_known_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'hotmark-twice'"):
        Scene(faults=("hotmark-twise",))
    with pytest.raises(UsageError, match="reading of HMP-AMB-001 'pip'; did you mean 'pipe'"):
        Scene(readings={"HMP-AMB-001": "pip"})
    with pytest.raises(UsageError, match="ambiguity"):
        Scene(readings={"HMP-AMB-999": "pipe"})
