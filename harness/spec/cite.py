"""The cited lines of a document, for someone who has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.errors import UsageError
from harness.spec.model import Document, Source


def document_lines(document: Document, folder: Path) -> list[str]:
    """The lines of a document's text file, the first at index 0.

    Raises:
        UsageError: the file is not there, or is not the edition that the spec was derived from.
    """
    path = folder / document.file
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; --documents names the folder that holds {document.file}") from None
    digest = hashlib.sha256(raw).hexdigest()
    if digest != document.sha256:
        raise UsageError(
            f"{path}: its SHA-256 is {digest}, but the spec was derived from {document.sha256} ({document.edition}); "
            "line numbers of another edition would mislead"
        )
    return raw.decode("utf-8", "replace").split("\n")


def quotation(source: Source, lines: list[str]) -> Iterator[str]:
    """The cited lines with their numbers."""
    first, last = source.lines
    width = len(str(last))
    for number in range(first, min(last, len(lines)) + 1):
        yield f"{number:>{width}}  {lines[number - 1].rstrip()}"


def merged(sources: Iterable[Source]) -> list[Source]:
    """Each cited range once, in the order of the document."""
    ranges: dict[tuple[int, ...], Source] = {}
    for source in sources:
        ranges.setdefault(tuple(source.lines), source)
    return [ranges[lines] for lines in sorted(ranges)]
