"""Benchmarks of the model: a spec from its cache, the cases that follow from it, the error book, and one reply judged.

pytest suites/throughput/bench_model.py
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.case import rng_for
from harness.derive import derive
from harness.ending import Ending
from harness.load.scenario import make_requests
from harness.load.validate import Validator
from harness.messages.book import ErrorBook
from harness.messages.registry import binding_for
from harness.permit import Permit
from harness.spec.load import load_system, system_names
from harness.suite import load_suite
from harness.target import Allow

ALL = Permit(Allow(write=True, disruptive=True, destructive=True, load=True), 1.0)


@pytest.mark.parametrize("name", system_names())
def test_spec_from_cache(benchmark: BenchmarkFixture, name: str) -> None:
    """The spec as every command loads it."""
    load_system(name)
    assert benchmark(load_system, name).operations


@pytest.mark.parametrize("name", system_names())
def test_derive_cases(benchmark: BenchmarkFixture, name: str) -> None:
    """Every case that follows from the spec."""
    system = load_system(name)
    suite = load_suite(system)
    cases = benchmark(lambda: list(derive(system, suite, "bench")))
    benchmark.extra_info["cases"] = len(cases)
    assert cases


def test_error_book(benchmark: BenchmarkFixture) -> None:
    """The errors of every operation, filled in; made once a run."""
    system = load_system("hmp")
    assert system.lines is not None
    book = benchmark(ErrorBook, system, system.lines)
    assert book.rows("deleteSession")


def test_make_requests(benchmark: BenchmarkFixture) -> None:
    """The round of requests of the default load scenario, permit asked for each."""
    system = load_system("hmp")
    suite = load_suite(system)
    scenario = suite.loads[suite.default_load]
    objects = dict.fromkeys(scenario.objects, "9eed71ca-d567-4a16-9d9c-26c6c5ad282e")
    binding = binding_for(system, "cli")
    requests = benchmark(lambda: make_requests(scenario.operations, objects, binding, ALL, rng_for(1, "bench")))
    benchmark.extra_info["requests"] = len(requests)
    assert len({request.data for request in requests}) > len(scenario.operations)


@pytest.mark.parametrize("known", [False, True], ids=["full-parse", "known-shape"])
def test_validate_reply(benchmark: BenchmarkFixture, known: bool) -> None:
    """One reply of a load: read and checked in full, and found among the known shapes."""
    system = load_system("hmp")
    assert system.lines is not None
    kind = load_suite(system).loads["monitor"].operations[0]
    binding, book = binding_for(system, "cli"), ErrorBook(system, system.lines)
    objects = dict.fromkeys(kind.objects, "9eed71ca-d567-4a16-9d9c-26c6c5ad282e")
    request = make_requests([kind], objects, binding, ALL, rng_for(1, "bench"), 1)[0]
    reply = b"OK|RECORDING\n"
    if known:
        validator = Validator(book, binding)
        assert validator.slow(request, reply, Ending.ANSWERED)
        shapes = validator.shapes(kind).exact
        assert benchmark(lambda: reply in shapes)
    else:
        assert benchmark(lambda: Validator(book, binding).slow(request, reply, Ending.ANSWERED))
