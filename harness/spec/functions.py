"""What functions are called: by their own names, and by others that a reading of the document gives them."""

from __future__ import annotations

from harness.spec.model import Operation, System


def names_of(name: str, operation: Operation) -> tuple[str, ...]:
    """Every name of a function, its own first."""
    return tuple(dict.fromkeys((name, *operation.names.values())))


def functions_by_name(system: System) -> dict[str, str]:
    """Every name of every function, with case folded -> the function."""
    return {one.casefold(): name for name, known in system.operations.items() for one in names_of(name, known)}
