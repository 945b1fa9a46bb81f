"""DeepDiagnosis (Wardat et al. 2022, ICSE).

Reproduced: numerical errors, vanishing gradient of dense layers, dead nodes, saturated
activations, and the size of the update. Its mean |gradient| is taken from the RMS of the
gradient as for normal entries; saturation beyond ±5 from the outputs beyond the soft bound of a
bounded activation (0.99 of a sigmoid stands for 4.6). Not reproduced: its out-of-range output
check of the labels, and its rule on an accuracy that stands still.
"""

from __future__ import annotations

from math import isfinite

from benchmarks.detection.published._seen import Look, Seen, hidden_relu, mean_size

VANISHED = 1e-7
DEAD = 0.7
SATURATED = 0.5
UPDATE = (1e-5, 1e-1)


def symptoms(seen: Seen) -> list[str]:
    """Name the symptoms it would report."""
    found = {name for look in seen.looks for name in _at(look)}
    if seen.nonfinite:
        found.add("numerical error")
    if any(loss == 0.0 or not isfinite(loss) for loss in seen.losses):
        found.add("loss is zero or not finite")
    return sorted(found)


def _at(look: Look) -> list[str]:
    found = []
    dense = [w for w in look.kernels if len(w.shape) == 2]
    if any(mean_size(w) < VANISHED for w in dense):
        found.append("vanishing")
    if any(c.forward is not None and c.forward.zero_share >= DEAD for c in hidden_relu(look)):
        found.append("dead node")
    hard = [c.forward.saturated_hard for c in look.calls[:-1] if c.forward is not None]
    if any(share is not None and share > SATURATED for share in hard):
        found.append("saturated")
    ratios = [w.update_ratio for w in look.kernels if w.update_ratio is not None]
    if any(not UPDATE[0] <= ratio <= UPDATE[1] for ratio in ratios):
        found.append("update")
    return found
