"""Recorded trainings made up by hand."""

from __future__ import annotations

import math
from dataclasses import replace

from gradmend.records.training import (
    Incident,
    LayerSample,
    StepSample,
    TrainedWeight,
    TrainingRun,
    WeightSample,
)


def sample(step: int, loss: float, norms: dict[str, float]) -> StepSample:
    weights = tuple(
        WeightSample(
            path=f"net/{path}", gradient_norm=norm, gradient_largest=norm, gradient_zeros=0,
            gradient_nonfinite=0, weight_norm=1.0, update_norm=1e-3 * norm,
        )
        for path, norm in norms.items()
    )  # fmt: skip
    layers = (LayerSample(path="a", rms=1.0, largest=2.0, zero_share=0.5, dead_units=4, units=8),)
    return StepSample(
        step=step, epoch=step // 10, seconds=float(step), loss=loss,
        grad_norm=math.hypot(*norms.values()), update_ratio=1e-3, clipped_share=None,
        weights=weights, layers=layers,
    )  # fmt: skip


def learning(steps: int = 40, **more: object) -> TrainingRun:
    """A training that goes well."""
    samples = tuple(
        sample(i, 2.0 * 0.95**i, {"a/kernel": 0.5, "b/kernel": 1.0}) for i in range(1, steps + 1)
    )
    facts: dict[str, object] = {
        "name": "run-1", "started": "2026-01-01T00:00:00+00:00", "finished": True,
        "backend": "jax", "keras_version": "3.15.1", "model": "net", "optimizer": "adam",
        "learning_rate": 0.001, "clip": None, "clip_limit": None, "update_freq": "auto",
        "steps": steps,
        "weights": tuple(
            TrainedWeight(path=f"net/{p}/kernel", shape=(4, 4), size=16) for p in "ab"
        ),
        "samples": samples,
    }  # fmt: skip
    return TrainingRun(**{**facts, **more})  # type: ignore[arg-type]  # built from names


def broken() -> TrainingRun:
    """A training that gave NaN at its last step."""
    run = learning(finished=False)
    bad = Incident(kind="nonfinite", step=41, message="step 41 gave NaN", file="bad.npz")
    last = sample(41, math.nan, {"a/kernel": math.nan, "b/kernel": math.inf})
    return replace(run, steps=41, samples=(*run.samples, last), incidents=(bad,))


def stuck() -> TrainingRun:
    """A training in which nothing happens and nothing is found."""
    run = learning()
    return replace(run, samples=tuple(replace(s, loss=0.7) for s in run.samples))
