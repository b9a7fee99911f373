"""What a load asks of its own process: enough files, and no garbage collection meanwhile."""

from __future__ import annotations

import gc
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from harness.errors import UsageError


def allow_files(wanted: int) -> None:
    """Raise the limit of open files; UsageError if the system does not allow so many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and wanted > hard:
        raise UsageError(
            f"--connections: this machine allows {hard} open files a process, {wanted} are needed (ulimit -n)"
        )
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collection meanwhile: it would be latency of ours, and the loop makes no circles.

    What is there already is set aside, so that a validator whose full reading makes some can collect them quickly.
    """
    enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if enabled:
            gc.enable()
