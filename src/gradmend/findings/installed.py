"""All rules that are in force: the table, and those of other packages."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from gradmend.findings._rule import Rule
from gradmend.findings._table import RULES
from gradmend.plugins import FINDINGS, guarded, installed, without_taken


@cache
def installed_rules() -> tuple[Rule, ...]:
    """Return the rules in causal order, those of plug-ins before the code they name, or last.

    Example:
        >>> set(RULES) <= set(installed_rules())
        True
    """
    rules = list(RULES)
    theirs = installed(FINDINGS, Rule)
    for rule in without_taken(theirs, (rule.code for rule in RULES), lambda rule: rule.code):
        codes = [known.code for known in rules]
        place = codes.index(rule.before) if rule.before in codes else len(rules)
        rules.insert(place, replace(rule, check=guarded(rule.check, f"rule {rule.code}")))
    return tuple(rules)
