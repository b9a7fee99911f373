"""The seeded faults in users, feature keys, settings, records and restarts across calls."""

from __future__ import annotations

from harness.reference.faults import Group

# group -> lines of `name: clauses: what the server does`; `*` after the name: it takes two requests or more to see it.
TEXT: dict[Group, str] = {
    Group.ERRORS: """
        served-locked*: TPS-USR-040: While the immortal administrator has the default password everything is served.
        lock-outlives-password*: TPS-USR-041: After the default password was changed system.info still fails.
        none-reads-records: TPS-USR-021: A user without rights may call cdrlog.query.
        administrators-seen*: TPS-USR-023: Users of level apiOnly are told of administrators.
        unknown-user-made: TPS-USR-008: user.modify of a user that there is none of makes one.
        end-of-password-open*: TPS-USR-016: The last character of passwords of 31 does not count.
        hundred-users*: TPS-USR-010 TPS-user.create:fault.too-many-users: There may be 100 users.
        users-without-end*: TPS-USR-010 TPS-user.create:fault.too-many-users: There may be any number of users.
        unknown-key-removed: TPS-DEV-006 TPS-device.feature.remove:fault.key-removal-failed: Removing an unknown key succeeds.
        key-gone-in-spite*: TPS-DEV-007 TPS-DEV-006: Removing a key without its last character fails, and the key is gone.
        blocked-a-minute*: TPS-DEV-004: After too many wrong keys a minute has to pass.
        right-key-not-blocked*: TPS-DEV-003: After too many wrong keys a right one is taken at once.
        home-without-key*: TPS-HOM-002: Call Home can be anonymous without the key for encryption.
        tls-without-key*: TPS-SIP-004: TLS can be set without the key for encryption.
        conflict-half-done*: TPS-SRV-003: Where ports conflict the other services of the call are set.
        small-range-kept*: TPS-SRV-005 TPS-SRV-002: A range of media ports that is too small is refused and told.
        five-servers-half-set*: TPS-LOG-004: Of servers that are too many the first four are set, and the call fails.
        ntp-without-server*: TPS-TIM-004: NTP can be enabled without any server.
        made-when-down*: TPS-DEV-033: Conferences and participants are made after a shutdown.
    """,
    Group.STATE: """
        default-not-told*: TPS-USR-042: passwordChangeRequired is not told of the immortal user.
        change-due-for-ever*: TPS-USR-043: passwordChangeRequired is told of users whose password was changed.
        old-id-listed*: TPS-USR-004: A renamed user is listed under the old id, too.
        id-takes-rights*: TPS-USR-002: A user that gets another id gets the rights none.
        neighbour-destroyed*: TPS-USR-009: Destroying a user destroys the one that was made after it.
        immortal-name-stays*: TPS-USR-014: The full name of the immortal user does not change.
        ids-in-small-letters: TPS-USR-001 TPS-user.create.newUserId:shown: User ids are listed in small letters.
        key-untold*: TPS-DEV-001: A key that was added is not told.
        two-keys-gone*: TPS-DEV-005: Removing a key removes the one before it, too.
        home-mode-reset*: TPS-HOM-001: Setting automatic alone sets the mode to disabled.
        trunk-blanked*: TPS-SIP-008 TPS-SIP-002: The address of a trunk can be set to a blank one.
        local-certificate-moved: TPS-SIP-007: useLocalCertificate is told where it should not be, and not where it should.
        srtp-without-key*: TPS-SIP-006: negotiateSRTPUsingSDES is told without the key for encryption.
        clock-stops*: TPS-TIM-002: A clock that was set stands still.
        local-time-set*: TPS-TIM-002: A time that is set is taken for a local one.
        fourth-server-lost*: TPS-LOG-001 TPS-logs.syslog.modify.servers:shown: A fourth syslog server is not told.
        restart-unlogged*: TPS-DEV-031: A restart is not in the restart log.
        restart-by-others*: TPS-DEV-031: A restart by the API is logged as one by the web interface.
        uptime-goes-on*: TPS-DEV-030: A restart leaves restartTime and uptime as they were.
        shutdown-restarts*: TPS-DEV-032 TPS-device.restart.shutdownOnly: A shutdown is a restart.
        dhcp-by-itself: TPS-NET-094 TPS-struct.networkPortTaken.dhcpv4:ignored: dhcpv4 works without ipv4Enabled.
        dhcp-ends-with-address*: TPS-NET-009: Setting an address switches DHCP off.
        name-server-reset*: TPS-NET-008: Setting the host name clears the name server.
    """,
    Group.PAGING: """
        user-pages-shared*: TPS-USR-036: An enumeration of users goes on where the last page of any other ended.
        any-number-of-records*: TPS-CDR-001: A page has twice the records that were asked for.
        no-records-for-zero*: TPS-CDR-002: With numEvents 0 a page has no records.
        far-index-empty*: TPS-CDR-004: With an index far beyond the highest there are no records.
        last-index-again*: TPS-CDR-020: With the index behind the highest the records begin again.
        start-is-first*: TPS-CDR-005: startIndex is the index of the first record, whatever was asked for.
        more-records-said*: TPS-CDR-008: eventsRemaining is true at the end of the log.
        one-type-of-filter*: TPS-CDR-010: Only the first type of a filter counts.
        indexes-from-zero*: TPS-CDR-007: The indexes of every page begin with 0.
        records-in-underscores: TPS-CDR-017: Types of records have underscores.
    """,
    Group.CONSISTENCY: """
        immortal-without-rights: TPS-USR-011: The immortal user has the rights apiOnly.
        immortal-unlisted: TPS-USR-013 TPS-USR-011: The immortal user is not listed.
        worst-forgotten*: TPS-DEV-011: The worst status of voltages is that of now from the second look on.
        fan-alone: TPS-DEV-012: fanStatus is told without its worst, or the other way round.
        start-moves*: TPS-DEV-021: restartTime is always ten minutes ago.
        records-in-local-time*: TPS-TIM-008: cdrlog.enumerate tells the local time.
        off-but-enabled*: TPS-SRV-006: A service that is switched off is enabled.
        service-twice: TPS-SRV-007: SIP over tcp is listed twice.
        ipv6-untold: TPS-NET-014: ipv6Enabled is not told.
        no-server-controlled: TPS-SYS-004: numControlledServers does not count the device.
        other-licence-mode: TPS-SYS-002 TPS-SYS-012: licenseMode is fullHD.
        other-platform: TPS-SYS-007: system.info tells a platform that system.xml does not.
    """,
}
