"""UMLAUT (Schoop et al. 2021, CHI).

Reproduced: inputs outside -1..1, a learning rate outside 1e-7..1e-2, a last layer without softmax
under a loss that wants one, missing activations, and non-finite losses or inputs. Not reproduced:
its checks of a validation loss and accuracy, since these programs hold no rows out.
"""

from __future__ import annotations

from benchmarks.detection.published._seen import Seen

INPUTS = 1.0
RATE = (1e-7, 1e-2)


def symptoms(seen: Seen) -> list[str]:
    """Name the errors and warnings it would show."""
    m = seen.first
    found = []
    floats = [x for x in m.inputs if not x.integer_valued]
    if any(max(abs(x.smallest), abs(x.largest)) > INPUTS for x in floats):
        found.append("input range")
    if any(x.nonfinite for x in m.inputs) or seen.nonfinite:
        found.append("non-finite")
    rate = m.optimizer.learning_rate if m.optimizer is not None else None
    if rate is not None and not RATE[0] <= rate <= RATE[1]:
        found.append("learning rate")
    if any("categorical" in (o.loss or "") and o.activation != "softmax" for o in m.outputs):
        found.append("no softmax")
    hidden = [c for c in m.calls if c.role == "dense"][:-1]
    behind = {i for c in m.calls if c.role in ("activation", "norm") for i in c.inputs}
    if any(c.activation in (None, "linear") and c.index not in behind for c in hidden):
        found.append("no activation")
    return found
