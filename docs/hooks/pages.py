"""MkDocs hook: one page per rule and per treatment, from their docstrings."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from gradmend.findings import RULES, Rule, page
from gradmend.findings.over_time import RUN_RULES, run_page
from gradmend.treatments import TREATMENTS, Treatment


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for address, text in {**rule_pages(), **treatment_pages()}.items():
        files.append(File.generated(config, address, content=text))
    return files


def rule_pages() -> dict[str, str]:
    """Return address and text of the index of rules and of every rule."""
    rows = [(rule.code, rule.name, page(rule.code)) for rule in RULES]
    index = _index(
        "Rules",
        "What gradmend can find on a batch, causes before their consequences "
        "([over a whole training](training.md)). The same pages in a terminal: "
        "`gradmend explain CODE`.",
        ("code", "rule", "what it says"),
        [(f"[{code}]({name}.md)", name, text.splitlines()[0]) for code, name, text in rows],
    )
    pages = {
        f"rules/{name}.md": f"# {code} {name}\n\n{text}\n\n{_cured(rule)}\n"
        for rule, (code, name, text) in zip(RULES, rows, strict=True)
    }
    return {"rules/index.md": index, **pages, **_run_rule_pages()}


def _run_rule_pages() -> dict[str, str]:
    """Return the pages of the rules over a recorded training, and their index."""
    index = _index(
        "Rules over a training",
        "What `GradientMonitor`, `gradmend watch` and `gradmend report` can find as a training "
        "goes on. They judge medians over windows: a single spike is no finding.",
        ("code", "rule", "what it says"),
        [
            (f"[{rule.code}]({rule.name}.md)", rule.name, run_page(rule.code).splitlines()[0])
            for rule in RUN_RULES
        ],
    )
    pages = {
        f"rules/{rule.name}.md": f"# {rule.code} {rule.name}\n\n{run_page(rule.code)}\n"
        for rule in RUN_RULES
    }
    return {"rules/training.md": index, **pages}


def treatment_pages() -> dict[str, str]:
    """Return address and text of the index of treatments and of every treatment."""
    index = _index(
        "Treatments",
        "What gradmend can prescribe, the cheapest sufficient cure first. `gradmend mend` tries "
        "them and keeps what is proven; advice it leaves to you.",
        ("treatment", "what it does", "grade"),
        [(f"[{t.name}]({t.name}.md)", t.title, t.grade.value) for t in TREATMENTS],
    )
    pages = {f"treatments/{t.name}.md": _treatment(t) for t in TREATMENTS}
    return {"treatments/index.md": index, **pages}


def _treatment(treatment: Treatment) -> str:
    text = (sys.modules[treatment.module].__doc__ or "").strip()
    causes = ", ".join(sorted(cause.value for cause in treatment.causes))
    never = ", ".join(f"[{code}]({_address(code)})" for code in sorted(treatment.never))
    told = f"It answers findings whose cause is: {causes}."
    told += f" It is never offered for {never}." if never else ""
    told += f" Grade: {treatment.grade.value}."
    return f"# {treatment.name}\n\n{text}\n\n## When it is offered\n\n{told}\n"


def _address(code: str) -> str:
    return next(f"../rules/{rule.name}.md" for rule in RULES if rule.code == code)


def _cured(rule: Rule) -> str:
    follows = [known for known in RULES if known.code in rule.explains]
    if not follows:
        return ""
    links = ", ".join(f"[{known.code} {known.name}]({known.name}.md)" for known in follows)
    return f"## What follows from it\n\n{links}: folded under this rule when both are found."


def _index(title: str, text: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"# {title}\n\n{text}\n\n{table}\n"
