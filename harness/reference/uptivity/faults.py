"""The seeded faults of the Uptivity Discover reference server, each wrong under every reading of the spec's ambiguities."""

from __future__ import annotations

from harness.reference.faults import Group, read_faults

# group -> lines of `name: clauses: what the server does`; `*` after the name: it takes two requests or more to see it.
_TEXT = {
    Group.FRAMING: """
        burst-nested*: UPT-MSG-004: Of three requests that come at once the second result stands within the first.
        burst-out-of-order*: UPT-MSG-005 UPT-NUM-001: The last two results of a burst of four change places.
        long-result-loses-piece*: UPT-MSG-006: A list of recordings of more than 4,096 characters lacks 24 of them.
        line-end-in-tag*: UPT-MSG-006 UPT-RES-001: In every tenth result of a connection a line end stands in a tag's name.
        short-segment-lost: UPT-MSG-003: The beginning of a request is lost if it comes in a segment of less than nine bytes.
        sixtieth-not-answered*: UPT-MSG-004: The 60th request of a connection is not answered.
        event-within-result*: UPT-EVT-007 UPT-MSG-004: To a subscriber who sends CALLSTOP the event comes within the result.
    """,
    Group.ESCAPING: """
        angle-bracket-unescaped*: UPT-MSG-006: An angle bracket in USER4 is not escaped in DEVICESTATUS.
        quote-lost: UPT-GRP-006 UPT-ADDGROUP.answer.GROUPNAME: A quotation mark in a group's name is lost in the result of ADDGROUP.
        half-reference: UPT-MSG-006: Apostrophes in the list of agents are references without an end.
        web-escaped-twice: UPT-GRP-006 UPT-WEB-005 UPT-ADDGROUP.answer.GROUPNAME: Over HTTP ADDGROUP escapes ampersands twice.
    """,
    Group.SHAPE: """
        message-missing: UPT-RES-001: SYSTEMSTATUS has no RESULTMSG.
        code-twice*: UPT-RES-001: RESULTCODE stands twice in the status of a device with two calls.
        update-told-as-start*: UPT-RES-002: The result of CHATUPDATE says CHATSTART.
        error-root: UPT-MSG-007: The root of an error of EXPORT is ERROR.
        blank-instance-missing: UPT-event.RECORDINGSTARTED.CALLINSTANCE UPT-EVT-004: RECORDINGSTARTED has no blank CALLINSTANCE.
        agent-missing-in-stop: UPT-event.CALLSTOP.AGENTID UPT-EVT-004: The event CALLSTOP has no AGENTID.
        device-count-off*: UPT-DEV-003: COUNT of DEVICELIST is one too high while a device is in a call.
        channel-count-short: UPT-CHN-001 UPT-CHANNELS.answer.CHANNELS.CHANNEL: COUNT of CHANNELS is one too low.
    """,
    Group.TYPES: """
        number-as-float: UPT-NUM-001: Request numbers above 16,777,216 lose their last digits.
        number-16-bits: UPT-NUM-001: CALLLIST repeats 16 bits of the request number.
        number-of-before-on-error*: UPT-NUM-001: An error repeats the number of the last success.
        number-limit-off-by-one: UPT-NUM-003: The number 2147483648 is taken.
        number-once-only*: UPT-NUM-005: The number of the request before is refused on the same connection.
        record-id-in-words: UPT-event.RECORDINGSTOPPED.RECORDID: RECORDID of RECORDINGSTOPPED begins with letters.
        disk-used-percent: UPT-SYS-003: The percentage of free room is that of the room in use.
        free-memory-above-all: UPT-SYS-004: More memory is free than there is.
    """,
    Group.ERRORS: """
        alias-error-code: UPT-CAL-002: CALLSTART for an unknown alias is answered with code 7.
        error-labelled-ok: UPT-RES-005: RESULTTYPE of agent-not-found is API_OK.
        code-of-updates: UPT-RES-004: CALLUPDATE of a record has code 37 and the label of 20.
        code-beyond-table: UPT-RES-003 UPT-ROL-007: An unknown role is answered with code 56.
        update-of-nothing: UPT-CAL-023: CALLUPDATE that names no device and no recording succeeds.
        role-without-name: UPT-ROL-002: MODIFYROLE without ROLENAME succeeds.
        chat-without-session: UPT-CHT-001: CHATUPDATE without SESSIONID succeeds.
        blackout-of-nobody: UPT-BLK-001: BLACKOUTSTART that names nobody is about the first device.
        any-action-adds: UPT-ROL-010: MODIFYUSERROLE takes an unknown action for ADD.
        unknown-role-deleted: UPT-ROL-007: DELETE of an unknown role succeeds.
        unknown-blackout-accepted: UPT-BLK-008: A blackout for an unknown alias succeeds.
        unknown-recording-mailed: UPT-EML-004: COMBINEDEMAIL of unknown recordings succeeds.
        window-of-first: UPT-WIN-003: AGENTWINDOW of an unknown user tells of the first computer.
        crm-user-not-looked-up: UPT-CAL-028: CALLUPDATE does not look a CRM_USER up.
        negative-offset-refused: UPT-BLK-003: A TIMEOFFSET below 0 is refused.
        stop-before-start-refused*: UPT-BLK-004: A blackout cannot end before it began.
        second-chat-refused*: UPT-CHT-006 UPT-CHATSTART: An agent who is in a chat cannot begin another.
    """,
    Group.STATE: """
        user7-to-user8*: UPT-CAL-003: CALLSTART puts USER7 into USER8.
        user15-not-saved*: UPT-CAL-029: The record of a recording has no USER15.
        saved-as-started*: UPT-CAL-029: The record has the values of CALLSTART where CALLUPDATE has changed them.
        update-clears-others*: UPT-CAL-020: CALLUPDATE blanks those of USER11 to USER15 that it does not carry.
        post-update-other-record*: UPT-CAL-031 UPT-CAL-032: CALLUPDATE with RECORDID changes the next recording.
        post-update-first-only*: UPT-CAL-031: CALLUPDATE with RECORDID changes the first of several values.
        post-update-user9-lost*: UPT-CAL-031: CALLUPDATE with RECORDID does not change USER9.
        idle-update-always*: UPT-CAL-026: CALLUPDATE changes the last recording of an idle device unasked.
        last-recording-of-any*: UPT-CAL-024: UPDATE_IF_NOT_RECORDING changes the last recording of all devices.
        stop-ends-first*: UPT-CAL-014: CALLSTOP with CALLINSTANCE ends the call that began first.
        stop-ends-all*: UPT-CAL-014: CALLSTOP ends all calls of the device.
        last-is-first*: UPT-CAL-015 UPT-CAL-022: Without CALLINSTANCE the call that began first is meant.
        instance-one-kept*: UPT-CAL-004: A further instance ends the one before it.
        instance-ignored-on-update*: UPT-CAL-021: CALLUPDATE changes the last call, whatever CALLINSTANCE says.
        update-reaches-all-instances*: UPT-CAL-021 UPT-CAL-022: CALLUPDATE changes all calls of the device.
        old-values-on-same-instance*: UPT-CAL-045: A call has the values of the one before it under the same CALLINSTANCE.
        refused-start-begins*: UPT-CAL-043: A CALLSTART that is refused for its number begins the call.
        recording-outlives-call*: UPT-CAL-016 UPT-EVT-014: The recording of a call that has a CALLINSTANCE goes on after CALLSTOP.
        partial-outlives-call*: UPT-REC-011: What RECORDSTART began goes on after CALLSTOP.
        partial-replaces-recording*: UPT-REC-005: RECORDSTART ends the recording of the call.
        record-time-ignored*: UPT-CAL-037: MAXRECORDTIME ends nothing.
        status-shows-first*: UPT-DEV-007: DEVICESTATUS shows the call that began first.
        second-instance-missing*: UPT-DEV-010: DEVICERECORDINGSTATUS shows one call of a device.
        instances-share-values*: UPT-DEV-010 UPT-CAL-004: DEVICERECORDINGSTATUS shows the values of the first call for all.
        busy-device-twice*: UPT-DEV-002: The last device that is in a call stands twice in DEVICELIST.
        busy-device-missing*: UPT-DEV-001: Of several devices in calls DEVICELIST lacks the last.
        crm-user-of-next*: UPT-DEV-009 UPT-DEV-004: A CRM_USER stands for the devices of the next agent.
        blackout-ends-recording*: UPT-BLK-009: A blackout ends the recording.
        blackout-clears-user1*: UPT-BLK-009: A blackout blanks USER1 of the call.
        blackout-instance-ignored*: UPT-BLK-005: A blackout pauses the last call, whatever CALLINSTANCE says.
        agent-blackout-pauses-one*: UPT-BLK-007: A blackout of an agent pauses one of several calls.
        chat-stop-ends-call*: UPT-CHT-008 UPT-CAL-016: CHATSTOP ends the calls of the agent.
        chat-update-changes-call*: UPT-CHT-008: CHATUPDATE changes the user values of the agent's calls.
        key-crm-as-sys: UPT-CHT-003: CHATSTART takes a CRM_USER for a SYS_USER.
    """,
    Group.CONSISTENCY: """
        filters-or: UPT-LST-001: CALLLIST lists what fits one of several filters.
        filter-user11-ignored: UPT-LST-015 UPT-LST-001: CALLLIST does not look at USER11.
        filter-by-beginning: UPT-LST-001: A filter fits values that begin like it.
        count-off-by-one: UPT-LST-003: CALLLIST lists one recording more than CALLCOUNT.
        count-ignored-with-dates: UPT-LST-003 UPT-LST-006: CALLCOUNT does not count with dates.
        bottom-instead-of-top: UPT-LST-006: With dates and CALLCOUNT the last ones are listed.
        end-date-ignored: UPT-LST-005: CALLDATEEND does not count.
        start-date-ignored-with-end: UPT-LST-004: CALLDATESTART does not count beside CALLDATEEND.
        last-recording-late*: UPT-LST-014 UPT-LST-002: The last recording is listed when there is a next one.
        updated-listed-twice*: UPT-LST-009: A recording that was changed is listed twice.
        name-lost-on-delete*: UPT-USR-016: Recordings of a deleted agent name nobody.
        name-of-new-holder*: UPT-USR-016: Recordings name the agent who has the phone now.
        deleted-keeps-phones*: UPT-USR-015: The phones of a deleted agent are not free.
        deleted-still-active*: UPT-USR-014: A deleted agent is listed as before.
        same-names-added*: UPT-USR-006: ADD with the names of an agent adds another.
        add-again-changes-values*: UPT-USR-007: A refused ADD changes the agent that has the names.
        modify-clears-others*: UPT-USR-009: MODIFY blanks EMAIL and EMPLOYEEID where it does not carry them.
        modify-changes-next*: UPT-USR-009 UPT-USR-011: MODIFY changes the next agent, if there is one.
        modify-makes-another*: UPT-USR-010: MODIFY of a last name makes another agent.
        modified-name-loses-phones*: UPT-USR-010: MODIFY of a last name takes the agent's phones.
        list-lacks-last*: UPT-USR-012 UPT-USR-005: The list lacks the last of more than eight agents.
        phone-taken-over*: UPT-PHN-008: ADD of a phone takes it from another agent.
        phone-deleted-clears-agent*: UPT-PHN-006: Deleting a phone blanks the agent's EMAIL.
        phone-deleted-with-records*: UPT-PHN-007: Deleting a phone deletes its recordings.
        names-before-id: UPT-PHN-003: Names go before AGENTID in IMPORTAGENTPHONE.
        station-kept-twice*: UPT-WST-003: A station keeps its former mapping.
        device-kept-twice*: UPT-WST-003: A device keeps its former mapping.
        import-drops-first*: UPT-WST-004: IMPORTWORKSTATION drops the first mapping of others.
        term-lost*: UPT-TRM-003: Asked again, FETCHTERMINOLOGY lacks the last term.
        group-added-twice*: UPT-GRP-003: ADDGROUP of a name that is there gives another number.
        added-group-not-by-number*: UPT-GRP-005: A group that was added is not found by its number.
        deleted-member-stays-out*: UPT-GRP-018 UPT-ROL-013: What was deleted from a group or a role cannot be added again.
        permission-needs-alias: UPT-GRP-021 UPT-MODIFYGROUPPERMISSION.PHONEID: MODIFYGROUPPERMISSION refuses the phones of the agent.
        deleted-role-stays*: UPT-ROL-008: A deleted role is still there.
    """,
    Group.HTTP: """
        user15-lost-on-web*: UPT-WEB-005 UPT-CAL-003: Over HTTP USER15 is passed over.
        web-value-cut*: UPT-WEB-005 UPT-CAL-035: Over HTTP a value loses what is behind its 100th character.
        aspx-lacks-channels: UPT-WEB-002: The page webAPI.aspx does not know CHANNELS.
        url-names-lower-only: UPT-WEB-003: Names of parameters in a URL count in small letters alone.
        url-decoded-twice: UPT-WEB-004: Percent signs of decoded values are decoded again.
        encoded-plus-lost: UPT-WEB-004: An encoded plus sign is a blank.
        encoded-ampersand-splits: UPT-WEB-004: An encoded ampersand ends a value.
        web-other-error: UPT-CHT-004 UPT-WEB-005: Over HTTP CHATSTART for an unknown agent has the error of a user.
        web-echo-upper-case: UPT-GRP-019 UPT-WEB-005 UPT-MODIFYGROUPPERMISSION.answer.GROUPNAME: Over HTTP permissions repeat GROUPNAME in capitals.
        web-result-of-before*: UPT-NUM-001 UPT-WEB-005: Every twelfth request of a connection over HTTP has the result of the one before.
        export-next-record: UPT-EXP-006: EXPORT by ident gives the next recording.
        export-oldest*: UPT-EXP-007: EXPORT by a value of several recordings gives the oldest.
        format-remembered*: UPT-EXP-002: EXPORT has the format of the EXPORT before.
        wave-header-long: UPT-EXP-002: The header of a WAV tells more sound than there is.
        combined-first-only: UPT-EXP-004: COMBINEDEXPORT has the first recording alone.
        combined-not-joined: UPT-EXP-004: The header of a combined WAV tells eight bytes of sound.
        archive-lacks-last: UPT-EXP-005: MULTIEXPORT lacks the last of several recordings.
        archive-first-twice: UPT-EXP-005: MULTIEXPORT has the first recording twice and not the last.
        archive-cut: UPT-EXP-005: The archive of MULTIEXPORT lacks its last eight bytes.
    """,
    Group.CONNECTION: """
        second-stop-not-told*: UPT-EVT-012: Every second CALLSTOP is told to nobody.
        resumed-not-told*: UPT-EVT-017: The end of a pause is told to nobody.
        pause-not-told-of-instances*: UPT-EVT-016: The pause of a call that has a CALLINSTANCE is told to nobody.
        saving-not-told-after-update*: UPT-EVT-015: The saving of a recording with a number of days is told to nobody.
        second-recording-told-twice*: UPT-EVT-005: From the second recording of a device on RECORDINGSTARTED comes twice.
        pause-told-twice*: UPT-EVT-005 UPT-BLK-015: A second blackout tells the pause once more.
        calls-told-of-records*: UPT-EVT-006: Who asked for CALL is told of RECORDINGSTOPPED.
        resumed-told-to-all*: UPT-EVT-006: RECORDINGRESUMED is told to connections that did not ask.
        first-subscriber-only*: UPT-EVT-008 UPT-EVT-001: CALLSTART is told to the subscriber who asked first.
        starts-to-all-only*: UPT-EVT-001: Who asked for RECORD is not told of RECORDINGSTARTED.
        subscriber-replaces-others*: UPT-EVT-008: A new subscriber takes the place of the others.
        request-ends-subscription*: UPT-EVT-001 UPT-EVT-010: CHANNELS on a connection ends its subscription.
        events-stop-after-30*: UPT-EVT-001: A subscriber is told of 30 events and no more.
        resumed-as-call*: UPT-EVT-002: RECORDINGRESUMED is of class CALL.
        update-mistyped*: UPT-EVT-003: From the third on, RECORDINGUPDATE is called RECORDINGUPDATED.
        event-device-of-before*: UPT-EVT-009: The event CALLSTART has the device of the call before.
        recording-of-last-device*: UPT-EVT-009: RECORDINGSTOPPED has the device of the call that began last.
        event-instance-of-before*: UPT-EVT-019 UPT-event.CALLSTART.CALLINSTANCE: The event CALLSTART has the CALLINSTANCE of the call before.
    """,
}

FAULTS = read_faults(_TEXT)
