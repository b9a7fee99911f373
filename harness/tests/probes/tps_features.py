"""Probes of keys, restart, and the clock of the device."""

from __future__ import annotations

import datetime as dt
import time
import xmlrpc.client
from typing import Any

from harness.tests.probes.tps_device import TIME, when
from harness.tests.probes.tps_objects import RESOURCES, SMALL, conference, incoming
from harness.tests.probes.tps_shapes import fit
from harness.tests.probes.tps_wire import NO_CONFERENCE, RANGE, Disagreement, NotHere, World, need, probe

CLOCK = "device.time.modify"


def keys(world: World) -> set[str]:
    """The keys of features and licenses."""
    got = world.call("device.query")
    return {one["key"] for one in [*got["activatedFeatures"], *got["activatedLicenses"]]}


@probe("feature-add-remove", "a key that is added is active until it is removed", 1461, 1470, 1628, 3679)
def feature(world: World) -> None:
    key = world.some("addable_feature_keys")[0]
    before = keys(world)
    if key in before:
        world.done("device.feature.remove", key=key)
        before = keys(world)
    world.later("device.feature.remove", key=key)
    world.done("device.feature.add", key=key)
    need(keys(world) == {*before, key}, f"{keys(world)}")
    world.done("device.feature.remove", key=key)
    need(keys(world) == before, f"{keys(world)}")
    world.fault("device.feature.remove", key=key)


@probe("feature-bad-key", "key is required, and must be right", 1466, 1475, 3679, 3682, 3695)
def bad_key(world: World) -> None:
    for method in ("device.feature.add", "device.feature.remove"):
        world.lacks(method, "key")
        world.garbled(method, "key", key=5)
        world.fault(method, key="rubbish")


@probe("feature-too-many", "too many invalid keys: wait five seconds", 3695)
def too_many(world: World) -> None:
    def wrong() -> int:
        return int(world.fault("device.feature.add", key="AAAAA-BBBBB-CCCCC-DDDDD").faultCode)

    found = {wrong() for _turn in range(30)}
    need(len(found) > 0, f"{found}")
    if 204 in found:
        world.wait(lambda: wrong() != 204, "after five seconds", 6 / world.scale + 5)


def clock(world: World) -> dict[str, Any]:
    """The time settings."""
    got = world.call("device.time.query")
    fit(got, TIME, "device.time.query")
    return got


def restore(world: World) -> None:
    """Put them back later."""
    got = clock(world)
    world.later(CLOCK, **{name: value for name, value in got.items() if name not in ("currentTime", "ntpStatus")})


@probe("time-offset", "hours from -12 to 14, minutes from 0 to 59", 1687, 1688)
def offset(world: World) -> None:
    restore(world)
    for hours, minutes in ((-12, 0), (14, 59), (5, 30), (0, 0)):
        world.done(CLOCK, utcOffsetHours=hours, utcOffsetMinutes=minutes)
        got = clock(world)
        need((got["utcOffsetHours"], got["utcOffsetMinutes"]) == (hours, minutes), f"{got}")
    for bad in (-13, 15):
        world.fault(CLOCK, RANGE, utcOffsetHours=bad, utcOffsetMinutes=0)
    for bad in (-1, 60):
        world.fault(CLOCK, RANGE, utcOffsetHours=0, utcOffsetMinutes=bad)
    for name in ("utcOffsetHours", "utcOffsetMinutes"):
        world.garbled(CLOCK, name, **{"utcOffsetHours": 0, "utcOffsetMinutes": 0, name: "1"})


@probe("time-ntp", "ntpEnabled needs ntpHost", 1686, 1689, 1703)
def ntp(world: World) -> None:
    restore(world)
    world.done(CLOCK, ntpEnabled=False)
    got = clock(world)
    need(got["ntpEnabled"] is False and got["ntpStatus"] == "disabled", f"{got}")
    world.done(CLOCK, ntpEnabled=True, ntpHost="ntp.example.com")
    got = clock(world)
    need(got["ntpEnabled"] is True and got["ntpHost"] == "ntp.example.com", f"{got}")
    need(got["ntpStatus"] != "disabled", f"{got}")
    world.lacks(CLOCK, "ntpHost", ntpEnabled=True)
    world.garbled(CLOCK, "ntpEnabled", ntpEnabled="true", ntpHost="ntp.example.com")
    world.garbled(CLOCK, "ntpHost", ntpEnabled=True, ntpHost=5)


