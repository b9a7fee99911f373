"""Readings that conferences, participants and calls follow."""

from __future__ import annotations

# What is open -> the ambiguity.
NAMES: dict[str, str] = {
    "layout-word": "TPS-AMB-006", "channel-limit": "TPS-AMB-062", "credits-told": "TPS-AMB-063",
    "high-credits": "TPS-AMB-064", "unset-attributes": "TPS-AMB-067", "unset-of-uri": "TPS-AMB-068",
    "loose-gain": "TPS-AMB-070", "auto-reconnect": "TPS-AMB-072", "states": "TPS-AMB-075",
    "override": "TPS-AMB-078", "unset-replacement": "TPS-AMB-079", "unset-of-pin": "TPS-AMB-080",
    "cookie-again": "TPS-AMB-082", "empty-cookie": "TPS-AMB-083", "other-cookie": "TPS-AMB-084",
    "told-again": "TPS-AMB-085", "optimization-told": "TPS-AMB-100", "unset-new": "TPS-AMB-102",
    "unset-limit": "TPS-AMB-103", "empty-code": "TPS-AMB-104", "new-flags": "TPS-AMB-105", "start-query": "TPS-AMB-106",
    "start-status": "TPS-AMB-107", "ended-before": "TPS-AMB-111", "conference-credits": "TPS-AMB-112",
    "conference-end": "TPS-AMB-113", "no-time": "TPS-AMB-114", "unlocks": "TPS-AMB-115", "chair-exit": "TPS-AMB-116",
    "warning": "TPS-AMB-117", "uri-later": "TPS-AMB-118", "counted": "TPS-AMB-119", "summed": "TPS-AMB-120",
    "credits-place": "TPS-AMB-121", "limit-below": "TPS-AMB-122", "below-use": "TPS-AMB-123",
    "long-times": "TPS-AMB-124", "left-out": "TPS-AMB-125", "exit": "TPS-AMB-126", "nobody": "TPS-AMB-127",
    "beyond": "TPS-AMB-128", "above-device": "TPS-AMB-129", "single-call": "TPS-AMB-130", "index": "TPS-AMB-131",
    "cascade": "TPS-AMB-132", "no-room": "TPS-AMB-133", "outgoing-pins": "TPS-AMB-134", "two-pins": "TPS-AMB-135",
    "pin-told": "TPS-AMB-136", "pins-told": "TPS-AMB-137", "dtmf-told": "TPS-AMB-138", "dialled": "TPS-AMB-142",
    "all-failed": "TPS-AMB-143", "never-called": "TPS-AMB-144", "idle-mute": "TPS-AMB-145",
    "no-stream": "TPS-AMB-146", "idle-important": "TPS-AMB-147", "not-important": "TPS-AMB-148",
    "idle-tones": "TPS-AMB-149", "idle-message": "TPS-AMB-150", "beside-cookie": "TPS-AMB-152",
    "gone-conference": "TPS-AMB-153", "status-members": "TPS-AMB-154", "idle-bandwidth": "TPS-AMB-155",
    "not-incoming": "TPS-AMB-156", "no-position": "TPS-AMB-157", "content-position": "TPS-AMB-160",
    "preview-position": "TPS-AMB-161", "outstanding": "TPS-AMB-163", "idle-access": "TPS-AMB-165",
    "by-conference": "TPS-AMB-166", "names-twice": "TPS-AMB-168", "no-call": "TPS-AMB-169", "same-pins": "TPS-AMB-170",
    "status-sums": "TPS-AMB-171", "same-uris": "TPS-AMB-172", "uri-case": "TPS-AMB-173", "added-calls": "TPS-AMB-174",
    "idle-layout": "TPS-AMB-175", "lone-disconnect": "TPS-AMB-176", "few-credits": "TPS-AMB-065",
    "few-of-participant": "TPS-AMB-179",
}  # fmt: skip

# Ambiguities that do not show, and why.
INERT: dict[str, str] = {
    "TPS-AMB-073": "what the threshold of lost packets counts in shows at the endpoint alone",
    "TPS-AMB-162": "previews are not sent yet",
}
