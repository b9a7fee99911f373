"""Lint finds the mistakes that only a spec of XML messages can have, each with its place and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from harness.spec.lint import lint
from harness.spec.lint_messages import MESSAGE_POINTS, MESSAGE_RULES, MORE_RULES, message_mistakes
from harness.spec.load import load_system
from harness.spec.model import System
from harness.tests.specs_made import copy_of, find, put

SYSTEM = load_system("rss2000")


def changed(path: str, value: Any) -> System:
    """The system with one value put in, or taken out where it is None; `path` are its keys with slashes between them."""
    data = msgspec.to_builtins(SYSTEM)
    *keys, last = path.split("/")
    place: Any = data
    for key in keys:
        place = place.setdefault(key, {}) if isinstance(place, dict) else place[int(key)]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return msgspec.convert(data, System)


ADD, LIST = "operations/ADDENDPOINT", "operations/GETENDPOINT"
SOURCE = {"section": "Made", "lines": [1, 1]}
_WRONG: tuple[tuple[str, Any, str, str], ...] = (
    # messages
    ("messages", None, "messages", "the rules of XML messages"),
    ("messages/framing", "tpk", "messages.framing", "did you mean 'tpkt'"),
    ("messages/longest", 70_000, "messages.longest", "5 to 65535 bytes"),
    ("messages/idle_s", 0, "messages.idle_s", "1 or more"),
    ("messages/roots", {}, "messages.roots", "a spelling at least"),
    ("messages/roots/other", "OTHER", "messages.roots.other", "a reading of RSS-AMB-001"),
    ("messages/root_ambiguity", "RSS-AMB-901", "messages.root_ambiguity", "the id of an ambiguity"),
    ("messages/indication", "CONFIRM", "messages.indication", "names of their own"),
    ("messages/failure", "0", "messages.failure", "another result"),
    ("messages/other_names/xmid", "RSS-AMB-057", "messages.other_names.xmid", "a reading of RSS-AMB-057"),
    ("messages/refused", "faild", "messages.refused", "did you mean 'failed'"),
    ("messages/language", "RSS-AMB-901", "messages.language", "the id of an ambiguity"),
    ("messages/login", "LOGN", "messages.login", "did you mean 'LOGIN'"),
    ("messages/logout", "LOGOFF", "messages.logout", "an operation"),
    ("messages/user", "USER", "messages.user", "a parameter of LOGIN"),
    ("messages/session", "SESSION", "messages.session", "a field of the confirm of LOGIN"),
    ("messages/subscribed", "yes", "messages.subscribed", "a value of INDICATION"),
    ("messages/secrets", ["PASSWORD"], "messages.secrets", "SESSIONID among them"),
    ("messages/secrets", ["PASSWORD", "SESSIONID", "PINN"], "messages.secrets.2", "did you mean 'PIN'"),
    ("messages/open_points/malfomed", "RSS-AMB-032", "messages.open_points.malfomed", "did you mean 'malformed'"),
    ("messages/open_points/malformed", "RSS-AMB-932", "messages.open_points.malformed", "the id of an ambiguity"),
    ("messages/open_points/empty-list", "RSS-AMB-001", "messages.open_points.empty-list", "a reading 'none'"),
    ("messages/rules/rot", "RSS-XML-003", "messages.rules.rot", "did you mean 'root'"),
    ("messages/rules/root", "RSS-XML-903", "messages.rules.root", "the id of a stated clause"),
    ("messages/rules/root", None, "messages.rules", "the rule 'root' with its clause"),
    # operations
    (f"{ADD}/denied", "RSS-AMB-901", "ADDENDPOINT.denied", "the id of an ambiguity"),
    (f"{ADD}/command", None, "operations.ADDENDPOINT", "`command`, which says how it is asked for"),
    (f"{ADD}/command", None, "ADDENDPOINT.confirm", "`command`, which it answers"),
    (f"{ADD}/confirm", None, "operations.ADDENDPOINT", "`confirm`, which answers it"),
    (f"{ADD}/command/fields/A", {"type": "text", "source": SOURCE}, "command.fields", "its parameters are its fields"),
    (f"{ADD}/confirm/names", {"one": "a"}, "confirm.name", "either `name` or `names`"),
    (f"{ADD}/confirm/names", {"one": "a", "two": "b"}, "confirm.names", "ambiguity, whose readings name them"),
    (f"{ADD}/indication/several", True, "indication.several", "only confirms are several"),
    (f"{ADD}/confirm/undocumented", "RSS-AMB-901", "confirm.undocumented", "the id of an ambiguity"),
    (f"{ADD}/confirm/fields/FLAG/type", "flg", "confirm.fields.FLAG.type", "did you mean 'flag'"),
    (f"{ADD}/confirm/fields/FLAG/object", "endpont", "FLAG.object", "did you mean 'endpoint'"),
    (f"{ADD}/confirm/fields/FLAG/names", {"x": "FLG"}, "FLAG.names", "ambiguity, whose readings"),
    (f"{ADD}/confirm/fields/FLAG/ambiguity", "RSS-AMB-001", "FLAG.ambiguity", "names, one for each reading"),
    (f"{ADD}/confirm/fields/FLAG/absent", "RSS-AMB-001", "FLAG.absent", "an ambiguity with a reading 'absent'"),
    (f"{ADD}/confirm/fields/FLAG/empty", "RSS-AMB-901", "FLAG.empty", "the id of an ambiguity"),
    (f"{ADD}/confirm/fields/FLAG/any_value", "RSS-AMB-001", "FLAG.any_value", "an ambiguity with a reading 'any'"),
    (f"{ADD}/confirm/fields/TITLE/optional", True, "TITLE.absent", "either `optional` or `absent`"),
    (f"{ADD}/confirm/fields/FLAG/echo", "FLG", "FLAG.echo", "did you mean 'FLAG'"),
    (f"{ADD}/confirm/fields/FLAG/needs", "SOURCEID", "FLAG.needs", "one of the command's parameters"),
    (f"{ADD}/confirm/fields/FLAG/attributes/name", "txt", "FLAG.attributes.name", "did you mean 'text'"),
    (f"{ADD}/confirm/fields/FLAG/attributes/value", "text", "FLAG.attributes.value", "attributes beside the value"),
    (f"{ADD}/confirm/fields/FLAG/open_values/1", "RSS-AMB-001", "FLAG.open_values.1", "what is no value of type flag"),
    (f"{ADD}/confirm/fields/FLAG/open_values/2", "RSS-AMB-901", "FLAG.open_values.2", "the id of an ambiguity"),
    (f"{ADD}/parameters/FLAG/unless", "FLAG", "parameters.FLAG.unless", "another of the command's parameters"),
    (f"{ADD}/parameters/FLAG/examples", ["7"], "parameters.FLAG.examples.0", "a value of type flag"),
    # records and settings
    ("records/endpoint/list", "GETENDPONT", "records.endpoint.list", "did you mean 'GETENDPOINT'"),
    ("records/endpoint/list", "GETDEVINFO", "records.endpoint.list", "a command whose confirm is `several`"),
    ("records/endpoint/add", "GETENDPOINT", "records.endpoint.add", "an operation that changes something"),
    ("records/endpoint/key", "SOURCENAM", "records.endpoint.key", "did you mean 'SOURCENAME'"),
    ("records/endpoint/key", "SOURCEID", "records.endpoint.key", "a parameter of MODENDPOINT"),
    ("records/endpoint/id", "ID", "records.endpoint.id", "a field of the confirm of GETENDPOINT"),
    ("records/endpoint/removed", "RSS-ACC-907", "records.endpoint.removed", "the id of a stated clause"),
    ("records/endpoint/modified", None, "records.endpoint", "`modified` too"),
    ("settings/storage/get", "SETSTORAGE", "settings.storage.get", "an operation that only reads"),
    ("settings/storage/set", "SETSTORAG", "settings.storage.set", "did you mean 'SETSTORAGE'"),
    ("settings/storage/clause", "RSS-STO-901", "settings.storage.clause", "the id of a stated clause"),
    ("settings/storage/select", "INDEX", "settings.storage.select", "a parameter of SETSTORAGE"),
    ("settings/storage/fields/FTPP", "FTP", "settings.storage.fields.FTPP", "did you mean 'FTP'"),
    ("settings/storage/fields/FTP", "FTPP", "settings.storage.fields.FTP", "a field of the confirm of GETSTORAGE"),
    ("settings/storage/when/X", {"FTP": "1"}, "settings.storage.when.X", "one of the setting's fields"),
    ("settings/storage/when/PATH", {"X": "1"}, "settings.storage.when.PATH.X", "a parameter of SETSTORAGE"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "key", "says"), _WRONG, ids=[f"{row[0]}:{n}" for n, row in enumerate(_WRONG)]
)
def test_a_mistake_is_told(path: str, value: Any, key: str, says: str) -> None:
    found = [(".".join(one.keys), f"{one.expected}, got {one.got}") for one in message_mistakes(changed(path, value))]
    assert any(keys.endswith(key) and says in text for keys, text in found), found


def test_a_name_of_two_fields_is_a_mistake() -> None:
    system = changed(f"{ADD}/confirm/fields/FLAG/names", {"dvcrmager": "E164", "dvcrmanager": "FLAG"})
    assert any("FLAG, as" in one.got or "E164, as FLAG may be spelled" in one.got for one in message_mistakes(system))


def test_an_interface_of_messages_needs_their_rules_and_the_other_way_round() -> None:
    other = changed("interfaces/xml/protocol", "lines")
    assert "an interface that speaks them" in {one.expected for one in message_mistakes(other)}


def test_a_mistake_has_its_place_in_the_file(tmp_path: Any) -> None:
    folder = copy_of(tmp_path, "rss2000")
    path = folder / "accounts.yaml"
    put(path, "object: endpoint, echo: SOURCENAME", "object: endpoint, echo: SOURCENAM")
    (found,) = lint("rss2000", specs=folder.parent)
    line, _ = find(path, "echo: SOURCENAM}")
    assert (str(path), line) == (found.file, found.line)
    assert "did you mean 'SOURCENAME'" in str(found)


def test_the_rules_and_points_of_the_spec_are_those_of_the_checks() -> None:
    syntax = SYSTEM.messages
    assert syntax is not None
    assert set(syntax.rules) == {*MESSAGE_RULES, *MORE_RULES}
    points: Mapping[str, str] = syntax.open_points
    assert set(points) <= set(MESSAGE_POINTS)


def test_the_specs_have_no_such_mistake() -> None:
    assert [] == [one for name in ("hmp", "cds", "rss2000") for one in message_mistakes(load_system(name))]
