"""What the world has besides streams: contents with odd names, devices, service groups."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate

# Addresses of a documentation network (RFC 5737): nothing real is meant.
NETWORK = "203.0.113"

CONTENT_COUNT = 600
SERVICE_GROUPS = (21, 22, 73, 200, 201, 310)
UNKNOWN_SERVICE_GROUP = 987654
SERVER_IDS = (51, 52, 53, 61, 62)
UNKNOWN_SERVER_ID = 987655

# Names that break careless code: separators of XML, URLs and query strings, other scripts, case, length.
ODD_NAMES = (
    "two words.mpg",
    "R&B Hits.mpg",
    "&amp;.mpg",
    "less<more>.mpg",
    'the "quoted" one.mpg',
    "it's.mpg",
    "C++ 1+1=2.mpg",
    "100%.mpg",
    "100%25.mpg",
    "why?#1.mpg",
    "semi;colon,comma.mpg",
    "slash/back\\slash.mpg",
    "colon::16134::HD.mpg",
    "Übung.mpg",
    "ünder.mpg",
    "日本語の映画.mpg",
    "smile \U0001f600.mpg",
    "casepair.mpg",
    "CASEPAIR.mpg",
    "CasePair.mpg",
    "zebra.mpg",
    "Zebra.mpg",
    "under_score.mpg",
    "under-score.mpg",
    "0.mpg",
    "500",
    "name with a very long tail " + "abcdefghij" * 90 + ".mpg",
)

# Bits per second of high and standard definition.
HD_RATES = (12_000_000, 15_000_000)
SD_RATES = (3_371_250, 3_750_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One content; times are UNIX seconds, the length is milliseconds. `state` is 0 loading, 1 in service, 2 out of service."""

    number: int
    name: str
    asset: str
    ior: str
    bitrate: int
    length_ms: int
    size: int
    ingested: int
    vault: str
    state: int

    @property
    def high(self) -> bool:
        """Whether it is high definition."""
        return self.bitrate in HD_RATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One machine; a streamer has the id of its play server."""

    description: str
    host: str
    address: str
    kind: str
    server: int | None = None


def devices(kinds: list[str]) -> tuple[Device, ...]:
    """Machines of each documented kind: streaming ones as many as there are play servers, four others."""
    vault, streamer, both = kinds[1], kinds[0], kinds[2]
    made = [
        Device(description="Vault", host=f"vault{300 + n}", address=f"{NETWORK}.{20 + n}", kind=vault) for n in range(4)
    ]
    for n, server in enumerate(SERVER_IDS):
        kind = both if n >= 4 else streamer
        made.append(
            Device(
                description="Rack <7> & up" if n == 2 else kind,
                host=f"stm{server}",
                address=f"{NETWORK}.{50 + n}",
                kind=kind,
                server=server,
            )
        )
    return tuple(made)


def contents(seed: int, before: int) -> tuple[Content, ...]:
    """All contents in the order in which they came in, the last of them before a time (UNIX seconds)."""
    draw = random.Random(f"contents {seed}")  # noqa: S311  a seeded world
    plain = [
        f"example.com::{15_800 + 7 * n}::{draw.choice(('DHW5', 'SCR8', 'NBA_SR'))}_{draw.randrange(900):03}_A1.mpg"
        for n in range(CONTENT_COUNT - len(ODD_NAMES))
    ]
    names = [*plain, *ODD_NAMES]
    draw.shuffle(names)
    gaps = list(accumulate(draw.randrange(30, 3000) for _ in names))
    made = []
    for number, name in enumerate(names):
        bitrate = draw.choice(HD_RATES if draw.random() < 0.25 else SD_RATES)
        # Some are so short that streams see them to their end, and playlists get to their next content.
        length = draw.randrange(60_000, 600_000) if draw.random() < 0.5 else draw.randrange(900_000, 7_200_000)
        made.append(
            Content(
                number=number,
                name=name,
                asset=draw.choice(("ArroyoAsset", "Asset & Co", f"arroyo.tv::AVSC{number:012}")),
                ior="" if number % 5 == 0 else f"IOR:{draw.getrandbits(256):064x}",
                bitrate=bitrate,
                length_ms=length,
                size=bitrate * length // 8000,
                ingested=before - 4_000_000 + gaps[number],
                vault=f"{NETWORK}.{20 + number % 4}",
                state=_state(number),
            )
        )
    return tuple(made)


def _state(number: int) -> int:
    if number >= CONTENT_COUNT - 3:
        return 0  # the last ones are still loading
    return 2 if number % 97 == 13 else 1
