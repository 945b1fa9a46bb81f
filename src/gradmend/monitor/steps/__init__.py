"""One training step as Keras would run it, and the same step with its gradients seen.

A backend's `Steps` runs either; the weights that come out are the same bit for bit.
"""

from gradmend.monitor.steps.steps import Sampled, Steps, steps_for

__all__ = ["Sampled", "Steps", "steps_for"]
