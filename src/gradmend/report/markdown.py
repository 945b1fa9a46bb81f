"""Documents as Markdown that fits a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gradmend.report.blocks import (
    Changes,
    Curve,
    DepthProfile,
    FindingBlock,
    Heading,
    Headline,
    Note,
    Paragraph,
    Picture,
    Table,
    TimeProfile,
    TrialTable,
)
from gradmend.report.depth import grouped
from gradmend.report.document import Document
from gradmend.report.tables import table_of

FITS = 60_000  # characters; GitHub takes 65,536
MOST_ROWS = 24
RULE = "\n---\n\n"
SPECIAL = re.compile(r"([\\*\[\]|~#]|(?<!\w)_|_(?!\w))")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&commat;"}


def markdown(documents: Sequence[Document]) -> str:
    """Return the documents, the first in full and the others as long as there is room.

    Example:
        >>> from gradmend.records import Verdict, Visit
        >>> from gradmend.report.document import document_of
        >>> visit = Visit(verdict=Verdict.UNKNOWN, reason="no data")
        >>> print(markdown([document_of(visit, title="m")]), end="")
        ### unknown · m: no data
    """
    shorts = ["\n".join(_headline(document.head)).strip() + "\n" for document in documents]
    room = FITS - sum(len(short) + len(RULE) for short in shorts)
    told = []
    for document, short in zip(documents, shorts, strict=True):
        whole = "\n".join(_lines(document)).strip() + "\n"
        more = len(whole) - len(short)
        fits = more < room
        room -= more if fits else 0
        told.append(whole if fits else short)
    return RULE.join(told)[:FITS]


def escaped(text: str) -> str:
    r"""Return the text with what Markdown and GitHub would read as more than text taken apart.

    Code between backticks stays code, where the backticks come in pairs.

    Example:
        >>> print(escaped("<b> @all dense_1 _x_ see `gradmend explain V101`"))
        &lt;b&gt; &commat;all dense_1 \_x\_ see `gradmend explain V101`
    """
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _escaped(text).replace("`", r"\`")
    return "".join(f"`{part}`" if i % 2 else _escaped(part) for i, part in enumerate(parts))


def _escaped(text: str) -> str:
    return "".join(ENTITIES.get(c, c) for c in SPECIAL.sub(r"\\\1", text))


def _lines(document: Document) -> Iterator[str]:
    for block in document.blocks:
        layout = LAYOUTS.get(type(block))
        if layout is not None:
            yield from layout(block)
            if isinstance(block, Headline) and document.sure:
                yield from (f"**how sure** {escaped(document.sure)}", "")


def _headline(block: Headline) -> Iterator[str]:
    (verdict, trouble), *others = block.lines
    yield from (f"### {verdict} · {escaped(trouble)}", "")
    for label, text in others:
        yield from (f"**{label}** {escaped(text)}" if label else escaped(text), "")


def _heading(block: Heading) -> Iterator[str]:
    yield from (f"#### {escaped(block.text)}", "")


def _paragraph(block: Paragraph | Note) -> Iterator[str]:
    yield from (escaped(block.text), "")


def _finding(block: FindingBlock) -> Iterator[str]:
    yield from (f"**{block.severity} {escaped(block.code)}** {escaped(block.name)}  ",)
    yield escaped(block.message)
    for label, text in block.facts:
        yield f"<br>{label}: {escaped(text)}"
    yield ""
    yield from (f"- {escaped(text)}" for text in block.consequences)
    yield from [""] if block.consequences else []


def _changes(block: Changes) -> Iterator[str]:
    yield from (f"**{escaped(block.title)}**", "")
    if block.remark:
        yield from (escaped(block.remark), "")
    if block.lines:
        code = "\n".join(sign + line for sign, line in block.lines)
        yield from (fenced(code, "diff"), "")


def fenced(code: str, language: str) -> str:
    """Return the code between fences longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}{language}\n{code}\n{fence}"


def _folded(picture: Picture) -> Iterator[str]:
    if isinstance(picture, DepthProfile):
        picture = DepthProfile(caption=picture.caption, rows=grouped(picture.rows, MOST_ROWS))
    table = table_of(picture)
    yield f"<details><summary>{_html(table.caption)}</summary>\n"
    yield from _table(table)
    yield "</details>\n"


def _html(text: str) -> str:
    return "".join(ENTITIES.get(character, character) for character in text)


def _table(table: Table) -> Iterator[str]:
    stride = -(-len(table.rows) // MOST_ROWS) if table.rows else 1
    for row in (table.columns, ("---",) * len(table.columns), *table.rows[::stride]):
        yield "| " + " | ".join(text if text == "---" else escaped(text) for text in row) + " |"
    if stride > 1:
        yield f"\nevery {stride}th of {len(table.rows):,} rows"
    yield ""


def _trial(block: TrialTable) -> Iterator[str]:
    yield from _table(table_of(block))
    if block.remark:
        yield from (escaped(block.remark), "")


LAYOUTS: dict[type, Callable[[Any], Iterator[str]]] = {
    Headline: _headline,
    Heading: _heading,
    Paragraph: _paragraph,
    Note: _paragraph,
    FindingBlock: _finding,
    Changes: _changes,
    DepthProfile: _folded,
    TimeProfile: _folded,
    Curve: _folded,
    TrialTable: _trial,
}
