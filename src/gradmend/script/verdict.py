"""The verdict on a script: the worst of its fits."""

from __future__ import annotations

from collections.abc import Sequence

from gradmend.records import Verdict
from gradmend.script.reports import FitReport

WORST_FIRST = (Verdict.SICK, Verdict.WATCH, Verdict.HEALTHY, Verdict.UNKNOWN)


def judge_script(fits: Sequence[FitReport], why_none: str) -> tuple[Verdict, str]:
    """Return verdict and reason; UNKNOWN only when no fit could be judged.

    Args:
        fits: in the order they began.
        why_none: the reason to give when there is no fit at all.
    """
    if not fits:
        return Verdict.UNKNOWN, why_none
    worst = min(fits, key=lambda fit: WORST_FIRST.index(fit.visit.verdict))
    reason = worst.visit.reason
    if len(fits) > 1:
        reason = f"fit {worst.number} of {len(fits)} ({worst.where}): {reason}"
    return worst.visit.verdict, reason
