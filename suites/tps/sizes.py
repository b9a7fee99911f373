"""The 32 KB of a call and of a reply."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.ending import Ending
from harness.messages.callreply import CallReply
from harness.wire.http1 import Request, encode
from harness.wire.xmlrpc_writing import Writable
from suites.tps import SUITE
from suites.tps.talk import LISTING, MOST, SIZES, alive, around_password, judge, odd, outcome

_AFTER = ("transport.post",)
# So many bytes with their head are within the limit under every reading of it, and so many beyond it under every one.
_WITHIN, _LIMIT = 32_000, 32_768


def _filled(dut: CallDut, size: int, filler: str) -> bytes:
    """A call of so many bytes: white space between elements, a comment, or a comment in each of many places."""
    body = dut.document(LISTING, MOST)
    room = size - len(body)
    at = body.index(b"<params>")
    more = {"space": b" " * room, "lines": (b"\r\n" * room)[:room], "comment": b"<!--" + b"a" * (room - 7) + b"-->"}[
        filler
    ]
    return body[:at] + more + body[at:]


def _within(dut: CallDut, filler: str) -> Request:
    """The largest call that every reading of the limit lets pass."""
    head = len(encode(dut.request(_filled(dut, 20_000, filler)))) - 20_000
    return dut.request(_filled(dut, _WITHIN - head, filler))


@SUITE.scenario("sizes.call.within", "TPS-SIZ-003", chapter=SIZES, after=_AFTER)
async def within(dut: CallDut) -> None:
    """A call of a little less than 32 KB is taken, and its last member counts."""
    for filler in ("space", "lines", "comment"):
        reply = await odd(dut, _within(dut, filler), LISTING, MOST)
        dut.ok(reply, "TPS-SIZ-003", check=filler)
        dut.check(
            f"{filler}.list",
            reply.has("conferences"),
            "TPS-SIZ-003",
            expected="conferences",
            got=reply.describe(),
            step=reply.step,
        )
    for size in (4096, 8192, 16_384, 16_400, 24_000):
        dut.ok(await odd(dut, _filled(dut, size, "space"), LISTING, MOST), "TPS-SIZ-003", check=f"{size}")


_LENGTHS = {
    "conferenceName": 80, "conferenceDescription": 500, "welcomeScreenMessage": 500, "customWaitingForChairMessage": 500,
    "customOnlyVideoParticipantMessage": 500, "customPINEntryMessage": 200, "customPINIncorrectMessage": 100,
}  # fmt: skip


@SUITE.scenario("sizes.call.long-texts", "TPS-SIZ-003", "TPS-SIZ-004", chapter=SIZES, after=_AFTER)
async def long_texts(dut: CallDut) -> None:
    """A call that is long for the texts that it sets is taken, and they come back, all of them."""
    texts = {name: ("&<>" * length)[:length] for name, length in _LENGTHS.items()}
    members: dict[str, Writable] = {**await dut.sample("flex.conference.create"), **texts}
    made = dut.ok(await dut.call("flex.conference.create", members), "TPS-SIZ-003", check="taken")
    told = dut.ok(
        await dut.call("flex.conference.query", {"conferenceID": str(made.value("conferenceID"))}), check="query"
    )
    for name, text in texts.items():
        got = told.value(name)
        expected = f"{len(text)} characters, {text[:6]}..."
        dut.check(
            name,
            got == text,
            "TPS-SIZ-003",
            expected=expected,
            got=f"{len(str(got))} characters, {str(got)[:6]}...",
            step=told.step,
        )


def _too_large(dut: CallDut, reply: CallReply) -> None:
    """A call was refused as too large: by its fault, by HTTP, or by the end of the connection."""
    got = outcome(reply)
    reading = {"http": "http", "closed": "closed"}.get(got, "fault" if reply.code == "105" else "")
    if got == "http" and reply.status < 400:
        reading = ""
    dut.check(
        "refused", bool(reading), "TPS-SIZ-003", "TPS-FLT-013", expected="fault 105, an HTTP status of an error, or the end of the connection",
        got=reply.describe(), step=reply.step,
    )  # fmt: skip
    if reading:
        dut.observe("how", "TPS-AMB-087", reading, got=reply.describe(), step=reply.step)


def _register_beyond(name: str, size: int, filler: str) -> None:
    @SUITE.scenario(
        f"sizes.call.beyond.{name}",
        "TPS-SIZ-003",
        "TPS-FLT-013",
        "TPS-TRN-006",
        chapter=SIZES,
        after=("sizes.call.within",),
    )
    async def beyond(dut: CallDut) -> None:
        """A call of more than 32 KB is refused as too large, and the device goes on."""
        _too_large(dut, await odd(dut, _filled(dut, size, filler), LISTING, MOST))
        await alive(dut)


_register_beyond("by-one", _LIMIT + 1, "space")
_register_beyond("comment", 33_500, "comment")
_register_beyond("lines", 40_000, "lines")
_register_beyond("twice", 2 * _LIMIT, "space")
_register_beyond("hundred", 100_000, "comment")
_register_beyond("million", 1_000_000, "space")


@SUITE.scenario(
    "sizes.call.beyond.member", "TPS-SIZ-003", "TPS-FLT-013", "TPS-TRN-006", chapter=SIZES, after=("sizes.call.within",)
)
async def beyond_member(dut: CallDut) -> None:
    """A call that is too large is refused for it, whatever makes it so: one long text, many members, or many elements."""
    calls: dict[str, dict[str, Writable]] = {
        "text": {"max": 5, "clausewise": "a" * 40_000},
        "members": {"max": 5, **{f"clausewise{number}": number for number in range(700)}},
        "elements": {"max": 5, "clausewise": [1] * 2000},
    }
    for name, members in calls.items():
        reply = await odd(dut, dut.document(LISTING, members), LISTING, MOST)
        if outcome(reply) == "fault" and reply.code == "102":  # a device may look at members first
            dut.observe(name, "TPS-AMB-020", "refused", got=reply.describe(), step=reply.step)
        else:
            _too_large(dut, reply)
    await alive(dut)


@SUITE.scenario("sizes.call.beyond.chunks", "TPS-SIZ-003", "TPS-TRN-006", chapter=SIZES, after=("sizes.call.within",))
async def beyond_chunks(dut: CallDut) -> None:
    """A call that is too large is refused in chunks, too."""
    body = _filled(dut, 40_000, "space")
    reply = await odd(dut, dut.request(body, chunks=around_password(dut, body, 1000)), LISTING, MOST)
    dut.check(
        "refused",
        not reply.ok and outcome(reply) not in ("silent", "other"),
        "TPS-SIZ-003",
        expected="a refusal",
        got=reply.describe(),
        step=reply.step,
    )
    await alive(dut)


@SUITE.scenario("sizes.call.border", "TPS-SIZ-003", "TPS-TRN-006", chapter=SIZES, after=("sizes.call.within",))
async def border(dut: CallDut) -> None:
    """What counts towards the limit is open: the document alone, its head too, or thousands of bytes."""
    taken = {
        size: bool((await odd(dut, _filled(dut, size, "space"), LISTING, MOST)).ok)
        for size in (32_000, 32_001, _LIMIT - 20, _LIMIT)
    }
    await alive(dut)
    readings = (
        ["body"]
        if all(taken.values())
        else ["decimal"]
        if taken[32_000] and not taken[32_001]
        else ["headers", "decimal"]
    )
    if taken[32_001] and not taken[_LIMIT - 20]:
        readings = ["headers"]
    dut.observe(
        "border",
        "TPS-AMB-036",
        *readings,
        got=", ".join(f"{size}: {'taken' if on else 'refused'}" for size, on in taken.items()),
    )
    rises = [on for _, on in sorted(taken.items())]
    dut.check("once", rises == sorted(rises, reverse=True), "TPS-SIZ-003", expected="one limit", got=str(taken))


@SUITE.scenario("sizes.head", "TPS-TRN-006", chapter=SIZES, after=_AFTER)
async def head(dut: CallDut) -> None:
    """A head of many kilobytes is borne or refused, and the device goes on."""
    for size in (20_000, 100_000):
        reply = await odd(
            dut, dut.request(dut.document(LISTING, MOST), headers=[("X-Clausewise", "a" * size)]), LISTING, MOST
        )
        dut.check(
            "answered",
            outcome(reply) != "silent",
            "TPS-TRN-002",
            expected="an answer, or the end",
            got=reply.describe(),
            step=reply.step,
        )
        await alive(dut)


@SUITE.scenario("sizes.reply", "TPS-SIZ-004", "TPS-ENM-006", chapter=SIZES, after=_AFTER)
async def replies(dut: CallDut) -> None:
    """A list of more than 32 KB comes in several replies, none of which is larger, and all of it comes."""
    sample = await dut.sample("flex.conference.create")
    made: set[str] = set()
    for number in range(24):
        name = f"{number:02}{'&' * 70}"
        reply = await dut.call(
            "flex.conference.create", {**sample, "conferenceName": name, "conferenceReference": "&" * 50}
        )
        if not reply.ok:
            break
        made.add(str(reply.value("conferenceID")))
    seen: set[str] = set()
    asked: dict[str, Writable] = {}
    for _ in range(100):
        page = await dut.call(LISTING, asked)
        dut.ok(page, "TPS-SIZ-004", check="page")
        size = len(page.body)
        dut.check(
            "size",
            size <= _LIMIT,
            "TPS-SIZ-004",
            expected=f"at most {_LIMIT} bytes",
            got=f"{size} bytes",
            step=page.step,
        )
        found = page.value("conferences", [])
        seen |= (
            {str(one.get("conferenceID")) for one in found if isinstance(one, dict)}
            if isinstance(found, list)
            else set()
        )
        if page.value("moreAvailable") is not True:
            break
        asked = {"cookie": str(page.value("cookie"))}
    lost = made - seen
    dut.check(
        "all",
        not lost,
        "TPS-SIZ-004",
        "TPS-ENM-001",
        expected=f"{len(made)} conferences",
        got=f"{len(lost)} of them in no reply",
    )
    for one in made:
        await dut.call("flex.conference.destroy", {"conferenceID": one}, judged=False)


@SUITE.scenario("sizes.reply.query", "TPS-SIZ-004", chapter=SIZES, after=_AFTER)
async def query(dut: CallDut) -> None:
    """A conference with all the texts that it may have is told in 32 KB, or a fault says that it cannot be."""
    takes = dut.model.operations["flex.conference.create"].call
    members: dict[str, Writable] = dict(await dut.sample("flex.conference.create"))
    for name, member in takes.takes.items() if takes is not None else ():
        kind = dut.model.scalars.get(member.type or "")
        if (member.type or "").startswith("text-") and kind is not None and kind.maximum and member.since is None:
            members[name] = ("&\u6f22" * kind.maximum)[: kind.maximum // 2]
    made = dut.ok(await dut.call("flex.conference.create", members), "TPS-SIZ-003", check="taken")
    told = judge(
        dut, await dut.call("flex.conference.query", {"conferenceID": str(made.value("conferenceID"))}, judged=False)
    )
    passed = told.ok is not None and told.ending is Ending.ANSWERED and len(told.body) <= _LIMIT
    dut.check(
        "size",
        passed,
        "TPS-SIZ-004",
        expected=f"at most {_LIMIT} bytes, or a fault",
        got=f"{len(told.body)} bytes, {told.describe()}",
        step=told.step,
    )
