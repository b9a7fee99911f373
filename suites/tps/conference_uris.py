"""Which URIs conferences and participants may have, beside each other and one after the other."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.checks.callfaults import expected_of
from harness.spec.callmodel import Slip
from suites.tps import SUITE
from suites.tps.live import AFTER, JOIN, MODIFY, begun, change, leaves, query, struct, structs
from suites.tps.talk import destroy
from suites.tps.world import TOTAL, Members, digits, figure, participant, resources

CHAPTER = "conferences"
_CREATE = "flex.conference.create"


async def _uri(dut: CallDut, name: str = "", **more: Any) -> Members:
    """How a conference can be called, or a participant."""
    return {"URI": name or digits(dut), "callBandwidth": await figure(dut, "minCallBandwidth"), **more}


async def _told(dut: CallDut, where: str, wanted: list[Members], *clauses: str, check: str) -> None:
    """The query tells these URIs with their PINs, in any order."""
    reply = await query(dut, where)
    got = [(one.get("URI"), one.get("PIN") or "") for one in structs(reply.value("URIs"))]
    expected = [(one["URI"], one.get("PIN", "")) for one in wanted]
    passed = sorted(map(repr, got)) == sorted(map(repr, expected))
    dut.check(check, passed, *clauses, expected=repr(expected), got=repr(got), step=reply.step)
    if passed and len(expected) > 1 and "TPS-CON-050" in clauses:
        dut.check(
            f"{check}.order", got == expected, "TPS-CON-050", expected=repr(expected), got=repr(got), step=reply.step
        )


async def _taken(dut: CallDut, uris: list[Members], *clauses: str, check: str) -> str:
    """A conference that begins now may have these URIs; gives its id."""
    wanted: Members = {"participantMediaResources": await resources(dut), "startTime": 0, "URIs": uris}
    made = dut.ok(await dut.call(_CREATE, wanted), *clauses, check=check)
    return str(made.value("conferenceID"))


async def _refused(dut: CallDut, uris: list[Members], *clauses: str, check: str) -> None:
    """A conference that begins now may not have these URIs, on making and on changing."""
    wanted: Members = {"participantMediaResources": await resources(dut), "startTime": 0, "URIs": uris}
    dut.fault(await dut.call(_CREATE, wanted), "duplicate-uri", *clauses, check=f"{check}.made")
    other = await begun(dut)
    reply = await dut.call(MODIFY, {"conferenceID": other, "URIs": uris})
    dut.fault(reply, "duplicate-uri", *clauses, check=f"{check}.changed")
    await destroy(dut, other)


@SUITE.scenario(
    "uris.replaced", "TPS-CON-045", "TPS-CON-046", "TPS-CON-047", "TPS-CON-048", "TPS-CON-049", "TPS-CON-050", "TPS-CON-077",
    chapter=CHAPTER, after=AFTER[:1],
)  # fmt: skip
async def replaced(dut: CallDut) -> None:
    """URIs that are given take the place of all before, with nothing of the old ones, which are free again."""
    where = await begun(dut)
    await _told(dut, where, [], "TPS-CON-049", check="none")
    tokens = await resources(dut)
    first = await _uri(
        dut, PIN=digits(dut, 6), callAttributes={"accessLevel": "guest"}, participantMediaResources=tokens
    )
    second, third = await _uri(dut), await _uri(dut, PIN=digits(dut, 6))
    await change(dut, where, "TPS-CON-045", URIs=[first, second])
    await _told(dut, where, [first, second], "TPS-CON-045", "TPS-CON-050", check="two")
    await change(dut, where, "TPS-CON-048", URIs=[first, second])
    await _told(dut, where, [first, second], "TPS-CON-048", check="again")
    plain = {"URI": first["URI"], "callBandwidth": first["callBandwidth"] + 1}
    await change(dut, where, "TPS-CON-045", "TPS-CON-048", URIs=[plain, third])
    await _told(dut, where, [plain, third], "TPS-CON-047", "TPS-CON-045", check="plain")
    await _bare(dut, where, str(plain["URI"]), int(plain["callBandwidth"]))
    other = await _taken(dut, [second], "TPS-CON-077", check="free")
    await change(dut, where, "TPS-CON-045", URIs=[third])
    await _told(dut, where, [third], "TPS-CON-045", check="one")
    await change(dut, where, "TPS-CON-046", URIs=[])
    await _told(dut, where, [], "TPS-CON-046", check="emptied")
    await change(dut, other, "TPS-CON-077", URIs=[plain, third])
    await destroy(dut, other)
    await _taken(dut, [third, second], "TPS-CON-077", check="free-again")


async def _bare(dut: CallDut, where: str, uri: str, bandwidth: int) -> None:
    """A URI that was given with nothing else has nothing of what it had before."""
    reply = await query(dut, where)
    item = next((one for one in structs(reply.value("URIs")) if one.get("URI") == uri), {})
    level = struct(item.get("callAttributes")).get("accessLevel", "chair")
    passed = level == "chair" and item.get("callBandwidth") == bandwidth
    expected = f"accessLevel chair and callBandwidth {bandwidth}"
    dut.check("bare", passed, "TPS-CON-047", "TPS-CON-045", expected=expected, got=repr(item), step=reply.step)


@SUITE.scenario(
    "uris.levels", "TPS-CON-072", "TPS-CON-073", "TPS-CON-074", "TPS-CON-050", chapter=CHAPTER, after=AFTER[:1]
)
async def levels(dut: CallDut) -> None:
    """Two levels of access may have two URIs, or one URI with two PINs, of which one may be blank, each with what is its own."""
    guest, chair = {"accessLevel": "guest"}, {"accessLevel": "chair"}
    small, large = await resources(dut), await resources(dut, 2 * TOTAL)
    for check, clause, pins, same in (
        ("two-uris", "TPS-CON-072", ("", digits(dut, 6)), False),
        ("two-pins", "TPS-CON-073", (digits(dut, 6), digits(dut, 7)), True),
        ("blank", "TPS-CON-073", (digits(dut, 6), ""), True),
        ("blank-first", "TPS-CON-073", ("", digits(dut, 6)), True),
    ):
        name = digits(dut)
        one = await _uri(dut, name, PIN=pins[0], callAttributes=chair, participantMediaResources=large)
        two = await _uri(
            dut, name if same else digits(dut), PIN=pins[1], callAttributes=guest, participantMediaResources=small
        )
        where = await _taken(dut, [one, two], clause, check=check)
        await _told(dut, where, [one, two], clause, "TPS-CON-050", check=f"{check}.told")
        found = structs((await query(dut, where)).value("URIs"))
        for item, wanted in zip(found, (one, two), strict=False):
            got = (struct(item.get("callAttributes")).get("accessLevel"), _audio(item))
            expected = (wanted["callAttributes"]["accessLevel"], _audio(wanted))
            dut.check(f"{check}.own", got == expected, clause, expected=repr(expected), got=repr(got))
        other = await begun(dut)
        await change(dut, where, URIs=[])
        await change(dut, other, clause, URIs=[one, two])
        again = {**two, "URI": one["URI"], "PIN": one["PIN"]}
        reply = await dut.call(MODIFY, {"conferenceID": other, "URIs": [one, again]})
        dut.fault(reply, ("duplicate-uri", "invalid-parameter"), "TPS-CON-074", check=f"{check}.same")


def _audio(uri: Members) -> object:
    """The tokens for audio of a URI."""
    return struct(struct(uri.get("participantMediaResources")).get("mediaTokensAudio")).get("total")


@SUITE.scenario(
    "uris.unique", "TPS-CON-075", "TPS-CON-076", "TPS-CON-077", "TPS-PRT-071", "TPS-CON-053", "TPS-CON-054",
    chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def unique(dut: CallDut) -> None:
    """A URI of a conference or of one of its participants is nobody else's, in whichever place, until they are gone."""
    used, mine, free = await _uri(dut), await _uri(dut), await _uri(dut)
    where = await _taken(dut, [free, used], "TPS-CON-075", check="made")
    host = await begun(dut)
    who = await participant(dut, host, calls=[await _uri(dut), mine])
    for check, uris in (
        ("first", [used]),
        ("second", [await _uri(dut), used]),
        ("other-pin", [{**used, "PIN": digits(dut, 6)}]),
    ):
        await _refused(dut, uris, "TPS-CON-075", check=check)
    for check, uris in (("person", [mine]), ("person-second", [await _uri(dut), mine])):
        await _refused(dut, uris, "TPS-CON-076", check=check)
    for check, uri in (("of-conference", used), ("of-other", mine)):
        for place in (where, host):
            calls: list[Any] = [await _uri(dut), {"URI": uri["URI"], "callBandwidth": uri["callBandwidth"]}]
            reply = await dut.call(JOIN, {"conferenceID": place, "calls": calls})
            if place == where and uri is used:  # of its own conference: not said to be refused
                if reply.ok:
                    await leaves(dut, str(reply.value("participantID")))
                continue
            dut.fault(reply, "duplicate-uri", "TPS-PRT-071", check=check)
    await _told(dut, where, [free, used], "TPS-CON-053", check="kept")
    await leaves(dut, who)
    await destroy(dut, where)
    for check, uri in (("person-gone", mine), ("conference-gone", used)):
        await _taken(dut, [await _uri(dut), uri], "TPS-CON-077", check=check)


