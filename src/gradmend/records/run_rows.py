"""A recorded training as rows of plain values: for pandas, CSV and plots."""

from __future__ import annotations

from typing import Any

from gradmend.records.training import TrainingRun

Row = dict[str, Any]


def step_rows(run: TrainingRun) -> list[Row]:
    """Return one row per sampled step.

    Use it as `pandas.DataFrame(step_rows(open_run("runs")))`.
    """
    return [
        {
            "run": run.name,
            "step": s.step,
            "epoch": s.epoch,
            "seconds": s.seconds,
            "loss": s.loss,
            "grad_norm": s.grad_norm,
            "update_ratio": s.update_ratio,
            "clipped_share": s.clipped_share,
            "loss_scale": s.loss_scale,
            "updated": s.updated,
        }
        for s in run.samples
    ]


def layer_rows(run: TrainingRun) -> list[Row]:
    """Return one row per layer call and step whose forward pass was looked at."""
    return [
        {
            "run": run.name,
            "step": s.step,
            "epoch": s.epoch,
            "layer": layer.path,
            "rms": layer.rms,
            "largest": layer.largest,
            "zero_share": layer.zero_share,
            "saturated": layer.saturated,
            "dead_units": layer.dead_units,
            "units": layer.units,
            "nonfinite": layer.nonfinite,
        }
        for s in run.samples
        for layer in s.layers
    ]


def weight_rows(run: TrainingRun) -> list[Row]:
    """Return one row per weight and sampled step."""
    return [
        {
            "run": run.name,
            "step": s.step,
            "epoch": s.epoch,
            "weight": w.path,
            "gradient_norm": w.gradient_norm,
            "gradient_largest": w.gradient_largest,
            "gradient_zeros": w.gradient_zeros,
            "gradient_nonfinite": w.gradient_nonfinite,
            "weight_norm": w.weight_norm,
            "update_norm": w.update_norm,
            "update_ratio": w.update_ratio,
        }
        for s in run.samples
        for w in s.weights
    ]
