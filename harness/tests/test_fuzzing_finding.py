"""Findings: as files, sent again, exported as tests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.certify import reference_server
from harness.ending import Ending
from harness.errors import UsageError
from harness.fuzzing import testing
from harness.fuzzing.export import module_name, to_pytest
from harness.fuzzing.finding import (
    Finding,
    finding_from_json,
    finding_to_json,
    key_of,
    read_finding,
    same_break,
    without_secrets,
    write_finding,
)
from harness.fuzzing.receive import Played
from harness.fuzzing.replay import Fate, compare, replay_on
from harness.fuzzing.script import Script, Step
from harness.tests.devices import LATE_S, Handler
from harness.tests.fuzz_device import UNKNOWN, FuzzToy, lines, playing
from harness.tests.test_fuzzing_script import scripts
from harness.transcript import Redactor
from harness.transcript import Step as Happened
from harness.verdict import Check

HOTMARK = lines(f"addHotmark {UNKNOWN} here", name="values.text")
HOSTILE = (
    '"""',
    "'''",
    '\\"""',
    "\\",
    "ends with \\",
    "{braces} {0} {{}}",
    "line\nfeed\rreturn\ttab",
    "\udc80 lone",
    "日本 😀",
    "\\N{BULLET} \\u0022\\u0022\\u0022 \\x",
    "%s %(a)s",
    "\0",
    "# -*- coding: latin-1 -*-",
)  # fmt: skip


def finding(**changes: Any) -> Finding:
    made = Finding(
        id="hmp-values.text-7",
        system="hmp",
        document="0" * 64,
        seed=1,
        number=7,
        check="reply.error",
        clauses=("HMP-RSP-003",),
        expected="OK",
        got="DONE\\n",
        script=HOTMARK,
        transcript=(
            Happened(action="send", at_s=0.25, data=HOTMARK.steps[0].parts[0]),  # type: ignore[arg-type]  # bytes
            Happened(action="receive", at_s=0.5, data=b"DONE\n", ending=Ending.ANSWERED),
        ),
        reproduced=True,
        original_bytes=99,
        target="tiny",
    )
    return replace(made, **changes)


# Files


happenings = st.builds(
    Happened,
    action=st.sampled_from(("send", "receive", "close", "reset")),
    at_s=st.integers(0, 10**6).map(lambda number: number / 1000),
    data=st.binary(max_size=20),
    pieces=st.lists(st.integers(1, 9), max_size=3).map(tuple),
    ending=st.one_of(st.none(), st.sampled_from(Ending)),
)
anything = st.text(st.characters(), max_size=20)  # surrogates too
findings = st.builds(
    lambda script, happened, texts, number, flag: finding(
        script=script,
        transcript=tuple(happened),
        check=texts[0],
        clauses=(texts[1],),
        expected=texts[2],
        got=texts[3],
        seed=number,
        reproduced=flag,
        careful=not flag,
        history=number % 7,
    ),
    scripts,
    st.lists(happenings, max_size=4),
    st.lists(anything, min_size=4, max_size=4),
    st.integers(0, 2**40),
    st.booleans(),
)


@pytest.mark.slow
@settings(max_examples=30)
@given(findings)
def test_a_finding_survives_json(made: Finding) -> None:
    assert made == finding_from_json(json.loads(json.dumps(finding_to_json(made))))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_finding_survives_its_file(text: str, tmp_path: Path) -> None:
    script = Script(name="values.text", steps=(Step(parts=(b"\xff\x00" + text.encode("utf-8", "surrogatepass"),)),))
    made = finding(expected=text, got=text, check=text, target=text, script=script)
    path = write_finding(tmp_path, made)
    assert path == tmp_path / "hmp-values.text-7.json"
    assert made == read_finding(path)
    path.read_bytes().decode("utf-8")  # for other tools


