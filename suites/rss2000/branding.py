"""Banners by language, spoken messages, and logos."""

from __future__ import annotations

from harness.flow import CaseSkipped, Note
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.access import ENDED
from suites.rss2000.cited import asked, cited
from suites.rss2000.rights import one_told

CHAPTER = "New in version 2.0"
_IVR = "IVR/Language Settings"
_BANNER = ("GETBANNER.success", "SETBANNER.success")
LANGUAGES = ("0", "1", "2")
_MESSAGES = tuple(map(str, range(10)))


async def _banner(dut: PacketDut, language: str | None, *clauses: str) -> str:
    fields = {} if language is None else {"LANGUAGE": language}
    packet = await dut.command("GETBANNER", fields)
    dut.ok(packet, *asked(packet), *clauses, check="get")
    return one_told(dut, "GETBANNER", packet.first, "BANNER_MSG") or ""


async def _set(dut: PacketDut, language: str | None, text: str) -> None:
    fields = {} if language is None else {"LANGUAGE": language}
    packet = await dut.command("SETBANNER", {**fields, "BANNER_MSG": text})
    dut.ok(packet, *asked(packet), "RSS-BAN-001", check="set")


async def _keep(dut: PacketDut) -> dict[str, str]:
    """The banners as they are; they will be set back."""
    now = {language: await _banner(dut, language, "RSS-GETBANNER.LANGUAGE") for language in LANGUAGES}
    for language, text in now.items():
        await Note("add", "SETBANNER", (f"LANGUAGE={language}", f"BANNER_MSG={text}"))
    return now


async def _are(dut: PacketDut, wanted: dict[str, str], *clauses: str) -> None:
    for language, text in wanted.items():
        got = await _banner(dut, language)
        dut.check(
            "banner",
            got == text,
            *clauses,
            "RSS-SETBANNER.LANGUAGE",
            "RSS-BAN-003",
            expected=f"{text!r} in language {language}",
            got=got,
        )


@SUITE.scenario(
    "banner.languages",
    "RSS-BAN-001",
    "RSS-BAN-002",
    "RSS-BAN-003",
    "RSS-GETBANNER.LANGUAGE",
    "RSS-SETBANNER.LANGUAGE",
    chapter=CHAPTER,
    after=_BANNER,
)
async def languages(dut: PacketDut) -> None:
    """Each language has its own banner, and without a language it is the English one."""
    now = await _keep(dut)
    for turn in ("one", "two"):
        for language in ("2", "0", "1"):
            now[language] = dut.unique(f"{turn} {language}")
            await _set(dut, language, now[language])
            await _are(dut, now, "RSS-BAN-001")
    usual = await _banner(dut, None, "RSS-BAN-002")
    dut.check("usual", usual == now["0"], "RSS-BAN-002", "RSS-GETBANNER.LANGUAGE", expected=now["0"], got=usual)
    now["0"] = dut.unique("usual")
    await _set(dut, None, now["0"])
    await _are(dut, now, "RSS-BAN-002")


@SUITE.scenario("banner.texts", "RSS-BAN-001", "RSS-BAN-004", "RSS-XML-011", "RSS-SETBANNER.BANNER_MSG", chapter=CHAPTER, after=_BANNER)  # fmt: skip
async def texts(dut: PacketDut) -> None:
    """Banners of any characters come back as they were set, in each language and to another session."""
    await _keep(dut)
    await dut.login(link="other")
    for language, text in zip(
        LANGUAGES * 3,
        (
            "Willkommen, Jürgen & <Öl>",
            "欢迎光临",
            "ようこそ",
            "a \"b\" 'c' > d",
            "&amp;lt;&#65;",
            "𝄞😀",
            "two  blanks",
            "ñandú",
            "0042",
        ),
        strict=True,
    ):
        await _set(dut, language, text)
        packet = await dut.command("GETBANNER", {"LANGUAGE": language}, link="other")
        got = one_told(dut, "GETBANNER", dut.ok(packet, "RSS-GETBANNER", check="get").first, "BANNER_MSG")
        dut.check(
            "text",
            got == text,
            "RSS-BAN-004",
            "RSS-XML-011",
            "RSS-SETBANNER.BANNER_MSG",
            expected=text,
            got=str(got),
            step=packet.step,
        )


async def _message(dut: PacketDut, index: str, language: str | None) -> str:
    fields = {"INDEX": index, **({} if language is None else {"LANGUAGE": language})}
    clauses = ("RSS-GETIVR", "RSS-GETIVR.INDEX", "RSS-GETIVR.LANGUAGE")
    packet = dut.ok(await dut.command("GETIVR", fields), *clauses, check=f"get.{index}")
    return one_told(dut, "GETIVR", packet.first, "PLAY_URL") or ""


