"""The seeded faults of the HMP reference server, each wrong under every reading of the spec's ambiguities."""

from __future__ import annotations

from harness.reference.faults import Group, read_faults

# group -> lines of `name: clauses: what the server does`; `*` after the name: it takes two requests or more to see it,
# `!`: it breaks every reply, or nearly every one.
_TEXT = {
    Group.FRAMING: """
        crlf-on-status: HMP-SYN-002: A successful getRecordingStatus ends with CR LF.
        crlf-everywhere!: HMP-SYN-002: Every reply ends with CR LF.
        syntax-error-unfinished: HMP-SYN-002: The line feed of a syntax error is sent with the next reply.
        second-error-doubled*: HMP-EXE-002: The second of two errors in a row is sent twice.
        split-character-corrupted: HMP-SYN-003: A character cut by the end of a segment is decoded in two halves.
        long-line-truncated: HMP-SYN-001 HMP-RSP-006: What a line has beyond 1,000 bytes is dropped.
        last-of-burst-waits*: HMP-SYN-001 HMP-EXE-002: The last of several commands in a segment waits for more bytes.
        quote-spans-lines*: HMP-SYN-012 HMP-SYN-001: An open quote goes on in the next line.
    """,
    Group.ESCAPING: r"""
        quoted-blanks-collapsed: HMP-SYN-006: Several spaces within quotes become one.
        quoted-tab-to-space: HMP-SYN-006: A tab within quotes becomes a space.
        backslash-pair-then-quote: HMP-SYN-010: A quote behind two backslashes does not end the string.
        backslash-pair-then-n: HMP-SYN-010: Two backslashes and an n become a backslash and a line feed.
        line-feed-escape-is-n: HMP-SYN-008: Backslash n stands for the letter n.
        empty-argument-dropped: HMP-SYN-007 HMP-RSP-007: An empty quoted argument is not counted.
        plain-quotes-kept: HMP-SYN-007: Quotes around a value without a space stay part of it.
        unquoted-backslash-escapes: HMP-SYN-011: A backslash outside of quotes is dropped before another character.
        escaped-quote-dropped: HMP-SYN-009: An escaped quote is read over.
        text-normalised: HMP-SYN-003 HMP-RSP-006: Text is brought to Unicode's composed form.
        astral-replaced: HMP-SYN-003: Characters above U+FFFF become question marks.
        single-quotes-group: HMP-SYN-007 HMP-SYN-005: Apostrophes delimit an argument too.
    """,
    Group.SHAPE: """
        no-source-without-code: HMP-RSP-003: The error about a session without a source has no code.
        value-on-live: HMP-RSP-001: The OK of setLiveSession carries the value that was set.
        lower-case-ok!: HMP-RSP-001 HMP-RSP-002: Successes begin with ok.
        multi-recording-without-id*: HMP-startRecording.result: A recording of several sources starts without its id.
        five-digit-code: HMP-RSP-004: The codes of deleteSession lose their leading zero.
    """,
    Group.TYPES: """
        port-65536: HMP-startRestreamRecording.port.type: 65536 is taken for a port.
        octet-256: HMP-startRestreamRecording.ip.type: 256 is taken for an octet.
        three-octets: HMP-startRestreamRecording.ip.type: An address of three numbers is taken.
        short-uuid: HMP-setLiveSession.sessionId.type: An id that lacks its last digit is taken for a UUID.
        long-uuid: HMP-startRecording.sessionId.type: Text behind an id is not looked at.
        numeric-boolean: HMP-setLiveSession.active.type: 1 and 0 are booleans.
        any-field: HMP-updateMetadata.fieldName.type: updateMetadata takes any field name.
        record-on-recordings: HMP-SHR-003: RECORD is a permission of recordings.
        surplus-ignored: HMP-pauseRecording.arity: pauseRecording passes over surplus parameters.
    """,
    Group.ERRORS: """
        arity-counts-name: HMP-RSP-007: The arity message counts the command name.
        echo-lower-cased: HMP-RSP-006: Repeated values are in lower case.
        echo-first-parameter: HMP-RSP-006: The first parameter is repeated instead of the wrong one.
        echo-truncated: HMP-RSP-006: Repeated values are cut off after 32 characters.
        echo-stale*: HMP-RSP-006: The value repeated is that of the first such error on the connection.
        source-with-session-code: HMP-addSourceToSession.error.source-not-found: It has the code of a session.
        group-with-user-text: HMP-shareSessionWithGroup.error.group-not-found: The text is the one about users.
        full-stop-in-text: HMP-setLiveSession.error.session-not-found: The message ends with a full stop.
        unknown-command-as-syntax: HMP-EXE-004: Unknown commands are syntax errors.
    """,
    Group.STATE: """
        unique-among-neighbours: HMP-CAT-002: Only values next to each other are compared.
        unique-among-first-two: HMP-CAT-002: Only the first two values are compared.
        first-value-trimmed: HMP-CAT-004: Only the first value is looked at for spaces.
        trailing-space-only: HMP-CAT-004: Leading spaces of a value pass.
        last-value-may-be-empty: HMP-CAT-003: The last of several values may be empty.
        removed-source-keeps-slot*: HMP-SRC-004 HMP-SRC-001: A removed source still counts towards the four.
        fifth-source*: HMP-SRC-002: A session takes five sources.
        three-sources*: HMP-SRC-001: A session does not take a fourth source.
        readding-refused*: HMP-SRC-004: A source that was removed cannot be added again.
        duplicate-source-last-only*: HMP-SRC-003: Only the source added last is known as already added.
        add-while-paused*: HMP-SRC-006: Sources can be added while the recording is paused.
        remove-while-paused*: HMP-SRC-007: Sources can be removed while the recording is paused.
        frozen-after-stop*: HMP-SRC-008: Sources cannot be changed once a session was recorded.
        delete-while-paused*: HMP-SES-005: A session whose recording is paused can be deleted.
        delete-checks-first*: HMP-SES-004: Only the first recording of a session keeps it from being deleted.
        delete-blocked-for-ever*: HMP-SES-006: A session that was recorded cannot be deleted.
        delete-takes-namesakes*: HMP-SES-008: Deleting a session deletes the others of its title.
        deleted-session-lives*: HMP-SES-002: setLiveSession still finds a deleted session.
        same-title-same-id*: HMP-OBJ-001: A second session of a title gets the id of the first.
        pause-spreads*: HMP-REC-011: Pausing a recording pauses another active one too.
        resume-keeps-status*: HMP-REC-004: The status of a resumed recording stays PAUSED.
        finished-resumed*: HMP-REC-008: A finished recording can be resumed.
        finished-paused*: HMP-REC-007: Pausing a finished recording is OK.
        paused-not-stopped*: HMP-REC-006: A paused recording cannot be stopped.
        status-resumes*: HMP-REC-015: Reading the status of a paused recording resumes it.
        pause-comes-late*: HMP-EXE-003: A pause takes effect with the second next command on the connection.
        failed-stop-stops*: HMP-EXE-005: stopRecording with too many parameters stops the recording all the same.
        failed-restream-reserves*: HMP-EXE-005: A refused re-stream of several sources keeps its address in use.
        multi-source-restreamed: HMP-STR-002: Recordings of several sources are re-streamed.
        stream-stopped-twice*: HMP-STR-001: A stopped stream can be stopped once more.
        address-kept*: HMP-STR-005: The address of a stopped stream stays in use.
        address-shared*: HMP-STR-003: Two streams may have one address and port.
        source-address-shared: HMP-STR-004: A stream may go to the address of a source.
        hotmarks-of-all*: HMP-HOT-005: HotMarks of other recordings in the same second are in the way.
        hotmark-twice*: HMP-HOT-002: A second HotMark in the same second is taken.
        hotmark-two-seconds*: HMP-HOT-002: A HotMark is refused in the second after another one too.
        user-case: HMP-SHR-001: User names are compared with their case.
        group-case: HMP-SHR-002: Group names are compared with their case.
        roles-of-groups-ignored: HMP-SHR-005: A role through a group does not count.
        group-without-roles-taken: HMP-SHR-006: Groups need no role.
        live-once*: HMP-SES-003: The live state cannot be set to the value it has.
        second-recording-same-id*: HMP-OBJ-001: Recording a session again gives the id of its first recording.
        deleted-id-reused*: HMP-OBJ-001: A new session gets the id of the one deleted last.
        restream-reactivates*: HMP-REC-009 HMP-REC-010: A finished recording is active again once it is re-streamed.
        stop-spreads*: HMP-REC-011: Stopping a recording stops another active one too.
        resumed-not-stopped*: HMP-REC-005: A recording that was resumed cannot be stopped.
        removal-spreads*: HMP-SES-008: A source removed from a session leaves the other sessions too.
        duplicate-add-counts*: HMP-EXE-005: A source that is refused as already added counts towards the four.
        unique-over-commands*: HMP-setSessionCategory: A value that the session already has in the category is refused.
        share-once*: HMP-shareSessionWithUser: A session that is shared with a user cannot be shared with it again.
        paused-metadata-refused: HMP-MET-002: updateMetadata does not find a paused recording.
    """,
    Group.CONNECTION: """
        unauthorised-stays-open: HMP-ACC-002: The connection of an unauthorised client stays open.
        unauthorised-silent: HMP-ACC-001: The connection of an unauthorised client is closed without a word.
        reply-of-another*: HMP-EXE-007: Right after another connection's command its reply is sent once more.
        closes-after-syntax-error: HMP-EXE-006: A syntax error ends the connection.
        closes-after-50-errors*: HMP-EXE-006: The fiftieth error of a connection ends it.
        leftover-leaks*: HMP-SYN-001: What one connection left unfinished comes before the next one's first line.
        sessions-die-with-connection*: HMP-SES-001 HMP-OBJ-003: The sessions created over a connection go with it.
        recordings-die-with-connection*: HMP-OBJ-003: The recordings started over a connection go with it.
        streams-die-with-connection*: HMP-STR-001: The streams started over a connection end with it.
    """,
    Group.ROBUSTNESS: """
        every-25th-reply-lost*: HMP-EXE-002: Every 25th reply of a connection is not sent.
        burst-out-of-order*: HMP-EXE-001: The ninth and tenth replies to a burst change places.
        mute-after-bad-utf8*: HMP-EXE-006: After a line that is not UTF-8 the connection answers nothing more.
        values-beyond-16-ignored: HMP-CAT-002 HMP-CAT-001: The 17th and later values of a category are not looked at.
        deaf-after-30-unknown*: HMP-EXE-006 HMP-EXE-002: After 30 unknown commands the connection answers nothing more.
    """,
}

FAULTS = read_faults(_TEXT)
