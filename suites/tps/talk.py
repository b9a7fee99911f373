"""What the hand-written cases of the road share: a correct call behind whatever came before, and answers that nobody can foresee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.calldut import CallDut
from harness.checks.calls import reply_checks
from harness.checks.message import merge
from harness.ending import Ending
from harness.flow import CaseSkipped
from harness.messages.callreply import CallReply
from harness.spec.callvalues import exists
from harness.verdict import Severity
from harness.wire.http1 import Request
from harness.wire.xmlrpc_writing import Writable
from harness.wire.xmlspelling import text_of

TRANSPORT, ENCODING, SIZES = "transport", "encoding", "sizes"
ENDED = (Ending.CLOSED, Ending.RESET)
PROBE = "device.query"  # has no members and needs nothing
OWN = {
    "device.query": "apiVersion",
    "flex.resource.query": "maxCalls",
    "flex.resource.status": "numCalls",
}  # what tells a reply from others
READERS = tuple(OWN)
LISTING, MOST = "flex.conference.enumerate", {"max": 5}  # a reader that takes a number
XML = "Content-Type: text/xml"
LEAST_IDLE_S = 15.0  # no device waits less for the rest of a call, in device seconds
PATIENCE_S = 0.25  # for an answer that need not come


async def alive(dut: CallDut, *clauses: str, link: str = "after", check: str = "alive") -> None:
    """On another connection the device answers a correct call as it did before."""
    dut.ok(await dut.call(PROBE, link=link), "TPS-TRN-006", *clauses, check=check)


def judge(dut: CallDut, reply: CallReply, *, own_code: bool = False) -> CallReply:
    """Check what any reply must be, where it is one of the protocol.

    Args:
        own_code: a fault may have a code that is not in the table, as what answers something that is no call.
    """
    if reply.ok is not None:
        found = list(reply_checks(dut.model, reply, dut.version))
        listed = [one for one in found if one.id != "reply.fault" or one.passed]
        if own_code and len(listed) < len(found):
            dut.observe("own-code", dut.open_point("malformed"), "other", got=reply.describe(), step=reply.step)
        merge(dut.checks, listed if own_code else found)
    return reply


def outcome(reply: CallReply) -> str:
    """What became of a call: taken, fault, http (another answer of HTTP), closed, silent, or other."""
    if reply.ok is not None:
        return "taken" if reply.ok else "fault"
    if reply.ending in ENDED:
        return "closed"
    if reply.ending is not Ending.ANSWERED:
        return "silent" if not reply.raw else "other"
    return "http" if reply.status >= 300 else "other"


def reused(reply: CallReply) -> bool:
    """Whether the connection had served before."""
    return reply.exchanged is not None and reply.exchanged.reused


def closed(reply: CallReply) -> bool:
    """Whether the device closed the connection behind a reply."""
    return reply.exchanged is not None and reply.exchanged.closed


def own(dut: CallDut, reply: CallReply, *clauses: str, check: str = "own") -> None:
    """A reply to a reader tells what that method tells, so that it is not the one to another call."""
    member = OWN[reply.method]
    passed = reply.has(member)
    dut.check(
        check,
        passed,
        *clauses,
        expected=f"a reply to {reply.method}, with {member}",
        got=reply.describe(),
        step=reply.step,
    )


def answered(dut: CallDut, reply: CallReply, *clauses: str, check: str = "answered", page: bool = False) -> str:
    """Anything but silence and noise: a success, a fault, another answer of HTTP, or the end of the connection.

    Args:
        page: a page is an answer too, where something else is asked for than /RPC2.
    """
    got = outcome(reply)
    if page and got == "other" and 200 <= reply.status < 300:
        got = "http"
    dut.check(
        check, got not in ("silent", "other"), *(clauses or ("TPS-ENC-002",)),
        expected="a reply, an HTTP status of an error, or the end of the connection", got=reply.describe(), step=reply.step,
    )  # fmt: skip
    return got


def preferred(dut: CallDut, check: str, passed: bool, *clauses: str, expected: str, reply: CallReply) -> bool:
    """What a device should do, although only other documents ask for it."""
    return dut.check(
        check, passed, *clauses, expected=expected, got="" if passed else reply.describe(), severity=Severity.SHOULD, step=reply.step
    )  # fmt: skip


async def odd(
    dut: CallDut,
    asked: Request | bytes,
    method: str = PROBE,
    sent: Mapping[str, Writable] | None = None,
    *,
    link: str = "odd",
    deadline_s: float | None = None,
) -> CallReply:
    """Send what may be no call, as a request or as the body of one, on a connection that is used for nothing else."""
    request = dut.request(asked) if isinstance(asked, bytes) else asked
    reply = judge(
        dut, await dut.ask(request, method, sent or {}, link=link, judged=False, deadline_s=deadline_s), own_code=True
    )
    await dut.close(f"{dut.interface} {link}")
    return reply


async def plain(
    dut: CallDut,
    data: bytes,
    method: str = PROBE,
    sent: Mapping[str, Writable] | None = None,
    *,
    link: str = "plain",
    pieces: Sequence[int] = (),
    pause_s: float = 0.0,
    judged: bool = True,
    deadline_s: float | None = None,
) -> CallReply:
    """Send the bytes of a request on a connection of its own and take the reply."""
    await dut.send(data, link=link, pieces=pieces, pause_s=pause_s)
    return await dut.answer(method, sent or {}, link=link, judged=judged, deadline_s=deadline_s)


def me(dut: CallDut) -> tuple[str, str]:
    """User and password of the target file, the password by its stand-in."""
    return dut.binding.user


def as_written(
    dut: CallDut,
    *fields: str,
    first: str = "POST /RPC2 HTTP/1.1",
    body: bytes | None = None,
    host: bool = True,
    length: str | None = None,
) -> bytes:
    """A request with the head as it is given here."""
    body = dut.document(PROBE) if body is None else body
    good = dut.request(body)
    named = [f"Host: {value}" for name, value in good.headers if name.lower() == "host"] if host else []
    counted = [f"Content-Length: {len(body)}" if length is None else length] if length != "" else []
    lines = [first, *named, *fields, *counted, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def waited_out(reply: CallReply, took_s: float) -> bool:
    """Whether the device may have ended a connection because the rest of a call was so long in coming, in device seconds.

    A connection is kept a minute or less; on a device whose clock is quick our own short pauses are long.
    """
    return reply.ended and reply.status == 0 and took_s >= LEAST_IDLE_S


def says_close(reply: CallReply) -> bool:
    """Whether the head of a reply says that the connection ends."""
    told = reply.header("connection").lower()
    return "close" in [one.strip() for one in told.split(",")]


def has(dut: CallDut, method: str, *members: str) -> bool:
    """Whether the API version of the run has a method and members of its calls, or else of its replies."""
    call = dut.model.operations[method].call
    if call is None or not exists(dut.syntax.versions, dut.version, call):
        return False
    known = {**call.returns, **call.takes}
    return all(exists(dut.syntax.versions, dut.version, known[one]) for one in members)


def needs(dut: CallDut, method: str, *members: str) -> None:
    """Go on only where the API version of the run has a method and members of it.

    Raises:
        CaseSkipped: it has not.
    """
    if not has(dut, method, *members):
        raise CaseSkipped(f"API {dut.version} does not have {' and '.join(members) or 'it'} of {method}")


def around_password(dut: CallDut, body: bytes, size: int) -> tuple[int, ...]:
    """Sizes of chunks that leave the password in one piece, as what puts the real one in its place needs it."""
    mark = f">{text_of(dut.password)}<".encode()
    at = body.find(mark) if dut.password else -1
    if at < 0:
        return (size,)
    before = (size,) * (at // size) + ((at % size,) if at % size else ())
    return (*before, len(mark), size)


async def destroy(dut: CallDut, conference: str, check: str = "destroyed") -> None:
    """End a conference at once."""
    members: dict[str, Writable] = {"conferenceID": conference}
    if has(dut, "flex.conference.destroy", "allowExitScreen"):
        members["allowExitScreen"] = False
    dut.ok(await dut.call("flex.conference.destroy", members), check=check)


async def room(dut: CallDut, **members: Writable) -> str:
    """A conference of this case with these members; gives its id."""
    wanted = {**await dut.sample("flex.conference.create"), **members}
    return str((await dut.setup("flex.conference.create", wanted)).value("conferenceID"))


async def opened(dut: CallDut, *clauses: str, check: str = "made", **members: Writable) -> str:
    """The same where it is the matter of the case that it can be made so."""
    wanted = {**await dut.sample("flex.conference.create"), **members}
    reply = dut.ok(await dut.call("flex.conference.create", wanted), *clauses, check=check)
    return str(reply.value("conferenceID"))


async def shown(
    dut: CallDut, conference: str, name: str, *clauses: str, expected: object, check: str = "shown"
) -> None:
    """What the query tells of a conference."""
    reply = dut.ok(await dut.call("flex.conference.query", {"conferenceID": conference}), check=f"{check}.query")
    got = reply.value(name)
    dut.check(check, got == expected, *clauses, expected=f"{name}: {expected!r}", got=repr(got), step=reply.step)
