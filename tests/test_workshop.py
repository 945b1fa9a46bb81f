"""The workshop agrees with itself: pins, news fragments, links, the CI script."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from gradmend.findings import RULES
from gradmend.treatments import TREATMENTS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "changelog.d/README.md", "*/README.md")
    for page in ROOT.glob(pattern)
)

# The site makes them from docstrings, and from what the benchmarks wrote.
GENERATED = {
    (ROOT / "docs" / folder / f"{name}.md").resolve()
    for folder, names in (
        ("rules", ["index", *(rule.name for rule in RULES)]),
        ("treatments", ["index", *(treatment.name for treatment in TREATMENTS)]),
    )
    for name in names
} | {(ROOT / "docs" / "measured.md").resolve()}


def plain(requirement: str) -> str:
    """The normalised name in a requirement: `import_linter>=2` is import-linter."""
    name = re.match(r"[\w.-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_everything_that_is_installed_directly_is_pinned() -> None:
    extras = PROJECT["project"]["optional-dependencies"].values()
    wanted = {plain(line) for lines in extras for line in lines}
    wanted |= {plain(line) for line in PROJECT["project"]["dependencies"]}
    rows = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {plain(row) for row in rows if "==" in row and not row.startswith("#")}
    assert wanted <= pinned, f"not pinned in constraints.txt: {sorted(wanted - pinned)}"


def test_news_fragments_have_a_known_type_and_say_something() -> None:
    types = "|".join(entry["directory"] for entry in PROJECT["tool"]["towncrier"]["type"])
    for fragment in (ROOT / "changelog.d").iterdir():
        if fragment.name != "README.md":
            assert re.fullmatch(rf"[a-z0-9-]+\.({types})\.md", fragment.name), fragment.name
            assert fragment.read_text().strip(), fragment.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", page.read_text())
    places = [(page.parent / link).resolve() for link in links]
    assert not [place for place in places if not place.exists() and place not in GENERATED]


def test_the_check_of_the_whole_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("script", sorted((ROOT / "examples").glob("*.py")), ids=lambda s: s.name)
def test_examples_are_scripts_that_know_nothing_of_us(script: Path) -> None:
    text = script.read_text()
    known = text.replace("from gradmend.blocks import", "").replace("The blocks are gradmend's", "")
    assert "gradmend" not in known
    assert "KERAS_BACKEND" not in text


def test_decisions_are_numbered_without_gaps_and_say_the_four_things() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        sections = re.findall(r"^## (.+)$", record.read_text(), re.MULTILINE)
        assert sections == ["Status", "Context", "Decision", "Consequences"], record.name
