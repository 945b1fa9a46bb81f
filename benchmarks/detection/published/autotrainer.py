"""AUTOTRAINER (Zhang et al. 2021, ICSE; constants of the published code).

Reproduced: vanishing, exploding, dying ReLU, oscillating loss and slow convergence, all of which it
looks for only when the accuracy is poor. Not reproduced: it reads the accuracy on held-out rows
after each epoch; here the skill on the training rows stands in its place.
"""

from __future__ import annotations

from itertools import pairwise

from benchmarks.detection.published._seen import Look, Seen

POOR = 0.6  # accuracy
RATIO_SMALL, FIRST_SMALL, RATIO_LARGE = 1e-3, 1e-4, 70.0
ZERO_GRADIENTS = 0.7
PEAK, PEAKS = 0.03, 0.2  # of the accuracy; peaks per epoch
SLOW = 0.01  # gain of accuracy over the epochs


def symptoms(seen: Seen) -> list[str]:
    """Name the symptoms it would report."""
    if seen.nonfinite:
        return ["exploding"]
    if not seen.skills or seen.skills[-1] >= POOR:
        return []
    found = {name for look in seen.looks for name in _gradients(look)}
    turns = _turns(seen.skills)
    if turns > PEAKS * len(seen.skills):
        found.add("oscillating")
    if max(seen.skills) - seen.skills[0] < SLOW:
        found.add("slow")
    return sorted(found)


def _gradients(look: Look) -> list[str]:
    kernels = look.kernels
    if len(kernels) < 2:
        return []
    first, last = kernels[0].gradient_norm or 0.0, kernels[-1].gradient_norm or 0.0
    found = []
    if last and first / last < RATIO_SMALL and first < FIRST_SMALL:
        found.append("vanishing")
    if last and first / last > RATIO_LARGE:
        found.append("exploding")
    if any((w.gradient_zero_share or 0.0) >= ZERO_GRADIENTS for w in kernels):
        found.append("dying")
    return found


def _turns(skills: tuple[float, ...]) -> int:
    steps = [b - a for a, b in pairwise(skills)]
    return sum(a * b < 0 and min(abs(a), abs(b)) > PEAK for a, b in pairwise(steps))
