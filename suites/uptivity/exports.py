"""Recordings as files: the right one by every field, the most recent where several fit, real files in each format, and refusals."""

from __future__ import annotations

from harness.checks.files import problem_of, seconds_of
from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.messages.documentreply import Result
from harness.wire.xmltree import Element
from suites.uptivity import SUITE
from suites.uptivity.openusers import errors_of
from suites.uptivity.seen import USERS, records
from suites.uptivity.sound import close_to, same_sound, sound_of
from suites.uptivity.world import Fields, fresh, media_format

CHAPTER = "Example WebAPI Calls"
_EXPORT = "EXPORT"
_AFTER = (f"{_EXPORT}.success",)
# Names that are spelled alike in both lists of what UNIQUEFIELD may be.
_FIELDS = (*USERS, "ANI", "DNIS", "GATE")
_MOST = 6


async def export(dut: DocumentDut, field: str, value: str, wanted: str = "", **more: str) -> Result:
    """Export a recording; by default in the format that a library here opens."""
    fields = {"UNIQUEFIELD": field, "UNIQUEID": value, "MEDIA_FORMAT": wanted or media_format(dut), **more}
    return await dut.call(_EXPORT, fields, road=dut.url_road())


async def by_user2(dut: DocumentDut, user2: str, wanted: str = "") -> bytes:
    """The file of a recording that a value of USER2 identifies."""
    return dut.file(await export(dut, "user2", user2, wanted), "UPT-EXP-009", check="export").body


async def listed(dut: DocumentDut, user2: str) -> Element:
    """What the list has of a recording.

    Raises:
        CaseSkipped: it has none, or several.
    """
    found = [one for one in await records(dut, USER2=user2) if one.get("USER2") == user2]
    if len(found) != 1:
        raise CaseSkipped(f"recording_user2 {user2} is that of {len(found)} recordings in the list")
    return found[0]


def duration(record: Element) -> float | None:
    """How long a recording is by the list, in seconds; None if that is no number."""
    text = record.get("DURATION") or ""
    return float(text) if text.isdecimal() else None


def needs_wav(dut: DocumentDut) -> None:
    """What follows compares sounds.

    Raises:
        CaseSkipped: the device does not write WAV.
    """
    if media_format(dut).upper() != "WAV":
        raise CaseSkipped("the device does not write WAV, which is what a library here opens")


