"""A finding as a test of its own: a pytest module that needs nothing but the harness, so that a fix stays fixed."""

from __future__ import annotations

import json
import re

from harness.fuzzing.finding import Finding, finding_to_json

_TEMPLATE = '''\
"""{title}

Found by `clausewise fuzz {system}` (seed {seed}, case {number}). Contradicts {clauses}.
    expected {expected}
    got      {got}

    pytest -p harness.pytest_plugin {file} --target FILE      (without --target: the bundled reference server)
"""

import json

from harness.fuzzing.testing import must_be_gone

FINDING = json.loads(
    r"""
{finding}
"""
)


def test_{name}(fuzz_session):
    must_be_gone(fuzz_session, FINDING)
'''


def module_name(finding: Finding) -> str:
    """The name of the test's file."""
    return f"test_{_identifier(finding.id)}.py"


def to_pytest(finding: Finding) -> str:
    """The source of a pytest module that fails as long as the finding can be reproduced."""
    row = json.dumps(finding_to_json(finding), indent=1, ensure_ascii=True)
    # In a raw string nothing may end it; JSON can write the quote as an escape.
    row = row.replace('"""', '"\\u0022\\u0022')
    return _TEMPLATE.format(
        title=_one_line(f"{finding.script.name}: {finding.check}"),
        system=_one_line(finding.system),
        seed=finding.seed,
        number=finding.number,
        clauses=_one_line(", ".join(finding.clauses)) or "no clause of its own",
        expected=_one_line(finding.expected),
        got=_one_line(finding.got),
        file=module_name(finding),
        finding=row,
        name=_identifier(finding.id),
    )


def _identifier(text: str) -> str:
    return re.sub(r"\W+", "_", text, flags=re.ASCII)


def _one_line(text: str) -> str:
    """Without what would end or change a docstring."""
    plain = " ".join(text.split())
    return plain.encode("unicode_escape").decode("ascii").replace("\\", "/").replace('"', "'")
