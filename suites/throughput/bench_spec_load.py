"""Benchmark of `harness.spec.load`: a spec of 20,000 lines from YAML, with the place of each key, and from the cache.

pytest suites/throughput/bench_spec_load.py
"""

from __future__ import annotations

from pathlib import Path

import pytest
from large_spec import write_large_spec
from pytest_benchmark.fixture import BenchmarkFixture

from harness.spec.load import load_system

LINES = 20_000


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of specs with one large one."""
    folder = tmp_path_factory.mktemp("specs")
    write_large_spec(folder, LINES)
    return folder


def test_load_from_yaml(benchmark: BenchmarkFixture, specs: Path) -> None:
    """Milliseconds are in the table; the model is complete."""
    system = benchmark(load_system, "hmp", specs=specs, cache=False)
    assert len(system.operations) > 500


def test_load_from_cache(
    benchmark: BenchmarkFixture, specs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first load fills the cache, the measured ones read it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load_system("hmp", specs=specs)
    system = benchmark(load_system, "hmp", specs=specs)
    assert len(system.operations) > 500
