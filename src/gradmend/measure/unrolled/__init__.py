"""The exact gradient of every state of a recurrence, and what its cells do on the way."""

from __future__ import annotations

from dataclasses import replace

import keras

from gradmend.measure.anatomy import Part
from gradmend.measure.own_step import has_own_step
from gradmend.measure.step import Batch
from gradmend.measure.unrolled.follow import Followed, follow
from gradmend.records import Measurements

__all__ = ["Followed", "follow", "followed"]


def followed(
    model: keras.Model, parts: tuple[Part, ...], batch: Batch, found: Measurements
) -> Measurements:
    """Return the measurements with what unrolling shows, or with a note why it could not be."""
    if model._compile_loss is None and has_own_step(model):
        return _noted(found, "the loss is in the model's own train_step")
    try:
        seen = follow(model, parts, batch)
    except Exception as error:  # noqa: BLE001 - a layer of the user's may not be unrolled; the rest stands
        lines = str(error).strip().splitlines()
        return _noted(found, f"{type(error).__name__}: {lines[0][:160]}" if lines else "it raised")
    times = tuple(
        replace(time, unrolled=seen.layers.get((time.layer, time.call))) for time in found.times
    )
    return replace(found, times=times, reaches=seen.reaches)


def _noted(found: Measurements, why: str) -> Measurements:
    return replace(found, notes=(*found.notes, f"not followed through time: {why}."))
