"""Spread over devices, the norms are those of the whole batch, and the weights the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.backend("jax", "tensorflow")
def test_the_norms_are_those_of_the_whole_batch(backend: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.monitor.distributed"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "KERAS_BACKEND": backend},
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["same"]
    assert found["spread"] == pytest.approx(found["alone"], rel=1e-5)
