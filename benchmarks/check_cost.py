"""What one check-up costs beside one plain training step of the same model.

    KERAS_BACKEND=jax python benchmarks/check_cost.py [--rounds 3] [--models mlp lstm resnet]

Every figure comes from a process of its own; plain and checked processes take turns,
and the ratios are medians over the pairs, because machines drift. Prints a table and
writes benchmarks/results/check_cost_<backend>.json.

- first: from the compiled model to the first finished step, or to the verdict
- run: one more step once compiled (a measured step, its numbers brought to the host, against a
  plain one)
- compile: first - run
- memory: peak of the process over what it held after building the model
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MODELS = ("mlp-25", "mlp-50", "mlp-100", "lstm-200", "resnet50-64px")
REPEATS = 5


def build(name: str) -> tuple[Any, Any, Any]:
    """Return a compiled model and one batch."""
    import keras
    import numpy as np
    from keras import layers

    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    if name.startswith("mlp"):
        depth = int(name.split("-")[1])
        hidden = [layers.Dense(64, "relu", kernel_initializer="he_normal") for _ in range(depth)]
        model = keras.Sequential([keras.Input((64,)), *hidden, layers.Dense(10, "softmax")])
        x = random.normal(size=(64, 64))
    elif name.startswith("lstm"):
        steps = int(name.split("-")[1])
        model = keras.Sequential(
            [keras.Input((steps, 16)), layers.LSTM(64), layers.Dense(10, "softmax")]
        )
        x = random.normal(size=(32, steps, 16))
    else:
        model = keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3), classes=10)
        x = random.normal(size=(16, 64, 64, 3))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, x.astype("float32"), np.arange(len(x)) % 10


def timed(action: Callable[[], Any]) -> float:
    """Return the seconds an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def peak_mb() -> float:
    """Return the peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def plain(name: str) -> dict[str, float]:
    """Measure the first and the following training steps."""
    model, x, y = build(name)
    before = peak_mb()
    first = timed(lambda: model.train_on_batch(x, y))
    run = statistics.median(timed(lambda: model.train_on_batch(x, y)) for _ in range(REPEATS))
    return {"first": first, "run": run, "compile": first - run, "memory": peak_mb() - before}


def checked(name: str) -> dict[str, float]:
    """Measure the check-up to its verdict, and the measured step alone."""
    from gradmend.checkup import conclude
    from gradmend.measure import Instrument
    from gradmend.measure.batch import batches_of

    model, x, y = build(name)
    before = peak_mb()
    instruments: list[Any] = []

    def to_verdict() -> None:
        instruments.append(Instrument(model, next(batches_of(x, y))))
        conclude(instruments[0].look())

    first = timed(to_verdict)
    step: Callable[[], Any] = instruments[0]._step  # noqa: SLF001 - what a look and a rehearsal repeat
    run = statistics.median(timed(step) for _ in range(REPEATS))
    return {"first": first, "run": run, "compile": first - run, "memory": peak_mb() - before}


def one_process(arm: str, name: str) -> dict[str, float]:
    """Run one arm in a process of its own."""
    command = [sys.executable, __file__, "--arm", arm, "--models", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def compare(name: str, rounds: int) -> dict[str, Any]:
    """Return medians of both arms and of their ratios, pair by pair."""
    pairs = [(one_process("plain", name), one_process("checked", name)) for _ in range(rounds)]
    row: dict[str, Any] = {"model": name}
    for key in ("first", "run", "compile", "memory"):
        row[key] = {
            "plain": statistics.median(a[key] for a, _ in pairs),
            "checked": statistics.median(b[key] for _, b in pairs),
            "ratio": statistics.median(b[key] / max(a[key], 1e-9) for a, b in pairs),
        }
    return row


def table(rows: list[dict[str, Any]], backend: str) -> str:
    """Lay the rows out as text."""
    lines = [
        f"check against one plain training step, backend {backend} (plain -> checked, ratio)",
        f"{'model':<15}{'first s':>22}{'compile s':>22}{'run s':>24}{'memory MB':>22}",
    ]
    for row in rows:
        cells = [f"{row['model']:<15}"]
        for key, digits in (("first", 2), ("compile", 2), ("run", 3), ("memory", 0)):
            f = row[key]
            text = f"{f['plain']:.{digits}f} -> {f['checked']:.{digits}f}  {f['ratio']:.2f}x"
            cells.append(f"{text:>{24 if key == 'run' else 22}}")
        lines.append("".join(cells))
    return "\n".join(lines)


def kept(target: Path) -> dict[str, dict[str, Any]]:
    """Return the rows of earlier runs by model, so that one model can be measured anew."""
    if not target.exists():
        return {}
    return {row["model"]: row for row in json.loads(target.read_text())["rows"]}


def save(target: Path, backend: str, rows: dict[str, dict[str, Any]]) -> None:
    """Write the rows in the order of MODELS."""
    ordered = sorted(rows.values(), key=lambda row: MODELS.index(row["model"]))
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"backend": backend, "rows": ordered}, indent=2) + "\n")


def main() -> None:
    """Compare all models, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--arm", choices=("plain", "checked"))
    arguments = parser.parse_args()
    if arguments.arm:
        figures = {"plain": plain, "checked": checked}[arguments.arm](arguments.models[0])
        print(json.dumps(figures))
        return
    backend = os.environ.setdefault("KERAS_BACKEND", "jax")
    target = Path(__file__).parent / "results" / f"check_cost_{backend}.json"
    rows = kept(target)
    for name in arguments.models:
        rows[name] = compare(name, arguments.rounds)
        print(table([rows[name]], backend), flush=True)
        save(target, backend, rows)
    print(table(list(rows.values()), backend))


if __name__ == "__main__":
    main()
