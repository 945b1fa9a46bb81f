"""What the layers of a model do while it trains, seen in a few forward passes beside the steps.

A look runs the model once more on the batch of a sampled step, with the weights after it,
and leaves no trace: no weight, seed or average is written. Looks are frequent at first, then
ever rarer, and with "auto" all of them together stay below half a percent of the time so far.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

import keras

from gradmend.measure.batch import as_tensor
from gradmend.measure.forward import ForwardPass
from gradmend.monitor.adapter import adapter_for
from gradmend.monitor.batch import without_optionals
from gradmend.monitor.steps import Steps
from gradmend.monitor.undisturbed import undisturbed
from gradmend.monitor.words import one_line
from gradmend.records.signals import LayerCall
from gradmend.records.training import LayerSample

LookMode = bool | Literal["auto"]

MOST_SHARE = 0.005
GROWTH = 3  # steps between two looks, per step so far
LONGEST = 256
THINNING = 16
# Seconds per layer that the first look may take: on JAX it is compiled.
FIRST = {"jax": 0.04}
FIRST_EAGER = 0.003
SATURATE_TO_WORK = ("recurrent", "attention", "composite")
RELU_LIKE = ("relu", "relu6")


class Looks:
    """The looks of one `fit`.

    Args:
        model: the model that trains.
        mode: see `GradientMonitor(layers=...)`.
        note: called with the reason when the layers cannot be looked at.
        share: of the time so far that all looks together may take, with "auto".
    """

    def __init__(
        self,
        model: Any,
        mode: LookMode,
        note: Callable[[str], None],
        *,
        share: float = MOST_SHARE,
    ) -> None:
        self._model, self._mode, self._note = model, mode, note
        self._share = share
        self._pass: ForwardPass | None = None
        self._shapes: Any = None
        self._next = 1
        self._spent = 0.0
        self._expected: float | None = None

    def due(self, step: int, seconds: float) -> bool:
        """Tell whether to look after this step, `seconds` after training began."""
        if self._mode is False or step < self._next:
            return False
        if self._mode is True:
            return True
        if self._expected is None:
            layers = len(list(self._model._flatten_layers()))
            self._expected = layers * FIRST.get(keras.backend.backend(), FIRST_EAGER)
        return self._spent + self._expected <= self._share * seconds

    def look(self, x: Any, result: Any, step: int) -> tuple[LayerSample, ...]:
        """Run the model on `x` with the weights of a step's `result`; empty where it cannot."""
        shapes = [tuple(leaf.shape) for leaf in keras.tree.flatten(x) if hasattr(leaf, "shape")]
        if not shapes or (self._shapes is not None and shapes != self._shapes):
            return ()  # the batch stayed in the graph, or is the short one at the end of an epoch
        self._shapes = shapes
        self._next = step + stride(step)
        began = time.perf_counter()
        try:
            found = self._looked(result, x)
        except Exception as error:  # noqa: BLE001  # nothing of ours may end a training
            self._mode = False
            self._note(f"the layers could not be looked at: {one_line(error)}")
            return ()
        self._expected = time.perf_counter() - began
        self._spent += self._expected
        return found

    def _looked(self, result: Any, x: Any) -> tuple[LayerSample, ...]:
        adapter = adapter_for(keras.backend.backend())
        arguments = result[1:] if isinstance(result, tuple) else ()
        with undisturbed(), adapter.variables_in_place(self._model, arguments):
            if self._pass is None:
                self._pass = ForwardPass(self._model)
            tensors = keras.tree.map_structure(as_tensor, x)
            calls, heads = self._pass(*adapter.values(self._model, result), tensors)
        return layer_samples(calls, heads)


def stride(step: int) -> int:
    """Return how many steps after a look at this step the next one is.

    Example:
        >>> [stride(step) for step in (1, 4, 16, 1000, 16000)]
        [3, 12, 48, 256, 1000]
    """
    return min(GROWTH * step, max(LONGEST, step // THINNING))


def layer_samples(
    calls: Sequence[LayerCall], heads: Sequence[int | None]
) -> tuple[LayerSample, ...]:
    """Return the records of the calls that could be seen; `heads` made the model's outputs."""
    gated = {i for call in calls if call.class_name == "Multiply" for i in call.inputs}
    return tuple(
        _sample(call, judged=call.index not in heads, gate=call.index in gated)
        for call in calls
        if call.forward is not None
    )


def _sample(call: LayerCall, *, judged: bool, gate: bool) -> LayerSample:
    seen = call.forward
    assert seen is not None  # noqa: S101 - chosen by the caller
    entries = 1
    for size in seen.shape:
        entries *= size
    working = gate or call.role in SATURATE_TO_WORK
    return LayerSample(
        path=call.label,
        rms=seen.rms,
        largest=seen.largest,
        zero_share=seen.zero_share,
        saturated=seen.saturated_hard if judged and not working else None,
        dead_units=seen.dead_units if judged and call.activation in RELU_LIKE else None,
        units=seen.units,
        nonfinite=seen.nonfinite,
        seen=entries // max(seen.units, 1),
    )


def inputs_of(steps: Steps) -> Any:
    """Return the inputs of the latest batch, None where it stayed in the graph."""
    if not steps.batches:
        return None
    x, _, _ = keras.utils.unpack_x_y_sample_weight(without_optionals(steps.batches[-1]))
    return x
