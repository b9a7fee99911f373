"""A pretend CDS manager ("birch") that answers the 15 monitoring messages over HTTP, from a seeded world.

Written from the vendor's document alone. `PERSONALITIES` are ways to behave that the document permits, `DOUBTFUL` ways on which a
reader may quarrel, `FAULTS` single deviations that it rules out, `SHOULD` deviations that only strain belief. Line numbers are
those of the document's text file. One thread a connection; rows are written to text once and kept.
"""

from __future__ import annotations

import argparse
import bisect
import contextlib
import gzip
import json
import random
import re
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from email.utils import formatdate
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

API, EVENTS = "/everstream/api.php", "/apis/TrickmodeEvents.php"
NAMESPACE = "http://www.cisco.com/schemas/VCPBU/CDS-TV/R0/ciscowebsvcs"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
HOUR = 3600
FAR = 1e15
STREAMS = ("StreamHistory", "StreamListHistory")
HISTORY = (*STREAMS, "TrickModeHistory", "TrickModeListHistory", "PlayServerHistory", "Errors")
PLAIN = ("MaxErrorModifiedTime", "MaxStreamModifiedTime", "Devices", "ServiceGroups", "ContentState", "Version")
ROOT = {
    "StreamHistory": "StreamsResponse",
    "StreamListHistory": "StreamsResponse",
    "TrickModeHistory": "TrickModesResponse",
    "TrickModeListHistory": "TrickModesResponse",
    "PlayServerHistory": "PlayServerResponse",
    "Version": "APIVersionResponse",
    "CapacityPlanning": "CapacityPlanning",
}
ROW = {
    "StreamHistory": "Stream",
    "StreamListHistory": "Stream",
    "TrickModeHistory": "TrickMode",
    "TrickModeListHistory": "TrickMode",
    "PlayServerHistory": "PlayServer",
    "Errors": "Error",
    "Devices": "Device",
    "ServiceGroups": "ServiceGroup",
    "ContentState": "ContentState",
    "ContentRange": "Content",
}
SCHEMA = {
    "StreamsResponse": "Streams",
    "TrickModesResponse": "TrickModes",
    "PlayServerResponse": "PlayServer",
    "APIVersionResponse": "APIVersion",
    "ContentRangeResponse": "ContentRangeResponse",
    "CapacityPlanning": "CapacityPlanning",
}
DATED_ROOTS = {"StreamsResponse", "TrickModesResponse", "PlayServerResponse", "ErrorsResponse", "ContentStateResponse"}
INTEGERS = frozenset(
    "startTime endTime dbTime serviceGroup bitrate contentLength segmentIndex NPT eventTime type mode response playServerID"
    " errorCode errorTime TSIDOutput bandwidth dateIngested filesize major minor starttime endtime hdstreams hdstremas sdstreams"
    " bandwdith counter maxTime curTime Size SegmentId".split()
)


@dataclass(frozen=True)
class Ways:
    """Points on which the document offers several readings or none."""

    # spelling of names and values
    tsid: str = "tsidOutput"  # tsidOutput (example), tsidOutputs (table)
    blanks: str = "some"  # integers without a value: some, none, many
    in_service: str = "InService"  # InService (example), In Service (table)
    interval: str = "interval"  # interval (example), Interval (table)
    hd: str = "hdstreams"  # hdstreams (example), hdstremas (table)
    bandwidth: str = "bandwidth"  # bandwidth (example), bandwdith (table)
    play: str = "TM_PLAY"  # TM_PLAY (example), TV_Play (table)
    event_time: str = "ms"  # ms, s
    size: str = "events"  # events, ms, bytes
    errors_with: str = "sessionId"  # sessionId (example), nothing (table), sessionID
    scale: str = "whole"  # whole: 1; decimal: 1.0
    ints: str = "plain"  # plain; padded: other spellings of an XSD integer
    asi: bool = False
    error_text: str = ""
    # which rows, in which order
    member: str = "start"  # start, end, db, overlap
    to_inclusive: bool = True
    order: str = "start"  # start, newest, mixed, db, time (trick modes by time, not by session)
    playlists: str = "absent"  # in StreamHistory: absent, first (content), each
    tricks_of: str = "single"  # in TrickModeHistory: single, all
    list_type: str = "own"  # own; merged: TrickModeHistory in its long form, TrickModeListHistory unknown; both: long form for both
    live_tricks: bool = False
    destroy_npt: str = "zero"  # zero (examples), actual
    playlist_npt: str = "total"  # total, segment
    post_roll: bool = False
    jitter: bool = False  # NPT a second off, as in the examples
    bare_sessions: bool = False  # system streams have the two rows of the long example's last session
    end_scale: str = "zero"  # the pause at the end of a content: zero, kept (example)
    # requests
    member_limit: int = HOUR
    reversed: str = "refuse"  # refuse, empty
    far_dates: str = "empty"  # negative dates and dates past 32 bits: empty, refuse
    zero_rows: str = "none"  # maxRows=0: none, refuse, all
    bad_rows: str = "refuse"  # maxRows or fromOffset that is no number: refuse, ignore
    empty_rows: str = "ignore"  # maxRows= : refuse, ignore
    extra: str = "ignore"  # parameters not of the message: ignore, refuse
    twice: str = "last"  # first, last, refuse
    date_format: str = "ignore"  # unknown dateFormat: ignore, refuse
    missing_type: int = 400  # 400, 404
    fold_names: bool = False  # parameter names and types in any case
    # capacity
    capacity_limit: bool = True
    capacity_zero: bool = True  # a row for an interval without streams
    capacity_last: bool = True  # False: the interval that touches the range's end is left out (example)
    capacity_default: str = "hour"  # hour, whole
    capacity_align: str = "from"  # from, clock
    server_action: str = "both"  # both, SERVER, SERVERID
    unknown_place: str = "rows"  # unknown service group or server: rows (of zeros), empty, refuse
    unknown_action: str = "refuse"  # refuse, ignore
    # contents
    collation: str = "bytes"  # bytes, fold
    stem: bool = False  # fromOffset may lack the file ending
    unknown_offset: str = "next"  # next, empty, refuse
    names: str = "odd"  # odd, numbers
    # reconciliation
    events_types: str = "both"  # both, GetTrickmodeEventList, GetTrickmodeEventsList
    unknown_stream: str = "empty"  # empty, bare, 404, 400
    active_stream: str = "empty"  # the same
    both_missing: str = "101"
    error_form: str = "bare"  # bare, declared, namespaced
    prefix: bool = False
    # XML
    location: str = "given"  # given, absent, other
    root_date: str = "echo"  # echo, absent, sec, empty
    quote: str = '"'
    attributes: str = "table"  # table, sorted, reversed
    layout: str = "indented"  # indented, flat, airy
    references: str = "few"  # few, many
    comments: bool = False
    declaration: str = "double"  # double, single, standalone, lower, none, ascii
    bom: bool = False
    paired: bool = False  # <a></a> for <a/>
    encoding: str = "utf-8"
    # HTTP
    framing: str = "length"  # length, chunked, chunked-odd, close, http10
    compress: bool = False
    head: str = "answer"  # answer, refuse
    post: str = "405"  # 405, 501, 400, get
    content_type: str = "text/xml; charset=UTF-8"
    error_body: str = "html"  # html, none, text, xml
    close_after: int = 0  # requests a connection; 0: no limit
    header_case: str = "title"  # title, lower
    segments: int = 0  # bytes a segment; 0: at once
    delay: float = 0.0
    # the world
    world: str = "full"  # full, fresh
    fresh_time: str = "0"
    only_single: bool = False
    grow: bool = False
    skew: int = 0
    busy: int = 300
    ipv6: bool = False
    wide: bool = False


PERSONALITIES: dict[str, tuple[str, dict[str, Any]]] = {
    "default": ("the examples where they differ from the tables", {}),
    "tables": (
        "the tables where they differ from the examples",
        {
            "tsid": "tsidOutputs", "in_service": "In Service", "interval": "Interval", "hd": "hdstremas", "bandwidth": "bandwdith",
            "play": "TV_Play", "event_time": "s", "size": "bytes", "errors_with": "nothing", "server_action": "SERVER",
            "events_types": "GetTrickmodeEventList", "blanks": "none", "root_date": "absent",
        },
    ),
    "tsid-outputs": ("tsidOutputs as in the table", {"tsid": "tsidOutputs"}),
    "blank-integers": ("most integers that may be unknown are empty, as bitrate and serverIpAddress in the examples", {"blanks": "many"}),
    "in-service": ("states as the table writes them", {"in_service": "In Service"}),
    "capacity-table": ("Interval, hdstremas, bandwdith", {"interval": "Interval", "hd": "hdstremas", "bandwidth": "bandwdith"}),
    "capacity-mixed": ("interval with hdstremas and bandwidth; clock hours; whole range by default", {
        "hd": "hdstremas", "capacity_align": "clock", "capacity_default": "whole", "server_action": "SERVERID"}),
    "capacity-day": ("a day may be asked for, as in the examples", {"capacity_limit": False}),
    "capacity-example": ("a day may be asked for; its last interval and those without streams are left out", {
        "capacity_limit": False, "capacity_last": False, "capacity_zero": False, "unknown_place": "empty"}),
    "tv-play": ("TV_Play; EventTime in seconds; the event list's name from the example", {
        "play": "TV_Play", "event_time": "s", "events_types": "GetTrickmodeEventsList"}),
    "size-duration": ("Size is the stream's length in milliseconds", {"size": "ms"}),
    "size-bytes": ("Size is in bytes", {"size": "bytes"}),
    "by-end": ("streams belong to the period in which they end", {"member": "end"}),
    "by-database": ("streams belong to the period in which they were recorded; list in that order", {"member": "db", "order": "db"}),
    "by-overlap": ("streams belong to every period they touch", {"member": "overlap"}),
    "to-exclusive": ("the second toDate itself is outside", {"to_inclusive": False}),
    "newest-first": ("newest rows first", {"order": "newest"}),
    "mixed-order": ("a fixed order without visible rule", {"order": "mixed"}),
    "tricks-by-time": ("trick modes ordered by time, sessions interleaved", {"order": "time"}),
    "playlists-first": ("StreamHistory has playlists by their first content; TrickModeHistory is of all sessions", {
        "playlists": "first", "tricks_of": "all"}),
    "playlists-each": ("StreamHistory has a row for each content of a playlist", {"playlists": "each", "tricks_of": "all"}),
    "one-trick-type": ("TrickModeHistory answers in the long form, as the TrickModeListHistory section says; TrickModeListHistory is unknown", {
        "list_type": "merged", "tricks_of": "all"}),
    "long-tricks": ("both trick-mode messages answer in the long form", {"list_type": "both", "tricks_of": "all"}),
    "live-tricks": ("trick modes of streams that still run are listed", {"live_tricks": True}),
    "npt-kept": ("NPT is kept when a stream is destroyed; per content in playlists", {"destroy_npt": "actual", "playlist_npt": "segment"}),
    "post-roll": ("rows at the end of a content as in the long example: NPT beyond the length, scale kept", {
        "post_roll": True, "end_scale": "kept"}),
    "npt-jitter": ("NPT is up to 1.4 s off after a pause and in normal play, as in the examples (499-502, 1255-1262)", {"jitter": True}),
    "bare-sessions": ("system streams have two trick modes only, op codes 7 and 0, as in lines 554-557", {"bare_sessions": True}),
    "error-texts": ("errorText in trick modes and play servers", {"error_text": "LSC_SERVER_ERROR: \"late\" & <unclear>"}),
    "asi": ("ASI attributes in ServiceGroups", {"asi": True}),
    "errors-table": ("Errors with the table's attributes only", {"errors_with": "nothing"}),
    "errors-session-ID": ("sessionID in Errors too", {"errors_with": "sessionID"}),
    "decimal-scale": ("scale is a text: 1.0, -10.0", {"scale": "decimal"}),
    "padded-integers": ("integers in the other spellings that XSD permits", {"ints": "padded"}),
    "strict-requests": ("everything that is not expected is refused", {
        "extra": "refuse", "twice": "refuse", "date_format": "refuse", "empty_rows": "refuse", "zero_rows": "refuse", "bad_rows": "refuse",
        "far_dates": "refuse", "unknown_place": "refuse", "unknown_offset": "refuse", "unknown_stream": "400", "active_stream": "400"}),
    "lenient-requests": ("what is not understood is ignored; names in any case", {
        "extra": "ignore", "twice": "first", "empty_rows": "ignore", "bad_rows": "ignore", "zero_rows": "all", "reversed": "empty",
        "unknown_action": "ignore", "fold_names": True, "stem": True}),
    "missing-type-404": ("no messageType at all is 404; both parameters missing is 102", {"missing_type": 404, "both_missing": "102"}),
    "unknown-streams-404": ("streams unknown or active are 404", {"unknown_stream": "404", "active_stream": "404"}),
    "bare-response": ("streams unknown or active have no TrickmodeEventList", {"unknown_stream": "bare", "active_stream": "bare"}),
    "prefixed": ("the reconciliation reply with a prefix; its errors in the namespace, declared", {"prefix": True, "error_form": "namespaced"}),
    "declared-errors": ("error bodies with an XML declaration", {"error_form": "declared", "error_body": "none"}),
    "collate-fold": ("contents ordered without regard to case", {"collation": "fold"}),
    "stems": ("fromOffset may be given without the file ending", {"stem": True}),
    "number-names": ("all contents have numbers for names, so that the table's xs:integer holds", {"names": "numbers"}),
    "no-locations": ("no schema location; no dateFormat on the root", {"location": "absent", "root_date": "absent"}),
    "other-locations": ("another schema location; dateFormat empty", {"location": "other", "root_date": "empty"}),
    "odd-xml": ("single quotes, reversed attributes, comments, much white space, paired tags", {
        "quote": "'", "attributes": "reversed", "comments": True, "layout": "airy", "paired": True, "declaration": "single"}),
    "references": ("characters written as references, sorted attributes, ASCII declared", {
        "references": "many", "attributes": "sorted", "declaration": "ascii", "layout": "flat"}),
    "no-declaration": ("no XML declaration, one long line", {"declaration": "none", "layout": "flat"}),
    "bom": ("a byte order mark, the declaration in lower case", {"bom": True, "declaration": "lower"}),
    "standalone": ("standalone in the declaration, application/xml without charset", {
        "declaration": "standalone", "content_type": "application/xml"}),
    "chunked": ("chunked transfer", {"framing": "chunked"}),
    "chunked-odd": ("chunks of odd sizes with extensions and a trailer", {"framing": "chunked-odd"}),
    "close": ("the end of the connection ends the body", {"framing": "close"}),
    "http-1.0": ("HTTP/1.0 replies", {"framing": "http10", "content_type": "text/xml"}),
    "gzip": ("compressed where the client says it may be", {"compress": True, "header_case": "lower"}),
    "gzip-chunked": ("compressed and chunked", {"compress": True, "framing": "chunked"}),
    "methods-refused": ("HEAD is 405, POST 501", {"head": "refuse", "post": "501", "error_body": "none"}),
    "post-as-get": ("POST is answered like GET", {"post": "get", "error_body": "xml"}),
    "twenty-requests": ("a connection ends after 20 requests, small segments", {"close_after": 20, "segments": 700, "error_body": "text"}),
    "growing": ("streams end and are recorded while we read, five a second", {"grow": True, "order": "db"}),
    "growing-live": ("the same, and trick modes are listed at once", {"grow": True, "order": "db", "live_tricks": True}),
    "clock-ahead": ("the device's clock is some hours ahead", {"skew": 7 * HOUR + 787}),
    "clock-behind": ("the device's clock is years behind", {"skew": -(11 * 365 * 24 * HOUR + 1234)}),
    "fresh": ("a device on which nothing happened yet", {"world": "fresh"}),
    "fresh-blank": ("the same; times that do not exist are empty", {"world": "fresh", "fresh_time": ""}),
    "slow": ("200 ms for every reply", {"delay": 0.2}),
    "ipv6": ("all addresses are of version 6", {"ipv6": True}),
    "wide-integers": ("integers beyond 32 and 64 bits, negative error codes", {"wide": True}),
    "no-content-type": ("replies without Content-Type", {"content_type": ""}),
    "single-only": ("sessions with one content only", {"only_single": True}),
}
DOUBTFUL: dict[str, tuple[str, dict[str, Any]]] = {
    "utf-16": ("UTF-16: 'an XML document' permits it, every example declares UTF-8", {"encoding": "utf-16"}),
    "newest-first-growing": ("newest first in a growing world: pages overlap when rows come in between", {"grow": True, "order": "newest"}),
}


