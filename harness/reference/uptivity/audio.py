"""Recordings as files: real ones where a format is open, plausible ones where it is not."""

from __future__ import annotations

import io
import random
import struct
import wave
import zipfile
from collections.abc import Sequence

from harness.reference.uptivity.state import Recording

RATE = 8000
_MOST_S = 300
_ZIP_DATE = (2014, 4, 1, 0, 0, 0)
_MP3_FRAME = 417
_MP3_FRAMES_S = 38
MEDIA = {
    "WAV": "audio/wav",
    "MP3": "audio/mpeg",
    "M4A": "audio/mp4",
    "VOX": "audio/vox",
    "CAV": "application/octet-stream",
}


def seconds(recording: Recording) -> int:
    """How long a recording plays."""
    ended = recording.ended if recording.ended is not None else recording.began
    return min(max(round(ended - recording.began), 1), _MOST_S)


def samples(recording: Recording) -> bytes:
    """Sound that no other recording has."""
    noise = random.Random(recording.id).randbytes(RATE // 4)  # noqa: S311  nothing is kept secret
    return bytes(byte if place % 2 == 0 else 0 for place, byte in enumerate(noise)) * (8 * seconds(recording))


def encoded(media: str, recordings: Sequence[Recording], *, password: str = "") -> bytes:
    """Recordings one after the other as one file."""
    sound = b"".join(samples(one) for one in recordings)
    length = sum(seconds(one) for one in recordings)
    names = ",".join(str(one.id) for one in recordings).encode()
    match media:
        case "WAV":
            file = io.BytesIO()
            with wave.open(file, "wb") as writer:
                writer.setnchannels(1)
                writer.setsampwidth(2)
                writer.setframerate(RATE)
                writer.writeframes(sound)
            return file.getvalue()
        case "MP3":
            body = names[: _MP3_FRAME - 4].ljust(_MP3_FRAME - 4, b"\0")
            return (b"\xff\xfb\x90\x64" + body) * (length * _MP3_FRAMES_S)
        case "M4A":
            kind = b"ftyp" + b"M4A \0\0\0\0M4A mp42isom"
            boxes = struct.pack(">I", len(kind) + 4) + kind
            return boxes + struct.pack(">I", len(sound) // 8 + 8) + b"mdat" + sound[: len(sound) // 8]
        case "VOX":
            return sound[::4]
    head = b"CAV1" + (b"ENC" if password else b"RAW") + struct.pack("<I", len(names)) + names
    key = password.encode() or b"\0"
    return head + bytes(byte ^ key[place % len(key)] for place, byte in enumerate(sound[::4]))


def archive(media: str, recordings: Sequence[Recording]) -> bytes:
    """Recordings as a ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as writer:
        for place, one in enumerate(recordings):
            name = f"{one.id}{f'-{place}' if recordings.index(one) != place else ''}.{media.lower()}"
            writer.writestr(zipfile.ZipInfo(name, _ZIP_DATE), encoded(media, [one]))
    return file.getvalue()
