"""A pretend RSS 2000 recording server ("alder") that speaks the XML API in TPKT packets, from a seeded population.

Written from the vendor's document alone. `PERSONALITIES` are ways to behave that the document permits, `DOUBTFUL` ways on which a
reader may quarrel, `FAULTS` single deviations that it rules out, `SHOULD` deviations that only strain belief. Line numbers are
those of the document's text file. One asyncio loop; nothing is stored on disk; SETIP and SHUTDOWN are only played.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import socket
import struct
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

ROOTS = ("DVCRMAGER", "DVCRMANAGER", "DVCRMANGER")
Item = tuple[str, str, "str | None"]  # element, value, name
LIMIT = 65_531
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
VIDEOS = ("H.261", "H.263", "H.263+", "H.264")


@dataclass(frozen=True)
class Ways:
    """Points on which the document offers several readings or none."""

    # spelling
    root: str = "DVCRMAGER"
    root_accept: str = "any"  # any, own
    tell_root: bool = True  # root_name in the target file
    xmlid_accept: str = "fold"  # fold (case and blanks), own (exact, lower case), documented (as in examples, own where there is none)
    addroom: str = "both"  # both, addrroom, addroom
    xmlid_confirm: str = "own"  # own, echo, documented, upper
    xmjid: bool = False  # ADDENDPOINT's indication
    fields_accept: str = "any"  # any, table, example: of names spelled in two ways
    h239: str = "H239"  # H239, H.239, both
    devip: str = "DEVIP"  # DEVIP, DEVP: in SETIP's confirm
    dchp: str = "absent"  # absent (example), DCHP (table), DHCP
    broadlist: str = "BROADLIST"  # BROADLIST (example), BROADLIST_ID (table)
    acesstype: str = "ACCESSTYPE"  # ACCESSTYPE, ACESSTYPE: in SETMEDIAINFO's confirm
    accessidext: str = "ACCESSIDEXT1"  # ACCESSIDEXT1, ACCESSIDEXT
    ldap_password: str = "LDAP_PWD"  # LDAP_PWD (example), LDAP_PASSWORD (table)
    sysoption: bool = False  # SETMULTICAST, SETLOGGING, SETOS confirm with the LDAP fields of their examples
    firewall: str = "FILEWALL"
    room_status: str = "Menu"  # Menu (example), idle (table)
    blanks_in_equals: bool = False
    # confirms
    fail_text: bool = True
    fail_fields: str = "none"  # none, echo, blank
    fail_result_only: bool = False
    success_text: str = "examples"  # examples, never, always
    empty: str = "bare"  # bare (RESULT only), no-confirm, text (RESULT, DESCRIPTION)
    not_found: str = "fail"  # a query for what is not there: fail, empty
    order: str = "doc"  # doc, reversed, sorted
    member_order: str = "pairs"  # pairs, members-first, types
    packets: str = "one"  # one, several: a packet for each CONFIRM
    web_fields: bool = True  # False: without those "designed for Web UI"
    reserved: bool = True  # False: without those reserved or not used
    server_field: str = "general"  # general, always, some (as in the example), never
    quickcode: str = "specific"  # specific, always
    reference: str = "always"  # always, filled (only where there is one)
    password: str = "echo"  # echo, blank, masked
    modend_title: bool = False  # TITLE in MODENDPOINT's indication
    partimax: str = "kept"  # kept, zero (in confirms of ADDROOM, MODROOM)
    addroom_ids: str = "set"  # set, example (all groups NOTIN)
    idle_ids: str = "keep"  # keep, drop: ids where the right does not ask for them
    admin_member: bool = True  # the built-in administrator in GETMEMBER
    guid: str = "35"  # 35, 36, upper, braces
    texts: str = "en"  # en, cn
    # XML
    quote: str = '"'
    declaration: bool = True
    encoding: str = "UTF-8"
    bom: bool = False
    comments: bool = False
    space: str = "indent"  # indent, none, wide, crlf
    references: bool = False
    closed: bool = False  # <A ...></A>
    name_first: bool = False
    # requests
    unknown_field: str = "ignore"  # ignore, fail
    unknown_command: str = "fail"  # fail, close, ignore, fail-blank
    malformed: str = "close"  # close, ignore, fail
    bad_tpkt: str = "close"  # close, ignore
    commands: str = "all"  # several COMMANDs in one document: all, first, fail
    absent: str = "keep"  # parameters left out of a change: keep, fail, blank
    bad_enum: str = "fail"  # fail, keep
    trim: bool = False  # names
    unique: str = "exact"  # exact, fold
    name_case: str = "exact"  # names looked up: exact, fold
    blank_names: str = "fail"  # fail, accept
    bad_member: str = "fail"  # fail, ignore
    no_ids: str = "empty"  # MEMBER, RECORDID, VIEWID, ACCESSID left out of a change: empty, keep
    delete_used: str = "remove"  # remove, refuse
    lan: str = "ignore"  # LOGIN's LANG outside 0 and 1: ignore, fail
    lan2: str = "fail"  # GETIP of LAN2: fail, empty
    group_one: str = "either"  # GETGROUP: either (name or id is enough), both
    group_mismatch: str = "fail"  # fail, id, name
    libmedia: str = "ignore"  # other than 1: ignore, fail
    search: str = "substring"  # substring, prefix, exact, none
    no_range: str = "all"  # START and END left out: all, fail
    start_over_end: str = "empty"  # empty, fail
    past_end: str = "clip"  # START beyond the list: clip (no media), fail
    negative: str = "fail"  # fail, zero
    sort_bad: str = "fail"  # fail, date
    sort_dir: str = "date-down"  # date-down, up, down
    sort_fold: bool = False
    end: str = "inclusive"  # inclusive, exclusive
    media_catalog: str = "any"  # CONF_ID with another CATALOG: any, fail
    reference_long: str = "fail"  # fail, cut
    view_filter: bool = False  # ordinary users see what they may view
    live_delete: str = "done"  # done, fail
    # sessions
    bind: str = "free"  # free, closes, connection
    indicate_to: str = "login"  # login, latest
    relogin: str = "keep"  # a second LOGIN on a connection: keep, replace
    same_user: str = "keep"  # a second LOGIN of a user: keep, replace
    wrong_session: str = "fail"  # fail, close, login
    failed_refreshes: bool = True
    sweep: float = 0.0  # device seconds between looks for timed out sessions
    close_on_logout: bool = False
    close_on_expiry: bool = False
    login_fail_fields: bool = False
    user_fold: bool = False
    ordinary: str = "all"  # all, read, accounts
    own_account: str = "keep"  # sessions of a deleted user: keep, end
    # indications
    own: str = "none"  # none, after, before: indications of the session's own changes
    delay: float = 0.0
    more: bool = False  # indications of settings too
    busy: bool = False  # links that start and stop by themselves
    # H.323
    illegal: str = "fail"  # fail, done: what is so already
    start_paused: str = "fail"  # fail, resumes
    recordings: int = 12
    archive: str = "stop"  # stop, later
    redial: bool = False
    quick_index: str = "link"  # link, zero
    quick_status: str = "idle"  # idle (as in the example), recording
    quick_listed: bool = True
    links: int = 6
    # settings
    usegk: str = "set"  # set, status
    setip_now: bool = True
    cfs: str = "active"  # active, pending
    logo: str = "fail"  # fail, url
    ivr_url: str = "fixed"  # fixed, file
    files: str = "known"  # known (others fail), any
    shutdown: str = "confirm"  # confirm, none
    offset: float = 0.0
    zone: int = 8
    time_ms: bool = False
    # transport
    slow: float = 0.0
    segments: int = 0
    coalesce: float = 0.0
    fresh: bool = False


Choice = tuple[str, dict[str, Any]]
PERSONALITIES: dict[str, Choice] = {
    "default": ("as most examples", {}),
    "root-manager": ("root DVCRMANAGER, takes any (780)", {"root": "DVCRMANAGER"}),
    "root-manager-only": ("root DVCRMANAGER, takes no other, not told", {"root": "DVCRMANAGER", "root_accept": "own", "tell_root": False}),
    "root-manger-only": ("root DVCRMANGER, takes no other, not told (2606)", {"root": "DVCRMANGER", "root_accept": "own", "tell_root": False}),
    "root-mager-only": ("root DVCRMAGER, takes no other", {"root_accept": "own"}),
    "documented-xmlids": (
        "takes and sends the xmlids of the examples, copied ones included; otherwise its own (3874, 3917, 4248)",
        {"xmlid_accept": "documented", "xmlid_confirm": "documented", "addroom": "addrroom", "xmjid": True},
    ),
    "own-xmlids": ("takes exact lower-case command names only; addroom", {"xmlid_accept": "own", "addroom": "addroom"}),
    "own-addrroom": ("takes exact names only; addrroom (2660)", {"xmlid_accept": "own", "addroom": "addrroom", "tell_root": False}),
    "echo-xmlids": ("echoes the xmlid as sent", {"xmlid_confirm": "echo"}),
    "confirms-as-in-examples": ("xmlids of the examples' confirms with their blanks (3631, 3785, 3937)", {"xmlid_confirm": "documented"}),
    "table-fields": (
        "names of the tables where the examples differ",
        {
            "h239": "H.239",
            "dchp": "DCHP",
            "broadlist": "BROADLIST_ID",
            "acesstype": "ACESSTYPE",
            "ldap_password": "LDAP_PASSWORD",
            "fields_accept": "table",
            "room_status": "idle",
            "server_field": "always",
        },
    ),
    "example-fields": (
        "names of the examples where the tables differ; takes those only",
        {"devip": "DEVP", "fields_accept": "example", "server_field": "some", "partimax": "zero"},
    ),
    "accessidext": ("ACCESSIDEXT also in SETMEDIAINFO (3190)", {"accessidext": "ACCESSIDEXT", "h239": "both"}),
    "sysoption": ("SETMULTICAST, SETLOGGING and SETOS confirm with LDAP fields as in the examples (4051, 4119, 4187)", {"sysoption": True, "xmlid_confirm": "documented"}),
    "result-only": ("a failure is RESULT alone; no DESCRIPTION on success", {"fail_result_only": True, "success_text": "never"}),
    "failure-echoes": ("a failure repeats the command's fields", {"fail_fields": "echo"}),
    "failure-blank-fields": ("a failure has the confirm's fields without values", {"fail_fields": "blank", "login_fail_fields": True}),
    "always-succeeded": ("DESCRIPTION Succeeded wherever DESCRIPTION is no text of the object", {"success_text": "always"}),
    "empty-without-confirm": ("an empty list is a document without CONFIRM; a device without data but its administrator", {"empty": "no-confirm", "fresh": True}),
    "empty-bare": ("an empty list is a confirm with RESULT 0; a device without data but its administrator", {"fresh": True}),
    "empty-text": ("an empty list is RESULT 0 and a DESCRIPTION", {"empty": "text", "past_end": "clip"}),
    "not-found-empty": ("a query for what is not there succeeds with nothing", {"not_found": "empty", "lan2": "empty", "past_end": "clip"}),
    "reversed-fields": ("fields in another order", {"order": "reversed"}),
    "sorted-fields": ("fields sorted by name", {"order": "sorted"}),
    "members-first": ("all MEMBERs, then the MEMBER_USERs, then the MEMBER_EPs", {"member_order": "members-first"}),
    "members-by-type": ("users before endpoints", {"member_order": "types", "no_ids": "keep"}),
    "no-reserved": ("fields reserved or not used are left out; TITLE in MODENDPOINT's indication is not", {"reserved": False}),
    "title-everywhere": ("TITLE in MODENDPOINT's indication as in its confirm; quick codes in general answers too", {"modend_title": True, "quickcode": "always"}),
    "reference-only-if-set": ("REFERENCEID and SERVER only where there are some", {"reference": "filled", "server_field": "never"}),
    "password-blank": ("passwords come back blank (1418)", {"password": "blank"}),
    "addroom-as-example": ("ADDROOM's confirm lists all groups as not in (2733)", {"addroom_ids": "example", "partimax": "zero"}),
    "ids-dropped": ("ids of groups are dropped where the right does not ask for them (2183, 3189)", {"idle_ids": "drop"}),
    "administrator-no-member": ("GETMEMBER leaves the built-in administrator out (1856)", {"admin_member": False}),
    "guid-36": ("GUIDs of 36 characters", {"guid": "36"}),
    "guid-upper": ("GUIDs in upper case", {"guid": "upper"}),
    "guid-braces": ("GUIDs in braces", {"guid": "braces"}),
    "chinese-texts": ("texts for people in Chinese", {"texts": "cn"}),
    "single-quotes": ("XML with single quotes, no declaration", {"quote": "'", "declaration": False}),
    "odd-xml": ("byte order mark, comments, character references, end tags", {"bom": True, "comments": True, "references": True, "closed": True}),
    "dense-xml": ("no white space", {"space": "none", "name_first": True, "encoding": "utf-8"}),
    "wide-xml": ("white space wherever XML allows it", {"space": "wide", "blanks_in_equals": True}),
    "crlf-xml": ("lines end in CR LF", {"space": "crlf"}),
    "own-indications-after": ("a subscribed client gets the indications of its own changes, after the confirm (122)", {"own": "after"}),
    "own-indications-before": ("the same before the confirm (122)", {"own": "before"}),
    "late-indications": ("indications come 150 ms later", {"delay": 0.15}),
    "more-indications": ("changes of all settings are indicated too (122)", {"more": True}),
    "busy-world": ("endpoints dial in, record and stop by themselves (122)", {"busy": True}),
    "bound-to-connection": ("a session is known on its own connection only", {"bind": "connection", "relogin": "replace"}),
    "ends-with-connection": ("a session may be used on any connection, and ends with the one it was made on", {"bind": "closes"}),
    "indications-follow": ("indications go to the connection that used the session last", {"indicate_to": "latest"}),
    "logout-closes": ("LOGOUT and time-out close the connection", {"close_on_logout": True, "close_on_expiry": True}),
    "failures-no-activity": ("failed commands are no activity", {"failed_refreshes": False, "own_account": "end"}),
    "ordinary-read-only": ("an ordinary user may only look", {"ordinary": "read"}),
    "ordinary-no-accounts": ("an ordinary user may not touch or see accounts and settings", {"ordinary": "accounts"}),
    "ordinary-own-view": ("an ordinary user sees the archives that he may view", {"view_filter": True}),
    "user-names-fold": ("names are taken in any case and are unique in that sense", {"user_fold": True, "unique": "fold", "name_case": "fold"}),
    "trims-names": ("blanks around names are cut off", {"trim": True}),
    "fields-required": ("parameters left out of a change make it fail", {"absent": "fail"}),
    "fields-blanked": ("parameters left out of a change are blank then", {"absent": "blank"}),
    "unknown-fields-refused": ("a parameter that the command has not makes it fail", {"unknown_field": "fail"}),
    "unknown-closes": ("an unknown command closes the connection; malformed XML is ignored", {"unknown_command": "close", "malformed": "ignore", "commands": "first"}),
    "unknown-ignored": ("an unknown command is ignored; malformed XML has a failure", {"unknown_command": "ignore", "malformed": "fail", "commands": "fail"}),
    "unknown-blank": ("an unknown command fails without its xmlid; wrong packets are skipped", {"unknown_command": "fail-blank", "bad_tpkt": "ignore"}),
    "lenient-values": (
        "values out of range are passed over, blank names taken, unknown members passed over",
        {"bad_enum": "keep", "blank_names": "accept", "bad_member": "ignore", "negative": "zero", "sort_bad": "date", "reference_long": "cut", "files": "any"},
    ),
    "strict-values": (
        "whatever could be refused is refused",
        {
            "libmedia": "fail",
            "no_range": "fail",
            "start_over_end": "fail",
            "past_end": "fail",
            "media_catalog": "fail",
            "group_one": "both",
            "delete_used": "refuse",
            "lan": "fail",
        },
    ),
    "sort-up": ("every order is ascending, names in any case", {"sort_dir": "up", "sort_fold": True}),
    "sort-down": ("every order is descending", {"sort_dir": "down"}),
    "search-prefix": ("SEARCH looks for beginnings", {"search": "prefix"}),
    "search-not-counted": ("LIBLIST is the number of archives in the system whatever is sought (3102)", {"search": "none"}),
    "steps-idempotent": ("what is so already succeeds: starting what records, pausing what is paused", {"illegal": "done", "start_paused": "resumes"}),
    "two-recordings": ("at most two links record at a time (296)", {"recordings": 2}),
    "archives-later": ("what was recorded is archived much later; hung up endpoints dial in again", {"archive": "later", "redial": True}),
    "quick-zero": ("STARTQUICKRECORD's INDEX counts from 0 (2986), the link is not among the connections", {"quick_index": "zero", "quick_listed": False}),
    "quick-at-once": ("a dialled link records at once", {"quick_status": "recording"}),
    "gatekeeper-absent": ("USEGK tells whether it is registered, and it never is (541)", {"usegk": "status"}),
    "setip-later": ("a new address holds after a restart; keys are pending", {"setip_now": False, "cfs": "pending", "shutdown": "none"}),
    "logo-urls": ("the logo commands answer a URL; IVR URLs name the file", {"logo": "url", "ivr_url": "file"}),
    "clock-off": ("a clock of two hours ago at zone -12", {"offset": -7200.0, "zone": -12}),
    "slow": ("every reply takes 200 ms", {"slow": 0.2}),
    "segments": ("packets in segments of a few bytes", {"segments": 5}),
    "coalesced": ("packets together in one segment, 30 ms late", {"coalesce": 0.03}),
}
DOUBTFUL: dict[str, Choice] = {
    "packet-per-confirm": ("each CONFIRM in a packet of its own ('multiple confirms', 1054)", {"packets": "several"}),
    "end-exclusive": ("END is the first that is not listed", {"end": "exclusive"}),
    "dhcp": ("DHCP for DCHP, FIREWALL for FILEWALL", {"dchp": "DHCP", "firewall": "FIREWALL"}),
    "password-masked": ("passwords come back as asterisks", {"password": "masked"}),
    "one-session-per-user": ("a second LOGIN of a user ends his first session", {"same_user": "replace"}),
    "wrong-session-closes": ("a wrong session closes the connection without an answer", {"wrong_session": "close"}),
    "wrong-session-login": ("a wrong session is answered by a failed login confirm", {"wrong_session": "login"}),
    "swept-each-minute": ("sessions are looked at once a minute", {"sweep": 60.0}),
    "time-in-milliseconds": ("TIMEVALUE in milliseconds (361)", {"time_ms": True}),
    "no-web-fields": ("without fields designed for Web UI", {"web_fields": False}),
    "live-not-deleted": ("DELMEDIAINFO refuses live streams (3285)", {"live_delete": "fail"}),
    "upper-xmlids": ("xmlids of confirms in upper case", {"xmlid_confirm": "upper"}),
}


@dataclass(frozen=True)
class Fault:
    text: str
    lines: list[int]


def F(text: str, *lines: int) -> Fault:
    return Fault(text, list(lines))


FAULTS: dict[str, Fault] = {
    # TPKT
    "tpkt-length-without-header": F("the length of a packet leaves its header out", 126),
    "tpkt-length-long-packets": F("the length of packets over 1,500 bytes leaves the header out", 126),
    "tpkt-bytes-swapped": F("the length's bytes are swapped", 126),
    "tpkt-indication-version": F("indications have version 2 in their header", 126),
    "tpkt-reserved-after-failure": F("the second byte is 1 after a failure", 126),
    "pipelined-dropped": F("of commands that arrive together the second is not answered", 120, 124, 126),
    "pipelined-unframed": F("of commands that arrive together the second's reply lacks its header", 124, 126),
    "slow-packet-forgotten": F("a packet whose parts arrive 0.3 s apart is forgotten", 124, 126),
    "long-command-refused": F("commands over 1,460 bytes close the connection", 126),
    "trailing-nul": F("a NUL follows the document in each packet", 126, 128),
    "indication-cuts-in": F("an indication is written into the middle of another packet", 122, 124, 126),
    # XML
    "ampersand-bare": F("& stands bare in GETGROUP's values", 128),
    "quote-bare": F("quotation marks stand bare in values", 128),
    "latin-1": F("confirms are written in Latin-1", 128),
    "indication-latin-1": F("indications are written in Latin-1", 128),
    "astral-halves": F("characters beyond 65,535 are written as two halves", 128),
    "closes-other-root": F("MODGROUP's confirm closes another root than it opens", 128),
    "cut-at-4096": F("documents are cut after 4,096 bytes", 128),
    # login and sessions
    "password-prefix": F("a password followed by anything is taken", 172, 194),
    "password-any-case": F("a password is taken in any case", 172, 194),
    "password-not-asked": F("ordinary users need no password", 172, 194),
    "login-failed-session": F("a refused LOGIN says RESULT 0", 194),
    "session-missing-second": F("the second LOGIN of a user has no SESSIONID", 197),
    "privilege-always-administrator": F("LOGIN says PRIVILEGE 0 to everyone", 195),
    "privilege-of-creation": F("LOGIN says the PRIVILEGE of the account's creation", 195, 1549),
    "changed-password-ignored": F("MODDEVUSER's new password does not count at LOGIN", 1548),
    "deleted-user-enters": F("a deleted user can log in", 1633),
    "non-ascii-password": F("a password with non-ASCII characters never matches", 128, 172),
    "works-after-logout": F("a session works after LOGOUT", 159, 220, 245),
    "logout-unknown": F("LOGOUT of an unknown session succeeds", 157, 159, 197),
    "logout-ends-all": F("LOGOUT ends all sessions of the user", 159, 220),
    "never-expires": F("sessions do not time out", 159),
    "expires-early": F("sessions time out after 10 minutes", 159),
    "expires-from-login": F("sessions time out 30 minutes after LOGIN, whatever was done", 159),
    "expires-reads": F("only changes count as activity", 159),
    "expired-revives": F("a session that timed out works again after one failure", 159),
    "no-session-reads": F("queries work without SESSIONID", 157, 197),
    "random-session": F("any GUID is taken as SESSIONID in settings commands", 159, 197),
    "session-prefix": F("only the first eight characters of a SESSIONID are compared", 159, 197),
    "session-blank": F("a blank SESSIONID is taken", 157, 159),
    "session-unchecked-groups": F("group commands do not look at SESSIONID", 157, 159, 197),
    "failed-session-still-does": F("a command with a wrong SESSIONID fails, and is carried out", 159),
    "session-shared": F("two LOGINs of a user get the same SESSIONID, so that one LOGOUT ends both", 159),
    # endpoints
    "endpoint-flag-absent": F("GETENDPOINT leaves FLAG out where it is 0", 1049),
    "endpoint-blank-ip": F("ADDENDPOINT takes a blank SOURCEIP", 1096),
    "endpoint-blank-ip-mod": F("MODENDPOINT takes a blank SOURCEIP", 1194),
    "endpoint-e164-required": F("ADDENDPOINT refuses a blank E164", 1097),
    "endpoint-h323-blank-kept": F("MODENDPOINT with a blank H323 leaves the old one", 1196),
    "endpoint-duplicate": F("ADDENDPOINT takes a name that exists", 1095),
    "endpoint-duplicate-overwrites": F("ADDENDPOINT of a name that exists fails, and changes the address", 1095, 1119),
    "endpoint-flag-mod": F("MODENDPOINT does not store FLAG", 1197),
    "endpoint-flag-second": F("MODENDPOINT stores FLAG the first time only", 1197),
    "endpoint-id-changes": F("MODENDPOINT gives the endpoint another SOURCEID", 1046, 1253),
    "endpoint-unknown-deleted": F("DELENDPOINT of an unknown name says RESULT 0", 1305),
    "endpoint-refused-mod-stores": F("MODENDPOINT with a blank SOURCEIP fails, and stores H323", 1194, 1217),
    "endpoint-non-ascii": F("ADDENDPOINT stores non-ASCII characters of H323 as ?", 128, 1098),
    "endpoint-listed-after": F("a deleted endpoint is listed once more", 1046, 1287),
    "endpoint-delete-prefix": F("DELENDPOINT deletes all names that begin so", 1287),
    "endpoint-name-number": F("a SOURCENAME of digits loses leading zeros", 1047, 1095),
    # users
    "user-id-absent": F("ADDDEVUSER's confirm has no USERID", 1478),
    "user-duplicate": F("ADDDEVUSER takes a name that exists", 1445),
    "user-duplicate-result": F("ADDDEVUSER of a name that exists says RESULT 2", 1476),
    "user-blank-password": F("ADDDEVUSER refuses a blank PASSWORD", 1448),
    "user-blank-email-mod": F("MODDEVUSER refuses a blank EMAIL", 1547),
    "user-blank-fullname": F("a blank FULLNAME becomes the user's name", 1446, 1398),
    "user-privilege-second": F("MODDEVUSER stores PRIVILEGE the first time only", 1549),
    "user-email-fullname": F("MODDEVUSER mixes EMAIL and FULLNAME up", 1546, 1547),
    "user-neighbour": F("MODDEVUSER changes FULLNAME of the next user too", 1538),
    "user-id-reused": F("a new user gets the USERID of the first one", 1396, 1478),
    "user-id-of-endpoint": F("a new user gets the GUID of an endpoint", 1396, 1478, 1754),
    "user-unknown-deleted": F("DELDEVUSER of an unknown name says RESULT 0", 1658),
    "user-privilege-out": F("GETDEVUSER says PRIVILEGE 2 for ordinary users", 1401),
    "user-deleted-other": F("DELDEVUSER's confirm names the last user", 1660, 1661),
    "user-newest-missing": F("GETDEVUSER lacks the newest of more than eight users", 1370),
    "user-markup-doubled": F("& is escaped twice in FULLNAME after MODDEVUSER", 1546, 1574),
    # groups
    "group-count-users": F("MEMBER_COUNT counts users only", 1752),
    "group-count-stale": F("MEMBER_COUNT is that before MODGROUP", 2012),
    "group-count-general": F("MEMBER_COUNT of general answers is at most 3", 1752),
    "group-delete-count": F("DELGROUP says MEMBER_COUNT 0", 2110),
    "group-notin-last": F("NOTIN_USER lacks the last user", 1756),
    "group-notin-member": F("NOTIN_EP has members too where there are more than two", 1758),
    "group-ep-as-user": F("the second endpoint of a group is a MEMBER_USER", 1755, 1757),
    "group-member-missing": F("MEMBER lacks the last one, MEMBER_USER and MEMBER_EP do not", 1754),
    "group-modify-adds": F("MODGROUP adds members", 1975, 1984),
    "group-specific-all": F("GETGROUP of one group answers all", 1714),
    "group-specific-first": F("GETGROUP with an unknown GROUPID answers the first group", 1714),
    "group-description-mod": F("MODGROUP does not store DESCRIPTION", 1983),
    "group-description-blank": F("a blank DESCRIPTION becomes the group's name", 1902),
    "group-duplicate": F("ADDGROUP takes a name that exists", 1901),
    "group-all-newest": F("GETALLGROUP lacks the newest group", 2889),
    "group-name-of-other": F("GETALLGROUP has the next group's name", 2889),
    "getmember-ends": F("GETMEMBER lacks endpoints that were added", 1843),
    "getmember-deleted": F("GETMEMBER has deleted users", 1842),
    "getmember-result": F("GETMEMBER has no RESULT", 1841),
    "group-case-lost": F("group names are stored in lower case", 1901),
    # single point, rooms
    "sp-viewright-2": F("SETSP stores VIEWRIGHT 2 as 1", 2224),
    "sp-interval-second": F("SETSP stores IFRAMEINTERVAL the first time only", 2221),
    "sp-first-id": F("SETSP stores the first RECORDID only", 2225),
    "sp-notin-has-all": F("NOTIN of GETSP has all groups", 2185),
    "sp-leaks-rooms": F("SETSP's BROADCAST changes all rooms", 2222, 2358),
    "sp-confirm-lies": F("SETSP's DUALVIDEO is confirmed and not stored", 2220),
    "room-h239": F("H239 stays as it was when DUALVIDEO changes", 2357),
    "room-name-mod": F("MODROOM does not store ROOM_ID", 2471),
    "room-number-mod": F("MODROOM does not store ROOM_NUM, but confirms it", 2475),
    "room-neighbour": F("MODROOM sets RATE of the next room too", 2472, 2473),
    "room-delete-position": F("DELROOM takes INDEX as a place in the list", 2810),
    "room-index-doubled": F("ADDROOM gives the INDEX of the last room", 2687),
    "room-specific-without": F("GETROOM of one room lacks RECORDID and VIEWID", 2371, 2374),
    "room-status-9": F("STATUS_INDEX of rooms is 9", 2362),
    "room-unknown": F("GETROOM of an unknown INDEX answers the first room", 2315, 2317),
    "room-rights-swapped": F("MODROOM swaps RECORDID and VIEWID", 2481, 2482),
    "room-video-3": F("ADDROOM stores VIDEO_FORMAT 3 as 0", 2645),
    "room-notin-view": F("NOTIN_VIEW has the groups of VIEWIDEXT", 2376),
    "room-deleted-index": F("DELROOM's confirm says INDEX 0", 2833),
    # archives
    "count-after-delete": F("LIBLIST does not go down with a deletion", 3102),
    "count-live": F("BROADLIST counts archives too", 3103),
    "count-off": F("LIBLIST is one too high", 3102),
    "page-first-lost": F("a page that begins after 0 lacks its first media", 3128),
    "page-last-twice": F("a page that begins after 0 begins with the last one of the page before", 3128),
    "page-order": F("pages after the first are sorted by name", 3130),
    "sort-size-text": F("sizes are sorted as text", 3132),
    "sort-rate-text": F("rates are sorted as text", 3132),
    "sort-duration": F("SORT 1 does not sort", 3130),
    "sort-date": F("dates are sorted as text", 3130),
    "sort-name": F("SORT 2 sorts by description", 3130),
    "sort-server": F("SORT 3 does not sort", 3132),
    "sort-video": F("SORT 4 does not sort", 3132),
    "sort-h239": F("SORT 7 does not sort", 3132),
    "sort-late": F("the last three of a sorted list are in the order of creation", 3130, 3132),
    "media-other": F("GETMEDIAINFO of a CONF_ID answers the media after it", 3133, 3135),
    "media-unknown": F("GETMEDIAINFO of an unknown CONF_ID answers the first", 3133, 3135),
    "media-still-there": F("a deleted archive is found by its CONF_ID", 3285),
    "media-deletes-two": F("DELMEDIAINFO deletes the archive of the same server and rate too", 3285, 3292),
    "media-delete-unknown": F("DELMEDIAINFO of an unknown CONF_ID says RESULT 0", 3312),
    "media-description": F("SETMEDIAINFO does not store DESCRIPTION", 3358),
    "media-pin": F("SETMEDIAINFO loses PIN where ACCESSTYPE is 2", 3361),
    "media-deny-inverted": F("SETMEDIAINFO turns DENY_AUTO_DELETE round", 3360),
    "media-first-group": F("SETMEDIAINFO stores the first ACCESSID only", 3365),
    "media-notin": F("NOTIN has the groups of ACCESSIDEXT", 3191),
    "media-live-in-archives": F("lists of archives have live streams", 3127),
    "media-catalog": F("archives have CATALOG 1 in specific answers", 3182),
    "media-quickcode": F("QUICKCODE has five digits", 3192),
    "media-h239-2": F("H239 is 2 in archives recorded by H.264", 3176, 3178),
    "media-specific-differs": F("SIZE differs between general and specific answers", 3174),
    "reference-cut": F("REFERENCEID is cut after 20 characters", 2924, 2977),
    "reference-31": F("REFERENCEID of more than 30 characters is stored", 2924, 2977),
    # H.323
    "pause-status": F("STATUS_INDEX stays 1 after PAUSEROOMRECORD", 3497, 3499),
    "pause-text": F("STATUS stays Running after PAUSEROOMRECORD", 3496),
    "continue-idle": F("CONTINUEROOMRECORD leaves the link idle", 3497, 3651),
    "stop-paused": F("a paused recording is not stopped, though STOPROOMRECORD succeeds", 3497, 3703),
    "start-next-link": F("STARTROOMRECORD starts the next link", 3544),
    "hangup-listed": F("a link that was hung up is listed still", 3469, 3752),
    "hangup-all-idle": F("HANGUP stops the recordings of other links", 3752, 3760),
    "link-confirm-index": F("confirms of recordings name the place of the link, not its INDEX", 3564),
    "link-unknown": F("PAUSEROOMRECORD of an unknown INDEX says RESULT 0", 3622),
    "pause-idle": F("PAUSEROOMRECORD of an idle link leaves it paused", 3497, 3595),
    "link-status-5": F("STATUS_INDEX of a paused link is 5", 3497, 3499),
    "pause-second": F("the second pause of a recording does not take effect", 3497, 3499, 3595),
    # indications
    "indication-none-delendpoint": F("DELENDPOINT is not indicated", 122, 1334, 1336),
    "indication-none-second": F("every second change of a group is not indicated", 122, 2042, 2044),
    "indication-twice": F("changes of groups are indicated twice", 2042, 122),
    "indication-always": F("clients that did not ask get indications", 175),
    "indication-zero": F("clients that said INDICATION 0 get indications", 175),
    "indication-first-only": F("only the first client that asked gets indications", 122, 175),
    "indication-newest-only": F("only the last client that asked gets indications", 122, 175),
    "indication-of-failure": F("a refused ADDGROUP is indicated", 122),
    "indication-old": F("MODDEVUSER indicates the values before it", 1603, 1604),
    "indication-other-id": F("DELDEVUSER indicates the USERID of another user", 1684),
    "indication-after-logout": F("a client that logged out still gets indications", 122, 159, 175),
    "indication-xmlid": F("DELGROUP is indicated as modgroup", 2139, 122),
    "indication-storage": F("SETSTORAGE is indicated once only", 945, 947),
    "indication-room-index": F("DELROOM indicates INDEX 0", 2849),
    "indication-hangup-link": F("STOPROOMRECORD indicates another link", 3747),
    "indication-other-session": F("indications go to the connection after the one that asked", 175, 122),
    "indication-count": F("MODGROUP indicates the count before it", 2047),
    "indication-media-name": F("SETMEDIAINFO indicates the name before it", 3431),
    # settings
    "gk-port": F("SETGK does not store GKPORT", 581),
    "gk-e164": F("SETGK's E164 goes to H323 too", 582, 583),
    "lang-per-session": F("SETLANG holds for its session only", 635, 682),
    "lang-2": F("GETLANG says 2 for Chinese", 659),
    "storage-auto-save": F("SETSTORAGE stores AUTO_SAVE 2 as 1", 837, 880),
    "storage-hours": F("SETSTORAGE stores START_TIME in END_TIME", 840, 883),
    "storage-path": F("a backslash in PATH is lost", 877),
    "ldap-server": F("SETLDAP does not store LDAP_SERVER", 3959),
    "multicast-ports": F("SETMULTICAST swaps SAP_PORT and MEDIA_PORT", 4021, 4023),
    "stacking-master": F("SETSTACKING does not store MASTER", 4230),
    "banner-shared": F("SETBANNER sets the banner of all languages", 4284),
    "banner-utf8": F("a banner's non-ASCII characters are lost", 4285),
    "zone-15": F("TIMEZONE is 15", 349),
    "disk-120": F("DISK is 120", 345),
    "ip-index": F("GETIP has no INDEX", 396),
    "devinfo-activated": F("ACTIVATED is 2", 297),
    "devinfo-count": F("GETDEVINFO has no VODCOUNT", 295),
    "settings-lost": F("settings of the gatekeeper are those of the start again after LOGOUT", 571, 541, 542),
}
SHOULD: dict[str, Fault] = {
    "version-attribute": F("the root has no version, as all examples have", 134, 149),
    "time-differs": F("TIME and TIMEVALUE differ by hours", 347, 348),
    "cpu-negative": F("CPU is -1", 346),
    "activated-differs": F("ACTIVATED of GETDEVINFO and STATUS of GETCFSINFO differ", 297, 3828),
    "duration-words": F("DURATION is 7 minutes 33 seconds", 3173, 3206),
    "recording-before-connection": F("STARTTIME of a link is tomorrow", 3503),
    "result-of-first": F("of several CONFIRMs only the first has RESULT", 1044),
    "xmlid-previous": F("a failure has the xmlid of the command before it", 1134, 1233),
    "network-plain": F("NETWORK is a number without %", 3505, 3525),
    "email-link": F("EMAIL_LINK names another file than URL", 3179, 3181),
}
DOUBTFUL_FAULTS: dict[str, Fault] = {
    "continue-idle-starts": F("CONTINUEROOMRECORD of an idle link starts a recording", 3651),
    "deleted-stays-member": F("a deleted user stays MEMBER of his groups", 1754),
    "room-duplicate": F("ADDROOM takes a name that exists", 2642),
}
ALL_FAULTS = FAULTS | SHOULD | DOUBTFUL_FAULTS


# --- the commands


@dataclass(frozen=True)
class Spec:
    """A command: who may use it, the xmlids that its examples have, what it has beside SESSIONID and LANG."""

    name: str
    kind: str  # read, write
    area: str
    parameters: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()  # xmlids of the command's examples, where they are not the name
    confirmed: str = ""
    answers: tuple[str, ...] = ()  # fields of a confirm
    says: bool = False  # the example of a success has DESCRIPTION
    own_text: bool = False  # DESCRIPTION is a text of the object


ENDPOINT = ("SOURCEID", "SOURCENAME", "SOURCEIP", "FLAG", "E164", "H323", "TITLE")
USER = ("USERID", "USERNAME", "FULLNAME", "EMAIL", "PASSWORD", "PRIVILEGE", "OPTIONS")
GROUP = ("GROUPID", "GROUPNAME", "DESCRIPTION", "MEMBER_COUNT")
SP = ("DUALVIDEO", "IFRAMEINTERVAL", "BROADCAST", "RECORDRIGHT", "VIEWRIGHT")
ROOM_SET = ("RATE", "VIDEO_FORMAT", "ROOM_NUM", "DUALVIDEO", "IFRAMEINTERVAL", "BROADCAST", "VIEWRIGHT", "RECORDRIGHT")
STORAGE = ("FTP", "PATH", "USER", "PASSWORD", "AUTO_DEL", "DEL_INTERVAL", "START_TIME", "END_TIME", "AUTO_SAVE", "SAVE_INTERVAL")
GK = ("USEGK", "GKIP", "GKPORT", "E164", "H323")
LDAP = ("USE_LDAP", "LDAP_SERVER", "LDAP_USER", "LDAP_PASSWORD")
CAST = ("ENABLE_MULTICAST", "SAP_ADDRESS", "SAP_PORT", "MEDIA_ADDRESS", "MEDIA_PORT")
LOGGING = ("SYSTEM_LEVEL", "RAS_LEVEL", "Q931_LEVEL", "H245_LEVEL", "NEWFILE_PERIOD", "MAX_FILESIZE")
OS = ("FILEWALL", "NTP", "NTP_SERVER", "TIMEZONE", "AUTO_UPDATE", "UPDATE_PERIOD", "UPDATE_HOUR")
STACK = ("STACKING", "GROUPNAME", "AUTODISCOVER", "MASTER")
IP = ("INDEX", "DEVIP", "DEVMASK", "GATEWAY", "DCHP", "DNS1", "DNS2", "DCHPDNS")

SPECS = [
    Spec("login", "read", "session", ("USERNAME", "PASSWORD", "DOMAIN", "INDICATION"), answers=("PRIVILEGE", "SESSIONID"), says=True),
    Spec("logout", "read", "session", says=True),
    Spec("getdevinfo", "read", "system"),
    Spec("refreshstatus", "read", "system"),
    Spec("getip", "read", "settings", ("INDEX",), answers=IP[:4]),
    Spec("setip", "write", "settings", IP, answers=IP[:4]),
    Spec("getgk", "read", "settings", answers=GK),
    Spec("setgk", "write", "settings", GK, answers=GK),
    Spec("getlang", "read", "settings"),
    Spec("setlang", "write", "settings", answers=("LANG",)),
    Spec("getivr", "read", "settings", ("INDEX", "LANGUAGE"), answers=("PLAY_URL",)),
    Spec("setivr", "write", "settings", ("TYPE", "LANGUAGE", "FILENAME"), says=True),
    Spec("getstorage", "read", "settings", answers=STORAGE),
    Spec("setstorage", "write", "settings", STORAGE, answers=STORAGE),
    Spec("shutdown", "write", "settings", ("POWEROFF",)),
    Spec("getendpoint", "read", "accounts", answers=ENDPOINT),
    Spec("addendpoint", "write", "accounts", ENDPOINT[1:6], answers=ENDPOINT, says=True),
    Spec("modendpoint", "write", "accounts", ENDPOINT[1:6], answers=ENDPOINT, says=True),
    Spec("delendpoint", "write", "accounts", ("SOURCENAME",), answers=ENDPOINT, says=True),
    Spec("getdevuser", "read", "accounts", answers=USER),
    Spec("adddevuser", "write", "accounts", USER[1:6], answers=USER, says=True),
    Spec("moddevuser", "write", "accounts", USER[1:6], answers=USER, says=True),
    Spec("deldevuser", "write", "accounts", ("USERNAME",), answers=USER[:2], says=True),
    Spec("getgroup", "read", "accounts", ("GROUPNAME", "GROUPID"), answers=GROUP, own_text=True),
    Spec("getmember", "read", "accounts"),
    Spec("addgroup", "write", "accounts", ("GROUPNAME", "DESCRIPTION", "MEMBER"), answers=GROUP, own_text=True),
    Spec("modgroup", "write", "accounts", ("GROUPNAME", "DESCRIPTION", "MEMBER"), answers=GROUP, own_text=True),
    Spec("delgroup", "write", "accounts", ("GROUPNAME",), answers=GROUP, own_text=True),
    Spec("getsp", "read", "settings", answers=SP),
    Spec("setsp", "write", "settings", (*SP, "RECORDID"), answers=SP),
    Spec("getroom", "read", "rooms", ("INDEX",), answers=("INDEX", "ROOM_ID", "ROOM_NUM")),
    Spec("modroom", "write", "rooms", ("ROOM_ID", "INDEX", *ROOM_SET, "RECORDID", "VIEWID"), answers=("INDEX", "ROOM_ID", "ROOM_NUM")),
    Spec("addroom", "write", "rooms", ("ROOM_ID", "INDEX", *ROOM_SET, "RECORDID", "VIEWID"), ("addrroom",), "addrroom", ("INDEX", "ROOM_ID", "ROOM_NUM")),
    Spec("delroom", "write", "rooms", ("INDEX",), answers=("INDEX",)),
    Spec("getallgroup", "read", "accounts"),
    Spec(
        "startquickrecord",
        "write",
        "calls",
        ("IP_NUM", "RATE", "DUALVIDEO", "IFRAMEINTERVAL", "BROADCAST", "VIEWRIGHT", "VIEWID", "REFERENCEID"),
        answers=("INDEX", "ROOM_ID"),
    ),
    Spec("getlistinfo", "read", "archives", ("SEARCH", "LIBMEDIA")),
    Spec("getmediainfo", "read", "archives", ("CATALOG", "START", "END", "SORT", "CONF_ID"), answers=("CONF_ID", "NAME"), own_text=True),
    Spec("delmediainfo", "write", "archives", ("CONF_ID", "TYPE"), answers=("CONF_ID", "CATALOG")),
    Spec(
        "setmediainfo",
        "write",
        "archives",
        ("CONF_ID", "NAME", "DESCRIPTION", "ACCESSTYPE", "DENY_AUTO_DELETE", "PIN", "CATALOG", "ACCESSID"),
        answers=("CONF_ID", "NAME"),
        own_text=True,
    ),
    Spec("geteplink", "read", "calls"),
    Spec("startroomrecord", "write", "calls", ("INDEX",), answers=("INDEX",), says=True),
    Spec("pauseroomrecord", "write", "calls", ("INDEX",), (), " pauseroomrecord", ("INDEX",), True),
    Spec("continueroomrecord", "write", "calls", ("INDEX",), (" continueroomrecord",), "", ("INDEX",), True),
    Spec("stoproomrecord", "write", "calls", ("INDEX",), answers=("INDEX",), says=True),
    Spec("hangup", "write", "calls", ("INDEX",), (), "hangup ", ("INDEX",)),
    Spec("getcfsinfo", "read", "settings", confirmed="hangup "),
    Spec("setcfskey", "write", "settings", ("CFSKEY",), ("get_cfs",), "hangup "),
    Spec("getldap", "read", "settings", (), ("get_cfs",), "GetSysOption", LDAP),
    Spec("setldap", "write", "settings", LDAP, ("get_cfs",), "GetSysOption", LDAP),
    Spec("getmulticast", "read", "settings", answers=CAST),
    Spec("setmulticast", "write", "settings", CAST, ("get_cfs",), "GetSysOption", CAST),
    Spec("getlogging", "read", "settings", answers=LOGGING),
    Spec("setlogging", "write", "settings", LOGGING, ("get_cfs",), "GetSysOption"),
    Spec("getos", "read", "settings", answers=OS),
    Spec("setos", "write", "settings", OS, ("get_cfs",), "GetSysOption"),
    Spec("getstacking", "read", "settings", answers=STACK),
    Spec("setstacking", "write", "settings", STACK),
    Spec("getbanner", "read", "settings", ("LANGUAGE",), ("getivr",), "getivr", ("BANNER_MSG",)),
    Spec("setbanner", "write", "settings", ("LANGUAGE", "BANNER_MSG"), ("setivr",), "setivr", says=True),
    Spec("getuilogo", "read", "settings", (), ("getivr",), "getivr"),
    Spec("setuilogo", "write", "settings", ("FILENAME",), ("setivr",), "setivr", says=True),
    Spec("getvideologo", "read", "settings", (), ("getivr",), "getivr"),
    Spec("setvideologo", "write", "settings", ("FILENAME",), ("setivr",), "setivr", says=True),
    Spec("callandplay", "write", "calls", ("ADDR", "RATE", "FILE_ID"), (" CallAndPlay ",), " CallAndPlay ", (), True),
    Spec("startfilemulticast", "write", "calls", ("CONF_ID", "TIMES"), (" StartFileMulticast ",), " StartFileMulticast ", (), True),
    Spec("stopfilemulticast", "write", "calls", ("CONF_ID",), (" StopFileMulticast ",), " StopFileMulticast ", (), True),
]
COMMANDS = {one.name: one for one in SPECS}
assert len(COMMANDS) == 67
# names spelled in two ways: (table, example)
TWICE = {"ACCESSTYPE": "ACESSTYPE", "CFSKEY": "CFS_KEY"}
ALSO = {"ACESSTYPE": "ACCESSTYPE", "CFS_KEY": "CFSKEY", "LDAP_PWD": "LDAP_PASSWORD", "DEVP": "DEVIP", "DHCP": "DCHP", "FIREWALL": "FILEWALL"}
GET_CFS = [("LDAP_", "USE_LDAP", "setldap"), ("SAP_", "MEDIA_", "setmulticast"), ("SYSTEM_LEVEL", "MAX_FILESIZE", "setlogging"), ("FILEWALL", "NTP", "setos"), ("CFS", "CFS", "setcfskey")]


class Refused(Exception):
    """The command fails."""


class Close(Exception):
    """The connection ends."""


class Malformed(Exception):
    """Not a document of this protocol."""


# --- what is on the device


@dataclass
class Endpoint:
    id: str
    name: str
    ip: str
    flag: str = "0"
    e164: str = ""
    h323: str = ""


@dataclass
class User:
    id: str
    name: str
    full: str = ""
    email: str = ""
    password: str = ""
    privilege: str = "1"
    born: str = "1"


@dataclass
class Group:
    id: str
    name: str
    text: str = ""
    members: list[str] = field(default_factory=list)
    before: int = 0


@dataclass
class Room:
    index: int
    values: dict[str, str]
    record: list[str] = field(default_factory=list)
    view: list[str] = field(default_factory=list)
    partimax: str = "2"
    h239: str = "0"


@dataclass
class Media:
    id: str
    name: str
    text: str
    at: float
    duration: int
    size: int
    rate: int
    h239: str
    video: str
    server: str
    catalog: str = "0"
    upload: str = "0"
    reference: str = ""
    access: str = "1"
    deny: str = "0"
    pin: str = ""
    groups: list[str] = field(default_factory=list)
    code: str = "000000"
    url: str = ""


@dataclass
class Link:
    index: int
    ip: str
    e164: str
    h323: str
    at: float
    status: int = 0
    since: float = 0.0
    pauses: int = 0
    video: str = "H.264"
    audio: str = "G.722"
    h239: str = "1"
    name: str = ""
    quick: dict[str, Any] = field(default_factory=dict)
    listed: bool = True


@dataclass
class Session:
    id: str
    user: User
    asked: str
    conn: Conn
    latest: Conn
    born: float
    last: float
    order: int = 0

    @property
    def subscribed(self) -> bool:
        return self.asked.strip() == "1"


@dataclass
class Call:
    """A command that came in."""

    spec: Spec
    xmlid: str
    fields: list[tuple[str, str]]
    conn: Conn
    session: Any = None

    def get(self, name: str) -> str | None:
        return next((value for tag, value in self.fields if tag == name), None)

    def all(self, name: str) -> list[str]:
        return [value for tag, value in self.fields if tag == name]


def parse(data: bytes) -> tuple[str, list[tuple[str, str, list[tuple[str, str]]]]]:
    """The root's name, and (packet, xmlid, fields) of each packet."""
    root: list[str] = []
    packets: list[tuple[str, str, list[tuple[str, str]]]] = []
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 1:
            root.append(tag)
        elif depth == 2:
            packets.append((tag, attributes.get("xmlid", ""), []))
        elif depth == 3:
            packets[-1][2].append((tag, attributes.get("value", "")))

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_all: object) -> None:
        raise Malformed("a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = start, end, doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Malformed(str(error)) from None
    return root[0], packets


def ascii_only(text: str) -> str:
    return "".join(char if ord(char) < 128 else "?" for char in text)


ENUMS = {
    name: re.compile(pattern)
    for names, pattern in [
        ("FLAG PRIVILEGE DUALVIDEO BROADCAST RECORDRIGHT USEGK AUTO_DEL DENY_AUTO_DELETE USE_LDAP ENABLE_MULTICAST FILEWALL NTP STACKING AUTODISCOVER POWEROFF CATALOG", "[01]"),
        ("VIEWRIGHT AUTO_SAVE ACCESSTYPE LANGUAGE", "[012]"),
        ("VIDEO_FORMAT AUTO_UPDATE", "[0-3]"),
        ("TYPE", "[0-9]"),
        ("START_TIME END_TIME UPDATE_HOUR", "[01]?[0-9]|2[0-3]"),
    ]
    for name in names.split()
}
NUMBERS = {"IFRAMEINTERVAL", "RATE", "GKPORT", "SAVE_INTERVAL", "DEL_INTERVAL", "SAP_PORT", "MEDIA_PORT", "TIMES", *ENUMS}
TEXTS = {
    "en": ("Succeeded", "The command failed: {}"),
    "cn": ("\u6210\u529f", "\u547d\u4ee4\u5931\u8d25: {}"),
}
WEB_FIELDS = {"RECORDIDEXT", "VIEWIDEXT", "ACCESSIDEXT", "ACCESSIDEXT1", "NOTIN", "NOTIN_REC", "NOTIN_VIEW", "NOTIN_USER", "NOTIN_EP"}
RESERVED = {"TITLE", "OPTIONS", "EMAIL_LINK", "DOWNLOAD", "GKCOLOR"}
WORDS = {0: "Menu", 1: "Running", 2: "Paused", 3: "Streaming"}
HALF_HOUR = 1800.0


class Device:
    """The recording server."""

    def __init__(self, ways: Ways, fault: str | None, seed: int, scale: float) -> None:
        self.w, self.fault, self.scale = ways, fault, scale
        self.random = random.Random(seed)
        self.begun = time.monotonic()
        self.epoch = 1_190_000_000.0 if seed % 2 else time.time()
        self.sessions: dict[str, Session] = {}
        self.ghosts: list[Session] = []
        self.conns: list[Conn] = []
        self.logins: dict[str, int] = {}
        self.uses: dict[str, int] = {}
        self.last_xmlid = ""
        self.links: list[Link] = []
        self.next_link = 1024
        self.multicasts: set[str] = set()
        self.ever: set[str] = set()
        self.order = 0
        self.populate()

    def on(self, fault: str) -> bool:
        return self.fault == fault

    def nth(self, key: str) -> int:
        """How many times this was asked, this one included."""
        self.uses[key] = self.uses.get(key, 0) + 1
        return self.uses[key]

    def now(self) -> float:
        """Device seconds since the start."""
        return (time.monotonic() - self.begun) * self.scale

    def clock(self) -> float:
        return self.epoch + self.now() + self.w.offset

    def guid(self) -> str:
        raw = uuid.UUID(int=self.random.getrandbits(128), version=4).hex
        if self.w.guid in ("36", "upper"):
            text = f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"
            return text.upper() if self.w.guid == "upper" else text
        text = f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:]}"
        return "{" + text + "}" if self.w.guid == "braces" else text

    # --- what is there at the start

    def populate(self) -> None:
        rng, fresh = self.random, self.w.fresh
        self.admin = User(self.guid(), "Administrator", "Administrator", "", "polycom", "0", "0")
        self.users = [self.admin]
        self.endpoints: list[Endpoint] = []
        self.groups: list[Group] = []
        self.rooms: list[Room] = []
        self.media: list[Media] = []
        self.h323 = 20
        self.settings: dict[str, dict[str, str]] = {
            "ip": {"INDEX": "0", "DEVIP": "172.21.100.20", "DEVMASK": "255.255.224.0", "GATEWAY": "172.21.96.254", "DCHP": "0", "DNS1": "172.21.96.2", "DNS2": "", "DCHPDNS": "0"},
            "gk": {"USEGK": "0", "GKIP": "172.21.101.49", "GKPORT": "1719", "E164": "1897", "H323": "RSS 2000"},
            "storage": {"FTP": "172.21.96.10", "PATH": "\\rssbackup", "USER": "upload", "PASSWORD": "test", "AUTO_DEL": "1", "DEL_INTERVAL": "30", "START_TIME": "1", "END_TIME": "2", "AUTO_SAVE": "1", "SAVE_INTERVAL": "7"},
            "ldap": {"USE_LDAP": "0", "LDAP_SERVER": "", "LDAP_USER": "", "LDAP_PASSWORD": ""},
            "multicast": {"ENABLE_MULTICAST": "0", "SAP_ADDRESS": "224.2.127.254", "SAP_PORT": "9875", "MEDIA_ADDRESS": "239.1.1.1", "MEDIA_PORT": "5000"},
            "logging": {"SYSTEM_LEVEL": "3", "RAS_LEVEL": "1", "Q931_LEVEL": "1", "H245_LEVEL": "0", "NEWFILE_PERIOD": "24", "MAX_FILESIZE": "1024"},
            "os": {"FILEWALL": "1", "NTP": "0", "NTP_SERVER": "", "TIMEZONE": str(self.w.zone), "AUTO_UPDATE": "0", "UPDATE_PERIOD": "0", "UPDATE_HOUR": "3"},
            "stacking": {"STACKING": "0", "GROUPNAME": "stack", "AUTODISCOVER": "0", "MASTER": "172.21.100.20"},
            "sp": {"DUALVIDEO": "0", "IFRAMEINTERVAL": "1", "BROADCAST": "0", "RECORDRIGHT": "0", "VIEWRIGHT": "1"},
            "banner": {"0": "Welcome to RSS 2000", "1": "\u6b22\u8fce", "2": "\u3088\u3046\u3053\u305d"},
            "lang": {"LANG": "0"},
            "cfs": {"active": "K7E0-4E53-AB20-0000-07FF", "pending": ""},
        }
        self.first_gk = dict(self.settings["gk"])
        self.later_ip = dict(self.settings["ip"])
        self.sp_groups: list[str] = []
        self.keys = ["K7E0-4E53-AB20-0000-07FF", "K7E1-5A02-BB31-0010-17FF", "K7E2-90C4-0D17-0020-27FF"]
        self.files = ["\\rss7D.tmp", "\\rss7E.tmp", "\\rss80.tmp"]
        self.ivr: dict[tuple[str, str], str] = {}
        self.clients_lang: dict[str, str] = {}
        if fresh:
            self.users.append(User(self.guid(), "operator", "", "", "operator", "1", "1"))
        else:
            for name, full, mail, word, level in [
                ("operator", "Duty operator", "op@example.com", "Secret1", "1"),
                ("liling", "Li Ling", "", "", "0"),
                ("test", "dst", "", "x", "0"),
                ("m\u00fcller", "J\u00fcrgen M\u00fcller & S\u00f6hne", "jm@example.com", "pw", "1"),
                ("o'brien", 'Pat "Paddy" O\'Brien <pat>', "", "pw", "1"),
            ]:
                self.users.append(User(self.guid(), name, full, mail, word, level, level))
            for name, flag, number in [("6000", "0", ""), ("8000", "1", "11"), ("Board room", "0", "7001"), ("Salle \u00e9t\u00e9", "1", "7002"), ("R&D", "0", "")]:
                self.endpoints.append(Endpoint(self.guid(), name, f"172.21.120.{rng.randrange(2, 250)}", flag, number, name if number else ""))
            people, devices = [one.id for one in self.users], [one.id for one in self.endpoints]
            self.groups = [
                Group(self.guid(), "Group1", "aaaa", [*people[:3], devices[0]]),
                Group(self.guid(), "Group 2", "", [people[3]]),
                Group(self.guid(), "Empty", "nobody"),
                Group(self.guid(), "\u7ec4 <3>", "markup & more", [devices[3], people[4], devices[1]]),
            ]
            for index, (name, dual) in enumerate([("H239", "1"), ("Room1", "0"), ("Room & board", "0")]):
                values = dict(zip(ROOM_SET, ("768", str(3 - index), str(1001 + index), dual, "1", "0", "1", "0"), strict=True))
                self.rooms.append(Room(index, {"ROOM_ID": name, **values}, h239=dual))
            self.rooms[0].values |= {"RECORDRIGHT": "1", "VIEWRIGHT": "2"}
            self.rooms[0].record, self.rooms[0].view = [self.groups[0].id], [self.groups[1].id, self.groups[0].id]
            self.sp_groups = []
            sizes = [999, 35_005, 11_202, 120_033, 8, 2_000_111, 70_410, 5_021, 640_000, 45_120, 300_777, 15_313, 91_000, 180_222]
            rates = [768, 1024, 384, 128, 1920, 512, 768, 2048, 256, 1472, 64, 832, 1152, 320]
            for n in range(14):
                at = 1_150_409_735.0 + n * 86_400 * 37 + rng.randrange(40_000)
                name = f"{'qwertyuiopasdf'[n]}{n} " + ["Lecture", "Ward round & visit", "R\u00e9union", "Board <1>"][n % 4]
                one = Media(
                    self.guid(),
                    name,
                    f"about {name}" if n % 5 else "",
                    at,
                    [453, 114, 7_260, 36_100, 59, 3_600, 1_801, 90, 18_000, 2_404, 7_199, 605, 4_300, 301][n],
                    sizes[n],
                    rates[n],
                    str(n % 3 and 1),
                    VIDEOS[(n * 7 + n // 3) % 4],
                    f"172.21.99.{43 + (n * 5) % 7}",
                    upload=str(n % 2),
                    reference=f"ref{n}" if n % 4 == 1 else "",
                    access=str((1, 2, 0)[n % 3]),
                    deny=str(n % 2),
                    pin="1234" if n == 3 else "",
                    code=f"{n * 7919 + 1:06d}",
                )
                one.groups = [self.groups[n % 4].id] if one.access == "2" else []
                one.url = re.sub(r"[^A-Za-z0-9_]", "_", ascii_only(name)) + f"_{one.id.strip('{')[:8]}_WMV.asf"
                self.media.append(one)
            rng.shuffle(self.media)
            for n in range(2):
                live = Media(self.guid(), f"Live {n + 1}", "", self.epoch - 600 * (n + 1), 600 * (n + 1), 0, (768, 384)[n], str(n), VIDEOS[3 - n], "172.21.99.43", catalog="1")
                live.url = str(8080 + n)
                self.media.append(live)
        for n in range(self.w.links):
            self.dial(f"172.21.121.{10 + n}", f"12101{n}", f"VSX{n}", VIDEOS[n % 4])
        if self.w.busy:
            self.dial("172.21.122.99", "122099", "busy")
        self.fixed = [one.index for one in self.links][: self.w.links]

    def dial(self, ip: str, e164: str = "", h323: str = "", video: str = "H.264") -> Link:
        link = Link(self.next_link, ip, e164, h323, self.clock() - 60, video=video, h239=str(self.next_link % 2))
        self.next_link += 1
        self.links.append(link)
        return link

    def fixtures(self) -> dict[str, Any]:
        archives, lives = self.shelf("0"), self.shelf("1")
        found: dict[str, Any] = {
            "ordinary_user": "operator",
            "ordinary_password": self.users[1].password,
            "user_names": [one.name for one in self.users],
            "user_ids": [one.id for one in self.users],
            "endpoint_names": [one.name for one in self.endpoints],
            "endpoint_ids": [one.id for one in self.endpoints],
            "group_names": [one.name for one in self.groups],
            "group_ids": [one.id for one in self.groups],
            "room_indexes": [one.index for one in self.rooms],
            "room_names": [one.values["ROOM_ID"] for one in self.rooms],
            "archive_ids": [one.id for one in archives],
            "live_ids": [one.id for one in lives],
            "h323_links": self.fixed,
            "ivr_files": self.files,
            "cfs_keys": self.keys[1:],
        }
        if self.w.tell_root:
            found["root_name"] = self.w.root
        return {key: value for key, value in found.items() if value != []}

    # --- writing

    def value(self, text: str, bare: str = "") -> str:
        text = text.replace("&", "&amp;") if "&" not in bare else text
        text = text.replace("<", "&lt;").replace(">", "&gt;")
        if '"' not in bare:
            text = text.replace(self.w.quote, "&quot;" if self.w.quote == '"' else "&apos;")
        text = text.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
        if self.w.references:
            text = "".join(char if ord(char) < 128 else f"&#x{ord(char):X};" for char in text)
        return text

    def document(self, kind: str, blocks: list[tuple[str, list[Item]]], call: Call | None = None) -> bytes:
        w = self.w
        q = w.quote
        eq = " = " if w.blanks_in_equals else "="
        gap = {"indent": ("\n", "    "), "none": ("", ""), "wide": ("\n\n", "\t "), "crlf": ("\r\n", "  ")}[w.space]
        name = call.spec.name if call else ""
        bare = "&" if self.on("ampersand-bare") and name == "getgroup" else '"' if self.on("quote-bare") else ""
        pad = " \n\t" if w.space == "wide" else " "
        lines = []
        if w.declaration:
            lines.append(f"<?xml version={q}1.0{q} encoding={q}{w.encoding}{q} ?>")
        if w.comments:
            lines.append("<!-- RSS 2000 -->")
        version = "" if self.on("version-attribute") else f" version{eq}{q}1.0.0.0{q}"
        lines.append(f"<{w.root}{version}>")
        for xmlid, items in blocks:
            xid = "xmjid" if w.xmjid and kind == "INDICATION" and xmlid == "addendpoint" else "xmlid"
            lines.append(f"{gap[1]}<{kind} {xid}{eq}{q}{self.value(xmlid)}{q}>")
            if w.comments:
                lines.append("<!-- fields: RESULT first -->")
            for tag, value, extra in items:
                attributes = [f"value{eq}{q}{self.value(value, bare)}{q}"]
                if extra is not None:
                    attributes.append(f"name{eq}{q}{self.value(extra, bare)}{q}")
                if w.name_first:
                    attributes.reverse()
                end = f"></{tag}>" if w.closed else f"{pad if w.space != 'none' else ''}/>"
                lines.append(f"{gap[1] * 2}<{tag}{pad}{pad.join(attributes)}{end}")
            lines.append(f"{gap[1]}</{kind}>")
        closing = "DVCRMANAGER" if self.on("closes-other-root") and name == "modgroup" and w.root != "DVCRMANAGER" else w.root
        lines.append(f"</{closing}>")
        text = gap[0].join(lines) + gap[0]
        if w.bom:
            text = "\ufeff" + text
        if self.on("latin-1") and kind == "CONFIRM" or self.on("indication-latin-1") and kind == "INDICATION":
            data = text.encode("latin-1", "replace")
        elif self.on("astral-halves"):
            data = b"".join(char.encode("utf-16-be").decode("utf-16-be", "surrogatepass").encode("utf-8") if ord(char) < 65536 else self.halves(char) for char in text)
        else:
            data = text.encode("utf-8", "replace")
        if self.on("cut-at-4096"):
            data = data[:4096]
        return data + b"\0" * self.on("trailing-nul")

    @staticmethod
    def halves(char: str) -> bytes:
        high, low = struct.unpack(">HH", char.encode("utf-16-be"))
        return chr(high).encode("utf-8", "surrogatepass") + chr(low).encode("utf-8", "surrogatepass")

    def packet(self, data: bytes, indication: bool = False, failed: bool = False) -> bytes:
        length = len(data) + 4
        if self.on("tpkt-length-without-header") or (self.on("tpkt-length-long-packets") and length > 1500):
            length -= 4
        raw = struct.pack("<H" if self.on("tpkt-bytes-swapped") else ">H", length)
        version = 2 if indication and self.on("tpkt-indication-version") else 3
        reserved = 1 if failed and self.on("tpkt-reserved-after-failure") else 0
        return bytes((version, reserved)) + raw + data

    def arranged(self, items: list[Item], name: str) -> list[Item]:
        w = self.w
        if not w.web_fields:
            items = [one for one in items if one[0] not in WEB_FIELDS]
        if not w.reserved:
            drop = RESERVED | ({"ROOM_NUM", "PARTINOW", "PARTIMAX"} if name == "startquickrecord" else set())
            items = [one for one in items if one[0] not in drop]
        if w.order == "reversed":
            items = items[::-1]
        elif w.order == "sorted":
            items = sorted(items, key=lambda one: one[0])
        return items

    def confirms(self, call: Call, blocks: list[list[Item]], failed: bool = False) -> list[bytes]:
        """The packets of a reply."""
        name, w = call.spec.name, self.w
        xmlid = {"echo": call.xmlid, "documented": call.spec.confirmed or name, "upper": name.upper()}.get(w.xmlid_confirm, name)
        if name == "addroom" and w.xmlid_confirm == "own" and w.addroom != "addroom":
            xmlid = "addrroom"
        if failed and self.on("xmlid-previous") and self.last_xmlid:
            xmlid = self.last_xmlid
        self.last_xmlid = xmlid
        made = [(xmlid, self.arranged(items, name)) for items in blocks]
        if not made and w.empty != "no-confirm":
            text: list[Item] = [("DESCRIPTION", TEXTS[w.texts][0], None)] if w.empty == "text" else []
            made = [(xmlid, [("RESULT", "0", None), *text])]
        if self.on("result-of-first"):
            made = [one if not n else (one[0], [item for item in one[1] if item[0] != "RESULT"]) for n, one in enumerate(made)]
        if w.packets == "several" and made:
            return [self.packet(self.document("CONFIRM", [one], call), failed=failed) for one in made]
        data = self.document("CONFIRM", made, call)
        if len(data) <= LIMIT:
            return [self.packet(data, failed=failed)]
        if len(made) == 1:
            raise Refused("too much")
        half = len(blocks) // 2
        return self.confirms(call, blocks[:half]) + self.confirms(call, blocks[half:])

    def success(self, call: Call, blocks: list[list[Item]]) -> list[bytes]:
        w = self.w
        text: list[Item] = []
        if w.success_text == "always" and not call.spec.own_text or w.success_text == "examples" and call.spec.says:
            text = [("DESCRIPTION", TEXTS[w.texts][0], None)]
        result: list[Item] = [] if self.on("getmember-result") and call.spec.name == "getmember" else [("RESULT", "0", None)]
        return self.confirms(call, [[*result, *text, *items] for items in blocks])

    def failure(self, call: Call, why: str) -> list[bytes]:
        w, spec = self.w, call.spec
        result = "1"
        if (
            (self.on("endpoint-unknown-deleted") and spec.name == "delendpoint")
            or (self.on("user-unknown-deleted") and spec.name == "deldevuser")
            or (self.on("media-delete-unknown") and spec.name == "delmediainfo")
            or (self.on("link-unknown") and spec.name == "pauseroomrecord" and why == "no such link")
            or (self.on("login-failed-session") and spec.name == "login")
            or (self.on("logout-unknown") and spec.name == "logout")
        ) and (why != "wrong session" or spec.name == "logout"):
            result = "0"
        if self.on("user-duplicate-result") and why == "name exists":
            result = "2"
        items: list[Item] = [("RESULT", result, None)]
        if w.fail_text and not w.fail_result_only:
            items.append(("DESCRIPTION", TEXTS[w.texts][1].format(why), None))
        if w.fail_fields == "echo" and spec.name != "login":
            items += [(tag, value, None) for tag, value in call.fields if tag in spec.parameters and tag not in ("PASSWORD", "DESCRIPTION")]
        elif (w.fail_fields == "blank" and spec.name != "login") or (spec.name == "login" and w.login_fail_fields):
            items += [(tag, "", None) for tag in spec.answers if tag not in ("DESCRIPTION", "PRIVILEGE", "SESSIONID")]
            items += [("PRIVILEGE", "", None), ("SESSIONID", "", None)] if spec.name == "login" else []
        return self.confirms(call, [items], failed=True)

    # --- a packet comes in

    def resolve(self, xmlid: str, tags: set[str]) -> str | None:
        """The command that an xmlid stands for."""
        w = self.w
        if w.xmlid_accept == "documented":
            name = xmlid.strip()
            if name == "get_cfs":
                return next((one for first, second, one in GET_CFS if any(tag.startswith((first, second)) for tag in tags)), "getldap")
            if name == "getivr":
                return "getivr" if "INDEX" in tags else "getbanner"
            if name == "setivr":
                return "setbanner" if "BANNER_MSG" in tags else "setivr" if "TYPE" in tags else "setuilogo"
            for one in SPECS:
                if name in ([sent.strip() for sent in one.sent] or [one.name]):
                    return one.name
            return None
        name = xmlid.strip().lower() if w.xmlid_accept == "fold" else xmlid
        if name in ("addrroom", "addroom"):
            return "addroom" if w.addroom in (name, "both") else None
        if w.xmlid_accept == "own" and xmlid == " continueroomrecord":
            name = "continueroomrecord"
        return name if name in COMMANDS else None

    def answer(self, conn: Conn, data: bytes) -> list[bytes]:
        """The packets to send back on this connection.

        Raises:
            Close: end the connection without an answer.
        """
        w = self.w
        try:
            root, packets = parse(data)
            if (w.root_accept == "own" and root != w.root) or root not in ROOTS:
                raise Malformed(f"root {root}")
            commands = [one for one in packets if one[0] == "COMMAND"]
            if not commands:
                raise Malformed("no COMMAND")
        except Malformed as error:
            if w.malformed == "close":
                raise Close from None
            if w.malformed == "ignore":
                return []
            return self.confirms(Call(Spec("", "read", ""), "", [], conn), [[("RESULT", "1", None), ("DESCRIPTION", str(error), None)]], failed=True)
        if len(commands) > 1 and w.commands != "all":
            if w.commands == "fail":
                return self.confirms(Call(Spec("", "read", ""), "", [], conn), [[("RESULT", "1", None)]], failed=True)
            commands = commands[:1]
        sent: list[bytes] = []
        for _kind, xmlid, fields in commands:
            sent += self.one(conn, xmlid, fields)
        return sent

    def one(self, conn: Conn, xmlid: str, raw: list[tuple[str, str]]) -> list[bytes]:
        w = self.w
        name = self.resolve(xmlid, {tag for tag, _value in raw})
        if name is None:
            if w.unknown_command == "close":
                raise Close
            if w.unknown_command == "ignore":
                return []
            blank = w.unknown_command == "fail-blank"
            return self.confirms(Call(Spec("" if blank else xmlid.strip(), "read", ""), xmlid, [], conn), [[("RESULT", "1", None), ("DESCRIPTION", "unknown command", None)]], failed=True)
        fields = []
        for tag, value in raw:
            if w.fields_accept == "any" or tag in ("DEVP", "DHCP", "FIREWALL", "LDAP_PWD"):
                tag = ALSO.get(tag, tag)
            elif w.fields_accept == "example":
                tag = {one: table for table, one in TWICE.items()}.get(tag, "-" if tag in TWICE else tag)
            fields.append((tag, value))
        call = Call(COMMANDS[name], xmlid, fields, conn)
        before = len(conn.own)
        try:
            if name != "login":
                call.session = self.session(call)
            self.check(call)
            blocks = getattr(self, name)(call)
            replies = self.success(call, blocks)
        except Refused as refusal:
            why = str(refusal)
            if why == "wrong session":
                if w.wrong_session == "close":
                    raise Close from None
                if self.on("failed-session-still-does"):
                    with contextlib.suppress(Refused):
                        call.session = next(iter(self.sessions.values()), None)
                        getattr(self, name)(call)
                if w.wrong_session == "login":
                    call = Call(COMMANDS["login"], "login", [], conn)
            elif call.session and w.failed_refreshes:
                call.session.last = self.now()
            if why == "timed out":
                why = "wrong session"
                conn.ending = conn.ending or w.close_on_expiry
            replies = self.failure(call, why)
        else:
            if call.session and (call.spec.kind == "write" or not self.on("expires-reads")):
                call.session.last = self.now()
        own = conn.own[before:]
        del conn.own[before:]
        return [*own, *replies] if w.own == "before" else [*replies, *own]

    def timed_out(self, session: Session) -> bool:
        if self.on("never-expires"):
            return False
        now = self.now()
        if self.w.sweep:
            now -= now % self.w.sweep
        since = session.born if self.on("expires-from-login") else session.last
        return now - since > (600 if self.on("expires-early") else HALF_HOUR)

    def session(self, call: Call) -> Session | None:
        w, spec = self.w, call.spec
        key = call.get("SESSIONID")
        anyone = next(iter(self.sessions.values()), None)
        if key is None and self.on("no-session-reads") and spec.kind == "read" and spec.name != "logout":
            return anyone
        if key == "" and self.on("session-blank") and anyone:
            return anyone
        if self.on("session-unchecked-groups") and "group" in spec.name and key not in self.sessions:
            return anyone
        if self.on("random-session") and spec.area == "settings" and key and re.fullmatch(r"\{?[0-9A-Fa-f-]{32,38}\}?", key) and key not in self.sessions:
            return anyone
        found = self.sessions.get(key or "")
        if found is None and key and self.on("session-prefix"):
            found = next((one for one in self.sessions.values() if one.id[:8] == key[:8]), None)
        if found is None and self.on("works-after-logout"):
            found = next((one for one in self.ghosts if one.id == key), None)
        if found is None:
            raise Refused("wrong session")
        if self.timed_out(found):
            if self.on("expired-revives"):
                found.last = self.now()
            else:
                self.sessions.pop(found.id, None)
            raise Refused("timed out")
        if w.bind == "connection" and found.conn is not call.conn:
            raise Refused("wrong session")
        found.latest = call.conn
        return found

    def check(self, call: Call) -> None:
        """Privilege and values."""
        w, spec = self.w, call.spec
        if call.session and call.session.user.privilege == "1" and spec.area != "session":
            if w.ordinary == "read" and spec.kind == "write":
                raise Refused("no right")
            if w.ordinary == "accounts" and spec.area in ("accounts", "settings", "rooms"):
                raise Refused("no right")
        kept = []
        for tag, value in call.fields:
            if tag not in spec.parameters and tag not in ("SESSIONID", "LANG") and w.unknown_field == "fail" and ALSO.get(tag) not in spec.parameters:
                raise Refused(f"unknown parameter {tag}")
            pattern = ENUMS.get(tag)
            if spec.name == "delmediainfo" and tag == "TYPE":
                pattern = ENUMS["CATALOG"]
            if spec.name == "setstacking" and tag == "GROUPNAME":
                pattern = None
            if tag == "SOURCENAME" and self.on("endpoint-name-number") and value.isdigit():
                value = value.lstrip("0") or "0"
            if w.trim and tag in ("SOURCENAME", "USERNAME", "GROUPNAME", "ROOM_ID") and spec.name != "login":
                value = value.strip()
            if tag in spec.parameters and pattern and not pattern.fullmatch(value):
                if w.bad_enum == "fail":
                    raise Refused(f"{tag} out of range")
                continue
            if tag in spec.parameters and tag in NUMBERS and not pattern and not re.fullmatch("[0-9]{1,9}", value):
                if w.bad_enum == "fail":
                    raise Refused(f"{tag} is no number")
                continue
            kept.append((tag, value))
        call.fields = kept

    # --- indications

    def indicate(self, call: Call | None, xmlid: str, items: list[Item]) -> None:
        """Tell those that asked for it."""
        w = self.w
        if self.on("indication-xmlid") and xmlid == "delgroup":
            xmlid = "modgroup"
        data = self.packet(self.document("INDICATION", [(xmlid, self.arranged(items, xmlid))]), indication=True)
        mine = call.session if call else None
        asked = [one for one in self.sessions.values() if not self.timed_out(one)]
        if self.on("indication-always"):
            wanted = asked
        elif self.on("indication-zero"):
            wanted = [one for one in asked if one.asked.strip() in ("0", "1")]
        else:
            wanted = [one for one in asked if one.subscribed]
        others = [one for one in wanted if one is not mine]
        if self.on("indication-first-only"):
            others = others[:1]
        if self.on("indication-newest-only"):
            others = others[-1:]
        if self.on("indication-after-logout"):
            others += [one for one in self.ghosts if one.subscribed]
        for one in others:
            conn = one.latest if w.indicate_to == "latest" else one.conn
            if self.on("indication-other-session") and conn in self.conns:
                conn = self.conns[(self.conns.index(conn) + 1) % len(self.conns)]
            for _n in range(2 if self.on("indication-twice") and xmlid.endswith("group") else 1):
                if w.delay:
                    asyncio.get_running_loop().call_later(w.delay, conn.send, data)
                elif self.on("indication-cuts-in"):
                    conn.cut_in = data
                else:
                    conn.send(data)
        if w.own != "none" and mine is not None and mine in wanted and call is not None:
            call.conn.own.append(data)

    def indicate_more(self, call: Call, items: list[Item]) -> None:
        if self.w.more:
            self.indicate(call, call.spec.name, items)

    # --- sessions

    def login(self, call: Call) -> list[list[Item]]:
        w = self.w
        name, word = call.get("USERNAME") or "", call.get("PASSWORD") or ""
        if w.lan == "fail" and (call.get("LANG") or "0") not in ("0", "1", "en", "cn"):
            raise Refused("LANG")
        users = [*self.users, *(self.gone if self.on("deleted-user-enters") else [])]
        user = next((one for one in users if one.name == name or (w.user_fold and one.name.lower() == name.lower())), None)
        if user is None or not self.password_fits(user, word):
            raise Refused("wrong user name or password")
        self.logins[user.id] = self.logins.get(user.id, 0) + 1
        key = self.guid()
        if self.on("session-shared"):
            key = next((one.id for one in self.sessions.values() if one.user is user), key)
        if w.relogin == "replace":
            for old in [one for one in self.sessions.values() if one.conn is call.conn]:
                del self.sessions[old.id]
        if w.same_user == "replace":
            for old in [one for one in self.sessions.values() if one.user is user]:
                del self.sessions[old.id]
        self.order += 1
        if key not in self.sessions:
            self.sessions[key] = Session(key, user, call.get("INDICATION") or "", call.conn, call.conn, self.now(), self.now(), self.order)
        level = user.born if self.on("privilege-of-creation") else "0" if self.on("privilege-always-administrator") else user.privilege
        items: list[Item] = [("PRIVILEGE", level, None), ("SESSIONID", key, None)]
        if self.on("session-missing-second") and self.logins[user.id] == 2:
            items.pop()
        return [items]

    def password_fits(self, user: User, word: str) -> bool:
        if self.on("password-not-asked") and user.privilege == "1":
            return True
        if self.on("non-ascii-password") and ascii_only(word) != word:
            return False
        kept = self.first_words.get(user.id, user.password) if self.on("changed-password-ignored") else user.password
        if self.on("password-prefix") and kept:
            return word.startswith(kept)
        if self.on("password-any-case"):
            return word.lower() == kept.lower()
        return word == kept

    gone: list[User] = []
    first_words: dict[str, str] = {}

    def logout(self, call: Call) -> list[list[Item]]:
        session = call.session
        if session is None:
            return [[]]
        self.sessions.pop(session.id, None)
        if self.on("logout-ends-all"):
            for old in [one for one in self.sessions.values() if one.user is session.user]:
                del self.sessions[old.id]
        if self.on("settings-lost"):
            self.settings["gk"] = dict(self.first_gk)
        self.ghosts = [*self.ghosts[-20:], session]
        self.clients_lang.pop(session.id, None)
        call.conn.ending = self.w.close_on_logout
        return [[]]

    # --- system

    def getdevinfo(self, _call: Call) -> list[list[Item]]:
        items: list[Item] = [
            ("PRODUCTNAME", "Polycom Recording Streaming Server", None),
            ("VERSION", "3.0.0.104, Build: Oct 19 2007 15:03:01", None),
            ("TYPE", "RSS 2000", None),
            ("H323COUNT", str(self.h323), None),
            ("VODCOUNT", "100", None),
            ("RECABILITY", str(self.w.recordings), None),
            ("ACTIVATED", "2" if self.on("devinfo-activated") else "0" if self.on("activated-differs") else "1", None),
        ]
        return [[one for one in items if not (one[0] == "VODCOUNT" and self.on("devinfo-count"))]]

    def refreshstatus(self, _call: Call) -> list[list[Item]]:
        now = self.clock()
        shown = now + 10_000 if self.on("time-differs") else now
        return [
            [
                ("DISK", "120" if self.on("disk-120") else "93", None),
                ("CPU", "-1" if self.on("cpu-negative") else str(int(now) % 60), None),
                ("TIME", self.when(shown), None),
                ("TIMEVALUE", str(int(now * (1000 if self.w.time_ms else 1))), None),
                ("TIMEZONE", "15" if self.on("zone-15") else str(self.w.zone), None),
            ]
        ]

    @staticmethod
    def when(at: float) -> str:
        t = time.gmtime(at)
        return f"{MONTHS[t.tm_mon - 1]} {t.tm_mday:02d},{t.tm_year} {t.tm_hour:02d}:{t.tm_min:02d}:{t.tm_sec:02d}"

    # --- settings

    def group_of(self, key: str, names: Iterable[str]) -> list[Item]:
        kept = self.settings[key]
        return [(name, kept[name], None) for name in names]

    def change(self, call: Call, names: Iterable[str], kept: dict[str, str]) -> dict[str, str]:
        """The values after a change."""
        made = dict(kept)
        for name in names:
            value = call.get(name)
            if value is not None:
                made[name] = value
            elif self.w.absent == "fail" and name not in ("DCHP", "DNS1", "DNS2", "DCHPDNS", "INDEX"):
                raise Refused(f"{name} is missing")
            elif self.w.absent == "blank" and name not in NUMBERS and name not in ("SOURCEIP", "DEVIP", "DEVMASK", "GATEWAY", "ROOM_ID", "ROOM_NUM", "INDEX", "DCHP", "DCHPDNS"):
                made[name] = ""
        return made

    def ip_items(self, kept: dict[str, str], confirm: bool) -> list[Item]:
        items: list[Item] = [("INDEX", "0", None), (self.w.devip if confirm else "DEVIP", kept["DEVIP"], None), ("DEVMASK", kept["DEVMASK"], None), ("GATEWAY", kept["GATEWAY"], None)]
        if self.w.dchp != "absent" and not confirm:
            items += [(self.w.dchp, kept["DCHP"], None), ("DNS1", kept["DNS1"], None), ("DNS2", kept["DNS2"], None), (self.w.dchp + "DNS", kept["DCHPDNS"], None)]
        return items

    def getip(self, call: Call) -> list[list[Item]]:
        if (call.get("INDEX") or "0") != "0":
            if self.w.lan2 == "fail":
                raise Refused("no such port")
            return []
        items = self.ip_items(self.settings["ip"], False)
        return [items[1:] if self.on("ip-index") else items]

    def setip(self, call: Call) -> list[list[Item]]:
        if (call.get("INDEX") or "0") != "0":
            raise Refused("no such port")
        made = self.change(call, IP, self.settings["ip"])
        for name in ("DEVIP", "DEVMASK", "GATEWAY"):
            with contextlib.suppress(OSError):
                socket.inet_aton(made[name])
                continue
            raise Refused(f"{name} is no address")
        self.later_ip = made
        if self.w.setip_now:
            self.settings["ip"] = made
        self.indicate(call, "setip", [(("DEVP" if tag == "DEVIP" else tag), value, name) for tag, value, name in self.ip_items(made, True)])
        return [self.ip_items(made, True)]

    def gk_items(self) -> list[Item]:
        kept = self.settings["gk"]
        status = self.w.usegk == "status"
        return [
            ("USEGK", "0" if status else kept["USEGK"], None),
            ("GKIP", kept["GKIP"], None),
            ("GKSTATUS", "Unregistered", None),
            ("GKCOLOR", "1", None),
            ("GKPORT", kept["GKPORT"], None),
            ("E164", kept["E164"], None),
            ("H323", kept["H323"], None),
        ]

    def getgk(self, _call: Call) -> list[list[Item]]:
        return [self.gk_items()]

    def setgk(self, call: Call) -> list[list[Item]]:
        old = self.settings["gk"]
        made = self.change(call, GK, old)
        if self.on("gk-port"):
            made["GKPORT"] = old["GKPORT"]
        if self.on("gk-e164"):
            made["H323"] = made["E164"]
        self.settings["gk"] = made
        self.indicate_more(call, self.gk_items())
        return [self.gk_items()]

    def getlang(self, call: Call) -> list[list[Item]]:
        lang = self.settings["lang"]["LANG"]
        if self.on("lang-per-session") and call.session:
            lang = self.clients_lang.get(call.session.id, lang)
        return [[("LANG", "2" if self.on("lang-2") and lang == "1" else lang, None)]]

    def setlang(self, call: Call) -> list[list[Item]]:
        lang = call.get("LANG")
        if lang not in ("0", "1"):
            if self.w.bad_enum == "fail" or self.w.absent == "fail":
                raise Refused("LANG")
            lang = self.settings["lang"]["LANG"]
        if self.on("lang-per-session") and call.session:
            self.clients_lang[call.session.id] = lang
        else:
            self.settings["lang"]["LANG"] = lang
        self.indicate_more(call, [("LANG", lang, None)])
        return [[("LANG", lang, None)]]

    def getivr(self, call: Call) -> list[list[Item]]:
        index = call.get("INDEX") or "0"
        if not re.fullmatch("[0-9]", index):
            if self.w.bad_enum == "fail":
                raise Refused("INDEX out of range")
            index = "0"
        names = "welcome started paused resumed ended nospace failed playend code badcode".split()
        url = f"/ivr/{names[int(index)]}.wav"
        if self.w.ivr_url == "file":
            url = self.ivr.get((index, call.get("LANGUAGE") or "0"), f"/ivr/{call.get('LANGUAGE') or '0'}/{names[int(index)]}.wav")
        return [[("PLAY_URL", url, None)]]

    def a_file(self, call: Call) -> str:
        name = call.get("FILENAME") or ""
        if not name or (self.w.files == "known" and name not in self.files):
            raise Refused("no such file")
        return name

    def setivr(self, call: Call) -> list[list[Item]]:
        name = self.a_file(call)
        self.ivr[(call.get("TYPE") or "0", call.get("LANGUAGE") or "0")] = "/ivr/" + name.strip("\\").replace(".tmp", ".wav")
        self.indicate_more(call, [("TYPE", call.get("TYPE") or "0", None)])
        return [[]]

    def getstorage(self, _call: Call) -> list[list[Item]]:
        return [self.hidden(self.group_of("storage", STORAGE))]

    def hidden(self, items: list[Item]) -> list[Item]:
        cover = {"blank": lambda _text: "", "masked": lambda text: "*" * len(text)}.get(self.w.password)
        return [(tag, cover(value) if cover and tag in ("PASSWORD", "LDAP_PWD", "LDAP_PASSWORD") else value, name) for tag, value, name in items]

    def setstorage(self, call: Call) -> list[list[Item]]:
        made = self.change(call, STORAGE, self.settings["storage"])
        if self.on("storage-auto-save") and made["AUTO_SAVE"] == "2":
            made["AUTO_SAVE"] = "1"
        if self.on("storage-hours"):
            made["END_TIME"] = made["START_TIME"]
        if self.on("storage-path"):
            made["PATH"] = made["PATH"].replace("\\", "")
        self.settings["storage"] = made
        items = self.hidden(self.group_of("storage", STORAGE))
        if not (self.on("indication-storage") and self.nth("storage") > 1):
            self.indicate(call, "setstorage", items)
        return [items]

    def shutdown(self, call: Call) -> list[list[Item]]:
        self.sessions.clear()
        self.ghosts.clear()
        self.settings["ip"] = dict(self.later_ip)
        for conn in self.conns:
            conn.ending = True
        self.restarting = call.conn
        for conn in self.conns:
            if conn is not call.conn:
                conn.close()
        if self.w.shutdown == "none":
            raise Close
        return [[]]

    # --- endpoints

    def endpoint_items(self, one: Endpoint) -> list[Item]:
        return [("SOURCEID", one.id, None), ("SOURCENAME", one.name, None), ("SOURCEIP", one.ip, None), ("FLAG", one.flag, None), ("E164", one.e164, None), ("H323", one.h323, None), ("TITLE", "", None)]

    def getendpoint(self, _call: Call) -> list[list[Item]]:
        shown = [self.endpoint_items(one) for one in self.endpoints]
        if self.on("endpoint-flag-absent"):
            shown = [[item for item in items if item[:2] != ("FLAG", "0")] for items in shown]
        if self.on("endpoint-listed-after"):
            shown += [self.endpoint_items(one) for one in self.shadows]
            self.shadows.clear()
        return shown

    shadows: list[Endpoint] = []

    def named(self, call: Call, tag: str, kept: list[Any]) -> Any:
        """The object of this name."""
        name = call.get(tag)
        fold = self.w.name_case == "fold"
        found = next((one for one in kept if one.name == name or (fold and name and one.name.lower() == name.lower())), None)
        if found is None:
            raise Refused(f"no such {tag}")
        return found

    def new_name(self, call: Call, tag: str, kept: list[Any], fault: str) -> str:
        """A name for a new object."""
        name = call.get(tag)
        if name is None or (self.w.blank_names == "fail" and not name.strip()):
            raise Refused(f"{tag} is blank")
        if not self.on(fault) and any(one.name == name or (self.w.unique == "fold" and one.name.lower() == name.lower()) for one in kept):
            raise Refused("name exists")
        return name

    def addendpoint(self, call: Call) -> list[list[Item]]:
        ip = call.get("SOURCEIP") or ""
        try:
            name = self.new_name(call, "SOURCENAME", self.endpoints, "endpoint-duplicate")
        except Refused:
            if self.on("endpoint-duplicate-overwrites") and ip:
                for one in self.endpoints:
                    if one.name == call.get("SOURCENAME"):
                        one.ip = ip
            raise
        if not ip.strip() and not self.on("endpoint-blank-ip"):
            raise Refused("SOURCEIP is blank")
        if self.on("endpoint-e164-required") and not call.get("E164"):
            raise Refused("E164 is blank")
        h323 = call.get("H323") or ""
        if self.on("endpoint-non-ascii"):
            h323 = ascii_only(h323)
        one = Endpoint(self.guid(), name, ip, call.get("FLAG") or "0", call.get("E164") or "", h323)
        self.endpoints.append(one)
        self.indicate(call, "addendpoint", self.endpoint_items(one))
        return [self.endpoint_items(one)]

    def modendpoint(self, call: Call) -> list[list[Item]]:
        one = self.named(call, "SOURCENAME", self.endpoints)
        old = {"SOURCEIP": one.ip, "E164": one.e164, "H323": one.h323, "FLAG": one.flag}
        made = self.change(call, old, old)
        if not made["SOURCEIP"].strip() and not self.on("endpoint-blank-ip-mod"):
            if self.on("endpoint-refused-mod-stores"):
                one.h323 = made["H323"]
            raise Refused("SOURCEIP is blank")
        if self.on("endpoint-h323-blank-kept") and not made["H323"]:
            made["H323"] = old["H323"]
        if self.on("endpoint-flag-mod") or (self.on("endpoint-flag-second") and self.nth("flag" + one.id) > 1):
            made["FLAG"] = old["FLAG"]
        if self.on("endpoint-id-changes"):
            one.id = self.guid()
        one.ip, one.e164, one.h323, one.flag = made["SOURCEIP"], made["E164"], made["H323"], made["FLAG"]
        items = self.endpoint_items(one)
        self.indicate(call, "modendpoint", items if self.w.modend_title else items[:-1])
        return [items]

    def delendpoint(self, call: Call) -> list[list[Item]]:
        one = self.named(call, "SOURCENAME", self.endpoints)
        self.unuse(one.id)
        if self.on("endpoint-delete-prefix"):
            self.endpoints = [other for other in self.endpoints if not other.name.startswith(one.name)]
        else:
            self.endpoints.remove(one)
        self.shadows.append(one)
        if not self.on("indication-none-delendpoint"):
            self.indicate(call, "delendpoint", self.endpoint_items(one))
        return [self.endpoint_items(one)]

    def unuse(self, key: str) -> None:
        """A member is about to go."""
        using = [one for one in self.groups if key in one.members]
        if using and self.w.delete_used == "refuse":
            raise Refused("in use")
        for one in using:
            if not self.on("deleted-stays-member"):
                one.members.remove(key)

    # --- users

    def user_items(self, one: User) -> list[Item]:
        level = "2" if self.on("user-privilege-out") and one.privilege == "1" else one.privilege
        return self.hidden(
            [("USERID", one.id, None), ("USERNAME", one.name, None), ("FULLNAME", one.full, None), ("EMAIL", one.email, None), ("PASSWORD", one.password, None), ("PRIVILEGE", level, None), ("OPTIONS", "0", None)]
        )

    def getdevuser(self, _call: Call) -> list[list[Item]]:
        shown = self.users[:-1] if self.on("user-newest-missing") and len(self.users) > 8 else self.users
        return [self.user_items(one) for one in shown]

    def adddevuser(self, call: Call) -> list[list[Item]]:
        name = self.new_name(call, "USERNAME", self.users, "user-duplicate")
        word, full = call.get("PASSWORD") or "", call.get("FULLNAME") or ""
        if self.on("user-blank-password") and not word:
            raise Refused("PASSWORD is blank")
        if self.on("user-blank-fullname") and not full:
            full = name
        level = call.get("PRIVILEGE") or "1"
        key = self.guid()
        if self.on("user-id-reused"):
            key = self.users[0].id
        if self.on("user-id-of-endpoint") and self.endpoints:
            key = self.endpoints[-1].id
        one = User(key, name, full, call.get("EMAIL") or "", word, level, level)
        self.users.append(one)
        self.first_words[one.id] = word
        items = self.user_items(one)
        self.indicate(call, "adddevuser", items)
        return [items[1:] if self.on("user-id-absent") else items]

    def moddevuser(self, call: Call) -> list[list[Item]]:
        one = self.named(call, "USERNAME", self.users)
        old = {"FULLNAME": one.full, "EMAIL": one.email, "PASSWORD": one.password, "PRIVILEGE": one.privilege}
        made = self.change(call, old, old)
        if self.on("user-blank-email-mod") and not made["EMAIL"]:
            raise Refused("EMAIL is blank")
        if self.on("user-privilege-second") and self.nth("level" + one.id) > 1:
            made["PRIVILEGE"] = old["PRIVILEGE"]
        if self.on("user-email-fullname"):
            made["EMAIL"], made["FULLNAME"] = made["FULLNAME"], made["EMAIL"]
        if self.on("user-markup-doubled"):
            made["FULLNAME"] = made["FULLNAME"].replace("&", "&amp;")
        before = self.user_items(one)
        one.full, one.email, one.password, one.privilege = made["FULLNAME"], made["EMAIL"], made["PASSWORD"], made["PRIVILEGE"]
        place = self.users.index(one)
        if self.on("user-neighbour") and place:
            self.users[place - 1].full = one.full
        self.indicate(call, "moddevuser", before if self.on("indication-old") else self.user_items(one))
        return [self.user_items(one)]

    def deldevuser(self, call: Call) -> list[list[Item]]:
        one = self.named(call, "USERNAME", self.users)
        if one is self.admin or (call.session and one is call.session.user):
            raise Refused("may not be deleted")
        self.unuse(one.id)
        self.users.remove(one)
        self.gone = [*self.gone, one]
        if self.w.own_account == "end":
            for old in [session for session in self.sessions.values() if session.user is one]:
                del self.sessions[old.id]
        items = self.user_items(one)[:2]
        other = self.user_items(self.users[-1])[:2]
        self.indicate(call, "deldevuser", [other[0], items[1]] if self.on("indication-other-id") else items)
        return [other if self.on("user-deleted-other") else items]

    # --- groups

    def group_items(self, one: Group, detail: bool, name: str) -> list[Item]:
        users = {user.id: user.name for user in self.users}
        devices = {end.id: end.name for end in self.endpoints}
        if self.on("deleted-stays-member"):
            users |= {user.id: user.name for user in self.gone}
        members = [key for key in one.members if key in users or key in devices]
        count = len(members)
        if self.on("group-count-users"):
            count = sum(key in users for key in members)
        if self.on("group-count-stale") and name == "modgroup":
            count = one.before
        if self.on("group-count-general") and not detail:
            count = min(count, 3)
        if self.on("group-delete-count") and name == "delgroup":
            count = 0
        text = one.name if self.on("group-description-blank") and not one.text else one.text
        items: list[Item] = [("GROUPID", one.id, None), ("GROUPNAME", one.name, None), ("DESCRIPTION", text, None), ("MEMBER_COUNT", str(count), None)]
        if not detail:
            return items
        if self.w.member_order == "types":
            members.sort(key=lambda key: key in devices)
        pairs: list[tuple[Item, Item]] = []
        ends = 0
        for key in members:
            ends += key in devices
            kind = "MEMBER_USER" if key in users or (self.on("group-ep-as-user") and ends == 2) else "MEMBER_EP"
            pairs.append((("MEMBER", key, None), (kind, key, users.get(key, devices.get(key)))))
        if self.w.member_order == "members-first":
            items += [first for first, _second in pairs] + [second for _first, second in pairs if second[0] == "MEMBER_USER"]
            items += [second for _first, second in pairs if second[0] == "MEMBER_EP"]
        else:
            items += [item for pair in pairs for item in pair]
        if self.on("group-member-missing") and pairs:
            items.remove(pairs[-1][0])
        out_users: list[Item] = [("NOTIN_USER", user.id, user.name) for user in self.users if user.id not in members]
        if self.on("group-notin-last"):
            out_users = out_users[:-1]
        with_members = self.on("group-notin-member") and len(members) > 2
        out_ends: list[Item] = [("NOTIN_EP", end.id, end.name) for end in self.endpoints if end.id not in members or with_members]
        return items + out_users + out_ends

    def getgroup(self, call: Call) -> list[list[Item]]:
        name, key = call.get("GROUPNAME"), call.get("GROUPID")
        if name is None and key is None or (self.on("group-specific-all")):
            return [self.group_items(one, False, "getgroup") for one in self.groups]
        if self.w.group_one == "both" and (name is None or key is None):
            raise Refused("GROUPNAME and GROUPID are both needed")
        found = next(
            (
                one
                for one in self.groups
                if (name is None or one.name == name or (self.w.group_mismatch == "id" and key is not None)) and (key is None or one.id == key or (self.w.group_mismatch == "name" and name is not None))
            ),
            None,
        )
        if found is None and self.on("group-specific-first") and self.groups:
            found = self.groups[0]
        if found is None:
            if self.w.not_found == "empty":
                return []
            raise Refused("no such group")
        return [self.group_items(found, True, "getgroup")]

    def getmember(self, _call: Call) -> list[list[Item]]:
        users = [one for one in self.users if self.w.admin_member or one is not self.admin]
        if self.on("getmember-deleted"):
            users = users + self.gone
        ends = self.endpoints[:5] if self.on("getmember-ends") else self.endpoints
        return [[*(("MEMBER_USER", one.id, one.name) for one in users), *(("MEMBER_EP", one.id, one.name) for one in ends)]]

    def some_members(self, call: Call) -> list[str]:
        known = {one.id for one in self.users} | {one.id for one in self.endpoints}
        return self.ids(call, "MEMBER", known)

    def ids(self, call: Call, tag: str, known: Iterable[str]) -> list[str]:
        known, made = set(known), []
        for key in call.all(tag):
            if key and key not in known:
                if self.w.bad_member == "fail":
                    raise Refused(f"no such {tag}")
            elif key and key not in made:
                made.append(key)
        return made

    def addgroup(self, call: Call) -> list[list[Item]]:
        try:
            name = self.new_name(call, "GROUPNAME", self.groups, "group-duplicate")
        except Refused:
            if self.on("indication-of-failure") and call.get("GROUPNAME"):
                self.indicate(call, "addgroup", self.group_items(Group(self.guid(), call.get("GROUPNAME") or ""), True, "addgroup"))
            raise
        if self.on("group-case-lost"):
            name = name.lower()
        one = Group(self.guid(), name, call.get("DESCRIPTION") or "", self.some_members(call))
        self.groups.append(one)
        items = self.group_items(one, True, "addgroup")
        self.indicate(call, "addgroup", items)
        return [items]

    def modgroup(self, call: Call) -> list[list[Item]]:
        one = self.named(call, "GROUPNAME", self.groups)
        members = self.some_members(call)
        if not call.all("MEMBER") and self.w.no_ids == "keep":
            members = one.members
        one.before = len(one.members)
        made = self.change(call, ["DESCRIPTION"], {"DESCRIPTION": one.text})
        if self.on("group-modify-adds"):
            members = [*one.members, *(key for key in members if key not in one.members)]
        one.members = list(members)
        if not self.on("group-description-mod"):
            one.text = made["DESCRIPTION"]
        items = self.group_items(one, True, "modgroup")
        told = [(tag, str(one.before), name) if self.on("indication-count") and tag == "MEMBER_COUNT" else (tag, value, name) for tag, value, name in items]
        if not (self.on("indication-none-second") and self.nth("modgroup") % 2 == 0):
            self.indicate(call, "modgroup", told)
        return [items]

    def delgroup(self, call: Call) -> list[list[Item]]:
        one = self.named(call, "GROUPNAME", self.groups)
        users = [*(room.record for room in self.rooms), *(room.view for room in self.rooms), self.sp_groups, *(media.groups for media in self.media)]
        if self.w.delete_used == "refuse" and any(one.id in kept for kept in users):
            raise Refused("in use")
        for kept in users:
            if one.id in kept:
                kept.remove(one.id)
        self.groups.remove(one)
        items = self.group_items(one, False, "delgroup")
        self.indicate(call, "delgroup", items)
        return [items]

    def getallgroup(self, _call: Call) -> list[list[Item]]:
        shown = self.groups[:-1] if self.on("group-all-newest") else self.groups
        names = [one.name for one in shown]
        if self.on("group-name-of-other"):
            names = names[1:] + names[:1]
        return [[("GROUP", one.id, name) for one, name in zip(shown, names, strict=True)]]

    def sides(self, ids: list[str], key: str, ext: str, notin: str, all_out: bool = False) -> list[Item]:
        """Groups that are in a list, and those that are not."""
        names = {one.id: one.name for one in self.groups}
        here = [one for one in ids if one in names]
        items: list[Item] = [(key, one, None) for one in here] + [(ext, one, names[one]) for one in here]
        return items + [(notin, one, name) for one, name in names.items() if one not in here or all_out]

    # --- single point

    def sp_items(self) -> list[Item]:
        ids = self.sp_groups
        if self.w.idle_ids == "drop" and self.settings["sp"]["RECORDRIGHT"] != "1":
            ids = []
        return self.group_of("sp", SP) + self.sides(ids, "RECORDID", "RECORDIDEXT", "NOTIN", self.on("sp-notin-has-all"))

    def getsp(self, _call: Call) -> list[list[Item]]:
        return [self.sp_items()]

    def setsp(self, call: Call) -> list[list[Item]]:
        old = self.settings["sp"]
        made = self.change(call, SP, old)
        groups = self.ids(call, "RECORDID", (one.id for one in self.groups))
        if not call.all("RECORDID") and self.w.no_ids == "keep":
            groups = self.sp_groups
        if self.on("sp-viewright-2") and made["VIEWRIGHT"] == "2":
            made["VIEWRIGHT"] = "1"
        if self.on("sp-interval-second") and self.nth("sp") > 1:
            made["IFRAMEINTERVAL"] = old["IFRAMEINTERVAL"]
        if self.on("sp-first-id"):
            groups = groups[:1]
        if self.on("sp-leaks-rooms"):
            for room in self.rooms:
                room.values["BROADCAST"] = made["BROADCAST"]
        self.settings["sp"], self.sp_groups = made, list(groups)
        items = self.sp_items()
        if self.on("sp-confirm-lies"):
            self.settings["sp"] = made | {"DUALVIDEO": old["DUALVIDEO"]}
        self.indicate(call, "setsp", items)
        return [items]

    # --- rooms

    def room_items(self, room: Room, detail: bool, name: str) -> list[Item]:
        kept = room.values
        status = "9" if self.on("room-status-9") else "0"
        partimax = "0" if self.w.partimax == "zero" and name in ("addroom", "modroom") else room.partimax
        h239 = room.h239 if self.on("room-h239") else kept["DUALVIDEO"]
        tags = ("H239", "H.239") if self.w.h239 == "both" else (self.w.h239,)
        items: list[Item] = [
            ("INDEX", str(room.index), None),
            ("ROOM_ID", kept["ROOM_ID"], None),
            ("ROOM_NUM", kept["ROOM_NUM"], None),
            ("DUALVIDEO", kept["DUALVIDEO"], None),
            *((tag, h239, None) for tag in tags),
            ("BROADCAST", kept["BROADCAST"], None),
            ("RATE", kept["RATE"], None),
            ("PARTINOW", "0", None),
            ("PARTIMAX", partimax, None),
            ("STATUS_INDEX", status, None),
            ("STATUS", self.w.room_status, None),
            ("RECORDRIGHT", kept["RECORDRIGHT"], None),
            ("VIEWRIGHT", kept["VIEWRIGHT"], None),
            ("IFRAMEINTERVAL", kept["IFRAMEINTERVAL"], None),
            ("VIDEO_FORMAT", kept["VIDEO_FORMAT"], None),
        ]
        if not detail:
            return items
        record, view = room.record, room.view
        if self.w.idle_ids == "drop":
            record, view = record if kept["RECORDRIGHT"] == "1" else [], view if kept["VIEWRIGHT"] == "2" else []
        if self.w.addroom_ids == "example" and name == "addroom":
            record, view = [], []
        if self.on("room-specific-without") and name == "getroom":
            return items
        items += self.sides(record, "RECORDID", "RECORDIDEXT", "NOTIN_REC")
        return items + self.sides(view, "VIEWID", "VIEWIDEXT", "NOTIN_VIEW", self.on("room-notin-view"))

    def room(self, call: Call) -> Room:
        index = call.get("INDEX")
        found = next((one for one in self.rooms if str(one.index) == (index or "").strip()), None)
        if found is None:
            raise Refused("no such room")
        return found

    def getroom(self, call: Call) -> list[list[Item]]:
        if call.get("INDEX") is None:
            return [self.room_items(one, False, "getroom") for one in self.rooms]
        try:
            found = self.room(call)
        except Refused:
            if self.on("room-unknown") and self.rooms:
                found = self.rooms[0]
            elif self.w.not_found == "empty":
                return []
            else:
                raise
        return [self.room_items(found, True, "getroom")]

    def put_room(self, call: Call, room: Room) -> None:
        groups = [one.id for one in self.groups]
        record, view = self.ids(call, "RECORDID", groups), self.ids(call, "VIEWID", groups)
        old = dict(room.values)
        made = self.change(call, ("ROOM_ID", *ROOM_SET), old)
        if not made["ROOM_ID"].strip() and self.w.blank_names == "fail":
            raise Refused("ROOM_ID is blank")
        for other in self.rooms:
            same = made["ROOM_ID"] == other.values["ROOM_ID"] and not self.on("room-duplicate")
            if other is not room and (same or (made["ROOM_NUM"] and made["ROOM_NUM"] == other.values["ROOM_NUM"])):
                raise Refused("room exists")
        if self.w.no_ids == "keep":
            record, view = record if call.all("RECORDID") else room.record, view if call.all("VIEWID") else room.view
        changing = room in self.rooms
        if changing and self.on("room-name-mod"):
            made["ROOM_ID"] = old["ROOM_ID"]
        if changing and self.on("room-rights-swapped"):
            record, view = view, record
        if not changing and self.on("room-video-3") and made["VIDEO_FORMAT"] == "3":
            made["VIDEO_FORMAT"] = "0"
        if changing and self.on("room-neighbour"):
            for other in self.rooms[self.rooms.index(room) + 1 :][:1]:
                other.values["RATE"] = made["RATE"]
        if not changing:
            room.h239 = made["DUALVIDEO"]
        room.values, room.record, room.view = made, list(record), list(view)

    def modroom(self, call: Call) -> list[list[Item]]:
        room = self.room(call)
        number = room.values["ROOM_NUM"]
        self.put_room(call, room)
        items = self.room_items(room, True, "modroom")
        self.indicate(call, "modroom", items)
        if self.on("room-number-mod"):
            room.values["ROOM_NUM"] = number
        return [items]

    def addroom(self, call: Call) -> list[list[Item]]:
        if len(self.rooms) >= 60:
            raise Refused("too many rooms")
        base = {"ROOM_ID": "", **dict(zip(ROOM_SET, ("768", "3", "", "0", "1", "0", "1", "0"), strict=True))}
        room = Room(self.free_index(), base)
        if not call.get("ROOM_ID") and self.w.blank_names == "fail":
            raise Refused("ROOM_ID is blank")
        self.put_room(call, room)
        self.rooms.append(room)
        items = self.room_items(room, True, "addroom")
        xmlid = "addroom" if self.w.addroom == "addroom" else "addrroom"
        self.indicate(call, xmlid, items)
        return [items]

    def free_index(self) -> int:
        if self.on("room-index-doubled") and self.rooms:
            return self.rooms[-1].index
        used = {one.index for one in self.rooms}
        return next(n for n in range(1000) if n not in used)

    def delroom(self, call: Call) -> list[list[Item]]:
        if self.on("room-delete-position") and (call.get("INDEX") or "x").isdigit():
            place = int(call.get("INDEX") or 0)
            if place >= len(self.rooms):
                raise Refused("no such room")
            room = self.rooms[place]
        else:
            room = self.room(call)
        self.rooms.remove(room)
        index = call.get("INDEX") or ""
        self.indicate(call, "delroom", [("INDEX", "0" if self.on("indication-room-index") else index, None)])
        return [[("INDEX", "0" if self.on("room-deleted-index") else index, None)]]

    # --- archives

    def shelf(self, catalog: str) -> list[Media]:
        if catalog == "0" and self.on("media-live-in-archives"):
            return list(self.media)
        return [one for one in self.media if one.catalog == catalog]

    def seen(self, call: Call, media: list[Media]) -> list[Media]:
        user = call.session.user if call.session else self.admin
        if not self.w.view_filter or user.privilege == "0":
            return media
        mine = {one.id for one in self.groups if user.id in one.members}
        return [one for one in media if one.access == "1" or (one.access == "2" and mine & set(one.groups))]

    def getlistinfo(self, call: Call) -> list[list[Item]]:
        w = self.w
        if w.libmedia == "fail" and call.get("LIBMEDIA") != "1":
            raise Refused("LIBMEDIA must be 1")
        sought = (call.get("SEARCH") or "").lower()
        archives, lives = self.seen(call, self.shelf("0")), self.seen(call, self.shelf("1"))
        if sought and w.search != "none":
            fits: dict[str, Callable[[str], bool]] = {"substring": lambda name: sought in name, "prefix": lambda name: name.startswith(sought), "exact": lambda name: name == sought}
            archives = [one for one in archives if fits[w.search](one.name.lower())]
        count = len(archives) + self.on("count-off") + (self.deleted if self.on("count-after-delete") else 0)
        live = len(lives) + (len(archives) if self.on("count-live") else 0)
        return [[("LIBLIST", str(count), None), (w.broadlist, str(live), None)]]

    deleted = 0

    def media_items(self, one: Media, detail: bool, place: int) -> list[Item]:
        w = self.w
        hours, rest = divmod(one.duration, 3600)
        h239 = "2" if self.on("media-h239-2") and one.video == "H.264" else one.h239
        size = one.size + 1 if self.on("media-specific-differs") and detail else one.size
        spent = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
        items: list[Item] = [
            ("CONF_ID", one.id, None),
            ("NAME", one.name, None),
            ("DESCRIPTION", one.text, None),
            ("REC_TIME", self.when(one.at), None),
            ("DURATION", f"{one.duration // 60} minutes {one.duration % 60} seconds" if self.on("duration-words") else spent, None),
            ("SIZE", str(size), None),
            ("RATE", str(one.rate), None),
            ("H239", h239, None),
            ("URL", one.url, None),
            ("VIDEO_FORMAT", one.video, None),
            ("EMAIL_LINK", "x" + one.url if self.on("email-link") else one.url, None),
            ("CATALOG", "1" if self.on("media-catalog") and detail else one.catalog, None),
            ("UPLOAD", one.upload, None),
        ]
        if detail:
            items += [("ACCESSTYPE", one.access, None), ("DENY_AUTO_DELETE", one.deny, None), ("PIN", one.pin, None)]
            groups = [] if w.idle_ids == "drop" and one.access != "2" else one.groups
            items += self.sides(groups, "ACCESSID", "ACCESSIDEXT", "NOTIN", self.on("media-notin"))
        if w.server_field == "always" or (w.server_field == "general" and not detail) or (w.server_field == "some" and not detail and place == 0):
            items.append(("SERVER", one.server, None))
        if one.reference or w.reference == "always":
            items.append(("REFERENCEID", one.reference, None))
        if detail or w.quickcode == "always":
            items.append(("QUICKCODE", one.code[1:] if self.on("media-quickcode") else one.code, None))
        return items

    def number(self, call: Call, name: str, otherwise: int) -> int:
        text = call.get(name)
        if text is None or not text.strip():
            if self.w.no_range == "fail":
                raise Refused(f"{name} is missing")
            return otherwise
        if not re.fullmatch(r"\s*[0-9]{1,9}\s*", text):
            if self.w.negative == "fail":
                raise Refused(f"{name} is no index")
            return otherwise if not re.fullmatch("-[0-9]{1,9}", text) else 0
        return int(text)

    def sorted(self, media: list[Media], sort: str) -> list[Media]:
        fold: Callable[[str], str] = str.lower if self.w.sort_fold else str
        keys: dict[str, Callable[[Media], Any]] = {
            "0": lambda one: self.when(one.at) if self.on("sort-date") else one.at,
            "1": lambda one: one.duration,
            "2": lambda one: one.text if self.on("sort-name") else fold(one.name),
            "3": lambda one: one.server,
            "4": lambda one: one.video,
            "5": lambda one: str(one.size) if self.on("sort-size-text") else one.size,
            "6": lambda one: str(one.rate) if self.on("sort-rate-text") else one.rate,
            "7": lambda one: one.h239,
        }
        off = {"sort-duration": "1", "sort-server": "3", "sort-video": "4", "sort-h239": "7"}
        if off.get(self.fault or "") == sort:
            return media
        down = self.w.sort_dir == "down" or (self.w.sort_dir == "date-down" and sort == "0")
        made = sorted(media, key=keys[sort], reverse=down)
        if self.on("sort-late") and len(made) > 6:
            late = made[-3:]
            made[-3:] = late[1:] + late[:1]
        return made

    def getmediainfo(self, call: Call) -> list[list[Item]]:
        w = self.w
        catalog = call.get("CATALOG") or "0"
        key = call.get("CONF_ID")
        if key:
            known = self.seen(call, self.media + (self.removed if self.on("media-still-there") else []))
            place = next((n for n, one in enumerate(known) if one.id == key), None)
            if place is None and self.on("media-unknown") and known:
                place = 0
            if place is None or (w.media_catalog == "fail" and known[place].catalog != catalog):
                if w.not_found == "empty":
                    return []
                raise Refused("no such media")
            if self.on("media-other"):
                place = (place + 1) % len(known)
            return [self.media_items(known[place], True, 0)]
        sort = (call.get("SORT") or "0").strip()
        if not re.fullmatch("[0-7]", sort):
            if w.sort_bad == "fail":
                raise Refused("SORT out of range")
            sort = "0"
        media = self.sorted(self.seen(call, self.shelf(catalog)), sort)
        start, end = self.number(call, "START", 0), self.number(call, "END", len(media))
        if w.end == "inclusive":
            end += 1
        if start >= end and w.start_over_end == "fail":
            raise Refused("START after END")
        if start >= len(media) and start > 0 and w.past_end == "fail":
            raise Refused("START beyond the list")
        if self.on("page-order") and start:
            media = sorted(media, key=lambda one: one.name)
        if self.on("page-first-lost") and start:
            start += 1
        if self.on("page-last-twice") and start:
            start -= 1
        return [self.media_items(one, False, n) for n, one in enumerate(media[start:end])]

    removed: list[Media] = []

    def one_media(self, call: Call) -> Media:
        found = next((one for one in self.media if one.id == call.get("CONF_ID")), None)
        if found is None:
            raise Refused("no such media")
        return found

    def delmediainfo(self, call: Call) -> list[list[Item]]:
        one = self.one_media(call)
        kind = call.get("TYPE")
        if kind is not None and kind != one.catalog and self.w.media_catalog == "fail":
            raise Refused("TYPE does not fit")
        if one.catalog == "1" and self.w.live_delete == "fail":
            raise Refused("live")
        self.media.remove(one)
        self.removed = [*self.removed, one]
        self.deleted += 1
        if self.on("media-deletes-two"):
            near = next((other for other in self.media if other.catalog == "0"), None)
            if near:
                self.media.remove(near)
        items: list[Item] = [("CONF_ID", one.id, None), ("CATALOG", one.catalog, None)]
        self.indicate(call, "delmediainfo", items)
        return [items]

    def setmediainfo(self, call: Call) -> list[list[Item]]:
        w, one = self.w, self.one_media(call)
        if w.media_catalog == "fail" and (call.get("CATALOG") or one.catalog) != one.catalog:
            raise Refused("CATALOG does not fit")
        groups = self.ids(call, "ACCESSID", (group.id for group in self.groups))
        if not call.all("ACCESSID") and w.no_ids == "keep":
            groups = one.groups
        old = {"NAME": one.name, "DESCRIPTION": one.text, "ACCESSTYPE": one.access, "DENY_AUTO_DELETE": one.deny, "PIN": one.pin}
        made = self.change(call, old, old)
        if not made["NAME"].strip() and w.blank_names == "fail":
            raise Refused("NAME is blank")
        if self.on("media-description"):
            made["DESCRIPTION"] = old["DESCRIPTION"]
        if self.on("media-pin") and made["ACCESSTYPE"] == "2":
            made["PIN"] = ""
        if self.on("media-deny-inverted"):
            made["DENY_AUTO_DELETE"] = str(1 - int(made["DENY_AUTO_DELETE"]))
        if self.on("media-first-group"):
            groups = groups[:1]
        before = one.name
        one.name, one.text, one.access, one.deny, one.pin = (made[name] for name in old)
        one.groups = list(groups)
        names = {group.id: group.name for group in self.groups}
        shown = [] if w.idle_ids == "drop" and one.access != "2" else one.groups

        def items(tag: str, name: str) -> list[Item]:
            return [
                ("CONF_ID", one.id, None),
                ("DOWNLOAD", "-858993460", None),
                (tag, one.access, None),
                ("CATALOG", one.catalog, None),
                ("DESCRIPTION", one.text, None),
                ("NAME", name, None),
                ("PIN", one.pin, None),
                ("DENY_AUTO_DELETE", one.deny, None),
                *(("ACCESSID", key, None) for key in shown if key in names),
                *((w.accessidext, key, names[key]) for key in shown if key in names),
            ]

        self.indicate(call, "setmediainfo", items("ACCESSTYPE", before if self.on("indication-media-name") else one.name))
        return [items(w.acesstype, one.name)]

    # --- H.323

    def recording(self) -> int:
        return sum(one.status in (1, 2) for one in self.links)

    def startquickrecord(self, call: Call) -> list[list[Item]]:
        w = self.w
        address = call.get("IP_NUM") or ""
        if not address.strip():
            raise Refused("IP_NUM is blank")
        groups = self.ids(call, "VIEWID", (one.id for one in self.groups))
        reference = call.get("REFERENCEID") or ""
        if len(reference) > 30 and not self.on("reference-31"):
            if w.reference_long == "fail":
                raise Refused("REFERENCEID is too long")
            reference = reference[:30]
        if self.on("reference-cut"):
            reference = reference[:20]
        if len(self.links) >= self.h323 or self.recording() >= w.recordings:
            raise Refused("no free line")
        link = self.dial(address, "", address, VIDEOS[3])
        link.at = self.clock()
        link.listed = w.quick_listed
        link.name = address
        link.quick = {"reference": reference, "rate": call.get("RATE") or "384", "view": call.get("VIEWRIGHT") or "1", "groups": groups, "dual": call.get("DUALVIDEO") or "0"}
        if w.quick_status == "recording":
            link.status, link.since = 1, self.now()
        else:
            asyncio.get_running_loop().call_later(5 / self.scale, self.picked_up, link)
        index = self.links.index(link) if w.quick_index == "zero" else link.index
        tags = ("H239", "H.239") if w.h239 == "both" else (w.h239,)
        names = {one.id: one.name for one in self.groups}
        shown = [] if w.idle_ids == "drop" and link.quick["view"] != "2" else groups
        items: list[Item] = [
            ("INDEX", str(index), None),
            ("ROOM_ID", address, None),
            ("ROOM_NUM", "", None),
            ("DUALVIDEO", link.quick["dual"], None),
            *((tag, link.quick["dual"], None) for tag in tags),
            ("BROADCAST", call.get("BROADCAST") or "0", None),
            ("RATE", link.quick["rate"], None),
            ("PARTINOW", "0", None),
            ("PARTIMAX", "0", None),
            ("STATUS_INDEX", str(link.status), None),
            ("STATUS", ("Menu", "Running")[link.status] if w.room_status == "Menu" else ("idle", "recording")[link.status], None),
            ("RECORDRIGHT", "0", None),
            ("VIEWRIGHT", link.quick["view"], None),
            ("IFRAMEINTERVAL", call.get("IFRAMEINTERVAL") or "1", None),
            ("VIDEO_FORMAT", "3", None),
            *(("NOTIN_REC", key, name) for key, name in names.items()),
            *self.sides(shown, "VIEWID", "VIEWIDEXT", "NOTIN_VIEW"),
            ("REFERENCEID", reference, None),
        ]
        self.indicate(call, "startquickrecord", items)
        return [items]

    def picked_up(self, link: Link) -> None:
        if link in self.links and not link.status:
            link.status, link.since = 1, self.now()

    def geteplink(self, _call: Call) -> list[list[Item]]:
        shown = []
        for one in [*self.links, *self.hung]:
            if not one.listed:
                continue
            status = "5" if self.on("link-status-5") and one.status == 2 else str(one.status)
            word = WORDS[one.status]
            if self.on("pause-text") and one.status == 2:
                word = "Running"
            items: list[Item] = [
                ("INDEX", str(one.index), None),
                ("STATUS", word, None),
                ("STATUS_INDEX", status, None),
                ("IP", one.ip, None),
                ("E164", one.e164, None),
                ("H323", one.h323, None),
                ("STARTTIME", self.when(one.at + 86_400 * self.on("recording-before-connection")), None),
                ("MEETINGROOM", "N/A", None),
                ("NETWORK", "0" if self.on("network-plain") else "0%", None),
                ("VIDEO", one.video, None),
                ("AUDIO", one.audio, None),
                ("H239", one.h239, None),
            ]
            shown.append(items)
        return shown

    hung: list[Link] = []

    def link(self, call: Call) -> Link:
        index = (call.get("INDEX") or "").strip()
        found = next((one for one in self.links if str(one.index) == index), None)
        if found is None:
            raise Refused("no such link")
        return found

    def step(self, call: Call, told: Link, items: list[Item] | None = None) -> list[list[Item]]:
        index = told.index
        self.indicate(call, call.spec.name, items or [("INDEX", str(index), None)])
        if self.on("link-confirm-index") and call.spec.name.endswith("record") and told in self.links:
            index = self.links.index(told)
        return [[("INDEX", str(index), None)]]

    def startroomrecord(self, call: Call) -> list[list[Item]]:
        link = self.link(call)
        if link.status == 1 and self.w.illegal == "done":
            return [[("INDEX", str(link.index), None)]]
        if link.status == 1 or (link.status == 2 and self.w.start_paused == "fail"):
            raise Refused("is recorded already")
        if link.status == 0 and self.recording() >= self.w.recordings:
            raise Refused("no more recordings")
        chosen = link
        if self.on("start-next-link"):
            chosen = self.links[(self.links.index(link) + 1) % len(self.links)]
        if chosen.status == 0:
            chosen.since, chosen.pauses = self.now(), 0
        chosen.status = 1
        self.live(chosen)
        return self.step(call, link)

    def live(self, link: Link) -> None:
        """Stream what is recorded where the settings ask for it."""
        if self.settings["sp"]["BROADCAST"] == "1":
            one = Media(self.guid(), f"{link.h323 or link.ip} live", "", self.clock(), 0, 0, 768, link.h239, link.video, "172.21.99.43", catalog="1", url=str(9000 + link.index - 1024))
            self.media.append(one)
            link.quick["live"] = one

    def pauseroomrecord(self, call: Call) -> list[list[Item]]:
        link = self.link(call)
        if self.on("pause-idle") and link.status == 0:
            link.status = 2
            return self.step(call, link)
        if link.status == 2 and self.w.illegal == "done":
            return [[("INDEX", str(link.index), None)]]
        if link.status != 1:
            raise Refused("is not recorded")
        link.pauses += 1
        if not self.on("pause-status") and not (self.on("pause-second") and link.pauses == 2):
            link.status = 2
        return self.step(call, link)

    def continueroomrecord(self, call: Call) -> list[list[Item]]:
        link = self.link(call)
        if self.on("continue-idle-starts") and link.status == 0:
            link.status, link.since = 1, self.now()
            return self.step(call, link)
        if link.status == 1 and self.w.illegal == "done":
            return [[("INDEX", str(link.index), None)]]
        if link.status != 2 and not self.on("pause-status"):
            raise Refused("is not paused")
        link.status = 0 if self.on("continue-idle") else 1
        return self.step(call, link)

    def stoproomrecord(self, call: Call) -> list[list[Item]]:
        link = self.link(call)
        if link.status == 0:
            if self.w.illegal == "done":
                return [[("INDEX", str(link.index), None)]]
            raise Refused("is not recorded")
        if not (self.on("stop-paused") and link.status == 2):
            self.finish(link)
        if self.on("indication-hangup-link"):
            return self.step(call, link, [("INDEX", str(link.index + 1), None)])
        return self.step(call, link)

    def finish(self, link: Link) -> None:
        """A recording ends and becomes an archive."""
        if link.status not in (1, 2):
            return
        link.status = 0
        live = link.quick.pop("live", None)
        if live in self.media:
            self.media.remove(live)
        if self.w.archive == "stop" and len(self.media) < 200:
            name = f"{link.h323 or link.ip} {self.when(self.clock())}"
            seconds = int(self.now() - link.since)
            one = Media(self.guid(), name, name, self.clock(), seconds, seconds * 96, int(link.quick.get("rate", 768)), link.h239, link.video, "172.21.99.43")
            one.reference, one.access, one.groups = link.quick.get("reference", ""), link.quick.get("view", "1"), list(link.quick.get("groups", []))
            one.code, one.url = f"{200_000 + len(self.ever):06d}", f"{one.id.strip('{')[:8]}_WMV.asf"
            self.ever.add(one.id)
            self.media.append(one)

    def hangup(self, call: Call) -> list[list[Item]]:
        link = self.link(call)
        self.finish(link)
        if self.on("hangup-all-idle"):
            for other in self.links:
                self.finish(other)
        if self.on("hangup-listed"):
            self.hung = [*self.hung, link]
        self.links.remove(link)
        if self.w.redial:
            asyncio.get_running_loop().call_later(30 / self.scale, self.dial, link.ip, link.e164, link.h323)
        return self.step(call, link)

    # --- keys, LDAP and other settings

    def getcfsinfo(self, _call: Call) -> list[list[Item]]:
        cfs = self.settings["cfs"]
        return [
            [
                ("SERIAL", "000F1F214C08", None),
                ("VERSION_RUNNING", "3.0.0.104", None),
                ("ACTIVE_KEY", cfs["active"], None),
                ("STATUS", "1", None),
                ("VERSION_PENDING", "3.0.0.104" if cfs["pending"] else "", None),
                ("VERSION_REQUIRED", "2.0.0.001" if cfs["pending"] else "", None),
                ("PENDING_KEY", cfs["pending"], None),
            ]
        ]

    def setcfskey(self, call: Call) -> list[list[Item]]:
        key = call.get("CFSKEY") or ""
        if key not in self.keys:
            raise Refused("no such key")
        self.settings["cfs"][self.w.cfs] = key
        self.indicate_more(call, [])
        return [[]]

    def ldap_items(self) -> list[Item]:
        items = self.group_of("ldap", LDAP)
        return self.hidden([*items[:3], (self.w.ldap_password, items[3][1], None)])

    def getldap(self, _call: Call) -> list[list[Item]]:
        return [self.ldap_items()]

    def setldap(self, call: Call) -> list[list[Item]]:
        made = self.change(call, LDAP, self.settings["ldap"])
        if self.on("ldap-server"):
            made["LDAP_SERVER"] = self.settings["ldap"]["LDAP_SERVER"]
        self.settings["ldap"] = made
        self.indicate_more(call, self.ldap_items())
        return [self.ldap_items()]

    def plain_set(self, call: Call, key: str, names: tuple[str, ...], shown: bool) -> list[list[Item]]:
        made = self.change(call, names, self.settings[key])
        if self.on("multicast-ports") and key == "multicast":
            made["SAP_PORT"], made["MEDIA_PORT"] = made["MEDIA_PORT"], made["SAP_PORT"]
        if self.on("stacking-master") and key == "stacking":
            made["MASTER"] = self.settings[key]["MASTER"]
        self.settings[key] = made
        self.indicate_more(call, self.group_of(key, names))
        if self.w.sysoption and key != "stacking":
            return [self.ldap_items()]
        return [self.group_of(key, names) if shown else []]

    def getmulticast(self, _call: Call) -> list[list[Item]]:
        return [self.group_of("multicast", CAST)]

    def setmulticast(self, call: Call) -> list[list[Item]]:
        return self.plain_set(call, "multicast", CAST, True)

    def getlogging(self, _call: Call) -> list[list[Item]]:
        return [self.group_of("logging", LOGGING)]

    def setlogging(self, call: Call) -> list[list[Item]]:
        return self.plain_set(call, "logging", LOGGING, False)

    def getos(self, _call: Call) -> list[list[Item]]:
        return [[(self.w.firewall if tag == "FILEWALL" else tag, value, None) for tag, value, _name in self.group_of("os", OS)]]

    def setos(self, call: Call) -> list[list[Item]]:
        return self.plain_set(call, "os", OS, False)

    def getstacking(self, _call: Call) -> list[list[Item]]:
        return [self.group_of("stacking", STACK)]

    def setstacking(self, call: Call) -> list[list[Item]]:
        return self.plain_set(call, "stacking", STACK, True)

    def getbanner(self, call: Call) -> list[list[Item]]:
        return [[("BANNER_MSG", self.settings["banner"][call.get("LANGUAGE") or "0"], None)]]

    def setbanner(self, call: Call) -> list[list[Item]]:
        text = call.get("BANNER_MSG")
        if text is None:
            raise Refused("BANNER_MSG is missing")
        if self.on("banner-utf8"):
            text = ascii_only(text)
        for language in ("0", "1", "2") if self.on("banner-shared") else (call.get("LANGUAGE") or "0",):
            self.settings["banner"][language] = text
        self.indicate_more(call, [("BANNER_MSG", text, None)])
        return [[]]

    def getuilogo(self, _call: Call) -> list[list[Item]]:
        if self.w.logo == "fail":
            raise Refused("no implementation")
        return [[("IMAGE_URL", "/images/logo.gif", None)]]

    getvideologo = getuilogo

    def setuilogo(self, call: Call) -> list[list[Item]]:
        self.a_file(call)
        self.indicate_more(call, [])
        return [[]]

    setvideologo = setuilogo

    # --- playback

    def callandplay(self, call: Call) -> list[list[Item]]:
        if not (call.get("ADDR") or "").strip():
            raise Refused("ADDR is blank")
        if not any(one.id == call.get("FILE_ID") and one.catalog == "0" for one in self.media):
            raise Refused("no such archive")
        return [[]]

    def startfilemulticast(self, call: Call) -> list[list[Item]]:
        self.multicasts.add(self.one_media(call).id)
        return [[]]

    def stopfilemulticast(self, call: Call) -> list[list[Item]]:
        one = self.one_media(call)
        if one.id not in self.multicasts:
            raise Refused("is not multicast")
        self.multicasts.discard(one.id)
        return [[]]


# --- connections


class Conn:
    """One client's connection."""

    def __init__(self, device: Device, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.device, self.reader, self.writer = device, reader, writer
        self.own: list[bytes] = []
        self.ending = False
        self.cut_in = b""
        self.later = bytearray()
        self.queue: asyncio.Queue[bytes] | None = None
        self.pump: asyncio.Task[None] | None = None
        if device.w.segments:
            self.queue = asyncio.Queue()
            self.pump = asyncio.get_running_loop().create_task(self.pieces())

    def send(self, data: bytes) -> None:
        if self.writer.is_closing():
            return
        if self.cut_in and len(data) > 40:
            data, self.cut_in = data[: len(data) // 2] + self.cut_in + data[len(data) // 2 :], b""
        if self.queue is not None:
            self.queue.put_nowait(data)
        elif self.device.w.coalesce:
            if not self.later:
                asyncio.get_running_loop().call_later(self.device.w.coalesce, self.flush)
            self.later += data
        else:
            self.writer.write(data)

    def flush(self) -> None:
        if not self.writer.is_closing():
            self.writer.write(bytes(self.later))
        self.later.clear()

    async def pieces(self) -> None:
        """Write in segments of a few bytes: header and document's beginning finest."""
        assert self.queue is not None
        with contextlib.suppress(OSError):
            while data := await self.queue.get():
                step, at = self.device.w.segments, 0
                while at < len(data):
                    size = 1 if at < 8 else step if at < 200 else 97
                    self.writer.write(data[at : at + size])
                    at += size
                    await self.writer.drain()
                    await asyncio.sleep(0.0003 if at < 60 else 0)
                self.queue.task_done()
            self.queue.task_done()

    def close(self) -> None:
        if self.queue is not None:
            self.queue.put_nowait(b"")
        self.flush()
        with contextlib.suppress(OSError, RuntimeError):
            self.writer.close()

    async def run(self) -> None:
        device = self.device
        device.conns.append(self)
        with contextlib.suppress(OSError):
            self.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await self.talk()
        except (OSError, asyncio.IncompleteReadError, Close):
            pass
        finally:
            if self.queue is not None:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self.queue.join(), 5)
            device.conns.remove(self)
            if device.w.bind != "free":
                for one in [one for one in device.sessions.values() if one.conn is self]:
                    device.sessions.pop(one.id, None)
            self.close()

    async def talk(self) -> None:
        device, reader = self.device, self.reader
        w = device.w
        while not self.ending:
            head = await reader.readexactly(4)
            began = time.monotonic()
            length = head[2] * 256 + head[3]
            if head[0] != 3 or head[1] != 0 or length < 4:
                if w.bad_tpkt == "close" or length < 4:
                    return
                await reader.readexactly(length - 4)
                continue
            body = await reader.readexactly(length - 4)
            if device.on("slow-packet-forgotten") and time.monotonic() - began > 0.3:
                continue
            if device.on("long-command-refused") and length > 1460:
                return
            second = bool(self.together)
            self.together = len(getattr(reader, "_buffer", b"")) >= 4
            if second and device.on("pipelined-dropped"):
                continue
            replies = device.answer(self, body)
            if w.slow:
                await asyncio.sleep(w.slow)
            for data in replies:
                self.send(data[4:] if second and device.on("pipelined-unframed") else data)
            if self.queue is None:
                await self.writer.drain()

    together = False


async def bustle(device: Device) -> None:
    """An endpoint that records and stops by itself."""
    link = device.links[-1]
    while True:
        await asyncio.sleep(0.4)
        link.status = 1 - link.status
        device.indicate(None, "startroomrecord" if link.status else "stoproomrecord", [("INDEX", str(link.index), None)])


def target_file(device: Device, personality: str, host: str, port: int) -> str:
    lines = ["[target]", 'system = "rss2000"', f'name = "rss2000-alder-{personality}"', f"host = {json.dumps(host)}", f"clock_scale = {device.scale!r}", "timeout = 3.0"]
    lines += ["", "[target.ports]", f"xml = {port}", "", "[target.credentials]", f"user = {json.dumps(device.admin.name)}", f"password = {json.dumps(device.admin.password)}"]
    lines += ["", "[target.fixtures]", *(f"{key} = {json.dumps(value)}" for key, value in device.fixtures().items())]
    lines += ["", "[target.allow]", *(f"{key} = true" for key in ("write", "disruptive", "destructive", "slow", "load"))]
    return "\n".join(lines) + "\n"


async def serve(device: Device, host: str, port: int, personality: str, target: Path | None) -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Conn(device, reader, writer).run()

    server = await asyncio.start_server(client, host, port, limit=1 << 18, backlog=1024)
    port = int(server.sockets[0].getsockname()[1])
    if target:
        target.write_text(target_file(device, personality, host, port), "utf-8")
    print("READY " + json.dumps({"host": host, "ports": {"xml": port}}), flush=True)
    jobs = [asyncio.get_running_loop().create_task(bustle(device))] if device.w.busy else []
    async with server:
        await server.serve_forever()
    del jobs


def tell(question: str) -> int:
    ways = {"personalities": PERSONALITIES, "doubtful": DOUBTFUL}.get(question)
    if ways is not None:
        print(json.dumps([{"name": name, "about": text, "choices": asdict(Ways(**choices))} for name, (text, choices) in ways.items()], indent=1))
        return 0
    faults = {"faults": FAULTS, "should": SHOULD, "doubtful-faults": DOUBTFUL_FAULTS}[question]
    print(json.dumps([{"name": name, "description": one.text, "lines": one.lines} for name, one in faults.items()], indent=1))
    return 0


def main() -> int:
    questions = ("personalities", "doubtful", "faults", "should", "doubtful-faults")
    parser = argparse.ArgumentParser(description="A pretend RSS 2000 with personalities and faults.")
    parser.add_argument("question", nargs="?", choices=questions, help="what it can play, as JSON")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--personality", choices=[*PERSONALITIES, *DOUBTFUL], default="default", metavar="NAME")
    parser.add_argument("--fault", choices=ALL_FAULTS, metavar="NAME")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clock-scale", type=float, default=1.0)
    for name in questions:
        parser.add_argument(f"--list-{name}", action="store_true")
    parser.add_argument("--write-target", type=Path, metavar="FILE")
    options = parser.parse_args()
    for name in questions:
        if options.question == name or getattr(options, "list_" + name.replace("-", "_")):
            return tell(name)
    chosen = (PERSONALITIES | DOUBTFUL)[options.personality][1]
    device = Device(Ways(**chosen), options.fault, options.seed, options.clock_scale)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(device, options.host, options.port, options.personality, options.write_target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
