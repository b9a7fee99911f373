"""Probes of what is no call: broken XML, other parameters, too much, unknown methods."""

from __future__ import annotations

import xmlrpc.client

from harness.tests.probes.tps_shapes import words
from harness.tests.probes.tps_wire import (
    INVALID,
    MALFORMED,
    MISSING,
    NOT_AUTHORIZED,
    UNKNOWN,
    World,
    body,
    need,
    probe,
    register,
)

BROKEN = {
    "nothing": b"",
    "no-xml": b"hello",
    "unclosed": b"<methodCall><methodName>device.query</methodName>",
    "no-method": b"<?xml version='1.0'?><methodCall><params/></methodCall>",
    "a-response": b"<?xml version='1.0'?><methodResponse><params/></methodResponse>",
    "bad-utf8": b"<?xml version='1.0' encoding='UTF-8'?><methodCall><methodName>device.\xff</methodName></methodCall>",
    "entity": b"<!DOCTYPE a [<!ENTITY b 'device.query'>]><methodCall><methodName>&c;</methodName></methodCall>",
    "nul": b"<methodCall><methodName>device.query\x00</methodName></methodCall>",
}


def bad(world: World, data: bytes) -> None:
    """Refused by HTTP or by a fault, and the device goes on."""
    status, _headers, got = world.post(data)
    need(400 <= status < 600 or b"<fault>" in got, f"{status}: {got[:200]!r}")
    need("apiVersion" in world.call("device.query"), "afterwards")


for _name, _data in BROKEN.items():
    register(
        f"xml-broken-{_name}", "what is no XML-RPC call is refused, and the device goes on", (294, 299), bad, _data
    )


@probe("xml-deep", "deep nesting does not harm the device", 299)
def deep(world: World) -> None:
    data = "<value><array><data>" * 500 + "</data></array></value>" * 500
    bad(
        world,
        f"<methodCall><methodName>device.query</methodName><params><param>{data}</param></params></methodCall>".encode(),
    )


@probe("xml-entity-expansion", "entities that grow are not expanded", 299, 361)
def expansion(world: World) -> None:
    rows = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 9))
    data = f"<!DOCTYPE m [<!ENTITY a0 'x'>{rows}]><methodCall><methodName>&a8;</methodName></methodCall>"
    bad(world, data.encode())


@probe("method-unknown", "an unknown method is not supported", 3652)
def unknown(world: World) -> None:
    for name in ("device.reboot", "Device.Query", "device.query2", "flex.conference", "x"):
        world.fault(name, UNKNOWN)


@probe("method-unknown-first", "an unknown method, not authenticated, is unknown or not authorized", 3652, 3660)
def unknown_first(world: World) -> None:
    world.refused("no.such.method", (UNKNOWN, MISSING, NOT_AUTHORIZED), {})


@probe("params-none", "a call without parameters lacks what authenticates", 408, 416)
def bare(world: World) -> None:
    data = xmlrpc.client.dumps((), "device.query").encode()
    try:
        world.raw(data, "device.query")
    except xmlrpc.client.Fault as error:
        need(error.faultCode in (MISSING, MALFORMED, NOT_AUTHORIZED, INVALID, 34, 201), f"{error}")
        return
    need(False, "answered")


@probe("params-positional", "parameters are a struct with names", 175)
def positional(world: World) -> None:
    for values in ((world.user, world.password), ("x",), ([world.auth],), (5,)):
        data = xmlrpc.client.dumps(values, "device.query").encode()
        status, _headers, got = world.post(data)
        need(status >= 400 or b"<fault>" in got, f"{values!r:.40}: {got[:200]!r}")


@probe("too-large", "a call over 32 KB is too large", 361, 3691)
def large(world: World) -> None:
    for size in (33_000, 60_000, 200_000):
        data = body("device.query", {**world.auth, "filler": "x" * size})
        status, _headers, got = world.post(data)
        need(status == 413 or b"<int>105</int>" in got or b"<i4>105</i4>" in got, f"{size}: {status} {got[:300]!r}")


@probe("not-too-large", "a call just under 32 KB is not too large", 361, 3691)
def fits(world: World) -> None:
    data = body("device.query", world.auth)
    pad = b"<!--" + b"x" * (32_000 - len(data) - 7) + b"-->"
    status, _headers, got = world.post(data.replace(b"<methodCall>", pad + b"<methodCall>"))
    need(status == 200 and b"apiVersion" in got, f"{status} {got[:200]!r}")


@probe("fault-form", "a fault holds only faultCode and faultString", 299, 325)
def fault(world: World) -> None:
    got = world.post(body("flex.conference.query", {**world.auth, "conferenceID": "none"}))[2]
    text = got.decode()
    need("<fault>" in text and "<params>" not in text, text[:300])
    need("faultCode" in text and "faultString" in text and text.count("<member>") == 2, text[:400])


READERS = words(
    "callHome.query cdrlog.enumerate cdrlog.query device.health.query device.network.query device.query "
    "device.restartlog.query device.time.query feedbackReceiver.query flex.conference.enumerate "
    "flex.conference.deletions.enumerate flex.participant.enumerate flex.participant.advanced.enumerate "
    "flex.participant.media.enumerate flex.participant.deletions.enumerate flex.resource.query "
    "flex.resource.status logs.syslog.query services.query sip.query system.info user.enumerate"
)
NO_AUTH = (NOT_AUTHORIZED, MISSING)


def authenticated(world: World, method: str) -> None:
    """What every call needs."""
    world.refused(method, NOT_AUTHORIZED, {**world.auth, "authenticationPassword": "wrong"})
    world.refused(method, NOT_AUTHORIZED, {**world.auth, "authenticationUser": "nobody-here"})
    for name in world.auth:
        got = world.refused(method, NO_AUTH, {key: value for key, value in world.auth.items() if key != name})
        need(got.faultCode != MISSING or name in got.faultString, f"{method} without {name}: {got.faultString}")


for _method in READERS:
    register(f"auth-{_method}", "every call must authenticate", (408, 416, 3660), authenticated, _method)


@probe("auth-wrong-type", "authentication is two strings", 413, 414, 3690)
def auth_type(world: World) -> None:
    for name in world.auth:
        got = world.refused("device.query", (MALFORMED, NOT_AUTHORIZED), {**world.auth, name: 5})
        need(got.faultCode != MALFORMED or name in got.faultString, got.faultString)


@probe("auth-exact", "a password is taken as it is, with its case", 416)
def exact(world: World) -> None:
    for password in (world.password.upper(), world.password.lower(), f"{world.password} ", world.password[:-1], ""):
        if password != world.password:
            world.refused("device.query", NOT_AUTHORIZED, {**world.auth, "authenticationPassword": password})
