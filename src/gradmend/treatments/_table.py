"""The table of treatments, one line each: the cheapest sufficient cure first."""

from __future__ import annotations

from gradmend.treatments import (
    add_normalization,
    add_residual,
    clip_gradients,
    enlarge_batch,
    lengthen_memory,
    lower_learning_rate,
    orthogonal_recurrence,
    raise_learning_rate,
    repair_head,
    repair_labels,
    repair_loss,
    reset_bias,
    reset_initializer,
    standardize_inputs,
    standardize_targets,
    swap_activation,
    unfreeze_layers,
    weaken_regularization,
    weight_decay,
)
from gradmend.treatments._treatment import Treatment

TREATMENTS: tuple[Treatment, ...] = (
    repair_head.TREATMENT,
    repair_loss.TREATMENT,
    repair_labels.TREATMENT,
    unfreeze_layers.TREATMENT,
    enlarge_batch.TREATMENT,
    weaken_regularization.TREATMENT,
    standardize_inputs.TREATMENT,
    standardize_targets.TREATMENT,
    reset_bias.TREATMENT,
    swap_activation.TREATMENT,
    reset_initializer.TREATMENT,
    orthogonal_recurrence.TREATMENT,
    lengthen_memory.TREATMENT,
    clip_gradients.TREATMENT,
    lower_learning_rate.TREATMENT,
    raise_learning_rate.TREATMENT,
    weight_decay.TREATMENT,
    add_normalization.TREATMENT,
    add_residual.TREATMENT,
)
