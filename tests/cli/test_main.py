"""The group: cheap to start, and plain about errors."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from gradmend.cli import COMMANDS, explain, main

HEAVY = "keras", "numpy", "jax", "tensorflow", "torch"
PROBE = """
import sys
from gradmend.cli import main
main({arguments!r}, standalone_mode=False)
print("LOADED", [m for m in {heavy!r} if m in sys.modules])
"""


@pytest.mark.parametrize("arguments", [["--help"], ["explain"], ["run", "--help"]])
def test_no_framework_is_imported(arguments: list[str]) -> None:
    code = PROBE.format(arguments=arguments, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_the_probe_can_fail() -> None:
    code = "import numpy\n" + PROBE.format(arguments=["--help"], heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED ['numpy']"


def test_help_lists_the_commands() -> None:
    output = CliRunner().invoke(main, ["--help"]).output
    for name, summary in COMMANDS.items():
        assert name in output
        assert summary.split()[0] in output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_loaded_and_has_help(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert "Usage: main" in result.output or "Usage: gradmend" in result.output


def test_an_unknown_command_is_wrong_use() -> None:
    result = CliRunner().invoke(main, ["cure"])
    assert result.exit_code == 2
    assert "No such command 'cure'" in result.stderr


def test_a_fault_of_our_own_is_not_taken_for_a_sick_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "_table", lambda: 1 / 0)
    result = CliRunner().invoke(main, ["explain"])
    assert result.exit_code == 2
    assert "ZeroDivisionError" in result.stderr
    assert "a fault of gradmend" in result.stderr
