"""The clauses that follow from HTTP operations and from the XML that answers them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from harness.rows import compile_shape
from harness.spec.clauses import ClauseEntry, catalogue
from harness.spec.clauses_xml import http_clauses, reply_clauses
from harness.spec.load import load_system
from harness.spec.model import Level, Operation, Source, System
from harness.tests.http_made import SYSTEM as TIDES
from harness.tests.rows_made import SYSTEM as ROWS

CDS = load_system("cds")
PLACE = Source(section="Elsewhere", lines=[7, 7])


def clauses(operation: Operation, system: System = TIDES) -> dict[str, Any]:
    return {one.part: one for one in http_clauses(system, "Levels", operation)}


def of_operation(system: System, name: str) -> dict[str, ClauseEntry]:
    start = f"{system.prefix}-{name}"
    return {key: entry for key, entry in catalogue(system).items() if key == start or key.startswith(f"{start}.")}


LEVELS = TIDES.operations["Levels"]


def test_the_clauses_of_an_operation_are_these() -> None:
    """What the structure says, said once each."""
    assert set(clauses(LEVELS)) == {
        ".gauge.required",
        ".from.required",
        ".to.required",
        ".window",
        ".window.reversed",
        ".reply",
        ".reply.Level",
        ".reply.Level.time",
        ".reply.Level.depth",
    }
    assert [one.part for one in http_clauses(TIDES, "Gauges", TIDES.operations["Gauges"])] == [
        ".reply",
        ".reply.Gauge",
        ".reply.Gauge.name",
    ]


def test_what_is_not_asked_for_over_http_has_none() -> None:
    assert list(http_clauses(TIDES, "Levels", replace(LEVELS, request=None))) == []


def test_an_operation_without_a_document_has_no_clause_of_one() -> None:
    for bare in (replace(LEVELS, reply=None), replace(LEVELS, reply="nothing-like-this")):
        assert not [part for part in clauses(bare) if part.startswith(".reply")]


def test_a_period_has_its_length_and_its_place() -> None:
    window = LEVELS.window
    assert window is not None
    other = clauses(replace(LEVELS, window=replace(window, longest_s=77, source=PLACE)))[".window"]
    assert other.text == "Levels takes a period of 77 seconds and refuses a longer one."
    assert other.sources == (PLACE,)
    assert {"from", "to"} <= set(other.names)
    assert not [part for part in clauses(replace(LEVELS, window=None)) if "window" in part]


@pytest.mark.parametrize(
    ("field", "part"), [("longer", ".window"), ("reversed", ".window.reversed")], ids=["longer", "reversed"]
)
def test_what_a_reading_permits_is_no_must(field: str, part: str) -> None:
    window = LEVELS.window
    assert window is not None
    assert clauses(LEVELS)[part].level is Level.MUST
    open_one = replace(LEVELS, window=replace(window, **{field: "TID-AMB-002"}))
    assert clauses(open_one)[part].level is Level.MAY
    assert [one.level for key, one in clauses(open_one).items() if key != part].count(Level.MAY) == 0


def test_a_parameter_that_may_be_missing_is_not_required() -> None:
    parameters = dict(LEVELS.parameters)
    parameters["gauge"] = replace(parameters["gauge"], missing=[])
    parameters["from"] = replace(parameters["from"], missing_ambiguity="TID-AMB-004")
    found = clauses(replace(LEVELS, parameters=parameters))
    assert ".gauge.required" not in found
    assert found[".from.required"].level is Level.MAY
    assert found[".to.required"].level is Level.MUST
    assert found[".to.required"].names == ("to",)


def test_the_document_and_everything_in_it_but_its_root_again() -> None:
    for document in ROWS.replies.values():
        found = [one.part for one in reply_clauses(document)]
        assert found[0] == ".reply"
        assert len(found) == len(set(found))
        elements = [part for part in found if part.count(".") == 2]
        assert {part.rpartition(".")[2] for part in elements} == set(document.elements) - {document.root}
        attributes = sum(len(element.attributes) for element in document.elements.values())
        assert len(found) == 1 + len(elements) + attributes


def test_an_element_is_cited_where_it_is_described_and_where_its_parent_has_it() -> None:
    document = ROWS.replies["lists"]
    root, row = document.elements["Streams"], document.elements["Stream"]
    told = replace(root.children["Stream"], source=PLACE)
    elements = {**document.elements, "Streams": replace(root, children={"Stream": told})}
    found = {one.part: one for one in reply_clauses(replace(document, elements=elements))}
    assert found[".reply.Stream"].sources == (PLACE, row.source)
    assert found[".reply.Content"].sources == (document.elements["Content"].source,)
    plain = {one.part: one for one in reply_clauses(document)}
    assert plain[".reply.Stream"].sources == (row.source,)


def test_an_attribute_says_whether_it_must_be_there_and_how_binding_its_type_is() -> None:
    found = {one.part: one for one in reply_clauses(ROWS.replies["streams"])}
    assert found[".reply.Stream.start"].text == "start of Stream is there and is of type time."
    assert found[".reply.Stream.zero"].text == "zero of Stream may be left out and is of type count."
    assert found[".reply.Stream.stored"].text.startswith("stored of Stream may be left out")
    assert found[".reply.Stream.start"].level is Level.MUST
    assert found[".reply.Stream.free"].level is Level.MAY


def test_every_spelling_of_a_name_is_one_that_may_stand_in_the_cited_lines() -> None:
    found = {one.part: one for one in reply_clauses(ROWS.replies["streams"])}
    assert found[".reply.Stream.outputs"].names == ("outputs", "output", "Stream")
    names = {one.part: one for one in reply_clauses(ROWS.replies["names"])}
    assert names[".reply.Name"].names == ("Name", "Name", "name")
    assert names[".reply.Name.name"].names == ("name", "Name")


@pytest.mark.parametrize("name", CDS.operations)
def test_the_catalogue_has_each_clause_of_each_operation(name: str) -> None:
    known = of_operation(CDS, name)
    for one in http_clauses(CDS, name, CDS.operations[name]):
        entry = known[f"CDS-{name}{one.part}"]
        assert (entry.text, entry.level, tuple(entry.sources)) == (one.text, one.level, one.sources)
        assert all(1 <= source.lines[0] <= source.lines[1] for source in one.sources)


@pytest.mark.slow
@pytest.mark.parametrize("system", [TIDES, CDS], ids=["tides", "cds"])
def test_what_a_check_of_a_document_names_is_a_clause(system: System) -> None:
    """The scan tells of parts, and each part is a clause of the operation."""
    for name, operation in system.operations.items():
        assert operation.reply is not None
        compile_shape(system, operation.reply, operation=name)
        document = system.replies[operation.reply]
        for element_name, element in document.elements.items():
            parts = [f"reply.{element_name}.{attribute}" for attribute in element.attributes]
            parts += [f"reply.{element_name}"] * (element_name != document.root)
            assert {f"{system.prefix}-{name}.{part}" for part in parts} <= set(of_operation(system, name))