@SUITE.scenario(
    "ivr.messages",
    "RSS-SET-006",
    "RSS-SET-007",
    "RSS-GETIVR.INDEX",
    "RSS-GETIVR.LANGUAGE",
    chapter=_IVR,
    after=("GETIVR.success",),
)
async def messages(dut: PacketDut) -> None:
    """Each of the ten messages is told of in each language; without a language it is the English one."""
    for index in _MESSAGES:
        found = {language: await _message(dut, index, language) for language in LANGUAGES}
        usual = await _message(dut, index, None)
        dut.check("usual", usual == found["0"], "RSS-SET-006", "RSS-GETIVR.LANGUAGE", expected=found["0"], got=usual)
        dut.check("there", bool(usual), "RSS-SET-007", expected="a place to play it from", got="")


@SUITE.scenario("ivr.banner-apart", "RSS-BAN-006", chapter=CHAPTER, after=(*_BANNER, "GETIVR.success"))
async def apart(dut: PacketDut) -> None:
    """Spoken messages stay as they are when a banner changes, and the banner when it is read as they are."""
    await _keep(dut)
    before = {index: await _message(dut, index, "0") for index in _MESSAGES}
    for language in LANGUAGES:
        await _set(dut, language, dut.unique("apart"))
    after = {index: await _message(dut, index, "0") for index in _MESSAGES}
    changed = [f"{index}: {after[index]}" for index in before if after[index] != before[index]]
    dut.check("messages", not changed, "RSS-BAN-006", expected="the messages as they were", got=", ".join(changed))


def _lost(dut: PacketDut) -> None:
    """What is replaced cannot be set back, since nothing tells the file that it came from.

    Raises:
        CaseSkipped: the target file does not allow that.
    """
    if not dut.target.allow.destructive:
        raise CaseSkipped("needs destructive = true in [target.allow]: what is replaced could not be set back")


@SUITE.scenario(
    "ivr.replaced",
    *cited("SETIVR"),
    "RSS-SETIVR.FILENAME",
    chapter=_IVR,
    after=("GETIVR.success", "GETBANNER.success"),
)
async def replaced(dut: PacketDut) -> None:
    """A file of the device becomes a message, of each kind and in each language; one that it does not have may be refused."""
    _lost(dut)
    files = dut.fixtures("ivr_files")
    banners = {language: await _banner(dut, language) for language in LANGUAGES}
    turns = [(index, LANGUAGES[number % 3]) for number, index in enumerate(_MESSAGES)]
    for number, (index, language) in enumerate(turns):
        fields = {"TYPE": index, "LANGUAGE": language, "FILENAME": files[number % len(files)]}
        packet = await dut.command("SETIVR", fields)
        dut.ok(packet, *asked(packet), check="set")
        await _message(dut, index, language)
    dut.ok(await dut.command("SETIVR", {"TYPE": "9", "FILENAME": files[0]}), "RSS-SETIVR", "RSS-SETIVR.LANGUAGE", check="usual")  # fmt: skip
    nowhere = {"TYPE": "9", "LANGUAGE": "2", "FILENAME": f"\\{dut.unique('nowhere').replace(' ', '')}.tmp"}
    dut.either(await dut.command("SETIVR", nowhere, judged=False), "RSS-AMB-051", "RSS-SETIVR")
    for language, text in banners.items():
        got = await _banner(dut, language)
        dut.check("banner", got == text, "RSS-BAN-006", expected=text, got=got)


def _register_logo(get: str, put: str) -> None:
    @SUITE.scenario(f"logo.{get[3:].lower()}", "RSS-BAN-005", *cited(get), *cited(put), chapter=CHAPTER)  # fmt: skip
    async def logo(dut: PacketDut) -> None:
        """A logo can be asked for or not; where it can it has a place; a file of the device becomes it."""
        for turn in range(2):  # where it is there its answer is judged as any other
            packet = await dut.command(get, judged=turn > 0)
            if not dut.either(packet, "RSS-AMB-096", f"RSS-{get}", f"RSS-{get}.confirm", check="get"):
                if packet.ending in ENDED:
                    await dut.close()
                    dut.sessions.clear()
                break
            place = one_told(dut, get, packet.first, "IMAGE_URL") or ""
            dut.check("place", bool(place), "RSS-BAN-005", expected="a place", got="none", step=packet.step)
        _lost(dut)
        file = dut.fixture("ivr_files")
        before = {index: await _message(dut, index, "0") for index in _MESSAGES}
        dut.ok(await dut.command(put, {"FILENAME": file}), f"RSS-{put}", f"RSS-{put}.FILENAME", check="set")
        after = {index: await _message(dut, index, "0") for index in _MESSAGES}
        dut.check("messages", before == after, "RSS-BAN-006", expected="the messages as they were", got="others")
        nowhere = f"\\{dut.unique('nowhere').replace(' ', '')}.tmp"
        dut.either(await dut.command(put, {"FILENAME": nowhere}, judged=False), "RSS-AMB-051", f"RSS-{put}")


for _get, _put in (("GETUILOGO", "SETUILOGO"), ("GETVIDEOLOGO", "SETVIDEOLOGO")):
    _register_logo(_get, _put)
