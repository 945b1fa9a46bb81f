"""Begin with short steps: a schedule of Keras that rises and then stays."""

from __future__ import annotations

import keras

from gradmend.errors import ModelError, teach
from gradmend.records.prescription import Prescription
from gradmend.treatments.surgery.compiling import compile_like, fresh_optimizer, inner_of
from gradmend.treatments.surgery.lower_learning_rate import current_rate
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.warm_up import STEPS


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with a rate that rises over the first steps; with `alpha=1` it never falls."""
    if isinstance(inner_of(model.optimizer).get_config()["learning_rate"], dict):
        raise ModelError(_scheduled())
    rising = keras.optimizers.schedules.CosineDecay(
        0.0, decay_steps=1, alpha=1.0, warmup_target=current_rate(model), warmup_steps=STEPS
    )
    schedule = keras.optimizers.schedules.serialize(rising)
    optimizer = fresh_optimizer(model.optimizer, learning_rate=schedule)
    return compile_like(model, model, optimizer=optimizer)


def _scheduled() -> str:
    return teach(
        "the learning rate cannot be warmed up by gradmend.",
        expected="an optimizer with one learning rate",
        received="an optimizer with a schedule",
        means="the schedule is yours, and says how the training begins.",
        attempt="CosineDecay(..., warmup_target=rate, warmup_steps=100)",
    )
