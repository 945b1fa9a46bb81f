"""How much better than a constant a model answers, on one scale for every kind of task."""

from __future__ import annotations

from typing import Any

# A user reads a yes off a probability above one half, or off a logit above zero.
THRESHOLDS = (0.0, 0.5)


def skill_of(said: Any, truth: Any, task: str) -> float:
    """Return 0.0 for the best constant (or worse), 1.0 for perfect answers.

    Accuracy over that of the commonest class, (a - a0) / (1 - a0); for numbers R². An
    answer that is not finite has no skill.

    Example:
        >>> import numpy as np
        >>> skill_of(np.array([[0.9], [0.2], [0.1], [0.8]]), np.array([1, 0, 0, 0]), "binary")
        0.0
    """
    import numpy as np

    said, truth = np.asarray(said, "float64"), np.asarray(truth)
    if not np.isfinite(said).all():
        return 0.0
    if task == "numbers":
        return _explained(said.reshape(len(said), -1), truth.reshape(len(truth), -1))
    if task == "classes":
        right = (said.argmax(-1) == truth).mean()
        return _over_constant(float(right), float(np.bincount(truth.ravel()).max() / truth.size))
    return max(_yes_or_no(said > threshold, truth) for threshold in THRESHOLDS)


def _yes_or_no(said: Any, truth: Any) -> float:
    said, truth = said.reshape(len(said), -1), truth.reshape(len(truth), -1) > 0.5
    shares = truth.mean(0)
    constant = float(abs(shares - 0.5).mean() + 0.5)
    return _over_constant(float((said == truth).mean()), constant)


def _explained(said: Any, truth: Any) -> float:
    # Columns are pooled: one that hardly varies must not outweigh all others.
    rest, whole = ((said - truth) ** 2).mean(), truth.var(0).mean()
    return max(0.0, float(1.0 - rest / whole)) if whole > 0.0 else 0.0


def _over_constant(right: float, constant: float) -> float:
    return max(0.0, (right - constant) / (1.0 - constant)) if constant < 1.0 else right
