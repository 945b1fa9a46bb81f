"""A document on a terminal, in a pipe or in a text file. Lays out; never judges.

Every line fits the width of the console. Text is never read as markup, so a layer
named "[red]" shows as it is. Where the console cannot show Unicode, ASCII stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from typing import Any

from rich.console import Console
from rich.text import Text

from gradmend.records import Measurements, Visit
from gradmend.report.blocks import (
    Changes,
    Curve,
    DepthProfile,
    FindingBlock,
    Heading,
    Headline,
    Note,
    Paragraph,
    Table,
    TimeProfile,
    Tone,
    TrialTable,
)
from gradmend.report.document import Document, document_of
from gradmend.report.terminal_pictures import curve, depth_profile, time_profile, trial_table
from gradmend.report.terminal_table import table
from gradmend.report.terminal_text import labelled, wrapped
from gradmend.report.through_time import time_profiles

STYLES = {
    Tone.BAD: "bold red",
    Tone.CAREFUL: "bold yellow",
    Tone.GOOD: "bold green",
    Tone.PLAIN: "",
    Tone.QUIET: "dim",
}
SIGNS = {"- ": "red", "+ ": "green", "  ": ""}
ASCII = str.maketrans(
    {
        **dict(zip("▁▂▃▄▅▆▇█", "_.,-=+*#", strict=True)),
        **dict(zip("▏▎▍▌▋▊▉", "|||||##", strict=True)),
        "…": "...",
        "→": "->",
        "·": "-",
        "×": "x",
        "└": "+",
        "▶": ">",
    }
)


def render(document: Document, console: Console) -> None:
    """Print the document on the console.

    Example:
        >>> from gradmend.records import Verdict, Visit
        >>> from gradmend.report.document import document_of
        >>> visit = Visit(verdict=Verdict.UNKNOWN, reason="fit was never called")
        >>> render(document_of(visit, title="train.py"), Console(width=60))
        unknown  train.py: fit was never called
    """
    for line in lines_of(document, console.width):
        shown = _ascii(line, console.width) if console.options.ascii_only else line
        shown.rstrip()
        console.print(shown, soft_wrap=True, highlight=False, markup=False, emoji=False)


def text(visit: Visit, *, title: str | None = None, width: int = 100) -> str:
    """Return what the terminal would show, without colour and without the last newline.

    Example:
        >>> from gradmend.records import Verdict, Visit
        >>> text(Visit(verdict=Verdict.UNKNOWN, reason="no data"), title="model")
        'unknown  model: no data'
    """
    file = StringIO()
    render(document_of(visit, title=title), Console(file=file, width=width, color_system=None))
    return file.getvalue().rstrip("\n")


def strips(
    m: Measurements, words: Sequence[str] = (), before: Measurements | None = None, width: int = 100
) -> str:
    """Return the gradient through time as text, a strip of steps per recurrent layer.

    Args:
        m: What was measured.
        words: What stands at each step, to be shown under it.
        before: The measurements of the model before it was mended.
        width: Cells per line.
    """
    blocks = time_profiles(m, None, words=words, before=before)
    file = StringIO()
    console = Console(file=file, width=width, color_system=None)
    render(Document(title="", blocks=blocks), console)
    return file.getvalue().rstrip("\n")


def lines_of(document: Document, width: int) -> Iterator[Text]:
    """Return the lines of the document, each at most `width` cells wide."""
    previous: type | None = None
    for block in document.blocks:
        kind = type(block)
        tight = previous is Heading or (kind is previous and kind in TIGHT)
        if previous is not None and not tight and kind in SPACED:
            yield Text()
        yield from LAYOUTS[kind](block, width)
        previous = kind


def _ascii(line: Text, width: int) -> Text:
    text = line.plain.translate(ASCII).encode("ascii", "backslashreplace").decode()
    return Text(text[:width], style=line.style)


def _headline(block: Headline, width: int) -> Iterator[Text]:
    indent = max(len(label) for label, _ in block.lines) + 2
    for index, (label, text) in enumerate(block.lines):
        style = STYLES[block.tone] if index == 0 else "bold"
        head, *rest = wrapped(Text(text), width - indent)
        yield Text.assemble((label.ljust(indent), style), head)
        yield from (Text(" " * indent) + part for part in rest)


def _heading(block: Heading, width: int) -> Iterator[Text]:
    yield from wrapped(Text(block.text, "bold"), width)


def _paragraph(block: Paragraph, width: int) -> Iterator[Text]:
    yield from wrapped(Text(block.text, STYLES[block.tone]), width)


def _note(block: Note, width: int) -> Iterator[Text]:
    yield from wrapped(Text(block.text, "dim"), width)


def _finding(block: FindingBlock, width: int) -> Iterator[Text]:
    title = Text.assemble(
        (f"{block.severity:8} ", STYLES[block.tone]), (block.code, "bold"), f" {block.name}"
    )
    yield from wrapped(title, width, hang=9)
    yield from wrapped(Text(block.message), width, indent=2)
    for label, text in block.facts:
        yield from labelled(label, text, width, indent=2)
    for text in block.consequences:
        yield from wrapped(Text(f"└ {text}", "dim"), width, indent=2, hang=2)


def _changes(block: Changes, width: int) -> Iterator[Text]:
    yield from wrapped(Text(block.title, "bold" if block.lines else ""), width, indent=2, hang=3)
    if block.remark:
        yield from wrapped(Text(block.remark, "dim"), width, indent=5)
    for sign, text in block.lines:
        yield from wrapped(Text(sign + text, SIGNS[sign]), width, indent=5, hang=2)


LAYOUTS: dict[type, Callable[[Any, int], Iterator[Text]]] = {
    Headline: _headline,
    Heading: _heading,
    Paragraph: _paragraph,
    Note: _note,
    FindingBlock: _finding,
    DepthProfile: depth_profile,
    TimeProfile: time_profile,
    Curve: curve,
    Changes: _changes,
    TrialTable: trial_table,
    Table: table,
}
SPACED = {FindingBlock, Heading, DepthProfile, TimeProfile, Curve, Table}
TIGHT = {TimeProfile}
