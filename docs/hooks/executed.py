"""MkDocs hook: the tutorial is run, and what its blocks print and draw stands below them.

`slow` blocks are shown, not run. A block that fails fails the build.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
from typing import Any

from mkdocs.structure.pages import Page

FENCE = re.compile(r"^```python(?P<info>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
PLACE = "gradmend-figure-{}"
FIGURES: dict[str, str] = {}


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Run the blocks of a tutorial page, one namespace for all."""
    if not page.file.src_uri.startswith("tutorial/"):
        return markdown
    namespace: dict[str, Any] = {"__name__": page.file.src_uri}
    return FENCE.sub(lambda found: _shown(found, namespace), markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Put the figures where the blocks that drew them left their place."""
    for place, figure in FIGURES.items():
        html = html.replace(f'<p id="{place}"></p>', figure)
    return html


def _shown(found: re.Match[str], namespace: dict[str, Any]) -> str:
    block = f"```python\n{found['code']}```"
    if "slow" in found["info"]:
        return block
    printed, value = run(found["code"], namespace)
    parts = [block]
    if printed:
        parts.append(f"```text\n{printed}```")
    if hasattr(value, "_repr_html_"):
        place = PLACE.format(len(FIGURES))
        FIGURES[place] = value._repr_html_()
        parts.append(f'<p id="{place}"></p>')
    return "\n\n".join(parts)


def run(code: str, namespace: dict[str, Any]) -> tuple[str, Any]:
    """Run a block as a notebook would; return what it printed and the value of its last line."""
    tree = ast.parse(code)
    last = tree.body[-1]
    shows = isinstance(last, ast.Expr)
    body = ast.Module(tree.body[:-1] if shows else tree.body, type_ignores=[])
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(body, "<tutorial>", "exec"), namespace)
        value = (
            eval(compile(ast.Expression(last.value), "<tutorial>", "eval"), namespace)
            if shows
            else None
        )
    return printed.getvalue(), value
