"""What a loss expects of the output before it and of the target beside it."""

from __future__ import annotations

_ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "huber_loss": "huber",
    "logcosh": "log_cosh",
    "msle": "mean_squared_logarithmic_error",
    "mape": "mean_absolute_percentage_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
}

SQUARED = frozenset({"mean_squared_error"})
DISTANCES = SQUARED | {"mean_absolute_error", "huber", "log_cosh"}
RELATIVE = frozenset({"mean_squared_logarithmic_error", "mean_absolute_percentage_error"})
SPARSE = frozenset({"sparse_categorical_crossentropy"})
CATEGORICAL = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy"})
BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
CROSSENTROPIES = SPARSE | CATEGORICAL | BINARY
HINGES = frozenset({"hinge", "squared_hinge", "categorical_hinge"})
KNOWN = DISTANCES | RELATIVE | CROSSENTROPIES | HINGES | {"kl_divergence", "poisson"}


def canonical(loss: str | None) -> str | None:
    """The long name Keras gives a loss, whatever alias was used."""
    return None if loss is None else _ALIASES.get(loss, loss)