class Fault(NamedTuple):
    """A deviation: what it is, and the lines of the document that rule it out."""

    text: str
    lines: list[int]


def _(text: str, *lines: int) -> Fault:
    return Fault(text, list(lines))


UNKNOWN = (59, 105, 161, 268, 379, 460, 589, 683, 749, 809, 865, 938, 985, 1098)  # 404 for a messageType that is none, in each section


FAULTS: dict[str, Fault] = {
    # requests and status codes
    "unknown-type-400": _("an unknown messageType is 400, not 404", *UNKNOWN),
    "unknown-type-served": _("an unknown messageType is answered 200 with the version", *UNKNOWN),
    "type-prefix-served": _("a messageType that only begins like StreamHistory is served as StreamHistory", 161),
    "missing-from-served": _("StreamHistory without fromDate is 200", 143, 160),
    "missing-to-served": _("TrickModeHistory without toDate is 200", 359, 378),
    "missing-dates-served": _("Errors without both dates is 200", 665, 682),
    "missing-date-404": _("PlayServerHistory without a date is 404", 588, 589),
    "empty-to-served": _("StreamListHistory with an empty toDate is 200", 249, 267),
    "capacity-missing-from-served": _("CapacityPlanning without fromDate is 200", 1068, 1097),
    "garbage-date-served": _("Errors with a fromDate that is a word is 200 with an empty list", 665, 682),
    "streams-two-hours": _("StreamHistory takes ranges up to two hours", 147),
    "play-servers-any-range": _("PlayServerHistory takes any range", 574),
    "errors-second-over": _("Errors takes a range of up to 3605 s", 669),
    "list-limit-with-rows": _("StreamListHistory does not check the range when maxRows is given", 251),
    "streams-hour-refused": _("StreamHistory refuses the range of its own example, 3599 s", 147, 159),
    "group-missing-served": _("CapacityPlanning with action=SERVICEGROUP and no serviceGroup is 200", 1072),
    "server-missing-served": _("CapacityPlanning for a server without serverID is 200", 1072),
    "contents-no-rows-served": _("ContentRange without maxRows is 200", 969, 984),
    "version-now-and-then-404": _("every fifth Version request is 404", 936, 938),
    "stale-after-error": _("after an error the next reply on the connection is the same error", 57),
    "events-no-stream-200": _("reconciliation without StreamID is 200 with the Error element", 1207),
    "events-no-stream-code": _("reconciliation without StreamID has code 102", 1207, 1210),
    "events-no-stream-text": _("its message is 'Missing StreamID in request'", 1207, 1210),
    "events-no-type-404": _("reconciliation without messageType is 404", 1213),
    "events-no-type-served": _("reconciliation without messageType is answered with the events", 1213),
    "events-no-type-code": _("reconciliation without messageType has code 101", 1213, 1216),
    "events-no-type-text": _("its message ends in a full stop", 1213, 1216),
    "events-error-root": _("the error element is errors, not Error", 1207, 1216),
    # types and values
    "start-fraction": _("startTime has a fraction in one row in 97 of StreamHistory", 171),
    "end-iso": _("endTime is an ISO date in one row of StreamListHistory", 279),
    "db-exponent": _("dbTime is written 1.2E9 in one row of StreamHistory", 173),
    "bitrate-unit": _("bitrate has a unit in one row of StreamHistory", 182),
    "group-name": _("serviceGroup is a name in one row of StreamListHistory", 284),
    "stream-type": _("streamType is 'admin' in one row of StreamHistory", 179),
    "length-fraction": _("contentLength has a fraction in one Content of StreamListHistory", 291),
    "npt-fraction": _("NPT has a fraction, past row 500 of the trick modes only", 389),
    "event-time-blank-word": _("eventTime is 'unknown' in one row of PlayServerHistory", 601),
    "play-server-name": _("playServerID is a host name in one row of PlayServerHistory", 602),
    "error-code-hex": _("errorCode is written 0x138D in one row of Errors", 693),
    "response-nonzero": _("the trick modes' response is 1 in one row, past row 500", 478),
    "trick-type-name": _("the trick modes' type is PLAY in one row", 476),
    "file-size-commas": _("filesize has commas in one row past 500 of ContentState", 879),
    "ingested-iso": _("dateIngested is an ISO date in one row of ContentState", 877),
    "admin-state": _("isaAdminState is Deleted in one row of ContentState", 880),
    "op-state": _("isaOpState is Unprovisioned in one row of ContentState", 881),
    "range-state": _("isaAdminState is Created in one row of ContentRange", 996),
    "device-type": _("one device is a Caching Node", 762),
    "service-group-text": _("one service group is written SG-73", 819),
    "version-decimal": _("major is 1.3", 947),
    "minor-missing": _("the version has no minor", 948),
    "clock-frozen": _("curTime stands still", 116),
    "max-stream-stale": _("MaxStreamModifiedTime is that of the first stream", 115),
    "max-error-stale": _("MaxErrorModifiedTime is that of the first error", 69),
    "max-time-missing": _("MaxErrorModifiedTime has no maxTime", 69),
    # counters and intervals
    "counter-low": _("counter is below the larger of the two kinds of streams", 1110, 1113),
    "counter-high": _("counter is above the sum of the two kinds of streams", 1110, 1113),
    "capacity-fraction": _("bandwidth has a fraction", 1112),
    "capacity-hd-negative": _("hdstreams is -1 where there is none", 1110),
    "interval-early": _("the first interval begins an hour before fromDate", 1076, 1108),
    "interval-late": _("the last interval ends half an hour after toDate", 1076, 1109),
    "group-above-all": _("a service group has more streams than all together", 1082, 1113),
    # rows, pages, windows
    "session-missing": _("sessionID is missing in one row of StreamHistory", 178),
    "session-spelling": _("sessionID is spelled sessionId in one row of StreamHistory", 178),
    "host-missing": _("one device has no hostname", 760),
    "code-missing": _("one error has no errorCode", 693),
    "op-state-missing": _("one content of ContentRange has no isaOpState", 997),
    "row-name": _("one row of StreamHistory is named Streams", 170),
    "playserver-row-name": _("one row of PlayServerHistory is named TrickMode", 598),
    "content-attributes-on-stream": _("one row of StreamListHistory has its content as attributes, no Content", 287, 292),
    "errors-root": _("the root of Errors is ErrorResponse", 685),
    "max-root": _("the root of MaxStreamModifiedTime is that of MaxErrorModifiedTime", 107),
    "page-row-lost": _("the first row of every page but the first is lost", 251),
    "page-row-doubled": _("every page but the first repeats the last row before it", 251),
    "page-lost-late": _("past row 500, the first row of every page is lost", 361),
    "page-doubled-late": _("past row 500, every page repeats the row before it", 361),
    "page-one-more": _("maxRows of StreamHistory gives a row more", 147),
    "page-offset-ignored-late": _("fromOffset past 500 starts at 500", 361),
    "range-one-more": _("ContentRange gives maxRows + 1", 971, 1034),
    "range-repeats": _("ContentRange repeats the named content", 1034),
    "range-skips": _("ContentRange skips the content after the named one, past 500 only", 1034),
    "range-swapped": _("two neighbours of ContentRange are swapped, past row 500", 999),
    "range-odd-offset": _("a fromOffset with a plus or percent sign is decoded twice, so the page starts elsewhere", 1034),
    "range-amp-offset": _("a fromOffset with an ampersand ends there", 1034),
    "range-fold-offset": _("fromOffset skips names that differ only in case from the named one", 1034),
    "range-content-missing": _("one content of ContentState is not in ContentRange", 847, 999),
    "range-long-name-cut": _("names longer than 200 are cut in ContentRange", 995),
    "window-streams": _("StreamHistory has a row far outside of the window under every reading", 133),
    "window-list": _("StreamListHistory has a row far outside of the window", 235),
    "window-tricks": _("TrickModeHistory has events a minute after toDate", 351, 436),
    "window-errors": _("Errors has an error a minute before fromDate", 659),
    "window-play-servers": _("PlayServerHistory has events ten minutes after toDate", 564),
    "window-ignored-list": _("StreamListHistory answers with all streams whatever is asked", 235),
    "window-hour-lost": _("asked for a full hour Errors leaves out every seventh error that shorter windows show", 659),
    "list-lacks-single": _("every ninth single-content session of StreamHistory is not in StreamListHistory", 233, 235),
    "list-start-differs": _("startTime of every ninth session differs in StreamListHistory by a second", 171, 278),
    "list-content-differs": _("every ninth session has another content in StreamListHistory", 180, 288),
    "list-group-differs": _("every ninth session has another service group in StreamListHistory", 177, 284),
    "play-servers-lack": _("PlayServerHistory lacks every ninth session's actions", 564),
    # contents' segments and normal play time
    "segment-from-one": _("segmentIndex of the contents starts from 1", 292),
    "segment-gap": _("playlists have segmentIndex 0, 2, 3", 292),
    "segment-same": _("all contents of a playlist have segmentIndex 0", 292),
    "single-segment-one": _("trick modes of single contents have segmentIndex 1", 475),
    "npt-start": _("NPT of every fifth session starts at 5000", 389),
    "npt-pause": _("NPT goes on in real time while paused, in every fifth session", 389),
    "npt-double": _("NPT advances twice as fast as real time in normal play, in every fifth session", 389),
    "npt-reverse": _("NPT grows while playing in reverse, in every fifth session", 389),
    "npt-still": _("NPT does not advance in normal play, in every fifth session", 389),
    "events-npt-pause": _("CurrentNPT goes on while paused", 1240),
    "events-npt-reverse": _("CurrentNPT grows in reverse", 1240),
    "events-npt-start": _("CurrentNPT of the first event is 5000", 1240),
    "events-segment-zero": _("SegmentId starts from 0", 1242),
    "events-segment-missing": _("one event has no SegmentId", 1242, 1306),
    "events-denominator": _("ModeScaleDenom is 2 in one event", 1239),
    "events-mode": _("EventMode is TM_FFWD where the scale is above 1", 1237),
    "events-size-negative": _("Size is -1", 1228, 1293),
    "events-size-missing": _("Size is missing", 1228, 1293),
    "events-stream-id": _("StreamID comes back percent-encoded", 1227),
    "events-other-stream": _("every third stream is answered with its neighbour's StreamID", 1181, 1227),
    "events-empty": _("every third completed stream has no events", 1181),
    "events-active": _("a stream that still runs is answered with its events", 1187),
    "events-no-namespace": _("the reconciliation reply is in no namespace", 1251, 1276),
    "events-inner-namespace": _("its events are in no namespace", 1276, 1290),
    "events-two-lists": _("the list comes twice", 1281, 1282),
    "events-extra": _("a TrickmodeEvent is beside the list", 1278, 1284),
    # XML and HTTP
    "ampersand-raw": _("& is not escaped in content names", 37),
    "less-than-raw": _("< is not escaped in content names", 37),
    "quote-lost": _("one row past 500 of the trick modes lacks a closing quote", 37),
    "attribute-twice": _("one row of StreamHistory has an attribute twice", 37),
    "control-character": _("one error's text holds U+0001", 37),
    "latin-1": _("content names are in Latin-1 while UTF-8 is declared", 37),
    "two-roots": _("StreamListHistory has its root twice", 37),
    "warning-before": _("a script's warning stands before the XML declaration", 37),
    "warning-after": _("a script's warning stands after the root", 37),
    "groups-unclosed": _("ServiceGroup elements are not closed", 37),
    "range-closing-tag": _("ContentRangeResponse is closed by ContentStateResponse", 987),
    "devices-html": _("Devices is an HTML page", 37),
    "empty-list-no-body": _("a list without rows is an empty body", 37),
    "body-truncated": _("bodies over 20,000 bytes are cut at half and the connection closes", 37),
    "length-short": _("Content-Length is a byte short for ContentState", 37),
    "length-long": _("Content-Length is seven bytes too long for Devices", 37),
    "chunk-end-missing": _("the chunked body of StreamHistory lacks its last chunk", 37),
    "chunk-size": _("one chunk of StreamHistory gives a wrong size", 37),
    "head-body": _("HEAD is answered with a body", 37),
    "never-ends": _("PlayServerHistory with rows is followed by spaces without end", 37),
}
SHOULD: dict[str, Fault] = {
    "trick-session-unknown": _("trick modes of a session that no stream has", 393),
    "end-before-start": _("a stream ends before it starts", 171, 172),
    "db-before-end": _("a stream was recorded before it ended", 173),
    "server-address": _("serverIpAddress is no address", 176),
    "server-not-a-device": _("serverIpAddress is none of the Devices", 731, 761),
    "group-not-configured": _("a stream's service group is not among ServiceGroups", 791, 819),
    "interval-backwards": _("an interval's end is before its start", 1108, 1109),
    "page-order": _("with maxRows the order is another than without", 251),
    "content-not-in-state": _("a stream's content is not in ContentState", 847),
    "bitrates-differ": _("the bitrate differs between the two stream histories", 182, 289),
    "event-outside-stream": _("a trick mode later than its stream's end", 391),
    "type-of-nothing": _("XML is sent as text/html", 37),
    "date-format-other": _("the root says dateFormat usec", 204),
    "size-too-many": _("Size is one more than the events", 1252),
    "events-unordered": _("events are out of order", 1253, 1266),
    "extra-attribute": _("one stream has an attribute that the table has not", 167, 183),
    "order-changes": _("the same request gives another order each time", 133),
    "charset-wrong": _("Content-Type says ISO-8859-1, the declaration UTF-8", 37),
    "gzip-unasked": _("replies are compressed though the client asked for identity", 37),
    "file-size-zero": _("a content in service has no bytes", 879),
    "ingested-in-future": _("a content was ingested tomorrow", 877),
    "future-rows": _("an error's time is after the device's own time", 695),
    "group-twice": _("a service group is listed twice", 791),
    "content-twice": _("a content is twice in ContentState", 847),
    "no-state-for-stream-error": _("an error's serverIpAddress is none of the Devices", 697),
}
ALL_FAULTS = FAULTS | SHOULD


