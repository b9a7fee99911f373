"""Loading specs: a mistake is told with file, line, column and what to write; the cache says what the files say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from harness.errors import SpecError
from harness.resources import data_folder
from harness.spec.load import _compose, _plain, load_system, system_names
from harness.spec.model import Level
from harness.spec.schema import EDITOR_LINE, schema_file, schema_is_current, schema_text, write_schema
from harness.tests.specs_made import copy_of, find, put

HEAD = f"{EDITOR_LINE}\n"
SYSTEM = data_folder("specs") / "hmp" / "system.yaml"


def test_every_system_loads_the_same_with_and_without_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in system_names():
        fresh = load_system(name, cache=False)
        assert load_system(name) == fresh  # a miss writes it
        assert load_system(name) == fresh  # a hit reads it
        assert fresh.system == name
        assert {clause.level for clause in fresh.clauses.values()} <= set(Level)
    assert len(list((tmp_path / "clausewise").iterdir())) == len(system_names())


def test_the_cache_follows_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = copy_of(tmp_path)
    before = load_system("hmp", specs=folder.parent)
    put(folder / "system.yaml", "port: 23233", "port: 23234")
    after = load_system("hmp", specs=folder.parent)
    assert (before.interfaces["cli"].port, after.interfaces["cli"].port) == (23233, 23234)
    assert len(list((tmp_path / "cache" / "clausewise").iterdir())) == 2


@pytest.mark.parametrize("torn", [b"", b'{"system": "hmp"', b"\xff\x00", b"[]", b'{"system": 3}'])
def test_a_torn_cache_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: bytes) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    fresh = load_system("hmp")
    (store,) = (tmp_path / "clausewise").iterdir()
    whole = store.read_bytes()
    store.write_bytes(torn)
    assert load_system("hmp") == fresh
    assert store.read_bytes() == whole


def test_a_cache_folder_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert load_system("hmp").system == "hmp"


# what is replaced in system.yaml, by what, the key, the message; the place is that of `at`
_WRONG = (
    ("port: 23233", 'port: "23233"', "interfaces.cli.port", "expected int, got str ('23233')", 'port: "'),
    (
        "port: 23233",
        "prot: 23233",
        "interfaces.cli.prot",
        "expected a known key (did you mean 'port'?), got prot",
        "prot: ",
    ),
    ("    transport: tcp\n", "", "interfaces.cli", "expected the key 'transport', got none", "cli:"),
    (
        "base: text",
        "base: txt",
        "types.text.base",
        "one of the format's words (did you mean 'text'?), got txt",
        "base: txt",
    ),
    ("maximum: 65535", "maximum: big", "types.port.maximum", "expected int | null, got str ('big')", "maximum: big"),
    ("lines: [191, 191]", "lines: [191]", "interfaces.cli.source.lines", "length >= 2", "lines: [191]"),
    ("lines: [191, 191]", "lines: [191, x]", "interfaces.cli.source.lines.1", "expected int, got str ('x')", "x]"),
    (
        "    initial: empty",
        "    intial: empty",
        "objects.session.intial",
        "(did you mean 'initial'?), got intial",
        "intial",
    ),
    (
        "{operation: pauseRecording",
        "{operations: pauseRecording",
        "transitions.1.operations",
        "(did you mean",
        "operations: pause",
    ),
    ("{type: texts, about: sessions}", "{type: list, about: sessions}", "session_ids.type", "got list", "type: list"),
    ("  session_ids:", "  session ids:", "fixtures.session ids", "expected a name like", "session ids:"),
)


@pytest.mark.parametrize(("old", "new", "key", "says", "at"), _WRONG, ids=[row[2] for row in _WRONG])
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, key: str, says: str, at: str) -> None:
    folder = copy_of(tmp_path)
    path = folder / "system.yaml"
    put(path, old, new)
    line, column = find(path, at)
    with pytest.raises(SpecError) as error:
        load_system("hmp", specs=folder.parent, cache=False)
    assert (error.value.file, error.value.line, error.value.column) == (str(path), line, column), str(error.value)
    assert key in error.value.key
    assert says in str(error.value)
    assert str(error.value).startswith(f"{path}:{line}:{column}: ")


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a: [1\n", "3:1", "expected valid YAML"),
        ("a: b: c\n", "2:5", "expected valid YAML"),
        ("- a\n", "1:1", "expected a mapping of keys to values"),
        ("types: {}\ntypes: {}\n", "3:1", "types: expected each key once"),
        ("system: other\n", "2:9", "expected each entry in one file"),
        ("errata:\n  HMP-ERR-901: {about: x, about: y}\n", "3:27", "expected each key once"),
        (
            "errata:\n  HMP-ERR-1: {about: x, source: {section: x, lines: [1, 1]}}\n",
            "3:3",
            "expected a name like ^[A-Z0-9]+-[A-Z]+-[0-9]{3}$, got another ('HMP-ERR-1')",
        ),
        ("clauses:\n  HMP-SYN-001: {}\n", "3:3", "expected each entry in one file"),
        ("errata:\n  HMP-ERR-901: {source: {section: x, lines: [1, 1]}}\n", "3:3", "expected the key 'about'"),
    ],
)
def test_mistakes_across_files_and_in_yaml(tmp_path: Path, text: str, place: str, says: str) -> None:
    folder = copy_of(tmp_path)
    path = folder / "zz.yaml"
    path.write_text(HEAD + text if not text.startswith("-") else text)
    with pytest.raises(SpecError) as error:
        load_system("hmp", specs=folder.parent, cache=False)
    assert says in str(error.value)
    assert str(error.value).startswith(f"{path}:{place}: "), str(error.value)


def test_words_of_yaml_1_1_are_words(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    put(folder / "system.yaml", "about: sessions}", "about: yes}")
    assert load_system("hmp", specs=folder.parent, cache=False).fixtures["session_ids"].about == "yes"


def test_an_unknown_system_tells_the_known_ones() -> None:
    with pytest.raises(SpecError, match=r"expected one of .*hmp.*, got hnp"):
        load_system("hnp")


def test_the_schema_is_current_and_every_file_follows_it(tmp_path: Path) -> None:
    assert schema_is_current()
    schema = json.loads(schema_file().read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for name in system_names():
        for path in sorted((data_folder("specs") / name).glob("*.yaml")):
            data = _plain(path, _compose(path, path.read_bytes()), "")
            problems = [error.message for error in validator.iter_errors(data)]
            assert not problems, f"{path}: {problems[:3]}"
    assert not schema_is_current(tmp_path)
    assert write_schema(tmp_path).read_text(encoding="utf-8") == schema_text()
    assert schema_is_current(tmp_path)
    assert list(validator.iter_errors({"operations": {"x": {"sections": "typo"}}}))
