"""Where a device is to send what it has to say: over HTTPS, to URIs with a query and as long as may be, and to the default ports."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.callears import PORT, Ear
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callheard import Heard
from suites.tps import SUITE
from suites.tps.callbacks_previews import main
from suites.tps.listening import AFTER, CHAPTER, CONFERENCE, CONFIGURE, FORM, ROAD, ended, subscribed, told
from suites.tps.replied_later import DIAGNOSTICS, DUE_S, PREVIEWS, Kind
from suites.tps.world import Members, conference

_LONGEST = 255
_CERTIFICATE = "TPS-AMB-350"
_URI = f"TPS-{CONFIGURE}.receiverURI"
_DEFAULT_PORTS = {"http": 80, "https": 443}


async def _over_tls(dut: CallDut, ear: Ear, heard: Heard | None, *clauses: str) -> None:
    """A message has come over TLS, if the device takes a certificate that it cannot know: nothing says whether it must."""
    if heard is not None:
        dut.observe("certificate", _CERTIFICATE, "sent")
    stray = await dut.stray(ear) if heard is None else None
    if stray is not None and stray.greeting:
        dut.observe("certificate", _CERTIFICATE, "verified", step=stray.step)
        raise CaseSkipped("the device begins to speak TLS, and ends that when it sees the certificate of the listener")
    offered = {dut.model.interfaces[name].transport for name in dut.target.ports}
    if heard is None and stray is None and "https" not in offered:
        raise CaseSkipped("nothing comes over HTTPS, which the target file does not say that the device has")
    got = stray.describe() if stray is not None else "nothing"
    dut.check(
        "tls", heard is not None, *clauses, expected=f"a message at {ear.uri}", got="" if heard is not None else got,
        step=heard.step if heard is not None else -1,
    )  # fmt: skip


@SUITE.scenario("receiver.https", "TPS-EVT-005", "TPS-EVT-001", _URI, chapter=CHAPTER, after=AFTER)
async def https(dut: CallDut) -> None:
    """A receiver with an https URI is told of events over TLS."""
    ear = await dut.listen(clauses=ROAD, secure=True)
    one = await subscribed(dut, CONFERENCE, source="safe", ear=ear, must=(_URI,))
    await conference(dut)
    await _over_tls(dut, ear, await dut.wait_event(ear, CONFERENCE), "TPS-EVT-005", "TPS-EVT-001", _URI)
    await ended(dut, one)


def _answered_over_tls(kind: Kind, name: str, chapter: str, more: Members) -> None:
    uri = f"TPS-{kind.method}.receiverURI"

    async def flow(dut: CallDut) -> None:
        ear = await dut.listen(wanted=(kind.callback,), clauses=(kind.form,), secure=True)
        sent: Members = {
            "participantID": await dut.shared("participant", "connected"),
            "sourceIdentifier": "safe",
            **more,
        }
        ear.sent = sent = {**sent, "receiverURI": ear.uri}
        dut.ok(await dut.call(kind.method, sent), uri, check="taken")
        await _over_tls(dut, ear, await dut.hear(ear, DUE_S), kind.form, kind.answered, uri)

    flow.__doc__ = f"The answer to {kind.method} goes to an https URI over TLS."
    after = (f"{kind.method}.success",)
    SUITE.scenario(f"{name}.https", kind.form, kind.answered, uri, chapter=chapter, after=after)(flow)


_answered_over_tls(DIAGNOSTICS, "diagnostics", "diagnostics", {})
_answered_over_tls(PREVIEWS, "preview", "previews", {"streams": [main("rx")]})


@SUITE.scenario("receiver.query", "TPS-EVT-005", _URI, *FORM, chapter=CHAPTER, after=AFTER)
async def query(dut: CallDut) -> None:
    """A URI with a query, of the greatest length, is where messages go, as a whole."""
    ear = await dut.listen(clauses=ROAD)
    wanted = "?from=clausewise&rest=".ljust(_LONGEST - len(ear.uri), "x")
    one = await subscribed(dut, CONFERENCE, source="query", ear=ear, query=wanted, must=(_URI,))
    await dut.settle(ear)
    await conference(dut)
    await told(dut, one, CONFERENCE, "TPS-EVT-005")
    await ended(dut, one)
    for heard in ear.heard:
        target = heard.request.target if heard.request is not None else ear.path + wanted
        whole = target.endswith(ear.path + wanted)
        dut.check(
            "whole", whole, "TPS-EVT-005", expected=ear.path + wanted, got="" if whole else target, step=heard.step
        )


def _at_default_port(scheme: str) -> None:
    port = _DEFAULT_PORTS[scheme]

    async def flow(dut: CallDut) -> None:
        if dut.target.fixtures.get(PORT, 0) not in (0, port):
            raise CaseSkipped(f"{PORT} says that the device reaches another port alone")
        try:
            ear = await dut.listen(clauses=ROAD, secure=scheme == "https", port=port)
        except CaseInconclusive as end:
            raise CaseSkipped(f"port {port} is not ours: {end}") from None
        one = await subscribed(dut, CONFERENCE, source="port", ear=ear, must=(_URI,))
        await conference(dut)
        if scheme == "https":
            await _over_tls(dut, ear, await dut.wait_event(ear, CONFERENCE), "TPS-EVT-005", _URI)
        else:
            await told(dut, one, CONFERENCE, "TPS-EVT-005", _URI)
        await ended(dut, one)

    flow.__doc__ = f"A receiver whose {scheme} URI names no port is told of events at port {port}."
    SUITE.scenario(f"receiver.port.{scheme}", "TPS-EVT-005", _URI, *FORM, chapter=CHAPTER, after=AFTER)(flow)


for _one in _DEFAULT_PORTS:
    _at_default_port(_one)
