"""Probes of the WebAPI: its pages, functions by URL, exports that are really opened."""

from __future__ import annotations

import io
import threading
import wave
import zipfile

from harness.tests.probes.uptivity_wire import (
    FORMAT,
    MARKUP,
    NO_FILE,
    Value,
    World,
    fresh,
    need,
    probe,
    result,
    text,
)

SPELLED = ("deviceid", "device_id")
PAGES = ("/webAPI.aspx", "/webAPI.php")


def make_pages() -> None:
    for page in PAGES:

        @probe(f"page-{page[8:]}", "either page executes any function, and gives its result", 2561, 2592, 2594)
        def served(world: World, page: str = page) -> None:
            for name in ("test", "devicelist", "systemstatus", "channels", "stations", "fetchterminology", "calllist"):
                got = world.told(name, page)
                need(got.code == 20, f"{name}: {got.code}")


make_pages()


@probe("page-unknown", "no other page is one of the API", 2592)
def other_page(world: World) -> None:
    status, body = world.get("/other.aspx?type=test&requestid=1")
    need(status >= 400 or b"<RESULTCODE>20<" not in body, f"{status} {body[:200]!r}")


@probe("letter-case", "names of functions and parameters by URL, in small letters and as in the text", 2584, 2618, 2620)
def case(world: World) -> None:
    device = world.some("device_ids", 8)[7]
    for name, tag, number in (("devicestatus", "deviceid", "requestid"), ("DEVICESTATUS", "DEVICEID", "requestid")):
        got = world.told(name, **{tag: device, number: 77})
        need(got.code == 20 and got.must("DEVICEID") == device, f"{name} {tag}")


@probe("url-update", "the URL of the example updates the call, and the socket shows it", 2602, 2607)
def update(world: World) -> None:
    client, device = world.client(), world.some("device_ids", 8)[7]
    need(world.told("callstart", deviceid=device).code == 20, "callstart")
    fields: dict[str, Value] = {"user1": "SpecialCall", "user2": "10121968", "keepdays": 3650}
    need(world.told("callupdate", deviceid=device, **fields).code == 20, "callupdate")
    one = client.device(DEVICEID=device)
    need((text(one, "USER1"), text(one, "USER2")) == ("SpecialCall", "10121968"), f"{text(one, 'USER1')!r}")
    need(world.told("callstop", deviceid=device).code == 20, "callstop")


@probe("url-escapes", "a value with letters that a URL must encode", 2596)
def escapes(world: World) -> None:
    name = f"{MARKUP} + 100% = {fresh()}?"
    got = world.told("addgroup", groupname=name)
    need(got.must("GROUPNAME") == name, f"GROUPNAME {got.get('GROUPNAME')!r}")
    over = world.client().ok("ADDGROUP", GROUPNAME=name)
    need(over.must("GROUPID") == got.must("GROUPID"), "another group by the socket")


@probe("url-requestid", "the rules of REQUESTID hold by URL", 2285, 2618)
def numbers(world: World) -> None:
    need(world.told("test", requestid=2147483647).code == 20, "2147483647")
    body = world.url(type="test", requestid=2147483648)[1]
    need(b"<RESULTCODE>14<" in body, f"2147483648: {body!r}")


@probe("url-errors", "errors of functions come as by the socket", 2561)
def errors(world: World) -> None:
    need(world.told("nosuchfunction").code in (10, 15), "unknown function")
    need(world.told("callstart", devicealias=fresh("none")).code == 8, "unknown alias")
    need(world.told("chatstop").code == 33, "no session")


@probe("url-together", "several clients at once", 2561)
def together(world: World) -> None:
    wrong: list[str] = []

    def one(number: int) -> None:
        for turn in range(5):
            body = world.url(type="test", requestid=number * 100 + turn + 1)[1]
            try:
                need(result(body, "test", str(number * 100 + turn + 1)).code == 20, "code")
            except AssertionError as error:
                wrong.append(str(error))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    need(not wrong, f"{wrong[:2]}")


def export(world: World, kind: str = "export", /, **fields: Value) -> bytes:
    """The file that a function gives."""
    status, body = world.url(type=kind, requestid=10482345, **fields)
    need(status == 200 and b"<RESULT" not in body[:300] and body, f"{kind} {fields}: {status} {body[:300]!r}")
    return body


def opened(form: str, body: bytes) -> None:
    """It is a file of this format."""
    if form == "WAV":
        try:
            with wave.open(io.BytesIO(body)) as sound:
                need(sound.getnframes() > 0 and sound.getcomptype() == "NONE", "no PCM frames")
        except (wave.Error, EOFError) as error:
            need(False, f"no WAV: {error} {body[:16]!r}")
    if form == "MP3":
        need(body[:3] == b"ID3" or (body[0] == 255 and body[1] & 0xE0 == 0xE0), f"no MP3: {body[:8]!r}")
    if form == "M4A":
        need(body[4:8] == b"ftyp", f"no M4A: {body[:12]!r}")
    if form in ("VOX", "CAV"):
        need(body[:4] != b"RIFF", f"a WAV for {form}")


