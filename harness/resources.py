"""Where specs, schemas, suites, fuzzers and templates are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from harness.errors import UsageError

_PACKAGE = Path(__file__).parent


def data_folder(name: str) -> Path:
    """The folder `name` (`specs`, `xsd`, `suites`, `fuzz`, `reports/templates` ...) that belongs to this harness."""
    installed = _PACKAGE / "data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def import_package(name: str, folder: Path) -> None:
    """Bind the package to exactly this folder, whatever else on the path has the same name.

    Raises:
        UsageError: it cannot be imported.
    """
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise UsageError(f"{folder}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
