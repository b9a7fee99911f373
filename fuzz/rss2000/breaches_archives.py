"""Deviations of lists of archives: counts, pages, sorting: ARC."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harness.mutation.mutant import Operator as Op
from harness.mutation.packet_pretend import Register
from harness.mutation.packet_seen import Asked, Said, Seen
from harness.wire.xmlmessage import Element

breach = Register()
MEDIA, COUNTS = "GETMEDIAINFO", "GETLISTINFO"
NEAR = ("archive.*", "media.*")
Edit = Callable[[Seen, Element], Element]


def page(seen: Seen, *, catalog: str | None = None) -> bool:
    """A page of the list."""
    return (
        seen.is_ok(MEDIA)
        and seen.given("CONF_ID") is None
        and bool(seen.elements)
        and catalog in (None, seen.given("CATALOG"))
    )


def reg(
    clause: str, name: str, operator: Op, about: str, test: Callable[[Seen], bool], say: Callable[[Seen], Said]
) -> None:
    """Register one."""
    breach(clause, name, operator, f"{about}.", *NEAR)(lambda seen: say(seen) if test(seen) else None)


def edit(change: Edit) -> Callable[[Seen], Said]:
    """Each element changed."""
    return lambda seen: seen.each(lambda one: [change(seen, one) if seen.values(one, "CONF_ID") else one])


def counted(name: str, by: int, seen: Seen) -> Said:
    """A count that is wrong."""
    value = seen.value(name)
    return seen.setting(**{name: str(max(0, int(value) + by))}) if value.isdecimal() else None


def _counts(seen: Seen) -> bool:
    return seen.is_ok(COUNTS)


for _clause, _field in (("ARC-001", "LIBLIST"), ("ARC-002", "BROADLIST")):
    reg(_clause, "one-more", Op.OVERFLOW, f"{_field} is one more", _counts, partial(counted, _field, 1))
    reg(_clause, "one-less", Op.DROP, f"{_field} is one less", _counts, partial(counted, _field, -1))
    reg(
        _clause,
        "both",
        Op.SWAP,
        f"{_field} counts archives and streams",
        _counts,
        lambda seen, name=_field: seen.setting(  # type: ignore[misc]
            **{name: str(int(seen.value("LIBLIST")) + int(seen.value("BROADLIST")))}
        ),
    )


# pages


@breach.asked("ARC-003", "one-more", Op.OVERFLOW, "A page has one entry more.", *NEAR)
def _one_more(asked: Asked) -> bytes | None:
    end = asked.given("END")
    return asked.asking({"END": str(int(end) + 1)}) if asked.operation == MEDIA and end and end.isdecimal() else None


@breach.asked("ARC-003", "all", Op.OVERFLOW, "A page has all entries from START.", *NEAR)
def _all_entries(asked: Asked) -> bytes | None:
    return asked.asking({"END": "9999"}) if asked.operation == MEDIA and asked.given("END") else None


@breach.asked("ARC-004", "from-the-first", Op.MISREAD, "Each page begins with the first entry.", *NEAR)
def _from_first(asked: Asked) -> bytes | None:
    start, end = asked.given("START"), asked.given("END")
    if asked.operation != MEDIA or not start or not end or not (start + end).isdecimal():
        return None
    return asked.asking({"START": "0", "END": str(int(end) - int(start))}) if int(end) >= int(start) else None


@breach.asked("ARC-004", "skipped", Op.MISREAD, "Pages but for the first begin one later.", *NEAR)
def _skipped(asked: Asked) -> bytes | None:
    start = asked.given("START")
    wanted = asked.operation == MEDIA and start and start.isdecimal() and int(start) > 0
    return asked.asking({"START": str(int(start or "0") + 1)}) if wanted else None


@breach.asked("ARC-004", "overlap", Op.DOUBLE, "Pages but for the first begin one earlier.", *NEAR)
def _overlap(asked: Asked) -> bytes | None:
    start, end = asked.given("START"), asked.given("END")
    wanted = asked.operation == MEDIA and start and start.isdecimal() and int(start) > 0
    return asked.asking({"START": str(int(start or "0") - 1), "END": str(int(end or "0") - 1)}) if wanted else None


@breach.asked("ARC-005", "short", Op.DROP, "Pages but for the first lack their last entry.", *NEAR)
def _short(asked: Asked) -> bytes | None:
    start, end = asked.given("START"), asked.given("END")
    wanted = asked.operation == MEDIA and start and end and (start + end).isdecimal() and 0 < int(start) < int(end)
    return asked.asking({"END": str(int(end or "0") - 1)}) if wanted else None


def _backwards(seen: Seen) -> Said:
    return seen.with_(tuple(reversed(seen.elements)))


reg(
    "ARC-005",
    "backwards",
    Op.REORDER,
    "Short pages are in the wrong order",
    lambda seen: page(seen) and 1 < len(seen.elements) <= 10 and seen.given("END") != "9999",
    _backwards,
)
reg(
    "ARC-028",
    "shuffled",
    Op.REORDER,
    "The same page is in another order the second time",
    lambda seen: page(seen),
    lambda seen: _second(seen),
)
reg(
    "ARC-031",
    "refused",
    Op.REFUSE,
    "A page that goes beyond the end is refused",
    lambda seen: page(seen) and len(seen.elements) <= int(seen.given("END") or "0") - int(seen.given("START") or "0"),
    lambda seen: seen.refused(),
)
reg(
    "ARC-031",
    "empty",
    Op.DROP,
    "A page that goes beyond the end is empty",
    lambda seen: page(seen) and len(seen.elements) <= int(seen.given("END") or "0") - int(seen.given("START") or "0"),
    lambda seen: seen.with_(
        [
            seen.set(
                seen.elements[0], **{field.name: None for field in seen.elements[0].fields if field.name != "RESULT"}
            )
        ]
    ),
)


def _second(seen: Seen) -> Said:
    key = tuple(seen.sent)
    before = seen.notes.get(key)
    seen.notes[key] = True
    return seen.with_([*seen.elements[1:], seen.elements[0]]) if before and len(seen.elements) > 1 else None


# sorting


def _swapped_middle(seen: Seen) -> Said:
    """Two neighbours in the middle of a page that differ in what it is sorted by change places."""
    key = {
        "0": "REC_TIME",
        "1": "DURATION",
        "2": "NAME",
        "3": "SERVER",
        "4": "VIDEO_FORMAT",
        "5": "SIZE",
        "6": "RATE",
        "7": "H239",
    }[seen.given("SORT") or "0"]
    elements = list(seen.elements)
    for at in (*range(len(elements) // 2, len(elements) - 1), *range(len(elements) // 2)):
        if seen.value(key, elements[at]) != seen.value(key, elements[at + 1]):
            elements[at], elements[at + 1] = elements[at + 1], elements[at]
            return seen.with_(elements)
    return None


def _turned(seen: Seen) -> Said:
    """The second half of a page is in the other direction."""
    half = len(seen.elements) // 2
    return seen.with_([*seen.elements[:half], *reversed(seen.elements[half:])])


_WORDS = ("date", "duration", "name", "server", "video", "size", "rate", "h239")
for _number, _word in enumerate(_WORDS):

    def _sorted(seen: Seen, number: int = _number) -> bool:
        return page(seen, catalog="0") and seen.given("SORT") == str(number) and len(seen.elements) > 2

    reg(
        f"ARC-{6 + _number:03d}",
        "neighbours",
        Op.REORDER,
        f"Sorted by {_word}, two neighbours are in the wrong order",
        _sorted,
        _swapped_middle,
    )
    reg(
        f"ARC-{6 + _number:03d}",
        "half",
        Op.REORDER,
        f"Sorted by {_word}, the second half is the other way round",
        _sorted,
        _turned,
    )
    _near = (f"archive.sort.{_word}*", *NEAR)

    @breach.asked(
        f"ARC-{6 + _number:03d}", "ignored", Op.MISREAD, f"Instead of by {_word} archives are sorted otherwise.", *_near
    )
    def _ignored(asked: Asked, number: int = _number) -> bytes | None:
        other = "2" if number != 2 else "5"
        wanted = asked.operation == MEDIA and asked.given("SORT") == str(number)
        return asked.asking({"SORT": other}) if wanted else None


def _as_text(name: str, seen: Seen) -> Said:
    """Numbers are sorted as texts."""
    return seen.with_(sorted(seen.elements, key=lambda one: seen.value(name, one), reverse=True))


for _number, _name in ((5, "SIZE"), (6, "RATE")):
    reg(
        f"ARC-{6 + _number:03d}",
        "as-text",
        Op.REORDER,
        f"{_name} is sorted as a text",
        lambda seen, number=_number: page(seen, catalog="0") and seen.given("SORT") == str(number),  # type: ignore[misc]
        partial(_as_text, _name),
    )
reg(
    "ARC-006",
    "as-text",
    Op.REORDER,
    "Dates are sorted as texts",
    lambda seen: page(seen, catalog="0") and seen.given("SORT") == "0",
    partial(_as_text, "REC_TIME"),
)
