"""Follow the gradient through every step of a model: the whole of `through_time=True`."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras import layers, tree

from gradmend.measure._adapter import Array, host
from gradmend.measure.anatomy import Part
from gradmend.measure.step import Batch, training_loss
from gradmend.measure.time import decades_per_step
from gradmend.measure.unrolled._adapter import Tap, backend
from gradmend.measure.unrolled.curves import joined, mean_curve, norms_of, step_sizes, usable_share
from gradmend.measure.unrolled.kernels import kernel_signals
from gradmend.measure.unrolled.taps import Spy, Tapped, spied
from gradmend.measure.unrolled.trajectory import trajectory
from gradmend.records.unrolled import ReachSignal, StateCurve, Unrolled

MOST_ENTRIES = 2**24  # of one state over all samples and steps: 64 MB in float32
LIFTED_TO = 1e30  # a second pass lifts the largest gradient to here, where zeros were met
LOOKS_ACROSS = {"recurrent": "recurrent", "attention": "attention"}


@dataclass(frozen=True, slots=True)
class Followed:
    """Records by (path, call) of the recurrent layer, and one per entrance of sequences."""

    layers: dict[tuple[str, int], Unrolled] = field(default_factory=dict)
    reaches: tuple[ReachSignal, ...] = ()
    samples: int = 0


def looks_across(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return what in a model looks across steps: recurrent, convolution, attention."""
    found = [
        LOOKS_ACROSS.get(part.role, "convolution" if "Conv1D" in type(part.layer).__name__ else "")
        for part in parts
    ]
    return tuple(dict.fromkeys(kind for kind in found if kind))