# ---------------------------------------------------------------------------------------------------- the world


@dataclass
class Clip:
    """A content: its bitrate in bit/s, its length in ms."""

    name: str
    bitrate: int
    asset: str
    length: int
    ior: str
    ingested: int
    state: tuple[str, str]
    vault: str


@dataclass
class Act:
    """One trick-mode action: position and time in ms."""

    npt: int
    at: int
    scale: int
    segment: int
    kind: str


@dataclass
class Stream:
    """One session. Times in seconds, `recorded` when its row appears."""

    number: int
    start: int
    end: int
    db: int
    recorded: float
    mac: str
    address: str
    server: int
    group: int
    session: str
    kind: str
    clips: list[Clip]
    known: bool
    id: str = ""
    acts: list[Act] = field(default_factory=list)

    @property
    def rate(self) -> int:
        return self.clips[0].bitrate


KINDS = {"create": (0, 0), "segstart": (160, 4), "play": (6, 4), "pause": (1, 1), "segend": (161, 4), "eos": (64, 7), "stop": (1, 1),
         "roll": (161, 1), "destroy": (65, 0), "start": (7, 3), "over": (0, 0)}
ODD_NAMES = (
    "Tom & Jerry.mpg", "a<b>c.mpg", 'He said "hi".mpg', "it's.mpg", "C++ primer.mpg", "plus+plus.mpg", "100% real.mpg", "50%25 off.mpg",
    "%41.mpg", "Ünïcödé – Straße.mpg", "日本語の番組.mpg", "emoji 🎬.mpg", "semi;colon.mpg", "hash#tag.mpg", "q?mark=1&maxRows=2.mpg",
    "folder/sub/file.mpg", "back\\slash.mpg", "trailing space .mpg", "Case.mpg", "CASE.mpg", "case.mpg", "L" + "o" * 300 + "ng.mpg",
    "noending", "two  spaces.mpg", "caf\u00e9.mpg", "cafe\u0301.mpg", "&amp;.mpg", "&#65;.mpg", "]]>.mpg", "<!-- x -->.mpg", "{brace}.mpg",
    "tilde~.mpg", "comma,dot.mpg", "pipe|x.mpg", "0.mpg", "00.mpg", "a.mpg", "a.mpg.mpg", "A_1.mpg", "[x](y).mpg", "null", "-1.mpg", "1e5.mpg",
)
IOR = ("IOR:010000002600000049444c3a6973612e7477632e636f6d2f41737365744d6f64756c652f41737365743a312e3000000001000000000000007c"
       "000000010102000e0000003137322e32322e39392e313736001a423000000014010f004e55500000001200000000010000000049534150726f7879")


