"""Write the notebooks from the pages they retell: `make notebooks`."""

from __future__ import annotations

from pathlib import Path

import jupytext

ROOT = Path(__file__).parents[1]
PAGES = {
    ROOT / "docs/tutorial/vanishing-and-exploding-gradients.md": (
        ROOT / "notebooks/vanishing_and_exploding_gradients.ipynb"
    ),
}


def notebook(page: Path) -> str:
    """Return the notebook of a page as text, the same for the same page."""
    text = page.read_text(encoding="utf-8").replace("```python slow", "```python")
    text = text.replace("](../", "](../docs/")
    book = jupytext.reads(text, fmt="md")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book.metadata = {"kernelspec": kernel}
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"
    return jupytext.writes(book, fmt="ipynb") + "\n"


def main() -> None:
    """Write every notebook."""
    for page, target in PAGES.items():
        target.write_text(notebook(page), encoding="utf-8")


if __name__ == "__main__":
    main()
