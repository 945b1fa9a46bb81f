"""Who imports whom, and when: a stored run must be readable on a machine without any framework."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "gradmend"
BACKENDS = {"jax", "tensorflow", "torch"}
HEAVY = sorted({"jax", "jaxlib", "keras", "numpy", "sklearn", "tensorflow", "torch"})
ADAPTERS = {f"_{backend}": backend for backend in BACKENDS} | {
    "_jax_taps": "jax",
    "_torch_sums": "torch",
}  # by the name of the file


def heavy_after(statement: str) -> set[str]:
    """The heavy packages that a statement leaves loaded in a fresh interpreter."""
    report = f"print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\n{report}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["", ".cli", ".errors", ".findings", ".records", ".report"])
def test_light_parts_load_no_framework(module: str) -> None:
    assert heavy_after(f"import gradmend{module}") == set()


def test_the_light_parts_load_no_framework_together() -> None:
    assert heavy_after("import gradmend.records, gradmend.findings, gradmend.report") == set()


def test_the_check_sees_a_framework() -> None:
    assert "numpy" in heavy_after("import numpy")


def imported_at_import(source: str) -> set[str]:
    """The top packages a module imports when it is itself imported."""
    found: set[str] = set()
    todo: list[ast.AST] = [ast.parse(source)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not type_only(node):
            todo.extend(ast.iter_child_nodes(node))
    return found


def type_only(node: ast.AST) -> bool:
    """Whether a node is an `if TYPE_CHECKING:` block."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


@pytest.mark.parametrize(
    "file", sorted(SOURCE.rglob("*.py")), ids=lambda file: file.relative_to(SOURCE).as_posix()
)
def test_only_its_adapter_imports_a_backend(file: Path) -> None:
    own = {ADAPTERS.get(file.stem)}
    assert imported_at_import(file.read_text()) & BACKENDS <= own


def test_the_check_sees_an_import_but_not_one_put_off() -> None:
    assert imported_at_import("try:\n    import jax.numpy\nexcept ImportError: ...") == {"jax"}
    assert imported_at_import("from torch import nn") == {"torch"}
    assert imported_at_import("def later():\n    import jax") == set()
    assert imported_at_import("if TYPE_CHECKING:\n    import jax") == set()


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of pyproject.toml on the `src` of a folder."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_stands() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("records/finding.py", "import keras", "Records, findings and reports need no framework"),
        ("records/finding.py", "import gradmend.findings", "The house"),
        ("findings/__init__.py", "import gradmend.treatments", "The house"),
    ],
)
def test_the_contracts_can_break(tmp_path: Path, file: str, line: str, broken: str) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "src" / "gradmend" / file).open("a") as module:
        module.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert any(broken in row and "BROKEN" in row for row in done.stdout.splitlines()), done.stdout
