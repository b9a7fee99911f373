"""The allow-list of client addresses."""

from harness.dut import Dut
from harness.ending import Ending
from harness.flow import CaseInconclusive
from harness.messages.reply import Call, Reply
from harness.verdict import Severity
from suites.hmp import SUITE
from suites.hmp.world import exists, session

CHAPTER = "Enabling Command Line API Access"


async def _refused(dut: Dut, link: str) -> Reply:
    """An unauthorised connection: the error comes, at once or, which is unusual, after a command; then the end."""
    call = Call(operation="")
    reply = await dut.receive(call, link=link, judged=False)
    if reply.ending is Ending.SILENT:
        _, data = dut.binding.call("getRecordingStatus", [dut.unknown_id()])
        await dut.send(data, link=link)
        reply = await dut.receive(call, link=link, judged=False)
        dut.check(
            "at-once",
            False,
            "HMP-ACC-001",
            expected="020000 when the connection opens",
            got="it waits for a command",
            severity=Severity.READING,
        )
    dut.error(reply, "not-authorised", "HMP-ACC-001", check="error")
    return reply


@SUITE.scenario("access.unauthorised", "HMP-ACC-001", "HMP-ACC-002", chapter=CHAPTER)
async def unauthorised(dut: Dut) -> None:
    """A client that is not on the list is told so and disconnected, every time it comes."""
    source = dut.fixture("unauthorised_client")
    for turn in ("first", "second"):
        if await dut.connect(turn, source=source) is not Ending.ANSWERED:
            raise CaseInconclusive(f"no connection from {source}")
        await _refused(dut, turn)
        after = await dut.receive(Call(operation=""), link=turn, judged=False)
        dut.check(
            f"closed-{turn}",
            after.ending in (Ending.CLOSED, Ending.RESET),
            "HMP-ACC-002",
            expected="the connection is closed after the error",
            got=after.describe(),
            step=after.step,
        )
        await dut.close(turn)


@SUITE.scenario(
    "access.unauthorised.obeyed", "HMP-ACC-001", "HMP-EXE-005", chapter=CHAPTER, after=("deleteSession.success",)
)
async def obeyed(dut: Dut) -> None:
    """A command of an unauthorised client is not executed."""
    source = dut.fixture("unauthorised_client")
    name = await session(dut, "empty")
    if await dut.connect("outsider", source=source) is not Ending.ANSWERED:
        raise CaseInconclusive(f"no connection from {source}")
    _, data = dut.binding.call("deleteSession", [name])
    await dut.send(data, link="outsider")
    for _ in range(3):
        reply = await dut.receive(Call(operation=""), link="outsider", judged=False)
        if reply.ending is not Ending.ANSWERED:
            break
        dut.check(
            "no-success", reply.ok is not True, "HMP-ACC-001", expected="020000", got=reply.describe(), step=reply.step
        )
    await dut.close("outsider")
    await exists(dut, name, "HMP-ACC-001", "HMP-EXE-005")


@SUITE.scenario("access.authorised", "HMP-ACC-003", chapter=CHAPTER)
async def authorised(dut: Dut) -> None:
    """A client on the list is served without more ado, also after an unauthorised one was turned away."""
    source = dut.fixture("authorised_client")
    if await dut.connect("listed", source=source) is not Ending.ANSWERED:
        raise CaseInconclusive(f"no connection from {source}")
    reply = await dut.call("getRecordingStatus", "listed", link="listed")
    dut.error(reply, "not-a-uuid", "HMP-ACC-003", about=0, check="served")
