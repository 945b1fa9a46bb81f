"""Write the stored measurements again: `KERAS_BACKEND=jax python -m tests.golden.write`."""

from __future__ import annotations

import json
from pathlib import Path

import keras

from gradmend.measure import measure
from gradmend.records.codec import encode
from tests.golden.networks import NETWORKS


def main() -> None:
    """Measure every network and store its record beside this file."""
    if keras.backend.backend() != "jax":
        raise SystemExit("the stored measurements are those of JAX: set KERAS_BACKEND=jax")
    for name, make in NETWORKS.items():
        record = encode(measure(*make()))
        file = Path(__file__).with_name(f"{name}.json")
        file.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
