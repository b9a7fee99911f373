"""What bytes may do to a device that reads functions from documents and URLs: generous, so that no guard lets pass what could do harm."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.messages.documents import DocumentBinding, Effects, UrlBinding
from harness.spec.load import load_system
from harness.spec.model import Effect
from harness.wire.http1 import encode
from harness.wire.xmltree import Writing

SYSTEM = load_system("uptivity")
assert SYSTEM.documents is not None
EFFECTS = Effects(SYSTEM)
STREAM, WEB = DocumentBinding(SYSTEM, SYSTEM.documents), UrlBinding(SYSTEM, SYSTEM.documents)
ORDER = list(Effect)
WRITES = [name for name, one in SYSTEM.operations.items() if one.effect is not Effect.READ]
READS = [name for name, one in SYSTEM.operations.items() if one.effect is Effect.READ]


def at_least(name: str) -> int:
    """The effect of an operation, and of what takes it back."""
    operation = SYSTEM.operations[name]
    undo = SYSTEM.operations[operation.undo.operation].effect if operation.undo is not None else Effect.READ
    return max(ORDER.index(operation.effect), ORDER.index(undo))


@pytest.mark.parametrize("name", WRITES)
def test_every_function_that_changes_something_is_seen_on_both_roads(name: str) -> None:
    for data in (STREAM.request(name), STREAM.request(name, [("DEVICEID", "1")]), encode(WEB.request(name))):
        effect, seen = EFFECTS.of(data)
        assert (ORDER.index(effect), seen) == (at_least(name), name) or ORDER.index(effect) > at_least(name)


@pytest.mark.parametrize("name", READS)
def test_what_only_reads_is_no_more(name: str) -> None:
    fields = [(key, "1") for key in SYSTEM.operations[name].parameters]
    for data in (STREAM.request(name, fields), encode(WEB.request(name, fields))):
        assert (Effect.READ, "") == EFFECTS.of(data)


SPELL = (
    str.lower,
    str.title,
    lambda name: f" \t{name}\r\n",
    lambda name: name[:3] + "\0" + name[3:],
    lambda name: "".join(f"&#{ord(one)};" for one in name),
    lambda name: "".join(f"&#x{ord(one):X};" for one in name),
    lambda name: "".join(f"%{ord(one):02x}" for one in name),
    lambda name: "".join(f"%25{ord(one):02X}" for one in name),
    lambda name: quote(name.lower()),
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(WRITES), st.sampled_from(SPELL), st.booleans())
def test_no_spelling_hides_a_function(name: str, spell: object, url: bool) -> None:
    assert callable(spell)
    text = spell(name)
    data = (
        f"GET /webAPI.php?type={text}&requestid=1 HTTP/1.1\r\n\r\n"
        if url
        else f"<REQUEST><TYPE>{text}</TYPE></REQUEST>"
    )
    assert ORDER.index(EFFECTS.of(data.encode())[0]) >= at_least(name)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(WRITES), st.binary(max_size=60))
def test_a_name_counts_wherever_it_stands_as_a_value(before: bytes, name: str, behind: bytes) -> None:
    data = before + b"<TYPE>" + name.encode() + b"</TYPE>" + behind
    assert ORDER.index(EFFECTS.of(data)[0]) >= at_least(name)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_anything_has_an_effect(data: bytes) -> None:
    assert EFFECTS.of(data)[0] in Effect


def test_a_name_that_is_a_parameter_too_counts_as_a_whole_value_only() -> None:
    assert "EMAIL" in {key for one in SYSTEM.operations.values() for key in one.parameters}
    fields = [("ACTION", "LIST"), ("EMAIL", "x@y.zz")]
    plain = STREAM.request("TEST", fields)
    assert (Effect.READ, "") == EFFECTS.of(plain)
    assert Effect.READ is not EFFECTS.of(plain.replace(b">TEST<", b">EMAIL<"))[0]
    assert Effect.READ is not EFFECTS.of(b"GET /webAPI.php?type=email&to=1 HTTP/1.1")[0]
    assert Effect.READ is not EFFECTS.of(b"GET /webAPI.php?type=email HTTP/1.1")[0]
    assert Effect.READ is not EFFECTS.of(STREAM.request("EMAIL", writing=Writing(padding="\n ")))[0]


def test_what_has_not_ended_is_unfinished() -> None:
    whole = STREAM.request("TEST")
    assert (1, b"\r\n") == (STREAM.requests(whole), STREAM.unfinished(whole))
    assert (2, b"\r\n<REQ") == (STREAM.requests(whole + whole), STREAM.unfinished(whole + whole + b"<REQ"))
    assert (1, b"") == (STREAM.requests(b"<REQUEST></REQUEST\n>"), STREAM.unfinished(b"<REQUEST></REQUEST\n>"))
    assert (0, b"<REQUEST>") == (STREAM.requests(b"<REQUEST>"), STREAM.unfinished(b"<REQUEST>"))
