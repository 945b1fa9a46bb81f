"""The list of patients, without a framework."""

import subprocess
import sys

from click.testing import CliRunner

from gradmend.cli import main
from gradmend.gallery import PATIENTS

PROBE = """
import sys
from gradmend.cli import main
main(["gallery"], standalone_mode=False)
print("LOADED", [m for m in ("keras", "numpy", "sklearn") if m in sys.modules])
"""


def test_every_patient_is_listed_with_its_answer() -> None:
    result = CliRunner().invoke(main, ["gallery"], env={"COLUMNS": "250"})
    assert result.exit_code == 0
    for patient in PATIENTS:
        (line,) = (row for row in result.output.splitlines() if row.startswith(f"{patient.name} "))
        assert patient.title in line
        assert patient.answer in line


def test_the_list_needs_no_framework() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"
