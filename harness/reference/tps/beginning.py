"""What the device has and knows when it is started."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from harness.reference.tps.asking import User
from harness.reference.tps.media import CREDIT_RANGES, LIMITS
from harness.reference.tps.world import EPOCH, Key, Meetings, Resources, World

PLATFORMS = ("8710", "Media 320", "Virtual Machine")
USER, PASSWORD = "admin", "TelePresence-1"
DEFAULT_PASSWORD = ""  # with which the device came
API_USER, API_PASSWORD = "controller", "Api-only-1"
DISABLED_USER, DISABLED_PASSWORD = "former", "Disabled-1"
ENCRYPTION_KEY = "3M4ZC-8B7YP-2D5KX-1QH9T"
ADDABLE_KEYS = ("7N2VF-4KX8L-9PA3C-5WU6R", "2H6TQ-1YD9S-8GB4E-7JM0Z")
_VIDEO = ((315, 407_040, 48_600), (630, 921_600, 108_000), (1260, 2_073_600, 245_760), (2520, 2_073_600, 491_520))


def resources() -> Resources:
    """Limits and tables of flex.resource.query."""
    video = [{"numMediaTokens": one, "maxVideoArea": area, "maxMBps": rate} for one, area, rate in _VIDEO]
    audio = [{"numMediaTokens": 52, "stereo": False}, {"numMediaTokens": 104, "stereo": True}]
    levels = {
        "mediaTokenLevelsMainVideo": video,
        "mediaTokenLevelsExtendedVideo": video[:3],
        "mediaTokenLevelsAudio": audio,
    }
    figures = {**LIMITS, "mediaTokensAvailable": LIMITS["mediaTokensLimit"]}
    return Resources(figures=figures, levels=levels, credit_ranges=list(CREDIT_RANGES))


def begin(clock: Callable[[], float], seed: int, meetings: Meetings) -> World:
    """A device as it is when it is started."""
    users = (
        User(USER, PASSWORD, "administrator", "", immortal=True),
        User(API_USER, API_PASSWORD, "apiOnly", "Controlling application"),
        User(DISABLED_USER, DISABLED_PASSWORD, "none"),
    )
    keys = [Key(ENCRYPTION_KEY, "Encryption"), Key("9SL2W-6CV7N-3EJ1K-8RX5A", "Screen licence", licence=True, ports=12)]
    added = (Key(ADDABLE_KEYS[0], "Third party interop"), Key(ADDABLE_KEYS[1], "Screen licence", licence=True, ports=4))
    world = World(
        clock=clock,
        seed=seed,
        resources=resources(),
        users={one.id: one for one in users},
        keys=keys,
        known_keys={one.key: one for one in (*keys, *added)},
        settings=_settings(PLATFORMS[seed % len(PLATFORMS)]),
        meetings=meetings,
    )
    world.restarts = [(EPOCH - timedelta(days=12), "User requested upgrade"), (EPOCH, "Cold boot")]
    return world


def _settings(platform: str) -> dict[str, Any]:
    services = [
        ("HTTP", "tcp", 80), ("HTTPS", "tcp", 443), ("SIP", "tcp", 5060), ("Encrypted SIP", "tcp", 5061),
        ("H.323", "tcp", 1720), ("SIP", "udp", 5060), ("H.323 gatekeeper", "udp", 1719),
    ]  # fmt: skip
    ports = [
        {
            "ethernetPort": "A",
            "protocolVersion": version,
            "services": [
                {"serviceName": name, "connectionType": kind, "setting": name != "H.323 gatekeeper", "portNumber": port}
                for name, kind, port in services
            ],
        }
        for version in ("IPv4", "IPv6")
    ]
    return {
        "platform": platform,
        "callHome": {"mode": "disabled", "automatic": False},
        "syslog": {"servers": [], "facilityValue": 0},
        "services": {"ports": ports, "low": 49_152, "high": 65_535},
        "sip": {
            "callConfiguration": "callDirect", "outboundAddress": "", "outboundDomain": "", "username": "", "password": "",
            "outboundTransport": "tcp", "advertiseDualIPVersions": "disabled", "negotiateSRTPUsingSDES": "TLS only",
            "useLocalCertificate": False,
        },
        "time": {"ntpEnabled": False, "utcOffsetHours": 0, "utcOffsetMinutes": 0, "ntpHost": ""},
        "network": {
            "portA": {
                "ipv4Enabled": True, "ipv6Enabled": True, "dhcpv4": False, "ipv4Address": "198.51.100.14",
                "ipv4SubnetMask": "255.255.255.0", "defaultIpv4Gateway": "198.51.100.1", "ipv6Address": "2001:db8::81b7",
                "ipv6Conf": "manual", "ipv6PrefixLength": 64, "defaultIpv6Gateway": "",
                "linkLocalIpv6Address": "fe80::20d:7cff:fe0a:66c1", "linkLocalIpv6PrefixLength": 64,
            },
            "dns": [{
                "dnsConfiguration": "manual", "hostName": "tps-1", "nameServer": "198.51.100.53",
                "nameServerSecondary": "", "domainName": "example.com",
            }],
        },
    }  # fmt: skip
