"""Call attributes that have no effect beside others, words of enumerations, and what a change leaves alone."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.callfaults import expected_of
from harness.spec.callmodel import Slip
from harness.spec.callvalues import choices_at
from harness.wire.xmlrpc_writing import Writable
from suites.tps import SUITE
from suites.tps.talk import destroy, opened, room

CHAPTER = "call attributes"
_AFTER = ("transport.post",)
_CREATE, _MODIFY, _QUERY = "flex.conference.create", "flex.conference.modify", "flex.conference.query"


async def _attributes(dut: CallDut, conference: str) -> dict[str, object]:
    told = dut.ok(await dut.call(_QUERY, {"conferenceID": conference}), check="query")
    found = told.value("callAttributes", {})
    return dict(found) if isinstance(found, dict) else {}


@SUITE.scenario("attributes.gain", "TPS-STR-001", chapter=CHAPTER, after=_AFTER)
async def gain(dut: CallDut) -> None:
    """A gain without the fixed mode is no mistake; with the fixed mode it comes back."""
    for mode in ("gainModeAutomatic", "gainModeDisabled", None):
        given: dict[str, Writable] = {
            "audioReceiveGain": 5000,
            **({"audioReceiveGainMode": mode} if mode is not None else {}),
        }
        conference = await opened(dut, "TPS-STR-001", check=f"{mode}.made", callAttributes=given)
        got = (await _attributes(dut, conference)).get("audioReceiveGain")
        dut.check(f"{mode}", got in (None, 0, 5000), "TPS-STR-001", expected="5000, 0 or nothing", got=str(got))
        dut.observe(
            f"{mode}.told",
            "TPS-AMB-070",
            "absent" if got is None else {"0": "default", "5000": "sent"}.get(str(got), ""),
        )
    conference = await room(dut, callAttributes={"audioReceiveGainMode": "gainModeFixed", "audioReceiveGain": 5000})
    got = (await _attributes(dut, conference)).get("audioReceiveGain")
    dut.check("fixed", got == 5000, "TPS-STR-001", expected="5000", got=str(got))


@SUITE.scenario("attributes.reconnect", "TPS-STR-002", chapter=CHAPTER, after=_AFTER)
async def reconnect(dut: CallDut) -> None:
    """AutoReconnect beside alwaysReconnect is no mistake, and takes nothing from it."""
    for always, auto in ((True, True), (True, False), (False, True)):
        given = {"alwaysReconnect": always, "autoReconnect": auto}
        conference = await opened(dut, "TPS-STR-002", check="made", callAttributes=given)
        told = await _attributes(dut, conference)
        passed = told.get("alwaysReconnect") is always
        dut.check(
            "always", passed, "TPS-STR-002", expected=f"alwaysReconnect: {always}", got=str(told.get("alwaysReconnect"))
        )
        if always and auto:
            dut.observe("told", "TPS-AMB-072", "sent" if told.get("autoReconnect") is True else "false")
        elif not always:
            got = told.get("autoReconnect")
            dut.check("auto", got is True, "TPS-STR-002", expected="autoReconnect: True", got=str(got))


_WORDS = {
    "optimizationProfile": "", "guestControlLevel": "", "chairControlLevel": "", "videoTxFormat": "callAttributes",
    "videoTxSizeOptimization": "callAttributes", "fullScreenMode": "callAttributes", "videoTxMotionSharpness": "callAttributes",
    "displayLayoutSwitchingMode": "callAttributes",
}  # fmt: skip


def _register(name: str, struct: str) -> None:
    @SUITE.scenario(f"attributes.words.{name}", "TPS-STR-010", "TPS-STR-011", chapter=CHAPTER, after=_AFTER)
    async def words(dut: CallDut) -> None:
        """Each word of an enumeration is taken and comes back in its letters; in other letters, cut, or longer it is refused."""
        call = dut.model.operations[_CREATE].call
        assert call is not None
        assert dut.model.calls is not None
        member = dut.model.structs[struct].members[name] if struct else call.takes[name]
        kind = dut.model.scalars[str(member.type)]
        path = f"{struct}.{name}" if struct else name
        sample = await dut.sample(_CREATE)
        listed = choices_at(dut.model.calls, kind, dut.version)
        for word in listed:
            if word in kind.open_choices or word in kind.experimental or word in member.open_taken:
                continue
            members: dict[str, Writable] = {struct: {name: word}} if struct else {name: word}
            conference = await opened(dut, "TPS-STR-010", check=f"{word}.made", **members)
            told = dut.ok(await dut.call(_QUERY, {"conferenceID": conference}), check="query")
            got = told.value(path)
            dut.check(word, got == word, "TPS-STR-011", "TPS-STR-010", expected=word, got=str(got), step=told.step)
            dut.check(
                "listed",
                got is None or got in kind.choices,
                "TPS-STR-011",
                expected="a listed word",
                got=str(got),
                step=told.step,
            )
            await destroy(dut, conference, check="end")
        word, longest = listed[0], max(map(len, kind.choices))  # a text that is longer may be refused for that
        expected = expected_of(dut.model, _CREATE, path, Slip.CHOICE)
        for check, wrong in (
            ("capitals", word.upper()),
            ("swapped", word.swapcase()),
            ("cut", word[:-1]),
            ("longer", word + "s"),
            ("other", "clausewise"[:longest]),
        ):
            if wrong not in kind.choices and len(wrong) <= longest:
                given: dict[str, Writable] = {struct: {name: wrong}} if struct else {name: wrong}
                dut.fault(await dut.call(_CREATE, {**sample, **given}), expected, "TPS-STR-010", check=check)


for _name, _struct in _WORDS.items():
    _register(_name, _struct)


_CHANGES: tuple[tuple[str, Writable], ...] = (
    ("conferenceName", "Other"), ("locked", False), ("voiceSwitchingSensitivity", 38), ("maxParticipants", 8), ("welcomeScreenMessage", ""),
    ("conferenceName", "Other"), ("", ""),
)  # fmt: skip


@SUITE.scenario("attributes.kept", "TPS-STR-012", "TPS-CON-003", chapter=CHAPTER, after=_AFTER)
async def kept(dut: CallDut) -> None:
    """A change of one member leaves all others as they were, also where it says what already holds, or says nothing."""
    given: dict[str, Writable] = {
        "conferenceName": "Name", "conferenceReference": "Reference", "conferenceDescription": "Description", "locked": True, "waitForChair": False,
        "voiceSwitchingSensitivity": 37, "welcomeScreen": False, "welcomeScreenMessage": "Welcome", "maxParticipants": 7, "billingCode": "Code",
        "guestControlLevel": "controlNone", "customPINEntryMessage": "PIN", "useCustomPINEntryMessage": True, "metadata": b"meta",
    }  # fmt: skip
    conference = await room(dut, **given)
    before = dut.ok(await dut.call(_QUERY, {"conferenceID": conference}), check="query").members
    for name, value in _CHANGES:
        members: dict[str, Writable] = {
            "conferenceID": conference,
            **({name: value} if name else {}),
        }
        dut.ok(await dut.call(_MODIFY, members), "TPS-STR-012", check=f"{name}.taken")
        told = dut.ok(await dut.call(_QUERY, {"conferenceID": conference}), check="query")
        after = told.members
        got = after.get(name, "")
        dut.check(
            f"{name}.set", not name or got == value, "TPS-CON-003", expected=repr(value), got=repr(got), step=told.step
        )
        changed = sorted(
            one for one in {*before, *after} if before.get(one) != after.get(one) and one not in (name, "startTime")
        )
        dut.check(
            f"{name}.others",
            not changed,
            "TPS-STR-012",
            expected=f"nothing but {name} to change",
            got=", ".join(changed),
            step=told.step,
        )
        before = after
    meta = dut.ok(await dut.call("flex.conference.getMetadata", {"conferenceID": conference}), check="metadata")
    got = meta.value("metadata")
    dut.check("metadata.kept", got == b"meta", "TPS-STR-012", expected="b'meta'", got=repr(got), step=meta.step)
