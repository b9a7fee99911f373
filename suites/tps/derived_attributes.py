"""What participants take over from their conference: call attributes and media resources, and what later changes leave alone."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.messages.callreply import CallReply
from harness.spec.callmodel import Kind
from harness.spec.callvalues import choices_at, exists
from suites.tps import SUITE
from suites.tps.live import AFTER, CHANGE, asked, begun, change, leaves, query, struct, waiting
from suites.tps.talk import destroy
from suites.tps.world import TOTAL, Members, credit_levels, resources

CHAPTER = "call attributes"
Attributes = dict[str, Any]
# Told in a way of their own: the level of who waits is not known, and a gain counts in one mode.
_APART = ("accessLevel", "audioReceiveGain", "videoTxPresentationMainVideoAllowed", "autoReconnect")
# Far-reaching ones: a call that they concern does not come about.
_TEXT = {"audioReceiveGainMode": "gainModeFixed"}


def _defaults(dut: CallDut) -> Attributes:
    """Every attribute of the version that is told as it was given, with its default."""
    found: Attributes = {}
    for name, member in dut.model.structs["callAttributes"].members.items():
        if name in _APART or not exists(dut.syntax.versions, dut.version, member) or member.default is None:
            continue
        kind = dut.model.scalars[str(member.type)]
        if kind.base is Kind.BOOLEAN:
            found[name] = member.default == "true"
        elif kind.base is Kind.INT:
            found[name] = int(member.default)
        else:
            found[name] = member.default
    return found


def _others(dut: CallDut, turn: int = 1) -> Attributes:
    """Values of the same attributes that are not their defaults; another one for each turn where there are several."""
    assert dut.model.calls is not None
    found: Attributes = {}
    for name, value in _defaults(dut).items():
        member = dut.model.structs["callAttributes"].members[name]
        kind = dut.model.scalars[str(member.type)]
        if isinstance(value, bool):
            found[name] = not value
        elif isinstance(value, int):
            found[name] = value + turn
        else:
            words = [
                word
                for word in choices_at(dut.model.calls, kind, dut.version)
                if word.lower() != value.lower() and word not in kind.open_choices and word not in kind.experimental
            ]
            if words:
                found[name] = words[turn % len(words)]
    return found


def _same(got: Any, wanted: Any) -> bool:
    """Layouts have two spellings."""
    return got == wanted or (isinstance(got, str) and isinstance(wanted, str) and got.lower() == wanted.lower())


def _hold(dut: CallDut, reply: CallReply, wanted: Attributes, given: Attributes, *clauses: str, check: str) -> None:
    """A query tells these attributes; what nobody ever gave may be left out."""
    told = reply.value("callAttributes")
    found = told if isinstance(told, dict) else {}
    wrong = {
        name: found.get(name)
        for name, value in wanted.items()
        if not _same(found.get(name), value) and (name in found or name in given)
    }
    expected = repr({name: wanted[name] for name in wrong})
    dut.check(check, not wrong, *clauses, expected=expected, got=repr(wrong), step=reply.step)


def _halves(attributes: Attributes) -> tuple[Attributes, Attributes]:
    """Two parts of attributes, each with some of every kind."""
    names = sorted(attributes)
    return {name: attributes[name] for name in names[::2]}, {name: attributes[name] for name in names[1::2]}


@SUITE.scenario("attributes.derived", "TPS-PRT-024", "TPS-PRT-028", "TPS-CON-051", chapter=CHAPTER, after=AFTER)
async def derived(dut: CallDut) -> None:
    """Each attribute of a participant is what itself was given, else what its conference was, else the default."""
    defaults, ones, twos = _defaults(dut), _others(dut), _others(dut, 2)
    some, rest = _halves(ones)
    for check, conference_has, has in (
        ("default", {}, {}), ("conference", ones, {}), ("participant", {}, ones), ("both", some, rest),
        ("over", ones, {name: twos[name] for name in some}), ("back", ones, {name: defaults[name] for name in rest}),
    ):  # fmt: skip
        where = await begun(dut, **({"callAttributes": conference_has} if conference_has else {}))
        who = await waiting(dut, where, 1, **({"callAttributes": has} if has else {}))
        wanted = {**defaults, **conference_has, **has}
        given = {**conference_has, **has}
        _hold(dut, await asked(dut, who), wanted, given, "TPS-PRT-024", check=check)
        _hold(
            dut,
            await query(dut, where),
            {**defaults, **conference_has},
            conference_has,
            "TPS-CON-051",
            check=f"{check}.of",
        )
        await leaves(dut, who)
        await destroy(dut, where)


@SUITE.scenario(
    "attributes.later",
    "TPS-PRT-025",
    "TPS-PRT-024",
    "TPS-PRT-028",
    "TPS-CON-051",
    "TPS-PRT-069",
    chapter=CHAPTER,
    after=AFTER,
)
async def later(dut: CallDut) -> None:
    """A change of a conference's attributes is for those who come later; one of a participant's for itself alone."""
    defaults, ones, twos = _defaults(dut), _others(dut), _others(dut, 2)
    some, rest = _halves(ones)
    where = await begun(dut, callAttributes=some)
    old = await waiting(dut, where, callAttributes={name: ones[name] for name in list(rest)[:3]})
    before = {**defaults, **some, **{name: ones[name] for name in list(rest)[:3]}}
    _hold(dut, await asked(dut, old), before, some, "TPS-PRT-024", check="before")
    await change(dut, where, callAttributes=rest)
    _hold(dut, await asked(dut, old), before, some, "TPS-PRT-025", check="old")
    new = await waiting(dut, where)
    _hold(dut, await asked(dut, new), {**rest}, rest, "TPS-PRT-024", check="new")
    reply = await query(dut, where)
    _hold(dut, reply, rest, rest, "TPS-CON-051", check="changed")
    _kept(dut, reply, some, (defaults,), "TPS-CON-051", check="conference")
    base = struct(reply.value("callAttributes"))
    mine = {name: twos[name] for name in list(rest)[3:6]}
    dut.ok(await dut.call(CHANGE, {"participantID": old, "callAttributes": mine}), check="taken")
    reply = await asked(dut, old)
    _hold(dut, reply, mine, mine, "TPS-PRT-028", check="mine")
    _kept(
        dut,
        reply,
        {name: value for name, value in before.items() if name not in mine},
        (defaults, base),
        "TPS-PRT-028",
        check="own",
    )
    _hold(dut, await query(dut, where), rest, rest, "TPS-PRT-069", "TPS-CON-051", check="no-leak")
    _hold(dut, await asked(dut, new), rest, rest, "TPS-PRT-069", check="beside")
    latest = await waiting(dut, where)
    _hold(dut, await asked(dut, latest), rest, rest, "TPS-PRT-024", "TPS-PRT-069", check="latest")


def _kept(
    dut: CallDut, reply: CallReply, before: Attributes, others: tuple[Attributes, ...], *clauses: str, check: str
) -> None:
    """What a change left out stays, or goes to what holds without it: the default, or what the conference has."""
    found = struct(reply.value("callAttributes"))
    apart = {name: value for name, value in before.items() if not _same(value, others[0].get(name))}
    stays = all(_same(found.get(name), value) for name, value in apart.items())
    goes = all(any(_same(found.get(name, others[0][name]), one.get(name)) for one in others) for name in apart)
    got = repr({name: found.get(name) for name in apart})
    dut.check(check, stays or goes, *clauses, expected=repr(apart), got=got, step=reply.step)
    if stays or goes:
        dut.observe(f"{check}.left-out", "TPS-AMB-125", "kept" if stays else "reset", step=reply.step)


@SUITE.scenario("attributes.several-calls", "TPS-PRT-026", "TPS-PRT-010", chapter=CHAPTER, after=AFTER)
async def several_calls(dut: CallDut) -> None:
    """Presentations in the main video are for single calls alone, and indices and crossed cameras for several."""
    name = "videoTxPresentationMainVideoAllowed"
    where = await begun(dut, callAttributes={name: True})
    for count in (2, 4):
        for check, given in (("inherited", {}), ("given", {"callAttributes": {name: True}})):
            who = await waiting(dut, where, count, **given)
            reply = await asked(dut, who)
            got = reply.value(f"callAttributes.{name}")
            dut.check(f"{check}.{count}", got is False, "TPS-PRT-026", expected="false", got=repr(got), step=reply.step)
            await dut.setup(CHANGE, {"participantID": who, "callAttributes": {name: True}})
            reply = await asked(dut, who)
            got = reply.value(f"callAttributes.{name}")
            dut.check(f"changed.{count}", got is False, "TPS-PRT-026", expected="false", got=repr(got), step=reply.step)
            await leaves(dut, who)
    odd: Members = {"camerasCrossed": True, "audioIndex": 3, "contentIndex": 2}
    who = await waiting(dut, where, 1, **odd)
    reply = await asked(dut, who)
    got = {one: reply.value(one) for one in odd}
    plain = {"camerasCrossed": False, "audioIndex": 0, "contentIndex": 0}
    dut.check("single", got in (odd, plain), "TPS-PRT-010", expected=repr(plain), got=repr(got), step=reply.step)


def _figures(told: Any) -> Any:
    """Totals, limits and credits of media resources."""
    if not isinstance(told, dict):
        return None
    kinds = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
    return tuple((told.get(kind) or {}).get("total") for kind in kinds), told.get("numMediaCredits")


@SUITE.scenario(
    "media.derived", "TPS-MED-005", "TPS-MED-008", "TPS-PRT-069", "TPS-PRT-002", chapter="media resources", after=AFTER
)
async def media(dut: CallDut) -> None:
    """A participant has the resources that it was given, else those of its conference, and keeps them when those change."""
    levels = await credit_levels(dut)
    mine, base, next_one = [await resources(dut, TOTAL + 2 * number) for number in range(3)]
    for one, level in zip((mine, base, next_one), levels[-3:], strict=False):
        one["numMediaCredits"] = max(level, one["numMediaCredits"])
    for number, one in enumerate((mine, base, next_one)):
        one["mediaTokensMainVideo"] = {"total": 6 + number}
        one["mediaTokensAudio"] = {"total": 3 + number}
    where = await begun(dut, participantMediaResources=base)
    own, heir = await waiting(dut, where, participantMediaResources=mine), await waiting(dut, where)

    async def holds(who: str, wanted: Members, *clauses: str, check: str) -> None:
        reply = await asked(dut, who)
        told = reply.value("participantMediaResources")
        got, expected = _figures(told), _figures(wanted)
        dut.check(check, got == expected, *clauses, expected=repr(expected), got=repr(got), step=reply.step)
        main = told.get("mediaTokensMainVideo") if isinstance(told, dict) else None
        limit = main.get("maxPerChannel") if isinstance(main, dict) else None
        dut.check(f"{check}.limit", limit is None, "TPS-MED-008", expected="no limit", got=repr(limit), step=reply.step)

    await holds(own, mine, "TPS-MED-005", check="own")
    await holds(heir, base, "TPS-MED-005", check="heir")
    await change(dut, where, participantMediaResources=next_one)
    await holds(own, mine, "TPS-MED-005", check="own-still")
    late = await waiting(dut, where)
    await holds(late, next_one, "TPS-MED-005", check="late")
    dut.ok(await dut.call(CHANGE, {"participantID": heir, "participantMediaResources": mine}), check="taken")
    await holds(heir, mine, "TPS-PRT-002", check="changed")
    await holds(late, next_one, "TPS-PRT-069", check="beside")
    told = (await query(dut, where)).value("participantMediaResources")
    got, expected = _figures(told), _figures(next_one)
    dut.check("of-conference", got == expected, "TPS-PRT-069", expected=repr(expected), got=repr(got))
