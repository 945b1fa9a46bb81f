"""What it costs to judge a large network: measurements of the size of ResNet152, no framework.

    python benchmarks/judge_cost.py [--rounds 20] [--blocks 50]

Builds records as a check-up of a residual network with three convolutions per block would leave
them (500 calls and 900 weights at 50 blocks), judges them, and tells the median time of one
judgement and which frameworks were imported. Writes benchmarks/results/judge_cost.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from gradmend.findings import diagnose, judge
from gradmend.records import (
    BackwardSignal,
    Course,
    ForwardSignal,
    LayerCall,
    LossFacts,
    Measurements,
    ModelFacts,
    OptimizerFacts,
    Rehearsal,
    WeightSignal,
)

NORM = ("scale", "bias", "mean", "variance")
FRAMEWORKS = ("keras", "numpy", "jax", "tensorflow", "torch", "sklearn")
BATCH, UNITS = 32, 256
LAYERS = ("conv", "norm", "activation") * 3 + ("merge",)


def call(index: int, role: str) -> LayerCall:
    """One call of a healthy layer that reads the call before it."""
    forward = ForwardSignal(
        shape=(BATCH, 14, 14, UNITS),
        rms=1.0,
        mean=0.1,
        std=1.0,
        largest=4.0,
        zero_share=0.5 if role == "activation" else 0.0,
        nonfinite=0,
        units=UNITS,
        dead_units=0,
        gain=1.0,
    )
    backward = BackwardSignal(
        rms=1e-4, norm=1e-2, largest=1e-3, zero_share=0.0, nonfinite=0, flow=1e-2
    )
    return LayerCall(
        index=index,
        path=f"{role}_{index}",
        call=1,
        class_name={"conv": "Conv2D", "norm": "BatchNormalization", "merge": "Add"}.get(
            role, "ReLU"
        ),
        role=role,
        activation="relu" if role == "activation" else None,
        inputs=(index - 1,) if index else (),
        forward=forward,
        backward=backward,
    )


def weight(layer: str, role: str) -> WeightSignal:
    """One healthy weight of a layer."""
    return WeightSignal(
        path=f"{layer}/{role}",
        layer=layer,
        role=role,
        shape=(3, 3, UNITS, UNITS),
        trainable=True,
        norm=22.6,
        rms=0.03,
        mean=0.0,
        largest=0.1,
        zero_share=0.0,
        nonfinite=0,
        fan_in=9 * UNITS,
        gain=1.41,
        gradient_norm=1e-2,
        gradient_rms=1e-5,
        gradient_largest=1e-4,
        gradient_zero_share=0.0,
        gradient_nonfinite=0,
        relative_gradient=1e-3,
        update_norm=0.02,
        update_ratio=1e-3,
    )


def large(blocks: int) -> Measurements:
    """Measurements of a residual network, with a rehearsal and the course of a training."""
    roles = LAYERS * blocks
    calls = tuple(call(i, role) for i, role in enumerate(roles))
    weights = tuple(
        weight(c.path, role)
        for c in calls
        for role in {"conv": ("kernel", "bias"), "norm": NORM}.get(c.role, ())
    )
    return Measurements(
        backend="jax",
        keras_version="3",
        batch_size=BATCH,
        batches=1,
        model=ModelFacts(
            name="large",
            kind="Functional",
            layers=len(calls),
            parameters=60_000_000,
            trainable_parameters=60_000_000,
            frozen_layers=0,
            precision="float32",
        ),
        loss=LossFacts(total=2.4, data=2.4, penalty=0.0, trivial=2.3),
        calls=calls,
        weights=weights,
        optimizer=OptimizerFacts(name="Adam", learning_rate=1e-3),
        rehearsal=Rehearsal(losses=(2.4, 2.0, 1.0), calls=calls, weights=weights),
        course=Course(
            steps=(100, 200, 300), losses=(2.4, 2.3, 2.3), total_steps=300, epochs=3, trivial=2.3
        ),
    )


def main() -> None:
    """Time the judgement, print it, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--blocks", type=int, default=50)
    arguments = parser.parse_args()
    m = large(arguments.blocks)
    times = []
    for _ in range(arguments.rounds):
        start = time.perf_counter()
        verdict = judge(diagnose(m), m).verdict
        times.append(1e3 * (time.perf_counter() - start))
    row = {
        "calls": len(m.calls),
        "weights": len(m.weights),
        "milliseconds": round(statistics.median(times), 2),
        "verdict": verdict.value,
        "frameworks imported": [name for name in FRAMEWORKS if name in sys.modules],
    }
    target = Path(__file__).parent / "results" / "judge_cost.json"
    target.write_text(json.dumps(row, indent=2) + "\n")
    print(json.dumps(row, indent=2))


if __name__ == "__main__":
    main()
