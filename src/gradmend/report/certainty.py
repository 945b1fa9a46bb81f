"""How sure a verdict is, in words that say why."""

from __future__ import annotations

from gradmend.records import Verdict, Visit

SURE = {
    (Verdict.SICK, "certain"): "certain: a measurement leaves no doubt",
    (Verdict.SICK, "likely"): "likely: two kinds of evidence agree",
    (Verdict.SICK, "possible"): "possible: the training failed, and no measurement says why",
    (Verdict.WATCH, "possible"): "possible: one kind of evidence, and no second that agrees",
    (Verdict.HEALTHY, "certain"): "certain: the training has shown it",
    (Verdict.HEALTHY, "likely"): "likely: no limit is exceeded, but no training was followed",
}


def how_sure(visit: Visit) -> str:
    """Return how sure the verdict is, empty where nothing was judged.

    Example:
        >>> how_sure(Visit(verdict=Verdict.SICK, reason="it is", certainty="likely"))
        'likely: two kinds of evidence agree'
    """
    if visit.verdict is Verdict.UNKNOWN:
        return ""
    return SURE.get((visit.verdict, visit.certainty), visit.certainty)
