"""Re-streams: started to an address that is free, stopped once."""

from harness.checks.answer import Answer
from harness.dut import Dut
from harness.flow import CaseSkipped
from suites.hmp import SUITE
from suites.hmp.world import destinations, recording, status

CHAPTER = "Re-streams"
_START, _STOP = "startRestreamRecording", "stopRestreamRecording"


@SUITE.scenario(
    "restream.lifecycle", "HMP-STR-001", "HMP-STR-005", "HMP-OBJ-001", chapter=CHAPTER, after=(f"{_START}.success",)
)
async def lifecycle(dut: Dut) -> None:
    """A stream is stopped once; then its id is unknown and its address free, as often as one likes."""
    ip, port = destinations(dut)[-1]
    recording_id = await dut.shared("recording", "FINISHED")
    seen: list[str] = []
    for turn in ("first", "second", "third"):
        name = dut.ok(
            await dut.call(_START, recording_id, ip, port),
            f"HMP-{_START}",
            *(["HMP-STR-005"] if seen else []),
            check=f"starts-{turn}",
        )
        dut.check("new", name not in seen, "HMP-OBJ-001", expected="an id that was not given before", got=name)
        seen.append(name)
        await status(dut, recording_id, "FINISHED", "HMP-REC-009", check=f"still-finished-{turn}")
        dut.ok(await dut.call(_STOP, name), f"HMP-{_STOP}", "HMP-STR-001", check=f"stops-{turn}")
        dut.error(await dut.call(_STOP, name), "stream-not-found", "HMP-STR-001", check=f"unknown-then-{turn}")


@SUITE.scenario(
    "restream.in-use",
    f"HMP-{_START}.error.address-in-use",
    "HMP-STR-003",
    "HMP-STR-005",
    "HMP-EXE-005",
    chapter=CHAPTER,
    after=(f"{_START}.success",),
)
async def in_use(dut: Dut) -> None:
    """An address and port that a re-stream uses are refused; the running stream is not disturbed."""
    ip, port = destinations(dut)[-1]
    recording_id = await dut.shared("recording", "FINISHED")
    name = await dut.setup(_START, recording_id, ip, port)
    for _ in range(2):
        dut.error(await dut.call(_START, recording_id, ip, port), "address-in-use", "HMP-STR-003", check="refused")
    limit = await dut.call(_START, recording_id, ip, "65535")
    answers = [
        Answer(reading="inclusive"),
        Answer(error="not-a-port", about=2, reading="exclusive"),
        Answer(error="address-in-use"),
    ]
    answers.append(Answer(error="restream-failed"))
    dut.answers(limit, answers, f"HMP-{_START}.port", ambiguity="HMP-AMB-059", check="highest-port")
    dut.ok(await dut.call(_STOP, name), "HMP-STR-001", "HMP-EXE-005", check="still-runs")
    again = dut.ok(await dut.call(_START, recording_id, ip, port), "HMP-STR-005", "HMP-EXE-005", check="free-again")
    dut.ok(await dut.call(_STOP, again), "HMP-STR-001", check="stops-again")


@SUITE.scenario("restream.two", "HMP-STR-001", "HMP-OBJ-001", chapter=CHAPTER, after=(f"{_START}.success",))
async def two(dut: Dut) -> None:
    """Two recordings are streamed to two destinations; stopping one leaves the other."""
    (ip, port), (other_ip, other_port) = destinations(dut, 2)[:2]
    if ip == other_ip:
        raise CaseSkipped("needs the fixture restream_ips with 2 entries")
    first = await dut.setup(_START, await dut.shared("recording", "FINISHED"), ip, port)
    second = dut.ok(
        await dut.call(_START, await recording(dut, "FINISHED"), other_ip, other_port), f"HMP-{_START}", check="second"
    )
    dut.check("two-ids", first != second, "HMP-OBJ-001", expected="another id", got=second)
    dut.ok(await dut.call(_STOP, first), "HMP-STR-001", check="stops-one")
    dut.ok(await dut.call(_STOP, second), "HMP-STR-001", check="other-still-runs")


@SUITE.scenario("restream.half-in-use", chapter=CHAPTER)
async def half_in_use(dut: Dut) -> None:
    """A destination of which only the address is in use: free or not."""
    (ip, port), (_, other_port) = destinations(dut, 2)[:2]
    recording_id = await dut.shared("recording", "FINISHED")
    await dut.setup(_START, recording_id, ip, port)
    answers = [Answer(reading="accepted"), Answer(error="*", reading="refused")]
    dut.answers(
        await dut.call(_START, recording_id, ip, other_port),
        answers,
        "HMP-STR-003",
        ambiguity="HMP-AMB-054",
        check="either",
    )


