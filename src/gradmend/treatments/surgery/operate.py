"""From a prescription to the model that follows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import keras

from gradmend.errors import ModelError, teach
from gradmend.records.prescription import Prescription
from gradmend.records.trial import Change
from gradmend.treatments.installed import installed_treatments
from gradmend.treatments.surgery import (
    add_normalization,
    add_residual,
    bound_cell,
    change_optimizer,
    clip_each_value,
    clip_each_variable,
    clip_gradients,
    exchange_for_gru,
    exchange_normalization,
    identity_recurrence,
    keep_learning_rate,
    leak_activation,
    lengthen_memory,
    lower_learning_rate,
    orthogonal_initializer,
    orthogonal_recurrence,
    raise_learning_rate,
    recurrent_penalty,
    regularize_activities,
    regularize_kernels,
    repair_head,
    repair_labels,
    repair_loss,
    reset_bias,
    reset_initializer,
    scale_loss,
    scale_on_batch,
    standardize_inputs,
    standardize_targets,
    swap_activation,
    unfreeze_layers,
    use_bfloat16,
    warm_up,
    weaken_regularization,
    weight_decay,
)
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.copying import copy_of
from gradmend.treatments.surgery.feeding import FEEDING
from gradmend.treatments.surgery.graph import graph_of
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.traced import traced

Apply = Callable[[keras.Model, Prescription, Material], keras.Model]
Doses = Callable[[keras.Model, Prescription, Material], tuple[float, ...]]
Lines = Callable[[Prescription, Material], tuple[tuple[str, ...], tuple[str, ...]]]

OPERATIONS: Mapping[str, Apply] = MappingProxyType(
    {
        "add-normalization": add_normalization.apply,
        "add-residual": add_residual.apply,
        "bound-cell": bound_cell.apply,
        "change-optimizer": change_optimizer.apply,
        "clip-each-value": clip_each_value.apply,
        "clip-each-variable": clip_each_variable.apply,
        "clip-gradients": clip_gradients.apply,
        "exchange-for-gru": exchange_for_gru.apply,
        "exchange-normalization": exchange_normalization.apply,
        "identity-recurrence": identity_recurrence.apply,
        "keep-learning-rate": keep_learning_rate.apply,
        "leak-activation": leak_activation.apply,
        "lengthen-memory": lengthen_memory.apply,
        "lower-learning-rate": lower_learning_rate.apply,
        "orthogonal-initializer": orthogonal_initializer.apply,
        "orthogonal-recurrence": orthogonal_recurrence.apply,
        "raise-learning-rate": raise_learning_rate.apply,
        "regularize-activities": regularize_activities.apply,
        "regularize-kernels": regularize_kernels.apply,
        "recurrent-penalty": recurrent_penalty.apply,
        "repair-head": repair_head.apply,
        "repair-loss": repair_loss.apply,
        "reset-bias": reset_bias.apply,
        "reset-initializer": reset_initializer.apply,
        "scale-loss": scale_loss.apply,
        "scale-on-batch": scale_on_batch.apply,
        "standardize-inputs": standardize_inputs.apply,
        "standardize-targets": standardize_targets.apply,
        "swap-activation": swap_activation.apply,
        "unfreeze-layers": unfreeze_layers.apply,
        "use-bfloat16": use_bfloat16.apply,
        "warm-up": warm_up.apply,
        "weaken-regularization": weaken_regularization.apply,
        "weight-decay": weight_decay.apply,
    }
)
# Where what is done differs from the lines that were prescribed, in form or in a number.
LINES: Mapping[str, Lines] = MappingProxyType(
    {
        "add-residual": add_residual.lines,
        "clip-gradients": clip_gradients.lines,
        "regularize-activities": regularize_activities.lines,
        "regularize-kernels": regularize_kernels.lines,
        "repair-labels": repair_labels.lines,
        "standardize-targets": standardize_targets.lines,
    }
)
# Where the right strength is not known beforehand: those worth trying, the mildest first.
DOSES: Mapping[str, Doses] = MappingProxyType(
    {
        "clip-gradients": clip_gradients.doses,
        "regularize-activities": regularize_activities.doses,
        "regularize-kernels": regularize_kernels.doses,
    }
)


def can_apply(prescription: Prescription) -> bool:
    """Tell whether gradmend can follow a prescription itself, on the model or on what it is fed."""
    return prescription.treatment in FEEDING or _operation(prescription) is not None


# These put layers in, or exchange some: the graph of layers must be known.
REBUILDING = frozenset(
    {
        "add-normalization",
        "add-residual",
        "exchange-normalization",
        "lengthen-memory",
        "scale-on-batch",
        "standardize-inputs",
        "standardize-targets",
        "swap-activation",
    }
)


def operate(
    model: keras.Model, prescription: Prescription, material: Material, *, given: bool = False
) -> keras.Model:
    """Return a compiled model that follows the prescription.

    Layers it does not name keep weights, names, flags, regularizers and precision; the
    compile settings are carried over, with fresh optimizer state.

    Args:
        model: A built, compiled model; left bit for bit as it is.
        prescription: What to change, from `gradmend.check(...).prescriptions`.
        material: Measurements, training data and the seed of new weights.
        given: The model is ours to change, so no copy is made.

    Raises:
        ModelError: the treatment does not fit this model, or has no operation.
    """
    operation = _operation(prescription)
    if operation is None:
        raise ModelError(
            teach(
                f"gradmend cannot apply '{prescription.treatment}' by itself.",
                expected=f"one of {', '.join(OPERATIONS)}",
                received=prescription.treatment,
                means="it is advice about the data, or about code of yours.",
                attempt="; ".join(prescription.after) or prescription.title,
            )
        )
    ours = model if given else compile_like(copy_of(model, material.x), model)
    if prescription.treatment in REBUILDING and graph_of(ours) is None:
        ours = _traced(ours, material)
    return operation(ours, prescription, material)


def _operation(prescription: Prescription) -> Apply | None:
    """Return what applies a treatment: ours, or that of the package the treatment comes from."""
    name = prescription.treatment
    theirs = {treatment.name: treatment.apply for treatment in installed_treatments()}
    return OPERATIONS.get(name) or theirs.get(name)


def _traced(model: keras.Model, material: Material) -> keras.Model:
    """The operation itself says what it cannot do where `call` cannot be followed."""
    try:
        return traced(model, material.x)
    except ModelError:
        return model


def in_doses(
    model: keras.Model, prescription: Prescription, material: Material
) -> tuple[Prescription, ...]:
    """Return one prescription per strength worth trying; itself where there is only one.

    Args: as for `operate`; the model is left as it is.
    """
    found = DOSES.get(prescription.treatment)
    if found is None:
        return (prescription,)
    ours = compile_like(copy_of(model, material.x), model)
    strengths = found(ours, prescription, material)
    return tuple(replace(prescription, dose=strength) for strength in strengths)


def change_of(prescription: Prescription, material: Material) -> Change:
    """Return the change that `operate` makes, as Keras lines before and after."""
    lines = LINES.get(prescription.treatment)
    before, after = prescription.before, prescription.after
    if lines is not None:
        before, after = lines(prescription, material)
    return Change(
        treatment=prescription.treatment,
        title=prescription.title,
        grade=prescription.grade,
        where=prescription.where,
        before=before,
        after=after,
    )
