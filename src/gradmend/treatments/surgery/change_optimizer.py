"""Exchange the optimizer for Adam at its default rate."""

from __future__ import annotations

import keras

from gradmend.records.prescription import Prescription
from gradmend.treatments.change_optimizer import MIN_CLIP
from gradmend.treatments.surgery.compiling import compile_like, inner_of
from gradmend.treatments.surgery.material import Material

# What a step is cut or averaged by, whichever optimizer takes it.
KEPT = ("clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum",
        "gradient_accumulation_steps", "weight_decay")  # fmt: skip


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Compile with Adam; clipping, decay and accumulation stay, but not clipping to nothing."""
    old = inner_of(model.optimizer).get_config()
    kept = {key: old[key] for key in KEPT if old.get(key) is not None and _sane(key, old[key])}
    return compile_like(model, model, optimizer=keras.optimizers.Adam(**kept))


def _sane(setting: str, value: float) -> bool:
    return "clip" not in setting or value >= MIN_CLIP