@SUITE.scenario(
    "exports.formats", "UPT-EXP-002", "UPT-EXP-009", *(f"UPT-{_EXPORT}.{name}" for name in ("UNIQUEFIELD", "UNIQUEID", "MEDIA_FORMAT")),
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def formats(dut: DocumentDut) -> None:
    """Recordings are exported in each format that the device writes, each time as a real file of it."""
    for user2 in dut.fixtures("recording_user2")[:2]:
        for one in dut.fixtures("media_formats"):
            dut.file(await export(dut, "user2", user2, one), "UPT-EXP-002", "UPT-EXP-009", check=one)
            result = await export(dut, "user2", user2, one.lower())
            if dut.either(result, "UPT-AMB-019", check=f"lower.{one}"):
                problem = problem_of(one, result.body) if dut.has_file(result) else result.describe()
                dut.check(
                    "file", not problem, "UPT-EXP-002", expected=f"a file of {one}", got=problem, step=result.step
                )


@SUITE.scenario("exports.every", "UPT-EXP-002", "UPT-EXP-009", "UPT-EXP-014", chapter=CHAPTER, after=_AFTER)
async def every(dut: DocumentDut) -> None:
    """Each recording is exported, and sounds as long as the list says, but for a second or so."""
    needs_wav(dut)
    lengths: list[tuple[float, float]] = []
    for user2 in dut.fixtures("recording_user2")[:_MOST]:
        told = duration(await listed(dut, user2))
        got = seconds_of(await by_user2(dut, user2))
        if told is None:
            continue
        fits = close_to(got, told)
        dut.check("length", fits, "UPT-EXP-014", expected=f"about {told:g} s of {user2}", got=f"{got:.1f} s")
        lengths.append((told, got))
    if not lengths:
        raise CaseSkipped("no recording has a DURATION that is a number")
    empty = all(got == 0 for _, got in lengths) and any(told > 1 for told, _ in lengths)
    dut.check("sound", not empty, "UPT-EXP-009", expected="some sound in some recording", got="none in any")
    # If not a single one is as long as it should be, other recordings are given, or parts.
    alien = len(lengths) > 2 and not any(close_to(got, told) for told, got in lengths)
    dut.check("own", not alien, "UPT-EXP-006", "UPT-EXP-002", expected="lengths as in the list", got=str(lengths))


@SUITE.scenario("exports.fields", "UPT-EXP-006", "UPT-EXPORT.UNIQUEFIELD", chapter=CHAPTER, after=_AFTER)
async def fields(dut: DocumentDut) -> None:
    """The same recording comes by each field that EXPORT takes and whose value only this one has."""
    await _compare(dut, alone=True)


@SUITE.scenario("exports.latest", "UPT-EXP-007", "UPT-EXPORT.UNIQUEFIELD", chapter=CHAPTER, after=_AFTER)
async def latest(dut: DocumentDut) -> None:
    """Where several recordings have a value, the most recent of them comes."""
    await _compare(dut, alone=False)


async def _compare(dut: DocumentDut, *, alone: bool) -> None:
    needs_wav(dut)
    rule, compared = "UPT-EXP-006" if alone else "UPT-EXP-007", 0
    known = dut.fixtures("recording_user2")
    for user2 in known[:_MOST] if alone else reversed(known):
        record = await listed(dut, user2)
        wanted = sound_of(await by_user2(dut, user2))
        if not same_sound(wanted, sound_of(await by_user2(dut, user2))):
            raise CaseSkipped("a recording does not sound the same twice, so none can be told by its sound")
        for field in _FIELDS:
            value = record.get(field)
            if not value or not await _is_latest(dut, record, field, value, alone=alone):
                continue
            compared += 1
            got = sound_of(dut.file(await export(dut, field.lower(), value), rule, check=field).body)
            expected = f"the recording {record.get('RECORDID')} by {field} {value}"
            dut.check("sound", same_sound(got, wanted), rule, expected=expected, got="another sound")
        compared += await _by_number(dut, record, wanted, alone=alone)
        if compared > 2 * _MOST:
            break
    if not compared:
        raise CaseSkipped("no recording has a value of which this can be seen")


async def _is_latest(dut: DocumentDut, record: Element, field: str, value: str, *, alone: bool) -> bool:
    """Whether a recording is the only one with a value, or the most recent of several with sound."""
    found = [one for one in await records(dut, **{field: value}) if one.get(field) == value]
    others = [one for one in found if one.get("RECORDID") != record.get("RECORDID")]
    if len(others) == len(found) or bool(others) is alone:
        return False
    own = int(record.get("RECORDINGTIME") or "0")
    times = [one.get("RECORDINGTIME") or "" for one in others]
    return all(one.isdecimal() and int(one) + 1 < own for one in times)


async def _by_number(dut: DocumentDut, record: Element, wanted: bytes, *, alone: bool) -> int:
    """By the record's number or, where it is the device's most recent, by the device; how often the device knew such a field."""
    ways = [("ident", record.get("RECORDID"))] if alone else []
    if not alone and await _is_latest(dut, record, "DEVICEID", record.get("DEVICEID") or "", alone=False):
        ways = [("deviceid", record.get("DEVICEID")), ("device_id", record.get("DEVICEID"))]
    count = 0
    for field, value in ways:
        result = await export(dut, field, value or "")
        if not dut.succeeded(result):
            continue  # UPT-AMB-184
        count += 1
        rule = "UPT-EXP-006" if alone else "UPT-EXP-007"
        same = same_sound(sound_of(dut.file(result, rule, check=field).body), wanted)
        expected = f"the recording {record.get('RECORDID')} by {field} {value}"
        dut.check("sound", same, rule, expected=expected, got="another sound", step=result.step)
    return count


@SUITE.scenario("exports.distinct", "UPT-EXP-006", "UPT-EXP-013", "UPT-EXP-015", chapter=CHAPTER, after=_AFTER)
async def distinct(dut: DocumentDut) -> None:
    """A recording sounds the same each time, whatever was exported before, and the list of it stays as it is."""
    needs_wav(dut)
    known = dut.fixtures("recording_user2", count=2)[:3]
    before = {user2: (await listed(dut, user2)).pairs() for user2 in known}
    sounds: dict[str, list[bytes]] = {}
    for _ in range(2):
        for user2 in known:
            sounds.setdefault(user2, []).append(sound_of(await by_user2(dut, user2)))
    for user2, (one, other) in sounds.items():
        dut.check("again", same_sound(one, other), "UPT-EXP-013", expected=f"{user2} as before", got="another sound")
        after = (await listed(dut, user2)).pairs()
        kept = _without_number(after) == _without_number(before[user2])
        dut.check("list", kept, "UPT-EXP-015", expected=str(before[user2]), got=str(after))
    told = [duration(await listed(dut, user2)) for user2 in known]
    alike = len({one[0] for one in sounds.values()}) == 1
    differ = len(set(told)) > 1 and None not in told and any(any(one[0]) for one in sounds.values())
    dut.check("distinct", not (alike and differ), "UPT-EXP-006", expected="a sound of its own", got="one for all")


def _without_number(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [one for one in pairs if one[0] != "CALLNUMBER"]


@SUITE.scenario("exports.unknown", "UPT-EXP-008", "UPT-EXPORT.UNIQUEID.unknown", chapter=CHAPTER, after=_AFTER)
async def unknown(dut: DocumentDut) -> None:
    """A recording that there is none of is no file but a result with API_FILE_NOT_FOUND, however near its value is."""
    user2 = dut.fixture("recording_user2")
    near = [one for one in (user2[:-1], f"{user2}0", f"0{user2}") if one and not await records(dut, USER2=one)]
    for wanted in dut.fixtures("media_formats"):
        for value in (f"none{fresh(dut)}", *near):
            result = await export(dut, "user2", value, wanted)
            _no_file(dut, result, check=f"user2.{wanted}")
    number = str(2_000_000_000 + dut.rng.randrange(1_000_000))
    _no_file(dut, await export(dut, "ident", number), check="ident", open_point=True)


def _no_file(dut: DocumentDut, result: Result, *, check: str, open_point: bool = False) -> None:
    errors = ["file-not-found"] if not open_point else errors_of(dut, "file-not-found", "database-query")
    dut.refused(result, "UPT-EXP-008", errors=errors, check=check)
    passed = not dut.has_file(result) and bool(result.code)
    dut.check("result", passed, "UPT-EXP-008", expected="a result with a code", got=result.describe(), step=result.step)


@SUITE.scenario("exports.lacking", "UPT-EXP-001", "UPT-EXP-010", chapter=CHAPTER, after=_AFTER)
async def lacking(dut: DocumentDut) -> None:
    """An export that lacks one of its three parameters should be refused; so should encryption without a password."""
    whole = {"UNIQUEFIELD": "user2", "UNIQUEID": dut.fixture("recording_user2"), "MEDIA_FORMAT": media_format(dut)}
    for name in whole:
        fields: Fields = {one: value for one, value in whole.items() if one != name}
        result = await dut.call(_EXPORT, fields, road=dut.url_road())
        dut.either(result, "UPT-AMB-007", "UPT-EXP-001", check=f"without.{name}")
    number = {"UNIQUEID": dut.fixture("recording_ids"), "MEDIA_FORMAT": media_format(dut)}
    dut.either(await dut.call(_EXPORT, number, road=dut.url_road()), "UPT-AMB-007", "UPT-EXP-001", check="number")
    wanted = next((one for one in dut.fixtures("media_formats") if one.upper() == "CAV"), media_format(dut))
    result = await export(dut, "user2", whole["UNIQUEID"], wanted, ENCRYPT="Y")
    dut.either(result, "UPT-AMB-186", "UPT-EXP-010", check="no-password")


@SUITE.scenario(
    "exports.encrypted", "UPT-EXPORT.ENCRYPT", "UPT-EXPORT.PASSWORD", "UPT-EXP-002", chapter=CHAPTER, after=_AFTER
)
async def encrypted(dut: DocumentDut) -> None:
    """A CAV file is exported with a password, for other formats that is open; each format is exported where none is asked for."""
    user2 = dut.fixture("recording_user2")
    for wanted in dut.fixtures("media_formats"):
        result = await export(dut, "user2", user2, wanted, ENCRYPT="Y", PASSWORD="test")  # noqa: S106 - of the example
        if wanted.upper() == "CAV":
            dut.file(result, "UPT-EXPORT.ENCRYPT", "UPT-EXPORT.PASSWORD", check="cav")
        elif dut.either(result, "UPT-AMB-201", check=wanted):
            dut.check("file", dut.has_file(result), "UPT-EXP-002", expected="a file", got=result.describe())
        dut.file(await export(dut, "user2", user2, wanted, ENCRYPT="N"), "UPT-EXPORT.ENCRYPT", check="plain")


@SUITE.scenario("exports.open.words", chapter=CHAPTER, after=_AFTER)
async def words(dut: DocumentDut) -> None:
    """Formats and fields that are none, and exports on the stream, are open; no device breaks of them."""
    user2 = dut.fixture("recording_user2")
    bad = {"UNIQUEFIELD": "user2", "UNIQUEID": user2, "MEDIA_FORMAT": "DOC"}
    dut.either(await dut.call(_EXPORT, bad, road=dut.url_road(), judged=False), "UPT-AMB-182", check="format")
    result = await export(dut, "nofield", user2)
    dut.refused(result, "UPT-EXP-008", check="field")
    result = await dut.call(
        _EXPORT, {**bad, "MEDIA_FORMAT": media_format(dut)}, road=dut.stream, link="own", judged=False, deadline_s=1.0
    )
    reading = "result" if dut.succeeded(result) else "refused" if dut.has_failed(result) else "file"
    dut.observe("stream", "UPT-AMB-198", reading, got=result.describe()[:80], step=result.step)
    await dut.close("own")
    dut.ok(await dut.call("TEST", road=dut.stream), "UPT-MSG-011", check="alive")
