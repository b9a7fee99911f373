"""What methods return, as the tables of the document have it, and `fit`, which tells what of an answer does not fit its table."""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Mapping
from typing import Any

from harness.tests.probes.tps_wire import need


def words(text: str, between: str = " ") -> list[str]:
    """A list, short to write."""
    return text.split(between)


ACCESS = ("chair", "guest", "unknown")
STATUS = ("ok", "outOfSpec", "critical")
LAYOUT = ("layoutSingle", "layoutActivePresence", "layoutActivepresence", "layoutProminent", "layoutEqual")
PROTOCOL = ("h323", "sip")
CONTROL = ("controlNone", "controlLocal", "controlConference")
PROFILE = ("maximizeEfficiency", "favorEfficiency", "favorExperience", "maximizeExperience", "capabilitySetOnly")
CASCADE = ("cascadeNone", "cascadeMaster", "cascadeSlave")
RIGHTS = ("administrator", "apiOnly", "none")
ENCRYPTED = ("unknown", "encrypted", "mixed", "unencrypted")
MEDIA = ("notNegotiated", "inUse", "notInUse", "muted")
CONFERENCE_STATE = words("idle pinEntry blank welcome awaitingChair awaitingAccept complete disconnecting")
CALL_STATE = words(
    "callStateIdle callStateAlerting callStateAnswering callStateConnected callStateRetrying callStateFailed"
)
CONNECTION = words(
    "disconnected connecting connected onHold disconnecting neverConnected deferred partiallyFailed audioReceiverFailed"
)
TYPES = words(
    "Standard,Grouped endpoint,Group of 2 endpoints,Group of 3 endpoints,Group of 4 endpoints,Telepresence,"
    "TANDBERG T1,TANDBERG T3,TANDBERG T3 Custom Edition,TANDBERG TelePresence Server,SIP telepresence,"
    "SIP single screen telepresence,SIP three screen telepresence,Legacy TIP endpoint,"
    "Legacy single screen TIP endpoint,Legacy three screen TIP endpoint,Cascade,Multistream,Unknown",
    ",",
)
EVENTS = words(
    "cdrAdded configureAck deviceStatusChanged flexAlive flexConferenceDeletionsEnum flexConferenceEnum "
    "flexResourceConfiguration flexParticipantAdvancedEnum flexParticipantDeletionsEnum flexParticipantEnum "
    "flexParticipantMediaEnum flexResourceStatus receiverDeleted receiverModified restart"
)
REASONS = words(
    "User requested shutdown,User requested reboot from web interface,User requested upgrade,"
    "User requested reboot from console,User requested reboot from API,User requested reboot from FTP,"
    "User requested shutdown from supervisor,User requested reboot from supervisor,User reset configuration,"
    "Cold boot,unknown",
    ",",
)
CDR = words(
    "conferenceStarted conferenceFinished conferenceActive conferenceInactive participantConnected "
    "participantJoined participantMediaSummary participantLeft participantDisconnected"
)
ENUMS = {
    "encryption": ("forbidden", "required", "optional"),
    "videoTxSizeOptimization": ("none", "dynamicResolution", "dynamicCodecAndResolution"),
    "mainVideoTxPictureAspectRatio": ("onlyFourToThree", "onlySixteenToNine", "allowAllResolutions"),
    "extendedVideoTxPictureAspectRatio": ("onlyFourToThree", "onlySixteenToNine", "allowAllResolutions"),
    "videoTxFormat": ("NTSC", "PAL"),
    "videoTxMotionSharpness": ("favorMotion", "favorSharpness", "balanced"),
    "fullScreenMode": ("never", "always", "dynamic"),
    "displayDefaultLayoutSingleScreen": ("layoutSingle", "layoutActivePresence", "layoutProminent", "layoutEqual"),
    "displayDefaultLayoutMultiScreen": ("layoutSingle", "layoutActivePresence"),
    "audioReceiveGainMode": ("gainModeDisabled", "gainModeAutomatic", "gainModeFixed"),
    "displayLayoutSwitchingMode": ("switchingRoomSwitched", "switchingSegmentSwitched"),
    "multistreamMode": ("multistreamOff", "multistreamOn"),
}
FLAGS: dict[str, bool] = {  # Table 32, with the defaults
    "autoDisconnect": False,
    "videoRxFlowControlOnErrors": True,
    "videoRxFlowControlOnViewedSize": True,
    "presentationContributionAllowed": True,
    "presentationTakeoverAllowed": True,
    "videoTxPresentationAllowed": True,
    "videoTxPresentationMainVideoAllowed": True,
    "audioStereoEnabled": True,
    "audioDirectionalEnabled": True,
    "indicateUnencryptedParticipants": True,
    "indicateAudioOnlyParticipants": True,
    "videoRxClearVisionEnabled": True,
    "video60fpsEnabled": True,
    "displaySelfView": False,
    "displayShowBorders": True,
    "displayForceDefaultLayout": False,
    "displayShowEndpointNames": True,
    "forceTIP": False,
    "audioRxStartMuted": False,
    "videoRxStartMuted": False,
    "audioTxStartMuted": False,
    "videoTxStartMuted": False,
    "autoReconnect": False,
    "recordingDevice": False,
    "recordingDeviceIndicateOnly": False,
    "deferConnect": False,
    "alwaysReconnect": False,
    "iXEnabled": True,
    "indicateMuting": True,
    "allowStarSixMuting": True,
    "displayOnScreenMessages": True,
}
ATTRIBUTE_DEFAULTS: dict[str, Any] = {
    **FLAGS,
    "accessLevel": "chair",
    "encryption": "optional",
    "maxTransmitPacketSize": 1400,
    "packetLossThreshold": 5,
    "videoTxSizeOptimization": "dynamicCodecAndResolution",
    "mainVideoTxPictureAspectRatio": "onlySixteenToNine",
    "extendedVideoTxPictureAspectRatio": "allowAllResolutions",
    "videoTxFormat": "NTSC",
    "videoTxMotionSharpness": "balanced",
    "fullScreenMode": "always",
    "displayDefaultLayoutSingleScreen": "layoutActivePresence",
    "displayDefaultLayoutMultiScreen": "layoutActivePresence",
    "audioReceiveGainMode": "gainModeAutomatic",
    "audioTransmitGain": 0,
    "displayLayoutSwitchingMode": "switchingSegmentSwitched",
    "multistreamMode": "multistreamOn",
}
ATTRIBUTES: dict[str, Any] = {
    **dict.fromkeys(FLAGS, "bool"),
    **ENUMS,
    "accessLevel": ACCESS,
    "maxTransmitPacketSize": "int:428:1448",
    "packetLossThreshold": "int:0:100",
    "audioReceiveGain?": "int:-12000:12000",
    "audioTransmitGain": "int:-12000:12000",
}
PARTIAL = {f"{name.rstrip('?')}?": kind for name, kind in ATTRIBUTES.items()}
TOKENS = {"total": "int:0", "maxPerChannel?": "int:0", "maxPerChannelUnlimited?": "bool"}
RESOURCES = {
    "mediaTokensMainVideo": TOKENS,
    "mediaTokensExtendedVideo": TOKENS,
    "mediaTokensAudio": TOKENS,
    "numMediaCredits": "int:0",
}
URI = {
    "URI": "string:80",
    "callBandwidth": "int:1",
    "PIN?": "string:40",
    "callAttributes?": PARTIAL,
    "participantMediaResources?": RESOURCES,
}
TOKEN_INFO = {
    "maxTokensConfigured": "int:0",
    "maxTokensPerChannelConfigured?": "int:0",
    "maxTokensPerChannelConfiguredUnlimited?": "bool",
    "maxTokensPerChannelFarEnd?": "int:0",
    "maxTokensFarEnd?": "int:0",
    "maxTokensPerChannelNearEnd?": "int:0",
    "maxTokensNearEnd?": "int:0",
}
MEDIA_INFO = {
    "mainVideoTokenInfo": TOKEN_INFO,
    "extendedVideoTokenInfo": TOKEN_INFO,
    "audioTokenInfo": TOKEN_INFO,
    "creditsConfigured": "int:0",
    "creditsFarEnd?": "int:0",
    "creditsNearEnd?": "int:0",
}
LINE = {
    "participantID": "string:50",
    "participantReference?": "string:50",
    "displayName?": "string:80",
    "conferenceID": "string:50",
    "accessLevel": ACCESS,
    "connectionState": CONNECTION,
    "calls": [{"callID?": "string:50", "incoming?": "bool", "address?": "string:80"}],
    "addresses": [{"URI?": "string:80", "remoteAddress?": "string:80"}],
}
ADVANCED = {
    **LINE,
    "calls": [
        {
            "callID?": "string:50",
            "incoming?": "bool",
            "address?": "string:80",
            "protocol?": PROTOCOL,
            "rxBandwidth?": "int",
            "txBandwidth?": "int",
        }
    ],
    "encryptionStatus": dict.fromkeys(
        ("callProtocol", "audio", "mainVideo", "extendedVideo", "cccp", "activeControl"), ENCRYPTED
    ),
    "layout?": LAYOUT,
    "mediaStatus": dict.fromkeys(("audioRx", "audioTx", "videoRx", "videoTx", "extendedRx", "extendedTx"), MEDIA),
}
CALL = {
    "callID": "string:50",
    "conferenceID": "string:50",
    "conferenceState": CONFERENCE_STATE,
    "callState": CALL_STATE,
    "incoming": "bool",
    "protocol": PROTOCOL,
    "address": "string:80",
    "duration?": "int:0",
    "rxBandwidth?": "int:0",
    "txBandwidth?": "int:0",
    "remoteName?": "string:80",
}
PARTICIPANT_STATUS = {
    "participantID": "string:50",
    "participantReference?": "string:50",
    "displayName?": "string:80",
    "conferenceID": "string:50",
    "accessLevel": ACCESS,
    "participantType": TYPES,
    "participantMediaInfo": MEDIA_INFO,
    "important": "bool",
    "calls": ["call or empty"],
    "audioRxMute": "bool",
    "videoRxMute": "bool",
    "audioTxMute": "bool",
    "videoTxMute": "bool",
    "layout?": LAYOUT,
}
CONFERENCE_INFO = {
    "conferenceID": "string:50",
    "conferenceReference?": "string:50",
    "conferenceName?": "string:80",
    "locked": "bool",
    "active": "bool",
    "terminating": "bool",
    "numParticipants": "int:0",
    **{f"callTokens{kind}{what}": "int:0" for kind in ("Configured", "Allocated") for what in ("MainVideo", "Audio")},
    "callTokensConfiguredExtendedVideo": "int:0",
    "callTokensAllocatedExtendedVideo": "int:0",
    **{f"callQualityCanImprove{what}": "bool" for what in ("MainVideo", "ExtendedVideo", "Audio")},
    "creditsConfigured": "int:0",
    "creditsAllocated": "int:0",
    "presenterID?": "string:50",
    "importantID?": "string:50",
}
EXPERIMENTAL = {f"conferenceCredits{what}?": "int:0" for what in ("Allocated", "Required", "Used")}


