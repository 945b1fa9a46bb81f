"""The list of patients, without a framework."""

import subprocess
import sys

from click.testing import CliRunner

from gradmend.cli import main
from gradmend.cli.gallery import KINDS

PROBE = """
import sys
from gradmend.cli import main
main(["gallery"], standalone_mode=False)
print("LOADED", [m for m in ("keras", "numpy", "sklearn") if m in sys.modules])
"""


def test_every_patient_is_listed_with_its_answer() -> None:
    result = CliRunner().invoke(main, ["gallery"], env={"COLUMNS": "250"})
    assert result.exit_code == 0
    lines = result.output.splitlines()
    for kind, entries in KINDS:
        for entry in entries:
            (line,) = (row for row in lines if row.startswith(f"{entry.name} "))
            assert kind in line
            assert entry.title in line
            assert entry.answer in line


def test_real_programs_are_listed() -> None:
    result = CliRunner().invoke(main, ["gallery"], env={"COLUMNS": "250"})
    (line,) = (row for row in result.output.splitlines() if row.startswith("so31880720 "))
    assert "real program" in line
    assert "sick: loss-pairing or output-activation" in line


def test_the_list_needs_no_framework() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"
