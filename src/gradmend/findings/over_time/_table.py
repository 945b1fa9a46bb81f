"""The table of rules over a training, one line each, causes before their effects."""

from __future__ import annotations

import sys

from gradmend.findings.over_time import (
    clipping_most_steps,
    drift_into_saturation,
    gradient_explodes,
    gradient_fades,
    loss_jumps,
    nothing_captured,
    step_not_finite,
    units_die,
    weight_stands_still,
    weights_grow,
)
from gradmend.findings.over_time._rule import RunRule
from gradmend.records.finding import Finding
from gradmend.records.training import TrainingRun

RUN_RULES: tuple[RunRule, ...] = (
    nothing_captured.RULE,
    step_not_finite.RULE,
    gradient_explodes.RULE,
    loss_jumps.RULE,
    units_die.RULE,
    weights_grow.RULE,
    drift_into_saturation.RULE,
    gradient_fades.RULE,
    weight_stands_still.RULE,
    clipping_most_steps.RULE,
)


def diagnose_run(run: TrainingRun) -> tuple[Finding, ...]:
    """Return the findings of all rules over a recorded training, in the order of the table."""
    return tuple(finding for rule in RUN_RULES for finding in rule.check(run))


def run_page(code: str) -> str:
    """Return the page of a rule: the docstring of its file.

    Raises:
        KeyError: no rule has this code.
    """
    for rule in RUN_RULES:
        if rule.code == code.upper():
            return (sys.modules[rule.check.__module__].__doc__ or "").strip()
    raise KeyError(code)
