"""The shape of a rule over a training: a code, a name and one pure function of the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gradmend.findings._rule import Named
from gradmend.records.finding import Finding
from gradmend.records.training import TrainingRun


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRule(Named):
    """One entry of the table `gradmend.findings.over_time.RUN_RULES`."""

    check: Callable[[TrainingRun], Iterator[Finding]]
