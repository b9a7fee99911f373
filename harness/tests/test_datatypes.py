"""Which texts are values of the scalar kinds, and that probes stand where they say they do."""

from __future__ import annotations

import ipaddress
import uuid
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.datatypes import Probe, Side, is_value, probes
from harness.spec.load import load_system
from harness.spec.model import Base, DataType, Source

SOURCE = Source(section="Test", lines=[1, 1])
TYPES = {
    **load_system("hmp").types,
    "guid": DataType(base=Base.GUID, source=SOURCE),
    "word": DataType(base=Base.WORD, source=SOURCE),
    "number": DataType(base=Base.NUMBER, source=SOURCE),
    "us-time": DataType(base=Base.US_TIME, source=SOURCE),
}
PROBES = [(name, probe) for name, kind in TYPES.items() for probe in probes(kind)]


def kind_of(
    base: Base, *, choices: list[str] | None = None, minimum: int | None = None, maximum: int | None = None
) -> DataType:
    return DataType(base=base, choices=choices or [], minimum=minimum, maximum=maximum, source=SOURCE)


def valid_values(kind: DataType) -> st.SearchStrategy[str]:
    """Values of a type, made without the module under test."""
    match kind.base:
        case Base.WORD:
            return st.text(min_size=1).filter(str.strip)
        case Base.GUID:  # as the documents write them, with three or four hyphens
            return st.uuids().map(lambda one: f"{str(one)[:23]}{str(one)[24 - one.int % 2 :]}")
        case Base.TEXT | Base.XS_STRING:
            return st.text(min_size=1)
        case Base.XS_INTEGER | Base.XS_NON_NEGATIVE:
            return st.integers(0 if kind.base is Base.XS_NON_NEGATIVE else None).map(str)
        case Base.UUID:
            return st.uuids().map(str)
        case Base.ENUM:
            return st.sampled_from(kind.choices)
        case Base.IPV4:
            return st.ip_addresses(v=4).map(str)
        case Base.INT:
            return st.integers(kind.minimum, kind.maximum).map(str)
        case Base.NUMBER:
            return st.one_of(st.integers().map(str), st.decimals(-(10**6), 10**6, places=3).map("{:f}".format))
        case Base.US_TIME:
            times = st.datetimes(min_value=datetime(1000, 1, 1))  # noqa: DTZ001 - local time of a device
            return times.map(lambda when: f"{when:%m/%d/%Y %I:%M:%S %p}")


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
def test_a_valid_value_is_a_value(name: str, data: st.DataObject) -> None:
    assert is_value(TYPES[name], data.draw(valid_values(TYPES[name])))


@pytest.mark.parametrize(("name", "probe"), PROBES, ids=lambda part: part if isinstance(part, str) else part.name)
@settings(max_examples=15)  # for each of a hundred probes
@given(data=st.data())
def test_a_probe_stands_on_its_side_whatever_value_it_is_made_from(
    name: str, probe: Probe, data: st.DataObject
) -> None:
    """INSIDE is always a value, OUTSIDE never; on OPEN the document is silent, so only its own spelling may decide."""
    text = probe.make(data.draw(valid_values(TYPES[name])))
    if probe.side is Side.INSIDE:
        assert is_value(TYPES[name], text), text
    elif probe.side is Side.OUTSIDE:
        assert not is_value(TYPES[name], text), text


@pytest.mark.parametrize("name", TYPES)
def test_the_probes_of_a_type_have_names_of_their_own(name: str) -> None:
    names = [probe.name for probe in probes(TYPES[name])]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("name", [name for name, kind in TYPES.items() if kind.base is not Base.TEXT])
def test_every_type_but_text_has_probes_on_the_outside(name: str) -> None:
    assert Side.OUTSIDE in {probe.side for probe in probes(TYPES[name])}


@pytest.mark.parametrize("name", TYPES)
def test_open_spellings_and_only_they_name_their_ambiguity(name: str) -> None:
    kind = TYPES[name]
    for probe in probes(kind):
        assert probe.ambiguity == kind.open_forms.get(probe.name)
        assert (probe.side is Side.OPEN) == (probe.ambiguity is not None)


def test_every_open_spelling_of_the_spec_is_a_probe() -> None:
    for kind in TYPES.values():
        assert set(kind.open_forms) <= {probe.name for probe in probes(kind)}


GOOD_UUID = "cc457821-98a6-416d-9775-336d71eacd05"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (kind_of(Base.TEXT), ["", "x", "two words", "\n", "ü"], []),
        (
            kind_of(Base.UUID),
            [GOOD_UUID, GOOD_UUID.upper(), "00000000-0000-0000-0000-000000000000"],
            [
                "",
                GOOD_UUID[:-1],
                GOOD_UUID + "0",
                GOOD_UUID.replace("-", ""),
                "{" + GOOD_UUID + "}",
                GOOD_UUID + "\n",
                " " + GOOD_UUID,
            ],
        ),
        (
            kind_of(Base.ENUM, choices=["true", "false"]),
            ["true", "false"],
            ["", "True", "TRUE", "1", "tru", "truefalse", " true"],
        ),
        (
            kind_of(Base.IPV4),
            ["0.0.0.0", "255.255.255.255", "10.0.0.1", "127.0.0.1"],
            [
                "",
                "256.0.0.1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.4.",
                "01.2.3.4",
                "1..3.4",
                "::1",
                "a.b.c.d",
                "1.2.3.4 ",
                "1.2.3.-4",
                "１.2.3.4",
            ],
        ),
        (
            kind_of(Base.INT, minimum=0, maximum=65535),
            ["0", "1", "65535"],
            ["", "-1", "65536", "00", "01", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "99999999999999999999", "٣"],
        ),
        (kind_of(Base.INT), ["0", "-1", "99999999999999999999"], ["", "-", "-01", "--1"]),
    ],
    ids=["text", "uuid", "enum", "ipv4", "port", "any-int"],
)
def test_literal_values(kind: DataType, good: list[str], bad: list[str]) -> None:
    assert good == [text for text in good if is_value(kind, text)]
    assert [] == [text for text in bad if is_value(kind, text)]


@given(st.text())
def test_an_address_is_what_the_standard_library_calls_one(text: str) -> None:
    """An independent reader of IPv4 addresses guards against a mistake in ours."""
    try:
        known = str(ipaddress.IPv4Address(text)) == text
    except ValueError:
        known = False
    assert is_value(kind_of(Base.IPV4), text) == known


@given(st.text(alphabet="0123456789abcdefABCDEF-g{} ", max_size=40))
def test_what_is_taken_for_a_uuid_is_one(text: str) -> None:
    if is_value(kind_of(Base.UUID), text):
        assert str(uuid.UUID(text)) == text.lower()
