"""What following the gradient through every step costs, against the length of the sequences.

    KERAS_BACKEND=jax python benchmarks/through_time.py [--steps 125 250 500 1000 2000] [--rounds 3]

One LSTM(32) over 32 sequences. `run` is the second and later passes of `through_time=True`, once
compiled (the least of several), `first` the whole call of `gradmend.check`, compiling included,
and `plain` the least of several training steps. Lengths take turns, and `slope` is the exponent
of time ~ steps**slope over the doublings: 1 is linear. Writes
benchmarks/results/through_time_<backend>.json. Every length has a process of its own, whose peak of
memory over what it held before is told.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STEPS = (125, 250, 500, 1000, 2000)
REPEATS = 3
ROWS, FEATURES, UNITS = 32, 4, 32


def build(steps: int) -> tuple[Any, Any, Any]:
    """Return a compiled model and a batch."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((steps, FEATURES)), keras.layers.LSTM(UNITS), keras.layers.Dense(1)]
    )
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(ROWS, steps, FEATURES)).astype("float32")
    return model, x, x[:, :1, 0]


def timed(action: Callable[[], Any]) -> float:
    """Return the seconds an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def peak() -> float:
    """Return the peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(steps: int) -> dict[str, float]:
    """Measure one length in this process."""
    import gradmend

    model, x, y = build(steps)
    model.train_on_batch(x, y)
    plain = min(timed(lambda: model.train_on_batch(x, y)) for _ in range(REPEATS))
    before = peak()
    first = timed(lambda: gradmend.check(model, x, y, through_time=True))
    return {"plain": plain, "first": first, "run": passes(model, x, y), "memory": peak() - before}


def passes(model: Any, x: Any, y: Any) -> float:
    """Return the seconds of one compiled pass through all steps."""
    from gradmend.measure import Instrument
    from gradmend.measure.batch import batches_of
    from gradmend.measure.unrolled._adapter import backend

    one = Instrument(model, next(batches_of(x, y)))
    kept: list[Callable[[float], Any]] = []
    adapter: Any = backend()
    whole = adapter.differentiated

    def noted(*args: Any, **kwargs: Any) -> Any:
        derivative = whole(*args, **kwargs)
        kept.append(derivative)
        kept[0](1.0)
        return derivative

    adapter.differentiated = noted
    try:
        one.look(through_time=True)
    finally:
        adapter.differentiated = whole
    return min(timed(lambda: _done(kept[0](1.0))) for _ in range(REPEATS))


def _done(found: Any) -> None:
    import keras

    keras.tree.map_structure(keras.ops.convert_to_numpy, found[0])


def in_a_process(steps: int) -> dict[str, float]:
    """Measure one length in a process of its own."""
    command = [sys.executable, __file__, "--one", str(steps)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def slope(rows: list[dict[str, float]], key: str) -> float:
    """Return the exponent of time over steps, by least squares in logarithms."""
    xs = [math.log(row["steps"]) for row in rows]
    ys = [math.log(max(row[key], 1e-9)) for row in rows]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    top = sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True))
    return top / sum((x - mx) ** 2 for x in xs)


def main() -> None:
    """Measure every length by turns, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, nargs="+", default=list(STEPS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", type=int, help="measure this length in this process")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.one)))
        return
    backend = os.environ.setdefault("KERAS_BACKEND", "jax")
    rounds = [[in_a_process(steps) for steps in given.steps] for _ in range(given.rounds)]
    rows = [
        {"steps": float(steps), **{key: min(r[i][key] for r in rounds) for key in rounds[0][i]}}
        for i, steps in enumerate(given.steps)
    ]
    slopes = {key: round(slope(rows, key), 3) for key in ("run", "plain")}
    target = Path(__file__).parent / "results" / f"through_time_{backend}.json"
    result = {"backend": backend, "rows": rows, "slope": slopes}
    target.write_text(json.dumps(result, indent=1) + "\n")
    print(f"{backend}: time ~ steps**{slopes['run']} (a plain step: {slopes['plain']})")
    for row in rows:
        factor = row["run"] / row["plain"]
        print(
            f"{row['steps']:6.0f} steps  run {row['run']:.3f} s = {factor:.1f} training steps  "
            f"check {row['first']:.1f} s  memory {row['memory']:.0f} MB"
        )


if __name__ == "__main__":
    main()
