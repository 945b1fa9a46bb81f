"""Scripts in a folder of their own, run in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import gradmend.script
from tests.script.quick import quick_clinic, told

# The driver stands in for the command line, and prints the report as its last line.
DRIVER = """
import json, sys, gradmend.script
from tests.script.quick import quick_clinic, told
assert "keras" not in sys.modules, "gradmend imported keras before the script did"
before = (list(sys.argv), list(sys.path), sys.modules["__main__"])
report = gradmend.script.run(
    sys.argv[2], sys.argv[3:], module=sys.argv[1] == "-m", clinic=quick_clinic()
)
assert before == (list(sys.argv), list(sys.path), sys.modules["__main__"])
if "keras" in sys.modules:
    assert "fit" not in vars(sys.modules["keras"].Model), "keras.Model.fit was left patched"
    assert "train_on_batch" not in vars(sys.modules["keras"].Model)
print(json.dumps(told(report)))
"""


@dataclass
class Outcome:
    """What came out of a run: the report as a dictionary, and the output."""

    report: dict[str, Any]
    out: str
    err: str


@pytest.fixture
def run_script(tmp_path: Path) -> Callable[..., Outcome]:
    """Write a script and run it under gradmend."""

    def run(source: str, *arguments: str, name: str = "train.py") -> Outcome:
        path = tmp_path / name
        path.write_text(textwrap.dedent(source))
        return drive("-f", str(path), *arguments)

    return run


@pytest.fixture
def run_here(tmp_path: Path) -> Callable[[str], dict[str, Any]]:
    """Run a script under gradmend in the process of the tests; return the report."""

    def run(source: str) -> dict[str, Any]:
        path = tmp_path / "train.py"
        path.write_text(textwrap.dedent(source))
        before = (list(sys.argv), list(sys.path), sys.modules["__main__"])
        report = gradmend.script.run(str(path), [], clinic=quick_clinic())
        assert before == (list(sys.argv), list(sys.path), sys.modules["__main__"])
        return told(report)

    return run


def drive(*arguments: str, cwd: Path | None = None) -> Outcome:
    """Run the driver in a fresh process."""
    root = str(Path(__file__).parents[2])
    compiled_as_users_do = {**os.environ, "JAX_DISABLE_MOST_OPTIMIZATIONS": "0"}
    start = f"import sys; sys.path.append({root!r})\n{DRIVER}"
    ended = subprocess.run(
        [sys.executable, "-c", start, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=compiled_as_users_do,
    )
    assert ended.returncode == 0, ended.stderr
    *printed, last = ended.stdout.splitlines()
    return Outcome(json.loads(last), "\n".join(printed), ended.stderr)
