"""What an activation does to signals: its gain, its range, its flat ends."""

from __future__ import annotations

from math import inf, sqrt

RELU_LIKE = frozenset({"relu", "relu6"})  # exactly zero, value and slope, below zero
RECTIFIERS = RELU_LIKE | {"leaky_relu", "prelu", "elu", "celu", "gelu", "silu", "swish", "mish"}
SIGMOID_LIKE = frozenset({"sigmoid", "hard_sigmoid"})
TANH_LIKE = frozenset({"tanh", "hard_tanh"})
# Their slope stays below one nearly everywhere: stacked, they shrink a gradient by themselves.
SQUASHING = SIGMOID_LIKE | {"softmax", "log_softmax", "softsign", "softmin", "sparsemax"}
GROWING_FAST = frozenset({"exponential"})
UNBOUNDED = frozenset({None, "linear"})

# The values an output can take at all.
RANGES: dict[str, tuple[float, float]] = {
    "relu": (0.0, inf),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, inf),
    "exponential": (0.0, inf),
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "log_sigmoid": (-inf, 0.0),
    "log_softmax": (-inf, 0.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "elu": (-1.0, inf),
}

# RMS(kernel)·sqrt(fan_in) between which the scale of the signal roughly survives one layer:
# He et al. (2015) for rectifiers, LeCun et al. (1998) for the rest. A sigmoid bears more.
_WIDE = (1.0, 4.0)
_UNIT = (1.0, 1.0)
_HE = (sqrt(2.0), sqrt(2.0))


def fitting_gains(activation: str | None) -> tuple[float, float]:
    """The smallest and largest kernel gain that fit an activation."""
    if activation in SIGMOID_LIKE:
        return _WIDE
    return _HE if activation in RECTIFIERS else _UNIT
