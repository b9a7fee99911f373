"""The seeded faults in how conferences, participants and calls live: what shows only over several calls, or after some time."""

from __future__ import annotations

from harness.reference.faults import Group

# group -> lines of `name: clauses: what the server does`; `*` after the name: it takes two requests or more to see it.
TEXT: dict[Group, str] = {
    Group.STATE: """
        conference-never-ends*: TPS-CON-018: Conferences go on when their duration is over.
        duration-from-making*: TPS-CON-018: The duration of a conference is counted from its making.
        first-duration-holds*: TPS-CON-018 TPS-CON-017: A duration that is changed does not change the end.
        warning-ends*: TPS-CON-019: A warning ends the conference when its seconds have passed.
        lock-stays*: TPS-CON-027: A locked conference stays locked when its last participant has left.
        unlocks-unasked*: TPS-CON-028: A locked conference is unlocked by its last participant, whatever unlockWithLastCall.
        last-call-ends-nothing*: TPS-CON-029: terminateWithLastCall has no effect.
        ends-with-first-to-leave*: TPS-CON-029: With terminateWithLastCall the first who leaves ends the conference.
        ends-with-any-last-call*: TPS-CON-030: Each conference ends with its last call.
        chairs-let-nobody-in*: TPS-CON-032: Guests go on waiting when a chair has come.
        any-chair-ends-all*: TPS-CON-034: With disconnectOnChairExit everyone goes with the first chair who leaves.
        chair-exit-unasked*: TPS-CON-035: Everyone goes with the last chair, whatever disconnectOnChairExit.
        auto-disconnect-ignored*: TPS-PRT-020: Calls with autoDisconnect go on alone.
        defer-ignored*: TPS-PRT-022: Calls with deferConnect are made at once.
        deferred-for-ever*: TPS-PRT-022: Calls with deferConnect are never made.
        deferred-gone-with-call*: TPS-PRT-023: A participant with deferConnect goes with its call.
        limit-connects*: TPS-PRT-014: Participants beyond maxParticipants are connected.
        one-participant-more*: TPS-PRT-013: One participant more is made than the device has room for.
        one-conference-more*: TPS-CON-059: One conference more is made than there may be.
        second-uri-unchecked*: TPS-CON-075: The second URI of a conference may be that of another one.
        people-have-no-uris*: TPS-CON-076 TPS-PRT-071: The URIs of participants may be taken again.
        metadata-of-all*: TPS-CON-061: Metadata that are changed are those of all conferences.
        own-resources-ignored*: TPS-MED-005: Participants have the media resources of their conference, whatever they are given.
        second-pin-lost*: TPS-PRT-085: Of two PINs of a participant the second is lost.
        destroy-takes-two*: TPS-PRT-069: Whoever is destroyed takes the last other one along.
        start-muted-ignored*: TPS-PRT-059: Attributes that let streams start muted have no effect.
        mute-of-neighbours*: TPS-PRT-069: Muting one participant mutes all of its conference.
        importance-outlives*: TPS-CON-043: A participant that is gone still is the important one.
        importance-of-device*: TPS-CON-061: There is one important participant of all conferences.
        contributes-unallowed*: TPS-PRT-078: Whoever is not allowed to contribute presentations presents.
        takes-over-unallowed*: TPS-PRT-079: Whoever is not allowed to take over does.
        presenter-outlives*: TPS-CON-042: A participant that is gone still presents.
        calls-outlive-participants*: TPS-PRT-004: flex.call.status tells of calls of participants that are gone.
        audio-fails-alone*: TPS-CAL-010: Where the call for audio has failed the other calls go on.
        licence-changed-anyway: TPS-LIC-003: The licence mode is changed although there are conferences, and the call fails.
    """,
    Group.CONSISTENCY: """
        begun-in-future*: TPS-CON-016: startTime in the status of an active conference is positive.
        end-time-stands*: TPS-CON-017: endTime is the duration all the time.
        always-improves: TPS-CON-040: callQualityCanImprove flags are true for all conferences.
        main-tokens-for-all*: TPS-CON-038: The configured tokens of the list are those for main video, whatever the kind.
        calls-are-sip*: TPS-CAL-004: The status of any call tells sip.
        call-duration-stands*: TPS-CAL-007: The duration of a call is 0 all the time.
        layout-though-muted*: TPS-PRT-073: The status has a layout while video to the participant is muted.
        media-never-muted*: TPS-PRT-084: The media status tells muted streams as in use.
        far-end-names*: TPS-PRT-039: Lists tell the name that a connected endpoint gives itself.
        connected-in-lobby*: TPS-PRT-047: A participant whose call waits for a chair is told as connected.
        tokens-are-credits: TPS-RES-010: configuredMediaTokens is the number of credits.
        calls-are-participants: TPS-RES-009: numCalls is twice the number of participants.
        figures-never-fall*: TPS-RES-014: The figures of what is in use never fall.
    """,
}
