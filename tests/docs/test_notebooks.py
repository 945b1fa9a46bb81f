"""The notebooks hold what the pages hold, cell for block."""

from __future__ import annotations

import json

from tests.docs.pages import ROOT, TUTORIAL, blocks

NOTEBOOK = ROOT / "notebooks" / "vanishing_and_exploding_gradients.ipynb"


def test_the_notebook_is_the_tutorial() -> None:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    code = ["".join(cell["source"]).strip() for cell in cells if cell["cell_type"] == "code"]
    assert code == [text.strip() for _, text in blocks(TUTORIAL)], "make notebooks"
    headings = [line for line in TUTORIAL.read_text().splitlines() if line.startswith("## ")]
    told = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert all(heading in told for heading in headings)


def test_the_notebook_carries_no_output() -> None:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    assert not any(cell.get("outputs") for cell in cells)
