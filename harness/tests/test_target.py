"""Target files: every key, and for every mistake a message with file, line, key, what to write and what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import TargetError
from harness.spec.load import load_system
from harness.spec.model import Effect
from harness.target import Allow, Target, load_target

HMP = load_system("hmp")
HEAD = '[target]\nsystem = "hmp"\nhost = "192.0.2.1"\n'
WHOLE = """
[target]
system = "hmp"
name = "lab"
host = "192.0.2.1"
clock_scale = 60
timeout = 0.5
rate = 10
[target.ports]
cli = 4001
[target.tls]
verify = false
ca = "ca.pem"
[target.credentials]
user = "u"
password = "p"
[target.fixtures]
source_ids = ["a", "b"]
source_addresses = ["1.2.3.4:5", "1.2.3.5:6"]
session_empty = "s"
[target.allow]
write = true
slow = true
[target.claims]
versions = ["3.2"]
[target.dialect]
HMP-AMB-001 = "space"
"""


def load(tmp_path: Path, text: str) -> Target:
    path = tmp_path / "target.toml"
    path.write_text(text, encoding="utf-8")
    return load_target(path, {"hmp": HMP})


def test_every_key_is_read(tmp_path: Path) -> None:
    """DESIGN.md, Contracts: target file."""
    assert load(tmp_path, WHOLE) == Target(
        system="hmp",
        name="lab",
        host="192.0.2.1",
        clock_scale=60.0,
        timeout=0.5,
        rate=10.0,
        ports={"cli": 4001},
        tls={"verify": False, "ca": str(tmp_path / "ca.pem")},
        credentials={"user": "u", "password": "p"},
        fixtures={"source_ids": ["a", "b"], "source_addresses": ["1.2.3.4:5", "1.2.3.5:6"], "session_empty": "s"},
        allow=Allow(write=True, slow=True),
        claims={"versions": ["3.2"]},
        dialect={"HMP-AMB-001": "space"},
    )


def test_what_is_not_given_has_the_documented_defaults(tmp_path: Path) -> None:
    """Without [target.ports] the documented ports apply; nothing is permitted unless the file says so."""
    target = load(tmp_path, HEAD)
    assert target == Target(system="hmp", name="192.0.2.1", host="192.0.2.1", ports={"cli": 23233})
    assert (target.clock_scale, target.timeout, target.rate, target.allow) == (1.0, 5.0, 0.0, Allow())
    assert [effect for effect in Effect if target.allow.covers(effect)] == [Effect.READ]


@pytest.mark.parametrize(
    ("allow", "disruptive"),
    [
        ("", False),
        ("destructive = true", True),
        ("destructive = true\ndisruptive = false", False),
        ("disruptive = true", True),
    ],
)
def test_disruptive_where_absent_is_as_destructive(tmp_path: Path, allow: str, disruptive: bool) -> None:
    """DESIGN.md, Contracts: [target.allow]."""
    read = load(tmp_path, f"{HEAD}[target.allow]\n{allow}\n").allow
    assert read.disruptive is disruptive
    assert read.destructive is ("destructive = true" in allow)
    assert not read.write


def test_a_credential_is_read_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_PASSWORD", "from the environment")
    target = load(tmp_path, HEAD + '[target.credentials]\nuser = "env"\npassword = "env:LAB_PASSWORD"\n')
    assert target.credentials == {"user": "env", "password": "from the environment"}


def test_a_single_fixture_counts_as_a_list_of_one(tmp_path: Path) -> None:
    target = load(tmp_path, WHOLE)
    assert target.fixture_texts("session_empty") == ("s",)
    assert target.fixture_texts("source_ids") == ("a", "b")
    assert target.fixture_texts("user_names") == ()


def fixture(text: str) -> str:
    return f"{HEAD}[target.fixtures]\n{text}\n"


MISTAKES = {
    "other-table": ("[targets]\n", ": targets: expected a known key (the nearest is 'target'), got targets", 1),
    "no-table": ("", ": target: expected a table [target], got none", None),
    "table-is-text": ('target = "x"\n', ": target: expected a table [target], got x", 1),
    "no-system": ('[target]\nhost = "h"\n', ": target: expected the key 'system', got none", 1),
    "no-host": ('[target]\nsystem = "hmp"\n', ": target: expected the key 'host', got none", 1),
    "other-system": ('[target]\nhost = "h"\nsystem = "hpm"\n', ": target.system: expected one of hmp, got hpm", 3),
    "unknown-key": (
        HEAD + "time_out = 5\n",
        ": target.time_out: expected a known key (the nearest is 'timeout'), got time_out",
        4,
    ),
    "far-key": (HEAD + "zzz = 5\n", ": target.zzz: expected a known key (the nearest is", 4),
    "host-a-number": ('[target]\nsystem = "hmp"\nhost = 5\n', ": target.host: expected a text, got 5", 3),
    "name-a-number": (HEAD + "name = 5\n", ": target.name: expected a text, got 5", 4),
    "timeout-a-text": (HEAD + 'timeout = "5"\n', ": target.timeout: expected a whole number or a number, got 5", 4),
    "timeout-a-boolean": (
        HEAD + "timeout = true\n",
        ": target.timeout: expected a whole number or a number, got True",
        4,
    ),
    "timeout-zero": (HEAD + "timeout = 0\n", ": target.timeout: expected a number above 0, got 0", 4),
    "timeout-nan": (HEAD + "timeout = nan\n", ": target.timeout: expected a number above 0, got nan", 4),
    "clock-negative": (HEAD + "clock_scale = -1.0\n", ": target.clock_scale: expected a number above 0, got -1.0", 4),
    "clock-infinite": (HEAD + "clock_scale = inf\n", ": target.clock_scale: expected a number above 0, got inf", 4),
    "rate-negative": (HEAD + "rate = -1\n", ": target.rate: expected requests per second, 0 for no limit, got -1", 4),
    "ports-a-number": (HEAD + "ports = 1\n", ": target.ports: expected a table, got 1", 4),
    "no-port": (HEAD + "[target.ports]\n", ": target.ports: expected one or more of cli, got none", 4),
    "other-port": (
        HEAD + "[target.ports]\nclu = 1\n",
        ": target.ports.clu: expected a known key (the nearest is 'cli'), got clu",
        5,
    ),
    "port-zero": (HEAD + "[target.ports]\ncli = 0\n", ": target.ports.cli: expected a port from 1 to 65535, got 0", 5),
    "port-65536": (
        HEAD + "[target.ports]\ncli = 65536\n",
        ": target.ports.cli: expected a port from 1 to 65535, got 65536",
        5,
    ),
    "port-a-text": (
        HEAD + '[target.ports]\ncli = "1"\n',
        ": target.ports.cli: expected a port from 1 to 65535, got 1",
        5,
    ),
    "port-a-boolean": (
        HEAD + "[target.ports]\ncli = true\n",
        ": target.ports.cli: expected a port from 1 to 65535, got True",
        5,
    ),
    "other-tls": (
        HEAD + "[target.tls]\nverfy = true\n",
        ": target.tls.verfy: expected a known key (the nearest is 'verify'), got verfy",
        5,
    ),
    "tls-verify": (HEAD + '[target.tls]\nverify = "no"\n', ": target.tls.verify: expected true or false, got no", 5),
    "tls-authority": (
        HEAD + '[target.tls]\nca = "no.pem"\n',
        ": target.tls.ca: expected a file with certificates (PEM), where it is not absolute beside this file, got no.pem: No such file or directory",
        5,
    ),
    "tls-authority-of-no-certificate": (
        HEAD + '[target.tls]\nca = "target.toml"\n',
        ": target.tls.ca: expected a file with certificates (PEM), where it is not absolute beside this file, got target.toml: no certificate in it",
        5,
    ),
    "other-credential": (
        HEAD + '[target.credentials]\npasswort = "x"\n',
        ": target.credentials.passwort: expected a known key (the nearest is 'password'), got passwort",
        5,
    ),
    "credential-a-number": (
        HEAD + "[target.credentials]\npassword = 1\n",
        ": target.credentials.password: expected a text, got 1",
        5,
    ),
    "credential-unset": (
        HEAD + '[target.credentials]\npassword = "env:CLAUSEWISE_UNSET"\n',
        ": target.credentials.password: expected the environment variable CLAUSEWISE_UNSET to be set, got unset",
        5,
    ),
    "other-fixture": (
        fixture('user_name = ["x"]'),
        ": target.fixtures.user_name: expected a known key (the nearest is 'user_names'), got user_name",
        5,
    ),
    "fixture-no-list": (fixture('user_names = "x"'), ": target.fixtures.user_names: expected a list, got x", 5),
    "fixture-list-of-numbers": (fixture("user_names = [1]"), ": target.fixtures.user_names: expected a text, got 1", 5),
    "fixture-no-text": (fixture("session_empty = 1"), ": target.fixtures.session_empty: expected a text, got 1", 5),
    "fixtures-not-parallel": (
        fixture('source_ids = ["a", "b"]\nsource_addresses = ["1.2.3.4:5"]'),
        ": target.fixtures.source_addresses: expected 2 entries, as many as source_ids, got 1 entries",
        6,
    ),
    "other-permission": (
        HEAD + "[target.allow]\nwrites = true\n",
        ": target.allow.writes: expected a known key (the nearest is 'write'), got writes",
        5,
    ),
    "permission-a-number": (
        HEAD + "[target.allow]\nwrite = 1\n",
        ": target.allow.write: expected true or false, got 1",
        5,
    ),
    "other-ambiguity": (
        HEAD + '[target.dialect]\nHMP-AMB-0001 = "x"\n',
        ": target.dialect.HMP-AMB-0001: expected a known key (the nearest is 'HMP-AMB-001'), got HMP-AMB-0001",
        5,
    ),
    "other-reading": (
        HEAD + '[target.dialect]\n"HMP-AMB-001" = "comma"\n',
        ": target.dialect.HMP-AMB-001: expected one of pipe, space, spaced-pipe, got comma",
        5,
    ),
    "reading-a-list": (
        HEAD + "[target.dialect]\nHMP-AMB-001 = []\n",
        ": target.dialect.HMP-AMB-001: expected one of pipe, space, spaced-pipe, got []",
        5,
    ),
    "key-of-another-table": (
        HEAD + '[target.tls]\nverify = true\n[target.credentials]\nverify = "x"\n',
        ": target.credentials.verify: expected a known key (the nearest is",
        7,
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_line_and_key_and_what_to_write(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLAUSEWISE_UNSET", raising=False)
    text, message, line = MISTAKES[name]
    with pytest.raises(TargetError) as caught:
        load(tmp_path, text)
    place = f"{tmp_path / 'target.toml'}" + (f":{line}" if line is not None else "")
    whole = place + message
    assert str(caught.value).startswith(whole) if message.endswith(" is") else str(caught.value) == whole
    assert caught.value.line == line


def test_broken_toml_is_told_with_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(TargetError) as caught:
        load(tmp_path, "[target]\nhost = \n")
    assert str(caught.value).startswith(f"{tmp_path / 'target.toml'}:2:8: TOML: expected valid TOML, got ")


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        TargetError, match=r"none\.toml: file: expected a readable TOML file, got No such file or directory$"
    ):
        load_target(tmp_path / "none.toml", {"hmp": HMP})
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TargetError, match=r"bytes\.toml: file: expected a readable TOML file, got not UTF-8$"):
        load_target(tmp_path / "bytes.toml", {"hmp": HMP})
    with pytest.raises(TargetError, match="Is a directory"):
        load_target(tmp_path, {"hmp": HMP})
