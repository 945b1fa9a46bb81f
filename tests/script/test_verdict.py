"""The verdict on a script is the worst of its fits."""

from __future__ import annotations

import pytest

from gradmend.records import Verdict, Visit
from gradmend.script.reports import FitReport
from gradmend.script.verdict import judge_script

SICK, WATCH, HEALTHY, UNKNOWN = Verdict.SICK, Verdict.WATCH, Verdict.HEALTHY, Verdict.UNKNOWN


def fits(*verdicts: Verdict) -> list[FitReport]:
    return [
        FitReport(number=n, where=f"train.py:{n}", visit=Visit(verdict=v, reason=f"{v} {n}"))
        for n, v in enumerate(verdicts, start=1)
    ]


@pytest.mark.parametrize(
    ("verdicts", "worst", "reason"),
    [
        ([HEALTHY], HEALTHY, "healthy 1"),
        ([UNKNOWN], UNKNOWN, "unknown 1"),
        ([HEALTHY, SICK, WATCH], SICK, "fit 2 of 3 (train.py:2): sick 2"),
        ([HEALTHY, WATCH, WATCH], WATCH, "fit 2 of 3 (train.py:2): watch 2"),
        ([UNKNOWN, HEALTHY], HEALTHY, "fit 2 of 2 (train.py:2): healthy 2"),
    ],
)
def test_the_worst_counts_and_unknown_only_alone(
    verdicts: list[Verdict], worst: Verdict, reason: str
) -> None:
    assert judge_script(fits(*verdicts), "no fit") == (worst, reason)


def test_without_a_fit_the_given_reason_stands() -> None:
    assert judge_script([], "no fit") == (UNKNOWN, "no fit")