def test_the_file_says_what_a_person_needs(tmp_path: Path) -> None:
    row = json.loads(write_finding(tmp_path, finding()).read_text())
    assert row["format"] == 1
    assert row["replay"] == "clausewise replay hmp-values.text-7.json"
    assert row["script"]["steps"][0]["parts"] == [{"text": f"addHotmark {UNKNOWN} here\n"}]
    assert [step["at_s"] for step in row["transcript"]] == [0.25, 0.5]
    assert (row["expected"], row["got"], row["clauses"]) == ("OK", "DONE\\n", ["HMP-RSP-003"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected JSON"),
        ("{", "expected JSON"),
        ("[" * 100_000, "expected JSON"),
        ("\xff", "expected"),
        ("[]", "expected a finding, got list"),
        ("{}", "format"),
        ('{"format": 2}', "another version"),
        ('{"format": 1}', "'id'"),
    ],
    ids=["empty", "cut-short", "deep", "not-a-value", "list", "nothing", "format-2", "no-id"],
)
def test_a_wrong_file_is_one_message_for_people(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message) as caught:
        read_finding(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": "x"},
        {"seed": float("inf")},
        {"number": None},
        {"script": {}},
        {"script": "x"},
        {"transcript": 5},
        {"transcript": ["x"]},
        {"transcript": [{"action": "send"}]},
        {"transcript": [{"action": "receive", "at_s": 0, "took_s": 0, "ending": "odd"}]},
        {"clauses": 3},
    ],
    ids=repr,
)
def test_a_wrong_value_in_a_file_is_one_message(changes: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text(json.dumps({**finding_to_json(finding()), **changes}), encoding="utf-8")
    with pytest.raises(UsageError, match="expected"):
        read_finding(path)


def test_bytes_that_are_no_utf8_and_missing_files_are_told(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_bytes(b"\xff\xfe")
    for wrong in (path, tmp_path / "none.json", tmp_path):
        with pytest.raises(UsageError, match=r"expected JSON|name a file"):
            read_finding(wrong)


def test_secrets_are_nowhere_in_a_finding(tmp_path: Path) -> None:
    secret = "hunter2-é"
    redactor = Redactor()
    redactor.add(secret, "password")
    raw = secret.encode()
    made = finding(
        expected=f"not {secret}",
        got=f"{secret} came",
        script=Script(name="x.y", steps=(Step(parts=(b"a " + raw + b"\n",)),)),
        transcript=(Happened(action="receive", data=b"\xff" + raw, ending=Ending.ANSWERED),),
    )
    clean = without_secrets(made, redactor)
    text = write_finding(tmp_path, clean).read_bytes()
    assert raw not in text
    assert b"hunter2" not in text
    assert clean.expected == "not [password-1]"
    assert clean.transcript[0].data == b"\xff[password-1]"
    assert made == without_secrets(made, Redactor())


def test_findings_are_the_same_by_check_clauses_and_kind_of_case() -> None:
    one = finding()
    assert one.key == finding(number=8, got="other").key
    assert one.key == finding(script=replace(HOTMARK, name="values.uuid")).key
    others = [
        finding(check="answer"),
        finding(clauses=("HMP-RSP-001",)),
        finding(script=replace(HOTMARK, name="bytes.nul")),
    ]
    assert one.key not in [other.key for other in others]
    assert key_of("device.alive", (), HOTMARK) != key_of("device.alive", (), replace(HOTMARK, name="values.uuid"))


def test_the_same_break_has_the_check_and_a_clause_in_common() -> None:
    check = Check(id="answer", clauses=("A", "B"), passed=False)
    played = Played(broken=[replace(check, id="other"), check])
    assert check == same_break("answer", ("B", "C"), played)
    assert check == same_break("answer", (), played)
    assert same_break("answer", ("C",), played) is None
    assert same_break("device.alive", ("A",), played) is None


# Sent again


def spoiled(reply: bytes) -> Handler:
    return FuzzToy(lambda _toy, line, usual, _link: reply if line.startswith(b"addHotmark") else usual).handle


def found_on(handler: Handler, *, careful: bool = True) -> Finding:
    """A finding as it is when it has just been found."""
    with playing(handler) as session:
        played = session.player.play(HOTMARK, careful=careful)
        broken = played.broken[0]
        return finding(check=broken.id, clauses=broken.clauses, transcript=tuple(played.transcript), careful=careful)


def fates(made: Finding, handler: Handler) -> tuple[bool, list[Fate]]:
    with playing(handler, timeout=0.2) as session:
        replayed = replay_on(session, made)
        return replayed.broken is not None, [step.fate for step in replayed.steps]


@pytest.mark.parametrize("careful", [False, True], ids=["quick", "careful"])
def test_what_is_still_there_is_the_same_in_every_step(careful: bool) -> None:
    made = found_on(spoiled(b"DONE\n"), careful=careful)
    broken, steps = fates(made, spoiled(b"DONE\n"))
    assert broken
    assert {Fate.SAME} == set(steps[:2])


def test_another_reply_is_changed_and_still_reproduced_if_the_same_check_breaks() -> None:
    made = found_on(spoiled(b"DONE\n"))
    assert (True, [Fate.SAME, Fate.CHANGED]) == (
        fates(made, spoiled(b"FINE\n"))[0],
        fates(made, spoiled(b"FINE\n"))[1][:2],
    )


def test_a_device_that_was_mended_does_not_reproduce_it() -> None:
    made = found_on(spoiled(b"DONE\n"))
    broken, steps = fates(made, FuzzToy().handle)
    assert not broken
    assert [Fate.SAME, Fate.CHANGED] == steps[:2]


@pytest.mark.slow
def test_a_reply_that_does_not_come_any_more_is_gone() -> None:
    made = found_on(spoiled(b"DONE\n"))
    broken, steps = fates(made, spoiled(b""))
    assert not broken
    assert [Fate.SAME, Fate.GONE] == steps[:2]


def test_another_check_that_breaks_now_is_told_apart() -> None:
    made = found_on(spoiled(b"DONE\n"))
    with playing(spoiled(b"OK\r\n")) as session:
        replayed = replay_on(session, made)
    assert replayed.broken is None
    assert ["reply.terminator"] == [check.id for check in replayed.others]


def test_ids_that_differ_from_run_to_run_are_the_same() -> None:
    def step(action: str, data: bytes) -> Happened:
        return Happened(action=action, data=data, ending=Ending.ANSWERED)

    then = (step("send", b"x 11111111-1111-4111-8111-111111111111 marker7x"), step("receive", b"OK\n"))
    sent = b"x 22222222-2222-4222-8222-222222222222 marker12x"
    now = Played(happened=[("send", 0.0, sent, Ending.ANSWERED, ())])
    assert [Fate.SAME, Fate.GONE] == [one.fate for one in compare(then, now)]


def test_what_the_target_cannot_play_is_told() -> None:
    made = finding(script=lines("deleteSession Demo"))
    with (
        playing(FuzzToy().handle) as session,
        pytest.raises(UsageError, match="cannot be played on tiny: a short text"),
    ):
        replay_on(session, made)


# As tests


def test_a_script_as_a_test_writes_a_finding_without_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with playing(spoiled(b"DONE hunter2\n"), credentials={"user": "ann", "password": "hunter2"}) as session:
        with pytest.raises(AssertionError, match="contradicts HMP-RSP-003") as caught:
            testing.must_conform(session, HOTMARK)
        (path,) = (tmp_path / testing.FINDINGS).iterdir()
        assert str(testing.FINDINGS / path.name) in str(caught.value)
        assert "hunter2" not in str(caught.value) + path.read_text()
        assert read_finding(path).script == HOTMARK
        assert testing.must_conform(session, lines("createSession title"))
        assert not testing.must_conform(session, lines("deleteSession Demo"))


def test_an_exported_finding_fails_until_it_is_gone() -> None:
    row = finding_to_json(found_on(spoiled(b"DONE\n")))
    with playing(spoiled(b"DONE\n")) as session, pytest.raises(AssertionError, match="HMP-RSP-003"):
        testing.must_be_gone(session, row)
    with playing(FuzzToy().handle) as session:
        testing.must_be_gone(session, row)


def loaded(source: str) -> dict[str, Any]:
    """The names of a module."""
    names: dict[str, Any] = {}
    exec(compile(source, "exported.py", "exec", dont_inherit=True), names)
    return names


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_an_exported_module_holds_the_finding_whatever_its_texts(text: str) -> None:
    step = Step(parts=(text.encode("utf-8", "surrogatepass"), b"\xff\n"))
    made = finding(
        expected=text,
        got=text,
        check=text,
        clauses=(text,),
        target=text,
        script=Script(name=text, steps=(step,)),
        transcript=(Happened(action="send", data=b'"""' + text.encode("utf-8", "surrogatepass")),),
    )
    source = to_pytest(made)
    names = loaded(source)
    assert made == finding_from_json(names["FINDING"])
    assert callable(names["test_hmp_values_text_7"])
    assert source.isascii()
    assert max(map(len, names["__doc__"].splitlines())) < 1000


@pytest.mark.parametrize("name", ["hmp-values.text-7", "../../x y", "7", "é\n", 'a"b', ""], ids=ascii)
def test_module_and_test_names_are_names(name: str) -> None:
    made = finding(id=name)
    assert module_name(made).removesuffix(".py").isidentifier()
    names = loaded(to_pytest(made))
    assert 1 == sum(key.startswith("test_") for key in names)


def pytest_on(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    root = str(Path(__file__).resolve().parents[2])
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "harness.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "-q",
        *arguments,
    ]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": root, "PATH": ""}, capture_output=True, text=True, timeout=6 * LATE_S
    )


@pytest.mark.slow
def test_an_exported_module_under_pytest(tmp_path: Path) -> None:
    """It fails on a device that has the fault, and passes on one that has not."""
    check = "reply.terminator"
    script = lines(f"getRecordingStatus {UNKNOWN}", name="values.valid")
    made = finding(check=check, clauses=("HMP-SYN-002",), script=script, transcript=())
    module = tmp_path / module_name(made)
    module.write_text(to_pytest(made), encoding="utf-8")
    target = tmp_path / "t.toml"
    with reference_server("hmp", ("--write-target", str(target), "--fault", "crlf-everywhere")):
        bad = pytest_on(tmp_path, [module.name, "--target", str(target)])
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "1 failed" in bad.stdout
    assert "HMP-SYN-002" in bad.stdout
    good = pytest_on(tmp_path, [module.name])
    assert good.returncode == 0, good.stdout + good.stderr
    assert "1 passed" in good.stdout
