"""The pictures of a report in characters: depth, time and the loss."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from gradmend.report.bars import Scale, bar, block, linear_scale, log_scale, strip
from gradmend.report.blocks import Curve, DepthProfile, DepthRow, TimeProfile, TrialTable
from gradmend.report.depth import grouped
from gradmend.report.step_strip import step_strip, time_scale
from gradmend.report.tables import score_text
from gradmend.report.terminal_text import cropped, fitted, wrapped
from gradmend.report.words import loss, number, power

MARK = "▶ "
WIDEST_BAR = 50


def depth_profile(profile: DepthProfile, width: int) -> Iterator[Text]:
    """Return a row per layer call: label, RMS of its output, gradient norm, bar."""
    rows = grouped(profile.rows)
    calls = max(row.calls for row in rows)
    stands = f"; one row stands for {calls} calls" if calls > 1 else ""
    yield from wrapped(Text(profile.caption + stands, "bold"), width)
    longest = max(cell_len(text) for text in ["layer call", *(row.label for row in rows)])
    labels = min(longest, max(width * 2 // 5, 20))
    sizes = [size(row) for row in rows]
    room = max(len(text) for text in ["gradient norm", *sizes])
    yield cropped(
        Text(f"  {fitted('layer call', labels)}  output RMS  {'gradient norm'.ljust(room)}", "dim"),
        width,
    )
    scale = log_scale(row.gradient for row in rows if row.gradient is not None)
    for row, text in zip(rows, sizes, strict=True):
        yield _row(row, text.ljust(room), labels, scale, width)


def size(row: DepthRow) -> str:
    """Return the gradient of a row as text: a power of ten, a word, or both."""
    value = "" if row.gradient is None else power(row.gradient)
    return " ".join(part for part in (value, row.word) if part)


def _row(row: DepthRow, text: str, labels: int, scale: Scale, width: int) -> Text:
    rms = "" if row.rms is None else number(row.rms)
    head = f"{MARK if row.marked else '  '}{fitted(row.label, labels)}  {rms:>10}  {text} "
    room = min(width - cell_len(head), WIDEST_BAR)
    drawn = "" if row.gradient is None or room < 4 else bar(scale(row.gradient), room)
    style = "bold red" if row.marked else ""
    return cropped(Text.assemble((head, style), (drawn, "red" if row.marked else "cyan")), width)


def time_profile(profile: TimeProfile, width: int) -> Iterator[Text]:
    """Return a strip over the time steps of one recurrent layer."""
    title = f"the gradient through time: {profile.label}: {profile.remark}"
    yield from wrapped(Text(title, "bold red" if profile.marked else "bold"), width)
    scale = time_scale((profile.norms, profile.before))
    yield from step_strip(profile.norms, profile.words, scale, width, profile.before)
    sizes = [n for n in (*profile.norms, *profile.before) if 0.0 < n < math.inf]
    if sizes:
        span = f"from {power(min(sizes))} to {power(max(sizes))}, log scale"
        yield cropped(Text(f"  {span}", "dim"), width)


def curve(picture: Curve, width: int) -> Iterator[Text]:
    """Return a strip of the loss, and the level it is compared with."""
    yield from wrapped(Text(picture.caption, "bold"), width)
    level = [] if picture.level is None else [picture.level]
    seen = [v for v in (*picture.values, *level) if math.isfinite(v)]
    wide = bool(seen) and min(seen) > 0.0 and max(seen) > 100.0 * min(seen)
    scale = (log_scale if wide else linear_scale)(seen)
    text = Text.assemble("  ", (strip(picture.values, scale, min(width - 4, 60)), "cyan"))
    yield text
    if picture.level is not None:
        remark = f"  {block(scale(picture.level))} {picture.level_name} {loss(picture.level)}"
        yield cropped(Text(remark + (" (log scale)" if wide else ""), "dim"), width)


def trial_table(table: TrialTable, width: int) -> Iterator[Text]:
    """Return a row per arm: its score, the spread over the seeds, how many there were."""
    longest = max(cell_len(text) for text in ["arm", *(row.label for row in table.rows)])
    labels = min(longest, max(width * 2 // 5, 12))
    head = f"  {fitted('arm', labels)}{'loss/trivial':>14}{'spread':>9}{'seeds':>7}"
    yield cropped(Text(head, "dim"), width)
    for row in table.rows:
        spread = "" if row.spread is None else f"{row.spread:.3f}"
        numbers = f"{score_text(row.score):>14}{spread:>9}{len(row.seeds):>7}"
        line = f"  {fitted(row.label, labels)}{numbers}  {row.word}"
        yield cropped(Text(line, "bold green" if row.marked else ""), width)
    if table.remark:
        yield cropped(Text(f"  {table.remark}", "dim"), width)
