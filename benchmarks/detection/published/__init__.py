"""The published rules of other tools, over the same measurements.

None of the tools runs on Keras 3. What stands here are their published thresholds as functions of
what gradmend measured: the first batch, the same batch after 20 steps, and the trained model. The
tools look at every epoch or every few steps, so each rule gets three looks instead of many.
"""

from __future__ import annotations

from benchmarks.detection.published import autotrainer, deepchecker, deepdiagnosis, default, umlaut
from benchmarks.detection.published._seen import Seen, seen_in

__all__ = ["RULE_SETS", "Seen", "seen_in"]

RULE_SETS = {
    "AUTOTRAINER": autotrainer.symptoms,
    "DeepDiagnosis": deepdiagnosis.symptoms,
    "TheDeepChecker": deepchecker.symptoms,
    "DEFault": default.symptoms,
    "UMLAUT": umlaut.symptoms,
}