def make_exports() -> None:
    for form in ("CAV", "WAV", "MP3", "VOX", "M4A"):

        @probe(f"export-{form.lower()}", "the audio in this format, with any letters", 2633, 2639, 2649)
        def exported(world: World, form: str = form) -> None:
            if form not in world.some("media_formats"):
                return
            user, record = world.some("recording_user2")[0], world.some("recording_ids")[0]
            for kind, value in (("user2", user), ("ident", record)):
                opened(form, export(world, uniquefield=kind, uniqueid=value, media_format=form.lower()))
            opened(form, export(world, uniquefield="user2", uniqueid=user, media_format=form.lower()))


make_exports()


@probe("export-differs", "the export is of the record that was named", 2638)
def differs(world: World) -> None:
    form = "wav" if "WAV" in world.some("media_formats") else world.some("media_formats")[0].lower()
    ids = world.some("recording_ids", 2)[:2]
    one, other = (export(world, uniquefield="ident", uniqueid=number, media_format=form) for number in ids)
    user = world.some("recording_user2")[0]
    same = export(world, uniquefield="user2", uniqueid=user, media_format=form)
    need(one == same and one != other, "another recording")


@probe("export-latest", "a value that is not unique gives the most recent record", 2332, 2637)
def latest(world: World) -> None:
    form, device = world.some("media_formats")[0].lower(), world.some("recording_device_ids")[0]
    rows = world.client().calls(DEVICEID=device)
    newest = max(rows, key=lambda one: int(text(one, "RECORDINGTIME") or 0))
    wanted = export(world, uniquefield="ident", uniqueid=text(newest, "RECORDID") or "", media_format=form)
    # the page has the name of the parameter, the definitions that of the column
    found = [
        world.url(type="export", requestid=5, uniquefield=name, uniqueid=device, media_format=form)[1]
        for name in SPELLED
    ]
    need(wanted in found, "not the most recent")
    need(all(one == wanted or b"<RESULT" in one[:300] for one in found), "another recording")


@probe("export-encrypted", "ENCRYPT with PASSWORD for CAV", 2641, 2643, 2644)
def encrypted(world: World) -> None:
    if "CAV" not in world.some("media_formats"):
        return
    fields: dict[str, Value] = {"uniquefield": "ident", "uniqueid": world.some("recording_ids")[0]}
    plain = export(world, **fields, media_format="cav")
    need(export(world, **fields, media_format="cav", encrypt="Y", password="test") != plain, "not encrypted")


@probe("export-errors", "file not found, parameters missing", 2671, 2672)
def export_errors(world: World) -> None:
    got = world.told("export", uniquefield="ident", uniqueid=98765432, media_format="wav")
    need(got.code == NO_FILE, f"unknown: {got.code}")
    fields = {"uniquefield": "ident", "uniqueid": world.some("recording_ids")[0], "media_format": "wav"}
    for gone in fields:
        got = world.told("export", **{tag: value for tag, value in fields.items() if tag != gone})
        need(got.code in FORMAT, f"without {gone}: {got.code}")


@probe("combinedexport", "several recordings in one file", 2676, 2683, 2688, 2689)
def combined(world: World) -> None:
    ids = [str(one) for one in world.some("recording_ids", 3)[:3]]
    if "WAV" not in world.some("media_formats"):
        return
    body = export(world, "combinedexport", ident=",".join(ids), media_format="wav")
    opened("WAV", body)
    with wave.open(io.BytesIO(body)) as sound:
        frames = sound.getnframes()
    parts = 0
    for one in ids:
        with wave.open(io.BytesIO(export(world, uniquefield="ident", uniqueid=one, media_format="wav"))) as sound:
            parts += sound.getnframes()
    need(frames >= parts, f"{frames} frames of {parts}")
    need(world.told("combinedexport", ident="98765432", media_format="wav").code == NO_FILE, "unknown")
    need(world.told("combinedexport", media_format="wav").code in FORMAT, "without ident")


@probe("multiexport", "several recordings in a ZIP file", 2693, 2700, 2705, 2706)
def multi(world: World) -> None:
    ids, form = [str(one) for one in world.some("recording_ids", 3)[:3]], world.some("media_formats")[0]
    body = export(world, "multiexport", ident=",".join(ids), media_format=form.lower())
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            need(archive.testzip() is None and len(archive.namelist()) == 3, f"{archive.namelist()}")
            for name in archive.namelist():
                opened(form, archive.read(name))
    except zipfile.BadZipFile as error:
        need(False, f"no ZIP: {error}")
    need(world.told("multiexport", ident="98765432", media_format=form.lower()).code == NO_FILE, "unknown")
    need(world.told("multiexport", media_format=form.lower()).code in FORMAT, "without ident")
