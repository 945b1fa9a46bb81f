"""Pure rules over measurements: what is wrong, where, how much, and why.

Nothing here imports a framework: a stored record is judged on any machine.
"""

from __future__ import annotations

import sys

from gradmend.findings._rule import Rule
from gradmend.findings._table import RULES
from gradmend.findings.diagnose import diagnose
from gradmend.findings.installed import installed_rules
from gradmend.findings.judge import Judgement, judge, needs_second_look
from gradmend.findings.memory_lost_in_training import look_after_pays

__all__ = [
    "RULES",
    "Judgement",
    "Rule",
    "diagnose",
    "installed_rules",
    "judge",
    "look_after_pays",
    "needs_second_look",
    "page",
    "rule_named",
]


def rule_named(code_or_name: str) -> Rule:
    """Return the rule with this code or name, whatever the case.

    Raises:
        KeyError: No rule is called so.

    Example:
        >>> rule_named("v101").name
        'gradient-shrinks-with-depth'
    """
    wanted = code_or_name.strip().lower()
    for rule in installed_rules():
        if wanted in (rule.code.lower(), rule.name):
            return rule
    raise KeyError(code_or_name)


def page(code: str) -> str:
    """Return the page of a rule: the docstring of its file.

    Raises:
        KeyError: No rule is called so.

    Example:
        >>> page("V101").splitlines()[0]
        'The gradient loses most of its size on the way back to the first layers.'
    """
    return (sys.modules[rule_named(code).module].__doc__ or "").strip()
