"""Every citation holds: its lines are below the heading that it names, and what they are cited for stands in them.

The documents are not part of the project; CLAUSEWISE_DOCUMENTS names the folder that holds them.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

from harness.errors import UsageError
from harness.spec.cite import document_lines, quotation
from harness.spec.clauses import catalogue
from harness.spec.documentmodel import Section
from harness.spec.lint_sources import sources_of
from harness.spec.load import load_system, system_names
from harness.spec.model import Source

FOLDER = os.environ.get("CLAUSEWISE_DOCUMENTS", "")
needs_documents = pytest.mark.skipif(
    not FOLDER, reason="CLAUSEWISE_DOCUMENTS does not name the folder of the documents"
)
SYSTEMS = pytest.mark.parametrize("name", system_names())


@cache
def lines_of(name: str) -> list[str]:
    return document_lines(load_system(name).document, Path(FOLDER))


def cited(name: str, source: Source) -> str:
    first, last = source.lines
    assert last <= len(lines_of(name)), source
    return "\n".join(lines_of(name)[first - 1 : last]).lower()


def heading(line: str) -> str:
    return re.sub(r"<[^>]*>|`", "", line).strip().lstrip("#").strip()


def headings(lines: list[str]) -> Iterator[tuple[int, str]]:
    """What may be a heading, with its line number: every line but those of examples between fences."""
    fenced = False
    for number, line in enumerate(lines, 1):
        fence = line.strip().startswith("```")
        if not fence and not fenced:
            yield number, heading(line)
        fenced ^= fence


@needs_documents
@SYSTEMS
def test_words_stand_in_the_cited_lines(name: str) -> None:
    wrong = [
        f"{'.'.join(keys)}: {source.word!r} is not in {source.lines}"
        for keys, source in sources_of(load_system(name))
        if source.word and source.word.lower() not in cited(name, source)
    ]
    assert not wrong, "\n".join(wrong)


@needs_documents
@SYSTEMS
def test_names_of_structural_clauses_stand_in_the_cited_lines(name: str) -> None:
    wrong = []
    for entry in catalogue(load_system(name)).values():
        assert entry.names, f"{entry.id} names nothing that could be looked for"
        if not any(word.lower() in cited(name, source) for source in entry.sources for word in entry.names):
            wrong.append(f"{entry.id}: none of {entry.names} is in {[source.lines for source in entry.sources]}")
    assert not wrong, "\n".join(wrong)


@needs_documents
@SYSTEMS
def test_sections_are_the_headings_above_the_cited_lines(name: str) -> None:
    sources = list(sources_of(load_system(name)))
    sections = {source.section for _, source in sources}
    places = [(number, text) for number, text in headings(lines_of(name)) if text in sections]
    assert sections <= {text for _, text in places}
    numbers = [number for number, _ in places]
    wrong = []
    for keys, source in sources:
        index = bisect_right(numbers, source.lines[0]) - 1
        above = places[index][1] if index >= 0 else "nothing"
        if above != source.section:
            wrong.append(f"{'.'.join(keys)}: {source.lines} is below {above!r}, not {source.section!r}")
    assert not wrong, "\n".join(wrong)


@needs_documents
@SYSTEMS
def test_names_in_replies_stand_in_their_own_lines(name: str) -> None:
    """Stricter than the clauses, which may be cited for the element: the attribute's own name, in some letter case."""
    wrong = []
    for key, document in load_system(name).replies.items():
        for element_name, element in document.elements.items():
            parts = [(element_name, element.names, element.source)]
            parts += [(own, attribute.names, attribute.source) for own, attribute in element.attributes.items()]
            for own, spellings, source in parts:
                words = {own.lower(), *(spelling.lower() for spelling in spellings.values())}
                if not any(re.search(rf"\b{re.escape(word)}\b", cited(name, source)) for word in words):
                    wrong.append(f"{key}.{element_name}.{own}: not in {source.lines}")
    assert not wrong, "\n".join(wrong)


def spelled(section: Section) -> Iterator[tuple[dict[str, str], str | None]]:
    """The spellings in a section and those below it, with their ambiguities."""
    yield section.names, section.ambiguity
    yield from ((one.names, one.ambiguity) for one in section.values.values())
    for below in section.sections.values():
        yield from spelled(below)


