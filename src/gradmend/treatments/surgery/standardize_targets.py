"""Let the network work on targets of mean 0 and size 1, and speak in the user's units.

A `Rescaling(std, mean)` stands at the output, and the loss is divided by the square of `std`
(by `std` for losses that grow like the error): the steps are exactly those of training on
`(y - mean) / std`, while `fit`, `evaluate` and `predict` keep the units of `y`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import tree

from gradmend.errors import ModelError, teach
from gradmend.records.facts import OutputFacts
from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.graph import chained
from gradmend.treatments.surgery.material import Material

# How the loss grows with the size of the error.
POWERS = {"mean_squared_error": 2, "mse": 2, "mean_absolute_error": 1, "mae": 1}


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Put the inverse at each output that is judged by a squared or absolute error."""
    end: dict[int, Any] = {}
    factors = [1.0] * len(material.measurements.outputs)
    for number, output, power in _judged(prescription, material):
        mean, std = moments(_target(material.y, output, number))
        end[number] = _inverse(model, number, mean, std)
        factors[number] = 1.0 / std**power
    if not end:
        raise ModelError(_no_such_loss(model))
    new = chained(model, end=end)
    return compile_like(new, model, loss_weights=_weighted(model, factors))


def _judged(
    prescription: Prescription, material: Material
) -> Iterator[tuple[int, OutputFacts, int]]:
    """The outputs concerned, with their number and the power their loss grows with."""
    outputs = material.measurements.outputs
    for number, output in enumerate(outputs):
        power = POWERS.get(output.loss or "")
        if power is not None and (len(outputs) == 1 or _named(output, prescription)):
            yield number, output, power


def _named(output: OutputFacts, prescription: Prescription) -> bool:
    target = None if output.target is None else output.target.name
    names = {output.layer, output.name, target}
    return not prescription.where or bool(names & set(prescription.where))


def _target(y: Any, output: OutputFacts, number: int) -> Any:
    """What an output should answer; a dict of targets is in the order of its keys."""
    if isinstance(y, dict) and output.name in y:
        return y[output.name]
    return tree.flatten(y)[number]


def _inverse(model: keras.Model, number: int, mean: Any, std: float) -> Any:
    outputs = tree.flatten(getattr(model, "outputs", []))
    if not outputs:
        return keras.layers.Rescaling(std, mean, name="output_in_units")
    head = outputs[number]._keras_history.operation
    name = f"{head.name}_in_units"
    if len(outputs) > 1 and not isinstance(model._outputs_struct, dict):
        # the losses, targets and metrics of a list of outputs go by the names of its layers
        name, head.name = head.name, f"{head.name}_in_spreads"
    return keras.layers.Rescaling(std, mean, name=name)


def moments(target: Any) -> tuple[Any, float]:
    """Return the mean per column, and one spread for all: columns keep their weight in the loss."""
    rows = np.asarray(target, dtype="float64")
    rows = rows.reshape(len(rows), -1) if rows.ndim < 2 else rows
    mean = rows.mean(axis=0)
    std = float(np.sqrt(np.square(rows - mean).mean())) or 1.0
    return (float(mean.ravel()[0]) if mean.size == 1 else mean.tolist()), std


def _weighted(model: keras.Model, factors: list[float]) -> Any:
    """Multiply the loss weights the model has; keep their structure."""
    settings = model._compile_config.config
    old = settings.get("loss_weights")
    if len(factors) == 1:
        return factors[0] * (tree.flatten(old)[0] if old is not None else 1.0)
    names = list(getattr(model, "output_names", None) or range(len(factors)))
    if isinstance(old, dict):
        given = [old.get(name, 1.0) for name in names]
    else:
        given = [1.0] * len(names) if old is None else list(old)
    scaled = [weight * factor for weight, factor in zip(given, factors, strict=True)]
    by_name = isinstance(settings.get("loss"), dict)
    return dict(zip(names, scaled, strict=True)) if by_name else scaled


def lines(
    prescription: Prescription, material: Material
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of the form that stays inside the model."""
    several = len(material.measurements.outputs) > 1
    after: list[str] = []
    weights: list[str] = []
    for number, output, power in _judged(prescription, material):
        mean, std = moments(_target(material.y, output, number))
        shown = f"{mean:.4g}" if isinstance(mean, float) else "y.mean(axis=0)"
        behind = f"the last layer of {output.name!r}" if several else "the last layer"
        after.append(f"Rescaling({std:.4g}, {shown}),  # {behind}: std and mean of y")
        weight = f"{1.0 / std**power:.4g}"
        weights.append(f'"{output.name}": {weight}' if several else weight)
    given = "{" + ", ".join(weights) + "}" if several else "".join(weights)
    after.append(f"model.compile(optimizer, loss, loss_weights={given})  # 1 / std**2, 1 / std")
    return ("model.compile(optimizer, loss)",), tuple(after)


def _no_such_loss(model: keras.Model) -> str:
    return teach(
        f"the targets of '{model.name}' cannot be standardised inside the model.",
        expected=f"a loss among {', '.join(sorted(POWERS))}",
        received=f"loss={getattr(model, 'loss', None)!r}",
        means="how this loss grows with the size of the error is not known.",
        attempt="model.fit(x, (y - y.mean()) / y.std())",
    )
