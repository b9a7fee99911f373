"""Several recordings as one sound and as an archive: all of them and no other, each a real file, and refusals."""

from __future__ import annotations

from harness.checks.files import members_of, problem_of, seconds_of
from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.exports import by_user2, needs_wav
from suites.uptivity.sound import sound_of
from suites.uptivity.world import Fields, media_format

CHAPTER = "Example WebAPI Calls"
_COMBINED, _MULTI = "COMBINEDEXPORT", "MULTIEXPORT"
_BOTH = (_COMBINED, _MULTI)
_AFTER = (f"{_COMBINED}.success", f"{_MULTI}.success", "EXPORT.success")
# Between two recordings there may be so much silence, in seconds; each may lose so much of its length.
_GAP, _LOST = 2.0, 0.05


async def several(dut: DocumentDut, function: str, idents: list[str], wanted: str = "", **options: object) -> Result:
    """Export several recordings; by default in the format that a library here opens."""
    fields = {"IDENT": ",".join(idents), "MEDIA_FORMAT": wanted or media_format(dut)}
    return await dut.call(function, fields, road=dut.url_road(), **options)  # type: ignore[arg-type]


async def singles(dut: DocumentDut, count: int) -> dict[str, bytes]:
    """The files of recordings, each exported alone, by the recording's number: the shortest first, the longest last.

    Raises:
        CaseSkipped: there are fewer, or the device does not write WAV.
    """
    needs_wav(dut)
    numbers, marks = dut.fixtures("recording_ids", count=count), dut.fixtures("recording_user2", count=count)
    known = list(zip(numbers, marks, strict=False))[: count + 2]
    found = {number: await by_user2(dut, mark) for number, mark in known}
    order = sorted(found, key=lambda number: seconds_of(found[number]))
    kept = [*order[: count - 1], order[-1]]
    return {number: found[number] for number in kept}


async def uses_format(dut: DocumentDut) -> bool:
    """Whether COMBINEDEXPORT writes the format that is asked for, and not always the same (UPT-AMB-197)."""
    ident = [dut.fixture("recording_ids")]
    for one in dut.fixtures("media_formats"):
        if one.upper() in ("WAV", "MP3", "M4A"):
            result = dut.ok(await several(dut, _COMBINED, ident, one), "UPT-EXP-004", check=f"combined.{one}")
            if problem_of(one, result.body):
                dut.observe("format", "UPT-AMB-197", "ignored", step=result.step)
                return False
    dut.observe("format", "UPT-AMB-197", "used", "required")
    return True


def _is_some_file(body: bytes) -> bool:
    return any(not problem_of(one, body) for one in ("WAV", "MP3", "M4A"))


