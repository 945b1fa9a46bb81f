"""The generated pages of the site: one per rule and treatment; the tutorial shows its output."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from gradmend.findings import RULES
from gradmend.findings.over_time import RUN_RULES
from gradmend.treatments import TREATMENTS

pytest.importorskip("mkdocs", reason="the site's tools are not installed: make docs installs them")
HOOKS = Path(__file__).parents[2] / "docs" / "hooks"


@pytest.fixture(autouse=True)
def _hooks_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HOOKS))
    for name in ("pages", "executed", "measured"):
        sys.modules.pop(name, None)


def test_every_rule_has_a_page_with_its_sections() -> None:
    import pages

    found = pages.rule_pages()
    assert len(found) == len(RULES) + len(RUN_RULES) + 2
    assert all(f"rules/{rule.name}.md" in found for rule in RUN_RULES)
    for rule in RULES:
        text = found[f"rules/{rule.name}.md"]
        assert text.startswith(f"# {rule.code} {rule.name}\n")
        assert "## When it is wrong" in text
        assert f"[{rule.code}]({rule.name}.md)" in found["rules/index.md"]


def test_every_treatment_has_a_page_with_its_grade() -> None:
    import pages

    found = pages.treatment_pages()
    assert len(found) == len(TREATMENTS) + 1
    for treatment in TREATMENTS:
        text = found[f"treatments/{treatment.name}.md"]
        assert "## When it harms" in text
        assert treatment.grade.value in text


def test_a_block_shows_what_it_prints_and_what_its_last_line_is() -> None:
    import executed

    namespace: dict[str, object] = {}
    assert executed.run("x = 2\nprint('two')\nx + 1\n", namespace) == ("two\n", 3)
    assert executed.run("y = x\n", namespace) == ("", None)
    assert namespace["y"] == 2


def test_the_tables_of_the_benchmarks_are_those_of_their_files() -> None:
    import measured

    page = measured.measured_page()
    kept = json.loads((measured.RESULTS / "overhead_torch.json").read_text())["results"]
    monitor = kept["lstm"]["monitor"]
    (row,) = [line for line in page.splitlines() if line.startswith("| lstm | monitor |")]
    assert f"{monitor['ratio']:.2f} ({monitor['quartiles'][0]:.2f}-" in row
    assert "| lstm | plain |" not in page
    assert "| **gradmend** |" in page
    assert "### Repair, jax" in page
    assert "| placebo |" in page
    assert "100 of 100 run stores opened whole" in page


def test_a_benchmark_that_was_not_run_has_no_section(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import measured

    monkeypatch.setattr(measured, "RESULTS", tmp_path)
    monkeypatch.setattr(measured, "BENCHMARKS", tmp_path)
    assert measured.measured_page() == measured.HEAD
