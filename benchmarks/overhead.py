"""What a monitor costs: whole `fit` calls with it and without, and beside the usual recipes.

Every way trains a model of its own, from the same weights, on the same batches. A round
times one `fit` of each way, in an order that turns from round to round; the ratio to the
plain `fit` of the same round is what counts. Compiling is left out of the rounds and reported.

    KERAS_BACKEND=jax python -m benchmarks.overhead --workloads mlp lstm --rounds 9
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

import gradmend

BACKEND = keras.backend.backend()
RESULTS = Path(__file__).parent / "results"
layers = keras.layers
Workload = Callable[[], tuple[Any, Any, Any]]


def mlp() -> tuple[Any, Any, Any]:
    """Nine dense layers, batch 64."""
    stack = [layers.Dense(256, "relu") for _ in range(8)]
    model = keras.Sequential([keras.Input((256,)), *stack, layers.Dense(10)])
    return model, noise((64, 256)), classes(64)


def resnet() -> tuple[Any, Any, Any]:
    """Two residual blocks, batch 32."""
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(16, 3, padding="same")(inputs)
    for width in (16, 32):
        skip = layers.Conv2D(width, 1, strides=2)(x)
        y = layers.Conv2D(width, 3, strides=2, padding="same", use_bias=False)(x)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Conv2D(width, 3, padding="same", use_bias=False)(y)
        x = layers.ReLU()(layers.add([layers.BatchNormalization()(y), skip]))
    outputs = layers.Dense(10)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, outputs), noise((32, 32, 32, 3)), classes(32)


def lstm() -> tuple[Any, Any, Any]:
    """An LSTM over 40 steps, batch 32."""
    model = keras.Sequential([keras.Input((40, 16)), layers.LSTM(64), layers.Dense(10)])
    return model, noise((32, 40, 16)), classes(32)


def transformer() -> tuple[Any, Any, Any]:
    """One transformer block, batch 32."""
    inputs = keras.Input((32, 64))
    x = layers.add([inputs, layers.MultiHeadAttention(4, 16)(inputs, inputs)])
    x = layers.LayerNormalization()(x)
    y = layers.Dense(64)(layers.Dense(256, "gelu")(x))
    x = layers.LayerNormalization()(layers.add([x, y]))
    outputs = layers.Dense(10)(layers.GlobalAveragePooling1D()(x))
    return keras.Model(inputs, outputs), noise((32, 32, 64)), classes(32)


WORKLOADS: dict[str, Workload] = {
    "mlp": mlp, "resnet": resnet, "lstm": lstm, "transformer": transformer
}  # fmt: skip


def noise(shape: tuple[int, ...]) -> Any:
    """Return inputs."""
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def classes(rows: int) -> Any:
    """Return labels."""
    return np.random.default_rng(1).integers(0, 10, size=rows)


# ---------------------------------------------------------------- ways to watch


class WeightsEachBatch(keras.callbacks.Callback):
    """The usual recipe: fetch all weights after each batch, and take their norms."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Fetch and reduce."""
        self.norms = [float(np.linalg.norm(w)) for w in self.model.get_weights()]