def simulate(dice: random.Random, start: int, end: int, lengths: list[int], busy: bool, roll: bool, jitter: bool) -> list[Act]:
    """What a viewer does from start to end (ms). NPT follows from time and scale exactly; with jitter as well as in the examples."""
    ends = [sum(lengths[: n + 1]) for n in range(len(lengths))]
    acts = [Act(0, start, 0, 0, "create"), Act(0, start, 1, 0, "segstart"), Act(0, start, 1, 0, "play")]
    at, npt, scale, segment, over = start, 0, 1, 0, False
    while not over and end - at > 6000:
        step = min(dice.randrange(4000, 200_000 if busy else 900_000) if scale in (0, 1) else dice.randrange(2000, 15_000), end - at - 2000)
        if scale > 0 and (room := -(-(ends[segment] - npt) // scale)) <= step:
            at, npt = at + room, ends[segment]
            acts.append(Act(npt, at, scale, segment, "segend"))
            if segment + 1 < len(ends):
                segment += 1
                acts.append(Act(npt, at, scale, segment, "segstart"))
            else:
                over = True
                acts += [Act(npt, at, scale, segment, "eos"), Act(npt, at, scale, segment, "stop")]
                if roll:
                    acts.append(Act(npt + 610_000, at, scale, segment, "roll"))
            continue
        low = ends[segment - 1] if segment else 0
        if scale < 0 and (room := -(-(npt - low) // -scale)) <= step:
            at, npt, scale = at + room, low, 1
            acts.append(Act(npt, at, scale, segment, "play"))
            continue
        at, npt, old = at + step, npt + scale * step, npt
        if jitter and scale in (0, 1):  # lines 499 to 502: 1.4 s in a pause; 1259 to 1262: a second lost in normal play
            npt = min(npt + dice.randrange(1420), ends[segment] - 1) if scale == 0 else max(old, npt - dice.randrange(1100))
        if scale == 0:
            scale = 1
        else:
            scale = dice.choice([one for one in (0, 1, 1, 10, -10, 4, 15, -4) if one != scale])
        acts.append(Act(npt, at, scale, segment, "pause" if scale == 0 else "play"))
    if not over:
        npt = max(min(npt + scale * (end - at), ends[segment]), ends[segment - 1] if segment else 0)
    acts.append(Act(npt, end, 0 if over else scale, segment, "destroy"))
    return acts


def bend(fault: str, acts: list[Act]) -> None:
    """Break a rule of normal play time in a session; what comes after is shifted along, so that only that rule is broken."""
    for place in range(1, len(acts)):
        before, here = acts[place - 1], acts[place]
        apart, shift = here.at - before.at, 0
        if apart < 3000 or here.kind == "destroy":
            continue
        if fault.endswith("npt-pause") and before.scale == 0:
            shift = apart
        elif fault.endswith("npt-reverse") and before.scale < 0 and here.npt < before.npt:
            shift = 2 * (before.npt - here.npt)
        elif fault == "npt-double" and before.scale == 1 and here.npt > before.npt:
            shift = apart
        elif fault == "npt-still" and before.scale == 1 and here.npt > before.npt:
            shift = before.npt - here.npt
        if shift:
            for later in acts[place:]:
                later.npt = max(0, later.npt + shift)
    if fault.endswith("npt-start"):
        for act in acts[: 3 if fault == "npt-start" else None]:
            if act.npt == 0:
                act.npt = 5000


class World:
    """Everything that happened on the device, by seed. `base` is the device's hour at which it was switched to idle."""

    def __init__(self, seed: int, ways: Ways, now: float) -> None:
        self.dice = random.Random(f"birch {seed}")
        self.ways = ways
        self.now = now
        self.base = int(now) // HOUR * HOUR
        self.data = self.base - 4 * HOUR
        self.quiet = self.base - 3 * HOUR
        self.busy = self.base - 2 * HOUR
        self.devices = [("Vault", f"vault{n}", f"209.165.201.{n - 310}") for n in (312, 314, 316)]
        self.devices += [("Streamer", f"stm{n}", f"209.165.201.{n}") for n in range(44, 54)]
        self.devices += [("ISV", f"isv{n}", f"209.165.202.{n}") for n in (129, 130)]
        if ways.ipv6:
            self.devices = [(kind, name, f"2001:db8::{ip.replace('.', ':')}") for kind, name, ip in self.devices]
        self.servers = {51 + n: ip for n, (_kind, _name, ip) in enumerate(self.devices[3:])}
        self.groups = [21, 22, 73, 104, 200, 2**70 + 5 if ways.wide else 934282940]
        self.clips = self.make_clips()
        self.streams: list[Stream] = []
        self.errors: list[dict[str, Any]] = []
        if ways.world == "full":
            self.fill()

    def make_clips(self) -> list[Clip]:
        if self.ways.world != "full":
            return []
        dice, names = self.dice, []
        if self.ways.names == "numbers":
            names = [str(dice.randrange(10 ** dice.randrange(1, 17))) for _ in range(640)]
        else:
            names = [f"example.com::{15800 + n * 3}::{dice.choice(('DHW5_512', 'SCR8_803', 'BKL1_77'))}{dice.choice(('', '_HD'))}_A1_01_{n % 28 + 1:02}.mpg"
                     for n in range(420)]
            names += [f"NBA_SR_MichaelvMagic1991-JPW91GB_{n}.mpg" for n in range(140)]
            names += [f"ccLongHD_{n}.mpg" for n in range(60)] + [f"DK{n:05}_0{n % 90 + 10}.mpg" for n in range(40)] + list(ODD_NAMES)
        clips: list[Clip] = []
        for name in dict.fromkeys(names):
            state = dice.choices((("InService", "InService"), ("OutOfService", "OutOfService"), ("Unprovisioned", "Created"),
                                  ("OutOfService", "InService")), (90, 5, 3, 2))[0]
            asset = dice.choice(("ArroyoAsset", "ArroyoAsset", f"arroyo.tv::AVSC{dice.randrange(10**9):017}", "Größe & Co"))
            clips.append(Clip(name, dice.choice((3_750_000, 3_750_000, 3_371_250, 15_000_000, 12_500_000)), asset,
                              dice.randrange(20_000, 5_400_000 if len(clips) % 4 else 200_000), IOR + f"{dice.getrandbits(400):0100x}",
                              self.base - dice.randrange(5 * HOUR, 900 * HOUR), state, dice.choice(self.devices[:3])[2]))
        dice.shuffle(clips)
        return clips

    def fill(self) -> None:
        dice, ways = self.dice, self.ways
        # (first start, last start, latest end, latest record, streams): the quiet hour sees nothing under any reading
        for first, last, end, db, count in (
            (self.data, self.data + 2000, self.quiet - 900, self.quiet - 60, 60),
            (self.busy, self.busy + HOUR, self.base - HOUR + 1200, self.base - HOUR + 2000, ways.busy),
            (self.base - HOUR, self.base - 2200, self.base - 1500, self.base - 300, 50),
        ):
            starts = sorted(dice.randrange(first, last) for _ in range(count))
            if count == ways.busy:
                starts[0], starts[-2], starts[-1] = first, last - 1, last - 1
            for start in starts:
                stop = min(start + int(dice.lognormvariate(6, 1)) + 8, end - dice.randrange(0, 300))
                stop = max(stop, start + 5)
                self.add(start, stop, min(stop + dice.choice((0, 3, 60, 598, 700)), db))
            for _ in range(max(1, count // 7)):
                self.add_error(dice.randrange(first, max(last - 1, first + 1)))
        self.add_error(self.busy)
        self.add_error(self.busy + HOUR - 1)
        self.errors.sort(key=lambda one: int(one["errorTime"]))
        for number in range(40):  # still running
            start = self.base - dice.randrange(1, 2400)
            end = int(self.now) + (7200 + 60 * number if not ways.grow or number % 2 else 20 + 5 * number)
            self.add(start, end, end + 30)
        if ways.grow:
            for number in range(1500):
                end = self.now + number * 0.2
                self.add(int(end) - dice.randrange(5, 400), int(end), int(end), end)

    def add(self, start: int, end: int, db: int, recorded: float | None = None) -> None:
        dice, number = self.dice, len(self.streams)
        server = dice.choice(list(self.servers))
        mac = f"C0A8{dice.getrandbits(32):08X}"
        session = (
            f"EmulatedSession:209.165.201.15:{14996 + number}:{start}739", f"{mac}::{start}:{dice.randrange(10**6):06}::{number}",
            f"{start}:{117644001 + number}", f"{mac}::1::3232235818::{number}",
        )[number % 4]
        many = not self.ways.only_single and number % 5 == 3
        clips = dice.sample(self.clips, dice.randrange(2, 5)) if many else [dice.choice(self.clips)]
        if number % 11 == 6 and not many:
            clips = [next(clip for clip in dice.sample(self.clips, len(self.clips)) if len(clip.name) < 30 or self.ways.names == "numbers")]
        stream = Stream(
            number, start, end, db, float(db) if recorded is None else recorded, ("EmulatedSess", mac, mac, f"{start}:{number % 9}")[number % 4],
            "" if number % 7 == 2 and self.ways.blanks != "none" else self.servers[server], server,
            self.groups[number % 6], session, "sys" if number % 23 == 5 else "user", clips,
            known=self.ways.blanks == "none" or number % 13 != 4 or many,
        )
        day = time.gmtime(start)
        stream.id = (f"{clips[0].name}::{day.tm_mon}/{day.tm_mday}/{day.tm_year}|{day.tm_hour:02}:{day.tm_min:02}:{day.tm_sec:02}."
                     f"{dice.randrange(10**6):06}::{number % 3 + 1}")
        stream.acts = simulate(dice, start * 1000 + dice.randrange(1000), end * 1000, [clip.length for clip in clips], number % 3 == 0,
                               self.ways.post_roll, self.ways.jitter)
        self.streams.append(stream)

    def add_error(self, at: int) -> None:
        dice, number = self.dice, len(self.errors)
        code, text = dice.choice(((5005, "AVS_CMPT_OUT_OF_SVC"), (4001, "NO_BANDWIDTH <QAM> & \"edge\""), (7, ""), (-(2**40) if self.ways.wide else 65_541, "Zeitüberschreitung")))
        stream = dice.choice(self.streams) if number % 3 else None
        self.errors.append({
            "errorCode": code, "errorText": text, "errorTime": at, "macAddress": stream.mac if stream else "",
            "serverIpAddress": dice.choice(self.devices[3:])[2], "serviceGroup": dice.choice(self.groups),
            "sourceEventID": f"{at}::1::1::75::70::4044::{112 + number}", "session": stream.session if stream else "",
        })


# ------------------------------------------------------------------------------------------------------ rows


@dataclass
class Row:
    """A row of a list message: when (start, end, recorded in the database), since when it is listed, what it says."""

    start: int
    end: int
    db: int
    seen: float
    attrs: dict[str, Any]
    children: list[dict[str, Any]] | None = None
    text: str = ""
    key: str = ""


def put(name: str, value: Any) -> Callable[[Row], None]:
    return lambda row: row.attrs.__setitem__(name, value)


def drop(name: str) -> Callable[[Row], None]:
    return lambda row: row.attrs.pop(name) and None


def child(name: str, value: Any) -> Callable[[Row], None]:
    def change(row: Row) -> None:
        assert row.children
        row.children[-1][name] = value

    return change


def late(row: int, start: int) -> bool:
    return row >= start and row % 211 == 7


# fault: (message, which rows by place in the whole list, what to do)
ROW_FAULTS: dict[str, tuple[str, Callable[[int], bool], Callable[[Row], None]]] = {
    "start-fraction": ("StreamHistory", lambda n: n % 97 == 70, lambda row: put("startTime", f"{row.start}.5")(row)),
    "end-iso": ("StreamListHistory", lambda n: n == 200, put("endTime", "2009-02-05T17:30:00Z")),
    "db-exponent": ("StreamHistory", lambda n: n == 180, put("dbTime", "1.2E9")),
    "bitrate-unit": ("StreamHistory", lambda n: n == 123, put("bitrate", "3.75M")),
    "group-name": ("StreamListHistory", lambda n: n == 155, put("serviceGroup", "SG-22")),
    "stream-type": ("StreamHistory", lambda n: n == 222, put("streamType", "admin")),
    "length-fraction": ("StreamListHistory", lambda n: n == 133, child("contentLength", "2661405.25")),
    "npt-fraction": ("TrickMode", lambda n: late(n, 900), lambda row: put("NPT", f"{row.attrs['NPT']}.5")(row)),
    "event-time-blank-word": ("PlayServerHistory", lambda n: n == 700, put("eventTime", "unknown")),
    "play-server-name": ("PlayServerHistory", lambda n: n == 650, put("playServerID", "stm44")),
    "error-code-hex": ("Errors", lambda n: n == 30, put("errorCode", "0x138D")),
    "response-nonzero": ("TrickModeListHistory", lambda n: late(n, 900), put("response", "1")),
    "trick-type-name": ("TrickModeListHistory", lambda n: n == 800, put("type", "PLAY")),
    "file-size-commas": ("ContentState", lambda n: n == 610, put("filesize", "1,385,901,220")),
    "ingested-iso": ("ContentState", lambda n: n == 99, put("dateIngested", "2009-02-03")),
    "admin-state": ("ContentState", lambda n: n == 333, put("isaAdminState", "Deleted")),
    "op-state": ("ContentState", lambda n: n == 44, put("isaOpState", "Unprovisioned")),
    "range-state": ("ContentRange", lambda n: n == 521, put("isaAdminState", "Created")),
    "range-long-name-cut": ("ContentRange", lambda _n: True, lambda row: put("Name", row.key[:200])(row)),
    "device-type": ("Devices", lambda n: n == 5, put("type", "Caching Node")),
    "service-group-text": ("ServiceGroups", lambda n: n == 2, put("serviceGroup", "SG-73")),
    "session-missing": ("StreamHistory", lambda n: n == 211, drop("sessionID")),
    "session-spelling": ("StreamHistory", lambda n: n == 212, lambda row: put("sessionId", row.attrs.pop("sessionID"))(row)),
    "host-missing": ("Devices", lambda n: n == 9, drop("hostname")),
    "code-missing": ("Errors", lambda n: n == 33, drop("errorCode")),
    "op-state-missing": ("ContentRange", lambda n: n == 77, drop("isaOpState")),
    "control-character": ("Errors", lambda n: n == 25, put("errorText", "AVS\x01CMPT")),
    "content-attributes-on-stream": (
        "StreamListHistory", lambda n: n == 111, lambda row: (row.attrs.update(row.children[0]), row.__setattr__("children", None))[1]),
    "segment-from-one": ("StreamListHistory", lambda _n: True, lambda row: [one.__setitem__("segmentIndex", one["segmentIndex"] + 1)
                                                                           for one in row.children or ()] and None),
    "segment-gap": ("StreamListHistory", lambda _n: True, lambda row: [one.__setitem__("segmentIndex", one["segmentIndex"] + 1)
                                                                      for one in (row.children or ())[1:]] and None),
    "segment-same": ("StreamListHistory", lambda _n: True, lambda row: [one.__setitem__("segmentIndex", 0) for one in row.children or ()] and None),
    # should
    "bitrates-differ": ("StreamListHistory", lambda n: n % 9 == 1, child("bitrate", 1234567)),
    "extra-attribute": ("StreamHistory", lambda n: n == 168, put("vendorNote", "x")),
    "file-size-zero": ("ContentState", lambda n: n == 170, lambda row: row.attrs.update(filesize=0, isaAdminState="InService")),
    "ingested-in-future": ("ContentState", lambda n: n == 171, lambda row: put("dateIngested", int(row.attrs["dateIngested"]) + 3000 * HOUR)(row)),
    "no-state-for-stream-error": ("Errors", lambda n: n == 41, put("serverIpAddress", "198.51.100.9")),
}
# fault: (message, which rows, what to do with the row's text)
TEXT_FAULTS: dict[str, tuple[str, Callable[[int], bool], Callable[[str], str]]] = {
    "quote-lost": ("TrickMode", lambda n: late(n, 900), lambda text: text[: text.rindex('"')] + text[text.rindex('"') + 1 :]),
    "attribute-twice": ("StreamHistory", lambda n: n == 144, lambda text: text.replace("<Stream ", '<Stream endTime="1" ', 1)),
    "row-name": ("StreamHistory", lambda n: n == 145, lambda text: text.replace("<Stream ", "<Streams ", 1)),
    "playserver-row-name": ("PlayServerHistory", lambda n: n == 600, lambda text: text.replace("<PlayServer ", "<TrickMode ", 1)),
    "groups-unclosed": ("ServiceGroups", lambda _n: True, lambda text: text.replace("/>", ">")),
}


def strain(fault: str | None, world: World) -> None:
    """Deviations that only strain belief, made in the world, so that all messages agree on them."""
    changes: dict[str, dict[str, Any]] = {
        "server-address": {"address": "stm44.lab"}, "server-not-a-device": {"address": "198.51.100.7"}, "group-not-configured": {"group": 99999},
    }
    if fault == "future-rows":
        world.add_error(int(world.now) + 1800)
    for stream in world.streams[160:300:7]:
        if fault == "end-before-start":
            stream.end = stream.start - 60
        elif fault == "event-outside-stream":
            stream.end = stream.start + (stream.end - stream.start) // 2
        elif fault == "db-before-end":
            stream.db = stream.end - 1
        elif fault == "content-not-in-state":
            stream.clips = [replace(stream.clips[0], name="never-ingested.mpg"), *stream.clips[1:]]
        else:
            for name, value in changes.get(fault or "", {}).items():
                setattr(stream, name, value)


class Tables:
    """The rows of every list message."""

    def __init__(self, world: World, fault: str | None) -> None:
        self.world, self.ways, self.fault = world, world.ways, fault
        self.rows: dict[str, list[Row]] = {}
        strain(fault, world)
        for stream in world.streams:
            if fault in ("npt-start", "npt-pause", "npt-double", "npt-reverse", "npt-still") and stream.number % 5 == 0:
                bend(fault, stream.acts)
        for message in STREAMS:
            self.rows[message] = self.ordered([row for stream in world.streams for row in self.stream_rows(message, stream)])
        for message in HISTORY[2:5]:
            self.rows[message] = self.ordered([row for stream in world.streams for row in self.act_rows(message, stream)], events=True)
        self.rows["Errors"] = self.ordered([self.error_row(one) for one in world.errors], events=True)
        self.rows |= {"Devices": self.devices(), "ServiceGroups": self.groups(), "ContentState": self.states(), "ContentRange": self.range()}
        for message, rows in self.rows.items():
            self.spoil(message, rows)

    def spoil(self, message: str, rows: list[Row]) -> None:
        which = ROW_FAULTS.get(self.fault or "")
        if which is not None and message.startswith(which[0]):
            for place, row in enumerate(rows):
                if which[1](place):
                    which[2](row)

    def ordered(self, rows: list[Row], events: bool = False) -> list[Row]:
        order = self.ways.order
        if order == "time" and events:
            rows.sort(key=lambda row: row.start)
        elif order == "newest":
            rows.reverse()
        elif order == "mixed":
            random.Random(7).shuffle(rows)
        elif order == "db":
            rows.sort(key=lambda row: row.seen)
        elif not events:
            rows.sort(key=lambda row: row.start)
        return rows

    def stream_rows(self, message: str, stream: Stream) -> Iterator[Row]:
        ways, odd, many = self.ways, stream.number % 9 == 4, len(stream.clips) > 1
        listed = message == "StreamListHistory"
        if (not listed and many and ways.playlists == "absent") or (listed and odd and not many and self.fault == "list-lacks-single"):
            return
        blank = ways.blanks == "many"
        start, group = stream.start, stream.group
        if listed and odd and self.fault == "list-start-differs":
            start += 1
        if listed and odd and self.fault == "list-group-differs":
            group = self.world.groups[(stream.number + 1) % 6]
        base: dict[str, Any] = {
            "startTime": start, "endTime": stream.end, "dbTime": stream.db, ways.tsid: "" if blank and stream.number % 2 else "0",
            "macAddress": stream.mac, "serverIpAddress": stream.address,
            "serviceGroup": "" if blank and stream.number % 3 == 0 else group, "sessionID": stream.session, "streamType": stream.kind,
        }

        def said(clip: Clip) -> dict[str, Any]:
            if not stream.known:
                return {"contentName": f"content info unknown: {3857732138715670 + stream.number}", "assetIOR": "", "bitrate": "", "assetName": ""}
            rate = "" if blank and stream.number % 3 == 1 else clip.bitrate
            return {"contentName": clip.name, "assetIOR": clip.ior if stream.number % 2 else "", "bitrate": rate, "assetName": clip.asset}

        if not listed:
            for clip in stream.clips if ways.playlists == "each" else stream.clips[:1]:
                yield Row(stream.start, stream.end, stream.db, stream.recorded, base | said(clip))
            return
        children = []
        for place, clip in enumerate(stream.clips):
            words = said(clip)
            if odd and self.fault == "list-content-differs":
                words["contentName"] += "x"
            children.append({"contentName": words["contentName"], "assetName": words["assetName"], "bitrate": words["bitrate"],
                             "contentLength": clip.length if stream.known else "", "segmentIndex": place})
        yield Row(stream.start, stream.end, stream.db, stream.recorded, base, children)

    def act_rows(self, message: str, stream: Stream) -> Iterator[Row]:
        ways, many = self.ways, len(stream.clips) > 1
        long = message == "TrickModeListHistory" or (message == "TrickModeHistory" and ways.list_type in ("merged", "both"))
        if (message == "TrickModeHistory" and not long and many and ways.tricks_of == "single") or (
            message == "PlayServerHistory" and self.fault == "play-servers-lack" and stream.number % 9 == 4
        ):
            return
        bases = [sum(clip.length for clip in stream.clips[:n]) for n in range(len(stream.clips))]
        session = f"DEAD{stream.session}" if self.fault == "trick-session-unknown" and stream.number % 40 == 7 else stream.session
        acts = stream.acts
        if ways.bare_sessions and stream.kind == "sys":
            acts = [replace(acts[1], kind="start"), replace(acts[-1], kind="over")]
        for place, act in enumerate(acts):
            if not long and act.kind in ("segstart", "segend", "eos", "roll"):
                continue
            npt, scale = act.npt, act.scale
            if ways.playlist_npt == "segment":
                npt -= bases[act.segment]
            if act.kind in ("destroy", "over"):
                npt, scale = (0 if ways.destroy_npt == "zero" else npt), 0
            if act.kind == "stop" and ways.end_scale == "zero":
                scale = 0
            number = f"{scale}.0" if ways.scale == "decimal" else scale
            attrs: dict[str, Any] = {"NPT": npt, "errorText": ways.error_text if place % 5 == 3 else "", "eventTime": act.at // 1000}
            if message == "PlayServerHistory":
                attrs["playServerID"] = stream.server if scale else min(self.world.servers)
            attrs |= {"scale": number, "sessionID": session}
            if long:
                kind, mode = KINDS[act.kind]
                segment = 0 if act.kind in ("destroy", "over") else act.segment
                if self.fault == "single-segment-one" and not many:
                    segment = 1
                attrs |= {"segmentIndex": segment, "type": kind, "mode": mode, "response": 0}
            at = act.at // 1000
            yield Row(at, at, at, at if ways.live_tricks else stream.recorded, attrs)

    def error_row(self, error: dict[str, Any]) -> Row:
        attrs = dict(error)
        session, at = attrs.pop("session"), int(error["errorTime"])
        if self.ways.errors_with == "nothing":
            del attrs["serviceGroup"], attrs["sourceEventID"]
        else:
            attrs[self.ways.errors_with] = session
            if self.ways.blanks == "many" and at % 3 == 0:
                attrs["serviceGroup"] = ""
        return Row(at, at, at, 0 if self.fault == "future-rows" else at, attrs)

    def devices(self) -> list[Row]:
        return [Row(0, 0, 0, 0, {"description": kind if kind != "ISV" else "ISV & cache", "hostname": name, "ipAddress": ip, "type": kind})
                for kind, name, ip in self.world.devices]

    def groups(self) -> list[Row]:
        asi = self.ways.asi
        rows = [Row(0, 0, 0, 0, {"serviceGroup": group} | ({"TSIDOutput": 100 + n, "bandwidth": 38_000 * n, "EdgeDeviceIP": f"209.165.203.{n + 1}"}
                                                          if asi else {})) for n, group in enumerate(self.world.groups)]
        return rows + [replace(rows[1])] * (self.fault == "group-twice")

    def state(self, clip: Clip) -> dict[str, Any]:
        spaced = self.ways.in_service != "InService"
        named = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", one).replace("Of", "of") if spaced else one for one in clip.state]
        return {"isaAdminState": named[0], "isaOpState": named[1]}

    def states(self) -> list[Row]:
        rows = []
        for number, clip in enumerate(self.world.clips):
            blank = self.ways.blanks == "many" and clip.state[0] == "Unprovisioned"
            attrs: dict[str, Any] = {"assetIOR": clip.ior, "contentName": clip.name, "dateIngested": clip.ingested, "digestIpAddress": clip.vault,
                                     "filesize": "" if blank else clip.bitrate * clip.length // 8000 * (2**60 if self.ways.wide else 1)}
            attrs |= self.state(clip) | {"bitrate": "" if blank else clip.bitrate, "assetName": clip.asset}
            rows.append(Row(0, 0, 0, 0, attrs, key=clip.name))
            if number == 88 and self.fault == "content-twice":
                rows.append(Row(0, 0, 0, 0, dict(attrs), key=clip.name))
        return rows

    def collate(self, name: str) -> tuple[str, str]:
        return (name.casefold() if self.ways.collation == "fold" else name, name)

    def range(self) -> list[Row]:
        clips = sorted(self.world.clips, key=lambda clip: self.collate(clip.name))
        if self.fault == "range-content-missing":
            del clips[412]
        if self.fault == "range-swapped":  # names that differ only in a digit: no collation can like it
            shape = [re.sub("[0-9]", "0", clip.name) for clip in clips]
            place = next(n for n in range(510, len(clips)) if shape[n] == shape[n + 1])
            clips[place], clips[place + 1] = clips[place + 1], clips[place]
        return [Row(0, 0, 0, 0, {"Name": clip.name} | self.state(clip), key=clip.name) for clip in clips]


# ------------------------------------------------------------------------------------------------------- XML


class Spelling:
    """Writes XML in one of the ways that XML has for the same thing."""

    def __init__(self, ways: Ways, fault: str | None) -> None:
        self.ways, self.fault = ways, fault
        self.gap, self.equals = {"indented": (" ", "="), "flat": (" ", "="), "airy": ("\n\t  ", " =  ")}[ways.layout]

    def value(self, name: str, value: Any) -> str:
        text = str(value)
        if self.ways.ints == "padded" and name in INTEGERS and re.fullmatch(r"-?\d+", text):
            text = f" {text} " if text[0] == "-" else ("+" + text, "00" + text, text + " ", text)[int(text[-1]) % 4]
        raw = name in ("contentName", "Name")
        if not (raw and self.fault == "ampersand-raw"):
            text = text.replace("&", "&amp;")
        if not (raw and self.fault == "less-than-raw"):
            text = text.replace("<", "&lt;")
        text = text.replace(">", "&gt;").replace(self.ways.quote, "&quot;" if self.ways.quote == '"' else "&apos;")
        if self.ways.references == "many":
            parts = re.split(r"(&\w+;)", text)
            text = "".join(
                {"&amp;": "&#38;", "&quot;": "&#x22;"}.get(part, part) if place % 2
                else "".join(f"&#x{ord(c):x};" if ord(c) > 126 or n % 6 == 4 else f"&#{ord(c):04};" if n % 11 == 9 else c for n, c in enumerate(part))
                for place, part in enumerate(parts)
            )
        return text

    def open(self, name: str, attrs: dict[str, Any]) -> str:
        items = list(attrs.items())
        if self.ways.attributes != "table":
            items.sort(key=lambda item: item[0], reverse=self.ways.attributes == "reversed")
        quote = self.ways.quote
        return f"<{name}" + "".join(f"{self.gap}{key}{self.equals}{quote}{self.value(key, value)}{quote}" for key, value in items)

    def element(self, name: str, attrs: dict[str, Any], inner: str = "") -> str:
        start = self.open(name, attrs)
        if inner:
            return f"{start}>{inner}</{name}>"
        return f"{start}></{name}>" if self.ways.paired else f"{start} />" if self.ways.layout != "flat" else f"{start}/>"

    def join(self, pieces: list[str]) -> str:
        gap = {"indented": "\n  ", "flat": "", "airy": "\n\n\r\n\t"}[self.ways.layout]
        if self.ways.comments:
            gap += "<!-- a row: <Stream> & more --> <?birch row?>"
        return "".join(gap + piece for piece in pieces) + ("" if self.ways.layout == "flat" else "\n")

    def document(self, text: str) -> bytes:
        first = {
            "double": '<?xml version="1.0" encoding="UTF-8"?>\n', "single": "<?xml version='1.0' encoding='UTF-8' ?>\r\n",
            "standalone": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', "lower": '<?xml version="1.0" encoding="utf-8"?>\n',
            "none": "", "ascii": '<?xml version="1.0" encoding="US-ASCII"?>\n',
        }[self.ways.declaration]
        if self.ways.encoding == "utf-16":
            return (first.replace("UTF-8", "UTF-16") + text).encode("utf-16")
        if self.ways.comments:
            first += "<!-- birch -->\n"
        if self.fault == "warning-before":
            first = "<br />\n<b>Warning</b>: mysql_query() in api.php\n" + first
        if self.fault == "warning-after":
            text += "<br />\n<b>Warning</b>: Unknown: in api.php\n"
        data = (first + text + ("" if self.ways.layout == "flat" else "\n")).encode("latin-1" if self.fault == "latin-1" else "utf-8", "replace")
        return b"\xef\xbb\xbf" + data if self.ways.bom else data


# ---------------------------------------------------------------------------------------------------- the device


class Reply(NamedTuple):
    """An answer before HTTP's framing."""

    status: int
    body: bytes
    message: str = ""
    xml: bool = True


class Refused(Exception):
    """The request gets this status."""

    def __init__(self, status: int = 400) -> None:
        super().__init__(status)
        self.status = status


REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 411: "Length Required", 413: "Content Too Large",
           414: "URI Too Long", 431: "Request Header Fields Too Large", 501: "Not Implemented", 505: "HTTP Version Not Supported"}
PARAMETERS = {
    **dict.fromkeys(PLAIN, frozenset({"messageType"})),
    **dict.fromkeys(HISTORY, frozenset({"messageType", "fromDate", "toDate", "maxRows", "fromOffset", "dateFormat"})),
    "ContentState": frozenset({"messageType", "dateFormat"}),
    "ContentRange": frozenset({"messageType", "maxRows", "fromOffset"}),
    "CapacityPlanning": frozenset({"messageType", "fromDate", "toDate", "action", "timeType", "serviceGroup", "serverID", "dateFormat"}),
}
CANONICAL = {name.lower(): name for names in PARAMETERS.values() for name in names} | {"streamid": "StreamID"}
TYPES = {name.lower(): name for name in PARAMETERS}


def decode(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


class Device:
    """Answers requests; knows nothing of sockets."""

    def __init__(self, personality: str | None = None, fault: str | None = None, seed: int = 1, clock_scale: float = 1.0) -> None:
        self.personality = personality or "default"
        choices = (PERSONALITIES | DOUBTFUL)[self.personality][1]
        if fault is not None and fault not in ALL_FAULTS:
            raise ValueError(f"no fault {fault!r}")
        if fault in ("chunk-end-missing", "chunk-size"):
            choices = choices | {"framing": "chunked"}
        self.ways, self.fault, self.scale = Ways(**choices), fault, clock_scale
        self.began, self.lag = time.monotonic(), time.time() + self.ways.skew
        self.world = World(seed, self.ways, self.lag)
        self.tables = Tables(self.world, fault)
        self.xml = Spelling(self.ways, fault)
        self.lock = threading.Lock()
        self.kept: dict[Any, Any] = {}
        self.by_id = {stream.id: stream for stream in self.world.streams}
        self.versions = self.calls = 0

    def now(self) -> float:
        return self.lag + (time.monotonic() - self.began) * self.scale

    # -- requests

    def answer(self, method: str, target: str) -> Reply:
        target = re.sub(r"^https?://[^/?#]*", "", target, flags=re.IGNORECASE).partition("#")[0]
        path, _mark, query = target.partition("?")
        if path not in (API, EVENTS):
            return self.refusal(404)
        if method == "HEAD" and self.ways.head == "refuse":
            return self.refusal(405)
        if method == "POST" and self.ways.post != "get":
            return self.refusal(int(self.ways.post))
        if method not in ("GET", "HEAD", "POST"):
            return self.refusal(405 if method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE") else 501)
        try:
            return self.events(query) if path == EVENTS else self.monitor(query)
        except Refused as refused:
            return self.refusal(refused.status)

    def refusal(self, status: int) -> Reply:
        reason = REASONS[status]
        body = {"none": "", "html": f"<html><head><title>{status} {reason}</title></head><body><h1>{reason}</h1></body></html>\n",
                "text": f"{reason}\n", "xml": f'<?xml version="1.0"?><Failure status="{status}"/>\n'}[self.ways.error_body]
        return Reply(status, body.encode(), "", False)

    def query(self, text: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in text.split("&"):
            if not part:
                continue
            name, _mark, value = part.partition("=")
            name = decode(name)
            if self.ways.fold_names:
                name = CANONICAL.get(name.lower(), name)
            if name in found and self.ways.twice != "last":
                if self.ways.twice == "refuse":
                    raise Refused
                continue
            found[name] = decode(value)
        return found

    def monitor(self, text: str) -> Reply:
        try:
            query = self.query(text)
        except Refused:
            if "messageType=" not in text or len(set(re.findall(r"messageType=([^&]*)", text))) == 1:
                kinds = re.findall(r"messageType=([^&]*)", text)
                if kinds and kinds[0] not in PARAMETERS:
                    raise Refused(404) from None
            raise
        message = query.get("messageType", "")
        if not message:
            raise Refused(self.ways.missing_type)
        if self.ways.fold_names:
            message = TYPES.get(message.lower(), message)
        if self.fault == "type-prefix-served" and message.startswith("StreamHistory"):
            message = "StreamHistory"
        if message not in PARAMETERS or (message == "TrickModeListHistory" and self.ways.list_type == "merged"):
            if self.fault == "unknown-type-served":
                return self.version()
            raise Refused(400 if self.fault == "unknown-type-400" else 404)
        if self.ways.extra == "refuse" and set(query) - PARAMETERS[message]:
            raise Refused
        if self.ways.date_format == "refuse" and query.get("dateFormat", "sec") not in ("sec", ""):
            raise Refused
        if message in HISTORY:
            return self.history(message, query)
        if message == "ContentRange":
            return self.content_range(query)
        if message == "CapacityPlanning":
            return self.capacity(query)
        if message == "Version":
            return self.version()
        if message.startswith("Max"):
            return self.newest(message)
        if message not in self.kept or query.get("dateFormat"):
            self.kept[message] = self.listing(message, self.tables.rows[message], query)
        return self.kept[message]

    def date(self, text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,300}", text):
            raise Refused
        value = int(text)
        if self.ways.far_dates == "refuse" and not 0 <= value < 2**32:
            raise Refused
        return value

    def window(self, message: str, query: dict[str, str]) -> tuple[int, int]:
        given = [query.get("fromDate", ""), query.get("toDate", "")]
        fault, limit = self.fault, self.ways.member_limit
        whole = [str(self.world.busy), str(self.world.busy + HOUR - 1)]
        served = {
            "missing-from-served": message == "StreamHistory" and "fromDate" not in query,
            "missing-to-served": message == "TrickModeHistory" and "toDate" not in query,
            "missing-dates-served": message == "Errors" and not any(given),
            "empty-to-served": message == "StreamListHistory" and query.get("toDate") == "",
            "capacity-missing-from-served": message == "CapacityPlanning" and "fromDate" not in query,
        }
        if served.get(fault or ""):
            other = int(given[1]) - HOUR + 1 if given[1].isdigit() else int(given[0]) if given[0].isdigit() else 0
            given = [str(other), str(other + HOUR - 1)] if other else whole
        if not all(given):
            raise Refused(404 if fault == "missing-date-404" and message == "PlayServerHistory" else 400)
        if fault == "garbage-date-served" and message == "Errors" and given[0].isalpha():
            return 1, 0
        start, end = self.date(given[0]), self.date(given[1])
        if start > end:
            if self.ways.reversed == "refuse":
                raise Refused
            return start, end
        if message == "CapacityPlanning" and not self.ways.capacity_limit:
            limit = 400 * 24 * HOUR
        if (message, fault) in (("StreamHistory", "streams-two-hours"), ("Errors", "errors-second-over"), ("PlayServerHistory", "play-servers-any-range")):
            limit = {"streams-two-hours": 2 * HOUR, "errors-second-over": HOUR + 5}.get(fault or "", 10**12)
        if fault == "list-limit-with-rows" and message == "StreamListHistory" and query.get("maxRows"):
            limit = 10**12
        if fault == "streams-hour-refused" and message == "StreamHistory":
            limit = HOUR - 2
        if end - start > limit:
            raise Refused
        return start, end

    def count(self, query: dict[str, str], name: str) -> int | None:
        if name not in query:
            return None
        text = query[name]
        if not text:
            if self.ways.empty_rows == "refuse":
                raise Refused
            return None
        if not re.fullmatch(r"[0-9]{1,300}", text):
            if self.ways.bad_rows == "refuse":
                raise Refused
            return None
        value = int(text)
        if name == "maxRows" and value == 0 and self.ways.zero_rows != "none":
            if self.ways.zero_rows == "refuse":
                raise Refused
            return None
        return value

    # -- the list messages

    def history(self, message: str, query: dict[str, str]) -> Reply:
        start, end = self.window(message, query)
        limit, offset = self.count(query, "maxRows"), self.count(query, "fromOffset") or 0
        rows = self.select(message, start, end)
        if limit is not None or offset:
            rows = self.page(message, rows, limit, offset)
        return self.listing(message, rows, query)

    def page(self, message: str, rows: list[Row], limit: int | None, offset: int) -> list[Row]:
        fault = self.fault
        if fault == "page-order" and message == "StreamListHistory":
            rows = sorted(rows, key=lambda row: str(row.attrs["sessionID"]))
        if fault == "page-one-more" and message == "StreamHistory" and limit:
            limit += 1
        first = offset
        late = message == "TrickModeHistory" and offset >= 500
        if fault == "page-offset-ignored-late" and late:
            first = 500
        if (fault == "page-row-doubled" and message == "StreamListHistory" and offset) or (fault == "page-doubled-late" and late):
            first = offset - 1
        last = len(rows) if limit is None else first + limit
        if (fault == "page-row-lost" and message == "StreamListHistory" and offset) or (fault == "page-lost-late" and late):
            first += 1
        return rows[first:last]

    def select(self, message: str, start: int, end: int) -> list[Row]:
        key = (message, start, end)
        if not self.ways.grow and key in self.kept:
            return self.kept[key]  # type: ignore[no-any-return]
        now, member, last = self.now(), self.ways.member, end if self.ways.to_inclusive else end - 1
        rows = self.tables.rows[message]
        if message in STREAMS and member == "overlap":
            found = [row for row in rows if row.start <= last and row.end >= start and row.seen <= now]
        elif message in STREAMS and member != "start":
            found = [row for row in rows if start <= (row.end if member == "end" else row.db) <= last and row.seen <= now]
        else:
            found = [row for row in rows if start <= row.start <= last and row.seen <= now]
        found = self.miss(message, start, end, found, rows)
        if not self.ways.grow and not self.ways.live_tricks:
            with self.lock:
                if len(self.kept) > 3000:
                    self.kept.clear()
                self.kept[key] = found
        return found

    def miss(self, message: str, start: int, end: int, found: list[Row], rows: list[Row]) -> list[Row]:
        """Faults of the window."""
        fault, now = self.fault, self.now()
        if fault in ("window-streams", "window-list") and message == STREAMS[fault == "window-list"] and found:
            out = [row for row in rows if row.seen <= now and (row.db < start or row.start > end) and not row.end >= start]
            return found[:-1] + out[:1] + found[-1:]
        after = {"window-tricks": ("TrickModeHistory", 0, 60), "window-play-servers": ("PlayServerHistory", 0, 600), "window-errors": ("Errors", 60, 0)}
        if fault in after and message == after[fault][0]:
            _name, before, over = after[fault]
            return [row for row in rows if start - before <= row.start <= end + over and row.seen <= now]
        if fault == "window-ignored-list" and message == "StreamListHistory":
            return [row for row in rows if row.seen <= now]
        if fault == "window-hour-lost" and message == "Errors" and end - start >= HOUR - 1:
            return [row for place, row in enumerate(found) if place % 7 != 3]
        return found

    def row_text(self, message: str, row: Row, place: int = -1) -> str:
        if row.text:
            return row.text
        xml, name = self.xml, ROW[message]
        if row.children is None:
            row.text = xml.element(name, row.attrs)
        else:
            row.text = xml.element(name, row.attrs, xml.join([xml.element("Content", one) for one in row.children]))
        return row.text

    def listing(self, message: str, rows: list[Row], query: dict[str, str]) -> Reply:
        spoil = TEXT_FAULTS.get(self.fault or "")
        if self.fault == "order-changes" and message in HISTORY:
            rows = random.sample(rows, len(rows))
        texts = [row.text or self.row_text(message, row) for row in rows]
        if spoil is not None and message.startswith(spoil[0]):
            places = {id(row): place for place, row in enumerate(self.tables.rows[message])}
            texts = [spoil[2](text) if spoil[1](places[id(row)]) else text for row, text in zip(rows, texts, strict=True)]
        root = ROOT.get(message, f"{message}Response")
        if self.fault == "errors-root" and message == "Errors":
            root = "ErrorResponse"
        if self.fault == "devices-html" and message == "Devices":
            return Reply(200, b"<!DOCTYPE html><html><body><p>Devices<br></body></html>\n", message)
        if self.fault == "empty-list-no-body" and not texts:
            return Reply(200, b"", message)
        body = self.rooted(root, texts, query.get("dateFormat", ""))
        if self.fault == "two-roots" and message == "StreamListHistory":
            body += body
        if self.fault == "range-closing-tag" and message == "ContentRange":
            body = body.replace("</ContentRangeResponse>", "</ContentStateResponse>")
        return Reply(200, self.xml.document(body), message)

    def rooted(self, root: str, texts: list[str], date_format: str = "", attrs: dict[str, Any] | None = None) -> str:
        ways = self.ways
        words = dict(attrs or {})
        if root in DATED_ROOTS and ways.root_date != "absent":
            words["dateFormat"] = {"echo": date_format, "sec": "sec", "empty": ""}[ways.root_date]
            if self.fault == "date-format-other":
                words["dateFormat"] = "usec"
        if ways.location != "absent":
            words["xmlns:xsi"] = XSI
            steps, name = "../../../src/xsd/" if len(root) % 2 else "../../src/xsd/", SCHEMA.get(root, root.removesuffix("Response"))
            if root == "APIVersionResponse":
                steps = "..\\..\\src\\xsd\\"
            words["xsi:noNamespaceSchemaLocation"] = f"{steps}{name}.xsd" if ways.location == "given" else f"http://schemas.example/cds 2/{name}.xsd"
        return self.xml.element(root, words, self.xml.join(texts)) if texts else self.xml.element(root, words)

    def content_range(self, query: dict[str, str]) -> Reply:
        if "maxRows" not in query and self.fault == "contents-no-rows-served":
            query = query | {"maxRows": "500"}
        if not re.fullmatch(r"[0-9]{1,300}", query.get("maxRows", "")):
            raise Refused
        limit = self.count(query, "maxRows")
        rows, first = self.tables.rows["ContentRange"], 0
        if name := query.get("fromOffset", ""):
            first = self.offset(name)
        rows = rows[first:] if limit is None else rows[first : first + limit + (self.fault == "range-one-more" and limit > 0)]
        return self.listing("ContentRange", rows, query)

    def offset(self, name: str) -> int:
        """The place of the first content after the named one."""
        rows, fault, collate = self.tables.rows["ContentRange"], self.fault, self.tables.collate
        names = self.kept.get("names")
        if names is None:
            names = self.kept["names"] = {row.key: place for place, row in enumerate(rows)}
            self.kept["keys"] = [collate(row.key) for row in rows]
        if fault == "range-odd-offset" and ("+" in name or "%" in name):
            name = decode(name)
        if fault == "range-amp-offset":
            name = name.partition("&")[0]
        if self.ways.stem and name not in names:
            name = next((one for one in names if re.fullmatch(re.escape(name) + r"\.\w{2,4}", one)), name)
        if name not in names and self.ways.unknown_offset != "next":
            if self.ways.unknown_offset == "refuse":
                raise Refused
            return len(rows)
        place: int = names[name] + 1 if name in names else bisect.bisect_right(self.kept["keys"], collate(name))
        if fault == "range-repeats" and name in names:
            place -= 1
        if fault == "range-skips" and place > 500:
            place += 1
        if fault == "range-fold-offset":
            while place < len(rows) and any(row.key.casefold() == name.casefold() for row in rows[place : place + 70]):
                place += 1
        return place

    # -- single values

    def version(self) -> Reply:
        self.versions += 1
        if self.fault == "version-now-and-then-404" and self.versions % 5 == 0:
            raise Refused(404)
        attrs: dict[str, Any] = {"major": "1.3" if self.fault == "version-decimal" else 1, "minor": 3}
        if self.fault == "minor-missing":
            del attrs["minor"]
        return Reply(200, self.xml.document(self.rooted("APIVersionResponse", [], attrs=attrs)), "Version")

    def newest(self, message: str) -> Reply:
        now, world = self.now(), self.world
        if message == "MaxErrorModifiedTime":
            times = [int(one["errorTime"]) for one in world.errors]
        else:
            times = [stream.db for stream in world.streams if stream.recorded <= now]
        newest: Any = max(times, default=self.ways.fresh_time)
        if times and self.fault == ("max-error-stale" if message == "MaxErrorModifiedTime" else "max-stream-stale"):
            newest = times[0]
        attrs = {"maxTime": newest, "curTime": int(self.lag if self.fault == "clock-frozen" else now)}
        if message == "MaxErrorModifiedTime" and self.fault == "max-time-missing":
            del attrs["maxTime"]
        root = f"{'MaxErrorModifiedTime' if self.fault == 'max-root' else message}Response"
        return Reply(200, self.xml.document(self.rooted(root, [self.xml.element(message, attrs)])), message)

    # -- capacity

    def capacity(self, query: dict[str, str]) -> Reply:
        ways, action = self.ways, query.get("action", "OVERALL")
        start, end = self.window("CapacityPlanning", query)
        servers = {"both": ("SERVER", "SERVERID"), "SERVER": ("SERVER",), "SERVERID": ("SERVERID",)}[ways.server_action]
        if action not in ("OVERALL", "SERVICEGROUP", *servers):
            if ways.unknown_action == "refuse" or action in ("SERVER", "SERVERID"):
                raise Refused
            action = "OVERALL"
        unit = query.get("timeType", "") or ("HOUR" if ways.capacity_default == "hour" else "WEEK")
        if unit not in ("HOUR", "HOURL", "HOURLY", "DAY", "WEEK"):
            if ways.unknown_action == "refuse":
                raise Refused
            unit = "HOUR"
        streams = [stream for stream in self.world.streams if stream.start <= self.now()]
        if action != "OVERALL":
            key = "serviceGroup" if action == "SERVICEGROUP" else "serverID"
            text = query.get(key, "")
            if not re.fullmatch(r"[0-9]{1,300}", text):
                if self.fault != ("group-missing-served" if key == "serviceGroup" else "server-missing-served") or key in query:
                    raise Refused
                text = "0"
            known = self.world.groups if key == "serviceGroup" else list(self.world.servers)
            if int(text) not in known and ways.unknown_place == "refuse":
                raise Refused
            if int(text) not in known and ways.unknown_place == "empty":
                streams, start = [], end + 1
            streams = [one for one in streams if (one.group if key == "serviceGroup" else one.server) == int(text)]
        rows = [] if start > end else self.intervals(streams, start, end, {"DAY": 24 * HOUR, "WEEK": 7 * 24 * HOUR}.get(unit, HOUR))
        return Reply(200, self.xml.document(self.rooted("CapacityPlanning", self.spoilt(rows, start, end, action))), "CapacityPlanning")

    def intervals(self, streams: list[Stream], start: int, end: int, step: int) -> list[dict[str, Any]]:
        ways, rows, first = self.ways, [], start
        while first <= end and len(rows) < 10_000:
            last = min((first // step * step if ways.capacity_align == "clock" else first) + step - 1, end)
            peaks = [0, 0, 0, 0]
            steps: list[tuple[int, int, int]] = []
            for one in streams:
                if one.start <= last and one.end >= first:
                    high, rate = one.rate >= 10_000_000, one.rate
                    steps += [(max(one.start, first), int(high), rate), (one.end + 1, int(high), -rate)]
            steps.sort(key=lambda item: (item[0], item[2]))
            level = [0, 0, 0, 0]
            for _at, high, rate in steps:
                sign = 1 if rate > 0 else -1
                level[0 if high else 1] += sign
                level[2] += rate
                level[3] += sign
                peaks = [max(pair) for pair in zip(peaks, level, strict=True)]
            if ways.capacity_zero or peaks[3]:
                rows.append({"starttime": first, "endtime": last, ways.hd: peaks[0], "sdstreams": peaks[1], ways.bandwidth: peaks[2] // 1_000_000,
                             "counter": peaks[3]})
            first = last + 1
        if not ways.capacity_last and len(rows) > 1:
            rows.pop()
        return rows

    def spoilt(self, rows: list[dict[str, Any]], start: int, end: int, action: str) -> list[str]:
        fault = self.fault
        for row in rows:
            high, low = row[self.ways.hd], row["sdstreams"]
            if fault == "counter-low" and max(high, low) > 1:
                row["counter"] = max(high, low) - 1
            elif fault == "counter-high" and high + low:
                row["counter"] = high + low + 1
            elif fault == "capacity-fraction" and row["counter"]:
                row[self.ways.bandwidth] = f"{row[self.ways.bandwidth]}.5"
            elif fault == "capacity-hd-negative" and not high:
                row[self.ways.hd] = -1
            elif fault == "interval-backwards":
                row["starttime"], row["endtime"] = row["endtime"], row["starttime"]
            elif fault == "group-above-all" and action == "SERVICEGROUP":
                row["counter"], row[self.ways.hd], row["sdstreams"] = row["counter"] + 400, high + 200, low + 200
        if rows and fault == "interval-early":
            rows[0]["starttime"] = start - HOUR
        if rows and fault == "interval-late":
            rows[-1]["endtime"] = end + 1800
        return [self.xml.element(self.ways.interval, row) for row in rows]

    # -- reconciliation

    def events(self, text: str) -> Reply:
        query = self.query(text)
        fault, ways = self.fault, self.ways
        message, wanted = query.get("messageType", ""), query.get("StreamID", "")
        types = ("GetTrickmodeEventList", "GetTrickmodeEventsList") if ways.events_types == "both" else (ways.events_types,)
        bad_type = message.lower() not in [one.lower() for one in types] if ways.fold_names else message not in types
        if bad_type and not (fault == "events-no-type-served" and not message):
            return self.trouble("101" if not wanted and ways.both_missing == "101" else "102")
        if not wanted:
            return self.trouble("101")
        if ways.extra == "refuse" and set(query) - {"messageType", "StreamID"}:
            raise Refused
        stream = self.by_id.get(wanted)
        if stream is None or stream.start > self.now():
            how, acts, stream = ways.unknown_stream, [], None
        elif stream.end > self.now():
            how, acts = ways.active_stream, []
            if how == "events" or fault == "events-active":
                how, acts = "events", [act for act in stream.acts if act.at <= self.now() * 1000]
        else:
            how, acts = "events", stream.acts
        if how in ("404", "400"):
            raise Refused(int(how))
        return self.event_list(wanted, stream, None if how == "bare" else acts)

    def trouble(self, code: str) -> Reply:
        fault = self.fault
        text, status = {"101": "Missing Stream ID in request", "102": "Invalid messageType in request"}[code], 400
        if code == "101":
            status = 200 if fault == "events-no-stream-200" else 400
            text = "Missing StreamID in request" if fault == "events-no-stream-text" else text
            code = "102" if fault == "events-no-stream-code" else code
        else:
            status = 404 if fault == "events-no-type-404" else 400
            text += "." * (fault == "events-no-type-text")
            code = "101" if fault == "events-no-type-code" else code
        attrs = {"code": code, "message": text} | ({"xmlns": NAMESPACE} if self.ways.error_form == "namespaced" else {})
        body = self.xml.element("errors" if fault == "events-error-root" else "Error", attrs)
        return Reply(status, body.encode() if self.ways.error_form == "bare" else self.xml.document(body), "Error")

    def event_list(self, wanted: str, stream: Stream | None, acts: list[Act] | None) -> Reply:
        ways, xml, fault = self.ways, self.xml, self.fault
        mark = "ws:" if ways.prefix else ""
        space = {} if fault == "events-no-namespace" else {"xmlns:ws" if ways.prefix else "xmlns": NAMESPACE}
        rows: list[str] = []
        if stream is not None and acts:
            if fault == "events-empty" and stream.number % 3 == 0:
                acts = []
            rows = self.event_rows(stream, [replace(act) for act in acts], mark)
        size: Any = len(rows) + (fault == "size-too-many")
        if rows and stream is not None and ways.size != "events":
            size = (stream.end - stream.start) * (1000 if ways.size == "ms" else stream.rate // 8)
        if fault == "events-size-negative":
            size = -1
        shown = wanted
        if fault == "events-stream-id":
            shown = wanted.replace("|", "%7C").replace(":", "%3A")
        if fault == "events-other-stream" and stream is not None and stream.number % 3 == 1:
            shown = self.world.streams[stream.number - 1].id
        attrs = {"StreamID": shown, "Size": size}
        if fault == "events-size-missing":
            del attrs["Size"]
        inner = [] if acts is None else [xml.element(mark + "TrickmodeEventList", attrs, xml.join(rows) if rows else "")]
        if fault == "events-two-lists":
            inner *= 2
        if fault == "events-extra" and rows:
            inner.append(rows[0])
        body = xml.element(mark + "TrickmodeEventResponse", space, xml.join(inner) if inner else "")
        return Reply(200, xml.document(body), "TrickmodeEvents")

    def event_rows(self, stream: Stream, acts: list[Act], mark: str) -> list[str]:
        ways, fault = self.ways, self.fault or ""
        bases = [sum(clip.length for clip in stream.clips[:n]) for n in range(len(stream.clips))]
        if fault in ("events-npt-pause", "events-npt-reverse", "events-npt-start"):
            bend(fault, acts)
        rows = []
        for act in acts:
            if act.kind in ("create", "segend", "eos", "roll") or (act.kind == "segstart" and act.segment == 0):
                continue
            mode = {"pause": "TM_PAUSE", "stop": "TM_PAUSE", "destroy": "TM_STOP"}.get(act.kind, ways.play)
            scale = 0 if mode == "TM_PAUSE" else act.scale
            if fault == "events-mode" and scale > 1:
                mode = "TM_FFWD"
            attrs: dict[str, Any] = {
                "EventMode": mode, "ModeScaleNum": scale, "ModeScaleDenom": 2 if fault == "events-denominator" and len(rows) == 1 else 1,
                "CurrentNPT": act.npt - (bases[act.segment] if ways.playlist_npt == "segment" else 0),
                "EventTime": act.at if ways.event_time == "ms" else act.at // 1000, "SegmentId": act.segment + (fault != "events-segment-zero"),
            }
            if fault == "events-segment-missing" and len(rows) == 1:
                del attrs["SegmentId"]
            if fault == "events-inner-namespace":
                attrs["xmlns"] = ""
            rows.append(self.xml.element(mark + "TrickmodeEvent", attrs))
        return rows[::-1] if fault == "events-unordered" else rows


# ------------------------------------------------------------------------------------------------------ HTTP


class Head(NamedTuple):
    """A request's first lines."""

    method: str
    target: str
    version: str
    fields: dict[str, str]


def read_head(data: bytes) -> Head | int:
    """Line and fields, or the status that answers what is none."""
    lines = data.decode("latin-1").split("\n")
    lines = [line.removesuffix("\r") for line in lines]
    parts = lines[0].split(" ")
    if len(parts) != 3 or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", parts[0]) or not re.fullmatch(r"HTTP/\d\.\d", parts[2]):
        return 400
    if parts[2] not in ("HTTP/1.1", "HTTP/1.0"):
        return 505
    if re.search(r"[^\x21-\x7e]", parts[1]) or not re.match(r"/|https?://|\*$", parts[1], re.IGNORECASE):
        return 400
    fields: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
            return 400
        name = name.lower()
        if name in fields and name in ("host", "content-length"):
            return 400
        fields[name] = f"{fields[name]}, {value.strip()}" if name in fields else value.strip()
    if parts[2] == "HTTP/1.1" and "host" not in fields:
        return 400
    return Head(parts[0], parts[1], parts[2], fields)


class Link(socketserver.BaseRequestHandler):
    """One client."""

    server: Server
    request: socket.socket

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request.settimeout(30)
        self.pending = b""
        self.stale: Reply | None = None
        served = 0
        with contextlib.suppress(OSError):
            while self.serve(served + 1):
                served += 1
            with contextlib.suppress(OSError):  # what the client has sent already would turn the close into a reset
                self.request.shutdown(socket.SHUT_WR)
                self.request.settimeout(0.3)
                while self.request.recv(65536):
                    pass

    def more(self) -> bool:
        chunk = self.request.recv(262_144)
        self.pending += chunk
        return bool(chunk)

    def serve(self, number: int) -> bool:
        """Answer one request; whether the connection goes on."""
        device = self.server.device
        while True:
            self.pending = self.pending.lstrip(b"\r\n") if self.pending[:1] in (b"\r", b"\n") else self.pending
            end = re.search(rb"\r?\n\r?\n", self.pending)
            if end is not None or len(self.pending) > 65536:
                break
            if not self.more():
                return False
        if end is None or end.start() > 65536:
            line = self.pending.partition(b"\n")[0]
            return self.send(device.refusal(414 if len(line) > 60_000 else 431), None, close=True)
        data, self.pending = self.pending[: end.start()], self.pending[end.end() :]
        head = read_head(data)
        if isinstance(head, int):
            return self.send(device.refusal(head), None, close=True)
        body = self.body(head)
        if body:
            return self.send(device.refusal(body), head, close=True)
        if device.ways.delay:
            time.sleep(device.ways.delay)
        reply = device.answer(head.method, head.target)
        if device.fault == "stale-after-error":
            reply, self.stale = self.stale or reply, reply if reply.status != 200 and self.stale is None else None
        wish = head.fields.get("connection", "").lower()
        close = "close" in wish or (head.version == "HTTP/1.0" and "keep-alive" not in wish)
        return self.send(reply, head, close or number == device.ways.close_after)

    def body(self, head: Head) -> int:
        """Read a request's body away; the status that refuses it, or 0."""
        if "transfer-encoding" in head.fields:
            return 501 if "content-length" not in head.fields else 400
        length = head.fields.get("content-length", "0")
        if not re.fullmatch(r"[0-9]{1,12}", length):
            return 400
        if int(length) > 1_000_000:
            return 413
        if int(length) and head.fields.get("expect", "").lower() == "100-continue":
            self.request.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(self.pending) < int(length):
            if not self.more():
                return 400
        self.pending = self.pending[int(length) :]
        return 0

    def send(self, reply: Reply, head: Head | None, close: bool) -> bool:
        device, ways, fault = self.server.device, self.server.device.ways, self.server.device.fault
        body, framing = reply.body, ways.framing
        old = head is None or head.version == "HTTP/1.0" or framing == "http10"
        if old and framing.startswith("chunked"):
            framing = "length"
        kind = ways.content_type if reply.xml else {"html": "text/html", "xml": "text/xml"}.get(ways.error_body, "text/plain")
        if fault == "type-of-nothing":
            kind = "text/html"
        if fault == "charset-wrong":
            kind = "text/xml; charset=ISO-8859-1"
        fields = {"Date": formatdate(usegmt=True), "Server": "birch"}
        if kind and (body or reply.status == 200):
            fields["Content-Type"] = kind
        if reply.status == 405:
            fields["Allow"] = "GET" if ways.head == "refuse" else "GET, HEAD"
        wants = re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?(,|$))", head.fields.get("accept-encoding", "")) if head else None
        if ways.compress:
            fields["Vary"] = "Accept-Encoding"
        if (ways.compress and wants and len(body) > 100) or fault == "gzip-unasked":
            body = gzip.compress(body, 1, mtime=0)
            fields["Content-Encoding"] = "gzip"
        close = close or framing in ("close", "http10")
        length = len(body)
        if framing.startswith("chunked"):
            fields["Transfer-Encoding"] = "chunked"
            wire = self.chunks(body, reply.message)
        else:
            wire = body
            if fault == "length-short" and reply.message == "ContentState":
                length -= 1
            if fault == "length-long" and reply.message == "Devices":
                length += 7
            if framing != "close":
                fields["Content-Length"] = str(length)
        if fault == "body-truncated" and len(body) > 20_000:
            wire, close = wire[: len(wire) // 2], True
        endless = fault == "never-ends" and reply.message == "PlayServerHistory" and len(body) > 2000 and head is not None and head.method == "GET"
        if endless:
            fields.pop("Content-Length", None)
            close = True
        if close:
            fields["Connection"] = "close"
        elif head is not None and head.version == "HTTP/1.0":
            fields["Connection"] = "keep-alive"
        if head is not None and head.method == "HEAD" and fault != "head-body":
            wire = b""
        version = "HTTP/1.0" if framing == "http10" else "HTTP/1.1"
        lines = [f"{version} {reply.status} {REASONS[reply.status]}"]
        lines += [f"{name.lower() if ways.header_case == 'lower' else name}: {value}" for name, value in fields.items()]
        data = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + wire
        for place in range(0, len(data), ways.segments or len(data)):
            self.request.sendall(data[place : place + (ways.segments or len(data))])
        if endless:
            while True:
                self.request.sendall(b" " * 4096 + b"\n")
                time.sleep(0.02)
        return not close

    def chunks(self, body: bytes, message: str) -> bytes:
        fault, odd = self.server.device.fault, self.server.device.ways.framing == "chunked-odd"
        sizes = (1, 7, 4096, 0xABC) if odd else (8192,)
        out, place, number = [], 0, 0
        while place < len(body):
            size = sizes[number % len(sizes)]
            piece = body[place : place + size]
            told = len(piece) + (fault == "chunk-size" and message == "StreamHistory" and number == 0)
            out.append(b"%x%s\r\n%s\r\n" % (told, b';birch="x y"' if odd and number % 2 else b"", piece) if not odd else
                       b"%04X%s\r\n%s\r\n" % (told, b';birch="x y"' if number % 2 else b"", piece))
            place, number = place + size, number + 1
        if fault != "chunk-end-missing" or message != "StreamHistory":
            out.append(b"0\r\nX-Birch: end\r\n\r\n" if odd else b"0\r\n\r\n")
        return b"".join(out)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], device: Device) -> None:
        self.device = device
        super().__init__(address, Link)

    def handle_error(self, request: object, client_address: object) -> None:
        print(f"link {client_address}: {sys.exc_info()[1]!r}", file=sys.stderr)


# ------------------------------------------------------------------------------------------------- how to run


def fixtures(device: Device) -> dict[str, Any]:
    """What the target file says of the world."""
    world, now = device.world, device.now()
    done = [stream for stream in world.streams if stream.recorded <= now]
    running = [stream for stream in world.streams if stream.start <= now < stream.end]
    said: dict[str, Any] = {
        "quiet_from": world.quiet, "quiet_to": world.quiet + HOUR - 1, "clock_speed": device.scale, "service_groups": [group for group in world.groups if group < 2**63],
        "server_ids": list(world.servers), "unknown_service_group": 98765, "unknown_server_id": 87654, "unknown_stream_ids": ["nothing.mpg::1/1/2009|00:00:00.000001::9"],
        "streams": len(done), "row_counts": {},
    }
    window = (world.busy, world.busy + HOUR - 1)
    messages = [one for one in HISTORY if one != "TrickModeListHistory" or device.ways.list_type != "merged"]
    said["row_counts"] = {one: len(device.select(one, *window)) for one in messages}
    said["row_counts"] |= {one: len(device.tables.rows[one]) for one in ("ContentState", "ContentRange")}
    if not done:
        return said
    ended = [stream for stream in done if stream.end <= now]
    ended = sorted(random.Random(3).sample(ended, min(60, len(ended))), key=lambda stream: stream.number)
    times = [row.db for rows in (device.tables.rows[one] for one in HISTORY) for row in rows if row.seen <= now]
    names = [clip.name for clip in world.clips]
    odd = [name for name in names if name in ODD_NAMES]
    return said | {
        "data_from": min(stream.start for stream in done), "data_to": max(stream.start for stream in done), "data_end": max(times),
        "busy_hour_from": window[0], "busy_hour_to": window[1],
        "session_ids": [stream.session for stream in ended],
        "single_session_ids": [stream.session for stream in ended if len(stream.clips) == 1],
        "playlist_session_ids": [stream.session for stream in ended if len(stream.clips) > 1],
        "completed_stream_ids": [stream.id for stream in ended], "completed_stream_sessions": [stream.session for stream in ended],
        "completed_stream_starts": [stream.start for stream in ended], "completed_stream_ends": [stream.end for stream in ended],
        "active_stream_ids": [stream.id for stream in running][:40], "active_stream_sessions": [stream.session for stream in running][:40],
        "active_stream_ends": [stream.end for stream in running][:40], "content_names": odd + names[:40],
    }


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def target_file(device: Device, host: str, port: int) -> str:
    lines = ["[target]", 'system = "cds"', f'name = "cds-birch-{device.personality}"', f"host = {json.dumps(host)}",
             f"clock_scale = {float(device.scale)!r}", "timeout = 5.0", "", "[target.ports]", f"http = {port}", "", "[target.fixtures]"]
    lines += [f"{key} = {toml(value)}" for key, value in fixtures(device).items()]
    lines += ["", "[target.allow]", *(f"{key} = true" for key in ("write", "disruptive", "destructive", "slow", "load"))]
    return "\n".join(lines) + "\n"


class Started(NamedTuple):
    """A device that listens."""

    host: str
    port: int
    target: str


@contextlib.contextmanager
def start(personality: str | None = None, fault: str | None = None, seed: int = 1, *, host: str = "127.0.0.1", port: int = 0,
          clock_scale: float = 1.0) -> Iterator[Started]:
    """Run a device in threads of this process; gives host, port and the text of its target file."""
    device = Device(personality, fault, seed, clock_scale)
    with Server((host, port), device) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            bound = int(server.server_address[1])
            yield Started(host, bound, target_file(device, host, bound))
        finally:
            server.shutdown()
            thread.join()


def main() -> int:
    parser = argparse.ArgumentParser(description="A pretend CDS manager with personalities and faults.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--personality", choices=[*PERSONALITIES, *DOUBTFUL], default="default", metavar="NAME")
    parser.add_argument("--fault", choices=ALL_FAULTS, metavar="NAME")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clock-scale", type=float, default=1.0)
    parser.add_argument("--list-personalities", action="store_true")
    parser.add_argument("--list-doubtful", action="store_true")
    parser.add_argument("--list-faults", action="store_true", help="those that the document rules out")
    parser.add_argument("--list-should", action="store_true", help="those that only strain belief")
    parser.add_argument("--write-target", type=Path, metavar="FILE")
    options = parser.parse_args()
    for asked, ways in ((options.list_personalities, PERSONALITIES), (options.list_doubtful, DOUBTFUL)):
        if asked:
            print(json.dumps([{"name": name, "about": text, "choices": asdict(Ways(**choices))} for name, (text, choices) in ways.items()], indent=1))
            return 0
    for asked, faults in ((options.list_faults, FAULTS), (options.list_should, SHOULD)):
        if asked:
            print(json.dumps([{"name": name, "description": one.text, "lines": one.lines} for name, one in faults.items()], indent=1))
            return 0
    device = Device(options.personality, options.fault, options.seed, options.clock_scale)
    with Server((options.host, options.port), device) as server:
        port = int(server.server_address[1])
        if options.write_target:
            options.write_target.write_text(target_file(device, options.host, port), "utf-8")
        print("READY " + json.dumps({"host": options.host, "ports": {"http": port}}), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
