"""A table on a terminal: names to the left, numbers to the right."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from gradmend.report.blocks import Table
from gradmend.report.terminal_text import wrapped

GAP = "  "


def table(block: Table, width: int) -> Iterator[Text]:
    """Lay out a table; the first column gives way where the line would be too long."""
    yield from wrapped(Text(block.caption, "bold"), width)
    rows = [block.columns, *block.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(block.columns))]
    rest = sum(widths[1:]) + len(GAP) * len(widths[1:])
    widths[0] = max(min(widths[0], width - rest), 1)
    for number, row in enumerate(rows):
        first = row[0] if len(row[0]) <= widths[0] else row[0][: widths[0] - 1] + "…"
        cells = [
            first.ljust(widths[0]),
            *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
        ]
        yield Text(GAP.join(cells)[:width].rstrip(), "dim" if number == 0 else "")
