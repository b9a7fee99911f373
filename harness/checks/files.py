"""What is wrong with a file that a device gave: each is really opened, by the library that is made for its format."""

from __future__ import annotations

import io
import lzma
import struct
import wave
import zipfile
import zlib

# Of the content of an archive so much is unpacked: a small archive may hold a very large file.
MOST_UNPACKED = 64 * 1024 * 1024
MOST_MEMBERS = 1000
# What the libraries raise for what is no such file.
_NO_SOUND = (wave.Error, EOFError, ValueError, OverflowError, RuntimeError, struct.error)
_NO_ARCHIVE = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, OverflowError, EOFError, struct.error,
    zlib.error, lzma.LZMAError,
)  # fmt: skip
_ADTS = 0xFFE0  # eleven bits that begin a frame of MPEG audio


def problem_of(wanted: str, data: bytes) -> str:
    """What makes `data` no file of a format, "" if nothing does; of formats that no library here reads, that they are empty."""
    match wanted.strip().lower():
        case "wav":
            return wave_problem(data)
        case "zip":
            return archive_problem(data)
        case "mp3":
            return "" if _is_mp3(data) else "neither an ID3 tag nor a frame of MPEG audio at its beginning"
        case "m4a":
            return "" if data[4:8] == b"ftyp" else "no ftyp box at its beginning (ISO 14496-12, 4.3)"
    return "" if data else "it is empty"


def kind_of(data: bytes) -> str:
    """The format that a file begins like, "" for those without a mark of their own."""
    if data.startswith(b"RIFF"):
        return "wav"
    if data.startswith(b"PK"):
        return "zip"
    if data[4:8] == b"ftyp":
        return "m4a"
    return "mp3" if _is_mp3(data) else ""


def wave_problem(data: bytes) -> str:
    """What makes `data` no WAV file with PCM sound whose length is what its header says."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            frames = sound.getnframes()
            size = sound.getsampwidth() * sound.getnchannels()
            read = len(sound.readframes(frames))
    except _NO_SOUND as error:
        return f"no WAV file: {error or type(error).__name__}"
    if read != frames * size:
        return f"its header tells {frames * size} bytes of sound, there are {read}"
    riff = int.from_bytes(data[4:8], "little")
    return "" if riff <= len(data) - 8 else f"its header tells {riff} bytes, there are {len(data) - 8}"


def seconds_of(data: bytes) -> float:
    """How long a WAV file plays; 0 if it is none."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            return float(sound.getnframes()) / (sound.getframerate() or 1)
    except _NO_SOUND:
        return 0.0


def archive_problem(data: bytes) -> str:
    """What makes `data` no ZIP archive all of whose members can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > MOST_UNPACKED:
                return f"more than {MOST_MEMBERS} members or {MOST_UNPACKED} bytes in it"
            broken = archive.testzip()
    except _NO_ARCHIVE as error:
        return f"no ZIP archive: {error or type(error).__name__}"
    return f"its member {broken} is damaged" if broken is not None else ""


def members_of(data: bytes) -> list[tuple[str, bytes]]:
    """Names and contents of the members of a ZIP archive that `archive_problem` finds nothing wrong with."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(one.filename, archive.read(one)) for one in archive.infolist() if not one.is_dir()]


def _is_mp3(data: bytes) -> bool:
    return data.startswith(b"ID3") or int.from_bytes(data[:2], "big") & _ADTS == _ADTS
