"""The list of cases beside a suite is what the suite registers: a case that is lost or renamed shows in a review."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import main
from harness.coverage import manifest_diff, manifest_text, write_manifest
from harness.spec.load import load_system, system_names
from harness.suite import load_suite, suites_folder

WITH_SUITE = [name for name in system_names() if (suites_folder() / name / "__init__.py").is_file()]


@pytest.mark.parametrize("name", WITH_SUITE)
def test_the_list_is_current(name: str) -> None:
    assert manifest_diff(load_suite(load_system(name))) == [], f"run `clausewise spec cases {name}`"


@pytest.mark.parametrize("name", WITH_SUITE)
def test_a_line_a_case_sorted(name: str) -> None:
    suite = load_suite(load_system(name))
    lines = manifest_text(suite).splitlines()
    ids = [line.partition("  ")[0] for line in lines]
    assert ids == sorted(suite.cases)
    assert all(line == line.rstrip() for line in lines)
    assert all(set(suite.cases[line.partition("  ")[0]].clauses) == set(line.split()[1:]) for line in lines)


def test_a_difference_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = load_suite(load_system("hmp"))
    path = tmp_path / "cases.txt"
    monkeypatch.setattr("harness.coverage.manifest_file", lambda _suite: path)
    assert write_manifest(suite) == path
    assert manifest_diff(suite) == []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("hmp.aaa  HMP-SYN-001\n" + "".join(lines[1:]), encoding="utf-8")
    assert ["-hmp.aaa  HMP-SYN-001", f"+{lines[0].rstrip()}"] == [
        line for line in manifest_diff(suite) if line[1:4] == "hmp"
    ]
    with pytest.raises(SystemExit) as end:
        main(["spec", "cases", "hmp", "--check"])
    assert end.value.code == 1
    assert "-hmp.aaa" in capsys.readouterr().out
