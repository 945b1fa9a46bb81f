"""The unrolled network as a strip of steps, coloured by the gradient that reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from gradmend.report.bars import BLOCKS, Scale, log_scale, strip

# From a gradient that is lost to one that is strong: a shade for two of the eight blocks.
SHADES = ("red", "yellow", "cyan", "green")
LEAST = 3.0  # decades; smaller differences do not matter to learning
MOST = 12.0  # decades; what lies below is lost, and would press the rest flat
LONGEST_WORD = 14


def time_scale(curves: Iterable[Sequence[float]]) -> Scale:
    """Return one log scale for several curves, so that they can be compared.

    Example:
        >>> scale = time_scale(([1.0, 1e-40], [1.0, 1e-2]))
        >>> scale.low, scale.high
        (-12.0, 0.0)
    """
    whole = log_scale((norm for curve in curves for norm in curve), LEAST)
    return Scale(low=max(whole.low, whole.high - MOST), high=whole.high, log=True)


def step_strip(
    norms: Sequence[float],
    words: Sequence[str],
    scale: Scale,
    width: int,
    before: Sequence[float] = (),
) -> Iterator[Text]:
    """Return the strip of one layer; with words, a column per step, in as many rows as it takes.

    `before` are the norms of the same layer before it was mended: a strip above.

    Example:
        >>> line, words = step_strip([1e-3, 1.0], ["cats", "ran"], time_scale([[1e-3, 1.0]]), 40)
        >>> line.plain, words.plain
        ('  ▁▁▁▁ ███', '  cats ran')
    """
    curves = [("before ", before), ("mended ", norms)] if before else [("", norms)]
    if words and all(len(curve) == len(words) for _, curve in curves):
        yield from _columns(curves, words, scale, width)
        return
    for title, curve in curves:
        head, last = f"  {title}t=1 ", f" t={len(curve)}"
        drawn = strip(curve, scale, max(width - len(head) - len(last), 1))
        yield Text.assemble((head, "dim"), coloured(drawn), (last, "dim"))


def coloured(drawn: str) -> Text:
    """Return the characters of a strip, each in the colour of its height."""
    text = Text()
    for character in drawn:
        place = BLOCKS.find(character)
        text.append(character, SHADES[max(place, 0) * len(SHADES) // len(BLOCKS)])
    return text


def _columns(
    curves: Sequence[tuple[str, Sequence[float]]], words: Sequence[str], scale: Scale, width: int
) -> Iterator[Text]:
    shown = [_word(word) for word in words]
    indent = len(curves[0][0]) + 2
    first = 0
    while first < len(words):
        last = _end(shown, first, width - indent)
        if first:
            yield Text()
        for title, curve in curves:
            line = Text(f"  {title}", "dim")
            for norm, word in zip(curve[first:last], shown[first:last], strict=True):
                line.append_text(coloured(strip([norm], scale, 1) * cell_len(word)))
                line.append(" ")
            line.rstrip()
            yield line
        yield Text(" " * indent + " ".join(shown[first:last]))
        first = last


def _word(word: str) -> str:
    """A word that fits a column; a step without one is a dot."""
    return set_cell_size(word, min(cell_len(word), LONGEST_WORD)) or "."


def _end(words: Sequence[str], first: int, room: int) -> int:
    """Return how far the words fit in one row; at least one does."""
    used, last = cell_len(words[first]), first + 1
    while last < len(words) and used + 1 + cell_len(words[last]) <= room:
        used += 1 + cell_len(words[last])
        last += 1
    return last
