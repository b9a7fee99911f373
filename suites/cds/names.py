"""ContentRange: a list in parts whose offset is a name, with names that need care in a query string."""

from collections.abc import Sequence
from itertools import pairwise

from harness.flow import CaseInconclusive, CaseSkipped
from harness.httpdut import HttpDut
from harness.messages.httpreply import HttpReply
from harness.verdict import Severity
from suites.cds import SUITE

_MOST = 100_000
_AFTER = ("ContentRange.success",)
_CHAPTER = "ContentRange"


async def part(dut: HttpDut, count: int, offset: str | None = None) -> list[str]:
    """Names of a part of the list."""
    query = [("maxRows", str(count)), *([] if offset is None else [("fromOffset", offset)])]
    return _names(await dut.setup("ContentRange", query, keep=("Name",)))


async def offsets_are_names(dut: HttpDut, names: Sequence[str]) -> bool:
    """Whether an offset is the name of the last content that one has, as the chapter has it, or a number as in other messages."""
    reply = await dut.get("ContentRange", [("maxRows", "1"), ("fromOffset", names[0])])
    if reply.status == 200:
        dut.observe("offset", "CDS-AMB-011", "name", step=reply.step)
        return True
    numbered = await dut.get("ContentRange", [("maxRows", "1"), ("fromOffset", "1")])
    dut.check(
        "offset-is-taken",
        numbered.status == 200,
        "CDS-CNT-002",
        "CDS-ContentRange.fromOffset",
        expected=f"200 for fromOffset={names[0]!r}, or for a number",
        got=reply.describe(),
        step=reply.step,
    )
    dut.observe("offset", "CDS-AMB-011", "number", step=numbered.step)
    return False


def _names(reply: HttpReply) -> list[str]:
    if reply.scan is None:
        raise CaseInconclusive(f"no rows: {reply.describe()}")
    return [str(row[0]) for row in reply.scan.kept]


async def whole(dut: HttpDut) -> list[str]:
    """All names, at least two."""
    names = await part(dut, _MOST)
    if len(names) < 2:
        raise CaseInconclusive(f"the device has {len(names)} contents; pages need two")
    if len(names) > 20_000:
        raise CaseInconclusive(f"{len(names)} contents are too many to compare one by one")
    return names


def _same(dut: HttpDut, name: str, expected: Sequence[str], got: Sequence[str], *clauses: str) -> None:
    """Two lists of names are equal; the first difference is told."""
    place = next(
        (n for n, (a, b) in enumerate(zip(expected, got, strict=False)) if a != b), min(len(expected), len(got))
    )
    dut.check(
        name,
        list(expected) == list(got),
        *clauses,
        expected=f"{len(expected)} names, number {place + 1} {expected[place]!r}"
        if place < len(expected)
        else f"{len(expected)} names",
        got=f"{len(got)} names" + (f", number {place + 1} {got[place]!r}" if place < len(got) else ""),
    )