def fit(value: Any, kind: Any, where: str) -> None:
    """Disagree if a value is not of its kind, or if a struct lacks a member or has one that its table has not."""
    if isinstance(kind, dict):
        struct(value, kind, where)
    elif isinstance(kind, list) and len(kind) == 1:
        need(isinstance(value, list), f"{where}: no array: {value!r}")
        for index, item in enumerate(value):
            fit(item, kind[0], f"{where}[{index}]")
    elif isinstance(kind, tuple | list):
        need(isinstance(value, str) and value in kind, f"{where}: {value!r} is none of {kind}")
    elif kind == "call or empty":
        if value != {}:
            fit(value, CALL, where)
    else:
        plain(value, kind, where)


def struct(value: Any, kind: Mapping[str, Any], where: str) -> None:
    """A struct and its members."""
    need(isinstance(value, dict), f"{where}: no struct: {value!r}")
    for name, inner in kind.items():
        bare = name.rstrip("?")
        if bare in value:
            fit(value[bare], inner, f"{where}.{bare}")
        else:
            need(name.endswith("?"), f"{where}: no {name}")
    extra = set(value) - {name.rstrip("?") for name in kind}
    need(not extra, f"{where}: members that the document does not know: {sorted(extra)}")


def plain(value: Any, kind: str, where: str) -> None:
    """A value of an XML-RPC type, with length or range."""
    name, *limits = kind.split(":")
    want = {"string": str, "int": int, "bool": bool, "time": xmlrpc.client.DateTime, "bytes": xmlrpc.client.Binary}[
        name
    ]
    need(type(value) is want, f"{where}: {value!r} is no {name}")
    if name == "int" and limits:
        need(value >= int(limits[0]), f"{where}: {value} below {limits[0]}")
        need(len(limits) < 2 or value <= int(limits[-1]), f"{where}: {value} above {limits[-1]}")
    if name == "string" and limits:
        need(len(value) <= int(limits[0]), f"{where}: {len(value)} characters")
    if name == "time":
        need(re.fullmatch(r"\d{8}T\d\d:\d\d:\d\d", str(value)), f"{where}: {value!s}")
    if name == "bytes" and limits:
        need(len(value.data) <= int(limits[0]), f"{where}: {len(value.data)} bytes")
