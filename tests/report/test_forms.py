"""Saving: the suffix chooses, and an unknown one is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradmend.checkup import Checkup
from gradmend.errors import UsageError
from gradmend.report.json import loads
from tests.report.patients import deep_sigmoid


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [
        (".html", "<!DOCTYPE html>"),
        (".md", "### sick"),
        (".txt", "sick"),
        (".json", "{\n"),
    ],
)
def test_the_suffix_chooses_the_form(tmp_path: Path, suffix: str, begins: str) -> None:
    path = Checkup(deep_sigmoid()).save(tmp_path / f"checkup{suffix}", title="train.py")
    text = path.read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert ("train.py" in text) is (suffix != ".json")


def test_json_comes_back(tmp_path: Path) -> None:
    path = Checkup(deep_sigmoid()).save(tmp_path / "checkup.json")
    assert loads(path.read_text(encoding="utf-8")) == deep_sigmoid()


@pytest.mark.parametrize("name", ["checkup.pdf", "checkup"])
def test_an_unknown_suffix_is_explained(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as error:
        Checkup(deep_sigmoid()).save(tmp_path / name)
    for part in ("cannot be saved", ".html (a page)", ".json (all numbers)", "checkup.html"):
        assert part in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_cell_shows_the_verdict_and_one_picture() -> None:
    text = Checkup(deep_sigmoid())._repr_html_()
    assert text.count("<figure") == 1
    assert "The gradient vanishes" in text
    assert "<html" not in text
