"""Deviations of banners, keys, directory, multicast and playing: BAN, CFS, LDP, MUL, PLY."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harness.mutation.mutant import Operator as Op
from harness.mutation.packet_pretend import Register
from harness.mutation.packet_seen import Asked, Said, Seen
from harness.wire.xmlmessage import Element

breach = Register()


def reg(
    clause: str, name: str, operator: Op, about: str, operation: str, say: Callable[[Seen], Said], *near: str
) -> None:
    """Register a device that answers one command otherwise."""
    breach(clause, name, operator, f"{about}.", f"{operation}.*", *near)(
        lambda seen: say(seen) if seen.is_ok(operation) else None
    )


def _another_time(name: str, seen: Seen) -> Said:
    seen.notes["count"] = seen.notes.get("count", 0) + 1
    return seen.setting(**{name: f"{seen.value(name)}{seen.notes['count']}"})


def _without_language(asked: Asked, *operations: str) -> bytes | None:
    return (
        asked.asking({"LANGUAGE": "1"}) if asked.operation in operations and asked.given("LANGUAGE") is None else None
    )


# banners and logos

for _operations in (("GETBANNER",), ("SETBANNER",)):
    breach.asked(
        "BAN-002",
        f"{_operations[0]}-1",
        Op.MISREAD,
        f"{_operations[0]} without LANGUAGE means the second language.",
        "SETBANNER.*",
        "banner*",
    )(
        lambda asked, operations=_operations: _without_language(asked, *operations)  # type: ignore[misc]
    )


@breach.asked("BAN-003", "one-for-all", Op.MISREAD, "All languages have one banner.", "SETBANNER.*", "banner*")
def _one_banner(asked: Asked) -> bytes | None:
    wanted = asked.operation in ("GETBANNER", "SETBANNER") and asked.given("LANGUAGE") not in (None, "0")
    return asked.asking({"LANGUAGE": "0"}) if wanted else None


@breach.asked(
    "BAN-003", "two-are-one", Op.MISREAD, "The third language has the banner of the second.", "SETBANNER.*", "banner*"
)
def _two_banners(asked: Asked) -> bytes | None:
    wanted = asked.operation in ("GETBANNER", "SETBANNER") and asked.given("LANGUAGE") == "2"
    return asked.asking({"LANGUAGE": "1"}) if wanted else None


def _read(change: Callable[[str], str], seen: Seen) -> Said:
    return seen.setting(BANNER_MSG=change(seen.value("BANNER_MSG")))


for _word, _change in (
    ("ascii", lambda text: text.encode("ascii", "replace").decode()),
    ("latin", lambda text: text.encode("latin-1", "replace").decode("latin-1")),
    ("one-line", lambda text: " ".join(text.split())),
    ("markup", lambda text: text.replace("<", "").replace("&", "")),
):  # fmt: skip
    reg(
        "BAN-004",
        _word,
        Op.RETYPE,
        f"Banners come back spoilt ({_word})",
        "GETBANNER",
        partial(_read, _change),
        "SETBANNER.*",
        "banner*",
    )
for _get in ("GETUILOGO", "GETVIDEOLOGO"):
    reg(
        "BAN-005",
        _get,
        Op.DROP,
        f"{_get} tells no location",
        _get,
        lambda seen: seen.setting(IMAGE_URL=""),
        "logo*",
        "banner*",
    )


@breach(
    "BAN-006",
    "spoken",
    Op.OVERFLOW,
    "A new banner or logo changes the spoken messages.",
    "banner*",
    "logo*",
    "SETBANNER.*",
)
def _spoken(seen: Seen) -> Said:
    if seen.is_ok("SETBANNER", "SETUILOGO", "SETVIDEOLOGO"):
        seen.notes["changed"] = True
    return (
        seen.setting(PLAY_URL=seen.value("PLAY_URL") + "2")
        if seen.is_ok("GETIVR") and seen.notes.get("changed")
        else None
    )


# keys, directory, multicast

reg(
    "CFS-001",
    "no-serial",
    Op.DROP,
    "There is no serial number",
    "GETCFSINFO",
    lambda seen: seen.setting(SERIAL=""),
    "options*",
    "device*",
)
reg(
    "CFS-001",
    "no-version",
    Op.DROP,
    "There is no running version",
    "GETCFSINFO",
    lambda seen: seen.setting(VERSION_RUNNING=""),
    "options*",
    "device*",
)
reg(
    "CFS-001",
    "other-serial",
    Op.SWAP,
    "The serial number changes",
    "GETCFSINFO",
    partial(_another_time, "SERIAL"),
    "options*",
    "device*",
)
reg(
    "CFS-002",
    "other",
    Op.SWAP,
    "STATUS does not agree with ACTIVATED",
    "GETDEVINFO",
    lambda seen: seen.setting(ACTIVATED="0" if seen.value("ACTIVATED") == "1" else "1"),
    "options*",
    "device*",
    "GETCFSINFO.*",
)


@breach(
    "CFS-003",
    "neither",
    Op.LOSE,
    "A key that was taken is neither the active nor the pending one.",
    "options*",
    "SETCFSKEY*",
)
def _neither(seen: Seen) -> Said:
    return seen.setting(ACTIVE_KEY="none", PENDING_KEY="") if seen.is_ok("GETCFSINFO") else None


@breach(
    "LDP-002", "refused", Op.REFUSE, "Settings of a directory that is not used keep users out.", "options*", "SETLDAP.*"
)
def _directory(seen: Seen) -> Said:
    if seen.is_ok("SETLDAP"):
        seen.notes["set"] = True
    return seen.refused() if seen.is_ok("LOGIN") and seen.notes.get("set") else None


reg(
    "MUL-002",
    "unicast",
    Op.SWAP,
    "The addresses are no multicast addresses",
    "GETMULTICAST",
    lambda seen: seen.setting(SAP_ADDRESS="10.0.0.1", MEDIA_ADDRESS="192.0.2.1"),
    "options*",
    "*ULTICAST*",
)
reg(
    "MUL-002",
    "second",
    Op.SWAP,
    "MEDIA_ADDRESS is no multicast address",
    "GETMULTICAST",
    lambda seen: seen.setting(MEDIA_ADDRESS="223.255.255.255"),
    "options*",
    "*ULTICAST*",
)


# playing


@breach(
    "PLY-001",
    "not-there",
    Op.LOSE,
    "An endpoint that was called is not among the connections.",
    "play*",
    "CALLANDPLAY*",
)
def _not_there(seen: Seen) -> Said:
    if seen.is_ok("CALLANDPLAY"):
        seen.notes["called"] = seen.given("ADDR")
    called = seen.notes.get("called")

    def change(one: Element) -> list[Element]:
        return [] if called in (seen.value("IP", one), seen.value("E164", one), seen.value("H323", one)) else [one]

    return seen.each(change) if called and seen.is_ok("GETEPLINK") else None


@breach("PLY-002", "stop-refused", Op.REFUSE, "A multicast cannot be stopped.", "play*", "*FILEMULTICAST*")
def _stop_refused(seen: Seen) -> Said:
    return seen.refused() if seen.is_ok("STOPFILEMULTICAST") else None


@breach(
    "PLY-003",
    "start-refused",
    Op.REFUSE,
    "A multicast that was stopped cannot be started again.",
    "play*",
    "*FILEMULTICAST*",
)
def _start_refused(seen: Seen) -> Said:
    if seen.is_ok("STOPFILEMULTICAST"):
        seen.notes["stopped"] = True
    return seen.refused() if seen.is_ok("STARTFILEMULTICAST") and seen.notes.get("stopped") else None


@breach(
    "PLY-004", "changed", Op.OVERFLOW, "An archive that was sent has another description.", "play*", "*FILEMULTICAST*"
)
def _changed(seen: Seen) -> Said:
    if seen.is_ok("STARTFILEMULTICAST", "CALLANDPLAY"):
        seen.notes["sent"] = True
    return seen.setting(DESCRIPTION="played") if seen.is_ok("GETMEDIAINFO") and seen.notes.get("sent") else None
