"""The seeded faults of the CDS reference server, each wrong under every reading of the spec's ambiguities."""

from __future__ import annotations

from harness.reference.faults import Group, read_faults

# group -> lines of `name: clauses: what the server does`; `*` after the name: it takes two requests or more to see it,
# `!`: it breaks every reply, or nearly every one. Rows are counted from 1 in the whole list of a period.
_TEXT = {
    Group.SHAPE: """
        attribute-twice: CDS-RSP-001: Row 10,701 of StreamHistory has its sessionID twice.
        ampersand-unescaped: CDS-RSP-001: An ampersand in the name of a content is not escaped in ContentState.
        bad-utf-8: CDS-RSP-001: A byte in row 10,334 of StreamListHistory is no UTF-8.
        control-character: CDS-RSP-001: The text of error 301 of an hour holds a control character.
        root-not-closed: CDS-RSP-001: A StreamListHistory of more than 10,000 rows lacks the end tag of its root.
        nothing-for-nothing: CDS-RSP-001: A period without errors is answered with an empty body.
        second-document: CDS-RSP-001: Devices are followed by a second document.
        other-root: CDS-RSP-002: The root of CapacityPlanning is CapacityPlanningResponse.
        other-namespace: CDS-RSP-002: A reconciliation without events is in another namespace.
        element-renamed: CDS-RSP-003 CDS-PAG-002: Row 10,801 of StreamHistory is a Streams element.
        attribute-missing: CDS-Errors.reply.Error.errorCode: Error 301 of an hour has no errorCode.
        attribute-case: CDS-TrickModeListHistory.reply.TrickMode.segmentIndex: Behind the first segment it is spelled segmentindex.
        two-lists: CDS-TrickmodeEvents.reply.TrickmodeEventList: Events behind the fifth stand in a list of their own.
    """,
    Group.TYPES: """
        fraction-late: CDS-StreamHistory.reply.Stream.bitrate: The bitrate in row 10,502 has a decimal point.
        exponent-late: CDS-StreamListHistory.reply.Content.contentLength: The length in row 11,111 has an exponent.
        word-for-number: CDS-ContentState.reply.ContentState.filesize: The size of a content that is loading is the word unknown.
        stream-type-case: CDS-StreamHistory.reply.Stream.streamType: The type in row 10,021 is in capitals.
        device-type: CDS-Devices.reply.Device.type: One vault is called a Vaults.
        state-word: CDS-ContentState.reply.ContentState.isaAdminState: One content is called Inservice.
        state-column: CDS-ContentRange.reply.Content.isaOpState: Contents that are loading are Unprovisioned in both columns.
        response-code: CDS-TrickModeListHistory.reply.TrickMode.response: A pause has the response 1.
        denominator: CDS-TrickmodeEvents.reply.TrickmodeEvent.ModeScaleDenom: At speeds above 8 the divider is 2.
        size-blank: CDS-TrickmodeEvents.reply.TrickmodeEventList.Size: A list without events has an empty Size.
        mode-case: CDS-TrickmodeEvents.reply.TrickmodeEvent.EventMode: The end of a stream is a tm_stop.
        npt-fraction: CDS-PlayServerHistory.reply.PlayServer.NPT: In reverse the play time has decimals.
        scale-word: CDS-TRK-005: A scale of 0 is the word pause in PlayServerHistory.
        octet-256: CDS-RSP-004: The streamer in row 10,223 of StreamHistory has 256 in its address.
        group-negative: CDS-RSP-007: One bitrate in ContentState is negative.
        session-empty: CDS-RSP-008: Row 10,940 of StreamHistory has an empty session.
    """,
    Group.ERRORS: """
        unknown-message-400: CDS-STA-002: A messageType that names nothing is answered with 400.
        message-prefix: CDS-STA-002: What follows a known messageType is not looked at.
        message-remembered*: CDS-STA-002: A messageType that names nothing stands for the one asked for before.
        missing-stream-102: CDS-TrickmodeEvents.error.missing-stream: A reconciliation without a stream has the error 102.
        error-text: CDS-TrickmodeEvents.error.missing-stream: The message has StreamID in one word.
        missing-message-404: CDS-TrickmodeEvents.error.invalid-message: A reconciliation without messageType is answered with 404.
        refusal-200: CDS-TrickModeHistory.window: A refused period is answered with 200 and no body.
        refusal-500: CDS-STA-001: PlayServerHistory answers a bad request with 500.
        refusal-422: CDS-STA-001: An action without what it needs is answered with 422.
        refusal-with-document: CDS-STA-003: Errors are refused with an ErrorsResponse.
        refusal-sticks*: CDS-STA-005: The request for the same message after a refused one is refused too.
        date-empty: CDS-StreamHistory.toDate.type: An empty toDate is an hour after fromDate.
        date-tail: CDS-StreamListHistory.toDate.type: Letters behind the digits of toDate are not looked at.
        to-date-optional: CDS-PlayServerHistory.toDate.required: Without toDate the period is an hour.
        from-date-optional*: CDS-Errors.fromDate.required: Without fromDate that of the request before counts.
        max-rows-optional: CDS-ContentRange.maxRows.required: Without maxRows the range is the whole list.
        max-rows-word: CDS-ContentRange.maxRows.type: A maxRows that is no number gives the whole list.
        group-not-needed: CDS-CAP-001: The capacity of a service group without its number is that of all.
        server-not-needed: CDS-CAP-002: The capacity of a server without its number is that of all.
        any-action: CDS-CapacityPlanning.error.bad-request: An action that is none is OVERALL.
        group-word: CDS-CapacityPlanning.serviceGroup.type: A service group that is no number is the first one.
        format-needed: CDS-REQ-006: StreamListHistory without dateFormat is refused where maxRows is given.
        escapes-kept: CDS-REQ-004 CDS-REC-002: Escaped bars in a StreamID are not decoded.
    """,
    Group.WINDOW: """
        second-more: CDS-TrickModeListHistory.window: A period of 3,601 seconds is taken.
        second-less: CDS-PlayServerHistory.window: A period of 3,600 seconds is refused.
        minutes-compared: CDS-Errors.window: The length of a period is compared in whole minutes.
        day-taken: CDS-StreamListHistory.window: A period of a day is taken where it begins at midnight.
        unchecked-after-20*: CDS-StreamHistory.window: After 20 requests on a connection periods of any length are taken.
        row-of-yesterday: CDS-TIM-001: Row 10,951 of StreamHistory is a day before the period.
        error-behind: CDS-TIM-004: The error that follows the period is listed too.
        minute-filled: CDS-TIM-004: A period of errors goes on to the end of its last minute.
        interval-behind: CDS-TIM-005: CapacityPlanning goes on for an hour behind the period.
        milliseconds: CDS-TIM-006: The maxTime of MaxStreamModifiedTime is in milliseconds.
        stale-when-empty*: CDS-TIM-001: A period without streams is answered with the rows of the request before.
    """,
    Group.PAGING: """
        page-loses*: CDS-PAG-002: Behind offset 10,000 the first row of a page of StreamHistory is lost.
        page-doubles*: CDS-PAG-002: Behind offset 10,000 a page of StreamListHistory begins with the row before.
        row-more: CDS-PAG-001: From 50 on maxRows of TrickModeHistory is exceeded by one row.
        row-less*: CDS-PAG-004: A page of Errors that is not the last is one row short.
        page-reversed*: CDS-PAG-003: Pages of PlayServerHistory behind the first are in reverse order.
        offset-wraps*: CDS-PAG-002: An offset behind the last error begins again at the first.
        offset-in-pages*: CDS-PAG-002: An offset of TrickModeListHistory that is a multiple of maxRows counts pages.
        offset-capped*: CDS-PAG-002: Offsets of StreamListHistory beyond 8,192 are 8,192.
        last-page-lost*: CDS-PAG-002: A last page of Errors that is not full is empty.
        page-drifts*: CDS-PAG-002: The third page that a connection asks for begins with a row of the second.
        page-remembered*: CDS-PAG-002: The second page of TrickModeHistory in a row is the first one again.
        one-is-all: CDS-PAG-001: A maxRows of 1 gives all play servers.
        sixteen-bits*: CDS-PAG-004: maxRows of Errors is counted modulo 65,536.
    """,
    Group.STATE: """
        range-with-offset*: CDS-CNT-002: A range begins with the named content.
        range-skips*: CDS-CNT-002 CDS-CNT-003: Behind a name that is not ASCII a content is left out.
        escaped-twice*: CDS-CNT-005: A percent sign in an offset is decoded once more.
        plus-lost*: CDS-CNT-005: An escaped plus sign in an offset is a space.
        range-cut*: CDS-CNT-005: An offset ends at a semicolon.
        offset-255*: CDS-CNT-005: Of an offset the first 255 bytes count.
        case-forgotten*: CDS-CNT-002: An offset finds the first content that differs in case alone.
        range-goes-on*: CDS-CNT-003: A range without an offset goes on behind the range before.
        range-disorder: CDS-CNT-001: Contents 401 and 402 of the list change places.
        range-more: CDS-PAG-001: From 100 on maxRows of ContentRange is exceeded by one.
        content-twice: CDS-CNT-004: The last content of ContentState is there twice.
        loading-in-service: CDS-CNT-006: A content that is loading is operational in ContentRange.
    """,
    Group.CONSISTENCY: """
        session-missing*: CDS-CON-001: One stream with trick modes is in no stream history.
        max-stream-behind*: CDS-CON-002: The time of the last change is that of the last but one.
        max-error-behind*: CDS-CON-003: The time of the last error is that of the last but one.
        max-stream-ahead: CDS-CON-004: The time of the last change is a day later than the current one.
        max-error-goes-back*: CDS-CON-014: Every second time the last error is an earlier one.
        time-runs-back*: CDS-CON-010: Every third current time is ten seconds earlier.
        times-differ*: CDS-CON-015: The two messages about the last change tell times that are an hour apart.
        list-lacks-singles*: CDS-CON-005: Every thousandth session of one content is missing from StreamListHistory.
        database-time-differs*: CDS-CON-006: Every hundredth dbTime of StreamListHistory is a second later.
        play-server-missing*: CDS-CON-007: Reverse play has no play server.
        trick-missing*: CDS-CON-008: The end of a stream of one content is not in TrickModeListHistory.
        states-differ*: CDS-CON-009: What is out of service in ContentState is in service in ContentRange.
        history-shrinks*: CDS-CON-011: The third time a period is asked for its first row is missing.
        group-unknown*: CDS-CON-012: Row 10,061 of StreamHistory has a service group that is not configured.
        streamer-unknown*: CDS-CON-013: Every fiftieth error is of a streamer that is no device.
        session-of-error*: CDS-CON-016: Every fiftieth error names a session that there is not.
        segment-from-1: CDS-STR-003: The contents of a playlist are numbered from 1.
        segment-repeated: CDS-STR-003: The last content of a playlist has the number of the one before.
        playlist-without-content: CDS-STR-004: Stream 10,405 of StreamListHistory has no content.
        ends-before-start: CDS-STR-001: Stream 10,601 of StreamListHistory ends before it begins.
        paused-moves: CDS-TRK-001: The play time goes on while a stream is paused.
        play-stands: CDS-TRK-002: In normal play the play time stays where it is.
        reverse-advances: CDS-TRK-003: In reverse the play time goes on.
        npt-below-0: CDS-TRK-004: Reverse play goes on to negative times.
        forward-goes-back: CDS-TRK-008: Fast forward goes back.
        segment-of-single*: CDS-TRK-006: The end of a stream of one content is in segment 1.
        segment-beyond*: CDS-TRK-007: The end of a playlist is in a segment behind its last.
        trick-after-end*: CDS-TRK-009: The end of a stream is told an hour after it.
        counter-above: CDS-CAP-004: The peak number of streams is one more than the sum of both.
        counter-below: CDS-CAP-004: The peak number of streams is less than that of standard definition.
        intervals-overlap: CDS-CAP-005: The second half of a period is an interval of its own.
        group-above-all*: CDS-CAP-007: A service group has more streams than all together.
        segment-id-from-0: CDS-REC-004: Segments of a reconciliation are numbered from 0.
        size-off-by-one: CDS-REC-003: Lists of more than five events have a Size that is one too great.
        stream-id-changed: CDS-REC-002: The StreamID of a reply has no bars.
        stale-reconciliation*: CDS-REC-002: A reconciliation without events is that of the stream asked for before.
        event-time-word: CDS-REC-005: The times of events are dates.
        play-time-word: CDS-REC-006: The play time of an event is a clock time.
        events-disordered: CDS-REC-008: The last two events change places.
    """,
    Group.HTTP: """
        length-short: CDS-HTT-001: The Content-Length of a body of more than 10,000 bytes is one too small.
        length-long: CDS-HTT-001: The Content-Length of a body of more than 10,000 bytes is one too great.
        two-lengths: CDS-HTT-001: ServiceGroups has two lengths that differ.
        chunk-cut: CDS-HTT-001: A chunked reply of more than a megabyte ends without its last chunk.
        chunk-size: CDS-HTT-001: The size of the eleventh chunk of a reply is one too small.
        head-with-body: CDS-HTT-001: A reply to HEAD has a body.
        head-remembered*: CDS-RSP-001: The reply after one to HEAD has no body.
        error-twice: CDS-HTT-001: A reply with 404 is sent twice.
        closed-unsaid*: CDS-HTT-004: The connection ends after a reply with 400, which does not say so.
        closed-after-40*: CDS-REQ-001: The 40th request of a connection is not answered.
        stale-reply*: CDS-RSP-002 CDS-REQ-001: The 25th reply of a connection is the one before.
        reply-of-another*: CDS-HTT-007: A request that comes at once after another connection's gets the reply to that.
        compressed-unasked: CDS-HTT-006: Bodies of more than 100,000 bytes are compressed for everybody.
        wrong-charset: CDS-HTT-003: The Content-Type names ISO-8859-1.
        wrong-declaration: CDS-RSP-005 CDS-RSP-001: The declaration of ContentState names US-ASCII.
    """,
}

FAULTS = read_faults(_TEXT)
