"""Killed at random moments, every run store opens and holds what had been flushed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks import kills
from tests.monitor.test_store import written

SCRIPT = Path(kills.__file__)


def test_ten_kills(tmp_path: Path) -> None:
    # In a process of its own: it forks, and no thread of a backend may be there.
    out = tmp_path / "kills.json"
    command = [sys.executable, str(SCRIPT), "--kills", "10", "--seed", "1", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("10 kills, 10 stores whole, ")
    assert '"whole": true' in out.read_text()


def test_a_store_that_lost_steps_is_noticed(tmp_path: Path) -> None:
    written(tmp_path).close()
    assert not kills._read(tmp_path, said=0).whole  # its sample has another number of weights
    assert kills._read(tmp_path, said=0).held == 1
    assert not kills._read(tmp_path / "absent", said=0).whole
