"""The seeded faults in conferences, participants and calls."""

from __future__ import annotations

from harness.reference.faults import Group

# group -> lines of `name: clauses: what the server does`; `*` after the name: it takes two requests or more to see it.
TEXT: dict[Group, str] = {
    Group.ERRORS: """
        loss-of-uri-unchecked: TPS-struct.callAttributes.packetLossThreshold:range TPS-FLT-007: In URIs any packetLossThreshold is taken.
        bandwidth-of-others-unchecked: TPS-struct.outgoingCall.callBandwidth:range TPS-FLT-007: From the second call on any callBandwidth is taken.
        sensitivity-101: TPS-flex.conference.modify.voiceSwitchingSensitivity:range TPS-FLT-007: A change takes 101.
        reference-of-51: TPS-flex.participant.create.participantReference:length TPS-IDN-001: A participantReference of 51 characters is taken.
        long-message-sent: TPS-flex.conference.sendUserMessage.message:length TPS-FLT-008: Messages to a conference may be of any length.
        fifth-call-taken: TPS-flex.participant.create.calls:many TPS-FLT-010: A participant may have any number of calls.
        third-uri-on-change: TPS-flex.conference.modify.URIs:many TPS-FLT-010: flex.conference.modify takes any number of URIs.
        single-layout-for-multi: TPS-struct.callAttributes.displayDefaultLayoutMultiScreen:choice TPS-STR-010: Any layout is taken there.
        both-limits-on-change: TPS-flex.conference.modify.maxParticipants:both TPS-UNL-001: A change takes it beside its boolean.
        audio-total-not-needed: TPS-struct.mediaTokens.total:required TPS-MED-011: Audio tokens are taken without their total, as 0.
        wrong-object-not-there: TPS-flex.participant.create.conferenceID:unknown TPS-FLT-011: It has the fault of participants.
        nested-missing-unnamed: TPS-FLT-004: The fault for a member that is missing in a struct within a struct names nothing.
        other-tones-refused: TPS-PRT-038 TPS-flex.participant.create.dtmf: A text with other characters than tones is refused.
        foreign-names-refused: TPS-flex.participant.create.displayName: A displayName with characters beyond ASCII is refused.
        underscore-refused: TPS-struct.conferenceURI.URI TPS-struct.incomingCall.URI: A URI with an underscore before its domain is refused.
        index-one-too-far: TPS-PRT-008 TPS-flex.participant.create:fault.audio-or-content-index: An audioIndex that is the number of calls is taken.
        pin-of-outgoing-taken: TPS-PRT-006 TPS-flex.participant.create:fault.invalid-parameter: Beside outgoing calls a PIN is taken.
        limit-below-active-taken*: TPS-CON-020 TPS-flex.conference.modify:fault.limit-below-active: A limit below their number is taken.
        blank-pins-twice: TPS-CON-074 TPS-flex.conference.create:fault.same-uri-twice: The same URI twice without PIN is taken.
        uri-domain-ignored*: TPS-CON-078: URIs that differ in their domain alone count as one.
        uris-stay-taken*: TPS-CON-077: The URIs of a conference that was destroyed are not free.
        credits-cover-unrounded: TPS-MED-004 TPS-flex.conference.create:fault.too-few-credits: Credits cover tokens as they are sent.
        audio-tokens-free: TPS-MED-004: Tokens for audio are not among those that credits have to cover.
    """,
    Group.TYPES: """
        number-name-as-int: TPS-flex.conference.query.returned.conferenceName:type TPS-ENC-004: A conferenceName of digits comes back as an int.
        locked-as-int: TPS-struct.conferenceInfo.returned.locked:type TPS-ENC-004: In the list locked is an int.
        duration-as-text*: TPS-struct.participantCallStatus.returned.duration:type TPS-ENC-004: The duration of a call is a text there.
    """,
    Group.STATE: """
        description-cut: TPS-flex.conference.create.conferenceDescription:shown TPS-CON-001: A conferenceDescription is cut after its 255th character.
        long-display-name-cut: TPS-flex.participant.create.displayName:shown TPS-PRT-001: A displayName is cut after its 63rd character.
        metadata-ends-at-zero: TPS-CON-002: Metadata end before the first zero byte.
        metadata-flag-stays*: TPS-CON-005: hasMetadata is true once metadata have been given, even empty ones.
        chair-level-local: TPS-flex.conference.create.chairControlLevel:default TPS-CON-001: Without chairControlLevel it is controlLocal.
        lobbies-not-both-off: TPS-flex.conference.create.exitScreen:shown TPS-CON-001: With both screens off, exitScreen is on.
        duration-counts-down*: TPS-CON-001 TPS-flex.conference.create.duration:shown: The duration in the query is what is left of it.
        modify-resets-sensitivity*: TPS-CON-003 TPS-STR-012: flex.conference.modify sets voiceSwitchingSensitivity back where it does not name it.
        limit-leaves-flag*: TPS-UNL-002 TPS-UNL-003: Setting a number leaves the boolean for no limit, and both come back.
        flag-leaves-limit*: TPS-UNL-003 TPS-flex.conference.modify.durationUnlimited:shown: Setting a boolean for no limit leaves the number.
        uris-merged*: TPS-CON-047: What new URIs leave out is taken from the old ones of the same name.
        uris-cannot-be-emptied*: TPS-CON-046: An empty array of URIs leaves the old ones.
        reference-cannot-be-emptied*: TPS-CON-044 TPS-CON-003: An empty conferenceReference leaves the old one.
        empty-reference-told*: TPS-CON-044 TPS-IDN-003: An empty conferenceReference comes back.
        refused-change-kept*: TPS-CON-053 TPS-CON-003: A flex.conference.modify that is refused changes the name.
        refused-conference-made*: TPS-CON-054 TPS-RES-014: A conference that is refused for its URIs is made.
        start-ignored: TPS-CON-014 TPS-CON-015: Conferences start at once, whatever their startTime.
        participants-outlive-conference*: TPS-CON-010: Participants of a conference that was destroyed still answer.
        guests-do-not-wait*: TPS-CON-032: Guests are connected without a chair, whatever waitForChair.
        credits-rounded-up: TPS-MED-002 TPS-struct.participantMediaResources.numMediaCredits:rounded: Credits are taken up to a level.
        few-credits-count: TPS-MED-003 TPS-MED-004: Credits below the first level cover as many tokens.
        channel-limit-kept*: TPS-MED-010: A limit for a channel that an update leaves out stays.
        attributes-skip-conference*: TPS-PRT-024: Participants do not have the call attributes of their conference.
        attributes-follow-conference*: TPS-PRT-025: A change of a conference's call attributes changes its participants.
        rename-resets-attributes*: TPS-PRT-002 TPS-PRT-028: A new displayName sets the call attributes of the participant back.
        calls-reversed: TPS-PRT-043: Three and more calls come back in the opposite order.
        presentation-in-main-told: TPS-PRT-026: videoTxPresentationMainVideoAllowed is told as true for participants of several calls.
        missing-calls-left-out*: TPS-PRT-044: The status of a participant of several calls lacks those that do not exist.
        importance-shared*: TPS-PRT-033: Who was the important participant before still is in its status.
        clear-takes-from-other*: TPS-PRT-035: flex.participant.clearImportant on any participant clears the important one.
        mute-resets-sound*: TPS-PRT-031: Muting the video that is sent lets the sound be heard again.
    """,
    Group.CONSISTENCY: """
        waiting-not-counted*: TPS-CON-036 TPS-CON-037: The status of a conference does not count participants that wait for calls.
        important-not-listed*: TPS-CON-043 TPS-PRT-032: The list of conferences does not tell the important participant.
        list-lacks-reference: TPS-PRT-040 TPS-IDN-004: The list of participants lacks their references.
        limit-told-with-flag: TPS-struct.tokenInfo.returned.maxTokensPerChannelConfiguredUnlimited:always TPS-UNL-002: Both are there.
    """,
    Group.PAGING: """
        conference-of-list-ignored: TPS-PRT-048: A list of participants that was asked for one conference has those of others.
        page-border-skipped*: TPS-ENM-001: Between two pages of a list an object is lost.
        more-denied: TPS-ENM-006: With max 1 a list says that there is no more.
        unknown-cookie-begins: TPS-ENM-005 TPS-flex.conference.enumerate.cookie: A cookie that no list gave begins one.
    """,
}