@SUITE.scenario(
    "ContentRange.whole-list",
    "CDS-CNT-002",
    "CDS-CNT-003",
    "CDS-ContentRange.fromOffset",
    chapter=_CHAPTER,
    after=_AFTER,
)
async def whole_list(dut: HttpDut) -> None:
    """The parts of the list, each asked for with the last name of the one before, are the list."""
    names = await whole(dut)
    by_name = await offsets_are_names(dut, names)
    size = max(1, -(-len(names) // 9)) | 1
    together = await part(dut, size)
    last = together
    for _ in range(12):
        if len(last) < size:
            break
        last = await part(dut, size, last[-1] if by_name else str(len(together)))
        together += last
    if await part(dut, _MOST) != names:
        raise CaseInconclusive("the list has changed while its parts were fetched")
    _same(dut, "parts", names, together, "CDS-CNT-003", "CDS-CNT-002", "CDS-ContentRange.fromOffset")


@SUITE.scenario("ContentRange.borders", "CDS-CNT-002", "CDS-PAG-001", chapter=_CHAPTER, after=_AFTER)
async def borders(dut: HttpDut) -> None:
    """The named content is not repeated; after the last one nothing follows; a part has at most as many as asked for."""
    names = await whole(dut)
    by_name = await offsets_are_names(dut, names)
    count = len(names)
    for size, index in ((1, 0), (2, 0), (1, count // 2), (3, count // 2), (count, 0), (2, count - 2), (5, count - 1)):
        got = await part(dut, size, names[index] if by_name else str(index + 1))
        _same(
            dut, f"after-{_place(index, count)}", names[index + 1 : index + 1 + size], got, "CDS-CNT-002", "CDS-PAG-001"
        )
    for size in (1, 2, count - 1, count + 1):
        _same(dut, f"first-{_place(size, count)}", names[:size], await part(dut, size), "CDS-PAG-001", "CDS-CNT-001")


def _place(index: int, count: int) -> str:
    return str(index) if index <= 3 else "middle" if index < count - 2 else f"end{index - count:+d}"


def oddest(names: Sequence[str], wanted: Sequence[str], *, most: int = 60) -> list[str]:
    """Names of the list that are asked for one by one: each strange character in one of them first, then other strange ones, then those wanted."""
    strange = {
        name: {char for char in name if not (char.isascii() and (char.isalnum() or char in "._:-"))} for name in names
    }
    seen: set[str] = set()
    found = []
    for name, chars in strange.items():
        if chars - seen:
            seen |= chars
            found.append(name)
    others = (name for name in names if strange[name])
    return list(dict.fromkeys((*found, *others, *(name for name in wanted if name in strange))))[:most]


@SUITE.scenario("ContentRange.odd-names", "CDS-CNT-005", "CDS-CNT-003", chapter=_CHAPTER, after=_AFTER)
async def odd_names(dut: HttpDut) -> None:
    """Names with spaces, signs, quotes and letters of other scripts are found as offsets and come back unchanged."""
    names = await whole(dut)
    if not await offsets_are_names(dut, names):
        return
    wanted = [name for name in dut.fixtures("content_names") if not name.isalnum()]
    missing = [name for name in wanted if name not in names]
    dut.check(
        "listed",
        not missing,
        "CDS-CNT-003",
        expected="the contents of the target file in the list",
        got=f"no {missing[:3]}",
    )
    odd = oddest(names, wanted)
    if not odd:
        raise CaseSkipped("needs the fixture content_names with names of other characters than letters and digits")
    for name in odd:
        place = names.index(name)
        got = await part(dut, 2, name)
        expected = names[place + 1 : place + 3]
        dut.check(
            "after-odd-name",
            got == expected,
            "CDS-CNT-005",
            "CDS-CNT-002",
            expected=f"{expected} after {name!r}",
            got=f"{got}",
        )


@SUITE.scenario("ContentRange.again", "CDS-CNT-003", chapter=_CHAPTER, after=_AFTER)
async def again(dut: HttpDut) -> None:
    """A range without an offset begins with the first content each time."""
    first = await part(dut, 3)
    state = await dut.setup("ContentState", keep=("contentName",))
    there = state.scan is not None and bool(state.scan.rows)
    dut.check(
        "not-empty",
        bool(first) or not there,
        "CDS-CNT-003",
        expected="contents, since ContentState has some",
        got="none",
    )
    for size, expected in ((3, first), (2, first[:2]), (3, first)):
        _same(dut, "from-the-first", expected, await part(dut, size), "CDS-CNT-003")


@SUITE.scenario("ContentRange.order", "CDS-CNT-001", "CDS-CNT-004", chapter=_CHAPTER, after=_AFTER)
async def order(dut: HttpDut) -> None:
    """The list is in alphabetical order under one idea of the alphabet, and no name stands there twice."""
    names = await whole(dut)
    reply = await dut.setup("ContentRange", [("maxRows", str(_MOST))])
    assert reply.scan is not None
    dut.check(
        "alphabetical",
        bool(reply.scan.orders),
        "CDS-CNT-001",
        expected="alphabetical order, by code points or regardless of letter case",
        got=_disorder(names),
        step=reply.step,
    )
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    dut.check(
        "once",
        not twice,
        "CDS-CNT-004",
        severity=Severity.SHOULD,
        expected="every content once",
        got=f"{twice[:3]} twice",
    )


def _disorder(names: Sequence[str]) -> str:
    pairs = pairwise(names)
    return next(
        (f"{b!r} after {a!r}" for a, b in pairs if a > b and a.casefold() > b.casefold()), "no one order throughout"
    )


@SUITE.scenario("ContentRange.unknown-offset", "CDS-CNT-002", chapter=_CHAPTER, after=_AFTER)
async def unknown_offset(dut: HttpDut) -> None:
    """A name that no content has: the list goes on where it would stand, or the request is refused."""
    names = await whole(dut)
    if not await offsets_are_names(dut, names):
        return
    place = len(names) // 2
    made = f"{names[place]}!"
    if made in names or not names[place] < made < names[min(place + 1, len(names) - 1)]:
        raise CaseInconclusive(f"no unknown name fits behind {names[place]!r}")
    reply = await dut.get("ContentRange", [("maxRows", "2"), ("fromOffset", made)], keep=("Name",))
    expected = names[place + 1 : place + 3]
    dut.check(
        "goes-on",
        reply.status != 200 or _names(reply) in (expected, [], names[:2]),
        "CDS-CNT-002",
        expected=f"{expected}, none, or a refusal",
        got=reply.describe(),
        step=reply.step,
    )
