"""What an optimizer does with a gradient that is too small or too large."""

from __future__ import annotations

from gradmend.records.measurements import Measurements

# The rates that Keras sets.
DEFAULTS = {
    "adadelta": 0.001,
    "adagrad": 0.001,
    "adam": 0.001,
    "adamax": 0.001,
    "adamw": 0.001,
    "ftrl": 0.001,
    "lamb": 0.001,
    "lion": 0.001,
    "muon": 0.001,
    "nadam": 0.001,
    "rmsprop": 0.001,
    "sgd": 0.01,
}
FAR_BELOW = 0.1  # times the default, or less


def adapts(m: Measurements) -> bool:
    """Whether the step does not depend on the size of the gradient, as with Adam and RMSprop."""
    return m.optimizer is not None and m.optimizer.epsilon is not None


def far_below_default(m: Measurements) -> bool:
    """Whether no rate of the training came near the one that Keras sets for this optimizer."""
    if m.optimizer is None or m.optimizer.learning_rate is None:
        return False
    default = DEFAULTS.get(m.optimizer.name.lower())
    reached = () if m.course is None else m.course.learning_rates
    return (
        default is not None and max(m.optimizer.learning_rate, *reached, 0.0) <= FAR_BELOW * default
    )
