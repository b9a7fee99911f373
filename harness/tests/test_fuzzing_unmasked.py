"""Findings in tests of Hypothesis: a device that breaks once only is told as such, and nothing else is changed."""

from __future__ import annotations

import select
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, FlakyFailure, FlakyStrategyDefinition, HypothesisWarning

from harness.certify import reference_server
from harness.errors import TransportError
from harness.fuzzing import testing
from harness.fuzzing.session import Session
from harness.fuzzing.testing import FindingError, must_conform
from harness.strategies import unmasked
from harness.target import load_target
from harness.tests.devices import LATE_S, Device, Handler, device, hmp
from harness.tests.fuzz_device import UNKNOWN, FuzzToy, lines, playing

ROOT = Path(__file__).resolve().parents[2]
QUICK = settings(
    max_examples=8, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings are written below the folder that a test runs in."""
    monkeypatch.chdir(tmp_path)


def breaking(wrong: Callable[[int], bool], word: bytes = b"addHotmark") -> FuzzToy:
    """A device that answers such a command with nonsense when `wrong` says so of its number, from 1 on."""

    def spoil(toy: FuzzToy, line: bytes, reply: bytes, _connection: socket.socket) -> bytes:
        if not line.startswith(word):
            return reply
        toy.memory.append(line)
        return b"DONE\n" if wrong(len(toy.memory)) else reply

    return FuzzToy(spoil)


def hypothesis_test(session: Session, *, draws_after_break: bool = False) -> Callable[[], None]:
    """A test as they stand in `fuzz/`, under Hypothesis. Whether it draws more may depend on the device, as what strategies do sometimes does."""
    broken: list[int] = []

    @QUICK
    @given(data=st.data())
    def plays(data: st.DataObject) -> None:
        number = data.draw(st.integers(0, 9))
        try:
            must_conform(session, lines(f"addHotmark {UNKNOWN} mark{number}"))
        except AssertionError:
            broken.append(number)
            if draws_after_break:
                data.draw(st.integers(0, 9))
            raise

    return plays


@pytest.mark.parametrize(
    ("draws_after_break", "masked"),
    [(False, FlakyFailure), (True, FlakyStrategyDefinition)],
    ids=["failure", "strategy"],
)
def test_a_device_that_breaks_the_first_time_only_is_told_with_its_finding(
    draws_after_break: bool, masked: type[Exception]
) -> None:
    with playing(breaking(lambda number: number == 1).handle) as session, pytest.raises(masked):
        hypothesis_test(session, draws_after_break=draws_after_break)()
    with playing(breaking(lambda number: number == 1).handle) as session:
        test = unmasked()(hypothesis_test(session, draws_after_break=draws_after_break))
        with pytest.raises(FindingError, match="seen once, not each time") as caught:
            test()
    told = str(caught.value)
    assert "contradicts HMP-RSP-003" in told
    assert "DONE\\n" in told
    (path,) = testing.FINDINGS.iterdir()
    assert f"clausewise replay {path} --target FILE" in told


def test_how_often_it_was_seen_is_told() -> None:
    @unmasked()
    def finds_twice() -> None:
        for _ in range(2):
            with suppress(FindingError):
                must_conform(session, lines(f"addHotmark {UNKNOWN} x"))
        raise FLAKY

    with playing(breaking(lambda _number: True).handle) as session, pytest.raises(FindingError) as caught:
        finds_twice()
    assert str(caught.value).startswith("seen 2 times, not each time:")
    assert str(caught.value).count("contradicts HMP-RSP-003") == 1


def test_a_device_that_breaks_each_time_is_told_as_ever() -> None:
    with playing(breaking(lambda _number: True).handle) as session:
        test = unmasked()(hypothesis_test(session))
        with pytest.raises(FindingError, match="contradicts HMP-RSP-003") as caught:
            test()
    assert "not each time" not in str(caught.value)


def test_a_device_that_conforms_passes() -> None:
    with playing(breaking(lambda _number: False).handle) as session:
        unmasked()(hypothesis_test(session))()


def test_a_test_that_is_not_the_same_each_time_without_any_finding_stays_flaky() -> None:
    """Nor does a finding of an earlier test count."""
    with playing(breaking(lambda _number: True).handle) as session:
        found = unmasked()(hypothesis_test(session))
        with pytest.raises(FindingError, match="HMP-RSP-003"):
            found()
    tries: list[int] = []

    @QUICK
    @given(number=st.integers(0, 9))
    def fails_once(number: int) -> None:
        tries.append(number)
        assert len(tries) > 1

    with pytest.raises(Flaky), unmasked():
        fails_once()


FLAKY = FlakyFailure("once", [ValueError("x")])
FOUND = FindingError("a finding")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (TransportError("tiny", "gone"), "seen once, then TransportError:"),
        (HypothesisWarning("large"), "seen once, then HypothesisWarning:"),
        (ExceptionGroup("several", [ValueError("y"), KeyError("z")]), "seen once, then ExceptionGroup:"),
        (ExceptionGroup("several", [FOUND, FLAKY]), "seen once, not each time:"),
        (ExceptionGroup("several", [FOUND, ValueError("y")]), ""),
        (FOUND, ""),
        (KeyboardInterrupt(), ""),
    ],
    ids=repr,
)
def test_whatever_else_ends_a_test_does_not_hide_a_finding(error: BaseException, said: str) -> None:
    """What tells one already stays as it is, and so does everything where nothing was found."""

    def ends(*, finds: bool) -> None:
        with unmasked():
            if finds:
                with suppress(FindingError):
                    must_conform(session, lines(f"addHotmark {UNKNOWN} x"))
            raise error

    with playing(breaking(lambda _number: True).handle) as session:
        with pytest.raises(FindingError if said else type(error)) as caught:
            ends(finds=True)
        with pytest.raises(type(error)) as alone:
            ends(finds=False)
    assert alone.value is error
    assert (caught.value is error) == (not said)
    if said:
        assert str(caught.value).startswith(said)
        assert "contradicts HMP-RSP-003" in str(caught.value)
        assert caught.value.__cause__ is error


def relay_to(port: int, *, wrong: int) -> Handler:
    """A handler that passes everything on to a device on this port, and gives nonsense in place of what comes back for this number of times."""
    came: list[bytes] = []

    def handle(_device: Device, near: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as far:
            while True:
                for source in select.select([near, far], [], [], LATE_S)[0]:
                    if not (data := source.recv(65536)):
                        return
                    if source is far:
                        came.append(data)
                        data = b"DONE\n" if len(came) == wrong else data
                    (near if source is far else far).sendall(data)

    return handle


@pytest.mark.slow
def test_the_tests_of_fuzz_tell_such_a_finding(tmp_path: Path) -> None:
    """`pytest fuzz/hmp --target FILE` on a device that conforms, but for one answer in its life."""
    target = tmp_path / "t.toml"
    with reference_server("hmp", ("--write-target", str(target))):
        known = load_target(target, {"hmp": hmp()})
        with device(relay_to(known.ports["cli"], wrong=40)) as made:
            target.write_text(target.read_text().replace(str(known.ports["cli"]), str(made.port)), encoding="utf-8")
            command = [
                sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider",
                str(ROOT / "fuzz" / "hmp" / "test_escaping.py"), "--target", str(target), "--hypothesis-profile", "quick", "--hypothesis-seed", "1",
            ]  # fmt: skip
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=12 * LATE_S
            )
    assert "1 failed, 3 passed" in done.stdout, done.stdout + done.stderr
    assert "FindingError: seen once, not each time" in done.stdout
    assert "DONE" in done.stdout