@SUITE.scenario("uris.domains", "TPS-CON-078", chapter=CHAPTER, after=AFTER[:1])
async def domains(dut: CallDut) -> None:
    """A URI, the same with a domain, and the same with another domain are three, of conferences and participants."""
    name = digits(dut)
    for uri in (name, f"{name}@one.example.com", f"{name}@two.example.com"):
        await _taken(dut, [await _uri(dut, uri)], "TPS-CON-078", check="conference")
    who: Members = {"conferenceID": await begun(dut), "calls": [await _uri(dut, f"{name}@three.example.com")]}
    reply = await dut.call(JOIN, who)
    dut.check(
        "participant", reply.ok is True, "TPS-CON-078", expected="to be taken", got=reply.describe(), step=reply.step
    )


_RIGHT = (
    "{0}@example.com", "{0}-ABC_example.com", "{0}", "{0}.a-b_c", "A{0}Z@EXAMPLE.COM", "_{0}-", "a{0}@b-c.d_e", "{0}" + "x" * 68,
)  # fmt: skip
_WRONG = (
    "{0}!",
    "{0} a",
    " {0}",
    "{0}@a@b",
    "a@@{0}",
    "{0}#1",
    "{0}/x",
    "sip:{0}",
    "{0}+1",
    "{0}\u00e9",
    "{0},1",
    "{0}%40",
    "{0}\u0661",
)