class SecondPass(keras.callbacks.Callback):
    """The other recipe (TensorFlow): gradients of the same batch, computed once more."""

    def __init__(self, x: Any, y: Any, *, compiled: bool) -> None:
        super().__init__()
        self.batch = x, y
        self.compiled = compiled

    def on_train_begin(self, logs: Any = None) -> None:
        """Make the function that differentiates."""
        import tensorflow as tf

        def norms(x: Any, y: Any) -> Any:
            with tf.GradientTape() as tape:
                loss = self.model.compute_loss(x, y, self.model(x, training=True))
            found = tape.gradient(loss, self.model.trainable_weights)
            return [tf.norm(gradient) for gradient in found]

        self.norms = tf.function(norms) if self.compiled else norms

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Differentiate once more, and read the norms."""
        self.found = [float(norm) for norm in self.norms(*self.batch)]


def ways(x: Any, y: Any, folder: str) -> dict[str, Callable[[], list[Any]]]:
    """Return the callbacks of each way. They are made once, and serve all rounds."""
    found: dict[str, Callable[[], list[Any]]] = {
        "plain": list,
        "monitor": lambda: [gradmend.GradientMonitor(folder)],
        "monitor, every step": lambda: [gradmend.GradientMonitor(folder, update_freq="batch")],
        "TerminateOnNaN": lambda: [keras.callbacks.TerminateOnNaN()],
        "get_weights() each batch": lambda: [WeightsEachBatch()],
        "run_eagerly=True": list,
    }
    if BACKEND == "tensorflow":
        found["second gradient, compiled"] = lambda: [SecondPass(x, y, compiled=True)]
        found["second gradient, eager"] = lambda: [SecondPass(x, y, compiled=False)]
        board = keras.callbacks.TensorBoard
        found["TensorBoard(histogram_freq=1)"] = lambda: [board(folder, histogram_freq=1)]
        found["check_numerics"] = list
    if BACKEND == "torch":
        found["anomaly detection"] = list
    return found


# ---------------------------------------------------------------- timing


class End(keras.callbacks.Callback):
    """Notes when training ended. What follows in `fit` says nothing of a way to watch.

    There TensorFlow waits for the thread that tunes its pipeline, which wakes after 10, 20, 40
    ms and so on: whole fits last 5.1, 10.2 or 20.5 seconds, and nothing between.
    """

    at = 0.0

    def on_train_end(self, logs: Any = None) -> None:
        """Read the clock."""
        self.at = time.perf_counter()


class Way:
    """One model and one way to watch it train."""

    def __init__(self, name: str, workload: Workload, callbacks: list[Any], steps: int) -> None:
        keras.utils.set_random_seed(0)
        self.name, self.end = name, End()
        self.callbacks = [*callbacks, self.end]  # the last of them: it sees what all others cost
        self.model, x, y = workload()
        self.rows = len(x)
        self.data = np.concatenate([x] * steps), np.concatenate([y] * steps)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model.compile(
            keras.optimizers.Adam(1e-4), loss, run_eagerly=name == "run_eagerly=True"
        )
        self.first = self.fit()

    def fit(self) -> float:
        """Train once, and return the seconds it took."""
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.model.fit(
                *self.data, batch_size=self.rows, shuffle=False, verbose=0, callbacks=self.callbacks
            )
        return self.end.at - start

    def timed(self) -> float:
        """Train once, under anomaly detection where that is the way."""
        if self.name == "anomaly detection":
            import torch

            with torch.autograd.set_detect_anomaly(mode=True, check_nan=True):
                return self.fit()
        return self.fit()


def measured(workload: str, chosen: list[str] | None, rounds: int, steps: int) -> dict[str, Any]:
    """Return medians and quartiles of the ratio to plain, per way."""
    _, x, y = WORKLOADS[workload]()
    with tempfile.TemporaryDirectory() as folder:
        made = ways(x, y, folder)
        names = [n for n in made if (chosen is None or n in chosen) or n == "plain"]
        names = [n for n in names if n != "check_numerics"]  # cannot be switched off again
        arms = [Way(name, WORKLOADS[workload], made[name](), steps) for name in names]
        times: dict[str, list[float]] = {name: [] for name in names}
        for number in range(rounds + 1):
            turn = number % len(arms)
            for arm in arms[turn:] + arms[:turn]:
                seconds = arm.timed()
                if number:  # the first round warms the caches
                    times[arm.name].append(seconds)
    plain = times["plain"]
    return {arm.name: _summary(arm, times[arm.name], plain, steps) for arm in arms}


def _summary(arm: Way, seconds: list[float], plain: list[float], steps: int) -> dict[str, Any]:
    ratios = [a / b for a, b in zip(seconds, plain, strict=True)]
    quartiles = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
    return {
        "ratio": statistics.median(ratios),
        "quartiles": [quartiles[0], quartiles[2]],
        "ms_per_step": 1e3 * statistics.median(seconds) / steps,
        "first_fit_seconds": arm.first,
        "rounds": len(ratios),
        "steps": steps,
        "ratios": ratios,
    }


def told(workload: str, name: str, one: dict[str, Any]) -> str:
    """Return a row of the table."""
    low, high = one["quartiles"]
    return (
        f"{workload:12} {name:30} {one['ratio']:7.3f} {low:7.3f}-{high:7.3f} "
        f"{one['ms_per_step']:9.3f} {one['first_fit_seconds']:9.2f}s"
    )


def kept(results: dict[str, Any]) -> None:
    """Write the results beside those of earlier runs, whose other ways and workloads stay."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"overhead_{BACKEND}.json"
    before = json.loads(file.read_text())["results"] if file.exists() else {}
    merged = {
        name: before.get(name, {}) | results.get(name, {})
        for name in sorted(before.keys() | results)
    }
    about = {
        "backend": BACKEND,
        "keras": keras.__version__,
        "machine": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    file.write_text(json.dumps({"about": about, "results": merged}, indent=1) + "\n")


def main() -> None:
    """Measure, print a table, and write a JSON file beside."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workloads", nargs="+", default=list(WORKLOADS), choices=list(WORKLOADS))
    parser.add_argument("--ways", nargs="+", help="only these (default: all of the backend)")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=600, help="steps of one timed fit")
    arguments = parser.parse_args()
    print(
        "workload     way                              ratio       quartiles   ms/step  first fit"
    )
    for workload in arguments.workloads:
        found = measured(workload, arguments.ways, arguments.rounds, arguments.steps)
        for name, one in found.items():
            print(told(workload, name, one), flush=True)
        kept({workload: found})


if __name__ == "__main__":
    main()