def follow(model: keras.Model, parts: tuple[Part, ...], batch: Batch) -> Followed:
    """Unroll every recurrent layer and return exact gradients of its states.

    Needs the loss container of the model in place (`private_compile_loss`). Time and
    memory grow linearly with the steps; very long batches are followed on fewer samples.
    """
    kinds = looks_across(parts)
    if not kinds:
        return Followed()
    batch = _fewer(parts, batch)
    spies: list[Spy] = []

    def forward(values: Any, tap: Tap) -> tuple[Any, Any]:
        spies[:] = [Spy(tap)]
        return _loss(model, parts, values, spies[0])

    values = (
        [keras.ops.convert_to_tensor(v.value) for v in model.trainable_variables],
        [keras.ops.convert_to_tensor(v.value) for v in model.non_trainable_variables],
        (batch.x, batch.y, batch.sample_weight),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        derivative = backend().differentiated(
            forward, values, step_sizes, eager=bool(model.run_eagerly)
        )
        norms, seen = _unscaled(derivative)
        return _followed(spies[0].tapped, norms, seen, kinds, batch.size)


def _loss(model: keras.Model, parts: tuple[Part, ...], values: Any, spy: Spy) -> tuple[Any, Any]:
    trainable, non_trainable, (x, y, sample_weight) = values
    entered = _entered(model, parts, x, spy)
    size = int(tree.flatten(x)[0].shape[0])
    with spied(parts, spy):
        found = training_loss(
            model, trainable, non_trainable, Batch(entered, y, sample_weight, size)
        )
    return found.total, spy.seen


def _entered(model: keras.Model, parts: tuple[Part, ...], x: Any, spy: Spy) -> Any:
    """Tap the inputs that are sequences of feature vectors (or of images, before a ConvLSTM)."""
    ranks = {3, 5} if any(isinstance(p.layer, layers.ConvLSTM2D) for p in parts) else {3}
    names = iter(getattr(model, "input_names", None) or [])

    def entrance(leaf: Any) -> Any:
        name = next(names, "input")
        floating = "float" in keras.backend.standardize_dtype(leaf.dtype)
        if not floating or len(leaf.shape) not in ranks:
            return leaf
        return spy.entrance(name, leaf, None)

    return tree.map_structure(lambda leaf: None if leaf is None else entrance(leaf), x)


def _unscaled(derivative: Any) -> tuple[list[Array], Any]:
    """Differentiate; where steps got exactly 0, once more with the loss lifted.

    A gradient below 1e-38 is no float32 any more. The largest one is brought to 1e30, which
    leaves room for 68 decades below it.
    """
    sizes, seen = derivative(1.0)
    norms = [norms_of(host(size), 1.0) for size in sizes]
    largest = max((float(found.max(initial=0.0)) for found in norms), default=0.0)
    if 0.0 < largest < LIFTED_TO and any((found == 0.0).any() for found in norms):
        scale = 2.0 ** math.floor(math.log2(LIFTED_TO / largest))
        scale = min(scale, 2.0**126)
        sizes, seen = derivative(scale)
        lifted = [norms_of(host(size), scale) for size in sizes]
        if all(np.isfinite(host(size)).all() for size in sizes):
            norms = lifted
    return norms, seen


def _followed(
    tapped: list[Tapped], norms: list[Array], seen: Any, kinds: tuple[str, ...], samples: int
) -> Followed:
    left = iter(norms)
    found: dict[tuple[str, int], Unrolled] = {}
    reaches = []
    for place, kept in zip(tapped, seen, strict=True):
        curves = [next(left) for _ in range(place.taps)]
        mask = host(kept["mask"]) if "mask" in kept else None
        if place.names:
            found[place.path, place.call] = _unrolled(place, curves, kept, mask, samples)
        else:
            curve = mean_curve(curves[0], mask)
            reaches.append(
                ReachSignal(
                    entrance=place.path,
                    through=kinds,
                    norms=tuple(curve.tolist()),
                    usable_share=usable_share(curve),
                )
            )
    return Followed(found, tuple(reaches), samples)


def _unrolled(
    place: Tapped, curves: list[Array], kept: Any, mask: Array | None, samples: int
) -> Unrolled:
    layer = place.layer
    order = slice(None, None, -1) if layer.go_backwards else slice(None)
    mask = None if mask is None else mask.reshape(mask.shape[:2])
    read = None if mask is None else mask[:, order]
    means = [mean_curve(curve[:, order], read) for curve in curves]
    whole = joined(means)
    slope = decades_per_step(whole)
    walked = trajectory(layer, kept["sequences"], kept["states"], mask)
    return Unrolled(
        samples=samples,
        norms=tuple(whole.tolist()),
        states=tuple(
            StateCurve(name=name, norms=tuple(curve.tolist()))
            for name, curve in zip(place.names, means, strict=True)
        ),
        gates=walked.gates,
        kernels=kernel_signals(layer.cell),
        decades_per_step=slope,
        memory_length=None if slope is None or slope <= 0 else 1 / (slope * math.log(10)),
        usable_share=usable_share(whole),
        lyapunov=walked.lyapunov,
        saturated=walked.saturated,
        every_step=bool(layer.return_sequences),
        handed_on=place.handed_on,
    )


def _fewer(parts: tuple[Part, ...], batch: Batch) -> Batch:
    """Return so many samples that the taps stay small; stateful layers need all of theirs."""
    recurrent = [p.layer for p in parts if isinstance(p.layer, layers.RNN)]
    if not recurrent or any(layer.stateful for layer in recurrent):
        return batch
    steps = max(int(leaf.shape[1]) for leaf in tree.flatten(batch.x) if len(leaf.shape) > 1)
    widths = [_entries(layer) for layer in recurrent]
    rows = max(MOST_ENTRIES // max(sum(widths) * steps, 1), 8)
    if rows >= batch.size:
        return batch
    cut = [
        tree.map_structure(lambda leaf: None if leaf is None else leaf[:rows], part)
        for part in (batch.x, batch.y, batch.sample_weight)
    ]
    return Batch(cut[0], cut[1], cut[2], rows)


def _entries(layer: Any) -> int:
    sizes = tree.flatten(getattr(layer.cell, "state_size", 0))
    return sum(int(np.prod(size)) for size in sizes)
