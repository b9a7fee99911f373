"""Document types and entities: none is needed, none may grow, and none may bring in what lies elsewhere."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.messages.callreply import CallReply
from harness.wire.xmlrpc_writing import Raw, Writable
from suites.tps import SUITE
from suites.tps.talk import ENCODING, alive, answered, odd, room

_AFTER = ("transport.post",)
_MODIFY = "flex.conference.modify"
_TEN = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))


async def _named(dut: CallDut, conference: str, inner: str, text: str, *, system: str = "") -> CallReply:
    """A change of a conference's name by a call with a document type."""
    members: dict[str, Writable] = {
        "conferenceID": conference,
        "conferenceName": Raw(f"<value><string>{text}</string></value>"),
    }
    subset = f" [{inner}]" if inner else ""
    body = dut.document(_MODIFY, members).replace(
        b"<methodCall>", f"<!DOCTYPE methodCall{system}{subset}><methodCall>".encode(), 1
    )
    return await odd(dut, body, _MODIFY, {"conferenceID": conference})


async def _name(dut: CallDut, conference: str) -> str:
    told = dut.ok(await dut.call("flex.conference.query", {"conferenceID": conference}), check="query")
    return str(told.value("conferenceName", ""))


def _register(name: str, inner: str, text: str, *, system: str = "", small: str | None = None) -> None:
    @SUITE.scenario(f"entities.{name}", "TPS-TRN-006", "TPS-ENC-001", "TPS-ENC-002", chapter=ENCODING, after=_AFTER)
    async def typed(dut: CallDut) -> None:
        """A call with a document type is refused, or its entities stand for nothing, or for what is small and its own."""
        conference = await room(dut, conferenceName="before")
        reply = await _named(dut, conference, inner, text, system=system)
        got = answered(dut, reply)
        if got != "taken":
            dut.observe("type", "TPS-AMB-051", "refused", got=reply.describe(), step=reply.step)
        else:
            stored = await _name(dut, conference)
            # What the reference stands for may be missing; what is around it, and the reference itself, may stay.
            passed = stored in {"ab", "a", "b", "", "before", text}
            fits = stored == small
            dut.check(
                "nothing", passed or fits, "TPS-ENC-001", expected="the text without what its entity stands for", got=repr(stored), step=reply.step
            )  # fmt: skip
            readings = [one for one, on in (("small", fits), ("passed", passed)) if on]
            dut.observe("type", "TPS-AMB-051", *readings, got=repr(stored), step=reply.step)
        await alive(dut)


_register("none", "", "ab", small="ab")
_register("unused", '<!ENTITY x "clausewise">', "ab", small="ab")
_register("small", '<!ENTITY x "-">', "a&x;b", small="a-b")
_register("nested", '<!ENTITY y "-"><!ENTITY x "&y;&y;">', "a&x;b", small="a--b")
_register("undefined", '<!ENTITY y "-">', "a&x;b")
_register("itself", '<!ENTITY x "&x;&x;">', "a&x;b")
_register("circle", '<!ENTITY x "&y;"><!ENTITY y "&x;">', "a&x;b")
_register("markup", '<!ENTITY x "&#60;nil/>">', "a&x;b", small="a<nil/>b")
_register("file", '<!ENTITY x SYSTEM "file:///etc/passwd">', "a&x;b")
_register("device-file", '<!ENTITY x SYSTEM "file:///dev/zero">', "a&x;b")
_register("http", '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "a&x;b")
_register("parameter", '<!ENTITY % p SYSTEM "file:///etc/passwd"> %p; <!ENTITY x "-">', "a&x;b", small="a-b")
_register("system", "", "ab", system=' SYSTEM "http://127.0.0.1:9/x.dtd"', small="ab")
_register("public", "", "ab", system=' PUBLIC "-//A//B//EN" "file:///etc/passwd"', small="ab")
_register("default-attribute", '<!ATTLIST string a CDATA "b">', "ab", small="ab")
_register(
    "notation",
    '<!NOTATION n SYSTEM "file:///etc/passwd"><!ENTITY u SYSTEM "file:///etc/passwd" NDATA n>',
    "ab",
    small="ab",
)


@SUITE.scenario("entities.laughs", "TPS-TRN-006", "TPS-ENC-002", chapter=ENCODING, after=_AFTER)
async def laughs(dut: CallDut) -> None:
    """Entities that would grow to a gigabyte are refused or passed over at once, and the device goes on."""
    conference = await room(dut, conferenceName="before")
    inner = '<!ENTITY a "hahahahaha">' + _TEN
    for letter in ("i", "e"):
        reply = await _named(dut, conference, inner, f"&{letter};")
        got = answered(dut, reply)
        stored = await _name(dut, conference) if got == "taken" else ""
        dut.check(
            "nothing",
            "ha" not in stored,
            "TPS-ENC-002",
            expected="no text of so many characters",
            got=repr(stored[:80]),
            step=reply.step,
        )
        dut.observe(
            "type", "TPS-AMB-051", "refused" if got != "taken" else "passed", got=reply.describe(), step=reply.step
        )
        await alive(dut)


@SUITE.scenario("entities.quadratic", "TPS-TRN-006", "TPS-ENC-002", chapter=ENCODING, after=_AFTER)
async def quadratic(dut: CallDut) -> None:
    """One long entity that is named a thousand times is refused or passed over at once, too."""
    conference = await room(dut, conferenceName="before")
    reply = await _named(dut, conference, f'<!ENTITY a "{"ha" * 5000}">', "&a;" * 5000)
    answered(dut, reply)
    stored = await _name(dut, conference)
    dut.check(
        "nothing",
        "ha" not in stored,
        "TPS-ENC-002",
        expected="no text of so many characters",
        got=repr(stored[:80]),
        step=reply.step,
    )
    await alive(dut)