@SUITE.scenario(
    "archives.combined", "UPT-EXP-004", f"UPT-{_COMBINED}.IDENT", f"UPT-{_COMBINED}.MEDIA_FORMAT",
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def combined(dut: DocumentDut) -> None:
    """Recordings combined sound as long as all of them together, in whichever order; one alone sounds as it does."""
    alone = await singles(dut, 3)
    first, second, last = alone
    for idents in ([first], [first, last], [last, first], [first, second, last], [last, second, first]):
        result = dut.ok(await several(dut, _COMBINED, idents), "UPT-EXP-004", check=f"combined.{len(idents)}")
        problem = problem_of("WAV", result.body)
        if problem and _is_some_file(result.body) and not result.body.startswith(b"RIFF"):
            raise CaseSkipped("COMBINEDEXPORT always writes a format of its own: UPT-AMB-197")
        dut.check("file", not problem, "UPT-EXP-004", expected="a WAV file", got=problem, step=result.step)
        lengths = [seconds_of(alone[one]) for one in idents]
        got, whole = seconds_of(result.body), sum(lengths)
        least, most = whole * (1 - _LOST) - 0.2, whole * (1 + _LOST) + _GAP * len(idents)
        fits = least <= got <= most
        dut.check("all", fits, "UPT-EXP-004", expected=f"{whole:.1f} s, of {lengths}", got=f"{got:.1f} s")
        if len(idents) > 1:
            longer = got > max(lengths) or not min(lengths)
            dut.check("longer", longer, "UPT-EXP-004", expected=f"more than {max(lengths):.1f} s", got=f"{got:.1f} s")
            _order(dut, result, [alone[one] for one in idents], [alone[one] for one in sorted(idents, key=int)])


def _order(dut: DocumentDut, result: Result, listed: list[bytes], by_time: list[bytes]) -> None:
    got = sound_of(result.body)
    fits = [
        reading
        for reading, files in (("listed", listed), ("time", by_time))
        if b"".join(map(sound_of, files)) == got
    ]  # fmt: skip
    dut.observe("order", "UPT-AMB-200", *fits, step=result.step)


@SUITE.scenario(
    "archives.members", "UPT-EXP-005", "UPT-EXP-012", f"UPT-{_MULTI}.IDENT", f"UPT-{_MULTI}.MEDIA_FORMAT",
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def members(dut: DocumentDut) -> None:
    """An archive has one member for each recording, each a real file that sounds as the recording does alone."""
    alone = await singles(dut, 4)
    known = list(alone)
    for idents in (known[:1], known[:2], known[2:], known, known[::-1]):
        result = dut.file(await several(dut, _MULTI, idents), "UPT-EXP-005", check=f"multi.{len(idents)}")
        found = members_of(result.body)
        names = [name for name, _ in found]
        right = len(found) == len(idents) == len(set(names))
        dut.check("count", right, "UPT-EXP-005", expected=f"{len(idents)} members", got=str(names), step=result.step)
        files = [body for _, body in found]
        opened = [problem_of("WAV", body) for body in files]
        if any(opened) and all(_is_some_file(body) or body for body in files) and not _riff(files):
            dut.observe("format", "UPT-AMB-197", "ignored", step=result.step)
            continue
        told = "; ".join(one for one in opened if one)
        dut.check("files", not told, "UPT-EXP-005", expected="members that are WAV files", got=told, step=result.step)
        own = [sound_of(alone[one]) for one in idents]
        got = [sound_of(body) for body in files]
        distinct = len(set(got)) >= len(set(own))
        dut.check("distinct", distinct, "UPT-EXP-005", expected="as many sounds as EXPORT has of them", got="fewer")
        lengths = sorted(map(seconds_of, files)), sorted(seconds_of(alone[one]) for one in idents)
        near = all(abs(one - other) <= 1.0 for one, other in zip(*lengths, strict=False))
        dut.check("lengths", near, "UPT-EXP-012", expected=f"{lengths[1]} s", got=f"{lengths[0]} s", step=result.step)


def _riff(files: list[bytes]) -> bool:
    return any(body.startswith(b"RIFF") for body in files)


@SUITE.scenario("archives.formats", "UPT-EXP-004", "UPT-EXP-005", chapter=CHAPTER, after=_AFTER)
async def formats(dut: DocumentDut) -> None:
    """Combined sounds and archives come in each format, as real files; or always in the same one."""
    idents = list(dut.fixtures("recording_ids", count=2)[:2])
    used = await uses_format(dut)
    for one in dut.fixtures("media_formats"):
        result = dut.ok(await several(dut, _COMBINED, idents, one), "UPT-EXP-004", check=f"combined.{one}")
        problem = "" if dut.has_file(result) else result.describe()
        if not problem and used:
            problem = problem_of(one, result.body)
        dut.check("file", not problem, "UPT-EXP-004", expected=f"a file of {one}", got=problem, step=result.step)
        result = dut.file(await several(dut, _MULTI, idents, one), "UPT-EXP-005", check=f"multi.{one}")
        found = members_of(result.body)
        dut.check("count", len(found) == 2, "UPT-EXP-005", expected="2 members", got=str(len(found)))
        told = [problem for _, body in found if (problem := problem_of(one if used else "any", body))]
        dut.check("members", not told, "UPT-EXP-005", expected=f"members of {one}", got="; ".join(told))


@SUITE.scenario(
    "archives.unknown", "UPT-EXP-008", f"UPT-{_COMBINED}.IDENT.unknown", f"UPT-{_MULTI}.IDENT.unknown",
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def unknown(dut: DocumentDut) -> None:
    """Recordings that there are none of are no file but a result; whether one among others is one, too, is open."""
    far = 2_000_000_000 + dut.rng.randrange(1_000_000)
    known = list(dut.fixtures("recording_ids", count=2)[:2])
    for function in _BOTH:
        for idents in ([str(far)], [str(far), str(far + 1)]):
            result = await several(dut, function, idents)
            dut.refused(result, "UPT-EXP-008", errors=["file-not-found"], check=f"{function}.{len(idents)}")
            passed = not dut.has_file(result) and bool(result.code)
            wanted = "a result with a code"
            dut.check("result", passed, "UPT-EXP-008", expected=wanted, got=result.describe(), step=result.step)
        for place in range(3):
            idents = [*known[:place], str(far), *known[place:]]
            result = await several(dut, function, idents)
            if not dut.either(result, "UPT-AMB-199", check=f"{function}.among"):
                dut.observe("among", "UPT-AMB-199", "refused")
                continue
            dut.observe("among", "UPT-AMB-199", "others")
            if function == _MULTI and not problem_of("zip", result.body):
                found = members_of(result.body)
                dut.check("others", len(found) == 2, "UPT-EXP-005", expected="2 members", got=str(len(found)))


@SUITE.scenario("archives.lacking", "UPT-EXP-003", chapter=CHAPTER, after=_AFTER)
async def lacking(dut: DocumentDut) -> None:
    """Without IDENT, or with a blank one, several recordings are refused; without a format that is open."""
    for function in _BOTH:
        fields: Fields = {"MEDIA_FORMAT": media_format(dut)}
        result = await dut.call(function, fields, road=dut.url_road())
        dut.either(result, "UPT-AMB-007", "UPT-EXP-003", check=f"{function}.without")
        result = await dut.call(function, {**fields, "IDENT": ""}, road=dut.url_road())
        dut.either(result, "UPT-AMB-007", "UPT-EXP-003", check=f"{function}.blank")
        ident = {"IDENT": ",".join(dut.fixtures("recording_ids", count=2)[:2])}
        result = await dut.call(function, ident, road=dut.url_road())
        if dut.either(result, "UPT-AMB-197", "UPT-EXP-003", check=f"{function}.format"):
            rule = "UPT-EXP-004" if function == _COMBINED else "UPT-EXP-005"
            dut.check("file", dut.has_file(result), rule, expected="a file", got=result.describe(), step=result.step)


@SUITE.scenario("archives.open.spelled", chapter=CHAPTER, after=_AFTER)
async def spelled(dut: DocumentDut) -> None:
    """The names of COMBINEDEXPORT, numbers twice or with blanks, and exports on the stream, are open."""
    known = list(dut.fixtures("recording_ids", count=2)[:2])
    names = dut.model.operations[_COMBINED].names
    results = {one: await several(dut, _COMBINED, known, called=called, judged=False) for one, called in names.items()}
    fits = [reading for reading, result in results.items() if dut.has_file(result)]
    dut.observe("name", "UPT-AMB-183", *fits)
    for function in _BOTH:
        result = await several(dut, function, [known[0], known[0]])
        if dut.either(result, "UPT-AMB-199", check=f"{function}.twice") and function == _MULTI:
            count = len(members_of(result.body)) if not problem_of("zip", result.body) else 0
            dut.observe("twice", "UPT-AMB-199", "twice" if count > 1 else "others", step=result.step)
        dut.either(await several(dut, function, [known[0], f" {known[1]}"]), "UPT-AMB-199", check=f"{function}.blank")
        result = await several_on_stream(dut, function, known)
        reading = "result" if dut.succeeded(result) else "refused" if dut.has_failed(result) else "file"
        dut.observe("stream", "UPT-AMB-198", reading, got=result.describe()[:80], step=result.step)
    dut.ok(await dut.call("TEST", road=dut.stream), "UPT-MSG-011", check="alive")


async def several_on_stream(dut: DocumentDut, function: str, idents: list[str]) -> Result:
    """What answers on the stream, on a connection of its own."""
    fields = {"IDENT": ",".join(idents), "MEDIA_FORMAT": media_format(dut)}
    result = await dut.call(function, fields, road=dut.stream, link=function, judged=False, deadline_s=1.0)
    await dut.close(function)
    return result
