"""Text cut, wrapped and set in columns by the cells it takes on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

# wrapping asks a console for its tab size only
_WRAP = Console(file=StringIO(), width=200)


def cropped(line: Text, width: int) -> Text:
    """Return the line, cut at the last word that fits and ended with "…"."""
    if line.cell_len <= width:
        return line
    line.truncate(width - 1)
    space = line.plain.rfind(" ")
    if space > width * 2 // 3:
        line.right_crop(len(line.plain) - space)
    line.append("…")
    return line


def wrapped(line: Text, width: int, *, indent: int = 0, hang: int = 0) -> Iterator[Text]:
    """Return the line over several, indented, those after the first by `hang` more."""
    first, *rest = line.wrap(_WRAP, width - indent) or [Text()]
    if rest and hang:
        first, *rest = line.wrap(_WRAP, width - indent - hang)
    yield Text(" " * indent) + first
    yield from (Text(" " * (indent + hang)) + part for part in rest)


def labelled(label: str, text: str, width: int, *, indent: int = 0) -> Iterator[Text]:
    """Return "label  text", the text wrapped in a column of its own."""
    column = 10
    head, *rest = Text(text).wrap(_WRAP, width - indent - column) or [Text()]
    yield Text.assemble(" " * indent, (label.ljust(column), "dim"), head)
    yield from (Text(" " * (indent + column)) + part for part in rest)


def fitted(text: str, width: int) -> str:
    """Return the text in exactly `width` cells; of a long one the end is kept.

    Example:
        >>> fitted("ab", 4), fitted("block_1/dense", 8)
        ('ab  ', '…1/dense')
    """
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return set_cell_size("…" + text, width)
