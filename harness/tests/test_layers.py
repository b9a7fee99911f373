"""Layers and sizes: imports go down, what is forbidden is not imported, no module and no function is a giant (STYLE.md, R20 and part 4)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60

# Module, or package as one unit -> rank; a unit imports only units of a lower rank. The longest prefix of a module's name counts.
RANK: Mapping[str, float] = {
    "harness": 0,  # __init__: the version
    "harness.errors": 0,
    "harness.collecting": 0,
    "harness.ending": 0,
    "harness.resources": 1,
    "harness.spec.model": 1,
    "harness.spec.parts": -1,
    "harness.spec.xmlmodel": 0,
    "harness.spec.messagemodel": 0,
    "harness.spec.documentmodel": 0,
    "harness.spec.callmodel": 0.5,
    "harness.spec.callserved": 0.6,
    "harness.wire": 1,
    "harness.net": 1,
    "harness.flow": 1,
    "harness.following": 1,
    "harness.together": 1,
    "harness.verdict": 1,
    "harness.datatypes": 2,
    "harness.usual": 2,
    "harness.target": 2,
    "harness.transcript": 2,
    "harness.disguise": 3,
    "harness.http": 2,
    "harness.spec": 3,  # load, clauses, lint ...
    "harness.openforms": 3,
    "harness.rows": 3,
    "harness.events": 3,
    "harness.playback": 3.5,
    "harness.case": 3,
    "harness.messages": 4,
    "harness.waivers": 4,
    "harness.reference": 4,
    "harness.permit": 5,
    "harness.checks": 5,
    "harness.report": 5,
    "harness.header": 6,
    "harness.line": 5.5,
    "harness.exchange": 6,
    "harness.view": 3,
    "harness.dut": 6,
    "harness.hearing": 1.5,
    "harness.pictures": 0,
    "harness.secure": 0,
    "harness.eartalk": 1.5,
    "harness.ears": 2,
    "harness.earlive": 5.5,
    "harness.httpflow": 3,
    "harness.httplive": 5.5,
    "harness.httpdut": 6,
    "harness.packetview": 6,
    "harness.packetdut": 6.2,
    "harness.packetsample": 6.5,
    "harness.documentnotes": 5,
    "harness.callnotes": 5,
    "harness.callroad": 6.1,
    "harness.callasking": 6.15,
    "harness.callview": 6.2,
    "harness.callsample": 6.3,
    "harness.callears": 6.35,
    "harness.calldut": 6.4,
    "harness.documentview": 6.1,
    "harness.documentdut": 6.2,
    "harness.derive_documents": 9,
    "harness.derive_roads": 9.2,
    "harness.derive_told": 8.5,
    "harness.derive_packets": 9,
    "harness.derive_records": 9,
    "harness.derive_settings": 9.2,
    "harness.derive_call_places": 8,
    "harness.derive_call_values": 8,
    "harness.derive_call_told": 8,
    "harness.derive_call_world": 8.2,
    "harness.derive_call_shown": 8.2,
    "harness.derive_call_base": 8.5,
    "harness.derive_call_defaults": 8.55,
    "harness.derive_call_given": 8.6,
    "harness.derive_call_pairs": 8.7,
    "harness.derive_call_wrong": 8.6,
    "harness.derive_call_needs": 8.6,
    "harness.derive_calls": 9,
    "harness.validation": 5,
    "harness.validate_lines": 6,
    "harness.validate_command": 6,
    "harness.validate_message": 7,
    "harness.validate_function": 6,
    "harness.validate_functionurl": 6.5,
    "harness.validate_result": 7,
    "harness.validate_url": 6,
    "harness.validate_document": 6,
    "harness.validate_http": 7,
    "harness.validate_callsaved": 6,
    "harness.validate_call": 7,
    "harness.validate": 8,
    "harness.snapshot": 7,
    "harness.load.scenario": 7,
    "harness.suite": 8,
    "harness.judge": 7,
    "harness.coverage": 9,
    "harness.pool": 9,
    "harness.derive": 9,
    "harness.derive_base": 8,
    "harness.derive_window": 8.5,
    "harness.derive_query": 9,
    "harness.derive_open": 9,
    "harness.engine": 10,
    "harness.rejudge": 10,
    "harness.certify": 11,
    "harness.fuzzing": 12,
    "harness.strategies": 13,
    "harness.strategies_calls": 13,
    "harness.load": 12,
    "harness.mutation": 12,
    "harness.cli": 20,
    "harness.pytest_allure": 10,
    "harness.pytest_plugin": 20,
    "harness.__main__": 21,
}
# For annotations only: never imported when the program runs.
TYPES_UPWARD: Mapping[tuple[str, str], str] = {}
# Imports inside a function that would close a circle -> why.
LATE = {
    (
        "harness.report.progress",
        "harness.report.terminal",
    ): "rich is heavy and only terminals need it; terminal uses what progress formats"
}

_QUIET = {"asyncio", "socket", "select", "time", "random", "logging", "threading", "subprocess"}
PURE = (
    "harness.wire", "harness.case", "harness.transcript", "harness.verdict", "harness.checks", "harness.messages", "harness.datatypes",
    "harness.spec", "harness.flow", "harness.together", "harness.judge", "harness.playback", "harness.derive",
    "harness.derive_base", "harness.derive_window", "harness.derive_query", "harness.derive_open",
    "harness.view", "harness.httpflow", "harness.httpdut", "harness.rows",
    "harness.packetdut", "harness.packetview", "harness.packetsample", "harness.disguise",
    "harness.documentview", "harness.documentdut", "harness.derive_documents", "harness.derive_roads",
    "harness.callnotes", "harness.callroad", "harness.callasking", "harness.callview", "harness.callsample", "harness.calldut",
    "harness.callears", "harness.hearing",
    "harness.derive_told", "harness.derive_packets", "harness.derive_records", "harness.derive_settings",
    "harness.derive_calls", "harness.derive_call_base", "harness.derive_call_given", "harness.derive_call_needs", "harness.derive_call_pairs",
    "harness.derive_call_defaults", "harness.derive_call_places",
    "harness.derive_call_shown", "harness.derive_call_told", "harness.derive_call_values", "harness.derive_call_world", "harness.derive_call_wrong",
)  # fmt: skip
# take the generator of a case
VIEWS = (
    "harness.dut", "harness.view", "harness.packetview", "harness.documentview", "harness.callroad", "harness.callasking", "harness.callview",
)  # fmt: skip
NEVER: Mapping[str, tuple[str, ...]] = {
    "harness.checks": ("harness.net", "harness.exchange", "harness.engine"),
    "harness.report": ("harness.net", "harness.exchange", "harness.engine"),
    "harness.reference": (
        "harness.case", "harness.derive", "harness.checks", "harness.exchange", "harness.dut", "harness.judge", "harness.engine", "harness.suite",
    ),
}  # fmt: skip
# What -> who may import it.
ONLY: Mapping[str, tuple[str, ...]] = {
    "hypothesis": ("harness.strategies", "harness.strategies_calls"),
    "pytest": ("harness.pytest_plugin",),
    "_pytest": (),
    "socket": ("harness.net", "harness.reference"),
    "select": ("harness.net", "harness.reference", "harness.load.connections"),
    "asyncio": ("harness.net", "harness.reference"),
    "subprocess": (),
    "uvicorn": ("harness.reference",),
    "httptools": ("harness.reference",),
    "starlette": (),
}
# (module, what it imports) -> why the rule does not hold there.
EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("harness.case", "random"): "makes the one generator of a case from the run's seed (R12)",
    ("harness.certify", "subprocess"): "starts the bundled reference server in a process of its own",
    ("harness.cli.serve", "asyncio"): "runs the reference server until it is told to stop",
    (
        "harness.mutation.proxy",
        "asyncio",
    ): "stands between the suite and a device and relays bytes both ways, in a thread of its own",
    ("harness.mutation.proxy", "socket"): "passes a reset on as a reset, which asyncio has no call for",
}
# "module: function" or module -> why it may be longer.
_SCENARIOS = "registers the scenarios of one kind of object, each a short function of its own"
LONG: Mapping[str, str] = {
    "suites.hmp.descriptions: _register": _SCENARIOS,
    "suites.hmp.sharing: _register": _SCENARIOS,
}
VENDORS = re.compile(r"\b(hmp|haivision|polycom|rss2000|uptivity|cisco|cds|tps|telepresence)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Import:
    """One import of a module; `types_only` stands under TYPE_CHECKING, `local` in a function."""

    name: str
    line: int
    types_only: bool
    local: bool


def modules(top: str = "harness") -> dict[str, Path]:
    """Every module of a folder by dotted name, without tests and data."""
    found = {}
    for path in sorted((ROOT / top).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "tests" not in parts and "data" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(path: Path) -> Iterator[Import]:
    """Every import of a module, those inside functions and under TYPE_CHECKING too."""
    return _imports(ast.parse(path.read_text(encoding="utf-8")), types_only=False, local=False)


def _imports(node: ast.AST, *, types_only: bool, local: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, types_only, local)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: a relative import"
            for alias in child.names:
                whole = f"{child.module}.{alias.name}"
                yield Import(whole if whole in MODULES else str(child.module), child.lineno, types_only, local)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for statement in child.body:
                yield from _imports(ast.Module([statement], []), types_only=True, local=local)
        else:
            inside = local or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
            yield from _imports(child, types_only=types_only, local=inside)


def below(name: str, prefix: str) -> bool:
    """Whether a module is this one or in this package."""
    return name == prefix or name.startswith(prefix + ".")


def unit(name: str) -> str:
    """The entry of the rank table that a module belongs to; "" if none does."""
    return max((key for key in RANK if key == name or (key != "harness" and below(name, key))), key=len, default="")


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_a_rank(name: str) -> None:
    assert unit(name), f"{name}: give it a rank in this test"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_modules_of_a_lower_rank(name: str) -> None:
    """STYLE.md, part 4: ranks; imports inside functions and for types count."""
    own = unit(name)
    wrong = []
    for one in imports(MODULES[name]):
        other = unit(one.name) if below(one.name, "harness") else ""
        if not other or other == own or RANK[other] < RANK[own]:
            continue
        if one.types_only and (own, other) in TYPES_UPWARD:
            continue
        wrong.append(
            f"{MODULES[name].name}:{one.line}: {own} ({RANK[own]}) imports {other} ({RANK[other]})"
            + " for types" * one.types_only
        )
    assert [] == wrong


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Within a package too; imports for types are left out, the interpreter does not follow them."""
    edges = {
        name: {
            one.name
            for one in imports(path)
            if one.name in MODULES and not one.types_only and (name, one.name) not in LATE
        }
        for name, path in MODULES.items()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path[path.index(name) :], name))
        if name not in done:
            for other in sorted(edges[name]):
                visit(other, (*path, name))
            done.add(name)

    for name in sorted(edges):
        visit(name, ())


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_nothing_that_is_forbidden_to_it(name: str) -> None:
    """STYLE.md, part 4: forbidden whatever the rank."""
    wrong = []
    for one in imports(MODULES[name]):
        first = one.name.partition(".")[0]
        if (name, first) in EXCEPTIONS:
            continue
        pure = any(below(name, prefix) for prefix in PURE) and first in _QUIET and not one.types_only
        if pure and not (first == "random" and name in VIEWS):
            wrong.append(f"line {one.line}: {first} in a module without clocks and sockets")
        for prefix, refused in NEVER.items():
            if below(name, prefix) and any(below(one.name, other) for other in refused):
                wrong.append(f"line {one.line}: {prefix} must not know {one.name}")
        if first in ONLY and not any(below(name, allowed) for allowed in ONLY[first]):
            wrong.append(f"line {one.line}: {first} is for {' and '.join(ONLY[first]) or 'nobody'}")
    assert [] == wrong


