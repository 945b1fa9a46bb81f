"""Facts about the data, the outputs, the optimizer and the model, read on the host."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops, tree

from gradmend.measure._adapter import Array, StepNumbers
from gradmend.measure.anatomy import Part
from gradmend.measure.loss import at_path, from_logits, loss_name, trivial_term
from gradmend.measure.pairing import pairing
from gradmend.measure.step import in_order
from gradmend.records.facts import ModelFacts, OptimizerFacts, OutputFacts, TensorFacts

MOST_DISTINCT = 1001
# These layers hand their input on, changed in shape or noise only.
PASSING = frozenset({"reshape", "dropout"})


def tensor_facts(name: str, tensor: Any) -> TensorFacts:
    """Return moments, range and kind of one tensor, over its finite entries."""
    array = np.asarray(ops.convert_to_numpy(tensor))
    values = array.astype(np.float64)
    finite = values[np.isfinite(values)]
    empty = finite.size == 0
    distinct = np.unique(finite[: 10 * MOST_DISTINCT]).size
    constant, spread = _features(values)
    return TensorFacts(
        name=name,
        shape=tuple(array.shape),
        dtype=keras.backend.standardize_dtype(array.dtype),
        mean=0.0 if empty else float(finite.mean()),
        std=0.0 if empty else float(finite.std()),
        rms=0.0 if empty else float(np.sqrt(np.mean(np.square(finite)))),
        smallest=0.0 if empty else float(finite.min()),
        largest=0.0 if empty else float(finite.max()),
        nonfinite=int(values.size - finite.size),
        integer_valued=bool(np.all(finite == np.round(finite))),
        distinct=min(distinct, MOST_DISTINCT),
        constant_share=constant,
        spread=spread,
    )


def _features(values: Array) -> tuple[float, float | None]:
    """Return the share of constant features and the ratio of the largest to the smallest std."""
    if values.ndim < 2 or len(values) < 2:
        return 0.0, None
    rows = np.where(np.isfinite(values), values, np.nan).reshape(len(values), -1)
    std = np.nanstd(rows, axis=0)
    varying = std[std > 0]
    table = values.ndim == 2 and varying.size > 1
    spread = float(varying.max() / varying.min()) if table else None
    return float(np.mean(std == 0)), spread


def input_facts(model: keras.Model, x: Any) -> tuple[TensorFacts, ...]:
    """Return the facts of every input tensor, named by its keys or as the model names it."""
    leaves = [(path, leaf) for path, leaf in tree.flatten_with_path(x) if leaf is not None]
    names = list(getattr(model, "input_names", None) or [])
    if len(names) != len(leaves):
        names = [_leaf_name(path) for path, _ in leaves]
    return tuple(tensor_facts(name, leaf) for name, (_, leaf) in zip(names, leaves, strict=True))


def _leaf_name(path: tuple[Any, ...]) -> str:
    """Return "key", "x[0]" or "key[0]"; a lone tensor is "x"."""
    first = str(path[0]) if path and isinstance(path[0], str) else "x"
    rest = path[1:] if path and isinstance(path[0], str) else path
    return first + "".join(f"[{key}]" for key in rest)


def weight_facts(sample_weight: Any) -> tuple[TensorFacts, ...]:
    """Return the facts of the sample weights, one tensor per output that has its own."""
    leaves = [leaf for leaf in tree.flatten(sample_weight) if leaf is not None]
    return tuple(tensor_facts("sample_weight", leaf) for leaf in leaves)


def output_facts(
    model: keras.Model, container: Any, numbers: StepNumbers, y: Any, sample_weight: Any
) -> tuple[OutputFacts, ...]:
    """Return the facts of every output of the model, with its loss and its target."""
    judged = _losses_by_output(container, numbers.prediction, y)
    names = list(getattr(model, "output_names", None) or [])
    flat = tree.flatten(numbers.prediction)
    facts = []
    for index, leaf in enumerate(flat):
        name = names[index] if len(names) == len(flat) else f"output[{index}]"
        head = _head(numbers, index)
        target = "y" if len(flat) == 1 else f"y of {name}"
        facts.append(_output(name, target, leaf, head, judged.get(index), sample_weight))
    return tuple(facts)


def _losses_by_output(container: Any, prediction: Any, y: Any) -> dict[int, tuple[Any, Any]]:
    """Map the flat index of an output to its loss and its target."""
    if container is None or y is None:
        return {}
    numbered = tree.pack_sequence_as(prediction, list(range(len(tree.flatten(prediction)))))
    y = in_order(y, prediction, container)
    found: dict[int, tuple[Any, Any]] = {}
    for path, loss, _, _ in container._flat_losses:
        index = at_path(numbered, path)
        if isinstance(index, int):
            found.setdefault(index, (loss, at_path(y, path)))
    return found


def _head(numbers: StepNumbers, index: int) -> Part | None:
    """Return the layer whose activation shapes an output, past reshapes and dropout."""
    call = numbers.heads[index] if index < len(numbers.heads) else None
    while call is not None:
        raw = numbers.calls[call]
        plain = raw.part.activation in (None, "linear")
        passing = raw.part.role in PASSING or (raw.part.role == "activation" and plain)
        if not passing or len(raw.inputs) != 1:
            return raw.part
        call = raw.inputs[0]
    return None


def _output(
    name: str,
    target_name: str,
    leaf: Any,
    head: Part | None,
    judged: tuple[Any, Any] | None,
    weights: Any,
) -> OutputFacts:
    values = np.asarray(ops.convert_to_numpy(leaf), dtype=np.float64)
    finite = values[np.isfinite(values)]
    loss, y = judged if judged is not None else (None, None)
    target = None if y is None else tensor_facts(target_name, y)
    known = finite.size > 0
    return OutputFacts(
        name=name,
        layer=None if head is None else head.path,
        activation=None if head is None else (head.activation or "linear"),
        units=int(values.shape[-1]) if values.ndim > 1 else 1,
        shape=tuple(values.shape),
        loss=None if loss is None else loss_name(loss),
        from_logits=None if loss is None else from_logits(loss),
        smallest=float(finite.min()) if known else 0.0,
        largest=float(finite.max()) if known else 0.0,
        mean=float(finite.mean()) if known else 0.0,
        std=float(finite.std()) if known else 0.0,
        nonfinite=int(values.size - finite.size),
        row_sum_error=float(np.abs(values.sum(axis=-1) - 1).max()) if known else None,
        target=target,
        trivial_loss=None if loss is None else _trivial(loss, y, values.shape, weights),
        pairing=None if loss is None else pairing(loss, y, leaf),
    )


def _trivial(loss: Any, y: Any, shape: tuple[int, ...], weights: Any) -> float | None:
    try:
        value = trivial_term(
            loss, np.asarray(ops.convert_to_numpy(y)), shape,
            None if tree.is_nested(weights) else weights,
        )  # fmt: skip
    except Exception:  # noqa: BLE001 - a custom loss may not take constants; then there is no number
        return None
    return value if math.isfinite(value) else None


def optimizer_facts(optimizer: Any) -> OptimizerFacts | None:
    """Return the settings that decide the size of a step."""
    if optimizer is None:
        return None
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    scale = getattr(optimizer, "dynamic_scale", None)
    scale = getattr(optimizer, "initial_scale", None) if scale is None else scale
    return OptimizerFacts(
        name=type(inner).__name__,
        learning_rate=_learning_rate(inner),
        iterations=int(np.asarray(ops.convert_to_numpy(inner.iterations))),
        momentum=_number(inner, "momentum", "beta_1"),
        epsilon=_number(inner, "epsilon"),
        weight_decay=_number(inner, "weight_decay"),
        clipnorm=_number(inner, "clipnorm"),
        clipvalue=_number(inner, "clipvalue"),
        global_clipnorm=_number(inner, "global_clipnorm"),
        loss_scale=None if scale is None else float(np.asarray(ops.convert_to_numpy(scale))),
        accumulation_steps=getattr(inner, "gradient_accumulation_steps", None),
        scheduled=isinstance(
            getattr(inner, "_learning_rate", None), keras.optimizers.schedules.LearningRateSchedule
        ),
    )


def _learning_rate(optimizer: Any) -> float | None:
    try:
        return float(np.asarray(ops.convert_to_numpy(optimizer.learning_rate)))
    except (TypeError, ValueError, AttributeError):
        return None


def _number(owner: Any, *names: str) -> float | None:
    for name in names:
        value = getattr(owner, name, None)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def model_facts(model: keras.Model, parts: Sequence[Part]) -> ModelFacts:
    """Return the facts about the model as a whole."""
    if isinstance(model, keras.Sequential):
        kind = "Sequential"
    else:
        kind = "Functional" if getattr(model, "outputs", None) else "Subclassed"
    weighted = [part for part in parts if part.layer.weights]
    return ModelFacts(
        name=model.name,
        kind=kind,
        layers=len(parts),
        parameters=int(model.count_params()),
        trainable_parameters=sum(math.prod(v.shape) for v in model.trainable_variables),
        frozen_layers=sum(not part.layer.trainable for part in weighted),
        precision=str(model.dtype_policy.name),
        custom_train_step=type(model).train_step is not keras.Model.train_step,
    )
