"""HTTP: where calls go and how; heads in other spellings, bodies of a length or in chunks, other versions, requests in pieces."""

from __future__ import annotations

from harness.calldut import CallDut
from suites.tps import SUITE
from suites.tps.talk import (
    PROBE,
    READERS,
    TRANSPORT,
    alive,
    answered,
    as_written,
    odd,
    outcome,
    own,
    plain,
)

_AFTER = ("transport.post",)


@SUITE.scenario(
    "transport.post", "TPS-TRN-001", "TPS-TRN-002", "TPS-ENC-002", "TPS-ENC-003", "TPS-ENC-005", chapter=TRANSPORT
)
async def post(dut: CallDut) -> None:
    """Calls that are posted to /RPC2 are answered there, in HTTP/1.1, each by its own reply."""
    for method in READERS:
        reply = dut.ok(
            await dut.call(method, must=True), "TPS-TRN-001", "TPS-ENC-002", "TPS-ENC-003", "TPS-ENC-005", check=method
        )
        head = reply.exchanged.head if reply.exchanged is not None else None
        version = head.version if head is not None else ""
        dut.check("version", version == "HTTP/1.1", "TPS-TRN-002", expected="HTTP/1.1", got=version, step=reply.step)
        own(dut, reply, "TPS-ENC-002", check=f"{method}.own")


_PATHS = ("/", "/RPC", "/RPC3", "/rpc2", "/RPC2/", "/RPC2/x", "/xmlrpc", "/clausewise", "//RPC2", "/%52PC2")
_SAME = ("//RPC2", "/%52PC2")  # other names of /RPC2


def _register_path(path: str, name: str) -> None:
    @SUITE.scenario(f"transport.path.{name}", "TPS-TRN-001", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER)
    async def other_path(dut: CallDut) -> None:
        """A call that is posted elsewhere is answered in some way, and the device goes on."""
        reply = await odd(dut, dut.request(dut.document(PROBE), path=path))
        got = answered(dut, reply, "TPS-TRN-001", page=True)
        readings = {
            "taken": "served",
            "fault": "error",
            "http": "error" if reply.status >= 400 else "page",
            "closed": "closed",
        }
        if path not in _SAME:
            dut.observe("path", "TPS-AMB-041", readings.get(got, ""), got=reply.describe(), step=reply.step)
        await alive(dut, "TPS-TRN-001")


for _path in _PATHS:
    _register_path(
        _path,
        {"/": "root", "/RPC2/": "slash", "//RPC2": "two-slashes", "/%52PC2": "escaped"}.get(
            _path, _path.strip("/").replace("/", "-")
        ),
    )


@SUITE.scenario("transport.path.query", "TPS-TRN-001", chapter=TRANSPORT, after=_AFTER)
async def query(dut: CallDut) -> None:
    """A query behind the path changes nothing, or the call is answered in some other way."""
    answered(dut, await odd(dut, dut.request(dut.document(PROBE), path="/RPC2?a=b")), "TPS-TRN-001")
    await alive(dut, "TPS-TRN-001")


_VERBS = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CLAUSEWISE")


def _register_verb(verb: str) -> None:
    @SUITE.scenario(f"transport.method.{verb}", "TPS-TRN-001", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER)
    async def other_verb(dut: CallDut) -> None:
        """Another HTTP method than POST is answered in some way, and the device goes on."""
        for body in (b"",) if verb in ("GET", "HEAD", "TRACE") else (b"", dut.document(PROBE)):
            reply = await odd(dut, dut.request(body, method=verb))
            page = reply.status in (200, 204) or 300 <= reply.status < 400
            got = outcome(reply) if reply.ok is None else "taken" if reply.ok else "fault"
            dut.check(
                "answered", page or got not in ("silent", "other"), "TPS-TRN-002",
                expected="an answer of HTTP, or the end of the connection", got=reply.describe(), step=reply.step,
            )  # fmt: skip
            reading = (
                "served"
                if got == "taken"
                else "closed"
                if got == "closed"
                else "page"
                if page and got != "fault"
                else "error"
            )
            dut.observe("method", "TPS-AMB-041", reading, got=reply.describe(), step=reply.step)
            await alive(dut, "TPS-TRN-001")


for _verb in _VERBS:
    _register_verb(_verb)


@SUITE.scenario("transport.media", "TPS-TRN-001", chapter=TRANSPORT, after=_AFTER)
async def media(dut: CallDut) -> None:
    """A call whose Content-Type is text/xml is taken, in any letters and with a charset."""
    for name, value in (
        ("Content-Type", "text/xml; charset=utf-8"),
        ("Content-Type", 'text/xml;charset="UTF-8"'),
        ("Content-Type", "Text/XML"),
        ("content-type", "text/xml"),
        ("CONTENT-TYPE", "text/xml ; charset=UTF-8"),
    ):
        data = as_written(dut, f"{name}: {value}")
        reply = dut.ok(await plain(dut, data, link=value), "TPS-TRN-001", check="taken")
        own(dut, reply, "TPS-TRN-001")


def _register_media(name: str, value: str | None, *, xml: bool = False) -> None:
    @SUITE.scenario(f"transport.media.{name}", "TPS-TRN-001", "TPS-TRN-006", chapter=TRANSPORT, after=_AFTER)
    async def other_media(dut: CallDut) -> None:
        """A call with another Content-Type, or none, is taken or refused, and the device goes on."""
        reply = await odd(dut, dut.request(dut.document(PROBE), headers=[("Content-Type", value)]))
        if xml:
            answered(dut, reply, "TPS-TRN-001")
        else:
            dut.either(reply, "http-media-sent", "TPS-TRN-001")
        await alive(dut, "TPS-TRN-001")


for _name, _value, _xml in (
    ("application-xml", "application/xml", True),
    ("plain", "text/plain", False),
    ("html", "text/html", False),
    ("json", "application/json", False),
    ("form", "application/x-www-form-urlencoded", False),
    ("octets", "application/octet-stream", False),
    ("none", None, False),
    ("word", "xml", True),
    ("empty", "", True),
):
    _register_media(_name, _value, xml=_xml)
