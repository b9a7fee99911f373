from __future__ import annotations

import pytest

from harness.wire.xmlrpc import RULES, Weight, read
from harness.wire.xmlrpc_edit import changed, replaced
from harness.wire.xmlrpc_values import Kind, Value, parse_path
from harness.wire.xmlrpc_write import encode_call
from harness.wire.xmlrpc_writing import Members, Raw, Writable, Writing
from harness.wire.xmlrpc_wrong import WRONG_MEMBERS, WRONG_MESSAGES, WRONG_VALUES, Wrong, spoiled_call, wrong_value

MEMBERS: dict[str, Writable] = {"user": "admin", "a": {"list": [{"c": "x"}, {"c": "y", "d": 1}]}, "z": 5}
PLACES = ("user", "a", "a.list[1].c")
ALL: dict[str, Wrong] = {**WRONG_VALUES, **WRONG_MEMBERS, **WRONG_MESSAGES}
XML = {"well-formed", "entity", "encoding", "doctype", "empty", "root"}  # about the document, not about a value


@pytest.mark.parametrize("name", ALL)
def test_each_way_to_be_wrong_is_told_by_name_and_nothing_else(name: str) -> None:
    for path in PLACES:
        message = read(spoiled_call(name, "m.x", MEMBERS, path))
        assert set(ALL[name].rules) == set(message.rules), path
        assert all(RULES[rule] is Weight.LOOSE for rule in message.rules) or not ALL[name].legal


@pytest.mark.parametrize("name", [*WRONG_VALUES, *WRONG_MEMBERS])
def test_what_is_wrong_is_told_at_the_value_that_is_wrong(name: str) -> None:
    for path in PLACES:
        data = spoiled_call(name, "m.x", MEMBERS, path)
        parent = path.rpartition(".")[0]
        usual = encode_call("m.x", MEMBERS)
        begin = next((at for at in range(len(usual)) if usual[at] != data[at]), 0)
        for deviation in read(data).deviations:
            assert begin - 60 <= deviation.byte
            if deviation.rule not in XML and name in WRONG_VALUES:
                assert deviation.path == path or deviation.path.startswith((f"{path}.", f"{path}["))
            elif deviation.rule not in XML:
                assert deviation.path.startswith(parent)


def test_the_rest_of_a_wrong_call_is_read() -> None:
    for name, wrong in {**WRONG_VALUES, **WRONG_MEMBERS}.items():
        if not XML & wrong.rules or "encoding" in wrong.rules:
            message = read(spoiled_call(name, "m.x", MEMBERS, "a.list[1].c"))
            assert ("m.x", "admin", 5) == (
                message.method, message.find("user").text, message.find("z").scalar,  # type: ignore[union-attr]
            ), name  # fmt: skip


def test_no_wrong_call_is_the_right_one() -> None:
    usual = encode_call("m.x", MEMBERS)
    made = [spoiled_call(name, "m.x", MEMBERS, "user") for name in ALL]
    assert usual not in made
    assert len(set(made)) == len(made)


def test_a_tree_is_changed_at_one_place_and_stays_as_it_was() -> None:
    tree = replaced(MEMBERS, parse_path("a.list[1].c"), Raw("<value><nil/></value>"))
    assert {"c": "y", "d": 1} == MEMBERS["a"]["list"][1]  # type: ignore[index,call-overload]
    message = read(encode_call("m", tree))
    assert [("type", "a.list[1].c")] == [(item.rule, item.path) for item in message.deviations]
    without = changed(MEMBERS, parse_path("a.list[0]"), lambda _name, _value: ())
    assert [{"c": "y", "d": 1}] == read(encode_call("m", without)).struct.plain()["a"]["list"]  # type: ignore[index,call-overload]
    assert wrong_value("nil") == replaced(MEMBERS, (), wrong_value("nil"))


def test_what_was_read_is_changed_as_what_was_made() -> None:
    struct = read(encode_call("m", MEMBERS)).struct
    again = read(encode_call("m", replaced(struct, parse_path("a.list[1].c"), 7))).struct
    assert 7 == again.find("a.list[1].c").scalar  # type: ignore[union-attr]
    twice = Members((("a", 1), Raw("<member/>"), ("a", 2)))
    assert [8, 8] == [one.scalar for one in read(encode_call("m", replaced(twice, ("a",), 8))).struct.all("a")]


@pytest.mark.parametrize("path", ["b", "a.list[2]", "z.y", "a.x", "z[0]", ""])
def test_a_place_where_nothing_stands_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        changed(MEMBERS, parse_path(path), lambda name, value: ((name, value),))


def test_a_value_that_is_none_of_xml_rpc_is_written_as_it_was_read() -> None:
    struct = Value(Kind.STRUCT, "struct", members=())
    assert b"<value><i8>5</i8></value>" in encode_call("m", {"a": Value(Kind.NONE, "i8", "5"), "b": struct})
    assert b"<member><name>a</name></member>" in encode_call("m", {"a": Value(Kind.NONE)}, writing=Writing())
