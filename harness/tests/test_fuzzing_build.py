"""What the fuzzer builds: the same from the same seed, all that it promises, only what the spec and the target file know."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from functools import lru_cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.hmp.grammar import ESCAPED_QUOTE, parse
from harness.fuzzing.build import CATEGORIES, Builder, rng_of
from harness.fuzzing.guard import Guard
from harness.fuzzing.mutate import Mutation, mutations
from harness.fuzzing.script import Script, Slot, joined, script_from_json, script_to_json
from harness.fuzzing.values import Values, bent, random_text, random_uuid
from harness.permit import SHORTEST_ID
from harness.spec.clauses import catalogue
from harness.suite import load_suite
from harness.tests.devices import LATE_S, hmp, target_of
from harness.tests.fuzz_device import FIXTURES

TARGET = target_of(1, fixtures=FIXTURES)
MUTATIONS = [mutation for group in mutations(hmp().lines).values() for mutation in group]  # type: ignore[arg-type]
FRAMING = {"segmented", "joined", "unfinished", "long-line", "pipelined", "broken-off"}
OBJECT_ID = b"9eed71ca-d567-4a16-9d9c-26c6c5ad282e"


def built(count: int, seed: int = 1, only: tuple[str, ...] = ()) -> list[Script]:
    builder = Builder(hmp(), TARGET, only)
    return [builder.script(rng_of(seed, number)) for number in range(count)]


@lru_cache(maxsize=1)
def sample() -> list[Script]:
    """Enough scripts that everything that is built at all is among them."""
    return built(6000)


def filled(script: Script) -> bytes:
    """Every byte that a script sends, with something in its slots."""
    return b"".join(part if isinstance(part, bytes) else text(part) for step in script.steps for part in step.parts)


def text(slot: Slot) -> bytes:
    kind, name, rest = slot.name.split(":")
    return TARGET.fixture_texts(name)[int(rest)].encode() if kind == "fixture" else OBJECT_ID


# The same again


def test_the_same_seed_and_number_give_the_same_script() -> None:
    assert built(300) == built(300)
    assert built(300) != built(300, seed=2)
    other = Builder(hmp(), TARGET)
    assert built(1, seed=1) == [other.script(rng_of(1, 0))]  # whatever was built before


PRINT = """
import hashlib
from harness.tests.test_fuzzing_build import built
print(hashlib.sha256(repr(built(300)).encode()).hexdigest())
"""


@pytest.mark.slow
def test_the_same_in_another_process() -> None:
    """Python salts its hashes for each process; nothing of it may reach a script."""
    told = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            timeout=3 * LATE_S,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert len(told.pop().strip()) == 64


# All that is promised


@pytest.mark.slow
def test_every_category_and_every_mutation_is_built() -> None:
    names = Counter(script.name for script in sample())
    assert set(CATEGORIES) == {name.partition(".")[0] for name in names}
    wanted = {f"{group}.{one.name}" for group, row in mutations(hmp().lines).items() for one in row}  # type: ignore[arg-type]
    wanted |= {f"framing.{way}" for way in FRAMING} | {"escaping.spelled", "escaping.twins", "values.valid"}
    assert wanted <= set(names)
    assert {name.split(".")[1] for name in names if name.startswith("values.")} >= {
        "uuid",
        "enum",
        "text",
        "int",
        "ipv4",
    }


@pytest.mark.slow
def test_every_operation_is_asked_for() -> None:
    seen = {word for script in sample() for word in re.findall(rb"^\w+", filled(script), re.MULTILINE)}
    assert {name.encode() for name in hmp().operations} <= seen


@pytest.mark.parametrize("category", CATEGORIES)
def test_only_the_categories_that_were_asked_for(category: str) -> None:
    assert {category} == {script.name.partition(".")[0] for script in built(60, only=(category,))}


def test_mutations_have_names_of_their_own_and_rules_of_the_spec() -> None:
    assert len(MUTATIONS) == len({one.name for one in MUTATIONS})
    assert {one.rule for one in MUTATIONS} <= set(hmp().lines.rules)  # type: ignore[union-attr]


# Nothing that is not known


@pytest.mark.slow
def test_clauses_exist() -> None:
    known = catalogue(hmp())
    assert all(script.clauses for script in sample())
    assert {clause for script in sample() for clause in script.clauses} <= set(known)


@pytest.mark.slow
def test_slots_name_objects_and_fixtures_that_there_are() -> None:
    system = hmp()
    providers = load_suite(system).providers
    seen = set()
    for script in sample():
        for slot in script.slots():
            kind, name, rest = slot.name.split(":")
            seen.add(kind)
            if kind == "object":
                assert name in providers
                assert system.objects[name].created_by is not None
            elif kind == "fixture":
                assert name in system.fixtures
                assert int(rest) < len(TARGET.fixture_texts(name))
    assert seen == {"object", "fixture", "value"}


@pytest.mark.slow
def test_values_refer_to_requests_that_made_something() -> None:
    makers = {name.encode() for name, known in hmp().operations.items() if known.result and known.result.object}
    for script in sample():
        lines: list[bytes] = []  # the requests of the steps before: only their replies are known
        for step in script.steps:
            for part in step.parts:
                if isinstance(part, Slot) and part.name.startswith("value:"):
                    number = int(part.name.split(":")[1])
                    assert number < len(lines)
                    assert lines[number].split()[0] in makers
            lines += filled(Script(name="", steps=(step,))).splitlines()


@pytest.mark.slow
def test_scripts_are_in_one_form_of_bounded_size_and_survive_json() -> None:
    for script in sample():
        assert all(step.parts == joined(step.parts) for step in script.steps)
        assert all(step.pause_s < 0.1 for step in script.steps)
        assert len(filled(script)) < 2**20
    assert sample()[:500] == [script_from_json(script_to_json(script)) for script in sample()[:500]]


@pytest.mark.slow
def test_nothing_is_built_that_the_guard_must_refuse_and_does_not() -> None:
    """Looked for apart from the guard: with the independent grammar, and with a look at what the words are."""
    guard = Guard(hmp(), TARGET)
    allowed = {*TARGET.fixture_texts("restream_ips"), *TARGET.fixture_texts("restream_ports")}
    refused = sent = 0
    for script in (*sample(), *built(4000, seed=9, only=("values", "bytes", "escaping"))):
        for line in filled(script).split(b"\n"):
            words = parse(line).words
            name = words[0].casefold() if words else ""
            short = name == "deletesession" and any(0 < len(word) < SHORTEST_ID for word in words[1:])
            foreign = name == "startrestreamrecording" and any(
                re.fullmatch(r"[0-9]+(\.[0-9]+){3}|[0-9]{1,5}", word) and word not in allowed for word in words[2:]
            )
            if short or foreign:
                assert guard.objection(line), line
                refused += 1
            elif name in ("deletesession", "startrestreamrecording") and not guard.objection(line):
                sent += 1
    assert refused > 50
    assert sent > 200  # it does not refuse everything


# Mutations


picks = st.lists(st.floats(0, 1, exclude_max=True), min_size=6, max_size=6)
ALL = st.sampled_from(MUTATIONS)


@pytest.mark.slow
@settings(max_examples=150)
@given(ALL, st.one_of(st.binary(max_size=30), st.sampled_from((b"", b'"', b" ", b"\\", b'a "b\\"c"'))), picks)
def test_mutations_take_any_bytes_and_stay_small(mutation: Mutation, data: bytes, numbers: list[float]) -> None:
    row = iter(numbers)
    changed = mutation.change(data, lambda: next(row, 0.5))
    assert isinstance(changed, bytes)
    assert len(changed) <= 2 * len(data) + 40


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_each_mutation_changes_something_of_an_ordinary_request(mutation: Mutation) -> None:
    request = b'addHotmark 9eed71ca "a \\"quoted\\" \\\\ text"'
    rng = Random(1)
    changed = {mutation.change(request, rng.random) for _ in range(50)}
    assert changed - {request}


# Values


def test_random_ids_are_ids_of_version_4() -> None:
    rng = Random(3)
    found = {random_uuid(rng) for _ in range(300)}
    assert len(found) == 300
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", one) for one in found
    )


def test_every_spelling_of_a_text_means_the_text() -> None:
    """Read by the independent grammar: a spelling is one word, it is the value, and nothing is open about it but the code of a quote."""
    values, rng = Values(hmp(), TARGET), Random(5)
    for _ in range(1500):
        value = random_text(rng)
        spelled = values.spelled(value, rng)
        parsed = parse(b"addHotmark id " + spelled)
        assert parsed.balanced
        assert parsed.words == ("addHotmark", "id", value)
        assert parsed.open <= {ESCAPED_QUOTE}, spelled


def test_random_texts_are_never_blank_at_an_end() -> None:
    rng = Random(6)
    found = [random_text(rng) for _ in range(500)]
    assert all(one == one.strip() and one for one in found)
    assert any("\n" in one for one in found)


@pytest.mark.slow
@given(st.text(max_size=12), st.integers(0, 2**32))
def test_any_text_can_be_bent(value: str, seed: int) -> None:
    assert len(bent(value, Random(seed))) <= 22 * max(len(value), 1)
