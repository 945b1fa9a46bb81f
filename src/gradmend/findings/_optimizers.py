"""What an optimizer does with a gradient that is too small or too large."""

from __future__ import annotations

from gradmend.records.measurements import Measurements


def adapts(m: Measurements) -> bool:
    """Whether the step does not depend on the size of the gradient, as with Adam and RMSprop."""
    return m.optimizer is not None and m.optimizer.epsilon is not None
