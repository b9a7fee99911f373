"""The seeded faults in all but conferences, participants and calls."""

from __future__ import annotations

from harness.reference.faults import Group

# group -> lines of `name: clauses: what the server does`; `*` after the name: it takes two requests or more to see it.
TEXT = {
    Group.HTTP: """
        idle-never-closed*: TPS-TRN-005: A connection without a call is closed after five minutes.
        idle-with-tls*: TPS-TRN-005: A connection with TLS and without a call is closed after five minutes.
        https-not-enough: TPS-LIC-002: cdrlog.query over HTTPS fails for want of HTTPS.
        ninth-success-in-error*: TPS-TRN-002 TPS-ENC-002: Every ninth success of a connection has an HTTP status of an error.
        reply-of-before*: TPS-TRN-003 TPS-ENC-003: Every twelfth call of a connection is answered with the reply before.
        too-large-sticks*: TPS-TRN-006: After a call that was too large the next one is refused as malformed.
        too-large-taken: TPS-SIZ-003: Calls up to 64 KB are taken.
        file-lacks-master: TPS-XML-002 TPS-file.system.xml.mse-8710-7010.isMaster: system.xml has no isMaster.
        file-other-cluster: TPS-SYS-008 TPS-file.system.xml.mse-8710-7010.clusterType: clusterType of system.xml is another than that of system.info.
    """,
    Group.ESCAPING: """
        ampersand-raw: TPS-ENC-005: An ampersand in the SIP user name is not escaped.
        letters-lost: TPS-ENC-001: Characters beyond Latin-1 in names of users come back as question marks.
        high-plane-lost: TPS-ENC-001: Characters beyond the first 65,536 in texts are lost.
        escaped-twice: TPS-ENC-001: Angle brackets in the full names of users come back escaped.
    """,
    Group.TYPES: """
        date-with-hyphens: TPS-ENC-009: Dates of the restart log have hyphens.
        boolean-in-capitals: TPS-ENC-008: Booleans of services.query are True and False.
        facility-as-text: TPS-logs.syslog.query.returned.facilityValue:type: The facility comes back as a text.
        uptime-as-double: TPS-ENC-004 TPS-device.query.returned.uptime:type: uptime is a double.
        serial-as-int: TPS-device.query.returned.serial:type: The digits of the serial number come as an int.
        version-twice: TPS-ENC-006: system.info has tpdVersion twice.
        success-without-status: TPS-ENC-007: A success of user.modify says OK.
        status-left-out: TPS-ENC-007: A success of callHome.configure has a struct without members.
        cluster-unlisted: TPS-STR-011 TPS-system.info.returned.clusterType:choice: clusterType is standalone.
        fault-code-as-text: TPS-FLT-001: The code of fault 35 is a text.
    """,
    Group.SHAPE: """
        health-lacks-load: TPS-device.health.query.returned.cpuLoad: device.health.query has no cpuLoad.
        receiver-lacks-uri*: TPS-struct.receiver.returned.receiverURI: From the second receiver on, the list has no URIs.
        service-lacks-enabled*: TPS-struct.service.returned.enabled: A service that is switched off has no enabled.
        empty-receivers-absent: TPS-RCV-013: Without receivers the list is left out.
        user-rights-absent: TPS-struct.user.returned.accessRights: A user without rights has no accessRights in the list.
    """,
    Group.ERRORS: """
        password-by-beginning: TPS-AUT-002: The first eight characters of a password are enough.
        password-in-any-case: TPS-AUT-002: Passwords are compared without letter case.
        login-remembered*: TPS-AUT-004 TPS-AUT-002: Who was let in once on a connection is let in with any password.
        disabled-may-ask: TPS-AUT-003 TPS-USR-021: A user without rights may call device.query.
        missing-is-invalid: TPS-FLT-003 TPS-user.create.accessRights:required: user.create without accessRights has fault 102.
        missing-not-named: TPS-FLT-004: Fault 101 does not name members of structs.
        malformed-names-first: TPS-FLT-006: Fault 103 names the first member of the method.
        unknown-method-failed: TPS-FLT-002: Unknown methods whose names begin with flex have fault 201.
        range-above-open: TPS-FLT-007 TPS-logs.syslog.modify.facilityValue:range: The facility 24 is taken.
        range-below-open: TPS-FLT-007 TPS-device.time.modify.utcOffsetHours:range: An offset of -13 hours is taken.
        length-one-more: TPS-FLT-008 TPS-user.create.name:length: A full name of 32 characters is taken.
        long-password-cut*: TPS-FLT-008 TPS-user.create.password:length: A password that is too long is cut.
        choice-in-any-case: TPS-STR-010 TPS-callHome.configure.mode:choice: The mode of Call Home is taken in capitals.
        nested-choice-open: TPS-STR-010 TPS-struct.networkPortTaken.ipv6Conf:choice: ipv6Conf may be any word.
        nested-type-open: TPS-FLT-005 TPS-struct.dnsTaken.domainName:type: domainName may be of any type.
        overflow-wraps: TPS-SIZ-002: Numbers that do not fit into four bytes are cut to them.
        fifth-server-taken: TPS-LOG-004 TPS-logs.syslog.modify.servers:many: Five syslog servers are taken.
        slot-zero: TPS-feedbackReceiver.configure.receiverIndex:range: receiverIndex 0 is slot 1.
        any-characters: TPS-feedbackReceiver.configure.sourceIdentifier:characters: A source identifier may have any characters.
        mask-not-needed: TPS-NET-091: An address without a mask is taken.
        unknown-user-destroyed: TPS-USR-005: Destroying a user that there is none of succeeds.
        duplicate-user-replaced*: TPS-USR-003: user.create replaces a user of the same id.
        both-interfaces-off: TPS-NET-010: Both interfaces can be switched off.
        blank-trunk: TPS-SIP-002: A trunk with a blank address is taken.
        shared-port: TPS-SRV-003: Two services may have one port.
        small-range: TPS-SRV-005: A range of 4,000 media ports is taken.
    """,
    Group.STATE: """
        facility-clears-servers*: TPS-LOG-001: Setting the facility removes the syslog servers.
        servers-added*: TPS-LOG-002: Syslog servers are added to those that were there.
        no-servers-ignored*: TPS-LOG-003: An empty array of syslog servers changes nothing.
        reconfigure-clears-source*: TPS-RCV-009: reconfigure without a source identifier removes it.
        reconfigure-subscribes-all*: TPS-RCV-009: reconfigure without events subscribes to all.
        negative-takes-first*: TPS-RCV-005: A negative index takes slot 1.
        default-slot-free*: TPS-RCV-003: Without an index a free slot is taken.
        remove-takes-next*: TPS-RCV-011: Removing a receiver removes that of the next slot.
        third-event-lost*: TPS-RCV-001: Of several events of a receiver the third is not told.
        minutes-lost-in-the-west*: TPS-TIM-005: With hours below 0 the minutes of the offset are 0.
        ntp-never-on*: TPS-TIM-007: ntpStatus is disabled, whatever NTP is.
        clock-set-under-ntp*: TPS-TIM-003: The clock is set although NTP is enabled, and the call fails.
        offset-moves-clock*: TPS-TIM-006: currentTime goes with the offset.
        other-protocol-too*: TPS-SRV-001: Setting a service over IPv6 sets it over IPv4.
        port-switches-off*: TPS-SRV-008: A service whose port is set alone is switched off.
        lowest-moves-highest*: TPS-SRV-002: Setting the lowest media port moves the highest.
        user-name-cut*: TPS-SIP-001 TPS-sip.modify.username:shown: The SIP user name is cut to 64 characters.
        domain-kept-out*: TPS-NET-008: The domain name is set together with a name server alone.
        automatic-remembered*: TPS-HOM-001: Setting the mode of Call Home switches automatic off.
        key-stays*: TPS-DEV-005: A key that was removed is told until another is added.
        old-password-works*: TPS-USR-015: The password of before is let in, too.
        old-id-works*: TPS-USR-004: A renamed user is let in under the old id.
        rights-late*: TPS-USR-017: A user whose rights become none is served once more.
        name-cleared*: TPS-USR-002: Setting rights removes the full name.
    """,
    Group.PAGING: """
        user-told-twice*: TPS-USR-030: The last user of a page stands on the next, too.
        user-skipped*: TPS-USR-030: A page that begins behind the third user leaves out one.
        one-above-max: TPS-USR-031: A page has a user more than max.
        no-more-said: TPS-USR-033 TPS-USR-032: moreAvailable is false on the first of two pages.
        token-at-the-end: TPS-USR-032 TPS-user.enumerate.returned.enumerateID:absent: enumerateID is told on the last page, too.
        record-page-of-21*: TPS-CDR-002 TPS-cdrlog.enumerate.returned.events:count: Without numEvents a page has 21 records.
        record-skipped*: TPS-CDR-006: nextIndex of a full page is one too high.
        record-filter-leaks*: TPS-CDR-009: A filtered page has the record before the first that passes.
        record-count-off*: TPS-CDR-013: numEvents of cdrlog.query is one too high.
    """,
    Group.CONSISTENCY: """
        ranges-fall: TPS-MED-001 TPS-RES-002: The last two entries of mediaCreditTokenRanges change places.
        more-than-there-is: TPS-RES-001: More media tokens are available than there are.
        lowest-above-highest: TPS-RES-003: minCallBandwidth and maxCallBandwidth change places.
        worst-is-better: TPS-DEV-010: The worst status of temperature is better than the present one.
        uptime-ahead: TPS-DEV-020: uptime is ten minutes more than the times say.
        bytes-clipped: TPS-NET-012: bytesSent stands at the highest number.
    """,
}