def test_the_named_exceptions_are_still_needed() -> None:
    for name, imported in EXCEPTIONS:
        assert imported in {one.name.partition(".")[0] for one in imports(MODULES[name])}
    for name, imported in (*TYPES_UPWARD, *LATE):
        assert imported in {one.name for one in imports(MODULES[name])}


@pytest.mark.parametrize("name", MODULES)
def test_only_the_command_line_prints(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    calls = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert [] == calls or below(name, "harness.cli")


@pytest.mark.parametrize("name", [name for name in MODULES if not below(name, "harness.reference")])
def test_the_engine_knows_no_vendor(name: str) -> None:
    """DESIGN.md, Layout: only specs, xsd, suites, fuzz and the reference servers know a vendor's name."""
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()  # an example in a docstring may name a system
    assert [] == [line for line in ast.unparse(tree).splitlines() if VENDORS.search(line)]


ALL = {**MODULES, **(modules("suites") if (ROOT / "suites").is_dir() else {})}


@pytest.mark.parametrize("name", ALL)
def test_no_module_and_no_function_is_a_giant(name: str) -> None:
    """STYLE.md, R20: at most 400 lines a module, 60 a function."""
    text = ALL[name].read_text(encoding="utf-8")
    lines = text.count("\n")
    assert lines <= MAX_MODULE_LINES or name in LONG, f"{name} has {lines} lines"
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
        and f"{name}: {node.name}" not in LONG
    ]
    assert [] == long


def test_the_table_of_ranks_names_no_module_that_is_gone() -> None:
    gone = [key for key in RANK if key not in MODULES]
    assert [] == gone, "remove them from the table"
