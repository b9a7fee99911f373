"""The seeded faults in what the device sends by itself: feedback, diagnostics and previews."""

from __future__ import annotations

from harness.reference.faults import Group

# group -> lines of `name: clauses: what the server does`; `*` after the name: it takes two requests or more to see it.
TEXT: dict[Group, str] = {
    Group.SHAPE: """
        two-parameters*: TPS-EVT-002 TPS-callback.eventNotification: A message has two parameters in place of a struct.
        one-event-as-text*: TPS-EVT-002 TPS-callback.eventNotification.events:type: A single event is a text, not an array.
        events-misspelled*: TPS-callback.eventNotification.events:choice TPS-EVT-015 TPS-EVT-019: Events of deletions are misspelled.
        losses-untold*: TPS-struct.videoTxStream.returned.packetsLost: Streams of videoTx lack packetsLost.
        content-switched*: TPS-CBK-006: streamType of a stream of content is multistream.
        video-of-telephone*: TPS-CBK-005: Diagnostics of an endpoint without video have streams of video.
        one-stream-of-several*: TPS-DIA-003: videoRx has one struct, however many screens there are.
        previews-as-diagnostics*: TPS-CBK-002 TPS-PRV-001 TPS-callback.participantPreviewResponse: Previews come as participantDiagnosticsResponse.
        preview-as-png*: TPS-PRV-008: The image of a preview begins as a PNG.
        preview-cut*: TPS-PRV-008: The image of a preview is cut in the middle.
    """,
    Group.HTTP: """
        path-lost*: TPS-EVT-005: Messages go to the root, whatever the path of receiverURI.
        query-lost*: TPS-EVT-005: Messages go to the path of receiverURI without its query.
        sent-without-tls*: TPS-EVT-005 TPS-CBK-001 TPS-CBK-002: Messages to https URIs go without TLS, to the same port.
    """,
    Group.ROBUSTNESS: """
        one-after-the-other*: TPS-EVT-006: A receiver that does not answer holds up the messages to all others.
        deaf-after-failure*: TPS-EVT-007 TPS-EVT-001: A receiver that failed once is sent nothing more.
        lost-while-busy*: TPS-EVT-026 TPS-EVT-001: Events are lost that occur while a message is on its way, or just after.
    """,
    Group.ERRORS: """
        requests-without-end*: TPS-DIA-004 TPS-PRV-010 TPS-flex.participant.requestDiagnostics:fault.too-many-requests: Any number may be outstanding.
        eight-requests*: TPS-DIA-005: The ninth outstanding request is refused.
    """,
    Group.STATE: """
        adding-unacknowledged*: TPS-EVT-010: configureAck is not sent when a receiver was added.
        change-unacknowledged*: TPS-EVT-010: configureAck is not sent when a receiver was reconfigured.
        change-untold*: TPS-EVT-011: receiverModified is not sent.
        change-told-to-all*: TPS-EVT-011: receiverModified is sent to receivers that were not changed.
        adding-told-as-change*: TPS-EVT-011: receiverModified is sent to a new receiver.
        change-told-as-end*: TPS-EVT-012: receiverDeleted is sent to a receiver whose subscriptions were changed.
        removal-told-to-all*: TPS-EVT-012: receiverDeleted is sent to everybody when one receiver was removed.
        new-address-told-of-end*: TPS-EVT-012 TPS-EVT-013: After a change of the URI the new one is sent receiverDeleted too.
        overwritten-still-told*: TPS-RCV-004: A receiver whose slot was taken by another one gets events.
        removal-untold*: TPS-EVT-012: receiverDeleted is not sent to a receiver that was removed.
        removed-still-told*: TPS-RCV-011: A receiver that was removed gets events.
        old-address-told*: TPS-EVT-013 TPS-EVT-005: After a change of the URI events go to the old one.
        old-address-not-told-of-end*: TPS-EVT-013: After a change of the URI the old one is not sent receiverDeleted.
        first-subscription-holds*: TPS-EVT-008: A change of subscriptions does not count.
        none-means-everything*: TPS-EVT-004: A receiver that subscribed to an empty list gets every event, though it is told as subscribed to none.
        nameless-told-as-slot*: TPS-RCV-001 TPS-RCV-002: A receiver without a source identifier is told with one that the device has made up.
        event-to-next-slot*: TPS-EVT-001 TPS-EVT-004: An event goes to the receiver in the next slot.
        alive-to-everyone*: TPS-EVT-004: flexAlive is sent to receivers that did not subscribe to it.
        source-of-before*: TPS-EVT-003 TPS-callback.eventNotification.sourceIdentifier:echo: Messages keep the source identifier of before a change.
        source-of-first-receiver*: TPS-EVT-003 TPS-callback.eventNotification.sourceIdentifier:echo: Messages have that of the first receiver.
        mac-of-port-b*: TPS-EVT-003: Without a source identifier messages have a MAC address that is not that of port A.
        first-of-several*: TPS-EVT-001: Of events that occur together a message names the first.
        alive-every-25-seconds*: TPS-EVT-009: flexAlive comes every 25 seconds.
        two-alives*: TPS-EVT-009: flexAlive comes twice, and no more.
        participants-use-nothing*: TPS-EVT-022: flexResourceStatus is sent when the number of conferences changes alone.
        conference-changes-untold*: TPS-EVT-014: flexConferenceEnum is sent of new conferences alone.
        conference-told-for-nothing*: TPS-EVT-014: flexConferenceEnum is sent of changes that the list does not tell.
        second-end-untold*: TPS-EVT-015: Every second flexConferenceDeletionsEnum is not sent.
        participant-told-for-nothing*: TPS-EVT-016: flexParticipantEnum is sent of changes that the list does not tell.
        media-changes-untold*: TPS-EVT-018: flexParticipantMediaEnum is sent of new participants alone.
        media-told-for-nothing*: TPS-EVT-018: flexParticipantMediaEnum is sent of changes that the list does not tell.
        end-with-conference-untold*: TPS-EVT-019: No flexParticipantDeletionsEnum is sent for those who go with their conference.
        records-told-once*: TPS-EVT-020: cdrAdded is sent of the first record since the start alone.
        removed-key-untold*: TPS-EVT-021: deviceStatusChanged is not sent when a feature key was removed.
        shutdown-untold*: TPS-EVT-021: deviceStatusChanged is not sent at a shutdown.
        shutdown-told-as-restart*: TPS-EVT-027: restart is sent at a shutdown.
        status-changed-with-settings*: TPS-EVT-027: deviceStatusChanged is sent when Call Home was configured.
        restart-untold*: TPS-EVT-024: restart is not sent.
    """,
    Group.CONSISTENCY: """
        diagnostics-of-last-time*: TPS-CBK-007: Diagnostics tell what was when they were asked for the time before.
        diagnostics-twice*: TPS-DIA-002: Diagnostics are sent twice.
        every-third-unanswered*: TPS-DIA-002 TPS-PRV-001: Every third request for diagnostics or previews is never answered.
        answer-of-neighbour*: TPS-CBK-003 TPS-callback.participantDiagnosticsResponse.participantID:echo: Answers name another participant.
        source-of-request-lost*: TPS-CBK-003 TPS-callback.participantPreviewResponse.sourceIdentifier:echo: Answers have the MAC address always.
        answers-to-receiver*: TPS-CBK-001 TPS-CBK-002: Answers go to a feedback receiver.
        answers-to-last-address*: TPS-CBK-001 TPS-CBK-002: Answers go where those to the request before went.
        first-preview-only*: TPS-CBK-009: Previews have a struct for the first stream that was asked for alone.
        preview-position-lost*: TPS-CBK-014: position of a preview is 0.
        preview-directions-changed*: TPS-PRV-003: rx and tx are changed over in previews.
        audio-only-is-an-error*: TPS-PRV-015: A preview of an endpoint without video is an internalError.
        presentation-of-nobody*: TPS-PRV-012: There is a preview of the extended video though nobody presents.
        content-state-of-main*: TPS-PRV-013: In groups of endpoints the main video is told as noCurrentPresentation.
        preview-always-large*: TPS-PRV-008: Previews are of 176 by 144, whatever was asked for.
        preview-default-large*: TPS-PRV-017: Previews are of 176 by 144 where nothing was asked for.
        preview-beyond-largest*: TPS-PRV-008: Previews are as wide as was asked for, beyond 176.
    """,
}