@SUITE.scenario(
    "uris.characters",
    "TPS-CON-084",
    "TPS-struct.conferenceURI.URI",
    "TPS-struct.incomingCall.URI",
    chapter=CHAPTER,
    after=AFTER,
)
async def characters(dut: CallDut) -> None:
    """URIs may have letters, digits and four signs, of which the one before a domain once, and nothing else."""
    where, host = await begun(dut), await begun(dut)
    slips = [expected_of(dut.model, MODIFY, "URIs[0].URI", slip) for slip in (Slip.CHARACTERS, Slip.FORM)]
    bad = tuple(dict.fromkeys(name for one in slips for name in one.outcomes))
    alphabet = dut.model.scalars["conference-uri"].alphabet
    for number, form in enumerate(_RIGHT):
        uri = await _uri(dut, form.format(digits(dut)))
        reply = await dut.call(MODIFY, {"conferenceID": where, "URIs": [uri]})
        got = reply.describe()
        dut.check(
            f"right.{number}",
            reply.ok is True,
            "TPS-CON-084",
            "TPS-struct.conferenceURI.URI",
            expected="a success",
            got=got,
            step=reply.step,
        )
        if reply.ok:
            await _told(dut, where, [uri], "TPS-CON-084", check=f"right.{number}.told")
        uri = await _uri(dut, form.format(digits(dut)))
        reply = await dut.call(JOIN, {"conferenceID": host, "calls": [uri]})
        got = reply.describe()
        dut.check(
            f"right.{number}.call",
            reply.ok is True,
            "TPS-CON-084",
            "TPS-struct.incomingCall.URI",
            expected="a success",
            got=got,
            step=reply.step,
        )
    for number, form in enumerate(_WRONG):
        # Where each character may stand, but not so often, the type leaves open whether the text is taken.
        wanted = slips[1] if set(form.format("")) <= set(alphabet or "") else bad
        uri = await _uri(dut, form.format(digits(dut)))
        reply = await dut.call(MODIFY, {"conferenceID": where, "URIs": [uri]})
        dut.fault(reply, wanted, "TPS-CON-084", check=f"wrong.{number}")
        uri = await _uri(dut, form.format(digits(dut)))
        reply = await dut.call(JOIN, {"conferenceID": host, "calls": [uri]})
        dut.fault(reply, wanted, "TPS-CON-084", check=f"wrong.{number}.call")
