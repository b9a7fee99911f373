"""Feature keys: added and told, removed and gone; too many wrong ones; what the key for encryption makes possible."""

from __future__ import annotations

from collections import Counter
from typing import Any

from harness.calldut import CallDut
from harness.checks.callfaults import expected_of
from harness.flow import CaseSkipped
from harness.spec.callmodel import Slip
from suites.tps import SUITE
from suites.tps.talk import has

CHAPTER = "feature keys"
_AFTER = ("device.query.success",)
_KEY, _LISTS = "key", (("activatedFeatures", "feature"), ("activatedLicenses", "license"))
_BLOCKED_S, _MARGIN_S = 5.0, 1.0
_MOST_WRONG, _ROUNDS = 30, 4
_BLOCKED = "204"
Told = list[dict[str, Any]]


async def told_keys(dut: CallDut) -> Told:
    """The active features and licences that device.query tells."""
    reply = await dut.setup("device.query")
    found = [reply.value(name) for name, _ in _LISTS]
    return [one for rows in found if isinstance(rows, list) for one in rows if isinstance(one, dict)]


def _known(rows: Told) -> Counter[str]:
    return Counter(str(one.get(_KEY)) for one in rows)


async def addable(dut: CallDut) -> list[str]:
    """Keys of the target file that the device does not have.

    Raises:
        CaseSkipped: there are none, or the API version tells no keys.
    """
    if not has(dut, "device.feature.add"):
        raise CaseSkipped(f"API {dut.version} does not have device.feature.add")
    there = _known(await told_keys(dut))
    found = [one for one in dut.fixtures("addable_feature_keys") if one not in there]
    if not found:
        raise CaseSkipped("the device has all keys of the fixture addable_feature_keys")
    return found[:2]


async def encrypted(dut: CallDut) -> bool:
    """Whether the key of the fixture encryption_key is there.

    Raises:
        CaseSkipped: the target file names none.
    """
    return dut.fixture("encryption_key") in _known(await told_keys(dut))


async def without_encryption(dut: CallDut) -> None:
    """Take the key for encryption away until the end of the case.

    Raises:
        CaseSkipped: it cannot be taken away here.
    """
    await dut.shared("encryption", "")  # so that nobody looks at it meanwhile
    if dut.model.interfaces[dut.interface].transport == "https":
        raise CaseSkipped("without its key for encryption the device might serve no HTTPS")
    if not has(dut, "device.feature.add"):
        raise CaseSkipped(f"API {dut.version} does not have device.feature.add")
    if await encrypted(dut):
        await dut.wait(_BLOCKED_S + _MARGIN_S)  # wrong ones shortly before would keep it from being added again
        await dut.setup("device.feature.remove", {_KEY: dut.fixture("encryption_key")})


async def with_encryption(dut: CallDut) -> None:
    """Add the key for encryption again, or for the first time."""
    if not await encrypted(dut):
        await dut.setup("device.feature.add", {_KEY: dut.fixture("encryption_key")})


def _same(dut: CallDut, before: Told, after: Told, *clauses: str, but: str = "", check: str) -> None:
    lost = _known(before) - _known(after)
    come = _known(after) - _known(before)
    for name in (lost, come):
        name.pop(but, None)
    dut.check(
        check,
        not lost and not come,
        *clauses,
        expected="the other keys as they were",
        got=f"{len(lost)} gone, {len(come)} new",
    )


@SUITE.scenario("keys.added", "TPS-DEV-001", "TPS-DEV-005", "TPS-DEV-008", chapter=CHAPTER, after=_AFTER)
async def added(dut: CallDut) -> None:
    """A key that is added is told as one of a feature or of a licence, one that is removed is not; the others stay; then it can be added again."""
    keys = await addable(dut)
    await dut.wait(_BLOCKED_S + _MARGIN_S)
    for key in (*keys, keys[0]):
        before = await told_keys(dut)
        clause = "TPS-DEV-001" if key in keys else "TPS-DEV-008"
        dut.ok(await dut.call("device.feature.add", {_KEY: key}), clause, check="add")
        there = await told_keys(dut)
        ones = [one for one in there if one.get(_KEY) == key]
        dut.check("told", bool(ones), "TPS-DEV-001", expected="the key that was added", got=f"{len(there)} others")
        _same(dut, before, there, "TPS-DEV-001", but=key, check="add.others")
        dut.ok(await dut.call("device.feature.remove", {_KEY: key}), "TPS-DEV-005", check="remove")
        after = await told_keys(dut)
        dut.check("gone", key not in _known(after), "TPS-DEV-005", expected="no such key", got="it is told")
        _same(dut, before, after, "TPS-DEV-005", but=key, check="remove.others")


