"""TheDeepChecker (Ben Braiek & Khomh 2023, TOSEM).

Reproduced: gradients too small or too large in size, update ratios, dead ReLU units,
saturated units, non-finite loss, weights that start alike, and a loss that does not fall. Dead
units: zero on the whole batch (its 95th percentile below 1e-5); saturation ρ > 0.85: outputs
beyond the hard bounds. Not reproduced: the growth and decay of gradients over iterations (we have
three looks), its checks of data pipelines, and its comparison with an expected initial loss.
"""

from __future__ import annotations

from math import log10

from benchmarks.detection.published._seen import Look, Seen, hidden_relu, mean_size

SMALL, LARGE = 1e-6, 1e6
UPDATE = (-4.0, -1.0)  # log10
UNITS = 0.5


def symptoms(seen: Seen) -> list[str]:
    """Name the symptoms it would report."""
    found = {name for look in seen.looks for name in _at(look)}
    if seen.nonfinite:
        found.add("non-finite")
    if len(seen.losses) > 1 and seen.losses[-1] >= seen.losses[0]:
        found.add("loss does not fall")
    first = seen.looks[0]
    if any(w.rms and abs(w.rms - abs(w.mean)) < 1e-6 * w.rms for w in first.kernels):
        found.add("symmetric weights")
    return sorted(found)


def _at(look: Look) -> list[str]:
    found = []
    if any(mean_size(w) < SMALL for w in look.kernels):
        found.append("vanishing")
    if any(mean_size(w) > LARGE for w in look.kernels):
        found.append("exploding")
    if any(c.forward is not None and c.forward.dead_share > UNITS for c in hidden_relu(look)):
        found.append("dead")
    hard = [c.forward.saturated_hard for c in look.calls[:-1] if c.forward is not None]
    if any(share is not None and share > UNITS for share in hard):
        found.append("saturated")
    ratios = [w.update_ratio for w in look.kernels if w.update_ratio]
    if any(not UPDATE[0] <= log10(ratio) <= UPDATE[1] for ratio in ratios):
        found.append("update ratio")
    return found
