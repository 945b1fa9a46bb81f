"""`gradmend explain`: the page of a rule, or the list of all. Needs no Keras."""

from __future__ import annotations

from difflib import get_close_matches

import click
from rich.markdown import Markdown
from rich.table import Table

from gradmend import findings
from gradmend.cli._console import console
from gradmend.errors import UsageError, teach
from gradmend.findings.over_time import RUN_RULES, run_page


@click.command()
@click.argument("rule", required=False, metavar="[CODE|NAME]")
def command(rule: str | None) -> None:
    """Show the page of a rule: what it means, how it is measured, when it is wrong."""
    if rule is None:
        console().print(_table())
    else:
        code, name = _known(rule)
        console().print(Markdown(f"# {code} {name}\n\n{_page(code)}"))


def _table() -> Table:
    table = Table("code", "name", "what it says", box=None, pad_edge=False)
    for rule in findings.installed_rules():
        table.add_row(rule.code, rule.name, findings.page(rule.code).strip().splitlines()[0])
    for run_rule in RUN_RULES:
        table.add_row(run_rule.code, run_rule.name, run_page(run_rule.code).splitlines()[0])
    return table


def _page(code: str) -> str:
    over_time = any(rule.code == code for rule in RUN_RULES)
    return run_page(code) if over_time else findings.page(code)


def _known(wanted: str) -> tuple[str, str]:
    """Return code and name of the rule with this code or name."""
    names = [(rule.code, rule.name) for rule in findings.installed_rules()]
    names += [(rule.code, rule.name) for rule in RUN_RULES]
    for code, name in names:
        if wanted.lower() in (code.lower(), name):
            return code, name
    raise UsageError(
        teach(
            f"there is no rule {wanted!r}.",
            expected="the code or the name of a rule, as a finding shows it",
            received=repr(wanted),
            means="the code has a typing error, or belongs to another version of gradmend.",
            attempt=_nearest(wanted),
        )
    )


def _nearest(wanted: str) -> str:
    names = {rule.code.lower(): rule.code for rule in findings.installed_rules()}
    names |= {rule.name: rule.code for rule in findings.installed_rules()}
    parts = [name for name in names if len(wanted) > 2 and wanted.lower() in name]
    close = get_close_matches(wanted.lower(), names, 2, 0.6)
    near = dict.fromkeys(names[name] for name in [*parts, *close])
    choices = [f"gradmend explain {code}" for code in list(near)[:3]]
    return ", or ".join([*choices, "gradmend explain (lists all rules)"])