@probe("time-set", "the time can be set unless NTP is enabled", 1685)
def clock_set(world: World) -> None:
    restore(world)
    world.done(CLOCK, ntpEnabled=False)
    now = when(clock(world)["currentTime"])
    later = now + dt.timedelta(days=400)
    try:
        world.done(CLOCK, currentTime=xmlrpc.client.DateTime(later.strftime("%Y%m%dT%H:%M:%S")))
        gap = (when(clock(world)["currentTime"]) - later).total_seconds()
        need(0 <= gap < 10 * world.scale, f"{gap} s after what was set")
        need(abs((when(world.call("device.query")["currentTime"]) - later).total_seconds()) < 20 * 3600, "device.query")
    finally:
        world.done(CLOCK, currentTime=xmlrpc.client.DateTime(now.strftime("%Y%m%dT%H:%M:%S")))
    world.garbled(CLOCK, "currentTime", currentTime="tomorrow")
    world.done(CLOCK, ntpEnabled=True, ntpHost="ntp.example.com")
    world.fault(CLOCK, currentTime=xmlrpc.client.DateTime(now.strftime("%Y%m%dT%H:%M:%S")))


@probe("time-nothing", "a modify that names nothing changes nothing", 1680)
def time_nothing(world: World) -> None:
    before = clock(world)
    world.done(CLOCK)
    after = clock(world)
    need({**after, "currentTime": 0} == {**before, "currentTime": 0}, f"{before} {after}")


def back(world: World) -> bool:
    """Whether the device answers, and is active."""
    try:
        got = world.call("device.query")
    except (Disagreement, OSError):
        return False
    return bool(got["shutdownStatus"] == "notShutdown")


@probe("encryption-key", "what there is with an encryption feature key only", 1389, 3314, 3333)
def encryption(world: World) -> None:
    key = world.fixtures.get("encryption_key")
    if key is None or key not in keys(world):
        raise NotHere
    need("negotiateSRTPUsingSDES" in world.call("sip.query"), "not returned with the key")
    world.later("sip.modify", outboundTransport=world.call("sip.query")["outboundTransport"])
    world.later("callHome.configure", **world.call("callHome.query"))
    world.later("device.feature.add", key=key)
    world.done("callHome.configure", mode="disabled")
    world.done("sip.modify", outboundTransport="tcp")
    world.done("device.feature.remove", key=key)
    need("negotiateSRTPUsingSDES" not in world.call("sip.query"), "returned without the key")
    world.fault("sip.modify", outboundTransport="tls")
    world.fault("callHome.configure", mode="anonymous")
    need(world.call("callHome.query")["mode"] == "disabled", "anonymous without the key")
    world.done("device.feature.add", key=key)
    world.done("sip.modify", outboundTransport="tls")
    world.done("callHome.configure", mode="anonymous")


@probe("time-utc", "the time is UTC, whatever the offset", 1685, 1698)
def utc(world: World) -> None:
    restore(world)
    world.done(CLOCK, utcOffsetHours=0, utcOffsetMinutes=0)
    before = when(clock(world)["currentTime"])
    world.done(CLOCK, utcOffsetHours=9, utcOffsetMinutes=30)
    gap = (when(clock(world)["currentTime"]) - before).total_seconds()
    need(0 <= gap < 3600, f"{gap} s on")


@probe("restart-bad", "shutdownOnly is a boolean", 1646, 3690)
def restart_bad(world: World) -> None:
    world.garbled("device.restart", "shutdownOnly", shutdownOnly="true")
    need(world.call("device.query")["shutdownStatus"] == "notShutdown", "shut down")


@probe("zz-shutdown-creates-nothing", "after a shutdown no conferences are created", 1646, 3698)
def shut(world: World) -> None:
    room = conference(world)
    world.done("device.restart", shutdownOnly=True)
    world.wait(lambda: world.call("device.query")["shutdownStatus"] == "shutdown", "shutdownStatus", 20)
    try:
        world.fault("flex.conference.create", 207, participantMediaResources=RESOURCES)
        given = {"conferenceID": room, "participantMediaResources": SMALL}
        world.fault("flex.participant.create", (207, NO_CONFERENCE), **given, calls=[incoming(world)])
    finally:
        world.done("device.restart")
        world.wait(lambda: back(world), "back after a restart", 20)


@probe("zz-shutdown", "shutdownOnly shuts down without a restart", 1646, 1621, 1497)
def shutdown(world: World) -> None:
    world.done("device.restart", shutdownOnly=True)
    world.wait(lambda: world.call("device.query")["shutdownStatus"] == "shutdown", "shutdownStatus", 20)
    need(world.call("device.health.query")["operationalStatus"] == "shutDown", "operationalStatus")
    world.done("device.restart")
    world.wait(lambda: back(world), "back after a restart", 20)


@probe("zz-restart", "a restart is logged with its reason", 1641, 1655, 1670, 1611)
def restart(world: World) -> None:
    before = when(world.call("device.query")["restartTime"])
    time.sleep(max(0.1, 2.5 / world.scale))  # it tells whole seconds
    world.done("device.restart")

    def restarted() -> bool:
        try:
            return back(world) and when(world.call("device.query")["restartTime"]) > before
        except Disagreement:
            return False

    world.wait(restarted, "restartTime is later", 20)
    log = world.call("device.restartlog.query")["log"]
    need("User requested reboot from API" in [one["reason"] for one in log], f"{log}")
    need(world.call("device.query")["uptime"] < 60 * world.scale, "uptime starts again")
