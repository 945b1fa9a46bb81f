"""The blocks of the documentation, in the order in which they stand."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TUTORIAL = DOCS / "tutorial" / "vanishing-and-exploding-gradients.md"
FENCE = re.compile(r"^```python(?P<info>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str]]:
    """(info, code) of every block of Python; the info "slow" stands for a minute or more."""
    return [(found["info"].strip(), found["code"]) for found in FENCE.finditer(page.read_text())]


def run(page: Path, *, slow: bool = False) -> int:
    """Run the blocks of a page in one namespace, as a reader would; return how many there were."""
    namespace: dict[str, object] = {"__name__": page.stem}
    chosen = [(info, code) for info, code in blocks(page) if slow or info != "slow"]
    for number, (_, code) in enumerate(chosen, 1):
        exec(compile(code, f"{page.name}, block {number}", "exec"), namespace)
    return len(chosen)
