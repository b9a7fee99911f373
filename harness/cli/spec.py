"""`clausewise spec`: look at what the specs say, and check them."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import click

from harness.coverage import Coverage, coverage, manifest_diff, write_manifest
from harness.errors import UsageError
from harness.spec.cite import document_lines, merged, quotation
from harness.spec.lint import lint, lint_schema
from harness.spec.load import load_system, system_names
from harness.spec.lookup import Entry, cited, find
from harness.spec.model import System
from harness.spec.schema import schema_file, schema_is_current, write_schema
from harness.spec.xsd import write_xsd, xsd_folder, xsd_problems, xsd_texts
from harness.suite import Suite, load_suite, suites_folder

# Of the cases that probe something so many are named; the rest is counted.
NAMED_CASES = 12


@click.group("spec")
def command() -> None:
    """Look at what the specs say, and check them."""


def _systems(name: str | None) -> list[str]:
    names = system_names()
    if name is None:
        return names
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        raise UsageError(
            f"{name!r} is no system; "
            + (f"did you mean {close[0]!r}?" if close else f"the known ones are {', '.join(names)}")
        )
    return [name]


def _suite(system: System) -> Suite | None:
    return load_suite(system) if (suites_folder() / system.system / "__init__.py").is_file() else None


@command.command("lint")
@click.argument("system", required=False)
def lint_command(system: str | None) -> int:
    """Check the spec of SYSTEM, or of every system: schema, names, ids, citations. Lists every mistake.

    Exit codes: 0 none, 1 mistakes, 2 a file cannot be read.
    """
    found = [mistake for name in _systems(system) for mistake in lint(name)] + lint_schema()
    for mistake in found:
        print(mistake)
    print(f"{len(found)} mistakes" if found else "no mistakes")
    return 1 if found else 0


@command.command("show")
@click.argument("name")
def show_command(name: str) -> int:
    """Show a clause, ambiguity, erratum, operation or error, by id, name or glob, and the cases that probe it."""
    systems = [load_system(known) for known in _systems(None)]
    found = find(systems, name)
    probed: dict[str, Coverage] = {}
    for system in systems:
        if system.system in {entry.system for entry in found} and (suite := _suite(system)) is not None:
            probed[system.system] = coverage(system, suite)
    print("\n\n".join("\n".join(_shown(entry, probed.get(entry.system))) for entry in found))
    return 0


def _shown(entry: Entry, probed: Coverage | None) -> list[str]:
    lines = [f"{entry.id}  ({entry.kind} of {entry.system})", *(f"  {fact}" for fact in entry.facts)]
    lines += [f"  source: {cited(source)}" for source in entry.sources]
    if probed is not None and entry.clauses:
        cases = list(dict.fromkeys(case for clause in entry.clauses for case in probed.cases.get(clause, ())))
        lines.append(f"  probed by {len(cases)} case{'' if len(cases) == 1 else 's'}" + (":" if cases else ""))
        lines += [f"    {case}" for case in cases[:NAMED_CASES]]
        lines += [f"    and {len(cases) - NAMED_CASES} more"] if len(cases) > NAMED_CASES else []
    return lines


@command.command("cite")
@click.argument("name")
@click.option(
    "--documents",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder that holds the vendors' documents as text files.",
)
def cite_command(name: str, documents: Path) -> int:
    """Print the lines of the document that NAME rests on, if it is the edition that the spec was derived from."""
    systems = {known: load_system(known) for known in _systems(None)}
    texts: dict[str, list[str]] = {}
    blocks = []
    for entry in find(list(systems.values()), name):
        if entry.system not in texts:
            texts[entry.system] = document_lines(systems[entry.system].document, documents)
        lines = [f"{entry.id}: {entry.facts[0]}"]
        for source in merged(entry.sources):
            lines += [
                f"  {systems[entry.system].document.file}, {cited(source)}",
                *(f"    {line}" for line in quotation(source, texts[entry.system])),
            ]
        blocks.append("\n".join(lines if entry.sources else [*lines, "  the document is silent"]))
    print("\n\n".join(blocks))
    return 0


@command.command("coverage")
@click.argument("system", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: each clause with its cases.")
def coverage_command(system: str | None, as_json: bool) -> int:
    """List the clauses of SYSTEM with the cases that probe them, and those that none probes with the reason.

    Exit codes: 0 good; 1 more than 5 % of the must clauses have no case, or one has neither a case nor a reason.
    """
    found = []
    for name in _systems(system):
        model = load_system(name)
        suite = _suite(model)
        if suite is not None or system is not None:
            found.append(coverage(model, suite if suite is not None else load_suite(model)))
    print(
        json.dumps({each.system: _coverage_json(each) for each in found}, indent=1)
        if as_json
        else "\n\n".join(_coverage_text(each) for each in found)
    )
    return 1 if any(each.problems() for each in found) else 0


def _coverage_json(each: Coverage) -> dict[str, object]:
    return {
        "counts": {
            level.value: {"covered": covered, "clauses": total} for level, (covered, total) in each.counts().items()
        },
        "problems": each.problems(),
        "clauses": {
            name: {
                "level": entry.level.value,
                "section": entry.section,
                "lines": list(entry.lines),
                "cases": list(each.cases[name]),
                "untested": entry.untested,
                "later": each.later.get(name, ""),
            }
            for name, entry in each.clauses.items()
        },
    }


def _coverage_text(each: Coverage) -> str:
    lines = [each.system]
    for name, entry in each.clauses.items():
        cases = each.cases[name]
        more = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
        lines.append(f"  {name:44} {entry.level.value:6} {len(cases):4}  {cases[0] + more if cases else 'no case'}")
    lines += ["", "Without a case"]
    lines += [
        f"  {entry.id:44} {entry.level.value:6} {entry.untested or each.later.get(entry.id) or 'NO REASON GIVEN'}"
        for entry in each.uncovered()
    ] or ["  none"]
    lines.append("")
    for level, (covered, total) in each.counts().items():
        lines.append(
            f"  {level.value:6} {covered} of {total} clauses covered" + (f" ({covered / total:.1%})" if total else "")
        )
    if each.later:
        lines.append(f"  cases of {len(each.later)} clauses are to come")
    return "\n".join([*lines, *(f"  problem: {problem}" for problem in each.problems())])


@command.command("schema")
@click.option("--check", is_flag=True, help="Only tell whether the file is current.")
def schema_command(check: bool) -> int:
    """Write specs/schema.json, the JSON Schema of the spec files, from the model."""
    if not check:
        print(f"wrote {write_schema()}")
        return 0
    current = schema_is_current()
    print(
        f"{schema_file()} is current"
        if current
        else f"{schema_file()} is not what the model says; run `clausewise spec schema`"
    )
    return 0 if current else 1


@command.command("cases")
@click.argument("system")
@click.option("--check", is_flag=True, help="Only tell whether the list is current, with what differs.")
def cases_command(system: str, check: bool) -> int:
    """Write suites/SYSTEM/cases.txt: one line a case, with the clauses that it probes."""
    suite = load_suite(load_system(_systems(system)[0]))
    if not check:
        print(f"wrote {write_manifest(suite)}: {len(suite.cases)} cases")
        return 0
    diff = manifest_diff(suite)
    print(
        "\n".join([*diff, f"the list is not current; run `clausewise spec cases {system}`"])
        if diff
        else f"the list of {len(suite.cases)} cases is current"
    )
    return 1 if diff else 0


@command.command("xsd")
@click.argument("system")
@click.option("--check", is_flag=True, help="Only tell whether the files are current, with what differs.")
def xsd_command(system: str, check: bool) -> int:
    """Write xsd/SYSTEM/: the XML Schema of every reply or message, from the spec."""
    loaded = load_system(_systems(system)[0])
    if not check:
        print(f"wrote {len(write_xsd(loaded))} schemas to {xsd_folder(loaded)}")
        return 0
    problems = xsd_problems(loaded)
    print(
        "\n".join([*problems, f"the schemas are not current; run `clausewise spec xsd {system}`"])
        if problems
        else f"the {len(xsd_texts(loaded))} schemas are current"
    )
    return 1 if problems else 0


@command.command("export")
@click.argument("form", metavar="xsd", type=click.Choice(["xsd"]))
@click.argument("system")
@click.option("--reply", default="", metavar="NAME", help="Only the schema of this reply or message.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for one file a schema; without it they are printed."
)
def export_command(form: str, system: str, reply: str, out: Path | None) -> int:  # noqa: ARG001
    """Write what the spec of SYSTEM says in another form: XML Schemas of its replies or messages."""
    texts = xsd_texts(load_system(_systems(system)[0]))
    if reply:
        names = [name.removesuffix(".xsd") for name in texts]
        if reply not in names:
            raise UsageError(f"--reply {reply}: unknown; the known ones are {', '.join(names)}")
        texts = {f"{reply}.xsd": texts[f"{reply}.xsd"]}
    if out is None:
        print("\n".join(texts.values()), end="")
        return 0
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (out / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}") from None
    print(f"wrote {len(texts)} schemas to {out}")
    return 0
