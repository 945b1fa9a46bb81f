"""The forward pass of a model and what its layers make of a batch, without any gradient."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import keras

from gradmend.measure._adapter import StepNumbers, host
from gradmend.measure.anatomy import parts_of
from gradmend.measure.assemble import layer_calls
from gradmend.measure.recorder import Recorder
from gradmend.measure.taps import attached
from gradmend.records.signals import LayerCall


class ForwardPass:
    """Runs a built model on given values of its variables, and brings back its layer calls.

    Numbers are defined as in `measure`: over the finite entries, in training mode. The model
    keeps its weights, averages and seeds. Compiled on JAX, eager elsewhere.

    Args:
        model: a built Keras model.

    Example:
        >>> import keras, numpy as np
        >>> hidden = keras.layers.Dense(2, "relu", bias_initializer="ones", name="hidden")
        >>> model = keras.Sequential([keras.Input((3,)), hidden])
        >>> values = [[v.value for v in model.trainable_variables], []]
        >>> calls, heads = ForwardPass(model)(*values, np.zeros((8, 3), "float32"))
        >>> calls[0].path, calls[0].forward.rms, calls[0].forward.dead_units, heads
        ('hidden', 1.0, 0, (0,))
    """

    def __init__(self, model: Any) -> None:
        backend = import_module(f"gradmend.measure._{keras.backend.backend()}")
        self.model, self.parts = model, parts_of(model)
        self._probe = backend.ForwardProbe
        self._compute = backend.forward_only(self._traced)
        self._static = StepNumbers()

    def __call__(
        self, trainable: Any, non_trainable: Any, x: Any
    ) -> tuple[tuple[LayerCall, ...], tuple[int | None, ...]]:
        """Return the calls in order, and for each output of the model which of them made it.

        Args:
            trainable: one value per `model.trainable_variables`.
            non_trainable: one value per `model.non_trainable_variables`.
            x: inputs as `train_step` receives them, (batch, ...).

        Raises:
            Exception: whatever the model raises on this input.
        """
        forward = self._compute(trainable, non_trainable, x)
        static = self._static
        numbers = StepNumbers(
            calls=static.calls,
            slots=static.slots,
            forward=[{name: host(value) for name, value in sums.items()} for sums in forward],
            backward=[None] * len(static.slots),
        )
        return layer_calls(numbers), tuple(static.heads)

    def _traced(self, trainable: Any, non_trainable: Any, x: Any) -> list[dict[str, Any]]:
        recorder = Recorder(self._probe(careful=True), careful=True)
        kwargs = {"training": True} if self.model._call_has_training_arg else {}
        with attached(self.parts, recorder):
            prediction, _, _ = self.model.stateless_call(
                trainable, non_trainable, x, return_losses=True, **kwargs
            )
        self._static = StepNumbers(
            calls=recorder.calls, slots=recorder.slots, heads=recorder.heads(prediction)
        )
        return recorder.forward
