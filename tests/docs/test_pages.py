"""Every block of the documentation runs, on every backend, and shows what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, TUTORIAL, blocks, run

# The reference shows calls on models that the reader has; its examples are those of the docstrings.
OUTLINES = {"mend.md"}
PAGES = sorted(
    page
    for page in DOCS.rglob("*.md")
    if page != TUTORIAL and page.name not in OUTLINES and blocks(page)
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(page) > 0


@pytest.mark.slow
def test_the_tutorial_runs_from_start_to_end() -> None:
    assert run(TUTORIAL) > 15


@pytest.mark.applications
def test_the_slow_blocks_of_the_tutorial_run_too() -> None:
    assert run(TUTORIAL, slow=True) > run(TUTORIAL)


def test_a_block_that_fails_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nassert 1 == 2\n```\n")
    with pytest.raises(AssertionError):
        run(page)
