"""DEFault (Jahan et al. 2025, ICSE): the thresholds of its features.

Its judgement is a trained random forest over such features, which is not published in a
form that runs here; what is reproduced are the thresholds named in the paper, any of which flags.
"""

from __future__ import annotations

from benchmarks.detection.published._seen import Look, Seen, hidden_relu, mean_size

VANISHED, EXPLODED = 1e-4, 70.0
DYING, SATURATED = 0.7, 0.5


def symptoms(seen: Seen) -> list[str]:
    """Name the symptoms its features show."""
    found = {name for look in seen.looks for name in _at(look)}
    if seen.nonfinite:
        found.add("non-finite")
    return sorted(found)


def _at(look: Look) -> list[str]:
    found = []
    if any(mean_size(w) < VANISHED for w in look.kernels):
        found.append("vanishing")
    if any((w.gradient_largest or 0.0) > EXPLODED for w in look.kernels):
        found.append("exploding")
    if any(c.forward is not None and c.forward.zero_share > DYING for c in hidden_relu(look)):
        found.append("dying")
    hard = [c.forward.saturated_hard for c in look.calls[:-1] if c.forward is not None]
    if any(share is not None and share > SATURATED for share in hard):
        found.append("saturated")
    return found
