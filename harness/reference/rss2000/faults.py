"""The seeded faults of the RSS 2000 reference server, each wrong under every reading of the spec's ambiguities."""

from __future__ import annotations

from harness.reference.faults import Group, read_faults

# group -> lines of `name: clauses: what the server does`; `*` after the name: it takes two commands or more to see it, `!`: it breaks
# every answer, or nearly every one.
_TEXT = {
    Group.FRAMING: """
        long-length-short: RSS-TPK-003: The length of a packet of more than 8,192 bytes is one too small.
        length-without-header: RSS-TPK-003: The length of a confirm of REFRESHSTATUS does not count the header.
        reserved-set: RSS-TPK-002: The reserved byte of a confirm of LOGOUT is 1.
        answer-in-two: RSS-TPK-004 RSS-TPK-007: An answer of more than 30,000 bytes is cut into two packets.
        burst-in-one-packet*: RSS-TPK-004 RSS-TPK-007: The answers to commands that come in one segment share a packet.
        header-not-joined: RSS-TPK-005: A segment of less than four bytes at the start of a packet is lost.
        long-command-cut: RSS-TPK-005: Of a command of more than 4,096 bytes the rest is not read.
        indication-version-4: RSS-TPK-001: Indications have version 4.
        second-document: RSS-TPK-004 RSS-XML-002: The packet of GETMEMBER holds its document twice.
    """,
    Group.ESCAPING: """
        ampersand-unescaped: RSS-XML-002: An ampersand in the description of a group is not escaped in GETGROUP.
        quote-unescaped: RSS-XML-002: A quotation mark in a full name is not escaped in GETDEVUSER.
        latin-1: RSS-XML-001: SETMEDIAINFO and ADDROOM answer in ISO-8859-1.
        control-character: RSS-XML-002: The packet loss of the first connection holds a control character.
        root-not-closed: RSS-XML-002: An answer of more than 8,192 bytes lacks the end tag of its root.
        letters-lost: RSS-XML-011: Letters outside of ASCII are question marks in the full names of GETDEVUSER.
        astral-lost: RSS-XML-011: Characters above U+FFFF are question marks in descriptions of groups.
        escaped-twice: RSS-XML-011: An ampersand in the description of a modified group is escaped twice.
        angle-brackets-lost: RSS-XML-011: Names of rooms lose their angle brackets in GETROOM.
    """,
    Group.SHAPE: """
        indication-root: RSS-XML-003: The root of indications is DVCR.
        failure-without-version: RSS-XML-004: The root of an answer that tells a failure has no version.
        changed-as-added: RSS-XML-006: The confirm of MODDEVUSER is called adddevuser.
        confirm-as-indication: RSS-XML-005: DELROOM is answered with an INDICATION.
        result-missing: RSS-XML-008: The confirm of GETSTACKING has no RESULT.
        failure-code-2: RSS-XML-008: A DELENDPOINT that fails has the result 2.
        names-left-out: RSS-GRP-009: MODGROUP tells no names of endpoints that are members.
        indication-lacks-path: RSS-SETSTORAGE.indication.PATH: The indication of SETSTORAGE has no PATH.
        deletion-told-as-change: RSS-XML-006: The deletion of a group is told as modgroup.
    """,
    Group.TYPES: """
        count-in-words: RSS-GETDEVINFO.confirm.RECABILITY: RECABILITY has a word behind its number.
        percent-sign: RSS-REFRESHSTATUS.confirm.CPU: CPU has a percent sign.
        quick-code-short: RSS-ARC-025: QUICKCODE has no zeros in front.
        live-as-archive: RSS-ARC-016: Streams say in CATALOG that they are archives.
    """,
    Group.CONNECTION: """
        logout-forgotten*: RSS-SES-008: A session goes on after its logout.
        logout-ends-all*: RSS-SES-012 RSS-SES-002: A logout ends all sessions of the user.
        never-expires*: RSS-SES-005: Sessions have no end.
        expires-half-time*: RSS-SES-006: A session ends after 15 minutes without activity.
        activity-forgotten*: RSS-SES-007: A session ends 30 minutes after its login, whatever it does.
        renews-all*: RSS-SES-005: A command in one session begins the idle time of all anew.
        any-id-accepted: RSS-SES-004: An id as long as a right one is taken for the oldest session.
        connection-is-enough*: RSS-SES-003: On a connection that has logged in the id may be left out.
        session-shared*: RSS-SES-001: A second login of a user on another connection gets the id of the first.
        failed-login-logs-out*: RSS-SES-012: A login that fails ends the sessions of the user that it names.
        privilege-of-added*: RSS-SES-011: The login of a user that was added tells the privilege of an administrator.
        password-eight-characters: RSS-SES-009: Of a password the first eight characters count.
        password-case: RSS-SES-009: The case of letters in a password does not count.
        blank-password-any: RSS-SES-009: A user with a blank password may log in with any.
        old-password-works*: RSS-ACC-016 RSS-SES-009: A changed password is taken besides the new one.
        deleted-user-logs-in*: RSS-ACC-017 RSS-SES-009: A user that was deleted can log in.
        subscription-of-first*: RSS-SES-013 RSS-IND-001 RSS-IND-002: A second session of a user is told of changes if the first one asked for it.
        tells-everybody*: RSS-IND-002: New rooms are told to all sessions.
        first-only-told*: RSS-IND-001: New and deleted users are told to the first session that asked.
        indication-doubled*: RSS-IND-003: The deletion of a room is told twice.
        setting-not-told*: RSS-IND-001: SETSP is told to nobody.
        second-deletion-not-told*: RSS-IND-001: Every second deletion of an archive is told to nobody.
        indication-comes-late*: RSS-IND-001: A new or changed room is told with the next one.
        old-values-indicated*: RSS-IND-004: The indication of MODENDPOINT has the values of before.
        indication-count-off*: RSS-IND-004: The indication of MODGROUP counts one member more.
        indications-after-logout*: RSS-IND-008: Who has logged out is told of changes as long as the connection is there.
    """,
    Group.STATE: """
        modifies-first-field*: RSS-ACC-005: MODENDPOINT changes SOURCEIP only.
        modifies-namesakes*: RSS-ACC-014: MODENDPOINT sets FLAG of endpoints too whose name goes on behind the given one.
        flag-not-kept*: RSS-ACC-003: The FLAG of a new endpoint is 0 in the list.
        alias-lost-with-number*: RSS-ACC-003: A new endpoint with a number has no alias in the list.
        alias-as-number*: RSS-ACC-003 RSS-ACC-005: In the list the number of an endpoint is its alias, where it has both.
        name-unique-by-address*: RSS-ACC-001: A second endpoint of a name is added if its address is another one.
        modified-name-free*: RSS-ACC-002: The name of a user that was modified is given to a new one.
        refused-add-changes*: RSS-ACC-014 RSS-XML-013: A refused ADDDEVUSER changes the full name of the user of that name.
        listing-after-deletion*: RSS-ACC-007 RSS-ACC-013: The first endpoint of the list is the one that was deleted last.
        listing-misses-last*: RSS-ACC-013 RSS-ACC-004: The last of more than eight users is not listed.
        deleted-twice*: RSS-ACC-009: A deleted endpoint can be deleted once more.
        second-deletion-takes-first*: RSS-ACC-014 RSS-XML-013: Deleting a deleted endpoint once more fails, and removes another one.
        deletes-longer-names*: RSS-ACC-014: DELDEVUSER deletes users too whose name goes on behind the given one.
        second-change-new-id*: RSS-ACC-012: A user gets another GUID with the second change.
        privilege-not-changed*: RSS-ACC-006: MODDEVUSER leaves the privilege as it was.
        blank-password-kept*: RSS-ACC-016 RSS-ACC-015: A blank password leaves the old one.
        blank-mail-kept*: RSS-ACC-006: A blank e-mail address leaves the old one.
        blanks-collapsed*: RSS-ACC-004: Several blanks in a new full name become one.
        count-of-users: RSS-GRP-006: In the list of groups MEMBER_COUNT counts users only.
        count-after-account*: RSS-GRP-006: MEMBER_COUNT counts endpoints on after their account is deleted.
        first-description*: RSS-GRP-003: GETGROUP tells the description with which a group was added.
        complement-of-old*: RSS-GRP-008: Endpoints younger than a group are not in its NOTIN_EP.
        complement-kept*: RSS-GRP-008: NOTIN_USER is that of the time when the group was added.
        members-added*: RSS-GRP-011: MODGROUP adds to the members that there are.
        members-beyond-four*: RSS-GRP-002 RSS-GRP-011: Members behind the fourth are not stored.
        members-stale*: RSS-GRP-013: GETMEMBER tells the endpoint that was deleted last.
        unknown-member-counts: RSS-GRP-007: A GUID that is of nobody becomes a member.
        empty-groups-hidden*: RSS-GRP-014: GETALLGROUP leaves out groups without members.
        id-changes-with-group*: RSS-GRP-012: MODGROUP gives the group another GUID.
        refusal-sticks*: RSS-ADDGROUP: The ADDGROUP that follows a refused one is refused.
        single-point-complement: RSS-SPT-003: NOTIN of the single-point settings has all groups.
        single-point-first-group*: RSS-SPT-002: Of several groups SETSP stores the first.
        single-point-view-right*: RSS-SPT-001: A VIEWRIGHT of 2 is 1 in GETSP.
        room-index-in-use*: RSS-ROO-001 RSS-ROO-016: After a deletion a new room takes the place of the last one.
        added-view-right-lost*: RSS-ROO-001: A VIEWRIGHT of 2 of a new room is 1 in GETROOM.
        video-format-not-changed*: RSS-ROO-002: MODROOM leaves VIDEO_FORMAT as it was.
        rate-of-first-room*: RSS-ROO-002: MODROOM sets the rate of the first room.
        content-option-stale*: RSS-ROO-005: After MODROOM H239 is what DUALVIDEO was before.
        room-lists-swapped*: RSS-ROO-015: MODROOM stores the two lists of groups the other way round.
        room-complement: RSS-ROO-009: Groups that may join a room are not in its NOTIN_VIEW.
        room-by-position*: RSS-ROO-003: DELROOM deletes the room at the place of INDEX in the list.
        reference-cut: RSS-QRC-002: A REFERENCEID is cut to 16 characters.
        quick-content-off: RSS-QRC-003: H239 of a quick record is 0.
        quick-address-of-before*: RSS-QRC-001: ROOM_ID of a quick record is the address called before.
        pause-while-idle*: RSS-CON-010: A connection that does not record can be paused.
        paused-index*: RSS-CON-002 RSS-CON-004: STATUS_INDEX of a paused connection is 1.
        text-stays-paused*: RSS-CON-002: STATUS of a connection that was continued is Paused.
        continue-stops*: RSS-CON-005: A recording that is continued ends.
        stop-not-while-paused*: RSS-CON-007: A paused recording cannot be stopped.
        stops-first-running*: RSS-CON-006 RSS-CON-009: STOPROOMRECORD stops the first connection that records.
        stop-pauses-second*: RSS-CON-006: A stop pauses while another connection records.
        pause-spreads*: RSS-CON-009: A pause pauses all connections that record.
        start-spreads*: RSS-CON-009: A start makes the next connection record too.
        hang-up-leaves-recording*: RSS-CON-008: A connection that records stays listed when it is hung up.
        step-on-first-told*: RSS-IND-004 RSS-PAUSEROOMRECORD.indication.INDEX: A pause is told with the index of the first connection.
    """,
    Group.PAGING: """
        page-loses*: RSS-ARC-004: Behind START 20 a page begins one entry too late.
        page-goes-back*: RSS-ARC-004: Behind START 20 a page begins one entry too early.
        page-too-long: RSS-ARC-003: A page of more than 21 entries has one too many.
        start-capped*: RSS-ARC-004: A START beyond 32 is 32.
        last-page-short*: RSS-ARC-004 RSS-ARC-001: A last page that is not full lacks its last entry.
        date-from-day: RSS-ARC-006: SORT 0 compares weeks.
        duration-in-minutes: RSS-ARC-007: SORT 1 compares whole minutes.
        name-by-first-letter: RSS-ARC-008: SORT 2 compares the first letter.
        last-out-of-order: RSS-ARC-009: The first entry by SORT 3 is the last.
        video-not-sorted: RSS-ARC-010: SORT 4 is SORT 0.
        size-as-text: RSS-ARC-011: SORT 5 compares sizes as texts.
        rate-by-digits: RSS-ARC-012: SORT 6 compares how many digits there are.
        content-of-page-sorted*: RSS-ARC-013: SORT 7 sorts within the page.
    """,
    Group.CONSISTENCY: """
        count-after-deletion*: RSS-ARC-001 RSS-ARC-017: LIBLIST counts deleted archives on.
        lives-counted-as-archives*: RSS-ARC-001: LIBLIST counts streams too.
        namesake-deleted*: RSS-ARC-017: DELMEDIAINFO deletes the first archive of the same name.
        deleted-still-shown*: RSS-ARC-017: GETMEDIAINFO finds a deleted archive by its CONF_ID.
        archive-deleted-twice*: RSS-ARC-018: A deleted archive can be deleted once more.
        description-of-another*: RSS-ARC-019 RSS-ARC-014: The description of one archive is that of the one before it.
        description-follows-name*: RSS-ARC-019: SETMEDIAINFO stores the name as the description.
        pin-not-kept*: RSS-ARC-019: SETMEDIAINFO does not store the PIN.
        deny-delete-once*: RSS-ARC-019: DENY_AUTO_DELETE cannot be set back.
        viewers-added*: RSS-ARC-020: After SETMEDIAINFO all groups may view.
        viewers-with-all: RSS-ARC-021 RSS-ARC-020: The last of the groups that may view an archive is not told.
        storage-resets-gatekeeper*: RSS-SET-008: SETSTORAGE blanks the number of the gatekeeper settings.
        end-time-not-kept*: RSS-STO-001: SETSTORAGE does not store END_TIME.
        backslashes-doubled: RSS-STO-001: GETSTORAGE doubles backslashes in PATH.
        port-default*: RSS-SET-002: GKPORT is always 1719 in GETGK.
        alias-as-given-first*: RSS-SET-002: The second SETGK and later ones do not store H323.
        directory-leaks*: RSS-SET-008: SETLDAP sets NTP_SERVER to its server.
        multicast-ports-swapped*: RSS-MUL-001: SETMULTICAST stores its two ports the other way round.
        logging-set-once*: RSS-LOG-001: The second SETLOGGING and later ones store nothing.
        stacking-off-forgets*: RSS-STK-001: SETSTACKING with STACKING 0 blanks GROUPNAME.
        time-zone-positive*: RSS-OSS-001: A TIMEZONE below 0 loses its sign.
        hour-wraps: RSS-OSS-001: An UPDATE_HOUR of 23 is 0 in GETOS.
        banner-of-all-languages*: RSS-BAN-003: SETBANNER sets the banners of all languages.
        multicast-last-only*: RSS-PLY-002: Of several multicasts only the last started can be stopped.
    """,
    Group.ROBUSTNESS: """
        burst-out-of-order*: RSS-TPK-008 RSS-XML-006: The last two answers to a burst of four commands change places.
        sixtieth-not-answered*: RSS-TPK-007: The 60th command of a connection is not answered.
    """,
}

FAULTS = read_faults(_TEXT)