@needs_documents
@SYSTEMS
def test_spellings_stand_in_the_lines_of_their_readings(name: str) -> None:
    """What a reading that has a source spells so stands in the lines that it cites, letter by letter."""
    system = load_system(name)
    parts = [
        *((part.names, part.ambiguity) for document in system.replies.values() for part in document.elements.values()),
        *(
            (part.names, part.ambiguity)
            for document in system.replies.values()
            for element in document.elements.values()
            for part in element.attributes.values()
        ),
        *((one.request.values, one.request.ambiguity) for one in system.operations.values() if one.request is not None),
        *((part.names, part.name_ambiguity) for one in system.operations.values() for part in one.parameters.values()),
        *(pair for one in system.operations.values() if one.answer is not None for pair in spelled(one.answer)),
    ]
    if system.documents is not None:
        parts += [(one.names, one.ambiguity) for one in system.documents.head.values()]
        parts.append((system.documents.function_names, system.documents.function_ambiguity))
    wrong = []
    for spellings, ambiguity in parts:
        for reading, spelling in spellings.items():
            source = system.ambiguities[ambiguity or ""].readings[reading].source
            if source is not None:
                first, last = source.lines
                lines = "\n".join(lines_of(name)[first - 1 : last])
                if spelling not in lines:
                    wrong.append(f"{ambiguity}.{reading}: {spelling!r} is not in {source.lines}")
    assert not wrong, "\n".join(wrong)


@needs_documents
@SYSTEMS
def test_values_and_addresses_stand_in_the_document(name: str) -> None:
    """Choices of types, examples of parameters, paths, namespaces, values that are fixed, attributes of errors."""
    system = load_system(name)
    values = {choice for kind in system.types.values() for choice in kind.choices}
    for operation in system.operations.values():
        values |= {example for parameter in operation.parameters.values() for example in parameter.examples}
        values |= {value for row in operation.errors.values() for value in row.attributes.values()}
        values |= {operation.request.path, operation.request.value} if operation.request is not None else set()
    for document in system.replies.values():
        values |= {document.namespace, document.root}
        values |= {one.fixed or "" for part in document.elements.values() for one in part.attributes.values()}
    text = "\n".join(lines_of(name))
    assert [value for value in sorted(values) if value not in text] == []


# So many words in a row are a sentence of the document and no fact.
SENTENCE = 7


@needs_documents
@SYSTEMS
def test_no_sentence_of_the_document_stands_in_the_spec(name: str) -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[a-z0-9]+", re.sub(r"<[^>]*>", " ", text).lower())
        return {tuple(words[at : at + SENTENCE]) for at in range(len(words) - SENTENCE + 1)}

    theirs = runs("\n".join(lines_of(name)))
    wrong = [
        f"{'.'.join(keys)}: {text!r}"
        for keys, text in own_words(load_system(name))
        if not theirs.isdisjoint(runs(text))
    ]
    assert not wrong, "\n".join(wrong)


def own_words(part: object, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts of a spec that are ours to word."""
    if isinstance(part, str) and keys[-1] in ("text", "about", "untested", "internal") and "errors" not in keys:
        yield keys, part
    elif isinstance(part, Mapping):
        for name, child in part.items():
            yield from own_words(child, (*keys, str(name)))
    elif isinstance(part, Struct) and not isinstance(part, Source):
        yield from own_words({name: getattr(part, name) for name in part.__struct_fields__}, keys)


def test_a_line_of_an_example_is_no_heading() -> None:
    assert [(1, "A"), (5, "B"), (6, "")] == list(headings(["# A", "```xml", "<C>A</C>", "  ```", "<b>B</b>", ""]))


def test_a_document_that_is_absent_or_of_another_edition(tmp_path: Path) -> None:
    document = load_system("hmp").document
    with pytest.raises(UsageError, match="--documents names the folder that holds"):
        document_lines(document, tmp_path)
    (tmp_path / document.file).write_text("another edition\n")
    with pytest.raises(UsageError, match=f"the spec was derived from {document.sha256}"):
        document_lines(document, tmp_path)


def test_lines_are_numbered_from_one() -> None:
    source = Source(section="x", lines=[9, 10])
    assert list(quotation(source, [f"line {number}" for number in range(1, 12)])) == [" 9  line 9", "10  line 10"]
