"""Every citation holds: its lines are below the heading that it names, and what they are cited for stands in them.

The documents are not part of the project; CLAUSEWISE_DOCUMENTS names the folder that holds them.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from functools import cache
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.spec.cite import document_lines, quotation
from harness.spec.clauses import catalogue
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
    return re.sub(r"<[^>]*>", "", line).strip().lstrip("#").strip()


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
    places = [(number, heading(line)) for number, line in enumerate(lines_of(name), 1) if heading(line) in sections]
    assert sections <= {text for _, text in places}
    numbers = [number for number, _ in places]
    wrong = []
    for keys, source in sources:
        index = bisect_right(numbers, source.lines[0]) - 1
        above = places[index][1] if index >= 0 else "nothing"
        if above != source.section:
            wrong.append(f"{'.'.join(keys)}: {source.lines} is below {above!r}, not {source.section!r}")
    assert not wrong, "\n".join(wrong)


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