@SUITE.scenario(
    "keys.removal",
    "TPS-DEV-006",
    "TPS-DEV-007",
    "TPS-device.feature.remove:fault.key-removal-failed",
    chapter=CHAPTER,
    after=_AFTER,
)
async def removal(dut: CallDut) -> None:
    """Removing keys that the device does not have fails, be they like those that it has; all keys are there behind it."""
    if not has(dut, "device.feature.remove"):
        raise CaseSkipped(f"API {dut.version} does not have device.feature.remove")
    before = await told_keys(dut)
    expected = expected_of(dut.model, "device.feature.remove", _KEY, Slip.UNKNOWN)
    for word in (f"CW{dut.rng.getrandbits(48):012X}", "0", "keys"):
        reply = await dut.call("device.feature.remove", {_KEY: word}, undo=False)
        clauses = ("TPS-DEV-006", "TPS-device.feature.remove:fault.key-removal-failed")
        dut.fault(reply, expected, *clauses, check="unknown")
    one = next((str(row[_KEY]) for row in before if row.get(_KEY)), "")
    for word in {one[:-1], f"{one}0"[:31], one.swapcase()} - {one, ""}:
        reply = await dut.call("device.feature.remove", {_KEY: word})
        if not reply.ok:  # a device may read keys in any case
            _same(dut, before, await told_keys(dut), "TPS-DEV-007", "TPS-DEV-006", check="kept")
        elif word.casefold() != one.casefold():
            dut.check("like", False, "TPS-DEV-006", expected="a fault", got=reply.describe(), step=reply.step)
        else:
            raise CaseSkipped("the device reads keys in any letter case")
    _same(dut, before, await told_keys(dut), "TPS-DEV-006", "TPS-DEV-007", check="all")


@SUITE.scenario("keys.removed-twice", "TPS-DEV-006", chapter=CHAPTER, after=("keys.added",))
async def removed_twice(dut: CallDut) -> None:
    """A key that was removed cannot be removed again, and no other goes in its place."""
    key = (await addable(dut))[0]
    await dut.wait(_BLOCKED_S + _MARGIN_S)
    before = await told_keys(dut)
    await dut.setup("device.feature.add", {_KEY: key})
    await dut.setup("device.feature.remove", {_KEY: key})
    reply = await dut.call("device.feature.remove", {_KEY: key}, undo=False)
    dut.fault(reply, expected_of(dut.model, "device.feature.remove", _KEY, Slip.UNKNOWN), "TPS-DEV-006", check="again")
    _same(dut, before, await told_keys(dut), "TPS-DEV-006", check="others")


@SUITE.scenario(
    "keys.wrong", "TPS-DEV-002", "TPS-DEV-003", "TPS-DEV-004", "TPS-device.feature.add:fault.too-many-invalid-keys",
    chapter=CHAPTER, after=_AFTER, device_s=(_ROUNDS + 1) * (_BLOCKED_S + _MARGIN_S),
)  # fmt: skip
async def wrong(dut: CallDut) -> None:
    """After too many wrong keys a device may take none for a while, not even a right one, and takes it five seconds later."""
    key = (await addable(dut))[0]
    before = await told_keys(dut)
    for _ in range(_ROUNDS):
        await dut.wait(_BLOCKED_S + _MARGIN_S)
        began = await dut.clock()
        if not await _too_many(dut):
            # on a device whose clock is quick we may not have been quick enough
            if await dut.clock() - began < _BLOCKED_S:
                dut.observe("many", "TPS-AMB-210", "many")
            raise CaseSkipped(f"{_MOST_WRONG} wrong keys are not too many for the device")
        early = await dut.call("device.feature.add", {_KEY: key})
        if await dut.clock() - began < _BLOCKED_S - _MARGIN_S:  # else it may have been long enough
            clauses = ("TPS-DEV-003", "TPS-device.feature.add:fault.too-many-invalid-keys")
            dut.fault(early, "too-many-invalid-keys", *clauses, check="right.early")
            break
        if early.ok:
            await dut.setup("device.feature.remove", {_KEY: key})
    if not early.ok:
        await dut.wait(_BLOCKED_S + _MARGIN_S)
        late = await dut.call("device.feature.add", {_KEY: key})
        dut.ok(late, "TPS-DEV-004", "TPS-DEV-003", check="right.late")
    _same(dut, before, await told_keys(dut), "TPS-DEV-002", but=key, check="others")


async def _too_many(dut: CallDut) -> bool:
    """Send wrong keys until the device takes no more."""
    for _ in range(_MOST_WRONG):
        reply = await dut.call("device.feature.add", {_KEY: f"CW{dut.rng.getrandbits(40):010X}"}, undo=False)
        dut.fault(reply, ("invalid-key", "too-many-invalid-keys"), "TPS-DEV-002", check="wrong")
        if reply.code == _BLOCKED:
            dut.observe("few", "TPS-AMB-210", "few")
            return True
    return False
