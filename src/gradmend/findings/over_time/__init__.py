"""Pure rules over a recorded training: what went wrong as it went on.

A single spike is no finding: rules compare medians over windows of samples.
"""

from __future__ import annotations

from gradmend.findings.over_time._rule import RunRule
from gradmend.findings.over_time._table import RUN_RULES, diagnose_run, run_page

__all__ = ["RUN_RULES", "RunRule", "diagnose_run", "run_page"]
