"""Documents as one HTML file that loads nothing: no script, font or picture from anywhere.

Every text passes through Jinja's autoescaping. The charts come from Vega, which escapes the names
in them; a content security policy forbids all that could still slip through.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from gradmend.report.blocks import Headline, Note, Picture, Recipe, Table, TrialTable
from gradmend.report.charts import NARROW, WIDE, drawable, drawn
from gradmend.report.document import Document
from gradmend.report.reading import reading_of
from gradmend.report.tables import caption_of, table_of

NO_CHARTS = "The charts could not be drawn here (vl-convert is missing); the tables hold the same."


def page(documents: Sequence[Document], *, title: str | None = None) -> str:
    """Return a whole page, the first document first.

    Args:
        documents: What to show; several get a table of contents.
        title: The title of the page; that of the first document when None.

    Example:
        >>> from gradmend.records import Verdict, Visit
        >>> from gradmend.report.document import document_of
        >>> visit = Visit(verdict=Verdict.UNKNOWN, reason="fit was never called")
        >>> "Fit was never called" in page([document_of(visit, title="<b>")])
        True
    """
    script = _resource("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=title or documents[0].title,
            documents=[_view(document) for document in documents],
            style=Markup(_resource("style.css")),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'",
        )
    )


def cell(document: Document) -> str:
    """Return a document as a part of a page, sized for a notebook cell: its first picture only."""
    return (
        _environment()
        .get_template("cell.html.j2")
        .render(
            document=_view(document, most=1),
            style=Markup(_resource("style.css")),  # noqa: S704 - our own file
        )
    )


def _view(document: Document, most: int | None = None) -> dict[str, Any]:
    """Return a document in the parts of a page; what it says stays as it is."""
    told = [b for b in document.blocks if _stays(b) or not isinstance(b, Headline | Note | Picture)]
    apart = [picture for picture in document.pictures if not _stays(picture)]
    room = None if most is None else max(most - len(document.pictures) + len(apart), 0)
    head = document.head
    trouble = head.lines[0][1].removeprefix(f"{document.title}: ")
    return {
        "title": document.title,
        "head": head,
        "trouble": trouble[:1].upper() + trouble[1:],
        "sure": document.sure,
        "sections": _sections(told),
        "figures": [_figure(picture) for picture in apart[:room]],
        "notes": [block.text for block in document.blocks if isinstance(block, Note)],
        "tables": [block for block in document.atlas if isinstance(block, Table)],
        "recipe": next((b for b in document.atlas if isinstance(b, Recipe)), None),
        "charted": drawable(),
        "no_charts": NO_CHARTS,
    }


def _stays(block: Any) -> bool:
    """Whether a picture stands in the text; all others follow it."""
    return isinstance(block, TrialTable)


def _sections(told: Sequence[Any]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return (heading, [(kind, block)]) each; what stands before a heading has none."""
    sections: list[tuple[str, list[tuple[str, Any]]]] = []
    for block in told:
        kind = type(block).__name__
        if kind == "Heading":
            sections.append((block.text, []))
        else:
            if not sections:
                sections.append(("", []))
            shown = {"remark": block.remark, **_figure(block)} if kind == "TrialTable" else block
            sections[-1][1].append((kind, shown))
    return [section for section in sections if section[1]]


def _figure(picture: Picture) -> dict[str, Any]:
    return {
        "kind": type(picture).__name__,
        "caption": caption_of(picture),
        "reading": reading_of(picture),
        "wide": _chart(picture, WIDE),
        "narrow": _chart(picture, NARROW),
        "table": table_of(picture),
    }


def _chart(picture: Picture, width: int) -> Markup | None:
    if not drawable():
        return None
    return Markup(drawn(picture, width))  # noqa: S704 - Vega escapes every text in its SVG


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gradmend.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["coded"] = coded
    return environment


def coded(text: str) -> Markup:
    """Return the text with `parts` between backticks as code, everything escaped.

    Example:
        >>> str(coded("read `gradmend explain V101` <now>"))
        'read <code>gradmend explain V101</code> &lt;now&gt;'
    """
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(p) if i % 2 else escape(p) for i, p in enumerate(parts))


@cache
def _resource(name: str) -> str:
    return (files("gradmend.report") / "page" / name).read_text(encoding="utf-8")
