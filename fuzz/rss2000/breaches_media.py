"""Deviations of single archives, their rights and their end: ARC."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fuzz.rss2000.breaches_accounts import NOBODY
from fuzz.rss2000.breaches_archives import counted, edit, page
from fuzz.rss2000.breaches_rooms import also, first_lost, last_lost, named
from harness.mutation.mutant import Operator as Op
from harness.mutation.packet_pretend import Register
from harness.mutation.packet_seen import Asked, Said, Seen
from harness.wire.xmlmessage import Element

breach = Register()
MEDIA, COUNTS = "GETMEDIAINFO", "GETLISTINFO"
NEAR = ("archive.*", "media.*")
Edit = Callable[[Seen, Element], Element]


def single(seen: Seen) -> bool:
    """The answer about one archive or stream."""
    return seen.is_ok(MEDIA) and seen.given("CONF_ID") is not None and bool(seen.elements)


def reg(
    clause: str, name: str, operator: Op, about: str, test: Callable[[Seen], bool], say: Callable[[Seen], Said]
) -> None:
    """Register one."""
    breach(clause, name, operator, f"{about}.", *NEAR)(lambda seen: say(seen) if test(seen) else None)


# one archive


@breach("ARC-014", "more", Op.OVERFLOW, "With CONF_ID the first of the list is told too.", *NEAR)
def _more(seen: Seen) -> Said:
    if page(seen):
        seen.notes.setdefault(seen.given("CATALOG"), seen.elements[0])
    first = seen.notes.get(seen.given("CATALOG"))
    return seen.with_([*seen.elements, first]) if single(seen) and first is not None else None


reg(
    "ARC-014",
    "another",
    Op.SWAP,
    "With CONF_ID another one is told",
    single,
    edit(lambda seen, one: seen.set(one, CONF_ID=NOBODY)),
)
reg(
    "ARC-014",
    "no-rights",
    Op.DROP,
    "With CONF_ID no rights are told",
    single,
    edit(lambda seen, one: seen.set(one, ACCESSTYPE=None, ACCESSID=None, ACCESSIDEXT=None, PIN=None)),
)
reg(
    "ARC-015",
    "same",
    Op.DOUBLE,
    "The last of a page has the GUID of the one before",
    lambda seen: page(seen) and len(seen.elements) > 1,
    lambda seen: seen.each(lambda one: [seen.set(one, CONF_ID=seen.value("CONF_ID", seen.elements[-2]))], "last"),
)
reg(
    "ARC-016",
    "says-other",
    Op.SWAP,
    "Entries say that they are of the other kind",
    page,
    edit(lambda seen, one: seen.set(one, CATALOG="1" if seen.value("CATALOG", one) == "0" else "0")),
)


@breach("ARC-016", "mixed", Op.OVERFLOW, "A stream is among the archives.", *NEAR)
def _mixed(seen: Seen) -> Said:
    if page(seen, catalog="1"):
        seen.notes["stream"] = seen.elements[0]
    stream = seen.notes.get("stream")
    return seen.with_([*seen.elements[:-1], stream]) if page(seen, catalog="0") and stream is not None else None


@breach.asked("ARC-016", "archives", Op.MISREAD, "Archives are told in place of streams.", *NEAR)
def _archives(asked: Asked) -> bytes | None:
    return (
        asked.asking({"CATALOG": "0"})
        if asked.operation == MEDIA and asked.given("CATALOG") == "1" and asked.given("CONF_ID") is None
        else None
    )


@breach("ARC-017", "still-listed", Op.STALE, "A deleted archive is still listed.", "deletion.*")
def _still_listed(seen: Seen) -> Said:
    known = seen.notes.setdefault("known", {})
    if seen.is_ok("DELMEDIAINFO"):
        seen.notes["gone"] = seen.given("CONF_ID")
    if not page(seen, catalog="0"):
        return None
    for one in seen.elements:
        known[seen.value("CONF_ID", one)] = one
    gone = known.get(seen.notes.get("gone"))
    return seen.with_([*seen.elements, gone]) if gone is not None else None


@breach("ARC-017", "still-counted", Op.STALE, "A deleted archive is still counted.", "deletion.*")
def _still_counted(seen: Seen) -> Said:
    if seen.is_ok("DELMEDIAINFO"):
        seen.notes["count"] = seen.notes.get("count", 0) + 1
    return (
        counted("LIBLIST", seen.notes.get("count", 0), seen) if seen.is_ok(COUNTS) and seen.notes.get("count") else None
    )


for _operation in ("DELMEDIAINFO", "SETMEDIAINFO"):
    reg(
        "ARC-018",
        f"{_operation}-taken",
        Op.ACCEPT,
        f"{_operation} takes an unknown GUID",
        lambda seen, name=_operation: seen.is_refused(name),  # type: ignore[misc]
        lambda seen: seen.accepted(),
    )


@breach("ARC-018", "again", Op.STALE, "A deleted archive can be deleted again.", "deletion.*")
def _deleted_again(seen: Seen) -> Said:
    gone = seen.notes.setdefault("gone", set())
    if seen.is_ok("DELMEDIAINFO"):
        gone.add(seen.given("CONF_ID"))
    return seen.accepted() if seen.is_refused("DELMEDIAINFO") and seen.given("CONF_ID") in gone else None


reg(
    "ARC-020",
    "first-lost",
    Op.DROP,
    "The first group is lost",
    single,
    edit(lambda seen, one: first_lost("ACCESSIDEXT", seen, first_lost("ACCESSID", seen, one))),
)
reg(
    "ARC-020",
    "none",
    Op.DROP,
    "Groups are not stored",
    single,
    edit(lambda seen, one: seen.set(one, ACCESSID=None, ACCESSIDEXT=None)),
)
reg("ARC-020", "names", Op.SWAP, "The names of groups are others", single, edit(named("ACCESSIDEXT")))
reg(
    "ARC-020", "ext-lost", Op.DROP, "The first ACCESSIDEXT is missing", single, edit(partial(first_lost, "ACCESSIDEXT"))
)
reg("ARC-021", "first-lost", Op.DROP, "The last NOTIN is missing", single, edit(partial(last_lost, "NOTIN")))
reg("ARC-021", "both", Op.OVERFLOW, "Groups stand in ACCESSID and NOTIN", single, edit(also("ACCESSIDEXT", "NOTIN")))


@breach("ARC-022", "other-changed", Op.OVERFLOW, "SETMEDIAINFO changes another archive too.", *NEAR)
def _other_changed(seen: Seen) -> Said:
    if seen.is_ok("SETMEDIAINFO"):
        seen.notes["by"] = seen.given("CONF_ID")
    by = seen.notes.get("by")
    if by is None or not seen.is_ok(MEDIA):
        return None
    return seen.each(
        lambda one: [one if seen.value("CONF_ID", one) == by else seen.set(one, DESCRIPTION="changed by another")]
    )


@breach("ARC-022", "other-deleted", Op.LOSE, "DELMEDIAINFO deletes another archive too.", *NEAR)
def _other_deleted(seen: Seen) -> Said:
    if seen.is_ok("DELMEDIAINFO"):
        seen.notes["by"] = True
    return (
        seen.with_(seen.elements[1:])
        if seen.notes.get("by") and page(seen, catalog="0") and len(seen.elements) > 1
        else None
    )


for _name in ("NAME", "DESCRIPTION", "RATE", "SIZE", "DURATION"):
    reg(
        "ARC-023",
        f"other-{_name}",
        Op.SWAP,
        f"The list tells another {_name}",
        lambda seen: page(seen),
        edit(lambda seen, one, name=_name: seen.set(one, **{name: seen.value(name, one) + "1"})),  # type: ignore[misc]
    )
reg(
    "ARC-024",
    "long",
    Op.OVERFLOW,
    "REFERENCEID has 31 characters",
    lambda seen: seen.is_ok(MEDIA),
    edit(lambda seen, one: seen.set(one, REFERENCEID="r" * 31)),
)
reg(
    "ARC-025",
    "five",
    Op.DROP,
    "QUICKCODE has five digits",
    single,
    edit(lambda seen, one: seen.set(one, QUICKCODE="12345")),
)
reg(
    "ARC-025",
    "letters",
    Op.RETYPE,
    "QUICKCODE has letters",
    single,
    edit(lambda seen, one: seen.set(one, QUICKCODE="12a456")),
)
reg(
    "ARC-026",
    "seconds",
    Op.RETYPE,
    "DURATION is a number of seconds",
    lambda seen: seen.is_ok(MEDIA),
    edit(lambda seen, one: seen.set(one, DURATION="95")),
)
reg(
    "ARC-026",
    "overflow",
    Op.OVERFLOW,
    "DURATION has 75 seconds",
    lambda seen: seen.is_ok(MEDIA),
    edit(lambda seen, one: seen.set(one, DURATION="00:00:75")),
)
reg(
    "ARC-029",
    "more",
    Op.OVERFLOW,
    "A search counts more than there is",
    lambda seen: seen.is_ok(COUNTS) and bool(seen.given("SEARCH")),
    partial(counted, "LIBLIST", 500),
)
reg(
    "ARC-029",
    "blank-none",
    Op.DROP,
    "A blank search finds nothing",
    lambda seen: seen.is_ok(COUNTS) and not seen.given("SEARCH"),
    lambda seen: seen.setting(LIBLIST="0"),
)
reg(
    "ARC-030",
    "blank",
    Op.DROP,
    "URL of an archive is blank",
    lambda seen: seen.is_ok(MEDIA),
    edit(lambda seen, one: seen.set(one, URL="")),
)
reg(
    "ARC-030",
    "path",
    Op.SWAP,
    "URL of a stream is a path",
    lambda seen: seen.is_ok(MEDIA) and seen.given("CATALOG") == "1",
    edit(lambda seen, one: seen.set(one, URL="live/stream")),
)