@SUITE.scenario(
    "restream.multi-source",
    f"HMP-{_START}.error.not-single-source",
    "HMP-STR-002",
    "HMP-EXE-005",
    chapter=CHAPTER,
    after=(f"{_START}.success",),
)
async def multi_source(dut: Dut) -> None:
    """A recording of two sources is refused and takes no address."""
    ip, port = destinations(dut)[-1]
    single = await dut.shared("recording", "FINISHED")
    several = await recording(dut, "multi")
    for _ in range(2):
        dut.error(await dut.call(_START, several, ip, port), "not-single-source", "HMP-STR-002", check="refused")
    name = dut.ok(await dut.call(_START, single, ip, port), "HMP-EXE-005", f"HMP-{_START}", check="address-free")
    dut.ok(await dut.call(_STOP, name), "HMP-STR-001", check="stops")


@SUITE.scenario(
    "restream.multi-source.fixture",
    f"HMP-{_START}.error.not-single-source",
    "HMP-STR-002",
    chapter=CHAPTER,
    after=(f"{_START}.success",),
)
async def multi_source_fixture(dut: Dut) -> None:
    """A recording of several sources from the target file is refused."""
    ip, port = destinations(dut)[-1]
    reply = await dut.call(_START, dut.fixture("recording_multi_source"), ip, port)
    dut.error(reply, "not-single-source", "HMP-STR-002", check="refused")


@SUITE.scenario(
    "restream.source-address",
    f"HMP-{_START}.error.source-address-in-use",
    "HMP-STR-004",
    chapter=CHAPTER,
    after=(f"{_START}.success",),
)
async def source_address(dut: Dut) -> None:
    """The address and port that a source receives on are refused, each of them."""
    recording_id = await dut.shared("recording", "FINISHED")
    addresses = dut.fixtures("source_addresses")
    answers = [
        Answer(error="source-address-in-use", reading="by-a-source"),
        Answer(error="address-in-use", reading="plain"),
    ]
    ip, port = destinations(dut)[-1]
    running = await dut.setup(_START, recording_id, ip, port)
    named = 0
    for address in addresses:
        ip, _, port = address.rpartition(":")
        for _ in range(2):
            reply = await dut.call(_START, recording_id, ip, port)
            dut.answers(reply, answers, "HMP-STR-004", ambiguity="HMP-AMB-060", check="refused")
        named += dut.book.fits(dut.book.rows(_START)["source-address-in-use"], reply)
    await dut.setup(_STOP, running)
    # A source that a session has may be called in use by the session; the document cannot mean that of every source.
    dut.check(
        "named",
        named > 0 or len(addresses) < 3,
        "HMP-STR-004",
        f"HMP-{_START}.error.source-address-in-use",
        expected="at least one of the sources' addresses is in use by a source",
        got=f"{named} of {len(addresses)}",
    )


@SUITE.scenario(
    "restream.every-destination",
    f"HMP-{_START}.ip",
    f"HMP-{_START}.port",
    chapter=CHAPTER,
    after=(f"{_START}.success",),
)
async def every_destination(dut: Dut) -> None:
    """Each destination of the target file can be streamed to."""
    recording_id = await dut.shared("recording", "FINISHED")
    ips, ports = dut.fixtures("restream_ips"), dut.fixtures("restream_ports")
    for ip in ips[:4]:
        for port in ports[:4]:
            name = dut.ok(
                await dut.call(_START, recording_id, ip, port), f"HMP-{_START}.ip", f"HMP-{_START}.port", check="starts"
            )
            dut.ok(await dut.call(_STOP, name), f"HMP-{_STOP}", check="stops")


@SUITE.scenario(
    "restream.stop-by-recording", f"HMP-{_STOP}.streamId.unknown", chapter=CHAPTER, after=(f"{_STOP}.success",)
)
async def stop_by_recording(dut: Dut) -> None:
    """The id of the recording is not the id of its stream."""
    ip, port = destinations(dut)[-1]
    recording_id = await recording(dut, "FINISHED")
    name = await dut.setup(_START, recording_id, ip, port)
    dut.error(await dut.call(_STOP, recording_id), "stream-not-found", f"HMP-{_STOP}.streamId.unknown", check="refused")
    dut.ok(await dut.call(_STOP, name), "HMP-STR-001", check="still-runs")
